//! The gate as its callers see it: allowed is lawful, later will be allowed, never stays never.

#![expect(clippy::arithmetic_side_effects, clippy::unwrap_used, reason = "tests fail loudly")]

use jiff::{SignedDuration, ToSpan};
use law::{
    Act, Answer, CaseFacts, ClaimFacts, Deed, GateFacts, Hindrance, Jurisdiction, LawfulDays,
    Notice, Pack, Registration, RuleId, Suspension, SuspensionCause, Verdict, counts_as_contact,
    formal_notice_waiting, gate, lawful_days, next_free_moment, next_lawful_moment, term_of,
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
    ClaimFacts { issued_on: day(issued_on), due_on: day(due_on), open, barred_from: None }
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

/// The sample facts with something else known of the case.
fn known(change: impl FnOnce(&mut CaseFacts)) -> GateFacts {
    let mut facts = facts("2026-06-22T12:00:00Z", one_claim());
    facts.case.notices = vec![
        mailed(MessageKind::FreeFirstReminder, "2026-06-04"),
        mailed(MessageKind::FourteenDayLetter, "2026-06-04"),
    ];
    change(&mut facts.case);
    facts
}

fn facts(now: &str, claims: Vec<ClaimFacts>) -> GateFacts {
    GateFacts {
        now: at(now),
        case: CaseFacts { claims, ..CaseFacts::default() },
        contacts: Vec::new(),
    }
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
    assert_eq!(answer.pack.as_str(), "nl-2024.2");
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
    facts.case.notices = vec![mailed(MessageKind::FreeFirstReminder, "2026-06-04")];
    let answer = ask(&act, &facts);
    assert_eq!(answer.value, Verdict::Never);
    assert_eq!(answer.rules.last(), Some(&RuleId::NlNoCostsYet));
    // Day 1 is Saturday 6 June, day 14 Friday 19 June.
    facts.case.notices.push(mailed(MessageKind::FourteenDayLetter, "2026-06-05"));
    assert_eq!(ask(&act, &facts).value, later("2026-06-20T05:00:00Z"));
    // A letter of the due date itself is worth nothing.
    facts.case.notices = vec![mailed(MessageKind::FourteenDayLetter, "2026-06-03")];
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
    facts.case.notices = vec![mailed(MessageKind::FreeFirstReminder, "2026-06-05")];
    assert_eq!(ask(&act, &facts).value, later("2026-06-20T05:00:00Z"));
    let collector = Act { capacity: Capacity::Collector, ..act };
    assert_eq!(ask(&collector, &facts).rules.last(), Some(&RuleId::BeFormalNoticeFirst));
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
    assert_eq!(collector.rules.last(), Some(&RuleId::BeFormalNoticeFirst));
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
    assert_eq!(verdict(1).because, ["Something is still to be paid."]);
    let paid = facts("2026-06-20T12:00:00Z", vec![claim("2026-05-01", "2026-06-03", 0)]);
    let asked = ask(&reminder(), &paid);
    assert_eq!(asked.rules.last(), Some(&RuleId::HouseSomethingOpen));
    assert_eq!(asked.because, ["Nothing is left to pay on a claim that this would be about."]);
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

/// The sender of the formal notice: a collector, to a Belgian consumer.
fn collector() -> Act {
    Act { country: Country::BE, capacity: Capacity::Collector, ..reminder() }
}

const fn formal_notice(channel: Channel) -> Deed {
    Deed::Write { message: MessageKind::FormalNotice, channel }
}

/// A formal notice that was sent on a day.
fn noticed(sent_on: &str) -> Notice {
    let (message, channel) = (MessageKind::FormalNotice, Channel::Email);
    Notice { message, channel, sent_on: day(sent_on) }
}

#[test]
fn a_collector_opens_with_the_formal_notice_and_waits() {
    let notice = Act { deed: formal_notice(Channel::Post), ..collector() };
    // The reminder of 4 June ran out on 18 June.
    let facts = known(|_| ());
    assert!(matches!(ask(&notice, &facts).value, Verdict::Allowed { .. }));
    let too_early = asked_at(&facts, at("2026-06-18T12:00:00Z"));
    assert_eq!(ask(&notice, &too_early).value, later("2026-06-19T05:00:00Z"));
    let without_reminder = known(|case| case.notices.clear());
    let answer = ask(&notice, &without_reminder);
    assert_eq!(
        (answer.value, answer.rules.last()),
        (Verdict::Never, Some(&RuleId::BeReminderFirst))
    );

    // Sent on Monday 22 June: the third working day is the 25th, day 14 Thursday 9 July.
    let sent = |suspensions: &[Suspension]| {
        let suspensions = suspensions.to_vec();
        known(|case| {
            case.notices.push(noticed("2026-06-22"));
            case.suspensions = suspensions;
        })
    };
    for deed in [mail(MessageKind::Demand), Deed::Call, Deed::Visit] {
        let act = Act { deed, ..collector() };
        let never = ask(&act, &known(|_| ()));
        assert_eq!(
            (never.value, never.rules.last()),
            (Verdict::Never, Some(&RuleId::BeFormalNoticeFirst))
        );
        let hour = if deed == mail(MessageKind::Demand) { "05" } else { "06" };
        let first = later(&format!("2026-07-10T{hour}:00:00Z"));
        assert_eq!(ask(&act, &sent(&[])).value, first, "{deed:?}");
        let asked = Suspension {
            cause: SuspensionCause::PlanRequested,
            made_on: day("2026-07-01"),
            decided_on: Some(day("2026-07-20")),
        };
        let after_decision = later(&format!("2026-07-22T{hour}:00:00Z"));
        assert_eq!(ask(&act, &sent(&[asked])).value, after_decision, "21 July is a holiday");
    }
    // One that was sent before the claim was overdue, or while the reminder's time ran, is none.
    for early in ["2026-05-20", "2026-06-18"] {
        let facts = known(|case| {
            case.notices.push(noticed(early));
        });
        let late = asked_at(&facts, at("2026-08-20T12:00:00Z"));
        let answer = ask(&Act { deed: Deed::Call, ..collector() }, &late);
        assert_eq!(answer.value, Verdict::Never, "{early}");
        assert_eq!(answer.rules.last(), Some(&RuleId::BeFormalNoticeFirst));
    }
    // On paper too, some days later: that one counts. A second notice, much later, is another act.
    for (second, first) in [("2026-06-24", "2026-07-14"), ("2026-08-24", "2026-07-10")] {
        let facts = known(|case| {
            case.notices.extend([noticed("2026-06-22"), noticed(second)]);
        });
        let call = Act { deed: Deed::Call, ..collector() };
        assert_eq!(ask(&call, &facts).value, later(&format!("{first}T06:00:00Z")), "{second}");
    }
    // Answers need none.
    let answer = Act { deed: mail(MessageKind::PromiseConfirmation), ..collector() };
    assert!(matches!(ask(&answer, &known(|_| ())).value, Verdict::Allowed { .. }));
}

#[test]
fn the_formal_notice_is_for_collectors_and_belgian_consumers_only() {
    let deed = formal_notice(Channel::Email);
    for (country, debtor_kind, capacity) in [
        (Country::NL, DebtorKind::Consumer, Capacity::Collector),
        (Country::BE, DebtorKind::LegalPerson, Capacity::Collector),
        (Country::BE, DebtorKind::Consumer, Capacity::AgencyForCreditor),
        (Country::BE, DebtorKind::Consumer, Capacity::Creditor),
    ] {
        let act = Act { country, debtor_kind, capacity, deed, ..reminder() };
        let answer = ask(&act, &known(|_| ()));
        assert_eq!((answer.value, &*answer.rules), (Verdict::Never, &[RuleId::NotCovered][..]));
    }
    let by_text = Act { deed: formal_notice(Channel::Sms), ..collector() };
    assert_eq!(ask(&by_text, &known(|_| ())).value, Verdict::Never);
    let costly = Act { deed, adds_costs: true, ..collector() };
    let answer = ask(&costly, &known(|_| ()));
    assert_eq!(
        (answer.value, answer.rules.last()),
        (Verdict::Never, Some(&RuleId::BePenaltyClause))
    );
}

#[test]
fn who_may_not_be_approached_is_not() {
    let refused = |hindrances: &[Hindrance], deed| {
        let facts = known(|case| case.hindrances = hindrances.to_vec());
        [Country::NL, Country::BE].map(|country| {
            let answer = ask(&Act { country, deed, ..reminder() }, &facts);
            (answer.value == Verdict::Never).then(|| *answer.rules.last().unwrap())
        })
    };
    let demand = mail(MessageKind::Demand);
    let answer = mail(MessageKind::PromiseConfirmation);
    for deed in [demand, answer, Deed::Call, Deed::Visit] {
        for (hindrance, dutch, belgian) in [
            (Hindrance::SomebodyElse, RuleId::HouseDebtorOnly, RuleId::BeDebtorOnly),
            (Hindrance::Deceased, RuleId::HouseDeceased, RuleId::HouseDeceased),
            (Hindrance::Minor, RuleId::HouseMinor, RuleId::HouseMinor),
            (Hindrance::Represented, RuleId::HouseRepresented, RuleId::HouseRepresented),
        ] {
            let facts = known(|case| case.hindrances = vec![hindrance]);
            let said = ask(&Act { deed, ..reminder() }, &facts).because.pop().unwrap();
            assert!(said.contains(" not approach") || said.contains("we write to them"), "{said}");
            let both = [Some(dutch), Some(belgian)];
            assert_eq!(refused(&[hindrance], deed), both, "{deed:?}");
            assert_eq!(refused(&[Hindrance::Disputed, hindrance], answer), both);
        }
        // Who disputes is not pressed, but answered.
        let rule = counts_as_contact(deed).then_some(RuleId::HouseDispute);
        assert_eq!(refused(&[Hindrance::Disputed], deed), [rule; 2]);
        assert_eq!(refused(&[], deed), [None; 2]);
    }
}

#[test]
fn a_moratorium_a_registration_and_limitation_bound_the_days() {
    let act = Act { deed: Deed::Call, ..reminder() };
    let until =
        |moratorium_until| ask(&act, &known(|case| case.moratorium_until = moratorium_until));
    assert_eq!(until(Some(day("2026-06-24"))).value, later("2026-06-25T05:00:00Z"));
    assert!(until(Some(day("2026-06-24"))).rules.contains(&RuleId::HouseMoratorium));
    assert!(matches!(until(Some(day("2026-06-21"))).value, Verdict::Allowed { .. }));

    let registered = |act: &Act, registration| {
        let answer = ask(act, &known(|case| case.registration = registration));
        (answer.value != Verdict::Never, *answer.rules.last().unwrap())
    };
    let valid_until = |text| Registration::ValidUntil(day(text));
    let rule = RuleId::NlRegistration;
    assert!(registered(&act, valid_until("2026-06-22")).0);
    assert_eq!(registered(&act, valid_until("2026-06-21")), (false, rule));
    assert_eq!(registered(&act, Registration::Lacking), (false, rule));
    let belgian = Act { country: Country::BE, ..act };
    assert_eq!(registered(&belgian, Registration::Lacking), (false, RuleId::BeRegistration));
    for (country, debtor_kind, capacity, needed) in [
        (Country::NL, DebtorKind::NaturalPersonInBusiness, Capacity::Collector, true),
        (Country::NL, DebtorKind::LegalPerson, Capacity::Collector, false),
        (Country::NL, DebtorKind::Consumer, Capacity::Creditor, false),
        (Country::BE, DebtorKind::NaturalPersonInBusiness, Capacity::Collector, false),
        (Country::BE, DebtorKind::LegalPerson, Capacity::Collector, false),
    ] {
        let act = Act { country, debtor_kind, capacity, ..act };
        assert_eq!(!registered(&act, Registration::Lacking).0, needed, "{act:?}");
        assert_eq!(!registered(&act, valid_until("2026-06-21")).0, needed, "{act:?}");
    }

    let barred = |deed, text| {
        let facts =
            known(|case| case.claims.iter_mut().for_each(|it| it.barred_from = Some(day(text))));
        let answer = ask(&Act { deed, ..act }, &facts);
        (answer.value != Verdict::Never, *answer.rules.last().unwrap())
    };
    assert!(barred(Deed::Call, "2026-06-23").0);
    assert_eq!(barred(Deed::Call, "2026-06-22"), (false, RuleId::HouseTimeBarred));
    assert!(barred(mail(MessageKind::PromiseConfirmation), "2026-06-22").0);
}

#[test]
fn days_that_end_before_they_begin_are_none() {
    let act = Act { deed: Deed::Call, ..reminder() };
    let days = |valid_until: &str| {
        let facts = known(|case| {
            case.moratorium_until = Some(day("2026-06-24"));
            case.registration = Registration::ValidUntil(day(valid_until));
        });
        lawful_days(Pack::NL, &act, &facts.case)
    };
    let first = day("2026-06-25");
    for last in ["2026-06-25", "2026-06-26"] {
        let expected = LawfulDays { first, last: Some((day(last), RuleId::NlRegistration)) };
        assert_eq!(days(last).value, Some(expected));
    }
    for last in ["2026-06-24", "2026-06-01"] {
        let answer = days(last);
        assert_eq!((answer.value, answer.rules.last()), (None, Some(&RuleId::NlRegistration)));
    }
}

#[test]
fn what_only_informs_may_be_a_text_message() {
    let text = |message| {
        let deed = Deed::Write { message, channel: Channel::Sms };
        let facts = facts("2026-05-20T12:00:00Z", one_claim());
        ask(&Act { deed, ..reminder() }, &facts).value
    };
    assert!(matches!(text(MessageKind::PreDueNotice), Verdict::Allowed { .. }));
    for message in MessageKind::ALL {
        if !matches!(message, MessageKind::PreDueNotice | MessageKind::PaymentThanks) {
            assert_eq!(text(*message), Verdict::Never, "{message}");
        }
    }
    let deed = Deed::Write { message: MessageKind::PaymentThanks, channel: Channel::Sms };
    let paid = facts("2026-06-20T12:00:00Z", vec![claim("2026-05-01", "2026-06-03", 0)]);
    assert!(matches!(ask(&Act { deed, ..reminder() }, &paid).value, Verdict::Allowed { .. }));
}

/// Whoever reads why must wait reads the rule that decides last, and a reason for it.
#[test]
fn the_rule_that_decides_about_the_moment_comes_last() {
    let call = Act { deed: Deed::Call, ..reminder() };
    let last = |act: &Act, now, contacts: &[&str]| {
        let mut facts = facts(now, one_claim());
        facts.contacts = contacts.iter().map(|contact| at(contact)).collect();
        let answer = ask(act, &facts);
        assert!(matches!(answer.value, Verdict::Later { .. }), "{answer:?}");
        *answer.rules.last().unwrap()
    };
    // Before the due date is over; at night; on Sunday; after the contacts of the day.
    assert_eq!(last(&call, "2026-05-20T12:00:00Z", &[]), RuleId::NlTermPassed);
    assert_eq!(last(&call, "2026-06-04T21:00:00Z", &[]), RuleId::NlContactWindow);
    assert_eq!(last(&call, "2026-06-03T21:59:59Z", &[]), RuleId::NlTermPassed);
    assert_eq!(last(&call, "2026-06-03T22:00:00Z", &[]), RuleId::NlContactWindow);
    assert_eq!(last(&call, "2026-06-07T12:00:00Z", &[]), RuleId::NlContactWindow);
    let contact = ["2026-06-05T06:00:00Z"];
    assert_eq!(last(&call, "2026-06-05T12:00:00Z", &contact), RuleId::HouseContactCap);
    // The cap frees Sunday, the hours wait for Monday.
    let saturday = ["2026-06-06T06:00:00Z"];
    assert_eq!(last(&call, "2026-06-06T12:00:00Z", &saturday), RuleId::NlContactWindow);
    // Overdue on Sunday: the hours decide, too.
    let claims = vec![claim("2026-05-01", "2026-06-06", 100)];
    let answer = ask(&call, &facts("2026-06-06T12:00:00Z", claims));
    assert_eq!(answer.value, later("2026-06-08T05:00:00Z"));
    assert_eq!(answer.rules.last(), Some(&RuleId::NlContactWindow));
    // A registration that ended is told.
    let ended = known(|case| case.registration = Registration::ValidUntil(day("2026-06-21")));
    let answer = ask(&call, &ended);
    let sentence = "We are registered up to and including Sunday 21 June 2026.";
    assert!(answer.because.iter().any(|line| line == sentence), "{answer:?}");
}

/// The rules of the day of the act.
#[test]
fn the_answer_names_the_edition_of_its_day() {
    let on = |now| ask(&reminder(), &facts(now, one_claim())).pack.as_str();
    assert_eq!(on("2027-06-30T12:00:00Z"), "nl-2026.2");
    assert_eq!(on("2027-07-01T12:00:00Z"), "nl-2027.2");
}

fn deed() -> impl Strategy<Value = Deed> {
    let channel = prop::sample::select(vec![Channel::Email, Channel::Post, Channel::Sms]);
    prop_oneof![
        1 => Just(Deed::Call),
        1 => Just(Deed::Visit),
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

fn hindrances() -> impl Strategy<Value = Vec<Hindrance>> {
    let some = prop::collection::vec(prop::sample::select(Hindrance::ALL), 1..3);
    prop_oneof![9 => Just(Vec::new()), 1 => some]
}

/// A day so many days before today, or none.
fn days_ago(least: i32, most: i32) -> impl Strategy<Value = Option<i32>> {
    prop::option::weighted(0.3, least..most)
}

fn noticed_some_days_ago() -> impl Strategy<Value = Option<(i32, Option<(usize, i32)>)>> {
    prop::option::of((0_i32..80, prop::option::weighted(0.3, (0_usize..3, 0_i32..30))))
}

const CAUSES: [SuspensionCause; 3] =
    [SuspensionCause::PlanRequested, SuspensionCause::Disputed, SuspensionCause::DebtMediation];

/// What is known of a case on a day.
fn any_case(today: Date) -> impl Strategy<Value = CaseFacts> {
    let claims =
        prop::collection::vec((0_i32..40, -60_i32..20, -1_i64..20, days_ago(-40, 5)), 0..3);
    let notices = prop::collection::vec(notice(), 0..4);
    let others = (hindrances(), days_ago(-10, 10), noticed_some_days_ago(), days_ago(-20, 3));
    (claims, notices, others).prop_map(move |(claims, notices, others)| {
        let (hindrances, moratorium, formal, valid) = others;
        let claims = claims.into_iter().map(|(term, due_in, open, barred)| {
            let due_on = today + due_in.days();
            let open = Money::new(open, Currency::EUR);
            let barred_from = barred.map(|days| today - days.days());
            ClaimFacts { issued_on: due_on - term.days(), due_on, open, barred_from }
        });
        let notices = notices.into_iter().map(|(message, channel, days)| Notice {
            message,
            channel,
            sent_on: today - days.days(),
        });
        let formal = formal.map(|(days, suspended)| (today - days.days(), suspended));
        let formal_notice = formal.map(|(sent_on, _)| Notice {
            message: MessageKind::FormalNotice,
            channel: Channel::Post,
            sent_on,
        });
        let suspended = formal.and_then(|(sent_on, suspended)| Some((sent_on, suspended?)));
        let suspensions = suspended.into_iter().map(|(sent_on, (cause, after))| Suspension {
            cause: *CAUSES.get(cause).unwrap(),
            made_on: sent_on + after.days(),
            decided_on: None,
        });
        let moratorium_until = moratorium.map(|days| today - days.days());
        CaseFacts {
            claims: claims.collect(),
            notices: notices.chain(formal_notice).collect(),
            suspensions: suspensions.collect(),
            hindrances,
            moratorium_until,
            registration: valid.map_or(Registration::CheckedElsewhere, |days| {
                Registration::ValidUntil(today - days.days())
            }),
        }
    })
}

/// Facts of any moment from 2025 to 2027.
fn any_facts() -> impl Strategy<Value = GateFacts> {
    let start = at("2025-01-01T00:00:00Z");
    let now = (0_i64..3 * 365 * 24 * 60).prop_map(move |m| start + SignedDuration::from_mins(m));
    let contacts = prop::collection::vec(-200_i64..24, 0..6);
    (now, contacts).prop_flat_map(|(now, contacts)| {
        let contacts: Vec<Timestamp> =
            contacts.into_iter().map(|hours| now + SignedDuration::from_hours(hours)).collect();
        let contacts = Just(contacts);
        (any_case(Pack::NL.local_date(now)), contacts).prop_map(move |(case, contacts)| GateFacts {
            now,
            case,
            contacts,
        })
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
    facts.case.notices.iter().any(|notice| {
        let Notice { channel, sent_on, .. } = *notice;
        let term = term_of(pack, message, act.debtor_kind, channel, sent_on).value.unwrap();
        notice.message == message
            && facts.case.claims.iter().all(|claim| claim.due_on < sent_on)
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
        prop_assert!(!facts.case.claims.is_empty());
        let today = pack.local_date(not_before);
        prop_assert_eq!(today, pack.local_date(not_after));
        let presses = counts_as_contact(act.deed);
        let hinders = |it: &Hindrance| presses || *it != Hindrance::Disputed;
        prop_assert!(!facts.case.hindrances.iter().any(hinders));
        prop_assert!(facts.case.moratorium_until.is_none_or(|last| last < today));
        let belgian_consumer = act.country == Country::BE && !business;
        let opens = is(MessageKind::FormalNotice);
        if belgian_consumer && act.capacity == Capacity::Collector && presses && !opens {
            let opened = facts.case.notices.iter().any(|notice| {
                let waiting =
                    formal_notice_waiting(pack, notice.sent_on, &facts.case.suspensions).value;
                notice.message == MessageKind::FormalNotice
                    && clock_has_run_out(&act, &facts, notice.sent_on)
                    && waiting.unwrap().last < today
            });
            prop_assert!(opened);
        }
        if opens {
            prop_assert!(belgian_consumer && act.capacity == Capacity::Collector);
            prop_assert!(clock_has_run_out(&act, &facts, today));
        }
        if let Registration::ValidUntil(last) = facts.case.registration {
            let person = act.debtor_kind != DebtorKind::LegalPerson;
            let dutch_person = act.country == Country::NL && person;
            let protected = belgian_consumer || dutch_person;
            prop_assert!(today <= last || !protected || act.capacity == Capacity::Creditor);
        }
        for claim in &facts.case.claims {
            prop_assert!(!presses || claim.barred_from.is_none_or(|barred| today < barred));
        }
        for claim in &facts.case.claims {
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
