//! The code on a printed letter that fills a transfer in (EPC069-12, "Quick Response Code:
//! Guidelines to enable data capture for the initiation of a SEPA credit transfer").

use primitives::{Currency, Iban, Money, StructuredReference};

/// The longest payload (a code of version 13 with error correction M).
const BYTES_MAX: usize = 331;
/// The longest name of a beneficiary.
const NAME_MAX: usize = 70;
/// 999,999,999.99 euros.
const CENTS_MAX: i64 = 99_999_999_999;

/// What a banking app reads: lines that end in LF, in version 002 (no BIC needed within the EEA),
/// UTF-8, without empty lines at the end. None where the standard has no such transfer: another
/// currency than the euro, or an amount outside 0.01 to 999,999,999.99.
///
/// The reference stands in line 10, "remittance information (structured)", bare: `RF…` in capitals
/// without spaces, the twelve digits of a Belgian structured communication, the digits of a Dutch
/// betalingskenmerk. The standard says of that line that a creditor reference of ISO 11649 *may* be
/// used, and leaves room for national ones. Belgian and Dutch apps check the digits there and fill
/// in their own structured field, which the payer cannot spoil; in line 11 (free text) they would
/// come as a message that the payer may change. Lines 10 and 11 exclude each other. Should a bank
/// pass the digits on as free text all the same, payments are still matched by them.
pub(super) fn payload(
    name: &str,
    account: &Iban,
    amount: Money,
    reference: &StructuredReference,
) -> Option<String> {
    let cents = amount.amount_minor();
    if amount.currency() != Currency::EUR || !(1..=CENTS_MAX).contains(&cents) {
        return None;
    }
    let name: String = name.chars().take(NAME_MAX).collect();
    let lines = [
        "BCD",
        "002",
        "1",
        "SCT",
        "",
        name.trim(),
        account.as_str(),
        &format!("EUR{}", amount.to_decimal()),
        "",
        reference.canonical(),
    ];
    Some(lines.join("\n")).filter(|payload| !name.is_empty() && payload.len() <= BYTES_MAX)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn euros(cents: i64) -> Money {
        Money::new(cents, Currency::EUR)
    }

    fn written(cents: i64, reference: &str) -> Option<String> {
        let account = Iban::parse("DE71 1102 2033 0123 4567 89").unwrap();
        let reference = StructuredReference::parse(reference).unwrap();
        payload("Franz Mustermänn", &account, euros(cents), &reference)
    }

    /// The first example of the standard, without the BIC and the purpose, which we do not give.
    #[test]
    fn the_example_of_the_standard() {
        assert_eq!(
            written(1_230, "RF18 5390 0754 7034").unwrap(),
            "BCD\n002\n1\nSCT\n\nFranz Mustermänn\nDE71110220330123456789\nEUR12.30\n\n\
             RF18539007547034"
        );
    }

    #[test]
    fn national_references_stand_bare_in_the_structured_line() {
        for (printed, bare) in
            [("+++010/8068/17183+++", "010806817183"), ("5000 0567 8901 2345", "5000056789012345")]
        {
            let payload = written(100, printed).unwrap();
            assert_eq!(payload.lines().nth(9), Some(bare), "{payload}");
        }
    }

    #[test]
    fn only_euros_and_only_amounts_of_the_standard() {
        let reference = "RF18539007547034";
        for (cents, expected) in
            [(1, Some("EUR0.01")), (99_999_999_999, Some("EUR999999999.99")), (0, None)]
        {
            let payload = written(cents, reference);
            let amount = payload.as_deref().and_then(|payload| payload.lines().nth(7));
            assert_eq!(amount, expected);
        }
        assert_eq!(written(100_000_000_000, reference), None);
        assert_eq!(written(-1, reference), None);
        let account = Iban::parse("DE71110220330123456789").unwrap();
        let reference = StructuredReference::parse(reference).unwrap();
        let pounds = Money::new(100, Currency::parse("GBP").unwrap());
        assert_eq!(payload("Franz", &account, pounds, &reference), None);
        assert_eq!(payload("", &account, euros(100), &reference), None);
    }

    proptest! {
        #[test]
        fn a_payload_has_ten_lines_and_fits(name in "\\PC{1,90}", cents in 1..CENTS_MAX) {
            let account = Iban::parse("DE71110220330123456789").unwrap();
            let reference = StructuredReference::parse("RF18539007547034").unwrap();
            if let Some(payload) = payload(&name, &account, euros(cents), &reference) {
                prop_assert!(payload.len() <= BYTES_MAX);
                prop_assert_eq!(payload.split('\n').count(), 10);
            }
        }
    }
}
