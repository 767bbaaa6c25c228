//! Direct debits: what was proposed, approved, written for the bank, and what came in and back.

use std::collections::{BTreeMap, BTreeSet};

use contracts::payment_reconciliation::{Debit as ToldDebit, DebitFile, DebitLeftOut};
use jiff_sqlx::ToSqlx;
use mailbox::Aggregate;
use primitives::{CaseId, CreditorId, DebitFileId, DebitId, Iban, MandateId, PaymentId, StaffId};
use sqlx::PgConnection;
use uuid::Uuid;

use super::case::load as load_cases;
use super::staff::finance_desk;
use super::{Column, judging, ledger, mandate, number};
use crate::domain::debit::{Back, CaseDebits, Credit, Debit, DebitOffice, InFile, batch_of};
use crate::domain::desk::{Booking, DebitMovement, ExpectedDebit};
use crate::domain::direct_debit_order::{DebitLine, end_to_end_id};
use crate::domain::ledger::LedgerTransaction;
use crate::domain::payment_order::Party;

impl Aggregate for CaseDebits {
    const KIND: &'static str = "case-debits";

    async fn lock(conn: &mut PgConnection, ids: &[Uuid]) -> sqlx::Result<Vec<(Uuid, Self)>> {
        let cases = lock_cases(conn, ids).await?;
        Ok(cases.into_iter().collect())
    }

    /// What the bank did stands on the statement, and is kept with that; what became of it here is
    /// kept here. Files are written by their office.
    async fn save(conn: &mut PgConnection, changed: &[(Uuid, Self)]) -> sqlx::Result<()> {
        for (case_id, case) in changed {
            sqlx::query!(
                "update case_debits set version = $2 where case_id = $1",
                case_id,
                number::<i64>(case.version)?,
            )
            .execute(&mut *conn)
            .await?;
            for (place, debit) in case.debits.iter().enumerate() {
                save_debit(conn, (*case_id, place), debit).await?;
            }
        }
        save_movements(conn, changed).await?;
        let news: Vec<&LedgerTransaction> = changed.iter().flat_map(|(_, it)| &it.news).collect();
        ledger::append(conn, &news).await
    }

    fn version(&self) -> u64 {
        self.version
    }

    fn set_version(&mut self, version: u64) {
        self.version = version;
    }
}

async fn lock_cases(
    conn: &mut PgConnection,
    ids: &[Uuid],
) -> sqlx::Result<BTreeMap<Uuid, CaseDebits>> {
    sqlx::query!(
        "insert into case_debits (case_id) select * from unnest($1::uuid[]) on conflict do nothing",
        ids,
    )
    .execute(&mut *conn)
    .await?;
    let rows = sqlx::query!(
        "select case_id, version from case_debits where case_id = any($1)
         order by case_id for update",
        ids,
    )
    .fetch_all(&mut *conn)
    .await?;
    let finance_desk = finance_desk(conn).await?;
    let mut debits = load(conn, ids).await?;
    let mut cases = BTreeMap::new();
    for row in rows {
        let case_id = CaseId::from_uuid(row.case_id);
        let case = CaseDebits {
            version: Column("case_debits", "version").count(row.version)?,
            debits: debits.remove(&row.case_id).unwrap_or_default(),
            finance_desk: finance_desk.clone(),
            ..CaseDebits::unheard(case_id)
        };
        cases.insert(row.case_id, case);
    }
    Ok(cases)
}

async fn save_debit(
    conn: &mut PgConnection,
    (case_id, place): (Uuid, usize),
    debit: &Debit,
) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into debit (debit_id, case_id, place, creditor_id, mandate_id, currency,
                            amount_minor, due_on, notified_on, proposed_by, proposed_at,
                            approved_by, approved_at, void, rejected_code, rejected_by)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
         on conflict (debit_id) do update
         set approved_by = excluded.approved_by, approved_at = excluded.approved_at,
             void = excluded.void, rejected_code = excluded.rejected_code,
             rejected_by = excluded.rejected_by",
        debit.debit_id.as_uuid(),
        case_id,
        number::<i32>(place)?,
        debit.creditor_id.as_uuid(),
        debit.mandate_id.as_uuid(),
        debit.amount.currency().code(),
        debit.amount.amount_minor(),
        debit.due_on.to_sqlx() as jiff_sqlx::Date,
        debit.notified_on.to_sqlx() as jiff_sqlx::Date,
        debit.proposed_by.as_uuid(),
        debit.proposed_at.to_sqlx() as jiff_sqlx::Timestamp,
        debit.approved.map(|(by, _)| by.as_uuid()),
        debit.approved.map(|(_, at)| at.to_sqlx()) as Option<jiff_sqlx::Timestamp>,
        debit.void.as_ref().map(word),
        debit.rejected.as_ref().map(|(code, _)| code.as_str()),
        debit.rejected.as_ref().map(|(_, by)| by.as_uuid()),
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// What became of what statements told. A movement that took one back is nobody's any more.
async fn save_movements(
    conn: &mut PgConnection,
    changed: &[(Uuid, CaseDebits)],
) -> sqlx::Result<()> {
    let debits = || changed.iter().flat_map(|(_, it)| &it.debits);
    let credits = || debits().filter_map(|it| Some((it.debit_id, it.credit?)));
    let credited: Vec<Uuid> = credits().map(|(id, _)| id.as_uuid()).collect();
    let booked: Vec<bool> = credits().map(|(_, it)| it.is_booked).collect();
    let paid_as: Vec<Option<Uuid>> =
        credits().map(|(_, it)| it.paid_as.map(|id| id.as_uuid())).collect();
    sqlx::query!(
        "update debit_movement m set is_booked = new.is_booked, paid_as = new.paid_as
         from unnest($1::uuid[], $2::boolean[], $3::uuid[]) as new (debit_id, is_booked, paid_as)
         where m.debit_id = new.debit_id and not m.takes_back",
        &credited,
        &booked,
        &paid_as as &[Option<Uuid>],
    )
    .execute(&mut *conn)
    .await?;
    let taken = || debits().filter_map(|it| Some((it.debit_id, it.back.as_ref()?.taken?)));
    let backs: Vec<Uuid> = taken().map(|(id, _)| id.as_uuid()).collect();
    let from: Vec<Uuid> = taken().map(|(_, (from, _))| from.as_uuid()).collect();
    let amounts: Vec<i64> = taken().map(|(_, (_, amount))| amount.amount_minor()).collect();
    sqlx::query!(
        "with booked as (
             update debit_movement m
             set is_booked = true, taken_from = new.taken_from, taken_minor = new.taken_minor
             from unnest($1::uuid[], $2::uuid[], $3::bigint[])
                  as new (debit_id, taken_from, taken_minor)
             where m.debit_id = new.debit_id and m.takes_back and not m.is_booked
             returning m.payment_id)
         update payment set allocated = true
         where payment_id in (select payment_id from booked)",
        &backs,
        &from,
        &amounts,
    )
    .execute(conn)
    .await?;
    Ok(())
}

const WORDS: [(&str, DebitLeftOut); 8] = [
    ("withdrawn", DebitLeftOut::Withdrawn),
    ("nothing-owed", DebitLeftOut::NothingOwed),
    ("reason-given", DebitLeftOut::ReasonGiven),
    ("on-hold", DebitLeftOut::OnHold),
    ("no-mandate", DebitLeftOut::NoMandate),
    ("came-back", DebitLeftOut::CameBack),
    ("too-late", DebitLeftOut::TooLate),
    ("outdated", DebitLeftOut::Outdated),
];

const fn word(because: &DebitLeftOut) -> &'static str {
    match because {
        DebitLeftOut::Withdrawn => "withdrawn",
        DebitLeftOut::NothingOwed => "nothing-owed",
        DebitLeftOut::ReasonGiven => "reason-given",
        DebitLeftOut::OnHold => "on-hold",
        DebitLeftOut::NoMandate => "no-mandate",
        DebitLeftOut::CameBack => "came-back",
        DebitLeftOut::TooLate => "too-late",
        DebitLeftOut::Outdated => "outdated",
    }
}

/// The direct debits of cases, oldest first.
async fn load(conn: &mut PgConnection, ids: &[Uuid]) -> sqlx::Result<BTreeMap<Uuid, Vec<Debit>>> {
    let rows = sqlx::query_as!(
        DebitRow,
        r#"select d.debit_id, d.case_id, creditor_id, mandate_id, currency, d.amount_minor, due_on,
                  notified_on, proposed_by, proposed_at, approved_by, approved_at, void,
                  rejected_code, rejected_by, f.file_id as "file_id?",
                  f.amount_minor as "file_minor?", f.sequence as "sequence?",
                  c.payment_id as "credit_id?", c.moved_on as "credited_on?: jiff_sqlx::Date",
                  c.is_booked as "credit_booked?", c.paid_as, b.payment_id as "back_id?",
                  b.moved_on as "back_on?: jiff_sqlx::Date", b.reason_code,
                  b.is_booked as "back_booked?", b.taken_from, b.taken_minor
           from debit d left join debit_in_file f using (debit_id)
                left join debit_movement c on c.debit_id = d.debit_id and not c.takes_back
                left join debit_movement b on b.debit_id = d.debit_id and b.takes_back
           where d.case_id = any($1) order by d.case_id, place"#,
        ids,
    )
    .fetch_all(conn)
    .await?;
    let mut cases: BTreeMap<Uuid, Vec<Debit>> = BTreeMap::new();
    for row in rows {
        cases.entry(row.case_id).or_default().push(row.debit()?);
    }
    Ok(cases)
}

struct DebitRow {
    debit_id: Uuid,
    case_id: Uuid,
    creditor_id: Uuid,
    mandate_id: Uuid,
    currency: String,
    amount_minor: i64,
    due_on: jiff_sqlx::Date,
    notified_on: jiff_sqlx::Date,
    proposed_by: Uuid,
    proposed_at: jiff_sqlx::Timestamp,
    approved_by: Option<Uuid>,
    approved_at: Option<jiff_sqlx::Timestamp>,
    void: Option<String>,
    rejected_code: Option<String>,
    rejected_by: Option<Uuid>,
    file_id: Option<Uuid>,
    file_minor: Option<i64>,
    sequence: Option<String>,
    credit_id: Option<Uuid>,
    credited_on: Option<jiff_sqlx::Date>,
    credit_booked: Option<bool>,
    paid_as: Option<Uuid>,
    back_id: Option<Uuid>,
    back_on: Option<jiff_sqlx::Date>,
    reason_code: Option<String>,
    back_booked: Option<bool>,
    taken_from: Option<Uuid>,
    taken_minor: Option<i64>,
}

impl DebitRow {
    fn debit(self) -> sqlx::Result<Debit> {
        let column = |name| Column("debit", name);
        let money = |minor| column("currency").money(minor, &self.currency);
        let void = self.void.as_deref().map(|word| {
            let known = WORDS.into_iter().find(|(it, _)| *it == word);
            column("void").present(known.map(|(_, because)| because))
        });
        let file = match (self.file_id, self.file_minor, self.sequence.as_deref()) {
            (Some(file_id), Some(minor), Some(sequence)) => Some(InFile {
                file_id: DebitFileId::from_uuid(file_id),
                amount: money(minor)?,
                sequence: Column("debit_in_file", "sequence").parse(sequence)?,
            }),
            _ => None,
        };
        let credit = self.credit_id.zip(self.credited_on).map(|(payment_id, on)| Credit {
            payment_id: PaymentId::from_uuid(payment_id),
            on: on.to_jiff(),
            is_booked: self.credit_booked.unwrap_or(false),
            paid_as: self.paid_as.map(PaymentId::from_uuid),
        });
        let taken = self
            .taken_from
            .zip(self.taken_minor)
            .map(|(from, minor)| money(minor).map(|amount| (PaymentId::from_uuid(from), amount)));
        let taken = taken.transpose()?;
        let amount = money(self.amount_minor)?;
        let approved = self.approved_by.zip(self.approved_at);
        let rejected_by = self.rejected_by.map(StaffId::from_uuid);
        let back = self.back_id.zip(self.back_on).map(|(payment_id, on)| Back {
            payment_id: PaymentId::from_uuid(payment_id),
            on: on.to_jiff(),
            reason_code: self.reason_code,
            is_booked: self.back_booked.unwrap_or(false),
            taken,
        });
        Ok(Debit {
            debit_id: DebitId::from_uuid(self.debit_id),
            creditor_id: CreditorId::from_uuid(self.creditor_id),
            mandate_id: MandateId::from_uuid(self.mandate_id),
            amount,
            due_on: self.due_on.to_jiff(),
            notified_on: self.notified_on.to_jiff(),
            proposed_by: StaffId::from_uuid(self.proposed_by),
            proposed_at: self.proposed_at.to_jiff(),
            approved: approved.map(|(by, at)| (StaffId::from_uuid(by), at.to_jiff())),
            void: void.transpose()?,
            file,
            rejected: self.rejected_code.zip(rejected_by),
            credit,
            back,
        })
    }
}

impl Aggregate for DebitOffice {
    const KIND: &'static str = "debit-office";

    async fn lock(conn: &mut PgConnection, ids: &[Uuid]) -> sqlx::Result<Vec<(Uuid, Self)>> {
        sqlx::query!("insert into debit_office values (true, 0) on conflict do nothing")
            .execute(&mut *conn)
            .await?;
        let version = sqlx::query_scalar!("select version from debit_office for update")
            .fetch_one(&mut *conn)
            .await?;
        let to_write = to_write(conn).await?;
        let case_ids: Vec<Uuid> = to_write.iter().map(|(case_id, _)| *case_id).collect();
        let case_ids: Vec<Uuid> =
            case_ids.into_iter().collect::<BTreeSet<_>>().into_iter().collect();
        let mandate_ids: Vec<Uuid> = to_write.into_iter().map(|(_, id)| id).collect();
        let mut debits = lock_cases(conn, &case_ids).await?;
        let cases = load_cases(conn, &case_ids).await?;
        let cases = cases
            .into_iter()
            .filter_map(|(id, case)| Some((CaseId::from_uuid(id), (debits.remove(&id)?, case))));
        let mandates = mandate::load(conn, &mandate_ids).await?.into_values();
        let unmade = sqlx::query_scalar!("select file_id from debit_file where document is null")
            .fetch_all(&mut *conn)
            .await?;
        let office = Self {
            version: Column("debit_office", "version").count(version)?,
            cases: cases.collect(),
            mandates: mandates.map(|it| (it.mandate_id, it)).collect(),
            awaited_days: judging::awaited_days(conn).await?,
            unmade: unmade.into_iter().map(DebitFileId::from_uuid).collect(),
            finance_desk: finance_desk(conn).await?,
            written: None,
            made: None,
        };
        Ok(ids.iter().map(|id| (*id, office.clone())).collect())
    }

    async fn save(conn: &mut PgConnection, changed: &[(Uuid, Self)]) -> sqlx::Result<()> {
        for (_, office) in changed {
            sqlx::query!("update debit_office set version = $1", number::<i64>(office.version)?)
                .execute(&mut *conn)
                .await?;
            if let Some(file) = &office.written {
                add_file(conn, file).await?;
            }
            if let Some((file_id, document)) = office.made {
                sqlx::query!(
                    "update debit_file set document = $2 where file_id = $1",
                    file_id.as_uuid(),
                    document.as_bytes(),
                )
                .execute(&mut *conn)
                .await?;
            }
            for (case_id, (case, _)) in &office.cases {
                for (place, debit) in case.debits.iter().enumerate() {
                    if debit.void.is_some() {
                        save_debit(conn, (case_id.as_uuid(), place), debit).await?;
                    }
                }
            }
            let new = office.written.as_ref().map(|it| it.file_id);
            let debits = office.cases.values().flat_map(|(case, _)| &case.debits);
            let written = debits.filter(|it| new.is_some() && it.file.map(|it| it.file_id) == new);
            add_to_file(conn, &written.collect::<Vec<_>>()).await?;
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

async fn add_file(conn: &mut PgConnection, file: &DebitFile) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into debit_file (file_id, written_at, written_by, debits, currency, sum_minor)
         values ($1, $2, $3, $4, $5, $6)",
        file.file_id.as_uuid(),
        file.written_at.to_sqlx() as jiff_sqlx::Timestamp,
        file.written_by.as_uuid(),
        number::<i32>(file.debits)?,
        file.sum.currency().code(),
        file.sum.amount_minor(),
    )
    .execute(conn)
    .await?;
    Ok(())
}

async fn add_to_file(conn: &mut PgConnection, debits: &[&Debit]) -> sqlx::Result<()> {
    for debit in debits {
        let Some((file, batch_id)) = debit.file.zip(batch_of(debit)) else { continue };
        sqlx::query!(
            "insert into debit_in_file (debit_id, file_id, amount_minor, sequence, batch_id)
             values ($1, $2, $3, $4, $5)",
            debit.debit_id.as_uuid(),
            file.file_id.as_uuid(),
            file.amount.amount_minor(),
            file.sequence.code(),
            batch_id,
        )
        .execute(&mut *conn)
        .await?;
    }
    Ok(())
}

/// The cases on which an approved direct debit is in no file, each with its mandate.
async fn to_write(conn: &mut PgConnection) -> sqlx::Result<Vec<(Uuid, Uuid)>> {
    let rows = sqlx::query!(
        "select case_id, mandate_id from debit
         where approved_by is not null and void is null
           and not exists (select from debit_in_file f where f.debit_id = debit.debit_id)
         order by case_id",
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.case_id, row.mandate_id)).collect())
}

/// The cases on which an approved direct debit is in no file.
pub(crate) async fn cases_to_debit(conn: &mut PgConnection) -> sqlx::Result<BTreeSet<CaseId>> {
    let rows = to_write(conn).await?;
    Ok(rows.into_iter().map(|(case_id, _)| CaseId::from_uuid(case_id)).collect())
}

/// The case and the mandate of a direct debit; nil where there is none.
pub(crate) async fn rows_of_debit(
    conn: &mut PgConnection,
    debit_id: DebitId,
) -> sqlx::Result<(Uuid, Uuid)> {
    let row = sqlx::query!(
        "select case_id, mandate_id from debit where debit_id = $1",
        debit_id.as_uuid(),
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|row| (row.case_id, row.mandate_id)).unwrap_or_default())
}

/// The case that the money of each direct debit is on, or is for; the movement that brought it; and
/// the case that it was collected for. Nil where there is none.
pub(crate) async fn rows_to_take(
    conn: &mut PgConnection,
    debit_ids: &[DebitId],
) -> sqlx::Result<BTreeMap<Uuid, (Uuid, Uuid, Uuid)>> {
    let ids: Vec<Uuid> = debit_ids.iter().map(DebitId::as_uuid).collect();
    let rows = sqlx::query!(
        r#"select d.debit_id as "debit_id!", d.case_id as "case_id!",
                  m.payment_id as "payment_id?",
                  case when own.allocated then own.on_case end as on_case
           from debit d
                left join debit_movement m on m.debit_id = d.debit_id and not m.takes_back
                left join payment own on own.payment_id = coalesce(m.paid_as, m.payment_id)
           where d.debit_id = any($1)"#,
        &ids,
    )
    .fetch_all(conn)
    .await?;
    let rows = rows.into_iter().map(|row| {
        let on_case = row.on_case.unwrap_or(row.case_id);
        (row.debit_id, (on_case, row.payment_id.unwrap_or_default(), row.case_id))
    });
    Ok(rows.collect())
}

/// The direct debits that the bank got, by what it calls them: those of the fourteen months before
/// the newest statement, since a bank may take one back for thirteen.
pub(super) async fn expected(
    conn: &mut PgConnection,
) -> sqlx::Result<BTreeMap<String, ExpectedDebit>> {
    let rows = sqlx::query!(
        r#"select d.debit_id, case_id, creditor_id, currency, f.amount_minor, batch_id,
                  c.debit_id is not null as "came_in!", b.debit_id is not null as "came_back!",
                  d.rejected_code is not null as "is_rejected!"
           from debit d join debit_in_file f using (debit_id)
                left join debit_movement c on c.debit_id = d.debit_id and not c.takes_back
                left join debit_movement b on b.debit_id = d.debit_id and b.takes_back
           where due_on >= coalesce((select max(last_day) from statement), '-infinity')
                           - interval '14 months'
             and (c.debit_id is null or b.debit_id is null)"#,
    )
    .fetch_all(conn)
    .await?;
    let debits = rows.into_iter().map(|row| {
        let debit_id = DebitId::from_uuid(row.debit_id);
        let debit = ExpectedDebit {
            debit_id,
            case_id: CaseId::from_uuid(row.case_id),
            creditor_id: CreditorId::from_uuid(row.creditor_id),
            amount: Column("debit", "currency").money(row.amount_minor, &row.currency)?,
            batch_id: row.batch_id,
            came_in: row.came_in,
            came_back: row.came_back,
            is_rejected: row.is_rejected,
        };
        Ok((end_to_end_id(debit_id), debit))
    });
    debits.collect()
}

/// What statements told of direct debits.
pub(super) async fn add_movements(conn: &mut PgConnection, news: &[&Booking]) -> sqlx::Result<()> {
    for Booking { statement, debits, .. } in news {
        for DebitMovement { debit_id, payment_id, takes_back, heard_at } in debits {
            let movement = statement.movements.iter().find(|it| it.payment_id == *payment_id);
            let Some(movement) = movement else { continue };
            sqlx::query!(
                "insert into debit_movement (debit_id, takes_back, payment_id, moved_on,
                                             reason_code, heard_at)
                 values ($1, $2, $3, $4, $5, $6)",
                debit_id.as_uuid(),
                takes_back,
                payment_id.as_uuid(),
                movement.booked_on.to_sqlx() as jiff_sqlx::Date,
                movement.return_code.as_ref().filter(|_| *takes_back),
                heard_at.to_sqlx() as jiff_sqlx::Timestamp,
            )
            .execute(&mut *conn)
            .await?;
        }
    }
    Ok(())
}

/// What a file is made of.
pub(crate) async fn lines_of_file(
    conn: &mut PgConnection,
    file_id: DebitFileId,
) -> sqlx::Result<Vec<DebitLine>> {
    let rows = sqlx::query!(
        "select debit_id, sequence, due_on, currency, f.amount_minor, reference, signed_on,
                debtor_name, debtor_account
         from debit_in_file f join debit using (debit_id) join mandate using (mandate_id)
         where file_id = $1 order by due_on, debit_id",
        file_id.as_uuid(),
    )
    .fetch_all(conn)
    .await?;
    let lines = rows.into_iter().map(|row| {
        let account = Iban::parse(&row.debtor_account);
        let account = account.map_err(|_| Column("mandate", "debtor_account").fault())?;
        Ok(DebitLine {
            debit_id: DebitId::from_uuid(row.debit_id),
            sequence: Column("debit_in_file", "sequence").parse(&row.sequence)?,
            due_on: row.due_on.to_jiff(),
            amount: Column("debit", "currency").money(row.amount_minor, &row.currency)?,
            reference: Column("mandate", "reference").parse(&row.reference)?,
            signed_on: row.signed_on.to_jiff(),
            debtor: Party { name: row.debtor_name, account },
        })
    });
    lines.collect()
}

/// The newest direct debits and files, and how many direct debits there are.
pub(crate) async fn debits(
    conn: &mut PgConnection,
    limit: u32,
) -> sqlx::Result<(Vec<ToldDebit>, Vec<DebitFile>, u64)> {
    let newest = sqlx::query!(
        r#"select debit_id, case_id, count(*) over () as "total!" from debit
           order by proposed_at desc, debit_id limit $1"#,
        i64::from(limit),
    )
    .fetch_all(&mut *conn)
    .await?;
    let total = newest.first().map_or(Ok(0), |row| number(row.total))?;
    let cases: BTreeSet<Uuid> = newest.iter().map(|row| row.case_id).collect();
    let known = load(conn, &cases.into_iter().collect::<Vec<_>>()).await?;
    let told = newest.iter().filter_map(|row| {
        let of_case = known.get(&row.case_id)?;
        let debit = of_case.iter().find(|it| it.debit_id.as_uuid() == row.debit_id)?;
        Some(debit.told(CaseId::from_uuid(row.case_id)))
    });
    let told = told.collect();
    let rows = sqlx::query!(
        "select file_id, written_at, written_by, debits, currency, sum_minor, document
         from debit_file order by written_at desc, file_id limit $1",
        i64::from(limit),
    )
    .fetch_all(conn)
    .await?;
    let column = |name| Column("debit_file", name);
    let files = rows.into_iter().map(|row| {
        let document = row.document.as_deref();
        Ok(DebitFile {
            file_id: DebitFileId::from_uuid(row.file_id),
            written_at: row.written_at.to_jiff(),
            written_by: StaffId::from_uuid(row.written_by),
            debits: column("debits").count(row.debits)?,
            sum: column("currency").money(row.sum_minor, &row.currency)?,
            document: document.map(|bytes| column("document").hash(bytes)).transpose()?,
        })
    });
    Ok((told, files.collect::<sqlx::Result<_>>()?, total))
}
