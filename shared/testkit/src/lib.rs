//! What tests stand on: real servers of their own, waits with a bound, a receiver of traces.
//!
//! For tests only, and the one place for what fakes there are. What can be had here is never faked:
//! Postgres, NATS and the receiver of traces are real ones. A payment service provider cannot, so
//! that its protocol is played, with what it keeps. What fails here panics with a sentence, because
//! the test cannot go on.

mod breakable;
mod house;
mod mollie;
mod samples;
mod servers;
mod traces;
mod waits;

pub use breakable::Breakable;
pub use house::{House, Resident, Schema, connect_to, envelope, make_schema};
pub use mollie::{
    CheckoutRefusal, MOLLIE_KEY, MOLLIE_TOKEN, Mollie, MollieFault, MollieLink, MolliePayment,
    PaymentEnd,
};
pub use primitives::FixedClock;
pub use samples::samples;
pub use servers::{Database, NatsAccount, Servers, servers};
pub use traces::{Span, TraceReceiver};
pub use waits::{Outcome, eventually};
