//! The letter service: written messages on every channel.
//!
//! It decides which text is used, and whether the finished text is lawful and complete. It sends
//! nothing without a permit, nothing twice, and nothing that it keeps no copy of. So far it writes
//! e-mails: the notice before the due date and the free first reminder.

mod config;
pub mod domain;
mod effects;
mod store;

mod handlers {
    pub(crate) mod send;
    pub(crate) mod withdraw;
}

use std::time::Duration;

use contracts::operations::Breach;
use jiff::SignedDuration;
use mailbox::{Asker, Mailbox};
use primitives::{Actor, Timestamp};
use runtime::error::{BoxError, chain};
use runtime::files::FileStore;
use runtime::{Context, Service};
use sqlx::PgConnection;
use sqlx::migrate::Migrator;

pub use config::{AskTimeout, LetterConfig, SmtpConfig, TlsMode};

use effects::PostRoom;
use handlers::send::OnSend;
use handlers::withdraw::OnWithdraw;

/// The migrations of the letter service's schema, applied after the mailbox's.
pub static MIGRATIONS: Migrator = sqlx::migrate!();

/// How long after its permit's end a letter may still be on its way, before the check reports it.
const OVERDUE_AFTER: SignedDuration = SignedDuration::from_hours(1);

/// So many copies the check looks at: those dispatched last.
const COPIES_CHECKED: i64 = 1_000;

/// The letter service.
#[derive(Debug)]
pub struct LetterService;

/// Everything that the letter service takes in.
#[must_use]
pub fn mailbox() -> Mailbox {
    Mailbox::of("letter")
        .handle::<OnSend>()
        .handle::<OnWithdraw>()
        .check("not-lost", |conn, now| Box::pin(not_lost(conn, now)))
}

impl Service for LetterService {
    const NAME: &'static str = "letter";

    type Config = LetterConfig;

    fn migrators() -> Vec<&'static Migrator> {
        vec![&mailbox::MIGRATIONS, &MIGRATIONS]
    }

    async fn start(context: Context<LetterConfig>) -> Result<(), BoxError> {
        let config = &context.config.service;
        config.check()?;
        let asker = Asker::new(
            context.nats.clone(),
            Duration::from_millis(config.ask_timeout_ms.0),
            Actor::Machine("letter".to_owned()),
        );
        let files = context.files.clone();
        let post_room = PostRoom::open(config, asker, files.clone())?;
        mailbox()
            .perform(post_room, "operator")
            .check("proof-of-dispatch", move |conn, _| {
                let files = files.clone();
                Box::pin(async move { proof_of_dispatch(conn, &files).await })
            })
            .start(&context, config.mailbox.clone())
            .await?;
        Ok(())
    }
}

/// No letter outlives its permit without an end.
async fn not_lost(conn: &mut PgConnection, now: Timestamp) -> sqlx::Result<Vec<Breach>> {
    let before = now.checked_sub(OVERDUE_AFTER).unwrap_or(Timestamp::MIN);
    let breach = |letter_id: primitives::LetterId| Breach {
        invariant: "not-lost".to_owned(),
        id: letter_id.as_uuid(),
        detail: "its permit ended more than an hour ago, and it has no end; look for its effect \
                 among the uncertain and for its messages among the parked"
            .to_owned(),
    };
    Ok(store::overdue(conn, before).await?.into_iter().map(breach).collect())
}

/// Every letter that left can be shown as it left. That it had a permit is a constraint of the table.
async fn proof_of_dispatch(
    conn: &mut PgConnection,
    files: &FileStore,
) -> sqlx::Result<Vec<Breach>> {
    let mut breaches = Vec::new();
    for (letter_id, content) in store::last_copies(conn, COPIES_CHECKED).await? {
        if let Err(error) = files.get(content).await {
            breaches.push(Breach {
                invariant: "proof-of-dispatch".to_owned(),
                id: letter_id.as_uuid(),
                detail: format!("its copy is not to be had: {}", chain(&error)),
            });
        }
    }
    Ok(breaches)
}
