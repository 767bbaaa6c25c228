//! Taking statements in: each once, whatever the file it comes in.
//!
//! Statements are taken in one after the other, under the lock of the one desk. Each movement is
//! booked between the bank and unmatched money; what it pays is decided afterwards.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;

use bank_statements::Verbatim;
use contracts::intake::Problem;
use contracts::payment_reconciliation::{
    ImportStatementAnswer, JudgePayment, MatchPayment, PaymentUnmatched, RefundPaid,
    RemittancePaid, TakeDebit, TakeRefundBack, TakeRemittanceBack,
};
use jiff::ToSpan;
use mailbox::{Decision, Facts, Fault};
use primitives::{
    CaseId, ContentHash, CreditorId, Currency, Date, DebitId, Money, PaymentId, RefundId,
    RemittanceId, StatementId, Timestamp,
};
use uuid::Uuid;

use super::account_statement::{AccountStatement, BankFile, Clues, Days, Movement, problem};
use super::known::{self, Booked};
use super::ledger::{Holder, LedgerError, LedgerTransaction, Occasion, TransactionKind, Transfer};
use super::{bug, day_of, whole_second};

/// How far back statements are taken in and remembered: as long as Belgian books may have to be
/// kept, which is longer than Dutch ones (seven years, 2:10 BW).
pub(super) const YEARS_MAX: i16 = 10;

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
    /// The transfers that may still come back, in the same way.
    pub may_return: BTreeMap<String, Returnable>,
    /// The direct debits that the bank got, by what it calls them, as long as it may take one back.
    /// Read with the desk, and kept elsewhere.
    pub debits: BTreeMap<String, ExpectedDebit>,
    /// The payments that reports told of, and no statement yet. Read with the desk, and kept with
    /// the payments.
    pub early: Vec<Early>,
    /// What was decided just now, to be kept.
    pub news: Vec<Booking>,
}

/// A payment that a report told of before the statement of its day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Early {
    /// The account that it came in on, as it is configured or as intake has it.
    pub account: String,
    /// As it was told; without clues.
    pub movement: Movement,
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
    /// The last day that it told of, whatever moved.
    pub last_day: Date,
    /// The days that it told of; none where nothing moved. Of those that earlier releases took in
    /// it is the last day, without balances.
    pub days: Option<Days>,
}

impl Recorded {
    /// Whether both tell of the same movements as far as they are of the same days: neither is a
    /// page of the other's statement, or goes on where the other ends.
    fn tells_the_same(&self, other: &Self) -> bool {
        let is_page = self.whole_id.is_some() && self.whole_id == other.whole_id;
        let both = self.days.zip(other.days).filter(|_| self.account == other.account && !is_page);
        both.is_some_and(|(own, other)| {
            own.shares_a_day(other) && !own.follows(other) && !other.follows(own)
        })
    }

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

/// A transfer that was approved, and did not come back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Returnable {
    pub what: CameBack,
    pub amount: Money,
}

/// A direct debit that the bank got.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExpectedDebit {
    pub debit_id: DebitId,
    pub case_id: CaseId,
    pub creditor_id: CreditorId,
    pub amount: Money,
    /// What the bank calls it together with the others of its day and sequence.
    pub batch_id: Uuid,
    /// Whether a movement brought it, or took it back.
    pub came_in: bool,
    pub came_back: bool,
    /// Whether the bank refused it before it was due.
    pub is_rejected: bool,
}

/// A movement that brought a direct debit, or took it back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DebitMovement {
    pub debit_id: DebitId,
    pub payment_id: PaymentId,
    pub takes_back: bool,
    pub heard_at: Timestamp,
}

/// What the bank sends back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CameBack {
    Remittance { remittance_id: RemittanceId, creditor_id: CreditorId },
    Refund(RefundId),
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
    /// Its movements that were booked before, each with the payment that it is.
    pub known: BTreeMap<PaymentId, PaymentId>,
    /// Its movements that reports told of before, each with the payments that it is: they become
    /// this statement's.
    pub told_before: BTreeMap<PaymentId, Vec<PaymentId>>,
    /// Whether it is a report: the statement is still to come, and no such is kept.
    pub is_early: bool,
    /// The file that a person took in, where one did.
    pub decided_file: Option<Uuid>,
    pub transactions: Vec<LedgerTransaction>,
    /// The movements that paid transfers.
    pub paid: BTreeMap<PaymentId, Sent>,
    /// The movements that brought transfers back.
    pub returned: BTreeMap<PaymentId, CameBack>,
    /// The movements that brought direct debits, or took them back.
    pub debits: Vec<DebitMovement>,
}

impl Booking {
    /// All of a statement of which no other one told.
    fn of(statement: AccountStatement) -> Self {
        Self {
            statement,
            known: BTreeMap::new(),
            told_before: BTreeMap::new(),
            is_early: false,
            decided_file: None,
            transactions: Vec::new(),
            paid: BTreeMap::new(),
            returned: BTreeMap::new(),
            debits: Vec::new(),
        }
    }

    /// The movements that are booked now.
    pub fn new_movements(&self) -> impl Iterator<Item = &Movement> {
        let is_booked = |id| self.known.contains_key(id) || self.told_before.contains_key(id);
        self.statement.movements.iter().filter(move |it| !is_booked(&it.payment_id))
    }
}

impl Desk {
    /// The only row there is.
    pub const ID: Uuid = Uuid::nil();

    /// Whether the statements of an account told of a day already: what they did not tell of it
    /// never came, or a statement is missing.
    pub(super) fn has_told(&self, account: &str, day: Date) -> bool {
        let own = self.recorded.values().filter(|it| it.account == account);
        own.map(|it| it.last_day).max().is_some_and(|last| day <= last)
    }

    /// The day before which statements are too old.
    fn since_on(&self, today: Date) -> Date {
        self.since.max(today.saturating_sub(YEARS_MAX.years()))
    }
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
        BankFile::Early(reports, remarks) => {
            return import_early(desk, (reports, remarks), client_accounts, facts);
        }
        BankFile::Doubtful(_, problems) | BankFile::Unbookable(problems) => {
            let answer = ImportStatementAnswer::Quarantined { problems: problems.clone() };
            return Ok((Decision::quiet(desk), answer));
        }
        BankFile::Refused(problems) => {
            let answer = ImportStatementAnswer::Refused { problems: problems.clone() };
            return Ok((Decision::quiet(desk), answer));
        }
    };
    let since = desk.since_on(day_of(facts.now));
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
        decision = record(decision, Booking::of(statement.clone()), facts)?;
    }
    let ImportStatementAnswer::Imported { statements, mut problems } = answer else {
        return Ok((decision, answer));
    };
    problems.extend(not_told(&decision.state));
    Ok((decision, ImportStatementAnswer::Imported { statements, problems }))
}

/// A remark where reports told of payments on days whose statements do not tell them.
fn not_told(desk: &Desk) -> Option<Problem> {
    let is_late = |it: &&Early| desk.has_told(&it.account, it.movement.booked_on);
    let late: Vec<Money> = desk.early.iter().filter(is_late).map(|it| it.movement.amount).collect();
    let first = late.first()?;
    let reason = format!(
        "{} payments, the first of {first}, were told by a report and not by the statement of \
         their day: they stay booked until a person compares them with the bank",
        late.len()
    );
    Some(Problem { field: "Stmt/Ntry".to_owned(), line: None, reason })
}

/// The movements of a statement that reports told of before it, each with the payments that it is.
fn told_before(early: &[Early], booking: &Booking) -> BTreeMap<PaymentId, Vec<PaymentId>> {
    let AccountStatement { account, last_day, .. } = &booking.statement;
    let of_account = early.iter().filter(|it| it.account == account.as_str());
    let until = of_account.map(|it| &it.movement).filter(|it| it.booked_on <= *last_day);
    let told = booking.new_movements().filter(|it| it.is_payment);
    known::told_before(&told.cloned().collect::<Vec<_>>(), &until.collect::<Vec<_>>())
}

/// They do not wait for their statement any more.
fn forget_told(early: &mut Vec<Early>, booking: &Booking) {
    let told: BTreeSet<PaymentId> = booking.told_before.values().flatten().copied().collect();
    early.retain(|it| !told.contains(&it.movement.payment_id));
}

/// Takes in what is new of reports: the payments of days whose statements are still to come.
fn import_early(
    mut desk: Desk,
    (reports, remarks): (&[AccountStatement], &[Problem]),
    client_accounts: &[String],
    facts: &Facts,
) -> Result<(Decision<Desk>, ImportStatementAnswer), Fault> {
    let today = day_of(facts.now);
    let days = desk.since_on(today)..=today;
    let untimely: Vec<Problem> = reports.iter().filter_map(|it| is_untimely(it, &days)).collect();
    if !untimely.is_empty() {
        return Ok((Decision::quiet(desk), ImportStatementAnswer::Refused { problems: untimely }));
    }
    let (mut new, mut problems) = (Vec::new(), remarks.to_vec());
    for report in reports {
        let account = report.account.as_str();
        let is_late = |it: &&Movement| desk.has_told(account, it.booked_on);
        let (late, open): (Vec<&Movement>, Vec<&Movement>) =
            report.movements.iter().partition(is_late);
        let early = desk.early.iter().filter(|it| it.account == account);
        let early: Vec<&Movement> = early.map(|it| &it.movement).collect();
        let told: Vec<Movement> = open.into_iter().cloned().collect();
        let known = known::told_before(&told, &early);
        let movements: Vec<Movement> =
            told.into_iter().filter(|it| !known.contains_key(&it.payment_id)).collect();
        if !late.is_empty() {
            let reason = format!(
                "tells of {} payments on days that the statements told of already: those count, \
                 and nothing of it is booked",
                late.len()
            );
            problems.push(problem(report.ordinal, "Ntry/BookgDt", &reason));
        } else if report.movements.is_empty() && !report.credited.is_zero() {
            let reason = "tells of no payment by whom it is; the statement of the day will";
            problems.push(problem(report.ordinal, "Ntry/NtryDtls", reason));
        }
        let account = account.to_owned();
        desk.early.extend(movements.iter().map(|it| Early {
            account: account.clone(),
            movement: Movement { clues: Clues::default(), ..it.clone() },
        }));
        if !movements.is_empty() {
            new.push(report.with(movements).map_err(|error| bug(&error))?);
        }
    }
    desk.client_accounts = client_accounts.to_vec();
    if new.is_empty() && problems.len() == remarks.len() {
        let statements = reports.iter().map(AccountStatement::imported).collect();
        return Ok((Decision::quiet(desk), ImportStatementAnswer::AlreadyKnown { statements }));
    }
    let statements = new.iter().map(AccountStatement::imported).collect();
    let decision = new.into_iter().try_fold(Decision::quiet(desk), |decision, report| {
        record(decision, Booking { is_early: true, ..Booking::of(report) }, facts)
    })?;
    Ok((decision, ImportStatementAnswer::Imported { statements, problems }))
}

/// What taking in a file would book that a person has to decide about: each statement that is not
/// taken in yet, with those of its movements that are booked already.
pub fn weigh(
    desk: &Desk,
    statements: &[AccountStatement],
    booked: &[Booked],
    today: Date,
) -> Result<Vec<Booking>, Vec<Problem>> {
    let days = desk.since_on(today)..=today;
    let untimely: Vec<Problem> =
        statements.iter().filter_map(|it| is_untimely(it, &days)).collect();
    if !untimely.is_empty() {
        return Err(untimely);
    }
    let (mut recorded, mut early) = (desk.recorded.clone(), desk.early.clone());
    let teller =
        |it: &Booked| Some((it.clone(), vec![desk.recorded.get(&it.statement_id)?.clone()]));
    // Each movement that is booked, with the statements that told of it.
    let mut booked: Vec<(Booked, Vec<Recorded>)> = booked.iter().filter_map(teller).collect();
    let mut bookings = Vec::new();
    for statement in statements {
        let is_taken = |id: &StatementId| {
            recorded.get(id).is_some_and(|it| it.fingerprint == statement.fingerprint)
        };
        let restated = statement.restated();
        if is_taken(&statement.statement_id) || is_taken(&restated.statement_id) {
            continue;
        }
        let is_new = !recorded.contains_key(&statement.statement_id);
        let statement = if is_new { statement.clone() } else { restated };
        let own = statement.recorded();
        let is_candidate = |(_, tellers): &&mut (Booked, Vec<Recorded>)| {
            tellers.iter().all(|it| it.tells_the_same(&own))
        };
        let mut candidates: Vec<_> = booked.iter_mut().filter(is_candidate).collect();
        let movements: Vec<&Movement> = candidates.iter().map(|(it, _)| &it.movement).collect();
        let mut known = known::pair(&statement.movements, &movements);
        let mut paired: BTreeSet<PaymentId> = known.values().copied().collect();
        // What a report told first is booked in its words, which may be others.
        let was_early = candidates.iter().filter(|(it, _)| it.was_early);
        let was_early = was_early.map(|(it, _)| &it.movement);
        let was_early: Vec<&Movement> =
            was_early.filter(|it| !paired.contains(&it.payment_id)).collect();
        let told = statement.movements.iter();
        let told = told.filter(|it| it.is_payment && !known.contains_key(&it.payment_id));
        for (movement, payments) in
            known::told_before(&told.cloned().collect::<Vec<_>>(), &was_early)
        {
            known.extend(payments.first().map(|payment_id| (movement, *payment_id)));
            paired.extend(payments);
        }
        for (_, tellers) in candidates.iter_mut().filter(|(it, _)| paired.contains(&it.id())) {
            tellers.push(own.clone());
        }
        let mut booking = Booking { known, ..Booking::of(statement) };
        booking.told_before = told_before(&early, &booking);
        forget_told(&mut early, &booking);
        let statement_id = booking.statement.statement_id;
        let new = booking.new_movements().map(|it| Booked {
            statement_id,
            was_early: false,
            movement: it.clone(),
        });
        booked.extend(new.map(|it| (it, vec![own.clone()])));
        recorded.insert(statement_id, own);
        bookings.push(booking);
    }
    Ok(bookings)
}

/// Books what a person took in: what was weighed before.
pub fn take_in(
    mut desk: Desk,
    bookings: Vec<Booking>,
    (decided_file, client_accounts): (Uuid, &[String]),
    facts: &Facts,
) -> Result<Decision<Desk>, Fault> {
    desk.since = desk.since_on(day_of(facts.now));
    desk.client_accounts = client_accounts.to_vec();
    bookings.into_iter().try_fold(Decision::quiet(desk), |decision, booking| {
        record(decision, Booking { decided_file: Some(decided_file), ..booking }, facts)
    })
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
        let mut sorted = Self { recorded: recorded.clone(), ..Self::default() };
        for statement in statements {
            let AccountStatement { statement_id, ordinal, fingerprint, .. } = statement;
            if let Some(untimely) = is_untimely(statement, &days) {
                sorted.untimely.push(untimely);
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

/// What is wrong with a statement that is too old, or ends on a day that is still to come.
fn is_untimely(statement: &AccountStatement, days: &RangeInclusive<Date>) -> Option<Problem> {
    let (since, today) = (days.start(), days.end());
    let reason = if statement.last_day < *since {
        format!("ends before {since}; statements so old are not taken in")
    } else if statement.last_day > *today {
        format!("ends after today, {today}; hand it over when its day is over")
    } else {
        return None;
    };
    Some(problem(statement.ordinal, "Stmt/FrToDt", &reason))
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

/// Books every movement of a new statement that is not booked yet, and has each payment matched.
fn record(
    mut decision: Decision<Desk>,
    mut booking: Booking,
    facts: &Facts,
) -> Result<Decision<Desk>, Fault> {
    let early = &mut decision.state.early;
    if !booking.is_early && booking.decided_file.is_none() {
        booking.told_before = told_before(early, &booking);
    }
    forget_told(early, &booking);
    let statement = &booking.statement;
    let booked = booking.new_movements().map(|it| book(statement, it, facts));
    let mut transactions: Vec<LedgerTransaction> =
        booked.collect::<Result<_, _>>().map_err(|error| bug(&error))?;
    let mut ours = Ours::default();
    for movement in booking.new_movements() {
        let Movement { payment_id, amount, booked_on: received_on, .. } = *movement;
        let debited = debits_of(&mut decision.state, statement, movement);
        if !debited.is_empty() {
            ours.debits.extend(debited.iter().map(|it| DebitMovement {
                debit_id: it.debit_id,
                payment_id,
                takes_back: !amount.is_positive(),
                heard_at: whole_second(facts.now),
            }));
            decision = debited.into_iter().map(taken).fold(decision, Decision::send);
            continue;
        }
        decision = match movement.references.split_first() {
            Some((reference, further)) => decision.send(MatchPayment {
                payment_id,
                amount,
                received_on,
                reference: reference.clone(),
                further: further.to_vec(),
                found: None,
            }),
            None if movement.is_payment => decision.send(JudgePayment { payment_id }),
            None if amount.is_positive() => ours.come_back(decision, statement, movement, facts)?,
            None => ours.go_out(decision, statement, movement, facts)?,
        };
    }
    let desk = &mut decision.state;
    if !booking.is_early {
        desk.recorded.insert(statement.statement_id, statement.recorded());
    }
    transactions.extend(ours.transactions);
    booking.transactions = transactions;
    (booking.paid, booking.returned) = (ours.paid, ours.returned);
    booking.debits = ours.debits;
    desk.news.push(booking);
    Ok(decision)
}

/// What a statement tells of what we sent.
#[derive(Default)]
struct Ours {
    paid: BTreeMap<PaymentId, Sent>,
    returned: BTreeMap<PaymentId, CameBack>,
    debits: Vec<DebitMovement>,
    transactions: Vec<LedgerTransaction>,
}

impl Ours {
    /// Money comes back: a transfer of ours, or something that a person looks at.
    fn come_back(
        &mut self,
        mut decision: Decision<Desk>,
        statement: &AccountStatement,
        movement: &Movement,
        facts: &Facts,
    ) -> Result<Decision<Desk>, Fault> {
        let Movement { payment_id, amount, booked_on: received_on, .. } = *movement;
        let Some(what) = sent_back(&mut decision.state, statement, movement) else {
            return Ok(decision.send(PaymentUnmatched { payment_id, amount, received_on }));
        };
        let occasion = Occasion { booked_on: received_on, cause: facts.cause };
        let kind = what.returned_by(payment_id);
        let transaction =
            LedgerTransaction::transfer_returned(kind, what.transfer(), amount, occasion);
        self.transactions.push(transaction.map_err(|error| bug(&error))?);
        self.returned.insert(payment_id, what);
        Ok(match what {
            CameBack::Remittance { remittance_id, creditor_id } => {
                decision.send(TakeRemittanceBack { remittance_id, creditor_id })
            }
            CameBack::Refund(refund_id) => decision.send(TakeRefundBack { refund_id }),
        })
    }

    /// Money goes out: a transfer of ours, or something of which nothing is known.
    fn go_out(
        &mut self,
        mut decision: Decision<Desk>,
        statement: &AccountStatement,
        movement: &Movement,
        facts: &Facts,
    ) -> Result<Decision<Desk>, Fault> {
        let Movement { payment_id, booked_on: paid_on, .. } = *movement;
        let Some(transit) = transfer_of(&mut decision.state, statement, movement) else {
            return Ok(decision);
        };
        let InTransit { amount, sent } = transit;
        let occasion = Occasion { booked_on: paid_on, cause: facts.cause };
        let kind = sent.paid_by(payment_id);
        let transaction = LedgerTransaction::transfer_paid(kind, sent.transfer(), amount, occasion);
        self.transactions.push(transaction.map_err(|error| bug(&error))?);
        self.paid.insert(payment_id, sent);
        Ok(match sent {
            Sent::Remittance { remittance_id, creditor_id } => {
                decision.send(RemittancePaid { remittance_id, creditor_id, amount, paid_on })
            }
            Sent::Refund { refund_id, payment_id, case_id } => {
                decision.send(RefundPaid { refund_id, payment_id, case_id, amount, paid_on })
            }
        })
    }
}

impl CameBack {
    /// What it is in the ledger.
    #[must_use]
    pub fn transfer(self) -> Transfer {
        match self {
            Self::Remittance { remittance_id, .. } => remittance_id.into(),
            Self::Refund(refund_id) => refund_id.into(),
        }
    }

    const fn returned_by(self, payment_id: PaymentId) -> TransactionKind {
        match self {
            Self::Remittance { .. } => TransactionKind::RemittanceReturned(payment_id),
            Self::Refund(_) => TransactionKind::RefundReturned(payment_id),
        }
    }
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

/// The transfer that came back by a movement: the whole of it, and once. A booking that the bank
/// takes back is none: it is booked again most often, and then the payee has the money.
fn sent_back(
    desk: &mut Desk,
    statement: &AccountStatement,
    movement: &Movement,
) -> Option<CameBack> {
    if statement.owner.holder != Holder::Agency || movement.is_reversal {
        return None;
    }
    let is_it =
        |id: &String| desk.may_return.get(id).is_some_and(|sent| sent.amount == movement.amount);
    let id = movement.transfer_ids().find(is_it)?;
    desk.may_return.remove(&id).map(|sent| sent.what)
}

/// The direct debits that a movement brings, or takes back: one of exactly the amount, and once; or
/// all of one day and sequence of a file, where the bank books their sum, with or without those
/// that it refused. A credit that the bank takes back without a reason is booked again most often,
/// and is left to a person.
fn debits_of(
    desk: &mut Desk,
    statement: &AccountStatement,
    movement: &Movement,
) -> Vec<ExpectedDebit> {
    let nothing = Vec::new();
    if statement.owner.holder != Holder::Agency || desk.debits.is_empty() {
        return nothing;
    }
    let comes_in = movement.is_payment;
    let is_back =
        movement.amount.is_negative() && (!movement.is_reversal || movement.return_code.is_some());
    let Ok(amount) = (if comes_in { Ok(movement.amount) } else { movement.amount.checked_neg() })
    else {
        return nothing;
    };
    if !(comes_in || is_back) {
        return nothing;
    }
    let is_due = |it: &ExpectedDebit| if comes_in { !it.came_in } else { !it.came_back };
    let single = movement
        .transfer_ids()
        .find(|id| desk.debits.get(id).is_some_and(|it| it.amount == amount && is_due(it)));
    if let Some(debit) = single.and_then(|id| desk.debits.get_mut(&id)) {
        (debit.came_in, debit.came_back) = (debit.came_in || comes_in, debit.came_back || is_back);
        return vec![*debit];
    }
    let batches: BTreeSet<Uuid> = movement.batch_ids().filter(|_| comes_in).collect();
    let (Some(batch_id), 1) = (batches.first().copied(), batches.len()) else { return nothing };
    let mut all: Vec<&mut ExpectedDebit> =
        desk.debits.values_mut().filter(|it| it.batch_id == batch_id).collect();
    let is_sum = |those: &[&mut ExpectedDebit]| {
        let sum = Money::sum(amount.currency(), those.iter().map(|it| it.amount));
        sum == Ok(amount) && !those.iter().any(|it| it.came_in)
    };
    if !is_sum(&all) {
        // What it refused is in no sum of a bank that looked before it booked.
        all.retain(|it| !it.is_rejected);
        if !is_sum(&all) {
            return nothing;
        }
    }
    let all = all.into_iter().map(|it| {
        it.came_in = true;
        *it
    });
    all.collect()
}

const fn taken(debit: ExpectedDebit) -> TakeDebit {
    let ExpectedDebit { debit_id, case_id, creditor_id, .. } = debit;
    TakeDebit { debit_id, case_id, creditor_id }
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
