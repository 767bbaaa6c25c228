//! `amicable invoice read`: what an invoice file says, without any stack.

use std::fmt::Display;
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

/// Writes one line that holds text of a file. What would move the cursor, colour the screen, turn
/// letters round or look like another line of ours is left out.
pub(super) fn say_plainly(line: impl Display) {
    let plain = |it: char| match it {
        '\t' | '\n' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}' => Some(' '),
        '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => None,
        it => Some(it).filter(|it| !it.is_control()),
    };
    say(line.to_string().chars().filter_map(plain).collect::<String>());
}

fn tell(reading: &Reading) {
    say_plainly(format_args!("verdict: {}", reading.verdict.word()));
    if let Some(invoice) = &reading.invoice {
        tell_invoice(invoice);
    }
    for note in &reading.notes {
        say_plainly(format_args!("note: {note}"));
    }
    for problem in &reading.problems {
        say_plainly(format_args!("{}: {problem}", problem.verdict.word()));
    }
}

fn tell_invoice(invoice: &Document) {
    let due = invoice.due_date.map(|date| format!(", due {date}")).unwrap_or_default();
    let currency = invoice.currency.map_or("in a currency that is in doubt", |it| it.code());
    let place = |party: &Party| party.address.country.clone().unwrap_or_else(|| "-".to_owned());
    say_plainly(format_args!("number: {}, issued {}{due}", invoice.number, invoice.issue_date));
    say_plainly(format_args!("payable: {} {currency}", invoice.payable.printed));
    say_plainly(format_args!("seller: {} ({})", invoice.seller.name, place(&invoice.seller)));
    say_plainly(format_args!("buyer: {} ({})", invoice.buyer.name, place(&invoice.buyer)));
    for reference in &invoice.payment_references {
        say_plainly(format_args!("payment reference: {reference}"));
    }
    for account in &invoice.accounts {
        say_plainly(format_args!("account: {account}"));
    }
}
