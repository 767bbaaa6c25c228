//! The desk: which statements were taken in, and what they brought.

use std::collections::BTreeMap;

use bank_statements::Verbatim;
use jiff_sqlx::ToSqlx;
use mailbox::Aggregate;
use primitives::{CaseId, Date, Money, StatementId};
use sqlx::PgConnection;
use uuid::Uuid;

use super::{
    Column, debit, early_payment, judging, ledger, number, refund, remittance, returned_remittance,
};
use crate::domain::account_statement::{AccountStatement, Days, Movement};
use crate::domain::desk::{Booking, Desk, Recorded, Sent};
use crate::domain::ledger::{Holder, LedgerTransaction};

impl Aggregate for Desk {
    const KIND: &'static str = "desk";

    async fn lock(conn: &mut PgConnection, ids: &[Uuid]) -> sqlx::Result<Vec<(Uuid, Self)>> {
        sqlx::query!(
            "insert into desk (desk_id) select * from unnest($1::uuid[]) on conflict do nothing",
            ids,
        )
        .execute(&mut *conn)
        .await?;
        let rows = sqlx::query!(
            "select desk_id, version, since, client_accounts from desk where desk_id = any($1)
             order by desk_id for update",
            ids,
        )
        .fetch_all(&mut *conn)
        .await?;
        let mut in_transit = remittance::in_transit(conn).await?;
        in_transit.append(&mut refund::in_transit(conn).await?);
        let mut may_return = returned_remittance::may_return(conn).await?;
        may_return.append(&mut refund::may_return(conn).await?);
        let debits = debit::expected(conn).await?;
        let early = early_payment::untold(conn).await?;
        let mut desks = Vec::with_capacity(rows.len());
        for row in rows {
            let known = sqlx::query!(
                "select statement_id, account, fingerprint, first_day, last_day, currency,
                        opening_minor, closing_minor, whole_id
                 from statement where last_day >= $1",
                row.since as jiff_sqlx::Date,
            )
            .fetch_all(&mut *conn)
            .await?;
            let recorded = known.into_iter().map(|one| {
                let fingerprint = Column("statement", "fingerprint").hash(&one.fingerprint)?;
                let currency = one.currency.map(|it| Column("statement", "currency").currency(&it));
                let currency = currency.transpose()?;
                let money = |minor: Option<i64>| Some(Money::new(minor?, currency?));
                let last = one.last_day.to_jiff();
                // Earlier releases told no days and no currency.
                let first = one.first_day.map(jiff_sqlx::Date::to_jiff);
                let first = first.or(currency.is_none().then_some(last));
                let (opening, closing) = (money(one.opening_minor), money(one.closing_minor));
                let days = first.map(|first| Days { first, last, opening, closing });
                let whole_id = one.whole_id.map(StatementId::from_uuid);
                let account = one.account;
                let last_day = last;
                let recorded =
                    Recorded { account, currency, whole_id, fingerprint, last_day, days };
                Ok((StatementId::from_uuid(one.statement_id), recorded))
            });
            let desk = Self {
                version: Column("desk", "version").count(row.version)?,
                since: row.since.to_jiff(),
                client_accounts: row.client_accounts,
                recorded: recorded.collect::<sqlx::Result<_>>()?,
                in_transit: in_transit.clone(),
                may_return: may_return.clone(),
                debits: debits.clone(),
                early: early.clone(),
                news: Vec::new(),
            };
            desks.push((row.desk_id, desk));
        }
        Ok(desks)
    }

    async fn save(conn: &mut PgConnection, changed: &[(Uuid, Self)]) -> sqlx::Result<()> {
        let ids: Vec<Uuid> = changed.iter().map(|(id, _)| *id).collect();
        let versions = changed.iter().map(|(_, it)| number(it.version));
        let since: Vec<_> = changed.iter().map(|(_, it)| it.since.to_sqlx()).collect();
        // IBANs have no spaces; an array of arrays must be rectangular.
        let accounts: Vec<String> =
            changed.iter().map(|(_, it)| it.client_accounts.join(" ")).collect();
        sqlx::query!(
            "update desk d set version = new.version, since = new.since,
                    client_accounts = coalesce(string_to_array(new.accounts, ' '), '{}')
             from unnest($1::uuid[], $2::bigint[], $3::date[], $4::text[])
                  as new (desk_id, version, since, accounts)
             where d.desk_id = new.desk_id",
            &ids,
            &versions.collect::<sqlx::Result<Vec<i64>>>()?,
            &since as &[jiff_sqlx::Date],
            &accounts,
        )
        .execute(&mut *conn)
        .await?;
        let news: Vec<&Booking> = changed.iter().flat_map(|(_, desk)| &desk.news).collect();
        add_statements(conn, &news).await?;
        add_payments(conn, &news).await?;
        add_remittances(conn, &news).await?;
        early_payment::save(conn, &news).await?;
        pay_transfers(conn, &news).await?;
        refund::add_returns(conn, &news).await?;
        returned_remittance::add_returns(conn, &news).await?;
        debit::add_movements(conn, &news).await?;
        let transactions: Vec<&LedgerTransaction> =
            news.iter().flat_map(|it| &it.transactions).collect();
        ledger::append(conn, &transactions).await
    }

    fn version(&self) -> u64 {
        self.version
    }

    fn set_version(&mut self, version: u64) {
        self.version = version;
    }
}

async fn add_statements(conn: &mut PgConnection, news: &[&Booking]) -> sqlx::Result<()> {
    let whole = || news.iter().filter(|it| !it.is_early);
    let statements: Vec<&AccountStatement> = whole().map(|it| &it.statement).collect();
    let files: Vec<Option<Uuid>> = whole().map(|it| it.decided_file).collect();
    let ids: Vec<Uuid> = statements.iter().map(|it| it.statement_id.as_uuid()).collect();
    let accounts: Vec<String> =
        statements.iter().map(|it| it.account.as_str().to_owned()).collect();
    let holders: Vec<String> = statements.iter().map(|it| it.owner.holder.to_string()).collect();
    let since = statements.iter().map(|it| it.owner.account_since.map(number).transpose());
    let days: Vec<_> = statements.iter().map(|it| it.last_day.to_sqlx()).collect();
    let fingerprints: Vec<Vec<u8>> =
        statements.iter().map(|it| it.fingerprint.as_bytes().to_vec()).collect();
    let wholes: Vec<Option<Uuid>> =
        statements.iter().map(|it| it.whole_id.map(|id| id.as_uuid())).collect();
    let first_day =
        |it: &&AccountStatement| (!it.movements.is_empty()).then(|| it.days.first.to_sqlx());
    let firsts: Vec<Option<jiff_sqlx::Date>> = statements.iter().map(first_day).collect();
    let currencies: Vec<String> =
        statements.iter().map(|it| it.credited.currency().code().to_owned()).collect();
    let balances = |of: fn(&Days) -> Option<Money>| -> Vec<Option<i64>> {
        // Another currency than that of the movements proves nothing.
        let own = |it: &AccountStatement| {
            of(&it.days).filter(|amount| amount.currency() == it.credited.currency())
        };
        statements.iter().map(|it| own(it).map(Money::amount_minor)).collect()
    };
    sqlx::query!(
        "insert into statement (statement_id, account, holder, account_since, last_day,
                                fingerprint, first_day, currency, opening_minor, closing_minor,
                                whole_id, decided_file)
         select * from unnest($1::uuid[], $2::text[], $3::text[], $4::integer[], $5::date[],
                              $6::bytea[], $7::date[], $8::text[], $9::bigint[], $10::bigint[],
                              $11::uuid[], $12::uuid[])",
        &ids,
        &accounts,
        &holders,
        &since.collect::<sqlx::Result<Vec<Option<i32>>>>()? as &[Option<i32>],
        &days as &[jiff_sqlx::Date],
        &fingerprints,
        &firsts as &[Option<jiff_sqlx::Date>],
        &currencies,
        &balances(|days| days.opening) as &[Option<i64>],
        &balances(|days| days.closing) as &[Option<i64>],
        &wholes as &[Option<Uuid>],
        &files as &[Option<Uuid>],
    )
    .execute(conn)
    .await?;
    Ok(())
}

async fn add_payments(conn: &mut PgConnection, news: &[&Booking]) -> sqlx::Result<()> {
    let (mut ids, mut owners, mut holders) = (Vec::new(), Vec::new(), Vec::new());
    let (mut currencies, mut amounts, mut days) = (Vec::new(), Vec::new(), Vec::new());
    let (mut allocated, mut come_back) = (Vec::new(), Vec::new());
    for booking in news {
        let Booking { statement, paid, returned, is_early, .. } = booking;
        for movement in booking.new_movements() {
            ids.push(movement.payment_id.as_uuid());
            owners.push((!is_early).then_some(statement.statement_id.as_uuid()));
            holders.push(statement.owner.holder.to_string());
            currencies.push(movement.amount.currency().code().to_owned());
            amounts.push(movement.amount.amount_minor());
            days.push(movement.booked_on.to_sqlx());
            let payment_id = &movement.payment_id;
            allocated.push(paid.contains_key(payment_id) || returned.contains_key(payment_id));
            come_back.push(movement.amount.is_positive() && !movement.is_payment);
        }
    }
    sqlx::query!(
        "insert into payment (payment_id, statement_id, holder, currency, amount_minor, received_on,
                              allocated, comes_back)
         select * from unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::bigint[],
                              $6::date[], $7::boolean[], $8::boolean[])",
        &ids,
        &owners as &[Option<Uuid>],
        &holders,
        &currencies,
        &amounts,
        &days as &[jiff_sqlx::Date],
        &allocated,
        &come_back,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// The bank paid remittances and refunds. Nobody else ever writes these columns.
async fn pay_transfers(conn: &mut PgConnection, news: &[&Booking]) -> sqlx::Result<()> {
    let (mut remittances, mut refunds) = (Transfers::default(), Transfers::default());
    for Booking { statement, paid, .. } in news {
        for movement in &statement.movements {
            match paid.get(&movement.payment_id) {
                Some(Sent::Remittance { remittance_id, .. }) => {
                    remittances.push(remittance_id.as_uuid(), movement);
                }
                Some(Sent::Refund { refund_id, .. }) => refunds.push(refund_id.as_uuid(), movement),
                None => {}
            }
        }
    }
    sqlx::query!(
        "update creditor_remittance r set paid_on = new.paid_on, paid_by = new.paid_by
         from unnest($1::uuid[], $2::uuid[], $3::date[]) as new (remittance_id, paid_by, paid_on)
         where r.remittance_id = new.remittance_id",
        &remittances.ids,
        &remittances.payments,
        &remittances.days as &[jiff_sqlx::Date],
    )
    .execute(&mut *conn)
    .await?;
    sqlx::query!(
        "update refund r set paid_on = new.paid_on, paid_by = new.paid_by
         from unnest($1::uuid[], $2::uuid[], $3::date[]) as new (refund_id, paid_by, paid_on)
         where r.refund_id = new.refund_id",
        &refunds.ids,
        &refunds.payments,
        &refunds.days as &[jiff_sqlx::Date],
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// The columns of transfers that were paid, row by row.
#[derive(Default)]
struct Transfers {
    ids: Vec<Uuid>,
    payments: Vec<Uuid>,
    days: Vec<jiff_sqlx::Date>,
}

impl Transfers {
    fn push(&mut self, id: Uuid, movement: &Movement) {
        self.ids.push(id);
        self.payments.push(movement.payment_id.as_uuid());
        self.days.push(movement.booked_on.to_sqlx());
    }
}

/// The lines go in with line feeds between them, since an array of arrays must be rectangular. A
/// line that has a line feed in it becomes two.
async fn add_remittances(conn: &mut PgConnection, news: &[&Booking]) -> sqlx::Result<()> {
    let movements: Vec<&Movement> = news.iter().flat_map(|it| it.new_movements()).collect();
    let text = |it: &Option<Verbatim>| it.as_ref().map(|it| it.as_str().to_owned());
    let ids: Vec<Uuid> = movements.iter().map(|it| it.payment_id.as_uuid()).collect();
    let lines: Vec<String> = movements
        .iter()
        .map(|it| it.remittance.iter().map(Verbatim::as_str).collect::<Vec<_>>().join("\n"))
        .collect();
    let names: Vec<_> = movements.iter().map(|it| text(&it.counterparty_name)).collect();
    let accounts: Vec<_> = movements.iter().map(|it| text(&it.counterparty_account)).collect();
    let structured: Vec<String> = movements
        .iter()
        .map(|it| it.structured.iter().map(Verbatim::as_str).collect::<Vec<_>>().join("\n"))
        .collect();
    let end_to_end: Vec<_> = movements.iter().map(|it| text(&it.end_to_end_id)).collect();
    let references: Vec<_> = movements.iter().map(|it| text(&it.bank_reference)).collect();
    sqlx::query!(
        "insert into remittance (payment_id, lines, counterparty_name, counterparty_account,
                                 structured, end_to_end_id, bank_reference)
         select payment_id, string_to_array(lines, e'\\n'), counterparty_name,
                counterparty_account, string_to_array(structured, e'\\n'), end_to_end_id,
                bank_reference
         from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[],
                     $7::text[])
              as new (payment_id, lines, counterparty_name, counterparty_account, structured,
                      end_to_end_id, bank_reference)",
        &ids,
        &lines,
        &names as &[Option<String>],
        &accounts as &[Option<String>],
        &structured,
        &end_to_end as &[Option<String>],
        &references as &[Option<String>],
    )
    .execute(&mut *conn)
    .await?;
    let told: Vec<_> = movements.iter().map(|it| (it.payment_id, &it.clues)).collect();
    judging::add_clues(conn, &told).await
}

/// Until when payments on a case are known, by the accounts for client money that are configured.
pub(crate) async fn payments_known_until(
    conn: &mut PgConnection,
    case_id: CaseId,
    client_accounts: &[String],
) -> sqlx::Result<Option<Date>> {
    let id = case_id.as_uuid();
    let known = known_until(conn, &[id], Some(client_accounts)).await?;
    Ok(known.get(&id).copied())
}

/// Until when payments on cases are known: by the statements of the account that each is paid to,
/// and by no other's. Of several accounts for client money the least known one counts, and one
/// without any statement makes them unknown. Where none are given, those count that were configured
/// when a statement was last taken in.
pub(super) async fn known_until(
    conn: &mut PgConnection,
    case_ids: &[Uuid],
    client_accounts: Option<&[String]>,
) -> sqlx::Result<BTreeMap<Uuid, Date>> {
    let rows = sqlx::query!(
        r#"with agency as (
               select case when bool_and(newest is not null) then min(newest) end as until
               from unnest(coalesce($2::text[], (select client_accounts from desk limit 1)))
                        as wanted (number), lateral (
                   select max(last_day) as newest from statement s
                   where s.holder = $3 and s.account = number) as of_account)
           select case_id, case when account_since is null then (select until from agency)
                  else (
                      select max(last_day) from statement s
                      where s.holder = creditor_id::text
                        and s.account_since = case_account.account_since)
                  end as until
           from case_account where case_id = any($1) and creditor_id is not null"#,
        case_ids,
        client_accounts,
        Holder::Agency.to_string(),
    )
    .fetch_all(conn)
    .await?;
    let known = rows.into_iter().filter_map(|row| Some((row.case_id, row.until?.to_jiff())));
    Ok(known.collect())
}
