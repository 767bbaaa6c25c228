//! The process of telephony-task.

use std::process::ExitCode;

fn main() -> ExitCode {
    runtime::run::<telephony_task::TelephonyTask>(std::env::args().skip(1))
}
