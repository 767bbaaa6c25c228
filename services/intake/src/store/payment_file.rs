//! Files of creditors with what debtors paid straight to them.

use mailbox::Aggregate;
use primitives::CreditorId;
use sqlx::PgConnection;
use uuid::Uuid;

use super::{Column, bytes, moment, number};
use crate::domain::{PaymentFile, TakenFile};

struct FileRow {
    payment_file_id: Uuid,
    version: i64,
    creditor_id: Option<Uuid>,
    file_hash: Option<Vec<u8>>,
    taken_at: Option<jiff_sqlx::Timestamp>,
    payment_count: Option<i32>,
    currency: Option<String>,
    total_minor: Option<i64>,
}

impl FileRow {
    fn file(self) -> sqlx::Result<PaymentFile> {
        let column = |name| Column("payment_file", name);
        let version = column("version").count(self.version)?;
        let (Some(creditor_id), Some(file_hash)) = (self.creditor_id, self.file_hash) else {
            return Ok(PaymentFile { version, taken: None });
        };
        let currency = column("currency").present(self.currency)?;
        let total = column("total_minor").present(self.total_minor)?;
        let taken = TakenFile {
            creditor_id: CreditorId::from_uuid(creditor_id),
            document: column("file_hash").hash(file_hash)?,
            taken_at: column("taken_at").present(self.taken_at)?.to_jiff(),
            payment_count: {
                let column = column("payment_count");
                column.count(column.present(self.payment_count)?)?
            },
            total: column("currency").money(total, &currency)?,
        };
        Ok(PaymentFile { version, taken: Some(taken) })
    }
}

impl Aggregate for PaymentFile {
    const KIND: &'static str = "payment-file";

    async fn lock(conn: &mut PgConnection, ids: &[Uuid]) -> sqlx::Result<Vec<(Uuid, Self)>> {
        sqlx::query!(
            "insert into payment_file (payment_file_id) select * from unnest($1::uuid[])
             on conflict do nothing",
            ids,
        )
        .execute(&mut *conn)
        .await?;
        let rows = sqlx::query_as!(
            FileRow,
            "select payment_file_id, version, creditor_id, file_hash, taken_at, payment_count,
                    currency, total_minor
             from payment_file where payment_file_id = any($1)
             order by payment_file_id for update",
            ids,
        )
        .fetch_all(conn)
        .await?;
        rows.into_iter().map(|row| Ok((row.payment_file_id, row.file()?))).collect()
    }

    /// One at a time: a request takes in one.
    async fn save(conn: &mut PgConnection, changed: &[(Uuid, Self)]) -> sqlx::Result<()> {
        for (id, file) in changed {
            let Some(taken) = &file.taken else { continue };
            sqlx::query!(
                "update payment_file
                 set version = $2, creditor_id = $3, file_hash = $4, taken_at = $5,
                     payment_count = $6, currency = $7, total_minor = $8
                 where payment_file_id = $1",
                *id,
                number::<i64>(file.version)?,
                taken.creditor_id.as_uuid(),
                bytes(taken.document),
                moment(taken.taken_at) as jiff_sqlx::Timestamp,
                number::<i32>(taken.payment_count)?,
                taken.total.currency().code(),
                taken.total.amount_minor(),
            )
            .execute(&mut *conn)
            .await?;
        }
        Ok(())
    }

    fn version(&self) -> u64 {
        self.version
    }

    fn set_version(&mut self, version: u64) {
        self.version = version;
    }
}
