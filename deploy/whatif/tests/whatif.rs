//! What a what-if tells: exact days where nobody answers, the law's order where somebody may, and
//! nothing that depends on how the debtors are counted.

#![expect(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "tests fail loudly"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use intake::domain::read_agreement;
use jiff::ToSpan;
use primitives::{Channel, Date};
use proptest::prelude::*;
use whatif::portfolio::{self, Portfolio};
use whatif::{Act, Outcome, Settings, Strategy, charts, people, simulate};

const CONSUMERS: &str = include_str!("../../demo/creditors/groene-hoek.toml");
const BUSINESSES: &str = include_str!("../../demo/creditors/nauta.toml");
const TYPICAL: &str = include_str!("../people/typical.toml");

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

fn settings() -> Settings {
    Settings {
        from: day("2026-01-01"),
        to: day("2026-12-31"),
        people: None,
        seed: 1,
        is_lawless: false,
    }
}

fn with_people(seed: u64) -> Settings {
    Settings { people: Some(people::read(TYPICAL).unwrap()), seed, ..settings() }
}

fn strategy(document: &str) -> Strategy {
    let agreement = read_agreement(document.as_bytes()).unwrap();
    Strategy { name: "agreed".to_owned(), agreement }
}

fn read(text: &str) -> Portfolio {
    portfolio::read(text.as_bytes()).unwrap()
}

fn told(acts: &[Act]) -> Vec<String> {
    let one = |act: &Act| {
        let channel = act.channel.map_or("-", Channel::as_str);
        let (date, claim, cost) = (act.date, &act.claim, act.cost.to_decimal());
        let level = act.level.map_or("-".to_owned(), |it| it.to_string());
        format!("{date} {claim} {} {level} {channel} {cost}", act.act)
    };
    acts.iter().map(one).collect()
}

const HEADING: &str = "creditor,debtor,kind,country,language,claim,issued_on,due_on,amount,event,\
                       date,pay_by\n";

/// A Dutch consumer who does nothing has every step on its day: the fourteen days of the letter
/// begin when it was received and costs are asked only after them (6:96 BW), of 121 euros the least
/// there is.
#[test]
fn a_dutch_consumer_who_does_nothing_sees_every_step_on_its_day() {
    let portfolio =
        read(&format!("{HEADING}firm,k1,consumer,NL,nl,F-1,2026-01-05,2026-01-19,121.00,,,\n"));
    let outcome = simulate(&portfolio, &strategy(CONSUMERS), &settings()).unwrap();
    let expected = [
        "2026-01-16 F-1 pre-due-notice 1 email 0.00",
        "2026-01-21 F-1 free-first-reminder 2 post 0.00",
        "2026-01-21 F-1 free-first-reminder 2 email 0.00",
        "2026-02-10 F-1 call 3 telephone 0.00",
        "2026-02-11 F-1 call 3 telephone 0.00",
        "2026-02-13 F-1 fourteen-day-letter 4 post 0.00",
        "2026-03-05 F-1 costs - - 40.00",
        "2026-03-06 F-1 demand 5 post 0.00",
        "2026-03-06 F-1 demand 5 email 0.00",
        "2026-03-18 F-1 call 6 telephone 0.00",
        "2026-03-19 F-1 call 6 telephone 0.00",
    ];
    assert_eq!(told(&outcome.acts), expected);
    let total = outcome.sums.total();
    assert_eq!((total.letters, total.calls, total.cash_minor), (6, 4, 0));
    assert!(total.added_minor > 4_000, "the costs, and interest beside them");
    assert_eq!(outcome.sums.held, BTreeMap::from([("steps-used-up".to_owned(), 1)]));
}

/// What is paid on a day is known the next morning: what was to leave on that morning does not.
#[test]
fn what_is_paid_stops_what_was_to_come() {
    let portfolio = read(&format!(
        "{HEADING}firm,k1,consumer,NL,nl,F-1,2026-01-05,2026-01-19,121.00,,,\n\
         firm,k1,,,,F-1,,,121.00,payment,2026-01-20,\n"
    ));
    let outcome = simulate(&portfolio, &strategy(CONSUMERS), &settings()).unwrap();
    // Who was written to before the due date was asked for money, and is thanked.
    let expected = [
        "2026-01-16 F-1 pre-due-notice 1 email 0.00",
        "2026-01-21 F-1 payment-thanks - email 0.00",
    ];
    assert_eq!(told(&outcome.acts), expected);
    assert_eq!((outcome.sums.open_cases, outcome.sums.total().cash_minor), (0, 12_100));
}

/// A dispute, a promise, a credit note and a withdrawal each have their effect.
#[test]
fn what_happens_on_a_claim_decides_what_comes() {
    let with = |event: &str| {
        let text =
            format!("{HEADING}firm,k1,consumer,NL,nl,F-1,2026-01-05,2026-01-19,121.00,,,\n{event}");
        simulate(&read(&text), &strategy(CONSUMERS), &settings()).unwrap()
    };
    let disputed = with("firm,k1,,,,F-1,,,,dispute,2026-01-25,\n");
    assert_eq!(told(&disputed.acts).len(), 3, "nothing after it: {:?}", told(&disputed.acts));
    assert_eq!(disputed.sums.held.keys().collect::<Vec<_>>(), ["reason-given"]);

    let withdrawn = with("firm,k1,,,,F-1,,,,withdrawal,2026-01-25,\n");
    assert_eq!((told(&withdrawn.acts).len(), withdrawn.sums.open_cases), (3, 0));

    let credited = with("firm,k1,,,,F-1,,,121.00,credit-note,2026-01-18,\n");
    assert_eq!((told(&credited.acts).len(), credited.sums.open_cases), (1, 0));

    let promised = with(
        "firm,k1,,,,F-1,,,121.00,promise,2026-01-25,2026-02-03\n\
         firm,k1,,,,F-1,,,121.00,payment,2026-02-02,\n",
    );
    let after: Vec<String> = told(&promised.acts).split_off(3);
    let expected = [
        "2026-01-26 F-1 promise-confirmation - email 0.00",
        "2026-02-03 F-1 payment-thanks - email 0.00",
    ];
    assert_eq!(after, expected);
    let total = promised.sums.total();
    assert_eq!((total.promises, total.promises_kept), (1, 1));
}

/// Whatever a debtor says unasked is heard, also where no call is agreed; and it takes no step.
#[test]
fn what_a_debtor_says_unasked_stops_or_goes_on_as_it_should() {
    let of = |kind: &str, document: &str, event: &str| {
        let text =
            format!("{HEADING}firm,k1,{kind},NL,nl,F-1,2026-01-05,2026-01-19,121.00,,,\n{event}");
        simulate(&read(&text), &strategy(document), &settings()).unwrap()
    };
    let disputed = of("legal-person", BUSINESSES, "firm,k1,,,,F-1,,,,dispute,2026-01-25,\n");
    assert_eq!(disputed.sums.held.keys().collect::<Vec<_>>(), ["reason-given"]);
    assert!(disputed.acts.iter().all(|act| act.act != "demand"), "{:?}", told(&disputed.acts));

    let broken = "firm,k1,,,,F-1,,,121.00,promise,2026-01-25,2026-02-03\n";
    let broken = of("consumer", CONSUMERS, broken);
    let levels: Vec<usize> = broken.acts.iter().filter_map(|act| act.level).collect();
    assert_eq!(levels, [1, 2, 2, 3, 3, 4, 5, 5, 6, 6], "no step is left out");
    assert_eq!(broken.sums.total().promises_kept, 0);
}

/// Harm is what is added to the claims of who cannot pay or does not agree: here the costs of 40
/// euros and the interest until the demand.
#[test]
fn harm_is_what_is_added_to_who_cannot_pay() {
    let with = |event: &str| {
        let text =
            format!("{HEADING}firm,k1,consumer,NL,nl,F-1,2026-01-05,2026-01-19,121.00,,,\n{event}");
        simulate(&read(&text), &strategy(CONSUMERS), &settings()).unwrap().sums.total()
    };
    let quiet = with("");
    assert_eq!((quiet.harm_minor, quiet.added_minor > 4_000), (0, true));
    let hardship = with("firm,k1,,,,F-1,,,,dispute,2026-04-01,\n");
    assert_eq!((hardship.harm_minor, hardship.added_minor), (quiet.added_minor, quiet.added_minor));
    let carelessness = with("firm,k1,,,,F-1,,,121.00,promise,2026-04-01,2026-04-02\n");
    assert_eq!(carelessness.harm_minor, 0);
}

/// What was paid on the last day is known after it, and counts.
#[test]
fn a_payment_of_the_last_day_counts() {
    let portfolio = read(&format!(
        "{HEADING}firm,k1,consumer,NL,nl,F-1,2026-01-05,2026-01-19,121.00,,,\n\
         firm,k1,,,,F-1,,,121.00,payment,2026-01-20,\n"
    ));
    let settings = Settings { to: day("2026-01-20"), ..settings() };
    let outcome = simulate(&portfolio, &strategy(CONSUMERS), &settings).unwrap();
    assert_eq!((outcome.sums.total().cash_minor, outcome.sums.open_minor), (12_100, 0));
}

#[test]
fn an_act_is_printed_as_the_readme_says() {
    let portfolio =
        read(&format!("{HEADING}firm,k1,consumer,NL,nl,F-1,2026-01-05,2026-01-19,121.00,,,\n"));
    let outcome = simulate(&portfolio, &strategy(CONSUMERS), &settings()).unwrap();
    let costs = outcome.acts.iter().find(|act| act.act == "costs").unwrap().json("firm");
    let expected = serde_json::json!({
        "date": "2026-03-05", "case": "firm/k1", "claim": "F-1", "act": "costs", "level": null,
        "channel": null, "cost": "40.00", "step": "", "contact": 0, "agreement": "firm",
        "rule": "nl.term-passed nl.14-day-letter nl.receipt nl.working-days house.after-letter \
                 nl.collection-costs nl.vat-on-costs",
    });
    assert_eq!(costs, expected);
}

/// Portfolios of countries whose law is not built in are left alone, unless no law is asked: then
/// every step is taken on its day, whatever day that is.
#[test]
fn without_law_every_step_is_taken_on_its_day() {
    let text = "creditor,debtor,kind,country,claim,issued_on,due_on,amount,currency\n\
                firm,k1,legal-person,GB,F-1,2026-01-05,2026-01-31,500.00,GBP\n";
    let agreed = "pay_to = \"agency\"\n[agreement]\nversion = 1\ncapacity = \"collector\"\n\
                  review_after_days = 14\nreview_by = \"desk\"\n\
                  [[agreement.steps]]\nkey = \"one\"\nmessage = \"free-first-reminder\"\n\
                  channel = \"email\"\ndays_from_due = 15\n\
                  [[agreement.steps]]\nkey = \"two\"\nmessage = \"demand\"\nchannel = \"email\"\n\
                  days_from_due = 30\n\
                  [[agreement.steps]]\nkey = \"three\"\nmessage = \"demand\"\nchannel = \"post\"\n\
                  days_after_previous = 7\n";
    let portfolio = read(text);
    let lawful = simulate(&portfolio, &strategy(agreed), &settings()).unwrap();
    assert!(lawful.acts.is_empty(), "{:?}", told(&lawful.acts));
    assert_eq!(lawful.sums.held, BTreeMap::from([("gate-refused".to_owned(), 1)]));

    let lawless = Settings { is_lawless: true, ..settings() };
    let outcome = simulate(&portfolio, &strategy(agreed), &lawless).unwrap();
    // A Sunday, a Monday, and the Monday after it.
    let expected = [
        "2026-02-15 F-1 free-first-reminder 1 email 0.00",
        "2026-03-02 F-1 demand 2 email 0.00",
        "2026-03-09 F-1 demand 3 post 0.00",
    ];
    assert_eq!(told(&outcome.acts), expected);
    assert!(outcome.acts.iter().all(|act| act.rules.is_empty()), "no rule was asked");
}

#[test]
fn a_portfolio_is_the_same_as_a_table_and_as_json() {
    let table = read(
        "debtor;creditor;kind;country;language;birth_year;reachable;claim;issued_on;due_on;\
         handed_over_on;amount;currency;event;date;pay_by\n\
         k1;firm;consumer;BE;fr;1984;email post;F-1;2026-01-05;2026-01-19;2026-01-06;121.50;EUR;\
         ;;\n\
         k1;firm;;;;;;F-1;;;;21.50;;promise;2026-02-01;2026-02-09\n",
    );
    let json = read(
        r#"{"claims": [{"creditor": "firm", "debtor": "k1", "kind": "consumer", "country": "BE",
            "language": "fr", "birth_year": 1984, "reachable": ["post", "email"], "claim": "F-1",
            "issued_on": "2026-01-05", "due_on": "2026-01-19", "handed_over_on": "2026-01-06",
            "amount": "121.50", "currency": "EUR"}],
            "events": [{"creditor": "firm", "claim": "F-1", "event": "promise", "date":
            "2026-02-01", "amount": "21.50", "pay_by": "2026-02-09"}]}"#,
    );
    assert_eq!(table, json);
}

#[test]
fn what_is_wrong_with_a_portfolio_is_told_with_its_place() {
    let faults = |text: &str| -> Vec<String> {
        let faults = portfolio::read(text.as_bytes()).unwrap_err();
        faults.iter().map(ToString::to_string).collect()
    };
    let told = faults(&format!(
        "{HEADING}firm,k1,consumer,NL,nl,F-1,2026-01-05,2026-02-30,0.00,,,\n\
         firm,k2,person,NL,nl,F-2,2026-01-05,2026-01-04,10.00,,,\n\
         firm,k3,consumer,NL,nl,F-3,2026-01-05,2026-01-19,10.00,,,\n\
         firm,k3,,,,F-4,,,10.00,payment,2026-02-01,\n\
         firm,k3,,,,F-3,,,10.00,pays,2026-02-01,\n\
         firm,k1,,,,F-3,,,10.00,payment,2026-02-01,\n\
         firm,k3,,,,F-3,,,10.00,payment,2026-01-01,\n"
    ));
    let places: Vec<&str> = told.iter().filter_map(|it| it.split(':').next()).collect();
    let expected = [
        "line 2, due_on",
        "line 2, amount",
        "line 3, kind",
        "line 5, claim",
        "line 6, event",
        "line 7, debtor",
        "line 8, date",
    ];
    assert_eq!(places, expected, "{told:#?}");
    assert!(told[0].contains("'2026-02-30' is no day"), "{told:#?}");
    let early = read(&format!(
        "{HEADING}firm,k1,consumer,NL,nl,F-1,2025-12-05,2025-12-19,121.00,,,\n\
         firm,k1,,,,F-1,,,21.00,payment,2025-12-27,\n"
    ));
    assert_eq!(portfolio::before(&early, day("2025-12-27")), []);
    assert_eq!(portfolio::before(&early, day("2026-01-01"))[0].place, "claim F-1 of firm");
    for (text, place) in [
        ("", "the portfolio"),
        ("creditor,who\n", "line 1"),
        ("creditor,creditor\n", "line 1"),
        ("creditor,claim\na,b,c\n", "line 2"),
        ("{\"claims\": 3}", "line 1"),
        ("{\"claims\": [], \"claims\": []}", "line 1"),
        ("{\"claims\": [{\"amount\": {}}]}", "claims[0], amount"),
        ("{\"claims\": [}", "line 1"),
        ("creditor,debtor\n", "the portfolio"),
    ] {
        let told = faults(text);
        assert!(told[0].starts_with(place), "{text}: {told:?}");
    }
}

#[test]
fn a_model_that_is_no_model_is_refused() {
    assert!(people::read(&TYPICAL.replace("keeps = 70", "keeps = 101")).is_err());
    assert!(people::read(&TYPICAL.replace("reached = 45\n", "")).is_err());
    assert!(people::read(&TYPICAL.replace("reached = 45", "answers = 45")).is_err());
}

#[test]
fn charts_are_pictures_whatever_an_agreement_is_called() {
    let portfolio = read(&lives(3, 20));
    let mut strategy = strategy(CONSUMERS);
    strategy.name = "a <b> & \"c\"".to_owned();
    let outcome = simulate(&portfolio, &strategy, &with_people(3)).unwrap();
    let days = (day("2026-01-01"), day("2026-12-31"));
    let drawn = charts(&[outcome.clone(), outcome], days, portfolio.currency);
    assert_eq!(drawn.len(), 4);
    for chart in drawn {
        assert!(chart.svg.contains("a &lt;b&gt; &amp;"), "{}", chart.file);
        assert_eq!(chart.svg.matches("<polyline").count(), 2, "{}", chart.file);
        assert!(!chart.svg.contains("NaN") && !chart.svg.contains("<b>"), "{}", chart.file);
    }
}

/// A portfolio of so many debtors, each with some claims of two creditors.
fn lives(seed: u64, debtors: u64) -> String {
    let mut text =
        "creditor,debtor,kind,country,language,claim,issued_on,due_on,amount,event,date\n"
            .to_owned();
    for number in 0..debtors {
        let kinds = ["consumer", "legal-person", "natural-person-in-business"];
        let kind = pick(&kinds, seed, number);
        let country = pick(&["NL", "BE"], seed + 1, number);
        for claim in 0..=at(seed + 2, number, 3) {
            let creditor = pick(&["firm", "other"], seed + 3, number + 7 * claim);
            let after = i64::try_from(at(seed + 4, number * 5 + claim, 200)).unwrap();
            let issued = day("2026-01-01") + after.days();
            let (due, cents) = (issued + 14.days(), 1_000 + 997 * at(seed + 5, number, 300));
            let (euros, cents) = (cents / 100, cents % 100);
            writeln!(
                text,
                "{creditor},k{number},{kind},{country},nl,F-{number}-{claim},{issued},{due},\
                 {euros}.{cents:02},,"
            )
            .unwrap();
        }
    }
    text
}

fn pick<'a>(of: &[&'a str], seed: u64, number: u64) -> &'a str {
    of[usize::try_from(at(seed, number, of.len().try_into().unwrap())).unwrap()]
}

/// A number below a limit that looks like chance.
const fn at(seed: u64, number: u64, limit: u64) -> u64 {
    let mixed = (seed * 1_000_003 + number).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (mixed ^ (mixed >> 29)) % limit
}

fn run(text: &str, document: &str, settings: &Settings) -> Outcome {
    simulate(&read(text), &strategy(document), settings).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]

    /// Whatever debtors do: nobody is reached twice on a day for one creditor, no step is taken
    /// twice on a claim, costs are added to a Dutch consumer's claim only after the letter that
    /// announces them and its days, and every cent that was asked is paid or still owed.
    #[test]
    fn no_life_breaks_a_rule(
        seed in 0_u64..1_000,
        document in prop::sample::select(vec![CONSUMERS, BUSINESSES]),
    ) {
        let text = lives(seed, 12);
        let portfolio = read(&text);
        let outcome = run(&text, document, &with_people(seed));
        let kinds: BTreeMap<&str, (&str, &str)> = portfolio.debtors.iter()
            .map(|it| (it.code.as_str(), (it.kind.as_str(), it.country.code())))
            .collect();
        let mut letters: BTreeSet<(&str, &str, &str, Option<Channel>)> = BTreeSet::new();
        let mut contacts: BTreeMap<(&str, &str, Date), BTreeSet<u32>> = BTreeMap::new();
        let mut announced: BTreeMap<&str, Date> = BTreeMap::new();
        for act in &outcome.acts {
            let claim = act.claim.as_str();
            match act.act {
                "costs" => {
                    if act.cost.is_positive() && kinds[act.debtor.as_str()] == ("consumer", "NL") {
                        let letter = announced.get(claim);
                        let is_over = letter.is_some_and(|sent| act.date > *sent + 14.days());
                        prop_assert!(is_over, "{act:?}");
                    }
                }
                "promise-confirmation" | "payment-thanks" => {}
                kind => {
                    if kind == "fourteen-day-letter" {
                        announced.insert(claim, act.date);
                    }
                    if kind != "call" {
                        let key = (act.debtor.as_str(), claim, act.step.as_str(), act.channel);
                        prop_assert!(letters.insert(key), "twice: {act:?}");
                    }
                    let of_day = (act.creditor.as_str(), act.debtor.as_str(), act.date);
                    contacts.entry(of_day).or_default().insert(act.contact);
                }
            }
        }
        prop_assert!(contacts.values().all(|contacts| contacts.len() == 1), "two on one day");
        let sums = &outcome.sums;
        let total = sums.total();
        // Interest that nothing has posted yet is owed too.
        let asked = sums.claimed_minor + total.added_minor;
        prop_assert!(sums.open_minor >= asked - total.cash_minor, "{sums:?}");
        prop_assert!(total.promises_kept <= total.promises && total.promises <= total.reached);
        prop_assert!(total.harm_minor <= total.added_minor || total.added_minor < 0);
    }

    /// Debtors know nothing of each other: a portfolio comes to the same as its debtors one by one,
    /// in any order, and the same again tomorrow.
    #[test]
    fn a_portfolio_is_the_sum_of_its_debtors(seed in 0_u64..1_000) {
        let portfolio = read(&lives(seed, 9));
        let (strategy, settings) = (strategy(CONSUMERS), with_people(seed));
        let whole = simulate(&portfolio, &strategy, &settings).unwrap();
        prop_assert_eq!(&whole, &simulate(&portfolio, &strategy, &settings).unwrap());
        let mut acts = Vec::new();
        let mut sums = whatif::Sums::default();
        for debtor in portfolio.debtors.iter().rev() {
            let one = Portfolio { debtors: vec![debtor.clone()], ..portfolio.clone() };
            let alone = simulate(&one, &strategy, &settings).unwrap();
            sums.add(alone.sums);
            acts.extend(alone.acts);
        }
        prop_assert_eq!(&whole.sums, &sums);
        let key = |act: &Act| {
            (act.date, act.debtor.clone(), act.claim.clone(), act.act, act.channel)
        };
        let mut all = whole.acts;
        acts.sort_by_key(key);
        all.sort_by_key(key);
        prop_assert_eq!(all, acts);
    }

    /// Without law and without people, what a what-if tells is arithmetic.
    #[test]
    fn without_law_days_are_added_up(
        gaps in prop::collection::vec(1_i64..40, 1..6),
        due_in in 0_i64..60,
        paid_in in prop::option::of(0_i64..120),
    ) {
        let mut document = "pay_to = \"agency\"\n[agreement]\nversion = 1\n\
                            capacity = \"collector\"\nreview_after_days = 14\n\
                            review_by = \"desk\"\n".to_owned();
        let mut from_due = Vec::new();
        for (place, gap) in gaps.iter().enumerate() {
            let message = if place == 0 { "free-first-reminder" } else { "demand" };
            let sum = from_due.last().copied().unwrap_or(0) + gap;
            from_due.push(sum);
            writeln!(
                document,
                "[[agreement.steps]]\nkey = \"s{place}\"\nmessage = \"{message}\"\n\
                 channel = \"email\"\ndays_from_due = {sum}"
            )
            .unwrap();
        }
        let due = day("2026-01-10") + due_in.days();
        let mut text = format!(
            "creditor,debtor,kind,country,claim,issued_on,due_on,amount,event,date\n\
             firm,k1,consumer,US,F-1,2026-01-05,{due},80.00,,\n"
        );
        let paid = paid_in.map(|days| due + days.days());
        if let Some(paid) = paid {
            writeln!(text, "firm,k1,,,F-1,,,80.00,payment,{paid}").unwrap();
        }
        let outcome = run(&text, &document, &Settings { is_lawless: true, ..settings() });
        let days: Vec<Date> = outcome.acts.iter().map(|act| act.date).collect();
        let levels: Vec<usize> = outcome.acts.iter().filter_map(|act| act.level).collect();
        let expected: Vec<Date> = from_due.iter().map(|days| due + days.days())
            .filter(|day| paid.is_none_or(|paid| *day <= paid)).collect();
        prop_assert_eq!(levels, (1..=expected.len()).collect::<Vec<_>>());
        prop_assert_eq!(days, expected);
    }
}
