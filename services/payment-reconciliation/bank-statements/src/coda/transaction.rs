//! One transaction: a record 2.1 with its 2.2, 2.3 and 3, whether it is the movement or a detail.

use rust_decimal::Decimal;

use super::account::counterparty;
use super::communication::{bank_words, comes_back, is_reason, of_information, of_movement, words};
use super::record::{Record, Scene};
use crate::problem::{Problem, Verdict};
use crate::statement::{Account, Amount, BankCode, Direction, Return, Transaction, Verbatim};

pub(super) const AMOUNT: &str = "record 2.1: amount";
pub(super) const SIGN: &str = "record 2.1: sign";
const CODE: &str = "record 2.1: transaction code";

/// Families of credit transfers and of direct debits, and the operations by which money comes back:
/// an order that could not be executed; a debt unpaid, a reimbursement, a reversal.
const RETURNS: [(&str, &[&str]); 3] =
    [("01", &["54"]), ("02", &["54"]), ("05", &["03", "05", "54", "56", "58"])];

/// What the records of one transaction say.
pub(super) struct TransactionDraft {
    pub(super) line: u32,
    /// The amount and its direction; absent where they cannot be read.
    pub(super) moved: Option<(Decimal, Direction)>,
    /// Type, family, operation and category: `TFFOOCCC`.
    code: String,
    is_structured: bool,
    communication: String,
    customer_reference: Option<Verbatim>,
    returned: Option<(String, String)>,
    account: Option<Account>,
    name: Option<Verbatim>,
    information: Vec<Information>,
}

/// The communication of a record 3.1 and those that continue it.
struct Information {
    is_structured: bool,
    text: String,
}

impl TransactionDraft {
    /// Begins with a record 2.1.
    pub(super) fn begin(record: &Record, moved: Option<(Decimal, Direction)>) -> Self {
        Self {
            line: record.line,
            moved,
            code: record.text(54..=61),
            is_structured: record.at(62) == '1',
            communication: record.text(63..=115),
            customer_reference: None,
            returned: None,
            account: None,
            name: None,
            information: Vec::new(),
        }
    }

    /// The amount and direction of a record 2.1.
    pub(super) fn moved(record: &Record) -> Result<(Decimal, Direction), Problem> {
        Ok((record.amount(33..=47, AMOUNT)?, record.direction(32, SIGN)?))
    }

    /// Takes a record 2.2.
    pub(super) fn second(&mut self, record: &Record) {
        self.communication.push_str(&record.text(11..=63));
        self.customer_reference = record.reference(64..=98);
        // Before version 2.3 another reference began in column 110.
        let (kind, reason) = (record.text(113..=113), record.text(114..=117));
        let is_reason = reason.trim().is_empty() || is_reason(&reason);
        if record.field(110..=112).is_none() && is_reason {
            self.returned = Some((kind, reason));
        }
    }

    /// Takes a record 2.3.
    pub(super) fn third(&mut self, record: &Record) {
        // Record 2.2 may be absent; its columns of the communication are then blank.
        let wanted = if self.communication.chars().count() < 106 { 106_usize } else { 0 };
        let missing = wanted.saturating_sub(self.communication.chars().count());
        self.communication.extend(std::iter::repeat_n(' ', missing));
        self.communication.push_str(&record.text(83..=125));
        self.account = counterparty(&record.text(11..=47));
        self.name = record.field(48..=82);
    }

    /// Takes a record 3.1, 3.2 or 3.3.
    pub(super) fn inform(&mut self, record: &Record) {
        match (record.at(2), self.information.last_mut()) {
            ('1', last) => {
                let is_structured = record.at(40) == '1';
                let text = record.text(41..=113);
                match last.filter(|it| !is_structured && !it.is_structured) {
                    // A long text goes on in the next 3.1, in the middle of a word.
                    Some(last) => last.text.push_str(&text),
                    None => self.information.push(Information { is_structured, text }),
                }
            }
            ('2', Some(last)) => last.text.push_str(&record.text(11..=115)),
            ('3', Some(last)) => last.text.push_str(&record.text(11..=100)),
            _ => {}
        }
    }

    /// The first figure of the code: 0 to 3 for a movement, 5 to 9 for a detail.
    pub(super) fn kind(&self) -> char {
        self.code.chars().next().unwrap_or(' ')
    }

    /// Whether the code says "cancellation or correction", which all families have at 49 and 99.
    pub(super) fn is_correction(&self) -> bool {
        matches!(self.operation(), "49" | "99")
    }

    fn operation(&self) -> &str {
        self.code.get(3..5).unwrap_or_default()
    }

    pub(super) fn bank_code(&self) -> BankCode {
        BankCode { proprietary: Verbatim::new(&self.code), ..BankCode::default() }
    }

    /// What all records say together. `own` is the account of the statement.
    pub(super) fn finish(&self, like: Amount, own: &Verbatim, scene: &mut Scene) -> Transaction {
        let mut details = Transaction {
            amount: self.moved.map(|(value, _)| Amount { value, ..like }),
            direction: self.moved.map(|(_, direction)| direction),
            code: self.bank_code(),
            end_to_end_id: self.customer_reference.clone().filter(|it| is_provided(it.as_str())),
            counterparty_account: self.account.clone().filter(|it| it.number != *own),
            counterparty_name: self.name.clone(),
            ..Transaction::default()
        };
        if self.code.len() != 8 || !self.code.bytes().all(|it| it.is_ascii_digit()) {
            scene.add(Verdict::Accept, CODE, self.line, "is not of eight figures");
        }
        if let Some((kind, reason)) = &self.returned {
            comes_back(kind, reason, &mut details);
        }
        if self.is_structured {
            of_movement(&self.communication, self.line, &mut details, scene);
        } else {
            words(&self.communication, &mut details);
        }
        let family = self.code.get(1..3).unwrap_or_default();
        let operations = RETURNS.iter().find(|it| it.0 == family).map(|it| it.1);
        if operations.is_some_and(|it| it.contains(&self.operation())) {
            details.returned.get_or_insert_with(Return::default);
        }
        for information in &self.information {
            if information.is_structured {
                of_information(&information.text, &mut details);
            } else {
                bank_words(&information.text, &mut details);
            }
        }
        details
    }
}

/// SEPA's way of saying that there is none, as banks write it.
fn is_provided(text: &str) -> bool {
    !["NOTPROVIDED", "NOT PROVIDED"].contains(&text)
}

/// Adds what another record tells of the same transaction; what is known stays.
pub(super) fn complete(known: &mut Transaction, other: Transaction) {
    for reference in other.references {
        if !known.references.contains(&reference) {
            known.references.push(reference);
        }
    }
    for words in other.unstructured {
        if !known.unstructured.contains(&words) {
            known.unstructured.push(words);
        }
    }
    known.end_to_end_id = known.end_to_end_id.take().or(other.end_to_end_id);
    known.counterparty_account = known.counterparty_account.take().or(other.counterparty_account);
    known.counterparty_name = known.counterparty_name.take().or(other.counterparty_name);
    known.returned = known.returned.take().or(other.returned);
    for line in other.additional.iter().flat_map(|it| it.as_str().lines()) {
        bank_words(line, known);
    }
}
