//! Notes to creditors, as rows.

use contracts::Message;
use contracts::letter::{NoteNotSentReason, SendNote};
use jiff_sqlx::ToSqlx;
use mailbox::Aggregate;
use primitives::{ContentHash, NoteId, Timestamp};
use runtime::error::BoxError;
use serde_json::Value;
use sqlx::PgConnection;
use uuid::Uuid;

use super::{inconsistent, unwritable, word};
use crate::domain::{Note, NoteDraft, NoteStage, NoteWish};

const TABLE: &str = "note";

/// A row of the table.
#[derive(Debug, Default)]
struct Row {
    note_id: Uuid,
    version: i64,
    stage: String,
    request: Option<Value>,
    request_version: Option<i16>,
    requested_at: Option<jiff_sqlx::Timestamp>,
    content: Option<String>,
    text_version: Option<String>,
    drafted_at: Option<jiff_sqlx::Timestamp>,
    dispatched_at: Option<jiff_sqlx::Timestamp>,
    not_sent_reason: Option<String>,
}

impl Aggregate for Note {
    const KIND: &'static str = "note";

    async fn lock(conn: &mut PgConnection, ids: &[Uuid]) -> sqlx::Result<Vec<(Uuid, Self)>> {
        sqlx::query!(
            "insert into note (note_id) select unnest($1::uuid[]) on conflict do nothing",
            ids
        )
        .execute(&mut *conn)
        .await?;
        let rows = sqlx::query_as!(
            Row,
            "select note_id, version, stage, request, request_version, requested_at, content,
                text_version, drafted_at, dispatched_at, not_sent_reason
             from note where note_id = any($1) order by note_id for update",
            ids
        )
        .fetch_all(conn)
        .await?;
        rows.into_iter().map(|row| Ok((row.note_id, row.into_note()?))).collect()
    }

    async fn save(conn: &mut PgConnection, changed: &[(Uuid, Self)]) -> sqlx::Result<()> {
        let rows: Vec<Row> =
            changed.iter().map(|(_, note)| Row::of(note)).collect::<sqlx::Result<_>>()?;
        update(conn, &rows).await
    }

    fn version(&self) -> u64 {
        self.version
    }

    fn set_version(&mut self, version: u64) {
        self.version = version;
    }
}

async fn update(conn: &mut PgConnection, rows: &[Row]) -> sqlx::Result<()> {
    sqlx::query!(
        "update note n
         set version = r.version, stage = r.stage, request = r.request,
             request_version = r.request_version, requested_at = r.requested_at,
             content = r.content, text_version = r.text_version, drafted_at = r.drafted_at,
             dispatched_at = r.dispatched_at, not_sent_reason = r.not_sent_reason
         from unnest($1::uuid[], $2::bigint[], $3::text[], $4::jsonb[], $5::smallint[],
                 $6::timestamptz[], $7::text[], $8::text[], $9::timestamptz[],
                 $10::timestamptz[], $11::text[])
             as r (note_id, version, stage, request, request_version, requested_at, content,
                 text_version, drafted_at, dispatched_at, not_sent_reason)
         where n.note_id = r.note_id",
        &column(rows, |row| row.note_id),
        &column(rows, |row| row.version),
        &column(rows, |row| row.stage.clone()),
        &column(rows, |row| row.request.clone()) as &[Option<Value>],
        &column(rows, |row| row.request_version) as &[Option<i16>],
        &column(rows, |row| row.requested_at) as &[Option<jiff_sqlx::Timestamp>],
        &column(rows, |row| row.content.clone()) as &[Option<String>],
        &column(rows, |row| row.text_version.clone()) as &[Option<String>],
        &column(rows, |row| row.drafted_at) as &[Option<jiff_sqlx::Timestamp>],
        &column(rows, |row| row.dispatched_at) as &[Option<jiff_sqlx::Timestamp>],
        &column(rows, |row| row.not_sent_reason.clone()) as &[Option<String>],
    )
    .execute(conn)
    .await?;
    Ok(())
}

fn column<T>(rows: &[Row], of: impl Fn(&Row) -> T) -> Vec<T> {
    rows.iter().map(of).collect()
}

impl Row {
    fn of(note: &Note) -> sqlx::Result<Self> {
        let row = Self {
            note_id: note.note_id.as_uuid(),
            version: i64::try_from(note.version).map_err(unwritable)?,
            ..Self::default()
        };
        let stage = |stage: &str| stage.to_owned();
        match &note.stage {
            NoteStage::Unheard => Ok(Self { stage: stage("unheard"), ..row }),
            NoteStage::Requested { wish } => Self { stage: stage("requested"), ..row }.with(wish),
            NoteStage::Drafted { wish, draft } => {
                Self { stage: stage("drafted"), ..row }.with_draft(draft).with(wish)
            }
            NoteStage::Dispatched { wish, draft, dispatched_at } => {
                let dispatched_at = Some(dispatched_at.to_sqlx());
                let row = Self { stage: stage("dispatched"), dispatched_at, ..row };
                row.with_draft(draft).with(wish)
            }
            NoteStage::NotSent { wish, reason } => {
                let not_sent_reason = Some(word(reason)?);
                Self { stage: stage("not-sent"), not_sent_reason, ..row }.with(wish)
            }
        }
    }

    fn with(self, wish: &NoteWish) -> sqlx::Result<Self> {
        let version = SendNote::CONTRACT.version;
        Ok(Self {
            request: Some(serde_json::to_value(&wish.send).map_err(unwritable)?),
            request_version: Some(i16::try_from(version).map_err(unwritable)?),
            requested_at: Some(wish.requested_at.to_sqlx()),
            ..self
        })
    }

    fn with_draft(self, draft: &NoteDraft) -> Self {
        Self {
            content: Some(draft.content.to_string()),
            text_version: Some(draft.text_version.clone()),
            drafted_at: Some(draft.drafted_at.to_sqlx()),
            ..self
        }
    }

    fn into_note(self) -> sqlx::Result<Note> {
        let stage = match self.stage.as_str() {
            "unheard" => NoteStage::Unheard,
            "requested" => NoteStage::Requested { wish: self.wish()? },
            "drafted" => NoteStage::Drafted { wish: self.wish()?, draft: self.draft()? },
            "dispatched" => NoteStage::Dispatched {
                wish: self.wish()?,
                draft: self.draft()?,
                dispatched_at: self.moment("dispatched_at", self.dispatched_at)?,
            },
            "not-sent" => NoteStage::NotSent { wish: self.wish()?, reason: self.reason()? },
            _ => return Err(self.wrong("stage", None)),
        };
        let version = self.version.try_into().map_err(|_| self.wrong("version", None))?;
        Ok(Note { note_id: NoteId::from_uuid(self.note_id), version, stage })
    }

    fn wish(&self) -> sqlx::Result<NoteWish> {
        let version = self.request_version.and_then(|version| u16::try_from(version).ok());
        let (Some(request), Some(version)) = (&self.request, version) else {
            return Err(self.wrong("request", None));
        };
        let send = SendNote::decode(version, &request.to_string())
            .map_err(|error| self.wrong("request", Some(error.into())))?;
        Ok(NoteWish { send, requested_at: self.moment("requested_at", self.requested_at)? })
    }

    fn draft(&self) -> sqlx::Result<NoteDraft> {
        let content = self.text("content", self.content.as_ref())?;
        Ok(NoteDraft {
            content: ContentHash::parse(content)
                .map_err(|error| self.wrong("content", Some(error.into())))?,
            text_version: self.text("text_version", self.text_version.as_ref())?.to_owned(),
            drafted_at: self.moment("drafted_at", self.drafted_at)?,
        })
    }

    fn reason(&self) -> sqlx::Result<NoteNotSentReason> {
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
        inconsistent(TABLE, self.note_id, column, source)
    }
}
