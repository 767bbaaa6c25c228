//! `intake.api.find-claims`: the claims that payments may pay, by what their payers wrote.

use std::collections::HashSet;
use std::hash::Hash;

use contracts::intake::{FindClaims, FindClaimsAnswer, PaymentFinds, PaymentKeys};
use mailbox::Query;
use primitives::{ClaimId, Money, Timestamp};
use sqlx::PgConnection;

use crate::domain::{Finds, bounds, told};
use crate::store;

pub(crate) struct AnswerFindClaims;

impl Query for AnswerFindClaims {
    type Request = FindClaims;

    async fn answer(
        &self,
        conn: &mut PgConnection,
        mut request: FindClaims,
        _: Timestamp,
    ) -> sqlx::Result<FindClaimsAnswer> {
        request.payments.truncate(bounds::PAYMENTS_MAX);
        let payments = &request.payments;
        let finds = find(conn, payments).await?;
        let found: Vec<PaymentFinds> = payments.iter().map(|it| finds.of_payment(it)).collect();
        let claims: Vec<ClaimId> = each_once(found.iter().flat_map(|it| it.claim_ids.clone()));
        let clues = store::claim_clues(conn, &claims).await?;
        Ok(told(found, clues))
    }
}

/// What the keys of all payments lead to, one more than each bound.
async fn find(conn: &mut PgConnection, payments: &[PaymentKeys]) -> sqlx::Result<Finds> {
    let references: Vec<String> = each_once(payments.iter().flat_map(|it| it.references.clone()));
    let numbers: Vec<i64> = each_once(payments.iter().flat_map(|it| it.number_keys.clone()));
    let debtors: Vec<i64> = each_once(payments.iter().flat_map(|it| it.debtor_keys.clone()));
    let mut finds = Finds {
        by_reference: store::claims_by_reference(conn, &references).await?,
        by_case: store::claims_by_case_number(conn, &numbers, one_more(bounds::CLAIMS_MAX)).await?,
        by_number: store::claims_by_number(conn, &numbers, one_more(bounds::BY_NUMBER_MAX)).await?,
        persons: store::persons_by_name(conn, &debtors, one_more(bounds::PERSONS_MAX)).await?,
        ..Finds::default()
    };
    let few = finds.few_persons();
    finds.of_person = store::claims_of_persons(conn, &few, one_more(bounds::CLAIMS_MAX)).await?;
    let named = payments.iter().flat_map(|it| it.debtor_keys.iter().map(|key| (*key, it.amount)));
    let common: Vec<(i64, Money)> = each_once(named.filter(|(key, _)| finds.is_common(*key)));
    let limit = one_more(bounds::BY_AMOUNT_MAX);
    finds.by_amount = store::claims_by_name_and_amount(conn, &common, limit).await?;
    Ok(finds)
}

fn each_once<T: Eq + Hash>(values: impl IntoIterator<Item = T>) -> Vec<T> {
    values.into_iter().collect::<HashSet<T>>().into_iter().collect()
}

/// Tells that there are more.
fn one_more(bound: usize) -> usize {
    bound.saturating_add(1)
}
