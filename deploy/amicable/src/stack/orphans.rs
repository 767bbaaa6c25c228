//! Ends what a killed stack left behind.
//!
//! A child ends by itself when its parent dies, but takes its time to end in order. The next start
//! does not wait for that: whatever matters is in the database, so a killed child loses nothing.
//! Postgres and nats-server are ended by those who start them.

use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use super::layout::Layout;
use super::process;
use crate::failure::Failure;

const LIMIT: Duration = Duration::from_secs(10);
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// Kills the processes of earlier stacks in this folder, and waits until they are gone. The caller
/// holds the lock, so no living stack has any.
pub(super) async fn end(layout: &Layout) -> Result<(), Failure> {
    let start = Instant::now();
    let mut orphans = find(layout)?;
    loop {
        orphans.retain(|orphan| holds_on(*orphan));
        let Some(first) = orphans.first() else { return Ok(()) };
        if start.elapsed() > LIMIT {
            let pid = first.as_raw_nonzero().get().unsigned_abs();
            return Err(Failure::NotStopped { pid, limit_s: LIMIT.as_secs() });
        }
        for orphan in &orphans {
            // Already gone is as good as ended.
            kill_process(*orphan, Signal::KILL).ok();
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

/// The processes that run a child of a stack in this folder, whoever their parent is now.
fn find(layout: &Layout) -> Result<Vec<Pid>, Failure> {
    let processes = "/proc".as_ref();
    let mut found = Vec::new();
    for entry in fs::read_dir(processes).map_err(Failure::io("read", processes))?.flatten() {
        let pid = entry.file_name().to_str().and_then(|name| Pid::from_raw(name.parse().ok()?));
        let command_line = fs::read(entry.path().join("cmdline"));
        if let (Some(pid), Ok(command_line)) = (pid, command_line)
            && runs_in(layout, &command_line)
        {
            found.push(pid);
        }
    }
    Ok(found)
}

/// Whether the process may still have files and ports open: not one that is gone, or only waits
/// to be counted among the dead.
fn holds_on(pid: Pid) -> bool {
    let status = fs::read_to_string(format!("/proc/{}/stat", pid.as_raw_nonzero()));
    status.is_ok_and(|status| !status.contains(") Z "))
}

/// Whether the command line, as `/proc` tells it, is one that [`process`] starts for this folder.
fn runs_in(layout: &Layout, command_line: &[u8]) -> bool {
    let arguments: Vec<&[u8]> = command_line.split(|byte| *byte == 0).collect();
    let marks = process::marks(layout);
    arguments.windows(marks.len()).any(|window| {
        window.iter().zip(&marks).all(|(argument, mark)| *argument == mark.as_os_str().as_bytes())
    })
}

#[cfg(test)]
mod tests {
    use std::io::Read;
    use std::path::Path;

    use super::*;

    #[test]
    fn only_children_of_this_folder_are_taken_for_orphans() {
        let layout = Layout::new(Path::new("/srv/agency")).unwrap();
        let runs = |line: &[u8]| runs_in(&layout, line);
        assert!(runs(b"/bin/amicable\0--folder\0/srv/agency\0serve\0letter\0--config\0x\0"));
        assert!(runs(b"amicable\0--folder\0/srv/agency\0serve\0mail-sink\0"));
        assert!(!runs(b"amicable\0--folder\0/srv/agency2\0serve\0letter\0"));
        assert!(!runs(b"amicable\0--folder\0/srv/agency\0up\0"));
        assert!(!runs(b"vim\0/srv/agency\0"));
        assert!(!runs(b""));
    }

    #[tokio::test]
    async fn an_orphan_is_ended_and_waited_for() {
        let folder = tempfile::tempdir().unwrap();
        let layout = Layout::new(folder.path()).unwrap();
        let mut orphan = std::process::Command::new("/bin/sh")
            .args(["-c", "echo; read -r _", "sh"])
            .args(process::marks(&layout))
            .stdin(std::process::Stdio::piped())
            .stdout(std::process::Stdio::piped())
            .spawn()
            .unwrap();
        // Only once it runs does `/proc` tell its arguments.
        orphan.stdout.as_mut().unwrap().read_exact(&mut [0]).unwrap();
        assert_eq!(find(&layout).unwrap().len(), 1);
        // Collects the exit status, as the system does for a real orphan.
        let waiting = std::thread::spawn(move || orphan.wait().unwrap());
        end(&layout).await.unwrap();
        assert!(!waiting.join().unwrap().success());
    }
}
