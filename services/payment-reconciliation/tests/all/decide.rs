//! It does not matter in which order things become known: every cent stands somewhere, and the same
//! is booked and told.

use std::collections::BTreeMap;

use crate::world::{
    World, case_id, charged_facts, charged_world, claim_id, day, euro, facts, schedule, world_of,
};
use contracts::payment_reconciliation::{
    ChargesBooked, ClaimSettled, PaymentAllocated, PaymentUnmatched, PositionLineKind,
};
use payment_reconciliation::domain::account::LineKind;
use payment_reconciliation::domain::parts::Parts;
use payment_reconciliation::domain::position::position;
use primitives::{ClaimId, Currency, Date, Money, PaymentId};
use proptest::prelude::*;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn any_order_ends_in_the_same_money(
        facts in facts(), one in schedule(), other in schedule(),
    ) {
        let (one, other) = (world_of(&facts, &one), world_of(&facts, &other));
        prop_assert_eq!(one.money(), other.money());
    }

    #[test]
    fn a_claim_is_told_as_settled_once_and_only_when_nothing_is_open(
        facts in facts(), picks in schedule(),
    ) {
        let world = world_of(&facts, &picks);
        let settled: Vec<ClaimId> =
            world.told::<ClaimSettled>().iter().map(|it| it.claim_id).collect();
        for claim in [11, 12, 21, 22] {
            let count = settled.iter().filter(|it| **it == claim_id(claim)).count();
            prop_assert_eq!(count, usize::from(world.open(claim).is_zero()), "claim {}", claim);
        }
    }

    #[test]
    fn every_payment_is_told_in_full(facts in facts(), picks in schedule()) {
        let world = world_of(&facts, &picks);
        let unmatched = world.told::<PaymentUnmatched>();
        for (payment_id, payment) in &world.payments {
            let amount = payment.receipt.unwrap().amount;
            let told = |id: PaymentId| id == *payment_id;
            let on_claims = world.told::<PaymentAllocated>();
            let on_claims = on_claims.iter().filter(|it| told(it.payment_id)).map(|it| it.amount);
            let on_claims = Money::sum(Currency::EUR, on_claims).unwrap();
            let waits = unmatched.iter().filter(|it| told(it.payment_id)).map(|it| it.amount);
            let waits = Money::sum(Currency::EUR, waits).unwrap();
            let told = on_claims.checked_add(waits).unwrap();
            prop_assert!(told.amount_minor() >= amount.amount_minor(), "{} of {}", told, amount);
        }
    }

    #[test]
    fn the_same_messages_book_and_tell_the_same_again(facts in facts(), picks in schedule()) {
        let (one, again) = (world_of(&facts, &picks), world_of(&facts, &picks));
        prop_assert_eq!(&one.booked, &again.booked);
        let text = |world: &World| format!("{:?}", world.told);
        prop_assert_eq!(text(&one), text(&again));
    }

    #[test]
    fn a_position_is_the_sum_of_its_lines(facts in facts(), picks in schedule()) {
        for case in world_of(&facts, &picks).cases.values() {
            let account = case.account.as_ref().unwrap();
            let position = position(account, &[], day("2026-03-10"), None).unwrap();
            for claim in &position.claims {
                let lines = claim.lines.iter().map(|line| line.amount);
                prop_assert_eq!(Money::sum(Currency::EUR, lines), Ok(claim.open));
            }
            let claims = position.claims.iter().map(|claim| claim.open);
            prop_assert_eq!(Money::sum(Currency::EUR, claims), Ok(position.open));
        }
    }
}

/// What the lines of each claim say together, by what they are and their day.
fn said(world: &World) -> BTreeMap<(ClaimId, String, Date), Parts> {
    let mut said = BTreeMap::new();
    for account in world.cases.values().filter_map(|case| case.account.as_ref()) {
        for (claim_id, claim) in &account.claims {
            for line in &claim.lines {
                let key = (*claim_id, format!("{:?}", line.kind), line.on);
                let sum = said.entry(key).or_insert(Parts::zero(Currency::EUR));
                *sum = sum.checked_add(line.parts).unwrap();
            }
        }
    }
    said.retain(|_, parts| !parts.is_zero());
    said
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn any_order_ends_in_the_same_charges(
        facts in charged_facts(), one in schedule(), other in schedule(),
    ) {
        let (one, other) = (charged_world(&facts, &one), charged_world(&facts, &other));
        prop_assert_eq!(said(&one), said(&other));
        prop_assert_eq!(one.money(), other.money());
    }

    #[test]
    fn what_is_told_adds_up_to_what_is_booked(facts in charged_facts(), picks in schedule()) {
        let world = charged_world(&facts, &picks);
        for account in world.cases.values().filter_map(|case| case.account.as_ref()) {
            for claim_id in account.claims.keys() {
                let nothing = Parts::zero(Currency::EUR);
                let mut open = nothing;
                open.principal = account.claims[claim_id].principal;
                for line in &account.claims[claim_id].lines {
                    if matches!(
                        line.kind,
                        LineKind::CreditNote | LineKind::Withdrawal | LineKind::SmallDifference
                    ) {
                        open = open.checked_add(line.parts).unwrap();
                    }
                }
                for told in world.told::<ChargesBooked>() {
                    if told.claim_id == *claim_id {
                        let principal = nothing.principal;
                        let told = Parts { costs: told.costs, interest: told.interest, principal };
                        open = open.checked_add(told).unwrap();
                    }
                }
                for told in world.told::<PaymentAllocated>() {
                    if told.claim_id == *claim_id {
                        let PaymentAllocated { costs, interest, principal, .. } = told;
                        let parts = Parts { costs, interest, principal };
                        prop_assert_eq!(parts.total(), Ok(told.amount));
                        open = open.checked_sub(parts).unwrap();
                    }
                }
                prop_assert_eq!(open, account.open(*claim_id).unwrap());
                prop_assert!(!open.costs.is_negative() && !open.interest.is_negative());
                prop_assert!(!open.principal.is_negative());
            }
        }
    }

    #[test]
    fn each_payment_is_where_it_was_booked_in_whole(facts in charged_facts(), picks in schedule()) {
        let world = charged_world(&facts, &picks);
        let said = said(&world);
        for account in world.cases.values().filter_map(|case| case.account.as_ref()) {
            let back = account.overpaid().unwrap();
            for (payment_id, payment) in &account.payments {
                let kind = LineKind::Payment { payment_id: *payment_id, holder: payment.holder };
                let kind = format!("{kind:?}");
                let paid = said.iter().filter(|((_, it, _), _)| *it == kind);
                let paid = paid.map(|(_, parts)| parts.total().unwrap().checked_neg().unwrap());
                let back = back.get(payment_id).copied();
                let there_is = if payment.retracted { euro(0) } else { payment.amount };
                prop_assert_eq!(Money::sum(Currency::EUR, paid.chain(back)), Ok(there_is));
            }
        }
    }

    /// What a position tells is what was booked, and interest that nobody was told yet.
    #[test]
    fn a_position_is_made_of_its_parts(facts in charged_facts(), picks in schedule()) {
        let world = charged_world(&facts, &picks);
        for (case, account) in [(1, &world.cases[&case_id(1)]), (2, &world.cases[&case_id(2)])] {
            let account = account.account.as_ref().unwrap();
            let position = world.position(case);
            for claim in &position.claims {
                let booked = account.open(claim.claim_id).unwrap();
                prop_assert_eq!(claim.costs_open, booked.costs);
                prop_assert_eq!(claim.principal_open, booked.principal);
                let more = claim.interest_open.checked_sub(booked.interest).unwrap();
                prop_assert!(!more.is_negative());
                let parts = [claim.costs_open, claim.interest_open, claim.principal_open];
                prop_assert_eq!(Money::sum(Currency::EUR, parts), Ok(claim.open));
                let lines = claim.lines.iter().map(|line| line.amount);
                prop_assert_eq!(Money::sum(Currency::EUR, lines), Ok(claim.open));
                for line in &claim.lines {
                    let has_reason = !line.because.is_empty() && !line.rule_ids.is_empty();
                    let needs_reason =
                        matches!(line.kind, PositionLineKind::Costs | PositionLineKind::Interest);
                    prop_assert_eq!(has_reason, needs_reason, "{:?}", line);
                }
            }
        }
    }
}
