//! Everything that the decisions of payment-reconciliation work on, and what becomes known of it.

use std::collections::BTreeMap;

use crate::bank::{CLIENT, Entry, file, statement};
use contracts::agreement::{
    AgreedCharges, AgreedPromises, AgreedRemittance, Agreement, BusinessCosts, PayTo, PenaltyClause,
};
use contracts::intake::{
    AgreementAgreed, CaseOpened, ClaimCredited, ClaimRegistered, ClaimWithdrawn, CreditorAccount,
    DirectPaymentReported, DirectPaymentRetracted, WithdrawalReason,
};
use contracts::letter::Dispatched;
use contracts::payment_reconciliation::{
    AllocatePayment, ApproveRemittanceAnswer, CarriedRemittance, ImportStatementAnswer,
    JudgePayment, MatchPayment, PaymentAllocated, Position, ProposeRemittanceAnswer,
    ReviewPaymentLink, TakeRemittanceBack,
};
use contracts::{Message, Outgoing};
use jiff::ToSpan;
use mailbox::{Decision, Effect, Ended, Ending, Facts, Fault, Timer};
use payment_reconciliation::domain::account::LineKind;
use payment_reconciliation::domain::account_statement::{BankFile, Movement, Owners};
use payment_reconciliation::domain::case::{self, Case};
use payment_reconciliation::domain::commission::{Brought, ClaimBasis, RuledClaim};
use payment_reconciliation::domain::desk::{
    CameBack, DebitMovement, Desk, InTransit, Returnable, Sent, import,
};
use payment_reconciliation::domain::invoice::{InvoiceSeries, InvoiceTerms, Vat};
use payment_reconciliation::domain::judging::{AWAITED_DAYS, Awaited, Judging, judge_payment};
use payment_reconciliation::domain::ledger::{
    Breach, Holder, LedgerAccount, LedgerTransaction, equation,
};
use payment_reconciliation::domain::parts::Parts;
use payment_reconciliation::domain::payment::{Receipt, ReceivedPayment};
use payment_reconciliation::domain::payment_link::{self, CaseLinks, LinkWork};
use payment_reconciliation::domain::position::position;
use payment_reconciliation::domain::reference::{Reference, match_payment};
use payment_reconciliation::domain::refund::SentBack;
use payment_reconciliation::domain::remittance::{
    self, Collected, Files, Paper, PaperState, Proposing, Remittance, Till, Work,
};
use payment_reconciliation::domain::terms::{Agreements, agree};
use primitives::{
    Actor, Capacity, CaseId, Channel, ClaimId, ContentHash, CorrelationId, Country, CreditorId,
    Currency, Date, DebtorKind, EffectId, Iban, Language, LetterId, MessageId, MessageKind, Money,
    PaymentId, PermitId, PersonId, RefundId, RemittanceId, SourceFileId, StaffId,
    StructuredReference, Timestamp,
};
use proptest::prelude::*;

use uuid::Uuid;

/// The account of the creditor of even cases.
pub(crate) const CREDITORS: &str = "BE68539007547034";
pub(crate) const NOW: &str = "2026-03-10T09:00:00Z";

pub(crate) fn euro(minor: i64) -> Money {
    Money::new(minor, Currency::EUR)
}

pub(crate) fn day(text: &str) -> Date {
    text.parse().unwrap()
}

/// Cases are 1 and 2; claims are `case * 10 + n`.
pub(crate) fn case_id(case: u128) -> CaseId {
    CaseId::from_uuid(Uuid::from_u128(0xca5e_0000 + case))
}

pub(crate) fn claim_id(claim: u128) -> ClaimId {
    ClaimId::from_uuid(Uuid::from_u128(0xc1a1_0000 + claim))
}

pub(crate) fn creditor_id() -> CreditorId {
    CreditorId::from_uuid(Uuid::from_u128(0xc4ed))
}

pub(crate) fn reference(claim: u128) -> StructuredReference {
    StructuredReference::rf_from(&format!("CLAIM{claim}")).unwrap()
}

/// The number of a claim, as it was made of.
pub(crate) fn number_of(claim_id: ClaimId) -> u128 {
    claim_id.as_uuid().as_u128() - 0xc1a1_0000
}

fn reference_of(claim_id: ClaimId) -> StructuredReference {
    reference(number_of(claim_id))
}

/// An agreement that asks all that the law allows, and keeps a tenth.
pub(crate) fn agreed() -> AgreementAgreed {
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
        collector_from: None,
        pay_to: PayTo::Agency,
        steps: Vec::new(),
        payments_known_within_days: None,
        review_after_days: 14,
        review_by: "case-desk".to_owned(),
        charges,
        promises: AgreedPromises::default(),
        thanks_by: Vec::new(),
        remittance: AgreedRemittance {
            commission_basis_points: 1_000,
            agency_keeps_costs: true,
            ..AgreedRemittance::default()
        },
        small_difference: None,
    };
    AgreementAgreed { creditor_id: creditor_id(), agreement }
}

/// The same, where a payment may leave so many cents.
pub(crate) fn agreed_up_to(cents: Option<i64>) -> AgreementAgreed {
    let AgreementAgreed { creditor_id, agreement } = agreed();
    let agreement = Agreement { small_difference: cents.map(euro), ..agreement };
    AgreementAgreed { creditor_id, agreement }
}

fn any_agreed() -> impl Strategy<Value = AgreementAgreed> {
    prop_oneof![Just(None), Just(Some(100)), Just(Some(2_500))].prop_map(agreed_up_to)
}

/// A message about claims of one case that left by e-mail.
pub(crate) fn dispatched(message: MessageKind, on: &str, claims: &[u128]) -> Dispatched {
    dispatched_by(Channel::Email, message, on, claims)
}

pub(crate) fn dispatched_by(
    channel: Channel,
    message: MessageKind,
    on: &str,
    claims: &[u128],
) -> Dispatched {
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

pub(crate) fn reported(claim: u128, minor: i64, paid_on: &str) -> DirectPaymentReported {
    DirectPaymentReported {
        payment_id: PaymentId::from_uuid(Uuid::new_v5(&Uuid::NAMESPACE_OID, paid_on.as_bytes())),
        claim_id: claim_id(claim),
        case_id: case_id(claim / 10),
        creditor_id: creditor_id(),
        amount: euro(minor),
        paid_on: day(paid_on),
    }
}

/// The report of that day was wrong.
pub(crate) fn retracted(reported: &DirectPaymentReported) -> DirectPaymentRetracted {
    let DirectPaymentReported { payment_id, claim_id, case_id, creditor_id, amount, paid_on } =
        *reported;
    DirectPaymentRetracted { payment_id, claim_id, case_id, creditor_id, amount, paid_on }
}

pub(crate) fn opened(case: u128) -> CaseOpened {
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
pub(crate) fn opened_as(case: u128, country: Country, debtor_kind: DebtorKind) -> CaseOpened {
    CaseOpened { country, debtor_kind, pay_to: PayTo::Agency, ..opened(case) }
}

pub(crate) fn registered(claim: u128, minor: i64, due_on: &str) -> ClaimRegistered {
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

pub(crate) fn credited(claim: u128, minor: i64) -> ClaimCredited {
    ClaimCredited {
        claim_id: claim_id(claim),
        case_id: case_id(claim / 10),
        creditor_id: creditor_id(),
        source_file_id: SourceFileId::from_uuid(Uuid::from_u128(1)),
        amount: euro(minor),
        credited_on: day("2026-02-20"),
    }
}

pub(crate) fn withdrawn(claim: u128) -> ClaimWithdrawn {
    ClaimWithdrawn {
        claim_id: claim_id(claim),
        case_id: case_id(claim / 10),
        creditor_id: creditor_id(),
        reason: WithdrawalReason::Other,
        withdrawn_at: NOW.parse().unwrap(),
    }
}

pub(crate) fn staff_id(number: u128) -> StaffId {
    StaffId::from_uuid(Uuid::from_u128(0x57af_0000 + number))
}

pub(crate) fn owners() -> Owners {
    let account = CREDITORS.to_owned();
    let creditors = [CreditorAccount { creditor_id: creditor_id(), account, account_since: 1 }];
    Owners::new(&[Iban::parse(CLIENT).unwrap()], &creditors)
}

pub(crate) fn read(xml: &str) -> BankFile {
    BankFile::of(&bank_statements::collect(xml.as_bytes()), &owners())
}

/// One payment on a statement of its own, so that payments can become known in any order.
pub(crate) fn paid(number: u128, account: &str, minor: i64, claim: u128) -> BankFile {
    paid_for(number, account, minor, &[claim])
}

/// The same in one transfer that names several claims.
pub(crate) fn paid_for(number: u128, account: &str, minor: i64, claims: &[u128]) -> BankFile {
    paid_on("2026-03-02", number, account, minor, claims)
}

pub(crate) fn paid_on(
    on: &str,
    number: u128,
    account: &str,
    minor: i64,
    claims: &[u128],
) -> BankFile {
    let names = |entry: Entry, claim: &u128| entry.line(reference(*claim).canonical());
    let entry = claims.iter().fold(Entry::credit(minor), names);
    read(&file(&[statement(account, &format!("S{number}"), on, &[entry])]))
}

/// Something that becomes known.
#[derive(Clone, Debug)]
pub(crate) enum Known {
    Agreed(AgreementAgreed),
    Opened(CaseOpened),
    Registered(ClaimRegistered),
    Credited(ClaimCredited),
    Withdrawn(ClaimWithdrawn),
    Match(MatchPayment),
    Judge(JudgePayment),
    Allocate(AllocatePayment),
    Dispatched(Dispatched),
    Reported(DirectPaymentReported),
    Retracted(DirectPaymentRetracted),
    /// The morning of a case's timer.
    Morning(CaseId),
    Bank(BankFile),
    Review(ReviewPaymentLink),
}

/// What a decision on a payment works on.
type OnCase = (Case, ReceivedPayment);

/// Everything that decisions of the service work on: what the mailbox keeps in Postgres.
#[derive(Clone, Debug)]
pub(crate) struct World {
    pub(crate) agreements: Agreements,
    pub(crate) remittances: BTreeMap<RemittanceId, Paper>,
    /// How VAT is charged, and whether invoices are made.
    pub(crate) vat: Vat,
    pub(crate) series: InvoiceSeries,
    /// What is made of approved remittances.
    pub(crate) works: Vec<Work>,
    /// Until when payments are known, on every case.
    pub(crate) known_until: Option<Date>,
    pub(crate) timers: BTreeMap<CaseId, Timestamp>,
    /// When the creditor is paid next.
    pub(crate) pay_out: Option<Timer>,
    pub(crate) cases: BTreeMap<CaseId, Case>,
    pub(crate) references: BTreeMap<Uuid, Reference>,
    pub(crate) payments: BTreeMap<PaymentId, ReceivedPayment>,
    /// What payers wrote.
    pub(crate) written: BTreeMap<PaymentId, matching::Payment>,
    /// Which cases were told to wait for payments.
    pub(crate) awaited: BTreeMap<PaymentId, BTreeMap<CaseId, Awaited>>,
    /// Whether payments are judged by all claims there are; else nothing is found of any.
    pub(crate) judges: bool,
    pub(crate) desk: Desk,
    /// How refunds came back by the bank.
    pub(crate) returned: Vec<(RefundId, SentBack)>,
    /// What the bank told of direct debits.
    pub(crate) debited: Vec<(DebitMovement, Movement)>,
    pub(crate) links: BTreeMap<CaseId, CaseLinks>,
    /// What is to be done about links, and when a case wakes up for them.
    pub(crate) link_works: Vec<(CaseId, LinkWork)>,
    pub(crate) wakes: BTreeMap<CaseId, Timestamp>,
    pub(crate) booked: Vec<LedgerTransaction>,
    pub(crate) told: Vec<Outgoing>,
    pub(crate) answers: Vec<ImportStatementAnswer>,
    /// What was told to the service itself, or waits, with the id of its message.
    pub(crate) coming: Vec<(u128, Known)>,
    pub(crate) waiting: Vec<(u128, Known)>,
    pub(crate) ids: u128,
    pub(crate) now: Timestamp,
}

impl World {
    pub(crate) fn new() -> Self {
        let recorded = BTreeMap::new();
        let desk = Desk {
            version: 0,
            since: day("1900-01-01"),
            client_accounts: Vec::new(),
            recorded,
            in_transit: BTreeMap::new(),
            may_return: BTreeMap::new(),
            debits: BTreeMap::new(),
            early: Vec::new(),
            news: Vec::new(),
        };
        Self {
            agreements: Agreements::default(),
            remittances: BTreeMap::new(),
            vat: Vat::Uninvoiced { basis_points: 2_100 },
            series: InvoiceSeries::default(),
            works: Vec::new(),
            known_until: None,
            timers: BTreeMap::new(),
            pay_out: None,
            cases: BTreeMap::new(),
            references: BTreeMap::new(),
            payments: BTreeMap::new(),
            written: BTreeMap::new(),
            awaited: BTreeMap::new(),
            judges: false,
            desk,
            returned: Vec::new(),
            debited: Vec::new(),
            links: BTreeMap::new(),
            link_works: Vec::new(),
            wakes: BTreeMap::new(),
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
    pub(crate) fn with_claims(claims: &[(u128, i64, &str)]) -> Self {
        let mut world = Self::new();
        world.after(Known::Agreed(agreed())).after(Known::Opened(opened(1)));
        for (claim, minor, due_on) in claims {
            world.after(Known::Registered(registered(*claim, *minor, due_on)));
        }
        world
    }

    /// A case of one claim, of a kind of debtor; payments are known until the day before.
    pub(crate) fn of_debtor(country: Country, kind: DebtorKind, minor: i64, due_on: &str) -> Self {
        let mut world = Self::new();
        world.now = format!("{due_on}T09:00:00Z").parse().unwrap();
        world.after(Known::Agreed(agreed()));
        world.after(Known::Opened(opened_as(1, country, kind)));
        world.after(Known::Registered(registered(11, minor, due_on)));
        world
    }

    /// One thing, and all that follows from it.
    pub(crate) fn after(&mut self, known: Known) -> &mut Self {
        self.comes(known);
        self.settle(&[]);
        self
    }

    pub(crate) fn comes(&mut self, known: Known) {
        self.ids += 1;
        self.coming.push((self.ids, known));
    }

    /// Handles what is coming in the order that the picks say, and what it brings forth.
    pub(crate) fn settle(&mut self, picks: &[usize]) {
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

    pub(crate) fn handle(&mut self, id: u128, known: &Known) -> Result<(), Fault> {
        let facts = Facts {
            now: self.now,
            cause: MessageId::from_uuid(Uuid::from_u128(id)),
            correlation: CorrelationId::from_uuid(Uuid::from_u128(id)),
            actor: Actor::Machine("intake".to_owned()),
            version: 1,
        };
        match known {
            Known::Agreed(it) => {
                let decision = agree((self.till(), self.agreements.clone()), it, &facts)?;
                self.pay_out = decision.timers.last().cloned();
                self.agreements = decision.state.1;
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
                self.pays(it.case_id, it.payment_id, |states| {
                    case::pay_directly(states, it, &facts)
                })?;
            }
            Known::Retracted(it) => {
                self.pays(it.case_id, it.payment_id, |states| case::take_back(states, it, &facts))?;
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
            Known::Judge(it) => self.judge(it, &facts)?,
            Known::Allocate(it) => {
                self.pays(it.case_id, it.payment_id, |states| case::allocate(states, it, &facts))?;
            }
            Known::Bank(it) => self.import(it, &facts)?,
            Known::Review(it) => self.review(it, &facts)?,
        }
        Ok(())
    }

    fn judge(&mut self, message: &JudgePayment, facts: &Facts) -> Result<(), Fault> {
        let payment_id = message.payment_id;
        let payment = self.payments.get(&payment_id).cloned().unwrap_or_default();
        let states = (self.judging(payment_id), payment);
        let decision = judge_payment(states, message, facts)?;
        let (judging, payment) = decision.state;
        self.payments.insert(payment_id, payment);
        self.awaited.insert(payment_id, judging.awaited);
        self.hear(decision.messages);
        Ok(())
    }

    fn review(&mut self, message: &ReviewPaymentLink, facts: &Facts) -> Result<(), Fault> {
        let case_id = message.case_id;
        let decision = payment_link::review((self.links(case_id), self.case(case_id)), facts)?;
        let links = decision.state.0.clone();
        self.keep_links(case_id, with_links(decision, links));
        Ok(())
    }

    pub(crate) fn links(&self, case_id: CaseId) -> CaseLinks {
        let known = self.links.get(&case_id).cloned();
        known.unwrap_or_else(|| CaseLinks::unheard(case_id))
    }

    pub(crate) fn keep_links(
        &mut self,
        case_id: CaseId,
        mut decision: Decision<CaseLinks, LinkWork>,
    ) {
        for timer in decision.timers.drain(..) {
            match timer {
                Timer::Set { due_at, .. } => self.wakes.insert(case_id, due_at),
                Timer::Cancel { .. } => self.wakes.remove(&case_id),
            };
        }
        for payment in decision.state.news.drain(..) {
            self.booked.push(payment.transaction);
            let holder = Holder::Agency;
            let (amount, received_on) = (payment.amount, payment.paid_on);
            let receipt = Some(Receipt { amount, received_on, holder });
            let own_id = Some(payment.payment_id);
            let known = ReceivedPayment { own_id, receipt, ..Default::default() };
            assert_eq!(self.payments.insert(payment.payment_id, known), None, "booked once");
        }
        for work in decision.effects {
            assert!(!work.once());
            self.link_works.push((case_id, work));
        }
        self.links.insert(case_id, decision.state);
        self.hear(decision.messages);
    }

    /// A payment with what the store finds of it: here, every claim there is.
    pub(crate) fn judging(&self, payment_id: PaymentId) -> Judging {
        let payment = self.payments.get(&payment_id);
        let left = payment.and_then(|it| it.left().unwrap()).filter(|it| it.is_positive());
        let written = self.written.get(&payment_id).cloned();
        let payment = written.zip(left).map(|(it, amount)| matching::Payment { amount, ..it });
        let accounts =
            self.cases.values().filter_map(|it| Some((it.opened?, it.account.as_ref()?)));
        let candidates = accounts.flat_map(|(opened, account)| {
            account.claims.iter().map(move |(claim_id, claim)| matching::Candidate {
                claim_id: *claim_id,
                case_id: opened.case_id,
                debtor_id: opened.person_id,
                creditor_id: opened.creditor_id,
                open: account.open(*claim_id).unwrap().total().unwrap(),
                principal: claim.principal,
                due_on: claim.due_on,
                reference: Some(reference_of(*claim_id).canonical().to_owned()),
                invoice_keys: matching::number_keys(&format!("2026{:04}", number_of(*claim_id))),
                case_keys: Vec::new(),
                names: vec![matching::name_tokens("Piet Jansen")],
                ibans: Vec::new(),
                can_receive: true,
            })
        });
        let candidates = if self.judges { candidates.collect() } else { Vec::new() };
        let found = matching::Found { candidates, is_cut: false };
        let awaited = self.awaited.get(&payment_id).cloned().unwrap_or_default();
        let accounts = self.cases.values().filter_map(|it| it.account.as_ref());
        let mut placed = accounts.flat_map(|it| it.payments.keys());
        Judging {
            payment,
            is_known: true,
            found,
            awaited,
            awaited_days: AWAITED_DAYS,
            is_taken_up: placed.any(|it| *it == payment_id),
            ..Judging::default()
        }
    }

    /// A decision on a case and a payment.
    fn pays(
        &mut self,
        case_id: CaseId,
        payment_id: PaymentId,
        decide: impl FnOnce(OnCase) -> Result<Decision<OnCase>, Fault>,
    ) -> Result<(), Fault> {
        let payment = self.payments.get(&payment_id).cloned().unwrap_or_default();
        let decision = decide((self.case(case_id), payment))?;
        let (case, payment) = decision.state.clone();
        self.payments.insert(payment_id, payment);
        self.keep_case(case_id, with(decision, case));
        Ok(())
    }

    pub(crate) fn import(&mut self, file: &BankFile, facts: &Facts) -> Result<(), Fault> {
        let (decision, answer) = import(self.desk.clone(), file, &[], facts)?;
        self.answers.push(answer);
        self.keep_desk(decision);
        Ok(())
    }

    pub(crate) fn case(&self, case_id: CaseId) -> Case {
        let case = self.cases.get(&case_id).cloned().unwrap_or_default();
        let is_linked = self.links.get(&case_id).is_some_and(|it| it.open().is_some());
        Case { payments_known_until: self.known_until, is_linked, ..case }
    }

    /// Everything goes on until a day: the timers of its morning, and all before it, go off.
    pub(crate) fn until(&mut self, on: &str) -> &mut Self {
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
    pub(crate) fn knows_until(&mut self, on: &str) -> &mut Self {
        self.known_until = Some(day(on));
        self
    }

    pub(crate) fn position(&self, case: u128) -> Position {
        let account = self.cases[&case_id(case)].account.as_ref().unwrap();
        let today = day(&self.now.to_string()[..10]);
        position(account, &[], today, self.known_until).unwrap()
    }

    pub(crate) fn parts(&self, claim: u128) -> Parts {
        let account = self.cases[&case_id(claim / 10)].account.as_ref().unwrap();
        account.open(claim_id(claim)).unwrap()
    }

    pub(crate) fn keep_case(&mut self, case_id: CaseId, mut decision: Decision<Case>) {
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

    pub(crate) fn keep_desk(&mut self, mut decision: Decision<Desk>) {
        for booking in decision.state.news.drain(..) {
            self.booked.extend(booking.transactions.iter().cloned());
            for (payment_id, sent) in &booking.paid {
                let movements = &booking.statement.movements;
                let movement = movements.iter().find(|it| it.payment_id == *payment_id).unwrap();
                // What became of a refund is told.
                let Sent::Remittance { remittance_id, .. } = sent else { continue };
                let paper = self.remittances.get_mut(remittance_id).unwrap();
                let PaperState::Approved { paid_on, .. } = &mut paper.state else { panic!() };
                *paid_on = Some(movement.booked_on);
            }
            for debited in &booking.debits {
                let movements = &booking.statement.movements;
                let movement = movements.iter().find(|it| it.payment_id == debited.payment_id);
                self.debited.push((*debited, movement.unwrap().clone()));
            }
            for movement in booking.new_movements().cloned() {
                let receipt = Receipt {
                    amount: movement.amount,
                    received_on: movement.booked_on,
                    holder: booking.statement.owner.holder,
                };
                let known = ReceivedPayment {
                    own_id: Some(movement.payment_id),
                    receipt: Some(receipt),
                    allocated: booking.returned.contains_key(&movement.payment_id),
                    paid_from: movement.counterparty_account.as_ref().map(|it| it.as_str().into()),
                    ..Default::default()
                };
                if let Some(what) = booking.returned.get(&movement.payment_id) {
                    let back = SentBack {
                        by: movement.payment_id,
                        on: movement.booked_on,
                        reason_code: movement.return_code.clone(),
                        is_booked: false,
                    };
                    match what {
                        CameBack::Refund(refund_id) => self.returned.push((*refund_id, back)),
                        CameBack::Remittance { remittance_id, .. } => {
                            let paper = self.remittances.get_mut(remittance_id).unwrap();
                            paper.returned = Some(back);
                        }
                    }
                }
                if movement.is_payment {
                    self.written.insert(movement.payment_id, movement.payment());
                }
                self.payments.insert(movement.payment_id, known);
            }
        }
        self.desk = decision.state;
        self.hear(decision.messages);
    }

    pub(crate) fn hear(&mut self, messages: Vec<Outgoing>) {
        for message in messages {
            if let Some(command) = message.read::<MatchPayment>() {
                self.comes(Known::Match(command));
            } else if let Some(command) = message.read::<JudgePayment>() {
                self.comes(Known::Judge(command));
            } else if let Some(command) = message.read::<AllocatePayment>() {
                self.comes(Known::Allocate(command));
            } else if let Some(command) = message.read::<ReviewPaymentLink>() {
                self.comes(Known::Review(command));
            } else if let Some(command) = message.read::<TakeRemittanceBack>() {
                self.takes_back(command.remittance_id);
            }
            self.told.push(message);
        }
    }

    pub(crate) fn told<M: Message>(&self) -> Vec<M> {
        self.told.iter().filter_map(Outgoing::read).collect()
    }

    /// What was collected and not remitted yet, as the store finds it.
    pub(crate) fn collected(&self) -> Vec<Collected> {
        let mut collected = Vec::new();
        let Some(terms) = self.agreements.by_version.get(&1) else { return collected };
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
                            commission_basis_points: terms.commission_basis_points,
                            agency_keeps_costs: terms.agency_keeps_costs,
                        });
                    }
                }
            }
        }
        collected
    }

    /// The claims under rules, as the store finds them.
    pub(crate) fn ruled(&self) -> BTreeMap<ClaimId, RuledClaim> {
        let terms = self.agreements.by_version.get(&1);
        let Some(rules) = terms.and_then(|it| it.commission_rules.clone()) else {
            return BTreeMap::new();
        };
        let accounts = self.cases.values().filter_map(|it| it.account.as_ref());
        let claims = accounts.flat_map(|it| &it.claims).map(|(claim_id, claim)| {
            let principal = claim.lines.iter().find(|it| it.kind == LineKind::Principal);
            let principal = principal.unwrap().parts.principal;
            let due_on = claim.due_on;
            let mut one = RuledClaim {
                rules: rules.clone(),
                basis: ClaimBasis { principal, due_on },
                brought: Vec::new(),
                charged: euro(0),
            };
            for billed in self.approved().flat_map(|it| &it.bill.lines) {
                let line = &billed.line;
                if line.claim_id == *claim_id {
                    let base = line.principal.checked_add(line.interest).unwrap();
                    let (received_on, direct) = (line.received_on, line.direct);
                    one.brought.push(Brought { received_on, direct, base });
                    one.charged = one.charged.checked_add(billed.commission).unwrap();
                }
            }
            (*claim_id, one)
        });
        claims.collect()
    }

    pub(crate) fn approved(&self) -> impl Iterator<Item = &Paper> {
        let papers = self.remittances.values();
        papers.filter(|it| matches!(it.state, PaperState::Approved { .. }))
    }

    /// A request of a member of staff; 1 and 2 are of the finance desk.
    pub(crate) fn asked_by(&mut self, number: u128) -> Facts {
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

    /// The money of the creditor, as the store finds it.
    pub(crate) fn till(&self) -> Till {
        let proposed = self.remittances.values().find(|it| it.state == PaperState::Proposed);
        Till {
            version: 0,
            creditor_id: creditor_id(),
            finance_desk: [staff_id(1), staff_id(2)].into(),
            collected: self.collected(),
            ruled: self.ruled(),
            payout: self.agreements.payout(),
            returned: self.unpaid_again(),
            proposed: proposed.cloned(),
            voided: None,
        }
    }

    pub(crate) fn propose(&mut self, by: u128) -> ProposeRemittanceAnswer {
        self.propose_again(by, &[])
    }

    /// The same with what came back.
    pub(crate) fn propose_again(
        &mut self,
        by: u128,
        again: &[RemittanceId],
    ) -> ProposeRemittanceAnswer {
        let facts = self.asked_by(by);
        let (decision, answer) = remittance::propose(self.till(), again, self.vat, &facts).unwrap();
        self.keep_till(decision);
        answer
    }

    /// What came back and is not paid again, as the store finds it.
    fn unpaid_again(&self) -> Vec<CarriedRemittance> {
        let papers = self.remittances.values().filter(|it| it.paid_again_by.is_none());
        let back = papers.filter(|it| it.returned.as_ref().is_some_and(|back| back.is_booked));
        back.map(|it| CarriedRemittance { remittance_id: it.remittance_id, amount: it.bill.amount })
            .collect()
    }

    /// The money of a remittance that came back is owed to the creditor again.
    fn takes_back(&mut self, remittance_id: RemittanceId) {
        let facts = self.asked_by(9);
        let paper = self.remittances.get(&remittance_id).cloned();
        let remittance = Remittance { paper, ..Remittance::default() };
        let decision = remittance::take_back(remittance, &facts).unwrap();
        let again = remittance::take_back(decision.state.clone(), &facts).unwrap();
        assert!(again.messages.is_empty(), "once");
        let mut remittance = decision.state;
        self.booked.append(&mut remittance.news);
        self.remittances.extend(remittance.paper.map(|paper| (remittance_id, paper)));
        self.hear(decision.messages);
    }

    /// The day of the rhythm comes: what it asks for is done.
    pub(crate) fn pays_out(&mut self) {
        let facts = self.asked_by(0);
        let decision = remittance::pay_out(self.till(), &facts);
        self.pay_out = decision.timers.last().cloned();
        for effect in decision.effects {
            assert!(!effect.once());
            let effect_id = EffectId::from_uuid(Uuid::from_u128(self.ids));
            let ended = Ended { effect_id, effect, ending: Ending::Performed(self.vat) };
            let facts = self.asked_by(0);
            let decision = remittance::propose_in_rhythm(self.till(), &ended, &facts).unwrap();
            self.keep_till(decision);
        }
    }

    fn keep_till(&mut self, decision: Decision<Till, Proposing>) {
        if let Some(paper) = decision.state.voided.and_then(|id| self.remittances.get_mut(&id)) {
            paper.state = PaperState::Void;
        }
        let proposed = decision.state.proposed.into_iter();
        self.remittances.extend(proposed.map(|paper| (paper.remittance_id, paper)));
    }

    pub(crate) fn approve(
        &mut self,
        remittance_id: RemittanceId,
        by: u128,
    ) -> ApproveRemittanceAnswer {
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
        let issued = self.remittances.values().filter_map(|it| it.invoice);
        let preceding = issued.filter(|it| !it.is_credit_note).map(|it| it.number).max();
        let remittance = Remittance {
            version: 0,
            paper,
            finance_desk,
            collected,
            given_up: Vec::new(),
            returned: self.unpaid_again(),
            preceding,
            news: Vec::new(),
        };
        let terms = InvoiceTerms { is_made: self.vat.invoiced().is_some(), days: 30 };
        let states = (remittance, self.series.clone());
        let (decision, answer) = remittance::approve_and_invoice(states, terms, &facts).unwrap();
        let (mut remittance, series) = decision.state;
        self.series = series;
        self.booked.append(&mut remittance.news);
        for work in decision.effects {
            assert!(!work.once());
            self.works.push(work.clone());
            remittance = self.carry_out(remittance, work);
        }
        if let Some(paper) = remittance.paper {
            let paid_again = paper.bill.carried.iter().filter(|_| paper.state.is_approved());
            for carried in paid_again {
                let back = self.remittances.get_mut(&carried.remittance_id).unwrap();
                back.paid_again_by = Some(remittance_id);
            }
            self.remittances.insert(remittance_id, paper);
        }
        self.assert_sound();
        answer
    }

    /// The store knows of it, the files are made, and their end is decided on.
    pub(crate) fn carry_out(&mut self, remittance: Remittance, work: Work) -> Remittance {
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
        let (remittance_id, creditor_id) = (paper.remittance_id, paper.creditor_id);
        let sent = Sent::Remittance { remittance_id, creditor_id };
        let in_transit = InTransit { amount: paper.bill.amount, sent };
        let end_to_end_id = sent.transfer().end_to_end_id();
        self.desk.in_transit.insert(end_to_end_id.clone(), in_transit);
        let what = CameBack::Remittance { remittance_id, creditor_id };
        let returnable = Returnable { what, amount: paper.bill.amount };
        self.desk.may_return.insert(end_to_end_id, returnable);
        let files = Files {
            payment_order: ContentHash::from_digest([2; 32]),
            specification: ContentHash::from_digest([3; 32]),
            invoice: paper.invoice.map(|_| ContentHash::from_digest([4; 32])),
            statement: Some(ContentHash::from_digest([5; 32])),
            specification_pdf: Some(ContentHash::from_digest([6; 32])),
        };
        let effect_id = EffectId::from_uuid(Uuid::from_u128(self.ids));
        let ended = Ended { effect_id, effect: work, ending: Ending::Performed(files) };
        let facts = self.asked_by(0);
        let decision = remittance::end(remittance, &ended, &facts).unwrap();
        self.hear(decision.messages);
        decision.state
    }

    /// What holds at every moment.
    pub(crate) fn assert_sound(&self) {
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
    pub(crate) fn money(&self) -> (Vec<(Money, Money)>, Money) {
        let accounts = self.cases.values().filter_map(|case| case.account.as_ref());
        let cases =
            accounts.map(|it| (it.open_total().unwrap(), it.refundable_total().unwrap())).collect();
        let unmatched = self.payments.values().filter(|it| !it.allocated);
        let amounts = unmatched.filter_map(|it| Some(it.receipt?.amount));
        (cases, Money::sum(Currency::EUR, amounts).unwrap())
    }

    pub(crate) fn open(&self, claim: u128) -> Money {
        self.parts(claim).total().unwrap()
    }
}

pub(crate) fn with_links<S>(
    decision: Decision<S, LinkWork>,
    links: CaseLinks,
) -> Decision<CaseLinks, LinkWork> {
    let Decision { messages, effects, timers, .. } = decision;
    Decision { state: links, messages, effects, timers }
}

pub(crate) fn with<S>(decision: Decision<S>, case: Case) -> Decision<Case> {
    let Decision { messages, timers, .. } = decision;
    let mut kept = Decision::quiet(case);
    kept.messages = messages;
    kept.timers = timers;
    kept
}

/// Two cases with two claims each; credit notes, withdrawals and payments on them.
pub(crate) fn facts() -> impl Strategy<Value = Vec<Known>> {
    let minor = || prop_oneof![1_i64..20_000, Just(10_000), 9_900_i64..10_000];
    let claim = || prop_oneof![Just(11_u128), Just(12), Just(21), Just(22)];
    let claims = (minor(), minor(), minor(), minor(), any_agreed()).prop_map(|(a, b, c, d, it)| {
        vec![
            Known::Agreed(it),
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
            // Statements of one day would have to go on from each other.
            let on = (day("2026-03-02") - i64::try_from(number).unwrap().days()).to_string();
            facts.push(Known::Bank(paid_on(&on, number, account, minor, &claims)));
        }
        facts
    })
}

pub(crate) fn schedule() -> impl Strategy<Value = Vec<usize>> {
    prop::collection::vec(0_usize..64, 1..64)
}

pub(crate) fn world_of(facts: &[Known], picks: &[usize]) -> World {
    let mut world = World::new();
    for fact in facts {
        world.comes(fact.clone());
    }
    world.settle(picks);
    assert!(world.waiting.is_empty(), "{:?}", world.waiting);
    world
}

/// The same with messages that start terms and ask for money, and with payments before, within and
/// after those terms: of a Dutch consumer, and of a Dutch business or a Belgian consumer.
pub(crate) fn charged_facts() -> impl Strategy<Value = Vec<Known>> {
    let minor = || prop_oneof![1_i64..90_000, Just(10_000), 9_900_i64..10_000];
    let claim = || prop_oneof![Just(11_u128), Just(12), Just(21), Just(22)];
    let other = prop_oneof![
        Just((Country::NL, DebtorKind::LegalPerson)),
        Just((Country::BE, DebtorKind::Consumer)),
        Just((Country::BE, DebtorKind::NaturalPersonInBusiness)),
    ];
    let on = || (0_i32..90).prop_map(|days| (day("2026-03-02") + days.days()).to_string());
    let claims = (minor(), minor(), minor(), minor(), (other, any_agreed()));
    let claims = claims.prop_map(|(a, b, c, d, (other, agreed))| {
        vec![
            Known::Agreed(agreed),
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
    let payment = (prop::collection::vec(claim(), 1..3), minor());
    let payments = prop::collection::btree_map(on(), payment, 0..6);
    let direct = prop::collection::btree_map(on(), (claim(), minor(), any::<bool>()), 0..3);
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
            for (number, (on, (claims, minor))) in (0..).zip(payments) {
                facts.push(Known::Bank(paid_on(&on, number, CLIENT, minor, &claims)));
            }
            for (on, (claim, minor, is_wrong)) in direct {
                let report = reported(claim, minor, &on);
                facts.extend(is_wrong.then(|| Known::Retracted(retracted(&report))));
                facts.push(Known::Reported(report));
            }
            facts
        },
    )
}

/// Everything is heard of in June, when all payments are known.
pub(crate) fn charged_world(facts: &[Known], picks: &[usize]) -> World {
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

pub(crate) fn parts(costs: i64, interest: i64, principal: i64) -> Parts {
    Parts { costs: euro(costs), interest: euro(interest), principal: euro(principal) }
}

/// What payments paid, in the order in which it was told.
pub(crate) fn paid_parts(world: &World) -> Vec<Parts> {
    let told = world.told::<PaymentAllocated>().into_iter();
    told.map(|PaymentAllocated { costs, interest, principal, .. }| Parts {
        costs,
        interest,
        principal,
    })
    .collect()
}

/// A Dutch consumer of 121.00 who paid 60.00 after the term, as above.
pub(crate) fn collected_sixty() -> World {
    let mut world = World::of_debtor(Country::NL, DebtorKind::Consumer, 12_100, "2026-03-01");
    let letter = dispatched_by(Channel::Post, MessageKind::FourteenDayLetter, "2026-03-05", &[11]);
    world.after(Known::Dispatched(letter)).knows_until("2026-03-24").until("2026-03-31");
    world.after(Known::Bank(paid_on("2026-03-30", 1, CLIENT, 6_000, &[11])));
    world
}

pub(crate) fn proposed(
    answer: ProposeRemittanceAnswer,
) -> contracts::payment_reconciliation::Remittance {
    let ProposeRemittanceAnswer::Proposed(remittance) = answer else { panic!("{answer:?}") };
    remittance
}
