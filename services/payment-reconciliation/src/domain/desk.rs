//! Taking statements in: each once, whatever the file it comes in.
//!
//! Statements are taken in one after the other, under the lock of the one desk. Each movement is
//! booked between the bank and unmatched money; what it pays is decided afterwards.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use bank_statements::Verbatim;
use contracts::intake::Problem;
use contracts::payment_reconciliation::{
    ImportStatementAnswer, JudgePayment, MatchPayment, PaymentUnmatched, RefundPaid, RemittancePaid,
};
use jiff::ToSpan;
use mailbox::{Decision, Facts, Fault};
use primitives::{
    CaseId, ContentHash, CreditorId, Currency, Date, Money, PaymentId, RefundId, RemittanceId,
    StatementId,
};
use uuid::Uuid;

use super::account_statement::{AccountStatement, BankFile, Days, Movement, problem};
use super::ledger::{Holder, LedgerError, LedgerTransaction, Occasion, TransactionKind, Transfer};
use super::{bug, day_of};

/// How far back statements are taken in and remembered: as long as Belgian books may have to be
/// kept, which is longer than Dutch ones (seven years, 2:10 BW).
const YEARS_MAX: i16 = 10;

/// What was taken in before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Desk {
    /// Counts the imports that changed something.
    pub version: u64,
    /// A statement that ends before this day is too old. Only ever moves forward.
    pub since: Date,
    /// The accounts for client money that were configured when a statement was last taken in.
    pub client_accounts: Vec<String>,
    /// Every statement that ended on that day or later.
    pub recorded: BTreeMap<StatementId, Recorded>,
    /// The transfers in transit, by what the bank calls them. Read with the desk, and kept
    /// elsewhere.
    pub in_transit: BTreeMap<String, InTransit>,
    /// What was decided just now, to be kept.
    pub news: Vec<Booking>,
}

/// A statement that was taken in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recorded {
    /// The account, as the bank writes it.
    pub account: String,
    /// What it is in; not known of those that earlier releases took in.
    pub currency: Option<Currency>,
    /// The statement that it is a page of, if it is one of several.
    pub whole_id: Option<StatementId>,
    /// What it held.
    pub fingerprint: ContentHash,
    /// The days that it told of; none where nothing moved. Of those that earlier releases took in
    /// it is the last day, without balances.
    pub days: Option<Days>,
}

impl Recorded {
    /// Whether it is of the same account, in the same currency as far as is known.
    fn is_of(&self, statement: &AccountStatement) -> bool {
        let currency = statement.credited.currency();
        self.account == statement.account.as_str()
            && self.currency.is_none_or(|own| own == currency)
    }
}

/// A transfer that the bank has not made yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InTransit {
    pub amount: Money,
    pub sent: Sent,
}

/// What was sent, and to whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sent {
    Remittance { remittance_id: RemittanceId, creditor_id: CreditorId },
    Refund { refund_id: RefundId, payment_id: PaymentId, case_id: Option<CaseId> },
}

/// A statement with what is booked of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Booking {
    pub statement: AccountStatement,
    pub transactions: Vec<LedgerTransaction>,
    /// The movements that paid transfers.
    pub paid: BTreeMap<PaymentId, Sent>,
}

impl Desk {
    /// The only row there is.
    pub const ID: Uuid = Uuid::nil();
}

/// Takes in what is new of a file: all of it, or nothing.
pub fn import(
    mut desk: Desk,
    file: &BankFile,
    client_accounts: &[String],
    facts: &Facts,
) -> Result<(Decision<Desk>, ImportStatementAnswer), Fault> {
    let (statements, remarks) = match file {
        BankFile::Readable(statements, remarks) => (statements, remarks),
        BankFile::Doubtful(problems) => {
            let answer = ImportStatementAnswer::Quarantined { problems: problems.clone() };
            return Ok((Decision::quiet(desk), answer));
        }
        BankFile::Refused(problems) => {
            let answer = ImportStatementAnswer::Refused { problems: problems.clone() };
            return Ok((Decision::quiet(desk), answer));
        }
    };
    let oldest = day_of(facts.now).saturating_sub(YEARS_MAX.years());
    let since = desk.since.max(oldest);
    let sorted = Sorted::of(statements, &desk.recorded, since..=day_of(facts.now));
    if !sorted.untimely.is_empty() {
        let answer = ImportStatementAnswer::Refused { problems: sorted.untimely };
        return Ok((Decision::quiet(desk), answer));
    }
    if !sorted.changed.is_empty() {
        let answer = ImportStatementAnswer::Quarantined { problems: sorted.changed };
        return Ok((Decision::quiet(desk), answer));
    }
    desk.client_accounts = client_accounts.to_vec();
    let told = |statements: &[&AccountStatement]| {
        statements.iter().map(|it| it.imported()).collect::<Vec<_>>()
    };
    if sorted.new.is_empty() {
        let answer = ImportStatementAnswer::AlreadyKnown { statements: told(&sorted.known) };
        return Ok((Decision::quiet(desk), answer));
    }
    let known = sorted.known.iter().map(|it| {
        problem(it.ordinal, "Stmt/Id", "was taken in before; nothing of it was booked again")
    });
    let gaps = sorted.new.iter().filter_map(|it| gap_before(it, sorted.recorded.values()));
    let answer = ImportStatementAnswer::Imported {
        statements: told(&sorted.new),
        problems: known.chain(remarks.iter().cloned()).chain(gaps).collect(),
    };
    desk.since = since;
    let mut decision = Decision::quiet(desk);
    for statement in sorted.new {
        decision = record(decision, statement, facts)?;
    }
    Ok((decision, answer))
}

/// The statements of a file by what the desk knows of them.
#[derive(Default)]
struct Sorted<'a> {
    new: Vec<&'a AccountStatement>,
    known: Vec<&'a AccountStatement>,
    changed: Vec<Problem>,
    /// Of days that are too long ago, or still to come.
    untimely: Vec<Problem>,
    /// What would be recorded with the new ones.
    recorded: BTreeMap<StatementId, Recorded>,
}

impl<'a> Sorted<'a> {
    fn of(
        statements: &'a [AccountStatement],
        recorded: &BTreeMap<StatementId, Recorded>,
        days: RangeInclusive<Date>,
    ) -> Self {
        let (since, today) = (days.start(), days.end());
        let mut sorted = Self { recorded: recorded.clone(), ..Self::default() };
        for statement in statements {
            let AccountStatement { statement_id, ordinal, fingerprint, last_day, .. } = statement;
            if last_day < since {
                let reason = format!("ends before {since}; statements so old are not taken in");
                sorted.untimely.push(problem(*ordinal, "Stmt/FrToDt", &reason));
                continue;
            }
            if last_day > today {
                let reason =
                    format!("ends after today, {today}; hand it over when its day is over");
                sorted.untimely.push(problem(*ordinal, "Stmt/FrToDt", &reason));
                continue;
            }
            match sorted.recorded.get(statement_id) {
                None if is_double(statement, sorted.recorded.values()) => {
                    let reason = "tells of days that another statement of the account tells of \
                                  too, and does not go on where that one ends: the same payments \
                                  may stand in both; hand over the days that are still missing";
                    sorted.changed.push(problem(*ordinal, "Stmt/Bal", reason));
                }
                None => {
                    sorted.recorded.insert(*statement_id, statement.recorded());
                    sorted.new.push(statement);
                }
                Some(known) if known.fingerprint == *fingerprint => sorted.known.push(statement),
                Some(_) => {
                    let reason = "has the number and day of a statement that was taken in before, \
                                  and other content; compare both with the bank";
                    sorted.changed.push(problem(*ordinal, "Stmt/Id", reason));
                }
            }
        }
        sorted
    }
}

/// Whether a statement tells of days that others of its account tell of too. Several statements of
/// one day are told apart by their balances: it must go on where one of them ends, or end where one
/// goes on, and none may begin or end where it does.
fn is_double<'r>(
    statement: &AccountStatement,
    recorded: impl Iterator<Item = &'r Recorded>,
) -> bool {
    let own = statement.days;
    if statement.movements.is_empty() {
        return false;
    }
    let is_page = |it: &Recorded| it.whole_id.is_some() && it.whole_id == statement.whole_id;
    let others = recorded.filter(|it| it.is_of(statement) && !is_page(it));
    let sharing = others.filter_map(|it| it.days).filter(|it| own.shares_a_day(*it));
    let sharing: Vec<Days> = sharing.collect();
    let touches_only = sharing.iter().all(|it| own.first == it.last || own.last == it.first);
    let is_joined = sharing.iter().any(|it| own.follows(*it) || it.follows(own));
    let is_told = sharing.iter().any(|it| it.opening == own.opening || it.closing == own.closing);
    !(sharing.is_empty() || touches_only && is_joined && !is_told)
}

/// A remark where a statement does not begin with what the one before it left: one between them is
/// missing, or comes later.
fn gap_before<'r>(
    statement: &AccountStatement,
    recorded: impl Iterator<Item = &'r Recorded>,
) -> Option<Problem> {
    let own = statement.days;
    let others = recorded.filter(|it| it.is_of(statement)).filter_map(|it| it.days);
    let before: Vec<Days> = others.filter(|it| it.last <= own.first && *it != own).collect();
    if before.iter().any(|it| it.closing.is_some() && it.closing == own.opening) {
        return None;
    }
    let before = before.into_iter().filter(|it| it.last < own.first).max_by_key(|it| it.last)?;
    let (left, found) = before.closing.zip(own.opening)?;
    (left != found).then(|| {
        let reason = format!(
            "begins with {found}, but the account held {left} after {}, as far as is known: hand \
             over the statements of the days between",
            before.last
        );
        problem(statement.ordinal, "Stmt/Bal", &reason)
    })
}

/// Books every movement of a new statement, and has each payment matched.
fn record(
    mut decision: Decision<Desk>,
    statement: &AccountStatement,
    facts: &Facts,
) -> Result<Decision<Desk>, Fault> {
    let booked = statement.movements.iter().map(|it| book(statement, it, facts));
    let mut transactions: Vec<LedgerTransaction> =
        booked.collect::<Result<_, _>>().map_err(|error| bug(&error))?;
    let mut paid = BTreeMap::new();
    for movement in &statement.movements {
        let Movement { payment_id, amount, booked_on: received_on, .. } = *movement;
        decision =
            match movement.references.split_first() {
                Some((reference, further)) => decision.send(MatchPayment {
                    payment_id,
                    amount,
                    received_on,
                    reference: reference.clone(),
                    further: further.to_vec(),
                    found: None,
                }),
                None if movement.is_payment => decision.send(JudgePayment { payment_id }),
                None if amount.is_positive() => {
                    decision.send(PaymentUnmatched { payment_id, amount, received_on })
                }
                None => {
                    let Some(transit) = transfer_of(&mut decision.state, statement, movement)
                    else {
                        continue;
                    };
                    let InTransit { amount, sent } = transit;
                    let occasion = Occasion { booked_on: received_on, cause: facts.cause };
                    let kind = sent.paid_by(payment_id);
                    let transaction =
                        LedgerTransaction::transfer_paid(kind, sent.transfer(), amount, occasion);
                    transactions.push(transaction.map_err(|error| bug(&error))?);
                    paid.insert(payment_id, sent);
                    let paid_on = received_on;
                    match sent {
                        Sent::Remittance { remittance_id, creditor_id } => decision
                            .send(RemittancePaid { remittance_id, creditor_id, amount, paid_on }),
                        Sent::Refund { refund_id, payment_id, case_id } => decision
                            .send(RefundPaid { refund_id, payment_id, case_id, amount, paid_on }),
                    }
                }
            };
    }
    let desk = &mut decision.state;
    desk.recorded.insert(statement.statement_id, statement.recorded());
    desk.news.push(Booking { statement: statement.clone(), transactions, paid });
    Ok(decision)
}

impl Sent {
    /// What it is in the ledger.
    #[must_use]
    pub fn transfer(self) -> Transfer {
        match self {
            Self::Remittance { remittance_id, .. } => remittance_id.into(),
            Self::Refund { refund_id, .. } => refund_id.into(),
        }
    }

    const fn paid_by(self, payment_id: PaymentId) -> TransactionKind {
        match self {
            Self::Remittance { .. } => TransactionKind::RemittancePaid(payment_id),
            Self::Refund { .. } => TransactionKind::RefundPaid(payment_id),
        }
    }
}

/// The transfer that a movement out of the agency's account paid. It must be the whole amount:
/// anything else is left to a person.
fn transfer_of(
    desk: &mut Desk,
    statement: &AccountStatement,
    movement: &Movement,
) -> Option<InTransit> {
    let id = movement.end_to_end_id.as_ref().map(Verbatim::as_str)?;
    let sent = desk.in_transit.get(id).copied()?;
    let is_paid = statement.owner.holder == Holder::Agency
        && movement.amount.checked_neg() == Ok(sent.amount);
    is_paid.then(|| desk.in_transit.remove(id)).flatten()
}

fn book(
    statement: &AccountStatement,
    movement: &Movement,
    facts: &Facts,
) -> Result<LedgerTransaction, LedgerError> {
    let Movement { payment_id, amount, booked_on, .. } = *movement;
    let occasion = Occasion { booked_on, cause: facts.cause };
    if amount.is_positive() {
        LedgerTransaction::bank_credit(payment_id, statement.owner.holder, amount, occasion)
    } else {
        let amount = amount.checked_neg()?;
        LedgerTransaction::bank_debit(payment_id, statement.owner.holder, amount, occasion)
    }
}
