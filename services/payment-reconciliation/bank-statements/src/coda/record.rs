//! One record: a line of 128 columns, and what stands in them.

use std::ops::RangeInclusive;

use primitives::Date;
use rust_decimal::Decimal;

use crate::lines::Line;
use crate::problem::{Problem, Problems, Verdict};
use crate::statement::{Direction, Verbatim};

/// Columns of a record.
const WIDTH: usize = 128;
/// Stands for the further bytes of a letter where the bank counted bytes. Text never holds it.
const FILLER: char = '\u{ffff}';
/// Two figures of a year: from here on they are of the last century.
const LAST_CENTURY: i16 = 80;

/// What to do about a broken file.
pub(super) const ASK: &str = "ask the bank for the file again";
/// What to do where a person must see for himself.
pub(super) const LOOK: &str = "compare with the statement that the bank shows";

/// A line that is no blank one.
pub(super) struct Record {
    pub(super) line: u32,
    columns: Vec<char>,
}

impl Record {
    /// Takes a line; a blank one is none. Trailing blanks that were cut off are put back.
    pub(super) fn read(line: &Line) -> Result<Option<Self>, Problem> {
        let is_blank = |it: char| it.is_whitespace() || it.is_control();
        let text = line.text.trim_end_matches(is_blank);
        if text.is_empty() {
            return Ok(None);
        }
        let mut columns: Vec<char> = text.chars().collect();
        // A bank that counts bytes writes fewer letters, and the line has 128 bytes.
        if columns.len() < text.len() && text.len() == WIDTH {
            columns = text.chars().flat_map(widened).collect();
        }
        if line.is_cut || columns.len() > WIDTH {
            let reason = format!("is longer than {WIDTH} characters: nothing is in its column");
            return Err(Problem::reject("record", Some(line.number), reason, ASK));
        }
        columns.resize(WIDTH, ' ');
        Ok(Some(Self { line: line.number, columns }))
    }

    /// The character in one column, counted from 1.
    pub(super) fn at(&self, column: usize) -> char {
        self.columns.get(column.saturating_sub(1)).copied().unwrap_or(' ')
    }

    /// What stands in these columns, blanks included.
    pub(super) fn text(&self, columns: RangeInclusive<usize>) -> String {
        let (first, last) = columns.into_inner();
        let field = self.columns.get(first.saturating_sub(1)..last).unwrap_or_default();
        field.iter().filter(|it| **it != FILLER).collect()
    }

    /// What stands in these columns, without the blanks around it; none where only blanks do.
    pub(super) fn field(&self, columns: RangeInclusive<usize>) -> Option<Verbatim> {
        Verbatim::new(&self.text(columns))
    }

    /// The same, where a row of zeros also says that there is none.
    pub(super) fn reference(&self, columns: RangeInclusive<usize>) -> Option<Verbatim> {
        self.field(columns).filter(|it| !it.as_str().bytes().all(|byte| byte == b'0'))
    }

    /// A whole number without a sign; none where the columns are blank.
    pub(super) fn number(
        &self,
        columns: RangeInclusive<usize>,
        field: &'static str,
    ) -> Result<Option<u64>, Problem> {
        let text = self.text(columns);
        if text.trim().is_empty() {
            return Ok(None);
        }
        let is_number = text.bytes().all(|it| it.is_ascii_digit());
        let number = is_number.then(|| text.parse().ok()).flatten();
        number.map(Some).ok_or_else(|| self.refusal(field, "is no number"))
    }

    /// An amount of twelve digits and three decimals, without its sign.
    pub(super) fn amount(
        &self,
        columns: RangeInclusive<usize>,
        field: &'static str,
    ) -> Result<Decimal, Problem> {
        let thousandths = self.number(columns, field)?;
        let thousandths = thousandths.and_then(|it| i64::try_from(it).ok());
        let amount = thousandths.map(|it| Decimal::new(it, 3));
        amount.ok_or_else(|| self.refusal(field, "is missing"))
    }

    /// The sign of an amount.
    pub(super) fn direction(
        &self,
        column: usize,
        field: &'static str,
    ) -> Result<Direction, Problem> {
        match self.at(column) {
            '0' => Ok(Direction::Credit),
            '1' => Ok(Direction::Debit),
            _ => Err(self.refusal(field, "is neither 0 (credit) nor 1 (debit)")),
        }
    }

    /// A date; none where the columns are blank or zeros. A wrong one is reported.
    pub(super) fn date(
        &self,
        columns: RangeInclusive<usize>,
        field: &'static str,
        scene: &mut Scene,
    ) -> Option<Date> {
        let text = self.reference(columns)?;
        let date = date(text.as_str());
        if date.is_none() {
            scene.add(Verdict::Report, field, self.line, "is no date DDMMYY");
        }
        date
    }

    /// A problem of this record for which nothing can be imported.
    pub(super) fn refusal(&self, field: &'static str, reason: &'static str) -> Problem {
        Problem::reject(field, Some(self.line), reason, ASK)
    }
}

fn widened(letter: char) -> impl Iterator<Item = char> {
    let fillers = letter.len_utf8().saturating_sub(1);
    std::iter::once(letter).chain(std::iter::repeat_n(FILLER, fillers))
}

fn date(text: &str) -> Option<Date> {
    let is_date = text.len() == 6 && text.bytes().all(|it| it.is_ascii_digit());
    let text = is_date.then_some(text)?;
    let part = |from: usize| text.get(from..from.saturating_add(2));
    let year: i16 = part(4)?.parse().ok()?;
    let century = if year < LAST_CENTURY { 2000 } else { 1900 };
    let year = year.saturating_add(century);
    Date::new(year, part(2)?.parse().ok()?, part(0)?.parse().ok()?).ok()
}

/// Where problems go, and whose they are.
pub(super) struct Scene<'p> {
    pub(super) statement: Option<u32>,
    pub(super) entry: Option<u32>,
    pub(super) problems: &'p mut Problems,
}

impl Scene<'_> {
    /// Notes one thing wrong at a line.
    pub(super) fn add(
        &mut self,
        verdict: Verdict,
        field: &'static str,
        line: u32,
        reason: impl Into<std::borrow::Cow<'static, str>>,
    ) {
        let advice = if verdict == Verdict::Accept { "nothing needs to be done" } else { LOOK };
        let problem =
            Problem { verdict, advice, ..Problem::reject(field, Some(line), reason, ASK) };
        self.problems.add(problem.within(self.statement, self.entry));
    }
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use super::*;

    fn record(text: &str) -> Result<Option<Record>, Problem> {
        Record::read(&Line { number: 1, text: Cow::Borrowed(text), is_cut: false })
    }

    #[test]
    fn columns_stay_in_their_place() {
        let short = record("0é00").unwrap().unwrap();
        assert_eq!((short.text(2..=3).as_str(), short.at(128)), ("é0", ' '));
        assert!(record(" \u{1a}").unwrap().is_none());
        assert!(record(&format!("{}   ", "1".repeat(128))).unwrap().is_some());
        assert!(record(&"1".repeat(129)).is_err());
        // 128 letters, and 128 bytes.
        let letters = record(&format!("é{}2", "1".repeat(126))).unwrap().unwrap();
        assert_eq!((letters.at(1), letters.at(128)), ('é', '2'));
        let bytes = record(&format!("é{}2", "1".repeat(125))).unwrap().unwrap();
        assert_eq!((bytes.text(1..=3).as_str(), bytes.at(128)), ("é1", '2'));
    }

    #[test]
    fn dates_are_of_this_century_until_2079() {
        assert_eq!(date("290224"), Date::new(2024, 2, 29).ok());
        assert_eq!(date("311279"), Date::new(2079, 12, 31).ok());
        assert_eq!(date("311299"), Date::new(1999, 12, 31).ok());
        for wrong in ["290223", "000124", "2902 4", "29022", "٣"] {
            assert_eq!(date(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn amounts_have_three_decimals_or_are_refused() {
        let read = |text: &str| record(text).unwrap().unwrap().amount(1..=15, "amount");
        assert_eq!(read("000000000012345"), Ok(Decimal::new(12_345, 3)));
        for wrong in ["00000000001234", "0000000000123.5", "x", "-00000000012345"] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }
}
