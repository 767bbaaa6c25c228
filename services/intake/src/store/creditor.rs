//! Creditors, their agreements, and the terms that imports read.

use std::collections::BTreeMap;

use contracts::agreement::Agreement;
use contracts::earlier;
use mailbox::Aggregate;
use primitives::Iban;
use serde_json::Value;
use sqlx::PgConnection;
use uuid::Uuid;

use super::{Column, bytes, document, number, word};
use crate::domain::{Agreed, Creditor, Known, Profile, Terms};

/// The version of the agreement document's form that is written, as the contracts have it.
const DOCUMENT_VERSION: i16 = 2;
/// The one that is still read.
const EARLIER_DOCUMENT_VERSION: i16 = 1;

impl Aggregate for Creditor {
    const KIND: &'static str = "creditor";

    async fn lock(conn: &mut PgConnection, ids: &[Uuid]) -> sqlx::Result<Vec<(Uuid, Self)>> {
        sqlx::query!(
            "insert into creditor (creditor_id) select * from unnest($1::uuid[])
             on conflict do nothing",
            ids,
        )
        .execute(&mut *conn)
        .await?;
        sqlx::query!(
            "select creditor_id from creditor where creditor_id = any($1)
             order by creditor_id for update",
            ids,
        )
        .fetch_all(&mut *conn)
        .await?;
        load(conn, ids).await
    }

    async fn save(conn: &mut PgConnection, changed: &[(Uuid, Self)]) -> sqlx::Result<()> {
        save_profiles(conn, changed).await?;
        save_agreements(conn, changed).await
    }

    fn version(&self) -> u64 {
        self.version
    }

    fn set_version(&mut self, version: u64) {
        self.version = version;
    }
}

/// The terms of creditors: their rows are shared, so that imports do not wait for each other, and
/// only a change of the creditor waits for them. No row is made.
impl Aggregate for Terms {
    const KIND: &'static str = "creditor-terms";

    async fn lock(conn: &mut PgConnection, ids: &[Uuid]) -> sqlx::Result<Vec<(Uuid, Self)>> {
        sqlx::query!(
            "select creditor_id from creditor where creditor_id = any($1)
             order by creditor_id for share",
            ids,
        )
        .fetch_all(&mut *conn)
        .await?;
        let mut found: BTreeMap<Uuid, Creditor> = load(conn, ids).await?.into_iter().collect();
        let terms = |id: &Uuid| {
            let Creditor { profile, mut agreements, .. } = found.remove(id).unwrap_or_default();
            let latest = agreements.pop_last().map(|(_, agreed)| agreed);
            let known = profile.zip(latest);
            (*id, Self { known: known.map(|(profile, agreed)| Known { profile, agreed }) })
        };
        Ok(ids.iter().map(terms).collect())
    }

    /// Nothing changes terms.
    async fn save(_: &mut PgConnection, _: &[(Uuid, Self)]) -> sqlx::Result<()> {
        Ok(())
    }

    fn version(&self) -> u64 {
        0
    }

    fn set_version(&mut self, _: u64) {}
}

/// Loads creditors in the order of their ids.
async fn load(conn: &mut PgConnection, ids: &[Uuid]) -> sqlx::Result<Vec<(Uuid, Creditor)>> {
    let rows = sqlx::query_as!(
        CreditorRow,
        "select creditor_id, version, document_hash, code, name, legal_form, company_number,
                vat_id, country, address, email, telephone, language, api_token_hash
         from creditor where creditor_id = any($1) order by creditor_id",
        ids,
    )
    .fetch_all(&mut *conn)
    .await?;
    let agreements = sqlx::query!(
        "select creditor_id, version, document, document_version, account
         from agreement where creditor_id = any($1)",
        ids,
    )
    .fetch_all(conn)
    .await?;
    let mut known: BTreeMap<Uuid, BTreeMap<u32, Agreed>> = BTreeMap::new();
    for row in agreements {
        let version = Column("agreement", "version").count(row.version)?;
        let agreement = agreement(row.document, row.document_version)?;
        let account = Iban::parse(&row.account);
        let account = account.map_err(|_| Column("agreement", "account").fault(None))?;
        let agreed = Agreed { agreement, account };
        known.entry(row.creditor_id).or_default().insert(version, agreed);
    }
    rows.into_iter()
        .map(|row| {
            let (id, version) =
                (row.creditor_id, Column("creditor", "version").count(row.version)?);
            let agreements = known.remove(&id).unwrap_or_default();
            Ok((id, Creditor { version, profile: row.profile()?, agreements }))
        })
        .collect()
}

/// An agreement as it was written, in its current form.
pub(super) fn agreement(written: Value, version: i16) -> sqlx::Result<Agreement> {
    let column = Column("agreement", "document");
    match version {
        DOCUMENT_VERSION => column.document(written),
        EARLIER_DOCUMENT_VERSION => {
            column.document::<earlier::Agreement>(written).map(Agreement::from)
        }
        _ => Err(Column("agreement", "document_version").fault(None)),
    }
}

struct CreditorRow {
    creditor_id: Uuid,
    version: i64,
    document_hash: Option<Vec<u8>>,
    code: Option<String>,
    name: Option<String>,
    legal_form: Option<String>,
    company_number: Option<String>,
    vat_id: Option<String>,
    country: Option<String>,
    address: Option<Vec<String>>,
    email: Option<String>,
    telephone: Option<String>,
    language: Option<String>,
    api_token_hash: Option<Vec<u8>>,
}

impl CreditorRow {
    /// None for a row that was locked and never used.
    fn profile(self) -> sqlx::Result<Option<Profile>> {
        let column = |name| Column("creditor", name);
        let text = |name, value: Option<String>| column(name).present(value);
        let Some(hash) = self.document_hash else { return Ok(None) };
        let token = self.api_token_hash.map(|hash| column("api_token_hash").hash(hash));
        Ok(Some(Profile {
            document: column("document_hash").hash(hash)?,
            code: text("code", self.code)?,
            name: text("name", self.name)?,
            legal_form: self.legal_form,
            company_number: text("company_number", self.company_number)?,
            vat_id: self.vat_id,
            country: column("country").word(text("country", self.country)?)?,
            address: column("address").present(self.address)?,
            email: self.email,
            telephone: self.telephone,
            language: column("language").word(text("language", self.language)?)?,
            api_token: token.transpose()?,
        }))
    }
}

/// One statement per creditor: documents come one at a time, from a person.
async fn save_profiles(conn: &mut PgConnection, changed: &[(Uuid, Creditor)]) -> sqlx::Result<()> {
    for (id, creditor) in changed {
        let Some(profile) = &creditor.profile else { continue };
        sqlx::query!(
            "update creditor set version = $2, document_hash = $3, code = $4, name = $5,
                    legal_form = $6, company_number = $7, vat_id = $8, country = $9, address = $10,
                    email = $11, telephone = $12, language = $13, api_token_hash = $14
             where creditor_id = $1",
            id,
            number::<i64>(creditor.version)?,
            bytes(profile.document),
            profile.code,
            profile.name,
            profile.legal_form,
            profile.company_number,
            profile.vat_id,
            profile.country.code(),
            &profile.address,
            profile.email,
            profile.telephone,
            word(&profile.language)?,
            profile.api_token.map(bytes),
        )
        .execute(&mut *conn)
        .await?;
    }
    Ok(())
}

async fn save_agreements(
    conn: &mut PgConnection,
    changed: &[(Uuid, Creditor)],
) -> sqlx::Result<()> {
    let (mut owners, mut numbers) = (Vec::new(), Vec::new());
    let (mut documents, mut accounts) = (Vec::new(), Vec::new());
    for (id, creditor) in changed {
        for (version, agreed) in &creditor.agreements {
            owners.push(*id);
            numbers.push(number::<i32>(*version)?);
            documents.push(document(&agreed.agreement)?);
            accounts.push(agreed.account.as_str().to_owned());
        }
    }
    sqlx::query!(
        "insert into agreement (creditor_id, version, document, account, document_version)
         select creditor_id, version, document, account, $5
         from unnest($1::uuid[], $2::integer[], $3::jsonb[], $4::text[])
              as new (creditor_id, version, document, account)
         on conflict do nothing",
        &owners,
        &numbers,
        &documents,
        &accounts,
        DOCUMENT_VERSION,
    )
    .execute(conn)
    .await?;
    Ok(())
}
