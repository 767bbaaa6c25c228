//! The notice before the due date and the free first reminder: who may send them, and when.
//!
//! Neither may ever cost the debtor anything.

use jiff::ToSpan;
use primitives::{Capacity, Channel, Date, DebtorKind, MessageKind};

use crate::answer::{Answer, RuleId};
use crate::calendar::{next_working_day, spoken};
use crate::gate::{Act, ClaimFacts};
use crate::pack::Pack;

/// Days to pay in after a reminder, counted from the day after it was sent: what WER art. XIX.2
/// gives a Belgian consumer, and we give everybody.
const REMINDER_TERM_DAYS: i32 = 14;

/// The days on which a message may be sent, as far as its claims decide it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LawfulDays {
    /// The first day.
    pub first: Date,
    /// The last day, where there is one.
    pub last: Option<Date>,
}

/// Whether a message of this kind may be sent at all, by whom and how it is to be sent.
pub fn may_send(pack: Pack, act: &Act) -> Answer<bool> {
    let mut trail = pack.trail();
    match act.channel {
        Channel::Email | Channel::Post => {}
        Channel::Sms | Channel::Telephone | Channel::Visit => {
            trail.ask(RuleId::NotCovered);
            trail.say("We send this message by e-mail or by post only.");
            return trail.answer(false);
        }
    }
    if !trail.take(may_come_first(pack, act.debtor_kind, act.capacity)) {
        return trail.answer(false);
    }
    trail.ask(free_of_cost_rule(pack, act.debtor_kind));
    if act.adds_costs {
        trail.say("This message is free: nothing may be added to what you owe because of it.");
    }
    trail.answer(!act.adds_costs)
}

/// The days on which a message about `claims` may be sent: all of them must be of the age that the
/// message supposes. None where there is no such day, or nothing to pay.
pub fn lawful_days(
    pack: Pack,
    message: MessageKind,
    claims: &[ClaimFacts],
) -> Answer<Option<LawfulDays>> {
    let mut trail = pack.trail();
    trail.ask(RuleId::HouseSomethingOpen);
    let issued = claims.iter().map(|claim| claim.issued_on).max();
    let due = claims.iter().map(|claim| claim.due_on);
    let (Some(issued), Some(first_due), Some(last_due)) = (issued, due.clone().min(), due.max())
    else {
        trail.say("There is no claim to write about.");
        return trail.answer(None);
    };
    if !claims.iter().all(|claim| claim.open.is_positive()) {
        trail.say("Nothing is left to pay on a claim that the message would speak of.");
        return trail.answer(None);
    }
    let days = match message {
        MessageKind::PreDueNotice => {
            trail.ask(RuleId::HousePreDue);
            trail.say(format!("This notice makes sense before {} only.", spoken(first_due)));
            let last = first_due.yesterday().ok().filter(|last| issued <= *last);
            last.map(|last| LawfulDays { first: issued, last: Some(last) })
        }
        MessageKind::FreeFirstReminder => {
            trail.ask(match pack {
                Pack::Nl => RuleId::NlTermPassed,
                Pack::Be => RuleId::BeTermPassed,
            });
            let last_in_time = match pack {
                Pack::Nl => Some(last_due),
                // A term that ends on another day ends with the next working day (BW art. 1.7).
                Pack::Be => trail.take(next_working_day(pack, last_due)),
            };
            if let Some(day) = last_in_time {
                trail.say(format!("You can pay in time up to and including {}.", spoken(day)));
            }
            let first = last_in_time.and_then(|day| day.tomorrow().ok());
            first.map(|first| LawfulDays { first: first.max(issued), last: None })
        }
    };
    trail.answer(days)
}

/// The last day on which a message that is sent on `sent_on` asks to pay a claim that is due on
/// `due_on`. None after 2100.
pub fn pay_by(
    pack: Pack,
    message: MessageKind,
    due_on: Date,
    sent_on: Date,
) -> Answer<Option<Date>> {
    let mut trail = pack.trail();
    let day = match message {
        MessageKind::PreDueNotice => Some(due_on),
        MessageKind::FreeFirstReminder => {
            let last = sent_on.checked_add(REMINDER_TERM_DAYS.days()).ok();
            last.and_then(|last| trail.take(next_working_day(pack, last)))
        }
    };
    trail.answer(day)
}

/// Whether a message of these kinds may come before any formal notice. A collector may not do so
/// towards a Belgian consumer; the creditor may, and the agency in the creditor's name.
pub(crate) fn may_come_first(pack: Pack, debtor: DebtorKind, capacity: Capacity) -> Answer<bool> {
    let mut trail = pack.trail();
    if pack != Pack::Be || debtor != DebtorKind::Consumer {
        return trail.answer(true);
    }
    trail.ask(RuleId::BeFormalNoticeFirst);
    if capacity == Capacity::Collector {
        trail.say("A debt collector must first send you a formal notice, and this is none.");
    }
    trail.answer(capacity != Capacity::Collector)
}

/// What makes these messages free: the law where it protects the debtor, our own rule elsewhere.
const fn free_of_cost_rule(pack: Pack, debtor: DebtorKind) -> RuleId {
    match (pack, debtor) {
        (Pack::Nl, DebtorKind::Consumer) => RuleId::NlNoCostsYet,
        (Pack::Be, DebtorKind::Consumer) => RuleId::BeFirstReminder,
        (_, DebtorKind::NaturalPersonInBusiness | DebtorKind::LegalPerson) => {
            RuleId::HouseFreeMessage
        }
    }
}
