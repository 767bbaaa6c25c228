//! What payers wrote is looked through, page by page, for what has been kept long enough.

use mailbox::{Claim, Decision, Ended, Evidence, Facts, Fault, Performance, Performer};
use opentelemetry::metrics::Counter;
use runtime::error::chain;
use sqlx::PgPool;

use crate::domain::retention::{self, Due, ForgetWork, Limits, Retention};
use crate::store;

/// So many payments are looked through at once.
const PAGE: usize = 500;

/// Finds what goes.
#[derive(Debug)]
pub(crate) struct Forgetter {
    pool: PgPool,
    /// For how many days names and texts are kept.
    text_kept_days: u16,
    found: Counter<u64>,
}

impl Forgetter {
    pub(crate) fn new(pool: PgPool, text_kept_days: u16) -> Self {
        let found = opentelemetry::global::meter("payment-reconciliation")
            .u64_counter("payer_texts_forgotten")
            .with_description("Payments whose payers' names and texts were kept long enough.")
            .build();
        Self { pool, text_kept_days, found }
    }

    async fn look(&self, work: &ForgetWork) -> sqlx::Result<Due> {
        let ForgetWork::Page { begun_at, after } = *work;
        let limits = Limits::of(begun_at, self.text_kept_days);
        let mut conn = self.pool.acquire().await?;
        store::kept_long_enough(&mut conn, after, limits, PAGE).await
    }
}

impl Performer for Forgetter {
    type Effect = ForgetWork;
    type Aggregate = Retention;
    type Outcome = Due;

    fn claim(retention: &Retention, work: &ForgetWork, _: &Facts) -> Claim {
        retention::claim(retention, work)
    }

    async fn perform(&self, work: &ForgetWork, _: &Facts) -> Performance<Due> {
        match self.look(work).await {
            Ok(due) => {
                let (texts, accounts) = (due.texts.len(), due.accounts.len());
                self.found.add(u64::try_from(texts).unwrap_or(u64::MAX), &[]);
                if texts > 0 {
                    tracing::info!(texts, accounts, "what payers wrote was kept long enough");
                }
                Performance::Done(due)
            }
            Err(error) => Performance::NotPerformed { reason: chain(&error) },
        }
    }

    /// A page may always be looked through again, so nobody ever asks.
    async fn evidence(&self, _: &ForgetWork) -> Evidence<Due> {
        Evidence::DidNotHappen
    }

    fn decide(
        retention: Retention,
        ended: &Ended<ForgetWork, Due>,
        _: &Facts,
    ) -> Result<Decision<Retention, ForgetWork>, Fault> {
        retention::go_on(retention, ended)
    }
}
