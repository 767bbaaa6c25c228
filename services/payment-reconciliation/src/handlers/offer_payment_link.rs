//! `payment-reconciliation.api.offer-payment-link`: a debtor wants to pay by link.

use contracts::payment_reconciliation::{OfferPaymentLink, OfferPaymentLinkAnswer};
use contracts::scheduler::{CasePositionAnswer, CaseState, GetCasePosition, HoldReason};
use mailbox::{Asker, Decision, Facts, Fault, RequestError, RequestHandler};
use primitives::Actor;
use runtime::error::chain;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::domain::case::Case;
use crate::domain::payment_link::{self, CaseLinks, LinkWork};

#[derive(Debug)]
pub(crate) struct OnOfferPaymentLink {
    pub(crate) asker: Asker,
    /// Whether the configuration names a provider.
    pub(crate) has_provider: bool,
}

/// What is asked, and what the scheduler says of the case.
#[derive(Debug)]
pub(crate) struct Asked {
    request: OfferPaymentLink,
    /// Whether the debtor gave a reason that a person has to weigh.
    is_held: bool,
}

impl RequestHandler for OnOfferPaymentLink {
    type Request = OfferPaymentLink;
    type Input = Asked;
    type State = (CaseLinks, Case);
    type Effect = LinkWork;

    /// The scheduler is asked too, since a case may have been held before this service listened.
    async fn prepare(&self, request: OfferPaymentLink) -> Result<Asked, RequestError> {
        if !self.has_provider {
            let refused = "no payment service provider is configured: set `payment_provider` of \
                           payment-reconciliation";
            return Err(RequestError::Refused(refused.to_owned()));
        }
        let case_id = request.case_id;
        let told = self.asker.ask(&GetCasePosition { case_id }).await;
        let told = told.map_err(|error| RequestError::Unavailable(chain(&error)))?;
        let is_held = match told {
            CasePositionAnswer::Known(position) => {
                matches!(position.state, CaseState::Held { reason: HoldReason::ReasonGiven, .. })
            }
            CasePositionAnswer::Unknown => false,
        };
        Ok(Asked { request, is_held })
    }

    async fn key(_: &mut PgConnection, asked: &Asked, _: &Actor) -> sqlx::Result<(Uuid, Uuid)> {
        let id = asked.request.case_id.as_uuid();
        Ok((id, id))
    }

    fn decide(
        states: (CaseLinks, Case),
        asked: &Asked,
        facts: &Facts,
    ) -> Result<(Decision<(CaseLinks, Case), LinkWork>, OfferPaymentLinkAnswer), Fault> {
        payment_link::offer(states, asked.is_held, facts)
    }
}
