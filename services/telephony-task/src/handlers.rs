//! One file for each message.

pub(crate) mod calls;
pub(crate) mod case_opened;
pub(crate) mod claim_task;
pub(crate) mod close_task;
pub(crate) mod create_task;
pub(crate) mod list_tasks;
pub(crate) mod release_task;
pub(crate) mod staff_registered;
pub(crate) mod task_end;
pub(crate) mod withdraw_task;

use contracts::payment_reconciliation::{GetPosition, PositionAnswer};
use mailbox::{Asker, RequestError};
use primitives::CaseId;
use runtime::error::chain;

use crate::domain::Owed;

/// Asks what is owed on a case now.
async fn owed(asker: &Asker, case_id: CaseId) -> Result<Owed, RequestError> {
    let answer = asker.ask(&GetPosition { case_id, announce_for: Vec::new() }).await;
    let position = match answer.map_err(|error| RequestError::Unavailable(chain(&error)))? {
        PositionAnswer::Known(position) => Some(position),
        PositionAnswer::Unknown => None,
    };
    Ok(Owed { case_id, position })
}
