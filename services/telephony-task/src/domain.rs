//! Calls to be made, who may make them, and what followed. Pure: no clock, no IO, nothing
//! asynchronous.

mod case;
mod claim;
mod close;
mod owed;
mod release;
mod staff;
mod summary;
mod task;

use primitives::{Actor, StaffId};

pub use case::{Case, open};
pub use claim::{ClaimDesk, claim};
pub use close::{Closing, close};
pub use owed::Owed;
pub use release::release;
pub use staff::{StaffMember, register};
pub use summary::{BYTES_MAX, CHARACTERS_MAX, SAYING_MIN, Summary, SummaryFault};
pub use task::{CallTask, Claim, Errand, Minutes, Report, Stage, TASK_END, create, end, withdraw};

/// The member of staff who acts, if it is one.
#[must_use]
pub fn staff_of(actor: &Actor) -> Option<StaffId> {
    match actor {
        Actor::Staff(staff_id) => Some(*staff_id),
        Actor::Machine(_) | Actor::Creditor(_) | Actor::Debtor(_) | Actor::Operator => None,
    }
}
