//! One entry of the audit trail, and the trail of a case.

use std::collections::BTreeMap;

use contracts::monitoring::{AuditEntry, AuditTrail};
use contracts::scheduler::PermitGranted;
use contracts::{Envelope, Message, split_subject};
use primitives::{
    Actor, CaseId, Channel, CreditorId, MessageId, Money, NonPaymentReason, PermitId, Timestamp,
};
use uuid::Uuid;

/// A message of which the trail keeps something.
pub trait Audited: Message {
    /// What is kept of it.
    fn particulars(&self) -> Particulars;
}

/// What is kept of a message beside its envelope; of most messages, most of it is not there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Particulars {
    /// The case that it is about, where it is about one.
    pub case_id: Option<CaseId>,
    pub permit_id: Option<PermitId>,
    /// Its own: those of its permit are found when the trail is read.
    pub rule_ids: Vec<String>,
    pub rule_pack: Option<String>,
    pub text_version: Option<String>,
    pub amount: Option<Money>,
    /// A word of a closed set.
    pub code: Option<String>,
    /// Those that a permit allows; of an act, the one by which it happened.
    pub channels: Vec<Channel>,
    /// The time that a permit gives.
    pub not_before: Option<Timestamp>,
    pub not_after: Option<Timestamp>,
    /// When an act happened.
    pub happened_at: Option<Timestamp>,
    /// Why it was not paid, as a call brought up.
    pub reason: Option<NonPaymentReason>,
    /// What a payment paid.
    pub parts: Option<Parts>,
}

/// The parts of a payment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parts {
    pub costs: Money,
    pub interest: Money,
    pub principal: Money,
}

/// One thing that happened, as its message told it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    pub message_id: MessageId,
    pub message_type: String,
    /// What it is about, at its producer.
    pub subject: Uuid,
    /// Business time.
    pub at: Timestamp,
    /// Wall time.
    pub recorded_at: Timestamp,
    pub actor: Actor,
    pub cause: MessageId,
    pub creditor_id: Option<CreditorId>,
    pub particulars: Particulars,
}

impl Entry {
    /// What is kept of a message.
    pub fn of<M: Audited>(envelope: &Envelope, message: &M) -> Self {
        Self {
            message_id: envelope.id,
            message_type: envelope.message_type.clone(),
            subject: envelope.subject,
            at: envelope.time,
            recorded_at: envelope.recordedtime,
            actor: envelope.actor.clone(),
            cause: envelope.causationid,
            creditor_id: envelope.creditor,
            particulars: message.particulars(),
        }
    }

    /// Its type without the version.
    #[must_use]
    pub fn stem(&self) -> &str {
        split_subject(&self.message_type).map_or(&self.message_type, |(stem, _)| stem)
    }

    /// Whether it was a message of this type, in whatever version.
    #[must_use]
    pub fn is<M: Message>(&self) -> bool {
        self.stem() == M::CONTRACT.stem()
    }

    /// Its place in the trail: by business time, which may stand still, then as it was recorded.
    #[must_use]
    pub fn place(&self) -> (Timestamp, Timestamp, MessageId) {
        (self.at, self.recorded_at, self.message_id)
    }
}

/// The trail of a case, oldest first. An act has the rules of its permit, whichever was heard of
/// first.
#[must_use]
pub fn audit_trail(mut entries: Vec<Entry>) -> AuditTrail {
    entries.sort_by_key(Entry::place);
    let permits: BTreeMap<PermitId, (Vec<String>, Option<String>)> = entries
        .iter()
        .filter(|entry| entry.is::<PermitGranted>())
        .filter_map(|entry| {
            let Particulars { permit_id, rule_ids, rule_pack, .. } = &entry.particulars;
            Some(((*permit_id)?, (rule_ids.clone(), rule_pack.clone())))
        })
        .collect();
    let told = |entry: Entry| {
        let kept = entry.particulars;
        let permit = kept.permit_id.and_then(|permit_id| permits.get(&permit_id).cloned());
        let (rule_ids, rule_pack) = permit.unwrap_or((kept.rule_ids, kept.rule_pack));
        AuditEntry {
            message_id: entry.message_id,
            message_type: entry.message_type,
            at: entry.at,
            actor: entry.actor,
            cause: entry.cause,
            permit_id: kept.permit_id,
            rule_ids,
            rule_pack,
            text_version: kept.text_version,
            amount: kept.amount,
            code: kept.code,
        }
    };
    AuditTrail { entries: entries.into_iter().map(told).collect() }
}
