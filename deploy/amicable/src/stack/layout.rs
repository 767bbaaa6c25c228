//! Where everything of an embedded stack lies: one folder, and what is in it.
//!
//! It must never hold anything that is not under that folder.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use crate::failure::Failure;

/// The folder of one embedded stack.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Layout {
    root: PathBuf,
}

impl Layout {
    /// The stack in `folder`, which need not exist. The path is made absolute, so that children and
    /// orphans know it by one name.
    pub(crate) fn new(folder: &Path) -> Result<Self, Failure> {
        let root = std::path::absolute(folder).map_err(Failure::io("find", folder))?;
        Ok(Self { root: root.components().collect() })
    }

    /// Makes the folders that the stack needs.
    pub(crate) fn create(&self) -> Result<(), Failure> {
        for folder in [&self.root, &self.logs(), &self.configurations()] {
            fs::create_dir_all(folder).map_err(Failure::io("make", folder))?;
        }
        Ok(())
    }

    /// Whether a stack was ever set up here.
    #[must_use]
    pub(crate) fn exists(&self) -> bool {
        self.description().is_file()
    }

    /// Removes the stack with all its data, and nothing else that lies in the folder. The caller
    /// holds the lock, which stays.
    pub(crate) fn clear(&self) -> Result<(), Failure> {
        // Where Postgres may not enter the folder, its data lies elsewhere behind a link.
        let postgres = self.postgres();
        if postgres.is_symlink() {
            let data = postgres.canonicalize().map_err(Failure::io("find", &postgres))?;
            remove(&data)?;
        }
        let folders = [
            self.nats(),
            self.files(),
            self.mails(),
            self.outgoing(),
            self.remittances(),
            self.demo(),
            self.logs(),
        ];
        let files = [self.services(), self.secrets(), self.board(), self.description()];
        for path in [postgres, self.configurations()].iter().chain(&folders).chain(&files) {
            remove(path)?;
        }
        Ok(())
    }

    /// The folder itself.
    #[must_use]
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// Which stack this is: its clock, its ports.
    #[must_use]
    pub(crate) fn description(&self) -> PathBuf {
        self.root.join("stack.toml")
    }

    /// The operator's own settings of the services.
    #[must_use]
    pub(crate) fn services(&self) -> PathBuf {
        self.root.join("services.toml")
    }

    /// Passwords, for the owner of the folder alone.
    #[must_use]
    pub(crate) fn secrets(&self) -> PathBuf {
        self.root.join("secrets.toml")
    }

    /// Held by the running stack; names its process.
    #[must_use]
    pub(crate) fn lock(&self) -> PathBuf {
        self.root.join("lock")
    }

    /// What the running stack says about its children.
    #[must_use]
    pub(crate) fn board(&self) -> PathBuf {
        self.root.join("children.json")
    }

    #[must_use]
    pub(crate) fn postgres(&self) -> PathBuf {
        self.root.join("postgres")
    }

    #[must_use]
    pub(crate) fn nats(&self) -> PathBuf {
        self.root.join("nats")
    }

    /// The store of files, shared by all services.
    #[must_use]
    pub(crate) fn files(&self) -> PathBuf {
        self.root.join("files")
    }

    /// Letters on paper, by day, as the print partner takes them.
    #[must_use]
    pub(crate) fn outgoing(&self) -> PathBuf {
        self.root.join("outgoing")
    }

    /// Payment orders and specifications of remittances.
    #[must_use]
    pub(crate) fn remittances(&self) -> PathBuf {
        self.root.join("remittances")
    }

    /// Payment orders of refunds.
    #[must_use]
    pub(crate) fn refunds(&self) -> PathBuf {
        self.root.join("refunds")
    }

    /// Files of direct debits.
    #[must_use]
    pub(crate) fn debits(&self) -> PathBuf {
        self.root.join("debits")
    }

    /// The mails that the sink keeps.
    #[must_use]
    pub(crate) fn mails(&self) -> PathBuf {
        self.root.join("mails")
    }

    /// The files that the demonstration made: invoices and bank statements.
    #[must_use]
    pub(crate) fn demo(&self) -> PathBuf {
        self.root.join("demo")
    }

    /// Says that nobody misses the stack when it is made anew.
    #[must_use]
    pub(crate) fn throwaway(&self) -> PathBuf {
        self.root.join("throwaway")
    }

    #[must_use]
    pub(crate) fn logs(&self) -> PathBuf {
        self.root.join("logs")
    }

    #[must_use]
    pub(crate) fn log(&self, child: &str) -> PathBuf {
        self.logs().join(format!("{child}.log"))
    }

    /// The configuration that `up` writes for a service.
    #[must_use]
    pub(crate) fn configuration(&self, service: &str) -> PathBuf {
        self.configurations().join(format!("{service}.toml"))
    }

    fn configurations(&self) -> PathBuf {
        self.root.join("config")
    }
}

/// Removes a file, a link, or a folder with all that is in it, where it is there.
fn remove(path: &Path) -> Result<(), Failure> {
    let removed = match fs::symlink_metadata(path) {
        Ok(found) if found.is_dir() => fs::remove_dir_all(path),
        Ok(_) => fs::remove_file(path),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error),
    };
    removed.map_err(Failure::io("remove", path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_folder_has_one_name() {
        let here = Layout::new(Path::new(".amicable")).unwrap();
        assert!(here.root().is_absolute());
        assert_eq!(Layout::new(Path::new("./.amicable/")).unwrap(), here);
    }

    #[test]
    fn only_what_belongs_to_the_stack_is_removed() {
        let folder = tempfile::tempdir().unwrap();
        let layout = Layout::new(&folder.path().join("stack")).unwrap();
        layout.create().unwrap();
        let elsewhere = folder.path().join("elsewhere");
        fs::create_dir(&elsewhere).unwrap();
        std::os::unix::fs::symlink(&elsewhere, layout.postgres()).unwrap();
        fs::write(layout.description(), "").unwrap();
        fs::write(layout.root().join("precious"), "").unwrap();
        layout.clear().unwrap();
        assert!(!elsewhere.exists());
        let left: Vec<_> =
            fs::read_dir(layout.root()).unwrap().map(|e| e.unwrap().path()).collect();
        assert_eq!(left, [layout.root().join("precious")]);
    }
}
