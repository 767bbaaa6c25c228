//! The process of the scheduler.

use std::process::ExitCode;

fn main() -> ExitCode {
    runtime::run::<scheduler::Scheduler>(std::env::args().skip(1))
}
