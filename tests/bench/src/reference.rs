//! The service that is measured: one row changes per message, and one event goes out. The same for
//! what is urgent, which is told by an event of its own.

use contracts::registry::Slice;
use contracts::{Contract, Kind, Lane, Message};
use mailbox::{Aggregate, Decision, Facts, Fault, Handler, Mailbox, Nothing, Order};
use primitives::CreditorId;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sqlx::{PgConnection, Row as _};
use uuid::Uuid;

pub(crate) const SERVICE: &str = "reference";

macro_rules! message {
    ($type:ident, $owner:expr, $name:literal, $lane:expr, { $($field:ident : $of:ty),* }) => {
        #[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
        pub(crate) struct $type { $(pub(crate) $field: $of),* }

        impl Message for $type {
            const CONTRACT: Contract =
                Contract { owner: $owner, kind: Kind::Event, name: $name, version: 1, lane: $lane };

            fn aggregate(&self) -> Uuid {
                self.tally_id
            }

            fn creditor(&self) -> Option<CreditorId> {
                None
            }
        }
    };
}

// What comes in, in masses and urgently.
message!(Bumped, "outside", "bumped", Lane::Usual, { tally_id: Uuid, amount: i64, poison: bool });
message!(Paid, "outside", "paid", Lane::Urgent, { tally_id: Uuid, amount: i64 });
// What goes out: some 500 bytes, envelope and all.
message!(Counted, SERVICE, "counted", Lane::Usual, { tally_id: Uuid, total: i64 });
message!(Cleared, SERVICE, "cleared", Lane::Usual, { tally_id: Uuid, total: i64 });

pub(crate) const SLICE: Slice = Slice {
    service: SERVICE,
    consumes: &[Bumped::CONTRACT, Paid::CONTRACT],
    commands: &[],
    requests: &[],
};

pub(crate) const TABLES: &str = "
    create table tally (
        id uuid primary key, total bigint not null default 0, version bigint not null default 0);";

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Tally {
    id: Uuid,
    total: i64,
    version: u64,
}

impl Aggregate for Tally {
    const KIND: &'static str = "tally";

    async fn lock(conn: &mut PgConnection, ids: &[Uuid]) -> sqlx::Result<Vec<(Uuid, Self)>> {
        let rows = sqlx::query(
            "select id, total, version from tally where id = any($1) order by id for update",
        )
        .bind(ids)
        .fetch_all(conn)
        .await?;
        rows.iter()
            .map(|row| {
                let id: Uuid = row.try_get("id")?;
                let version: i64 = row.try_get("version")?;
                let version = u64::try_from(version).unwrap_or_default();
                Ok((id, Self { id, total: row.try_get("total")?, version }))
            })
            .collect()
    }

    async fn save(conn: &mut PgConnection, changed: &[(Uuid, Self)]) -> sqlx::Result<()> {
        let ids: Vec<Uuid> = changed.iter().map(|(id, _)| *id).collect();
        let totals: Vec<i64> = changed.iter().map(|(_, tally)| tally.total).collect();
        let versions: Vec<i64> = changed
            .iter()
            .map(|(_, tally)| i64::try_from(tally.version).unwrap_or(i64::MAX))
            .collect();
        sqlx::query(
            "update tally t set total = n.total, version = n.version
             from unnest($1::uuid[], $2::bigint[], $3::bigint[]) as n (id, total, version)
             where t.id = n.id",
        )
        .bind(ids)
        .bind(totals)
        .bind(versions)
        .execute(conn)
        .await?;
        Ok(())
    }

    fn version(&self) -> u64 {
        self.version
    }

    fn set_version(&mut self, version: u64) {
        self.version = version;
    }
}

struct OnBumped;

impl Handler for OnBumped {
    type Message = Bumped;
    type State = Tally;
    type Effect = Nothing;

    const ORDER: Order = Order::Commutes;

    async fn keys(_: &mut PgConnection, messages: &[&Bumped]) -> sqlx::Result<Vec<Vec<Uuid>>> {
        Ok(messages.iter().map(|message| vec![message.tally_id]).collect())
    }

    fn decide(mut tally: Tally, bumped: &Bumped, _: &Facts) -> Result<Decision<Tally>, Fault> {
        if bumped.poison {
            return Err(Fault::Poison("as asked".to_owned()));
        }
        tally.total = tally.total.saturating_add(bumped.amount);
        let counted = Counted { tally_id: tally.id, total: tally.total };
        Ok(Decision::quiet(tally).send(counted))
    }
}

struct OnPaid;

impl Handler for OnPaid {
    type Message = Paid;
    type State = Tally;
    type Effect = Nothing;

    const ORDER: Order = Order::Commutes;

    async fn keys(_: &mut PgConnection, messages: &[&Paid]) -> sqlx::Result<Vec<Vec<Uuid>>> {
        Ok(messages.iter().map(|message| vec![message.tally_id]).collect())
    }

    fn decide(mut tally: Tally, paid: &Paid, _: &Facts) -> Result<Decision<Tally>, Fault> {
        tally.total = tally.total.saturating_sub(paid.amount);
        let cleared = Cleared { tally_id: tally.id, total: tally.total };
        Ok(Decision::quiet(tally).send(cleared))
    }
}

pub(crate) fn mailbox() -> Mailbox {
    Mailbox::of(SERVICE).handle::<OnBumped>().handle::<OnPaid>()
}
