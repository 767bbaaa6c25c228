//! `amicable claim`: the invoices on a case.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::ExitCode;

use contracts::intake::{
    ImportDirectPayments, ImportDirectPaymentsAnswer, ListDirectPayments, ReportDirectPayment,
    ReportDirectPaymentAnswer, ReportedDirectPayment, RetractDirectPayment,
    RetractDirectPaymentAnswer, WithdrawClaim, WithdrawClaimAnswer, WithdrawalReason,
};
use futures_util::{StreamExt, TryStreamExt};
use intake::domain::TABLE_BYTES_MAX;
use primitives::{CaseId, ClaimId, PaymentId};

use super::case::money;
use super::import::unreadable;
use crate::cli::Claim;
use crate::failure::Failure;
use crate::find::{Kind, short};
use crate::moment::{told, told_day};
use crate::output::{Table, say, say_json};
use crate::sentences::{self, counted};
use crate::session::{LIST_MAX, Session};

const CLAIM: Kind = Kind { name: "claim", list: "amicable case show" };
const PAYMENT: Kind = Kind { name: "payment", list: "amicable claim payments" };
/// Cases asked about at the same time.
const AT_ONCE: usize = 16;

pub(crate) async fn run(session: &Session, claim: Claim) -> Result<ExitCode, Failure> {
    match claim {
        Claim::Withdraw { id, reason } => withdraw(session, &id, reason.into()).await,
        Claim::Paid { id, amount, on, again } => {
            let claim_id = taken_at_its_word(session, &id).await?;
            let report = ReportDirectPayment { claim_id, amount, paid_on: on, again };
            paid(session, &id, report).await
        }
        Claim::ImportPaid { file, creditor, json } => {
            import_paid(session, &file, &creditor, json).await
        }
        Claim::Unpaid { payment } => unpaid(session, &payment).await,
        Claim::Payments { id, limit, json } => {
            payments(session, id.as_deref(), limit.limit, json).await
        }
    }
}

async fn withdraw(
    session: &Session,
    id: &str,
    reason: WithdrawalReason,
) -> Result<ExitCode, Failure> {
    let claim_id = taken_at_its_word(session, id).await?;
    match session.change(&WithdrawClaim { claim_id, reason }).await? {
        WithdrawClaimAnswer::Withdrawn { case_id } => {
            said(claim_id, case_id, "is taken back");
            Ok(ExitCode::SUCCESS)
        }
        WithdrawClaimAnswer::AlreadyWithdrawn { case_id } => {
            said(claim_id, case_id, "was taken back before");
            Ok(ExitCode::SUCCESS)
        }
        WithdrawClaimAnswer::Unknown => Err(CLAIM.unknown(id).into()),
    }
}

async fn paid(
    session: &Session,
    id: &str,
    report: ReportDirectPayment,
) -> Result<ExitCode, Failure> {
    let ReportDirectPayment { claim_id, amount, paid_on, .. } = report;
    match session.change(&report).await? {
        ReportDirectPaymentAnswer::Reported { case_id, payment_id } => {
            let payment = short(payment_id);
            said(
                claim_id,
                case_id,
                &format!("was paid {amount} to the creditor itself, payment {payment}"),
            );
            say(format_args!("if that was wrong: `amicable claim unpaid {payment}`"));
            Ok(ExitCode::SUCCESS)
        }
        ReportDirectPaymentAnswer::AlreadyKnown { payment_id, .. } => {
            say(format_args!(
                "nothing was booked: {amount} of {} is known already, as payment {}; if it is one \
                 more payment, say so with --again",
                told_day(paid_on),
                short(payment_id)
            ));
            Ok(ExitCode::FAILURE)
        }
        ReportDirectPaymentAnswer::Refused { problems } => {
            say("refused:");
            sentences::say_problems(&problems);
            Ok(ExitCode::FAILURE)
        }
        ReportDirectPaymentAnswer::Unknown => Err(CLAIM.unknown(id).into()),
    }
}

async fn import_paid(
    session: &Session,
    file: &Path,
    creditor: &str,
    json: bool,
) -> Result<ExitCode, Failure> {
    let creditor_id = session.creditor(creditor).await?;
    let bytes_max = u64::try_from(TABLE_BYTES_MAX).unwrap_or(u64::MAX);
    let answer = match session.store_file(file, bytes_max).await {
        Ok(document) => session.change(&ImportDirectPayments { creditor_id, document }).await?,
        Err(failure) => {
            ImportDirectPaymentsAnswer::Refused { problems: vec![unreadable(failure)?] }
        }
    };
    let is_refused = matches!(answer, ImportDirectPaymentsAnswer::Refused { .. });
    if json {
        say_json(&answer);
    } else {
        tell_imported(&answer);
    }
    Ok(if is_refused { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

fn tell_imported(answer: &ImportDirectPaymentsAnswer) {
    match answer {
        ImportDirectPaymentsAnswer::Imported { payment_count, total } => {
            let payments = counted(payment_count, "payment");
            say(format_args!("{payments} to the creditor itself, {total} in all"));
            say("if one was wrong: `amicable claim payments`, and `amicable claim unpaid`");
        }
        ImportDirectPaymentsAnswer::AlreadyKnown { taken_at, payment_count, total } => {
            let payments = counted(payment_count, "payment");
            say(format_args!(
                "nothing new: this file was taken in {}, {payments}, {total} in all",
                told(*taken_at)
            ));
        }
        ImportDirectPaymentsAnswer::Refused { problems } => {
            say("refused, and nothing of it was told:");
            sentences::say_problems(problems);
        }
    }
}

async fn unpaid(session: &Session, given: &str) -> Result<ExitCode, Failure> {
    let payment_id: PaymentId = if let Ok(payment_id) = given.trim().parse() {
        payment_id
    } else {
        let known = reported(session, None, LIST_MAX).await?;
        PAYMENT.find(given, known.into_iter().map(|payment| payment.payment_id))?
    };
    match session.change(&RetractDirectPayment { payment_id }).await? {
        RetractDirectPaymentAnswer::Retracted { case_id, claim_id, amount, paid_on } => {
            let day = told_day(paid_on);
            said(claim_id, case_id, &format!("was not paid {amount} on {day}: it is owed again"));
            Ok(ExitCode::SUCCESS)
        }
        RetractDirectPaymentAnswer::AlreadyRetracted { case_id, claim_id } => {
            said(claim_id, case_id, "stands as it did: that payment was taken back before");
            Ok(ExitCode::SUCCESS)
        }
        RetractDirectPaymentAnswer::Unknown => Err(PAYMENT.unknown(given).into()),
    }
}

async fn payments(
    session: &Session,
    id: Option<&str>,
    limit: u32,
    json: bool,
) -> Result<ExitCode, Failure> {
    let claim_id = match id {
        Some(id) => Some(taken_at_its_word(session, id).await?),
        None => None,
    };
    let payments = reported(session, claim_id, limit).await?;
    if json {
        say_json(&payments);
        return Ok(ExitCode::SUCCESS);
    }
    let mut table = Table::new(["payment", "claim", "case", "amount", "paid on", "told", "state"]);
    for payment in &payments {
        let taken_back = |at| format!("taken back {}", told(at));
        table.row([
            short(payment.payment_id),
            short(payment.claim_id),
            short(payment.case_id),
            payment.amount.to_string(),
            told_day(payment.paid_on),
            told(payment.reported_at),
            payment.retracted_at.map(taken_back).unwrap_or_default(),
        ]);
    }
    table.say("no creditor said that it was paid; tell it with `amicable claim paid`");
    Ok(ExitCode::SUCCESS)
}

async fn reported(
    session: &Session,
    claim_id: Option<ClaimId>,
    limit: u32,
) -> Result<Vec<ReportedDirectPayment>, Failure> {
    Ok(session.asker.ask(&ListDirectPayments { limit, claim_id }).await?.payments)
}

/// The claim; a whole id is taken at its word.
async fn taken_at_its_word(session: &Session, id: &str) -> Result<ClaimId, Failure> {
    match id.trim().parse() {
        Ok(claim_id) => Ok(claim_id),
        Err(_) => Ok(find(session, id).await?.0),
    }
}

fn said(claim_id: ClaimId, case_id: CaseId, what: &str) {
    say(format_args!("claim {claim_id} {what}; see `amicable case show {}`", short(case_id)));
}

/// The claim whose id begins so, and its case.
pub(crate) async fn find(session: &Session, given: &str) -> Result<(ClaimId, CaseId), Failure> {
    let cases: Vec<_> = futures_util::stream::iter(session.cases().await?)
        .map(async |case_id| Ok::<_, Failure>((case_id, money(session, case_id).await?)))
        .buffered(AT_ONCE)
        .try_collect()
        .await?;
    let mut case_of = BTreeMap::new();
    for (case_id, money) in cases {
        let claims = money.into_iter().flat_map(|money| money.claims);
        case_of.extend(claims.map(|claim| (claim.claim_id, case_id)));
    }
    let claim_id = CLAIM.find(given, case_of.keys().copied())?;
    let case_id = case_of.get(&claim_id).copied().ok_or_else(|| CLAIM.unknown(given))?;
    Ok((claim_id, case_id))
}
