//! What a caller writes down of a call.

use telephony_task::domain::{CHARACTERS_MAX, Summary, SummaryFault};

#[test]
fn a_text_is_read_without_the_spaces_around_it() {
    let summary = Summary::read("\n  Belde terug,\tbetaalt\r\nvrijdag. \n".as_bytes()).unwrap();
    assert_eq!(summary.as_str(), "Belde terug,\tbetaalt\r\nvrijdag.");
    assert!(summary.says_something());
    assert_eq!(format!("{summary:?}"), "Summary(30 characters)");
}

#[test]
fn what_is_no_text_or_too_long_is_refused() {
    for bytes in [&b"\xff\xfe"[..], b"called\0again", b"\x1b[31mred"] {
        assert_eq!(Summary::read(bytes), Err(SummaryFault::NotText));
    }
    let longest = "é".repeat(CHARACTERS_MAX);
    assert!(Summary::read(longest.as_bytes()).is_ok());
    let longer = format!("{longest}é");
    assert_eq!(Summary::read(longer.as_bytes()), Err(SummaryFault::TooLong));
}

#[test]
fn ten_characters_say_something() {
    let says = |text: &str| Summary::read(text.as_bytes()).unwrap().says_something();
    assert!(says("betaalt vr.") && says("b e t a a l t v r ."));
    assert!(!says("") && !says(" \n ") && !says("betaalt vr"));
}
