//! The agreement in a creditor's document: the steps in their order, what may be charged and
//! promised, who is thanked how, what the agency keeps, and what the creditor gives up.
//!
//! What a document leaves out is not agreed: no charges, no thanks, nothing kept or given up.

use std::cmp::Ordering;
use std::collections::BTreeSet;
use std::mem;

use contracts::agreement::{
    AgeBand, AgreedCharges, AgreedDeed, AgreedPayout, AgreedPromises, AgreedRemittance, AgreedStep,
    Agreement, BusinessCosts, CommissionBands, CommissionRates, CommissionRules, PayTo,
    PayoutRhythm, PayoutWeekday, PenaltyClause, PrincipalBand, Settlement, StepMoment,
};
use primitives::{Capacity, Channel, Currency, MessageKind, Money};

use super::base;
use super::creditor_document::{code, word};
use super::fields::{Fields, Table};

/// Keys of what is done without a step: lists show them beside the agreed ones.
const RESERVED_KEYS: [&str; 2] = ["promise-confirmation", "thanks"];
/// Days of a step from the due date.
const FROM_DUE: (i64, i64) = (-90, 365);
/// Days of a step after the one before.
const AFTER_PREVIOUS: (i64, i64) = (1, 365);
/// The key of the base flow that an agreement is based on.
pub(super) const BASED_ON: &str = "based_on";
/// The key of the step from which on the agency is a collector.
const COLLECTOR_FROM: &str = "collector_from";
/// Days after which, or within which, something is looked at or known.
const DAYS: (i64, i64) = (1, 90);
const FROM_DUE_KEY: &str = "days_from_due";
const AFTER_PREVIOUS_KEY: &str = "days_after_previous";
/// Ends of bands of age, in days after the due date.
const BAND_DAYS: (i64, i64) = (0, 3650);
const DAYS_OF_MONTH: (i64, i64) = (1, 31);
/// The most that may be given up of a claim, in cents: more is no slip.
const SMALL_DIFFERENCE_MAX: i64 = 2_500;
/// On how many days a call is tried, where the document does not say.
const ATTEMPTS_MAX: u8 = 3;

/// Whom debtors pay to, in the word of the document.
#[derive(Clone, Copy)]
pub(super) enum Payee {
    Creditor,
    Agency,
}

pub(super) fn payee(text: &str) -> Result<Payee, &'static str> {
    match text {
        "creditor" => Ok(Payee::Creditor),
        "agency" => Ok(Payee::Agency),
        _ => Err("must be creditor or agency"),
    }
}

/// Reads every field before it gives up, so that all faults are told. What an agreement that is
/// based on another one leaves out is as that one has it.
pub(super) fn agreement(
    fields: &mut Fields<'_>,
    table: &mut Table<'_>,
    payee: Payee,
) -> Option<Agreement> {
    let version = fields.whole(table, "version", (1, i64::from(u32::MAX)));
    let base = fields.text(table, BASED_ON, base::named);
    let flow = flow(fields, table, base);
    let payments_known_within_days = fields.number(table, "payments_known_within_days", DAYS);
    let (version, flow) = (version?, flow?);
    let pay_to = match payee {
        // The document does not know whether an earlier version names the account too.
        Payee::Creditor => PayTo::Creditor { since_version: version },
        Payee::Agency => PayTo::Agency,
    };
    Some(flow.agreed(version, pay_to, payments_known_within_days))
}

/// What an agreement says beside its version, its account and what has to be known of that: all
/// that it may have of a base.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Flow {
    pub(super) capacity: Capacity,
    collector_from: Option<String>,
    pub(super) steps: Vec<AgreedStep>,
    review_after_days: u16,
    review_by: String,
    charges: AgreedCharges,
    promises: AgreedPromises,
    thanks_by: Vec<Channel>,
    remittance: AgreedRemittance,
    small_difference: Option<Money>,
}

impl Flow {
    /// The agreement that has it.
    pub(super) fn agreed(
        self,
        version: u32,
        pay_to: PayTo,
        payments_known_within_days: Option<u16>,
    ) -> Agreement {
        Agreement {
            version,
            capacity: self.capacity,
            collector_from: self.collector_from,
            pay_to,
            steps: self.steps,
            payments_known_within_days,
            review_after_days: self.review_after_days,
            review_by: self.review_by,
            charges: self.charges,
            promises: self.promises,
            thanks_by: self.thanks_by,
            remittance: self.remittance,
            small_difference: self.small_difference,
        }
    }
}

/// The same of a base, or of an agreement with what it has of its base.
pub(super) fn flow(
    fields: &mut Fields<'_>,
    table: &mut Table<'_>,
    base: Option<&Flow>,
) -> Option<Flow> {
    if base.is_none() {
        for key in ["capacity", "review_after_days", "review_by", "steps"] {
            fields.expect(table, key);
        }
    }
    let capacity = fields.text(table, "capacity", word::<Capacity>);
    let review_after_days = fields.number(table, "review_after_days", DAYS);
    let review_by = fields.text(table, "review_by", code);
    let steps = match base {
        Some(base) if table.has("steps") => changed_steps(fields, table, &base.steps),
        Some(base) => Some(base.steps.clone()),
        None => steps(fields, table),
    };
    let capacity = capacity.or(base.map(|it| it.capacity));
    let of_base = base.and_then(|it| it.collector_from.as_deref());
    let collector_from = collector_from(fields, table, (capacity, of_base), steps.as_deref());
    let nothing = AgreedCharges::default();
    let usual = base.map_or(&nothing, |it| &it.charges);
    let charges =
        fields.optional_table(table, "charges", |fields, table| charges(fields, table, usual));
    let charges = charges.unwrap_or_else(|| usual.clone());
    let house = AgreedPromises::default();
    let usual = base.map_or(&house, |it| &it.promises);
    let promises =
        fields.optional_table(table, "promises", |fields, table| promises(fields, table, usual));
    let promises = promises.unwrap_or_else(|| usual.clone());
    let thanks_by = fields.words(table, "thanks_by", written_channel);
    let remittance = fields.optional_table(table, "remittance", remittance);
    let small_difference = fields.optional_table(table, "small_difference", small_difference);
    Some(Flow {
        capacity: capacity?,
        collector_from,
        steps: steps?,
        review_after_days: review_after_days.or(base.map(|it| it.review_after_days))?,
        review_by: review_by.or(base.map(|it| it.review_by.clone()))?,
        charges,
        promises,
        thanks_by: thanks_by.or(base.map(|it| it.thanks_by.clone())).unwrap_or_default(),
        remittance: remittance.or(base.map(|it| it.remittance.clone())).unwrap_or_default(),
        small_difference: match small_difference {
            Some(agreed) => agreed,
            None => base.and_then(|it| it.small_difference),
        },
    })
}

/// The step from which on the agency acts as a collector, where it did not do so before.
fn collector_from(
    fields: &mut Fields<'_>,
    table: &mut Table<'_>,
    (capacity, of_base): (Option<Capacity>, Option<&str>),
    steps: Option<&[AgreedStep]>,
) -> Option<String> {
    let is_said = table.has(COLLECTOR_FROM);
    let said = fields.text(table, COLLECTOR_FROM, step_key);
    let is_collector = capacity == Some(Capacity::Collector);
    if is_said && is_collector {
        let reason = "says nothing: the agency is a collector from the beginning; leave it out";
        fields.object(table, COLLECTOR_FROM, reason);
    }
    let from = said.or_else(|| of_base.map(ToOwned::to_owned)).filter(|_| !is_collector);
    let is_notice = |step: &&AgreedStep| {
        matches!(step.deed, AgreedDeed::Write { message: MessageKind::FormalNotice, .. })
    };
    let notice = steps.and_then(|steps| steps.iter().find(is_notice));
    if let Some(notice) = notice.filter(|_| is_collector) {
        let reason = format!(
            "is collector from the beginning, and a formal notice is that of one who did nothing \
             before it: write agency-for-creditor, and {COLLECTOR_FROM} = {:?}",
            notice.key
        );
        fields.object(table, "capacity", reason);
        return None;
    }
    if let Some(notice) = notice.filter(|notice| from.as_ref() != Some(&notice.key)) {
        let reason = format!(
            "must be {}: a formal notice is that of a collector, who did nothing before it",
            notice.key
        );
        fields.object(table, COLLECTOR_FROM, reason);
        return None;
    }
    let from = from?;
    let is_step = steps.is_none_or(|steps| steps.iter().any(|step| step.key == from));
    if !is_step {
        let reason = format!("is {from}, and there is no such step: write the key of one");
        fields.object(table, COLLECTOR_FROM, reason);
    }
    Some(from)
}

fn steps(fields: &mut Fields<'_>, table: &mut Table<'_>) -> Option<Vec<AgreedStep>> {
    let mut above = Above::default();
    let steps = fields.tables(table, "steps", |fields, table| {
        let key = fields.required(table, "key", step_key);
        let deed = deed(fields, table);
        let moment = moment(fields, table);
        let timed = deed.as_ref().zip(moment.as_ref());
        for (key, objection) in above.check(key.as_deref(), timed) {
            fields.object(table, key, objection);
        }
        Some(AgreedStep { key: key?, deed: deed?, moment: moment? })
    })?;
    if steps.is_empty() {
        fields.object(table, "steps", "is empty: agree on one step at least");
        return None;
    }
    Some(steps)
}

/// What is different from a base's steps: one of its steps is left out, or told otherwise where it
/// is; one of another key is put behind a step that is there, or before all.
enum StepChange {
    LeftOut(String),
    Otherwise { key: String, deed: Option<AgreedDeed>, moment: Option<StepMoment> },
    Added { after: Option<String>, step: AgreedStep },
}

fn changed_steps(
    fields: &mut Fields<'_>,
    table: &mut Table<'_>,
    base: &[AgreedStep],
) -> Option<Vec<AgreedStep>> {
    let mut known: BTreeSet<String> = base.iter().map(|step| step.key.clone()).collect();
    let mut seen = BTreeSet::new();
    let changes = fields.tables(table, "steps", |fields, table| {
        let key = fields.required(table, "key", step_key);
        if key.as_ref().is_some_and(|key| !seen.insert(key.clone())) {
            fields.object(table, "key", "is that of a step above: give each a key of its own");
        }
        let of_base = base.iter().find(|step| key.as_ref() == Some(&step.key));
        let change = step_change(fields, table, (key?, of_base), &known)?;
        if let StepChange::Added { step, .. } = &change {
            known.insert(step.key.clone());
        }
        Some(change)
    })?;
    let mut steps = base.to_vec();
    for change in changes {
        match change {
            StepChange::LeftOut(key) => steps.retain(|step| step.key != key),
            StepChange::Otherwise { key, deed, moment } => {
                for step in steps.iter_mut().filter(|step| step.key == key) {
                    step.deed = deed.clone().unwrap_or_else(|| step.deed.clone());
                    step.moment = moment.clone().unwrap_or_else(|| step.moment.clone());
                }
            }
            StepChange::Added { after: None, step } => steps.insert(0, step),
            StepChange::Added { after: Some(key), step } => {
                let Some(place) = steps.iter().position(|it| it.key == key) else {
                    let reason = format!("do not fit: {} stands after {key}, left out", step.key);
                    fields.object(table, "steps", reason);
                    return None;
                };
                steps.insert(place.saturating_add(1), step);
            }
        }
    }
    let mut above = Above::default();
    let mut is_sound = true;
    for step in &steps {
        for (_, objection) in above.check(Some(&step.key), Some((&step.deed, &step.moment))) {
            fields.object(table, "steps", format!("do not fit: {} {objection}", step.key));
            is_sound = false;
        }
    }
    if steps.is_empty() {
        fields.object(table, "steps", "leave nothing: keep one step at least");
        return None;
    }
    is_sound.then_some(steps)
}

fn step_change(
    fields: &mut Fields<'_>,
    table: &mut Table<'_>,
    (key, base): (String, Option<&AgreedStep>),
    known: &BTreeSet<String>,
) -> Option<StepChange> {
    let is_timed = table.has(FROM_DUE_KEY) || table.has(AFTER_PREVIOUS_KEY);
    let Some(base) = base else {
        fields.forbid(table, "left_out", "is of a step of the base, and this is none");
        let after = fields.required(table, "after", |text| {
            let there = text.is_empty() || known.contains(text);
            there
                .then(|| text.to_owned())
                .ok_or("is no step: write the key of one, or \"\" for before all")
        });
        let (deed, moment) = (deed(fields, table), moment(fields, table));
        let step = AgreedStep { key, deed: deed?, moment: moment? };
        return Some(StepChange::Added { after: Some(after?).filter(|it| !it.is_empty()), step });
    };
    fields.forbid(table, "after", "is of a step that the base does not have");
    if fields.flag(table, "left_out") == Some(true) {
        for other in DEED_KEYS {
            fields.forbid(table, other, "stands beside left_out: write one of the two");
        }
        return Some(StepChange::LeftOut(key));
    }
    let has_deed = DEED_KEYS.iter().any(|key| table.has(key));
    let deed = if has_deed { Some(changed_deed(fields, table, &base.deed)?) } else { None };
    let moment = if is_timed { Some(moment(fields, table)?) } else { None };
    if deed.is_none() && moment.is_none() {
        fields.object(table, "key", "is a step of the base: say what is different, or left_out");
    }
    Some(StepChange::Otherwise { key, deed, moment })
}

/// The keys of what is done in a step.
const DEED_KEYS: [&str; 5] = ["message", "channel", "channels", "call", "attempts_max"];

/// What is different about a deed of the base: of a message its channels, of a call its attempts,
/// or all of it.
fn changed_deed(
    fields: &mut Fields<'_>,
    table: &mut Table<'_>,
    base: &AgreedDeed,
) -> Option<AgreedDeed> {
    let has = |keys: &[&str]| keys.iter().any(|key| table.has(key));
    match base {
        AgreedDeed::Write { message, .. } if !has(&["message", "call", "attempts_max"]) => {
            let channels = channels(fields, table)?;
            Some(AgreedDeed::Write { message: *message, channels })
        }
        AgreedDeed::Call { .. } if !has(&["message", "call", "channel", "channels"]) => {
            let attempts_max = fields.number(table, "attempts_max", (1, 10))?;
            Some(AgreedDeed::Call { attempts_max })
        }
        AgreedDeed::Write { .. } | AgreedDeed::Call { .. } => deed(fields, table),
    }
}

/// Words with a hyphen between them, and none of our own keys.
fn step_key(text: &str) -> Result<String, &'static str> {
    let key = code(text)?;
    if key.split('-').any(str::is_empty) {
        return Err("must be words with one hyphen between two, such as first-reminder");
    }
    if RESERVED_KEYS.contains(&key.as_str()) {
        return Err("is a word of our own: choose another key");
    }
    Ok(key)
}

/// A message, or a call.
fn deed(fields: &mut Fields<'_>, table: &mut Table<'_>) -> Option<AgreedDeed> {
    if table.has("call") { call(fields, table) } else { write(fields, table) }
}

fn call(fields: &mut Fields<'_>, table: &mut Table<'_>) -> Option<AgreedDeed> {
    let is_call = fields.flag(table, "call")?;
    if !is_call {
        fields.object(table, "call", "must be true: leave it out where a message is sent");
    }
    for key in ["message", "channel", "channels"] {
        fields.forbid(table, key, "is not of a call: make a step of its own of it");
    }
    let is_said = table.has("attempts_max");
    let attempts_max = fields.number(table, "attempts_max", (1, 10));
    let attempts_max = if is_said { attempts_max? } else { ATTEMPTS_MAX };
    is_call.then_some(AgreedDeed::Call { attempts_max })
}

fn write(fields: &mut Fields<'_>, table: &mut Table<'_>) -> Option<AgreedDeed> {
    fields.forbid(table, "attempts_max", "is of a call only: write call = true too");
    if !table.has("message") {
        fields.object(table, "message", "is missing: write a message, or call = true");
    }
    let message = fields.text(table, "message", step_message);
    let channels = channels(fields, table);
    Some(AgreedDeed::Write { message: message?, channels: channels? })
}

/// On which channels a message goes: one at least.
fn channels(fields: &mut Fields<'_>, table: &mut Table<'_>) -> Option<Vec<Channel>> {
    let has_channel = table.has("channel");
    if has_channel {
        fields.forbid(table, "channels", "stands beside channel: write one of the two");
    }
    let channels = if has_channel {
        fields.text(table, "channel", written_channel).map(|channel| vec![channel])
    } else if table.has("channels") {
        fields.words(table, "channels", written_channel)
    } else {
        fields.object(table, "channel", "is missing: write channel or channels");
        None
    };
    if channels.as_ref().is_some_and(Vec::is_empty) {
        fields.object(table, "channels", "is empty: a message needs one channel at least");
        return None;
    }
    channels
}

fn step_message(text: &str) -> Result<MessageKind, &'static str> {
    let known = text.parse().map_err(|_| {
        "must be pre-due-notice, free-first-reminder, fourteen-day-letter, formal-notice or demand"
    })?;
    match known {
        MessageKind::PreDueNotice
        | MessageKind::FreeFirstReminder
        | MessageKind::FourteenDayLetter
        | MessageKind::FormalNotice
        | MessageKind::Demand => Ok(known),
        MessageKind::PromiseConfirmation => {
            Err("is no step: every promise is confirmed without one")
        }
        MessageKind::PaymentThanks => Err("is no step: say in agreement.thanks_by who is thanked"),
    }
}

/// A channel for messages that is built.
fn written_channel(text: &str) -> Result<Channel, &'static str> {
    match text.parse() {
        Ok(channel @ (Channel::Email | Channel::Post)) => Ok(channel),
        Ok(Channel::Telephone) => {
            Err("must be email or post: a call is a step of its own, with call = true")
        }
        Ok(Channel::Sms | Channel::Visit) | Err(_) => {
            Err("must be email or post: no other is built yet")
        }
    }
}

fn moment(fields: &mut Fields<'_>, table: &mut Table<'_>) -> Option<StepMoment> {
    let is_after_previous = table.has(AFTER_PREVIOUS_KEY);
    if table.has(FROM_DUE_KEY) {
        let reason = "stands beside days_from_due: write one of the two";
        fields.forbid(table, AFTER_PREVIOUS_KEY, reason);
        let days = fields.number(table, FROM_DUE_KEY, FROM_DUE)?;
        return (!is_after_previous).then_some(StepMoment::FromDue { days });
    }
    if is_after_previous {
        let days = fields.number(table, AFTER_PREVIOUS_KEY, AFTER_PREVIOUS)?;
        return Some(StepMoment::AfterPrevious { days });
    }
    fields.object(table, FROM_DUE_KEY, "is missing: write days_from_due or days_after_previous");
    None
}

/// What is known of the steps above one.
#[derive(Default)]
struct Above {
    keys: BTreeSet<String>,
    has_any: bool,
    /// The earliest day of the last one, counted from the due date; none where it is faulty.
    earliest: Option<i32>,
}

impl Above {
    /// Steps stand in the order in which they are taken, each with a key of its own, at a time that
    /// suits it. What speaks against one is told with its key in the document.
    fn check(
        &mut self,
        key: Option<&str>,
        step: Option<(&AgreedDeed, &StepMoment)>,
    ) -> Vec<(&'static str, String)> {
        let mut objections = Vec::new();
        let mut object = |key, reason: String| objections.push((key, reason));
        if key.is_some_and(|key| !self.keys.insert(key.to_owned())) {
            let reason = "is that of a step above: give each a key of its own";
            object("key", reason.to_owned());
        }
        let is_first = !mem::replace(&mut self.has_any, true);
        let above = self.earliest.take();
        let Some((deed, moment)) = step else { return objections };
        let earliest = match moment {
            StepMoment::FromDue { days } => Some(i32::from(*days)),
            StepMoment::AfterPrevious { .. } if is_first => {
                let reason = "has no step before it: count the first one with days_from_due";
                object(AFTER_PREVIOUS_KEY, reason.to_owned());
                return objections;
            }
            StepMoment::AfterPrevious { days } => {
                above.map(|day| day.saturating_add(i32::from(*days)))
            }
        };
        self.earliest = earliest;
        let Some(day) = earliest else { return objections };
        if above.is_some_and(|above| day < above) {
            let reason = "is before the step above: put the steps in the order of their days";
            object(FROM_DUE_KEY, reason.to_owned());
        }
        if let Some(objection) = untimely(deed, moment, day) {
            let key = match moment {
                StepMoment::FromDue { .. } => FROM_DUE_KEY,
                StepMoment::AfterPrevious { .. } => AFTER_PREVIOUS_KEY,
            };
            object(key, format!("does not suit the step: {objection}"));
        }
        objections
    }
}

/// What speaks against taking a step from this day on.
fn untimely(deed: &AgreedDeed, moment: &StepMoment, day: i32) -> Option<&'static str> {
    let is_from_due = matches!(moment, StepMoment::FromDue { .. });
    match deed {
        AgreedDeed::Write { message: MessageKind::PreDueNotice, .. } if !is_from_due => {
            Some("a notice before the due date is counted from it; write days_from_due")
        }
        AgreedDeed::Write { message: MessageKind::PreDueNotice, .. } => {
            (day >= 0).then_some("a notice before the due date is early")
        }
        AgreedDeed::Write { .. } => {
            (day <= 0).then_some("a reminder, letter or demand comes after the due date")
        }
        AgreedDeed::Call { .. } => (day < 0).then_some("nobody is called before the due date"),
    }
}

fn charges(fields: &mut Fields<'_>, table: &mut Table<'_>, usual: &AgreedCharges) -> AgreedCharges {
    let deducts = fields.flag(table, "creditor_deducts_vat");
    let in_business = fields.text(table, "in_business", business_costs);
    let interest = fields.flag(table, "interest");
    let penalty_clause = fields.optional_table(table, "penalty_clause", penalty_clause);
    AgreedCharges {
        creditor_deducts_vat: deducts.unwrap_or(usual.creditor_deducts_vat),
        in_business: in_business.unwrap_or_else(|| usual.in_business.clone()),
        interest: interest.unwrap_or(usual.interest),
        penalty_clause: penalty_clause.or_else(|| usual.penalty_clause.clone()),
    }
}

fn business_costs(text: &str) -> Result<BusinessCosts, &'static str> {
    match text {
        "none" => Ok(BusinessCosts::None),
        "forty" => Ok(BusinessCosts::FixedForty),
        "scale" => Ok(BusinessCosts::Scale),
        _ => Err("must be none, forty or scale"),
    }
}

fn penalty_clause(fields: &mut Fields<'_>, table: &mut Table<'_>) -> PenaltyClause {
    let has_interest = table.has("yearly_interest");
    let lump_sum = fields.flag(table, "lump_sum").unwrap_or(false);
    let yearly_interest_basis_points =
        fields.text(table, "yearly_interest", |text| percent(text, (1, 10_000)));
    if !lump_sum && !has_interest {
        let reason = "is missing: a penalty clause has lump_sum = true, yearly_interest or both";
        fields.object(table, "lump_sum", reason);
    }
    PenaltyClause { lump_sum, yearly_interest_basis_points }
}

fn promises(
    fields: &mut Fields<'_>,
    table: &mut Table<'_>,
    usual: &AgreedPromises,
) -> AgreedPromises {
    let days_max = fields.number(table, "days_max", (1, 60));
    let grace_days = fields.number(table, "grace_days", (1, 14));
    AgreedPromises {
        days_max: days_max.unwrap_or(usual.days_max),
        grace_days: grace_days.unwrap_or(usual.grace_days),
    }
}

fn remittance(fields: &mut Fields<'_>, table: &mut Table<'_>) -> AgreedRemittance {
    if table.has("commission") {
        let reason = "stands beside commission: write one of the two";
        fields.forbid(table, "commission_rules", reason);
    }
    let commission = fields.text(table, "commission", whole_percent);
    let keeps_costs = fields.flag(table, "agency_keeps_costs");
    let rules = fields.optional_table(table, "commission_rules", commission_rules).flatten();
    AgreedRemittance {
        commission_basis_points: commission.unwrap_or(0),
        agency_keeps_costs: keeps_costs.unwrap_or(false),
        commission_rules: rules,
        payout: payout(fields, table),
    }
}

fn small_difference(fields: &mut Fields<'_>, table: &mut Table<'_>) -> Option<Money> {
    fields.required(table, "up_to", |text| {
        let amount = euros(text).ok().filter(|it| it.amount_minor() <= SMALL_DIFFERENCE_MAX);
        amount.ok_or("must be an amount in euros from 0.01 to 25.00, such as 1.00")
    })
}

fn payout(fields: &mut Fields<'_>, table: &mut Table<'_>) -> AgreedPayout {
    let settlement = fields.text(table, "settlement", |text| match text {
        "net" => Ok(Settlement::Net),
        "gross" => Ok(Settlement::Gross),
        _ => Err("must be net (the agency's share is taken off) or gross (charged separately)"),
    });
    let is_weekly = table.has("weekly");
    if is_weekly {
        fields.forbid(table, "monthly", "stands beside weekly: write one of the two");
    }
    let is_in_rhythm = is_weekly || table.has("monthly");
    let weekly = fields.text(table, "weekly", payout_weekday);
    let weekly = weekly.map(|weekday| PayoutRhythm::Weekly { weekday });
    let monthly = fields.number(table, "monthly", DAYS_OF_MONTH);
    let monthly = monthly.map(|day| PayoutRhythm::Monthly { day });
    let minimum = fields.text(table, "minimum", euros);
    if minimum.is_some() && !is_in_rhythm {
        let reason = "is of a rhythm only: write weekly or monthly, or leave it out";
        fields.object(table, "minimum", reason);
    }
    AgreedPayout {
        settlement: settlement.unwrap_or(Settlement::Net),
        rhythm: weekly.or(monthly),
        minimum,
    }
}

fn payout_weekday(text: &str) -> Result<PayoutWeekday, &'static str> {
    match text {
        "monday" => Ok(PayoutWeekday::Monday),
        "tuesday" => Ok(PayoutWeekday::Tuesday),
        "wednesday" => Ok(PayoutWeekday::Wednesday),
        "thursday" => Ok(PayoutWeekday::Thursday),
        "friday" => Ok(PayoutWeekday::Friday),
        _ => Err("must be a day from monday to friday, in English"),
    }
}

fn commission_rules(fields: &mut Fields<'_>, table: &mut Table<'_>) -> Option<CommissionRules> {
    let bands = if table.has("bands") {
        for key in ["rate", "direct_rate"] {
            fields.forbid(table, key, "stands beside bands: write it in each band");
        }
        bands(fields, table)
    } else {
        for key in ["by", "method"] {
            fields.forbid(table, key, "is of bands only: write bands, or leave it out");
        }
        let rates = rates(fields, table);
        rates.map(|rates| {
            CommissionBands::WholeByPrincipal(vec![PrincipalBand { up_to: None, rates }])
        })
    };
    let minimum = fields.text(table, "minimum", euros);
    let cap = fields.text(table, "cap", euros);
    let is_below = minimum
        .zip(cap)
        .is_some_and(|(least, most)| most.checked_cmp(least).is_ok_and(Ordering::is_lt));
    if is_below {
        fields.object(table, "cap", "is below the minimum: no commission could keep both");
    }
    Some(CommissionRules { bands: bands?, minimum, cap })
}

/// What the end of a band is counted in, and the key of it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum BandsBy {
    Principal,
    Age,
}

impl BandsBy {
    const fn key(self) -> &'static str {
        match self {
            Self::Principal => "up_to",
            Self::Age => "up_to_days",
        }
    }
}

/// A band that is read: its end, in minor units or days, where it has one.
type Band = (Option<i64>, CommissionRates);

fn bands(fields: &mut Fields<'_>, table: &mut Table<'_>) -> Option<CommissionBands> {
    let by = fields.required(table, "by", |text| match text {
        "principal" => Ok(BandsBy::Principal),
        "age" => Ok(BandsBy::Age),
        _ => Err("must be principal (of the claim as it was handed over) or age (in days)"),
    });
    let is_marginal = fields.required(table, "method", |text| match text {
        "marginal" => Ok(true),
        "whole" => Ok(false),
        _ => Err("must be marginal (each band its own part) or whole (one band for all)"),
    });
    if by == Some(BandsBy::Age) && is_marginal == Some(true) {
        let reason = "must be whole: a payment has one age, so that one band is for all of it";
        fields.object(table, "method", reason);
    }
    let mut above: Option<Option<i64>> = None;
    let bands: Vec<Band> = fields.tables(table, "bands", |fields, table| {
        let end = band_end(fields, table, by.unwrap_or(BandsBy::Principal));
        let key = by.map_or("up_to", BandsBy::key);
        match (above.replace(end), end) {
            (Some(None), _) => {
                let reason = "is missing in the band before this one: only the last has no end";
                fields.object(table, key, reason);
            }
            (Some(Some(before)), Some(end)) if end <= before => {
                let reason = "is not above that of the band before: put the bands in their order";
                fields.object(table, key, reason);
            }
            (Some(Some(_)) | None, _) => {}
        }
        Some((end, rates(fields, table)?))
    })?;
    match bands.last() {
        None => fields.object(table, "bands", "is empty: write one band at least"),
        Some((Some(_), _)) => {
            let reason = "has an end in its last band: leave it out there, so that nothing is \
                          without a rate";
            fields.object(table, "bands", reason);
        }
        Some((None, _)) => {}
    }
    let of_principal = |(end, rates): Band| {
        let up_to = end.map(|minor| Money::new(minor, Currency::EUR));
        PrincipalBand { up_to, rates }
    };
    let of_age = |(end, rates): Band| AgeBand {
        up_to_days: end.and_then(|days| u16::try_from(days).ok()),
        rates,
    };
    Some(match (by?, is_marginal?) {
        (BandsBy::Principal, true) => {
            CommissionBands::MarginalByPrincipal(bands.into_iter().map(of_principal).collect())
        }
        (BandsBy::Principal, false) => {
            CommissionBands::WholeByPrincipal(bands.into_iter().map(of_principal).collect())
        }
        (BandsBy::Age, _) => CommissionBands::WholeByAge(bands.into_iter().map(of_age).collect()),
    })
}

fn band_end(fields: &mut Fields<'_>, table: &mut Table<'_>, by: BandsBy) -> Option<i64> {
    match by {
        BandsBy::Principal => {
            fields.forbid(table, "up_to_days", "is of bands by age: write up_to, in euros");
            fields.text(table, "up_to", euros).map(Money::amount_minor)
        }
        BandsBy::Age => {
            fields.forbid(table, "up_to", "is of bands by principal: write up_to_days");
            fields.number(table, "up_to_days", BAND_DAYS)
        }
    }
}

/// Both rates; without one of its own, a direct payment costs as much as any other.
fn rates(fields: &mut Fields<'_>, table: &mut Table<'_>) -> Option<CommissionRates> {
    let rate = fields.required(table, "rate", whole_percent);
    let direct = fields.text(table, "direct_rate", whole_percent);
    let basis_points = rate?;
    if direct.is_some_and(|direct| direct > basis_points) {
        let reason = "is above the rate: what the creditor got itself costs no more than the rest";
        fields.object(table, "direct_rate", reason);
    }
    Some(CommissionRates { basis_points, direct_basis_points: direct.unwrap_or(basis_points) })
}

fn whole_percent(text: &str) -> Result<u16, String> {
    percent(text, (0, 10_000))
}

/// An amount such as `15` or `15.00`, above zero.
fn euros(text: &str) -> Result<Money, &'static str> {
    let amount = Money::parse(text, Currency::EUR).ok().filter(|amount| amount.is_positive());
    amount.ok_or("must be an amount in euros above zero, such as 15.00")
}

/// A percentage such as `8`, `8.5` or `8.00`, in hundredths of a percent.
fn percent<T: TryFrom<u32>>(text: &str, (least, most): (u32, u32)) -> Result<T, String> {
    let (whole, part) = text.split_once('.').unwrap_or((text, "0"));
    let is_short = |text: &str, digits_max| {
        (1..=digits_max).contains(&text.len()) && text.bytes().all(|it| it.is_ascii_digit())
    };
    let hundredths = if is_short(whole, 3) && is_short(part, 2) {
        format!("{whole}{part:0<2}").parse::<u32>().ok()
    } else {
        None
    };
    let hundredths = hundredths.filter(|it| (least..=most).contains(it));
    let shown = |hundredths: u32| {
        let (whole, part) = (hundredths.checked_div(100), hundredths.checked_rem(100));
        format!("{}.{:02}", whole.unwrap_or(0), part.unwrap_or(0))
    };
    hundredths.and_then(|it| T::try_from(it).ok()).ok_or_else(|| {
        let (least, most) = (shown(least), shown(most));
        format!("must be a percentage from {least} to {most}, with two decimals at most")
    })
}
