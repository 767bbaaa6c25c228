//! Brings the servers of a running stack to this release, whichever release its services are of.
//!
//! Everything here only adds: what the services of the release before need stays as it is. The
//! services themselves are not touched.

use embedded::{NatsServer, postgres};

use super::board::Board;
use super::description::Description;
use super::layout::Layout;
use super::lock::Lock;
use super::secrets::Secrets;
use super::{broker, database};
use crate::failure::Failure;
use crate::moment::now;

/// Migrates the schemas, lets the broker's users do what this release does, and makes the streams
/// and consumers that it needs. May be repeated.
pub(crate) async fn migrate(layout: &Layout) -> Result<(), Failure> {
    let folder = layout.root().to_owned();
    let Some(pid) = Lock::holder(layout)? else {
        return Err(Failure::NotRunning { folder });
    };
    if !Board::load(layout)?.is_some_and(|board| board.pid == pid && board.ready) {
        return Err(Failure::NotReady { folder, pid });
    }
    let description = Description::load(layout)?;
    let secrets = Secrets::load_or_make(layout)?;
    let ports = &description.ports;
    let superuser = postgres::superuser(&layout.postgres(), ports.postgres)?;
    database::prepare(superuser, ports.postgres, &secrets).await?;
    NatsServer::reload(&layout.nats(), ports.nats, &broker::access(&secrets)).await?;
    broker::prepare(&description, &secrets, now()).await
}
