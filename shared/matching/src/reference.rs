//! Structured references in what the bank and the payer wrote, in all ways in which they are
//! written.

use primitives::StructuredReference;

use crate::text::{Atom, Gap};

/// Exact references that are kept of one payment.
pub(crate) const REFERENCES_MAX: usize = 16;
/// Parts that one reference is written in.
pub(crate) const PARTS_MAX: usize = 8;
/// `RF`, two check digits and 21 signs.
pub(crate) const LENGTH_MAX: usize = 25;

/// Where a passage comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    /// The bank tells it as a reference.
    Structured,
    /// The payer's words, or its own identification.
    Free,
}

/// A valid reference, and the atoms that make it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) canonical: String,
    pub(crate) first: usize,
    pub(crate) last: usize,
    /// Whether it can hardly be one by chance, or the bank says so.
    pub(crate) is_plain: bool,
}

/// All valid references of a passage: any run of up to eight atoms that makes one.
pub(crate) fn references(atoms: &[Atom], source: Source) -> Vec<Found> {
    let mut found = Vec::new();
    for first in 0..atoms.len() {
        for head in heads(atoms.get(first)) {
            let mut text = String::new();
            for (last, atom) in atoms.iter().enumerate().skip(first).take(PARTS_MAX) {
                if last > first && !joins(atom) {
                    break;
                }
                text.push_str(if last == first { head } else { &atom.text });
                if text.len() > LENGTH_MAX {
                    break;
                }
                if let Some(reference) = read(&text) {
                    let is_plain = source == Source::Structured
                        || is_written_as_one(&reference, atoms.get(first..=last));
                    let canonical = reference.canonical().to_owned();
                    found.push(Found { canonical, first, last, is_plain });
                }
            }
        }
    }
    found
}

/// Whether an atom may be the next part of a reference.
pub(crate) fn joins(atom: &Atom) -> bool {
    matches!(atom.gap, Gap::Tight | Gap::Line | Gap::Blank)
}

/// Reads a reference that has check digits: seven bare figures have none, and no claim has them.
pub(crate) fn read(text: &str) -> Option<StructuredReference> {
    if !may_be_one(text.as_bytes()) {
        return None;
    }
    let belgian = || StructuredReference::parse_belgian(text).ok();
    let dutch = || StructuredReference::parse_dutch(text).ok();
    StructuredReference::parse_rf(text).ok().or_else(belgian).or_else(dutch)
}

/// Sorts out what is none before it is read: most texts that are tried are none, and this takes no
/// memory.
pub(crate) fn may_be_one(text: &[u8]) -> bool {
    if text.starts_with(b"RF") {
        let turned = text.iter().skip(4).chain(text.iter().take(4));
        return text.len() > 4 && mod_97(turned) == 1;
    }
    if !matches!(text.len(), 9..=14 | 16) || !text.iter().all(u8::is_ascii_digit) {
        return false;
    }
    let is_belgian = || {
        let base = mod_97(text.iter().take(10));
        mod_97(text.iter().skip(10)) == base || (base == 0 && text.ends_with(b"97"))
    };
    (text.len() == 12 && is_belgian()) || may_be_dutch(text)
}

fn mod_97<'a>(signs: impl Iterator<Item = &'a u8>) -> u32 {
    signs.fold(0, |sum, byte| {
        let value = char::from(*byte).to_digit(36).unwrap_or_default();
        let shift = if value < 10 { 10 } else { 100 };
        sum.wrapping_mul(shift).wrapping_add(value) % 97
    })
}

/// By the length code and the check digit. Ten and one share the 1, so both are let through.
fn may_be_dutch(text: &[u8]) -> bool {
    let figure = |place: usize| char::from(*text.get(place)?).to_digit(10);
    let length = u32::try_from(text.len().saturating_sub(2)).unwrap_or_default();
    if text.len() < 16 && figure(1) != Some(length % 10) {
        return false;
    }
    let weights = [2_u32, 4, 8, 5, 10, 9, 7, 3, 6, 1];
    let figures = text.iter().skip(1).rev().map(|byte| u32::from(byte.wrapping_sub(b'0')));
    let products = figures.zip(weights.iter().cycle()).map(|(it, weight)| it.wrapping_mul(*weight));
    match (figure(0), products.fold(0, u32::wrapping_add) % 11) {
        (Some(1), remainder) => matches!(remainder, 1 | 10),
        (Some(check), remainder) => check == (11_u32.wrapping_sub(remainder)) % 11,
        (None, _) => false,
    }
}

/// Whether it can hardly be one by chance: it begins with `RF`, or it is a Belgian one in groups in
/// which people write it. Figures of a date and a telephone number may make one.
fn is_written_as_one(reference: &StructuredReference, atoms: Option<&[Atom]>) -> bool {
    let figures = |atom: &Atom| atom.text.bytes().filter(u8::is_ascii_digit).count();
    let groups: Vec<usize> = atoms.unwrap_or_default().iter().map(figures).collect();
    match reference {
        StructuredReference::Rf(_) => true,
        StructuredReference::Belgian(_) => {
            matches!(groups.as_slice(), [12] | [3, 4, 5] | [4, 4, 4])
        }
        StructuredReference::Dutch(_) => false,
    }
}

/// Whether only the Dutch rule fits, which sees fewer slips.
pub(crate) fn is_dutch_only(reference: &StructuredReference) -> bool {
    match reference {
        StructuredReference::Dutch(_) => true,
        StructuredReference::Belgian(_) | StructuredReference::Rf(_) => false,
    }
}

/// The ways in which a reference may begin within an atom: with it, after letters that are glued to
/// its figures, or at an `RF` within it.
pub(crate) fn heads(atom: Option<&Atom>) -> impl Iterator<Item = &str> {
    let text = atom.map_or("", |it| it.text.as_str());
    let figures = text.trim_start_matches(|sign: char| sign.is_ascii_alphabetic());
    let glued = (figures.len() < text.len() && !text.starts_with("RF"))
        .then_some(figures)
        .filter(|it| it.bytes().all(|byte| byte.is_ascii_digit()));
    let within = text.match_indices("RF").map(|(place, _)| place).find(|place| *place > 0);
    let within = within.and_then(|place| text.get(place..));
    [Some(text), glued, within].into_iter().flatten().filter(|it| !it.is_empty())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::text::atoms;

    fn found(text: &str) -> Vec<String> {
        references(&atoms(text), Source::Free).into_iter().map(|it| it.canonical).collect()
    }

    #[test]
    fn a_reference_is_found_however_it_is_written() {
        for text in [
            "+++090/9337/55493+++",
            "***090/9337/55493***",
            "betaling 090/9337/55493 dank u",
            "0909 3375 5493",
            "ref.090933755493",
            "mededeling:090933755493;jan",
            "REF090933755493",
            "090-9337-55493 van 12/03/2024",
            "+++090/9337/\n55493+++",
            "factuur 2024-17 +++ 090 / 9337 / 55493 +++",
        ] {
            assert!(found(text).contains(&"090933755493".to_owned()), "{text}");
        }
        for text in ["RF18 5390 0754 7034", "rf18539007547034", "uw kenmerk RF18-5390-0754-7034."] {
            assert!(found(text).contains(&"RF18539007547034".to_owned()), "{text}");
        }
    }

    proptest! {
        #[test]
        fn every_valid_reference_is_read(
            belgian in "[0-9]{1,10}",
            dutch in "[0-9]{7,12}|[0-9]{15}",
            rf in "[A-Z0-9]{1,21}",
        ) {
            let all = [
                StructuredReference::belgian_from(&belgian),
                StructuredReference::dutch_from(&dutch),
                StructuredReference::rf_from(&rf),
            ];
            for reference in all.into_iter().map(Result::unwrap) {
                let again = read(reference.canonical()).unwrap();
                prop_assert_eq!(again.canonical(), reference.canonical());
            }
        }

        #[test]
        fn what_is_sorted_out_is_none(text in "[0-9]{9,16}|RF[0-9]{2}[A-Z0-9]{1,6}") {
            let is_valid = StructuredReference::parse(&text).is_ok();
            prop_assert_eq!(is_valid, read(&text).is_some());
        }
    }

    #[test]
    fn a_wrong_check_digit_is_none() {
        assert_eq!(found("+++090/9337/55494+++"), Vec::<String>::new());
    }
}
