//! Prints a paper as an accessible PDF: both PDF/A-2a (archive) and PDF/UA-1 (screen readers).
//!
//! Each service has forms of its own, in Typst. A form's values come to it as JSON and are printed
//! as they are: no value is ever read as Typst. What is printed is compared with what was asked
//! for, letter by letter, before it leaves here.
//!
//! It must never read a clock, a file, the network or the machine's fonts: the same data give the
//! same bytes everywhere and at any time.

mod compositor;
mod proof;

use jiff::civil::Date;
use typst::text::is_default_ignorable;
use typst_layout::PagedDocument;

/// Why a paper is not printed.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// An empty box would be printed for a letter.
    #[error(
        "the letters of the printer have no `{}` (U+{:04X}), only Latin, Greek and Cyrillic: write \
         the name or the text in one of these scripts, or use another channel",
        character.escape_debug(),
        u32::from(*character)
    )]
    NoGlyph { character: char },
    /// The paper does not say what it was to say.
    #[error("the printed text is not the given one: it differs after {same} letters")]
    Altered { same: usize },
    /// Something is too large for where it stands.
    #[error("a part of the paper runs off the page or over another: shorten the longest one")]
    NoRoom,
    /// The form, or what it is printed with, is at fault.
    #[error("the form cannot be printed: {because}")]
    Form { because: String },
}

/// How a kind of paper looks.
#[derive(Clone, Copy, Debug)]
pub struct Form {
    /// No two forms of a process have the same.
    pub name: &'static str,
    /// In Typst. It finds its data in `NAME.json`, and in `house.typ` what all forms share.
    pub text: &'static str,
}

/// A paper, laid out on its pages.
#[derive(Debug)]
pub struct Pages {
    document: PagedDocument,
    data: String,
}

impl Form {
    /// Lays out what `data` says, which is JSON.
    ///
    /// It takes the processor for as long as it runs; call it where nothing waits for it.
    pub fn lay_out(&self, data: String) -> Result<Pages, Fault> {
        match compositor::lay_out(self, data.clone()) {
            Ok(document) => Ok(Pages { document, data }),
            Err(because) => Err(Fault::Form { because }),
        }
    }
}

impl Pages {
    #[must_use]
    pub fn count(&self) -> usize {
        self.document.pages().len()
    }

    /// What each page says, without white space and what repeats.
    pub fn read(&self) -> Result<Vec<String>, Fault> {
        proof::pages(&self.document)
    }

    /// The PDF, which says it was made on that day. `text` is what its reader is to see, in reading
    /// order, but for white space and what repeats on each page.
    pub fn print(self, text: &str, made_on: Date) -> Result<Vec<u8>, Fault> {
        proof::check(&self.document, text)?;
        compositor::pdf(&self.document, self.data, made_on)
            .map_err(|because| Fault::Form { because })
    }
}

/// One line without spaces around it.
#[must_use]
pub fn line(text: &str) -> String {
    words(text).trim_matches(' ').to_owned()
}

/// One line: each run of white space that may break a line becomes a space; signs that nobody sees
/// are left out.
#[must_use]
pub fn words(text: &str) -> String {
    let mut words = String::with_capacity(text.len());
    for sign in text.chars().filter(|sign| !is_default_ignorable(*sign)) {
        let kept = matches!(sign, '\u{a0}' | '\u{2007}' | '\u{202f}');
        if kept || !(sign.is_whitespace() || sign.is_control()) {
            words.push(sign);
        } else if !words.ends_with(' ') {
            words.push(' ');
        }
    }
    words
}

/// What stands where the printer has no shape for a sign.
pub const STAND_IN: char = '\u{25a1}';

/// The text with [`STAND_IN`] for each sign that the printer has no shape for.
#[must_use]
pub fn with_stand_ins(text: &str) -> String {
    text.chars().map(|sign| if compositor::has_shape(sign) { sign } else { STAND_IN }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_one_line_of_visible_signs() {
        assert_eq!(line(" Jan\r\n\tde \u{202e}Vries\u{200b} "), "Jan de Vries");
        assert_eq!(line("€\u{a0}1\u{202f}234"), "€\u{a0}1\u{202f}234");
        assert_eq!(words("betaalt  u "), "betaalt u ");
        assert_eq!(line("Straat\u{2028}1"), "Straat 1");
    }

    #[test]
    fn a_sign_without_a_shape_has_a_stand_in() {
        assert_eq!(with_stand_ins("F-1 €\u{a0}Łódź"), "F-1 €\u{a0}Łódź");
        assert_eq!(with_stand_ins("عمر 1 😀"), "□□□ 1 □");
        assert!(compositor::has_shape(STAND_IN));
    }
}
