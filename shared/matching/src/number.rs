//! Numbers of invoices and cases in free text, and the form in which they are compared.

use crate::text::{Atom, Gap, atoms};

/// Numbers that are kept of one payment.
pub(crate) const NUMBERS_MAX: usize = 24;
/// Parts that one number is written in.
const PARTS_MAX: usize = 4;
/// Signs of a number that is looked up.
const LENGTH_MAX: usize = 20;
/// Figures that a number needs where no word says what it is.
const FIGURES_MIN: usize = 4;
/// Figures from which a number with other signs left out is still one.
const BARE_MIN: usize = 5;

const INVOICE_WORDS: [&str; 14] = [
    "FACT",
    "FACTNR",
    "FACTUUR",
    "FACTUURNR",
    "FACTUURNUMMER",
    "FACTURE",
    "FAC",
    "FAKTUUR",
    "INV",
    "INVOICE",
    "NOTA",
    "NOTE",
    "RECHNUNG",
    "REKENING",
];
const CASE_WORDS: [&str; 11] = [
    "AFFAIRE",
    "CASE",
    "DOS",
    "DOSSIER",
    "DOSSIERNR",
    "DOSSIERNUMMER",
    "DOSS",
    "ZAAK",
    "ZAAKNR",
    "ZAAKNUMMER",
    "INCASSO",
];
/// What may stand between such a word and its number.
const NUMBER_WORDS: [&str; 8] = ["N", "NO", "NR", "NRO", "NUM", "NUMERO", "NUMMER", "NUMBER"];

/// A number that the payer wrote.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Number {
    /// The key that is looked up, of [`number_keys`].
    pub key: String,
    /// What the payer says that it is.
    pub label: Option<Label>,
}

/// What a word before a number says that it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Label {
    /// The number of an invoice.
    Invoice,
    /// The number of a case.
    Case,
}

/// The keys of the number of an invoice or a case: capitals and figures without separators and
/// leading zeros, then the figures alone where there are enough. A shell indexes the keys of its
/// claims and cases.
#[must_use]
pub fn number_keys(number: &str) -> Vec<String> {
    let whole: String = atoms(number).into_iter().map(|atom| atom.text).collect();
    keys_of(&whole)
}

fn keys_of(text: &str) -> Vec<String> {
    // Many creditors begin their numbers with INV or FACT; payers write these words anyway.
    let bare = text.trim_start_matches(|sign: char| sign.is_ascii_alphabetic());
    let word = text.strip_suffix(bare).unwrap_or_default();
    let is_word = INVOICE_WORDS.contains(&word) || CASE_WORDS.contains(&word);
    let whole = if is_word { bare } else { text }.trim_start_matches('0');
    let figures: String = whole.chars().filter(char::is_ascii_digit).collect();
    let figures = figures.trim_start_matches('0');
    let mut keys: Vec<String> =
        [whole].into_iter().filter(|it| !it.is_empty()).map(str::to_owned).collect();
    if figures.len() >= BARE_MIN && figures != whole {
        keys.push(figures.to_owned());
    }
    keys
}

/// The numbers of a passage.
#[derive(Debug, Default)]
pub(crate) struct Numbers {
    pub(crate) all: Vec<Number>,
    /// The keys of each number that is called by what it is.
    pub(crate) labelled: Vec<Vec<String>>,
}

/// The numbers of a passage, outside of `taken` places.
pub(crate) fn numbers(atoms: &[Atom], taken: &[bool]) -> Numbers {
    let dates = dates(atoms);
    let is_free =
        |place: usize| !taken.get(place).copied().unwrap_or_default() && !dates.contains(&place);
    let mut found = Numbers::default();
    let starts = atoms.iter().enumerate().filter(|(place, it)| is_free(*place) && !is_label(it));
    for (start, _) in starts {
        let label = label_before(atoms, start);
        let mut text = String::new();
        let mut keys = Vec::new();
        for (place, atom) in atoms.iter().enumerate().skip(start).take(PARTS_MAX) {
            if !is_free(place) || (place > start && !goes_on(&text, atom)) {
                break;
            }
            text.push_str(&atom.text);
            let is_over = goes_tightly_on(atoms.get(place.saturating_add(1)));
            let label = label.filter(|_| !is_over);
            if is_number(&text, label.is_some()) && !is_amount(atoms, start, place) {
                let own = keys_of(&text).into_iter().map(|key| Number { key, label });
                found.all.extend(own.clone());
                keys.extend(own.filter(|it| it.label.is_some()).map(|it| it.key));
            }
        }
        found.labelled.extend((!keys.is_empty()).then_some(keys));
    }
    found
}

fn is_label(atom: &Atom) -> bool {
    let text = atom.text.as_str();
    [&INVOICE_WORDS[..], &CASE_WORDS, &NUMBER_WORDS, &AMOUNT_WORDS]
        .iter()
        .any(|words| words.contains(&text))
}

/// The places of the atoms of dates such as `12-03-2024`.
fn dates(atoms: &[Atom]) -> Vec<usize> {
    let is_date = |part: &[Atom]| {
        let [first, second, third] = part else { return false };
        let below = |atom: &Atom, most: u32| {
            atom.text.parse::<u32>().is_ok_and(|number| (1..=most).contains(&number))
        };
        let lengths = [first, second, third].map(|it| it.text.len());
        let fits = match lengths {
            [1 | 2, 1 | 2, 2 | 4] => below(first, 31) && below(second, 12),
            [4, 2, 2] => below(second, 12) && below(third, 31),
            _ => false,
        };
        fits && third.is_number() && second.gap == Gap::Tight && third.gap == Gap::Tight
    };
    let starts = atoms.windows(3).enumerate().filter(|(_, part)| is_date(part));
    starts.flat_map(|(start, _)| start..start.saturating_add(3)).collect()
}

fn is_number(text: &str, is_labelled: bool) -> bool {
    let figures = text.bytes().filter(u8::is_ascii_digit).count();
    let needed = if is_labelled { 1 } else { FIGURES_MIN };
    figures >= needed && text.len() <= LENGTH_MAX
}

fn goes_on(text: &str, atom: &Atom) -> bool {
    match atom.gap {
        Gap::Tight => true,
        Gap::Line | Gap::Blank => {
            let is_short_word = text.len() <= 4 && !text.bytes().any(|it| it.is_ascii_digit());
            (is_short_word || !atom.is_word()) && atom.has_digit()
        }
        Gap::Comma | Gap::Hard => false,
    }
}

fn goes_tightly_on(next: Option<&Atom>) -> bool {
    next.is_some_and(|atom| atom.gap == Gap::Tight && atom.has_digit())
}

fn label_before(atoms: &[Atom], start: usize) -> Option<Label> {
    let before = atoms.get(..start)?;
    let word = before.iter().rev().take(3).find(|it| !NUMBER_WORDS.contains(&it.text.as_str()))?;
    if INVOICE_WORDS.contains(&word.text.as_str()) {
        Some(Label::Invoice)
    } else if CASE_WORDS.contains(&word.text.as_str()) {
        Some(Label::Case)
    } else {
        None
    }
}

/// What stands before an amount.
const AMOUNT_WORDS: [&str; 4] = ["BEDRAG", "EUR", "EURO", "MONTANT"];

/// Whether these atoms are of `12,50` or `EUR 12.50`.
fn is_amount(atoms: &[Atom], start: usize, end: usize) -> bool {
    let before = start.checked_sub(1).and_then(|before| atoms.get(before));
    let is_euros = before.is_some_and(|it| AMOUNT_WORDS.contains(&it.text.as_str()));
    let is_cents = |it: &Atom| it.gap == Gap::Comma && it.is_number() && it.text.len() <= 2;
    let has_cents = atoms.get(end.saturating_add(1)).is_some_and(is_cents);
    is_euros || has_cents
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<(String, Option<Label>)> {
        let atoms = atoms(text);
        numbers(&atoms, &[]).all.into_iter().map(|it| (it.key, it.label)).collect()
    }

    #[test]
    fn a_number_is_found_however_it_is_written() {
        for text in [
            "factuur 2024-00123",
            "Factuurnr. 2024/00123",
            "fact nr 2024 00123 dd 12-03-2024",
            "Invoice: 202400123",
            "betaling 2024.00123, dank",
        ] {
            let found = found(text);
            assert!(found.iter().any(|(key, _)| key == "202400123"), "{text}: {found:?}");
        }
    }

    #[test]
    fn a_word_says_what_a_number_is() {
        assert_eq!(found("factuur 17"), [("17".to_owned(), Some(Label::Invoice))]);
        assert_eq!(found("uw dossier nr. 0042"), [("42".to_owned(), Some(Label::Case))]);
        assert_eq!(found("kamer 17"), []);
    }

    #[test]
    fn the_number_of_a_case_is_found_however_it_is_written() {
        for text in [
            "dossier 1000001-14",
            "Dossiernr.: 1000001-14, dank u",
            "1000001 14",
            "100000114",
            "1.000.001-14 van Jan",
            "dossier1000001-14",
            "numéro de dossier 1000001/14,facture 12",
            "AZ 1000001-14 vom 12.03.2026",
        ] {
            let found = found(text);
            assert!(found.iter().any(|(key, _)| key == "100000114"), "{text}: {found:?}");
        }
        assert_eq!(number_keys("1000001-14"), ["100000114"]);
    }

    #[test]
    fn dates_and_amounts_are_no_numbers() {
        for text in ["12-03-2024", "EUR 1250", "1250,00"] {
            assert_eq!(found(text), [], "{text}");
        }
    }

    #[test]
    fn letters_around_the_figures_may_be_missing() {
        assert_eq!(number_keys("VF-2024/0012"), ["VF20240012", "20240012"]);
        assert_eq!(number_keys("00123"), ["123"]);
        assert_eq!(number_keys("INV-000123"), ["123"]);
    }
}
