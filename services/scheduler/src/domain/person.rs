//! The contact budget of one person, over all creditors and cases.
//!
//! It is reserved with a permit, used up by the act, and given back when the act did not happen.

use std::collections::BTreeMap;

use jiff::SignedDuration;
use primitives::{PermitId, Timestamp};

/// The row of one person.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Person {
    /// Counts the decisions that changed something.
    pub version: u64,
    /// By permit: the contacts that were made lately, and those that may still be made.
    pub contacts: BTreeMap<PermitId, Contact>,
}

/// One contact that counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Contact {
    /// When it was made; the end of its permit while it was not.
    pub at: Timestamp,
    pub made: bool,
    /// Whether it counts towards the cap; an answer to what the person did does not.
    pub counts: bool,
}

/// How long a contact is kept: the gate asks for eight days.
const KEPT: SignedDuration = SignedDuration::from_hours(8 * 24);

impl Person {
    /// Keeps a contact that may be made until `not_after`.
    pub fn reserve(&mut self, permit_id: PermitId, not_after: Timestamp, counts: bool) {
        self.contacts.insert(permit_id, Contact { at: not_after, made: false, counts });
    }

    /// Keeps a contact that was made, the first time that it was under its permit, and forgets
    /// those that are too old to count.
    pub fn contacted(&mut self, permit_id: PermitId, at: Timestamp) {
        let kept = self.contacts.get(&permit_id);
        let counts = kept.is_none_or(|contact| contact.counts);
        if kept.is_none_or(|contact| !contact.made || at < contact.at) {
            self.contacts.insert(permit_id, Contact { at, made: true, counts });
        }
        self.contacts.retain(|_, contact| !contact.made || at.duration_since(contact.at) <= KEPT);
    }

    /// Gives back what a permit reserved.
    pub fn release(&mut self, permit_id: PermitId) {
        if self.contacts.get(&permit_id).is_some_and(|contact| !contact.made) {
            self.contacts.remove(&permit_id);
        }
    }

    /// The moments that count, for the gate.
    #[must_use]
    pub fn moments(&self) -> Vec<Timestamp> {
        self.contacts.values().filter(|contact| contact.counts).map(|contact| contact.at).collect()
    }
}
