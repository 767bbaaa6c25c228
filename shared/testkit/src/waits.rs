//! Waiting for something to become true, never longer than a limit and never blindly.

use std::time::{Duration, Instant};

/// The pause before the second look; each pause is twice the one before.
const FIRST_PAUSE: Duration = Duration::from_millis(5);
const LONGEST_PAUSE: Duration = Duration::from_millis(200);

/// What a look yields: done with a value, or not yet.
pub trait Outcome {
    type Value;

    /// The value, if the wait is over.
    fn settled(self) -> Option<Self::Value>;
}

impl Outcome for bool {
    type Value = ();

    fn settled(self) -> Option<()> {
        self.then_some(())
    }
}

impl<T> Outcome for Option<T> {
    type Value = T;

    fn settled(self) -> Option<T> {
        self
    }
}

/// Looks again and again until `look` yields true or a value, and returns it.
///
/// Panics with `what` after `limit`; a look that hangs is counted too. `what` completes the
/// sentence "there was no … within".
pub async fn eventually<O: Outcome>(
    limit: Duration,
    what: &str,
    mut look: impl AsyncFnMut() -> O,
) -> O::Value {
    let start = Instant::now();
    let mut pause = FIRST_PAUSE;
    loop {
        let left = limit.saturating_sub(start.elapsed());
        let seen = tokio::time::timeout(left, look()).await.ok();
        if let Some(value) = seen.and_then(Outcome::settled) {
            return value;
        }
        assert!(start.elapsed() < limit, "there was no {what} within {limit:?}");
        tokio::time::sleep(pause).await;
        pause = pause.saturating_mul(2).min(LONGEST_PAUSE);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOON: Duration = Duration::from_millis(50);

    #[tokio::test]
    async fn it_returns_what_it_waited_for() {
        let mut looks = 0;
        let found = eventually(Duration::from_secs(5), "third look", async || {
            looks += 1;
            (looks == 3).then_some("here")
        });
        assert_eq!(found.await, "here");
        eventually(SOON, "truth", async || true).await;
    }

    #[tokio::test]
    #[should_panic(expected = "there was no end of the world within 50ms")]
    async fn it_gives_up_with_a_sentence() {
        eventually(SOON, "end of the world", async || false).await;
    }

    #[tokio::test]
    #[should_panic(expected = "there was no answer within 50ms")]
    async fn a_look_that_hangs_is_given_up_too() {
        eventually(SOON, "answer", async || std::future::pending::<bool>().await).await;
    }
}
