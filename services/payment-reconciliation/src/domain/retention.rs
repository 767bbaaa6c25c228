//! What payers wrote is not kept for ever: names and free text go some time after the payment was
//! decided about, accounts with the books.
//!
//! What the books need stays: the amount, the day, whose account it came in on, the references of
//! the bank, and the hash of the statement. Of money that waits for a decision everything stays,
//! since only what its payer wrote tells whose it is.

use jiff::ToSpan;
use jiff::civil::Time;
use mailbox::{Claim, Decision, Effect, Ended, Facts, Fault, Timer};
use primitives::{Date, PaymentId, Timestamp};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::desk::YEARS_MAX;
use super::{day_of, next_at};

/// The timer of the round.
pub const FORGET: &str = "forget";
/// Before the search, which asks by what payers wrote.
const NIGHT: Time = Time::constant(4, 0, 0, 0);

/// How long names and texts stay where nothing else is configured, in days: some more than the
/// thirteen months within which a payer may have the bank look into a payment (PSD2 art. 71) and
/// money that was paid back comes back. Until then it has to be seen whose a payment was.
pub const TEXT_KEPT_DAYS: u16 = 400;

/// The rounds, one each night. There is one row.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Retention {
    /// Counts the decisions that changed it.
    pub version: u64,
    /// When the newest round began.
    pub begun_at: Option<Timestamp>,
    /// How much went in it so far.
    pub erased: Erased,
    /// What goes now; kept with the payments.
    pub news: Due,
}

/// How much of what payers wrote is gone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Erased {
    /// Payments without name and text now.
    pub texts: u64,
    /// Payments without the account that they came from.
    pub accounts: u64,
}

/// What of a page has been kept long enough.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Due {
    /// Payments whose names and texts go.
    pub texts: Vec<PaymentId>,
    /// Payments whose accounts go.
    pub accounts: Vec<PaymentId>,
    /// Where the next page begins: after this payment. None of the last page.
    pub next: Option<PaymentId>,
}

/// Until when what payers wrote has been kept long enough.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Names and texts go of payments that were last decided about before this day.
    pub texts: Date,
    /// Accounts go of those before this one.
    pub accounts: Date,
}

/// The act of a round: one page of it is looked through.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ForgetWork {
    /// The payments after this one, in the round that began then.
    Page { begun_at: Timestamp, after: Option<PaymentId> },
}

impl Retention {
    /// The row under whose lock all of it changes.
    pub const ID: Uuid = Uuid::nil();
}

impl Effect for ForgetWork {
    fn kind(&self) -> &'static str {
        "forget-payer-texts"
    }

    fn once(&self) -> bool {
        false
    }
}

impl Limits {
    /// Those of a round, where names and texts are kept for so many days. Accounts are kept as long
    /// as statements are remembered, since the books tell by them where money came from.
    #[must_use]
    pub fn of(begun_at: Timestamp, text_kept_days: u16) -> Self {
        let today = day_of(begun_at);
        Self {
            texts: today.saturating_sub(i64::from(text_kept_days).days()),
            accounts: today.saturating_sub(YEARS_MAX.years()),
        }
    }
}

/// The night has come.
pub fn begin(mut retention: Retention, facts: &Facts) -> Decision<Retention, ForgetWork> {
    retention.begun_at = Some(facts.now);
    retention.erased = Erased::default();
    let page = ForgetWork::Page { begun_at: facts.now, after: None };
    let decision = Decision::quiet(retention).perform(page);
    match next_at(facts.now, NIGHT) {
        Some(due_at) => decision.timer(Timer::Set { name: FORGET, due_at }),
        None => decision,
    }
}

/// Whether a page is still to be looked through: a round that was overtaken by the next is over.
#[must_use]
pub fn claim(retention: &Retention, work: &ForgetWork) -> Claim {
    let ForgetWork::Page { begun_at, .. } = *work;
    if retention.begun_at.is_some_and(|newest| begun_at < newest) {
        return Claim::Withdraw;
    }
    Claim::Start
}

/// What was found on a page goes, and the round goes on with the next.
pub fn go_on(
    mut retention: Retention,
    ended: &Ended<ForgetWork, Due>,
) -> Result<Decision<Retention, ForgetWork>, Fault> {
    let due = ended.performed()?;
    let ForgetWork::Page { begun_at, .. } = ended.effect;
    let count = |ids: &[PaymentId]| u64::try_from(ids.len()).unwrap_or(u64::MAX);
    let erased = &mut retention.erased;
    erased.texts = erased.texts.saturating_add(count(&due.texts));
    erased.accounts = erased.accounts.saturating_add(count(&due.accounts));
    retention.news = due.clone();
    let decision = Decision::quiet(retention);
    Ok(match due.next {
        Some(_) => decision.perform(ForgetWork::Page { begun_at, after: due.next }),
        None => decision,
    })
}
