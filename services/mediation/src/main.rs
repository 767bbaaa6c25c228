//! The process of mediation.

use std::process::ExitCode;

fn main() -> ExitCode {
    runtime::run::<mediation::Mediation>(std::env::args().skip(1))
}
