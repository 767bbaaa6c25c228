//! Judges what a payment pays: first what is certain, then what a person may decide.

mod certain;
mod proposals;

use crate::candidate::Found;
use crate::clues::Clues;
use crate::evidence::{ByNumber, ByReference, Evidence, Field};
use crate::judgement::{Judgement, Match, Part, Reason};
use crate::name::Likeness;
use crate::payment::Payment;

/// Says what a payment pays among the claims that were found by its clues. The order of the
/// candidates means nothing, and equal input gives equal output.
#[must_use]
pub fn judge(payment: &Payment, clues: &Clues, found: &Found) -> Judgement {
    if !payment.amount.is_positive() {
        return Judgement::Unknown;
    }
    let field = Field::new(payment, clues, found);
    if let Some(only) = certain::find(&field) {
        return Judgement::Certain(only);
    }
    let proposals = proposals::list(&field);
    if proposals.is_empty() { Judgement::Unknown } else { Judgement::Proposals(proposals) }
}

/// Books the amount on these claims, which come in the order of their due days: each gets what is
/// open on it until nothing is left.
fn book(field: &Field<'_>, claims: &[&Evidence<'_>], confidence: u16) -> Match {
    let mut left = field.amount;
    let mut parts = Vec::new();
    for it in claims {
        let amount = left.min(it.open);
        if amount > 0 {
            left = left.saturating_sub(amount);
            parts.push(Part {
                claim_id: it.claim.claim_id,
                case_id: it.claim.case_id,
                creditor_id: it.claim.creditor_id,
                amount: field.money(amount),
            });
        }
    }
    let remainder = field.money(left);
    Match { parts, remainder, confidence, reasons: reasons(field, claims) }
}

/// Why these claims, the strongest evidence first, then what speaks against them.
fn reasons(field: &Field<'_>, claims: &[&Evidence<'_>]) -> Vec<Reason> {
    let mut reasons: Vec<Reason> = claims.iter().flat_map(|it| of_claim(it)).collect();
    let open = claims.iter().fold(0_i64, |sum, it| sum.saturating_add(it.open));
    let any = |test: fn(&Evidence<'_>) -> bool| claims.iter().any(|it| test(it));
    let by_name = any(|it| it.name == Likeness::Same);
    let in_part = any(|it| it.name == Likeness::Partly);
    let is_settled = any(|it| it.open <= 0);
    let is_exact = open == field.amount;
    let further = [
        (any(|it| it.iban), Reason::KnownAccount),
        (by_name, Reason::SameName),
        (!by_name && in_part, Reason::SimilarName),
        (any(|it| it.in_text), Reason::NamedInText),
        (is_exact && claims.len() == 1, Reason::ExactAmount),
        (is_exact && claims.len() > 1, Reason::ExactSum { claims: claims.len() }),
        (!is_exact && any(|it| it.is_principal), Reason::PrincipalAmount),
        (
            open > field.amount,
            Reason::PartPayment { left: field.money(open.saturating_sub(field.amount)) },
        ),
        (
            !is_settled && open < field.amount,
            Reason::OverPayment { remainder: field.money(field.amount.saturating_sub(open)) },
        ),
        (field.knows_payer && !by_name && !in_part && !any(|it| it.iban), Reason::OtherPayer),
        (field.has_unknown_reference, Reason::UnknownReference),
        (field.has_unknown_number, Reason::UnknownNumber),
        (field.is_cut, Reason::NotAllSeen),
    ];
    reasons.extend(further.into_iter().filter(|(holds, _)| *holds).map(|(_, reason)| reason));
    reasons
}

/// What names a claim, and what forbids to book it.
fn of_claim(it: &Evidence<'_>) -> Vec<Reason> {
    let claim_id = it.id();
    let reference = match it.reference {
        ByReference::Exact => Some(Reason::Reference { claim_id }),
        ByReference::Near(slip) | ByReference::Far(slip) => {
            Some(Reason::NearReference { claim_id, slip })
        }
        ByReference::None => None,
    };
    let number = (it.invoice > ByNumber::None).then_some(Reason::InvoiceNumber { claim_id });
    let case =
        (it.case > ByNumber::None).then_some(Reason::CaseNumber { case_id: it.claim.case_id });
    let settled = (it.open <= 0).then_some(Reason::AlreadySettled { claim_id });
    let account = (!it.claim.can_receive)
        .then_some(Reason::WrongAccount { creditor_id: it.claim.creditor_id });
    [reference, number, case, settled, account].into_iter().flatten().collect()
}
