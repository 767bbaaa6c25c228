//! A mail server that keeps every mail in a folder and delivers none.
//!
//! The embedded stack sends to it, so that a person can look at the mails and a program can ask
//! whether a mail has arrived: it is the evidence by which an uncertain sending is settled. It must
//! never take two mails for one: who sends twice sees two.
//!
//! The questions follow the published API of Mailpit (`/api/v1/…`), as far as they go.

mod faults;
mod lookup;
mod smtp;
mod store;

use std::fs::File;
use std::io::ErrorKind;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::Arc;

use tokio::net::TcpListener;
use tokio::task::JoinSet;

pub use faults::{Fault, Faults, Stage};
pub use store::{Correspondent, Mail};

use crate::Error;
use crate::folder::lock;
use store::Store;

const SERVER: &str = "the mail sink";

/// A running sink. Dropping it closes both ports at once; every mail that was confirmed is on disk.
#[derive(Debug)]
pub struct MailSink {
    smtp: SocketAddr,
    http: SocketAddr,
    store: Arc<Store>,
    faults: Arc<Faults>,
    tasks: JoinSet<()>,
    /// Held so that no second sink takes the folder.
    _lock: File,
}

impl MailSink {
    /// Opens the folder, with what earlier runs kept there, and listens on 127.0.0.1: for mail on
    /// `smtp_port`, for questions on `http_port`. Without a port it takes a free one.
    pub async fn start(
        folder: &Path,
        smtp_port: Option<u16>,
        http_port: Option<u16>,
    ) -> Result<Self, Error> {
        std::fs::create_dir_all(folder).map_err(Error::io("make", folder))?;
        let lock = lock(SERVER, folder).await?;
        let store = Arc::new(Store::open(folder)?);
        let faults = Arc::new(Faults::default());
        let (smtp_listener, smtp) = listen(smtp_port).await?;
        let (http_listener, http) = listen(http_port).await?;
        let mut tasks = JoinSet::new();
        tasks.spawn(smtp::serve(smtp_listener, Arc::clone(&store), Arc::clone(&faults)));
        tasks.spawn(lookup::serve(http_listener, Arc::clone(&store)));
        Ok(Self { smtp, http, store, faults, tasks, _lock: lock })
    }

    /// Where mail is sent to.
    #[must_use]
    pub fn smtp_port(&self) -> u16 {
        self.smtp.port()
    }

    /// Where questions are asked; also a page for people.
    #[must_use]
    pub fn http_port(&self) -> u16 {
        self.http.port()
    }

    /// Every mail kept, oldest first.
    #[must_use]
    pub fn mails(&self) -> Vec<Mail> {
        self.store.mails()
    }

    /// What goes wrong with the next mails; for tests.
    #[must_use]
    pub fn faults(&self) -> &Faults {
        &self.faults
    }

    /// Closes both ports and waits until nothing runs any more.
    pub async fn stop(mut self) {
        self.tasks.shutdown().await;
    }
}

async fn listen(port: Option<u16>) -> Result<(TcpListener, SocketAddr), Error> {
    let port = port.unwrap_or(0);
    let refused = |source: std::io::Error| {
        if source.kind() == ErrorKind::AddrInUse {
            Error::PortInUse { server: SERVER, port }
        } else {
            Error::Io { action: "bind", path: format!("127.0.0.1:{port}").into(), source }
        }
    };
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await.map_err(refused)?;
    let address = listener.local_addr().map_err(refused)?;
    Ok((listener, address))
}
