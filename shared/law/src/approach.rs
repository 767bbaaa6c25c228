//! Whether a debtor may be approached at all, and until when: by whom, and as what person.

use jiff::ToSpan;
use primitives::{Capacity, Date, DebtorKind, MessageKind};

use crate::answer::{Answer, RuleId, Trail};
use crate::calendar::{LAST_DAY, spoken};
use crate::deeds::{
    Deed, counts_as_contact, first_day_of_notice, is_to_belgian_consumer_by_collector,
};
use crate::formal_notice::formal_notice_waiting;
use crate::gate::{Act, CaseFacts};
use crate::pack::{Jurisdiction, Pack};
use crate::term::ONE_ACT_DAYS;

/// What keeps somebody from being approached, however long one waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Hindrance {
    /// Not the debtor: a relative, an employer, somebody of the same name; or it is not sure.
    SomebodyElse,
    /// The debtor is dead.
    Deceased,
    /// The debtor is not of age.
    Minor,
    /// Others act for the debtor: debt aid, a guardian, an administrator in bankruptcy. They are
    /// written to, the debtor is not.
    Represented,
    /// The debtor said why a claim of the act is not owed, and has no answer yet: nobody presses,
    /// but answers may come.
    Disputed,
}

impl Hindrance {
    /// Every one.
    pub const ALL: &[Self] =
        &[Self::SomebodyElse, Self::Deceased, Self::Minor, Self::Represented, Self::Disputed];

    const fn rule(self, jurisdiction: Jurisdiction) -> RuleId {
        match (self, jurisdiction) {
            (Self::SomebodyElse, Jurisdiction::Nl) => RuleId::HouseDebtorOnly,
            (Self::SomebodyElse, Jurisdiction::Be) => RuleId::BeDebtorOnly,
            (Self::Deceased, _) => RuleId::HouseDeceased,
            (Self::Minor, _) => RuleId::HouseMinor,
            (Self::Represented, _) => RuleId::HouseRepresented,
            (Self::Disputed, _) => RuleId::HouseDispute,
        }
    }

    const fn sentence(self) -> &'static str {
        match self {
            Self::SomebodyElse => "You do not owe this: we do not approach you.",
            Self::Deceased => "Who has died is not approached.",
            Self::Minor => "Who is not of age is not approached.",
            Self::Represented => "Others act for you: we write to them, not to you.",
            Self::Disputed => "You do not agree: first you get an answer.",
        }
    }

    const fn hinders(self, deed: Deed) -> bool {
        match self {
            Self::SomebodyElse | Self::Deceased | Self::Minor | Self::Represented => true,
            Self::Disputed => counts_as_contact(deed),
        }
    }
}

/// The registration that a collector needs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Registration {
    /// It is looked after elsewhere.
    #[default]
    CheckedElsewhere,
    /// It is valid up to and including a day.
    ValidUntil(Date),
    /// There is none.
    Lacking,
}

/// The days on which a debtor may be approached; none where he may not be at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Approachable {
    pub(crate) first: Date,
    /// With the rule that ends it.
    pub(crate) last: Option<(Date, RuleId)>,
}

/// The days on which an act of this kind may be done towards this debtor by who does it, whatever
/// its claims say.
pub(crate) fn approachable(
    pack: Pack,
    act: &Act,
    facts: &CaseFacts,
) -> Answer<Option<Approachable>> {
    let mut trail = pack.trail();
    let mut hindrances = facts.hindrances.iter();
    if let Some(hindrance) = hindrances.find(|hindrance| hindrance.hinders(act.deed)) {
        trail.ask(hindrance.rule(pack.jurisdiction));
        trail.say(hindrance.sentence());
        return trail.answer(None);
    }
    let days = days(pack, act, facts, &mut trail);
    trail.answer(days)
}

fn days(pack: Pack, act: &Act, facts: &CaseFacts, trail: &mut Trail) -> Option<Approachable> {
    let registered = trail.take(registered(pack, act, facts.registration))?;
    let mut first = Date::MIN;
    if let Some(last) = facts.moratorium_until {
        trail.ask(RuleId::HouseMoratorium);
        trail.say(format!("Nothing is done up to and including {}.", spoken(last)));
        first = day_after(last)?;
    }
    if needs_formal_notice(pack, act) {
        first = first.max(trail.take(after_formal_notice(pack, act, facts))?);
    }
    let barred = facts.claims.iter().filter_map(|claim| claim.barred_from).min();
    let in_time = barred.filter(|_| counts_as_contact(act.deed)).and_then(|day| {
        trail.ask(RuleId::HouseTimeBarred);
        trail.say(format!("A claim can no longer be asked for from {} on.", spoken(day)));
        Some((day.yesterday().ok()?, RuleId::HouseTimeBarred))
    });
    let last = [registered.until.map(|day| (day, registration_rule(pack))), in_time];
    let last = last.into_iter().flatten().min_by_key(|(day, _)| *day);
    Some(Approachable { first, last })
}

/// Towards a Belgian consumer a collector does nothing but answer before its formal notice and the
/// time after it (WER art. XIX.7 and XIX.9). Where the creditor sent no valid reminder, it, or the
/// agency in its name, sends that first (XIX.8). A notice that was sent before its own first lawful
/// day is worth nothing.
fn after_formal_notice(pack: Pack, act: &Act, facts: &CaseFacts) -> Answer<Option<Date>> {
    let mut trail = pack.trail();
    trail.ask(RuleId::BeFormalNoticeFirst);
    let Some(sent_on) = formal_notice_sent_on(pack, act.debtor_kind, facts) else {
        trail.say("A debt collector must first send you a formal notice, after a free reminder.");
        return trail.answer(None);
    };
    let waiting = trail.take(formal_notice_waiting(pack, sent_on, &facts.suspensions));
    trail.answer(waiting.and_then(|waiting| day_after(waiting.last)))
}

/// The day from which the first valid formal notice counts; where it went on several channels, that
/// of the last one.
fn formal_notice_sent_on(pack: Pack, debtor: DebtorKind, facts: &CaseFacts) -> Option<Date> {
    let first_lawful = first_day_of_notice(pack, debtor, facts)?;
    let notices = facts.notices.iter().filter(|it| it.message == MessageKind::FormalNotice);
    let valid = notices.map(|notice| notice.sent_on).filter(|day| first_lawful <= *day);
    let first = valid.clone().min()?;
    let of_one_act = first.saturating_add(ONE_ACT_DAYS.days());
    valid.filter(|day| *day <= of_one_act).max()
}

/// Whether the act must wait for a formal notice and the time after it.
fn needs_formal_notice(pack: Pack, act: &Act) -> bool {
    let is_notice = matches!(act.deed, Deed::Write { message: MessageKind::FormalNotice, .. });
    let presses = counts_as_contact(act.deed) && !is_notice;
    presses && is_to_belgian_consumer_by_collector(pack, act.debtor_kind, act.capacity)
}

/// Up to and including which day a registration allows it, where one is needed and has an end.
struct Registered {
    until: Option<Date>,
}

/// Who collects for another must be registered: in the Netherlands towards every natural person, in
/// Belgium towards consumers. None where it is lacking.
fn registered(pack: Pack, act: &Act, registration: Registration) -> Answer<Option<Registered>> {
    let mut trail = pack.trail();
    let protected = match (pack.jurisdiction, act.debtor_kind) {
        (Jurisdiction::Nl, DebtorKind::Consumer | DebtorKind::NaturalPersonInBusiness)
        | (Jurisdiction::Be, DebtorKind::Consumer) => true,
        (Jurisdiction::Nl, DebtorKind::LegalPerson)
        | (Jurisdiction::Be, DebtorKind::NaturalPersonInBusiness | DebtorKind::LegalPerson) => {
            false
        }
    };
    let needed = protected && act.capacity != Capacity::Creditor;
    let answer = match registration {
        Registration::ValidUntil(last) if needed => {
            trail.ask(registration_rule(pack));
            trail.say(format!("We are registered up to and including {}.", spoken(last)));
            Some(Registered { until: Some(last) })
        }
        Registration::Lacking if needed => {
            trail.ask(registration_rule(pack));
            trail.say("Who collects for others must be registered, and we are not.");
            None
        }
        Registration::ValidUntil(_) | Registration::Lacking | Registration::CheckedElsewhere => {
            Some(Registered { until: None })
        }
    };
    trail.answer(answer)
}

const fn registration_rule(pack: Pack) -> RuleId {
    match pack.jurisdiction {
        Jurisdiction::Nl => RuleId::NlRegistration,
        Jurisdiction::Be => RuleId::BeRegistration,
    }
}

fn day_after(day: Date) -> Option<Date> {
    day.checked_add(1.day()).ok().filter(|day| *day <= LAST_DAY)
}
