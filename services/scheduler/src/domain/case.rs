//! The state of one case: what is known of it, and the position that was last told.

use std::collections::{BTreeMap, BTreeSet};

use contracts::agreement::{AgreedDeed, AgreedStep, Agreement};
use contracts::letter::NotSentReason;
use contracts::mediation::PromiseVerdict;
use contracts::payment_reconciliation::SettledBy;
use contracts::scheduler::{CaseState, CloseReason, HoldReason, TimelineEntry, TimelineEvent};
use contracts::telephony_task::NotMadeReason;
use law::{ClaimFacts, Notice};
use mailbox::{Facts, Fault};
use primitives::{
    CallTaskId, Capacity, CaseId, Channel, ClaimId, Country, CreditorId, Date, DebtorKind,
    Language, Money, NonPaymentReason, PaymentId, PermitId, PersonId, PromiseId, Timestamp,
};
use uuid::Uuid;

use super::awaited::Awaited;
use super::hold::{self, Holds};
use super::reason::Reasons;

/// The row of one case: unheard until intake opens it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Track {
    /// Counts the decisions that changed something.
    pub version: u64,
    /// None while only the id was heard.
    pub case: Option<Case>,
    /// What happened since it was loaded; `save` appends it to the timeline.
    pub news: Vec<TimelineEntry>,
}

/// A case that intake opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    pub case_id: CaseId,
    pub creditor_id: CreditorId,
    pub person_id: PersonId,
    pub debtor_kind: DebtorKind,
    pub country: Country,
    /// Whether no law is asked about it. Only a what-if does that: no message says it, no table
    /// holds it, and what is loaded is under the law of its country.
    pub is_lawless: bool,
    pub language: Language,
    /// The channels for which intake said that there is an address.
    pub reachable: BTreeSet<Channel>,
    /// Those for which none was found when it was needed.
    pub no_address: BTreeSet<Channel>,
    /// The version that the case follows for ever.
    pub agreement: Agreement,
    pub opened_at: Timestamp,
    pub claims: BTreeMap<ClaimId, Claim>,
    /// The permit that is out, until its answer is in.
    pub act: Option<Act>,
    /// What an act or the gate brought up that only a person can clear.
    pub blocked: Option<HoldReason>,
    /// The reason that leads.
    pub reason: Option<NonPaymentReason>,
    /// Whether another reason leads than when it was told last; never kept.
    pub is_led_anew: bool,
    /// Every reason that was heard.
    pub reasons: Reasons,
    /// Nothing is tried before this moment: the gate or a refused message said so.
    pub not_before: Option<Timestamp>,
    /// The latest day by which a message that left asked to pay.
    pub asked_by: Option<Date>,
    /// What was tried lately, and never left.
    pub tried: Option<Tried>,
    /// Calls of one step that reached nobody.
    pub unreached: Option<Tried>,
    /// What the debtor promised, by the call in which it was.
    pub promises: BTreeMap<CallTaskId, Promise>,
    /// Payments that may be for it, as it was heard last of each.
    pub awaited: BTreeMap<PaymentId, Awaited>,
    /// Whether the debtor is to be thanked for the last payment.
    pub thanks: Thanks,
    /// The holds that cover it, or a claim on it, as it was loaded.
    pub holds: Holds,
    /// When it looks at them again, as the timer is set.
    pub wakes_at: Option<Timestamp>,
    /// Where it stands, as it was last told; none until its first claim.
    pub position: Option<Position>,
}

/// One claim. Its amounts are sums, so that the order of the messages does not matter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// As it was handed over.
    pub amount: Money,
    pub issued_on: Date,
    pub due_on: Date,
    pub paid: Money,
    pub credited: Money,
    pub withdrawn: bool,
    /// Payment-reconciliation said that nothing is owed any more, and why.
    pub settled_by: Option<SettledBy>,
    /// The version of its case with which payment-reconciliation said so, or took it back.
    pub settled_as_of: u64,
    /// The agreed steps that are behind it, taken or refused for good; with the day, where it is
    /// known.
    pub passed: BTreeMap<String, Option<Date>>,
    /// The step with which it goes on because a person decided so, and then the one after it: the
    /// last one behind it does not say so while steps are taken again.
    pub begins_at: Option<String>,
    /// The messages about it that left.
    pub notices: Vec<Notice>,
}

/// A promise to pay, made in a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Promise {
    /// None until mediation took it up.
    pub promise_id: Option<PromiseId>,
    pub made_at: Timestamp,
    pub amount: Money,
    /// The last day.
    pub pay_by: Date,
    /// When it is to be judged; moves on while no judgement comes.
    pub judge_at: Timestamp,
    pub confirmation: Confirmation,
    pub verdict: Option<PromiseVerdict>,
}

/// The written confirmation of a promise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Confirmation {
    Due,
    /// Sent, or not possible.
    Over,
}

/// The thanks for the last payment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Thanks {
    /// Nothing was asked, or something is still open.
    #[default]
    NotDue,
    Due {
        at: Timestamp,
    },
    /// Sent, or not possible.
    Over,
}

/// Tries of one step in a row that came to nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tried {
    /// The key of the step.
    pub step: String,
    pub times: u32,
}

impl Tried {
    /// Counts one try of a step more.
    fn count(counted: &mut Option<Self>, step: &str) -> u32 {
        let before = counted.take().filter(|tried| tried.step == step);
        let times = before.map_or(0, |tried| tried.times).saturating_add(1);
        *counted = Some(Self { step: step.to_owned(), times });
        times
    }
}

/// An outward act under a permit: one call, or one message on one or more channels.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Act {
    pub permit_id: PermitId,
    /// The key of the step in the agreement, or of one of our own answers.
    pub step: String,
    /// The claims that it may speak of.
    pub claim_ids: BTreeSet<ClaimId>,
    pub not_after: Timestamp,
    /// At least one.
    pub errands: Vec<Errand>,
}

/// What another service was asked to do for an act.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Errand {
    /// The letter's or the call task's.
    pub id: Uuid,
    pub kind: ErrandKind,
    pub state: ErrandState,
}

impl Errand {
    /// Of a letter, how it goes.
    #[must_use]
    pub const fn channel(&self) -> Option<Channel> {
        match self.kind {
            ErrandKind::Letter(channel) => Some(channel),
            ErrandKind::Call => None,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrandKind {
    Letter(Channel),
    Call,
}

/// How far an errand is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ErrandState {
    /// The other service has it.
    Granted,
    /// It was asked not to do it any more.
    Withdrawing,
    /// Nobody knows whether it was done.
    Uncertain,
    Done,
    NotSent(NotSentReason),
    NotMade(NotMadeReason),
}

impl ErrandState {
    /// Whether its answer is still to come.
    #[must_use]
    pub const fn is_awaited(&self) -> bool {
        matches!(self, Self::Granted | Self::Withdrawing)
    }
}

impl Act {
    /// Whether an answer is still to come.
    #[must_use]
    pub fn is_awaited(&self) -> bool {
        self.errands.iter().any(|errand| errand.state.is_awaited())
    }

    /// Whether nobody knows of an errand whether it was done.
    #[must_use]
    pub fn is_uncertain(&self) -> bool {
        self.errands.iter().any(|errand| errand.state == ErrandState::Uncertain)
    }

    /// Whether its contact was made, or may still be.
    #[must_use]
    pub fn goes_on(&self) -> bool {
        let done = self.errands.iter().any(|errand| errand.state == ErrandState::Done);
        done || self.is_awaited() || self.is_uncertain()
    }

    /// Whether it is a call.
    #[must_use]
    pub fn is_call(&self) -> bool {
        self.errands.iter().any(|errand| errand.kind == ErrandKind::Call)
    }

    /// The errand of another service's id.
    pub fn errand_mut(&mut self, id: Uuid) -> Option<&mut Errand> {
        self.errands.iter_mut().find(|errand| errand.id == id)
    }
}

/// Where an open case stands. The dates are those that were told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Position {
    Planned { step: String, claim_ids: BTreeSet<ClaimId>, due_at: Timestamp },
    Acting,
    AwaitingPromise { promise_id: PromiseId, amount: Money, pay_by: Date, judge_at: Timestamp },
    Held { reason: HoldReason, review_on: Date },
    Closed { reason: CloseReason },
}

impl Track {
    /// The case, or the wait for it.
    pub fn case_mut(&mut self, case_id: CaseId) -> Result<&mut Case, Fault> {
        self.case.as_mut().ok_or_else(|| Fault::Early(format!("case {case_id} to be opened")))
    }

    /// The claim of the case that there is news of, or the wait for it. What was tried in vain
    /// before may work now.
    pub fn news_of(&mut self, case_id: CaseId, claim_id: ClaimId) -> Result<&mut Claim, Fault> {
        let case = self.case_mut(case_id)?;
        if case.claims.contains_key(&claim_id) {
            case.tried = None;
        }
        let claim = case.claims.get_mut(&claim_id);
        claim.ok_or_else(|| Fault::Early(format!("claim {claim_id} of case {case_id}")))
    }

    /// Writes an entry of the timeline.
    pub fn note(&mut self, facts: &Facts, what: TimelineEvent) {
        self.news.push(TimelineEntry { at: facts.now, what, cause: facts.cause });
    }
}

impl Case {
    /// Where it stands, in the words of the contract; none until its first claim.
    #[must_use]
    pub fn state(&self) -> Option<CaseState> {
        Some(match (self.position.as_ref()?, &self.act) {
            (Position::Planned { step, due_at, .. }, _) => {
                CaseState::Planned { step: step.clone(), due_at: *due_at }
            }
            (Position::Acting, Some(act)) => CaseState::Acting {
                step: act.step.clone(),
                permit_id: act.permit_id,
                not_after: act.not_after,
            },
            (Position::Acting, None) => return None,
            (Position::AwaitingPromise { promise_id, amount, pay_by, judge_at }, _) => {
                CaseState::AwaitingPromise {
                    promise_id: *promise_id,
                    amount: *amount,
                    pay_by: *pay_by,
                    judged_at: *judge_at,
                }
            }
            (Position::Held { reason, review_on }, _) => CaseState::Held {
                reason: reason.clone(),
                owner: self.owner(reason, *review_on).to_owned(),
                review_on: *review_on,
            },
            (Position::Closed { reason }, _) => CaseState::Closed { reason: reason.clone() },
        })
    }

    /// Whether a person put it on hold, as it was last told.
    #[must_use]
    pub const fn is_on_hold(&self) -> bool {
        matches!(self.position, Some(Position::Held { reason: HoldReason::OnHold, .. }))
    }

    /// Who decides on a held case: of one on hold, whoever that hold belongs to.
    #[must_use]
    pub fn owner(&self, reason: &HoldReason, review_on: Date) -> &str {
        let hold = match reason {
            HoldReason::OnHold => hold::leading(self, review_on),
            HoldReason::StepsUsedUp
            | HoldReason::NotReachable
            | HoldReason::GateRefused
            | HoldReason::ActUncertain
            | HoldReason::NotDelivered
            | HoldReason::NotWritten
            | HoldReason::TriedInVain
            | HoldReason::ReasonGiven => None,
        };
        hold.map_or(self.agreement.review_by.as_str(), |terms| terms.owner.as_str())
    }

    /// Whether there is an address for a channel, as far as is known.
    #[must_use]
    pub fn is_reachable(&self, channel: Channel) -> bool {
        self.reachable.contains(&channel) && !self.no_address.contains(&channel)
    }

    /// Counts a try of a step whose message did not leave, or whose call nobody made.
    pub fn count_try(&mut self, step: &str) -> u32 {
        Tried::count(&mut self.tried, step)
    }

    /// Counts a call that reached nobody.
    pub fn count_unreached(&mut self, step: &str) -> u32 {
        Tried::count(&mut self.unreached, step)
    }

    /// The channels of a deed by which the debtor can be reached.
    #[must_use]
    pub fn channels(&self, deed: &AgreedDeed) -> Vec<Channel> {
        let all: &[Channel] = match deed {
            AgreedDeed::Write { channels, .. } => channels,
            AgreedDeed::Call { .. } => &[Channel::Telephone],
        };
        all.iter().copied().filter(|channel| self.is_reachable(*channel)).collect()
    }

    /// The promise that is followed now: of several the latest.
    #[must_use]
    pub fn open_promise(&self) -> Option<&Promise> {
        let open = self.promises.values().filter(|promise| promise.verdict.is_none());
        open.max_by_key(|promise| promise.judge_at)
    }

    pub fn open_promise_mut(&mut self) -> Option<&mut Promise> {
        let open = self.promises.values_mut().filter(|promise| promise.verdict.is_none());
        open.max_by_key(|promise| promise.judge_at)
    }

    /// The place of a step in the agreement.
    #[must_use]
    pub fn place_of(&self, key: &str) -> Option<usize> {
        self.agreement.steps.iter().position(|step| step.key == key)
    }

    /// The agreed step with this key.
    #[must_use]
    pub fn step(&self, key: &str) -> Option<&AgreedStep> {
        self.agreement.steps.iter().find(|step| step.key == key)
    }

    /// In whose name a step about some claims is taken. Once the agency spoke of one of them as a
    /// collector it goes on so, also in a step before that one that comes late or again, and in its
    /// answers.
    #[must_use]
    pub fn capacity<'a>(
        &self,
        step: &str,
        claims: impl IntoIterator<Item = &'a Claim>,
    ) -> Capacity {
        let Agreement { capacity, collector_from, steps, .. } = &self.agreement;
        let from = collector_from.as_deref().and_then(|key| self.place_of(key));
        let Some(from) = from else { return *capacity };
        let is_own = self.place_of(step).is_some_and(|place| place >= from);
        let spoke = |claim: &Claim| steps.iter().skip(from).any(|step| claim.was_taken(step));
        if is_own || claims.into_iter().any(spoke) { Capacity::Collector } else { *capacity }
    }

    /// Whether a step is behind a claim, and not to be taken again because a person decided so.
    #[must_use]
    pub fn is_behind(&self, claim: &Claim, step: &str) -> bool {
        let begins = claim.begins_at.as_deref().and_then(|key| self.place_of(key));
        let again = begins.zip(self.place_of(step)).is_some_and(|(begins, place)| begins <= place);
        claim.passed.contains_key(step) && !again
    }

    /// Whether the planned step speaks of a claim.
    #[must_use]
    pub fn plans(&self, claim_id: ClaimId) -> bool {
        matches!(
            &self.position,
            Some(Position::Planned { claim_ids, .. }) if claim_ids.contains(&claim_id)
        )
    }

    /// Whether the act under way speaks of a claim.
    #[must_use]
    pub fn acts_on(&self, claim_id: ClaimId) -> bool {
        self.act.as_ref().is_some_and(|act| act.claim_ids.contains(&claim_id))
    }

    /// The claims on which something is still to be paid.
    pub fn open_claims(&self) -> impl Iterator<Item = (ClaimId, &Claim)> {
        self.claims.iter().filter(|(_, claim)| claim.is_open()).map(|(id, claim)| (*id, claim))
    }
}

impl Claim {
    /// What is still to be paid of the principal; never negative.
    #[must_use]
    pub fn open(&self) -> Money {
        if self.is_settled() {
            return Money::zero(self.amount.currency());
        }
        let open_minor = self
            .amount
            .amount_minor()
            .saturating_sub(self.paid.amount_minor())
            .saturating_sub(self.credited.amount_minor());
        Money::new(open_minor.max(0), self.amount.currency())
    }

    /// Whether somebody who knows said that nothing is owed on it any more: payment-reconciliation,
    /// or intake of a withdrawal.
    #[must_use]
    pub const fn is_settled(&self) -> bool {
        self.withdrawn || self.settled_by.is_some()
    }

    /// Payment-reconciliation says by what it is settled, or that it is not any more; what it said
    /// with an earlier version of its case counts no more.
    pub fn hear(&mut self, settled_by: Option<SettledBy>, version: u64) {
        if version >= self.settled_as_of {
            (self.settled_by, self.settled_as_of) = (settled_by, version);
        }
    }

    /// Whether an agreed step about it really was taken: one that was refused for good is behind
    /// it, too.
    #[must_use]
    pub fn was_taken(&self, step: &AgreedStep) -> bool {
        let happened = match &step.deed {
            AgreedDeed::Write { message, .. } => {
                self.notices.iter().any(|notice| notice.message == *message)
            }
            AgreedDeed::Call { .. } => true,
        };
        happened && self.passed.contains_key(&step.key)
    }

    /// What the law asks about it.
    #[must_use]
    pub fn facts(&self) -> ClaimFacts {
        ClaimFacts {
            issued_on: self.issued_on,
            due_on: self.due_on,
            open: self.open(),
            barred_from: None,
        }
    }

    /// Whether something is still to be paid, as far as was heard. Payments lower the principal
    /// last (6:44 BW), so costs and interest are open only while some of it is.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.open().is_positive()
    }
}
