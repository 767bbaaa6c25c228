//! Reads a TOML document field by field, so that every fault is told at once with its path and its
//! line, and a key that nobody asked for is one of them.

use std::collections::BTreeMap;
use std::fmt::Display;

use contracts::intake::Problem;
use primitives::Date;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::gate::problem;
use super::printable::{is_unprintable, shown};

/// The most signs of a text for which its reader has no limit of its own.
const TEXT_CHARS_MAX: usize = 200;

/// A document being read, and what was found wrong with it so far.
pub(super) struct Fields<'a> {
    text: &'a str,
    problems: Vec<Problem>,
}

/// One table, less the keys that were read already.
pub(super) struct Table<'a> {
    path: String,
    line: Option<u64>,
    entries: BTreeMap<&'a str, &'a Spanned<DeValue<'a>>>,
    /// Where the keys stand that were read.
    lines: BTreeMap<&'a str, Option<u64>>,
}

/// A value where it stands.
struct Found<'a> {
    path: String,
    line: Option<u64>,
    value: &'a DeValue<'a>,
}

/// Largest document that is looked at.
pub const DOCUMENT_MAX_BYTES: usize = 64 * 1024;

/// The text of a document; `what` says of whom, for whoever sends something else.
pub(super) fn document_text<'a>(bytes: &'a [u8], what: &str) -> Result<&'a str, Vec<Problem>> {
    if bytes.len() > DOCUMENT_MAX_BYTES {
        let reason = format!("is longer than {DOCUMENT_MAX_BYTES} bytes: this is no {what}");
        return Err(vec![problem("", reason)]);
    }
    str::from_utf8(bytes).map_err(|_| vec![problem("", "is not text in UTF-8: save it as UTF-8")])
}

/// Reads `text` with `read`; the result counts only when nothing was wrong.
pub(super) fn read_fields<T>(
    text: &str,
    read: impl FnOnce(&mut Fields<'_>, &mut Table<'_>) -> Option<T>,
) -> Result<T, Vec<Problem>> {
    let mut fields = Fields { text, problems: Vec::new() };
    let parsed = match DeTable::parse(text) {
        Ok(parsed) => parsed,
        Err(error) => {
            let line = error.span().and_then(|span| line_at(text, span.start));
            fields.add("", line, format!("is not TOML: {}", error.message()));
            return Err(fields.problems);
        }
    };
    let mut table = Table::of(String::new(), None, parsed.get_ref());
    let result = read(&mut fields, &mut table);
    fields.close(&table);
    result.filter(|_| fields.problems.is_empty()).ok_or(fields.problems)
}

impl<'a> Table<'a> {
    fn of(path: String, line: Option<u64>, table: &'a DeTable<'a>) -> Self {
        let entries = table.iter().map(|(key, value)| (key.get_ref().as_ref(), value)).collect();
        Self { path, line, entries, lines: BTreeMap::new() }
    }

    /// Whether a key is there that was not read yet.
    pub(super) fn has(&self, key: &str) -> bool {
        self.entries.contains_key(key)
    }

    /// Leaves a key alone, whatever it holds.
    pub(super) fn pass_over(&mut self, key: &str) {
        self.entries.remove(key);
    }

    /// What a key says, where it is a text that was not read yet.
    pub(super) fn text_of(&self, key: &str) -> Option<&str> {
        self.entries.get(key)?.get_ref().as_str()
    }

    /// The path of a key in it.
    pub(super) fn path_of(&self, key: &str) -> String {
        if self.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.path) }
    }
}

impl Fields<'_> {
    /// Notes what is wrong with a field.
    pub(super) fn add(&mut self, path: &str, line: Option<u64>, reason: impl Display) {
        let (field, reason) = (shown(path), reason.to_string());
        self.problems.push(Problem { field, line, reason });
    }

    /// A text that `parse` takes, where it is there.
    pub(super) fn text<T, E: Display>(
        &mut self,
        table: &mut Table<'_>,
        key: &str,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Option<T> {
        let found = self.find(table, key)?;
        let DeValue::String(text) = found.value else {
            self.add(&found.path, found.line, "must be a text in quotation marks");
            return None;
        };
        if let Err(reason) = presentable(text, TEXT_CHARS_MAX) {
            self.add(&found.path, found.line, reason);
            return None;
        }
        let parsed = parse(text).map_err(|error| self.add(&found.path, found.line, error));
        parsed.ok()
    }

    /// A text that must be there.
    pub(super) fn required<T, E: Display>(
        &mut self,
        table: &mut Table<'_>,
        key: &str,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Option<T> {
        self.expect(table, key);
        self.text(table, key, parse)
    }

    /// A whole number from `least` to `most`, where it is there.
    pub(super) fn number<T: TryFrom<i64>>(
        &mut self,
        table: &mut Table<'_>,
        key: &str,
        (least, most): (i64, i64),
    ) -> Option<T> {
        let found = self.find(table, key)?;
        let number = found.value.as_integer();
        let number = number.and_then(|it| i64::from_str_radix(it.as_str(), it.radix()).ok());
        let number = number.filter(|number| (least..=most).contains(number));
        let number = number.and_then(|number| T::try_from(number).ok());
        if number.is_none() {
            let reason = format!("must be a whole number from {least} to {most}");
            self.add(&found.path, found.line, reason);
        }
        number
    }

    /// The same, which must be there.
    pub(super) fn whole<T: TryFrom<i64>>(
        &mut self,
        table: &mut Table<'_>,
        key: &str,
        range: (i64, i64),
    ) -> Option<T> {
        self.expect(table, key);
        self.number(table, key, range)
    }

    /// Yes or no, where it is there.
    pub(super) fn flag(&mut self, table: &mut Table<'_>, key: &str) -> Option<bool> {
        let found = self.find(table, key)?;
        let flag = found.value.as_bool();
        if flag.is_none() {
            self.add(&found.path, found.line, "must be true or false");
        }
        flag
    }

    /// A day that must be there, as a date of TOML or as a text.
    pub(super) fn date(&mut self, table: &mut Table<'_>, key: &str) -> Option<Date> {
        self.expect(table, key);
        let found = self.find(table, key)?;
        let date = match found.value {
            DeValue::Datetime(it) if it.time.is_none() => it.to_string().parse().ok(),
            DeValue::String(text) if text.len() == 10 => text.parse().ok(),
            DeValue::Datetime(_)
            | DeValue::String(_)
            | DeValue::Integer(_)
            | DeValue::Float(_)
            | DeValue::Boolean(_)
            | DeValue::Array(_)
            | DeValue::Table(_) => None,
        };
        if date.is_none() {
            self.add(&found.path, found.line, "must be a date such as 2026-01-31");
        }
        date
    }

    /// A list of texts that `parse` takes, where it is there; it may be empty, and none stands
    /// twice.
    pub(super) fn words<T: PartialEq, E: Display>(
        &mut self,
        table: &mut Table<'_>,
        key: &str,
        parse: impl Fn(&str) -> Result<T, E>,
    ) -> Option<Vec<T>> {
        let found = self.find(table, key)?;
        let Some(list) = found.value.as_array() else {
            self.add(&found.path, found.line, "must be a list of texts in quotation marks");
            return None;
        };
        let mut words = Vec::new();
        for (number, value) in (1..).zip(list.iter()) {
            let (path, line) = (format!("{}[{number}]", found.path), self.line_of(value));
            let Some(text) = value.get_ref().as_str() else {
                self.add(&path, line, "must be a text in quotation marks");
                continue;
            };
            match parse(text) {
                Ok(word) if words.contains(&word) => self.add(&path, line, "stands twice"),
                Ok(word) => words.push(word),
                Err(reason) => self.add(&path, line, reason),
            }
        }
        (words.len() == list.len()).then_some(words)
    }

    /// A list of texts that must be there: at least one and at most `most`, none of them blank or
    /// longer than `chars_max`.
    pub(super) fn texts(
        &mut self,
        table: &mut Table<'_>,
        key: &str,
        (most, chars_max): (usize, usize),
    ) -> Option<Vec<String>> {
        self.expect(table, key);
        let found = self.find(table, key)?;
        let text = |value: &Spanned<DeValue<'_>>| {
            let text = value.get_ref().as_str()?.trim();
            (!text.is_empty()).then(|| text.to_owned())
        };
        let list = found.value.as_array().filter(|list| !list.is_empty());
        let texts: Option<Vec<String>> = list.and_then(|list| list.iter().map(text).collect());
        if texts.is_none() {
            self.add(&found.path, found.line, "must be a list of texts, none of them empty");
        }
        let texts = texts?;
        if texts.len() > most {
            self.add(&found.path, found.line, format!("has more than {most} texts: join some"));
            return None;
        }
        let mut all_fit = true;
        for ((number, text), value) in (1..).zip(&texts).zip(list.into_iter().flatten()) {
            if let Err(reason) = presentable(text, chars_max) {
                let (path, line) = (format!("{}[{number}]", found.path), self.line_of(value));
                self.add(&path, line, reason);
                all_fit = false;
            }
        }
        all_fit.then_some(texts)
    }

    /// A table that must be there; it is closed after `read`.
    pub(super) fn table<T>(
        &mut self,
        table: &mut Table<'_>,
        key: &str,
        read: impl FnOnce(&mut Self, &mut Table<'_>) -> Option<T>,
    ) -> Option<T> {
        self.expect(table, key);
        self.optional_table(table, key, read).flatten()
    }

    /// The same, where it is there.
    pub(super) fn optional_table<T>(
        &mut self,
        table: &mut Table<'_>,
        key: &str,
        read: impl FnOnce(&mut Self, &mut Table<'_>) -> T,
    ) -> Option<T> {
        let found = self.find(table, key)?;
        let DeValue::Table(inner) = found.value else {
            self.add(&found.path, found.line, format!("must be a table: write [{}]", found.path));
            return None;
        };
        let mut inner = Table::of(found.path, found.line, inner);
        let result = read(self, &mut inner);
        self.close(&inner);
        Some(result)
    }

    /// A list of tables, where it is there; each is closed after `read`.
    pub(super) fn tables<T>(
        &mut self,
        table: &mut Table<'_>,
        key: &str,
        mut read: impl FnMut(&mut Self, &mut Table<'_>) -> Option<T>,
    ) -> Option<Vec<T>> {
        let found = self.find(table, key)?;
        let DeValue::Array(list) = found.value else {
            let reason = format!("must be a list of tables: write [[{}]]", found.path);
            self.add(&found.path, found.line, reason);
            return None;
        };
        let mut results = Vec::new();
        for (number, one) in (1..).zip(list.iter()) {
            let (path, line) = (format!("{}[{number}]", found.path), self.line_of(one));
            let DeValue::Table(inner) = one.get_ref() else {
                self.add(&path, line, "must be a table");
                continue;
            };
            let mut inner = Table::of(path, line, inner);
            results.extend(read(self, &mut inner));
            self.close(&inner);
        }
        (results.len() == list.len()).then_some(results)
    }

    /// Notes something about a key that was read, or about its absence.
    pub(super) fn object(&mut self, table: &Table<'_>, key: &str, reason: impl Display) {
        let line = table.lines.get(key).copied().flatten().or(table.line);
        self.add(&table.path_of(key), line, reason);
    }

    /// Notes that a key cannot stand here, where it does.
    pub(super) fn forbid(&mut self, table: &mut Table<'_>, key: &str, reason: impl Display) {
        if self.find(table, key).is_some() {
            self.object(table, key, reason);
        }
    }

    /// Notes that a key is missing.
    pub(super) fn expect(&mut self, table: &Table<'_>, key: &str) {
        if !table.entries.contains_key(key) {
            self.add(&table.path_of(key), table.line, "is missing");
        }
    }

    fn find<'t>(&self, table: &mut Table<'t>, key: &str) -> Option<Found<'t>> {
        let (key, value) = table.entries.remove_entry(key)?;
        let (path, line) = (table.path_of(key), self.line_of(value));
        table.lines.insert(key, line);
        Some(Found { path, line, value: value.get_ref() })
    }

    /// What is left was never asked for.
    fn close(&mut self, table: &Table<'_>) {
        for (key, value) in &table.entries {
            let line = self.line_of(value);
            self.add(&table.path_of(key), line, "is unknown: look for a typing error");
        }
    }

    fn line_of(&self, value: &Spanned<DeValue<'_>>) -> Option<u64> {
        line_at(self.text, value.span().start)
    }
}

/// Whether a text can be shown as it is, in at most so many signs; a debtor may read it.
pub(super) fn presentable(text: &str, chars_max: usize) -> Result<(), String> {
    if let Some(sign) = text.chars().find(|sign| is_unprintable(*sign)) {
        let code = u32::from(sign);
        return Err(format!("holds U+{code:04X}, which cannot be printed: take it out"));
    }
    if text.chars().nth(chars_max).is_some() {
        return Err(format!("is longer than {chars_max} signs: shorten it"));
    }
    Ok(())
}

/// Counted from 1.
fn line_at(text: &str, offset: usize) -> Option<u64> {
    let breaks = text.get(..offset)?.matches('\n').count();
    u64::try_from(breaks.saturating_add(1)).ok()
}
