//! `intake.evt.agreement-agreed`: a version of a creditor's agreement is in force.

use contracts::intake::AgreementAgreed;
use mailbox::{Decision, Facts, Fault, Handler, Nothing, Order};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::domain::{Creditor, agree};

#[derive(Debug)]
pub(crate) struct OnAgreementAgreed;

impl Handler for OnAgreementAgreed {
    type Message = AgreementAgreed;
    type State = Creditor;
    type Effect = Nothing;

    const ORDER: Order = Order::Commutes;

    async fn keys(
        _: &mut PgConnection,
        messages: &[&AgreementAgreed],
    ) -> sqlx::Result<Vec<Vec<Uuid>>> {
        Ok(messages.iter().map(|message| vec![message.creditor_id.as_uuid()]).collect())
    }

    fn decide(
        creditor: Creditor,
        message: &AgreementAgreed,
        _: &Facts,
    ) -> Result<Decision<Creditor>, Fault> {
        agree(creditor, message)
    }
}
