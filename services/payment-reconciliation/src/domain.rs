//! What payment-reconciliation decides, without IO, clock or environment: whose money is this, and
//! what does it pay?
//!
//! [`desk`] takes statements in and books what moved, [`known`] tells what was booked before, and
//! [`quarantine`] is what a person decides of a file that was set aside; [`reference`] finds the
//! claim that a payment names, [`judging`] those that it may be for, [`search`] looks for them
//! again, and [`assignment`] is what a person decides of it; [`case`] puts down what becomes known
//! of a case, [`replay`] works out what should be booked for that, and [`account`] books it;
//! [`position`] and [`explanation`] tell it, and [`correction`] names the messages that asked too
//! much. [`remittance`] sends creditors their money, less the [`commission`], and in the rhythm of
//! [`payout`] where one was agreed, with a [`specification`] and a statement for their
//! [`bookkeeping`]; [`invoice`] bills what is the agency's of it, and [`fee_payment`] is that it
//! was paid; [`refund`] sends back what is nobody's here. [`mandate`] lets the agency collect what
//! is owed, and [`debit`] does so, by a [`direct_debit_order`], unless there is a [`hindrance`];
//! [`payment_link`] lets a debtor pay by link, and books what a payment service provider says was
//! paid by it; [`provider_payout`] pairs that with what the provider pays out. [`retention`] lets
//! go what payers wrote, once it has been kept long enough. Everything that is booked is a
//! transaction of the [`ledger`]; [`books`] proves that it is right.

pub mod account;
pub mod account_statement;
pub mod assignment;
pub mod bookkeeping;
pub mod books;
pub mod case;
pub mod charges;
pub mod commission;
pub mod correction;
pub mod debit;
pub mod desk;
pub mod direct_debit_order;
pub mod explanation;
mod explanation_words;
pub mod fee_payment;
pub mod hindrance;
pub mod invoice;
pub mod invoice_document;
pub mod judging;
pub mod known;
pub mod ledger;
pub mod mandate;
pub mod parts;
pub mod payment;
pub mod payment_link;
pub mod payment_order;
pub mod payout;
pub mod position;
pub mod provider_payout;
pub mod quarantine;
pub mod reference;
pub mod refund;
pub mod remittance;
pub mod replay;
pub mod retention;
pub mod search;
pub mod specification;
pub mod specification_page;
pub mod staff;
pub mod terms;
mod xml;

use jiff::civil::Time;
use jiff::tz::{self, TimeZone};
use mailbox::Fault;
use primitives::{Date, Timestamp};
use runtime::error::chain;

/// The zone of both countries of this release; Brussels keeps the same time.
static HERE: TimeZone = tz::get!("Europe/Amsterdam");

/// The day that a moment falls on, where the agency and its creditors are.
pub(crate) fn day_of(moment: Timestamp) -> Date {
    HERE.to_datetime(moment).date()
}

/// The next moment at which clocks here show this time.
fn next_at(now: Timestamp, time: Time) -> Option<Timestamp> {
    let today = day_of(now);
    let days = [Some(today), today.tomorrow().ok()].into_iter().flatten();
    days.filter_map(|day| moment_of(day, time)).find(|moment| *moment > now)
}

/// The moment of a time of day, where the agency and its creditors are.
fn moment_of(day: Date, time: Time) -> Option<Timestamp> {
    HERE.to_timestamp(day.to_datetime(time)).ok()
}

/// Databases keep less than nanoseconds.
fn whole_second(moment: Timestamp) -> Timestamp {
    Timestamp::from_second(moment.as_second()).unwrap_or(moment)
}

/// A message that asks for what can never be booked.
fn poison(error: &dyn std::error::Error) -> Fault {
    Fault::Poison(chain(error))
}

/// Something that our own rules promise does not hold.
fn bug(error: &dyn std::error::Error) -> Fault {
    Fault::Bug(chain(error))
}
