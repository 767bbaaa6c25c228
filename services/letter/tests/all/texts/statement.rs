//! The account of each invoice: what is owed, what was paid of it, and what is left.

use contracts::payment_reconciliation::{ClaimPosition, Position, PositionLineKind};
use jiff::civil::date;
use letter::domain::{Composed, Refusal, compose};
use primitives::{Channel, Country, Language, MessageKind};
use proptest::prelude::*;

use crate::sample::case::{REMINDER, Variant, agency, charge, line, parties, pay, position, send};
use crate::sample::{euros, now};
use crate::texts::flat;

const DEMAND: Variant = Variant { message: MessageKind::Demand, ..REMINDER };

/// What the creditor credits or takes back of the principal of a claim.
pub(crate) fn take_off(claim: &mut ClaimPosition, kind: PositionLineKind, cents: i64) {
    let amount = euros(cents).checked_neg().unwrap();
    claim.open = claim.open.checked_add(amount).unwrap();
    claim.principal_open = claim.principal_open.checked_add(amount).unwrap();
    claim.lines.push(line(date(2026, 11, 8), kind, amount));
}

fn written(variant: Variant, position: &Position) -> Result<Composed, Refusal> {
    compose(&agency(), &send(variant, 1), &parties(variant), position, now())
}

/// Costs and interest were asked; one payment paid them and a part of the invoice, another no more
/// than a part of the invoice.
fn paid_twice() -> Position {
    let mut position = position(123_456);
    charge(&mut position, 4_000, 237);
    let claim = position.claims.first_mut().unwrap();
    pay(claim, date(2026, 11, 10), [3_000, 0, 0]);
    pay(claim, date(2026, 11, 11), [1_000, 237, 8_763]);
    position
}

#[test]
fn a_demand_says_where_each_payment_went() {
    for (language, told) in [
        (
            Language::Nl,
            [
                "Factuurbedrag € 1.234,56 Incassokosten € 40,00 Rente € 2,37",
                "Betaald € 30,00 op 10 november 2026, voor incassokosten",
                "Betaald € 100,00 op 11 november 2026: € 10,00 voor incassokosten, € 2,37 voor \
                 rente, € 87,63 voor de factuur",
                "Nog te betalen € 1.146,93",
            ],
        ),
        (
            Language::Fr,
            [
                "Montant de la facture 1 234,56 € Frais de recouvrement 40,00 € Intérêts 2,37 €",
                "Payé 30,00 € le 10 novembre 2026, pour les frais",
                "Payé 100,00 € le 11 novembre 2026 : 10,00 € pour les frais, 2,37 € pour les \
                 intérêts, 87,63 € pour la facture",
                "Encore à payer 1 146,93 €",
            ],
        ),
        (
            Language::De,
            [
                "Rechnungsbetrag 1.234,56 € Inkassokosten 40,00 € Zinsen 2,37 €",
                "Bezahlt 30,00 € am 10. November 2026, für Inkassokosten",
                "Bezahlt 100,00 € am 11. November 2026: 10,00 € für Inkassokosten, 2,37 € für \
                 Zinsen, 87,63 € für die Rechnung",
                "Noch zu zahlen 1.146,93 €",
            ],
        ),
        (
            Language::En,
            [
                "Invoice amount €1,234.56 Collection costs €40.00 Interest €2.37",
                "Paid €30.00 on 10 November 2026, for collection costs",
                "Paid €100.00 on 11 November 2026: €10.00 for collection costs, €2.37 for \
                 interest, €87.63 for the invoice",
                "Still to be paid €1,146.93",
            ],
        ),
    ] {
        for channel in [Channel::Email, Channel::Post] {
            let composed = written(Variant { channel, language, ..DEMAND }, &paid_twice()).unwrap();
            assert_eq!(composed.asked, euros(114_693));
            let text = flat(&composed);
            for words in told {
                assert!(text.contains(words), "{language} {channel}: {words}\n{text}");
            }
        }
    }
}

#[test]
fn what_was_paid_in_full_is_asked_for_no_more() {
    let text = flat(&written(DEMAND, &paid_twice()).unwrap());
    assert!(!text.contains("Daarom moet u nu ook"), "{text}");
    assert!(!text.contains("De incassokosten zijn") && !text.contains("De rente is"), "{text}");
    // While something of them is open, the words name what the account names.
    let mut position = position(123_456);
    charge(&mut position, 4_000, 237);
    pay(position.claims.first_mut().unwrap(), date(2026, 11, 10), [3_000, 0, 0]);
    let text = flat(&written(DEMAND, &position).unwrap());
    for words in ["Incassokosten € 40,00", "De incassokosten zijn € 40,00", "€ 1.246,93"] {
        assert!(text.contains(words), "{words}\n{text}");
    }
}

/// A Belgian consumer owes what a clause says, and no costs.
#[test]
fn a_belgian_consumer_pays_compensation() {
    let belgian = Variant { country: Country::BE, ..DEMAND };
    let text = flat(&written(belgian, &paid_twice()).unwrap());
    assert!(text.contains("€ 10,00 voor schadevergoeding, € 2,37 voor rente"), "{text}");
    assert!(!text.contains("incassokosten"), "{text}");
}

#[test]
fn without_costs_a_payment_is_told_with_its_day_only_and_a_credit_note_too() {
    let mut position = position(100_000);
    let claim = position.claims.first_mut().unwrap();
    take_off(claim, PositionLineKind::CreditNote, 20_000);
    let letter = Variant { message: MessageKind::FourteenDayLetter, ..REMINDER };
    for variant in [letter, REMINDER] {
        let mut position = position.clone();
        position.announced = crate::sample::case::position_for(letter).announced;
        let text = flat(&written(variant, &position).unwrap());
        let words = "Factuurbedrag € 1.234,56 Betaald € 234,56 op 9 november 2026 Gecrediteerd \
                     € 200,00 op 8 november 2026 Nog te betalen € 800,00";
        assert!(text.contains(words), "{words}\n{text}");
    }
}

/// Nobody is sent an account that does not add up.
#[test]
fn a_letter_whose_sums_do_not_add_up_waits() {
    let mut position = paid_twice();
    let claim = position.claims.first_mut().unwrap();
    claim.open = claim.open.checked_add(euros(1)).unwrap();
    let refused = written(DEMAND, &position);
    assert!(matches!(refused, Err(Refusal::NotKnownYet(_))), "{refused:?}");
}

/// The amounts of a text, as Dutch writes them, in cents.
fn cents(text: &str) -> Vec<i64> {
    let amounts = text.split("€\u{a0}").skip(1).map(|rest| {
        let amount = rest.chars().take_while(|sign| !sign.is_whitespace());
        amount.filter(char::is_ascii_digit).collect::<String>().parse().unwrap()
    });
    amounts.collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// The reader can work it out: amount, costs and interest, less each payment and credit, is
    /// what is still to be paid; and the parts of a payment are the payment.
    #[test]
    fn the_account_adds_up_to_the_cent(
        costs in 0_i64..5_000,
        interest in 0_i64..5_000,
        credit in 0_i64..10_000,
        payments in prop::collection::vec([0_i64..1_000, 0_i64..1_000, 1_i64..10_000], 0..4),
    ) {
        let mut position = position(123_456);
        charge(&mut position, costs, interest);
        let claim = position.claims.first_mut().unwrap();
        for [costs, interest, principal] in payments {
            let costs = costs.min(claim.costs_open.amount_minor());
            let interest = interest.min(claim.interest_open.amount_minor());
            pay(claim, date(2026, 11, 10), [costs, interest, principal]);
        }
        if credit > 0 {
            take_off(claim, PositionLineKind::CreditNote, credit);
        }
        let open = claim.open;
        let composed = written(DEMAND, &position).unwrap();
        prop_assert_eq!(composed.asked, open);
        let (_, account) = composed.text.split_once("Factuurbedrag").unwrap();
        let (due, left) = account.split_once("Nog te betalen").unwrap();
        prop_assert_eq!(cents(left).first().copied(), Some(open.amount_minor()));
        let at = due.find("Betaald").or(due.find("Gecrediteerd")).unwrap_or(due.len());
        let (raised, lowered) = due.split_at(at);
        let mut sum: i64 = cents(raised).iter().sum();
        for row in lowered.replace("Gecrediteerd", "Betaald").split("Betaald").skip(1) {
            let amounts = cents(row);
            let (whole, parts) = amounts.split_first().unwrap();
            prop_assert!(parts.is_empty() || parts.iter().sum::<i64>() == *whole, "{}", row);
            sum = sum.checked_sub(*whole).unwrap();
        }
        prop_assert_eq!(sum, open.amount_minor());
    }
}
