//! The claims that a shell found by the clues of a payment.

use std::fmt;

use primitives::{CaseId, ClaimId, CreditorId, Date, Iban, Money, PersonId};

/// A claim that the payment may pay, as it is at the moment of the payment.
#[derive(Clone, PartialEq, Eq)]
pub struct Candidate {
    /// The claim.
    pub claim_id: ClaimId,
    /// Its case.
    pub case_id: CaseId,
    /// Whom it is asked of first; claims with the same one are looked at together.
    pub debtor_id: PersonId,
    /// Whose claim it is.
    pub creditor_id: CreditorId,
    /// What is owed on it now, costs and interest included. Nothing where it is settled: such a
    /// claim is wanted where it was found by a reference or a number, to see double payments.
    pub open: Money,
    /// What was owed on it first.
    pub principal: Money,
    /// When it was due.
    pub due_on: Date,
    /// Its structured reference in canonical form.
    pub reference: Option<String>,
    /// The keys of the creditor's own number of it; see [`number_keys`](crate::number_keys).
    pub invoice_keys: Vec<String>,
    /// The keys of the number of its case.
    pub case_keys: Vec<String>,
    /// The words of the name of each who owes it; see [`name_tokens`](crate::name_tokens).
    pub names: Vec<Vec<String>>,
    /// The accounts that its debtors paid from before.
    pub ibans: Vec<Iban>,
    /// Whether the account that the money lies in is one that this claim is to be paid on: the
    /// agency's, or its own creditor's.
    pub can_receive: bool,
}

/// What the shell found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// Each claim once, in any order: those that the clues name, and the other open claims of their
    /// debtors.
    pub candidates: Vec<Candidate>,
    /// Whether a bound of the shell left out what was found by a number or an account, or open
    /// claims of a debtor. Then nothing is concluded from a claim being the only one.
    pub is_cut: bool,
}

impl fmt::Debug for Candidate {
    /// Without names and account numbers.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { claim_id, case_id, open, due_on, .. } = self;
        formatter
            .debug_struct("Candidate")
            .field("claim_id", claim_id)
            .field("case_id", case_id)
            .field("open", open)
            .field("due_on", due_on)
            .finish_non_exhaustive()
    }
}
