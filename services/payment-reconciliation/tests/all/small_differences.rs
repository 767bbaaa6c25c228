//! What payments leave open and the creditor gives up: every cent stands somewhere, no more is
//! given up than was agreed, and later money pays it before any goes back.

use std::collections::BTreeMap;

use crate::bank::{CLIENT, Entry, file, statement};
use crate::office::{self, Office, imported};
use crate::world::{
    Known, World, agreed_up_to, case_id, charged_facts, charged_world, claim_id, credited, day,
    dispatched, dispatched_by, euro, facts, opened_as, paid_on, paid_parts, parts, registered,
    reported, retracted, schedule, withdrawn, world_of,
};
use contracts::agreement::PayTo;
use contracts::intake::ClaimCredited;
use contracts::letter::Note;
use contracts::payment_reconciliation::{
    ClaimSettled, ExplainPosition, ExplainPositionAnswer, PaymentAllocated, PaymentUnmatched,
    PositionLineKind, ProposeRemittance, ProposeRemittanceAnswer, SettledBy,
};
use payment_reconciliation::domain::account::{CaseAccount, LineKind};
use payment_reconciliation::domain::explanation::{Asked, explain};
use payment_reconciliation::domain::ledger::TransactionKind;
use primitives::{
    Channel, ClaimId, Country, Currency, Date, DebtorKind, Language, MessageKind, Money,
};
use proptest::prelude::*;

/// A consumer who owes 100.00 on claim 11 since 1 March; a payment may leave 1.00.
fn world() -> World {
    world_giving_up(100)
}

fn world_giving_up(up_to: i64) -> World {
    let mut world = World::new();
    world.now = "2026-03-01T09:00:00Z".parse().unwrap();
    world.after(Known::Agreed(agreed_up_to(Some(up_to))));
    world.after(Known::Opened(opened_as(1, Country::NL, DebtorKind::Consumer)));
    world.after(Known::Registered(registered(11, 10_000, "2026-03-01")));
    world
}

/// A payment of a day, which is today or past.
fn pays(world: &mut World, on: &str, number: u128, minor: i64, claims: &[u128]) {
    if world.now < format!("{on}T08:00:00Z").parse().unwrap() {
        world.until(on);
    }
    world.after(Known::Bank(paid_on(on, number, CLIENT, minor, claims)));
}

fn accounts(world: &World) -> impl Iterator<Item = &CaseAccount> {
    world.cases.values().filter_map(|case| case.account.as_ref())
}

/// What is given up of each claim, above zero.
fn given_up(world: &World) -> BTreeMap<ClaimId, Money> {
    let mut sums = BTreeMap::new();
    for (claim_id, claim) in accounts(world).flat_map(|account| &account.claims) {
        let lines = claim.lines.iter().filter(|line| line.kind == LineKind::SmallDifference);
        let sum = Money::sum(Currency::EUR, lines.map(|line| line.parts.total().unwrap()));
        sums.insert(*claim_id, sum.unwrap().checked_neg().unwrap());
    }
    sums.retain(|_, sum| !sum.is_zero());
    sums
}

/// Whether the last payment on a claim paid any of its principal.
fn last_pays_principal(account: &CaseAccount, claim_id: ClaimId) -> bool {
    let mut paid = BTreeMap::new();
    for line in &account.claims[&claim_id].lines {
        let Some(payment_id) = line.kind.payment_id() else { continue };
        let key = (account.payments[&payment_id].received_on, payment_id);
        let sum = paid.entry(key).or_insert(parts(0, 0, 0));
        *sum = sum.checked_add(line.parts).unwrap();
    }
    paid.retain(|_, parts| !parts.is_zero());
    paid.last_key_value().is_some_and(|(_, parts)| parts.principal.is_negative())
}

fn back(world: &World) -> Money {
    let back = accounts(world).map(|account| account.refundable_total().unwrap());
    Money::sum(Currency::EUR, back).unwrap()
}

/// The sentences about what was given up, with plain spaces.
fn words(world: &World, as_of: Date, language: Language) -> Vec<String> {
    let account = world.cases[&case_id(1)].account.as_ref().unwrap();
    let asked = Asked { as_of, known_at: None, language };
    let explained = explain(account, asked, day("2026-04-01")).unwrap().unwrap();
    let lines = explained.claims.iter().flat_map(|claim| &claim.lines);
    let lines = lines.filter(|line| line.kind == PositionLineKind::Withdrawal);
    lines.flat_map(|line| &line.words).map(|it| it.replace('\u{a0}', " ")).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn no_more_is_given_up_than_was_agreed_and_nothing_goes_back_instead(
        facts in charged_facts(), picks in schedule(),
    ) {
        let world = charged_world(&facts, &picks);
        let up_to = world.agreements.by_version[&1].small_difference;
        let up_to = up_to.map_or(0, Money::amount_minor);
        let given_up = given_up(&world);
        for account in accounts(&world) {
            for (claim_id, claim) in &account.claims {
                let open = account.open(*claim_id).unwrap().total().unwrap();
                let paid = claim.lines.iter().filter(|it| it.kind.payment_id().is_some());
                let paid = Money::sum(
                    Currency::EUR, paid.map(|it| it.parts.total().unwrap()),
                ).unwrap();
                if let Some(sum) = given_up.get(claim_id) {
                    prop_assert!((1..=up_to).contains(&sum.amount_minor()), "{}", sum);
                    prop_assert!(open.is_zero() && paid.is_negative());
                    prop_assert!(account.refundable_total().unwrap().is_zero());
                    prop_assert!(sum.amount_minor() < -paid.amount_minor());
                } else if last_pays_principal(account, *claim_id) && !open.is_zero() {
                    let is_most = open.amount_minor() >= -paid.amount_minor();
                    prop_assert!(open.amount_minor() > up_to || is_most, "{} is left", open);
                }
            }
        }
    }

    /// Without costs and interest, what is given up is all that the setting changes.
    #[test]
    fn the_setting_changes_nothing_but_what_is_given_up(facts in facts(), picks in schedule()) {
        let world = world_of(&facts, &picks);
        let mut others = facts;
        others[0] = Known::Agreed(agreed_up_to(None));
        let other = world_of(&others, &picks);
        prop_assert!(given_up(&other).is_empty());
        prop_assert_eq!(back(&world), back(&other));
        for (account, other) in accounts(&world).zip(accounts(&other)) {
            let given_up = given_up(&world);
            let of_case = account.claims.keys().filter_map(|id| given_up.get(id).copied());
            let of_case = Money::sum(Currency::EUR, of_case).unwrap();
            let open = account.open_total().unwrap().checked_add(of_case).unwrap();
            let is_withdrawn = account.claims.values().any(|it| it.withdrawn_on.is_some());
            prop_assert!(is_withdrawn || open == other.open_total().unwrap());
        }
    }
}

#[test]
fn a_payment_of_nearly_all_settles_the_claim() {
    let mut world = world();
    pays(&mut world, "2026-03-05", 1, 9_998, &[11]);
    assert_eq!((world.open(11), back(&world)), (euro(0), euro(0)));
    assert_eq!(given_up(&world), [(claim_id(11), euro(2))].into());
    let settled = world.told::<ClaimSettled>();
    assert_eq!((settled.len(), settled[0].by.clone()), (1, SettledBy::Payment));
    let told = world.told::<PaymentAllocated>();
    assert_eq!((told[0].amount, told[0].claim_open), (euro(9_998), euro(0)));
    let booked: Vec<_> = world.booked.iter().map(|it| (it.kind(), it.occasion())).collect();
    let (kind, occasion) = booked.last().unwrap();
    assert_eq!(*kind, TransactionKind::SmallDifference(claim_id(11)));
    assert_eq!(occasion.booked_on, day("2026-03-05"));
    let position = world.position(1);
    let lines: Vec<_> = position.claims[0].lines.iter().map(|it| (it.on, it.amount)).collect();
    assert_eq!(lines.last().unwrap(), &(day("2026-03-05"), euro(-2)));
    let because = &position.claims[0].lines.last().unwrap().because;
    assert_eq!(because, &["The creditor gives up what a payment leaves, up to 1.00 EUR."]);
    // The creditor gets what was paid, and is charged for that.
    let collected: Vec<_> = world.collected().iter().map(|it| it.parts).collect();
    assert_eq!(collected, [parts(0, 0, 9_998)]);
}

#[test]
fn so_much_is_given_up_and_not_a_cent_more() {
    for (paid, left) in [(9_900, 0), (9_899, 101), (1, 9_999)] {
        let mut world = world();
        pays(&mut world, "2026-03-05", 1, paid, &[11]);
        assert_eq!(world.open(11), euro(left), "{paid}");
    }
    // Nothing is given up of a claim on which nothing was paid, however small.
    let mut world = world();
    world.after(Known::Registered(registered(12, 50, "2026-03-02")));
    pays(&mut world, "2026-03-05", 1, 5_000, &[11]);
    assert_eq!((world.open(11), world.open(12)), (euro(5_000), euro(50)));
}

/// A cent that strays to another claim does not pay it.
#[test]
fn less_is_given_up_than_was_paid() {
    let mut world = world_giving_up(2_500);
    world.after(Known::Registered(registered(12, 2_000, "2026-03-02")));
    pays(&mut world, "2026-03-05", 1, 10_001, &[11]);
    assert_eq!((world.open(11), world.open(12)), (euro(0), euro(1_999)));
    pays(&mut world, "2026-03-06", 2, 1_000, &[12]);
    assert_eq!((world.open(12), given_up(&world)), (euro(0), [(claim_id(12), euro(999))].into()));
}

/// What was asked while so much was open stays asked: a credit note of later makes no difference
/// small before its day.
#[test]
fn a_later_credit_note_takes_back_no_costs_of_what_was_still_owed() {
    let mut world = World::new();
    world.now = "2026-03-01T09:00:00Z".parse().unwrap();
    world.after(Known::Agreed(agreed_up_to(Some(2_500))));
    world.after(Known::Opened(opened_as(1, Country::NL, DebtorKind::LegalPerson)));
    world.after(Known::Registered(registered(11, 100_000, "2026-03-01")));
    pays(&mut world, "2026-03-05", 1, 97_000, &[11]);
    world.knows_until("2026-03-15").until("2026-03-16");
    world.after(Known::Dispatched(dispatched(MessageKind::Demand, "2026-03-16", &[11])));
    let costs = world.parts(11).costs;
    assert!(costs.is_positive(), "{:?}", world.parts(11));
    let credit = ClaimCredited { credited_on: day("2026-03-20"), ..credited(11, 600) };
    world.until("2026-03-20").after(Known::Credited(credit));
    assert_eq!(world.parts(11).costs, costs);
    assert_eq!((given_up(&world).len(), back(&world)), (0, euro(0)));
}

#[test]
fn who_pays_the_costs_only_has_not_paid_the_invoice() {
    let mut world = World::new();
    world.now = "2026-03-01T09:00:00Z".parse().unwrap();
    world.after(Known::Agreed(agreed_up_to(Some(2_500))));
    world.after(Known::Opened(opened_as(1, Country::NL, DebtorKind::LegalPerson)));
    world.after(Known::Registered(registered(11, 2_000, "2026-03-01")));
    world.until("2026-03-16").knows_until("2026-03-15");
    world.after(Known::Dispatched(dispatched(MessageKind::Demand, "2026-03-16", &[11])));
    pays(&mut world, "2026-03-16", 1, 4_000, &[11]);
    assert_eq!(world.parts(11).principal, euro(2_000));
}

#[test]
fn later_money_pays_what_was_given_up_and_the_rest_goes_back() {
    let mut world = world();
    pays(&mut world, "2026-03-05", 1, 9_998, &[11]);
    pays(&mut world, "2026-03-09", 2, 2, &[11]);
    assert_eq!(paid_parts(&world), [parts(0, 0, 9_998), parts(0, 0, 2)]);
    assert_eq!((given_up(&world).len(), back(&world)), (0, euro(0)));
    assert_eq!(world.told::<ClaimSettled>().len(), 1);
    assert_eq!(world.told::<PaymentUnmatched>(), []);
    pays(&mut world, "2026-03-10", 3, 2, &[11]);
    assert_eq!(back(&world), euro(2));
    // As it was at the time, the difference was given up.
    assert_eq!(words(&world, day("2026-03-08"), Language::En).len(), 1);
    assert_eq!(words(&world, day("2026-03-09"), Language::En).len(), 0);
}

#[test]
fn part_of_what_was_given_up_may_be_paid() {
    let mut world = world();
    pays(&mut world, "2026-03-05", 1, 9_920, &[11]);
    pays(&mut world, "2026-03-09", 2, 30, &[11]);
    assert_eq!(given_up(&world), [(claim_id(11), euro(50))].into());
    assert_eq!((world.open(11), back(&world)), (euro(0), euro(0)));
}

/// What was given up on one claim is no debt before what is owed on another, unless the debtor says
/// so.
#[test]
fn money_for_another_claim_pays_that_first() {
    let mut world = world();
    pays(&mut world, "2026-03-05", 1, 9_950, &[11]);
    world.after(Known::Registered(registered(12, 20_000, "2026-03-20")));
    pays(&mut world, "2026-03-09", 2, 20_000, &[12]);
    assert_eq!(given_up(&world), [(claim_id(11), euro(50))].into());
    pays(&mut world, "2026-03-10", 3, 80, &[12]);
    assert_eq!((given_up(&world).len(), back(&world)), (0, euro(30)));
}

#[test]
fn a_payment_that_was_never_there_leaves_nothing_given_up() {
    let mut world = world();
    let report = reported(11, 9_999, "2026-03-05");
    world.after(Known::Reported(report.clone()));
    assert_eq!((world.open(11), given_up(&world).len()), (euro(0), 1));
    world.after(Known::Retracted(retracted(&report)));
    assert_eq!((world.open(11), given_up(&world).len()), (euro(10_000), 0));
}

/// Money that names the claim and came before takes the place of what was given up, whenever it is
/// heard of.
#[test]
fn a_credit_note_or_an_earlier_payment_is_reckoned_with_first() {
    let mut world = world();
    pays(&mut world, "2026-03-05", 1, 9_000, &[11]);
    assert_eq!(world.open(11), euro(1_000));
    world.after(Known::Credited(credited(11, 950)));
    assert_eq!(given_up(&world), [(claim_id(11), euro(50))].into());
    let by: Vec<_> = world.told::<ClaimSettled>().into_iter().map(|it| it.by).collect();
    assert_eq!(by, [SettledBy::CreditNote]);
    pays(&mut world, "2026-03-04", 2, 40, &[11]);
    assert_eq!(given_up(&world), [(claim_id(11), euro(10))].into());
}

#[test]
fn what_is_withdrawn_too_is_paid_by_no_later_money() {
    let mut world = world();
    pays(&mut world, "2026-03-05", 1, 9_998, &[11]);
    world.until("2026-03-12").after(Known::Withdrawn(withdrawn(11)));
    pays(&mut world, "2026-03-11", 2, 2, &[11]);
    assert_eq!((world.open(11), back(&world)), (euro(0), euro(2)));
}

/// Nothing comes on top of what was given up; but where costs were owed before the payment, the
/// difference was not small.
#[test]
fn costs_are_reckoned_with_where_they_were_owed_before() {
    let letter =
        || dispatched_by(Channel::Post, MessageKind::FourteenDayLetter, "2026-03-05", &[11]);
    let mut world = world();
    world.until("2026-03-05").after(Known::Dispatched(letter()));
    pays(&mut world, "2026-03-20", 1, 9_998, &[11]);
    world.knows_until("2026-03-31").until("2026-04-01");
    assert_eq!((world.open(11), given_up(&world).len()), (euro(0), 1));

    let mut world = self::world();
    world.until("2026-03-05").after(Known::Dispatched(letter()));
    world.knows_until("2026-03-20").until("2026-03-27");
    pays(&mut world, "2026-03-26", 1, 9_998, &[11]);
    assert_eq!((world.open(11), given_up(&world).len()), (euro(0), 1), "nothing known before it");
    world.knows_until("2026-03-26").after(Known::Morning(case_id(1)));
    assert!(world.open(11).amount_minor() > 4_000 && given_up(&world).is_empty());
}

#[test]
fn the_debtor_reads_what_was_given_up() {
    let mut world = world();
    pays(&mut world, "2026-03-05", 1, 9_998, &[11]);
    let told = |language| words(&world, day("2026-03-31"), language);
    for (language, expected) in [
        (
            Language::Nl,
            "Er bleef na uw betaling maar € 0,02 over. Dat hoeft u niet meer te betalen.",
        ),
        (
            Language::Fr,
            "Après votre paiement, il ne restait que 0,02 €. Vous ne devez plus le payer.",
        ),
        (
            Language::De,
            "Nach Ihrer Zahlung blieben nur 0,02 € übrig. Das müssen Sie nicht mehr bezahlen.",
        ),
        (Language::En, "After your payment only €0.02 was left. You do not have to pay that."),
    ] {
        assert_eq!(told(language), [expected]);
    }
    assert!(words(&world, day("2026-03-04"), Language::En).is_empty());
}

/// On real servers: the claim is settled and the creditor gets what was paid; the cents that come
/// later pay what was given up.
#[tokio::test(flavor = "multi_thread")]
async fn two_cents_are_given_up_and_come_later() {
    let office = Box::pin(Office::open(2)).await;
    office.hire().await;
    let mut agreed = office::agreed();
    agreed.agreement.small_difference = Some(euro(100));
    office.register_under(&agreed, PayTo::Agency, 1, 10_000).await;
    let reference = office::reference(1);
    let pays = async |minor: i64, on: &str| {
        let entry = Entry::credit(minor).structured(reference.canonical());
        let xml = file(&[statement(CLIENT, on, on, &[entry])]);
        office.import(&xml, on).await.unwrap();
        office.assert_sound().await;
    };
    pays(9_998, "2026-03-09").await;
    assert_eq!(office.open_on(1).await, euro(0));
    let settled = office.told::<ClaimSettled>().await;
    assert_eq!((settled.len(), settled[0].by.clone()), (1, SettledBy::Payment));
    let ask = ExplainPosition {
        case_id: office::case_id(1),
        as_of: None,
        known_at: None,
        language: Language::En,
    };
    let ExplainPositionAnswer::Explained(explained) = office.house.asker().ask(&ask).await.unwrap()
    else {
        panic!("not explained")
    };
    let last = explained.claims[0].lines.last().unwrap();
    assert_eq!((last.amount, last.open_after), (euro(-2), euro(0)));
    assert!(last.words[0].contains("only €0.02 was left"), "{:?}", last.words);

    let ask = ProposeRemittance { creditor_id: office::creditor_id(), again: Vec::new() };
    let proposed = office.staff(1).change(&ask, "propose").await.unwrap();
    let ProposeRemittanceAnswer::Proposed(proposed) = proposed else { panic!("{proposed:?}") };
    assert_eq!(proposed.collected, euro(9_998));

    pays(2, "2026-03-10").await;
    let allocated = office.told::<PaymentAllocated>().await;
    let amounts: Vec<i64> = allocated.iter().map(|it| it.amount.amount_minor()).collect();
    assert_eq!(amounts, [9_998, 2]);
    assert_eq!(office.open_on(1).await, euro(0));
    assert_eq!(office.unmatched().await.total, 0);
    office.close().await;
}

/// On real servers: the creditor is told once of what it gave up, and once that it was paid after
/// all; nothing of it is in what it gets.
#[tokio::test(flavor = "multi_thread")]
async fn a_creditor_is_told_once_of_what_it_gave_up() {
    let office = Box::pin(Office::open(2)).await;
    office.hire().await;
    let mut agreed = office::agreed();
    agreed.agreement.small_difference = Some(euro(100));
    for case in [1, 2] {
        office.register_under(&agreed, PayTo::Agency, case, 10_000).await;
    }
    let pays = async |case: u128, minor: i64, on: &str| {
        let entry = Entry::credit(minor).structured(office::reference(case).canonical());
        let xml = file(&[statement(CLIENT, on, on, &[entry])]);
        assert_eq!(imported(&office.import(&xml, on).await), 1);
        office.assert_sound().await;
    };
    let files = runtime::files::FileStore::open(office.house.folder()).unwrap();
    let told = async |key: &str| {
        let remittance = office.remit(key).await;
        let table = files.get(remittance.specification.unwrap()).await.unwrap();
        let table = String::from_utf8(table).unwrap();
        let (_, below) = table.split_once("aan u over te maken").unwrap();
        let amounts = |row: &str| row.split(';').take(6).collect::<Vec<_>>().join(";");
        let rows: Vec<String> = below.lines().skip(1).map(amounts).collect();
        assert!(remittance.specification_pdf.is_some());
        (remittance.collected, rows)
    };
    let sum = "door u kwijtgescholden als klein verschil (ter informatie)";
    pays(1, 9_963, "2026-03-05").await;
    let rows = ["2026-117;;0,37;0,00;0,00;0,37", &format!("{sum};;0,37;0,00;0,00;0,37")];
    assert_eq!(told("first").await, (euro(9_963), rows.map(str::to_owned).to_vec()));
    pays(2, 10_000, "2026-03-06").await;
    assert_eq!(told("second").await, (euro(10_000), Vec::new()));
    pays(1, 37, "2026-03-09").await;
    let sum = "eerder kwijtgescholden klein verschil dat niet meer geldt (ter informatie)";
    let rows = ["2026-117;;-0,37;0,00;0,00;-0,37", &format!("{sum};;-0,37;0,00;0,00;-0,37")];
    assert_eq!(told("third").await, (euro(37), rows.map(str::to_owned).to_vec()));
    let given_up = office.notes().await.into_iter().map(|it| match it.note {
        Note::Remittance(told) => (told.given_up, told.taken_back),
        Note::Feedback(_) => panic!("of no case"),
    });
    let given_up: Vec<(Money, Money)> = given_up.collect();
    let told = [(37, 0), (0, 0), (0, 37)].map(|(given, taken)| (euro(given), euro(taken)));
    assert_eq!(given_up, told);
    office.close().await;
}
