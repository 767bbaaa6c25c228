//! The messages, requests and timer of payment-reconciliation, with the tables beside its rows:
//! the ledger, statements, remittances.

use std::collections::{BTreeMap, BTreeSet};

use contracts::agreement::AgreedPayout;
use contracts::intake::{
    AgreementAgreed, CaseOpened, ClaimCredited, ClaimRegistered, ClaimWithdrawn,
    DirectPaymentReported, DirectPaymentRetracted, StaffRegistered,
};
use contracts::letter::Dispatched;
use contracts::payment_reconciliation::{
    AllocatePayment, ApproveRemittanceAnswer, ImportStatementAnswer, JudgePayment, MatchPayment,
    Position, ProposeRemittanceAnswer, TellPaymentsKnown,
};
use contracts::scheduler::CaseHeld;
use mailbox::{Brought, Ended, Fault, Rehearsal, Rehearsed, Row};
use payment_reconciliation::domain::account::{Line, LineKind};
use payment_reconciliation::domain::account_statement::{BankFile, Owner};
use payment_reconciliation::domain::case::{self, Case, OpenedCase};
use payment_reconciliation::domain::commission::{
    Brought as CommissionBrought, ClaimBasis, RuledClaim,
};
use payment_reconciliation::domain::desk::{self, Booking, Desk, InTransit, Sent};
use payment_reconciliation::domain::invoice::Vat;
use payment_reconciliation::domain::judging::{AWAITED_DAYS, Judging, judge_payment};
use payment_reconciliation::domain::ledger::{Holder, LedgerAccount, LedgerTransaction};
use payment_reconciliation::domain::parts::Parts;
use payment_reconciliation::domain::payment::{Receipt, ReceivedPayment};
use payment_reconciliation::domain::payment_link::{self, CaseLinks};
use payment_reconciliation::domain::position::position;
use payment_reconciliation::domain::reference::{Reference, match_payment};
use payment_reconciliation::domain::remittance::{
    self, CURRENCY, Collected, Files, Paper, PaperState, Remittance, Till, Work,
};
use payment_reconciliation::domain::staff::{Staff, register_staff};
use payment_reconciliation::domain::terms::{AgreedTerms, Agreements, agree};
use primitives::{
    CaseId, ClaimId, CreditorId, Date, Money as Amount, PaymentId, RemittanceId, StaffId, Timestamp,
};
use uuid::Uuid;

use crate::{Input, day_of, on};

/// The service: its states, and the tables beside them.
#[derive(Debug)]
pub struct Money {
    pub states: Rehearsal,
    pub ledger: Vec<LedgerTransaction>,
    /// Debit positive, in cents.
    pub balances: BTreeMap<LedgerAccount, i64>,
    /// What the bank received of a payment, and what of it is unmatched.
    pub booked: BTreeMap<Uuid, (i64, i64)>,
    /// Whose account, and until when.
    statements: Vec<(Owner, Date)>,
    pub papers: BTreeMap<RemittanceId, Paper>,
    pub paid: BTreeMap<PaymentId, RemittanceId>,
}

impl Money {
    pub fn empty() -> Self {
        let states = Rehearsal::of("payment-reconciliation")
            .keeps::<Agreements>(|_| Agreements::default())
            .keeps::<Case>(|_| Case::default())
            .keeps::<CaseLinks>(|id| CaseLinks::unheard(CaseId::from_uuid(id)))
            .keeps::<Reference>(|_| Reference::default())
            .keeps::<Judging>(|_| Judging::default())
            .keeps::<ReceivedPayment>(|_| ReceivedPayment::default())
            .keeps::<Staff>(|_| Staff::default())
            .keeps::<Remittance>(|_| Remittance::default())
            .keeps::<Till>(blank_till)
            .keeps::<Desk>(|_| blank_desk());
        Self {
            states,
            ledger: Vec::new(),
            balances: BTreeMap::new(),
            booked: BTreeMap::new(),
            statements: Vec::new(),
            papers: BTreeMap::new(),
            paid: BTreeMap::new(),
        }
    }

    /// Payments into an account are known until a day, as its statements tell.
    pub fn know(&mut self, owner: Owner, until: Date) {
        self.statements.retain(|(known, _)| *known != owner);
        self.statements.push((owner, until));
    }

    pub fn take(&mut self, input: Input<'_>) -> Result<Brought, Fault> {
        let states = &mut self.states;
        let brought = match input.rehearsed.stem {
            "intake.evt.agreement-agreed" => {
                on!(
                    states,
                    input,
                    AgreementAgreed,
                    |it| (it.creditor_id.as_uuid(), it.creditor_id.as_uuid()),
                    |state, facts| agree(state, &it, facts)
                )
            }
            "intake.evt.staff-registered" => {
                on!(states, input, StaffRegistered, |it| it.staff_id.as_uuid(), |state, facts| Ok(
                    register_staff(state, &it, facts)
                ))
            }
            "intake.evt.case-opened" => {
                on!(
                    states,
                    input,
                    CaseOpened,
                    |it| (it.creditor_id.as_uuid(), it.case_id.as_uuid()),
                    |state, _facts| case::open(state, &it)
                )
            }
            "scheduler.evt.case-held" => {
                on!(states, input, CaseHeld, |it| it.case_id.as_uuid(), |state, _facts| Ok(
                    payment_link::hold(state, &it)
                ))
            }
            "payment-reconciliation.cmd.match-payment" => {
                on!(
                    states,
                    input,
                    MatchPayment,
                    |it| Reference::id(&it.reference),
                    |state, _facts| Ok(match_payment(state, &it))
                )
            }
            "payment-reconciliation.cmd.judge-payment" => {
                on!(
                    states,
                    input,
                    JudgePayment,
                    |it| (it.payment_id.as_uuid(), it.payment_id.as_uuid()),
                    |state, facts| judge_payment(state, &it, facts)
                )
            }
            _ => self.take_on_case(input),
        };
        brought.map(|brought| self.saved(brought))
    }

    /// What concerns a case: what its store reads beside it is read first.
    fn take_on_case(&mut self, input: Input<'_>) -> Result<Brought, Fault> {
        let case_id = input.case_id()?;
        self.read_case(case_id);
        let states = &mut self.states;
        match input.rehearsed.stem {
            "intake.evt.claim-registered" => {
                on!(
                    states,
                    input,
                    ClaimRegistered,
                    |it| (case_id, Reference::id(&it.reference)),
                    |state, facts| case::register_claim(state, &it, facts)
                )
            }
            "intake.evt.claim-credited" => {
                on!(states, input, ClaimCredited, |it| case_id, |state, facts| case::credit(
                    state, &it, facts
                ))
            }
            "intake.evt.claim-withdrawn" => {
                on!(states, input, ClaimWithdrawn, |it| case_id, |state, facts| case::withdraw(
                    state, &it, facts
                ))
            }
            "intake.evt.direct-payment-reported" => {
                on!(
                    states,
                    input,
                    DirectPaymentReported,
                    |it| (case_id, it.payment_id.as_uuid()),
                    |state, facts| case::pay_directly(state, &it, facts)
                )
            }
            "intake.evt.direct-payment-retracted" => {
                on!(
                    states,
                    input,
                    DirectPaymentRetracted,
                    |it| (case_id, it.payment_id.as_uuid()),
                    |state, facts| case::take_back(state, &it, facts)
                )
            }
            "letter.evt.dispatched" => {
                on!(states, input, Dispatched, |it| case_id, |state, facts| case::notice(
                    state, &it, facts
                ))
            }
            "payment-reconciliation.cmd.allocate-payment" => {
                on!(
                    states,
                    input,
                    AllocatePayment,
                    |it| (case_id, it.payment_id.as_uuid()),
                    |state, facts| case::allocate(state, &it, facts)
                )
            }
            "payment-reconciliation.cmd.tell-payments-known" => {
                on!(states, input, TellPaymentsKnown, |it| case_id, |state, _facts| {
                    case::tell_payments_known(state, &it)
                })
            }
            _ => Err(input.unexpected("payment-reconciliation")),
        }
    }

    pub fn wake(&mut self, row: Row, it: Rehearsed<'_>) -> Result<Brought, Fault> {
        self.read_case(row.id);
        let brought = self.states.decide(it, &[row.id], |state| case::charge(state, it.facts));
        brought.map(|brought| self.saved(brought))
    }

    /// `payment-reconciliation.api.import-statement`.
    pub fn import(
        &mut self,
        file: &BankFile,
        client_accounts: &[String],
        it: Rehearsed<'_>,
    ) -> Result<(Brought, Option<ImportStatementAnswer>), Fault> {
        let in_transit = self.in_transit();
        let before = self.states.find::<Desk>(Desk::ID).cloned().unwrap_or_else(blank_desk);
        self.states.load(Desk::ID, Desk { in_transit, ..before });
        let mut told = None;
        let brought = self.states.decide(it, &[Desk::ID], |state: Desk| {
            let (decision, answer) = desk::import(state, file, client_accounts, it.facts)?;
            told = Some(answer);
            Ok(decision)
        })?;
        Ok((self.saved(brought), told))
    }

    /// `payment-reconciliation.api.propose-remittance`.
    pub fn propose(
        &mut self,
        creditor_id: CreditorId,
        vat_basis_points: u32,
        it: Rehearsed<'_>,
    ) -> Result<(Brought, Option<ProposeRemittanceAnswer>), Fault> {
        let id = creditor_id.as_uuid();
        let before = self.states.find::<Till>(id).cloned().unwrap_or_else(|| blank_till(id));
        let mut waits = self.papers.values().filter(|it| it.state == PaperState::Proposed);
        let till = Till {
            finance_desk: self.finance_desk(),
            collected: self.collected(creditor_id, None),
            ruled: self.ruled(creditor_id),
            payout: self.payout(creditor_id),
            proposed: waits.find(|paper| paper.creditor_id == creditor_id).cloned(),
            voided: None,
            ..before
        };
        self.states.load(id, till);
        let mut told = None;
        let brought = self.states.decide(it, &[id], |state: Till| {
            let vat = Vat::Uninvoiced { basis_points: vat_basis_points };
            let (decision, answer) = remittance::propose(state, &[], vat, it.facts)?;
            told = Some(answer);
            Ok(decision)
        })?;
        Ok((self.saved(brought), told))
    }

    /// `payment-reconciliation.api.approve-remittance`.
    pub fn approve(
        &mut self,
        remittance_id: RemittanceId,
        it: Rehearsed<'_>,
    ) -> Result<(Brought, Option<ApproveRemittanceAnswer>), Fault> {
        self.read_remittance(remittance_id);
        let mut told = None;
        let brought = self.states.decide(it, &[remittance_id.as_uuid()], |state: Remittance| {
            let (decision, answer) = remittance::approve(state, it.facts)?;
            told = Some(answer);
            Ok(decision)
        })?;
        Ok((self.saved(brought), told))
    }

    pub fn end(
        &mut self,
        remittance_id: Uuid,
        ended: &Ended<Work, Files>,
        it: Rehearsed<'_>,
    ) -> Result<Brought, Fault> {
        self.read_remittance(RemittanceId::from_uuid(remittance_id));
        let end = |state| remittance::end(state, ended, it.facts);
        let brought = self.states.decide(it, &[remittance_id], end)?;
        Ok(self.saved(brought))
    }

    #[must_use]
    pub fn position(
        &self,
        case_id: CaseId,
        announce_for: &[ClaimId],
        now: Timestamp,
    ) -> Option<Position> {
        let case = self.states.find::<Case>(case_id.as_uuid())?;
        position(case.account.as_ref()?, announce_for, day_of(now), self.known_until(case)).ok()
    }
}

/// What the store reads beside the rows.
impl Money {
    fn read_case(&mut self, id: Uuid) {
        let Some(mut case) = self.states.find::<Case>(id).cloned() else { return };
        case.payments_known_until = self.known_until(&case);
        if let Some(account) = &mut case.account {
            account.remitted = self.remitted(account.creditor_id);
            account.remitted.retain(|(claim_id, _), _| account.claims.contains_key(claim_id));
        }
        self.states.load(id, case);
    }

    fn read_remittance(&mut self, id: RemittanceId) {
        let before = self.states.find::<Remittance>(id.as_uuid()).cloned().unwrap_or_default();
        let paper = self.papers.get(&id).cloned();
        let waits = paper.as_ref().filter(|it| it.state == PaperState::Proposed);
        let collected = waits.map(|it| self.collected(it.creditor_id, Some(it)));
        let (finance_desk, collected) = (self.finance_desk(), collected.unwrap_or_default());
        self.states.load(id.as_uuid(), Remittance { paper, finance_desk, collected, ..before });
    }

    /// By the statements of the account that the case is paid to.
    fn known_until(&self, case: &Case) -> Option<Date> {
        let opened = case.opened?;
        let (holder, account_since) = match opened.account_since {
            None => (Holder::Agency, None),
            Some(since) => (Holder::Creditor(opened.creditor_id), Some(since)),
        };
        let is_it = |owner: &Owner| owner.holder == holder && owner.account_since == account_since;
        self.statements.iter().filter(|(owner, _)| is_it(owner)).map(|(_, until)| *until).max()
    }

    fn finance_desk(&self) -> BTreeSet<StaffId> {
        let staff = self.states.all::<Staff>().into_iter();
        staff.filter(|(_, it)| it.is_finance_desk).map(|(id, _)| StaffId::from_uuid(id)).collect()
    }

    fn in_transit(&self) -> BTreeMap<String, InTransit> {
        let sent = self.papers.values().filter(|it| is_in_transit(it)).map(|paper| {
            let Paper { remittance_id, creditor_id, ref bill, .. } = *paper;
            let sent = Sent::Remittance { remittance_id, creditor_id };
            let in_transit = InTransit { amount: bill.amount, sent };
            (sent.transfer().end_to_end_id(), in_transit)
        });
        sent.collect()
    }

    /// What was remitted to a creditor of each payment on each claim.
    fn remitted(&self, creditor_id: CreditorId) -> BTreeMap<(ClaimId, PaymentId), Parts> {
        let mut remitted: BTreeMap<(ClaimId, PaymentId), Parts> = BTreeMap::new();
        let approved = |it: &&Paper| {
            it.creditor_id == creditor_id && matches!(it.state, PaperState::Approved { .. })
        };
        for billed in self.papers.values().filter(approved).flat_map(|it| &it.bill.lines) {
            let line = &billed.line;
            let (costs, interest, principal) = (line.costs, line.interest, line.principal);
            let sum = remitted.entry((line.claim_id, line.payment_id));
            let sum = sum.or_insert(Parts::zero(CURRENCY));
            *sum = sum.checked_add(Parts { costs, interest, principal }).unwrap_or(*sum);
        }
        remitted
    }

    /// What a creditor is owed of what was collected, or has to give back where `sign` is below
    /// nought; in cents.
    pub fn owed(&self, creditor_id: CreditorId, sign: i64) -> i64 {
        let collected = self.collected(creditor_id, None);
        let ours = collected.iter().filter(|it| it.holder == Holder::Agency);
        let cents = ours.map(|it| it.parts.total().map_or(0, Amount::amount_minor));
        cents.map(|cents| cents.saturating_mul(sign).max(0)).fold(0, i64::saturating_add)
    }

    fn terms(&self, opened: OpenedCase) -> Option<&AgreedTerms> {
        let version = opened.under?.agreement_version;
        let agreements = self.states.find::<Agreements>(opened.creditor_id.as_uuid())?;
        agreements.by_version.get(&version)
    }

    fn payout(&self, creditor_id: CreditorId) -> AgreedPayout {
        let agreements = self.states.find::<Agreements>(creditor_id.as_uuid());
        agreements.map(Agreements::payout).unwrap_or_default()
    }

    /// The claims of a creditor whose commission follows rules, with what was remitted of them.
    fn ruled(&self, creditor_id: CreditorId) -> BTreeMap<ClaimId, RuledClaim> {
        let mut found = BTreeMap::new();
        for case in self.states.all::<Case>().values() {
            let Some((opened, account)) = case.opened.zip(case.account.as_ref()) else { continue };
            let rules = self.terms(opened).and_then(|it| it.commission_rules.clone());
            let Some(rules) = rules.filter(|_| account.creditor_id == creditor_id) else {
                continue;
            };
            for (claim_id, claim) in &account.claims {
                let first = claim.lines.iter().find(|it| it.kind == LineKind::Principal);
                let principal = first.map_or(Amount::zero(CURRENCY), |it| it.parts.principal);
                let basis = ClaimBasis { principal, due_on: claim.due_on };
                let (brought, charged) = (Vec::new(), Amount::zero(CURRENCY));
                let rules = rules.clone();
                found.insert(*claim_id, RuledClaim { rules, basis, brought, charged });
            }
        }
        let approved = |it: &&Paper| matches!(it.state, PaperState::Approved { .. });
        for billed in self.papers.values().filter(approved).flat_map(|it| &it.bill.lines) {
            let line = &billed.line;
            let Some(claim) = found.get_mut(&line.claim_id) else { continue };
            let Ok(base) = line.principal.checked_add(line.interest) else { continue };
            let (received_on, direct) = (line.received_on, line.direct);
            claim.brought.push(CommissionBrought { received_on, direct, base });
            claim.charged = claim.charged.checked_add(billed.commission).unwrap_or(claim.charged);
        }
        found
    }

    /// What payments brought for the claims of a creditor and was not remitted yet, oldest first;
    /// of one remittance only what it holds.
    fn collected(&self, creditor_id: CreditorId, of: Option<&Paper>) -> Vec<Collected> {
        let remitted = self.remitted(creditor_id);
        let holds = |key: &(ClaimId, PaymentId)| {
            of.is_none_or(|paper| {
                let mut lines = paper.bill.lines.iter().map(|it| &it.line);
                lines.any(|line| (line.claim_id, line.payment_id) == *key)
            })
        };
        let mut collected = Vec::new();
        for case in self.states.all::<Case>().values() {
            let Some((opened, account)) = case.opened.zip(case.account.as_ref()) else { continue };
            if account.creditor_id != creditor_id {
                continue;
            }
            let lines =
                account.claims.iter().flat_map(|(id, it)| it.lines.iter().map(|l| (*id, l)));
            for (key, (holder, paid)) in paid(lines) {
                let before = remitted.get(&key).copied().unwrap_or(Parts::zero(CURRENCY));
                let Ok(parts) = paid.checked_sub(before) else { continue };
                let receipt = self.states.find::<ReceivedPayment>(key.1.as_uuid());
                let Some(receipt) = receipt.and_then(|it| it.receipt) else { continue };
                if parts.is_zero() || !holds(&key) {
                    continue;
                }
                let terms = self.terms(opened);
                collected.push(Collected {
                    case_id: account.case_id,
                    claim_id: key.0,
                    payment_id: key.1,
                    holder,
                    received_on: receipt.received_on,
                    parts,
                    commission_basis_points: terms.map_or(0, |it| it.commission_basis_points),
                    agency_keeps_costs: terms.is_some_and(|it| it.agency_keeps_costs),
                });
            }
        }
        collected.sort_by_key(|it| (it.received_on, it.payment_id, it.claim_id));
        collected
    }
}

/// What each payment paid of each claim.
fn paid<'a>(
    lines: impl Iterator<Item = (ClaimId, &'a Line)>,
) -> BTreeMap<(ClaimId, PaymentId), (Holder, Parts)> {
    let mut paid: BTreeMap<(ClaimId, PaymentId), (Holder, Parts)> = BTreeMap::new();
    for (claim_id, line) in lines {
        if let LineKind::Payment { payment_id, holder } = line.kind {
            let sum = paid.entry((claim_id, payment_id)).or_insert((holder, Parts::zero(CURRENCY)));
            sum.1 = sum.1.checked_sub(line.parts).unwrap_or(sum.1);
        }
    }
    paid
}

fn is_in_transit(paper: &Paper) -> bool {
    matches!(paper.state, PaperState::Approved { paid_on: None, .. })
}

fn blank_till(id: Uuid) -> Till {
    Till {
        version: 0,
        creditor_id: CreditorId::from_uuid(id),
        finance_desk: BTreeSet::new(),
        collected: Vec::new(),
        ruled: BTreeMap::new(),
        payout: AgreedPayout::default(),
        returned: Vec::new(),
        proposed: None,
        voided: None,
    }
}

const fn blank_desk() -> Desk {
    Desk {
        version: 0,
        since: Date::constant(1900, 1, 1),
        client_accounts: Vec::new(),
        recorded: BTreeMap::new(),
        in_transit: BTreeMap::new(),
        may_return: BTreeMap::new(),
        debits: BTreeMap::new(),
        early: Vec::new(),
        news: Vec::new(),
    }
}

/// What the store writes beside the rows.
impl Money {
    fn saved(&mut self, brought: Brought) -> Brought {
        for row in brought.changed.iter().map(|row| row.id) {
            if let Some(case) = self.states.find::<Case>(row).filter(|it| !it.news.is_empty()) {
                let mut case = case.clone();
                self.book(std::mem::take(&mut case.news));
                self.states.load(row, case);
            }
            if let Some(desk) = self.states.find::<Desk>(row).filter(|it| !it.news.is_empty()) {
                let mut desk = desk.clone();
                for booking in std::mem::take(&mut desk.news) {
                    self.take_in(booking);
                }
                self.states.load(row, desk);
            }
            if let Some(till) = self.states.find::<Till>(row).cloned() {
                if let Some(voided) = till.voided.and_then(|id| self.papers.get_mut(&id)) {
                    voided.state = PaperState::Void;
                }
                if let Some(paper) = till.proposed {
                    self.papers.entry(paper.remittance_id).or_insert(paper);
                }
            }
            if let Some(mut remittance) = self.states.find::<Remittance>(row).cloned() {
                self.book(std::mem::take(&mut remittance.news));
                let paper = remittance.paper.clone();
                self.papers.extend(paper.map(|paper| (paper.remittance_id, paper)));
                self.states.load(row, remittance);
            }
        }
        brought
    }

    fn take_in(&mut self, booking: Booking) {
        let Booking { statement, transactions, paid, .. } = booking;
        self.statements.push((statement.owner, statement.last_day));
        for movement in &statement.movements {
            let receipt = Receipt {
                amount: movement.amount,
                received_on: movement.booked_on,
                holder: statement.owner.holder,
            };
            let allocated = paid.contains_key(&movement.payment_id);
            let received = ReceivedPayment {
                own_id: Some(movement.payment_id),
                receipt: Some(receipt),
                allocated,
                ..ReceivedPayment::default()
            };
            self.states.load(movement.payment_id.as_uuid(), received);
            // Nothing is found by what payers of these stories write beside references.
            let payment = movement.is_payment.then(|| movement.payment());
            let judging = Judging {
                payment,
                is_known: true,
                awaited_days: AWAITED_DAYS,
                ..Judging::default()
            };
            self.states.load(movement.payment_id.as_uuid(), judging);
            // No money is paid back in these stories.
            let Some(Sent::Remittance { remittance_id, .. }) = paid.get(&movement.payment_id)
            else {
                continue;
            };
            let paper = self.papers.get_mut(remittance_id);
            if let Some(Paper { state: PaperState::Approved { paid_on, .. }, .. }) = paper {
                *paid_on = Some(movement.booked_on);
            }
            self.paid.insert(movement.payment_id, *remittance_id);
        }
        self.book(transactions);
    }

    fn book(&mut self, transactions: Vec<LedgerTransaction>) {
        for transaction in transactions {
            let subject = transaction.kind().subject();
            for posting in transaction.postings() {
                let cents = posting.amount.amount_minor();
                let balance = self.balances.entry(posting.account).or_default();
                *balance = balance.saturating_add(cents);
                match posting.account {
                    LedgerAccount::Bank(_) | LedgerAccount::AtProvider => {
                        let sum = self.booked.entry(subject).or_default();
                        sum.0 = sum.0.saturating_add(cents);
                    }
                    LedgerAccount::Unmatched(_) => {
                        let sum = self.booked.entry(subject).or_default();
                        sum.1 = sum.1.saturating_sub(cents);
                    }
                    LedgerAccount::Refundable(..)
                    | LedgerAccount::OwedToCreditor(_)
                    | LedgerAccount::SettledAtCreditor(_)
                    | LedgerAccount::InTransit(_)
                    | LedgerAccount::Own
                    | LedgerAccount::OwedByCreditor(_)
                    | LedgerAccount::AdvancedToCreditor(_)
                    | LedgerAccount::FeesOwedByCreditor(_)
                    | LedgerAccount::FeesCharged(_)
                    | LedgerAccount::Receivable(_)
                    | LedgerAccount::CreditorClaims(_) => {}
                }
            }
            self.ledger.push(transaction);
        }
    }
}

impl Input<'_> {
    /// The case that a message names.
    fn case_id(&self) -> Result<Uuid, Fault> {
        #[derive(serde::Deserialize)]
        struct Named {
            case_id: Uuid,
        }
        let named: Result<Named, _> = serde_json::from_str(self.envelope.data.get());
        named.map(|it| it.case_id).map_err(|error| Fault::Poison(error.to_string()))
    }
}
