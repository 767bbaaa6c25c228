//! Numbered subfields: `166?00GUTSCHRIFT?100399?20EREF+1?30BIC?31account?32name?33more`.
//!
//! Three figures name the kind of movement (Geschäftsvorfallcode). Any sign may separate; two
//! figures follow it. The payer's words stand in 20 to 29 and 60 to 63, cut after 27 characters.

use super::entry::Context;
use super::known;
use super::told::Told;
use super::wrap::{self, Joint};

/// Characters of a subfield that is full.
const WIDTH: usize = 27;
/// Signs that separate subfields somewhere.
const SIGNS: &str = "?><~^@|#$%&*!;§`";
/// Kinds of movements that undo an earlier one: a returned paper, transfer, or direct debit.
const RETURNS: &[&str] = &["009", "059", "108", "109", "159"];
/// SEPA's words at the start of a subfield.
const WORDS: &[&str] = &[
    "EREF", "KREF", "MREF", "CRED", "DEBT", "COAM", "OAMT", "SVWZ", "ABWA", "ABWE", "IBAN", "BIC",
    "PURP", "RREF",
];

/// The kind of movement, which may be empty, and the sign that separates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Form<'t> {
    kind: &'t str,
    sign: char,
}

/// Whether a line begins with subfields.
pub(super) fn form(line: &str) -> Option<Form<'_>> {
    let line = line.trim_start();
    let is_kind = |it: &&str| it.bytes().all(|it| it.is_ascii_digit());
    let kind = line.get(..3).filter(is_kind).unwrap_or_default();
    let rest = line.get(kind.len()..)?;
    let sign = rest.chars().next().filter(|it| SIGNS.contains(*it))?;
    number(rest.strip_prefix(sign)?).map(|_| Form { kind, sign })
}

/// Reads all lines.
pub(super) fn read(lines: &[String], form: Form, told: &mut Told, context: &Context) {
    let text = joined(lines, form.sign);
    Told::once(&mut told.code, form.kind);
    let mut words = Vec::new();
    let mut name: Vec<&str> = Vec::new();
    let mut extension = "";
    let mut accounts = ["", ""];
    for (number, value) in subfields(&text, form.sign) {
        match number {
            0 if !value.trim().is_empty() => told.additional.push(value.trim().to_owned()),
            10 if context.account.starts_with("TRIODOSBANK") => accounts = [value, ""],
            20..=29 | 60..=63 => words.push(value),
            31 => accounts = accounts.map(|it| if it.is_empty() { value } else { it }),
            32 | 33 => name.push(value),
            34 => extension = value.trim(),
            38 if !value.trim().is_empty() => accounts = [value, ""],
            _ => {}
        }
    }
    let [account, _] = accounts;
    if account.bytes().any(|it| it.is_ascii_digit() && it != b'0') {
        told.held(account);
    }
    Told::once(&mut told.name, &put_together(&name));
    purpose(&words, told);
    if RETURNS.contains(&form.kind) {
        told.returned.get_or_insert_with(|| extension.to_owned());
    }
}

/// The lines as one text; a subfield may begin anywhere.
fn joined(lines: &[String], sign: char) -> String {
    let mut text = String::new();
    let mut before = Joint::Close;
    for (line, joint) in wrap::joints(lines) {
        let is_subfield = line.trim_start().starts_with(sign);
        match before {
            Joint::Break if !text.ends_with(sign) => {
                text.truncate(text.trim_end().len());
                if !is_subfield {
                    text.push(' ');
                }
            }
            Joint::Space if !is_subfield => text.push(' '),
            Joint::Close | Joint::Space | Joint::Break => {}
        }
        text.push_str(line);
        before = joint;
    }
    text
}

/// The subfields in order. A sign without two figures behind it is text.
fn subfields(text: &str, sign: char) -> Vec<(u8, &str)> {
    let mut starts = text.match_indices(sign).filter_map(|(at, sign)| {
        let after = text.get(at.checked_add(sign.len())?..)?;
        let (number, value) = number(after)?;
        Some((number, at, value))
    });
    let mut subfields = Vec::new();
    let mut open = starts.next();
    while let Some((number, _, value)) = open {
        open = starts.next();
        let rest = open.map_or(0, |(_, at, _)| text.len().saturating_sub(at));
        let end = value.len().saturating_sub(rest);
        subfields.push((number, value.get(..end).unwrap_or_default()));
    }
    subfields
}

fn number(text: &str) -> Option<(u8, &str)> {
    let (digits, rest) = text.split_at_checked(2)?;
    let is_number = digits.bytes().all(|it| it.is_ascii_digit());
    is_number.then(|| digits.parse().ok()).flatten().map(|it| (it, rest))
}

/// Parts of one text, each of which goes on in the next if it is full.
fn put_together(parts: &[&str]) -> String {
    let mut text = String::new();
    let mut was_full = true;
    for part in parts {
        if !was_full && !text.is_empty() {
            text.truncate(text.trim_end().len());
            text.push(' ');
            text.push_str(part.trim_start());
        } else {
            text.push_str(part);
        }
        was_full = part.chars().count() >= WIDTH;
    }
    text.trim().to_owned()
}

/// The payer's words, and what SEPA's words say among them.
fn purpose(parts: &[&str], told: &mut Told) {
    let mut values: Vec<(&str, Vec<&str>)> = Vec::new();
    for part in parts {
        let word = word(part);
        match (word, values.last_mut()) {
            (Some((word, value)), _) => values.push((word, vec![value])),
            (None, Some((_, value))) => value.push(part),
            (None, None) => values.push(("", vec![part])),
        }
    }
    for (word, parts) in values {
        // The word counts towards the width of its subfield.
        let whole = put_together_behind(word, &parts);
        match word {
            "EREF" => told.identified(&whole),
            "IBAN" => told.held(&whole),
            "SVWZ" if !known::is_placeholder(&whole) => told.lines.push(whole),
            "ABWA" => Told::once(&mut told.name, &whole),
            "MTLG" => told.additional.push(whole),
            "" => told.lines.extend(plain_lines(&parts)),
            _ => {}
        }
    }
    if let [bic, iban, ..] = parts
        && known::is_bic_like(bic.trim())
        && known::is_iban_like(iban.trim())
    {
        told.held(iban);
    }
}

/// As [`put_together`], where a word stood before the first part.
fn put_together_behind(word: &str, parts: &[&str]) -> String {
    if word.is_empty() {
        return String::new();
    }
    let prefix = format!("{word}+");
    let first = parts.first().map_or_else(String::new, |it| format!("{prefix}{it}"));
    let all: Vec<&str> =
        std::iter::once(first.as_str()).chain(parts.iter().skip(1).copied()).collect();
    put_together(&all).strip_prefix(&prefix).unwrap_or_default().trim().to_owned()
}

/// Lines that a payer wrote: those that fill the width go on.
fn plain_lines(parts: &[&str]) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut was_full = false;
    for part in parts {
        match lines.last_mut() {
            Some(line) if was_full => line.push_str(part),
            _ => lines.push((*part).to_owned()),
        }
        was_full = part.chars().count() == WIDTH;
    }
    lines.retain(|it| !it.trim().is_empty());
    lines.iter().map(|it| it.trim().to_owned()).collect()
}

/// One of SEPA's words at the start of a subfield, or what the bank says (`MTLG:`), and what
/// follows.
fn word(part: &str) -> Option<(&'static str, &str)> {
    if let Some(rest) = part.trim_start().strip_prefix("MTLG:") {
        return Some(("MTLG", rest));
    }
    let (word, rest) = part.trim_start().split_once('+')?;
    WORDS.iter().find(|it| **it == word).map(|it| (*it, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(lines: &[&str]) -> Told {
        let mut told = Told::default();
        let lines: Vec<String> = lines.iter().map(|it| (*it).to_owned()).collect();
        let context = Context { account: "10020030/1234567", id: "STARTUMS" };
        if let Some(form) = lines.first().and_then(|it| form(it)) {
            read(&lines, form, &mut told, &context);
        }
        told
    }

    fn text(it: Option<&String>) -> &str {
        it.map_or("", String::as_str)
    }

    #[test]
    fn any_sign_separates() {
        for sign in ['?', '>', '~', '^'] {
            let line =
                "051?00Gutschrift?20Rechnung 17?21vom 2. Mai?3010020030?3112345678?32Vos?34339";
            let told = of(&[&line.replace('?', &sign.to_string())]);
            assert_eq!(told.lines, ["Rechnung 17", "vom 2. Mai"], "{sign}");
            assert_eq!(text(told.account.as_ref()), "12345678");
            assert_eq!((text(told.name.as_ref()), text(told.code.as_ref())), ("Vos", "051"));
            assert_eq!(told.returned, None);
        }
        assert_eq!(form("999PN5477SCHECK"), None);
        assert_eq!(form("12-34 text"), None);
    }

    #[test]
    fn sepa_words_are_told_apart_and_go_on_in_full_subfields() {
        let told = of(&[
            "109?00RETOURE?100399?20EREF+E2E-0123456789-0123456?217?22MREF+M-1?23S",
            "VWZ+Rechnung 2026-000017 ve?24rspaetet?30DRESDEFF508?31DE145088005001",
            "94785000?32Anna Maria Magdalena von de?33r Heide?34914",
        ]);
        assert_eq!(text(told.end_to_end_id.as_ref()), "E2E-0123456789-01234567");
        assert_eq!(told.lines, ["Rechnung 2026-000017 verspaetet"]);
        assert_eq!(text(told.name.as_ref()), "Anna Maria Magdalena von der Heide");
        assert_eq!(text(told.returned.as_ref()), "914");
    }

    #[test]
    fn the_last_of_many_and_what_only_looks_like_a_subfield_are_text() {
        let told = of(&["166?20Was? Wie?2a?21Ende?"]);
        assert_eq!(told.lines, ["Was? Wie?2a", "Ende?"]);
        assert!(of(&["166?"]).lines.is_empty());
    }
}
