//! What a payment pays, how sure that is, and why.

use std::fmt;

use primitives::{CaseId, ClaimId, CreditorId, Money};

use crate::near::Slip;

/// What becomes of a payment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Judgement {
    /// It may be booked by itself.
    Certain(Match),
    /// A person decides; the likeliest comes first. At most five.
    Proposals(Vec<Match>),
    /// Nothing is known that it could pay.
    Unknown,
}

/// One way to book a payment. The parts and the remainder make the payment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Match {
    /// What goes to which claim, in the order of their due days; none where all is to be paid back.
    pub parts: Vec<Part>,
    /// What is left: more than is owed, or paid twice.
    pub remainder: Money,
    /// In per mille; the scale stands at the crate.
    pub confidence: u16,
    /// Why, the strongest first, and what speaks against it.
    pub reasons: Vec<Reason>,
}

/// What one claim gets; never more than is open on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    /// The claim.
    pub claim_id: ClaimId,
    /// Its case.
    pub case_id: CaseId,
    /// Its creditor.
    pub creditor_id: CreditorId,
    /// Above zero.
    pub amount: Money,
}

/// A piece of evidence, or a doubt. Names no person and no account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// The payment bears the reference of the claim.
    Reference {
        /// The claim.
        claim_id: ClaimId,
    },
    /// It bears a text that is nearly the reference of the claim.
    NearReference {
        /// The claim.
        claim_id: ClaimId,
        /// How they differ.
        slip: Slip,
    },
    /// The payer wrote the number of the invoice.
    InvoiceNumber {
        /// The claim.
        claim_id: ClaimId,
    },
    /// The payer wrote the number of the case.
    CaseNumber {
        /// The case.
        case_id: CaseId,
    },
    /// A debtor of the claim paid from this account before.
    KnownAccount,
    /// The payer has the name of a debtor.
    SameName,
    /// The payer has a part of the name of a debtor.
    SimilarName,
    /// The payer wrote the name of a debtor.
    NamedInText,
    /// The amount is what is open.
    ExactAmount,
    /// The amount is what was owed first, without costs and interest.
    PrincipalAmount,
    /// The amount is what is open on several claims together.
    ExactSum {
        /// How many.
        claims: usize,
    },
    /// Other claims of the debtor have the same sum.
    OtherSums,
    /// It is less than is open.
    PartPayment {
        /// What stays open.
        left: Money,
    },
    /// It is more than is open.
    OverPayment {
        /// What is left of the payment.
        remainder: Money,
    },
    /// The claim is settled already.
    AlreadySettled {
        /// The claim.
        claim_id: ClaimId,
    },
    /// Somebody else than a debtor pays.
    OtherPayer,
    /// The money lies in an account on which this claim is not to be paid.
    WrongAccount {
        /// Whose claim it is.
        creditor_id: CreditorId,
    },
    /// The payment bears a reference that no claim has.
    UnknownReference,
    /// The payer wrote the number of an invoice or a case that nobody knows.
    UnknownNumber,
    /// Other claims fit as well.
    OthersFit {
        /// How many.
        claims: usize,
    },
    /// More was found than could be looked at.
    NotAllSeen,
}

impl Judgement {
    /// The match that is booked, or the first one proposed.
    #[must_use]
    pub fn first(&self) -> Option<&Match> {
        match self {
            Self::Certain(only) => Some(only),
            Self::Proposals(matches) => matches.first(),
            Self::Unknown => None,
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = match self {
            Self::Reference { claim_id } => {
                return write!(formatter, "it bears the reference of claim {claim_id}");
            }
            Self::NearReference { claim_id, slip } => {
                return write!(
                    formatter,
                    "what it bears is nearly the reference of claim {claim_id}: {slip}"
                );
            }
            Self::InvoiceNumber { claim_id } => {
                return write!(formatter, "it bears the invoice number of claim {claim_id}");
            }
            Self::CaseNumber { case_id } => {
                return write!(formatter, "it bears the number of case {case_id}");
            }
            Self::ExactSum { claims } => {
                return write!(formatter, "the amount is what is open on {claims} claims together");
            }
            Self::PartPayment { left } => {
                return write!(formatter, "it is a part of what is owed: {left} stays open");
            }
            Self::OverPayment { remainder } => {
                return write!(formatter, "it is more than is owed: {remainder} is left");
            }
            Self::AlreadySettled { claim_id } => {
                return write!(
                    formatter,
                    "claim {claim_id} is settled: the money may have to be paid back"
                );
            }
            Self::WrongAccount { creditor_id } => {
                return write!(
                    formatter,
                    "claims of creditor {creditor_id} are not to be paid on this account"
                );
            }
            Self::OthersFit { claims } => {
                return write!(formatter, "{claims} other claims fit as well");
            }
            Self::KnownAccount => "a debtor paid from this account before",
            Self::SameName => "the payer has the name of a debtor",
            Self::SimilarName => "the payer has a part of the name of a debtor",
            Self::NamedInText => "the payer wrote the name of a debtor",
            Self::ExactAmount => "the amount is what is open",
            Self::PrincipalAmount => "the amount is what was owed before costs and interest",
            Self::OtherSums => "other claims of the debtor have the same sum",
            Self::OtherPayer => "somebody else than a debtor pays",
            Self::UnknownReference => "it also bears a reference that no claim has",
            Self::UnknownNumber => "it bears the number of an invoice or a case that is not known",
            Self::NotAllSeen => "more was found than could be looked at",
        };
        formatter.write_str(text)
    }
}
