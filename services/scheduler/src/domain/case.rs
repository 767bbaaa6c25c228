//! The state of one case: what is known of it, and the position that was last told.

use std::collections::{BTreeMap, BTreeSet};

use contracts::agreement::{AgreedStep, Agreement};
use contracts::payment_reconciliation::SettledBy;
use contracts::scheduler::{CaseState, CloseReason, HoldReason, TimelineEntry, TimelineEvent};
use law::ClaimFacts;
use mailbox::{Facts, Fault};
use primitives::{
    CaseId, Channel, ClaimId, Country, CreditorId, Date, DebtorKind, Language, LetterId, Money,
    PermitId, PersonId, Timestamp,
};

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
    /// Nothing is tried before this moment: the gate or a refused message said so.
    pub not_before: Option<Timestamp>,
    /// The latest day by which a message that left asked to pay.
    pub asked_by: Option<Date>,
    /// What was tried lately, and never left.
    pub tried: Option<Tried>,
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
    /// The agreed steps that are behind it: sent, or refused for good.
    pub passed: BTreeSet<String>,
}

/// Tries of one step in a row whose messages did not leave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tried {
    /// The key of the step in the agreement.
    pub step: String,
    pub times: u32,
}

/// An outward act under a permit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Act {
    pub permit_id: PermitId,
    pub letter_id: LetterId,
    /// The key of the step in the agreement.
    pub step: String,
    /// The claims that it may speak of.
    pub claim_ids: BTreeSet<ClaimId>,
    pub not_after: Timestamp,
    pub state: ActState,
}

/// How far an act is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ActState {
    /// The letter service has it.
    Granted,
    /// It was asked not to send it any more.
    Withdrawing,
    /// Nobody knows whether it left.
    Uncertain,
}

/// Where an open case stands. The dates are those that were told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Position {
    Planned { step: String, claim_ids: BTreeSet<ClaimId>, due_at: Timestamp },
    Acting,
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
            (Position::Held { reason, review_on }, _) => CaseState::Held {
                reason: reason.clone(),
                owner: self.agreement.review_by.clone(),
                review_on: *review_on,
            },
            (Position::Closed { reason }, _) => CaseState::Closed { reason: reason.clone() },
        })
    }

    /// Whether there is an address for a channel, as far as is known.
    #[must_use]
    pub fn is_reachable(&self, channel: Channel) -> bool {
        self.reachable.contains(&channel) && !self.no_address.contains(&channel)
    }

    /// Counts a try of a step whose message did not leave.
    pub fn count_try(&mut self, step: &str) {
        let before = self.tried.take().filter(|tried| tried.step == step);
        let times = before.map_or(0, |tried| tried.times).saturating_add(1);
        self.tried = Some(Tried { step: step.to_owned(), times });
    }

    /// The agreed step with this key.
    #[must_use]
    pub fn step(&self, key: &str) -> Option<&AgreedStep> {
        self.agreement.steps.iter().find(|step| step.key == key)
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
    /// What is still to be paid; never negative.
    #[must_use]
    pub fn open(&self) -> Money {
        if self.withdrawn || self.settled_by.is_some() {
            return Money::zero(self.amount.currency());
        }
        let open_minor = self
            .amount
            .amount_minor()
            .saturating_sub(self.paid.amount_minor())
            .saturating_sub(self.credited.amount_minor());
        Money::new(open_minor.max(0), self.amount.currency())
    }

    /// What the law asks about it.
    #[must_use]
    pub fn facts(&self) -> ClaimFacts {
        ClaimFacts { issued_on: self.issued_on, due_on: self.due_on, open: self.open() }
    }

    #[must_use]
    pub fn is_open(&self) -> bool {
        self.open().is_positive()
    }
}
