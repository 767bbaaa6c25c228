//! The clocks of a process: the machine's, or the shared business clock of a demonstration.
//!
//! The demonstration's clock stands still until somebody advances it, for all services at once, and
//! never goes back. It lies under one key of a NATS key-value bucket. Wall time is the machine's in
//! either case.

use std::sync::Arc;
use std::time::Duration;

use async_nats::Client;
use async_nats::jetstream::{self, kv};
use futures_util::StreamExt;
use primitives::{Clock, Timestamp};
use tokio::sync::watch;
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;
use tracing::{error, warn};

use crate::error::{BoxError, chain};

/// The bucket of the business clock.
pub const BUCKET: &str = "clock";
/// Its key: the business time as RFC 3339 text.
pub const KEY: &str = "business";

const REOPEN_PAUSE: Duration = Duration::from_secs(1);

/// The machine's time, for both.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl SystemClock {
    /// A clock that never jumps: waiting for a jump is an error at once.
    #[must_use]
    pub fn moved(self) -> watch::Receiver<Timestamp> {
        watch::channel(self.business_now()).1
    }
}

impl Clock for SystemClock {
    fn business_now(&self) -> Timestamp {
        self.wall_now()
    }

    #[expect(clippy::disallowed_methods, reason = "this is the clock")]
    fn wall_now(&self) -> Timestamp {
        Timestamp::now()
    }
}

/// The business time of a demonstration.
#[derive(Debug)]
pub struct DemoClock {
    business: watch::Sender<Timestamp>,
}

impl Clock for DemoClock {
    fn business_now(&self) -> Timestamp {
        *self.business.borrow()
    }

    fn wall_now(&self) -> Timestamp {
        SystemClock.wall_now()
    }
}

/// What is wrong with the business clock.
#[derive(Debug, thiserror::Error)]
pub enum ClockError {
    /// The bucket cannot be opened.
    #[error("the business clock's bucket `{BUCKET}` cannot be opened in NATS")]
    Bucket(#[source] BoxError),
    /// The bucket answers no more.
    #[error("the business clock cannot be read or set")]
    Broker(#[source] BoxError),
    /// Nobody has set it.
    #[error("the business clock is not set; set it once before the services start")]
    NotSet,
    /// The text is no time.
    #[error("the business clock shows `{0}`, which is no RFC 3339 time")]
    Unreadable(String),
    /// It never goes back.
    #[error("the business clock stands at {now} and does not go back to {to}")]
    Backwards {
        /// Where it stands.
        now: Timestamp,
        /// Where it was to go.
        to: Timestamp,
    },
}

/// Opens the bucket, which the set-up of the broker has made.
pub async fn open_bucket(nats: &Client) -> Result<kv::Store, ClockError> {
    let context = jetstream::new(nats.clone());
    context.get_key_value(BUCKET).await.map_err(|error| ClockError::Bucket(Box::new(error)))
}

/// Makes the bucket where it is missing; for the set-up of the broker.
pub async fn create_bucket(nats: &Client) -> Result<kv::Store, ClockError> {
    let config = kv::Config { bucket: BUCKET.to_owned(), history: 1, ..kv::Config::default() };
    let made = jetstream::new(nats.clone()).create_key_value(config).await;
    made.map_err(|error| ClockError::Bucket(Box::new(error)))
}

/// Where the business clock stands, if it was ever set.
pub async fn read(bucket: &kv::Store) -> Result<Option<Timestamp>, ClockError> {
    let entry = bucket.entry(KEY).await.map_err(|error| ClockError::Broker(Box::new(error)))?;
    entry.map(|entry| parse(&entry.value)).transpose()
}

/// Sets the clock forward for everybody. Going nowhere is no error; going back is. Of several who
/// advance it at once, each ends at its own time or later.
pub async fn advance(bucket: &kv::Store, to: Timestamp) -> Result<(), ClockError> {
    loop {
        let entry = bucket.entry(KEY).await.map_err(|error| ClockError::Broker(Box::new(error)))?;
        let revision = match entry {
            Some(entry) => {
                let now = parse(&entry.value)?;
                if to == now {
                    return Ok(());
                }
                if to < now {
                    return Err(ClockError::Backwards { now, to });
                }
                entry.revision
            }
            None => 0,
        };
        match bucket.update(KEY, to.to_string().into(), revision).await {
            Ok(_) => return Ok(()),
            // Somebody else set it since we read it: look again.
            Err(error) if error.kind() == kv::UpdateErrorKind::WrongLastRevision => {}
            Err(error) => return Err(ClockError::Broker(Box::new(error))),
        }
    }
}

impl DemoClock {
    /// Reads where the clock stands, waiting for `limit`. It stays there until [`Self::follow`]
    /// runs.
    pub async fn open(bucket: &kv::Store, limit: Duration) -> Result<Arc<Self>, ClockError> {
        let now = timeout(limit, read(bucket)).await;
        let now = now.map_err(|elapsed| ClockError::Broker(Box::new(elapsed)))??;
        let business = watch::Sender::new(now.ok_or(ClockError::NotSet)?);
        Ok(Arc::new(Self { business }))
    }

    /// Follows the shared clock until told to stop, through whatever happens to the connection.
    pub async fn follow(
        self: Arc<Self>,
        bucket: kv::Store,
        stopping: CancellationToken,
    ) -> Result<(), BoxError> {
        let follow = async {
            loop {
                if let Err(error) = self.follow_once(&bucket).await {
                    warn!("the business clock is lost and looked for again: {}", chain(&*error));
                }
                sleep(REOPEN_PAUSE).await;
            }
        };
        stopping.run_until_cancelled(follow).await;
        Ok(())
    }

    /// Jumps of this clock, from now on.
    #[must_use]
    pub fn moved(&self) -> watch::Receiver<Timestamp> {
        self.business.subscribe()
    }

    async fn follow_once(&self, bucket: &kv::Store) -> Result<(), BoxError> {
        let mut entries = bucket.watch_with_history(KEY).await?;
        while let Some(entry) = entries.next().await {
            match parse(&entry?.value) {
                Ok(to) => self.forward(to),
                Err(error) => error!("{error}"),
            }
        }
        Ok(())
    }

    fn forward(&self, to: Timestamp) {
        self.business.send_if_modified(|now| {
            let ahead = to > *now;
            *now = to.max(*now);
            ahead
        });
    }
}

fn parse(text: &[u8]) -> Result<Timestamp, ClockError> {
    let text = String::from_utf8_lossy(text);
    text.parse().map_err(|_| ClockError::Unreadable(text.chars().take(40).collect()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn clock(second: i64) -> DemoClock {
        DemoClock { business: watch::Sender::new(at(second)) }
    }

    proptest! {
        #[test]
        fn the_business_clock_only_moves_forward(times: Vec<i32>) {
            let clock = clock(0);
            let mut moved = clock.moved();
            for time in times {
                let before = clock.business_now();
                clock.forward(at(time.into()));
                prop_assert_eq!(clock.business_now(), before.max(at(time.into())));
                let told = moved.has_changed().unwrap();
                moved.mark_unchanged();
                prop_assert_eq!(told, clock.business_now() > before);
            }
        }

        #[test]
        fn times_are_read_as_they_are_written(second in 0_i64..4_000_000_000) {
            prop_assert_eq!(parse(at(second).to_string().as_bytes()).unwrap(), at(second));
        }

        #[test]
        fn no_text_makes_reading_panic(text: Vec<u8>) {
            let _ = parse(&text);
        }
    }
}
