//! The gauges of the mailbox are true also while nothing is pulled. One test has the process to
//! itself: meters are the process's.

#![expect(clippy::arithmetic_side_effects, reason = "tests fail loudly")]

mod reference;

use std::time::Duration;

use contracts::operations::{Operation, ParkedAction, ParkedFilter, SettleParked, SettledParked};
use mailbox::{MIGRATIONS, MailboxSettings};
use opentelemetry_sdk::metrics::SdkMeterProvider;
use primitives::Timestamp;
use prometheus::Registry;
use reference::{Bell, Bumped, Opened, SERVICE, SLICE, TABLES};
use testkit::{House, Schema, eventually};
use uuid::Uuid;

const LIMIT: Duration = Duration::from_mins(1);
const COUNTER: Uuid = Uuid::from_u128(7);

/// The gauge with this label, where it was measured.
fn gauge(registry: &Registry, name: &str, label: &str) -> Option<u64> {
    let families = registry.gather();
    let family = families.iter().find(|family| family.name() == name)?;
    let has = |metric: &&prometheus::proto::Metric| {
        metric.get_label().iter().any(|pair| pair.value() == label)
    };
    let value = family.get_metric().iter().find(has)?.get_gauge().get_value();
    format!("{value:.0}").parse().ok()
}

#[tokio::test(flavor = "multi_thread")]
async fn lag_and_what_stands_still_are_measured_while_nothing_is_pulled() {
    let registry = Registry::new();
    let exporter =
        opentelemetry_prometheus::exporter().with_registry(registry.clone()).build().unwrap();
    let provider = SdkMeterProvider::builder().with_reader(exporter).build();
    opentelemetry::global::set_meter_provider(provider);
    let measured = |name: &str, label: &str| gauge(&registry, name, label);

    let now: Timestamp = "2026-03-02T09:00:00Z".parse().unwrap();
    let schema = Schema { service: SERVICE, migrations: None, tables: TABLES };
    let house = House::new(&[schema], &[SLICE], now).await;
    let context = house.context(SERVICE, (), &[&MIGRATIONS]).await;
    let tasks = context.tasks.clone();
    let settings = MailboxSettings {
        batch_max: 10,
        sweep_ms: 100,
        parked_per_minute_max: 3,
        ..MailboxSettings::default()
    };
    reference::mailbox(Bell::at(house.folder())).start(&context, settings).await.unwrap();
    house.publish("open", &Opened { counter_id: COUNTER }).await;
    house.rest().await;
    eventually(LIMIT, "nothing to be left", async || {
        measured("mailbox_lag_ms", "events") == Some(0)
            && measured("mailbox_pending", "events") == Some(0)
            && measured("mailbox_stopped", "events") == Some(0)
    })
    .await;

    // Too many bad messages: the source stands still, and what it leaves grows old.
    for number in 0..60 {
        let trouble = Some("panic".to_owned());
        let bad = Bumped { counter_id: COUNTER, amount: 1, ring: false, chime_in_s: None, trouble };
        house.publish(&format!("bad {number}"), &bad).await;
    }
    eventually(LIMIT, "a stop", async || measured("mailbox_stopped", "events") == Some(1)).await;
    let lag = eventually(LIMIT, "some lag", async || {
        measured("mailbox_lag_ms", "events").filter(|lag| *lag > 0)
    })
    .await;
    eventually(LIMIT, "more lag", async || {
        measured("mailbox_lag_ms", "events").is_some_and(|later| later > lag)
    })
    .await;
    assert!(measured("mailbox_pending", "events") > Some(0));
    assert_eq!(measured("mailbox_stopped", "commands"), Some(0));

    // Once a person has settled all of them it goes on.
    let all = SettleParked {
        which: ParkedFilter::default(),
        action: ParkedAction::Discard,
        because: Some("the release is bad".to_owned()),
        limit: 200,
        after: None,
    };
    eventually(LIMIT, "nothing to be left", async || {
        let asker = house.asker();
        let _: SettledParked = asker.operate(SERVICE, Operation::SettleParked, &all).await.unwrap();
        measured("mailbox_pending", "events") == Some(0)
            && measured("mailbox_lag_ms", "events") == Some(0)
            && measured("mailbox_stopped", "events") == Some(0)
    })
    .await;
    assert!(house.resident(tasks).stop().await);
}
