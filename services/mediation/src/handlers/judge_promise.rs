//! `mediation.cmd.judge-promise`: the day of a promise is over, and its payments are known.

use contracts::mediation::JudgePromise;
use mailbox::{Decision, Facts, Fault, Handler, Nothing, Order};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::domain::{CaseFile, judge};

#[derive(Debug)]
pub(crate) struct OnJudgePromise;

impl Handler for OnJudgePromise {
    type Message = JudgePromise;
    type State = CaseFile;
    type Effect = Nothing;

    const ORDER: Order = Order::Commutes;

    async fn keys(
        _: &mut PgConnection,
        messages: &[&JudgePromise],
    ) -> sqlx::Result<Vec<Vec<Uuid>>> {
        Ok(messages.iter().map(|message| vec![message.case_id.as_uuid()]).collect())
    }

    fn decide(
        file: CaseFile,
        message: &JudgePromise,
        facts: &Facts,
    ) -> Result<Decision<CaseFile>, Fault> {
        judge(file, message, facts)
    }
}
