//! Which movements of a statement are booked already, since somebody told of them before.
//!
//! Movements are counted: of two equal ones, of which one is booked, the other is new.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use bank_statements::Verbatim;
use primitives::{Currency, Date, PaymentId, StatementId};

use super::account_statement::Movement;

/// A movement that is booked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Booked {
    /// The statement that it was booked of.
    pub statement_id: StatementId,
    /// As it was told; without clues.
    pub movement: Movement,
}

impl Booked {
    pub(super) const fn id(&self) -> PaymentId {
        self.movement.payment_id
    }
}

/// What two tellings of one movement have in common beside its amount and its day, the surest
/// first. Text comes before the bank's reference alone, since some banks just number the entries of
/// a file.
#[derive(Clone, Copy, Debug)]
enum Mark {
    /// The bank's reference, and all that was written.
    Whole,
    /// The account on the other side, and all that was written.
    Text,
    BankReference,
    EndToEndId,
    /// What the bank tells as references.
    References,
    /// The account on the other side.
    Counterparty,
}

impl Mark {
    const ALL: [Self; 6] = [
        Self::Whole,
        Self::Text,
        Self::BankReference,
        Self::EndToEndId,
        Self::References,
        Self::Counterparty,
    ];

    /// The mark that a movement bears, with its amount and day; none where it lacks what the mark
    /// is made of.
    fn of(self, movement: &Movement) -> Option<(Currency, i64, Date, String)> {
        let Movement { amount, booked_on, .. } = *movement;
        let texts = |it: &[Verbatim]| compact(it.iter().map(Verbatim::as_str));
        let text = |it: &Option<Verbatim>| texts(it.as_slice());
        let needed = |mark: String| Some(mark).filter(|it| !it.is_empty());
        let mark = match self {
            Self::Whole => {
                let bank_reference = needed(text(&movement.bank_reference))?;
                [bank_reference, texts(&movement.remittance)].join("/")
            }
            Self::Text => {
                [text(&movement.counterparty_account), texts(&movement.remittance)].join("/")
            }
            Self::BankReference => needed(text(&movement.bank_reference))?,
            Self::EndToEndId => needed(text(&movement.end_to_end_id))?,
            Self::References => needed(texts(&movement.structured))?,
            Self::Counterparty => needed(text(&movement.counterparty_account))?,
        };
        Some((amount.currency(), amount.amount_minor(), booked_on, mark))
    }
}

/// Letters and figures only, since every format breaks lines elsewhere.
fn compact<'t>(texts: impl IntoIterator<Item = &'t str>) -> String {
    let signs = texts.into_iter().flat_map(str::chars).filter(|it| it.is_alphanumeric());
    signs.flat_map(char::to_uppercase).collect()
}

/// The movements that are booked already, each with the payment that it is. No payment is two.
pub(super) fn pair(told: &[Movement], booked: &[&Movement]) -> BTreeMap<PaymentId, PaymentId> {
    let mut pairs = BTreeMap::new();
    let mut left: Vec<&Movement> = booked.to_vec();
    for mark in Mark::ALL {
        if left.is_empty() {
            break;
        }
        let mut marked: BTreeMap<_, VecDeque<PaymentId>> = BTreeMap::new();
        for movement in &left {
            if let Some(key) = mark.of(movement) {
                marked.entry(key).or_default().push_back(movement.payment_id);
            }
        }
        for movement in told {
            if pairs.contains_key(&movement.payment_id) {
                continue;
            }
            let same = mark.of(movement).and_then(|key| marked.get_mut(&key)?.pop_front());
            if let Some(payment_id) = same {
                pairs.insert(movement.payment_id, payment_id);
            }
        }
        let paired: BTreeSet<PaymentId> = pairs.values().copied().collect();
        left.retain(|it| !paired.contains(&it.payment_id));
    }
    pairs
}
