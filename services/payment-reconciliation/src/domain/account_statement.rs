//! What a bank file asks us to book: whose account each statement is of, and which reference each
//! payment carries.
//!
//! Nothing is guessed: what cannot be booked exactly keeps the whole file out.

use std::collections::{BTreeMap, BTreeSet};

use bank_statements::{
    Amount, Balance, Direction, Entry, EntryStatus, Format, Part, Problem as Finding, Reading,
    Transaction, Verbatim, Verdict, WholeStatement,
};
use contracts::intake::{ClaimClue, CreditorAccount, Problem};
use contracts::payment_reconciliation::ImportedStatement;
use primitives::{
    ContentHash, Currency, Date, Iban, Money, MoneyError, PaymentId, StatementId,
    StructuredReference,
};
use runtime::error::chain;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::desk::Recorded;
use super::ledger::Holder;

/// The largest file that is taken in, in bytes. It is never in memory as a whole.
pub const FILE_BYTES_MAX: u64 = 512 * 1024 * 1024;
/// The most movements of one file, since all of them are booked at once.
pub const ENTRIES_MAX: usize = 100_000;
/// The codes of ISO 20022 (`ExternalReturnReason1Code`) have four signs, those of banks not more.
const RETURN_CODE_MAX: usize = 4;
/// The namespace of the ids of statements.
const NAMESPACE: Uuid = Uuid::from_u128(0x51d9_a0c3_2b7e_4d14_8f60_9e2a_c473_1b85);

/// One file, read and understood as far as it goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BankFile {
    /// The statements, and what was remarked on the file.
    Readable(Vec<AccountStatement>, Vec<Problem>),
    /// It does not prove itself: a person must look at it. The statements as they stand.
    Doubtful(Vec<AccountStatement>, Vec<Problem>),
    /// It tells of payments before the statement of their day does (camt.052, camt.054), and what
    /// was remarked on it. Of its movements only the payments whose payer it tells.
    Early(Vec<AccountStatement>, Vec<Problem>),
    /// It cannot be booked exactly: a person must look at it, and have it corrected.
    Unbookable(Vec<Problem>),
    /// It is nothing that we can take in.
    Refused(Vec<Problem>),
}

/// Whose account is whose. A text of the same account is always the same here.
#[derive(Clone, Debug, Default)]
pub struct Owners(BTreeMap<String, Vec<Owner>>);

/// Whose account it is, and which of a creditor's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Owner {
    pub holder: Holder,
    /// The first version of the creditor's agreement that names it; none for the agency's.
    pub account_since: Option<u32>,
}

/// The days that a statement tells of, and what the account held before and after them, as far as
/// the bank tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Days {
    pub first: Date,
    pub last: Date,
    pub opening: Option<Money>,
    pub closing: Option<Money>,
}

/// A statement of an account whose holder is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountStatement {
    pub statement_id: StatementId,
    /// The same for all pages of a statement that has pages.
    pub whole_id: Option<StatementId>,
    /// Which statement of its file, counted from 1.
    pub ordinal: usize,
    pub account: Verbatim,
    pub owner: Owner,
    /// The days that it tells of.
    pub days: Days,
    /// Payments of the account are known until here.
    pub last_day: Date,
    /// Hash of what was read, so that the same statement is known again in another file.
    pub fingerprint: ContentHash,
    pub credited: Money,
    pub debited: Money,
    /// In the order of the file. Two equal ones are two.
    pub movements: Vec<Movement>,
}

/// One booked movement of money.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Movement {
    pub payment_id: PaymentId,
    /// The entry of the statement that it is a part of, from 1; 0 of what is booked.
    pub entry_ordinal: usize,
    /// Never zero; negative where money goes out.
    pub amount: Money,
    pub booked_on: Date,
    /// Whether somebody paid: it came in, and was not ours before.
    pub is_payment: bool,
    /// The references that the payer gave, each once.
    pub references: Vec<StructuredReference>,
    /// What the bank tells as references, checked or not.
    pub structured: Vec<Verbatim>,
    /// What the bank calls it; all parts of a batch the same.
    pub bank_reference: Option<Verbatim>,
    /// What the payer called it: of what we sent, the id of the remittance or the refund.
    pub end_to_end_id: Option<Verbatim>,
    /// What a batch is called that it is the sum of. Not kept.
    pub batch_ids: Vec<Verbatim>,
    /// Whether the bank takes back a booking of its own. Not kept.
    pub is_reversal: bool,
    /// Why it comes back, as far as the bank tells by a code. Not kept.
    pub return_code: Option<String>,
    /// What the payer wrote; personal.
    pub remittance: Vec<Verbatim>,
    pub counterparty_name: Option<Verbatim>,
    pub counterparty_account: Option<Verbatim>,
    /// What intake says it may pay.
    pub clues: Clues,
}

/// Claims that a payment may pay by what its payer wrote, as intake knows them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Clues {
    pub claims: Vec<ClaimClue>,
    /// Whether intake knows more of them than it told.
    pub is_cut: bool,
}

impl Movement {
    /// Whether anything is told by which its payer could be known. A report may tell the sum of a
    /// batch and leave the payers to the statement.
    fn tells_its_payer(&self) -> bool {
        !self.structured.is_empty()
            || !self.remittance.is_empty()
            || self.counterparty_name.is_some()
            || self.counterparty_account.is_some()
    }

    /// What it may be called as a payment of ours: the id that the payer gave, and wherever else
    /// the bank may write that of what comes back. Ours have 32 figures of base sixteen, so that no
    /// other text is one.
    pub(super) fn transfer_ids(&self) -> impl Iterator<Item = String> {
        let texts = self.structured.iter().chain(&self.remittance).map(Verbatim::as_str);
        let words = texts.flat_map(|it| it.split(|sign: char| !sign.is_ascii_hexdigit()));
        let own = self.end_to_end_id.as_ref().map(Verbatim::as_str);
        let ids = own.into_iter().chain(words.filter(|it| it.len() == 32));
        ids.map(str::to_ascii_lowercase)
    }

    /// The batches of ours that it may be the sum of: those whose id the bank tells, as such or in
    /// words.
    pub(super) fn batch_ids(&self) -> impl Iterator<Item = Uuid> {
        let told = self.batch_ids.iter().map(Verbatim::as_str);
        let texts = self.structured.iter().chain(&self.remittance).map(Verbatim::as_str);
        let words = texts.flat_map(|it| it.split(|sign: char| !sign.is_ascii_hexdigit()));
        told.chain(words).filter(|it| it.len() == 32).filter_map(|it| it.parse().ok())
    }

    /// As it is matched.
    #[must_use]
    pub fn payment(&self) -> matching::Payment {
        let text = |it: &Verbatim| it.as_str().to_owned();
        let account = self.counterparty_account.as_ref();
        matching::Payment {
            amount: self.amount,
            received_on: self.booked_on,
            references: self.structured.iter().map(text).collect(),
            lines: self.remittance.iter().map(text).collect(),
            end_to_end_id: self.end_to_end_id.as_ref().map(text),
            counterparty_name: self.counterparty_name.as_ref().map(text),
            counterparty_iban: account.and_then(|it| Iban::parse(it.as_str()).ok()),
        }
    }
}

impl Owners {
    /// The agency's accounts for client money, and what intake says of creditors' accounts.
    #[must_use]
    pub fn new(client_accounts: &[Iban], creditors: &[CreditorAccount]) -> Self {
        let mut owners: BTreeMap<String, Vec<Owner>> = BTreeMap::new();
        for CreditorAccount { creditor_id, account, account_since } in creditors {
            let holder = Holder::Creditor(*creditor_id);
            let owner = Owner { holder, account_since: Some(*account_since) };
            let of_account = owners.entry(compact(account)).or_default();
            if !of_account.contains(&owner) {
                of_account.push(owner);
            }
        }
        // Client money is client money, whatever a creditor's document says.
        let agency = Owner { holder: Holder::Agency, account_since: None };
        owners.extend(client_accounts.iter().map(|it| (it.to_string(), vec![agency])));
        Self(owners)
    }

    /// Whose account it is, and how it is written here, whatever the format of the file.
    fn of(&self, account: &Verbatim) -> Result<(&str, Owner), String> {
        let account = compact(account.as_str());
        let bare = without_currency(&account).unwrap_or(&account);
        let by_iban = self.0.get_key_value(&account).or_else(|| self.0.get_key_value(bare));
        let known = by_iban.or_else(|| {
            let mut of_number = self.0.iter().filter(|(iban, _)| is_national(iban, bare));
            of_number.next().filter(|_| of_number.next().is_none())
        });
        match known.map(|(iban, owners)| (iban, owners.as_slice())) {
            Some((iban, [owner])) => Ok((iban, *owner)),
            Some(_) => Err("is the account of several creditors; correct their documents".into()),
            None => Err("is neither an account for client money (configuration key \
                         `client_accounts`) nor the account of a registered creditor"
                .into()),
        }
    }
}

/// Without spaces, in capitals.
fn compact(account: &str) -> String {
    account.chars().filter(|it| !it.is_whitespace()).collect::<String>().to_uppercase()
}

/// Whether a number is what an IBAN was called before there were IBANs: the ten figures at the end
/// of a Dutch one, with zeros before them or without, or the twelve of a Belgian one.
fn is_national(iban: &str, number: &str) -> bool {
    let digits: String = number.chars().filter(|it| !matches!(it, '.' | '-')).collect();
    let is_number = !digits.is_empty() && digits.bytes().all(|it| it.is_ascii_digit());
    let own = match (iban.get(..2), iban.len()) {
        (Some("NL"), 18) => iban.get(8..).map(|it| it.trim_start_matches('0')),
        (Some("BE"), 16) => iban.get(4..),
        _ => None,
    };
    let given = if iban.starts_with("NL") { digits.trim_start_matches('0') } else { &digits };
    is_number && own.is_some_and(|own| own == given)
}

/// MT940 may tell the currency behind the account.
fn without_currency(account: &str) -> Option<&str> {
    let (number, currency) = account.split_at_checked(account.len().checked_sub(3)?)?;
    Currency::parse(currency).ok().map(|_| number)
}

impl BankFile {
    /// What a reading asks to book.
    #[must_use]
    pub fn of(reading: &Reading, owners: &Owners) -> Self {
        let problems = || reading.problems.iter().map(told).collect();
        if reading.verdict == Verdict::Reject {
            return Self::Refused(problems());
        }
        let is_report = matches!(reading.format, Some(Format::Camt052 | Format::Camt054));
        let (mut statements, mut unknown, mut doubts) = (Vec::new(), Vec::new(), Vec::new());
        for (ordinal, statement) in (1..).zip(&reading.statements) {
            match owners.of(&statement.statement.account.number) {
                Err(reason) => unknown.push(problem(ordinal, "Stmt/Acct/Id", &reason)),
                Ok((account, owner)) => {
                    match AccountStatement::of(statement, ordinal, account, owner) {
                        Ok(statement) => statements.push(statement),
                        // A report of nothing needs no day.
                        Err(_) if is_report && statement.entries.is_empty() => {}
                        Err(doubt) => doubts.push(doubt),
                    }
                }
            }
        }
        if !unknown.is_empty() {
            Self::Refused(unknown)
        } else if is_report {
            // What is wrong with a report mends itself: the statement of the day tells all.
            if reading.verdict == Verdict::Report || !doubts.is_empty() {
                return Self::Refused(problems().into_iter().chain(doubts).collect());
            }
            Self::Early(statements.iter().map(AccountStatement::early).collect(), problems())
        } else if !doubts.is_empty() {
            Self::Unbookable(problems().into_iter().chain(doubts).collect())
        } else if reading.verdict == Verdict::Report {
            Self::Doubtful(statements, problems())
        } else {
            Self::Readable(statements, problems())
        }
    }

    /// The statements that it holds, as far as they can be booked.
    #[must_use]
    pub fn statements(&self) -> &[AccountStatement] {
        match self {
            Self::Readable(statements, _)
            | Self::Doubtful(statements, _)
            | Self::Early(statements, _) => statements,
            Self::Unbookable(_) | Self::Refused(_) => &[],
        }
    }

    /// What is wrong with it, or was remarked on it.
    #[must_use]
    pub fn problems(&self) -> &[Problem] {
        match self {
            Self::Readable(_, problems)
            | Self::Doubtful(_, problems)
            | Self::Early(_, problems)
            | Self::Unbookable(problems)
            | Self::Refused(problems) => problems,
        }
    }

    /// The days that it tells of, the first and the last.
    #[must_use]
    pub fn days(&self) -> Option<(Date, Date)> {
        let days = || self.statements().iter().map(|it| it.days);
        let first = days().map(|it| it.first).min()?;
        Some((first, days().map(|it| it.last).max()?))
    }
}

/// A problem of one statement of a file.
pub(super) fn problem(ordinal: usize, field: &str, reason: &str) -> Problem {
    let reason = format!("statement {ordinal}: {reason}");
    Problem { field: field.to_owned(), line: None, reason }
}

fn told(finding: &Finding) -> Problem {
    let place = |name: &str, number: Option<u32>| {
        number.map_or_else(String::new, |number| format!("{name} {number}: "))
    };
    let statement = place("statement", finding.statement);
    let entry = place("entry", finding.entry);
    let reason = format!("{statement}{entry}{}; {}", finding.reason, finding.advice);
    let line = finding.line.map(u64::from);
    Problem { field: finding.field.clone().into_owned(), line, reason }
}

impl AccountStatement {
    fn of(
        whole: &WholeStatement,
        ordinal: usize,
        account: &str,
        owner: Owner,
    ) -> Result<Self, Problem> {
        let WholeStatement { statement, .. } = whole;
        let doubt = |field: &str, reason: &str| problem(ordinal, field, reason);
        let currency = currency_of(whole)
            .ok_or_else(|| doubt("Stmt/Acct/Ccy", "tells no currency; ask the bank for it"))?;
        let last_day = last_day_of(whole)
            .ok_or_else(|| doubt("Stmt/FrToDt", "tells no day at all; ask the bank for it"))?;
        // Banks begin their numbers anew each year, and some use one number for many days.
        let mut name = format!("{account}\0{}\0{last_day}", statement.id.as_str());
        let whole_id = statement.page.map(|_| StatementId::derive(NAMESPACE, name.as_bytes()));
        // All pages have one number and one day. The first is named as if there were no others.
        if let Some(page) = statement.page.filter(|it| *it > 1) {
            name.extend(["\0", &page.to_string()]);
        }
        let statement_id = StatementId::derive(NAMESPACE, name.as_bytes());
        let movements = movements_of(&whole.entries, statement_id, last_day, currency)
            .ok_or_else(|| doubt("Stmt/Ntry/Amt", "moves money in several currencies"))?;
        let sum = |is_meant: fn(Money) -> bool| {
            let amounts = movements.iter().map(|it| it.amount).filter(|it| is_meant(*it));
            Money::sum(currency, amounts).map_err(|error| doubt("Stmt/Ntry/Amt", &chain(&error)))
        };
        let debited = sum(Money::is_negative)?.checked_neg();
        Ok(Self {
            statement_id,
            whole_id,
            ordinal,
            account: Verbatim::new(account).unwrap_or_default(),
            owner,
            days: days_of(whole, last_day),
            last_day,
            fingerprint: fingerprint(whole),
            credited: sum(Money::is_positive)?,
            debited: debited.map_err(|error| doubt("Stmt/Ntry/Amt", &chain(&error)))?,
            movements,
        })
    }

    /// The same under a name of its own, where another statement has its name already.
    pub(super) fn restated(&self) -> Self {
        let fingerprint = self.fingerprint.as_bytes();
        let statement_id = StatementId::derive(self.statement_id.as_uuid(), fingerprint);
        let renamed = |movement: &Movement| {
            let former = movement.payment_id.as_uuid();
            let payment_id = PaymentId::derive(statement_id.as_uuid(), former.as_bytes());
            Movement { payment_id, ..movement.clone() }
        };
        let movements = self.movements.iter().map(renamed).collect();
        Self { statement_id, whole_id: None, movements, ..self.clone() }
    }

    /// The payments that a report tells of and by whom they are, under names that no other report
    /// has: some banks call all reports of a day the same. A batch counts as a whole, since the
    /// statement may tell its sum only.
    fn early(&self) -> Self {
        let mut report = self.restated();
        let is_early = |it: &Movement| it.is_payment && it.tells_its_payer();
        let all = report.movements.iter();
        let left: BTreeSet<usize> =
            all.filter(|it| !is_early(it)).map(|it| it.entry_ordinal).collect();
        report.movements.retain(|it| !left.contains(&it.entry_ordinal));
        report
    }

    /// The same with these movements only.
    pub(super) fn with(&self, movements: Vec<Movement>) -> Result<Self, MoneyError> {
        let currency = self.credited.currency();
        let sum = |is_meant: fn(Money) -> bool| {
            Money::sum(currency, movements.iter().map(|it| it.amount).filter(|it| is_meant(*it)))
        };
        let (credited, debited) = (sum(Money::is_positive)?, sum(Money::is_negative)?);
        Ok(Self { credited, debited: debited.checked_neg()?, movements, ..self.clone() })
    }

    /// As the desk remembers it.
    pub(super) fn recorded(&self) -> Recorded {
        let account = self.account.as_str().to_owned();
        let Self { whole_id, fingerprint, .. } = *self;
        let days = (!self.movements.is_empty()).then_some(self.days);
        let (currency, last_day) = (Some(self.credited.currency()), self.last_day);
        Recorded { account, currency, whole_id, fingerprint, last_day, days }
    }

    /// As it is told to who imported it.
    #[must_use]
    pub fn imported(&self) -> ImportedStatement {
        let incoming = self.movements.iter().filter(|it| it.amount.is_positive()).count();
        let outgoing = self.movements.len().saturating_sub(incoming);
        ImportedStatement {
            statement_id: self.statement_id,
            payment_count: u32::try_from(incoming).unwrap_or(u32::MAX),
            outgoing_count: u32::try_from(outgoing).unwrap_or(u32::MAX),
            credited: self.credited,
            debited: self.debited,
        }
    }
}

/// By the balances, and by the days on which the bank says that it booked: some banks date the
/// opening balance to the day before.
fn days_of(WholeStatement { statement, entries }: &WholeStatement, last: Date) -> Days {
    let after = statement.opening.and_then(|it| it.on?.tomorrow().ok());
    let opened_on = statement.opening.and_then(|it| it.on);
    let moved_on = |entry: &Entry| {
        // Interest may run from a day long before; without a day of booking it is all there is.
        let value_on = entry.value_on.filter(|day| opened_on.is_none_or(|on| on <= *day));
        entry.booked_on.or(value_on)
    };
    let booked = entries.iter().filter(|it| is_booked(it)).filter_map(moved_on).min();
    let first = [after, booked].into_iter().flatten().min().unwrap_or(last).min(last);
    let money = |balance: Option<Balance>| balance.and_then(|it| it.amount.money());
    Days { first, last, opening: money(statement.opening), closing: money(statement.closing) }
}

impl Days {
    /// Whether both tell of a day.
    pub(super) fn shares_a_day(self, other: Self) -> bool {
        self.first <= other.last && other.first <= self.last
    }

    /// Whether this one goes on, on the last day of the other, with what that one left. Where
    /// either leaves what it found, nobody can tell which was first, or whether they are the same.
    pub(super) fn follows(self, other: Self) -> bool {
        let goes_on = other.closing.is_some() && self.opening == other.closing;
        let is_circle = self.opening == self.closing || other.opening == other.closing;
        self.first == other.last && goes_on && !is_circle
    }
}

fn currency_of(WholeStatement { statement, entries }: &WholeStatement) -> Option<Currency> {
    let balance = statement.opening.or(statement.closing).map(|it| it.amount.currency);
    let entry = || entries.first().map(|it| it.amount.currency);
    statement.currency.or(balance).or_else(entry)
}

fn last_day_of(WholeStatement { statement, entries }: &WholeStatement) -> Option<Date> {
    let closing = statement.closing.and_then(|it| it.on);
    closing.or(statement.to).or_else(|| entries.iter().filter_map(|it| it.booked_on).max())
}

fn is_booked(entry: &Entry) -> bool {
    match entry.status {
        EntryStatus::Booked => true,
        // They come again when they are booked, or never.
        EntryStatus::Pending | EntryStatus::Information | EntryStatus::Future => false,
    }
}

/// The booked movements; none where one is not in whole minor units of the currency.
fn movements_of(
    entries: &[Entry],
    statement_id: StatementId,
    last_day: Date,
    currency: Currency,
) -> Option<Vec<Movement>> {
    let mut movements = Vec::new();
    for (entry_ordinal, entry) in (1_usize..).zip(entries) {
        if !is_booked(entry) {
            continue;
        }
        let booked_on = entry.booked_on.or(entry.value_on).unwrap_or(last_day);
        for (part_ordinal, part) in (1_usize..).zip(entry.parts()) {
            let amount = part.amount.towards(part.direction).money()?;
            if amount.currency() != currency {
                return None;
            }
            if amount.is_zero() {
                continue;
            }
            let name = format!("{entry_ordinal}/{part_ordinal}");
            let payment_id = PaymentId::derive(statement_id.as_uuid(), name.as_bytes());
            let movement = Movement::of(payment_id, amount, booked_on, entry, part);
            movements.push(Movement { entry_ordinal, ..movement });
        }
    }
    Some(movements)
}

impl Movement {
    fn of(
        payment_id: PaymentId,
        amount: Money,
        booked_on: Date,
        entry: &Entry,
        part: Part<'_>,
    ) -> Self {
        let details = part.details;
        // What comes back was ours before: it is no payment of a debtor.
        let comes_back = entry.reversal
            || entry.code.is_of_return()
            || details.is_some_and(|it| it.returned.is_some() || it.code.is_of_return());
        let is_payment = amount.is_positive() && !comes_back;
        let account = details.and_then(|it| it.counterparty_account.as_ref());
        Self {
            payment_id,
            entry_ordinal: 0,
            amount,
            booked_on,
            is_payment,
            structured: details.map(structured_of).unwrap_or_default(),
            references: details.filter(|_| is_payment).map(references_of).unwrap_or_default(),
            bank_reference: entry.bank_reference.clone(),
            end_to_end_id: details.and_then(|it| it.end_to_end_id.clone()),
            batch_ids: entry.batch_ids.clone(),
            is_reversal: entry.reversal,
            return_code: details.filter(|_| comes_back).and_then(return_code_of),
            remittance: details.map(remittance_of).unwrap_or_default(),
            counterparty_name: details.and_then(|it| it.counterparty_name.clone()),
            counterparty_account: account.map(|it| it.number.clone()),
            clues: Clues::default(),
        }
    }
}

/// The code of why it came back; none where the bank wrote more than a code.
fn return_code_of(details: &Transaction) -> Option<String> {
    let reason = details.returned.as_ref()?.reason.as_ref()?.as_str();
    let is_code =
        reason.len() <= RETURN_CODE_MAX && reason.bytes().all(|it| it.is_ascii_alphanumeric());
    is_code.then(|| reason.to_ascii_uppercase())
}

/// Everything that the payer wrote, references first.
fn remittance_of(details: &Transaction) -> Vec<Verbatim> {
    let references = details.references.iter().map(|it| &it.text);
    references.chain(&details.unstructured).cloned().collect()
}

fn structured_of(details: &Transaction) -> Vec<Verbatim> {
    details.references.iter().map(|it| it.text.clone()).collect()
}

/// The references that the payment carries: as such, or as the whole of a line.
fn references_of(details: &Transaction) -> Vec<StructuredReference> {
    let structured = details
        .references
        .iter()
        .filter_map(|it| StructuredReference::parse(it.text.as_str()).ok());
    let written = details.unstructured.iter().filter_map(|it| written_reference(it.as_str()));
    let mut found: BTreeMap<String, StructuredReference> = BTreeMap::new();
    for reference in structured.chain(written) {
        found.entry(reference.canonical().to_owned()).or_insert(reference);
    }
    found.into_values().collect()
}

/// A line that is a reference and nothing else. Bare digits are one only where there are sixteen:
/// shorter numbers are more often those of invoices and customers.
fn written_reference(line: &str) -> Option<StructuredReference> {
    if line.starts_with(['+', '*']) {
        return StructuredReference::parse_belgian(line).ok();
    }
    let digits = line.chars().filter(char::is_ascii_digit).count();
    let dutch = || StructuredReference::parse_dutch(line).ok().filter(|_| digits == 16);
    StructuredReference::parse_rf(line).ok().or_else(dutch)
}

/// The hash of what was read of a statement. It must stay the same for ever: what was taken in long
/// ago is known again by it.
fn fingerprint(WholeStatement { statement, entries }: &WholeStatement) -> ContentHash {
    let mut text = Fed(Sha256::new());
    text.text(Some(&statement.id));
    text.text(Some(&statement.account.number));
    for balance in [statement.opening, statement.closing] {
        text.amount(balance.map(|Balance { amount, .. }| amount));
        text.day(balance.and_then(|it| it.on));
    }
    text.day(statement.from);
    text.day(statement.to);
    for entry in entries {
        text.entry(entry);
    }
    ContentHash::from_digest(text.0.finalize().into())
}

/// A hash that is fed values, each with its length before it.
struct Fed(Sha256);

impl Fed {
    fn feed(&mut self, text: &str) {
        self.0.update(text.len().to_be_bytes());
        self.0.update(text);
    }

    fn text(&mut self, text: Option<&Verbatim>) {
        self.feed(text.map_or("", Verbatim::as_str));
    }

    fn day(&mut self, day: Option<Date>) {
        self.feed(&day.map_or_else(String::new, |it| it.to_string()));
    }

    fn amount(&mut self, amount: Option<Amount>) {
        self.feed(&amount.map_or_else(String::new, |it| it.to_string()));
    }

    fn direction(&mut self, direction: Option<Direction>) {
        self.feed(direction.map_or("", Direction::word));
    }

    fn entry(&mut self, entry: &Entry) {
        self.feed(entry.status.word());
        self.amount(Some(entry.amount));
        self.direction(Some(entry.direction));
        self.day(entry.booked_on);
        self.day(entry.value_on);
        self.text(entry.bank_reference.as_ref());
        self.feed(&entry.details.len().to_string());
        for details in &entry.details {
            self.amount(details.amount);
            self.direction(details.direction);
            let lines = remittance_of(details);
            self.feed(&lines.len().to_string());
            for line in &lines {
                self.text(Some(line));
            }
            self.text(details.end_to_end_id.as_ref());
            self.text(details.counterparty_account.as_ref().map(|it| &it.number));
            self.text(details.counterparty_name.as_ref());
        }
    }
}
