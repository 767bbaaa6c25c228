//! The agency's invoices for what is its own of remittances: costs it keeps, commission, VAT.
//!
//! One goes with each approved remittance; where the sum is below zero it is a credit note, where
//! it is zero there is none. Its number is given with the approval, under the lock of the series:
//! so each number of a year is given once, and none is left out.

use std::collections::BTreeMap;
use std::fmt;

use contracts::agreement::Settlement;
use contracts::payment_reconciliation::{
    FeeInvoice as ToldInvoice, FeeInvoiceKind, FeeInvoiceState,
};
use jiff::ToSpan;
use primitives::{
    ContentHash, Country, CreditorId, Date, Money, MoneyError, RemittanceId, Timestamp,
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::day_of;
use super::remittance::Paper;

/// How VAT is charged on what is the agency's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Vat {
    /// No invoice is made here: VAT is on the commission; gross, on the costs too.
    Uninvoiced { basis_points: u32 },
    /// An invoice is made: VAT is on the commission and on the costs.
    Invoiced(InvoiceVat),
}

/// Who owes the VAT of an invoice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum InvoiceVat {
    /// The agency, in hundredths of a percent.
    Standard { basis_points: u32 },
    /// The creditor, to its own state: the invoice bears none.
    ReverseCharge,
}

/// What the configuration says of invoices.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvoiceTerms {
    /// Whether it names the seller: then nothing is approved without an invoice.
    pub is_made: bool,
    /// How long a creditor has to pay what is charged separately.
    pub days: u16,
}

/// The year, and the place in its series.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct InvoiceNumber {
    pub year: i16,
    pub sequence: u32,
}

/// The numbers given so far. There is one row, which every approval locks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct InvoiceSeries {
    /// Counts the decisions that changed it.
    pub version: u64,
    /// The last number of each year.
    pub last: BTreeMap<i16, u32>,
    /// What was issued just now, to be kept.
    pub news: Vec<Issued>,
}

/// An invoice that was issued, or a credit note.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Issued {
    pub number: InvoiceNumber,
    pub remittance_id: RemittanceId,
    pub creditor_id: CreditorId,
    pub is_credit_note: bool,
    pub issued_on: Date,
    /// VAT within; above zero.
    pub total: Money,
    pub vat: InvoiceVat,
    /// Until when it is to be paid; none where the remittance settles it.
    pub due_on: Option<Date>,
    pub document: Option<ContentHash>,
    pub paid_on: Option<Date>,
}

impl Vat {
    /// As it stands on an invoice, where one is made.
    #[must_use]
    pub const fn invoiced(self) -> Option<InvoiceVat> {
        match self {
            Self::Uninvoiced { .. } => None,
            Self::Invoiced(vat) => Some(vat),
        }
    }

    /// Hundredths of a percent.
    #[must_use]
    pub const fn basis_points(self) -> u32 {
        match self {
            Self::Uninvoiced { basis_points }
            | Self::Invoiced(InvoiceVat::Standard { basis_points }) => basis_points,
            Self::Invoiced(InvoiceVat::ReverseCharge) => 0,
        }
    }

    /// Whether it is on the costs that the agency keeps, too.
    #[must_use]
    pub fn is_on_costs(self, settlement: &Settlement) -> bool {
        match self {
            Self::Invoiced(_) => true,
            Self::Uninvoiced { .. } => *settlement == Settlement::Gross,
        }
    }
}

impl InvoiceVat {
    /// Services between businesses of two EU states are taxed where the client is, who owes the VAT
    /// there (articles 44 and 196 of directive 2006/112/EC); without a VAT number it is no such
    /// client. Creditors are Dutch or Belgian.
    #[must_use]
    pub fn between(
        seller: Country,
        buyer: Country,
        buyer_has_vat_number: bool,
        basis_points: u32,
    ) -> Self {
        if seller != buyer && buyer_has_vat_number {
            Self::ReverseCharge
        } else {
            Self::Standard { basis_points }
        }
    }

    /// Hundredths of a percent.
    #[must_use]
    pub const fn basis_points(self) -> u32 {
        Vat::Invoiced(self).basis_points()
    }
}

impl InvoiceNumber {
    /// What a payment names it by: letters and digits only.
    #[must_use]
    pub fn compact(self) -> String {
        let Self { year, sequence } = self;
        format!("{year:04}{sequence:06}")
    }
}

impl fmt::Display for InvoiceNumber {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { year, sequence } = self;
        write!(formatter, "{year:04}-{sequence:06}")
    }
}

impl InvoiceSeries {
    /// The only row there is.
    pub const ID: Uuid = Uuid::nil();

    /// Issues what goes with an approved remittance; nothing where the sum is zero.
    pub fn issue(
        &mut self,
        paper: &Paper,
        vat: InvoiceVat,
        (approved_at, days): (Timestamp, u16),
    ) -> Result<Option<Issued>, MoneyError> {
        let fees = paper.bill.fees()?;
        if fees.is_zero() {
            return Ok(None);
        }
        let issued_on = day_of(approved_at);
        let last = self.last.entry(issued_on.year()).or_default();
        *last = last.checked_add(1).ok_or(MoneyError::Overflow)?;
        let due_on = match paper.bill.settlement {
            Settlement::Net => None,
            Settlement::Gross => Some(issued_on.saturating_add(i64::from(days).days())),
        };
        let issued = Issued {
            number: InvoiceNumber { year: issued_on.year(), sequence: *last },
            remittance_id: paper.remittance_id,
            creditor_id: paper.creditor_id,
            is_credit_note: fees.is_negative(),
            issued_on,
            total: if fees.is_negative() { fees.checked_neg()? } else { fees },
            vat,
            due_on,
            document: None,
            paid_on: None,
        };
        self.news.push(issued);
        Ok(Some(issued))
    }
}

impl Issued {
    /// What the creditor owes by it; below zero where it gets something back.
    pub fn owed(&self) -> Result<Money, MoneyError> {
        if self.is_credit_note { self.total.checked_neg() } else { Ok(self.total) }
    }

    /// As it is told.
    #[must_use]
    pub fn told(&self) -> ToldInvoice {
        let kind =
            if self.is_credit_note { FeeInvoiceKind::CreditNote } else { FeeInvoiceKind::Invoice };
        let state = match (self.due_on, self.paid_on) {
            (None, _) => FeeInvoiceState::SettledWithRemittance,
            (Some(due_on), None) => FeeInvoiceState::Open { due_on },
            (Some(_), Some(paid_on)) => FeeInvoiceState::Paid { paid_on },
        };
        ToldInvoice {
            number: self.number.to_string(),
            kind,
            issued_on: self.issued_on,
            total: self.total,
            reverse_charge: self.vat == InvoiceVat::ReverseCharge,
            state,
            document: self.document,
        }
    }
}
