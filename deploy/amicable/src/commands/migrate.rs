//! `amicable migrate`: what a new release needs of the servers, made while the one before serves.

use std::process::ExitCode;

use crate::failure::Failure;
use crate::output::say;
use crate::stack::{self, Layout};

pub(crate) async fn run(layout: &Layout) -> Result<ExitCode, Failure> {
    stack::migrate(layout).await?;
    say("schemas, permissions, streams and consumers are those of this release");
    Ok(ExitCode::SUCCESS)
}
