//! The states that one request works on: more than two, and some only where the request gets that
//! far. What a request does not reach is neither locked nor made.

use mailbox::{Aggregate, Arena, Kind, Row, States};
use uuid::Uuid;

use super::creditor::{Creditor, Terms};
use super::customer::Customer;
use super::document::NumberedDocument;
use super::reference::ReferenceUse;
use super::taken::Taken;

/// What an import works on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Desk {
    pub terms: Terms,
    /// Locked for a document that may change a claim.
    pub customer: Reached<Customer>,
    /// Locked where the file has a number.
    pub document: Reached<NumberedDocument>,
    /// Locked where the document brings a payment reference.
    pub reference: Reached<ReferenceUse>,
}

/// What the registration of a creditor works on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Enrolment {
    /// Locked where the document can be read.
    pub creditor: Reached<Creditor>,
    /// Locked with it.
    pub taken: Reached<Taken>,
}

impl Enrolment {
    fn taken_key(creditor: Option<Uuid>) -> Option<Uuid> {
        creditor.map(|_| Taken::ID)
    }
}

impl States for Enrolment {
    type Key = Option<Uuid>;

    fn kinds() -> Vec<Box<dyn Kind>> {
        let kinds = [Reached::<Creditor>::kinds(), Taken::kinds()];
        kinds.into_iter().flatten().collect()
    }

    fn rows(key: &Option<Uuid>) -> Vec<Row> {
        let mut rows = <Reached<Creditor> as States>::rows(key);
        rows.extend(Reached::<Taken>::rows_of(Self::taken_key(*key)));
        rows
    }

    fn take(arena: &Arena, key: &Option<Uuid>) -> Option<Self> {
        Some(Self {
            creditor: Reached::take_from(arena, *key)?,
            taken: Reached::take_from(arena, Self::taken_key(*key))?,
        })
    }

    fn put(self, arena: &mut Arena, key: &Option<Uuid>, spoke: bool) -> u64 {
        self.taken.put_into(arena, Self::taken_key(*key), false);
        self.creditor.put_into(arena, *key, spoke)
    }
}

/// The rows of an import.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DeskKey {
    pub creditor: Uuid,
    pub customer: Option<Uuid>,
    pub document: Option<Uuid>,
    pub reference: Option<Uuid>,
}

/// A state that a request may not reach.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reached<A>(pub Option<A>);

impl<A: Aggregate> Reached<A> {
    fn rows_of(key: Option<Uuid>) -> impl Iterator<Item = Row> {
        key.into_iter().flat_map(|id| A::rows(&id))
    }

    fn take_from(arena: &Arena, key: Option<Uuid>) -> Option<Self> {
        key.map_or(Some(Self(None)), |id| Some(Self(Some(A::take(arena, &id)?))))
    }

    fn put_into(self, arena: &mut Arena, key: Option<Uuid>, spoke: bool) -> u64 {
        self.0.zip(key).map_or(0, |(state, id)| state.put(arena, &id, spoke))
    }
}

/// A request must name a row; one that reaches nothing reads the terms of nobody.
fn nobody() -> Row {
    Row { kind: Terms::KIND, id: Uuid::nil() }
}

impl<A: Aggregate> States for Reached<A> {
    type Key = Option<Uuid>;

    fn kinds() -> Vec<Box<dyn Kind>> {
        let mut kinds = A::kinds();
        kinds.extend(Terms::kinds());
        kinds
    }

    fn rows(key: &Option<Uuid>) -> Vec<Row> {
        if key.is_none() { vec![nobody()] } else { Self::rows_of(*key).collect() }
    }

    fn take(arena: &Arena, key: &Option<Uuid>) -> Option<Self> {
        Self::take_from(arena, *key)
    }

    fn put(self, arena: &mut Arena, key: &Option<Uuid>, spoke: bool) -> u64 {
        self.put_into(arena, *key, spoke)
    }
}

impl States for Desk {
    type Key = DeskKey;

    fn kinds() -> Vec<Box<dyn Kind>> {
        let kinds =
            [Terms::kinds(), Customer::kinds(), NumberedDocument::kinds(), ReferenceUse::kinds()];
        kinds.into_iter().flatten().collect()
    }

    fn rows(key: &DeskKey) -> Vec<Row> {
        let mut rows = Terms::rows(&key.creditor);
        rows.extend(Reached::<Customer>::rows_of(key.customer));
        rows.extend(Reached::<NumberedDocument>::rows_of(key.document));
        rows.extend(Reached::<ReferenceUse>::rows_of(key.reference));
        rows
    }

    fn take(arena: &Arena, key: &DeskKey) -> Option<Self> {
        Some(Self {
            terms: Terms::take(arena, &key.creditor)?,
            customer: Reached::take_from(arena, key.customer)?,
            document: Reached::take_from(arena, key.document)?,
            reference: Reached::take_from(arena, key.reference)?,
        })
    }

    /// What is told is told of the customer's case, so its version is the one that counts. The
    /// terms are only read.
    fn put(self, arena: &mut Arena, key: &DeskKey, spoke: bool) -> u64 {
        self.document.put_into(arena, key.document, false);
        self.reference.put_into(arena, key.reference, false);
        self.customer.put_into(arena, key.customer, spoke)
    }
}
