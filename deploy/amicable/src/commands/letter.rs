//! `amicable letter`: what letters say, without any stack.

use std::fmt::Debug;
use std::fs;
use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;

use intake::domain::{DOCUMENT_MAX_BYTES, compared};
use letter::domain::{
    Case, Cell, Composed, EASE_MIN, Form, Readability, Reader, Refusal, SENTENCE_MAX,
    SENTENCE_MEAN_MAX, matrix,
};
use primitives::{Capacity, Channel, Country, DebtorKind, Language, MessageKind};
use runtime::error::chain;
use serde_json::{Value, json};

use super::agreement::say_change;
use super::invoice::{EXIT_REJECT, read_file};
use super::law::{country_of, debtor_of};
use crate::cli::{AskedReader, Letter, LetterCompare, LetterForm, LetterPreview, NamedText};
use crate::failure::Failure;
use crate::output::{Table, complain, say, say_json};

pub(crate) fn run(command: &Letter) -> Result<ExitCode, Failure> {
    let written = match command {
        Letter::List { json } => list(*json)?,
        Letter::Preview(wish) => preview(wish)?,
        Letter::Compare(wish) => compare(wish)?,
    };
    Ok(if written { ExitCode::SUCCESS } else { EXIT_REJECT.into() })
}

fn list(is_json: bool) -> Result<bool, Failure> {
    let cells = matrix().map_err(|fault| Failure::Said(fault.to_string()))?;
    if is_json {
        let told = |cell: &Cell| {
            json!({
                "message": cell.message, "debtor": cell.debtor, "language": cell.language,
                "version": cell.version, "same_as": cell.same_as,
            })
        };
        say_json(&cells.iter().map(told).collect::<Vec<_>>());
        return Ok(true);
    }
    let mut table = Table::plain();
    let heading = ["MESSAGE".to_owned(), "DEBTOR".to_owned()].into_iter();
    let languages = Language::ALL.iter().map(|it| it.as_str().to_uppercase());
    table.cells(heading.chain(languages).collect());
    for row in cells.chunk_by(|a, b| (a.message, a.debtor) == (b.message, b.debtor)) {
        let Some(first) = row.first() else { continue };
        let names = [first.message.to_string(), first.debtor.to_string()].into_iter();
        table.cells(names.chain(row.iter().map(in_list)).collect());
    }
    table.lines().iter().for_each(say);
    Ok(true)
}

/// `@3`, `@1 = consumer` where the words are those of that kind of debtor, or `-`.
fn in_list(cell: &Cell) -> String {
    let Some(version) = &cell.version else { return "-".to_owned() };
    let number = version.rsplit('@').next().unwrap_or_default();
    match cell.same_as {
        Some(debtor) => format!("@{number} = {debtor}"),
        None => format!("@{number}"),
    }
}

fn preview(wish: &LetterPreview) -> Result<bool, Failure> {
    let Some(case) = case(wish)? else { return Ok(false) };
    if wish.print_case {
        say_json(&case);
        return Ok(true);
    }
    let words = wish.words.as_deref().map(read_words).transpose()?;
    let channel = if wish.form.pdf.is_some() { Channel::Post } else { Channel::Email };
    let composed = match case.preview(wish.message, channel, words.as_deref()) {
        Ok(composed) => composed,
        Err(refusal) => {
            say_refusal(&refusal);
            return Ok(false);
        }
    };
    if wish.json {
        say_json(&told(&composed));
    } else {
        show(&composed, &wish.form)?;
    }
    Ok(true)
}

fn show(composed: &Composed, form: &LetterForm) -> Result<(), Failure> {
    let verdict = verdict(composed);
    match (&composed.form, &form.pdf) {
        (Form::Paper { pdf, .. }, Some(file)) => {
            fs::write(file, pdf).map_err(Failure::io("write", file))?;
        }
        (Form::Mail { html }, _) if form.html && !form.text => {
            say(html);
            for line in verdict {
                writeln!(io::stderr().lock(), "{line}").ok();
            }
            return Ok(());
        }
        (Form::Mail { .. } | Form::Paper { .. }, _) => {
            say(format_args!("subject: {}\n", composed.subject));
            say(&composed.text);
        }
    }
    verdict.iter().for_each(say);
    Ok(())
}

/// The case that is asked for; none where its file was refused, which is told.
fn case(wish: &LetterPreview) -> Result<Option<Case>, Failure> {
    let asked = &wish.reader;
    let Some(file) = &wish.case else {
        let reader = Reader {
            debtor: asked.debtor.map_or(DebtorKind::Consumer, debtor_of),
            country: asked.country.map_or(Country::NL, country_of),
            language: asked.language.unwrap_or(Language::Nl),
            capacity: asked.capacity.unwrap_or(Capacity::AgencyForCreditor),
        };
        return invented(wish.message, reader).map(Some);
    };
    let bytes = read_file(file, DOCUMENT_MAX_BYTES)?;
    match serde_json::from_slice::<Case>(&bytes) {
        Ok(mut case) => {
            change(&mut case, *asked);
            Ok(Some(case))
        }
        Err(error) => {
            complain(format_args!("{}: {error}", file.display()));
            Ok(None)
        }
    }
}

fn change(case: &mut Case, asked: AskedReader) {
    let parties = &mut case.parties;
    parties.debtor.language = asked.language.unwrap_or(parties.debtor.language);
    parties.debtor.kind = asked.debtor.map_or(parties.debtor.kind, debtor_of);
    parties.debtor.country = asked.country.map_or(parties.debtor.country, country_of);
    parties.creditor.capacity = asked.capacity.unwrap_or(parties.creditor.capacity);
}

fn invented(message: MessageKind, reader: Reader) -> Result<Case, Failure> {
    Case::invented(message, reader).map_err(|fault| Failure::Said(chain(&fault)))
}

fn read_words(file: &Path) -> Result<String, Failure> {
    let bytes = read_file(file, DOCUMENT_MAX_BYTES)?;
    String::from_utf8(bytes).map_err(|error| Failure::written(file)(error))
}

fn say_refusal(refusal: &Refusal) {
    complain(format_args!("it would not be written: {}", chain(refusal)));
}

/// What was checked, and what it asks.
fn verdict(composed: &Composed) -> Vec<String> {
    let pages = match &composed.form {
        Form::Paper { pages, .. } => format!(", pages: {pages}"),
        Form::Mail { .. } => String::new(),
    };
    vec![
        format!("text: {}{pages}, asks: {}", composed.text_version, composed.asked),
        format!(
            "verdict: lawful and complete; it holds {}; of {} forbidden things none",
            composed.required.iter().map(named).collect::<Vec<_>>().join(", "),
            composed.forbidden.len()
        ),
        ease(composed),
    ]
}

/// How easy it is to read, and what makes it hard.
fn ease(composed: &Composed) -> String {
    let Readability { formula, ease, mean_sentence, longest, hard } = readability(composed);
    let hard: Vec<String> =
        hard.iter().map(|(word, plain)| format!("{word} (better: {plain})")).collect();
    let hard = if hard.is_empty() { "none".to_owned() } else { hard.join(", ") };
    format!(
        "readability: {} by {formula}, at least {} is asked of what a consumer reads; words a \
         sentence: {}, at most {}; the longest: {}, at most {SENTENCE_MAX}; hard words: {hard}",
        tenths(ease),
        tenths(EASE_MIN),
        tenths(mean_sentence),
        tenths(SENTENCE_MEAN_MAX),
        longest.words,
    )
}

fn readability(composed: &Composed) -> Readability {
    Readability::of(composed.language, &composed.paragraphs)
}

/// `723` as `72.3`.
fn tenths(number: i64) -> String {
    let sign = if number < 0 { "-" } else { "" };
    let number = number.unsigned_abs();
    format!("{sign}{}.{}", number.div_euclid(10), number.rem_euclid(10))
}

/// `CreditorName` as `creditor name`.
fn named(element: &impl Debug) -> String {
    let mut name = String::new();
    for sign in format!("{element:?}").chars() {
        if sign.is_ascii_uppercase() && !name.is_empty() {
            name.push(' ');
        }
        name.push(sign.to_ascii_lowercase());
    }
    name
}

fn told(composed: &Composed) -> Value {
    let html = match &composed.form {
        Form::Mail { html } => Some(html),
        Form::Paper { .. } => None,
    };
    let readability = readability(composed);
    json!({
        "subject": composed.subject,
        "text": composed.text,
        "html": html,
        "text_version": composed.text_version,
        "sender_name": composed.sender_name,
        "reply_to": composed.reply_to,
        "asked": composed.asked,
        "readability": {
            "formula": readability.formula,
            "ease_tenths": readability.ease,
            "mean_sentence_tenths": readability.mean_sentence,
            "longest_sentence": readability.longest.text,
            "hard_words": readability.hard,
            "is_plain": readability.is_plain(),
        },
        "holds": composed.required.iter().map(named).collect::<Vec<_>>(),
    })
}

fn compare(wish: &LetterCompare) -> Result<bool, Failure> {
    let paragraphs = |text: &NamedText| -> Result<Option<Vec<String>>, Failure> {
        let reader = Reader {
            debtor: text.debtor,
            country: country_of(wish.country),
            language: text.language,
            capacity: wish.capacity,
        };
        let words = text.words.as_deref().map(read_words).transpose()?;
        let case = invented(text.message, reader)?;
        match case.preview(text.message, Channel::Email, words.as_deref()) {
            Ok(composed) => Ok(Some([vec![composed.subject], composed.paragraphs].concat())),
            Err(refusal) => {
                say_refusal(&refusal);
                Ok(None)
            }
        }
    };
    let (first, second) = (paragraphs(&wish.first)?, paragraphs(&wish.second)?);
    let Some((first, second)) = first.zip(second) else { return Ok(false) };
    compared(first, second).iter().for_each(say_change);
    Ok(true)
}
