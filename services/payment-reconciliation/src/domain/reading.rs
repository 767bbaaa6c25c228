//! A bank statement as it was read from a file, whatever the format, and what we think of the file.
//!
//! Nothing here is booked yet, and nothing here guesses: what the file does not say is absent. The
//! text of a problem may be logged, so it never holds a name, an account number or free text; field
//! paths, line numbers, ordinals, dates and amounts are all it may say.

use std::borrow::Cow;
use std::fmt;

use primitives::{Currency, Date, Money};
use rust_decimal::Decimal;
use serde_json::{Value, json};

/// What came of reading one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading {
    /// What kind of file it is or tries to be; absent when it is none that we read.
    pub format: Option<Format>,
    /// What the importer must do with it: the worst that any problem asks for.
    pub verdict: Verdict,
    /// Everything found wrong, in the order found.
    pub problems: Vec<Problem>,
    /// What was read, in the order of the file; empty when the verdict is [`Verdict::Reject`].
    pub statements: Vec<Statement>,
}

/// The formats of bank files that we read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// ISO 20022 bank to customer statement, camt.053.001.02 to .13.
    Camt053,
}

/// What to do with a file; later is worse.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// Import it.
    #[default]
    Accept,
    /// Book nothing by itself: tell a person what is wrong, who may then decide.
    Report,
    /// Import nothing and say why.
    Reject,
}

/// One thing wrong with a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The verdict that this problem alone asks for.
    pub verdict: Verdict,
    /// Where: the path in the words of the format, such as `Stmt/Ntry/Amt`; `document` or `file`
    /// for what concerns the whole.
    pub field: Cow<'static, str>,
    /// The line in the file, counted from 1; absent when the thing is absent.
    pub line: Option<u32>,
    /// Which statement of the file, counted from 1.
    pub statement: Option<u32>,
    /// Which entry of the statement, counted from 1.
    pub entry: Option<u32>,
    /// What is wrong.
    pub reason: Cow<'static, str>,
    /// What the bank or the importer can do.
    pub advice: &'static str,
}

/// One account over one period, as the bank tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// The bank's own identification; empty where it gives none, which is reported.
    pub id: Verbatim,
    /// Which page of a statement that comes in several files, counted from 1.
    pub page: Option<u32>,
    /// The account that the statement is of.
    pub account: Account,
    /// The currency that the bank declares for the account.
    pub currency: Option<Currency>,
    /// Booked balance before the first entry; negative when overdrawn.
    pub opening: Option<Balance>,
    /// Booked balance after the last entry; negative when overdrawn.
    pub closing: Option<Balance>,
    /// First day of the period.
    pub from: Option<Date>,
    /// Last day of the period.
    pub to: Option<Date>,
    /// Every movement, in the order of the file. Two equal entries are two movements.
    pub entries: Vec<Entry>,
}

/// An account number as it stands in the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// As written; a masked file may hold an IBAN with wrong check digits.
    pub number: Verbatim,
    /// Whether the file says that it is an IBAN.
    pub is_iban: bool,
}

/// A balance and its day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Balance {
    /// Negative when overdrawn.
    pub amount: Amount,
    /// The day it holds for.
    pub on: Option<Date>,
}

/// An exact amount as printed, which may have more decimals than its currency.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Amount {
    /// In major units (euros).
    pub value: Decimal,
    /// As printed beside it.
    pub currency: Currency,
}

/// One movement on the account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// What moves, as printed; the direction is beside it.
    pub amount: Amount,
    /// Which way it moves the balance, reversals included.
    pub direction: Direction,
    /// Whether it has moved the balance.
    pub status: EntryStatus,
    /// The day on which it was booked.
    pub booked_on: Option<Date>,
    /// The day from which it bears interest.
    pub value_on: Option<Date>,
    /// It undoes an earlier movement. The direction already says which way.
    pub reversal: bool,
    /// The bank's reference of the movement.
    pub bank_reference: Option<Verbatim>,
    /// What kind of movement it is to the bank.
    pub code: BankCode,
    /// What the bank writes beside the entry as a whole.
    pub additional: Option<Verbatim>,
    /// The transactions that make up the entry: several in a batch, none where the bank tells none.
    pub details: Vec<Transaction>,
    /// Whether these are all there are: the bank counts no others.
    pub is_whole: bool,
}

/// Which way money moves, seen from the account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// Money comes in.
    Credit,
    /// Money goes out.
    Debit,
}

/// Whether an entry has moved the balance.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum EntryStatus {
    /// It has (`BOOK`).
    #[default]
    Booked,
    /// It may yet be taken back (`PDNG`).
    Pending,
    /// It never will (`INFO`).
    Information,
    /// It will on a later day (`FUTR`).
    Future,
}

/// One transaction under an entry.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Transaction {
    /// Its own amount, in whatever currency; often absent where it is the only one.
    pub amount: Option<Amount>,
    /// Which way it moves the balance, where that is told for it alone.
    pub direction: Option<Direction>,
    /// References that the payer took over from an invoice, in the order of the file.
    pub references: Vec<Reference>,
    /// What the payer wrote in words, line by line.
    pub unstructured: Vec<Verbatim>,
    /// The payer's own identification of the payment; absent where it says `NOTPROVIDED`.
    pub end_to_end_id: Option<Verbatim>,
    /// The account on the other side.
    pub counterparty_account: Option<Account>,
    /// The name on the other side.
    pub counterparty_name: Option<Verbatim>,
    /// What kind of transaction it is to the bank.
    pub code: BankCode,
    /// Present where an earlier transaction comes back.
    pub returned: Option<Return>,
    /// What the bank writes beside it.
    pub additional: Option<Verbatim>,
}

/// A structured reference as written; nothing about it was checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    /// The reference itself.
    pub text: Verbatim,
    /// Whose scheme it follows, such as `CUR` (Netherlands) or `BBA` (Belgium).
    pub issuer: Option<Verbatim>,
}

/// The kind of a movement in the bank's codes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BankCode {
    /// ISO 20022 domain, such as `PMNT`.
    pub domain: Option<Verbatim>,
    /// Family within the domain, such as `RCDT`.
    pub family: Option<Verbatim>,
    /// Sub-family, such as `ESCT`.
    pub sub_family: Option<Verbatim>,
    /// The bank's own code.
    pub proprietary: Option<Verbatim>,
}

impl BankCode {
    /// Whether the bank says that money comes back: a credit transfer that was returned or
    /// recalled, or a direct debit that was reversed, unpaid or cancelled.
    #[must_use]
    pub fn is_of_return(&self) -> bool {
        let returns = ["RRTN", "RPCR", "PRDD", "UPDD", "RCDD"];
        self.sub_family.as_ref().is_some_and(|code| returns.contains(&code.as_str()))
    }
}

/// Why a transaction came back.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Return {
    /// ISO 20022 code, such as `MS03`, or the bank's own.
    pub reason: Option<Verbatim>,
}

/// Text of the file as written, without the white space around it. It may name a person or an
/// account, so `Debug` hides it, also where somebody prints a whole statement.
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Verbatim(String);

/// One payment to match: a whole entry, or one transaction of a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part<'e> {
    /// What it moves.
    pub amount: Amount,
    /// Which way.
    pub direction: Direction,
    /// What is told of it; absent where nothing is, or where the transactions of a batch cannot be
    /// told apart by their amounts.
    pub details: Option<&'e Transaction>,
}

/// Whether a statement adds up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proof {
    /// Opening balance and booked entries make the closing balance, exactly.
    Holds,
    /// They make something else.
    Differs {
        /// Opening balance and booked entries.
        expected: Amount,
        /// The closing balance as printed.
        stated: Amount,
    },
    /// Balances and booked entries are not all in one currency.
    SeveralCurrencies,
    /// There is no opening or no closing balance.
    NoBalances,
}

impl Statement {
    /// The sum of all entries of one direction, whatever their status.
    #[must_use]
    pub fn sum(&self, direction: Direction) -> Decimal {
        let those = self.entries.iter().filter(|entry| entry.direction == direction);
        those.fold(Decimal::ZERO, |sum, entry| sum.saturating_add(entry.amount.value))
    }

    /// The same as it is shown: with the decimals of the account's currency.
    #[must_use]
    pub fn printed_sum(&self, direction: Direction) -> String {
        printed(self.sum(direction), self.currency)
    }

    /// Opening balance + booked entries = closing balance?
    #[must_use]
    pub fn proof(&self) -> Proof {
        let Some((opening, closing)) = self.opening.zip(self.closing) else {
            return Proof::NoBalances;
        };
        let currency = opening.amount.currency;
        let mut expected = opening.amount.value;
        let mut is_one_currency = closing.amount.currency == currency;
        for entry in self.entries.iter().filter(|it| it.status == EntryStatus::Booked) {
            is_one_currency &= entry.amount.currency == currency;
            expected = expected.saturating_add(entry.amount.towards(entry.direction).value);
        }
        if !is_one_currency {
            Proof::SeveralCurrencies
        } else if expected == closing.amount.value {
            Proof::Holds
        } else {
            let expected = Amount { value: expected, currency };
            Proof::Differs { expected, stated: closing.amount }
        }
    }
}

impl Entry {
    /// What the transactions add up to, in the direction of the entry. Absent where there are none,
    /// or where one has no amount in the currency of the entry.
    #[must_use]
    pub fn details_sum(&self) -> Option<Amount> {
        // What comes back may keep the direction of the first time.
        let is_only = match self.details.len() {
            0 => return None,
            count => count == 1,
        };
        let own = |details: &Transaction| {
            let amount = details.amount.filter(|it| it.currency == self.amount.currency)?;
            let is_turned = !is_only && details.direction.is_some_and(|it| it != self.direction);
            Some(if is_turned { amount.negated() } else { amount }.value)
        };
        let sum = self
            .details
            .iter()
            .try_fold(Decimal::ZERO, |sum, details| Some(sum.saturating_add(own(details)?)));
        sum.map(|value| Amount { value, ..self.amount })
    }

    /// The payments to match. They add up to the entry: a batch is split up only where its
    /// transactions are all there and their amounts make the amount of the entry. A single
    /// transaction is the entry, unless it is known to be another amount or one of several.
    #[must_use]
    pub fn parts(&self) -> Vec<Part<'_>> {
        let part = |amount, direction, details| Part { amount, direction, details };
        let sum = self.details_sum().filter(|_| self.is_whole);
        if self.details.len() > 1 && sum == Some(self.amount) {
            let each = self.details.iter().filter_map(|details| {
                let direction = details.direction.unwrap_or(self.direction);
                Some(part(details.amount?, direction, Some(details)))
            });
            return each.collect();
        }
        let only = self.details.first().filter(|_| self.is_its_only_transaction());
        vec![part(self.amount, self.direction, only)]
    }

    /// Whether there is one transaction, and it is the entry: of the same amount, or of more than
    /// came in, since charges were taken on the way.
    #[must_use]
    pub fn is_its_only_transaction(&self) -> bool {
        let fits = |sum: Amount| {
            let is_charged = self.direction == Direction::Credit && self.amount.value < sum.value;
            sum == self.amount || is_charged
        };
        self.is_whole && self.details.len() == 1 && self.details_sum().is_none_or(fits)
    }
}

impl Transaction {
    /// Whether anything is told by which a payment could be known.
    #[must_use]
    pub fn tells_of_a_payment(&self) -> bool {
        !self.references.is_empty()
            || !self.unstructured.is_empty()
            || self.end_to_end_id.is_some()
            || self.counterparty_account.is_some()
            || self.counterparty_name.is_some()
    }
}

impl Amount {
    /// The same in whole minor units; absent when the currency has fewer decimals.
    #[must_use]
    pub fn money(self) -> Option<Money> {
        Money::parse(&self.value.to_string(), self.currency).ok()
    }

    /// The effect on the balance.
    #[must_use]
    pub fn towards(self, direction: Direction) -> Self {
        match direction {
            Direction::Credit => self,
            Direction::Debit => self.negated(),
        }
    }

    fn negated(self) -> Self {
        Self { value: Decimal::ZERO.saturating_sub(self.value), ..self }
    }
}

impl fmt::Display for Amount {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} {}", printed(self.value, Some(self.currency)), self.currency)
    }
}

impl fmt::Debug for Amount {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Amount({self})")
    }
}

/// All decimals that count, and at least those of the currency.
fn printed(value: Decimal, currency: Option<Currency>) -> String {
    let mut value = value.normalize();
    let digits = currency.map_or(0, |it| u32::from(it.minor_digits()));
    if value.scale() < digits {
        value.rescale(digits);
    }
    value.to_string()
}

impl Verbatim {
    /// Takes the text without the white space around it; none where nothing is left.
    #[must_use]
    pub fn new(text: &str) -> Option<Self> {
        let text = text.trim();
        (!text.is_empty()).then(|| Self(text.to_owned()))
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Verbatim {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Verbatim({} bytes)", self.0.len())
    }
}

impl Problem {
    /// A problem that refuses the file.
    #[must_use]
    pub fn reject(
        field: impl Into<Cow<'static, str>>,
        line: Option<u32>,
        reason: impl Into<Cow<'static, str>>,
        advice: &'static str,
    ) -> Self {
        let (field, reason, verdict) = (field.into(), reason.into(), Verdict::Reject);
        Self { verdict, field, line, statement: None, entry: None, reason, advice }
    }

    /// A problem that a person must look at.
    #[must_use]
    pub fn report(
        field: impl Into<Cow<'static, str>>,
        line: Option<u32>,
        reason: impl Into<Cow<'static, str>>,
        advice: &'static str,
    ) -> Self {
        Self { verdict: Verdict::Report, ..Self::reject(field, line, reason, advice) }
    }

    /// The same, in this statement and entry.
    #[must_use]
    pub fn within(self, statement: Option<u32>, entry: Option<u32>) -> Self {
        Self { statement, entry, ..self }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (name, number) in
            [("line", self.line), ("statement", self.statement), ("entry", self.entry)]
        {
            if let Some(number) = number {
                write!(formatter, "{name} {number}, ")?;
            }
        }
        write!(formatter, "{}: {}; {}", self.field, self.reason, self.advice)
    }
}

/// What reading one file has found wrong so far.
#[derive(Debug, Default)]
pub struct Problems {
    list: Vec<Problem>,
    verdict: Verdict,
}

impl Problems {
    /// A broken file may have a problem per line; nobody reads more than this many.
    const LISTED_MAX: usize = 50;

    /// Notes one thing wrong. The first that rejects the file is always listed.
    pub fn add(&mut self, problem: Problem) {
        if self.list.len() < Self::LISTED_MAX || problem.verdict > self.verdict {
            self.verdict = self.verdict.max(problem.verdict);
            self.list.push(problem);
        }
    }

    /// Ends a reading. A rejected file yields no statement, so that nobody can import one by
    /// mistake.
    #[must_use]
    pub fn conclude(self, format: Option<Format>, statements: Vec<Statement>) -> Reading {
        let verdict = self.verdict;
        let statements = if verdict == Verdict::Reject { Vec::new() } else { statements };
        Reading { format, verdict, problems: self.list, statements }
    }
}

/// The reading for a machine. Amounts are decimal strings, balances are signed.
#[must_use]
pub fn report_json(reading: &Reading) -> Value {
    json!({
        "format": reading.format.map(Format::word),
        "verdict": reading.verdict.word(),
        "problems": reading.problems.iter().map(problem_json).collect::<Vec<_>>(),
        "statements": reading.statements.iter().map(statement_json).collect::<Vec<_>>(),
    })
}

fn problem_json(problem: &Problem) -> Value {
    json!({
        "field": problem.field,
        "line": problem.line,
        "statement": problem.statement,
        "entry": problem.entry,
        "reason": problem.reason,
    })
}

fn statement_json(statement: &Statement) -> Value {
    let balance = |it: Option<Balance>| it.map(|it| amount_json(it.amount));
    let balanced = match statement.proof() {
        Proof::Holds => Some(true),
        Proof::Differs { .. } | Proof::SeveralCurrencies => Some(false),
        Proof::NoBalances => None,
    };
    let details: Vec<&Transaction> = statement.entries.iter().flat_map(|it| &it.details).collect();
    json!({
        "id": statement.id.as_str(),
        "account": statement.account.number.as_str(),
        "account_is_iban": statement.account.is_iban,
        "currency": statement.currency.map(Currency::code),
        "opening": balance(statement.opening),
        "closing": balance(statement.closing),
        "from": date_json(statement.from),
        "to": date_json(statement.to),
        "entry_count": statement.entries.len(),
        "sum_credit": statement.printed_sum(Direction::Credit),
        "sum_debit": statement.printed_sum(Direction::Debit),
        "balanced": balanced,
        "tx_details_count": details.len(),
        "structured_refs": details.iter().flat_map(|it| references_json(it)).collect::<Vec<_>>(),
        "entries": statement.entries.iter().map(entry_json).collect::<Vec<_>>(),
    })
}

fn entry_json(entry: &Entry) -> Value {
    json!({
        "amount": amount_json(entry.amount),
        "currency": entry.amount.currency.code(),
        "direction": entry.direction.word(),
        "status": entry.status.word(),
        "booked_on": date_json(entry.booked_on),
        "value_on": date_json(entry.value_on),
        "reversal": entry.reversal,
        "bank_reference": text_json(entry.bank_reference.as_ref()),
        "additional": text_json(entry.additional.as_ref()),
        "details": entry.details.iter().map(transaction_json).collect::<Vec<_>>(),
    })
}

fn transaction_json(details: &Transaction) -> Value {
    let account = details.counterparty_account.as_ref();
    let returned = details.returned.as_ref();
    json!({
        "amount": details.amount.map(amount_json),
        "currency": details.amount.map(|it| it.currency.code()),
        "structured_refs": references_json(details),
        "unstructured": details.unstructured.iter().map(Verbatim::as_str).collect::<Vec<_>>(),
        "end_to_end_id": text_json(details.end_to_end_id.as_ref()),
        "counterparty_account": text_json(account.map(|it| &it.number)),
        "counterparty_name": text_json(details.counterparty_name.as_ref()),
        "returned": returned.is_some(),
        "return_reason": text_json(returned.and_then(|it| it.reason.as_ref())),
    })
}

fn references_json(details: &Transaction) -> Vec<&str> {
    details.references.iter().map(|it| it.text.as_str()).collect()
}

fn amount_json(amount: Amount) -> String {
    printed(amount.value, Some(amount.currency))
}

fn date_json(date: Option<Date>) -> Option<String> {
    date.map(|it| it.to_string())
}

fn text_json(text: Option<&Verbatim>) -> Option<&str> {
    text.map(Verbatim::as_str)
}

impl Format {
    /// The name of the format in reports.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Camt053 => "camt053",
        }
    }
}

impl Verdict {
    /// The name of the verdict in reports.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Accept => "accept",
            Self::Report => "report",
            Self::Reject => "reject",
        }
    }
}

impl Direction {
    /// The name of the direction in reports.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Credit => "credit",
            Self::Debit => "debit",
        }
    }
}

impl EntryStatus {
    /// The name of the status in reports.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Booked => "booked",
            Self::Pending => "pending",
            Self::Information => "information",
            Self::Future => "future",
        }
    }
}
