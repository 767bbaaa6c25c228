//! Words without form: what can be known of them for sure. All of them stay the payer's words.

use super::known;
use super::told::Told;

/// Looks for accounts, names and references in the lines.
pub(super) fn read(told: &mut Told) {
    let lines = told.lines.clone();
    if let Some(first) = lines.first() {
        leading_account(first, told);
    }
    for line in &lines {
        labelled(line, told);
        identified(line, told);
        if let Some((_, structured)) = line.split_once("SCOR/CUR/") {
            let digits = structured.split(['/', ' ']).next().unwrap_or_default();
            told.refer(digits, "CUR");
        }
    }
}

/// Lines before the words after slashes: SNS and ASN write account and name there.
pub(super) fn before(lines: &[String], told: &mut Told) {
    let lines = lines.iter().map(|it| it.trim()).filter(|it| !it.is_empty());
    told.lines.extend(lines.map(str::to_owned));
    if let Some(first) = told.lines.first().cloned() {
        leading_account(&first, told);
    }
}

/// `NL91ABNA0417164300 name`, as SNS, ASN and ING before 2014 write it.
fn leading_account(line: &str, told: &mut Told) {
    let first = line.split(' ').next().unwrap_or_default();
    let is_old = first.len() == 10 && first.bytes().all(|it| it.is_ascii_digit());
    if known::is_iban_like(first) || is_old {
        told.held(first);
    }
}

/// `REK: account/NAAM: name`, as Knab writes it.
fn labelled(line: &str, told: &mut Told) {
    for part in line.split('/') {
        if let Some(account) = part.trim().strip_prefix("REK:") {
            told.held(account);
        } else if let Some(name) = part.trim().strip_prefix("NAAM:") {
            Told::once(&mut told.name, name);
        }
    }
}

/// An IBAN right before a BIC, anywhere in the line.
fn identified(line: &str, told: &mut Told) {
    let words = || line.split(' ').filter(|it| !it.is_empty());
    let pair = words().zip(words().skip(1));
    let found =
        pair.into_iter().find(|(iban, bic)| known::is_iban_like(iban) && known::is_bic_like(bic));
    if let Some((iban, _)) = found {
        told.held(iban);
    }
}
