//! The provider is asked what it paid out.

use mailbox::{Claim, Decision, Ended, Evidence, Facts, Fault, Performance, Performer};
use runtime::error::chain;

use super::provider::Provider;
use crate::domain::provider_payout::{self, Payout, PayoutAnswer, PayoutWork};

/// Asks the provider for settlements.
#[derive(Debug)]
pub(crate) struct PayoutOffice {
    /// None where the configuration names none.
    pub(crate) provider: Option<Provider>,
}

impl Performer for PayoutOffice {
    type Effect = PayoutWork;
    type Aggregate = Payout;
    type Outcome = PayoutAnswer;

    fn claim(payout: &Payout, _: &PayoutWork, _: &Facts) -> Claim {
        provider_payout::claim(payout)
    }

    async fn perform(&self, work: &PayoutWork, _: &Facts) -> Performance<PayoutAnswer> {
        let PayoutWork::Ask { reference, .. } = work;
        let Some(provider) = &self.provider else {
            return Performance::Done(PayoutAnswer::Unknown);
        };
        match provider.settlement(reference).await {
            Ok(answer) => Performance::Done(answer),
            Err(error) => Performance::NotPerformed { reason: chain(&error) },
        }
    }

    /// The provider may always be asked again, so nobody ever asks whether it was.
    async fn evidence(&self, _: &PayoutWork) -> Evidence<PayoutAnswer> {
        Evidence::DidNotHappen
    }

    fn decide(
        payout: Payout,
        ended: &Ended<PayoutWork, PayoutAnswer>,
        facts: &Facts,
    ) -> Result<Decision<Payout, PayoutWork>, Fault> {
        provider_payout::end(payout, ended, facts)
    }
}
