//! What was delivered, in the words of the invoice's lines.
//!
//! Keeps a few short names, and is never a reason to refuse a file: who must have them says so.

use super::draft::Leaf;

/// Distinct names that are kept; that there are more is all that is known of the rest.
const NAMES_MAX: usize = 3;
/// Characters of one name.
const NAME_CHARS_MAX: usize = 80;

/// The names found so far. Of the line that is open, the lines under it wait until it is known
/// whether it has a name itself.
#[derive(Default)]
pub(super) struct Items {
    names: Names,
    item: Item,
    under: Names,
    item_under: Item,
}

#[derive(Default)]
struct Item {
    name: Option<String>,
    description: Option<String>,
}

/// Distinct names in their order.
#[derive(Default)]
struct Names {
    kept: Vec<String>,
    has_more: bool,
}

impl Items {
    /// An element begins.
    pub(super) fn opened(&mut self, path: &str) {
        match path.strip_prefix("cac:InvoiceLine") {
            Some("") => self.end_line(),
            Some(field) if under(field.trim_start_matches('/')) == Some("cac:Item") => {
                self.end_item_under();
            }
            Some(_) | None => {}
        }
    }

    /// An element without children ends; `field` is its path within the line.
    pub(super) fn value(&mut self, field: &str, leaf: &Leaf) {
        let (item, field) = match under(field) {
            Some(field) => (&mut self.item_under, field),
            None => (&mut self.item, field),
        };
        let slot = match field {
            "cac:Item/cbc:Name" => &mut item.name,
            "cac:Item/cbc:Description" => &mut item.description,
            _ => return,
        };
        if slot.is_none() {
            *slot = short(leaf.start());
        }
    }

    /// All names in one line, in no language; absent when no line has one.
    pub(super) fn finish(mut self) -> Option<String> {
        self.end_line();
        let Names { kept, has_more } = self.names;
        let more = if has_more { " …" } else { "" };
        (!kept.is_empty()).then(|| format!("{}{more}", kept.join(", ")))
    }

    fn end_line(&mut self) {
        self.end_item_under();
        let under = std::mem::take(&mut self.under);
        match std::mem::take(&mut self.item).text() {
            Some(name) => self.names.add(name),
            None => self.names.append(under),
        }
    }

    fn end_item_under(&mut self) {
        if let Some(name) = std::mem::take(&mut self.item_under).text() {
            self.under.add(name);
        }
    }
}

impl Item {
    fn text(self) -> Option<String> {
        self.name.or(self.description)
    }
}

impl Names {
    fn add(&mut self, name: String) {
        if self.kept.contains(&name) {
            return;
        }
        if self.kept.len() < NAMES_MAX {
            self.kept.push(name);
        } else {
            self.has_more = true;
        }
    }

    fn append(&mut self, other: Self) {
        other.kept.into_iter().for_each(|name| self.add(name));
        self.has_more |= other.has_more;
    }
}

/// The path within the innermost line under a line, which may have lines under it in turn.
fn under(field: &str) -> Option<&str> {
    let inner = field.trim_start_matches("cac:SubInvoiceLine/");
    (inner.len() < field.len()).then_some(inner)
}

/// A text as one line, cut after a whole word where it is too long and has one.
fn short(text: &str) -> Option<String> {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let Some((end, _)) = line.char_indices().nth(NAME_CHARS_MAX) else {
        return (!line.is_empty()).then_some(line);
    };
    let (start, rest) = line.split_at_checked(end)?;
    let ends_a_word = rest.starts_with(' ');
    let words = start.rsplit_once(' ').filter(|_| !ends_a_word).map_or(start, |(words, _)| words);
    Some(words.to_owned())
}
