//! Walks through the XML once: checks that it is well-formed and within limits, finds the
//! statements in whatever envelope, and hands each element to the draft under its path.
//!
//! Keeps no tree, resolves no entity but the five that XML predefines, and refuses any DOCTYPE, so
//! that no file can make us expand or fetch anything. Prefixes mean nothing here.

use std::io::{self, BufRead};

use memchr::memchr2;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesRef, BytesStart, Event};
use quick_xml::name::{Namespace, NamespaceResolver, ResolveResult};
use quick_xml::reader::Reader;
use quick_xml::{Error, XmlVersion};

use super::draft::{Draft, Element};
use super::field::Leaf;
use super::{MESSAGES, Message, STATEMENT};
use crate::problem::Problem;
use crate::reading::{Findings, Format, Stop};
use crate::source::{Fault, Text, line_breaks};

/// Elements within elements; camt needs fewer than 20.
const DEPTH_MAX: usize = 64;
/// Attributes of one element; camt needs two. Their names are compared each with each.
const ATTRIBUTES_MAX: usize = 64;

/// Other messages that banks hand out or take, for the refusal.
const OTHERS: [(&str, &str); 3] = [
    ("CstmrCdtTrfInitn", "is an order of payments (pain.001)"),
    ("CstmrDrctDbtInitn", "is an order of direct debits (pain.008)"),
    ("Invoice", "is an invoice"),
];

const DOWNLOAD_AGAIN: &str = "download the file from the bank again";
const DOWNLOAD_CAMT: &str = "download the statement from the bank as camt.053";

/// What is known at one place in the file.
pub(super) struct Walk<'w, 's> {
    line: u32,
    /// Elements open now.
    depth: usize,
    has_root: bool,
    /// What the file is, where it is something else that we know.
    other: Option<&'static str>,
    /// What it tries to be, by the first namespace or message that tells.
    format: Option<Format>,
    /// The message that is open: what it is, its namespace, and how deep it lies.
    message: Option<(&'static Message, String, usize)>,
    has_message: bool,
    draft: Draft<'w, 's>,
    spaces: NamespaceResolver,
    /// How deep the open elements lie that declare namespaces.
    declared: Vec<usize>,
    /// Whether elements without a prefix are of the message's namespace, once that was looked up.
    is_default_ours: Option<bool>,
    /// The path of the open element below the message.
    path: String,
    /// What each open element below the message is, and how long the path was before it.
    path_ends: Vec<(usize, Element)>,
    /// The innermost open element, while it has no child.
    leaf: Leaf,
    is_leaf: bool,
}

impl<'w, 's> Walk<'w, 's> {
    pub(super) fn new(findings: &'w mut Findings<'s>) -> Self {
        Self {
            line: 1,
            depth: 0,
            has_root: false,
            other: None,
            format: None,
            message: None,
            has_message: false,
            draft: Draft::new(findings),
            spaces: NamespaceResolver::default(),
            declared: Vec::new(),
            is_default_ours: None,
            path: String::new(),
            path_ends: Vec::new(),
            leaf: Leaf::default(),
            is_leaf: false,
        }
    }

    /// What the file is, or tries to be.
    pub(super) const fn format(&self) -> Option<Format> {
        self.format
    }

    /// Reads the whole text.
    pub(super) fn all<R: BufRead>(&mut self, text: Text<R>) -> Result<(), Stop> {
        let mut reader = Reader::from_reader(text);
        reader.config_mut().expand_empty_elements = true;
        reader.config_mut().check_comments = true;
        let mut buffer = Vec::new();
        let mut is_start = true;
        loop {
            buffer.clear();
            reader.get_mut().begin_piece();
            let event = match reader.read_event_into(&mut buffer) {
                Ok(Event::Start(element)) => {
                    let end = reader.get_mut().line();
                    let within = line_breaks(element.attributes_raw().as_bytes());
                    self.line = end.saturating_sub(within);
                    self.open(&element)?;
                    is_start = false;
                    continue;
                }
                Ok(Event::End(_)) => {
                    self.close();
                    continue;
                }
                Ok(event) => event,
                Err(error) => return Err(stop(error, reader.get_mut(), self.line)),
            };
            let is_first = std::mem::take(&mut is_start);
            if self.event(event, is_first)? {
                return Ok(());
            }
        }
    }

    /// Takes the next event; true at the end.
    fn event(&mut self, event: Event<'_>, is_first: bool) -> Result<bool, Problem> {
        match event {
            Event::Start(element) => self.open(&element)?,
            Event::End(_) => self.close(),
            // Most texts: nothing in them needs a second look.
            Event::Text(text) if memchr2(b']', b'\r', text.as_bytes()).is_none() => {
                self.text(&text)?;
            }
            Event::Text(text) if text.contains("]]>") => {
                return Err(broken(self.line, "holds ]]> outside of a CDATA section"));
            }
            Event::Text(text) => self.text(&text.xml10_content())?,
            Event::CData(text) => self.text(&text.xml10_content())?,
            Event::GeneralRef(reference) => self.reference(&reference)?,
            Event::Decl(declaration) if is_first => {
                if !is_declaration(&declaration) {
                    return Err(broken(self.line, "has a malformed XML declaration"));
                }
            }
            Event::Decl(_) => return Err(misplaced_declaration(self.line)),
            Event::PI(pi) if pi.target().eq_ignore_ascii_case("xml") => {
                return Err(misplaced_declaration(self.line));
            }
            Event::PI(pi) if !is_name(pi.target()) => {
                return Err(broken(self.line, "has a processing instruction without a name"));
            }
            Event::PI(_) | Event::Comment(_) => {}
            Event::DocType(_) => return Err(has_doctype(self.line)),
            Event::Eof => return self.finish().map(|()| true),
            // The reader splits empty elements into start and end.
            Event::Empty(_) => return Err(broken(self.line, "cannot be read")),
        }
        Ok(false)
    }

    fn open(&mut self, element: &BytesStart) -> Result<(), Problem> {
        self.begin_leaf(element)?;
        if self.depth >= DEPTH_MAX {
            let reason = format!("has elements nested more than {DEPTH_MAX} deep");
            return Err(Problem::reject("document", Some(self.line), reason, DOWNLOAD_AGAIN));
        }
        if self.depth == 0 && std::mem::replace(&mut self.has_root, true) {
            return Err(broken(self.line, "has more than one root element"));
        }
        if let Some((message, ..)) = self.message {
            let (prefix, local) = prefix_and_local(element);
            let is_ours = self.is_ours(element, prefix.is_none())?;
            let end = self.path.len();
            let segment = if !is_ours {
                "?"
            } else if self.path.is_empty() && local == message.statement {
                STATEMENT
            } else if self.path.is_empty() && local == STATEMENT {
                "?"
            } else {
                local
            };
            push_segment(&mut self.path, segment);
            self.path_ends.push((end, self.draft.opened(&self.path, self.line)?));
        } else {
            self.envelope(element)?;
        }
        self.depth = self.depth.saturating_add(1);
        self.is_leaf = true;
        Ok(())
    }

    /// Whether an element is of the message's namespace.
    fn is_ours(&mut self, element: &BytesStart, is_default: bool) -> Result<bool, Problem> {
        if let Some(is_ours) = self.is_default_ours.filter(|_| is_default) {
            return Ok(is_ours);
        }
        let uri = self.space(element)?;
        let is_ours = self.message.as_ref().is_some_and(|(_, message_uri, _)| uri == message_uri);
        if is_default {
            self.is_default_ours = Some(is_ours);
        }
        Ok(is_ours)
    }

    /// The namespace of an element.
    fn space(&self, element: &BytesStart) -> Result<&str, Problem> {
        match self.spaces.resolve_element(element.name()).0 {
            ResolveResult::Bound(Namespace(uri)) => Ok(uri),
            ResolveResult::Unbound => Ok(""),
            ResolveResult::Unknown(_) => Err(self.undeclared_prefix()),
        }
    }

    /// An element around the messages.
    fn envelope(&mut self, element: &BytesStart) -> Result<(), Problem> {
        let uri = self.space(element)?.to_owned();
        let (_, local) = prefix_and_local(element);
        if let Some(message) = MESSAGES.iter().find(|it| it.element == local) {
            if self.has_message && self.format != Some(message.format) {
                let reason = "holds messages of several kinds, of which one may tell what another \
                              tells too";
                return Err(Problem::reject("document", Some(self.line), reason, DOWNLOAD_CAMT));
            }
            self.format = Some(message.format);
            if !is_read(message, &uri) {
                let format = message.name.trim_end_matches(".001.");
                let reason = format!("is a {format} of a version or namespace other than 02 to 14");
                return Err(Problem::reject("document", Some(self.line), reason, DOWNLOAD_CAMT));
            }
            self.has_message = true;
            self.is_default_ours = None;
            self.message = Some((message, uri, self.depth));
        } else if let Some((_, what)) = OTHERS.iter().find(|(name, _)| *name == local) {
            self.other = self.other.or(Some(what));
        }
        Ok(())
    }

    /// Checks name and attributes, and keeps the attribute that matters.
    fn begin_leaf(&mut self, element: &BytesStart) -> Result<(), Problem> {
        self.leaf.reset(self.line);
        let is_named = is_name(element.name().as_ref());
        if element.attributes_raw().is_empty() && is_named {
            return Ok(());
        }
        if element.attributes_raw().contains("xmlns") {
            let declared = self.spaces.push(element);
            declared.map_err(|error| broken(self.line, fault(&error.into())))?;
            self.declared.push(self.depth);
            self.is_default_ours = None;
        }
        if !is_spaced(element.attributes_raw()) {
            return Err(broken(self.line, "has no space between two attributes"));
        }
        for (place, attribute) in element.attributes().enumerate() {
            if place >= ATTRIBUTES_MAX {
                return Err(broken(self.line, "has too many attributes on one element"));
            }
            let attribute = attribute.map_err(|error| broken(self.line, fault(&error.into())))?;
            if !is_name(attribute.key.as_ref()) || attribute.value.contains('<') {
                return Err(broken(self.line, "has a malformed attribute"));
            }
            if attribute.value.is_empty() && attribute.key.as_ref().starts_with("xmlns:") {
                return Err(broken(self.line, "declares a namespace prefix for no namespace"));
            }
            if matches!(self.spaces.resolve_attribute(attribute.key).0, ResolveResult::Unknown(_)) {
                return Err(self.undeclared_prefix());
            }
            let value = attribute.normalized_value(XmlVersion::Implicit1_0);
            let value = value.map_err(|error| broken(self.line, fault(&error)))?;
            if attribute.key.as_ref().starts_with("xmlns") && self.format.is_none() {
                self.format =
                    MESSAGES.iter().find(|it| value.contains(it.name)).map(|it| it.format);
            }
            self.leaf.attribute(attribute.key.as_ref(), value.trim());
        }
        if is_named { Ok(()) } else { Err(broken(self.line, "has a malformed element name")) }
    }

    fn close(&mut self) {
        self.depth = self.depth.saturating_sub(1);
        if self.declared.last() == Some(&self.depth) {
            self.declared.pop();
            self.spaces.pop();
            self.is_default_ours = None;
        }
        let is_leaf = std::mem::take(&mut self.is_leaf);
        if self.message.as_ref().is_some_and(|(_, _, depth)| *depth == self.depth) {
            self.message = None;
        } else if let Some((end, element)) = self.path_ends.pop() {
            if is_leaf {
                self.draft.value(&self.path, &self.leaf);
            }
            self.draft.closed(element);
            self.path.truncate(end);
        }
    }

    fn text(&mut self, text: &str) -> Result<(), Problem> {
        if self.depth == 0 && !text.trim_ascii().is_empty() {
            return Err(broken(self.line, "has text outside of its root element"));
        }
        if self.is_leaf && self.message.is_some() {
            self.leaf.append(text);
        }
        Ok(())
    }

    fn reference(&mut self, reference: &BytesRef) -> Result<(), Problem> {
        let character = match reference.resolve_char_ref() {
            Ok(character) => character.filter(|it| is_xml_character(*it)),
            Err(_) => None,
        };
        if let Some(character) = character {
            return self.text(character.encode_utf8(&mut [0; 4]));
        }
        match resolve_predefined_entity(reference) {
            Some(text) => self.text(text),
            None => Err(broken(self.line, "refers to an entity or character that is not there")),
        }
    }

    fn finish(&mut self) -> Result<(), Problem> {
        if self.depth > 0 {
            return Err(broken(self.line, "ends before its last element is closed"));
        }
        if !self.has_root {
            return Err(broken(self.line, "has no element"));
        }
        if self.has_message {
            self.draft.conclude();
            return Ok(());
        }
        let reason = self.other.unwrap_or("is another kind of XML document");
        Err(Problem::reject("document", None, reason, DOWNLOAD_CAMT))
    }

    fn undeclared_prefix(&self) -> Problem {
        broken(self.line, "uses a namespace prefix that is not declared")
    }
}

/// Names are short: looking at each byte is the quickest.
fn prefix_and_local<'e>(element: &'e BytesStart) -> (Option<&'e str>, &'e str) {
    let name = element.name().into_inner();
    let colon = name.bytes().position(|it| it == b':');
    match colon.and_then(|at| name.split_at_checked(at)) {
        Some((prefix, rest)) => (Some(prefix), rest.strip_prefix(':').unwrap_or(rest)),
        None => (None, name),
    }
}

/// Elements of another namespace than the message's never match a path.
fn push_segment(path: &mut String, segment: &str) {
    if !path.is_empty() {
        path.push('/');
    }
    path.push_str(segment);
}

/// Banks leave the namespace out, write an older form of it before the name of the message, or
/// say after a colon whose rules they follow.
fn is_read(message: &Message, uri: &str) -> bool {
    let Some((_, rest)) = uri.rsplit_once(message.name) else { return uri.is_empty() };
    let version = rest.split_once(':').map_or(rest, |(version, _)| version);
    version.len() == 2 && matches!(version.parse::<u8>(), Ok(2..=14))
}

/// XML 1.0, production 23, without the question marks.
fn is_declaration(text: &str) -> bool {
    let version = text.strip_prefix("xml").and_then(|it| after_pseudo_attribute(it, "version"));
    let Some(mut rest) = version else { return false };
    for name in ["encoding", "standalone"] {
        rest = after_pseudo_attribute(rest, name).unwrap_or(rest);
    }
    rest.trim_ascii_start().is_empty()
}

fn after_pseudo_attribute<'t>(text: &'t str, name: &str) -> Option<&'t str> {
    let attribute = text.trim_ascii_start().strip_prefix(name)?;
    let value = attribute.trim_ascii_start().strip_prefix('=')?.trim_ascii_start();
    let quote = value.chars().next().filter(|it| matches!(it, '"' | '\''))?;
    let (content, rest) = value.strip_prefix(quote)?.split_once(quote)?;
    let is_plain = |it: char| it.is_ascii_alphanumeric() || "._-:".contains(it);
    let is_whole = text.starts_with(|it: char| it.is_ascii_whitespace())
        && !content.is_empty()
        && content.chars().all(is_plain);
    is_whole.then_some(rest)
}

/// Whether white space stands before each attribute: the reader does not ask for it.
fn is_spaced(attributes: &str) -> bool {
    let mut rest = attributes;
    while let Some((_, after)) = rest.split_once('=') {
        let value = after.trim_ascii_start();
        let quoted = value.strip_prefix(['"', '\'']).zip(value.chars().next());
        // Another form is the reader's to refuse.
        let Some((_, next)) = quoted.and_then(|(text, quote)| text.split_once(quote)) else {
            return true;
        };
        if next.starts_with(|it: char| !it.is_ascii_whitespace() && it != '/') {
            return false;
        }
        rest = next;
    }
    true
}

/// Strict for ASCII; beyond it nearly all letters are allowed in names.
fn is_name(name: &str) -> bool {
    if name.bytes().all(|it| it.is_ascii_alphabetic()) {
        return !name.is_empty();
    }
    let is_letter = |it: char| it.is_ascii_alphabetic() || !it.is_ascii() && !it.is_control();
    let is_part = |part: &str| {
        part.starts_with(|first| is_letter(first) || first == '_')
            && part.chars().all(|it| is_letter(it) || it.is_ascii_digit() || "_-.".contains(it))
    };
    match name.split_once(':') {
        Some((prefix, local)) => is_part(prefix) && is_part(local),
        None => is_part(name),
    }
}

/// XML 1.0, production 2, of characters written as numbers; the others were decoded already.
const fn is_xml_character(it: char) -> bool {
    !matches!(it, '\0'..='\x08' | '\x0b' | '\x0c' | '\x0e'..='\x1f' | '\u{fffe}' | '\u{ffff}')
}

/// Why the reader goes no further: the text ended early, cannot be had, or is no XML.
fn stop<R: BufRead>(error: Error, text: &mut Text<R>, start: u32) -> Stop {
    let Error::Io(error) = error else { return broken(start, fault(&error)).into() };
    let line = text.line();
    let refusal = match text.fault() {
        None => return Stop::Io(io::Error::new(error.kind(), error)),
        Some(Fault::Encoding(encoding)) => {
            let name = encoding.name();
            let reason = format!("holds bytes that are not {name}, its declared encoding");
            Problem::reject("file", Some(line), reason, DOWNLOAD_AGAIN)
        }
        Some(Fault::Character) => broken(line, "holds a character that XML forbids"),
        Some(Fault::Piece) => {
            let reason = "has a tag, text or comment of more than a million bytes";
            Problem::reject("document", Some(line), reason, DOWNLOAD_AGAIN)
        }
    };
    refusal.into()
}

fn broken(line: u32, reason: &'static str) -> Problem {
    let reason = format!("is not well-formed XML: it {reason}");
    Problem::reject("document", Some(line), reason, DOWNLOAD_AGAIN)
}

fn misplaced_declaration(line: u32) -> Problem {
    broken(line, "has an XML declaration that is not at its very start")
}

fn has_doctype(line: u32) -> Problem {
    let reason = "has a DOCTYPE, which may hide entities and is never part of a statement";
    Problem::reject("document", Some(line), reason, DOWNLOAD_AGAIN)
}

/// The parser's own words would repeat text of the file.
fn fault(error: &Error) -> &'static str {
    match error {
        Error::Syntax(_) => "ends, or breaks, in the middle of a tag or comment",
        Error::IllFormed(_) => "has an end tag, comment or reference where it cannot stand",
        Error::InvalidAttr(_) => "has a malformed attribute",
        Error::Escape(_) => "refers to an entity or character that is not there",
        Error::Namespace(_) => "declares its namespaces wrongly, or too many of them",
        Error::Io(_) | Error::Encoding(_) => "cannot be read",
    }
}
