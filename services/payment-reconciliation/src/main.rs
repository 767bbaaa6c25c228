//! The process of payment-reconciliation.

use std::process::ExitCode;

fn main() -> ExitCode {
    runtime::run::<payment_reconciliation::PaymentReconciliation>(std::env::args().skip(1))
}
