//! How a message looks as plain text: lines of at most 78 columns.
//!
//! Lines break at plain spaces only; a non-breaking space keeps amounts whole.

/// The most columns of a line (RFC 5322, section 2.1.1, asks for no more than 78).
pub const COLUMNS_MAX: usize = 78;

/// Where the values of a table start.
const VALUE_COLUMN: usize = 27;

/// A paragraph, in lines. A word longer than a line stands alone.
pub(super) fn wrap(text: &str) -> String {
    fill(text, "", "")
}

/// A label and its value, with the value's further lines below its first.
pub(super) fn row(label: &str, value: &str) -> String {
    let spaces = VALUE_COLUMN.saturating_sub(label.chars().count()).saturating_sub(2).max(1);
    fill(value, &format!("  {label}{}", " ".repeat(spaces)), &" ".repeat(VALUE_COLUMN))
}

fn fill(text: &str, first_indent: &str, next_indent: &str) -> String {
    let mut lines = Vec::new();
    let mut line = first_indent.to_owned();
    let mut empty = true;
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        let width = line.chars().count().saturating_add(word.chars().count());
        if !empty && width >= COLUMNS_MAX {
            lines.push(std::mem::replace(&mut line, next_indent.to_owned()));
            empty = true;
        }
        if !empty {
            line.push(' ');
        }
        line.push_str(word);
        empty = false;
    }
    lines.push(line);
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn no_line_is_too_long_and_no_word_is_lost(
            words in prop::collection::vec("\\w{1,40}", 0..60),
        ) {
            let text = words.join(" ");
            let wrapped = wrap(&text);
            prop_assert!(wrapped.lines().all(|line| line.chars().count() <= COLUMNS_MAX));
            prop_assert_eq!(wrapped.split_whitespace().collect::<Vec<_>>(), words);
        }
    }

    #[test]
    fn a_row_keeps_its_value_in_its_column() {
        let long = "word ".repeat(20);
        let text = row("Label", &long);
        let mut lines = text.lines();
        assert!(
            lines.next().is_some_and(|line| line.starts_with("  Label                    word"))
        );
        assert!(lines.all(|line| line.starts_with(&" ".repeat(VALUE_COLUMN))));
    }
}
