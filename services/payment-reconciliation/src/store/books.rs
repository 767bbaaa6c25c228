//! The books: what they are proven by, and what is kept of the proofs.

use std::collections::BTreeMap;

use jiff_sqlx::ToSqlx;
use mailbox::Aggregate;
use primitives::Currency;
use sqlx::PgConnection;
use uuid::Uuid;

use super::{Column, number};
use crate::domain::books::{Books, EarlyPayment, Kept, Records, Statement};
use crate::domain::ledger::{Holder, LedgerAccount};

impl Aggregate for Books {
    const KIND: &'static str = "books";

    async fn lock(conn: &mut PgConnection, ids: &[Uuid]) -> sqlx::Result<Vec<(Uuid, Self)>> {
        sqlx::query!(
            "insert into books (books_id) select * from unnest($1::uuid[]) on conflict do nothing",
            ids,
        )
        .execute(&mut *conn)
        .await?;
        let rows = sqlx::query!(
            "select books_id, version, begun_on, proven_on, currencies, unexplained_minor
             from books where books_id = any($1) order by books_id for update",
            ids,
        )
        .fetch_all(&mut *conn)
        .await?;
        let mut books = Vec::with_capacity(rows.len());
        for row in rows {
            let kept = Kept {
                begun_on: row.begun_on.map(jiff_sqlx::Date::to_jiff),
                proven_on: row.proven_on.map(jiff_sqlx::Date::to_jiff),
                unexplained: unexplained(&row.currencies, row.unexplained_minor)?,
            };
            let version = Column("books", "version").count(row.version)?;
            books.push((row.books_id, Self { version, kept, records: records(conn).await? }));
        }
        Ok(books)
    }

    async fn save(conn: &mut PgConnection, changed: &[(Uuid, Self)]) -> sqlx::Result<()> {
        for (id, Self { version, kept, .. }) in changed {
            let currencies: Vec<String> =
                kept.unexplained.keys().map(|it| it.code().to_owned()).collect();
            let unexplained: Vec<i64> = kept.unexplained.values().copied().collect();
            sqlx::query!(
                "update books set version = $2, begun_on = $3, proven_on = $4, currencies = $5,
                        unexplained_minor = $6
                 where books_id = $1",
                id,
                number::<i64>(*version)?,
                kept.begun_on.map(ToSqlx::to_sqlx) as Option<jiff_sqlx::Date>,
                kept.proven_on.map(ToSqlx::to_sqlx) as Option<jiff_sqlx::Date>,
                &currencies,
                &unexplained,
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

fn unexplained(currencies: &[String], minor: Vec<i64>) -> sqlx::Result<BTreeMap<Currency, i64>> {
    let column = Column("books", "currencies");
    let pairs = currencies.iter().zip(minor);
    pairs.map(|(code, minor)| Ok((column.currency(code)?, minor))).collect()
}

/// What is kept of the proofs, as it stands now.
pub(crate) async fn kept_books(conn: &mut PgConnection) -> sqlx::Result<Kept> {
    let row = sqlx::query!(
        "select begun_on, proven_on, currencies, unexplained_minor from books where books_id = $1",
        Books::ID,
    )
    .fetch_optional(conn)
    .await?;
    let Some(row) = row else { return Ok(Kept::default()) };
    Ok(Kept {
        begun_on: row.begun_on.map(jiff_sqlx::Date::to_jiff),
        proven_on: row.proven_on.map(jiff_sqlx::Date::to_jiff),
        unexplained: unexplained(&row.currencies, row.unexplained_minor)?,
    })
}

/// What the books are proven by. All of it in one statement, since nothing else would keep an
/// import from coming between the ledger and the bank. Claims are no money, and what is nothing
/// proves nothing; a statement whose currency nobody told moved nothing.
pub(crate) async fn records(conn: &mut PgConnection) -> sqlx::Result<Records> {
    let rows = sqlx::query!(
        r#"with moved as (
               select statement_id, p.currency, sum(p.amount_minor)::bigint as amount_minor
               from posting p join ledger_transaction t using (transaction_id)
                    join payment on payment_id = t.subject
               where p.account = $2 and statement_id is not null
               group by statement_id, p.currency)
           select account as "account!", currency as "currency!",
                  sum(amount_minor)::bigint as "amount_minor!", null::date as "first_day?",
                  null::date as "last_day?", null::bigint as "opening_minor?",
                  null::bigint as "closing_minor?", false as "is_decided!", false as "is_early!"
           from posting where account !~ '^(receivable|creditor-claims):'
           group by account, currency having sum(amount_minor) <> 0
           union all
           select s.account, coalesce(s.currency, m.currency), coalesce(m.amount_minor, 0),
                  coalesce(s.first_day, s.last_day), s.last_day, s.opening_minor, s.closing_minor,
                  s.decided_file is not null, false
           from statement s left join moved m using (statement_id)
           where s.holder = $1 and coalesce(s.currency, m.currency) is not null
           union all
           select e.account, p.currency, p.amount_minor, p.received_on, p.received_on, null, null,
                  false, true
           from early_payment e join payment p using (payment_id)
           where p.holder = $1 and not e.is_told and not p.retracted
           order by 1, 2, 5, 4"#,
        Holder::Agency.to_string(),
        LedgerAccount::Bank(Holder::Agency).to_string(),
    )
    .fetch_all(conn)
    .await?;
    let mut records = Records::default();
    for row in rows {
        let money = |minor| Column("statement", "currency").money(minor, &row.currency);
        let moved = money(row.amount_minor)?;
        let days = row.first_day.zip(row.last_day);
        let Some((first, last)) = days.map(|(first, last)| (first.to_jiff(), last.to_jiff()))
        else {
            records.ledger.push((Column("posting", "account").parse(&row.account)?, moved));
            continue;
        };
        if row.is_early {
            records.early.push(EarlyPayment { account: row.account, on: last, amount: moved });
            continue;
        }
        let opening = row.opening_minor.map(money).transpose()?;
        let closing = row.closing_minor.map(money).transpose()?;
        let (account, is_decided) = (row.account, row.is_decided);
        let statement = Statement { account, first, last, opening, closing, moved, is_decided };
        records.statements.push(statement);
    }
    Ok(records)
}
