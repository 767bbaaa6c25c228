//! Which of several debts of one debtor to one creditor a payment pays, and what of each: every
//! cent with the rules that put it there.
//!
//! Which debt comes first (BW art. 6:43), then what of it (BW art. 6:44): HR 29 May 2015.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use primitives::{Currency, Date, DebtorKind, Money, MoneyError};

use crate::allocation::{
    Component, DebtOrigin, Paid, Parts, allocation_order, given_back, order_of_the_law, pay,
};
use crate::answer::{Answer, RuleId, Trail};
use crate::calendar::spoken;
use crate::pack::{Jurisdiction, Pack};

/// One of the debts of a debtor to a creditor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Debt {
    /// The day on which it falls due: from that day on it counts as due. Of two debts, the one that
    /// fell due first counts as the older one.
    pub due_on: Date,
    /// What is open of it. What is below zero counts as nothing.
    pub owed: Parts,
    /// What it comes from.
    pub origin: DebtOrigin,
    /// How much it weighs on the debtor while it is open.
    pub burden: Burden,
    /// In which order its parts are paid.
    pub order: Order,
}

/// What makes one debt more burdensome than another, the weightiest first. Neither law has a
/// measure; this one is our own reading.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Burden {
    /// Collection costs will fall due if it stays unpaid, such as while the term of a Dutch 14-day
    /// letter or of a Belgian first reminder runs. They weigh more than any interest.
    pub costs_to_come: bool,
    /// The interest that runs on it, a year in basis points: 600 is 6 %.
    pub yearly_interest_bp: u32,
}

/// In which order the parts of one debt are paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// As the law has it (see [`allocation_order`]).
    OfTheLaw,
    /// As debtor and creditor agreed. It counts between businesses, and for a consumer where it is
    /// no worse than the law's.
    ///
    /// Best for a debtor is principal, interest, costs: on the principal interest runs, and in the
    /// Netherlands interest joins it after a year. The order of the law is the exact reverse, so
    /// that every other one is at least as good. Of a Belgian consumer credit that was ended the
    /// law's order is the best one, and no other counts, whatever was agreed.
    Agreed([Component; 3]),
    /// As the debtor asks with the payment; the creditor did not agree. Not done, but told: in the
    /// Netherlands the creditor may refuse such a payment (BW art. 6:44), in Belgium the law's
    /// order holds unless the creditor agrees (BW art. 5.210).
    Asked([Component; 3]),
}

/// Which debts come first. An index is that of `debts`; one named twice counts once. What is left
/// when they are paid goes to the others as the law has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Choice<'a> {
    /// The debtor said nothing, or nothing clear.
    None,
    /// The debts that the debtor named with the payment, in this order: the debtor's right (BW art.
    /// 6:43 lid 1; in Belgium old BW art. 1253). Debts that are not due yet may be among them.
    Debtor(&'a [usize]),
    /// The order that debtor and creditor agreed to beforehand. It counts between businesses. For a
    /// consumer it does not: the law's order is what is best for the debtor already, and a consumer
    /// who wants another one names the debt.
    Agreed(&'a [usize]),
}

impl<'a> Choice<'a> {
    const fn indices(self) -> &'a [usize] {
        match self {
            Self::None => &[],
            Self::Debtor(named) | Self::Agreed(named) => named,
        }
    }
}

/// What a payment pays.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Allocation {
    /// In the order of payment.
    pub parts: Vec<AllocatedPart>,
    /// What is given back, since nothing is owed any more. A payment below zero pays nothing and
    /// stands here as it is.
    pub left: Money,
}

/// What a payment pays of a part of a debt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AllocatedPart {
    /// The index of the debt.
    pub debt: usize,
    /// Which part of it.
    pub component: Component,
    /// More than nothing, at most what is owed of the part.
    pub amount: Money,
    /// Why this debt had its turn.
    pub debt_rule: RuleId,
    /// Why this part of the debt had its turn.
    pub rule: RuleId,
}

/// Why it cannot be said what a payment pays.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AllocationError {
    /// A debt was named that is not there.
    #[error("there is no debt {index}, only {count} from 0 on: name one of them")]
    NoSuchDebt {
        /// The index that was named.
        index: usize,
        /// How many debts there are.
        count: usize,
    },
    /// An order of parts is none.
    #[error("the order of debt {debt} lacks a part: name costs, interest and principal once each")]
    IncompleteOrder {
        /// The index of the debt.
        debt: usize,
    },
    /// The amounts are too large, or in different currencies.
    #[error("the amounts of the debts and the payment cannot be computed with")]
    Money(#[from] MoneyError),
}

const EVERY_PART: [Component; 3] = [Component::Costs, Component::Interest, Component::Principal];

/// What a payment of `paid_on` pays of `debts`, all of one debtor to one creditor.
///
/// 1. The debts that were named, one after the other (see [`Choice`]).
/// 2. Of the others: those that are due on `paid_on` before those that are not, then the most
///    burdensome, then the oldest. Equal ones share in proportion to what is open of them, to the
///    cent by the largest remainder, between equal remainders the earlier index (see
///    [`Money::split`]). So the law in the Netherlands (BW art. 6:43); in Belgium what is best for
///    the debtor comes first, then the oldest (old BW art. 1256), and we read best as due, then
///    most burdensome.
/// 3. Within each debt: its costs, interest and principal in the order that [`Order`] tells.
///
/// A larger payment pays no debt less, with one exception: of three or more equal debts one can get
/// a cent less, since shares by the largest remainder are each within a cent of their exact value.
pub fn allocate_payment(
    pack: Pack,
    debtor: DebtorKind,
    debts: &[Debt],
    payment: Money,
    paid_on: Date,
    choice: Choice<'_>,
) -> Result<Answer<Allocation>, AllocationError> {
    let mut trail = pack.trail();
    let claims: Vec<Claim<'_>> = debts
        .iter()
        .enumerate()
        .map(|(index, debt)| Claim::of(index, debt, payment.currency()))
        .collect::<Result<_, _>>()?;
    let turns = turns(pack, debtor, &claims, paid_on, choice, &mut trail)?;
    let mut allocation = Allocation { parts: Vec::new(), left: payment };
    for turn in turns {
        let total = Money::sum(payment.currency(), turn.claims.iter().map(|claim| claim.open))?;
        let amount = allocation.left.min(total)?;
        if !amount.is_positive() {
            continue;
        }
        allocation.left = allocation.left.checked_sub(amount)?;
        if turn.claims.len() > 1 && amount != total {
            trail.say(format!(
                "{amount} is shared by equal debts, of which {total} is open in all."
            ));
        }
        let weights: Vec<u64> = turn.claims.iter().map(Claim::weight).collect();
        for (claim, share) in turn.claims.iter().zip(amount.split(&weights)?) {
            let paid = claim.pay(pack, share, turn.rule, &mut trail)?;
            allocation.parts.extend(paid);
        }
    }
    if allocation.left.is_positive() {
        trail.ask(RuleId::HouseOverpaid);
        trail.say(given_back(allocation.left));
    }
    Ok(trail.answer(allocation))
}

/// Debts that are paid at the same time, and why now.
struct Turn<'a> {
    rule: RuleId,
    claims: Vec<Claim<'a>>,
}

/// A debt, with its index.
#[derive(Clone, Copy)]
struct Claim<'a> {
    index: usize,
    debt: &'a Debt,
    /// All that is open of it, never below zero.
    open: Money,
}

impl<'a> Claim<'a> {
    fn of(index: usize, debt: &'a Debt, currency: Currency) -> Result<Self, AllocationError> {
        if let Order::Agreed(order) | Order::Asked(order) = debt.order
            && !EVERY_PART.iter().all(|part| order.contains(part))
        {
            return Err(AllocationError::IncompleteOrder { debt: index });
        }
        let zero = Money::zero(currency);
        let mut open = zero;
        for part in EVERY_PART.map(|part| debt.owed.of(part)) {
            let owed = if part.checked_cmp(zero)?.is_gt() { part } else { zero };
            open = open.checked_add(owed)?;
        }
        Ok(Self { index, debt, open })
    }

    fn weight(&self) -> u64 {
        self.open.amount_minor().unsigned_abs()
    }

    /// Pays `amount` of the debt, which is at most what is open of it.
    fn pay(
        &self,
        pack: Pack,
        amount: Money,
        debt_rule: RuleId,
        trail: &mut Trail,
    ) -> Result<Vec<AllocatedPart>, MoneyError> {
        if amount.is_zero() {
            return Ok(Vec::new());
        }
        let (order, rule) = order_within(pack, self.debt, trail);
        let mut left = amount;
        let (debt, number) = (self.index, self.index.saturating_add(1));
        let due_on = spoken(self.debt.due_on);
        let paid = pay(order, self.debt.owed, &mut left)?.into_iter().map(|paid| {
            trail.say(format!("Of debt {number}, due on {due_on}: {}", paid.spoken()));
            let Paid { component, amount, .. } = paid;
            AllocatedPart { debt, component, amount, debt_rule, rule }
        });
        Ok(paid.collect())
    }
}

/// Whose turn comes when, and why.
fn turns<'a>(
    pack: Pack,
    debtor: DebtorKind,
    claims: &[Claim<'a>],
    paid_on: Date,
    choice: Choice<'_>,
    trail: &mut Trail,
) -> Result<Vec<Turn<'a>>, AllocationError> {
    if let Some(index) = choice.indices().iter().find(|index| **index >= claims.len()) {
        return Err(AllocationError::NoSuchDebt { index: *index, count: claims.len() });
    }
    let (rule, named) = named_first(pack, debtor, choice, trail);
    let (mut turns, mut taken) = (Vec::new(), BTreeSet::new());
    for claim in named.iter().filter_map(|index| claims.get(*index)) {
        if taken.insert(claim.index) {
            turns.push(Turn { rule, claims: vec![*claim] });
        }
    }
    let mut ranks: BTreeMap<_, Vec<Claim<'a>>> = BTreeMap::new();
    for claim in claims.iter().filter(|it| it.open.is_positive() && !taken.contains(&it.index)) {
        let Debt { due_on, burden, .. } = *claim.debt;
        let rank = (due_on > paid_on, Reverse(burden), due_on);
        ranks.entry(rank).or_default().push(*claim);
    }
    if !ranks.is_empty() {
        let rule = match pack.jurisdiction {
            Jurisdiction::Nl => RuleId::NlDebtOrder,
            Jurisdiction::Be => RuleId::BeDebtOrder,
        };
        trail.ask(rule);
        trail.say(
            "Unless you name the debt, a payment goes first to what is due, then to what weighs \
             most on you, then to the oldest; equal debts share it in proportion.",
        );
        turns.extend(ranks.into_values().map(|claims| Turn { rule, claims }));
    }
    Ok(turns)
}

/// The debts that come before the order of the law, and the rule that puts them there.
fn named_first<'a>(
    pack: Pack,
    debtor: DebtorKind,
    choice: Choice<'a>,
    trail: &mut Trail,
) -> (RuleId, &'a [usize]) {
    let by_choice = match pack.jurisdiction {
        Jurisdiction::Nl => RuleId::NlDebtChoice,
        Jurisdiction::Be => RuleId::BeDebtChoice,
    };
    match (choice, debtor) {
        (Choice::None | Choice::Debtor([]) | Choice::Agreed([]), _) => (by_choice, &[]),
        (Choice::Debtor(named), _) => {
            trail.ask(by_choice);
            trail.say("You said which debt you pay, so it comes first.");
            (by_choice, named)
        }
        (Choice::Agreed(_), DebtorKind::Consumer) => {
            trail.ask(RuleId::HouseAgreedOrder);
            trail.say(
                "Which of your debts is paid first was agreed, but what the law says is better \
                 for you and counts; you may name another debt with a payment.",
            );
            (RuleId::HouseAgreedOrder, &[])
        }
        (Choice::Agreed(named), DebtorKind::NaturalPersonInBusiness | DebtorKind::LegalPerson) => {
            trail.ask(RuleId::HouseAgreedOrder);
            trail.say("You agreed with the creditor which debt is paid first.");
            (RuleId::HouseAgreedOrder, named)
        }
    }
}

/// The order within one debt, and the rule that holds it.
fn order_within(pack: Pack, debt: &Debt, trail: &mut Trail) -> ([Component; 3], RuleId) {
    let law = order_of_the_law(pack, debt.origin);
    let (of_the_law, rule) = law;
    let told = |order: [Component; 3]| {
        let [first, second, third] = order.map(Component::spoken);
        format!("first {first}, then {second}, then {third}")
    };
    match debt.order {
        Order::Agreed(order) if order != of_the_law => {
            trail.ask(RuleId::HouseAgreedOrder);
            if rule != RuleId::BeConsumerCredit {
                trail.say(format!("You agreed with the creditor what is paid: {}.", told(order)));
                return (order, RuleId::HouseAgreedOrder);
            }
            trail.say("What you agreed would be worse for you than the law, so it does not count.");
        }
        Order::Asked(order) if order != of_the_law => {
            trail.say(format!("You asked that this is paid: {}.", told(order)));
            trail.say(match pack.jurisdiction {
                Jurisdiction::Nl => {
                    "The creditor did not agree, and may refuse a payment in another order than \
                     the law's: that of the law counts."
                }
                Jurisdiction::Be => "The creditor did not agree, so the order of the law counts.",
            });
        }
        Order::OfTheLaw | Order::Agreed(_) | Order::Asked(_) => {}
    }
    trail.take(allocation_order(pack, debt.origin));
    law
}

#[cfg(test)]
mod tests {
    #![expect(clippy::arithmetic_side_effects, reason = "tests fail loudly")]

    use jiff::ToSpan;
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;
    use crate::allocation::allocate;

    const TODAY: Date = date(2026, 11, 6);
    const BEST: [Component; 3] = [Component::Principal, Component::Interest, Component::Costs];
    const CONSUMER: DebtorKind = DebtorKind::Consumer;

    fn euro(minor: i64) -> Money {
        Money::new(minor, Currency::EUR)
    }

    fn parts(costs: i64, interest: i64, principal: i64) -> Parts {
        Parts { costs: euro(costs), interest: euro(interest), principal: euro(principal) }
    }

    /// A debt with a principal alone.
    fn debt(due_in_days: i32, yearly_interest_bp: u32, principal: i64) -> Debt {
        Debt {
            due_on: TODAY + due_in_days.days(),
            owed: parts(0, 0, principal),
            origin: DebtOrigin::General,
            burden: Burden { costs_to_come: false, yearly_interest_bp },
            order: Order::OfTheLaw,
        }
    }

    fn ask(pack: Pack, debts: &[Debt], payment: i64, choice: Choice<'_>) -> Answer<Allocation> {
        allocate_payment(pack, CONSUMER, debts, euro(payment), TODAY, choice).unwrap()
    }

    /// What each debt gets.
    fn gets(answer: &Answer<Allocation>, count: usize) -> Vec<i64> {
        let mut all = vec![0; count];
        for part in &answer.value.parts {
            all[part.debt] += part.amount.amount_minor();
        }
        all
    }

    fn shares(debts: &[Debt], payment: i64, choice: Choice<'_>) -> Vec<i64> {
        let [dutch, belgian] =
            [Pack::NL, Pack::BE].map(|pack| gets(&ask(pack, debts, payment, choice), debts.len()));
        assert_eq!(dutch, belgian, "both laws have one order of debts");
        dutch
    }

    /// Index of the debt, component and cents.
    fn told(answer: &Answer<Allocation>) -> Vec<(usize, Component, i64)> {
        let parts = answer.value.parts.iter();
        parts.map(|part| (part.debt, part.component, part.amount.amount_minor())).collect()
    }

    /// Example 6 of the research: a judgment for 19,000.00, of which about 2,350.00 was paid.
    #[test]
    fn costs_are_paid_before_the_interest_of_the_judgment() {
        let judgment = Debt { owed: parts(210_000, 90_000, 1_900_000), ..debt(-400, 400, 0) };
        let answer = ask(Pack::NL, &[judgment], 235_000, Choice::None);
        let expected = [(0, Component::Costs, 210_000), (0, Component::Interest, 25_000)];
        assert_eq!(told(&answer), expected);
        assert_eq!(answer.value.left, euro(0));
        assert_eq!(answer.rules, [RuleId::NlDebtOrder, RuleId::NlAllocation]);
        for part in &answer.value.parts {
            assert_eq!((part.debt_rule, part.rule), (RuleId::NlDebtOrder, RuleId::NlAllocation));
        }
    }

    /// HR 29 May 2015: the debt first, then its parts; not all costs of all debts first.
    #[test]
    fn a_debt_is_paid_with_its_interest_before_the_costs_of_the_next() {
        let old = Debt { owed: parts(4_000, 100, 20_000), ..debt(-60, 600, 0) };
        let new = Debt { owed: parts(5_000, 50, 30_000), ..debt(-30, 600, 0) };
        let answer = ask(Pack::NL, &[new, old], 26_100, Choice::None);
        assert_eq!(
            told(&answer),
            [
                (1, Component::Costs, 4_000),
                (1, Component::Interest, 100),
                (1, Component::Principal, 20_000),
                (0, Component::Costs, 2_000),
            ]
        );
    }

    #[test]
    fn what_is_due_comes_first_then_the_burden_then_the_age() {
        for (first, second, why) in [
            (debt(0, 0, 100), debt(1, 900, 100), "due today before due tomorrow"),
            (debt(-1, 0, 100), debt(1, 900, 100), "due before not due"),
            (debt(-1, 601, 100), debt(-900, 600, 100), "burdensome before old"),
            (debt(0, 601, 100), debt(-1, 600, 100), "both due: burdensome"),
            (debt(2, 601, 100), debt(1, 600, 100), "none due: burdensome"),
            (debt(-2, 600, 100), debt(-1, 600, 100), "equal burdens: old"),
            (debt(-1, 600, 100), debt(0, 600, 100), "equal burdens: older by a day"),
            (debt(1, 600, 100), debt(2, 600, 100), "none due, equal burdens: old"),
        ] {
            assert_eq!(shares(&[first, second], 100, Choice::None), [100, 0], "{why}");
            assert_eq!(shares(&[second, first], 101, Choice::None), [1, 100], "{why}");
        }
        let heavy = Burden { costs_to_come: true, yearly_interest_bp: 0 };
        let costly = Debt { burden: heavy, ..debt(-1, 0, 100) };
        assert_eq!(shares(&[debt(-9, 1_200, 100), costly], 100, Choice::None), [0, 100]);
    }

    #[test]
    fn equals_share_to_the_cent_in_the_order_of_input() {
        let equal = |principal| debt(-5, 600, principal);
        for (owed, payment, expected) in [
            ([100, 100, 100], 100, [34, 33, 33]),
            ([100, 100, 100], 101, [34, 34, 33]),
            ([100, 100, 100], 1, [1, 0, 0]),
            ([300, 100, 0], 200, [150, 50, 0]),
            ([300, 100, 1], 401, [300, 100, 1]),
            ([300, 100, 1], 400, [299, 100, 1]),
            ([1, 1, 1], 0, [0, 0, 0]),
        ] {
            assert_eq!(shares(&owed.map(equal), payment, Choice::None), expected, "{payment}");
        }
        // Everything open of a debt counts, not its principal alone.
        let with_costs = Debt { owed: parts(200, 0, 100), ..equal(0) };
        assert_eq!(shares(&[with_costs, equal(100)], 100, Choice::None), [75, 25]);
    }

    /// Shares by the largest remainder: the third gets 2 of 10 cents, but 1 of 11.
    #[test]
    fn a_larger_payment_can_cost_an_equal_debt_one_cent() {
        let equal = [debt(-5, 600, 600), debt(-5, 600, 600), debt(-5, 600, 200)];
        assert_eq!(shares(&equal, 10, Choice::None), [4, 4, 2]);
        assert_eq!(shares(&equal, 11, Choice::None), [5, 5, 1]);
    }

    #[test]
    fn what_the_debtor_names_comes_first_in_that_order() {
        let debts = [debt(-90, 900, 100), debt(-5, 300, 100), debt(30, 0, 100)];
        let named = |named, payment| shares(&debts, payment, Choice::Debtor(named));
        assert_eq!(named(&[2, 1], 150), [0, 50, 100]);
        assert_eq!(named(&[1, 2], 150), [0, 100, 50]);
        assert_eq!(named(&[2], 150), [50, 0, 100]);
        assert_eq!(named(&[2, 2, 1], 250), [50, 100, 100]);
        assert_eq!(named(&[], 150), [100, 50, 0]);
        for (pack, [choice, order, allocation]) in [
            (Pack::NL, [RuleId::NlDebtChoice, RuleId::NlDebtOrder, RuleId::NlAllocation]),
            (Pack::BE, [RuleId::BeDebtChoice, RuleId::BeDebtOrder, RuleId::BeAllocation]),
        ] {
            let answer = ask(pack, &debts, 150, Choice::Debtor(&[2]));
            assert_eq!(answer.rules, [choice, order, allocation]);
            let of_parts: Vec<_> = answer.value.parts.iter().map(|it| it.debt_rule).collect();
            assert_eq!(of_parts, [choice, order]);
            assert!(answer.because.iter().any(|it| it.starts_with("You said which debt")));
            let all_named = ask(pack, &debts, 150, Choice::Debtor(&[0, 1, 2]));
            assert_eq!(all_named.rules, [choice, allocation]);
            let unnamed = ask(pack, &debts, 150, Choice::Debtor(&[]));
            assert_eq!(unnamed, ask(pack, &debts, 150, Choice::None));
        }
    }

    #[test]
    fn an_agreed_order_of_debts_counts_between_businesses_only() {
        let debts = [debt(-90, 900, 100), debt(-5, 300, 100)];
        let choice = Choice::Agreed(&[1]);
        for debtor in [DebtorKind::NaturalPersonInBusiness, DebtorKind::LegalPerson] {
            let answer =
                allocate_payment(Pack::NL, debtor, &debts, euro(150), TODAY, choice).unwrap();
            assert_eq!(gets(&answer, 2), [50, 100]);
            assert_eq!(answer.value.parts[0].debt_rule, RuleId::HouseAgreedOrder);
            assert!(answer.because[0].starts_with("You agreed with the creditor which debt"));
        }
        let answer = ask(Pack::BE, &debts, 150, choice);
        assert_eq!(gets(&answer, 2), [100, 50]);
        assert_eq!(answer.value.parts[0].debt_rule, RuleId::BeDebtOrder);
        assert_eq!(answer.rules[0], RuleId::HouseAgreedOrder);
        assert!(answer.because[0].starts_with("Which of your debts is paid first was agreed"));
        let nothing_agreed = ask(Pack::BE, &debts, 150, Choice::Agreed(&[]));
        assert_eq!(nothing_agreed, ask(Pack::BE, &debts, 150, Choice::None));
    }

    #[test]
    fn an_agreed_order_of_parts_counts_where_it_is_no_worse() {
        let agreed = |order| Debt {
            owed: parts(10, 20, 30),
            order: Order::Agreed(order),
            ..debt(-5, 600, 0)
        };
        for pack in [Pack::NL, Pack::BE] {
            let answer = ask(pack, &[agreed(BEST)], 35, Choice::None);
            let expected = [(0, Component::Principal, 30), (0, Component::Interest, 5)];
            assert_eq!(told(&answer), expected);
            assert_eq!(answer.value.parts[0].rule, RuleId::HouseAgreedOrder);
            let told = [
                "Unless you name the debt, a payment goes first to what is due, then to what \
                 weighs most on you, then to the oldest; equal debts share it in proportion.",
                "You agreed with the creditor what is paid: first the principal, then the \
                 interest, then the costs.",
                "Of debt 1, due on Sunday 1 November 2026: 0.30 EUR of 0.30 EUR of the \
                 principal is paid.",
                "Of debt 1, due on Sunday 1 November 2026: 0.05 EUR of 0.20 EUR of the \
                 interest is paid.",
            ];
            assert_eq!(*answer.because, told);
            // The law's own order is no agreement.
            let law = ask(pack, &[agreed(EVERY_PART)], 35, Choice::None);
            let none = Debt { order: Order::OfTheLaw, ..agreed(EVERY_PART) };
            assert_eq!(law, ask(pack, &[none], 35, Choice::None));
        }
        // A Belgian credit that was ended has the best order already, whoever owes it.
        let credit = Debt { origin: DebtOrigin::ConsumerCredit, ..agreed(EVERY_PART) };
        let answer = ask(Pack::BE, &[credit], 35, Choice::None);
        assert_eq!(told(&answer), [(0, Component::Principal, 30), (0, Component::Interest, 5)]);
        assert_eq!(answer.value.parts[0].rule, RuleId::BeConsumerCredit);
        assert_eq!(
            answer.rules,
            [RuleId::BeDebtOrder, RuleId::HouseAgreedOrder, RuleId::BeConsumerCredit]
        );
        assert!(answer.because[1].starts_with("What you agreed would be worse for you"));
        let best = Debt { order: Order::Agreed(BEST), ..credit };
        let plain = Debt { order: Order::OfTheLaw, ..credit };
        let [best, plain] = [best, plain].map(|it| ask(Pack::BE, &[it], 35, Choice::None));
        assert_eq!(best, plain);
        let dutch =
            ask(Pack::NL, &[Debt { order: Order::Agreed(BEST), ..credit }], 35, Choice::None);
        assert_eq!(dutch.value.parts[0].rule, RuleId::HouseAgreedOrder);
    }

    #[test]
    fn an_order_of_parts_that_the_debtor_only_asks_for_is_told_and_not_done() {
        for (pack, rule, words) in [
            (Pack::NL, RuleId::NlAllocation, "may refuse a payment in another order"),
            (Pack::BE, RuleId::BeAllocation, "did not agree, so the order of the law counts"),
        ] {
            let asked = |order| Debt { owed: parts(10, 20, 30), order, ..debt(-5, 600, 0) };
            let answer = ask(pack, &[asked(Order::Asked(BEST))], 35, Choice::None);
            let law = ask(pack, &[asked(Order::OfTheLaw)], 35, Choice::None);
            assert_eq!((&answer.value, &answer.rules), (&law.value, &law.rules));
            assert_eq!(answer.value.parts[0].rule, rule);
            assert!(answer.because[1].starts_with("You asked that this is paid: first the princi"));
            assert!(answer.because[2].contains(words));
            let the_same = ask(pack, &[asked(Order::Asked(EVERY_PART))], 35, Choice::None);
            assert_eq!(the_same, law);
        }
    }

    #[test]
    fn what_cannot_be_paid_is_an_error() {
        let debts = [debt(-5, 600, 100), debt(-4, 600, 100)];
        let fails = |debts: &[Debt], payment, choice| {
            let answer = allocate_payment(Pack::NL, CONSUMER, debts, payment, TODAY, choice);
            answer.map(|answer| answer.value).unwrap_err()
        };
        for choice in [Choice::Debtor(&[0, 2]), Choice::Agreed(&[2])] {
            let expected = AllocationError::NoSuchDebt { index: 2, count: 2 };
            assert_eq!(fails(&debts, euro(1), choice), expected);
        }
        let twice = [Component::Costs, Component::Costs, Component::Interest];
        for order in [Order::Agreed(twice), Order::Asked(twice)] {
            let broken = [debts[0], Debt { order, ..debts[1] }];
            let expected = AllocationError::IncompleteOrder { debt: 1 };
            assert_eq!(fails(&broken, euro(0), Choice::None), expected);
        }
        let yen = Money::new(1, Currency::JPY);
        assert!(matches!(fails(&debts, yen, Choice::None), AllocationError::Money(_)));
        let mixed = Parts { costs: Money::new(-1, Currency::JPY), ..debts[1].owed };
        let mixed = [debts[0], Debt { owed: mixed, ..debts[1] }];
        assert!(matches!(fails(&mixed, euro(1), Choice::None), AllocationError::Money(_)));
        let large = Debt { owed: parts(1, 0, i64::MAX), ..debts[0] };
        let overflow = AllocationError::Money(MoneyError::Overflow);
        assert_eq!(fails(&[large], euro(1), Choice::None), overflow);
    }

    #[test]
    fn nothing_is_paid_with_nothing_and_of_nothing() {
        let debts = [debt(-5, 600, 100), debt(-5, 600, 100)];
        for payment in [0, -1] {
            let value = ask(Pack::NL, &debts, payment, Choice::Debtor(&[1])).value;
            assert_eq!(value, Allocation { parts: Vec::new(), left: euro(payment) });
        }
        let paid = [debt(-5, 600, 0), Debt { owed: parts(-5, 0, -1), ..debt(-6, 600, 0) }];
        for nothing_open in [&[], &paid[..]] {
            let answer = ask(Pack::NL, nothing_open, 250, Choice::None);
            assert_eq!(answer.value, Allocation { parts: Vec::new(), left: euro(250) });
            assert_eq!(answer.rules, [RuleId::HouseOverpaid]);
            assert_eq!(answer.because, ["2.50 EUR is more than was owed, and is given back."]);
        }
        let named = ask(Pack::NL, &paid, 250, Choice::Debtor(&[0, 1]));
        assert_eq!(named.value, Allocation { parts: Vec::new(), left: euro(250) });
        // Whoever gets nothing has no order that matters.
        let agreed = Debt { order: Order::Agreed(BEST), ..debts[1] };
        let cent = ask(Pack::NL, &[debts[0], agreed], 1, Choice::None);
        assert_eq!(cent.rules, [RuleId::NlDebtOrder, RuleId::NlAllocation]);
        // What is below zero makes nothing else cheaper.
        let odd = Debt { owed: parts(-50, 0, 100), ..debt(-6, 600, 0) };
        assert_eq!(shares(&[odd], 100, Choice::None), [100]);
    }

    #[test]
    fn sharing_is_told_where_there_is_not_enough() {
        let told = |debts: &[Debt], payment| {
            let because = ask(Pack::NL, debts, payment, Choice::None).because;
            because.iter().any(|it| it.contains("shared by equal debts"))
        };
        let (one, other) = (debt(-5, 600, 100), debt(-4, 600, 100));
        assert!(told(&[one, one], 199) && !told(&[one, one], 200) && !told(&[one, one], 0));
        assert!(!told(&[one], 50) && !told(&[one, other], 150));
        let answer = ask(Pack::NL, &[one, one], 150, Choice::None);
        assert_eq!(
            answer.because[1],
            "1.50 EUR is shared by equal debts, of which 2.00 EUR is open in all."
        );
        // Both are told, although they are alike.
        assert!(
            answer.because[3].starts_with("Of debt 1")
                && answer.because[4].starts_with("Of debt 2")
        );
    }

    fn any_order() -> impl Strategy<Value = Order> {
        let parts = Just(EVERY_PART.to_vec()).prop_shuffle();
        (0..3, parts).prop_map(|(kind, parts)| {
            let order = parts.try_into().unwrap();
            match kind {
                0 => Order::OfTheLaw,
                1 => Order::Agreed(order),
                _ => Order::Asked(order),
            }
        })
    }

    /// Few values, so that equals are frequent.
    fn any_debt() -> impl Strategy<Value = Debt> {
        let owed = [-5_i64..300, -5..300, -5..300];
        let burden = (any::<bool>(), 0_u32..2);
        let origin = prop_oneof![Just(DebtOrigin::General), Just(DebtOrigin::ConsumerCredit)];
        (-1_i32..3, owed, burden, origin, any_order()).prop_map(
            |(days, [costs, interest, principal], burden, origin, order)| Debt {
                owed: parts(costs, interest, principal),
                origin,
                burden: Burden { costs_to_come: burden.0, yearly_interest_bp: burden.1 },
                order,
                ..debt(days, 0, 0)
            },
        )
    }

    fn any_debts() -> impl Strategy<Value = (Vec<Debt>, Vec<usize>)> {
        prop::collection::vec(any_debt(), 1..6).prop_flat_map(|debts| {
            let named = prop::collection::vec(0..debts.len(), 0..4);
            (Just(debts), named)
        })
    }

    fn any_debtor() -> impl Strategy<Value = DebtorKind> {
        prop_oneof![Just(CONSUMER), Just(DebtorKind::LegalPerson)]
    }

    fn any_pack() -> impl Strategy<Value = Pack> {
        prop_oneof![Just(Pack::NL), Just(Pack::BE)]
    }

    fn open(debt: &Debt) -> i64 {
        EVERY_PART.iter().map(|part| debt.owed.of(*part).amount_minor().max(0)).sum()
    }

    /// Whether `one` has its turn before `other`, both indices.
    fn precedes(debts: &[Debt], named: &[usize], one: usize, other: usize) -> bool {
        let place = |index| named.iter().position(|it| *it == index).unwrap_or(usize::MAX);
        let key = |index: usize| {
            let Debt { due_on, burden, .. } = debts[index];
            (
                place(index),
                due_on > TODAY,
                !burden.costs_to_come,
                -i64::from(burden.yearly_interest_bp),
                due_on,
            )
        };
        key(one) < key(other)
    }

    proptest! {
        #[test]
        fn no_cent_is_lost_and_no_debt_is_paid_out_of_turn(
            (debts, named) in any_debts(),
            payment in 0_i64..5_000,
            pack in any_pack(),
            debtor in any_debtor(),
        ) {
            let choice = Choice::Debtor(&named);
            let answer =
                allocate_payment(pack, debtor, &debts, euro(payment), TODAY, choice).unwrap();
            let paid = gets(&answer, debts.len());
            let left = answer.value.left.amount_minor();
            prop_assert_eq!(paid.iter().sum::<i64>() + left, payment);
            let all_paid = debts.iter().zip(&paid).all(|(debt, paid)| open(debt) == *paid);
            prop_assert!(0 <= left && (left == 0 || all_paid));
            let mut seen = BTreeSet::new();
            for part in &answer.value.parts {
                let owed = debts[part.debt].owed.of(part.component).amount_minor();
                prop_assert!((1..=owed).contains(&part.amount.amount_minor()));
                prop_assert!(seen.insert((part.debt, part.component)), "each part once");
                prop_assert!(answer.rules.contains(&part.rule));
                prop_assert!(answer.rules.contains(&part.debt_rule));
                let is_choice =
                    matches!(part.debt_rule, RuleId::NlDebtChoice | RuleId::BeDebtChoice);
                prop_assert_eq!(is_choice, named.contains(&part.debt));
            }
            for one in 0..debts.len() {
                for other in 0..debts.len() {
                    if precedes(&debts, &named, one, other) && paid[other] > 0 {
                        prop_assert_eq!(paid[one], open(&debts[one]), "{} before {}", one, other);
                    }
                }
            }
            for pair in answer.value.parts.windows(2) {
                let late = precedes(&debts, &named, pair[1].debt, pair[0].debt);
                prop_assert!(!late, "listed in the order of payment");
            }
        }

        #[test]
        fn equals_are_within_a_cent_of_their_share(
            owed in prop::collection::vec(1_i64..1_000, 2..6),
            payment in 0_i64..5_000,
        ) {
            let debts: Vec<Debt> = owed.iter().map(|owed| debt(-5, 600, *owed)).collect();
            let total: i64 = owed.iter().sum();
            let paid = shares(&debts, payment, Choice::None);
            for (paid, owed) in paid.iter().zip(&owed) {
                let exact = payment.min(total) * owed;
                prop_assert!((paid * total - exact).abs() < total);
            }
        }

        #[test]
        fn the_order_of_input_moves_nothing_but_odd_cents(
            (debts, named) in any_debts(),
            payment in 0_i64..5_000,
            pack in any_pack(),
            seed in any::<prop::sample::Index>(),
        ) {
            // Turned round from a place on, and reversed.
            let count = debts.len();
            let mut places: Vec<usize> = (0..count).rev().collect();
            places.rotate_left(seed.index(count));
            let moved: Vec<Debt> = places.iter().map(|place| debts[*place]).collect();
            let back = |index| places.iter().position(|place| *place == index).unwrap();
            let moved_names: Vec<usize> = named.iter().map(|index| back(*index)).collect();
            let paid = gets(&ask(pack, &debts, payment, Choice::Debtor(&named)), count);
            let moved = gets(&ask(pack, &moved, payment, Choice::Debtor(&moved_names)), count);
            let alone = |index| (0..count).all(|other| {
                index == other
                    || precedes(&debts, &named, index, other)
                    || precedes(&debts, &named, other, index)
            });
            for (index, paid) in paid.iter().enumerate() {
                let off = (paid - moved[back(index)]).abs();
                prop_assert!(off <= i64::from(!alone(index)));
            }
        }

        #[test]
        fn a_larger_payment_pays_no_debt_less_but_for_an_odd_cent(
            (debts, named) in any_debts(),
            payment in 0_i64..4_000,
            more in 0_i64..300,
            pack in any_pack(),
        ) {
            let choice = Choice::Debtor(&named);
            let [small, large] = [payment, payment + more].map(|it| ask(pack, &debts, it, choice));
            let equals = (0..debts.len()).any(|one| {
                (0..one).any(|other| {
                    !precedes(&debts, &named, one, other) && !precedes(&debts, &named, other, one)
                })
            });
            for part in &small.value.parts {
                let same = large.value.parts.iter().find(|it| {
                    (it.debt, it.component) == (part.debt, part.component)
                });
                let now = same.map_or(0, |it| it.amount.amount_minor());
                prop_assert!(part.amount.amount_minor() - now <= i64::from(equals));
            }
        }

        #[test]
        fn one_debt_alone_is_paid_as_ever(
            debt in any_debt(),
            payment in -5_i64..2_000,
            pack in any_pack(),
        ) {
            let debt = Debt { order: Order::OfTheLaw, ..debt };
            let (parts, left) =
                allocate(pack, debt.origin, debt.owed, euro(payment)).unwrap().value;
            let answer = ask(pack, &[debt], payment, Choice::None);
            prop_assert_eq!(answer.value.left, left);
            for component in EVERY_PART {
                let part = answer.value.parts.iter().find(|it| it.component == component);
                prop_assert_eq!(part.map_or(euro(0), |it| it.amount), parts.of(component));
            }
        }

        /// Where costs and interest cost nothing more, what the consumer still owes on which
        /// interest runs is never more than by the law.
        #[test]
        fn no_agreed_order_leaves_a_consumer_more_principal_than_the_law(
            debt in any_debt(),
            payment in 0_i64..1_000,
            pack in any_pack(),
        ) {
            let paid = |order| {
                let answer = ask(pack, &[Debt { order, ..debt }], payment, Choice::None);
                let of = |component| {
                    let parts = answer.value.parts.iter().filter(|it| it.component == component);
                    parts.map(|it| it.amount.amount_minor()).sum::<i64>()
                };
                (of(Component::Principal), of(Component::Principal) + of(Component::Interest))
            };
            let (principal, with_interest) = paid(debt.order);
            let law = paid(Order::OfTheLaw);
            prop_assert!(principal >= law.0 && with_interest >= law.1);
        }
    }
}
