//! What users of intake's decisions rely on: one case per customer, one claim per invoice number,
//! right amounts in any order, and a refusal that says why and changes nothing.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "tests fail loudly"
)]

mod paper;

use std::collections::{BTreeMap, BTreeSet};

use contracts::agreement::{PayTo, StepMoment};
use contracts::intake::{
    AgreementAgreed, CaseOpened, ClaimCredited, ClaimRegistered, ClaimWithdrawn,
    CreditorRegistered, DirectPaymentReported, ImportInvoiceAnswer, Problem,
    RegisterCreditorAnswer, RegisterStaffAnswer, ReportDirectPayment, ReportDirectPaymentAnswer,
    StaffRegistered, WithdrawClaim, WithdrawClaimAnswer, WithdrawalReason,
};
use contracts::{Message, Outgoing};
use intake::domain::{
    Claim, Creditor, Customer, Desk, Enrolment, Handed, Known, NumberedDocument, OpenCase, Outcome,
    Reached, ReferenceUse, Registration, SourceFile, Staff, StaffRegistration, Taken, Telephone,
    Terms, beside_the_agency, creditor_id, enterprise_number, import, kvk_number, language,
    own_reference, read_document, read_staff_document, register, register_staff,
    report_direct_payment, staff_id, ubl, vat_number, withdraw,
};
use mailbox::{Decision, Facts};
use paper::agency::{CREDITOR, STAFF};
use paper::{ANNA, BEDRIJF, LUC, Paper};
use primitives::{
    Actor, Channel, ClaimId, ContentHash, CorrelationId, Country, CreditorId, Currency, DebtorKind,
    Iban, Language, MessageId, Money, StaffRole, StructuredReference,
};
use proptest::prelude::*;
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// Intake without a database: the rows by their keys.
#[derive(Clone, Debug, Default, PartialEq)]
struct Book {
    creditors: BTreeMap<Uuid, Creditor>,
    taken: Taken,
    customers: BTreeMap<Uuid, Customer>,
    documents: BTreeMap<Uuid, NumberedDocument>,
    references: BTreeMap<Uuid, ReferenceUse>,
    staff: BTreeMap<Uuid, Staff>,
    requests: u32,
}

impl Book {
    /// A book with the creditor of the tests.
    fn new() -> Self {
        let mut book = Self::default();
        let (answer, _) = book.register(CREDITOR);
        assert!(matches!(answer, RegisterCreditorAnswer::Registered { .. }), "{answer:?}");
        book
    }

    fn facts(&mut self) -> Facts {
        self.requests += 1;
        let cause = Uuid::from_u128(u128::from(self.requests));
        Facts {
            now: "2026-03-20T09:00:00Z".parse().unwrap(),
            cause: MessageId::from_uuid(cause),
            correlation: CorrelationId::from_uuid(cause),
            actor: Actor::Operator,
            version: 0,
        }
    }

    fn register(&mut self, document: &str) -> (RegisterCreditorAnswer, Vec<Outgoing>) {
        let bytes = document.as_bytes();
        let registration = Registration(read_document(bytes, hash(bytes)));
        let key = registration.key();
        let creditor = row(&self.creditors, key);
        let row = Enrolment { creditor, taken: Reached(key.map(|_| self.taken.clone())) };
        let (decision, answer) = register(row, &registration).unwrap();
        let Decision { state, messages, .. } = decision;
        self.creditors.extend(key.zip(state.creditor.0));
        self.taken = state.taken.0.unwrap_or_else(|| self.taken.clone());
        (answer, messages)
    }

    fn import(&mut self, file: &[u8]) -> (ImportInvoiceAnswer, Vec<Outgoing>) {
        let facts = self.facts();
        let handed = Handed::new(tuinhuis(), hash(file), ubl::read(file));
        let key = handed.key();
        let known = self.creditors.get(&key.creditor).and_then(|creditor| {
            let agreed = creditor.agreements.last_key_value()?.1.clone();
            Some(Known { profile: creditor.profile.clone()?, agreed })
        });
        let desk = Desk {
            terms: Terms { known },
            customer: row(&self.customers, key.customer),
            document: row(&self.documents, key.document),
            reference: row(&self.references, key.reference),
        };
        let (decision, answer) = import(desk.clone(), &handed, &facts).unwrap();
        let again = import(desk, &handed, &facts).unwrap();
        assert_eq!(wire(&again.0.messages), wire(&decision.messages), "a redelivery differs");
        assert_eq!((&again.0.state, &again.1), (&decision.state, &answer), "a redelivery differs");
        let Decision { state, messages, .. } = decision;
        self.customers.extend(key.customer.zip(state.customer.0));
        self.documents.extend(key.document.zip(state.document.0));
        self.references.extend(key.reference.zip(state.reference.0));
        (answer, messages)
    }

    fn customer_of(&self, claim_id: ClaimId) -> Option<Uuid> {
        let holds = |customer: &Customer| {
            customer.case.as_ref().is_some_and(|case| case.claims.contains_key(&claim_id))
        };
        self.customers.iter().find(|(_, it)| holds(it)).map(|(id, _)| *id)
    }

    /// Reports that this was paid to the creditor; amount and day as a person writes them.
    fn report(
        &mut self,
        claim_id: ClaimId,
        cents: i64,
        currency: Currency,
        paid_on: &str,
    ) -> (ReportDirectPaymentAnswer, Vec<Outgoing>) {
        let key = self.customer_of(claim_id);
        let (amount, paid_on) = (Money::new(cents, currency), paid_on.parse().unwrap());
        let request = ReportDirectPayment { claim_id, amount, paid_on };
        let (facts, row) = (self.facts(), row(&self.customers, key));
        let (decision, answer) = report_direct_payment(row.clone(), &request, &facts).unwrap();
        let again = report_direct_payment(row, &request, &facts).unwrap();
        assert_eq!((&again.0.state, &again.1), (&decision.state, &answer), "a redelivery differs");
        let Decision { state, messages, .. } = decision;
        self.customers.extend(key.zip(state.0));
        (answer, messages)
    }

    fn register_staff(&mut self, document: &str) -> (RegisterStaffAnswer, Vec<Outgoing>) {
        let registration = StaffRegistration(read_staff_document(document.as_bytes()));
        let key = registration.key();
        let (decision, answer) = register_staff(row(&self.staff, key), &registration).unwrap();
        let Decision { state, messages, .. } = decision;
        self.staff.extend(key.zip(state.0));
        (answer, messages)
    }

    fn withdraw(&mut self, claim_id: ClaimId) -> (WithdrawClaimAnswer, Vec<Outgoing>) {
        let key = self.customer_of(claim_id);
        let request = WithdrawClaim { claim_id, reason: WithdrawalReason::Mistake };
        let facts = self.facts();
        let (decision, answer) = withdraw(row(&self.customers, key), &request, &facts).unwrap();
        let Decision { state, messages, .. } = decision;
        self.customers.extend(key.zip(state.0));
        (answer, messages)
    }

    fn cases(&self) -> Vec<&OpenCase> {
        self.customers.values().filter_map(|customer| customer.case.as_ref()).collect()
    }

    /// The claims by number.
    fn claims(&self) -> BTreeMap<String, Claim> {
        let claims = self.cases().into_iter().flat_map(|case| case.claims.values().cloned());
        claims.map(|claim| (claim.number.clone(), claim)).collect()
    }

    /// The rows that hold something.
    fn filled(&self) -> (usize, usize, usize) {
        let documents = self.documents.values().filter(|it| !it.files.is_empty()).count();
        let references = self.references.values().filter(|it| it.claim_id.is_some()).count();
        (self.cases().len(), documents, references)
    }
}

fn row<A: Clone + Default>(rows: &BTreeMap<Uuid, A>, key: Option<Uuid>) -> Reached<A> {
    Reached(key.map(|id| rows.get(&id).cloned().unwrap_or_default()))
}

fn tuinhuis() -> CreditorId {
    creditor_id("tuinhuis")
}

fn hash(bytes: &[u8]) -> ContentHash {
    ContentHash::from_digest(Sha256::digest(bytes).into())
}

fn wire(messages: &[Outgoing]) -> Vec<(String, String)> {
    messages.iter().map(|it| (it.contract.subject(), it.data.get().to_owned())).collect()
}

fn told<M: Message>(messages: &[Outgoing]) -> Vec<M> {
    messages.iter().filter_map(Outgoing::read).collect()
}

#[track_caller]
fn registered(answer: &ImportInvoiceAnswer) -> (ClaimId, bool, &[Problem]) {
    let ImportInvoiceAnswer::Registered { claim_id, opened_case, problems, .. } = answer else {
        panic!("{answer:?}");
    };
    (*claim_id, *opened_case, problems)
}

/// The fields of a refusal, which must have changed nothing.
#[track_caller]
fn refused(book: &mut Book, file: &[u8]) -> Vec<String> {
    let before = book.filled();
    let claims = book.claims();
    let (answer, messages) = book.import(file);
    let ImportInvoiceAnswer::Refused { problems } = answer else { panic!("{answer:?}") };
    assert!(messages.is_empty());
    assert_eq!((book.filled(), book.claims()), (before, claims), "a refusal changed something");
    assert!(problems.iter().all(|problem| !problem.reason.is_empty()));
    problems.into_iter().map(|problem| problem.field).collect()
}

// --- any sequence ------------------------------------------------------------------------------

/// What a creditor hands over in a property: the customer, the number, and how much.
#[derive(Clone, Copy, Debug)]
struct Piece {
    customer: usize,
    number: u8,
    cents: i64,
}

fn papers() -> impl Strategy<Value = Vec<Paper>> {
    let piece = (0_usize..3, 0_u8..6, 1_i64..3).prop_map(|(customer, number, cents)| Piece {
        customer,
        number,
        cents: cents * 1000,
    });
    prop::collection::vec(piece, 1..30).prop_map(|pieces| {
        let customer = |index: usize| [ANNA, BEDRIJF, LUC][index];
        pieces
            .into_iter()
            .map(|it| Paper::invoice(&format!("F{}", it.number), it.cents, customer(it.customer)))
            .collect()
    })
}

proptest! {
    #[test]
    fn any_sequence_gives_one_case_per_customer_and_one_claim_per_number(papers in papers()) {
        let mut book = Book::new();
        let mut first: BTreeMap<String, &Paper> = BTreeMap::new();
        let mut ids: BTreeMap<String, ClaimId> = BTreeMap::new();
        for paper in &papers {
            let (answer, messages) = book.import(&paper.xml());
            let known = *first.entry(paper.number.clone()).or_insert(paper);
            let same = known.xml() == paper.xml();
            match answer {
                ImportInvoiceAnswer::Registered { claim_id, .. } => {
                    prop_assert!(ids.insert(paper.number.clone(), claim_id).is_none());
                    prop_assert_eq!(told::<ClaimRegistered>(&messages).len(), 1);
                }
                ImportInvoiceAnswer::AlreadyKnown { claim_id, .. } => {
                    prop_assert!(same && messages.is_empty());
                    prop_assert_eq!(ids.get(&paper.number), Some(&claim_id));
                }
                ImportInvoiceAnswer::Refused { .. } => prop_assert!(!same && messages.is_empty()),
                ImportInvoiceAnswer::Credited { .. } => prop_assert!(false, "nothing credits"),
            }
        }
        let claims = book.claims();
        prop_assert_eq!(claims.len(), first.len());
        for (number, paper) in &first {
            prop_assert_eq!(claims[number].amount.amount_minor(), paper.cents);
        }
        let customers: BTreeSet<&str> = first.values().map(|paper| paper.buyer.name).collect();
        prop_assert_eq!(book.cases().len(), customers.len());
        let references: BTreeSet<&str> =
            claims.values().map(|claim| claim.reference.canonical()).collect();
        prop_assert_eq!(references.len(), claims.len());
    }

    #[test]
    fn another_order_ends_in_the_same_claims(
        cents in prop::collection::vec(1_i64..100_000, 1..8),
        order in Just((0..8_usize).collect::<Vec<_>>()).prop_shuffle(),
    ) {
        let papers: Vec<Paper> = cents
            .iter()
            .enumerate()
            .map(|(index, cents)| {
                let issued_on = ["2026-03-02", "2026-03-05", "2026-03-09"][index % 3];
                let paper = Paper::invoice(&format!("F{index}"), *cents, [ANNA, LUC][index % 2]);
                Paper { issued_on, ..paper }
            })
            .collect();
        let (mut straight, mut mixed) = (Book::new(), Book::new());
        for paper in &papers {
            straight.import(&paper.xml());
        }
        for paper in order.iter().filter_map(|index| papers.get(*index)) {
            mixed.import(&paper.xml());
        }
        let facts = |book: &Book| -> Vec<_> {
            let mut cases: Vec<_> = book.cases().into_iter().map(|case| {
                let claims: BTreeMap<_, _> = case
                    .claims
                    .values()
                    .map(|claim| (claim.number.clone(), (claim.amount, claim.due_on)))
                    .collect();
                (case.debtor.name.clone(), case.kind, case.told_on, claims)
            }).collect();
            cases.sort_by(|left, right| left.0.cmp(&right.0));
            cases
        };
        prop_assert_eq!(facts(&straight), facts(&mixed));
    }

    #[test]
    fn credits_never_take_more_than_the_claim(
        amount in 1_i64..5_000,
        credits in prop::collection::vec(1_i64..2_000, 0..8),
    ) {
        let mut book = Book::new();
        book.import(&Paper::invoice("F1", amount, ANNA).xml());
        let mut left = amount;
        for (index, cents) in credits.into_iter().enumerate() {
            let note = Paper::credit_note(&format!("C{index}"), "F1", cents, ANNA);
            let (answer, messages) = book.import(&note.xml());
            let taken = matches!(answer, ImportInvoiceAnswer::Credited { .. });
            prop_assert_eq!(taken, cents <= left);
            prop_assert_eq!(told::<ClaimCredited>(&messages).len(), usize::from(taken));
            left -= if taken { cents } else { 0 };
            let (again, _) = book.import(&note.xml());
            let known = matches!(again, ImportInvoiceAnswer::AlreadyKnown { .. });
            prop_assert_eq!(known, taken);
        }
        prop_assert_eq!(book.claims()["F1"].left().unwrap().amount_minor(), left);
    }

    #[test]
    fn any_text_is_a_number_in_one_spelling_or_none(text in "[ +()0-9./a-zé-]{0,24}", be: bool) {
        let country = Some(if be { Country::BE } else { Country::NL });
        if let Some(number) = Telephone::parse(&text, country) {
            let digits = number.as_str().strip_prefix('+').unwrap();
            prop_assert!((8..=15).contains(&digits.len()) && !digits.starts_with('0'), "{digits}");
            prop_assert!(digits.bytes().all(|it| it.is_ascii_digit()));
            prop_assert_eq!(Telephone::parse(number.as_str(), None), Some(number));
        }
    }

    #[test]
    fn own_references_are_valid_and_follow_from_the_claim(id: u128) {
        let claim_id = ClaimId::from_uuid(Uuid::from_u128(id));
        let reference = own_reference(claim_id).unwrap();
        prop_assert_eq!(own_reference(claim_id).unwrap(), reference.clone());
        let canonical = reference.canonical();
        prop_assert_eq!(canonical.len(), 16);
        prop_assert_eq!(StructuredReference::parse_rf(canonical).unwrap(), reference);
    }
}

// --- a claim -----------------------------------------------------------------------------------

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
    let moved = paper::Customer { email: Some("new@voorbeeld.example"), ..ANNA };
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
    let other = paper::Customer { postcode: "4000", email: Some("l@essai.example"), ..LUC };
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
    let unreachable = paper::Customer { email: Some("anna at post"), ..ANNA };
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
        buyer: paper::Customer { telephone: Some(telephone), ..ANNA },
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
    let buyer = paper::Customer { email: None, telephone: Some("0612345678"), ..ANNA };
    let paper = Paper { buyer, ..Paper::invoice("F1", 100, ANNA) };
    let no_street = String::from_utf8(paper.xml()).unwrap();
    let no_street = no_street.replace("<cbc:StreetName>Proefstraat 12</cbc:StreetName>", "");
    let (answer, messages) = book.import(no_street.as_bytes());
    let fields: Vec<&str> = registered(&answer).2.iter().map(|it| it.field.as_str()).collect();
    assert_eq!(fields, ["cac:AccountingCustomerParty"]);
    assert_eq!(told::<CaseOpened>(&messages)[0].reachable, [Channel::Telephone]);
    // A post office box will do, also where the postcode is missing.
    let boxed = Paper { buyer: paper::Customer { postcode: "", ..buyer }, ..paper };
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
    let nobody = paper::Customer { known_as: None, email: None, postcode: "", ..ANNA };
    for (paper, field) in [
        (Paper { due_on: None, ..good() }, "cbc:DueDate"),
        (Paper { currency: "USD", ..good() }, "cbc:DocumentCurrencyCode"),
        (Paper { cents: 0, ..good() }, "cac:LegalMonetaryTotal/cbc:PayableAmount"),
        (Paper { seller: "90009999", ..good() }, "cac:AccountingSupplierParty"),
        (Paper { buyer: nobody, ..good() }, "cac:AccountingCustomerParty"),
        (
            Paper { buyer: paper::Customer { country: "DE", ..ANNA }, ..good() },
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

    let doubtful = include_bytes!("fixtures/wrong_totals.xml");
    for _ in 0..2 {
        let (answer, messages) = book.import(doubtful);
        assert!(matches!(answer, ImportInvoiceAnswer::Refused { .. }) && messages.is_empty());
    }
    let files: Vec<&SourceFile> = book.documents.values().flat_map(|it| &it.files).collect();
    assert_eq!(files.len(), 1);
    assert!(matches!(files[0].outcome, Outcome::Quarantined { .. }));
    assert!(book.customers.is_empty());
    // The corrected one is taken in.
    let (answer, _) = book.import(include_bytes!("fixtures/invoice.xml"));
    registered(&answer);
}

// --- a credit note, a withdrawal ---------------------------------------------------------------

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
    // The same money told again is more than there was.
    let (answer, _) = book.report(claim_id, 6_000, Currency::EUR, "2026-03-20");
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
    };
    for (now, taken) in [("2026-03-20T22:59:59Z", false), ("2026-03-20T23:00:00Z", true)] {
        let facts = Facts { now: now.parse().unwrap(), ..book.facts() };
        let state = row(&book.customers, book.customer_of(claim_id));
        let (_, answer) = report_direct_payment(state, &request, &facts).unwrap();
        let reported = matches!(answer, ReportDirectPaymentAnswer::Reported { .. });
        assert_eq!(reported, taken, "{now}: {answer:?}");
    }
}

// --- a creditor --------------------------------------------------------------------------------

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

// --- staff -------------------------------------------------------------------------------------

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

// --- numbers and languages ---------------------------------------------------------------------

#[test]
fn company_numbers_have_one_spelling() {
    assert_eq!(kvk_number("9000 1234").as_deref(), Some("90001234"));
    assert_eq!(kvk_number("9000123"), None);
    for spelling in ["0505890632", "BE 0505.890.632", "505890632"] {
        assert_eq!(enterprise_number(spelling).as_deref(), Some("0505890632"), "{spelling}");
    }
    for wrong in ["0505890633", "2505890632", "", "BE", "9000 1234"] {
        assert_eq!(enterprise_number(wrong), None, "{wrong}");
    }
    assert_eq!(vat_number("be0505890632").unwrap().to_string(), "be:0505890632");
    assert_eq!(vat_number("NL000099998B57").unwrap().to_string(), "vat:NL000099998B57");
    assert_eq!(vat_number("DE123456788").unwrap().to_string(), "vat:DE123456788");
    for wrong in ["NL00009999857", "BE0505890633", "", "N", "é12345", "VAT"] {
        assert_eq!(vat_number(wrong), None, "{wrong}");
    }
}

#[test]
fn telephone_numbers_have_one_spelling() {
    let read = |text: &str, country| {
        Telephone::parse(text, Some(country)).map(|number| number.as_str().to_owned())
    };
    for (country, text, number) in [
        (Country::NL, "06-12345678", "+31612345678"),
        (Country::NL, "06 12 34 56 78", "+31612345678"),
        (Country::NL, "(030) 123 45 67", "+31301234567"),
        (Country::NL, "030/123.45.67", "+31301234567"),
        (Country::NL, "+31 (0)6 12345678", "+31612345678"),
        (Country::NL, "+31 06 12345678", "+31612345678"),
        (Country::NL, "(+31) 6\u{A0}12345678", "+31612345678"),
        (Country::NL, "0031 6 12345678", "+31612345678"),
        (Country::NL, "Tel.: 088 000 00 00", "+31880000000"),
        (Country::NL, "+32 470 12 34 56", "+32470123456"),
        (Country::NL, "0049 30 123456", "+4930123456"),
        (Country::BE, "0470 12 34 56", "+32470123456"),
        (Country::BE, "GSM 0470/12.34.56", "+32470123456"),
        (Country::BE, "02 711 15 11", "+3227111511"),
        (Country::BE, "04 123 45 67", "+3241234567"),
        (Country::BE, "09 312 32 40", "+3293123240"),
        (Country::BE, "+32 (0) 9 312 32 40", "+3293123240"),
        (Country::BE, "+31612345678", "+31612345678"),
    ] {
        assert_eq!(read(text, country).as_deref(), Some(number), "{text}");
        assert_eq!(read(number, country).as_deref(), Some(number), "it reads back");
    }
    for (country, text) in [
        (Country::NL, ""),
        (Country::NL, "Phone number"),
        (Country::NL, "612345678"),
        (Country::NL, "31612345678"),
        (Country::NL, "0612345"),
        (Country::NL, "0612345678 / 0301234567"),
        (Country::NL, "06-12345678 x12"),
        (Country::NL, "0470 12 34 56 7"),
        // Numbers that cost the caller, or nobody in particular.
        (Country::NL, "0900-1234"),
        (Country::NL, "0900-1234567"),
        (Country::NL, "0800 123 4567"),
        (Country::BE, "0800 12 345"),
        (Country::BE, "0900 12 345"),
        (Country::BE, "0612345678"),
        (Country::BE, "+32 12"),
        (Country::BE, "+49899--"),
        (Country::BE, "+1234567890123456"),
        (Country::BE, "++32 470 12 34 56"),
    ] {
        assert_eq!(read(text, country), None, "{text}");
    }
    // Without a country only the international form says which number it is.
    assert_eq!(Telephone::parse("0612345678", None), None);
    assert!(Telephone::parse("+31612345678", None).is_some());
    let number = Telephone::parse("+31612345678", None).unwrap();
    assert!(!format!("{number:?}").contains('6'), "a number stays out of logs");
}

#[test]
fn belgians_are_written_to_in_the_language_of_their_region() {
    let of = |postcode, creditor| language(Country::BE, Some(postcode), creditor);
    for (postcode, expected) in [
        ("1300", Language::Fr),
        ("1500", Language::Nl),
        ("2000", Language::Nl),
        ("4000", Language::Fr),
        ("4700", Language::De),
        ("4800", Language::Fr),
        ("6000", Language::Fr),
        ("8000", Language::Nl),
        ("B-9000", Language::Nl),
    ] {
        assert_eq!(of(postcode, Language::Nl), expected, "{postcode}");
    }
    assert_eq!(of("1000", Language::Nl), Language::Nl);
    assert_eq!(of("1000", Language::En), Language::Fr);
    assert_eq!(language(Country::BE, None, Language::Fr), Language::Fr);
    assert_eq!(language(Country::NL, None, Language::Fr), Language::Nl);
}

#[test]
fn what_may_be_time_barred_or_is_far_away_is_not_taken_in() {
    // On 20 March 2026; a Dutch consumer may call on two years (7:28 BW).
    for (issued_on, due_on, taken) in [
        ("2024-03-01", "2024-03-20", true),
        ("2024-03-01", "2024-03-19", false),
        ("1969-12-01", "1970-01-01", false),
        ("2026-03-02", "2027-03-20", true),
        ("2026-03-02", "2027-03-21", false),
        ("2026-03-02", "9999-12-31", false),
    ] {
        let mut book = Book::new();
        let paper = Paper { issued_on, due_on: Some(due_on), ..Paper::invoice("F1", 100, ANNA) };
        let (answer, messages) = book.import(&paper.xml());
        match &answer {
            ImportInvoiceAnswer::Registered { .. } => assert!(taken, "{due_on}"),
            ImportInvoiceAnswer::Refused { problems } => {
                assert!(!taken && messages.is_empty(), "{due_on}: {problems:?}");
                assert_eq!(problems[0].field, "cbc:DueDate");
            }
            ImportInvoiceAnswer::Credited { .. } | ImportInvoiceAnswer::AlreadyKnown { .. } => {
                panic!("{due_on}: {answer:?}")
            }
        }
    }
}
