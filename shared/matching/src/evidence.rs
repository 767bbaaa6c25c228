//! What speaks for one candidate, and the whole field of candidates of a payment.

use primitives::{CaseNumber, ClaimId, Currency, Money};

use crate::candidate::{Candidate, Found};
use crate::clues::Clues;
use crate::name::{Likeness, is_named, likeness};
use crate::near::{NearReference, Slip, slip_between};
use crate::number::{Label, Number};
use crate::payment::Payment;

/// Figures from which a number without a label is told apart from others.
const DISTINCT_MIN: usize = 6;
/// In cents: whole multiples of this are amounts that many claims have.
const ROUND: i64 = 500;

/// How a reference speaks for a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ByReference {
    None,
    /// At two slips, or a part of it: seen only where something else found the claim.
    Far(Slip),
    Near(Slip),
    Exact,
}

/// How a number of an invoice or a case speaks for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum ByNumber {
    None,
    /// Short, or only its figures are the same, and no word says what it is.
    Loose,
    /// Whole, and called by what it is or long enough.
    Whole,
}

/// One claim and what speaks for it.
#[expect(clippy::struct_excessive_bools, reason = "each is one piece of evidence")]
#[derive(Clone, Debug)]
pub(crate) struct Evidence<'a> {
    pub(crate) claim: &'a Candidate,
    pub(crate) open: i64,
    pub(crate) reference: ByReference,
    /// The text that is its reference, or nearly so.
    written: &'a str,
    pub(crate) invoice: ByNumber,
    pub(crate) case: ByNumber,
    /// The number of its case stands there with check digits, so that it is no slip of another's.
    pub(crate) is_case_sure: bool,
    pub(crate) iban: bool,
    pub(crate) name: Likeness,
    pub(crate) in_text: bool,
    pub(crate) is_exact: bool,
    pub(crate) is_principal: bool,
}

/// All that is known for one payment.
#[expect(clippy::struct_excessive_bools, reason = "each is one doubt")]
#[derive(Debug)]
pub(crate) struct Field<'a> {
    pub(crate) amount: i64,
    pub(crate) currency: Currency,
    /// In the order of their due days.
    pub(crate) open: Vec<Evidence<'a>>,
    pub(crate) settled: Vec<Evidence<'a>>,
    pub(crate) is_cut: bool,
    /// A reference that is hardly one by chance names none of the candidates.
    pub(crate) has_unknown_reference: bool,
    /// So does a number that is called by what it is.
    pub(crate) has_unknown_number: bool,
    pub(crate) knows_payer: bool,
    /// Something looks like a reference and is none.
    pub(crate) has_mistyped: bool,
}

impl<'a> Field<'a> {
    pub(crate) fn new(payment: &Payment, clues: &'a Clues, found: &'a Found) -> Self {
        let currency = payment.amount.currency();
        let mut claims: Vec<&Candidate> =
            found.candidates.iter().filter(|it| it.open.currency() == currency).collect();
        claims.sort_by_key(|it| (it.due_on, it.claim_id, it.open.amount_minor()));
        claims.dedup_by_key(|it| it.claim_id);
        let all: Vec<Evidence<'_>> =
            claims.into_iter().map(|claim| Evidence::new(payment, clues, claim)).collect();
        let is_reference =
            |reference: &String, it: &Evidence<'_>| it.claim.reference.as_ref() == Some(reference);
        let has_unknown_reference =
            clues.plain.iter().any(|reference| !all.iter().any(|it| is_reference(reference, it)));
        let is_known = |key: &String| all.iter().any(|it| bears(it.claim, key));
        let has_unknown_number = clues.labelled.iter().any(|keys| !keys.iter().any(is_known));
        let (open, settled) = all.into_iter().partition(|it| it.open > 0);
        Self {
            amount: payment.amount.amount_minor(),
            currency,
            open,
            settled,
            is_cut: found.is_cut,
            has_unknown_reference,
            has_unknown_number,
            knows_payer: !clues.name_tokens.is_empty(),
            has_mistyped: !clues.written.is_empty(),
        }
    }

    pub(crate) const fn money(&self, amount: i64) -> Money {
        Money::new(amount, self.currency)
    }

    /// Whether many claims have amounts like this one: it tells little.
    pub(crate) const fn is_round(&self) -> bool {
        self.amount % ROUND == 0
    }

    /// The open claims of a debtor, earliest due first.
    pub(crate) fn of_debtor(&self, one: &Evidence<'_>) -> Vec<&Evidence<'a>> {
        let debtor = one.claim.debtor_id;
        self.open.iter().filter(|it| it.claim.debtor_id == debtor && it.claim.can_receive).collect()
    }
}

impl<'a> Evidence<'a> {
    fn new(payment: &Payment, clues: &'a Clues, claim: &'a Candidate) -> Self {
        let names = || claim.names.iter();
        let name = names().map(|it| likeness(&clues.name_tokens, it)).max();
        let iban = clues.iban.as_ref().is_some_and(|it| claim.ibans.contains(it));
        let in_text = names().any(|it| is_named(it, &clues.words));
        let is_exact = claim.open == payment.amount;
        let is_principal = claim.principal == payment.amount;
        let is_likely = is_exact || iban || in_text || name == Some(Likeness::Same);
        let is_own = |near: &&NearReference| Some(&near.canonical) == claim.reference.as_ref();
        let near = clues.near_references.iter().find(is_own).map(|it| &it.written);
        let exact = claim.reference.as_ref().filter(|it| clues.references.contains(it));
        Self {
            claim,
            open: claim.open.amount_minor(),
            written: exact.or(near).map_or("", String::as_str),
            reference: by_reference(clues, claim.reference.as_deref(), is_likely),
            invoice: by_number(clues, &claim.invoice_keys, Label::Invoice),
            case: by_number(clues, &claim.case_keys, Label::Case),
            is_case_sure: is_case_sure(clues, &claim.case_keys),
            iban,
            name: name.unwrap_or(Likeness::Unknown),
            in_text,
            is_exact,
            is_principal,
        }
    }

    pub(crate) const fn id(&self) -> ClaimId {
        self.claim.claim_id
    }

    pub(crate) fn is_named_exactly(&self) -> bool {
        self.reference == ByReference::Exact
    }

    /// Whether something like its reference was written.
    pub(crate) const fn is_alike(&self) -> bool {
        matches!(self.reference, ByReference::Near(_) | ByReference::Far(_))
    }

    pub(crate) const fn is_near(&self) -> bool {
        matches!(self.reference, ByReference::Near(_))
    }

    /// Whether both are read from the same text: then only one of them is meant.
    fn is_same_text(&self, other: &Self) -> bool {
        let (one, two) = (self.written, other.written);
        let is_told_twice = !one.is_empty() && !two.is_empty();
        let is_near = self.is_near() || other.is_near();
        is_told_twice && is_near && (one.contains(two) || two.contains(one))
    }

    /// Whether who pays, or who is named, is one who owes it.
    pub(crate) fn is_of_debtor(&self) -> bool {
        self.iban || self.in_text || self.name == Likeness::Same
    }

    pub(crate) fn has_number(&self) -> bool {
        self.invoice == ByNumber::Whole || self.case == ByNumber::Whole
    }
}

/// Whether no two of them are read from the same text.
pub(crate) fn are_apart(claims: &[&Evidence<'_>]) -> bool {
    claims.iter().enumerate().all(|(place, one)| {
        claims.iter().skip(place.saturating_add(1)).all(|other| !one.is_same_text(other))
    })
}

fn bears(claim: &Candidate, key: &String) -> bool {
    claim.invoice_keys.contains(key) || claim.case_keys.contains(key)
}

fn by_reference(clues: &Clues, reference: Option<&str>, is_likely: bool) -> ByReference {
    let Some(reference) = reference else { return ByReference::None };
    if clues.references.iter().any(|it| it == reference) {
        return ByReference::Exact;
    }
    if let Some(near) = clues.near_references.iter().find(|it| it.canonical == reference) {
        return ByReference::Near(near.slip);
    }
    let mut written = clues.written.iter().chain(&clues.references);
    let far = || written.find_map(|written| slip_between(written, reference));
    is_likely.then(far).flatten().map_or(ByReference::None, ByReference::Far)
}

fn by_number(clues: &Clues, keys: &[String], label: Label) -> ByNumber {
    let is_whole = |number: &Number, place: usize| {
        let is_distinct = number.key.len() >= DISTINCT_MIN && !is_day(&number.key);
        number.label == Some(label) || (place == 0 && is_distinct)
    };
    let found = keys.iter().enumerate().filter_map(|(place, key)| {
        let number = clues.numbers.iter().find(|it| it.key == *key)?;
        Some(if is_whole(number, place) { ByNumber::Whole } else { ByNumber::Loose })
    });
    found.max().unwrap_or(ByNumber::None)
}

/// Whether the payer calls a number that of the case, and its check digits are right. One in a
/// hundred numbers of anything has fitting figures: without the word it takes a known payer.
fn is_case_sure(clues: &Clues, keys: &[String]) -> bool {
    let is_called = |it: &Number| it.label == Some(Label::Case);
    let is_written = |key: &String| clues.numbers.iter().any(|it| it.key == *key && is_called(it));
    keys.iter().any(|key| CaseNumber::parse(key).is_ok() && is_written(key))
}

/// Whether a number may be a day, as `20250317` or `17032025`.
fn is_day(key: &str) -> bool {
    let part = |start: usize, end: usize| key.get(start..end)?.parse::<u32>().ok();
    let is = |year: Option<u32>, month: Option<u32>, day: Option<u32>| {
        year.is_some_and(|it| (1_990..2_100).contains(&it))
            && month.is_some_and(|it| (1..=12).contains(&it))
            && day.is_some_and(|it| (1..=31).contains(&it))
    };
    key.len() == 8
        && (is(part(0, 4), part(4, 6), part(6, 8)) || is(part(4, 8), part(2, 4), part(0, 2)))
}
