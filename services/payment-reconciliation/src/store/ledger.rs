//! The ledger, which is only ever added to.

use contracts::payment_reconciliation::BalanceLine;
use jiff_sqlx::ToSqlx;
use sqlx::PgConnection;
use uuid::Uuid;

use super::{Column, number};
use crate::domain::ledger::LedgerTransaction;

/// The balances, one line for each group, owner and currency; those of nothing are left out.
pub(crate) async fn balances(conn: &mut PgConnection) -> sqlx::Result<Vec<BalanceLine>> {
    let rows = sqlx::query!(
        r#"with sums as (
               select split_part(account, ':', 1) as word,
                      case when account ~ '^(receivable|in-transit):' then ''
                           else split_part(account, ':', 2) end as owner,
                      currency, amount_minor
               from posting)
           select word as "word!", owner as "owner!", currency,
                  sum(amount_minor)::bigint as "balance!"
           from sums group by word, owner, currency
           having sum(amount_minor) <> 0 order by word, owner, currency"#,
    )
    .fetch_all(conn)
    .await?;
    let column = |name| Column("posting", name);
    let line = |row: (String, String, String, i64)| {
        let (word, owner, currency, balance) = row;
        let creditor_id = match owner.as_str() {
            "" | "agency" => None,
            creditor => Some(column("account").parse(creditor)?),
        };
        let group = serde_json::from_value(word.into());
        Ok(BalanceLine {
            group: group.map_err(|error| sqlx::Error::Decode(error.into()))?,
            creditor_id,
            balance: column("currency").money(balance, &currency)?,
        })
    };
    rows.into_iter().map(|row| line((row.word, row.owner, row.currency, row.balance))).collect()
}

/// Adds transactions. One that is there already is a fault: its id says that it was booked before.
pub(super) async fn append(
    conn: &mut PgConnection,
    transactions: &[&LedgerTransaction],
) -> sqlx::Result<()> {
    if transactions.is_empty() {
        return Ok(());
    }
    let ids: Vec<Uuid> = transactions.iter().map(|it| it.id()).collect();
    let kinds: Vec<String> = transactions.iter().map(|it| it.kind().word().to_owned()).collect();
    let subjects: Vec<Uuid> = transactions.iter().map(|it| it.kind().subject()).collect();
    let days: Vec<_> = transactions.iter().map(|it| it.occasion().booked_on.to_sqlx()).collect();
    let causes: Vec<Uuid> = transactions.iter().map(|it| it.occasion().cause.as_uuid()).collect();
    sqlx::query!(
        "insert into ledger_transaction (transaction_id, kind, subject, booked_on, cause)
         select * from unnest($1::uuid[], $2::text[], $3::uuid[], $4::date[], $5::uuid[])",
        &ids,
        &kinds,
        &subjects,
        &days as &[jiff_sqlx::Date],
        &causes,
    )
    .execute(&mut *conn)
    .await?;
    append_postings(conn, transactions).await
}

async fn append_postings(
    conn: &mut PgConnection,
    transactions: &[&LedgerTransaction],
) -> sqlx::Result<()> {
    let mut owners: Vec<Uuid> = Vec::new();
    let mut places: Vec<i32> = Vec::new();
    let (mut accounts, mut currencies, mut amounts) = (Vec::new(), Vec::new(), Vec::new());
    for transaction in transactions {
        for (place, posting) in transaction.postings().iter().enumerate() {
            owners.push(transaction.id());
            places.push(number(place)?);
            accounts.push(posting.account.to_string());
            currencies.push(posting.amount.currency().code().to_owned());
            amounts.push(posting.amount.amount_minor());
        }
    }
    sqlx::query!(
        "insert into posting (transaction_id, place, account, currency, amount_minor)
         select * from unnest($1::uuid[], $2::integer[], $3::text[], $4::text[], $5::bigint[])",
        &owners,
        &places,
        &accounts,
        &currencies,
        &amounts,
    )
    .execute(conn)
    .await?;
    Ok(())
}
