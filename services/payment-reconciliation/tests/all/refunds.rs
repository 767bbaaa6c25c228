//! Refunds: whatever goes back, what is owed stays what it is, no cent is lost, and nothing that
//! went back ever pays anything.

use std::collections::BTreeMap;

use crate::bank::{CLIENT, Entry, file, statement};
use crate::world::{
    self, Known, World, agreed, case_id, charged_facts, charged_world, claim_id, credited, day,
    euro, opened_as, read, registered, schedule, staff_id,
};
use contracts::payment_reconciliation::{
    ApproveRefundAnswer, AssignPayment, ProposeRefund, ProposeRefundAnswer, Refund as ToldRefund,
    RefundApproved, RefundPaid, RefundRefusal, ReleasePayment, ReleasePaymentAnswer,
    WithdrawRefundAnswer,
};
use mailbox::{Decision, Ended, Ending};
use payment_reconciliation::domain::account::Payment;
use payment_reconciliation::domain::assignment;
use payment_reconciliation::domain::case::Case;
use payment_reconciliation::domain::desk::{CameBack, InTransit, Returnable, Sent};
use payment_reconciliation::domain::ledger::{Holder, LedgerAccount, LedgerTransaction};
use payment_reconciliation::domain::payment::ReceivedPayment;
use payment_reconciliation::domain::refund::{
    self, Refund, Refunding, SentBack, SlipState, refund_id,
};
use payment_reconciliation::domain::staff::Staff;
use primitives::{
    CaseId, ContentHash, Country, Currency, DebtorKind, EffectId, Money, PaymentId, RefundId,
};
use proptest::prelude::*;
use uuid::Uuid;

pub(crate) const PAYER: &str = "NL20INGB0001234567";

/// A world in which money goes back.
pub(crate) struct Desk {
    pub(crate) world: World,
    pub(crate) refunds: BTreeMap<RefundId, Refund>,
}

impl Desk {
    pub(crate) fn of(world: World) -> Self {
        Self { world, refunds: BTreeMap::new() }
    }

    fn states(&self, refund_id: RefundId, of: PaymentId, case_id: Option<CaseId>) -> Refunding {
        let finance_desk = [staff_id(1), staff_id(2)].into();
        let refund = self.refunds.get(&refund_id).cloned();
        let refund = refund.unwrap_or_else(|| Refund::unheard(refund_id));
        let payment = self.whole_of(of).map(|id| self.world.payments[&id].clone());
        let case = case_id.map(|case_id| self.world.case(case_id));
        let refund = Refund { finance_desk, ..refund };
        (refund, payment.unwrap_or_default(), case.unwrap_or_default())
    }

    fn whole_of(&self, of: PaymentId) -> Option<PaymentId> {
        let mut known = self.world.payments.iter();
        let is_it = |(id, it): &(&PaymentId, &ReceivedPayment)| {
            **id == of || it.parts.iter().any(|part| part.payment_id == of)
        };
        known.find(is_it).map(|(id, _)| *id)
    }

    pub(crate) fn propose(
        &mut self,
        by: u128,
        payment_id: PaymentId,
        case_id: Option<CaseId>,
        amount: Option<i64>,
    ) -> ProposeRefundAnswer {
        let facts = self.world.asked_by(by);
        let of_it = self.refunds.values().filter_map(|it| it.slip.as_ref());
        let decided =
            of_it.filter(|it| it.payment_id == payment_id && it.state != SlipState::Proposed);
        let refund_id = refund_id(payment_id, decided.count().try_into().unwrap());
        let ask = ProposeRefund { payment_id, case_id, amount: amount.map(euro) };
        let states = self.states(refund_id, payment_id, case_id);
        let (decision, answer) = refund::propose(states.clone(), &ask, &facts).unwrap();
        assert_eq!((&decision.state.1, &decision.state.2), (&states.1, &states.2));
        assert!(decision.messages.is_empty() && decision.effects.is_empty());
        if decision.state.0.slip.is_some() {
            self.refunds.insert(refund_id, decision.state.0);
        }
        answer
    }

    /// Approves it, and has its order made.
    fn approve(&mut self, by: u128, refund_id: RefundId) -> ApproveRefundAnswer {
        let facts = self.world.asked_by(by);
        let slip = self.refunds.get(&refund_id).and_then(|it| it.slip.clone());
        let (of, on) = slip
            .map_or((PaymentId::from_uuid(Uuid::nil()), None), |it| (it.payment_id, it.case_id));
        let states = self.states(refund_id, of, on);
        let (decision, answer) = refund::approve(states, &facts).unwrap();
        assert!(decision.messages.is_empty(), "told once its order is made");
        let (mut refund, payment, case) = decision.state;
        self.world.booked.append(&mut refund.news);
        if let Some(id) = self.whole_of(of) {
            self.world.payments.insert(id, payment);
        }
        if let Some(on) = on {
            self.world.cases.insert(on, Case { news: Vec::new(), ..case });
        }
        for work in decision.effects {
            let order = ContentHash::from_digest([7; 32]);
            let effect_id = EffectId::from_uuid(Uuid::nil());
            let ended = Ended { effect_id, effect: work, ending: Ending::Performed(order) };
            let done = refund::end(refund, &ended).unwrap();
            self.world.hear(done.messages);
            refund = done.state;
            let told = refund.slip.as_ref().unwrap().told();
            let sent = Sent::Refund { refund_id, payment_id: of, case_id: on };
            let in_transit = InTransit { amount: told.amount, sent };
            let id = sent.transfer().end_to_end_id();
            self.world.desk.in_transit.insert(id.clone(), in_transit);
            let what = CameBack::Refund(refund_id);
            let returnable = Returnable { what, amount: told.amount };
            self.world.desk.may_return.insert(id, returnable);
        }
        self.refunds.insert(refund_id, refund);
        self.world.assert_sound();
        answer
    }

    /// Sends money back with the word of both.
    pub(crate) fn sends_back(
        &mut self,
        of: PaymentId,
        on: Option<CaseId>,
        amount: Option<i64>,
    ) -> ToldRefund {
        let answer = self.propose(1, of, on, amount);
        let ProposeRefundAnswer::Proposed(refund) = answer else { panic!("{answer:?}") };
        let answer = self.approve(2, refund.refund_id);
        let ApproveRefundAnswer::Approved(refund) = answer else { panic!("{answer:?}") };
        refund
    }

    /// What a bank file brings, and what becomes of the refunds that come back by it.
    pub(crate) fn bank(&mut self, known: Known) {
        self.world.after(known);
        self.hears();
    }

    /// What becomes of the refunds of which a statement told that they came back.
    pub(crate) fn hears(&mut self) {
        for (refund_id, returned) in std::mem::take(&mut self.world.returned) {
            self.takes_back(refund_id, returned);
        }
    }

    fn takes_back(&mut self, refund_id: RefundId, returned: SentBack) {
        let facts = self.world.asked_by(9);
        let slip = self.refunds.get_mut(&refund_id).unwrap().slip.as_mut().unwrap();
        slip.returned = Some(returned);
        let (of, on) = (slip.payment_id, slip.case_id);
        let (refund, payment, case) = self.states(refund_id, of, on);
        let decision = refund::take_back((case, payment, refund), &facts).unwrap();
        let (case, payment, mut refund) = decision.state.clone();
        self.world.booked.append(&mut refund.news);
        self.world.payments.insert(self.whole_of(of).unwrap(), payment.clone());
        // The case hears all that is told.
        let Decision { messages, timers, .. } = decision;
        let told = Decision { state: case.clone(), messages, effects: Vec::new(), timers };
        self.world.keep_case(on.unwrap_or(case_id(9)), told);
        let again = refund::take_back((case, payment, refund.clone()), &facts).unwrap();
        assert!(again.messages.is_empty() && again.state.2.news.is_empty(), "once");
        self.refunds.insert(refund_id, refund);
        self.world.assert_sound();
    }

    /// Books a part of a payment on the claim of a case.
    pub(crate) fn assign_part(&mut self, payment_id: PaymentId, on: CaseId, minor: i64) {
        let facts = self.world.asked_by(1);
        let staff = Staff { is_finance_desk: true, ..Staff::default() };
        let amount = Some(euro(minor));
        let ask = AssignPayment { payment_id, claim_ids: vec![claim_id(11)], amount };
        let states = (self.world.case(on), self.world.payments[&payment_id].clone(), staff);
        let (decision, _) = assignment::assign(states, &ask, &facts).unwrap();
        let (case, payment, _) = decision.state.clone();
        self.world.payments.insert(payment_id, payment);
        self.world.keep_case(on, world::with(decision, case));
    }

    pub(crate) fn release(&mut self, of: PaymentId, on: CaseId) -> ReleasePaymentAnswer {
        let facts = self.world.asked_by(1);
        let whole = self.whole_of(of).unwrap();
        let staff = Staff { is_finance_desk: true, ..Staff::default() };
        let states = (self.world.case(on), self.world.payments[&whole].clone(), staff);
        let ask = ReleasePayment { payment_id: of, case_id: on };
        let (decision, answer) = assignment::release(states, &ask, &facts).unwrap();
        let (case, payment, _) = decision.state.clone();
        self.world.payments.insert(whole, payment);
        self.world.keep_case(on, world::with(decision, case));
        self.world.assert_sound();
        answer
    }

    /// What is to be paid back on cases, of which payment.
    pub(crate) fn overpaid(&self) -> Vec<(PaymentId, CaseId, i64)> {
        let accounts =
            self.world.cases.iter().filter_map(|(id, it)| Some((id, it.account.as_ref()?)));
        let overpaid = accounts.flat_map(|(case_id, account)| {
            let overpaid = account.overpaid().unwrap().into_iter();
            overpaid.map(|(payment_id, amount)| (payment_id, *case_id, amount.amount_minor()))
        });
        overpaid.collect()
    }

    pub(crate) fn open(&self) -> Vec<Money> {
        let accounts = self.world.cases.values().filter_map(|it| it.account.as_ref());
        accounts.map(|it| it.open_total().unwrap()).collect()
    }

    /// What the ledger says lies in an account, or is owed by it (below zero).
    pub(crate) fn ledger(&self, account: LedgerAccount) -> i64 {
        let postings = self.world.booked.iter().flat_map(LedgerTransaction::postings);
        let those = postings.filter(|it| it.account == account).map(|it| it.amount);
        Money::sum(Currency::EUR, those).unwrap().amount_minor()
    }
}

/// A case of one claim, and a payment that a bank brought from an account.
pub(crate) fn paid(owed: i64, minor: i64, names_it: bool) -> (Desk, PaymentId) {
    let mut world = World::with_claims(&[(11, owed, "2026-03-01")]);
    let entry = Entry::credit(minor).from(PAYER).named("P. Jansen");
    let entry = if names_it { entry.line(world::reference(11).canonical()) } else { entry };
    world.after(Known::Bank(read(&file(&[statement(CLIENT, "S1", "2026-03-02", &[entry])]))));
    let payment_id = *world.payments.keys().next().unwrap();
    (Desk::of(world), payment_id)
}

fn refused(reason: RefundRefusal) -> ProposeRefundAnswer {
    ProposeRefundAnswer::Refused { reason }
}

#[test]
fn what_was_paid_too_much_goes_back_by_two_people_and_the_bank_confirms_it() {
    let (mut desk, payment_id) = paid(5_000, 8_000, true);
    let on = Some(case_id(1));
    assert_eq!(desk.overpaid(), [(payment_id, case_id(1), 3_000)]);
    let answer = desk.propose(1, payment_id, on, None);
    let ProposeRefundAnswer::Proposed(refund) = answer else { panic!("{answer:?}") };
    assert_eq!((refund.amount, refund.case_id), (euro(3_000), on));
    assert_eq!(desk.propose(2, payment_id, on, None), ProposeRefundAnswer::Waiting(refund.clone()));
    let id = refund.refund_id;
    let denied = |reason| ApproveRefundAnswer::Refused { reason };
    assert_eq!(desk.approve(1, id), denied(RefundRefusal::SamePerson));
    assert_eq!(desk.approve(3, id), denied(RefundRefusal::NotOfTheFinanceDesk));
    assert_eq!(desk.overpaid(), [(payment_id, case_id(1), 3_000)]);
    assert_eq!(desk.ledger(LedgerAccount::InTransit(id.into())), 0);

    assert!(matches!(desk.approve(2, id), ApproveRefundAnswer::Approved(_)));
    assert!(matches!(desk.approve(2, id), ApproveRefundAnswer::AlreadyApproved(_)));
    assert_eq!((desk.overpaid(), desk.open()), (Vec::new(), vec![euro(0)]));
    assert_eq!(desk.ledger(LedgerAccount::InTransit(id.into())), -3_000);
    let told = desk.world.told::<RefundApproved>();
    assert_eq!((told.len(), told[0].amount, told[0].case_id), (1, euro(3_000), on));
    assert_eq!((told[0].proposed_by, told[0].approved_by), (staff_id(1), staff_id(2)));
    assert_eq!(desk.propose(1, payment_id, on, None), refused(RefundRefusal::NothingToPayBack));

    // Another amount under its id is not it.
    let entry = |minor| Entry::debit(minor).end_to_end(&id.as_uuid().simple().to_string());
    let bank = |number: &str, on: &str, entry| {
        Known::Bank(read(&file(&[statement(CLIENT, number, on, &[entry])])))
    };
    desk.world.after(bank("S2", "2026-03-04", entry(2_999)));
    assert_eq!(desk.world.told::<RefundPaid>(), []);
    desk.world.after(bank("S3", "2026-03-05", entry(3_000)));
    let paid = desk.world.told::<RefundPaid>();
    assert_eq!((paid.len(), paid[0].refund_id, paid[0].paid_on), (1, id, day("2026-03-05")));
    assert_eq!((paid[0].payment_id, paid[0].case_id), (payment_id, on));
    assert_eq!(desk.ledger(LedgerAccount::InTransit(id.into())), 0);
    assert_eq!(desk.ledger(LedgerAccount::Bank(Holder::Agency)), 8_000 - 2_999 - 3_000);
}

#[test]
fn what_is_for_nobody_goes_back_in_parts_until_nothing_is_left() {
    let (mut desk, payment_id) = paid(5_000, 8_000, false);
    let left = |desk: &Desk| desk.world.payments[&payment_id].left().unwrap().unwrap();
    desk.sends_back(payment_id, None, Some(3_000));
    assert_eq!(left(&desk), euro(5_000));
    let most = euro(5_000);
    let wrong = refused(RefundRefusal::WrongAmount { most });
    for amount in [0, -1, 5_001] {
        assert_eq!(desk.propose(1, payment_id, None, Some(amount)), wrong);
    }
    desk.sends_back(payment_id, None, None);
    assert_eq!(left(&desk), euro(0));
    assert_eq!(desk.refunds.len(), 2);
    assert_eq!(desk.propose(1, payment_id, None, None), refused(RefundRefusal::NothingToPayBack));
    assert_eq!(desk.ledger(LedgerAccount::Unmatched(Holder::Agency)), 0);
    assert_eq!(desk.open(), [euro(5_000)]);
}

#[test]
fn what_was_decided_otherwise_meanwhile_is_not_sent_back() {
    let (mut desk, payment_id) = paid(5_000, 8_000, true);
    let on = Some(case_id(1));
    let ProposeRefundAnswer::Proposed(refund) = desk.propose(1, payment_id, on, None) else {
        panic!()
    };
    // A second claim takes what was too much.
    desk.world.after(Known::Registered(registered(12, 1_000, "2026-03-01")));
    let reason = RefundRefusal::Outdated;
    let answer = desk.approve(2, refund.refund_id);
    assert_eq!(answer, ApproveRefundAnswer::Refused { reason });
    let decided = ApproveRefundAnswer::Refused { reason: RefundRefusal::Decided };
    assert_eq!(desk.approve(2, refund.refund_id), decided);
    assert_eq!(desk.overpaid(), [(payment_id, case_id(1), 2_000)]);
    assert_eq!(desk.sends_back(payment_id, on, None).amount, euro(2_000));
}

#[test]
fn one_that_nobody_approved_can_be_withdrawn_and_proposed_anew() {
    let (mut desk, payment_id) = paid(5_000, 8_000, true);
    let on = Some(case_id(1));
    let ProposeRefundAnswer::Proposed(first) = desk.propose(1, payment_id, on, None) else {
        panic!()
    };
    let states = desk.states(first.refund_id, payment_id, on);
    let stranger = desk.world.asked_by(3);
    let (_, answer) = refund::withdraw(states.0.clone(), &stranger);
    let reason = RefundRefusal::NotOfTheFinanceDesk;
    assert_eq!(answer, WithdrawRefundAnswer::Refused { reason });
    let facts = desk.world.asked_by(2);
    let (decision, answer) = refund::withdraw(states.0, &facts);
    assert!(matches!(answer, WithdrawRefundAnswer::Withdrawn(_)));
    desk.refunds.insert(first.refund_id, decision.state);
    let second = desk.sends_back(payment_id, on, Some(1_000));
    assert_ne!(second.refund_id, first.refund_id);
    let (_, answer) = refund::withdraw(desk.states(second.refund_id, payment_id, on).0, &facts);
    assert_eq!(answer, WithdrawRefundAnswer::Refused { reason: RefundRefusal::Decided });
    assert_eq!(desk.overpaid(), [(payment_id, case_id(1), 2_000)]);
}

#[test]
fn money_goes_back_to_a_known_account_and_only_what_lies_with_the_agency() {
    let mut world = World::new();
    world.after(Known::Agreed(agreed()));
    world.after(Known::Opened(opened_as(1, Country::NL, DebtorKind::Consumer)));
    world.after(Known::Registered(registered(11, 5_000, "2026-03-01")));
    let entries = [
        Entry::credit(8_000).named("P. Jansen"),
        Entry::debit(700).from(PAYER),
        Entry::credit(900).from("MYSTERY"),
    ];
    world.after(Known::Bank(read(&file(&[statement(CLIENT, "S1", "2026-03-02", &entries)]))));
    let report = world::reported(11, 6_000, "2026-03-05");
    world.after(Known::Reported(report.clone()));
    let mut desk = Desk::of(world);
    let of = |desk: &Desk, minor: i64| {
        let mut known = desk.world.payments.iter();
        *known.find(|(_, it)| it.receipt.unwrap().amount == euro(minor)).unwrap().0
    };
    for (minor, reason) in [
        (8_000, RefundRefusal::NoAccount),
        (900, RefundRefusal::NoAccount),
        (-700, RefundRefusal::NothingToPayBack),
    ] {
        let payment_id = of(&desk, minor);
        assert_eq!(desk.propose(1, payment_id, None, None), refused(reason));
    }
    let on = Some(case_id(1));
    let answer = desk.propose(1, report.payment_id, on, None);
    assert_eq!(answer, refused(RefundRefusal::AtTheCreditor));
    let nobody = PaymentId::from_uuid(Uuid::from_u128(5));
    assert_eq!(desk.propose(1, nobody, None, None), ProposeRefundAnswer::Unknown);
    let answer = desk.propose(3, report.payment_id, on, None);
    assert_eq!(answer, refused(RefundRefusal::NotOfTheFinanceDesk));
}

/// What was said before the refund can be said again after it.
#[test]
fn what_was_known_before_the_refund_stays_known() {
    let (mut desk, payment_id) = paid(5_000, 8_000, true);
    let before = desk.world.now;
    desk.world.until("2026-03-20");
    desk.sends_back(payment_id, Some(case_id(1)), Some(2_000));
    let account = desk.world.cases[&case_id(1)].account.clone().unwrap();
    let known = |moment| {
        let then = account.known_at(moment).unwrap();
        let Payment { amount, sent_back, .. } = then.payments[&payment_id].clone();
        (amount, sent_back, then.refundable_total().unwrap())
    };
    assert_eq!(known(before), (euro(8_000), euro(0), euro(3_000)));
    assert_eq!(known(desk.world.now), (euro(6_000), euro(2_000), euro(1_000)));
}

/// Where all of the newer part went back, the older one is still there.
#[test]
fn what_is_left_on_a_case_can_be_taken_off_without_naming_the_part() {
    let (mut desk, payment_id) = paid(2_000, 8_000, false);
    let on = case_id(1);
    desk.assign_part(payment_id, on, 3_000);
    desk.assign_part(payment_id, on, 1_000);
    desk.world.after(Known::Credited(credited(11, 2_000)));
    let newer = desk.world.payments[&payment_id].parts.last().unwrap().payment_id;
    assert_eq!(desk.sends_back(newer, Some(on), None).amount, euro(1_000));
    let amount = euro(3_000);
    assert_eq!(desk.release(payment_id, on), ReleasePaymentAnswer::Released { amount });
    assert_eq!(desk.overpaid(), []);
}

/// Of a part of a payment too: what went back is in none of them any more.
#[test]
fn a_part_that_is_too_much_on_its_case_goes_back_and_the_rest_can_be_moved() {
    let (mut desk, payment_id) = paid(2_000, 8_000, false);
    let on = case_id(1);
    desk.assign_part(payment_id, on, 5_000);
    let [(part, _, 3_000)] = desk.overpaid()[..] else { panic!("{:?}", desk.overpaid()) };
    assert_ne!(part, payment_id);
    let nothing = refused(RefundRefusal::NothingToPayBack);
    assert_eq!(desk.propose(1, part, None, None), nothing, "a part is on its case only");
    desk.sends_back(part, Some(on), Some(2_500));
    let left = |desk: &Desk| desk.world.payments[&payment_id].left().unwrap().unwrap();
    assert_eq!((left(&desk), desk.overpaid()), (euro(3_000), vec![(part, on, 500)]));
    let amount = euro(2_500);
    assert_eq!(desk.release(part, on), ReleasePaymentAnswer::Released { amount });
    assert_eq!((left(&desk), desk.open()), (euro(5_500), vec![euro(2_000)]));
    desk.sends_back(payment_id, None, None);
    assert_eq!(desk.ledger(LedgerAccount::Unmatched(Holder::Agency)), 0);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// Whatever becomes known before and after, and in whatever order: what is owed is as if only
    /// that had been paid which did not go back.
    #[test]
    fn what_went_back_pays_nothing_and_all_else_pays_as_before(
        facts in charged_facts(), picks in schedule(), share in 1_i64..=100,
    ) {
        let mut world = charged_world(&facts, &picks);
        for payment in world.payments.values_mut().filter(|it| !it.is_reported()) {
            payment.paid_from = Some(PAYER.to_owned());
        }
        let mut desk = Desk::of(world);
        let (open, parts) = (desk.open(), [11, 12, 21, 22].map(|claim| desk.world.parts(claim)));
        let mut sent = 0;
        for (payment_id, on, minor) in desk.overpaid() {
            let is_reported = desk.world.payments[&payment_id].is_reported();
            let amount = (minor * share / 100).max(1);
            if !is_reported {
                let refund = desk.sends_back(payment_id, Some(on), Some(amount));
                prop_assert_eq!(refund.amount, euro(amount));
                sent += amount;
            }
        }
        prop_assert_eq!(desk.open(), open);
        prop_assert_eq!([11, 12, 21, 22].map(|claim| desk.world.parts(claim)), parts);
        let in_transit: i64 = desk
            .refunds
            .keys()
            .map(|id| -desk.ledger(LedgerAccount::InTransit((*id).into())))
            .sum();
        prop_assert_eq!(in_transit, sent);
        // Taken off their cases, all payments are there but for what went back.
        let on_cases: Vec<(PaymentId, CaseId)> = desk
            .world
            .payments
            .iter()
            .filter(|(_, it)| it.allocated && !it.is_reported())
            .map(|(id, it)| (*id, it.case_id.unwrap()))
            .collect();
        for (payment_id, on) in on_cases {
            desk.release(payment_id, on);
        }
        let received: i64 = desk
            .world
            .payments
            .values()
            .filter(|it| !it.is_reported())
            .map(|it| it.receipt.unwrap().amount.amount_minor())
            .sum();
        prop_assert_eq!(desk.ledger(LedgerAccount::Unmatched(Holder::Agency)), sent - received);
    }
}
