//! How long what is urgent takes while masses are worked off.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use async_nats::jetstream;
use contracts::Message;
use tokio::sync::oneshot;

use crate::end_to_end::{enclosed, row, watch};
use crate::reference::{Cleared, Paid};
use crate::servers::{LOOK_EVERY, Servers};

/// So often somebody pays.
const PAID_EVERY: Duration = Duration::from_millis(50);

/// Publishes payments until told that the masses are worked off; how long each took until what it
/// brought forth was in the stream, in microseconds, the shortest first.
#[expect(clippy::disallowed_methods, reason = "this takes the producer's place")]
pub(crate) async fn pay_meanwhile(
    servers: &Servers,
    rows: u32,
    story: u32,
    mut over: oneshot::Receiver<()>,
) -> Vec<u64> {
    let context = jetstream::new(servers.nats.clone());
    let seen: Arc<Mutex<HashMap<String, Instant>>> = Arc::default();
    let watching = watch(servers, Cleared::CONTRACT, Arc::clone(&seen)).await;
    let mut pulse = tokio::time::interval(PAID_EVERY);
    let mut published = Vec::new();
    while over.try_recv().is_err() {
        pulse.tick().await;
        let number = u32::try_from(published.len()).expect("a small number");
        let paid = Paid { tally_id: row(number, rows), amount: 1 };
        let (id, message) = enclosed(&format!("paid {story}/{number}"), &paid);
        published.push((id, Instant::now()));
        let sent = context.send_publish(Paid::CONTRACT.subject(), message).await;
        drop(sent.expect("the broker takes it"));
    }
    while seen.lock().expect("no panic").len() < published.len() {
        tokio::time::sleep(LOOK_EVERY).await;
    }
    watching.abort();
    let seen = seen.lock().expect("no panic");
    let took = published.iter().map(|(id, at)| seen.get(id).expect("seen").duration_since(*at));
    let mut took: Vec<u64> =
        took.map(|took| u64::try_from(took.as_micros()).unwrap_or(u64::MAX)).collect();
    took.sort_unstable();
    took
}
