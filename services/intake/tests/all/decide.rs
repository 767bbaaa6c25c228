//! Whatever is handed over in whatever order: one case per customer, one claim per invoice number,
//! right amounts.

use std::collections::{BTreeMap, BTreeSet};

use crate::book::{Book, told};
use crate::paper::{ANNA, BEDRIJF, LUC, Paper};
use contracts::intake::{ClaimCredited, ClaimRegistered, ImportInvoiceAnswer};
use intake::domain::{Telephone, own_reference};
use primitives::{ClaimId, Country, StructuredReference};
use proptest::prelude::*;
use uuid::Uuid;

/// What a creditor hands over in a property: the customer, the number, and how much.
#[derive(Clone, Copy, Debug)]
struct Piece {
    customer: usize,
    number: u8,
    cents: i64,
}

fn papers() -> impl Strategy<Value = Vec<Paper>> {
    let piece = (0_usize..3, 0_u8..6, 1_i64..3).prop_map(|(customer, number, cents)| Piece {
        customer,
        number,
        cents: cents * 1000,
    });
    prop::collection::vec(piece, 1..30).prop_map(|pieces| {
        let customer = |index: usize| [ANNA, BEDRIJF, LUC][index];
        pieces
            .into_iter()
            .map(|it| Paper::invoice(&format!("F{}", it.number), it.cents, customer(it.customer)))
            .collect()
    })
}

proptest! {
    #[test]
    fn any_sequence_gives_one_case_per_customer_and_one_claim_per_number(papers in papers()) {
        let mut book = Book::new();
        let mut first: BTreeMap<String, &Paper> = BTreeMap::new();
        let mut ids: BTreeMap<String, ClaimId> = BTreeMap::new();
        for paper in &papers {
            let (answer, messages) = book.import(&paper.xml());
            let known = *first.entry(paper.number.clone()).or_insert(paper);
            let same = known.xml() == paper.xml();
            match answer {
                ImportInvoiceAnswer::Registered { claim_id, .. } => {
                    prop_assert!(ids.insert(paper.number.clone(), claim_id).is_none());
                    prop_assert_eq!(told::<ClaimRegistered>(&messages).len(), 1);
                }
                ImportInvoiceAnswer::AlreadyKnown { claim_id, .. } => {
                    prop_assert!(same && messages.is_empty());
                    prop_assert_eq!(ids.get(&paper.number), Some(&claim_id));
                }
                ImportInvoiceAnswer::Refused { .. } => prop_assert!(!same && messages.is_empty()),
                ImportInvoiceAnswer::Credited { .. } => prop_assert!(false, "nothing credits"),
            }
        }
        let claims = book.claims();
        prop_assert_eq!(claims.len(), first.len());
        for (number, paper) in &first {
            prop_assert_eq!(claims[number].amount.amount_minor(), paper.cents);
        }
        let customers: BTreeSet<&str> = first.values().map(|paper| paper.buyer.name).collect();
        prop_assert_eq!(book.cases().len(), customers.len());
        let references: BTreeSet<&str> =
            claims.values().map(|claim| claim.reference.canonical()).collect();
        prop_assert_eq!(references.len(), claims.len());
    }

    #[test]
    fn another_order_ends_in_the_same_claims(
        cents in prop::collection::vec(1_i64..100_000, 1..8),
        order in Just((0..8_usize).collect::<Vec<_>>()).prop_shuffle(),
    ) {
        let papers: Vec<Paper> = cents
            .iter()
            .enumerate()
            .map(|(index, cents)| {
                let issued_on = ["2026-03-02", "2026-03-05", "2026-03-09"][index % 3];
                let paper = Paper::invoice(&format!("F{index}"), *cents, [ANNA, LUC][index % 2]);
                Paper { issued_on, ..paper }
            })
            .collect();
        let (mut straight, mut mixed) = (Book::new(), Book::new());
        for paper in &papers {
            straight.import(&paper.xml());
        }
        for paper in order.iter().filter_map(|index| papers.get(*index)) {
            mixed.import(&paper.xml());
        }
        let facts = |book: &Book| -> Vec<_> {
            let mut cases: Vec<_> = book.cases().into_iter().map(|case| {
                let claims: BTreeMap<_, _> = case
                    .claims
                    .values()
                    .map(|claim| (claim.number.clone(), (claim.amount, claim.due_on)))
                    .collect();
                (case.debtor.name.clone(), case.kind, case.told_on, claims)
            }).collect();
            cases.sort_by(|left, right| left.0.cmp(&right.0));
            cases
        };
        prop_assert_eq!(facts(&straight), facts(&mixed));
    }

    #[test]
    fn credits_never_take_more_than_the_claim(
        amount in 1_i64..5_000,
        credits in prop::collection::vec(1_i64..2_000, 0..8),
    ) {
        let mut book = Book::new();
        book.import(&Paper::invoice("F1", amount, ANNA).xml());
        let mut left = amount;
        for (index, cents) in credits.into_iter().enumerate() {
            let note = Paper::credit_note(&format!("C{index}"), "F1", cents, ANNA);
            let (answer, messages) = book.import(&note.xml());
            let taken = matches!(answer, ImportInvoiceAnswer::Credited { .. });
            prop_assert_eq!(taken, cents <= left);
            prop_assert_eq!(told::<ClaimCredited>(&messages).len(), usize::from(taken));
            left -= if taken { cents } else { 0 };
            let (again, _) = book.import(&note.xml());
            let known = matches!(again, ImportInvoiceAnswer::AlreadyKnown { .. });
            prop_assert_eq!(known, taken);
        }
        prop_assert_eq!(book.claims()["F1"].left().unwrap().amount_minor(), left);
    }

    #[test]
    fn any_text_is_a_number_in_one_spelling_or_none(text in "[ +()0-9./a-zé-]{0,24}", be: bool) {
        let country = Some(if be { Country::BE } else { Country::NL });
        if let Some(number) = Telephone::parse(&text, country) {
            let digits = number.as_str().strip_prefix('+').unwrap();
            prop_assert!((8..=15).contains(&digits.len()) && !digits.starts_with('0'), "{digits}");
            prop_assert!(digits.bytes().all(|it| it.is_ascii_digit()));
            prop_assert_eq!(Telephone::parse(number.as_str(), None), Some(number));
        }
    }

    #[test]
    fn own_references_are_valid_and_follow_from_the_claim(id: u128) {
        let claim_id = ClaimId::from_uuid(Uuid::from_u128(id));
        let reference = own_reference(claim_id).unwrap();
        prop_assert_eq!(own_reference(claim_id).unwrap(), reference.clone());
        let canonical = reference.canonical();
        prop_assert_eq!(canonical.len(), 16);
        prop_assert_eq!(StructuredReference::parse_rf(canonical).unwrap(), reference);
    }
}
