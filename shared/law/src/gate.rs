//! The gate: may this act happen now, later, or never?
//!
//! Nobody can lift it; one can only correct the facts. It permits nothing by itself: the scheduler
//! asks it under the person's lock and reserves what it allows.

use jiff::civil::Time;
use primitives::{Capacity, Channel, Country, Date, DebtorKind, MessageKind, Money, Timestamp};

use crate::answer::{Answer, RuleId, Trail};
use crate::approach::{Hindrance, Registration};
use crate::caps::next_free_moment;
use crate::deeds::{Deed, LawfulDays, counts_as_contact, lawful_days, may_act};
use crate::formal_notice::Suspension;
use crate::pack::Pack;
use crate::window::{Window, next_lawful_moment};

/// One outward act, as the law sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Act {
    /// Where the debtor lives or is established.
    pub country: Country,
    /// What the law takes the debtor for.
    pub debtor_kind: DebtorKind,
    /// In whose name the act happens.
    pub capacity: Capacity,
    /// What is done.
    pub deed: Deed,
    /// Whether anything is added to what the debtor owes because of the act itself. Towards a
    /// consumer no act may: what is added there comes with a term that ran out.
    pub adds_costs: bool,
}

/// What is known of a case, as far as the law asks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CaseFacts {
    /// The claims that the act would speak of.
    pub claims: Vec<ClaimFacts>,
    /// What was sent before about every one of these claims, as far as the law looks at it; in any
    /// order.
    pub notices: Vec<Notice>,
    /// What makes a collector wait longer after its formal notice.
    pub suspensions: Vec<Suspension>,
    /// What keeps the debtor from being approached.
    pub hindrances: Vec<Hindrance>,
    /// The last day of a moratorium that a court gave.
    pub moratorium_until: Option<Date>,
    /// The registration of who acts.
    pub registration: Registration,
}

/// What the gate must know beside the act.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GateFacts {
    /// Business time.
    pub now: Timestamp,
    /// The case.
    pub case: CaseFacts,
    /// Earlier outward contacts with the person, for all creditors, of the last seven days at
    /// least. An act that is permitted but not yet performed counts at the end of its permit. Those
    /// that are no contacts ([`counts_as_contact`]) are left out.
    pub contacts: Vec<Timestamp>,
}

/// A claim, as far as the gate asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClaimFacts {
    /// Date of the invoice.
    pub issued_on: Date,
    /// Last day of the term for payment.
    pub due_on: Date,
    /// What is still to be paid.
    pub open: Money,
    /// The first day on which it is time-barred, where that is known.
    pub barred_from: Option<Date>,
}

/// A message that was sent, as far as the law asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Notice {
    /// What it was.
    pub message: MessageKind,
    /// How it was sent.
    pub channel: Channel,
    /// The day on which it went out where the debtor is: handed to the post, not printed.
    pub sent_on: Date,
}

/// What the gate says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The act may happen from now on.
    Allowed {
        /// Now.
        not_before: Timestamp,
        /// The first moment that is too late: the contact window closes.
        not_after: Timestamp,
    },
    /// Not now; ask again.
    Later {
        /// The first moment at which the answer can be another one.
        not_before: Timestamp,
    },
    /// Not with these facts, however long one waits.
    Never,
}

/// Weighs an act. The answer names every rule that was asked on the way; where the act may not
/// happen now, the last one decided.
pub fn gate(act: &Act, facts: &GateFacts) -> Answer<Verdict> {
    let Some(pack) = Pack::of(act.country) else {
        return Trail::not_covered(act.country).answer(Verdict::Never);
    };
    let pack = pack.as_of(pack.local_date(facts.now));
    let mut trail = pack.trail();
    let verdict = weigh(pack, act, facts, &mut trail).unwrap_or(Verdict::Never);
    trail.answer(verdict)
}

/// None means never.
fn weigh(pack: Pack, act: &Act, facts: &GateFacts, trail: &mut Trail) -> Option<Verdict> {
    if !trail.take(may_act(pack, act)) {
        return None;
    }
    let days = trail.take(lawful_days(pack, act, &facts.case))?;
    let of_the_days = trail.last();
    let search = Search {
        pack,
        debtor: act.debtor_kind,
        deed: act.deed,
        days,
        of_the_days,
        contacts: &facts.contacts,
    };
    let (window, decided) = search.first_moment(facts.now, trail)?;
    if window.opens > facts.now {
        if let Some(rule) = decided {
            trail.ask(rule);
        }
        return Some(Verdict::Later { not_before: window.opens });
    }
    Some(Verdict::Allowed { not_before: window.opens, not_after: window.closes })
}

/// Everything that decides about the moment of an act.
struct Search<'a> {
    pack: Pack,
    debtor: DebtorKind,
    deed: Deed,
    days: LawfulDays,
    /// The rule that decided about the days.
    of_the_days: Option<RuleId>,
    contacts: &'a [Timestamp],
}

impl Search<'_> {
    /// The first moment from `now` on that suits the claims, the contact hours and, where it
    /// is one to count, the cap, with the end of its window; and the rule that put it there.
    fn first_moment(&self, now: Timestamp, trail: &mut Trail) -> Option<(Window, Option<RuleId>)> {
        let begin = self.pack.moment(self.days.first, Time::midnight())?;
        let mut decided = self.of_the_days.filter(|_| begin > now);
        let mut from = now.max(begin);
        loop {
            let next = next_lawful_moment(self.pack, self.debtor, self.deed.channel(), from);
            let rule_of_hours = next.rules.last().copied();
            let window = trail.take(next)?;
            let day = self.pack.local_date(window.opens);
            // Who waits for a day waits for its morning, too: that alone decides nothing.
            let waits = window.opens > from;
            if waits && (decided.is_none() || day != self.pack.local_date(from)) {
                decided = rule_of_hours;
            }
            if let Some((_, rule)) = self.days.last.filter(|(last, _)| day > *last) {
                trail.ask(rule);
                return None;
            }
            if !counts_as_contact(self.deed) {
                return Some((window, decided));
            }
            let free = next_free_moment(self.pack, self.contacts, window.opens);
            let free = trail.take(free)?;
            if free > window.opens {
                decided = Some(RuleId::HouseContactCap);
            }
            if free < window.closes {
                return Some((Window { opens: free, ..window }, decided));
            }
            // Free only after this window: look at the window of that moment. Each round goes on to
            // the end of another contact's day or week, so there are few.
            from = free;
        }
    }
}
