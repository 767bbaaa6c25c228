//! Fees that were charged separately, and whether they are paid.

use std::collections::BTreeMap;

use jiff_sqlx::ToSqlx;
use mailbox::Aggregate;
use sqlx::PgConnection;
use uuid::Uuid;

use super::staff::finance_desk;
use super::{Column, invoice, ledger, number};
use crate::domain::fee_payment::FeePayment;
use crate::domain::ledger::LedgerTransaction;

impl Aggregate for FeePayment {
    const KIND: &'static str = "fee-payment";

    /// Whoever marks an invoice holds its row: no second one can.
    async fn lock(conn: &mut PgConnection, ids: &[Uuid]) -> sqlx::Result<Vec<(Uuid, Self)>> {
        sqlx::query!(
            "select remittance_id from fee_invoice where remittance_id = any($1)
             order by remittance_id for update",
            ids,
        )
        .fetch_all(&mut *conn)
        .await?;
        let rows = sqlx::query!(
            "select remittance_id, version from fee_payment where remittance_id = any($1)",
            ids,
        )
        .fetch_all(&mut *conn)
        .await?;
        let version = |row: i64| Column("fee_payment", "version").count(row);
        let versions = rows.into_iter().map(|row| Ok((row.remittance_id, version(row.version)?)));
        let versions = versions.collect::<sqlx::Result<BTreeMap<Uuid, u64>>>()?;
        let mut issued = invoice::issued(conn, ids).await?;
        let finance_desk = finance_desk(conn).await?;
        let payments = ids.iter().map(|id| {
            let payment = Self {
                version: versions.get(id).copied().unwrap_or_default(),
                invoice: issued.remove(id),
                finance_desk: finance_desk.clone(),
                marked: None,
                news: Vec::new(),
            };
            (*id, payment)
        });
        Ok(payments.collect())
    }

    async fn save(conn: &mut PgConnection, changed: &[(Uuid, Self)]) -> sqlx::Result<()> {
        for (id, payment) in changed {
            let Some(marked) = &payment.marked else { continue };
            sqlx::query!(
                "insert into fee_payment (remittance_id, version, paid_on, because, marked_by,
                                          marked_at)
                 values ($1, $2, $3, $4, $5, $6)",
                id,
                number::<i64>(payment.version)?,
                marked.paid_on.to_sqlx() as jiff_sqlx::Date,
                marked.because,
                marked.by.as_uuid(),
                marked.at.to_sqlx() as jiff_sqlx::Timestamp,
            )
            .execute(&mut *conn)
            .await?;
        }
        let news: Vec<&LedgerTransaction> = changed.iter().flat_map(|(_, it)| &it.news).collect();
        ledger::append(conn, &news).await
    }

    fn version(&self) -> u64 {
        self.version
    }

    fn set_version(&mut self, version: u64) {
        self.version = version;
    }
}
