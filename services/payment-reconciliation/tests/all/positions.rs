//! The positions of many cases, in sums: each as the case itself tells it, and every case once.

use contracts::agreement::PayTo;
use contracts::payment_reconciliation::{GetPositions, PositionSums, PositionSumsPage};
use payment_reconciliation::domain::explanation::{Asked, explain};
use payment_reconciliation::domain::position::position_sums;
use primitives::{Currency, Date, Language, Money};
use proptest::prelude::*;

use crate::bank::{CLIENT, Entry, file, statement};
use crate::office::{Office, case_id, creditor_id, day, euro, imported, reference};
use crate::world::{charged_facts, charged_world, schedule};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn the_sums_of_any_day_are_those_that_the_debtor_is_told(
        facts in charged_facts(), picks in schedule(), days in -40_i32..400,
    ) {
        let world = charged_world(&facts, &picks);
        let as_of: Date = day("2026-03-01").saturating_add(jiff::ToSpan::days(days));
        for account in world.cases.values().filter_map(|case| case.account.as_ref()) {
            let asked = Asked { as_of, known_at: None, language: Language::Nl };
            let told = explain(account, asked, as_of).unwrap();
            let Some(sums) = position_sums(account, as_of).unwrap() else {
                prop_assert!(told.is_none_or(|told| told.claims.is_empty()));
                continue;
            };
            let told = told.unwrap();
            let sum = |part: fn(&_) -> Money| {
                Money::sum(Currency::EUR, told.claims.iter().map(part)).unwrap()
            };
            prop_assert_eq!(sums.open, told.open);
            prop_assert_eq!(sums.refundable, told.refundable);
            prop_assert_eq!(sums.principal_open, sum(|claim| claim.principal_open));
            prop_assert_eq!(sums.interest_open, sum(|claim| claim.interest_open));
            prop_assert_eq!(sums.costs_open, sum(|claim| claim.costs_open));
            let open = told.claims.iter().filter(|claim| !claim.open.is_zero()).count();
            prop_assert_eq!(usize::try_from(sums.claims_open).unwrap(), open);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_case_is_told_once_page_by_page() {
    let office = Office::open(1).await;
    for case in 1..=5 {
        office.register_paid_to(PayTo::Agency, case, 10_000).await;
    }
    let paid = Entry::credit(4_000).structured(&reference(2).to_string());
    let xml = file(&[statement(CLIENT, "1", "2026-03-02", &[paid])]);
    assert_eq!(imported(&office.import(&xml, "paid").await), 1);
    office.house.rest().await;

    let told = pages(&office, "2026-03-02").await;
    let sizes: Vec<usize> = told.iter().map(|page| page.positions.len()).collect();
    assert_eq!(sizes, [2, 2, 1]);
    let told: Vec<&PositionSums> = told.iter().flat_map(|page| &page.positions).collect();
    for case in 1..=5 {
        let sums: Vec<_> = told.iter().filter(|sums| sums.case_id == case_id(case)).collect();
        let open = if case == 2 { euro(6_000) } else { euro(10_000) };
        let [sums] = sums.as_slice() else { panic!("{sums:?}") };
        assert_eq!((sums.open, sums.principal_open, sums.claims_open), (open, open, 1));
    }

    // Before the payment everything was owed; before the invoices nothing was.
    assert_eq!(open(&pages(&office, "2026-03-01").await), euro(50_000));
    let nothing = pages(&office, "2026-01-31").await;
    assert!(nothing.iter().all(|page| page.positions.is_empty()), "{nothing:?}");
    office.close().await;
}

async fn pages(office: &Office, as_of: &str) -> Vec<PositionSumsPage> {
    let mut asked = GetPositions {
        creditor_id: Some(creditor_id()),
        as_of: Some(day(as_of)),
        after: None,
        limit: 2,
    };
    let mut pages = Vec::new();
    loop {
        let page = office.house.asker().ask(&asked).await.unwrap();
        asked.after = page.next;
        pages.push(page);
        if asked.after.is_none() {
            return pages;
        }
    }
}

fn open(pages: &[PositionSumsPage]) -> Money {
    let open = pages.iter().flat_map(|page| &page.positions).map(|sums| sums.open);
    Money::sum(Currency::EUR, open).unwrap()
}
