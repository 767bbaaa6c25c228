//! What a payment pays first within one debt. Which debt it pays comes before, and is not decided
//! here.

use primitives::{Money, MoneyError};

use crate::answer::{Answer, RuleId};
use crate::pack::{Jurisdiction, Pack};

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

/// What a debt comes from, as far as the order depends on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DebtOrigin {
    /// Anything but a consumer credit.
    General,
    /// A consumer credit that was ended.
    ConsumerCredit,
}

/// What is owed of one debt, or what a payment pays of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parts {
    pub costs: Money,
    pub interest: Money,
    pub principal: Money,
}

/// The order in which a payment pays the parts of one debt (BW art. 6:44; in Belgium BW art. 5.210,
/// where only interest before principal is certain). The law turns it round for a Belgian consumer
/// credit that was ended (WER art. VII.106 par. 5).
pub fn allocation_order(pack: Pack, origin: DebtOrigin) -> Answer<[Component; 3]> {
    let mut trail = pack.trail();
    if (pack.jurisdiction, origin) == (Jurisdiction::Be, DebtOrigin::ConsumerCredit) {
        trail.ask(RuleId::BeConsumerCredit);
        trail.say(
            "A payment on a credit that was ended goes first to what was lent, then to the \
             interest, then to the costs.",
        );
        return trail.answer([Component::Principal, Component::Interest, Component::Costs]);
    }
    trail.ask(match pack.jurisdiction {
        Jurisdiction::Nl => RuleId::NlAllocation,
        Jurisdiction::Be => RuleId::BeAllocation,
    });
    trail.say("A payment goes first to the costs, then to the interest, then to the invoice.");
    trail.answer([Component::Costs, Component::Interest, Component::Principal])
}

/// What a payment pays of each part of one debt, and what is left of the payment. An error where
/// amounts differ in currency. What is below zero counts as nothing.
pub fn allocate(
    pack: Pack,
    origin: DebtOrigin,
    owed: Parts,
    payment: Money,
) -> Result<Answer<(Parts, Money)>, MoneyError> {
    let mut trail = pack.trail();
    let zero = Money::zero(payment.currency());
    let (mut paid, mut left) = (Parts { costs: zero, interest: zero, principal: zero }, payment);
    for component in trail.take(allocation_order(pack, origin)) {
        let (name, owed, paid) = match component {
            Component::Costs => ("the costs", owed.costs, &mut paid.costs),
            Component::Interest => ("the interest", owed.interest, &mut paid.interest),
            Component::Principal => ("the principal", owed.principal, &mut paid.principal),
        };
        let part = left.min(owed)?;
        if part.is_positive() {
            *paid = part;
            left = left.checked_sub(part)?;
            trail.say(format!("{part} of {owed} of {name} is paid."));
        }
    }
    if left.is_positive() {
        trail.say(format!("{left} is more than was owed, and is given back."));
    }
    Ok(trail.answer((paid, left)))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::arithmetic_side_effects, reason = "tests fail loudly")]

    use primitives::Currency;
    use proptest::prelude::*;

    use super::*;

    /// Example 6 of the research: costs first, the rest to interest, the principal untouched.
    #[test]
    fn costs_come_before_interest_and_interest_before_principal() {
        for (pack, rule) in [(Pack::NL, RuleId::NlAllocation), (Pack::BE, RuleId::BeAllocation)] {
            let answer = allocation_order(pack, DebtOrigin::General);
            let order = [Component::Costs, Component::Interest, Component::Principal];
            assert_eq!((answer.value, &*answer.rules), (order, &[rule][..]));
        }
    }

    #[test]
    fn a_belgian_credit_that_was_ended_is_paid_the_other_way_round() {
        let answer = allocation_order(Pack::BE, DebtOrigin::ConsumerCredit);
        let order = [Component::Principal, Component::Interest, Component::Costs];
        assert_eq!((answer.value, &*answer.rules), (order, &[RuleId::BeConsumerCredit][..]));
        let dutch = allocation_order(Pack::NL, DebtOrigin::ConsumerCredit);
        assert_eq!(dutch, allocation_order(Pack::NL, DebtOrigin::General));
    }

    proptest! {
        #[test]
        fn no_cent_is_lost_and_no_part_is_paid_before_the_one_that_comes_first(
            owed in [0_i64..50_000, 0..50_000, 0..50_000],
            payment in 0_i64..200_000,
            pack in prop_oneof![Just(Pack::NL), Just(Pack::BE)],
            origin in prop_oneof![Just(DebtOrigin::General), Just(DebtOrigin::ConsumerCredit)],
        ) {
            let euros = |minor| Money::new(minor, Currency::EUR);
            let parts = |[costs, interest, principal]: [i64; 3]| Parts {
                costs: euros(costs),
                interest: euros(interest),
                principal: euros(principal),
            };
            let answer = allocate(pack, origin, parts(owed), euros(payment)).unwrap();
            let (paid, left) = answer.value;
            let minor = |parts: Parts| {
                [parts.costs, parts.interest, parts.principal].map(Money::amount_minor)
            };
            let paid = minor(paid);
            prop_assert_eq!(paid.iter().sum::<i64>() + left.amount_minor(), payment);
            let place = |component| match component {
                Component::Costs => 0,
                Component::Interest => 1,
                Component::Principal => 2,
            };
            let mut full = true;
            for component in allocation_order(pack, origin).value {
                let (paid, owed) = (paid[place(component)], owed[place(component)]);
                prop_assert!(0 <= paid && paid <= owed && (full || paid == 0));
                full &= paid == owed;
            }
            prop_assert!(full || left.is_zero());
        }
    }
}
