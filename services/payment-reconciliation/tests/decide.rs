//! What users of payment-reconciliation's decisions rely on: every statement counts once, every
//! cent stands somewhere, and it does not matter in which order things become known.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "tests fail loudly"
)]

mod bank;

use std::collections::BTreeMap;

use bank::{CLIENT, Entry, file, statement};
use contracts::agreement::{
    AgreedCharges, AgreedPromises, AgreedRemittance, Agreement, BusinessCosts, PayTo, PenaltyClause,
};
use contracts::intake::{
    AgreementAgreed, CaseOpened, ClaimCredited, ClaimRegistered, ClaimWithdrawn, CreditorAccount,
    DirectPaymentReported, StaffRegistered, WithdrawalReason,
};
use contracts::letter::{Dispatched, Note, SendNote};
use contracts::payment_reconciliation::{
    AllocatePayment, ApproveRemittanceAnswer, ChargesBooked, ClaimSettled, ImportStatementAnswer,
    MatchPayment, PaymentAllocated, PaymentUnmatched, Position, PositionLineKind,
    ProposeRemittanceAnswer, RemittanceApproved, RemittancePaid, RemittanceRefusal,
    RemittanceState, SettledBy,
};
use contracts::{Message, Outgoing};
use jiff::ToSpan;
use mailbox::{Decision, Effect, Ended, Ending, Facts, Fault, Timer};
use payment_reconciliation::domain::account::LineKind;
use payment_reconciliation::domain::account_statement::{AccountStatement, BankFile, Owners};
use payment_reconciliation::domain::camt;
use payment_reconciliation::domain::case::{self, Case};
use payment_reconciliation::domain::desk::{Desk, InTransit, import};
use payment_reconciliation::domain::ledger::{
    Breach, Holder, LedgerAccount, LedgerTransaction, equation,
};
use payment_reconciliation::domain::matching::{Reference, match_payment};
use payment_reconciliation::domain::parts::Parts;
use payment_reconciliation::domain::payment::{Receipt, ReceivedPayment};
use payment_reconciliation::domain::position::position;
use payment_reconciliation::domain::remittance::{
    self, Collected, Files, Paper, PaperState, Remittance, Till, Work,
};
use payment_reconciliation::domain::staff::{Staff, register_staff};
use payment_reconciliation::domain::terms::{Agreements, agree};
use primitives::{
    Actor, Capacity, CaseId, Channel, ClaimId, ContentHash, CorrelationId, Country, CreditorId,
    Currency, Date, DebtorKind, EffectId, Iban, Language, LetterId, MessageId, MessageKind, Money,
    PaymentId, PermitId, PersonId, RemittanceId, SourceFileId, StaffId, StaffRole,
    StructuredReference, Timestamp,
};
use proptest::prelude::*;
use uuid::Uuid;

/// The account of the creditor of even cases.
const CREDITORS: &str = "BE68539007547034";
const NOW: &str = "2026-03-10T09:00:00Z";

fn euro(minor: i64) -> Money {
    Money::new(minor, Currency::EUR)
}

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

/// Cases are 1 and 2; claims are `case * 10 + n`.
fn case_id(case: u128) -> CaseId {
    CaseId::from_uuid(Uuid::from_u128(0xca5e_0000 + case))
}

fn claim_id(claim: u128) -> ClaimId {
    ClaimId::from_uuid(Uuid::from_u128(0xc1a1_0000 + claim))
}

fn creditor_id() -> CreditorId {
    CreditorId::from_uuid(Uuid::from_u128(0xc4ed))
}

fn reference(claim: u128) -> StructuredReference {
    StructuredReference::rf_from(&format!("CLAIM{claim}")).unwrap()
}

/// An agreement that asks all that the law allows, and keeps a tenth.
fn agreed() -> AgreementAgreed {
    let charges = AgreedCharges {
        creditor_deducts_vat: true,
        in_business: BusinessCosts::FixedForty,
        interest: true,
        penalty_clause: Some(PenaltyClause {
            lump_sum: true,
            yearly_interest_basis_points: Some(800),
        }),
    };
    let agreement = Agreement {
        version: 1,
        capacity: Capacity::AgencyForCreditor,
        pay_to: PayTo::Agency,
        steps: Vec::new(),
        payments_known_within_days: None,
        review_after_days: 14,
        review_by: "case-desk".to_owned(),
        charges,
        promises: AgreedPromises::default(),
        thanks_by: Vec::new(),
        remittance: AgreedRemittance { commission_basis_points: 1_000, agency_keeps_costs: true },
    };
    AgreementAgreed { creditor_id: creditor_id(), agreement }
}

/// A message about claims of one case that left by e-mail.
fn dispatched(message: MessageKind, on: &str, claims: &[u128]) -> Dispatched {
    dispatched_by(Channel::Email, message, on, claims)
}

fn dispatched_by(channel: Channel, message: MessageKind, on: &str, claims: &[u128]) -> Dispatched {
    let name = format!("{message} {on} {claims:?}");
    Dispatched {
        letter_id: LetterId::from_uuid(Uuid::new_v5(&Uuid::NAMESPACE_OID, name.as_bytes())),
        case_id: case_id(claims[0] / 10),
        creditor_id: creditor_id(),
        person_id: opened(1).person_id,
        permit_id: PermitId::from_uuid(Uuid::from_u128(1)),
        message,
        channel,
        claim_ids: claims.iter().map(|claim| claim_id(*claim)).collect(),
        text_version: "text@1".to_owned(),
        content: ContentHash::from_digest([1; 32]),
        asked: euro(1),
        dispatched_at: format!("{on}T10:00:00Z").parse().unwrap(),
    }
}

fn reported(claim: u128, minor: i64, paid_on: &str) -> DirectPaymentReported {
    DirectPaymentReported {
        payment_id: PaymentId::from_uuid(Uuid::new_v5(&Uuid::NAMESPACE_OID, paid_on.as_bytes())),
        claim_id: claim_id(claim),
        case_id: case_id(claim / 10),
        creditor_id: creditor_id(),
        amount: euro(minor),
        paid_on: day(paid_on),
    }
}

fn opened(case: u128) -> CaseOpened {
    CaseOpened {
        case_id: case_id(case),
        creditor_id: creditor_id(),
        person_id: PersonId::from_uuid(Uuid::from_u128(0x9e45)),
        debtor_kind: DebtorKind::Consumer,
        country: Country::NL,
        language: Language::Nl,
        reachable: Vec::new(),
        agreement_version: 1,
        pay_to: PayTo::Creditor { since_version: 1 },
    }
}

/// The same case of another kind of debtor, who is asked to pay to the agency.
fn opened_as(case: u128, country: Country, debtor_kind: DebtorKind) -> CaseOpened {
    CaseOpened { country, debtor_kind, pay_to: PayTo::Agency, ..opened(case) }
}

fn registered(claim: u128, minor: i64, due_on: &str) -> ClaimRegistered {
    ClaimRegistered {
        claim_id: claim_id(claim),
        case_id: case_id(claim / 10),
        creditor_id: creditor_id(),
        person_id: opened(1).person_id,
        amount: euro(minor),
        issued_on: day("2026-02-01"),
        due_on: day(due_on),
        reference: reference(claim),
        reachable: Vec::new(),
    }
}

fn credited(claim: u128, minor: i64) -> ClaimCredited {
    ClaimCredited {
        claim_id: claim_id(claim),
        case_id: case_id(claim / 10),
        creditor_id: creditor_id(),
        source_file_id: SourceFileId::from_uuid(Uuid::from_u128(1)),
        amount: euro(minor),
        credited_on: day("2026-02-20"),
    }
}

fn withdrawn(claim: u128) -> ClaimWithdrawn {
    ClaimWithdrawn {
        claim_id: claim_id(claim),
        case_id: case_id(claim / 10),
        creditor_id: creditor_id(),
        reason: WithdrawalReason::Other,
        withdrawn_at: NOW.parse().unwrap(),
    }
}

fn staff_id(number: u128) -> StaffId {
    StaffId::from_uuid(Uuid::from_u128(0x57af_0000 + number))
}

fn owners() -> Owners {
    let account = CREDITORS.to_owned();
    let creditors = [CreditorAccount { creditor_id: creditor_id(), account, account_since: 1 }];
    Owners::new(&[Iban::parse(CLIENT).unwrap()], &creditors)
}

fn read(xml: &str) -> BankFile {
    BankFile::of(&camt::read(xml.as_bytes()), &owners())
}

/// One payment on a statement of its own, so that payments can become known in any order.
fn paid(number: u128, account: &str, minor: i64, claim: u128) -> BankFile {
    paid_for(number, account, minor, &[claim])
}

/// The same in one transfer that names several claims.
fn paid_for(number: u128, account: &str, minor: i64, claims: &[u128]) -> BankFile {
    paid_on("2026-03-02", number, account, minor, claims)
}

fn paid_on(on: &str, number: u128, account: &str, minor: i64, claims: &[u128]) -> BankFile {
    let names = |entry: Entry, claim: &u128| entry.line(reference(*claim).canonical());
    let entry = claims.iter().fold(Entry::credit(minor), names);
    read(&file(&[statement(account, &format!("S{number}"), on, &[entry])]))
}

/// Something that becomes known.
#[derive(Clone, Debug)]
enum Known {
    Agreed(AgreementAgreed),
    Opened(CaseOpened),
    Registered(ClaimRegistered),
    Credited(ClaimCredited),
    Withdrawn(ClaimWithdrawn),
    Match(MatchPayment),
    Allocate(AllocatePayment),
    Dispatched(Dispatched),
    Reported(DirectPaymentReported),
    /// The morning of a case's timer.
    Morning(CaseId),
    Bank(BankFile),
}

/// Everything that decisions of the service work on: what the mailbox keeps in Postgres.
#[derive(Clone, Debug)]
struct World {
    agreements: Agreements,
    remittances: BTreeMap<RemittanceId, Paper>,
    /// Until when payments are known, on every case.
    known_until: Option<Date>,
    timers: BTreeMap<CaseId, Timestamp>,
    cases: BTreeMap<CaseId, Case>,
    references: BTreeMap<Uuid, Reference>,
    payments: BTreeMap<PaymentId, ReceivedPayment>,
    desk: Desk,
    booked: Vec<LedgerTransaction>,
    told: Vec<Outgoing>,
    answers: Vec<ImportStatementAnswer>,
    /// What was told to the service itself, or waits, with the id of its message.
    coming: Vec<(u128, Known)>,
    waiting: Vec<(u128, Known)>,
    ids: u128,
    now: Timestamp,
}

impl World {
    fn new() -> Self {
        let recorded = BTreeMap::new();
        let desk = Desk {
            version: 0,
            since: day("1900-01-01"),
            client_accounts: Vec::new(),
            recorded,
            in_transit: BTreeMap::new(),
            news: Vec::new(),
        };
        Self {
            agreements: Agreements::default(),
            remittances: BTreeMap::new(),
            known_until: None,
            timers: BTreeMap::new(),
            cases: BTreeMap::new(),
            references: BTreeMap::new(),
            payments: BTreeMap::new(),
            desk,
            booked: Vec::new(),
            told: Vec::new(),
            answers: Vec::new(),
            coming: Vec::new(),
            waiting: Vec::new(),
            ids: 0,
            now: NOW.parse().unwrap(),
        }
    }

    /// A case with claims, each of an amount.
    fn with_claims(claims: &[(u128, i64, &str)]) -> Self {
        let mut world = Self::new();
        world.after(Known::Agreed(agreed())).after(Known::Opened(opened(1)));
        for (claim, minor, due_on) in claims {
            world.after(Known::Registered(registered(*claim, *minor, due_on)));
        }
        world
    }

    /// A case of one claim, of a kind of debtor; payments are known until the day before.
    fn of_debtor(country: Country, kind: DebtorKind, minor: i64, due_on: &str) -> Self {
        let mut world = Self::new();
        world.now = format!("{due_on}T09:00:00Z").parse().unwrap();
        world.after(Known::Agreed(agreed()));
        world.after(Known::Opened(opened_as(1, country, kind)));
        world.after(Known::Registered(registered(11, minor, due_on)));
        world
    }

    /// One thing, and all that follows from it.
    fn after(&mut self, known: Known) -> &mut Self {
        self.comes(known);
        self.settle(&[]);
        self
    }

    fn comes(&mut self, known: Known) {
        self.ids += 1;
        self.coming.push((self.ids, known));
    }

    /// Handles what is coming in the order that the picks say, and what it brings forth.
    fn settle(&mut self, picks: &[usize]) {
        let mut picks = picks.iter().copied().cycle();
        while !self.coming.is_empty() {
            let place = picks.next().unwrap_or(0) % self.coming.len();
            let (id, known) = self.coming.remove(place);
            match self.handle(id, &known) {
                Ok(()) => self.coming.append(&mut self.waiting),
                Err(Fault::Early(_)) => self.waiting.push((id, known)),
                Err(fault) => panic!("{known:?}: {fault}"),
            }
            self.assert_sound();
        }
    }

    fn handle(&mut self, id: u128, known: &Known) -> Result<(), Fault> {
        let facts = Facts {
            now: self.now,
            cause: MessageId::from_uuid(Uuid::from_u128(id)),
            correlation: CorrelationId::from_uuid(Uuid::from_u128(id)),
            actor: Actor::Machine("intake".to_owned()),
            version: 1,
        };
        match known {
            Known::Agreed(it) => {
                self.agreements = agree(self.agreements.clone(), it)?.state;
            }
            Known::Opened(it) => {
                let states = (self.agreements.clone(), self.case(it.case_id));
                let decision = case::open(states, it)?;
                let (_, case) = decision.state.clone();
                self.keep_case(it.case_id, with(decision, case));
            }
            Known::Dispatched(it) => {
                let decision = case::notice(self.case(it.case_id), it, &facts)?;
                self.keep_case(it.case_id, decision);
            }
            Known::Morning(case_id) => {
                let decision = case::charge(self.case(*case_id), &facts)?;
                self.keep_case(*case_id, decision);
            }
            Known::Reported(it) => {
                let payment = self.payments.get(&it.payment_id).cloned().unwrap_or_default();
                let decision = case::pay_directly((self.case(it.case_id), payment), it, &facts)?;
                let (case, payment) = decision.state.clone();
                self.payments.insert(it.payment_id, payment);
                self.keep_case(it.case_id, with(decision, case));
            }
            Known::Registered(it) => {
                let key = Reference::id(&it.reference);
                let reference = self.references.get(&key).cloned().unwrap_or_default();
                let states = (self.case(it.case_id), reference);
                let decision = case::register_claim(states, it, &facts)?;
                let (case, reference) = decision.state.clone();
                self.references.insert(key, reference);
                self.keep_case(it.case_id, with(decision, case));
            }
            Known::Credited(it) => {
                let decision = case::credit(self.case(it.case_id), it, &facts)?;
                self.keep_case(it.case_id, decision);
            }
            Known::Withdrawn(it) => {
                let decision = case::withdraw(self.case(it.case_id), it, &facts)?;
                self.keep_case(it.case_id, decision);
            }
            Known::Match(it) => {
                let key = Reference::id(&it.reference);
                let reference = self.references.get(&key).cloned().unwrap_or_default();
                let decision = match_payment(reference, it);
                self.references.insert(key, decision.state.clone());
                self.hear(decision.messages);
            }
            Known::Allocate(it) => {
                let payment = self.payments.get(&it.payment_id).cloned().unwrap_or_default();
                let states = (self.case(it.case_id), payment);
                let decision = case::allocate(states, it, &facts)?;
                let (case, payment) = decision.state.clone();
                self.payments.insert(it.payment_id, payment);
                self.keep_case(it.case_id, with(decision, case));
            }
            Known::Bank(it) => self.import(it, &facts)?,
        }
        Ok(())
    }

    fn import(&mut self, file: &BankFile, facts: &Facts) -> Result<(), Fault> {
        let (decision, answer) = import(self.desk.clone(), file, &[], facts)?;
        self.answers.push(answer);
        self.keep_desk(decision);
        Ok(())
    }

    fn case(&self, case_id: CaseId) -> Case {
        let case = self.cases.get(&case_id).cloned().unwrap_or_default();
        Case { payments_known_until: self.known_until, ..case }
    }

    /// Everything goes on until a day: the timers of its morning, and all before it, go off.
    fn until(&mut self, on: &str) -> &mut Self {
        let end: Timestamp = format!("{on}T08:00:00Z").parse().unwrap();
        while let Some((case_id, due_at)) =
            self.timers.iter().map(|(id, due)| (*id, *due)).min_by_key(|(_, due)| *due)
            && due_at <= end
        {
            self.now = due_at;
            self.timers.remove(&case_id);
            self.after(Known::Morning(case_id));
        }
        self.now = end;
        self
    }

    /// All payments until a day are known.
    fn knows_until(&mut self, on: &str) -> &mut Self {
        self.known_until = Some(day(on));
        self
    }

    fn position(&self, case: u128) -> Position {
        let account = self.cases[&case_id(case)].account.as_ref().unwrap();
        let today = day(&self.now.to_string()[..10]);
        position(account, &[], today, self.known_until).unwrap()
    }

    fn parts(&self, claim: u128) -> Parts {
        let account = self.cases[&case_id(claim / 10)].account.as_ref().unwrap();
        account.open(claim_id(claim)).unwrap()
    }

    fn keep_case(&mut self, case_id: CaseId, mut decision: Decision<Case>) {
        for timer in decision.timers.drain(..) {
            match timer {
                Timer::Set { due_at, .. } => {
                    assert!(due_at > self.now, "no timer goes round in a circle");
                    self.timers.insert(case_id, due_at);
                }
                Timer::Cancel { .. } => {
                    self.timers.remove(&case_id);
                }
            }
        }
        self.booked.append(&mut decision.state.news);
        self.cases.insert(case_id, decision.state);
        self.hear(decision.messages);
    }

    fn keep_desk(&mut self, mut decision: Decision<Desk>) {
        for booking in decision.state.news.drain(..) {
            self.booked.extend(booking.transactions);
            for (payment_id, remittance_id) in &booking.paid {
                let movements = &booking.statement.movements;
                let movement = movements.iter().find(|it| it.payment_id == *payment_id).unwrap();
                let paper = self.remittances.get_mut(remittance_id).unwrap();
                let PaperState::Approved { paid_on, .. } = &mut paper.state else { panic!() };
                *paid_on = Some(movement.booked_on);
            }
            for movement in booking.statement.movements {
                let receipt = Receipt {
                    amount: movement.amount,
                    received_on: movement.booked_on,
                    holder: booking.statement.owner.holder,
                };
                let known = ReceivedPayment { receipt: Some(receipt), ..Default::default() };
                self.payments.insert(movement.payment_id, known);
            }
        }
        self.desk = decision.state;
        self.hear(decision.messages);
    }

    fn hear(&mut self, messages: Vec<Outgoing>) {
        for message in messages {
            if let Some(command) = message.read::<MatchPayment>() {
                self.comes(Known::Match(command));
            } else if let Some(command) = message.read::<AllocatePayment>() {
                self.comes(Known::Allocate(command));
            }
            self.told.push(message);
        }
    }

    fn told<M: Message>(&self) -> Vec<M> {
        self.told.iter().filter_map(Outgoing::read).collect()
    }

    /// What was collected and not remitted yet, as the store finds it.
    fn collected(&self) -> Vec<Collected> {
        let mut collected = Vec::new();
        for (case_id, case) in &self.cases {
            let Some(account) = &case.account else { continue };
            for (claim_id, claim) in &account.claims {
                for (payment_id, payment) in &account.payments {
                    let lines =
                        claim.lines.iter().filter(|it| it.kind.payment_id() == Some(*payment_id));
                    let paid = Parts::sum(Currency::EUR, lines.map(|it| it.parts)).unwrap();
                    let remitted = account.remitted.get(&(*claim_id, *payment_id)).copied();
                    let remitted = remitted.unwrap_or(Parts::zero(Currency::EUR));
                    let parts = paid.checked_neg().unwrap().checked_sub(remitted).unwrap();
                    if !parts.is_zero() {
                        collected.push(Collected {
                            case_id: *case_id,
                            claim_id: *claim_id,
                            payment_id: *payment_id,
                            holder: payment.holder,
                            received_on: payment.received_on,
                            parts,
                            commission_basis_points: 1_000,
                            agency_keeps_costs: true,
                        });
                    }
                }
            }
        }
        collected
    }

    /// A request of a member of staff; 1 and 2 are of the finance desk.
    fn asked_by(&mut self, number: u128) -> Facts {
        self.ids += 1;
        let id = Uuid::from_u128(self.ids);
        Facts {
            now: self.now,
            cause: MessageId::from_uuid(id),
            correlation: CorrelationId::from_uuid(id),
            actor: Actor::Staff(staff_id(number)),
            version: 0,
        }
    }

    fn propose(&mut self, by: u128) -> ProposeRemittanceAnswer {
        let facts = self.asked_by(by);
        let proposed = self.remittances.values().find(|it| it.state == PaperState::Proposed);
        let till = Till {
            version: 0,
            creditor_id: creditor_id(),
            finance_desk: [staff_id(1), staff_id(2)].into(),
            collected: self.collected(),
            proposed: proposed.cloned(),
            voided: None,
        };
        let (decision, answer) = remittance::propose(till, 2_100, &facts).unwrap();
        if let Some(paper) = decision.state.voided.and_then(|id| self.remittances.get_mut(&id)) {
            paper.state = PaperState::Void;
        }
        let proposed = decision.state.proposed.into_iter();
        self.remittances.extend(proposed.map(|paper| (paper.remittance_id, paper)));
        answer
    }

    fn approve(&mut self, remittance_id: RemittanceId, by: u128) -> ApproveRemittanceAnswer {
        let facts = self.asked_by(by);
        let paper = self.remittances.get(&remittance_id).cloned();
        let mut collected = self.collected();
        collected.retain(|it| {
            let lines = paper.iter().flat_map(|paper| &paper.bill.lines);
            lines
                .map(|line| &line.line)
                .any(|line| (line.claim_id, line.payment_id) == (it.claim_id, it.payment_id))
        });
        let finance_desk = [staff_id(1), staff_id(2)].into();
        let remittance =
            Remittance { version: 0, paper, finance_desk, collected, news: Vec::new() };
        let (decision, answer) = remittance::approve(remittance, &facts).unwrap();
        let mut remittance = decision.state;
        self.booked.append(&mut remittance.news);
        for work in decision.effects {
            assert!(!work.once());
            remittance = self.carry_out(remittance, work);
        }
        self.remittances.extend(remittance.paper.map(|paper| (remittance_id, paper)));
        self.assert_sound();
        answer
    }

    /// The store knows of it, the files are made, and their end is decided on.
    fn carry_out(&mut self, remittance: Remittance, work: Work) -> Remittance {
        let paper = remittance.paper.clone().unwrap();
        for line in paper.bill.lines.iter().map(|it| &it.line) {
            let case = self.cases.get_mut(&line.case_id).unwrap();
            let remitted = &mut case.account.as_mut().unwrap().remitted;
            let sum = remitted
                .entry((line.claim_id, line.payment_id))
                .or_insert(Parts::zero(Currency::EUR));
            let (costs, interest, principal) = (line.costs, line.interest, line.principal);
            *sum = sum.checked_add(Parts { costs, interest, principal }).unwrap();
        }
        let sent = InTransit {
            remittance_id: paper.remittance_id,
            creditor_id: paper.creditor_id,
            amount: paper.bill.amount,
        };
        self.desk.in_transit.insert(Paper::end_to_end_id(paper.remittance_id), sent);
        let files = Files {
            payment_order: ContentHash::from_digest([2; 32]),
            specification: ContentHash::from_digest([3; 32]),
        };
        let effect_id = EffectId::from_uuid(Uuid::from_u128(self.ids));
        let ended = Ended { effect_id, effect: work, ending: Ending::Performed(files) };
        let facts = self.asked_by(0);
        let decision = remittance::end(remittance, &ended, &facts).unwrap();
        self.hear(decision.messages);
        decision.state
    }

    /// What holds at every moment.
    fn assert_sound(&self) {
        let postings = self.booked.iter().flat_map(LedgerTransaction::postings);
        let mut breaches =
            equation(postings.map(|it| (it.account, it.amount))).err().unwrap_or_default();
        // More may have to be paid in than was earned: where money goes back after a remittance.
        breaches.retain(|it| !matches!(it, Breach::WrongSide { account: LedgerAccount::Own, .. }));
        assert_eq!(breaches, []);
        for account in self.cases.values().filter_map(|case| case.account.as_ref()) {
            let (open, back) = (account.open_total().unwrap(), account.refundable_total().unwrap());
            assert!(!open.is_negative() && !back.is_negative());
            assert!(open.is_zero() || back.is_zero(), "{open} asked for, {back} to give back");
        }
    }

    /// Open and refundable on each case, and unmatched in all.
    fn money(&self) -> (Vec<(Money, Money)>, Money) {
        let accounts = self.cases.values().filter_map(|case| case.account.as_ref());
        let cases =
            accounts.map(|it| (it.open_total().unwrap(), it.refundable_total().unwrap())).collect();
        let unmatched = self.payments.values().filter(|it| !it.allocated);
        let amounts = unmatched.map(|it| it.receipt.unwrap().amount);
        (cases, Money::sum(Currency::EUR, amounts).unwrap())
    }

    fn open(&self, claim: u128) -> Money {
        self.parts(claim).total().unwrap()
    }
}

fn with<S>(decision: Decision<S>, case: Case) -> Decision<Case> {
    let Decision { messages, timers, .. } = decision;
    let mut kept = Decision::quiet(case);
    kept.messages = messages;
    kept.timers = timers;
    kept
}

// --- any order
// ------------------------------------------------------------------------------------

/// Two cases with two claims each; credit notes, withdrawals and payments on them.
fn facts() -> impl Strategy<Value = Vec<Known>> {
    let minor = || prop_oneof![1_i64..20_000, Just(10_000)];
    let claim = || prop_oneof![Just(11_u128), Just(12), Just(21), Just(22)];
    let claims = (minor(), minor(), minor(), minor()).prop_map(|(a, b, c, d)| {
        vec![
            Known::Agreed(agreed()),
            Known::Opened(opened(1)),
            Known::Opened(opened(2)),
            Known::Registered(registered(11, a, "2026-03-01")),
            Known::Registered(registered(12, b, "2026-02-20")),
            Known::Registered(registered(21, c, "2026-03-01")),
            Known::Registered(registered(22, d, "2026-03-01")),
        ]
    });
    let credits = prop::collection::vec((claim(), minor()), 0..4);
    let withdrawals = prop::collection::btree_set(claim(), 0..3);
    // Claim 99 is never heard of.
    let paid_claim = || prop_oneof![4 => claim(), 1 => Just(99_u128)];
    let named = prop::collection::vec(paid_claim(), 1..3);
    let payments = prop::collection::vec((named, minor(), any::<bool>()), 0..6);
    (claims, credits, withdrawals, payments).prop_map(|(mut facts, credits, back, payments)| {
        facts.extend(credits.into_iter().map(|(on, minor)| Known::Credited(credited(on, minor))));
        facts.extend(back.into_iter().map(|claim| Known::Withdrawn(withdrawn(claim))));
        for (number, (claims, minor, at_creditor)) in (0..).zip(payments) {
            let account = if at_creditor { CREDITORS } else { CLIENT };
            facts.push(Known::Bank(paid_for(number, account, minor, &claims)));
        }
        facts
    })
}

fn schedule() -> impl Strategy<Value = Vec<usize>> {
    prop::collection::vec(0_usize..64, 1..64)
}

fn world_of(facts: &[Known], picks: &[usize]) -> World {
    let mut world = World::new();
    for fact in facts {
        world.comes(fact.clone());
    }
    world.settle(picks);
    assert!(world.waiting.is_empty(), "{:?}", world.waiting);
    world
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn any_order_ends_in_the_same_money(
        facts in facts(), one in schedule(), other in schedule(),
    ) {
        let (one, other) = (world_of(&facts, &one), world_of(&facts, &other));
        prop_assert_eq!(one.money(), other.money());
    }

    #[test]
    fn a_claim_is_told_as_settled_once_and_only_when_nothing_is_open(
        facts in facts(), picks in schedule(),
    ) {
        let world = world_of(&facts, &picks);
        let settled: Vec<ClaimId> =
            world.told::<ClaimSettled>().iter().map(|it| it.claim_id).collect();
        for claim in [11, 12, 21, 22] {
            let count = settled.iter().filter(|it| **it == claim_id(claim)).count();
            prop_assert_eq!(count, usize::from(world.open(claim).is_zero()), "claim {}", claim);
        }
    }

    #[test]
    fn every_payment_is_told_in_full(facts in facts(), picks in schedule()) {
        let world = world_of(&facts, &picks);
        let unmatched = world.told::<PaymentUnmatched>();
        for (payment_id, payment) in &world.payments {
            let amount = payment.receipt.unwrap().amount;
            let told = |id: PaymentId| id == *payment_id;
            let on_claims = world.told::<PaymentAllocated>();
            let on_claims = on_claims.iter().filter(|it| told(it.payment_id)).map(|it| it.amount);
            let on_claims = Money::sum(Currency::EUR, on_claims).unwrap();
            let waits = unmatched.iter().filter(|it| told(it.payment_id)).map(|it| it.amount);
            let waits = Money::sum(Currency::EUR, waits).unwrap();
            let told = on_claims.checked_add(waits).unwrap();
            prop_assert!(told.amount_minor() >= amount.amount_minor(), "{} of {}", told, amount);
        }
    }

    #[test]
    fn the_same_messages_book_and_tell_the_same_again(facts in facts(), picks in schedule()) {
        let (one, again) = (world_of(&facts, &picks), world_of(&facts, &picks));
        prop_assert_eq!(&one.booked, &again.booked);
        let text = |world: &World| format!("{:?}", world.told);
        prop_assert_eq!(text(&one), text(&again));
    }

    #[test]
    fn a_position_is_the_sum_of_its_lines(facts in facts(), picks in schedule()) {
        for case in world_of(&facts, &picks).cases.values() {
            let account = case.account.as_ref().unwrap();
            let position = position(account, &[], day("2026-03-10"), None).unwrap();
            for claim in &position.claims {
                let lines = claim.lines.iter().map(|line| line.amount);
                prop_assert_eq!(Money::sum(Currency::EUR, lines), Ok(claim.open));
            }
            let claims = position.claims.iter().map(|claim| claim.open);
            prop_assert_eq!(Money::sum(Currency::EUR, claims), Ok(position.open));
        }
    }
}

// --- charges, in any order
// ------------------------------------------------------------------------------------

/// The same with messages that start terms and ask for money, and with payments before, within and
/// after those terms: of a Dutch consumer, and of a Dutch business or a Belgian consumer.
fn charged_facts() -> impl Strategy<Value = Vec<Known>> {
    let minor = || prop_oneof![1_i64..90_000, Just(10_000)];
    let claim = || prop_oneof![Just(11_u128), Just(12), Just(21), Just(22)];
    let other = prop_oneof![
        Just((Country::NL, DebtorKind::LegalPerson)),
        Just((Country::BE, DebtorKind::Consumer)),
        Just((Country::BE, DebtorKind::NaturalPersonInBusiness)),
    ];
    let on = || (0_i32..90).prop_map(|days| (day("2026-03-02") + days.days()).to_string());
    let claims = (minor(), minor(), minor(), minor(), other).prop_map(|(a, b, c, d, other)| {
        vec![
            Known::Agreed(agreed()),
            Known::Opened(opened_as(1, Country::NL, DebtorKind::Consumer)),
            Known::Opened(opened_as(2, other.0, other.1)),
            Known::Registered(registered(11, a, "2026-03-01")),
            Known::Registered(registered(12, b, "2026-02-20")),
            Known::Registered(registered(21, c, "2026-03-01")),
            Known::Registered(registered(22, d, "2026-03-01")),
        ]
    });
    let message = prop_oneof![
        Just(MessageKind::FreeFirstReminder),
        Just(MessageKind::FourteenDayLetter),
        Just(MessageKind::Demand),
        Just(MessageKind::PaymentThanks),
    ];
    let about = prop_oneof![
        Just(vec![11_u128, 12]),
        Just(vec![21, 22]),
        claim().prop_map(|claim| vec![claim]),
    ];
    let notices = prop::collection::vec((message, about, on()), 0..6);
    let credits = prop::collection::vec((claim(), minor()), 0..3);
    let withdrawals = prop::collection::vec((claim(), on()), 0..2);
    let payments =
        prop::collection::vec((prop::collection::vec(claim(), 1..3), minor(), on()), 0..6);
    let direct = prop::collection::btree_map(on(), (claim(), minor()), 0..2);
    (claims, notices, credits, withdrawals, payments, direct).prop_map(
        |(mut facts, notices, credits, back, payments, direct)| {
            facts.extend(
                notices.into_iter().map(|(message, claims, on)| {
                    Known::Dispatched(dispatched(message, &on, &claims))
                }),
            );
            facts.extend(
                credits.into_iter().map(|(on, minor)| Known::Credited(credited(on, minor))),
            );
            facts.extend(back.into_iter().map(|(claim, on)| {
                let withdrawn_at = format!("{on}T10:00:00Z").parse().unwrap();
                Known::Withdrawn(ClaimWithdrawn { withdrawn_at, ..withdrawn(claim) })
            }));
            for (number, (claims, minor, on)) in (0..).zip(payments) {
                facts.push(Known::Bank(paid_on(&on, number, CLIENT, minor, &claims)));
            }
            facts.extend(
                direct
                    .into_iter()
                    .map(|(on, (claim, minor))| Known::Reported(reported(claim, minor, &on))),
            );
            facts
        },
    )
}

/// Everything is heard of in June, when all payments are known.
fn charged_world(facts: &[Known], picks: &[usize]) -> World {
    let mut world = World::new();
    world.now = "2026-06-10T09:00:00Z".parse().unwrap();
    world.knows_until("2026-06-09");
    for fact in facts {
        world.comes(fact.clone());
    }
    world.settle(picks);
    assert!(world.waiting.is_empty(), "{:?}", world.waiting);
    world
}

/// What the lines of each claim say together, by what they are and their day.
fn said(world: &World) -> BTreeMap<(ClaimId, String, Date), Parts> {
    let mut said = BTreeMap::new();
    for account in world.cases.values().filter_map(|case| case.account.as_ref()) {
        for (claim_id, claim) in &account.claims {
            for line in &claim.lines {
                let key = (*claim_id, format!("{:?}", line.kind), line.on);
                let sum = said.entry(key).or_insert(Parts::zero(Currency::EUR));
                *sum = sum.checked_add(line.parts).unwrap();
            }
        }
    }
    said.retain(|_, parts| !parts.is_zero());
    said
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn any_order_ends_in_the_same_charges(
        facts in charged_facts(), one in schedule(), other in schedule(),
    ) {
        let (one, other) = (charged_world(&facts, &one), charged_world(&facts, &other));
        prop_assert_eq!(said(&one), said(&other));
        prop_assert_eq!(one.money(), other.money());
    }

    #[test]
    fn what_is_told_adds_up_to_what_is_booked(facts in charged_facts(), picks in schedule()) {
        let world = charged_world(&facts, &picks);
        for account in world.cases.values().filter_map(|case| case.account.as_ref()) {
            for claim_id in account.claims.keys() {
                let nothing = Parts::zero(Currency::EUR);
                let mut open = nothing;
                open.principal = account.claims[claim_id].principal;
                for line in &account.claims[claim_id].lines {
                    if matches!(line.kind, LineKind::CreditNote | LineKind::Withdrawal) {
                        open = open.checked_add(line.parts).unwrap();
                    }
                }
                for told in world.told::<ChargesBooked>() {
                    if told.claim_id == *claim_id {
                        let principal = nothing.principal;
                        let told = Parts { costs: told.costs, interest: told.interest, principal };
                        open = open.checked_add(told).unwrap();
                    }
                }
                for told in world.told::<PaymentAllocated>() {
                    if told.claim_id == *claim_id {
                        let PaymentAllocated { costs, interest, principal, .. } = told;
                        let parts = Parts { costs, interest, principal };
                        prop_assert_eq!(parts.total(), Ok(told.amount));
                        open = open.checked_sub(parts).unwrap();
                    }
                }
                prop_assert_eq!(open, account.open(*claim_id).unwrap());
                prop_assert!(!open.costs.is_negative() && !open.interest.is_negative());
                prop_assert!(!open.principal.is_negative());
            }
        }
    }

    #[test]
    fn each_payment_is_where_it_was_booked_in_whole(facts in charged_facts(), picks in schedule()) {
        let world = charged_world(&facts, &picks);
        let said = said(&world);
        for account in world.cases.values().filter_map(|case| case.account.as_ref()) {
            let back = account.overpaid().unwrap();
            for (payment_id, payment) in &account.payments {
                let kind = LineKind::Payment { payment_id: *payment_id, holder: payment.holder };
                let kind = format!("{kind:?}");
                let paid = said.iter().filter(|((_, it, _), _)| *it == kind);
                let paid = paid.map(|(_, parts)| parts.total().unwrap().checked_neg().unwrap());
                let back = back.get(payment_id).copied();
                prop_assert_eq!(Money::sum(Currency::EUR, paid.chain(back)), Ok(payment.amount));
            }
        }
    }

    /// What a position tells is what was booked, and interest that nobody was told yet.
    #[test]
    fn a_position_is_made_of_its_parts(facts in charged_facts(), picks in schedule()) {
        let world = charged_world(&facts, &picks);
        for (case, account) in [(1, &world.cases[&case_id(1)]), (2, &world.cases[&case_id(2)])] {
            let account = account.account.as_ref().unwrap();
            let position = world.position(case);
            for claim in &position.claims {
                let booked = account.open(claim.claim_id).unwrap();
                prop_assert_eq!(claim.costs_open, booked.costs);
                prop_assert_eq!(claim.principal_open, booked.principal);
                let more = claim.interest_open.checked_sub(booked.interest).unwrap();
                prop_assert!(!more.is_negative());
                let parts = [claim.costs_open, claim.interest_open, claim.principal_open];
                prop_assert_eq!(Money::sum(Currency::EUR, parts), Ok(claim.open));
                let lines = claim.lines.iter().map(|line| line.amount);
                prop_assert_eq!(Money::sum(Currency::EUR, lines), Ok(claim.open));
                for line in &claim.lines {
                    let has_reason = !line.because.is_empty() && !line.rule_ids.is_empty();
                    let needs_reason =
                        matches!(line.kind, PositionLineKind::Costs | PositionLineKind::Interest);
                    prop_assert_eq!(has_reason, needs_reason, "{:?}", line);
                }
            }
        }
    }
}

// --- charges: worked examples
// ------------------------------------------------------------------------------------

fn parts(costs: i64, interest: i64, principal: i64) -> Parts {
    Parts { costs: euro(costs), interest: euro(interest), principal: euro(principal) }
}

/// What payments paid, in the order in which it was told.
fn paid_parts(world: &World) -> Vec<Parts> {
    let told = world.told::<PaymentAllocated>().into_iter();
    told.map(|PaymentAllocated { costs, interest, principal, .. }| Parts {
        costs,
        interest,
        principal,
    })
    .collect()
}

/// The letter is posted on Friday 6 March and counts as delivered on Tuesday; the 14 days end on
/// Tuesday 24 March.
#[test]
fn a_dutch_consumer_pays_costs_then_interest_then_principal_after_the_letter() {
    let mut world = World::of_debtor(Country::NL, DebtorKind::Consumer, 12_100, "2026-03-01");
    world.until("2026-03-05");
    let announced = world.position(1).announced.unwrap();
    assert_eq!((announced.costs, announced.vat), (euro(4_000), euro(0)));
    assert_eq!((announced.interest, announced.interest_basis_points), (true, Some(400)));
    assert!(announced.because.iter().any(|it| it.contains("40.00")), "{:?}", announced.because);
    assert_eq!(announced.rule_pack, "nl-2026.2");

    world.until("2026-03-06");
    let letter = dispatched_by(Channel::Post, MessageKind::FourteenDayLetter, "2026-03-05", &[11]);
    world.after(Known::Dispatched(letter)).knows_until("2026-03-24").until("2026-03-24");
    assert_eq!(world.open(11), euro(12_100));
    world.until("2026-03-25");
    assert_eq!(world.parts(11), parts(4_000, 0, 12_100));
    let charged = world.told::<ChargesBooked>();
    assert_eq!((charged.len(), charged[0].costs), (1, euro(4_000)));
    assert_eq!(charged[0].counts_on, day("2026-03-25"));
    assert!(charged[0].rule_ids.contains(&"nl.collection-costs".to_owned()), "{charged:?}");
    assert!(world.position(1).announced.is_none(), "it is owed already");
    // 24 days of 4 % of 121.00, which nobody was told yet.
    assert_eq!(world.position(1).claims[0].interest_open, euro(32));

    world.until("2026-03-31");
    world.after(Known::Bank(paid_on("2026-03-30", 1, CLIENT, 6_000, &[11])));
    // 29 days of 4 % of 121.00 are 0.38.
    assert_eq!(paid_parts(&world), [parts(4_000, 38, 1_962)]);
    assert_eq!(world.parts(11), parts(0, 0, 10_138));
    // 11 days of 4 % of 101.38 are 0.12.
    world.until("2026-04-10");
    let position = world.position(1);
    assert_eq!(position.open, euro(10_150));
    let kinds: Vec<_> = position.claims[0].lines.iter().map(|line| line.amount).collect();
    assert_eq!(kinds, [12_100, 4_000, 38, -6_000, 12].map(euro));
    world.after(Known::Bank(paid_on("2026-04-10", 2, CLIENT, 10_150, &[11])));
    assert_eq!(world.open(11), euro(0));
    let settled = world.told::<ClaimSettled>();
    assert_eq!((settled.len(), settled[0].by.clone()), (1, SettledBy::Payment));
}

#[test]
fn a_dutch_business_owes_forty_euros_and_commercial_interest_once_it_was_demanded() {
    for (paid, on, left) in [
        // All that was asked, within the seven days: nothing is asked for those days.
        (29_104, "2026-03-20", 0),
        // Later, the interest of 29 days is owed: 2.02, of which 1.04 was told.
        (29_104, "2026-03-30", 98),
        (29_202, "2026-03-30", 0),
    ] {
        let mut world =
            World::of_debtor(Country::NL, DebtorKind::LegalPerson, 25_000, "2026-03-01");
        world.until("2026-03-16").knows_until("2026-03-15");
        let announced = world.position(1).announced.unwrap();
        assert_eq!((announced.costs, announced.interest_basis_points), (euro(4_000), Some(1_015)));
        world.after(Known::Dispatched(dispatched(MessageKind::Demand, "2026-03-16", &[11])));
        assert_eq!(world.parts(11), parts(4_000, 104, 25_000));
        let charged = world.told::<ChargesBooked>();
        let told: Vec<_> = charged.iter().map(|it| (it.costs, it.interest)).collect();
        assert_eq!(told, [(euro(4_000), euro(0)), (euro(0), euro(104))]);
        world.until("2026-03-31");
        world.after(Known::Bank(paid_on(on, 1, CLIENT, paid, &[11])));
        assert_eq!(world.open(11), euro(left), "{on}");
        assert_eq!(world.told::<ClaimSettled>().len(), usize::from(left == 0));
    }
}

/// 35.00 is 30.00 and a tenth of what is above 150.00; the clock of an e-mail of 9 March ends on
/// the 23rd.
#[test]
fn a_belgian_consumer_owes_what_the_clause_says_after_the_clock_of_the_reminder() {
    let mut world = World::of_debtor(Country::BE, DebtorKind::Consumer, 20_000, "2026-03-02");
    world.until("2026-03-09");
    let reminder = dispatched(MessageKind::FreeFirstReminder, "2026-03-09", &[11]);
    world.after(Known::Dispatched(reminder)).knows_until("2026-03-23").until("2026-03-23");
    assert_eq!(world.position(1).announced.unwrap().costs, euro(3_500));
    assert_eq!(world.open(11), euro(20_000));
    world.until("2026-03-24");
    assert_eq!(world.parts(11), parts(3_500, 0, 20_000));
    world.until("2026-04-03");
    world.after(Known::Bank(paid_on("2026-04-02", 1, CLIENT, 10_000, &[11])));
    // 10 days of 8 % of 200.00 are 0.44.
    assert_eq!(paid_parts(&world), [parts(3_500, 44, 6_456)]);
}

/// The rates of the second half of the year are not loaded: nothing is guessed, and it is said.
#[test]
fn interest_ends_where_the_published_rates_end() {
    let mut world = World::of_debtor(Country::BE, DebtorKind::Consumer, 20_000, "2026-03-02");
    let reminder = dispatched(MessageKind::FreeFirstReminder, "2026-03-09", &[11]);
    world.after(Known::Dispatched(reminder)).knows_until("2026-03-23").until("2026-03-24");
    world.until("2027-02-01");
    let position = world.position(1);
    let claim = &position.claims[0];
    // 99 days until 30 June.
    assert_eq!(claim.interest_open, euro(434));
    let because = &claim.lines.last().unwrap().because;
    assert!(because.iter().any(|it| it.contains("not known here")), "{because:?}");
}

#[test]
fn charges_wait_until_the_payments_of_the_term_are_known() {
    let mut world = World::of_debtor(Country::NL, DebtorKind::Consumer, 12_100, "2026-03-01");
    let letter = dispatched(MessageKind::FourteenDayLetter, "2026-03-06", &[11]);
    world.after(Known::Dispatched(letter)).knows_until("2026-03-19");
    // The term ends on Friday 20 March.
    world.until("2026-03-23");
    assert_eq!(world.told::<ChargesBooked>(), []);
    world.knows_until("2026-03-20").until("2026-03-24");
    let charged = world.told::<ChargesBooked>();
    assert_eq!((charged.len(), charged[0].counts_on), (1, day("2026-03-21")));
    assert!(world.timers.is_empty(), "{:?}", world.timers);
}

/// What was paid until the term ended counts, whenever it is heard of.
#[test]
fn a_payment_of_the_term_that_is_heard_of_late_takes_costs_back() {
    let mut world = World::of_debtor(Country::NL, DebtorKind::Consumer, 100_000, "2026-03-01");
    let letter = dispatched(MessageKind::FourteenDayLetter, "2026-03-06", &[11]);
    world.after(Known::Dispatched(letter)).knows_until("2026-03-25").until("2026-03-26");
    assert_eq!(world.parts(11), parts(15_000, 0, 100_000));
    world.after(Known::Bank(paid_on("2026-03-24", 1, CLIENT, 30_000, &[11])));
    // 23 days of 4 % of 1,000.00 are 2.52.
    assert_eq!(paid_parts(&world), [parts(15_000, 252, 14_748)]);
    world.after(Known::Bank(paid_on("2026-03-20", 2, CLIENT, 60_000, &[11])));
    // The costs are now 15 % of 400.00.
    assert_eq!(world.parts(11).costs, euro(0));
    let costs: Vec<i64> =
        world.told::<ChargesBooked>().iter().map(|it| it.costs.amount_minor()).collect();
    assert_eq!(costs.iter().sum::<i64>(), 6_000, "{costs:?}");
    assert_eq!(world.money().0[0].1, euro(0));
}

/// A credit note says that the money was never owed: no costs and no interest stay on it.
#[test]
fn a_credit_note_takes_back_the_charges_on_what_it_credits() {
    let mut world = World::of_debtor(Country::NL, DebtorKind::Consumer, 100_000, "2026-03-01");
    let letter = dispatched(MessageKind::FourteenDayLetter, "2026-03-06", &[11]);
    world.after(Known::Dispatched(letter)).knows_until("2026-03-25").until("2026-03-26");
    world.after(Known::Bank(paid_on("2026-03-26", 1, CLIENT, 15_000, &[11])));
    assert_eq!(paid_parts(&world), [parts(15_000, 0, 0)]);
    world.after(Known::Credited(ClaimCredited {
        credited_on: day("2026-03-30"),
        ..credited(11, 60_000)
    }));
    // 15 % of 400.00; 25 days of 4 % of 400.00 are 1.10.
    assert_eq!(world.parts(11), parts(0, 0, 40_000 - (15_000 - 6_000 - 110)));
    world.after(Known::Credited(credited(11, 40_000)));
    assert_eq!(world.money().0, [(euro(0), euro(15_000))]);
    let told = world.told::<ChargesBooked>();
    assert_eq!(Money::sum(Currency::EUR, told.iter().map(|it| it.costs)), Ok(euro(0)));
}

/// Claims of one letter are asked for together, and bear the costs in proportion.
#[test]
fn claims_of_one_letter_bear_one_sum_of_costs() {
    let mut world = World::of_debtor(Country::NL, DebtorKind::Consumer, 10_000, "2026-03-01");
    world.after(Known::Registered(registered(12, 30_000, "2026-02-20")));
    let letter = dispatched(MessageKind::FourteenDayLetter, "2026-03-06", &[11, 12]);
    world.after(Known::Dispatched(letter)).knows_until("2026-03-20").until("2026-03-21");
    // 15 % of 400.00 is 60.00.
    assert_eq!(world.parts(11).costs, euro(1_500));
    assert_eq!(world.parts(12).costs, euro(4_500));
}

/// Charges are given up with the claim, and nothing is added to it any more.
#[test]
fn what_is_given_up_bears_nothing() {
    let mut world = World::of_debtor(Country::NL, DebtorKind::Consumer, 10_000, "2026-03-01");
    let letter = dispatched(MessageKind::FourteenDayLetter, "2026-03-06", &[11]);
    world.after(Known::Dispatched(letter)).knows_until("2026-03-25").until("2026-03-26");
    assert_eq!(world.open(11), euro(14_000));
    let withdrawn_at = "2026-03-26T10:00:00Z".parse().unwrap();
    world.after(Known::Withdrawn(ClaimWithdrawn { withdrawn_at, ..withdrawn(11) }));
    world.until("2026-05-01");
    assert_eq!(world.position(1).open, euro(0));
}

/// Nothing is added where the case came before charges were known, or no law is.
#[test]
fn nothing_is_charged_without_terms_or_law() {
    for country in [Country::DE, Country::NL] {
        let mut world = World::of_debtor(country, DebtorKind::LegalPerson, 10_000, "2026-03-01");
        if country == Country::NL {
            let case = world.cases.get_mut(&case_id(1)).unwrap();
            case.opened.as_mut().unwrap().under = None;
            case.account.as_mut().unwrap().rules = None;
        }
        world.knows_until("2026-03-30").until("2026-03-30");
        world.after(Known::Dispatched(dispatched(MessageKind::Demand, "2026-03-16", &[11])));
        assert_eq!(world.position(1).open, euro(10_000));
        assert_eq!(world.position(1).announced, None);
        world.after(Known::Bank(paid_on("2026-03-20", 1, CLIENT, 10_000, &[11])));
        assert_eq!(world.told::<ClaimSettled>().len(), 1);
    }
}

#[test]
fn a_case_waits_for_its_agreement() {
    let mut world = World::new();
    world.after(Known::Opened(opened(1)));
    assert_eq!(world.waiting.len(), 1);
    world.after(Known::Agreed(agreed()));
    assert!(world.waiting.is_empty() && world.cases[&case_id(1)].opened.is_some());
}

#[test]
fn a_payment_straight_to_the_creditor_counts_like_any_other() {
    let mut world = World::of_debtor(Country::NL, DebtorKind::Consumer, 10_000, "2026-03-01");
    world.after(Known::Reported(reported(11, 4_000, "2026-03-05")));
    assert_eq!(world.open(11), euro(6_000));
    world.after(Known::Reported(reported(11, 4_000, "2026-03-05")));
    assert_eq!(world.open(11), euro(6_000), "told twice, it is one payment");
    assert_eq!(world.told::<PaymentAllocated>().len(), 1);
    // Where the creditor is paid anyway, its statement tells of it.
    let mut world = World::with_claims(&[(11, 5_000, "2026-03-01")]);
    world.after(Known::Reported(reported(11, 4_000, "2026-03-05")));
    assert_eq!(world.open(11), euro(5_000));
}

// --- remittances
// ------------------------------------------------------------------------------------

/// A Dutch consumer of 121.00 who paid 60.00 after the term, as above.
fn collected_sixty() -> World {
    let mut world = World::of_debtor(Country::NL, DebtorKind::Consumer, 12_100, "2026-03-01");
    let letter = dispatched_by(Channel::Post, MessageKind::FourteenDayLetter, "2026-03-05", &[11]);
    world.after(Known::Dispatched(letter)).knows_until("2026-03-24").until("2026-03-31");
    world.after(Known::Bank(paid_on("2026-03-30", 1, CLIENT, 6_000, &[11])));
    world
}

fn proposed(answer: ProposeRemittanceAnswer) -> contracts::payment_reconciliation::Remittance {
    let ProposeRemittanceAnswer::Proposed(remittance) = answer else { panic!("{answer:?}") };
    remittance
}

#[test]
fn a_creditor_is_paid_what_was_collected_less_what_is_kept() {
    let mut world = collected_sixty();
    let remittance = proposed(world.propose(1));
    // A tenth of 20.00, 21 % VAT on that, and the costs.
    let amounts = [
        remittance.collected,
        remittance.kept_costs,
        remittance.commission,
        remittance.commission_vat,
        remittance.amount,
    ];
    assert_eq!(amounts, [6_000, 4_000, 200, 42, 1_758].map(euro));
    assert_eq!((remittance.lines.len(), remittance.lines[0].direct), (1, false));
    let id = remittance.remittance_id;
    let ApproveRemittanceAnswer::Approved(approved) = world.approve(id, 2) else { panic!() };
    assert_eq!(
        (approved.state, approved.approved_by),
        (RemittanceState::Approved, Some(staff_id(2)))
    );
    let told = world.told::<RemittanceApproved>();
    assert_eq!((told.len(), told[0].amount), (1, euro(1_758)));
    assert_eq!((told[0].proposed_by, told[0].approved_by), (staff_id(1), staff_id(2)));
    let notes = world.told::<SendNote>();
    let Note::Remittance(note) = &notes[0].note else { panic!() };
    assert_eq!((note.amount, note.specification), (euro(1_758), told[0].specification));
    assert!(matches!(world.approve(id, 2), ApproveRemittanceAnswer::AlreadyApproved(_)));
    assert_eq!(world.propose(1), ProposeRemittanceAnswer::NothingToRemit);

    // Another movement of the amount is not it; nor is the right one of another amount.
    let sent = |minor: i64, id: &str, number: u32| {
        let entry = Entry::debit(minor).end_to_end(id);
        let number = format!("S{number}");
        Known::Bank(read(&file(&[statement(CLIENT, &number, "2026-03-31", &[entry])])))
    };
    let end_to_end = Paper::end_to_end_id(id);
    world.after(sent(1_758, "NOTPROVIDED", 90)).after(sent(1_757, &end_to_end, 91));
    assert_eq!(world.told::<RemittancePaid>(), []);
    world.after(sent(1_758, &end_to_end, 92)).after(sent(1_758, &end_to_end, 93));
    let paid = world.told::<RemittancePaid>();
    assert_eq!((paid.len(), paid[0].remittance_id, paid[0].amount), (1, id, euro(1_758)));
    let told = world.remittances[&id].told();
    assert_eq!(told.state, RemittanceState::Paid { paid_on: day("2026-03-31") });
    let in_transit = world.booked.iter().flat_map(LedgerTransaction::postings);
    let in_transit = in_transit.filter(|it| it.account == LedgerAccount::InTransit(id));
    assert_eq!(Money::sum(Currency::EUR, in_transit.map(|it| it.amount)), Ok(euro(0)));
}

#[test]
fn two_people_of_the_finance_desk_send_money() {
    let mut world = collected_sixty();
    let reason = RemittanceRefusal::NotOfTheFinanceDesk;
    assert_eq!(world.propose(3), ProposeRemittanceAnswer::Refused { reason: reason.clone() });
    let remittance = proposed(world.propose(1));
    let id = remittance.remittance_id;
    assert_eq!(world.propose(2), ProposeRemittanceAnswer::Waiting(remittance));
    let refused = |reason| ApproveRemittanceAnswer::Refused { reason };
    assert_eq!(world.approve(id, 3), refused(reason));
    assert_eq!(world.approve(id, 1), refused(RemittanceRefusal::SamePerson));
    let unknown = RemittanceId::from_uuid(Uuid::from_u128(9));
    assert_eq!(world.approve(unknown, 2), ApproveRemittanceAnswer::Unknown);
    assert!(world.booked.iter().all(|it| !it.kind().word().contains("remittance")));
    assert!(matches!(world.approve(id, 2), ApproveRemittanceAnswer::Approved(_)));
    let facts = Facts { actor: Actor::Operator, ..world.asked_by(1) };
    let finance_desk = [staff_id(1)].into();
    let remittance = Remittance { finance_desk, ..Remittance::default() };
    let (_, answer) = remittance::approve(remittance, &facts).unwrap();
    assert_eq!(answer, refused(RemittanceRefusal::NotOfTheFinanceDesk));
}

#[test]
fn a_proposal_whose_money_moved_is_void() {
    let mut world = collected_sixty();
    let id = proposed(world.propose(1)).remittance_id;
    world.after(Known::Credited(credited(11, 11_000)));
    let outdated = ApproveRemittanceAnswer::Refused { reason: RemittanceRefusal::Outdated };
    assert_eq!(world.approve(id, 2), outdated);
    assert_eq!(world.approve(id, 2), outdated, "and stays so");
    // 11.00 are left, 40.00 of costs and 0.04 of interest on them: more is collected since.
    let again = proposed(world.propose(1));
    assert_ne!(again.remittance_id, id);
    // One that waits is put together anew too.
    world.after(Known::Credited(credited(11, 1_100)));
    assert_eq!(world.propose(1), ProposeRemittanceAnswer::NothingToRemit);
    assert_eq!(world.remittances[&again.remittance_id].state, PaperState::Void);
}

/// What came in after the proposal is for the next one, and does not stand in the way.
#[test]
fn more_money_makes_no_proposal_void() {
    let mut world = collected_sixty();
    let id = proposed(world.propose(1)).remittance_id;
    world.after(Known::Bank(paid_on("2026-03-31", 2, CLIENT, 1_000, &[11])));
    assert!(matches!(world.approve(id, 2), ApproveRemittanceAnswer::Approved(_)));
    let next = proposed(world.propose(1));
    assert_eq!((next.collected, next.commission), (euro(1_000), euro(100)));
}

/// Money that goes back after the creditor got it is covered by own money, and comes back to it
/// with the next remittance.
#[test]
fn what_goes_back_after_a_remittance_is_taken_off_the_next_one() {
    let mut world = World::of_debtor(Country::NL, DebtorKind::Consumer, 10_000, "2026-03-01");
    world.after(Known::Registered(registered(12, 50_000, "2026-03-02")));
    world.until("2026-03-31");
    world.after(Known::Bank(paid_on("2026-03-05", 1, CLIENT, 10_000, &[11])));
    let first = proposed(world.propose(1));
    assert_eq!((first.commission, first.amount), (euro(1_000), euro(8_790)));
    assert!(matches!(world.approve(first.remittance_id, 2), ApproveRemittanceAnswer::Approved(_)));
    let balance = |world: &World, account: LedgerAccount| {
        let postings = world.booked.iter().flat_map(LedgerTransaction::postings);
        let postings = postings.filter(|it| it.account == account);
        Money::sum(Currency::EUR, postings.map(|it| it.amount)).unwrap()
    };
    let owed_by = LedgerAccount::OwedByCreditor(creditor_id());
    assert_eq!(balance(&world, LedgerAccount::Own), euro(-1_210));
    // 4.00 of it were never owed; they pay the other claim.
    world.after(Known::Credited(credited(11, 400)));
    assert_eq!((world.open(11), world.open(12)), (euro(0), euro(49_600)));
    assert_eq!(
        (balance(&world, owed_by), balance(&world, LedgerAccount::Own)),
        (euro(400), euro(-810))
    );
    // Both lines are of the same payment: nothing is paid, nothing kept.
    assert_eq!(world.propose(1), ProposeRemittanceAnswer::NothingToRemit);
    world.after(Known::Bank(paid_on("2026-03-06", 2, CLIENT, 9_600, &[12])));
    let second = proposed(world.propose(1));
    assert_eq!((second.collected, second.commission), (euro(9_600), euro(960)));
    assert!(matches!(
        world.approve(second.remittance_id, 1),
        ApproveRemittanceAnswer::Refused { .. }
    ));
    assert!(matches!(world.approve(second.remittance_id, 2), ApproveRemittanceAnswer::Approved(_)));
    assert_eq!(balance(&world, owed_by), euro(0));
    assert_eq!(balance(&world, LedgerAccount::Own), euro(-1_210 - 960 - 202));
    assert_eq!(balance(&world, LedgerAccount::OwedToCreditor(creditor_id())), euro(0));
}

/// Of money that the creditor got itself only the commission is settled.
#[test]
fn commission_on_direct_payments_is_netted() {
    let mut world = World::of_debtor(Country::NL, DebtorKind::Consumer, 30_000, "2026-03-01");
    world.after(Known::Reported(reported(11, 4_000, "2026-03-05")));
    assert_eq!(world.propose(1), ProposeRemittanceAnswer::NothingToRemit, "nothing to take it off");
    world.until("2026-03-31");
    world.after(Known::Bank(paid_on("2026-03-06", 1, CLIENT, 1_000, &[11])));
    let remittance = proposed(world.propose(1));
    assert_eq!((remittance.collected, remittance.commission), (euro(1_000), euro(500)));
    assert_eq!((remittance.commission_vat, remittance.amount), (euro(105), euro(395)));
    assert_eq!(remittance.lines.iter().filter(|line| line.direct).count(), 1);
}

#[test]
fn the_newest_news_of_a_member_of_staff_counts() {
    let mut world = World::new();
    let news = |roles: &[StaffRole]| StaffRegistered {
        staff_id: staff_id(1),
        roles: roles.to_vec(),
        certificates: Vec::new(),
    };
    let at = |facts: Facts, version| Facts { version, ..facts };
    let (joined, left) = (news(&[StaffRole::Caller, StaffRole::FinanceDesk]), news(&[]));
    let (one, two) = (at(world.asked_by(1), 1), at(world.asked_by(1), 2));
    for order in [[(&joined, &one), (&left, &two)], [(&left, &two), (&joined, &one)]] {
        let heard = order.iter().fold(Staff::default(), |staff, (news, facts)| {
            register_staff(staff, news, facts).state
        });
        assert_eq!((heard.is_finance_desk, heard.heard), (false, 2));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// Whatever is remitted when, and whatever becomes known afterwards: every cent that was
    /// collected is paid, kept, or still owed; what went back is asked back once.
    #[test]
    fn what_is_remitted_adds_up(
        facts in charged_facts(),
        picks in schedule(),
        cuts in prop::collection::vec(0_usize..20, 0..4),
    ) {
        let mut world = charged_world(&facts[..7], &[0]);
        let mut rest = facts[7..].to_vec();
        let mut order = picks.iter().copied().cycle();
        let mut cuts = cuts;
        cuts.push(rest.len());
        for (place, cut) in (0..).zip(cuts) {
            for _ in 0..cut.min(rest.len()) {
                let next = order.next().unwrap_or(0) % rest.len();
                world.after(rest.remove(next));
            }
            let (by, other) = if place % 2 == 0 { (1, 2) } else { (2, 1) };
            if let ProposeRemittanceAnswer::Proposed(remittance) = world.propose(by) {
                let approved = world.approve(remittance.remittance_id, other);
                prop_assert!(matches!(approved, ApproveRemittanceAnswer::Approved(_)));
            }
        }
        let bills: Vec<_> = world
            .remittances
            .values()
            .filter(|it| matches!(it.state, PaperState::Approved { .. }))
            .map(|it| &it.bill)
            .collect();
        for bill in &bills {
            let parts = [bill.amount, bill.kept_costs, bill.commission, bill.commission_vat];
            prop_assert_eq!(Money::sum(Currency::EUR, parts), Ok(bill.collected));
            prop_assert!(bill.amount.is_positive());
        }
        let left = world.collected();
        let of_agency = |it: &&Collected| it.holder == Holder::Agency;
        let total = |it: &Collected| it.parts.total().unwrap().amount_minor();
        let owed: i64 = left.iter().filter(of_agency).map(total).filter(|it| *it > 0).sum();
        let back: i64 = left.iter().filter(of_agency).map(total).filter(|it| *it < 0).sum();
        let mut balances: BTreeMap<LedgerAccount, i64> = BTreeMap::new();
        for posting in world.booked.iter().flat_map(LedgerTransaction::postings) {
            *balances.entry(posting.account).or_default() += posting.amount.amount_minor();
        }
        let balance = |account| balances.get(&account).copied().unwrap_or(0);
        prop_assert_eq!(balance(LedgerAccount::OwedToCreditor(creditor_id())), -owed);
        prop_assert_eq!(balance(LedgerAccount::OwedByCreditor(creditor_id())), -back);
        let sent: i64 = bills.iter().map(|it| it.amount.amount_minor()).sum();
        let transit: i64 = balances
            .iter()
            .filter(|(account, _)| matches!(account, LedgerAccount::InTransit(_)))
            .map(|(_, minor)| *minor)
            .sum();
        prop_assert_eq!(transit, -sent);
        let kept = bills.iter().map(|it| [it.kept_costs, it.commission, it.commission_vat]);
        let kept: i64 = kept.flatten().map(Money::amount_minor).sum();
        prop_assert_eq!(balance(LedgerAccount::Own), -kept - back);
    }
}

// --- payments that name several
// ------------------------------------------------------------------------------------

/// Our mails ask for it: one sum, and a reference with each invoice.
#[test]
fn one_transfer_for_several_claims_of_a_case_pays_them_oldest_first() {
    let claims = [(11, 5_000, "2026-03-01"), (12, 3_000, "2026-02-20"), (13, 2_000, "2026-02-01")];
    let mut world = World::with_claims(&claims);
    world.after(Known::Bank(paid_for(9, CLIENT, 7_000, &[11, 12])));
    let open = [11, 12, 13].map(|claim| world.open(claim));
    assert_eq!(open, [euro(1_000), euro(0), euro(2_000)], "what was named comes first");
    assert_eq!(world.told::<PaymentUnmatched>(), []);
    // It does not matter which is known first.
    for order in [[0, 1, 2, 3], [3, 2, 1, 0], [2, 0, 3, 1]] {
        let mut late = World::new();
        let mut facts: Vec<Known> = claims[..2]
            .iter()
            .map(|(claim, minor, due_on)| Known::Registered(registered(*claim, *minor, due_on)))
            .collect();
        facts
            .extend([Known::Opened(opened(1)), Known::Bank(paid_for(9, CLIENT, 7_000, &[11, 12]))]);
        late.after(Known::Agreed(agreed()));
        for place in order {
            late.after(facts[place].clone());
        }
        assert_eq!([late.open(11), late.open(12)], [euro(1_000), euro(0)], "{order:?}");
    }
}

#[test]
fn one_transfer_for_several_cases_is_left_to_a_person() {
    let mut world = World::with_claims(&[(11, 5_000, "2026-03-01")]);
    world.after(Known::Opened(opened(2)));
    world.after(Known::Registered(registered(21, 3_000, "2026-03-01")));
    world.after(Known::Bank(paid_for(9, CLIENT, 8_000, &[11, 21])));
    assert_eq!((world.open(11), world.open(21)), (euro(5_000), euro(3_000)));
    assert_eq!(world.told::<PaymentUnmatched>().len(), 1);
}

/// The bank says so by its transaction code, and nothing else does.
#[test]
fn money_that_comes_back_never_pays_a_claim() {
    for code in ["RRTN", "RPCR", "UPDD"] {
        let mut world = World::with_claims(&[(11, 5_000, "2026-03-01")]);
        let entry = Entry::credit(5_000).structured(reference(11).canonical()).coded(code);
        let xml = file(&[statement(CLIENT, "S1", "2026-03-02", &[entry])]);
        world.after(Known::Bank(read(&xml)));
        assert_eq!(world.open(11), euro(5_000), "{code}");
        assert_eq!(world.told::<PaymentUnmatched>().len(), 1, "{code}: it is listed");
    }
}

// --- payments
// ------------------------------------------------------------------------------------

#[test]
fn a_payment_pays_the_claim_that_it_names_and_the_rest_pays_another() {
    let mut world = World::with_claims(&[(11, 5_000, "2026-03-01"), (12, 3_000, "2026-02-20")]);
    world.after(Known::Bank(paid(1, CLIENT, 7_000, 11)));
    let told: Vec<_> = world
        .told::<PaymentAllocated>()
        .into_iter()
        .map(|it| (it.claim_id, it.amount, it.claim_open, it.case_open, it.received_on))
        .collect();
    let received_on = day("2026-03-02");
    assert_eq!(
        told,
        [
            (claim_id(11), euro(5_000), euro(0), euro(1_000), received_on),
            (claim_id(12), euro(2_000), euro(1_000), euro(1_000), received_on),
        ]
    );
    let settled = world.told::<ClaimSettled>();
    assert_eq!((settled.len(), settled[0].claim_id), (1, claim_id(11)));
    assert_eq!((settled[0].by.clone(), settled[0].case_open), (SettledBy::Payment, euro(1_000)));
    assert!(world.told::<PaymentUnmatched>().is_empty());
}

#[test]
fn a_payment_waits_for_its_claim_and_is_told_as_unmatched_meanwhile() {
    let mut world = World::new();
    world.after(Known::Bank(paid(1, CLIENT, 2_000, 11)));
    assert_eq!(world.told::<PaymentUnmatched>().len(), 1);
    world.after(Known::Opened(opened(1))).after(Known::Agreed(agreed()));
    world.after(Known::Registered(registered(11, 5_000, "2026-03-01")));
    assert_eq!(world.open(11), euro(3_000));
    assert!(world.payments.values().all(|it| it.allocated));
}

#[test]
fn what_is_paid_too_much_is_told_and_pays_the_next_claim() {
    let mut world = World::with_claims(&[(11, 5_000, "2026-03-01")]);
    world.after(Known::Bank(paid(1, CLIENT, 7_000, 11)));
    let unmatched = world.told::<PaymentUnmatched>();
    assert_eq!((unmatched.len(), unmatched[0].amount), (1, euro(2_000)));
    world.after(Known::Registered(registered(12, 3_000, "2026-04-01")));
    assert_eq!(world.open(12), euro(1_000));
    let allocated = world.told::<PaymentAllocated>();
    assert_eq!((allocated.len(), allocated[1].amount), (2, euro(2_000)));
    assert_eq!(allocated[1].received_on, day("2026-03-02"), "the day of the payment");
}

#[test]
fn a_credit_note_after_payment_frees_money_for_the_other_claim() {
    let mut world = World::with_claims(&[(11, 5_000, "2026-03-01"), (12, 3_000, "2026-04-01")]);
    world.after(Known::Bank(paid(1, CLIENT, 5_000, 11)));
    world.after(Known::Credited(credited(11, 5_000)));
    assert_eq!(world.money().0, [(euro(0), euro(2_000))]);
    let by: Vec<_> =
        world.told::<ClaimSettled>().into_iter().map(|it| (it.claim_id, it.by)).collect();
    assert_eq!(by, [(claim_id(11), SettledBy::Payment), (claim_id(12), SettledBy::Payment)]);
    assert_eq!(world.told::<PaymentUnmatched>()[0].amount, euro(2_000));
}

#[test]
fn credit_note_and_withdrawal_settle_too() {
    let mut world = World::with_claims(&[(11, 5_000, "2026-03-01"), (12, 3_000, "2026-04-01")]);
    world.after(Known::Credited(credited(11, 9_000))).after(Known::Withdrawn(withdrawn(12)));
    world.after(Known::Withdrawn(withdrawn(12)));
    let by: Vec<_> = world.told::<ClaimSettled>().into_iter().map(|it| it.by).collect();
    assert_eq!(by, [SettledBy::CreditNote, SettledBy::Withdrawal]);
    let position = world.position(1);
    let kinds: Vec<_> = position.claims[1].lines.iter().map(|it| it.kind.clone()).collect();
    assert_eq!(kinds, [PositionLineKind::Principal, PositionLineKind::Withdrawal]);
}

#[test]
fn what_was_paid_before_a_withdrawal_stays_paid_and_what_comes_after_goes_back() {
    let mut world = World::with_claims(&[(11, 5_000, "2026-03-01")]);
    world.after(Known::Withdrawn(withdrawn(11)));
    // Received on the 2nd, withdrawn on the 10th, heard of afterwards.
    world.after(Known::Bank(paid(1, CLIENT, 2_000, 11)));
    assert_eq!(world.money(), (vec![(euro(0), euro(0))], euro(0)));
    assert_eq!(world.told::<PaymentAllocated>()[0].amount, euro(2_000));
    let entry = Entry::credit(2_000).structured(reference(11).canonical());
    let later = file(&[statement(CLIENT, "S2", "2026-03-11", &[entry])]);
    world.now = "2026-03-11T18:00:00Z".parse().unwrap();
    world.after(Known::Bank(read(&later)));
    assert_eq!(world.money(), (vec![(euro(0), euro(2_000))], euro(0)));
}

/// What was given up on a day is still paid by money received until that day: so it matters when it
/// was given up, and not when we came to hear of it.
#[test]
fn a_withdrawal_that_is_heard_of_late_counts_on_its_own_day() {
    let withdrawn =
        ClaimWithdrawn { withdrawn_at: "2026-03-01T10:00:00Z".parse().unwrap(), ..withdrawn(11) };
    for late in [false, true] {
        let mut world = World::with_claims(&[(11, 5_000, "2026-03-01")]);
        world.now = withdrawn.withdrawn_at;
        if !late {
            world.after(Known::Withdrawn(withdrawn.clone()));
        }
        world.now = NOW.parse().unwrap();
        if late {
            world.after(Known::Withdrawn(withdrawn.clone()));
        }
        // Received on 2 March, the day after: it goes back.
        world.after(Known::Bank(paid(1, CLIENT, 5_000, 11)));
        assert_eq!(world.money(), (vec![(euro(0), euro(5_000))], euro(0)), "late: {late}");
    }
}

#[test]
fn one_creditors_money_never_pays_anothers_claim() {
    let mut world = World::with_claims(&[(11, 5_000, "2026-03-01")]);
    let other = CreditorAccount {
        creditor_id: CreditorId::from_uuid(Uuid::from_u128(0xbad)),
        account: CREDITORS.to_owned(),
        account_since: 1,
    };
    let entry = Entry::credit(5_000).structured(reference(11).canonical());
    let xml = file(&[statement(CREDITORS, "S1", "2026-03-02", &[entry])]);
    let others = Owners::new(&[], &[other]);
    world.after(Known::Bank(BankFile::of(&camt::read(xml.as_bytes()), &others)));
    assert_eq!(world.open(11), euro(5_000));
    assert_eq!(world.told::<PaymentUnmatched>().len(), 1);
    assert_eq!(world.money().1, euro(5_000));
}

#[test]
fn dollars_pay_no_euros() {
    let mut world = World::with_claims(&[(11, 5_000, "2026-03-01")]);
    let entry = Entry::credit(5_000).structured(reference(11).canonical());
    let xml = file(&[statement(CLIENT, "S1", "2026-03-02", &[entry])]).replace("EUR", "USD");
    world.after(Known::Bank(read(&xml)));
    assert_eq!(world.open(11), euro(5_000));
    assert_eq!(world.told::<PaymentUnmatched>()[0].amount, Money::new(5_000, Currency::USD));
}

// --- statements
// -----------------------------------------------------------------------------------

fn statements(file: &BankFile) -> &[AccountStatement] {
    match file {
        BankFile::Readable(statements) => statements,
        BankFile::Doubtful(problems) | BankFile::Refused(problems) => panic!("{problems:?}"),
    }
}

fn last(world: &World) -> &ImportStatementAnswer {
    world.answers.last().unwrap()
}

#[test]
fn a_statement_counts_once_whatever_the_file_and_two_equal_payments_are_two() {
    let twice = [Entry::credit(500), Entry::credit(500), Entry::debit(120)];
    let one = statement(CLIENT, "S1", "2026-03-02", &twice);
    let two = statement(CLIENT, "S2", "2026-03-03", &[Entry::credit(700)]);
    let mut world = World::new();
    world.after(Known::Bank(read(&file(std::slice::from_ref(&one)))));
    let ImportStatementAnswer::Imported { statements, problems } = last(&world).clone() else {
        panic!("{:?}", last(&world));
    };
    assert!(problems.is_empty());
    assert_eq!((statements[0].payment_count, statements[0].outgoing_count), (2, 1));
    assert_eq!((statements[0].credited, statements[0].debited), (euro(1_000), euro(120)));
    assert_eq!((world.payments.len(), world.booked.len()), (3, 3));
    assert_eq!(world.told::<PaymentUnmatched>().len(), 2, "what went out was not received");

    // The same again, with other white space; then with another statement beside it.
    world.after(Known::Bank(read(&file(std::slice::from_ref(&one)).replace('>', "> "))));
    let known = ImportStatementAnswer::AlreadyKnown { statements };
    assert_eq!(*last(&world), known);
    world.after(Known::Bank(read(&file(&[one, two]))));
    let ImportStatementAnswer::Imported { statements, problems } = last(&world) else {
        panic!("{:?}", last(&world));
    };
    assert_eq!((statements.len(), problems.len(), world.payments.len()), (1, 1, 4));
}

#[test]
fn a_known_statement_with_other_content_is_kept_for_a_person() {
    let mut world = World::new();
    let taken = |minor| {
        let statement = statement(CLIENT, "S1", "2026-03-02", &[Entry::credit(minor)]);
        Known::Bank(read(&file(&[statement])))
    };
    world.after(taken(500)).after(taken(600));
    assert!(matches!(last(&world), ImportStatementAnswer::Quarantined { .. }));
    assert_eq!(world.payments.len(), 1);
    // The same within one file: nothing of it is booked.
    let mut world = World::new();
    let versions = [500, 600].map(|it| statement(CLIENT, "S1", "2026-03-02", &[Entry::credit(it)]));
    world.after(Known::Bank(read(&file(&versions))));
    assert!(matches!(last(&world), ImportStatementAnswer::Quarantined { .. }));
    assert!(world.payments.is_empty() && world.booked.is_empty());
}

#[test]
fn banks_may_begin_their_numbers_anew() {
    let mut world = World::new();
    for day in ["2025-03-02", "2026-03-02"] {
        let statement = statement(CLIENT, "1", day, &[Entry::credit(500)]);
        world.after(Known::Bank(read(&file(&[statement]))));
    }
    assert_eq!(world.payments.len(), 2);
}

#[test]
fn accounts_of_nobody_and_statements_of_long_ago_or_to_come_are_refused() {
    let mut world = World::new();
    let known = statement(CLIENT, "S1", "2026-03-02", &[Entry::credit(500)]);
    let strange = statement("NL20INGB0001234567", "S2", "2026-03-02", &[]);
    world.after(Known::Bank(read(&file(&[known, strange]))));
    let ImportStatementAnswer::Refused { problems } = last(&world) else {
        panic!("{:?}", last(&world));
    };
    assert_eq!((problems.len(), problems[0].field.as_str()), (1, "Stmt/Acct/Id"));
    assert!(problems[0].reason.starts_with("statement 2: "), "{}", problems[0].reason);
    assert!(!problems[0].reason.contains("NL20"), "no account number in a message");
    // What is yet to come would say that all payments until then are known.
    for day in ["2016-03-01", "2099-01-01"] {
        let untimely = statement(CLIENT, "S1", day, &[Entry::credit(500)]);
        world.after(Known::Bank(read(&file(&[untimely]))));
        assert!(matches!(last(&world), ImportStatementAnswer::Refused { .. }), "{day}");
    }
    assert!(world.payments.is_empty());
}

#[test]
fn whose_account_it_is_must_be_plain() {
    let account = |number: u128, account: &str| CreditorAccount {
        creditor_id: CreditorId::from_uuid(Uuid::from_u128(number)),
        account: account.to_owned(),
        account_since: 1,
    };
    let xml = file(&[statement(CREDITORS, "S1", "2026-03-02", &[])]);
    let read = |owners: &Owners| BankFile::of(&camt::read(xml.as_bytes()), owners);
    let spaced = "be68 5390 0754 7034";
    let two = Owners::new(&[], &[account(1, spaced), account(2, CREDITORS)]);
    assert!(matches!(read(&two), BankFile::Refused(_)));
    let same = Owners::new(&[], &[account(1, spaced), account(1, CREDITORS)]);
    assert!(matches!(read(&same), BankFile::Readable(_)));
    let clients = Owners::new(&[Iban::parse(CREDITORS).unwrap()], &[account(1, CREDITORS)]);
    let holder = statements(&read(&clients))[0].owner.holder.to_string();
    assert_eq!(holder, "agency", "client money is client money");
}

#[test]
fn a_file_that_does_not_prove_itself_is_kept_for_a_person() {
    let sound = file(&[statement(CLIENT, "S1", "2026-03-02", &[Entry::credit(500)])]);
    let mut world = World::new();
    world.after(Known::Bank(read(&sound.replacen("5.00", "5.01", 1))));
    let ImportStatementAnswer::Quarantined { problems } = last(&world) else {
        panic!("{:?}", last(&world));
    };
    assert!(!problems.is_empty() && world.booked.is_empty());
    world.after(Known::Bank(read("<no-statement/>")));
    assert!(matches!(last(&world), ImportStatementAnswer::Refused { .. }));
}

#[test]
fn each_page_of_a_statement_is_taken_in_and_the_first_keeps_its_id() {
    let whole = statement(CLIENT, "S1", "2026-03-02", &[Entry::credit(500)]);
    let page = |number: &str| {
        let page = format!("</Id><StmtPgntn><PgNb>{number}</PgNb></StmtPgntn><Acct>");
        file(&[whole.replacen("</Id><Acct>", &page, 1)])
    };
    let id = |xml: &str| statements(&read(xml))[0].statement_id;
    let unpaged = id(&file(std::slice::from_ref(&whole)));
    assert_eq!([id(&page("1")), id(&page("0001"))], [unpaged, unpaged]);
    let mut world = World::new();
    for (number, is_new) in [("1", true), ("2", true), ("3", true), ("2", false)] {
        world.after(Known::Bank(read(&page(number))));
        let answer = last(&world);
        assert_eq!(
            matches!(answer, ImportStatementAnswer::Imported { .. }),
            is_new,
            "page {number}: {answer:?}"
        );
    }
}

#[test]
fn money_of_a_batch_is_not_booked_on_the_one_payment_that_is_shown() {
    let entry = Entry::credit(5_000).structured(reference(11).canonical());
    let xml = file(&[statement(CLIENT, "S1", "2026-03-02", &[entry])]);
    for shown in ["<Btch><NbOfTxs>25</NbOfTxs></Btch><TxDtls>", "<TxDtls><Amt Ccy='EUR'>4</Amt>"] {
        let mut world = World::with_claims(&[(11, 5_000, "2026-03-01")]);
        world.after(Known::Bank(read(&xml.replacen("<TxDtls>", shown, 1))));
        assert!(matches!(last(&world), ImportStatementAnswer::Quarantined { .. }), "{shown}");
        assert_eq!(world.open(11), euro(5_000), "{shown}");
    }
}

#[test]
fn a_reference_is_found_where_payers_put_it() {
    let found = |entry: Entry| {
        let xml = file(&[statement(CLIENT, "S1", "2026-03-02", &[entry])]);
        let movement = statements(&read(&xml))[0].movements[0].clone();
        let references = movement.references.iter().map(|it| it.canonical().to_owned());
        references.collect::<Vec<_>>().join(" and ")
    };
    let credit = || Entry::credit(500);
    let belgian = "010806817183";
    assert_eq!(found(credit().structured("010806817183")), belgian);
    assert_eq!(found(credit().line("+++010/8068/17183+++")), belgian);
    assert_eq!(found(credit().line("***010/8068/17183***")), belgian);
    assert_eq!(found(credit().line("rf18 5390 0754 7034")), "RF18539007547034");
    let dutch = "5000056789012345";
    assert_eq!(found(credit().line("5000 0567 8901 2345")), dutch);
    // The same one twice is one; bare digits that may be anything are none.
    assert_eq!(found(credit().structured("010806817183").line("+++010/8068/17183+++")), belgian);
    let both = "010806817183 and RF18539007547034";
    assert_eq!(found(credit().structured("010806817183").line("RF18539007547034")), both);
    assert_eq!(found(credit().line("010806817183")), "");
    assert_eq!(found(credit().line("factuur RF18539007547034")), "");
    // What comes back is no payment of a debtor.
    assert_eq!(found(credit().structured("010806817183").returned()), "");
    assert_eq!(found(Entry::debit(500).structured("010806817183")), "");
}

#[test]
fn what_a_person_wrote_stands_in_no_debug_print() {
    let entry = Entry::credit(500).line("Groeten van Anna").named("Anna de Vries");
    let read = read(&file(&[statement(CLIENT, "S1", "2026-03-02", &[entry])]));
    let print = format!("{read:?}");
    assert!(!print.contains("Anna") && !print.contains(CLIENT), "{print}");
}
