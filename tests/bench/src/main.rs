//! How fast the mailbox is, the law's gate, the reader of bank files and the whole way of money,
//! against limits that are measured in the same run; and how well payments are matched.
//!
//! Absolute figures differ from machine to machine and from hour to hour; what counts are the
//! ratios and the processor time per message.

#![expect(
    clippy::arithmetic_side_effects,
    clippy::print_stderr,
    clippy::print_stdout,
    reason = "a measurement fails loudly, and speaks to a terminal"
)]

mod backlog;
mod costly;
mod cpu;
mod end_to_end;
mod fairness;
mod figures;
mod gate;
mod limits;
mod matching;
mod promptness;
mod reference;
mod seeding;
mod servers;
mod statements;
mod what_if;
mod whole_way;

use clap::{Parser, Subcommand};

use figures::{Figures, median, ratio};
use mailbox::MailboxSettings;
use servers::{Servers, Urls};

/// Measures the mailbox and prints a table, or JSON.
#[derive(Clone, Debug, Parser)]
struct Arguments {
    /// Rows of the table of which one changes per message.
    #[arg(long, default_value_t = 1_000_000)]
    rows: u32,
    /// Messages per measurement.
    #[arg(long, default_value_t = 60_000)]
    messages: u32,
    /// Interleaved runs, of which the medians count.
    #[arg(long, default_value_t = 5)]
    runs: u32,
    /// Batches at the same time; as the mailbox ships where it is not given.
    #[arg(long)]
    workers: Option<usize>,
    /// Messages in a batch; as the mailbox ships where it is not given.
    #[arg(long)]
    batch_max: Option<usize>,
    /// Then measure the mailbox with a table of so many rows, too, in turns.
    #[arg(long)]
    large_rows: Option<u32>,
    /// Then have a process of its own work off so many messages, and look at its memory, and at how
    /// long what is urgent takes meanwhile.
    #[arg(long)]
    backlog: Option<u32>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
    #[command(subcommand)]
    role: Option<Role>,
}

impl Arguments {
    /// How the mailbox is set up.
    fn settings(&self) -> MailboxSettings {
        let shipped = MailboxSettings::default();
        MailboxSettings {
            workers: self.workers.unwrap_or(shipped.workers),
            batch_max: self.batch_max.unwrap_or(shipped.batch_max),
            ..shipped
        }
    }
}

#[derive(Clone, Debug, Subcommand)]
enum Role {
    /// The process that works off a backlog; started by the benchmark itself.
    #[command(hide = true)]
    Serve(Urls),
    /// Only measures how fast the law's gate answers; needs no servers.
    Gate,
    /// Only measures how fast a bank file is read; needs no servers.
    Statements,
    /// Only measures how long a year of a portfolio takes that is only supposed; needs no servers.
    WhatIf,
    /// Only measures how well payments are matched to claims, and how fast; needs no servers.
    Matching {
        /// The seed of the world; the rules were made on 1 to 12, and on some from 100 to 2020.
        #[arg(long, default_value_t = 60_000)]
        seed: u64,
        /// Open claims.
        #[arg(long, default_value_t = 1_000_000)]
        claims: usize,
        /// Payments.
        #[arg(long, default_value_t = 50_000)]
        payments: usize,
    },
    /// Only measures how soon a payment shows in its case's position, and takes letters back.
    Promptness {
        /// So many cases, each paid by a bank file of its own.
        #[arg(long, default_value_t = 200, value_parser = clap::value_parser!(u32).range(1..=360))]
        cases: u32,
    },
    /// Only measures how long bank files take until everything in them is booked and told.
    WholeWay {
        /// The seed of the claims and payments.
        #[arg(long, default_value_t = 60_000)]
        seed: u64,
        /// Open claims.
        #[arg(long, default_value_t = 1_000_000)]
        claims: usize,
        /// Entries of the files, one after the other.
        #[arg(long, value_delimiter = ',', default_values_t = [1_000, 10_000, 50_000])]
        entries: Vec<u32>,
        /// Also tell which statements cost Postgres most, of each entry.
        #[arg(long)]
        costly: bool,
    },
}

/// How often the law's gate is asked.
const GATE_ANSWERS: u32 = 1_000_000;

#[tokio::main]
async fn main() {
    let arguments = Arguments::parse();
    match &arguments.role {
        Some(Role::Serve(urls)) => return backlog::serve(urls).await,
        Some(Role::Gate) => return gate::answer(GATE_ANSWERS),
        Some(Role::Statements) => return statements::measure(),
        Some(Role::WhatIf) => return what_if::measure(),
        Some(Role::Matching { seed, claims, payments }) => {
            return matching::measure(*seed, *claims, *payments);
        }
        Some(Role::Promptness { cases }) => return Box::pin(promptness::measure(*cases)).await,
        Some(Role::WholeWay { seed, claims, entries, costly }) => {
            return Box::pin(whole_way::measure(*seed, *claims, entries, *costly)).await;
        }
        None => {}
    }
    let servers = Servers::start().await;
    servers.fill("tally", arguments.rows).await;
    let mut runs = Vec::new();
    for number in 1..=arguments.runs {
        eprintln!("run {number} of {}", arguments.runs);
        runs.push(run(&servers, &arguments, number).await);
    }
    let medians = median(&runs);
    if arguments.json {
        println!("{}", serde_json::to_string_pretty(&medians).expect("figures are JSON"));
    } else {
        println!("{medians}");
    }
    gate::answer(GATE_ANSWERS);
    if let Some(rows) = arguments.large_rows {
        let [small, large] = large(&servers, &arguments, rows).await;
        let part = ratio(large, small);
        println!("{small} per s, and with {rows} rows {large}: {part}   bar: 0.85");
    }
    if let Some(messages) = arguments.backlog {
        println!("{}", backlog::work_off(&servers, &arguments, messages).await);
    }
}

/// The median rates of the mailbox on the table, and on one of so many rows.
async fn large(servers: &Servers, arguments: &Arguments, rows: u32) -> [u64; 2] {
    servers.fill("other", rows).await;
    let large = Arguments { rows, ..arguments.clone() };
    let mut rates = [Vec::new(), Vec::new()];
    for number in 1..=arguments.runs {
        let story = arguments.runs + 2 * number;
        for (rates, arguments, story) in
            rates.iter_mut().zip([arguments, &large]).zip(story..).map(|((a, b), c)| (a, b, c))
        {
            let lying = end_to_end::prepare(servers, arguments, arguments.messages, story, 0).await;
            let consumed = end_to_end::consume(servers, lying, &arguments.settings()).await;
            rates.push(consumed.rate());
            servers.swap_tables().await;
        }
    }
    rates.map(|mut rates| {
        rates.sort_unstable();
        *rates.get(rates.len() / 2).expect("at least one run")
    })
}

/// Every case once, one after the other, so that a slow hour slows all of them.
async fn run(servers: &Servers, arguments: &Arguments, number: u32) -> Figures {
    let few = arguments.messages.div_ceil(20);
    let settings = arguments.settings();
    let one_by_one = MailboxSettings { batch_max: 1, ..settings.clone() };
    let batch = end_to_end::prepare(servers, arguments, arguments.messages, number, 0).await;
    let publish = batch.published;
    let fetch = limits::fetch(servers, arguments).await;
    let write = limits::write(servers, arguments, number).await;
    let batched = end_to_end::consume(servers, batch, &settings).await;
    let batch = end_to_end::prepare(servers, arguments, few, number, 0).await;
    let single = end_to_end::consume(servers, batch, &one_by_one).await;
    let batch = end_to_end::prepare(servers, arguments, arguments.messages, number, 100).await;
    let poisoned = end_to_end::consume(servers, batch, &settings).await;
    let rate = batched.rate().div_ceil(10);
    let latency = end_to_end::latency(servers, arguments, rate, number).await;
    Figures { publish, fetch, write, batched, single, poisoned, latency }
}
