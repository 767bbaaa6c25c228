//! One statement: records 0 to 9, and what proves it.

use primitives::{Currency, Date};
use rust_decimal::Decimal;

use super::account::Zone;
use super::movement::MovementDraft;
use super::record::{Record, Scene};
use crate::problem::{Problem, Problems, Verdict};
use crate::reading::Findings;
use crate::statement::{Account, Amount, Balance, Proof, Statement, Totals, Verbatim};

const HEADER: &str = "record 0";
const VERSION: &str = "record 0: version";
const CREATED: &str = "record 0: creation date";
const OLD: &str = "record 1";
const OLD_ACCOUNT: &str = "record 1: account";
const OLD_CURRENCY: &str = "record 1: currency";
const OLD_BALANCE: &str = "record 1: old balance";
const OLD_DATE: &str = "record 1: date";
const MOVEMENT: &str = "record 2.1: sequence number";
const CONTINUED: &str = "record 2";
const INFORMATION: &str = "record 3";
const NEW: &str = "record 8";
const NEW_ACCOUNT: &str = "record 8: account";
const NEW_BALANCE: &str = "record 8: new balance";
const NEW_DATE: &str = "record 8: date";
const TRAILER: &str = "record 9";
const TRAILER_COUNT: &str = "record 9: number of records";
const TRAILER_DEBIT: &str = "record 9: debit movement";
const TRAILER_CREDIT: &str = "record 9: credit movement";

/// A statement as far as it has been read.
pub(super) struct StatementDraft {
    line: u32,
    number: u32,
    created_on: Option<Date>,
    old: Option<OldBalance>,
    new: Option<NewBalance>,
    movement: Option<MovementDraft>,
    /// The number of the last movement.
    sequence: u32,
    /// Where a movement has not the number after that of the one before.
    gap: Option<u32>,
    entry_count: u32,
    /// Records 1, 2, 3 and 8.
    record_count: u64,
    totals: Totals,
}

/// Record 1.
struct OldBalance {
    structure: char,
    account: Account,
    currency: Currency,
    balance: Balance,
    paper_number: String,
    coded_number: String,
}

/// Record 8.
struct NewBalance {
    line: u32,
    balance: Balance,
}

impl StatementDraft {
    /// Begins with a record 0.
    pub(super) fn begin(record: &Record, findings: &mut Findings<'_>) -> Result<Self, Problem> {
        let number = findings.begin_statement(HEADER, record.line)?;
        let mut scene =
            Scene { statement: Some(number), entry: None, problems: &mut findings.problems };
        if record.at(128) != '2' {
            return Err(record.refusal(VERSION, "is not 2: columns mean something else"));
        }
        let created_on = record.date(6..=11, CREATED, &mut scene);
        if record.reference(6..=11).is_none() {
            scene.add(Verdict::Report, CREATED, record.line, "is missing");
        }
        if record.at(17) == 'D' {
            let reason = "says that the file is a duplicate: it may have been imported before";
            scene.add(Verdict::Accept, HEADER, record.line, reason);
        }
        if record.reference(84..=88).is_some() {
            let reason = "is of a separate application: its movements stand in another file too";
            scene.add(Verdict::Report, HEADER, record.line, reason);
        }
        Ok(Self {
            line: record.line,
            number,
            created_on,
            old: None,
            new: None,
            movement: None,
            sequence: 0,
            gap: None,
            entry_count: 0,
            record_count: 0,
            totals: Totals::default(),
        })
    }

    /// Where a problem is that is found now.
    pub(super) fn place(&self) -> (Option<u32>, Option<u32>) {
        (Some(self.number), self.movement.as_ref().map(|_| self.entry_count))
    }

    fn scene<'p>(&self, problems: &'p mut Problems) -> Scene<'p> {
        let (statement, entry) = self.place();
        Scene { statement, entry, problems }
    }

    /// Takes a record 1.
    pub(super) fn old_balance(
        &mut self,
        record: &Record,
        findings: &mut Findings<'_>,
    ) -> Result<(), Problem> {
        self.record_count = self.record_count.saturating_add(1);
        if self.old.is_some() {
            return Err(record.refusal(OLD, "stands there twice"));
        }
        let structure = record.at(2);
        let zone = Zone::read(structure, &record.text(6..=42))
            .ok_or_else(|| record.refusal(OLD_ACCOUNT, "is missing, or of no known structure"))?;
        let currency = zone.currency();
        let currency = currency
            .ok_or_else(|| record.refusal(OLD_CURRENCY, "is missing, or of no known currency"))?;
        let value = record.amount(44..=58, OLD_BALANCE)?;
        let direction = record.direction(43, OLD_BALANCE)?;
        let amount = Amount { value, currency }.towards(direction);
        let on = record.date(59..=64, OLD_DATE, &mut self.scene(&mut findings.problems));
        self.old = Some(OldBalance {
            structure,
            account: zone.account,
            currency,
            balance: Balance { amount, on },
            paper_number: record.text(3..=5),
            coded_number: record.text(126..=128),
        });
        Ok(())
    }

    /// Takes a record 2.
    pub(super) fn movement(
        &mut self,
        record: &Record,
        findings: &mut Findings<'_>,
    ) -> Result<(), Problem> {
        self.record_count = self.record_count.saturating_add(1);
        if self.old.is_none() {
            return Err(record.refusal(OLD, "is missing: the old balance does not come first"));
        }
        if self.new.is_some() {
            return Err(record.refusal(CONTINUED, "stands behind the new balance"));
        }
        match record.at(2) {
            '1' => self.first_part(record, findings),
            '2' | '3' => self.later_part(record, CONTINUED, findings),
            _ => Err(record.refusal(CONTINUED, "is none of 2.1, 2.2 and 2.3")),
        }
    }

    fn first_part(&mut self, record: &Record, findings: &mut Findings<'_>) -> Result<(), Problem> {
        let goes_on = self.movement.as_ref().is_some_and(|it| it.goes_on_with(record));
        if record.text(7..=10) == "0000" && !goes_on {
            self.end_movement(findings);
            self.count(record)?;
            let mut scene = Scene {
                statement: Some(self.number),
                entry: Some(self.entry_count),
                problems: &mut findings.problems,
            };
            self.movement = Some(MovementDraft::begin(record, &mut scene)?);
            return Ok(());
        }
        let mut scene = self.scene(&mut findings.problems);
        match &mut self.movement {
            Some(movement) if movement.is_of(record) => movement.detail(record, &mut scene),
            _ => {
                let reason = "is a detail of no movement: it stands below another one";
                scene.add(Verdict::Report, MOVEMENT, record.line, reason);
                Ok(())
            }
        }
    }

    /// Counts a movement. Numbers go up by one; 9999 is followed by 0000, in some files by 0001.
    fn count(&mut self, record: &Record) -> Result<(), Problem> {
        let sequence = record.number(3..=6, MOVEMENT)?;
        let sequence = sequence.and_then(|it| u32::try_from(it).ok());
        let sequence = sequence.ok_or_else(|| record.refusal(MOVEMENT, "is missing"))?;
        let is_next = sequence == self.sequence.saturating_add(1)
            || (self.sequence == 9_999 && sequence <= 1);
        if !is_next {
            self.gap = self.gap.or(Some(record.line));
        }
        self.sequence = sequence;
        self.entry_count = self.entry_count.saturating_add(1);
        Ok(())
    }

    fn later_part(
        &mut self,
        record: &Record,
        field: &'static str,
        findings: &mut Findings<'_>,
    ) -> Result<(), Problem> {
        match &mut self.movement {
            Some(movement) if movement.is_of(record) => movement.take(record),
            _ => {
                let reason = "belongs to no movement: the one above has another number";
                let mut scene = self.scene(&mut findings.problems);
                scene.add(Verdict::Report, field, record.line, reason);
                Ok(())
            }
        }
    }

    /// Takes a record 3.
    pub(super) fn information(
        &mut self,
        record: &Record,
        findings: &mut Findings<'_>,
    ) -> Result<(), Problem> {
        self.record_count = self.record_count.saturating_add(1);
        match record.at(2) {
            '1' | '2' | '3' => self.later_part(record, INFORMATION, findings),
            _ => Err(record.refusal(INFORMATION, "is none of 3.1, 3.2 and 3.3")),
        }
    }

    /// Takes a record 8.
    pub(super) fn new_balance(
        &mut self,
        record: &Record,
        findings: &mut Findings<'_>,
    ) -> Result<(), Problem> {
        self.record_count = self.record_count.saturating_add(1);
        self.end_movement(findings);
        let Some(old) = &self.old else {
            return Err(record.refusal(OLD, "is missing: the new balance has no old one"));
        };
        if self.new.is_some() {
            return Err(record.refusal(NEW, "stands there twice"));
        }
        let mut scene = self.scene(&mut findings.problems);
        let zone = Zone::read(old.structure, &record.text(5..=41));
        if zone.as_ref().is_none_or(|it| it.account != old.account) {
            let reason = "is not that of record 1, which is taken";
            scene.add(Verdict::Accept, NEW_ACCOUNT, record.line, reason);
        }
        let currency = zone.and_then(|it| it.currency()).unwrap_or(old.currency);
        let value = record.amount(43..=57, NEW_BALANCE)?;
        let direction = record.direction(42, NEW_BALANCE)?;
        let amount = Amount { value, currency }.towards(direction);
        let on = record.date(58..=63, NEW_DATE, &mut scene);
        self.new = Some(NewBalance { line: record.line, balance: Balance { amount, on } });
        Ok(())
    }

    /// The open movement is complete.
    fn end_movement(&mut self, findings: &mut Findings<'_>) {
        let mut scene = self.scene(&mut findings.problems);
        let Some((movement, old)) = self.movement.take().zip(self.old.as_ref()) else { return };
        let entry = movement.finish(&old.account.number, old.currency, &mut scene);
        self.totals.add(&entry);
        findings.entry(entry);
    }

    /// The end of the statement, with its record 9 or without.
    pub(super) fn finish(
        mut self,
        trailer: Option<&Record>,
        findings: &mut Findings<'_>,
    ) -> Result<(), Problem> {
        self.end_movement(findings);
        let mut scene = self.scene(&mut findings.problems);
        let last_line = trailer.map_or(self.line, |it| it.line);
        let Some(old) = self.old else {
            let line = Some(last_line);
            let reason = "is missing: there is no old balance";
            return Err(Problem::reject(OLD, line, reason, super::record::ASK));
        };
        let made = self.created_on.map_or_else(|| "?".to_owned(), |it| it.to_string());
        let id = format!("{made}/{}/{}", old.paper_number, old.coded_number);
        let statement = Statement {
            id: Verbatim::new(&id).unwrap_or_default(),
            page: None,
            account: old.account,
            currency: Some(old.currency),
            opening: Some(old.balance),
            closing: self.new.as_ref().map(|it| it.balance),
            from: old.balance.on,
            to: self.new.as_ref().and_then(|it| it.balance.on),
            totals: self.totals,
        };
        let proof = statement.proof();
        let new_line = self.new.as_ref().map_or(last_line, |it| it.line);
        tell_of(proof, &statement, new_line, &mut scene);
        let is_empty = statement.totals.all.together().count == 0;
        let holds = proof == Proof::Holds || is_empty && proof == Proof::NoBalances;
        let verdict = if holds { Verdict::Accept } else { Verdict::Report };
        if let Some(line) = self.gap {
            let reason = "does not follow that of the movement before";
            scene.add(verdict, MOVEMENT, line, reason);
        }
        match trailer {
            None => scene.add(Verdict::Report, TRAILER, self.line, "is missing: is the file cut?"),
            Some(record) => compare(record, &statement, self.record_count, verdict, &mut scene)?,
        }
        findings.statement(statement);
        Ok(())
    }
}

/// A statement without movements may have no new balance, since nothing is new.
fn tell_of(proof: Proof, statement: &Statement, line: u32, scene: &mut Scene) {
    let reason = match proof {
        Proof::Holds => return,
        Proof::Differs { expected, stated } => {
            format!("old balance and movements make {expected}, not {stated} as stated")
        }
        Proof::SeveralCurrencies => "is in another currency than the old one".to_owned(),
        Proof::NoBalances if statement.totals.all.together().count == 0 => return,
        Proof::NoBalances => "is missing: nothing proves the movements".to_owned(),
    };
    scene.add(Verdict::Report, NEW_BALANCE, line, reason);
}

/// Holds record 9 against what was read. Where the balances hold, a wrong number of records tells
/// of a file that was edited; wrong sums tell of movements that may be lost, two of them without a
/// trace in the balance.
fn compare(
    trailer: &Record,
    statement: &Statement,
    record_count: u64,
    verdict: Verdict,
    scene: &mut Scene,
) -> Result<(), Problem> {
    let stated = trailer.number(17..=22, TRAILER_COUNT)?;
    if let Some(stated) = stated.filter(|it| *it != record_count) {
        let reason = format!("is {stated}, but {record_count} are there");
        scene.add(verdict, TRAILER_COUNT, trailer.line, reason);
    }
    let sums = statement.totals.all;
    for (columns, field, sum) in
        [(23..=37, TRAILER_DEBIT, sums.debit.sum), (38..=52, TRAILER_CREDIT, sums.credit.sum)]
    {
        let stated = match trailer.number(columns.clone(), field)? {
            Some(_) => Some(trailer.amount(columns, field)?),
            None => None,
        };
        if let Some(stated) = stated.filter(|it: &Decimal| *it != sum) {
            let reason = format!("is {stated}, but the movements make {sum}");
            scene.add(Verdict::Report, field, trailer.line, reason);
        }
    }
    Ok(())
}
