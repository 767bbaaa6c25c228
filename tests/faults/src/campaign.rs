//! A campaign: stories from one seed on, until enough was broken.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use futures_util::future::join_all;
use runtime::error::BoxError;
use tokio::time::Instant;

use crate::plan::Plan;
use crate::report::{Failed, Report};
use crate::story::play;
use crate::world::World;

/// What a campaign is asked to do.
#[derive(Clone, Debug)]
pub struct Campaign {
    /// The program whose `serve` is a replica.
    pub program: PathBuf,
    pub first_seed: u64,
    /// It goes on until so many faults were injected.
    pub faults: u64,
    /// Stories that are played at the same time, each on servers of its own.
    pub worlds: usize,
}

/// A story that failed is tried so often before it is said not to fail.
const TRIES: u32 = 3;

impl Campaign {
    /// Runs it to its end; `tell` hears of each story.
    pub async fn run(&self, tell: impl Fn(&str) + Sync) -> Result<Report, BoxError> {
        let begun = Instant::now();
        let next = AtomicU64::new(self.first_seed);
        let report = Mutex::new(Report { first_seed: self.first_seed, ..Report::default() });
        let with = |change: &mut dyn FnMut(&mut Report)| {
            change(&mut report.lock().unwrap_or_else(PoisonError::into_inner));
        };
        let worlds = (0..self.worlds.max(1)).map(|_| async {
            let mut world = World::start().await?;
            loop {
                let mut faults = 0;
                with(&mut |report| faults = report.faults);
                if faults >= self.faults {
                    return Ok::<(), BoxError>(());
                }
                let plan = Plan::draw(next.fetch_add(1, Ordering::Relaxed));
                let ended = play(&mut world, &self.program, &plan).await?;
                let problems = [ended.verdict.doubled.as_slice(), &ended.verdict.lost].concat();
                let count: u64 = ended.faults.values().sum();
                tell(&format!("seed {}: {count} faults, {} problems", plan.seed, problems.len()));
                with(&mut |report| report.add(&ended));
                if problems.is_empty() {
                    continue;
                }
                for problem in &problems {
                    tell(problem);
                }
                let mut failed = Some(Failed { seed: plan.seed, problems });
                with(&mut |report| report.failures.extend(failed.take()));
            }
        });
        for ended in join_all(worlds).await {
            ended?;
        }
        let mut report = report.into_inner().unwrap_or_else(PoisonError::into_inner);
        report.took(begun.elapsed());
        Ok(report)
    }
}

/// Whether a plan fails at one of a few tries.
pub async fn fails(world: &mut World, program: &Path, plan: &Plan) -> bool {
    for _ in 0..TRIES {
        match play(world, program, plan).await {
            Ok(ended) if ended.verdict.is_good() => {}
            Ok(_) | Err(_) => return true,
        }
    }
    false
}
