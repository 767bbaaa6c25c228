//! The fields of a message: a tag and its lines, one field at a time.
//!
//! A field goes on until the next tag. A tag stands at the very start of its line; what looks like
//! one behind other characters is text of the field before, and is said to be there. Where the
//! first tag is indented, as in a file that was copied out of another, all lines may be.
//!
//! German banks may write `@@` where a line ends (DFÜ-Abkommen, Anlage 3), which no text can hold.

use std::collections::VecDeque;
use std::io::{self, BufRead};

use crate::lines::Lines;

/// Bytes of one field; the longest of the standard has not a tenth of it.
const FIELD_BYTES_MAX: usize = 8 * 1024;
/// Lines of one field that are kept.
const LINES_MAX: usize = 200;

/// The tags of MT940, of its siblings MT941, MT942 and MT950, and those that banks add.
const TAGS: &[&str] = &[
    "13", "13C", "13D", "20", "21", "25", "25P", "28", "28C", "34F", "37H", "60F", "60M", "61",
    "62F", "62M", "64", "65", "86", "90C", "90D", "940", "941", "942", "950", "NS",
];
/// What may end a line.
const SIGNS: &str = "@@";
/// Tags without which money, or whose it is, is lost.
const MAIN_TAGS: &[&str] = &["20", "25", "60F", "60M", "61", "62F", "62M"];

/// A tag and what follows it.
#[derive(Default)]
pub(super) struct Field {
    /// Without colons, in capitals.
    pub(super) tag: String,
    /// The line of the tag.
    pub(super) line: u32,
    /// Its lines; spaces at their ends matter where lines are broken hard.
    pub(super) lines: Vec<String>,
    /// There was more of it than any bank writes, which was left out.
    pub(super) is_cut: bool,
    /// A line that begins with something else and then a tag, taken for text.
    pub(super) disguised: Option<u32>,
    bytes: usize,
    has_ended: bool,
}

/// Reads fields.
pub(super) struct Fields<R> {
    lines: Lines<R>,
    /// Lines that ended in signs and have not been taken yet: their number, their text, and whether
    /// that is only their beginning.
    pieces: VecDeque<(u32, String, bool)>,
    taken: Taken,
}

/// What has been taken of the lines.
#[derive(Default)]
struct Taken {
    open: Option<Field>,
    /// What stands before each line.
    indent: String,
}

impl<R: BufRead> Fields<R> {
    pub(super) fn new(lines: Lines<R>) -> Self {
        Self { lines, pieces: VecDeque::new(), taken: Taken::default() }
    }

    /// The next field; none at the end. What stands before the first tag is no field.
    pub(super) fn next(&mut self) -> io::Result<Option<Field>> {
        loop {
            let ended = if let Some((number, text, is_cut)) = self.pieces.pop_front() {
                self.taken.line(&text, number, is_cut)
            } else {
                let Some(line) = self.lines.next()? else {
                    return Ok(self.taken.open.take().map(|it| it.ended(true)));
                };
                if ends_in_signs(&line.text) {
                    let pieces = line.text.split(SIGNS);
                    let pieces = pieces.map(|it| (line.number, it.to_owned(), line.is_cut));
                    self.pieces.extend(pieces);
                    continue;
                }
                self.taken.line(&line.text, line.number, line.is_cut)
            };
            if ended.is_some() {
                return Ok(ended);
            }
        }
    }
}

impl Taken {
    /// Takes a line; gives the field that ends before it.
    fn line(&mut self, line: &str, number: u32, is_cut: bool) -> Option<Field> {
        let mut text = line.strip_prefix(&*self.indent).unwrap_or(line);
        if let Some(rest) = after_header(text) {
            self.open.iter_mut().for_each(|it| it.has_ended = true);
            text = rest;
        } else if self.open.is_none() {
            let bare = text.trim_start();
            let (indent, _) = line.split_at_checked(line.len().saturating_sub(bare.len()))?;
            if tag(bare).is_some_and(|(tag, _)| TAGS.contains(&tag.as_str())) {
                indent.clone_into(&mut self.indent);
                text = bare;
            }
        }
        let tag = tag(text).filter(|(tag, _)| {
            // A line of text may begin like a tag, such as a time between colons.
            TAGS.contains(&tag.as_str()) || !self.open.as_ref().is_some_and(Field::is_text)
        });
        let Some((tag, rest)) = tag else {
            self.open.iter_mut().for_each(|it| it.append(text, number, is_cut));
            return None;
        };
        let begins_statement = tag == "20" || tag.starts_with("94");
        let mut field = Field { tag, line: number, ..Field::default() };
        field.push(rest, is_cut);
        self.open.replace(field).map(|it| it.ended(begins_statement))
    }
}

/// Whether the lines of a file end in signs: then tags stand behind them.
fn ends_in_signs(line: &str) -> bool {
    let mut pieces = line.split(SIGNS).skip(1);
    pieces.any(|it| tag(it).is_some_and(|(tag, _)| MAIN_TAGS.contains(&tag.as_str())))
}

impl Field {
    /// The first line, which is all there is of most fields.
    pub(super) fn first(&self) -> &str {
        self.lines.first().map_or("", |it| it.trim())
    }

    /// Whether lines without a tag belong to it.
    fn is_text(&self) -> bool {
        !self.has_ended && matches!(self.tag.as_str(), "61" | "86" | "NS")
    }

    fn append(&mut self, text: &str, number: u32, is_cut: bool) {
        let bare = text.trim_start_matches(|it: char| it.is_control() || it.is_whitespace());
        if tag(bare).is_some_and(|(tag, _)| MAIN_TAGS.contains(&tag.as_str())) {
            self.disguised.get_or_insert(number);
        }
        if is_end(bare.trim_end()) {
            self.has_ended = true;
        }
        if self.is_text() {
            self.push(text, is_cut);
        }
    }

    fn push(&mut self, text: &str, is_cut: bool) {
        self.bytes = self.bytes.saturating_add(text.len());
        if is_cut || self.bytes > FIELD_BYTES_MAX || self.lines.len() >= LINES_MAX {
            self.is_cut = true;
            return;
        }
        self.lines.push(text.replace(|it: char| it.is_control(), " "));
    }

    /// A hyphen alone ends a statement; elsewhere it is text that was broken off.
    fn ended(mut self, is_statement_over: bool) -> Self {
        while is_statement_over && self.lines.last().is_some_and(|it| it.trim_end() == "-") {
            self.lines.pop();
        }
        self
    }
}

/// The tag at the start of a line, without colons, and what follows.
fn tag(text: &str) -> Option<(String, &str)> {
    let (tag, rest) = text.strip_prefix(':')?.split_once(':')?;
    let digits = tag.bytes().take_while(u8::is_ascii_digit).count();
    let letters = tag.bytes().skip(digits).filter(u8::is_ascii_alphabetic).count();
    let is_tag = digits.saturating_add(letters) == tag.len()
        && matches!((digits, letters), (2, 0 | 1) | (3, 0) | (0, 2));
    is_tag.then(|| (tag.to_ascii_uppercase(), rest))
}

/// What stands behind the header blocks of SWIFT, `{1:…}{2:…}{4:`.
fn after_header(text: &str) -> Option<&str> {
    let (header, rest) = text.rsplit_once("{4:")?;
    let is_header = header.chars().all(|it| it.is_control() || it.is_whitespace())
        || header.contains("{1:")
        || header.contains("{2:");
    is_header.then_some(rest)
}

/// The end of a message, or the header of the next.
fn is_end(text: &str) -> bool {
    text == "-XXX" || ["-}", "{1:", "{2:", "{5:"].iter().any(|it| text.starts_with(it))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(text: &str) -> Vec<(String, Vec<String>)> {
        let mut fields = Fields::new(Lines::new(text.as_bytes()));
        let mut found = Vec::new();
        while let Some(field) = fields.next().unwrap_or_default() {
            found.push((field.tag, field.lines));
        }
        found
    }

    fn one(tag: &str, lines: &[&str]) -> (String, Vec<String>) {
        (tag.to_owned(), lines.iter().map(|it| (*it).to_owned()).collect())
    }

    #[test]
    fn a_field_goes_on_until_the_next_tag() {
        let text =
            "junk\n\u{1}{1:F01X}{2:I940}{4:\n:20:A\n:86:one\n:30:two\n-\nthree\n:62f:C\nmore\n-}";
        assert_eq!(
            fields(text),
            [one("20", &["A"]), one("86", &["one", ":30:two", "-", "three"]), one("62F", &["C"])]
        );
        assert_eq!(fields("{1:F01X}{4::20:A\n-}{5:}"), [one("20", &["A"])]);
    }

    #[test]
    fn lines_may_end_in_signs() {
        assert_eq!(
            fields("@@:20:A@@:86:one@@two@@-@@:20:B@@-"),
            [one("20", &["A"]), one("86", &["one", "two"]), one("20", &["B"])]
        );
        assert_eq!(fields(":86:me@@home"), [one("86", &["me@@home"])]);
    }

    #[test]
    fn all_lines_may_be_indented() {
        assert_eq!(
            fields("  {1:X}{4:\n  :20:A\n  :86:one\n two\n   :61:three\n  -}"),
            [one("20", &["A"]), one("86", &["one", " two", " :61:three"])]
        );
        assert_eq!(fields(" :20:A\n:86:b"), [one("20", &["A"]), one("86", &["b"])]);
    }

    #[test]
    fn a_hyphen_ends_a_statement_and_breaks_no_text() {
        assert_eq!(fields(":86:a\n-\n:20:b")[0], one("86", &["a"]));
        assert_eq!(fields(":86:a\n-\n")[0], one("86", &["a"]));
        assert_eq!(fields(":86:a\n-\n:62F:b")[0], one("86", &["a", "-"]));
        assert_eq!(fields(":86:a\n-}\nb")[0], one("86", &["a"]));
    }

    #[test]
    fn only_tags_are_tags() {
        assert_eq!(tag(":61:x").map(|it| it.0).as_deref(), Some("61"));
        assert_eq!(tag(":28c:").map(|it| it.0).as_deref(), Some("28C"));
        for text in ["61:", " :61:", ":6:", ":61A2:", ":6é:", "::", ":A6:", ":NSX:"] {
            assert!(tag(text).is_none(), "{text}");
        }
    }
}
