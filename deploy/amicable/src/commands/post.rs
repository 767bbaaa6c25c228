//! `amicable post`: letters on paper, as they lie ready for the print partner.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use serde::Serialize;

use crate::cli::Post;
use crate::failure::Failure;
use crate::output::{Table, say_json};
use crate::session::Session;

/// One letter of the outgoing folder.
#[derive(Debug, PartialEq, Eq, Serialize)]
struct Printed {
    /// The day of its folder.
    day: String,
    letter_id: String,
    file: PathBuf,
    bytes: u64,
}

pub(crate) fn run(session: &Session, post: &Post) -> Result<ExitCode, Failure> {
    let Post::List { limit, json } = post;
    let mut letters = letters(&session.layout.outgoing())?;
    letters.truncate(usize::try_from(limit.limit).unwrap_or(usize::MAX));
    if *json {
        say_json(&letters);
        return Ok(ExitCode::SUCCESS);
    }
    let mut table = Table::new(["day", "kB", "file"]);
    for letter in &letters {
        let kilobytes = letter.bytes.div_ceil(1000).to_string();
        table.row([letter.day.clone(), kilobytes, letter.file.display().to_string()]);
    }
    table.say("no letters yet");
    Ok(ExitCode::SUCCESS)
}

/// How many letters lie ready.
pub(crate) fn count(session: &Session) -> Result<usize, Failure> {
    Ok(letters(&session.layout.outgoing())?.len())
}

/// The letters of a folder, the newest day first.
fn letters(folder: &Path) -> Result<Vec<Printed>, Failure> {
    let mut found = Vec::new();
    for day in entries(folder)? {
        for file in entries(&day)? {
            let name = |path: &Path| path.file_stem().unwrap_or_default().to_string_lossy().into();
            if file.extension().is_some_and(|extension| extension == "pdf") {
                let bytes = fs::metadata(&file).map_err(Failure::io("look at", &file))?.len();
                found.push(Printed { day: name(&day), letter_id: name(&file), file, bytes });
            }
        }
    }
    found.sort_by(|left, right| (&right.day, &left.letter_id).cmp(&(&left.day, &right.letter_id)));
    Ok(found)
}

/// What lies in a folder; nothing where it is not there, or is no folder.
fn entries(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let listed = match fs::read_dir(folder) {
        Ok(listed) => listed,
        Err(error) if [ErrorKind::NotFound, ErrorKind::NotADirectory].contains(&error.kind()) => {
            return Ok(Vec::new());
        }
        Err(error) => return Err(Failure::io("read", folder)(error)),
    };
    listed.map(|entry| Ok(entry.map_err(Failure::io("read", folder))?.path())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_are_listed_by_day_the_newest_first() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(letters(&folder.path().join("none")).unwrap(), []);
        for (day, name) in [("2026-11-02", "a.pdf"), ("2026-11-03", "b.pdf")] {
            fs::create_dir_all(folder.path().join(day)).unwrap();
            fs::write(folder.path().join(day).join(name), "12345").unwrap();
            fs::write(folder.path().join(day).join("manifest.json"), "{}").unwrap();
        }
        let found = letters(folder.path()).unwrap();
        let told: Vec<_> = found.iter().map(|it| (&*it.day, &*it.letter_id, it.bytes)).collect();
        assert_eq!(told, [("2026-11-03", "b", 5), ("2026-11-02", "a", 5)]);
    }
}
