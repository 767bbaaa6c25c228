//! `amicable down`: stops the running stack and waits until it has.

use std::process::ExitCode;
use std::time::{Duration, Instant};

use rustix::io::Errno;
use rustix::process::{Pid, Signal, kill_process};
use tokio::time::sleep;

use crate::failure::Failure;
use crate::output::say;
use crate::stack::{Layout, Lock};

/// Services, mail sink, NATS and Postgres one after the other, each within its own limit.
const LIMIT: Duration = Duration::from_mins(3);
const LOOK_EVERY: Duration = Duration::from_millis(50);

pub(crate) async fn run(layout: &Layout) -> Result<ExitCode, Failure> {
    if stop(layout).await? {
        say(format_args!("the stack in {} is down", layout.root().display()));
    } else {
        say(format_args!("no stack runs in {}", layout.root().display()));
    }
    Ok(ExitCode::SUCCESS)
}

/// Stops the stack, if one runs; says whether one did.
pub(crate) async fn stop(layout: &Layout) -> Result<bool, Failure> {
    let Some(pid) = Lock::holder(layout)? else { return Ok(false) };
    if let Some(process) = i32::try_from(pid).ok().and_then(Pid::from_raw) {
        // Already gone is as good as stopped.
        match kill_process(process, Signal::TERM) {
            Ok(()) | Err(Errno::SRCH) => {}
            Err(error) => return Err(Failure::NotOurs { pid, source: error.into() }),
        }
    }
    let start = Instant::now();
    while Lock::holder(layout)? == Some(pid) {
        if start.elapsed() > LIMIT {
            return Err(Failure::NotStopped { pid, limit_s: LIMIT.as_secs() });
        }
        sleep(LOOK_EVERY).await;
    }
    Ok(true)
}
