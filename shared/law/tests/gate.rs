//! The gate as its callers see it: allowed is lawful, later will be allowed, never stays never.

#![expect(clippy::arithmetic_side_effects, clippy::unwrap_used, reason = "tests fail loudly")]

use jiff::{SignedDuration, ToSpan};
use law::{
    Act, Answer, ClaimFacts, Deed, GateFacts, Jurisdiction, Notice, Pack, RuleId, Verdict,
    counts_as_contact, gate, next_free_moment, next_lawful_moment, term_of,
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
        deed: mail(MessageKind::FreeFirstReminder),
        adds_costs: false,
    }
}

fn mail(message: MessageKind) -> Deed {
    Deed::Write { message, channel: Channel::Email }
}

fn mailed(message: MessageKind, sent_on: &str) -> Notice {
    Notice { message, channel: Channel::Email, sent_on: day(sent_on) }
}

fn facts(now: &str, claims: Vec<ClaimFacts>) -> GateFacts {
    GateFacts { now: at(now), claims, notices: Vec::new(), contacts: Vec::new() }
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
    let act = Act { deed: mail(MessageKind::PreDueNotice), ..reminder() };
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
    let notice = Act { deed: mail(MessageKind::PreDueNotice), ..reminder() };
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
fn no_deed_adds_anything_but_a_demand_to_a_business() {
    let (nl, be) = (Country::NL, Country::BE);
    let free = |country, debtor_kind, deed| {
        let act = Act { country, debtor_kind, deed, adds_costs: true, ..reminder() };
        let answer = ask(&act, &facts("2026-06-05T12:00:00Z", one_claim()));
        (answer.value == Verdict::Never).then(|| *answer.rules.last().unwrap())
    };
    let reminder = mail(MessageKind::FreeFirstReminder);
    assert_eq!(free(nl, DebtorKind::Consumer, reminder), Some(RuleId::NlNoCostsYet));
    assert_eq!(free(be, DebtorKind::Consumer, reminder), Some(RuleId::BeFirstReminder));
    assert_eq!(free(nl, DebtorKind::Consumer, Deed::Call), Some(RuleId::NlCollectionCosts));
    let demand = mail(MessageKind::Demand);
    assert_eq!(free(nl, DebtorKind::Consumer, demand), Some(RuleId::NlCollectionCosts));
    assert_eq!(free(be, DebtorKind::Consumer, demand), Some(RuleId::BePenaltyClause));
    for (country, debtor_kind) in
        [(nl, DebtorKind::LegalPerson), (be, DebtorKind::NaturalPersonInBusiness)]
    {
        assert_eq!(free(country, debtor_kind, reminder), Some(RuleId::HouseFreeMessage));
        assert_eq!(free(country, debtor_kind, Deed::Call), Some(RuleId::HouseFreeMessage));
        assert_eq!(free(country, debtor_kind, demand), None);
    }
}

#[test]
fn a_14_day_letter_goes_to_dutch_consumers_in_default_only() {
    let act = Act { deed: mail(MessageKind::FourteenDayLetter), ..reminder() };
    let on_due_date = facts("2026-06-03T12:00:00Z", one_claim());
    assert_eq!(ask(&act, &on_due_date).value, later("2026-06-04T05:00:00Z"));
    let facts = facts("2026-06-04T12:00:00Z", one_claim());
    assert!(matches!(ask(&act, &facts).value, Verdict::Allowed { .. }));
    for debtor_kind in [DebtorKind::NaturalPersonInBusiness, DebtorKind::LegalPerson] {
        let answer = ask(&Act { debtor_kind, ..act }, &facts);
        assert_eq!(answer.value, Verdict::Never);
        assert_eq!(answer.rules, [RuleId::NlFourteenDayLetter]);
        let sentence = "The 14-day letter is for consumers: there is no such letter for you.";
        assert_eq!(answer.because, [sentence]);
    }
    let belgian = ask(&Act { country: Country::BE, ..act }, &facts);
    assert_eq!((belgian.value, &*belgian.rules), (Verdict::Never, &[RuleId::NotCovered][..]));
}

#[test]
fn a_demand_to_a_dutch_consumer_waits_for_the_term_of_a_14_day_letter() {
    let act = Act { deed: mail(MessageKind::Demand), ..reminder() };
    let mut facts = facts("2026-06-10T12:00:00Z", one_claim());
    facts.notices = vec![mailed(MessageKind::FreeFirstReminder, "2026-06-04")];
    let answer = ask(&act, &facts);
    assert_eq!(answer.value, Verdict::Never);
    assert_eq!(answer.rules.last(), Some(&RuleId::NlNoCostsYet));
    // Day 1 is Saturday 6 June, day 14 Friday 19 June.
    facts.notices.push(mailed(MessageKind::FourteenDayLetter, "2026-06-05"));
    assert_eq!(ask(&act, &facts).value, later("2026-06-20T05:00:00Z"));
    // A letter of the due date itself is worth nothing.
    facts.notices = vec![mailed(MessageKind::FourteenDayLetter, "2026-06-03")];
    assert_eq!(ask(&act, &facts).value, Verdict::Never);
}

#[test]
fn a_demand_to_a_belgian_consumer_waits_for_the_clock_of_the_reminder() {
    let demand = mail(MessageKind::Demand);
    let act = Act { country: Country::BE, deed: demand, ..reminder() };
    let mut facts = facts("2026-06-10T12:00:00Z", one_claim());
    let answer = ask(&act, &facts);
    assert_eq!(answer.value, Verdict::Never);
    assert_eq!(answer.rules.last(), Some(&RuleId::BeFirstReminder));
    facts.notices = vec![mailed(MessageKind::FreeFirstReminder, "2026-06-05")];
    assert_eq!(ask(&act, &facts).value, later("2026-06-20T05:00:00Z"));
    let collector = Act { capacity: Capacity::Collector, ..act };
    assert_eq!(ask(&collector, &facts).rules, [RuleId::BeFormalNoticeFirst]);
}

#[test]
fn a_demand_to_a_business_and_a_call_need_the_due_date_only() {
    for country in [Country::NL, Country::BE] {
        for (debtor_kind, deed) in [
            (DebtorKind::LegalPerson, mail(MessageKind::Demand)),
            (DebtorKind::NaturalPersonInBusiness, mail(MessageKind::Demand)),
            (DebtorKind::Consumer, Deed::Call),
            (DebtorKind::LegalPerson, Deed::Call),
        ] {
            let act = Act { country, debtor_kind, deed, ..reminder() };
            let early = ask(&act, &facts("2026-06-03T12:00:00Z", one_claim())).value;
            assert!(matches!(early, Verdict::Later { .. }), "{country} {deed:?}");
            let now = facts("2026-06-04T12:00:00Z", one_claim());
            assert!(matches!(ask(&act, &now).value, Verdict::Allowed { .. }), "{act:?}");
        }
    }
    // By the Belgian hours for calls, an hour later than messages.
    let act = Act { country: Country::BE, deed: Deed::Call, ..reminder() };
    let morning = facts("2026-06-04T05:30:00Z", one_claim());
    assert_eq!(ask(&act, &morning).value, later("2026-06-04T06:00:00Z"));
    let collector = ask(&Act { capacity: Capacity::Collector, ..act }, &morning);
    assert_eq!(collector.value, Verdict::Never);
    assert_eq!(collector.rules, [RuleId::BeFormalNoticeFirst]);
}

#[test]
fn answers_keep_the_hours_but_not_the_cap() {
    let mut facts = facts("2026-06-05T12:00:00Z", one_claim());
    facts.contacts = vec![at("2026-06-05T06:00:00Z"); 3];
    for country in [Country::NL, Country::BE] {
        for capacity in Capacity::ALL {
            let deed = mail(MessageKind::PromiseConfirmation);
            let act = Act { country, capacity: *capacity, deed, ..reminder() };
            let answer = ask(&act, &facts);
            assert!(matches!(answer.value, Verdict::Allowed { .. }), "{answer:?}");
            assert!(!answer.rules.contains(&RuleId::HouseContactCap));
            let night = asked_at(&facts, at("2026-06-05T19:00:00Z"));
            assert_eq!(ask(&act, &night).value, later("2026-06-06T05:00:00Z"));
        }
    }
    assert!(!counts_as_contact(mail(MessageKind::PromiseConfirmation)));
    assert!(!counts_as_contact(mail(MessageKind::PaymentThanks)));
    assert!(counts_as_contact(mail(MessageKind::Demand)) && counts_as_contact(Deed::Call));
}

#[test]
fn thanks_are_for_who_owes_nothing_any_more() {
    let act = Act { deed: mail(MessageKind::PaymentThanks), ..reminder() };
    let verdict = |open| {
        let claims = vec![claim("2026-05-01", "2026-06-03", open)];
        ask(&act, &facts("2026-05-20T12:00:00Z", claims))
    };
    assert!(matches!(verdict(0).value, Verdict::Allowed { .. }));
    assert!(matches!(verdict(-500).value, Verdict::Allowed { .. }), "paid too much");
    assert_eq!(verdict(1).value, Verdict::Never);
    assert_eq!(verdict(1).rules.last(), Some(&RuleId::HouseNothingOpen));
    assert_eq!(ask(&act, &facts("2026-05-20T12:00:00Z", Vec::new())).value, Verdict::Never);
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
        let deed = Deed::Write { message: MessageKind::FreeFirstReminder, channel };
        let answer = ask(&Act { deed, ..reminder() }, &facts);
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

fn deed() -> impl Strategy<Value = Deed> {
    let channel = prop::sample::select(vec![Channel::Email, Channel::Post, Channel::Sms]);
    prop_oneof![
        1 => Just(Deed::Call),
        6 => (prop::sample::select(MessageKind::ALL), channel)
            .prop_map(|(message, channel)| Deed::Write { message, channel }),
    ]
}

fn act() -> impl Strategy<Value = Act> {
    (
        prop::sample::select(vec![Country::NL, Country::BE, Country::DE]),
        prop::sample::select(DebtorKind::ALL),
        prop::sample::select(Capacity::ALL),
        deed(),
        prop::bool::weighted(0.1),
    )
        .prop_map(|(country, debtor_kind, capacity, deed, adds_costs)| Act {
            country,
            debtor_kind,
            capacity,
            deed,
            adds_costs,
        })
}

fn notice() -> impl Strategy<Value = (MessageKind, Channel, i32)> {
    let message = prop::sample::select(MessageKind::ALL);
    let channel = prop_oneof![Just(Channel::Email), Just(Channel::Post)];
    (message, channel, 0_i32..40)
}

/// Facts of any moment from 2025 to 2027.
fn any_facts() -> impl Strategy<Value = GateFacts> {
    let start = at("2025-01-01T00:00:00Z");
    let now = (0_i64..3 * 365 * 24 * 60).prop_map(move |m| start + SignedDuration::from_mins(m));
    let claims = prop::collection::vec((0_i32..40, -60_i32..20, -1_i64..20), 0..3);
    let notices = prop::collection::vec(notice(), 0..4);
    let contacts = prop::collection::vec(-200_i64..24, 0..6);
    (now, claims, notices, contacts).prop_map(|(now, claims, notices, contacts)| {
        let today = Pack::NL.local_date(now);
        let claims = claims.into_iter().map(|(term, due_in, open)| {
            let due_on = today + due_in.days();
            let open = Money::new(open, Currency::EUR);
            ClaimFacts { issued_on: due_on - term.days(), due_on, open }
        });
        let notices = notices.into_iter().map(|(message, channel, days)| Notice {
            message,
            channel,
            sent_on: today - days.days(),
        });
        let contacts = contacts.into_iter().map(|hours| now + SignedDuration::from_hours(hours));
        GateFacts {
            now,
            claims: claims.collect(),
            notices: notices.collect(),
            contacts: contacts.collect(),
        }
    })
}

fn asked_at(facts: &GateFacts, now: Timestamp) -> GateFacts {
    GateFacts { now, ..facts.clone() }
}

/// Whether a term that protects this debtor has run out, where one must; in the plainest words.
fn clock_has_run_out(act: &Act, facts: &GateFacts, today: Date) -> bool {
    let pack = Pack::of(act.country).unwrap();
    let message = match (pack.jurisdiction, act.debtor_kind) {
        (Jurisdiction::Nl, DebtorKind::Consumer) => MessageKind::FourteenDayLetter,
        (Jurisdiction::Be, DebtorKind::Consumer) => MessageKind::FreeFirstReminder,
        (_, DebtorKind::NaturalPersonInBusiness | DebtorKind::LegalPerson) => return true,
    };
    facts.notices.iter().any(|notice| {
        let Notice { channel, sent_on, .. } = *notice;
        let term = term_of(pack, message, act.debtor_kind, channel, sent_on).value.unwrap();
        notice.message == message
            && facts.claims.iter().all(|claim| claim.due_on < sent_on)
            && term.last < today
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_000))]

    #[test]
    fn what_is_allowed_is_lawful_by_every_rule(act in act(), facts in any_facts()) {
        let answer = gate(&act, &facts);
        prop_assert!(!answer.rules.is_empty());
        let Verdict::Allowed { not_before, not_after } = answer.value else { return Ok(()) };
        prop_assert_eq!(not_before, facts.now);
        let pack = Pack::of(act.country).unwrap();
        let channel = act.deed.channel();
        let window = next_lawful_moment(pack, act.debtor_kind, channel, facts.now).value.unwrap();
        prop_assert_eq!((window.opens, window.closes), (facts.now, not_after));
        let free = next_free_moment(pack, &facts.contacts, facts.now).value;
        prop_assert!(free == Some(facts.now) || !counts_as_contact(act.deed));
        let business = act.debtor_kind != DebtorKind::Consumer;
        let is = |message| matches!(act.deed, Deed::Write { message: this, .. } if this == message);
        prop_assert!(!act.adds_costs || business && is(MessageKind::Demand));
        prop_assert!(!facts.claims.is_empty());
        let today = pack.local_date(not_before);
        prop_assert_eq!(today, pack.local_date(not_after));
        for claim in &facts.claims {
            prop_assert_eq!(claim.open.is_positive(), !is(MessageKind::PaymentThanks));
            prop_assert!(claim.issued_on <= today);
            if counts_as_contact(act.deed) {
                prop_assert_eq!(is(MessageKind::PreDueNotice), today < claim.due_on);
                prop_assert_ne!(today, claim.due_on);
            }
        }
        if is(MessageKind::Demand) {
            prop_assert!(clock_has_run_out(&act, &facts, today));
        }
        if is(MessageKind::FourteenDayLetter) {
            prop_assert!(pack == Pack::NL && !business);
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
