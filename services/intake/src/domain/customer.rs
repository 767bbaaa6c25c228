//! One debtor of one creditor: its person, its case, and the claims on it.

use std::collections::BTreeMap;

use contracts::intake::WithdrawalReason;
use primitives::{
    CaseId, ClaimId, Country, CreditorId, Date, DebtorKind, Language, Money, MoneyError, PartyId,
    PaymentId, PersonId, SourceFileId, StructuredReference, Timestamp,
};
use uuid::Uuid;

use super::debtor::{Buyer, Debtor};
use super::invoice::Document;

/// The row of one customer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Customer {
    /// Counts the decisions that changed something.
    pub version: u64,
    /// None until its first claim.
    pub case: Option<OpenCase>,
}

/// The customer's case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenCase {
    pub case_id: CaseId,
    pub creditor_id: CreditorId,
    pub person_id: PersonId,
    pub party_id: PartyId,
    pub kind: DebtorKind,
    pub country: Country,
    pub language: Language,
    pub agreement_version: u32,
    pub opened_at: Timestamp,
    pub debtor: Debtor,
    /// Date of the invoice that told the contact data last.
    pub told_on: Date,
    pub claims: BTreeMap<ClaimId, Claim>,
}

/// An unpaid invoice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    pub source_file_id: SourceFileId,
    /// A negative credit note asks for money too.
    pub document: Document,
    pub number: String,
    /// What was delivered, as the invoice says it.
    pub description: Option<String>,
    /// What was still to be paid when it was handed over.
    pub amount: Money,
    pub issued_on: Date,
    pub due_on: Date,
    pub reference: StructuredReference,
    /// What credit notes took off, by their files.
    pub credits: BTreeMap<SourceFileId, Credit>,
    /// What the creditor says that the debtor paid to it.
    pub direct_payments: BTreeMap<PaymentId, DirectPayment>,
    pub withdrawn: Option<WithdrawalReason>,
}

/// What one credit note took off a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Credit {
    pub amount: Money,
    pub credited_on: Date,
}

/// What a debtor paid to the creditor itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DirectPayment {
    pub amount: Money,
    pub paid_on: Date,
    pub reported_at: Timestamp,
    /// When the report was taken back: no such money came.
    pub retracted_at: Option<Timestamp>,
}

impl Customer {
    /// The row of a buyer of this creditor.
    #[must_use]
    pub fn id(creditor_id: CreditorId, buyer: &Buyer) -> Uuid {
        let name = format!("customer\0{}", buyer.identity.as_str());
        Uuid::new_v5(&creditor_id.as_uuid(), name.as_bytes())
    }
}

impl Claim {
    /// What is left of it when nothing was paid: payments are known to another service.
    pub fn left(&self) -> Result<Money, MoneyError> {
        let mut credits = self.credits.values();
        credits.try_fold(self.amount, |left, credit| left.checked_sub(credit.amount))
    }

    /// The payments to the creditor of which the report stands.
    pub fn reported(&self) -> impl Iterator<Item = (PaymentId, &DirectPayment)> {
        let standing = self.direct_payments.iter().filter(|(_, it)| it.retracted_at.is_none());
        standing.map(|(payment_id, payment)| (*payment_id, payment))
    }

    /// What of it was not told yet as paid to the creditor. A credit does not count: it may have
    /// come after the payment.
    pub fn not_told_as_paid(&self) -> Result<Money, MoneyError> {
        let mut payments = self.reported().map(|(_, payment)| payment);
        payments.try_fold(self.amount, |left, payment| left.checked_sub(payment.amount))
    }
}

impl OpenCase {
    /// The claim for an invoice of this number.
    #[must_use]
    pub fn claim_for(&self, invoice: &str) -> Option<(ClaimId, &Claim)> {
        let is_it = |claim: &Claim| claim.document == Document::Invoice && claim.number == invoice;
        self.claims.iter().find(|(_, claim)| is_it(claim)).map(|(id, claim)| (*id, claim))
    }

    /// Takes over the contact data of an invoice, if none later has told them. What it does not
    /// tell stays as it was.
    pub(super) fn hear(&mut self, told: &Debtor, told_on: Date) {
        if told_on < self.told_on {
            return;
        }
        self.told_on = told_on;
        let known = self.debtor.clone();
        let mut heard = told.clone();
        heard.email = heard.email.or(known.email);
        heard.telephone = heard.telephone.or(known.telephone);
        if heard.lines.is_empty() && heard.postcode.is_none() {
            (heard.lines, heard.postcode, heard.city) = (known.lines, known.postcode, known.city);
        }
        self.debtor = heard;
    }
}
