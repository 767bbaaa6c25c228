//! `amicable statement read`: what a bank file says, without any stack.

use std::process::ExitCode;

use payment_reconciliation::domain::camt;
use payment_reconciliation::domain::reading::{Direction, Reading, Verdict, report_json};

use super::invoice::{EXIT_REJECT, EXIT_REPORT, read_file, say_plainly};
use crate::cli::Statement;
use crate::failure::Failure;
use crate::output::say_json;

pub(crate) fn run(statement: Statement) -> Result<ExitCode, Failure> {
    let Statement::Read(read) = statement;
    let reading = camt::read(&read_file(&read.file, camt::MAX_BYTES)?);
    if read.json {
        say_json(&report_json(&reading));
    } else {
        tell(&reading);
    }
    Ok(match reading.verdict {
        Verdict::Accept => ExitCode::SUCCESS,
        Verdict::Report => EXIT_REPORT.into(),
        Verdict::Reject => EXIT_REJECT.into(),
    })
}

fn tell(reading: &Reading) {
    say_plainly(format_args!("verdict: {}", reading.verdict.word()));
    for statement in &reading.statements {
        let day = |day: Option<jiff::civil::Date>| day.map_or("?".to_owned(), |it| it.to_string());
        say_plainly(format_args!(
            "statement {} of {}, {} to {}: {} entries, {} in, {} out",
            statement.id.as_str(),
            statement.account.number.as_str(),
            day(statement.from),
            day(statement.to),
            statement.entries.len(),
            statement.printed_sum(Direction::Credit),
            statement.printed_sum(Direction::Debit),
        ));
    }
    for problem in &reading.problems {
        say_plainly(format_args!("{}: {problem}", problem.verdict.word()));
    }
}
