//! The process of the command line.

use std::process::ExitCode;

fn main() -> ExitCode {
    amicable::run(std::env::args_os())
}
