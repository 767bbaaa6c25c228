//! Papers that come into the house: invoices and bank statements.

use std::fs;

use crate::within;

/// An invoice to somebody else than that of the trace's; due on 2026-11-20.
#[must_use]
pub fn invoice(number: &str, name: &str) -> String {
    let text = fs::read_to_string(within("tests/traces/invoice.xml")).unwrap();
    text.replace("GH-9001", number)
        .replace("K-9001", &format!("K-{number}"))
        .replace("Noor Vos", name)
        .replace("noor.vos", &name.to_lowercase().replace(' ', "."))
}

/// The agency's statement of a day on which the debtor paid all of it.
#[must_use]
pub fn statement(reference: &str) -> String {
    format!(
        r#"<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"><BkToCstmrStmt>
<GrpHdr><MsgId>M1</MsgId><CreDtTm>2026-11-18T04:00:00+01:00</CreDtTm></GrpHdr>
<Stmt><Id>S1</Id><CreDtTm>2026-11-18T04:00:00+01:00</CreDtTm>
<Acct><Id><IBAN>NL82AMIC0600010001</IBAN></Id></Acct>
<Bal><Tp><CdOrPrtry><Cd>OPBD</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">0.00</Amt>
<CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-11-16</Dt></Dt></Bal>
<Bal><Tp><CdOrPrtry><Cd>CLBD</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">121.00</Amt>
<CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-11-16</Dt></Dt></Bal>
<Ntry><Amt Ccy="EUR">121.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts>
<BookgDt><Dt>2026-11-16</Dt></BookgDt><ValDt><Dt>2026-11-16</Dt></ValDt>
<BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>RCDT</Cd><SubFmlyCd>ESCT</SubFmlyCd></Fmly></Domn></BkTxCd>
<NtryDtls><TxDtls><RmtInf><Strd><CdtrRefInf><Ref>{reference}</Ref></CdtrRefInf></Strd></RmtInf>
</TxDtls></NtryDtls></Ntry></Stmt></BkToCstmrStmt></Document>"#
    )
}
