//! What payments may pay: the claims that are found by their clues, within the bounds that
//! `matching` asks for.

use std::collections::{BTreeMap, BTreeSet};

use jiff_sqlx::ToSqlx;
use mailbox::Aggregate;
use matching::{Candidate, Clues, Found, Payment, clues};
use primitives::{CaseId, ClaimId, CreditorId, Date, Iban, Money, PaymentId, PersonId, StaffId};
use sqlx::PgConnection;
use uuid::Uuid;

use super::{Column, number};
use crate::domain::account_statement::Clues as ToldClues;
use crate::domain::judging::{AWAITED_DAYS, Awaited, Judging, Names};
use crate::domain::ledger::Holder;
use crate::domain::provider_payout::references_in;
use crate::domain::reference::Reference;

/// Debtors who paid from one account.
const BY_ACCOUNT_MAX: usize = 16;
/// Payments from one account that are looked at.
const OF_ACCOUNT_MAX: usize = 500;
/// Open claims of one debtor.
const OF_DEBTOR_MAX: usize = 64;
/// Claims with the amount; of more it tells nothing.
const BY_AMOUNT_MAX: usize = 3;
/// Where a payment has more clues of intake, it tells nothing that their debtors owe more.
const FEW_CLUES: usize = 8;

impl Aggregate for Judging {
    const KIND: &'static str = "judgement";

    async fn lock(conn: &mut PgConnection, ids: &[Uuid]) -> sqlx::Result<Vec<(Uuid, Self)>> {
        sqlx::query!(
            "insert into payment_judgement (payment_id, is_told)
             select id, false from unnest($1::uuid[]) as new (id) on conflict do nothing",
            ids,
        )
        .execute(&mut *conn)
        .await?;
        sqlx::query!(
            "select payment_id from payment_judgement where payment_id = any($1)
             order by payment_id for update",
            ids,
        )
        .fetch_all(&mut *conn)
        .await?;
        Ok(load(conn, ids).await?.into_iter().collect())
    }

    async fn save(conn: &mut PgConnection, changed: &[(Uuid, Self)]) -> sqlx::Result<()> {
        let ids: Vec<Uuid> = changed.iter().map(|(id, _)| *id).collect();
        let versions = changed.iter().map(|(_, it)| number(it.version));
        let dismissed: Vec<Option<Uuid>> =
            changed.iter().map(|(_, it)| it.dismissed_by.map(|id| id.as_uuid())).collect();
        let told: Vec<bool> = changed.iter().map(|(_, it)| it.is_told).collect();
        sqlx::query!(
            "update payment_judgement j
             set version = new.version, dismissed_by = new.dismissed_by, is_told = new.is_told
             from unnest($1::uuid[], $2::bigint[], $3::uuid[], $4::boolean[])
                  as new (payment_id, version, dismissed_by, is_told)
             where j.payment_id = new.payment_id",
            &ids,
            &versions.collect::<sqlx::Result<Vec<i64>>>()?,
            &dismissed as &[Option<Uuid>],
            &told,
        )
        .execute(&mut *conn)
        .await?;
        save_awaited(conn, changed).await?;
        sqlx::query!(
            "delete from payment_clue using payment_judgement j
             where j.payment_id = payment_clue.payment_id and j.dismissed_by is not null
               and j.payment_id = any($1)",
            &ids,
        )
        .execute(conn)
        .await?;
        Ok(())
    }

    fn version(&self) -> u64 {
        self.version
    }

    fn set_version(&mut self, version: u64) {
        self.version = version;
    }
}

/// That the service, as it is configured now, has cases wait for so many days.
pub(crate) async fn keep_awaited_days(conn: &mut PgConnection, days: u16) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into awaited_limit (is_only, days) values (true, $1)
         on conflict (is_only) do update set days = excluded.days
         where awaited_limit.days <> excluded.days",
        i32::from(days),
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Those of these payments that a case waits for.
pub(super) async fn awaited_among(
    conn: &mut PgConnection,
    ids: &[Uuid],
) -> sqlx::Result<BTreeSet<Uuid>> {
    let rows = sqlx::query_scalar!(
        // Each by itself: the planner hears late of how many there are.
        r#"select payment_id as "payment_id!" from unnest($1::uuid[]) as asked (payment_id)
           where exists (select from awaited_money known
                         where known.payment_id = asked.payment_id and not is_cleared offset 0)"#,
        ids,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().collect())
}

async fn save_awaited(conn: &mut PgConnection, changed: &[(Uuid, Judging)]) -> sqlx::Result<()> {
    let (mut payments, mut cases, mut creditors) = (Vec::new(), Vec::new(), Vec::new());
    let (mut since, mut until, mut cleared) = (Vec::new(), Vec::new(), Vec::new());
    for (id, judging) in changed {
        for (case_id, it) in &judging.awaited {
            payments.push(*id);
            cases.push(case_id.as_uuid());
            creditors.push(it.creditor_id.as_uuid());
            since.push(it.since.to_sqlx());
            until.push(it.until.to_sqlx());
            cleared.push(it.is_cleared);
        }
    }
    sqlx::query!(
        "insert into awaited_money (payment_id, case_id, creditor_id, since, until, is_cleared)
         select * from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::timestamptz[],
                              $5::timestamptz[], $6::boolean[])
         on conflict (payment_id, case_id) do update set is_cleared = excluded.is_cleared",
        &payments,
        &cases,
        &creditors,
        &since as &[jiff_sqlx::Timestamp],
        &until as &[jiff_sqlx::Timestamp],
        &cleared,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// For how many days a case waits at most.
pub(super) async fn awaited_days(conn: &mut PgConnection) -> sqlx::Result<u16> {
    let days = sqlx::query_scalar!("select days from awaited_limit").fetch_optional(conn).await?;
    days.map_or(Ok(AWAITED_DAYS), number)
}

/// Adds which cases were told to wait, and for how long they are.
async fn load_awaited(
    conn: &mut PgConnection,
    ids: &[Uuid],
    judgings: &mut BTreeMap<Uuid, Judging>,
) -> sqlx::Result<()> {
    let days = awaited_days(conn).await?;
    for judging in judgings.values_mut() {
        judging.awaited_days = days;
    }
    let rows = sqlx::query!(
        "select asked.payment_id as \"payment_id!\", case_id, creditor_id, since, until, is_cleared
         from unnest($1::uuid[]) as asked (payment_id)
              cross join lateral (
                  select case_id, creditor_id, since, until, is_cleared from awaited_money
                  where awaited_money.payment_id = asked.payment_id offset 0) as it",
        ids,
    )
    .fetch_all(conn)
    .await?;
    for row in rows {
        let Some(judging) = judgings.get_mut(&row.payment_id) else { continue };
        let awaited = Awaited {
            creditor_id: CreditorId::from_uuid(row.creditor_id),
            since: row.since.to_jiff(),
            until: row.until.to_jiff(),
            is_cleared: row.is_cleared,
        };
        judging.awaited.insert(CaseId::from_uuid(row.case_id), awaited);
    }
    Ok(())
}

/// Keeps what intake said that payments may pay; what it says anew counts.
pub(super) async fn add_clues(
    conn: &mut PgConnection,
    told: &[(PaymentId, &ToldClues)],
) -> sqlx::Result<()> {
    let cut = told.iter().filter(|(_, clues)| clues.is_cut);
    let cut: Vec<Uuid> = cut.map(|(payment_id, _)| payment_id.as_uuid()).collect();
    sqlx::query!(
        "insert into payment_judgement (payment_id, is_cut, is_told) select id, true, false
         from unnest($1::uuid[]) as new (id) order by id
         on conflict (payment_id) do update set is_cut = true",
        &cut,
    )
    .execute(&mut *conn)
    .await?;
    let whole = told.iter().filter(|(_, clues)| !clues.is_cut);
    let whole: Vec<Uuid> = whole.map(|(payment_id, _)| payment_id.as_uuid()).collect();
    sqlx::query!(
        "update payment_judgement set is_cut = false where payment_id = any($1) and is_cut",
        &whole,
    )
    .execute(&mut *conn)
    .await?;
    let all: Vec<Uuid> = told.iter().map(|(payment_id, _)| payment_id.as_uuid()).collect();
    sqlx::query!("delete from payment_clue where payment_id = any($1)", &all)
        .execute(&mut *conn)
        .await?;
    let (mut ids, mut claims) = (Vec::new(), Vec::new());
    let (mut numbers, mut cases, mut names) = (Vec::new(), Vec::new(), Vec::new());
    for (payment_id, clues) in told {
        for clue in &clues.claims {
            ids.push(payment_id.as_uuid());
            claims.push(clue.claim_id.as_uuid());
            // With blanks between, which no key has: an array of arrays must be rectangular.
            numbers.push(matching::number_keys(&clue.invoice_number).join(" "));
            cases.push(matching::number_keys(&clue.case_number.to_string()).join(" "));
            names.push(matching::name_tokens(&clue.debtor_name).join(" "));
        }
    }
    sqlx::query!(
        "insert into payment_clue (payment_id, claim_id, invoice_keys, case_keys, names)
         select payment_id, claim_id, string_to_array(invoice_keys, ' '),
                string_to_array(case_keys, ' '), string_to_array(names, ' ')
         from unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[])
              as new (payment_id, claim_id, invoice_keys, case_keys, names)
         order by payment_id, claim_id
         on conflict do nothing",
        &ids,
        &claims,
        &numbers,
        &cases,
        &names,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Nothing that intake told of payments is kept that were received before this day.
pub(super) async fn forget_clues(conn: &mut PgConnection, day: Date) -> sqlx::Result<()> {
    sqlx::query!(
        "delete from payment_clue using payment p
         where p.payment_id = payment_clue.payment_id and p.received_on < $1",
        day.to_sqlx() as jiff_sqlx::Date,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// One payment that is looked for.
struct Sought {
    id: Uuid,
    holder: Holder,
    payment: Payment,
    clues: Clues,
    /// What was found of it so far.
    claims: BTreeSet<Uuid>,
    /// The references by which claims were found.
    references: BTreeMap<Uuid, String>,
    /// Whose other open claims are wanted.
    persons: BTreeSet<Uuid>,
    /// Who paid from this account before.
    payers: BTreeSet<Uuid>,
    is_cut: bool,
}

/// A claim that was found, as far as it is the same for every payment.
struct Sighted {
    candidate: Candidate,
    issued_on: Option<Date>,
}

/// What is told of a claim beside what is open on it.
#[derive(Default)]
struct Told {
    invoice_keys: Vec<String>,
    case_keys: Vec<String>,
    names: Vec<String>,
}

/// Payments with what may be meant by them; nothing is locked.
pub(super) async fn load(
    conn: &mut PgConnection,
    ids: &[Uuid],
) -> sqlx::Result<BTreeMap<Uuid, Judging>> {
    let mut judgings: BTreeMap<Uuid, Judging> =
        ids.iter().map(|id| (*id, Judging::default())).collect();
    load_awaited(conn, ids, &mut judgings).await?;
    let mut sought = load_payments(conn, ids, &mut judgings).await?;
    let told = load_clues(conn, &mut sought).await?;
    by_reference(conn, &mut sought).await?;
    by_account(conn, &mut sought).await?;
    by_amount(conn, &mut sought).await?;
    let persons = persons_of(conn, &sought).await?;
    for one in &mut sought {
        let few = told.get(&one.id).is_none_or(|clues| clues.len() <= FEW_CLUES);
        let named = one.claims.iter().filter_map(|id| persons.get(id)).copied();
        if few {
            one.persons.extend(named);
        }
    }
    by_debtor(conn, &mut sought).await?;
    let candidates = candidates(conn, &sought).await?;
    for one in sought {
        let found = one.found(&candidates, told.get(&one.id));
        if let Some(judging) = judgings.get_mut(&one.id) {
            judging.payment = Some(one.payment);
            judging.found = found;
        }
    }
    Ok(judgings)
}

/// The payments of which something is left.
async fn load_payments(
    conn: &mut PgConnection,
    ids: &[Uuid],
    judgings: &mut BTreeMap<Uuid, Judging>,
) -> sqlx::Result<Vec<Sought>> {
    let rows = sqlx::query!(
        r#"select wanted.payment_id as "payment_id!", coalesce(j.version, 0) as "version!",
                  j.dismissed_by as "dismissed_by?", coalesce(j.is_cut, false) as "is_cut!",
                  coalesce(j.is_told, false) as "is_told!",
                  p.holder as "holder!", p.currency as "currency!",
                  p.received_on as "received_on!",
                  p.amount_minor - coalesce((
                      select sum(part.amount_minor) from payment part
                      where part.part_of = p.payment_id and part.allocated), 0)::bigint
                  - coalesce((
                      select sum(refund_minor) from gone_back
                           join payment back using (payment_id)
                      where coalesce(back.part_of, back.payment_id) = p.payment_id
                        and (back.part_of is null or not back.allocated)), 0)::bigint
                      as "left_minor!",
                  p.amount_minor > 0 and not p.comes_back and not p.allocated
                      and not p.retracted as "is_open!",
                  exists (select from payment part where part.part_of = p.payment_id)
                      or exists (select from gone_back g where g.payment_id = p.payment_id)
                      or exists (select from account_line l where l.payment_id = p.payment_id)
                      as "is_taken_up!",
                  r.lines as "lines?", r.structured, r.end_to_end_id, r.counterparty_name,
                  r.counterparty_account, o.named is not null as "is_named!",
                  -- Whoever cannot ask the provider must not keep a debtor's money waiting for it,
                  -- unless a person said what it is.
                  coalesce(o.answer = '"unknown"' or o.named is null and (
                      o.answer = '"no-token"' or o.answer ? 'refused'), false)
                      as "is_unknown_payout!"
           from unnest($1::uuid[]) as wanted (payment_id)
                join payment p using (payment_id)
                left join payment_judgement j using (payment_id)
                left join remittance r using (payment_id)
                left join provider_payout o using (payment_id)"#,
        ids,
    )
    .fetch_all(conn)
    .await?;
    let mut sought = Vec::new();
    for row in rows {
        let Some(judging) = judgings.get_mut(&row.payment_id) else { continue };
        judging.version = Column("payment_judgement", "version").count(row.version)?;
        judging.dismissed_by = row.dismissed_by.map(StaffId::from_uuid);
        judging.is_known = true;
        judging.is_told = row.is_told;
        judging.is_taken_up = row.is_taken_up;
        let amount = Column("payment", "currency").money(row.left_minor, &row.currency)?;
        if !row.is_open || !amount.is_positive() {
            continue;
        }
        let iban = row.counterparty_account.as_deref().and_then(|it| Iban::parse(it).ok());
        let holder = Column("payment", "holder").parse(&row.holder)?;
        let lines = row.lines.unwrap_or_default();
        let texts = lines.iter().map(String::as_str).chain(row.end_to_end_id.as_deref());
        let names_one = row.is_named || !references_in(texts).is_empty();
        judging.names = names(names_one && holder == Holder::Agency, row.is_unknown_payout);
        let payment = Payment {
            amount,
            received_on: row.received_on.to_jiff(),
            references: row.structured.unwrap_or_default(),
            lines,
            end_to_end_id: row.end_to_end_id,
            counterparty_name: row.counterparty_name,
            counterparty_iban: iban,
        };
        sought.push(Sought::new(row.payment_id, holder, payment, row.is_cut));
    }
    Ok(sought)
}

const fn names(names_settlement: bool, is_unknown: bool) -> Names {
    match (names_settlement, is_unknown) {
        (false, _) => Names::Nothing,
        (true, false) => Names::Settlement,
        (true, true) => Names::UnknownSettlement,
    }
}

/// What intake said, by payment and claim.
async fn load_clues(
    conn: &mut PgConnection,
    sought: &mut [Sought],
) -> sqlx::Result<BTreeMap<Uuid, BTreeMap<Uuid, Told>>> {
    let ids: Vec<Uuid> = sought.iter().map(|it| it.id).collect();
    let rows = sqlx::query!(
        "select payment_id, claim_id, invoice_keys, case_keys, names from payment_clue
         where payment_id = any($1)",
        &ids,
    )
    .fetch_all(conn)
    .await?;
    let mut told: BTreeMap<Uuid, BTreeMap<Uuid, Told>> = BTreeMap::new();
    for row in rows {
        let of_payment = told.entry(row.payment_id).or_default();
        let clue =
            Told { invoice_keys: row.invoice_keys, case_keys: row.case_keys, names: row.names };
        of_payment.insert(row.claim_id, clue);
    }
    for one in sought {
        one.claims.extend(told.get(&one.id).into_iter().flat_map(BTreeMap::keys));
    }
    Ok(told)
}

async fn by_reference(conn: &mut PgConnection, sought: &mut [Sought]) -> sqlx::Result<()> {
    let of = |clues: &Clues| -> Vec<(Uuid, String)> {
        let near = clues.near_references.iter().map(|it| &it.canonical);
        let all = clues.references.iter().chain(near);
        all.map(|it| (Reference::id_of(it), it.clone())).collect()
    };
    let ids: BTreeSet<Uuid> =
        sought.iter().flat_map(|it| of(&it.clues)).map(|(id, _)| id).collect();
    let rows = sqlx::query!(
        r#"select reference_id, claim_id as "claim_id!" from payment_reference
           where reference_id = any($1) and claim_id is not null"#,
        &ids.into_iter().collect::<Vec<_>>(),
    )
    .fetch_all(conn)
    .await?;
    let named: BTreeMap<Uuid, Uuid> =
        rows.into_iter().map(|row| (row.reference_id, row.claim_id)).collect();
    for one in sought {
        for (id, reference) in of(&one.clues) {
            if let Some(claim_id) = named.get(&id) {
                one.claims.insert(*claim_id);
                one.references.insert(*claim_id, reference);
            }
        }
    }
    Ok(())
}

/// Who paid from the same account before: by what is on cases now. Each account is looked up by
/// itself, in the indices, whatever the planner believes of tables that grow by the minute.
async fn by_account(conn: &mut PgConnection, sought: &mut [Sought]) -> sqlx::Result<()> {
    let accounts: BTreeSet<String> =
        sought.iter().filter_map(|it| it.clues.iban.as_ref()).map(ToString::to_string).collect();
    let rows = sqlx::query!(
        r#"select account as "account!", known.person_id as "person_id!"
           from unnest($1::text[]) as wanted (account),
                lateral (
                    with sent as materialized (
                        select payment_id from remittance
                        where upper(replace(counterparty_account, ' ', '')) = wanted.account)
                    select person_id
                    from sent
                         cross join lateral (
                             select on_case from payment p
                             where coalesce(p.part_of, p.payment_id) = sent.payment_id
                               and p.allocated
                             offset 0) as placed
                         cross join lateral (
                             select person_id from case_account
                             where case_id = placed.on_case and person_id is not null
                             offset 0) as payer
                    limit $2) as known"#,
        &accounts.into_iter().collect::<Vec<_>>(),
        number::<i64>(OF_ACCOUNT_MAX)?,
    )
    .fetch_all(conn)
    .await?;
    let mut payers: BTreeMap<String, Vec<Uuid>> = BTreeMap::new();
    for row in rows {
        payers.entry(row.account).or_default().push(row.person_id);
    }
    for one in sought {
        let account = one.clues.iban.as_ref().map(ToString::to_string);
        let Some(known) = account.and_then(|it| payers.get(&it)) else { continue };
        let persons: BTreeSet<Uuid> = known.iter().copied().collect();
        one.is_cut |= known.len() >= OF_ACCOUNT_MAX || persons.len() > BY_ACCOUNT_MAX;
        one.payers.extend(persons.into_iter().take(BY_ACCOUNT_MAX));
        one.persons.extend(&one.payers);
    }
    Ok(())
}

async fn by_amount(conn: &mut PgConnection, sought: &mut [Sought]) -> sqlx::Result<()> {
    let amounts: Vec<i64> = sought.iter().map(|it| it.payment.amount.amount_minor()).collect();
    let currencies: Vec<String> =
        sought.iter().map(|it| it.payment.amount.currency().code().to_owned()).collect();
    let most = number::<i64>(BY_AMOUNT_MAX.saturating_add(1))?;
    let rows = sqlx::query!(
        r#"select wanted.place as "place!", found.claim_id as "claim_id!"
           from unnest($1::bigint[], $2::text[]) with ordinality
                    as wanted (amount_minor, currency, place),
                lateral (
                    select claim_id from claim_account join case_account c using (case_id)
                    where open_minor > 0 and open_minor = wanted.amount_minor
                      and c.currency = wanted.currency
                    limit $3) as found"#,
        &amounts,
        &currencies,
        most,
    )
    .fetch_all(conn)
    .await?;
    let mut found: BTreeMap<i64, Vec<Uuid>> = BTreeMap::new();
    for row in rows {
        found.entry(row.place).or_default().push(row.claim_id);
    }
    for (place, one) in (1_i64..).zip(sought) {
        let same = found.get(&place).filter(|it| it.len() <= BY_AMOUNT_MAX);
        one.claims.extend(same.into_iter().flatten());
    }
    Ok(())
}

/// Of whom claims are asked. Here and in [`candidates`] each claim is looked up by itself, as in
/// [`by_account`].
async fn persons_of(
    conn: &mut PgConnection,
    sought: &[Sought],
) -> sqlx::Result<BTreeMap<Uuid, Uuid>> {
    let claims: BTreeSet<Uuid> = sought.iter().flat_map(|it| &it.claims).copied().collect();
    let rows = sqlx::query!(
        r#"select wanted.claim_id as "claim_id!", found.person_id as "person_id!"
           from unnest($1::uuid[]) as wanted (claim_id)
                cross join lateral (
                    select person_id from claim_account join case_account using (case_id)
                    where claim_id = wanted.claim_id and person_id is not null
                    offset 0) as found"#,
        &claims.into_iter().collect::<Vec<_>>(),
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.claim_id, row.person_id)).collect())
}

async fn by_debtor(conn: &mut PgConnection, sought: &mut [Sought]) -> sqlx::Result<()> {
    let persons: BTreeSet<Uuid> = sought.iter().flat_map(|it| &it.persons).copied().collect();
    let most = number::<i64>(OF_DEBTOR_MAX.saturating_add(1))?;
    let rows = sqlx::query!(
        r#"select wanted.person_id as "person_id!", found.claim_id as "claim_id!"
           from unnest($1::uuid[]) as wanted (person_id),
                lateral (
                    select claim_id from case_account c join claim_account a using (case_id)
                    where c.person_id = wanted.person_id and a.open_minor > 0
                    order by a.due_on, a.claim_id limit $2) as found"#,
        &persons.into_iter().collect::<Vec<_>>(),
        most,
    )
    .fetch_all(conn)
    .await?;
    let mut open: BTreeMap<Uuid, Vec<Uuid>> = BTreeMap::new();
    for row in rows {
        open.entry(row.person_id).or_default().push(row.claim_id);
    }
    for one in sought {
        for person in &one.persons {
            let claims = open.get(person).map(Vec::as_slice).unwrap_or_default();
            one.is_cut |= claims.len() > OF_DEBTOR_MAX;
            one.claims.extend(claims.iter().take(OF_DEBTOR_MAX));
        }
    }
    Ok(())
}

/// The claims that were found, as far as they are the same for every payment.
async fn candidates(
    conn: &mut PgConnection,
    sought: &[Sought],
) -> sqlx::Result<BTreeMap<Uuid, Sighted>> {
    let claims: BTreeSet<Uuid> = sought.iter().flat_map(|it| &it.claims).copied().collect();
    let rows = sqlx::query!(
        r#"select wanted.claim_id as "claim_id!", a.case_id as "case_id!", a.due_on as "due_on!",
                  c.creditor_id as "creditor_id!", c.person_id as "person_id!",
                  c.currency as "currency!", r.canonical as "canonical?",
                  booked.open_minor as "open_minor!", booked.principal_minor as "principal_minor!",
                  booked.issued_on
           from unnest($1::uuid[]) as wanted (claim_id)
                cross join lateral (
                    select case_id, due_on from claim_account
                    where claim_id = wanted.claim_id offset 0) as a
                cross join lateral (
                    select creditor_id, person_id, currency from case_account
                    where case_id = a.case_id offset 0) as c
                left join lateral (
                    select canonical from payment_reference
                    where claim_id = wanted.claim_id offset 0) as r on true
                cross join lateral (
                    select coalesce(sum(amount_minor), 0)::bigint as open_minor,
                           coalesce(sum(amount_minor) filter (where kind = 'principal'), 0)::bigint
                               as principal_minor,
                           min(counts_on) filter (where kind = 'principal') as issued_on
                    from account_line l
                    where l.case_id = a.case_id and l.claim_id = wanted.claim_id) as booked"#,
        &claims.into_iter().collect::<Vec<_>>(),
    )
    .fetch_all(conn)
    .await?;
    let mut candidates = BTreeMap::new();
    for row in rows {
        let currency = Column("case_account", "currency").currency(&row.currency)?;
        let candidate = Candidate {
            claim_id: ClaimId::from_uuid(row.claim_id),
            case_id: CaseId::from_uuid(row.case_id),
            debtor_id: PersonId::from_uuid(row.person_id),
            creditor_id: CreditorId::from_uuid(row.creditor_id),
            open: Money::new(row.open_minor, currency),
            principal: Money::new(row.principal_minor, currency),
            due_on: row.due_on.to_jiff(),
            reference: row.canonical,
            invoice_keys: Vec::new(),
            case_keys: Vec::new(),
            names: Vec::new(),
            ibans: Vec::new(),
            can_receive: false,
        };
        let issued_on = row.issued_on.map(jiff_sqlx::Date::to_jiff);
        candidates.insert(row.claim_id, Sighted { candidate, issued_on });
    }
    Ok(candidates)
}

impl Sought {
    fn new(id: Uuid, holder: Holder, payment: Payment, is_cut: bool) -> Self {
        Self {
            id,
            holder,
            clues: clues(&payment),
            payment,
            claims: BTreeSet::new(),
            references: BTreeMap::new(),
            persons: BTreeSet::new(),
            payers: BTreeSet::new(),
            is_cut,
        }
    }

    /// The candidates with what this payment's clues tell of them. A name that is told of one claim
    /// of a debtor is that of all of them, and so is the number of a case.
    fn found(
        &self,
        candidates: &BTreeMap<Uuid, Sighted>,
        told: Option<&BTreeMap<Uuid, Told>>,
    ) -> Found {
        let mut names: BTreeMap<PersonId, BTreeSet<&Vec<String>>> = BTreeMap::new();
        let mut cases: BTreeMap<CaseId, &Vec<String>> = BTreeMap::new();
        for (claim_id, told) in told.into_iter().flatten() {
            if let Some(Sighted { candidate, .. }) = candidates.get(claim_id) {
                if !told.case_keys.is_empty() {
                    cases.insert(candidate.case_id, &told.case_keys);
                }
                names.entry(candidate.debtor_id).or_default().insert(&told.names);
            }
        }
        // Money that came before a claim was issued was for something else, unless it names it.
        let is_payable = |id: &Uuid, sighted: &Sighted| {
            self.references.contains_key(id)
                || sighted.issued_on.is_none_or(|day| day <= self.payment.received_on)
        };
        let found = self.claims.iter().filter_map(|id| Some((id, candidates.get(id)?)));
        let found = found.filter(|(id, sighted)| is_payable(id, sighted));
        let found = found.map(|(id, Sighted { candidate, .. })| {
            let debtor_id = candidate.debtor_id;
            let clue = told.and_then(|it| it.get(id));
            let paid_before = self.payers.contains(&debtor_id.as_uuid());
            let of_debtor = names.get(&debtor_id).into_iter().flatten();
            Candidate {
                reference: candidate.reference.clone().or_else(|| self.references.get(id).cloned()),
                invoice_keys: clue.map(|it| it.invoice_keys.clone()).unwrap_or_default(),
                case_keys: cases
                    .get(&candidate.case_id)
                    .map(|it| (*it).clone())
                    .unwrap_or_default(),
                names: of_debtor.map(|it| (*it).clone()).collect(),
                ibans: self.clues.iban.iter().filter(|_| paid_before).cloned().collect(),
                can_receive: match self.holder {
                    Holder::Agency => true,
                    Holder::Creditor(creditor_id) => creditor_id == candidate.creditor_id,
                },
                ..candidate.clone()
            }
        });
        Found { candidates: found.collect(), is_cut: self.is_cut }
    }
}
