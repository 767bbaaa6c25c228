//! A short campaign with each test run, and the proof that the judge sees what it looks for.

use std::path::Path;

use faults::{Act, Campaign, Plan, Server, World, play, shrink};

fn program() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_faults"))
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_doubled_or_lost_whatever_breaks() {
    let campaign =
        Campaign { program: program().to_owned(), first_seed: 1, faults: 500, worlds: 2 };
    let report = campaign.run(|_| {}).await.unwrap();
    assert!(report.is_good(), "{report}");
    assert!(report.kills > 5 && report.cut_off > 0, "it was too calm:\n{report}");
}

/// What was handled is forgotten, and everything is told again.
fn sabotage() -> Plan {
    let acts = vec![
        Act::Tell(70),
        Act::Wait { ms: 10 },
        Act::Cut { server: Server::Postgres, replica: 0 },
        Act::Rest,
        Act::Sabotage,
        Act::Again(20),
        Act::Wait { ms: 10 },
    ];
    Plan { seed: 1, replicas: 1, crashes: vec![Vec::new()], acts }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mailbox_that_forgets_what_it_handled_is_found_out() {
    let mut world = World::start().await.unwrap();
    let ended = play(&mut world, program(), &sabotage()).await.unwrap();
    assert!(!ended.verdict.doubled.is_empty(), "{:?}", ended.verdict);
    let doubles = async |plan: &Plan| {
        let ended = play(&mut world, program(), plan).await.unwrap();
        !ended.verdict.doubled.is_empty()
    };
    let shortest = shrink(&sabotage(), doubles).await;
    assert_eq!(shortest.acts, [Act::Tell(70), Act::Rest, Act::Sabotage, Act::Again(20)]);
}
