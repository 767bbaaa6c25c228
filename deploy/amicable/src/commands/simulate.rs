//! `amicable simulate`: what would happen to a portfolio under agreements, without any stack.

use std::collections::BTreeSet;
use std::fs;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use intake::domain::DOCUMENT_MAX_BYTES;
use primitives::{Currency, Date, Money};
use whatif::people::{self, People};
use whatif::portfolio::{self, Fault, Portfolio};
use whatif::{Outcome, Settings, Strategy, Week, charts, simulate};

use super::agreement::{read_agreement, refused};
use super::invoice::{EXIT_REJECT, read_file};
use crate::cli::{Simulate, WhoseLaw};
use crate::failure::Failure;
use crate::output::{Table, say};

/// The example of a model.
const TYPICAL: &str = include_str!("../../../whatif/people/typical.toml");
/// The largest portfolio that is read.
const PORTFOLIO_BYTES_MAX: usize = 512 * 1024 * 1024;

pub(crate) fn run(command: &Simulate) -> Result<ExitCode, Failure> {
    let Some((portfolio, strategies, settings)) = read(command)? else {
        return Ok(EXIT_REJECT.into());
    };
    let mut outcomes = Vec::new();
    for strategy in &strategies {
        let outcome = simulate(&portfolio, strategy, &settings);
        outcomes.push(outcome.map_err(|defect| Failure::Said(defect.to_string()))?);
    }
    if let Some(folder) = &command.charts {
        draw(folder, &outcomes, (command.from, command.to), portfolio.currency)?;
    }
    if command.json {
        print_acts(&outcomes)?;
        let sums = compared(&outcomes, portfolio.currency);
        for line in sums {
            writeln!(io::stderr().lock(), "{line}").ok();
        }
    } else {
        compared(&outcomes, portfolio.currency).iter().for_each(say);
        say("");
        say_weeks(&outcomes, portfolio.currency);
    }
    Ok(ExitCode::SUCCESS)
}

/// Everything that is needed; none where a file was refused, which is told.
fn read(command: &Simulate) -> Result<Option<(Portfolio, Vec<Strategy>, Settings)>, Failure> {
    if command.to < command.from {
        let given = command.to.to_string();
        let expected = "a last day that is not before the first (--to, --from)";
        return Err(Failure::Argument { given, expected });
    }
    let bytes = read_file(&command.portfolio, PORTFOLIO_BYTES_MAX)?;
    let read = if bytes.len() > PORTFOLIO_BYTES_MAX {
        let reason = format!("is longer than {PORTFOLIO_BYTES_MAX} bytes: make several of it");
        Err(vec![Fault { place: "the file".to_owned(), reason }])
    } else {
        portfolio::read(&bytes)
    };
    let read = read.and_then(|portfolio| {
        let early = portfolio::before(&portfolio, command.from);
        if early.is_empty() { Ok(portfolio) } else { Err(early) }
    });
    let portfolio = refused(&command.portfolio, read);
    let mut strategies = Vec::new();
    let mut names = BTreeSet::new();
    for file in &command.agreement {
        let stem = file.file_stem().unwrap_or(file.as_os_str()).to_string_lossy().into_owned();
        let name = if names.insert(stem.clone()) { stem } else { file.display().to_string() };
        let agreement = read_agreement(file)?;
        strategies.push(agreement.map(|agreement| Strategy { name, agreement }));
    }
    let people = match &command.people {
        None => Some(None),
        Some(model) => read_people(model)?.map(Some),
    };
    let strategies: Option<Vec<Strategy>> = strategies.into_iter().collect();
    let all = portfolio.zip(strategies).zip(people);
    Ok(all.map(|((portfolio, strategies), people)| {
        let (from, to, seed) = (command.from, command.to, command.seed);
        let is_lawless = command.law == WhoseLaw::None;
        (portfolio, strategies, Settings { from, to, people, seed, is_lawless })
    }))
}

fn read_people(model: &Path) -> Result<Option<People>, Failure> {
    if model == Path::new("typical") {
        return Ok(refused(model, people::read(TYPICAL).map_err(|fault| vec![fault])));
    }
    let bytes = read_file(model, DOCUMENT_MAX_BYTES)?;
    let text = String::from_utf8_lossy(&bytes);
    Ok(refused(model, people::read(&text).map_err(|fault| vec![fault])))
}

fn draw(
    folder: &Path,
    outcomes: &[Outcome],
    days: (Date, Date),
    currency: Currency,
) -> Result<(), Failure> {
    fs::create_dir_all(folder).map_err(Failure::io("make", folder))?;
    for chart in charts(outcomes, days, currency) {
        let file: PathBuf = folder.join(chart.file);
        fs::write(&file, chart.svg).map_err(Failure::io("write", &file))?;
    }
    Ok(())
}

/// One act a line. A reader that went away, as `head` does, is no failure of ours.
fn print_acts(outcomes: &[Outcome]) -> Result<(), Failure> {
    let mut out = BufWriter::new(io::stdout().lock());
    let mut acts = outcomes.iter().flat_map(|it| it.acts.iter().map(|act| act.json(&it.agreement)));
    let printed = acts.try_for_each(|act| writeln!(out, "{act}"));
    match printed.and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(Failure::io("print", Path::new("the acts"))(error))
        }
        Ok(()) | Err(_) => Ok(()),
    }
}

/// A row of the comparison: its name, and what it says of one agreement.
type Measure = (&'static str, fn(&Outcome, Currency) -> String);

const MEASURES: [Measure; 12] = [
    ("cases", |it, _| it.sums.cases.to_string()),
    ("still open", |it, _| it.sums.open_cases.to_string()),
    ("handed over", |it, currency| amount(it.sums.claimed_minor, currency)),
    ("received", |it, currency| amount(it.sums.total().cash_minor, currency)),
    ("still owed", |it, currency| amount(it.sums.open_minor, currency)),
    ("letters", |it, _| it.sums.total().letters.to_string()),
    ("calls", |it, _| it.sums.total().calls.to_string()),
    ("calls answered", |it, _| it.sums.total().reached.to_string()),
    ("promises", |it, _| it.sums.total().promises.to_string()),
    ("promises kept", |it, _| it.sums.total().promises_kept.to_string()),
    ("costs and interest added", |it, currency| amount(it.sums.total().added_minor, currency)),
    ("of that, harm", |it, currency| amount(it.sums.total().harm_minor, currency)),
];

fn amount(minor: i64, currency: Currency) -> String {
    Money::new(minor, currency).to_decimal().to_string()
}

/// The agreements beside each other.
fn compared(outcomes: &[Outcome], currency: Currency) -> Vec<String> {
    let mut table = Table::plain();
    let names = outcomes.iter().map(|it| it.agreement.clone());
    table.cells([format!("in {currency}")].into_iter().chain(names).collect());
    for (name, measure) in MEASURES {
        let values = outcomes.iter().map(|outcome| measure(outcome, currency));
        table.cells([name.to_owned()].into_iter().chain(values).collect());
    }
    let reasons: BTreeSet<&String> = outcomes.iter().flat_map(|it| it.sums.held.keys()).collect();
    for reason in reasons {
        let times = |it: &Outcome| it.sums.held.get(reason).copied().unwrap_or(0).to_string();
        let name = format!("waiting: {reason}");
        table.cells([name].into_iter().chain(outcomes.iter().map(times)).collect());
    }
    table.lines()
}

fn say_weeks(outcomes: &[Outcome], currency: Currency) {
    let mut table =
        Table::new(["week of", "agreement", "letters", "calls", "received", "added", "kept"]);
    let mondays: BTreeSet<Date> =
        outcomes.iter().flat_map(|it| it.sums.weeks.keys()).copied().collect();
    for monday in mondays {
        for outcome in outcomes {
            let week: Week = outcome.sums.weeks.get(&monday).copied().unwrap_or_default();
            table.row([
                monday.to_string(),
                outcome.agreement.clone(),
                week.letters.to_string(),
                week.calls.to_string(),
                amount(week.cash_minor, currency),
                amount(week.added_minor, currency),
                format!("{} of {}", week.promises_kept, week.promises),
            ]);
        }
    }
    table.say("nothing happened");
}
