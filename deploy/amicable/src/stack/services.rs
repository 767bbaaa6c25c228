//! The services of this release: what the stack runs, and what a message between them may be about.

use std::process::ExitCode;

use runtime::Service;
use sqlx::migrate::Migrator;

/// One service, without its type.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Entry {
    /// In kebab case.
    pub name: &'static str,
    /// The migrations of its schema, in order.
    pub migrators: fn() -> Vec<&'static Migrator>,
    /// The whole life of its process, given the arguments after its name.
    pub run: fn(Vec<String>) -> ExitCode,
}

const fn entry<S: Service>() -> Entry {
    Entry { name: S::NAME, migrators: S::migrators, run: |args| runtime::run::<S>(args) }
}

/// In the order in which they are listed.
pub(super) const SERVICES: &[Entry] = &[
    entry::<intake::Intake>(),
    entry::<scheduler::Scheduler>(),
    entry::<letter::Letter>(),
    entry::<telephony_task::TelephonyTask>(),
    entry::<mediation::Mediation>(),
    entry::<payment_reconciliation::PaymentReconciliation>(),
    entry::<monitoring::Monitoring>(),
];

/// The service with this name.
#[must_use]
pub(crate) fn named(name: &str) -> Option<&'static Entry> {
    SERVICES.iter().find(|entry| entry.name == name)
}

/// The names of all services.
pub(crate) fn names() -> impl Iterator<Item = &'static str> {
    SERVICES.iter().map(|entry| entry.name)
}
