//! Bank files as a bank would write them, for tests.

use std::fmt::Write;

/// The agency's account for client money.
pub(crate) const CLIENT: &str = "NL91ABNA0417164300";

/// One movement.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    minor: i64,
    structured: Option<String>,
    lines: Vec<String>,
    name: Option<String>,
    account: Option<String>,
    end_to_end: Option<String>,
    /// What the bank tells of why it comes back, where it does.
    returned: Option<&'static str>,
    code: Option<&'static str>,
    bank_reference: Option<&'static str>,
    is_reversal: bool,
}

impl Entry {
    pub(crate) fn credit(minor: i64) -> Self {
        Self {
            minor,
            structured: None,
            lines: Vec::new(),
            name: None,
            account: None,
            end_to_end: None,
            returned: None,
            code: None,
            bank_reference: None,
            is_reversal: false,
        }
    }

    pub(crate) fn debit(minor: i64) -> Self {
        Self::credit(-minor)
    }

    /// What it moves, in minor units.
    pub(crate) const fn minor(&self) -> i64 {
        self.minor
    }

    pub(crate) fn structured(self, reference: &str) -> Self {
        Self { structured: Some(reference.to_owned()), ..self }
    }

    pub(crate) fn line(mut self, line: &str) -> Self {
        self.lines.push(line.to_owned());
        self
    }

    /// With the id that the payer gave it.
    pub(crate) fn end_to_end(self, id: &str) -> Self {
        Self { end_to_end: Some(id.to_owned()), ..self }
    }

    pub(crate) fn named(self, name: &str) -> Self {
        Self { name: Some(name.to_owned()), ..self }
    }

    /// From this account.
    pub(crate) fn from(self, account: &str) -> Self {
        Self { account: Some(account.to_owned()), ..self }
    }

    pub(crate) fn returned(self) -> Self {
        self.returned_for("")
    }

    /// Comes back for a reason in the bank's codes.
    pub(crate) fn returned_for(self, reason: &'static str) -> Self {
        Self { returned: Some(reason), ..self }
    }

    /// The bank takes a booking of its own back.
    pub(crate) fn reversed(self) -> Self {
        Self { is_reversal: true, ..self }
    }

    /// With a sub-family of the bank's transaction code.
    pub(crate) fn coded(self, code: &'static str) -> Self {
        Self { code: Some(code), ..self }
    }

    /// With what the bank calls it.
    pub(crate) fn called(self, reference: &'static str) -> Self {
        Self { bank_reference: Some(reference), ..self }
    }

    fn xml(&self, day: &str) -> String {
        let reference = self.bank_reference.map_or_else(String::new, |reference| {
            format!("<AcctSvcrRef>{reference}</AcctSvcrRef>")
        });
        let mut remittance = String::new();
        for line in &self.lines {
            write!(remittance, "<Ustrd>{line}</Ustrd>").unwrap();
        }
        if let Some(reference) = &self.structured {
            let reference = format!("<CdtrRefInf><Ref>{reference}</Ref></CdtrRefInf>");
            write!(remittance, "<Strd>{reference}</Strd>").unwrap();
        }
        let name = self.name.as_ref().map_or_else(String::new, |name| format!("<Nm>{name}</Nm>"));
        let account = self.account.as_ref().map_or_else(String::new, |account| {
            format!("<DbtrAcct><Id><IBAN>{account}</IBAN></Id></DbtrAcct>")
        });
        let name = match (name.as_str(), account.as_str()) {
            ("", "") => String::new(),
            _ => format!("<RltdPties><Dbtr>{name}</Dbtr>{account}</RltdPties>"),
        };
        let code = self.code.map_or_else(String::new, |code| {
            let family = format!("<Cd>RCDT</Cd><SubFmlyCd>{code}</SubFmlyCd>");
            format!("<BkTxCd><Domn><Cd>PMNT</Cd><Fmly>{family}</Fmly></Domn></BkTxCd>")
        });
        let refs = self
            .end_to_end
            .as_ref()
            .map_or_else(String::new, |id| format!("<Refs><EndToEndId>{id}</EndToEndId></Refs>"));
        let returned = self.returned.map_or_else(String::new, |reason| match reason {
            "" => "<RtrInf/>".to_owned(),
            code => format!("<RtrInf><Rsn><Cd>{code}</Cd></Rsn></RtrInf>"),
        });
        let reversal = if self.is_reversal { "<RvslInd>true</RvslInd>" } else { "" };
        format!(
            "<Ntry>{}{reversal}<Sts>BOOK</Sts><BookgDt><Dt>{day}</Dt></BookgDt>{reference}{code}\
             <NtryDtls><TxDtls>{refs}{name}<RmtInf>{remittance}</RmtInf>{returned}</TxDtls>\
             </NtryDtls></Ntry>",
            amount(self.minor)
        )
    }
}

/// A statement of one day, which began with ten euros.
pub(crate) fn statement(account: &str, id: &str, day: &str, entries: &[Entry]) -> String {
    statement_from(1_000, account, id, day, entries)
}

/// A statement of one day, with what it began with.
pub(crate) fn statement_from(
    opening: i64,
    account: &str,
    id: &str,
    day: &str,
    entries: &[Entry],
) -> String {
    let entries: Vec<(&str, Entry)> = entries.iter().map(|it| (day, it.clone())).collect();
    period(opening, account, id, (day, day), &entries)
}

/// A statement of several days, each movement with its own.
pub(crate) fn period(
    opening: i64,
    account: &str,
    id: &str,
    (first, last): (&str, &str),
    entries: &[(&str, Entry)],
) -> String {
    let closing: i64 = opening + entries.iter().map(|(_, entry)| entry.minor).sum::<i64>();
    let mut xml =
        format!("<Stmt><Id>{id}</Id><Acct><Id><IBAN>{account}</IBAN></Id><Ccy>EUR</Ccy></Acct>");
    for (code, minor, day) in [("OPBD", opening, first), ("CLBD", closing, last)] {
        let kind = format!("<Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp>");
        write!(xml, "<Bal>{kind}{}<Dt><Dt>{day}</Dt></Dt></Bal>", amount(minor)).unwrap();
    }
    for (day, entry) in entries {
        xml.push_str(&entry.xml(day));
    }
    xml.push_str("</Stmt>");
    xml
}

/// What a bank sends before the statement of the day.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Report {
    /// camt.052
    OfTheAccount,
    /// camt.054
    OfEntries,
}

/// A file with one report of a day, without balances.
pub(crate) fn reported(
    kind: Report,
    account: &str,
    id: &str,
    day: &str,
    entries: &[Entry],
) -> String {
    let (message, root, element) = match kind {
        Report::OfTheAccount => ("camt.052.001.08", "BkToCstmrAcctRpt", "Rpt"),
        Report::OfEntries => ("camt.054.001.08", "BkToCstmrDbtCdtNtfctn", "Ntfctn"),
    };
    let entries: String = entries.iter().map(|it| it.xml(day)).collect();
    format!(
        r#"<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:{message}"><{root}><GrpHdr><MsgId>M</MsgId></GrpHdr>
<{element}><Id>{id}</Id><Acct><Id><IBAN>{account}</IBAN></Id><Ccy>EUR</Ccy></Acct>
{entries}</{element}>
</{root}></Document>"#
    )
}

/// A file of statements.
pub(crate) fn file(statements: &[String]) -> String {
    let statements = statements.concat();
    format!(
        r#"<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt>
<GrpHdr><MsgId>M</MsgId></GrpHdr>{statements}</BkToCstmrStmt></Document>"#
    )
}

fn amount(minor: i64) -> String {
    let direction = if minor < 0 { "DBIT" } else { "CRDT" };
    let (euros, cents) = (minor.abs() / 100, minor.abs() % 100);
    format!(r#"<Amt Ccy="EUR">{euros}.{cents:02}</Amt><CdtDbtInd>{direction}</CdtDbtInd>"#)
}
