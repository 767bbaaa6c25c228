#![no_main]

mod promises;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| promises::check(BEGINNING, bytes));

const BEGINNING: &str = "0000002032672505        00099999 AMICABLE                  GKCCBEBB   00826006321 00000                                       2\n";
