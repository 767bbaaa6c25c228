//! The desk: which statements were taken in, and what they brought.

use jiff_sqlx::ToSqlx;
use mailbox::Aggregate;
use primitives::{CaseId, ContentHash, Date, StatementId};
use sqlx::PgConnection;
use uuid::Uuid;

use super::{Column, ledger, number};
use crate::domain::account_statement::{AccountStatement, Movement};
use crate::domain::desk::{Booking, Desk};
use crate::domain::ledger::{Holder, LedgerTransaction};
use crate::domain::reading::Verbatim;

impl Aggregate for Desk {
    const KIND: &'static str = "desk";

    async fn lock(conn: &mut PgConnection, ids: &[Uuid]) -> sqlx::Result<Vec<(Uuid, Self)>> {
        sqlx::query!(
            "insert into desk (desk_id) select * from unnest($1::uuid[]) on conflict do nothing",
            ids,
        )
        .execute(&mut *conn)
        .await?;
        let rows = sqlx::query!(
            "select desk_id, version, since from desk where desk_id = any($1)
             order by desk_id for update",
            ids,
        )
        .fetch_all(&mut *conn)
        .await?;
        let mut desks = Vec::with_capacity(rows.len());
        for row in rows {
            let known = sqlx::query!(
                "select statement_id, fingerprint from statement where last_day >= $1",
                row.since as jiff_sqlx::Date,
            )
            .fetch_all(&mut *conn)
            .await?;
            let recorded = known.into_iter().map(|one| {
                let fingerprint = hash(one.fingerprint)?;
                Ok((StatementId::from_uuid(one.statement_id), fingerprint))
            });
            let desk = Self {
                version: Column("desk", "version").count(row.version)?,
                since: row.since.to_jiff(),
                recorded: recorded.collect::<sqlx::Result<_>>()?,
                news: Vec::new(),
            };
            desks.push((row.desk_id, desk));
        }
        Ok(desks)
    }

    async fn save(conn: &mut PgConnection, changed: &[(Uuid, Self)]) -> sqlx::Result<()> {
        let ids: Vec<Uuid> = changed.iter().map(|(id, _)| *id).collect();
        let versions = changed.iter().map(|(_, it)| number(it.version));
        let since: Vec<_> = changed.iter().map(|(_, it)| it.since.to_sqlx()).collect();
        sqlx::query!(
            "update desk d set version = new.version, since = new.since
             from unnest($1::uuid[], $2::bigint[], $3::date[]) as new (desk_id, version, since)
             where d.desk_id = new.desk_id",
            &ids,
            &versions.collect::<sqlx::Result<Vec<i64>>>()?,
            &since as &[jiff_sqlx::Date],
        )
        .execute(&mut *conn)
        .await?;
        let news: Vec<&Booking> = changed.iter().flat_map(|(_, desk)| &desk.news).collect();
        let statements: Vec<&AccountStatement> = news.iter().map(|it| &it.statement).collect();
        add_statements(conn, &statements).await?;
        add_payments(conn, &statements).await?;
        add_remittances(conn, &statements).await?;
        let transactions: Vec<&LedgerTransaction> =
            news.iter().flat_map(|it| &it.transactions).collect();
        ledger::append(conn, &transactions).await
    }

    fn version(&self) -> u64 {
        self.version
    }

    fn set_version(&mut self, version: u64) {
        self.version = version;
    }
}

fn hash(bytes: Vec<u8>) -> sqlx::Result<ContentHash> {
    let digest = bytes.try_into().map_err(|_| Column("statement", "fingerprint").fault())?;
    Ok(ContentHash::from_digest(digest))
}

async fn add_statements(
    conn: &mut PgConnection,
    statements: &[&AccountStatement],
) -> sqlx::Result<()> {
    let ids: Vec<Uuid> = statements.iter().map(|it| it.statement_id.as_uuid()).collect();
    let accounts: Vec<String> =
        statements.iter().map(|it| it.account.as_str().to_owned()).collect();
    let holders: Vec<String> = statements.iter().map(|it| it.owner.holder.to_string()).collect();
    let since = statements.iter().map(|it| it.owner.account_since.map(number).transpose());
    let days: Vec<_> = statements.iter().map(|it| it.last_day.to_sqlx()).collect();
    let fingerprints: Vec<Vec<u8>> =
        statements.iter().map(|it| it.fingerprint.as_bytes().to_vec()).collect();
    sqlx::query!(
        "insert into statement (statement_id, account, holder, account_since, last_day,
                                fingerprint)
         select * from unnest($1::uuid[], $2::text[], $3::text[], $4::integer[], $5::date[],
                              $6::bytea[])",
        &ids,
        &accounts,
        &holders,
        &since.collect::<sqlx::Result<Vec<Option<i32>>>>()? as &[Option<i32>],
        &days as &[jiff_sqlx::Date],
        &fingerprints,
    )
    .execute(conn)
    .await?;
    Ok(())
}

async fn add_payments(
    conn: &mut PgConnection,
    statements: &[&AccountStatement],
) -> sqlx::Result<()> {
    let (mut ids, mut owners, mut holders) = (Vec::new(), Vec::new(), Vec::new());
    let (mut currencies, mut amounts, mut days) = (Vec::new(), Vec::new(), Vec::new());
    for statement in statements {
        for movement in &statement.movements {
            ids.push(movement.payment_id.as_uuid());
            owners.push(statement.statement_id.as_uuid());
            holders.push(statement.owner.holder.to_string());
            currencies.push(movement.amount.currency().code().to_owned());
            amounts.push(movement.amount.amount_minor());
            days.push(movement.booked_on.to_sqlx());
        }
    }
    sqlx::query!(
        "insert into payment (payment_id, statement_id, holder, currency, amount_minor, received_on)
         select * from unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::bigint[],
                              $6::date[])",
        &ids,
        &owners,
        &holders,
        &currencies,
        &amounts,
        &days as &[jiff_sqlx::Date],
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// The lines go in with line feeds between them, since an array of arrays must be rectangular. A
/// line that has a line feed in it becomes two.
async fn add_remittances(
    conn: &mut PgConnection,
    statements: &[&AccountStatement],
) -> sqlx::Result<()> {
    let movements: Vec<&Movement> = statements.iter().flat_map(|it| &it.movements).collect();
    let text = |it: &Option<Verbatim>| it.as_ref().map(|it| it.as_str().to_owned());
    let ids: Vec<Uuid> = movements.iter().map(|it| it.payment_id.as_uuid()).collect();
    let lines: Vec<String> = movements
        .iter()
        .map(|it| it.remittance.iter().map(Verbatim::as_str).collect::<Vec<_>>().join("\n"))
        .collect();
    let names: Vec<_> = movements.iter().map(|it| text(&it.counterparty_name)).collect();
    let accounts: Vec<_> = movements.iter().map(|it| text(&it.counterparty_account)).collect();
    sqlx::query!(
        "insert into remittance (payment_id, lines, counterparty_name, counterparty_account)
         select payment_id, string_to_array(lines, e'\\n'), counterparty_name, counterparty_account
         from unnest($1::uuid[], $2::text[], $3::text[], $4::text[])
              as new (payment_id, lines, counterparty_name, counterparty_account)",
        &ids,
        &lines,
        &names as &[Option<String>],
        &accounts as &[Option<String>],
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Until when payments on a case are known: by the statements of the account that it is paid to,
/// and by no other's. Of several accounts for client money the least known one counts, and one
/// without any statement makes them unknown.
pub(crate) async fn payments_known_until(
    conn: &mut PgConnection,
    case_id: CaseId,
    client_accounts: &[String],
) -> sqlx::Result<Option<Date>> {
    let until = sqlx::query_scalar!(
        r#"select case when account_since is null then (
                      select case when bool_and(newest is not null) then min(newest) end
                      from unnest($2::text[]) as wanted (number), lateral (
                          select max(last_day) as newest from statement s
                          where s.holder = $3 and s.account = number) as of_account)
                  else (
                      select max(last_day) from statement s
                      where s.holder = creditor_id::text
                        and s.account_since = case_account.account_since)
                  end as until
           from case_account where case_id = $1 and creditor_id is not null"#,
        case_id.as_uuid(),
        client_accounts,
        Holder::Agency.to_string(),
    )
    .fetch_optional(conn)
    .await?;
    Ok(until.flatten().map(jiff_sqlx::Date::to_jiff))
}
