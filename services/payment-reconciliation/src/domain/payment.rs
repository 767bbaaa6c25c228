//! A received payment: what came in, and whether it is booked on a case yet.

use primitives::{ClaimId, Date, Money};

use super::ledger::Holder;

/// One payment of a statement, or one that a creditor reported.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReceivedPayment {
    /// Counts the decisions that changed it.
    pub version: u64,
    /// None where nobody told of it yet.
    pub receipt: Option<Receipt>,
    /// Whether it is booked on a case. Until then it is unmatched money.
    pub allocated: bool,
    /// Whether the creditor took back what it had said: no such money came.
    pub retracted: bool,
    /// The claims that it pays first, once it is booked on their case.
    pub named: Vec<ClaimId>,
}

/// What the bank says, or the creditor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// Negative where money went out.
    pub amount: Money,
    pub received_on: Date,
    /// In whose account it lies.
    pub holder: Holder,
}
