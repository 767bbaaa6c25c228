//! What creditors gave up in small differences, and what they were told of it.

use jiff_sqlx::ToSqlx;
use primitives::{CaseId, ClaimId, Money};
use sqlx::PgConnection;
use uuid::Uuid;

use super::remittance::parts;
use crate::domain::remittance::{CURRENCY, GivenUp};

/// What a creditor gave up and was not told of, oldest first; below zero where it was told and is
/// paid after all.
pub(super) async fn untold(
    conn: &mut PgConnection,
    creditor_id: Uuid,
) -> sqlx::Result<Vec<GivenUp>> {
    let rows = sqlx::query!(
        r#"with given_up as (
               select l.case_id, l.claim_id, max(l.counts_on) as on_day,
                      -sum(l.costs_minor)::bigint as costs,
                      -sum(l.interest_minor)::bigint as interest,
                      -sum(l.amount_minor - l.costs_minor - l.interest_minor)::bigint as principal
               from account_line l join case_account c using (case_id)
               where l.kind = 'small-difference' and c.creditor_id = $1 and c.currency = $2
               group by l.case_id, l.claim_id),
           told as (
               select claim_id, sum(costs_minor)::bigint as costs,
                      sum(interest_minor)::bigint as interest,
                      sum(principal_minor)::bigint as principal
               from remittance_given_up where claim_id in (select claim_id from given_up)
               group by claim_id)
           select case_id as "case_id!", claim_id as "claim_id!", on_day as "on_day!",
                  given_up.costs - coalesce(told.costs, 0) as "costs!",
                  given_up.interest - coalesce(told.interest, 0) as "interest!",
                  given_up.principal - coalesce(told.principal, 0) as "principal!"
           from given_up left join told using (claim_id)
           where (given_up.costs, given_up.interest, given_up.principal) is distinct from
                 (coalesce(told.costs, 0), coalesce(told.interest, 0),
                  coalesce(told.principal, 0))
           order by on_day, claim_id"#,
        creditor_id,
        CURRENCY.code(),
    )
    .fetch_all(conn)
    .await?;
    let given_up = rows.into_iter().map(|row| GivenUp {
        case_id: CaseId::from_uuid(row.case_id),
        claim_id: ClaimId::from_uuid(row.claim_id),
        on: row.on_day.to_jiff(),
        parts: parts(row.costs, row.interest, row.principal, CURRENCY),
    });
    Ok(given_up.collect())
}

/// Keeps what a creditor is told of with a remittance.
pub(super) async fn keep(
    conn: &mut PgConnection,
    remittance_id: Uuid,
    given_up: &[GivenUp],
) -> sqlx::Result<()> {
    if given_up.is_empty() {
        return Ok(());
    }
    let claims: Vec<Uuid> = given_up.iter().map(|it| it.claim_id.as_uuid()).collect();
    let days: Vec<jiff_sqlx::Date> = given_up.iter().map(|it| it.on.to_sqlx()).collect();
    let minor = |of: fn(&GivenUp) -> Money| -> Vec<i64> {
        given_up.iter().map(|it| of(it).amount_minor()).collect()
    };
    sqlx::query!(
        "insert into remittance_given_up (remittance_id, claim_id, given_up_on, costs_minor,
                                          interest_minor, principal_minor)
         select $1, * from unnest($2::uuid[], $3::date[], $4::bigint[], $5::bigint[],
                                  $6::bigint[])",
        remittance_id,
        &claims,
        &days as &[jiff_sqlx::Date],
        &minor(|it| it.parts.costs),
        &minor(|it| it.parts.interest),
        &minor(|it| it.parts.principal),
    )
    .execute(conn)
    .await?;
    Ok(())
}
