//! The agency's staff, with certificates.

use std::collections::{BTreeMap, HashMap};

use contracts::intake::{Certificate, StaffMember};
use jiff_sqlx::ToSqlx;
use mailbox::Aggregate;
use primitives::StaffId;
use sqlx::PgConnection;
use uuid::Uuid;

use super::{Column, number, word};
use crate::domain::{HeldCertificate, Member, Staff};

impl Aggregate for Staff {
    const KIND: &'static str = "staff";

    async fn lock(conn: &mut PgConnection, ids: &[Uuid]) -> sqlx::Result<Vec<(Uuid, Self)>> {
        sqlx::query!(
            "insert into staff (staff_id) select * from unnest($1::uuid[]) on conflict do nothing",
            ids,
        )
        .execute(&mut *conn)
        .await?;
        sqlx::query!(
            "select staff_id from staff where staff_id = any($1) order by staff_id for update",
            ids,
        )
        .fetch_all(&mut *conn)
        .await?;
        load(conn, Some(ids)).await
    }

    async fn save(conn: &mut PgConnection, changed: &[(Uuid, Self)]) -> sqlx::Result<()> {
        save_members(conn, changed).await?;
        save_certificates(conn, changed).await
    }

    fn version(&self) -> u64 {
        self.version
    }

    fn set_version(&mut self, version: u64) {
        self.version = version;
    }
}

/// All members of staff, by name.
pub(crate) async fn list_staff(conn: &mut PgConnection) -> sqlx::Result<Vec<StaffMember>> {
    let rows = load(conn, None).await?.into_iter();
    let listed = |(id, staff): (Uuid, Staff)| Some(staff.member?.listed(StaffId::from_uuid(id)));
    let mut members: Vec<StaffMember> = rows.filter_map(listed).collect();
    members.sort_by(|one, other| (&one.name, &one.code).cmp(&(&other.name, &other.code)));
    Ok(members)
}

/// The row of a member of staff, where there is one.
pub(crate) async fn known_staff(
    conn: &mut PgConnection,
    staff_id: StaffId,
) -> sqlx::Result<Option<Uuid>> {
    sqlx::query_scalar!("select staff_id from staff where staff_id = $1", staff_id.as_uuid())
        .fetch_optional(conn)
        .await
}

/// Those of `ids`, or all, in the order of their ids.
async fn load(conn: &mut PgConnection, ids: Option<&[Uuid]>) -> sqlx::Result<Vec<(Uuid, Staff)>> {
    let rows = sqlx::query!(
        "select staff_id, version, code, name, roles from staff
         where $1::uuid[] is null or staff_id = any($1) order by staff_id",
        ids,
    )
    .fetch_all(&mut *conn)
    .await?;
    let held = sqlx::query!(
        "select staff_id, country, number, valid_from, valid_until from staff_certificate
         where $1::uuid[] is null or staff_id = any($1)",
        ids,
    )
    .fetch_all(conn)
    .await?;
    let mut certificates: HashMap<Uuid, Vec<HeldCertificate>> = HashMap::new();
    for row in held {
        let certificate = Certificate {
            country: Column("staff_certificate", "country").word(row.country)?,
            valid_from: row.valid_from.to_jiff(),
            valid_until: row.valid_until.to_jiff(),
        };
        let held = HeldCertificate { number: row.number, certificate };
        certificates.entry(row.staff_id).or_default().push(held);
    }
    rows.into_iter()
        .map(|row| {
            let certificates = certificates.remove(&row.staff_id).unwrap_or_default();
            let known = row.code.zip(row.name).zip(row.roles);
            let member = known.map(|((code, name), roles)| {
                let role = |text| Column("staff", "roles").word(text);
                let roles: sqlx::Result<_> = roles.into_iter().map(role).collect();
                roles.map(|roles| Member { code, name, roles, certificates }.in_order())
            });
            let version = Column("staff", "version").count(row.version)?;
            Ok((row.staff_id, Staff { version, member: member.transpose()? }))
        })
        .collect()
}

/// One statement per member: documents come one at a time, from a person.
async fn save_members(conn: &mut PgConnection, changed: &[(Uuid, Staff)]) -> sqlx::Result<()> {
    for (id, staff) in changed {
        let Some(member) = &staff.member else { continue };
        let roles = member.roles.iter().map(word).collect::<sqlx::Result<Vec<_>>>()?;
        sqlx::query!(
            "update staff set version = $2, code = $3, name = $4, roles = $5 where staff_id = $1",
            id,
            number::<i64>(staff.version)?,
            member.code,
            member.name,
            &roles,
        )
        .execute(&mut *conn)
        .await?;
    }
    Ok(())
}

/// What a document leaves out is over.
async fn save_certificates(conn: &mut PgConnection, changed: &[(Uuid, Staff)]) -> sqlx::Result<()> {
    let members: BTreeMap<Uuid, &Member> =
        changed.iter().filter_map(|(id, staff)| Some((*id, staff.member.as_ref()?))).collect();
    let ids: Vec<Uuid> = members.keys().copied().collect();
    sqlx::query!("delete from staff_certificate where staff_id = any($1)", &ids)
        .execute(&mut *conn)
        .await?;
    let (mut owners, mut countries, mut numbers) = (Vec::new(), Vec::new(), Vec::new());
    let (mut from, mut until) = (Vec::new(), Vec::new());
    let held = members.iter().flat_map(|(id, it)| it.certificates.iter().map(move |one| (id, one)));
    for (id, HeldCertificate { number, certificate }) in held {
        owners.push(*id);
        countries.push(certificate.country.code().to_owned());
        numbers.push(number.clone());
        from.push(certificate.valid_from.to_sqlx());
        until.push(certificate.valid_until.to_sqlx());
    }
    sqlx::query!(
        "insert into staff_certificate (staff_id, country, number, valid_from, valid_until)
         select * from unnest($1::uuid[], $2::text[], $3::text[], $4::date[], $5::date[])",
        &owners,
        &countries,
        &numbers,
        &from as &[jiff_sqlx::Date],
        &until as &[jiff_sqlx::Date],
    )
    .execute(conn)
    .await?;
    Ok(())
}
