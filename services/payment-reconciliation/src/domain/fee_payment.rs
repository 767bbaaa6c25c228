//! What a creditor was charged beside a remittance is paid.
//!
//! It comes in on the agency's own account, of which no statement is taken in here: so a member of
//! the finance desk says so, with the day and where it can be seen.

use std::collections::BTreeSet;

use contracts::payment_reconciliation::{FeePaymentRefusal, MarkFeePaid, MarkFeePaidAnswer};
use mailbox::{Decision, Facts, Fault};
use primitives::{Date, StaffId, Timestamp};

use super::invoice::Issued;
use super::ledger::{LedgerTransaction, Occasion};
use super::staff::member;
use super::{bug, day_of, whole_second};

/// Whether the invoice of a remittance is paid.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FeePayment {
    /// Counts the decisions that changed it.
    pub version: u64,
    /// None where none was issued. Read with it, and never kept with it; as is the desk.
    pub invoice: Option<Issued>,
    /// Who may say so.
    pub finance_desk: BTreeSet<StaffId>,
    /// What was decided just now, to be kept.
    pub marked: Option<Marked>,
    /// The same, to be added to the ledger.
    pub news: Vec<LedgerTransaction>,
}

/// Somebody's word that it is paid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Marked {
    pub paid_on: Date,
    pub because: String,
    pub by: StaffId,
    pub at: Timestamp,
}

/// Marks an invoice as paid, or a credit note as paid back: the book of fees is less by it.
pub fn mark(
    mut payment: FeePayment,
    message: &MarkFeePaid,
    facts: &Facts,
) -> Result<(Decision<FeePayment>, MarkFeePaidAnswer), Fault> {
    let because = message.because.trim();
    let by = member(&facts.actor, &payment.finance_desk);
    let refusal = match (by, &payment.invoice) {
        (None, _) => Some(FeePaymentRefusal::NotOfTheFinanceDesk),
        (Some(_), Some(invoice)) if invoice.due_on.is_none() => {
            Some(FeePaymentRefusal::SettledWithRemittance)
        }
        (Some(_), _) if because.is_empty() => Some(FeePaymentRefusal::NoReason),
        (Some(_), Some(invoice))
            if message.paid_on < invoice.issued_on || message.paid_on > day_of(facts.now) =>
        {
            Some(FeePaymentRefusal::NotOnThatDay)
        }
        (Some(_), _) => None,
    };
    let answer = match (refusal, by, &mut payment.invoice) {
        (Some(reason), ..) => MarkFeePaidAnswer::Refused { reason },
        (None, None, _) | (None, _, None) => MarkFeePaidAnswer::Unknown,
        (None, Some(_), Some(invoice)) if invoice.paid_on.is_some() => {
            MarkFeePaidAnswer::AlreadyPaid(invoice.told())
        }
        (None, Some(by), Some(invoice)) => {
            let paid_on = message.paid_on;
            invoice.paid_on = Some(paid_on);
            let amount = invoice.owed().map_err(|error| bug(&error))?;
            let occasion = Occasion { booked_on: paid_on, cause: facts.cause };
            let of = (invoice.creditor_id, invoice.remittance_id);
            let transaction = LedgerTransaction::fees_paid(of, amount, occasion);
            payment.news.push(transaction.map_err(|error| bug(&error))?);
            let (because, at) = (because.to_owned(), whole_second(facts.now));
            payment.marked = Some(Marked { paid_on, because, by, at });
            MarkFeePaidAnswer::Marked(invoice.told())
        }
    };
    Ok((Decision::quiet(payment), answer))
}
