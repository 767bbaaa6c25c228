//! One entry: `:61:` and what belongs to it.

use primitives::Currency;
use rust_decimal::Decimal;

use super::field::Field;
use super::figure::{self, Day};
use super::told::{self, Told, Words};
use crate::lexical::NoDecimal;
use crate::statement::{
    Amount, BankCode, Direction, Entry, EntryStatus, Reference, Return, Transaction, Verbatim,
};

/// Bytes of all `:86:` of one entry; banks write up to a dozen lines.
const DETAILS_BYTES_MAX: usize = 16 * 1024;

/// `:61:` as it stands, and the details of it that have been read.
pub(super) struct EntryDraft {
    /// The line of `:61:`.
    pub(super) line: u32,
    /// Which entry of the statement, counted from 1.
    pub(super) ordinal: u32,
    pub(super) movement: Movement,
    /// The lines under `:61:`.
    supplement: Vec<String>,
    details: Vec<Vec<String>>,
    details_bytes: usize,
    numbered: Vec<String>,
}

/// The first line of `:61:`.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Movement {
    /// Absent where it is no date.
    pub(super) value_on: Option<Day>,
    /// What stands for the day of entry; it may be empty.
    pub(super) has_entry_date: bool,
    pub(super) booked_on: Option<Day>,
    pub(super) direction: Direction,
    pub(super) is_reversal: bool,
    /// It is only expected.
    pub(super) is_expected: bool,
    pub(super) value: Decimal,
    /// What kind of movement it is, such as `NTRF`.
    kind: String,
    /// For the owner of the account.
    reference: String,
    bank_reference: String,
}

/// Why a line is no movement.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum NoMovement {
    Date,
    Mark,
    Amount(NoDecimal),
}

/// What an entry is read with.
pub(super) struct Context<'c> {
    /// The account of the statement, as written.
    pub(super) account: &'c str,
    /// The name that the bank gave the statement, by which some banks are known.
    pub(super) id: &'c str,
}

impl EntryDraft {
    pub(super) fn new(field: &Field, ordinal: u32) -> Result<Self, NoMovement> {
        let movement = movement(field.first())?;
        let supplement = field.lines.iter().skip(1).cloned().collect();
        Ok(Self {
            line: field.line,
            ordinal,
            movement,
            supplement,
            details: Vec::new(),
            details_bytes: 0,
            numbered: Vec::new(),
        })
    }

    /// `:86:`; false when there is too much of them.
    pub(super) fn details(&mut self, field: &Field) -> bool {
        let bytes = field.lines.iter().map(|it| it.len().saturating_add(1)).sum();
        self.details_bytes = self.details_bytes.saturating_add(bytes);
        let fits = self.details_bytes <= DETAILS_BYTES_MAX;
        if fits {
            self.details.push(field.lines.clone());
        }
        fits
    }

    /// `:NS:`; false when there was one before.
    pub(super) fn numbered(&mut self, field: &Field) -> bool {
        let fits = self.numbered.is_empty();
        if fits {
            self.numbered.clone_from(&field.lines);
        }
        fits
    }

    pub(super) fn finish(self, currency: Currency, context: &Context) -> Entry {
        let Movement { value_on, booked_on, direction, is_reversal, .. } = self.movement;
        let words = Words {
            details: &self.details,
            numbered: &self.numbered,
            supplement: &self.supplement,
            reference: &self.movement.reference,
        };
        let mut told = told::told(&words, direction, context);
        // A returned item, in the codes of SWIFT.
        if self.movement.kind.ends_with("RTI") {
            told.returned.get_or_insert_default();
        }
        let proprietary = Verbatim::new(&self.movement.kind);
        let status =
            if self.movement.is_expected { EntryStatus::Future } else { EntryStatus::Booked };
        let bank_reference = &self.movement.bank_reference;
        let additional = told.additional.iter().map(|it| it.trim()).collect::<Vec<_>>().join(" ");
        Entry {
            amount: Amount { value: self.movement.value, currency },
            direction,
            status,
            booked_on: booked_on.map(|it| it.date),
            value_on: value_on.map(|it| it.date),
            reversal: is_reversal,
            bank_reference: Verbatim::new(bank_reference).filter(|_| bank_reference != "NONREF"),
            batch_ids: Vec::new(),
            code: BankCode { proprietary, ..BankCode::default() },
            additional: Verbatim::new(&additional),
            details: transaction(told, context).into_iter().collect(),
            is_whole: true,
        }
    }
}

/// The one transaction that MT940 tells of an entry, where it tells anything.
fn transaction(told: Told, context: &Context) -> Option<Transaction> {
    let account = told.account.filter(|it| !told::is_own(it, context.account));
    let references = told.references.into_iter().filter_map(|(text, issuer)| {
        Some(Reference { text: Verbatim::new(&text)?, issuer: Verbatim::new(&issuer) })
    });
    let returned = told.returned.map(|reason| Return { reason: Verbatim::new(&reason) });
    let transaction = Transaction {
        references: references.collect(),
        unstructured: told.lines.iter().filter_map(|it| Verbatim::new(it)).collect(),
        end_to_end_id: told.end_to_end_id.as_deref().and_then(Verbatim::new),
        counterparty_account: account.and_then(|it| told::account(&it)),
        counterparty_name: told.name.as_deref().and_then(Verbatim::new),
        code: BankCode {
            proprietary: told.code.as_deref().and_then(Verbatim::new),
            ..BankCode::default()
        },
        returned,
        ..Transaction::default()
    };
    (transaction != Transaction::default()).then_some(transaction)
}

/// Reads value date, entry date, mark, third letter of the currency, amount, kind and references.
pub(super) fn movement(text: &str) -> Result<Movement, NoMovement> {
    let (value_date, rest) = text.split_at_checked(6).ok_or(NoMovement::Date)?;
    if !value_date.bytes().all(|it| it.is_ascii_digit()) {
        return Err(NoMovement::Date);
    }
    let value_on = figure::day(value_date);
    let rest = rest.trim_start();
    let entry_date = rest.split_at_checked(4);
    let entry_date = entry_date.filter(|(date, _)| date.bytes().all(|it| it.is_ascii_digit()));
    let (entry_date, rest) = entry_date.unwrap_or(("", rest));
    let booked_on = value_on.and_then(|it| figure::day_near(entry_date, it.date));
    let (mark, rest) = mark(rest.trim_start()).ok_or(NoMovement::Mark)?;
    // The third letter of the currency.
    let rest = rest.trim_start();
    let after_letter = rest.strip_prefix(|it: char| it.is_ascii_alphabetic());
    let rest = after_letter.map_or(rest, str::trim_start);
    // Before a comma it may be a misread figure.
    if after_letter.is_some() && rest.starts_with([',', '.']) {
        return Err(NoMovement::Amount(NoDecimal::Form));
    }
    let is_figure = |it: char| it.is_ascii_digit() || it == ',' || it == '.';
    let end = rest.find(|it: char| !is_figure(it)).unwrap_or(rest.len());
    let (amount, rest) = rest.split_at_checked(end).unwrap_or((rest, ""));
    if !ends_amount(rest) {
        return Err(NoMovement::Amount(NoDecimal::Form));
    }
    let value = figure::amount(amount).map_err(NoMovement::Amount)?;
    let (kind, rest) = kind(rest);
    let (reference, bank_reference) = rest.split_once("//").unwrap_or((rest, ""));
    Ok(Movement {
        value_on,
        has_entry_date: !entry_date.is_empty(),
        booked_on,
        direction: mark.direction,
        is_reversal: mark.is_reversal,
        is_expected: mark.is_expected,
        value,
        kind: kind.trim().to_owned(),
        reference: reference.trim_end().to_owned(),
        bank_reference: bank_reference.trim().to_owned(),
    })
}

struct Mark {
    direction: Direction,
    is_reversal: bool,
    is_expected: bool,
}

/// `C`, `D`, and what may stand before them: `R` for a reversal, which turns the direction round,
/// and `E` for what is expected.
fn mark(text: &str) -> Option<(Mark, &str)> {
    let (is_expected, rest) = letter(text, 'E').map_or((false, text), |rest| (true, rest));
    let (is_reversal, rest) = letter(rest, 'R').map_or((false, rest), |rest| (true, rest));
    let credit = letter(rest, 'C').map(|rest| (Direction::Credit, Direction::Debit, rest));
    let debit = || letter(rest, 'D').map(|rest| (Direction::Debit, Direction::Credit, rest));
    let (direction, opposite, rest) = credit.or_else(debit)?;
    let direction = if is_reversal { opposite } else { direction };
    Some((Mark { direction, is_reversal, is_expected }, rest))
}

fn letter(text: &str, letter: char) -> Option<&str> {
    text.strip_prefix([letter, letter.to_ascii_lowercase()])
}

/// Whether an amount can end before this text. Figures that go on behind another sign, such as
/// `1'000,00` or `1O,00`, would be lost.
fn ends_amount(rest: &str) -> bool {
    let rest = rest.trim_start();
    let is_start = |it: char| it.is_ascii_alphabetic() || it == '/';
    (rest.is_empty() || rest.starts_with(is_start))
        && !rest.chars().take(4).any(|it| it == ',' || it == '.')
}

/// A letter and three characters; some banks leave it out before `NONREF`.
fn kind(text: &str) -> (&str, &str) {
    let text = text.trim_start();
    if text.starts_with("NONREF") {
        return ("", text);
    }
    // References may stand behind a shorter kind.
    let is_kind =
        |kind: &str| kind.starts_with(|it: char| it.is_ascii_alphabetic()) && !kind.contains('/');
    let end = text.char_indices().nth(4).map_or(text.len(), |(end, _)| end);
    text.split_at_checked(end).filter(|(kind, _)| is_kind(kind)).unwrap_or(("", text))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<(String, &'static str, bool, String)> {
        let Movement { value, direction, is_reversal, kind, reference, bank_reference, .. } =
            movement(text).ok()?;
        let rest = format!("{kind}|{reference}|{bank_reference}");
        Some((value.to_string(), direction.word(), is_reversal, rest))
    }

    #[test]
    fn movements_are_read_in_the_forms_of_the_banks() {
        for (text, value, direction, reversal, rest) in [
            ("2601020102C10,50NTRFNONREF//B-1", "10.5", "credit", false, "NTRF|NONREF|B-1"),
            ("260102D000000000010,00N102EREF", "10", "debit", false, "N102|EREF|"),
            ("2601020102RDR1027,25N068NONREF", "1027.25", "credit", true, "N068|NONREF|"),
            ("2601020102RC25,NRTIX", "25", "debit", true, "NRTI|X|"),
            ("2601020102CR800,NSTO", "800", "credit", false, "NSTO||"),
            ("260102    DD212,39NMSCNONREF//", "212.39", "debit", false, "NMSC|NONREF|"),
            ("260102EC1.00NTRFA", "1", "credit", false, "NTRF|A|"),
            ("2601020102d1,01N946NONREF", "1.01", "debit", false, "N946|NONREF|"),
            ("2601020102D20,00NONREF", "20", "debit", false, "|NONREF|"),
            ("260102D50,00NIC MARF", "50", "debit", false, "NIC|MARF|"),
            ("260102D5,0N7", "5", "debit", false, "N7||"),
            ("260102D,50NCOMX", "0.5", "debit", false, "NCOM|X|"),
        ] {
            let expected = (value.to_owned(), direction, reversal, rest.to_owned());
            assert_eq!(read(text), Some(expected), "{text}");
        }
        assert_eq!(movement("x").err(), Some(NoMovement::Date));
        assert_eq!(movement("26010é").err(), Some(NoMovement::Date));
        assert_eq!(movement("2601020102X10,").err(), Some(NoMovement::Mark));
        assert_eq!(movement("2601020102").err(), Some(NoMovement::Mark));
        for text in [
            "C",
            "CNTRF",
            "CO,56NTRF",
            "C1.234,56NTRF",
            "C1'000,00NTRF",
            "C1 000,00NTRF",
            "C1O,50N",
            "C1-",
        ] {
            let text = format!("2601020102{text}");
            let form = NoMovement::Amount(NoDecimal::Form);
            assert_eq!(movement(&text).err(), Some(form), "{text}");
        }
    }

    #[test]
    fn entry_dates_lie_near_the_value_date() {
        let of = |text: &str| {
            let it = movement(text).ok()?;
            Some((it.value_on?.date.to_string(), it.booked_on.map(|it| it.date.to_string())))
        };
        let expected = ("2026-01-02".to_owned(), Some("2025-12-31".to_owned()));
        assert_eq!(of("2601021231D300,00NTRF"), Some(expected));
        assert_eq!(of("260102D300,00NTRF"), Some(("2026-01-02".to_owned(), None)));
    }
}
