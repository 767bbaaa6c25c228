//! What the law and the rules of references answer at the command line: the worked examples of the
//! research, with their figures.

#![expect(clippy::indexing_slicing, clippy::unwrap_used, reason = "tests fail loudly")]

use std::process::{Command, Output};

use serde_json::{Value, json};

fn ask(words: &str) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_amicable"));
    command.args(words.split_whitespace()).output().unwrap()
}

/// The answer, of which only the named fields are looked at.
fn answers(words: &str, expected: &Value) {
    let output = ask(&format!("{words} --json"));
    assert!(output.status.success(), "{words}: {}", String::from_utf8_lossy(&output.stderr));
    let answer: Value = serde_json::from_slice(&output.stdout).unwrap();
    for (name, value) in expected.as_object().unwrap() {
        assert_eq!(&answer[name], value, "{words}: {name} of {answer}");
    }
    if words.starts_with("law") {
        for name in ["rule", "version"] {
            assert!(!answer[name].as_str().unwrap().is_empty(), "{words}: {name}");
        }
        assert!(!answer["explanation"].as_array().unwrap().is_empty(), "{words}");
    }
}

fn fields<const N: usize>(fields: [(&str, &str); N]) -> Value {
    fields.into_iter().map(|(name, value)| (name.to_owned(), json!(value))).collect()
}

fn refuses(words: &str, why: &str) {
    let output = ask(words);
    assert!(!output.status.success(), "{words}");
    assert!(output.stdout.is_empty(), "{words}");
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains(why), "{words}: {said}");
}

/// Examples 1 to 3 and 9 of the research, and where nothing may be asked.
#[test]
fn costs_follow_the_scales() {
    let of = |amount, vat, total| fields([("amount", amount), ("vat", vat), ("total", total)]);
    for (words, expected) in [
        ("NL --debtor consumer --principal 3500", of("475.00", "0.00", "475.00")),
        ("NL --debtor consumer --principal 250", of("40.00", "0.00", "40.00")),
        ("NL --debtor legal --principal 1000000", of("6775.00", "0.00", "6775.00")),
        ("nl --debtor consumer --principal 2000000", of("6775.00", "0.00", "6775.00")),
        (
            "NL --debtor consumer --principal 5000 --vat-not-deductible",
            of("625.00", "131.25", "756.25"),
        ),
        (
            "NL --debtor business --principal 5000 --vat-not-deductible",
            of("625.00", "131.25", "756.25"),
        ),
        ("BE --debtor consumer --principal 150", of("20.00", "0.00", "20.00")),
        ("BE --debtor consumer --principal 1000.00", of("90.00", "0.00", "90.00")),
        ("BE --debtor consumer --principal 1000 --no-clause", of("0.00", "0.00", "0.00")),
        ("BE --debtor business --principal 1000", of("40.00", "0.00", "40.00")),
        ("BE --debtor consumer --principal 9 --on 2026-11-26", of("20.00", "0.00", "20.00")),
    ] {
        answers(&format!("law costs --country {words}"), &expected);
    }
    for principal in ["0", "-5", "0.00", "12.345", "12,50"] {
        refuses(
            &format!("law costs --country NL --debtor consumer --principal={principal}"),
            "--principal",
        );
    }
    refuses(
        "law costs --country BE --debtor consumer --principal 9 --on 2023-08-31",
        "the rules are known from 2023-09-01 on",
    );
}

/// Examples 4, 5 and 10 of the research; the cap of a Belgian clause.
#[test]
fn interest_is_told_segment_by_segment() {
    let words = "law interest --country NL --kind statutory --principal 5000 --from 2024-03-15 \
                 --to 2026-02-17";
    let segment = |from: &str, to: &str, days: u32, rate: &str, base: &str, amount: &str| {
        json!({ "from": from, "to": to, "days": days, "rate": rate, "base": base,
                "amount": amount })
    };
    let segments = [
        segment("2024-03-15", "2025-01-01", 292, "7.00", "5000.00", "280.00"),
        segment("2025-01-01", "2025-03-15", 73, "6.00", "5000.00", "60.00"),
        segment("2025-03-15", "2026-01-01", 292, "6.00", "5340.00", "256.32"),
        segment("2026-01-01", "2026-02-17", 47, "4.00", "5340.00", "27.50"),
    ];
    answers(words, &json!({ "amount": "623.82", "segments": segments }));
    for (words, amount) in [
        ("NL --kind statutory --principal 10000 --from 2025-12-17 --to 2026-01-16", "41.10"),
        (
            "BE --kind contractual --rate 5 --principal 1000 --from 2026-01-01 --to 2026-01-31",
            "4.11",
        ),
        // Above the rate between businesses, which was 10.50 %.
        (
            "BE --kind contractual --rate 20 --principal 1000 --from 2026-01-01 --to 2026-01-31",
            "8.63",
        ),
        ("NL --kind statutory --principal 1000 --from 2026-01-01 --to 2026-01-01", "0.00"),
        (
            "NL --kind contractual --rate 10 --debtor legal --principal 1000 --from 2026-01-01 \
             --to 2027-01-01",
            "100.00",
        ),
    ] {
        answers(&format!("law interest --country {words}"), &json!({ "amount": amount }));
    }
    let ask = "law interest --principal 5 --from 2026-12-01";
    for (words, why) in [
        ("--country NL --kind statutory --to 2027-02-01", "add that of 2027-01-01 first"),
        ("--country NL --kind statutory --to 2026-11-30", "--to comes before --from"),
        ("--country BE --kind contractual --to 2026-12-02", "say which --rate was agreed"),
        ("--country BE --kind statutory --rate 3 --to 2026-12-02", "the law has its own rate"),
    ] {
        refuses(&format!("{ask} {words}"), why);
    }
}

/// Examples 7, 8, 11 (the cautious reading) and 12 of the research.
#[test]
fn terms_name_their_days() {
    let of = |delivered: Option<&str>, first, last, costs| {
        let mut term = fields([("first_day", first), ("last_day", last), ("costs_from", costs)]);
        term["delivered"] = json!(delivered);
        term
    };
    for (words, expected) in [
        (
            "nl-14-day --sent 2026-11-06 --channel post",
            of(Some("2026-11-10"), "2026-11-11", "2026-11-24", "2026-11-25"),
        ),
        (
            "nl-14-day --sent 2026-11-05 --channel post",
            of(Some("2026-11-07"), "2026-11-08", "2026-11-23", "2026-11-24"),
        ),
        (
            "be-first-reminder --sent 2026-11-06 --channel post",
            of(None, "2026-11-13", "2026-11-26", "2026-11-27"),
        ),
        (
            "be-first-reminder --sent 2026-11-06 --channel email",
            of(None, "2026-11-07", "2026-11-20", "2026-11-21"),
        ),
        (
            "be-formal-notice --sent 2026-11-06 --channel email",
            of(None, "2026-11-13", "2026-11-26", "2026-11-27"),
        ),
    ] {
        answers(&format!("law term --kind {words}"), &expected);
    }
    refuses("law term --kind nl-14-day --sent 2026-11-06 --channel sms", "by post and by e-mail");
}

#[test]
fn hours_of_contact_are_those_of_the_debtors_clock() {
    let of = |allowed: bool, next: &str| json!({ "allowed": allowed, "next": next });
    for (words, expected) in [
        ("NL --channel phone --at 2026-11-30T19:59", of(true, "2026-11-30T19:59:00")),
        ("NL --channel phone --at 2026-11-30T20:00", of(false, "2026-12-01T07:00:00")),
        ("NL --channel email --at 2026-11-29T12:00", of(false, "2026-11-30T07:00:00")),
        ("BE --channel phone --at 2026-11-30T07:30", of(false, "2026-11-30T08:00:00")),
        ("BE --channel visit --at 2026-11-11T12:00", of(false, "2026-11-12T08:00:00")),
        // Summer time begins on Sunday 29 March.
        ("NL --channel sms --at 2026-03-28T20:00", of(false, "2026-03-30T07:00:00")),
    ] {
        answers(&format!("law contact --country {words}"), &expected);
    }
}

/// Example 6 of the research, in small; each cent is somewhere.
#[test]
fn a_payment_pays_in_the_order_of_the_law() {
    let of = |costs, interest, principal, left| {
        let parts = [("costs", costs), ("interest", interest), ("principal", principal)];
        let mut paid = fields(parts);
        paid["left"] = json!(left);
        paid
    };
    let owed = "--costs 40 --interest 3.20 --principal 250";
    for (words, expected) in [
        ("NL --payment 41", of("40.00", "1.00", "0.00", "0.00")),
        ("BE --payment 100", of("40.00", "3.20", "56.80", "0.00")),
        ("NL --payment 300", of("40.00", "3.20", "250.00", "6.80")),
        ("BE --kind consumer-credit --payment 251", of("0.00", "1.00", "250.00", "0.00")),
        ("NL --kind consumer-credit --payment 41", of("40.00", "1.00", "0.00", "0.00")),
    ] {
        answers(&format!("law allocate {owed} --country {words}"), &expected);
    }
    refuses(&format!("law allocate {owed} --country NL --payment=-1"), "0 or more");
}

/// Examples 13 to 15 of the research.
#[test]
fn references_are_checked_and_made() {
    for (words, valid, normalised) in [
        ("ogm 010/8068/17183", true, Some("010806817183")),
        ("ogm +++010/8068/17180+++", false, None),
        ("rf RF18539007547034", true, Some("RF18539007547034")),
        ("rf RF17539007547034", false, None),
        ("betalingskenmerk 5000.0567.8901.2345", true, Some("5000056789012345")),
        ("iban nl91abna0417164300", true, Some("NL91ABNA0417164300")),
        ("iban NL92ABNA0417164300", false, None),
    ] {
        let expected = json!({ "valid": valid, "normalised": normalised });
        answers(&format!("reference check --kind {words}"), &expected);
    }
    for (words, value) in [
        ("ogm 0108068171", "010806817183"),
        ("rf 539007547034", "RF18539007547034"),
        ("betalingskenmerk 000056789012345", "5000056789012345"),
    ] {
        answers(&format!("reference make --kind {words}"), &json!({ "value": value }));
    }
    refuses("reference make --kind betalingskenmerk 123", "7 to 12 digits, or 15");
}

/// The alternatives of examples 5, 8 and 11 of the research, each under its reading.
#[test]
fn another_reading_can_be_followed() {
    let term = |first, last| fields([("first_day", first), ("last_day", last)]);
    for (words, expected) in [
        (
            "term --kind be-first-reminder --sent 2026-11-06 --channel post \
             --reading be_start_reading=A",
            term("2026-11-12", "2026-11-25"),
        ),
        (
            "term --kind be-formal-notice --sent 2026-11-06 --channel email \
             --reading be_start_reading=A",
            term("2026-11-12", "2026-11-25"),
        ),
        (
            "term --kind nl-14-day --sent 2026-11-05 --channel post --reading nl_extend_atw=off",
            term("2026-11-08", "2026-11-21"),
        ),
        (
            "term --kind nl-14-day --sent 2026-11-05 --channel post --reading nl_post_days=3 \
             --reading nl_extend_atw=off",
            term("2026-11-11", "2026-11-24"),
        ),
        (
            "interest --country NL --kind statutory --principal 5000 --from 2024-03-15 \
             --to 2026-02-17 --reading nl_day_count=actact",
            fields([("amount", "623.01")]),
        ),
        (
            "costs --country NL --debtor consumer --principal 266.70 \
             --reading nl_rounding_fee=half_up",
            fields([("amount", "40.01")]),
        ),
        (
            "contact --country BE --channel email --at 2026-11-29T21:30 \
             --reading be_contact_window=law",
            json!({ "allowed": true, "next": "2026-11-29T21:30:00" }),
        ),
    ] {
        answers(&format!("law {words}"), &expected);
    }
    let ask = "law term --kind nl-14-day --sent 2026-11-05 --channel post --reading";
    refuses(&format!("{ask} nl_post_days=1"), "the reading nl_post_days cannot be '1'");
    refuses(&format!("{ask} start=A"), "there is no reading called 'start'");
    refuses(&format!("{ask} A"), "write it as NAME=VALUE");
    let listed: Value = serde_json::from_slice(&ask_ok("law readings --json")).unwrap();
    assert_eq!(listed["be_start_reading"], "B");
    assert_eq!(listed.as_object().unwrap().len(), 12);
}

fn ask_ok(words: &str) -> Vec<u8> {
    let output = ask(words);
    assert!(output.status.success(), "{words}: {}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

/// Where the rate of the day is lacking the exit code says so.
#[test]
fn rates_that_end_are_told() {
    ask_ok("law rates --on 2026-06-30");
    let output = ask("law rates --on 2026-07-01 --json");
    assert_eq!(output.status.code(), Some(1));
    let tables: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(tables.as_array().unwrap().len(), 5);
    let lacking: Vec<&Value> =
        tables.as_array().unwrap().iter().filter(|table| table["lacking"] == true).collect();
    assert_eq!(lacking.len(), 1);
    assert_eq!(lacking[0]["loaded_until"], "2026-06-30");
    assert_eq!(lacking[0]["table"], "Belgian interest on late payment between businesses");
}

/// The rules are those of the day that is asked about.
#[test]
fn the_edition_is_that_of_the_day() {
    let version = |version| fields([("version", version)]);
    for (words, expected) in [
        ("costs --country NL --debtor consumer --principal 50 --on 2024-09-30", "nl-2024.1"),
        ("costs --country NL --debtor consumer --principal 50 --on 2024-10-01", "nl-2024.2"),
        ("costs --country BE --debtor business --principal 50 --on 2022-01-31", "be-2013.1"),
        ("term --kind nl-14-day --sent 2027-07-01 --channel post", "nl-2027.2"),
    ] {
        answers(&format!("law {words}"), &version(expected));
    }
    let costs = "law costs --country NL --debtor consumer --principal 50 --on";
    refuses(&format!("{costs} 2012-06-30"), "the rules are known from 2012-07-01 on");
    refuses(
        "law term --kind be-first-reminder --sent 2023-08-31 --channel post",
        "the law starts no term on that day",
    );
}

#[test]
fn what_cannot_be_read_says_how_to_write_it() {
    let contact = "law contact --country NL --channel phone --at";
    for at in ["2026-11-30T22:00+09:00", "2026-11-30", "2026-11-30T22:00Z", "tomorrow"] {
        refuses(&format!("{contact} {at}"), "as 2026-11-30T19:59");
    }
    refuses(&format!("{contact} 2101-01-01T12:00"), "the calendar ends in 2100");
    let term = "law term --kind nl-14-day --channel post --sent";
    for sent in ["20260101", "2026-02-30", "2026-01-01T10:00", "1-2-2026"] {
        refuses(&format!("{term} {sent}"), "write a day as 2026-02-01");
    }
    refuses(&format!("{term} 2012-06-30"), "it is known from 2012-07-01 on");
    refuses("law costs --country NL --debtor consumer --principal -1", "give an amount above 0");
    answers(
        "law contact --country be --debtor CONSUMER --channel Phone --at 2026-11-30T07:30",
        &json!({ "allowed": false, "next": "2026-11-30T08:00:00", "rule": "be.call-hours" }),
    );
    answers(
        "law contact --country BE --debtor legal --channel visit --at 2026-11-30T07:30",
        &json!({ "allowed": false, "next": "2026-11-30T08:00:00" }),
    );
}
