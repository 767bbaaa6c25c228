//! `monitoring.api.audit-trail`: everything that happened on a case.

use contracts::monitoring::{AuditTrail, GetAuditTrail};
use mailbox::Query;
use primitives::Timestamp;
use sqlx::PgConnection;

use crate::domain::audit_trail;
use crate::store;

#[derive(Debug)]
pub(crate) struct AnswerAuditTrail;

impl Query for AnswerAuditTrail {
    type Request = GetAuditTrail;

    async fn answer(
        &self,
        conn: &mut PgConnection,
        request: GetAuditTrail,
        _: Timestamp,
    ) -> sqlx::Result<AuditTrail> {
        let entries = store::entries_of(conn, &[request.case_id.as_uuid()]).await?;
        Ok(audit_trail(entries))
    }
}
