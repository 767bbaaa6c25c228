//! One file per request: what it fetches, which rows it concerns, which decision it calls.

mod call_contact;
mod creditor_accounts;
mod creditor_contact;
mod find_claims;
mod import_direct_payments;
mod import_invoice;
mod invoice_numbers;
mod list_cases;
mod list_creditors;
mod list_direct_payments;
mod list_staff;
mod parties;
mod register_creditor;
mod register_staff;
mod report_direct_payment;
mod retract_direct_payment;
mod tell_creditor_anew;
mod tell_staff_anew;
mod withdraw_claim;

use contracts::intake::Problem;
use mailbox::RequestError;
use primitives::ContentHash;
use runtime::files::{FileStore, FileStoreError};

pub(crate) use call_contact::AnswerCallContact;
pub(crate) use creditor_accounts::AnswerCreditorAccounts;
pub(crate) use creditor_contact::AnswerCreditorContact;
pub(crate) use find_claims::AnswerFindClaims;
pub(crate) use import_direct_payments::OnImportDirectPayments;
pub(crate) use import_invoice::OnImportInvoice;
pub(crate) use invoice_numbers::AnswerInvoiceNumbers;
pub(crate) use list_cases::AnswerListCases;
pub(crate) use list_creditors::AnswerListCreditors;
pub(crate) use list_direct_payments::AnswerListDirectPayments;
pub(crate) use list_staff::AnswerListStaff;
pub(crate) use parties::AnswerParties;
pub(crate) use register_creditor::OnRegisterCreditor;
pub(crate) use register_staff::OnRegisterStaff;
pub(crate) use report_direct_payment::OnReportDirectPayment;
pub(crate) use retract_direct_payment::OnRetractDirectPayment;
pub(crate) use tell_creditor_anew::OnTellCreditorAnew;
pub(crate) use tell_staff_anew::OnTellStaffAnew;
pub(crate) use withdraw_claim::OnWithdrawClaim;

/// The bytes of a file, or what is wrong with it; one that is too long is not read.
async fn fetch(
    files: &FileStore,
    hash: ContentHash,
    bytes_max: usize,
) -> Result<Result<Vec<u8>, Vec<Problem>>, RequestError> {
    let limit = u64::try_from(bytes_max).unwrap_or(u64::MAX);
    match files.get_at_most(hash, limit).await {
        Ok(bytes) => Ok(Ok(bytes)),
        Err(FileStoreError::TooLarge { max_bytes }) => {
            let reason = format!("is longer than {max_bytes} bytes, so it was not read");
            Ok(Err(vec![Problem { field: "file".to_owned(), line: None, reason }]))
        }
        Err(error @ FileStoreError::NotFound { .. }) => {
            Err(RequestError::Refused(format!("{error}: put it there first")))
        }
        Err(
            error @ (FileStoreError::Corrupt { .. }
            | FileStoreError::Incoming(_)
            | FileStoreError::Folder { .. }),
        ) => Err(RequestError::Unavailable(runtime::error::chain(&error))),
    }
}
