//! Looking again for what unmatched payments pay: a claim, or its debtor's new name, may have
//! become known after the bank file. Intake is asked anew every night, a page of payments at a
//! time, and what is found is judged like what was found at first.

use contracts::payment_reconciliation::{JudgePayment, SearchUnmatchedAnswer};
use jiff::ToSpan;
use jiff::civil::Time;
use mailbox::{Claim, Decision, Effect, Ended, Facts, Fault, Timer};
use primitives::{Date, PaymentId, Timestamp};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::account_statement::Clues;
use super::{day_of, next_at};

/// The timer of the search.
pub const SEARCH: &str = "search";
/// Before the books are proven and work begins.
const NIGHT: Time = Time::constant(5, 0, 0, 0);

/// The search for what unmatched payments pay. There is one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Search {
    /// Counts the decisions that changed something or told something.
    pub version: u64,
    /// When the newest search began.
    pub begun_at: Option<Timestamp>,
    /// When intake had been asked about all of them last.
    pub searched_at: Option<Timestamp>,
    /// What was found just now; kept with the payments.
    pub found: Vec<(PaymentId, Clues)>,
    /// Of payments that were received before this day, nothing that intake told is kept any more.
    pub forget_before: Option<Date>,
}

/// The payments that were asked about at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// Each with what intake told, also where that is nothing.
    pub found: Vec<(PaymentId, Clues)>,
    /// Where the next page begins: after this payment. None of the last page.
    pub next: Option<PaymentId>,
}

/// The act of the search: one page of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SearchWork {
    /// The payments that come after this one, in the search that began then.
    Page { begun_at: Timestamp, after: Option<PaymentId> },
}

/// How a page ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Searched {
    pub next: Option<PaymentId>,
    /// Older payments were left out.
    pub received_since: Date,
}

impl Search {
    /// The row under whose lock all of it changes.
    pub const ID: Uuid = Uuid::nil();
}

impl Effect for SearchWork {
    fn kind(&self) -> &'static str {
        "search-unmatched"
    }

    fn once(&self) -> bool {
        false
    }
}

/// The night has come.
pub fn begin(mut search: Search, facts: &Facts) -> Decision<Search, SearchWork> {
    search.begun_at = Some(facts.now);
    let page = SearchWork::Page { begun_at: facts.now, after: None };
    let decision = Decision::quiet(search).perform(page);
    match next_at(facts.now, NIGHT) {
        Some(due_at) => decision.timer(Timer::Set { name: SEARCH, due_at }),
        None => decision,
    }
}

/// Whether a page is still to be asked for: a search that was overtaken by the next night's is
/// over.
#[must_use]
pub fn claim(search: &Search, work: &SearchWork) -> Claim {
    let SearchWork::Page { begun_at, .. } = *work;
    if search.begun_at.is_some_and(|newest| begun_at < newest) {
        return Claim::Withdraw;
    }
    Claim::Start
}

/// The first day of which payments are asked about, where what intake tells is kept for so many
/// days.
#[must_use]
pub fn received_since(begun_at: Timestamp, kept_days: u16) -> Date {
    day_of(begun_at).saturating_sub(i64::from(kept_days).days())
}

/// Keeps what was found on a page, and has its payments judged by it.
pub fn take_in(
    mut search: Search,
    page: &Page,
    facts: &Facts,
) -> (Decision<Search, SearchWork>, SearchUnmatchedAnswer) {
    let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    let answer = SearchUnmatchedAnswer {
        asked: count(page.found.len()),
        found: count(page.found.iter().filter(|(_, it)| !it.claims.is_empty()).count()),
        next: page.next,
    };
    search.found.clone_from(&page.found);
    if page.next.is_none() {
        search.searched_at = Some(facts.now);
    }
    let judged = page.found.iter().map(|(payment_id, _)| JudgePayment { payment_id: *payment_id });
    (judged.fold(Decision::quiet(search), Decision::send), answer)
}

/// What is too old is forgotten, and the search goes on with the next page.
pub fn go_on(
    mut search: Search,
    ended: &Ended<SearchWork, Searched>,
) -> Result<Decision<Search, SearchWork>, Fault> {
    let Searched { next, received_since } = *ended.performed()?;
    let SearchWork::Page { begun_at, .. } = ended.effect;
    search.forget_before = Some(received_since);
    let decision = Decision::quiet(search);
    Ok(match next {
        Some(_) => decision.perform(SearchWork::Page { begun_at, after: next }),
        None => decision,
    })
}
