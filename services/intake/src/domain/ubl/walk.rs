//! Walks through the XML once: checks that it is well-formed and within limits, finds the UBL
//! document in whatever envelope, and hands each element's text to the draft under its path.
//!
//! Keeps no tree, resolves no entity but the five that XML predefines, and refuses any DOCTYPE, so
//! that no file can make us expand or fetch anything. Prefixes mean nothing here, only namespaces
//! count.

use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesRef, BytesStart, Event};
use quick_xml::name::{Namespace, NamespaceResolver, ResolveResult};
use quick_xml::reader::NsReader;
use quick_xml::{Error, XmlVersion};

use super::super::invoice::{Document, Problem};
use super::draft::{Draft, Leaf};
use super::reject;

/// Elements within elements; UBL itself needs fewer than 20.
const DEPTH_MAX: usize = 100;

const UBL: &str = "urn:oasis:names:specification:ubl:schema:xsd:";
const SEND_AGAIN: &str = "have the sender's software make the file again";
const SEND_UBL: &str = "send a UBL 2.x Invoice or CreditNote";

/// Reads the whole text. The error refuses the file.
pub(super) fn walk(text: &str) -> Result<Draft, Problem> {
    let mut lines = Lines { text: text.as_bytes(), counted: 0, line: 1 };
    if let Some(position) = text.find(|character| !is_xml_character(character)) {
        return Err(broken(lines.line_at(position), "holds a character that XML forbids"));
    }
    let mut reader = NsReader::from_str(text);
    reader.config_mut().expand_empty_elements = true;
    reader.config_mut().check_comments = true;
    let mut walk = Walk::default();
    loop {
        let start = offset(reader.buffer_position());
        let event = reader.read_event().map_err(|error| {
            broken(lines.line_at(offset(reader.error_position()).max(start)), fault(&error))
        })?;
        walk.line = lines.line_at(start);
        match event {
            Event::Start(element) => walk.open(&element, reader.resolver())?,
            Event::End(_) => walk.close(),
            Event::Text(text) if text.contains("]]>") => {
                return Err(broken(walk.line, "holds ]]> outside of a CDATA section"));
            }
            Event::Text(text) => walk.text(&text.xml10_content())?,
            Event::CData(text) => walk.text(&text.xml10_content())?,
            Event::GeneralRef(reference) => walk.reference(&reference)?,
            Event::Decl(declaration) if start == 0 => {
                if !is_declaration(&declaration) {
                    return Err(broken(walk.line, "has a malformed XML declaration"));
                }
            }
            Event::Decl(_) => return Err(misplaced_declaration(walk.line)),
            Event::PI(pi) if pi.target().eq_ignore_ascii_case("xml") => {
                return Err(misplaced_declaration(walk.line));
            }
            Event::PI(pi) if !is_name(pi.target()) => {
                return Err(broken(walk.line, "has a processing instruction without a name"));
            }
            Event::PI(_) | Event::Comment(_) => {}
            Event::DocType(_) => return Err(has_doctype(walk.line)),
            Event::Eof => return walk.finish(),
            // The reader splits empty elements into start and end.
            Event::Empty(_) => return Err(broken(walk.line, "cannot be read")),
        }
    }
}

/// What is known at one place in the file.
#[derive(Default)]
struct Walk {
    line: u32,
    /// Elements open now.
    depth: usize,
    /// What the root element says the file is.
    root: Option<&'static str>,
    /// How deep the document element lies, while inside it.
    document_depth: Option<usize>,
    draft: Option<Draft>,
    /// The path of the open element below the document element, in customary prefixes.
    path: String,
    /// How long the path was before each open element below the document element.
    path_ends: Vec<usize>,
    /// The innermost open element, while it has no child.
    leaf: Option<Leaf>,
}

impl Walk {
    fn open(&mut self, element: &BytesStart, spaces: &NamespaceResolver) -> Result<(), Problem> {
        let leaf = self.start_leaf(element, spaces)?;
        let (namespace, local) = spaces.resolve_element(element.name());
        let uri = match &namespace {
            ResolveResult::Bound(Namespace(uri)) => uri,
            ResolveResult::Unbound => "",
            ResolveResult::Unknown(_) => return Err(self.undeclared_prefix()),
        };
        if self.depth >= DEPTH_MAX {
            let reason = format!("has elements nested more than {DEPTH_MAX} deep");
            return Err(reject("document", Some(self.line), reason, SEND_AGAIN));
        }
        if self.depth == 0 && self.root.replace(what_is(uri, local.as_ref())).is_some() {
            return Err(broken(self.line, "has more than one root element"));
        }
        if self.document_depth.is_some() {
            self.path_ends.push(self.path.len());
            push_segment(&mut self.path, uri, local.as_ref());
            if let Some(draft) = &mut self.draft {
                draft.opened(&self.path, self.line);
            }
        } else if let Some(document) = document(uri, local.as_ref()) {
            if self.draft.replace(Draft::new(document)).is_some() {
                let split = "send each document in a file of its own";
                let reason = "holds more than one invoice";
                return Err(reject("document", Some(self.line), reason, split));
            }
            self.document_depth = Some(self.depth);
        }
        self.depth = self.depth.saturating_add(1);
        self.leaf = Some(leaf);
        Ok(())
    }

    /// Checks name and attributes, and keeps the attributes that matter.
    fn start_leaf(
        &self,
        element: &BytesStart,
        spaces: &NamespaceResolver,
    ) -> Result<Leaf, Problem> {
        let mut leaf = Leaf::at(self.line);
        let is_named = is_name(element.name().as_ref());
        if !is_spaced(element.attributes_raw()) {
            return Err(broken(self.line, "has no space between two attributes"));
        }
        for attribute in element.attributes() {
            let attribute = attribute.map_err(|error| self.bad_attribute(&error.into()))?;
            if !is_name(attribute.key.as_ref()) || attribute.value.contains('<') {
                return Err(broken(self.line, "has a malformed attribute"));
            }
            if attribute.value.is_empty() && attribute.key.as_ref().starts_with("xmlns:") {
                return Err(broken(self.line, "declares a namespace prefix for no namespace"));
            }
            if matches!(spaces.resolve_attribute(attribute.key).0, ResolveResult::Unknown(_)) {
                return Err(self.undeclared_prefix());
            }
            let value = attribute.normalized_value(XmlVersion::Implicit1_0);
            let value = value.map_err(|error| self.bad_attribute(&error))?;
            leaf.attribute(attribute.key.as_ref(), value.trim());
        }
        if is_named { Ok(leaf) } else { Err(broken(self.line, "has a malformed element name")) }
    }

    fn close(&mut self) {
        self.depth = self.depth.saturating_sub(1);
        let leaf = self.leaf.take();
        if self.document_depth == Some(self.depth) {
            self.document_depth = None;
        } else if let Some(end) = self.path_ends.pop() {
            if let (Some(draft), Some(leaf)) = (&mut self.draft, leaf) {
                draft.value(&self.path, &leaf);
            }
            self.path.truncate(end);
        }
    }

    fn text(&mut self, text: &str) -> Result<(), Problem> {
        if self.depth == 0 && !text.trim_ascii().is_empty() {
            return Err(broken(self.line, "has text outside of its root element"));
        }
        if let (Some(leaf), true) = (&mut self.leaf, self.document_depth.is_some()) {
            leaf.append(text);
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

    fn finish(self) -> Result<Draft, Problem> {
        if self.depth > 0 {
            return Err(broken(self.line, "ends before its last element is closed"));
        }
        let Some(what) = self.root else { return Err(broken(self.line, "has no element")) };
        self.draft.ok_or_else(|| {
            let reason = format!("is {what}, not a UBL 2.x invoice or credit note");
            reject("document", None, reason, SEND_UBL)
        })
    }

    fn undeclared_prefix(&self) -> Problem {
        broken(self.line, "uses a namespace prefix that is not declared")
    }

    fn bad_attribute(&self, error: &Error) -> Problem {
        broken(self.line, fault(error))
    }
}

/// Counts lines up to a place; places come in ascending order.
struct Lines<'t> {
    text: &'t [u8],
    counted: usize,
    line: u32,
}

impl Lines<'_> {
    fn line_at(&mut self, position: usize) -> u32 {
        let position = position.min(self.text.len());
        let passed = self.text.get(self.counted..position).unwrap_or_default();
        let breaks = passed.split(|byte| *byte == b'\n').skip(1).count();
        self.line = self.line.saturating_add(u32::try_from(breaks).unwrap_or(u32::MAX));
        self.counted = self.counted.max(position);
        self.line
    }
}

/// Elements of other namespaces never match a path, so their names are left out.
fn push_segment(path: &mut String, uri: &str, local: &str) {
    if !path.is_empty() {
        path.push('/');
    }
    match uri.strip_prefix(UBL) {
        Some("CommonAggregateComponents-2") => path.extend(["cac:", local]),
        Some("CommonBasicComponents-2") => path.extend(["cbc:", local]),
        _ => path.push('?'),
    }
}

fn document(uri: &str, local: &str) -> Option<Document> {
    match (uri.strip_prefix(UBL)?, local) {
        ("Invoice-2", "Invoice") => Some(Document::Invoice),
        ("CreditNote-2", "CreditNote") => Some(Document::CreditNote),
        _ => None,
    }
}

/// What a file is by its root element, for the refusal. Never the element's own name: it may be
/// anything.
fn what_is(uri: &str, local: &str) -> &'static str {
    const KNOWN: &[(&str, &str)] = &[
        ("urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:", "a CII invoice (Factur-X)"),
        ("urn:ferd:CrossIndustryDocument:", "a CII invoice (ZUGFeRD 1.0)"),
        ("urn:iso:std:iso:20022:tech:xsd:camt.", "a bank statement (camt)"),
        ("urn:iso:std:iso:20022:tech:xsd:pain.", "a payment order (pain)"),
        ("http://www.auditfiles.nl/", "an audit file (XAF)"),
        ("urn:oasis:names:specification:ubl:schema:xsd:", "another document of UBL"),
        ("http://www.unece.org/cefact/namespaces/StandardBusinessDocumentHeader", "an envelope"),
        ("http://www.w3.org/1999/xhtml", "a web page"),
    ];
    let known = KNOWN.iter().find(|(prefix, _)| uri.starts_with(prefix)).map(|(_, what)| *what);
    known.unwrap_or(match local {
        "Invoice" | "CreditNote" => "an invoice outside of the namespace of UBL 2",
        "CrossIndustryInvoice" | "CrossIndustryDocument" => "a CII invoice",
        "auditfile" => "an audit file (XAF)",
        _ => "another kind of XML document",
    })
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

/// XML 1.0, production 2; surrogates cannot occur here.
const fn is_xml_character(character: char) -> bool {
    let is_control = matches!(character, '\0'..='\x1f') && !matches!(character, '\t' | '\n' | '\r');
    !is_control && !matches!(character, '\u{fffe}' | '\u{ffff}')
}

fn offset(position: u64) -> usize {
    usize::try_from(position).unwrap_or(usize::MAX)
}

fn broken(line: u32, reason: &'static str) -> Problem {
    reject("document", Some(line), format!("is not well-formed XML: it {reason}"), SEND_AGAIN)
}

fn misplaced_declaration(line: u32) -> Problem {
    broken(line, "has an XML declaration that is not at its very start")
}

fn has_doctype(line: u32) -> Problem {
    let reason = "has a DOCTYPE, which may hide entities and is not allowed in UBL";
    reject("document", Some(line), reason, SEND_AGAIN)
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
