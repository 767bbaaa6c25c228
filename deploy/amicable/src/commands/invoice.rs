//! `amicable invoice read`: what an invoice file says, without any stack.

use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::process::ExitCode;

use intake::domain::invoice::{Invoice as Document, Party, Reading, Verdict, report_json};
use intake::domain::ubl;

use crate::cli::Invoice;
use crate::failure::Failure;
use crate::output::{say, say_json};

/// A person must look at the file.
pub(super) const EXIT_REPORT: u8 = 3;
/// The file cannot be used.
pub(super) const EXIT_REJECT: u8 = 4;

pub(crate) fn run(invoice: Invoice) -> Result<ExitCode, Failure> {
    let Invoice::Read(read) = invoice;
    let reading = ubl::read(&read_file(&read.file, ubl::MAX_BYTES)?);
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

/// Reads the file, and of a file that is too large no more than it takes to see that.
pub(super) fn read_file(path: &Path, bytes_max: usize) -> Result<Vec<u8>, Failure> {
    let file = File::open(path).map_err(Failure::io("open", path))?;
    let one_more = u64::try_from(bytes_max).unwrap_or(u64::MAX).saturating_add(1);
    let mut bytes = Vec::new();
    file.take(one_more).read_to_end(&mut bytes).map_err(Failure::io("read", path))?;
    Ok(bytes)
}

fn tell(reading: &Reading) {
    say(format_args!("verdict: {}", reading.verdict.word()));
    if let Some(invoice) = &reading.invoice {
        tell_invoice(invoice);
    }
    for problem in &reading.problems {
        say(format_args!("{}: {problem}", problem.verdict.word()));
    }
}

fn tell_invoice(invoice: &Document) {
    let due = invoice.due_date.map(|date| format!(", due {date}")).unwrap_or_default();
    let currency = invoice.currency.map_or("in a currency that is in doubt", |it| it.code());
    let place = |party: &Party| party.address.country.clone().unwrap_or_else(|| "-".to_owned());
    say(format_args!("number: {}, issued {}{due}", invoice.number, invoice.issue_date));
    say(format_args!("payable: {} {currency}", invoice.payable.printed));
    say(format_args!("seller: {} ({})", invoice.seller.name, place(&invoice.seller)));
    say(format_args!("buyer: {} ({})", invoice.buyer.name, place(&invoice.buyer)));
    for reference in &invoice.payment_references {
        say(format_args!("payment reference: {reference}"));
    }
    for account in &invoice.accounts {
        say(format_args!("account: {account}"));
    }
}
