//! What queries and requests look up; nothing here is locked.

use contracts::agreement::Agreement;
use contracts::intake::{
    CallContact, CaseList, CaseSummary, ClaimParticulars, CreditorAccount, CreditorContact,
    CreditorSummary, DirectPaymentList, InvoiceNumber, ListCases, ReportedDirectPayment,
};
use primitives::{
    CaseId, CaseNumber, ClaimId, ContentHash, Country, CreditorId, DebtorKind, Language, PaymentId,
    PersonId,
};
use sqlx::PgConnection;
use uuid::Uuid;

use super::creditor::agreement;
use super::customer::{load_claims, telephone};
use super::{Column, case_number, number};
use crate::domain::Claim;

/// The customer whose claim it is.
pub(crate) async fn customer_of(
    conn: &mut PgConnection,
    claim_id: ClaimId,
) -> sqlx::Result<Option<Uuid>> {
    sqlx::query_scalar!(
        "select customer_id from claim join case_file using (case_id) where claim_id = $1",
        claim_id.as_uuid(),
    )
    .fetch_optional(conn)
    .await
}

/// The customers of a creditor's invoices, by their numbers.
pub(crate) async fn customers_of_invoices(
    conn: &mut PgConnection,
    creditor_id: CreditorId,
    numbers: &[String],
) -> sqlx::Result<Vec<Uuid>> {
    sqlx::query_scalar!(
        "select distinct customer_id from claim join case_file using (case_id)
         where number = any($2) and creditor_id = $1",
        creditor_id.as_uuid(),
        numbers,
    )
    .fetch_all(conn)
    .await
}

/// The customer of whom its creditor reported this payment.
pub(crate) async fn customer_that_paid(
    conn: &mut PgConnection,
    payment_id: PaymentId,
) -> sqlx::Result<Option<Uuid>> {
    sqlx::query_scalar!(
        "select customer_id
         from direct_payment join claim using (claim_id) join case_file using (case_id)
         where payment_id = $1",
        payment_id.as_uuid(),
    )
    .fetch_optional(conn)
    .await
}

/// The row of a creditor, where there is one.
pub(crate) async fn known_creditor(
    conn: &mut PgConnection,
    creditor_id: CreditorId,
) -> sqlx::Result<Option<Uuid>> {
    sqlx::query_scalar!(
        "select creditor_id from creditor where creditor_id = $1",
        creditor_id.as_uuid(),
    )
    .fetch_optional(conn)
    .await
}

/// The hash of a creditor's token for the creditors' API, where it has one.
pub(crate) async fn api_token_of(
    conn: &mut PgConnection,
    creditor_id: CreditorId,
) -> sqlx::Result<Option<ContentHash>> {
    let hash = sqlx::query_scalar!(
        "select api_token_hash from creditor where creditor_id = $1",
        creditor_id.as_uuid(),
    )
    .fetch_optional(conn)
    .await?;
    hash.flatten().map(|hash| Column("creditor", "api_token_hash").hash(hash)).transpose()
}

/// A case with its two sides.
pub(crate) struct CaseRow {
    pub(crate) case_number: CaseNumber,
    pub(crate) creditor_id: CreditorId,
    pub(crate) creditor_name: String,
    pub(crate) company_number: String,
    pub(crate) creditor_country: Country,
    pub(crate) creditor_address: Vec<String>,
    pub(crate) creditor_email: Option<String>,
    pub(crate) creditor_telephone: Option<String>,
    /// The version that the case follows, with the creditor's account in it.
    pub(crate) agreement: Agreement,
    pub(crate) creditor_account: String,
    pub(crate) person_id: PersonId,
    pub(crate) kind: DebtorKind,
    pub(crate) debtor_name: String,
    pub(crate) country: Country,
    pub(crate) language: Language,
    pub(crate) email: Option<String>,
    /// With postcode and city.
    pub(crate) address: Vec<String>,
    pub(crate) claims: Vec<ClaimParticulars>,
}

/// Who stands on a case, under the version of the agreement that it follows.
pub(crate) async fn case_parties(
    conn: &mut PgConnection,
    case_id: CaseId,
) -> sqlx::Result<Option<CaseRow>> {
    let row = sqlx::query!(
        r#"select serial, f.creditor_id, c.name as "creditor_name!",
                  company_number as "company_number!",
                  c.country as "creditor_country!", c.address as "creditor_address!",
                  c.email as creditor_email, c.telephone as creditor_telephone,
                  account, document, document_version, person_id, debtor_kind,
                  p.name as debtor_name, p.country, p.language, p.email, lines, postcode, city
           from case_file f
           join case_number using (case_id)
           join creditor c using (creditor_id)
           join agreement a on a.creditor_id = f.creditor_id and a.version = f.agreement_version
           join party using (case_id)
           join person p using (person_id)
           where case_id = $1"#,
        case_id.as_uuid(),
    )
    .fetch_optional(&mut *conn)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let claims = load_claims(conn, &[case_id.as_uuid()]).await?.remove(&case_id.as_uuid());
    let mut claims: Vec<ClaimParticulars> =
        claims.unwrap_or_default().into_iter().map(particulars).collect();
    claims.sort_by(|one, other| {
        (one.due_on, &one.invoice_number).cmp(&(other.due_on, &other.invoice_number))
    });
    Ok(Some(CaseRow {
        case_number: case_number(row.serial)?,
        creditor_id: CreditorId::from_uuid(row.creditor_id),
        creditor_name: row.creditor_name,
        company_number: row.company_number,
        creditor_country: Column("creditor", "country").word(row.creditor_country)?,
        creditor_address: row.creditor_address,
        creditor_email: row.creditor_email,
        creditor_telephone: row.creditor_telephone,
        agreement: agreement(row.document, row.document_version)?,
        creditor_account: row.account,
        person_id: PersonId::from_uuid(row.person_id),
        kind: Column("case_file", "debtor_kind").word(row.debtor_kind)?,
        debtor_name: row.debtor_name,
        country: Column("person", "country").word(row.country)?,
        language: Column("person", "language").word(row.language)?,
        email: row.email,
        address: postal(row.lines, row.postcode, row.city),
        claims,
    }))
}

fn particulars((claim_id, claim): (ClaimId, Claim)) -> ClaimParticulars {
    ClaimParticulars {
        claim_id,
        invoice_number: claim.number,
        description: claim.description,
        issued_on: claim.issued_on,
        due_on: claim.due_on,
        amount: claim.amount,
        reference: claim.reference,
    }
}

fn postal(mut lines: Vec<String>, postcode: Option<String>, city: Option<String>) -> Vec<String> {
    let last =
        [postcode, city].into_iter().flatten().reduce(|left, right| format!("{left} {right}"));
    lines.extend(last);
    lines
}

/// How to reach the debtor of a case by telephone.
pub(crate) async fn call_contact(
    conn: &mut PgConnection,
    case_id: CaseId,
) -> sqlx::Result<Option<CallContact>> {
    let row = sqlx::query!(
        "select serial, person_id, debtor_kind, name, country, language, telephone
         from case_file join case_number using (case_id) join party using (case_id)
              join person using (person_id)
         where case_id = $1",
        case_id.as_uuid(),
    )
    .fetch_optional(conn)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let country = Column("person", "country").word(row.country)?;
    let number = telephone(row.telephone.as_deref(), country);
    Ok(Some(CallContact {
        case_number: case_number(row.serial)?,
        person_id: PersonId::from_uuid(row.person_id),
        name: row.name,
        kind: Column("case_file", "debtor_kind").word(row.debtor_kind)?,
        country,
        language: Column("person", "language").word(row.language)?,
        telephones: number.iter().map(|number| number.as_str().to_owned()).collect(),
    }))
}

/// How to write to a creditor, with the account of the agreement that is in force.
pub(crate) async fn creditor_contact(
    conn: &mut PgConnection,
    creditor_id: CreditorId,
) -> sqlx::Result<Option<CreditorContact>> {
    let row = sqlx::query!(
        r#"select code as "code!", name as "name!", company_number as "company_number!", vat_id,
                  address as "address!", country as "country!", language as "language!", email,
                  account
           from creditor join agreement using (creditor_id)
           where creditor_id = $1 and document_hash is not null
           order by agreement.version desc limit 1"#,
        creditor_id.as_uuid(),
    )
    .fetch_optional(conn)
    .await?;
    let Some(row) = row else { return Ok(None) };
    Ok(Some(CreditorContact {
        creditor_id,
        code: row.code,
        name: row.name,
        company_number: row.company_number,
        vat_id: row.vat_id,
        address: row.address,
        country: Column("creditor", "country").word(row.country)?,
        language: Column("creditor", "language").word(row.language)?,
        email: row.email,
        account: row.account,
    }))
}

/// The own accounts of all creditors, former ones too: money still arrives there.
pub(crate) async fn creditor_accounts(
    conn: &mut PgConnection,
) -> sqlx::Result<Vec<CreditorAccount>> {
    let rows = sqlx::query!(
        r#"select creditor_id, account, min(version) as "account_since!" from agreement
           group by creditor_id, account order by creditor_id, "account_since!""#,
    )
    .fetch_all(conn)
    .await?;
    let accounts = rows.into_iter().map(|row| {
        Ok(CreditorAccount {
            creditor_id: CreditorId::from_uuid(row.creditor_id),
            account: row.account,
            account_since: Column("agreement", "version").count(row.account_since)?,
        })
    });
    accounts.collect()
}

/// The registered creditors, by name.
pub(crate) async fn list_creditors(conn: &mut PgConnection) -> sqlx::Result<Vec<CreditorSummary>> {
    let rows = sqlx::query!(
        r#"select creditor_id, code as "code!", name as "name!",
                  (select max(a.version) from agreement a
                   where a.creditor_id = c.creditor_id) as "agreement_version!",
                  (select count(*) from case_file f
                   where f.creditor_id = c.creditor_id) as "case_count!"
           from creditor c where document_hash is not null order by name, creditor_id"#,
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(CreditorSummary {
                creditor_id: CreditorId::from_uuid(row.creditor_id),
                code: row.code,
                name: row.name,
                agreement_version: Column("agreement", "version").count(row.agreement_version)?,
                case_count: number(row.case_count)?,
            })
        })
        .collect()
}

/// The newest cases, of one creditor or of all, and how many there are; or the one with a number.
pub(crate) async fn list_cases(
    conn: &mut PgConnection,
    asked: &ListCases,
    limit: u32,
) -> sqlx::Result<CaseList> {
    let of_creditor = asked.creditor_id.map(|id| id.as_uuid());
    let (ids, total) = match asked.case_number {
        Some(number) => numbered_case(conn, number, of_creditor).await?,
        None => newest_cases(conn, of_creditor, limit).await?,
    };
    let rows = sqlx::query!(
        r#"select case_id, serial, f.creditor_id, c.name as "creditor_name!", p.name as debtor_name,
                  debtor_kind, p.country,
                  (select count(*) from claim where claim.case_id = f.case_id) as "claim_count!"
           from case_file f
           join case_number using (case_id)
           join creditor c using (creditor_id)
           join party using (case_id)
           join person p using (person_id)
           where case_id = any($1)
           order by opened_at desc, case_id"#,
        &ids,
    )
    .fetch_all(conn)
    .await?;
    let cases = rows.into_iter().map(|row| {
        Ok(CaseSummary {
            case_id: CaseId::from_uuid(row.case_id),
            case_number: case_number(row.serial)?,
            creditor_id: CreditorId::from_uuid(row.creditor_id),
            creditor_name: row.creditor_name,
            debtor_name: row.debtor_name,
            debtor_kind: Column("case_file", "debtor_kind").word(row.debtor_kind)?,
            country: Column("person", "country").word(row.country)?,
            claim_count: number(row.claim_count)?,
        })
    });
    Ok(CaseList { cases: cases.collect::<sqlx::Result<_>>()?, total })
}

async fn newest_cases(
    conn: &mut PgConnection,
    of_creditor: Option<Uuid>,
    limit: u32,
) -> sqlx::Result<(Vec<Uuid>, u64)> {
    let ids = sqlx::query_scalar!(
        "select case_id from case_file where $1::uuid is null or creditor_id = $1
         order by opened_at desc, case_id limit $2",
        of_creditor,
        i64::from(limit),
    )
    .fetch_all(&mut *conn)
    .await?;
    let total = sqlx::query_scalar!(
        r#"select count(*) as "count!" from case_file where $1::uuid is null or creditor_id = $1"#,
        of_creditor,
    )
    .fetch_one(conn)
    .await?;
    Ok((ids, number(total)?))
}

async fn numbered_case(
    conn: &mut PgConnection,
    case_number: CaseNumber,
    of_creditor: Option<Uuid>,
) -> sqlx::Result<(Vec<Uuid>, u64)> {
    let ids = sqlx::query_scalar!(
        "select case_id from case_number join case_file using (case_id)
         where serial = $1 and ($2::uuid is null or creditor_id = $2)",
        number::<i64>(case_number.serial())?,
        of_creditor,
    )
    .fetch_all(conn)
    .await?;
    let total = number(ids.len())?;
    Ok((ids, total))
}

/// The newest reports of payments to creditors, of one claim or of all, and how many there are.
pub(crate) async fn direct_payments(
    conn: &mut PgConnection,
    claim_id: Option<ClaimId>,
    limit: u32,
) -> sqlx::Result<DirectPaymentList> {
    let rows = sqlx::query!(
        r#"select payment_id, claim_id, case_id, creditor_id, p.amount_minor, currency, paid_on,
                  reported_at, retracted_at, count(*) over () as "total!"
           from direct_payment p join claim using (claim_id) join case_file using (case_id)
           where $1::uuid is null or claim_id = $1
           order by reported_at desc, payment_id limit $2"#,
        claim_id.map(|id| id.as_uuid()),
        i64::from(limit),
    )
    .fetch_all(conn)
    .await?;
    let total = rows.first().map_or(Ok(0), |row| number(row.total))?;
    let payments = rows.into_iter().map(|row| {
        Ok(ReportedDirectPayment {
            payment_id: PaymentId::from_uuid(row.payment_id),
            claim_id: ClaimId::from_uuid(row.claim_id),
            case_id: CaseId::from_uuid(row.case_id),
            creditor_id: CreditorId::from_uuid(row.creditor_id),
            amount: Column("claim", "currency").money(row.amount_minor, &row.currency)?,
            paid_on: row.paid_on.to_jiff(),
            reported_at: row.reported_at.to_jiff(),
            retracted_at: row.retracted_at.map(jiff_sqlx::Timestamp::to_jiff),
        })
    });
    Ok(DirectPaymentList { payments: payments.collect::<sqlx::Result<_>>()?, total })
}

/// A creditor's numbers of claims; one of another creditor has none here.
pub(crate) async fn invoice_numbers(
    conn: &mut PgConnection,
    creditor_id: CreditorId,
    claim_ids: &[ClaimId],
) -> sqlx::Result<Vec<InvoiceNumber>> {
    let ids: Vec<Uuid> = claim_ids.iter().map(ClaimId::as_uuid).collect();
    let rows = sqlx::query!(
        "select claim_id, number, serial
         from claim join case_file using (case_id) join case_number using (case_id)
         where creditor_id = $1 and claim_id = any($2) order by claim_id limit 1000",
        creditor_id.as_uuid(),
        &ids,
    )
    .fetch_all(conn)
    .await?;
    let numbers = rows.into_iter().map(|row| {
        Ok(InvoiceNumber {
            claim_id: ClaimId::from_uuid(row.claim_id),
            invoice_number: row.number,
            case_number: case_number(row.serial)?,
        })
    });
    numbers.collect()
}
