//! The account that Postgres runs under when we are root, because it refuses to be root.
//!
//! It must never be used for another purpose: for everyone but root the servers run as oneself.

use std::fs;
use std::os::unix::fs::chown;
use std::path::Path;

use crate::Error;

/// The number of `nobody` on Debian, for systems whose table of users lacks it.
const NOBODY: u32 = 65534;

/// A system user by number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Account {
    pub(crate) uid: u32,
    pub(crate) gid: u32,
}

impl Account {
    /// `nobody` when this process is root; else none, which means oneself.
    pub(crate) fn for_postgres() -> Option<Self> {
        if !rustix::process::geteuid().is_root() {
            return None;
        }
        let table = fs::read_to_string("/etc/passwd").unwrap_or_default();
        Some(Self::nobody(&table).unwrap_or(Self { uid: NOBODY, gid: NOBODY }))
    }

    fn nobody(table: &str) -> Option<Self> {
        let line = table.lines().find(|line| line.starts_with("nobody:"))?;
        let mut fields = line.split(':').skip(2);
        let uid = fields.next()?.parse().ok()?;
        let gid = fields.next()?.parse().ok()?;
        Some(Self { uid, gid })
    }

    /// Gives one file or folder, not what is in it, to this account.
    pub(crate) fn own(self, path: &Path) -> Result<(), Error> {
        chown(path, Some(self.uid), Some(self.gid)).map_err(Error::io("give to nobody", path))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_read_from_the_table_of_users() {
        let table = "root:x:0:0:root:/root:/bin/bash\nnobody:x:99:98::/:/usr/sbin/nologin\n";
        assert_eq!(Account::nobody(table), Some(Account { uid: 99, gid: 98 }));
        assert_eq!(Account::nobody("root:x:0:0:root:/root:/bin/bash\n"), None);
    }
}
