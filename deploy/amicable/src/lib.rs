//! The one command line of Amicable, and the embedded stack behind it.
//!
//! `stack/` brings the servers and services up and knows nothing of what they do; `commands/` holds
//! one file per group of commands, each a few small functions over a [`session::Session`]; `demo/`
//! plays a small agency. Read `cli.rs` for what there is.

mod cli;
mod commands;
mod demo;
mod failure;
mod find;
mod moment;
mod output;
mod rest;
mod sentences;
mod session;
mod stack;
mod turn;

use std::ffi::OsString;
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;
use runtime::error::chain;

use cli::{AskCommand, Cli, Command, FileCommand, StackCommand};
use failure::Failure;
use output::complain;
use session::Session;
use stack::Layout;

/// Usage errors, as `EX_USAGE` of sysexits.h.
const EXIT_USAGE: u8 = 64;
const FOLDER: &str = ".amicable";
/// A demonstration that ends makes its folder anew, so it has one of its own.
const DEMO_FOLDER: &str = ".amicable-demo";

/// The whole command line: arguments in, exit code out.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let cli = match Cli::try_parse_from(arguments) {
        Ok(cli) => cli,
        Err(usage) => {
            usage.print().ok();
            return if usage.use_stderr() { EXIT_USAGE.into() } else { ExitCode::SUCCESS };
        }
    };
    match dispatch(cli) {
        Ok(code) => code,
        Err(failure) => {
            complain(chain(&failure));
            ExitCode::FAILURE
        }
    }
}

/// Commands that need no async runtime, or make their own, are done here.
fn dispatch(cli: Cli) -> Result<ExitCode, Failure> {
    let layout = layout(cli.folder.as_deref(), &cli.command)?;
    match cli.command {
        Command::File(FileCommand::Invoice(invoice)) => commands::invoice::run(invoice),
        Command::File(FileCommand::Statement(statement)) => commands::statement::run(statement),
        Command::File(FileCommand::Agreement(agreement)) => commands::agreement::run(&agreement),
        Command::File(FileCommand::Simulate(simulate)) => commands::simulate::run(&simulate),
        Command::File(FileCommand::Letter(letter)) => commands::letter::run(&letter),
        Command::File(FileCommand::Law(law)) => commands::law::run(&law),
        Command::File(FileCommand::Reference(reference)) => commands::reference::run(reference),
        Command::Stack(StackCommand::Serve(serve)) if serve.name != stack::MAIL_SINK => {
            commands::serve::service(serve)
        }
        Command::Stack(command) => run_async(look_after(&layout, command)),
        Command::Ask(command) => run_async(ask(&layout, command)),
    }
}

fn run_async(
    command: impl Future<Output = Result<ExitCode, Failure>>,
) -> Result<ExitCode, Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let done = runtime.block_on(command);
    // A blocking call that hangs must not keep the process from ending.
    runtime.shutdown_timeout(Duration::from_secs(1));
    done
}

async fn look_after(layout: &Layout, command: StackCommand) -> Result<ExitCode, Failure> {
    match command {
        StackCommand::Up(up) => commands::up::run(layout, &up).await,
        StackCommand::Down(_) => commands::down::run(layout).await,
        StackCommand::Migrate(_) => commands::migrate::run(layout).await,
        StackCommand::Status(status) => commands::status::run(layout, &status).await,
        StackCommand::Serve(serve) => commands::serve::mail_sink(layout, &serve).await,
        StackCommand::Demo(demo) => demo::run(layout, &demo).await,
    }
}

async fn ask(layout: &Layout, command: AskCommand) -> Result<ExitCode, Failure> {
    let session = &Session::open(layout).await?;
    match command {
        AskCommand::Clock(clock) => commands::clock::run(session, clock).await,
        AskCommand::Creditor(creditor) => commands::creditor::run(session, creditor).await,
        AskCommand::Import(import) => commands::import::run(session, &import).await,
        AskCommand::Case(case) => commands::case::run(session, case).await,
        AskCommand::Hold(hold) => commands::hold::run(session, hold).await,
        AskCommand::Claim(claim) => commands::claim::run(session, claim).await,
        AskCommand::Audit(audit) => commands::audit::run(session, &audit).await,
        AskCommand::Staff(staff) => commands::staff::run(session, staff).await,
        AskCommand::Call(call) => commands::call::run(session, call).await,
        AskCommand::Remit(remit) => commands::remit::run(session, remit).await,
        AskCommand::Refund(refund) => commands::refund::run(session, refund).await,
        AskCommand::Mandate(mandate) => commands::mandate::run(session, mandate).await,
        AskCommand::Debit(debit) => commands::debit::run(session, debit).await,
        AskCommand::Ledger(ledger) => commands::ledger::run(session, &ledger).await,
        AskCommand::Post(post) => commands::post::run(session, &post).await,
        AskCommand::Bank(bank) => commands::bank::run(session, bank).await,
        AskCommand::Mail(mail) => commands::mail::run(session, mail).await,
        AskCommand::Parked(parked) => commands::parked::run(session, parked).await,
        AskCommand::Waiting(waiting) => commands::waiting::run(session, waiting).await,
        AskCommand::Uncertain(uncertain) => commands::uncertain::run(session, uncertain).await,
        AskCommand::Check(check) => commands::check::run(session, &check).await,
        AskCommand::Stream(stream) => commands::stream::run(session, stream).await,
    }
}

fn layout(folder: Option<&Path>, command: &Command) -> Result<Layout, Failure> {
    let comes_and_goes = matches!(command, Command::Stack(StackCommand::Demo(demo)) if !demo.keep);
    let usual = if comes_and_goes { DEMO_FOLDER } else { FOLDER };
    Layout::new(folder.unwrap_or(Path::new(usual)))
}
