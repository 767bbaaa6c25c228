//! What our own intake makes of the agency's invoices: another reader finds them right.

#![expect(clippy::unwrap_used, reason = "a test fails loudly")]

use std::collections::BTreeMap;

use contracts::agreement::Settlement;
use intake::domain::invoice::{Effect, Invoice, Verdict};
use intake::domain::ubl;
use payment_reconciliation::domain::invoice::{InvoiceNumber, InvoiceSeries, InvoiceVat, Vat};
use payment_reconciliation::domain::invoice_document::{Buyer, Endpoint, InvoiceDocument, Seller};
use payment_reconciliation::domain::ledger::Holder;
use payment_reconciliation::domain::parts::Parts;
use payment_reconciliation::domain::remittance::{Bill, Collected, Paper, PaperState};
use primitives::{
    CaseId, ClaimId, CompanyNumber, Country, CreditorId, Currency, Iban, Language, Money,
    PaymentId, RemittanceId, Timestamp,
};
use uuid::Uuid;

fn euro(minor: i64) -> Money {
    Money::new(minor, Currency::EUR)
}

/// What intake reads of the invoice for a remittance of 1000.00 that the agency received and an
/// amount that the creditor got itself, at a tenth.
fn read(settlement: Settlement, vat: InvoiceVat, direct: i64) -> Invoice {
    let creditor_id = CreditorId::from_uuid(Uuid::from_u128(1));
    let collected = |place: u128, minor, holder| Collected {
        case_id: CaseId::from_uuid(Uuid::from_u128(2)),
        claim_id: ClaimId::from_uuid(Uuid::from_u128(place)),
        payment_id: PaymentId::from_uuid(Uuid::from_u128(place)),
        holder,
        received_on: "2026-03-05".parse().unwrap(),
        parts: Parts { costs: euro(0), interest: euro(0), principal: euro(minor) },
        commission_basis_points: 1_000,
        agency_keeps_costs: true,
    };
    let collected = [
        collected(3, 100_000, Holder::Agency),
        collected(4, direct, Holder::Creditor(creditor_id)),
    ];
    let mut paper = Paper {
        remittance_id: RemittanceId::from_uuid(Uuid::from_u128(5)),
        creditor_id,
        bill: Bill::of(&collected, &BTreeMap::new(), settlement, Vat::Invoiced(vat)).unwrap(),
        vat: Some(vat),
        invoice: None,
        proposed_by: None,
        proposed_at: Timestamp::UNIX_EPOCH,
        state: PaperState::Proposed,
        returned: None,
        paid_again_by: None,
    };
    let approved_at: Timestamp = "2026-04-10T09:30:00Z".parse().unwrap();
    let mut series = InvoiceSeries::default();
    paper.invoice = series.issue(&paper, vat, (approved_at, 30)).unwrap();
    let seller = Seller {
        name: "Helder Incasso B.V.".to_owned(),
        street: "Oudegracht 900".to_owned(),
        postal_code: "3511 ZZ".to_owned(),
        city: "Utrecht".to_owned(),
        country: Country::NL,
        vat_number: "NL004495445B01".to_owned(),
        company_number: CompanyNumber::parse("90001118").unwrap(),
        endpoint: Endpoint { scheme: "0106".to_owned(), id: "90001118".to_owned() },
        account: Iban::parse("NL20INGB0001234567").unwrap(),
    };
    let buyer = Buyer {
        code: "bakker".to_owned(),
        name: "Bakkerij Zoë".to_owned(),
        address: vec!["Kouter 900".to_owned(), "9000 Gent".to_owned()],
        country: Country::BE,
        company_number: "0202239951".to_owned(),
        vat_number: Some("BE0202239951".to_owned()),
        language: Language::Nl,
    };
    let document = InvoiceDocument {
        seller: &seller,
        buyer: &buyer,
        issued: &paper.invoice.unwrap(),
        preceding: Some(InvoiceNumber { year: 2025, sequence: 41 }),
        remittance: &paper.told(),
        lines: &paper.bill.lines,
    };
    let xml = document.to_ubl().unwrap();
    let reading = ubl::read(xml.as_bytes());
    assert_eq!((reading.verdict, &reading.problems), (Verdict::Accept, &Vec::new()), "{xml}");
    reading.invoice.unwrap()
}

const STANDARD: InvoiceVat = InvoiceVat::Standard { basis_points: 2_100 };

#[test]
fn what_is_charged_separately_is_read_as_owed() {
    let invoice = read(Settlement::Gross, STANDARD, 50_000);
    assert_eq!((&*invoice.number, invoice.effect), ("2026-000001", Effect::Owes));
    assert_eq!(invoice.payable.money, Some(euro(18_150)));
    assert_eq!(invoice.due_date, Some("2026-05-10".parse().unwrap()));
    assert_eq!(invoice.accounts, ["NL20INGB0001234567"]);
    assert_eq!((invoice.line_count, invoice.payment_references.len()), (2, 1));
    assert_eq!(invoice.buyer.address.city.as_deref(), Some("Gent"));
    assert_eq!(invoice.buyer.endpoint.unwrap().scheme.as_deref(), Some("0208"));
}

#[test]
fn what_was_taken_off_is_read_as_paid() {
    let invoice = read(Settlement::Net, STANDARD, 50_000);
    assert_eq!((invoice.effect, invoice.payable.money), (Effect::Nothing, Some(euro(0))));
    assert_eq!(invoice.totals.prepaid, invoice.totals.tax_inclusive);
    let reverse_charged = read(Settlement::Net, InvoiceVat::ReverseCharge, 50_000);
    assert_eq!(reverse_charged.totals.tax, Some(euro(0).to_decimal()));
    assert_eq!(reverse_charged.totals.tax_inclusive, Some(euro(15_000).to_decimal()));
}

#[test]
fn what_goes_back_is_read_as_less_to_pay() {
    let invoice = read(Settlement::Gross, STANDARD, -400_000);
    assert_eq!((invoice.effect, invoice.payable.money), (Effect::Reduces, Some(euro(36_300))));
    assert_eq!(invoice.preceding_invoices, ["2025-000041"]);
}
