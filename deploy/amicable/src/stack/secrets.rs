//! The passwords of the stack: made up at the first start, kept where only the owner reads.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use contracts::permissions;
use runtime::config::Secret;
use runtime::postgres::schema_of;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::layout::Layout;
use super::services;
use crate::failure::Failure;

/// Passwords by the name of the role or user.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Secrets {
    postgres: BTreeMap<String, String>,
    nats: BTreeMap<String, String>,
}

impl std::fmt::Debug for Secrets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Secrets").finish_non_exhaustive()
    }
}

/// The role that owns a service's schema and applies its migrations.
#[must_use]
pub(super) fn owner_role(service: &str) -> String {
    format!("{}_owner", schema_of(service))
}

/// The role that the service itself runs under.
#[must_use]
pub(super) fn runtime_role(service: &str) -> String {
    schema_of(service)
}

impl Secrets {
    /// Reads the passwords, and makes up those that are missing, as after an upgrade.
    pub(crate) fn load_or_make(layout: &Layout) -> Result<Self, Failure> {
        let found = if layout.secrets().exists() { Self::load(layout)? } else { Self::default() };
        let mut secrets = found.clone();
        for service in services::names() {
            for role in [owner_role(service), runtime_role(service)] {
                secrets.postgres.entry(role).or_insert_with(made_up);
            }
        }
        for user in permissions::users() {
            secrets.nats.entry(user.to_owned()).or_insert_with(made_up);
        }
        if secrets != found {
            let file = layout.secrets();
            let text = toml::to_string(&secrets).map_err(Failure::written(&file))?;
            write_private(&file, &text)?;
        }
        Ok(secrets)
    }

    /// Reads the passwords of a stack that was started before.
    pub(crate) fn load(layout: &Layout) -> Result<Self, Failure> {
        let file = layout.secrets();
        let text = fs::read_to_string(&file).map_err(Failure::io("read", &file))?;
        // What the reader says about a wrong file would quote from it.
        toml::from_str(&text).map_err(|_| Failure::Written {
            file,
            problem: "it holds no passwords; remove it while the stack is down".to_owned(),
        })
    }

    /// The password of a database role; empty for a role that is none of ours.
    #[must_use]
    pub(crate) fn of_role(&self, role: &str) -> &str {
        self.postgres.get(role).map_or("", String::as_str)
    }

    /// The password of a user of the broker; empty for a user that is none of ours.
    #[must_use]
    pub(crate) fn of_user(&self, user: &str) -> &str {
        self.nats.get(user).map_or("", String::as_str)
    }

    /// How a role connects to the stack's database.
    #[must_use]
    pub(crate) fn database_url(&self, role: &str, port: u16) -> Secret {
        let (password, database) = (self.of_role(role), super::database::DATABASE);
        let url =
            format!("postgres://{role}:{password}@127.0.0.1:{port}/{database}?sslmode=disable");
        Secret::new(url)
    }
}

/// Writes a file that nobody else can read, whole or not at all.
pub(super) fn write_private(file: &Path, text: &str) -> Result<(), Failure> {
    let unfinished = file.with_extension("unfinished");
    fs::remove_file(&unfinished).ok();
    fs::File::options()
        .create_new(true)
        .write(true)
        .mode(0o600)
        .open(&unfinished)
        .and_then(|mut open| {
            open.write_all(text.as_bytes())?;
            open.sync_all()
        })
        .and_then(|()| fs::rename(&unfinished, file))
        .map_err(Failure::io("write", file))
}

/// Letters and digits, beginning with a letter: nothing that any of the languages it stands in
/// could take for something else.
#[expect(clippy::disallowed_methods, reason = "a password must not be derivable")]
fn made_up() -> String {
    format!("p{}{}", Uuid::new_v4().simple(), Uuid::new_v4().simple())
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn passwords_are_kept_private_and_the_same() {
        let folder = tempfile::tempdir().unwrap();
        let layout = Layout::new(folder.path()).unwrap();
        let made = Secrets::load_or_make(&layout).unwrap();
        assert_eq!(Secrets::load_or_make(&layout).unwrap(), made);
        let permissions = fs::metadata(layout.secrets()).unwrap().permissions();
        assert_eq!(permissions.mode() & 0o777, 0o600);
        assert_ne!(made.of_role("letter"), made.of_role("letter_owner"));
        assert_ne!(made.of_user("letter"), "");
        assert!(!format!("{made:?}").contains(made.of_role("letter")));
    }

    #[test]
    fn a_new_service_gets_its_passwords_and_the_others_keep_theirs() {
        let folder = tempfile::tempdir().unwrap();
        let layout = Layout::new(folder.path()).unwrap();
        fs::write(layout.secrets(), "[nats]\nletter = \"old\"\n").unwrap();
        let secrets = Secrets::load_or_make(&layout).unwrap();
        assert_eq!(secrets.of_user("letter"), "old");
        assert!(secrets.of_user("operator").len() > 60);
    }
}
