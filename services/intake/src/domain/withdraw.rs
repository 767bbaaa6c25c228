//! A creditor takes a claim back.

use contracts::intake::{ClaimWithdrawn, WithdrawClaim, WithdrawClaimAnswer};
use mailbox::{Decision, Facts, Fault};

use super::customer::Customer;
use super::desk::Reached;

/// Decides on a withdrawal. Nothing is known of a claim that no customer has.
pub fn withdraw(
    mut customer: Reached<Customer>,
    request: &WithdrawClaim,
    facts: &Facts,
) -> Result<(Decision<Reached<Customer>>, WithdrawClaimAnswer), Fault> {
    let case = customer.0.as_mut().and_then(|customer| customer.case.as_mut());
    let found = case.and_then(|case| {
        let (case_id, creditor_id) = (case.case_id, case.creditor_id);
        case.claims.get_mut(&request.claim_id).map(|claim| (case_id, creditor_id, claim))
    });
    let Some((case_id, creditor_id, claim)) = found else {
        return Ok((Decision::quiet(customer), WithdrawClaimAnswer::Unknown));
    };
    if claim.withdrawn.is_some() {
        let answer = WithdrawClaimAnswer::AlreadyWithdrawn { case_id };
        return Ok((Decision::quiet(customer), answer));
    }
    claim.withdrawn = Some(request.reason.clone());
    let withdrawn = ClaimWithdrawn {
        claim_id: request.claim_id,
        case_id,
        creditor_id,
        reason: request.reason.clone(),
        withdrawn_at: facts.now,
    };
    let decision = Decision::quiet(customer).send(withdrawn);
    Ok((decision, WithdrawClaimAnswer::Withdrawn { case_id }))
}
