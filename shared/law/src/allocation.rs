//! What a payment pays first within one debt. Which of several debts it pays comes before, and is
//! decided in `debts`.

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

impl Component {
    /// As a debtor reads it.
    pub(crate) const fn spoken(self) -> &'static str {
        match self {
            Self::Costs => "the costs",
            Self::Interest => "the interest",
            Self::Principal => "the principal",
        }
    }
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

impl Parts {
    /// What is owed of `component`.
    pub(crate) const fn of(self, component: Component) -> Money {
        match component {
            Component::Costs => self.costs,
            Component::Interest => self.interest,
            Component::Principal => self.principal,
        }
    }
}

/// What a payment pays of one part of one debt.
#[derive(Clone, Copy)]
pub(crate) struct Paid {
    pub(crate) component: Component,
    /// More than nothing.
    pub(crate) amount: Money,
    /// What was owed of the part.
    owed: Money,
}

impl Paid {
    pub(crate) fn spoken(&self) -> String {
        let Self { component, amount, owed } = self;
        format!("{amount} of {owed} of {} is paid.", component.spoken())
    }
}

/// The order in which a payment pays the parts of one debt (BW art. 6:44; in Belgium BW art. 5.210,
/// where only interest before principal is certain). The law turns it round for a Belgian consumer
/// credit that was ended (WER art. VII.106 par. 5).
pub fn allocation_order(pack: Pack, origin: DebtOrigin) -> Answer<[Component; 3]> {
    let mut trail = pack.trail();
    let (order, rule) = order_of_the_law(pack, origin);
    trail.ask(rule);
    trail.say(if rule == RuleId::BeConsumerCredit {
        "A payment on a credit that was ended goes first to what was lent, then to the interest, \
         then to the costs."
    } else {
        "A payment goes first to the costs, then to the interest, then to the invoice."
    });
    trail.answer(order)
}

/// The order of the law, and the rule that holds it.
pub(crate) const fn order_of_the_law(pack: Pack, origin: DebtOrigin) -> ([Component; 3], RuleId) {
    let costs_first = [Component::Costs, Component::Interest, Component::Principal];
    let costs_last = [Component::Principal, Component::Interest, Component::Costs];
    match (pack.jurisdiction, origin) {
        (Jurisdiction::Be, DebtOrigin::ConsumerCredit) => (costs_last, RuleId::BeConsumerCredit),
        (Jurisdiction::Be, DebtOrigin::General) => (costs_first, RuleId::BeAllocation),
        (Jurisdiction::Nl, DebtOrigin::General | DebtOrigin::ConsumerCredit) => {
            (costs_first, RuleId::NlAllocation)
        }
    }
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
    let (mut parts, mut left) = (Parts { costs: zero, interest: zero, principal: zero }, payment);
    let order = trail.take(allocation_order(pack, origin));
    for paid in pay(order, owed, &mut left)? {
        *match paid.component {
            Component::Costs => &mut parts.costs,
            Component::Interest => &mut parts.interest,
            Component::Principal => &mut parts.principal,
        } = paid.amount;
        trail.say(paid.spoken());
    }
    if left.is_positive() {
        trail.say(given_back(left));
    }
    Ok(trail.answer((parts, left)))
}

/// Pays the parts of one debt in `order`, as far as `left` goes, and takes that from it.
pub(crate) fn pay(
    order: [Component; 3],
    owed: Parts,
    left: &mut Money,
) -> Result<Vec<Paid>, MoneyError> {
    let mut all = Vec::new();
    for component in order {
        let owed = owed.of(component);
        let amount = left.min(owed)?;
        if amount.is_positive() {
            *left = left.checked_sub(amount)?;
            all.push(Paid { component, amount, owed });
        }
    }
    Ok(all)
}

pub(crate) fn given_back(left: Money) -> String {
    format!("{left} is more than was owed, and is given back.")
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
        assert_eq!(
            answer.because,
            ["A payment on a credit that was ended goes first to what was lent, then to the \
              interest, then to the costs."]
        );
        assert_eq!(
            dutch.because,
            ["A payment goes first to the costs, then to the interest, then to the invoice."]
        );
    }

    #[test]
    fn each_part_is_told_and_what_is_over_is_given_back() {
        let euros = |minor| Money::new(minor, Currency::EUR);
        let owed = Parts { costs: euros(4_000), interest: euros(0), principal: euros(10_000) };
        let answer = allocate(Pack::NL, DebtOrigin::General, owed, euros(15_000)).unwrap();
        assert_eq!(answer.value, (owed, euros(1_000)));
        assert_eq!(
            answer.because[1..],
            [
                "40.00 EUR of 40.00 EUR of the costs is paid.",
                "100.00 EUR of 100.00 EUR of the principal is paid.",
                "10.00 EUR is more than was owed, and is given back.",
            ]
        );
        let below = allocate(Pack::NL, DebtOrigin::General, owed, euros(-1)).unwrap();
        assert_eq!((below.value.1, below.because.len()), (euros(-1), 1));
        let yen = Parts { principal: Money::new(1, Currency::JPY), ..owed };
        assert!(allocate(Pack::NL, DebtOrigin::General, yen, euros(1)).is_err());
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
