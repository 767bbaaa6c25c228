//! The operator's commands on a running stack: nothing is kept, every consumer is read.

use e2e::{Folder, done, json, run};

#[test]
fn an_operator_finds_nothing_to_settle_and_every_consumer_read() {
    let folder = Folder::new();
    let folder = folder.path();
    done(folder, &["up", "--detach"]);
    for (command, said) in [
        ("parked list --reason given-up --older-than 1h", "nothing is parked"),
        ("parked list --settled", "nothing was settled"),
        ("parked replay --type letter.cmd.send --yes", "nothing fits"),
        ("parked discard --all --because test --yes", "nothing fits"),
        ("waiting list --detail case", "nothing waits"),
        ("waiting try --all", "nothing fits"),
        ("waiting give-up --service letter --all --because test --yes", "nothing fits"),
        ("uncertain list --kind send-email", "nothing is uncertain"),
        ("uncertain settle --all --happened --because test --yes", "nothing fits"),
        ("stream prune-consumers", "there are no such consumers"),
        ("stream prune-consumers --yes", "0 consumers removed"),
    ] {
        let words: Vec<&str> = command.split(' ').collect();
        let told = done(folder, &words);
        assert!(told.trim_end().ends_with(said), "{command}: {told}");
    }
    let consumers = json(folder, &["stream", "consumers", "--json"]);
    let consumers = consumers.as_array().unwrap();
    let letter = |one: &&serde_json::Value| one["service"] == "letter";
    assert_eq!(consumers.iter().filter(letter).count(), 1, "letter takes commands only");
    assert!(consumers.iter().all(|one| one["stray"] == false && one["pending"] == 0));
    let unknown = run(folder, &["parked", "discard", "0c41", "--because", "test"]);
    let said = String::from_utf8(unknown.stderr).unwrap();
    assert!(said.contains("no parked message is known by \"0c41\""), "{said}");
    assert_eq!(json(folder, &["status", "--json"])["strays"].as_array().unwrap().len(), 0);
}
