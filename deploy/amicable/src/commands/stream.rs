//! `amicable stream`: mending the broker's streams.

use std::process::ExitCode;

use contracts::operations::{Operation, Refill, Refilled};

use crate::cli::Stream;
use crate::failure::Failure;
use crate::output::say;
use crate::session::Session;

pub(crate) async fn run(session: &Session, stream: Stream) -> Result<ExitCode, Failure> {
    let Stream::Refill { service, from } = stream;
    let request = Refill { since: from };
    let Refilled { message_count } =
        session.asker.operate(&service, Operation::Refill, &request).await?;
    say(format_args!("{service} published {message_count} messages again, sent since {from}"));
    Ok(ExitCode::SUCCESS)
}
