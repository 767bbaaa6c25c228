//! The files of approved remittances: the payment order for the bank, and the specification for the
//! creditor. The creditor's name and account are asked at this moment, and stand in the order only;
//! so are its invoice numbers, which stand in the specification only. And the proposals that are
//! made in a rhythm.

mod payment_links;
mod provider;
mod refunds;

use std::collections::{BTreeMap, BTreeSet};

use contracts::intake::{
    CreditorContact, CreditorContactAnswer, GetCreditorContact, GetInvoiceNumbers,
};
use mailbox::{
    AskError, Asker, Claim, Decision, Ended, Evidence, Facts, Fault, Performance, Performer,
};
use primitives::{ClaimId, CreditorId, Iban, MoneyError};
use runtime::error::chain;
use runtime::files::{FileStore, FileStoreError};

use crate::domain::day_of;
use crate::domain::ledger::Transfer;
use crate::domain::payment_order::{Party, PaymentOrder};
use crate::domain::remittance::{self, BilledLine, Files, Proposing, Remittance, Till, Work};
use crate::domain::specification;

pub(crate) use payment_links::LinkOffice;
pub(crate) use provider::Provider;
pub(crate) use refunds::RefundOffice;

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
    #[error("intake could not be asked for the creditor's account and its invoice numbers")]
    Ask(#[from] AskError),
    #[error("intake does not know the creditor")]
    Unknown,
    #[error("the creditor's account is no IBAN: correct its document")]
    NoIban,
    #[error("intake knows no invoice of claim {0} of the creditor")]
    UnknownInvoice(ClaimId),
    #[error("the amounts cannot be computed")]
    Money(#[from] MoneyError),
    #[error("the files were not kept")]
    Files(#[from] FileStoreError),
}

/// So many invoice numbers are asked for at once.
const ASKED_AT_ONCE: usize = 1000;

impl BackOffice {
    /// The creditor's own number of each claim. A specification that lacks one is of no use to it.
    async fn invoices(
        &self,
        creditor_id: CreditorId,
        lines: &[BilledLine],
    ) -> Result<BTreeMap<ClaimId, String>, Hindrance> {
        let wanted: BTreeSet<ClaimId> = lines.iter().map(|it| it.line.claim_id).collect();
        let wanted: Vec<ClaimId> = wanted.into_iter().collect();
        let mut numbers = BTreeMap::new();
        for claim_ids in wanted.chunks(ASKED_AT_ONCE) {
            let request = GetInvoiceNumbers { creditor_id, claim_ids: claim_ids.to_vec() };
            let told = self.asker.ask(&request).await?.invoices;
            numbers.extend(told.into_iter().map(|it| (it.claim_id, it.invoice_number)));
        }
        let unknown = wanted.into_iter().find(|claim_id| !numbers.contains_key(claim_id));
        unknown.map_or(Ok(numbers), |claim_id| Err(Hindrance::UnknownInvoice(claim_id)))
    }

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
        let transfer = Transfer::from(remittance.remittance_id);
        let order = PaymentOrder {
            transfer,
            text: format!("Afdracht {}", transfer.short()),
            created_at: *approved_at,
            execute_on: day_of(*approved_at),
            amount: remittance.amount,
            payer,
            payee: Party { name, account },
        };
        let invoices = self.invoices(remittance.creditor_id, lines).await?;
        let table = specification::to_csv(remittance, lines, &invoices, language)?;
        Ok(Files {
            specification: self.files.put(table.as_bytes()).await?,
            payment_order: self.files.put(order.to_xml().as_bytes()).await?,
        })
    }
}

/// Proposes what is paid in a rhythm: it knows what the configuration says of VAT.
#[derive(Debug)]
pub(crate) struct Proposer {
    pub(crate) vat_basis_points: u32,
}

impl Performer for Proposer {
    type Effect = Proposing;
    type Aggregate = Till;
    type Outcome = u32;

    fn claim(_: &Till, _: &Proposing, _: &Facts) -> Claim {
        Claim::Start
    }

    async fn perform(&self, _: &Proposing, _: &Facts) -> Performance<u32> {
        Performance::Done(self.vat_basis_points)
    }

    async fn evidence(&self, _: &Proposing) -> Evidence<u32> {
        Evidence::DidNotHappen
    }

    fn decide(
        till: Till,
        ended: &Ended<Proposing, u32>,
        facts: &Facts,
    ) -> Result<Decision<Till, Proposing>, Fault> {
        remittance::propose_in_rhythm(till, ended, facts)
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
