//! Cases: their accounts and lines, and what is booked with every change.

use std::collections::BTreeMap;

use jiff_sqlx::ToSqlx;
use mailbox::Aggregate;
use primitives::{CaseId, ClaimId, CreditorId, Date, PersonId};
use sqlx::PgConnection;
use uuid::Uuid;

use super::agreements::{ChargesRow, small_difference};
use super::desk::known_until;
use super::early_payment::cases_with_untold;
use super::payment_link::linked;
use super::{Column, account, ledger, number};
use crate::domain::account::CaseAccount;
use crate::domain::case::{Agreed, Case, OpenedCase};
use crate::domain::ledger::LedgerTransaction;

impl Aggregate for Case {
    const KIND: &'static str = "case";

    async fn lock(conn: &mut PgConnection, ids: &[Uuid]) -> sqlx::Result<Vec<(Uuid, Self)>> {
        sqlx::query!(
            "insert into case_account (case_id) select * from unnest($1::uuid[])
             on conflict do nothing",
            ids,
        )
        .execute(&mut *conn)
        .await?;
        sqlx::query!(
            "select case_id from case_account where case_id = any($1) order by case_id for update",
            ids,
        )
        .fetch_all(&mut *conn)
        .await?;
        // Asked first, so that what it promises is in the lines that are read after it.
        let known = known_until(conn, ids, None).await?;
        let mut cases = load(conn, ids).await?;
        let linked = linked(conn, ids).await?;
        let early = cases_with_untold(conn, ids).await?;
        for (id, case) in &mut cases {
            case.payments_known_until = known.get(id).copied();
            case.is_linked = linked.contains(id);
            case.has_early = early.contains(id);
        }
        Ok(cases)
    }

    async fn save(conn: &mut PgConnection, changed: &[(Uuid, Self)]) -> sqlx::Result<()> {
        save_cases(conn, changed).await?;
        let accounts: Vec<&CaseAccount> =
            changed.iter().filter_map(|(_, case)| case.account.as_ref()).collect();
        account::save(conn, &accounts).await?;
        let news: Vec<&LedgerTransaction> =
            changed.iter().flat_map(|(_, case)| &case.news).collect();
        ledger::append(conn, &news).await
    }

    fn version(&self) -> u64 {
        self.version
    }

    fn set_version(&mut self, version: u64) {
        self.version = version;
    }
}

/// The case of a claim, where one is known.
pub(crate) async fn case_of(
    conn: &mut PgConnection,
    claim_id: Option<ClaimId>,
) -> sqlx::Result<Option<Uuid>> {
    let claim_id = claim_id.map(|it| it.as_uuid());
    sqlx::query_scalar!("select case_id from claim_account where claim_id = $1", claim_id)
        .fetch_optional(conn)
        .await
}

/// A case as it is; nothing is locked.
pub(crate) async fn find_case(
    conn: &mut PgConnection,
    case_id: CaseId,
) -> sqlx::Result<Option<Case>> {
    let found = load(conn, &[case_id.as_uuid()]).await?;
    Ok(found.into_iter().next().map(|(_, case)| case))
}

/// The ids of cases that have claims, in their order.
pub(crate) async fn page_of_cases(
    conn: &mut PgConnection,
    creditor_id: Option<CreditorId>,
    after: Option<CaseId>,
    limit: u32,
) -> sqlx::Result<Vec<Uuid>> {
    sqlx::query_scalar!(
        "select case_id from case_account
         where currency is not null and case_id > $1 and ($2::uuid is null or creditor_id = $2)
         order by case_id limit $3",
        after.map_or(Uuid::nil(), |it| it.as_uuid()),
        creditor_id.map(|it| it.as_uuid()),
        i64::from(limit),
    )
    .fetch_all(conn)
    .await
}

/// The accounts of cases as they are, in the order of their ids; nothing is locked.
pub(crate) async fn accounts(
    conn: &mut PgConnection,
    ids: &[Uuid],
) -> sqlx::Result<Vec<CaseAccount>> {
    let found = load(conn, ids).await?;
    Ok(found.into_iter().filter_map(|(_, case)| case.account).collect())
}

/// Lines first, then what they stand on: everything is only added to, so a case that is not locked
/// is seen as it was when its lines were read, or with more facts than were booked.
pub(super) async fn load(conn: &mut PgConnection, ids: &[Uuid]) -> sqlx::Result<Vec<(Uuid, Case)>> {
    let lines = account::lines(conn, ids).await?;
    let mut cases = load_empty(conn, ids).await?;
    account::fill(conn, ids, &mut cases, &lines).await?;
    for case in cases.values_mut() {
        // The claim that brings the currency may be newer than the lines that were read.
        case.account.take_if(|account| account.claims.is_empty());
    }
    Ok(cases.into_iter().collect())
}

/// The cases without claims.
async fn load_empty(conn: &mut PgConnection, ids: &[Uuid]) -> sqlx::Result<BTreeMap<Uuid, Case>> {
    let rows = sqlx::query!(
        r#"select case_id as "case_id!", version as "version!", c.creditor_id, person_id,
                  account_since, currency, debtor_kind, country, c.agreement_version,
                  charged_until, creditor_deducts_vat as "creditor_deducts_vat?",
                  business_costs as "business_costs?", interest as "interest?", clause_lump_sum,
                  clause_basis_points, up_to_minor as "up_to_minor?"
           from case_account c left join agreed_terms t
                on t.creditor_id = c.creditor_id and t.agreement_version = c.agreement_version
                left join agreed_small_difference d
                on d.creditor_id = c.creditor_id and d.agreement_version = c.agreement_version
           where case_id = any($1)"#,
        ids,
    )
    .fetch_all(conn)
    .await?;
    let column = |name| Column("case_account", name);
    let mut cases = BTreeMap::new();
    for row in rows {
        let mut case = Case { version: column("version").count(row.version)?, ..Case::default() };
        if let Some(creditor_id) = row.creditor_id {
            let charges = ChargesRow {
                creditor_deducts_vat: row.creditor_deducts_vat,
                business_costs: row.business_costs,
                interest: row.interest,
                clause_lump_sum: row.clause_lump_sum,
                clause_basis_points: row.clause_basis_points,
            };
            let under = match row.agreement_version {
                None => None,
                Some(version) => Some(Agreed {
                    debtor_kind: column("debtor_kind").word(row.debtor_kind.as_deref())?,
                    country: column("country").word(row.country.as_deref())?,
                    agreement_version: column("agreement_version").count(version)?,
                    charges: charges.terms()?,
                    small_difference: row.up_to_minor.map(small_difference),
                }),
            };
            let case_id = CaseId::from_uuid(row.case_id);
            let creditor_id = CreditorId::from_uuid(creditor_id);
            let person_id = PersonId::from_uuid(column("person_id").present(row.person_id)?);
            let since = row.account_since.map(|since| column("account_since").count(since));
            let account_since = since.transpose()?;
            let opened = OpenedCase { case_id, creditor_id, person_id, account_since, under };
            case.opened = Some(opened);
            let currency = row.currency.map(|code| column("currency").currency(&code));
            case.account = currency.transpose()?.map(|currency| CaseAccount {
                charged_until: row.charged_until.map(jiff_sqlx::Date::to_jiff),
                ..opened.account(currency)
            });
        }
        cases.insert(row.case_id, case);
    }
    Ok(cases)
}

/// The columns of opened cases, row by row.
#[derive(Default)]
struct CaseColumns {
    ids: Vec<Uuid>,
    versions: Vec<i64>,
    creditors: Vec<Option<Uuid>>,
    persons: Vec<Option<Uuid>>,
    since: Vec<Option<i32>>,
    currencies: Vec<Option<String>>,
    kinds: Vec<Option<String>>,
    countries: Vec<Option<String>>,
    agreements: Vec<Option<i32>>,
    charged: Vec<Option<jiff_sqlx::Date>>,
}

impl CaseColumns {
    fn push(&mut self, id: Uuid, case: &Case) -> sqlx::Result<()> {
        let opened = case.opened.as_ref();
        let under = opened.and_then(|it| it.under.as_ref());
        let account = case.account.as_ref();
        self.ids.push(id);
        self.versions.push(number(case.version)?);
        self.creditors.push(opened.map(|it| it.creditor_id.as_uuid()));
        self.persons.push(opened.map(|it| it.person_id.as_uuid()));
        self.since.push(opened.and_then(|it| it.account_since).map(number).transpose()?);
        self.currencies.push(account.map(|it| it.currency.code().to_owned()));
        self.kinds.push(under.map(|it| it.debtor_kind.as_str().to_owned()));
        self.countries.push(under.map(|it| it.country.to_string()));
        self.agreements.push(under.map(|it| number(it.agreement_version)).transpose()?);
        self.charged.push(account.and_then(|it| it.charged_until).map(Date::to_sqlx));
        Ok(())
    }
}

async fn save_cases(conn: &mut PgConnection, changed: &[(Uuid, Case)]) -> sqlx::Result<()> {
    let mut columns = CaseColumns::default();
    for (id, case) in changed {
        columns.push(*id, case)?;
    }
    sqlx::query!(
        "update case_account c
         set version = new.version, creditor_id = new.creditor_id, person_id = new.person_id,
             account_since = new.account_since, currency = new.currency,
             debtor_kind = new.debtor_kind, country = new.country,
             agreement_version = new.agreement_version, charged_until = new.charged_until
         from unnest($1::uuid[], $2::bigint[], $3::uuid[], $4::uuid[], $5::integer[], $6::text[],
                     $7::text[], $8::text[], $9::integer[], $10::date[])
              as new (case_id, version, creditor_id, person_id, account_since, currency,
                      debtor_kind, country, agreement_version, charged_until)
         where c.case_id = new.case_id",
        &columns.ids,
        &columns.versions,
        &columns.creditors as &[Option<Uuid>],
        &columns.persons as &[Option<Uuid>],
        &columns.since as &[Option<i32>],
        &columns.currencies as &[Option<String>],
        &columns.kinds as &[Option<String>],
        &columns.countries as &[Option<String>],
        &columns.agreements as &[Option<i32>],
        &columns.charged as &[Option<jiff_sqlx::Date>],
    )
    .execute(conn)
    .await?;
    Ok(())
}
