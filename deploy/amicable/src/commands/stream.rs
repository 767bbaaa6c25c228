//! `amicable stream`: mending the broker's streams, and telling what they do not keep.

use std::process::ExitCode;

use contracts::intake::{
    ListCreditors, ListStaff, TellCreditorAnew, TellCreditorAnewAnswer, TellStaffAnew,
};
use contracts::operations::{Operation, Refill, Refilled};

use crate::cli::Stream;
use crate::failure::Failure;
use crate::output::say;
use crate::sentences::counted;
use crate::session::Session;

pub(crate) async fn run(session: &Session, stream: Stream) -> Result<ExitCode, Failure> {
    match stream {
        Stream::Refill { service, from } => {
            let request = Refill { since: from };
            let Refilled { message_count } =
                session.asker.operate(&service, Operation::Refill, &request).await?;
            say(format_args!(
                "{service} published {message_count} messages again, sent since {from}"
            ));
        }
        Stream::TellAnew => tell_anew(session).await?,
    }
    Ok(ExitCode::SUCCESS)
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
