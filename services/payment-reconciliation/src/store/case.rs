//! Cases: their accounts and lines, and what is booked with every change.

use std::collections::{BTreeMap, HashMap};

use jiff_sqlx::ToSqlx;
use mailbox::Aggregate;
use primitives::{
    CaseId, ClaimId, CreditorId, Currency, Date, MessageId, Money, PaymentId, PersonId,
};
use sqlx::PgConnection;
use uuid::Uuid;

use super::{Column, ledger, number};
use crate::domain::case::{Case, OpenedCase};
use crate::domain::ledger::LedgerTransaction;
use crate::domain::position::{CaseAccount, ClaimAccount, Line, LineKind};

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
        load(conn, ids).await
    }

    async fn save(conn: &mut PgConnection, changed: &[(Uuid, Self)]) -> sqlx::Result<()> {
        save_cases(conn, changed).await?;
        let accounts: Vec<&CaseAccount> =
            changed.iter().filter_map(|(_, case)| case.account.as_ref()).collect();
        add_claims(conn, &accounts).await?;
        add_lines(conn, &accounts).await?;
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

/// A case as it is; nothing is locked.
pub(crate) async fn find_case(
    conn: &mut PgConnection,
    case_id: CaseId,
) -> sqlx::Result<Option<Case>> {
    let found = load(conn, &[case_id.as_uuid()]).await?;
    Ok(found.into_iter().next().map(|(_, case)| case))
}

/// Lines first, then what they stand on: everything is only added to, so a case that is not locked
/// is seen as it was when its lines were read.
async fn load(conn: &mut PgConnection, ids: &[Uuid]) -> sqlx::Result<Vec<(Uuid, Case)>> {
    let lines = sqlx::query_as!(
        LineRow,
        "select case_id, claim_id, place, counts_on, kind, payment_id, holder, amount_minor, cause
         from account_line where case_id = any($1) order by place",
        ids,
    )
    .fetch_all(&mut *conn)
    .await?;
    let claims =
        sqlx::query!("select claim_id, due_on from claim_account where case_id = any($1)", ids,)
            .fetch_all(&mut *conn)
            .await?;
    let due: HashMap<Uuid, Date> =
        claims.into_iter().map(|row| (row.claim_id, row.due_on.to_jiff())).collect();
    let mut cases = load_empty(conn, ids).await?;
    for row in &lines {
        let case = cases.get_mut(&row.case_id).and_then(|case| case.account.as_mut());
        let account = Column("case_account", "currency").present(case)?;
        let line = row.line(account.currency)?;
        let Some(claim_id) = row.claim_id else {
            account.refundable.push(line);
            continue;
        };
        let due_on = Column("account_line", "claim_id").present(due.get(&claim_id).copied())?;
        let claim = account.claims.entry(ClaimId::from_uuid(claim_id));
        claim.or_insert(ClaimAccount { due_on, lines: Vec::new() }).lines.push(line);
    }
    for case in cases.values_mut() {
        // The claim that brings the currency may be newer than the lines that were read.
        case.account.take_if(|account| account.claims.is_empty());
    }
    Ok(cases.into_iter().collect())
}

/// The cases without claims.
async fn load_empty(conn: &mut PgConnection, ids: &[Uuid]) -> sqlx::Result<BTreeMap<Uuid, Case>> {
    let rows = sqlx::query!(
        "select case_id, version, creditor_id, person_id, account_since, currency
         from case_account where case_id = any($1)",
        ids,
    )
    .fetch_all(conn)
    .await?;
    let column = |name| Column("case_account", name);
    let mut cases = BTreeMap::new();
    for row in rows {
        let mut case = Case { version: column("version").count(row.version)?, ..Case::default() };
        if let Some(creditor_id) = row.creditor_id {
            let case_id = CaseId::from_uuid(row.case_id);
            let creditor_id = CreditorId::from_uuid(creditor_id);
            let person_id = PersonId::from_uuid(column("person_id").present(row.person_id)?);
            let since = row.account_since.map(|since| column("account_since").count(since));
            let account_since = since.transpose()?;
            case.opened = Some(OpenedCase { case_id, creditor_id, person_id, account_since });
            let currency = row.currency.map(|code| column("currency").currency(&code));
            let account = |currency| CaseAccount::new(case_id, creditor_id, currency);
            case.account = currency.transpose()?.map(account);
        }
        cases.insert(row.case_id, case);
    }
    Ok(cases)
}

struct LineRow {
    case_id: Uuid,
    claim_id: Option<Uuid>,
    place: i32,
    counts_on: jiff_sqlx::Date,
    kind: String,
    payment_id: Option<Uuid>,
    holder: Option<String>,
    amount_minor: i64,
    cause: Uuid,
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
            LineKind::Payment { payment_id, holder } => ("payment", Some((payment_id, holder))),
        };
        Ok(Self {
            case_id: account.case_id.as_uuid(),
            claim_id: claim_id.map(|it| it.as_uuid()),
            place: number(place)?,
            counts_on: line.on.to_sqlx(),
            kind: kind.to_owned(),
            payment_id: payment.map(|(payment_id, _)| payment_id.as_uuid()),
            holder: payment.map(|(_, holder)| holder.to_string()),
            amount_minor: line.amount.amount_minor(),
            cause: line.cause.as_uuid(),
        })
    }

    fn line(&self, currency: Currency) -> sqlx::Result<Line> {
        let column = |name| Column("account_line", name);
        let kind = match self.kind.as_str() {
            "principal" => LineKind::Principal,
            "credit-note" => LineKind::CreditNote,
            "withdrawal" => LineKind::Withdrawal,
            "payment" => LineKind::Payment {
                payment_id: PaymentId::from_uuid(column("payment_id").present(self.payment_id)?),
                holder: column("holder")
                    .parse(column("holder").present(self.holder.as_deref())?)?,
            },
            _ => return Err(column("kind").fault()),
        };
        Ok(Line {
            on: self.counts_on.to_jiff(),
            kind,
            amount: Money::new(self.amount_minor, currency),
            cause: MessageId::from_uuid(self.cause),
        })
    }
}

async fn save_cases(conn: &mut PgConnection, changed: &[(Uuid, Case)]) -> sqlx::Result<()> {
    let ids: Vec<Uuid> = changed.iter().map(|(id, _)| *id).collect();
    let versions = changed.iter().map(|(_, it)| number(it.version));
    let uuids = |of: fn(&OpenedCase) -> Uuid| -> Vec<Option<Uuid>> {
        changed.iter().map(|(_, it)| it.opened.as_ref().map(of)).collect()
    };
    let since = changed.iter().map(|(_, it)| it.opened.as_ref()?.account_since);
    let since = since.map(|since| since.map(number).transpose());
    let currencies: Vec<Option<String>> = changed
        .iter()
        .map(|(_, it)| it.account.as_ref().map(|it| it.currency.code().to_owned()))
        .collect();
    sqlx::query!(
        "update case_account c
         set version = new.version, creditor_id = new.creditor_id, person_id = new.person_id,
             account_since = new.account_since, currency = new.currency
         from unnest($1::uuid[], $2::bigint[], $3::uuid[], $4::uuid[], $5::integer[], $6::text[])
              as new (case_id, version, creditor_id, person_id, account_since, currency)
         where c.case_id = new.case_id",
        &ids,
        &versions.collect::<sqlx::Result<Vec<i64>>>()?,
        &uuids(|it| it.creditor_id.as_uuid()) as &[Option<Uuid>],
        &uuids(|it| it.person_id.as_uuid()) as &[Option<Uuid>],
        &since.collect::<sqlx::Result<Vec<Option<i32>>>>()? as &[Option<i32>],
        &currencies as &[Option<String>],
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Adds the claims that are new; one that is there never changes.
async fn add_claims(conn: &mut PgConnection, accounts: &[&CaseAccount]) -> sqlx::Result<()> {
    let (mut claims, mut cases, mut due) = (Vec::new(), Vec::new(), Vec::new());
    for account in accounts {
        for (claim_id, claim) in &account.claims {
            claims.push(claim_id.as_uuid());
            cases.push(account.case_id.as_uuid());
            due.push(claim.due_on.to_sqlx());
        }
    }
    sqlx::query!(
        "insert into claim_account (claim_id, case_id, due_on)
         select * from unnest($1::uuid[], $2::uuid[], $3::date[]) on conflict do nothing",
        &claims,
        &cases,
        &due as &[jiff_sqlx::Date],
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Adds the lines that are new; one that is there never changes.
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
    let messages: Vec<Uuid> = rows.iter().map(|it| it.cause).collect();
    sqlx::query!(
        "insert into account_line (case_id, claim_id, place, counts_on, kind, payment_id, holder,
                                   amount_minor, cause)
         select * from unnest($1::uuid[], $2::uuid[], $3::integer[], $4::date[], $5::text[],
                              $6::uuid[], $7::text[], $8::bigint[], $9::uuid[])
         on conflict do nothing",
        &cases,
        &claims as &[Option<Uuid>],
        &places,
        &days as &[jiff_sqlx::Date],
        &kinds,
        &payments as &[Option<Uuid>],
        &holders as &[Option<String>],
        &amounts,
        &messages,
    )
    .execute(conn)
    .await?;
    Ok(())
}
