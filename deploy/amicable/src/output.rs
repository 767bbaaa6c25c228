//! What a person or a program reads on standard output.
//!
//! Personal values are shown here and nowhere else; nothing of this is logged.

use std::fmt::Display;
use std::io::{self, Write};

use serde::Serialize;

/// Writes one line. A reader that went away, as `head` does, is no failure of ours.
pub(crate) fn say(line: impl Display) {
    writeln!(io::stdout().lock(), "{line}").ok();
}

/// Writes a value as indented JSON.
pub(crate) fn say_json(value: &impl Serialize) {
    match serde_json::to_string_pretty(value) {
        Ok(text) => say(text),
        Err(error) => complain(format_args!("the answer cannot be written as JSON: {error}")),
    }
}

/// Writes a value as one line of JSON.
pub(crate) fn say_json_line(value: &impl Serialize) {
    match serde_json::to_string(value) {
        Ok(text) => say(text),
        Err(error) => complain(format_args!("the answer cannot be written as JSON: {error}")),
    }
}

/// Writes one line to standard error, under our name.
pub(crate) fn complain(sentence: impl Display) {
    writeln!(io::stderr().lock(), "amicable: {sentence}").ok();
}

/// Rows under a heading, in columns as wide as they need.
#[derive(Debug)]
pub(crate) struct Table {
    rows: Vec<Vec<String>>,
}

impl Table {
    /// An empty table with these headings.
    pub(crate) fn new<const N: usize>(headings: [&str; N]) -> Self {
        Self { rows: vec![headings.map(str::to_uppercase).into()] }
    }

    /// An empty table without headings.
    pub(crate) const fn plain() -> Self {
        Self { rows: Vec::new() }
    }

    /// Adds a row of any length.
    pub(crate) fn cells(&mut self, cells: Vec<String>) {
        self.rows.push(cells);
    }

    pub(crate) fn row<const N: usize>(&mut self, cells: [String; N]) {
        self.rows.push(cells.into());
    }

    /// Writes the table, or the sentence where it has no rows.
    pub(crate) fn say(&self, if_empty: &str) {
        if self.rows.len() > 1 {
            self.lines().iter().for_each(say);
        } else {
            say(if_empty);
        }
    }

    pub(crate) fn lines(&self) -> Vec<String> {
        let columns = self.rows.iter().map(Vec::len).max().unwrap_or_default();
        let widths: Vec<usize> = (0..columns)
            .map(|column| {
                let cells = self.rows.iter().filter_map(|row| row.get(column));
                cells.map(|cell| cell.chars().count()).max().unwrap_or_default()
            })
            .collect();
        let line = |row: &Vec<String>| {
            let cells = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}"));
            cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
        };
        self.rows.iter().map(line).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_as_wide_as_they_need() {
        let mut table = Table::new(["id", "name"]);
        table.row(["1".to_owned(), "Zoë".to_owned()]);
        table.row(["12345".to_owned(), String::new()]);
        assert_eq!(table.lines(), ["ID     NAME", "1      Zoë", "12345"]);
    }
}
