//! The process of intake.

use std::process::ExitCode;

fn main() -> ExitCode {
    runtime::run::<intake::Intake>(std::env::args().skip(1))
}
