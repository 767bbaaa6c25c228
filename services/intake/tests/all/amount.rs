//! Decimals and dates as XML Schema writes them.

use intake::domain::ubl::amount::{NoDecimal, date, decimal};
use primitives::Date;

#[test]
fn decimals_are_those_of_xml_schema() {
    for (text, value) in [
        ("12.30", "12.3"),
        ("+1.0", "1"),
        (".5", "0.5"),
        ("-.5", "-0.5"),
        ("5.", "5"),
        ("-782179.43", "-782179.43"),
        ("000000000000000000000000000000000000001.10000000000000000000000000000000000", "1.1"),
    ] {
        let read = decimal(text).map(|it| it.normalize().to_string());
        assert_eq!(read.as_deref(), Ok(value));
    }
    for text in ["", ".", "-", "+", "1E3", "1,5", "1 000", "--1", "0x1", "1_0", "NaN", "٣"] {
        assert_eq!(decimal(text), Err(NoDecimal::Form), "{text}");
    }
    assert_eq!(decimal(&"9".repeat(16)), Err(NoDecimal::TooLarge));
}

#[test]
fn dates_are_those_of_xml_schema() {
    let last_of_january = Date::new(2024, 1, 31).ok();
    for text in ["2024-01-31", "2024-01-31Z", "2024-01-31+01:00", "2024-01-31-05:30"] {
        assert_eq!(date(text), last_of_january, "{text}");
    }
    for text in [
        "",
        "20240131",
        "2024-1-31",
        "31-01-2024",
        "2024-02-30",
        "2024-01-31T00:00:00",
        "2024-01-31+1:00",
        "2024-01-31+15:00",
        "2024-01-31 ",
        "2024/01/31",
        "24-01-31--",
        "2024-01-3é",
    ] {
        assert_eq!(date(text), None, "{text}");
    }
}
