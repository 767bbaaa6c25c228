//! What a creditor's bookkeeper relies on: each line bears the own invoice number, and the table
//! leads from what was received to what is paid, cent by cent.

use std::collections::BTreeMap;
use std::path::Path;

use contracts::agreement::Settlement;
use contracts::payment_reconciliation::{
    FeeInvoice, FeeInvoiceKind, FeeInvoiceState, Remittance, RemittanceState,
};
use payment_reconciliation::domain::invoice::Vat;
use payment_reconciliation::domain::ledger::Holder;
use payment_reconciliation::domain::parts::Parts;
use payment_reconciliation::domain::remittance::{Bill, Collected, GivenUp};
use payment_reconciliation::domain::specification::Specification;
use payment_reconciliation::domain::specification_page::{
    LINES_MAX, NotPrinted, SpecificationPage,
};
use primitives::{
    CaseId, CaseNumber, ClaimId, CreditorId, Currency, Iban, Language, Money, PaymentId,
    RemittanceId, StaffId, Timestamp,
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
    let paper = Paper::of(Settlement::Net, brought, invoices);
    let csv = paper.specification(language).to_csv().unwrap();
    (paper.bill, csv)
}

/// What a specification is made of.
struct Paper {
    bill: Bill,
    remittance: Remittance,
    given_up: Vec<GivenUp>,
    numbers: BTreeMap<ClaimId, String>,
    cases: BTreeMap<CaseId, CaseNumber>,
}

impl Paper {
    fn specification(&self, language: Language) -> Specification<'_> {
        Specification {
            remittance: &self.remittance,
            lines: &self.bill.lines,
            given_up: &self.given_up,
            invoices: &self.numbers,
            cases: &self.cases,
            language,
        }
    }

    fn of(settlement: Settlement, brought: &[Brought], invoices: &[&str]) -> Self {
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
            carried: Vec::new(),
            amount: bill.amount,
            lines: bill.lines.iter().map(|it| it.line.clone()).collect(),
            proposed_by: Some(StaffId::from_uuid(Uuid::from_u128(1))),
            proposed_at: Timestamp::UNIX_EPOCH,
            approved_by: None,
            payment_order: None,
            specification: None,
            specification_pdf: None,
            statement: None,
            invoice: None,
            returned: None,
        };
        let numbers: BTreeMap<ClaimId, String> =
            (0..).zip(invoices).map(|(place, it)| (claim_id(place), (*it).to_owned())).collect();
        let number = CaseNumber::parse("1000001-14").unwrap();
        let cases = BTreeMap::from([(CaseId::from_uuid(Uuid::from_u128(1)), number)]);
        Self { bill, remittance, given_up: Vec::new(), numbers, cases }
    }
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
    let paper = Paper::of(Settlement::Gross, &lines, &["F1", "F2"]);
    let csv = paper.specification(Language::Nl).to_csv().unwrap();
    let bill = paper.bill;
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

/// The specification on paper, of a creditor with a name and an account.
fn printed(paper: &Paper, language: Language) -> Result<Vec<u8>, NotPrinted> {
    printed_for(paper, "Bakkerij De Korenaar B.V.", language)
}

fn printed_for(paper: &Paper, name: &str, language: Language) -> Result<Vec<u8>, NotPrinted> {
    let agency = ["Oudegracht 12", "3511 AB Utrecht", "NL004495445B01"].map(str::to_owned);
    let address = ["Lange Nieuwstraat 7-bis", "3512 PA Utrecht"].map(str::to_owned);
    let page = SpecificationPage {
        specification: &paper.specification(language),
        agency: ("Incassohuis Oudegracht", &agency),
        creditor: (name, &address),
        account: &Iban::parse("NL91ABNA0417164300").unwrap(),
        approved_on: "2026-03-06".parse().unwrap(),
    };
    page.print()
}

/// Keeps it in `target/tmp`, to be looked at.
fn kept(name: &str, pdf: &[u8]) {
    std::fs::write(Path::new(env!("CARGO_TARGET_TMPDIR")).join(name), pdf).unwrap();
}

/// A remittance of so many payments, every seventh of them straight to the creditor, and two small
/// differences.
fn year_of(count: usize, settlement: Settlement) -> Paper {
    let line = |at: usize| {
        let minor = i64::try_from(at * 7_919 % 150_000).unwrap() + 500;
        (minor, minor / 90, if at.is_multiple_of(3) { 4_000 } else { 0 }, at % 7 == 6)
    };
    let lines: Vec<Brought> = (0..count).map(line).collect();
    let numbers: Vec<String> = (0..count).map(|at| format!("2026-{:06}", 117 + at)).collect();
    let numbers: Vec<&str> = numbers.iter().map(String::as_str).collect();
    let mut paper = Paper::of(settlement, &lines, &numbers);
    paper.given_up = vec![given_up(0, 37), given_up(3, 210)];
    paper
}

fn given_up(claim: u128, principal: i64) -> GivenUp {
    GivenUp {
        case_id: CaseId::from_uuid(Uuid::from_u128(1)),
        claim_id: claim_id(claim),
        on: "2026-03-05".parse().unwrap(),
        parts: Parts { principal: euro(principal), ..Parts::zero(Currency::EUR) },
    }
}

/// The same rows as the table for books, in each language; and each time the same bytes.
#[test]
fn a_specification_is_printed_in_every_language() {
    for language in Language::ALL {
        for settlement in [Settlement::Net, Settlement::Gross] {
            let name = format!("specification-{language}-{settlement:?}.pdf").to_lowercase();
            let paper = year_of(40, settlement);
            let pdf = printed(&paper, *language).unwrap();
            assert!(pdf == printed(&paper, *language).unwrap(), "{name}");
            kept(&name, &pdf);
        }
    }
}

/// Of one payment, nothing straight to the creditor, nothing given up.
#[test]
fn the_smallest_specification_is_printed() {
    let paper = Paper::of(Settlement::Net, &[(10_000, 0, 4_000, false)], &["F-1"]);
    kept("specification-small.pdf", &printed(&paper, Language::Nl).unwrap());
    let paper = Paper::of(Settlement::Net, &[], &[]);
    printed(&paper, Language::En).unwrap();
}

/// A number is the creditor's own text: whatever it is, it is printed as it is, or with a stand-in.
#[test]
fn no_invoice_number_keeps_a_specification_from_being_printed() {
    let long = "W".repeat(300);
    let words = "F 1 ".repeat(75);
    let numbers = [
        "#panic(\"x\")",
        "*bold* _it_ $x^2$ `raw` @ref <label> // /* \\ ~ --- = + 1. [x]{y}",
        "\u{202e}اعمر 2026\u{202c} 117",
        "😀 1",
        "a\u{0}b\tc\nd\u{2028}e",
        "\u{200b}\u{ad}",
        "",
        "\"'\\\"",
        "J\u{301}o\u{301}zef ĳ Łódź Щ ế",
        &long,
        &words,
    ];
    let paper = Paper::of(Settlement::Net, &vec![(1_234, 5, 67, false); 11], &numbers);
    for language in Language::ALL {
        let pdf = printed(&paper, *language).unwrap();
        kept(&format!("specification-hostile-{language}.pdf"), &pdf);
    }
    let amounts = [(99_999_999_999, 88_888_888_888, 77_777_777_777, false)];
    kept(
        "specification-rich.pdf",
        &printed(&Paper::of(Settlement::Net, &amounts, &["1"]), Language::De).unwrap(),
    );
}

/// The head of the table stands on each page; a book that no mail can bear is not printed.
#[test]
fn a_long_specification_runs_over_pages_and_a_book_is_not_printed() {
    let pdf = printed(&year_of(300, Settlement::Net), Language::De).unwrap();
    kept("specification-long.pdf", &pdf);
    let error = printed(&year_of(LINES_MAX, Settlement::Net), Language::De).unwrap_err();
    assert!(matches!(error, NotPrinted::TooLong { .. }), "{error}");
}

/// The agency's invoice stands below the way, by its number.
#[test]
fn the_invoice_is_told_with_its_number() {
    let mut paper = Paper::of(Settlement::Net, &[(10_000, 0, 0, false)], &["F1"]);
    let before = paper.specification(Language::Fr).to_csv().unwrap();
    for (kind, words) in [
        (FeeInvoiceKind::Invoice, "Notre facture"),
        (FeeInvoiceKind::CreditNote, "Notre note de crédit"),
    ] {
        paper.remittance.invoice = Some(FeeInvoice {
            number: "2026-000017".to_owned(),
            kind,
            issued_on: "2026-03-06".parse().unwrap(),
            total: euro(1_210),
            reverse_charge: false,
            state: FeeInvoiceState::SettledWithRemittance,
            document: None,
        });
        let after = paper.specification(Language::Fr).to_csv().unwrap();
        assert_eq!(after.lines().count(), before.lines().count() + 1);
        let told = format!("{words} 2026-000017;;;;;12,10;;;;;");
        assert_eq!(after.lines().last(), Some(told.as_str()));
        kept("specification-invoiced.pdf", &printed(&paper, Language::Fr).unwrap());
    }
}

/// What was given up stands below the amount, without a day, and in no sum above.
#[test]
fn what_was_given_up_is_told_and_counts_nowhere() {
    let lines = [(9_963, 0, 0, false), (4_000, 0, 0, true)];
    let mut paper = Paper::of(Settlement::Net, &lines, &["F1", "F2"]);
    let before = paper.specification(Language::Nl).to_csv().unwrap();
    let interest = GivenUp {
        parts: Parts { interest: euro(10), ..Parts::zero(Currency::EUR) },
        ..given_up(1, 0)
    };
    paper.given_up = vec![given_up(0, 37), interest, given_up(1, -5)];
    let after = paper.specification(Language::Nl).to_csv().unwrap();
    let told = after.strip_prefix(&before).unwrap();
    let ids = |claim| format!("{};{};", paper.bill.lines[0].line.case_id, claim_id(claim));
    let expected = [
        format!("F1;;0,37;0,00;0,00;0,37;;;{}", ids(0)),
        format!("F2;;0,00;0,10;0,00;0,10;;;{}", ids(1)),
        "door u kwijtgescholden als klein verschil (ter informatie);;0,37;0,10;0,00;0,47;;;;;"
            .to_owned(),
        format!("F2;;-0,05;0,00;0,00;-0,05;;;{}", ids(1)),
        "eerder kwijtgescholden klein verschil dat niet meer geldt (ter informatie);;-0,05;0,00;\
         0,00;-0,05;;;;;"
            .to_owned(),
    ];
    assert_eq!(told.lines().collect::<Vec<_>>(), expected);
    kept("specification-taken-back.pdf", &printed(&paper, Language::Nl).unwrap());
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

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    /// Whatever a creditor calls itself and its invoices: letters of any script, marks, spaces.
    #[test]
    fn any_text_is_printed(name in "\\PC{0,80}", number in any::<String>()) {
        let paper = Paper::of(Settlement::Net, &[(100, 0, 0, false)], &[&number]);
        prop_assert!(printed_for(&paper, &name, Language::Fr).is_ok(), "{name:?} {number:?}");
    }
}
