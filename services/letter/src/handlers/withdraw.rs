//! `letter.cmd.withdraw`: a message is not to leave any more.

use contracts::letter::Withdraw as WithdrawLetter;
use mailbox::{Decision, Facts, Fault, Handler, Order};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::domain::{self, Letter, Work};

#[derive(Debug)]
pub(crate) struct OnWithdraw;

impl Handler for OnWithdraw {
    type Message = WithdrawLetter;
    type State = Letter;
    type Effect = Work;

    const ORDER: Order = Order::Commutes;

    async fn keys(
        _: &mut PgConnection,
        messages: &[&WithdrawLetter],
    ) -> sqlx::Result<Vec<Vec<Uuid>>> {
        Ok(messages.iter().map(|message| vec![message.letter_id.as_uuid()]).collect())
    }

    fn decide(
        letter: Letter,
        _: &WithdrawLetter,
        _: &Facts,
    ) -> Result<Decision<Letter, Work>, Fault> {
        Ok(domain::withdraw(letter))
    }
}
