//! What must hold for any bytes.

use std::io::Read;

use bank_statements::{
    Direction, Entry, Outcome, Proof, Sink, Statement, Verdict, WholeStatement, collect, read,
    report_json,
};
use rust_decimal::Decimal;

/// Reads the bytes in two ways, and panics where a promise is broken. The beginning may be put
/// before them, so that they are of one format.
pub fn check(beginning: &str, bytes: &[u8]) {
    all(bytes);
    all(&[beginning.as_bytes(), bytes].concat());
}

fn all(bytes: &[u8]) {
    let reading = collect(bytes);
    let worst = reading.problems.iter().map(|it| it.verdict).max().unwrap_or_default();
    assert_eq!(reading.verdict, worst, "the verdict is that of the worst problem");
    if reading.verdict == Verdict::Reject {
        assert!(reading.statements.is_empty(), "nothing of a rejected file is given");
    }
    for WholeStatement { statement, entries } in &reading.statements {
        let count = statement.totals.all.together().count;
        assert_eq!(count, entries.len() as u64, "every entry is counted");
        if reading.verdict == Verdict::Accept {
            let proof = statement.proof();
            assert!(matches!(proof, Proof::Holds | Proof::NoBalances), "{proof:?}");
        }
        entries.iter().for_each(parts_are_the_entry);
    }
    let _ = report_json(&reading);
    let mut silent = Silent;
    let again = read(OneByOne(bytes), &mut silent).expect("memory can be read");
    let Outcome { format, verdict, problems } = again;
    assert_eq!(
        (format, verdict, problems),
        (reading.format, reading.verdict, reading.problems),
        "it does not matter how the bytes come"
    );
}

fn parts_are_the_entry(entry: &Entry) {
    let towards = |amount: Decimal, direction| match direction {
        Direction::Credit => amount,
        Direction::Debit => -amount,
    };
    let parts = entry.parts();
    let sum: Decimal = parts.iter().map(|it| towards(it.amount.value, it.direction)).sum();
    assert_eq!(sum, towards(entry.amount.value, entry.direction), "the parts are the entry");
}

struct Silent;

impl Sink for Silent {
    fn entry(&mut self, _: Entry) {}

    fn statement(&mut self, _: Statement) {}
}

/// Gives one byte at a time.
struct OneByOne<'b>(&'b [u8]);

impl Read for OneByOne<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let end = buffer.len().min(1);
        self.0.read(&mut buffer[..end])
    }
}
