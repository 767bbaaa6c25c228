//! `amicable agreement`: what creditors agree, without any stack.

use std::fmt::Display;
use std::path::Path;
use std::process::ExitCode;

use contracts::agreement::Agreement;
use intake::domain::{
    Change, DOCUMENT_MAX_BYTES, agreement_and_base, base_agreement, base_flows, changes,
    flow_sentences, sentences,
};
use primitives::Language;
use serde_json::json;

use super::invoice::{EXIT_REJECT, read_file};
use crate::cli;
use crate::failure::Failure;
use crate::output::{complain, say, say_json};

pub(crate) fn run(command: &cli::Agreement) -> Result<ExitCode, Failure> {
    let is_read = match command {
        cli::Agreement::Read { file, language, json } => read(file, *language, *json)?,
        cli::Agreement::Compare { before, after, language } => compare(before, after, *language)?,
        cli::Agreement::Bases { language } => {
            for name in base_flows() {
                say(format_args!("{name}"));
                let base = base_agreement(name);
                let told = base.map(|base| flow_sentences(&base, *language));
                for sentence in told.unwrap_or_default() {
                    say(format_args!("  {sentence}"));
                }
            }
            true
        }
    };
    Ok(if is_read { ExitCode::SUCCESS } else { EXIT_REJECT.into() })
}

fn read(file: &Path, language: Language, is_json: bool) -> Result<bool, Failure> {
    let Some((agreement, base)) = agreement(file)? else { return Ok(false) };
    if is_json {
        let told = sentences(&agreement, language);
        say_json(&json!({ "based_on": base, "agreement": agreement, "sentences": told }));
        return Ok(true);
    }
    let Some((name, flow)) = base.and_then(|it| base_agreement(&it).map(|flow| (it, flow))) else {
        sentences(&agreement, language).iter().for_each(say);
        return Ok(true);
    };
    say(format_args!("based on {name}"));
    // Its own version and account are no difference.
    let flow = Agreement { version: agreement.version, pay_to: agreement.pay_to.clone(), ..flow };
    changes(&flow, &agreement, language).iter().for_each(say_change);
    Ok(true)
}

pub(super) fn say_change(change: &Change) {
    match change {
        Change::Same(sentence) => say(format_args!("  {sentence}")),
        Change::Gone(sentence) => say(format_args!("- {sentence}")),
        Change::New(sentence) => say(format_args!("+ {sentence}")),
    }
}

fn compare(before: &Path, after: &Path, language: Language) -> Result<bool, Failure> {
    let (before, after) = (read_agreement(before)?, read_agreement(after)?);
    let Some((before, after)) = before.zip(after) else { return Ok(false) };
    changes(&before, &after, language).iter().for_each(say_change);
    Ok(true)
}

/// An agreement; none where it was refused, which is told.
pub(super) fn read_agreement(file: &Path) -> Result<Option<Agreement>, Failure> {
    Ok(agreement(file)?.map(|(agreement, _)| agreement))
}

/// The same, with the name of its base.
fn agreement(file: &Path) -> Result<Option<(Agreement, Option<String>)>, Failure> {
    let bytes = read_file(file, DOCUMENT_MAX_BYTES)?;
    let read = agreement_and_base(&bytes).map_err(|problems| {
        let told = problems.iter().map(|problem| {
            let line = problem.line.map(|line| format!("line {line}"));
            let field = Some(problem.field.clone()).filter(|field| !field.is_empty());
            let place: Vec<String> = line.into_iter().chain(field).collect();
            format!("{}: {}", place.join(", "), problem.reason)
        });
        told.collect()
    });
    Ok(refused::<_, String>(file, read))
}

/// Tells what is wrong with a file.
pub(super) fn refused<T, F: Display>(file: &Path, read: Result<T, Vec<F>>) -> Option<T> {
    read.map_err(|faults| {
        for fault in faults {
            complain(format_args!("{}: {fault}", file.display()));
        }
    })
    .ok()
}
