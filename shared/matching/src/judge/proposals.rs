//! What a person may decide: every claim and every sum that something speaks for, likeliest first.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use primitives::{ClaimId, Date, PersonId};

use super::book;
use crate::evidence::{ByNumber, ByReference, Evidence, Field, are_apart};
use crate::judgement::{Match, Reason};
use crate::name::Likeness;
use crate::sums::exact_sums;

/// Proposals that a person is shown.
const SHOWN_MAX: usize = 5;
/// Less is not worth showing.
const SHOWN_FROM: u16 = 250;
/// The most that a proposal can have.
const LIKELY_MAX: u16 = 980;
/// Claims that are told apart by nothing but their amount and may still be shown.
const BY_AMOUNT_MAX: usize = 3;
/// What the amount weighs.
const AMOUNT: u16 = 300;

pub(super) fn list(field: &Field<'_>) -> Vec<Match> {
    let mut matches: Vec<(Match, Option<(Date, ClaimId)>)> = Vec::new();
    for it in field.open.iter().chain(&field.settled) {
        let confidence = of_one(field, it);
        matches.push((book(field, &[it], confidence), Some((it.claim.due_on, it.id()))));
    }
    for claims in sums(field) {
        let first = claims.first().map(|it| (it.claim.due_on, it.id()));
        let confidence = of_sum(field, &claims);
        matches.push((book(field, &claims, confidence), first));
    }
    matches.retain(|(it, _)| it.confidence >= SHOWN_FROM);
    matches.sort_by_key(|(it, first)| (Reverse(it.confidence), Reverse(it.parts.len()), *first));
    let mut shown: Vec<Match> = Vec::new();
    for (it, _) in matches {
        let is_known = shown.iter().any(|one| one.parts == it.parts);
        if !is_known && shown.len() < SHOWN_MAX {
            shown.push(it);
        }
    }
    tell_of_equals(&mut shown);
    shown
}

/// Says so where the first proposals are equally likely.
fn tell_of_equals(shown: &mut [Match]) {
    let best = shown.first().map_or(0, |it| it.confidence);
    let claims = shown.iter().filter(|it| it.confidence == best).count().saturating_sub(1);
    if claims > 0 {
        for it in shown.iter_mut().filter(|it| it.confidence == best) {
            it.reasons.push(Reason::OthersFit { claims });
        }
    }
}

/// How likely one claim is.
fn of_one(field: &Field<'_>, it: &Evidence<'_>) -> u16 {
    let naming = naming(it);
    let who = who(it);
    let amount = amount(field, it);
    if naming == 0 && who == 0 {
        return by_amount(field, it);
    }
    let sum = naming.saturating_add(who).saturating_add(amount);
    finish(sum.saturating_sub(against(field, it)), &[it])
}

/// What speaks against a claim: the payer names another debt, or is somebody else.
fn against(field: &Field<'_>, it: &Evidence<'_>) -> u16 {
    let is_other = naming(it) == 0 && amount(field, it) < AMOUNT;
    let another = field.has_unknown_number || field.has_unknown_reference;
    let is_strange = field.knows_payer && it.name == Likeness::Other && !it.is_of_debtor();
    let is_by_number = matches!(it.reference, ByReference::None) && naming(it) > 0;
    let debt = if another && is_other { 200 } else { 0 };
    let payer = if is_strange && is_by_number { 120 } else { 0 };
    debt.max(payer)
}

fn finish(sum: u16, claims: &[&Evidence<'_>]) -> u16 {
    let is_elsewhere = claims.iter().any(|it| !it.claim.can_receive);
    sum.saturating_sub(if is_elsewhere { 150 } else { 0 }).min(LIKELY_MAX)
}

/// What names the claim.
fn naming(it: &Evidence<'_>) -> u16 {
    let reference: u16 = match it.reference {
        ByReference::Exact => 600,
        ByReference::Near(_) => 480,
        ByReference::Far(_) => 330,
        ByReference::None => 0,
    };
    let number = match (it.invoice, it.case) {
        (ByNumber::Whole, _) => 380,
        (_, ByNumber::Whole) if it.is_case_sure => 380,
        (_, ByNumber::Whole) => 320,
        (ByNumber::Loose, _) | (_, ByNumber::Loose) => 200,
        (ByNumber::None, ByNumber::None) => 0,
    };
    // A number beside a reference adds a little: both come from the same letter.
    if reference > 0 && number > 0 { reference.saturating_add(100) } else { reference.max(number) }
}

/// Who pays.
fn who(it: &Evidence<'_>) -> u16 {
    let account = if it.iban { 260 } else { 0 };
    let name: u16 = match it.name {
        Likeness::Same => 220,
        Likeness::Partly => 90,
        Likeness::Unknown | Likeness::Other => 0,
    };
    let name = if it.in_text { 200.max(name) } else { name };
    name.saturating_add(account)
}

fn amount(field: &Field<'_>, it: &Evidence<'_>) -> u16 {
    let is_settled = it.open <= 0;
    let lacking = it.open.saturating_sub(field.amount);
    if it.is_exact || (is_settled && it.is_principal) {
        AMOUNT
    } else if it.is_principal {
        180
    } else if (1..=1_500).contains(&lacking) {
        // What banks keep for a payment from abroad.
        100
    } else if lacking > 0 {
        40
    } else {
        0
    }
}

/// A claim of which nothing but the amount is right.
fn by_amount(field: &Field<'_>, it: &Evidence<'_>) -> u16 {
    let equals = field.open.iter().filter(|one| one.is_exact).count();
    let is_told_apart = equals <= BY_AMOUNT_MAX && !field.is_cut && !field.has_unknown_number;
    let is_shown = it.is_exact && it.open > 0 && is_told_apart && it.claim.can_receive;
    if is_shown { SHOWN_FROM } else { 0 }
}

/// Claims that the payment may pay together: those that it names, and those of one debtor that add
/// up to it.
fn sums<'f, 'a>(field: &'f Field<'a>) -> Vec<Vec<&'f Evidence<'a>>> {
    let mut sums = Vec::new();
    let is_named = |it: &&Evidence<'_>| it.is_named_exactly() || it.is_near();
    let named: Vec<&Evidence<'_>> = field.open.iter().filter(is_named).collect();
    let is_told = |it: &&Evidence<'_>| is_named(it) || it.invoice == ByNumber::Whole;
    let told: Vec<&Evidence<'_>> = field.open.iter().filter(is_told).collect();
    let is_exact = |it: &&Evidence<'_>| it.is_named_exactly() || (is_told(it) && it.is_of_debtor());
    let sure: Vec<&Evidence<'_>> = field.open.iter().filter(is_exact).collect();
    for claims in [named, told, sure] {
        sums.extend(some_of(field, &claims));
        sums.push(claims);
    }
    let mut debtors: BTreeMap<PersonId, Vec<&Evidence<'_>>> = BTreeMap::new();
    for it in &field.open {
        debtors.entry(it.claim.debtor_id).or_default().push(it);
    }
    for claims in debtors.into_values() {
        if claims.iter().any(|it| naming(it) > 0 || who(it) >= 200) {
            sums.extend(some_of(field, &claims));
            sums.push(claims);
        }
    }
    sums.retain(|claims| claims.len() > 1 && are_apart(claims));
    sums
}

fn some_of<'f, 'a>(
    field: &Field<'_>,
    claims: &[&'f Evidence<'a>],
) -> Option<Vec<&'f Evidence<'a>>> {
    let amounts: Vec<i64> = claims.iter().map(|it| it.open).collect();
    let places = exact_sums(&amounts, field.amount).first?;
    Some(places.into_iter().filter_map(|place| claims.get(place).copied()).collect())
}

/// How likely several claims are: as their strongest evidence, if they add up.
fn of_sum(field: &Field<'_>, claims: &[&Evidence<'_>]) -> u16 {
    let strongest = |weigh: fn(&Evidence<'_>) -> u16| {
        claims.iter().map(|it| weigh(it)).max().unwrap_or_default()
    };
    let weakest = claims.iter().map(|it| naming(it)).min().unwrap_or_default();
    // That it adds up tells more of a sum than that only some of the claims are named.
    let partly = strongest(naming).saturating_mul(3) / 4;
    let naming = if weakest > 0 { weakest } else { partly };
    let open = claims.iter().fold(0_i64, |sum, it| sum.saturating_add(it.open));
    let fits = if open == field.amount { AMOUNT.saturating_sub(20) } else { 0 };
    if fits == 0 && weakest == 0 {
        return 0;
    }
    finish(naming.saturating_add(strongest(who)).saturating_add(fits), claims)
}
