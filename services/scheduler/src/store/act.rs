//! The act under way of a case, and what other services were asked to do for it.

use std::collections::{BTreeSet, HashMap};

use jiff_sqlx::ToSqlx;
use primitives::{Channel, PermitId};
use sqlx::PgConnection;
use uuid::Uuid;

use super::{Column, number, word};
use crate::domain::{Act, Case, Errand, ErrandKind, ErrandState};

/// Adds the acts to their cases; their claims come with the claims.
pub(super) async fn load_acts(
    conn: &mut PgConnection,
    ids: &[Uuid],
    cases: &mut HashMap<Uuid, Case>,
) -> sqlx::Result<()> {
    let acts = sqlx::query!(
        "select case_id, permit_id, step, not_after from act where case_id = any($1)",
        ids,
    )
    .fetch_all(&mut *conn)
    .await?;
    for row in acts {
        let act = Act {
            permit_id: PermitId::from_uuid(row.permit_id),
            step: row.step,
            claim_ids: BTreeSet::new(),
            not_after: row.not_after.to_jiff(),
            errands: Vec::new(),
        };
        if let Some(case) = cases.get_mut(&row.case_id) {
            case.act = Some(act);
        }
    }
    let errands = sqlx::query!(
        "select errand_id, case_id, channel, state, reason from errand
         where case_id = any($1) order by case_id, place",
        ids,
    )
    .fetch_all(conn)
    .await?;
    let column = |name| Column("errand", name);
    for row in errands {
        let kind = match row.channel {
            Some(channel) => ErrandKind::Letter(column("channel").word::<Channel>(channel)?),
            None => ErrandKind::Call,
        };
        let reason = column("reason");
        let state = match (row.state.as_str(), row.reason) {
            ("granted", None) => ErrandState::Granted,
            ("withdrawing", None) => ErrandState::Withdrawing,
            ("uncertain", None) => ErrandState::Uncertain,
            ("done", None) => ErrandState::Done,
            ("not-sent", Some(why)) => ErrandState::NotSent(reason.word(why)?),
            ("not-made", Some(why)) => ErrandState::NotMade(reason.word(why)?),
            _ => return Err(column("state").fault(None)),
        };
        let act = cases.get_mut(&row.case_id).and_then(|case| case.act.as_mut());
        if let Some(act) = act {
            act.errands.push(Errand { id: row.errand_id, kind, state });
        }
    }
    Ok(())
}

/// Writes the acts under way, and deletes those that are over with their errands.
pub(super) async fn save_acts(conn: &mut PgConnection, cases: &[&Case]) -> sqlx::Result<()> {
    let ids: Vec<Uuid> = cases.iter().map(|case| case.case_id.as_uuid()).collect();
    let acts: Vec<(Uuid, &Act)> = cases
        .iter()
        .filter_map(|case| Some((case.case_id.as_uuid(), case.act.as_ref()?)))
        .collect();
    let owners: Vec<Uuid> = acts.iter().map(|(owner, _)| *owner).collect();
    let permits: Vec<Uuid> = acts.iter().map(|(_, act)| act.permit_id.as_uuid()).collect();
    let steps: Vec<String> = acts.iter().map(|(_, act)| act.step.clone()).collect();
    let ends: Vec<_> = acts.iter().map(|(_, act)| act.not_after.to_sqlx()).collect();
    // An act of another permit is another one; the errands of the old one go with it.
    sqlx::query!(
        "delete from act where case_id = any($1) and permit_id <> all($2)",
        &ids,
        &permits,
    )
    .execute(&mut *conn)
    .await?;
    sqlx::query!(
        "insert into act (case_id, permit_id, step, not_after)
         select * from unnest($1::uuid[], $2::uuid[], $3::text[], $4::timestamptz[])
         on conflict do nothing",
        &owners,
        &permits,
        &steps,
        &ends as &[jiff_sqlx::Timestamp],
    )
    .execute(&mut *conn)
    .await?;
    save_errands(conn, &acts).await
}

async fn save_errands(conn: &mut PgConnection, acts: &[(Uuid, &Act)]) -> sqlx::Result<()> {
    let (mut ids, mut owners, mut places) = (Vec::new(), Vec::new(), Vec::new());
    let (mut channels, mut states, mut reasons) = (Vec::new(), Vec::new(), Vec::new());
    for (owner, act) in acts {
        for (place, errand) in act.errands.iter().enumerate() {
            let (state, reason) = match &errand.state {
                ErrandState::Granted => ("granted", None),
                ErrandState::Withdrawing => ("withdrawing", None),
                ErrandState::Uncertain => ("uncertain", None),
                ErrandState::Done => ("done", None),
                ErrandState::NotSent(reason) => ("not-sent", Some(word(reason)?)),
                ErrandState::NotMade(reason) => ("not-made", Some(word(reason)?)),
            };
            ids.push(errand.id);
            owners.push(*owner);
            places.push(number::<i16>(place)?);
            channels.push(match errand.kind {
                ErrandKind::Letter(channel) => Some(channel.to_string()),
                ErrandKind::Call => None,
            });
            states.push(state.to_owned());
            reasons.push(reason);
        }
    }
    sqlx::query!(
        "insert into errand (errand_id, case_id, place, channel, state, reason)
         select * from unnest($1::uuid[], $2::uuid[], $3::smallint[], $4::text[], $5::text[],
                              $6::text[])
         on conflict (errand_id) do update set state = excluded.state, reason = excluded.reason",
        &ids,
        &owners,
        &places,
        &channels as &[Option<String>],
        &states,
        &reasons as &[Option<String>],
    )
    .execute(conn)
    .await?;
    Ok(())
}
