//! The payment orders of approved refunds. Name and account of the payee are read at this moment,
//! and stand in the order only.

use mailbox::{Claim, Decision, Ended, Evidence, Facts, Fault, Performance, Performer};
use primitives::{ContentHash, Iban};
use runtime::error::chain;
use runtime::files::{FileStore, FileStoreError};
use sqlx::PgPool;

use crate::domain::day_of;
use crate::domain::ledger::Transfer;
use crate::domain::payment_order::{Party, PaymentOrder};
use crate::domain::refund::{self, Refund, RefundWork};
use crate::store;

/// Makes the orders.
#[derive(Debug)]
pub(crate) struct RefundOffice {
    pub(crate) pool: PgPool,
    pub(crate) files: FileStore,
    /// Who pays; none where the configuration does not say.
    pub(crate) payer: Option<Party>,
}

/// Why an order could not be made. All of it may pass.
#[derive(Debug, thiserror::Error)]
enum Hindrance {
    #[error("the configuration names no payer: set `payer_name` and `client_accounts`")]
    NoPayer,
    #[error("the account that the payment came from could not be read")]
    Read(#[from] sqlx::Error),
    #[error("the account that the payment came from is no IBAN")]
    NoIban,
    #[error("the order was not kept")]
    Files(#[from] FileStoreError),
}

impl RefundOffice {
    async fn make(&self, work: &RefundWork) -> Result<ContentHash, Hindrance> {
        let RefundWork::MakeOrder { refund_id, payment_id, amount, received_on, approved_at } =
            *work;
        let payer = self.payer.clone().ok_or(Hindrance::NoPayer)?;
        let mut conn = self.pool.acquire().await?;
        let (name, account) = store::paid_from(&mut conn, payment_id).await?;
        let account = account.and_then(|it| Iban::parse(&it).ok()).ok_or(Hindrance::NoIban)?;
        let transfer = Transfer::from(refund_id);
        let short = transfer.short();
        // Nobody knows which of the languages the payee reads.
        let text = format!(
            "Terugbetaling / remboursement: betaling van / paiement du {received_on} {short}"
        );
        let order = PaymentOrder {
            transfer,
            text,
            created_at: approved_at,
            execute_on: day_of(approved_at),
            amount,
            payer,
            payee: Party { name: name.unwrap_or_default(), account },
        };
        Ok(self.files.put(order.to_xml().as_bytes()).await?)
    }
}

impl Performer for RefundOffice {
    type Effect = RefundWork;
    type Aggregate = Refund;
    type Outcome = ContentHash;

    fn claim(refund: &Refund, _: &RefundWork, _: &Facts) -> Claim {
        refund::claim(refund)
    }

    async fn perform(&self, work: &RefundWork, _: &Facts) -> Performance<ContentHash> {
        match self.make(work).await {
            Ok(order) => Performance::Done(order),
            Err(hindrance) => Performance::NotPerformed { reason: chain(&hindrance) },
        }
    }

    /// An order may always be made again, so nobody ever asks.
    async fn evidence(&self, _: &RefundWork) -> Evidence<ContentHash> {
        Evidence::DidNotHappen
    }

    fn decide(
        refund: Refund,
        ended: &Ended<RefundWork, ContentHash>,
        _: &Facts,
    ) -> Result<Decision<Refund, RefundWork>, Fault> {
        refund::end(refund, ended)
    }
}
