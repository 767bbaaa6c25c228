//! The law as pure functions: what may happen, when, and what a message must say.
//!
//! Every rule answers with its id, the dated pack that holds it, and plain sentences that a debtor
//! can read. Nothing here reads a clock, a file or the environment, and nothing here is lenient:
//! what no rule covers may not be done.
//!
//! Covered are the Netherlands and Belgium, e-mail and post, the notice before the due date and the
//! free first reminder. Absent, each with its own issue to come: collection costs, interest, the
//! Dutch 14-day letter, the Belgian terms after a reminder and the formal notice, limitation,
//! payment plans, and acts by telephone, text message or visit.

mod answer;
mod calendar;
mod caps;
mod elements;
mod gate;
mod pack;
mod reminder;
mod window;

pub use answer::{Answer, PackVersion, RuleId};
pub use calendar::{Holiday, add_working_days, holidays, is_working_day, next_working_day};
pub use caps::{ContactCap, next_free_moment};
pub use elements::{Element, required_elements};
pub use gate::{Act, ClaimFacts, GateFacts, Verdict, gate};
pub use pack::Pack;
pub use reminder::{LawfulDays, lawful_days, may_send, pay_by};
pub use window::{ContactHours, Window, next_lawful_moment};
