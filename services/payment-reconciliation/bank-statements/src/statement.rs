//! A bank statement as it was read from a file, whatever the format.
//!
//! Nothing here is booked yet, and nothing here guesses: what the file does not say is absent.

use std::fmt;

use primitives::{Currency, Date, Money};
use rust_decimal::Decimal;

/// One account over one period, as the bank tells it. Its entries are given one by one before it.
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
    /// What its entries are in sum.
    pub totals: Totals,
}

/// What the entries of a statement add up to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// All entries, whatever their status.
    pub all: BothWays,
    /// Those that have moved the balance.
    pub booked: BothWays,
    /// The transactions that make up the entries, as far as they are told.
    pub transaction_count: u64,
    /// The currency of the booked entries; absent where there are none, or several currencies.
    pub booked_currency: Option<Currency>,
    /// Whether the booked entries are in several currencies.
    pub is_mixed: bool,
}

/// Two sums that are kept apart.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BothWays {
    /// What came in.
    pub credit: Tally,
    /// What went out.
    pub debit: Tally,
}

/// How many entries there are, and what they add up to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Entries.
    pub count: u64,
    /// In major units, whatever the currency.
    pub sum: Decimal,
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
    /// What we called the batch of payments or collections that it is, where the bank tells (camt
    /// only).
    pub batch_ids: Vec<Verbatim>,
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
    /// The sum of all entries of one direction, with the decimals of the account's currency.
    #[must_use]
    pub fn printed_sum(&self, direction: Direction) -> String {
        printed(self.totals.all.of(direction).sum, self.currency)
    }

    /// Opening balance + booked entries = closing balance?
    #[must_use]
    pub fn proof(&self) -> Proof {
        let Some((opening, closing)) = self.opening.zip(self.closing) else {
            return Proof::NoBalances;
        };
        let currency = opening.amount.currency;
        let others = [Some(closing.amount.currency), self.totals.booked_currency];
        if self.totals.is_mixed || others.into_iter().flatten().any(|it| it != currency) {
            return Proof::SeveralCurrencies;
        }
        let BothWays { credit, debit } = self.totals.booked;
        let expected = opening.amount.value.saturating_add(credit.sum).saturating_sub(debit.sum);
        if expected == closing.amount.value {
            Proof::Holds
        } else {
            let expected = Amount { value: expected, currency };
            Proof::Differs { expected, stated: closing.amount }
        }
    }
}

impl Totals {
    /// Counts one more entry.
    pub fn add(&mut self, entry: &Entry) {
        self.all.add(entry);
        let transactions = u64::try_from(entry.details.len()).unwrap_or(u64::MAX);
        self.transaction_count = self.transaction_count.saturating_add(transactions);
        if entry.status != EntryStatus::Booked {
            return;
        }
        let is_first = self.booked == BothWays::default();
        self.booked.add(entry);
        let currency = Some(entry.amount.currency);
        if is_first {
            self.booked_currency = currency;
        } else if self.booked_currency != currency {
            self.is_mixed = true;
            self.booked_currency = None;
        }
    }
}

impl BothWays {
    /// Those of one direction.
    #[must_use]
    pub const fn of(&self, direction: Direction) -> Tally {
        match direction {
            Direction::Credit => self.credit,
            Direction::Debit => self.debit,
        }
    }

    /// Both together, regardless of the direction.
    #[must_use]
    pub fn together(&self) -> Tally {
        Tally {
            count: self.credit.count.saturating_add(self.debit.count),
            sum: self.credit.sum.saturating_add(self.debit.sum),
        }
    }

    fn add(&mut self, entry: &Entry) {
        let tally = match entry.direction {
            Direction::Credit => &mut self.credit,
            Direction::Debit => &mut self.debit,
        };
        tally.count = tally.count.saturating_add(1);
        tally.sum = tally.sum.saturating_add(entry.amount.value);
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
        let digits = u32::from(self.currency.minor_digits());
        let value = self.value.normalize();
        let factor = 10_i128.checked_pow(digits.checked_sub(value.scale())?)?;
        let minor = i64::try_from(value.mantissa().checked_mul(factor)?).ok()?;
        Some(Money::new(minor, self.currency))
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
pub(crate) fn printed(value: Decimal, currency: Option<Currency>) -> String {
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
