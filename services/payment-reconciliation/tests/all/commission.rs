//! What a creditor relies on: commission is worked out on all that a claim brought, so that it does
//! not matter how the money came; what goes back gives back what it cost.

use crate::rules::{self, age_band, euro, principal_band, rules};
use contracts::agreement::{CommissionBands, CommissionRules};
use payment_reconciliation::domain::commission::{Brought, ClaimBasis, RuledClaim, due};
use primitives::{Date, Money};
use proptest::prelude::*;

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

/// Due on the first of March.
fn claim(principal_minor: i64) -> ClaimBasis {
    ClaimBasis { principal: euro(principal_minor), due_on: day("2026-03-01") }
}

fn brought(minor: i64, on: &str, direct: bool) -> Brought {
    Brought { received_on: day(on), direct, base: euro(minor) }
}

fn collected(minor: i64) -> Brought {
    brought(minor, "2026-03-10", false)
}

fn direct(minor: i64) -> Brought {
    brought(minor, "2026-03-10", true)
}

fn due_on(rules: &CommissionRules, principal: i64, payments: &[Brought]) -> i64 {
    due(rules, claim(principal), payments).unwrap().amount_minor()
}

#[test]
fn the_principal_picks_one_band_for_all() {
    // 15 % of claims up to 1000.00, 10 % of others; 5 % of what was paid directly.
    let bands = vec![principal_band(Some(100_000), 1_500, 500), principal_band(None, 1_000, 500)];
    let rules = rules(CommissionBands::WholeByPrincipal(bands), None, None);
    assert_eq!(due_on(&rules, 100_000, &[collected(40_000)]), 6_000);
    assert_eq!(due_on(&rules, 100_001, &[collected(40_000)]), 4_000);
    assert_eq!(due_on(&rules, 100_000, &[collected(40_000), direct(10_000)]), 6_500);
    // Interest beside the principal is commissioned too, in the band of the principal.
    assert_eq!(due_on(&rules, 100_000, &[collected(110_000)]), 16_500);
    assert_eq!(due_on(&rules, 100_000, &[]), 0, "no cure no pay");
}

#[test]
fn what_comes_in_goes_through_marginal_bands() {
    // 15 % of the first 1000.00, 10 % of the next 4000.00, 5 % of the rest.
    let bands = vec![
        principal_band(Some(100_000), 1_500, 500),
        principal_band(Some(500_000), 1_000, 500),
        principal_band(None, 500, 500),
    ];
    let rules = rules(CommissionBands::MarginalByPrincipal(bands), None, None);
    assert_eq!(due_on(&rules, 700_000, &[collected(100_000)]), 15_000);
    assert_eq!(due_on(&rules, 700_000, &[collected(100_000), collected(1)]), 15_000);
    assert_eq!(due_on(&rules, 700_000, &[collected(600_000)]), 15_000 + 40_000 + 5_000);
    // Direct money lies on top: 500.00 of it at 5 % in the first band, 500.00 in the second.
    assert_eq!(due_on(&rules, 700_000, &[direct(100_000), collected(50_000)]), 7_500 + 5_000);
}

#[test]
fn the_age_at_receipt_picks_the_band_of_a_payment() {
    // 8 % until 90 days after the due date, then 20 %.
    let bands = vec![age_band(Some(90), 800, 400), age_band(None, 2_000, 1_000)];
    let rules = rules(CommissionBands::WholeByAge(bands), None, None);
    let on = |on: &str, is_direct| brought(10_000, on, is_direct);
    assert_eq!(due_on(&rules, 50_000, &[on("2026-02-20", false)]), 800, "before it was due");
    assert_eq!(due_on(&rules, 50_000, &[on("2026-05-30", false)]), 800, "day 90");
    assert_eq!(due_on(&rules, 50_000, &[on("2026-05-31", false)]), 2_000, "day 91");
    assert_eq!(due_on(&rules, 50_000, &[on("2026-05-30", false), on("2026-06-30", true)]), 1_800);
}

#[test]
fn a_minimum_and_a_cap_hold_for_the_claim() {
    let bands = CommissionBands::WholeByPrincipal(vec![principal_band(None, 1_000, 1_000)]);
    let rules = rules(bands, Some(1_500), Some(5_000));
    // Never more than what was brought, and once for all payments.
    assert_eq!(due_on(&rules, 90_000, &[collected(900)]), 900);
    assert_eq!(due_on(&rules, 90_000, &[collected(900), collected(700)]), 1_500);
    assert_eq!(due_on(&rules, 90_000, &[collected(20_000)]), 2_000);
    assert_eq!(due_on(&rules, 90_000, &[collected(60_000), collected(20_000)]), 5_000);
}

/// Where direct payments cost nothing, they bring no minimum either.
#[test]
fn free_direct_payments_are_free() {
    let bands = CommissionBands::WholeByPrincipal(vec![principal_band(None, 1_000, 0)]);
    let rules = rules(bands, Some(1_500), None);
    assert_eq!(due_on(&rules, 90_000, &[direct(50_000)]), 0);
    assert_eq!(due_on(&rules, 90_000, &[direct(50_000), collected(600)]), 600);
}

/// A half is rounded up once, in the sum: not in each payment.
#[test]
fn only_the_sum_is_rounded() {
    let bands = CommissionBands::WholeByPrincipal(vec![principal_band(None, 1_000, 1_000)]);
    let rules = rules(bands, None, None);
    let fives = vec![collected(5); 10];
    assert_eq!(due_on(&rules, 100, &fives), 5);
    let mut claim =
        RuledClaim { rules, basis: self::claim(100), brought: Vec::new(), charged: euro(0) };
    let added: Vec<i64> =
        fives.iter().map(|it| claim.charge(*it).unwrap().amount_minor()).collect();
    assert_eq!(added, [1, 0, 1, 0, 1, 0, 1, 0, 1, 0]);
}

fn payments() -> impl Strategy<Value = Vec<Brought>> {
    let payment = (1_i64..300_000, 0_i64..400, any::<bool>());
    let of = |(minor, days, direct): (i64, i64, bool)| {
        let received_on = day("2026-02-01").checked_add(jiff::Span::new().days(days)).unwrap();
        Brought { received_on, direct, base: euro(minor) }
    };
    prop::collection::vec(payment.prop_map(of), 1..8)
}

fn back(it: &Brought) -> Brought {
    Brought { base: it.base.checked_neg().unwrap(), ..*it }
}

fn charged(claim: &RuledClaim, payments: &[Brought]) -> (RuledClaim, i64) {
    let mut claim = claim.clone();
    let charges = payments.iter().map(|it| claim.charge(*it).unwrap());
    let sum = Money::sum(primitives::Currency::EUR, charges.collect::<Vec<_>>()).unwrap();
    (claim, sum.amount_minor())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    /// In any order, in any parts: the same in all, between nothing and what was brought, and never
    /// above the cap.
    #[test]
    fn order_and_parts_of_payments_do_not_matter(
        rules in rules::any_rules(),
        principal in 1_i64..2_000_000,
        payments in payments(),
        order in any::<prop::sample::Index>(),
        cut in any::<prop::sample::Index>(),
    ) {
        let (basis, brought) = (claim(principal), Vec::new());
        let fresh = RuledClaim { rules, basis, brought, charged: euro(0) };
        let (done, whole) = charged(&fresh, &payments);
        let mut turned = payments.clone();
        turned.rotate_left(order.index(payments.len()));
        turned.reverse();
        let one = turned.remove(cut.index(payments.len()));
        let part = cut.index(usize::try_from(one.base.amount_minor()).unwrap());
        let part = euro(i64::try_from(part).unwrap());
        let rest = one.base.checked_sub(part).unwrap();
        turned.insert(0, Brought { base: part, ..one });
        turned.push(Brought { base: rest, ..one });
        prop_assert_eq!(charged(&fresh, &turned).1, whole);
        prop_assert_eq!(done.charged.amount_minor(), whole);
        let sum: i64 = payments.iter().map(|it| it.base.amount_minor()).sum();
        prop_assert!((0..=sum).contains(&whole), "{} of {}", whole, sum);
        if let Some(cap) = fresh.rules.cap {
            prop_assert!(whole <= cap.amount_minor());
        }
        if let Some(minimum) = fresh.rules.minimum {
            let collected = payments.iter().filter(|it| !it.direct);
            let collected: i64 = collected.map(|it| it.base.amount_minor()).sum();
            prop_assert!(whole >= minimum.amount_minor().min(collected));
        }
    }

    /// Whatever goes back, in whichever order: the claim stands as it would without it. More money
    /// never costs less.
    #[test]
    fn what_goes_back_gives_back_what_it_cost(
        rules in rules::any_rules(),
        principal in 1_i64..2_000_000,
        payments in payments(),
        place in any::<prop::sample::Index>(),
    ) {
        let (basis, brought) = (claim(principal), Vec::new());
        let fresh = RuledClaim { rules, basis, brought, charged: euro(0) };
        let (done, whole) = charged(&fresh, &payments);
        let mut others = payments.clone();
        let gone = others.remove(place.index(payments.len()));
        let (without, given_back) = charged(&done, &[back(&gone)]);
        prop_assert_eq!(whole + given_back, charged(&fresh, &others).1);
        prop_assert!(given_back <= 0);
        let all_back: Vec<Brought> = others.iter().map(back).collect();
        prop_assert_eq!(charged(&without, &all_back).0.charged, euro(0));
    }
}
