//! Claims by the million, laid into the tables of intake and payment-reconciliation as their own
//! messages would have left them.

use std::collections::BTreeSet;

use intake::Intake;
use matching::{digest, name_keys, name_tokens, number_keys};
use payment_reconciliation::PaymentReconciliation;
use payment_reconciliation::domain::ledger::{
    LedgerAccount, LedgerTransaction, Occasion, Pair, TransactionKind,
};
use payment_reconciliation::domain::reference::Reference;
use primitives::{Currency, MessageId, Money, PersonId};
use runtime::Service;
use sqlx::{AssertSqlSafe, PgConnection, raw_sql};
use testkit::{Database, connect_to};
use uuid::Uuid;

use crate::matching::world::claims::{Books, Claim, Creditor};
use crate::matching::world::people::Person;

/// Rows that are laid at once.
const PAGE: usize = 10_000;

/// The day on which all of them were registered.
const DAY: &str = "2026-01-05";

/// Fills the tables of both. Triggers and foreign keys sleep meanwhile.
pub(crate) async fn fill(database: &Database, books: &Books) {
    let mut intake = connect_to(database, Intake::NAME).await;
    let mut desk = connect_to(database, PaymentReconciliation::NAME).await;
    for conn in [&mut intake, &mut desk] {
        run(conn, "set session_replication_role = replica").await;
    }
    fill_intake(&mut intake, books).await;
    fill_desk(&mut desk, books).await;
    for conn in [&mut intake, &mut desk] {
        run(conn, "analyze").await;
        run(conn, "checkpoint").await;
    }
}

async fn run(conn: &mut PgConnection, statement: &str) {
    let done = raw_sql(AssertSqlSafe(statement.to_owned())).execute(conn).await;
    done.unwrap_or_else(|error| panic!("{statement}: {error}"));
}

/// An array of arrays must be rectangular: as the text of one.
fn array(keys: impl IntoIterator<Item = String>) -> String {
    let digests: BTreeSet<String> = keys.into_iter().map(|it| digest(&it).to_string()).collect();
    format!("{{{}}}", digests.into_iter().collect::<Vec<_>>().join(","))
}

async fn fill_intake(conn: &mut PgConnection, books: &Books) {
    for debtors in books.debtors.chunks(PAGE) {
        let ids: Vec<Uuid> = debtors.iter().map(|it| it.id.as_uuid()).collect();
        let names: Vec<String> = debtors.iter().map(Person::registered).collect();
        let keys: Vec<String> = names.iter().map(|it| array(name_keys(&name_tokens(it)))).collect();
        sqlx::query(
            "insert into person (person_id, name, country, language, lines, told_on, debtor_keys)
             select id, name, 'NL', 'nl', '{}', $4::date, keys::bigint[]
             from unnest($1::uuid[], $2::text[], $3::text[]) as new (id, name, keys)",
        )
        .bind(ids)
        .bind(names)
        .bind(keys)
        .bind(DAY)
        .execute(&mut *conn)
        .await
        .expect("persons are laid");
    }
    run(
        conn,
        "insert into debtor_key (key, person_id)
         select distinct key, person_id from person, unnest(debtor_keys) as of_name (key)",
    )
    .await;
    for claims in books.claims.chunks(PAGE) {
        let columns = Columns::of(books, claims);
        sqlx::query(
            "insert into party (party_id, case_id, person_id, role)
             select case_id, case_id, person_id, 'debtor'
             from unnest($1::uuid[], $2::uuid[]) as new (case_id, person_id)
             on conflict do nothing",
        )
        .bind(&columns.cases)
        .bind(&columns.persons)
        .execute(&mut *conn)
        .await
        .expect("parties are laid");
        sqlx::query(
            "insert into claim (claim_id, case_id, source_file_id, document_type, number, currency,
                                amount_minor, issued_on, due_on, reference, reference_key,
                                number_keys, debtor_amount_keys)
             select id, case_id, id, 'invoice', number, 'EUR', amount, $8::date, due, reference,
                    reference, keys::bigint[], debtor_amount_keys(debtor_keys, amount, 'EUR')
             from unnest($1::uuid[], $2::uuid[], $3::text[], $4::bigint[], $5::date[], $6::text[],
                         $7::text[], $9::uuid[])
                      as new (id, case_id, number, amount, due, reference, keys, person_id)
                  join person using (person_id)",
        )
        .bind(&columns.ids)
        .bind(&columns.cases)
        .bind(&columns.numbers)
        .bind(&columns.amounts)
        .bind(&columns.due)
        .bind(&columns.references)
        .bind(&columns.keys)
        .bind(DAY)
        .bind(&columns.persons)
        .execute(&mut *conn)
        .await
        .expect("claims are laid");
    }
}

async fn fill_desk(conn: &mut PgConnection, books: &Books) {
    let creditors: Vec<Uuid> = books.creditors.iter().map(|it| it.id.as_uuid()).collect();
    for statement in [
        "insert into agreements (creditor_id, version) select unnest($1::uuid[]), 1",
        "insert into agreed_terms (creditor_id, agreement_version, creditor_deducts_vat,
                                   business_costs, interest, commission_basis_points,
                                   agency_keeps_costs)
         select unnest($1::uuid[]), 1, true, 'none', false, 1000, true",
    ] {
        let done = sqlx::query(statement).bind(&creditors).execute(&mut *conn).await;
        done.expect("agreements are laid");
    }
    for claims in books.claims.chunks(PAGE) {
        let columns = Columns::of(books, claims);
        sqlx::query(
            "insert into case_account (case_id, version, creditor_id, person_id, currency,
                                       debtor_kind, country, agreement_version)
             select case_id, 1, creditor_id, person_id, 'EUR', 'consumer', 'NL', 1
             from unnest($1::uuid[], $2::uuid[], $3::uuid[])
                  as new (case_id, creditor_id, person_id)
             on conflict do nothing",
        )
        .bind(&columns.cases)
        .bind(&columns.creditors)
        .bind(&columns.persons)
        .execute(&mut *conn)
        .await
        .expect("cases are laid");
        sqlx::query(
            "with new as materialized (
                 select * from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::bigint[], $5::date[],
                                      $6::text[], $7::uuid[])
                      as new (id, case_id, creditor_id, amount, due, reference, reference_id)),
             claims as (
                 insert into claim_account (claim_id, case_id, due_on, open_minor)
                 select id, case_id, due, amount from new),
             lines as (
                 insert into account_line (case_id, claim_id, place, counts_on, kind, amount_minor,
                                           cause, booked_at)
                 select case_id, id, 0, $8::date, 'principal', amount, id, $8::timestamptz
                 from new)
             insert into payment_reference (reference_id, version, claim_id, case_id, creditor_id,
                                            canonical)
             select reference_id, 1, id, case_id, creditor_id, reference from new",
        )
        .bind(&columns.ids)
        .bind(&columns.cases)
        .bind(&columns.creditors)
        .bind(&columns.amounts)
        .bind(&columns.due)
        .bind(&columns.references)
        .bind(&columns.reference_ids)
        .bind(DAY)
        .execute(&mut *conn)
        .await
        .expect("claims are laid");
        fill_ledger(conn, books, claims).await;
    }
}

async fn fill_ledger(conn: &mut PgConnection, books: &Books, claims: &[Claim]) {
    let booked_on = DAY.parse().expect("a day");
    let transactions: Vec<(Uuid, LedgerTransaction)> = claims
        .iter()
        .map(|claim| {
            let cause = MessageId::from_uuid(claim.id.as_uuid());
            let pair = Pair {
                debit: LedgerAccount::Receivable(claim.id),
                credit: LedgerAccount::CreditorClaims(creditor(books, claim).id),
                amount: Money::new(claim.open, Currency::EUR),
            };
            let kind = TransactionKind::ClaimRegistered(claim.id);
            let transaction = LedgerTransaction::of(kind, Occasion { booked_on, cause }, [pair]);
            (claim.id.as_uuid(), transaction.expect("it balances"))
        })
        .collect();
    let claims: Vec<Uuid> = transactions.iter().map(|(claim, _)| *claim).collect();
    let ids: Vec<Uuid> = transactions.iter().map(|(_, it)| it.id()).collect();
    sqlx::query(
        "insert into ledger_transaction (transaction_id, kind, subject, booked_on, cause)
         select id, 'claim-registered', claim_id, $3::date, claim_id
         from unnest($1::uuid[], $2::uuid[]) as new (id, claim_id)",
    )
    .bind(&ids)
    .bind(&claims)
    .bind(DAY)
    .execute(&mut *conn)
    .await
    .expect("transactions are laid");
    let postings = || {
        transactions
            .iter()
            .flat_map(|(_, it)| (0_i32..).zip(it.postings()).map(|all| (it.id(), all)))
    };
    sqlx::query(
        "insert into posting (transaction_id, place, account, currency, amount_minor)
         select id, place, account, 'EUR', amount
         from unnest($1::uuid[], $2::integer[], $3::text[], $4::bigint[])
              as new (id, place, account, amount)",
    )
    .bind(postings().map(|(id, _)| id).collect::<Vec<_>>())
    .bind(postings().map(|(_, (place, _))| place).collect::<Vec<_>>())
    .bind(postings().map(|(_, (_, it))| it.account.to_string()).collect::<Vec<_>>())
    .bind(postings().map(|(_, (_, it))| it.amount.amount_minor()).collect::<Vec<_>>())
    .execute(&mut *conn)
    .await
    .expect("postings are laid");
}

fn creditor<'b>(books: &'b Books, claim: &Claim) -> &'b Creditor {
    books.creditors.get(claim.creditor).expect("a creditor of these books")
}

fn debtor(books: &Books, claim: &Claim) -> PersonId {
    books.debtors.get(claim.debtor).expect("a debtor of these books").id
}

/// What is known of some claims, column by column.
struct Columns {
    ids: Vec<Uuid>,
    cases: Vec<Uuid>,
    persons: Vec<Uuid>,
    creditors: Vec<Uuid>,
    numbers: Vec<String>,
    amounts: Vec<i64>,
    due: Vec<String>,
    references: Vec<String>,
    reference_ids: Vec<Uuid>,
    keys: Vec<String>,
}

impl Columns {
    fn of(books: &Books, claims: &[Claim]) -> Self {
        let reference = |it: &Claim| it.reference.canonical().to_owned();
        Self {
            ids: claims.iter().map(|it| it.id.as_uuid()).collect(),
            cases: claims.iter().map(|it| it.case_id.as_uuid()).collect(),
            persons: claims.iter().map(|it| debtor(books, it).as_uuid()).collect(),
            creditors: claims.iter().map(|it| creditor(books, it).id.as_uuid()).collect(),
            numbers: claims.iter().map(|it| it.invoice.clone()).collect(),
            amounts: claims.iter().map(|it| it.open).collect(),
            due: claims.iter().map(|it| it.due_on.to_string()).collect(),
            references: claims.iter().map(reference).collect(),
            reference_ids: claims
                .iter()
                .map(|it| Reference::id_of(it.reference.canonical()))
                .collect(),
            keys: claims.iter().map(|it| array(number_keys(&it.invoice))).collect(),
        }
    }
}
