//! The agency's invoices: the series of their numbers, and what was issued.

use std::collections::BTreeMap;

use jiff_sqlx::ToSqlx;
use mailbox::Aggregate;
use primitives::{ContentHash, CreditorId, RemittanceId};
use sqlx::PgConnection;
use uuid::Uuid;

use super::{Column, number};
use crate::domain::invoice::{InvoiceNumber, InvoiceSeries, InvoiceVat, Issued};

impl Aggregate for InvoiceSeries {
    const KIND: &'static str = "invoice-series";

    async fn lock(conn: &mut PgConnection, ids: &[Uuid]) -> sqlx::Result<Vec<(Uuid, Self)>> {
        sqlx::query!(
            "insert into invoice_series (series_id) select * from unnest($1::uuid[])
             on conflict do nothing",
            ids,
        )
        .execute(&mut *conn)
        .await?;
        let rows = sqlx::query!(
            "select series_id, version from invoice_series where series_id = any($1)
             order by series_id for update",
            ids,
        )
        .fetch_all(&mut *conn)
        .await?;
        // Read once the row is locked: whoever held it before has committed.
        let given = sqlx::query!(
            r#"select issue_year, max(sequence) as "sequence!" from fee_invoice
               group by issue_year"#,
        )
        .fetch_all(&mut *conn)
        .await?;
        let column = |name| Column("fee_invoice", name);
        let last = given
            .into_iter()
            .map(|row| Ok((row.issue_year, column("sequence").count(row.sequence)?)))
            .collect::<sqlx::Result<BTreeMap<i16, u32>>>()?;
        let series = rows.into_iter().map(|row| {
            let version = Column("invoice_series", "version").count(row.version)?;
            Ok((row.series_id, Self { version, last: last.clone(), news: Vec::new() }))
        });
        series.collect()
    }

    async fn save(conn: &mut PgConnection, changed: &[(Uuid, Self)]) -> sqlx::Result<()> {
        for (id, series) in changed {
            sqlx::query!(
                "update invoice_series set version = $2 where series_id = $1",
                id,
                number::<i64>(series.version)?,
            )
            .execute(&mut *conn)
            .await?;
            for issued in &series.news {
                add(conn, issued).await?;
            }
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

async fn add(conn: &mut PgConnection, issued: &Issued) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into fee_invoice (issue_year, sequence, remittance_id, creditor_id, is_credit_note,
                                  issued_on, currency, total_minor, basis_points, due_on)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        issued.number.year,
        number::<i32>(issued.number.sequence)?,
        issued.remittance_id.as_uuid(),
        issued.creditor_id.as_uuid(),
        issued.is_credit_note,
        issued.issued_on.to_sqlx() as jiff_sqlx::Date,
        issued.total.currency().code(),
        issued.total.amount_minor(),
        kept_vat(issued.vat)?,
        issued.due_on.map(ToSqlx::to_sqlx) as Option<jiff_sqlx::Date>,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// The invoices of remittances, with their files and whether they are paid.
pub(super) async fn issued(
    conn: &mut PgConnection,
    remittances: &[Uuid],
) -> sqlx::Result<BTreeMap<Uuid, Issued>> {
    let rows = sqlx::query!(
        r#"select i.remittance_id as "remittance_id!", issue_year as "issue_year!",
                  sequence as "sequence!", creditor_id as "creditor_id!",
                  is_credit_note as "is_credit_note!", issued_on as "issued_on!",
                  currency as "currency!", total_minor as "total_minor!", basis_points, due_on,
                  f.content as "content?", p.paid_on as "paid_on?"
           from fee_invoice i
                left join remittance_file f
                    on f.remittance_id = i.remittance_id and f.kind = 'fee-invoice'
                left join fee_payment p on p.remittance_id = i.remittance_id
           where i.remittance_id = any($1)"#,
        remittances,
    )
    .fetch_all(conn)
    .await?;
    let column = |name| Column("fee_invoice", name);
    let issued = rows.into_iter().map(|row| {
        let content = row.content.as_deref();
        let document = content.map(|it| Column("remittance_file", "content").hash(it));
        let sequence = column("sequence").count(row.sequence)?;
        let issued = Issued {
            number: InvoiceNumber { year: row.issue_year, sequence },
            remittance_id: RemittanceId::from_uuid(row.remittance_id),
            creditor_id: CreditorId::from_uuid(row.creditor_id),
            is_credit_note: row.is_credit_note,
            issued_on: row.issued_on.to_jiff(),
            total: column("currency").money(row.total_minor, &row.currency)?,
            vat: vat(column("basis_points"), row.basis_points)?,
            due_on: row.due_on.map(jiff_sqlx::Date::to_jiff),
            document: document.transpose()?,
            paid_on: row.paid_on.map(jiff_sqlx::Date::to_jiff),
        };
        Ok((row.remittance_id, issued))
    });
    issued.collect()
}

/// The newest invoice of each creditor that is no credit note.
pub(super) async fn newest(
    conn: &mut PgConnection,
    creditors: &[Uuid],
) -> sqlx::Result<BTreeMap<Uuid, InvoiceNumber>> {
    let rows = sqlx::query!(
        "select distinct on (creditor_id) creditor_id, issue_year, sequence from fee_invoice
         where creditor_id = any($1) and not is_credit_note
         order by creditor_id, issue_year desc, sequence desc",
        creditors,
    )
    .fetch_all(conn)
    .await?;
    let newest = rows.into_iter().map(|row| {
        let sequence = Column("fee_invoice", "sequence").count(row.sequence)?;
        Ok((row.creditor_id, InvoiceNumber { year: row.issue_year, sequence }))
    });
    newest.collect()
}

/// How VAT is charged on the remittances of which that is kept.
pub(super) async fn vats(
    conn: &mut PgConnection,
    remittances: &[Uuid],
) -> sqlx::Result<BTreeMap<Uuid, InvoiceVat>> {
    let rows = sqlx::query!(
        "select remittance_id, basis_points from remittance_vat where remittance_id = any($1)",
        remittances,
    )
    .fetch_all(conn)
    .await?;
    let column = Column("remittance_vat", "basis_points");
    rows.into_iter().map(|row| Ok((row.remittance_id, vat(column, row.basis_points)?))).collect()
}

/// Keeps how VAT is charged on a proposal.
pub(super) async fn keep_vat(
    conn: &mut PgConnection,
    remittance: Uuid,
    vat: InvoiceVat,
) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into remittance_vat (remittance_id, basis_points) values ($1, $2)
         on conflict (remittance_id) do nothing",
        remittance,
        kept_vat(vat)?,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// The files of one kind of remittances.
pub(super) async fn files(
    conn: &mut PgConnection,
    remittances: &[Uuid],
    kind: &str,
) -> sqlx::Result<BTreeMap<Uuid, ContentHash>> {
    let rows = sqlx::query!(
        "select remittance_id, content from remittance_file
         where remittance_id = any($1) and kind = $2",
        remittances,
        kind,
    )
    .fetch_all(conn)
    .await?;
    let column = Column("remittance_file", "content");
    rows.into_iter().map(|row| Ok((row.remittance_id, column.hash(&row.content)?))).collect()
}

/// The kinds of files beside the invoice.
pub(super) const STATEMENT: &str = "statement";
pub(super) const SPECIFICATION_PDF: &str = "specification-pdf";

/// Keeps a further file of an approved remittance.
pub(super) async fn keep_file(
    conn: &mut PgConnection,
    remittance: Uuid,
    kind: &str,
    content: ContentHash,
) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into remittance_file (remittance_id, kind, content) values ($1, $2, $3)
         on conflict (remittance_id, kind) do update set content = excluded.content",
        remittance,
        kind,
        content.as_bytes(),
    )
    .execute(conn)
    .await?;
    Ok(())
}

fn kept_vat(vat: InvoiceVat) -> sqlx::Result<Option<i32>> {
    match vat {
        InvoiceVat::Standard { basis_points } => number(basis_points).map(Some),
        InvoiceVat::ReverseCharge => Ok(None),
    }
}

fn vat(column: Column, basis_points: Option<i32>) -> sqlx::Result<InvoiceVat> {
    basis_points.map_or(Ok(InvoiceVat::ReverseCharge), |it| {
        Ok(InvoiceVat::Standard { basis_points: column.count(it)? })
    })
}
