//! What becomes of invoices and credit notes, and of claims that are taken back: a refusal says why
//! and changes nothing.

use std::collections::BTreeMap;

use crate::book::{Book, refused, registered, told, wire};
use crate::paper::{ANNA, BEDRIJF, Customer, LUC, Paper};
use contracts::intake::{
    CaseOpened, ClaimCredited, ClaimRegistered, ClaimWithdrawn, ImportInvoiceAnswer,
    WithdrawClaimAnswer,
};
use intake::domain::{Outcome, SourceFile, Telephone, own_reference};
use primitives::{Channel, ClaimId, Country, DebtorKind, Language};
use uuid::Uuid;

#[test]
fn a_first_invoice_opens_a_case_and_tells_no_name() {
    let mut book = Book::new();
    let (answer, messages) = book.import(&Paper::invoice("FAC-77", 12_100, ANNA).xml());
    let (claim_id, opened, problems) = registered(&answer);
    assert!(opened && problems.is_empty(), "{problems:?}");
    let [opened] = &told::<CaseOpened>(&messages)[..] else { panic!("{messages:?}") };
    assert_eq!(opened.debtor_kind, DebtorKind::Consumer);
    assert_eq!((opened.country, opened.language), (Country::NL, Language::Nl));
    assert_eq!(opened.reachable, [Channel::Email, Channel::Post]);
    assert_eq!(opened.agreement_version, 1);
    let [claim] = &told::<ClaimRegistered>(&messages)[..] else { panic!("{messages:?}") };
    assert_eq!(claim.claim_id, claim_id);
    assert_eq!((claim.case_id, claim.person_id), (opened.case_id, opened.person_id));
    assert_eq!(claim.amount.to_string(), "121.00 EUR");
    assert_eq!(claim.due_on.to_string(), "2026-03-16");
    let sent = format!("{:?}", wire(&messages));
    for personal in ["Anna", "Proef", "voorbeeld", "8000", "Zwolle", "K-1", "FAC-77", "Tuinhek"] {
        assert!(!sent.contains(personal), "{personal} left intake: {sent}");
    }
}

#[test]
fn a_second_invoice_joins_the_case_and_the_newest_invoice_tells_the_address() {
    let mut book = Book::new();
    let moved = Customer { email: Some("new@voorbeeld.example"), ..ANNA };
    let newer = Paper { issued_on: "2026-03-09", ..Paper::invoice("F2", 100, moved) };
    book.import(&newer.xml());
    let (answer, messages) = book.import(&Paper::invoice("F1", 200, ANNA).xml());
    assert!(!registered(&answer).1);
    assert!(told::<CaseOpened>(&messages).is_empty());
    let [case] = book.cases()[..] else { panic!("one case") };
    assert_eq!(case.claims.len(), 2);
    assert_eq!(case.debtor.email.as_deref(), Some("new@voorbeeld.example"));
}

#[test]
fn the_same_file_changes_nothing_and_the_same_number_again_is_refused() {
    let mut book = Book::new();
    let file = Paper::invoice("F1", 100, ANNA).xml();
    let (first, _) = book.import(&file);
    let (second, messages) = book.import(&file);
    let (claim_id, ..) = registered(&first);
    assert!(messages.is_empty());
    let ImportInvoiceAnswer::AlreadyKnown { claim_id: known, .. } = second else {
        panic!("{second:?}");
    };
    assert_eq!(known, claim_id);
    assert_eq!(refused(&mut book, &Paper::invoice("F1", 101, ANNA).xml()), ["cbc:ID"]);
    assert_eq!(refused(&mut book, &Paper::invoice("F1", 100, LUC).xml()), ["cbc:ID"]);
}

#[test]
fn what_the_debtor_is_follows_from_its_numbers() {
    let mut book = Book::new();
    for (number, buyer) in [("F1", ANNA), ("F2", BEDRIJF), ("F3", LUC)] {
        book.import(&Paper::invoice(number, 100, buyer).xml());
    }
    let kinds: BTreeMap<&str, (DebtorKind, Country, Language)> = book
        .cases()
        .into_iter()
        .map(|case| (case.debtor.name.as_str(), (case.kind, case.country, case.language)))
        .collect();
    assert_eq!(kinds["Anna Proef"], (DebtorKind::Consumer, Country::NL, Language::Nl));
    assert_eq!(kinds["Bedrijf Proef B.V."], (DebtorKind::LegalPerson, Country::NL, Language::Nl));
    assert_eq!(kinds["Luc Essai"], (DebtorKind::Consumer, Country::BE, Language::Fr));
}

#[test]
fn people_of_the_same_name_at_other_addresses_are_others() {
    let mut book = Book::new();
    let other = Customer { postcode: "4000", email: Some("l@essai.example"), ..LUC };
    book.import(&Paper::invoice("F1", 100, LUC).xml());
    book.import(&Paper::invoice("F2", 100, other).xml());
    assert_eq!(book.cases().len(), 2);
}

#[test]
fn the_invoices_own_reference_is_used_once() {
    let mut book = Book::new();
    let with = |number: &str, reference: &str| Paper {
        reference: Some(reference.to_owned()),
        ..Paper::invoice(number, 100, ANNA)
    };
    for (number, reference, canonical) in [
        ("F1", "RF18 5390 0754 7034", "RF18539007547034"),
        ("F2", "+++010/8068/17183+++", "010806817183"),
    ] {
        let (answer, _) = book.import(&with(number, reference).xml());
        assert!(registered(&answer).2.is_empty());
        assert_eq!(book.claims()[number].reference.canonical(), canonical);
    }
    // Another customer's invoice with the same reference, an unstructured one, and one that nothing
    // checks: each gets one of ours, and a person is told.
    for (number, reference) in
        [("F3", "RF18539007547034"), ("F4", "see invoice"), ("F5", "1234567")]
    {
        let (answer, _) = book.import(&Paper { buyer: LUC, ..with(number, reference) }.xml());
        let (claim_id, _, problems) = registered(&answer);
        assert_eq!(problems[0].field, "cac:PaymentMeans/cbc:PaymentID");
        assert_eq!(book.claims()[number].reference, own_reference(claim_id).unwrap());
    }
}

#[test]
fn a_person_is_told_of_what_is_odd_about_a_claim() {
    let mut book = Book::new();
    let paper = Paper { account: "BE68539007547034", ..Paper::invoice("F1", 100, ANNA) };
    let (answer, _) = book.import(&paper.xml());
    let fields: Vec<&str> = registered(&answer).2.iter().map(|it| it.field.as_str()).collect();
    assert_eq!(fields, ["cac:PaymentMeans/cac:PayeeFinancialAccount/cbc:ID"]);
}

/// Whoever hands over an invoice hears at once why nobody will be written to.
#[test]
fn a_person_is_told_of_what_no_message_can_be_written_without() {
    let mut book = Book::new();
    let unreachable = Customer { email: Some("anna at post"), ..ANNA };
    let paper = Paper { item: None, ..Paper::invoice("F1", 100, unreachable) };
    let (answer, messages) = book.import(&paper.xml());
    let told_of: Vec<_> =
        registered(&answer).2.iter().map(|it| (it.field.as_str(), it.line.is_some())).collect();
    let email = "cac:AccountingCustomerParty/cac:Party/cac:Contact/cbc:ElectronicMail";
    let item = "cac:InvoiceLine/cac:Item/cbc:Name";
    assert_eq!(told_of, [(email, true), (item, false)]);
    assert!(registered(&answer).2.iter().all(|it| !it.reason.contains("at post")), "{answer:?}");
    assert_eq!(told::<ClaimRegistered>(&messages)[0].reachable, [Channel::Post]);
}

#[test]
fn a_number_that_can_be_called_is_kept_and_another_one_is_told_of() {
    let mut book = Book::new();
    let calling = |number: &str, telephone| Paper {
        buyer: Customer { telephone: Some(telephone), ..ANNA },
        ..Paper::invoice(number, 100, ANNA)
    };
    let (answer, messages) = book.import(&calling("F1", "ask for Anna").xml());
    let [problem] = registered(&answer).2 else { panic!("{answer:?}") };
    let field = "cac:AccountingCustomerParty/cac:Party/cac:Contact/cbc:Telephone";
    assert_eq!((problem.field.as_str(), problem.line.is_some()), (field, true));
    assert!(!problem.reason.contains("ask for"), "{problem:?}");
    let both = [Channel::Email, Channel::Post];
    assert_eq!(told::<ClaimRegistered>(&messages)[0].reachable, both);
    // The next invoice of the same customer brings one.
    let (answer, messages) = book.import(&calling("F2", "06-12 34 56 78").xml());
    assert!(registered(&answer).2.is_empty());
    let all = [Channel::Email, Channel::Post, Channel::Telephone];
    assert_eq!(told::<ClaimRegistered>(&messages)[0].reachable, all);
    assert!(!format!("{:?}", wire(&messages)).contains("12345678"), "a number left intake");
    // One without a number takes nothing away.
    let (_, messages) = book.import(&Paper::invoice("F3", 100, ANNA).xml());
    assert_eq!(told::<ClaimRegistered>(&messages)[0].reachable, all);
    let [case] = book.cases()[..] else { panic!("one case") };
    let number = case.debtor.telephone.as_ref().map(Telephone::as_str);
    assert_eq!(number, Some("+31612345678"));
}

/// Who cannot be written to is told of, whether or not there is a number.
#[test]
fn a_number_is_no_address_to_write_to() {
    let mut book = Book::new();
    let buyer = Customer { email: None, telephone: Some("0612345678"), ..ANNA };
    let paper = Paper { buyer, ..Paper::invoice("F1", 100, ANNA) };
    let no_street = String::from_utf8(paper.xml()).unwrap();
    let no_street = no_street.replace("<cbc:StreetName>Proefstraat 12</cbc:StreetName>", "");
    let (answer, messages) = book.import(no_street.as_bytes());
    let fields: Vec<&str> = registered(&answer).2.iter().map(|it| it.field.as_str()).collect();
    assert_eq!(fields, ["cac:AccountingCustomerParty"]);
    assert_eq!(told::<CaseOpened>(&messages)[0].reachable, [Channel::Telephone]);
    // A post office box will do, also where the postcode is missing.
    let boxed = Paper { buyer: Customer { postcode: "", ..buyer }, ..paper };
    let boxed = String::from_utf8(Paper { number: "F2".to_owned(), ..boxed }.xml()).unwrap();
    let boxed = boxed.replace(
        "<cbc:StreetName>Proefstraat 12</cbc:StreetName>",
        "<cbc:Postbox>Postbus 7</cbc:Postbox>",
    );
    let (_, messages) = book.import(boxed.as_bytes());
    let reachable = &told::<ClaimRegistered>(&messages)[0].reachable;
    assert_eq!(*reachable, [Channel::Post, Channel::Telephone]);
}

#[test]
fn a_number_that_no_message_can_print_is_refused() {
    let mut book = Book::new();
    let long = "9".repeat(101);
    assert_eq!(refused(&mut book, &Paper::invoice(&long, 100, ANNA).xml()), ["cbc:ID"]);
    registered(&book.import(&Paper::invoice(&long[1..], 100, ANNA).xml()).0);
    // Signs that turn round what a person reads are left out.
    registered(&book.import(&Paper::invoice("F\u{202E}2", 100, ANNA).xml()).0);
    assert!(book.claims().contains_key("F2"));
}

#[test]
fn what_is_not_covered_or_not_complete_is_refused_with_its_field() {
    let mut book = Book::new();
    let good = || Paper::invoice("F1", 100, ANNA);
    let nobody = Customer { known_as: None, email: None, postcode: "", ..ANNA };
    for (paper, field) in [
        (Paper { due_on: None, ..good() }, "cbc:DueDate"),
        (Paper { currency: "USD", ..good() }, "cbc:DocumentCurrencyCode"),
        (Paper { cents: 0, ..good() }, "cac:LegalMonetaryTotal/cbc:PayableAmount"),
        (Paper { seller: "90009999", ..good() }, "cac:AccountingSupplierParty"),
        (Paper { buyer: nobody, ..good() }, "cac:AccountingCustomerParty"),
        (
            Paper { buyer: Customer { country: "DE", ..ANNA }, ..good() },
            "cac:AccountingCustomerParty/cac:Party/cac:PostalAddress/cac:Country/\
             cbc:IdentificationCode",
        ),
    ] {
        assert_eq!(refused(&mut book, &paper.xml()), [field]);
    }
    let both = Paper { due_on: None, currency: "USD", ..good() };
    assert_eq!(refused(&mut book, &both.xml()).len(), 2, "all problems are told at once");
    assert_eq!(book.filled(), (0, 0, 0));
    let unknown = Book::default().import(&good().xml()).0;
    assert!(matches!(unknown, ImportInvoiceAnswer::Refused { .. }));
}

#[test]
fn a_rejected_file_leaves_no_row_and_a_doubtful_one_is_put_aside() {
    let mut book = Book::new();
    assert_eq!(refused(&mut book, b"%PDF-1.7 not an invoice"), ["file"]);
    assert_eq!((book.documents.len(), book.customers.len()), (0, 0));

    let doubtful = include_bytes!("../fixtures/wrong_totals.xml");
    for _ in 0..2 {
        let (answer, messages) = book.import(doubtful);
        assert!(matches!(answer, ImportInvoiceAnswer::Refused { .. }) && messages.is_empty());
    }
    let files: Vec<&SourceFile> = book.documents.values().flat_map(|it| &it.files).collect();
    assert_eq!(files.len(), 1);
    assert!(matches!(files[0].outcome, Outcome::Quarantined { .. }));
    assert!(book.customers.is_empty());
    // The corrected one is taken in.
    let (answer, _) = book.import(include_bytes!("../fixtures/invoice.xml"));
    registered(&answer);
}

#[test]
fn a_credit_note_lowers_the_claim_that_it_names() {
    let mut book = Book::new();
    let (answer, _) = book.import(&Paper::invoice("F1", 10_000, ANNA).xml());
    let (claim_id, ..) = registered(&answer);
    let (answer, messages) = book.import(&Paper::credit_note("C1", "F1", 2_500, ANNA).xml());
    assert!(matches!(answer, ImportInvoiceAnswer::Credited { claim_id: it, .. } if it == claim_id));
    let [credited] = &told::<ClaimCredited>(&messages)[..] else { panic!("{messages:?}") };
    assert_eq!(credited.amount.to_string(), "25.00 EUR");
    assert_eq!(book.claims()["F1"].left().unwrap().to_string(), "75.00 EUR");
}

#[test]
fn a_credit_that_fits_no_claim_is_refused() {
    const PRECEDING: &str = "cac:BillingReference/cac:InvoiceDocumentReference/cbc:ID";
    let mut book = Book::new();
    let (answer, _) = book.import(&Paper::invoice("F1", 1_000, ANNA).xml());
    let (claim_id, ..) = registered(&answer);
    let note = |of: &str, cents, buyer| Paper::credit_note("C1", of, cents, buyer).xml();
    assert_eq!(refused(&mut book, &note("F9", 100, ANNA)), [PRECEDING]);
    assert_eq!(refused(&mut book, &note("F1", 100, LUC)), [PRECEDING]);
    let too_much = refused(&mut book, &note("F1", 1_001, ANNA));
    assert_eq!(too_much, ["cac:LegalMonetaryTotal/cbc:PayableAmount"]);
    book.withdraw(claim_id);
    assert_eq!(refused(&mut book, &note("F1", 100, ANNA)), [PRECEDING]);
}

#[test]
fn a_claim_is_withdrawn_once() {
    let mut book = Book::new();
    let (answer, _) = book.import(&Paper::invoice("F1", 1_000, ANNA).xml());
    let (claim_id, ..) = registered(&answer);
    let (answer, messages) = book.withdraw(claim_id);
    assert!(matches!(answer, WithdrawClaimAnswer::Withdrawn { .. }));
    assert_eq!(told::<ClaimWithdrawn>(&messages).len(), 1);
    let (answer, messages) = book.withdraw(claim_id);
    assert!(matches!(answer, WithdrawClaimAnswer::AlreadyWithdrawn { .. }) && messages.is_empty());
    let (answer, _) = book.withdraw(ClaimId::from_uuid(Uuid::from_u128(7)));
    assert_eq!(answer, WithdrawClaimAnswer::Unknown);
}
