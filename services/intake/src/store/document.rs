//! Document numbers, and the files that bore them.

use std::collections::HashMap;

use mailbox::Aggregate;
use primitives::{CaseId, ClaimId, CreditorId, SourceFileId};
use sqlx::PgConnection;
use uuid::Uuid;

use super::{Column, bytes, document, moment, number};
use crate::domain::{NumberedDocument, Outcome, SourceFile};

/// The version of the kept problems' form, as the contracts have it.
const PROBLEMS_VERSION: i16 = 1;

impl Aggregate for NumberedDocument {
    const KIND: &'static str = "document";

    async fn lock(conn: &mut PgConnection, ids: &[Uuid]) -> sqlx::Result<Vec<(Uuid, Self)>> {
        sqlx::query!(
            "insert into document (document_id) select * from unnest($1::uuid[])
             on conflict do nothing",
            ids,
        )
        .execute(&mut *conn)
        .await?;
        let rows = sqlx::query!(
            "select document_id, version from document where document_id = any($1)
             order by document_id for update",
            ids,
        )
        .fetch_all(&mut *conn)
        .await?;
        let mut files = load_files(conn, ids).await?;
        rows.into_iter()
            .map(|row| {
                let version = Column("document", "version").count(row.version)?;
                let files = files.remove(&row.document_id).unwrap_or_default();
                Ok((row.document_id, Self { version, files }))
            })
            .collect()
    }

    async fn save(conn: &mut PgConnection, changed: &[(Uuid, Self)]) -> sqlx::Result<()> {
        let mut ids = Vec::with_capacity(changed.len());
        let mut versions = Vec::with_capacity(changed.len());
        for (id, document) in changed {
            ids.push(*id);
            versions.push(number::<i64>(document.version)?);
        }
        sqlx::query!(
            "update document d set version = new.version
             from unnest($1::uuid[], $2::bigint[]) as new (document_id, version)
             where d.document_id = new.document_id",
            &ids,
            &versions,
        )
        .execute(&mut *conn)
        .await?;
        save_files(conn, changed).await
    }

    fn version(&self) -> u64 {
        self.version
    }

    fn set_version(&mut self, version: u64) {
        self.version = version;
    }
}

/// The files of documents, in the order of their coming.
async fn load_files(
    conn: &mut PgConnection,
    ids: &[Uuid],
) -> sqlx::Result<HashMap<Uuid, Vec<SourceFile>>> {
    let rows = sqlx::query!(
        r#"select f.source_file_id, document_id, f.creditor_id, file_hash, received_at, claim_id,
                  case_id as "case_id?", problems
           from source_file f left join claim using (claim_id)
           where document_id = any($1) order by received_at, f.source_file_id"#,
        ids,
    )
    .fetch_all(conn)
    .await?;
    let mut files: HashMap<Uuid, Vec<SourceFile>> = HashMap::new();
    for row in rows {
        let outcome = if let Some((case_id, claim_id)) = row.case_id.zip(row.claim_id) {
            Outcome::Taken {
                case_id: CaseId::from_uuid(case_id),
                claim_id: ClaimId::from_uuid(claim_id),
            }
        } else {
            let column = Column("source_file", "problems");
            Outcome::Quarantined { problems: column.document(column.present(row.problems)?)? }
        };
        files.entry(row.document_id).or_default().push(SourceFile {
            source_file_id: SourceFileId::from_uuid(row.source_file_id),
            creditor_id: CreditorId::from_uuid(row.creditor_id),
            hash: Column("source_file", "file_hash").hash(row.file_hash)?,
            received_at: row.received_at.to_jiff(),
            outcome,
        });
    }
    Ok(files)
}

async fn save_files(
    conn: &mut PgConnection,
    changed: &[(Uuid, NumberedDocument)],
) -> sqlx::Result<()> {
    let (mut ids, mut documents, mut creditors) = (Vec::new(), Vec::new(), Vec::new());
    let (mut hashes, mut received) = (Vec::new(), Vec::new());
    let (mut claims, mut problems) = (Vec::new(), Vec::new());
    let files = changed.iter().flat_map(|(id, it)| it.files.iter().map(move |file| (id, file)));
    for (document_id, file) in files {
        ids.push(file.source_file_id.as_uuid());
        documents.push(*document_id);
        creditors.push(file.creditor_id.as_uuid());
        hashes.push(bytes(file.hash));
        received.push(moment(file.received_at));
        let (claim, kept) = match &file.outcome {
            Outcome::Taken { claim_id, .. } => (Some(claim_id.as_uuid()), None),
            Outcome::Quarantined { problems } => (None, Some(document(problems)?)),
        };
        claims.push(claim);
        problems.push(kept);
    }
    sqlx::query!(
        "insert into source_file (source_file_id, document_id, creditor_id, file_hash, received_at,
                                  claim_id, problems, problems_version)
         select source_file_id, document_id, creditor_id, file_hash, received_at, claim_id,
                problems, case when problems is not null then $8::smallint end
         from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::bytea[], $5::timestamptz[],
                     $6::uuid[], $7::jsonb[])
              as new (source_file_id, document_id, creditor_id, file_hash, received_at, claim_id,
                      problems)
         on conflict (source_file_id) do update
         set claim_id = excluded.claim_id, problems = excluded.problems,
             problems_version = excluded.problems_version, received_at = excluded.received_at
         where source_file.claim_id is null and excluded.claim_id is not null",
        &ids,
        &documents,
        &creditors,
        &hashes,
        &received as &[jiff_sqlx::Timestamp],
        &claims as &[Option<Uuid>],
        &problems as &[Option<serde_json::Value>],
        PROBLEMS_VERSION,
    )
    .execute(conn)
    .await?;
    Ok(())
}
