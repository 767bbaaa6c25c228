//! What happens in a story: drawn from a seed, kept as a list, so that it can be played again and
//! made shorter.

use std::fmt;

use mailbox::CrashPoint;

use crate::chance::Chance;

/// A server that the replicas talk to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Server {
    Postgres,
    Broker,
}

/// One thing that is done to the service under test, in the order of the story.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Act {
    /// So many of the story's messages are told.
    Tell(u32),
    /// So many that were told come again, as from a producer that missed the confirmation.
    Again(u32),
    /// So many requests are made, each until it is answered.
    Ask(u32),
    Wait {
        ms: u64,
    },
    /// Waits until nothing is under way. Never drawn: stories are restless.
    Rest,
    /// `kill -9`.
    Kill {
        replica: usize,
    },
    /// The process sleeps (`SIGSTOP`) and wakes after `ms`.
    Sleep {
        replica: usize,
        ms: u64,
    },
    /// All its connections to a server end at once.
    Cut {
        server: Server,
        replica: usize,
    },
    /// It reaches the server no more, for so long.
    Refuse {
        server: Server,
        replica: usize,
        ms: u64,
    },
    /// All that it exchanges with the server comes late by `delay_ms`, for so long.
    Slow {
        server: Server,
        replica: usize,
        delay_ms: u64,
        ms: u64,
    },
    /// The server is stopped in order, or killed, and started again.
    Restart {
        server: Server,
        kill: bool,
    },
    /// The broker loses what it took within the last `ms`, messages, acknowledgements and all.
    PowerLoss {
        ms: u64,
    },
    /// The server takes nothing more, for so long.
    Full {
        server: Server,
        ms: u64,
    },
    /// The consumers are deleted and made anew, and everything is delivered again.
    Recreate,
    /// The database is copied, for a restore later.
    Backup,
    /// The database is lost, and the copy takes its place; whoever sent something sends it again.
    Restore,
    /// Breaks the mailbox itself: what was handled is forgotten. Never drawn; it shows that the
    /// judge sees it.
    Sabotage,
}

impl Act {
    /// As the report counts it; none for what is no fault.
    #[must_use]
    pub const fn fault(&self) -> Option<&'static str> {
        use Server::{Broker, Postgres};
        Some(match self {
            Self::Tell(_)
            | Self::Ask(_)
            | Self::Wait { .. }
            | Self::Rest
            | Self::Backup
            | Self::Sabotage => {
                return None;
            }
            Self::Again(_) => "duplicate deliveries",
            Self::Kill { .. } => "kill -9 of a replica",
            Self::Sleep { .. } => "process asleep",
            Self::Cut { server: Postgres, .. } => "connections to Postgres cut",
            Self::Cut { server: Broker, .. } => "connections to the broker cut",
            Self::Refuse { server: Postgres, .. } => "Postgres out of reach",
            Self::Refuse { server: Broker, .. } => "broker out of reach",
            Self::Slow { server: Postgres, .. } => "slow connections to Postgres",
            Self::Slow { server: Broker, .. } => "slow connections to the broker",
            Self::Restart { server: Postgres, kill: false } => "Postgres restarted",
            Self::Restart { server: Postgres, kill: true } => "kill -9 of Postgres",
            Self::Restart { server: Broker, kill: false } => "broker restarted",
            Self::Restart { server: Broker, kill: true } => "kill -9 of the broker",
            Self::PowerLoss { .. } => "power loss of the broker",
            Self::Full { server: Postgres, .. } => "database full",
            Self::Full { server: Broker, .. } => "broker full",
            Self::Recreate => "consumers recreated",
            Self::Restore => "database restored from a backup",
        })
    }

    /// How many faults it is.
    #[must_use]
    pub const fn count(&self) -> u64 {
        if let Self::Again(count) = self { *count as u64 } else { 1 }
    }
}

impl fmt::Display for Act {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self:?}")
    }
}

/// A story.
#[derive(Clone, Debug)]
pub struct Plan {
    pub seed: u64,
    /// One to three.
    pub replicas: usize,
    /// The planned faults of each start of a replica, as the mailbox's setting writes them; a
    /// replica that is started more often has none.
    pub crashes: Vec<Vec<String>>,
    pub acts: Vec<Act>,
}

/// Rounds of telling and breaking.
const ROUNDS: u64 = 12;
/// Passages of crash points between two planned errors, on average.
const SCATTERED_ONE_IN: u64 = 30;
/// Starts of a replica with planned faults.
const STARTS: u64 = 12;

impl Plan {
    /// The story of a seed. Every fourth loses its database.
    #[must_use]
    pub fn draw(seed: u64) -> Self {
        let mut chance = Chance::new(seed);
        let replicas = chance.index(3).saturating_add(1);
        let crashes = (0..replicas).map(|_| starts(&mut chance)).collect();
        let mut acts = Vec::new();
        let loss = (chance.within(0, 4) == 0).then(|| {
            let backup = chance.within(0, ROUNDS - 1);
            (backup, chance.within(backup + 1, ROUNDS))
        });
        for round in 0..ROUNDS {
            if loss.is_some_and(|(backup, _)| backup == round) {
                acts.push(Act::Backup);
            }
            if loss.is_some_and(|(_, restore)| restore == round) {
                acts.push(Act::Restore);
            }
            acts.push(Act::Tell(5));
            if chance.within(0, 2) == 0 {
                acts.push(Act::Ask(1));
            }
            for _ in 0..chance.within(1, 4) {
                acts.push(fault(&mut chance, replicas));
            }
            acts.push(Act::Again(2));
            acts.push(Act::Wait { ms: chance.within(0, 250) });
        }
        Self { seed, replicas, crashes, acts }
    }
}

fn starts(chance: &mut Chance) -> Vec<String> {
    let starts = (0..STARTS).map(|_| {
        let scattered = format!("scattered:{}:{SCATTERED_ONE_IN}", chance.draw());
        let points = CrashPoint::ALL;
        let point = points.get(chance.index(points.len())).copied().unwrap_or(CrashPoint::Taken);
        match chance.within(0, 3) {
            0 => format!("{scattered},{point}:{}:death", chance.within(1, 12)),
            _ => scattered,
        }
    });
    starts.collect()
}

fn fault(chance: &mut Chance, replicas: usize) -> Act {
    let replica = chance.index(replicas);
    let server = if chance.within(0, 2) == 0 { Server::Postgres } else { Server::Broker };
    match chance.within(0, 100) {
        0..=29 => Act::Kill { replica },
        30..=39 => Act::Sleep { replica, ms: chance.within(100, 1_500) },
        40..=59 => Act::Cut { server, replica },
        60..=67 => Act::Refuse { server, replica, ms: chance.within(50, 800) },
        68..=79 => {
            let (delay_ms, ms) = (chance.within(5, 60), chance.within(200, 1_500));
            Act::Slow { server, replica, delay_ms, ms }
        }
        80..=85 => Act::Restart { server, kill: chance.within(0, 2) == 0 },
        86..=89 => Act::PowerLoss { ms: chance.within(50, 500) },
        90..=95 => Act::Full { server, ms: chance.within(50, 400) },
        _ => Act::Recreate,
    }
}
