//! The logs of the children: one file each, begun anew with each start of the stack.

use std::fs;
use std::io::{ErrorKind, Read, Seek, SeekFrom};
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use super::layout::Layout;
use crate::failure::Failure;

/// How many earlier logs of a child are kept.
const KEPT: usize = 3;

/// Moves the logs of earlier starts aside, as `letter.log` to `letter.1.log`, and drops the oldest.
pub(super) fn rotate<'n>(
    layout: &Layout,
    names: impl Iterator<Item = &'n str>,
) -> Result<(), Failure> {
    for name in names {
        for age in (0..KEPT).rev() {
            let (from, to) = (aged(layout, name, age), aged(layout, name, age.saturating_add(1)));
            match fs::rename(&from, &to) {
                Err(error) if error.kind() != ErrorKind::NotFound => {
                    return Err(Failure::io("rename", &from)(error));
                }
                Ok(()) | Err(_) => {}
            }
        }
    }
    Ok(())
}

/// The servers write their logs beside their data; here is where people look for them.
pub(crate) fn link(layout: &Layout) -> Result<(), Failure> {
    for (name, log) in [("postgres", "../postgres/postgres.log"), ("nats", "../nats/nats.log")] {
        let link = layout.log(name);
        if !link.is_symlink() {
            symlink(log, &link).map_err(Failure::io("link", &link))?;
        }
    }
    Ok(())
}

/// The last line that says something, after so many bytes; told without our own name before it.
pub(crate) fn last_line(log: &Path, from: u64) -> Option<String> {
    let mut said = Vec::new();
    let mut file = fs::File::open(log).ok()?;
    file.seek(SeekFrom::Start(from)).ok()?;
    file.read_to_end(&mut said).ok()?;
    let said = String::from_utf8_lossy(&said);
    let line = said.lines().rfind(|line| !line.trim().is_empty())?;
    let ours = line.split_once(": ").filter(|(name, _)| name.starts_with("amicable"));
    Some(ours.map_or(line, |(_, sentence)| sentence).to_owned())
}

fn aged(layout: &Layout, name: &str, age: usize) -> PathBuf {
    match age {
        0 => layout.log(name),
        age => layout.log(&format!("{name}.{age}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logs_of_the_last_starts_are_kept() {
        let folder = tempfile::tempdir().unwrap();
        let layout = Layout::new(folder.path()).unwrap();
        layout.create().unwrap();
        for start in 0..9 {
            rotate(&layout, ["letter"].into_iter()).unwrap();
            fs::write(layout.log("letter"), start.to_string()).unwrap();
        }
        let kept = |age| fs::read_to_string(aged(&layout, "letter", age)).unwrap();
        assert_eq!([kept(0), kept(1), kept(3)], ["8", "7", "5"]);
        assert!(!aged(&layout, "letter", 4).exists());
    }

    #[test]
    fn a_child_is_quoted_without_what_it_said_before_and_without_its_name() {
        let folder = tempfile::tempdir().unwrap();
        let log = folder.path().join("log");
        fs::write(&log, "amicable letter: old\namicable letter: unknown key: x\n\n").unwrap();
        assert_eq!(last_line(&log, 21).as_deref(), Some("unknown key: x"));
        assert_eq!(last_line(&log, 53), None);
        fs::write(&log, "thread panicked: at the\n").unwrap();
        assert_eq!(last_line(&log, 0).as_deref(), Some("thread panicked: at the"));
    }
}
