//! What users of the UBL reader rely on: real files give their known facts, every bad file is
//! refused or reported with field, line and reason, and no bytes whatever make it panic or hang.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use intake::domain::invoice::{Document, Effect, Problem, Reading, Verdict, report_json};
use intake::domain::ubl::{MAX_BYTES, read};
use primitives::{Currency, Date, Money};
use proptest::prelude::*;
use serde_json::{Value, json};

// --- real files -------------------------------------------------------------------------------

#[test]
fn every_sample_gets_its_verdict_and_gives_its_facts() {
    let Some(folder) = testkit::samples() else { return };
    let expected = fs::read(folder.join("expected.json")).unwrap();
    let expected: Value = serde_json::from_slice(&expected).unwrap();
    let mut read_count = 0;
    for file in expected["files"].as_array().unwrap() {
        if file["format"] != "ubl" {
            continue;
        }
        let name = file["file"].as_str().unwrap();
        let reading = read(&fs::read(folder.join(name)).unwrap());
        let report = report_json(&reading);
        assert_eq!(report["verdict"], file["importer_should"], "{name}: {:?}", reading.problems);
        assert_eq!(report["format"], "ubl", "{name}");
        let accepted = reading.verdict == Verdict::Accept;
        assert_eq!(accepted, reading.problems.is_empty(), "{name}");
        if reading.verdict != Verdict::Reject {
            assert_facts(name, &reading, &report, &file["expected"]);
        }
        read_count += 1;
    }
    assert_eq!(read_count, 30);
}

#[test]
fn samples_say_what_was_delivered() {
    let Some(folder) = testkit::samples() else { return };
    for (name, description) in [
        (
            "connectingeurope__ubl-tc434-example1.xml",
            "PATAT FRITES 10MM 10KG, PKAAS 50PL. JONG BEL. 1KG, POT KETCHUP 3 LT …",
        ),
        ("connectingeurope__ubl-tc434-example9.xml", "IExpress licentiekosten"),
        ("connectingeurope__issue116.xml", "Newspaper (VAT 6%), Food (VAT 12%), Petrol (VAT 25%)"),
        ("oca__efff_BE0505890632_160421_Inv_16117778.xml", "Exact voor Boekhouden Standaard"),
        ("phax__UBL-Invoice-2.0-Enveloped.xml", "beeswax"),
        ("itplr-kosit__04.01a-INVOICE_ubl.xml", "Sanitär und Zubehör, Heizung und Zubehör"),
    ] {
        let reading = read(&fs::read(folder.join("ubl").join(name)).unwrap());
        let invoice = reading.invoice.unwrap();
        assert_eq!(invoice.description.as_deref(), Some(description), "{name}");
    }
}

fn assert_facts(name: &str, reading: &Reading, report: &Value, expected: &Value) {
    for (ours, theirs) in [
        ("number", "id"),
        ("type", "type_code"),
        ("issue_date", "issue_date"),
        ("due_date", "due_date"),
        ("currency", "currency"),
    ] {
        assert_eq!(report[ours], expected[theirs], "{name}: {ours}");
    }
    assert_eq!(report["payable"], expected["totals"]["PayableAmount"], "{name}");
    for (ours, theirs) in [("seller", "supplier"), ("buyer", "customer")] {
        assert_eq!(report[ours]["name"], expected[theirs]["name"], "{name}: {ours}");
        assert_eq!(report[ours]["country"], expected[theirs]["country"], "{name}: {ours}");
    }
    let means = expected["payment_means"].as_array().unwrap();
    let ids: Vec<&Value> =
        means.iter().flat_map(|it| it["payment_ids"].as_array().unwrap()).collect();
    assert_eq!(report["payment_references"], json!(ids), "{name}");
    let accounts: Vec<&Value> =
        means.iter().map(|it| &it["account"]).filter(|it| !it.is_null()).collect();
    assert_eq!(report["accounts"], json!(accounts), "{name}");

    let invoice = reading.invoice.as_ref().unwrap();
    let document = match invoice.document {
        Document::Invoice => "Invoice",
        Document::CreditNote => "CreditNote",
    };
    assert_eq!(expected["document"], document, "{name}");
    assert_eq!(expected["line_count"], invoice.line_count, "{name}");
    assert_eq!(expected["notes"].as_array().unwrap().len(), invoice.note_count as usize, "{name}");
    let preceding = expected.get("preceding_invoices").cloned().unwrap_or(json!([]));
    assert_eq!(preceding, json!(invoice.preceding_invoices), "{name}");
    for (party, theirs) in [(&invoice.seller, "supplier"), (&invoice.buyer, "customer")] {
        let expected = &expected[theirs];
        assert_eq!(expected["tax_ids"], json!(party.tax_ids), "{name}: {theirs}");
        for (ours, theirs) in [(&party.legal_id, "legal_id"), (&party.endpoint, "endpoint")] {
            let ours = ours.as_ref().map(|it| json!([it.scheme, it.value]));
            let theirs = expected.get(theirs).filter(|it| !it.is_null());
            assert_eq!(ours.as_ref(), theirs, "{name}");
        }
    }
    let described = invoice.description.is_some();
    assert_eq!(described, invoice.document == Document::Invoice, "{name}");
    let money = invoice.payable.money.unwrap();
    assert_eq!(money.to_decimal(), invoice.payable.printed.parse().unwrap(), "{name}");
    let credits = document == "CreditNote";
    let effect = match money.amount_minor() {
        0 => Effect::Nothing,
        minor if (minor < 0) == credits => Effect::Owes,
        _ => Effect::Reduces,
    };
    assert_eq!(invoice.effect, effect, "{name}");
}

// --- an invoice of our own ----------------------------------------------------------------------

fn fixture(name: &str) -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    fs::read(folder.join(name)).unwrap()
}

fn valid() -> String {
    String::from_utf8(fixture("invoice.xml")).unwrap()
}

/// The valid invoice with one text in place of another, which must be there.
fn with(old: &str, new: &str) -> String {
    let valid = valid();
    assert!(valid.contains(old), "{old}");
    valid.replace(old, new)
}

fn only_problem(reading: &Reading) -> &Problem {
    assert_eq!(reading.problems.len(), 1, "{:?}", reading.problems);
    &reading.problems[0]
}

#[test]
fn a_whole_invoice_is_read() {
    let reading = read(&fixture("invoice.xml"));
    assert_eq!((reading.verdict, reading.problems.as_slice()), (Verdict::Accept, &[][..]));
    let invoice = reading.invoice.unwrap();
    assert_eq!(invoice.payable.money, Some(Money::new(10_099, Currency::EUR)));
    assert_eq!(invoice.effect, Effect::Owes);
    assert_eq!(invoice.seller.name, "Tuinhuis Voorbeeld B.V.");
    assert_eq!(invoice.buyer.name, "José de Proef");
    assert_eq!(invoice.buyer.person.as_deref(), Some("José de Proef"));
    assert_eq!(invoice.buyer.customer_number.as_deref(), Some("K-1071"));
    assert_eq!(invoice.buyer.address.lines, ["Proefstraat 12", "3 hoog"]);
    assert_eq!(invoice.buyer.address.postcode.as_deref(), Some("8000 AA"));
    assert_eq!(invoice.buyer.email.as_deref(), Some("josé@voorbeeld.example"));
    assert_eq!((invoice.line_count, invoice.note_count), (2, 1));
    assert_eq!(invoice.preceding_invoices, ["2026-0301"]);
    assert_eq!(invoice.description.as_deref(), Some("Shed & shelf, Rake"));
}

/// The valid invoice with other items: of its first line, and of a line before that.
fn described(first: &str, before: &str) -> Option<String> {
    let shed = "<cac:Item>\n      <cbc:Name>Shed &amp; shelf</cbc:Name>\n    </cac:Item>";
    let text =
        with(shed, first).replacen("<cac:InvoiceLine>", &format!("{before}<cac:InvoiceLine>"), 1);
    let reading = read(text.as_bytes());
    assert_eq!(reading.verdict, Verdict::Accept, "{:?}", reading.problems);
    reading.invoice.unwrap().description
}

fn item(content: &str) -> String {
    format!("<cac:Item>{content}</cac:Item>")
}

fn line(content: &str) -> String {
    let amount = "<cbc:LineExtensionAmount currencyID='EUR'>0</cbc:LineExtensionAmount>";
    format!("<cac:InvoiceLine>{amount}{content}</cac:InvoiceLine>")
}

fn named(name: &str) -> String {
    item(&format!("<cbc:Name>{name}</cbc:Name>"))
}

#[test]
fn the_description_names_what_was_delivered() {
    let sub = |content: &str| format!("<cac:SubInvoiceLine>{content}</cac:SubInvoiceLine>");
    let nested = sub(&format!("{}{}", named("Bolt"), sub(&named("Nut"))));
    let both = item("<cbc:Description>Long story</cbc:Description><cbc:Name>Saw</cbc:Name>");
    let told =
        item("<cbc:Description> Saw\n  with  teeth </cbc:Description><cbc:Name> </cbc:Name>");
    let elsewhere = format!("<cac:Delivery>{}</cac:Delivery>", named("Elsewhere"));
    for (first, before, description) in [
        ("", "", "Rake"),
        (&both[..], "", "Saw, Rake"),
        (&told, "", "Saw with teeth, Rake"),
        (&named("Rake"), "", "Rake"),
        (&named("Saw"), &line(&named("Hoe")), "Hoe, Saw, Rake"),
        (&named("Saw"), &[line(&named("Axe")), line(&named("Hoe"))].concat(), "Axe, Hoe, Saw …"),
        (&nested, "", "Bolt, Nut, Rake"),
        (&format!("{}{nested}", named("Kit")), "", "Kit, Rake"),
        (&["Nail", "Nut", "Peg", "Pin"].map(|it| sub(&named(it))).concat(), "", "Nail, Nut, Peg …"),
        (&elsewhere, "", "Rake"),
    ] {
        assert_eq!(described(first, before).as_deref(), Some(description), "{first}");
    }
}

/// Who must have a description refuses for want of one; the invoice is sound.
#[test]
fn an_invoice_without_any_name_is_taken_and_has_no_description() {
    let text = valid()
        .replace("cbc:Name>Shed", "cbc:Note>Shed")
        .replace("shelf</cbc:Name", "shelf</cbc:Note");
    let text = text.replace("<cbc:Name>Rake</cbc:Name>", "<cbc:Name> </cbc:Name>");
    let reading = read(text.as_bytes());
    assert_eq!(reading.verdict, Verdict::Accept, "{:?}", reading.problems);
    assert_eq!(reading.invoice.unwrap().description, None);
}

#[test]
fn a_long_name_is_cut_on_a_word_and_never_refuses_a_file() {
    let words = |count: usize| vec!["négen"; count].join(" ");
    let eighty = format!("{}xxxxx", "x".repeat(75));
    for (name, kept) in [
        (words(13), words(13)),
        (words(14), words(13)),
        (format!("{} négen", &"é".repeat(80)), "é".repeat(80)),
        (format!("{eighty}x"), eighty.clone()),
        (eighty.clone(), eighty.clone()),
        (words(100_000), words(13)),
    ] {
        assert_eq!(described(&named(&name), "").unwrap(), format!("{kept}, Rake"));
    }
}

#[test]
fn the_report_has_every_key_whether_read_or_refused() {
    let keys = |bytes: &[u8]| -> Vec<String> {
        report_json(&read(bytes)).as_object().unwrap().keys().cloned().collect()
    };
    let all = keys(&fixture("invoice.xml"));
    assert_eq!(all.len(), 14);
    assert_eq!(keys(b""), all);
    let refused = report_json(&read(b"%PDF-1.4"));
    assert_eq!(refused["format"], Value::Null);
    assert_eq!(refused["verdict"], "reject");
    assert_eq!(refused["number"], Value::Null);
    assert_eq!(refused["buyer"]["name"], Value::Null);
    assert_eq!(refused["accounts"], json!([]));
    let reason = "is a PDF, whatever its name says";
    assert_eq!(refused["problems"], json!([{ "field": "file", "line": null, "reason": reason }]));
}

#[test]
fn prefixes_do_not_matter_namespaces_do() {
    let swapped = valid()
        .replace("cac:", "x:")
        .replace("cbc:", "cac:")
        .replace("x:", "cbc:")
        .replace("xmlns:cac", "xmlns:y")
        .replace("xmlns:cbc", "xmlns:cac")
        .replace("xmlns:y", "xmlns:cbc");
    assert_eq!(read(swapped.as_bytes()).invoice, read(valid().as_bytes()).invoice);
    let other = valid().replace("CommonBasicComponents-2", "CommonBasicComponents-9");
    assert_eq!(read(other.as_bytes()).verdict, Verdict::Reject);
}

#[test]
fn an_envelope_is_looked_into() {
    let (declaration, invoice) =
        valid().split_once('\n').map(|(a, b)| (a.to_owned(), b.to_owned())).unwrap();
    let namespace = "http://www.unece.org/cefact/namespaces/StandardBusinessDocumentHeader";
    let enveloped = |content: &str| {
        format!(
            "{declaration}<e:StandardBusinessDocument xmlns:e='{namespace}'>\
             <e:StandardBusinessDocumentHeader><e:HeaderVersion>1.0</e:HeaderVersion>\
             </e:StandardBusinessDocumentHeader>{content}</e:StandardBusinessDocument>"
        )
    };
    let reading = read(enveloped(&invoice).as_bytes());
    assert_eq!(reading.verdict, Verdict::Accept);
    assert_eq!(reading.invoice, read(valid().as_bytes()).invoice);

    let two = read(enveloped(&format!("{invoice}{invoice}")).as_bytes());
    assert!(only_problem(&two).reason.contains("more than one invoice"));
    let none = read(enveloped("").as_bytes());
    assert!(only_problem(&none).reason.contains("is an envelope"));
}

#[test]
fn every_declared_encoding_gives_the_same_invoice() {
    let expected = read(valid().as_bytes()).invoice;
    let declared = |label: &str| with("encoding=\"UTF-8\"", &format!("encoding='{label}'"));
    let utf_16 = |unit: fn(u16) -> [u8; 2]| -> Vec<u8> {
        "\u{feff}".encode_utf16().chain(declared("UTF-16").encode_utf16()).flat_map(unit).collect()
    };
    let latin = |label: &str| -> Vec<u8> {
        declared(label).chars().map(|it| u8::try_from(u32::from(it)).unwrap()).collect()
    };
    let cases = [
        [b"\xef\xbb\xbf", valid().as_bytes()].concat(),
        with(" encoding=\"UTF-8\"", "").into_bytes(),
        utf_16(u16::to_le_bytes),
        utf_16(u16::to_be_bytes),
        utf_16(u16::to_le_bytes)[2..].to_vec(),
        latin("ISO-8859-1"),
        latin("iso-8859-15"),
        latin("windows-1252"),
    ];
    for (case, bytes) in cases.iter().enumerate() {
        assert_eq!(read(bytes).invoice, expected, "case {case}");
    }
    for label in ["UTF-16", "EBCDIC-CP-NL"] {
        assert_eq!(only_problem(&read(declared(label).as_bytes())).field, "file", "{label}");
    }
}

// --- bad files ----------------------------------------------------------------------------------

#[test]
fn bad_files_are_refused_with_field_line_and_reason() {
    for (name, field, line, reason) in [
        ("pdf_named_xml.xml", "file", None, "is a PDF"),
        ("junk.xml", "file", Some(1), "not UTF-8"),
        ("empty.xml", "file", None, "is empty"),
        ("web_page.xml", "file", None, "is a web page"),
        ("cii.xml", "document", None, "CII invoice"),
        ("bank_statement.xml", "document", None, "bank statement"),
        ("wrong_encoding.xml", "file", Some(63), "not UTF-8"),
        ("truncated.xml", "document", Some(72), "middle of a tag"),
        ("declaration_not_first.xml", "document", Some(2), "XML declaration"),
        ("deep_nesting.xml", "document", Some(13), "nested more than 100"),
        ("entity_bomb.xml", "document", Some(2), "DOCTYPE"),
        ("external_entity.xml", "document", Some(2), "DOCTYPE"),
        ("undeclared_entity.xml", "document", Some(7), "entity"),
        ("unknown_currency.xml", "cbc:DocumentCurrencyCode", Some(12), "ISO 4217"),
        ("missing_buyer.xml", "cac:AccountingCustomerParty", None, "nobody to write to"),
        ("payable_missing.xml", "cac:LegalMonetaryTotal/cbc:PayableAmount", None, "is missing"),
        (
            "payable_not_a_number.xml",
            "cac:LegalMonetaryTotal/cbc:PayableAmount",
            Some(97),
            "not a decimal",
        ),
    ] {
        let reading = read(&fixture(name));
        let problem = only_problem(&reading);
        assert_eq!((reading.verdict, &reading.invoice), (Verdict::Reject, &None), "{name}");
        assert_eq!((problem.field.as_ref(), problem.line), (field, line), "{name}: {problem}");
        assert!(problem.reason.contains(reason), "{name}: {problem}");
    }
}

#[test]
fn wrong_totals_are_reported_with_the_difference() {
    let reading = read(&fixture("wrong_totals.xml"));
    assert_eq!(reading.verdict, Verdict::Report);
    let found: Vec<String> = reading.problems.iter().map(ToString::to_string).collect();
    assert_eq!(
        found,
        [
            "line 90, cac:LegalMonetaryTotal/cbc:LineExtensionAmount: is 95, but the lines add up \
             to 96.5: difference -1.5; ask the sender which amount is right",
            "line 92, cac:LegalMonetaryTotal/cbc:TaxInclusiveAmount: is 121, but the total without \
             tax plus tax is 112: difference 9; ask the sender which amount is right",
        ]
    );
    assert!(reading.invoice.is_some());
}

#[test]
fn a_personal_number_is_reported_and_never_kept() {
    let reading = read(&fixture("personal_number.xml"));
    assert_eq!(reading.verdict, Verdict::Report);
    let problem = only_problem(&reading);
    assert_eq!(problem.line, Some(66));
    assert!(problem.reason.contains("personal number"));
    let invoice = reading.invoice.clone().unwrap();
    assert!(invoice.buyer.identifiers.is_empty());
    assert!(!report_json(&reading).to_string().contains("123456782"));
}

/// One change to the valid invoice, the verdict, and the start of the field that is named.
#[test]
fn each_thing_that_is_wrong_is_told_by_its_field() {
    use Verdict::{Accept, Reject, Report};
    const TOTAL: &str = "cac:LegalMonetaryTotal/cbc:";
    let euro_amounts = |code: &str| format!("currencyID=\"{code}\"");
    for (old, new, verdict, field) in [
        ("<cbc:ID>2026-0417</cbc:ID>", "", Reject, "cbc:ID"),
        ("<cbc:ID>2026-0417</cbc:ID>", "<cbc:ID> </cbc:ID>", Reject, "cbc:ID"),
        ("<cbc:ID>2026-0417</cbc:ID>", "<cbc:ID>1</cbc:ID><cbc:ID>2</cbc:ID>", Report, "cbc:ID"),
        ("<cbc:IssueDate>2026-03-02</cbc:IssueDate>", "", Reject, "cbc:IssueDate"),
        ("2026-03-02", "2026-02-30", Reject, "cbc:IssueDate"),
        ("2026-03-02", "2026-03-02+01:00", Accept, ""),
        ("<cbc:DueDate>2026-03-16</cbc:DueDate>", "", Accept, ""),
        ("2026-03-16", "within 14 days", Report, "cbc:DueDate"),
        ("2026-03-16", "2026-03-01", Report, "cbc:DueDate"),
        ("2026-03-16", "2026-03-02", Accept, ""),
        (">380<", "><", Accept, ""),
        ("Tuinhuis Voorbeeld B.V.", "", Accept, ""),
        ("de Proef", "", Accept, ""),
        ("<cbc:DocumentCurrencyCode>EUR<", "<cbc:DocumentCurrencyCode>eur<", Reject, "cbc:Docu"),
        ("<cbc:DocumentCurrencyCode>EUR</cbc:DocumentCurrencyCode>", "", Report, "cbc:Docu"),
        ("<cbc:DocumentCurrencyCode>EUR<", "<cbc:DocumentCurrencyCode>USD<", Report, TOTAL),
        ("\"EUR\">100.99", "\"USD\">100.99", Report, TOTAL),
        ("\"EUR\">35.00", "\"USD\">35.00", Report, "cac:InvoiceLine/cbc:LineExtensionAmount"),
        (">100.99<", ">+100.99<", Accept, ""),
        (">100.99<", ">100.990000<", Accept, ""),
        (">100.99<", ">100.985<", Report, TOTAL),
        (">100.99<", ">100,99<", Reject, TOTAL),
        (">100.99<", ">1234567890123456.00<", Reject, TOTAL),
        (">100.99<", ">EUR 100.99<", Reject, TOTAL),
        (">100.99<", "><", Reject, TOTAL),
        (">100.99<", "><x/>100.99<", Reject, TOTAL),
        (">35.00<", ">1e2<", Report, "cac:InvoiceLine/cbc:LineExtensionAmount"),
        (">35.00<", ">35.004<", Accept, ""),
        (">35.00<", ">35.01<", Report, TOTAL),
        (">20.00<", ">30.00<", Report, TOTAL),
        ("ode>NL</cbc:I", "ode>Nederland</cbc:I", Report, "cac:AccountingCustomerParty/"),
        ("K-1071", "K-1071</cbc:SupplierAssignedAccountID><x:y/><cbc:A>", Reject, "document"),
        ("José</cbc:FirstName>", "Jos&#xe9;</cbc:FirstName>", Accept, ""),
        ("José</cbc:FirstName>", "Jos&#0;</cbc:FirstName>", Reject, "document"),
        ("José</cbc:FirstName>", "Jos<![CDATA[é]]></cbc:FirstName>", Accept, ""),
        ("José</cbc:FirstName>", "Jos\u{1}</cbc:FirstName>", Reject, "document"),
        ("José</cbc:FirstName>", "J & A</cbc:FirstName>", Reject, "document"),
        (" schemeID=\"0106\"", " schemeID=\"0106\" schemeID=\"0106\"", Reject, "document"),
        (" schemeID=\"0106\"", " schemeID=0106", Reject, "document"),
        ("</Invoice>", "</Invoice><Invoice/>", Reject, "document"),
        ("</Invoice>", "", Reject, "document"),
        ("</Invoice>", "</Invoice>.", Reject, "document"),
        ("<cbc:Note>", "<? note?><cbc:Note>", Reject, "document"),
        ("<cbc:Note>", "<cbc:Note a='1'b='2'>", Reject, "document"),
        ("<cbc:Note>", "<cbc:Note xmlns:a=''>", Reject, "document"),
        ("<?xml version=\"1.0\"", "<?xml version=\"1.0\"&", Reject, "document"),
        ("<?xml version=\"1.0\"", "<?xml", Reject, "document"),
        (" encoding=\"UTF-8\"", " standalone = 'no' ", Accept, ""),
        ("<cbc:Note>", "<cbc:Note a = 'b=\"c\"d' b='2' >", Accept, ""),
        ("</Invoice>", "</invoice>", Reject, "document"),
        ("Invoice-2\"", "Invoice-3\"", Reject, "document"),
        ("Invoice-2\"", "Order-2\"", Reject, "document"),
    ] {
        let reading = read(with(old, new).as_bytes());
        let fields: Vec<_> = reading.problems.iter().map(|it| it.field.as_ref()).collect();
        assert_eq!(reading.verdict, verdict, "{old} -> {new}: {:?}", reading.problems);
        assert_eq!(fields.is_empty(), field.is_empty(), "{old} -> {new}");
        assert!(fields.iter().all(|it| it.starts_with(field)), "{old} -> {new}: {fields:?}");
    }
    let too_large = read(with(">100.99<", ">1234567890123456.00<").as_bytes());
    assert!(only_problem(&too_large).reason.contains("is too large"));
    let unlabelled = with(&euro_amounts("EUR"), "");
    assert_eq!(read(unlabelled.as_bytes()).verdict, Accept);
    let nowhere =
        unlabelled.replace("<cbc:DocumentCurrencyCode>EUR</cbc:DocumentCurrencyCode>", "");
    assert_eq!(read(nowhere.as_bytes()).verdict, Reject);
}

#[test]
fn no_currency_code_but_amounts_in_one_currency_leaves_the_money_known() {
    let without = with("<cbc:DocumentCurrencyCode>EUR</cbc:DocumentCurrencyCode>", "");
    let invoice = read(without.as_bytes()).invoice.unwrap();
    assert_eq!(invoice.currency, None);
    assert_eq!(invoice.payable.money, Some(Money::new(10_099, Currency::EUR)));
}

#[test]
fn money_in_a_doubtful_currency_is_no_money() {
    let doubtful = with("\"EUR\">100.99", "\"USD\">100.99");
    let payable = read(doubtful.as_bytes()).invoice.unwrap().payable;
    assert_eq!((payable.printed.as_str(), payable.money), ("100.99", None));
}

#[test]
fn the_tax_total_in_the_currency_of_the_tax_office_is_passed_over() {
    let second = "<cac:TaxTotal><cbc:TaxAmount currencyID=\"SEK\">232.10</cbc:TaxAmount>\
                  </cac:TaxTotal><cac:LegalMonetaryTotal>";
    assert_eq!(read(with("<cac:LegalMonetaryTotal>", second).as_bytes()).verdict, Verdict::Accept);
    let only = with("EUR\">21.00", "SEK\">21.00");
    let reading = read(only.as_bytes());
    assert_eq!(only_problem(&reading).field, "cac:TaxTotal/cbc:TaxAmount");
}

/// The tax office may count in the currency of the document, and then the tax stands twice.
#[test]
fn a_second_tax_total_in_the_same_currency_is_the_one_without_subtotals() {
    let second = |tax: &str, subtotals: &str| {
        let second = format!(
            "<cac:TaxTotal><cbc:TaxAmount currencyID=\"EUR\">{tax}</cbc:TaxAmount>{subtotals}\
             </cac:TaxTotal><cac:LegalMonetaryTotal>"
        );
        read(with("<cac:LegalMonetaryTotal>", &second).as_bytes())
    };
    let reading = second("21.00", "");
    assert_eq!(reading.verdict, Verdict::Accept, "{:?}", reading.problems);
    assert_eq!(reading.invoice.unwrap().totals.tax, Some("21.00".parse().unwrap()));
    assert_eq!(second("21.00", "<cac:TaxSubtotal/>").verdict, Verdict::Report);
}

/// A way of counting, a file that says that it follows it, and the same file where it does not.
#[test]
fn other_ways_of_counting_are_accepted_where_the_file_says_so() {
    const EXCLUSIVE: &str = "100.00</cbc:TaxExclusiveAmount>";
    const TAX_AS_EXCLUSIVE: &str = "21.00</cbc:TaxExclusiveAmount>";
    const NLCIUS: &str = "urn:cen.eu:en16931:2017#compliant#urn:fdc:nen.nl:nlcius:v1.0";
    const XRECHNUNG: &str = "urn:cen.eu:en16931:2017#compliant#urn:xeinkauf.de:kosit:xrechnung_3.0\
                             #conformant#urn:xeinkauf.de:kosit:extension:xrechnung_3.0";
    let third_party = "<cac:PrepaidPayment>\
                       <cbc:PaidAmount currencyID=\"EUR\">29.00</cbc:PaidAmount>\
                       </cac:PrepaidPayment><cac:TaxTotal>";
    let withheld = "<cac:WithholdingTaxTotal>\
                    <cbc:TaxAmount currencyID=\"EUR\">10.00</cbc:TaxAmount>\
                    </cac:WithholdingTaxTotal><cac:LegalMonetaryTotal>";
    let allowances = "<cbc:AllowanceTotalAmount currencyID=\"EUR\">5.00</cbc:AllowanceTotalAmount>";
    let charges = "<cbc:ChargeTotalAmount currencyID=\"EUR\">10.00</cbc:ChargeTotalAmount>";
    let a_charge = "<cac:AllowanceCharge><cbc:ChargeIndicator>true</cbc:ChargeIndicator>\
                    </cac:AllowanceCharge><cac:TaxTotal>";
    let is = |edits: &[(&str, &str)]| {
        let text = edits.iter().fold(valid(), |text, (old, new)| {
            assert!(text.contains(old), "{old}");
            text.replacen(old, new, 1)
        });
        let reading = read(text.as_bytes());
        (reading.verdict, reading.invoice.unwrap().totals.tax_exclusive)
    };
    let hundred = Some("100".parse().unwrap());
    for (customization, edits, sound, unsound) in [
        ("OIOUBL-2.02", vec![(EXCLUSIVE, TAX_AS_EXCLUSIVE)], true, false),
        (XRECHNUNG, vec![("<cac:TaxTotal>", third_party), (">100.99<", ">129.99<")], true, false),
        (NLCIUS, vec![("<cac:LegalMonetaryTotal>", withheld), (">100.99<", ">90.99<")], true, true),
        (NLCIUS, vec![(allowances, "")], true, true),
        (NLCIUS, vec![(charges, ""), ("<cac:TaxTotal>", a_charge)], true, true),
        (NLCIUS, vec![(charges, "")], false, false),
        (XRECHNUNG, vec![("<cac:TaxTotal>", third_party)], false, true),
        (NLCIUS, vec![(">100.99<", ">90.99<")], false, false),
    ] {
        let says_so = [&[(NLCIUS, customization)][..], &edits].concat();
        let (verdict, exclusive) = is(&says_so);
        assert_eq!(verdict == Verdict::Accept, sound, "{edits:?}");
        assert_eq!(exclusive, hundred, "{edits:?}");
        assert_eq!(is(&edits).0 == Verdict::Accept, unsound, "{edits:?} without saying so");
    }
}

#[test]
fn an_old_debt_in_a_currency_that_is_gone_is_read() {
    let reading = read(with("EUR", "HRK").as_bytes());
    assert_eq!(reading.verdict, Verdict::Accept, "{:?}", reading.problems);
    let money = reading.invoice.unwrap().payable.money.unwrap();
    assert_eq!((money.amount_minor(), money.currency().code()), (10_099, "HRK"));
}

/// A number with a line break would look like two lines wherever it is shown, or like a header.
#[test]
fn what_is_broken_over_lines_is_read_as_one_line() {
    let text = with("2026-0417", "2026\n\t 0417&#13;&#10;Bcc: x@y.example &#x85;")
        .replace("RF18 5390", "RF18  5390\n")
        .replace("Tuinhuis Voorbeeld", "Tuinhuis\n        Voorbeeld");
    let reading = read(text.as_bytes());
    assert_eq!(reading.verdict, Verdict::Accept, "{:?}", reading.problems);
    let invoice = reading.invoice.unwrap();
    assert_eq!(invoice.number, "2026 0417 Bcc: x@y.example");
    assert_eq!(invoice.payment_references, ["RF18  5390 0754 7034"]);
    assert_eq!(invoice.seller.name, "Tuinhuis Voorbeeld B.V.");
}

#[test]
fn another_due_date_elsewhere_is_noted_and_changes_nothing() {
    let elsewhere = |day: &str| {
        let day = format!("<cbc:PaymentDueDate>{day}</cbc:PaymentDueDate><cbc:PaymentID>");
        read(with("<cbc:PaymentID>", &day).as_bytes())
    };
    let differing = elsewhere("2026-05-31");
    assert_eq!((differing.verdict, differing.problems.len()), (Verdict::Accept, 0));
    assert_eq!(differing.invoice.as_ref().unwrap().due_date, Date::new(2026, 3, 16).ok());
    assert_eq!(
        differing.notes[0].to_string(),
        "line 73, cac:PaymentMeans/cbc:PaymentDueDate: names 2026-05-31, but cbc:DueDate is \
         another day, which was read; ask the sender what is due when"
    );
    assert_eq!(report_json(&differing)["notes"][0]["line"], 73);
    assert_eq!(elsewhere("2026-03-16").notes, []);
}

/// Before EN 16931 the total with tax held the rounding (CEN BII, SI-UBL 1): 100.00 and 21.00 less
/// 0.01 are 120.99, and less the prepaid 20.00 that is 100.99.
#[test]
fn rounding_inside_the_total_with_tax_is_the_older_custom() {
    assert_eq!(read(with(">121.00<", ">120.99<").as_bytes()).verdict, Verdict::Accept);
    assert_eq!(read(with(">121.00<", ">120.98<").as_bytes()).verdict, Verdict::Report);
}

#[test]
fn what_a_document_does_to_the_debt_follows_kind_type_and_sign() {
    let effect = |code: &str, payable: &str, credit_note: bool| {
        let mut text =
            with(">380<", &format!(">{code}<")).replace(">100.99<", &format!(">{payable}<"));
        if credit_note {
            text = text.replace("Invoice", "CreditNote");
        }
        read(text.as_bytes()).invoice.unwrap().effect
    };
    assert_eq!(effect("380", "100.99", false), Effect::Owes);
    assert_eq!(effect("384", "100.99", false), Effect::Owes);
    assert_eq!(effect("380", "-100.99", false), Effect::Reduces);
    assert_eq!(effect("380", "0.00", false), Effect::Nothing);
    assert_eq!(effect("381", "100.99", false), Effect::Reduces);
    assert_eq!(effect("381", "100.99", true), Effect::Reduces);
    assert_eq!(effect("381", "-100.99", true), Effect::Owes);
    assert_eq!(effect("325", "100.99", false), Effect::Nothing);
    assert_eq!(effect("751", "100.99", false), Effect::Nothing);
}

#[test]
fn a_credit_note_has_its_own_elements_and_may_be_due_before_it_is_issued() {
    let text = valid()
        .replace("Invoice", "CreditNote")
        .replace("CreditNoteDocumentReference", "InvoiceDocumentReference")
        .replace("<cbc:DueDate>2026-03-16</cbc:DueDate>", "")
        .replace(
            "<cbc:PaymentID>",
            "<cbc:PaymentDueDate>2026-01-16</cbc:PaymentDueDate><cbc:PaymentID>",
        );
    let reading = read(text.as_bytes());
    assert_eq!(reading.verdict, Verdict::Accept, "{:?}", reading.problems);
    let invoice = reading.invoice.unwrap();
    assert_eq!(invoice.document, Document::CreditNote);
    assert_eq!(invoice.due_date, Date::new(2026, 1, 16).ok());
    assert_eq!(invoice.preceding_invoices, ["2026-0301"]);
    assert_eq!(invoice.line_count, 2);
}

#[test]
fn several_due_dates_are_reported_and_the_last_counts() {
    let means = |date: &str| {
        format!(
            "<cac:PaymentMeans><cbc:PaymentDueDate>{date}</cbc:PaymentDueDate></cac:PaymentMeans>"
        )
    };
    let dates = |first: &str, second: &str| {
        let both = format!("{}{}<cac:AllowanceCharge>", means(first), means(second));
        let text = with("<cbc:DueDate>2026-03-16</cbc:DueDate>", "");
        read(text.replace("<cac:AllowanceCharge>", &both).as_bytes())
    };
    let same = dates("2026-04-01", "2026-04-01");
    assert_eq!(same.verdict, Verdict::Accept);
    let differing = dates("2026-05-01", "2026-04-01");
    assert_eq!(only_problem(&differing).field, "cac:PaymentMeans/cbc:PaymentDueDate");
    assert_eq!(differing.invoice.unwrap().due_date, Date::new(2026, 5, 1).ok());
}

// --- limits -------------------------------------------------------------------------------------

#[test]
fn what_is_too_large_is_refused_without_a_look() {
    let junk = vec![b'<'; MAX_BYTES + 1];
    assert!(only_problem(&read(&junk)).reason.contains("larger than 20 MB"));
}

/// Each of these takes quadratic time or much memory in a careless reader.
#[test]
fn hostile_files_cost_little() {
    let declared = |prefix: &str| {
        let each = |it| [" ".to_owned(), prefix.to_owned(), format!("{it}='x'")];
        (0..100_000).flat_map(each).collect::<String>()
    };
    let attributes = declared("a");
    let namespaces = declared("xmlns:n");
    let repeated =
        "<cac:PaymentMeans><cbc:PaymentID>7</cbc:PaymentID></cac:PaymentMeans>".repeat(30_000);
    let bad_lines = "<cac:InvoiceLine><cbc:LineExtensionAmount>x</cbc:LineExtensionAmount>\
                     </cac:InvoiceLine>"
        .repeat(30_000);
    let named_lines = (0..30_000).map(|it| line(&named(&it.to_string()))).collect::<String>();
    let long = "x".repeat(5_000_000);
    for (case, text) in [
        with("<cbc:BuyerReference>", &format!("<cbc:BuyerReference{attributes}>")),
        with("<cbc:BuyerReference>", &format!("<cbc:BuyerReference{namespaces}>")),
        with("<cac:AllowanceCharge>", &format!("{repeated}<cac:AllowanceCharge>")),
        with("</Invoice>", &format!("{bad_lines}</Invoice>")),
        with("</Invoice>", &format!("{named_lines}</Invoice>")),
        with("2026-0417", &long),
        with("<cbc:BuyerReference>none", &format!("<cbc:BuyerReference>{long}")),
        with(
            "<cbc:BuyerReference>none",
            &format!("<cbc:BuyerReference>{}", "&amp;".repeat(300_000)),
        ),
        "<a>".repeat(5_000_000),
        format!("<!DOCTYPE a [{}", "<!ENTITY a '&a;'>".repeat(200_000)),
        format!("<a>{}", "<!".repeat(1_000_000)),
    ]
    .into_iter()
    .enumerate()
    {
        let begun = Instant::now();
        let reading = read(text.as_bytes());
        assert!(begun.elapsed() < Duration::from_secs(30), "case {case}");
        assert!(reading.problems.len() <= 51, "case {case}");
    }
}

#[test]
fn an_attachment_leaves_nothing_behind_and_changes_nothing() {
    let attachment = format!(
        "<cac:AdditionalDocumentReference><cbc:ID>scan</cbc:ID><cac:Attachment>\
         <cbc:EmbeddedDocumentBinaryObject mimeCode='application/pdf' filename='a.pdf'>{}\
         </cbc:EmbeddedDocumentBinaryObject></cac:Attachment></cac:AdditionalDocumentReference>\
         <cac:AccountingSupplierParty>",
        "JVBERi0xLjQK".repeat(900_000)
    );
    let reading = read(with("<cac:AccountingSupplierParty>", &attachment).as_bytes());
    assert_eq!(reading.verdict, Verdict::Accept);
    assert_eq!(reading.invoice, read(valid().as_bytes()).invoice);
}

// --- properties ---------------------------------------------------------------------------------

/// An invoice to print, whose facts must be read back.
#[derive(Clone, Debug)]
struct Printed {
    number: String,
    names: [String; 2],
    lines_minor: Vec<i64>,
    tax_minor: i64,
    prepaid_minor: i64,
    references: Vec<String>,
    prefixes: [String; 2],
}

fn text() -> impl Strategy<Value = String> {
    "[A-Za-z0-9&<>'\"é€ß/.-][A-Za-z0-9 &<>'\"é€ß/.-]{0,30}[A-Za-z0-9]"
}

fn printed() -> impl Strategy<Value = Printed> {
    let prefix = prop::sample::subsequence(vec!["cac", "cbc", "a", "b", "n-1", "_x"], 2);
    (
        text(),
        [text(), text()],
        prop::collection::vec(-9_999_999_i64..9_999_999, 1..6),
        -99_999_i64..99_999,
        -99_999_i64..99_999,
        prop::collection::vec(text(), 0..4),
        prefix.prop_shuffle(),
    )
        .prop_map(
            |(number, names, lines_minor, tax_minor, prepaid_minor, references, prefix)| {
                let prefixes = [prefix[0].to_owned(), prefix[1].to_owned()];
                Printed {
                    number,
                    names,
                    lines_minor,
                    tax_minor,
                    prepaid_minor,
                    references,
                    prefixes,
                }
            },
        )
}

impl Printed {
    fn payable_minor(&self) -> i64 {
        self.lines_minor.iter().sum::<i64>() + self.tax_minor - self.prepaid_minor
    }

    fn xml(&self) -> String {
        let [agg, basic] = &self.prefixes;
        let leaf = |name: &str, value: &str| {
            let value = value.replace('&', "&amp;").replace('<', "&#60;").replace('>', "&gt;");
            format!("<{basic}:{name}>{value}</{basic}:{name}>")
        };
        let amount = |name: &str, minor: i64| {
            let value = Money::new(minor, Currency::EUR).to_decimal();
            format!("<{basic}:{name} currencyID='EUR'>{value}</{basic}:{name}>")
        };
        let group = |name: &str, content: String| format!("<{agg}:{name}>{content}</{agg}:{name}>");
        let party = |name: &str| group("Party", group("PartyName", leaf("Name", name)));
        let lines_minor: i64 = self.lines_minor.iter().sum();
        let totals = [
            amount("LineExtensionAmount", lines_minor),
            amount("TaxExclusiveAmount", lines_minor),
            amount("TaxInclusiveAmount", lines_minor + self.tax_minor),
            amount("PrepaidAmount", self.prepaid_minor),
            amount("PayableAmount", self.payable_minor()),
        ];
        let means = self.references.iter().map(|it| group("PaymentMeans", leaf("PaymentID", it)));
        let lines = self
            .lines_minor
            .iter()
            .map(|it| group("InvoiceLine", amount("LineExtensionAmount", *it)));
        let ubl = "urn:oasis:names:specification:ubl:schema:xsd:";
        let content = [
            leaf("ID", &self.number),
            leaf("IssueDate", "2026-03-02"),
            leaf("DocumentCurrencyCode", "EUR"),
            group("AccountingSupplierParty", party(&self.names[0])),
            group("AccountingCustomerParty", party(&self.names[1])),
            means.collect(),
            group("TaxTotal", amount("TaxAmount", self.tax_minor)),
            group("LegalMonetaryTotal", totals.concat()),
            lines.collect(),
        ];
        format!(
            "<Invoice xmlns='{ubl}Invoice-2' xmlns:{agg}='{ubl}CommonAggregateComponents-2' \
             xmlns:{basic}='{ubl}CommonBasicComponents-2'>{}</Invoice>",
            content.concat()
        )
    }
}

/// Whatever is read, the reading agrees with itself.
fn assert_sound(reading: &Reading) {
    let worst = reading.problems.iter().map(|it| it.verdict).max().unwrap_or_default();
    assert_eq!(reading.verdict, worst);
    assert_eq!(reading.invoice.is_none(), reading.verdict == Verdict::Reject);
    assert!(report_json(reading)["verdict"].is_string());
    assert!(reading.problems.iter().all(|it| it.line != Some(0)));
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_printed_invoice_reads_back_equal(printed in printed()) {
        let reading = read(printed.xml().as_bytes());
        prop_assert_eq!(reading.verdict, Verdict::Accept, "{:?}", reading.problems);
        let invoice = reading.invoice.unwrap();
        prop_assert_eq!(&invoice.number, &printed.number);
        prop_assert_eq!([&invoice.seller.name, &invoice.buyer.name], printed.names.each_ref());
        prop_assert_eq!(&invoice.payment_references, &printed.references);
        let payable = Money::new(printed.payable_minor(), Currency::EUR);
        prop_assert_eq!(invoice.payable.money, Some(payable));
        prop_assert_eq!(invoice.line_count as usize, printed.lines_minor.len());
    }

    #[test]
    fn one_cent_off_is_always_told(printed in printed(), total in 0..5_usize, up in any::<bool>()) {
        let names = ["LineExtension", "TaxExclusive", "TaxInclusive", "Prepaid", "Payable"];
        let xml = printed.xml();
        let (head, totals) = xml.split_once("LegalMonetaryTotal>").unwrap();
        let start = totals.find(&format!("{}Amount ", names[total])).unwrap();
        let start = start + totals[start..].find('>').unwrap() + 1;
        let end = start + totals[start..].find('<').unwrap();
        let right = Money::parse(&totals[start..end], Currency::EUR).unwrap();
        let wrong = Money::new(right.amount_minor() + if up { 1 } else { -1 }, Currency::EUR);
        let wrong = format!(
            "{head}LegalMonetaryTotal>{}{}{}",
            &totals[..start], wrong.to_decimal(), &totals[end..]
        );
        prop_assert_eq!(read(wrong.as_bytes()).verdict, Verdict::Report);
    }

    #[test]
    fn arbitrary_bytes_get_a_verdict(bytes in prop::collection::vec(any::<u8>(), 0..2_000)) {
        assert_sound(&read(&bytes));
    }

    #[test]
    fn arbitrary_markup_gets_a_verdict(text in "[<>/?!&;='\"a:xmlns \\[\\]-]{0,200}") {
        assert_sound(&read(text.as_bytes()));
        let inside = with("<cbc:BuyerReference>", &format!("{text}<cbc:BuyerReference>"));
        assert_sound(&read(inside.as_bytes()));
    }

    #[test]
    fn a_mutated_invoice_gets_a_verdict(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0..3_u8), 1..8)
    ) {
        let mut bytes = fixture("invoice.xml");
        for (place, byte, kind) in changes {
            let place = place.index(bytes.len());
            match kind {
                0 => bytes[place] = byte,
                1 => bytes.insert(place, byte),
                _ => _ = bytes.remove(place),
            }
        }
        assert_sound(&read(&bytes));
    }

    #[test]
    fn a_cut_invoice_is_always_refused(cut in any::<prop::sample::Index>()) {
        let bytes = fixture("invoice.xml");
        let whole = bytes.trim_ascii_end().len();
        assert_eq!(read(&bytes[..cut.index(whole)]).verdict, Verdict::Reject);
    }

    /// Problems may be logged, so no text of the file may come through in them.
    #[test]
    fn problems_never_repeat_what_the_file_says(
        changes in prop::collection::vec(any::<[prop::sample::Index; 2]>(), 1..4)
    ) {
        let secret = "Zxq-Secret";
        let mut text = valid();
        for [tag, kind] in changes {
            let places: Vec<usize> = text.match_indices('>').map(|(place, _)| place).collect();
            let place = places[tag.index(places.len())];
            let wrong = [format!(">{secret}"), format!(" a='{secret}'>"), format!("><{secret}>")];
            text.replace_range(place..=place, &wrong[kind.index(wrong.len())]);
        }
        for problem in read(text.as_bytes()).problems {
            prop_assert!(!problem.to_string().contains(secret), "{}", problem);
        }
    }
}
