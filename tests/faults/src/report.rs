//! What a campaign found, as a table and as JSON.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use serde::Serialize;

use crate::story::Ended;

/// The sum of all stories.
#[derive(Debug, Default, Serialize)]
pub struct Report {
    pub first_seed: u64,
    pub stories: u64,
    pub seconds: u64,
    pub faults: u64,
    pub kills: u64,
    pub faults_by_kind: BTreeMap<&'static str, u64>,
    pub doubled: u64,
    pub lost: u64,
    /// Acts whose process was gone before it wrote down how they went.
    pub cut_off: u64,
    /// Those of them that nobody could say of whether they happened.
    pub uncertain: u64,
    pub failures: Vec<Failed>,
}

/// A story that ended badly.
#[derive(Debug, Serialize)]
pub struct Failed {
    pub seed: u64,
    pub problems: Vec<String>,
}

/// How the report names real kills of replicas.
const KILL: &str = "kill -9 of a replica";

impl Report {
    /// Adds a story.
    pub fn add(&mut self, ended: &Ended) {
        let wide = |count: usize| u64::try_from(count).unwrap_or(u64::MAX);
        let add = |sum: &mut u64, count: u64| *sum = sum.saturating_add(count);
        add(&mut self.stories, 1);
        for (fault, count) in &ended.faults {
            add(self.faults_by_kind.entry(fault).or_default(), *count);
            add(&mut self.faults, *count);
        }
        self.kills = self.faults_by_kind.get(KILL).copied().unwrap_or_default();
        add(&mut self.doubled, wide(ended.verdict.doubled.len()));
        add(&mut self.lost, wide(ended.verdict.lost.len()));
        add(&mut self.cut_off, wide(ended.verdict.cut_off));
        add(&mut self.uncertain, wide(ended.verdict.uncertain));
    }

    pub fn took(&mut self, time: Duration) {
        self.seconds = time.as_secs();
    }

    /// Whether nothing was doubled or lost.
    #[must_use]
    pub const fn is_good(&self) -> bool {
        self.failures.is_empty()
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (kind, count) in &self.faults_by_kind {
            writeln!(f, "{count:>8}  {kind}")?;
        }
        let Self {
            faults, stories, seconds, first_seed, doubled, lost, cut_off, uncertain, ..
        } = self;
        writeln!(
            f,
            "{faults:>8}  faults in {stories} stories from seed {first_seed}, {seconds} s"
        )?;
        writeln!(f, "{doubled:>8}  doubled")?;
        writeln!(f, "{lost:>8}  lost")?;
        writeln!(
            f,
            "{cut_off:>8}  acts cut off; {uncertain} uncertain, each listed with an owner"
        )?;
        for failed in &self.failures {
            writeln!(f, "seed {} failed:", failed.seed)?;
            failed.problems.iter().try_for_each(|problem| writeln!(f, "  {problem}"))?;
            let seed = failed.seed;
            writeln!(f, "  make faults ARGUMENTS=\"story {seed} --shrink\" makes it shorter")?;
        }
        Ok(())
    }
}
