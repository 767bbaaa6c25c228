//! The broker of the stack: its users, its streams, and where the business clock begins.

use std::time::Duration;

use async_nats::{Client, jetstream};
use contracts::permissions::{ADMIN, OPERATOR, broker_users};
use contracts::registry::SLICES;
use jiff::Timestamp;
use mailbox::topology::{self, StreamLimits};
use runtime::clock;
use runtime::config::Secret;
use runtime::health::Health;
use runtime::nats::NatsConfig;

use super::description::Description;
use super::secrets::Secrets;
use crate::failure::Failure;

/// How long a connection to the broker is tried.
const CONNECT_LIMIT: Duration = Duration::from_secs(10);
/// The embedded stack is for one machine, whose disk is not for us alone.
const STREAM_BYTES_MAX: i64 = 1024 * 1024 * 1024;

/// The users and what each may do, as a piece of the server's configuration.
#[must_use]
pub(super) fn access(secrets: &Secrets) -> String {
    broker_users(&|user| secrets.of_user(user).to_owned())
}

/// Makes the streams and consumers that are missing, and sets a demonstration's clock at the first
/// start.
pub(super) async fn prepare(
    description: &Description,
    secrets: &Secrets,
    demo_start: Timestamp,
) -> Result<(), Failure> {
    let admin = connect(ADMIN, description, secrets).await?;
    let limits = StreamLimits { max_bytes: STREAM_BYTES_MAX, ..StreamLimits::default() };
    let context = jetstream::new(admin);
    topology::provision(&context, SLICES, limits, description.made_at).await?;
    if description.has_demo_clock() {
        let operator = connect(OPERATOR, description, secrets).await?;
        let bucket = clock::open_bucket(&operator).await?;
        if clock::read(&bucket).await?.is_none() {
            clock::advance(&bucket, demo_start).await?;
        }
    }
    Ok(())
}

/// Connects as one of the users who are no service.
pub(crate) async fn connect(
    user: &str,
    description: &Description,
    secrets: &Secrets,
) -> Result<Client, Failure> {
    let config = NatsConfig {
        url: format!("nats://127.0.0.1:{}", description.ports.nats),
        user: user.to_owned(),
        password: Secret::new(secrets.of_user(user).to_owned()),
    };
    Ok(runtime::nats::connect(user, &config, CONNECT_LIMIT, &Health::default()).await?)
}
