//! The entries of the audit trail.

use jiff_sqlx::ToSqlx;
use primitives::{Actor, CaseId, Channel, CreditorId, MessageId, Money, PermitId, Timestamp};
use sqlx::PgConnection;
use uuid::Uuid;

use super::{Column, word};
use crate::domain::{Entry, Particulars, Parts};

/// Stands between rule ids, which are words without a break.
const BREAK: &str = "\n";

/// Adds entries; one that is there already is left as it is.
pub(crate) async fn append(conn: &mut PgConnection, entries: &[Entry]) -> sqlx::Result<()> {
    fn column<T>(entries: &[Entry], of: impl Fn(&Entry) -> T) -> Vec<T> {
        entries.iter().map(of).collect()
    }
    fn kept<T>(entries: &[Entry], of: impl Fn(&Particulars) -> T) -> Vec<T> {
        entries.iter().map(|entry| of(&entry.particulars)).collect()
    }
    let moment = |moment: Option<Timestamp>| moment.map(ToSqlx::to_sqlx);
    let part = |of: fn(&Parts) -> Money| {
        kept(entries, |it| it.parts.as_ref().map(|parts| of(parts).amount_minor()))
    };
    let reasons: Vec<Option<String>> = entries
        .iter()
        .map(|entry| entry.particulars.reason.as_ref().map(word).transpose())
        .collect::<sqlx::Result<_>>()?;
    sqlx::query!(
        "insert into entry (message_id, message_type, stem, subject, at, recorded_at, actor, cause,
                            case_id, creditor_id, permit_id, rule_ids, rule_pack, text_version,
                            currency, amount_minor, code, channels, not_before, not_after,
                            happened_at, reason, costs_minor, interest_minor, principal_minor)
         select message_id, message_type, stem, subject, at, recorded_at, actor, cause, case_id,
                creditor_id, permit_id, string_to_array(rule_ids, E'\\n'), rule_pack, text_version,
                currency, amount_minor, code, string_to_array(channels, ' '), not_before,
                not_after, happened_at, reason, costs_minor, interest_minor, principal_minor
         from unnest($1::uuid[], $2::text[], $3::text[], $4::uuid[], $5::timestamptz[],
                     $6::timestamptz[], $7::text[], $8::uuid[], $9::uuid[], $10::uuid[],
                     $11::uuid[], $12::text[], $13::text[], $14::text[], $15::text[],
                     $16::bigint[], $17::text[], $18::text[], $19::timestamptz[],
                     $20::timestamptz[], $21::timestamptz[], $22::text[], $23::bigint[],
                     $24::bigint[], $25::bigint[])
              as new (message_id, message_type, stem, subject, at, recorded_at, actor, cause,
                      case_id, creditor_id, permit_id, rule_ids, rule_pack, text_version, currency,
                      amount_minor, code, channels, not_before, not_after, happened_at, reason,
                      costs_minor, interest_minor, principal_minor)
         on conflict (message_id) do nothing",
        &column(entries, |it| it.message_id.as_uuid()),
        &column(entries, |it| it.message_type.clone()),
        &column(entries, |it| it.stem().to_owned()),
        &column(entries, |it| it.subject),
        &column(entries, |it| it.at.to_sqlx()) as &[jiff_sqlx::Timestamp],
        &column(entries, |it| it.recorded_at.to_sqlx()) as &[jiff_sqlx::Timestamp],
        &column(entries, |it| it.actor.to_string()),
        &column(entries, |it| it.cause.as_uuid()),
        &kept(entries, |it| it.case_id.map(|id| id.as_uuid())) as &[Option<Uuid>],
        &column(entries, |it| it.creditor_id.map(|id| id.as_uuid())) as &[Option<Uuid>],
        &kept(entries, |it| it.permit_id.map(|id| id.as_uuid())) as &[Option<Uuid>],
        &kept(entries, |it| it.rule_ids.join(BREAK)),
        &kept(entries, |it| it.rule_pack.clone()) as &[Option<String>],
        &kept(entries, |it| it.text_version.clone()) as &[Option<String>],
        &kept(entries, |it| it.amount.map(|amount| amount.currency().to_string()))
            as &[Option<String>],
        &kept(entries, |it| it.amount.map(Money::amount_minor)) as &[Option<i64>],
        &kept(entries, |it| it.code.clone()) as &[Option<String>],
        &kept(entries, |it| channel_words(&it.channels)),
        &kept(entries, |it| moment(it.not_before)) as &[Option<jiff_sqlx::Timestamp>],
        &kept(entries, |it| moment(it.not_after)) as &[Option<jiff_sqlx::Timestamp>],
        &kept(entries, |it| moment(it.happened_at)) as &[Option<jiff_sqlx::Timestamp>],
        &reasons as &[Option<String>],
        &part(|parts| parts.costs) as &[Option<i64>],
        &part(|parts| parts.interest) as &[Option<i64>],
        &part(|parts| parts.principal) as &[Option<i64>],
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// The channels with blanks between, which no word of theirs has.
fn channel_words(channels: &[Channel]) -> String {
    channels.iter().map(|channel| channel.as_str()).collect::<Vec<_>>().join(" ")
}

/// A row of the table.
struct Row {
    message_id: Uuid,
    message_type: String,
    subject: Uuid,
    at: jiff_sqlx::Timestamp,
    recorded_at: jiff_sqlx::Timestamp,
    actor: String,
    cause: Uuid,
    case_id: Option<Uuid>,
    creditor_id: Option<Uuid>,
    permit_id: Option<Uuid>,
    rule_ids: Vec<String>,
    rule_pack: Option<String>,
    text_version: Option<String>,
    currency: Option<String>,
    amount_minor: Option<i64>,
    code: Option<String>,
    channels: Vec<String>,
    not_before: Option<jiff_sqlx::Timestamp>,
    not_after: Option<jiff_sqlx::Timestamp>,
    happened_at: Option<jiff_sqlx::Timestamp>,
    reason: Option<String>,
    costs_minor: Option<i64>,
    interest_minor: Option<i64>,
    principal_minor: Option<i64>,
}

/// The entries of cases, in no order.
pub(crate) async fn entries_of(
    conn: &mut PgConnection,
    case_ids: &[Uuid],
) -> sqlx::Result<Vec<Entry>> {
    if case_ids.is_empty() {
        return Ok(Vec::new());
    }
    let rows = sqlx::query_as!(
        Row,
        "select message_id, message_type, subject, at, recorded_at, actor, cause, case_id,
                creditor_id, permit_id, rule_ids, rule_pack, text_version, currency, amount_minor,
                code, channels, not_before, not_after, happened_at, reason, costs_minor,
                interest_minor, principal_minor
         from entry where case_id = any($1)",
        case_ids,
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(Row::into_entry).collect()
}

impl Row {
    fn into_entry(self) -> sqlx::Result<Entry> {
        let column = |name| Column("entry", name);
        let money = |minor: Option<i64>| match (minor, &self.currency) {
            (Some(minor), Some(currency)) => column("currency").money(minor, currency).map(Some),
            _ => Ok(None),
        };
        let parts =
            [money(self.costs_minor)?, money(self.interest_minor)?, money(self.principal_minor)?];
        let parts = match parts {
            [Some(costs), Some(interest), Some(principal)] => {
                Some(Parts { costs, interest, principal })
            }
            _ => None,
        };
        let particulars = Particulars {
            case_id: self.case_id.map(CaseId::from_uuid),
            permit_id: self.permit_id.map(PermitId::from_uuid),
            amount: money(self.amount_minor)?,
            rule_ids: self.rule_ids,
            rule_pack: self.rule_pack,
            text_version: self.text_version,
            code: self.code,
            channels: self
                .channels
                .into_iter()
                .map(|channel| column("channels").word(channel))
                .collect::<sqlx::Result<_>>()?,
            not_before: self.not_before.map(jiff_sqlx::Timestamp::to_jiff),
            not_after: self.not_after.map(jiff_sqlx::Timestamp::to_jiff),
            happened_at: self.happened_at.map(jiff_sqlx::Timestamp::to_jiff),
            reason: self.reason.map(|reason| column("reason").word(reason)).transpose()?,
            parts,
        };
        Ok(Entry {
            message_id: MessageId::from_uuid(self.message_id),
            message_type: self.message_type,
            subject: self.subject,
            at: self.at.to_jiff(),
            recorded_at: self.recorded_at.to_jiff(),
            actor: self.actor.parse::<Actor>().map_err(|_| column("actor").fault())?,
            cause: MessageId::from_uuid(self.cause),
            creditor_id: self.creditor_id.map(CreditorId::from_uuid),
            particulars,
        })
    }
}
