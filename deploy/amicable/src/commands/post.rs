//! `amicable post`: letters on paper, as they lie ready for the print partner, and why others do
//! not.

use std::collections::BTreeMap;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use contracts::intake::{GetParties, PartiesAnswer};
use contracts::letter::{LetterState, LetterTold, ListLetters};
use primitives::Channel;
use serde::Serialize;

use crate::cli::Post;
use crate::failure::Failure;
use crate::find::short;
use crate::moment::local;
use crate::output::{Table, say, say_json};
use crate::sentences;
use crate::session::Session;

/// One file of the outgoing folder.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
struct Printed {
    /// The day of its folder.
    day: String,
    letter_id: String,
    file: PathBuf,
    bytes: u64,
}

/// One letter by post, whatever became of it.
#[derive(Debug, Serialize)]
struct Row {
    #[serde(flatten)]
    letter: LetterTold,
    /// None where intake does not know the case.
    debtor: Option<String>,
    creditor: Option<String>,
    /// None where it does not lie in the folder (any more).
    printed: Option<Printed>,
}

pub(crate) async fn run(session: &Session, post: &Post) -> Result<ExitCode, Failure> {
    let Post::List { limit, json } = post;
    let asked = ListLetters { limit: limit.limit, case_id: None, channel: Some(Channel::Post) };
    let list = session.asker.ask(&asked).await?;
    let mut printed: BTreeMap<String, Printed> = letters(&session.layout.outgoing())?
        .into_iter()
        .map(|printed| (printed.letter_id.clone(), printed))
        .collect();
    let mut rows = Vec::new();
    for letter in list.letters {
        let (debtor, creditor) =
            match session.asker.ask(&GetParties { case_id: letter.case_id }).await? {
                PartiesAnswer::Known(parties) => {
                    (Some(parties.debtor.name), Some(parties.creditor.name))
                }
                PartiesAnswer::Unknown => (None, None),
            };
        let printed = printed.remove(&letter.letter_id.to_string());
        rows.push(Row { letter, debtor, creditor, printed });
    }
    if *json {
        say_json(&rows);
        return Ok(ExitCode::SUCCESS);
    }
    let mut table =
        Table::new(["day", "case", "debtor", "for", "message", "file, or why there is none"]);
    for row in &rows {
        let name = |name: &Option<String>| name.clone().unwrap_or_else(|| "-".to_owned());
        table.row([
            day(row),
            short(row.letter.case_id),
            name(&row.debtor),
            name(&row.creditor),
            row.letter.message.to_string(),
            fate(row),
        ]);
    }
    table.say("no letters yet");
    let shown = u64::try_from(rows.len()).unwrap_or(u64::MAX);
    if shown < list.total {
        say(format_args!("{shown} of {} letters; see --limit", list.total));
    }
    Ok(ExitCode::SUCCESS)
}

/// The day of its folder; of a letter that lies in none, of its permit's end.
fn day(row: &Row) -> String {
    let by_permit = || local(row.letter.not_after).date().to_string();
    row.printed.as_ref().map_or_else(by_permit, |printed| printed.day.clone())
}

fn fate(row: &Row) -> String {
    match (&row.letter.state, &row.printed) {
        (LetterState::Dispatched { .. }, Some(printed)) => printed.file.display().to_string(),
        (LetterState::Dispatched { .. }, None) => "handed over, and fetched".to_owned(),
        (LetterState::OnItsWay, _) => "on its way".to_owned(),
        (LetterState::Uncertain, _) => "uncertain; see `amicable uncertain list`".to_owned(),
        (LetterState::NotSent { reason, because }, _) => {
            sentences::not_sent_because(reason, because.as_deref())
        }
    }
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
