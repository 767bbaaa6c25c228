//! Thanks: to whom paid, for what was paid.

use contracts::payment_reconciliation::{Position, PositionLineKind};
use letter::domain::{Composed, Refusal, compose};
use primitives::MessageKind;

use crate::sample::case::{REMINDER, Variant, agency, parties, position, position_for, send};
use crate::sample::{euros, now};
use crate::texts::statement::take_off;
use crate::texts::{flat, message, suited};

const THANKS: Variant = Variant { message: MessageKind::PaymentThanks, ..REMINDER };

/// All three claims, of which the first `paid` were paid and the others credited or withdrawn.
fn settled(paid: usize) -> Position {
    let mut position = position_for(THANKS);
    let ways = [PositionLineKind::CreditNote, PositionLineKind::Withdrawal].into_iter().cycle();
    for (claim, way) in position.claims.iter_mut().skip(paid).zip(ways) {
        claim.lines.truncate(1);
        let amount = claim.lines.first().unwrap().amount;
        (claim.open, claim.principal_open) = (amount, amount);
        take_off(claim, way, amount.amount_minor());
    }
    position
}

fn thanks(position: &Position) -> Result<Composed, Refusal> {
    compose(&agency(), &send(THANKS, 3), &parties(THANKS), position, now())
}

#[test]
fn thanks_ask_for_nothing_and_wait_until_everything_is_paid() {
    let composed = suited(THANKS, 3);
    assert_eq!(composed.asked, euros(0));
    let text = flat(&composed);
    assert!(text.contains("Factuur 2026-0219 helemaal betaald"), "{text}");
    assert!(!text.contains("IBAN") && !text.contains("BE71"), "{text}");
    assert!(matches!(message(THANKS, 1, 1), Err(Refusal::NotKnownYet(_))));
}

#[test]
fn what_was_credited_or_withdrawn_is_not_called_paid() {
    let text = flat(&thanks(&settled(1)).unwrap());
    assert!(text.contains("Daarmee is factuur 2026-0187 van Bakkerij"), "{text}");
    assert!(text.contains("Factuur 2026-0187 helemaal betaald"), "{text}");
    assert!(!text.contains("2026-0203") && !text.contains("2026-0219"), "{text}");
    let text = flat(&thanks(&settled(2)).unwrap());
    assert!(text.contains("zijn facturen 2026-0187 en 2026-0203"), "{text}");
    assert!(!text.contains("2026-0219"), "{text}");
}

#[test]
fn nobody_is_thanked_for_what_nobody_paid() {
    let refused = thanks(&settled(0));
    assert!(matches!(refused, Err(Refusal::NothingPaid)), "{refused:?}");
    // A payment that was released again was none.
    let mut position = settled(0);
    let paid = position_for(THANKS).claims.remove(0).lines.remove(1);
    let mut released = paid.clone();
    released.amount = paid.amount.checked_neg().unwrap();
    if let PositionLineKind::Payment { principal, .. } = &mut released.kind {
        *principal = principal.checked_neg().unwrap();
    }
    position.claims.first_mut().unwrap().lines.extend([paid, released]);
    let refused = thanks(&position);
    assert!(matches!(refused, Err(Refusal::NothingPaid)), "{refused:?}");
}

/// One that was paid in part, and credited for the rest, was paid on.
#[test]
fn a_claim_that_was_paid_in_part_is_thanked_for() {
    let mut position = position(100_000);
    let claim = position.claims.first_mut().unwrap();
    take_off(claim, PositionLineKind::CreditNote, 100_000);
    let send = send(THANKS, 1);
    let composed = compose(&agency(), &send, &parties(THANKS), &position, now()).unwrap();
    assert!(flat(&composed).contains("2026-0187"));
}
