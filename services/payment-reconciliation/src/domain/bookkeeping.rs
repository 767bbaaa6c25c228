//! A remittance as a bank statement for the creditor's bookkeeping: `camt.053.001.08` of ISO 20022.
//!
//! It is a statement of what lay with the agency for the creditor: it begins and ends with nothing.
//! Between these stand what each payment brought for an invoice, with the invoice's number; what
//! came back of earlier ones; what the agency took off; and what was paid. It holds no name of a
//! debtor. The same remittance always gives the same bytes.

use std::collections::BTreeMap;
use std::fmt;

use contracts::agreement::Settlement;
use contracts::payment_reconciliation::Remittance;
use primitives::{ClaimId, Date, Language, Money, MoneyError, Timestamp};

use super::day_of;
use super::ledger::Transfer;
use super::payment_order::{Party, created};
use super::remittance::{BilledLine, CURRENCY};
use super::specification::{fees, words};
use super::xml::Xml;

const NAMESPACE: &str = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.08";
/// The longest reference that the schema takes, and the longest text.
const REFERENCE_MAX: usize = 35;
const TEXT_MAX: usize = 140;

/// Everything that a statement says.
#[derive(Clone, Copy)]
pub struct Bookkeeping<'a> {
    pub remittance: &'a Remittance,
    pub lines: &'a [BilledLine],
    /// The creditor's own number of each claim.
    pub invoices: &'a BTreeMap<ClaimId, String>,
    pub approved_at: Timestamp,
    /// Whose account for client money it was paid from.
    pub payer: &'a Party,
    pub language: Language,
}

/// What a creditor numbers its invoices by may name somebody: it stays out of logs.
impl fmt::Debug for Bookkeeping<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let id = self.remittance.remittance_id;
        formatter.debug_struct("Bookkeeping").field("remittance_id", &id).finish_non_exhaustive()
    }
}

/// One entry: above zero it came in.
struct Entry<'a> {
    amount: Money,
    valued_on: Date,
    /// Family and sub-family of the bank transaction code, in the domain of payments.
    code: (&'static str, &'static str),
    end_to_end_id: Option<String>,
    /// The number of the invoice that it is about.
    invoice: Option<&'a str>,
    text: Option<&'a str>,
}

impl Bookkeeping<'_> {
    /// The statement as a file.
    pub fn to_camt(&self) -> Result<String, MoneyError> {
        let transfer = Transfer::from(self.remittance.remittance_id);
        let (id, made_at) = (transfer.end_to_end_id(), created(self.approved_at));
        let booked_on = day_of(self.approved_at);
        let mut xml = Xml::begin();
        xml.open(&format!("Document xmlns=\"{NAMESPACE}\""));
        xml.open("BkToCstmrStmt");
        xml.open("GrpHdr");
        xml.text("MsgId", &id);
        xml.text("CreDtTm", &made_at);
        xml.close("GrpHdr");
        xml.open("Stmt");
        xml.text("Id", &id);
        xml.text("CreDtTm", &made_at);
        xml.open("Acct");
        xml.nested(&["Id"], "IBAN", self.payer.account.as_str());
        xml.text("Ccy", CURRENCY.code());
        xml.close("Acct");
        for code in ["OPBD", "CLBD"] {
            xml.open("Bal");
            xml.nested(&["Tp", "CdOrPrtry"], "Cd", code);
            amount(&mut xml, Money::zero(CURRENCY))?;
            xml.nested(&["Dt"], "Dt", &booked_on.to_string());
            xml.close("Bal");
        }
        for (ordinal, entry) in (1_u32..).zip(self.entries(booked_on)?) {
            entry.write(&mut xml, ordinal, booked_on)?;
        }
        xml.close("Stmt");
        xml.close("BkToCstmrStmt");
        xml.close("Document");
        Ok(xml.end())
    }

    /// What came in, what is taken off, what is paid: together nothing.
    fn entries(&self, booked_on: Date) -> Result<Vec<Entry<'_>>, MoneyError> {
        let remittance = self.remittance;
        let mut entries = Vec::with_capacity(self.lines.len());
        for billed in self.lines.iter().filter(|it| !it.line.direct) {
            let line = &billed.line;
            let invoice = self.invoices.get(&line.claim_id).map(String::as_str);
            entries.push(Entry {
                amount: billed.parts().total()?,
                valued_on: line.received_on,
                code: ("RCDT", "ESCT"),
                end_to_end_id: None,
                invoice,
                text: invoice,
            });
        }
        for carried in &remittance.carried {
            entries.push(Entry {
                amount: carried.amount,
                valued_on: booked_on,
                code: ("ICDT", "RRTN"),
                end_to_end_id: Some(Transfer::from(carried.remittance_id).end_to_end_id()),
                invoice: None,
                text: Some(words(self.language).carried),
            });
        }
        if remittance.settlement == Settlement::Net {
            let invoice = remittance.invoice.as_ref().map(|it| it.number.as_str());
            let kinds = ["FEES", "COMM", "COMM", "TAXE"];
            for ((text, fee), kind) in
                fees(remittance, self.lines, self.language)?.into_iter().zip(kinds)
            {
                let amount = fee.checked_neg()?;
                let family = if amount.is_negative() { "MDOP" } else { "MCOP" };
                entries.push(Entry {
                    amount,
                    valued_on: booked_on,
                    code: (family, kind),
                    end_to_end_id: None,
                    invoice,
                    text: Some(text),
                });
            }
        }
        let transfer = Transfer::from(remittance.remittance_id);
        entries.push(Entry {
            amount: remittance.amount.checked_neg()?,
            valued_on: booked_on,
            code: ("ICDT", "ESCT"),
            end_to_end_id: Some(transfer.end_to_end_id()),
            invoice: None,
            text: None,
        });
        entries.retain(|it| !it.amount.is_zero());
        Ok(entries)
    }
}

impl Entry<'_> {
    fn write(&self, xml: &mut Xml, ordinal: u32, booked_on: Date) -> Result<(), MoneyError> {
        xml.open("Ntry");
        xml.text("NtryRef", &format!("{ordinal}"));
        amount(xml, self.amount)?;
        xml.nested(&["Sts"], "Cd", "BOOK");
        xml.nested(&["BookgDt"], "Dt", &booked_on.to_string());
        xml.nested(&["ValDt"], "Dt", &self.valued_on.to_string());
        let (family, sub_family) = self.code;
        xml.open("BkTxCd");
        xml.open("Domn");
        xml.text("Cd", "PMNT");
        xml.open("Fmly");
        xml.text("Cd", family);
        xml.text("SubFmlyCd", sub_family);
        xml.close("Fmly");
        xml.close("Domn");
        xml.close("BkTxCd");
        xml.open("NtryDtls");
        xml.open("TxDtls");
        let end_to_end_id = self.end_to_end_id.as_deref().unwrap_or("NOTPROVIDED");
        xml.nested(&["Refs"], "EndToEndId", end_to_end_id);
        amount(xml, self.amount)?;
        self.remittance_information(xml);
        xml.close("TxDtls");
        xml.close("NtryDtls");
        xml.close("Ntry");
        Ok(())
    }

    /// The number stands in the text, as that of an invoice, and as the creditor's own reference:
    /// software looks for it in any of them.
    fn remittance_information(&self, xml: &mut Xml) {
        let invoice = self.invoice.map(plain).filter(|it| it.chars().count() <= REFERENCE_MAX);
        if self.text.is_none() && invoice.is_none() {
            return;
        }
        xml.open("RmtInf");
        if let Some(text) = self.text {
            let text: String = plain(text).chars().take(TEXT_MAX).collect();
            xml.text("Ustrd", &text);
        }
        if let Some(number) = invoice.filter(|it| !it.is_empty()) {
            xml.open("Strd");
            xml.open("RfrdDocInf");
            xml.nested(&["Tp", "CdOrPrtry"], "Cd", "CINV");
            xml.text("Nb", &number);
            xml.close("RfrdDocInf");
            xml.open("CdtrRefInf");
            xml.nested(&["Tp", "CdOrPrtry"], "Cd", "SCOR");
            xml.text("Ref", &number);
            xml.close("CdtrRefInf");
            xml.close("Strd");
        }
        xml.close("RmtInf");
    }
}

/// On one line; a text of nothing is a mark.
fn plain(text: &str) -> String {
    let line: String = text.chars().map(|it| if it.is_control() { ' ' } else { it }).collect();
    let line = line.trim();
    if line.is_empty() { "-".to_owned() } else { line.to_owned() }
}

/// What it is, and whether it came in.
fn amount(xml: &mut Xml, amount: Money) -> Result<(), MoneyError> {
    let (direction, size) =
        if amount.is_negative() { ("DBIT", amount.checked_neg()?) } else { ("CRDT", amount) };
    let currency = ("Ccy", amount.currency().code());
    xml.marked("Amt", currency, &size.to_decimal().to_string());
    xml.text("CdtDbtInd", direction);
    Ok(())
}
