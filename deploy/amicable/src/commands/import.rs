//! `amicable import`: invoices and credit notes of one creditor, from files.

use std::fs;
use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use contracts::intake::{ImportInvoice, ImportInvoiceAnswer, Problem};
use futures_util::{StreamExt, TryStreamExt};
use indicatif::{ProgressBar, ProgressStyle};
use intake::domain::ubl;
use primitives::CreditorId;
use runtime::error::chain;
use runtime::files::FileStoreError;
use serde::Serialize;

use crate::cli::Import;
use crate::failure::Failure;
use crate::find::short;
use crate::output::{say, say_json};
use crate::sentences::{self, counted};
use crate::session::Session;

/// Files on their way at the same time.
const AT_ONCE: usize = 16;

/// What became of one file.
#[derive(Debug, Serialize)]
pub(crate) struct Imported {
    file: PathBuf,
    pub(crate) answer: ImportInvoiceAnswer,
}

pub(crate) async fn run(session: &Session, import: &Import) -> Result<ExitCode, Failure> {
    let creditor_id = session.creditor(&import.creditor).await?;
    let files = files(&import.paths, &["xml"])?;
    let bar = bar(files.len());
    let mut imported = import_all(session, creditor_id, files, &bar).await?;
    if imported.iter().any(|it| !it.is_refused()) {
        // A credit note may have been looked at before its invoice.
        for refused in imported.iter_mut().filter(|it| it.is_refused()) {
            *refused = import_file(session, creditor_id, refused.file.clone()).await?;
        }
    }
    bar.finish_and_clear();
    if import.json {
        say_json(&imported);
    } else {
        tell(&imported);
    }
    let refused = imported.iter().any(Imported::is_refused);
    Ok(if refused { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

impl Imported {
    fn is_refused(&self) -> bool {
        matches!(self.answer, ImportInvoiceAnswer::Refused { .. })
    }
}

async fn import_all(
    session: &Session,
    creditor_id: CreditorId,
    files: Vec<PathBuf>,
    bar: &ProgressBar,
) -> Result<Vec<Imported>, Failure> {
    futures_util::stream::iter(files)
        .map(|file| import_file(session, creditor_id, file))
        .buffered(AT_ONCE)
        .inspect(|_| bar.inc(1))
        .try_collect()
        .await
}

/// Takes in one file. What is wrong with the file is an answer; what is wrong with us, a failure.
pub(crate) async fn import_file(
    session: &Session,
    creditor_id: CreditorId,
    file: PathBuf,
) -> Result<Imported, Failure> {
    let bytes_max = u64::try_from(ubl::MAX_BYTES).unwrap_or(u64::MAX);
    let answer = match session.store_file(&file, bytes_max).await {
        Ok(document) => session.change(&ImportInvoice { creditor_id, document }).await?,
        Err(failure) => ImportInvoiceAnswer::Refused { problems: vec![unreadable(failure)?] },
    };
    Ok(Imported { file, answer })
}

/// That a file could not be read is wrong with the file, and the next is looked at; anything else
/// is wrong with us.
pub(crate) fn unreadable(failure: Failure) -> Result<Problem, Failure> {
    let is_the_files = matches!(
        &failure,
        Failure::Files(FileStoreError::TooLarge { .. } | FileStoreError::Incoming(_))
            | Failure::Io { .. }
    );
    if !is_the_files {
        return Err(failure);
    }
    Ok(Problem { field: "file".to_owned(), line: None, reason: chain(&failure) })
}

/// The files that are meant: for a folder those in it that have one of the endings, in the order of
/// their names.
pub(crate) fn files(
    paths: &[PathBuf],
    endings: &'static [&'static str],
) -> Result<Vec<PathBuf>, Failure> {
    let mut files = Vec::new();
    for path in paths {
        if path.is_dir() {
            files.extend(files_in(path, endings)?);
        } else {
            files.push(path.clone());
        }
    }
    Ok(files)
}

fn files_in(folder: &Path, endings: &'static [&'static str]) -> Result<Vec<PathBuf>, Failure> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).map_err(Failure::io("read", folder))? {
        let path = entry.map_err(Failure::io("read", folder))?.path();
        let is_meant = path.extension().is_some_and(|extension| {
            endings.iter().any(|ending| extension.eq_ignore_ascii_case(ending))
        });
        // A pipe of that name would never come to its end.
        if is_meant && path.is_file() {
            files.push(path);
        }
    }
    if files.is_empty() {
        return Err(Failure::NoFiles { folder: folder.to_owned(), endings });
    }
    files.sort();
    Ok(files)
}

/// Shows how many of the files are done, where somebody looks on.
pub(crate) fn bar(count: usize) -> ProgressBar {
    if !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template("{wide_bar} {pos}/{len} {eta}");
    let bar = ProgressBar::new(u64::try_from(count).unwrap_or(u64::MAX));
    bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}

fn tell(imported: &[Imported]) {
    let mut counts = [0_usize; 4];
    for Imported { file, answer } in imported {
        let (kind, problems) = match answer {
            ImportInvoiceAnswer::Registered { problems, .. } => (0, problems.as_slice()),
            ImportInvoiceAnswer::Credited { .. } => (1, &[][..]),
            ImportInvoiceAnswer::AlreadyKnown { .. } => (2, &[][..]),
            ImportInvoiceAnswer::Refused { problems } => (3, problems.as_slice()),
        };
        if let Some(count) = counts.get_mut(kind) {
            *count = count.saturating_add(1);
        }
        say(format_args!("{}: {}", file.display(), became(answer)));
        sentences::say_problems(problems);
    }
    let [registered, credited, known, refused] = counts;
    say(format_args!(
        "{}: {registered} registered, {credited} credited, {known} known already, {refused} \
         refused",
        counted(&imported.len(), "file")
    ));
}

fn became(answer: &ImportInvoiceAnswer) -> String {
    match answer {
        ImportInvoiceAnswer::Registered { case_id, claim_id, opened_case, .. } => format!(
            "claim {} on {} case {}",
            short(claim_id),
            if *opened_case { "new" } else { "open" },
            short(case_id)
        ),
        ImportInvoiceAnswer::Credited { claim_id, .. } => {
            format!("lowers claim {}", short(claim_id))
        }
        ImportInvoiceAnswer::AlreadyKnown { claim_id, .. } => {
            format!("known already, as claim {}", short(claim_id))
        }
        ImportInvoiceAnswer::Refused { .. } => "refused".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_stands_for_the_xml_files_in_it_in_order() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["b.xml", "a.XML", "notes.txt"] {
            fs::write(folder.path().join(name), "").unwrap();
        }
        let given = [PathBuf::from("single.dat"), folder.path().to_owned()];
        fs::create_dir(folder.path().join("folder.xml")).unwrap();
        let found = files(&given, &["xml"]).unwrap();
        let names: Vec<_> = found.iter().map(|path| path.file_name().unwrap()).collect();
        assert_eq!(names, ["single.dat", "a.XML", "b.xml"]);
        let told = files(&[folder.path().join("folder.xml")], &["xml"]).unwrap_err().to_string();
        assert!(told.starts_with("there are no files in "), "{told}");
    }
}
