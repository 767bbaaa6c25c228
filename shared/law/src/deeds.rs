//! Messages, calls and visits: who may do which of them, and on which days.
//!
//! Nothing here may ever cost the debtor anything by itself, but for a demand to a business.

use primitives::{Capacity, Channel, Date, DebtorKind, MessageKind};

use crate::answer::{Answer, RuleId};
use crate::approach::approachable;
use crate::calendar::spoken;
use crate::gate::{Act, CaseFacts, ClaimFacts, Notice};
use crate::pack::{Jurisdiction, Pack};
use crate::term::{clock_message, first_term, in_time_until};

/// What is done towards the debtor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Deed {
    /// A message is sent.
    Write {
        /// What the message is.
        message: MessageKind,
        /// How it reaches the debtor.
        channel: Channel,
    },
    /// The debtor is called by telephone.
    Call,
    /// The debtor is visited.
    Visit,
}

impl Deed {
    /// The way by which the deed reaches the debtor.
    #[must_use]
    pub const fn channel(self) -> Channel {
        match self {
            Self::Write { channel, .. } => channel,
            Self::Call => Channel::Telephone,
            Self::Visit => Channel::Visit,
        }
    }
}

/// The days on which a deed may be done, as far as its claims and earlier notices decide it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LawfulDays {
    /// The first day.
    pub first: Date,
    /// The last day, where there is one, and the rule that ends it.
    pub last: Option<(Date, RuleId)>,
}

/// Whether a deed is a contact in the sense of the cap. What answers the debtor's own promise or
/// payment is none: it neither counts towards the cap nor is limited by it.
#[must_use]
pub const fn counts_as_contact(deed: Deed) -> bool {
    match deed {
        Deed::Write { message, .. } => match message {
            MessageKind::PreDueNotice
            | MessageKind::FreeFirstReminder
            | MessageKind::FourteenDayLetter
            | MessageKind::FormalNotice
            | MessageKind::Demand => true,
            MessageKind::PromiseConfirmation | MessageKind::PaymentThanks => false,
        },
        Deed::Call | Deed::Visit => true,
    }
}

/// Whether an act of this kind may happen at all: by whom, towards whom, by which way, and whether
/// it may add anything to the debt.
pub fn may_act(pack: Pack, act: &Act) -> Answer<bool> {
    let mut trail = pack.trail();
    let (debtor, capacity) = (act.debtor_kind, act.capacity);
    let permitted = match act.deed {
        Deed::Write { message, channel } => {
            trail.take(may_go_by(pack, message, channel))
                && trail.take(may_write(pack, debtor, capacity, message))
        }
        Deed::Call | Deed::Visit => true,
    };
    if !permitted {
        return trail.answer(false);
    }
    let Some(rule) = free_of_cost_rule(pack, debtor, act.deed) else {
        return trail.answer(true);
    };
    trail.ask(rule);
    if act.adds_costs {
        trail.say(match act.deed {
            Deed::Write { .. } => {
                "This message is free: nothing may be added to what you owe because of it."
            }
            Deed::Call => "A call is free: nothing may be added to what you owe because of it.",
            Deed::Visit => "A visit is free: nothing may be added to what you owe because of it.",
        });
    }
    trail.answer(!act.adds_costs)
}

/// Whether there is a message of this kind from such a sender to such a debtor.
pub(crate) fn may_write(
    pack: Pack,
    debtor: DebtorKind,
    capacity: Capacity,
    message: MessageKind,
) -> Answer<bool> {
    match message {
        MessageKind::FourteenDayLetter => has_fourteen_day_letter(pack, debtor),
        MessageKind::FreeFirstReminder => has_free_reminder(pack, debtor, capacity),
        MessageKind::FormalNotice => has_formal_notice(pack, debtor, capacity),
        MessageKind::PreDueNotice
        | MessageKind::Demand
        | MessageKind::PromiseConfirmation
        | MessageKind::PaymentThanks => pack.trail().answer(true),
    }
}

/// The days on which an act about the claims of a case may be done: who owes may be approached at
/// all, all claims are of the age that the act supposes, and the clocks that protect the debtor
/// have run out. None where there is no such day, or the claims have nothing to pay; for thanks,
/// where they still have.
pub fn lawful_days(pack: Pack, act: &Act, facts: &CaseFacts) -> Answer<Option<LawfulDays>> {
    let mut trail = pack.trail();
    let Some(approachable) = trail.take(approachable(pack, act, facts)) else {
        return trail.answer(None);
    };
    let days = trail.take(days_of_claims(pack, act, &facts.claims, &facts.notices));
    let days = days.map(|days| {
        let last = [days.last, approachable.last].into_iter().flatten();
        let last = last.min_by_key(|(day, _)| *day);
        LawfulDays { first: days.first.max(approachable.first), last }
    });
    let ended = days.and_then(|days| days.last.filter(|(last, _)| *last < days.first));
    if let Some((_, rule)) = ended {
        trail.ask(rule);
        return trail.answer(None);
    }
    trail.answer(days)
}

/// The first day on which a formal notice about the claims of a case could be sent.
pub(crate) fn first_day_of_notice(
    pack: Pack,
    debtor: DebtorKind,
    facts: &CaseFacts,
) -> Option<Date> {
    let days = ClaimDays::of(&facts.claims)?;
    after_clock(pack, debtor, &days, &facts.notices, NOTICE).value.map(|days| days.first)
}

/// The days that the claims and what was sent about them leave.
fn days_of_claims(
    pack: Pack,
    act: &Act,
    claims: &[ClaimFacts],
    notices: &[Notice],
) -> Answer<Option<LawfulDays>> {
    let (deed, debtor) = (act.deed, act.debtor_kind);
    let mut trail = pack.trail();
    if !trail.take(suits_what_is_open(pack, deed, claims)) {
        return trail.answer(None);
    }
    let days = ClaimDays::of(claims).and_then(|days| match deed {
        Deed::Write { message, .. } => match message {
            MessageKind::PreDueNotice => trail.take(before_due(pack, &days)),
            MessageKind::FreeFirstReminder | MessageKind::FourteenDayLetter => {
                trail.take(after_due(pack, &days))
            }
            MessageKind::FormalNotice => {
                trail.take(after_clock(pack, debtor, &days, notices, NOTICE))
            }
            MessageKind::Demand => trail.take(after_clock(pack, debtor, &days, notices, DEMAND)),
            MessageKind::PromiseConfirmation | MessageKind::PaymentThanks => {
                Some(LawfulDays { first: days.issued, last: None })
            }
        },
        Deed::Call | Deed::Visit => trail.take(after_due(pack, &days)),
    });
    trail.answer(days)
}

/// The days of several claims that decide about all of them.
struct ClaimDays {
    /// All are issued.
    issued: Date,
    /// The first one is due.
    first_due: Date,
    /// The last one is due.
    last_due: Date,
}

impl ClaimDays {
    fn of(claims: &[ClaimFacts]) -> Option<Self> {
        let issued = claims.iter().map(|claim| claim.issued_on).max()?;
        let due = claims.iter().map(|claim| claim.due_on);
        Some(Self { issued, first_due: due.clone().min()?, last_due: due.max()? })
    }
}

/// Whether the deed makes sense with what is open: thanks where nothing is, all others where
/// something is open on every claim.
fn suits_what_is_open(pack: Pack, deed: Deed, claims: &[ClaimFacts]) -> Answer<bool> {
    let mut trail = pack.trail();
    let thanks = match deed {
        Deed::Write { message, .. } => message == MessageKind::PaymentThanks,
        Deed::Call | Deed::Visit => false,
    };
    trail.ask(if thanks { RuleId::HouseNothingOpen } else { RuleId::HouseSomethingOpen });
    if claims.is_empty() {
        trail.say("There is no claim to speak of.");
        return trail.answer(false);
    }
    let suits = claims.iter().all(|claim| claim.open.is_positive() != thanks);
    if !suits && thanks {
        trail.say("Something is still to be paid.");
    } else if !suits {
        trail.say("Nothing is left to pay on a claim that this would be about.");
    }
    trail.answer(suits)
}

fn before_due(pack: Pack, days: &ClaimDays) -> Answer<Option<LawfulDays>> {
    let mut trail = pack.trail();
    trail.ask(RuleId::HousePreDue);
    trail.say(format!("This notice makes sense before {} only.", spoken(days.first_due)));
    let last = days.first_due.yesterday().ok().filter(|last| days.issued <= *last);
    trail.answer(
        last.map(|last| LawfulDays { first: days.issued, last: Some((last, RuleId::HousePreDue)) }),
    )
}

fn after_due(pack: Pack, days: &ClaimDays) -> Answer<Option<LawfulDays>> {
    let mut trail = pack.trail();
    let in_time = trail.take(in_time_until(pack, days.last_due));
    let first = in_time.and_then(|day| day.tomorrow().ok());
    trail.answer(first.map(|first| LawfulDays { first: first.max(days.issued), last: None }))
}

/// What is said where the term that protects a consumer has not begun.
#[derive(Clone, Copy)]
struct Without {
    dutch: (RuleId, &'static str),
    belgian: (RuleId, &'static str),
}

const DEMAND: Without = Without {
    dutch: (
        RuleId::NlNoCostsYet,
        "Before a demand a 14-day letter must have come, and its time have passed.",
    ),
    belgian: (
        RuleId::BeFirstReminder,
        "Before a demand a free reminder must have come, and its time have passed.",
    ),
};

/// There is no Dutch one.
const NOTICE: Without = Without {
    dutch: DEMAND.dutch,
    belgian: (
        RuleId::BeReminderFirst,
        "Before a formal notice a free reminder must have come, and its time have passed.",
    ),
};

/// After the due date and, for a consumer, after the term of the message that must come first.
fn after_clock(
    pack: Pack,
    debtor: DebtorKind,
    days: &ClaimDays,
    notices: &[Notice],
    without: Without,
) -> Answer<Option<LawfulDays>> {
    let mut trail = pack.trail();
    let due = trail.take(after_due(pack, days));
    if clock_message(pack, debtor).is_none() {
        return trail.answer(due);
    }
    let in_time = in_time_until(pack, days.last_due).value;
    let term = in_time.and_then(|day| trail.take(first_term(pack, debtor, day, notices)));
    let Some(term) = term else {
        let (rule, sentence) = match pack.jurisdiction {
            Jurisdiction::Nl => without.dutch,
            Jurisdiction::Be => without.belgian,
        };
        trail.ask(rule);
        trail.say(sentence);
        return trail.answer(None);
    };
    let first = term.last.tomorrow().ok();
    let days = due.zip(first);
    trail.answer(days.map(|(due, first)| LawfulDays { first: first.max(due.first), ..due }))
}

/// What starts a term, asks for more or confirms what was agreed must be kept: it goes by e-mail or
/// post. What only informs may be a text message.
fn may_go_by(pack: Pack, message: MessageKind, channel: Channel) -> Answer<bool> {
    match (message, channel) {
        (MessageKind::PreDueNotice | MessageKind::PaymentThanks, Channel::Sms) => {
            pack.trail().answer(true)
        }
        _ => on_durable_medium(pack, channel),
    }
}

fn on_durable_medium(pack: Pack, channel: Channel) -> Answer<bool> {
    let mut trail = pack.trail();
    match channel {
        Channel::Email | Channel::Post => trail.answer(true),
        Channel::Sms | Channel::Telephone | Channel::Visit => {
            trail.ask(RuleId::NotCovered);
            trail.say("We send this message by e-mail or by post only.");
            trail.answer(false)
        }
    }
}

/// The free first reminder to a Belgian consumer is the creditor's, or is written in its name: a
/// collector could send it too (WER art. XIX.8), but here does nothing before its formal notice.
fn has_free_reminder(pack: Pack, debtor: DebtorKind, capacity: Capacity) -> Answer<bool> {
    let mut trail = pack.trail();
    let of_collector = is_to_belgian_consumer_by_collector(pack, debtor, capacity);
    if of_collector {
        trail.ask(RuleId::BeFormalNoticeFirst);
        trail.say("The free reminder comes from the creditor, not from a debt collector.");
    }
    trail.answer(!of_collector)
}

pub(crate) fn is_to_belgian_consumer_by_collector(
    pack: Pack,
    debtor: DebtorKind,
    capacity: Capacity,
) -> bool {
    let case = (pack.jurisdiction, debtor, capacity);
    case == (Jurisdiction::Be, DebtorKind::Consumer, Capacity::Collector)
}

/// The formal notice is that of a collector to a Belgian consumer.
fn has_formal_notice(pack: Pack, debtor: DebtorKind, capacity: Capacity) -> Answer<bool> {
    let mut trail = pack.trail();
    let has_one = is_to_belgian_consumer_by_collector(pack, debtor, capacity);
    if has_one {
        trail.ask(RuleId::BeFormalNoticeFirst);
    } else {
        trail.ask(RuleId::NotCovered);
        trail.say("The formal notice is that of a collector to a consumer in Belgium.");
    }
    trail.answer(has_one)
}

fn has_fourteen_day_letter(pack: Pack, debtor: DebtorKind) -> Answer<bool> {
    let mut trail = pack.trail();
    match (pack.jurisdiction, debtor) {
        (Jurisdiction::Nl, DebtorKind::Consumer) => {
            trail.ask(RuleId::NlFourteenDayLetter);
            trail.answer(true)
        }
        (Jurisdiction::Nl, DebtorKind::NaturalPersonInBusiness | DebtorKind::LegalPerson) => {
            trail.ask(RuleId::NlFourteenDayLetter);
            trail.say("The 14-day letter is for consumers: there is no such letter for you.");
            trail.answer(false)
        }
        (Jurisdiction::Be, _) => {
            trail.ask(RuleId::NotCovered);
            trail.say("The 14-day letter is one of Dutch law: there is no such letter for you.");
            trail.answer(false)
        }
    }
}

/// What makes a deed free: the law where it protects the debtor, our own rule elsewhere. Towards a
/// consumer no deed adds anything: costs come with a term that ran out, and cover every act. None
/// for a demand to a business, with which its costs and interest are asked.
const fn free_of_cost_rule(pack: Pack, debtor: DebtorKind, deed: Deed) -> Option<RuleId> {
    let (before_costs, demand) = match deed {
        Deed::Write { message, .. } => match message {
            MessageKind::PreDueNotice
            | MessageKind::FreeFirstReminder
            | MessageKind::FourteenDayLetter => (true, false),
            MessageKind::Demand => (false, true),
            MessageKind::FormalNotice
            | MessageKind::PromiseConfirmation
            | MessageKind::PaymentThanks => (false, false),
        },
        Deed::Call | Deed::Visit => (false, false),
    };
    match (pack.jurisdiction, debtor) {
        (Jurisdiction::Nl, DebtorKind::Consumer) if before_costs => Some(RuleId::NlNoCostsYet),
        (Jurisdiction::Nl, DebtorKind::Consumer) => Some(RuleId::NlCollectionCosts),
        (Jurisdiction::Be, DebtorKind::Consumer) if before_costs => Some(RuleId::BeFirstReminder),
        (Jurisdiction::Be, DebtorKind::Consumer) => Some(RuleId::BePenaltyClause),
        (_, DebtorKind::NaturalPersonInBusiness | DebtorKind::LegalPerson) if demand => None,
        (_, DebtorKind::NaturalPersonInBusiness | DebtorKind::LegalPerson) => {
            Some(RuleId::HouseFreeMessage)
        }
    }
}
