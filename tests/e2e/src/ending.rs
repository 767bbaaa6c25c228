//! How a story ended, so that two stories can be compared that ought to end alike.

#![expect(clippy::indexing_slicing, clippy::unwrap_used, reason = "tests fail loudly")]

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::Value;

use crate::json;

/// How a story ended, without what chance decides: ids, and what is derived from them.
#[derive(Debug, PartialEq)]
pub struct Ending {
    /// Recipient, subject, text; sorted.
    pub mails: Vec<(String, String, String)>,
    /// By debtor and creditor: what the case came to, and what is open and why.
    pub cases: BTreeMap<String, String>,
    /// Day, pages, country and language of each letter on paper; sorted.
    pub letters: Vec<String>,
    /// The ledger in sums, and what creditors were paid.
    pub ledger: String,
    pub remittances: Vec<String>,
    pub unmatched: usize,
}

/// Asks the stack in the folder, which is at rest.
#[must_use]
pub fn ending(folder: &Path) -> Ending {
    let mut cases = BTreeMap::new();
    let (mut references, mut numbers) = (Vec::new(), Vec::new());
    for case in json(folder, &["case", "list", "--limit", "1000", "--json"]).as_array().unwrap() {
        let id = case["case_id"].as_str().unwrap();
        numbers.push(case["case_number"].as_str().unwrap().to_owned());
        let whole = json(folder, &["case", "show", id, "--json"]);
        for claim in whole["parties"]["claims"].as_array().unwrap() {
            references.push(claim["reference"].as_str().unwrap_or_default().to_owned());
        }
        let name = format!("{} / {}", case["debtor_name"], case["creditor_name"]);
        // Claims of one due date stand in the order of their ids, which are chance.
        let claims = whole["money"]["claims"].as_array().unwrap().iter();
        let mut claims: Vec<_> = claims.map(|claim| without_ids(&claim.to_string())).collect();
        claims.sort();
        let state = without_ids(&whole["position"]["state"].to_string());
        cases.insert(name, format!("{state} {} {claims:?}", whole["money"]["open"]));
    }
    let listed = json(folder, &["mail", "list", "--limit", "1000", "--json"]);
    let mut mails: Vec<_> = (1..=listed.as_array().unwrap().len())
        .map(|number| {
            let mail = json(folder, &["mail", "show", &number.to_string(), "--json"]);
            let mut text = mail["text"].as_str().unwrap().to_owned();
            for reference in &references {
                text = text.replace(&printed(reference), "REFERENCE");
            }
            for number in &numbers {
                text = text.replace(number, "NUMBER");
            }
            let to = mail["to"].to_string();
            let subject = mail["subject"].as_str().unwrap().to_owned();
            (to, subject, without_ids(without_text_version(&text)))
        })
        .collect();
    mails.sort();
    let unmatched = json(folder, &["bank", "unmatched", "--limit", "1000", "--json"]);
    let unmatched = unmatched["payments"].as_array().or(unmatched.as_array()).unwrap().len();
    let ledger = json(folder, &["ledger", "--json"]).to_string();
    let remittances = json(folder, &["remit", "list", "--limit", "1000", "--json"]);
    let remittances = remittances.as_array().unwrap().iter();
    let mut remittances: Vec<String> = remittances
        .map(|one| format!("{} {} {}", one["amount"], one["commission"], one["state"]))
        .collect();
    remittances.sort();
    Ending { mails, cases, letters: letters(folder), ledger, remittances, unmatched }
}

/// What the print partner reads of the letters, without what chance decides.
fn letters(folder: &Path) -> Vec<String> {
    let days = std::fs::read_dir(folder.join("outgoing")).into_iter().flatten();
    let mut letters = Vec::new();
    for day in days {
        let manifest = std::fs::read(day.unwrap().path().join("manifest.json")).unwrap();
        let manifest: Value = serde_json::from_slice(&manifest).unwrap();
        for letter in manifest["letters"].as_array().unwrap() {
            let of = |key: &str| letter[key].to_string();
            let what = [of("pages"), of("country"), of("language")].join(" ");
            letters.push(format!("{} {what}", manifest["day"]));
        }
    }
    letters.sort();
    letters
}

/// An RF reference as people see it, in groups of four.
fn printed(reference: &str) -> String {
    let letters: Vec<char> = reference.chars().collect();
    let groups: Vec<String> = letters.chunks(4).map(|group| group.iter().collect()).collect();
    groups.join(" ")
}

/// A mail without the version of its text, in which its last line ends, such as `R-NL-C-4`: a
/// release may write the same words under a new one.
fn without_text_version(text: &str) -> &str {
    let text = text.trim_end();
    let foot = text.rsplit('\n').next().unwrap_or_default();
    let is_reference =
        foot.chars().all(|it| it.is_ascii_uppercase() || it.is_ascii_digit() || it == '-');
    match text.rsplit_once('-') {
        Some((before, _)) if is_reference && foot.contains('-') => before,
        _ => text,
    }
}

/// Replaces what looks like a UUID.
fn without_ids(text: &str) -> String {
    let is_id = |part: &str| {
        let hyphens = [8, 13, 18, 23];
        part.len() == 36
            && part.bytes().enumerate().all(|(place, sign)| {
                if hyphens.contains(&place) { sign == b'-' } else { sign.is_ascii_hexdigit() }
            })
    };
    let mut masked = String::new();
    let mut rest = text;
    while let Some(sign) = rest.chars().next() {
        let (length, written) = match rest.get(..36) {
            Some(part) if is_id(part) => (36, "ID"),
            _ => (sign.len_utf8(), &rest[..sign.len_utf8()]),
        };
        masked.push_str(written);
        rest = &rest[length..];
    }
    masked
}
