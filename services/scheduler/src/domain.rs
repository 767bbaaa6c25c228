//! What the scheduler decides: where a case stands, what is next, and whether it may happen now.
//!
//! Every decision ends the same way: [`settle`](settle::settle) works the position out anew from
//! what is known and tells what changed. Nothing here performs anything.

mod act;
mod awaited;
mod call;
mod case;
mod creditor;
mod decide;
mod explain;
mod person;
mod plan;
mod rules;
mod settle;

pub use awaited::{Awaited, Wait, await_money, clear_money};
pub use call::{
    Heard, call_closed, call_not_made, hear, payments_known, promise_due, promise_judged,
    promise_made,
};
pub use case::{
    Act, Case, Claim, Confirmation, Errand, ErrandKind, ErrandState, Position, Promise, Thanks,
    Track, Tried,
};
pub use creditor::{Creditor, agree};
pub use decide::{
    credit, dispatched, end_permit, not_sent, open, pay, register_claim, review, settle_claim,
    take_step, uncertain, withdraw,
};
pub use explain::{as_it_happened, why, would_stop};
pub use person::{Contact, Person};
pub use plan::{CONFIRMATION, Next, NextStep, THANKS, plan};
pub use settle::{NEXT_STEP, PERMIT_END, PROMISE_DUE, REVIEW, Timers};
