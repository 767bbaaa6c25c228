//! Free text as atoms: runs of capitals and figures, with what stands between them.

/// Characters that are read of the free text of one payment. A SEPA payment has 140; some banks
/// write their own remarks beside it.
pub(crate) const TEXT_MAX: usize = 1_024;
/// Atoms that are kept of one passage.
const ATOMS_MAX: usize = 192;
/// Longer runs name nothing that we know.
const ATOM_LENGTH_MAX: usize = 40;

/// A run of capitals and figures.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Atom {
    /// `A` to `Z` and figures only.
    pub(crate) text: String,
    /// What stands before it.
    pub(crate) gap: Gap,
}

/// What separates an atom from the one before it; later binds less.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Gap {
    /// A sign that people write inside a number: `/`, `-`, `.`, `_`.
    Tight,
    /// The end of a line, which may have fallen within a number.
    Line,
    /// A blank, or the frame of a reference.
    Blank,
    /// One comma, as in an amount.
    Comma,
    /// Anything else; also the start.
    Hard,
}

impl Atom {
    pub(crate) fn is_number(&self) -> bool {
        self.text.bytes().all(|byte| byte.is_ascii_digit())
    }

    pub(crate) fn is_word(&self) -> bool {
        self.text.bytes().all(|byte| byte.is_ascii_alphabetic())
    }

    pub(crate) fn has_digit(&self) -> bool {
        self.text.bytes().any(|byte| byte.is_ascii_digit())
    }
}

/// The atoms of a text. Letters lose their accents; signs of other scripts separate.
pub(crate) fn atoms(text: &str) -> Vec<Atom> {
    let mut atoms = Vec::new();
    let mut run = String::new();
    let mut gap = String::new();
    for character in text.chars().take(TEXT_MAX).chain([' ']) {
        let folded = fold(character);
        if !folded.is_empty() {
            run.push_str(folded);
        } else if character.is_ascii_alphanumeric() {
            run.push(character.to_ascii_uppercase());
        } else if is_mark(character) {
            // An accent that stands apart from its letter.
        } else if run.is_empty() {
            gap.push(character);
        } else {
            let kind = if atoms.is_empty() { Gap::Hard } else { kind_of(&gap) };
            if run.len() <= ATOM_LENGTH_MAX && atoms.len() < ATOMS_MAX {
                atoms.push(Atom { text: std::mem::take(&mut run), gap: kind });
            }
            run.clear();
            gap.clear();
            gap.push(character);
        }
    }
    atoms
}

fn kind_of(gap: &str) -> Gap {
    let is_tight = |sign| matches!(sign, '/' | '-' | '.' | '_');
    let is_blank = |sign: char| sign.is_whitespace() || matches!(sign, '+' | '*');
    if gap == "," {
        Gap::Comma
    } else if gap.len() <= 2 && gap.chars().all(is_tight) {
        Gap::Tight
    } else if gap == "\n" {
        Gap::Line
    } else if gap.len() <= 9 && gap.chars().all(|sign| is_tight(sign) || is_blank(sign)) {
        Gap::Blank
    } else {
        Gap::Hard
    }
}

fn is_mark(character: char) -> bool {
    ('\u{300}'..='\u{36f}').contains(&character)
}

/// The letters of the languages of the region without their accents; empty for all else.
fn fold(character: char) -> &'static str {
    match character {
        'À'..='Å' | 'à'..='å' | 'Ā' | 'ā' | 'Ă' | 'ă' | 'Ą' | 'ą' => "A",
        'Æ' | 'æ' => "AE",
        'Ç' | 'ç' | 'Ć' | 'ć' | 'Č' | 'č' => "C",
        'Ď' | 'ď' | 'Đ' | 'đ' | 'Ð' | 'ð' => "D",
        'È'..='Ë' | 'è'..='ë' | 'Ē' | 'ē' | 'Ė' | 'ė' | 'Ę' | 'ę' | 'Ě' | 'ě' => "E",
        'Ğ' | 'ğ' => "G",
        'Ì'..='Ï' | 'ì'..='ï' | 'Ī' | 'ī' | 'İ' | 'ı' => "I",
        'Ĳ' | 'ĳ' => "IJ",
        'Ł' | 'ł' => "L",
        'Ñ' | 'ñ' | 'Ń' | 'ń' | 'Ň' | 'ň' => "N",
        'Ò'..='Ö' | 'ò'..='ö' | 'Ø' | 'ø' | 'Ő' | 'ő' => "O",
        'Œ' | 'œ' => "OE",
        'Ř' | 'ř' => "R",
        'Ś' | 'ś' | 'Š' | 'š' | 'Ş' | 'ş' | 'Ș' | 'ș' => "S",
        'ß' => "SS",
        'Ţ' | 'ţ' | 'Ț' | 'ț' | 'Ť' | 'ť' => "T",
        'Ù'..='Ü' | 'ù'..='ü' | 'Ū' | 'ū' | 'Ů' | 'ů' | 'Ű' | 'ű' => "U",
        'Ý' | 'ý' | 'ÿ' | 'Ÿ' => "Y",
        'Ź' | 'ź' | 'Ż' | 'ż' | 'Ž' | 'ž' => "Z",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn atoms_are_capitals_and_figures_with_their_gaps() {
        let read: Vec<(String, Gap)> =
            atoms("Fact. n° 2024-001, +++090/9337/55493+++ Zoë Müller: 12,50")
                .into_iter()
                .map(|atom| (atom.text, atom.gap))
                .collect();
        let expected = [
            ("FACT", Gap::Hard),
            ("N", Gap::Blank),
            ("2024", Gap::Hard),
            ("001", Gap::Tight),
            ("090", Gap::Hard),
            ("9337", Gap::Tight),
            ("55493", Gap::Tight),
            ("ZOE", Gap::Blank),
            ("MULLER", Gap::Blank),
            ("12", Gap::Hard),
            ("50", Gap::Comma),
        ];
        let expected: Vec<(String, Gap)> =
            expected.into_iter().map(|(text, gap)| (text.to_owned(), gap)).collect();
        assert_eq!(read, expected);
    }

    #[test]
    fn accents_may_stand_apart_from_their_letter() {
        let read: Vec<String> =
            atoms("Zoe\u{308} Łukasz ĳ").into_iter().map(|it| it.text).collect();
        assert_eq!(read, ["ZOE", "LUKASZ", "IJ"]);
    }
}
