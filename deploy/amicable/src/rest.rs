//! Rest: nothing pending, unacknowledged, unsent, due or waiting anywhere, seen twice in a row.
//!
//! Only at rest is it safe to turn the clock, and only then do the services agree on a case.

use std::time::Duration;

use async_nats::jetstream;
use contracts::consumers::Consumer;
use contracts::operations::Status;
use contracts::registry::{SLICES, Slice};
use futures_util::future::{join_all, try_join_all};
use primitives::Timestamp;
use runtime::error::chain;
use tokio::time::{Instant, sleep};

use crate::failure::Failure;
use crate::session::Session;
use crate::stack;

/// A message that fails and is tried again keeps the stack from rest for a while.
const LIMIT: Duration = Duration::from_mins(2);
const LOOK_EVERY: Duration = Duration::from_millis(25);

/// Everything that is on its way, at one moment.
#[derive(Debug)]
pub(crate) struct Survey {
    /// Where the business clock stands.
    pub(crate) now: Timestamp,
    pub(crate) services: Vec<Status>,
    pub(crate) queues: Vec<Queue>,
    /// Services that gave no answer, each in a sentence.
    silent: Vec<String>,
}

/// What one consumer has not taken.
#[derive(Clone, Debug)]
pub(crate) struct Queue {
    pub(crate) consumer: Consumer,
    pub(crate) pending: u64,
    pub(crate) unacknowledged: u64,
}

impl Survey {
    /// Asks everybody.
    pub(crate) async fn make(session: &Session) -> Result<Self, Failure> {
        let now = session.business_now().await?;
        let consumers = SLICES.iter().flat_map(Slice::consumers);
        let queues = try_join_all(consumers.map(|consumer| queue(session, consumer))).await?;
        let asked = join_all(stack::names().map(|service| session.status(service))).await;
        let mut survey = Self { now, services: Vec::new(), queues, silent: Vec::new() };
        for answer in asked {
            match answer {
                Ok(status) => survey.services.push(status),
                Err(failure) => survey.silent.push(chain(&failure)),
            }
        }
        Ok(survey)
    }

    /// Who is busy with what; nothing at rest.
    pub(crate) fn busy(&self) -> Vec<String> {
        let mut busy = self.silent.clone();
        for status in &self.services {
            let counts = [
                ("in flight", status.in_flight),
                ("unsent", status.unsent),
                ("effects due", status.effects_due),
                ("timers due", status.timers_due),
                ("waiting", status.waiting),
            ];
            busy.extend(told(&status.service, &counts));
            if status.business_now < self.now {
                busy.push(format!("{} has not seen the clock turn", status.service));
            }
            let stopped = status.stopped_sources.iter();
            busy.extend(stopped.map(|source| {
                format!(
                    "{}: its {source} stand still, since too much was parked; see `amicable parked \
                     list`",
                    status.service
                )
            }));
        }
        for queue in &self.queues {
            let counts =
                [("to be taken", queue.pending), ("to be acknowledged", queue.unacknowledged)];
            busy.extend(told(
                &format!("{} from {}", queue.consumer.name(), queue.consumer.stream),
                &counts,
            ));
        }
        busy
    }

    /// The first moment to come at which something is due.
    pub(crate) fn next_due(&self) -> Option<Timestamp> {
        let due = self.services.iter().filter_map(|status| status.next_due_at);
        due.filter(|due_at| *due_at > self.now).min()
    }
}

/// Waits until the stack is at rest.
pub(crate) async fn reach(session: &Session) -> Result<Survey, Failure> {
    let start = Instant::now();
    let mut quiet_before = false;
    loop {
        // A broker that was killed is back within the limit, too.
        let busy = match Survey::make(session).await {
            Ok(survey) if survey.busy().is_empty() && quiet_before => return Ok(survey),
            Ok(survey) => survey.busy(),
            Err(failure) => vec![chain(&failure)],
        };
        quiet_before = busy.is_empty();
        if start.elapsed() > LIMIT {
            return Err(Failure::NoRest { limit_s: LIMIT.as_secs(), busy: busy.join("; ") });
        }
        sleep(LOOK_EVERY).await;
    }
}

async fn queue(session: &Session, consumer: Consumer) -> Result<Queue, Failure> {
    let failed = |source: async_nats::Error| Failure::Broker { what: "its consumers", source };
    let context = jetstream::new(session.nats.clone());
    let found = context.get_stream_no_info(consumer.stream).await;
    let found = found.map_err(|error| failed(error.into()))?;
    let info = found.consumer_info(consumer.name()).await.map_err(|error| failed(error.into()))?;
    let unacknowledged = u64::try_from(info.num_ack_pending).unwrap_or(u64::MAX);
    Ok(Queue { consumer, pending: info.num_pending, unacknowledged })
}

fn told(who: &str, counts: &[(&str, u64)]) -> Option<String> {
    let told: Vec<String> = counts
        .iter()
        .filter(|(_, count)| *count > 0)
        .map(|(what, count)| format!("{count} {what}"))
        .collect();
    (!told.is_empty()).then(|| format!("{who}: {}", told.join(", ")))
}

#[cfg(test)]
mod tests {
    use contracts::Lane;
    use contracts::permissions::EVENTS;

    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn status(service: &str) -> Status {
        Status {
            service: service.to_owned(),
            in_flight: 0,
            unsent: 0,
            effects_due: 0,
            timers_due: 0,
            waiting: 0,
            parked: 3,
            uncertain: 1,
            next_due_at: None,
            business_now: at(100),
            stopped_sources: Vec::new(),
        }
    }

    fn survey(services: Vec<Status>) -> Survey {
        Survey { now: at(100), services, queues: Vec::new(), silent: Vec::new() }
    }

    #[test]
    fn what_waits_for_a_person_does_not_disturb_rest() {
        assert_eq!(survey(vec![status("letter")]).busy(), [""; 0]);
    }

    #[test]
    fn who_is_busy_is_named_with_what() {
        let letter = Status { effects_due: 2, unsent: 1, ..status("letter") };
        let scheduler = Status { business_now: at(99), ..status("scheduler") };
        let mut survey = survey(vec![letter, scheduler]);
        let consumer = Consumer {
            service: "scheduler",
            stream: EVENTS,
            lane: Lane::Urgent,
            filters: Vec::new(),
        };
        survey.queues.push(Queue { consumer, pending: 3, unacknowledged: 0 });
        assert_eq!(
            survey.busy(),
            [
                "letter: 1 unsent, 2 effects due",
                "scheduler has not seen the clock turn",
                "scheduler-urgent from EVENTS: 3 to be taken",
            ]
        );
    }

    #[test]
    fn the_next_moment_is_the_first_that_is_still_to_come() {
        let due = |second| Status { next_due_at: Some(at(second)), ..status("letter") };
        assert_eq!(survey(vec![due(300), due(200), due(50)]).next_due(), Some(at(200)));
        assert_eq!(survey(vec![due(100)]).next_due(), None);
    }
}
