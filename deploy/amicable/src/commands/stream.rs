//! `amicable stream`: mending the broker's streams, and telling what they do not keep.

use std::process::ExitCode;

use async_nats::jetstream;
use contracts::Lane;
use contracts::intake::{
    ListCreditors, ListStaff, TellCreditorAnew, TellCreditorAnewAnswer, TellStaffAnew,
};
use contracts::operations::{EmptyRequest, Operation, RecoveryEnded, Refill, Refilled};
use contracts::permissions::ADMIN;
use contracts::registry::SLICES;
use mailbox::topology::{self, Reader};
use serde::Serialize;

use crate::cli::Stream;
use crate::failure::Failure;
use crate::output::{Table, say, say_json};
use crate::sentences::counted;
use crate::session::Session;
use crate::stack::{self, Secrets};

pub(crate) async fn run(session: &Session, stream: Stream) -> Result<ExitCode, Failure> {
    match stream {
        Stream::Refill { service, from } => {
            let all = || SLICES.iter().map(|slice| slice.service.to_owned()).collect();
            for service in service.map_or_else(all, |one| vec![one]) {
                let request = Refill { since: from };
                let Refilled { message_count } =
                    session.asker.operate(&service, Operation::Refill, &request).await?;
                say(format_args!(
                    "{service} published {message_count} messages again, sent since {from}"
                ));
            }
        }
        Stream::Recovered { service } => {
            let RecoveryEnded { ended } =
                session.asker.operate(&service, Operation::EndRecovery, &EmptyRequest {}).await?;
            if !ended {
                return Err(Failure::Refused(format!("{service} does not recover from anything")));
            }
            say(format_args!("{service} has everything again, and acts without asking first"));
        }
        Stream::TellAnew => tell_anew(session).await?,
        Stream::Consumers { json } => consumers(session, json).await?,
        Stream::PruneConsumers { yes } => prune(session, yes).await?,
    }
    Ok(ExitCode::SUCCESS)
}

/// A consumer, as a program reads it.
#[derive(Serialize)]
struct Consumer<'a> {
    stream: &'a str,
    service: &'a str,
    urgent: bool,
    pending: u64,
    unacknowledged: u64,
    stray: bool,
}

async fn consumers(session: &Session, json: bool) -> Result<(), Failure> {
    let readers = readers(session).await?;
    if json {
        let consumers = readers.iter().map(|reader| Consumer {
            stream: reader.stream,
            service: &reader.service,
            urgent: reader.lane == Lane::Urgent,
            pending: reader.pending,
            unacknowledged: reader.unacknowledged,
            stray: reader.is_stray,
        });
        say_json(&consumers.collect::<Vec<_>>());
        return Ok(());
    }
    tell(&readers);
    if readers.iter().any(|reader| reader.is_stray) {
        say("nobody reads some of them any more; see `amicable stream prune-consumers`");
    }
    Ok(())
}

/// The consumers of both streams.
pub(super) async fn readers(session: &Session) -> Result<Vec<Reader>, Failure> {
    Ok(topology::readers(&jetstream::new(session.nats.clone()), SLICES).await?)
}

fn tell(readers: &[Reader]) {
    let mut table = Table::new(["service", "stream", "lane", "to be taken", "in hand", "read"]);
    for reader in readers {
        table.row([
            reader.service.clone(),
            reader.stream.to_owned(),
            if reader.lane == Lane::Urgent { "urgent" } else { "usual" }.to_owned(),
            reader.pending.to_string(),
            reader.unacknowledged.to_string(),
            if reader.is_stray { "by nobody" } else { "yes" }.to_owned(),
        ]);
    }
    table.say("there are no such consumers");
}

async fn prune(session: &Session, yes: bool) -> Result<(), Failure> {
    if !yes {
        let mut strays = readers(session).await?;
        strays.retain(|reader| reader.is_stray);
        tell(&strays);
        if !strays.is_empty() {
            say("nothing was done; with --yes they are removed, and their commands with them");
        }
        return Ok(());
    }
    let secrets = Secrets::load(&session.layout)?;
    let admin = stack::connect(ADMIN, &session.description, &secrets).await?;
    let gone = topology::prune(&jetstream::new(admin), SLICES).await?;
    tell(&gone);
    say(format_args!("{} removed", counted(&gone.len(), "consumer")));
    Ok(())
}

/// One after the other: each is a decision of its own, and doing it again does no harm.
async fn tell_anew(session: &Session) -> Result<(), Failure> {
    let mut agreements = 0_u32;
    let creditors = session.asker.ask(&ListCreditors {}).await?.creditors;
    for creditor_id in creditors.iter().map(|it| it.creditor_id) {
        match session.change(&TellCreditorAnew { creditor_id }).await? {
            TellCreditorAnewAnswer::Told { agreement_count } => {
                agreements = agreements.saturating_add(agreement_count);
            }
            TellCreditorAnewAnswer::Unknown => {}
        }
    }
    let staff = session.asker.ask(&ListStaff {}).await?.staff;
    for staff_id in staff.iter().map(|it| it.staff_id) {
        session.change(&TellStaffAnew { staff_id }).await?;
    }
    say(format_args!(
        "told anew: {}, {}, {} of staff",
        counted(&creditors.len(), "creditor"),
        counted(&agreements, "agreement"),
        counted(&staff.len(), "member")
    ));
    Ok(())
}
