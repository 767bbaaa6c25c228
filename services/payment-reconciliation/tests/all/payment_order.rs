//! What the bank relies on: the payment order is valid, and says what is meant.

use std::process::Command;

use crate::schema::{Node, Schema};
use payment_reconciliation::domain::payment_order::{Party, PaymentOrder};
use primitives::{Currency, Iban, Money, RemittanceId};
use proptest::prelude::*;
use uuid::Uuid;

/// ISO's schema, which lies beside the project; without it a test is skipped in sight.
fn xsd() -> Option<String> {
    let file = testkit::samples()?.join("xsd/pain.001.001.09.xsd");
    Some(std::fs::read_to_string(file).unwrap())
}

fn euro(minor: i64) -> Money {
    Money::new(minor, Currency::EUR)
}

fn order(minor: i64, payer: &str, creditor: &str) -> PaymentOrder {
    let party = |name: &str, account: &str| Party {
        name: name.to_owned(),
        account: Iban::parse(account).unwrap(),
    };
    PaymentOrder {
        transfer: RemittanceId::from_uuid(Uuid::from_u128(0x0123_4567_89ab_cdef)).into(),
        text: "Afdracht 00000000".to_owned(),
        created_at: "2026-04-10T09:30:00Z".parse().unwrap(),
        execute_on: "2026-04-10".parse().unwrap(),
        amount: euro(minor),
        payer: party(payer, "NL91 ABNA 0417 1643 00"),
        payee: party(creditor, "BE68 5390 0754 7034"),
    }
}

fn checked(xml: &str, xsd: &str) -> Node {
    let document = Node::parse(xml);
    assert_eq!(document.name, "Document");
    let namespace = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09";
    assert_eq!(document.attributes["xmlns"], namespace);
    Schema::parse(xsd).check(&document, "Document", "");
    document
}

#[test]
fn an_order_is_valid_and_says_who_pays_whom() {
    let Some(xsd) = xsd() else { return };
    let xml = order(1_758, "Amicable & Zonen B.V.", "Café Zoë – \u{1f41f} s.à r.l.").to_xml();
    let document = checked(&xml, &xsd);
    let at = |path: &str| document.at(&format!("CstmrCdtTrfInitn/{path}")).to_owned();
    assert_eq!(at("GrpHdr/CreDtTm"), "2026-04-10T09:30:00Z");
    assert_eq!(at("GrpHdr/CtrlSum"), "17.58");
    assert_eq!(at("PmtInf/ReqdExctnDt/Dt"), "2026-04-10");
    assert_eq!(at("PmtInf/Dbtr/Nm"), "Amicable + Zonen B.V.");
    assert_eq!(at("PmtInf/DbtrAcct/Id/IBAN"), "NL91ABNA0417164300");
    assert_eq!(at("PmtInf/ChrgBr"), "SLEV");
    assert_eq!(at("PmtInf/CdtTrfTxInf/Amt/InstdAmt"), "17.58");
    assert_eq!(at("PmtInf/CdtTrfTxInf/Cdtr/Nm"), "Cafe Zoe - s.a r.l.");
    assert_eq!(at("PmtInf/CdtTrfTxInf/CdtrAcct/Id/IBAN"), "BE68539007547034");
    let id = "0000000000000000".to_owned() + "0123456789abcdef";
    assert_eq!(at("PmtInf/CdtTrfTxInf/PmtId/EndToEndId"), id);
    assert_eq!(at("PmtInf/CdtTrfTxInf/RmtInf/Ustrd"), "Afdracht 00000000");
    assert!(xml.contains("<InstdAmt Ccy=\"EUR\">"), "{xml}");
}

/// The same, by somebody else's validator where there is one.
#[test]
fn xmllint_finds_an_order_valid() {
    if Command::new("xmllint").arg("--version").output().is_err() {
        eprintln!("SKIPPED: no xmllint here; our own check of the schema ran");
        return;
    }
    let Some(schema) = xsd() else { return };
    let folder = env!("CARGO_TARGET_TMPDIR");
    let (file, xsd) = (format!("{folder}/order.xml"), format!("{folder}/pain.001.001.09.xsd"));
    std::fs::write(&file, order(1_758, "Amicable", "Bakker").to_xml()).unwrap();
    std::fs::write(&xsd, schema).unwrap();
    let lint = Command::new("xmllint").args(["--noout", "--schema", &xsd, &file]).output();
    let lint = lint.unwrap();
    assert!(lint.status.success(), "{}", String::from_utf8_lossy(&lint.stderr));
}

#[test]
fn our_check_finds_an_element_in_a_wrong_place() {
    let Some(xsd) = xsd() else { return };
    let xml = order(1_758, "Amicable", "Bakker").to_xml();
    let moved = xml.replace("<ChrgBr>SLEV</ChrgBr>\n", "");
    let moved = moved.replace("</CdtTrfTxInf>\n", "</CdtTrfTxInf>\n<ChrgBr>SLEV</ChrgBr>\n");
    let found = std::panic::catch_unwind(|| checked(&moved, &xsd)).unwrap_err();
    let found = found.downcast_ref::<String>().unwrap();
    assert!(found.contains("ChrgBr stands in a wrong place"), "{found}");
}

proptest! {
    #[test]
    fn every_order_is_valid(minor in 1_i64..100_000_000_000, payer in ".*", payee in ".*") {
        let Some(xsd) = xsd() else { return Ok(()) };
        let one = order(minor, &payer, &payee);
        checked(&one.to_xml(), &xsd);
        prop_assert_eq!(one.to_xml(), one.to_xml());
    }
}
