//! Processor time of the program and of its two servers, as the kernel counts it.

use std::fs;

use serde::Serialize;

/// Processor time, user and system, in microseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub(crate) struct Usage {
    pub(crate) program: u64,
    pub(crate) postgres: u64,
    pub(crate) broker: u64,
}

/// Linux counts in hundredths of a second (`sysconf(_SC_CLK_TCK)` is 100 on every port of it).
const TICK_US: u64 = 10_000;

impl Usage {
    /// All that was used until now.
    pub(crate) fn now(postgres: u32, broker: u32) -> Self {
        let processes = Process::all();
        let of = |pid: u32| {
            let family = processes.iter().filter(|it| it.pid == pid || it.parent == pid);
            family.map(|it| it.ticks).sum::<u64>() * TICK_US
        };
        let own = processes.iter().filter(|it| it.pid == std::process::id());
        Self {
            program: own.map(|it| it.ticks).sum::<u64>() * TICK_US,
            postgres: of(postgres),
            broker: of(broker),
        }
    }

    pub(crate) const fn since(self, before: Self) -> Self {
        Self {
            program: self.program.saturating_sub(before.program),
            postgres: self.postgres.saturating_sub(before.postgres),
            broker: self.broker.saturating_sub(before.broker),
        }
    }

    pub(crate) const fn plus(self, other: Self) -> Self {
        Self {
            program: self.program + other.program,
            postgres: self.postgres + other.postgres,
            broker: self.broker + other.broker,
        }
    }

    /// Per message.
    pub(crate) const fn each(self, messages: u64) -> Self {
        Self {
            program: self.program / messages,
            postgres: self.postgres / messages,
            broker: self.broker / messages,
        }
    }
}

struct Process {
    pid: u32,
    parent: u32,
    /// Its own and that of its children that ended.
    ticks: u64,
}

impl Process {
    fn all() -> Vec<Self> {
        let folders = fs::read_dir("/proc").expect("Linux has /proc");
        folders
            .flatten()
            .filter_map(|folder| {
                let pid = folder.file_name().to_str()?.parse().ok()?;
                let stat = fs::read_to_string(folder.path().join("stat")).ok()?;
                // The name may hold spaces; what follows its last bracket does not (proc(5)).
                let (_, rest) = stat.rsplit_once(')')?;
                let fields: Vec<&str> = rest.split_whitespace().collect();
                let number = |place: usize| fields.get(place)?.parse::<u64>().ok();
                // utime, stime, cutime, cstime
                let ticks = (11..15).filter_map(number).sum();
                Some(Self { pid, parent: u32::try_from(number(1)?).ok()?, ticks })
            })
            .collect()
    }
}
