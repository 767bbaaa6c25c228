//! What was read, for a machine. Amounts are decimal strings, balances are signed.

use primitives::{Currency, Date};
use serde_json::{Value, json};

use crate::problem::Problem;
use crate::reading::{Format, Reading, WholeStatement};
use crate::statement::{
    Amount, Balance, Direction, Entry, Proof, Statement, Transaction, Verbatim, printed,
};

/// A whole reading.
#[must_use]
pub fn report_json(reading: &Reading) -> Value {
    let whole = |WholeStatement { statement, entries }: &WholeStatement| {
        let mut report = statement_json(statement);
        let details = entries.iter().flat_map(|it| &it.details);
        let references = details.flat_map(references_json).collect();
        let entries = entries.iter().map(entry_json).collect();
        if let Some(report) = report.as_object_mut() {
            report.insert("structured_refs".to_owned(), references);
            report.insert("entries".to_owned(), entries);
        }
        report
    };
    json!({
        "format": reading.format.map(Format::word),
        "verdict": reading.verdict.word(),
        "problems": reading.problems.iter().map(problem_json).collect::<Vec<_>>(),
        "statements": reading.statements.iter().map(whole).collect::<Vec<_>>(),
    })
}

/// One problem.
#[must_use]
pub fn problem_json(problem: &Problem) -> Value {
    json!({
        "field": problem.field,
        "line": problem.line,
        "statement": problem.statement,
        "entry": problem.entry,
        "verdict": problem.verdict.word(),
        "reason": problem.reason,
        "advice": problem.advice,
    })
}

/// A statement without its entries (`entries`) and their references (`structured_refs`).
#[must_use]
pub fn statement_json(statement: &Statement) -> Value {
    let balance = |it: Option<Balance>| it.map(|it| amount_json(it.amount));
    let balanced = match statement.proof() {
        Proof::Holds => Some(true),
        Proof::Differs { .. } | Proof::SeveralCurrencies => Some(false),
        Proof::NoBalances => None,
    };
    json!({
        "id": statement.id.as_str(),
        "account": statement.account.number.as_str(),
        "account_is_iban": statement.account.is_iban,
        "currency": statement.currency.map(Currency::code),
        "opening": balance(statement.opening),
        "closing": balance(statement.closing),
        "from": date_json(statement.from),
        "to": date_json(statement.to),
        "entry_count": statement.totals.all.together().count,
        "sum_credit": statement.printed_sum(Direction::Credit),
        "sum_debit": statement.printed_sum(Direction::Debit),
        "balanced": balanced,
        "tx_details_count": statement.totals.transaction_count,
    })
}

/// One movement.
#[must_use]
pub fn entry_json(entry: &Entry) -> Value {
    json!({
        "amount": amount_json(entry.amount),
        "currency": entry.amount.currency.code(),
        "direction": entry.direction.word(),
        "status": entry.status.word(),
        "booked_on": date_json(entry.booked_on),
        "value_on": date_json(entry.value_on),
        "reversal": entry.reversal,
        "bank_reference": text_json(entry.bank_reference.as_ref()),
        "additional": text_json(entry.additional.as_ref()),
        "details": entry.details.iter().map(transaction_json).collect::<Vec<_>>(),
    })
}

fn transaction_json(details: &Transaction) -> Value {
    let account = details.counterparty_account.as_ref();
    let returned = details.returned.as_ref();
    json!({
        "amount": details.amount.map(amount_json),
        "currency": details.amount.map(|it| it.currency.code()),
        "structured_refs": references_json(details),
        "unstructured": details.unstructured.iter().map(Verbatim::as_str).collect::<Vec<_>>(),
        "end_to_end_id": text_json(details.end_to_end_id.as_ref()),
        "counterparty_account": text_json(account.map(|it| &it.number)),
        "counterparty_name": text_json(details.counterparty_name.as_ref()),
        "returned": returned.is_some(),
        "return_reason": text_json(returned.and_then(|it| it.reason.as_ref())),
    })
}

fn references_json(details: &Transaction) -> Vec<&str> {
    details.references.iter().map(|it| it.text.as_str()).collect()
}

fn amount_json(amount: Amount) -> String {
    printed(amount.value, Some(amount.currency))
}

fn date_json(date: Option<Date>) -> Option<String> {
    date.map(|it| it.to_string())
}

fn text_json(text: Option<&Verbatim>) -> Option<&str> {
    text.map(Verbatim::as_str)
}
