//! The law as pure functions: what may happen, when, and what a message must say.
//!
//! Every rule answers with its id, the dated pack that holds it, and plain sentences that a debtor
//! can read. Nothing here reads a clock, a file or the environment, and nothing here is lenient:
//! what no rule covers may not be done.
//!
//! Covered are the Netherlands and Belgium: what may be done towards whom and when ([`gate`]), what
//! may be asked ([`collection_costs`], [`interest`], [`surcharge`]), terms and limitation, what a
//! payment pays, what a text must hold and must not, and what is looked at before a claim is
//! started. The README lists the questions. The rates of interest are data (`data/*.csv`), each
//! loaded until a day; beyond it there is an error and no guess.
//!
//! Absent: payment plans and ability to pay; the written description of the claim as a document of
//! its own.

mod allocation;
mod answer;
mod approach;
mod calendar;
mod caps;
mod consequences;
mod costs;
mod debts;
mod deeds;
mod elements;
mod extras;
mod formal_notice;
mod gate;
mod instalments;
mod interest;
mod limitation;
mod national_number;
mod pack;
mod payment_term;
mod portion;
mod rates;
mod readings;
mod start;
mod surcharge;
mod term;
mod window;

pub use allocation::{Component, DebtOrigin, Parts, allocate, allocation_order};
pub use answer::{Answer, PackVersion, RuleId};
pub use approach::{Hindrance, Registration};
pub use calendar::{
    EQUATED_UNTIL, Holiday, add_working_days, holidays, is_target_day, is_working_day,
    next_target_day, next_working_day,
};
pub use caps::{ContactCap, next_free_moment};
pub use consequences::{Consequence, Prohibited, Saying, forbidden_content, may_name, nameable};
pub use costs::{
    AgreedCosts, BusinessCosts, ChargeTerms, CollectionCosts, CostStep, PenaltyClause,
    agreed_costs, collection_costs, costs_base,
};
pub use debts::{
    AllocatedPart, Allocation, AllocationError, Burden, Choice, Debt, Order, allocate_payment,
};
pub use deeds::{Deed, LawfulDays, counts_as_contact, lawful_days, may_act};
pub use elements::{Charges, Document, Element, required_elements};
pub use extras::{Extra, ReminderFacts, may_charge, reminder_fee};
pub use formal_notice::{Suspension, SuspensionCause, Waiting, formal_notice_waiting};
pub use gate::{Act, CaseFacts, ClaimFacts, GateFacts, Notice, Verdict, gate};
pub use instalments::{EarlierFee, InstalmentCosts, instalment_costs};
pub use interest::{
    Interest, InterestBasis, InterestError, InterestHistory, InterestSegment, InterestTerms,
    interest, interest_over,
};
pub use limitation::{ClaimOrigin, Interruption, InterruptionKind, Limitation, limitation};
pub use national_number::{NationalNumber, mask_national_numbers, national_numbers};
pub use pack::{Jurisdiction, Pack};
pub use payment_term::{CompanySize, PaymentFacts, PaymentTerm, Supply, payment_term};
pub use rates::{RateTable, RatesEnding, rates_ending};
pub use readings::{
    BelgianHours, DayCount, FeeRounding, InterestRounding, LumpSumBase, NoClause, PostDays,
    ReadingError, Readings, ReminderFeeReading, StartReading, Switch,
};
pub use start::{
    ClaimToStart, DebtorSigns, Finding, Helper, Obstacle, PersonToAsk, Reach, StartCheck,
    TermsReview, start_check,
};
pub use surcharge::{Surcharge, surcharge};
pub use term::{Term, arrives_on, consumers_protected_from, pay_by, sent_on, term_of};
pub use window::{Window, next_lawful_moment};
