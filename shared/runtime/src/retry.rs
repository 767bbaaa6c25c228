//! Patience at the start of a process, while the servers around it start too.

use std::time::Duration;

use tokio::time::{Instant, sleep};

const PAUSE: Duration = Duration::from_millis(200);

/// Attempts until it succeeds, fails in a way that waiting cannot mend, or `limit` is over; the
/// last attempt may begin just before. Each attempt must end by itself.
pub(crate) async fn patiently<T, E, F: Future<Output = Result<T, E>>>(
    limit: Duration,
    may_pass: impl Fn(&E) -> bool,
    mut attempt: impl FnMut() -> F,
) -> Result<T, E> {
    let begun = Instant::now();
    loop {
        match attempt().await {
            Err(error) if may_pass(&error) && begun.elapsed() < limit => sleep(PAUSE).await,
            outcome => return outcome,
        }
    }
}
