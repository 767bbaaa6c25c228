//! The letter service: written messages by e-mail and by post, and notes to creditors.
//!
//! It decides which text is used, and whether the finished text is lawful and complete. It sends a
//! debtor nothing without a permit, nothing twice, and nothing that it keeps no copy of.

mod config;
pub mod domain;
mod effects;
mod store;

mod handlers {
    pub(crate) mod list_letters;
    pub(crate) mod send;
    pub(crate) mod send_note;
    pub(crate) mod withdraw;
}

use std::sync::Arc;
use std::time::Duration;

use mailbox::{Asker, Mailbox};
use primitives::Actor;
use runtime::error::BoxError;
use runtime::{Context, Service};
use sqlx::migrate::Migrator;

pub use config::{LetterConfig, OutgoingConfig, SmtpConfig, TlsMode};

use effects::{Letters, Notes, PostRoom};
use handlers::list_letters::AnswerListLetters;
use handlers::send::OnSend;
use handlers::send_note::OnSendNote;
use handlers::withdraw::OnWithdraw;

/// The migrations of the letter service's schema, applied after the mailbox's.
pub static MIGRATIONS: Migrator = sqlx::migrate!();

/// The letter service.
#[derive(Debug)]
pub struct Letter;

/// Everything that the letter service takes in.
#[must_use]
pub fn mailbox() -> Mailbox {
    Mailbox::of(Letter::NAME)
        .handle::<OnSend>()
        .handle::<OnWithdraw>()
        .handle::<OnSendNote>()
        .query(AnswerListLetters)
        .check("not-lost", |conn, now| Box::pin(store::not_lost(conn, now)))
}

impl Service for Letter {
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
            Duration::from_millis(config.ask_timeout_ms),
            Actor::Machine(Letter::NAME.to_owned()),
        );
        let files = context.files.clone();
        let post_room = Arc::new(PostRoom::open(config, asker, files.clone())?);
        let outgoing = post_room.outgoing();
        mailbox()
            .perform(Letters(Arc::clone(&post_room)), "operator")
            .perform(Notes(post_room), "operator")
            .check("proof-of-dispatch", move |conn, _| {
                let files = files.clone();
                Box::pin(async move { store::proof_of_dispatch(conn, &files).await })
            })
            .check("handed-over", move |conn, _| {
                let outgoing = outgoing.clone();
                Box::pin(async move { effects::handed_over(conn, outgoing).await })
            })
            .start(&context, config.mailbox.clone())
            .await?;
        Ok(())
    }
}
