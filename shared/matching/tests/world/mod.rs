//! A town full of debtors, their claims, and payments of which the truth is known.
//!
//! It is made by a seed and shares nothing with the crate but its types and the keys that a shell
//! indexes. Payments come one after the other; after each the truth is booked, as a person would
//! who corrects what was proposed, so later payments find claims that are settled or paid in part.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "made-up data; what is wrong here shall fail loudly"
)]

pub(crate) mod claims;
mod index;
pub(crate) mod payments;
pub(crate) mod people;
pub(crate) mod prng;
mod writing;

use std::fmt::{self, Write};
use std::time::{Duration, Instant};

use matching::{Judgement, Match, clues, judge};

use claims::Books;
use index::Index;
use payments::{Class, Intent, Payments};
use prng::Prng;

/// Examples that are kept of each kind of failure.
const EXAMPLES_MAX: usize = 40;

/// What was measured.
pub(crate) struct Table {
    pub(crate) rows: Vec<Row>,
    /// What was booked wrongly, and what was not found: made-up data, for those who mend the rules.
    pub(crate) wrong: Vec<String>,
    pub(crate) missed: Vec<String>,
    /// The time of reading clues and judging, without the lookups.
    pub(crate) spent: Duration,
}

/// One class, one kind within it, or the sum.
#[derive(Clone, Default)]
pub(crate) struct Row {
    pub(crate) name: String,
    pub(crate) payments: u64,
    /// Booked by itself.
    pub(crate) automatic: u64,
    /// Of these, other than the truth, or although nobody could know.
    pub(crate) wrong: u64,
    /// The truth is what was booked, or the first proposal; or nothing was proposed for money that
    /// pays nothing.
    pub(crate) found: u64,
}

impl Row {
    /// In hundredths of a per cent.
    pub(crate) fn precision(&self) -> u64 {
        (self.automatic - self.wrong) * 10_000 / self.automatic.max(1)
    }

    pub(crate) fn recall(&self) -> u64 {
        self.found * 10_000 / self.payments.max(1)
    }

    fn add(&mut self, other: &Self) {
        self.payments += other.payments;
        self.automatic += other.automatic;
        self.wrong += other.wrong;
        self.found += other.found;
    }
}

impl Table {
    /// All classes together.
    pub(crate) fn sum(&self) -> Row {
        self.rows.iter().filter(|it| !it.name.contains(':')).fold(
            Row { name: "all".to_owned(), ..Row::default() },
            |mut sum, row| {
                sum.add(row);
                sum
            },
        )
    }

    fn row(&mut self, name: &str) -> &mut Row {
        let known = self.rows.iter().position(|it| it.name == name);
        let place = known.unwrap_or_else(|| {
            self.rows.push(Row { name: name.to_owned(), ..Row::default() });
            self.rows.len() - 1
        });
        &mut self.rows[place]
    }
}

impl fmt::Display for Table {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let head = ["class", "payments", "automatic", "wrong", "precision", "recall"];
        let [class, payments, automatic, wrong, precision, recall] = head;
        writeln!(
            formatter,
            "{class:<52} {payments:>8} {automatic:>9} {wrong:>6} {precision:>9} {recall:>7}"
        )?;
        let mut rows = self.rows.clone();
        rows.sort_by(|one, other| one.name.cmp(&other.name));
        rows.push(self.sum());
        for row in rows {
            let Row { name, payments, automatic, wrong, .. } = &row;
            let per_cent = |it: u64| format!("{}.{:02}", it / 100, it % 100);
            let (precision, recall) = (per_cent(row.precision()), per_cent(row.recall()));
            writeln!(
                formatter,
                "{name:<52} {payments:>8} {automatic:>9} {wrong:>6} {precision:>9} {recall:>7}"
            )?;
        }
        Ok(())
    }
}

/// Makes a world of so many open claims, lets so many payments come, and counts.
pub(crate) fn measure(seed: u64, claims: usize, payments: usize) -> Table {
    let mut books = Books::new(&mut Prng::new(seed), claims);
    let mut index = Index::new(&books);
    let mut stream = Payments::new(seed ^ 0x5eed);
    let mut table =
        Table { rows: Vec::new(), wrong: Vec::new(), missed: Vec::new(), spent: Duration::ZERO };
    for class in Class::ALL {
        table.row(class.word());
    }
    for _ in 0..payments {
        let intent = stream.next(&books);
        let start = Instant::now();
        let clues = clues(&intent.payment);
        table.spent += start.elapsed();
        let found = index.find(&books, &clues, intent.payment.amount, intent.own);
        let start = Instant::now();
        let judgement = judge(&intent.payment, &clues, &found);
        table.spent += start.elapsed();
        count(&mut table, &books, &intent, &judgement);
        for (claim, amount) in &intent.parts {
            let before = books.claims[*claim].open;
            books.pay(*claim, *amount);
            let after = books.claims[*claim].open;
            index.reopen(*claim, before, after);
            stream.was_paid(*claim, before, after == 0);
            if let Some(iban) = &intent.payment.counterparty_iban {
                let debtor = books.claims[*claim].debtor;
                books.see(debtor, iban);
                index.see(debtor, iban);
            }
        }
    }
    table
}

fn count(table: &mut Table, books: &Books, intent: &Intent, judgement: &Judgement) {
    let is_truth = |it: &Match| {
        let mut made: Vec<_> =
            it.parts.iter().map(|part| (part.claim_id, part.amount.amount_minor())).collect();
        let mut right: Vec<_> =
            intent.parts.iter().map(|(claim, cents)| (books.claims[*claim].id, *cents)).collect();
        made.sort_unstable();
        right.sort_unstable();
        made == right
    };
    let is_automatic = matches!(judgement, Judgement::Certain(_));
    let is_right = judgement.first().map_or(intent.parts.is_empty(), is_truth);
    let is_wrong = is_automatic && !(is_right && intent.is_plain);
    let name = intent.class.word();
    for name in [name.to_owned(), format!("{name}: {}", intent.kind)] {
        let row = table.row(&name);
        row.payments += 1;
        row.automatic += u64::from(is_automatic);
        row.wrong += u64::from(is_wrong);
        row.found += u64::from(is_right);
    }
    let examples = if is_wrong { &mut table.wrong } else { &mut table.missed };
    if (is_wrong || !is_right) && examples.len() < EXAMPLES_MAX {
        examples.push(example(books, intent, judgement));
    }
}

fn example(books: &Books, intent: &Intent, judgement: &Judgement) -> String {
    let payment = &intent.payment;
    let mut text = format!(
        "{}: {}\n  {} {:?} {:?} {:?} {:?}\n",
        intent.class.word(),
        intent.kind,
        payment.amount,
        payment.references,
        payment.lines,
        payment.counterparty_name,
        payment.end_to_end_id,
    );
    for (claim, cents) in &intent.parts {
        let claim = &books.claims[*claim];
        writeln!(
            text,
            "  truth {} {} of {} (first {}) {} {} {}",
            claim.id,
            cents,
            claim.open,
            claim.principal,
            claim.reference,
            claim.invoice,
            books.debtors[claim.debtor].registered(),
        )
        .unwrap();
    }
    let matches = match judgement {
        Judgement::Certain(only) => std::slice::from_ref(only),
        Judgement::Proposals(matches) => matches.as_slice(),
        Judgement::Unknown => &[],
    };
    for it in matches.iter().take(2) {
        writeln!(text, "  given {} {:?}", it.confidence, it.parts).unwrap();
        for reason in &it.reasons {
            writeln!(text, "    {reason}").unwrap();
        }
    }
    text
}
