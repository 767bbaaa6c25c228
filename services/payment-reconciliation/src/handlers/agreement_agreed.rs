//! `intake.evt.agreement-agreed`: what is asked and kept under a version of an agreement.

use contracts::intake::AgreementAgreed;
use mailbox::{Decision, Facts, Fault, Handler, Nothing, Order};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::domain::terms::{Agreements, agree};

#[derive(Debug)]
pub(crate) struct OnAgreementAgreed;

impl Handler for OnAgreementAgreed {
    type Message = AgreementAgreed;
    type State = Agreements;
    type Effect = Nothing;

    const ORDER: Order = Order::Commutes;

    async fn keys(
        _: &mut PgConnection,
        messages: &[&AgreementAgreed],
    ) -> sqlx::Result<Vec<Vec<Uuid>>> {
        Ok(messages.iter().map(|message| vec![message.creditor_id.as_uuid()]).collect())
    }

    fn decide(
        agreements: Agreements,
        message: &AgreementAgreed,
        _: &Facts,
    ) -> Result<Decision<Agreements>, Fault> {
        agree(agreements, message)
    }
}
