//! Costs and interest: worked examples.

use crate::bank::CLIENT;
use crate::world::{
    Known, World, agreed, case_id, credited, day, dispatched, dispatched_by, euro, opened, paid_on,
    paid_parts, parts, registered, reported, withdrawn,
};
use contracts::intake::{ClaimCredited, ClaimWithdrawn};
use contracts::payment_reconciliation::{ChargesBooked, ClaimSettled, PaymentAllocated, SettledBy};
use primitives::{Channel, Country, Currency, DebtorKind, MessageKind, Money};

/// The letter is posted on Friday 6 March and counts as delivered on Tuesday; the 14 days end on
/// Tuesday 24 March.
#[test]
fn a_dutch_consumer_pays_costs_then_interest_then_principal_after_the_letter() {
    let mut world = World::of_debtor(Country::NL, DebtorKind::Consumer, 12_100, "2026-03-01");
    world.until("2026-03-05");
    let announced = world.position(1).announced.unwrap();
    assert_eq!((announced.costs, announced.vat), (euro(4_000), euro(0)));
    assert_eq!((announced.interest, announced.interest_basis_points), (true, Some(400)));
    assert!(announced.because.iter().any(|it| it.contains("40.00")), "{:?}", announced.because);
    assert_eq!(announced.rule_pack, "nl-2026.2");

    world.until("2026-03-06");
    let letter = dispatched_by(Channel::Post, MessageKind::FourteenDayLetter, "2026-03-05", &[11]);
    world.after(Known::Dispatched(letter)).knows_until("2026-03-24").until("2026-03-24");
    assert_eq!(world.open(11), euro(12_100));
    world.until("2026-03-25");
    assert_eq!(world.parts(11), parts(4_000, 0, 12_100));
    let charged = world.told::<ChargesBooked>();
    assert_eq!((charged.len(), charged[0].costs), (1, euro(4_000)));
    assert_eq!(charged[0].counts_on, day("2026-03-25"));
    assert!(charged[0].rule_ids.contains(&"nl.collection-costs".to_owned()), "{charged:?}");
    assert!(world.position(1).announced.is_none(), "it is owed already");
    // 24 days of 4 % of 121.00, which nobody was told yet.
    assert_eq!(world.position(1).claims[0].interest_open, euro(32));

    world.until("2026-03-31");
    world.after(Known::Bank(paid_on("2026-03-30", 1, CLIENT, 6_000, &[11])));
    // 29 days of 4 % of 121.00 are 0.38.
    assert_eq!(paid_parts(&world), [parts(4_000, 38, 1_962)]);
    assert_eq!(world.parts(11), parts(0, 0, 10_138));
    // 11 days of 4 % of 101.38 are 0.12.
    world.until("2026-04-10");
    let position = world.position(1);
    assert_eq!(position.open, euro(10_150));
    let kinds: Vec<_> = position.claims[0].lines.iter().map(|line| line.amount).collect();
    assert_eq!(kinds, [12_100, 4_000, 38, -6_000, 12].map(euro));
    world.after(Known::Bank(paid_on("2026-04-10", 2, CLIENT, 10_150, &[11])));
    assert_eq!(world.open(11), euro(0));
    let settled = world.told::<ClaimSettled>();
    assert_eq!((settled.len(), settled[0].by.clone()), (1, SettledBy::Payment));
}

#[test]
fn a_dutch_business_owes_forty_euros_and_commercial_interest_once_it_was_demanded() {
    for (paid, on, left) in [
        // All that was asked, within the seven days: nothing is asked for those days.
        (29_104, "2026-03-20", 0),
        // Later, the interest of 29 days is owed: 2.02, of which 1.04 was told.
        (29_104, "2026-03-30", 98),
        (29_202, "2026-03-30", 0),
    ] {
        let mut world =
            World::of_debtor(Country::NL, DebtorKind::LegalPerson, 25_000, "2026-03-01");
        world.until("2026-03-16").knows_until("2026-03-15");
        let announced = world.position(1).announced.unwrap();
        assert_eq!((announced.costs, announced.interest_basis_points), (euro(4_000), Some(1_015)));
        world.after(Known::Dispatched(dispatched(MessageKind::Demand, "2026-03-16", &[11])));
        assert_eq!(world.parts(11), parts(4_000, 104, 25_000));
        let charged = world.told::<ChargesBooked>();
        let told: Vec<_> = charged.iter().map(|it| (it.costs, it.interest)).collect();
        assert_eq!(told, [(euro(4_000), euro(0)), (euro(0), euro(104))]);
        world.until("2026-03-31");
        world.after(Known::Bank(paid_on(on, 1, CLIENT, paid, &[11])));
        assert_eq!(world.open(11), euro(left), "{on}");
        assert_eq!(world.told::<ClaimSettled>().len(), usize::from(left == 0));
    }
}

/// 35.00 is 30.00 and a tenth of what is above 150.00; the clock of an e-mail of 9 March ends on
/// the 23rd.
#[test]
fn a_belgian_consumer_owes_what_the_clause_says_after_the_clock_of_the_reminder() {
    let mut world = World::of_debtor(Country::BE, DebtorKind::Consumer, 20_000, "2026-03-02");
    world.until("2026-03-09");
    let reminder = dispatched(MessageKind::FreeFirstReminder, "2026-03-09", &[11]);
    world.after(Known::Dispatched(reminder)).knows_until("2026-03-23").until("2026-03-23");
    assert_eq!(world.position(1).announced.unwrap().costs, euro(3_500));
    assert_eq!(world.open(11), euro(20_000));
    world.until("2026-03-24");
    assert_eq!(world.parts(11), parts(3_500, 0, 20_000));
    world.until("2026-04-03");
    world.after(Known::Bank(paid_on("2026-04-02", 1, CLIENT, 10_000, &[11])));
    // 10 days of 8 % of 200.00 are 0.44.
    assert_eq!(paid_parts(&world), [parts(3_500, 44, 6_456)]);
}

/// The rates of the second half of the year are not loaded: nothing is guessed, and it is said.
#[test]
fn interest_ends_where_the_published_rates_end() {
    let mut world = World::of_debtor(Country::BE, DebtorKind::Consumer, 20_000, "2026-03-02");
    let reminder = dispatched(MessageKind::FreeFirstReminder, "2026-03-09", &[11]);
    world.after(Known::Dispatched(reminder)).knows_until("2026-03-23").until("2026-03-24");
    world.until("2027-02-01");
    let position = world.position(1);
    let claim = &position.claims[0];
    // 99 days until 30 June.
    assert_eq!(claim.interest_open, euro(434));
    let because = &claim.lines.last().unwrap().because;
    assert!(because.iter().any(|it| it.contains("not known here")), "{because:?}");
}

#[test]
fn charges_wait_until_the_payments_of_the_term_are_known() {
    let mut world = World::of_debtor(Country::NL, DebtorKind::Consumer, 12_100, "2026-03-01");
    let letter = dispatched(MessageKind::FourteenDayLetter, "2026-03-06", &[11]);
    world.after(Known::Dispatched(letter)).knows_until("2026-03-19");
    // The term ends on Friday 20 March.
    world.until("2026-03-23");
    assert_eq!(world.told::<ChargesBooked>(), []);
    world.knows_until("2026-03-20").until("2026-03-24");
    let charged = world.told::<ChargesBooked>();
    assert_eq!((charged.len(), charged[0].counts_on), (1, day("2026-03-21")));
    assert!(world.timers.is_empty(), "{:?}", world.timers);
}

/// What was paid until the term ended counts, whenever it is heard of.
#[test]
fn a_payment_of_the_term_that_is_heard_of_late_takes_costs_back() {
    let mut world = World::of_debtor(Country::NL, DebtorKind::Consumer, 100_000, "2026-03-01");
    let letter = dispatched(MessageKind::FourteenDayLetter, "2026-03-06", &[11]);
    world.after(Known::Dispatched(letter)).knows_until("2026-03-25").until("2026-03-26");
    assert_eq!(world.parts(11), parts(15_000, 0, 100_000));
    world.after(Known::Bank(paid_on("2026-03-24", 1, CLIENT, 30_000, &[11])));
    // 23 days of 4 % of 1,000.00 are 2.52.
    assert_eq!(paid_parts(&world), [parts(15_000, 252, 14_748)]);
    world.after(Known::Bank(paid_on("2026-03-20", 2, CLIENT, 60_000, &[11])));
    // The costs are now 15 % of 400.00.
    assert_eq!(world.parts(11).costs, euro(0));
    let costs: Vec<i64> =
        world.told::<ChargesBooked>().iter().map(|it| it.costs.amount_minor()).collect();
    assert_eq!(costs.iter().sum::<i64>(), 6_000, "{costs:?}");
    assert_eq!(world.money().0[0].1, euro(0));
}

/// A credit note says that the money was never owed: no costs and no interest stay on it.
#[test]
fn a_credit_note_takes_back_the_charges_on_what_it_credits() {
    let mut world = World::of_debtor(Country::NL, DebtorKind::Consumer, 100_000, "2026-03-01");
    let letter = dispatched(MessageKind::FourteenDayLetter, "2026-03-06", &[11]);
    world.after(Known::Dispatched(letter)).knows_until("2026-03-25").until("2026-03-26");
    world.after(Known::Bank(paid_on("2026-03-26", 1, CLIENT, 15_000, &[11])));
    assert_eq!(paid_parts(&world), [parts(15_000, 0, 0)]);
    world.after(Known::Credited(ClaimCredited {
        credited_on: day("2026-03-30"),
        ..credited(11, 60_000)
    }));
    // 15 % of 400.00; 25 days of 4 % of 400.00 are 1.10.
    assert_eq!(world.parts(11), parts(0, 0, 40_000 - (15_000 - 6_000 - 110)));
    world.after(Known::Credited(credited(11, 40_000)));
    assert_eq!(world.money().0, [(euro(0), euro(15_000))]);
    let told = world.told::<ChargesBooked>();
    assert_eq!(Money::sum(Currency::EUR, told.iter().map(|it| it.costs)), Ok(euro(0)));
}

/// Claims of one letter are asked for together, and bear the costs in proportion.
#[test]
fn claims_of_one_letter_bear_one_sum_of_costs() {
    let mut world = World::of_debtor(Country::NL, DebtorKind::Consumer, 10_000, "2026-03-01");
    world.after(Known::Registered(registered(12, 30_000, "2026-02-20")));
    let letter = dispatched(MessageKind::FourteenDayLetter, "2026-03-06", &[11, 12]);
    world.after(Known::Dispatched(letter)).knows_until("2026-03-20").until("2026-03-21");
    // 15 % of 400.00 is 60.00.
    assert_eq!(world.parts(11).costs, euro(1_500));
    assert_eq!(world.parts(12).costs, euro(4_500));
}

/// Charges are given up with the claim, and nothing is added to it any more.
#[test]
fn what_is_given_up_bears_nothing() {
    let mut world = World::of_debtor(Country::NL, DebtorKind::Consumer, 10_000, "2026-03-01");
    let letter = dispatched(MessageKind::FourteenDayLetter, "2026-03-06", &[11]);
    world.after(Known::Dispatched(letter)).knows_until("2026-03-25").until("2026-03-26");
    assert_eq!(world.open(11), euro(14_000));
    let withdrawn_at = "2026-03-26T10:00:00Z".parse().unwrap();
    world.after(Known::Withdrawn(ClaimWithdrawn { withdrawn_at, ..withdrawn(11) }));
    world.until("2026-05-01");
    assert_eq!(world.position(1).open, euro(0));
}

/// Nothing is added where the case came before charges were known, or no law is.
#[test]
fn nothing_is_charged_without_terms_or_law() {
    for country in [Country::DE, Country::NL] {
        let mut world = World::of_debtor(country, DebtorKind::LegalPerson, 10_000, "2026-03-01");
        if country == Country::NL {
            let case = world.cases.get_mut(&case_id(1)).unwrap();
            case.opened.as_mut().unwrap().under = None;
            case.account.as_mut().unwrap().rules = None;
        }
        world.knows_until("2026-03-30").until("2026-03-30");
        world.after(Known::Dispatched(dispatched(MessageKind::Demand, "2026-03-16", &[11])));
        assert_eq!(world.position(1).open, euro(10_000));
        assert_eq!(world.position(1).announced, None);
        world.after(Known::Bank(paid_on("2026-03-20", 1, CLIENT, 10_000, &[11])));
        assert_eq!(world.told::<ClaimSettled>().len(), 1);
    }
}

/// Whoever asks VAT on costs has to say that the creditor cannot deduct it, which only the Dutch
/// letter to consumers does.
#[test]
fn no_vat_is_asked_of_a_business() {
    for (debtor, vat) in [(DebtorKind::Consumer, 840), (DebtorKind::LegalPerson, 0)] {
        let mut world = World::of_debtor(Country::NL, debtor, 10_000, "2026-03-01");
        let case = world.cases.get_mut(&case_id(1)).unwrap();
        let rules = case.account.as_mut().unwrap().rules.as_mut().unwrap();
        rules.terms.creditor_deducts_vat = false;
        rules.terms.in_business = law::BusinessCosts::Scale;
        let announced = world.until("2026-03-05").position(1).announced.unwrap();
        assert_eq!(announced.vat, euro(vat), "{debtor}");
    }
}

#[test]
fn a_case_waits_for_its_agreement() {
    let mut world = World::new();
    world.after(Known::Opened(opened(1)));
    assert_eq!(world.waiting.len(), 1);
    world.after(Known::Agreed(agreed()));
    assert!(world.waiting.is_empty() && world.cases[&case_id(1)].opened.is_some());
}

#[test]
fn a_payment_straight_to_the_creditor_counts_like_any_other() {
    let mut world = World::of_debtor(Country::NL, DebtorKind::Consumer, 10_000, "2026-03-01");
    world.after(Known::Reported(reported(11, 4_000, "2026-03-05")));
    assert_eq!(world.open(11), euro(6_000));
    world.after(Known::Reported(reported(11, 4_000, "2026-03-05")));
    assert_eq!(world.open(11), euro(6_000), "told twice, it is one payment");
    assert_eq!(world.told::<PaymentAllocated>().len(), 1);
    // Where the creditor is paid anyway, its statement tells of it.
    let mut world = World::with_claims(&[(11, 5_000, "2026-03-01")]);
    world.after(Known::Reported(reported(11, 4_000, "2026-03-05")));
    assert_eq!(world.open(11), euro(5_000));
}
