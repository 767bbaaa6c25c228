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
pub(super) fn missing(required: &[Element], printed: &[Printed], parts: &[&str]) -> Vec<Element> {
    let parts: Vec<String> = parts.iter().map(|part| spaced(part)).collect();
    let readable = |value: &String| {
        let value = spaced(value);
        !value.is_empty() && parts.iter().all(|part| part.contains(&value))
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

/// Words with one plain space between them, so that line breaks make no difference.
fn spaced(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What a browser would show of the body.
pub(super) fn visible(html: &str) -> String {
    let body = html.split_once("<body").map_or(html, |(_, body)| body);
    let mut shown = String::with_capacity(body.len());
    let mut rest = body.split_once('>').map_or(body, |(_, rest)| rest);
    while let Some((before, tag_on)) = rest.split_once('<') {
        shown.push_str(before);
        rest = tag_on.split_once('>').map_or("", |(_, after)| after);
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
        assert_eq!(visible(html), "Co");
        assert_eq!(visible("<body>&amp;lt;</body>"), "&lt;");
    }
}
