//! The process of the letter service.

use std::process::ExitCode;

fn main() -> ExitCode {
    runtime::run::<letter::Letter>(std::env::args().skip(1))
}
