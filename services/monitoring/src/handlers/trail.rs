//! The audit trail: everything that monitoring hears, written down as it comes. One projection for
//! all types of messages; what is kept of each stands in `domain/audited.rs`.

use std::marker::PhantomData;

use contracts::Envelope;
use mailbox::Projection;
use sqlx::PgConnection;

use crate::domain::{Audited, Entry};
use crate::store;

#[derive(Debug)]
pub(crate) struct Trail<M>(PhantomData<fn() -> M>);

impl<M: Audited> Projection for Trail<M> {
    type Message = M;

    async fn project(conn: &mut PgConnection, messages: &[(&Envelope, M)]) -> sqlx::Result<()> {
        let entries: Vec<Entry> =
            messages.iter().map(|(envelope, message)| Entry::of(envelope, message)).collect();
        store::append(conn, &entries).await
    }
}
