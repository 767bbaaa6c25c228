//! What a person decides about payments can be undone: then the account is what it would have been
//! without it, and deciding the same again ends where it was before.

use std::collections::BTreeMap;

use crate::bank::{CLIENT, Entry, file, statement};
use crate::world::{
    self, Known, World, agreed, case_id, charged_facts, charged_world, claim_id, euro, opened_as,
    read, reference, registered, schedule, staff_id,
};
use contracts::payment_reconciliation::{
    AllocatePayment, AssignPayment, AssignPaymentAnswer, AssignmentRefusal, JudgePayment,
    ReleasePayment, ReleasePaymentAnswer,
};
use mailbox::{Decision, Facts};
use payment_reconciliation::domain::assignment::{self, OnCase};
use payment_reconciliation::domain::parts::Parts;
use payment_reconciliation::domain::staff::Staff;
use primitives::PaymentId;
use primitives::{Actor, CaseId, ClaimId, CorrelationId, Country, DebtorKind, MessageId, Money};
use proptest::prelude::*;
use uuid::Uuid;

const CLAIMS: [u128; 4] = [11, 12, 21, 22];

impl World {
    fn decides<A>(
        &mut self,
        case_id: CaseId,
        payment_id: PaymentId,
        decide: impl FnOnce(OnCase, &Facts) -> (Decision<OnCase>, A),
    ) -> A {
        self.ids += 1;
        let facts = Facts {
            now: self.now,
            cause: MessageId::from_uuid(Uuid::from_u128(self.ids)),
            correlation: CorrelationId::from_uuid(Uuid::from_u128(self.ids)),
            actor: Actor::Staff(staff_id(1)),
            version: 1,
        };
        let staff = Staff { is_finance_desk: true, ..Staff::default() };
        let payment = self.payments.get(&payment_id).cloned().unwrap_or_default();
        let (decision, answer) = decide((self.case(case_id), payment, staff), &facts);
        let (case, payment, _) = decision.state.clone();
        self.payments.insert(payment_id, payment);
        self.keep_case(case_id, world::with(decision, case));
        self.settle(&[]);
        self.assert_sound();
        answer
    }

    pub(crate) fn assign(
        &mut self,
        case_id: CaseId,
        payment_id: PaymentId,
        claim_ids: &[ClaimId],
        amount: Option<Money>,
    ) -> AssignPaymentAnswer {
        let ask = AssignPayment { payment_id, claim_ids: claim_ids.to_vec(), amount };
        self.decides(case_id, payment_id, |states, facts| {
            assignment::assign(states, &ask, facts).unwrap()
        })
    }

    pub(crate) fn release(
        &mut self,
        case_id: CaseId,
        payment_id: PaymentId,
    ) -> ReleasePaymentAnswer {
        let ask = ReleasePayment { payment_id, case_id };
        self.decides(case_id, payment_id, |states, facts| {
            assignment::release(states, &ask, facts).unwrap()
        })
    }

    /// What the bank brought that is on a case in whole, and which claims it names there.
    fn on_cases(&self) -> Vec<(PaymentId, CaseId, Vec<ClaimId>)> {
        let on_case = self.payments.iter().filter(|(_, it)| it.allocated && !it.is_reported());
        on_case.map(|(id, it)| (*id, it.case_id.unwrap(), it.named.clone())).collect()
    }

    fn all_parts(&self) -> [Parts; 4] {
        CLAIMS.map(|claim| self.parts(claim))
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn what_is_taken_off_and_put_back_is_as_if_nothing_had_been(
        facts in charged_facts(), picks in schedule(), chosen: prop::sample::Index,
    ) {
        let mut world = charged_world(&facts, &picks);
        let on_cases = world.on_cases();
        prop_assume!(!on_cases.is_empty());
        let before = (world.money(), world.all_parts());
        let (payment_id, case_id, named) = &on_cases[chosen.index(on_cases.len())];
        let released = world.release(*case_id, *payment_id);
        let amount = world.payments[payment_id].receipt.unwrap().amount;
        prop_assert_eq!(released, ReleasePaymentAnswer::Released { amount });
        let (case_id, booked, left) = (*case_id, *payment_id, euro(0));
        let assigned = world.assign(case_id, booked, named, None);
        prop_assert_eq!(assigned, AssignPaymentAnswer::Assigned { case_id, booked, left });
        prop_assert_eq!((world.money(), world.all_parts()), before);
    }

    #[test]
    fn what_is_taken_off_was_never_paid(facts in charged_facts(), picks in schedule()) {
        let mut world = charged_world(&facts, &picks);
        for (payment_id, case_id, _) in world.on_cases() {
            world.release(case_id, payment_id);
        }
        let unpaid: Vec<Known> =
            facts.into_iter().filter(|it| !matches!(it, Known::Bank(_))).collect();
        prop_assert_eq!(world.all_parts(), charged_world(&unpaid, &picks).all_parts());
        let unmatched = world.payments.values().filter(|it| !it.is_reported());
        let received = unmatched.map(|it| it.receipt.unwrap().amount);
        let received = Money::sum(euro(0).currency(), received).unwrap();
        let left = world.payments.values().map(|it| it.left().unwrap().unwrap());
        prop_assert_eq!(Money::sum(euro(0).currency(), left).unwrap(), received);
    }

    #[test]
    fn parts_on_several_cases_make_the_whole(
        owed in 1_i64..9_000, more in 1_i64..9_000, first in 1_i64..9_000, rest in 1_i64..9_000,
    ) {
        let (mut world, payment_id) = unmatched(&[(11, owed), (21, more)], first + rest);
        let part = world.assign(case_id(1), payment_id, &[claim_id(11)], Some(euro(first)));
        let left = euro(rest);
        let AssignPaymentAnswer::Assigned { booked, .. } = part else { panic!("{part:?}") };
        prop_assert_ne!(booked, payment_id, "a part has an id of its own");
        prop_assert_eq!(part, AssignPaymentAnswer::Assigned { case_id: case_id(1), booked, left });
        let reason = AssignmentRefusal::WrongAmount { left };
        let over = world.assign(case_id(2), payment_id, &[claim_id(21)], Some(euro(rest + 1)));
        prop_assert_eq!(over, AssignPaymentAnswer::Refused { reason });
        world.assign(case_id(2), payment_id, &[claim_id(21)], None);
        let expected = [(11, owed - first), (21, more - rest)];
        for (claim, open) in expected {
            prop_assert_eq!(world.open(claim), euro(open.max(0)));
        }
        for (case, amount) in [(1, first), (2, rest)] {
            let released = world.release(case_id(case), payment_id);
            prop_assert_eq!(released, ReleasePaymentAnswer::Released { amount: euro(amount) });
        }
        prop_assert_eq!([world.open(11), world.open(21)], [euro(owed), euro(more)]);
    }

    /// Whatever becomes known first.
    #[test]
    fn a_transfer_that_names_two_cases_exactly_pays_both(
        owed in 1_i64..9_000, more in 1_i64..9_000, picks in schedule(),
    ) {
        let mut world = World::new();
        world.judges = true;
        for known in two_cases(&[(11, owed), (21, more)]) {
            world.comes(known);
        }
        let entry = Entry::credit(owed + more)
            .line(reference(11).canonical())
            .line(reference(21).canonical());
        world.comes(Known::Bank(read(&file(&[statement(CLIENT, "S1", "2026-03-02", &[entry])]))));
        world.settle(&picks);
        prop_assert_eq!([world.open(11), world.open(21)], [euro(0), euro(0)]);
        let left: Vec<_> = world.payments.values().map(|it| it.left().unwrap()).collect();
        prop_assert_eq!(left, [Some(euro(0))]);
    }
}

pub(crate) fn two_cases(claims: &[(u128, i64)]) -> Vec<Known> {
    let mut known = vec![Known::Agreed(agreed())];
    for case in [1, 2] {
        known.push(Known::Opened(opened_as(case, Country::NL, DebtorKind::Consumer)));
    }
    known.extend(
        claims
            .iter()
            .map(|(claim, minor)| Known::Registered(registered(*claim, *minor, "2026-03-01"))),
    );
    known
}

/// Claims of two cases, and a payment that says nothing.
fn unmatched(claims: &[(u128, i64)], minor: i64) -> (World, PaymentId) {
    let mut world = World::new();
    for known in two_cases(claims) {
        world.after(known);
    }
    let entries = [Entry::credit(minor)];
    world.after(Known::Bank(read(&file(&[statement(CLIENT, "S1", "2026-03-02", &entries)]))));
    let payments: BTreeMap<_, _> = world.payments.clone();
    (world, *payments.keys().next().unwrap())
}

#[test]
fn nobody_else_decides_and_nothing_is_booked_on_what_is_not_known() {
    let (mut world, payment_id) = unmatched(&[(11, 5_000), (21, 4_000)], 5_000);
    let refused = |reason| AssignPaymentAnswer::Refused { reason };
    let both = [claim_id(11), claim_id(21)];
    let answer = world.assign(case_id(1), payment_id, &both, None);
    assert_eq!(answer, refused(AssignmentRefusal::NotOneCase));
    assert_eq!(
        world.assign(case_id(1), payment_id, &[], None),
        refused(AssignmentRefusal::NotOneCase)
    );
    let stranger = PaymentId::from_uuid(Uuid::from_u128(5));
    assert_eq!(
        world.assign(case_id(1), stranger, &[claim_id(11)], None),
        AssignPaymentAnswer::Unknown
    );
    world.payments.remove(&stranger);
    for minor in [0, -1, 5_001] {
        let answer = world.assign(case_id(1), payment_id, &[claim_id(11)], Some(euro(minor)));
        assert_eq!(answer, refused(AssignmentRefusal::WrongAmount { left: euro(5_000) }));
    }
    assert_eq!(world.open(11), euro(5_000));
    let ask = AssignPayment { payment_id, claim_ids: vec![claim_id(11)], amount: None };
    let answer = world.decides(case_id(1), payment_id, |(case, payment, _), facts| {
        assignment::assign((case, payment, Staff::default()), &ask, facts).unwrap()
    });
    assert_eq!(answer, refused(AssignmentRefusal::NotOfTheFinanceDesk));
    assert_eq!(world.open(11), euro(5_000));
}

/// Whatever was on its way when a person took the payment off: a machine does not put it back.
#[test]
fn what_a_person_took_off_no_machine_books_again() {
    let mut world = World::new();
    world.judges = true;
    for known in two_cases(&[(11, 5_000), (21, 4_000)]) {
        world.after(known);
    }
    let entry = Entry::credit(5_000).line(reference(11).canonical());
    world.after(Known::Bank(read(&file(&[statement(CLIENT, "S1", "2026-03-02", &[entry])]))));
    assert_eq!(world.open(11), euro(0));
    let (payment_id, case_id, claim_ids) = world.on_cases().remove(0);
    world.release(case_id, payment_id);
    world.after(Known::Judge(JudgePayment { payment_id }));
    world.after(Known::Allocate(AllocatePayment {
        payment_id,
        case_id,
        claim_ids,
        creditor_id: world::creditor_id(),
        amount: euro(5_000),
        received_on: world::day("2026-03-02"),
        judged: None,
    }));
    assert_eq!(world.open(11), euro(5_000));
    assert_eq!(world.payments[&payment_id].left(), Ok(Some(euro(5_000))));
}

/// Two payments that both seemed to be for the claim: the second is for a person, although more is
/// open on the case.
#[test]
fn what_was_paid_meanwhile_is_not_paid_again_by_a_guess() {
    let mut world = World::new();
    world.judges = true;
    for known in two_cases(&[(11, 5_000), (12, 4_000)]) {
        world.after(known);
    }
    let pays = || Entry::credit(5_000).line("factuur 20260011").named("Piet Jansen");
    let entries = [pays(), pays()];
    // Both are judged before either is booked.
    world.comes(Known::Bank(read(&file(&[statement(CLIENT, "S1", "2026-03-02", &entries)]))));
    world.settle(&[0]);
    assert_eq!([world.open(11), world.open(12)], [euro(0), euro(4_000)]);
    let left: i64 =
        world.payments.values().map(|it| it.left().unwrap().unwrap().amount_minor()).sum();
    assert_eq!(left, 5_000);
}

/// What a creditor told of is taken back with its report, and not by moving it about.
#[test]
fn what_a_creditor_reported_stays_where_its_report_says() {
    let mut world = World::new();
    for known in two_cases(&[(11, 5_000), (21, 4_000)]) {
        world.after(known);
    }
    let report = world::reported(11, 3_000, "2026-03-05");
    world.after(Known::Reported(report.clone()));
    let reason = AssignmentRefusal::Reported;
    let answer = world.release(case_id(1), report.payment_id);
    assert_eq!(answer, ReleasePaymentAnswer::Refused { reason });
    assert_eq!(world.open(11), euro(2_000));
}
