//! What a file means for the creditor's customer: a new claim, a lower one, or nothing.

use std::collections::BTreeMap;

use contracts::intake::{CaseOpened, ClaimCredited, ClaimRegistered, ImportInvoiceAnswer, Problem};
use jiff::tz::TimeZone;
use mailbox::{Decision, Facts, Fault};
use primitives::{CaseId, Channel, ClaimId, Date, PartyId, PersonId, StructuredReference};

use super::company::CompanyId;
use super::creditor::{Agreed, Known, Profile};
use super::customer::{Claim, Credit, Customer, OpenCase};
use super::debtor::{Buyer, language, plain, reachable};
use super::desk::{Desk, DeskKey, Reached};
use super::document::{NumberedDocument, Outcome, SourceFile};
use super::gate::{Asks, Candidate, Found, Handed, PAYABLE, PRECEDING, problem, timely};
use super::invoice::Party;
use super::reference::{ReferenceUse, claimed_reference, own_reference};

type Decided = Result<(Decision<Desk>, ImportInvoiceAnswer), Fault>;

/// Decides on a file. A refusal changes nothing; a doubtful file is put aside and changes nothing
/// else.
pub fn import(desk: Desk, handed: &Handed, facts: &Facts) -> Decided {
    let Some(known) = desk.terms.known.clone() else {
        let reason = "no creditor is registered under this id: register its document first";
        return Ok(refused(desk, vec![problem("creditor_id", reason)]));
    };
    if let Some(answer) = taken_before(&desk, handed) {
        return Ok((Decision::quiet(desk), answer));
    }
    match &handed.found {
        Found::Refused(problems) => Ok(refused(desk, problems.clone())),
        Found::Doubtful { problems, .. } => put_aside(desk, handed, problems, facts),
        Found::Sound(candidate) => {
            if let Some(problem) = not_the_seller(&known.profile, &candidate.invoice.seller) {
                return Ok(refused(desk, vec![problem]));
            }
            match &candidate.asks {
                Asks::Payment { due_on } => {
                    let today = facts.now.to_zoned(TimeZone::UTC).date();
                    if let Err(problem) = timely(*due_on, &candidate.buyer, today) {
                        return Ok(refused(desk, vec![problem]));
                    }
                    register(desk, &known, handed, candidate, *due_on, facts)
                }
                Asks::Credit { of_invoice } => credit(desk, handed, candidate, of_invoice, facts),
            }
        }
    }
}

impl Handed {
    /// The rows that it concerns.
    #[must_use]
    pub fn key(&self) -> DeskKey {
        let creditor = self.creditor_id;
        let document =
            |document, number: &str| Some(NumberedDocument::id(creditor, document, number));
        let nothing = DeskKey {
            creditor: creditor.as_uuid(),
            customer: None,
            document: None,
            reference: None,
        };
        match &self.found {
            Found::Refused(_) => nothing,
            Found::Doubtful { document: kind, number, .. } => {
                DeskKey { document: document(*kind, number), ..nothing }
            }
            Found::Sound(candidate) => DeskKey {
                customer: Some(Customer::id(creditor, &candidate.buyer)),
                document: document(candidate.invoice.document, &candidate.invoice.number),
                reference: claimed_reference(&candidate.invoice)
                    .map(|reference| ReferenceUse::id(&reference)),
                ..nothing
            },
        }
    }
}

fn refused(desk: Desk, problems: Vec<Problem>) -> (Decision<Desk>, ImportInvoiceAnswer) {
    (Decision::quiet(desk), ImportInvoiceAnswer::Refused { problems })
}

/// What was said of this number before, where it was taken.
fn taken_before(desk: &Desk, handed: &Handed) -> Option<ImportInvoiceAnswer> {
    let (file, case_id, claim_id) = desk.document.0.as_ref()?.taken()?;
    if file.hash == handed.file {
        return Some(ImportInvoiceAnswer::AlreadyKnown { case_id, claim_id });
    }
    let reason = "was taken in before, from another file: a number stands for one document; to \
                  correct it, send a credit note and a new invoice";
    Some(ImportInvoiceAnswer::Refused { problems: vec![problem("cbc:ID", reason)] })
}

fn put_aside(mut desk: Desk, handed: &Handed, problems: &[Problem], facts: &Facts) -> Decided {
    let problems = problems.to_vec();
    note(&mut desk, handed, Outcome::Quarantined { problems: problems.clone() }, facts)?;
    Ok(refused(desk, problems))
}

fn note(desk: &mut Desk, handed: &Handed, outcome: Outcome, facts: &Facts) -> Result<(), Fault> {
    let document = desk.document.0.as_mut().ok_or_else(|| not_reached("document"))?;
    document.note(SourceFile {
        source_file_id: SourceFile::id(handed.creditor_id, handed.file),
        creditor_id: handed.creditor_id,
        hash: handed.file,
        received_at: facts.now,
        outcome,
    });
    Ok(())
}

fn not_reached(what: &str) -> Fault {
    Fault::Bug(format!("the {what} of an import was not locked"))
}

/// The seller must be the creditor: by one number of the file that is the creditor's, or, in a file
/// without any, by the name.
fn not_the_seller(creditor: &Profile, seller: &Party) -> Option<Problem> {
    let theirs = CompanyId::all_of(seller);
    let is_creditor = if theirs.is_empty() {
        plain(&seller.name) == plain(&creditor.name)
    } else {
        creditor.company_ids().iter().any(|id| theirs.contains(id))
    };
    (!is_creditor).then(|| {
        problem(
            "cac:AccountingSupplierParty",
            "is not the creditor that hands this over: neither the company number nor the VAT \
             number is its own",
        )
    })
}

fn register(
    mut desk: Desk,
    known: &Known,
    handed: &Handed,
    candidate: &Candidate,
    due_on: Date,
    facts: &Facts,
) -> Decided {
    let invoice = &candidate.invoice;
    let claim_id = ClaimId::from_uuid(facts.derive("claim"));
    let mut problems = notices(&known.agreed, candidate);
    let reference = take_reference(&mut desk.reference, candidate, claim_id, &mut problems)?;
    let customer = desk.customer.0.as_mut().ok_or_else(|| not_reached("customer"))?;
    let opens = customer.case.is_none();
    let case = customer.case.get_or_insert_with(|| open(known, handed, candidate, facts));
    case.hear(&candidate.buyer.debtor, invoice.issue_date);
    let registered = ClaimRegistered {
        claim_id,
        case_id: case.case_id,
        creditor_id: handed.creditor_id,
        person_id: case.person_id,
        amount: candidate.amount,
        issued_on: invoice.issue_date,
        due_on,
        reference: reference.clone(),
        reachable: reachable(&case.debtor),
    };
    let claim = Claim {
        source_file_id: SourceFile::id(handed.creditor_id, handed.file),
        document: invoice.document,
        number: invoice.number.clone(),
        description: invoice.description.clone(),
        amount: candidate.amount,
        issued_on: invoice.issue_date,
        due_on,
        reference,
        credits: BTreeMap::new(),
        direct_payments: BTreeMap::new(),
        withdrawn: None,
    };
    case.claims.insert(claim_id, claim);
    let opened = opens.then(|| opened(case, &known.agreed));
    let case_id = case.case_id;
    note(&mut desk, handed, Outcome::Taken { case_id, claim_id }, facts)?;
    let mut decision = Decision::quiet(desk);
    if let Some(opened) = opened {
        decision = decision.send(opened);
    }
    let answer =
        ImportInvoiceAnswer::Registered { case_id, claim_id, opened_case: opens, problems };
    Ok((decision.send(registered), answer))
}

fn open(known: &Known, handed: &Handed, candidate: &Candidate, facts: &Facts) -> OpenCase {
    let Buyer { kind, country, debtor, .. } = &candidate.buyer;
    OpenCase {
        case_id: CaseId::from_uuid(facts.derive("case")),
        creditor_id: handed.creditor_id,
        person_id: PersonId::from_uuid(facts.derive("person")),
        party_id: PartyId::from_uuid(facts.derive("party")),
        kind: *kind,
        country: *country,
        language: language(*country, debtor.postcode.as_deref(), known.profile.language),
        agreement_version: known.agreed.agreement.version,
        opened_at: facts.now,
        debtor: debtor.clone(),
        told_on: candidate.invoice.issue_date,
        claims: BTreeMap::new(),
    }
}

fn opened(case: &OpenCase, agreed: &Agreed) -> CaseOpened {
    CaseOpened {
        case_id: case.case_id,
        creditor_id: case.creditor_id,
        person_id: case.person_id,
        debtor_kind: case.kind,
        country: case.country,
        language: case.language,
        reachable: reachable(&case.debtor),
        agreement_version: case.agreement_version,
        pay_to: agreed.agreement.pay_to.clone(),
    }
}

const REFERENCE: &str = "cac:PaymentMeans/cbc:PaymentID";
const ACCOUNT: &str = "cac:PaymentMeans/cac:PayeeFinancialAccount/cbc:ID";

/// The invoice's own reference where it has one that no other claim has, else one of ours.
fn take_reference(
    of_invoice: &mut Reached<ReferenceUse>,
    candidate: &Candidate,
    claim_id: ClaimId,
    problems: &mut Vec<Problem>,
) -> Result<StructuredReference, Fault> {
    let invoice = &candidate.invoice;
    let claimed = claimed_reference(invoice).zip(of_invoice.0.as_mut());
    let reason = match claimed {
        Some((reference, row)) if row.claim_id.is_none() => {
            row.claim_id = Some(claim_id);
            return Ok(reference);
        }
        Some(_) => Some("is the reference of another claim too"),
        None if invoice.payment_references.is_empty() => None,
        None => Some("is no structured reference"),
    };
    problems.extend(reason.map(|reason| {
        let reason = format!("{reason}: the debtor is asked to use a reference of ours instead");
        problem(REFERENCE, reason)
    }));
    own_reference(claim_id)
        .ok_or_else(|| Fault::Bug("no reference could be made of a claim's id".to_owned()))
}

/// What a person should look at, though the claim is taken in.
fn notices(agreed: &Agreed, candidate: &Candidate) -> Vec<Problem> {
    let mut problems = candidate.notes.clone();
    let is_written = |channel: &Channel| *channel != Channel::Telephone;
    if !reachable(&candidate.buyer.debtor).iter().any(is_written) {
        let reason = "has neither an e-mail address nor a complete postal address: nobody can be \
                      written to";
        problems.push(problem("cac:AccountingCustomerParty", reason));
    }
    let accounts = &candidate.invoice.accounts;
    let own = plain(agreed.account.as_str());
    if !accounts.is_empty() && !accounts.iter().any(|account| plain(account) == own) {
        let reason = "is not the account that the creditor registered: the debtor was asked to \
                      pay to another one before";
        problems.push(problem(ACCOUNT, reason));
    }
    problems
}

fn credit(
    mut desk: Desk,
    handed: &Handed,
    candidate: &Candidate,
    of_invoice: &str,
    facts: &Facts,
) -> Decided {
    let source_file_id = SourceFile::id(handed.creditor_id, handed.file);
    let credit = Credit { amount: candidate.amount, credited_on: candidate.invoice.issue_date };
    let customer = desk.customer.0.as_mut().ok_or_else(|| not_reached("customer"))?;
    let lowered = lower(customer, of_invoice, source_file_id, credit)?;
    let (case_id, claim_id) = match lowered {
        Ok(lowered) => lowered,
        Err(problem) => return Ok(refused(desk, vec![problem])),
    };
    note(&mut desk, handed, Outcome::Taken { case_id, claim_id }, facts)?;
    let credited = ClaimCredited {
        claim_id,
        case_id,
        creditor_id: handed.creditor_id,
        source_file_id,
        amount: credit.amount,
        credited_on: credit.credited_on,
    };
    let answer = ImportInvoiceAnswer::Credited { case_id, claim_id };
    Ok((Decision::quiet(desk).send(credited), answer))
}

/// Takes a credit off the claim for an invoice, or says why not.
fn lower(
    customer: &mut Customer,
    of_invoice: &str,
    source_file_id: primitives::SourceFileId,
    credit: Credit,
) -> Result<Result<(CaseId, ClaimId), Problem>, Fault> {
    let unknown = "names an invoice of which no claim against this buyer was handed over: hand \
                   that invoice over first";
    let case = customer.case.as_mut();
    let found = case.and_then(|case| {
        let (claim_id, _) = case.claim_for(of_invoice)?;
        Some((case.case_id, claim_id, case.claims.get_mut(&claim_id)?))
    });
    let Some((case_id, claim_id, claim)) = found else {
        return Ok(Err(problem(PRECEDING, unknown)));
    };
    if claim.withdrawn.is_some() {
        return Ok(Err(problem(PRECEDING, "names an invoice that was withdrawn")));
    }
    let broken = |error| Fault::Bug(format!("claim {claim_id}: {error}"));
    let left = claim.left().and_then(|left| left.checked_sub(credit.amount)).map_err(broken)?;
    if left.is_negative() {
        let reason = "is more than is left of the invoice that it names: what was paid too much \
                      is between the creditor and the buyer";
        return Ok(Err(problem(PAYABLE, reason)));
    }
    claim.credits.insert(source_file_id, credit);
    Ok(Ok((case_id, claim_id)))
}
