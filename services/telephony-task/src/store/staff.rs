//! Members of staff and their certificates.

use std::collections::BTreeMap;

use contracts::intake::Certificate;
use jiff_sqlx::ToSqlx;
use mailbox::Aggregate;
use sqlx::PgConnection;
use uuid::Uuid;

use super::{Column, number, word};
use crate::domain::StaffMember;

impl Aggregate for StaffMember {
    const KIND: &'static str = "staff-member";

    async fn lock(conn: &mut PgConnection, ids: &[Uuid]) -> sqlx::Result<Vec<(Uuid, Self)>> {
        sqlx::query!(
            "insert into staff_member (staff_id) select * from unnest($1::uuid[])
             on conflict do nothing",
            ids,
        )
        .execute(&mut *conn)
        .await?;
        let rows = sqlx::query!(
            "select staff_id, version, heard, roles from staff_member where staff_id = any($1)
             order by staff_id for update",
            ids,
        )
        .fetch_all(&mut *conn)
        .await?;
        let column = |name| Column("staff_member", name);
        let mut members = BTreeMap::new();
        for row in rows {
            let roles = row.roles.into_iter().map(|role| column("roles").word(role));
            let member = Self {
                version: column("version").count(row.version)?,
                heard: column("heard").count(row.heard)?,
                roles: roles.collect::<sqlx::Result<_>>()?,
                certificates: Vec::new(),
            };
            members.insert(row.staff_id, member);
        }
        let certificates = sqlx::query!(
            "select staff_id, country, valid_from, valid_until from certificate
             where staff_id = any($1) order by staff_id, country, valid_from, valid_until",
            ids,
        )
        .fetch_all(conn)
        .await?;
        for row in certificates {
            let certificate = Certificate {
                country: Column("certificate", "country").word(row.country)?,
                valid_from: row.valid_from.to_jiff(),
                valid_until: row.valid_until.to_jiff(),
            };
            if let Some(member) = members.get_mut(&row.staff_id) {
                member.certificates.push(certificate);
            }
        }
        Ok(members.into_iter().collect())
    }

    async fn save(conn: &mut PgConnection, changed: &[(Uuid, Self)]) -> sqlx::Result<()> {
        let ids: Vec<Uuid> = changed.iter().map(|(id, _)| *id).collect();
        let versions = changed.iter().map(|(_, member)| number(member.version));
        let heard = changed.iter().map(|(_, member)| number(member.heard));
        // An array of arrays would have to be rectangular: the roles of one go as one text.
        let roles = changed.iter().map(|(_, member)| {
            let words = member.roles.iter().map(word).collect::<sqlx::Result<Vec<_>>>()?;
            Ok(words.join(" "))
        });
        sqlx::query!(
            "update staff_member m
             set version = new.version, heard = new.heard, roles = string_to_array(new.roles, ' ')
             from unnest($1::uuid[], $2::bigint[], $3::bigint[], $4::text[])
                  as new (staff_id, version, heard, roles)
             where m.staff_id = new.staff_id",
            &ids,
            &versions.collect::<sqlx::Result<Vec<i64>>>()?,
            &heard.collect::<sqlx::Result<Vec<i64>>>()?,
            &roles.collect::<sqlx::Result<Vec<String>>>()?,
        )
        .execute(&mut *conn)
        .await?;
        save_certificates(conn, &ids, changed).await
    }

    fn version(&self) -> u64 {
        self.version
    }

    fn set_version(&mut self, version: u64) {
        self.version = version;
    }
}

/// What intake knows now takes the place of what was known.
async fn save_certificates(
    conn: &mut PgConnection,
    ids: &[Uuid],
    changed: &[(Uuid, StaffMember)],
) -> sqlx::Result<()> {
    sqlx::query!("delete from certificate where staff_id = any($1)", ids)
        .execute(&mut *conn)
        .await?;
    let (mut owners, mut countries) = (Vec::new(), Vec::new());
    let (mut first_days, mut last_days) = (Vec::new(), Vec::new());
    for (id, member) in changed {
        for certificate in &member.certificates {
            owners.push(*id);
            countries.push(word(&certificate.country)?);
            first_days.push(certificate.valid_from.to_sqlx());
            last_days.push(certificate.valid_until.to_sqlx());
        }
    }
    sqlx::query!(
        "insert into certificate (staff_id, country, valid_from, valid_until)
         select * from unnest($1::uuid[], $2::text[], $3::date[], $4::date[])",
        &owners,
        &countries,
        &first_days as &[jiff_sqlx::Date],
        &last_days as &[jiff_sqlx::Date],
    )
    .execute(conn)
    .await?;
    Ok(())
}
