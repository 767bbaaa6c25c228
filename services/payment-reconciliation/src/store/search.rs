//! The search for what unmatched payments pay.

use jiff_sqlx::ToSqlx;
use mailbox::Aggregate;
use matching::Payment;
use primitives::{Date, Iban, PaymentId, Timestamp};
use sqlx::PgConnection;
use uuid::Uuid;

use super::{Column, judging, number};
use crate::domain::search::Search;

impl Aggregate for Search {
    const KIND: &'static str = "search";

    async fn lock(conn: &mut PgConnection, ids: &[Uuid]) -> sqlx::Result<Vec<(Uuid, Self)>> {
        sqlx::query!(
            "insert into search (search_id) select * from unnest($1::uuid[])
             on conflict do nothing",
            ids,
        )
        .execute(&mut *conn)
        .await?;
        let rows = sqlx::query!(
            "select search_id, version, begun_at, searched_at from search
             where search_id = any($1) order by search_id for update",
            ids,
        )
        .fetch_all(conn)
        .await?;
        let searches = rows.into_iter().map(|row| {
            let version = Column("search", "version").count(row.version)?;
            let begun_at = row.begun_at.map(jiff_sqlx::Timestamp::to_jiff);
            let searched_at = row.searched_at.map(jiff_sqlx::Timestamp::to_jiff);
            Ok((row.search_id, Self { version, begun_at, searched_at, ..Self::default() }))
        });
        searches.collect()
    }

    async fn save(conn: &mut PgConnection, changed: &[(Uuid, Self)]) -> sqlx::Result<()> {
        for (id, Self { version, begun_at, searched_at, found, forget_before }) in changed {
            sqlx::query!(
                "update search set version = $2, begun_at = $3, searched_at = $4
                 where search_id = $1",
                id,
                number::<i64>(*version)?,
                begun_at.map(ToSqlx::to_sqlx) as Option<jiff_sqlx::Timestamp>,
                searched_at.map(ToSqlx::to_sqlx) as Option<jiff_sqlx::Timestamp>,
            )
            .execute(&mut *conn)
            .await?;
            let found: Vec<_> = found.iter().map(|(id, clues)| (*id, clues)).collect();
            judging::add_clues(conn, &found).await?;
            if let Some(day) = forget_before {
                judging::forget_clues(conn, *day).await?;
            }
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

/// When intake had been asked about all of them last.
pub(crate) async fn searched_at(conn: &mut PgConnection) -> sqlx::Result<Option<Timestamp>> {
    let id = Search::ID;
    let moment = sqlx::query_scalar!(
        r#"select searched_at as "at: jiff_sqlx::Timestamp" from search where search_id = $1"#,
        id,
    )
    .fetch_optional(conn)
    .await?;
    Ok(moment.flatten().map(jiff_sqlx::Timestamp::to_jiff))
}

/// The payments that nobody placed yet and of which nobody decided anything, in the order of their
/// ids: what was on a case, or is in part, is a person's.
pub(crate) async fn to_search(
    conn: &mut PgConnection,
    after: Option<PaymentId>,
    received_since: Option<Date>,
    limit: usize,
) -> sqlx::Result<Vec<(PaymentId, Payment)>> {
    let rows = sqlx::query!(
        r#"select p.payment_id, p.amount_minor, p.currency, p.received_on, r.lines as "lines?",
                  r.structured, r.end_to_end_id, r.counterparty_name, r.counterparty_account
           from payment p
                left join remittance r using (payment_id)
                left join payment_judgement j using (payment_id)
           where p.amount_minor > 0 and p.part_of is null
             and not p.allocated and not p.retracted and not p.comes_back
             and p.payment_id > coalesce($1, '00000000-0000-0000-0000-000000000000'::uuid)
             and ($2::date is null or p.received_on >= $2)
             and j.dismissed_by is null
             and not exists (select from payment part where part.part_of = p.payment_id)
             and not exists (select from gone_back g where g.payment_id = p.payment_id)
             and not exists (select from account_line l where l.payment_id = p.payment_id)
           order by p.payment_id limit $3"#,
        after.map(|id| id.as_uuid()),
        received_since.map(ToSqlx::to_sqlx) as Option<jiff_sqlx::Date>,
        number::<i64>(limit)?,
    )
    .fetch_all(conn)
    .await?;
    let payments = rows.into_iter().map(|row| {
        let account = row.counterparty_account.as_deref();
        let payment = Payment {
            amount: Column("payment", "currency").money(row.amount_minor, &row.currency)?,
            received_on: row.received_on.to_jiff(),
            references: row.structured.unwrap_or_default(),
            lines: row.lines.unwrap_or_default(),
            end_to_end_id: row.end_to_end_id,
            counterparty_name: row.counterparty_name,
            counterparty_iban: account.and_then(|it| Iban::parse(it).ok()),
        };
        Ok((PaymentId::from_uuid(row.payment_id), payment))
    });
    payments.collect()
}
