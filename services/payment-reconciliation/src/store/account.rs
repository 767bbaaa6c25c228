//! The accounts of cases: what is known of them, and the lines that were booked for it.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use jiff_sqlx::ToSqlx;
use law::Notice;
use primitives::{ClaimId, Currency, Date, LetterId, MessageId, Money, PaymentId};
use sqlx::PgConnection;
use uuid::Uuid;

use super::remittance::remitted;
use super::{Column, number};
use crate::domain::account::{CaseAccount, CaseNotice, Claim, Excess, Line, LineKind, Payment};
use crate::domain::case::Case;
use crate::domain::charges::Sources;
use crate::domain::parts::Parts;

/// A booked line as it is stored.
pub(super) struct LineRow {
    case_id: Uuid,
    claim_id: Option<Uuid>,
    place: i32,
    counts_on: jiff_sqlx::Date,
    kind: String,
    payment_id: Option<Uuid>,
    holder: Option<String>,
    amount_minor: i64,
    costs_minor: i64,
    interest_minor: i64,
    rule_ids: Vec<String>,
    rule_pack: String,
    cause: Uuid,
    booked_at: jiff_sqlx::Timestamp,
}

/// The lines of cases, in the order in which they were booked.
pub(super) async fn lines(conn: &mut PgConnection, ids: &[Uuid]) -> sqlx::Result<Vec<LineRow>> {
    sqlx::query_as!(
        LineRow,
        r#"select case_id, claim_id, place, counts_on, kind, payment_id, holder, amount_minor,
                  costs_minor, interest_minor, rule_ids, rule_pack, cause,
                  -- A line of an earlier release that only moved money between the components was
                  -- no transaction: it counts from the beginning.
                  coalesce(booked_at, (select min(recorded_at) from ledger_transaction t
                                       where t.cause = account_line.cause),
                           'epoch') as "booked_at!: jiff_sqlx::Timestamp"
           from account_line where case_id = any($1) order by place"#,
        ids,
    )
    .fetch_all(conn)
    .await
}

/// Fills accounts with their lines, and with what is known beside them.
pub(super) async fn fill(
    conn: &mut PgConnection,
    ids: &[Uuid],
    cases: &mut BTreeMap<Uuid, Case>,
    lines: &[LineRow],
) -> sqlx::Result<()> {
    let claims = sqlx::query!(
        "select claim_id, due_on, withdrawn_on from claim_account where case_id = any($1)",
        ids,
    )
    .fetch_all(&mut *conn)
    .await?;
    let days: HashMap<Uuid, (Date, Option<Date>)> = claims
        .into_iter()
        .map(|row| {
            (row.claim_id, (row.due_on.to_jiff(), row.withdrawn_on.map(jiff_sqlx::Date::to_jiff)))
        })
        .collect();
    for row in lines {
        let case = cases.get_mut(&row.case_id).and_then(|case| case.account.as_mut());
        let account = Column("case_account", "currency").present(case)?;
        let line = row.line(account.currency)?;
        let Some(claim_id) = row.claim_id else {
            account.refundable.push(line);
            continue;
        };
        let days = Column("account_line", "claim_id").present(days.get(&claim_id).copied())?;
        let claim = account.claims.entry(ClaimId::from_uuid(claim_id));
        let claim = claim.or_insert_with(|| unheard(account.currency, line.on, days));
        learn(claim, line)?;
    }
    fill_payments(conn, lines, cases).await?;
    fill_notices(conn, ids, cases).await?;
    fill_certain(conn, ids, cases).await?;
    for (case_id, key, parts) in remitted(conn, ids).await? {
        if let Some(account) = cases.get_mut(&case_id).and_then(|it| it.account.as_mut()) {
            account.remitted.insert(key, parts);
        }
    }
    Ok(())
}

fn unheard(currency: Currency, on: Date, (due_on, withdrawn_on): (Date, Option<Date>)) -> Claim {
    Claim {
        principal: Money::zero(currency),
        issued_on: on,
        due_on,
        credits: BTreeMap::new(),
        withdrawn_on,
        lines: Vec::new(),
    }
}

/// What a line says of the claim itself.
fn learn(claim: &mut Claim, line: Line) -> sqlx::Result<()> {
    let broken = |_| Column("account_line", "amount_minor").fault();
    match line.kind {
        LineKind::Principal => {
            let principal = claim.principal.checked_add(line.parts.principal);
            claim.principal = principal.map_err(broken)?;
            claim.issued_on = line.on;
        }
        LineKind::CreditNote => {
            let nothing = Money::zero(line.parts.principal.currency());
            let credited = claim.credits.entry(line.on).or_insert(nothing);
            *credited = credited.checked_sub(line.parts.principal).map_err(broken)?;
        }
        // The release before this one did not keep the day beside the line.
        LineKind::Withdrawal => {
            claim.withdrawn_on = Some(claim.withdrawn_on.unwrap_or(line.on));
        }
        LineKind::SmallDifference
        | LineKind::Costs
        | LineKind::Interest
        | LineKind::Payment { .. } => {}
    }
    claim.lines.push(line);
    Ok(())
}

/// The release before this one did not keep which claims a payment names: the ledger tells in which
/// order it paid claims, which comes to the same.
async fn fill_payments(
    conn: &mut PgConnection,
    lines: &[LineRow],
    cases: &mut BTreeMap<Uuid, Case>,
) -> sqlx::Result<()> {
    let placed: BTreeSet<(Uuid, Uuid)> =
        lines.iter().filter_map(|line| Some((line.case_id, line.payment_id?))).collect();
    let (of_cases, payments): (Vec<Uuid>, Vec<Uuid>) = placed.into_iter().unzip();
    let rows = sqlx::query!(
        r#"select placed.case_id as "case_id!", p.payment_id, holder, p.currency,
                  amount_minor, coalesce((
                      select sum(refund_minor) from gone_back back
                      where back.payment_id = p.payment_id
                  ), 0)::bigint as "sent_back_minor!",
                  received_on,
                  -- Off the case again, or on another one: for this case it is as if taken back.
                  retracted or not allocated or (
                      p.on_case is not null and p.on_case <> placed.case_id) as "is_off!",
                  coalesce(named, (
                      select array_agg(claim_id order by recorded_at, place)
                      from (select distinct on (account) substr(account, 12)::uuid as claim_id,
                                   recorded_at, place
                            from ledger_transaction join posting using (transaction_id)
                            where subject = p.payment_id and kind = 'payment-allocated'
                              and account like 'receivable:%'
                            order by account, recorded_at, place) as first_time), '{}') as "named!"
           from unnest($1::uuid[], $2::uuid[]) as placed (case_id, payment_id)
                -- Each by itself: payments come faster than the planner hears of them.
                cross join lateral (
                    select * from payment where payment_id = placed.payment_id offset 0) as p"#,
        &of_cases,
        &payments,
    )
    .fetch_all(conn)
    .await?;
    for row in rows {
        let column = |name| Column("payment", name);
        let Some(account) = cases.get_mut(&row.case_id).and_then(|case| case.account.as_mut())
        else {
            continue;
        };
        let money = |minor| column("currency").money(minor, &row.currency);
        let (received, sent_back) = (money(row.amount_minor)?, money(row.sent_back_minor)?);
        let kept = received.checked_sub(sent_back).map_err(|_| column("amount_minor").fault())?;
        let payment = Payment {
            amount: kept,
            sent_back,
            holder: column("holder").parse(&row.holder)?,
            received_on: row.received_on.to_jiff(),
            named: row.named.into_iter().map(ClaimId::from_uuid).collect(),
            retracted: row.is_off,
        };
        account.payments.insert(PaymentId::from_uuid(row.payment_id), payment);
    }
    Ok(())
}

async fn fill_notices(
    conn: &mut PgConnection,
    ids: &[Uuid],
    cases: &mut BTreeMap<Uuid, Case>,
) -> sqlx::Result<()> {
    let rows = sqlx::query!(
        r#"select letter_id, case_id, message, channel, sent_on, claim_ids,
                  coalesce(heard_at, 'epoch') as "heard_at!: jiff_sqlx::Timestamp",
                  coalesce(left_on, sent_on) as "left_on!", asked_minor, excess_minor,
                  corrected_at as "corrected_at: jiff_sqlx::Timestamp"
           from notice where case_id = any($1)"#,
        ids,
    )
    .fetch_all(conn)
    .await?;
    for row in rows {
        let column = |name| Column("notice", name);
        let notice = Notice {
            message: column("message").parse(&row.message)?,
            channel: column("channel").parse(&row.channel)?,
            sent_on: row.sent_on.to_jiff(),
        };
        let claim_ids = row.claim_ids.into_iter().map(ClaimId::from_uuid).collect();
        if let Some(account) = cases.get_mut(&row.case_id).and_then(|it| it.account.as_mut()) {
            let money = |minor| Money::new(minor, account.currency);
            let excess = row.excess_minor.zip(row.corrected_at);
            let told = CaseNotice {
                notice,
                claim_ids,
                heard_at: row.heard_at.to_jiff(),
                left_on: row.left_on.to_jiff(),
                asked: row.asked_minor.map(money),
                excess: excess.map(|(minor, told_at)| Excess {
                    amount: money(minor),
                    told_at: told_at.to_jiff(),
                }),
            };
            account.notices.insert(LetterId::from_uuid(row.letter_id), told);
        }
    }
    Ok(())
}

async fn fill_certain(
    conn: &mut PgConnection,
    ids: &[Uuid],
    cases: &mut BTreeMap<Uuid, Case>,
) -> sqlx::Result<()> {
    let rows = sqlx::query!(
        r#"select case_id, certain_since as "certain_since: jiff_sqlx::Timestamp", certain_until
           from charges_certain where case_id = any($1)"#,
        ids,
    )
    .fetch_all(conn)
    .await?;
    for row in rows {
        if let Some(account) = cases.get_mut(&row.case_id).and_then(|it| it.account.as_mut()) {
            let (since, until) = (row.certain_since.to_jiff(), row.certain_until.to_jiff());
            account.charged_since.insert(since, until);
        }
    }
    Ok(())
}

impl LineRow {
    fn of(
        account: &CaseAccount,
        claim_id: Option<ClaimId>,
        place: usize,
        line: &Line,
    ) -> sqlx::Result<Self> {
        let (kind, payment) = match line.kind {
            LineKind::Principal => ("principal", None),
            LineKind::CreditNote => ("credit-note", None),
            LineKind::Withdrawal => ("withdrawal", None),
            LineKind::SmallDifference => ("small-difference", None),
            LineKind::Costs => ("costs", None),
            LineKind::Interest => ("interest", None),
            LineKind::Payment { payment_id, holder } => ("payment", Some((payment_id, holder))),
        };
        let amount = line.parts.total().map_err(|error| sqlx::Error::Encode(Box::new(error)))?;
        Ok(Self {
            case_id: account.case_id.as_uuid(),
            claim_id: claim_id.map(|it| it.as_uuid()),
            place: number(place)?,
            counts_on: line.on.to_sqlx(),
            kind: kind.to_owned(),
            payment_id: payment.map(|(payment_id, _)| payment_id.as_uuid()),
            holder: payment.map(|(_, holder)| holder.to_string()),
            amount_minor: amount.amount_minor(),
            costs_minor: line.parts.costs.amount_minor(),
            interest_minor: line.parts.interest.amount_minor(),
            rule_ids: line.sources.rule_ids.clone(),
            rule_pack: line.sources.rule_pack.clone(),
            cause: line.cause.as_uuid(),
            booked_at: line.booked_at.to_sqlx(),
        })
    }

    fn line(&self, currency: Currency) -> sqlx::Result<Line> {
        let column = |name| Column("account_line", name);
        let kind = match self.kind.as_str() {
            "principal" => LineKind::Principal,
            "credit-note" => LineKind::CreditNote,
            "withdrawal" => LineKind::Withdrawal,
            "small-difference" => LineKind::SmallDifference,
            "costs" => LineKind::Costs,
            "interest" => LineKind::Interest,
            "payment" => LineKind::Payment {
                payment_id: PaymentId::from_uuid(column("payment_id").present(self.payment_id)?),
                holder: column("holder")
                    .parse(column("holder").present(self.holder.as_deref())?)?,
            },
            _ => return Err(column("kind").fault()),
        };
        let money = |minor| Money::new(minor, currency);
        let (costs, interest) = (money(self.costs_minor), money(self.interest_minor));
        let principal = money(self.amount_minor)
            .checked_sub(costs)
            .and_then(|rest| rest.checked_sub(interest))
            .map_err(|_| column("amount_minor").fault())?;
        Ok(Line {
            on: self.counts_on.to_jiff(),
            kind,
            parts: Parts { costs, interest, principal },
            cause: MessageId::from_uuid(self.cause),
            booked_at: self.booked_at.to_jiff(),
            sources: Sources { rule_ids: self.rule_ids.clone(), rule_pack: self.rule_pack.clone() },
        })
    }
}

/// Adds what is new of accounts; what is there never changes, but for the day of a withdrawal.
pub(super) async fn save(conn: &mut PgConnection, accounts: &[&CaseAccount]) -> sqlx::Result<()> {
    save_claims(conn, accounts).await?;
    add_notices(conn, accounts).await?;
    add_certain(conn, accounts).await?;
    add_lines(conn, accounts).await
}

async fn save_claims(conn: &mut PgConnection, accounts: &[&CaseAccount]) -> sqlx::Result<()> {
    let (mut claims, mut cases) = (Vec::new(), Vec::new());
    let (mut due, mut withdrawn) = (Vec::new(), Vec::new());
    for account in accounts {
        for (claim_id, claim) in &account.claims {
            claims.push(claim_id.as_uuid());
            cases.push(account.case_id.as_uuid());
            due.push(claim.due_on.to_sqlx());
            withdrawn.push(claim.withdrawn_on.map(Date::to_sqlx));
        }
    }
    sqlx::query!(
        "insert into claim_account as known (claim_id, case_id, due_on, withdrawn_on)
         select * from unnest($1::uuid[], $2::uuid[], $3::date[], $4::date[])
         on conflict (claim_id) do update set withdrawn_on = excluded.withdrawn_on
         where known.withdrawn_on is distinct from excluded.withdrawn_on",
        &claims,
        &cases,
        &due as &[jiff_sqlx::Date],
        &withdrawn as &[Option<jiff_sqlx::Date>],
    )
    .execute(conn)
    .await?;
    Ok(())
}

async fn add_notices(conn: &mut PgConnection, accounts: &[&CaseAccount]) -> sqlx::Result<()> {
    let (mut letters, mut cases, mut days) = (Vec::new(), Vec::new(), Vec::new());
    let (mut messages, mut channels, mut claims) = (Vec::new(), Vec::new(), Vec::new());
    let mut heard: Vec<jiff_sqlx::Timestamp> = Vec::new();
    let mut left: Vec<jiff_sqlx::Date> = Vec::new();
    let (mut asked, mut excess) = (Vec::new(), Vec::new());
    let mut corrected: Vec<Option<jiff_sqlx::Timestamp>> = Vec::new();
    for account in accounts {
        for (letter_id, told) in &account.notices {
            heard.push(told.heard_at.to_sqlx());
            left.push(told.left_on.to_sqlx());
            asked.push(told.asked.map(Money::amount_minor));
            excess.push(told.excess.map(|excess| excess.amount.amount_minor()));
            corrected.push(told.excess.map(|excess| excess.told_at.to_sqlx()));
            letters.push(letter_id.as_uuid());
            cases.push(account.case_id.as_uuid());
            messages.push(told.notice.message.as_str().to_owned());
            channels.push(told.notice.channel.as_str().to_owned());
            days.push(told.notice.sent_on.to_sqlx());
            // As text, since an array of arrays must be rectangular.
            let ids: Vec<String> = told.claim_ids.iter().map(ToString::to_string).collect();
            claims.push(format!("{{{}}}", ids.join(",")));
        }
    }
    if letters.is_empty() {
        return Ok(());
    }
    sqlx::query!(
        "insert into notice as known (letter_id, case_id, message, channel, sent_on, claim_ids,
                                       heard_at, left_on, asked_minor, excess_minor, corrected_at)
         select letter_id, case_id, message, channel, sent_on, claim_ids::uuid[], heard_at,
                left_on, asked_minor, excess_minor, corrected_at
         from unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::date[], $6::text[],
                     $7::timestamptz[], $8::date[], $9::bigint[], $10::bigint[],
                     $11::timestamptz[])
              as new (letter_id, case_id, message, channel, sent_on, claim_ids, heard_at, left_on,
                      asked_minor, excess_minor, corrected_at)
         on conflict (letter_id) do update
         set asked_minor = excluded.asked_minor, excess_minor = excluded.excess_minor,
             corrected_at = excluded.corrected_at
         where (known.asked_minor, known.excess_minor)
               is distinct from (excluded.asked_minor, excluded.excess_minor)",
        &letters,
        &cases,
        &messages,
        &channels,
        &days as &[jiff_sqlx::Date],
        &claims,
        &heard as &[jiff_sqlx::Timestamp],
        &left as &[jiff_sqlx::Date],
        &asked as &[Option<i64>],
        &excess as &[Option<i64>],
        &corrected as &[Option<jiff_sqlx::Timestamp>],
    )
    .execute(conn)
    .await?;
    Ok(())
}

async fn add_certain(conn: &mut PgConnection, accounts: &[&CaseAccount]) -> sqlx::Result<()> {
    let mut cases: Vec<Uuid> = Vec::new();
    let mut since: Vec<jiff_sqlx::Timestamp> = Vec::new();
    let mut until: Vec<jiff_sqlx::Date> = Vec::new();
    for account in accounts {
        for (moment, day) in &account.charged_since {
            cases.push(account.case_id.as_uuid());
            since.push(moment.to_sqlx());
            until.push(day.to_sqlx());
        }
    }
    sqlx::query!(
        "insert into charges_certain as known (case_id, certain_since, certain_until)
         select * from unnest($1::uuid[], $2::timestamptz[], $3::date[])
         on conflict (case_id, certain_since) do update
         set certain_until = excluded.certain_until
         where known.certain_until <> excluded.certain_until",
        &cases,
        &since as &[jiff_sqlx::Timestamp],
        &until as &[jiff_sqlx::Date],
    )
    .execute(conn)
    .await?;
    Ok(())
}

async fn add_lines(conn: &mut PgConnection, accounts: &[&CaseAccount]) -> sqlx::Result<()> {
    let mut rows: Vec<LineRow> = Vec::new();
    for account in accounts {
        let claims = account.claims.iter().map(|(id, claim)| (Some(*id), &claim.lines));
        for (claim_id, lines) in claims.chain([(None, &account.refundable)]) {
            for (place, line) in lines.iter().enumerate() {
                rows.push(LineRow::of(account, claim_id, place, line)?);
            }
        }
    }
    let cases: Vec<Uuid> = rows.iter().map(|it| it.case_id).collect();
    let claims: Vec<Option<Uuid>> = rows.iter().map(|it| it.claim_id).collect();
    let places: Vec<i32> = rows.iter().map(|it| it.place).collect();
    let days: Vec<jiff_sqlx::Date> = rows.iter().map(|it| it.counts_on).collect();
    let kinds: Vec<String> = rows.iter().map(|it| it.kind.clone()).collect();
    let payments: Vec<Option<Uuid>> = rows.iter().map(|it| it.payment_id).collect();
    let holders: Vec<Option<String>> = rows.iter().map(|it| it.holder.clone()).collect();
    let amounts: Vec<i64> = rows.iter().map(|it| it.amount_minor).collect();
    let costs: Vec<i64> = rows.iter().map(|it| it.costs_minor).collect();
    let interest: Vec<i64> = rows.iter().map(|it| it.interest_minor).collect();
    // As one text, since an array of arrays must be rectangular. No id of a rule has a space.
    let rules: Vec<String> = rows.iter().map(|it| it.rule_ids.join(" ")).collect();
    let packs: Vec<String> = rows.iter().map(|it| it.rule_pack.clone()).collect();
    let messages: Vec<Uuid> = rows.iter().map(|it| it.cause).collect();
    let booked: Vec<jiff_sqlx::Timestamp> = rows.iter().map(|it| it.booked_at).collect();
    sqlx::query!(
        "insert into account_line (case_id, claim_id, place, counts_on, kind, payment_id, holder,
                                   amount_minor, costs_minor, interest_minor, rule_ids, rule_pack,
                                   cause, booked_at)
         select case_id, claim_id, place, counts_on, kind, payment_id, holder, amount_minor,
                costs_minor, interest_minor, coalesce(string_to_array(rules, ' '), '{}'), rule_pack,
                cause, booked_at
         from unnest($1::uuid[], $2::uuid[], $3::integer[], $4::date[], $5::text[], $6::uuid[],
                     $7::text[], $8::bigint[], $9::bigint[], $10::bigint[], $11::text[],
                     $12::text[], $13::uuid[], $14::timestamptz[])
              as new (case_id, claim_id, place, counts_on, kind, payment_id, holder, amount_minor,
                      costs_minor, interest_minor, rules, rule_pack, cause, booked_at)
         on conflict do nothing",
        &cases,
        &claims as &[Option<Uuid>],
        &places,
        &days as &[jiff_sqlx::Date],
        &kinds,
        &payments as &[Option<Uuid>],
        &holders as &[Option<String>],
        &amounts,
        &costs,
        &interest,
        &rules,
        &packs,
        &messages,
        &booked as &[jiff_sqlx::Timestamp],
    )
    .execute(conn)
    .await?;
    Ok(())
}
