//! Many stories, and the proof that a broken rule is noticed and told in few words.

#![expect(clippy::unwrap_used, reason = "a test fails loudly")]

use std::thread;

use simulation::{Plan, Sabotage, Shortest, Wrong, shortest, tell};

/// Stories that are told with every run of the tests.
const SEEDS: u64 = 320;
/// At the same time.
const TELLERS: u64 = 2;

/// The story, to be read when a test fails.
fn lines(found: &Shortest) -> String {
    format!("\n{}\n", found.told.lines.join("\n"))
}

#[test]
fn every_story_keeps_every_invariant() {
    let tellers: Vec<_> = (0..TELLERS)
        .map(|teller| {
            thread::spawn(move || {
                let seeds = (1..=SEEDS).filter(move |seed| seed % TELLERS == teller);
                seeds
                    .map(Plan::of)
                    .find(|it| tell(it, Sabotage::Nothing, false).violation.is_some())
            })
        })
        .collect();
    for teller in tellers {
        if let Some(plan) = teller.join().unwrap() {
            let found = shortest(&plan, Sabotage::Nothing).unwrap();
            panic!("seed {} goes wrong; its shortest story:{}", plan.seed, lines(&found));
        }
    }
}

#[test]
fn a_story_is_told_the_same_again() {
    for seed in 1..8 {
        let (once, again) = (tell_aloud(&Plan::of(seed)), tell_aloud(&Plan::of(seed)));
        assert_eq!(once, again, "seed {seed}");
    }
}

fn tell_aloud(plan: &Plan) -> Vec<String> {
    tell(plan, Sabotage::Nothing, true).lines
}

/// What comes twice, or comes again since a process died before it had saved, changes nothing: what
/// happens is the same to the word.
#[test]
fn what_comes_again_changes_nothing() {
    let mut mishaps = 0;
    for seed in 1..25 {
        let calm = Plan::of(seed).with_only(&[]);
        let troubled = Plan::of(seed).with_only(&[Wrong::Doubled, Wrong::Died]);
        let told = tell(&troubled, Sabotage::Nothing, true);
        mishaps += told.counts.mishaps;
        let happened = told.lines.into_iter().filter(|line| !line.contains("  ("));
        assert_eq!(tell_aloud(&calm), happened.collect::<Vec<_>>(), "seed {seed}");
    }
    assert!(mishaps > 150, "only {mishaps} mishaps");
}

/// The first story from a seed on in which something broken on purpose is noticed, shortened: one
/// of these invariants does not hold, and so few pieces of the plan and mishaps show it.
#[track_caller]
fn shows(sabotage: Sabotage, from: u64, invariants: &[&str], (pieces, mishaps): (usize, usize)) {
    let mut plans = (from..).take(400).map(Plan::of);
    let found = plans.find_map(|plan| shortest(&plan, sabotage));
    let found = found.unwrap_or_else(|| panic!("nobody noticed {sabotage:?}"));
    let violation = found.told.violation.as_ref().unwrap();
    let told = lines(&found);
    assert!(invariants.contains(&violation.invariant), "{violation}{told}");
    assert!(found.plan.pieces().len() <= pieces, "{} pieces{told}", found.plan.pieces().len());
    assert!(found.told.mishaps.len() <= mishaps, "{:?}{told}", found.told.mishaps);
}

#[test]
fn an_inbox_that_lets_everything_in_again_is_noticed() {
    shows(Sabotage::NoInbox, 3, &["parked"], (3, 1));
}

#[test]
fn an_act_that_is_performed_again_is_noticed() {
    shows(Sabotage::PerformAgain, 4, &["not-twice"], (4, 2));
}

#[test]
fn a_next_step_that_is_forgotten_is_noticed() {
    shows(Sabotage::ForgetNextStep, 1, &["never-let-go"], (2, 0));
}

#[test]
fn a_message_that_is_lost_is_noticed() {
    shows(Sabotage::LoseMessage, 1, &["rest"], (2, 0));
}

#[test]
fn a_letter_that_leaves_after_its_permit_is_noticed() {
    shows(Sabotage::IgnorePermitEnd, 98, &["gate"], (3, 2));
}

#[test]
fn a_letter_about_nothing_that_is_owed_is_noticed() {
    shows(Sabotage::NeverAsk, 220, &["nothing-owed"], (6, 2));
}

#[test]
fn a_cent_that_disappears_is_noticed() {
    shows(Sabotage::LoseCent, 1, &["exact-money"], (2, 0));
}
