//! Who rings the bells: notes who began which act, so that what becomes uncertain can be explained.

use std::collections::BTreeMap;
use std::fs::OpenOptions;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use mailbox::{Claim, Decision, Ended, Evidence, Facts, Fault, Performance, Performer};
use uuid::Uuid;

use crate::reference::{Bell, Counter, Ring};

/// Rings a bell of which, for every other bell, nobody can say afterwards whether it rang.
#[derive(Clone, Debug)]
pub(crate) struct Ringer {
    bell: Bell,
    begun: PathBuf,
    asked: PathBuf,
}

impl Ringer {
    pub(crate) fn at(folder: &Path) -> Self {
        Self { bell: Bell::at(folder), begun: folder.join("begun"), asked: folder.join("asked") }
    }

    /// Every ring, in order.
    pub(crate) fn rings(&self) -> Vec<Uuid> {
        self.bell.rings()
    }

    /// Which processes began to ring which bell.
    pub(crate) fn begun(&self) -> BTreeMap<Uuid, Vec<u32>> {
        let mut begun: BTreeMap<Uuid, Vec<u32>> = BTreeMap::new();
        for line in lines(&self.begun) {
            if let Some((pid, bell)) = line.split_once(' ')
                && let (Ok(pid), Ok(bell)) = (pid.parse(), bell.parse())
            {
                begun.entry(bell).or_default().push(pid);
            }
        }
        begun
    }

    /// How many acts had to be asked about, because whoever had them did not write down how they
    /// went.
    pub(crate) fn cut_off(&self) -> usize {
        let mut asked = lines(&self.asked);
        asked.sort_unstable();
        asked.dedup();
        asked.len()
    }
}

/// Whether somebody heard the bell.
pub(crate) const fn has_witness(bell: Uuid) -> bool {
    bell.as_u128().is_multiple_of(2)
}

fn lines(path: &Path) -> Vec<String> {
    let text = std::fs::read_to_string(path).unwrap_or_default();
    text.lines().map(str::to_owned).collect()
}

fn note(path: &Path, line: &str) -> io::Result<()> {
    let mut file = OpenOptions::new().create(true).append(true).open(path)?;
    file.write_all(format!("{line}\n").as_bytes())
}

impl Performer for Ringer {
    type Effect = Ring;
    type Aggregate = Counter;
    type Outcome = ();

    fn claim(state: &Counter, effect: &Ring, facts: &Facts) -> Claim {
        Bell::claim(state, effect, facts)
    }

    async fn perform(&self, effect: &Ring, facts: &Facts) -> Performance<()> {
        let line = format!("{} {}", std::process::id(), effect.bell);
        if let Err(error) = note(&self.begun, &line) {
            return Performance::NotPerformed { reason: error.to_string() };
        }
        self.bell.perform(effect, facts).await
    }

    async fn evidence(&self, effect: &Ring) -> Evidence<()> {
        if let Err(error) = note(&self.asked, &effect.bell.to_string()) {
            return Evidence::Unreachable { reason: error.to_string() };
        }
        if has_witness(effect.bell) { self.bell.evidence(effect).await } else { Evidence::Silent }
    }

    fn decide(
        state: Counter,
        ended: &Ended<Ring, ()>,
        facts: &Facts,
    ) -> Result<Decision<Counter, Ring>, Fault> {
        Bell::decide(state, ended, facts)
    }
}
