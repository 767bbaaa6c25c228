//! Intake's requests: documents, invoices, withdrawals, payments to the creditor; and what others
//! ask it.

use contracts::agreement::PayTo;
use contracts::intake::{
    ClaimParticulars, CreditorAccount, CreditorParty, DebtorParty, ImportInvoiceAnswer, Parties,
    RegisterCreditorAnswer, RegisterStaffAnswer, ReportDirectPayment, ReportDirectPaymentAnswer,
    RetractDirectPayment, RetractDirectPaymentAnswer, WithdrawClaim, WithdrawClaimAnswer,
};
use intake::domain::{
    self, Creditor, Customer, Enrolment, Handed, Known, NumberedDocument, OpenCase, Reached,
    ReferenceUse, Registration, Staff, StaffRegistration, Taken, Terms,
};
use mailbox::{Brought, Decision, Fault, Rehearsal, Rehearsed};
use primitives::{CaseId, CaseNumber, ClaimId, CreditorId, PaymentId};
use uuid::Uuid;

type Answered<A> = Result<(Brought, Option<A>), Fault>;

#[must_use]
pub fn states() -> Rehearsal {
    Rehearsal::of("intake")
        .keeps::<Creditor>(|_| Creditor::default())
        .keeps::<Taken>(|_| Taken::default())
        .keeps::<Terms>(|_| Terms::default())
        .keeps::<Customer>(|_| Customer::default())
        .keeps::<NumberedDocument>(|_| NumberedDocument::default())
        .keeps::<ReferenceUse>(|_| ReferenceUse::default())
        .keeps::<Staff>(|_| Staff::default())
}

pub fn register(
    states: &mut Rehearsal,
    registration: &Registration,
    it: Rehearsed<'_>,
) -> Answered<RegisterCreditorAnswer> {
    let mut told = None;
    let brought = states.decide(it, &[registration.key()], |row: Enrolment| {
        Ok(answered(&mut told, domain::register(row, registration)?))
    })?;
    Ok((brought, told))
}

pub fn register_staff(
    states: &mut Rehearsal,
    registration: &StaffRegistration,
    it: Rehearsed<'_>,
) -> Answered<RegisterStaffAnswer> {
    let mut told = None;
    let brought = states.decide(it, &[registration.key()], |row: Reached<Staff>| {
        Ok(answered(&mut told, domain::register_staff(row, registration)?))
    })?;
    Ok((brought, told))
}

/// The terms are read from the creditor's row.
pub fn import(
    states: &mut Rehearsal,
    handed: &Handed,
    it: Rehearsed<'_>,
) -> Answered<ImportInvoiceAnswer> {
    let key = handed.key();
    let known = states.find::<Creditor>(key.creditor).and_then(|creditor| {
        let agreed = creditor.agreements.last_key_value()?.1.clone();
        Some(Known { profile: creditor.profile.clone()?, agreed })
    });
    states.load(key.creditor, Terms { known });
    let mut told = None;
    let brought = states.decide(it, &[key], |desk| {
        Ok(answered(&mut told, domain::import(desk, handed, it.facts)?))
    })?;
    Ok((brought, told))
}

pub fn withdraw(
    states: &mut Rehearsal,
    request: &WithdrawClaim,
    it: Rehearsed<'_>,
) -> Answered<WithdrawClaimAnswer> {
    let key = customer_of(states, |case| case.claims.contains_key(&request.claim_id));
    let mut told = None;
    let brought = states.decide(it, &[key], |row| {
        Ok(answered(&mut told, domain::withdraw(row, request, it.facts)?))
    })?;
    Ok((brought, told))
}

pub fn report(
    states: &mut Rehearsal,
    request: &ReportDirectPayment,
    it: Rehearsed<'_>,
) -> Answered<ReportDirectPaymentAnswer> {
    let key = customer_of(states, |case| case.claims.contains_key(&request.claim_id));
    let mut told = None;
    let brought = states.decide(it, &[key], |row| {
        Ok(answered(&mut told, domain::report_direct_payment(row, request, it.facts)?))
    })?;
    Ok((brought, told))
}

pub fn retract(
    states: &mut Rehearsal,
    payment_id: PaymentId,
    it: Rehearsed<'_>,
) -> Answered<RetractDirectPaymentAnswer> {
    let key = customer_of(states, |case| {
        case.claims.values().any(|claim| claim.direct_payments.contains_key(&payment_id))
    });
    let request = RetractDirectPayment { payment_id };
    let mut told = None;
    let brought = states.decide(it, &[key], |row| {
        Ok(answered(&mut told, domain::retract_direct_payment(row, &request, it.facts)?))
    })?;
    Ok((brought, told))
}

fn answered<S, A>(told: &mut Option<A>, (decision, answer): (Decision<S>, A)) -> Decision<S> {
    *told = Some(answer);
    decision
}

fn customer_of(states: &Rehearsal, is_it: impl Fn(&OpenCase) -> bool) -> Option<Uuid> {
    let customers = states.all::<Customer>();
    let mut found = customers.into_iter().filter(|(_, it)| it.case.as_ref().is_some_and(&is_it));
    found.next().map(|(id, _)| id)
}

/// The cases that were opened.
#[must_use]
pub fn cases(states: &Rehearsal) -> Vec<&OpenCase> {
    states.all::<Customer>().into_values().filter_map(|it| it.case.as_ref()).collect()
}

/// The claim for an invoice of a creditor.
#[must_use]
pub fn claim_for<'a>(
    states: &'a Rehearsal,
    creditor_id: CreditorId,
    number: &str,
) -> Option<(&'a OpenCase, ClaimId, &'a domain::Claim)> {
    let mut ours = cases(states).into_iter().filter(|case| case.creditor_id == creditor_id);
    ours.find_map(|case| case.claim_for(number).map(|(id, claim)| (case, id, claim)))
}

/// The answer to `intake.api.creditor-accounts`.
#[must_use]
pub fn accounts(states: &Rehearsal) -> Vec<CreditorAccount> {
    let creditors = states.all::<Creditor>();
    let accounts = creditors.into_iter().flat_map(|(id, creditor)| {
        creditor.agreements.iter().map(move |(version, agreed)| CreditorAccount {
            creditor_id: CreditorId::from_uuid(id),
            account: agreed.account.to_string(),
            account_since: *version,
        })
    });
    accounts.collect()
}

/// The database counts cases; here a number follows from the id.
#[must_use]
pub fn case_number(case_id: CaseId) -> Option<CaseNumber> {
    let serial = case_id.as_uuid().as_u64_pair().0 % 1_000_000;
    CaseNumber::of_serial(CaseNumber::FIRST.saturating_add(serial))
}

/// The answer to `intake.api.parties`.
#[must_use]
pub fn parties(states: &Rehearsal, case_id: CaseId, agency: &(String, String)) -> Option<Parties> {
    let case = cases(states).into_iter().find(|case| case.case_id == case_id)?;
    let creditor = states.find::<Creditor>(case.creditor_id.as_uuid())?;
    let (profile, agreed) =
        (creditor.profile.as_ref()?, creditor.agreements.get(&case.agreement_version)?);
    let (pay_to_account, pay_to_name) = match agreed.agreement.pay_to {
        PayTo::Creditor { .. } => (agreed.account.to_string(), profile.name.clone()),
        PayTo::Agency => agency.clone(),
    };
    let creditor = CreditorParty {
        creditor_id: case.creditor_id,
        name: profile.name.clone(),
        company_number: Some(profile.company_number.clone()),
        country: profile.country,
        address: profile.address.clone(),
        email: profile.email.clone(),
        telephone: profile.telephone.clone(),
        pay_to_account,
        pay_to_name,
        capacity: agreed.agreement.capacity,
    };
    let debtor = DebtorParty {
        person_id: case.person_id,
        kind: case.kind,
        name: case.debtor.name.clone(),
        country: case.country,
        language: case.language,
        email: case.debtor.email.clone(),
        address: case.debtor.lines.clone(),
    };
    let claims = case.claims.iter().map(|(claim_id, claim)| ClaimParticulars {
        claim_id: *claim_id,
        invoice_number: claim.number.clone(),
        description: claim.description.clone(),
        issued_on: claim.issued_on,
        due_on: claim.due_on,
        amount: claim.amount,
        reference: claim.reference.clone(),
    });
    let claims = claims.collect();
    Some(Parties { case_id, case_number: case_number(case_id)?, creditor, debtor, claims })
}
