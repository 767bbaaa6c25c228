//! The promises of a case, and how they are judged.
//!
//! A verdict is a function of what is known: the payments of the case, the claims that are settled,
//! the promises themselves, and the moment at which a promise was no longer waited for. So every
//! order of messages ends in the same verdicts.

use std::collections::BTreeMap;

use contracts::Outgoing;
use contracts::mediation::{JudgePromise, PromiseJudged, PromiseMade, PromiseSummary};
use contracts::payment_reconciliation::{ClaimSettled, PaymentAllocated};
use contracts::telephony_task::CallClosed;
use law::Pack;
use mailbox::{Decision, Facts, Fault};
use primitives::{
    CallTaskId, CaseId, ClaimId, CreditorId, Date, Money, PaymentId, PersonId, PromiseId, StaffId,
    Timestamp,
};

pub use contracts::mediation::PromiseVerdict;

/// The row of one case: its promises, and what they are judged by.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CaseFile {
    /// Counts the decisions that changed something.
    pub version: u64,
    pub promises: BTreeMap<PromiseId, Promise>,
    /// Each once, for the claim that it paid.
    pub payments: BTreeMap<(PaymentId, ClaimId), Receipt>,
    /// The claims on which nothing is owed any more, with the moment at which that was heard.
    pub settled: BTreeMap<ClaimId, Timestamp>,
}

/// What a debtor promised in a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Promise {
    pub case_id: CaseId,
    pub creditor_id: CreditorId,
    pub person_id: PersonId,
    /// The claims that the call was about.
    pub claim_ids: Vec<ClaimId>,
    pub amount: Money,
    /// The last day.
    pub pay_by: Date,
    pub task_id: CallTaskId,
    pub staff_id: StaffId,
    pub made_at: Timestamp,
    /// When it was no longer waited for: it was judged, a newer promise took its place, or nothing
    /// was owed any more. Set once.
    pub closed_at: Option<Timestamp>,
    /// As it was told last; none while it is open.
    pub verdict: Option<PromiseVerdict>,
}

/// Money that was received.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Receipt {
    pub amount: Money,
    pub received_on: Date,
}

/// A call was written down. Its promise, if it brought one, takes the place of an older open one.
pub fn close_call(mut file: CaseFile, call: &CallClosed, facts: &Facts) -> Decision<CaseFile> {
    let Some(promised) = &call.promise else { return Decision::quiet(file) };
    // One call, one promise: however often it is told.
    let promise_id = PromiseId::derive(call.task_id.as_uuid(), b"promise");
    if file.promises.contains_key(&promise_id) {
        return Decision::quiet(file);
    }
    let promise = Promise {
        case_id: call.case_id,
        creditor_id: call.creditor_id,
        person_id: call.person_id,
        claim_ids: call.claim_ids.clone(),
        amount: promised.amount,
        pay_by: promised.pay_by,
        task_id: call.task_id,
        staff_id: call.staff_id,
        made_at: call.called_at,
        closed_at: None,
        verdict: None,
    };
    let made = Outgoing::new(&promise.told_as(promise_id));
    file.promises.insert(promise_id, promise);
    let verdicts = file.conclude(facts);
    let mut decision = Decision::quiet(file);
    decision.messages.push(made);
    decision.messages.extend(verdicts);
    decision
}

/// Money was received, or what it paid was corrected: then the difference is told. It counts for
/// promises that are heard of later, too.
pub fn receive(
    mut file: CaseFile,
    paid: &PaymentAllocated,
    facts: &Facts,
) -> Result<Decision<CaseFile>, Fault> {
    let nothing =
        Receipt { amount: Money::zero(paid.amount.currency()), received_on: paid.received_on };
    let receipt = file.payments.entry((paid.payment_id, paid.claim_id)).or_insert(nothing);
    let sum = receipt.amount.checked_add(paid.amount);
    receipt.amount = sum.map_err(|error| Fault::Poison(error.to_string()))?;
    Ok(concluded(file, facts))
}

/// Nothing is owed on a claim any more.
pub fn settle_claim(
    mut file: CaseFile,
    settled: &ClaimSettled,
    facts: &Facts,
) -> Decision<CaseFile> {
    file.settled.entry(settled.claim_id).or_insert(facts.now);
    concluded(file, facts)
}

/// The promised day is over, and what was received until then should be known by now.
pub fn judge(
    mut file: CaseFile,
    asked: &JudgePromise,
    facts: &Facts,
) -> Result<Decision<CaseFile>, Fault> {
    let Some(promise) = file.promises.get_mut(&asked.promise_id) else {
        return Err(Fault::Early(format!("promise {} of its call", asked.promise_id)));
    };
    if promise.verdict.is_some() {
        return Ok(Decision::quiet(file));
    }
    if day_of(facts.now) <= promise.pay_by {
        // Judged now, it would be broken while it may still be kept.
        return Err(Fault::Retry(format!(
            "promise {} may be kept until {} is over",
            asked.promise_id, promise.pay_by
        )));
    }
    promise.closed_at.get_or_insert(facts.now);
    Ok(concluded(file, facts))
}

fn concluded(mut file: CaseFile, facts: &Facts) -> Decision<CaseFile> {
    let verdicts = file.conclude(facts);
    let mut decision = Decision::quiet(file);
    decision.messages = verdicts;
    decision
}

/// The day of a moment. The Netherlands and Belgium share their time, so a case need not say which.
fn day_of(moment: Timestamp) -> Date {
    Pack::NL.local_date(moment)
}

/// How good a verdict is for the debtor. A verdict that was told gives way to a better one only.
const fn rank(verdict: &PromiseVerdict) -> u8 {
    match verdict {
        PromiseVerdict::Broken => 0,
        PromiseVerdict::Released => 1,
        PromiseVerdict::Late => 2,
        PromiseVerdict::Kept => 3,
    }
}

impl CaseFile {
    /// The promises, the newest first.
    #[must_use]
    pub fn summaries(&self) -> Vec<PromiseSummary> {
        let mut promises: Vec<_> = self.promises.iter().collect();
        promises.sort_by_key(|(id, promise)| (promise.made_at, **id));
        let summary = |(id, promise): (&PromiseId, &Promise)| PromiseSummary {
            promise_id: *id,
            amount: promise.amount,
            pay_by: promise.pay_by,
            made_at: promise.made_at,
            received: self.received(promise, Date::MAX),
            verdict: promise.verdict.clone(),
        };
        promises.into_iter().rev().map(summary).collect()
    }

    /// Draws the conclusion for every promise, and says what has to be told.
    fn conclude(&mut self, facts: &Facts) -> Vec<Outgoing> {
        let ids: Vec<PromiseId> = self.promises.keys().copied().collect();
        ids.into_iter().filter_map(|id| self.conclude_one(id, facts)).collect()
    }

    fn conclude_one(&mut self, id: PromiseId, facts: &Facts) -> Option<Outgoing> {
        let mut promise = self.promises.get(&id)?.clone();
        let over = self.nothing_owed_since(&promise).is_some() || self.newer(id, &promise) > 0;
        if over && promise.verdict.is_none() {
            promise.closed_at.get_or_insert(facts.now);
        }
        let verdict = self.verdict(id, &promise);
        let better = match (&promise.verdict, &verdict) {
            (_, None) => false,
            (None, Some(_)) => true,
            (Some(told), Some(now)) => rank(now) > rank(told),
        };
        if better {
            promise.verdict.clone_from(&verdict);
        }
        let told = verdict.filter(|_| better).map(|verdict| {
            Outgoing::new(&PromiseJudged {
                promise_id: id,
                case_id: promise.case_id,
                creditor_id: promise.creditor_id,
                person_id: promise.person_id,
                verdict,
                promised: promise.amount,
                received: self.received(&promise, Date::MAX),
                pay_by: promise.pay_by,
            })
        });
        self.promises.insert(id, promise);
        told
    }

    /// What became of a promise, as far as is known; none while it is open.
    fn verdict(&self, id: PromiseId, promise: &Promise) -> Option<PromiseVerdict> {
        let enough = |until: Date| {
            self.received(promise, until).amount_minor() >= promise.amount.amount_minor()
        };
        if enough(promise.pay_by) {
            return Some(PromiseVerdict::Kept);
        }
        let closed_at = promise.closed_at?;
        let since = self.nothing_owed_since(promise);
        Some(if enough(day_of(closed_at).max(promise.pay_by)) {
            PromiseVerdict::Late
        } else if self.renegotiated(id, promise) || since.is_some_and(|since| since <= closed_at) {
            PromiseVerdict::Released
        } else {
            PromiseVerdict::Broken
        })
    }

    /// What was received on the case from the day of a promise until a day, both within. Beyond
    /// the largest amount nothing more is counted.
    fn received(&self, promise: &Promise, until: Date) -> Money {
        let (first, currency) = (day_of(promise.made_at), promise.amount.currency());
        let received = self
            .payments
            .values()
            .filter(|paid| paid.amount.currency() == currency)
            .filter(|paid| (first..=until).contains(&paid.received_on))
            .fold(0_i64, |sum, paid| sum.saturating_add(paid.amount.amount_minor()));
        Money::new(received, currency)
    }

    /// Since when nothing is owed on any claim of a promise.
    fn nothing_owed_since(&self, promise: &Promise) -> Option<Timestamp> {
        let settled = promise.claim_ids.iter().map(|claim_id| self.settled.get(claim_id).copied());
        settled.collect::<Option<Vec<Timestamp>>>()?.into_iter().max()
    }

    fn after(&self, id: PromiseId, promise: &Promise) -> impl Iterator<Item = &Promise> {
        let own = (promise.made_at, id);
        let newer = self.promises.iter().filter(move |(id, other)| (other.made_at, **id) > own);
        newer.map(|(_, other)| other)
    }

    /// How many promises were made after it.
    fn newer(&self, id: PromiseId, promise: &Promise) -> usize {
        self.after(id, promise).count()
    }

    /// Whether another promise was agreed while this one could still be kept.
    fn renegotiated(&self, id: PromiseId, promise: &Promise) -> bool {
        self.after(id, promise).any(|newer| day_of(newer.made_at) <= promise.pay_by)
    }
}

impl Promise {
    fn told_as(&self, promise_id: PromiseId) -> PromiseMade {
        PromiseMade {
            promise_id,
            case_id: self.case_id,
            creditor_id: self.creditor_id,
            person_id: self.person_id,
            claim_ids: self.claim_ids.clone(),
            amount: self.amount,
            pay_by: self.pay_by,
            task_id: self.task_id,
            staff_id: self.staff_id,
            made_at: self.made_at,
        }
    }
}
