//! The process of monitoring.

use std::process::ExitCode;

fn main() -> ExitCode {
    runtime::run::<monitoring::Monitoring>(std::env::args().skip(1))
}
