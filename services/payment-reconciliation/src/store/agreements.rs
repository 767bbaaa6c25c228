//! What creditors' agreements say of money.

use contracts::agreement::{AgreedPayout, CommissionRules};
use law::{BusinessCosts, ChargeTerms, PenaltyClause};
use mailbox::Aggregate;
use primitives::{Currency, Money};
use serde::Deserialize;
use serde_json::Value;
use sqlx::PgConnection;
use uuid::Uuid;

use super::{Column, number};
use crate::domain::terms::{AgreedTerms, Agreements};

impl Aggregate for Agreements {
    const KIND: &'static str = "agreements";

    async fn lock(conn: &mut PgConnection, ids: &[Uuid]) -> sqlx::Result<Vec<(Uuid, Self)>> {
        sqlx::query!(
            "insert into agreements (creditor_id) select * from unnest($1::uuid[])
             on conflict do nothing",
            ids,
        )
        .execute(&mut *conn)
        .await?;
        let rows = sqlx::query!(
            "select creditor_id, version from agreements where creditor_id = any($1)
             order by creditor_id for update",
            ids,
        )
        .fetch_all(&mut *conn)
        .await?;
        let known = sqlx::query!(
            r#"select creditor_id as "creditor_id!", agreement_version as "agreement_version!",
                      creditor_deducts_vat as "creditor_deducts_vat!",
                      business_costs as "business_costs!", interest as "interest!",
                      clause_lump_sum, clause_basis_points,
                      commission_basis_points as "commission_basis_points!",
                      agency_keeps_costs as "agency_keeps_costs!",
                      commission_rules as "commission_rules?", payout as "payout?",
                      up_to_minor as "up_to_minor?"
               from agreed_terms left join agreed_remittance using (creditor_id, agreement_version)
                    left join agreed_small_difference using (creditor_id, agreement_version)
               where creditor_id = any($1)"#,
            ids,
        )
        .fetch_all(conn)
        .await?;
        let mut creditors = Vec::with_capacity(rows.len());
        for row in rows {
            let version = Column("agreements", "version").count(row.version)?;
            let mut agreements = Self { version, ..Self::default() };
            for one in known.iter().filter(|one| one.creditor_id == row.creditor_id) {
                let version = Column("agreed_terms", "agreement_version");
                let charges = ChargesRow {
                    creditor_deducts_vat: Some(one.creditor_deducts_vat),
                    business_costs: Some(one.business_costs.clone()),
                    interest: Some(one.interest),
                    clause_lump_sum: one.clause_lump_sum,
                    clause_basis_points: one.clause_basis_points,
                };
                let commission = Column("agreed_terms", "commission_basis_points");
                let terms = AgreedTerms {
                    charges: charges.terms()?,
                    commission_basis_points: commission.count(one.commission_basis_points)?,
                    commission_rules: rules(one.commission_rules.as_ref())?,
                    agency_keeps_costs: one.agency_keeps_costs,
                    payout: payout(one.payout.as_ref())?,
                    small_difference: one.up_to_minor.map(small_difference),
                };
                agreements.by_version.insert(version.count(one.agreement_version)?, terms);
            }
            creditors.push((row.creditor_id, agreements));
        }
        Ok(creditors)
    }

    async fn save(conn: &mut PgConnection, changed: &[(Uuid, Self)]) -> sqlx::Result<()> {
        let ids: Vec<Uuid> = changed.iter().map(|(id, _)| *id).collect();
        let versions = changed.iter().map(|(_, it)| number(it.version));
        sqlx::query!(
            "update agreements a set version = new.version
             from unnest($1::uuid[], $2::bigint[]) as new (creditor_id, version)
             where a.creditor_id = new.creditor_id",
            &ids,
            &versions.collect::<sqlx::Result<Vec<i64>>>()?,
        )
        .execute(&mut *conn)
        .await?;
        add_terms(conn, changed).await
    }

    fn version(&self) -> u64 {
        self.version
    }

    fn set_version(&mut self, version: u64) {
        self.version = version;
    }
}

/// The rules of commission, as they were written.
pub(super) fn rules(written: Option<&Value>) -> sqlx::Result<Option<CommissionRules>> {
    let read = |it: &Value| {
        let fault = |_| Column("agreed_remittance", "commission_rules").fault();
        CommissionRules::deserialize(it).map_err(fault)
    };
    written.map(read).transpose()
}

/// How the creditor is paid; as ever where the agreement does not say.
pub(super) fn payout(written: Option<&Value>) -> sqlx::Result<AgreedPayout> {
    let fault = |_| Column("agreed_remittance", "payout").fault();
    written.map_or_else(|| Ok(AgreedPayout::default()), AgreedPayout::deserialize).map_err(fault)
}

/// What is given up on each claim at most, which is agreed in euros.
pub(super) const fn small_difference(minor: i64) -> Money {
    Money::new(minor, Currency::EUR)
}

/// What a row says of an agreement's charges; nothing where there is no row.
#[derive(Clone, Debug)]
pub(super) struct ChargesRow {
    pub(super) creditor_deducts_vat: Option<bool>,
    pub(super) business_costs: Option<String>,
    pub(super) interest: Option<bool>,
    pub(super) clause_lump_sum: Option<bool>,
    pub(super) clause_basis_points: Option<i64>,
}

impl ChargesRow {
    pub(super) fn terms(&self) -> sqlx::Result<ChargeTerms> {
        let column = |name| Column("agreed_terms", name);
        let in_business = match self.business_costs.as_deref() {
            Some("none") => BusinessCosts::None,
            Some("fixed-forty") => BusinessCosts::FixedForty,
            Some("scale") => BusinessCosts::Scale,
            Some(_) | None => return Err(column("business_costs").fault()),
        };
        let points = self.clause_basis_points;
        let points =
            points.map(|points| column("clause_basis_points").count(points)).transpose()?;
        let penalty_clause = self
            .clause_lump_sum
            .map(|lump_sum| PenaltyClause { lump_sum, yearly_interest_bp: points });
        let deducts = column("creditor_deducts_vat").present(self.creditor_deducts_vat)?;
        Ok(ChargeTerms {
            creditor_deducts_vat: deducts,
            in_business,
            interest: column("interest").present(self.interest)?,
            penalty_clause,
        })
    }
}

/// Adds the versions that are new; one that is there never changes.
async fn add_terms(conn: &mut PgConnection, changed: &[(Uuid, Agreements)]) -> sqlx::Result<()> {
    let all: Vec<(Uuid, u32, &AgreedTerms)> = changed
        .iter()
        .flat_map(|(id, it)| it.by_version.iter().map(|(version, terms)| (*id, *version, terms)))
        .collect();
    let creditors: Vec<Uuid> = all.iter().map(|(id, _, _)| *id).collect();
    let versions = all.iter().map(|(_, version, _)| number(*version));
    let versions = versions.collect::<sqlx::Result<Vec<i32>>>()?;
    let terms: Vec<&AgreedTerms> = all.iter().map(|(_, _, terms)| *terms).collect();
    let clauses = || terms.iter().map(|it| it.charges.penalty_clause);
    let costs = terms.iter().map(|it| match it.charges.in_business {
        BusinessCosts::None => "none".to_owned(),
        BusinessCosts::FixedForty => "fixed-forty".to_owned(),
        BusinessCosts::Scale => "scale".to_owned(),
    });
    sqlx::query!(
        "insert into agreed_terms (creditor_id, agreement_version, creditor_deducts_vat,
                                   business_costs, interest, clause_lump_sum, clause_basis_points,
                                   commission_basis_points, agency_keeps_costs)
         select * from unnest($1::uuid[], $2::integer[], $3::boolean[], $4::text[], $5::boolean[],
                              $6::boolean[], $7::bigint[], $8::integer[], $9::boolean[])
         on conflict do nothing",
        &creditors,
        &versions,
        &terms.iter().map(|it| it.charges.creditor_deducts_vat).collect::<Vec<_>>(),
        &costs.collect::<Vec<_>>(),
        &terms.iter().map(|it| it.charges.interest).collect::<Vec<_>>(),
        &clauses().map(|it| it.map(|it| it.lump_sum)).collect::<Vec<_>>() as &[Option<bool>],
        &clauses().map(|it| it?.yearly_interest_bp.map(i64::from)).collect::<Vec<_>>()
            as &[Option<i64>],
        &terms.iter().map(|it| i32::from(it.commission_basis_points)).collect::<Vec<_>>(),
        &terms.iter().map(|it| it.agency_keeps_costs).collect::<Vec<_>>(),
    )
    .execute(&mut *conn)
    .await?;
    let rules = terms.iter().map(|it| {
        let written = it.commission_rules.as_ref().map(serde_json::to_value).transpose();
        written.map_err(|error| sqlx::Error::Encode(error.into()))
    });
    let payouts = terms.iter().map(|it| {
        serde_json::to_value(&it.payout).map_err(|error| sqlx::Error::Encode(error.into()))
    });
    sqlx::query!(
        "insert into agreed_remittance (creditor_id, agreement_version, commission_rules, payout)
         select * from unnest($1::uuid[], $2::integer[], $3::jsonb[], $4::jsonb[])
         on conflict do nothing",
        &creditors,
        &versions,
        &rules.collect::<sqlx::Result<Vec<_>>>()? as &[Option<Value>],
        &payouts.collect::<sqlx::Result<Vec<_>>>()?,
    )
    .execute(&mut *conn)
    .await?;
    let given_up = terms.iter().map(|it| it.small_difference.map(Money::amount_minor));
    sqlx::query!(
        "insert into agreed_small_difference (creditor_id, agreement_version, up_to_minor)
         select * from unnest($1::uuid[], $2::integer[], $3::bigint[])
                       as new (creditor_id, agreement_version, up_to_minor)
         where up_to_minor is not null
         on conflict do nothing",
        &creditors,
        &versions,
        &given_up.collect::<Vec<_>>() as &[Option<i64>],
    )
    .execute(conn)
    .await?;
    Ok(())
}
