//! `scheduler.api.preview-hold`: what a hold would stop.

use contracts::hold::{HoldPreview, PreviewHold};
use mailbox::Query;
use primitives::{Country, Timestamp};
use sqlx::PgConnection;

use crate::domain::day_of;
use crate::store;

#[derive(Debug)]
pub(crate) struct AnswerPreviewHold;

impl Query for AnswerPreviewHold {
    type Request = PreviewHold;

    async fn answer(
        &self,
        conn: &mut PgConnection,
        request: PreviewHold,
        now: Timestamp,
    ) -> sqlx::Result<HoldPreview> {
        let starts_on = request.starts_on.unwrap_or_else(|| day_of(Country::NL, now));
        store::preview(conn, &request.scope, starts_on).await
    }
}
