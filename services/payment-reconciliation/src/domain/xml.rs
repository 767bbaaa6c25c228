//! Writes XML, one element a line. The same content always gives the same bytes.

/// Elements, one a line.
pub(super) struct Xml(String);

impl Xml {
    /// A document of which only the declaration is there.
    pub(super) fn begin() -> Self {
        Self(String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"))
    }

    pub(super) fn end(self) -> String {
        self.0
    }

    pub(super) fn line(&mut self, text: &str) {
        self.0.push_str(text);
        self.0.push('\n');
    }

    pub(super) fn open(&mut self, tag: &str) {
        self.line(&format!("<{tag}>"));
    }

    pub(super) fn close(&mut self, tag: &str) {
        self.line(&format!("</{tag}>"));
    }

    pub(super) fn text(&mut self, tag: &str, text: &str) {
        self.line(&format!("<{tag}>{}</{tag}>", escaped(text)));
    }

    /// An element with an attribute, whose value needs no escape.
    pub(super) fn marked(&mut self, tag: &str, (name, value): (&str, &str), text: &str) {
        self.line(&format!("<{tag} {name}=\"{value}\">{}</{tag}>", escaped(text)));
    }

    /// An element within others that hold nothing else.
    pub(super) fn nested(&mut self, around: &[&str], tag: &str, text: &str) {
        let mut line = String::new();
        for outer in around {
            line.extend(["<", outer, ">"]);
        }
        line.extend(["<", tag, ">", &escaped(text), "</", tag, ">"]);
        for outer in around.iter().rev() {
            line.extend(["</", outer, ">"]);
        }
        self.line(&line);
    }
}

/// Signs that XML cannot hold become blanks.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for sign in text.chars() {
        match sign {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '\u{fffe}' | '\u{ffff}' => escaped.push(' '),
            sign if sign.is_control() => escaped.push(' '),
            sign => escaped.push(sign),
        }
    }
    escaped
}
