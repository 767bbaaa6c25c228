//! A case: what becomes known of it, and what is told when its account changes.
//!
//! Every decision puts down what became known, has the account settled (`account`), and tells what
//! became of each claim and payment by it.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use contracts::Outgoing;
use contracts::agreement::PayTo;
use contracts::intake::{
    CaseOpened, ClaimCredited, ClaimRegistered, ClaimWithdrawn, DirectPaymentReported,
    DirectPaymentRetracted,
};
use contracts::letter::Dispatched;
use contracts::payment_reconciliation::{
    AllocatePayment, ChargesBooked, ClaimSettled, CorrectedLetter, CorrectionCause,
    LettersCorrected, PaymentAllocated, PaymentUnmatched, PaymentsKnown, ReviewPaymentLink,
    SettledBy, TellPaymentsKnown,
};
use jiff::civil::Time;
use law::{ChargeTerms, Notice};
use mailbox::{Decision, Facts, Fault, Timer};
use primitives::{
    CaseId, ClaimId, Country, CreditorId, Currency, Date, DebtorKind, Money, PaymentId, PersonId,
    Timestamp,
};

use super::account::{AccountError, Booked, CaseAccount, CaseNotice, Line, LineKind, Payment};
use super::charges::{ChargeRules, Sources, asks};
use super::correction::correct;
use super::ledger::{Holder, LedgerTransaction, Occasion};
use super::parts::Parts;
use super::payment::{PaymentPart, Receipt, ReceivedPayment, ToldBy};
use super::reference::{Named, Reference};
use super::terms::{AgreedTerms, Agreements};
use super::{bug, day_of, moment_of, poison};

/// The timer of a case whose charges are to be asked from a day on.
pub const CHARGE: &str = "charge";

/// When it goes off: before any message of the day.
const MORNING: Time = Time::constant(7, 0, 0, 0);

/// What is known of one case.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Case {
    /// Counts the decisions that changed something or told something.
    pub version: u64,
    /// None until intake opened the case.
    pub opened: Option<OpenedCase>,
    /// None until the first claim, which brings the currency.
    pub account: Option<CaseAccount>,
    /// Until when payments are known, by the statements of the account that the case is paid to.
    /// Read with the case, and never kept with it.
    pub payments_known_until: Option<Date>,
    /// Whether a link by which its debtor can pay is open. Read with the case, and kept with the
    /// links.
    pub is_linked: bool,
    /// Whether a payment is on it that only a report of the bank told of; read with it.
    pub has_early: bool,
    /// What was decided just now, to be added to the ledger.
    pub news: Vec<LedgerTransaction>,
}

/// What intake says of a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OpenedCase {
    pub case_id: CaseId,
    pub creditor_id: CreditorId,
    pub person_id: PersonId,
    /// Which of the creditor's accounts is paid to; none where it is the agency's.
    pub account_since: Option<u32>,
    /// None for a case that was opened before charges were known: nothing is charged on it, and no
    /// commission is taken, as the agreements of that time said neither.
    pub under: Option<Agreed>,
}

/// Whom a case is about, and what was agreed for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Agreed {
    pub debtor_kind: DebtorKind,
    pub country: Country,
    pub agreement_version: u32,
    pub charges: ChargeTerms,
    /// What a payment may leave open on a claim for the creditor to give it up.
    pub small_difference: Option<Money>,
}

impl OpenedCase {
    /// What may be asked beside the principal; none where nothing may.
    #[must_use]
    pub fn rules(&self) -> Option<ChargeRules> {
        let Agreed { country, debtor_kind, charges, .. } = self.under?;
        ChargeRules::of(country, debtor_kind, charges)
    }

    /// The case before its first claim, as it was agreed for it.
    #[must_use]
    pub fn account(&self, currency: Currency) -> CaseAccount {
        let account = CaseAccount::new(self.case_id, self.creditor_id, currency, self.rules());
        let small_difference = self.under.and_then(|under| under.small_difference);
        CaseAccount { small_difference, ..account }
    }
}

/// A case begins, under a version of its creditor's agreement.
pub fn open(
    (agreements, mut case): (Agreements, Case),
    message: &CaseOpened,
) -> Result<Decision<(Agreements, Case)>, Fault> {
    let CaseOpened { case_id, creditor_id, person_id, agreement_version, .. } = *message;
    let Some(terms) = agreements.by_version.get(&agreement_version) else {
        return Err(Fault::Early(format!(
            "agreement {agreement_version} of creditor {creditor_id} was not heard of yet"
        )));
    };
    let account_since = match message.pay_to {
        PayTo::Agency => None,
        PayTo::Creditor { since_version } => Some(since_version),
    };
    let CaseOpened { debtor_kind, country, .. } = *message;
    let AgreedTerms { charges, small_difference, .. } = *terms;
    let under = Some(Agreed { debtor_kind, country, agreement_version, charges, small_difference });
    case.opened = Some(OpenedCase { case_id, creditor_id, person_id, account_since, under });
    Ok(Decision::quiet((agreements, case)))
}

/// Somebody needs to know until when the payments on a case are known.
pub fn tell_payments_known(
    case: Case,
    message: &TellPaymentsKnown,
) -> Result<Decision<Case>, Fault> {
    let Some(OpenedCase { case_id, creditor_id, .. }) = case.opened else {
        return Err(unheard(message.case_id));
    };
    let until = case.payments_known_until;
    Ok(Decision::quiet(case).send(PaymentsKnown { case_id, creditor_id, until }))
}

/// A claim is put on a case, and its reference names it from now on.
pub fn register_claim(
    (case, mut reference): (Case, Reference),
    message: &ClaimRegistered,
    facts: &Facts,
) -> Result<Decision<(Case, Reference)>, Fault> {
    let ClaimRegistered { claim_id, case_id, creditor_id, amount, issued_on, due_on, .. } =
        *message;
    let Some(opened) = case.opened else { return Err(unheard(case_id)) };
    let named = Named { claim_id, case_id, creditor_id };
    let waited = reference.name(&message.reference, named)?;
    let account = case.account.clone().unwrap_or_else(|| opened.account(amount.currency()));
    let mut change = Change::of(case, opened, account);
    let registered = change.account.register(claim_id, amount, issued_on, due_on);
    registered.map_err(|error| poison(&error))?;
    let told = change.conclude(&SettledBy::Payment, facts)?;
    let Decision { state: case, messages, timers, .. } = told;
    let mut decision = Decision::quiet((case, reference));
    decision.messages = messages;
    decision.timers = timers;
    decision.messages.extend(waited);
    Ok(decision)
}

/// The creditor lowers a claim.
pub fn credit(case: Case, message: &ClaimCredited, facts: &Facts) -> Result<Decision<Case>, Fault> {
    let ClaimCredited { claim_id, case_id, amount, credited_on, .. } = *message;
    let mut change = Change::on(case, case_id, &[claim_id])?;
    change.account.credit(claim_id, amount, credited_on).map_err(|error| poison(&error))?;
    change.conclude(&SettledBy::CreditNote, facts)
}

/// The creditor takes a claim back: what is open on it is given up, what was paid stays paid.
pub fn withdraw(
    case: Case,
    message: &ClaimWithdrawn,
    facts: &Facts,
) -> Result<Decision<Case>, Fault> {
    let ClaimWithdrawn { claim_id, case_id, withdrawn_at, .. } = *message;
    let mut change = Change::on(case, case_id, &[claim_id])?;
    // Not the day of handling: a late one would let later money pay what was given up.
    change.account.withdraw(claim_id, day_of(withdrawn_at)).map_err(|error| bug(&error))?;
    change.conclude(&SettledBy::Withdrawal, facts)
}

/// A message left: it may start a term after which charges are asked, or tell the interest so far.
pub fn notice(case: Case, message: &Dispatched, facts: &Facts) -> Result<Decision<Case>, Fault> {
    let Dispatched { letter_id, case_id, channel, dispatched_at, .. } = *message;
    if !asks(message.message) {
        return Ok(Decision::quiet(case));
    }
    let mut change = Change::on(case, case_id, &[])?;
    let rules = change.account.rules;
    let sent_on = rules.map_or(day_of(dispatched_at), |rules| {
        let left_on = rules.pack.local_date(dispatched_at);
        law::sent_on(rules.pack, message.message, channel, left_on)
    });
    let notice = Notice { message: message.message, channel, sent_on };
    let claim_ids = message.claim_ids.clone();
    let asked = Some(message.asked).filter(|it| it.currency() == change.account.currency);
    let (heard_at, left_on) = (facts.now, day_of(dispatched_at));
    let told = CaseNotice { notice, claim_ids, heard_at, left_on, asked, excess: None };
    // One that was told twice is the one that was told first.
    change.account.notices.entry(letter_id).or_insert(told);
    change.conclude(&SettledBy::Payment, facts)
}

/// The morning on which charges may be asked. Where it is not known yet what was paid until the day
/// before, it is tried again each morning.
pub fn charge(case: Case, facts: &Facts) -> Result<Decision<Case>, Fault> {
    let Some(case_id) = case.opened.map(|opened| opened.case_id) else {
        return Ok(Decision::quiet(case));
    };
    if case.account.is_none() {
        return Ok(Decision::quiet(case));
    }
    Change::on(case, case_id, &[])?.conclude(&SettledBy::Payment, facts)
}

/// A payment, or a part of it where less is told than came in, is booked on its case. Where less
/// than that is left, something else was decided meanwhile, and the rest waits for a person; so it
/// does where less is open than was judged. Money that lies with another creditor, or in another
/// currency, pays nothing and stays unmatched.
pub fn allocate(
    (case, payment): (Case, ReceivedPayment),
    message: &AllocatePayment,
    facts: &Facts,
) -> Result<Decision<(Case, ReceivedPayment)>, Fault> {
    let AllocatePayment { payment_id, case_id, ref claim_ids, amount, .. } = *message;
    let left = payment.left().map_err(|error| bug(&error))?;
    let Some((left, receipt)) = left.zip(payment.receipt) else {
        return Err(Fault::Early(format!("payment {payment_id} was not heard of yet")));
    };
    // A payment may be judged twice, and the same be found certain twice.
    let was_there = payment.parts.iter().any(|part| part.case_id == case_id);
    if was_there || amount.checked_cmp(left).map_err(|error| poison(&error))?.is_gt() {
        return Ok(Decision::quiet((case, payment)));
    }
    let change = Change::on(case, case_id, claim_ids)?;
    // A person took it off this case.
    if change.account.is_placed(payment_id) {
        return Ok(Decision::quiet((change.before, payment)));
    }
    let received_on = receipt.received_on;
    let unmatched = PaymentUnmatched { payment_id, amount, received_on };
    if !change.bears(message).map_err(|error| bug(&error))? {
        return Ok(Decision::quiet((change.before, payment)).send(unmatched));
    }
    let share = Share { payment_id, receipt, amount };
    match place((change, payment), share, claim_ids, facts)? {
        Placed::Booked(decision) => Ok(decision),
        Placed::Elsewhere(states) => Ok(Decision::quiet(states).send(unmatched)),
    }
}

/// A debtor paid the creditor itself, as the creditor says. Where debtors are asked to pay to the
/// creditor, its statements tell of the payment, and the report books nothing.
pub fn pay_directly(
    (case, mut payment): (Case, ReceivedPayment),
    message: &DirectPaymentReported,
    facts: &Facts,
) -> Result<Decision<(Case, ReceivedPayment)>, Fault> {
    let DirectPaymentReported { payment_id, claim_id, case_id, creditor_id, amount, paid_on } =
        *message;
    let mut change = Change::on(case, case_id, &[claim_id])?;
    if payment.receipt.is_some() || change.opened.account_since.is_some() {
        return Ok(Decision::quiet((change.before, payment)));
    }
    let holder = Holder::Creditor(creditor_id);
    let receipt = Receipt { amount, received_on: paid_on, holder };
    payment.receipt = Some(receipt);
    payment.told_by = ToldBy::Creditor;
    let occasion = Occasion { booked_on: paid_on, cause: facts.cause };
    let received = LedgerTransaction::bank_credit(payment_id, holder, amount, occasion);
    change.before.news.push(received.map_err(|error| poison(&error))?);
    let share = Share { payment_id, receipt, amount };
    match place((change, payment), share, &[claim_id], facts)? {
        Placed::Booked(decision) => Ok(decision),
        Placed::Elsewhere(states) => {
            let received_on = paid_on;
            Ok(Decision::quiet(states).send(PaymentUnmatched { payment_id, amount, received_on }))
        }
    }
}

/// The creditor was wrong about a payment: the account becomes what it would be without it. What
/// was booked stays, and is booked back.
pub fn take_back(
    (case, mut payment): (Case, ReceivedPayment),
    message: &DirectPaymentRetracted,
    facts: &Facts,
) -> Result<Decision<(Case, ReceivedPayment)>, Fault> {
    let DirectPaymentRetracted { payment_id, case_id, creditor_id, .. } = *message;
    let mut change = Change::on(case, case_id, &[])?;
    // Such a report booked nothing.
    if payment.retracted || change.opened.account_since.is_some() {
        return Ok(Decision::quiet((change.before, payment)));
    }
    let Some(Receipt { amount, holder, received_on }) = payment.receipt else {
        return Err(Fault::Early(format!("payment {payment_id} was not heard of yet")));
    };
    if holder != Holder::Creditor(creditor_id) {
        return Err(Fault::Poison(format!("payment {payment_id} was reported by nobody")));
    }
    payment.retracted = true;
    let occasion = Occasion { booked_on: received_on, cause: facts.cause };
    let from = |case_id| {
        LedgerTransaction::report_retracted(payment_id, (holder, case_id), amount, occasion)
    };
    if !payment.allocated {
        change.before.news.push(from(None).map_err(|error| poison(&error))?);
        return Ok(Decision::quiet((change.before, payment)));
    }
    change.account.take_back(payment_id).map_err(|error| bug(&error))?;
    let mut told = change.conclude(&SettledBy::Payment, facts)?;
    told.state.news.push(from(Some(case_id)).map_err(|error| poison(&error))?);
    let mut decision = Decision::quiet((told.state, payment));
    decision.messages = told.messages;
    decision.timers = told.timers;
    Ok(decision)
}

/// So much of a payment is booked on a case.
#[derive(Clone, Copy)]
pub(super) struct Share {
    pub(super) payment_id: PaymentId,
    pub(super) receipt: Receipt,
    /// All that came in, or a part of it.
    pub(super) amount: Money,
}

/// Whether a payment could be booked on a case.
pub(super) enum Placed {
    Booked(Decision<(Case, ReceivedPayment)>),
    /// It lies with another creditor, or is in another currency.
    Elsewhere((Case, ReceivedPayment)),
}

/// Books a share of a payment on a case. A part gets an id of its own.
pub(super) fn place(
    (mut change, mut payment): (Change, ReceivedPayment),
    share: Share,
    claim_ids: &[ClaimId],
    facts: &Facts,
) -> Result<Placed, Fault> {
    let Share { payment_id, receipt: Receipt { amount: whole, received_on, holder }, amount } =
        share;
    let is_whole = amount == whole;
    let number = payment.parts.len();
    let own_id = || PaymentId::derive(payment_id.as_uuid(), format!("part {number}").as_bytes());
    let payment_id = if is_whole { payment_id } else { own_id() };
    let comes_again = change.account.is_placed(payment_id);
    let named = claim_ids.to_vec();
    let sent_back = Money::zero(amount.currency());
    let paid = Payment { amount, sent_back, holder, received_on, named, retracted: false };
    match change.account.pay(payment_id, paid) {
        Ok(()) => {}
        Err(AccountError::OtherCreditor(_) | AccountError::Money(_)) => {
            return Ok(Placed::Elsewhere((change.before, payment)));
        }
        Err(
            error @ (AccountError::KnownClaim(_)
            | AccountError::UnknownClaim(_)
            | AccountError::KnownPayment(_)
            | AccountError::UnknownPayment(_)
            | AccountError::Replay(_)
            | AccountError::Ledger(_)),
        ) => return Err(bug(&error)),
    }
    let case_id = change.opened.case_id;
    if comes_again {
        let occasion = Occasion { booked_on: received_on, cause: facts.cause };
        let back = (holder, case_id);
        let back = LedgerTransaction::payment_reassigned(payment_id, back, amount, occasion);
        change.before.news.push(back.map_err(|error| bug(&error))?);
    }
    let placed = change.account.payments.get(&payment_id);
    let named = placed.map(|placed| placed.named.clone()).unwrap_or_default();
    if is_whole {
        payment.named = named;
        payment.allocated = true;
        payment.case_id = Some(case_id);
    } else {
        payment.parts.push(PaymentPart { payment_id, case_id, amount, named, is_on_case: true });
    }
    let told = change.conclude(&SettledBy::Payment, facts)?;
    let mut decision = Decision::quiet((told.state, payment.clone()));
    decision.messages = told.messages;
    decision.timers = told.timers;
    Ok(Placed::Booked(payment.is_decided(decision)))
}

/// A change of a case under way: the case before, and its account as it becomes.
pub(super) struct Change {
    pub(super) before: Case,
    pub(super) opened: OpenedCase,
    pub(super) account: CaseAccount,
}

impl Change {
    const fn of(before: Case, opened: OpenedCase, account: CaseAccount) -> Self {
        Self { before, opened, account }
    }

    /// A change about claims, which must be on the case.
    pub(super) fn on(before: Case, case_id: CaseId, claim_ids: &[ClaimId]) -> Result<Self, Fault> {
        let Some(opened) = before.opened else { return Err(unheard(case_id)) };
        let Some(account) = before.account.clone() else {
            return Err(Fault::Early(format!("no claim of case {case_id} was heard of yet")));
        };
        if let Some(claim_id) = claim_ids.iter().find(|id| !account.claims.contains_key(*id)) {
            return Err(Fault::Early(format!("claim {claim_id} was not heard of yet")));
        }
        Ok(Self::of(before, opened, account))
    }

    /// Whether as much is open on the claims as they were judged to get.
    fn bears(&self, message: &AllocatePayment) -> Result<bool, AccountError> {
        let Some(judged) = message.judged else { return Ok(true) };
        let mut open = Money::zero(self.account.currency);
        for claim_id in &message.claim_ids {
            open = open.checked_add(self.account.open(*claim_id)?.total()?)?;
        }
        // Another currency is told apart when it is booked.
        Ok(open.checked_cmp(judged).is_ok_and(Ordering::is_ge))
    }

    /// Settles the account, and tells what changed. A claim on which no payment brought the last
    /// cent was settled `otherwise`.
    pub(super) fn conclude(
        mut self,
        otherwise: &SettledBy,
        facts: &Facts,
    ) -> Result<Decision<Case>, Fault> {
        self.charge_what_is_certain(facts.now);
        let booked = self.account.settle(facts.cause, facts.now).map_err(|error| bug(&error))?;
        let corrected = correct(&mut self.account, facts.now).map_err(|error| bug(&error))?;
        let mut messages = self.told(&booked, otherwise).map_err(|error| bug(&error))?;
        messages.extend(self.corrected(corrected, otherwise));
        messages.extend(self.link_to_review());
        let timer = self.next_charge(booked.outcome.pending, facts.now);
        let Self { before: mut case, account, .. } = self;
        case.account = Some(account);
        case.news.extend(booked.transactions);
        let mut decision = Decision::quiet(case);
        decision.messages = messages;
        decision.timers.extend(timer);
        Ok(decision)
    }

    /// Charges are asked only where all payments of the term are known. What is known of today is
    /// not all of it.
    fn charge_what_is_certain(&mut self, now: Timestamp) {
        let yesterday = day_of(now).yesterday().ok();
        let known = self.before.payments_known_until.zip(yesterday);
        let certain = known.map(|(known, yesterday)| known.min(yesterday));
        self.account.charged_until = self.account.charged_until.max(certain);
        if let Some(until) = self.account.charged_until
            && self.account.charged_since.values().next_back() != Some(&until)
        {
            self.account.charged_since.insert(now, until);
        }
    }

    /// When charges may be asked next.
    fn next_charge(&self, pending: Option<Date>, now: Timestamp) -> Option<Timer> {
        if self.account.notices.is_empty() {
            return None;
        }
        let Some(from) = pending else { return Some(Timer::Cancel { name: CHARGE }) };
        let morning = moment_of(from, MORNING).filter(|morning| *morning > now);
        let due_at = morning.or_else(|| {
            let today = day_of(now);
            let mornings = [Some(today), today.tomorrow().ok()];
            let mornings = mornings.into_iter().flatten();
            mornings.filter_map(|day| moment_of(day, MORNING)).find(|morning| *morning > now)
        })?;
        Some(Timer::Set { name: CHARGE, due_at })
    }

    fn told(&self, booked: &Booked, otherwise: &SettledBy) -> Result<Vec<Outgoing>, AccountError> {
        let mut messages = self.charged(&booked.lines);
        let paid = paid(booked);
        messages.extend(self.allocated(&paid)?);
        messages.extend(self.settled(&paid, otherwise)?);
        messages.extend(self.unmatched()?);
        Ok(messages)
    }

    /// The costs and interest that were booked or taken back, by claim and day.
    fn charged(&self, lines: &[(ClaimId, Line)]) -> Vec<Outgoing> {
        let OpenedCase { case_id, creditor_id, .. } = self.opened;
        let nothing = Money::zero(self.account.currency);
        let message = |claim_id, line: &Line| {
            let (costs, interest) = match line.kind {
                LineKind::Costs => (line.parts.costs, nothing),
                LineKind::Interest => (nothing, line.parts.interest),
                LineKind::Principal
                | LineKind::CreditNote
                | LineKind::Withdrawal
                | LineKind::SmallDifference
                | LineKind::Payment { .. } => return None,
            };
            let Sources { rule_ids, rule_pack } = line.sources.clone();
            let counts_on = line.on;
            Some(Outgoing::new(&ChargesBooked {
                case_id,
                claim_id,
                creditor_id,
                costs,
                interest,
                counts_on,
                rule_ids,
                rule_pack,
            }))
        };
        lines.iter().filter_map(|(claim_id, line)| message(*claim_id, line)).collect()
    }

    fn allocated(&self, paid: &[Paid]) -> Result<Vec<Outgoing>, AccountError> {
        let OpenedCase { case_id, creditor_id, person_id, .. } = self.opened;
        let case_open = self.account.open_total()?;
        let mut messages = Vec::new();
        for Paid { payment_id, claim_id, received_on, parts } in paid {
            let Parts { costs, interest, principal } = parts.checked_neg()?;
            let allocated = PaymentAllocated {
                payment_id: *payment_id,
                case_id,
                claim_id: *claim_id,
                creditor_id,
                person_id,
                amount: parts.total()?.checked_neg()?,
                costs,
                interest,
                principal,
                claim_open: self.account.open(*claim_id)?.total()?,
                case_open,
                received_on: *received_on,
            };
            messages.push(Outgoing::new(&allocated));
        }
        Ok(messages)
    }

    /// The claims on which something was open and nothing is any more.
    fn settled(&self, paid: &[Paid], otherwise: &SettledBy) -> Result<Vec<Outgoing>, AccountError> {
        let OpenedCase { case_id, creditor_id, .. } = self.opened;
        let case_open = self.account.open_total()?;
        let mut messages = Vec::new();
        for claim_id in self.account.claims.keys().copied() {
            let before =
                self.before.account.as_ref().filter(|it| it.claims.contains_key(&claim_id));
            let was_open = before.map_or(Ok(true), |it| it.open(claim_id).map(|it| !it.is_zero()));
            if !was_open? || !self.account.open(claim_id)?.is_zero() {
                continue;
            }
            let is_paid = paid.iter().any(|paid| paid.claim_id == claim_id);
            let by = if is_paid { SettledBy::Payment } else { otherwise.clone() };
            let settled = ClaimSettled { case_id, claim_id, creditor_id, by, case_open };
            messages.push(Outgoing::new(&settled));
        }
        Ok(messages)
    }

    /// An open link asks for what was owed before. Interest may run from now on, of which no line
    /// is booked yet: so each change counts.
    fn link_to_review(&self) -> Option<Outgoing> {
        let OpenedCase { case_id, creditor_id, .. } = self.opened;
        self.before.is_linked.then(|| ReviewPaymentLink { case_id, creditor_id }.into())
    }

    /// The messages that asked too much, or did not after all.
    fn corrected(&self, letters: Vec<CorrectedLetter>, otherwise: &SettledBy) -> Option<Outgoing> {
        if letters.is_empty() {
            return None;
        }
        let OpenedCase { case_id, creditor_id, .. } = self.opened;
        let cause = match otherwise {
            SettledBy::CreditNote => CorrectionCause::CreditNote,
            SettledBy::Withdrawal => CorrectionCause::Withdrawal,
            SettledBy::Payment => self.moved().map_or(CorrectionCause::Message, |payment_id| {
                CorrectionCause::Payment { payment_id }
            }),
        };
        Some(Outgoing::new(&LettersCorrected { case_id, creditor_id, letters, cause }))
    }

    /// The payment that came on the case by the change, or went off it.
    fn moved(&self) -> Option<PaymentId> {
        let before = self.before.account.as_ref();
        let was_there = |id: &PaymentId| {
            before.and_then(|it| it.payments.get(id)).is_some_and(|it| !it.retracted)
        };
        let mut payments = self.account.payments.iter();
        payments.find(|(id, payment)| was_there(id) == payment.retracted).map(|(id, _)| *id)
    }

    /// The payments of which more is to be paid back than before.
    fn unmatched(&self) -> Result<Vec<Outgoing>, AccountError> {
        let before =
            self.before.account.as_ref().map_or(Ok(BTreeMap::new()), CaseAccount::overpaid)?;
        let mut more: Vec<(Date, PaymentId, Money)> = Vec::new();
        for (payment_id, amount) in self.account.overpaid()? {
            let amount =
                before.get(&payment_id).map_or(Ok(amount), |it| amount.checked_sub(*it))?;
            let payment = self.account.payments.get(&payment_id);
            if let Some(payment) = payment.filter(|_| amount.is_positive()) {
                more.push((payment.received_on, payment_id, amount));
            }
        }
        more.sort_by_key(|(received_on, payment_id, _)| (*received_on, *payment_id));
        let messages = more.into_iter().map(|(received_on, payment_id, amount)| {
            Outgoing::new(&PaymentUnmatched { payment_id, amount, received_on })
        });
        Ok(messages.collect())
    }
}

/// What a payment pays of a claim by a change; parts below zero are paid.
struct Paid {
    payment_id: PaymentId,
    claim_id: ClaimId,
    received_on: Date,
    parts: Parts,
}

/// What payments pay by the change, in the order in which they pay; first what they do not pay
/// any more.
fn paid(booked: &Booked) -> Vec<Paid> {
    let order = |payment_id: PaymentId, claim_id: ClaimId| {
        booked.outcome.paid.iter().position(|paid| *paid == (payment_id, claim_id))
    };
    let mut paid: Vec<(Option<usize>, Paid)> = Vec::new();
    for (claim_id, line) in &booked.lines {
        if let LineKind::Payment { payment_id, .. } = line.kind {
            let place = order(payment_id, *claim_id);
            let (received_on, parts) = (line.on, line.parts);
            paid.push((place, Paid { payment_id, claim_id: *claim_id, received_on, parts }));
        }
    }
    paid.sort_by_key(|(place, _)| *place);
    paid.into_iter().map(|(_, paid)| paid).collect()
}

fn unheard(case_id: CaseId) -> Fault {
    Fault::Early(format!("case {case_id} was not heard of yet"))
}
