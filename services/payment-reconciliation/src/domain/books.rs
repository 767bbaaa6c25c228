//! The daily proof of the books: what the bank's statements say lies in the accounts for client
//! money is what the ledger says, and that, with what lies at the payment service provider, is what
//! is owed to creditors, to debtors, to the agency and to nobody known yet.
//!
//! Statements of earlier releases, and of some banks, tell no balances. Where none is told of an
//! account, the bank's side of the proof is not told; where some are, the movements between them
//! are taken on trust. Neither is ever a problem.

use std::collections::{BTreeMap, BTreeSet};

use contracts::payment_reconciliation::{
    BooksProblem, BooksProblemCount, BooksProblemKind, BooksProof, BooksProven, BooksSums,
};
use jiff::civil::Time;
use mailbox::{Decision, Facts, Timer};
use primitives::{CreditorId, Currency, Date, Money};
use uuid::Uuid;

use super::account_statement::Days;
use super::ledger::{Breach, Holder, LedgerAccount, equation};
use super::{day_of, next_at};

/// The timer of the daily proof.
pub const PROVE: &str = "prove";
/// Before work begins, and before charges are asked.
const MORNING: Time = Time::constant(6, 0, 0, 0);

/// What is kept of the proofs, and what they are made from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Books {
    /// Counts the proofs.
    pub version: u64,
    pub kept: Kept,
    /// Read with the books, and kept elsewhere.
    pub records: Records,
}

/// What is kept of the proofs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Kept {
    /// The day of the first one.
    pub begun_on: Option<Date>,
    /// The newest day on which the books held.
    pub proven_on: Option<Date>,
    /// What the newest one left unexplained, in minor units, of each currency.
    pub unexplained: BTreeMap<Currency, i64>,
}

/// What the books are proven by.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Records {
    /// Balances of the ledger, but for claims, which are no money.
    pub ledger: Vec<(LedgerAccount, Money)>,
    /// The statements of the accounts for client money, in any order.
    pub statements: Vec<Statement>,
    /// What reports told of, and no statement yet.
    pub early: Vec<EarlyPayment>,
}

/// A payment on an account for client money of which the statement is still to come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EarlyPayment {
    pub account: String,
    pub on: Date,
    pub amount: Money,
}

/// One statement of an account for client money.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// As it is configured; shown by its last four signs only.
    pub account: String,
    pub first: Date,
    pub last: Date,
    /// None where the bank or an earlier release told none.
    pub opening: Option<Money>,
    pub closing: Option<Money>,
    /// What came in less what went out, by what the ledger booked of it.
    pub moved: Money,
    /// Whether a person took it in: others may tell of its days too.
    pub is_decided: bool,
}

/// The proof of one day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof {
    pub on: Date,
    /// One for each currency.
    pub sums: Vec<BooksSums>,
    /// None where the books hold.
    pub problems: Vec<Problem>,
}

/// What speaks against the books. No amount is zero.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    #[error(
        "the account ending in {ending} held {left} after {after} and {found} before the statement \
         of {before}: a statement between them is missing, or a part of one; hand over the \
         statements of the days from {after} to {before}",
        found = plus(*left, *missing)
    )]
    StatementMissing { ending: String, after: Date, before: Date, left: Money, missing: Money },
    #[error(
        "the statement of the account ending in {ending} that ends on {on} tells {difference} by \
         its balances beside what was booked of it: see `amicable check`, and compare with the bank"
    )]
    StatementWrong { ending: String, on: Date, difference: Money },
    #[error(
        "{difference} in the bank by the ledger is in no statement: look for what was booked \
         without a statement, or lost (`amicable check`)"
    )]
    BankDiffers { difference: Money },
    #[error("{book}: debits are {difference} more than credits; see `amicable check`")]
    Unequal { book: String, difference: Money },
    #[error(
        "less than nothing is owed to creditor {creditor_id}, {amount}: it got money of others; \
         ask it back, or pay in as much"
    )]
    CreditorBelowZero { creditor_id: CreditorId, amount: Money },
    #[error(
        "own money is below zero, {amount}: it is money of clients that is missing; the agency has \
         to pay in as much"
    )]
    OwnBelowZero { amount: Money },
    #[error("{account} is on the wrong side by {amount}; see `amicable check`")]
    WrongSide { account: LedgerAccount, amount: Money },
}

impl Books {
    /// The only row there is.
    pub const ID: Uuid = Uuid::nil();
}

/// Proves the books, tells whether they hold, and asks to be woken on the next morning.
pub fn prove_daily(mut books: Books, facts: &Facts) -> Decision<Books> {
    let today = day_of(facts.now);
    let proof = books.records.prove(today);
    let kept = &mut books.kept;
    kept.begun_on = kept.begun_on.or(Some(today));
    if proof.is_proven() {
        kept.proven_on = Some(today);
    }
    kept.unexplained = proof.unexplained();
    let decision = Decision::quiet(books).send(proof.event());
    match next_at(facts.now, MORNING) {
        Some(due_at) => decision.timer(Timer::Set { name: PROVE, due_at }),
        None => decision,
    }
}

impl Kept {
    /// Since when the books have not held: the newest day on which they did, or else that of the
    /// first proof.
    #[must_use]
    pub fn held_on(&self) -> Option<Date> {
        self.proven_on.or(self.begun_on)
    }
}

impl Records {
    /// Puts the sums side by side, and finds what speaks against them.
    #[must_use]
    pub fn prove(&self, on: Date) -> Proof {
        let told = self.statements.iter().map(|it| it.moved.currency());
        let booked = self.ledger.iter().filter(|(account, _)| is_client_money(*account));
        let currencies: BTreeSet<Currency> =
            told.chain(booked.map(|(_, amount)| amount.currency())).collect();
        let (mut sums, mut problems) = (Vec::new(), Vec::new());
        for currency in currencies {
            let mut bank = Bank::of(&self.statements, currency);
            bank.await_statements(&self.early, &self.statements);
            let own = self.sums(&bank, currency);
            problems.extend(bank.problems.iter().cloned());
            problems.extend(bank.differs_from(own.bank));
            sums.push(own);
        }
        let breaches = equation(self.ledger.iter().copied()).err().unwrap_or_default();
        problems.extend(breaches.iter().map(Problem::of));
        Proof { on, sums, problems }
    }

    fn sums(&self, bank: &Bank, currency: Currency) -> BooksSums {
        let sum = |is_meant: fn(LedgerAccount) -> bool| {
            let amounts = self.ledger.iter().filter(|(account, _)| is_meant(*account));
            amounts
                .filter(|(_, amount)| amount.currency() == currency)
                .fold(Money::zero(currency), |sum, (_, amount)| plus(sum, *amount))
        };
        let is_owed = |(account, amount): &&(LedgerAccount, Money)| {
            matches!(account, LedgerAccount::OwedToCreditor(_)) && amount.currency() == currency
        };
        let owed = self.ledger.iter().filter(is_owed).map(|(_, amount)| minus(*amount));
        BooksSums {
            bank: sum(|it| it == LedgerAccount::Bank(Holder::Agency)),
            bank_by_statements: bank.told.map(|(_, moved)| moved),
            held_before: bank.told.map(|(before, _)| before),
            at_provider: sum(|it| it == LedgerAccount::AtProvider),
            in_transit: minus(sum(|it| matches!(it, LedgerAccount::InTransit(_)))),
            owed_to_creditors: minus(sum(|it| matches!(it, LedgerAccount::OwedToCreditor(_)))),
            least_owed: owed.min_by_key(|amount| amount.amount_minor()),
            own: minus(sum(|it| it == LedgerAccount::Own)),
            refundable: minus(sum(|it| matches!(it, LedgerAccount::Refundable(Holder::Agency, _)))),
            unmatched: minus(sum(|it| it == LedgerAccount::Unmatched(Holder::Agency))),
        }
    }
}

/// Whether it belongs to what the bank holds for clients.
fn is_client_money(account: LedgerAccount) -> bool {
    account.book() == LedgerAccount::Own.book()
}

/// What the statements say of one currency.
struct Bank {
    /// What the accounts held before the first statements, and what they hold more now; none where
    /// it is not told of one of them.
    told: Option<(Money, Money)>,
    /// What the ledger cannot have booked, since no statement told it, less what it booked too
    /// much.
    untold: Money,
    problems: Vec<Problem>,
}

impl Bank {
    fn of(statements: &[Statement], currency: Currency) -> Self {
        let mut accounts: BTreeMap<&str, Vec<&Statement>> = BTreeMap::new();
        for statement in statements.iter().filter(|it| it.moved.currency() == currency) {
            accounts.entry(&statement.account).or_default().push(statement);
        }
        let nothing = Money::zero(currency);
        let told = Some((nothing, nothing));
        let mut bank = Self { told, untold: nothing, problems: Vec::new() };
        for statements in accounts.values() {
            let whole = joined(statements);
            bank.add(&in_order(&whole.iter().collect::<Vec<_>>()), nothing);
        }
        bank
    }

    /// What a report told is booked, and told by no statement until that of its day is in.
    fn await_statements(&mut self, early: &[EarlyPayment], statements: &[Statement]) {
        let currency = self.untold.currency();
        let newest = |it: &EarlyPayment| {
            let own = statements.iter().filter(|statement| statement.account == it.account);
            own.filter(|it| it.moved.currency() == currency).map(|it| it.last).max()
        };
        for payment in early.iter().filter(|it| it.amount.currency() == currency) {
            if newest(payment).is_none_or(|last| last < payment.on) {
                self.untold = less(self.untold, payment.amount);
            }
        }
    }

    /// Follows the statements of one account from the first to the newest.
    fn add(&mut self, statements: &[&Statement], nothing: Money) {
        // What the account holds, and what was moved before any balance was told.
        let (mut before, mut held) = (None, None);
        let mut moved = nothing;
        let mut previous: Option<&Statement> = None;
        for statement in statements {
            let found = statement.opening.or_else(|| {
                // Some tell what they ended with and not what they began with.
                statement.closing.filter(|_| held.is_none()).map(|it| less(it, statement.moved))
            });
            match (held, found, previous) {
                (Some(left), Some(found), Some(previous)) if left != found => {
                    let missing = less(found, left);
                    self.untold = plus(self.untold, missing);
                    self.problems.push(Problem::StatementMissing {
                        ending: ending(&statement.account),
                        after: previous.last,
                        before: statement.first,
                        left,
                        missing,
                    });
                }
                (None, Some(found), _) => before = Some(less(found, moved)),
                _ => {}
            }
            let ends = found.or(held).map(|began| plus(began, statement.moved));
            if let Some((expected, closing)) = ends.zip(statement.closing)
                && expected != closing
            {
                let difference = less(closing, expected);
                self.untold = plus(self.untold, difference);
                let ending = ending(&statement.account);
                let on = statement.last;
                self.problems.push(Problem::StatementWrong { ending, on, difference });
            }
            held = statement.closing.or(ends);
            moved = plus(moved, statement.moved);
            previous = Some(statement);
        }
        self.told = self
            .told
            .zip(before.zip(held))
            .map(|(sums, (before, held))| (plus(sums.0, before), plus(sums.1, less(held, before))));
    }

    /// What is left of the difference to the ledger once the problems of statements explain theirs.
    fn differs_from(&self, booked: Money) -> Option<Problem> {
        let (_, moved) = self.told?;
        let difference = plus(less(booked, moved), self.untold);
        (!difference.is_zero()).then_some(Problem::BankDiffers { difference })
    }
}

/// The statements of an account, each day told of once: one that a person took in is one with those
/// that tell of its days too. Where they do not agree on what was held, the person's word counts.
fn joined(statements: &[&Statement]) -> Vec<Statement> {
    let is_beside = |one: &Statement, other: &Statement| {
        let (one, other) = (days_of(one), days_of(other));
        one.shares_a_day(other) && !one.follows(other) && !other.follows(one)
    };
    let (decided, mut whole): (Vec<Statement>, Vec<Statement>) =
        statements.iter().map(|it| (*it).clone()).partition(|it| it.is_decided);
    for own in decided {
        let (others, apart): (Vec<_>, Vec<_>) =
            whole.into_iter().partition(|it| is_beside(&own, it));
        whole = apart;
        whole.push(one_of(own, &others));
    }
    whole
}

const fn days_of(statement: &Statement) -> Days {
    let Statement { first, last, opening, closing, .. } = *statement;
    Days { first, last, opening, closing }
}

/// A statement, and those that tell of its days too, as one.
fn one_of(own: Statement, others: &[Statement]) -> Statement {
    let ordered = in_order(&others.iter().collect::<Vec<_>>());
    let before = ordered.first().filter(|it| it.first < own.first);
    let after = ordered.iter().max_by_key(|it| it.last).filter(|it| it.last > own.last);
    Statement {
        first: before.map_or(own.first, |it| it.first),
        last: after.map_or(own.last, |it| it.last),
        opening: before.map_or(own.opening, |it| it.opening),
        closing: after.map_or(own.closing, |it| it.closing),
        moved: others.iter().fold(own.moved, |sum, it| plus(sum, it.moved)),
        ..own
    }
}

/// The statements of an account one after the other: by their days, and within a day each after the
/// one that it goes on from. Left out are those that moved nothing on days of which others tell
/// more.
fn in_order<'a>(statements: &[&'a Statement]) -> Vec<&'a Statement> {
    let has_moved = |it: &&Statement| it.opening != it.closing || !it.moved.is_zero();
    let telling: Vec<&Statement> = statements.iter().copied().filter(has_moved).collect();
    let is_told = |it: &Statement| {
        telling.iter().any(|other| other.first <= it.last && it.first <= other.last)
    };
    let needed = statements.iter().copied().filter(|it| has_moved(it) || !is_told(it));
    let mut days: BTreeMap<Date, Vec<&Statement>> = BTreeMap::new();
    for statement in needed {
        days.entry(statement.first).or_default().push(statement);
    }
    let (mut ordered, mut held) = (Vec::new(), None);
    for (_, mut of_day) in days {
        // What tells no balance goes before what may go on from it, and a day before several.
        of_day.sort_by_key(|it| (it.opening.is_some(), it.last));
        while let Some(next) = next_of(&of_day, held) {
            let statement = of_day.remove(next);
            let ends = statement.opening.or(held).map(|began| plus(began, statement.moved));
            held = statement.closing.or(ends);
            ordered.push(statement);
        }
    }
    ordered
}

/// Which statement of a day comes next: one that goes on with what is held, and after which others
/// go on, where there is one; or else one that goes on from no other.
fn next_of(of_day: &[&Statement], held: Option<Money>) -> Option<usize> {
    let goes_on = |it: &Statement| held.is_some() && it.opening == held;
    let has_next = |place: usize, it: &Statement| {
        let mut others = (0..).zip(of_day).filter(|(other, _)| *other != place);
        it.closing.is_some() && others.any(|(_, other)| other.opening == it.closing)
    };
    let is_first = |place: usize, it: &Statement| {
        let mut others = (0..).zip(of_day).filter(|(other, _)| *other != place);
        !others.any(|(_, other)| other.closing.is_some() && other.closing == it.opening)
    };
    let find = |is_meant: &dyn Fn(usize, &Statement) -> bool| {
        (0..).zip(of_day).find(|(place, it)| is_meant(*place, it)).map(|(place, _)| place)
    };
    find(&|place, it| goes_on(it) && has_next(place, it))
        .or_else(|| find(&|_, it| goes_on(it)))
        .or_else(|| find(&is_first))
        .or_else(|| find(&|_, _| true))
}

impl Problem {
    fn of(breach: &Breach) -> Self {
        let money = |minor: i128, currency| Money::new(clamped(minor), currency);
        match breach {
            Breach::Unequal { book, currency, difference_minor } => Self::Unequal {
                book: book.to_string(),
                difference: money(*difference_minor, *currency),
            },
            Breach::WrongSide { account, currency, balance_minor } => {
                let amount = money(*balance_minor, *currency);
                match account {
                    LedgerAccount::OwedToCreditor(creditor_id) => {
                        let creditor_id = *creditor_id;
                        Self::CreditorBelowZero { creditor_id, amount: minus(amount) }
                    }
                    LedgerAccount::Own => Self::OwnBelowZero { amount: minus(amount) },
                    LedgerAccount::Bank(_)
                    | LedgerAccount::AtProvider
                    | LedgerAccount::Unmatched(_)
                    | LedgerAccount::Refundable(..)
                    | LedgerAccount::SettledAtCreditor(_)
                    | LedgerAccount::InTransit(_)
                    | LedgerAccount::OwedByCreditor(_)
                    | LedgerAccount::AdvancedToCreditor(_)
                    | LedgerAccount::FeesOwedByCreditor(_)
                    | LedgerAccount::FeesCharged(_)
                    | LedgerAccount::Receivable(_)
                    | LedgerAccount::CreditorClaims(_) => {
                        Self::WrongSide { account: *account, amount }
                    }
                }
            }
        }
    }

    fn kind(&self) -> BooksProblemKind {
        match self {
            Self::StatementMissing { .. } => BooksProblemKind::StatementMissing,
            Self::StatementWrong { .. } => BooksProblemKind::StatementWrong,
            Self::BankDiffers { .. } => BooksProblemKind::BankDiffers,
            Self::Unequal { .. } => BooksProblemKind::Unequal,
            Self::CreditorBelowZero { .. } => BooksProblemKind::CreditorBelowZero,
            Self::OwnBelowZero { .. } => BooksProblemKind::OwnBelowZero,
            Self::WrongSide { .. } => BooksProblemKind::WrongSide,
        }
    }

    /// By how much.
    #[must_use]
    pub const fn amount(&self) -> Money {
        match self {
            Self::StatementMissing { missing: amount, .. }
            | Self::StatementWrong { difference: amount, .. }
            | Self::BankDiffers { difference: amount }
            | Self::Unequal { difference: amount, .. }
            | Self::CreditorBelowZero { amount, .. }
            | Self::OwnBelowZero { amount }
            | Self::WrongSide { amount, .. } => *amount,
        }
    }
}

impl Proof {
    #[must_use]
    pub const fn is_proven(&self) -> bool {
        self.problems.is_empty()
    }

    /// All amounts that speak against the books, in minor units, whatever their sign; zero where
    /// they hold.
    #[must_use]
    pub fn unexplained(&self) -> BTreeMap<Currency, i64> {
        let mut unexplained: BTreeMap<Currency, i64> =
            self.sums.iter().map(|it| (it.bank.currency(), 0)).collect();
        for amount in self.problems.iter().map(Problem::amount) {
            let sum = unexplained.entry(amount.currency()).or_default();
            *sum = sum.saturating_add(amount.amount_minor().saturating_abs());
        }
        unexplained
    }

    /// As it is told to who asks.
    #[must_use]
    pub fn answer(&self) -> BooksProof {
        let problem = |it: &Problem| BooksProblem {
            kind: it.kind(),
            amount: it.amount(),
            detail: it.to_string(),
        };
        BooksProof {
            on: self.on,
            is_proven: self.is_proven(),
            sums: self.sums.clone(),
            problems: self.problems.iter().map(problem).collect(),
        }
    }

    fn event(&self) -> BooksProven {
        let mut problems: Vec<BooksProblemCount> = Vec::new();
        for kind in self.problems.iter().map(Problem::kind) {
            match problems.iter_mut().find(|it| it.kind == kind) {
                Some(known) => known.count = known.count.saturating_add(1),
                None => problems.push(BooksProblemCount { kind, count: 1 }),
            }
        }
        let (on, is_proven) = (self.on, self.is_proven());
        BooksProven { on, is_proven, sums: self.sums.clone(), problems }
    }
}

/// The last four signs of an account: enough for who knows it.
fn ending(account: &str) -> String {
    let start = account.char_indices().rev().nth(3).map_or(0, |(start, _)| start);
    account.get(start..).unwrap_or_default().to_owned()
}

/// Sums of one currency. What is beyond all numbers stays at their end: it proves nothing anyway.
const fn plus(one: Money, other: Money) -> Money {
    Money::new(one.amount_minor().saturating_add(other.amount_minor()), one.currency())
}

const fn less(one: Money, other: Money) -> Money {
    Money::new(one.amount_minor().saturating_sub(other.amount_minor()), one.currency())
}

const fn minus(amount: Money) -> Money {
    Money::new(amount.amount_minor().saturating_neg(), amount.currency())
}

fn clamped(minor: i128) -> i64 {
    i64::try_from(minor).unwrap_or(if minor < 0 { i64::MIN } else { i64::MAX })
}
