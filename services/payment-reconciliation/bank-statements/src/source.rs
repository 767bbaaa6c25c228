//! From bytes to text: tells by its first bytes what a file is, and decodes XML strictly.
//!
//! Never guesses the encoding of XML and never replaces a byte that does not fit: a wrong letter in
//! a name or a reference is worse than a refusal.

use std::io::{self, BufRead, BufReader, Chain, Cursor, Read};

use encoding_rs::{Decoder, DecoderResult, Encoding, UTF_8, UTF_16BE, UTF_16LE};
use memchr::memchr_iter;

use crate::lines::Lines;
use crate::problem::Problem;

const DOWNLOAD: &str = "download the statement from the bank as camt.053, MT940 or CODA";

/// Bytes by which it is told what a file is.
const HEAD_BYTES: u64 = 8 * 1024;
/// Bytes that are decoded at a time.
const CHUNK_BYTES: usize = 64 * 1024;
/// Bytes of one tag, text or comment.
const PIECE_BYTES_MAX: usize = 1024 * 1024;

/// What files that are no text begin with, and what they are.
const MAGIC: &[(&[u8], &str)] = &[
    (b"%PDF", "is a PDF, whatever its name says"),
    (b"PK\x03\x04", "is a ZIP archive: unpack it first"),
    (b"\x1f\x8b", "is a compressed file: unpack it first"),
    (b"\xd0\xcf\x11\xe0", "is an office document"),
];

type Bytes<R> = BufReader<Chain<Cursor<Vec<u8>>, R>>;

/// A file whose kind is known.
pub(crate) struct Source<R: Read> {
    kind: Kind,
    encoding: &'static Encoding,
    bytes: Bytes<R>,
}

/// The kinds of files that are read in different ways.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Xml,
    Mt940,
    Coda,
}

impl<R: Read> Source<R> {
    /// Looks at the beginning of a file; the inner error refuses it.
    pub(crate) fn open(mut source: R) -> io::Result<Result<Self, Problem>> {
        let mut head = Vec::new();
        source.by_ref().take(HEAD_BYTES).read_to_end(&mut head)?;
        Ok(recognised(&head).map(|Recognised { kind, encoding, mark_len }| {
            let mut head = Cursor::new(head);
            head.set_position(mark_len);
            let bytes = BufReader::with_capacity(CHUNK_BYTES, head.chain(source));
            Self { kind, encoding, bytes }
        }))
    }

    pub(crate) const fn kind(&self) -> Kind {
        self.kind
    }

    /// The file as strictly decoded text.
    pub(crate) fn text(self) -> Text<Bytes<R>> {
        Text::new(self.bytes, self.encoding)
    }

    /// The file as lines.
    pub(crate) fn lines(self) -> Lines<Bytes<R>> {
        Lines::new(self.bytes)
    }
}

#[derive(Debug)]
struct Recognised {
    kind: Kind,
    encoding: &'static Encoding,
    /// Bytes of the byte order mark.
    mark_len: u64,
}

fn recognised(head: &[u8]) -> Result<Recognised, Problem> {
    let refusal = |reason: &'static str| Problem::reject("file", None, reason, DOWNLOAD);
    if let Some((_, what)) = MAGIC.iter().find(|(magic, _)| head.starts_with(magic)) {
        return Err(refusal(what));
    }
    let (encoding, mark_len) = encoding(head)?;
    let body = head.get(mark_len..).unwrap_or_default();
    let (start, _) = encoding.decode_without_bom_handling(body);
    let start = start.trim_start();
    let begins = |tag: &str| start.get(..tag.len()).is_some_and(|it| it.eq_ignore_ascii_case(tag));
    let kind = if start.is_empty() {
        return Err(refusal("is empty"));
    } else if begins("<!doctype html") || begins("<html") {
        return Err(refusal("is a web page"));
    } else if start.starts_with('<') {
        Kind::Xml
    } else if encoding != UTF_8 {
        return Err(refusal("is a text in UTF-16, which no bank writes"));
    } else {
        text_kind(start).ok_or_else(|| refusal("is neither XML nor MT940 nor CODA"))?
    };
    let mark_len = u64::try_from(mark_len).unwrap_or_default();
    Ok(Recognised { kind, encoding, mark_len })
}

/// The format of a text that is no XML.
fn text_kind(start: &str) -> Option<Kind> {
    let mut lines = start.split(['\r', '\n']).filter(|it| !it.trim().is_empty());
    let first = lines.clone().next()?;
    if is_coda(first, lines.clone().nth(1)) {
        return Some(Kind::Coda);
    }
    let tags = [":20:", ":25:", ":28C:", ":28:", ":60F:", ":60M:", ":61:"];
    let is_tagged = |line: &str| {
        // Lines may end in signs.
        let line = line.trim_start_matches('@').trim_start();
        // The first tag may stand right behind the headers of SWIFT.
        let line = line.rsplit_once("{4:").map_or(line, |(_, rest)| rest);
        tags.iter().any(|tag| line.starts_with(tag))
    };
    (lines.any(is_tagged) || first.starts_with("{1:")).then_some(Kind::Mt940)
}

/// Whether a text begins with record 0 of CODA: zeros, the day it was made and the bank. A text
/// that begins with another record is told by its width.
fn is_coda(first: &str, second: Option<&str>) -> bool {
    let is_header = first.starts_with("0000")
        && first.get(..14).is_some_and(|it| it.bytes().all(|it| it.is_ascii_digit()));
    let is_record = |line: &str| {
        let width = line.trim_end().chars().count();
        line.starts_with(|it: char| it.is_ascii_digit()) && (100..=140).contains(&width)
    };
    is_header || is_record(first) && second.is_some_and(is_record)
}

/// The encoding by byte order mark, else by the shape of the first bytes, else as declared (XML
/// 1.0, appendix F), and the length of the mark.
fn encoding(bytes: &[u8]) -> Result<(&'static Encoding, usize), Problem> {
    if let Some(found) = Encoding::for_bom(bytes) {
        return Ok(found);
    }
    if bytes.starts_with(b"<\0") {
        return Ok((UTF_16LE, 0));
    }
    if bytes.starts_with(b"\0<") {
        return Ok((UTF_16BE, 0));
    }
    let Some(label) = declared_label(bytes) else { return Ok((UTF_8, 0)) };
    let refusal = |reason| Problem::reject("file", Some(1), reason, DOWNLOAD);
    match Encoding::for_label_no_replacement(label) {
        Some(found) if found == UTF_16LE || found == UTF_16BE => {
            Err(refusal("declares UTF-16 and is something else"))
        }
        Some(found) => Ok((found, 0)),
        None => Err(refusal("declares an encoding that is not known")),
    }
}

/// The value of `encoding` in the XML declaration of a file whose first letters are ASCII.
fn declared_label(bytes: &[u8]) -> Option<&[u8]> {
    let declaration = bytes.strip_prefix(b"<?xml")?;
    let end = declaration.iter().take(256).position(|byte| *byte == b'>')?;
    let declaration = declaration.get(..end)?;
    let name = b"encoding";
    let start = declaration.windows(name.len()).position(|window| window == name)?;
    let rest = declaration.get(start..)?.strip_prefix(name)?.trim_ascii_start();
    let rest = rest.strip_prefix(b"=")?.trim_ascii_start();
    let (quote, rest) = rest.split_first()?;
    rest.split(|byte| byte == quote).next()
}

/// Text in UTF-8 as it is decoded; knows its place, and stops at what no XML may hold.
pub(crate) struct Text<R> {
    source: R,
    decoder: Decoder,
    chunk: Box<[u8]>,
    given: usize,
    decoded: usize,
    has_ended: bool,
    /// The line of the character at `counted` in the chunk, counted from 1.
    line: u32,
    counted: usize,
    piece_bytes: usize,
    /// What ends the text behind what was decoded so far.
    fault: Option<Fault>,
}

/// Why the text ends before the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// Bytes are not of the encoding.
    Encoding(&'static Encoding),
    /// There is a character that XML 1.0 forbids (production 2).
    Character,
    /// One tag, text or comment is longer than [`PIECE_BYTES_MAX`].
    Piece,
}

impl<R: BufRead> Text<R> {
    fn new(source: R, encoding: &'static Encoding) -> Self {
        Self {
            source,
            decoder: encoding.new_decoder_without_bom_handling(),
            chunk: vec![0; CHUNK_BYTES].into_boxed_slice(),
            given: 0,
            decoded: 0,
            has_ended: false,
            line: 1,
            counted: 0,
            piece_bytes: 0,
            fault: None,
        }
    }

    /// The line of the next character, counted from 1.
    pub(crate) fn line(&mut self) -> u32 {
        let passed = self.chunk.get(self.counted..self.given).unwrap_or_default();
        self.line = self.line.saturating_add(line_breaks(passed));
        self.counted = self.given;
        self.line
    }

    /// A new tag, text or comment begins.
    #[inline]
    pub(crate) const fn begin_piece(&mut self) {
        self.piece_bytes = 0;
    }

    /// Why the text ended early, if it did.
    pub(crate) const fn fault(&self) -> Option<Fault> {
        self.fault
    }

    /// Decodes the next chunk; an empty one is the end of the text.
    #[cold]
    fn decode(&mut self) -> io::Result<()> {
        self.line();
        (self.given, self.counted, self.decoded) = (0, 0, 0);
        while self.decoded == 0 && !self.has_ended && self.fault.is_none() {
            let bytes = self.source.fill_buf()?;
            let is_last = bytes.is_empty();
            let (result, read, written) =
                self.decoder.decode_to_utf8_without_replacement(bytes, &mut self.chunk, is_last);
            self.source.consume(read);
            self.decoded = written;
            match result {
                DecoderResult::InputEmpty => self.has_ended = is_last,
                DecoderResult::OutputFull => {}
                DecoderResult::Malformed(..) => {
                    self.fault = Some(Fault::Encoding(self.decoder.encoding()));
                }
            }
            let text = self.chunk.get(..self.decoded).unwrap_or_default();
            if let Some(end) = forbidden(text) {
                self.decoded = end;
                self.fault = Some(Fault::Character);
            }
        }
        Ok(())
    }
}

impl<R: BufRead> BufRead for Text<R> {
    #[inline]
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.given == self.decoded {
            self.decode()?;
            if self.piece_bytes > PIECE_BYTES_MAX {
                self.fault = Some(Fault::Piece);
                self.decoded = 0;
            }
            if self.given == self.decoded && self.fault.is_some() {
                return Err(io::ErrorKind::InvalidData.into());
            }
        }
        Ok(self.chunk.get(self.given..self.decoded).unwrap_or_default())
    }

    #[inline]
    fn consume(&mut self, amount: usize) {
        self.piece_bytes = self.piece_bytes.saturating_add(amount);
        self.given = self.given.saturating_add(amount).min(self.decoded);
    }
}

impl<R: BufRead> Read for Text<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.fill_buf()?.read(buffer)?;
        self.consume(count);
        Ok(count)
    }
}

/// How many line breaks there are. In pieces whose count fits into a byte, so that many bytes are
/// looked at together.
pub(crate) fn line_breaks(text: &[u8]) -> u32 {
    if text.is_empty() {
        return 0;
    }
    let count =
        |piece: &[u8]| piece.iter().fold(0_u8, |sum, it| sum.wrapping_add(u8::from(*it == b'\n')));
    text.chunks(255).fold(0_u32, |sum, piece| sum.saturating_add(count(piece).into()))
}

/// Where the first character stands that XML forbids; surrogates cannot occur here.
fn forbidden(text: &[u8]) -> Option<usize> {
    let is_control = |it: u8| matches!(it, 0..=0x08 | 0x0b | 0x0c | 0x0e..=0x1f);
    // Without a branch per byte, so that many bytes are looked at together.
    let has_control = text.iter().fold(false, |has, it| has | is_control(*it));
    let control = if has_control { text.iter().position(|it| is_control(*it)) } else { None };
    let end = control.unwrap_or(text.len());
    let before = text.get(..end).unwrap_or_default();
    // U+FFFE and U+FFFF; a character never lies in two chunks.
    let noncharacter = memchr_iter(0xef, before)
        .find(|at| matches!(before.get(*at..at.saturating_add(3)), Some([_, 0xbf, 0xbe | 0xbf])));
    noncharacter.or(control)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(head: &str) -> Option<Kind> {
        recognised(head.as_bytes()).ok().map(|it| it.kind)
    }

    #[test]
    fn a_file_is_known_by_its_beginning() {
        assert_eq!(kind("\u{feff}  <Document/>"), Some(Kind::Xml));
        assert_eq!(kind(":20:STARTUMS\r\n:25:1/2"), Some(Kind::Mt940));
        assert_eq!(kind("0000 01INGBNL2AXXXX00001\r\n940 00\r\n:20:MPBZ"), Some(Kind::Mt940));
        assert_eq!(kind("@@:20:A@@:25:1/2@@"), Some(Kind::Mt940));
        assert_eq!(kind("{1:F01INGBNL2ABXXX0000000000}{4:\r\n:20:A"), Some(Kind::Mt940));
        assert_eq!(kind(&format!("0000001011512505{:111}2", ' ')), Some(Kind::Coda));
        assert_eq!(kind("0000001011512505 cut short"), Some(Kind::Coda));
        let record = format!("2100010000{:110}1 0", ' ');
        assert_eq!(kind(&format!("{record}\r\n{record}\r\n")), Some(Kind::Coda));
        assert_eq!(kind(&record), None);
        let wide = format!("2026-03-02;{:110};1", ' ');
        assert_eq!(kind(&format!("{wide}\nend")), None);
        assert_eq!(kind("date;amount\n1;2"), None);
        assert_eq!(kind(" \r\n"), None);
    }

    #[test]
    fn text_is_decoded_strictly_and_knows_its_line() {
        let read = |bytes: &[u8], encoding| {
            let mut text = Text::new(bytes, encoding);
            let mut all = Vec::new();
            let result = text.read_to_end(&mut all);
            (String::from_utf8(all).unwrap_or_default(), result.is_ok(), text.line(), text.fault())
        };
        assert_eq!(read(b"a\nb\xe9", encoding_rs::WINDOWS_1252), ("a\nbé".into(), true, 2, None));
        let bad = Some(Fault::Encoding(UTF_8));
        assert_eq!(read(b"a\nb\xe9\nc", UTF_8), ("a\nb".into(), false, 2, bad));
        let (_, _, line, fault) = read("a\n\u{ffff}".as_bytes(), UTF_8);
        assert_eq!((line, fault), (2, Some(Fault::Character)));
        assert_eq!(read(b"ab\0c", UTF_8).3, Some(Fault::Character));
    }
}
