//! Holds, and the cases that they cover.

use std::collections::HashMap;

use contracts::hold::{HoldLift, HoldPreview, HoldScope, HoldTerms, HoldTold};
use jiff_sqlx::ToSqlx;
use mailbox::Aggregate;
use primitives::{CaseId, ClaimId, CreditorId, Date, HoldId, PersonId, StaffId};
use sqlx::PgConnection;
use uuid::Uuid;

use super::{Column, number, word};
use crate::domain::{CASES_PER_PAGE, Case, Creditor, Hold, Placed, Spread};

/// Who a scope names in the tables: its word, whom it covers, and of a claim which.
fn columns(scope: &HoldScope) -> (&'static str, Uuid, Option<Uuid>) {
    match scope {
        HoldScope::Claim { case_id, claim_id } => {
            ("claim", case_id.as_uuid(), Some(claim_id.as_uuid()))
        }
        HoldScope::Case { case_id } => ("case", case_id.as_uuid(), None),
        HoldScope::Person { person_id } => ("person", person_id.as_uuid(), None),
        HoldScope::Creditor { creditor_id } => ("creditor", creditor_id.as_uuid(), None),
        HoldScope::All => ("all", Uuid::nil(), None),
    }
}

fn scope_of(scope: &str, subject: Uuid, claim: Option<Uuid>) -> sqlx::Result<HoldScope> {
    Ok(match (scope, claim) {
        ("claim", Some(claim)) => HoldScope::Claim {
            case_id: CaseId::from_uuid(subject),
            claim_id: ClaimId::from_uuid(claim),
        },
        ("case", None) => HoldScope::Case { case_id: CaseId::from_uuid(subject) },
        ("person", None) => HoldScope::Person { person_id: PersonId::from_uuid(subject) },
        ("creditor", None) => HoldScope::Creditor { creditor_id: CreditorId::from_uuid(subject) },
        ("all", None) => HoldScope::All,
        _ => return Err(Column("hold", "scope").fault(None)),
    })
}

/// What was placed, as its row has it.
struct TermsRow {
    scope: Option<String>,
    subject: Option<Uuid>,
    claim_id: Option<Uuid>,
    cause: Option<String>,
    owner: Option<String>,
    starts_on: Option<jiff_sqlx::Date>,
    ends_on: Option<jiff_sqlx::Date>,
    then_what: Option<String>,
}

impl TermsRow {
    fn read(self) -> sqlx::Result<HoldTerms> {
        let column = |name| Column("hold", name);
        let scope = column("scope").present(self.scope)?;
        let subject = column("subject").present(self.subject)?;
        Ok(HoldTerms {
            scope: scope_of(&scope, subject, self.claim_id)?,
            cause: column("cause").word(column("cause").present(self.cause)?)?,
            owner: column("owner").present(self.owner)?,
            starts_on: column("starts_on").present(self.starts_on)?.to_jiff(),
            ends_on: column("ends_on").present(self.ends_on)?.to_jiff(),
            then: column("then_what").word(column("then_what").present(self.then_what)?)?,
        })
    }
}

/// Keeps the holds of cases and creditors as they are until the end of the transaction: who lifts
/// one waits for whoever relies on it, so that the cases that are told of it are all there.
pub(super) async fn share_holds(conn: &mut PgConnection, ids: &[Uuid]) -> sqlx::Result<()> {
    sqlx::query!(
        "select from hold
         where lifted_at is null and subject in (
             select unnest($1::uuid[])
             union all select '00000000-0000-0000-0000-000000000000'
             union all select person_id from opened_case where case_id = any($1)
             union all select creditor_id from opened_case where case_id = any($1))
         order by hold_id for key share",
        ids,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Gives cases the holds that cover them.
pub(super) async fn load_holds(
    conn: &mut PgConnection,
    ids: &[Uuid],
    cases: &mut HashMap<Uuid, Case>,
) -> sqlx::Result<()> {
    let rows = sqlx::query!(
        "select o.case_id, h.hold_id, h.scope, h.subject, h.claim_id, h.cause, h.owner, h.starts_on,
                h.ends_on, h.then_what
         from opened_case o
         join hold h on h.subject in (o.case_id, o.person_id, o.creditor_id,
                                      '00000000-0000-0000-0000-000000000000')
         where o.case_id = any($1) and h.lifted_at is null",
        ids,
    )
    .fetch_all(conn)
    .await?;
    for row in rows {
        let Some(case) = cases.get_mut(&row.case_id) else { continue };
        let terms = TermsRow {
            scope: row.scope,
            subject: row.subject,
            claim_id: row.claim_id,
            cause: row.cause,
            owner: row.owner,
            starts_on: row.starts_on,
            ends_on: row.ends_on,
            then_what: row.then_what,
        };
        case.holds.insert(HoldId::from_uuid(row.hold_id), terms.read()?);
    }
    Ok(())
}

/// Gives creditors the holds that cover all their cases.
pub(super) async fn load_holds_of_creditors(
    conn: &mut PgConnection,
    creditors: &mut [(Uuid, Creditor)],
) -> sqlx::Result<()> {
    let mut ids: Vec<Uuid> = creditors.iter().map(|(id, _)| *id).collect();
    ids.push(Uuid::nil());
    let rows = sqlx::query!(
        r#"select hold_id, scope, subject as "subject!", claim_id, cause, owner, starts_on, ends_on,
                  then_what
           from hold
           where subject = any($1) and lifted_at is null"#,
        &ids,
    )
    .fetch_all(conn)
    .await?;
    for row in rows {
        let subject = row.subject;
        let terms = TermsRow {
            scope: row.scope,
            subject: Some(subject),
            claim_id: row.claim_id,
            cause: row.cause,
            owner: row.owner,
            starts_on: row.starts_on,
            ends_on: row.ends_on,
            then_what: row.then_what,
        };
        let terms = terms.read()?;
        let covered = creditors.iter_mut().filter(|(id, _)| subject.is_nil() || subject == *id);
        for (_, creditor) in covered {
            creditor.holds.insert(HoldId::from_uuid(row.hold_id), terms.clone());
        }
    }
    Ok(())
}

struct HoldRow {
    hold_id: Uuid,
    version: i64,
    scope: Option<String>,
    subject: Option<Uuid>,
    claim_id: Option<Uuid>,
    cause: Option<String>,
    owner: Option<String>,
    starts_on: Option<jiff_sqlx::Date>,
    ends_on: Option<jiff_sqlx::Date>,
    then_what: Option<String>,
    placed_by: Option<Uuid>,
    placed_at: Option<jiff_sqlx::Timestamp>,
    lifted_by: Option<Uuid>,
    lifted_at: Option<jiff_sqlx::Timestamp>,
    spreading: bool,
    spread_to: Uuid,
    cases_told: i64,
}

impl HoldRow {
    fn read(self) -> sqlx::Result<(Uuid, Hold)> {
        let hold_id = HoldId::from_uuid(self.hold_id);
        let placed = match self.placed_by.zip(self.placed_at) {
            None => None,
            Some((by, at)) => {
                let terms = TermsRow {
                    scope: self.scope,
                    subject: self.subject,
                    claim_id: self.claim_id,
                    cause: self.cause,
                    owner: self.owner,
                    starts_on: self.starts_on,
                    ends_on: self.ends_on,
                    then_what: self.then_what,
                };
                let (terms, by) = (terms.read()?, StaffId::from_uuid(by));
                Some(Placed { hold_id, terms, by, at: at.to_jiff() })
            }
        };
        let lifted = self.lifted_by.zip(self.lifted_at);
        let after = (!self.spread_to.is_nil()).then(|| CaseId::from_uuid(self.spread_to));
        let hold = Hold {
            version: Column("hold", "version").count(self.version)?,
            placed,
            lifted: lifted
                .map(|(by, at)| HoldLift { by: StaffId::from_uuid(by), at: at.to_jiff() }),
            spread: self.spreading.then_some(Spread { after }),
            cases_told: Column("hold", "cases_told").count(self.cases_told)?,
            page: Vec::new(),
        };
        Ok((self.hold_id, hold))
    }
}

impl Aggregate for Hold {
    const KIND: &'static str = "hold";

    async fn lock(conn: &mut PgConnection, ids: &[Uuid]) -> sqlx::Result<Vec<(Uuid, Self)>> {
        sqlx::query!(
            "insert into hold (hold_id) select * from unnest($1::uuid[]) on conflict do nothing",
            ids,
        )
        .execute(&mut *conn)
        .await?;
        let rows = sqlx::query_as!(
            HoldRow,
            "select hold_id, version, scope, subject, claim_id, cause, owner, starts_on, ends_on,
                    then_what, placed_by, placed_at, lifted_by, lifted_at, spreading, spread_to,
                    cases_told
             from hold where hold_id = any($1) order by hold_id for update",
            ids,
        )
        .fetch_all(&mut *conn)
        .await?;
        let mut holds: Vec<(Uuid, Self)> =
            rows.into_iter().map(HoldRow::read).collect::<sqlx::Result<_>>()?;
        load_pages(conn, ids, &mut holds).await?;
        Ok(holds)
    }

    async fn save(conn: &mut PgConnection, changed: &[(Uuid, Self)]) -> sqlx::Result<()> {
        save_progress(conn, changed).await?;
        save_terms(conn, changed).await
    }

    fn version(&self) -> u64 {
        self.version
    }

    fn set_version(&mut self, version: u64) {
        self.version = version;
    }
}

/// Gives holds that are spreading the cases that come next. A closed case has nothing to take back
/// but its thanks, and reads its holds anew when a claim opens it again. Each of the parts is asked
/// only for its own scope, by an index in the order of the cases.
async fn load_pages(
    conn: &mut PgConnection,
    ids: &[Uuid],
    holds: &mut [(Uuid, Hold)],
) -> sqlx::Result<()> {
    let rows = sqlx::query!(
        r#"with told as not materialized (
               select case_id, creditor_id, person_id from opened_case join track using (case_id)
               where stage <> 'closed' or thanks = 'due'
           )
           select h.hold_id, o.case_id as "case_id!", o.creditor_id as "creditor_id!"
           from hold h
           cross join lateral (
               (select case_id, creditor_id from told
                where h.scope = 'all' and case_id > h.spread_to
                order by case_id limit $2)
               union all
               (select case_id, creditor_id from told
                where h.scope = 'creditor' and creditor_id = h.subject and case_id > h.spread_to
                order by case_id limit $2)
               union all
               (select case_id, creditor_id from told
                where h.scope = 'person' and person_id = h.subject and case_id > h.spread_to
                order by case_id limit $2)
               union all
               (select case_id, creditor_id from told
                where h.scope in ('case', 'claim') and case_id = h.subject
                  and case_id > h.spread_to)
           ) as o
           where h.hold_id = any($1) and h.spreading
           order by h.hold_id, o.case_id"#,
        ids,
        i64::from(CASES_PER_PAGE),
    )
    .fetch_all(conn)
    .await?;
    for row in rows {
        if let Some((_, hold)) = holds.iter_mut().find(|(id, _)| *id == row.hold_id) {
            let case = (CaseId::from_uuid(row.case_id), CreditorId::from_uuid(row.creditor_id));
            hold.page.push(case);
        }
    }
    Ok(())
}

/// Writes how far holds were told, and that they were lifted.
async fn save_progress(conn: &mut PgConnection, changed: &[(Uuid, Hold)]) -> sqlx::Result<()> {
    let ids: Vec<Uuid> = changed.iter().map(|(id, _)| *id).collect();
    let holds = || changed.iter().map(|(_, hold)| hold);
    let versions = holds().map(|hold| number(hold.version)).collect::<sqlx::Result<Vec<i64>>>()?;
    let lifts = || holds().map(|hold| hold.lifted.as_ref());
    let lifted_by: Vec<_> = lifts().map(|lift| lift.map(|lift| lift.by.as_uuid())).collect();
    let lifted_at: Vec<_> = lifts().map(|lift| lift.map(|lift| lift.at.to_sqlx())).collect();
    let spreading: Vec<bool> = holds().map(|hold| hold.spread.is_some()).collect();
    let after = |hold: &Hold| hold.spread.and_then(|spread| spread.after);
    let spread_to: Vec<Uuid> =
        holds().map(|hold| after(hold).map_or(Uuid::nil(), |id| id.as_uuid())).collect();
    let told = holds().map(|hold| number(hold.cases_told)).collect::<sqlx::Result<Vec<i64>>>()?;
    sqlx::query!(
        "update hold h
         set version = new.version, lifted_by = new.lifted_by, lifted_at = new.lifted_at,
             spreading = new.spreading, spread_to = new.spread_to, cases_told = new.cases_told
         from unnest($1::uuid[], $2::bigint[], $3::uuid[], $4::timestamptz[], $5::boolean[],
                     $6::uuid[], $7::bigint[])
              as new (hold_id, version, lifted_by, lifted_at, spreading, spread_to, cases_told)
         where h.hold_id = new.hold_id",
        &ids,
        &versions,
        &lifted_by as &[Option<Uuid>],
        &lifted_at as &[Option<jiff_sqlx::Timestamp>],
        &spreading,
        &spread_to,
        &told,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Writes what was placed; that never changes.
async fn save_terms(conn: &mut PgConnection, changed: &[(Uuid, Hold)]) -> sqlx::Result<()> {
    let placed: Vec<&Placed> =
        changed.iter().filter_map(|(_, hold)| hold.placed.as_ref()).collect();
    let ids: Vec<Uuid> = placed.iter().map(|it| it.hold_id.as_uuid()).collect();
    let terms = || placed.iter().map(|it| &it.terms);
    let scopes: Vec<String> = terms().map(|it| columns(&it.scope).0.to_owned()).collect();
    let subjects: Vec<Uuid> = terms().map(|it| columns(&it.scope).1).collect();
    let claims: Vec<Option<Uuid>> = terms().map(|it| columns(&it.scope).2).collect();
    let causes = terms().map(|it| word(&it.cause)).collect::<sqlx::Result<Vec<String>>>()?;
    let owners: Vec<String> = terms().map(|it| it.owner.clone()).collect();
    let starts: Vec<_> = terms().map(|it| it.starts_on.to_sqlx()).collect();
    let ends: Vec<_> = terms().map(|it| it.ends_on.to_sqlx()).collect();
    let thens = terms().map(|it| word(&it.then)).collect::<sqlx::Result<Vec<String>>>()?;
    let by: Vec<Uuid> = placed.iter().map(|it| it.by.as_uuid()).collect();
    let at: Vec<_> = placed.iter().map(|it| it.at.to_sqlx()).collect();
    sqlx::query!(
        "update hold h
         set scope = new.scope, subject = new.subject, claim_id = new.claim_id, cause = new.cause,
             owner = new.owner, starts_on = new.starts_on, ends_on = new.ends_on,
             then_what = new.then_what, placed_by = new.placed_by, placed_at = new.placed_at
         from unnest($1::uuid[], $2::text[], $3::uuid[], $4::uuid[], $5::text[], $6::text[],
                     $7::date[], $8::date[], $9::text[], $10::uuid[], $11::timestamptz[])
              as new (hold_id, scope, subject, claim_id, cause, owner, starts_on, ends_on,
                      then_what, placed_by, placed_at)
         where h.hold_id = new.hold_id and h.scope is null",
        &ids,
        &scopes,
        &subjects,
        &claims as &[Option<Uuid>],
        &causes,
        &owners,
        &starts as &[jiff_sqlx::Date],
        &ends as &[jiff_sqlx::Date],
        &thens,
        &by,
        &at as &[jiff_sqlx::Timestamp],
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Which holds are asked for.
pub(crate) struct Asked {
    pub(crate) limit: u32,
    pub(crate) case_id: Option<CaseId>,
    /// Without those that are over on this day.
    pub(crate) open_on: Option<Date>,
}

/// The holds that were placed last, and how many there are.
pub(crate) async fn holds_placed(
    conn: &mut PgConnection,
    asked: &Asked,
) -> sqlx::Result<(Vec<HoldTold>, u64)> {
    let subjects = match asked.case_id {
        None => None,
        Some(case_id) => Some(subjects_of(conn, case_id).await?),
    };
    let open_on = asked.open_on.map(ToSqlx::to_sqlx);
    let rows = sqlx::query_as!(
        HoldRow,
        "select hold_id, version, scope, subject, claim_id, cause, owner, starts_on, ends_on,
                then_what, placed_by, placed_at, lifted_by, lifted_at, spreading, spread_to,
                cases_told
         from hold
         where scope is not null and ($1::uuid[] is null or subject = any($1))
           and ($2::date is null
                or lifted_at is null and (then_what = 'decide' or ends_on > $2))
         order by placed_at desc, hold_id limit $3",
        subjects.as_deref(),
        open_on as Option<jiff_sqlx::Date>,
        i64::from(asked.limit),
    )
    .fetch_all(&mut *conn)
    .await?;
    let total = sqlx::query_scalar!(
        r#"select count(*) as "count!" from hold
           where scope is not null and ($1::uuid[] is null or subject = any($1))
             and ($2::date is null
                  or lifted_at is null and (then_what = 'decide' or ends_on > $2))"#,
        subjects.as_deref(),
        open_on as Option<jiff_sqlx::Date>,
    )
    .fetch_one(conn)
    .await?;
    let holds = rows.into_iter().map(HoldRow::read).collect::<sqlx::Result<Vec<_>>>()?;
    Ok((holds.into_iter().filter_map(|(_, hold)| hold.told()).collect(), number(total)?))
}

/// Whom a hold names that covers a case.
async fn subjects_of(conn: &mut PgConnection, case_id: CaseId) -> sqlx::Result<Vec<Uuid>> {
    let row = sqlx::query!(
        "select person_id, creditor_id from opened_case where case_id = $1",
        case_id.as_uuid(),
    )
    .fetch_optional(conn)
    .await?;
    let named = row.into_iter().flat_map(|row| [row.person_id, row.creditor_id]);
    Ok(named.chain([case_id.as_uuid(), Uuid::nil()]).collect())
}

/// What a hold would stop.
pub(crate) async fn preview(
    conn: &mut PgConnection,
    scope: &HoldScope,
    starts_on: Date,
) -> sqlx::Result<HoldPreview> {
    let (scope, subject, claim) = columns(scope);
    let row = sqlx::query!(
        r#"with covered as (
               select case_id, stage from track join opened_case o using (case_id)
               where stage in ('planned', 'acting', 'awaiting-promise', 'held', 'closed')
                 and ($1 = 'all' or $1 = 'creditor' and o.creditor_id = $2
                      or $1 = 'person' and o.person_id = $2
                      or $1 in ('case', 'claim') and o.case_id = $2)
           )
           select
               count(*) filter (where stage <> 'closed') as "cases!",
               count(*) filter (where stage = 'planned' and ($3::uuid is null or exists (
                   select from claim where claim_id = $3 and planned))) as "planned!",
               count(*) filter (where exists (
                   select from errand e where e.case_id = covered.case_id and e.state = 'granted')
                   and ($3::uuid is null or exists (
                       select from claim where claim_id = $3 and in_act))) as "permits!",
               (select count(*) from (
                   select distinct c.case_id, n.message, n.channel, n.sent_on
                   from covered v join claim c using (case_id) join notice n using (claim_id)
                   where n.sent_on >= $4 and ($3::uuid is null or c.claim_id = $3)) as sent
               ) as "sent_since!"
           from covered"#,
        scope,
        subject,
        claim,
        starts_on.to_sqlx() as jiff_sqlx::Date,
    )
    .fetch_one(conn)
    .await?;
    Ok(HoldPreview {
        cases: number(row.cases)?,
        planned: number(row.planned)?,
        permits: number(row.permits)?,
        sent_since: number(row.sent_since)?,
    })
}
