//! How fast the law's gate answers, on one core, against the one step that no answer can do
//! without: which day it is where the debtor is.

use std::hint::black_box;
use std::time::{Duration, Instant};

use jiff::{SignedDuration, ToSpan};
use law::{Act, CaseFacts, ClaimFacts, Deed, GateFacts, Notice, Pack, Verdict, gate};
use primitives::{Capacity, Channel, Country, Currency, DebtorKind, MessageKind, Money, Timestamp};

/// Asks the gate so many times, about every kind of act in turn, and prints how long it took.
pub(crate) fn answer(count: u32) {
    let questions = questions();
    let begun = Instant::now();
    let mut allowed = 0_u32;
    for (act, facts) in questions.iter().cycle().take(count as usize) {
        let answer = gate(black_box(act), black_box(facts));
        allowed += u32::from(matches!(answer.value, Verdict::Allowed { .. }));
    }
    let took = begun.elapsed();
    let begun = Instant::now();
    for (_, facts) in questions.iter().cycle().take(count as usize) {
        black_box(Pack::NL.local_date(black_box(facts.now)));
    }
    let limit = begun.elapsed();
    let each_ns = |took: Duration| took.as_nanos() / u128::from(count.max(1));
    println!(
        "gate: {count} answers about {} questions in {} ms, {} ns each ({} local days); {allowed} \
         allowed   bar: a million in a few seconds",
        questions.len(),
        took.as_millis(),
        each_ns(took),
        each_ns(took) / each_ns(limit).max(1),
    );
}

/// Every act of both countries, at moments through a year: in time and late, by day and by night.
fn questions() -> Vec<(Act, GateFacts)> {
    let start: Timestamp = "2026-01-01T00:10:00Z".parse().expect("a moment");
    let moments = (0..120).map(|step| start + SignedDuration::from_hours(step * 73));
    let acts = acts();
    moments.flat_map(|now| acts.iter().map(move |act| (*act, facts(now)))).collect()
}

fn acts() -> Vec<Act> {
    let mut deeds = vec![Deed::Call, Deed::Visit];
    for message in MessageKind::ALL.iter().copied() {
        for channel in [Channel::Email, Channel::Post] {
            deeds.push(Deed::Write { message, channel });
        }
    }
    let mut acts = Vec::new();
    for country in [Country::NL, Country::BE] {
        for debtor_kind in DebtorKind::ALL.iter().copied() {
            for capacity in Capacity::ALL.iter().copied() {
                for deed in deeds.iter().copied() {
                    acts.push(Act { country, debtor_kind, capacity, deed, adds_costs: false });
                }
            }
        }
    }
    acts
}

/// Two claims of a debtor who was reminded, and contacted twice in the week.
fn facts(now: Timestamp) -> GateFacts {
    let today = Pack::NL.local_date(now);
    let claim = |due_days_ago: i32| ClaimFacts {
        issued_on: today - (due_days_ago + 30).days(),
        due_on: today - due_days_ago.days(),
        open: Money::new(12_100, Currency::EUR),
        barred_from: None,
    };
    let notice = |message, days_ago: i32| Notice {
        message,
        channel: Channel::Email,
        sent_on: today - days_ago.days(),
    };
    GateFacts {
        now,
        case: CaseFacts {
            claims: vec![claim(70), claim(60)],
            notices: vec![
                notice(MessageKind::FreeFirstReminder, 55),
                notice(MessageKind::FourteenDayLetter, 40),
                notice(MessageKind::FormalNotice, 30),
            ],
            ..CaseFacts::default()
        },
        contacts: [30, 100].map(|hours| now - SignedDuration::from_hours(hours)).to_vec(),
    }
}
