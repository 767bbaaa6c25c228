//! What the scheduler decides: where a case stands, what is next, and whether it may happen now.
//!
//! Every decision ends the same way: [`settle`](settle::settle) works the position out anew from
//! what is known and tells what changed. Nothing here performs anything.

mod act;
mod awaited;
mod call;
mod case;
mod contact;
mod creditor;
mod decide;
mod explain;
mod hold;
mod person;
mod plan;
mod reason;
mod route;
mod rules;
mod ruling;
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
pub use explain::{ClaimTold, ErrandTold, Holding, Said, StepTold, Stop, Trace, as_it_happened};
pub use hold::{
    CASES_PER_PAGE, HOLD_CHANGES, Hold, Holds, Placed, SPREAD_HOLD, Spread, concerns, counts_on,
    holds_change, lift_hold, place_hold, spread_hold, weigh_hold,
};
pub use person::{Contact, Person};
pub use plan::{CONFIRMATION, Next, NextStep, THANKS, day_of, plan};
pub use reason::{Reason, Reasons, is_held, leading, record_reason};
pub use route::Route;
pub use ruling::decide_case;
pub use settle::{NEXT_STEP, PERMIT_END, PROMISE_DUE, REVIEW, Timers};
