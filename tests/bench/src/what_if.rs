//! How long a year of a portfolio takes that is only supposed: a thousand cases, and ten thousand.

use std::fmt::Write;
use std::time::Instant;

use intake::domain::read_agreement;
use jiff::ToSpan;
use primitives::Date;
use whatif::{Settings, Strategy, people, portfolio, simulate};

use crate::figures::ratio;

/// Cases of the portfolios, one after the other.
const SIZES: [u32; 2] = [1_000, 10_000];
const AGREEMENT: &str = include_str!("../../../deploy/demo/creditors/groene-hoek.toml");
const PEOPLE: &str = include_str!("../../../deploy/whatif/people/typical.toml");

/// Lives a year of each portfolio, with people who answer.
pub(crate) fn measure() {
    let agreement = read_agreement(AGREEMENT.as_bytes()).expect("the demonstration's agreement");
    let strategy = Strategy { name: "groene-hoek".to_owned(), agreement };
    let settings = Settings {
        from: Date::constant(2026, 1, 1),
        to: Date::constant(2026, 12, 31),
        people: Some(people::read(PEOPLE).expect("the example of a model")),
        seed: 1,
        is_lawless: false,
    };
    let mut rates = Vec::new();
    for cases in SIZES {
        let text = table(cases);
        let begun = Instant::now();
        let portfolio = portfolio::read(text.as_bytes()).expect("a portfolio");
        let outcome = simulate(&portfolio, &strategy, &settings).expect("an outcome");
        let took = begun.elapsed();
        let total = outcome.sums.total();
        println!(
            "what-if: {cases} cases over 365 days in {} ms: {} letters, {} calls, {} acts   bar: \
             10000 within 60000 ms",
            took.as_millis(),
            total.letters,
            total.calls,
            outcome.acts.len(),
        );
        rates.push(u128::from(cases) * 1_000_000 / took.as_micros().max(1));
    }
    if let [small, large] = rates.as_slice() {
        let of = |rate: &u128| u64::try_from(*rate).expect("a small number");
        println!(
            "what-if: the larger one at {} of the rate of the smaller",
            ratio(of(large), of(small))
        );
    }
}

/// A portfolio of so many cases, each with one claim or two, over the year.
fn table(cases: u32) -> String {
    let mut text =
        "creditor,debtor,kind,country,language,claim,issued_on,due_on,amount\n".to_owned();
    for number in 0..cases {
        let kind = if number % 3 == 0 { "legal-person" } else { "consumer" };
        let country = if number % 4 == 0 { "BE" } else { "NL" };
        for claim in 0..=(number % 2) {
            let after = i64::from((number * 7 + claim * 40) % 300);
            let issued = Date::constant(2026, 1, 1) + after.days();
            let due = issued + 14.days();
            let euros = 20 + number * 13 % 900;
            writeln!(
                text,
                "firm,k{number},{kind},{country},nl,F-{number}-{claim},{issued},{due},{euros}.50"
            )
            .expect("memory");
        }
    }
    text
}
