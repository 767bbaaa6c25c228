//! Reads the workspace as files, for the rules of the house that no compiler checks.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// The root of the workspace.
#[must_use]
pub fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).unwrap_or(here).to_path_buf()
}

/// A text file of the workspace, with its path relative to the root.
#[derive(Debug)]
pub struct Source {
    pub path: String,
    pub text: String,
}

/// All files below a folder whose names end so, sorted; build output and hidden folders left out.
#[must_use]
pub fn files(below: &str, ending: &str) -> Vec<Source> {
    let root = root();
    let mut found = Vec::new();
    collect(&root.join(below), &mut |path| {
        if path.to_string_lossy().ends_with(ending)
            && let Ok(text) = fs::read_to_string(path)
        {
            let relative = path.strip_prefix(&root).unwrap_or(path);
            found.push(Source { path: relative.to_string_lossy().into_owned(), text });
        }
    });
    found.sort_by(|a, b| a.path.cmp(&b.path));
    found
}

/// The names in a folder, sorted; hidden ones left out.
#[must_use]
pub fn names(folder: &str) -> BTreeSet<String> {
    fs::read_dir(root().join(folder))
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .filter(|name| !name.starts_with('.'))
        .collect()
}

/// The services, by the names of their folders.
#[must_use]
pub fn services() -> BTreeSet<String> {
    names("services")
}

fn collect(folder: &Path, found: &mut impl FnMut(&Path)) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.starts_with('.') || name == "target" {
            continue;
        }
        if path.is_dir() {
            collect(&path, found);
        } else {
            found(&path);
        }
    }
}

/// The text of a source file without its comments and string contents, line by line as it was, so
/// that a rule speaks of code only. Good enough for formatted Rust; not a parser.
#[must_use]
pub fn code(text: &str) -> String {
    text.lines()
        .map(|line| {
            let line = line.split("//").next().unwrap_or_default();
            let mut kept = String::new();
            let mut inside = false;
            let mut escaped = false;
            for letter in line.chars() {
                match letter {
                    '"' if !escaped => inside = !inside,
                    _ if inside => {}
                    _ => kept.push(letter),
                }
                escaped = letter == '\\' && !escaped;
            }
            kept
        })
        .collect::<Vec<_>>()
        .join("\n")
}

/// What stands in the table under a heading of a service's README: the first cell of each row,
/// without back-ticks. No such heading is an empty table.
#[must_use]
pub fn table(readme: &str, heading: &str) -> BTreeSet<String> {
    let wanted = format!("## {heading}");
    readme
        .lines()
        .skip_while(|line| line.trim() != wanted)
        .skip(1)
        .take_while(|line| !line.starts_with("## "))
        .filter_map(|line| line.trim().strip_prefix('|'))
        .filter_map(|row| row.split('|').next())
        .map(|cell| cell.trim().trim_matches('`').to_owned())
        .filter(|cell| cell.contains('.'))
        .collect()
}
