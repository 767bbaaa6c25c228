#![no_main]

mod promises;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| promises::check(BEGINNING, bytes));

const BEGINNING: &str = ":20:START\n:25:NL91ABNA0417164300\n:28C:1\n:60F:C260302EUR10,00\n";
