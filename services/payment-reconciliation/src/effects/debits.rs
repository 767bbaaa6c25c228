//! The files of direct debits. Names and accounts of debtors are read at this moment, and stand in
//! the files only.

use mailbox::{Claim, Decision, Ended, Evidence, Facts, Fault, Performance, Performer};
use primitives::{ContentHash, CreditorIdentifier, MoneyError};
use runtime::error::chain;
use runtime::files::{FileStore, FileStoreError};
use sqlx::PgPool;

use crate::domain::debit::{self, DebitOffice, DebitWork};
use crate::domain::direct_debit_order::DirectDebitOrder;
use crate::domain::payment_order::Party;
use crate::store;

/// Makes the files.
#[derive(Debug)]
pub(crate) struct DebitWriter {
    pub(crate) pool: PgPool,
    pub(crate) files: FileStore,
    /// Who collects; none where the configuration does not say.
    pub(crate) creditor: Option<(Party, CreditorIdentifier)>,
}

/// Why a file could not be made. All of it may pass.
#[derive(Debug, thiserror::Error)]
enum Hindrance {
    #[error(
        "the configuration does not say who collects: set `creditor_identifier`, `payer_name` and \
         `client_accounts`"
    )]
    NoCreditor,
    #[error("the direct debits could not be read")]
    Read(#[from] sqlx::Error),
    #[error("their sum cannot be computed")]
    Money(#[from] MoneyError),
    #[error("the file was not kept")]
    Files(#[from] FileStoreError),
}

impl DebitWriter {
    async fn make(&self, work: &DebitWork) -> Result<ContentHash, Hindrance> {
        let DebitWork::MakeFile { file_id, written_at } = *work;
        let (creditor, identifier) = self.creditor.clone().ok_or(Hindrance::NoCreditor)?;
        let mut conn = self.pool.acquire().await?;
        let lines = store::lines_of_file(&mut conn, file_id).await?;
        let order =
            DirectDebitOrder { file_id, created_at: written_at, creditor, identifier, lines };
        Ok(self.files.put(order.to_xml()?.as_bytes()).await?)
    }
}

impl Performer for DebitWriter {
    type Effect = DebitWork;
    type Aggregate = DebitOffice;
    type Outcome = ContentHash;

    fn claim(office: &DebitOffice, work: &DebitWork, _: &Facts) -> Claim {
        debit::claim(office, work)
    }

    async fn perform(&self, work: &DebitWork, _: &Facts) -> Performance<ContentHash> {
        match self.make(work).await {
            Ok(document) => Performance::Done(document),
            Err(hindrance) => Performance::NotPerformed { reason: chain(&hindrance) },
        }
    }

    /// A file may always be made again, so nobody ever asks.
    async fn evidence(&self, _: &DebitWork) -> Evidence<ContentHash> {
        Evidence::DidNotHappen
    }

    fn decide(
        office: DebitOffice,
        ended: &Ended<DebitWork, ContentHash>,
        _: &Facts,
    ) -> Result<Decision<DebitOffice, DebitWork>, Fault> {
        debit::end(office, ended)
    }
}
