//! The states that decisions read and change, and the arena that holds those locked by a batch.

use std::any::Any;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt::Debug;
use std::future::Future;

use futures_util::future::BoxFuture;
use sqlx::PgConnection;
use uuid::Uuid;

/// One kind of state, with a row of its own, kept by the service's `store`.
pub trait Aggregate: Clone + PartialEq + Debug + Send + Sync + 'static {
    /// In kebab case; rows of the mailbox name it, and locks are taken in its order.
    const KIND: &'static str;

    /// Creates the missing rows (`on conflict do nothing`), locks all (`for update`, in the order
    /// of `ids`, which are sorted), and loads them. A row just made is a state that nothing has
    /// happened to.
    fn lock(
        conn: &mut PgConnection,
        ids: &[Uuid],
    ) -> impl Future<Output = sqlx::Result<Vec<(Uuid, Self)>>> + Send;

    /// Saves the states that changed, in bulk.
    fn save(
        conn: &mut PgConnection,
        changed: &[(Uuid, Self)],
    ) -> impl Future<Output = sqlx::Result<()>> + Send;

    /// Counts the decisions that changed the state or told something. Events carry it.
    fn version(&self) -> u64;

    /// Sets what `version` returns.
    fn set_version(&mut self, version: u64);
}

/// What one decision works on: one aggregate, or up to three that are locked together.
pub trait States: Clone + Send + 'static {
    /// The ids, one per aggregate.
    type Key: Clone + Debug + Send + Sync + 'static;

    /// The kinds that take part.
    fn kinds() -> Vec<Box<dyn Kind>>;

    /// The rows to lock.
    fn rows(key: &Self::Key) -> Vec<Row>;

    /// Reads the states out of the arena.
    fn take(arena: &Arena, key: &Self::Key) -> Option<Self>;

    /// Puts decided states back; counts their versions up where they changed, or where `spoke`.
    /// Returns the version of the first.
    fn put(self, arena: &mut Arena, key: &Self::Key, spoke: bool) -> u64;
}

impl<A: Aggregate, B: Aggregate, C: Aggregate> States for (A, B, C) {
    type Key = (Uuid, Uuid, Uuid);

    fn kinds() -> Vec<Box<dyn Kind>> {
        let mut kinds = <(A, B)>::kinds();
        kinds.extend(C::kinds());
        kinds
    }

    fn rows(key: &(Uuid, Uuid, Uuid)) -> Vec<Row> {
        let mut rows = <(A, B)>::rows(&(key.0, key.1));
        rows.extend(C::rows(&key.2));
        rows
    }

    fn take(arena: &Arena, key: &(Uuid, Uuid, Uuid)) -> Option<Self> {
        Some((arena.get::<A>(key.0)?, arena.get::<B>(key.1)?, arena.get::<C>(key.2)?))
    }

    fn put(self, arena: &mut Arena, key: &(Uuid, Uuid, Uuid), spoke: bool) -> u64 {
        let version = arena.put(key.0, self.0, spoke);
        arena.put(key.1, self.1, false);
        arena.put(key.2, self.2, false);
        version
    }
}

/// One row of one kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Row {
    pub kind: &'static str,
    pub id: Uuid,
}

impl<A: Aggregate> States for A {
    type Key = Uuid;

    fn kinds() -> Vec<Box<dyn Kind>> {
        vec![Box::new(KindOf::<A>(std::marker::PhantomData))]
    }

    fn rows(key: &Uuid) -> Vec<Row> {
        vec![Row { kind: A::KIND, id: *key }]
    }

    fn take(arena: &Arena, key: &Uuid) -> Option<Self> {
        arena.get::<A>(*key)
    }

    fn put(self, arena: &mut Arena, key: &Uuid, spoke: bool) -> u64 {
        arena.put(*key, self, spoke)
    }
}

impl<A: Aggregate, B: Aggregate> States for (A, B) {
    type Key = (Uuid, Uuid);

    fn kinds() -> Vec<Box<dyn Kind>> {
        let mut kinds = A::kinds();
        kinds.extend(B::kinds());
        kinds
    }

    fn rows(key: &(Uuid, Uuid)) -> Vec<Row> {
        vec![Row { kind: A::KIND, id: key.0 }, Row { kind: B::KIND, id: key.1 }]
    }

    fn take(arena: &Arena, key: &(Uuid, Uuid)) -> Option<Self> {
        Some((arena.get::<A>(key.0)?, arena.get::<B>(key.1)?))
    }

    fn put(self, arena: &mut Arena, key: &(Uuid, Uuid), spoke: bool) -> u64 {
        let version = arena.put(key.0, self.0, spoke);
        arena.put(key.1, self.1, false);
        version
    }
}

/// An aggregate kind without its type.
pub trait Kind: Send + Sync {
    fn name(&self) -> &'static str;
    fn lock<'a>(
        &'a self,
        conn: &'a mut PgConnection,
        ids: &'a [Uuid],
    ) -> BoxFuture<'a, sqlx::Result<Vec<(Uuid, Held)>>>;
    fn save<'a>(
        &'a self,
        conn: &'a mut PgConnection,
        changed: Vec<(Uuid, Held)>,
    ) -> BoxFuture<'a, sqlx::Result<()>>;
}

/// A state without its type.
pub type Held = Box<dyn AnyState>;

/// What the arena needs of a state whose type it does not know.
pub trait AnyState: Any + Send + Sync {
    fn duplicate(&self) -> Held;
}

impl<A: Aggregate> AnyState for A {
    fn duplicate(&self) -> Held {
        Box::new(self.clone())
    }
}

struct KindOf<A>(std::marker::PhantomData<fn() -> A>);

impl<A: Aggregate> Kind for KindOf<A> {
    fn name(&self) -> &'static str {
        A::KIND
    }

    fn lock<'a>(
        &'a self,
        conn: &'a mut PgConnection,
        ids: &'a [Uuid],
    ) -> BoxFuture<'a, sqlx::Result<Vec<(Uuid, Held)>>> {
        Box::pin(async move {
            let states = A::lock(conn, ids).await?;
            Ok(states.into_iter().map(|(id, state)| (id, Box::new(state) as Held)).collect())
        })
    }

    fn save<'a>(
        &'a self,
        conn: &'a mut PgConnection,
        changed: Vec<(Uuid, Held)>,
    ) -> BoxFuture<'a, sqlx::Result<()>> {
        let typed: Vec<(Uuid, A)> = changed
            .into_iter()
            .filter_map(|(id, held)| {
                let state: Box<dyn Any> = held;
                state.downcast::<A>().ok().map(|state| (id, *state))
            })
            .collect();
        Box::pin(async move { A::save(conn, &typed).await })
    }
}

/// The kinds of one service, by name: the order of locking.
pub(crate) type Kinds = BTreeMap<&'static str, Box<dyn Kind>>;

/// The states that one transaction has locked.
#[derive(Default)]
pub struct Arena {
    states: HashMap<Row, Held>,
    changed: BTreeSet<Row>,
}

impl Debug for Arena {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Arena")
            .field("rows", &self.states.keys())
            .field("changed", &self.changed)
            .finish()
    }
}

impl Arena {
    /// Locks and loads the rows, kind by kind, each in the order of its ids.
    pub(crate) async fn lock(
        kinds: &Kinds,
        conn: &mut PgConnection,
        rows: &BTreeSet<Row>,
    ) -> sqlx::Result<Self> {
        let mut arena = Self::default();
        for (name, kind) in kinds {
            let ids: Vec<Uuid> =
                rows.iter().filter(|row| row.kind == *name).map(|row| row.id).collect();
            if ids.is_empty() {
                continue;
            }
            for (id, held) in kind.lock(conn, &ids).await? {
                arena.states.insert(Row { kind: name, id }, held);
            }
        }
        Ok(arena)
    }

    /// Saves what changed.
    pub(crate) async fn save(self, kinds: &Kinds, conn: &mut PgConnection) -> sqlx::Result<()> {
        let mut states = self.states;
        let mut by_kind: BTreeMap<&'static str, Vec<(Uuid, Held)>> = BTreeMap::new();
        for row in self.changed {
            if let Some(held) = states.remove(&row) {
                by_kind.entry(row.kind).or_default().push((row.id, held));
            }
        }
        for (name, changed) in by_kind {
            if let Some(kind) = kinds.get(name) {
                kind.save(conn, changed).await?;
            }
        }
        Ok(())
    }

    /// A copy of some rows, to put back when a message fails half way.
    pub(crate) fn snapshot(&self, rows: &[Row]) -> Snapshot {
        Snapshot(
            rows.iter()
                .filter_map(|row| {
                    let held = self.states.get(row)?;
                    Some((*row, held.duplicate(), self.changed.contains(row)))
                })
                .collect(),
        )
    }

    pub(crate) fn restore(&mut self, snapshot: Snapshot) {
        for (row, held, changed) in snapshot.0 {
            self.states.insert(row, held);
            if !changed {
                self.changed.remove(&row);
            }
        }
    }

    /// A state as it stands.
    pub(crate) fn find<A: Aggregate>(&self, id: Uuid) -> Option<&A> {
        let held: &dyn Any = self.states.get(&Row { kind: A::KIND, id })?.as_ref();
        held.downcast_ref::<A>()
    }

    /// Whether there is a state of this row.
    pub(crate) fn holds(&self, row: Row) -> bool {
        self.states.contains_key(&row)
    }

    /// The rows that there are.
    pub(crate) fn rows(&self) -> impl Iterator<Item = Row> {
        self.states.keys().copied()
    }

    /// Puts a state as it was loaded.
    pub(crate) fn load(&mut self, row: Row, held: Held) {
        self.states.insert(row, held);
    }

    /// The rows that changed since this was asked last.
    pub(crate) fn take_changed(&mut self) -> BTreeSet<Row> {
        std::mem::take(&mut self.changed)
    }

    fn get<A: Aggregate>(&self, id: Uuid) -> Option<A> {
        self.find::<A>(id).cloned()
    }

    fn put<A: Aggregate>(&mut self, id: Uuid, mut state: A, spoke: bool) -> u64 {
        let changed = self.find::<A>(id) != Some(&state);
        if changed || spoke {
            state.set_version(state.version().saturating_add(1));
        }
        let version = state.version();
        let row = Row { kind: A::KIND, id };
        if changed || spoke {
            self.changed.insert(row);
        }
        self.states.insert(row, Box::new(state));
        version
    }
}

/// See [`Arena::snapshot`].
pub(crate) struct Snapshot(Vec<(Row, Held, bool)>);
