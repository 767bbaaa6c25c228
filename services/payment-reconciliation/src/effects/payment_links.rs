//! What is done about payment links at the provider.

use jiff::SignedDuration;
use mailbox::{Claim, Decision, Ended, Evidence, Facts, Fault, Performance, Performer};
use primitives::{CaseId, ClaimId};
use runtime::error::chain;
use sqlx::PgPool;

use super::provider::{Provider, ProviderError, Wanted};
use crate::domain::payment_link::{self, CaseLinks, LinkAnswer, LinkWish, LinkWork, Made};
use crate::store;

/// A key may be forgotten after an hour. Some of it is left for the clocks of both sides.
const KEY_LIVES: SignedDuration = SignedDuration::from_mins(45);

/// Speaks with the provider.
#[derive(Debug)]
pub(crate) struct LinkOffice {
    pub(crate) pool: PgPool,
    /// None where the configuration names none.
    pub(crate) provider: Option<Provider>,
}

/// Why it was not done. All of it may pass.
#[derive(Debug, thiserror::Error)]
enum Hindrance {
    #[error("the configuration names no payment service provider: set `payment_provider`")]
    NoProvider,
    #[error("the claim's reference could not be read")]
    Read(#[from] sqlx::Error),
    #[error(transparent)]
    Provider(#[from] ProviderError),
}

impl LinkOffice {
    async fn carry_out(&self, work: &LinkWork, facts: &Facts) -> Result<LinkAnswer, Hindrance> {
        let provider = self.provider.as_ref().ok_or(Hindrance::NoProvider)?;
        match work {
            LinkWork::Make(wish) => self.make(provider, *wish, facts).await,
            LinkWork::Shut { provider_id, .. } => {
                provider.shut(provider_id).await?;
                Ok(LinkAnswer::Shut)
            }
            LinkWork::Ask { provider_id, .. } => {
                Ok(LinkAnswer::Told(provider.ask(provider_id).await?))
            }
        }
    }

    /// Makes a link once, however often it is tried: under one key while the provider knows it, and
    /// after that only where it has none of ours. So it is found too where a changed configuration
    /// makes another request of the same try.
    async fn make(
        &self,
        provider: &Provider,
        wish: LinkWish,
        facts: &Facts,
    ) -> Result<LinkAnswer, Hindrance> {
        let LinkWish { link_id, case_id, claim_id, amount, asked_at, expires_at } = wish;
        // The provider's clock may be behind ours.
        let since = asked_at.saturating_sub(SignedDuration::from_hours(24)).unwrap_or(asked_at);
        let is_fresh = facts.now.duration_since(asked_at) < KEY_LIVES;
        if !is_fresh && let Some(made) = provider.find(link_id, since).await? {
            return Ok(LinkAnswer::Made(made));
        }
        let description = self.description(case_id, claim_id).await?;
        let wanted = Wanted { link_id, description, amount, expires_at };
        match provider.make(&wanted).await {
            Ok(made) => Ok(LinkAnswer::Made(made)),
            Err(error) => {
                let Some(status) = error.is_final() else { return Err(error.into()) };
                let found: Option<Made> = provider.find(link_id, since).await?;
                if found.is_none() {
                    tracing::warn!(error = chain(&error), "the provider makes no payment link");
                }
                Ok(found.map_or(LinkAnswer::NotMade { status }, LinkAnswer::Made))
            }
        }
    }

    /// What the debtor knows it by, and nothing of a person: the claim's reference.
    async fn description(&self, case_id: CaseId, claim_id: ClaimId) -> sqlx::Result<String> {
        let mut conn = self.pool.acquire().await?;
        let reference = store::reference_of(&mut conn, claim_id).await?;
        Ok(reference.unwrap_or_else(|| case_id.to_string()))
    }
}

impl Performer for LinkOffice {
    type Effect = LinkWork;
    type Aggregate = CaseLinks;
    type Outcome = LinkAnswer;

    fn claim(links: &CaseLinks, work: &LinkWork, _: &Facts) -> Claim {
        payment_link::claim(links, work)
    }

    async fn perform(&self, work: &LinkWork, facts: &Facts) -> Performance<LinkAnswer> {
        match self.carry_out(work, facts).await {
            Ok(answer) => Performance::Done(answer),
            Err(hindrance) => Performance::NotPerformed { reason: chain(&hindrance) },
        }
    }

    /// All of it may always be done again, so nobody ever asks.
    async fn evidence(&self, _: &LinkWork) -> Evidence<LinkAnswer> {
        Evidence::DidNotHappen
    }

    fn decide(
        links: CaseLinks,
        ended: &Ended<LinkWork, LinkAnswer>,
        facts: &Facts,
    ) -> Result<Decision<CaseLinks, LinkWork>, Fault> {
        payment_link::end(links, ended, facts)
    }
}
