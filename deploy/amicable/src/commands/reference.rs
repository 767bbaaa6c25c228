//! `amicable reference`: account numbers and payment references, without any stack.

use std::process::ExitCode;

use primitives::{Iban, StructuredReference};
use serde::Serialize;

use crate::cli::{CheckedKind, MadeKind, Reference};
use crate::failure::Failure;
use crate::output::{say, say_json};

#[derive(Serialize)]
struct Checked {
    valid: bool,
    /// As programs write it.
    normalised: Option<String>,
    /// As people write it.
    printed: Option<String>,
    reason: Option<String>,
}

#[derive(Serialize)]
struct Made {
    /// As programs write it.
    value: String,
    /// As people write it.
    printed: String,
}

pub(crate) fn run(reference: Reference) -> Result<ExitCode, Failure> {
    match reference {
        Reference::Check { kind, value, json } => {
            let checked = check(kind, &value);
            match (json, &checked.printed, &checked.reason) {
                (true, ..) => say_json(&checked),
                (false, Some(printed), _) => say(format_args!("right: {printed}")),
                (false, None, reason) => {
                    say(format_args!("wrong: {}", reason.as_deref().unwrap_or_default()));
                }
            }
        }
        Reference::Make { kind, base, json } => {
            let base = base.trim();
            let made = match kind {
                MadeKind::Ogm => StructuredReference::belgian_from(base),
                MadeKind::Rf => StructuredReference::rf_from(base),
                MadeKind::Betalingskenmerk => StructuredReference::dutch_from(base),
            };
            let made = made.map_err(|error| Failure::NoAnswer(error.to_string()))?;
            let (value, printed) = (made.canonical().to_owned(), made.printed());
            if json {
                say_json(&Made { value, printed });
            } else {
                say(printed);
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn check(kind: CheckedKind, value: &str) -> Checked {
    let parsed = match kind {
        CheckedKind::Iban => Iban::parse(value)
            .map(|iban| (iban.as_str().to_owned(), iban.grouped()))
            .map_err(|error| error.to_string()),
        CheckedKind::Ogm => forms(StructuredReference::parse_belgian(value)),
        CheckedKind::Rf => forms(StructuredReference::parse_rf(value)),
        CheckedKind::Betalingskenmerk => forms(StructuredReference::parse_dutch(value)),
    };
    match parsed {
        Ok((normalised, printed)) => Checked {
            valid: true,
            normalised: Some(normalised),
            printed: Some(printed),
            reason: None,
        },
        Err(reason) => {
            Checked { valid: false, normalised: None, printed: None, reason: Some(reason) }
        }
    }
}

fn forms<E: ToString>(parsed: Result<StructuredReference, E>) -> Result<(String, String), String> {
    parsed
        .map(|reference| (reference.canonical().to_owned(), reference.printed()))
        .map_err(|error| error.to_string())
}
