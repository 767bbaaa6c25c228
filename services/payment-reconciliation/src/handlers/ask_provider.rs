//! Timer `ask-provider`: the provider is asked about links that it says nothing of, and a link
//! ends.

use mailbox::{Decision, Facts, Fault, TimerHandler};
use primitives::Timestamp;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::domain::payment_link::{self, ASK, CaseLinks, LinkWork};

#[derive(Debug)]
pub(crate) struct OnAskProvider;

impl TimerHandler for OnAskProvider {
    type State = CaseLinks;
    type Effect = LinkWork;

    const NAME: &'static str = ASK;
    const IS_ROUTINE: bool = true;

    async fn keys(_: &mut PgConnection, cases: &[Uuid]) -> sqlx::Result<Vec<Vec<Uuid>>> {
        Ok(cases.iter().map(|case_id| vec![*case_id]).collect())
    }

    fn decide(
        links: CaseLinks,
        _: Timestamp,
        facts: &Facts,
    ) -> Result<Decision<CaseLinks, LinkWork>, Fault> {
        payment_link::wake(links, facts)
    }
}
