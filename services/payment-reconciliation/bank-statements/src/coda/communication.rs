//! Communications in a structured form (annex III of the standard): the three figures of the form,
//! then fields of fixed lengths.
//!
//! References of a payment become references, what the payer or the creditor wrote becomes words,
//! and everything else is kept as the bank wrote it.

use primitives::StructuredReference;

use super::account::cut;
use super::record::Scene;
use crate::problem::Verdict;
use crate::statement::{Reference, Return, Transaction, Verbatim};

/// Where a reference stands.
const REFERENCE: &str = "record 2.1: structured communication";
/// Figures of a Belgian structured communication.
const BELGIAN_LEN: usize = 12;
/// Characters of an ISO 11649 reference.
const RF_LEN: usize = 25;

/// Reads the communication of a movement into what is told of it.
pub(super) fn of_movement(text: &str, line: u32, details: &mut Transaction, scene: &mut Scene) {
    let zone = |skipped, taken| cut(text, skipped, taken);
    match zone(0, 3).as_str() {
        // ISO 11649.
        "100" => {
            refer(&zone(3, RF_LEN), "ISO", line, details, scene);
            words(&zone(28, usize::MAX), details);
        }
        // As the payer wrote it, or with check digits that the bank mended.
        "101" | "102" => {
            refer(&zone(3, BELGIAN_LEN), "BBA", line, details, scene);
            words(&zone(15, usize::MAX), details);
        }
        // The original amount of a payment from abroad: two amounts, a rate, a currency, then the
        // reference, if there is one.
        "105" => {
            if is_belgian_form(&zone(48, BELGIAN_LEN)) {
                refer(&zone(48, BELGIAN_LEN), "BBA", line, details, scene);
            }
            bank_words(text, details);
        }
        // Direct debit before SEPA: its number, a day, communication, refusal, number of creditor.
        "107" => {
            words_or_reference(&zone(21, 30), line, details, scene);
            refused(&zone(51, 1), details);
            bank_words(&format!("{} {}", zone(0, 21), zone(51, usize::MAX)), details);
        }
        // SEPA direct debit: settled on, type, scheme, refusal, creditor, mandate, communication,
        // kind of return and its ISO reason.
        "127" => {
            words_or_reference(&zone(82, 62), line, details, scene);
            comes_back(&zone(144, 1), &zone(145, 4), details);
            refused(&zone(11, 1), details);
            bank_words(&zone(0, 82), details);
        }
        // Numbers of cheques and cards, calculations, terminals, bills, credits, investments. The
        // message of a cash deposit (115) stands elsewhere in older versions, so it stays in there.
        _ => bank_words(text, details),
    }
}

/// Reads the communication of an information record into what is told of its movement.
pub(super) fn of_information(text: &str, details: &mut Transaction) {
    let name = cut(text, 3, 70);
    match cut(text, 0, 3).as_str() {
        // The other side: name, then address.
        "001" => {
            let longer = Verbatim::new(&name);
            let known = details.counterparty_name.as_ref().map_or("", Verbatim::as_str);
            // Record 2.3 has 35 columns for the name.
            let is_cut = known.chars().count() >= 34 && name.trim().starts_with(known);
            if known.is_empty() || is_cut {
                details.counterparty_name = longer.or(details.counterparty_name.take());
            }
            bank_words(&cut(text, 73, usize::MAX), details);
        }
        // Who it is for in the end, and who it is from in the end.
        "008" | "009" => {
            if details.counterparty_name.is_none() {
                details.counterparty_name = Verbatim::new(&name);
            }
            bank_words(text, details);
        }
        _ => bank_words(text, details),
    }
}

/// Adds to what the bank writes beside a transaction, a line each. Runs of blanks fill columns.
pub(super) fn bank_words(text: &str, details: &mut Transaction) {
    let words: Vec<&str> = text.split_whitespace().collect();
    if words.is_empty() {
        return;
    }
    let before = details.additional.as_ref().map_or("", Verbatim::as_str);
    details.additional = Verbatim::new(&format!("{before}\n{}", words.join(" ")));
}

/// Adds to what the payer wrote.
pub(super) fn words(text: &str, details: &mut Transaction) {
    details.unstructured.extend(Verbatim::new(text));
}

/// Adds a reference as it stands there, and notes check digits that do not fit.
fn refer(text: &str, issuer: &str, line: u32, details: &mut Transaction, scene: &mut Scene) {
    let Some(text) = Verbatim::new(text) else { return };
    let parsed = match issuer {
        "ISO" => StructuredReference::parse_rf(text.as_str()),
        _ => StructuredReference::parse_belgian(text.as_str()),
    };
    if parsed.is_err() {
        scene.add(Verdict::Accept, REFERENCE, line, "has wrong check digits; it is kept as read");
    }
    details.references.push(Reference { text, issuer: Verbatim::new(issuer) });
}

/// A creditor may write the reference of the invoice where words may stand. Twelve bare digits may
/// fit by chance and be his own number, so only a frame or `RF` tells.
fn words_or_reference(text: &str, line: u32, details: &mut Transaction, scene: &mut Scene) {
    let text = text.trim();
    let is_framed = text.starts_with(['+', '*']);
    if is_framed && StructuredReference::parse_belgian(text).is_ok() {
        refer(text, "BBA", line, details, scene);
    } else if StructuredReference::parse_rf(text).is_ok() {
        refer(text, "ISO", line, details, scene);
    } else {
        words(text, details);
    }
}

/// Notes a direct debit that was refused: figures and letters say why, 0 and a blank that it was
/// paid. The code is the reason where there is none of ISO.
fn refused(code: &str, details: &mut Transaction) {
    if matches!(code, "" | " " | "0") {
        return;
    }
    let returned = details.returned.get_or_insert_with(Return::default);
    returned.reason = returned.reason.take().or_else(|| Verbatim::new(code));
}

/// Notes a payment that comes back: 1 reject, 2 return, 3 refund, 4 reversal, 5 cancellation.
pub(super) fn comes_back(code: &str, reason: &str, details: &mut Transaction) {
    if !matches!(code, "1" | "2" | "3" | "4" | "5") {
        return;
    }
    let returned = details.returned.get_or_insert_with(Return::default);
    if is_reason(reason) {
        returned.reason = returned.reason.take().or_else(|| Verbatim::new(reason));
    }
}

/// Whether a text has the form of an ISO 20022 return reason, such as `MS03`.
pub(super) fn is_reason(text: &str) -> bool {
    let is_code = |it: u8| it.is_ascii_uppercase() || it.is_ascii_digit();
    text.len() == 4
        && text.bytes().all(is_code)
        && text.starts_with(|it: char| it.is_ascii_uppercase())
}

fn is_belgian_form(text: &str) -> bool {
    let is_number = text.len() == BELGIAN_LEN && text.bytes().all(|it| it.is_ascii_digit());
    is_number && text.bytes().any(|it| it != b'0')
}
