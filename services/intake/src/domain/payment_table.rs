//! A creditor's table of what debtors paid straight to it, as its bookkeeping exports it: text with
//! separators (CSV).
//!
//! An amount that can be read in two ways is refused with its line and its column; a day is read
//! the day first, as all our countries write it.

use std::collections::BTreeMap;

use contracts::intake::Problem;
use csv::{ReaderBuilder, StringRecord};
use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};
use primitives::{Currency, Date, Money};

/// The largest table that is taken in.
pub const TABLE_BYTES_MAX: usize = 1024 * 1024;
/// So many payments are taken in at once: all of their customers are locked.
pub const TABLE_LINES_MAX: usize = 2_000;
/// So many problems are told; who has more mends these first.
const PROBLEMS_MAX: usize = 100;

/// What the names of columns may be, letters only, accents apart, and in small letters.
const NAMES: [(Column, &[&str]); 5] = [
    (
        Column::Invoice,
        &[
            "factuur",
            "factuurnummer",
            "factuurnr",
            "facture",
            "nfacture",
            "nofacture",
            "numerofacture",
            "numerodefacture",
            "invoice",
            "invoicenumber",
            "invoiceno",
            "rechnung",
            "rechnungsnummer",
            "rechnungsnr",
        ],
    ),
    (
        Column::Amount,
        &[
            "bedrag",
            "betaaldbedrag",
            "montant",
            "montantpaye",
            "amount",
            "amountpaid",
            "betrag",
            "gezahlterbetrag",
        ],
    ),
    (
        Column::PaidOn,
        &[
            "datum",
            "betaaldatum",
            "betaaldop",
            "date",
            "datepaid",
            "paidon",
            "datepaiement",
            "datedepaiement",
            "payele",
            "zahlungsdatum",
            "gezahltam",
            "bezahltam",
        ],
    ),
    (Column::Second, &["tweede", "second", "deuxieme", "zweite"]),
    (Column::Currency, &["valuta", "munt", "munteenheid", "devise", "currency", "wahrung"]),
];

/// What no table of payments has, and why one with such a column is refused.
const FOREIGN: [(&str, &[&str]); 2] = [
    (
        "tells of what is due or open, as a list of open invoices: hand over payments, without it",
        &[
            "vervaldatum",
            "vervaldag",
            "openstaand",
            "openstaandbedrag",
            "openbedrag",
            "echeance",
            "dateecheance",
            "datedecheance",
            "resteapayer",
            "soldeouvert",
            "duedate",
            "outstanding",
            "amountdue",
            "falligkeit",
            "falligam",
            "offen",
            "offenerbetrag",
        ],
    ),
    (
        "tells what came from what went: hand over what was received, without it",
        &["afbij", "bijaf", "debetcredit", "debitcredit", "creditdebit", "dc", "sens", "sollhaben"],
    ),
];

/// What says that a line is one more payment of the same invoice, day and amount.
const SECOND: [&str; 11] =
    ["second", "tweede", "deuxieme", "zweite", "x", "1", "ja", "j", "oui", "yes", "y"];

/// A column that is read. All others are left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Column {
    Invoice,
    Amount,
    PaidOn,
    Second,
    /// Euros, if it is there at all.
    Currency,
}

/// A table that can be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaymentTable {
    /// Where each column stands, from 1.
    columns: BTreeMap<Column, usize>,
    /// In the order of the file.
    pub lines: Vec<PaymentLine>,
}

/// One payment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaymentLine {
    /// The line of the file, from 1.
    pub line: u64,
    /// The creditor's number of the invoice.
    pub number: String,
    /// In euros; it may be zero.
    pub amount: Money,
    pub paid_on: Date,
    /// Whether it is one more payment of the same invoice, day and amount.
    pub is_second: bool,
}

impl Column {
    /// As problems name it.
    const fn name(self) -> &'static str {
        match self {
            Self::Invoice => "invoice",
            Self::Amount => "amount",
            Self::PaidOn => "paid_on",
            Self::Second => "second",
            Self::Currency => "currency",
        }
    }

    fn of(header: &str) -> Option<Self> {
        let plain = plain(header);
        NAMES.iter().find(|(_, names)| names.contains(&plain.as_str())).map(|(column, _)| *column)
    }
}

impl PaymentTable {
    /// A problem of one line.
    pub(super) fn problem(&self, column: Column, line: u64, reason: &str) -> Problem {
        problem_at(&self.columns, column, line, reason)
    }
}

fn problem_at(
    columns: &BTreeMap<Column, usize>,
    column: Column,
    line: u64,
    reason: &str,
) -> Problem {
    let place = columns.get(&column).map_or_else(String::new, |it| format!("column {it}: "));
    Problem {
        field: column.name().to_owned(),
        line: Some(line),
        reason: format!("{place}{reason}"),
    }
}

/// As many problems as are told, by their lines.
pub(super) fn bounded(mut problems: Vec<Problem>) -> Vec<Problem> {
    problems.sort_by_key(|it| it.line);
    let count = problems.len();
    if count > PROBLEMS_MAX {
        problems.truncate(PROBLEMS_MAX);
        let reason = format!("has {count} problems, of which these are the first");
        problems.push(Problem { field: "file".to_owned(), line: None, reason });
    }
    problems
}

/// Reads a table; all of it, or nothing.
pub fn read_payments(bytes: &[u8]) -> Result<PaymentTable, Vec<Problem>> {
    let text = decoded(bytes);
    let whole = |reason: &str| {
        vec![Problem { field: "file".to_owned(), line: None, reason: reason.to_owned() }]
    };
    let separator = separator(&text);
    let mut reader = ReaderBuilder::new();
    reader.delimiter(separator).has_headers(false).flexible(true);
    let mut reader = reader.from_reader(text.as_bytes());
    let mut records = reader.records();
    let Some(Ok(header)) = records.next() else {
        return Err(whole("is empty: its first line names the columns"));
    };
    let columns = columns_of(&header)?;
    let (mut lines, mut problems) = (Vec::new(), Vec::new());
    for record in records {
        let Ok(record) = record else { return Err(whole("cannot be read as text")) };
        if record.iter().all(|field| field.trim().is_empty()) {
            continue;
        }
        match line_of(&record, &header, &columns) {
            Ok(line) => lines.push(line),
            Err(found) => problems.extend(found),
        }
    }
    if lines.len() > TABLE_LINES_MAX {
        let reason = format!("has more than {TABLE_LINES_MAX} payments: hand them over in parts");
        return Err(whole(&reason));
    }
    if !problems.is_empty() {
        return Err(bounded(problems));
    }
    if lines.is_empty() {
        Err(whole("names no payment"))
    } else {
        Ok(PaymentTable { columns, lines })
    }
}

/// The text, whatever Excel made of it: with a mark of its encoding, in UTF-8, or in the one of
/// western Windows.
fn decoded(bytes: &[u8]) -> String {
    if let Some((encoding, _)) = Encoding::for_bom(bytes) {
        return encoding.decode(bytes).0.into_owned();
    }
    let utf8 = UTF_8.decode_without_bom_handling_and_without_replacement(bytes);
    utf8.unwrap_or_else(|| WINDOWS_1252.decode(bytes).0).into_owned()
}

/// What separates the names of the columns.
fn separator(text: &str) -> u8 {
    let first = text.lines().next().unwrap_or_default();
    let count = |sign: &u8| first.bytes().filter(|it| it == sign).count();
    // Of several that are there as often, the first one: a comma may stand within amounts.
    [b',', b'\t', b';'].into_iter().max_by_key(count).unwrap_or(b';')
}

fn columns_of(header: &StringRecord) -> Result<BTreeMap<Column, usize>, Vec<Problem>> {
    let mut columns = BTreeMap::new();
    let mut problems = Vec::new();
    for (place, name) in (1..).zip(header.iter()) {
        let foreign = FOREIGN.iter().find(|(_, names)| names.contains(&plain(name).as_str()));
        if let Some((why, _)) = foreign {
            let reason = format!("column {place} {why}");
            problems.push(Problem { field: "file".to_owned(), line: Some(1), reason });
        }
        let Some(column) = Column::of(name) else { continue };
        if let Some(first) = columns.insert(column, place) {
            let reason = format!("column {place} means the same as column {first}: leave one out");
            let field = column.name().to_owned();
            problems.push(Problem { field, line: Some(1), reason });
        }
    }
    let needed = [Column::Invoice, Column::Amount, Column::PaidOn];
    for (column, names) in NAMES.iter().filter(|(column, _)| needed.contains(column)) {
        if !columns.contains_key(column) {
            let reason = format!("is no column: name one of the first line {}", names.join(", "));
            problems.push(Problem { field: column.name().to_owned(), line: Some(1), reason });
        }
    }
    if problems.is_empty() { Ok(columns) } else { Err(problems) }
}

fn line_of(
    record: &StringRecord,
    header: &StringRecord,
    columns: &BTreeMap<Column, usize>,
) -> Result<PaymentLine, Vec<Problem>> {
    let line = record.position().map_or(0, csv::Position::line);
    let whole = |reason: &str| {
        let reason = reason.to_owned();
        vec![Problem { field: "line".to_owned(), line: Some(line), reason }]
    };
    // A quote that is not closed would take the lines after it with it.
    if record.iter().any(|field| field.contains(['\n', '\r'])) {
        return Err(whole("has a quote that is not closed on it: write each payment on one line"));
    }
    if record.len() != header.len() {
        let (own, named) = (record.len(), header.len());
        let reason = format!("has {own} columns, and the first line names {named}");
        return Err(whole(&reason));
    }
    let text = |column: Column| {
        let place = columns.get(&column).and_then(|place| place.checked_sub(1));
        place.and_then(|place| record.get(place)).unwrap_or_default().trim()
    };
    let mut problems = Vec::new();
    let mut wrong = |column, reason: &str| problems.push(problem_at(columns, column, line, reason));
    let number = text(Column::Invoice).to_owned();
    if number.is_empty() {
        wrong(Column::Invoice, "is empty");
    }
    let amount = euros(text(Column::Amount)).map_err(|reason| wrong(Column::Amount, reason)).ok();
    let paid_on = day(text(Column::PaidOn)).map_err(|reason| wrong(Column::PaidOn, reason)).ok();
    let second = plain(text(Column::Second));
    let is_second = SECOND.contains(&second.as_str());
    if !is_second && !second.is_empty() {
        wrong(Column::Second, "is neither empty nor `second`");
    }
    if !["", "€", "EUR", "EURO"].contains(&text(Column::Currency).to_uppercase().as_str()) {
        wrong(Column::Currency, "is not EUR");
    }
    match (amount, paid_on) {
        (Some(amount), Some(paid_on)) if problems.is_empty() => {
            Ok(PaymentLine { line, number, amount, paid_on, is_second })
        }
        _ => Err(problems),
    }
}

/// Letters and figures in small letters, without accents.
fn plain(text: &str) -> String {
    let fold = |sign: char| match sign {
        'à' | 'â' | 'ä' | 'á' => 'a',
        'é' | 'è' | 'ê' | 'ë' => 'e',
        'î' | 'ï' => 'i',
        'ô' | 'ö' | 'ó' => 'o',
        'ù' | 'û' | 'ü' | 'ú' => 'u',
        'ç' => 'c',
        other => other,
    };
    let small = text.chars().flat_map(char::to_lowercase).map(fold);
    small.filter(char::is_ascii_alphanumeric).collect()
}

/// An amount as people of our countries write it: with a comma or a point before the cents, and
/// thousands apart or not.
fn euros(text: &str) -> Result<Money, &'static str> {
    const UNREADABLE: &str = "is no amount in euros, such as 1234,56";
    let bare = text.trim_start_matches('€').trim_end_matches('€');
    let bare = bare.strip_prefix("EUR").or_else(|| bare.strip_suffix("EUR")).unwrap_or(bare).trim();
    // No cents, as they are written by hand.
    let bare = bare.strip_suffix(",-").or_else(|| bare.strip_suffix(",--")).unwrap_or(bare);
    if bare.starts_with(['-', '−']) || bare.ends_with('-') {
        return Err("must be above nought");
    }
    let mark = bare.rfind([',', '.']);
    let (whole, cents) = match mark.and_then(|place| bare.split_at_checked(place)) {
        None => (bare, ""),
        Some((whole, rest)) => {
            let sign = rest.get(..1).unwrap_or_default();
            let decimals = rest.get(1..).unwrap_or_default();
            match decimals.len() {
                1 | 2 if !whole.contains(sign) => (whole, decimals),
                3 if whole.contains(sign) => (bare, ""),
                3 if !whole.contains([',', '.']) => {
                    return Err("may mean thousands or parts of a cent: write it with cents");
                }
                _ => return Err(UNREADABLE),
            }
        }
    };
    let whole = ungrouped(whole).ok_or(UNREADABLE)?;
    let cents = if cents.len() == 1 { format!("{cents}0") } else { cents.to_owned() };
    let cents = if cents.is_empty() { "00" } else { &cents };
    let figures = format!("{whole}{cents}");
    if !figures.bytes().all(|it| it.is_ascii_digit()) {
        return Err(UNREADABLE);
    }
    let minor: i64 = figures.parse().map_err(|_| UNREADABLE)?;
    Ok(Money::new(minor, Currency::EUR))
}

/// The figures of a whole number, whose thousands may stand apart in one way.
fn ungrouped(text: &str) -> Option<String> {
    let is_figures = |it: &str| !it.is_empty() && it.bytes().all(|sign| sign.is_ascii_digit());
    let Some(mark) = text.chars().find(|it| !it.is_ascii_digit()) else {
        return is_figures(text).then(|| text.to_owned());
    };
    if !matches!(mark, '.' | ',' | ' ' | '\'' | '’' | '\u{a0}' | '\u{202f}') {
        return None;
    }
    let mut groups = text.split(mark);
    let first = groups.next().filter(|it| is_figures(it) && it.len() <= 3)?;
    let mut figures = first.to_owned();
    for group in groups {
        if !is_figures(group) || group.len() != 3 {
            return None;
        }
        figures.push_str(group);
    }
    Some(figures)
}

/// A day: `2026-03-09`, `20260309`, or the day first, as all our countries write it.
fn day(text: &str) -> Result<Date, &'static str> {
    const UNREADABLE: &str = "is no day, such as 2026-03-09 or 09-03-2026";
    // A time of the day says nothing more.
    let date = text.split([' ', 'T']).next().unwrap_or_default();
    let parts: Vec<&str> = date.split(['-', '/', '.']).collect();
    let (year, month, day) = match parts.as_slice() {
        [all] if all.len() == 8 && all.is_ascii() => {
            let (year, rest) = all.split_at_checked(4).ok_or(UNREADABLE)?;
            let (month, day) = rest.split_at_checked(2).ok_or(UNREADABLE)?;
            (year, month, day)
        }
        [year, month, day] if year.len() == 4 => (*year, *month, *day),
        [day, month, year] if year.len() == 4 => (*year, *month, *day),
        _ => return Err(UNREADABLE),
    };
    let is_number = |it: &&str| !it.is_empty() && it.bytes().all(|sign| sign.is_ascii_digit());
    if ![year, month, day].iter().all(is_number) {
        return Err(UNREADABLE);
    }
    let (year, month, day) = (year.parse(), month.parse(), day.parse());
    match (year, month, day) {
        (Ok(year), Ok(month), Ok(day)) => Date::new(year, month, day).map_err(|_| UNREADABLE),
        _ => Err(UNREADABLE),
    }
}
