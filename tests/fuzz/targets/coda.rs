#![no_main]

mod promises;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    promises::check(&format!("0000002032672505{:111}2\r\n", ' '), bytes)
});
