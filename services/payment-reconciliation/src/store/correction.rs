//! The messages that asked too much.

use contracts::payment_reconciliation::{CorrectedLetter, CorrectedLetterTold};
use primitives::{CaseId, CreditorId, LetterId};
use sqlx::PgConnection;

use super::{Column, number};

/// Those that were told last first, at most so many; and how many there are.
pub(crate) async fn corrected_letters(
    conn: &mut PgConnection,
    limit: u32,
    case_id: Option<CaseId>,
) -> sqlx::Result<(Vec<CorrectedLetterTold>, u64)> {
    let column = |name| Column("notice", name);
    let rows = sqlx::query!(
        r#"select letter_id, n.case_id, creditor_id as "creditor_id!", currency as "currency!",
                  message, channel, coalesce(left_on, sent_on) as "left_on!",
                  asked_minor as "asked_minor!", excess_minor as "excess_minor!",
                  corrected_at as "corrected_at!: jiff_sqlx::Timestamp",
                  count(*) over () as "total!"
           from notice n join case_account using (case_id)
           where excess_minor is not null and ($2::uuid is null or n.case_id = $2)
           order by corrected_at desc, letter_id limit $1"#,
        number::<i64>(limit)?,
        case_id.map(|it| it.as_uuid()),
    )
    .fetch_all(conn)
    .await?;
    let total = rows.first().map_or(Ok(0), |row| column("letter_id").count(row.total))?;
    let told = rows.into_iter().map(|row| {
        let asked = column("asked_minor").money(row.asked_minor, &row.currency)?;
        let excess = column("excess_minor").money(row.excess_minor, &row.currency)?;
        let broken = |_| column("excess_minor").fault();
        Ok(CorrectedLetterTold {
            case_id: CaseId::from_uuid(row.case_id),
            creditor_id: CreditorId::from_uuid(row.creditor_id),
            letter: CorrectedLetter {
                letter_id: LetterId::from_uuid(row.letter_id),
                message: column("message").parse(&row.message)?,
                channel: column("channel").parse(&row.channel)?,
                left_on: row.left_on.to_jiff(),
                asked,
                owed: asked.checked_sub(excess).map_err(broken)?,
            },
            told_at: row.corrected_at.to_jiff(),
        })
    });
    Ok((told.collect::<sqlx::Result<_>>()?, total))
}
