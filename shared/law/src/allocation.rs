//! What a payment pays first within one debt. Which debt it pays comes before, and is not decided
//! here.

use crate::answer::{Answer, RuleId};
use crate::pack::Pack;

/// A part of one debt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Component {
    /// Collection costs, or the lump sum of a clause.
    Costs,
    /// Interest that has accrued.
    Interest,
    /// What was to be paid in the first place.
    Principal,
}

/// The order in which a payment pays the parts of one debt (BW art. 6:44; in Belgium BW art. 5.210,
/// where only interest before principal is certain). Not for Belgian consumer credit, which the law
/// turns round (WER art. VII.106 par. 5).
pub fn allocation_order(pack: Pack) -> Answer<[Component; 3]> {
    let mut trail = pack.trail();
    trail.say("A payment goes first to the costs, then to the interest, then to the invoice.");
    match pack {
        Pack::Nl => trail.ask(RuleId::NlAllocation),
        Pack::Be => {
            trail.ask(RuleId::BeAllocation);
            trail.say("For a consumer credit that was ended the order is another one.");
        }
    }
    trail.answer([Component::Costs, Component::Interest, Component::Principal])
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Example 6 of the research: costs first, the rest to interest, the principal untouched.
    #[test]
    fn costs_come_before_interest_and_interest_before_principal() {
        for (pack, rule) in [(Pack::Nl, RuleId::NlAllocation), (Pack::Be, RuleId::BeAllocation)] {
            let answer = allocation_order(pack);
            let order = [Component::Costs, Component::Interest, Component::Principal];
            assert_eq!((answer.value, &*answer.rules), (order, &[rule][..]));
        }
    }
}
