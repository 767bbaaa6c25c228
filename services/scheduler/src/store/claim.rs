//! What happened to claims: the steps that are behind them, and the messages that left.

use std::collections::HashMap;

use jiff_sqlx::ToSqlx;
use law::Notice;
use primitives::ClaimId;
use sqlx::PgConnection;
use uuid::Uuid;

use super::Column;
use crate::domain::Case;

/// Adds what happened to the claims of the cases.
pub(super) async fn load_history(
    conn: &mut PgConnection,
    ids: &[Uuid],
    cases: &mut HashMap<Uuid, Case>,
) -> sqlx::Result<()> {
    let passed = sqlx::query!(
        "select case_id, claim_id, step, passed_on
         from passed_step join claim using (claim_id) where case_id = any($1)",
        ids,
    )
    .fetch_all(&mut *conn)
    .await?;
    let notices = sqlx::query!(
        "select case_id, claim_id, message, channel, sent_on
         from notice join claim using (claim_id) where case_id = any($1)
         order by claim_id, sent_on, message, channel",
        ids,
    )
    .fetch_all(conn)
    .await?;
    for row in passed {
        let case = cases.get_mut(&row.case_id);
        let claim = case.and_then(|case| case.claims.get_mut(&ClaimId::from_uuid(row.claim_id)));
        if let Some(claim) = claim {
            claim.passed.insert(row.step, row.passed_on.map(jiff_sqlx::Date::to_jiff));
        }
    }
    let column = |name| Column("notice", name);
    for row in notices {
        let case = cases.get_mut(&row.case_id);
        let claim = case.and_then(|case| case.claims.get_mut(&ClaimId::from_uuid(row.claim_id)));
        if let Some(claim) = claim {
            claim.notices.push(Notice {
                message: column("message").word(row.message)?,
                channel: column("channel").word(row.channel)?,
                sent_on: row.sent_on.to_jiff(),
            });
        }
    }
    Ok(())
}

/// Writes what happened to the claims. It is only ever added to; of a step that was taken again the
/// last day counts.
pub(super) async fn save_history(conn: &mut PgConnection, cases: &[&Case]) -> sqlx::Result<()> {
    let (mut claims, mut steps, mut days) = (Vec::new(), Vec::new(), Vec::new());
    let (mut noticed, mut messages, mut channels, mut sent) =
        (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for (claim_id, claim) in cases.iter().flat_map(|case| &case.claims) {
        for (step, passed_on) in &claim.passed {
            claims.push(claim_id.as_uuid());
            steps.push(step.clone());
            days.push(passed_on.map(ToSqlx::to_sqlx));
        }
        for notice in &claim.notices {
            noticed.push(claim_id.as_uuid());
            messages.push(notice.message.to_string());
            channels.push(notice.channel.to_string());
            sent.push(notice.sent_on.to_sqlx());
        }
    }
    sqlx::query!(
        "insert into passed_step (claim_id, step, passed_on)
         select * from unnest($1::uuid[], $2::text[], $3::date[])
         on conflict (claim_id, step) do update set passed_on = excluded.passed_on
         where passed_step.passed_on is distinct from excluded.passed_on",
        &claims,
        &steps,
        &days as &[Option<jiff_sqlx::Date>],
    )
    .execute(&mut *conn)
    .await?;
    sqlx::query!(
        "insert into notice (claim_id, message, channel, sent_on)
         select * from unnest($1::uuid[], $2::text[], $3::text[], $4::date[])
         on conflict do nothing",
        &noticed,
        &messages,
        &channels,
        &sent as &[jiff_sqlx::Date],
    )
    .execute(conn)
    .await?;
    Ok(())
}
