//! One stack, one process: the lock that the running stack holds.
//!
//! The kernel lets go of it however the process ends, so it never lies.

use std::fs::{self, File, TryLockError};
use std::io::{Seek, Write};
use std::process;
use std::time::{Duration, Instant};

use super::board::Board;
use super::description::Description;
use super::layout::Layout;
use crate::failure::Failure;

/// Somebody who asks whether a stack runs holds the lock for a moment.
const ASKED_LIMIT: Duration = Duration::from_millis(500);
const LOOK_EVERY: Duration = Duration::from_millis(10);

/// Held by the process that runs the stack, until it is dropped.
#[derive(Debug)]
pub(crate) struct Lock(#[expect(dead_code, reason = "held, not read")] File);

impl Lock {
    /// Takes the stack for this process.
    pub(crate) async fn take(layout: &Layout) -> Result<Self, Failure> {
        let path = layout.lock();
        let mut options = File::options();
        let open = options.create(true).truncate(false).write(true).open(&path);
        let mut file = open.map_err(Failure::io("open", &path))?;
        let start = Instant::now();
        loop {
            match file.try_lock() {
                Ok(()) => break,
                Err(TryLockError::WouldBlock) if start.elapsed() < ASKED_LIMIT => {
                    tokio::time::sleep(LOOK_EVERY).await;
                }
                Err(TryLockError::WouldBlock) => return Err(taken(layout)),
                Err(TryLockError::Error(source)) => return Err(Failure::io("lock", &path)(source)),
            }
        }
        file.set_len(0)
            .and_then(|()| file.rewind())
            .and_then(|()| writeln!(file, "{}", process::id()))
            .map_err(Failure::io("write", &path))?;
        Ok(Self(file))
    }

    /// The process that runs the stack, if one does.
    pub(crate) fn holder(layout: &Layout) -> Result<Option<u32>, Failure> {
        let path = layout.lock();
        let Ok(file) = File::open(&path) else { return Ok(None) };
        match file.try_lock_shared() {
            Ok(()) => Ok(None),
            Err(TryLockError::WouldBlock) => Ok(Some(process_in(layout))),
            Err(TryLockError::Error(source)) => Err(Failure::io("look at", &path)(source)),
        }
    }
}

fn taken(layout: &Layout) -> Failure {
    let addresses = match (Description::load(layout), Board::load(layout)) {
        (Ok(description), Ok(Some(board))) if board.ready => {
            let ports = description.ports;
            format!(
                "intake API http://127.0.0.1:{}, mails http://127.0.0.1:{}",
                ports.intake_api, ports.mail_page
            )
        }
        _ => "it is starting or stopping".to_owned(),
    };
    let (folder, pid) = (layout.root().to_owned(), process_in(layout));
    Failure::RunsAlready { folder, pid, addresses }
}

fn process_in(layout: &Layout) -> u32 {
    let text = fs::read_to_string(layout.lock()).unwrap_or_default();
    text.trim().parse().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_second_stack_hears_of_the_first_until_it_ends() {
        let folder = tempfile::tempdir().unwrap();
        let layout = Layout::new(folder.path()).unwrap();
        assert_eq!(Lock::holder(&layout).unwrap(), None);
        let lock = Lock::take(&layout).await.unwrap();
        assert_eq!(Lock::holder(&layout).unwrap(), Some(process::id()));
        let told = Lock::take(&layout).await.unwrap_err().to_string();
        assert!(told.contains(&format!("(process {})", process::id())), "{told}");
        drop(lock);
        assert_eq!(Lock::holder(&layout).unwrap(), None);
        Lock::take(&layout).await.unwrap();
    }
}
