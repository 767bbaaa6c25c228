//! Ends a server that its killed parent left behind.
//!
//! It must never end a process that merely has the number of an old server: the process must be
//! running on the very folder.

use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use crate::Error;

/// How often we look whether a process is gone.
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// Ends the process whose number is on the first line of `pid_file`, if `place` is an argument on
/// its command line, and waits until it is gone.
///
/// If a stranger has the number by now, the file goes: Postgres would take it for a running server.
pub(crate) async fn end(
    server: &'static str,
    pid_file: &Path,
    place: &Path,
    signal: Signal,
    limit: Duration,
) -> Result<(), Error> {
    let Some(pid) = running(pid_file, place) else {
        if named(pid_file).is_some_and(|pid| Path::new(&format!("/proc/{pid}")).exists()) {
            fs::remove_file(pid_file).map_err(Error::io("remove", pid_file))?;
        }
        return Ok(());
    };
    // Already gone is as good as ended.
    kill_process(pid, signal).ok();
    let start = Instant::now();
    while running(pid_file, place) == Some(pid) {
        if start.elapsed() > limit {
            let pid = pid.as_raw_nonzero().get().unsigned_abs();
            return Err(Error::NotStopped { server, pid, limit_s: limit.as_secs() });
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
    Ok(())
}

/// The process that `pid_file` names, if it runs on `place`.
pub(crate) fn running(pid_file: &Path, place: &Path) -> Option<Pid> {
    let pid = named(pid_file)?;
    let command_line = fs::read(format!("/proc/{pid}/cmdline")).ok()?;
    let place = place.as_os_str().as_bytes();
    let runs_there = command_line.split(|byte| *byte == 0).any(|argument| argument == place);
    if runs_there { Pid::from_raw(pid) } else { None }
}

fn named(pid_file: &Path) -> Option<i32> {
    fs::read_to_string(pid_file).ok()?.lines().next()?.trim().parse().ok()
}
