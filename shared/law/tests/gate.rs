//! The gate as its callers see it: allowed is lawful, later will be allowed, never stays never.

#![expect(clippy::arithmetic_side_effects, clippy::unwrap_used, reason = "tests fail loudly")]

use jiff::{SignedDuration, ToSpan};
use law::{
    Act, Answer, ClaimFacts, ContactCap, ContactHours, GateFacts, Pack, RuleId, Verdict, gate,
    next_free_moment, next_lawful_moment,
};
use primitives::{
    Capacity, Channel, Country, Currency, Date, DebtorKind, MessageKind, Money, Timestamp,
};
use proptest::prelude::*;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

fn claim(issued_on: &str, due_on: &str, amount_minor: i64) -> ClaimFacts {
    let open = Money::new(amount_minor, Currency::EUR);
    ClaimFacts { issued_on: day(issued_on), due_on: day(due_on), open }
}

/// A free reminder by e-mail to a Dutch consumer, in the creditor's name.
fn reminder() -> Act {
    Act {
        country: Country::NL,
        debtor_kind: DebtorKind::Consumer,
        capacity: Capacity::AgencyForCreditor,
        channel: Channel::Email,
        message: MessageKind::FreeFirstReminder,
        adds_costs: false,
    }
}

fn facts(now: &str, claims: Vec<ClaimFacts>) -> GateFacts {
    GateFacts { now: at(now), claims, contacts: Vec::new() }
}

/// An invoice of 1 May 2026, to be paid by Wednesday 3 June 2026.
fn one_claim() -> Vec<ClaimFacts> {
    vec![claim("2026-05-01", "2026-06-03", 12_100)]
}

fn ask(act: &Act, facts: &GateFacts) -> Answer<Verdict> {
    gate(act, facts)
}

fn later(text: &str) -> Verdict {
    Verdict::Later { not_before: at(text) }
}

#[test]
fn a_reminder_may_go_from_the_day_after_the_due_date_in_the_window() {
    let act = reminder();
    let verdict = |now| ask(&act, &facts(now, one_claim())).value;
    assert_eq!(verdict("2026-06-03T12:00:00Z"), later("2026-06-04T05:00:00Z"));
    assert_eq!(verdict("2026-06-04T04:59:59Z"), later("2026-06-04T05:00:00Z"));
    let (not_before, not_after) = (at("2026-06-04T05:00:00Z"), at("2026-06-04T18:00:00Z"));
    assert_eq!(verdict("2026-06-04T05:00:00Z"), Verdict::Allowed { not_before, not_after });
    assert_eq!(verdict("2026-06-04T18:00:00Z"), later("2026-06-05T05:00:00Z"));
}

#[test]
fn a_belgian_term_that_ends_on_a_free_day_ends_with_the_next_working_day() {
    let act = Act { country: Country::BE, ..reminder() };
    let first = |due_on| {
        let claims = vec![claim("2026-10-01", due_on, 12_100)];
        ask(&act, &facts("2026-10-02T12:00:00Z", claims)).value
    };
    // Sunday, then Saturday: both can be paid on Monday 9 November. Friday is a working day.
    assert_eq!(first("2026-11-08"), later("2026-11-10T06:00:00Z"));
    assert_eq!(first("2026-11-07"), later("2026-11-10T06:00:00Z"));
    assert_eq!(first("2026-11-06"), later("2026-11-07T06:00:00Z"));
    // Wednesday 11 November is a holiday.
    assert_eq!(first("2026-11-11"), later("2026-11-13T06:00:00Z"));
    let act = Act { country: Country::NL, ..act };
    let dutch = facts("2026-10-02T12:00:00Z", vec![claim("2026-10-01", "2026-11-07", 12_100)]);
    assert_eq!(ask(&act, &dutch).value, later("2026-11-09T06:00:00Z"), "no contact on Sundays");
}

#[test]
fn the_answer_names_every_rule_asked_and_says_why() {
    let answer = ask(&reminder(), &facts("2026-06-04T12:00:00Z", one_claim()));
    assert_eq!(
        answer.rules,
        [
            RuleId::NlNoCostsYet,
            RuleId::HouseSomethingOpen,
            RuleId::NlTermPassed,
            RuleId::HouseContactHours,
            RuleId::NlContactWindow,
            RuleId::HouseContactCap,
        ]
    );
    assert_eq!(answer.pack.as_str(), "nl-2026.2");
    assert_eq!(
        answer.because,
        [
            "You can pay in time up to and including Wednesday 3 June 2026.",
            "We contact you between 07:00 and 20:00 only.",
        ]
    );
}

#[test]
fn a_notice_before_the_due_date_never_comes_on_it() {
    let act = Act { message: MessageKind::PreDueNotice, ..reminder() };
    let verdict = |now| ask(&act, &facts(now, one_claim())).value;
    assert!(matches!(verdict("2026-06-02T12:00:00Z"), Verdict::Allowed { .. }));
    // The evening before: the next window opens on the due date itself.
    let too_late = ask(&act, &facts("2026-06-02T18:00:00Z", one_claim()));
    assert_eq!(too_late.value, Verdict::Never);
    assert_eq!(too_late.rules.last(), Some(&RuleId::HousePreDue));
    // Not before there is an invoice.
    assert_eq!(verdict("2026-04-29T12:00:00Z"), later("2026-05-01T05:00:00Z"));
    // Due on the day it was issued: there is no day before it.
    let at_once = facts("2026-05-01T12:00:00Z", vec![claim("2026-05-01", "2026-05-01", 100)]);
    assert_eq!(ask(&act, &at_once).value, Verdict::Never);
}

#[test]
fn all_claims_of_a_message_must_be_of_its_age() {
    let claims =
        vec![claim("2026-05-01", "2026-06-03", 100), claim("2026-05-10", "2026-06-10", 100)];
    let verdict = ask(&reminder(), &facts("2026-06-05T12:00:00Z", claims.clone())).value;
    assert_eq!(verdict, later("2026-06-11T05:00:00Z"));
    let notice = Act { message: MessageKind::PreDueNotice, ..reminder() };
    assert_eq!(ask(&notice, &facts("2026-06-05T12:00:00Z", claims)).value, Verdict::Never);
}

#[test]
fn nobody_is_reminded_of_nothing() {
    for claims in [
        Vec::new(),
        vec![claim("2026-05-01", "2026-06-03", 0)],
        vec![claim("2026-05-01", "2026-06-03", -100)],
        vec![claim("2026-05-01", "2026-06-03", 100), claim("2026-05-01", "2026-06-03", 0)],
    ] {
        let answer = ask(&reminder(), &facts("2026-06-05T12:00:00Z", claims));
        assert_eq!(answer.value, Verdict::Never);
        assert_eq!(answer.rules.last(), Some(&RuleId::HouseSomethingOpen));
    }
}

#[test]
fn neither_message_may_add_costs() {
    for (country, debtor_kind, rule) in [
        (Country::NL, DebtorKind::Consumer, RuleId::NlNoCostsYet),
        (Country::BE, DebtorKind::Consumer, RuleId::BeFirstReminder),
        (Country::NL, DebtorKind::LegalPerson, RuleId::HouseFreeMessage),
        (Country::BE, DebtorKind::NaturalPersonInBusiness, RuleId::HouseFreeMessage),
    ] {
        for message in MessageKind::ALL {
            let act =
                Act { country, debtor_kind, message: *message, adds_costs: true, ..reminder() };
            let answer = ask(&act, &facts("2026-06-05T12:00:00Z", one_claim()));
            assert_eq!(answer.value, Verdict::Never);
            assert_eq!(answer.rules.last(), Some(&rule));
        }
    }
}

#[test]
fn a_collector_may_not_open_with_a_reminder_to_a_belgian_consumer() {
    let belgian = Act { country: Country::BE, ..reminder() };
    let facts = facts("2026-06-05T12:00:00Z", one_claim());
    for (debtor_kind, capacity, allowed) in [
        (DebtorKind::Consumer, Capacity::Collector, false),
        (DebtorKind::Consumer, Capacity::AgencyForCreditor, true),
        (DebtorKind::Consumer, Capacity::Creditor, true),
        (DebtorKind::NaturalPersonInBusiness, Capacity::Collector, true),
        (DebtorKind::LegalPerson, Capacity::Collector, true),
    ] {
        let answer = ask(&Act { debtor_kind, capacity, ..belgian }, &facts);
        assert_eq!(matches!(answer.value, Verdict::Allowed { .. }), allowed, "{answer:?}");
        if !allowed {
            assert_eq!(answer.rules.last(), Some(&RuleId::BeFormalNoticeFirst));
        }
    }
}

#[test]
fn what_no_rule_covers_may_not_be_done() {
    let facts = facts("2026-06-05T12:00:00Z", one_claim());
    for channel in [Channel::Sms, Channel::Telephone, Channel::Visit] {
        let answer = ask(&Act { channel, ..reminder() }, &facts);
        assert_eq!((answer.value, &*answer.rules), (Verdict::Never, &[RuleId::NotCovered][..]));
    }
    for country in [Country::DE, Country::FR, Country::LU] {
        let answer = ask(&Act { country, ..reminder() }, &facts);
        assert_eq!((answer.value, &*answer.rules), (Verdict::Never, &[RuleId::NotCovered][..]));
        assert_eq!(answer.pack.as_str(), "none");
    }
}

#[test]
fn the_cap_counts_contacts_for_all_creditors() {
    let mut facts = facts("2026-06-05T12:00:00Z", one_claim());
    facts.contacts = vec![at("2026-06-05T06:00:00Z")];
    assert_eq!(ask(&reminder(), &facts).value, later("2026-06-06T05:00:00Z"));
    // Three within a week, the oldest on Monday at 11:00: free on Monday at 11:00.
    facts.contacts =
        vec![at("2026-06-01T09:00:00Z"), at("2026-06-03T09:00:00Z"), at("2026-06-04T09:00:00Z")];
    let answer = ask(&reminder(), &facts);
    assert_eq!(answer.value, later("2026-06-08T09:00:00Z"));
    assert!(answer.because.iter().any(|sentence| sentence.contains("at most once a day")));
}

fn act() -> impl Strategy<Value = Act> {
    (
        prop::sample::select(vec![Country::NL, Country::BE, Country::DE]),
        prop::sample::select(DebtorKind::ALL),
        prop::sample::select(Capacity::ALL),
        prop::sample::select(vec![Channel::Email, Channel::Post, Channel::Sms]),
        prop::sample::select(MessageKind::ALL),
        prop::bool::weighted(0.1),
    )
        .prop_map(|(country, debtor_kind, capacity, channel, message, adds_costs)| Act {
            country,
            debtor_kind,
            capacity,
            channel,
            message,
            adds_costs,
        })
}

/// Facts of any moment from 2025 to 2027.
fn any_facts() -> impl Strategy<Value = GateFacts> {
    let start = at("2025-01-01T00:00:00Z");
    let now = (0_i64..3 * 365 * 24 * 60).prop_map(move |m| start + SignedDuration::from_mins(m));
    let claims = prop::collection::vec((0_i32..40, -20_i32..20, -1_i64..20), 0..3);
    let contacts = prop::collection::vec(-200_i64..24, 0..6);
    (now, claims, contacts).prop_map(|(now, claims, contacts)| {
        let today = Pack::Nl.local_date(now);
        let claims = claims.into_iter().map(|(term, due_in, open)| {
            let due_on = today + due_in.days();
            let open = Money::new(open, Currency::EUR);
            ClaimFacts { issued_on: due_on - term.days(), due_on, open }
        });
        let contacts = contacts.into_iter().map(|hours| now + SignedDuration::from_hours(hours));
        GateFacts { now, claims: claims.collect(), contacts: contacts.collect() }
    })
}

fn asked_at(facts: &GateFacts, now: Timestamp) -> GateFacts {
    GateFacts { now, ..facts.clone() }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn what_is_allowed_is_lawful_by_every_rule(act in act(), facts in any_facts()) {
        let answer = gate(&act, &facts);
        prop_assert!(!answer.rules.is_empty());
        let Verdict::Allowed { not_before, not_after } = answer.value else { return Ok(()) };
        prop_assert_eq!(not_before, facts.now);
        let pack = Pack::of(act.country).unwrap();
        let (hours, cap) = (ContactHours::default(), ContactCap::default());
        let window = next_lawful_moment(pack, act.channel, facts.now, &hours).value.unwrap();
        prop_assert_eq!((window.opens, window.closes), (facts.now, not_after));
        let free = next_free_moment(pack, &facts.contacts, facts.now, cap).value;
        prop_assert_eq!(free, Some(facts.now));
        prop_assert!(!act.adds_costs && !facts.claims.is_empty());
        for claim in &facts.claims {
            prop_assert!(claim.open.is_positive());
            for moment in [not_before, not_after] {
                let today = pack.local_date(moment);
                prop_assert!(claim.issued_on <= today);
                prop_assert_eq!(act.message == MessageKind::PreDueNotice, today < claim.due_on);
                prop_assert_ne!(today, claim.due_on);
            }
        }
    }

    #[test]
    fn later_is_the_first_moment_that_is_allowed(
        act in act(), facts in any_facts(), earlier in 0_i32..1_000
    ) {
        let ask = |now| gate(&act, &asked_at(&facts, now)).value;
        let Verdict::Later { not_before } = ask(facts.now) else { return Ok(()) };
        prop_assert!(not_before > facts.now);
        let allowed = matches!(ask(not_before), Verdict::Allowed { .. });
        prop_assert!(allowed);
        let between = facts.now + not_before.duration_since(facts.now) * earlier / 1_000;
        prop_assert_eq!(ask(between), Verdict::Later { not_before });
    }

    #[test]
    fn never_stays_never(act in act(), facts in any_facts(), hours in 0_i64..1_000) {
        let ask = |now| gate(&act, &asked_at(&facts, now)).value;
        if ask(facts.now) != Verdict::Never {
            return Ok(());
        }
        prop_assert_eq!(ask(facts.now + SignedDuration::from_hours(hours)), Verdict::Never);
    }
}
