//! Collecting by direct debit: what is owed on a case is proposed by one of the finance desk,
//! approved by another, written into a file for the bank, and booked once the statement shows it.
//!
//! Between file and statement the money is nowhere: nothing is booked, and the case waits. What a
//! statement shows is known by the id that we gave it. A bank may take a collection back for eight
//! weeks, and for thirteen months where there was no mandate: then the payment is undone, whatever
//! became of it meanwhile, and what it paid is owed again. Credit and return may be heard of in any
//! order.

use std::collections::{BTreeMap, BTreeSet};

use contracts::payment_reconciliation::{
    ApproveDebitAnswer, CloseDebit, CloseDebitAnswer, Debit as ToldDebit, DebitCollected,
    DebitFile, DebitLeftOut, DebitRefusal, DebitReturned, DebitState, LoweredDebit, MandateKind,
    MoneyAwaited, MoneyCleared, PaymentUnmatched, ProposeDebit, ProposeDebitAnswer, SettledBy,
    TakeDebit, WriteDebitsAnswer,
};
use contracts::scheduler::CasePositionAnswer;
use jiff::ToSpan;
use jiff::civil::Time;
use law::{is_target_day, next_target_day};
use mailbox::{Claim, Decision, Effect, Ended, Facts, Fault, Nothing};
use primitives::{
    CaseId, ClaimId, ContentHash, CreditorId, Currency, Date, DebitFileId, DebitId, MandateId,
    Money, MoneyError, PaymentId, StaffId, Timestamp,
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::account::AccountError;
use super::case::{Case, Change, OpenedCase, Placed, Share, place};
use super::direct_debit_order::{Sequence, batch_id};
use super::hindrance::{Word, word_of};
use super::ledger::{Holder, LedgerAccount, LedgerTransaction, Occasion};
use super::mandate::{Mandate, Signed};
use super::payment::ReceivedPayment;
use super::payment_link::settling_of;
use super::staff::member;
use super::{bug, day_of, moment_of, whole_second};

/// Banks take collections at most so many days ahead (EPC016-06, 4.3.1).
const AHEAD_MAX: i32 = 14;
/// So many are written into a file, and so many left out at once, at most: what is told of them
/// stays below the largest message of the broker.
const FILE_MAX: usize = 500;
/// The codes of ISO 20022 have four signs.
const CODE_MAX: usize = 4;

/// The direct debits of one case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseDebits {
    pub case_id: CaseId,
    /// Counts the decisions that changed one.
    pub version: u64,
    /// Oldest first.
    pub debits: Vec<Debit>,
    /// Who may decide. Read with them, and never kept with them.
    pub finance_desk: BTreeSet<StaffId>,
    /// What was decided just now, to be added to the ledger, where no case does that.
    pub news: Vec<LedgerTransaction>,
}

/// One direct debit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Debit {
    pub debit_id: DebitId,
    pub creditor_id: CreditorId,
    pub mandate_id: MandateId,
    /// Above zero, in euros.
    pub amount: Money,
    pub due_on: Date,
    pub notified_on: Date,
    pub proposed_by: StaffId,
    pub proposed_at: Timestamp,
    pub approved: Option<(StaffId, Timestamp)>,
    /// Why it is in no file, and never will be.
    pub void: Option<DebitLeftOut>,
    /// Where it is in a file; that never changes.
    pub file: Option<InFile>,
    /// With which code the bank refused it before it was due, and who wrote that down.
    pub rejected: Option<(String, StaffId)>,
    /// That the statement shows it.
    pub credit: Option<Credit>,
    /// That the statement shows that the bank took it back.
    pub back: Option<Back>,
}

/// How it is in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InFile {
    pub file_id: DebitFileId,
    /// Not above what was approved.
    pub amount: Money,
    pub sequence: Sequence,
}

/// How it came in. The movement is kept with the statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Credit {
    /// The movement, which may have brought others too.
    pub payment_id: PaymentId,
    pub on: Date,
    pub is_booked: bool,
    /// What it was booked on its case as: the movement, or a part of it.
    pub paid_as: Option<PaymentId>,
}

/// How it was taken back. The movement is kept with the statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Back {
    pub payment_id: PaymentId,
    pub on: Date,
    pub reason_code: Option<String>,
    pub is_booked: bool,
    /// The payment that it was taken from, and how much; the agency's own money paid the rest.
    pub taken: Option<(PaymentId, Money)>,
}

impl Debit {
    /// As it is told.
    #[must_use]
    pub fn told(&self, case_id: CaseId) -> ToldDebit {
        ToldDebit {
            debit_id: self.debit_id,
            case_id,
            creditor_id: self.creditor_id,
            mandate_id: self.mandate_id,
            amount: self.collected(),
            due_on: self.due_on,
            notified_on: self.notified_on,
            proposed_by: self.proposed_by,
            proposed_at: self.proposed_at,
            approved_by: self.approved.map(|(by, _)| by),
            file_id: self.file.map(|it| it.file_id),
            state: self.state(),
        }
    }

    fn state(&self) -> DebitState {
        if let Some(back) = &self.back {
            let taken = back
                .taken
                .map_or(Ok(self.collected()), |(_, taken)| self.collected().checked_sub(taken));
            let lost = taken.ok().filter(|it| back.taken.is_some() && it.is_positive());
            let (returned_on, reason_code) = (back.on, back.reason_code.clone());
            return DebitState::Returned { returned_on, reason_code, lost };
        }
        if let Some(credit) = &self.credit {
            return DebitState::Collected { collected_on: credit.on };
        }
        if let Some((reason_code, _)) = &self.rejected {
            return DebitState::Rejected { reason_code: reason_code.clone() };
        }
        match (self.file, &self.void, self.approved) {
            (Some(_), _, _) => DebitState::Written,
            (None, Some(because), _) => DebitState::Void { because: because.clone() },
            (None, None, Some(_)) => DebitState::Approved,
            (None, None, None) => DebitState::Proposed,
        }
    }

    /// What it collects.
    #[must_use]
    pub fn collected(&self) -> Money {
        self.file.map_or(self.amount, |it| it.amount)
    }

    /// Whether it is still to be written, or to come in, or came in and is not booked yet.
    #[must_use]
    pub fn is_open(&self) -> bool {
        match self.state() {
            DebitState::Proposed | DebitState::Approved | DebitState::Written => true,
            DebitState::Collected { .. } => self.credit.is_some_and(|it| !it.is_booked),
            DebitState::Returned { .. } | DebitState::Rejected { .. } | DebitState::Void { .. } => {
                false
            }
        }
    }

    /// Whether it is approved, and in no file.
    #[must_use]
    pub fn is_to_be_written(&self) -> bool {
        self.state() == DebitState::Approved
    }

    /// What its case is told to wait for, before there is a payment.
    #[must_use]
    pub const fn awaited_as(&self) -> PaymentId {
        PaymentId::from_uuid(self.debit_id.as_uuid())
    }

    fn cleared(&self, case_id: CaseId) -> MoneyCleared {
        let (payment_id, creditor_id) = (self.awaited_as(), self.creditor_id);
        MoneyCleared { payment_id, case_id, creditor_id, for_good: true }
    }
}

impl CaseDebits {
    /// A case of which nothing was collected yet.
    #[must_use]
    pub fn unheard(case_id: CaseId) -> Self {
        let (debits, finance_desk) = (Vec::new(), BTreeSet::new());
        Self { case_id, version: 0, debits, finance_desk, news: Vec::new() }
    }

    fn get_mut(&mut self, debit_id: DebitId) -> Option<&mut Debit> {
        self.debits.iter_mut().find(|it| it.debit_id == debit_id)
    }

    /// What others that are open collect, of those that count.
    fn open(&self, but: Option<DebitId>, counts: fn(&Debit) -> bool) -> Result<Money, MoneyError> {
        let open = self.debits.iter().filter(|it| it.is_open() && Some(it.debit_id) != but);
        Money::sum(Currency::EUR, open.filter(|it| counts(it)).map(Debit::collected))
    }
}

/// The direct debits of a case, the mandate, and the case.
pub type Proposing = (CaseDebits, Mandate, Case);

/// Why nothing can be collected.
enum Uncollectable {
    Refused(DebitRefusal),
    Broken(AccountError),
}

impl From<AccountError> for Uncollectable {
    fn from(error: AccountError) -> Self {
        Self::Broken(error)
    }
}

impl From<MoneyError> for Uncollectable {
    fn from(error: MoneyError) -> Self {
        Self::Broken(error.into())
    }
}

impl From<DebitRefusal> for Uncollectable {
    fn from(reason: DebitRefusal) -> Self {
        Self::Refused(reason)
    }
}

/// Puts together what is to be collected. Nothing is booked, and nothing waits for it.
pub fn propose(
    (mut debits, mandate, case): Proposing,
    message: &ProposeDebit,
    facts: &Facts,
) -> Result<(Decision<Proposing, Nothing>, ProposeDebitAnswer), Fault> {
    let answer = match (member(&facts.actor, &debits.finance_desk), case.opened, &mandate.signed) {
        (None, _, _) => ProposeDebitAnswer::Refused { reason: DebitRefusal::NotOfTheFinanceDesk },
        (Some(_), None, _) | (Some(_), _, None) => ProposeDebitAnswer::Unknown,
        (Some(proposed_by), Some(opened), Some(_)) => {
            let is_same = |it: &&Debit| {
                it.is_open() && it.mandate_id == message.mandate_id && it.due_on == message.due_on
            };
            let known = debits.debits.iter().find(is_same).map(|it| it.told(message.case_id));
            match (known, collectable((&debits, &mandate, &case), opened, message, facts)) {
                (Some(known), _) => ProposeDebitAnswer::Waiting(known),
                (None, Err(Uncollectable::Refused(reason))) => {
                    ProposeDebitAnswer::Refused { reason }
                }
                (None, Err(Uncollectable::Broken(error))) => return Err(bug(&error)),
                (None, Ok(amount)) => {
                    let debit = debits.make(message, opened, (amount, proposed_by), facts);
                    ProposeDebitAnswer::Proposed(debit.told(message.case_id))
                }
            }
        }
    };
    Ok((Decision::quiet((debits, mandate, case)), answer))
}

impl CaseDebits {
    fn make(
        &mut self,
        message: &ProposeDebit,
        opened: OpenedCase,
        (amount, proposed_by): (Money, StaffId),
        facts: &Facts,
    ) -> Debit {
        let name = format!("direct debit {}", self.debits.len());
        let debit = Debit {
            debit_id: DebitId::derive(message.case_id.as_uuid(), name.as_bytes()),
            creditor_id: opened.creditor_id,
            mandate_id: message.mandate_id,
            amount,
            due_on: message.due_on,
            notified_on: message.notified_on,
            proposed_by,
            proposed_at: whole_second(facts.now),
            approved: None,
            void: None,
            file: None,
            rejected: None,
            credit: None,
            back: None,
        };
        self.debits.push(debit.clone());
        debit
    }
}

/// How much can be collected as it is asked for.
fn collectable(
    (debits, mandate, case): (&CaseDebits, &Mandate, &Case),
    opened: OpenedCase,
    message: &ProposeDebit,
    facts: &Facts,
) -> Result<Money, Uncollectable> {
    let today = day_of(facts.now);
    if opened.account_since.is_some() {
        return Err(DebitRefusal::PaidToTheCreditor.into());
    }
    let signed = mandate.in_force(message.due_on).ok_or(DebitRefusal::NoMandate)?;
    if signed.person_id != opened.person_id {
        return Err(DebitRefusal::OtherPerson.into());
    }
    dated(signed, message, today)?;
    let open = owed(case, message.due_on, today)?.checked_sub(debits.open(None, |_| true)?)?;
    if !open.is_positive() {
        return Err(DebitRefusal::NothingOwed.into());
    }
    let amount = message.amount.unwrap_or(open);
    if amount.currency() != Currency::EUR {
        return Err(DebitRefusal::NotInEuros.into());
    }
    if !amount.is_positive() || amount.checked_cmp(open)?.is_gt() {
        return Err(DebitRefusal::WrongAmount { most: open }.into());
    }
    Ok(amount)
}

/// Whether the days fit each other.
fn dated(signed: &Signed, message: &ProposeDebit, today: Date) -> Result<(), DebitRefusal> {
    let ProposeDebit { due_on, notified_on, .. } = *message;
    if !is_target_day(due_on) {
        return Err(DebitRefusal::NotASettlementDay);
    }
    let first = next_target_day(today).unwrap_or(Date::MAX);
    if due_on < first {
        return Err(DebitRefusal::DueTooSoon { first });
    }
    let at_latest = due_on.saturating_sub(i32::from(signed.notice_days).days()).min(today);
    if notified_on > at_latest {
        return Err(DebitRefusal::NotifiedTooLate { at_latest });
    }
    Ok(())
}

/// What settles today all that is owed on a case and has to be paid before a direct debit is due;
/// collected is in euros only.
fn owed(case: &Case, due_on: Date, today: Date) -> Result<Money, Uncollectable> {
    let Some(account) = &case.account else { return Ok(Money::zero(Currency::EUR)) };
    if account.currency != Currency::EUR {
        return Err(DebitRefusal::NotInEuros.into());
    }
    Ok(settling_of(account, today, |claim| claim.due_on < due_on)?)
}

/// Whether anything is open on one of these claims.
fn is_any_open(case: &Case, claims: &BTreeSet<ClaimId>) -> Result<bool, AccountError> {
    let Some(account) = &case.account else { return Ok(false) };
    for claim_id in claims.iter().filter(|it| account.claims.contains_key(*it)) {
        if account.open(*claim_id)?.total()?.is_positive() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Approves a direct debit: the next file has it, if it can be handed over for its day then.
pub fn approve(
    (mut debits, mandate, case): Proposing,
    debit_id: DebitId,
    facts: &Facts,
) -> Result<(Decision<Proposing, Nothing>, ApproveDebitAnswer), Fault> {
    let case_id = debits.case_id;
    let by = member(&facts.actor, &debits.finance_desk);
    let found = debits.debits.iter().find(|it| it.debit_id == debit_id).cloned();
    let refused = |reason| ApproveDebitAnswer::Refused { reason };
    let answer = match (by, found) {
        (None, _) => refused(DebitRefusal::NotOfTheFinanceDesk),
        (Some(_), None) => ApproveDebitAnswer::Unknown,
        (Some(by), Some(debit)) => match debit.state() {
            DebitState::Approved | DebitState::Written => {
                ApproveDebitAnswer::AlreadyApproved(debit.told(case_id))
            }
            DebitState::Collected { .. }
            | DebitState::Returned { .. }
            | DebitState::Rejected { .. }
            | DebitState::Void { .. } => refused(DebitRefusal::Decided),
            DebitState::Proposed if by == debit.proposed_by => refused(DebitRefusal::SamePerson),
            DebitState::Proposed => {
                let is_right = still_right((&debits, &mandate, &case), &debit, facts);
                let is_right = is_right.map_err(|error| bug(&error))?;
                let Some(debit) = debits.get_mut(debit_id) else {
                    return Err(Fault::Bug(format!("direct debit {debit_id} went away")));
                };
                if is_right {
                    debit.approved = Some((by, whole_second(facts.now)));
                    ApproveDebitAnswer::Approved(debit.told(case_id))
                } else {
                    debit.void = Some(DebitLeftOut::Outdated);
                    refused(DebitRefusal::Outdated)
                }
            }
        },
    };
    Ok((Decision::quiet((debits, mandate, case)), answer))
}

/// Whether a proposal can be approved as it is.
fn still_right(
    (debits, mandate, case): (&CaseDebits, &Mandate, &Case),
    debit: &Debit,
    facts: &Facts,
) -> Result<bool, AccountError> {
    let today = day_of(facts.now);
    let is_in_time = next_target_day(today).is_some_and(|first| first <= debit.due_on);
    if !is_in_time || mandate.in_force(debit.due_on).is_none() {
        return Ok(false);
    }
    let owed = match owed(case, debit.due_on, today) {
        Ok(owed) => owed,
        Err(Uncollectable::Refused(_)) => return Ok(false),
        Err(Uncollectable::Broken(error)) => return Err(error),
    };
    let others = debits.open(Some(debit.debit_id), |it| it.approved.is_some())?;
    Ok(debit.amount.checked_cmp(owed.checked_sub(others)?)?.is_le())
}

/// Withdraws a direct debit that is in no file, or puts down that the bank refused it. What comes
/// in all the same is booked.
pub fn close(
    mut debits: CaseDebits,
    message: &CloseDebit,
    facts: &Facts,
) -> (Decision<CaseDebits, Nothing>, CloseDebitAnswer) {
    let case_id = debits.case_id;
    let by = member(&facts.actor, &debits.finance_desk);
    let code = message.reason_code.as_ref().map(|it| it.trim().to_ascii_uppercase());
    let is_code = |it: &String| {
        (1..=CODE_MAX).contains(&it.len()) && it.bytes().all(|byte| byte.is_ascii_alphanumeric())
    };
    let refused = |reason| CloseDebitAnswer::Refused { reason };
    let mut cleared = None;
    let answer = match (by, debits.get_mut(message.debit_id)) {
        (None, _) => refused(DebitRefusal::NotOfTheFinanceDesk),
        (Some(_), None) => CloseDebitAnswer::Unknown,
        (Some(by), Some(debit)) => match (debit.state(), code) {
            (DebitState::Proposed | DebitState::Approved, None) => {
                debit.void = Some(DebitLeftOut::Withdrawn);
                CloseDebitAnswer::Closed(debit.told(case_id))
            }
            (DebitState::Proposed | DebitState::Approved, Some(_)) => {
                refused(DebitRefusal::InNoFile)
            }
            (DebitState::Written, None) => refused(DebitRefusal::InAFile),
            (DebitState::Written, Some(code)) if is_code(&code) => {
                debit.rejected = Some((code, by));
                cleared = Some(debit.cleared(case_id));
                CloseDebitAnswer::Closed(debit.told(case_id))
            }
            (DebitState::Written, Some(_)) => refused(DebitRefusal::NoCode),
            (
                DebitState::Collected { .. }
                | DebitState::Returned { .. }
                | DebitState::Rejected { .. }
                | DebitState::Void { .. },
                _,
            ) => refused(DebitRefusal::Decided),
        },
    };
    let decision = Decision::quiet(debits);
    (cleared.into_iter().fold(decision, Decision::send), answer)
}

/// Who writes files: all that is approved and in no file, and what is known of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DebitOffice {
    /// Counts the files.
    pub version: u64,
    pub finance_desk: BTreeSet<StaffId>,
    /// The cases on which something is to be written, with all their direct debits.
    pub cases: BTreeMap<CaseId, (CaseDebits, Case)>,
    pub mandates: BTreeMap<MandateId, Mandate>,
    /// For how many days after the due one a case waits at most; where it is none, none does.
    pub awaited_days: u16,
    /// The files that are not made yet.
    pub unmade: BTreeSet<DebitFileId>,
    /// What was decided just now, to be kept.
    pub written: Option<DebitFile>,
    pub made: Option<(DebitFileId, ContentHash)>,
}

impl DebitOffice {
    /// The only row there is.
    pub const ID: Uuid = Uuid::nil();
}

/// What the scheduler says of each case that was asked about.
pub type Said = BTreeMap<CaseId, CasePositionAnswer>;

/// The act of a written file: it is made. It may be made again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DebitWork {
    MakeFile { file_id: DebitFileId, written_at: Timestamp },
}

impl Effect for DebitWork {
    fn kind(&self) -> &'static str {
        "make-debit-file"
    }

    fn once(&self) -> bool {
        false
    }
}

/// What becomes of a direct debit when a file is written.
enum Fate {
    Written(InFile),
    LeftOut(DebitLeftOut),
    /// Its day is far ahead, or the scheduler was not asked about its case or cannot say yet.
    Waits,
}

/// Writes a file of what can be handed over now. What cannot be collected any more is void.
pub fn write(
    mut office: DebitOffice,
    said: &Said,
    facts: &Facts,
) -> Result<(Decision<DebitOffice, DebitWork>, WriteDebitsAnswer), Fault> {
    let Some(written_by) = member(&facts.actor, &office.finance_desk) else {
        return Ok((Decision::quiet(office), WriteDebitsAnswer::Refused));
    };
    let file_id = DebitFileId::derive(facts.cause.as_uuid(), b"file of direct debits");
    let (mut debits, mut lowered, mut left_out) = (Vec::new(), Vec::new(), Vec::new());
    let mut awaited = Vec::new();
    for (case_id, debit_id) in office.in_order() {
        let fate = office.fate((case_id, debit_id), file_id, said, facts);
        let fate = fate.map_err(|error| bug(&error))?;
        let waits = office.awaits((case_id, debit_id), facts);
        let Some((own, _)) = office.cases.get_mut(&case_id) else { continue };
        let Some(debit) = own.get_mut(debit_id) else { continue };
        match fate {
            Fate::Waits => {}
            Fate::LeftOut(_) if left_out.len() >= FILE_MAX => {}
            Fate::Written(_) if debits.len() >= FILE_MAX => {}
            Fate::LeftOut(because) => {
                debit.void = Some(because);
                left_out.push(debit.told(case_id));
            }
            Fate::Written(in_file) => {
                debit.file = Some(in_file);
                if in_file.amount != debit.amount {
                    lowered.push(LoweredDebit { debit_id, approved: debit.amount });
                }
                debits.push(debit.told(case_id));
                awaited.extend(waits);
                let (mandate_id, due_on) = (debit.mandate_id, debit.due_on);
                if let Some(mandate) = office.mandates.get_mut(&mandate_id) {
                    mandate.usage.is_used = true;
                    mandate.usage.last_due = mandate.usage.last_due.max(Some(due_on));
                }
            }
        }
    }
    if debits.is_empty() {
        return Ok((Decision::quiet(office), WriteDebitsAnswer::Nothing { left_out }));
    }
    let sum = Money::sum(Currency::EUR, debits.iter().map(|it| it.amount));
    let written_at = whole_second(facts.now);
    let file = DebitFile {
        file_id,
        written_at,
        written_by,
        debits: u32::try_from(debits.len()).unwrap_or(u32::MAX),
        sum: sum.map_err(|error| bug(&error))?,
        document: None,
    };
    office.written = Some(file.clone());
    office.unmade.insert(file_id);
    let decision = Decision::quiet(office).perform(DebitWork::MakeFile { file_id, written_at });
    let decision = awaited.into_iter().fold(decision, Decision::send);
    Ok((decision, WriteDebitsAnswer::Written { file, debits, lowered, left_out }))
}

impl DebitOffice {
    /// What is to be written, by its day.
    fn in_order(&self) -> Vec<(CaseId, DebitId)> {
        let all = self.cases.iter().flat_map(|(case_id, (own, _))| {
            let to_write = own.debits.iter().filter(|it| it.is_to_be_written());
            to_write.map(move |it| (it.due_on, it.debit_id, *case_id))
        });
        let mut all: Vec<(Date, DebitId, CaseId)> = all.collect();
        all.sort_unstable();
        all.into_iter().map(|(_, debit_id, case_id)| (case_id, debit_id)).collect()
    }

    fn fate(
        &self,
        (case_id, debit_id): (CaseId, DebitId),
        file_id: DebitFileId,
        said: &Said,
        facts: &Facts,
    ) -> Result<Fate, AccountError> {
        let today = day_of(facts.now);
        let known = self.cases.get(&case_id).zip(said.get(&case_id));
        let Some(((own, case), said)) = known else { return Ok(Fate::Waits) };
        let Some(debit) = own.debits.iter().find(|it| it.debit_id == debit_id) else {
            return Ok(Fate::Waits);
        };
        if debit.due_on > today.saturating_add(AHEAD_MAX.days()) {
            return Ok(Fate::Waits);
        }
        let left_out = |because| Ok(Fate::LeftOut(because));
        if next_target_day(today).is_none_or(|first| debit.due_on < first) {
            return left_out(DebitLeftOut::TooLate);
        }
        let held = match word_of(said, today) {
            Word::Free { held } => held,
            Word::LeftOut(because) => return left_out(because),
            Word::Waits => return Ok(Fate::Waits),
        };
        if is_any_open(case, &held)? {
            return left_out(DebitLeftOut::OnHold);
        }
        let mandate = self.mandates.get(&debit.mandate_id);
        let Some((mandate, signed)) = mandate.and_then(|it| Some((it, it.in_force(debit.due_on)?)))
        else {
            return left_out(DebitLeftOut::NoMandate);
        };
        let approved_at = debit.approved.map(|(_, at)| at);
        if mandate.usage.came_back_at.is_some() && mandate.usage.came_back_at > approved_at {
            return left_out(DebitLeftOut::CameBack);
        }
        let owed = match owed(case, debit.due_on, today) {
            Ok(owed) => owed,
            Err(Uncollectable::Refused(_)) => return left_out(DebitLeftOut::NothingOwed),
            Err(Uncollectable::Broken(error)) => return Err(error),
        };
        let left = owed.checked_sub(own.open(Some(debit_id), |it| it.file.is_some())?)?;
        if !left.is_positive() {
            return left_out(DebitLeftOut::NothingOwed);
        }
        let amount = if debit.amount.checked_cmp(left)?.is_gt() { left } else { debit.amount };
        let sequence = match (&signed.kind, mandate.usage.is_used) {
            (MandateKind::OneOff, _) => Sequence::OneOff,
            (MandateKind::Recurrent, false) => Sequence::First,
            (MandateKind::Recurrent, true) => Sequence::Recurrent,
        };
        Ok(Fate::Written(InFile { file_id, amount, sequence }))
    }

    /// That the case waits until some days after the due one, unless it is to wait for none.
    fn awaits(
        &self,
        (case_id, debit_id): (CaseId, DebitId),
        facts: &Facts,
    ) -> Option<MoneyAwaited> {
        let (own, _) = self.cases.get(&case_id)?;
        let debit = own.debits.iter().find(|it| it.debit_id == debit_id)?;
        let days = Some(self.awaited_days).filter(|days| *days > 0)?;
        let last = debit.due_on.saturating_add(i32::from(days).days());
        Some(MoneyAwaited {
            payment_id: debit.awaited_as(),
            case_id,
            creditor_id: debit.creditor_id,
            since: whole_second(facts.now),
            until: moment_of(last, Time::midnight())?,
        })
    }
}

/// Whether a file is still to be made.
#[must_use]
pub fn claim(office: &DebitOffice, work: &DebitWork) -> Claim {
    let DebitWork::MakeFile { file_id, .. } = work;
    if office.unmade.contains(file_id) { Claim::Start } else { Claim::Withdraw }
}

/// A file was made.
pub fn end(
    mut office: DebitOffice,
    ended: &Ended<DebitWork, ContentHash>,
) -> Result<Decision<DebitOffice, DebitWork>, Fault> {
    let document = *ended.performed()?;
    let DebitWork::MakeFile { file_id, .. } = ended.effect;
    if office.unmade.remove(&file_id) {
        office.made = Some((file_id, document));
    }
    Ok(Decision::quiet(office))
}

/// The case that the money is on, the movement that brought it, and the direct debits of the case
/// that it was collected for. The case leads, since the timer of its charges is its own.
pub type Taking = (Case, ReceivedPayment, CaseDebits);

/// The statement shows that a direct debit came in, or back, or both.
pub fn take(
    (case, payment, mut debits): Taking,
    message: &TakeDebit,
    facts: &Facts,
) -> Result<Decision<Taking>, Fault> {
    let TakeDebit { debit_id, case_id, .. } = *message;
    let Some(debit) = debits.get_mut(debit_id) else {
        return Err(Fault::Bug(format!("direct debit {debit_id} is not there")));
    };
    let cleared = debit.cleared(case_id);
    let Some(credit) = debit.credit else {
        // It is paired once the credit is heard of.
        return Ok(Decision::quiet((case, payment, debits)).send(cleared));
    };
    if !credit.is_booked && debit.back.is_none() {
        let decision = collect((case, payment, debits), debit_id, facts)?;
        return Ok(decision.send(cleared));
    }
    let back = debit.back.clone().filter(|it| !it.is_booked);
    let Some(back) = back else { return Ok(Decision::quiet((case, payment, debits))) };
    debit.credit = Some(Credit { is_booked: true, ..credit });
    let decision = give_back((case, payment, debits), (debit_id, &back), facts)?;
    Ok(if credit.is_booked { decision } else { decision.send(cleared) })
}

/// What came in is booked on its case, unless somebody has begun with it.
fn collect(
    (case, payment, mut debits): Taking,
    debit_id: DebitId,
    facts: &Facts,
) -> Result<Decision<Taking>, Fault> {
    let case_id = debits.case_id;
    let Some((debit, credit)) = debits.get_mut(debit_id).and_then(|it| {
        let credit = it.credit?;
        Some((it, credit))
    }) else {
        return Err(Fault::Bug(format!("direct debit {debit_id} did not come in")));
    };
    let (payment_id, amount) = (credit.payment_id, debit.collected());
    let left = payment.left().map_err(|error| bug(&error))?;
    let Some((left, receipt)) = left.zip(payment.receipt) else {
        return Err(Fault::Early(format!("payment {payment_id} was not heard of yet")));
    };
    debit.credit = Some(Credit { is_booked: true, ..credit });
    let told = DebitCollected {
        debit_id,
        case_id,
        creditor_id: debit.creditor_id,
        payment_id,
        amount,
        collected_on: credit.on,
    };
    let fits = amount.checked_cmp(left).map_err(|error| bug(&error))?.is_le();
    if !fits {
        return Ok(Decision::quiet((case, payment, debits)).send(told));
    }
    let change = Change::on(case, case_id, &[])?;
    let share = Share { payment_id, receipt, amount };
    match place((change, payment), share, &[], facts)? {
        Placed::Booked(decision) => {
            let paid_as = decision.state.1.booked_last(payment_id);
            if let Some(debit) = debits.get_mut(debit_id) {
                let paid_as = Some(paid_as);
                debit.credit = Some(Credit { is_booked: true, paid_as, ..credit });
            }
            let Decision { state: (case, payment), messages, timers, .. } = decision;
            let mut decision = Decision::quiet((case, payment, debits));
            (decision.messages, decision.timers) = (messages, timers);
            Ok(decision.send(told))
        }
        Placed::Elsewhere((case, payment)) => {
            let received_on = receipt.received_on;
            let unmatched = PaymentUnmatched { payment_id, amount, received_on };
            Ok(Decision::quiet((case, payment, debits)).send(unmatched))
        }
    }
}

/// The bank took it back: the payment pays nothing any more. What had been paid back of it before,
/// or was moved where it cannot be found, is the agency's loss.
fn give_back(
    (case, mut payment, mut debits): Taking,
    (debit_id, back): (DebitId, &Back),
    facts: &Facts,
) -> Result<Decision<Taking>, Fault> {
    let case_id = debits.case_id;
    let Some(debit) = debits.get_mut(debit_id) else {
        return Err(Fault::Bug(format!("direct debit {debit_id} is not there")));
    };
    let amount = debit.collected();
    let nothing = Money::zero(amount.currency());
    let whole = debit.credit.map_or(back.payment_id, |it| it.payment_id);
    let own = debit.credit.and_then(|it| it.paid_as).unwrap_or(whole);
    let read = case.opened.map(|it| it.case_id);
    if payment.stands_on(own).is_some_and(|on| Some(on) != read) {
        return Err(Fault::Early(format!("payment {own} went to another case meanwhile")));
    }
    let occasion = Occasion { booked_on: back.on, cause: facts.cause };
    let returned = DebitReturned {
        debit_id,
        case_id,
        creditor_id: debit.creditor_id,
        returned_by: back.payment_id,
        amount,
        returned_on: back.on,
        reason_code: back.reason_code.clone(),
    };
    let on_case = case.account.as_ref().and_then(|account| account.payments.get(&own));
    let on_case = on_case.filter(|it| !it.retracted && it.amount.is_positive());
    let there = on_case.map(|it| it.amount);
    let from_case = there.is_some();
    let left = payment.left().map_err(|error| bug(&error))?.unwrap_or(nothing);
    let there = there.unwrap_or(left);
    let is_more = there.checked_cmp(amount).map_err(|error| bug(&error))?.is_gt();
    let taken = if is_more { amount } else { there };
    let lost = amount.checked_sub(taken).map_err(|error| bug(&error))?;
    let from = if from_case { own } else { whole };
    debit.back = Some(Back { is_booked: true, taken: Some((from, taken)), ..back.clone() });
    if taken.is_positive() {
        let gone = payment.refunded.entry(from).or_insert(nothing);
        *gone = gone.checked_add(taken).map_err(|error| bug(&error))?;
    }
    let gone = |from: &[(LedgerAccount, Money)]| {
        let gone = LedgerTransaction::debit_returned(back.payment_id, from, amount, occasion);
        gone.map_err(|error| bug(&error))
    };
    let Some(opened) = case.opened.filter(|_| from_case) else {
        if taken.is_positive() {
            let off = LedgerTransaction::debit_taken_back(from, taken, occasion);
            debits.news.push(off.map_err(|error| bug(&error))?);
        }
        debits.news.push(gone(&[(LedgerAccount::Own, amount)])?);
        return Ok(Decision::quiet((case, payment, debits)).send(returned));
    };
    let mut change = Change::on(case, opened.case_id, &[])?;
    change.account.give_back(own, taken).map_err(|error| bug(&error))?;
    let mut told = change.conclude(&SettledBy::Payment, facts)?;
    let refundable = LedgerAccount::Refundable(Holder::Agency, opened.case_id);
    told.state.news.push(gone(&[(refundable, taken), (LedgerAccount::Own, lost)])?);
    let Decision { state: case, messages, timers, .. } = told;
    let mut decision = Decision::quiet((case, payment, debits));
    (decision.messages, decision.timers) = (messages, timers);
    Ok(decision.send(returned))
}

/// What the bank calls the collections of a file that are due on one day and of one sequence.
#[must_use]
pub fn batch_of(debit: &Debit) -> Option<Uuid> {
    debit.file.map(|it| batch_id(it.file_id, debit.due_on, it.sequence))
}
