//! Which movements of a statement are booked already, since somebody told of them before.
//!
//! Movements are counted: of two equal ones, of which one is booked, the other is new.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use bank_statements::Verbatim;
use primitives::{Currency, Date, Money, PaymentId, StatementId};

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
    let mut pairing = Pairing::of(told, booked);
    for mark in Mark::ALL {
        pairing.pair_by(|movement| mark.of(movement));
    }
    pairing.pairs
}

/// The movements of a statement that reports told of before, each with the payments that it is.
///
/// Of these it is certain that they come once more. So what has nothing in common but amount and
/// day is the same too, where nothing speaks against it; and one movement is all of a batch that a
/// report told one by one.
pub(super) fn told_before(
    told: &[Movement],
    early: &[&Movement],
) -> BTreeMap<PaymentId, Vec<PaymentId>> {
    let mut pairing = Pairing::of(told, early);
    for mark in Mark::ALL {
        pairing.pair_by(|movement| mark.of(movement));
    }
    // The bank may book it on another day than it announced.
    for mark in [Mark::Whole, Mark::Text] {
        pairing.pair_by(|movement| {
            let (currency, amount_minor, _, mark) = mark.of(movement)?;
            let is_written = !movement.remittance.is_empty();
            is_written.then_some((currency, amount_minor, mark))
        });
    }
    pairing.pair_alike();
    let mut payments: BTreeMap<PaymentId, Vec<PaymentId>> =
        pairing.pairs.iter().map(|(movement, payment)| (*movement, vec![*payment])).collect();
    let mut batches: BTreeMap<_, Vec<&Movement>> = BTreeMap::new();
    for movement in &pairing.left {
        let mark = Mark::BankReference.of(movement);
        if let Some((currency, _, day, reference)) = mark {
            batches.entry((currency, day, reference)).or_default().push(movement);
        }
    }
    for movement in told.iter().filter(|it| !pairing.pairs.contains_key(&it.payment_id)) {
        let Some((currency, _, day, reference)) = Mark::BankReference.of(movement) else {
            continue;
        };
        let batch = batches.get(&(currency, day, reference.clone())).map(Vec::as_slice);
        let batch = batch.unwrap_or_default();
        if Money::sum(currency, batch.iter().map(|it| it.amount)) == Ok(movement.amount) {
            payments.insert(movement.payment_id, batch.iter().map(|it| it.payment_id).collect());
            batches.remove(&(currency, day, reference));
        }
    }
    payments
}

/// Movements side by side with what is booked.
struct Pairing<'m> {
    told: &'m [Movement],
    /// What is booked and was found in none of them.
    left: Vec<&'m Movement>,
    pairs: BTreeMap<PaymentId, PaymentId>,
}

impl<'m> Pairing<'m> {
    fn of(told: &'m [Movement], booked: &[&'m Movement]) -> Self {
        Self { told, left: booked.to_vec(), pairs: BTreeMap::new() }
    }

    /// Pairs what bears the same mark, in order.
    fn pair_by<K: Ord>(&mut self, mark: impl Fn(&Movement) -> Option<K>) {
        if self.left.is_empty() {
            return;
        }
        let mut marked: BTreeMap<K, VecDeque<PaymentId>> = BTreeMap::new();
        for movement in &self.left {
            if let Some(key) = mark(movement) {
                marked.entry(key).or_default().push_back(movement.payment_id);
            }
        }
        for movement in self.told {
            if self.pairs.contains_key(&movement.payment_id) {
                continue;
            }
            let same = mark(movement).and_then(|key| marked.get_mut(&key)?.pop_front());
            if let Some(payment_id) = same {
                self.pairs.insert(movement.payment_id, payment_id);
            }
        }
        let paired: BTreeSet<PaymentId> = self.pairs.values().copied().collect();
        self.left.retain(|it| !paired.contains(&it.payment_id));
    }

    /// Pairs what is of one amount and day, and of no two accounts.
    fn pair_alike(&mut self) {
        let account = |it: &Movement| compact(it.counterparty_account.iter().map(Verbatim::as_str));
        for movement in self.told {
            if self.pairs.contains_key(&movement.payment_id) {
                continue;
            }
            let own = account(movement);
            let place = self.left.iter().position(|it| {
                let other = account(it);
                (it.amount, it.booked_on) == (movement.amount, movement.booked_on)
                    && (own.is_empty() || other.is_empty() || own == other)
            });
            if let Some(place) = place {
                let booked = self.left.remove(place);
                self.pairs.insert(movement.payment_id, booked.payment_id);
            }
        }
    }
}
