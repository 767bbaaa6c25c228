//! What a mistyped reference may have been: its neighbours at one slip with right check digits.

use std::fmt;

use primitives::StructuredReference;

use crate::reference::{Source, heads, joins, may_be_one, read};
use crate::text::{Atom, Gap};

/// Neighbours that are looked up for one payment.
pub(crate) const NEAR_MAX: usize = 48;
/// Mistyped references that are read of one payment.
pub(crate) const WRITTEN_MAX: usize = 8;
/// Those of them whose neighbours are looked for.
pub(crate) const MENDED_MAX: usize = 4;
/// Words before a reference.
const REFERENCE_WORDS: [&str; 15] = [
    "BETALINGSKENM",
    "BETALINGSKENMERK",
    "BETR",
    "BETREFT",
    "COMM",
    "COMMUNICATION",
    "KENM",
    "KENMERK",
    "MEDEDELING",
    "OGM",
    "OMSCHRIJVING",
    "REF",
    "REFERENCE",
    "REFERENTIE",
    "VCS",
];

/// A reference that differs from a written one by one slip.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct NearReference {
    /// The canonical form, with right check digits.
    pub canonical: String,
    /// What went wrong.
    pub slip: Slip,
    /// What was written, without blanks and signs.
    pub written: String,
}

/// How a written reference differs from the right one. Places count from 1 in the right one, but
/// for a sign too many: that counts in the written one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Slip {
    /// Letters that look like figures, such as O for 0.
    LookAlike,
    /// Two neighbours changed places; the first of them.
    Swapped {
        /// Where the first of them stands.
        place: usize,
    },
    /// One sign instead of another.
    Changed {
        /// Where.
        place: usize,
        /// What was written.
        written: char,
        /// What is right.
        right: char,
    },
    /// One sign too many.
    Extra {
        /// Where.
        place: usize,
        /// What was written.
        written: char,
    },
    /// One sign is lacking.
    Missing {
        /// Where.
        place: usize,
        /// What is right.
        right: char,
    },
    /// Only the beginning or the end was written.
    Cut,
    /// Two slips.
    Two,
}

impl fmt::Display for Slip {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::LookAlike => formatter.write_str("letters stand for the figures they look like"),
            Self::Swapped { place } => {
                write!(formatter, "signs {place} and {} are swapped", place.saturating_add(1))
            }
            Self::Changed { place, written, right } => {
                write!(formatter, "sign {place} is {written} instead of {right}")
            }
            Self::Extra { place, written } => {
                write!(formatter, "sign {place}, {written}, is one too many")
            }
            Self::Missing { place, right } => {
                write!(formatter, "sign {place}, {right}, is missing")
            }
            Self::Cut => formatter.write_str("only a part of it was written"),
            Self::Two => formatter.write_str("two signs are wrong"),
        }
    }
}

/// The texts in a passage that look like references and are none, outside of `taken` places.
pub(crate) fn mistyped(atoms: &[Atom], source: Source, taken: &[bool]) -> Vec<String> {
    let is_free = |place: usize| !taken.get(place).copied().unwrap_or_default();
    let mut found: Vec<(bool, String)> = Vec::new();
    for first in (0..atoms.len()).filter(|place| is_free(*place)) {
        for head in heads(atoms.get(first)).filter(|_| !is_within_iban(atoms, first)) {
            let mut text = String::new();
            // People write figures in groups of three to six; what is left over stands last.
            let mut is_even = true;
            for (last, atom) in atoms.iter().enumerate().skip(first).take(6) {
                let is_first = last == first;
                if !is_free(last) || (!is_first && !joins(atom)) || is_end(&text, atom) {
                    break;
                }
                let part = if is_first { head } else { &atom.text };
                let is_bound = is_first || matches!(atom.gap, Gap::Tight | Gap::Line);
                let was_even = is_even;
                is_even &= is_bound || head.starts_with("RF") || (3..=6).contains(&part.len());
                text.push_str(part);
                if text.len() > 26 {
                    break;
                }
                let is_told = source == Source::Structured && first == 0;
                let is_labelled = is_told || has_label(atoms, first, head);
                let is_one = looks_like_one(&text, is_labelled) || (is_told && is_long(&text));
                if is_one && was_even {
                    let is_only_written =
                        !is_first && atoms.get(last.saturating_add(1)).is_some_and(is_figure_part);
                    found.push((is_only_written, text.clone()));
                }
            }
        }
    }
    // What ends where its figures end is more likely whole.
    found.sort_by_key(|(goes_on, _)| *goes_on);
    found.into_iter().map(|(_, text)| text).collect()
}

fn is_figure_part(atom: &Atom) -> bool {
    joins(atom) && atom.is_number()
}

/// A reference does not go on with a word: only `RF` has letters, and letters stand for figures.
fn is_end(text: &str, atom: &Atom) -> bool {
    let is_figures = atom.text.bytes().all(|byte| figure_of(byte).is_some());
    let is_part = is_figures || text.starts_with("RF");
    !text.is_empty() && atom.is_word() && (atom.text.len() > 4 || !is_part)
}

fn is_within_iban(atoms: &[Atom], first: usize) -> bool {
    let before = first.checked_sub(1).and_then(|place| atoms.get(place));
    let is_country = |atom: &Atom| {
        atom.text.len() == 4
            && !atom.text.starts_with("RF")
            && atom.text.bytes().take(2).all(|byte| byte.is_ascii_uppercase())
            && atom.text.bytes().skip(2).all(|byte| byte.is_ascii_digit())
    };
    before.is_some_and(is_country)
}

/// Whether a word that stands before it, or is glued to it, says that it is a reference.
fn has_label(atoms: &[Atom], first: usize, head: &str) -> bool {
    let before = first.checked_sub(1).and_then(|place| atoms.get(place));
    let glued = atoms.get(first).and_then(|atom| atom.text.strip_suffix(head));
    let mut words = before.map(|atom| atom.text.as_str()).into_iter().chain(glued);
    words.any(|word| REFERENCE_WORDS.contains(&word))
}

/// What the bank tells as a reference is one, whatever it looks like.
fn is_long(text: &str) -> bool {
    text.len() >= 8 && text.bytes().any(|byte| byte.is_ascii_digit())
}

fn looks_like_one(text: &str, is_labelled: bool) -> bool {
    let figures = text.bytes().filter(u8::is_ascii_digit).count();
    let is_like_figures = |byte: u8| byte.is_ascii_digit() || figure_of(byte).is_some();
    if text.starts_with("RF") {
        return text.len() >= 8 && figures >= 1;
    }
    let shortest = if is_labelled { 8 } else { 11 };
    (shortest..=17).contains(&text.len())
        && (is_labelled || text.len() != 14)
        && figures.saturating_mul(3) >= text.len()
        && text.bytes().all(is_like_figures)
}

/// The figure that a letter looks like.
const fn figure_of(byte: u8) -> Option<u8> {
    match byte {
        b'O' | b'Q' | b'D' => Some(b'0'),
        b'I' | b'L' => Some(b'1'),
        b'Z' => Some(b'2'),
        b'S' => Some(b'5'),
        b'B' => Some(b'8'),
        _ => None,
    }
}

/// The valid references at one slip from a written text, likeliest slip first.
pub(crate) fn neighbours(written: &str) -> Vec<NearReference> {
    let is_rf = written.starts_with("RF");
    let text = look_alikes(written, is_rf);
    let turned = is_rf.then(|| Turned::new(text.as_bytes()));
    let mut search = Search { is_rf, turned, written, found: Vec::new() };
    if text != written {
        search.keep(text.as_bytes(), Slip::LookAlike);
    }
    if is_rf || text.bytes().all(|byte| byte.is_ascii_digit()) {
        search.all(text.as_bytes());
    }
    let mut found = search.found;
    found.sort_by(|one, other| (one.slip, &one.canonical).cmp(&(other.slip, &other.canonical)));
    found.dedup_by(|one, other| one.canonical == other.canonical);
    found
}

/// Our own references have no I, L and O, so these stand for figures; in figures all do.
fn look_alikes(written: &str, is_rf: bool) -> String {
    let figure = |(place, byte): (usize, u8)| match byte {
        b'O' | b'I' | b'L' if is_rf && place > 3 => figure_of(byte).unwrap_or(byte),
        _ if !is_rf || place == 2 || place == 3 => figure_of(byte).unwrap_or(byte),
        _ => byte,
    };
    written.bytes().enumerate().map(figure).map(char::from).collect()
}

const FIGURES: &[u8] = b"0123456789";
const SIGNS: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";

struct Search<'a> {
    is_rf: bool,
    turned: Option<Turned>,
    written: &'a str,
    found: Vec<NearReference>,
}

impl Search<'_> {
    fn all(&mut self, text: &[u8]) {
        let start = if self.is_rf { 2 } else { 0 };
        for place in start..text.len() {
            self.swap(text, place);
            self.change(text, place);
            self.leave_out(text, place);
            self.put_in(text, place);
        }
        self.put_in(text, text.len());
    }

    /// The signs that may stand at a place: the check digits of an RF reference are figures.
    const fn signs(&self, place: usize) -> &'static [u8] {
        if self.is_rf && place > 3 { SIGNS } else { FIGURES }
    }

    /// Whether the sum may be right with this sign at a place, before what stands at `next`. It is
    /// known at once for the body of an RF reference, where most signs are tried.
    fn may_fit(&self, place: usize, sign: u8, next: usize) -> bool {
        let (Some(turned), true) = (&self.turned, place > 3) else { return true };
        turned.is_right(place.saturating_sub(4), sign, next.saturating_sub(4))
    }

    fn swap(&mut self, text: &[u8], place: usize) {
        let mut changed = text.to_vec();
        let next = place.saturating_add(1);
        if next < text.len() && text.get(place) != text.get(next) {
            changed.swap(place, next);
            self.keep(&changed, Slip::Swapped { place: next });
        }
    }

    fn change(&mut self, text: &[u8], place: usize) {
        let mut changed = text.to_vec();
        let Some(written) = text.get(place).copied() else { return };
        for sign in self.signs(place).iter().copied().filter(|it| *it != written) {
            if !self.may_fit(place, sign, place.saturating_add(1)) {
                continue;
            }
            if let Some(it) = changed.get_mut(place) {
                *it = sign;
            }
            let (written, right) = (char::from(written), char::from(sign));
            let place = place.saturating_add(1);
            self.keep(&changed, Slip::Changed { place, written, right });
        }
    }

    fn leave_out(&mut self, text: &[u8], place: usize) {
        let mut changed = text.to_vec();
        let written = char::from(changed.remove(place));
        self.keep(&changed, Slip::Extra { place: place.saturating_add(1), written });
    }

    fn put_in(&mut self, text: &[u8], place: usize) {
        let mut changed = text.to_vec();
        changed.insert(place, b'0');
        for sign in self.signs(place).iter().copied() {
            if !self.may_fit(place, sign, place) {
                continue;
            }
            if let Some(it) = changed.get_mut(place) {
                *it = sign;
            }
            let right = char::from(sign);
            self.keep(&changed, Slip::Missing { place: place.saturating_add(1), right });
        }
    }

    fn keep(&mut self, text: &[u8], slip: Slip) {
        if text.starts_with(b"RF") != self.is_rf || !may_be_one(text) {
            return;
        }
        let Ok(text) = std::str::from_utf8(text) else { return };
        let canonical = read(text).as_ref().map(StructuredReference::canonical).map(str::to_owned);
        let written = self.written.to_owned();
        self.found.extend(canonical.map(|canonical| NearReference { canonical, slip, written }));
    }
}

/// An RF reference as it is summed up, the first four signs last: the sums of its beginnings and
/// ends modulo 97.
struct Turned {
    beginnings: Vec<u32>,
    /// What an end adds, and by how much it moves what stands before it.
    ends: Vec<(u32, u32)>,
}

impl Turned {
    fn new(text: &[u8]) -> Self {
        let turned: Vec<u8> = text.iter().skip(4).chain(text.iter().take(4)).copied().collect();
        let mut beginnings = vec![0];
        let mut sum = 0;
        for sign in &turned {
            sum = put(sum, *sign);
            beginnings.push(sum);
        }
        let mut ends = vec![(0, 1)];
        let (mut sum, mut weight) = (0_u32, 1_u32);
        for sign in turned.iter().rev() {
            let (value, shift) = value(*sign);
            sum = value.wrapping_mul(weight).wrapping_add(sum) % 97;
            weight = weight.wrapping_mul(shift) % 97;
            ends.push((sum, weight));
        }
        ends.reverse();
        Self { beginnings, ends }
    }

    /// Whether the sum is right with this sign between a beginning and an end.
    fn is_right(&self, beginning: usize, sign: u8, end: usize) -> bool {
        let begun = self.beginnings.get(beginning).copied().unwrap_or_default();
        let (sum, weight) = self.ends.get(end).copied().unwrap_or_default();
        put(begun, sign).wrapping_mul(weight).wrapping_add(sum) % 97 == 1
    }
}

fn put(sum: u32, sign: u8) -> u32 {
    let (value, shift) = value(sign);
    sum.wrapping_mul(shift).wrapping_add(value) % 97
}

/// The number of a sign, and how far it moves what stands before it.
fn value(sign: u8) -> (u32, u32) {
    let value = char::from(sign).to_digit(36).unwrap_or_default();
    (value, if value < 10 { 10 } else { 100 })
}

/// How a written text differs from a known reference, where that is at most two slips, or the text
/// is a long part of it.
pub(crate) fn slip_between(written: &str, canonical: &str) -> Option<Slip> {
    let is_part = written.len() >= 8
        && written.len() < canonical.len()
        && (canonical.starts_with(written) || canonical.ends_with(written));
    if is_part {
        return Some(Slip::Cut);
    }
    (slips(written.as_bytes(), canonical.as_bytes()) <= 2).then_some(Slip::Two)
}

/// How many slips make one text of the other; more than two are three.
fn slips(one: &[u8], other: &[u8]) -> usize {
    if one.len().abs_diff(other.len()) > 2 {
        return 3;
    }
    let mut before: Vec<usize> = Vec::new();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    let at = |row: &[usize], place: usize| row.get(place).copied().unwrap_or(usize::MAX);
    for (down, left) in one.iter().enumerate() {
        let mut next = vec![down.saturating_add(1)];
        for (across, right) in other.iter().enumerate() {
            let cost = usize::from(left != right);
            let changed = at(&row, across).saturating_add(cost);
            let extra = at(&row, across.saturating_add(1)).saturating_add(1);
            let missing = at(&next, across).saturating_add(1);
            let is_swap = down > 0
                && across > 0
                && one.get(down.saturating_sub(1)) == Some(right)
                && other.get(across.saturating_sub(1)) == Some(left);
            let swapped = if is_swap {
                at(&before, across.saturating_sub(1)).saturating_add(1)
            } else {
                usize::MAX
            };
            next.push(changed.min(extra).min(missing).min(swapped));
        }
        before = row;
        row = next;
    }
    at(&row, other.len()).min(3)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::atoms;

    fn has(written: &str, canonical: &str) -> Option<Slip> {
        neighbours(written).into_iter().find(|it| it.canonical == canonical).map(|it| it.slip)
    }

    #[test]
    fn a_slip_is_found_and_named() {
        let right = "090933755493";
        assert_eq!(has("099033755493", right), Some(Slip::Swapped { place: 3 }));
        let changed = Slip::Changed { place: 5, written: '8', right: '3' };
        assert_eq!(has("090983755493", right), Some(changed));
        assert_eq!(has("09093755493", right), Some(Slip::Missing { place: 5, right: '3' }));
        assert_eq!(has("0909337755493", right), Some(Slip::Extra { place: 7, written: '7' }));
        assert_eq!(has("O9O9337SS493", right), Some(Slip::LookAlike));
        assert!(has("RF18539007547043", "RF18539007547034").is_some());
    }

    #[test]
    fn every_sign_of_an_rf_reference_may_be_the_wrong_one_or_missing() {
        let right = "RF18K3QW0TZ4539X";
        let right = StructuredReference::rf_from(&right[4..]).unwrap().canonical().to_owned();
        for place in 2..right.len() {
            let sign = if &right[place..=place] == "7" { "8" } else { "7" };
            let changed = format!("{}{sign}{}", &right[..place], &right[place + 1..]);
            assert!(has(&changed, &right).is_some(), "{changed}");
            let missing = format!("{}{}", &right[..place], &right[place + 1..]);
            assert!(has(&missing, &right).is_some(), "{missing}");
        }
    }

    #[test]
    fn only_what_looks_like_a_reference_is_mended() {
        let read = |text| mistyped(&atoms(text), Source::Free, &[]);
        assert_eq!(read("+++090/9337/55494+++"), ["090933755494"]);
        assert_eq!(read("tel 0612345678 klant 12"), Vec::<String>::new());
        assert_eq!(read("kenmerk 0612345678"), ["0612345678"]);
    }

    #[test]
    fn two_slips_and_parts_are_told_of_a_known_reference() {
        assert_eq!(slip_between("190933755494", "090933755493"), Some(Slip::Two));
        assert_eq!(slip_between("0909337554", "090933755493"), Some(Slip::Cut));
        assert_eq!(slip_between("190933755594", "090933755493"), None);
    }
}
