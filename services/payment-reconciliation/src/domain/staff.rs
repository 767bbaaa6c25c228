//! Members of the agency's staff, as far as it matters here: who may send money to creditors,
//! and say what payments are for.

use std::collections::BTreeSet;

use contracts::intake::StaffRegistered;
use mailbox::{Decision, Facts};
use primitives::{Actor, StaffId, StaffRole};
use uuid::Uuid;

/// One member of staff.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Staff {
    /// Counts the decisions that changed it.
    pub version: u64,
    /// Which news of intake it stands at.
    pub heard: u64,
    pub is_finance_desk: bool,
}

impl Staff {
    /// The row of who acts. Nobody but staff has one: theirs is nobody's, who is of no desk.
    #[must_use]
    pub const fn row_of(actor: &Actor) -> Uuid {
        match actor {
            Actor::Staff(staff_id) => staff_id.as_uuid(),
            Actor::Machine(_) | Actor::Creditor(_) | Actor::Debtor(_) | Actor::Operator => {
                Uuid::nil()
            }
        }
    }

    /// Who acts, where that is a member of the finance desk.
    #[must_use]
    pub const fn of_finance_desk(&self, actor: &Actor) -> Option<StaffId> {
        match actor {
            Actor::Staff(staff_id) if self.is_finance_desk => Some(*staff_id),
            Actor::Staff(_)
            | Actor::Machine(_)
            | Actor::Creditor(_)
            | Actor::Debtor(_)
            | Actor::Operator => None,
        }
    }
}

/// Who acts, if that is one of the finance desk.
pub(super) fn member(actor: &Actor, finance_desk: &BTreeSet<StaffId>) -> Option<StaffId> {
    match actor {
        Actor::Staff(staff_id) => finance_desk.get(staff_id).copied(),
        Actor::Machine(_) | Actor::Creditor(_) | Actor::Debtor(_) | Actor::Operator => None,
    }
}

/// Somebody joined, left, or has other roles now. The newest news counts.
pub fn register_staff(staff: Staff, message: &StaffRegistered, facts: &Facts) -> Decision<Staff> {
    if facts.version <= staff.heard {
        return Decision::quiet(staff);
    }
    let is_finance_desk = message.roles.contains(&StaffRole::FinanceDesk);
    Decision::quiet(Staff { heard: facts.version, is_finance_desk, ..staff })
}
