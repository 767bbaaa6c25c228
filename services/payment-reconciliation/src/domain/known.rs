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
    /// Whether a report told of it first: it is booked as that told it.
    pub was_early: bool,
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

/// The movements of a statement, or of another report, that reports told of before, each with the
/// payments that it is.
///
/// Of these it is certain that they come once more. So what has nothing in common but amount and
/// day is the same too, where nothing speaks against it; and the sum of a batch is what it was
/// told as one by one, or the other way round.
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
    let untold = told.iter().filter(|it| !pairing.pairs.contains_key(&it.payment_id));
    let untold: Vec<&Movement> = untold.collect();
    for (batch, sums) in [(&pairing.left, &untold), (&untold, &pairing.left)] {
        for (whole, parts) in batches(batch, sums) {
            let is_told = untold.iter().any(|it| it.payment_id == whole);
            let of = |movement| if is_told { (whole, movement) } else { (movement, whole) };
            for (movement, payment) in parts.into_iter().map(of) {
                payments.entry(movement).or_default().push(payment);
            }
        }
    }
    payments
}

/// Sums of which all parts are there under the bank's reference of the sum, each with its parts.
fn batches(parts: &[&Movement], sums: &[&Movement]) -> Vec<(PaymentId, Vec<PaymentId>)> {
    let key = |it: &Movement| {
        let (currency, _, day, reference) = Mark::BankReference.of(it)?;
        Some((currency, day, reference))
    };
    let mut batches: BTreeMap<_, Vec<&Movement>> = BTreeMap::new();
    for part in parts {
        if let Some(key) = key(part) {
            batches.entry(key).or_default().push(part);
        }
    }
    let mut found = Vec::new();
    for sum in sums {
        let Some(key) = key(sum) else { continue };
        let batch = batches.get(&key).map(Vec::as_slice).unwrap_or_default();
        if Money::sum(key.0, batch.iter().map(|it| it.amount)) == Ok(sum.amount) {
            found.push((sum.payment_id, batch.iter().map(|it| it.payment_id).collect()));
            batches.remove(&key);
        }
    }
    found
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

    /// Pairs what is of one amount and day, where neither accounts nor references differ.
    fn pair_alike(&mut self) {
        let texts = |it: &Movement| {
            let account = it.counterparty_account.iter().map(Verbatim::as_str);
            [compact(account), compact(it.structured.iter().map(Verbatim::as_str))]
        };
        for movement in self.told {
            if self.pairs.contains_key(&movement.payment_id) {
                continue;
            }
            let own = texts(movement);
            let place = self.left.iter().position(|it| {
                let agrees = |(own, other): (&String, &String)| {
                    own.is_empty() || other.is_empty() || own == other
                };
                (it.amount, it.booked_on) == (movement.amount, movement.booked_on)
                    && own.iter().zip(&texts(it)).all(agrees)
            });
            if let Some(place) = place {
                let booked = self.left.remove(place);
                self.pairs.insert(movement.payment_id, booked.payment_id);
            }
        }
    }
}
