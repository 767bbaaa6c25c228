//! Persons and the contacts that count.

use jiff_sqlx::ToSqlx;
use mailbox::Aggregate;
use primitives::PermitId;
use sqlx::PgConnection;
use uuid::Uuid;

use super::{Column, number};
use crate::domain::{Contact, Person};

impl Aggregate for Person {
    const KIND: &'static str = "person";

    async fn lock(conn: &mut PgConnection, ids: &[Uuid]) -> sqlx::Result<Vec<(Uuid, Self)>> {
        sqlx::query!(
            "insert into person (person_id) select * from unnest($1::uuid[])
             on conflict do nothing",
            ids,
        )
        .execute(&mut *conn)
        .await?;
        let rows = sqlx::query!(
            "select person_id, version from person where person_id = any($1)
             order by person_id for update",
            ids,
        )
        .fetch_all(&mut *conn)
        .await?;
        let contacts = sqlx::query!(
            "select person_id, permit_id, at, made, counts from contact where person_id = any($1)
             order by person_id",
            ids,
        )
        .fetch_all(conn)
        .await?;
        let mut contacts = contacts.into_iter().peekable();
        let mut persons = Vec::with_capacity(rows.len());
        for row in rows {
            let version = Column("person", "version").count(row.version)?;
            let mut person = Self { version, ..Self::default() };
            while let Some(one) = contacts.next_if(|one| one.person_id == row.person_id) {
                let contact = Contact { at: one.at.to_jiff(), made: one.made, counts: one.counts };
                person.contacts.insert(PermitId::from_uuid(one.permit_id), contact);
            }
            persons.push((row.person_id, person));
        }
        Ok(persons)
    }

    async fn save(conn: &mut PgConnection, changed: &[(Uuid, Self)]) -> sqlx::Result<()> {
        let ids: Vec<Uuid> = changed.iter().map(|(id, _)| *id).collect();
        let mut versions: Vec<i64> = Vec::with_capacity(changed.len());
        let (mut permits, mut owners, mut moments) = (Vec::new(), Vec::new(), Vec::new());
        let (mut made, mut counts) = (Vec::new(), Vec::new());
        for (id, person) in changed {
            versions.push(number(person.version)?);
            for (permit_id, contact) in &person.contacts {
                permits.push(permit_id.as_uuid());
                owners.push(*id);
                moments.push(contact.at.to_sqlx());
                made.push(contact.made);
                counts.push(contact.counts);
            }
        }
        sqlx::query!(
            "update person p set version = new.version
             from unnest($1::uuid[], $2::bigint[]) as new (person_id, version)
             where p.person_id = new.person_id",
            &ids,
            &versions,
        )
        .execute(&mut *conn)
        .await?;
        sqlx::query!(
            "delete from contact where person_id = any($1) and permit_id <> all($2)",
            &ids,
            &permits,
        )
        .execute(&mut *conn)
        .await?;
        sqlx::query!(
            "insert into contact (permit_id, person_id, at, made, counts)
             select * from unnest($1::uuid[], $2::uuid[], $3::timestamptz[], $4::boolean[],
                                  $5::boolean[])
             on conflict (permit_id) do update set at = excluded.at, made = excluded.made
             where (contact.at, contact.made) is distinct from (excluded.at, excluded.made)",
            &permits,
            &owners,
            &moments as &[jiff_sqlx::Timestamp],
            &made,
            &counts,
        )
        .execute(conn)
        .await?;
        Ok(())
    }

    fn version(&self) -> u64 {
        self.version
    }

    fn set_version(&mut self, version: u64) {
        self.version = version;
    }
}
