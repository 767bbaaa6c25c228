//! `amicable claim`: the invoices on a case.

use std::process::ExitCode;

use contracts::intake::{WithdrawClaim, WithdrawClaimAnswer};
use futures_util::{StreamExt, TryStreamExt};
use primitives::{CaseId, ClaimId};

use super::case::money;
use crate::cli::Claim;
use crate::failure::Failure;
use crate::find::{Kind, short};
use crate::output::say;
use crate::session::Session;

const CLAIM: Kind = Kind { name: "claim", list: "amicable case show" };
/// Cases asked about at the same time.
const AT_ONCE: usize = 16;

pub(crate) async fn run(session: &Session, claim: Claim) -> Result<ExitCode, Failure> {
    let Claim::Withdraw { id, reason } = claim;
    let claim_id = find(session, &id).await?;
    match session.change(&WithdrawClaim { claim_id, reason: reason.into() }).await? {
        WithdrawClaimAnswer::Withdrawn { case_id } => {
            told(claim_id, case_id, "is taken back");
            Ok(ExitCode::SUCCESS)
        }
        WithdrawClaimAnswer::AlreadyWithdrawn { case_id } => {
            told(claim_id, case_id, "was taken back before");
            Ok(ExitCode::SUCCESS)
        }
        WithdrawClaimAnswer::Unknown => Err(CLAIM.unknown(&id).into()),
    }
}

fn told(claim_id: ClaimId, case_id: CaseId, what: &str) {
    say(format_args!("claim {claim_id} {what}; see `amicable case show {}`", short(case_id)));
}

/// The claim whose id begins so; a whole id is taken at its word.
async fn find(session: &Session, given: &str) -> Result<ClaimId, Failure> {
    if let Ok(claim_id) = given.trim().parse() {
        return Ok(claim_id);
    }
    let cases: Vec<_> = futures_util::stream::iter(session.cases().await?)
        .map(|case_id| money(session, case_id))
        .buffered(AT_ONCE)
        .try_collect()
        .await?;
    let claims = cases.into_iter().flatten().flat_map(|case| case.claims);
    Ok(CLAIM.find(given, claims.map(|claim| claim.claim_id))?)
}
