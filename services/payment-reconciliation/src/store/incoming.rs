//! Bank files that a person decides about.

use std::collections::BTreeMap;

use bank_statements::Verbatim;
use contracts::intake::Problem;
use contracts::payment_reconciliation::{BankFileDecision, QuarantinedFile};
use jiff_sqlx::ToSqlx;
use mailbox::Aggregate;
use primitives::{Date, PaymentId, StaffId};
use sqlx::PgConnection;
use sqlx::types::Json;
use uuid::Uuid;

use super::{Column, number};
use crate::domain::account_statement::{Clues, Movement};
use crate::domain::known::Booked;
use crate::domain::quarantine::{Decided, IncomingFile, Quarantine};

const TABLE: &str = "quarantined_file";

impl Aggregate for IncomingFile {
    /// Locked after the desk: what is booked does not change any more.
    const KIND: &'static str = "incoming-file";

    /// No row is made here: most files are never set aside. The desk, which is locked with every
    /// file, keeps two of one file apart.
    async fn lock(conn: &mut PgConnection, ids: &[Uuid]) -> sqlx::Result<Vec<(Uuid, Self)>> {
        let rows = sqlx::query!(
            r#"select file_id, version, document, quarantined_at,
                      problems as "problems: Json<Vec<Problem>>", begins_on, ends_on, decision,
                      because, decided_by, decided_at
               from quarantined_file where file_id = any($1) order by file_id for update"#,
            ids,
        )
        .fetch_all(&mut *conn)
        .await?;
        let mut files: BTreeMap<Uuid, Self> = ids.iter().map(|id| (*id, Self::default())).collect();
        for row in rows {
            let kept = Kept {
                decision: row.decision,
                because: row.because,
                decided_by: row.decided_by,
                decided_at: row.decided_at,
            };
            let days = row.begins_on.zip(row.ends_on);
            let quarantine = Quarantine {
                document: Column(TABLE, "document").hash(&row.document)?,
                quarantined_at: row.quarantined_at.to_jiff(),
                problems: row.problems.0,
                days: days.map(|(first, last)| (first.to_jiff(), last.to_jiff())),
                decided: kept.decided()?,
            };
            let booked = match quarantine.days.filter(|_| quarantine.decided.is_none()) {
                Some((first, last)) => booked_between(conn, first, last).await?,
                None => Vec::new(),
            };
            let version = Column(TABLE, "version").count(row.version)?;
            let quarantine = Some(quarantine);
            files.insert(row.file_id, Self { version, quarantine, booked });
        }
        Ok(files.into_iter().collect())
    }

    async fn save(conn: &mut PgConnection, changed: &[(Uuid, Self)]) -> sqlx::Result<()> {
        for (id, Self { version, quarantine, .. }) in changed {
            let Some(quarantine) = quarantine else { continue };
            let Quarantine { document, quarantined_at, problems, days, decided } = quarantine;
            sqlx::query!(
                "insert into quarantined_file as known (
                     file_id, version, document, quarantined_at, problems, begins_on, ends_on,
                     decision, because, decided_by, decided_at)
                 values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
                 on conflict (file_id) do update
                 set version = excluded.version, problems = excluded.problems,
                     begins_on = excluded.begins_on, ends_on = excluded.ends_on,
                     decision = excluded.decision, because = excluded.because,
                     decided_by = excluded.decided_by, decided_at = excluded.decided_at
                 where known.decision is null",
                id,
                number::<i64>(*version)?,
                document.as_bytes(),
                quarantined_at.to_sqlx() as jiff_sqlx::Timestamp,
                Json(problems) as _,
                days.map(|(first, _)| first.to_sqlx()) as Option<jiff_sqlx::Date>,
                days.map(|(_, last)| last.to_sqlx()) as Option<jiff_sqlx::Date>,
                decided.as_ref().map(|it| word(&it.decision)),
                decided.as_ref().map(|it| it.because.as_str()),
                decided.as_ref().map(|it| it.by.as_uuid()),
                decided.as_ref().map(|it| it.at.to_sqlx()) as Option<jiff_sqlx::Timestamp>,
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

const fn word(decision: &BankFileDecision) -> &'static str {
    match decision {
        BankFileDecision::TakeIn => "take-in",
        BankFileDecision::SetAside => "set-aside",
    }
}

/// The columns of a decision: all there, or none.
struct Kept {
    decision: Option<String>,
    because: Option<String>,
    decided_by: Option<Uuid>,
    decided_at: Option<jiff_sqlx::Timestamp>,
}

impl Kept {
    fn decided(self) -> sqlx::Result<Option<Decided>> {
        let decision = match self.decision.as_deref() {
            None => return Ok(None),
            Some("take-in") => BankFileDecision::TakeIn,
            Some("set-aside") => BankFileDecision::SetAside,
            Some(_) => return Err(Column(TABLE, "decision").fault()),
        };
        Ok(Some(Decided {
            decision,
            because: Column(TABLE, "because").present(self.because)?,
            by: StaffId::from_uuid(Column(TABLE, "decided_by").present(self.decided_by)?),
            at: Column(TABLE, "decided_at").present(self.decided_at)?.to_jiff(),
        }))
    }
}

/// The files that were set aside, oldest first, and how many there are.
pub(crate) async fn quarantined_files(
    conn: &mut PgConnection,
    limit: u32,
    with_decided: bool,
) -> sqlx::Result<(Vec<QuarantinedFile>, u64)> {
    let rows = sqlx::query!(
        r#"select document, quarantined_at, problems as "problems: Json<Vec<Problem>>", decision,
                  because, decided_by, decided_at, count(*) over () as "total!"
           from quarantined_file where $2 or decision is null
           order by quarantined_at, file_id limit $1"#,
        i64::from(limit),
        with_decided,
    )
    .fetch_all(conn)
    .await?;
    let total = rows.first().map_or(Ok(0), |row| number(row.total))?;
    let files = rows.into_iter().map(|row| {
        let kept = Kept {
            decision: row.decision,
            because: row.because,
            decided_by: row.decided_by,
            decided_at: row.decided_at,
        };
        Ok(QuarantinedFile {
            document: Column(TABLE, "document").hash(&row.document)?,
            quarantined_at: row.quarantined_at.to_jiff(),
            problems: row.problems.0,
            decided: kept.decided()?.map(|it| it.told()),
        })
    });
    Ok((files.collect::<sqlx::Result<_>>()?, total))
}

/// What is booked of statements on some days, of all accounts.
async fn booked_between(
    conn: &mut PgConnection,
    first: Date,
    last: Date,
) -> sqlx::Result<Vec<Booked>> {
    let rows = sqlx::query_as!(
        BookedRow,
        r#"select payment_id, p.statement_id::text as "told_by!", p.currency, p.amount_minor,
                  p.received_on, r.lines as "lines?", r.structured, r.bank_reference,
                  r.end_to_end_id, r.counterparty_account, e.payment_id is not null as "is_early!"
           from payment p left join remittance r using (payment_id)
                left join early_payment e using (payment_id)
           where p.received_on between $1 and $2 and p.statement_id is not null
           order by payment_id"#,
        first.to_sqlx() as jiff_sqlx::Date,
        last.to_sqlx() as jiff_sqlx::Date,
    )
    .fetch_all(conn)
    .await?;
    let booked = rows.into_iter().map(|row| {
        let statement_id = Column("payment", "statement_id").parse(&row.told_by)?;
        Ok(Booked { statement_id, was_early: row.is_early, movement: row.movement()? })
    });
    booked.collect()
}

/// A movement that is booked, and who told of it.
pub(super) struct BookedRow {
    pub(super) payment_id: Uuid,
    pub(super) told_by: String,
    pub(super) currency: String,
    pub(super) amount_minor: i64,
    pub(super) received_on: jiff_sqlx::Date,
    pub(super) lines: Option<Vec<String>>,
    pub(super) structured: Option<Vec<String>>,
    pub(super) bank_reference: Option<String>,
    pub(super) end_to_end_id: Option<String>,
    pub(super) counterparty_account: Option<String>,
    pub(super) is_early: bool,
}

impl BookedRow {
    pub(super) fn movement(self) -> sqlx::Result<Movement> {
        let texts = |lines: Option<Vec<String>>| {
            lines.unwrap_or_default().iter().filter_map(|it| Verbatim::new(it)).collect()
        };
        let text = |it: Option<String>| it.and_then(|it| Verbatim::new(&it));
        let amount = Column("payment", "currency").money(self.amount_minor, &self.currency)?;
        Ok(Movement {
            payment_id: PaymentId::from_uuid(self.payment_id),
            entry_ordinal: 0,
            amount,
            booked_on: self.received_on.to_jiff(),
            is_payment: amount.is_positive(),
            references: Vec::new(),
            structured: texts(self.structured),
            bank_reference: text(self.bank_reference),
            end_to_end_id: text(self.end_to_end_id),
            batch_ids: Vec::new(),
            is_reversal: false,
            return_code: None,
            remittance: texts(self.lines),
            counterparty_name: None,
            counterparty_account: text(self.counterparty_account),
            clues: Clues::default(),
        })
    }
}
