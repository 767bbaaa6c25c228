//! An order to the bank to collect: `pain.008.001.08` of ISO 20022, SEPA direct debits of scheme
//! CORE (EPC130-08).
//!
//! The same order always gives the same bytes, so that it may be made again.

use std::collections::BTreeMap;

use primitives::{
    CreditorIdentifier, Currency, Date, DebitFileId, DebitId, MandateReference, Money, MoneyError,
    Timestamp,
};
use uuid::Uuid;

use super::payment_order::{Party, created, name};
use super::xml::Xml;

/// The namespace of the message, and with it the version of its schema.
const NAMESPACE: &str = "urn:iso:std:iso:20022:tech:xsd:pain.008.001.08";

/// Everything that an order says.
#[derive(Clone, Debug)]
pub struct DirectDebitOrder {
    pub file_id: DebitFileId,
    pub created_at: Timestamp,
    pub creditor: Party,
    pub identifier: CreditorIdentifier,
    /// At least one.
    pub lines: Vec<DebitLine>,
}

/// One collection of an order.
#[derive(Clone, Debug)]
pub struct DebitLine {
    pub debit_id: DebitId,
    pub sequence: Sequence,
    pub due_on: Date,
    /// Above zero, in euros.
    pub amount: Money,
    pub reference: MandateReference,
    pub signed_on: Date,
    pub debtor: Party,
}

/// Which of a mandate's collections it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sequence {
    /// The only one.
    OneOff,
    First,
    Recurrent,
}

impl Sequence {
    /// As the bank and our tables write it.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::OneOff => "OOFF",
            Self::First => "FRST",
            Self::Recurrent => "RCUR",
        }
    }
}

impl std::str::FromStr for Sequence {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let known = [Self::OneOff, Self::First, Self::Recurrent];
        known.into_iter().find(|it| it.code() == text).ok_or(())
    }
}

/// What the bank calls a collection, on the order and on the statements.
#[must_use]
pub fn end_to_end_id(debit_id: DebitId) -> String {
    debit_id.as_uuid().simple().to_string()
}

/// What the bank calls the collections of one day and sequence of a file.
#[must_use]
pub fn batch_id(file_id: DebitFileId, due_on: Date, sequence: Sequence) -> Uuid {
    let name = format!("{due_on} {}", sequence.code());
    Uuid::new_v5(&file_id.as_uuid(), name.as_bytes())
}

impl DirectDebitOrder {
    /// The order as a file.
    pub fn to_xml(&self) -> Result<String, MoneyError> {
        let mut batches: BTreeMap<(Date, Sequence), Vec<&DebitLine>> = BTreeMap::new();
        for line in &self.lines {
            batches.entry((line.due_on, line.sequence)).or_default().push(line);
        }
        let mut xml = Xml::begin();
        xml.open(&format!("Document xmlns=\"{NAMESPACE}\""));
        xml.open("CstmrDrctDbtInitn");
        xml.open("GrpHdr");
        xml.text("MsgId", &self.file_id.as_uuid().simple().to_string());
        xml.text("CreDtTm", &created(self.created_at));
        count(&mut xml, self.lines.iter())?;
        xml.nested(&["InitgPty"], "Nm", &name(&self.creditor.name));
        xml.close("GrpHdr");
        for ((due_on, sequence), lines) in &batches {
            self.batch(&mut xml, (*due_on, *sequence), lines)?;
        }
        xml.close("CstmrDrctDbtInitn");
        xml.close("Document");
        Ok(xml.end())
    }

    fn batch(
        &self,
        xml: &mut Xml,
        (due_on, sequence): (Date, Sequence),
        lines: &[&DebitLine],
    ) -> Result<(), MoneyError> {
        xml.open("PmtInf");
        let id = batch_id(self.file_id, due_on, sequence);
        xml.text("PmtInfId", &id.simple().to_string());
        xml.text("PmtMtd", "DD");
        // Each is to be told by itself; a bank that books their sum is understood too.
        xml.text("BtchBookg", "false");
        count(xml, lines.iter().copied())?;
        xml.open("PmtTpInf");
        xml.nested(&["SvcLvl"], "Cd", "SEPA");
        xml.nested(&["LclInstrm"], "Cd", "CORE");
        xml.text("SeqTp", sequence.code());
        xml.close("PmtTpInf");
        xml.text("ReqdColltnDt", &due_on.to_string());
        xml.nested(&["Cdtr"], "Nm", &name(&self.creditor.name));
        xml.nested(&["CdtrAcct", "Id"], "IBAN", &self.creditor.account.to_string());
        // The banks are known by the accounts.
        xml.nested(&["CdtrAgt", "FinInstnId", "Othr"], "Id", "NOTPROVIDED");
        xml.text("ChrgBr", "SLEV");
        xml.open("CdtrSchmeId");
        xml.open("Id");
        xml.open("PrvtId");
        xml.open("Othr");
        xml.text("Id", &self.identifier.to_string());
        xml.nested(&["SchmeNm"], "Prtry", "SEPA");
        xml.close("Othr");
        xml.close("PrvtId");
        xml.close("Id");
        xml.close("CdtrSchmeId");
        for line in lines {
            line.write(xml);
        }
        xml.close("PmtInf");
        Ok(())
    }
}

/// How many there are, and their sum.
fn count<'a>(
    xml: &mut Xml,
    lines: impl Iterator<Item = &'a DebitLine> + Clone,
) -> Result<(), MoneyError> {
    let sum = Money::sum(Currency::EUR, lines.clone().map(|it| it.amount))?;
    xml.text("NbOfTxs", &lines.count().to_string());
    xml.text("CtrlSum", &sum.to_decimal().to_string());
    Ok(())
}

impl DebitLine {
    fn write(&self, xml: &mut Xml) {
        let (id, reference) = (end_to_end_id(self.debit_id), self.reference.to_string());
        let short: String = id.chars().take(8).collect();
        let (currency, sum) = (self.amount.currency().code(), self.amount.to_decimal());
        xml.open("DrctDbtTxInf");
        xml.nested(&["PmtId"], "EndToEndId", &id);
        xml.marked("InstdAmt", ("Ccy", currency), &sum.to_string());
        xml.open("DrctDbtTx");
        xml.open("MndtRltdInf");
        xml.text("MndtId", &reference);
        xml.text("DtOfSgntr", &self.signed_on.to_string());
        xml.close("MndtRltdInf");
        xml.close("DrctDbtTx");
        xml.nested(&["DbtrAgt", "FinInstnId", "Othr"], "Id", "NOTPROVIDED");
        xml.nested(&["Dbtr"], "Nm", &name(&self.debtor.name));
        xml.nested(&["DbtrAcct", "Id"], "IBAN", &self.debtor.account.to_string());
        // Nobody knows which of the languages the debtor reads.
        let text = format!("Incasso / domiciliation: machtiging / mandat {reference}, {short}");
        xml.nested(&["RmtInf"], "Ustrd", &text);
        xml.close("DrctDbtTxInf");
    }
}
