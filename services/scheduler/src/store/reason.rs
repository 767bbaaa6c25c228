//! Why debtors do not pay, what else stands in the way of their cases meanwhile, and where people
//! had claims begin again.

use std::collections::HashMap;

use jiff_sqlx::ToSqlx;
use primitives::{ClaimId, ContentHash, StaffId};
use sqlx::PgConnection;
use uuid::Uuid;

use super::{Column, word};
use crate::domain::{Case, Reason};

/// Adds what was heard of reasons to their cases.
pub(super) async fn load_reasons(
    conn: &mut PgConnection,
    ids: &[Uuid],
    cases: &mut HashMap<Uuid, Case>,
) -> sqlx::Result<()> {
    let rows = sqlx::query!(
        "select reason_id, case_id, reason, said_by, said_on, recorded_by, recorded_at, in_call,
                evidence, answered_at
         from reason where case_id = any($1)",
        ids,
    )
    .fetch_all(conn)
    .await?;
    let column = |name| Column("reason", name);
    for row in rows {
        let Some(case) = cases.get_mut(&row.case_id) else { continue };
        let evidence: Option<ContentHash> =
            row.evidence.map(|hash| column("evidence").word(hash)).transpose()?;
        let reason = Reason {
            reason: column("reason").word(row.reason)?,
            said_by: column("said_by").word(row.said_by)?,
            said_on: row.said_on.to_jiff(),
            recorded_by: row.recorded_by.map(StaffId::from_uuid),
            recorded_at: row.recorded_at.to_jiff(),
            in_call: row.in_call,
            evidence,
            answered_at: row.answered_at.map(jiff_sqlx::Timestamp::to_jiff),
        };
        case.reasons.insert(row.reason_id, reason);
    }
    Ok(())
}

/// Writes it. A reason stays as it was said; only that it was answered may come.
pub(super) async fn save_reasons(conn: &mut PgConnection, cases: &[&Case]) -> sqlx::Result<()> {
    let (mut ids, mut of, mut reasons, mut said_by) =
        (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let (mut said_on, mut recorded_by, mut recorded_at, mut in_call) =
        (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let (mut evidence, mut answered_at) = (Vec::new(), Vec::new());
    for (case, (id, reason)) in
        cases.iter().flat_map(|case| case.reasons.iter().map(move |it| (case, it)))
    {
        ids.push(*id);
        of.push(case.case_id.as_uuid());
        reasons.push(word(&reason.reason)?);
        said_by.push(word(&reason.said_by)?);
        said_on.push(reason.said_on.to_sqlx());
        recorded_by.push(reason.recorded_by.map(|staff_id| staff_id.as_uuid()));
        recorded_at.push(reason.recorded_at.to_sqlx());
        in_call.push(reason.in_call);
        evidence.push(reason.evidence.as_ref().map(word).transpose()?);
        answered_at.push(reason.answered_at.map(ToSqlx::to_sqlx));
    }
    if ids.is_empty() {
        return Ok(());
    }
    sqlx::query!(
        "insert into reason (reason_id, case_id, reason, said_by, said_on, recorded_by, recorded_at,
                             in_call, evidence, answered_at)
         select * from unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::date[],
                              $6::uuid[], $7::timestamptz[], $8::boolean[], $9::text[],
                              $10::timestamptz[])
         on conflict (reason_id) do update set answered_at = excluded.answered_at
         where reason.answered_at is distinct from excluded.answered_at",
        &ids,
        &of,
        &reasons,
        &said_by,
        &said_on as &[jiff_sqlx::Date],
        &recorded_by as &[Option<Uuid>],
        &recorded_at as &[jiff_sqlx::Timestamp],
        &in_call,
        &evidence as &[Option<String>],
        &answered_at as &[Option<jiff_sqlx::Timestamp>],
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Adds where people had claims begin again.
pub(super) async fn load_begins(
    conn: &mut PgConnection,
    ids: &[Uuid],
    cases: &mut HashMap<Uuid, Case>,
) -> sqlx::Result<()> {
    let rows = sqlx::query!(
        "select case_id, claim_id, step from begun_again join claim using (claim_id)
         where case_id = any($1) and step is not null",
        ids,
    )
    .fetch_all(conn)
    .await?;
    for row in rows {
        let case = cases.get_mut(&row.case_id);
        let claim = case.and_then(|case| case.claims.get_mut(&ClaimId::from_uuid(row.claim_id)));
        if let Some(claim) = claim {
            claim.begins_at = row.step;
        }
    }
    Ok(())
}

/// Writes it; a claim that took its last step keeps its row without one.
pub(super) async fn save_begins(conn: &mut PgConnection, cases: &[&Case]) -> sqlx::Result<()> {
    let claims = || cases.iter().flat_map(|case| &case.claims);
    let all: Vec<Uuid> = claims().map(|(claim_id, _)| claim_id.as_uuid()).collect();
    let begun =
        || claims().filter_map(|(id, claim)| Some((id.as_uuid(), claim.begins_at.as_ref()?)));
    let ids: Vec<Uuid> = begun().map(|(id, _)| id).collect();
    let steps: Vec<String> = begun().map(|(_, step)| step.clone()).collect();
    sqlx::query!(
        "update begun_again set step = null
         where claim_id = any($1) and not claim_id = any($2) and step is not null",
        &all,
        &ids,
    )
    .execute(&mut *conn)
    .await?;
    if ids.is_empty() {
        return Ok(());
    }
    sqlx::query!(
        "insert into begun_again (claim_id, step) select * from unnest($1::uuid[], $2::text[])
         on conflict (claim_id) do update set step = excluded.step",
        &ids,
        &steps,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Adds what stands in the way of cases beside a reason.
pub(super) async fn load_beside(
    conn: &mut PgConnection,
    ids: &[Uuid],
    cases: &mut HashMap<Uuid, Case>,
) -> sqlx::Result<()> {
    let rows = sqlx::query!(
        "select case_id, blocked from blocked_beside
         where case_id = any($1) and blocked is not null",
        ids,
    )
    .fetch_all(conn)
    .await?;
    let blocked = Column("blocked_beside", "blocked");
    for row in rows {
        let Some(case) = cases.get_mut(&row.case_id) else { continue };
        case.blocked = row.blocked.map(|reason| blocked.word(reason)).transpose()?;
    }
    Ok(())
}

/// Writes it, where a reason holds the case: the row of the case itself says only that then.
pub(super) async fn save_beside(conn: &mut PgConnection, cases: &[&Case]) -> sqlx::Result<()> {
    let (mut ids, mut reasons) = (Vec::new(), Vec::new());
    for case in cases.iter().filter(|case| case.route().holds()) {
        let Some(reason) = &case.blocked else { continue };
        ids.push(case.case_id.as_uuid());
        reasons.push(word(reason)?);
    }
    let all: Vec<Uuid> = cases.iter().map(|case| case.case_id.as_uuid()).collect();
    sqlx::query!(
        "update blocked_beside set blocked = null
         where case_id = any($1) and not case_id = any($2) and blocked is not null",
        &all,
        &ids,
    )
    .execute(&mut *conn)
    .await?;
    if ids.is_empty() {
        return Ok(());
    }
    sqlx::query!(
        "insert into blocked_beside (case_id, blocked) select * from unnest($1::uuid[], $2::text[])
         on conflict (case_id) do update set blocked = excluded.blocked",
        &ids,
        &reasons,
    )
    .execute(conn)
    .await?;
    Ok(())
}
