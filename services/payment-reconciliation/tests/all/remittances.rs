//! Money on its way to creditors: nothing is remitted twice, and nobody sends it alone.

use crate::rules;
use std::collections::BTreeMap;

use crate::bank::{CLIENT, Entry, file, statement};
use crate::world::{
    Known, World, agreed, charged_facts, charged_world, collected_sixty, credited, creditor_id,
    day, euro, paid_on, proposed, read, registered, reported, schedule, staff_id,
};
use contracts::agreement::{AgreedPayout, PayoutRhythm, PayoutWeekday, Settlement};
use contracts::intake::{AgreementAgreed, StaffRegistered};
use contracts::letter::{Note, SendNote};
use contracts::payment_reconciliation::{
    ApproveRemittanceAnswer, ProposeRemittanceAnswer, RemittanceApproved, RemittancePaid,
    RemittanceRefusal, RemittanceState,
};
use mailbox::{Facts, Timer};
use payment_reconciliation::domain::commission::due;
use payment_reconciliation::domain::ledger::{Holder, LedgerAccount, LedgerTransaction, Transfer};
use payment_reconciliation::domain::remittance::{
    self, Collected, PAY_OUT, PaperState, Remittance, Work,
};
use payment_reconciliation::domain::staff::{Staff, register_staff};
use primitives::{Actor, Country, Currency, DebtorKind, Money, RemittanceId, StaffRole};
use proptest::prelude::*;
use uuid::Uuid;

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
    assert_eq!((told[0].proposed_by, told[0].approved_by), (Some(staff_id(1)), staff_id(2)));
    let notes = world.told::<SendNote>();
    let Note::Remittance(note) = &notes[0].note else { panic!() };
    assert_eq!((note.amount, note.specification), (euro(1_758), told[0].specification));
    assert!(matches!(world.approve(id, 2), ApproveRemittanceAnswer::AlreadyApproved(_)));
    assert_eq!(world.propose(1), ProposeRemittanceAnswer::NothingToRemit);

    // Another movement of the amount is not it; nor is the right one of another amount.
    let sent = |minor: i64, id: &str, on: &str| {
        let entry = Entry::debit(minor).end_to_end(id);
        Known::Bank(read(&file(&[statement(CLIENT, "S9", on, &[entry])])))
    };
    let end_to_end = Transfer::from(id).end_to_end_id();
    world.after(sent(1_758, "NOTPROVIDED", "2026-03-27")).after(sent(
        1_757,
        &end_to_end,
        "2026-03-28",
    ));
    assert_eq!(world.told::<RemittancePaid>(), []);
    world.after(sent(1_758, &end_to_end, "2026-03-29")).after(sent(
        1_758,
        &end_to_end,
        "2026-03-31",
    ));
    let paid = world.told::<RemittancePaid>();
    assert_eq!((paid.len(), paid[0].remittance_id, paid[0].amount), (1, id, euro(1_758)));
    let told = world.remittances[&id].told();
    assert_eq!(told.state, RemittanceState::Paid { paid_on: day("2026-03-29") });
    let in_transit = world.booked.iter().flat_map(LedgerTransaction::postings);
    let in_transit = in_transit.filter(|it| it.account == LedgerAccount::InTransit(id.into()));
    assert_eq!(Money::sum(Currency::EUR, in_transit.map(|it| it.amount)), Ok(euro(0)));
}

/// A process of the release before may have kept the act, which says nothing of how it is settled.
#[test]
fn the_files_of_what_an_earlier_release_approved_are_made() {
    let mut world = collected_sixty();
    let remittance = proposed(world.propose(1));
    let approved_at = world.now;
    let work = Work::MakeFiles { remittance, lines: Vec::new(), approved_at };
    let mut kept = serde_json::to_value(&work).unwrap();
    let fields = kept["make-files"]["remittance"].as_object_mut().unwrap();
    assert_eq!(fields.remove("settlement").unwrap(), "net");
    assert_eq!(fields.remove("carried").unwrap(), serde_json::json!([]));
    assert_eq!(serde_json::from_value::<Work>(kept).unwrap(), work);
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

fn agreed_with(payout: AgreedPayout) -> AgreementAgreed {
    let mut agreed = agreed();
    agreed.agreement.version = 2;
    agreed.agreement.remittance.payout = payout;
    agreed
}

/// Gross, the creditor gets all of it; what it is charged stands beside client money.
#[test]
fn a_creditor_may_get_all_and_be_charged_separately() {
    let mut world = collected_sixty();
    let payout = AgreedPayout { settlement: Settlement::Gross, ..AgreedPayout::default() };
    world.after(Known::Agreed(agreed_with(payout)));
    let remittance = proposed(world.propose(1));
    // A tenth of 20.00 and the costs, 21 % VAT on both.
    let amounts = [
        remittance.collected,
        remittance.amount,
        remittance.kept_costs,
        remittance.commission,
        remittance.commission_vat,
    ];
    assert_eq!(amounts, [6_000, 6_000, 4_000, 200, 882].map(euro));
    let id = remittance.remittance_id;
    assert!(matches!(world.approve(id, 2), ApproveRemittanceAnswer::Approved(_)));
    let balance = |account| {
        let postings = world.booked.iter().flat_map(LedgerTransaction::postings);
        let postings = postings.filter(|it| it.account == account);
        Money::sum(Currency::EUR, postings.map(|it| it.amount)).unwrap()
    };
    assert_eq!(balance(LedgerAccount::FeesOwedByCreditor(creditor_id())), euro(5_082));
    assert_eq!(balance(LedgerAccount::FeesCharged(creditor_id())), euro(-5_082));
    assert_eq!(balance(LedgerAccount::Own), euro(0));
    assert_eq!(balance(LedgerAccount::InTransit(id.into())), euro(-6_000));
    assert_eq!(world.told::<RemittanceApproved>()[0].settlement, Settlement::Gross);
}

/// On the agreed days a remittance is proposed, unless it is less than the minimum; a person
/// approves it.
#[test]
fn a_rhythm_proposes_and_a_person_approves() {
    let mut world = collected_sixty();
    world.now = "2026-03-31T09:00:00Z".parse().unwrap();
    let payout = |minimum| AgreedPayout {
        rhythm: Some(PayoutRhythm::Weekly { weekday: PayoutWeekday::Monday }),
        minimum: Some(euro(minimum)),
        ..AgreedPayout::default()
    };
    world.after(Known::Agreed(agreed_with(payout(1_759))));
    // The Monday is that of Easter.
    let due = |at: &str| Some(Timer::Set { name: PAY_OUT, due_at: at.parse().unwrap() });
    assert_eq!(world.pay_out, due("2026-04-07T06:00:00Z"));
    world.now = "2026-04-07T06:00:00Z".parse().unwrap();
    world.pays_out();
    assert_eq!(world.pay_out, due("2026-04-13T06:00:00Z"));
    assert!(world.remittances.is_empty(), "17.58 are less than the minimum");
    let mut newer = agreed_with(payout(1_758));
    newer.agreement.version = 3;
    world.after(Known::Agreed(newer));
    world.pays_out();
    let paper = world.remittances.values().next().unwrap().clone();
    assert_eq!((paper.proposed_by, paper.bill.amount), (None, euro(1_758)));
    world.pays_out();
    assert_eq!(world.remittances.len(), 1, "it waits already");
    let id = paper.remittance_id;
    let refused =
        ApproveRemittanceAnswer::Refused { reason: RemittanceRefusal::NotOfTheFinanceDesk };
    assert_eq!(world.approve(id, 3), refused);
    assert!(matches!(world.approve(id, 1), ApproveRemittanceAnswer::Approved(_)));
    assert_eq!(world.told::<RemittanceApproved>()[0].proposed_by, None);
    // What came to the knowledge late of an earlier version changes nothing.
    world.after(Known::Agreed(agreed()));
    assert_eq!(world.pay_out, due("2026-04-13T06:00:00Z"));
    let mut on_request = agreed_with(AgreedPayout::default());
    on_request.agreement.version = 4;
    world.after(Known::Agreed(on_request));
    assert_eq!(world.pay_out, Some(Timer::Cancel { name: PAY_OUT }));
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

    /// Whatever is remitted when, and whatever goes back: the commission on a claim is that on all
    /// that was remitted of it, and nothing where all went back.
    #[test]
    fn commission_under_rules_is_that_on_all_that_was_remitted(
        facts in charged_facts(),
        rules in rules::any_rules(),
        cuts in prop::collection::vec(0_usize..20, 0..4),
    ) {
        let mut facts = facts;
        let Known::Agreed(agreed) = &mut facts[0] else { panic!("an agreement comes first") };
        agreed.agreement.remittance.commission_rules = Some(rules);
        let mut world = charged_world(&facts[..7], &[0]);
        let mut rest = facts[7..].iter().cloned();
        for cut in cuts.into_iter().chain([usize::MAX]) {
            for known in rest.by_ref().take(cut) {
                world.after(known);
            }
            if let ProposeRemittanceAnswer::Proposed(remittance) = world.propose(1) {
                let approved = world.approve(remittance.remittance_id, 2);
                prop_assert!(matches!(approved, ApproveRemittanceAnswer::Approved(_)));
            }
        }
        for claim in world.ruled().into_values() {
            prop_assert_eq!(due(&claim.rules, claim.basis, &claim.brought), Ok(claim.charged));
        }
    }

    /// Whatever is remitted when, and whatever becomes known afterwards: every cent that was
    /// collected is paid, kept, or still owed; what went back is asked back once.
    #[test]
    fn what_is_remitted_adds_up(
        facts in charged_facts(),
        is_gross in any::<bool>(),
        picks in schedule(),
        cuts in prop::collection::vec(0_usize..20, 0..4),
    ) {
        let mut facts = facts;
        let Known::Agreed(agreed) = &mut facts[0] else { panic!("an agreement comes first") };
        let settlement = if is_gross { Settlement::Gross } else { Settlement::Net };
        agreed.agreement.remittance.payout.settlement = settlement;
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
            let kept = if is_gross { euro(0) } else { bill.fees().unwrap() };
            prop_assert_eq!(bill.amount.checked_add(kept), Ok(bill.collected));
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
        let fees: i64 = bills.iter().map(|it| it.fees().unwrap().amount_minor()).sum();
        let (kept, charged) = if is_gross { (0, fees) } else { (fees, 0) };
        prop_assert_eq!(balance(LedgerAccount::Own), -kept - back);
        prop_assert_eq!(balance(LedgerAccount::FeesOwedByCreditor(creditor_id())), charged);
    }
}
