//! From bytes to text: refuses what is not XML by its first bytes, and decodes the rest strictly.
//!
//! Never guesses an encoding and never replaces a byte that does not fit: a wrong letter in a name
//! or a reference is worse than a refusal.

use std::borrow::Cow;

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};

use super::super::reading::{Format, Problem};
use super::MAX_BYTES;

const DOWNLOAD: &str = "download the statement from the bank as camt.053";

/// What files that are no XML begin with, and what they are.
const MAGIC: &[(&[u8], &str)] = &[
    (b"%PDF", "is a PDF, whatever its name says"),
    (b"PK\x03\x04", "is a ZIP archive: unpack it first"),
    (b"\x1f\x8b", "is a compressed file: unpack it first"),
    (b"\xd0\xcf\x11\xe0", "is an office document"),
];

/// The text of the file, without its byte order mark.
pub(super) fn text(bytes: &[u8]) -> Result<Cow<'_, str>, Problem> {
    if let Some((_, what)) = MAGIC.iter().find(|(magic, _)| bytes.starts_with(magic)) {
        return Err(Problem::reject("file", None, *what, DOWNLOAD));
    }
    if bytes.len() > MAX_BYTES {
        let limit_mb = MAX_BYTES / (1024 * 1024);
        let reason = format!("is larger than {limit_mb} MB");
        return Err(Problem::reject("file", None, reason, "download shorter periods"));
    }
    let (encoding, body) = encoding(bytes)?;
    let text = encoding.decode_without_bom_handling_and_without_replacement(body);
    let text = text.ok_or_else(|| {
        let reason = format!("holds bytes that are not {}, its declared encoding", encoding.name());
        let line = (encoding == UTF_8).then(|| line_of_bad_utf_8(body));
        Problem::reject("file", line, reason, DOWNLOAD)
    })?;
    looks_like_xml(&text)?;
    Ok(text)
}

/// The format that a refused file tries to be, judged by its beginning.
pub(super) fn tries_to_be(text: &str) -> Option<Format> {
    let head = text.get(..text.floor_char_boundary(8 * 1024)).unwrap_or_default();
    let is_it = ["camt.053.001.", "BkToCstmrStmt"].iter().any(|mark| head.contains(mark));
    is_it.then_some(Format::Camt053)
}

/// The encoding by byte order mark, else by the shape of the first bytes, else as declared (XML
/// 1.0, appendix F), and the bytes after the mark.
fn encoding(bytes: &[u8]) -> Result<(&'static Encoding, &[u8]), Problem> {
    if let Some((encoding, mark_len)) = Encoding::for_bom(bytes) {
        return Ok((encoding, bytes.get(mark_len..).unwrap_or_default()));
    }
    if bytes.starts_with(b"<\0") {
        return Ok((UTF_16LE, bytes));
    }
    if bytes.starts_with(b"\0<") {
        return Ok((UTF_16BE, bytes));
    }
    let Some(label) = declared_label(bytes) else { return Ok((UTF_8, bytes)) };
    let refusal = |reason| Problem::reject("file", Some(1), reason, DOWNLOAD);
    match Encoding::for_label_no_replacement(label) {
        Some(found) if found == UTF_16LE || found == UTF_16BE => {
            Err(refusal("declares UTF-16 and is something else"))
        }
        Some(found) => Ok((found, bytes)),
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

fn looks_like_xml(text: &str) -> Result<(), Problem> {
    let start = text.trim_start();
    let begins = |tag: &str| start.get(..tag.len()).is_some_and(|it| it.eq_ignore_ascii_case(tag));
    let reason = if start.is_empty() {
        "is empty"
    } else if begins("<!doctype html") || begins("<html") {
        "is a web page"
    } else if !start.starts_with('<') {
        "is not XML"
    } else {
        return Ok(());
    };
    Err(Problem::reject("file", None, reason, DOWNLOAD))
}

fn line_of_bad_utf_8(bytes: &[u8]) -> u32 {
    let good = bytes.utf8_chunks().next().map_or("", |chunk| chunk.valid());
    let breaks = good.bytes().filter(|byte| *byte == b'\n').count();
    u32::try_from(breaks).unwrap_or(u32::MAX).saturating_add(1)
}
