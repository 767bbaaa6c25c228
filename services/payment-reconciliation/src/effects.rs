//! The files of approved remittances: the payment order for the bank, and the specification for the
//! creditor. The creditor's name and account are asked at this moment, and stand in the order only.

use contracts::intake::{CreditorContact, CreditorContactAnswer, GetCreditorContact};
use mailbox::{
    AskError, Asker, Claim, Decision, Ended, Evidence, Facts, Fault, Performance, Performer,
};
use primitives::{Iban, MoneyError};
use runtime::error::chain;
use runtime::files::{FileStore, FileStoreError};

use crate::domain::day_of;
use crate::domain::payment_order::{Party, PaymentOrder};
use crate::domain::remittance::{self, Files, Remittance, Work};
use crate::domain::specification;

/// Makes the files.
#[derive(Debug)]
pub(crate) struct BackOffice {
    pub(crate) asker: Asker,
    pub(crate) files: FileStore,
    /// Who pays; none where the configuration does not say.
    pub(crate) payer: Option<Party>,
}

/// Why the files could not be made. All of it may pass.
#[derive(Debug, thiserror::Error)]
enum Hindrance {
    #[error("the configuration names no payer: set `payer_name` and `client_accounts`")]
    NoPayer,
    #[error("intake could not be asked for the creditor's account")]
    Ask(#[from] AskError),
    #[error("intake does not know the creditor")]
    Unknown,
    #[error("the creditor's account is no IBAN: correct its document")]
    NoIban,
    #[error("the amounts cannot be computed")]
    Money(#[from] MoneyError),
    #[error("the files were not kept")]
    Files(#[from] FileStoreError),
}

impl BackOffice {
    async fn make(&self, work: &Work) -> Result<Files, Hindrance> {
        let Work::MakeFiles { remittance, lines, approved_at } = work;
        let payer = self.payer.clone().ok_or(Hindrance::NoPayer)?;
        let request = GetCreditorContact { creditor_id: remittance.creditor_id };
        let contact = match self.asker.ask(&request).await? {
            CreditorContactAnswer::Known(contact) => contact,
            CreditorContactAnswer::Unknown => return Err(Hindrance::Unknown),
        };
        let CreditorContact { name, account, language, .. } = contact;
        let account = Iban::parse(&account).map_err(|_| Hindrance::NoIban)?;
        let order = PaymentOrder {
            remittance_id: remittance.remittance_id,
            created_at: *approved_at,
            execute_on: day_of(*approved_at),
            amount: remittance.amount,
            payer,
            payee: Party { name, account },
        };
        let table = specification::to_csv(remittance, lines, language)?;
        Ok(Files {
            specification: self.files.put(table.as_bytes()).await?,
            payment_order: self.files.put(order.to_xml().as_bytes()).await?,
        })
    }
}

impl Performer for BackOffice {
    type Effect = Work;
    type Aggregate = Remittance;
    type Outcome = Files;

    fn claim(remittance: &Remittance, _: &Work, _: &Facts) -> Claim {
        remittance::claim(remittance)
    }

    async fn perform(&self, work: &Work, _: &Facts) -> Performance<Files> {
        match self.make(work).await {
            Ok(files) => Performance::Done(files),
            Err(hindrance) => Performance::NotPerformed { reason: chain(&hindrance) },
        }
    }

    /// Files may always be made again, so nobody ever asks.
    async fn evidence(&self, _: &Work) -> Evidence<Files> {
        Evidence::DidNotHappen
    }

    fn decide(
        remittance: Remittance,
        ended: &Ended<Work, Files>,
        facts: &Facts,
    ) -> Result<Decision<Remittance, Work>, Fault> {
        remittance::end(remittance, ended, facts)
    }
}
