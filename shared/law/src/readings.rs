//! Where the sources of the law leave room: which reading the agency follows.
//!
//! Every default is the reading that is safe for the debtor. Each has a name and a spelling, so
//! that it can stand in a file of settings.

use std::fmt;
use std::str::FromStr;

use crate::caps::ContactCap;

/// The readings under which a pack answers. `Readings::default()` is what the agency does unless it
/// was told otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Readings {
    /// How Dutch interest counts days.
    pub nl_day_count: DayCount,
    /// What becomes of a part of a cent of the Dutch scale of collection costs.
    pub nl_rounding_fee: FeeRounding,
    /// Where interest is rounded to the cent, half up.
    pub interest_rounding: InterestRounding,
    /// The delivery days that Dutch post is taken to need.
    pub nl_post_days: PostDays,
    /// Whether the end of the Dutch 14-day letter's term moves on from a free day (Algemene
    /// termijnenwet art. 1; whether it applies to BW art. 6:96 lid 6 is not settled).
    pub nl_extend_atw: Switch,
    /// Whether the least Dutch collection costs are asked once per contract in six months only (BIK
    /// art. 2a, whose words are not settled here).
    pub nl_instalment_cap: Switch,
    /// Where the fourteen days of a Belgian letter begin.
    pub be_start_reading: StartReading,
    /// Whether a Belgian consumer is ever asked for the fee of a reminder.
    pub be_reminder_fee: ReminderFeeReading,
    /// Of what the Belgian lump sum is a part.
    pub be_lumpsum_base: LumpSumBase,
    /// What a Belgian consumer owes on top who agreed to no valid clause.
    pub be_no_clause: NoClause,
    /// The hours in which people in Belgium are contacted.
    pub be_contact_window: BelgianHours,
    /// How often a person is contacted.
    pub contact_cap: ContactCap,
}

impl Readings {
    /// Those that are safe for the debtor.
    pub const DEFAULT: Self = Self {
        nl_day_count: DayCount::Act365,
        nl_rounding_fee: FeeRounding::Floor,
        interest_rounding: InterestRounding::EachSegment,
        nl_post_days: PostDays::Norm,
        nl_extend_atw: Switch::On,
        nl_instalment_cap: Switch::On,
        be_start_reading: StartReading::B,
        be_reminder_fee: ReminderFeeReading::RegularOnly,
        be_lumpsum_base: LumpSumBase::BalanceAfterTerm,
        be_no_clause: NoClause::Nothing,
        be_contact_window: BelgianHours::Dutch,
        contact_cap: ContactCap::DEFAULT,
    };
}

impl Default for Readings {
    fn default() -> Self {
        Self::DEFAULT
    }
}

/// A setting is none that exists, or cannot be what it was set to.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReadingError {
    /// There is no such setting.
    #[error("there is no reading called '{name}': use one of {known}")]
    Unknown {
        /// As it was given.
        name: String,
        /// The names that exist.
        known: String,
    },
    /// The setting has no such value.
    #[error("the reading {name} cannot be '{value}': use {allowed}")]
    NotOne {
        /// The setting.
        name: &'static str,
        /// As it was given.
        value: String,
        /// The values that it takes.
        allowed: &'static str,
    },
}

macro_rules! choices {
    ($($(#[$meta:meta])* $name:ident {
        $($(#[$variant_meta:meta])* $variant:ident = $word:literal,)+
    })+) => {$(
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name {
            $($(#[$variant_meta])* $variant,)+
        }

        impl FromStr for $name {
            type Err = ();

            fn from_str(word: &str) -> Result<Self, ()> {
                match word {
                    $($word => Ok(Self::$variant),)+
                    _ => Err(()),
                }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(match self { $(Self::$variant => $word,)+ })
            }
        }
    )+};
}

choices! {
    /// How days become a part of a year. The law has no rule.
    DayCount {
        /// Every year has 365 days; a year with 29 February bears 366/365 of its rate.
        Act365 = "act365",
        /// A day of a year with 29 February is 1/366 of it.
        ActAct = "actact",
        /// Each full year from the start of the interest bears its rate, whatever its days; the
        /// days that are left over count as 1/365.
        FullYears = "full_years",
    }

    /// What becomes of a part of a cent. The decree has no rule; it differs by a cent at most.
    FeeRounding {
        /// Dropped for consumers, who may not be asked more than the scale; half up for others.
        Floor = "floor",
        /// Half up for everybody.
        HalfUp = "half_up",
    }

    /// Where interest is rounded. The law has no rule.
    InterestRounding {
        /// At the end of each segment that is told.
        EachSegment = "each_segment",
        /// Once at the end, and where a full year's interest begins to bear interest. What a
        /// segment is told to be is what it adds to the rounded sum.
        AtTheEnd = "at_the_end",
    }

    /// On or off.
    Switch {
        /// The safe reading.
        On = "on",
        /// The other one.
        Off = "off",
    }

    /// Whether the third working day after a Belgian letter was sent counts itself. One day.
    StartReading {
        /// It is the first of the fourteen days.
        A = "A",
        /// The fourteen days begin after it.
        B = "B",
    }

    /// When 7.50 and the postage may be asked for a reminder (WER art. XIX.2). Sources disagree.
    ReminderFeeReading {
        /// In contracts of regular delivery, from the fourth due date missed in a year on.
        RegularOnly = "regular_only",
        /// Never.
        Off = "off",
    }

    /// Of what the lump sum of WER art. XIX.4 is a part.
    LumpSumBase {
        /// What is unpaid when the fourteen days of the reminder are over.
        BalanceAfterTerm = "balance_after_14d",
        /// The amount of the invoice.
        Invoice = "invoice",
    }

    /// What a consumer without a valid clause owes on top. Sources disagree.
    NoClause {
        /// Nothing.
        Nothing = "nothing",
        /// Legal interest from the formal notice on (BW art. 5.240).
        LegalInterest = "legal_interest",
    }

    /// The agency's hours in Belgium.
    BelgianHours {
        /// Those of the Netherlands.
        Dutch = "dutch",
        /// 08:00 to 22:00 every day, as far as the law lets them be.
        Law = "law",
    }
}

/// The delivery days that Dutch post is taken to need.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PostDays {
    /// The norm of the day of sending: two, three from 1 July 2027 on.
    Norm,
    /// So many, where the norm is not more.
    Fixed(u8),
}

/// The least that Dutch case law takes (HR 25 November 2016).
const LEAST_POST_DAYS: u8 = 2;

impl FromStr for PostDays {
    type Err = ();

    fn from_str(word: &str) -> Result<Self, ()> {
        if word == "norm" {
            return Ok(Self::Norm);
        }
        let days = word.parse().ok().filter(|days| (LEAST_POST_DAYS..=10).contains(days));
        days.map(Self::Fixed).ok_or(())
    }
}

impl fmt::Display for PostDays {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Norm => formatter.write_str("norm"),
            Self::Fixed(days) => days.fmt(formatter),
        }
    }
}

macro_rules! settings {
    ($($field:ident: $allowed:literal;)+) => {
        impl Readings {
            /// The names of the settings.
            pub const NAMES: &[&'static str] = &[$(stringify!($field),)+];

            /// Sets the reading called `name`.
            pub fn set(&mut self, name: &str, value: &str) -> Result<(), ReadingError> {
                match name {
                    $(stringify!($field) => {
                        self.$field = value.parse().map_err(|_| ReadingError::NotOne {
                            name: stringify!($field),
                            value: value.to_owned(),
                            allowed: $allowed,
                        })?;
                    })+
                    _ => {
                        let (name, known) = (name.to_owned(), Self::NAMES.join(", "));
                        return Err(ReadingError::Unknown { name, known });
                    }
                }
                Ok(())
            }

            /// The values that the reading called `name` takes, in words; none where there is none.
            #[must_use]
            pub fn allowed(name: &str) -> Option<&'static str> {
                match name {
                    $(stringify!($field) => Some($allowed),)+
                    _ => None,
                }
            }

            /// Each setting with its value, as [`Readings::set`] takes them.
            #[must_use]
            pub fn told(&self) -> Vec<(&'static str, String)> {
                vec![$((stringify!($field), self.$field.to_string()),)+]
            }
        }
    };
}

settings! {
    nl_day_count: "act365, actact or full_years";
    nl_rounding_fee: "floor or half_up";
    interest_rounding: "each_segment or at_the_end";
    nl_post_days: "norm or a number of days from 2 to 10";
    nl_extend_atw: "on or off";
    nl_instalment_cap: "on or off";
    be_start_reading: "A or B";
    be_reminder_fee: "regular_only or off";
    be_lumpsum_base: "balance_after_14d or invoice";
    be_no_clause: "nothing or legal_interest";
    be_contact_window: "dutch or law";
    contact_cap: "so many a day and a week, such as 1/3, and no more than that";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_told_can_be_set_again() {
        let other = [
            ("nl_day_count", "actact"),
            ("nl_rounding_fee", "half_up"),
            ("interest_rounding", "at_the_end"),
            ("nl_post_days", "4"),
            ("nl_extend_atw", "off"),
            ("nl_instalment_cap", "off"),
            ("be_start_reading", "A"),
            ("be_reminder_fee", "off"),
            ("be_lumpsum_base", "invoice"),
            ("be_no_clause", "legal_interest"),
            ("be_contact_window", "law"),
            ("contact_cap", "1/2"),
        ];
        assert_eq!(other.map(|(name, _)| name), Readings::NAMES);
        for (name, value) in other.into_iter().chain([("contact_cap", "1/3")]) {
            let allowed = Readings::allowed(name).unwrap();
            assert!(allowed.contains(value) || name == "nl_post_days" || value == "1/2", "{name}");
        }
        assert_eq!(Readings::allowed("start"), None);
        let mut readings = Readings::default();
        for (name, value) in other {
            let before = readings;
            readings.set(name, value).unwrap();
            assert_ne!(readings, before, "{name}");
        }
        let told = readings.told();
        assert!(told.iter().map(|(name, value)| (*name, value.as_str())).eq(other));
        let mut again = readings;
        for (name, value) in Readings::default().told() {
            again.set(name, &value).unwrap();
        }
        assert_eq!(again, Readings::default());
        readings.set("nl_day_count", "full_years").unwrap();
        assert_eq!(readings.nl_day_count, DayCount::FullYears);
    }

    #[test]
    fn what_does_not_exist_is_refused_with_what_does() {
        let mut readings = Readings::default();
        let mut why = |name, value| readings.set(name, value).unwrap_err().to_string();
        assert_eq!(
            why("be_start_reading", "C"),
            "the reading be_start_reading cannot be 'C': use A or B"
        );
        assert!(
            why("start", "A").starts_with("there is no reading called 'start': use one of nl_")
        );
        for (name, value) in [
            ("nl_post_days", "1"),
            ("nl_post_days", "11"),
            ("nl_post_days", "two"),
            ("contact_cap", "2/3"),
            ("contact_cap", "1/4"),
            ("contact_cap", "1"),
        ] {
            assert!(why(name, value).contains("cannot be"), "{name}={value}");
        }
    }
}
