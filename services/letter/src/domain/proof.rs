//! The legal content check: what the law asks for is looked up in the finished message.
//!
//! The check reads what the receiver reads, both parts of a mail or the printed sheet, and not what
//! we meant to write.

use law::Element;

/// An element that a message holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Printed {
    pub element: Element,
    /// The texts that make it up; all of them must be readable. An empty text is one that we do not
    /// know, so the element is missing.
    pub values: Vec<String>,
}

/// The required elements that cannot be read in each of the parts.
#[must_use]
pub fn missing(required: &[Element], printed: &[Printed], parts: &[&str]) -> Vec<Element> {
    let parts: Vec<String> = parts.iter().map(|part| spaced(part)).collect();
    let readable = |value: &String| {
        let value = spaced(value);
        !value.is_empty() && parts.iter().all(|part| whole(part, &value))
    };
    let holds = |element: &Element| {
        printed.iter().any(|printed| {
            printed.element == *element
                && !printed.values.is_empty()
                && printed.values.iter().all(readable)
        })
    };
    required.iter().copied().filter(|element| !holds(element)).collect()
}

/// Words with one plain space between them, so that line breaks make no difference. The narrow
/// space within a French amount is no space between words.
pub(super) fn spaced(text: &str) -> String {
    let words = text.split(|sign: char| sign.is_whitespace() && sign != NARROW_SPACE);
    words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

const NARROW_SPACE: char = '\u{202f}';

/// Whether `value` stands in `text`, and not as a part of a longer word, number or amount.
pub(super) fn whole(text: &str, value: &str) -> bool {
    whole_at(text, value).next().is_some()
}

/// Where it stands so.
fn whole_at(text: &str, value: &str) -> impl Iterator<Item = usize> {
    let places = text.match_indices(value).filter(|(at, found)| {
        let before = text.get(..*at).unwrap_or_default();
        let after = text.get(at.saturating_add(found.len())..).unwrap_or_default();
        let (mut before, mut after) = (before.chars().rev(), after.chars());
        let begins = !goes_on(before.next(), before.next(), found.chars().next());
        begins && !goes_on(after.next(), after.next(), found.chars().next_back())
    });
    places.map(|(at, _)| at)
}

/// The text with something in the place of each `value` that stands there whole.
pub(super) fn without_whole(text: &str, value: &str, mark: &str) -> String {
    let (mut kept, mut from) = (String::with_capacity(text.len()), 0_usize);
    for at in whole_at(text, value) {
        kept.push_str(text.get(from..at).unwrap_or_default());
        kept.push_str(mark);
        from = at.saturating_add(value.len());
    }
    kept.push_str(text.get(from..).unwrap_or_default());
    kept
}

/// Whether what stands at an edge is one word or number with what stands beside it.
fn goes_on(beside: Option<char>, beyond: Option<char>, edge: Option<char>) -> bool {
    let (Some(beside), Some(edge)) = (beside, edge) else { return false };
    if !edge.is_alphanumeric() {
        return false;
    }
    let in_number = matches!(beside, '.' | ',' | NARROW_SPACE) && edge.is_ascii_digit();
    beside.is_alphanumeric() || in_number && beyond.is_some_and(|sign| sign.is_ascii_digit())
}

/// What a browser would show of the body.
#[must_use]
pub fn visible(html: &str) -> String {
    let body = html.split_once("<body").map_or(html, |(_, body)| body);
    let mut shown = String::with_capacity(body.len());
    let mut rest = body.split_once('>').map_or(body, |(_, rest)| rest);
    while let Some((before, tag_on)) = rest.split_once('<') {
        shown.push_str(before);
        let (tag, after) = tag_on.split_once('>').unwrap_or_default();
        // All but what is set off within a line stands apart from what is beside it.
        if !matches!(tag.trim_start_matches('/'), "strong" | "b") {
            shown.push(' ');
        }
        rest = after;
    }
    shown.push_str(rest);
    let entities =
        [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#x27;", "'"), ("&#x2f;", "/")];
    let shown = entities.iter().fold(shown, |text, (entity, sign)| text.replace(entity, sign));
    // Last, so that an escaped entity stays what it was.
    shown.replace("&amp;", "&")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn printed(values: &[&str]) -> Vec<Printed> {
        let values = values.iter().map(|value| (*value).to_owned()).collect();
        vec![Printed { element: Element::CreditorName, values }]
    }

    #[test]
    fn an_element_counts_only_where_both_parts_show_it() {
        let required = [Element::CreditorName];
        let html = "<html><body class=\"x\"><p>Tom &amp; <b>Co</b>\nLtd</p></body></html>";
        let holds = |values, text, html| {
            missing(&required, &printed(values), &[text, &visible(html)]).is_empty()
        };
        assert!(holds(&["Tom & Co Ltd"], "From Tom &\n  Co\u{a0}Ltd.", html));
        assert!(!holds(&["Tom & Co Ltd"], "From Tom.", html));
        assert!(!holds(&["Tom & Co Ltd"], "Tom & Co Ltd", "<body><p>Tom</p></body>"));
        assert!(!holds(&["Tom & Co Ltd", ""], "Tom & Co Ltd", html), "one of them is not known");
        assert!(!holds(&[], "Tom & Co Ltd", html), "nothing was printed");
    }

    #[test]
    fn what_stands_in_tags_and_in_the_head_is_not_shown() {
        let html = "<head><title>Tom</title></head><body><p title=\"Tom\">Co</p></body>";
        assert_eq!(visible(html).trim(), "Co");
        assert_eq!(visible("<body>&amp;lt;</body>").trim(), "&lt;");
        let row = "<body><tr><th>Naam</th><td><strong>Co</strong>, 1</td></tr></body>";
        assert_eq!(spaced(&visible(row)), "Naam Co, 1");
    }

    #[test]
    fn a_part_of_a_number_or_a_word_is_not_the_whole() {
        for (text, value) in [
            ("€ 45,00.", "€ 45,00"),
            ("(2026-0187)", "2026-0187"),
            ("B.V., Utrecht", "B.V."),
            ("op 4 november 2026, daarna", "4 november 2026"),
        ] {
            assert!(whole(text, value), "{text}: {value}");
        }
        for (text, value) in [
            ("145,00 €", "45,00 €"),
            ("1\u{202f}045,00 €", "045,00 €"),
            ("1.045,00 €", "045,00 €"),
            ("2026-01877", "2026-0187"),
            ("14 november 2026", "4 november 2026"),
            ("Jansen", "Jan"),
        ] {
            assert!(!whole(text, value), "{text}: {value}");
        }
    }
}
