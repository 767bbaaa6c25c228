//! Payments that reports of the bank told of before the statements of their days.

use sqlx::PgConnection;
use uuid::Uuid;

use super::incoming::BookedRow;
use crate::domain::account_statement::AccountStatement;
use crate::domain::desk::{Booking, Early};

/// What reports told of, and no statement yet.
pub(super) async fn untold(conn: &mut PgConnection) -> sqlx::Result<Vec<Early>> {
    let rows = sqlx::query_as!(
        BookedRow,
        r#"select payment_id, e.account as "told_by!", p.currency, p.amount_minor, p.received_on,
                  r.lines as "lines?", r.structured, r.bank_reference, r.end_to_end_id,
                  r.counterparty_account, true as "is_early!"
           from early_payment e join payment p using (payment_id)
                left join remittance r using (payment_id)
           where not e.is_told and not p.retracted
           order by p.received_on, payment_id"#,
    )
    .fetch_all(conn)
    .await?;
    let early = rows
        .into_iter()
        .map(|row| Ok(Early { account: row.told_by.clone(), movement: row.movement()? }));
    early.collect()
}

/// The cases of these on which such payments are, in whole or in part.
pub(super) async fn cases_with_untold(
    conn: &mut PgConnection,
    cases: &[Uuid],
) -> sqlx::Result<Vec<Uuid>> {
    sqlx::query_scalar!(
        r#"select distinct p.on_case as "on_case!"
           from early_payment e join payment p on coalesce(p.part_of, p.payment_id) = e.payment_id
           where not e.is_told and p.allocated and p.on_case = any($1)"#,
        cases,
    )
    .fetch_all(conn)
    .await
}

/// What reports told of waits for its statement; what a statement told of now is that one's.
pub(super) async fn save(conn: &mut PgConnection, news: &[&Booking]) -> sqlx::Result<()> {
    let (mut early, mut accounts) = (Vec::new(), Vec::new());
    let (mut told, mut statements) = (Vec::new(), Vec::new());
    for booking in news {
        let AccountStatement { statement_id, account, .. } = &booking.statement;
        for movement in booking.new_movements().filter(|_| booking.is_early) {
            early.push(movement.payment_id.as_uuid());
            accounts.push(account.as_str().to_owned());
        }
        for payment_id in booking.told_before.values().flatten() {
            told.push(payment_id.as_uuid());
            statements.push(statement_id.as_uuid());
        }
    }
    sqlx::query!(
        "insert into early_payment (payment_id, account)
         select * from unnest($1::uuid[], $2::text[])",
        &early,
        &accounts,
    )
    .execute(&mut *conn)
    .await?;
    sqlx::query!(
        "with told as (
             update early_payment set is_told = true where payment_id = any($1))
         update payment p set statement_id = new.statement_id
         from unnest($1::uuid[], $2::uuid[]) as new (payment_id, statement_id)
         where p.payment_id = new.payment_id",
        &told,
        &statements,
    )
    .execute(conn)
    .await?;
    Ok(())
}
