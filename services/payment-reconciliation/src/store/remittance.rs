//! Remittances: what was collected and not remitted yet, and what was proposed, approved and paid.

use std::collections::BTreeMap;

use contracts::agreement::{AgreedPayout, Settlement};
use contracts::payment_reconciliation::{Remittance as ToldRemittance, RemittanceLine};
use jiff_sqlx::ToSqlx;
use mailbox::Aggregate;
use primitives::{
    CaseId, ClaimId, ContentHash, CreditorId, Currency, Money, PaymentId, RemittanceId, StaffId,
};
use serde_json::Value;
use sqlx::PgConnection;
use uuid::Uuid;

use super::staff::finance_desk;
use super::{Column, agreements, given_up, invoice, ledger, number, returned_remittance};
use crate::domain::commission::{Brought, ClaimBasis, RuledClaim};
use crate::domain::desk::{InTransit, Sent};
use crate::domain::ledger::LedgerTransaction;
use crate::domain::parts::Parts;
use crate::domain::remittance::{
    Bill, BilledLine, CURRENCY, Collected, Files, Paper, PaperState, Remittance, Till,
};

impl Aggregate for Till {
    const KIND: &'static str = "till";

    async fn lock(conn: &mut PgConnection, ids: &[Uuid]) -> sqlx::Result<Vec<(Uuid, Self)>> {
        sqlx::query!(
            "insert into till (creditor_id) select * from unnest($1::uuid[])
             on conflict do nothing",
            ids,
        )
        .execute(&mut *conn)
        .await?;
        let rows = sqlx::query!(
            "select creditor_id, version from till where creditor_id = any($1)
             order by creditor_id for update",
            ids,
        )
        .fetch_all(&mut *conn)
        .await?;
        // Whoever approves one locks its row: what waits here keeps waiting.
        let waiting = sqlx::query!(
            "select creditor_id, remittance_id from creditor_remittance
             where creditor_id = any($1) and not voided and approved_by is null
             order by remittance_id for update",
            ids,
        )
        .fetch_all(&mut *conn)
        .await?;
        let proposed: Vec<Uuid> = waiting.iter().map(|row| row.remittance_id).collect();
        let mut papers = papers(conn, &proposed).await?;
        let mut collected = collected(conn, ids, None).await?;
        let mut ruled = ruled(conn, &collected).await?;
        let mut payouts = payouts(conn, ids).await?;
        let mut returned = returned_remittance::unpaid(conn, ids).await?;
        let finance_desk = finance_desk(conn).await?;
        let mut tills = Vec::with_capacity(rows.len());
        for row in rows {
            let proposed = waiting.iter().find(|it| it.creditor_id == row.creditor_id);
            let till = Self {
                version: Column("till", "version").count(row.version)?,
                creditor_id: CreditorId::from_uuid(row.creditor_id),
                finance_desk: finance_desk.clone(),
                collected: collected.remove(&row.creditor_id).unwrap_or_default(),
                ruled: ruled.remove(&row.creditor_id).unwrap_or_default(),
                payout: payouts.remove(&row.creditor_id).unwrap_or_default(),
                returned: returned.remove(&row.creditor_id).unwrap_or_default(),
                proposed: proposed.and_then(|it| papers.remove(&it.remittance_id)),
                voided: None,
            };
            tills.push((row.creditor_id, till));
        }
        Ok(tills)
    }

    async fn save(conn: &mut PgConnection, changed: &[(Uuid, Self)]) -> sqlx::Result<()> {
        let ids: Vec<Uuid> = changed.iter().map(|(id, _)| *id).collect();
        let versions = changed.iter().map(|(_, it)| number(it.version));
        sqlx::query!(
            "update till t set version = new.version
             from unnest($1::uuid[], $2::bigint[]) as new (creditor_id, version)
             where t.creditor_id = new.creditor_id",
            &ids,
            &versions.collect::<sqlx::Result<Vec<i64>>>()?,
        )
        .execute(&mut *conn)
        .await?;
        let voided: Vec<Uuid> =
            changed.iter().filter_map(|(_, it)| Some(it.voided?.as_uuid())).collect();
        sqlx::query!(
            "update creditor_remittance set voided = true, version = version + 1
             where remittance_id = any($1)",
            &voided,
        )
        .execute(&mut *conn)
        .await?;
        for paper in changed.iter().filter_map(|(_, it)| it.proposed.as_ref()) {
            add_paper(conn, paper).await?;
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

impl Aggregate for Remittance {
    const KIND: &'static str = "remittance";

    /// No row is made here: only a till proposes a remittance. While one waits for its approval its
    /// cases are locked too, so that nothing of it is released meanwhile.
    async fn lock(conn: &mut PgConnection, ids: &[Uuid]) -> sqlx::Result<Vec<(Uuid, Self)>> {
        let rows = sqlx::query!(
            "select remittance_id, version from creditor_remittance where remittance_id = any($1)
             order by remittance_id for update",
            ids,
        )
        .fetch_all(&mut *conn)
        .await?;
        sqlx::query!(
            "select case_id from case_account where case_id in (
                 select case_id from creditor_remittance_line
                      join creditor_remittance using (remittance_id)
                 where remittance_id = any($1) and not voided and approved_by is null)
             order by case_id for update",
            ids,
        )
        .fetch_all(&mut *conn)
        .await?;
        let mut papers = papers(conn, ids).await?;
        let creditors: Vec<Uuid> = papers.values().map(|it| it.creditor_id.as_uuid()).collect();
        let newest = invoice::newest(conn, &creditors).await?;
        let mut returned = returned_remittance::unpaid(conn, &creditors).await?;
        let finance_desk = finance_desk(conn).await?;
        let mut found: BTreeMap<Uuid, Self> = ids.iter().map(|id| (*id, Self::default())).collect();
        for row in rows {
            let paper = papers.remove(&row.remittance_id);
            let waits = paper.as_ref().filter(|it| it.state == PaperState::Proposed);
            let creditor = paper.as_ref().map(|it| it.creditor_id.as_uuid());
            let (collected, given_up) = match waits.map(|it| it.creditor_id.as_uuid()) {
                None => (Vec::new(), Vec::new()),
                Some(creditor_id) => {
                    let of = Some(row.remittance_id);
                    let mut collected = collected(conn, &[creditor_id], of).await?;
                    let collected = collected.remove(&creditor_id).unwrap_or_default();
                    (collected, given_up::untold(conn, creditor_id).await?)
                }
            };
            let remittance = Self {
                version: Column("creditor_remittance", "version").count(row.version)?,
                paper,
                finance_desk: finance_desk.clone(),
                collected,
                given_up,
                returned: creditor.and_then(|it| returned.remove(&it)).unwrap_or_default(),
                preceding: creditor.and_then(|it| newest.get(&it).copied()),
                news: Vec::new(),
            };
            found.insert(row.remittance_id, remittance);
        }
        Ok(found.into_iter().collect())
    }

    async fn save(conn: &mut PgConnection, changed: &[(Uuid, Self)]) -> sqlx::Result<()> {
        for (id, remittance) in changed {
            let Some(paper) = &remittance.paper else { continue };
            let (by, at, files) = match paper.state {
                PaperState::Proposed | PaperState::Void => (None, None, None),
                PaperState::Approved { by, at, files, .. } => (Some(by), Some(at), files),
            };
            sqlx::query!(
                "update creditor_remittance
                 set version = $2, voided = $3, approved_by = $4, approved_at = $5,
                     payment_order = $6, specification = $7
                 where remittance_id = $1",
                id,
                number::<i64>(remittance.version)?,
                paper.state == PaperState::Void,
                by.map(|it| it.as_uuid()),
                at.map(ToSqlx::to_sqlx) as Option<jiff_sqlx::Timestamp>,
                files.map(|it| it.payment_order.as_bytes().to_vec()),
                files.map(|it| it.specification.as_bytes().to_vec()),
            )
            .execute(&mut *conn)
            .await?;
            for (kind, content) in files.into_iter().flat_map(further) {
                let Some(content) = content else { continue };
                invoice::keep_file(conn, *id, kind, content).await?;
            }
            // It is read while the remittance waits for its approval, and only then.
            if paper.state.is_approved() {
                given_up::keep(conn, *id, &remittance.given_up).await?;
            }
        }
        let is_back = |it: &Remittance| {
            let returned = it.paper.as_ref().and_then(|paper| paper.returned.as_ref());
            returned.is_some_and(|returned| returned.is_booked)
        };
        let back = changed.iter().filter(|(_, it)| is_back(it)).map(|(id, _)| *id);
        returned_remittance::book(conn, &back.collect::<Vec<_>>()).await?;
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

/// The files beside the payment order and the specification, by kind.
const fn further(files: Files) -> [(&'static str, Option<ContentHash>); 3] {
    [
        ("fee-invoice", files.invoice),
        (invoice::STATEMENT, files.statement),
        (invoice::SPECIFICATION_PDF, files.specification_pdf),
    ]
}

/// What payments brought for the claims of creditors and was not remitted yet, oldest first; of one
/// remittance only what it holds, where one is given.
async fn collected(
    conn: &mut PgConnection,
    creditors: &[Uuid],
    of_remittance: Option<Uuid>,
) -> sqlx::Result<BTreeMap<Uuid, Vec<Collected>>> {
    let rows = sqlx::query!(
        r#"with paid as (
               select c.creditor_id, l.case_id, l.claim_id, l.payment_id, l.holder,
                      c.agreement_version, -sum(l.costs_minor)::bigint as costs,
                      -sum(l.interest_minor)::bigint as interest,
                      -sum(l.amount_minor - l.costs_minor - l.interest_minor)::bigint as principal
               from account_line l join case_account c using (case_id)
               where c.creditor_id = any($1) and c.currency = $2 and l.kind = 'payment'
                 and l.claim_id is not null
                 -- What a provider has not paid out, or only a report told of, is not there yet.
                 and not exists (
                     select from payment part
                          join payment w on w.payment_id = coalesce(part.part_of, part.payment_id)
                          left join provider_payment o on o.payment_id = w.payment_id
                          left join early_payment e on e.payment_id = w.payment_id
                     where part.payment_id = l.payment_id
                       and (o.payment_id is not null and o.paid_out_by is null
                            or not e.is_told))
                 and ($3::uuid is null or exists (
                     select 1 from creditor_remittance_line r
                     where r.remittance_id = $3 and r.claim_id = l.claim_id
                       and r.payment_id = l.payment_id))
               group by c.creditor_id, l.case_id, l.claim_id, l.payment_id, l.holder,
                        c.agreement_version),
           remitted as (
               select r.claim_id, r.payment_id, sum(r.costs_minor)::bigint as costs,
                      sum(r.interest_minor)::bigint as interest,
                      sum(r.principal_minor)::bigint as principal
               from creditor_remittance_line r join creditor_remittance using (remittance_id)
               where creditor_id = any($1) and approved_by is not null
               group by r.claim_id, r.payment_id)
           select creditor_id as "creditor_id!", case_id as "case_id!", claim_id as "claim_id!",
                  payment_id as "payment_id!", paid.holder as "holder!", p.received_on,
                  paid.costs - coalesce(remitted.costs, 0) as "costs!",
                  paid.interest - coalesce(remitted.interest, 0) as "interest!",
                  paid.principal - coalesce(remitted.principal, 0) as "principal!",
                  coalesce(t.commission_basis_points, 0) as "commission!",
                  coalesce(t.agency_keeps_costs, false) as "keeps!"
           from paid left join remitted using (claim_id, payment_id)
                join payment p using (payment_id)
                left join agreed_terms t using (creditor_id, agreement_version)
           where (paid.costs, paid.interest, paid.principal) is distinct from
                 (coalesce(remitted.costs, 0), coalesce(remitted.interest, 0),
                  coalesce(remitted.principal, 0))
           order by p.received_on, payment_id, claim_id"#,
        creditors,
        CURRENCY.code(),
        of_remittance,
    )
    .fetch_all(conn)
    .await?;
    let mut collected: BTreeMap<Uuid, Vec<Collected>> = BTreeMap::new();
    for row in rows {
        let one = Collected {
            case_id: CaseId::from_uuid(row.case_id),
            claim_id: ClaimId::from_uuid(row.claim_id),
            payment_id: PaymentId::from_uuid(row.payment_id),
            holder: Column("account_line", "holder").parse(&row.holder)?,
            received_on: row.received_on.to_jiff(),
            parts: parts(row.costs, row.interest, row.principal, CURRENCY),
            commission_basis_points: Column("agreed_terms", "commission_basis_points")
                .count(row.commission)?,
            agency_keeps_costs: row.keeps,
        };
        collected.entry(row.creditor_id).or_default().push(one);
    }
    Ok(collected)
}

/// How creditors are paid, by their newest agreements.
async fn payouts(
    conn: &mut PgConnection,
    creditors: &[Uuid],
) -> sqlx::Result<BTreeMap<Uuid, AgreedPayout>> {
    let rows = sqlx::query!(
        r#"select distinct on (creditor_id) creditor_id as "creditor_id!", payout as "payout?"
           from agreed_terms left join agreed_remittance using (creditor_id, agreement_version)
           where creditor_id = any($1) order by creditor_id, agreement_version desc"#,
        creditors,
    )
    .fetch_all(conn)
    .await?;
    let payout = |payout: Option<Value>| agreements::payout(payout.as_ref());
    rows.into_iter().map(|row| Ok((row.creditor_id, payout(row.payout)?))).collect()
}

/// Of claims that brought something: those whose commission follows rules, with what was remitted
/// of them, by creditor.
async fn ruled(
    conn: &mut PgConnection,
    collected: &BTreeMap<Uuid, Vec<Collected>>,
) -> sqlx::Result<BTreeMap<Uuid, BTreeMap<ClaimId, RuledClaim>>> {
    let claims: Vec<Uuid> = collected.values().flatten().map(|it| it.claim_id.as_uuid()).collect();
    let rows = sqlx::query!(
        r#"select creditor_id as "creditor_id!", claim_id, due_on,
                  commission_rules as "commission_rules!",
                  (select sum(amount_minor) from account_line l
                   where l.claim_id = c.claim_id and kind = 'principal')::bigint as "principal!"
           from claim_account c join case_account a using (case_id)
                join agreed_remittance t using (creditor_id, agreement_version)
           where claim_id = any($1) and commission_rules is not null"#,
        &claims,
    )
    .fetch_all(&mut *conn)
    .await?;
    let mut ruled: BTreeMap<Uuid, BTreeMap<ClaimId, RuledClaim>> = BTreeMap::new();
    if rows.is_empty() {
        return Ok(ruled);
    }
    let lines = sqlx::query!(
        r#"select claim_id, received_on, direct, interest_minor + principal_minor as "base!",
                  l.commission_minor
           from creditor_remittance_line l join creditor_remittance using (remittance_id)
           where claim_id = any($1) and approved_by is not null
           order by remittance_id, place"#,
        &claims,
    )
    .fetch_all(conn)
    .await?;
    for row in rows {
        let found = agreements::rules(Some(&row.commission_rules))?;
        let mut claim = RuledClaim {
            rules: Column("agreed_remittance", "commission_rules").present(found)?,
            basis: ClaimBasis {
                principal: Money::new(row.principal, CURRENCY),
                due_on: row.due_on.to_jiff(),
            },
            brought: Vec::new(),
            charged: Money::zero(CURRENCY),
        };
        for line in lines.iter().filter(|it| it.claim_id == row.claim_id) {
            claim.brought.push(Brought {
                received_on: line.received_on.to_jiff(),
                direct: line.direct,
                base: Money::new(line.base, CURRENCY),
            });
            let charged = claim.charged.checked_add(Money::new(line.commission_minor, CURRENCY));
            let column = Column("creditor_remittance_line", "commission_minor");
            claim.charged = charged.map_err(|_| column.fault())?;
        }
        let claims = ruled.entry(row.creditor_id).or_default();
        claims.insert(ClaimId::from_uuid(row.claim_id), claim);
    }
    Ok(ruled)
}

pub(super) const fn parts(costs: i64, interest: i64, principal: i64, currency: Currency) -> Parts {
    Parts {
        costs: Money::new(costs, currency),
        interest: Money::new(interest, currency),
        principal: Money::new(principal, currency),
    }
}

/// What was remitted of payments on the claims of cases.
pub(super) async fn remitted(
    conn: &mut PgConnection,
    case_ids: &[Uuid],
) -> sqlx::Result<Vec<(Uuid, (ClaimId, PaymentId), Parts)>> {
    let rows = sqlx::query!(
        r#"select case_id, claim_id, payment_id, currency,
                  sum(costs_minor)::bigint as "costs!", sum(interest_minor)::bigint as "interest!",
                  sum(principal_minor)::bigint as "principal!"
           from creditor_remittance_line join creditor_remittance using (remittance_id)
           where case_id = any($1) and approved_by is not null
           group by case_id, claim_id, payment_id, currency"#,
        case_ids,
    )
    .fetch_all(conn)
    .await?;
    let remitted = rows.into_iter().map(|row| {
        let currency = Column("creditor_remittance", "currency").currency(&row.currency)?;
        let key = (ClaimId::from_uuid(row.claim_id), PaymentId::from_uuid(row.payment_id));
        Ok((row.case_id, key, parts(row.costs, row.interest, row.principal, currency)))
    });
    remitted.collect()
}

/// The remittances that the bank has not paid yet, by what it calls their payments.
pub(super) async fn in_transit(
    conn: &mut PgConnection,
) -> sqlx::Result<BTreeMap<String, InTransit>> {
    let rows = sqlx::query!(
        "select remittance_id, creditor_id, currency, amount_minor from creditor_remittance
         where approved_by is not null and paid_by is null",
    )
    .fetch_all(conn)
    .await?;
    let sent = rows.into_iter().map(|row| {
        let currency = Column("creditor_remittance", "currency");
        let sent = Sent::Remittance {
            remittance_id: RemittanceId::from_uuid(row.remittance_id),
            creditor_id: CreditorId::from_uuid(row.creditor_id),
        };
        let amount = currency.money(row.amount_minor, &row.currency)?;
        Ok((sent.transfer().end_to_end_id(), InTransit { amount, sent }))
    });
    sent.collect()
}

/// The newest remittances, of one creditor where one is given, and how many there are.
pub(crate) async fn remittances(
    conn: &mut PgConnection,
    creditor_id: Option<CreditorId>,
    limit: u32,
) -> sqlx::Result<(Vec<ToldRemittance>, u64)> {
    let rows = sqlx::query!(
        r#"select remittance_id, count(*) over () as "total!" from creditor_remittance
           where $1::uuid is null or creditor_id = $1
           order by proposed_at desc, remittance_id limit $2"#,
        creditor_id.map(|it| it.as_uuid()),
        i64::from(limit),
    )
    .fetch_all(&mut *conn)
    .await?;
    let total = rows.first().map_or(Ok(0), |row| number(row.total))?;
    let ids: Vec<Uuid> = rows.into_iter().map(|row| row.remittance_id).collect();
    let mut papers = papers(conn, &ids).await?;
    let told = ids.iter().filter_map(|id| papers.remove(id)).map(|paper| paper.told());
    Ok((told.collect(), total))
}

async fn papers(conn: &mut PgConnection, ids: &[Uuid]) -> sqlx::Result<BTreeMap<Uuid, Paper>> {
    let rows = sqlx::query!(
        "select remittance_id, creditor_id, currency, collected_minor, settlement,
                kept_costs_minor, commission_minor, commission_vat_minor, amount_minor, proposed_by,
                proposed_at,
                voided, approved_by, approved_at, payment_order, specification, paid_on
         from creditor_remittance where remittance_id = any($1)",
        ids,
    )
    .fetch_all(&mut *conn)
    .await?;
    let mut lines = lines(conn, ids).await?;
    let vats = invoice::vats(conn, ids).await?;
    let issued = invoice::issued(conn, ids).await?;
    let statements = invoice::files(conn, ids, invoice::STATEMENT).await?;
    let prints = invoice::files(conn, ids, invoice::SPECIFICATION_PDF).await?;
    let mut carried = returned_remittance::carried(conn, ids).await?;
    let mut returns = returned_remittance::returns(conn, ids).await?;
    let column = |name| Column("creditor_remittance", name);
    let mut papers = BTreeMap::new();
    for row in rows {
        let invoice = issued.get(&row.remittance_id).copied();
        let files = match (row.payment_order, row.specification) {
            (Some(order), Some(specification)) => Some(Files {
                payment_order: column("payment_order").hash(&order)?,
                specification: column("specification").hash(&specification)?,
                invoice: invoice.and_then(|it| it.document),
                statement: statements.get(&row.remittance_id).copied(),
                specification_pdf: prints.get(&row.remittance_id).copied(),
            }),
            (None, _) | (_, None) => None,
        };
        let paid_on = row.paid_on.map(jiff_sqlx::Date::to_jiff);
        let state = match row.approved_by.map(StaffId::from_uuid).zip(row.approved_at) {
            Some((by, at)) => PaperState::Approved { by, at: at.to_jiff(), files, paid_on },
            None if row.voided => PaperState::Void,
            None => PaperState::Proposed,
        };
        let money = |minor| column("currency").money(minor, &row.currency);
        let bill = Bill {
            collected: money(row.collected_minor)?,
            settlement: match row.settlement.as_str() {
                "net" => Settlement::Net,
                "gross" => Settlement::Gross,
                _ => return Err(column("settlement").fault()),
            },
            kept_costs: money(row.kept_costs_minor)?,
            commission: money(row.commission_minor)?,
            commission_vat: money(row.commission_vat_minor)?,
            carried: carried.remove(&row.remittance_id).unwrap_or_default(),
            amount: money(row.amount_minor)?,
            lines: lines.remove(&row.remittance_id).unwrap_or_default(),
        };
        let (returned, paid_again_by) = returns.remove(&row.remittance_id).unzip();
        let paper = Paper {
            remittance_id: RemittanceId::from_uuid(row.remittance_id),
            creditor_id: CreditorId::from_uuid(row.creditor_id),
            bill,
            vat: vats.get(&row.remittance_id).copied(),
            invoice,
            proposed_by: (!row.proposed_by.is_nil()).then(|| StaffId::from_uuid(row.proposed_by)),
            proposed_at: row.proposed_at.to_jiff(),
            state,
            returned,
            paid_again_by: paid_again_by.flatten(),
        };
        papers.insert(row.remittance_id, paper);
    }
    Ok(papers)
}

async fn lines(
    conn: &mut PgConnection,
    ids: &[Uuid],
) -> sqlx::Result<BTreeMap<Uuid, Vec<BilledLine>>> {
    let rows = sqlx::query!(
        "select remittance_id, case_id, claim_id, payment_id, received_on, costs_minor,
                interest_minor, principal_minor, l.commission_minor, direct, currency
         from creditor_remittance_line l
              join creditor_remittance using (remittance_id)
         where remittance_id = any($1) order by place",
        ids,
    )
    .fetch_all(conn)
    .await?;
    let mut lines: BTreeMap<Uuid, Vec<BilledLine>> = BTreeMap::new();
    for row in rows {
        let currency = Column("creditor_remittance", "currency").currency(&row.currency)?;
        let money = |minor| Money::new(minor, currency);
        let line = RemittanceLine {
            case_id: CaseId::from_uuid(row.case_id),
            claim_id: ClaimId::from_uuid(row.claim_id),
            payment_id: PaymentId::from_uuid(row.payment_id),
            received_on: row.received_on.to_jiff(),
            principal: money(row.principal_minor),
            interest: money(row.interest_minor),
            costs: money(row.costs_minor),
            direct: row.direct,
        };
        let commission = money(row.commission_minor);
        lines.entry(row.remittance_id).or_default().push(BilledLine { line, commission });
    }
    Ok(lines)
}

/// Adds a proposal, if it is new.
async fn add_paper(conn: &mut PgConnection, paper: &Paper) -> sqlx::Result<()> {
    let Bill {
        collected,
        settlement,
        kept_costs,
        commission,
        commission_vat,
        carried,
        amount,
        lines,
    } = &paper.bill;
    let settlement = match settlement {
        Settlement::Net => "net",
        Settlement::Gross => "gross",
    };
    let id = paper.remittance_id.as_uuid();
    let added = sqlx::query!(
        "insert into creditor_remittance (remittance_id, creditor_id, currency, collected_minor,
                                          kept_costs_minor, commission_minor,
                                          commission_vat_minor, amount_minor, proposed_by,
                                          proposed_at, settlement)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
         on conflict (remittance_id) do nothing",
        id,
        paper.creditor_id.as_uuid(),
        amount.currency().code(),
        collected.amount_minor(),
        kept_costs.amount_minor(),
        commission.amount_minor(),
        commission_vat.amount_minor(),
        amount.amount_minor(),
        paper.proposed_by.map_or(Uuid::nil(), |it| it.as_uuid()),
        paper.proposed_at.to_sqlx() as jiff_sqlx::Timestamp,
        settlement,
    )
    .execute(&mut *conn)
    .await?;
    if added.rows_affected() == 0 {
        return Ok(());
    }
    returned_remittance::keep_carried(conn, id, carried).await?;
    if let Some(vat) = paper.vat {
        invoice::keep_vat(conn, id, vat).await?;
    }
    add_lines(conn, id, lines).await
}

async fn add_lines(conn: &mut PgConnection, id: Uuid, lines: &[BilledLine]) -> sqlx::Result<()> {
    let uuids = |of: fn(&RemittanceLine) -> Uuid| -> Vec<Uuid> {
        lines.iter().map(|it| of(&it.line)).collect()
    };
    let amounts = |of: fn(&BilledLine) -> Money| -> Vec<i64> {
        lines.iter().map(|it| of(it).amount_minor()).collect()
    };
    let places = (0..lines.len()).map(number).collect::<sqlx::Result<Vec<i32>>>()?;
    let days: Vec<_> = lines.iter().map(|it| it.line.received_on.to_sqlx()).collect();
    let direct: Vec<bool> = lines.iter().map(|it| it.line.direct).collect();
    sqlx::query!(
        "insert into creditor_remittance_line (remittance_id, place, case_id, claim_id, payment_id,
                                               received_on, costs_minor, interest_minor,
                                               principal_minor, commission_minor, direct)
         select $1, * from unnest($2::integer[], $3::uuid[], $4::uuid[], $5::uuid[], $6::date[],
                                  $7::bigint[], $8::bigint[], $9::bigint[], $10::bigint[],
                                  $11::boolean[])",
        id,
        &places,
        &uuids(|it| it.case_id.as_uuid()),
        &uuids(|it| it.claim_id.as_uuid()),
        &uuids(|it| it.payment_id.as_uuid()),
        &days as &[jiff_sqlx::Date],
        &amounts(|it| it.line.costs),
        &amounts(|it| it.line.interest),
        &amounts(|it| it.line.principal),
        &amounts(|it| it.commission),
        &direct,
    )
    .execute(conn)
    .await?;
    Ok(())
}
