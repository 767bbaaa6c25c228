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
use contracts::agreement::PayTo;
use contracts::intake::{
    CaseOpened, ClaimCredited, ClaimRegistered, ClaimWithdrawn, CreditorAccount, WithdrawalReason,
};
use contracts::payment_reconciliation::{
    AllocatePayment, ClaimSettled, ImportStatementAnswer, MatchPayment, PaymentAllocated,
    PaymentUnmatched, PositionLineKind, SettledBy,
};
use contracts::{Message, Outgoing};
use mailbox::{Decision, Facts, Fault};
use payment_reconciliation::domain::account_statement::{AccountStatement, BankFile, Owners};
use payment_reconciliation::domain::camt;
use payment_reconciliation::domain::case::{self, Case};
use payment_reconciliation::domain::desk::{Desk, import};
use payment_reconciliation::domain::ledger::{LedgerTransaction, equation};
use payment_reconciliation::domain::matching::{Reference, match_payment};
use payment_reconciliation::domain::payment::{Receipt, ReceivedPayment};
use primitives::{
    Actor, CaseId, ClaimId, CorrelationId, Country, CreditorId, Currency, Date, DebtorKind, Iban,
    Language, MessageId, Money, PaymentId, PersonId, SourceFileId, StructuredReference, Timestamp,
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
    let names = |entry: Entry, claim: &u128| entry.line(reference(*claim).canonical());
    let entry = claims.iter().fold(Entry::credit(minor), names);
    read(&file(&[statement(account, &format!("S{number}"), "2026-03-02", &[entry])]))
}

/// Something that becomes known.
#[derive(Clone, Debug)]
enum Known {
    Opened(CaseOpened),
    Registered(ClaimRegistered),
    Credited(ClaimCredited),
    Withdrawn(ClaimWithdrawn),
    Match(MatchPayment),
    Allocate(AllocatePayment),
    Bank(BankFile),
}

/// Everything that decisions of the service work on: what the mailbox keeps in Postgres.
#[derive(Clone, Debug)]
struct World {
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
        let desk = Desk { version: 0, since: day("1900-01-01"), recorded, news: Vec::new() };
        Self {
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
        world.after(Known::Opened(opened(1)));
        for (claim, minor, due_on) in claims {
            world.after(Known::Registered(registered(*claim, *minor, due_on)));
        }
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
            Known::Opened(it) => {
                let decision = case::open(self.case(it.case_id), it);
                self.keep_case(it.case_id, decision);
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
            Known::Bank(it) => {
                let (decision, answer) = import(self.desk.clone(), it, &facts)?;
                self.answers.push(answer);
                self.keep_desk(decision);
            }
        }
        Ok(())
    }

    fn case(&self, case_id: CaseId) -> Case {
        self.cases.get(&case_id).cloned().unwrap_or_default()
    }

    fn keep_case(&mut self, case_id: CaseId, mut decision: Decision<Case>) {
        self.booked.append(&mut decision.state.news);
        self.cases.insert(case_id, decision.state);
        self.hear(decision.messages);
    }

    fn keep_desk(&mut self, mut decision: Decision<Desk>) {
        for booking in decision.state.news.drain(..) {
            self.booked.extend(booking.transactions);
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

    /// What holds at every moment.
    fn assert_sound(&self) {
        let postings = self.booked.iter().flat_map(LedgerTransaction::postings);
        assert_eq!(equation(postings.map(|it| (it.account, it.amount))), Ok(()));
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
        let account = self.cases[&case_id(claim / 10)].account.as_ref().unwrap();
        account.open(claim_id(claim)).unwrap()
    }
}

fn with<S>(decision: Decision<S>, case: Case) -> Decision<Case> {
    let Decision { messages, .. } = decision;
    let mut kept = Decision::quiet(case);
    kept.messages = messages;
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
            let position = case::position(case, None).unwrap().unwrap();
            for claim in &position.claims {
                let lines = claim.lines.iter().map(|line| line.amount);
                prop_assert_eq!(Money::sum(Currency::EUR, lines), Ok(claim.open));
            }
            let claims = position.claims.iter().map(|claim| claim.open);
            prop_assert_eq!(Money::sum(Currency::EUR, claims), Ok(position.open));
        }
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
    world.after(Known::Opened(opened(1)));
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
    let position = case::position(&world.cases[&case_id(1)], None).unwrap().unwrap();
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
