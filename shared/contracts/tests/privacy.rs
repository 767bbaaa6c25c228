//! No personal data on the wire: messages carry ids, codes, amounts and dates.
//!
//! Looks at every schema but those of answers that are declared personal. A new exception needs a
//! reason; one that is needed no more must go.

use std::collections::BTreeSet;

use contracts::operations::Operation;
use contracts::registry::{ENTRIES, SLICES};
use contracts::schema::{self, answer_to};
use serde_json::Value;

/// Words that name personal data or free text, as parts of a property's name.
const PERSONAL: [&str; 38] = [
    "account",
    "accounts",
    "address",
    "bic",
    "birth",
    "birthday",
    "bsn",
    "city",
    "comment",
    "counterparty",
    "description",
    "email",
    "fax",
    "gender",
    "iban",
    "initials",
    "mail",
    "mobile",
    "name",
    "names",
    "note",
    "notes",
    "phone",
    "phones",
    "postal",
    "postcode",
    "remark",
    "remarks",
    "remittance",
    "street",
    "summary",
    "surname",
    "telephone",
    "telephones",
    "text",
    "texts",
    "title",
    "zip",
];

/// Properties that only sound personal, beside ids.
const NOT_PERSONAL: [(&str, &str); 12] = [
    ("Agreement.remittance", "what the agency keeps: a share and whether costs stay"),
    ("AuditEntry.text_version", "as that of letter.evt.dispatched"),
    ("Explanation.remarks", "sentences of ours, made of amounts and dates"),
    ("Note.remittance", "a payment to a creditor: an id, an amount, a day and a file's hash"),
    ("letter.cmd.send-note.v1.note", "figures and codes of a case, or a payment; never free text"),
    ("letter.cmd.send-note.v2.note", "figures and codes of a case, or a payment; never free text"),
    ("letter.cmd.send-note.v3.note", "figures and codes of a case, or a payment; never free text"),
    ("letter.cmd.send-note.v4.note", "figures and codes of a case, or a payment; never free text"),
    ("letter.evt.dispatched.v1.text_version", "names one of our texts, not what it said"),
    ("letter.evt.dispatched.v2.text_version", "names one of our texts, not what it said"),
    ("letter.evt.dispatched.v3.text_version", "names one of our texts, not what it said"),
    ("telephony-task.api.close-task.v2.summary", "the hash of a file in the store"),
];

/// Codes of ours, or of the agency's agreement: words of a closed or configured list.
const CODES: [&str; 13] = [
    "checks",
    "invariant",
    "key",
    "kind",
    "message_type",
    "owner",
    "review_by",
    "rule_ids",
    "rule_pack",
    "service",
    "step",
    "stopped_sources",
    "text_version",
];

const OPERATOR: &str = "an operator's words on a message or an act, kept in the service that has \
                        it and told to operators only; asked for without personal data";

/// Other text, with why it holds nothing personal.
const TEXT: [(&str, &str); 47] = [
    ("Agreement.collector_from", "the key of a step, in kebab case"),
    ("AnnouncedCharges.because", "made of amounts, rates and dates by the rules"),
    ("AuditEntry.code", "a word of a closed set of ours, as its message had it"),
    ("BankFileDecided.because", OPERATOR),
    ("BooksProblem.detail", "as Breach.detail; an account of the agency by its last four signs"),
    ("Breach.detail", "says what is wrong in words of ours, with ids"),
    ("CaseExplanation.next", "as CaseExplanation.why"),
    ("CaseExplanation.why", "as CasePosition.why, in the words of whoever reads it"),
    ("CaseExplanation.would_stop", "as CaseExplanation.why"),
    ("CasePosition.why", "made of codes, dates and amounts by the scheduler, which has no more"),
    ("CasePosition.would_stop", "made of codes, dates and amounts by the scheduler"),
    ("ExplainedLine.words", "as PositionLine.because, in the reader's language"),
    ("Explanation.remarks", "made of amounts and dates by the service, which has no names"),
    ("DebitState.returned.reason_code", "a code of the bank: at most four letters and figures"),
    ("DebitState.rejected.reason_code", "a code of the bank: at most four letters and figures"),
    ("FeeInvoice.number", "a year and a count of the agency's own series"),
    ("LetterState.not-sent.because", "a chain of errors; at most a single letter of a name"),
    ("ParkedEvent.parked.detail", "as ParkedMessage.detail"),
    ("ParkedEvent.settled.because", OPERATOR),
    ("ParkedFilter.detail_has", "a part of what stands in ParkedMessage.detail"),
    ("ParkedMessage.detail", "a chain of errors; no error repeats a personal value"),
    ("MandateState.ended.reason_code", "a code of the bank: at most four letters and figures"),
    (
        "payment-reconciliation.api.close-debit.v1.reason_code",
        "a code of the bank: at most four letters and figures",
    ),
    (
        "payment-reconciliation.evt.debit-returned.v1.reason_code",
        "a code of the bank: at most four letters and figures",
    ),
    ("payment-reconciliation.api.decide-bank-file.v1.because", OPERATOR),
    ("payment-reconciliation.api.mark-fee-paid.v1.because", OPERATOR),
    ("payment-reconciliation.api.list-unmatched.v4.beginning", "the beginning of an id"),
    ("payment-reconciliation.api.name-settlement.v1.reference", "as ProviderPayout.reference"),
    ("PaymentKeys.references", "structured references, as `claim-registered` tells them"),
    ("PaymentLink.checkout_url", "an address at the payment service provider: a token of its own"),
    (
        "payment-reconciliation.evt.refund-returned.v1.reason_code",
        "a code of the bank: at most four letters and figures",
    ),
    (
        "payment-reconciliation.evt.remittance-returned.v1.reason_code",
        "a code of the bank: at most four letters and figures",
    ),
    ("PositionLine.because", "made of amounts, rates and dates by the rules"),
    ("Problem.field", "a path in the document's own words, never what stands there"),
    ("ProviderPayout.reference", "figures and dots: the provider's name for what it pays out"),
    ("Problem.reason", "says what is wrong and never repeats a personal value"),
    ("ReturnedRemittance.reason_code", "a code of the bank: at most four letters and figures"),
    ("WaitingFilter.detail_has", "a part of what stands in WaitingMessage.detail"),
    ("WaitingMessage.detail", "says what a message waits for in words of ours, with ids"),
    ("envelope.source", "the producing service"),
    ("envelope.traceparent", "W3C trace context: random figures"),
    ("envelope.type", "the message's subject"),
    ("every-service.api.settle-parked.v2.answer.detail", "as ParkedMessage.detail"),
    ("every-service.api.settle-parked.v2.because", OPERATOR),
    ("every-service.api.settle-uncertain.v2.because", OPERATOR),
    ("every-service.api.settle-waiting.v1.because", OPERATOR),
    ("every-service.api.show-parked.v1.answer.shown.envelope", "a message, which has none"),
];

/// Where anything may stand.
const OPEN: [(&str, &str); 1] = [("envelope.data", "has the schema that belongs to its type")];

#[test]
fn no_property_carries_personal_data() {
    let sounds_personal = |(place, schema): &&(String, Value)| {
        let words = place.rsplit('.').next().unwrap_or_default().split(['_', '-']);
        words.into_iter().any(|word| PERSONAL.contains(&word)) && !is_an_id(schema)
    };
    refuse_but(&NOT_PERSONAL, &places(), sounds_personal);
}

#[test]
fn no_property_carries_free_text() {
    let is_text = |(place, schema): &&(String, Value)| {
        let is_string = schema.get("type").is_some_and(names_a_string);
        let is_code = place.rsplit('.').next().is_some_and(|name| CODES.contains(&name));
        let bounds = ["const", "enum", "format", "pattern"];
        is_string && !is_code && bounds.iter().all(|keyword| schema.get(keyword).is_none())
    };
    refuse_but(&TEXT, &places(), is_text);
}

#[test]
fn no_property_is_open_to_anything() {
    let is_open = |(_, schema): &&(String, Value)| {
        let says = ["$ref", "anyOf", "const", "enum", "oneOf", "type"];
        let says_nothing = says.iter().all(|keyword| schema.get(keyword).is_none());
        let more = schema.get("additionalProperties");
        says_nothing || more.is_some_and(|more| *more != Value::Bool(false))
    };
    refuse_but(&OPEN, &places(), is_open);
}

#[test]
fn what_changes_something_never_has_a_personal_answer_since_its_answer_is_kept() {
    for entry in ENTRIES {
        let kept = entry.answer.as_ref().is_some_and(|answer| answer.changes && answer.personal);
        assert!(!kept, "{}", entry.contract);
    }
}

#[test]
fn subjects_are_words_and_a_version() {
    let operations = SLICES
        .iter()
        .flat_map(|slice| Operation::ALL.map(|operation| operation.subject(slice.service)));
    let word = |text: &str| {
        let letters = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase());
        text.split('-').all(letters)
    };
    let entries = ENTRIES.iter().map(|entry| entry.contract.subject());
    for subject in entries.chain(operations) {
        let parts: Vec<&str> = subject.split('.').collect();
        let [owner, kind, name, version] = parts[..] else { panic!("{subject}") };
        assert!(word(owner) && word(name) && ["evt", "cmd", "api"].contains(&kind), "{subject}");
        let number = version.strip_prefix('v').and_then(|number| number.parse::<u16>().ok());
        assert!(number.is_some_and(|number| format!("v{number}") == version), "{subject}");
    }
}

/// Fails on whatever is found and not excepted, and on exceptions for what is not found.
fn refuse_but(
    exceptions: &[(&str, &str)],
    places: &[(String, Value)],
    found: impl Fn(&&(String, Value)) -> bool,
) {
    let found: BTreeSet<&str> =
        places.iter().filter(found).map(|(place, _)| place.as_str()).collect();
    let excepted: BTreeSet<&str> = exceptions.iter().map(|(place, _)| *place).collect();
    let refused: Vec<_> = found.difference(&excepted).collect();
    assert!(refused.is_empty(), "send an id, a code, an amount or a date instead: {refused:?}");
    let stale: Vec<_> = excepted.difference(&found).collect();
    assert!(stale.is_empty(), "no longer needed, take them out: {stale:?}");
}

/// Every property of every schema that must not be personal, by the type that it belongs to.
fn places() -> Vec<(String, Value)> {
    let personal = ENTRIES.iter().filter(|entry| entry.answer.is_some_and(|told| told.personal));
    let personal: BTreeSet<String> =
        personal.map(|entry| answer_to(&entry.contract.subject())).collect();
    let mut places = Vec::new();
    for (name, schema) in schema::schemas() {
        if personal.contains(&name) {
            continue;
        }
        for (definition, inner) in
            schema.get("$defs").and_then(Value::as_object).into_iter().flatten()
        {
            collect(definition, inner, &mut places);
        }
        collect(&name, &schema, &mut places);
    }
    places
}

fn collect(place: &str, schema: &Value, places: &mut Vec<(String, Value)>) {
    for (key, inner) in schema.get("properties").and_then(Value::as_object).into_iter().flatten() {
        let place = format!("{place}.{key}");
        collect(&place, inner, places);
        places.push((place, inner.clone()));
    }
    for keyword in ["oneOf", "anyOf"] {
        for inner in schema.get(keyword).and_then(Value::as_array).into_iter().flatten() {
            collect(place, inner, places);
        }
    }
    if let Some(inner) = schema.get("items") {
        collect(place, inner, places);
        places.push((place.to_owned(), inner.clone()));
    }
}

/// Whether it is of one of the typed ids, whatever it identifies.
fn is_an_id(schema: &Value) -> bool {
    let id = |name: &str| name.starts_with("#/$defs/") && name.ends_with("Id");
    schema.get("$ref").and_then(Value::as_str).is_some_and(id)
}

fn names_a_string(kind: &Value) -> bool {
    kind == "string" || kind.as_array().is_some_and(|kinds| kinds.contains(&Value::from("string")))
}
