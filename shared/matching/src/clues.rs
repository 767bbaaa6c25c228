//! What a payment says about what it pays, as keys to look up.

use std::fmt;

use primitives::Iban;

use crate::name::{name_keys, name_tokens, text_name_keys, text_words};
use crate::near::{MENDED_MAX, NEAR_MAX, NearReference, WRITTEN_MAX, mistyped, neighbours};
use crate::number::{NUMBERS_MAX, Number, numbers};
use crate::payment::Payment;
use crate::reference::{Found, REFERENCES_MAX, Source, is_dutch_only, read, references};
use crate::text::{Atom, TEXT_MAX, atoms};

/// Structured references of the bank that are read of one payment.
const STRUCTURED_MAX: usize = 8;

/// The keys of one payment: bounded, sorted, each once. Whoever looks up for many payments puts the
/// keys of all of them in one query for each kind.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Clues {
    /// Valid references in canonical form; at most 16.
    pub references: Vec<String>,
    /// What mistyped references may have been; at most 48.
    pub near_references: Vec<NearReference>,
    /// What may be the number of an invoice or a case; at most 32.
    pub numbers: Vec<Number>,
    /// The words of the payer's name; at most 8.
    pub name_tokens: Vec<String>,
    /// Keys of the payer's name, and of names that it wrote; at most 32.
    pub name_keys: Vec<String>,
    /// The payer's account.
    pub iban: Option<Iban>,
    /// Those of `references` that can hardly be one by chance.
    pub(crate) plain: Vec<String>,
    /// The keys of each number that is called by what it is.
    pub(crate) labelled: Vec<Vec<String>>,
    /// What looks like a reference and is none.
    pub(crate) written: Vec<String>,
    /// The words of the free text, in their order.
    pub(crate) words: Vec<String>,
}

/// Reads the clues of a payment. No text makes it panic or take long: what is beyond the bounds is
/// left out, the likeliest first.
#[must_use]
pub fn clues(payment: &Payment) -> Clues {
    let mut draft = Draft::default();
    for reference in payment.references.iter().take(STRUCTURED_MAX) {
        draft.read(&atoms(reference), Source::Structured);
    }
    draft.read(&atoms(&joined(&payment.lines)), Source::Free);
    if let Some(id) = &payment.end_to_end_id {
        draft.read(&atoms(id), Source::Free);
    }
    draft.finish(payment)
}

/// The lines as one text. A line may have ended within a number.
fn joined(lines: &[String]) -> String {
    let mut text = String::new();
    for line in lines {
        if text.len() > TEXT_MAX {
            break;
        }
        text.extend(line.chars().take(TEXT_MAX));
        text.push('\n');
    }
    text
}

#[derive(Default)]
struct Draft {
    found: Vec<Found>,
    written: Vec<String>,
    numbers: Vec<Number>,
    labelled: Vec<Vec<String>>,
    words: Vec<String>,
}

impl Draft {
    fn read(&mut self, atoms: &[Atom], source: Source) {
        let found = references(atoms, source);
        let mut taken = vec![false; atoms.len()];
        for reference in found.iter().filter(|it| it.is_plain) {
            for place in reference.first..=reference.last {
                if let Some(it) = taken.get_mut(place) {
                    *it = true;
                }
            }
        }
        self.written.extend(mistyped(atoms, source, &taken));
        let numbers = numbers(atoms, &taken);
        self.numbers.extend(numbers.all);
        self.labelled.extend(numbers.labelled);
        self.words.extend(text_words(atoms));
        self.found.extend(found);
    }

    fn finish(self, payment: &Payment) -> Clues {
        let mut found = self.found;
        found.sort_by_key(|it| !it.is_plain);
        let mut plain = Vec::new();
        let mut all = Vec::new();
        for Found { canonical, is_plain, .. } in found {
            if !all.contains(&canonical) && all.len() < REFERENCES_MAX {
                all.push(canonical.clone());
                plain.extend(is_plain.then_some(canonical));
            }
        }
        let written = first_ones(self.written, WRITTEN_MAX);
        let name_tokens = payment.counterparty_name.as_deref().map(name_tokens).unwrap_or_default();
        let mut name_keys = name_keys(&name_tokens);
        name_keys.extend(text_name_keys(&self.words));
        Clues {
            near_references: near(&written, &all),
            references: sorted(all),
            numbers: first_numbers(self.numbers),
            name_tokens,
            name_keys: sorted(name_keys),
            iban: payment.counterparty_iban.clone(),
            plain,
            labelled: self.labelled,
            written,
            words: self.words,
        }
    }
}

/// The neighbours of what is mistyped, and of valid Dutch references whose check digit is a 1: ten
/// and one share it, so a slip may go unseen there.
fn near(written: &[String], valid: &[String]) -> Vec<NearReference> {
    let is_dutch = |it: &String| read(it).is_some_and(|it| is_dutch_only(&it));
    let weak = valid.iter().filter(|it| it.starts_with('1') && is_dutch(it));
    let mut found: Vec<NearReference> = Vec::new();
    for text in written.iter().take(MENDED_MAX).chain(weak) {
        for near in neighbours(text) {
            let is_known = valid.contains(&near.canonical)
                || found.iter().any(|it| it.canonical == near.canonical);
            if !is_known && found.len() < NEAR_MAX {
                found.push(near);
            }
        }
    }
    found.sort_unstable();
    found
}

fn first_numbers(mut numbers: Vec<Number>) -> Vec<Number> {
    // Of one number, that with a label is kept; it sorts after that without.
    numbers.sort_by(|one, other| (&one.key, other.label).cmp(&(&other.key, one.label)));
    numbers.dedup_by(|one, other| one.key == other.key);
    numbers.sort_by_key(|it| (it.label.is_none(), std::cmp::Reverse(it.key.len())));
    numbers.truncate(NUMBERS_MAX);
    numbers.sort_unstable();
    numbers
}

fn first_ones(texts: Vec<String>, most: usize) -> Vec<String> {
    let mut first: Vec<String> = Vec::new();
    for text in texts {
        if first.len() < most && !first.contains(&text) {
            first.push(text);
        }
    }
    first
}

fn sorted(mut texts: Vec<String>) -> Vec<String> {
    texts.sort_unstable();
    texts.dedup();
    texts
}

impl fmt::Debug for Clues {
    /// Counts only: the keys hold names and account numbers.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Clues")
            .field("references", &self.references.len())
            .field("near_references", &self.near_references.len())
            .field("numbers", &self.numbers.len())
            .field("name_keys", &self.name_keys.len())
            .field("iban", &self.iban.is_some())
            .finish_non_exhaustive()
    }
}
