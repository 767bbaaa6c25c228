//! The claims that payers' words lead to: one statement for each kind of key, however many the
//! payments.
//!
//! Each key is looked up by itself, in the index, whatever the planner believes of it: it cannot
//! know how many rows a key has. `materialized` keeps a limit from making it read the whole table,
//! and rows are taken from it no further than the limit. What may be shared by very many has a
//! table in the order in which it is read.

use std::cmp::Reverse;
use std::collections::HashMap;

use contracts::intake::ClaimClue;
use primitives::{ClaimId, Date, Money, PersonId};
use sqlx::PgConnection;
use uuid::Uuid;

use super::{Column, case_number, number};

/// By their references in canonical form.
pub(crate) async fn claims_by_reference(
    conn: &mut PgConnection,
    references: &[String],
) -> sqlx::Result<HashMap<String, ClaimId>> {
    let rows = sqlx::query!(
        "select reference_key, claim_id from claim where reference_key = any($1)",
        references,
    )
    .fetch_all(conn)
    .await?;
    let claim = |id| ClaimId::from_uuid(id);
    Ok(rows.into_iter().map(|row| (row.reference_key, claim(row.claim_id))).collect())
}

/// At most so many of each case by the digest of its number, the ones due first.
pub(crate) async fn claims_by_case_number(
    conn: &mut PgConnection,
    keys: &[i64],
    limit: usize,
) -> sqlx::Result<HashMap<i64, Vec<ClaimId>>> {
    let rows = sqlx::query!(
        r#"select asked.key as "key!", found.claim_id
           from unnest($1::bigint[]) as asked (key)
           cross join lateral (
               select case_id from case_number where number_key = asked.key offset 0) as named
           cross join lateral (
               select claim_id, due_on from claim where claim.case_id = named.case_id
               order by due_on, claim_id limit $2) as found
           order by asked.key, found.due_on, found.claim_id"#,
        keys,
        number::<i64>(limit)?,
    )
    .fetch_all(conn)
    .await?;
    let mut found: HashMap<i64, Vec<ClaimId>> = HashMap::new();
    for row in rows {
        found.entry(row.key).or_default().push(ClaimId::from_uuid(row.claim_id));
    }
    Ok(found)
}

/// At most so many of each key of a number, the ones due last first, with their amounts.
pub(crate) async fn claims_by_number(
    conn: &mut PgConnection,
    keys: &[i64],
    limit: usize,
) -> sqlx::Result<HashMap<i64, Vec<(ClaimId, Money)>>> {
    let rows = sqlx::query!(
        r#"select asked.key as "key!", found.claims as "claims!",
                  found.due as "due!: Vec<jiff_sqlx::Date>", found.amounts as "amounts!",
                  found.currencies as "currencies!"
           from unnest($1::bigint[]) as asked (key)
           cross join lateral (
               with alike as materialized (
                   select claim_id, due_on, amount_minor, currency from claim
                   where number_keys @> array[asked.key])
               select array_agg(claim_id) as claims, array_agg(due_on) as due,
                      array_agg(amount_minor) as amounts, array_agg(currency) as currencies
               from (select * from alike limit $2) as few) as found
           where found.claims is not null"#,
        keys,
        number::<i64>(limit)?,
    )
    .fetch_all(conn)
    .await?;
    let mut found = HashMap::with_capacity(rows.len());
    for row in rows {
        let amounts = row.amounts.iter().zip(&row.currencies);
        let amounts =
            amounts.map(|(minor, currency)| Column("claim", "currency").money(*minor, currency));
        let due = row.due.into_iter().map(jiff_sqlx::Date::to_jiff);
        let mut claims: Vec<(Reverse<Date>, ClaimId, Money)> = due
            .zip(row.claims)
            .zip(amounts)
            .map(|((due_on, id), amount)| Ok((Reverse(due_on), ClaimId::from_uuid(id), amount?)))
            .collect::<sqlx::Result<_>>()?;
        claims.sort_unstable_by_key(|(due_on, claim_id, _)| (*due_on, *claim_id));
        let claims = claims.into_iter().map(|(_, claim_id, amount)| (claim_id, amount));
        found.insert(row.key, claims.collect());
    }
    Ok(found)
}

/// At most so many of each key of a name.
pub(crate) async fn persons_by_name(
    conn: &mut PgConnection,
    keys: &[i64],
    limit: usize,
) -> sqlx::Result<HashMap<i64, Vec<PersonId>>> {
    let rows = sqlx::query!(
        r#"select asked.key as "key!", found.persons as "persons!"
           from unnest($1::bigint[]) as asked (key)
           cross join lateral (
               select array(
                   select person_id from debtor_key where debtor_key.key = asked.key
                   order by person_id limit $2) as persons) as found
           where found.persons <> '{}'"#,
        keys,
        number::<i64>(limit)?,
    )
    .fetch_all(conn)
    .await?;
    let persons = |ids: Vec<Uuid>| ids.into_iter().map(PersonId::from_uuid).collect();
    Ok(rows.into_iter().map(|row| (row.key, persons(row.persons))).collect())
}

/// At most so many of each person, the ones due last.
pub(crate) async fn claims_of_persons(
    conn: &mut PgConnection,
    person_ids: &[PersonId],
    limit: usize,
) -> sqlx::Result<HashMap<PersonId, Vec<ClaimId>>> {
    let ids: Vec<Uuid> = person_ids.iter().map(PersonId::as_uuid).collect();
    let rows = sqlx::query!(
        r#"select asked.person_id as "person_id!", found.claims as "claims!"
           from unnest($1::uuid[]) as asked (person_id)
           cross join lateral (
               select array(
                   select claim_id from party join claim using (case_id)
                   where party.person_id = asked.person_id
                   order by due_on desc, claim_id limit $2) as claims) as found"#,
        &ids,
        number::<i64>(limit)?,
    )
    .fetch_all(conn)
    .await?;
    let person = |id| PersonId::from_uuid(id);
    Ok(rows.into_iter().map(|row| (person(row.person_id), claims(row.claims))).collect())
}

/// At most so many of each key of a name and amount, the ones due last: claims of that amount, of
/// debtors with that key.
pub(crate) async fn claims_by_name_and_amount(
    conn: &mut PgConnection,
    asked: &[(i64, Money)],
    limit: usize,
) -> sqlx::Result<HashMap<(i64, Money), Vec<ClaimId>>> {
    let keys: Vec<i64> = asked.iter().map(|(key, _)| *key).collect();
    let amounts: Vec<i64> = asked.iter().map(|(_, amount)| amount.amount_minor()).collect();
    let currencies: Vec<String> =
        asked.iter().map(|(_, amount)| amount.currency().code().to_owned()).collect();
    let rows = sqlx::query!(
        r#"select asked.key as "key!", asked.amount_minor as "amount_minor!",
                  asked.currency as "currency!", found.claims as "claims!"
           from unnest($1::bigint[], $2::bigint[], $3::text[])
                as asked (key, amount_minor, currency)
           cross join lateral (
               with alike as materialized (
                   select claim_id, due_on, amount_minor, currency from claim
                   where debtor_amount_keys @> array[
                       debtor_amount_key(asked.key, asked.amount_minor, asked.currency)])
               select array(
                   select claim_id from alike
                   where alike.amount_minor = asked.amount_minor
                     and alike.currency = asked.currency
                   order by due_on desc, claim_id limit $4) as claims) as found"#,
        &keys,
        &amounts,
        &currencies,
        number::<i64>(limit)?,
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|row| {
            let amount = Column("claim", "currency").money(row.amount_minor, &row.currency)?;
            Ok(((row.key, amount), claims(row.claims)))
        })
        .collect()
}

/// What tells claims from others.
pub(crate) async fn claim_clues(
    conn: &mut PgConnection,
    claim_ids: &[ClaimId],
) -> sqlx::Result<Vec<ClaimClue>> {
    let ids: Vec<Uuid> = claim_ids.iter().map(ClaimId::as_uuid).collect();
    let rows = sqlx::query!(
        "select claim_id, number, name, serial
         from claim join party using (case_id) join person using (person_id)
              join case_number using (case_id)
         where claim_id = any($1) order by claim_id",
        &ids,
    )
    .fetch_all(conn)
    .await?;
    let clues = rows.into_iter().map(|row| {
        Ok(ClaimClue {
            claim_id: ClaimId::from_uuid(row.claim_id),
            invoice_number: row.number,
            case_number: case_number(row.serial)?,
            debtor_name: row.name,
        })
    });
    clues.collect()
}

fn claims(ids: Vec<Uuid>) -> Vec<ClaimId> {
    ids.into_iter().map(ClaimId::from_uuid).collect()
}
