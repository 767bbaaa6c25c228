//! `letter.cmd.send`: one message is to leave, under a permit.

use contracts::letter::Send as SendLetter;
use mailbox::{Decision, Facts, Fault, Handler, Order};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::domain::{self, Letter, Work};

#[derive(Debug)]
pub(crate) struct OnSend;

impl Handler for OnSend {
    type Message = SendLetter;
    type State = Letter;
    type Effect = Work;

    const ORDER: Order = Order::Commutes;

    async fn keys(_: &mut PgConnection, messages: &[&SendLetter]) -> sqlx::Result<Vec<Vec<Uuid>>> {
        Ok(messages.iter().map(|message| vec![message.letter_id.as_uuid()]).collect())
    }

    fn decide(
        letter: Letter,
        message: &SendLetter,
        _: &Facts,
    ) -> Result<Decision<Letter, Work>, Fault> {
        domain::send(letter, message)
    }
}
