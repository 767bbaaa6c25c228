//! Letters to debtors, as rows.

use contracts::Message;
use contracts::letter::{ListLetters, NotSentReason, Send as SendLetter};
use jiff_sqlx::ToSqlx;
use mailbox::Aggregate;
use primitives::{ContentHash, Currency, LetterId, Money, Timestamp};
use runtime::error::BoxError;
use serde_json::Value;
use sqlx::PgConnection;
use uuid::Uuid;

use super::{inconsistent, unwritable, word};
use crate::domain::{Draft, Letter, Stage};

const TABLE: &str = "letter";

/// A row of the table.
#[derive(Debug, Default)]
struct Row {
    letter_id: Uuid,
    version: i64,
    stage: String,
    request: Option<Value>,
    request_version: Option<i16>,
    not_after: Option<jiff_sqlx::Timestamp>,
    content: Option<String>,
    text_version: Option<String>,
    asked_minor: Option<i64>,
    asked_currency: Option<String>,
    drafted_at: Option<jiff_sqlx::Timestamp>,
    dispatched_at: Option<jiff_sqlx::Timestamp>,
    not_sent_reason: Option<String>,
    not_sent_because: Option<String>,
}

impl Aggregate for Letter {
    const KIND: &'static str = "letter";

    async fn lock(conn: &mut PgConnection, ids: &[Uuid]) -> sqlx::Result<Vec<(Uuid, Self)>> {
        sqlx::query!(
            "insert into letter (letter_id) select unnest($1::uuid[]) on conflict do nothing",
            ids
        )
        .execute(&mut *conn)
        .await?;
        let rows = sqlx::query_as!(
            Row,
            "select letter_id, version, stage, request, request_version, not_after, content,
                text_version, asked_minor, asked_currency, drafted_at, dispatched_at,
                not_sent_reason, not_sent_because
             from letter where letter_id = any($1) order by letter_id for update",
            ids
        )
        .fetch_all(conn)
        .await?;
        rows.into_iter().map(|row| Ok((row.letter_id, row.into_letter()?))).collect()
    }

    async fn save(conn: &mut PgConnection, changed: &[(Uuid, Self)]) -> sqlx::Result<()> {
        let rows: Vec<Row> =
            changed.iter().map(|(_, letter)| Row::of(letter)).collect::<sqlx::Result<_>>()?;
        update(conn, &rows).await
    }

    fn version(&self) -> u64 {
        self.version
    }

    fn set_version(&mut self, version: u64) {
        self.version = version;
    }
}

/// The letters of a case or of all, of a channel or of all, those whose permits end last first, and
/// how many there are.
pub(crate) async fn listed(
    conn: &mut PgConnection,
    request: &ListLetters,
) -> sqlx::Result<(Vec<Letter>, u64)> {
    let case_id = request.case_id.map(|case_id| case_id.as_uuid());
    let channel = request.channel.as_ref().map(word).transpose()?;
    let total = sqlx::query_scalar!(
        r#"select count(*) as "total!" from letter
           where request is not null and ($1::uuid is null or case_id = $1)
               and ($2::text is null or channel = $2)"#,
        case_id,
        channel.as_deref()
    )
    .fetch_one(&mut *conn)
    .await?;
    let rows = sqlx::query_as!(
        Row,
        "select letter_id, version, stage, request, request_version, not_after, content,
            text_version, asked_minor, asked_currency, drafted_at, dispatched_at,
            not_sent_reason, not_sent_because
         from letter
         where request is not null and ($1::uuid is null or case_id = $1)
             and ($2::text is null or channel = $2)
         order by not_after desc, letter_id limit $3",
        case_id,
        channel.as_deref(),
        i64::from(request.limit.clamp(1, 1000))
    )
    .fetch_all(conn)
    .await?;
    let letters = rows.into_iter().map(Row::into_letter).collect::<sqlx::Result<_>>()?;
    Ok((letters, u64::try_from(total).map_err(unwritable)?))
}

async fn update(conn: &mut PgConnection, rows: &[Row]) -> sqlx::Result<()> {
    sqlx::query!(
        "update letter l
         set version = r.version, stage = r.stage, request = r.request,
             request_version = r.request_version, not_after = r.not_after, content = r.content,
             text_version = r.text_version, asked_minor = r.asked_minor,
             asked_currency = r.asked_currency, drafted_at = r.drafted_at,
             dispatched_at = r.dispatched_at, not_sent_reason = r.not_sent_reason,
             not_sent_because = r.not_sent_because
         from unnest($1::uuid[], $2::bigint[], $3::text[], $4::jsonb[], $5::smallint[],
                 $6::timestamptz[], $7::text[], $8::text[], $9::bigint[], $10::text[],
                 $11::timestamptz[], $12::timestamptz[], $13::text[], $14::text[])
             as r (letter_id, version, stage, request, request_version, not_after, content,
                 text_version, asked_minor, asked_currency, drafted_at, dispatched_at,
                 not_sent_reason, not_sent_because)
         where l.letter_id = r.letter_id",
        &column(rows, |row| row.letter_id),
        &column(rows, |row| row.version),
        &column(rows, |row| row.stage.clone()),
        &column(rows, |row| row.request.clone()) as &[Option<Value>],
        &column(rows, |row| row.request_version) as &[Option<i16>],
        &column(rows, |row| row.not_after) as &[Option<jiff_sqlx::Timestamp>],
        &column(rows, |row| row.content.clone()) as &[Option<String>],
        &column(rows, |row| row.text_version.clone()) as &[Option<String>],
        &column(rows, |row| row.asked_minor) as &[Option<i64>],
        &column(rows, |row| row.asked_currency.clone()) as &[Option<String>],
        &column(rows, |row| row.drafted_at) as &[Option<jiff_sqlx::Timestamp>],
        &column(rows, |row| row.dispatched_at) as &[Option<jiff_sqlx::Timestamp>],
        &column(rows, |row| row.not_sent_reason.clone()) as &[Option<String>],
        &column(rows, |row| row.not_sent_because.clone()) as &[Option<String>],
    )
    .execute(conn)
    .await?;
    Ok(())
}

fn column<T>(rows: &[Row], of: impl Fn(&Row) -> T) -> Vec<T> {
    rows.iter().map(of).collect()
}

impl Row {
    fn of(letter: &Letter) -> sqlx::Result<Self> {
        let row = Self {
            letter_id: letter.letter_id.as_uuid(),
            version: i64::try_from(letter.version).map_err(unwritable)?,
            ..Self::default()
        };
        let stage = |stage: &str| stage.to_owned();
        match &letter.stage {
            Stage::Unheard => Ok(Self { stage: stage("unheard"), ..row }),
            Stage::Forestalled => Ok(Self { stage: stage("forestalled"), ..row }),
            Stage::Requested { send } => Self { stage: stage("requested"), ..row }.with(send),
            Stage::Drafted { send, draft } => {
                Self { stage: stage("drafted"), ..row }.with_draft(draft).with(send)
            }
            Stage::Uncertain { send, draft } => {
                Self { stage: stage("uncertain"), ..row }.with_draft(draft).with(send)
            }
            Stage::Dispatched { send, draft, dispatched_at } => {
                let dispatched_at = Some(dispatched_at.to_sqlx());
                let row = Self { stage: stage("dispatched"), dispatched_at, ..row };
                row.with_draft(draft).with(send)
            }
            Stage::NotSent { send, reason, because } => {
                let (not_sent_reason, not_sent_because) = (Some(word(reason)?), because.clone());
                let row = Self { not_sent_reason, not_sent_because, ..row };
                Self { stage: stage("not-sent"), ..row }.with(send)
            }
        }
    }

    fn with(self, send: &SendLetter) -> sqlx::Result<Self> {
        Ok(Self {
            request: Some(serde_json::to_value(send).map_err(unwritable)?),
            request_version: Some(i16::try_from(SendLetter::CONTRACT.version).map_err(unwritable)?),
            not_after: Some(send.permit.not_after.to_sqlx()),
            ..self
        })
    }

    fn with_draft(self, draft: &Draft) -> Self {
        Self {
            content: Some(draft.content.to_string()),
            text_version: Some(draft.text_version.clone()),
            asked_minor: Some(draft.asked.amount_minor()),
            asked_currency: Some(draft.asked.currency().to_string()),
            drafted_at: Some(draft.drafted_at.to_sqlx()),
            ..self
        }
    }

    fn into_letter(self) -> sqlx::Result<Letter> {
        let stage = match self.stage.as_str() {
            "unheard" => Stage::Unheard,
            "forestalled" => Stage::Forestalled,
            "requested" => Stage::Requested { send: self.send()? },
            "drafted" => Stage::Drafted { send: self.send()?, draft: self.draft()? },
            "uncertain" => Stage::Uncertain { send: self.send()?, draft: self.draft()? },
            "dispatched" => Stage::Dispatched {
                send: self.send()?,
                draft: self.draft()?,
                dispatched_at: self.moment("dispatched_at", self.dispatched_at)?,
            },
            "not-sent" => Stage::NotSent {
                send: self.send()?,
                reason: self.reason()?,
                because: self.not_sent_because.clone(),
            },
            _ => return Err(self.wrong("stage", None)),
        };
        let version = self.version.try_into().map_err(|_| self.wrong("version", None))?;
        Ok(Letter { letter_id: LetterId::from_uuid(self.letter_id), version, stage })
    }

    fn send(&self) -> sqlx::Result<SendLetter> {
        let version = self.request_version.and_then(|version| u16::try_from(version).ok());
        let (Some(request), Some(version)) = (&self.request, version) else {
            return Err(self.wrong("request", None));
        };
        SendLetter::decode(version, &request.to_string())
            .map_err(|error| self.wrong("request", Some(error.into())))
    }

    fn draft(&self) -> sqlx::Result<Draft> {
        let content = self.text("content", self.content.as_ref())?;
        let currency = self.text("asked_currency", self.asked_currency.as_ref())?;
        let currency = Currency::parse(currency)
            .map_err(|error| self.wrong("asked_currency", Some(error.into())))?;
        let minor = self.asked_minor.ok_or_else(|| self.wrong("asked_minor", None))?;
        Ok(Draft {
            content: ContentHash::parse(content)
                .map_err(|error| self.wrong("content", Some(error.into())))?,
            asked: Money::new(minor, currency),
            text_version: self.text("text_version", self.text_version.as_ref())?.to_owned(),
            drafted_at: self.moment("drafted_at", self.drafted_at)?,
        })
    }

    fn reason(&self) -> sqlx::Result<NotSentReason> {
        let reason = self.text("not_sent_reason", self.not_sent_reason.as_ref())?;
        serde_json::from_value(Value::from(reason))
            .map_err(|error| self.wrong("not_sent_reason", Some(error.into())))
    }

    fn text<'a>(&self, column: &'static str, text: Option<&'a String>) -> sqlx::Result<&'a str> {
        text.map(String::as_str).ok_or_else(|| self.wrong(column, None))
    }

    fn moment(
        &self,
        column: &'static str,
        moment: Option<jiff_sqlx::Timestamp>,
    ) -> sqlx::Result<Timestamp> {
        moment.map(jiff_sqlx::Timestamp::to_jiff).ok_or_else(|| self.wrong(column, None))
    }

    fn wrong(&self, column: &'static str, source: Option<BoxError>) -> sqlx::Error {
        inconsistent(TABLE, self.letter_id, column, source)
    }
}
