//! What payers wrote, and how long it is kept.

use jiff_sqlx::ToSqlx;
use mailbox::Aggregate;
use primitives::PaymentId;
use sqlx::PgConnection;
use uuid::Uuid;

use super::{Column, number};
use crate::domain::retention::{Due, Erased, Limits, Retention};

impl Aggregate for Retention {
    const KIND: &'static str = "retention";

    async fn lock(conn: &mut PgConnection, ids: &[Uuid]) -> sqlx::Result<Vec<(Uuid, Self)>> {
        sqlx::query!(
            "insert into retention (retention_id) select * from unnest($1::uuid[])
             on conflict do nothing",
            ids,
        )
        .execute(&mut *conn)
        .await?;
        let rows = sqlx::query!(
            "select retention_id, version, begun_at, erased_texts, erased_accounts from retention
             where retention_id = any($1) order by retention_id for update",
            ids,
        )
        .fetch_all(conn)
        .await?;
        let column = |name| Column("retention", name);
        let retentions = rows.into_iter().map(|row| {
            let erased = Erased {
                texts: column("erased_texts").count(row.erased_texts)?,
                accounts: column("erased_accounts").count(row.erased_accounts)?,
            };
            let retention = Self {
                version: column("version").count(row.version)?,
                begun_at: row.begun_at.map(jiff_sqlx::Timestamp::to_jiff),
                erased,
                news: Due::default(),
            };
            Ok((row.retention_id, retention))
        });
        retentions.collect()
    }

    async fn save(conn: &mut PgConnection, changed: &[(Uuid, Self)]) -> sqlx::Result<()> {
        for (id, Self { version, begun_at, erased, news }) in changed {
            sqlx::query!(
                "update retention
                 set version = $2, begun_at = $3, erased_texts = $4, erased_accounts = $5
                 where retention_id = $1",
                id,
                number::<i64>(*version)?,
                begun_at.map(ToSqlx::to_sqlx) as Option<jiff_sqlx::Timestamp>,
                number::<i64>(erased.texts)?,
                number::<i64>(erased.accounts)?,
            )
            .execute(&mut *conn)
            .await?;
            erase(conn, news).await?;
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

async fn erase(conn: &mut PgConnection, due: &Due) -> sqlx::Result<()> {
    let ids = |of: &[PaymentId]| of.iter().map(PaymentId::as_uuid).collect::<Vec<Uuid>>();
    // What a person took off its case in the meantime waits for one again, and keeps all.
    sqlx::query!(
        "update remittance r
         set lines = '{}', counterparty_name = null, structured = null,
             end_to_end_id = case when p.amount_minor > 0 and not p.comes_back then null
                                  else end_to_end_id end
         from payment p
         where p.payment_id = r.payment_id and r.payment_id = any($1)
           and (p.allocated or p.retracted
                or exists (select from payment part
                           where part.part_of = p.payment_id and part.allocated)
                or exists (select from gone_back g where g.payment_id = p.payment_id))",
        &ids(&due.texts),
    )
    .execute(&mut *conn)
    .await?;
    sqlx::query!(
        "update remittance set counterparty_account = null where payment_id = any($1)",
        &ids(&due.accounts),
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// The next payments of which something has been kept long enough, in the order of their ids: all
/// of them is on cases, went back or never came, none of them is to be paid back, and the last of
/// that was before the limit. To whom a refund went stays with the refund.
pub(crate) async fn kept_long_enough(
    conn: &mut PgConnection,
    after: Option<PaymentId>,
    limits: Limits,
    page: usize,
) -> sqlx::Result<Due> {
    let rows = sqlx::query!(
        r#"select r.payment_id,
                  r.lines <> '{}' or r.counterparty_name is not null
                      or coalesce(r.structured, '{}') <> '{}'
                      or r.end_to_end_id is not null and p.amount_minor > 0
                         and not p.comes_back as "is_text_due!",
                  p.received_on < $3 and decided.on_day < $3
                      and r.counterparty_account is not null
                      and not exists (
                          select from refund f join payment own using (payment_id)
                          where coalesce(own.part_of, own.payment_id) = p.payment_id)
                      as "is_account_due!"
           from remittance r
                join payment p using (payment_id)
                cross join lateral (
                    select greatest(
                        p.received_on,
                        (select max((l.booked_at at time zone 'Europe/Amsterdam')::date)
                         from payment part join account_line l using (payment_id)
                         where coalesce(part.part_of, part.payment_id) = p.payment_id),
                        (select max((coalesce(f.approved_at, f.proposed_at)
                                     at time zone 'Europe/Amsterdam')::date)
                         from payment part join refund f using (payment_id)
                         where coalesce(part.part_of, part.payment_id) = p.payment_id)) as on_day
                    offset 0) as decided
           where (r.lines <> '{}' or r.counterparty_name is not null or r.structured <> '{}'
                  or r.end_to_end_id is not null and p.amount_minor > 0 and not p.comes_back
                  or $3 > p.received_on and r.counterparty_account is not null)
             and r.payment_id > coalesce($1, '00000000-0000-0000-0000-000000000000'::uuid)
             and p.received_on < $2 and decided.on_day < $2
             and (p.allocated or p.retracted or p.amount_minor = coalesce((
                      select sum(part.amount_minor) from payment part
                      where part.part_of = p.payment_id and part.allocated), 0)
                  + coalesce((
                      select sum(back.refund_minor) from gone_back back
                           join payment own using (payment_id)
                      where coalesce(own.part_of, own.payment_id) = p.payment_id
                        and (own.part_of is null or not own.allocated)), 0))
             and not exists (
                 select from payment part join account_line l using (payment_id)
                 where coalesce(part.part_of, part.payment_id) = p.payment_id
                   and l.claim_id is null
                 group by l.case_id, l.payment_id having sum(l.amount_minor) <> 0)
           order by r.payment_id limit $4"#,
        after.map(|id| id.as_uuid()),
        limits.texts.to_sqlx() as jiff_sqlx::Date,
        limits.accounts.to_sqlx() as jiff_sqlx::Date,
        number::<i64>(page)?,
    )
    .fetch_all(conn)
    .await?;
    let is_full = rows.len() >= page;
    let last = rows.last().map(|row| PaymentId::from_uuid(row.payment_id));
    let mut due = Due { next: last.filter(|_| is_full), ..Due::default() };
    for row in rows {
        let payment_id = PaymentId::from_uuid(row.payment_id);
        due.texts.extend(row.is_text_due.then_some(payment_id));
        due.accounts.extend(row.is_account_due.then_some(payment_id));
    }
    Ok(due)
}
