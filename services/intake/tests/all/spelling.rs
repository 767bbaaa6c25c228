//! Numbers, languages and days: one spelling for each.

use crate::book::Book;
use crate::paper::{ANNA, Paper};
use contracts::intake::ImportInvoiceAnswer;
use intake::domain::{Telephone, enterprise_number, kvk_number, language, vat_number};
use primitives::{Country, Language};

#[test]
fn company_numbers_have_one_spelling() {
    assert_eq!(kvk_number("9000 1234").as_deref(), Some("90001234"));
    assert_eq!(kvk_number("9000123"), None);
    for spelling in ["0505890632", "BE 0505.890.632", "505890632"] {
        assert_eq!(enterprise_number(spelling).as_deref(), Some("0505890632"), "{spelling}");
    }
    for wrong in ["0505890633", "2505890632", "", "BE", "9000 1234"] {
        assert_eq!(enterprise_number(wrong), None, "{wrong}");
    }
    assert_eq!(vat_number("be0505890632").unwrap().to_string(), "be:0505890632");
    assert_eq!(vat_number("NL000099998B57").unwrap().to_string(), "vat:NL000099998B57");
    assert_eq!(vat_number("DE123456788").unwrap().to_string(), "vat:DE123456788");
    for wrong in ["NL00009999857", "BE0505890633", "", "N", "é12345", "VAT"] {
        assert_eq!(vat_number(wrong), None, "{wrong}");
    }
}

#[test]
fn telephone_numbers_have_one_spelling() {
    let read = |text: &str, country| {
        Telephone::parse(text, Some(country)).map(|number| number.as_str().to_owned())
    };
    for (country, text, number) in [
        (Country::NL, "06-12345678", "+31612345678"),
        (Country::NL, "06 12 34 56 78", "+31612345678"),
        (Country::NL, "(030) 123 45 67", "+31301234567"),
        (Country::NL, "030/123.45.67", "+31301234567"),
        (Country::NL, "+31 (0)6 12345678", "+31612345678"),
        (Country::NL, "+31 06 12345678", "+31612345678"),
        (Country::NL, "(+31) 6\u{A0}12345678", "+31612345678"),
        (Country::NL, "0031 6 12345678", "+31612345678"),
        (Country::NL, "Tel.: 088 000 00 00", "+31880000000"),
        (Country::NL, "+32 470 12 34 56", "+32470123456"),
        (Country::NL, "0049 30 123456", "+4930123456"),
        (Country::BE, "0470 12 34 56", "+32470123456"),
        (Country::BE, "GSM 0470/12.34.56", "+32470123456"),
        (Country::BE, "02 711 15 11", "+3227111511"),
        (Country::BE, "04 123 45 67", "+3241234567"),
        (Country::BE, "09 312 32 40", "+3293123240"),
        (Country::BE, "+32 (0) 9 312 32 40", "+3293123240"),
        (Country::BE, "+31612345678", "+31612345678"),
    ] {
        assert_eq!(read(text, country).as_deref(), Some(number), "{text}");
        assert_eq!(read(number, country).as_deref(), Some(number), "it reads back");
    }
    for (country, text) in [
        (Country::NL, ""),
        (Country::NL, "Phone number"),
        (Country::NL, "612345678"),
        (Country::NL, "31612345678"),
        (Country::NL, "0612345"),
        (Country::NL, "0612345678 / 0301234567"),
        (Country::NL, "06-12345678 x12"),
        (Country::NL, "0470 12 34 56 7"),
        // Numbers that cost the caller, or nobody in particular.
        (Country::NL, "0900-1234"),
        (Country::NL, "0900-1234567"),
        (Country::NL, "0800 123 4567"),
        (Country::BE, "0800 12 345"),
        (Country::BE, "0900 12 345"),
        (Country::BE, "0612345678"),
        (Country::BE, "+32 12"),
        (Country::BE, "+49899--"),
        (Country::BE, "+1234567890123456"),
        (Country::BE, "++32 470 12 34 56"),
    ] {
        assert_eq!(read(text, country), None, "{text}");
    }
    // Without a country only the international form says which number it is.
    assert_eq!(Telephone::parse("0612345678", None), None);
    assert!(Telephone::parse("+31612345678", None).is_some());
    let number = Telephone::parse("+31612345678", None).unwrap();
    assert!(!format!("{number:?}").contains('6'), "a number stays out of logs");
}

#[test]
fn belgians_are_written_to_in_the_language_of_their_region() {
    let of = |postcode, creditor| language(Country::BE, Some(postcode), creditor);
    for (postcode, expected) in [
        ("1300", Language::Fr),
        ("1500", Language::Nl),
        ("2000", Language::Nl),
        ("4000", Language::Fr),
        ("4700", Language::De),
        ("4800", Language::Fr),
        ("6000", Language::Fr),
        ("8000", Language::Nl),
        ("B-9000", Language::Nl),
    ] {
        assert_eq!(of(postcode, Language::Nl), expected, "{postcode}");
    }
    assert_eq!(of("1000", Language::Nl), Language::Nl);
    assert_eq!(of("1000", Language::En), Language::Fr);
    assert_eq!(language(Country::BE, None, Language::Fr), Language::Fr);
    assert_eq!(language(Country::NL, None, Language::Fr), Language::Nl);
}

#[test]
fn what_may_be_time_barred_or_is_far_away_is_not_taken_in() {
    // On 20 March 2026; a Dutch consumer may call on two years (7:28 BW).
    for (issued_on, due_on, taken) in [
        ("2024-03-01", "2024-03-20", true),
        ("2024-03-01", "2024-03-19", false),
        ("1969-12-01", "1970-01-01", false),
        ("2026-03-02", "2027-03-20", true),
        ("2026-03-02", "2027-03-21", false),
        ("2026-03-02", "9999-12-31", false),
    ] {
        let mut book = Book::new();
        let paper = Paper { issued_on, due_on: Some(due_on), ..Paper::invoice("F1", 100, ANNA) };
        let (answer, messages) = book.import(&paper.xml());
        match &answer {
            ImportInvoiceAnswer::Registered { .. } => assert!(taken, "{due_on}"),
            ImportInvoiceAnswer::Refused { problems } => {
                assert!(!taken && messages.is_empty(), "{due_on}: {problems:?}");
                assert_eq!(problems[0].field, "cbc:DueDate");
            }
            ImportInvoiceAnswer::Credited { .. } | ImportInvoiceAnswer::AlreadyKnown { .. } => {
                panic!("{due_on}: {answer:?}")
            }
        }
    }
}
