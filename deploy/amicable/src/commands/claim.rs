//! `amicable claim`: the invoices on a case.

use std::collections::BTreeMap;
use std::process::ExitCode;

use contracts::intake::{
    ReportDirectPayment, ReportDirectPaymentAnswer, WithdrawClaim, WithdrawClaimAnswer,
    WithdrawalReason,
};
use futures_util::{StreamExt, TryStreamExt};
use jiff::civil::Date;
use primitives::{CaseId, ClaimId, Money};

use super::case::money;
use crate::cli::Claim;
use crate::failure::Failure;
use crate::find::{Kind, short};
use crate::output::say;
use crate::sentences;
use crate::session::Session;

const CLAIM: Kind = Kind { name: "claim", list: "amicable case show" };
/// Cases asked about at the same time.
const AT_ONCE: usize = 16;

pub(crate) async fn run(session: &Session, claim: Claim) -> Result<ExitCode, Failure> {
    match claim {
        Claim::Withdraw { id, reason } => withdraw(session, &id, reason.into()).await,
        Claim::Paid { id, amount, on } => paid(session, &id, amount, on).await,
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
            told(claim_id, case_id, "is taken back");
            Ok(ExitCode::SUCCESS)
        }
        WithdrawClaimAnswer::AlreadyWithdrawn { case_id } => {
            told(claim_id, case_id, "was taken back before");
            Ok(ExitCode::SUCCESS)
        }
        WithdrawClaimAnswer::Unknown => Err(CLAIM.unknown(id).into()),
    }
}

async fn paid(
    session: &Session,
    id: &str,
    amount: Money,
    paid_on: Date,
) -> Result<ExitCode, Failure> {
    let claim_id = taken_at_its_word(session, id).await?;
    match session.change(&ReportDirectPayment { claim_id, amount, paid_on }).await? {
        ReportDirectPaymentAnswer::Reported { case_id, .. } => {
            told(claim_id, case_id, &format!("was paid {amount} to the creditor itself"));
            Ok(ExitCode::SUCCESS)
        }
        ReportDirectPaymentAnswer::Refused { problems } => {
            say("refused:");
            sentences::say_problems(&problems);
            Ok(ExitCode::FAILURE)
        }
        ReportDirectPaymentAnswer::Unknown => Err(CLAIM.unknown(id).into()),
    }
}

/// The claim; a whole id is taken at its word.
async fn taken_at_its_word(session: &Session, id: &str) -> Result<ClaimId, Failure> {
    match id.trim().parse() {
        Ok(claim_id) => Ok(claim_id),
        Err(_) => Ok(find(session, id).await?.0),
    }
}

fn told(claim_id: ClaimId, case_id: CaseId, what: &str) {
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
