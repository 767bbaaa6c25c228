//! One number of one creditor's invoices or credit notes: taken once, from one file.

use contracts::intake::Problem;
use primitives::{CaseId, ClaimId, ContentHash, CreditorId, SourceFileId, Timestamp};
use uuid::Uuid;

use super::invoice::Document;

/// The row of one document number.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NumberedDocument {
    /// Counts the decisions that changed something.
    pub version: u64,
    /// The files that bore this number and left a trace, in the order of their coming.
    pub files: Vec<SourceFile>,
}

/// A file as it was handed over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceFile {
    pub source_file_id: SourceFileId,
    pub creditor_id: CreditorId,
    pub hash: ContentHash,
    pub received_at: Timestamp,
    pub outcome: Outcome,
}

/// What became of a file that left a trace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It made or lowered this claim.
    Taken { case_id: CaseId, claim_id: ClaimId },
    /// Put aside for a person.
    Quarantined { problems: Vec<Problem> },
}

impl NumberedDocument {
    /// The row of a number.
    #[must_use]
    pub fn id(creditor_id: CreditorId, document: Document, number: &str) -> Uuid {
        let name = format!("document\0{}\0{number}", document_word(document));
        Uuid::new_v5(&creditor_id.as_uuid(), name.as_bytes())
    }

    /// The file that took the number, with its claim.
    #[must_use]
    pub fn taken(&self) -> Option<(&SourceFile, CaseId, ClaimId)> {
        self.files.iter().find_map(|file| match file.outcome {
            Outcome::Taken { case_id, claim_id } => Some((file, case_id, claim_id)),
            Outcome::Quarantined { .. } => None,
        })
    }

    /// Notes a file. One that was put aside and comes again leaves the trace that it has.
    pub(super) fn note(&mut self, file: SourceFile) {
        let quarantined = matches!(file.outcome, Outcome::Quarantined { .. });
        let known = self.files.iter_mut().find(|it| it.source_file_id == file.source_file_id);
        match known {
            Some(_) if quarantined => {}
            // Put aside by an older reader, taken by a newer one.
            Some(known) => *known = file,
            None => self.files.push(file),
        }
    }
}

impl SourceFile {
    /// The id of a file of this creditor.
    #[must_use]
    pub fn id(creditor_id: CreditorId, hash: ContentHash) -> SourceFileId {
        SourceFileId::derive(creditor_id.as_uuid(), format!("source-file\0{hash}").as_bytes())
    }
}

/// The word for a document's type in ids and columns.
#[must_use]
pub const fn document_word(document: Document) -> &'static str {
    match document {
        Document::Invoice => "invoice",
        Document::CreditNote => "credit-note",
    }
}

/// The inverse of [`document_word`].
#[must_use]
pub fn document_of(word: &str) -> Option<Document> {
    [Document::Invoice, Document::CreditNote].into_iter().find(|it| document_word(*it) == word)
}
