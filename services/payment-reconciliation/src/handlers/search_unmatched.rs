//! `payment-reconciliation.api.search-unmatched`: a page of unmatched payments, about which intake
//! is asked again.

use contracts::payment_reconciliation::{SearchUnmatched, SearchUnmatchedAnswer};
use mailbox::{Asker, Decision, Facts, Fault, RequestError, RequestHandler};
use primitives::{Actor, PaymentId};
use runtime::error::chain;
use sqlx::{PgConnection, PgPool};
use uuid::Uuid;

use crate::domain::search::{self, Page, Search, SearchWork};
use crate::effects::find_claims;
use crate::store;

/// So many payments are asked about at once: what one question to intake has room for.
const PAGE: usize = 64;

#[derive(Debug)]
pub(crate) struct OnSearchUnmatched {
    pub(crate) pool: PgPool,
    pub(crate) asker: Asker,
}

impl RequestHandler for OnSearchUnmatched {
    type Request = SearchUnmatched;
    type Input = Page;
    type State = Search;
    type Effect = SearchWork;

    async fn prepare(&self, request: SearchUnmatched) -> Result<Page, RequestError> {
        let payments = self.payments(&request).await;
        let payments = payments.map_err(|error| RequestError::Unavailable(chain(&error)))?;
        let (ids, words): (Vec<PaymentId>, Vec<matching::Payment>) = payments.into_iter().unzip();
        let found = find_claims(&self.asker, &words).await;
        let found = found.map_err(|error| RequestError::Unavailable(chain(&error)))?;
        let next = ids.last().copied().filter(|_| ids.len() >= PAGE);
        Ok(Page { found: ids.into_iter().zip(found).collect(), next })
    }

    async fn key(_: &mut PgConnection, _: &Page, _: &Actor) -> sqlx::Result<Uuid> {
        Ok(Search::ID)
    }

    fn decide(
        search: Search,
        page: &Page,
        facts: &Facts,
    ) -> Result<(Decision<Search, SearchWork>, SearchUnmatchedAnswer), Fault> {
        Ok(search::take_in(search, page, facts))
    }
}

impl OnSearchUnmatched {
    async fn payments(
        &self,
        request: &SearchUnmatched,
    ) -> sqlx::Result<Vec<(PaymentId, matching::Payment)>> {
        let mut conn = self.pool.acquire().await?;
        store::to_search(&mut conn, request.after, request.received_since, PAGE).await
    }
}
