//! References: the claims that they name, and the payments that wait for them.

use std::collections::BTreeMap;

use contracts::payment_reconciliation::FoundClaims;
use mailbox::Aggregate;
use primitives::{CaseId, ClaimId, CreditorId, PaymentId, StructuredReference};
use sqlx::PgConnection;
use uuid::Uuid;

use super::{Column, number};
use crate::domain::reference::{Named, Reference, Waiting};

impl Aggregate for Reference {
    const KIND: &'static str = "reference";

    async fn lock(conn: &mut PgConnection, ids: &[Uuid]) -> sqlx::Result<Vec<(Uuid, Self)>> {
        sqlx::query!(
            "insert into payment_reference (reference_id) select * from unnest($1::uuid[])
             on conflict do nothing",
            ids,
        )
        .execute(&mut *conn)
        .await?;
        let rows = sqlx::query!(
            "select reference_id, version, canonical, claim_id, case_id, creditor_id
             from payment_reference where reference_id = any($1)
             order by reference_id for update",
            ids,
        )
        .fetch_all(&mut *conn)
        .await?;
        let mut waiting = load_waiting(conn, ids).await?;
        rows.into_iter()
            .map(|row| {
                let column = |name| Column("payment_reference", name);
                let names = match row.claim_id {
                    None => None,
                    Some(claim_id) => Some(Named {
                        claim_id: ClaimId::from_uuid(claim_id),
                        case_id: CaseId::from_uuid(column("case_id").present(row.case_id)?),
                        creditor_id: CreditorId::from_uuid(
                            column("creditor_id").present(row.creditor_id)?,
                        ),
                    }),
                };
                let waiting = waiting.remove(&row.reference_id).unwrap_or_default();
                let version = column("version").count(row.version)?;
                let canonical = row.canonical;
                Ok((row.reference_id, Self { version, canonical, names, waiting }))
            })
            .collect()
    }

    async fn save(conn: &mut PgConnection, changed: &[(Uuid, Self)]) -> sqlx::Result<()> {
        let ids: Vec<Uuid> = changed.iter().map(|(id, _)| *id).collect();
        let versions = changed.iter().map(|(_, it)| number(it.version));
        let canonical: Vec<Option<String>> =
            changed.iter().map(|(_, it)| it.canonical.clone()).collect();
        let uuids = |of: fn(&Named) -> Uuid| -> Vec<Option<Uuid>> {
            changed.iter().map(|(_, it)| it.names.as_ref().map(of)).collect()
        };
        sqlx::query!(
            "update payment_reference r
             set version = new.version, claim_id = new.claim_id, case_id = new.case_id,
                 creditor_id = new.creditor_id, canonical = new.canonical
             from unnest($1::uuid[], $2::bigint[], $3::uuid[], $4::uuid[], $5::uuid[], $6::text[])
                  as new (reference_id, version, claim_id, case_id, creditor_id, canonical)
             where r.reference_id = new.reference_id",
            &ids,
            &versions.collect::<sqlx::Result<Vec<i64>>>()?,
            &uuids(|it| it.claim_id.as_uuid()) as &[Option<Uuid>],
            &uuids(|it| it.case_id.as_uuid()) as &[Option<Uuid>],
            &uuids(|it| it.creditor_id.as_uuid()) as &[Option<Uuid>],
            &canonical as &[Option<String>],
        )
        .execute(&mut *conn)
        .await?;
        save_waiting(conn, &ids, changed).await
    }

    fn version(&self) -> u64 {
        self.version
    }

    fn set_version(&mut self, version: u64) {
        self.version = version;
    }
}

/// The payments that wait, by reference.
async fn load_waiting(
    conn: &mut PgConnection,
    ids: &[Uuid],
) -> sqlx::Result<BTreeMap<Uuid, BTreeMap<PaymentId, Waiting>>> {
    let rows = sqlx::query!(
        "select reference_id, payment_id, currency, amount_minor, received_on, further, found_on,
                found
         from waiting_payment join payment using (payment_id)
         where reference_id = any($1)",
        ids,
    )
    .fetch_all(conn)
    .await?;
    let mut waiting: BTreeMap<Uuid, BTreeMap<PaymentId, Waiting>> = BTreeMap::new();
    for row in rows {
        let amount = Column("payment", "currency").money(row.amount_minor, &row.currency)?;
        let column = |name| Column("waiting_payment", name);
        let further = row
            .further
            .iter()
            .map(|text| StructuredReference::parse(text).map_err(|_| column("further").fault()));
        let found = row.found_on.map(|case_id| FoundClaims {
            case_id: CaseId::from_uuid(case_id),
            claim_ids: row.found.into_iter().map(ClaimId::from_uuid).collect(),
        });
        let one = Waiting {
            amount,
            received_on: row.received_on.to_jiff(),
            further: further.collect::<sqlx::Result<_>>()?,
            found,
        };
        let reference = waiting.entry(row.reference_id).or_default();
        reference.insert(PaymentId::from_uuid(row.payment_id), one);
    }
    Ok(waiting)
}

async fn save_waiting(
    conn: &mut PgConnection,
    ids: &[Uuid],
    changed: &[(Uuid, Reference)],
) -> sqlx::Result<()> {
    let (mut payments, mut references) = (Vec::new(), Vec::new());
    let (mut further, mut cases, mut claims) = (Vec::new(), Vec::new(), Vec::new());
    for (id, reference) in changed {
        for (payment_id, waiting) in &reference.waiting {
            payments.push(payment_id.as_uuid());
            references.push(*id);
            further.push(words(&waiting.further));
            cases.push(waiting.found.as_ref().map(|it| it.case_id.as_uuid()));
            claims.push(waiting.found.as_ref().map(|it| words(&it.claim_ids)).unwrap_or_default());
        }
    }
    sqlx::query!(
        "delete from waiting_payment where reference_id = any($1) and payment_id <> all($2)",
        ids,
        &payments,
    )
    .execute(&mut *conn)
    .await?;
    sqlx::query!(
        "insert into waiting_payment (payment_id, reference_id, further, found_on, found)
         select payment_id, reference_id, string_to_array(further, ' '), found_on,
                string_to_array(found, ' ')::uuid[]
         from unnest($1::uuid[], $2::uuid[], $3::text[], $4::uuid[], $5::text[])
              as new (payment_id, reference_id, further, found_on, found)
         on conflict do nothing",
        &payments,
        &references,
        &further,
        &cases as &[Option<Uuid>],
        &claims,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// With blanks between, which none of them has: an array of arrays must be rectangular.
fn words(many: &[impl ToString]) -> String {
    many.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
}
