//! Customers: their persons, cases, parties and claims.

use std::collections::{BTreeMap, HashMap};

use jiff_sqlx::ToSqlx;
use mailbox::Aggregate;
use matching::{digest, name_keys, name_tokens, number_keys};
use primitives::{
    CaseId, ClaimId, Country, CreditorId, PartyId, PaymentId, PersonId, SourceFileId,
};
use sqlx::PgConnection;
use uuid::Uuid;

use super::{Column, document, moment, number, word};
use crate::domain::{
    Claim, Credit, Customer, Debtor, DirectPayment, OpenCase, Telephone, document_of, document_word,
};

impl Aggregate for Customer {
    const KIND: &'static str = "customer";

    async fn lock(conn: &mut PgConnection, ids: &[Uuid]) -> sqlx::Result<Vec<(Uuid, Self)>> {
        sqlx::query!(
            "insert into customer (customer_id) select * from unnest($1::uuid[])
             on conflict do nothing",
            ids,
        )
        .execute(&mut *conn)
        .await?;
        let rows = sqlx::query!(
            "select customer_id, version from customer where customer_id = any($1)
             order by customer_id for update",
            ids,
        )
        .fetch_all(&mut *conn)
        .await?;
        let mut cases = load_cases(conn, ids).await?;
        rows.into_iter()
            .map(|row| {
                let version = Column("customer", "version").count(row.version)?;
                Ok((row.customer_id, Self { version, case: cases.remove(&row.customer_id) }))
            })
            .collect()
    }

    async fn save(conn: &mut PgConnection, changed: &[(Uuid, Self)]) -> sqlx::Result<()> {
        let mut ids = Vec::with_capacity(changed.len());
        let mut versions = Vec::with_capacity(changed.len());
        for (id, customer) in changed {
            ids.push(*id);
            versions.push(number::<i64>(customer.version)?);
        }
        sqlx::query!(
            "update customer c set version = new.version
             from unnest($1::uuid[], $2::bigint[]) as new (customer_id, version)
             where c.customer_id = new.customer_id",
            &ids,
            &versions,
        )
        .execute(&mut *conn)
        .await?;
        let cases: Vec<(Uuid, &OpenCase)> = changed
            .iter()
            .filter_map(|(id, customer)| Some((*id, customer.case.as_ref()?)))
            .collect();
        save_persons(conn, &cases).await?;
        save_cases(conn, &cases).await?;
        let cases: Vec<&OpenCase> = cases.into_iter().map(|(_, case)| case).collect();
        save_claims(conn, &cases).await?;
        save_credits(conn, &cases).await?;
        save_direct_payments(conn, &cases).await
    }

    fn version(&self) -> u64 {
        self.version
    }

    fn set_version(&mut self, version: u64) {
        self.version = version;
    }
}

struct CaseFileRow {
    customer_id: Uuid,
    case_id: Uuid,
    creditor_id: Uuid,
    agreement_version: i32,
    debtor_kind: String,
    opened_at: jiff_sqlx::Timestamp,
    party_id: Uuid,
    person_id: Uuid,
    name: String,
    country: String,
    language: String,
    email: Option<String>,
    telephone: Option<String>,
    lines: Vec<String>,
    postcode: Option<String>,
    city: Option<String>,
    told_on: jiff_sqlx::Date,
}

impl CaseFileRow {
    fn case(self, claims: BTreeMap<ClaimId, Claim>) -> sqlx::Result<OpenCase> {
        let country: Country = Column("person", "country").word(self.country)?;
        Ok(OpenCase {
            case_id: CaseId::from_uuid(self.case_id),
            creditor_id: CreditorId::from_uuid(self.creditor_id),
            person_id: PersonId::from_uuid(self.person_id),
            party_id: PartyId::from_uuid(self.party_id),
            kind: Column("case_file", "debtor_kind").word(self.debtor_kind)?,
            country,
            language: Column("person", "language").word(self.language)?,
            agreement_version: Column("case_file", "agreement_version")
                .count(self.agreement_version)?,
            opened_at: self.opened_at.to_jiff(),
            debtor: Debtor {
                name: self.name,
                email: self.email,
                telephone: telephone(self.telephone.as_deref(), country),
                lines: self.lines,
                postcode: self.postcode,
                city: self.city,
            },
            told_on: self.told_on.to_jiff(),
            claims,
        })
    }
}

/// A person's number. Rows of the first release hold what the invoice said.
pub(super) fn telephone(column: Option<&str>, country: Country) -> Option<Telephone> {
    column.and_then(|text| Telephone::parse(text, Some(country)))
}

async fn load_cases(
    conn: &mut PgConnection,
    customer_ids: &[Uuid],
) -> sqlx::Result<HashMap<Uuid, OpenCase>> {
    let rows = sqlx::query_as!(
        CaseFileRow,
        "select customer_id, case_id, creditor_id, agreement_version, debtor_kind, opened_at,
                party_id, person_id, name, country, language, email, telephone, lines, postcode,
                city, told_on
         from case_file join party using (case_id) join person using (person_id)
         where customer_id = any($1)",
        customer_ids,
    )
    .fetch_all(&mut *conn)
    .await?;
    let case_ids: Vec<Uuid> = rows.iter().map(|row| row.case_id).collect();
    let mut claims = load_claims(conn, &case_ids).await?;
    rows.into_iter()
        .map(|row| {
            let claims = claims.remove(&row.case_id).unwrap_or_default();
            Ok((row.customer_id, row.case(claims)?))
        })
        .collect()
}

/// The claims of cases, with what was credited and what was paid to the creditor.
pub(super) async fn load_claims(
    conn: &mut PgConnection,
    case_ids: &[Uuid],
) -> sqlx::Result<HashMap<Uuid, BTreeMap<ClaimId, Claim>>> {
    let rows = sqlx::query!(
        "select claim_id, case_id, source_file_id, document_type, number, description, currency,
                amount_minor, issued_on, due_on, reference, withdrawn
         from claim where case_id = any($1)",
        case_ids,
    )
    .fetch_all(&mut *conn)
    .await?;
    let mut credits = load_credits(conn, case_ids).await?;
    let mut direct_payments = load_direct_payments(conn, case_ids).await?;
    let mut claims: HashMap<Uuid, BTreeMap<ClaimId, Claim>> = HashMap::new();
    for row in rows {
        let column = |name| Column("claim", name);
        let document = document_of(&row.document_type);
        let claim = Claim {
            source_file_id: SourceFileId::from_uuid(row.source_file_id),
            document: column("document_type").present(document)?,
            number: row.number,
            description: row.description,
            amount: column("currency").money(row.amount_minor, &row.currency)?,
            issued_on: row.issued_on.to_jiff(),
            due_on: row.due_on.to_jiff(),
            reference: column("reference").word(row.reference)?,
            credits: credits.remove(&row.claim_id).unwrap_or_default(),
            direct_payments: direct_payments.remove(&row.claim_id).unwrap_or_default(),
            withdrawn: row.withdrawn.map(|why| column("withdrawn").word(why)).transpose()?,
        };
        let claim_id = ClaimId::from_uuid(row.claim_id);
        claims.entry(row.case_id).or_default().insert(claim_id, claim);
    }
    Ok(claims)
}

/// By claim.
async fn load_credits(
    conn: &mut PgConnection,
    case_ids: &[Uuid],
) -> sqlx::Result<HashMap<Uuid, BTreeMap<SourceFileId, Credit>>> {
    let rows = sqlx::query!(
        "select c.source_file_id, claim_id, c.amount_minor, credited_on, currency
         from claim_credit c join claim using (claim_id) where case_id = any($1)",
        case_ids,
    )
    .fetch_all(conn)
    .await?;
    let mut credits: HashMap<Uuid, BTreeMap<SourceFileId, Credit>> = HashMap::new();
    for row in rows {
        let amount = Column("claim", "currency").money(row.amount_minor, &row.currency)?;
        let credit = Credit { amount, credited_on: row.credited_on.to_jiff() };
        let file = SourceFileId::from_uuid(row.source_file_id);
        credits.entry(row.claim_id).or_default().insert(file, credit);
    }
    Ok(credits)
}

/// By claim.
async fn load_direct_payments(
    conn: &mut PgConnection,
    case_ids: &[Uuid],
) -> sqlx::Result<HashMap<Uuid, BTreeMap<PaymentId, DirectPayment>>> {
    let rows = sqlx::query!(
        "select payment_id, claim_id, p.amount_minor, paid_on, reported_at, retracted_at, currency
         from direct_payment p join claim using (claim_id) where case_id = any($1)",
        case_ids,
    )
    .fetch_all(conn)
    .await?;
    let mut payments: HashMap<Uuid, BTreeMap<PaymentId, DirectPayment>> = HashMap::new();
    for row in rows {
        let payment = DirectPayment {
            amount: Column("claim", "currency").money(row.amount_minor, &row.currency)?,
            paid_on: row.paid_on.to_jiff(),
            reported_at: row.reported_at.to_jiff(),
            retracted_at: row.retracted_at.map(jiff_sqlx::Timestamp::to_jiff),
        };
        let payment_id = PaymentId::from_uuid(row.payment_id);
        payments.entry(row.claim_id).or_default().insert(payment_id, payment);
    }
    Ok(payments)
}

async fn save_persons(conn: &mut PgConnection, cases: &[(Uuid, &OpenCase)]) -> sqlx::Result<()> {
    let debtors = || cases.iter().map(|(_, case)| &case.debtor);
    let ids: Vec<Uuid> = cases.iter().map(|(_, case)| case.person_id.as_uuid()).collect();
    let names: Vec<String> = debtors().map(|it| it.name.clone()).collect();
    let countries: Vec<String> =
        cases.iter().map(|(_, case)| case.country.code().to_owned()).collect();
    let languages = cases.iter().map(|(_, case)| word(&case.language));
    let emails: Vec<Option<String>> = debtors().map(|it| it.email.clone()).collect();
    let telephones: Vec<Option<String>> =
        debtors().map(|it| it.telephone.as_ref().map(|it| it.as_str().to_owned())).collect();
    // An array of arrays must be rectangular.
    let lines = debtors().map(|it| document(&it.lines));
    let postcodes: Vec<Option<String>> = debtors().map(|it| it.postcode.clone()).collect();
    let cities: Vec<Option<String>> = debtors().map(|it| it.city.clone()).collect();
    let days: Vec<jiff_sqlx::Date> = cases.iter().map(|(_, case)| case.told_on.to_sqlx()).collect();
    let keys: Vec<String> =
        debtors().map(|it| array_text(&digests(&name_keys(&name_tokens(&it.name))))).collect();
    sqlx::query!(
        "insert into person (person_id, name, country, language, email, telephone, lines, postcode,
                             city, told_on, debtor_keys)
         select person_id, name, country, language, email, telephone,
                array(select jsonb_array_elements_text(lines)), postcode, city, told_on,
                debtor_keys::bigint[]
         from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[],
                     $7::jsonb[], $8::text[], $9::text[], $10::date[], $11::text[])
              as new (person_id, name, country, language, email, telephone, lines, postcode, city,
                      told_on, debtor_keys)
         on conflict (person_id) do update
         set name = excluded.name, email = excluded.email, telephone = excluded.telephone,
             lines = excluded.lines, postcode = excluded.postcode, city = excluded.city,
             told_on = excluded.told_on, debtor_keys = excluded.debtor_keys",
        &ids,
        &names,
        &countries,
        &languages.collect::<sqlx::Result<Vec<String>>>()?,
        &emails as &[Option<String>],
        &telephones as &[Option<String>],
        &lines.collect::<sqlx::Result<Vec<serde_json::Value>>>()?,
        &postcodes as &[Option<String>],
        &cities as &[Option<String>],
        &days as &[jiff_sqlx::Date],
        &keys,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// A case never changes once it is opened.
async fn save_cases(conn: &mut PgConnection, cases: &[(Uuid, &OpenCase)]) -> sqlx::Result<()> {
    let ids = |of: fn(&OpenCase) -> Uuid| -> Vec<Uuid> {
        cases.iter().map(|(_, case)| of(case)).collect()
    };
    let customers: Vec<Uuid> = cases.iter().map(|(customer_id, _)| *customer_id).collect();
    let versions = cases.iter().map(|(_, case)| number(case.agreement_version));
    let kinds = cases.iter().map(|(_, case)| word(&case.kind));
    let opened: Vec<jiff_sqlx::Timestamp> =
        cases.iter().map(|(_, case)| moment(case.opened_at)).collect();
    sqlx::query!(
        "with new as (
             select * from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::integer[], $5::text[],
                                  $6::timestamptz[], $7::uuid[], $8::uuid[])
                  as new (case_id, customer_id, creditor_id, agreement_version, debtor_kind,
                          opened_at, party_id, person_id)),
         opened as (
             insert into case_file (case_id, customer_id, creditor_id, agreement_version,
                                    debtor_kind, opened_at)
             select case_id, customer_id, creditor_id, agreement_version, debtor_kind, opened_at
             from new on conflict (case_id) do nothing
             returning case_id)
         insert into party (party_id, case_id, person_id, role)
         select party_id, case_id, person_id, 'debtor' from new join opened using (case_id)",
        &ids(|case| case.case_id.as_uuid()),
        &customers,
        &ids(|case| case.creditor_id.as_uuid()),
        &versions.collect::<sqlx::Result<Vec<i32>>>()?,
        &kinds.collect::<sqlx::Result<Vec<String>>>()?,
        &opened as &[jiff_sqlx::Timestamp],
        &ids(|case| case.party_id.as_uuid()),
        &ids(|case| case.person_id.as_uuid()),
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// The keys by which a payer's words find a row, as the row has them.
fn digests(keys: &[String]) -> Vec<i64> {
    keys.iter().map(|key| digest(key)).collect()
}

/// An array as Postgres writes it: it takes no list of lists of unequal lengths.
fn array_text(keys: &[i64]) -> String {
    let keys: Vec<String> = keys.iter().map(i64::to_string).collect();
    format!("{{{}}}", keys.join(","))
}

/// A claim never changes but by being withdrawn; rows of earlier releases get their exact keys.
async fn save_claims(conn: &mut PgConnection, cases: &[&OpenCase]) -> sqlx::Result<()> {
    let (mut ids, mut owners, mut files) = (Vec::new(), Vec::new(), Vec::new());
    let (mut types, mut numbers, mut descriptions) = (Vec::new(), Vec::new(), Vec::new());
    let (mut currencies, mut amounts) = (Vec::new(), Vec::new());
    let (mut issued, mut due) = (Vec::new(), Vec::new());
    let (mut references, mut keys, mut withdrawn) = (Vec::new(), Vec::new(), Vec::new());
    let mut number_digests = Vec::new();
    let claims = cases.iter().flat_map(|case| case.claims.iter().map(move |it| (case, it)));
    for (case, (claim_id, claim)) in claims {
        ids.push(claim_id.as_uuid());
        owners.push(case.case_id.as_uuid());
        files.push(claim.source_file_id.as_uuid());
        types.push(document_word(claim.document).to_owned());
        numbers.push(claim.number.clone());
        descriptions.push(claim.description.clone());
        currencies.push(claim.amount.currency().code().to_owned());
        amounts.push(claim.amount.amount_minor());
        issued.push(claim.issued_on.to_sqlx());
        due.push(claim.due_on.to_sqlx());
        references.push(word(&claim.reference)?);
        keys.push(claim.reference.canonical().to_owned());
        withdrawn.push(claim.withdrawn.as_ref().map(word).transpose()?);
        number_digests.push(array_text(&digests(&number_keys(&claim.number))));
    }
    sqlx::query!(
        "insert into claim (claim_id, case_id, source_file_id, document_type, number, description,
                            currency, amount_minor, issued_on, due_on, reference, reference_key,
                            withdrawn, number_keys)
         select claim_id, case_id, source_file_id, document_type, number, description, currency,
                amount_minor, issued_on, due_on, reference, reference_key, withdrawn,
                number_keys::bigint[]
         from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::text[],
                     $7::text[], $8::bigint[], $9::date[], $10::date[], $11::text[], $12::text[],
                     $13::text[], $14::text[])
              as new (claim_id, case_id, source_file_id, document_type, number, description,
                      currency, amount_minor, issued_on, due_on, reference, reference_key,
                      withdrawn, number_keys)
         on conflict (claim_id) do update
         set withdrawn = excluded.withdrawn, number_keys = excluded.number_keys
         where (claim.withdrawn, claim.number_keys)
               is distinct from (excluded.withdrawn, excluded.number_keys)",
        &ids,
        &owners,
        &files,
        &types,
        &numbers,
        &descriptions as &[Option<String>],
        &currencies,
        &amounts,
        &issued as &[jiff_sqlx::Date],
        &due as &[jiff_sqlx::Date],
        &references,
        &keys,
        &withdrawn as &[Option<String>],
        &number_digests,
    )
    .execute(conn)
    .await?;
    Ok(())
}

async fn save_credits(conn: &mut PgConnection, cases: &[&OpenCase]) -> sqlx::Result<()> {
    let (mut files, mut claims) = (Vec::new(), Vec::new());
    let (mut amounts, mut days) = (Vec::new(), Vec::new());
    let all = cases.iter().flat_map(|case| &case.claims);
    for (claim_id, (file, credit)) in
        all.flat_map(|(id, claim)| claim.credits.iter().map(move |it| (id, it)))
    {
        files.push(file.as_uuid());
        claims.push(claim_id.as_uuid());
        amounts.push(credit.amount.amount_minor());
        days.push(credit.credited_on.to_sqlx());
    }
    sqlx::query!(
        "insert into claim_credit (source_file_id, claim_id, amount_minor, credited_on)
         select * from unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::date[])
         on conflict do nothing",
        &files,
        &claims,
        &amounts,
        &days as &[jiff_sqlx::Date],
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// A report never changes but by being taken back.
async fn save_direct_payments(conn: &mut PgConnection, cases: &[&OpenCase]) -> sqlx::Result<()> {
    let (mut ids, mut claims, mut amounts) = (Vec::new(), Vec::new(), Vec::new());
    let (mut days, mut reported, mut retracted) = (Vec::new(), Vec::new(), Vec::new());
    let all = cases.iter().flat_map(|case| &case.claims);
    for (claim_id, (payment_id, payment)) in
        all.flat_map(|(id, claim)| claim.direct_payments.iter().map(move |it| (id, it)))
    {
        ids.push(payment_id.as_uuid());
        claims.push(claim_id.as_uuid());
        amounts.push(payment.amount.amount_minor());
        days.push(payment.paid_on.to_sqlx());
        reported.push(moment(payment.reported_at));
        retracted.push(payment.retracted_at.map(moment));
    }
    sqlx::query!(
        "insert into direct_payment as known (payment_id, claim_id, amount_minor, paid_on,
                                              reported_at, retracted_at)
         select * from unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::date[], $5::timestamptz[],
                              $6::timestamptz[])
         on conflict (payment_id) do update set retracted_at = excluded.retracted_at
         where known.retracted_at is distinct from excluded.retracted_at",
        &ids,
        &claims,
        &amounts,
        &days as &[jiff_sqlx::Date],
        &reported as &[jiff_sqlx::Timestamp],
        &retracted as &[Option<jiff_sqlx::Timestamp>],
    )
    .execute(conn)
    .await?;
    Ok(())
}
