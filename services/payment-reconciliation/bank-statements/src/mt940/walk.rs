//! Goes through the fields of a file: which statement is open, and what has been found of it.
//!
//! A statement begins at `:20:` and ends at the next. Stores only what a statement consists of, and
//! each entry no longer than until the next field that is none of its own.

use primitives::{Currency, Date};

use super::balance::{self, NoBalance};
use super::entry::{Context, EntryDraft, NoMovement};
use super::field::Field;
use super::figure::Day;
use super::told;
use crate::lexical::NoDecimal;
use crate::problem::{Problem, Problems, Verdict};
use crate::reading::{Findings, Stop};
use crate::statement::{Account, Amount, Balance, Proof, Statement, Totals, Verbatim};

const ASK: &str = "ask the bank for a correct file";
const SHORTER: &str = "download shorter periods";
/// Entries that wait for the currency, where no balance stands before them.
const WAITING_MAX: usize = 1_000;

/// A file as far as it has been read.
pub(super) struct Walk<'w, 's> {
    findings: &'w mut Findings<'s>,
    open: Option<Draft>,
    /// Whether any statement has ended that says something.
    has_statement: bool,
    /// The page that ended last, if its statement goes on in another.
    page: Option<Page>,
}

/// The end of a page.
struct Page {
    line: u32,
    ordinal: u32,
    account: Verbatim,
    closing: Amount,
}

/// A statement that is open.
#[derive(Default)]
struct Draft {
    line: u32,
    ordinal: u32,
    /// `:20:`.
    name: Option<Verbatim>,
    account: Option<Verbatim>,
    /// `:28C:` without the number of the page.
    number: Option<Verbatim>,
    page: Option<u32>,
    /// The currency of `:34F:`, which stands before the entries of a statement without balances.
    floor: Option<Currency>,
    opening: Option<Known>,
    closing: Option<Known>,
    entry: Option<EntryDraft>,
    waiting: Vec<EntryDraft>,
    entry_count: u32,
    totals: Totals,
}

/// A balance and where it stands.
#[derive(Clone, Copy)]
struct Known {
    line: u32,
    balance: Balance,
    /// It is one of a page, not of the statement (`M`).
    is_of_page: bool,
}

impl<'w, 's> Walk<'w, 's> {
    pub(super) const fn new(findings: &'w mut Findings<'s>) -> Self {
        Self { findings, open: None, has_statement: false, page: None }
    }

    /// The next field of the file.
    pub(super) fn field(&mut self, field: &Field) -> Result<(), Stop> {
        let is_of_statement = matches!(
            field.tag.as_str(),
            "25" | "25P" | "28" | "28C" | "60F" | "60M" | "61" | "62F" | "62M"
        );
        if field.tag == "20" {
            self.end_statement();
            self.begin_statement(field)?;
        } else if self.open.is_none() && is_of_statement {
            self.begin_statement(field)?;
        }
        let Some(draft) = &mut self.open else { return Ok(()) };
        draft.field(field, self.findings)?;
        Ok(())
    }

    /// The file ends.
    pub(super) fn conclude(&mut self) {
        self.end_statement();
        if !self.has_statement {
            let reason = "is missing: the file holds no statement";
            self.findings.problems.add(Problem::reject(":20:", None, reason, ASK));
        }
        if let Some(page) = &self.page {
            page.goes_on_elsewhere(&mut self.findings.problems);
        }
    }

    fn begin_statement(&mut self, field: &Field) -> Result<(), Problem> {
        let ordinal = self.findings.begin_statement(":20:", field.line)?;
        self.open = Some(Draft { line: field.line, ordinal, ..Draft::default() });
        Ok(())
    }

    fn end_statement(&mut self) {
        let Some(mut draft) = self.open.take() else { return };
        draft.end_entry(self.findings);
        if let Some(before) = self.page.take() {
            draft.compare_pages(&before, &mut self.findings.problems);
        }
        if let (Some(account), Some(closing)) = (&draft.account, draft.closing)
            && closing.is_of_page
        {
            self.page = Some(Page {
                line: closing.line,
                ordinal: draft.ordinal,
                account: account.clone(),
                closing: closing.balance.amount,
            });
        }
        self.has_statement |= !draft.is_cut_off();
        if let Some(statement) = draft.finish(self.findings) {
            self.findings.statement(statement);
        }
    }
}

impl Page {
    /// Each page proves itself, so that it can be imported without the next.
    fn goes_on_elsewhere(&self, problems: &mut Problems) {
        let reason = "ends a page, and the next page is not behind it";
        let problem = Problem::note(":62M:", Some(self.line), reason, "import that page too");
        problems.add(problem.within(Some(self.ordinal), None));
    }
}

impl Draft {
    fn field(&mut self, field: &Field, findings: &mut Findings) -> Result<(), Problem> {
        if field.is_cut {
            let reason = "is longer than any of a statement, and its end was left out";
            self.report(field, reason, &mut findings.problems);
        }
        if let Some(line) = field.disguised {
            let reason = "stands behind other characters, where it is taken for text";
            let problem = Problem::report("tag", Some(line), reason, ASK);
            findings.problems.add(problem.within(Some(self.ordinal), None));
        }
        match field.tag.as_str() {
            "20" => self.name = Verbatim::new(field.first()),
            "25" | "25P" => self.account(field, &mut findings.problems),
            "28" | "28C" => self.number(field, &mut findings.problems),
            "60F" | "60M" => self.opening(field, findings),
            "61" => self.movement(field, findings)?,
            "86" => self.details(field, &mut findings.problems),
            "NS" => self.numbered(field, &mut findings.problems),
            "62F" | "62M" => self.closing(field, findings),
            // What follows these is not about an entry.
            "64" | "65" | "90C" | "90D" => self.end_entry(findings),
            "34F" => self.floor = field.first().get(..3).and_then(|it| Currency::parse(it).ok()),
            "13" | "13C" | "13D" | "21" | "37H" | "940" | "941" | "942" | "950" => {}
            _ => {
                let reason = "is no field of this format, and was passed over";
                let problem = Problem::note(tag(field), Some(field.line), reason, ASK);
                findings.problems.add(problem.within(Some(self.ordinal), None));
            }
        }
        Ok(())
    }

    /// Of two accounts the later one counts, since the balances that follow are its own; but a
    /// person must decide.
    fn account(&mut self, field: &Field, problems: &mut Problems) {
        let account = Verbatim::new(field.first());
        if self.account.is_some() && self.account != account {
            self.report(field, "stands there more than once: whose account is it?", problems);
        }
        self.account = account.or(self.account.take());
    }

    fn number(&mut self, field: &Field, problems: &mut Problems) {
        let (number, page) = field.first().split_once('/').unwrap_or((field.first(), ""));
        let number = Verbatim::new(number);
        if self.number.is_some() && self.number != number {
            self.report(field, "stands there more than once with two numbers", problems);
        }
        self.page = page.trim().parse().ok().filter(|it| *it > 0);
        self.number = number;
    }

    /// The first opening balance counts, since entries may follow the second.
    fn opening(&mut self, field: &Field, findings: &mut Findings) {
        self.end_entry(findings);
        let Some(known) = self.balance(field, &mut findings.problems) else { return };
        let before = self.opening;
        let goes_on = self.closing.is_some_and(|it| {
            it.is_of_page && known.is_of_page && it.balance.amount == known.balance.amount
        });
        if before.is_some_and(|it| it.balance != known.balance) && !goes_on {
            let reason = "stands there more than once with two balances";
            self.report(field, reason, &mut findings.problems);
        }
        self.opening = before.or(Some(known));
        self.settle(findings);
    }

    /// The last closing balance counts.
    fn closing(&mut self, field: &Field, findings: &mut Findings) {
        self.end_entry(findings);
        let Some(known) = self.balance(field, &mut findings.problems) else { return };
        let differs = self.closing.is_some_and(|it| !it.is_of_page && it.balance != known.balance);
        if differs {
            let reason = "stands there more than once with two balances";
            self.report(field, reason, &mut findings.problems);
        }
        self.closing = Some(known);
        self.settle(findings);
    }

    fn balance(&self, field: &Field, problems: &mut Problems) -> Option<Known> {
        let line = match balance::balance(field.first()) {
            Ok(line) => line,
            Err(fault) => {
                let reason = match fault {
                    NoBalance::Mark => "does not begin with C or D",
                    NoBalance::Currency => "is not in a currency of ISO 4217",
                    NoBalance::Amount(fault) => no_amount(fault),
                };
                self.add(Verdict::Reject, field, reason, problems);
                return None;
            }
        };
        self.day(field, line.on, problems);
        if line.has_more {
            self.report(field, "goes on behind its amount; the rest is left out", problems);
        }
        let Some(currency) = line.currency.or_else(|| self.currency()) else {
            self.add(Verdict::Reject, field, "has no currency, nor has the account", problems);
            return None;
        };
        if line.currency.is_none() {
            self.report(field, "has no currency; that of the statement is taken", problems);
        }
        let balance = line.balance(currency);
        if balance.amount.money().is_none() {
            self.report(field, "has more figures than its currency", problems);
        }
        Some(Known { line: field.line, balance, is_of_page: field.tag.ends_with('M') })
    }

    fn day(&self, field: &Field, day: Option<Day>, problems: &mut Problems) {
        match day {
            None => self.report(field, "has a date that is not one such as 260131", problems),
            Some(Day { date, is_moved: true }) => {
                let reason = format!("has a day that its month does not have; {date} is taken");
                let problem = Problem::note(tag(field), Some(field.line), reason, ASK);
                problems.add(problem.within(Some(self.ordinal), self.entry_now()));
            }
            Some(_) => {}
        }
    }

    fn movement(&mut self, field: &Field, findings: &mut Findings) -> Result<(), Problem> {
        self.end_entry(findings);
        self.entry_count = self.entry_count.saturating_add(1);
        let entry = match EntryDraft::new(field, self.entry_count) {
            Ok(entry) => entry,
            Err(fault) => {
                let reason = match fault {
                    NoMovement::Date => "does not begin with a date such as 260131",
                    NoMovement::Mark => "has no mark C, D, RC or RD behind its dates",
                    NoMovement::Amount(fault) => no_amount(fault),
                };
                let problem = Problem::reject(":61:", Some(field.line), reason, ASK);
                let entry = Some(self.entry_count);
                findings.problems.add(problem.within(Some(self.ordinal), entry));
                return Ok(());
            }
        };
        if self.waiting.len() >= WAITING_MAX {
            let reason = format!("has {WAITING_MAX} entries before it is known in which currency");
            return Err(Problem::reject(":60F:", Some(field.line), reason, SHORTER));
        }
        let movement = &entry.movement;
        let (value_on, booked_on) = (movement.value_on, movement.booked_on);
        let is_no_date = movement.has_entry_date && booked_on.is_none() && value_on.is_some();
        let is_after_closing = self.closing.is_some_and(|it| !it.is_of_page);
        self.entry = Some(entry);
        self.day(field, value_on, &mut findings.problems);
        if is_no_date || booked_on.is_some_and(|it| it.is_moved) {
            self.day(field, booked_on, &mut findings.problems);
        }
        if is_after_closing {
            let reason = "stands behind the closing balance, which cannot hold it";
            self.report(field, reason, &mut findings.problems);
        }
        Ok(())
    }

    /// `:86:` behind a balance is about the statement, and about no entry.
    fn details(&mut self, field: &Field, problems: &mut Problems) {
        let Some(entry) = &mut self.entry else { return };
        if !entry.details(field) {
            self.report(field, "is longer than at any bank, and was left out", problems);
        }
    }

    fn numbered(&mut self, field: &Field, problems: &mut Problems) {
        let Some(entry) = &mut self.entry else { return };
        if !entry.numbered(field) {
            self.report(field, "stands there more than once", problems);
        }
    }

    fn end_entry(&mut self, findings: &mut Findings) {
        self.waiting.extend(self.entry.take());
        if self.opening.is_some() || self.floor.is_some() {
            self.settle(findings);
        }
    }

    /// Gives the entries that have ended, if it is known in which currency they are.
    fn settle(&mut self, findings: &mut Findings) {
        if self.waiting.is_empty() {
            return;
        }
        let Some(currency) = self.currency() else { return };
        for entry in std::mem::take(&mut self.waiting) {
            let (line, spot) = (entry.line, (Some(self.ordinal), Some(entry.ordinal)));
            let account = self.account.as_ref().map_or("", Verbatim::as_str);
            let id = self.name.as_ref().map_or("", Verbatim::as_str);
            let entry = entry.finish(currency, &Context { account, id });
            if entry.amount.money().is_none() {
                let reason = "has more figures than its currency";
                let problem = Problem::report(":61:", Some(line), reason, ASK);
                findings.problems.add(problem.within(spot.0, spot.1));
            }
            self.totals.add(&entry);
            findings.entry(entry);
        }
    }

    /// That of the balances, else of the floor limit, else the one that some banks write behind the
    /// account.
    fn currency(&self) -> Option<Currency> {
        let balance = self.opening.or(self.closing).map(|it| it.balance.amount.currency);
        balance.or(self.floor).or_else(|| {
            let account = self.account.as_ref()?.as_str();
            let at = account.len().checked_sub(3)?;
            let (number, code) = account.split_at_checked(at)?;
            number.trim_end().ends_with(|it: char| it.is_ascii_digit()).then_some(())?;
            Currency::parse(code).ok()
        })
    }

    /// A page goes on where the one before ended.
    fn compare_pages(&self, before: &Page, problems: &mut Problems) {
        let is_of_account = Some(&before.account) == self.account.as_ref();
        let Some(opening) = self.opening.filter(|it| it.is_of_page && is_of_account) else {
            return before.goes_on_elsewhere(problems);
        };
        if before.closing != opening.balance.amount {
            let reason = format!(
                "is {}, but the page before ended with {}: a page is missing",
                opening.balance.amount, before.closing
            );
            let problem = Problem::report(":60M:", Some(opening.line), reason, ASK);
            problems.add(problem.within(Some(self.ordinal), None));
        }
    }

    /// The statement, where it is known whose it is and in which currency.
    fn finish(mut self, findings: &mut Findings) -> Option<Statement> {
        self.settle(findings);
        let problems = &mut findings.problems;
        let mut add = |verdict, field: &'static str, line, reason: String| {
            let problem = Problem { verdict, ..Problem::reject(field, Some(line), reason, ASK) };
            problems.add(problem.within(Some(self.ordinal), None));
        };
        let line = self.line;
        if self.is_cut_off() {
            let reason = "is followed by no account, balance or entry: is the file cut?";
            add(Verdict::Report, ":20:", line, reason.to_owned());
            return None;
        }
        if self.name.is_none() {
            add(Verdict::Report, ":20:", line, "is missing".to_owned());
        }
        if !self.waiting.is_empty() {
            let reason = "is missing: in which currency are the entries?";
            add(Verdict::Reject, ":60F:", line, reason.to_owned());
        }
        for (field, balance) in [(":60F:", self.opening), (":62F:", self.closing)] {
            if balance.is_none() {
                let reason = "is missing: nothing proves that all entries are there";
                add(Verdict::Report, field, line, reason.to_owned());
            }
        }
        let Some(number) = self.account.clone() else {
            let reason = "is missing: whose account is it?";
            add(Verdict::Reject, ":25:", line, reason.to_owned());
            return None;
        };
        let on = |it: Option<Known>| it.and_then(|it| it.balance.on);
        let (from, to) = (on(self.opening), on(self.closing));
        let statement = Statement {
            id: self.id(from, to),
            page: self.page,
            account: account(number),
            currency: self.currency(),
            opening: self.opening.map(|it| it.balance),
            closing: self.closing.map(|it| it.balance),
            from,
            to,
            totals: self.totals,
        };
        let closing_line = self.closing.map_or(line, |it| it.line);
        match statement.proof() {
            Proof::Holds | Proof::NoBalances => {}
            Proof::Differs { expected, stated } => {
                let reason =
                    format!("opening balance and entries make {expected}, not {stated} as stated");
                add(Verdict::Report, ":62F:", closing_line, reason);
            }
            Proof::SeveralCurrencies => {
                let reason = "is in another currency than the opening balance";
                add(Verdict::Reject, ":62F:", closing_line, reason.to_owned());
            }
        }
        Some(statement)
    }

    /// Whether it says nothing of any account or money: the file was cut off, or a bank wrote a
    /// header without a statement.
    const fn is_cut_off(&self) -> bool {
        let has_balance = self.opening.is_some() || self.closing.is_some();
        self.account.is_none() && !has_balance && self.entry_count == 0
    }

    /// What tells one statement from another: `:20:`, which is the same in all files of many banks,
    /// the number of `:28C:`, which starts anew each year and is always 0 at some, and the days of
    /// both balances. Pages of one statement have pages and days that differ.
    fn id(&self, from: Option<Date>, to: Option<Date>) -> Verbatim {
        let word = |it: &Option<Verbatim>| it.as_ref().map(|it| it.as_str().to_owned());
        let day = |it: Option<Date>| it.map_or_else(String::new, |it| it.to_string());
        let days = Some(format!("{}/{}", day(from), day(to))).filter(|it| it != "/");
        let words: Vec<String> =
            [word(&self.name), word(&self.number), days].into_iter().flatten().collect();
        Verbatim::new(&words.join(" ")).unwrap_or_default()
    }

    fn entry_now(&self) -> Option<u32> {
        self.entry.as_ref().map(|it| it.ordinal)
    }

    fn report(&self, field: &Field, reason: &'static str, problems: &mut Problems) {
        self.add(Verdict::Report, field, reason, problems);
    }

    fn add(&self, verdict: Verdict, field: &Field, reason: &'static str, problems: &mut Problems) {
        let problem = Problem::reject(tag(field), Some(field.line), reason, ASK);
        let problem = Problem { verdict, ..problem };
        problems.add(problem.within(Some(self.ordinal), self.entry_now()));
    }
}

/// An account, of which the currency behind the number is no part when its form is checked.
fn account(number: Verbatim) -> Account {
    let text = number.as_str();
    let bare = text.len().checked_sub(3).and_then(|at| text.split_at_checked(at));
    let bare = bare.filter(|(_, code)| Currency::parse(code).is_ok()).map_or(text, |it| it.0);
    let is_iban = [text, bare].iter().any(|it| told::account(it).is_some_and(|it| it.is_iban));
    Account { number, is_iban }
}

/// The tag as problems name it; three characters of it at most are the file's.
fn tag(field: &Field) -> String {
    format!(":{}:", field.tag)
}

const fn no_amount(fault: NoDecimal) -> &'static str {
    match fault {
        NoDecimal::Form => "has no amount such as 12,30",
        NoDecimal::TooLarge => "is too large: no amount has more than 15 whole digits",
    }
}
