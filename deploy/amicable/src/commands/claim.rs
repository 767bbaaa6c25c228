//! `amicable claim`: the invoices on a case.

use std::collections::BTreeMap;
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
    // A whole id is taken at its word.
    let claim_id = match id.trim().parse() {
        Ok(claim_id) => claim_id,
        Err(_) => find(session, &id).await?.0,
    };
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
