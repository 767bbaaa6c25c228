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
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;
use runtime::error::chain;

use cli::{Cli, Command};
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
        Command::Serve(serve) if serve.name != stack::MAIL_SINK => commands::serve::service(serve),
        Command::Invoice(invoice) => commands::invoice::run(invoice),
        Command::Statement(statement) => commands::statement::run(statement),
        command => {
            let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
            let done = runtime.block_on(dispatch_async(layout, command));
            // A blocking call that hangs must not keep the process from ending.
            runtime.shutdown_timeout(Duration::from_secs(1));
            done
        }
    }
}

async fn dispatch_async(layout: Layout, command: Command) -> Result<ExitCode, Failure> {
    match command {
        Command::Up(up) => return commands::up::run(&layout, &up).await,
        Command::Down(_) => return commands::down::run(&layout).await,
        Command::Status(status) => return commands::status::run(&layout, &status).await,
        Command::Serve(serve) => return commands::serve::mail_sink(&layout, &serve).await,
        Command::Demo(demo) => return demo::run(&layout, &demo).await,
        _ => {}
    }
    let session = Session::open(&layout).await?;
    match command {
        Command::Clock(clock) => commands::clock::run(&session, clock).await,
        Command::Creditor(creditor) => commands::creditor::run(&session, creditor).await,
        Command::Import(import) => commands::import::run(&session, &import).await,
        Command::Case(case) => commands::case::run(&session, case).await,
        Command::Claim(claim) => commands::claim::run(&session, claim).await,
        Command::Bank(bank) => commands::bank::run(&session, bank).await,
        Command::Parked(parked) => commands::parked::run(&session, parked).await,
        Command::Waiting(waiting) => commands::waiting::run(&session, waiting).await,
        Command::Uncertain(uncertain) => commands::uncertain::run(&session, uncertain).await,
        Command::Check(check) => commands::check::run(&session, &check).await,
        Command::Stream(stream) => commands::stream::run(&session, stream).await,
        Command::Mail(mail) => commands::mail::run(&session, mail).await,
        // Done above.
        Command::Up(_)
        | Command::Down(_)
        | Command::Status(_)
        | Command::Serve(_)
        | Command::Demo(_)
        | Command::Invoice(_)
        | Command::Statement(_) => Ok(ExitCode::SUCCESS),
    }
}

fn layout(folder: Option<&Path>, command: &Command) -> Result<Layout, Failure> {
    let usual = match command {
        Command::Demo(demo) if !demo.keep => DEMO_FOLDER,
        _ => FOLDER,
    };
    Layout::new(&folder.map_or_else(|| PathBuf::from(usual), Path::to_owned))
}
