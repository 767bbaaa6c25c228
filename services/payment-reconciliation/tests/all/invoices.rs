//! What a creditor's bookkeeper and the tax office rely on: each approved remittance has one
//! invoice, whose number follows on the one before it, and whose sums are right to the cent.

use std::collections::BTreeMap;

use crate::bank::{CLIENT, Entry, file, statement};
use crate::office::{self, LIMIT, Office, imported};
use crate::schema::Node;
use crate::world::{
    Known, World, agreed, collected_sixty, creditor_id, day, euro, paid_on, proposed, staff_id,
};
use contracts::agreement::{AgreedPayout, PayTo, Settlement};
use contracts::payment_reconciliation::{
    ApproveRemittance, ApproveRemittanceAnswer, FeeInvoiceKind, FeeInvoiceState, FeePaymentRefusal,
    GetBalances, LedgerGroup, MarkFeePaid, MarkFeePaidAnswer, ProposeRemittance,
    ProposeRemittanceAnswer, RemittanceRefusal,
};
use payment_reconciliation::SellerConfig;
use payment_reconciliation::domain::fee_payment::{self, FeePayment};
use payment_reconciliation::domain::invoice::{
    InvoiceNumber, InvoiceSeries, InvoiceTerms, InvoiceVat, Issued, Vat,
};
use payment_reconciliation::domain::invoice_document::{
    Buyer, Endpoint, InvoiceDocument, Seller, postal,
};
use payment_reconciliation::domain::ledger::{Holder, LedgerAccount, LedgerTransaction};
use payment_reconciliation::domain::parts::Parts;
use payment_reconciliation::domain::remittance::{
    Bill, Collected, Making, Paper, PaperState, Proposing, Work,
};
use primitives::{
    CaseId, ClaimId, CompanyNumber, Country, Currency, Date, Iban, Language, Money, PaymentId,
    RemittanceId, StructuredReference, Timestamp,
};
use proptest::prelude::*;
use testkit::eventually;
use uuid::Uuid;

const STANDARD: InvoiceVat = InvoiceVat::Standard { basis_points: 2_100 };

fn seller(country: Country) -> Seller {
    let is_dutch = country == Country::NL;
    let (vat, company, scheme) = if is_dutch {
        ("NL004495445B01", "90001118", "0106")
    } else {
        ("BE0403019261", "0403019261", "0208")
    };
    Seller {
        name: "Helder & Zoon Incasso B.V.".to_owned(),
        street: "Oudegracht 900".to_owned(),
        postal_code: "3511 ZZ".to_owned(),
        city: "Utrecht".to_owned(),
        country,
        vat_number: vat.to_owned(),
        company_number: CompanyNumber::parse(company).unwrap(),
        endpoint: Endpoint { scheme: scheme.to_owned(), id: company.to_owned() },
        account: Iban::parse("NL20INGB0001234567").unwrap(),
    }
}

fn buyer(country: Country) -> Buyer {
    let is_dutch = country == Country::NL;
    let address: &[&str] =
        if is_dutch { &["Ovenstraat 1", "3511 ZZ Utrecht"] } else { &["Kouter 900", "9000 Gent"] };
    Buyer {
        code: "bakker".to_owned(),
        name: "Bakkerij <Zoë> & Co".to_owned(),
        address: address.iter().map(|it| (*it).to_owned()).collect(),
        country,
        company_number: if is_dutch { "12345678" } else { "0202239951" }.to_owned(),
        vat_number: Some(if is_dutch { "NL000099998B57" } else { "BE0202239951" }.to_owned()),
        language: Language::Nl,
    }
}

/// What a payment brought: principal, interest, costs, and whether the creditor got it itself.
type Brought = (i64, i64, i64, bool);

/// An approved remittance, of which the agency keeps the costs and a tenth.
fn paper(number: u128, brought: &[Brought], settlement: Settlement, vat: InvoiceVat) -> Paper {
    let collected = (0..).zip(brought).map(|(place, (principal, interest, costs, direct))| {
        let (principal, interest, costs) = (euro(*principal), euro(*interest), euro(*costs));
        Collected {
            case_id: CaseId::from_uuid(Uuid::from_u128(1)),
            claim_id: ClaimId::from_uuid(Uuid::from_u128(place)),
            payment_id: PaymentId::from_uuid(Uuid::from_u128(place)),
            holder: if *direct { Holder::Creditor(creditor_id()) } else { Holder::Agency },
            received_on: day("2026-03-05"),
            parts: Parts { costs, interest, principal },
            commission_basis_points: 1_000,
            agency_keeps_costs: true,
        }
    });
    let collected: Vec<Collected> = collected.collect();
    let bill = Bill::of(&collected, &BTreeMap::new(), settlement, Vat::Invoiced(vat)).unwrap();
    Paper {
        remittance_id: RemittanceId::from_uuid(Uuid::from_u128(number)),
        creditor_id: creditor_id(),
        bill,
        vat: Some(vat),
        invoice: None,
        proposed_by: None,
        proposed_at: Timestamp::UNIX_EPOCH,
        state: PaperState::Proposed,
        returned: None,
        paid_again_by: None,
    }
}

fn at(on: &str) -> Timestamp {
    format!("{on}T10:00:00Z").parse().unwrap()
}

/// The document of an approval, with what preceded it.
fn document(
    paper: &Paper,
    (seller, buyer): (&Seller, &Buyer),
    issued: &Issued,
    preceding: Option<InvoiceNumber>,
) -> String {
    let (remittance, lines) = (&paper.told(), &paper.bill.lines);
    InvoiceDocument { seller, buyer, issued, preceding, remittance, lines }.to_ubl().unwrap()
}

fn issue(paper: &Paper, on: &str) -> Option<Issued> {
    let vat = paper.vat.unwrap();
    InvoiceSeries::default().issue(paper, vat, (at(on), 30)).unwrap()
}

fn cents(node: &Node, path: &str) -> i64 {
    let amount = Money::parse(node.at(path), Currency::EUR).unwrap();
    amount.amount_minor()
}

/// The rules of EN 16931 about sums; gives what is invoiced, its VAT, and what is to be paid.
fn proven(xml: &str) -> (i64, i64, i64) {
    let root = Node::parse(xml);
    let lines: Vec<&Node> = root.children.iter().filter(|it| it.name.ends_with("Line")).collect();
    let quantity =
        if root.name == "Invoice" { "cbc:InvoicedQuantity" } else { "cbc:CreditedQuantity" };
    let mut sum = 0;
    for line in &lines {
        let (net, price) =
            (cents(line, "cbc:LineExtensionAmount"), cents(line, "cac:Price/cbc:PriceAmount"));
        assert!(price > 0, "BR-27");
        assert_eq!(line.at(quantity).parse::<i64>().unwrap() * price, net, "PEPPOL-R120");
        for tag in ["cbc:ID", "cbc:Percent"] {
            let path = format!("cac:Item/cac:ClassifiedTaxCategory/{tag}");
            let of_document = format!("cac:TaxTotal/cac:TaxSubtotal/cac:TaxCategory/{tag}");
            assert_eq!(line.at(&path), root.at(&of_document));
        }
        sum += net;
    }
    let total = |tag: &str| cents(&root, &format!("cac:LegalMonetaryTotal/cbc:{tag}"));
    let tax = cents(&root, "cac:TaxTotal/cbc:TaxAmount");
    let subtotal = |tag: &str| format!("cac:TaxTotal/cac:TaxSubtotal/{tag}");
    assert!(!lines.is_empty(), "BR-16");
    assert_eq!(total("LineExtensionAmount"), sum, "BR-CO-10");
    assert_eq!(total("TaxExclusiveAmount"), sum, "BR-CO-13");
    assert_eq!(cents(&root, &subtotal("cbc:TaxAmount")), tax, "BR-CO-14");
    assert_eq!(total("TaxInclusiveAmount"), sum + tax, "BR-CO-15");
    assert_eq!(cents(&root, &subtotal("cbc:TaxableAmount")), sum, "BR-S-08, BR-AE-08");
    let percent = cents(&root, &subtotal("cac:TaxCategory/cbc:Percent"));
    let exact = sum * percent;
    assert_eq!((exact + 5_000 * exact.signum()) / 10_000, tax, "BR-CO-17, BR-S-09, BR-AE-09");
    let is_prepaid = xml.contains("<cbc:PrepaidAmount ");
    let prepaid = if is_prepaid { total("PrepaidAmount") } else { 0 };
    assert_eq!(total("PayableAmount"), sum + tax - prepaid, "BR-CO-16");
    let payable = total("PayableAmount");
    let has_terms = xml.contains("<cbc:DueDate>") || xml.contains("<cac:PaymentTerms>");
    assert!(payable == 0 || has_terms, "BR-CO-25");
    (sum + tax, tax, payable)
}

fn any_brought() -> impl Strategy<Value = Brought> {
    let amount = || -50_000_i64..200_000;
    (amount(), amount(), -5_000_i64..9_000, any::<bool>())
}

fn any_settlement() -> impl Strategy<Value = Settlement> {
    prop_oneof![Just(Settlement::Net), Just(Settlement::Gross)]
}

proptest! {
    /// Whatever was collected or goes back: the sums hold, and the invoice says what the remittance
    /// says, VAT and all.
    #[test]
    fn an_invoice_is_what_is_the_agencys_of_its_remittance(
        brought in prop::collection::vec(any_brought(), 1..6),
        settlement in any_settlement(),
        basis_points in prop_oneof![Just(2_100_u32), Just(2_000), Just(1_234)],
        countries in prop_oneof![
            Just((Country::NL, Country::NL)),
            Just((Country::BE, Country::NL)),
            Just((Country::NL, Country::BE)),
        ],
    ) {
        let vat = InvoiceVat::between(countries.0, countries.1, true, basis_points);
        let paper = paper(7, &brought, settlement.clone(), vat);
        let fees = paper.bill.fees().unwrap().amount_minor();
        let Some(issued) = issue(&paper, "2026-04-10") else {
            prop_assert_eq!(fees, 0);
            return Ok(());
        };
        let sign = if issued.is_credit_note { -1 } else { 1 };
        let parties = (&seller(countries.0), &buyer(countries.1));
        let before = Some(InvoiceNumber { year: 2025, sequence: 1 });
        let xml = document(&paper, parties, &issued, before);
        let (total, tax, payable) = proven(&xml);
        prop_assert_eq!((total, total > 0), (sign * fees, true));
        prop_assert_eq!(issued.total.amount_minor(), total);
        prop_assert_eq!(tax, sign * paper.bill.commission_vat.amount_minor());
        let expected = if settlement == Settlement::Net { 0 } else { total };
        prop_assert_eq!(payable, expected);
        prop_assert_eq!(&xml, &document(&paper, parties, &issued, before), "the same again");
    }

    /// Whatever is approved on whichever days: each year counts from one, leaves nothing out, and
    /// gives no number twice.
    #[test]
    fn every_number_of_a_year_is_given_once_and_in_order(
        approvals in prop::collection::vec((any_brought(), 0_i64..1_200), 1..40),
    ) {
        let mut series = InvoiceSeries::default();
        let mut seen: BTreeMap<i16, u32> = BTreeMap::new();
        for (number, (brought, days)) in (0..).zip(approvals) {
            let paper = paper(number, &[brought], Settlement::Gross, STANDARD);
            // In the last hour of a day in London a new one has begun here.
            let on = jiff::civil::date(2025, 1, 1).checked_add(jiff::Span::new().days(days));
            let on: Date = on.unwrap();
            let approved_at: Timestamp = format!("{on}T23:30:00Z").parse().unwrap();
            let issued = series.issue(&paper, STANDARD, (approved_at, 14)).unwrap();
            let Some(issued) = issued else { continue };
            let here = on.tomorrow().unwrap();
            prop_assert_eq!(issued.issued_on, here);
            prop_assert_eq!(issued.number.year, here.year());
            let last = seen.entry(here.year()).or_default();
            *last += 1;
            prop_assert_eq!(issued.number.sequence, *last);
        }
        prop_assert_eq!(series.last, seen);
    }
}

/// Net, in one country: it is paid by being taken off.
#[test]
fn what_is_taken_off_is_invoiced_and_paid_already() {
    let mut world = collected_sixty();
    world.vat = Vat::Invoiced(STANDARD);
    let remittance = proposed(world.propose(1));
    // A tenth of 20.00 and the costs, 21 % VAT on both.
    let amounts = [
        remittance.kept_costs,
        remittance.commission,
        remittance.commission_vat,
        remittance.amount,
    ];
    assert_eq!(amounts, [4_000, 200, 882, 918].map(euro));
    let id = remittance.remittance_id;
    let ApproveRemittanceAnswer::Approved(approved) = world.approve(id, 2) else { panic!() };
    let invoice = approved.invoice.unwrap();
    assert_eq!((&*invoice.number, invoice.total), ("2026-000001", euro(5_082)));
    assert_eq!((&invoice.kind, invoice.reverse_charge), (&FeeInvoiceKind::Invoice, false));
    assert_eq!(invoice.state, FeeInvoiceState::SettledWithRemittance);
    assert!(world.remittances[&id].told().invoice.unwrap().document.is_some());
    let Some(Work::MakeAllFiles(Making { invoice: Some(invoice), preceding: None, .. })) =
        world.works.pop()
    else {
        panic!()
    };
    let parties = (&seller(Country::NL), &buyer(Country::NL));
    let xml = document(&world.remittances[&id], parties, &invoice, None);
    assert_eq!(proven(&xml), (5_082, 882, 0));
    let root = Node::parse(&xml);
    for (path, expected) in [
        ("cbc:ID", "2026-000001"),
        ("cbc:IssueDate", "2026-03-31"),
        ("cbc:InvoiceTypeCode", "380"),
        ("cbc:BuyerReference", "bakker"),
        ("cac:LegalMonetaryTotal/cbc:PrepaidAmount", "50.82"),
        ("cac:AccountingCustomerParty/cac:Party/cbc:EndpointID", "12345678"),
        ("cac:AccountingCustomerParty/cac:Party/cac:PostalAddress/cbc:PostalZone", "3511 ZZ"),
        (
            "cac:AccountingSupplierParty/cac:Party/cac:PartyTaxScheme/cbc:CompanyID",
            "NL004495445B01",
        ),
    ] {
        assert_eq!(root.at(path), expected, "{path}");
    }
    assert!(xml.contains("<cbc:Name>Bakkerij &lt;Zoë&gt; &amp; Co</cbc:Name>"), "{xml}");
    assert!(root.at("cbc:Note").contains("Reeds verrekend met de afdracht"), "{xml}");
    assert!(!xml.contains("PaymentMeans") && !xml.contains("DueDate"), "{xml}");
}

fn gross() -> AgreedPayout {
    AgreedPayout { settlement: Settlement::Gross, ..AgreedPayout::default() }
}

/// A creditor that was charged sixty euros' costs and commission separately.
fn charged_separately() -> (World, RemittanceId, Issued) {
    let mut world = collected_sixty();
    let mut agreed = agreed();
    agreed.agreement.version = 2;
    agreed.agreement.remittance.payout = gross();
    world.after(Known::Agreed(agreed));
    world.vat = Vat::Invoiced(STANDARD);
    let id = proposed(world.propose(1)).remittance_id;
    assert!(matches!(world.approve(id, 2), ApproveRemittanceAnswer::Approved(_)));
    let Some(Work::MakeAllFiles(Making { invoice: Some(invoice), .. })) = world.works.pop() else {
        panic!()
    };
    (world, id, invoice)
}

/// Gross, in Belgium: to be paid to the agency's own account, by a reference and a day.
#[test]
fn what_is_charged_separately_is_to_be_paid() {
    let (world, id, invoice) = charged_separately();
    let parties = (&seller(Country::BE), &buyer(Country::BE));
    let xml = document(&world.remittances[&id], parties, &invoice, None);
    assert_eq!(proven(&xml), (5_082, 882, 5_082));
    let root = Node::parse(&xml);
    assert_eq!(root.at("cbc:DueDate"), "2026-04-30");
    assert_eq!(root.at("cac:PaymentMeans/cbc:PaymentMeansCode"), "30");
    let reference = root.at("cac:PaymentMeans/cbc:PaymentID");
    let reference = StructuredReference::parse(reference).unwrap();
    assert_eq!(reference, StructuredReference::rf_from("2026000001").unwrap());
    let account = root.at("cac:PaymentMeans/cac:PayeeFinancialAccount/cbc:ID");
    assert_eq!(account, "NL20INGB0001234567");
    let zone = "cac:AccountingCustomerParty/cac:Party/cac:PostalAddress/cbc:PostalZone";
    assert_eq!(root.at(zone), "9000");
    assert!(xml.contains("<cbc:EndpointID schemeID=\"0208\">0202239951<"), "{xml}");
}

/// From the Netherlands to Belgium the creditor owes the VAT: the remittance bears none either.
#[test]
fn across_the_border_the_vat_is_reverse_charged() {
    let between = |buyer, has_number| InvoiceVat::between(Country::NL, buyer, has_number, 2_100);
    assert_eq!(between(Country::BE, true), InvoiceVat::ReverseCharge);
    assert_eq!(between(Country::BE, false), STANDARD, "nobody could be charged");
    assert_eq!(between(Country::NL, true), STANDARD);
    let mut world = collected_sixty();
    world.vat = Vat::Invoiced(InvoiceVat::ReverseCharge);
    let remittance = proposed(world.propose(1));
    assert_eq!((remittance.commission_vat, remittance.amount), (euro(0), euro(1_800)));
    let id = remittance.remittance_id;
    let ApproveRemittanceAnswer::Approved(approved) = world.approve(id, 2) else { panic!() };
    assert!(approved.invoice.unwrap().reverse_charge);
    let issued = world.remittances[&id].invoice.unwrap();
    let (seller, buyer) = (seller(Country::NL), buyer(Country::BE));
    let xml = document(&world.remittances[&id], (&seller, &buyer), &issued, None);
    assert_eq!(proven(&xml), (4_200, 0, 0));
    let root = Node::parse(&xml);
    let category = |tag: &str| format!("cac:TaxTotal/cac:TaxSubtotal/cac:TaxCategory/{tag}");
    assert_eq!(root.at(&category("cbc:ID")), "AE");
    assert_eq!(root.at(&category("cbc:TaxExemptionReasonCode")), "VATEX-EU-AE");
    assert_eq!(root.at(&category("cbc:TaxExemptionReason")), "Btw verlegd");
    let number = "cac:AccountingCustomerParty/cac:Party/cac:PartyTaxScheme/cbc:CompanyID";
    assert_eq!(root.at(number), "BE0202239951");
    // Without its number it cannot be said whose the VAT is.
    let unnumbered = Buyer { vat_number: None, ..buyer };
    let (remittance, lines) = (&world.remittances[&id].told(), &world.remittances[&id].bill.lines);
    let document = InvoiceDocument {
        seller: &seller,
        buyer: &unnumbered,
        issued: &issued,
        preceding: None,
        remittance,
        lines,
    };
    let said = document.to_ubl().unwrap_err().to_string();
    assert!(said.contains("VAT number is not known"), "{said}");
}

/// More commission goes back than is due: a credit note, which names the invoice before it.
#[test]
fn what_goes_back_is_credited() {
    for (settlement, payable) in [(Settlement::Net, 0), (Settlement::Gross, 36_300)] {
        let brought = [(100_000, 0, 0, false), (-400_000, 0, 0, true)];
        let paper = paper(7, &brought, settlement, STANDARD);
        let issued = issue(&paper, "2026-12-31").unwrap();
        assert_eq!((issued.is_credit_note, issued.total), (true, euro(36_300)));
        let preceding = Some(InvoiceNumber { year: 2025, sequence: 41 });
        let parties = (&seller(Country::NL), &buyer(Country::NL));
        let xml = document(&paper, parties, &issued, preceding);
        assert_eq!(proven(&xml), (36_300, 6_300, payable));
        let root = Node::parse(&xml);
        assert_eq!((&*root.name, root.at("cbc:CreditNoteTypeCode")), ("CreditNote", "381"));
        let reference = "cac:BillingReference/cac:InvoiceDocumentReference/cbc:ID";
        assert_eq!(root.at(reference), "2025-000041");
        // What is still due stands on it too, as less than nothing.
        assert!(xml.contains("<cbc:CreditedQuantity unitCode=\"C62\">-1<"), "{xml}");
        // With no invoice before it, it is one of less than nothing.
        let xml = document(&paper, parties, &issued, None);
        assert_eq!(proven(&xml), (-36_300, -6_300, -payable));
        assert_eq!(Node::parse(&xml).at("cbc:InvoiceTypeCode"), "380");
    }
    // What is kept and what goes back may be the same: then there is nothing to write about.
    let nothing = [(100_000, 0, 0, false), (-100_000, 0, 0, true)];
    assert_eq!(issue(&paper(7, &nothing, Settlement::Net, STANDARD), "2026-12-31"), None);
}

/// What was put together before the configuration named a seller, or by an earlier release, is put
/// together anew; where no seller is named, all is as it was.
#[test]
fn nothing_is_approved_without_its_invoice() {
    let mut world = collected_sixty();
    let before = proposed(world.propose(1));
    assert_eq!((before.commission_vat, before.amount), (euro(42), euro(1_758)));
    world.vat = Vat::Invoiced(STANDARD);
    let outdated = ApproveRemittanceAnswer::Refused { reason: RemittanceRefusal::Outdated };
    assert_eq!(world.approve(before.remittance_id, 2), outdated);
    let again = proposed(world.propose(1));
    world.vat = Vat::Invoiced(InvoiceVat::ReverseCharge);
    let third = proposed(world.propose(1));
    assert_eq!(world.remittances[&again.remittance_id].state, PaperState::Void);
    assert!(matches!(world.approve(third.remittance_id, 2), ApproveRemittanceAnswer::Approved(_)));
    assert_eq!(world.series.last, BTreeMap::from([(2026, 1)]), "no number was lost on the way");
    assert_eq!(world.propose(1), ProposeRemittanceAnswer::NothingToRemit);
    world.after(Known::Bank(paid_on("2026-03-31", 2, CLIENT, 1_000, &[11])));
    world.vat = Vat::Uninvoiced { basis_points: 2_100 };
    let uninvoiced = proposed(world.propose(1)).remittance_id;
    let answer = world.approve(uninvoiced, 2);
    let ApproveRemittanceAnswer::Approved(approved) = answer else { panic!("{answer:?}") };
    assert_eq!(approved.invoice, None);
    let work = world.works.pop();
    assert!(matches!(work, Some(Work::MakeAllFiles(Making { invoice: None, .. }))));
}

/// A rolling deploy: the release before keeps acts that say nothing of invoices, and this one reads
/// them; what it keeps itself the one before does not take for its own.
#[test]
fn acts_of_the_release_before_are_read() {
    let kept = serde_json::json!("in-rhythm");
    assert_eq!(serde_json::from_value::<Proposing>(kept).unwrap(), Proposing::InRhythm);
    let (world, id, invoice) = charged_separately();
    let remittance = world.remittances[&id].told();
    let (lines, approved_at) = (world.remittances[&id].bill.lines.clone(), world.now);
    let work = Work::MakeFiles { remittance: remittance.clone(), lines, approved_at };
    let mut kept = serde_json::to_value(&work).unwrap();
    for lacking in ["invoice", "statement", "specification_pdf"] {
        kept["make-files"]["remittance"].as_object_mut().unwrap().remove(lacking);
    }
    let Work::MakeFiles { remittance: read, .. } = serde_json::from_value(kept).unwrap() else {
        panic!()
    };
    assert_eq!((read.remittance_id, read.invoice), (id, None));
    let lines = Vec::new();
    let work =
        Work::MakeFilesAndInvoice { remittance, lines, approved_at, invoice, preceding: None };
    let kept = serde_json::to_value(&work).unwrap();
    assert_eq!(serde_json::from_value::<Work>(kept).unwrap(), work);
}

/// Paid by the word of the finance desk: the book of fees is empty again.
#[test]
fn what_was_paid_is_owed_no_more() {
    let (mut world, remittance_id, invoice) = charged_separately();
    let owed = |booked: &[LedgerTransaction]| {
        let postings = booked.iter().flat_map(LedgerTransaction::postings);
        let fees = LedgerAccount::FeesOwedByCreditor(creditor_id());
        let postings = postings.filter(|it| it.account == fees);
        Money::sum(Currency::EUR, postings.map(|it| it.amount)).unwrap()
    };
    assert_eq!(owed(&world.booked), euro(5_082));
    let payment = FeePayment {
        invoice: Some(invoice),
        finance_desk: [staff_id(1)].into(),
        ..FeePayment::default()
    };
    let (paid_on, because) = (day("2026-03-31"), " statement 112 ".to_owned());
    let message = MarkFeePaid { remittance_id, paid_on, because };
    let refused = |reason| MarkFeePaidAnswer::Refused { reason };
    let mut mark = |payment: &FeePayment, message: &MarkFeePaid, by| {
        fee_payment::mark(payment.clone(), message, &world.asked_by(by)).unwrap()
    };
    for (payment, message, by, reason) in [
        (payment.clone(), message.clone(), 2, FeePaymentRefusal::NotOfTheFinanceDesk),
        (
            payment.clone(),
            MarkFeePaid { because: " ".to_owned(), ..message.clone() },
            1,
            FeePaymentRefusal::NoReason,
        ),
        (
            payment.clone(),
            MarkFeePaid { paid_on: day("2026-04-01"), ..message.clone() },
            1,
            FeePaymentRefusal::NotOnThatDay,
        ),
        (
            FeePayment { invoice: Some(Issued { due_on: None, ..invoice }), ..payment.clone() },
            message.clone(),
            1,
            FeePaymentRefusal::SettledWithRemittance,
        ),
    ] {
        let (decision, answer) = mark(&payment, &message, by);
        assert_eq!((answer, decision.state), (refused(reason), payment));
    }
    let nothing = FeePayment { invoice: None, ..payment.clone() };
    assert_eq!(mark(&nothing, &message, 1).1, MarkFeePaidAnswer::Unknown);
    let (decision, answer) = mark(&payment, &message, 1);
    let MarkFeePaidAnswer::Marked(told) = answer else { panic!("{answer:?}") };
    assert_eq!(told.state, FeeInvoiceState::Paid { paid_on });
    assert_eq!(decision.state.marked.as_ref().unwrap().because, "statement 112");
    let (again, answer) = mark(&decision.state, &message, 1);
    assert_eq!(answer, MarkFeePaidAnswer::AlreadyPaid(told));
    assert_eq!(again.state.news.len(), 1, "and booked once");
    world.booked.extend(decision.state.news);
    assert_eq!(owed(&world.booked), euro(0));
    world.assert_sound();
}

fn configured() -> SellerConfig {
    SellerConfig {
        name: "Helder Incasso B.V.".to_owned(),
        street: "Oudegracht 900".to_owned(),
        postal_code: "3511 ZZ".to_owned(),
        city: "Utrecht".to_owned(),
        country: "NL".to_owned(),
        vat_number: "NL004495445B01".to_owned(),
        company_number: "90001118".to_owned(),
        peppol_endpoint: String::new(),
        account: "NL20 INGB 0001 2345 67".to_owned(),
    }
}

/// Two processes, two creditors' remittances after each other, each approved under several keys at
/// once: each has its number, its file is in the store, and its fee can be marked as paid.
#[tokio::test(flavor = "multi_thread")]
async fn an_approval_issues_an_invoice() {
    let office = Box::pin(Office::open_as(configured(), 2)).await;
    office.hire().await;
    let mut agreed = office::agreed();
    agreed.agreement.remittance.payout = gross();
    office.register_under(&agreed, PayTo::Agency, 1, 10_000).await;
    for (ordinal, on) in [(1, "2026-03-08"), (2, "2026-03-09")] {
        let entry = Entry::credit(4_000).structured(office::reference(1).canonical());
        let xml = file(&[statement(CLIENT, on, on, &[entry])]);
        assert_eq!(imported(&office.import(&xml, on).await), 1);
        office.assert_sound().await;
        let ask = ProposeRemittance { creditor_id: office::creditor_id(), again: Vec::new() };
        let proposed = office.staff(1).change(&ask, on).await.unwrap();
        let ProposeRemittanceAnswer::Proposed(proposed) = proposed else { panic!("{proposed:?}") };
        let ask = ApproveRemittance { remittance_id: proposed.remittance_id };
        let (one, other) = (format!("one {on}"), format!("other {on}"));
        let staff = office.staff(2);
        let answers = tokio::join!(staff.change(&ask, &one), staff.change(&ask, &other));
        for answer in [answers.0.unwrap(), answers.1.unwrap()] {
            let (ApproveRemittanceAnswer::Approved(it)
            | ApproveRemittanceAnswer::AlreadyApproved(it)) = answer
            else {
                panic!("{answer:?}")
            };
            assert_eq!(it.invoice.unwrap().number, format!("2026-00000{ordinal}"));
        }
        let is_made = async || office.remittances().await[0].payment_order.is_some();
        eventually(LIMIT, "files", is_made).await;
    }
    office.assert_sound().await;
    let all = office.remittances().await;
    let files = runtime::files::FileStore::open(office.house.folder()).unwrap();
    for remittance in &all {
        let document = remittance.invoice.as_ref().unwrap().document.unwrap();
        let xml = String::from_utf8(files.get(document).await.unwrap()).unwrap();
        // A tenth of 40.00, and 21 % on that.
        assert_eq!(proven(&xml), (484, 84, 484));
        assert!(xml.contains("Bakkerij Zoë") && xml.contains("NL20INGB0001234567"), "{xml}");
        assert!(remittance.statement.is_some());
    }
    let remittance_id = all[0].remittance_id;
    let (paid_on, because) = (day("2026-03-10"), "statement 112".to_owned());
    let ask = MarkFeePaid { remittance_id, paid_on, because };
    let answers = [
        office.staff(1).change(&ask, "paid").await.unwrap(),
        office.staff(2).change(&ask, "paid too").await.unwrap(),
    ];
    assert!(matches!(answers[0], MarkFeePaidAnswer::Marked(_)), "{answers:?}");
    assert!(matches!(answers[1], MarkFeePaidAnswer::AlreadyPaid(_)), "{answers:?}");
    let paid = office.remittances().await[0].invoice.clone().unwrap();
    assert_eq!(paid.state, FeeInvoiceState::Paid { paid_on });
    office.assert_sound().await;
    let balances = office.house.asker().ask(&GetBalances {}).await.unwrap();
    let owed = balances.lines.iter().find(|it| it.group == LedgerGroup::FeesOwedByCreditor);
    assert_eq!(owed.unwrap().balance, euro(484), "the other one is still to be paid");
    office.close().await;
}

/// An approval under terms that make no invoices gives no number, whatever was put together.
#[test]
fn a_term_counts_from_the_day_of_the_approval() {
    let terms = InvoiceTerms { is_made: true, days: 14 };
    let paper = paper(1, &[(10_000, 0, 0, false)], Settlement::Gross, STANDARD);
    let mut series = InvoiceSeries::default();
    let issued = series.issue(&paper, STANDARD, (at("2026-12-31"), terms.days)).unwrap().unwrap();
    assert_eq!((issued.issued_on, issued.due_on), (day("2026-12-31"), Some(day("2027-01-14"))));
}

#[test]
fn an_address_is_told_in_its_parts() {
    let lines = |text: &str| text.split('|').map(str::to_owned).collect::<Vec<_>>();
    for (country, address, streets, town) in [
        (Country::NL, "Oudegracht 900|3511 ZZ Utrecht", 1, Some(("3511 ZZ", "Utrecht"))),
        (Country::NL, "T.a.v. de kas|Kade 1|3511zz  Den Haag", 2, Some(("3511 ZZ", "Den Haag"))),
        (Country::BE, "Kouter 900|9000 Gent|België", 2, Some(("9000", "Gent"))),
        (Country::NL, "123 is geen postcode|Utrecht", 2, None),
        (Country::BE, "Postbus 7|Gent", 2, None),
        (Country::BE, "9000", 1, None),
    ] {
        let (address, town) =
            (lines(address), town.map(|(zone, city)| (zone.to_owned(), city.to_owned())));
        let found = postal(&address, country);
        assert_eq!((found.0.len(), found.1), (streets, town), "{address:?}");
    }
}
