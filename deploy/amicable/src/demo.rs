//! The demonstration: a small agency whose cases are played from invoice to paid, day by day, on
//! the business clock.
//!
//! `deploy/demo` holds who is in it, `story.rs` what happens; `play.rs` does it and `news.rs` tells
//! it. It uses the commands' own functions, so it shows nothing that an operator could not do.

mod agency;
mod bank;
mod desk;
mod news;
mod play;
mod story;

use std::fs;
use std::process::ExitCode;

use jiff::civil::{Date, date};
use tokio::process::Child;

use crate::cli::{ClockChoice, Demo, Up};
use crate::commands::up::{Ending, announce, launch};
use crate::failure::Failure;
use crate::moment::{at_hour, told};
use crate::output::say;
use crate::session::Session;
use crate::stack::{Description, Layout, Lock};
use play::Summary;

/// A Monday, with no holiday in either country in the weeks after it.
const FIRST_DAY: Date = date(2026, 9, 7);
/// When the invoices come in, before the day's first steps.
const FIRST_HOUR: i8 = 8;

pub(crate) async fn run(layout: &Layout, demo: &Demo) -> Result<ExitCode, Failure> {
    if demo.keep { stay(layout, demo.days).await } else { come_and_go(layout, demo.days).await }
}

/// Plays on a stack made anew, which ends with the play, whatever ends that.
async fn come_and_go(layout: &Layout, days: Option<u16>) -> Result<ExitCode, Failure> {
    let mark = layout.throwaway();
    if layout.exists() && !mark.exists() {
        return Err(Failure::NotThrowaway { folder: layout.root().to_owned() });
    }
    layout.create()?;
    fs::write(&mark, "").map_err(Failure::io("write", &mark))?;
    let lock = Lock::take(layout).await?;
    layout.clear()?;
    drop(lock);
    starting(layout);
    let stack = launch(layout, &up()?, Ending::WithUs).await?;
    let played = match Session::open(layout).await {
        Ok(session) => play::play(&session, days).await,
        Err(failure) => Err(failure),
    };
    stop(stack).await?;
    Ok(conclude(&played?))
}

/// Plays on the folder's stack, and leaves it running. Where there are cases already, it is only
/// brought up.
async fn stay(layout: &Layout, days: Option<u16>) -> Result<ExitCode, Failure> {
    if Lock::holder(layout)?.is_none() {
        starting(layout);
        launch(layout, &up()?, Ending::Detached).await?;
    }
    // What is left running may be wanted.
    fs::remove_file(layout.throwaway()).ok();
    let session = Session::open(layout).await?;
    if !session.cases().await?.is_empty() {
        let now = told(session.business_now().await?);
        say(format_args!(
            "there are cases here already, so the play is not repeated; the business clock stands \
             at {now}. `make clean-run` begins anew"
        ));
        announce(layout, &session.description);
        say_next(layout, &session.description);
        return Ok(ExitCode::SUCCESS);
    }
    let summary = play::play(&session, days).await?;
    say("");
    announce(layout, &session.description);
    say_next(layout, &session.description);
    Ok(conclude(&summary))
}

fn starting(layout: &Layout) {
    say(format_args!("starting a stack in {}", layout.root().display()));
}

/// What a reader may do with the stack that is left running.
fn say_next(layout: &Layout, description: &Description) {
    let port = description.ports.intake_api;
    let creditor_id = intake::domain::creditor_id("groene-hoek");
    let invoice = layout.demo().join("invoices/GH-2601.xml");
    say(format_args!(
        "\ntry next:\n  \
         amicable case list\n  \
         amicable case show ID\n  \
         amicable audit ID\n  \
         amicable mail list\n  \
         amicable post list\n  \
         amicable call list\n  \
         amicable remit list\n  \
         amicable bank unmatched\n  \
         amicable clock advance --until-next\n  \
         amicable check\n  \
         curl -H 'Authorization: Bearer groene-hoek-demo' -H 'Idempotency-Key: 1' \
         --data-binary @{} http://127.0.0.1:{port}/v1/creditors/{creditor_id}/invoices\n  \
         amicable down",
        invoice.display()
    ));
}

fn up() -> Result<Up, Failure> {
    let start = at_hour(FIRST_DAY, FIRST_HOUR);
    let start = start.map_err(|error| Failure::Demo(error.to_string()))?;
    let clock = ClockChoice { demo_clock: true, system_clock: false };
    Ok(Up { clock, demo_start: Some(start), ..Up::default() })
}

/// Closes the input that the stack watches, and waits until it is down.
async fn stop(mut stack: Child) -> Result<(), Failure> {
    drop(stack.stdin.take());
    stack.wait().await?;
    Ok(())
}

fn conclude(summary: &Summary) -> ExitCode {
    say(format_args!("\n{summary}"));
    if summary.is_good() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
