//! `payment-reconciliation.api.import-statement`: one bank file from the file store.

use std::fs::File;

use bank_statements::{Reading, Verdict, collect_at_most};
use contracts::intake::{GetCreditorAccounts, Problem};
use contracts::payment_reconciliation::{ImportStatement, ImportStatementAnswer};
use mailbox::{Asker, Decision, Facts, Fault, Nothing, RequestError, RequestHandler};
use primitives::{Actor, ContentHash, Iban};
use runtime::error::chain;
use runtime::files::{FileStore, FileStoreError};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::domain::account_statement::{BankFile, ENTRIES_MAX, FILE_BYTES_MAX, Movement, Owners};
use crate::domain::desk::Desk;
use crate::domain::quarantine::{self, IncomingFile};
use crate::effects::find_claims;

/// A file as it was read, and the accounts for client money of that moment.
#[derive(Debug)]
pub(crate) struct Incoming {
    document: ContentHash,
    pub(crate) file: BankFile,
    pub(crate) client_accounts: Vec<String>,
}

#[derive(Debug)]
pub(crate) struct OnImportStatement(pub(crate) Reader);

/// Reads bank files, with what is known of them elsewhere.
#[derive(Clone, Debug)]
pub(crate) struct Reader {
    pub(crate) files: FileStore,
    pub(crate) asker: Asker,
    pub(crate) client_accounts: Vec<Iban>,
}

impl RequestHandler for OnImportStatement {
    type Request = ImportStatement;
    type Input = Incoming;
    type State = (Desk, IncomingFile);
    type Effect = Nothing;

    async fn prepare(&self, request: ImportStatement) -> Result<Incoming, RequestError> {
        self.0.read(request.document).await
    }

    async fn key(
        _: &mut PgConnection,
        incoming: &Incoming,
        _: &Actor,
    ) -> sqlx::Result<(Uuid, Uuid)> {
        Ok((Desk::ID, IncomingFile::id(incoming.document)))
    }

    fn decide(
        states: (Desk, IncomingFile),
        Incoming { document, file, client_accounts }: &Incoming,
        facts: &Facts,
    ) -> Result<(Decision<(Desk, IncomingFile)>, ImportStatementAnswer), Fault> {
        quarantine::import(states, (*document, file), client_accounts, facts)
    }
}

impl Reader {
    /// Everything that a file says.
    pub(crate) async fn read(&self, document: ContentHash) -> Result<Incoming, RequestError> {
        let client_accounts = self.client_accounts.iter().map(ToString::to_string).collect();
        let file = self.file(document).await?;
        Ok(Incoming { document, file, client_accounts })
    }

    /// A file of which nothing needs to be known.
    pub(crate) const fn unread(document: ContentHash) -> Incoming {
        let file = BankFile::Refused(Vec::new());
        Incoming { document, file, client_accounts: Vec::new() }
    }

    async fn file(&self, document: ContentHash) -> Result<BankFile, RequestError> {
        let bytes = match self.open(document).await? {
            Ok(bytes) => bytes,
            Err(problem) => return Ok(BankFile::Refused(vec![problem])),
        };
        // A large file takes long enough to keep others waiting.
        let reading = blocking(move || collect_at_most(bytes, ENTRIES_MAX)).await?;
        let reading = reading.map_err(|error| RequestError::Unavailable(error.to_string()))?;
        let owners = self.owners(&reading).await?;
        let mut file = blocking(move || BankFile::of(&reading, &owners)).await?;
        self.find_claims(&mut file).await?;
        Ok(file)
    }

    /// What intake knows of what payers wrote: whose claims these may be. A reference says so by
    /// itself.
    async fn find_claims(&self, file: &mut BankFile) -> Result<(), RequestError> {
        let (BankFile::Readable(statements, _)
        | BankFile::Doubtful(statements, _)
        | BankFile::Early(statements, _)) = file
        else {
            return Ok(());
        };
        let movements = statements.iter_mut().flat_map(|it| &mut it.movements);
        let mut payments: Vec<&mut Movement> = movements.filter(|it| is_asked(it)).collect();
        let words: Vec<matching::Payment> = payments.iter().map(|it| it.payment()).collect();
        let told = find_claims(&self.asker, &words).await;
        let told = told.map_err(|error| RequestError::Unavailable(chain(&error)))?;
        for (payment, clues) in payments.iter_mut().zip(told) {
            payment.clues = clues;
        }
        Ok(())
    }

    /// The bytes of a file, or what is wrong with it; one that is too long is not read.
    async fn open(&self, file: ContentHash) -> Result<Result<File, Problem>, RequestError> {
        match self.files.open_at_most(file, FILE_BYTES_MAX).await {
            Ok(bytes) => Ok(Ok(bytes)),
            Err(FileStoreError::TooLarge { max_bytes }) => {
                let reason = format!("is longer than {max_bytes} bytes; download shorter periods");
                Ok(Err(Problem { field: "file".to_owned(), line: None, reason }))
            }
            Err(error @ FileStoreError::NotFound { .. }) => {
                Err(RequestError::Refused(format!("{error}: put it there first")))
            }
            Err(
                error @ (FileStoreError::Corrupt { .. }
                | FileStoreError::Incoming(_)
                | FileStoreError::Folder { .. }),
            ) => Err(RequestError::Unavailable(chain(&error))),
        }
    }

    /// Whose accounts are whose. Nobody is asked about a file that is not taken in anyway.
    async fn owners(&self, reading: &Reading) -> Result<Owners, RequestError> {
        if reading.verdict == Verdict::Reject {
            return Ok(Owners::default());
        }
        let known = self.asker.ask(&GetCreditorAccounts {}).await;
        let known = known.map_err(|error| RequestError::Unavailable(chain(&error)))?;
        Ok(Owners::new(&self.client_accounts, &known.accounts))
    }
}

const fn is_asked(movement: &Movement) -> bool {
    movement.is_payment && movement.references.is_empty()
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, RequestError> {
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(|error| RequestError::Unavailable(error.to_string()))
}
