//! One movement on the account: a transaction of detail 0000, and the details below it.
//!
//! The first figure of the code says what a detail is of: 5, 6 and 7 are the payments of a batch
//! (1 or 2), 8 and 9 are the sums and costs that make up one payment (3 or 7). Globalisation codes
//! 1 to 9 mark the first and the last record of each level; a detail that begins a level is the sum
//! of what is in it.

use primitives::{Currency, Date};
use rust_decimal::Decimal;

use super::communication::bank_words;
use super::record::{Record, Scene};
use super::transaction::{AMOUNT, TransactionDraft, complete};
use crate::problem::{Problem, Verdict};
use crate::statement::{Amount, Direction, Entry, EntryStatus, Transaction, Verbatim};

/// Details of one movement; no batch of SEPA has more.
const DETAILS_MAX: usize = 100_000;
/// Records of one payment, with those of what makes it up; cash has one for each coin.
const RECORDS_MAX: u32 = 1_000;
/// Records of one movement.
const ALL_RECORDS_MAX: u32 = 600_000;
/// Levels of globalisation, 0 for none.
const LEVELS: usize = 10;

const MOVEMENT: &str = "record 2.1";
const VALUE_DATE: &str = "record 2.1: value date";
const ENTRY_DATE: &str = "record 2.1: entry date";

/// A movement as far as it has been read.
pub(super) struct MovementDraft {
    /// Sequence number, as written.
    pub(super) sequence: String,
    last_detail: String,
    amount: Decimal,
    direction: Direction,
    booked_on: Option<Date>,
    value_on: Option<Date>,
    bank_reference: Option<Verbatim>,
    main: TransactionDraft,
    details: Vec<DetailDraft>,
    /// The levels of globalisation that have begun and not ended.
    open: [bool; LEVELS],
    /// Records of the open payment, and of all.
    record_count: u32,
    all_record_count: u32,
}

/// A detail, and its place in the levels.
struct DetailDraft {
    transaction: TransactionDraft,
    /// It begins a level.
    begins: bool,
}

/// A payment, and what makes it up.
struct Payment {
    transaction: Transaction,
    /// It begins a level and others follow, so they may make it up.
    is_sum: bool,
}

impl MovementDraft {
    /// Begins with a record 2.1 that moves the balance.
    pub(super) fn begin(record: &Record, scene: &mut Scene) -> Result<Self, Problem> {
        let (amount, direction) = TransactionDraft::moved(record)?;
        let mut movement = Self {
            sequence: record.text(3..=6),
            last_detail: record.text(7..=10),
            amount,
            direction,
            booked_on: record.date(116..=121, ENTRY_DATE, scene),
            value_on: record.date(48..=53, VALUE_DATE, scene),
            bank_reference: record.reference(11..=31),
            main: TransactionDraft::begin(record, Some((amount, direction))),
            details: Vec::new(),
            open: [false; LEVELS],
            record_count: 1,
            all_record_count: 1,
        };
        movement.level(record);
        Ok(movement)
    }

    /// Whether a record 2.1 of detail 0000 is yet a detail of this movement: behind 9999 comes
    /// 0000.
    pub(super) fn goes_on_with(&self, record: &Record) -> bool {
        self.is_of(record) && self.last_detail == "9999"
    }

    /// Whether a record is of the same movement.
    pub(super) fn is_of(&self, record: &Record) -> bool {
        self.sequence == record.text(3..=6)
    }

    /// Takes a record 2.1 that is a detail.
    pub(super) fn detail(&mut self, record: &Record, scene: &mut Scene) -> Result<(), Problem> {
        self.last_detail = record.text(7..=10);
        // The movement is sound without the amounts of its details.
        let moved = TransactionDraft::moved(record).map_err(|problem| {
            let reason = format!("{}, in a detail", problem.reason);
            scene.add(Verdict::Report, AMOUNT, record.line, reason);
        });
        let transaction = TransactionDraft::begin(record, moved.ok());
        let is_payment = match transaction.kind() {
            '8' => self.is_batch(),
            kind => kind != '9',
        };
        if is_payment {
            self.record_count = 0;
        }
        if self.details.len() >= DETAILS_MAX {
            return Err(record.refusal(MOVEMENT, "has more details than any batch"));
        }
        self.count(record)?;
        let begins = self.level(record);
        self.details.push(DetailDraft { transaction, begins });
        Ok(())
    }

    /// Bounds what is kept in memory.
    fn count(&mut self, record: &Record) -> Result<(), Problem> {
        self.record_count = self.record_count.saturating_add(1);
        self.all_record_count = self.all_record_count.saturating_add(1);
        if self.record_count > RECORDS_MAX || self.all_record_count > ALL_RECORDS_MAX {
            return Err(record.refusal(MOVEMENT, "is followed by too many records"));
        }
        Ok(())
    }

    /// Whether the movement is the sum of payments.
    fn is_batch(&self) -> bool {
        matches!(self.main.kind(), '1' | '2')
    }

    /// Takes any other record of the movement.
    pub(super) fn take(&mut self, record: &Record) -> Result<(), Problem> {
        self.count(record)?;
        let last = self.details.last_mut().map_or(&mut self.main, |it| &mut it.transaction);
        match (record.at(1), record.at(2)) {
            ('2', '2') => last.second(record),
            ('2', _) => last.third(record),
            (_, article) => {
                // Records 3.1 count on in the numbers of the details.
                if article == '1' {
                    self.last_detail = record.text(7..=10);
                }
                last.inform(record);
            }
        }
        Ok(())
    }

    /// Reads the globalisation code: whether a level begins here.
    fn level(&mut self, record: &Record) -> bool {
        let level = record.at(125).to_digit(10).and_then(|it| usize::try_from(it).ok());
        let Some(level) = level.filter(|it| *it > 0) else { return false };
        let begins = self.open.get(level).is_some_and(|it| !it);
        for (at, is_open) in self.open.iter_mut().enumerate() {
            *is_open = (*is_open && at < level) || (at == level && begins);
        }
        begins
    }

    /// The movement as a whole. `own` is the account of the statement.
    pub(super) fn finish(mut self, own: &Verbatim, currency: Currency, scene: &mut Scene) -> Entry {
        let amount = Amount { value: self.amount, currency };
        let mut main = self.main.finish(amount, own, scene);
        let is_batch = self.is_batch();
        let payments = self.payments(&mut main, amount, own, scene);
        let mut entry = Entry {
            amount,
            direction: self.direction,
            status: EntryStatus::Booked,
            booked_on: self.booked_on,
            value_on: self.value_on,
            reversal: self.main.is_correction(),
            bank_reference: self.bank_reference,
            batch_ids: Vec::new(),
            code: self.main.bank_code(),
            additional: None,
            details: Vec::new(),
            is_whole: true,
        };
        split(&mut entry, payments, scene, self.main.line);
        match &mut entry.details[..] {
            // The bank tells of a batch as a whole only.
            [] => {
                entry.is_whole = !is_batch;
                entry.details.push(main);
            }
            [only] => complete(only, main),
            _ => entry.additional = words_of_batch(main),
        }
        entry
    }

    /// The payments of a batch, in the order of the file. What makes up one payment goes into it.
    fn payments(
        &mut self,
        main: &mut Transaction,
        like: Amount,
        own: &Verbatim,
        scene: &mut Scene,
    ) -> Vec<Payment> {
        let is_single = !self.is_batch();
        let mut payments: Vec<Payment> = Vec::new();
        let mut last_kind = ' ';
        for DetailDraft { transaction, begins } in std::mem::take(&mut self.details) {
            let details = transaction.finish(like, own, scene);
            match (transaction.kind(), payments.last_mut()) {
                ('8', _) if is_single => complete(main, details),
                ('9', Some(last)) if last_kind == '7' => complete(&mut last.transaction, details),
                (kind, _) => {
                    last_kind = kind;
                    payments.push(Payment { transaction: details, is_sum: begins });
                }
            }
        }
        if let Some(last) = payments.last_mut() {
            last.is_sum = false;
        }
        payments
    }
}

/// Puts the payments into the entry: those of the lowest levels, or all where only all make the
/// amount, since some banks mark levels that are none.
fn split(entry: &mut Entry, payments: Vec<Payment>, scene: &mut Scene, line: u32) {
    let lowest = payments.iter().filter(|it| !it.is_sum).map(|it| it.transaction.clone());
    let lowest = if payments.iter().any(|it| it.is_sum) { lowest.collect() } else { Vec::new() };
    entry.details = payments.into_iter().map(|it| it.transaction).collect();
    if !lowest.is_empty() {
        let all = std::mem::replace(&mut entry.details, lowest);
        if entry.details_sum() != Some(entry.amount) {
            let lowest = std::mem::replace(&mut entry.details, all);
            if entry.details_sum() != Some(entry.amount) {
                entry.details = lowest;
            }
        }
    }
    let sum = entry.details_sum().filter(|it| *it != entry.amount);
    if let Some(sum) = sum.filter(|_| !entry.is_its_only_transaction()) {
        let reason = format!("is {}, but its details make {sum}", entry.amount);
        scene.add(Verdict::Report, AMOUNT, line, reason);
    }
}

/// What is told of a batch as a whole, in one text.
fn words_of_batch(main: Transaction) -> Option<Verbatim> {
    let mut words = Transaction::default();
    let references = main.references.into_iter().map(|it| it.text);
    let told = references.chain(main.unstructured).chain(main.end_to_end_id);
    for text in told.chain(main.additional) {
        for line in text.as_str().lines() {
            bank_words(line, &mut words);
        }
    }
    words.additional
}
