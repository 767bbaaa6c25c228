//! Cases: where they stand, what intake said, claims, and the timeline.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use contracts::scheduler::HoldReason;
use jiff_sqlx::ToSqlx;
use mailbox::Aggregate;
use primitives::{CaseId, Channel, ClaimId, CreditorId, Currency, Money, PersonId, Timestamp};
use sqlx::PgConnection;
use uuid::Uuid;

use super::act::{load_acts, save_acts};
use super::awaited::{load_awaited, save_awaited};
use super::claim::{load_history, save_history};
use super::hold::{load_holds, share_holds};
use super::promise::{load_promises, save_promises};
use super::reason::{
    load_begins, load_beside, load_reasons, save_begins, save_beside, save_reasons,
};
use super::{Column, agreement_of, document, number, word};
use crate::domain::{Case, Claim, Holds, Position, Reasons, Thanks, Timers, Track, Tried};

/// The version of the timeline entries' form, as the contracts have it. Each version only knows
/// more kinds of entries than the one before.
const ENTRY_VERSION: i16 = 4;

impl Aggregate for Track {
    const KIND: &'static str = "case";

    async fn lock(conn: &mut PgConnection, ids: &[Uuid]) -> sqlx::Result<Vec<(Uuid, Self)>> {
        sqlx::query!(
            "insert into track (case_id) select * from unnest($1::uuid[]) on conflict do nothing",
            ids,
        )
        .execute(&mut *conn)
        .await?;
        sqlx::query!(
            "select case_id from track where case_id = any($1) order by case_id for update",
            ids,
        )
        .fetch_all(&mut *conn)
        .await?;
        share_holds(conn, ids).await?;
        load(conn, ids).await
    }

    async fn save(conn: &mut PgConnection, changed: &[(Uuid, Self)]) -> sqlx::Result<()> {
        save_positions(conn, changed).await?;
        let cases: Vec<&Case> = changed.iter().filter_map(|(_, one)| one.case.as_ref()).collect();
        save_opened(conn, &cases).await?;
        save_claims(conn, &cases).await?;
        save_history(conn, &cases).await?;
        save_acts(conn, &cases).await?;
        save_promises(conn, &cases).await?;
        save_awaited(conn, &cases).await?;
        save_reasons(conn, &cases).await?;
        save_begins(conn, &cases).await?;
        save_beside(conn, &cases).await?;
        append_timeline(conn, changed).await
    }

    fn version(&self) -> u64 {
        self.version
    }

    fn set_version(&mut self, version: u64) {
        self.version = version;
    }
}

/// Loads cases as they are, in the order of their ids.
pub(super) async fn load(
    conn: &mut PgConnection,
    ids: &[Uuid],
) -> sqlx::Result<Vec<(Uuid, Track)>> {
    let rows = sqlx::query_as!(
        PositionRow,
        "select case_id, version, stage, step, hold_reason, review_on, close_reason, next_at,
                blocked, not_before, asked_by, tried_step, tried_times, reason, unreached_step,
                unreached_times, thanks, thanks_at, wakes_at, on_hold
         from track where case_id = any($1) order by case_id",
        ids,
    )
    .fetch_all(&mut *conn)
    .await?;
    let mut cases = load_opened(conn, ids).await?;
    load_acts(conn, ids, &mut cases).await?;
    let mut planned = load_claims(conn, ids, &mut cases).await?;
    load_history(conn, ids, &mut cases).await?;
    load_promises(conn, ids, &mut cases).await?;
    load_awaited(conn, ids, &mut cases).await?;
    load_reasons(conn, ids, &mut cases).await?;
    load_begins(conn, ids, &mut cases).await?;
    load_beside(conn, ids, &mut cases).await?;
    load_holds(conn, ids, &mut cases).await?;
    rows.into_iter()
        .map(|row| {
            let (id, version) = (row.case_id, Column("track", "version").count(row.version)?);
            let case = match cases.remove(&id) {
                None => None,
                Some(case) => Some(row.place(case, planned.remove(&id).unwrap_or_default())?),
            };
            Ok((id, Track { version, case, news: Vec::new() }))
        })
        .collect()
}

struct PositionRow {
    case_id: Uuid,
    version: i64,
    stage: String,
    step: Option<String>,
    hold_reason: Option<String>,
    review_on: Option<jiff_sqlx::Date>,
    close_reason: Option<String>,
    next_at: Option<jiff_sqlx::Timestamp>,
    blocked: Option<String>,
    not_before: Option<jiff_sqlx::Timestamp>,
    asked_by: Option<jiff_sqlx::Date>,
    tried_step: Option<String>,
    tried_times: Option<i32>,
    reason: Option<String>,
    unreached_step: Option<String>,
    unreached_times: Option<i32>,
    thanks: String,
    thanks_at: Option<jiff_sqlx::Timestamp>,
    wakes_at: Option<jiff_sqlx::Timestamp>,
    on_hold: bool,
}

impl PositionRow {
    /// The row for a case.
    fn of(id: Uuid, track: &Track) -> sqlx::Result<Self> {
        let case = track.case.as_ref();
        let tried = case.and_then(|case| case.tried.as_ref());
        let unreached = case.and_then(|case| case.unreached.as_ref());
        let (thanks, thanks_at) = match case.map(|case| case.thanks).unwrap_or_default() {
            Thanks::NotDue => ("not-due", None),
            Thanks::Due { at } => ("due", Some(at.to_sqlx())),
            Thanks::Over => ("over", None),
        };
        let mut row = Self {
            case_id: id,
            version: number(track.version)?,
            stage: String::new(),
            step: None,
            hold_reason: None,
            review_on: None,
            close_reason: None,
            next_at: next_at(track).map(ToSqlx::to_sqlx),
            blocked: case.and_then(blocked).as_ref().map(word).transpose()?,
            not_before: case.and_then(|case| case.not_before).map(ToSqlx::to_sqlx),
            asked_by: case.and_then(|case| case.asked_by).map(ToSqlx::to_sqlx),
            tried_step: tried.map(|tried| tried.step.clone()),
            tried_times: tried.map(|tried| number(tried.times)).transpose()?,
            reason: case.and_then(|case| case.reason).map(|reason| reason.to_string()),
            unreached_step: unreached.map(|tried| tried.step.clone()),
            unreached_times: unreached.map(|tried| number(tried.times)).transpose()?,
            thanks: thanks.to_owned(),
            thanks_at,
            wakes_at: case.and_then(|case| case.wakes_at).map(ToSqlx::to_sqlx),
            on_hold: false,
        };
        let stage = match case.map(|case| case.position.as_ref()) {
            None => "unheard",
            Some(None) => "opened",
            Some(Some(Position::Planned { step, .. })) => {
                row.step = Some(step.clone());
                "planned"
            }
            Some(Some(Position::Acting)) => "acting",
            Some(Some(Position::AwaitingPromise { .. })) => "awaiting-promise",
            Some(Some(Position::Held { reason, review_on })) => {
                // As a reason that the release before this one knows, beside a column that it does
                // not: it can go on with such a case.
                row.on_hold = *reason == HoldReason::OnHold;
                let known = if row.on_hold { &HoldReason::ReasonGiven } else { reason };
                row.hold_reason = Some(word(known)?);
                row.review_on = Some(review_on.to_sqlx());
                "held"
            }
            Some(Some(Position::Closed { reason })) => {
                row.close_reason = Some(word(reason)?);
                "closed"
            }
        };
        stage.clone_into(&mut row.stage);
        Ok(row)
    }

    /// Puts the case where this row says it stands.
    fn place(self, mut case: Case, claim_ids: BTreeSet<ClaimId>) -> sqlx::Result<Case> {
        let column = |name| Column("track", name);
        case.reason = self.reason.map(|reason| column("reason").word(reason)).transpose()?;
        let blocked = self.blocked.map(|reason| column("blocked").word(reason)).transpose()?;
        let beside = case.blocked.take();
        case.take_up_blocked(blocked, beside);
        case.not_before = self.not_before.map(jiff_sqlx::Timestamp::to_jiff);
        case.wakes_at = self.wakes_at.map(jiff_sqlx::Timestamp::to_jiff);
        case.asked_by = self.asked_by.map(jiff_sqlx::Date::to_jiff);
        if let Some((step, times)) = self.tried_step.zip(self.tried_times) {
            case.tried = Some(Tried { step, times: column("tried_times").count(times)? });
        }
        if let Some((step, times)) = self.unreached_step.zip(self.unreached_times) {
            case.unreached = Some(Tried { step, times: column("unreached_times").count(times)? });
        }
        case.thanks = match (self.thanks.as_str(), self.thanks_at) {
            ("not-due", None) => Thanks::NotDue,
            ("due", Some(at)) => Thanks::Due { at: at.to_jiff() },
            ("over", None) => Thanks::Over,
            _ => return Err(column("thanks").fault(None)),
        };
        case.position = match self.stage.as_str() {
            "opened" => None,
            "planned" => Some(Position::Planned {
                step: column("step").present(self.step)?,
                claim_ids,
                due_at: column("next_at").present(self.next_at)?.to_jiff(),
            }),
            "acting" => Some(Position::Acting),
            "awaiting-promise" => {
                let promise = case.open_promise();
                let told = promise.and_then(|promise| {
                    Some(Position::AwaitingPromise {
                        promise_id: promise.promise_id?,
                        amount: promise.amount,
                        pay_by: promise.pay_by,
                        judge_at: promise.judge_at,
                    })
                });
                Some(column("stage").present(told)?)
            }
            "held" => {
                let reason = column("hold_reason").present(self.hold_reason)?;
                let told: HoldReason = column("hold_reason").word(reason)?;
                let is_on_hold = self.on_hold && told == HoldReason::ReasonGiven;
                let reason = if is_on_hold { HoldReason::OnHold } else { told };
                Some(Position::Held {
                    reason,
                    review_on: column("review_on").present(self.review_on)?.to_jiff(),
                })
            }
            "closed" => {
                let reason = column("close_reason").present(self.close_reason)?;
                Some(Position::Closed { reason: column("close_reason").word(reason)? })
            }
            _ => return Err(column("stage").fault(None)),
        };
        Ok(case)
    }
}

/// What stands in the way of a case, as the release before this one knows it: a reason that holds
/// it is one word there.
fn blocked(case: &Case) -> Option<HoldReason> {
    let is_held = case.route().holds().then_some(HoldReason::ReasonGiven);
    is_held.or_else(|| case.blocked.clone())
}

/// When the position moves by itself. A closed one does not.
fn next_at(track: &Track) -> Option<Timestamp> {
    match track.case.as_ref()?.position.as_ref()? {
        Position::Planned { .. }
        | Position::Acting
        | Position::AwaitingPromise { .. }
        | Position::Held { .. } => {
            Timers::of(track).by_name().into_iter().find_map(|(_, due_at)| due_at)
        }
        Position::Closed { .. } => None,
    }
}

/// The cases without their claims, acts and positions.
async fn load_opened(conn: &mut PgConnection, ids: &[Uuid]) -> sqlx::Result<HashMap<Uuid, Case>> {
    let rows = sqlx::query!(
        "select case_id, creditor_id, person_id, debtor_kind, country, language, reachable,
                no_address, opened_at, document, document_version
         from opened_case join agreement a using (creditor_id)
         where case_id = any($1) and a.version = agreement_version",
        ids,
    )
    .fetch_all(conn)
    .await?;
    let column = |name| Column("opened_case", name);
    let channels = |name, words: Vec<String>| {
        words.into_iter().map(|it| column(name).word(it)).collect::<sqlx::Result<BTreeSet<_>>>()
    };
    let mut cases = HashMap::with_capacity(rows.len());
    for row in rows {
        let case = Case {
            case_id: CaseId::from_uuid(row.case_id),
            creditor_id: CreditorId::from_uuid(row.creditor_id),
            person_id: PersonId::from_uuid(row.person_id),
            debtor_kind: column("debtor_kind").word(row.debtor_kind)?,
            country: column("country").word(row.country)?,
            is_lawless: false,
            language: column("language").word(row.language)?,
            reachable: channels("reachable", row.reachable)?,
            no_address: channels("no_address", row.no_address)?,
            agreement: agreement_of(row.document, row.document_version)?,
            opened_at: row.opened_at.to_jiff(),
            claims: BTreeMap::new(),
            act: None,
            blocked: None,
            reason: None,
            is_led_anew: false,
            not_before: None,
            asked_by: None,
            reasons: Reasons::new(),
            tried: None,
            unreached: None,
            promises: BTreeMap::new(),
            awaited: BTreeMap::new(),
            thanks: Thanks::default(),
            holds: Holds::new(),
            wakes_at: None,
            position: None,
        };
        cases.insert(row.case_id, case);
    }
    Ok(cases)
}

/// Adds the claims to the cases and to their acts; returns those of the planned steps.
async fn load_claims(
    conn: &mut PgConnection,
    ids: &[Uuid],
    cases: &mut HashMap<Uuid, Case>,
) -> sqlx::Result<HashMap<Uuid, BTreeSet<ClaimId>>> {
    let rows = sqlx::query!(
        "select claim_id, case_id, currency, amount_minor, paid_minor, credited_minor, issued_on,
                due_on, withdrawn, settled_by, settled_as_of, planned, in_act
         from claim where case_id = any($1)",
        ids,
    )
    .fetch_all(conn)
    .await?;
    let column = |name| Column("claim", name);
    let mut planned: HashMap<Uuid, BTreeSet<ClaimId>> = HashMap::new();
    for row in rows {
        let Some(case) = cases.get_mut(&row.case_id) else { continue };
        let claim_id = ClaimId::from_uuid(row.claim_id);
        let currency: Currency = column("currency").word(row.currency)?;
        if row.planned {
            planned.entry(row.case_id).or_default().insert(claim_id);
        }
        if let Some(act) = case.act.as_mut().filter(|_| row.in_act) {
            act.claim_ids.insert(claim_id);
        }
        let settled_by = row.settled_by.map(|by| column("settled_by").word(by));
        let claim = Claim {
            amount: Money::new(row.amount_minor, currency),
            issued_on: row.issued_on.to_jiff(),
            due_on: row.due_on.to_jiff(),
            paid: Money::new(row.paid_minor, currency),
            credited: Money::new(row.credited_minor, currency),
            withdrawn: row.withdrawn,
            settled_by: settled_by.transpose()?,
            settled_as_of: u64::try_from(row.settled_as_of).unwrap_or_default(),
            passed: BTreeMap::new(),
            begins_at: None,
            notices: Vec::new(),
        };
        case.claims.insert(claim_id, claim);
    }
    Ok(planned)
}

async fn save_positions(conn: &mut PgConnection, changed: &[(Uuid, Track)]) -> sqlx::Result<()> {
    let rows: Vec<PositionRow> = changed
        .iter()
        .map(|(id, track)| PositionRow::of(*id, track))
        .collect::<sqlx::Result<_>>()?;
    let ids: Vec<Uuid> = rows.iter().map(|row| row.case_id).collect();
    let versions: Vec<i64> = rows.iter().map(|row| row.version).collect();
    let stages: Vec<String> = rows.iter().map(|row| row.stage.clone()).collect();
    let steps: Vec<_> = rows.iter().map(|row| row.step.clone()).collect();
    let hold_reasons: Vec<_> = rows.iter().map(|row| row.hold_reason.clone()).collect();
    let reviews: Vec<_> = rows.iter().map(|row| row.review_on).collect();
    let close_reasons: Vec<_> = rows.iter().map(|row| row.close_reason.clone()).collect();
    let next: Vec<_> = rows.iter().map(|row| row.next_at).collect();
    let blocked: Vec<_> = rows.iter().map(|row| row.blocked.clone()).collect();
    let not_before: Vec<_> = rows.iter().map(|row| row.not_before).collect();
    let asked_by: Vec<_> = rows.iter().map(|row| row.asked_by).collect();
    let reasons: Vec<_> = rows.iter().map(|row| row.reason.clone()).collect();
    let unreached_steps: Vec<_> = rows.iter().map(|row| row.unreached_step.clone()).collect();
    let unreached_times: Vec<_> = rows.iter().map(|row| row.unreached_times).collect();
    let wakes: Vec<_> = rows.iter().map(|row| row.wakes_at).collect();
    let on_hold: Vec<bool> = rows.iter().map(|row| row.on_hold).collect();
    let thanks: Vec<String> = rows.iter().map(|row| row.thanks.clone()).collect();
    let thanks_at: Vec<_> = rows.iter().map(|row| row.thanks_at).collect();
    let tried_steps: Vec<_> = rows.iter().map(|row| row.tried_step.clone()).collect();
    let tried_times: Vec<_> = rows.iter().map(|row| row.tried_times).collect();
    sqlx::query!(
        "update track t
         set version = new.version, stage = new.stage, step = new.step,
             hold_reason = new.hold_reason, review_on = new.review_on,
             close_reason = new.close_reason, next_at = new.next_at, blocked = new.blocked,
             not_before = new.not_before, tried_step = new.tried_step,
             tried_times = new.tried_times, asked_by = new.asked_by, reason = new.reason,
             unreached_step = new.unreached_step, unreached_times = new.unreached_times,
             thanks = new.thanks, thanks_at = new.thanks_at, wakes_at = new.wakes_at,
             on_hold = new.on_hold
         from unnest($1::uuid[], $2::bigint[], $3::text[], $4::text[], $5::text[], $6::date[],
                     $7::text[], $8::timestamptz[], $9::text[], $10::timestamptz[],
                     $11::text[], $12::integer[], $13::date[], $14::text[], $15::text[],
                     $16::integer[], $17::text[], $18::timestamptz[], $19::timestamptz[],
                     $20::boolean[])
              as new (case_id, version, stage, step, hold_reason, review_on, close_reason, next_at,
                      blocked, not_before, tried_step, tried_times, asked_by, reason,
                      unreached_step, unreached_times, thanks, thanks_at, wakes_at, on_hold)
         where t.case_id = new.case_id",
        &ids,
        &versions,
        &stages,
        &steps as &[Option<String>],
        &hold_reasons as &[Option<String>],
        &reviews as &[Option<jiff_sqlx::Date>],
        &close_reasons as &[Option<String>],
        &next as &[Option<jiff_sqlx::Timestamp>],
        &blocked as &[Option<String>],
        &not_before as &[Option<jiff_sqlx::Timestamp>],
        &tried_steps as &[Option<String>],
        &tried_times as &[Option<i32>],
        &asked_by as &[Option<jiff_sqlx::Date>],
        &reasons as &[Option<String>],
        &unreached_steps as &[Option<String>],
        &unreached_times as &[Option<i32>],
        &thanks,
        &thanks_at as &[Option<jiff_sqlx::Timestamp>],
        &wakes as &[Option<jiff_sqlx::Timestamp>],
        &on_hold,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Writes what intake said. Only what is known of channels ever changes.
async fn save_opened(conn: &mut PgConnection, cases: &[&Case]) -> sqlx::Result<()> {
    let words = |of: fn(&Case) -> sqlx::Result<String>| {
        cases.iter().map(|case| of(case)).collect::<sqlx::Result<Vec<String>>>()
    };
    let uuids = |of: fn(&Case) -> Uuid| cases.iter().map(|case| of(case)).collect::<Vec<Uuid>>();
    let versions = cases.iter().map(|case| number::<i32>(case.agreement.version));
    let opened: Vec<_> = cases.iter().map(|case| case.opened_at.to_sqlx()).collect();
    sqlx::query!(
        "insert into opened_case (case_id, creditor_id, person_id, debtor_kind, country, language,
                                  reachable, no_address, agreement_version, opened_at)
         select case_id, creditor_id, person_id, debtor_kind, country, language,
                string_to_array(reachable, ' '), string_to_array(no_address, ' '),
                agreement_version, opened_at
         from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::text[],
                     $7::text[], $8::text[], $9::integer[], $10::timestamptz[])
              as new (case_id, creditor_id, person_id, debtor_kind, country, language, reachable,
                      no_address, agreement_version, opened_at)
         on conflict (case_id) do update
         set reachable = excluded.reachable, no_address = excluded.no_address
         where (opened_case.reachable, opened_case.no_address)
               <> (excluded.reachable, excluded.no_address)",
        &uuids(|case| case.case_id.as_uuid()),
        &uuids(|case| case.creditor_id.as_uuid()),
        &uuids(|case| case.person_id.as_uuid()),
        &words(|case| word(&case.debtor_kind))?,
        &words(|case| word(&case.country))?,
        &words(|case| word(&case.language))?,
        &words(|case| channel_words(&case.reachable))?,
        &words(|case| channel_words(&case.no_address))?,
        &versions.collect::<sqlx::Result<Vec<i32>>>()?,
        &opened as &[jiff_sqlx::Timestamp],
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// The channels with blanks between, which no word of theirs has.
fn channel_words(channels: &BTreeSet<Channel>) -> sqlx::Result<String> {
    let words: Vec<String> = channels.iter().map(word).collect::<sqlx::Result<_>>()?;
    Ok(words.join(" "))
}

async fn save_claims(conn: &mut PgConnection, cases: &[&Case]) -> sqlx::Result<()> {
    let rows: Vec<(&Case, ClaimId, &Claim)> = cases
        .iter()
        .flat_map(|case| case.claims.iter().map(|(claim_id, claim)| (*case, *claim_id, claim)))
        .collect();
    let ids: Vec<Uuid> = rows.iter().map(|(_, id, _)| id.as_uuid()).collect();
    let owners: Vec<Uuid> = rows.iter().map(|(case, ..)| case.case_id.as_uuid()).collect();
    let currencies: Vec<String> =
        rows.iter().map(|(.., claim)| claim.amount.currency().to_string()).collect();
    let amounts: Vec<i64> = rows.iter().map(|(.., claim)| claim.amount.amount_minor()).collect();
    let paid: Vec<i64> = rows.iter().map(|(.., claim)| claim.paid.amount_minor()).collect();
    let credited: Vec<i64> = rows.iter().map(|(.., claim)| claim.credited.amount_minor()).collect();
    let issued: Vec<_> = rows.iter().map(|(.., claim)| claim.issued_on.to_sqlx()).collect();
    let due: Vec<_> = rows.iter().map(|(.., claim)| claim.due_on.to_sqlx()).collect();
    let withdrawn: Vec<bool> = rows.iter().map(|(.., claim)| claim.withdrawn).collect();
    let settled: Vec<Option<String>> = rows
        .iter()
        .map(|(.., claim)| claim.settled_by.as_ref().map(word).transpose())
        .collect::<sqlx::Result<_>>()?;
    let settled_as_of: Vec<i64> = rows
        .iter()
        .map(|(.., claim)| i64::try_from(claim.settled_as_of).unwrap_or(i64::MAX))
        .collect();
    let planned: Vec<bool> = rows.iter().map(|(case, id, _)| case.plans(*id)).collect();
    let in_act: Vec<bool> = rows.iter().map(|(case, id, _)| case.acts_on(*id)).collect();
    sqlx::query!(
        "insert into claim (claim_id, case_id, currency, amount_minor, paid_minor, credited_minor,
                            issued_on, due_on, withdrawn, settled_by, planned, in_act,
                            settled_as_of)
         select * from unnest($1::uuid[], $2::uuid[], $3::text[], $4::bigint[], $5::bigint[],
                              $6::bigint[], $7::date[], $8::date[], $9::boolean[], $10::text[],
                              $11::boolean[], $12::boolean[], $13::bigint[])
         on conflict (claim_id) do update
         set paid_minor = excluded.paid_minor, credited_minor = excluded.credited_minor,
             withdrawn = excluded.withdrawn, settled_by = excluded.settled_by,
             settled_as_of = excluded.settled_as_of,
             planned = excluded.planned, in_act = excluded.in_act",
        &ids,
        &owners,
        &currencies,
        &amounts,
        &paid,
        &credited,
        &issued as &[jiff_sqlx::Date],
        &due as &[jiff_sqlx::Date],
        &withdrawn,
        &settled as &[Option<String>],
        &planned,
        &in_act,
        &settled_as_of,
    )
    .execute(conn)
    .await?;
    Ok(())
}

async fn append_timeline(conn: &mut PgConnection, changed: &[(Uuid, Track)]) -> sqlx::Result<()> {
    let (mut ids, mut moments) = (Vec::new(), Vec::new());
    let (mut entries, mut causes) = (Vec::new(), Vec::new());
    for (id, track) in changed {
        for entry in &track.news {
            ids.push(*id);
            moments.push(entry.at.to_sqlx());
            entries.push(document(&entry.what)?);
            causes.push(entry.cause.as_uuid());
        }
    }
    sqlx::query!(
        "insert into timeline (case_id, at, what, cause, what_version)
         select case_id, at, what, cause, $5
         from unnest($1::uuid[], $2::timestamptz[], $3::jsonb[], $4::uuid[]) with ordinality
              as new (case_id, at, what, cause, place)
         order by place",
        &ids,
        &moments as &[jiff_sqlx::Timestamp],
        &entries,
        &causes,
        ENTRY_VERSION,
    )
    .execute(conn)
    .await?;
    Ok(())
}
