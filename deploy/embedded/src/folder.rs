//! Folders for the data of servers: lasting ones, throwaway ones, and who may have them.
//!
//! It must never give away a folder that holds anything else, nor open a closed one to other users.

use std::fs::{self, File, TryLockError};
use std::os::unix::fs::{MetadataExt, symlink};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crate::Error;
use crate::account::Account;

/// Where root keeps data that lies in a folder closed to other users.
const ROOTS_DATA: &str = "/var/lib/amicable";

/// Makes `folder` for the data of a server under `account`, and gives it to that account.
///
/// Where the account cannot reach it (a checkout under `/root`), the folder becomes a symbolic link
/// to a fresh one in `/var/lib/amicable`. Returns the real path.
pub(crate) fn data_folder(folder: &Path, account: Option<Account>) -> Result<PathBuf, Error> {
    let parent = folder.parent().unwrap_or(folder);
    fs::create_dir_all(parent).map_err(Error::io("make", parent))?;
    let Some(account) = account else {
        fs::create_dir_all(folder).map_err(Error::io("make", folder))?;
        return real_path(folder);
    };
    if !folder.is_symlink() && !open_to_others(&real_path(parent)?)? {
        // Goes only if it is empty.
        fs::remove_dir(folder).ok();
        let within = Path::new(ROOTS_DATA);
        fs::create_dir_all(within).map_err(Error::io("make", within))?;
        let elsewhere = fresh_folder(within, "data-")?;
        symlink(&elsewhere, folder).map_err(Error::io("link", folder))?;
    }
    fs::create_dir_all(folder).map_err(Error::io("make", folder))?;
    let folder = real_path(folder)?;
    account.own(&folder)?;
    Ok(folder)
}

/// A new folder under the system's temporary one, for others to take over.
pub(crate) fn throwaway_folder(prefix: &str) -> Result<PathBuf, Error> {
    fresh_folder(&std::env::temp_dir(), prefix)
}

/// How long a lock may be held by nobody who means it: a child of this process has all its locks
/// from its fork until it runs its program.
const FORK_LIMIT: Duration = Duration::from_secs(2);

/// Takes the folder for this process, until the returned file is dropped or the process ends.
pub(crate) async fn lock(server: &'static str, folder: &Path) -> Result<File, Error> {
    let path = folder.join("lock");
    let file = File::create(&path).map_err(Error::io("make", &path))?;
    let begun = Instant::now();
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(file),
            Err(TryLockError::WouldBlock) if begun.elapsed() < FORK_LIMIT => {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            Err(TryLockError::WouldBlock) => {
                return Err(Error::Busy { server, folder: folder.to_owned() });
            }
            Err(TryLockError::Error(source)) => {
                return Err(Error::Io { action: "lock", path, source });
            }
        }
    }
}

fn fresh_folder(within: &Path, prefix: &str) -> Result<PathBuf, Error> {
    let made = tempfile::Builder::new().prefix(prefix).tempdir_in(within);
    Ok(made.map_err(Error::io("make a folder in", within))?.keep())
}

fn real_path(path: &Path) -> Result<PathBuf, Error> {
    path.canonicalize().map_err(Error::io("find", path))
}

/// Whether any user can pass through the folder and all above it.
fn open_to_others(folder: &Path) -> Result<bool, Error> {
    for step in folder.ancestors() {
        let mode = fs::metadata(step).map_err(Error::io("look at", step))?.mode();
        if mode & 0o001 == 0 {
            return Ok(false);
        }
    }
    Ok(true)
}
