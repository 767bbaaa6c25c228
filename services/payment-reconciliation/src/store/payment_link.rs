//! Payment links of cases, and what was paid by them.

use std::collections::BTreeMap;
use std::str::FromStr;

use contracts::payment_reconciliation::{PaymentLink, PaymentLinkClosed};
use jiff_sqlx::ToSqlx;
use mailbox::Aggregate;
use primitives::{CaseId, ClaimId, CreditorId, Money, PaymentLinkId};
use sqlx::PgConnection;
use uuid::Uuid;

use super::{Column, ledger, number};
use crate::domain::ledger::{Holder, LedgerAccount, LedgerTransaction};
use crate::domain::payment_link::{Asking, CaseLinks, Link, LinkPayment, Made, Page};

const TABLE: &str = "payment_link";

impl Aggregate for CaseLinks {
    /// Locked after the case: what is owed decides about its link.
    const KIND: &'static str = "case-links";

    async fn lock(conn: &mut PgConnection, ids: &[Uuid]) -> sqlx::Result<Vec<(Uuid, Self)>> {
        sqlx::query!(
            "insert into case_links (case_id) select * from unnest($1::uuid[])
             on conflict do nothing",
            ids,
        )
        .execute(&mut *conn)
        .await?;
        let rows = sqlx::query!(
            "select case_id, version, reason_given from case_links where case_id = any($1)
             order by case_id for update",
            ids,
        )
        .fetch_all(&mut *conn)
        .await?;
        let mut links = load(conn, ids).await?;
        let cases = rows.into_iter().map(|row| {
            let links = CaseLinks {
                version: Column("case_links", "version").count(row.version)?,
                reason_given: row.reason_given,
                links: links.remove(&row.case_id).unwrap_or_default(),
                ..CaseLinks::unheard(CaseId::from_uuid(row.case_id))
            };
            Ok((row.case_id, links))
        });
        cases.collect()
    }

    async fn save(conn: &mut PgConnection, changed: &[(Uuid, Self)]) -> sqlx::Result<()> {
        for (id, links) in changed {
            sqlx::query!(
                "update case_links set version = $2, reason_given = $3 where case_id = $1",
                id,
                number::<i64>(links.version)?,
                links.reason_given,
            )
            .execute(&mut *conn)
            .await?;
            // A link that is closed goes before the one that takes its place.
            for (place, link) in links.links.iter().enumerate() {
                save_link(conn, *id, place, link).await?;
            }
        }
        let news: Vec<&LinkPayment> = changed.iter().flat_map(|(_, it)| &it.news).collect();
        add_payments(conn, &news).await?;
        let booked: Vec<&LedgerTransaction> = news.iter().map(|it| &it.transaction).collect();
        ledger::append(conn, &booked).await
    }

    fn version(&self) -> u64 {
        self.version
    }

    fn set_version(&mut self, version: u64) {
        self.version = version;
    }
}

/// The links of cases, oldest first.
async fn load(conn: &mut PgConnection, ids: &[Uuid]) -> sqlx::Result<BTreeMap<Uuid, Vec<Link>>> {
    let rows = sqlx::query_as!(
        LinkRow,
        r#"select link_id, case_id, creditor_id, currency, amount_minor, claims, asked_at,
                  expires_at, provider_id, checkout_url, not_made, closed, is_shut, asking,
                  next_ask as "next_ask: jiff_sqlx::Timestamp"
           from payment_link where case_id = any($1) order by case_id, number"#,
        ids,
    )
    .fetch_all(&mut *conn)
    .await?;
    with_paid(conn, rows).await
}

/// The rows as links, with what was paid by each.
async fn with_paid(
    conn: &mut PgConnection,
    rows: Vec<LinkRow>,
) -> sqlx::Result<BTreeMap<Uuid, Vec<Link>>> {
    let ids: Vec<Uuid> = rows.iter().map(|row| row.link_id).collect();
    let told = sqlx::query!(
        "select link_id, provider_id, currency, amount_minor
         from provider_payment join payment using (payment_id) where link_id = any($1)",
        &ids,
    )
    .fetch_all(conn)
    .await?;
    let mut paid: BTreeMap<Uuid, BTreeMap<String, Money>> = BTreeMap::new();
    for row in told {
        let amount = Column("payment", "currency").money(row.amount_minor, &row.currency)?;
        paid.entry(row.link_id).or_default().insert(row.provider_id, amount);
    }
    let mut links: BTreeMap<Uuid, Vec<Link>> = BTreeMap::new();
    for row in rows {
        let (case_id, paid) = (row.case_id, paid.remove(&row.link_id).unwrap_or_default());
        links.entry(case_id).or_default().push(row.link(paid)?);
    }
    Ok(links)
}

struct LinkRow {
    link_id: Uuid,
    case_id: Uuid,
    creditor_id: Uuid,
    currency: String,
    amount_minor: i64,
    claims: Vec<Uuid>,
    asked_at: jiff_sqlx::Timestamp,
    expires_at: jiff_sqlx::Timestamp,
    provider_id: Option<String>,
    checkout_url: Option<String>,
    not_made: Option<i32>,
    closed: Option<String>,
    is_shut: bool,
    asking: String,
    next_ask: Option<jiff_sqlx::Timestamp>,
}

impl LinkRow {
    fn link(self, paid: BTreeMap<String, Money>) -> sqlx::Result<Link> {
        let column = |name| Column(TABLE, name);
        let page = match (self.provider_id.zip(self.checkout_url), self.not_made) {
            (Some((provider_id, checkout_url)), _) => {
                Page::Made(Made { provider_id, checkout_url })
            }
            (None, Some(status)) => Page::NotMade { status: column("not_made").count(status)? },
            (None, None) => Page::Making,
        };
        let closed = self.closed.as_deref().map(|word| {
            let closed = CLOSED.iter().find(|(known, _)| *known == word);
            closed.map(|(_, closed)| closed.clone()).ok_or_else(|| column("closed").fault())
        });
        Ok(Link {
            link_id: PaymentLinkId::from_uuid(self.link_id),
            creditor_id: CreditorId::from_uuid(self.creditor_id),
            amount: column("currency").money(self.amount_minor, &self.currency)?,
            claim_ids: self.claims.into_iter().map(ClaimId::from_uuid).collect(),
            asked_at: self.asked_at.to_jiff(),
            expires_at: self.expires_at.to_jiff(),
            page,
            closed: closed.transpose()?,
            is_shut: self.is_shut,
            asking: column("asking").parse(&self.asking)?,
            next_ask: self.next_ask.map(jiff_sqlx::Timestamp::to_jiff),
            paid,
        })
    }
}

/// The reasons, as they are stored.
const CLOSED: [(&str, PaymentLinkClosed); 5] = [
    ("paid", PaymentLinkClosed::Paid),
    ("otherwise-owed", PaymentLinkClosed::OtherwiseOwed),
    ("reason-given", PaymentLinkClosed::ReasonGiven),
    ("expired", PaymentLinkClosed::Expired),
    ("at-the-provider", PaymentLinkClosed::AtTheProvider),
];

impl Asking {
    const fn word(self) -> &'static str {
        match self {
            Self::No => "no",
            Self::UnderWay => "under-way",
            Self::Again => "again",
        }
    }
}

impl FromStr for Asking {
    type Err = ();

    fn from_str(word: &str) -> Result<Self, ()> {
        let all = [Self::No, Self::UnderWay, Self::Again];
        all.into_iter().find(|it| it.word() == word).ok_or(())
    }
}

async fn save_link(
    conn: &mut PgConnection,
    case_id: Uuid,
    place: usize,
    link: &Link,
) -> sqlx::Result<()> {
    let (made, not_made) = match &link.page {
        Page::Making => (None, None),
        Page::Made(made) => (Some(made), None),
        Page::NotMade { status } => (None, Some(i32::from(*status))),
    };
    let closed = link
        .closed
        .as_ref()
        .and_then(|closed| CLOSED.iter().find(|(_, known)| known == closed).map(|(word, _)| *word));
    let claims: Vec<Uuid> = link.claim_ids.iter().map(ClaimId::as_uuid).collect();
    sqlx::query!(
        "insert into payment_link (link_id, case_id, number, creditor_id, currency, amount_minor,
                                   claims, asked_at, expires_at, provider_id, checkout_url,
                                   not_made, closed, is_shut, asking, next_ask)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
         on conflict (link_id) do update
         set provider_id = excluded.provider_id, checkout_url = excluded.checkout_url,
             not_made = excluded.not_made, closed = excluded.closed, is_shut = excluded.is_shut,
             asking = excluded.asking, next_ask = excluded.next_ask",
        link.link_id.as_uuid(),
        case_id,
        number::<i32>(place)?,
        link.creditor_id.as_uuid(),
        link.amount.currency().code(),
        link.amount.amount_minor(),
        &claims,
        link.asked_at.to_sqlx() as jiff_sqlx::Timestamp,
        link.expires_at.to_sqlx() as jiff_sqlx::Timestamp,
        made.map(|it| it.provider_id.as_str()),
        made.map(|it| it.checkout_url.as_str()),
        not_made,
        closed,
        link.is_shut,
        link.asking.word(),
        link.next_ask.map(ToSqlx::to_sqlx) as Option<jiff_sqlx::Timestamp>,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// What was paid by links. The money is the agency's to keep for others, as if its bank had it.
async fn add_payments(conn: &mut PgConnection, news: &[&LinkPayment]) -> sqlx::Result<()> {
    if news.is_empty() {
        return Ok(());
    }
    let ids: Vec<Uuid> = news.iter().map(|it| it.payment_id.as_uuid()).collect();
    let currencies: Vec<String> =
        news.iter().map(|it| it.amount.currency().code().to_owned()).collect();
    let amounts: Vec<i64> = news.iter().map(|it| it.amount.amount_minor()).collect();
    let days: Vec<jiff_sqlx::Date> = news.iter().map(|it| it.paid_on.to_sqlx()).collect();
    sqlx::query!(
        "insert into payment (payment_id, holder, currency, amount_minor, received_on)
         select payment_id, $5, currency, amount_minor, received_on
         from unnest($1::uuid[], $2::text[], $3::bigint[], $4::date[])
              as new (payment_id, currency, amount_minor, received_on)",
        &ids,
        &currencies,
        &amounts,
        &days as &[jiff_sqlx::Date],
        Holder::Agency.to_string(),
    )
    .execute(&mut *conn)
    .await?;
    let links: Vec<Uuid> = news.iter().map(|it| it.link_id.as_uuid()).collect();
    let names: Vec<String> = news.iter().map(|it| it.provider_id.clone()).collect();
    sqlx::query!(
        "insert into provider_payment (payment_id, link_id, provider_id)
         select * from unnest($1::uuid[], $2::uuid[], $3::text[])",
        &ids,
        &links,
        &names,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// The cases of which a link is open.
pub(super) async fn linked(conn: &mut PgConnection, ids: &[Uuid]) -> sqlx::Result<Vec<Uuid>> {
    sqlx::query_scalar!(
        "select case_id from payment_link
         where case_id = any($1) and closed is null and not_made is null",
        ids,
    )
    .fetch_all(conn)
    .await
}

/// The case of a link, where there is such a link.
pub(crate) async fn case_of_link(
    conn: &mut PgConnection,
    link_id: PaymentLinkId,
) -> sqlx::Result<Option<Uuid>> {
    let id = link_id.as_uuid();
    sqlx::query_scalar!("select case_id from payment_link where link_id = $1", id)
        .fetch_optional(conn)
        .await
}

/// The newest links, and how many there are.
pub(crate) async fn payment_links(
    conn: &mut PgConnection,
    limit: u32,
    case_id: Option<CaseId>,
    only_open: bool,
) -> sqlx::Result<(Vec<PaymentLink>, u64)> {
    let case = case_id.map(|it| it.as_uuid());
    let total = sqlx::query_scalar!(
        r#"select count(*) as "total!" from payment_link
           where ($1::uuid is null or case_id = $1)
             and (not $2 or closed is null and not_made is null)"#,
        case,
        only_open,
    )
    .fetch_one(&mut *conn)
    .await?;
    let rows = sqlx::query_as!(
        LinkRow,
        r#"select link_id, case_id, creditor_id, currency, amount_minor, claims, asked_at,
                  expires_at, provider_id, checkout_url, not_made, closed, is_shut, asking,
                  next_ask as "next_ask: jiff_sqlx::Timestamp"
           from payment_link
           where ($2::uuid is null or case_id = $2)
             and (not $3 or closed is null and not_made is null)
           order by asked_at desc, number desc, link_id limit $1"#,
        i64::from(limit),
        case,
        only_open,
    )
    .fetch_all(&mut *conn)
    .await?;
    let mut links: Vec<PaymentLink> = Vec::with_capacity(rows.len());
    let order: Vec<Uuid> = rows.iter().map(|row| row.link_id).collect();
    for (case_id, of_case) in with_paid(conn, rows).await? {
        for link in of_case {
            let told = link.told(CaseId::from_uuid(case_id));
            links.push(told.map_err(|error| sqlx::Error::Decode(error.into()))?);
        }
    }
    links.sort_by_key(|it| order.iter().position(|id| *id == it.link_id.as_uuid()));
    Ok((links, number(total)?))
}

/// What lies with the provider, in each currency.
pub(crate) async fn at_provider(conn: &mut PgConnection) -> sqlx::Result<Vec<Money>> {
    let rows = sqlx::query!(
        r#"select currency, sum(amount_minor)::bigint as "amount_minor!" from posting
           where account = $1 group by currency having sum(amount_minor) <> 0 order by currency"#,
        LedgerAccount::AtProvider.to_string(),
    )
    .fetch_all(conn)
    .await?;
    let money = |currency: &str, minor| Column("posting", "currency").money(minor, currency);
    rows.into_iter().map(|row| money(&row.currency, row.amount_minor)).collect()
}

/// The reference that names a claim, where one is known.
pub(crate) async fn reference_of(
    conn: &mut PgConnection,
    claim_id: ClaimId,
) -> sqlx::Result<Option<String>> {
    let reference = sqlx::query_scalar!(
        "select canonical from payment_reference
         where claim_id = $1 and canonical is not null order by reference_id limit 1",
        claim_id.as_uuid(),
    );
    Ok(reference.fetch_optional(conn).await?.flatten())
}
