//! A database that was restored from a backup, or that took over from another, has forgotten the
//! last of what was done, while the broker and the outside have not.
//!
//! What is missing comes again from those who sent it (`amicable stream refill`). Until a person
//! says that it is all there, the service *recovers*: an act that the outside cannot deduplicate is
//! asked about before it is performed, since it may have been; and what is sent says that it may
//! have been sent before, so that its takers look further back than its day.

use std::sync::{Mutex, PoisonError};

use contracts::operations::Breach;
use primitives::Timestamp;
use uuid::Uuid;

use crate::batch::Engine;
use crate::store;

/// Since when the service recovers, as far as this process knows.
#[derive(Debug, Default)]
pub(crate) struct Recovery(Mutex<Option<Timestamp>>);

impl Recovery {
    pub(crate) fn is_on(&self) -> bool {
        self.since().is_some()
    }

    pub(crate) fn since(&self) -> Option<Timestamp> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Looks at the start whether this is the database of the last start; `is_restored` says that it is
/// not where that cannot be seen: a disk that was put back, a backup from before the first start.
pub(crate) async fn look(engine: &Engine, is_restored: bool) -> sqlx::Result<()> {
    let mut conn = engine.pool.acquire().await?;
    let now = engine.clock.wall_now();
    let identity = runtime::postgres::identity(&mut conn).await?;
    let evidence_from = engine.evidence_from(now);
    if store::see_home(&mut conn, &identity, is_restored, now, evidence_from).await? {
        tracing::error!(
            "this database was restored from a backup, or took over from another: acts are asked \
             about before they are performed, until what it forgot is there again and somebody \
             says so (`amicable stream recovered`)"
        );
    }
    drop(conn);
    adopt(engine).await
}

/// Takes over what the database says, which another replica or an operator may have changed.
pub(crate) async fn adopt(engine: &Engine) -> sqlx::Result<()> {
    let mut conn = engine.pool.acquire().await?;
    let since = store::recovering_since(&mut conn).await?;
    *engine.recovery.0.lock().unwrap_or_else(PoisonError::into_inner) = since;
    Ok(())
}

/// Ends the recovery; false where there was none.
pub(crate) async fn end(engine: &Engine) -> sqlx::Result<bool> {
    let mut conn = engine.pool.acquire().await?;
    let ended = store::end_recovery(&mut conn).await?;
    drop(conn);
    adopt(engine).await?;
    Ok(ended)
}

/// What `check` tells of a service that recovers.
pub(crate) fn breach(engine: &Engine) -> Option<Breach> {
    engine.recovery.is_on().then(|| Breach {
        invariant: "recovery".to_owned(),
        id: Uuid::nil(),
        detail: format!(
            "the database of {service} was restored: let every service send again what it sent \
             since the backup (`amicable stream refill`), then say `amicable stream recovered \
             --service {service}`",
            service = engine.service
        ),
    })
}
