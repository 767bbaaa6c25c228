//! Where a case stood on any day, as it is known now or was known then, in words that its debtor
//! can read: what is told adds up, and what was told once can be told again.

use crate::bank::CLIENT;
use crate::world::{
    self, Known, World, case_id, charged_facts, charged_world, credited, day, dispatched,
    dispatched_by, euro, paid_on, schedule,
};
use contracts::payment_reconciliation::{ExplainedClaim, Explanation, PositionLineKind};
use jiff::ToSpan;
use payment_reconciliation::domain::explanation::{Asked, explain};
use primitives::{
    Channel, Country, Currency, Date, DebtorKind, Language, MessageKind, Money, Timestamp,
};
use proptest::prelude::*;

/// What is told of a case, where anything is.
fn told_of(
    world: &World,
    case: u128,
    as_of: Date,
    known_at: Option<Timestamp>,
    language: Language,
) -> Option<Explanation> {
    let account = world.cases.get(&case_id(case))?.account.as_ref()?;
    let today = day(&world.now.to_string()[..10]);
    explain(account, Asked { as_of, known_at, language }, today).unwrap()
}

fn told(world: &World, as_of: &str, language: Language) -> Explanation {
    told_of(world, 1, day(as_of), None, language).unwrap()
}

/// The sentences of each line, with plain spaces.
fn words(claim: &ExplainedClaim) -> Vec<Vec<String>> {
    let plain = |sentence: &String| sentence.replace(['\u{a0}', '\u{202f}'], " ");
    claim.lines.iter().map(|line| line.words.iter().map(plain).collect()).collect()
}

/// A Dutch consumer of 121.00 who paid 60.00 after the term; the same numbers as in `charges.rs`.
#[test]
fn a_dutch_consumer_reads_what_became_of_the_invoice() {
    let mut world = World::of_debtor(Country::NL, DebtorKind::Consumer, 12_100, "2026-03-01");
    let letter = dispatched_by(Channel::Post, MessageKind::FourteenDayLetter, "2026-03-05", &[11]);
    world.after(Known::Dispatched(letter)).knows_until("2026-03-24").until("2026-03-31");
    world.after(Known::Bank(paid_on("2026-03-30", 1, CLIENT, 6_000, &[11])));
    world.until("2026-04-10");
    let explained = told(&world, "2026-04-10", Language::Nl);
    let after: Vec<Money> = explained.claims[0].lines.iter().map(|it| it.open_after).collect();
    assert_eq!(after, [12_100, 16_100, 16_138, 10_138, 10_150].map(euro));
    let expected: [&[&str]; 5] = [
        &["De factuur van 1 februari 2026: € 121,00. U moest betalen tot en met 1 maart 2026."],
        &[
            "Incassokosten: € 40,00.",
            "U hebt na onze brief niet binnen 14 dagen alles betaald. Dan moet u incassokosten \
             betalen (artikel 6:96 BW). De wet zegt hoeveel (Besluit vergoeding voor \
             buitengerechtelijke incassokosten).",
            "Op deze dag was € 121,00 nog niet betaald.",
            "Over de eerste € 121,00 is het 15%: € 18,15.",
            "De kosten zijn altijd minstens € 40,00.",
        ],
        &[
            "Rente: € 0,38.",
            "Over de tijd dat u te laat bent, betaalt u wettelijke rente (artikel 6:119 BW).",
            "Van 2 maart 2026 tot en met 30 maart 2026 (29 dagen): 4% per jaar over € 121,00 is \
             € 0,38.",
        ],
        &[
            "U hebt € 60,00 betaald.",
            "Zo is het verdeeld: € 40,00 naar de incassokosten, € 0,38 naar de rente, € 19,62 \
             naar de factuur.",
            "Een betaling gaat eerst naar de incassokosten, dan naar de rente en dan naar de \
             factuur (artikel 6:44 BW).",
        ],
        &[
            "Rente: € 0,12.",
            "Over de tijd dat u te laat bent, betaalt u wettelijke rente (artikel 6:119 BW).",
            "Van 2 maart 2026 tot en met 30 maart 2026 (29 dagen): 4% per jaar over € 121,00 is \
             € 0,38.",
            "Van 31 maart 2026 tot en met 10 april 2026 (11 dagen): 4% per jaar over € 101,38 is \
             € 0,12.",
            "Daarvan staat € 0,38 al hierboven. Dat telt niet nog een keer.",
        ],
    ];
    assert_eq!(words(&explained.claims[0]), expected);
    assert_eq!(explained.remarks, ["Op 10 april 2026 staat er €\u{a0}101,50 open."]);

    // The day before the costs, the day before the payment, and a day to come.
    let open = |on: &str| told(&world, on, Language::Nl).open;
    assert_eq!((open("2026-03-24"), open("2026-03-29")), (euro(12_100), euro(16_137)));
    let later = told(&world, "2026-05-10", Language::Nl);
    // 41 days of 4 % of 101.38 are 0.46.
    assert_eq!(later.open, euro(10_138 + 46));
    assert!(later.remarks[1].starts_with("Die dag komt nog."), "{:?}", later.remarks);
}

#[test]
fn each_law_is_named_in_the_words_of_each_language() {
    let mut dutch = World::of_debtor(Country::NL, DebtorKind::LegalPerson, 25_000, "2026-03-01");
    dutch.until("2026-03-16").knows_until("2026-03-15");
    dutch.after(Known::Dispatched(dispatched(MessageKind::Demand, "2026-03-16", &[11])));
    let english = &words(&told(&dutch, "2026-03-20", Language::En).claims[0])[1..];
    assert_eq!(
        english[0][1..],
        [
            "A business that pays late has to pay collection costs (article 6:96 of the Dutch \
             Civil Code).",
            "On this day €250.00 was not paid yet.",
            "It is €40.00 for each unpaid invoice.",
        ]
    );
    assert_eq!(
        english[1][1],
        "For the time that you are late you pay the interest of the law \
                               between businesses (article 6:119a of the Dutch Civil Code)."
    );
    let mut belgian = World::of_debtor(Country::BE, DebtorKind::Consumer, 20_000, "2026-03-02");
    let reminder = dispatched(MessageKind::FreeFirstReminder, "2026-03-09", &[11]);
    belgian.after(Known::Dispatched(reminder)).knows_until("2026-03-23").until("2026-04-03");
    belgian.after(Known::Bank(paid_on("2026-04-02", 1, CLIENT, 10_000, &[11])));
    let french = words(&told(&belgian, "2026-04-03", Language::Fr).claims[0]);
    assert_eq!(french[1][0], "Indemnité : 35,00 €.");
    assert_eq!(
        french[1][3],
        "C'est 30,00 €, et 10 % de la partie au-dessus de 150,00 €. Ce n'est jamais plus de \
         2 000,00 €."
    );
    let german = words(&told(&belgian, "2026-04-03", Language::De).claims[0]);
    assert_eq!(
        german[3][2],
        "Eine Zahlung ist zuerst für die Entschädigung, dann für die Zinsen und dann für die \
         Rechnung (Artikel 5.210 des belgischen Zivilgesetzbuchs)."
    );
    // The rates of the second half of the year are not loaded.
    let later = told(&belgian, "2026-08-01", Language::Nl);
    let last = words(&later.claims[0]).pop().unwrap().pop().unwrap();
    assert!(last.starts_with("Het percentage na 30 juni 2026"), "{last}");
}

/// The costs of a scale of two steps and VAT, borne by two invoices.
#[test]
fn costs_are_told_step_by_step() {
    let mut world = World::of_debtor(Country::NL, DebtorKind::Consumer, 300_000, "2026-03-01");
    let case = world.cases.get_mut(&case_id(1)).unwrap();
    let rules = case.account.as_mut().unwrap().rules.as_mut().unwrap();
    rules.terms.creditor_deducts_vat = false;
    world.after(Known::Registered(world::registered(12, 100_000, "2026-03-01")));
    let letter = dispatched(MessageKind::FourteenDayLetter, "2026-03-06", &[11, 12]);
    world.after(Known::Dispatched(letter)).knows_until("2026-03-20").until("2026-03-21");
    let explained = told(&world, "2026-03-21", Language::Nl);
    assert_eq!(
        words(&explained.claims[0])[1][2..],
        [
            "Op deze dag was van uw facturen samen € 4.000,00 nog niet betaald.",
            "Over de eerste € 2.500,00 is het 15%: € 375,00.",
            "Over de volgende € 1.500,00 is het 10%: € 150,00.",
            "De schuldeiser kan de btw niet verrekenen. Daarom komt er 21% btw bij: € 110,25.",
            "Van die € 635,25 hoort € 476,44 bij deze factuur.",
        ]
    );
}

/// The two ways to look back: what is known now of a day, and what was known then.
#[test]
fn a_credit_note_that_came_late_is_known_now_and_was_not_then() {
    let mut world = World::of_debtor(Country::NL, DebtorKind::Consumer, 100_000, "2026-03-01");
    world.until("2026-03-20");
    let then = world.now;
    world.until("2026-04-01").after(Known::Credited(credited(11, 40_000)));
    let ask = |known_at| told_of(&world, 1, day("2026-03-20"), known_at, Language::Nl).unwrap();
    assert_eq!((ask(None).open, ask(Some(then)).open), (euro(60_000), euro(100_000)));
    assert!(ask(Some(then)).remarks[1].contains("op 20 maart 2026 wisten"));
    let before = told_of(&world, 1, day("2026-03-20"), Some(Timestamp::UNIX_EPOCH), Language::Nl);
    assert_eq!(before, None, "nothing was known then");
}

/// Everything becomes known one after the other, an hour each; payments become certain on the way.
/// What was told after each, and when.
fn history(
    facts: &[Known],
    certain_after: usize,
) -> (World, Vec<(Timestamp, u128, Option<Explanation>)>) {
    let mut world = World::new();
    world.now = "2026-06-10T06:00:00Z".parse().unwrap();
    let mut history = Vec::new();
    for (place, fact) in facts.iter().enumerate() {
        world.now += 1.hour();
        if place == certain_after {
            world.knows_until("2026-06-09");
        }
        world.after(fact.clone());
        for case in [1, 2] {
            let today = day(&world.now.to_string()[..10]);
            history.push((world.now, case, told_of(&world, case, today, None, Language::En)));
        }
    }
    (world, history)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn the_lines_of_every_day_add_up(
        facts in charged_facts(), picks in schedule(), days in 0_i32..160,
    ) {
        let world = charged_world(&facts, &picks);
        let as_of = day("2026-01-25") + days.days();
        for case in [1, 2] {
            let language = Language::ALL[usize::try_from(days).unwrap() % Language::ALL.len()];
            let explained = told_of(&world, case, as_of, None, language).unwrap();
            let mut paid = explained.refundable;
            for claim in &explained.claims {
                let mut sum = euro(0);
                for line in &claim.lines {
                    sum = sum.checked_add(line.amount).unwrap();
                    prop_assert_eq!(sum, line.open_after);
                    prop_assert!(!sum.is_negative() && line.on <= as_of, "{:?}", line);
                    prop_assert!(!line.words.is_empty());
                    if matches!(line.kind, PositionLineKind::Payment { .. }) {
                        paid = paid.checked_sub(line.amount).unwrap();
                    }
                }
                prop_assert_eq!(sum, claim.open);
                let parts = [claim.costs_open, claim.interest_open, claim.principal_open];
                prop_assert!(parts.iter().all(|part| !part.is_negative()), "{:?}", claim);
                prop_assert_eq!(Money::sum(Currency::EUR, parts), Ok(sum));
            }
            let claims = explained.claims.iter().map(|claim| claim.open);
            prop_assert_eq!(Money::sum(Currency::EUR, claims), Ok(explained.open));
            // Every cent that came in by then stands somewhere.
            let account = world.cases[&case_id(case)].account.as_ref().unwrap();
            let received = account.payments.values();
            let received = received.filter(|it| !it.retracted && it.received_on <= as_of);
            prop_assert_eq!(Money::sum(Currency::EUR, received.map(|it| it.amount)), Ok(paid));
        }
    }

    #[test]
    fn today_is_told_as_the_position_tells_it_and_tomorrow_adds_interest_only(
        facts in charged_facts(), picks in schedule(), days in 1_i32..200,
    ) {
        let world = charged_world(&facts, &picks);
        for case in [1, 2] {
            let today = told_of(&world, case, day("2026-06-10"), None, Language::Nl).unwrap();
            prop_assert_eq!(today.open, world.position(case).open);
            let later = day("2026-06-10") + days.days();
            let later = told_of(&world, case, later, None, Language::Nl).unwrap();
            for (now, then) in today.claims.iter().zip(&later.claims) {
                prop_assert_eq!(
                    (now.costs_open, now.principal_open),
                    (then.costs_open, then.principal_open)
                );
                let more = then.interest_open.checked_sub(now.interest_open).unwrap();
                prop_assert!(!more.is_negative());
            }
        }
    }

    /// Whatever becomes known later, what was told at a moment can be told again.
    #[test]
    fn what_was_told_can_be_told_again(
        facts in charged_facts().prop_shuffle(), certain_after in 0_usize..20,
    ) {
        let (world, history) = history(&facts, certain_after);
        for (moment, case, told) in history {
            let today = day(&moment.to_string()[..10]);
            let again = told_of(&world, case, today, Some(moment), Language::En);
            let of = |it: Option<Explanation>| it.map(|it| (it.open, it.refundable, it.claims));
            prop_assert_eq!(of(again), of(told), "at {}", moment);
        }
    }
}
