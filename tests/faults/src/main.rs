//! The campaign on the command line: `make faults`.

#![expect(clippy::print_stderr, clippy::print_stdout, reason = "it speaks to a terminal")]

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};
use faults::{Campaign, Plan, Start, World, fails, play, shrink};
use runtime::error::BoxError;

/// Breaks the mailbox on real processes, and prints what was doubled or lost.
#[derive(Debug, Parser)]
struct Arguments {
    #[command(subcommand)]
    role: Role,
}

#[derive(Debug, Subcommand)]
enum Role {
    /// Plays stories until enough was broken.
    Run(Run),
    /// Plays the story of one seed again, and prints what happens in it.
    Story {
        seed: u64,
        /// Look for the fewest acts with which it still fails, which takes its time.
        #[arg(long)]
        shrink: bool,
    },
    /// A replica; started by the campaign itself.
    #[command(hide = true)]
    Serve(Start),
}

#[derive(Debug, Args)]
struct Run {
    /// How many faults to inject.
    #[arg(long, default_value_t = 10_000)]
    faults: u64,
    /// The seed of the first story.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Stories at the same time, each on servers of its own.
    #[arg(long, default_value_t = 2)]
    worlds: usize,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

#[tokio::main]
async fn main() -> ExitCode {
    let done = match Arguments::parse().role {
        Role::Serve(start) => start.serve().await.map(|()| true),
        Role::Story { seed, shrink } => story(Plan::draw(seed), shrink).await,
        Role::Run(run) => campaign(run).await,
    };
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("{}", runtime::error::chain(&*error));
            ExitCode::FAILURE
        }
    }
}

fn program() -> Result<PathBuf, BoxError> {
    Ok(std::env::current_exe()?)
}

async fn campaign(run: Run) -> Result<bool, BoxError> {
    let campaign = Campaign {
        program: program()?,
        first_seed: run.seed,
        faults: run.faults,
        worlds: run.worlds,
    };
    let report = campaign.run(|line| eprintln!("{line}")).await?;
    if run.json {
        println!("{}", serde_json::to_string_pretty(&report)?);
    } else {
        print!("{report}");
    }
    Ok(report.is_good())
}

async fn story(mut plan: Plan, shrinks: bool) -> Result<bool, BoxError> {
    let (mut world, program) = (World::start().await?, program()?);
    if shrinks {
        plan = shrink(&plan, async |plan| fails(&mut world, &program, plan).await).await;
    }
    println!("{} replicas, planned faults {:?}", plan.replicas, plan.crashes);
    for act in &plan.acts {
        println!("  {act}");
    }
    let ended = play(&mut world, &program, &plan).await?;
    for problem in ended.verdict.doubled.iter().chain(&ended.verdict.lost) {
        println!("{problem}");
    }
    println!("{:?}", ended.faults);
    Ok(ended.verdict.is_good())
}
