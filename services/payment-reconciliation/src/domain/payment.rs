//! A received payment: what came in, and whether it is booked on a case yet.

use primitives::{Date, Money};

use super::ledger::Holder;

/// One payment of a statement.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReceivedPayment {
    /// Counts the decisions that changed it.
    pub version: u64,
    /// None where no statement told of it yet.
    pub receipt: Option<Receipt>,
    /// Whether it is booked on a case. Until then it is unmatched money.
    pub allocated: bool,
}

/// What the bank says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// Negative where money went out.
    pub amount: Money,
    pub received_on: Date,
    /// In whose account it lies.
    pub holder: Holder,
}
