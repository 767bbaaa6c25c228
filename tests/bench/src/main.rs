//! How fast the mailbox is, against limits that are measured in the same run on the same servers.
//!
//! Absolute figures differ from machine to machine and from hour to hour; what counts are the
//! ratios and the processor time per message.

#![expect(
    clippy::arithmetic_side_effects,
    clippy::print_stderr,
    clippy::print_stdout,
    reason = "a measurement fails loudly, and speaks to a terminal"
)]

mod cpu;
mod end_to_end;
mod figures;
mod limits;
mod reference;
mod servers;

use clap::Parser;

use figures::{Case, Figures, median};
use servers::Servers;

/// Measures the mailbox and prints a table, or JSON.
#[derive(Debug, Parser)]
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
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

#[tokio::main]
async fn main() {
    let arguments = Arguments::parse();
    let servers = Servers::start().await;
    eprintln!("filling a table of {} rows", arguments.rows);
    servers.fill(arguments.rows).await;
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
}

/// Every case once, one after the other, so that a slow hour slows all of them.
async fn run(servers: &Servers, arguments: &Arguments, number: u32) -> Figures {
    let few = arguments.messages.div_ceil(20);
    let batch = end_to_end::prepare(servers, arguments, arguments.messages, number, 0).await;
    let publish = batch.published;
    let fetch = limits::fetch(servers, arguments.messages).await;
    let write = limits::write(servers, arguments, number).await;
    let batched = end_to_end::consume(servers, batch, &Case::batched()).await;
    let batch = end_to_end::prepare(servers, arguments, few, number, 0).await;
    let single = end_to_end::consume(servers, batch, &Case::one_by_one()).await;
    let batch = end_to_end::prepare(servers, arguments, arguments.messages, number, 100).await;
    let poisoned = end_to_end::consume(servers, batch, &Case::batched()).await;
    let rate = batched.rate().div_ceil(10);
    let latency = end_to_end::latency(servers, arguments, rate, number).await;
    Figures { publish, fetch, write, batched, single, poisoned, latency }
}
