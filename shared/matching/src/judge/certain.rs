//! What is certain enough to be booked by itself: one rule after the other, strongest clue first.
//! Each rule books, leaves it to a person, or has nothing to say; only then the next is asked.

use std::cmp::Ordering;

use super::book;
use crate::evidence::{ByNumber, Evidence, Field, are_apart};
use crate::judgement::Match;
use crate::name::Likeness;
use crate::sums::exact_sums;

/// Claims of a debtor among which a sum of some is believed. Among more, too many sums would fit by
/// chance.
const BELIEVED_MAX: usize = 5;

/// What a rule says.
enum Saying {
    Certain(Match),
    /// The clue is there, and leaves a doubt: weaker ones cannot remove it.
    Doubt,
    /// The clue is not there.
    Nothing,
}

use Saying::{Certain, Doubt, Nothing};

type Claims<'f, 'a> = Vec<&'f Evidence<'a>>;

pub(super) fn find(field: &Field<'_>) -> Option<Match> {
    for rule in [by_reference, by_near_reference, by_invoice_number, by_case_number, by_account] {
        match rule(field) {
            Certain(only) => return Some(only),
            Doubt => return None,
            Nothing => {}
        }
    }
    None
}

/// The claims as one booking, if all may be paid on this account.
fn certain(field: &Field<'_>, mut claims: Claims<'_, '_>, confidence: u16) -> Saying {
    claims.sort_by_key(|it| (it.claim.due_on, it.id()));
    claims.dedup_by_key(|it| it.id());
    if claims.is_empty() || claims.iter().any(|it| !it.claim.can_receive) {
        return Doubt;
    }
    Certain(book(field, &claims, confidence))
}

fn total(claims: &[&Evidence<'_>]) -> i64 {
    claims.iter().fold(0, |sum, it| sum.saturating_add(it.open))
}

fn is_one_case(claims: &[&Evidence<'_>]) -> bool {
    let mut cases = claims.iter().map(|it| it.claim.case_id);
    let first = cases.next();
    cases.all(|it| Some(it) == first)
}

fn is_one_debtor(claims: &[&Evidence<'_>]) -> bool {
    let mut debtors = claims.iter().map(|it| it.claim.debtor_id);
    let first = debtors.next();
    debtors.all(|it| Some(it) == first)
}

fn by_reference(field: &Field<'_>) -> Saying {
    let named: Claims<'_, '_> = field.open.iter().filter(|it| it.is_named_exactly()).collect();
    let is_paid_twice = field.settled.iter().any(Evidence::is_named_exactly);
    if named.is_empty() {
        return if is_paid_twice { Doubt } else { Nothing };
    }
    let open = total(&named);
    if field.amount == open {
        return if has_rival(field, &named) { Doubt } else { certain(field, named, 999) };
    }
    if is_paid_twice || field.has_unknown_reference || has_rival(field, &named) {
        return Doubt;
    }
    match field.amount.cmp(&open) {
        Ordering::Less | Ordering::Equal if is_one_case(&named) => certain(field, named, 997),
        Ordering::Less | Ordering::Equal => Doubt,
        Ordering::Greater => with_others(field, named, open),
    }
}

/// Whether the reference may be a slip that happens to be valid: it names a claim over another
/// amount, and nearly names one that fits better.
fn has_rival(field: &Field<'_>, named: &[&Evidence<'_>]) -> bool {
    let [only] = named else { return false };
    let is_strange = !only.is_of_debtor() && field.open.iter().any(Evidence::is_near);
    let is_meant = is_other_meant(field, only, |it| it.is_exact || it.is_principal);
    !only.is_exact && (is_strange || is_meant)
}

/// Whether something like the reference of another claim of the payer was written.
fn is_other_meant(field: &Field<'_>, only: &Evidence<'_>, fits: fn(&Evidence<'_>) -> bool) -> bool {
    let is_other = |it: &&Evidence<'_>| it.id() != only.id();
    let is_meant = |it: &Evidence<'_>| it.is_alike() && it.is_of_debtor() && fits(it);
    field.open.iter().filter(is_other).any(is_meant)
}

/// More than the named claims: what is left may be for claims that are named less well, or for the
/// other claims of the debtor, if it is exactly what is open on them.
fn with_others<'f, 'a>(field: &'f Field<'a>, mut named: Claims<'f, 'a>, open: i64) -> Saying {
    let left = field.amount.saturating_sub(open);
    let is_further = |it: &&Evidence<'_>| {
        let is_same_debtor = named.iter().any(|one| one.claim.debtor_id == it.claim.debtor_id);
        !it.is_named_exactly()
            && (it.is_near() || (it.has_number() && (is_same_debtor || it.is_of_debtor())))
    };
    let further: Claims<'_, '_> = field.open.iter().filter(is_further).collect();
    let together: Claims<'_, '_> = named.iter().chain(&further).copied().collect();
    if !further.is_empty() && total(&further) == left && are_apart(&together) {
        return certain(field, together, 994);
    }
    let is_doubtful = further.iter().any(|it| it.is_of_debtor() || it.is_exact);
    // The payer owes exactly what is left.
    let is_own = |it: &Evidence<'_>| it.is_of_debtor() && it.open == left;
    let is_of_payer = !named.iter().any(|it| it.is_of_debtor()) && field.open.iter().any(is_own);
    if is_doubtful || is_of_payer || field.has_mistyped || !is_one_debtor(&named) {
        return Doubt;
    }
    let Some(first) = named.first() else { return Doubt };
    let others: Claims<'_, '_> =
        field.of_debtor(first).into_iter().filter(|it| !it.is_named_exactly()).collect();
    let amounts: Vec<i64> = others.iter().map(|it| it.open).collect();
    let is_all = total(&others) == left;
    let single: Vec<usize> =
        amounts.iter().enumerate().filter(|(_, it)| **it == left).map(|(it, _)| it).collect();
    let sums = exact_sums(&amounts, left);
    let fits = single.len().saturating_add(usize::from(sums.first.is_some()));
    if is_all && !others.is_empty() && !field.is_cut {
        named.extend(others);
        return certain(field, named, 994);
    }
    match (fits, single.first()) {
        (0, _) if is_one_case(&named) => certain(field, named, 996),
        (1, Some(place)) if others.len() <= BELIEVED_MAX && !field.is_cut => {
            named.extend(others.get(*place));
            certain(field, named, 993)
        }
        (1, None) if others.len() <= BELIEVED_MAX && !sums.others && !field.is_cut => {
            let places = sums.first.unwrap_or_default();
            named.extend(places.into_iter().filter_map(|place| others.get(place)));
            certain(field, named, 993)
        }
        _ => Doubt,
    }
}

fn by_near_reference(field: &Field<'_>) -> Saying {
    let near: Claims<'_, '_> = field.open.iter().filter(|it| it.is_near()).collect();
    let is_paid_twice = field.settled.iter().any(|it| it.is_near() && it.is_of_debtor());
    if is_paid_twice {
        return Doubt;
    }
    if near.is_empty() {
        return Nothing;
    }
    if field.has_unknown_reference {
        return Doubt;
    }
    let of_debtor: Claims<'_, '_> = near.iter().copied().filter(|it| it.is_of_debtor()).collect();
    let exact: Claims<'_, '_> = near.iter().copied().filter(|it| it.is_exact).collect();
    let supported = |it: &&Evidence<'_>| it.is_of_debtor() || it.has_number();
    match (exact.as_slice(), of_debtor.as_slice()) {
        ([only], _) if supported(only) && is_alone(only, &of_debtor) => certain(field, exact, 995),
        ([_], []) if !field.knows_payer && !field.is_round() && near.len() == 1 => {
            certain(field, exact, 991)
        }
        ([], [only]) if field.amount < only.open && !is_other_meant(field, only, |_| true) => {
            certain(field, of_debtor, 992)
        }
        ([], [_, _, ..]) if total(&of_debtor) == field.amount && are_apart(&of_debtor) => {
            certain(field, of_debtor, 993)
        }
        _ => Doubt,
    }
}

fn is_alone(only: &Evidence<'_>, others: &[&Evidence<'_>]) -> bool {
    others.iter().all(|it| it.id() == only.id() || !it.is_exact)
}

fn by_invoice_number(field: &Field<'_>) -> Saying {
    let is_named = |it: &&Evidence<'_>| it.invoice == ByNumber::Whole;
    let named: Claims<'_, '_> = field.open.iter().filter(is_named).collect();
    let of_debtor: Claims<'_, '_> = named.iter().copied().filter(|it| it.is_of_debtor()).collect();
    let is_paid_twice = field.settled.iter().any(|it| is_named(&it) && it.is_of_debtor());
    if is_paid_twice {
        return Doubt;
    }
    if named.is_empty() {
        return Nothing;
    }
    if field.has_unknown_reference {
        return Doubt;
    }
    // Figures that are an invoice's number, too, may be meant for something else.
    let is_other_case =
        !named.iter().any(|it| it.is_case_sure) && field.open.iter().any(|it| it.is_case_sure);
    if is_other_case {
        return if of_debtor.is_empty() { Nothing } else { Doubt };
    }
    match (of_debtor.as_slice(), named.as_slice()) {
        ([only], _) if only.is_exact => certain(field, of_debtor, 994),
        ([_, _, ..], _) if is_one_debtor(&of_debtor) && total(&of_debtor) == field.amount => {
            certain(field, of_debtor, 993)
        }
        ([], [only])
            if only.is_exact
                && !field.knows_payer
                && !field.is_round()
                && !field.is_cut
                && !field.has_unknown_number =>
        {
            certain(field, named, 991)
        }
        ([], _) => Nothing,
        _ => Doubt,
    }
}

/// Whoever pays, where the number is called the case's and has check digits; else a known debtor.
fn by_case_number(field: &Field<'_>) -> Saying {
    let is_named = |it: &&Evidence<'_>| it.is_case_sure || has_case_number(it);
    let in_case: Claims<'_, '_> = field.open.iter().filter(is_named).collect();
    if in_case.is_empty() {
        let is_paid_twice = field.settled.iter().any(|it| it.is_case_sure);
        return if is_paid_twice { Doubt } else { Nothing };
    }
    if !is_one_case(&in_case) || field.has_unknown_reference || field.is_cut {
        return Doubt;
    }
    // Of several claims the payer may have named one, or some.
    let mut named: Claims<'_, '_> =
        in_case.iter().copied().filter(|it| it.invoice == ByNumber::Whole).collect();
    if named.is_empty() {
        named = in_case;
    }
    let exact: Claims<'_, '_> = named.iter().copied().filter(|it| it.is_exact).collect();
    let is_part = field.amount < total(&named);
    let is_sure = named.iter().all(|it| it.is_case_sure) && !field.has_unknown_number;
    let is_believed = is_sure || named.iter().all(|it| has_case_number(it));
    match (named.as_slice(), exact.as_slice()) {
        (_, [_]) if is_believed => certain(field, exact, 993),
        (_, []) if is_believed && total(&named) == field.amount => certain(field, named, 993),
        ([only], []) if is_part && has_case_number(only) => certain(field, named, 991),
        (_, []) if is_part && is_sure => certain(field, named, 991),
        _ => Doubt,
    }
}

fn has_case_number(it: &Evidence<'_>) -> bool {
    it.case == ByNumber::Whole && it.is_of_debtor()
}

/// The account is known, and the amount is what is open on one claim of its debtor, or on all.
fn by_account(field: &Field<'_>) -> Saying {
    let known: Claims<'_, '_> = field.open.iter().filter(|it| it.iban).collect();
    if known.is_empty() {
        return Nothing;
    }
    if field.has_unknown_reference || field.has_unknown_number || field.is_cut {
        return Doubt;
    }
    // An account that was used for several debtors, as that of a guardian: the name decides.
    let is_same = |it: &&Evidence<'_>| it.in_text || it.name == Likeness::Same;
    let equals = known.iter().filter(|it| it.is_exact).count();
    let claims: Claims<'_, '_> =
        if is_one_debtor(&known) { known } else { known.into_iter().filter(is_same).collect() };
    let is_strange = |it: &Evidence<'_>| it.name == Likeness::Other && !it.in_text;
    if claims.is_empty() || !is_one_debtor(&claims) || claims.iter().any(|it| is_strange(it)) {
        return Doubt;
    }
    // The payer wrote the name of somebody else, for whom it pays.
    let is_for_other = |it: &Evidence<'_>| it.in_text && !it.iban;
    if field.open.iter().any(|it| is_for_other(it) && it.is_exact) {
        return Doubt;
    }
    let exact: Claims<'_, '_> = claims.iter().copied().filter(|it| it.is_exact).collect();
    // What was mistyped may be the reference of another claim.
    let is_other_meant = field.has_mistyped && !exact.iter().any(|it| it.is_alike());
    match exact.as_slice() {
        _ if is_other_meant || equals > 1 => Doubt,
        [_] => certain(field, exact, 992),
        [] if total(&claims) == field.amount => certain(field, claims, 991),
        _ => Doubt,
    }
}
