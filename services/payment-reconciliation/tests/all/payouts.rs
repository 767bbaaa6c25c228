//! Pay-outs of the provider: whatever is heard of first, and however often, a pay-out is paired
//! with the payments that it pays out to the cent, or nothing is booked of it.

use std::collections::{BTreeMap, BTreeSet};

use crate::world::{day, euro};
use contracts::payment_reconciliation::{
    JudgePayment, NameSettlement, NameSettlementAnswer, NameSettlementRefusal, PairPayout,
    PaymentUnmatched, PayoutProblem, ProviderPayoutState, TakeProviderRefund,
};
use contracts::{Message, Outgoing};
use mailbox::{Claim, Decision, Ended, Ending, Facts, Timer};
use payment_reconciliation::domain::judging::{Judging, Names, judge_payment};
use payment_reconciliation::domain::ledger::{
    Breach, Holder, LedgerAccount, LedgerTransaction, Occasion, equation,
};
use payment_reconciliation::domain::payment::{Receipt, ReceivedPayment, ToldBy};
use payment_reconciliation::domain::provider_payout::{
    self, Costs, KnownPayment, Payout, PayoutAnswer, PayoutWork, Settlement, TRY_AGAIN,
    references_in,
};
use payment_reconciliation::domain::staff::Staff;
use primitives::{
    Actor, CorrelationId, Currency, EffectId, MessageId, Money, PaymentId, Timestamp,
};
use proptest::prelude::*;
use uuid::Uuid;

const REFERENCE: &str = "1234567.1804.03";

fn payment_id(number: u128) -> PaymentId {
    PaymentId::from_uuid(Uuid::from_u128(number))
}

fn receipt(minor: i64) -> Receipt {
    Receipt { amount: euro(minor), received_on: day("2018-04-06"), holder: Holder::Agency }
}

/// A pay-out, what is known of the payments that it pays out, and what was booked.
struct Bench {
    now: Timestamp,
    ids: u128,
    payout: Payout,
    movement: ReceivedPayment,
    /// Payments by link, by what the provider calls them.
    links: BTreeMap<String, (PaymentId, ReceivedPayment)>,
    paid_out: BTreeMap<String, PaymentId>,
    booked: Vec<LedgerTransaction>,
    /// What is on the way.
    sent: Vec<Outgoing>,
    works: Vec<PayoutWork>,
    timer: Option<Timestamp>,
}

impl Bench {
    /// The bank told that so much came in.
    fn with(minor: i64) -> Self {
        let own = payment_id(1);
        let movement = ReceivedPayment {
            own_id: Some(own),
            receipt: Some(receipt(minor)),
            ..ReceivedPayment::default()
        };
        let references = BTreeSet::from([REFERENCE.to_owned()]);
        let mut bench = Self {
            now: "2018-04-06T09:41:44Z".parse().unwrap(),
            ids: 0,
            payout: Payout { references, ..Payout::unheard(own) },
            movement,
            links: BTreeMap::new(),
            paid_out: BTreeMap::new(),
            booked: Vec::new(),
            sent: Vec::new(),
            works: Vec::new(),
            timer: None,
        };
        let occasion = bench.occasion();
        let came = LedgerTransaction::bank_credit(own, Holder::Agency, euro(minor), occasion);
        bench.booked.push(came.unwrap());
        bench
    }

    fn facts(&mut self) -> Facts {
        self.ids += 1;
        let id = Uuid::from_u128(self.ids);
        Facts {
            now: self.now,
            cause: MessageId::from_uuid(id),
            correlation: CorrelationId::from_uuid(id),
            actor: Actor::Machine("test".to_owned()),
            version: 0,
        }
    }

    fn occasion(&mut self) -> Occasion {
        Occasion { booked_on: day("2018-04-06"), cause: self.facts().cause }
    }

    /// A debtor's payment by link becomes known; it is on a case, or was paid out before and is on
    /// none any more.
    fn hears(&mut self, name: &str, minor: i64, is_on_case: bool) {
        if self.links.contains_key(name) {
            return;
        }
        let id = payment_id(100 + self.links.len() as u128);
        let occasion = self.occasion();
        let paid = LedgerTransaction::provider_credit(id, euro(minor), occasion);
        self.booked.push(paid.unwrap());
        if !is_on_case {
            let before = payment_id(900 + self.links.len() as u128);
            let came =
                LedgerTransaction::bank_credit(before, Holder::Agency, euro(minor), occasion);
            self.booked.push(came.unwrap());
            let paid_out =
                LedgerTransaction::provider_paid_out(before, euro(minor), euro(0), occasion);
            self.booked.push(paid_out.unwrap());
        }
        let payment = ReceivedPayment {
            own_id: Some(id),
            receipt: Some(receipt(minor)),
            allocated: is_on_case,
            ..ReceivedPayment::default()
        };
        self.links.insert(name.to_owned(), (id, payment));
    }

    /// As the store reads them.
    fn pairing(&self) -> (Payout, ReceivedPayment) {
        let mut payout = self.payout.clone();
        let settlement = payout.settlement().cloned();
        let names: BTreeSet<String> = settlement
            .iter()
            .flat_map(|it| it.payments.keys().chain(it.refunds.keys()).cloned())
            .collect();
        payout.known = names
            .into_iter()
            .filter_map(|name| {
                let (payment_id, payment) = self.links.get(&name)?;
                let known = KnownPayment {
                    payment_id: *payment_id,
                    amount: payment.receipt?.amount,
                    paid_out_by: self.paid_out.get(&name).copied(),
                    is_sent_back: payment.sent_back_by.is_some(),
                };
                Some((name, known))
            })
            .collect();
        (payout, self.movement.clone())
    }

    fn pair(&mut self) {
        let facts = self.facts();
        let decision = provider_payout::pair(self.pairing(), &facts).unwrap();
        let Decision { state: (payout, movement), messages, effects, timers } = decision;
        self.movement = movement;
        self.keep(Decision { state: payout, messages, effects, timers });
    }

    fn keep(&mut self, decision: Decision<Payout, PayoutWork>) {
        let Decision { state: mut payout, messages, effects, timers } = decision;
        self.booked.extend(payout.news.take());
        for (name, known) in &payout.known {
            self.paid_out.extend(known.paid_out_by.map(|by| (name.clone(), by)));
        }
        payout.known.clear();
        self.payout = payout;
        self.sent.extend(messages);
        self.works.extend(effects);
        for timer in timers {
            let (name, due_at) = match timer {
                Timer::Set { name, due_at } => (name, Some(due_at)),
                Timer::Cancel { name } => (name, None),
            };
            assert_eq!(name, TRY_AGAIN);
            self.timer = due_at;
        }
    }

    /// Somebody says which settlement it is.
    fn name(&mut self, staff: Staff, reference: &str) -> NameSettlementAnswer {
        let facts = Facts { actor: Actor::Staff(crate::world::staff_id(1)), ..self.facts() };
        let (payout, movement) = self.pairing();
        let message =
            NameSettlement { payment_id: payout.payment_id, reference: reference.to_owned() };
        let states = (payout, movement, staff);
        let (decision, answer) = provider_payout::name(states, &message, &facts).unwrap();
        let Decision { state: (payout, movement, _), messages, effects, timers } = decision;
        self.movement = movement;
        self.keep(Decision { state: payout, messages, effects, timers });
        answer
    }

    /// The provider answers what it was asked.
    fn answers(&mut self, answer: &PayoutAnswer) {
        let Some(effect) = self.works.pop() else { return };
        if provider_payout::claim(&self.payout) == Claim::Withdraw {
            return;
        }
        let effect_id = EffectId::from_uuid(Uuid::nil());
        let ended = Ended { effect_id, effect, ending: Ending::Performed(answer.clone()) };
        let facts = self.facts();
        let decision = provider_payout::end(self.payout.clone(), &ended, &facts).unwrap();
        self.keep(decision);
    }

    /// Everything that the service sent itself arrives, twice. Returns how often what came in was
    /// told as unmatched, and judged otherwise.
    fn drain(&mut self) -> (usize, usize) {
        let (mut unmatched, mut judged) = (0, 0);
        while let Some(sent) = self.sent.pop() {
            if sent.read::<PairPayout>().is_some() {
                self.pair();
                self.pair();
            } else if let Some(refund) = sent.read::<TakeProviderRefund>() {
                for _ in 0..2 {
                    self.take_refund(&refund);
                }
            } else if sent.read::<PaymentUnmatched>().is_some() {
                unmatched += 1;
            } else {
                assert!(sent.read::<JudgePayment>().is_some(), "{sent:?}");
                judged += 1;
            }
        }
        (unmatched, judged)
    }

    fn take_refund(&mut self, refund: &TakeProviderRefund) {
        let facts = self.facts();
        let mut own = self.links.iter_mut();
        let (_, (_, payment)) = own.find(|(_, (id, _))| *id == refund.payment_id).unwrap();
        let decision = provider_payout::take_refund(payment.clone(), refund, &facts).unwrap();
        *payment = decision.state;
        self.booked.append(&mut payment.news);
        self.sent.extend(decision.messages);
    }

    fn ledger(&self, account: LedgerAccount) -> i64 {
        let postings = self.booked.iter().flat_map(LedgerTransaction::postings);
        let those = postings.filter(|it| it.account == account).map(|it| it.amount);
        Money::sum(Currency::EUR, those).unwrap().amount_minor()
    }

    /// Every cent is somewhere, and nobody's is lacking but the agency's own.
    fn assert_sound(&self) {
        let postings = self.booked.iter().flat_map(LedgerTransaction::postings);
        let breaches = equation(postings.map(|it| (it.account, it.amount))).err();
        let is_own =
            |it: &Breach| matches!(it, Breach::WrongSide { account: LedgerAccount::Own, .. });
        assert!(breaches.iter().flatten().all(is_own), "{breaches:?}");
    }

    fn problem(&self) -> Option<PayoutProblem> {
        match self.payout.state() {
            ProviderPayoutState::Open { problem } => Some(problem),
            ProviderPayoutState::Asking | ProviderPayoutState::Paired { .. } => None,
        }
    }
}

fn costs(values: &[&str]) -> Costs {
    values
        .iter()
        .fold(Costs::zero(Currency::EUR), |sum, value| sum.and(value, Currency::EUR).unwrap())
}

/// The example that the provider publishes with `GET settlements/{id}`: six payments by iDEAL of
/// 86.10 together, two refunds of 43.20, costs of 2.5410 and 0.6050 with VAT, 39.75 paid out.
fn published() -> Settlement {
    let payments = (0..6).map(|number| (format!("tr_{number}"), euro(1_435)));
    let refunds = [("tr_7", 2_000), ("tr_8", 2_320)];
    Settlement {
        settlement_id: "stl_jDk30akdN".to_owned(),
        is_paid_out: true,
        amount: euro(3_975),
        costs: costs(&["2.5410", "0.6050"]),
        payments: payments.collect(),
        refunds: refunds.map(|(name, minor)| (name.to_owned(), euro(minor))).into(),
        charge_backs: 0,
    }
}

#[test]
fn the_published_example_is_paired_to_the_cent() {
    let mut bench = Bench::with(3_975);
    for number in 0..6 {
        bench.hears(&format!("tr_{number}"), 1_435, true);
    }
    bench.hears("tr_7", 2_000, false);
    bench.hears("tr_8", 2_320, false);
    bench.pair();
    assert_eq!(bench.payout.state(), ProviderPayoutState::Asking);
    bench.pair();
    assert_eq!(bench.works.len(), 1, "it is asked once");
    bench.answers(&PayoutAnswer::Settled(published()));
    assert_eq!(bench.drain(), (1, 0), "that it waited for refunds was told");
    let paired = ProviderPayoutState::Paired { payments: 6, fees: euro(315) };
    assert_eq!((bench.payout.state(), bench.timer), (paired, None));
    assert!(bench.movement.allocated);
    assert_eq!(bench.paid_out.len(), 6);
    assert_eq!(bench.ledger(LedgerAccount::Bank(Holder::Agency)), 3_975 + 4_320);
    assert_eq!(bench.ledger(LedgerAccount::Own), 315);
    assert_eq!(bench.ledger(LedgerAccount::AtProvider), 0);
    let sent_back = &bench.links["tr_7"].1;
    assert_eq!((sent_back.retracted, sent_back.left().unwrap()), (true, Some(euro(0))));
    bench.assert_sound();
    let booked = bench.booked.len();
    bench.pair();
    assert_eq!((bench.booked.len(), bench.works.len()), (booked, 0), "once");
}

#[test]
fn whatever_is_wrong_has_a_name_and_nothing_is_booked() {
    let cent = |mut told: Settlement| {
        told.payments.insert("tr_5".to_owned(), euro(1_436));
        told
    };
    let settled = published;
    for (told, expected) in [
        (
            Settlement { amount: euro(3_974), ..settled() },
            PayoutProblem::OtherAmount { told: euro(3_974) },
        ),
        (Settlement { charge_backs: 2, ..settled() }, PayoutProblem::ChargeBacks { payments: 2 }),
        (Settlement { is_paid_out: false, ..settled() }, PayoutProblem::NotPaidOut),
        (cent(settled()), PayoutProblem::OtherPayments { payments: 1 }),
        // A reserve of ten euros was kept beside the fees.
        (
            Settlement { costs: costs(&["0.0000"]), ..settled() },
            PayoutProblem::DoesNotAddUp { difference: euro(-315) },
        ),
        (
            Settlement { costs: costs(&["13.1460"]), ..settled() },
            PayoutProblem::DoesNotAddUp { difference: euro(999) },
        ),
    ] {
        let mut bench = Bench::with(3_975);
        for number in 0..6 {
            bench.hears(&format!("tr_{number}"), 1_435, true);
        }
        bench.hears("tr_7", 2_000, false);
        bench.hears("tr_8", 2_320, false);
        bench.pair();
        bench.answers(&PayoutAnswer::Settled(told));
        bench.drain();
        assert_eq!(bench.problem(), Some(expected));
        assert!(!bench.movement.allocated && bench.paid_out.is_empty());
        assert!(bench.timer.is_some(), "it is tried again");
        bench.assert_sound();
    }
    // What is on a case, or of which a part went back, is for a person to take off.
    for (on_case, minor) in [(true, 2_000), (false, 2_100)] {
        let mut bench = Bench::with(3_975);
        for number in 0..6 {
            bench.hears(&format!("tr_{number}"), 1_435, true);
        }
        bench.hears("tr_7", minor, on_case);
        bench.hears("tr_8", 2_320, false);
        bench.pair();
        bench.answers(&PayoutAnswer::Settled(published()));
        bench.drain();
        assert_eq!(bench.problem(), Some(PayoutProblem::Refunds { payments: 1 }));
        assert!(!bench.movement.allocated && bench.links["tr_7"].1.sent_back_by.is_none());
        bench.assert_sound();
    }
}

/// What looks like a settlement may be the number of an invoice.
#[test]
fn where_the_provider_cannot_be_asked_the_money_is_judged_as_a_debtors_once() {
    for answer in [PayoutAnswer::NoToken, PayoutAnswer::Refused { status: 403 }] {
        let mut bench = Bench::with(3_975);
        bench.pair();
        bench.answers(&answer);
        assert_eq!(bench.drain(), (0, 1));
        bench.now = bench.timer.unwrap();
        bench.pair();
        bench.answers(&answer);
        assert_eq!(bench.drain(), (0, 0));
    }
}

#[test]
fn what_the_provider_does_not_know_is_judged_once_and_asked_for_again() {
    let mut bench = Bench::with(3_975);
    bench.pair();
    bench.answers(&PayoutAnswer::Unknown);
    assert_eq!(bench.drain(), (0, 1), "others may tell of it");
    assert_eq!(bench.problem(), Some(PayoutProblem::Unknown));
    bench.pair();
    assert_eq!(bench.works, [], "it was asked just now");
    bench.now = bench.timer.unwrap();
    bench.pair();
    assert_eq!(bench.works.len(), 1);
    bench.answers(&PayoutAnswer::Unknown);
    assert_eq!(bench.drain(), (0, 0));
    // After a day the nightly search does.
    bench.now = "2018-04-07T10:00:00Z".parse().unwrap();
    bench.pair();
    bench.answers(&PayoutAnswer::NoToken);
    assert_eq!((bench.problem(), bench.timer), (Some(PayoutProblem::NoToken), None));
    bench.pair();
    bench.answers(&PayoutAnswer::Refused { status: 401 });
    assert_eq!(bench.problem(), Some(PayoutProblem::Refused { status: 401 }));
    bench.pair();
    bench.answers(&PayoutAnswer::Settled(published()));
    assert_eq!(bench.drain(), (1, 0));
    assert_eq!(bench.problem(), Some(PayoutProblem::UnknownPayments { payments: 6 }));

    // A person booked it on a case meanwhile.
    bench.movement.allocated = true;
    bench.pair();
    assert_eq!((bench.works.len(), bench.timer), (0, None));
}

#[test]
fn nobody_asks_for_what_a_report_told_or_what_names_several() {
    let mut bench = Bench::with(3_975);
    bench.movement.told_by = ToldBy::Report;
    bench.pair();
    assert_eq!(bench.problem(), Some(PayoutProblem::StatementToCome));
    assert_eq!(bench.drain(), (1, 0));
    bench.movement.told_by = ToldBy::Statement;
    bench.payout.references.insert("1234567.1804.04".to_owned());
    bench.pair();
    assert_eq!(bench.problem(), Some(PayoutProblem::SeveralReferences));
    assert_eq!((bench.drain(), bench.works.len()), ((0, 0), 0), "told once");
    bench.movement.receipt = bench
        .movement
        .receipt
        .map(|it| Receipt { holder: Holder::Creditor(crate::world::creditor_id()), ..it });
    bench.payout.problem = None;
    bench.pair();
    assert_eq!(bench.problem(), None, "a creditor's own provider is nothing to us");
}

#[test]
fn a_person_says_which_settlement_it_is() {
    let mut bench = Bench::with(3_975);
    bench.payout.references.clear();
    bench.pair();
    assert_eq!((bench.works.len(), bench.problem()), (0, None), "nothing says that it is one");
    let finance = Staff { is_finance_desk: true, ..Staff::default() };
    let refused = |reason| NameSettlementAnswer::Refused { reason };
    for (staff, reference, expected) in [
        (Staff::default(), REFERENCE, refused(NameSettlementRefusal::NotOfTheFinanceDesk)),
        (finance, "1234567", refused(NameSettlementRefusal::NotAReference)),
        (finance, "1234567.1804.99", NameSettlementAnswer::Named),
        (finance, REFERENCE, NameSettlementAnswer::Named),
    ] {
        assert_eq!(bench.name(staff, reference), expected, "{reference}");
    }
    // The first answer is of the one that it is not.
    assert_eq!(bench.works.len(), 1);
    bench.answers(&PayoutAnswer::Unknown);
    assert_eq!(bench.drain(), (0, 0));
    let PayoutWork::Ask { reference, .. } = &bench.works[0];
    assert_eq!((bench.works.len(), reference.as_str()), (1, REFERENCE));
    for number in 0..6 {
        bench.hears(&format!("tr_{number}"), 1_435, true);
    }
    bench.hears("tr_7", 2_000, false);
    bench.hears("tr_8", 2_320, false);
    bench.answers(&PayoutAnswer::Settled(published()));
    bench.drain();
    assert_eq!(bench.payout.fees, Some(euro(315)));
    bench.assert_sound();
    let booked = refused(NameSettlementRefusal::NotUnmatched);
    assert_eq!(bench.name(finance, REFERENCE), booked);
}

#[test]
fn a_settlement_is_known_by_its_three_numbers() {
    for (text, expected) in [
        ("Uitbetaling 1234567.2404.03", vec!["1234567.2404.03"]),
        ("MOLLIE/REF 1182161.1506.02.", vec!["1182161.1506.02"]),
        ("(1182161.1506.02)+1182161.1506.03", vec!["1182161.1506.02", "1182161.1506.03"]),
        ("1182161.1506.02 1182161.1506.02", vec!["1182161.1506.02"]),
        ("01.04.2026", vec![]),
        ("1.234.567,89 EUR", vec![]),
        ("192.168.1.10 41.71.64.300", vec![]),
        ("1234567.2404", vec![]),
        ("1234567.2404.3", vec![]),
        ("1234567.24045.03", vec![]),
        ("12345678901.2404.03", vec![]),
        ("1234567.2404.03.04", vec![]),
    ] {
        let found: Vec<String> = references_in([text]).into_iter().collect();
        assert_eq!(found, expected, "{text}");
    }
}

#[test]
fn what_names_a_settlement_is_for_the_provider_to_tell_first() {
    let payment = matching::Payment {
        amount: euro(3_975),
        received_on: day("2018-04-06"),
        references: Vec::new(),
        lines: vec![REFERENCE.to_owned()],
        end_to_end_id: None,
        counterparty_name: None,
        counterparty_iban: None,
    };
    let message = JudgePayment { payment_id: payment_id(1) };
    let judged = |names, payment: Option<&matching::Payment>| {
        let payment = payment.cloned();
        let judging = Judging { payment, is_known: true, names, ..Judging::default() };
        let facts = Facts {
            now: "2018-04-06T09:41:44Z".parse().unwrap(),
            cause: MessageId::from_uuid(Uuid::from_u128(1)),
            correlation: CorrelationId::from_uuid(Uuid::from_u128(1)),
            actor: Actor::Machine("test".to_owned()),
            version: 0,
        };
        let states = (judging, ReceivedPayment::default());
        let sent = judge_payment(states, &message, &facts).unwrap().messages;
        let is = |subject: String| sent.iter().any(|it| it.contract.subject() == subject);
        (is(PairPayout::CONTRACT.subject()), is(PaymentUnmatched::CONTRACT.subject()))
    };
    assert_eq!(judged(Names::Settlement, Some(&payment)), (true, false));
    assert_eq!(judged(Names::UnknownSettlement, Some(&payment)), (true, true));
    assert_eq!(judged(Names::Nothing, Some(&payment)), (false, true));
    assert_eq!(judged(Names::Settlement, None), (false, false), "nothing is left of it");
}

/// What can happen, in any order.
#[derive(Clone, Debug)]
enum Deed {
    /// A payment becomes known, by its place.
    Hear(usize),
    Pair,
    Answer,
    Drain,
    Wait,
}

fn deeds() -> impl Strategy<Value = Vec<Deed>> {
    let deed = prop_oneof![
        4 => (0_usize..8).prop_map(Deed::Hear),
        2 => Just(Deed::Pair),
        2 => Just(Deed::Answer),
        2 => Just(Deed::Drain),
        1 => Just(Deed::Wait),
    ];
    prop::collection::vec(deed, 0..24)
}

proptest! {
    #[test]
    fn every_cent_is_conserved_in_whatever_order_it_is_heard(
        paid in prop::collection::vec(1_i64..50_000, 1..8),
        sent_back in prop::collection::vec(1_i64..50_000, 0..3),
        ten_thousandths in 0_i64..40_000,
        off in prop_oneof![4 => Just(0_i64), 1 => Just(-2), 1 => Just(2)],
        deeds in deeds(),
    ) {
        // Half a cent is rounded up, as the provider does or does not.
        let fees = (ten_thousandths + 50) / 100;
        let (received, back): (i64, i64) = (paid.iter().sum(), sent_back.iter().sum());
        let amount = received - back - fees + off;
        prop_assume!(amount > 0);
        let name = |number: usize| format!("tr_{number}");
        let all: Vec<i64> = paid.iter().chain(&sent_back).copied().collect();
        let value = format!("{}.{:04}", ten_thousandths / 10_000, ten_thousandths % 10_000);
        let named = |range: std::ops::Range<usize>| {
            range.map(|it| (name(it), euro(all[it]))).collect::<BTreeMap<_, _>>()
        };
        let settlement = Settlement {
            settlement_id: "stl_1".to_owned(),
            is_paid_out: true,
            amount: euro(amount),
            costs: costs(&[&value]),
            payments: named(0..paid.len()),
            refunds: named(paid.len()..all.len()),
            charge_backs: 0,
        };
        let answer = PayoutAnswer::Settled(settlement);
        let mut bench = Bench::with(amount);
        for deed in &deeds {
            match deed {
                Deed::Hear(place) if *place < all.len() => {
                    bench.hears(&name(*place), all[*place], *place < paid.len());
                }
                Deed::Hear(_) => {}
                Deed::Pair => bench.pair(),
                Deed::Answer => bench.answers(&answer),
                Deed::Drain => {
                    bench.drain();
                }
                Deed::Wait => bench.now += jiff::SignedDuration::from_mins(70),
            }
            bench.assert_sound();
            prop_assert!(bench.works.len() <= 1);
        }
        for (place, minor) in all.iter().enumerate() {
            bench.hears(&name(place), *minor, place < paid.len());
        }
        for _ in 0..3 {
            bench.pair();
            bench.answers(&answer);
            bench.drain();
        }
        bench.assert_sound();
        prop_assert_eq!(bench.ledger(LedgerAccount::Bank(Holder::Agency)), amount + back);
        if off == 0 {
            prop_assert_eq!(bench.payout.fees, Some(euro(fees)));
            prop_assert_eq!(bench.ledger(LedgerAccount::Own), fees);
            prop_assert_eq!(bench.ledger(LedgerAccount::AtProvider), 0);
            prop_assert_eq!(bench.paid_out.len(), paid.len());
            let owed = bench.ledger(LedgerAccount::Unmatched(Holder::Agency));
            prop_assert_eq!(owed, -received, "the debtors' money, in whole");
        } else {
            let is_off = matches!(bench.problem(), Some(PayoutProblem::DoesNotAddUp { .. }));
            prop_assert!(is_off);
            prop_assert_eq!(bench.ledger(LedgerAccount::AtProvider), received - back);
            prop_assert!(bench.paid_out.is_empty() && !bench.movement.allocated);
        }
    }

    /// Whatever the provider rounds, and wherever it does.
    #[test]
    fn costs_lie_between_their_cents(lines in prop::collection::vec(-90_000_i64..90_000, 0..6)) {
        let told = |it: &i64| {
            let sign = if *it < 0 { "-" } else { "" };
            format!("{sign}{}.{:04}", it.abs() / 10_000, it.abs() % 10_000)
        };
        let values: Vec<String> = lines.iter().map(told).collect();
        let Costs { least, most } = costs(&values.iter().map(String::as_str).collect::<Vec<_>>());
        let sum: i64 = lines.iter().sum();
        let each: i64 = lines.iter().map(|it| (it + 50).div_euclid(100)).sum();
        for rounded in [sum.div_euclid(100), (sum + 50).div_euclid(100), each] {
            prop_assert!(least.amount_minor() <= rounded && rounded <= most.amount_minor());
        }
        let most_apart = i64::try_from(lines.len()).unwrap();
        prop_assert!(most.amount_minor() - least.amount_minor() <= most_apart);
    }
}

#[test]
fn costs_that_are_none_are_refused() {
    for value in ["", "1,00", "1.00a", "1.0000x", "1.2.3", "€1"] {
        assert!(Costs::zero(Currency::EUR).and(value, Currency::EUR).is_err(), "{value}");
    }
    assert_eq!(costs(&["2"]), Costs { least: euro(200), most: euro(200) });
    assert_eq!(costs(&["2.5"]), Costs { least: euro(250), most: euro(250) });
    assert_eq!(costs(&["-0.0010"]), Costs { least: euro(-1), most: euro(0) });
}
