//! The last day to pay: what was agreed, as far as the law lets it stand, and what counts where
//! nothing was.

use jiff::ToSpan;
use jiff::civil::date;
use primitives::{Date, DebtorKind};

use crate::answer::{Answer, RuleId, Trail};
use crate::calendar::{LAST_DAY, spoken};
use crate::pack::{Jurisdiction, Pack};

/// How large a company is, in the sense of the law on terms for payment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CompanySize {
    /// A small or medium one, or a person in business. Safe where nobody knows how large who owes
    /// is.
    SmallOrMedium,
    /// A large one. Safe where nobody knows how large the creditor is.
    Large,
}

/// The receipt of what an invoice is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Supply {
    /// The day on which the goods or services were received.
    pub received_on: Date,
    /// The last day of the time that was agreed to check and accept them, where there is one. More
    /// than 30 days after the receipt do not count.
    pub accepted_by: Option<Date>,
}

/// What the last day to pay depends on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PaymentFacts {
    /// Who owes.
    pub debtor: DebtorKind,
    /// Whether who owes is a public body, of whatever kind.
    pub public_body: bool,
    /// How large who owes is; of no matter for consumers and public bodies.
    pub debtor_size: CompanySize,
    /// How large the creditor is; of no matter where a consumer or a public body owes.
    pub creditor_size: CompanySize,
    /// The day of the contract, which decides on the limits of what can be agreed.
    pub contract_on: Date,
    /// The agreed days, none where none were agreed. The first is the day after the receipt.
    pub agreed_days: Option<u16>,
    /// Whether a term above the limit was agreed expressly and is not grossly unfair to the
    /// creditor. A person judges that.
    pub longer_is_fair: bool,
    /// The day on which the invoice was received in fact, whatever a contract says about it; none
    /// where it is not certain.
    pub invoice_received_on: Option<Date>,
    /// The receipt of what the invoice is for; none where it is paid in advance.
    pub supply: Option<Supply>,
}

/// Until when to pay.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PaymentTerm {
    /// The last day to pay. Late is who pays the day after, from which on interest between
    /// businesses counts; where Belgian law lets one pay on the next working day,
    /// [`surcharge`](crate::surcharge) sees to it.
    pub due_on: Date,
    /// Whether the agreed term counts; not where none was agreed or it is too long.
    pub agreed_term_stands: bool,
}

/// What the law gives a business that agreed to no term.
const DEFAULT_DAYS: u16 = 30;

/// What a business can agree to, as a rule.
const MOST_DAYS: u16 = 60;

/// What a large Dutch company can agree to with a small or medium one.
const SMALL_CREDITOR_DAYS: u16 = 30;

/// The time to check and accept that counts at most.
const ACCEPTANCE_DAYS: i32 = 30;

/// Dutch contracts from this day on have the limit for large companies.
const NL_SMALL_CREDITOR_FROM: Date = date(2022, 7, 1);

/// Belgian contracts from this day on have a limit.
const BE_MOST_FROM: Date = date(2022, 2, 1);

/// The last day to pay.
///
/// The days count from the day after the receipt of the invoice; of what it is for, where that
/// came later or the day of the invoice is not certain; or after the end of the time to accept
/// that, where this is later still. In Belgium that time is part of the term between companies, in
/// contracts from 1 February 2022 on.
///
/// - Dutch business (BW art. 6:119a): 30 days where none were agreed, 60 at most unless more was
///   agreed expressly and is not grossly unfair. A large company owes a small or medium one within
///   30 days, in contracts from 1 July 2022 on; wording and first day of that rule are not
///   settled. What becomes of a longer term our sources do not say: the limit counts, since fewer
///   days would be unsafe for the debtor.
/// - Belgian business (law of 2 August 2002 art. 4): 30 days where none were agreed. In contracts
///   from 1 February 2022 on 60 at most: a longer term is void, and 30 days count. For contracts
///   made before we know no limit.
/// - Public body: as a business, but we know no limit, so what was agreed stands.
/// - Consumer: what was agreed; the law that we know gives no term.
///
/// None where nothing was agreed with a consumer, where no receipt is known, and after 2100.
pub fn payment_term(pack: Pack, facts: &PaymentFacts) -> Answer<Option<PaymentTerm>> {
    let pack = pack.as_of(facts.contract_on);
    let mut trail = pack.trail();
    let days = match facts.debtor {
        DebtorKind::Consumer => consumer_days(pack, facts, &mut trail),
        DebtorKind::NaturalPersonInBusiness | DebtorKind::LegalPerson => {
            Some(business_days(pack, facts, &mut trail))
        }
    };
    let term = days.and_then(|days| last_day(pack, facts, days, &mut trail));
    trail.answer(term)
}

/// The days that count, and whether they are the agreed ones.
#[derive(Clone, Copy)]
struct Days {
    count: u16,
    agreed: bool,
}

/// What can be agreed at most.
struct Limit {
    rule: RuleId,
    days: u16,
    /// The days that count where more was agreed.
    instead: u16,
    /// Whether a person may find that more is fair.
    may_be_longer: bool,
}

fn consumer_days(pack: Pack, facts: &PaymentFacts, trail: &mut Trail) -> Option<Days> {
    if let Some(agreed) = facts.agreed_days {
        return Some(as_agreed(agreed, RuleId::HouseAgreedTerm, trail));
    }
    trail.say("No term was agreed, and the law that we know has none for consumers.");
    match pack.jurisdiction {
        Jurisdiction::Nl => {
            trail.ask(RuleId::NlDefaultNotice);
            trail.say("You are late only after a letter that gives you a reasonable time to pay.");
        }
        Jurisdiction::Be => trail.ask(RuleId::NotCovered),
    }
    None
}

fn business_days(pack: Pack, facts: &PaymentFacts, trail: &mut Trail) -> Days {
    let Some(agreed) = facts.agreed_days else {
        trail.ask(default_rule(pack));
        trail.say(format!("No term was agreed, so the {DEFAULT_DAYS} days of the law count."));
        return Days { count: DEFAULT_DAYS, agreed: false };
    };
    let Some(limit) = limit(pack, facts) else {
        return as_agreed(agreed, RuleId::HouseAgreedTerm, trail);
    };
    if agreed <= limit.days {
        return as_agreed(agreed, limit.rule, trail);
    }
    if limit.may_be_longer && facts.longer_is_fair {
        let days = as_agreed(agreed, limit.rule, trail);
        trail.say(format!(
            "More than {} days were agreed expressly, which can be fair.",
            limit.days
        ));
        return days;
    }
    trail.ask(limit.rule);
    if limit.rule == RuleId::NlSmallCreditorTerm {
        trail
            .say("A large company has less time to pay a smaller one; as far as we know, 30 days.");
    }
    trail.say(format!(
        "A term of {} was agreed, but the law allows {} at most, so {} days count.",
        told_days(agreed),
        limit.days,
        limit.instead
    ));
    Days { count: limit.instead, agreed: false }
}

fn as_agreed(count: u16, rule: RuleId, trail: &mut Trail) -> Days {
    trail.ask(rule);
    trail.say(format!("A term of {} was agreed.", told_days(count)));
    Days { count, agreed: true }
}

/// What a business can agree to at most; none where we know no limit.
fn limit(pack: Pack, facts: &PaymentFacts) -> Option<Limit> {
    if facts.public_body {
        return None;
    }
    let rule = default_rule(pack);
    match pack.jurisdiction {
        Jurisdiction::Nl => Some(match (facts.debtor_size, facts.creditor_size) {
            (CompanySize::Large, CompanySize::SmallOrMedium)
                if facts.contract_on >= NL_SMALL_CREDITOR_FROM =>
            {
                Limit {
                    rule: RuleId::NlSmallCreditorTerm,
                    days: SMALL_CREDITOR_DAYS,
                    instead: SMALL_CREDITOR_DAYS,
                    may_be_longer: false,
                }
            }
            (CompanySize::Large | CompanySize::SmallOrMedium, _) => {
                Limit { rule, days: MOST_DAYS, instead: MOST_DAYS, may_be_longer: true }
            }
        }),
        Jurisdiction::Be => (facts.contract_on >= BE_MOST_FROM).then_some(Limit {
            rule,
            days: MOST_DAYS,
            instead: DEFAULT_DAYS,
            may_be_longer: false,
        }),
    }
}

const fn default_rule(pack: Pack) -> RuleId {
    match pack.jurisdiction {
        Jurisdiction::Nl => RuleId::NlPaymentTerm,
        Jurisdiction::Be => RuleId::BePaymentTerm,
    }
}

fn last_day(
    pack: Pack,
    facts: &PaymentFacts,
    days: Days,
    trail: &mut Trail,
) -> Option<PaymentTerm> {
    let Some(received_on) = received_on(pack, facts, trail) else {
        trail.say("It is not certain when the invoice came, so there is no last day to pay.");
        return None;
    };
    let due_on = received_on.checked_add(i32::from(days.count).days()).ok();
    let Some(due_on) = due_on.filter(|day| *day <= LAST_DAY) else {
        trail.say("The term ends after 2100, where our calendar ends.");
        return None;
    };
    trail.say(format!("The last day to pay is {}.", spoken(due_on)));
    Some(PaymentTerm { due_on, agreed_term_stands: days.agreed })
}

/// The day after which the days count; none where it is not known.
fn received_on(pack: Pack, facts: &PaymentFacts, trail: &mut Trail) -> Option<Date> {
    let supplied = facts.supply.map(|supply| supply.received_on);
    let accepted = facts.supply.and_then(|supply| {
        let longest = supply.received_on.saturating_add(ACCEPTANCE_DAYS.days());
        supply.accepted_by.map(|day| day.min(longest))
    });
    let accepted = accepted.filter(|_| !accepts_within_the_term(pack, facts));
    // The latest counts; of one day, the first that is told.
    let candidates = [
        (facts.invoice_received_on, "The invoice came"),
        (supplied, "What the invoice is for came"),
        (accepted, "The time to check what came ended"),
    ];
    let known = candidates.into_iter().filter_map(|(day, what)| day.map(|day| (day, what)));
    let (day, what) = known.reduce(|best, next| if next.0 > best.0 { next } else { best })?;
    trail.say(format!("{what} on {}; the days count from the next day on.", spoken(day)));
    Some(day)
}

/// Whether the time to check is part of the term.
fn accepts_within_the_term(pack: Pack, facts: &PaymentFacts) -> bool {
    let company = match facts.debtor {
        DebtorKind::Consumer => false,
        DebtorKind::NaturalPersonInBusiness | DebtorKind::LegalPerson => !facts.public_body,
    };
    !pack.is_dutch() && company && facts.contract_on >= BE_MOST_FROM
}

fn told_days(days: u16) -> String {
    if days == 1 { "1 day".to_owned() } else { format!("{days} days") }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::arithmetic_side_effects, reason = "tests fail loudly")]

    use proptest::prelude::*;

    use super::*;

    const RECEIVED: Date = date(2026, 3, 2);

    /// An invoice between small companies that came with the goods, with no term agreed.
    const FACTS: PaymentFacts = PaymentFacts {
        debtor: DebtorKind::LegalPerson,
        public_body: false,
        debtor_size: CompanySize::SmallOrMedium,
        creditor_size: CompanySize::SmallOrMedium,
        contract_on: date(2026, 1, 5),
        agreed_days: None,
        longer_is_fair: false,
        invoice_received_on: Some(RECEIVED),
        supply: Some(Supply { received_on: RECEIVED, accepted_by: None }),
    };

    const BUSINESSES: [DebtorKind; 2] =
        [DebtorKind::NaturalPersonInBusiness, DebtorKind::LegalPerson];

    fn agreed(days: u16, facts: PaymentFacts) -> PaymentFacts {
        PaymentFacts { agreed_days: Some(days), ..facts }
    }

    fn due(pack: Pack, facts: &PaymentFacts) -> Date {
        payment_term(pack, facts).value.unwrap().due_on
    }

    /// The days after the receipt.
    fn days(pack: Pack, facts: &PaymentFacts) -> i32 {
        (due(pack, facts) - RECEIVED).get_days()
    }

    /// Interest counts from the 31st day after the receipt.
    #[test]
    fn without_a_term_a_business_has_thirty_days_from_the_day_after() {
        for (pack, rule) in [(Pack::NL, RuleId::NlPaymentTerm), (Pack::BE, RuleId::BePaymentTerm)] {
            for debtor in BUSINESSES {
                for public_body in [false, true] {
                    let answer = payment_term(pack, &PaymentFacts { debtor, public_body, ..FACTS });
                    let due_on = date(2026, 4, 1);
                    assert_eq!(due_on.tomorrow().unwrap(), RECEIVED + 31.days());
                    let expected = PaymentTerm { due_on, agreed_term_stands: false };
                    assert_eq!(answer.value, Some(expected));
                    assert_eq!(answer.rules, [rule]);
                    assert_eq!(
                        answer.because,
                        [
                            "No term was agreed, so the 30 days of the law count.",
                            "The invoice came on Monday 2 March 2026; the days count from the \
                             next day on.",
                            "The last day to pay is Wednesday 1 April 2026.",
                        ]
                    );
                }
            }
        }
    }

    #[test]
    fn the_days_count_from_what_came_last() {
        let (first, second, third) = (date(2026, 3, 2), date(2026, 3, 9), date(2026, 3, 16));
        let supply = |received_on, accepted_by| Some(Supply { received_on, accepted_by });
        for (invoice, supply, dutch, belgian, told) in [
            (Some(second), None, second, second, "The invoice came on Monday 9"),
            (Some(second), supply(first, None), second, second, "The invoice came on Monday 9"),
            (Some(first), supply(second, None), second, second, "What the invoice is for came on"),
            (None, supply(second, None), second, second, "What the invoice is for came on"),
            (Some(first), supply(first, Some(second)), second, first, "The time to check what"),
            (Some(second), supply(first, Some(second)), second, second, "The invoice came on"),
            (Some(third), supply(first, Some(second)), third, third, "The invoice came on"),
            (None, supply(first, Some(second)), second, first, "The time to check what came ended"),
        ] {
            let facts = PaymentFacts { invoice_received_on: invoice, supply, ..FACTS };
            let answer = payment_term(Pack::NL, &facts);
            assert_eq!(answer.value.unwrap().due_on, dutch + 30.days());
            assert!(answer.because[1].starts_with(told), "{:?}", answer.because);
            assert_eq!(due(Pack::BE, &facts), belgian + 30.days());
        }
    }

    #[test]
    fn the_time_to_accept_has_thirty_days_at_most() {
        for (accepted_after, counts) in [(-5, 0), (29, 29), (30, 30), (31, 30), (90, 30)] {
            let accepted_by = Some(RECEIVED + accepted_after.days());
            let supply = Some(Supply { received_on: RECEIVED, accepted_by });
            let facts = PaymentFacts { supply, ..FACTS };
            assert_eq!(days(Pack::NL, &facts), counts + 30);
        }
    }

    /// Between companies, in Belgian contracts from February 2022 on.
    #[test]
    fn the_time_to_accept_is_part_of_the_belgian_term() {
        let accepted_by = Some(RECEIVED + 7.days());
        let supply = Some(Supply { received_on: RECEIVED, accepted_by });
        let facts = agreed(20, PaymentFacts { supply, ..FACTS });
        let since = PaymentFacts { contract_on: date(2022, 2, 1), ..facts };
        let before = PaymentFacts { contract_on: date(2022, 1, 31), ..facts };
        for debtor in BUSINESSES {
            assert_eq!(days(Pack::BE, &PaymentFacts { debtor, ..since }), 20);
            assert_eq!(days(Pack::BE, &PaymentFacts { debtor, ..before }), 27);
            assert_eq!(days(Pack::NL, &PaymentFacts { debtor, ..since }), 27);
        }
        assert_eq!(days(Pack::BE, &PaymentFacts { public_body: true, ..since }), 27);
        let consumer = PaymentFacts { debtor: DebtorKind::Consumer, ..since };
        assert_eq!(days(Pack::BE, &consumer), 27);
    }

    #[test]
    fn a_dutch_business_agrees_to_sixty_days_unless_more_is_fair() {
        for (agreed_days, fair, expected) in [
            (0, false, (0, true)),
            (1, false, (1, true)),
            (14, false, (14, true)),
            (31, false, (31, true)),
            (60, false, (60, true)),
            (61, false, (60, false)),
            (90, false, (60, false)),
            (60, true, (60, true)),
            (61, true, (61, true)),
            (90, true, (90, true)),
        ] {
            for debtor in BUSINESSES {
                let facts = PaymentFacts { debtor, longer_is_fair: fair, ..FACTS };
                let facts = agreed(agreed_days, facts);
                let answer = payment_term(Pack::NL, &facts);
                let term = answer.value.unwrap();
                assert_eq!(term.due_on, RECEIVED + expected.0.days(), "{agreed_days}");
                assert_eq!(term.agreed_term_stands, expected.1, "{agreed_days}");
                assert_eq!(answer.rules, [RuleId::NlPaymentTerm]);
            }
        }
    }

    /// The limit of 30 days needs all three: who owes, to whom, and a contract from July 2022 on.
    #[test]
    fn a_large_dutch_company_pays_a_small_one_within_thirty_days() {
        use CompanySize::{Large, SmallOrMedium};
        let (before, since) = (date(2022, 6, 30), date(2022, 7, 1));
        for (debtor_size, creditor_size, contract_on, most) in [
            (Large, SmallOrMedium, since, 30),
            (Large, SmallOrMedium, before, 60),
            (Large, Large, since, 60),
            (SmallOrMedium, SmallOrMedium, since, 60),
            (SmallOrMedium, Large, since, 60),
        ] {
            let facts = PaymentFacts { debtor_size, creditor_size, contract_on, ..FACTS };
            let over = most + 1;
            let term = |days| payment_term(Pack::NL, &agreed(days, facts));
            assert_eq!(term(most).value.unwrap().due_on, RECEIVED + i32::from(most).days());
            assert!(term(most).value.unwrap().agreed_term_stands);
            assert_eq!(term(over).value.unwrap().due_on, RECEIVED + i32::from(most).days());
            assert!(!term(over).value.unwrap().agreed_term_stands);
            let fair = PaymentFacts { longer_is_fair: true, ..facts };
            let stands = payment_term(Pack::NL, &agreed(over, fair)).value.unwrap();
            assert_eq!(stands.agreed_term_stands, most == 60);
            let rule = if most == 30 { RuleId::NlSmallCreditorTerm } else { RuleId::NlPaymentTerm };
            assert_eq!(term(over).rules, [rule]);
            assert_eq!(term(most).rules, [rule]);
            // Belgium has no such limit.
            let belgian = PaymentFacts { contract_on: since, ..facts };
            assert_eq!(due(Pack::BE, &agreed(60, belgian)), RECEIVED + 60.days());
        }
    }

    /// Sixty days stand, sixty-one are void, from the contracts of February 2022 on.
    #[test]
    fn a_belgian_term_above_sixty_days_is_void() {
        let (before, since) = (date(2022, 1, 31), date(2022, 2, 1));
        for (contract_on, agreed_days, expected) in [
            (since, 29, (29, true)),
            (since, 45, (45, true)),
            (since, 60, (60, true)),
            (since, 61, (30, false)),
            (since, 120, (30, false)),
            (before, 60, (60, true)),
            (before, 61, (61, true)),
            (before, 120, (120, true)),
            (date(2010, 1, 1), 61, (61, true)),
        ] {
            for longer_is_fair in [false, true] {
                for debtor in BUSINESSES {
                    let facts = PaymentFacts { debtor, contract_on, longer_is_fair, ..FACTS };
                    let answer = payment_term(Pack::BE, &agreed(agreed_days, facts));
                    let term = answer.value.unwrap();
                    let due_on = RECEIVED + expected.0.days();
                    assert_eq!(term, PaymentTerm { due_on, agreed_term_stands: expected.1 });
                    let known = contract_on == since;
                    let rule = if known { RuleId::BePaymentTerm } else { RuleId::HouseAgreedTerm };
                    assert_eq!(answer.rules, [rule]);
                }
            }
        }
    }

    #[test]
    fn we_know_no_limit_for_public_bodies() {
        use CompanySize::{Large, SmallOrMedium};
        for pack in [Pack::NL, Pack::BE] {
            for (debtor_size, creditor_size) in [(SmallOrMedium, Large), (Large, SmallOrMedium)] {
                let facts = PaymentFacts { public_body: true, debtor_size, creditor_size, ..FACTS };
                let answer = payment_term(pack, &agreed(90, facts));
                let expected =
                    PaymentTerm { due_on: RECEIVED + 90.days(), agreed_term_stands: true };
                assert_eq!(answer.value, Some(expected));
                assert_eq!(answer.rules, [RuleId::HouseAgreedTerm]);
            }
        }
    }

    #[test]
    fn a_consumer_has_the_agreed_term_or_none() {
        let facts =
            PaymentFacts { debtor: DebtorKind::Consumer, debtor_size: CompanySize::Large, ..FACTS };
        for pack in [Pack::NL, Pack::BE] {
            for days in [0, 14, 30, 61, 400] {
                let answer = payment_term(pack, &agreed(days, facts));
                let due_on = RECEIVED + i32::from(days).days();
                let expected = PaymentTerm { due_on, agreed_term_stands: true };
                assert_eq!(answer.value, Some(expected));
                assert_eq!(answer.rules, [RuleId::HouseAgreedTerm]);
            }
        }
        let none = "No term was agreed, and the law that we know has none for consumers.";
        let dutch = payment_term(Pack::NL, &facts);
        assert_eq!((dutch.value, &*dutch.rules), (None, &[RuleId::NlDefaultNotice][..]));
        let letter = "You are late only after a letter that gives you a reasonable time to pay.";
        assert_eq!(dutch.because, [none, letter]);
        let belgian = payment_term(Pack::BE, &facts);
        assert_eq!((belgian.value, &*belgian.rules), (None, &[RuleId::NotCovered][..]));
        assert_eq!(belgian.because, [none]);
    }

    #[test]
    fn without_a_receipt_there_is_no_last_day() {
        let facts = PaymentFacts { invoice_received_on: None, supply: None, ..FACTS };
        for pack in [Pack::NL, Pack::BE] {
            for facts in [facts, agreed(14, facts)] {
                let answer = payment_term(pack, &facts);
                assert_eq!(answer.value, None);
                let unknown =
                    "It is not certain when the invoice came, so there is no last day to pay.";
                assert_eq!(answer.because.last().map(String::as_str), Some(unknown));
            }
        }
    }

    #[test]
    fn a_term_that_ends_after_2100_has_no_last_day() {
        let on = |day| PaymentFacts { invoice_received_on: Some(day), supply: None, ..FACTS };
        assert_eq!(due(Pack::NL, &on(date(2100, 12, 1))), date(2100, 12, 31));
        let consumer = PaymentFacts { debtor: DebtorKind::Consumer, ..FACTS };
        for facts in [on(date(2100, 12, 2)), on(Date::MAX), agreed(u16::MAX, consumer)] {
            let answer = payment_term(Pack::NL, &facts);
            assert_eq!(answer.value, None);
            let after = "The term ends after 2100, where our calendar ends.";
            assert_eq!(answer.because.last().map(String::as_str), Some(after));
        }
    }

    #[test]
    fn what_was_agreed_is_told() {
        let told = |pack, facts| payment_term(pack, &facts).because[0].clone();
        assert_eq!(told(Pack::NL, agreed(1, FACTS)), "A term of 1 day was agreed.");
        assert_eq!(told(Pack::NL, agreed(45, FACTS)), "A term of 45 days was agreed.");
        assert_eq!(
            told(Pack::NL, agreed(61, FACTS)),
            "A term of 61 days was agreed, but the law allows 60 at most, so 60 days count."
        );
        assert_eq!(
            told(Pack::BE, agreed(61, FACTS)),
            "A term of 61 days was agreed, but the law allows 60 at most, so 30 days count."
        );
        let fair = PaymentFacts { longer_is_fair: true, ..FACTS };
        let answer = payment_term(Pack::NL, &agreed(61, fair));
        assert_eq!(
            answer.because[..2],
            [
                "A term of 61 days was agreed.",
                "More than 60 days were agreed expressly, which can be fair."
            ]
        );
        let at_the_limit = payment_term(Pack::NL, &agreed(60, fair));
        assert!(!at_the_limit.because.iter().any(|line| line.contains("expressly")));
        let large = PaymentFacts { debtor_size: CompanySize::Large, ..FACTS };
        assert_eq!(
            payment_term(Pack::NL, &agreed(31, large)).because[..2],
            [
                "A large company has less time to pay a smaller one; as far as we know, 30 days.",
                "A term of 31 days was agreed, but the law allows 30 at most, so 30 days count.",
            ]
        );
        let old = PaymentFacts { contract_on: date(2022, 1, 31), ..FACTS };
        assert_eq!(payment_term(Pack::BE, &old).pack.as_str(), "be-2013.1");
    }

    fn size() -> impl Strategy<Value = CompanySize> {
        prop_oneof![Just(CompanySize::SmallOrMedium), Just(CompanySize::Large)]
    }

    fn facts() -> impl Strategy<Value = PaymentFacts> {
        let day = |least: i32| (least..3_000).prop_map(|days| date(2020, 1, 1) + days.days());
        let supply = (day(0), prop::option::of(day(0)))
            .prop_map(|(received_on, accepted_by)| Supply { received_on, accepted_by });
        let who = (prop::sample::select(DebtorKind::ALL), any::<bool>(), size(), size());
        let agreed = (day(0), prop::option::of(0_u16..200), any::<bool>());
        (who, agreed, day(0), prop::option::of(supply)).prop_map(
            |(who, (contract_on, agreed_days, longer_is_fair), invoice, supply)| PaymentFacts {
                debtor: who.0,
                public_body: who.1,
                debtor_size: who.2,
                creditor_size: who.3,
                contract_on,
                agreed_days,
                longer_is_fair,
                invoice_received_on: Some(invoice),
                supply,
            },
        )
    }

    proptest! {
        #[test]
        fn the_agreed_term_stands_or_another_is_told(
            pack in prop_oneof![Just(Pack::NL), Just(Pack::BE)], facts in facts()
        ) {
            let Some(term) = payment_term(pack, &facts).value else {
                prop_assert_eq!(facts.debtor, DebtorKind::Consumer);
                prop_assert_eq!(facts.agreed_days, None);
                return Ok(());
            };
            // The same with every term, so that the first day is that of a term of no days.
            let start = due(pack, &agreed(0, facts));
            prop_assert!(facts.invoice_received_on.unwrap() <= start);
            let supplied = facts.supply.map(|supply| supply.received_on);
            prop_assert!(supplied.is_none_or(|day| day <= start));
            let count = i32::from(facts.agreed_days.unwrap_or(DEFAULT_DAYS));
            let stands = facts.agreed_days.is_some() && term.due_on == start + count.days();
            prop_assert_eq!(term.agreed_term_stands, stands);
            // Nobody but who agreed to less has fewer than thirty days, and nobody gets more.
            prop_assert!(term.due_on >= start + count.min(30).days());
            prop_assert!(term.due_on <= start + count.days());
        }

        #[test]
        fn a_later_receipt_never_ends_the_term_earlier(
            pack in prop_oneof![Just(Pack::NL), Just(Pack::BE)],
            facts in facts(),
            later in 0_i32..60,
        ) {
            let invoice = facts.invoice_received_on.map(|day| day + later.days());
            let moved = PaymentFacts { invoice_received_on: invoice, ..facts };
            let due = |facts| payment_term(pack, facts).value.map(|term| term.due_on);
            prop_assert!(due(&facts) <= due(&moved));
        }
    }
}
