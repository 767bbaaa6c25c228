//! The banks: what moved on which account, and statements of it as a bank writes them.

use std::collections::BTreeMap;
use std::fmt::Write;

use primitives::Date;

/// The agency's account for client money.
pub(crate) const AGENCY: &str = "NL91ABNA0417164300";

/// The accounts, and what moved on them.
#[derive(Debug, Default)]
pub(crate) struct Bank {
    moved: Vec<Moved>,
    /// Until when there are statements, by account.
    told_until: BTreeMap<String, Date>,
}

/// One movement.
#[derive(Clone, Debug)]
pub(crate) struct Moved {
    pub(crate) account: String,
    /// Negative where money goes out.
    pub(crate) cents: i64,
    pub(crate) references: Vec<String>,
    pub(crate) end_to_end: Option<String>,
    pub(crate) on: Date,
}

impl Bank {
    pub(crate) fn moves(&mut self, moved: Moved) {
        self.moved.push(moved);
    }

    /// Whether everything that moved stands on a statement.
    pub(crate) fn told_all(&self) -> bool {
        self.moved.is_empty()
    }

    /// The statement of an account up to a day; none where there is one already.
    pub(crate) fn statement(&mut self, account: &str, until: Date) -> Option<String> {
        if self.told_until.get(account).is_some_and(|told| *told >= until) {
            return None;
        }
        self.told_until.insert(account.to_owned(), until);
        let is_due = |it: &Moved| it.account == account && it.on <= until;
        let (due, rest): (Vec<Moved>, Vec<Moved>) =
            std::mem::take(&mut self.moved).into_iter().partition(is_due);
        self.moved = rest;
        Some(written(account, until, &due))
    }
}

fn written(account: &str, until: Date, moved: &[Moved]) -> String {
    let opening = 1_000_000_i64;
    let closing = moved.iter().fold(opening, |sum, it| sum.saturating_add(it.cents));
    let mut xml = format!(
        r#"<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt>
<GrpHdr><MsgId>M</MsgId></GrpHdr><Stmt><Id>S-{until}</Id>
<Acct><Id><IBAN>{account}</IBAN></Id><Ccy>EUR</Ccy></Acct>"#
    );
    for (code, cents) in [("OPBD", opening), ("CLBD", closing)] {
        let amount = amount(cents);
        let balance = format!(
            "<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp>{amount}<Dt><Dt>{until}</Dt></Dt>\
             </Bal>"
        );
        xml.push_str(&balance);
    }
    for it in moved {
        let amount = amount(it.cents);
        let on = it.on;
        let id = it.end_to_end.as_ref();
        let id =
            id.map_or_else(String::new, |id| format!("<Refs><EndToEndId>{id}</EndToEndId></Refs>"));
        let mut named = String::new();
        for reference in &it.references {
            // Writing to a text cannot fail.
            let _ = write!(named, "<Ustrd>{reference}</Ustrd>");
        }
        let entry = format!(
            "<Ntry>{amount}<Sts>BOOK</Sts><BookgDt><Dt>{on}</Dt></BookgDt><NtryDtls><TxDtls>{id}\
             <RmtInf>{named}</RmtInf></TxDtls></NtryDtls></Ntry>"
        );
        xml.push_str(&entry);
    }
    xml.push_str("</Stmt></BkToCstmrStmt></Document>");
    xml
}

fn amount(cents: i64) -> String {
    let direction = if cents < 0 { "DBIT" } else { "CRDT" };
    let cents = cents.unsigned_abs();
    let (euros, cents) = (cents / 100, cents % 100);
    format!(r#"<Amt Ccy="EUR">{euros}.{cents:02}</Amt><CdtDbtInd>{direction}</CdtDbtInd>"#)
}
