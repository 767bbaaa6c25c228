//! Mandates for direct debits, and whose accounts are debited by them.

use std::collections::{BTreeMap, BTreeSet};

use contracts::payment_reconciliation::{ListedMandate, MandateKind};
use jiff_sqlx::ToSqlx;
use mailbox::Aggregate;
use primitives::{Date, Iban, MandateId, PersonId, StaffId};
use sqlx::PgConnection;
use uuid::Uuid;

use super::staff::finance_desk;
use super::{Column, number};
use crate::domain::mandate::{Debtor, Mandate, Signed, Usage};

impl Aggregate for Mandate {
    const KIND: &'static str = "mandate";

    /// A mandate is kept once it is recorded; until then its reference alone is locked, so that of
    /// two who record one, the second finds that of the first.
    async fn lock(conn: &mut PgConnection, ids: &[Uuid]) -> sqlx::Result<Vec<(Uuid, Self)>> {
        sqlx::query!(
            "insert into mandate_reference (mandate_id) select distinct * from unnest($1::uuid[])
             order by 1 on conflict do nothing",
            ids,
        )
        .execute(&mut *conn)
        .await?;
        sqlx::query!(
            "select mandate_id from mandate_reference where mandate_id = any($1)
             order by mandate_id for update",
            ids,
        )
        .fetch_all(&mut *conn)
        .await?;
        let finance_desk = finance_desk(conn).await?;
        let mut mandates = load(conn, ids).await?;
        for mandate in mandates.values_mut() {
            mandate.finance_desk.clone_from(&finance_desk);
        }
        Ok(mandates.into_iter().collect())
    }

    async fn save(conn: &mut PgConnection, changed: &[(Uuid, Self)]) -> sqlx::Result<()> {
        for (id, Self { version, signed, .. }) in changed {
            let Some(signed) = signed else { continue };
            sqlx::query!(
                "insert into mandate (mandate_id, version, reference, person_id, signed_on, kind,
                                      notice_days, debtor_name, debtor_account, evidence,
                                      recorded_by, recorded_at, revoked_on, revoked_by)
                 values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
                 on conflict (mandate_id) do update
                 set version = excluded.version, revoked_on = excluded.revoked_on,
                     revoked_by = excluded.revoked_by",
                id,
                number::<i64>(*version)?,
                signed.reference.to_string(),
                signed.person_id.as_uuid(),
                signed.signed_on.to_sqlx() as jiff_sqlx::Date,
                word(&signed.kind),
                i16::from(signed.notice_days),
                signed.debtor.name,
                signed.debtor.account.as_str(),
                signed.evidence.as_bytes(),
                signed.recorded_by.as_uuid(),
                signed.recorded_at.to_sqlx() as jiff_sqlx::Timestamp,
                signed.revoked.map(|(on, _)| on.to_sqlx()) as Option<jiff_sqlx::Date>,
                signed.revoked.map(|(_, by)| by.as_uuid()),
            )
            .execute(&mut *conn)
            .await?;
        }
        Ok(())
    }

    fn version(&self) -> u64 {
        self.version
    }

    fn set_version(&mut self, version: u64) {
        self.version = version;
    }
}

const fn word(kind: &MandateKind) -> &'static str {
    match kind {
        MandateKind::OneOff => "one-off",
        MandateKind::Recurrent => "recurrent",
    }
}

fn kind(word: &str) -> sqlx::Result<MandateKind> {
    match word {
        "one-off" => Ok(MandateKind::OneOff),
        "recurrent" => Ok(MandateKind::Recurrent),
        _ => Err(Column("mandate", "kind").fault()),
    }
}

/// Mandates as they are, each with what was done with it; nothing is locked.
pub(super) async fn load(
    conn: &mut PgConnection,
    ids: &[Uuid],
) -> sqlx::Result<BTreeMap<Uuid, Mandate>> {
    let rows = sqlx::query!("select * from mandate where mandate_id = any($1)", ids)
        .fetch_all(&mut *conn)
        .await?;
    let unheard = |id: &Uuid| (*id, Mandate::unheard(MandateId::from_uuid(*id)));
    let mut mandates: BTreeMap<Uuid, Mandate> = ids.iter().map(unheard).collect();
    let column = |name| Column("mandate", name);
    for row in rows {
        let Some(mandate) = mandates.get_mut(&row.mandate_id) else { continue };
        mandate.version = column("version").count(row.version)?;
        let account = Iban::parse(&row.debtor_account);
        let account = account.map_err(|_| column("debtor_account").fault())?;
        let revoked = row.revoked_on.map(jiff_sqlx::Date::to_jiff);
        mandate.signed = Some(Signed {
            reference: column("reference").parse(&row.reference)?,
            person_id: PersonId::from_uuid(row.person_id),
            signed_on: row.signed_on.to_jiff(),
            kind: kind(&row.kind)?,
            notice_days: column("notice_days").count(row.notice_days)?,
            debtor: Debtor { name: row.debtor_name, account },
            evidence: column("evidence").hash(&row.evidence)?,
            recorded_by: StaffId::from_uuid(row.recorded_by),
            recorded_at: row.recorded_at.to_jiff(),
            revoked: revoked.zip(row.revoked_by.map(StaffId::from_uuid)),
        });
    }
    let mut usages = usages(conn, ids).await?;
    for (id, mandate) in &mut mandates {
        mandate.usage = usages.remove(id).unwrap_or_default();
    }
    Ok(mandates)
}

async fn usages(conn: &mut PgConnection, ids: &[Uuid]) -> sqlx::Result<BTreeMap<Uuid, Usage>> {
    let rows = sqlx::query!(
        r#"select mandate_id, max(due_on) as "last_due: jiff_sqlx::Date",
                  coalesce(bool_or(rejected_code is null), false) as "is_used!",
                  array_remove(array_agg(distinct rejected_code), null)
                      || array_remove(array_agg(distinct reason_code), null) as "codes!",
                  max(heard_at) as "came_back_at: jiff_sqlx::Timestamp"
           from debit join debit_in_file using (debit_id)
                left join debit_movement m on m.debit_id = debit.debit_id and m.takes_back
           where mandate_id = any($1) group by mandate_id"#,
        ids,
    )
    .fetch_all(conn)
    .await?;
    let usages = rows.into_iter().map(|row| {
        let usage = Usage {
            last_due: row.last_due.map(jiff_sqlx::Date::to_jiff),
            is_used: row.is_used,
            codes: row.codes.into_iter().collect::<BTreeSet<String>>(),
            came_back_at: row.came_back_at.map(jiff_sqlx::Timestamp::to_jiff),
        };
        (row.mandate_id, usage)
    });
    Ok(usages.collect())
}

/// The newest mandates, as they are on a day, and how many there are.
pub(crate) async fn mandates(
    conn: &mut PgConnection,
    limit: u32,
    today: Date,
) -> sqlx::Result<(Vec<ListedMandate>, u64)> {
    let rows = sqlx::query!(
        r#"select mandate_id, count(*) over () as "total!" from mandate
           order by recorded_at desc, mandate_id limit $1"#,
        i64::from(limit),
    )
    .fetch_all(&mut *conn)
    .await?;
    let total = rows.first().map_or(Ok(0), |row| number(row.total))?;
    let ids: Vec<Uuid> = rows.into_iter().map(|row| row.mandate_id).collect();
    let known = load(conn, &ids).await?;
    let listed = ids.iter().filter_map(|id| {
        let mandate = known.get(id)?;
        let debtor = &mandate.signed.as_ref()?.debtor;
        Some(ListedMandate {
            mandate: mandate.told(today)?,
            debtor_name: debtor.name.clone(),
            debtor_account: debtor.account.to_string(),
        })
    });
    Ok((listed.collect(), total))
}
