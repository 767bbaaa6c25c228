//! Payment-reconciliation: whose money is this, and what does it pay?
//!
//! It keeps what is owed and why, reads bank statements, books every movement in a double-entry
//! ledger, and matches payments to claims by their reference. What a bank file says is told by
//! `bank_statements`, which needs no server.

mod config;
pub mod domain;
mod effects;
mod http;
mod store;

mod handlers {
    pub(crate) mod agreement_agreed;
    pub(crate) mod allocate_payment;
    pub(crate) mod approve_debit;
    pub(crate) mod approve_refund;
    pub(crate) mod approve_remittance;
    pub(crate) mod ask_payment_provider;
    pub(crate) mod ask_provider;
    pub(crate) mod assign_payment;
    pub(crate) mod balances;
    pub(crate) mod case_held;
    pub(crate) mod case_opened;
    pub(crate) mod charge;
    pub(crate) mod claim_credited;
    pub(crate) mod claim_registered;
    pub(crate) mod claim_withdrawn;
    pub(crate) mod close_debit;
    pub(crate) mod decide_bank_file;
    pub(crate) mod direct_payment_reported;
    pub(crate) mod direct_payment_retracted;
    pub(crate) mod dismiss_proposals;
    pub(crate) mod explain_position;
    pub(crate) mod forget;
    pub(crate) mod import_statement;
    pub(crate) mod judge_payment;
    pub(crate) mod letter_dispatched;
    pub(crate) mod list_bank_files;
    pub(crate) mod list_corrected_letters;
    pub(crate) mod list_debits;
    pub(crate) mod list_mandates;
    pub(crate) mod list_payment_links;
    pub(crate) mod list_payouts;
    pub(crate) mod list_refunds;
    pub(crate) mod list_remittances;
    pub(crate) mod list_unmatched;
    pub(crate) mod mark_fee_paid;
    pub(crate) mod match_payment;
    pub(crate) mod name_settlement;
    pub(crate) mod offer_payment_link;
    pub(crate) mod pair_payout;
    pub(crate) mod pay_out;
    pub(crate) mod position;
    pub(crate) mod positions;
    pub(crate) mod propose_debit;
    pub(crate) mod propose_refund;
    pub(crate) mod propose_remittance;
    pub(crate) mod prove;
    pub(crate) mod prove_books;
    pub(crate) mod record_mandate;
    pub(crate) mod release_payment;
    pub(crate) mod retract_payment;
    pub(crate) mod review_payment_link;
    pub(crate) mod revoke_mandate;
    pub(crate) mod search;
    pub(crate) mod search_unmatched;
    pub(crate) mod staff_registered;
    pub(crate) mod take_debit;
    pub(crate) mod take_provider_refund;
    pub(crate) mod take_refund_back;
    pub(crate) mod take_remittance_back;
    pub(crate) mod tell_payments_known;
    pub(crate) mod try_payout_again;
    pub(crate) mod withdraw_refund;
    pub(crate) mod write_debits;
}

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use law::{Pack, RateTable, RatesEnding, rates_ending};
use mailbox::{Asker, Mailbox};
use opentelemetry::KeyValue;
use primitives::{Actor, Clock, Date};
use runtime::error::{BoxError, chain};
use runtime::shutdown::Phase;
use runtime::{Context, Service};
use sqlx::PgPool;
use sqlx::migrate::Migrator;

pub use config::{PaymentReconciliationConfig, ProviderConfig, SellerConfig};

use domain::books::Kept;
use domain::invoice::InvoiceTerms;
use domain::payment_order::Party;
use effects::{
    BackOffice, DebitWriter, Forgetter, LinkOffice, PayoutOffice, Proposer, RefundOffice, Searcher,
    TaxDesk,
};
use handlers::agreement_agreed::OnAgreementAgreed;
use handlers::allocate_payment::OnAllocatePayment;
use handlers::approve_debit::OnApproveDebit;
use handlers::approve_refund::OnApproveRefund;
use handlers::approve_remittance::OnApproveRemittance;
use handlers::ask_payment_provider::OnAskPaymentProvider;
use handlers::ask_provider::OnAskProvider;
use handlers::assign_payment::OnAssignPayment;
use handlers::balances::AnswerBalances;
use handlers::case_held::OnCaseHeld;
use handlers::case_opened::OnCaseOpened;
use handlers::charge::OnCharge;
use handlers::claim_credited::OnClaimCredited;
use handlers::claim_registered::OnClaimRegistered;
use handlers::claim_withdrawn::OnClaimWithdrawn;
use handlers::close_debit::OnCloseDebit;
use handlers::decide_bank_file::OnDecideBankFile;
use handlers::direct_payment_reported::OnDirectPaymentReported;
use handlers::direct_payment_retracted::OnDirectPaymentRetracted;
use handlers::dismiss_proposals::OnDismissProposals;
use handlers::explain_position::AnswerExplainPosition;
use handlers::forget::OnForget;
use handlers::import_statement::{OnImportStatement, Reader};
use handlers::judge_payment::OnJudgePayment;
use handlers::letter_dispatched::OnLetterDispatched;
use handlers::list_bank_files::AnswerListBankFiles;
use handlers::list_corrected_letters::AnswerListCorrectedLetters;
use handlers::list_debits::AnswerListDebits;
use handlers::list_mandates::AnswerListMandates;
use handlers::list_payment_links::AnswerListPaymentLinks;
use handlers::list_payouts::AnswerListPayouts;
use handlers::list_refunds::AnswerListRefunds;
use handlers::list_remittances::AnswerListRemittances;
use handlers::list_unmatched::AnswerListUnmatched;
use handlers::mark_fee_paid::OnMarkFeePaid;
use handlers::match_payment::OnMatchPayment;
use handlers::name_settlement::OnNameSettlement;
use handlers::offer_payment_link::OnOfferPaymentLink;
use handlers::pair_payout::OnPairPayout;
use handlers::pay_out::OnPayOut;
use handlers::position::AnswerPosition;
use handlers::positions::AnswerPositions;
use handlers::propose_debit::OnProposeDebit;
use handlers::propose_refund::OnProposeRefund;
use handlers::propose_remittance::OnProposeRemittance;
use handlers::prove::OnProve;
use handlers::prove_books::AnswerProveBooks;
use handlers::record_mandate::OnRecordMandate;
use handlers::release_payment::OnReleasePayment;
use handlers::retract_payment::OnRetractPayment;
use handlers::review_payment_link::OnReviewPaymentLink;
use handlers::revoke_mandate::OnRevokeMandate;
use handlers::search::OnSearch;
use handlers::search_unmatched::OnSearchUnmatched;
use handlers::staff_registered::OnStaffRegistered;
use handlers::take_debit::OnTakeDebit;
use handlers::take_provider_refund::OnTakeProviderRefund;
use handlers::take_refund_back::OnTakeRefundBack;
use handlers::take_remittance_back::OnTakeRemittanceBack;
use handlers::tell_payments_known::OnTellPaymentsKnown;
use handlers::try_payout_again::OnTryPayoutAgain;
use handlers::withdraw_refund::OnWithdrawRefund;
use handlers::write_debits::OnWriteDebits;

/// How often the newest proof of the books is read for the metrics.
const WATCH_EVERY: Duration = Duration::from_secs(30);

/// The migrations of the service's schema, applied after the mailbox's.
pub static MIGRATIONS: Migrator = sqlx::migrate!();

/// The service, as a process runs it.
#[derive(Debug)]
pub struct PaymentReconciliation;

impl Service for PaymentReconciliation {
    const NAME: &'static str = "payment-reconciliation";

    type Config = PaymentReconciliationConfig;

    fn migrators() -> Vec<&'static Migrator> {
        vec![&mailbox::MIGRATIONS, &MIGRATIONS]
    }

    async fn start(context: Context<PaymentReconciliationConfig>) -> Result<(), BoxError> {
        start(context).await.map(|_| ())
    }
}

/// Starts the service, and says where the webhook of the payment service provider answers; none
/// where no provider is configured.
pub async fn start(
    context: Context<PaymentReconciliationConfig>,
) -> Result<Option<SocketAddr>, BoxError> {
    watch_rates(Arc::clone(&context.clock));
    watch_books(&context);
    let config = &context.config.service;
    keep_limits(&context.pool, config).await?;
    let asker = Asker::new(
        context.nats.clone(),
        Duration::from_millis(config.ask_timeout_ms),
        Actor::Machine(PaymentReconciliation::NAME.to_owned()),
    );
    let client_accounts = config.client_accounts()?;
    let files = context.files.clone();
    let numbers = client_accounts.iter().map(ToString::to_string).collect();
    let account = client_accounts.first().filter(|_| !config.payer_name.trim().is_empty());
    let payer = account.map(|it| Party { name: config.payer_name.clone(), account: it.clone() });
    let has_payer = payer.is_some();
    let identifier = config.creditor_identifier()?;
    let creditor = payer.clone().zip(identifier);
    let has_identifier = creditor.is_some();
    let debit_writer = DebitWriter { pool: context.pool.clone(), files: files.clone(), creditor };
    let mandates = OnRecordMandate { files: files.clone(), has_identifier };
    let write_debits =
        OnWriteDebits { pool: context.pool.clone(), asker: asker.clone(), has_identifier };
    let refund_office =
        RefundOffice { pool: context.pool.clone(), files: files.clone(), payer: payer.clone() };
    let seller = config.seller()?;
    let terms = InvoiceTerms { is_made: seller.is_some(), days: config.invoice_term_days };
    let tax_desk = TaxDesk {
        asker: asker.clone(),
        basis_points: config.commission_vat_basis_points,
        seller: seller.as_ref().map(|it| it.country),
    };
    let back_office = BackOffice { asker: asker.clone(), files: files.clone(), payer, seller };
    let provider = config.payment_provider.as_ref();
    let has_provider = provider.is_some();
    let offers = OnOfferPaymentLink { asker: asker.clone(), has_provider };
    let spoken_to = provider.map(ProviderConfig::provider).transpose()?;
    let payout_office = PayoutOffice { provider: spoken_to.clone() };
    let link_office = LinkOffice { pool: context.pool.clone(), provider: spoken_to };
    let searcher = Searcher { asker: asker.clone(), kept_days: config.clues_kept_days };
    let forgetter = Forgetter::new(context.pool.clone(), config.payer_text_kept_days);
    let pages = OnSearchUnmatched { pool: context.pool.clone(), asker: asker.clone() };
    let reader = Reader { files, asker, client_accounts };
    mailbox()
        .perform(back_office, "finance-desk")
        .perform(refund_office, "finance-desk")
        .perform(debit_writer, "finance-desk")
        .perform(Proposer(tax_desk.clone()), "finance-desk")
        .perform(link_office, "finance-desk")
        .perform(payout_office, "finance-desk")
        .perform(searcher, "finance-desk")
        .perform(forgetter, "finance-desk")
        .query(AnswerPosition { client_accounts: numbers })
        .change(OnProposeRemittance(tax_desk))
        .change(OnApproveRemittance { has_payer, terms })
        .change(OnApproveRefund { has_payer })
        .change(mandates)
        .change(OnProposeDebit { has_identifier })
        .change(write_debits)
        .change(OnDecideBankFile(reader.clone()))
        .change(OnImportStatement(reader))
        .change(offers)
        .change(pages)
        .start(&context, config.mailbox.clone())
        .await?;
    match provider {
        Some(provider) => http::start(&context, provider).await.map(Some),
        None => Ok(None),
    }
}

/// What decisions have to know of the configuration is kept where they read it.
async fn keep_limits(pool: &PgPool, config: &PaymentReconciliationConfig) -> sqlx::Result<()> {
    let mut conn = pool.acquire().await?;
    store::keep_awaited_days(&mut conn, config.money_awaited_days).await
}

/// Tells for how many days the rates of interest are loaded, below zero where one is lacking: for
/// such days no interest is asked. Meant for an alarm.
fn watch_rates(clock: Arc<dyn Clock>) {
    let today = Pack::NL.local_date(clock.business_now());
    for RatesEnding { table, last, .. } in rates_ending(today) {
        tracing::warn!(%table, ?last, "rates of interest end: load what was published");
    }
    let _gauge = opentelemetry::global::meter("law")
        .i64_observable_gauge("law_rates_days_left")
        .with_description("Days until the loaded rates of interest end; below 0 they are lacking.")
        .with_callback(move |observer| {
            let today = Pack::NL.local_date(clock.business_now());
            for table in RateTable::ALL {
                let left = table.loaded_until().map_or(i64::MIN, |last| days_until(today, last));
                observer.observe(left, &[KeyValue::new("table", table.to_string())]);
            }
        })
        .build();
}

/// Tells by how much the books fell short at the newest daily proof, and for how many days they
/// have not held: for an alarm. Any process may have made it, so that all read what was kept.
fn watch_books(context: &Context<PaymentReconciliationConfig>) {
    let kept = Arc::new(Mutex::new(Kept::default()));
    let meter = opentelemetry::global::meter(PaymentReconciliation::NAME);
    let newest = Arc::clone(&kept);
    let _gauge = meter
        .i64_observable_gauge("books_unexplained_minor")
        .with_description("What speaks against the books, in minor units; 0 when proven.")
        .with_callback(move |observer| {
            let Ok(kept) = newest.lock() else { return };
            for (currency, minor) in &kept.unexplained {
                observer.observe(*minor, &[KeyValue::new("currency", currency.code())]);
            }
        })
        .build();
    let (newest, clock) = (Arc::clone(&kept), Arc::clone(&context.clock));
    let _gauge = meter
        .i64_observable_gauge("books_proven_days")
        .with_description("Days since the last daily proof of the books that held.")
        .with_callback(move |observer| {
            let today = Pack::NL.local_date(clock.business_now());
            let held_on = newest.lock().ok().and_then(|kept| kept.held_on());
            if let Some(held_on) = held_on {
                observer.observe(days_until(held_on, today), &[]);
            }
        })
        .build();
    let (pool, stop) = (context.pool.clone(), context.tasks.stopping(Phase::Executor));
    context.tasks.spawn(Phase::Executor, "watch of the books", async move {
        loop {
            match read_books(&pool).await {
                Ok(read) => kept.lock().map_or((), |mut kept| *kept = read),
                Err(error) => tracing::warn!(error = chain(&error), "the books cannot be read"),
            }
            tokio::select! {
                () = stop.cancelled() => return Ok(()),
                () = tokio::time::sleep(WATCH_EVERY) => {}
            }
        }
    });
}

async fn read_books(pool: &PgPool) -> sqlx::Result<Kept> {
    let mut conn = pool.acquire().await?;
    store::kept_books(&mut conn).await
}

fn days_until(today: Date, last: Date) -> i64 {
    last.duration_since(today).as_hours() / 24
}

/// Everything that the service takes in, but for bank files and the question for a position: those
/// need its surroundings.
#[must_use]
pub fn mailbox() -> Mailbox {
    Mailbox::of(PaymentReconciliation::NAME)
        .handle::<OnAgreementAgreed>()
        .handle::<OnCaseOpened>()
        .handle::<OnClaimRegistered>()
        .handle::<OnClaimCredited>()
        .handle::<OnClaimWithdrawn>()
        .handle::<OnDirectPaymentReported>()
        .handle::<OnDirectPaymentRetracted>()
        .handle::<OnLetterDispatched>()
        .handle::<OnMatchPayment>()
        .handle::<OnJudgePayment>()
        .handle::<OnAllocatePayment>()
        .handle::<OnTellPaymentsKnown>()
        .handle::<OnReviewPaymentLink>()
        .handle::<OnCaseHeld>()
        .handle::<OnTakeRefundBack>()
        .handle::<OnTakeRemittanceBack>()
        .handle::<OnPairPayout>()
        .handle::<OnTakeProviderRefund>()
        .handle::<OnTakeDebit>()
        .handle::<OnStaffRegistered>()
        .timer::<OnCharge>()
        .change(OnAssignPayment)
        .change(OnReleasePayment)
        .change(OnRetractPayment)
        .change(OnDismissProposals)
        .change(OnProposeRefund)
        .change(OnWithdrawRefund)
        .change(OnRevokeMandate)
        .change(OnApproveDebit)
        .change(OnCloseDebit)
        .change(OnMarkFeePaid)
        .change(OnAskPaymentProvider)
        .change(OnNameSettlement)
        .timer::<OnProve>()
        .timer::<OnPayOut>()
        .timer::<OnSearch>()
        .timer::<OnForget>()
        .timer::<OnAskProvider>()
        .timer::<OnTryPayoutAgain>()
        .query(AnswerListBankFiles)
        .query(AnswerExplainPosition)
        .query(AnswerPositions)
        .query(AnswerListCorrectedLetters)
        .query(AnswerListRemittances)
        .query(AnswerListRefunds)
        .query(AnswerListMandates)
        .query(AnswerListDebits)
        .query(AnswerListPaymentLinks)
        .query(AnswerListPayouts)
        .query(AnswerListUnmatched)
        .query(AnswerBalances)
        .query(AnswerProveBooks)
        .check("exact-money", |conn, now| Box::pin(store::exact_money(conn, now)))
        .check("positions-booked", |conn, now| Box::pin(store::positions_booked(conn, now)))
        .check("remittances-booked", |conn, now| Box::pin(store::remittances_booked(conn, now)))
        .check("fees-invoiced", |conn, now| Box::pin(store::fees_invoiced(conn, now)))
        .check("payouts-booked", |conn, now| Box::pin(store::payouts_booked(conn, now)))
        .check("payments-accounted", |conn, now| Box::pin(store::payments_accounted(conn, now)))
}
