//! Tells many stories and says how many went wrong; of the first that does, the shortest.

#![expect(clippy::print_stdout, reason = "it speaks to a terminal")]

use std::process::ExitCode;
use std::thread;
use std::time::Instant;

use clap::Parser;
use simulation::{Counts, Plan, Sabotage, shortest, tell};

/// Tells stories from seeds and checks the invariants after every step.
#[derive(Debug, Parser)]
struct Arguments {
    /// How many stories.
    #[arg(long, default_value_t = 1_000)]
    seeds: u64,
    /// The first seed.
    #[arg(long, default_value_t = 1)]
    from: u64,
    /// Tell the story of this seed alone, with all that happens.
    #[arg(long)]
    seed: Option<u64>,
    /// At the same time.
    #[arg(long, default_value_t = 2)]
    threads: u64,
}

/// One line about all stories.
#[derive(Debug, Default, serde::Serialize)]
struct Summary {
    seeds: u64,
    failed: Vec<u64>,
    #[serde(flatten)]
    counts: Counts,
    elapsed_ms: u64,
    seeds_per_minute: u64,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match arguments.seed {
        Some(seed) => one(seed),
        None => many(&arguments),
    }
}

fn one(seed: u64) -> ExitCode {
    let plan = Plan::of(seed);
    let told = tell(&plan, Sabotage::Nothing, true);
    for line in &told.lines {
        println!("{line}");
    }
    println!("{}", serde_json::to_string(&told.counts).unwrap_or_default());
    if told.violation.is_none() {
        return ExitCode::SUCCESS;
    }
    explain(&plan);
    ExitCode::FAILURE
}

fn many(arguments: &Arguments) -> ExitCode {
    let begun = Instant::now();
    let (threads, from) = (arguments.threads.max(1), arguments.from);
    let until = from.saturating_add(arguments.seeds);
    let step = usize::try_from(threads).unwrap_or(1);
    let tellers: Vec<_> = (0..threads)
        .map(|teller| {
            let seeds = (from.saturating_add(teller)..until).step_by(step);
            thread::spawn(move || seeds.map(told).fold(Summary::default(), Summary::and))
        })
        .collect();
    let told = tellers.into_iter().filter_map(|teller| teller.join().ok());
    let mut summary = told.fold(Summary::default(), Summary::and);
    summary.failed.sort_unstable();
    summary.elapsed_ms = u64::try_from(begun.elapsed().as_millis().max(1)).unwrap_or(u64::MAX);
    let minutes = summary.seeds.saturating_mul(60_000);
    summary.seeds_per_minute = minutes.checked_div(summary.elapsed_ms).unwrap_or(0);
    if let Some(seed) = summary.failed.first() {
        explain(&Plan::of(*seed));
    }
    println!("{}", serde_json::to_string(&summary).unwrap_or_default());
    // A teller that broke down told fewer stories.
    let is_whole = summary.seeds == arguments.seeds && summary.failed.is_empty();
    if is_whole { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// The story of one seed.
fn told(seed: u64) -> Summary {
    let told = tell(&Plan::of(seed), Sabotage::Nothing, false);
    if let Some(violation) = &told.violation {
        println!("seed {seed}: {violation}");
    }
    let failed = told.violation.map(|_| seed).into_iter().collect();
    Summary { seeds: 1, failed, counts: told.counts, ..Summary::default() }
}

impl Summary {
    fn and(mut self, mut other: Self) -> Self {
        self.failed.append(&mut other.failed);
        let seeds = self.seeds.saturating_add(other.seeds);
        Self { seeds, counts: self.counts.and(other.counts), ..self }
    }
}

/// Prints the shortest story that goes wrong.
fn explain(plan: &Plan) {
    if let Some(found) = shortest(plan, Sabotage::Nothing) {
        println!("\nthe shortest story of seed {} that goes wrong:", plan.seed);
        for line in &found.told.lines {
            println!("{line}");
        }
        let (pieces, mishaps) = (found.plan.pieces().len(), found.told.mishaps.len());
        println!("{pieces} pieces, {mishaps} mishaps, told {} times\n", found.tries);
    }
}
