//! Checks an XML file against its schema, as far as the schemas of ISO 20022 go: the order, number
//! and choice of elements, and lengths, codes and digits of texts. Not the patterns: a test says
//! itself what an IBAN is.

use std::collections::HashMap;

use quick_xml::events::{BytesStart, Event};
use quick_xml::reader::Reader;

/// One element with what it holds.
#[derive(Clone, Debug, Default)]
pub(crate) struct Node {
    pub(crate) name: String,
    pub(crate) attributes: HashMap<String, String>,
    pub(crate) text: String,
    pub(crate) children: Vec<Node>,
}

/// The types of a schema, by name.
pub(crate) struct Schema(HashMap<String, Node>);

impl Node {
    /// Reads a file; its one element.
    pub(crate) fn parse(xml: &str) -> Self {
        let mut reader = Reader::from_str(xml);
        let mut open = vec![Self::default()];
        loop {
            match reader.read_event().unwrap() {
                Event::Start(tag) => open.push(Self::of(&tag)),
                Event::Empty(tag) => open.last_mut().unwrap().children.push(Self::of(&tag)),
                Event::End(_) => {
                    let done = open.pop().unwrap();
                    open.last_mut().unwrap().children.push(done);
                }
                Event::Text(text) => {
                    open.last_mut().unwrap().text.push_str(text.trim());
                }
                Event::GeneralRef(name) => {
                    let sign = match name.as_ref() {
                        "amp" => '&',
                        "lt" => '<',
                        "gt" => '>',
                        other => panic!("&{other};"),
                    };
                    open.last_mut().unwrap().text.push(sign);
                }
                Event::Eof => break,
                Event::CData(_)
                | Event::Comment(_)
                | Event::Decl(_)
                | Event::PI(_)
                | Event::DocType(_) => {}
            }
        }
        assert_eq!((open.len(), open[0].children.len()), (1, 1), "one element, and all closed");
        open[0].children[0].clone()
    }

    fn of(tag: &BytesStart) -> Self {
        let attributes = tag.attributes().map(|attribute| {
            let attribute = attribute.unwrap();
            (attribute.key.as_ref().to_owned(), attribute.value.into_owned())
        });
        let name = tag.name().as_ref().to_owned();
        Self { name, attributes: attributes.collect(), ..Self::default() }
    }

    fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.get(name).map(String::as_str)
    }

    fn child(&self, name: &str) -> Option<&Self> {
        self.children.iter().find(|child| child.name == name)
    }

    /// The text of an element, by the names on the way to it.
    pub(crate) fn at(&self, path: &str) -> &str {
        let step = |node, name| Self::child(node, name).unwrap_or_else(|| panic!("{path}"));
        &path.split('/').fold(self, step).text
    }
}

impl Schema {
    pub(crate) fn parse(xsd: &str) -> Self {
        let types = Node::parse(xsd).children.into_iter();
        let types = types.filter(|node| node.name != "xs:element");
        Self(types.map(|node| (node.attributes["name"].clone(), node)).collect())
    }

    /// Panics where the element is not of the type.
    pub(crate) fn check(&self, node: &Node, type_name: &str, path: &str) {
        let path = format!("{path}/{}", node.name);
        let declared =
            self.0.get(type_name).unwrap_or_else(|| panic!("{path}: no type {type_name}"));
        if declared.name == "xs:simpleType" {
            return check_text(declared.child("xs:restriction").unwrap(), &node.text, &path);
        }
        if let Some(simple) = declared.child("xs:simpleContent") {
            let extension = simple.child("xs:extension").unwrap();
            let base = &self.0[extension.attribute("base").unwrap()];
            check_text(base.child("xs:restriction").unwrap(), &node.text, &path);
            let attribute = extension.child("xs:attribute").unwrap();
            let value = node.attribute(attribute.attribute("name").unwrap()).unwrap();
            let of = &self.0[attribute.attribute("type").unwrap()];
            return check_text(of.child("xs:restriction").unwrap(), value, &path);
        }
        assert_eq!(node.text, "", "{path} holds elements only");
        if let Some(sequence) = declared.child("xs:sequence") {
            let mut left = node.children.as_slice();
            for element in &sequence.children {
                let name = element.attribute("name").unwrap();
                let count = left.iter().take_while(|child| child.name == name).count();
                assert!(count >= occurs(element, "minOccurs"), "{path}: {name} is missing");
                assert!(count <= occurs(element, "maxOccurs"), "{path}: too many {name}");
                let (these, rest) = left.split_at(count);
                for child in these {
                    self.check(child, element.attribute("type").unwrap(), &path);
                }
                left = rest;
            }
            assert!(left.is_empty(), "{path}: {} stands in a wrong place", left[0].name);
            return;
        }
        let choice = declared.child("xs:choice").unwrap();
        assert_eq!(node.children.len(), 1, "{path}: one of several");
        let child = &node.children[0];
        let is_meant = |it: &&Node| it.attribute("name") == Some(&child.name);
        let element = choice.children.iter().find(is_meant).unwrap_or_else(|| panic!("{path}"));
        self.check(child, element.attribute("type").unwrap(), &path);
    }
}

fn occurs(element: &Node, name: &str) -> usize {
    match element.attribute(name) {
        None => 1,
        Some("unbounded") => usize::MAX,
        Some(count) => count.parse().unwrap(),
    }
}

fn check_text(restriction: &Node, text: &str, path: &str) {
    let facets = || restriction.children.iter();
    let codes: Vec<&str> = facets()
        .filter(|it| it.name == "xs:enumeration")
        .filter_map(|it| it.attribute("value"))
        .collect();
    assert!(codes.is_empty() || codes.contains(&text), "{path}: {text} is not of {codes:?}");
    let fraction = text.split_once('.').map_or(0, |(_, fraction)| fraction.len());
    let digits = text.chars().filter(char::is_ascii_digit).count();
    for facet in facets() {
        let value = facet.attribute("value").unwrap_or_default();
        let limit = || value.parse::<usize>().unwrap();
        let holds = match facet.name.as_str() {
            "xs:minLength" => text.chars().count() >= limit(),
            "xs:maxLength" => text.chars().count() <= limit(),
            "xs:fractionDigits" => fraction <= limit(),
            "xs:totalDigits" => digits <= limit(),
            "xs:minInclusive" => !text.starts_with('-'),
            _ => true,
        };
        assert!(holds, "{path}: {text} breaks {} {value}", facet.name);
    }
    match restriction.attribute("base").unwrap() {
        "xs:string" => {}
        "xs:boolean" => assert!(["true", "false"].contains(&text), "{path}: {text}"),
        "xs:date" => drop(text.parse::<primitives::Date>().unwrap()),
        "xs:dateTime" => drop(text.parse::<primitives::Timestamp>().unwrap()),
        "xs:decimal" => drop(text.parse::<rust_decimal::Decimal>().unwrap()),
        other => panic!("{path}: a {other} is not known here"),
    }
}
