//! The law as a case asks it: that of the debtor's country, or none at all in a what-if.

use jiff::SignedDuration;
use jiff::civil::Time;
use jiff::tz::TimeZone;
use law::{
    CaseFacts, GateFacts, Pack, Verdict, gate, lawful_days, next_lawful_moment, pay_by, sent_on,
};
use primitives::{Channel, Date, DebtorKind, MessageKind, Timestamp};

use super::case::Case;

/// Which rules a case is under.
#[derive(Clone, Copy, Debug)]
pub(super) enum Rules {
    Law(Pack),
    /// Nothing is forbidden, and nothing has to be waited for.
    Lawless,
}

/// What the gate says of one channel.
pub(super) struct Weighed {
    pub(super) verdict: Verdict,
    pub(super) rule_ids: Vec<String>,
    pub(super) rule_pack: String,
}

impl Rules {
    /// None where we know no law: then nothing may be done.
    pub(super) fn of(case: &Case) -> Option<Self> {
        if case.is_lawless { Some(Self::Lawless) } else { Pack::of(case.country).map(Self::Law) }
    }

    /// The version of the pack that holds them.
    pub(super) fn version(self) -> String {
        match self {
            Self::Law(pack) => pack.version().to_string(),
            Self::Lawless => "none".to_owned(),
        }
    }

    /// The calendar day where the debtor is.
    pub(super) fn local_date(self, moment: Timestamp) -> Date {
        match self {
            Self::Law(pack) => pack.local_date(moment),
            Self::Lawless => TimeZone::UTC.to_datetime(moment).date(),
        }
    }

    /// None beyond the range of timestamps.
    pub(super) fn moment(self, day: Date, time: Time) -> Option<Timestamp> {
        match self {
            Self::Law(pack) => pack.moment(day, time),
            Self::Lawless => TimeZone::UTC.to_timestamp(day.to_datetime(time)).ok(),
        }
    }

    /// The first day on which an act is lawful; none where the law names none.
    pub(super) fn first_day(self, act: &law::Act, facts: &CaseFacts) -> Option<Date> {
        match self {
            Self::Law(pack) => lawful_days(pack, act, facts).value.map(|days| days.first),
            Self::Lawless => None,
        }
    }

    /// The day on which a message that left the house counts as sent.
    pub(super) fn sent_on(self, message: MessageKind, channel: Channel, left_on: Date) -> Date {
        match self {
            Self::Law(pack) => sent_on(pack, message, channel, left_on),
            Self::Lawless => left_on,
        }
    }

    /// The day by which a message asks to pay; none where it gives no time.
    pub(super) fn pay_by(
        self,
        (message, channel): (MessageKind, Channel),
        due_on: Date,
        sent_on: Date,
    ) -> Option<Date> {
        match self {
            Self::Law(pack) => pay_by(pack, message, channel, due_on, sent_on).value,
            Self::Lawless => None,
        }
    }

    /// The first moment from `from` on within the contact hours of a channel.
    pub(super) fn opens(
        self,
        debtor_kind: DebtorKind,
        channel: Channel,
        from: Timestamp,
    ) -> Timestamp {
        match self {
            Self::Law(pack) => {
                let window = next_lawful_moment(pack, debtor_kind, channel, from).value;
                window.map_or(from, |window| window.opens)
            }
            Self::Lawless => from,
        }
    }

    /// Weighs an act.
    pub(super) fn weigh(self, act: &law::Act, facts: &GateFacts) -> Weighed {
        match self {
            Self::Law(_) => {
                let answer = gate(act, facts);
                Weighed {
                    verdict: answer.value,
                    rule_ids: answer.rules.iter().map(ToString::to_string).collect(),
                    rule_pack: answer.pack.to_string(),
                }
            }
            Self::Lawless => {
                let over = facts.now.saturating_add(SignedDuration::from_hours(24));
                let not_after = over.unwrap_or(Timestamp::MAX);
                Weighed {
                    verdict: Verdict::Allowed { not_before: facts.now, not_after },
                    rule_ids: Vec::new(),
                    rule_pack: self.version(),
                }
            }
        }
    }
}
