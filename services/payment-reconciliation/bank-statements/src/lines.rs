//! The lines of a text file, whatever ends them, one at a time.

use std::borrow::Cow;
use std::io::{self, BufRead};

use encoding_rs::WINDOWS_1252;
use memchr::memchr2;

/// Bytes of one line that are kept; no format has lines that are nearly so long.
const LINE_BYTES_MAX: usize = 64 * 1024;

/// Reads lines that end in LF, CR LF or CR.
pub(crate) struct Lines<R> {
    source: R,
    bytes: Vec<u8>,
    number: u32,
    /// A CR ended the last line: an LF right after it belongs to it.
    after_cr: bool,
}

/// One line, without its end.
pub(crate) struct Line<'l> {
    /// Its number, counted from 1.
    pub(crate) number: u32,
    /// Its text. Bytes that are no UTF-8 were read as Windows-1252, of which Latin-1 is a part: the
    /// formats declare no encoding.
    pub(crate) text: Cow<'l, str>,
    /// It was longer than any line of a statement; the text is its beginning.
    pub(crate) is_cut: bool,
}

impl<R: BufRead> Lines<R> {
    pub(crate) fn new(source: R) -> Self {
        Self { source, bytes: Vec::new(), number: 0, after_cr: false }
    }

    /// The next line; none at the end. A last line without an end is a line, if it is not empty.
    pub(crate) fn next(&mut self) -> io::Result<Option<Line<'_>>> {
        self.bytes.clear();
        let mut is_cut = false;
        let mut is_any = false;
        loop {
            let available = match self.source.fill_buf() {
                Ok(available) => available,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            if std::mem::take(&mut self.after_cr) && available.first() == Some(&b'\n') {
                self.source.consume(1);
                continue;
            }
            if available.is_empty() {
                if !is_any {
                    return Ok(None);
                }
                break;
            }
            is_any = true;
            let end = memchr2(b'\n', b'\r', available);
            let (piece, rest) = available.split_at(end.unwrap_or(available.len()));
            let room = LINE_BYTES_MAX.saturating_sub(self.bytes.len());
            is_cut |= piece.len() > room;
            self.bytes.extend_from_slice(piece.get(..room).unwrap_or(piece));
            self.after_cr = rest.first() == Some(&b'\r');
            let consumed = piece.len().saturating_add(usize::from(end.is_some()));
            self.source.consume(consumed);
            if end.is_some() {
                break;
            }
        }
        self.number = self.number.saturating_add(1);
        let text = match std::str::from_utf8(&self.bytes) {
            Ok(text) => Cow::Borrowed(text),
            Err(_) => WINDOWS_1252.decode_without_bom_handling(&self.bytes).0,
        };
        Ok(Some(Line { number: self.number, text, is_cut }))
    }
}

#[cfg(test)]
mod tests {
    use std::io::BufReader;

    use super::*;

    fn read(bytes: &[u8], capacity: usize) -> Vec<(u32, String, bool)> {
        let mut lines = Lines::new(BufReader::with_capacity(capacity, bytes));
        let mut found = Vec::new();
        while let Some(line) = lines.next().unwrap_or_default() {
            found.push((line.number, line.text.into_owned(), line.is_cut));
        }
        found
    }

    #[test]
    fn every_kind_of_line_end_ends_one_line() {
        for capacity in [1, 2, 3, 64] {
            let texts: Vec<String> =
                read(b"a\r\nb\rc\n\nd\r\n\r\ne", capacity).into_iter().map(|it| it.1).collect();
            assert_eq!(texts, ["a", "b", "c", "", "d", "", "e"], "{capacity}");
            assert_eq!(read(b"", capacity), []);
            assert_eq!(read(b"x\r\n", capacity), [(1, "x".to_owned(), false)]);
        }
    }

    #[test]
    fn bytes_that_are_no_utf_8_are_windows_1252() {
        assert_eq!(read(b"Caf\xe9 \x80\nCaf\xc3\xa9", 64)[0].1, "Café €");
        assert_eq!(read(b"Caf\xe9 \x80\nCaf\xc3\xa9", 64)[1].1, "Café");
    }

    #[test]
    fn a_line_without_end_is_cut_and_said_to_be() {
        let long = vec![b'x'; LINE_BYTES_MAX + 5];
        let lines = read(&long, 1000);
        assert_eq!((lines.len(), lines[0].1.len(), lines[0].2), (1, LINE_BYTES_MAX, true));
    }
}
