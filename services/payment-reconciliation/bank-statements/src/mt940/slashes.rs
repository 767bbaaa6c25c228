//! Words after slashes: `/EREF/123//CNTP/account/BIC/name/town//REMI/USTD//text/`.
//!
//! A value goes on until the next word that is known. A word counts once: what a payer writes like
//! one later on is text.

use super::known;
use super::told::Told;
use super::wrap::{self, Joint};
use crate::statement::Direction;

/// The words that begin a value.
const WORDS: &[&str] = &[
    "ACCW",
    "ADDR",
    "BENM",
    "BIC",
    "CD",
    "CDTRREF",
    "CDTRREFTP",
    "CHGS",
    "CNTP",
    "CSID",
    "EREF",
    "EXCH",
    "IBAN",
    "ID",
    "INIT",
    "IREF",
    "ISDT",
    "ISSR",
    "KREF",
    "MARF",
    "NAME",
    "NRTX",
    "OAMT",
    "OCMT",
    "ORDP",
    "PIND",
    "PREF",
    "PURP",
    "REMI",
    "RETN",
    "RTRN",
    "RTYP",
    "SVCL",
    "TRCD",
    "TRTP",
    "ULTB",
    "ULTC",
    "ULTD",
    "VALD",
];
/// Words that are known behind these only: they are short, and stand in many a text.
const INNER: &[(&str, &[&str])] = &[
    ("CD", &["CDTRREFTP", "PURP"]),
    ("ISSR", &["CD"]),
    ("ID", &["BENM", "INIT", "NAME", "ORDP", "ULTB", "ULTC", "ULTD"]),
];
/// Words of parties, behind which a name belongs to the party.
const PARTIES: &[&str] = &["ORDP", "BENM", "ULTD", "ULTB", "ULTC", "INIT"];

/// The first line of words: the first of all, or the one that names the kind of transaction behind
/// lines of another form. Elsewhere a payer may have written what looks like words.
pub(super) fn start(lines: &[String]) -> Option<usize> {
    let first = lines.iter().position(|it| !it.trim().is_empty())?;
    if lines.get(first).and_then(|it| first_word(it)).is_some() {
        return Some(first);
    }
    lines.iter().position(|it| matches!(first_word(it), Some("TRTP" | "RTYP")))
}

/// The word that a line begins with.
fn first_word(line: &str) -> Option<&'static str> {
    let (word, _) = word(line.trim_start())?;
    INNER.iter().all(|(it, _)| *it != word).then_some(word)
}

/// Reads the lines from the first word on.
pub(super) fn read(lines: &[String], direction: Direction, told: &mut Told) {
    let text = joined(lines);
    let values = values(&text);
    let party = match direction {
        Direction::Credit => "ORDP",
        Direction::Debit => "BENM",
    };
    let mut names: Vec<(&str, &str)> = Vec::new();
    let (mut issuer, mut reference) = ("", "");
    let mut group = "";
    for (word, value) in values {
        match word {
            "EREF" => told.identified(value),
            "CNTP" => counterparty(value, told),
            "IBAN" => told.held(value),
            "NAME" => names.push((group, value)),
            "REMI" => remittance(value, told),
            "ISSR" => issuer = value,
            "CDTRREF" => reference = value,
            "TRTP" | "RTYP" | "TRCD" => Told::once(&mut told.code, value),
            "RTRN" | "RETN" => {
                let reason = value.split(['/', ' ']).find(|it| !it.is_empty());
                told.returned.get_or_insert_with(|| reason.unwrap_or_default().to_owned());
            }
            _ => {}
        }
        if PARTIES.contains(&word) {
            group = word;
            // ING writes the name right behind the word.
            let name = value.split('/').next().unwrap_or_default();
            names.push((word, name));
        } else if !matches!(word, "NAME" | "ID" | "ADDR" | "BIC" | "IBAN") {
            group = "";
        }
    }
    told.refer(reference, issuer);
    let of = |wanted: &str| names.iter().find(|(it, name)| *it == wanted && !name.is_empty());
    let other = if party == "ORDP" { "BENM" } else { "ORDP" };
    let ultimate = if party == "ORDP" { "ULTD" } else { "ULTC" };
    for group in ["", party, other, ultimate, "ULTB", "ULTD"] {
        if let Some((_, name)) = of(group) {
            Told::once(&mut told.name, name);
        }
    }
    let is_return = told.code.as_ref().is_some_and(|it| {
        let code = it.to_uppercase();
        ["TERUGBOEKING", "NIET UITGEVOERD", "STORNERING"].iter().any(|it| code.contains(it))
    });
    if is_return {
        told.returned.get_or_insert_default();
    }
}

/// The lines as one text. What is broken before a slash, or in a word of this form, is joined
/// closely.
fn joined(lines: &[String]) -> String {
    let mut text = String::new();
    let mut before = Joint::Close;
    for (line, joint) in wrap::joints(lines) {
        if before != Joint::Close && !line.starts_with('/') && !completes(&text, line) {
            text.push(' ');
        }
        text.push_str(if joint == Joint::Close { line } else { line.trim_end() });
        before = joint;
    }
    text
}

/// Whether a word was broken between the two.
fn completes(text: &str, next: &str) -> bool {
    let Some((_, start)) = text.rsplit_once('/') else { return false };
    let Some((end, _)) = next.split_once('/') else { return false };
    WORDS.contains(&format!("{start}{end}").as_str())
}

/// A word between slashes at the start of a text, and what follows.
fn word(text: &str) -> Option<(&'static str, &str)> {
    let (word, rest) = text.strip_prefix('/')?.split_once('/')?;
    WORDS.iter().find(|it| **it == word).map(|it| (*it, rest))
}

/// The words and their values, in order, without the slashes around them.
fn values(text: &str) -> Vec<(&'static str, &str)> {
    let mut values: Vec<(&'static str, &str)> = Vec::new();
    let mut rest = text.trim();
    let mut current: Option<(&'static str, &str)> = None;
    while let Some((at, _)) = rest.match_indices('/').find(|(at, _)| {
        rest.get(*at..).and_then(word).is_some_and(|(word, _)| begins(word, &values, current))
    }) {
        let (value, start) = rest.split_at_checked(at).unwrap_or((rest, ""));
        if let Some((word, whole)) = current.take() {
            let length = whole.len().saturating_sub(rest.len()).saturating_add(value.len());
            values.push((word, stripped(whole.get(..length).unwrap_or_default())));
        }
        let Some((word, after)) = word(start) else { break };
        current = Some((word, after));
        rest = after;
    }
    values.extend(current.map(|(word, whole)| (word, stripped(whole))));
    values
}

/// Whether a word begins a value here.
fn begins(word: &str, values: &[(&'static str, &str)], current: Option<(&str, &str)>) -> bool {
    let last = current.map_or("", |(word, _)| word);
    let inner = INNER.iter().find(|(it, _)| *it == word);
    if let Some((_, outer)) = inner {
        return outer.contains(&last);
    }
    // A name may stand behind each party.
    let is_known = last == word || values.iter().any(|(it, _)| *it == word);
    !is_known || word == "NAME" && PARTIES.contains(&last)
}

fn stripped(value: &str) -> &str {
    value.trim().trim_end_matches('/').trim()
}

/// `account/BIC/name/town`; a name may have slashes of its own.
fn counterparty(value: &str, told: &mut Told) {
    let parts: Vec<&str> = value.split('/').collect();
    let Some((account, rest)) = parts.split_first() else { return };
    told.held(account);
    let name = match rest {
        [] | [_] => return,
        [_, name] => (*name).to_owned(),
        [_, name @ .., _] => name.join("/"),
    };
    Told::once(&mut told.name, name.trim_matches('/'));
}

/// What the payer gave: `USTD//words`, `STRD/issuer/reference`, `ISSUER: CUR REF: 123`, or words.
fn remittance(value: &str, told: &mut Told) {
    if let Some(words) = value.strip_prefix("USTD/") {
        return told.lines.extend(line(words.trim_start_matches('/')));
    }
    if let Some(structured) = value.strip_prefix("STRD/").or(value.strip_prefix("SCOR/")) {
        let mut parts = structured.split('/').filter(|it| !it.trim().is_empty());
        return match (parts.next(), parts.next()) {
            (Some(issuer), Some(reference)) => told.refer(reference, issuer),
            (Some(reference), None) => told.refer(reference, ""),
            (None, _) => {}
        };
    }
    match issued(value) {
        Some((issuer, reference)) => told.refer(&reference, issuer),
        None => told.lines.extend(line(value)),
    }
}

/// `ISSUER: CUR REF: 1234 567`, of which the spaces in the reference come from breaking lines.
fn issued(value: &str) -> Option<(&str, String)> {
    let (label, rest) = value.split_once(':')?;
    let (issuer, rest) = rest.trim_start().split_once(char::is_whitespace)?;
    let (second, reference) = rest.split_once(':')?;
    let is_issued =
        label.eq_ignore_ascii_case("ISSUER") && second.trim().eq_ignore_ascii_case("REF");
    let reference = reference.split_whitespace().collect::<String>();
    is_issued.then_some((issuer.trim(), reference))
}

fn line(text: &str) -> Option<String> {
    let text = text.trim();
    (!known::is_placeholder(text)).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(lines: &[&str], direction: Direction) -> Told {
        let mut told = Told::default();
        let lines: Vec<String> = lines.iter().map(|it| (*it).to_owned()).collect();
        read(&lines, direction, &mut told);
        told
    }

    fn text(it: Option<&String>) -> &str {
        it.map_or("", String::as_str)
    }

    #[test]
    fn ing_puts_the_other_side_into_one_word() {
        let told = of(
            &[
                "/EREF/E2E-1//MARF/M//CSID/NL1//CNTP/NL91ABNA0417164300/ABNANL2A/V",
                "OF A/B/Ede//REMI/USTD//Factuur 17/",
            ],
            Direction::Debit,
        );
        assert_eq!(text(told.end_to_end_id.as_ref()), "E2E-1");
        assert_eq!(text(told.account.as_ref()), "NL91ABNA0417164300");
        assert_eq!(text(told.name.as_ref()), "VOF A/B");
        assert_eq!(told.lines, ["Factuur 17"]);
        let told = of(
            &["/CNTP/NL91ABNA0417164300/ABNANL2A/J. Bos///REMI/STRD/CUR/1234567812345678/"],
            Direction::Credit,
        );
        assert_eq!(told.references, [("1234567812345678".to_owned(), "CUR".to_owned())]);
        assert_eq!(text(told.name.as_ref()), "J. Bos");
        assert!(told.lines.is_empty());
        let told = of(&["/CNTP////EREF/NOTPROVIDED//RE", "MI/USTD//Nota 8/"], Direction::Credit);
        assert_eq!(
            (told.name, told.end_to_end_id, told.lines),
            (None, None, vec!["Nota 8".to_owned()])
        );
    }

    #[test]
    fn rabobank_names_both_parties() {
        let lines = &[
            "/ORDP//NAME/J. Bos/BENM//NAME/Onszelf/REMI//CDTRREFTP//CD/SCOR/ISSR/CUR",
            "/CDTRREF/1234567812345678/ISDT/2026-01-02",
        ];
        let told = of(lines, Direction::Credit);
        assert_eq!(text(told.name.as_ref()), "J. Bos");
        assert_eq!(told.references, [("1234567812345678".to_owned(), "CUR".to_owned())]);
        assert_eq!(text(of(lines, Direction::Debit).name.as_ref()), "Onszelf");
        let told = of(&["/REMI/NR. 1/11.3.2026", "NR. 2/ISDT/2026-01-02"], Direction::Credit);
        assert_eq!(told.lines, ["NR. 1/11.3.2026 NR. 2"]);
    }

    #[test]
    fn abn_amro_tells_of_returns_and_of_payment_slips() {
        let told = of(
            &[
                "/TRTP/SEPA TERUGBOEKING/IBAN/NL91ABNA0417164300/BIC/ABNANL2A",
                "/NAME/J. Bos/RTRN/MS02/REMI/Issuer: CUR Ref: 1234 567812345678/EREF/A",
            ],
            Direction::Credit,
        );
        assert_eq!(text(told.returned.as_ref()), "MS02");
        assert_eq!(text(told.code.as_ref()), "SEPA TERUGBOEKING");
        assert_eq!(told.references, [("1234567812345678".to_owned(), "CUR".to_owned())]);
    }

    #[test]
    fn a_word_that_stands_twice_is_text() {
        let told = of(&["/NAME/J. Bos/REMI/zie /NAME/K. Vos/EREF/A/EREF/B"], Direction::Credit);
        assert_eq!(text(told.name.as_ref()), "J. Bos");
        assert_eq!(told.lines, ["zie /NAME/K. Vos"]);
        assert_eq!(text(told.end_to_end_id.as_ref()), "A/EREF/B");
        let start_of =
            |lines: &[&str]| start(&lines.iter().map(|it| (*it).to_owned()).collect::<Vec<_>>());
        assert_eq!(start_of(&["", " /EREF/x"]), Some(1));
        assert_eq!(start_of(&["NL91 J. Bos", "/TRTP/x"]), Some(1));
        for first in ["dank", "/CD/x", "/PT/FT/"] {
            assert_eq!(start_of(&[first, "/IBAN/x"]), None, "{first}");
        }
    }
}
