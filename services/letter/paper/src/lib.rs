//! One business letter, printed as an accessible PDF.
//!
//! A [`Sheet`] says everything that stands on the paper, already worded; [`print`] lays it out by
//! the form `letter.typ`. What holds for each paper that [`press`] prints holds for it.
//!
//! # On the sheet
//!
//! A4, folded at the marks (105 mm and 210 mm), for a DL envelope (110 × 220 mm) with its window
//! on the left: 20 mm from the left edge, 90 mm wide, and either 35 mm high and 20 mm from the
//! lower edge or 45 mm high and 15 mm from it. The sheet may slide 5 mm down and 10 mm to the side
//! in it, so that what stands 55 to 85 mm from the sheet's upper edge and 20 to 100 mm from its
//! left edge is seen in any case. There, from 57 mm and from 25 mm on, stands the receiver. The
//! return address ends above it at 54.5 mm; the higher window shows it, the lower one may not. A
//! C5/6 envelope (114 × 229 mm) has more play: there the sheet is to lie in the lower left corner.
//! Compare both with the envelopes of the print house before the first letter leaves.

mod page;
mod qr;

use std::fmt;

use jiff::civil::Date;
use press::{Fault, Form, Pages};

use page::Page;

pub use qr::{MODULES_MAX, modules};

/// The most lines that an address may have.
pub const ADDRESS_LINES_MAX: usize = 6;

/// A letter before it is printed.
///
/// White space counts as one space, but for non-breaking spaces, which stay; signs that nobody sees
/// (zero-width, direction marks, soft hyphens) are left out.
#[derive(Clone, Debug)]
pub struct Sheet {
    pub language: Language,
    /// The day that the PDF says it was made on.
    pub date: Date,
    /// What a reader's window and a screen reader call the document.
    pub title: String,
    /// Stands at the top.
    pub sender_name: String,
    /// Where an undeliverable letter goes back to, in the window above the receiver.
    pub sender_lines: Vec<String>,
    /// Name and address of the receiver, at most [`ADDRESS_LINES_MAX`] lines.
    pub to: Vec<String>,
    /// Such as `Utrecht, 12 december 2026`.
    pub place_and_date: String,
    /// Labels and values, such as `Ons kenmerk` and `2026-0042`.
    pub reference: Vec<(String, String)>,
    pub subject: String,
    pub body: Vec<Piece>,
    pub signature: Vec<String>,
    /// Who sends this, in small print at the foot of the last page.
    pub footer: Table,
    /// Tells us which text it was; the smallest print.
    pub mark: String,
}

/// The language that a letter is written in, for screen readers and line breaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    Nl,
    Fr,
    De,
    En,
}

impl Language {
    const fn code(self) -> &'static str {
        match self {
            Self::Nl => "nl",
            Self::Fr => "fr",
            Self::De => "de",
            Self::En => "en",
        }
    }
}

/// A part of the body. Tables that follow each other stand side by side.
#[derive(Clone, Debug)]
pub enum Piece {
    Paragraph(Vec<Run>),
    Table(Table),
    /// What the reader is to do, set off from the rest; the code stands beside it.
    Payment {
        table: Table,
        code: Option<Qr>,
    },
}

/// Words of a paragraph. The spaces between two runs belong to the runs.
#[derive(Clone, Debug, Default)]
pub struct Run {
    pub text: String,
    pub strong: bool,
}

/// Labels and values under a heading.
#[derive(Clone, Debug, Default)]
pub struct Table {
    pub heading: String,
    pub rows: Vec<(String, String)>,
}

/// A QR code.
#[derive(Clone, Debug)]
pub struct Qr {
    /// What a scanner reads, byte for byte.
    pub payload: String,
    /// Printed beside it.
    pub caption: String,
    /// What a screen reader says in its place.
    pub alternative: String,
}

/// A printed letter.
#[derive(Clone)]
pub struct Printed {
    pub pdf: Vec<u8>,
    pub pages: u16,
    /// What a reader sees, in reading order, one line for each paragraph, line of an address or row
    /// of a table (label, space, value). Page numbers and what repeats on each page are left out.
    pub text: String,
}

/// Says nothing of what was written.
impl fmt::Debug for Printed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Printed").field("pages", &self.pages).finish_non_exhaustive()
    }
}

/// Why a letter is not printed.
#[derive(Debug, thiserror::Error)]
pub enum PrintError {
    /// As of any paper.
    #[error(transparent)]
    Press(#[from] Fault),
    /// The receiver's or the return address does not fit the window of an envelope.
    #[error(
        "an address does not fit the window of an envelope, which holds {ADDRESS_LINES_MAX} short \
         lines and a return address: shorten it"
    )]
    AddressTooLarge,
    /// What is read out to those who cannot see must not be empty.
    #[error("the {what} is empty: every letter needs one for screen readers")]
    Nothing { what: &'static str },
    /// A code with more modules than cameras read from paper.
    #[error("the code holds {bytes} bytes, more than can be scanned from paper: shorten it")]
    CodeTooLarge { bytes: usize },
}

const FORM: Form = Form { name: "letter", text: include_str!("../letter.typ") };

/// How a letter is set.
#[derive(Clone, Copy, Debug)]
enum Closeness {
    Calm,
    Close,
    Closer,
    Closest,
}

/// Prints a letter: calmly set, or closer together where that saves a page.
///
/// It takes the processor for as long as it runs; call it where nothing waits for it.
pub fn print(sheet: &Sheet) -> Result<Printed, PrintError> {
    if sheet.to.len() > ADDRESS_LINES_MAX {
        return Err(PrintError::AddressTooLarge);
    }
    let (mut text, mut pages) = laid_out(sheet, Closeness::Calm)?;
    for closeness in [Closeness::Close, Closeness::Closer, Closeness::Closest] {
        if pages.count() <= 1 {
            break;
        }
        let (closer_text, closer) = laid_out(sheet, closeness)?;
        if closer.count() < pages.count() {
            (text, pages) = (closer_text, closer);
        }
    }
    let count = u16::try_from(pages.count()).unwrap_or(u16::MAX);
    let pdf = pages.print(&text, sheet.date)?;
    Ok(Printed { pdf, pages: count, text })
}

/// What a reader is to see, and the pages.
fn laid_out(sheet: &Sheet, closeness: Closeness) -> Result<(String, Pages), PrintError> {
    let Page { data, text } = page::page(sheet, closeness)?;
    match FORM.lay_out(data) {
        Ok(pages) => Ok((text, pages)),
        Err(Fault::Form { because }) if because == "panicked with: address" => {
            Err(PrintError::AddressTooLarge)
        }
        Err(fault) => Err(fault.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paragraph(text: &str) -> Piece {
        Piece::Paragraph(vec![Run { text: text.to_owned(), strong: false }])
    }

    /// A letter of so many lines above its last paragraphs.
    fn sheet(lines: usize) -> Sheet {
        let pairs = |count: usize| {
            let pair = |at: usize| (format!("Label {at}"), format!("value {at}"));
            (1..=count).map(pair).collect::<Vec<_>>()
        };
        let mut body: Vec<Piece> =
            (1..=lines).map(|at| paragraph(&format!("Line {at}."))).collect();
        body.push(paragraph("The last but one."));
        body.push(paragraph("The last."));
        body.push(paragraph("Kind regards,"));
        Sheet {
            language: Language::En,
            date: Date::constant(2026, 11, 12),
            title: "Letter".to_owned(),
            sender_name: "Agency".to_owned(),
            sender_lines: vec!["Street 1".to_owned()],
            to: vec!["Jan".to_owned()],
            place_and_date: "12 November 2026".to_owned(),
            reference: Vec::new(),
            subject: "Letter".to_owned(),
            body,
            signature: vec!["Agency, for a creditor".to_owned()],
            footer: Table { heading: "Who?".to_owned(), rows: pairs(8) },
            mark: "R-1".to_owned(),
        }
    }

    /// However long a letter is, nobody turns a page for a signature or a single line.
    #[test]
    fn the_last_page_holds_the_last_paragraphs_the_name_and_who_sends_it() {
        let mut counts = Vec::new();
        for lines in 12..40 {
            for closeness in
                [Closeness::Calm, Closeness::Close, Closeness::Closer, Closeness::Closest]
            {
                let (_, laid_out) = laid_out(&sheet(lines), closeness).unwrap();
                let pages = laid_out.read().unwrap();
                let last = pages.last().unwrap();
                for words in ["The last but one.", "Kind regards,", "Agency, for", "Who?", "R-1"] {
                    let words = words.replace(' ', "");
                    assert!(last.contains(&words), "{lines} {closeness:?}: {words}: {last}");
                }
                counts.push((lines, pages.len()));
            }
        }
        assert!(counts.iter().any(|(_, pages)| *pages == 1));
        assert!(counts.iter().any(|(_, pages)| *pages == 2));
    }

    /// A letter that nearly fits is set closer, and takes one page.
    #[test]
    fn a_letter_that_nearly_fits_takes_one_page() {
        let pages = |lines, closeness| laid_out(&sheet(lines), closeness).unwrap().1.count();
        let most = |closeness| (12..40).take_while(|lines| pages(*lines, closeness) == 1).last();
        let calm = most(Closeness::Calm).unwrap();
        let closest = most(Closeness::Closest).unwrap();
        assert!(closest >= calm + 8, "{calm} {closest}");
        assert_eq!(print(&sheet(closest)).unwrap().pages, 1);
        assert_eq!(print(&sheet(closest + 1)).unwrap().pages, 2);
    }
}
