//! What a creditor says that debtors paid to it: told once, and taken back where it was wrong.

use crate::book::{Book, registered, row, told, tuinhuis};
use crate::paper::{ANNA, Paper};
use contracts::intake::{
    DirectPaymentReported, DirectPaymentRetracted, ReportDirectPayment, ReportDirectPaymentAnswer,
    RetractDirectPaymentAnswer,
};
use intake::domain::report_direct_payment;
use mailbox::Facts;
use primitives::{ClaimId, Currency, Money, PaymentId};
use uuid::Uuid;

#[test]
fn what_was_paid_to_the_creditor_is_told_once_and_never_more_than_the_claim() {
    let mut book = Book::new();
    let (answer, _) = book.import(&Paper::invoice("F1", 10_000, ANNA).xml());
    let (claim_id, ..) = registered(&answer);
    let before = book.claims();
    let usd = Currency::parse("USD").unwrap();
    for (cents, currency, paid_on, fields) in [
        (0, Currency::EUR, "2026-03-10", &["amount"][..]),
        (-100, Currency::EUR, "2026-03-10", &["amount"]),
        (100, usd, "2026-03-10", &["amount"]),
        (10_001, Currency::EUR, "2026-03-10", &["amount"]),
        (100, Currency::EUR, "2026-03-21", &["paid_on"]),
        (100, Currency::EUR, "2026-03-01", &["paid_on"]),
        (0, Currency::EUR, "2026-03-01", &["amount", "paid_on"]),
    ] {
        let (answer, messages) = book.report(claim_id, cents, currency, paid_on);
        let ReportDirectPaymentAnswer::Refused { problems } = answer else { panic!("{answer:?}") };
        let told: Vec<&str> = problems.iter().map(|it| it.field.as_str()).collect();
        assert_eq!(told, fields, "{cents} {currency} on {paid_on}");
        assert!(messages.is_empty());
    }
    assert_eq!(book.claims(), before, "a refusal changed something");

    let (answer, messages) = book.report(claim_id, 6_000, Currency::EUR, "2026-03-20");
    let ReportDirectPaymentAnswer::Reported { case_id, payment_id } = answer else {
        panic!("{answer:?}");
    };
    let [reported] = &told::<DirectPaymentReported>(&messages)[..] else { panic!("{messages:?}") };
    assert_eq!((reported.case_id, reported.payment_id), (case_id, payment_id));
    assert_eq!((reported.claim_id, reported.creditor_id), (claim_id, tuinhuis()));
    assert_eq!(reported.amount.to_string(), "60.00 EUR");
    // More than is left beside it is refused.
    let (answer, _) = book.report(claim_id, 4_001, Currency::EUR, "2026-03-20");
    assert!(matches!(answer, ReportDirectPaymentAnswer::Refused { .. }), "{answer:?}");
    let (answer, messages) = book.report(claim_id, 4_000, Currency::EUR, "2026-03-02");
    assert!(matches!(answer, ReportDirectPaymentAnswer::Reported { .. }), "{answer:?}");
    assert_ne!(told::<DirectPaymentReported>(&messages)[0].payment_id, payment_id);
    assert!(book.claims()["F1"].not_told_as_paid().unwrap().is_zero());
    let nobody = ClaimId::from_uuid(Uuid::from_u128(7));
    let (answer, _) = book.report(nobody, 100, Currency::EUR, "2026-03-10");
    assert_eq!(answer, ReportDirectPaymentAnswer::Unknown);
}

/// Just after midnight in Amsterdam it is still yesterday by the clock of the world.
#[test]
fn today_is_the_day_where_the_debtor_is() {
    let mut book = Book::new();
    let (answer, _) = book.import(&Paper::invoice("F1", 10_000, ANNA).xml());
    let (claim_id, ..) = registered(&answer);
    let request = ReportDirectPayment {
        claim_id,
        amount: Money::new(100, Currency::EUR),
        paid_on: "2026-03-21".parse().unwrap(),
        again: false,
    };
    for (now, taken) in [("2026-03-20T22:59:59Z", false), ("2026-03-20T23:00:00Z", true)] {
        let facts = Facts { now: now.parse().unwrap(), ..book.facts() };
        let state = row(&book.customers, book.customer_of(claim_id));
        let (_, answer) = report_direct_payment(state, &request, &facts).unwrap();
        let reported = matches!(answer, ReportDirectPaymentAnswer::Reported { .. });
        assert_eq!(reported, taken, "{now}: {answer:?}");
    }
}

/// People tell the same payment twice; whoever means a second one says so.
#[test]
fn the_same_payment_told_twice_is_known_and_one_more_has_to_be_meant() {
    let mut book = Book::new();
    let (answer, _) = book.import(&Paper::invoice("F1", 10_000, ANNA).xml());
    let (claim_id, ..) = registered(&answer);
    let euros = |cents| (cents, Currency::EUR);
    let (first, _) = book.report_as(claim_id, euros(3_000), "2026-03-10", false);
    let ReportDirectPaymentAnswer::Reported { case_id, payment_id } = first else {
        panic!("{first:?}");
    };
    let known = ReportDirectPaymentAnswer::AlreadyKnown { case_id, payment_id };
    let before = book.claims();
    let (answer, messages) = book.report_as(claim_id, euros(3_000), "2026-03-10", false);
    assert!((answer, messages.len()) == (known, 0) && book.claims() == before);
    for (cents, paid_on, again) in
        [(3_000, "2026-03-11", false), (2_000, "2026-03-10", false), (2_000, "2026-03-10", true)]
    {
        let (answer, messages) = book.report_as(claim_id, euros(cents), paid_on, again);
        let reported = matches!(answer, ReportDirectPaymentAnswer::Reported { .. });
        assert!(reported && messages.len() == 1, "{cents} on {paid_on}: {answer:?}");
    }
    assert!(book.claims()["F1"].not_told_as_paid().unwrap().is_zero());
    // One more than there was is refused, however it is meant.
    let (answer, _) = book.report_as(claim_id, euros(2_000), "2026-03-10", true);
    assert!(matches!(answer, ReportDirectPaymentAnswer::Refused { .. }), "{answer:?}");
}

#[test]
fn a_report_is_taken_back_once_and_may_be_told_anew() {
    let mut book = Book::new();
    let (answer, _) = book.import(&Paper::invoice("F1", 10_000, ANNA).xml());
    let (claim_id, ..) = registered(&answer);
    let (answer, messages) = book.report(claim_id, 10_000, Currency::EUR, "2026-03-10");
    let ReportDirectPaymentAnswer::Reported { case_id, payment_id } = answer else {
        panic!("{answer:?}");
    };
    let reported = told::<DirectPaymentReported>(&messages).remove(0);
    let (answer, messages) = book.retract(payment_id);
    let (amount, paid_on) = (reported.amount, reported.paid_on);
    let retracted = RetractDirectPaymentAnswer::Retracted { case_id, claim_id, amount, paid_on };
    assert_eq!(answer, retracted);
    let [event] = &told::<DirectPaymentRetracted>(&messages)[..] else { panic!("{messages:?}") };
    assert_eq!((event.payment_id, event.claim_id), (payment_id, claim_id));
    assert_eq!((event.case_id, event.creditor_id), (case_id, tuinhuis()));
    assert_eq!((event.amount, event.paid_on), (amount, paid_on));
    let (answer, messages) = book.retract(payment_id);
    assert_eq!(answer, RetractDirectPaymentAnswer::AlreadyRetracted { case_id, claim_id });
    assert!(messages.is_empty());
    // What was taken back stands in nobody's way.
    let (answer, messages) = book.report(claim_id, 10_000, Currency::EUR, "2026-03-10");
    assert!(matches!(answer, ReportDirectPaymentAnswer::Reported { .. }), "{answer:?}");
    assert_ne!(told::<DirectPaymentReported>(&messages)[0].payment_id, payment_id);
    let (answer, _) = book.retract(PaymentId::from_uuid(Uuid::from_u128(7)));
    assert_eq!(answer, RetractDirectPaymentAnswer::Unknown);
}

#[test]
fn nothing_is_told_as_paid_on_a_claim_that_was_withdrawn() {
    let mut book = Book::new();
    let (answer, _) = book.import(&Paper::invoice("F1", 10_000, ANNA).xml());
    let (claim_id, ..) = registered(&answer);
    let (answer, _) = book.report(claim_id, 4_000, Currency::EUR, "2026-03-10");
    let ReportDirectPaymentAnswer::Reported { payment_id, .. } = answer else {
        panic!("{answer:?}");
    };
    book.withdraw(claim_id);
    let (answer, messages) = book.report(claim_id, 1_000, Currency::EUR, "2026-03-10");
    let ReportDirectPaymentAnswer::Refused { problems } = answer else { panic!("{answer:?}") };
    let fields: Vec<&str> = problems.iter().map(|it| it.field.as_str()).collect();
    assert!(fields == ["claim_id"] && messages.is_empty(), "{problems:?}");
    // What was told before may still have been wrong.
    let (answer, messages) = book.retract(payment_id);
    assert!(matches!(answer, RetractDirectPaymentAnswer::Retracted { .. }), "{answer:?}");
    assert_eq!(messages.len(), 1);
}
