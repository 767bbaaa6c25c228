//! A creditor says that a debtor paid it directly.

use contracts::intake::{
    DirectPaymentReported, Problem, ReportDirectPayment, ReportDirectPaymentAnswer,
};
use law::Pack;
use mailbox::{Decision, Facts, Fault};
use primitives::{Country, Date, PaymentId};

use super::customer::{Claim, Customer, DirectPayment};
use super::desk::Reached;
use super::gate::problem;

type Decided = Result<(Decision<Reached<Customer>>, ReportDirectPaymentAnswer), Fault>;

/// Decides on a report. Nothing is known of a claim that no customer has. A claim that was
/// withdrawn may have been paid before.
pub fn report_direct_payment(
    mut customer: Reached<Customer>,
    request: &ReportDirectPayment,
    facts: &Facts,
) -> Decided {
    let case = customer.0.as_mut().and_then(|customer| customer.case.as_mut());
    let found = case.and_then(|case| {
        let (case_id, creditor_id, country) = (case.case_id, case.creditor_id, case.country);
        let claim = case.claims.get_mut(&request.claim_id)?;
        Some((case_id, creditor_id, country, claim))
    });
    let Some((case_id, creditor_id, country, claim)) = found else {
        return Ok((Decision::quiet(customer), ReportDirectPaymentAnswer::Unknown));
    };
    let problems: Vec<Problem> = [amount(claim, request)?, day(claim, request, country, facts)?]
        .into_iter()
        .flatten()
        .collect();
    if !problems.is_empty() {
        let answer = ReportDirectPaymentAnswer::Refused { problems };
        return Ok((Decision::quiet(customer), answer));
    }
    let ReportDirectPayment { claim_id, amount, paid_on } = *request;
    let payment_id = PaymentId::from_uuid(facts.derive("direct-payment"));
    let payment = DirectPayment { amount, paid_on, reported_at: facts.now };
    claim.direct_payments.insert(payment_id, payment);
    let reported =
        DirectPaymentReported { payment_id, claim_id, case_id, creditor_id, amount, paid_on };
    let answer = ReportDirectPaymentAnswer::Reported { case_id, payment_id };
    Ok((Decision::quiet(customer).send(reported), answer))
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
    let reason = if claim.direct_payments.is_empty() {
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
