//! Reads the laid out pages back. Each letter has a shape, stands on the page and is covered by no
//! other; and together they say what they were to say, in that order, nothing more and nothing
//! less.

#![expect(clippy::arithmetic_side_effects, reason = "lengths are floats, which do not overflow")]

use typst::foundations::{Content, StyleChain};
use typst::introspection::{Location, Tag};
use typst::layout::{Abs, Frame, FrameItem, Point};
use typst::model::TableCell;
use typst::pdf::ArtifactElem;
use typst::text::TextItem;
use typst_layout::PagedDocument;

use crate::Fault;

/// Compares the pages with the text that they are to show.
pub(crate) fn check(document: &PagedDocument, text: &str) -> Result<(), Fault> {
    let mut reader = Reader::default();
    for page in document.pages() {
        reader.words.clear();
        reader.read(&page.frame, Point::zero())?;
        legible(&reader.words, page.frame.size().to_point())?;
    }
    let given = text.chars().filter(|sign| !sign.is_whitespace());
    let printed = reader.text.chars().filter(|sign| !sign.is_whitespace());
    let same = given.clone().zip(printed.clone()).take_while(|(a, b)| a == b).count();
    if given.eq(printed) { Ok(()) } else { Err(Fault::Altered { same }) }
}

/// What each page says, without white space and what repeats.
pub(crate) fn pages(document: &PagedDocument) -> Result<Vec<String>, Fault> {
    let read = |page: &typst_layout::Page| {
        let mut reader = Reader::default();
        reader.read(&page.frame, Point::zero())?;
        Ok(reader.text.split_whitespace().collect())
    };
    document.pages().iter().map(read).collect()
}

/// Where some words of one line stand.
#[derive(Clone, Copy, Debug)]
struct Words {
    left: Abs,
    right: Abs,
    top: Abs,
    baseline: Abs,
}

impl Words {
    /// Whether they lie on each other, by more than a hair.
    fn meet(&self, other: &Self) -> bool {
        let hair = Abs::pt(0.5);
        let apart = self.right <= other.left + hair || other.right <= self.left + hair;
        !apart && self.top < other.baseline && other.top < self.baseline
    }
}

/// Whether all words stand on the page, and none on others.
fn legible(words: &[Words], page: Point) -> Result<(), Fault> {
    let mut left = words;
    while let [word, others @ ..] = left {
        let on_page = word.left >= Abs::zero()
            && word.right <= page.x
            && word.top >= Abs::zero()
            && word.baseline <= page.y;
        if !on_page || others.iter().any(|other| word.meet(other)) {
            return Err(Fault::NoRoom);
        }
        left = others;
    }
    Ok(())
}

/// Whether it is a page's header or footer, or the head of a table on a page after its first.
fn repeats(element: &Content) -> bool {
    let cell = element.to_packed::<TableCell>();
    element.is::<ArtifactElem>()
        || cell.is_some_and(|cell| cell.is_repeated.get(StyleChain::default()))
}

/// Reads frames in their order; what repeats on each page it does not read, but sees.
#[derive(Debug, Default)]
struct Reader {
    text: String,
    /// The words of the page.
    words: Vec<Words>,
    /// What repeats, and is being passed by.
    passing: Option<Location>,
}

impl Reader {
    fn read(&mut self, frame: &Frame, origin: Point) -> Result<(), Fault> {
        for (place, item) in frame.items() {
            let place = origin + *place;
            match item {
                FrameItem::Group(group) => {
                    let moved = Point::new(group.transform.tx, group.transform.ty);
                    self.read(&group.frame, place + moved)?;
                }
                FrameItem::Text(text) => self.read_text(text, place)?,
                FrameItem::Tag(Tag::Start(element, _)) => {
                    if self.passing.is_none() && repeats(element) {
                        self.passing = element.location();
                    }
                }
                FrameItem::Tag(Tag::End(location, ..)) => {
                    if self.passing == Some(*location) {
                        self.passing = None;
                    }
                }
                FrameItem::Shape(..) | FrameItem::Image(..) | FrameItem::Link(..) => {}
            }
        }
        Ok(())
    }

    fn read_text(&mut self, item: &TextItem, place: Point) -> Result<(), Fault> {
        if let Some(glyph) = item.glyphs.iter().find(|glyph| glyph.id == 0) {
            let missing = item.text.get(glyph.range()).and_then(|text| text.chars().next());
            return Err(Fault::NoGlyph { character: missing.unwrap_or('\u{fffd}') });
        }
        self.words.push(Words {
            left: place.x,
            right: place.x + item.width(),
            top: place.y - item.size / 2.0,
            baseline: place.y,
        });
        if self.passing.is_none() {
            self.text.push_str(&item.text);
        }
        Ok(())
    }
}
