//! The lists of other projects, row by row: what they call valid we read, the rest we refuse.

#![expect(clippy::unwrap_used, reason = "tests fail loudly")]

use std::path::{Path, PathBuf};

use primitives::{CompanyNumber, Iban, StructuredReference};

/// Rows that the registry of ISO 13616 decides the other way: a Swiss IBAN has 21 characters; this
/// one lost a leading zero, which the check digits cannot notice.
const CONTESTED_IBANS: [&str; 1] = ["CH59  9000 0001 7342 7712"];

#[test]
fn ibans_agree() {
    agree("iban.csv", &CONTESTED_IBANS, |text| Iban::parse(text).is_ok());
}

#[test]
fn rf_references_agree() {
    agree("iso11649-rf.csv", &[], |text| StructuredReference::parse_rf(text).is_ok());
}

#[test]
fn belgian_references_agree() {
    agree("be-structured-communication.csv", &[], |text| {
        StructuredReference::parse_belgian(text).is_ok()
    });
}

#[test]
fn dutch_references_agree() {
    agree("nl-betalingskenmerk.csv", &[], |text| StructuredReference::parse_dutch(text).is_ok());
}

#[test]
fn trade_register_numbers_agree() {
    agree("nl-kvk.csv", &[], |text| CompanyNumber::parse_kvk(text).is_ok());
}

#[test]
fn dutch_vat_numbers_agree() {
    agree("nl-btw.csv", &[], |text| CompanyNumber::parse_dutch_vat(text).is_ok());
}

#[test]
fn belgian_enterprise_numbers_agree() {
    agree("be-enterprise-vat.csv", &[], |text| CompanyNumber::parse_enterprise(text).is_ok());
}

/// Compares our verdict with the `valid` column of each row, but for the contested ones, where ours
/// must be the opposite. No value holds a comma or a quote.
fn agree(file: &str, contested: &[&str], is_valid: impl Fn(&str) -> bool) {
    let Some(folder) = samples() else { return };
    let list = std::fs::read_to_string(folder.join("references").join(file)).unwrap();
    let mut verdicts = Vec::new();
    for row in list.lines().skip(1) {
        let mut columns = row.split(',');
        let (value, valid) = (columns.next().unwrap(), columns.next().unwrap());
        assert!(["yes", "no"].contains(&valid), "{file}: the row of {value} has no verdict");
        let expected = (valid == "yes") != contested.contains(&value);
        assert_eq!(is_valid(value), expected, "{file}: {value}");
        verdicts.push(valid);
    }
    assert!(verdicts.len() > 10, "{file} has only {} rows", verdicts.len());
    for verdict in ["yes", "no"] {
        assert!(verdicts.contains(&verdict), "{file} has no row with '{verdict}'");
    }
    for value in contested {
        assert!(list.lines().any(|row| row.starts_with(value)), "{file}: no row of {value}");
    }
}

/// The folder of samples; without it the test is skipped on a machine of one's own and fails in CI.
fn samples() -> Option<PathBuf> {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/samples");
    let folder = std::env::var_os("AMICABLE_SAMPLES").map_or_else(beside, PathBuf::from);
    if folder.is_dir() {
        return Some(folder);
    }
    let in_ci = std::env::var_os("CI").is_some_and(|value| value == "true");
    assert!(!in_ci, "no samples at {}: set AMICABLE_SAMPLES", folder.display());
    eprintln!("SKIPPED: no samples at {}: set AMICABLE_SAMPLES", folder.display());
    None
}
