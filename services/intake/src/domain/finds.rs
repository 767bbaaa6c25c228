//! Which claims a payment may pay, of those that its keys lead to.

use std::collections::{BTreeSet, HashMap};

use contracts::intake::{ClaimClue, FindClaimsAnswer, PaymentFinds, PaymentKeys};
use primitives::{ClaimId, Money, PersonId};

/// How much is looked for.
pub mod bounds {
    /// Payments of one request.
    pub const PAYMENTS_MAX: usize = 64;
    /// A number that more claims have tells nothing.
    pub const BY_NUMBER_MAX: usize = 50;
    /// Of a number that more claims have, those for the amount paid are told.
    pub const BY_NUMBER_FEW: usize = 8;
    /// A name that more persons have is looked up with the amount only.
    pub const PERSONS_MAX: usize = 8;
    /// Claims with a name that many have, and with the amount.
    pub const BY_AMOUNT_MAX: usize = 40;
    /// Claims of one payment.
    pub const CLAIMS_MAX: usize = 64;
    /// Bytes of the claims of one answer, numbers and names: the broker takes a megabyte.
    pub const CLUES_BYTES_MAX: usize = 512 * 1024;
}

/// Bytes of a claim in an answer, beside its number and name.
const FRAME_BYTES: usize = 160;

/// What the keys of all payments lead to. Each list may hold one more than its bound, which tells
/// that there are more.
#[derive(Debug, Default)]
pub struct Finds {
    pub by_reference: HashMap<String, ClaimId>,
    /// By the digest of the number of their case.
    pub by_case: HashMap<i64, Vec<ClaimId>>,
    /// With the amounts for which they were handed over.
    pub by_number: HashMap<i64, Vec<(ClaimId, Money)>>,
    /// The persons with a key of a name.
    pub persons: HashMap<i64, Vec<PersonId>>,
    pub of_person: HashMap<PersonId, Vec<ClaimId>>,
    /// By a key of a name that many have, and the amount.
    pub by_amount: HashMap<(i64, Money), Vec<ClaimId>>,
}

/// The claims of one payment so far.
#[derive(Default)]
struct Picked {
    claims: Vec<ClaimId>,
    is_cut: bool,
}

impl Finds {
    /// Whether more persons have this key of a name than are told without an amount.
    #[must_use]
    pub fn is_common(&self, debtor_key: i64) -> bool {
        self.persons.get(&debtor_key).is_some_and(|them| them.len() > bounds::PERSONS_MAX)
    }

    /// The persons whose every claim is wanted, each once.
    #[must_use]
    pub fn few_persons(&self) -> Vec<PersonId> {
        let few = self.persons.values().filter(|them| them.len() <= bounds::PERSONS_MAX);
        few.flatten().copied().collect::<BTreeSet<_>>().into_iter().collect()
    }

    /// The claims of one payment: by reference first, then by the number of
    /// the case, by their own, and by the debtor's name.
    #[must_use]
    pub fn of_payment(&self, payment: &PaymentKeys) -> PaymentFinds {
        let mut picked = Picked::default();
        let references = payment.references.iter();
        picked.add(references.filter_map(|it| self.by_reference.get(it)), bounds::CLAIMS_MAX);
        for claims in payment.number_keys.iter().filter_map(|key| self.by_case.get(key)) {
            picked.add(claims, bounds::CLAIMS_MAX);
        }
        for claims in payment.number_keys.iter().filter_map(|key| self.by_number.get(key)) {
            let are_few = claims.len() <= bounds::BY_NUMBER_FEW;
            let of_amount = claims.iter().filter(|(_, it)| are_few || *it == payment.amount);
            let wanted: Vec<ClaimId> = of_amount.map(|(claim_id, _)| *claim_id).collect();
            if claims.len() > bounds::BY_NUMBER_MAX {
                picked.is_cut = true;
            } else {
                picked.is_cut |= wanted.len() < claims.len();
                picked.add(&wanted, bounds::CLAIMS_MAX);
            }
        }
        for key in &payment.debtor_keys {
            if self.is_common(*key) {
                let claims = self.by_amount.get(&(*key, payment.amount)).into_iter().flatten();
                picked.add(claims, bounds::BY_AMOUNT_MAX);
            } else {
                let persons = self.persons.get(key).into_iter().flatten();
                let claims = persons.filter_map(|it| self.of_person.get(it)).flatten();
                picked.add(claims, bounds::CLAIMS_MAX);
            }
        }
        PaymentFinds { claim_ids: picked.claims, is_cut: picked.is_cut }
    }
}

impl Picked {
    /// Adds claims of one key, at most so many, each once.
    fn add<'a>(&mut self, claims: impl IntoIterator<Item = &'a ClaimId>, most: usize) {
        for (place, claim) in claims.into_iter().enumerate() {
            if self.claims.contains(claim) {
                continue;
            }
            if place >= most || self.claims.len() >= bounds::CLAIMS_MAX {
                self.is_cut = true;
                return;
            }
            self.claims.push(*claim);
        }
    }
}

/// The answer: as many claims as it has room for, and no payment with a claim that is not among
/// them.
#[must_use]
pub fn told(mut found: Vec<PaymentFinds>, clues: Vec<ClaimClue>) -> FindClaimsAnswer {
    let mut claims = Vec::with_capacity(clues.len());
    let mut known = BTreeSet::new();
    let mut bytes = 0_usize;
    for clue in clues {
        bytes = bytes
            .saturating_add(clue.invoice_number.len())
            .saturating_add(clue.debtor_name.len())
            .saturating_add(FRAME_BYTES);
        if bytes > bounds::CLUES_BYTES_MAX {
            break;
        }
        known.insert(clue.claim_id);
        claims.push(clue);
    }
    for finds in &mut found {
        let before = finds.claim_ids.len();
        finds.claim_ids.retain(|it| known.contains(it));
        finds.is_cut |= finds.claim_ids.len() < before;
    }
    FindClaimsAnswer { claims, found }
}
