//! Call tasks, and what was said.

use contracts::Message;
use contracts::telephony_task::{CreateTask, PromisedPayment};
use jiff_sqlx::ToSqlx;
use law::Pack;
use mailbox::Aggregate;
use primitives::{CallTaskId, Country, Currency, Money, StaffId};
use serde_json::Value;
use sqlx::PgConnection;
use uuid::Uuid;

use super::{Column, number, unwritable, word};
use crate::domain::{CallTask, Claim, Errand, Report, Stage};

/// A row of the table.
#[derive(Debug, Default)]
pub(super) struct TaskRow {
    task_id: Uuid,
    version: i64,
    stage: String,
    request: Option<Value>,
    request_version: Option<i16>,
    case_id: Option<Uuid>,
    not_after: Option<jiff_sqlx::Timestamp>,
    country: Option<String>,
    ends_at: Option<jiff_sqlx::Timestamp>,
    claimed_by: Option<Uuid>,
    claimed_at: Option<jiff_sqlx::Timestamp>,
    certificate_from: Option<jiff_sqlx::Date>,
    certificate_until: Option<jiff_sqlx::Date>,
    outcome: Option<String>,
    reason: Option<String>,
    promise_minor: Option<i64>,
    promise_currency: Option<String>,
    promise_pay_by: Option<jiff_sqlx::Date>,
    closed_at: Option<jiff_sqlx::Timestamp>,
    called_at: Option<jiff_sqlx::Timestamp>,
    taken_back: bool,
}

impl Aggregate for CallTask {
    const KIND: &'static str = "call-task";

    async fn lock(conn: &mut PgConnection, ids: &[Uuid]) -> sqlx::Result<Vec<(Uuid, Self)>> {
        sqlx::query!(
            "insert into call_task (task_id) select * from unnest($1::uuid[])
             on conflict do nothing",
            ids,
        )
        .execute(&mut *conn)
        .await?;
        let rows = sqlx::query_as!(
            TaskRow,
            "select task_id, version, stage, request, request_version, case_id, not_after, country,
                 ends_at, claimed_by, claimed_at, certificate_from, certificate_until, outcome,
                 reason, promise_minor, promise_currency, promise_pay_by, closed_at, called_at,
                 taken_back
             from call_task where task_id = any($1) order by task_id for update",
            ids,
        )
        .fetch_all(conn)
        .await?;
        rows.into_iter().map(|row| Ok((row.task_id, row.into_task()?))).collect()
    }

    async fn save(conn: &mut PgConnection, changed: &[(Uuid, Self)]) -> sqlx::Result<()> {
        let rows: Vec<TaskRow> =
            changed.iter().map(|(_, task)| TaskRow::of(task)).collect::<sqlx::Result<_>>()?;
        update(conn, &rows).await?;
        add_summaries(conn, changed).await
    }

    fn version(&self) -> u64 {
        self.version
    }

    fn set_version(&mut self, version: u64) {
        self.version = version;
    }
}

async fn update(conn: &mut PgConnection, rows: &[TaskRow]) -> sqlx::Result<()> {
    sqlx::query!(
        "update call_task t
         set version = r.version, stage = r.stage, request = r.request,
             request_version = r.request_version, case_id = r.case_id, not_after = r.not_after,
             country = r.country, ends_at = r.ends_at, claimed_by = r.claimed_by,
             claimed_at = r.claimed_at, certificate_from = r.certificate_from,
             certificate_until = r.certificate_until, outcome = r.outcome, reason = r.reason,
             promise_minor = r.promise_minor, promise_currency = r.promise_currency,
             promise_pay_by = r.promise_pay_by, closed_at = r.closed_at,
             called_at = r.called_at, taken_back = r.taken_back
         from unnest($1::uuid[], $2::bigint[], $3::text[], $4::jsonb[], $5::smallint[], $6::uuid[],
                 $7::timestamptz[], $8::text[], $9::timestamptz[], $10::uuid[], $11::timestamptz[],
                 $12::date[], $13::date[], $14::text[], $15::text[], $16::bigint[], $17::text[],
                 $18::date[], $19::timestamptz[], $20::timestamptz[], $21::boolean[])
             as r (task_id, version, stage, request, request_version, case_id, not_after, country,
                 ends_at, claimed_by, claimed_at, certificate_from, certificate_until, outcome,
                 reason, promise_minor, promise_currency, promise_pay_by, closed_at, called_at,
                 taken_back)
         where t.task_id = r.task_id",
        &column(rows, |row| row.task_id),
        &column(rows, |row| row.version),
        &column(rows, |row| row.stage.clone()),
        &column(rows, |row| row.request.clone()) as &[Option<Value>],
        &column(rows, |row| row.request_version) as &[Option<i16>],
        &column(rows, |row| row.case_id) as &[Option<Uuid>],
        &column(rows, |row| row.not_after) as &[Option<jiff_sqlx::Timestamp>],
        &column(rows, |row| row.country.clone()) as &[Option<String>],
        &column(rows, |row| row.ends_at) as &[Option<jiff_sqlx::Timestamp>],
        &column(rows, |row| row.claimed_by) as &[Option<Uuid>],
        &column(rows, |row| row.claimed_at) as &[Option<jiff_sqlx::Timestamp>],
        &column(rows, |row| row.certificate_from) as &[Option<jiff_sqlx::Date>],
        &column(rows, |row| row.certificate_until) as &[Option<jiff_sqlx::Date>],
        &column(rows, |row| row.outcome.clone()) as &[Option<String>],
        &column(rows, |row| row.reason.clone()) as &[Option<String>],
        &column(rows, |row| row.promise_minor) as &[Option<i64>],
        &column(rows, |row| row.promise_currency.clone()) as &[Option<String>],
        &column(rows, |row| row.promise_pay_by) as &[Option<jiff_sqlx::Date>],
        &column(rows, |row| row.closed_at) as &[Option<jiff_sqlx::Timestamp>],
        &column(rows, |row| row.called_at) as &[Option<jiff_sqlx::Timestamp>],
        &column(rows, |row| row.taken_back),
    )
    .execute(conn)
    .await?;
    Ok(())
}

fn column<T>(rows: &[TaskRow], of: impl Fn(&TaskRow) -> T) -> Vec<T> {
    rows.iter().map(of).collect()
}

/// Keeps what was said in the calls that were closed just now.
async fn add_summaries(conn: &mut PgConnection, changed: &[(Uuid, CallTask)]) -> sqlx::Result<()> {
    let (mut tasks, mut said, mut files) = (Vec::new(), Vec::new(), Vec::new());
    for (id, task) in changed {
        if let Some(minutes) = &task.minutes {
            tasks.push(*id);
            said.push(minutes.summary.as_str().to_owned());
            files.push(minutes.file.to_string());
        }
    }
    if tasks.is_empty() {
        return Ok(());
    }
    sqlx::query!(
        "insert into call_summary (task_id, said, file)
         select * from unnest($1::uuid[], $2::text[], $3::text[])",
        &tasks,
        &said,
        &files,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// The order that a row keeps.
pub(super) fn order(
    request: Option<&Value>,
    request_version: Option<i16>,
) -> sqlx::Result<CreateTask> {
    let version = Column("call_task", "request_version").present(request_version)?;
    let version = Column("call_task", "request_version").count(version)?;
    let column = Column("call_task", "request");
    CreateTask::decode(version, &column.present(request)?.to_string())
        .map_err(|error| column.fault(Some(error.into())))
}

/// The promise that a row keeps.
pub(super) fn promise(
    minor: Option<i64>,
    currency: Option<String>,
    pay_by: Option<jiff_sqlx::Date>,
) -> sqlx::Result<Option<PromisedPayment>> {
    let (Some(minor), Some(currency), Some(pay_by)) = (minor, currency, pay_by) else {
        return Ok(None);
    };
    let currency: Currency = Column("call_task", "promise_currency").word(currency)?;
    Ok(Some(PromisedPayment { amount: Money::new(minor, currency), pay_by: pay_by.to_jiff() }))
}

impl TaskRow {
    fn of(task: &CallTask) -> sqlx::Result<Self> {
        let row = |stage: &str| {
            Ok(Self {
                task_id: task.task_id.as_uuid(),
                version: number(task.version)?,
                stage: stage.to_owned(),
                ..Self::default()
            })
        };
        match &task.stage {
            Stage::Unheard => row("unheard"),
            Stage::Forestalled => row("forestalled"),
            Stage::Open { errand } => {
                let ends_at = Some(errand.not_after().to_sqlx());
                Self { ends_at, ..row("open")? }.with(errand)
            }
            Stage::Claimed { errand, claim, taken_back } => {
                let row = Self { taken_back: *taken_back, ..row("claimed")? };
                row.with_claim(claim).with(errand)
            }
            Stage::Closed { errand, claim, report } => {
                row("closed")?.with_report(report)?.with_claim(claim).with(errand)
            }
            Stage::Withdrawn { errand } => row("withdrawn")?.with(errand),
            Stage::Expired { errand } => row("expired")?.with(errand),
        }
    }

    fn with(self, errand: &Errand) -> sqlx::Result<Self> {
        Ok(Self {
            request: Some(serde_json::to_value(&errand.order).map_err(unwritable)?),
            request_version: Some(number(CreateTask::CONTRACT.version)?),
            case_id: Some(errand.order.permit.case_id.as_uuid()),
            not_after: Some(errand.not_after().to_sqlx()),
            country: Some(word(&errand.country())?),
            ..self
        })
    }

    fn with_claim(self, claim: &Claim) -> Self {
        Self {
            claimed_by: Some(claim.staff_id.as_uuid()),
            claimed_at: Some(claim.claimed_at.to_sqlx()),
            certificate_from: Some(claim.certificate_from.to_sqlx()),
            certificate_until: Some(claim.certificate_until.to_sqlx()),
            ..self
        }
    }

    fn with_report(self, report: &Report) -> sqlx::Result<Self> {
        let promise = report.promise.as_ref();
        Ok(Self {
            outcome: Some(word(&report.outcome)?),
            reason: Some(word(&report.reason)?),
            promise_minor: promise.map(|it| it.amount.amount_minor()),
            promise_currency: promise.map(|it| it.amount.currency().to_string()),
            promise_pay_by: promise.map(|it| it.pay_by.to_sqlx()),
            closed_at: Some(report.closed_at.to_sqlx()),
            called_at: Some(report.called_at.to_sqlx()),
            ..self
        })
    }

    fn into_task(self) -> sqlx::Result<CallTask> {
        let stage = match self.stage.as_str() {
            "unheard" => Stage::Unheard,
            "forestalled" => Stage::Forestalled,
            "open" => Stage::Open { errand: self.errand()? },
            "claimed" => Stage::Claimed {
                errand: self.errand()?,
                claim: self.claim()?,
                taken_back: self.taken_back,
            },
            "closed" => Stage::Closed {
                errand: self.errand()?,
                claim: self.claim()?,
                report: self.report()?,
            },
            "withdrawn" => Stage::Withdrawn { errand: self.errand()? },
            "expired" => Stage::Expired { errand: self.errand()? },
            _ => return Err(Column("call_task", "stage").fault(None)),
        };
        let version = Column("call_task", "version").count(self.version)?;
        let task_id = CallTaskId::from_uuid(self.task_id);
        Ok(CallTask { version, stage, ..CallTask::unheard(task_id) })
    }

    fn errand(&self) -> sqlx::Result<Errand> {
        let column = Column("call_task", "country");
        let country: Country = column.word(column.present(self.country.clone())?)?;
        Ok(Errand {
            order: order(self.request.as_ref(), self.request_version)?,
            pack: column.present(Pack::of(country))?,
        })
    }

    fn claim(&self) -> sqlx::Result<Claim> {
        let column = |name| Column("call_task", name);
        let from = column("certificate_from").present(self.certificate_from)?;
        let until = column("certificate_until").present(self.certificate_until)?;
        Ok(Claim {
            staff_id: StaffId::from_uuid(column("claimed_by").present(self.claimed_by)?),
            claimed_at: column("claimed_at").present(self.claimed_at)?.to_jiff(),
            certificate_from: from.to_jiff(),
            certificate_until: until.to_jiff(),
        })
    }

    fn report(&self) -> sqlx::Result<Report> {
        let column = |name| Column("call_task", name);
        let outcome = column("outcome").present(self.outcome.clone())?;
        let reason = column("reason").present(self.reason.clone())?;
        let currency = self.promise_currency.clone();
        let closed_at = column("closed_at").present(self.closed_at)?.to_jiff();
        Ok(Report {
            outcome: column("outcome").word(outcome)?,
            reason: column("reason").word(reason)?,
            promise: promise(self.promise_minor, currency, self.promise_pay_by)?,
            called_at: self.called_at.map_or(closed_at, jiff_sqlx::Timestamp::to_jiff),
            closed_at,
        })
    }
}
