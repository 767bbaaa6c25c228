//! What a creditor's bookkeeping software relies on: the statement of a remittance is a valid bank
//! statement, begins and ends with nothing, and names the invoice of each payment.

use std::collections::BTreeMap;

use crate::schema::{Node, Schema};
use bank_statements::{Direction, Verdict, WholeStatement, collect};
use contracts::agreement::Settlement;
use payment_reconciliation::domain::bookkeeping::Bookkeeping;
use payment_reconciliation::domain::invoice::{InvoiceSeries, InvoiceVat, Vat};
use payment_reconciliation::domain::ledger::Holder;
use payment_reconciliation::domain::parts::Parts;
use payment_reconciliation::domain::payment_order::Party;
use payment_reconciliation::domain::remittance::{Bill, Collected, Paper, PaperState};
use primitives::{
    CaseId, ClaimId, CreditorId, Currency, Iban, Language, Money, PaymentId, RemittanceId, StaffId,
    Timestamp,
};
use proptest::prelude::*;
use uuid::Uuid;

/// What a payment brought: principal, interest, costs, and whether the creditor got it itself.
type Brought = (i64, i64, i64, bool);

fn euro(minor: i64) -> Money {
    Money::new(minor, Currency::EUR)
}

fn approved_at() -> Timestamp {
    "2026-04-10T09:30:00Z".parse().unwrap()
}

fn approved(brought: &[Brought], settlement: Settlement, vat: Vat) -> Paper {
    let creditor_id = CreditorId::from_uuid(Uuid::from_u128(0xc4ed));
    let collected = (0..).zip(brought).map(|(place, (principal, interest, costs, direct))| {
        let (principal, interest, costs) = (euro(*principal), euro(*interest), euro(*costs));
        Collected {
            case_id: CaseId::from_uuid(Uuid::from_u128(1)),
            claim_id: ClaimId::from_uuid(Uuid::from_u128(place)),
            payment_id: PaymentId::from_uuid(Uuid::from_u128(place)),
            holder: if *direct { Holder::Creditor(creditor_id) } else { Holder::Agency },
            received_on: "2026-03-05".parse().unwrap(),
            parts: Parts { costs, interest, principal },
            commission_basis_points: 1_000,
            agency_keeps_costs: true,
        }
    });
    let collected: Vec<Collected> = collected.collect();
    let mut paper = Paper {
        remittance_id: RemittanceId::from_uuid(Uuid::from_u128(0x0123_4567_89ab_cdef)),
        creditor_id,
        bill: Bill::of(&collected, &BTreeMap::new(), settlement, vat).unwrap(),
        vat: vat.invoiced(),
        invoice: None,
        proposed_by: None,
        proposed_at: Timestamp::UNIX_EPOCH,
        state: PaperState::Proposed,
        returned: None,
        paid_again_by: None,
    };
    if let Some(vat) = paper.vat {
        let mut series = InvoiceSeries::default();
        paper.invoice = series.issue(&paper, vat, (approved_at(), 30)).unwrap();
    }
    let by = StaffId::from_uuid(Uuid::from_u128(2));
    paper.state = PaperState::Approved { by, at: approved_at(), files: None, paid_on: None };
    paper
}

fn camt(paper: &Paper, numbers: &[&str], language: Language) -> String {
    let invoices: BTreeMap<ClaimId, String> = (0..)
        .zip(numbers)
        .map(|(place, it)| (ClaimId::from_uuid(Uuid::from_u128(place)), (*it).to_owned()))
        .collect();
    let agency = Party {
        name: "Amicable".to_owned(),
        account: Iban::parse("NL91 ABNA 0417 1643 00").unwrap(),
    };
    let bookkeeping = Bookkeeping {
        remittance: &paper.told(),
        lines: &paper.bill.lines,
        invoices: &invoices,
        approved_at: approved_at(),
        payer: &agency,
        language,
    };
    bookkeeping.to_camt().unwrap()
}

/// Read as a bank file: one statement, without a remark.
fn read(xml: &str) -> WholeStatement {
    let mut reading = collect(xml.as_bytes());
    assert_eq!((reading.verdict, &reading.problems), (Verdict::Accept, &Vec::new()), "{xml}");
    assert_eq!(reading.statements.len(), 1);
    reading.statements.remove(0)
}

/// What each entry moves, in minor units.
fn moved(statement: &WholeStatement) -> Vec<i64> {
    let minor = |entry: &bank_statements::Entry| {
        let amount = Money::parse(&entry.amount.value.to_string(), Currency::EUR).unwrap();
        match entry.direction {
            Direction::Credit => amount.amount_minor(),
            Direction::Debit => -amount.amount_minor(),
        }
    };
    statement.entries.iter().map(minor).collect()
}

/// ISO's schema, which lies beside the project; without it a test is skipped in sight.
fn valid(xml: &str) {
    let Some(samples) = testkit::samples() else { return };
    let xsd = std::fs::read_to_string(samples.join("xsd/camt.053.001.08.xsd")).unwrap();
    let document = Node::parse(xml);
    assert_eq!(document.name, "Document");
    Schema::parse(&xsd).check(&document, "Document", "");
}

#[test]
fn a_net_remittance_is_booked_to_nothing() {
    let lines = [(2_000, 0, 4_000, false), (4_000, 0, 0, true), (9_600, 400, 0, false)];
    let vat = Vat::Invoiced(InvoiceVat::Standard { basis_points: 2_100 });
    let paper = approved(&lines, Settlement::Net, vat);
    let xml = camt(&paper, &["2026-117", "2026-118", "2026-119"], Language::Nl);
    valid(&xml);
    let statement = read(&xml);
    // Costs, a tenth of 120.00 and of 40.00, 21 % of all three, and what is paid.
    assert_eq!(moved(&statement), [6_000, 10_000, -4_000, -1_200, -400, -1_176, -9_224]);
    let numbers: Vec<&str> = statement
        .entries
        .iter()
        .flat_map(|it| &it.details)
        .filter_map(|it| it.references.first())
        .map(|it| it.text.as_str())
        .collect();
    let own = "2026-000001";
    assert_eq!(numbers, ["2026-117", "2026-119", own, own, own, own]);
    let last = statement.entries.last().unwrap();
    let id = last.details.first().unwrap().end_to_end_id.as_ref().unwrap();
    assert_eq!(id.as_str(), "0000000000000000".to_owned() + "0123456789abcdef");
    let words = ["ingehouden kosten", "btw over kosten en provisie"];
    assert!(words.iter().all(|it| xml.contains(&format!("<Ustrd>{it}</Ustrd>"))), "{xml}");
}

/// Gross, nothing is taken off.
#[test]
fn a_gross_remittance_holds_payments_only() {
    let lines = [(2_000, 0, 4_000, false), (4_000, 0, 0, true)];
    let paper = approved(&lines, Settlement::Gross, Vat::Uninvoiced { basis_points: 2_100 });
    let statement = read(&camt(&paper, &["2026-117", "2026-118"], Language::Fr));
    assert_eq!(moved(&statement), [6_000, -6_000]);
}

proptest! {
    #[test]
    fn every_statement_is_valid_and_comes_to_nothing(
        brought in prop::collection::vec(
            (-50_000_i64..200_000, -500_i64..9_000, -5_000_i64..9_000, any::<bool>()),
            1..8,
        ),
        is_net: bool,
        is_invoiced: bool,
        number in ".{0,60}",
        language in prop_oneof![
            Just(Language::Nl), Just(Language::Fr), Just(Language::De), Just(Language::En),
        ],
    ) {
        let settlement = if is_net { Settlement::Net } else { Settlement::Gross };
        let basis_points = 2_100;
        let vat = if is_invoiced {
            Vat::Invoiced(InvoiceVat::Standard { basis_points })
        } else {
            Vat::Uninvoiced { basis_points }
        };
        let paper = approved(&brought, settlement, vat);
        // Nothing is remitted where nothing is left to pay.
        prop_assume!(paper.bill.amount.is_positive());
        let numbers: Vec<&str> = brought.iter().map(|_| number.as_str()).collect();
        let xml = camt(&paper, &numbers, language);
        valid(&xml);
        let moved = moved(&read(&xml));
        prop_assert_eq!(moved.iter().sum::<i64>(), 0);
        prop_assert_eq!(moved.last(), Some(&-paper.bill.amount.amount_minor()));
        let came_in = brought.iter().filter(|it| !it.3).map(|it| it.0 + it.1 + it.2);
        let came_in: Vec<i64> = came_in.filter(|it| *it != 0).collect();
        prop_assert_eq!(moved.get(..came_in.len()), Some(came_in.as_slice()));
    }
}
