#![no_main]

mod promises;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| promises::check(BEGINNING, bytes));

const BEGINNING: &str = "<BkToCstmrStmt><Stmt><Id>1</Id>\
    <Acct><Id><IBAN>NL91ABNA0417164300</IBAN></Id><Ccy>EUR</Ccy></Acct>";
