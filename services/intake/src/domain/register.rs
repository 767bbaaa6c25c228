//! A creditor's document: a new creditor, a new version of what is known of it, or a refusal.

use contracts::intake::{AgreementAgreed, CreditorRegistered, Problem, RegisterCreditorAnswer};
use mailbox::{Decision, Fault};

use super::creditor::{Agreed, Creditor, creditor_id};
use super::creditor_document::CreditorDocument;
use super::desk::Enrolment;
use super::gate::problem;

/// A document as it was handed over: readable, or with what is wrong with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Registration(pub Result<CreditorDocument, Vec<Problem>>);

impl Registration {
    /// The row that it concerns; a document that is refused concerns none.
    #[must_use]
    pub fn key(&self) -> Option<uuid::Uuid> {
        let document = self.0.as_ref().ok()?;
        Some(creditor_id(&document.profile.code).as_uuid())
    }
}

/// Decides on a document. Agreement versions count up by one; a version never changes.
pub fn register(
    mut row: Enrolment,
    registration: &Registration,
) -> Result<(Decision<Enrolment>, RegisterCreditorAnswer), Fault> {
    let document = match &registration.0 {
        Ok(document) => document,
        Err(problems) => return Ok(refused(row, problems.clone())),
    };
    let locked = row.creditor.0.as_mut().zip(row.taken.0.as_mut());
    let (creditor, taken) =
        locked.ok_or_else(|| Fault::Bug("the creditor was not locked".to_owned()))?;
    let creditor_id = creditor_id(&document.profile.code);
    let agreement_version = document.agreed.agreement.version;
    let known = creditor.profile.as_ref();
    if known.is_some_and(|known| known.document == document.profile.document) {
        let answer = RegisterCreditorAnswer::Unchanged { creditor_id, agreement_version };
        return Ok((Decision::quiet(row), answer));
    }
    let agreed = creditor.settle(document.agreed.clone());
    let mut problems = objections(creditor, document, &agreed);
    problems.extend(taken.objections(&document.profile, &agreed));
    if !problems.is_empty() {
        return Ok(refused(row, problems));
    }
    let country = document.profile.country;
    taken.take(&document.profile, &agreed);
    creditor.profile = Some(document.profile.clone());
    let agreement = agreed.agreement.clone();
    let before = creditor.agreements.insert(agreement_version, agreed);
    let registered = CreditorRegistered { creditor_id, country, agreement_version };
    let mut decision = Decision::quiet(row).send(registered);
    if before.is_none() {
        decision = decision.send(AgreementAgreed { creditor_id, agreement });
    }
    Ok((decision, RegisterCreditorAnswer::Registered { creditor_id, agreement_version }))
}

fn refused(
    row: Enrolment,
    problems: Vec<Problem>,
) -> (Decision<Enrolment>, RegisterCreditorAnswer) {
    (Decision::quiet(row), RegisterCreditorAnswer::Refused { problems })
}

/// What speaks against a document, seen from what is known of the creditor.
fn objections(creditor: &Creditor, document: &CreditorDocument, agreed: &Agreed) -> Vec<Problem> {
    let mut problems = Vec::new();
    let (profile, agreement) = (&document.profile, &agreed.agreement);
    let company = |known: &super::creditor::Profile| {
        (known.country, &known.company_number) != (profile.country, &profile.company_number)
    };
    if creditor.profile.as_ref().is_some_and(company) {
        let reason = "differs from the one registered under this code: a code stands for one \
                      company; choose another code";
        problems.push(problem("company_number", reason));
    }
    let latest = creditor.agreements.last_key_value();
    let next = latest.map_or(1, |(version, _)| version.saturating_add(1));
    let is_latest =
        latest.is_some_and(|(version, known)| *version == agreement.version && known == agreed);
    if !is_latest && agreement.version != next {
        let reason = if latest.is_some_and(|(version, _)| *version == agreement.version) {
            format!(
                "is in force with another content: a changed agreement, pay_to or account has \
                 version {next}"
            )
        } else {
            format!("is not the next one: write {next}")
        };
        problems.push(problem("agreement.version", reason));
    }
    problems
}
