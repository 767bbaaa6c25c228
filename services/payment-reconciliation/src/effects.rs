//! The files of approved remittances: the payment order for the bank; the specification, as a table
//! and on paper, a bank statement and the agency's invoice for the creditor. The creditor's name,
//! account and numbers are asked at this moment, and stand in these files only; so are the numbers
//! of its invoices. And the proposals that are made in a rhythm.

mod claims;
mod debits;
mod payment_links;
mod payouts;
mod provider;
mod refunds;
mod retention;

use std::collections::{BTreeMap, BTreeSet};

use contracts::intake::{
    CreditorContact, CreditorContactAnswer, GetCreditorContact, GetInvoiceNumbers, InvoiceNumber,
};
use mailbox::{
    AskError, Asker, Claim, Decision, Ended, Evidence, Facts, Fault, Performance, Performer,
};
use primitives::{
    CaseId, CaseNumber, ClaimId, ContentHash, Country, CreditorId, Iban, Language, MoneyError,
};
use runtime::error::chain;
use runtime::files::{FileStore, FileStoreError};
use tracing::warn;

use crate::domain::bookkeeping::Bookkeeping;
use crate::domain::day_of;
use crate::domain::invoice::{InvoiceVat, Vat};
use crate::domain::invoice_document::{Buyer, InvoiceDocument, InvoiceFault, Seller};
use crate::domain::ledger::Transfer;
use crate::domain::payment_order::{Party, PaymentOrder};
use crate::domain::remittance::{self, Files, Making, Proposing, Remittance, Till, Work};
use crate::domain::specification::Specification;
use crate::domain::specification_page::{NotPrinted, SpecificationPage};

pub(crate) use claims::{Searcher, find_claims};
pub(crate) use debits::DebitWriter;
pub(crate) use payment_links::LinkOffice;
pub(crate) use payouts::PayoutOffice;
pub(crate) use provider::Provider;
pub(crate) use refunds::RefundOffice;
pub(crate) use retention::Forgetter;

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
    /// The creditor's own number of each claim, and the numbers of their cases. A specification
    /// that lacks one is of no use to it.
    async fn numbers(&self, making: &Making) -> Result<Numbers, Hindrance> {
        let creditor_id = making.remittance.creditor_id;
        let of_lines = making.lines.iter().map(|it| it.line.claim_id);
        let given_up = making.given_up.iter().map(|it| it.claim_id);
        let wanted: BTreeSet<ClaimId> = of_lines.chain(given_up).collect();
        let cases: BTreeMap<ClaimId, CaseId> = making.cases().collect();
        let wanted: Vec<ClaimId> = wanted.into_iter().collect();
        let mut numbers = Numbers::default();
        for claim_ids in wanted.chunks(ASKED_AT_ONCE) {
            let request = GetInvoiceNumbers { creditor_id, claim_ids: claim_ids.to_vec() };
            let told = self.asker.ask(&request).await?.invoices;
            for InvoiceNumber { claim_id, invoice_number, case_number } in told {
                let case_id = cases.get(&claim_id).map(|case_id| (*case_id, case_number));
                numbers.cases.extend(case_id);
                numbers.invoices.insert(claim_id, invoice_number);
            }
        }
        let unknown = wanted.into_iter().find(|id| !numbers.invoices.contains_key(id));
        unknown.map_or(Ok(numbers), |claim_id| Err(Hindrance::UnknownInvoice(claim_id)))
    }

    async fn make(&self, work: &Work) -> Result<Files, Hindrance> {
        let making = Making::from(work.clone());
        let contact = contact(&self.asker, making.remittance.creditor_id).await?;
        let numbers = self.numbers(&making).await?;
        let order = self.order(&making, &contact)?;
        let statement = Bookkeeping {
            remittance: &making.remittance,
            lines: &making.lines,
            invoices: &numbers.invoices,
            approved_at: making.approved_at,
            payer: &order.payer,
            language: contact.language,
        };
        let statement = statement.to_camt()?;
        let invoice = self.invoice(&making, &contact)?;
        let table = specification(&making, &numbers, contact.language).to_csv()?;
        let (to_xml, account) = (order.to_xml(), order.payee.account);
        let paper = Paper { making, numbers, contact, agency: self.agency(order.payer), account };
        Ok(Files {
            specification: self.files.put(table.as_bytes()).await?,
            payment_order: self.files.put(to_xml.as_bytes()).await?,
            invoice: self.put(invoice.map(String::into_bytes)).await?,
            statement: Some(self.files.put(statement.as_bytes()).await?),
            specification_pdf: self.put(paper.print().await).await?,
        })
    }

    async fn put(&self, content: Option<Vec<u8>>) -> Result<Option<ContentHash>, Hindrance> {
        match content {
            None => Ok(None),
            Some(content) => Ok(Some(self.files.put(&content).await?)),
        }
    }

    /// The agency as its papers name it: its name, and what stands below that.
    fn agency(&self, payer: Party) -> (String, Vec<String>) {
        let Some(seller) = &self.seller else { return (payer.name, Vec::new()) };
        let Seller { name, street, postal_code, city, vat_number, .. } = seller;
        let lines = vec![street.clone(), format!("{postal_code} {city}"), vat_number.clone()];
        (name.clone(), lines)
    }

    fn order(&self, making: &Making, contact: &CreditorContact) -> Result<PaymentOrder, Hindrance> {
        let (remittance, approved_at) = (&making.remittance, making.approved_at);
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
    fn invoice(
        &self,
        making: &Making,
        contact: &CreditorContact,
    ) -> Result<Option<String>, Hindrance> {
        let Some(issued) = &making.invoice else { return Ok(None) };
        let contact = contact.clone();
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
            issued,
            preceding: making.preceding,
            remittance: &making.remittance,
            lines: &making.lines,
        };
        Ok(Some(document.to_ubl()?))
    }
}

/// What a specification calls claims and cases by.
#[derive(Default)]
struct Numbers {
    /// The creditor's own number of each claim.
    invoices: BTreeMap<ClaimId, String>,
    cases: BTreeMap<CaseId, CaseNumber>,
}

fn specification<'a>(
    making: &'a Making,
    numbers: &'a Numbers,
    language: Language,
) -> Specification<'a> {
    let Making { remittance, lines, given_up, .. } = making;
    let Numbers { invoices, cases } = numbers;
    Specification { remittance, lines, given_up, invoices, cases, language }
}

/// What the specification is printed of.
struct Paper {
    making: Making,
    numbers: Numbers,
    contact: CreditorContact,
    agency: (String, Vec<String>),
    account: Iban,
}

impl Paper {
    /// None where it cannot be printed: no creditor waits for its money since a paper is too long.
    async fn print(self) -> Option<Vec<u8>> {
        let remittance_id = self.making.remittance.remittance_id;
        // Printing takes the processor for a while.
        let printed = tokio::task::spawn_blocking(move || self.page()).await;
        let failed = match printed {
            Ok(Ok(pdf)) => return Some(pdf),
            Ok(Err(not_printed)) => chain(&not_printed),
            // What a panic says may hold what was printed.
            Err(_) => "it stopped while it was made".to_owned(),
        };
        warn!(
            remittance.id = %remittance_id,
            "remittance {remittance_id} goes without its specification as PDF: {failed}"
        );
        None
    }

    fn page(&self) -> Result<Vec<u8>, NotPrinted> {
        let Self { making, numbers, contact, agency: (name, lines), account } = self;
        let page = SpecificationPage {
            specification: &specification(making, numbers, contact.language),
            agency: (name, lines),
            creditor: (&contact.name, &contact.address),
            account,
            approved_on: day_of(making.approved_at),
        };
        page.print()
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
