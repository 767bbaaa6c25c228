//! Which stack a folder holds: its clock and its ports, kept from the first start on.

use std::collections::BTreeMap;
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::ErrorKind;
use std::net::{Ipv4Addr, TcpListener};
use std::path::Path;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use runtime::config::ClockMode;
use serde::{Deserialize, Serialize};

use super::layout::Layout;
use super::services;
use crate::failure::Failure;
use crate::moment::now;

/// Below the range from which the system takes ports for outgoing connections, so that none of them
/// takes one of ours while the stack is down.
const FIRST_PORT: u16 = 21_000;
const BLOCKS: u16 = 500;
const BLOCK_PORTS: u16 = 20;
/// How long a killed process may hold on to its port.
const LET_GO_LIMIT: Duration = Duration::from_secs(2);
const LOOK_EVERY: Duration = Duration::from_millis(20);
const HEADER: &str = "# Made by `amicable up`. Ports may be changed while the stack is down.\n\n";

/// What is fixed about a stack.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Description {
    /// Whose time is business time.
    pub clock: ClockMode,
    /// Wall time; consumers read events from then on.
    pub made_at: Timestamp,
    pub ports: Ports,
}

/// On 127.0.0.1.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Ports {
    pub postgres: u16,
    pub nats: u16,
    /// Where the mail sink takes mail.
    pub smtp: u16,
    /// Where the mail sink shows it.
    pub mail_page: u16,
    /// The creditors' API of intake.
    pub intake_api: u16,
    /// `/livez` and `/readyz` of each service.
    pub admin: BTreeMap<String, u16>,
}

impl Description {
    /// Reads the description of the stack.
    pub(crate) fn load(layout: &Layout) -> Result<Self, Failure> {
        let file = layout.description();
        let text = fs::read_to_string(&file).map_err(Failure::io("read", &file))?;
        let found: Self = toml::from_str(&text).map_err(Failure::written(&file))?;
        let known = |name: &&String| services::names().any(|service| service == name.as_str());
        match found.ports.admin.keys().find(|name| !known(name)) {
            None => Ok(found),
            Some(stranger) => Err(Failure::Written {
                file,
                problem: format!("`ports.admin.{stranger}` is the port of no service"),
            }),
        }
    }

    /// Reads the description, or makes one: with this clock, or with the demonstration's where none
    /// is asked for. A stack never changes its clock, since business time must not go back. A
    /// service that is younger than the stack gets a port.
    pub(crate) fn load_or_make(layout: &Layout, clock: Option<ClockMode>) -> Result<Self, Failure> {
        if !layout.exists() {
            return Self::make(layout, clock.unwrap_or(ClockMode::Demo));
        }
        let mut found = Self::load(layout)?;
        if found.ports.complete()? {
            found.write(layout)?;
        }
        match clock.filter(|wanted| *wanted != found.clock) {
            None => Ok(found),
            Some(wanted) => Err(Failure::OtherClock {
                folder: layout.root().to_owned(),
                has: word(found.clock),
                wanted: word(wanted),
            }),
        }
    }

    fn make(layout: &Layout, clock: ClockMode) -> Result<Self, Failure> {
        let ports = Ports::free(layout.root())?;
        let made = Self { clock, made_at: now(), ports };
        made.write(layout)?;
        Ok(made)
    }

    fn write(&self, layout: &Layout) -> Result<(), Failure> {
        let file = layout.description();
        let text = toml::to_string(self).map_err(Failure::written(&file))?;
        fs::write(&file, format!("{HEADER}{text}")).map_err(Failure::io("write", &file))
    }

    /// Whether the clock can be turned.
    #[must_use]
    pub(crate) fn has_demo_clock(&self) -> bool {
        self.clock == ClockMode::Demo
    }
}

impl Ports {
    /// A block of free ports. Each folder prefers a block of its own, so that stacks which are made
    /// at the same time do not take each other's.
    fn free(root: &Path) -> Result<Self, Failure> {
        let mut hasher = DefaultHasher::new();
        root.hash(&mut hasher);
        let preferred = hasher.finish().checked_rem(BLOCKS.into()).unwrap_or_default();
        let preferred = u16::try_from(preferred).unwrap_or_default();
        let block = |nth: u16| {
            let number = preferred.saturating_add(nth) % BLOCKS;
            Self::from(FIRST_PORT.saturating_add(number.saturating_mul(BLOCK_PORTS)))
        };
        let last = FIRST_PORT.saturating_add(BLOCKS.saturating_mul(BLOCK_PORTS));
        (0..BLOCKS)
            .map(block)
            .find(|ports| ports.all().iter().all(|(_, port)| is_free(*port)))
            .ok_or(Failure::NoPorts { first: FIRST_PORT, last })
    }

    fn from(first: u16) -> Self {
        let mut next = first..;
        let mut take = || next.next().unwrap_or(first);
        Self {
            postgres: take(),
            nats: take(),
            smtp: take(),
            mail_page: take(),
            intake_api: take(),
            admin: services::names().map(|name| (name.to_owned(), take())).collect(),
        }
    }

    /// Gives a port to each service that has none; whether there was any.
    fn complete(&mut self) -> Result<bool, Failure> {
        let first = self.all().iter().map(|(_, port)| *port).max().unwrap_or(FIRST_PORT);
        let last = first.saturating_add(BLOCK_PORTS);
        let mut free = (first..=last).skip(1).filter(|port| is_free(*port));
        let lacking: Vec<&str> =
            services::names().filter(|name| !self.admin.contains_key(*name)).collect();
        for name in &lacking {
            let port = free.next().ok_or(Failure::NoPorts { first, last })?;
            self.admin.insert((*name).to_owned(), port);
        }
        Ok(!lacking.is_empty())
    }

    /// The admin port of a service.
    pub(crate) fn admin(&self, service: &'static str, layout: &Layout) -> Result<u16, Failure> {
        self.admin.get(service).copied().ok_or_else(|| Failure::Written {
            file: layout.description(),
            problem: format!("the port `ports.admin.{service}` is missing"),
        })
    }

    /// Refuses to go on when somebody else has one of the ports that our own processes take.
    /// Postgres and nats-server look for themselves, after their orphans are gone. A process that
    /// was just killed may hold its port for a moment longer than its name.
    pub(crate) async fn refuse_taken(&self, layout: &Layout) -> Result<(), Failure> {
        let servers = [self.postgres, self.nats];
        let start = Instant::now();
        loop {
            let mut ours = self.all().into_iter().filter(|(_, port)| !servers.contains(port));
            let Some((user, port)) = ours.find(|(_, port)| !is_free(*port)) else { return Ok(()) };
            if start.elapsed() > LET_GO_LIMIT {
                return Err(Failure::PortInUse { port, user, file: layout.description() });
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }

    fn all(&self) -> Vec<(String, u16)> {
        let admin = self.admin.iter().map(|(name, port)| (format!("{name}'s health"), *port));
        [
            ("Postgres", self.postgres),
            ("NATS", self.nats),
            ("the mail sink's SMTP", self.smtp),
            ("the mail sink's page", self.mail_page),
            ("the intake API", self.intake_api),
        ]
        .into_iter()
        .map(|(user, port)| (user.to_owned(), port))
        .chain(admin)
        .collect()
    }
}

fn is_free(port: u16) -> bool {
    // Any other error is told better by the one that needs the port.
    !TcpListener::bind((Ipv4Addr::LOCALHOST, port))
        .is_err_and(|error| error.kind() == ErrorKind::AddrInUse)
}

const fn word(clock: ClockMode) -> &'static str {
    match clock {
        ClockMode::System => "system",
        ClockMode::Demo => "demo",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layout(folder: &tempfile::TempDir) -> Layout {
        Layout::new(folder.path()).unwrap()
    }

    #[test]
    fn ports_and_clock_are_kept_between_starts() {
        let folder = tempfile::tempdir().unwrap();
        let made = Description::load_or_make(&layout(&folder), None).unwrap();
        assert_eq!(made.clock, ClockMode::Demo);
        assert_eq!(Description::load_or_make(&layout(&folder), None).unwrap(), made);
        let other = Description::load_or_make(&layout(&folder), Some(ClockMode::System));
        let told = other.unwrap_err().to_string();
        assert!(
            told.ends_with("has the demo clock for good; for the system clock use another folder")
        );
    }

    #[test]
    fn a_service_that_is_younger_than_the_stack_gets_a_port_of_its_own() {
        let folder = tempfile::tempdir().unwrap();
        let layout = layout(&folder);
        let mut older = Description::load_or_make(&layout, None).unwrap();
        older.ports.admin.remove("letter").unwrap();
        older.write(&layout).unwrap();
        let completed = Description::load_or_make(&layout, None).unwrap();
        let letter = completed.ports.admin["letter"];
        assert!(older.ports.all().iter().all(|(_, port)| *port != letter), "{letter}");
        assert_eq!(Description::load(&layout).unwrap(), completed, "it is kept");
    }

    #[test]
    fn no_two_users_share_a_port() {
        let mut ports: Vec<u16> =
            Ports::from(FIRST_PORT).all().into_iter().map(|(_, port)| port).collect();
        let count = ports.len();
        ports.sort_unstable();
        ports.dedup();
        assert_eq!(ports.len(), count);
        assert!(count <= usize::from(BLOCK_PORTS));
    }

    #[tokio::test]
    async fn a_port_in_use_is_named_with_its_user_and_the_file_to_change() {
        let folder = tempfile::tempdir().unwrap();
        let layout = layout(&folder);
        let mut made = Description::load_or_make(&layout, None).unwrap();
        let stranger = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        made.ports.intake_api = stranger.local_addr().unwrap().port();
        let told = made.ports.refuse_taken(&layout).await.unwrap_err().to_string();
        let port = made.ports.intake_api;
        let start = format!("port {port} for the intake API is in use by another program; stop ");
        assert!(told.starts_with(&start), "{told}");
        assert!(told.ends_with("stack.toml"), "{told}");
    }

    #[test]
    fn a_typing_error_in_the_file_is_told_with_its_place() {
        let folder = tempfile::tempdir().unwrap();
        let layout = layout(&folder);
        Description::load_or_make(&layout, None).unwrap();
        let text = fs::read_to_string(layout.description()).unwrap();
        fs::write(layout.description(), text.replace("smtp =", "smpt =")).unwrap();
        let told = Description::load(&layout).unwrap_err().to_string();
        assert!(told.contains("stack.toml"), "{told}");
        assert!(told.contains("line ") && told.contains("unknown field `smpt`"), "{told}");
        assert_eq!(told.lines().count(), 1, "{told}");
        fs::write(layout.description(), format!("{text}leter = 1\n")).unwrap();
        let told = Description::load(&layout).unwrap_err().to_string();
        assert!(told.ends_with("`ports.admin.leter` is the port of no service"), "{told}");
    }
}
