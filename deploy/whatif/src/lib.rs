//! What would happen to a portfolio of claims under an agreement, told day by day by the decisions
//! that the services themselves make: no servers, no clock, no letters.
//!
//! Read `portfolio.rs` first (what it is about), then `life.rs` (one debtor under one agreement)
//! and `outside.rs` (what letters, calls and debtors do meanwhile). README.md says what is
//! supposed, and what a file looks like.

mod act;
mod chart;
mod life;
mod outcome;
mod outside;
pub mod people;
pub mod portfolio;
mod rows;

use std::num::NonZero;
use std::thread;

use contracts::agreement::Agreement;
use primitives::Date;

pub use act::Act;
pub use chart::{Chart, charts};
pub use outcome::{Outcome, Sums, Week};
use people::People;
use portfolio::{Debtor, Portfolio};

use crate::life::Life;

/// What is supposed of everything but the agreements.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// The first and the last day.
    pub from: Date,
    pub to: Date,
    /// How debtors answer; none where nobody does but as the portfolio says.
    pub people: Option<People>,
    pub seed: u64,
    /// Whether no law is asked: for portfolios of countries whose law is not built in.
    pub is_lawless: bool,
}

/// One agreement to be tried.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Strategy {
    /// What it is called beside the others.
    pub name: String,
    pub agreement: Agreement,
}

/// A decision that could not be made: a fault of ours, and never of a portfolio.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("debtor {debtor}, on {on}: {what}; please report it with the portfolio")]
pub struct Defect {
    pub debtor: String,
    pub on: Date,
    pub what: String,
}

/// Lives all debtors through all days under an agreement. They know nothing of each other, so they
/// are lived beside each other, on as many threads as there are processors.
pub fn simulate(
    portfolio: &Portfolio,
    strategy: &Strategy,
    settings: &Settings,
) -> Result<Outcome, Defect> {
    let threads = thread::available_parallelism().map_or(1, NonZero::get);
    let share = portfolio.debtors.len().div_ceil(threads).max(1);
    let live = |debtors: &[Debtor]| -> Result<Lived, Defect> {
        let mut lived = Lived::default();
        for debtor in debtors {
            let (acts, sums) = Life::new(debtor, strategy, settings).run()?;
            lived.0.extend(acts);
            lived.1.add(sums);
        }
        Ok(lived)
    };
    let shares: Vec<Result<Lived, Defect>> = thread::scope(|scope| {
        let shares = portfolio.debtors.chunks(share);
        let started: Vec<_> = shares.map(|debtors| scope.spawn(move || live(debtors))).collect();
        started.into_iter().map(joined).collect()
    });
    let mut outcome =
        Outcome { agreement: strategy.name.clone(), sums: Sums::default(), acts: Vec::new() };
    for share in shares {
        let (acts, sums) = share?;
        outcome.acts.extend(acts);
        outcome.sums.add(sums);
    }
    // Of one day in the order of the debtors, and of each by the clock.
    outcome.acts.sort_by_key(|act| act.date);
    Ok(outcome)
}

type Lived = (Vec<Act>, Sums);

/// A panic of a thread is one of ours.
fn joined<T>(thread: thread::ScopedJoinHandle<'_, T>) -> T {
    thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}
