//! Whatever is killed, and whenever: the same mails, the same money, the same state.

#![expect(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "tests fail loudly"
)]

use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use e2e::{Chance, Folder, alive, amicable, board, done, ending, run, within};

const LIMIT: Duration = Duration::from_mins(5);
const GROENE_HOEK: &str = "../../deploy/demo/creditors/groene-hoek.toml";

fn kill(pid: u64) {
    Command::new("kill").args(["-9", &pid.to_string()]).stderr(Stdio::null()).status().unwrap();
}

/// So many children are killed in a storm.
const STORM: usize = 9;

/// Kills one child now and then, until the storm or the story is over; returns whom.
fn storm(folder: &Path, seed: u64, over: &AtomicBool) -> Vec<String> {
    let mut chance = Chance(seed);
    let mut killed = Vec::new();
    while !over.load(Ordering::Relaxed) && killed.len() < STORM {
        thread::sleep(Duration::from_millis(900 + chance.next(2_000)));
        // A stack that is still coming up may give up: whoever started it hears of that.
        if board(folder).is_none_or(|board| board["ready"] != true) {
            continue;
        }
        let children: Vec<_> = alive(folder)
            .into_iter()
            .filter(|(name, _)| name != "stack" && name != "nats")
            .collect();
        let Ok(count) = u64::try_from(children.len()) else { continue };
        if count == 0 {
            continue;
        }
        let chosen = usize::try_from(chance.next(count)).unwrap();
        let (name, pid) = &children[chosen];
        kill(*pid);
        killed.push(name.clone());
    }
    killed
}

#[test]
fn children_killed_while_the_demo_plays_change_nothing() {
    let calm = Folder::new();
    done(calm.path(), &["demo", "--keep"]);
    done(calm.path(), &["clock", "advance", "--days", "1"]);
    let expected = ending(calm.path());
    assert!(expected.mails.len() > 5, "a story with mails: {expected:?}");
    drop(calm);

    let seed = 20_261_123;
    let stormy = Folder::new();
    let over = AtomicBool::new(false);
    let (output, killed) = thread::scope(|scope| {
        let storm = scope.spawn(|| storm(stormy.path(), seed, &over));
        let output = run(stormy.path(), &["demo", "--keep"]);
        over.store(true, Ordering::Relaxed);
        (output, storm.join().unwrap())
    });
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "seed {seed}, killed {killed:?}: {said}");
    assert!(killed.len() > 5, "the storm came too late: {killed:?}");
    // One more day, so that all comes to rest after the storm.
    done(stormy.path(), &["clock", "advance", "--days", "1"]);
    let ended = ending(stormy.path());
    assert_eq!(ended, expected, "seed {seed}, killed {killed:?}");
    done(stormy.path(), &["check"]);
}

#[test]
fn everything_killed_at_once_at_any_moment_is_found_again() {
    let seed = 4_711;
    let (calm, stormy) = (Folder::new(), Folder::new());
    let (invoice, creditor) = (within("tests/traces/invoice.xml"), within(GROENE_HOEK));
    let acts: Vec<Vec<&str>> = vec![
        vec!["creditor", "add", &creditor],
        vec!["import", &invoice, "--creditor", "groene-hoek"],
        vec!["clock", "advance", "--to", "2026-11-12"],
        vec!["clock", "advance", "--to", "2026-11-20"],
        vec!["clock", "advance", "--to", "2026-12-10"],
    ];
    let up = ["up", "--detach", "--demo-start", "2026-11-02T12:00:00Z"];
    done(calm.path(), &up);
    for act in &acts {
        done(calm.path(), act);
    }
    let expected = ending(calm.path());
    drop(calm);

    let mut chance = Chance(seed);
    done(stormy.path(), &up);
    for act in &acts {
        // Once in the middle of it, then to its end.
        let mut begun = amicable(stormy.path())
            .args(act)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        thread::sleep(Duration::from_millis(20 + chance.next(500)));
        for (_, pid) in alive(stormy.path()).into_iter().rev() {
            kill(pid);
        }
        begun.kill().unwrap();
        begun.wait().unwrap();
        done(stormy.path(), &up);
        let begun = Instant::now();
        while !run(stormy.path(), act).status.success() {
            assert!(begun.elapsed() < LIMIT, "seed {seed}: {act:?} does not succeed");
        }
    }
    assert_eq!(ending(stormy.path()), expected, "seed {seed}");
    done(stormy.path(), &["check"]);
}
