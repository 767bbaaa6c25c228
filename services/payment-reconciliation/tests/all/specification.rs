//! What a creditor's bookkeeper relies on: each line bears the own invoice number, and the table
//! leads from what was received to what is paid, cent by cent.

use std::collections::BTreeMap;

use contracts::agreement::Settlement;
use contracts::payment_reconciliation::{Remittance, RemittanceState};
use payment_reconciliation::domain::invoice::Vat;
use payment_reconciliation::domain::ledger::Holder;
use payment_reconciliation::domain::parts::Parts;
use payment_reconciliation::domain::remittance::{Bill, Collected};
use payment_reconciliation::domain::specification::to_csv;
use primitives::{
    CaseId, ClaimId, CreditorId, Currency, Language, Money, PaymentId, RemittanceId, StaffId,
    Timestamp,
};
use proptest::prelude::*;
use uuid::Uuid;

fn euro(minor: i64) -> Money {
    Money::new(minor, Currency::EUR)
}

fn creditor_id() -> CreditorId {
    CreditorId::from_uuid(Uuid::from_u128(0xc4ed))
}

fn claim_id(claim: u128) -> ClaimId {
    ClaimId::from_uuid(Uuid::from_u128(0xc1a1_0000 + claim))
}

/// What a payment brought: principal, interest, costs, and whether the creditor got it itself.
type Brought = (i64, i64, i64, bool);

/// The table of a bill with a line for each, of which the agency keeps costs and a tenth.
fn table(brought: &[Brought], invoices: &[&str], language: Language) -> (Bill, String) {
    settled(Settlement::Net, brought, invoices, language)
}

fn settled(
    settlement: Settlement,
    brought: &[Brought],
    invoices: &[&str],
    language: Language,
) -> (Bill, String) {
    let collected = (0..).zip(brought).map(|(place, (principal, interest, costs, direct))| {
        let (principal, interest, costs) = (euro(*principal), euro(*interest), euro(*costs));
        Collected {
            case_id: CaseId::from_uuid(Uuid::from_u128(1)),
            claim_id: claim_id(place),
            payment_id: PaymentId::from_uuid(Uuid::from_u128(place)),
            holder: if *direct { Holder::Creditor(creditor_id()) } else { Holder::Agency },
            received_on: "2026-03-05".parse().unwrap(),
            parts: Parts { costs, interest, principal },
            commission_basis_points: 1_000,
            agency_keeps_costs: true,
        }
    });
    let collected: Vec<Collected> = collected.collect();
    let vat = Vat::Uninvoiced { basis_points: 2_100 };
    let bill = Bill::of(&collected, &BTreeMap::new(), settlement, vat).unwrap();
    let remittance = Remittance {
        remittance_id: RemittanceId::from_uuid(Uuid::from_u128(7)),
        creditor_id: creditor_id(),
        state: RemittanceState::Approved,
        collected: bill.collected,
        settlement: bill.settlement.clone(),
        kept_costs: bill.kept_costs,
        commission: bill.commission,
        commission_vat: bill.commission_vat,
        amount: bill.amount,
        lines: bill.lines.iter().map(|it| it.line.clone()).collect(),
        proposed_by: Some(StaffId::from_uuid(Uuid::from_u128(1))),
        proposed_at: Timestamp::UNIX_EPOCH,
        approved_by: None,
        payment_order: None,
        specification: None,
        statement: None,
        invoice: None,
    };
    let numbers: BTreeMap<ClaimId, String> =
        (0..).zip(invoices).map(|(place, it)| (claim_id(place), (*it).to_owned())).collect();
    let csv = to_csv(&remittance, &bill.lines, &numbers, language).unwrap();
    (bill, csv)
}

#[test]
fn a_bookkeeper_can_follow_it_to_the_amount_that_comes() {
    let lines = [(2_000, 0, 4_000, false), (4_000, 0, 0, true), (9_600, 400, 0, false)];
    let (bill, csv) = table(&lines, &["2026-117", "2026-118", "2026-117"], Language::Nl);
    assert_eq!(bill.amount, euro(16_000 - 4_000 - 1_600 - 336));
    let short = |row: &str| row.splitn(9, ';').take(8).collect::<Vec<_>>().join(";");
    let rows: Vec<String> = csv.trim_start_matches('\u{feff}').lines().map(short).collect();
    assert_eq!(
        rows,
        [
            "factuur;ontvangen op;hoofdsom;rente;kosten;totaal;provisie;rechtstreeks aan u betaald",
            "2026-117;2026-03-05;20,00;0,00;40,00;60,00;2,00;nee",
            "2026-117;2026-03-05;96,00;4,00;0,00;100,00;10,00;nee",
            "subtotaal door ons ontvangen;;116,00;4,00;40,00;160,00;12,00;",
            "2026-118;2026-03-05;40,00;0,00;0,00;40,00;4,00;ja",
            "subtotaal rechtstreeks aan u betaald;;40,00;0,00;0,00;40,00;4,00;",
            "door ons ontvangen;;;;;160,00;;",
            "ingehouden kosten;;;;;-40,00;;",
            "provisie over wat wij ontvingen;;;;;-12,00;;",
            "provisie over wat u rechtstreeks ontving;;;;;-4,00;;",
            "btw over de provisie;;;;;-3,36;;",
            "aan u over te maken;;;;;100,64;;",
        ]
    );
    // The ids stand behind, for questions.
    assert!(csv.contains(&claim_id(1).to_string()));
}

/// Gross, all that was received comes, and what is charged separately stands below it.
#[test]
fn what_is_charged_separately_stands_below_what_comes() {
    let lines = [(2_000, 0, 4_000, false), (4_000, 0, 0, true)];
    let (bill, csv) = settled(Settlement::Gross, &lines, &["F1", "F2"], Language::Nl);
    // A tenth of 60.00, the costs, and 21 % on both.
    assert_eq!((bill.amount, bill.fees()), (euro(6_000), Ok(euro(600 + 4_000 + 966))));
    let way: Vec<(&str, &str)> = csv
        .lines()
        .skip(5)
        .map(|row| row.split_once(";;;;;").unwrap())
        .map(|(word, amount)| (word, amount.trim_end_matches(';')))
        .collect();
    assert_eq!(
        way,
        [
            ("door ons ontvangen", "60,00"),
            ("aan u over te maken", "60,00"),
            ("apart berekende kosten", "40,00"),
            ("provisie over wat wij ontvingen", "2,00"),
            ("provisie over wat u rechtstreeks ontving", "4,00"),
            ("btw over kosten en provisie", "9,66"),
            ("apart berekend", "55,66"),
        ]
    );
}

/// Spreadsheets know the letters by the mark, the lines by both their ends, and the columns by
/// their number.
#[test]
fn a_specification_opens_as_it_is() {
    let lines = [(121_962, 38, 4_000, false), (-500, 0, 0, true)];
    for language in Language::ALL {
        let (_, csv) = table(&lines, &["2026-117", "2026-118"], *language);
        let (mark, table) = csv.split_at(3);
        assert_eq!(mark, "\u{feff}");
        let rows: Vec<Vec<&str>> =
            table.split_terminator("\r\n").map(|row| row.split(';').collect()).collect();
        assert!(rows.iter().all(|row| row.len() == 11), "{rows:?}");
        assert_eq!(rows[1][1..7], ["2026-03-05", "1219,62", "0,38", "40,00", "1260,00", "122,00"]);
        assert_eq!(rows[3][2..7], ["-5,00", "0,00", "0,00", "-5,00", "-0,50"]);
        let way: Vec<&str> = rows[5..].iter().map(|row| row[5]).collect();
        assert_eq!(way, ["1260,00", "-40,00", "-122,00", "0,50", "-25,52", "1072,98"]);
    }
}

/// A number is the creditor's own text: it stays in its cell, and no spreadsheet computes it.
#[test]
fn an_invoice_number_stays_in_its_cell() {
    for (given, cell) in [
        ("2026;117", "\"2026;117\""),
        ("\"A\"", "\"\"\"A\"\"\""),
        ("F\n1", "F 1"),
        ("=1+1", "'=1+1"),
        ("@a;b", "\"'@a;b\""),
    ] {
        let (_, csv) = table(&[(100, 0, 0, false)], &[given], Language::En);
        let row = csv.lines().nth(1).unwrap();
        assert!(row.starts_with(&format!("{cell};2026-03-05;1,00;")), "{row}");
    }
}

fn minor(cell: &str) -> i64 {
    cell.replace(',', "").parse().unwrap()
}

proptest! {
    #[test]
    fn sums_are_those_of_the_lines_above_and_lead_to_the_amount(
        lines in prop::collection::vec(
            (-9_999_i64..99_999, -99_i64..999, -999_i64..9_999, any::<bool>()), 0..9),
        language in prop_oneof![
            Just(Language::Nl), Just(Language::Fr), Just(Language::De), Just(Language::En)],
    ) {
        let invoices = vec!["F1"; lines.len()];
        let (bill, csv) = table(&lines, &invoices, language);
        let rows: Vec<Vec<&str>> = csv.lines().map(|row| row.split(';').collect()).collect();
        prop_assert!(rows.iter().all(|row| row.len() == rows[0].len()));
        let way = rows.len() - 6;
        let mut sums = [0_i64; 5];
        let mut commissions = Vec::new();
        for row in &rows[1..way] {
            let amounts: Vec<i64> = row[2..7].iter().map(|cell| minor(cell)).collect();
            if row[1].is_empty() {
                prop_assert_eq!(&amounts, &sums.to_vec());
                commissions.push(-sums[4]);
                sums = [0; 5];
            } else {
                sums.iter_mut().zip(amounts).for_each(|(sum, amount)| *sum += amount);
            }
        }
        let steps: Vec<i64> = rows[way..].iter().map(|row| minor(row[5])).collect();
        prop_assert_eq!(steps[0], bill.collected.amount_minor());
        prop_assert_eq!(&steps[2..4], &commissions[..]);
        prop_assert_eq!(steps[..5].iter().sum::<i64>(), steps[5]);
        prop_assert_eq!(steps[5], bill.amount.amount_minor());
    }
}
