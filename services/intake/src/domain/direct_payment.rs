//! A creditor says that a debtor paid it directly, or that it was wrong about that.

use contracts::intake::{
    DirectPaymentReported, DirectPaymentRetracted, Problem, ReportDirectPayment,
    ReportDirectPaymentAnswer, RetractDirectPayment, RetractDirectPaymentAnswer,
};
use law::Pack;
use mailbox::{Decision, Facts, Fault};
use primitives::{Country, Date, PaymentId};

use super::customer::{Claim, Customer, DirectPayment};
use super::desk::Reached;
use super::gate::problem;

type Decided<A> = Result<(Decision<Reached<Customer>>, A), Fault>;

/// Decides on a report. Nothing is known of a claim that no customer has. People tell the same
/// payment twice more often than debtors pay the same twice a day: so the second has to be meant.
pub fn report_direct_payment(
    mut customer: Reached<Customer>,
    request: &ReportDirectPayment,
    facts: &Facts,
) -> Decided<ReportDirectPaymentAnswer> {
    let case = customer.0.as_mut().and_then(|customer| customer.case.as_mut());
    let found = case.and_then(|case| {
        let (case_id, creditor_id, country) = (case.case_id, case.creditor_id, case.country);
        let claim = case.claims.get_mut(&request.claim_id)?;
        Some((case_id, creditor_id, country, claim))
    });
    let Some((case_id, creditor_id, country, claim)) = found else {
        return Ok((Decision::quiet(customer), ReportDirectPaymentAnswer::Unknown));
    };
    if let Some(payment_id) = told_before(claim, request) {
        let answer = ReportDirectPaymentAnswer::AlreadyKnown { case_id, payment_id };
        return Ok((Decision::quiet(customer), answer));
    }
    let problems = objections(claim, request, country, facts)?;
    if !problems.is_empty() {
        let answer = ReportDirectPaymentAnswer::Refused { problems };
        return Ok((Decision::quiet(customer), answer));
    }
    let ReportDirectPayment { claim_id, amount, paid_on, again: _ } = *request;
    let payment_id = PaymentId::from_uuid(facts.derive("direct-payment"));
    let reported_at = facts.now;
    let payment = DirectPayment { amount, paid_on, reported_at, retracted_at: None };
    claim.direct_payments.insert(payment_id, payment);
    let reported =
        DirectPaymentReported { payment_id, claim_id, case_id, creditor_id, amount, paid_on };
    let answer = ReportDirectPaymentAnswer::Reported { case_id, payment_id };
    Ok((Decision::quiet(customer).send(reported), answer))
}

/// Takes a report back. One of a claim that was withdrawn meanwhile may be wrong too.
pub fn retract_direct_payment(
    mut customer: Reached<Customer>,
    request: &RetractDirectPayment,
    facts: &Facts,
) -> Decided<RetractDirectPaymentAnswer> {
    let payment_id = request.payment_id;
    let case = customer.0.as_mut().and_then(|customer| customer.case.as_mut());
    let found = case.and_then(|case| {
        let (case_id, creditor_id) = (case.case_id, case.creditor_id);
        let mut claims = case.claims.iter_mut();
        claims.find_map(|(claim_id, claim)| {
            let payment = claim.direct_payments.get_mut(&payment_id)?;
            Some((case_id, creditor_id, *claim_id, payment))
        })
    });
    let Some((case_id, creditor_id, claim_id, payment)) = found else {
        return Ok((Decision::quiet(customer), RetractDirectPaymentAnswer::Unknown));
    };
    if payment.retracted_at.is_some() {
        let answer = RetractDirectPaymentAnswer::AlreadyRetracted { case_id, claim_id };
        return Ok((Decision::quiet(customer), answer));
    }
    payment.retracted_at = Some(facts.now);
    let DirectPayment { amount, paid_on, .. } = *payment;
    let retracted =
        DirectPaymentRetracted { payment_id, claim_id, case_id, creditor_id, amount, paid_on };
    let answer = RetractDirectPaymentAnswer::Retracted { case_id, claim_id, amount, paid_on };
    Ok((Decision::quiet(customer).send(retracted), answer))
}

/// What speaks against a report.
pub(super) fn objections(
    claim: &Claim,
    request: &ReportDirectPayment,
    country: Country,
    facts: &Facts,
) -> Result<Vec<Problem>, Fault> {
    let problems =
        [withdrawn(claim), amount(claim, request)?, day(claim, request, country, facts)?];
    Ok(problems.into_iter().flatten().collect())
}

/// The payment that this report most likely tells again.
pub(super) fn told_before(claim: &Claim, request: &ReportDirectPayment) -> Option<PaymentId> {
    let same = |payment: &DirectPayment| {
        (payment.amount, payment.paid_on) == (request.amount, request.paid_on)
    };
    let mut reported = claim.reported().filter(|_| !request.again);
    reported.find(|(_, payment)| same(payment)).map(|(payment_id, _)| payment_id)
}

/// What speaks against the claim. What was paid before it was withdrawn should have been told
/// before: the creditor said since that nothing is owed.
fn withdrawn(claim: &Claim) -> Option<Problem> {
    let reason = "was withdrawn: nothing is asked for it any more, so no payment is booked on it";
    claim.withdrawn.as_ref().map(|_| problem("claim_id", reason))
}

/// What speaks against the amount.
fn amount(claim: &Claim, request: &ReportDirectPayment) -> Result<Option<Problem>, Fault> {
    let told = request.amount;
    let currency = claim.amount.currency();
    if told.currency() != currency {
        let reason = format!("is not in {currency}, the currency of the claim");
        return Ok(Some(problem("amount", reason)));
    }
    if told.amount_minor() <= 0 {
        return Ok(Some(problem("amount", "must be above nought")));
    }
    let broken = |error| Fault::Bug(format!("claim {}: {error}", request.claim_id));
    let open = claim.not_told_as_paid().map_err(broken)?;
    if !open.checked_sub(told).map_err(broken)?.is_negative() {
        return Ok(None);
    }
    let reason = if claim.reported().next().is_none() {
        format!("is more than the {open} that was handed over: tell what was paid on this claim")
    } else {
        format!(
            "is more than the {open} that is left of the claim beside what was told as paid \
             before: a payment is told once"
        )
    };
    Ok(Some(problem("amount", reason)))
}

/// What speaks against the day. It is today where the debtor is.
fn day(
    claim: &Claim,
    request: &ReportDirectPayment,
    country: Country,
    facts: &Facts,
) -> Result<Option<Problem>, Fault> {
    let pack = Pack::of(country)
        .ok_or_else(|| Fault::Bug(format!("claim {}: {country} has no law", request.claim_id)))?;
    let today: Date = pack.local_date(facts.now);
    let issued_on = claim.issued_on;
    Ok(if request.paid_on > today {
        Some(problem("paid_on", format!("is to come: today is {today}")))
    } else if request.paid_on < issued_on {
        let reason = format!("is before the invoice, which was issued on {issued_on}");
        Some(problem("paid_on", reason))
    } else {
        None
    })
}
