//! An agreement as a creditor reads it: plain sentences, in the order of its document.

use std::collections::VecDeque;

use contracts::agreement::{
    AgreedDeed, AgreedStep, Agreement, CommissionBands, CommissionRates, CommissionRules, PayTo,
    PayoutRhythm, Settlement, StepMoment,
};
use primitives::{Language, MessageKind, Money};

use super::agreement_words::{self as words, Band};

/// One sentence, with the number of the step that it tells of.
type Told = (Option<usize>, String);

/// What was agreed, a sentence each.
#[must_use]
pub fn sentences(agreement: &Agreement, language: Language) -> Vec<String> {
    let all = head(agreement, language).into_iter().chain(flow(agreement, language));
    all.map(numbered).collect()
}

/// The same without what a base flow does not say: the version, and whom debtors pay to.
#[must_use]
pub fn flow_sentences(agreement: &Agreement, language: Language) -> Vec<String> {
    flow(agreement, language).into_iter().map(numbered).collect()
}

/// A sentence of two agreements.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    Same(String),
    /// Only the first one says it, here.
    Gone(String),
    /// Only the second one does.
    New(String),
}

/// Two agreements, sentence by sentence: as many as possible of those that both say are the same,
/// in their order.
#[must_use]
pub fn changes(before: &Agreement, after: &Agreement, language: Language) -> Vec<Change> {
    let told = |it| -> Vec<String> {
        let all = head(it, language).into_iter().chain(flow(it, language));
        all.map(|(_, text)| text).collect()
    };
    compared(told(before), told(after))
}

/// The same of any two lists of sentences or paragraphs.
#[must_use]
pub fn compared(before: Vec<String>, after: Vec<String>) -> Vec<Change> {
    let (mut before, mut after) = (VecDeque::from(before), VecDeque::from(after));
    let mut changes = Vec::new();
    loop {
        let (gone, new) = match (before.front(), after.front()) {
            (Some(left), Some(right)) if left == right => {
                after.pop_front();
                changes.extend(before.pop_front().map(Change::Same));
                continue;
            }
            (None, None) => return changes,
            (left, right) => (left.is_some(), right.is_some()),
        };
        // Whichever can be left out for more to be the same behind it.
        let behind = |skip_left: usize, skip_right: usize| {
            common(before.iter().skip(skip_left), &after.iter().skip(skip_right))
        };
        if gone && (!new || behind(1, 0) >= behind(0, 1)) {
            changes.extend(before.pop_front().map(Change::Gone));
        } else {
            changes.extend(after.pop_front().map(Change::New));
        }
    }
}

/// How many sentences two lists have in common, in their order.
fn common<'a>(
    left: impl Iterator<Item = &'a String>,
    right: &(impl Iterator<Item = &'a String> + Clone),
) -> usize {
    let mut row = vec![0_usize; right.clone().count().saturating_add(1)];
    for one in left {
        let mut diagonal = 0_usize;
        let mut before = 0_usize;
        for (place, other) in row.iter_mut().skip(1).zip(right.clone()) {
            let above = *place;
            *place = if one == other { diagonal.saturating_add(1) } else { above.max(before) };
            (diagonal, before) = (above, *place);
        }
    }
    row.last().copied().unwrap_or(0)
}

fn numbered((step, text): Told) -> String {
    match step {
        Some(number) => format!("{number}. {text}"),
        None => text,
    }
}

fn head(agreement: &Agreement, language: Language) -> Vec<Told> {
    let is_agency = agreement.pay_to == PayTo::Agency;
    vec![
        (None, words::version(language, agreement.version)),
        (None, words::payee(language, is_agency).to_owned()),
    ]
}

fn flow(agreement: &Agreement, language: Language) -> Vec<Told> {
    let steps = (1_usize..).zip(&agreement.steps);
    let steps = steps.map(|(number, it)| (Some(number), step(language, it)));
    let capacity = words::capacity(language, agreement.capacity).to_owned();
    let from = (1_usize..)
        .zip(&agreement.steps)
        .find(|(_, it)| agreement.collector_from.as_ref().is_some_and(|from| *from == it.key));
    let hand_over = from.map(|(number, _)| (None, words::collector_from(language, number)));
    let rest = rest(agreement, language).into_iter().map(|text| (None, text));
    [(None, capacity)].into_iter().chain(hand_over).chain(steps).chain(rest).collect()
}

/// What follows the steps.
fn rest(agreement: &Agreement, language: Language) -> Vec<String> {
    let mut told = Vec::new();
    told.push(words::left_alone(language).to_owned());
    told.push(words::review(language, &agreement.review_by, agreement.review_after_days));
    if let Some(days) = agreement.payments_known_within_days {
        told.push(words::payments_known(language, days));
    }
    told.extend(charges(agreement, language));
    let promises = &agreement.promises;
    told.push(words::promises(language, promises.days_max, promises.grace_days));
    let thanks = &agreement.thanks_by;
    if !thanks.is_empty() {
        told.push(words::thanks(language, &words::channels(language, thanks)));
    }
    if let Some(up_to) = agreement.small_difference {
        told.push(words::small_difference(language, up_to));
    }
    told.extend(remittance(agreement, language));
    told
}

fn step(language: Language, step: &AgreedStep) -> String {
    let moment = match step.moment {
        StepMoment::FromDue { days } => words::from_due(language, days),
        StepMoment::AfterPrevious { days } => words::after_previous(language, days),
    };
    let deed = match &step.deed {
        AgreedDeed::Write { message, channels } => {
            let (message, channels) =
                (words::message(language, *message), words::channels(language, channels));
            format!("{message}, {channels}")
        }
        AgreedDeed::Call { attempts_max } => words::call(language, *attempts_max),
    };
    format!("{}: {deed}.", capitalised(&moment))
}

fn capitalised(text: &str) -> String {
    let mut signs = text.chars();
    signs.next().into_iter().flat_map(char::to_uppercase).chain(signs).collect()
}

fn charges(agreement: &Agreement, language: Language) -> Vec<String> {
    let charges = &agreement.charges;
    let mut told = Vec::new();
    let announces = |step: &AgreedStep| {
        matches!(step.deed, AgreedDeed::Write { message: MessageKind::FourteenDayLetter, .. })
    };
    if agreement.steps.iter().any(announces) {
        told.push(words::consumer_costs(language, charges.creditor_deducts_vat).to_owned());
    }
    told.push(words::business_costs(language, &charges.in_business).to_owned());
    told.push(words::interest(language, charges.interest).to_owned());
    if let Some(clause) = &charges.penalty_clause {
        let yearly = clause.yearly_interest_basis_points;
        told.push(words::penalty_clause(language, clause.lump_sum, yearly));
    }
    told
}

fn remittance(agreement: &Agreement, language: Language) -> Vec<String> {
    let agreed = &agreement.remittance;
    let mut told = Vec::new();
    match &agreed.commission_rules {
        None => {
            let rate = u32::from(agreed.commission_basis_points);
            told.push(words::commission(language, rate));
        }
        Some(rules) => told.extend(commission_rules(rules, language)),
    }
    told.push(words::kept_costs(language, agreed.agency_keeps_costs).to_owned());
    let payout = &agreed.payout;
    told.push(words::settlement(language, payout.settlement == Settlement::Net).to_owned());
    told.push(match &payout.rhythm {
        None => words::on_request(language).to_owned(),
        Some(PayoutRhythm::Weekly { weekday }) => words::weekly(language, weekday, payout.minimum),
        Some(PayoutRhythm::Monthly { day }) => words::monthly(language, *day, payout.minimum),
    });
    told
}

fn commission_rules(rules: &CommissionRules, language: Language) -> Vec<String> {
    let bands: Vec<(Option<Band>, &CommissionRates)> = match &rules.bands {
        CommissionBands::WholeByPrincipal(bands) => {
            bands.iter().map(|it| (it.up_to.map(Band::Claims), &it.rates)).collect()
        }
        CommissionBands::MarginalByPrincipal(bands) => {
            bands.iter().map(|it| (it.up_to.map(Band::Brought), &it.rates)).collect()
        }
        CommissionBands::WholeByAge(bands) => {
            bands.iter().map(|it| (it.up_to_days.map(Band::Age), &it.rates)).collect()
        }
    };
    let last = if bands.len() > 1 { Band::Above } else { Band::All };
    let said = |(of, rates): (Option<Band>, &CommissionRates)| {
        let (rate, direct) = (u32::from(rates.basis_points), u32::from(rates.direct_basis_points));
        words::band(language, of.unwrap_or(last), rate, direct)
    };
    let mut told: Vec<String> = bands.into_iter().map(said).collect();
    let is_marginal = matches!(rules.bands, CommissionBands::MarginalByPrincipal(_));
    if is_marginal {
        told.push(words::marginal(language).to_owned());
    }
    told.extend(rules.minimum.map(|least: Money| words::least(language, least)));
    told.extend(rules.cap.map(|most: Money| words::most(language, most)));
    told
}
