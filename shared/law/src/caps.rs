//! How often a person may be contacted, over all creditors and channels.
//!
//! Neither law gives a number, both forbid pressure; the numbers are the agency's setting. Answers
//! to a person's own contact are no contacts in this sense: the caller leaves them out.

use std::fmt;
use std::str::FromStr;

use jiff::SignedDuration;
use jiff::civil::Time;
use primitives::Timestamp;

use crate::answer::{Answer, RuleId};
use crate::pack::Pack;

/// At most so many contacts; zero means none at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ContactCap {
    /// Per calendar day where the person is.
    pub per_day: u16,
    /// In any stretch of seven times 24 hours.
    pub per_week: u16,
}

impl ContactCap {
    /// Once a day, three times a week.
    pub const DEFAULT: Self = Self { per_day: 1, per_week: 3 };
}

impl Default for ContactCap {
    fn default() -> Self {
        Self::DEFAULT
    }
}

impl FromStr for ContactCap {
    type Err = ();

    /// `1/3`: so many a day and a week. It can only be made stricter.
    fn from_str(text: &str) -> Result<Self, ()> {
        let (per_day, per_week) = text.split_once('/').ok_or(())?;
        let cap = Self {
            per_day: per_day.parse().map_err(|_| ())?,
            per_week: per_week.parse().map_err(|_| ())?,
        };
        let most = Self::default();
        let stricter = cap.per_day <= most.per_day && cap.per_week <= most.per_week;
        stricter.then_some(cap).ok_or(())
    }
}

impl fmt::Display for ContactCap {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}/{}", self.per_day, self.per_week)
    }
}

const WEEK: SignedDuration = SignedDuration::from_hours(7 * 24);

/// The first moment from `from` on at which one contact more keeps within the cap (reading
/// `contact_cap`). None where the cap is zero.
///
/// `contacts` may stand in any order and hold moments to come: an act that is permitted but not yet
/// performed counts at the end of its permit.
pub fn next_free_moment(
    pack: Pack,
    contacts: &[Timestamp],
    from: Timestamp,
) -> Answer<Option<Timestamp>> {
    let cap = pack.readings.contact_cap;
    let mut trail = pack.trail();
    trail.ask(RuleId::HouseContactCap);
    // Only where a contact's day or week ends can a moment become free.
    let ends = contacts.iter().flat_map(|contact| {
        let next_day = pack.local_date(*contact).tomorrow().ok();
        let day_end = next_day.and_then(|day| pack.moment(day, Time::midnight()));
        [day_end, contact.checked_add(WEEK).ok()]
    });
    let mut candidates: Vec<Timestamp> = ends.flatten().filter(|end| *end > from).collect();
    candidates.push(from);
    candidates.sort_unstable();
    let free = candidates.into_iter().find(|moment| is_free(pack, contacts, *moment, cap));
    if free != Some(from) {
        trail.say(format!(
            "We contact you at most {} a day and {} in seven days, whoever you owe.",
            times(cap.per_day),
            times(cap.per_week)
        ));
    }
    trail.answer(free)
}

/// Whether a contact at `moment` leaves its day, and each stretch of a week that holds it, within
/// the cap.
fn is_free(pack: Pack, contacts: &[Timestamp], moment: Timestamp, cap: ContactCap) -> bool {
    let day = pack.local_date(moment);
    let on_day = contacts.iter().filter(|contact| pack.local_date(**contact) == day).count();
    let week_from = |start: Timestamp| {
        let within = |contact: &&Timestamp| {
            (SignedDuration::ZERO..WEEK).contains(&contact.duration_since(start))
        };
        contacts.iter().filter(within).count()
    };
    let starts = contacts.iter().copied().chain([moment]);
    let fullest = starts
        .filter(|start| (SignedDuration::ZERO..WEEK).contains(&moment.duration_since(*start)))
        .map(week_from)
        .max();
    on_day < usize::from(cap.per_day) && fullest.unwrap_or(0) < usize::from(cap.per_week)
}

fn times(count: u16) -> String {
    match count {
        1 => "once".to_owned(),
        2 => "twice".to_owned(),
        other => format!("{other} times"),
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::arithmetic_side_effects, reason = "tests fail loudly")]

    use proptest::prelude::*;

    use super::*;
    use crate::readings::Readings;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn free(contacts: &[&str], from: &str) -> Timestamp {
        let contacts: Vec<Timestamp> = contacts.iter().map(|contact| at(contact)).collect();
        next_free_moment(Pack::NL, &contacts, at(from)).value.unwrap()
    }

    #[test]
    fn one_contact_a_day_frees_the_next_local_midnight() {
        let contact = "2026-06-01T12:00:00Z";
        assert_eq!(free(&[], contact), at(contact));
        assert_eq!(free(&[contact], "2026-06-01T12:00:00Z"), at("2026-06-01T22:00:00Z"));
        assert_eq!(free(&[contact], "2026-06-01T22:00:00Z"), at("2026-06-01T22:00:00Z"));
        // One to come on the same day counts too.
        assert_eq!(free(&[contact], "2026-06-01T06:00:00Z"), at("2026-06-01T22:00:00Z"));
    }

    #[test]
    fn three_contacts_a_week_free_the_hour_of_the_oldest() {
        let contacts = ["2026-06-04T09:00:00Z", "2026-06-01T09:30:00Z", "2026-06-02T09:00:00Z"];
        assert_eq!(free(&contacts, "2026-06-05T06:00:00Z"), at("2026-06-08T09:30:00Z"));
        assert_eq!(free(&contacts, "2026-06-08T09:29:59Z"), at("2026-06-08T09:30:00Z"));
    }

    #[test]
    fn a_cap_of_zero_means_never_and_says_so() {
        let cap = ContactCap { per_day: 0, per_week: 3 };
        let answer = next_free_moment(capped(Pack::BE, cap), &[], at("2026-06-01T12:00:00Z"));
        assert_eq!(answer.value, None);
        assert_eq!(answer.rules, [RuleId::HouseContactCap]);
        assert_eq!(
            answer.because,
            ["We contact you at most 0 times a day and 3 times in seven days, whoever you owe."]
        );
    }

    /// Counted once more in the plainest way.
    fn keeps(contacts: &[Timestamp], cap: ContactCap) -> bool {
        contacts.iter().all(|start| {
            let same_day =
                |other: &&Timestamp| Pack::NL.local_date(**other) == Pack::NL.local_date(*start);
            let same_week = |other: &&Timestamp| *start <= **other && **other < *start + WEEK;
            contacts.iter().filter(same_day).count() <= usize::from(cap.per_day)
                && contacts.iter().filter(same_week).count() <= usize::from(cap.per_week)
        })
    }

    fn capped(pack: Pack, contact_cap: ContactCap) -> Pack {
        pack.under(Readings { contact_cap, ..pack.readings })
    }

    fn cap() -> impl Strategy<Value = ContactCap> {
        (1_u16..4, 1_u16..6).prop_map(|(per_day, per_week)| ContactCap { per_day, per_week })
    }

    fn moment() -> impl Strategy<Value = Timestamp> {
        let start = "2026-03-20T00:00:00Z".parse::<Timestamp>().unwrap();
        (0_i64..30 * 24 * 60).prop_map(move |minutes| start + SignedDuration::from_mins(minutes))
    }

    proptest! {
        #[test]
        fn no_order_of_wishes_breaks_the_cap(
            wishes in prop::collection::vec(moment(), 1..25),
            cap in cap(),
        ) {
            let pack = capped(Pack::NL, cap);
            let mut contacts = Vec::new();
            for wish in wishes {
                let free = next_free_moment(pack, &contacts, wish).value.unwrap();
                prop_assert!(free >= wish);
                contacts.push(free);
                prop_assert!(keeps(&contacts, cap), "{contacts:?}");
            }
        }

        #[test]
        fn nothing_earlier_was_free(
            wishes in prop::collection::vec(moment(), 0..12),
            from in moment(),
            earlier in 0_i32..1_000,
            cap in cap(),
        ) {
            let pack = capped(Pack::NL, cap);
            let mut contacts = Vec::new();
            for wish in wishes {
                contacts.push(wish);
                if !keeps(&contacts, cap) {
                    contacts.pop();
                }
            }
            let free = next_free_moment(pack, &contacts, from).value.unwrap();
            let with = |moment: Timestamp| [contacts.as_slice(), &[moment]].concat();
            prop_assert!(keeps(&with(free), cap));
            let between = from + free.duration_since(from) * earlier / 1_000;
            prop_assert!(between == free || !keeps(&with(between), cap));
        }
    }
}
