//! The live checks of the invariants, on the rows themselves. Each returns the rows that break it.

use contracts::operations::Breach;
use primitives::Timestamp;
use sqlx::PgConnection;
use uuid::Uuid;

/// Every case has a creditor, a person, at least one claim and a number.
pub(crate) async fn case_complete(
    conn: &mut PgConnection,
    _: Timestamp,
) -> sqlx::Result<Vec<Breach>> {
    let incomplete = sqlx::query_scalar!(
        "select case_id from case_file
         where not exists (select from claim where claim.case_id = case_file.case_id)
            or not exists (select from party where party.case_id = case_file.case_id)
            or not exists (select from case_number where case_number.case_id = case_file.case_id)
            or not exists (
                select from creditor
                where creditor.creditor_id = case_file.creditor_id and document_hash is not null)",
    )
    .fetch_all(conn)
    .await?;
    let detail = "the case lacks its creditor, its debtor, its claims or its number";
    Ok(breaches("case-complete", incomplete, detail))
}

/// Every claim has one reference, and no other claim has the same.
pub(crate) async fn one_reference(
    conn: &mut PgConnection,
    _: Timestamp,
) -> sqlx::Result<Vec<Breach>> {
    let wrong = sqlx::query_scalar!(
        r#"select claim_id as "claim_id!" from (
               select claim_id, count(*) over (partition by reference_key) as same,
                      reference_key = '' as empty
               from claim) as counted
           where same > 1 or empty"#,
    )
    .fetch_all(conn)
    .await?;
    let detail = "the claim has no payment reference of its own: payments cannot be told apart";
    Ok(breaches("one-reference", wrong, detail))
}

/// Every claim was for a positive amount, and no more than that was credited, or told as paid.
pub(crate) async fn positive_claims(
    conn: &mut PgConnection,
    _: Timestamp,
) -> sqlx::Result<Vec<Breach>> {
    let wrong = sqlx::query_scalar!(
        "select claim_id from claim
         where amount_minor <= 0 or amount_minor < greatest(
             (select coalesce(sum(c.amount_minor), 0) from claim_credit c
              where c.claim_id = claim.claim_id),
             (select coalesce(sum(p.amount_minor), 0) from direct_payment p
              where p.claim_id = claim.claim_id and retracted_at is null))",
    )
    .fetch_all(conn)
    .await?;
    let detail = "the claim is for nothing, or more was credited or told as paid than it was for";
    Ok(breaches("positive-claims", wrong, detail))
}

fn breaches(invariant: &str, ids: Vec<Uuid>, detail: &str) -> Vec<Breach> {
    let breach = |id| Breach { invariant: invariant.to_owned(), id, detail: detail.to_owned() };
    ids.into_iter().map(breach).collect()
}
