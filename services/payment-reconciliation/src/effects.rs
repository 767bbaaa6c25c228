//! The files of approved remittances: the payment order for the bank; the specification, a bank
//! statement and the agency's invoice for the creditor. The creditor's name, account and numbers
//! are asked at this moment, and stand in these files only; so are the numbers of its invoices. And
//! the proposals that are made in a rhythm.

mod claims;
mod payment_links;
mod provider;
mod refunds;

use std::collections::{BTreeMap, BTreeSet};

use contracts::intake::{
    CreditorContact, CreditorContactAnswer, GetCreditorContact, GetInvoiceNumbers,
};
use contracts::payment_reconciliation::Remittance as ToldRemittance;
use mailbox::{
    AskError, Asker, Claim, Decision, Ended, Evidence, Facts, Fault, Performance, Performer,
};
use primitives::{ClaimId, Country, CreditorId, Iban, MoneyError, Timestamp};
use runtime::error::chain;
use runtime::files::{FileStore, FileStoreError};

use crate::domain::bookkeeping::Bookkeeping;
use crate::domain::day_of;
use crate::domain::invoice::{InvoiceVat, Vat};
use crate::domain::invoice_document::{Buyer, InvoiceDocument, InvoiceFault, Seller};
use crate::domain::ledger::Transfer;
use crate::domain::payment_order::{Party, PaymentOrder};
use crate::domain::remittance::{self, BilledLine, Files, Proposing, Remittance, Till, Work};
use crate::domain::specification;

pub(crate) use claims::{Searcher, find_claims};
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
    /// Who invoices; none where the configuration does not say.
    pub(crate) seller: Option<Seller>,
}

/// Why the files could not be made. All of it may pass.
#[derive(Debug, thiserror::Error)]
enum Hindrance {
    #[error("the configuration names no payer: set `payer_name` and `client_accounts`")]
    NoPayer,
    #[error("the configuration names no `seller`, who issued the invoice")]
    NoSeller,
    #[error("the invoice cannot be written")]
    Invoice(#[from] InvoiceFault),
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
        let (remittance, lines, approved_at) = match work {
            Work::MakeFiles { remittance, lines, approved_at }
            | Work::MakeFilesAndInvoice { remittance, lines, approved_at, .. } => {
                (remittance, lines, *approved_at)
            }
        };
        let contact = contact(&self.asker, remittance.creditor_id).await?;
        let language = contact.language;
        let invoices = self.invoices(remittance.creditor_id, lines).await?;
        let table = specification::to_csv(remittance, lines, &invoices, language)?;
        let order = self.order(remittance, &contact, approved_at)?;
        let payer = &order.payer;
        let statement =
            Bookkeeping { remittance, lines, invoices: &invoices, approved_at, payer, language };
        let statement = statement.to_camt()?;
        let invoice = self.invoice(work, contact)?;
        let invoice = match invoice {
            None => None,
            Some(invoice) => Some(self.files.put(invoice.as_bytes()).await?),
        };
        Ok(Files {
            specification: self.files.put(table.as_bytes()).await?,
            payment_order: self.files.put(order.to_xml().as_bytes()).await?,
            invoice,
            statement: Some(self.files.put(statement.as_bytes()).await?),
        })
    }

    fn order(
        &self,
        remittance: &ToldRemittance,
        contact: &CreditorContact,
        approved_at: Timestamp,
    ) -> Result<PaymentOrder, Hindrance> {
        let payer = self.payer.clone().ok_or(Hindrance::NoPayer)?;
        let account = Iban::parse(&contact.account).map_err(|_| Hindrance::NoIban)?;
        let transfer = Transfer::from(remittance.remittance_id);
        Ok(PaymentOrder {
            transfer,
            text: format!("Afdracht {}", transfer.short()),
            created_at: approved_at,
            execute_on: day_of(approved_at),
            amount: remittance.amount,
            payer,
            payee: Party { name: contact.name.clone(), account },
        })
    }

    /// The invoice that was issued with it, where one was.
    fn invoice(&self, work: &Work, contact: CreditorContact) -> Result<Option<String>, Hindrance> {
        let Work::MakeFilesAndInvoice { remittance, lines, invoice, preceding, .. } = work else {
            return Ok(None);
        };
        let buyer = Buyer {
            code: contact.code,
            name: contact.name,
            address: contact.address,
            country: contact.country,
            company_number: contact.company_number,
            vat_number: contact.vat_id,
            language: contact.language,
        };
        let document = InvoiceDocument {
            seller: self.seller.as_ref().ok_or(Hindrance::NoSeller)?,
            buyer: &buyer,
            issued: invoice,
            preceding: *preceding,
            remittance,
            lines,
        };
        Ok(Some(document.to_ubl()?))
    }
}

/// The creditor, as intake has it at this moment.
async fn contact(asker: &Asker, creditor_id: CreditorId) -> Result<CreditorContact, Hindrance> {
    match asker.ask(&GetCreditorContact { creditor_id }).await? {
        CreditorContactAnswer::Known(contact) => Ok(contact),
        CreditorContactAnswer::Unknown => Err(Hindrance::Unknown),
    }
}

/// Tells how VAT is charged to a creditor.
#[derive(Clone, Debug)]
pub(crate) struct TaxDesk {
    pub(crate) asker: Asker,
    pub(crate) basis_points: u32,
    /// Who invoices; none where the configuration does not say.
    pub(crate) seller: Option<Country>,
}

impl TaxDesk {
    /// Nobody is asked where no invoice is made. The reason why it cannot be told may pass.
    pub(crate) async fn vat_of(&self, creditor_id: CreditorId) -> Result<Vat, String> {
        let basis_points = self.basis_points;
        let Some(seller) = self.seller else { return Ok(Vat::Uninvoiced { basis_points }) };
        let contact = contact(&self.asker, creditor_id).await;
        let CreditorContact { country, vat_id, .. } = contact.map_err(|error| chain(&error))?;
        let vat = InvoiceVat::between(seller, country, vat_id.is_some(), basis_points);
        Ok(Vat::Invoiced(vat))
    }
}

/// Proposes what is paid in a rhythm: it finds out about VAT.
#[derive(Debug)]
pub(crate) struct Proposer(pub(crate) TaxDesk);

impl Performer for Proposer {
    type Effect = Proposing;
    type Aggregate = Till;
    type Outcome = Vat;

    fn claim(_: &Till, _: &Proposing, _: &Facts) -> Claim {
        Claim::Start
    }

    async fn perform(&self, proposing: &Proposing, _: &Facts) -> Performance<Vat> {
        let basis_points = self.0.basis_points;
        let vat = match proposing {
            Proposing::InRhythm => Ok(Vat::Uninvoiced { basis_points }),
            Proposing::InRhythmOf(creditor_id) => self.0.vat_of(*creditor_id).await,
        };
        match vat {
            Ok(vat) => Performance::Done(vat),
            Err(reason) => Performance::NotPerformed { reason },
        }
    }

    async fn evidence(&self, _: &Proposing) -> Evidence<Vat> {
        Evidence::DidNotHappen
    }

    fn decide(
        till: Till,
        ended: &Ended<Proposing, Vat>,
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
