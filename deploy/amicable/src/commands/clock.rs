//! `amicable clock`: the business clock of a demonstration.

use std::process::ExitCode;

use primitives::Timestamp;
use serde::Serialize;

use crate::cli::{Clock, ClockAdvance};
use crate::failure::Failure;
use crate::moment::told;
use crate::output::{say, say_json};
use crate::rest::Survey;
use crate::session::Session;
use crate::turn::{Target, turn};

#[derive(Serialize)]
struct Reading {
    business_now: Timestamp,
    next_due_at: Option<Timestamp>,
}

pub(crate) async fn run(session: &Session, clock: Clock) -> Result<ExitCode, Failure> {
    if !session.description.has_demo_clock() {
        return Err(Failure::ClockNotOurs);
    }
    match clock {
        Clock::Show { json } => show(session, json).await,
        Clock::Advance(advance) => self::advance(session, &advance).await,
    }
}

async fn show(session: &Session, json: bool) -> Result<ExitCode, Failure> {
    let survey = Survey::make(session).await?;
    let reading = Reading { business_now: survey.now, next_due_at: survey.next_due() };
    if json {
        say_json(&reading);
    } else {
        say(format_args!("{} ({})", told(reading.business_now), reading.business_now));
        match reading.next_due_at {
            Some(due_at) => say(format_args!("due next: {}", told(due_at))),
            None => say("nothing is due"),
        }
    }
    Ok(ExitCode::SUCCESS)
}

async fn advance(session: &Session, advance: &ClockAdvance) -> Result<ExitCode, Failure> {
    let target = match (advance.days, advance.to) {
        (Some(days), _) => Target::Days(days),
        (None, Some(moment)) => Target::To(moment),
        (None, None) => Target::NextDue,
    };
    let stands = turn(session, target, async |moment| {
        say(format_args!("{}: all that was due is done", told(moment)));
        Ok(())
    })
    .await?;
    say(format_args!("the business clock stands at {stands}"));
    Ok(ExitCode::SUCCESS)
}
