//! A real nats-server with the generated users: what the slices name works, all else is refused.

#![expect(clippy::unwrap_used, reason = "tests fail loudly")]

mod refusals;
mod work;

use std::path::{Path, PathBuf};
use std::process::Command;

use contracts::permissions::{FILE, broker_users, users};
use embedded::{NatsServer, Search};

#[test]
fn the_committed_file_takes_its_passwords_from_the_environment() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(FILE);
    let check = |variables: Vec<String>| {
        let mut check = Command::new(program());
        check.env_clear().envs(variables.into_iter().map(|name| (name, "secret")));
        check.arg("-t").arg("-c").arg(&file).output().unwrap().status.success()
    };
    let variable = |user: &str| format!("{}_PASSWORD", user.to_uppercase().replace('-', "_"));
    assert!(check(users().map(variable).collect()));
    assert!(!check(users().skip(1).map(variable).collect()));
}

async fn server() -> NatsServer {
    NatsServer::throwaway(&program(), &broker_users(&password)).await.unwrap()
}

fn program() -> PathBuf {
    Search::from_env(Path::new(env!("CARGO_MANIFEST_DIR"))).nats_server().unwrap()
}

/// Holds what a configuration language could take for its own.
fn password(user: &str) -> String {
    format!("$1 \"{user}\" \\ # {{")
}
