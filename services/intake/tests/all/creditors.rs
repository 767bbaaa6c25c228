//! Creditors with their agreements, and the agency's staff.

use crate::book::{Book, hash, told, tuinhuis, wire};
use crate::paper::agency::{CREDITOR, STAFF};
use crate::paper::{ANNA, Paper};
use contracts::agreement::{PayTo, StepMoment};
use contracts::intake::{
    AgreementAgreed, CaseOpened, CreditorRegistered, RegisterCreditorAnswer, RegisterStaffAnswer,
    StaffRegistered, TellCreditorAnewAnswer, TellStaffAnewAnswer,
};
use intake::domain::{
    Reached, beside_the_agency, creditor_id, read_document, staff_id, tell_creditor_anew,
    tell_staff_anew,
};
use primitives::{Country, Iban, StaffRole};

#[test]
fn a_creditor_is_registered_once_and_its_agreement_counts_up() {
    let mut book = Book::default();
    let (answer, messages) = book.register(CREDITOR);
    let first =
        RegisterCreditorAnswer::Registered { creditor_id: tuinhuis(), agreement_version: 1 };
    assert_eq!(answer, first);
    assert_eq!(told::<CreditorRegistered>(&messages).len(), 1);
    let [agreed] = &told::<AgreementAgreed>(&messages)[..] else { panic!("{messages:?}") };
    assert_eq!(agreed.agreement.steps.len(), 2);
    assert_eq!(agreed.agreement.steps[0].moment, StepMoment::FromDue { days: -5 });

    let (answer, messages) = book.register(CREDITOR);
    assert!(matches!(answer, RegisterCreditorAnswer::Unchanged { .. }) && messages.is_empty());

    let renamed = CREDITOR.replace("Voorbeeldlaan 1", "Voorbeeldlaan 2");
    let (answer, messages) = book.register(&renamed);
    assert_eq!(answer, first);
    assert!(told::<AgreementAgreed>(&messages).is_empty(), "the agreement is the same");

    let secretly = renamed.replace("days_from_due = 3", "days_from_due = 4");
    assert_eq!(problems(book.register(&secretly).0), [("agreement.version".to_owned(), None)]);
    let openly = secretly.replace("version = 1", "version = 2");
    let (answer, messages) = book.register(&openly);
    assert!(matches!(answer, RegisterCreditorAnswer::Registered { agreement_version: 2, .. }));
    assert_eq!(told::<AgreementAgreed>(&messages).len(), 1);
    // Tables that were not there before say something new, and are agreed on openly too.
    let tables = "[agreement.charges]\ninterest = true\n\n[[agreement.steps]]";
    let charging = openly.replacen("[[agreement.steps]]", tables, 1);
    assert_eq!(problems(book.register(&charging).0), [("agreement.version".to_owned(), None)]);
    let (answer, _) = book.register(&charging.replace("version = 2", "version = 3"));
    assert!(matches!(answer, RegisterCreditorAnswer::Registered { agreement_version: 3, .. }));
    let backwards = book.register(&renamed).0;
    assert_eq!(problems(backwards), [("agreement.version".to_owned(), None)]);
    let other = charging.replace("90001234", "90004321").replace("version = 2", "version = 3");
    assert_eq!(problems(book.register(&other).0), [("company_number".to_owned(), None)]);
}

fn problems(answer: RegisterCreditorAnswer) -> Vec<(String, Option<u64>)> {
    let RegisterCreditorAnswer::Refused { problems } = answer else { panic!("{answer:?}") };
    problems.into_iter().map(|problem| (problem.field, problem.line)).collect()
}

#[test]
fn whose_account_is_paid_follows_the_capacity() {
    let agency = CREDITOR.replace("pay_to = \"creditor\"", "pay_to = \"agency\"");
    let faults = read_document(agency.as_bytes(), hash(b"")).unwrap_err();
    let fields: Vec<&str> = faults.iter().map(|fault| fault.field.as_str()).collect();
    assert_eq!(fields, ["pay_to"], "in the creditor's name the creditor is paid");
    let collector = agency.replace("agency-for-creditor", "collector");
    let known = "payments_known_within_days = 3\n";
    for (text, days) in [(collector.clone(), Some(3)), (collector.replace(known, ""), None)] {
        let agreement = read_document(text.as_bytes(), hash(b"")).unwrap().agreed.agreement;
        assert_eq!(agreement.pay_to, PayTo::Agency);
        assert_eq!(agreement.payments_known_within_days, days, "the agency's choice");
    }
    let unknown = CREDITOR.replace(known, "");
    let faults = read_document(unknown.as_bytes(), hash(b"")).unwrap_err();
    assert_eq!(faults[0].field, "agreement.payments_known_within_days");
}

/// A case follows the account that its debtor was told, whatever the creditor agrees later.
#[test]
fn whose_account_is_paid_belongs_to_the_version_of_the_agreement() {
    let mut book = Book::new();
    let moved = CREDITOR.replace("NL91 ABNA 0417 1643 00", "NL20 INGB 0001 2345 67");
    assert_eq!(problems(book.register(&moved).0), [("agreement.version".to_owned(), None)]);
    let second = moved.replace("version = 1", "version = 2");
    let back = CREDITOR.replace("version = 1", "version = 3");
    for (document, since) in [(&second, 2), (&back, 1)] {
        let (_, messages) = book.register(document);
        let [agreed] = &told::<AgreementAgreed>(&messages)[..] else { panic!("{messages:?}") };
        assert_eq!(agreed.agreement.pay_to, PayTo::Creditor { since_version: since });
    }
    let (_, messages) = book.import(&Paper::invoice("F1", 100, ANNA).xml());
    let [opened] = &told::<CaseOpened>(&messages)[..] else { panic!("{messages:?}") };
    assert_eq!(opened.agreement_version, 3);
    assert_eq!(opened.pay_to, PayTo::Creditor { since_version: 1 });
}

#[test]
fn the_agencys_own_account_is_no_creditors() {
    let document = || read_document(CREDITOR.as_bytes(), hash(b"")).unwrap();
    let own = document().agreed.account;
    let faults = beside_the_agency(document(), Some(&own)).unwrap_err();
    assert_eq!(faults[0].field, "account.iban");
    let other = Iban::parse("NL20 INGB 0001 2345 67").unwrap();
    for agency in [None, Some(&other)] {
        assert!(beside_the_agency(document(), agency).is_ok());
    }
}

/// A statement of an account finds one owner, and an invoice one seller.
#[test]
fn no_two_creditors_have_the_same_account_or_company_number() {
    let mut book = Book::new();
    let moved = CREDITOR
        .replace("NL91 ABNA 0417 1643 00", "NL20 INGB 0001 2345 67")
        .replace("version = 1", "version = 2");
    book.register(&moved);
    let other = |number: &str, account: &str| {
        CREDITOR
            .replace("\"tuinhuis\"", "\"other\"")
            .replace("90001234", number)
            .replace("NL91 ABNA 0417 1643 00", account)
    };
    let free = "NL69 DEMO 0700 0000 01";
    // Money still arrives on a former account.
    for (number, account, field) in [
        ("90004321", "NL91 ABNA 0417 1643 00", "account.iban"),
        ("90004321", "NL20 INGB 0001 2345 67", "account.iban"),
        ("90001234", free, "company_number"),
    ] {
        let (answer, messages) = book.register(&other(number, account));
        let RegisterCreditorAnswer::Refused { problems } = answer else { panic!("{answer:?}") };
        let [problem] = &problems[..] else { panic!("{problems:?}") };
        assert_eq!(problem.field, field);
        assert!(problem.reason.contains("creditor tuinhuis:"), "{problem:?}");
        assert!(messages.is_empty());
    }
    let (answer, _) = book.register(&other("90004321", free));
    assert!(matches!(answer, RegisterCreditorAnswer::Registered { .. }), "{answer:?}");
}

#[test]
fn staff_are_told_of_when_something_changed() {
    let mut book = Book::default();
    let (answer, messages) = book.register_staff(STAFF);
    let mila = staff_id("mila");
    assert_eq!(answer, RegisterStaffAnswer::Registered { staff_id: mila });
    let [told_of] = &told::<StaffRegistered>(&messages)[..] else { panic!("{messages:?}") };
    assert_eq!(told_of.staff_id, mila);
    assert_eq!(told_of.roles, [StaffRole::Caller, StaffRole::CaseDesk]);
    let countries: Vec<Country> = told_of.certificates.iter().map(|it| it.country).collect();
    assert_eq!(countries, [Country::BE, Country::NL]);
    assert_eq!(told_of.certificates[1].valid_until.to_string(), "2026-12-31");
    let sent = format!("{:?}", wire(&messages));
    for personal in ["Mila", "mila", "NL-0001"] {
        assert!(!sent.contains(personal), "{personal} left intake: {sent}");
    }

    // In other words the same.
    let other_order = STAFF.replace(r#"["caller", "case-desk"]"#, r#"["case-desk", "caller"]"#);
    for document in [STAFF, &other_order, &format!("# a remark\n{STAFF}")] {
        let (answer, messages) = book.register_staff(document);
        assert_eq!(answer, RegisterStaffAnswer::Unchanged { staff_id: mila });
        assert!(messages.is_empty());
    }
    // Somebody who left has neither roles nor certificates.
    let left = "code = \"mila\"\nname = \"Mila Voorbeeld\"\nroles = []\n";
    let (answer, messages) = book.register_staff(left);
    assert_eq!(answer, RegisterStaffAnswer::Registered { staff_id: mila });
    let told_of = &told::<StaffRegistered>(&messages)[0];
    assert!(told_of.roles.is_empty() && told_of.certificates.is_empty());
    assert_eq!(book.staff.len(), 1);
    let (answer, messages) = book.register_staff("code = 1");
    assert!(matches!(answer, RegisterStaffAnswer::Refused { .. }) && messages.is_empty());
}

// --- told anew ----------------------------------------------------------------------------------

/// A service that joined later learns what the others know; those learn nothing.
#[test]
fn what_is_told_anew_is_what_was_told() {
    let mut book = Book::default();
    let (_, mut first) = book.register(CREDITOR);
    let second = CREDITOR
        .replace("days_from_due = 3", "days_from_due = 4")
        .replace("version = 1", "version = 2");
    first.extend(book.register(&second).1);
    let row = Reached(book.creditors.get(&tuinhuis().as_uuid()).cloned());
    let (decision, answer) = tell_creditor_anew(row.clone(), tuinhuis()).unwrap();
    assert_eq!(answer, TellCreditorAnewAnswer::Told { agreement_count: 2 });
    assert_eq!(decision.state, row, "nothing changed");
    // Of the creditor itself what holds now.
    let anew = wire(&decision.messages);
    let told = wire(&first);
    assert_eq!(anew, [&told[2], &told[1], &told[3]].map(Clone::clone));

    let (_, first) = book.register_staff(STAFF);
    let mila = staff_id("mila");
    let row = Reached(book.staff.get(&mila.as_uuid()).cloned());
    let (decision, answer) = tell_staff_anew(row.clone(), mila).unwrap();
    assert_eq!((answer, &decision.state), (TellStaffAnewAnswer::Told, &row));
    assert_eq!(wire(&decision.messages), wire(&first));
    let (decision, answer) = tell_staff_anew(Reached(None), staff_id("nobody")).unwrap();
    assert!(answer == TellStaffAnewAnswer::Unknown && decision.messages.is_empty());
    let (decision, answer) = tell_creditor_anew(Reached(None), creditor_id("nobody")).unwrap();
    assert!(answer == TellCreditorAnewAnswer::Unknown && decision.messages.is_empty());
}
