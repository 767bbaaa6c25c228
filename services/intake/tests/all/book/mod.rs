//! Intake without a database, and what is asked of it.

use std::collections::BTreeMap;

use crate::paper::agency::CREDITOR;
use contracts::intake::{
    ImportDirectPaymentsAnswer, ImportInvoiceAnswer, Problem, RegisterCreditorAnswer,
    RegisterStaffAnswer, ReportDirectPayment, ReportDirectPaymentAnswer, RetractDirectPayment,
    RetractDirectPaymentAnswer, WithdrawClaim, WithdrawClaimAnswer, WithdrawalReason,
};
use contracts::{Message, Outgoing};
use intake::domain::{
    Claim, Creditor, Customer, Desk, Enrolment, Handed, HandedPayments, Known, NumberedDocument,
    OpenCase, PaymentDesk, PaymentFile, Reached, ReferenceUse, Registration, Staff,
    StaffRegistration, Taken, Terms, creditor_id, import, import_direct_payments, read_document,
    read_payments, read_staff_document, register, register_staff, report_direct_payment,
    retract_direct_payment, ubl, withdraw,
};
use mailbox::{Decision, Facts};
use primitives::{
    Actor, ClaimId, ContentHash, CorrelationId, CreditorId, Currency, MessageId, Money, PaymentId,
};
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// Intake without a database: the rows by their keys.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Book {
    pub(crate) creditors: BTreeMap<Uuid, Creditor>,
    pub(crate) taken: Taken,
    pub(crate) customers: BTreeMap<Uuid, Customer>,
    pub(crate) documents: BTreeMap<Uuid, NumberedDocument>,
    pub(crate) references: BTreeMap<Uuid, ReferenceUse>,
    pub(crate) staff: BTreeMap<Uuid, Staff>,
    pub(crate) payment_files: BTreeMap<Uuid, PaymentFile>,
    pub(crate) requests: u32,
}

impl Book {
    /// A book with the creditor of the tests.
    pub(crate) fn new() -> Self {
        let mut book = Self::default();
        let (answer, _) = book.register(CREDITOR);
        assert!(matches!(answer, RegisterCreditorAnswer::Registered { .. }), "{answer:?}");
        book
    }

    pub(crate) fn facts(&mut self) -> Facts {
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

    pub(crate) fn register(&mut self, document: &str) -> (RegisterCreditorAnswer, Vec<Outgoing>) {
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

    pub(crate) fn import(&mut self, file: &[u8]) -> (ImportInvoiceAnswer, Vec<Outgoing>) {
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

    pub(crate) fn customer_of(&self, claim_id: ClaimId) -> Option<Uuid> {
        let holds = |customer: &Customer| {
            customer.case.as_ref().is_some_and(|case| case.claims.contains_key(&claim_id))
        };
        self.customers.iter().find(|(_, it)| holds(it)).map(|(id, _)| *id)
    }

    /// Reports that this was paid to the creditor; amount and day as a person writes them.
    pub(crate) fn report(
        &mut self,
        claim_id: ClaimId,
        cents: i64,
        currency: Currency,
        paid_on: &str,
    ) -> (ReportDirectPaymentAnswer, Vec<Outgoing>) {
        self.report_as(claim_id, (cents, currency), paid_on, false)
    }

    pub(crate) fn report_as(
        &mut self,
        claim_id: ClaimId,
        (cents, currency): (i64, Currency),
        paid_on: &str,
        again: bool,
    ) -> (ReportDirectPaymentAnswer, Vec<Outgoing>) {
        let key = self.customer_of(claim_id);
        let (amount, paid_on) = (Money::new(cents, currency), paid_on.parse().unwrap());
        let request = ReportDirectPayment { claim_id, amount, paid_on, again };
        let (facts, row) = (self.facts(), row(&self.customers, key));
        let (decision, answer) = report_direct_payment(row.clone(), &request, &facts).unwrap();
        let again = report_direct_payment(row, &request, &facts).unwrap();
        assert_eq!((&again.0.state, &again.1), (&decision.state, &answer), "a redelivery differs");
        let Decision { state, messages, .. } = decision;
        self.customers.extend(key.zip(state.0));
        (answer, messages)
    }

    /// Takes in a file of what debtors paid straight to the creditor.
    pub(crate) fn import_payments(
        &mut self,
        file: &[u8],
    ) -> (ImportDirectPaymentsAnswer, Vec<Outgoing>) {
        let facts = self.facts();
        let (creditor_id, document) = (tuinhuis(), hash(file));
        let handed = HandedPayments { creditor_id, document, table: read_payments(file) };
        let numbers = handed.numbers();
        let is_named = |claim: &Claim| numbers.contains(&claim.number);
        let named = self.customers.iter().filter(|(_, customer)| {
            customer.case.as_ref().is_some_and(|case| case.claims.values().any(is_named))
        });
        let key = PaymentFile::id(creditor_id, document);
        let file = self.payment_files.get(&key).cloned().unwrap_or_default();
        let customers = named.map(|(id, customer)| (*id, customer.clone())).collect();
        let desk = PaymentDesk { file, customers };
        let (decision, answer) = import_direct_payments(desk.clone(), &handed, &facts).unwrap();
        let again = import_direct_payments(desk, &handed, &facts).unwrap();
        assert_eq!(wire(&again.0.messages), wire(&decision.messages), "a redelivery differs");
        assert_eq!((&again.0.state, &again.1), (&decision.state, &answer), "a redelivery differs");
        let Decision { state, messages, .. } = decision;
        self.customers.extend(state.customers);
        self.payment_files.insert(key, state.file);
        (answer, messages)
    }

    pub(crate) fn retract(
        &mut self,
        payment_id: PaymentId,
    ) -> (RetractDirectPaymentAnswer, Vec<Outgoing>) {
        let paid = |case: &OpenCase| {
            case.claims.values().any(|claim| claim.direct_payments.contains_key(&payment_id))
        };
        let mut customers = self.customers.iter();
        let payer = customers.find(|(_, customer)| customer.case.as_ref().is_some_and(paid));
        let key = payer.map(|(id, _)| *id);
        let facts = self.facts();
        let request = RetractDirectPayment { payment_id };
        let (decision, answer) =
            retract_direct_payment(row(&self.customers, key), &request, &facts).unwrap();
        let Decision { state, messages, .. } = decision;
        self.customers.extend(key.zip(state.0));
        (answer, messages)
    }

    pub(crate) fn register_staff(
        &mut self,
        document: &str,
    ) -> (RegisterStaffAnswer, Vec<Outgoing>) {
        let registration = StaffRegistration(read_staff_document(document.as_bytes()));
        let key = registration.key();
        let (decision, answer) = register_staff(row(&self.staff, key), &registration).unwrap();
        let Decision { state, messages, .. } = decision;
        self.staff.extend(key.zip(state.0));
        (answer, messages)
    }

    pub(crate) fn withdraw(&mut self, claim_id: ClaimId) -> (WithdrawClaimAnswer, Vec<Outgoing>) {
        let key = self.customer_of(claim_id);
        let request = WithdrawClaim { claim_id, reason: WithdrawalReason::Mistake };
        let facts = self.facts();
        let (decision, answer) = withdraw(row(&self.customers, key), &request, &facts).unwrap();
        let Decision { state, messages, .. } = decision;
        self.customers.extend(key.zip(state.0));
        (answer, messages)
    }

    pub(crate) fn cases(&self) -> Vec<&OpenCase> {
        self.customers.values().filter_map(|customer| customer.case.as_ref()).collect()
    }

    /// The claims by number.
    pub(crate) fn claims(&self) -> BTreeMap<String, Claim> {
        let claims = self.cases().into_iter().flat_map(|case| case.claims.values().cloned());
        claims.map(|claim| (claim.number.clone(), claim)).collect()
    }

    /// The rows that hold something.
    pub(crate) fn filled(&self) -> (usize, usize, usize) {
        let documents = self.documents.values().filter(|it| !it.files.is_empty()).count();
        let references = self.references.values().filter(|it| it.claim_id.is_some()).count();
        (self.cases().len(), documents, references)
    }
}

pub(crate) fn row<A: Clone + Default>(rows: &BTreeMap<Uuid, A>, key: Option<Uuid>) -> Reached<A> {
    Reached(key.map(|id| rows.get(&id).cloned().unwrap_or_default()))
}

pub(crate) fn tuinhuis() -> CreditorId {
    creditor_id("tuinhuis")
}

pub(crate) fn hash(bytes: &[u8]) -> ContentHash {
    ContentHash::from_digest(Sha256::digest(bytes).into())
}

pub(crate) fn wire(messages: &[Outgoing]) -> Vec<(String, String)> {
    messages.iter().map(|it| (it.contract.subject(), it.data.get().to_owned())).collect()
}

pub(crate) fn told<M: Message>(messages: &[Outgoing]) -> Vec<M> {
    messages.iter().filter_map(Outgoing::read).collect()
}

#[track_caller]
pub(crate) fn registered(answer: &ImportInvoiceAnswer) -> (ClaimId, bool, &[Problem]) {
    let ImportInvoiceAnswer::Registered { claim_id, opened_case, problems, .. } = answer else {
        panic!("{answer:?}");
    };
    (*claim_id, *opened_case, problems)
}

/// The fields of a refusal, which must have changed nothing.
#[track_caller]
pub(crate) fn refused(book: &mut Book, file: &[u8]) -> Vec<String> {
    let before = book.filled();
    let claims = book.claims();
    let (answer, messages) = book.import(file);
    let ImportInvoiceAnswer::Refused { problems } = answer else { panic!("{answer:?}") };
    assert!(messages.is_empty());
    assert_eq!((book.filled(), book.claims()), (before, claims), "a refusal changed something");
    assert!(problems.iter().all(|problem| !problem.reason.is_empty()));
    problems.into_iter().map(|problem| problem.field).collect()
}
