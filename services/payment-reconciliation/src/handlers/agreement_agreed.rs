//! `intake.evt.agreement-agreed`: what is asked and kept under a version of an agreement, and when
//! its creditor is paid.

use contracts::intake::AgreementAgreed;
use mailbox::{Decision, Facts, Fault, Handler, Order};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::domain::remittance::{Proposing, Till};
use crate::domain::terms::{Agreements, agree};

#[derive(Debug)]
pub(crate) struct OnAgreementAgreed;

impl Handler for OnAgreementAgreed {
    type Message = AgreementAgreed;
    type State = (Till, Agreements);
    type Effect = Proposing;

    const ORDER: Order = Order::Commutes;

    async fn keys(
        _: &mut PgConnection,
        messages: &[&AgreementAgreed],
    ) -> sqlx::Result<Vec<Vec<(Uuid, Uuid)>>> {
        let keys = messages.iter().map(|message| message.creditor_id.as_uuid());
        Ok(keys.map(|creditor_id| vec![(creditor_id, creditor_id)]).collect())
    }

    fn decide(
        states: (Till, Agreements),
        message: &AgreementAgreed,
        facts: &Facts,
    ) -> Result<Decision<(Till, Agreements), Proposing>, Fault> {
        agree(states, message, facts)
    }
}
