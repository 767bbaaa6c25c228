//! What is known by its form: accounts, references that the payer took over.

use primitives::StructuredReference;

/// Banks write these where there is no reference.
const PLACEHOLDERS: &[&str] =
    &["NONREF", "NOTPROVIDED", "NIET OPGEGEVEN", "NICHT ANGEGEBEN", "NOREF", "NOREFERENCE"];

/// Whether a text says that there is none.
pub(super) fn is_placeholder(text: &str) -> bool {
    let text = text.trim();
    text.is_empty() || PLACEHOLDERS.iter().any(|it| text.eq_ignore_ascii_case(it))
}

/// Whether a word has the form of an IBAN; check digits of masked files are wrong.
pub(super) fn is_iban_like(word: &str) -> bool {
    let bytes = word.as_bytes();
    let letters = bytes.iter().take(2).filter(|it| it.is_ascii_uppercase()).count();
    let digits = bytes.iter().skip(2).take(2).filter(|it| it.is_ascii_digit()).count();
    (15..=34).contains(&bytes.len())
        && (letters, digits) == (2, 2)
        && bytes.iter().all(|it| it.is_ascii_digit() || it.is_ascii_uppercase())
}

/// Whether a word has the form of a BIC.
pub(super) fn is_bic_like(word: &str) -> bool {
    matches!(word.len(), 8 | 11)
        && word.bytes().take(6).all(|it| it.is_ascii_uppercase())
        && word.bytes().all(|it| it.is_ascii_digit() || it.is_ascii_uppercase())
}

/// The account that a word is: an IBAN, or a Dutch number of 7 to 10 figures, with points or with a
/// `P` before it.
pub(super) fn account(word: &str) -> Option<String> {
    let word = word.trim();
    if is_iban_like(word) {
        return Some(word.to_owned());
    }
    let number = word.strip_prefix('P').unwrap_or(word).replace('.', "");
    let is_number =
        (4..=10).contains(&number.len()) && number.bytes().all(|it| it.is_ascii_digit());
    is_number.then_some(number)
}

/// References that stand in words: framed Belgian ones, Dutch ones behind their label, and
/// creditor references of ISO 11649; the text and whose scheme it follows.
pub(super) fn references(line: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for frame in ["+++", "***"] {
        let framed = line.split(frame).skip(1).step_by(2);
        for inner in framed.filter(|it| it.len() <= 20) {
            let text = format!("{frame}{inner}{frame}");
            if StructuredReference::parse_belgian(&text).is_ok() {
                found.push((text, "BBA".to_owned()));
            }
        }
    }
    found.extend(labelled(line).map(|it| (it, "CUR".to_owned())));
    for word in line.split(|it: char| !it.is_ascii_alphanumeric()) {
        if word.starts_with("RF") && StructuredReference::parse_rf(word).is_ok() {
            found.push((word.to_owned(), "ISO".to_owned()));
        }
    }
    found
}

/// The figures behind `BETALINGSKENMERK`, with the spaces between them left out.
fn labelled(line: &str) -> Option<String> {
    let upper = line.to_ascii_uppercase();
    let at = upper.find("BETALINGSKENM")?;
    let rest = line.get(at..)?.trim_start_matches(|it: char| it.is_ascii_alphabetic());
    let rest = rest.trim_start_matches(['.', ':', ' ']);
    let is_part = |it: char| it.is_ascii_digit() || it == ' ' || it == '.';
    let end = rest.find(|it: char| !is_part(it)).unwrap_or(rest.len());
    if rest.get(end..)?.starts_with(|it: char| it.is_alphanumeric()) {
        // Figures and letters run together: the last figures may be no figures of it.
        let end = rest.get(..end)?.rfind(' ')?;
        return digits_of(rest.get(..end)?);
    }
    digits_of(rest.get(..end)?)
}

/// The first groups of figures that make a reference: 16, or else the first group.
fn digits_of(text: &str) -> Option<String> {
    let mut digits = String::new();
    let groups = text.split([' ', '.']).filter(|it| !it.is_empty());
    for group in groups {
        digits.push_str(group);
        if digits.len() >= 16 {
            break;
        }
    }
    let first = text.split(' ').next()?;
    let is_possible = |it: &str| matches!(it.len(), 7 | 9..=14 | 16);
    [first, digits.as_str()].into_iter().rev().find(|it| is_possible(it)).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_known_by_frame_label_and_check_digits() {
        let of = |line: &str| references(line).into_iter().map(|it| it.0).collect::<Vec<_>>();
        assert_eq!(of("betaling +++010/8068/17183+++ dank"), ["+++010/8068/17183+++"]);
        assert_eq!(of("+++010/8068/17184+++"), Vec::<String>::new());
        assert_eq!(of("BETALINGSKENM.  0189827218201120"), ["0189827218201120"]);
        assert_eq!(of("BETALINGSKENMERK 0000 0000  3007 6145 MOZART 1"), ["0000000030076145"]);
        assert_eq!(of("Betalingskenmerk: 3010675705, x"), ["3010675705"]);
        assert_eq!(of("BETALINGSKENM. 231732INCASSO"), Vec::<String>::new());
        assert_eq!(of("zie RF18539007547034."), ["RF18539007547034"]);
        assert_eq!(of("zie RF19539007547034."), Vec::<String>::new());
    }

    #[test]
    fn accounts_are_known_by_their_form() {
        assert_eq!(account("NL91ABNA0417164300").as_deref(), Some("NL91ABNA0417164300"));
        assert_eq!(account("P004500018").as_deref(), Some("004500018"));
        assert_eq!(account("64.45.12.113").as_deref(), Some("644512113"));
        assert_eq!(account("NONREF"), None);
        assert_eq!(account("12-34"), None);
        assert!(is_bic_like("INGBNL2A") && !is_bic_like("INGB NL2") && !is_bic_like("NL2AINGB"));
    }
}
