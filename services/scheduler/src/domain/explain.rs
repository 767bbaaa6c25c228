//! Why a case stands where it does, what is next, and what would stop it: first as the facts that
//! its position was worked out of, then as sentences for whoever reads. They carry no names.

mod creditor;
mod debtor;
mod handler;
mod words;

use std::collections::BTreeSet;

use contracts::agreement::{AgreedDeed, StepMoment};
use contracts::hold::HoldTerms;
use contracts::scheduler::{
    Audience, CaseExplanation, CloseReason, HoldReason, TimelineEntry, TimelineEvent,
};
use jiff::SignedDuration;
use primitives::{
    ClaimId, Country, Date, Language, MessageKind, Money, NonPaymentReason, Timestamp,
};

use super::awaited::Wait;
use super::case::{Act, Case, ErrandKind, ErrandState, Position, Promise};
use super::hold::{counts_on, goes_on};
use super::plan::{CONFIRMATION, THANKS, day_of, thanks, unjudged_for_long};
use super::route::Route;
use words::Words;

/// How far apart the messages of one happening may arrive.
const ONE_MOMENT: SignedDuration = SignedDuration::from_mins(1);

/// The timeline as things happened. That nothing is owed may be heard before the payment that
/// settled it, since their messages travel apart: what is heard in the same moment comes first.
#[must_use]
pub fn as_it_happened(heard: Vec<TimelineEntry>) -> Vec<TimelineEntry> {
    let mut ordered: Vec<TimelineEntry> = Vec::with_capacity(heard.len());
    for entry in heard {
        let closing = ordered.pop_if(|last| {
            matches!(last.what, TimelineEvent::Closed { .. })
                && settles(&entry.what)
                && entry.at.duration_since(last.at) < ONE_MOMENT
        });
        ordered.push(entry);
        ordered.extend(closing);
    }
    ordered
}

const fn settles(what: &TimelineEvent) -> bool {
    matches!(
        what,
        TimelineEvent::PaymentReceived { .. }
            | TimelineEvent::ClaimCredited { .. }
            | TimelineEvent::ClaimWithdrawn { .. }
    )
}

/// A fact of an explanation: why something is, or what comes next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Said {
    /// No claim of the case was heard of yet.
    NoClaim,
    /// A promise is confirmed in writing.
    Confirming,
    Thanking,
    /// A step of the agreement.
    Step(StepTold),
    Claim(ClaimTold),
    NotBefore(Timestamp),
    /// What the law gate said last.
    Refused {
        rule_ids: Vec<String>,
        again_at: Option<Timestamp>,
    },
    UnderWay(ErrandTold),
    Promised {
        amount: Money,
        pay_by: Date,
    },
    /// When a promise is judged.
    Judged(Timestamp),
    /// A promise waits for statements that show this day.
    StatementsFirst(Date),
    /// They do not show it for long.
    NoStatement(Date),
    Held(Holding),
    /// A hold that counts today.
    OnHold(HoldTerms),
    /// Money came in that may be for the case.
    MoneyAwaited(Wait),
    /// The reason that leads.
    Reason(NonPaymentReason),
    /// What follows from it.
    Route(Route),
    Closed(CloseReason),
    /// The next step is taken then.
    Taken {
        step: StepTold,
        at: Timestamp,
    },
    /// The confirmation of a promise goes out then.
    Confirmed(Timestamp),
    Thanked(Timestamp),
    /// What is under way happens by then, or not.
    HappensBy(Timestamp),
    /// A person decides by then.
    Decides {
        owner: String,
        on: Date,
    },
    /// The last hold ends by itself.
    GoesOn(Date),
    Nothing,
    AwaitsClaim,
}

/// What would stop or change what comes next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    NothingOpen,
    Gate,
    OtherClaim,
    DueDate,
    /// A hold, or a reason that a person weighs.
    Hold,
    /// The decision on the money that came in.
    MoneyDecided,
    PermitEnd,
    EnoughMoney,
    Judgement,
    CallersWord,
    Proof,
    AnotherClaim,
    NewAddress,
    TriedAgain,
    NewStatements,
    OtherNews,
    Decision,
    HoldEnds,
    OpensAgain,
    FirstClaim,
}

/// Why a case is held, as far as it is said otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holding {
    StepsUsedUp,
    NotReachable,
    GateRefused,
    CallUncertain,
    MessageUncertain,
    NotDelivered,
    NotWritten,
    TriedInVain,
    ReasonGiven,
    OnHold,
}

/// A step of the agreement; nothing of it is known where the agreement has no such key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StepTold {
    pub key: String,
    /// Of the agreement.
    pub version: u32,
    pub deed: Option<AgreedDeed>,
    pub moment: Option<StepMoment>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClaimTold {
    pub claim_id: ClaimId,
    pub open: Money,
    pub amount: Money,
    pub due_on: Date,
}

/// What another service was asked to do, and until when it may.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ErrandTold {
    pub kind: ErrandKind,
    pub state: ErrandState,
    pub until: Timestamp,
}

/// What an explanation is made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trace {
    pub country: Country,
    pub why: Vec<Said>,
    pub next: Vec<Said>,
    pub would_stop: Vec<Stop>,
}

impl Trace {
    /// What is known of a case; `timeline` is what happened on it.
    #[must_use]
    pub fn of(case: &Case, timeline: &[TimelineEntry], now: Timestamp) -> Self {
        let mut why = why(case, timeline);
        let today = day_of(case.country, now);
        let holds = case.holds.values().filter(|terms| counts_on(terms, today));
        let is_closed = matches!(case.position, Some(Position::Closed { .. }));
        why.extend(holds.filter(|_| !is_closed).cloned().map(Said::OnHold));
        let mut would_stop = would_stop(case);
        let is_open = !is_closed && case.position.is_some();
        if let Some(wait) = case.awaits_money(now).filter(|_| is_open) {
            why.push(Said::MoneyAwaited(wait));
            would_stop.push(Stop::MoneyDecided);
        }
        Self { country: case.country, why, next: next(case, today), would_stop }
    }

    /// The sentences for a reader; what is not for them is left out.
    #[must_use]
    pub fn told(&self, audience: &Audience, language: Language) -> CaseExplanation {
        let told = |said: &[Said]| {
            said.iter().filter_map(|one| one.told(audience, language, self.country)).collect()
        };
        let stops = self.would_stop.iter();
        CaseExplanation {
            why: told(&self.why),
            next: told(&self.next),
            would_stop: stops.map(|stop| stop.told(audience, language, self.country)).collect(),
        }
    }
}

impl Said {
    /// The sentence for a reader; none where it is not for them.
    #[must_use]
    pub fn told(
        &self,
        audience: &Audience,
        language: Language,
        country: Country,
    ) -> Option<String> {
        let words = Words { language, country };
        match audience {
            Audience::Handler => Some(handler::say(words, self)),
            Audience::Creditor => creditor::say(words, self),
            Audience::Debtor => debtor::say(words, self),
        }
    }
}

impl Stop {
    /// The sentence for a reader.
    #[must_use]
    pub fn told(self, audience: &Audience, language: Language, country: Country) -> String {
        let words = Words { language, country };
        match audience {
            Audience::Handler => handler::stop(words, self),
            Audience::Creditor => creditor::stop(words, self),
            Audience::Debtor => debtor::stop(words, self),
        }
        .to_owned()
    }
}

/// Why the case stands where it stands.
fn why(case: &Case, timeline: &[TimelineEntry]) -> Vec<Said> {
    match (&case.position, &case.act) {
        (None, _) => vec![Said::NoClaim],
        (Some(Position::Planned { step, claim_ids, .. }), _) => {
            let mut said = vec![agreed(case, step)];
            said.extend(route(case));
            said.extend(claims(case, claim_ids));
            said.extend(case.not_before.map(Said::NotBefore));
            said.extend(refused(timeline, step).filter(|_| case.not_before.is_some()));
            said
        }
        (Some(Position::Acting), Some(act)) => {
            let mut said = vec![agreed(case, &act.step)];
            said.extend(act.errands.iter().map(|errand| {
                let (kind, state, until) = (errand.kind, errand.state.clone(), act.not_after);
                Said::UnderWay(ErrandTold { kind, state, until })
            }));
            said.extend(claims(case, &act.claim_ids));
            said
        }
        (Some(Position::Acting), None) => Vec::new(),
        (Some(Position::AwaitingPromise { amount, pay_by, judge_at, .. }), _) => {
            let mut said =
                vec![Said::Promised { amount: *amount, pay_by: *pay_by }, Said::Judged(*judge_at)];
            if case.agreement.payments_known_within_days.is_some() {
                said.push(Said::StatementsFirst(*pay_by));
            }
            said
        }
        (Some(Position::Held { reason, .. }), _) => {
            let open = case.open_claims().map(|(claim_id, _)| claim_id).collect();
            let mut said = match unjudged(case, reason) {
                Some(promise) => vec![Said::NoStatement(promise.pay_by)],
                None => vec![Said::Held(holding(case, reason))],
            };
            said.extend(case.reason.map(Said::Reason));
            said.extend(route(case));
            said.extend(refused_for_good(timeline).filter(|_| *reason == HoldReason::GateRefused));
            said.extend(claims(case, &open));
            said
        }
        (Some(Position::Closed { reason }), _) => vec![Said::Closed(reason.clone())],
    }
}

/// What comes next, and when.
fn next(case: &Case, today: Date) -> Vec<Said> {
    match &case.position {
        None => vec![Said::AwaitsClaim],
        Some(Position::Planned { step, due_at, .. }) if step == CONFIRMATION => {
            vec![Said::Confirmed(*due_at)]
        }
        Some(Position::Planned { step, due_at, .. }) => {
            vec![Said::Taken { step: step_told(case, step), at: *due_at }]
        }
        Some(Position::Acting) => {
            case.act.iter().map(|act| Said::HappensBy(act.not_after)).collect()
        }
        Some(Position::AwaitingPromise { judge_at, .. }) => vec![Said::Judged(*judge_at)],
        Some(Position::Held { reason, review_on }) => {
            let day = goes_on(case, today).filter(|_| *reason == HoldReason::OnHold);
            let owner = || case.owner(reason, *review_on).to_owned();
            vec![day.map_or_else(|| Said::Decides { owner: owner(), on: *review_on }, Said::GoesOn)]
        }
        Some(Position::Closed { .. }) => match thanks(case) {
            Some(step) => vec![Said::Thanked(step.due_at)],
            None => vec![Said::Nothing],
        },
    }
}

/// What would stop or change what comes next.
fn would_stop(case: &Case) -> Vec<Stop> {
    match &case.position {
        None => vec![Stop::FirstClaim],
        Some(Position::Planned { step, .. }) => {
            let mut stops = vec![Stop::NothingOpen, Stop::Gate, Stop::OtherClaim, Stop::Hold];
            let deed = case.step(step).map(|step| &step.deed);
            if let Some(AgreedDeed::Write { message: MessageKind::PreDueNotice, .. }) = deed {
                stops.push(Stop::DueDate);
            }
            stops
        }
        Some(Position::Acting) => vec![Stop::NothingOpen, Stop::Hold, Stop::PermitEnd],
        Some(Position::AwaitingPromise { .. }) => {
            vec![Stop::NothingOpen, Stop::EnoughMoney, Stop::Judgement]
        }
        Some(Position::Held { reason, .. }) => {
            let mut stops = vec![Stop::NothingOpen];
            stops.extend(lets_go(case, reason));
            stops
        }
        Some(Position::Closed { .. }) => vec![Stop::OpensAgain],
    }
}

/// What lets a held case go on.
fn lets_go(case: &Case, reason: &HoldReason) -> Vec<Stop> {
    match reason {
        HoldReason::ActUncertain if is_call(case) => vec![Stop::CallersWord],
        HoldReason::ActUncertain => vec![Stop::Proof],
        HoldReason::StepsUsedUp => vec![Stop::AnotherClaim],
        HoldReason::NotReachable => vec![Stop::NewAddress, Stop::TriedAgain],
        HoldReason::TriedInVain if unjudged(case, reason).is_some() => vec![Stop::NewStatements],
        HoldReason::TriedInVain => vec![Stop::OtherNews, Stop::TriedAgain],
        HoldReason::ReasonGiven => vec![Stop::Decision],
        HoldReason::OnHold => vec![Stop::HoldEnds],
        HoldReason::GateRefused | HoldReason::NotDelivered | HoldReason::NotWritten => {
            vec![Stop::TriedAgain]
        }
    }
}

/// What follows from the reason that leads, where it is not what follows anyway.
fn route(case: &Case) -> Option<Said> {
    Some(case.route()).filter(|route| *route != Route::GoOn).map(Said::Route)
}

fn is_call(case: &Case) -> bool {
    case.act.as_ref().is_some_and(Act::is_call)
}

fn agreed(case: &Case, key: &str) -> Said {
    match key {
        CONFIRMATION => Said::Confirming,
        THANKS => Said::Thanking,
        _ => Said::Step(step_told(case, key)),
    }
}

fn step_told(case: &Case, key: &str) -> StepTold {
    let step = case.step(key);
    StepTold {
        key: key.to_owned(),
        version: case.agreement.version,
        deed: step.map(|step| step.deed.clone()),
        moment: step.map(|step| step.moment.clone()),
    }
}

/// What the gate said last of a step.
fn refused(timeline: &[TimelineEntry], key: &str) -> Option<Said> {
    refusal(timeline, |step, _| step == key)
}

/// The last step that the gate refused for good.
fn refused_for_good(timeline: &[TimelineEntry]) -> Option<Said> {
    refusal(timeline, |_, again_at| again_at.is_none())
}

fn refusal(
    timeline: &[TimelineEntry],
    is_meant: impl Fn(&str, Option<Timestamp>) -> bool,
) -> Option<Said> {
    timeline.iter().rev().find_map(|entry| match &entry.what {
        TimelineEvent::PermitRefused { step, rule_ids, again_at } if is_meant(step, *again_at) => {
            let (rule_ids, again_at) = (rule_ids.clone(), *again_at);
            Some(Said::Refused { rule_ids, again_at })
        }
        TimelineEvent::PermitRefused { .. }
        | TimelineEvent::CaseOpened
        | TimelineEvent::ClaimRegistered { .. }
        | TimelineEvent::StepPlanned { .. }
        | TimelineEvent::PermitGranted { .. }
        | TimelineEvent::MessageSent { .. }
        | TimelineEvent::MessageNotSent { .. }
        | TimelineEvent::MessageUncertain { .. }
        | TimelineEvent::CallClosed { .. }
        | TimelineEvent::CallNotMade { .. }
        | TimelineEvent::PromiseMade { .. }
        | TimelineEvent::PromiseJudged { .. }
        | TimelineEvent::PaymentReceived { .. }
        | TimelineEvent::ClaimCredited { .. }
        | TimelineEvent::ClaimWithdrawn { .. }
        | TimelineEvent::Held { .. }
        | TimelineEvent::HoldPlaced { .. }
        | TimelineEvent::HoldLifted { .. }
        | TimelineEvent::ReasonRecorded { .. }
        | TimelineEvent::CaseDecided { .. }
        | TimelineEvent::Closed { .. } => None,
    })
}

fn claims<'a>(case: &'a Case, claim_ids: &'a BTreeSet<ClaimId>) -> impl Iterator<Item = Said> + 'a {
    claim_ids.iter().filter_map(|claim_id| {
        let claim = case.claims.get(claim_id)?;
        let (claim_id, open) = (*claim_id, claim.open());
        let told = ClaimTold { claim_id, open, amount: claim.amount, due_on: claim.due_on };
        Some(Said::Claim(told))
    })
}

/// The promise that holds the case, since no statement shows its day.
fn unjudged<'a>(case: &'a Case, reason: &HoldReason) -> Option<&'a Promise> {
    let promise = case.open_promise().filter(|_| *reason == HoldReason::TriedInVain)?;
    unjudged_for_long(case, promise).then_some(promise)
}

fn holding(case: &Case, reason: &HoldReason) -> Holding {
    match reason {
        HoldReason::StepsUsedUp => Holding::StepsUsedUp,
        HoldReason::NotReachable => Holding::NotReachable,
        HoldReason::GateRefused => Holding::GateRefused,
        HoldReason::ActUncertain if is_call(case) => Holding::CallUncertain,
        HoldReason::ActUncertain => Holding::MessageUncertain,
        HoldReason::NotDelivered => Holding::NotDelivered,
        HoldReason::NotWritten => Holding::NotWritten,
        HoldReason::TriedInVain => Holding::TriedInVain,
        HoldReason::ReasonGiven => Holding::ReasonGiven,
        HoldReason::OnHold => Holding::OnHold,
    }
}
