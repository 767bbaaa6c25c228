//! Mandates: a debtor lets the agency collect by SEPA direct debit, scheme CORE (EPC016-06).
//!
//! A mandate is its reference: no two have the same. It ends when the debtor revokes it, when the
//! bank sends a collection back for a reason that ends it, when it was used and is good for once
//! only, and 36 months after its last use.

use std::collections::BTreeSet;

use contracts::payment_reconciliation::{
    Mandate as ToldMandate, MandateKind, MandateRefusal, MandateState, RecordMandate,
    RecordMandateAnswer, RevokeMandate, RevokeMandateAnswer,
};
use jiff::ToSpan;
use mailbox::{Decision, Facts, Nothing};
use primitives::{
    ContentHash, Date, Iban, MandateId, MandateReference, PersonId, StaffId, Timestamp,
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::case::Case;
use super::staff::member;
use super::{day_of, whole_second};

/// The namespace of the ids of mandates.
const NAMESPACE: Uuid = Uuid::from_u128(0x0d4c_8a5f_71e2_4b39_b6a0_92f8_3c17_de65);
/// The most days of notice: so many there are where nothing else was agreed (EPC016-06, 4.3.4).
const NOTICE_MAX: u8 = 14;
/// A mandate that was not used for so many months is none any more (EPC016-06, 4.1).
const MONTHS_MAX: i32 = 36;

/// Codes of ISO 20022 (`ExternalReturnReason1Code`) that say that nothing can be collected by the
/// mandate any more: the account is wrong, closed or blocked; there is no mandate; the debtor has
/// died; the debtor has its bank refuse us.
const ENDING: [&str; 6] = ["AC01", "AC04", "AC06", "MD01", "MD07", "SL01"];

/// One mandate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mandate {
    pub mandate_id: MandateId,
    /// Counts the decisions that changed it.
    pub version: u64,
    /// None where nobody recorded it.
    pub signed: Option<Signed>,
    /// What was done with it. Read with it, and kept with the direct debits.
    pub usage: Usage,
    /// Who may decide. Read with it, and never kept with it.
    pub finance_desk: BTreeSet<StaffId>,
}

/// What a mandate says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signed {
    pub reference: MandateReference,
    pub person_id: PersonId,
    pub signed_on: Date,
    pub kind: MandateKind,
    pub notice_days: u8,
    pub debtor: Debtor,
    pub evidence: ContentHash,
    pub recorded_by: StaffId,
    pub recorded_at: Timestamp,
    /// On which day the debtor revoked it, and who wrote that down.
    pub revoked: Option<(Date, StaffId)>,
}

/// Whose account is debited; personal.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Debtor {
    pub name: String,
    pub account: Iban,
}

/// Names nobody.
impl std::fmt::Debug for Debtor {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Debtor").field("account", &self.account).finish_non_exhaustive()
    }
}

/// What became of the direct debits of a mandate.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// The last day on which one was due that a bank got.
    pub last_due: Option<Date>,
    /// Whether one is in a file, and was not refused before it was due.
    pub is_used: bool,
    /// The codes with which the bank refused some or sent them back.
    pub codes: BTreeSet<String>,
    /// When it was last heard that one came back.
    pub came_back_at: Option<Timestamp>,
}

/// A mandate as somebody handed it over, with the debtor as the file store has it.
#[derive(Clone, Debug)]
pub struct Handed {
    pub request: RecordMandate,
    pub debtor: Debtor,
}

impl Mandate {
    /// The row of a reference.
    #[must_use]
    pub fn id_of(reference: &MandateReference) -> MandateId {
        MandateId::derive(NAMESPACE, reference.canonical().as_bytes())
    }

    /// One that nobody recorded.
    #[must_use]
    pub fn unheard(mandate_id: MandateId) -> Self {
        let usage = Usage::default();
        Self { mandate_id, version: 0, signed: None, usage, finance_desk: BTreeSet::new() }
    }

    /// What it is on a day.
    fn state(&self, signed: &Signed, today: Date) -> MandateState {
        if let Some((revoked_on, _)) = signed.revoked {
            return MandateState::Revoked { revoked_on };
        }
        let ending = self.usage.codes.iter().find(|code| ENDING.contains(&code.as_str()));
        if let Some(reason_code) = ending {
            return MandateState::Ended { reason_code: reason_code.clone() };
        }
        if signed.kind == MandateKind::OneOff && self.usage.is_used {
            return MandateState::Used;
        }
        let until = lapses_on(signed.signed_on, self.usage.last_due);
        if today > until {
            MandateState::Lapsed { on: until }
        } else {
            MandateState::InForce { until }
        }
    }

    /// What it says, where something that is due on a day can be collected by it.
    #[must_use]
    pub fn in_force(&self, due_on: Date) -> Option<&Signed> {
        let signed = self.signed.as_ref()?;
        let is_in_force = matches!(self.state(signed, due_on), MandateState::InForce { .. });
        (is_in_force && signed.signed_on <= due_on).then_some(signed)
    }

    /// As it is told.
    #[must_use]
    pub fn told(&self, today: Date) -> Option<ToldMandate> {
        let signed = self.signed.as_ref()?;
        Some(ToldMandate {
            mandate_id: self.mandate_id,
            reference: signed.reference.clone(),
            person_id: signed.person_id,
            signed_on: signed.signed_on,
            kind: signed.kind.clone(),
            notice_days: signed.notice_days,
            evidence: signed.evidence,
            recorded_by: signed.recorded_by,
            recorded_at: signed.recorded_at,
            state: self.state(signed, today),
        })
    }
}

/// The last day on which a mandate can be used.
fn lapses_on(signed_on: Date, last_due: Option<Date>) -> Date {
    signed_on.max(last_due.unwrap_or(signed_on)).saturating_add(MONTHS_MAX.months())
}

/// Keeps a mandate.
pub fn record(
    (mut mandate, case): (Mandate, Case),
    handed: &Handed,
    facts: &Facts,
) -> (Decision<(Mandate, Case), Nothing>, RecordMandateAnswer) {
    let Handed { request, debtor } = handed;
    let today = day_of(facts.now);
    let by = member(&facts.actor, &mandate.finance_desk);
    let refused = |reason| RecordMandateAnswer::Refused { reason };
    let answer = match (by, case.opened) {
        (None, _) => refused(MandateRefusal::NotOfTheFinanceDesk),
        (Some(_), None) => RecordMandateAnswer::Unknown,
        (Some(_), Some(_)) if !(1..=NOTICE_MAX).contains(&request.notice_days) => {
            refused(MandateRefusal::NoticeDays)
        }
        (Some(_), Some(_))
            if request.signed_on > today || today > lapses_on(request.signed_on, None) =>
        {
            refused(MandateRefusal::NotInForce)
        }
        (Some(by), Some(opened)) => {
            let signed = Signed {
                reference: request.reference.clone(),
                person_id: opened.person_id,
                signed_on: request.signed_on,
                kind: request.kind.clone(),
                notice_days: request.notice_days,
                debtor: debtor.clone(),
                evidence: request.evidence,
                recorded_by: by,
                recorded_at: whole_second(facts.now),
                revoked: None,
            };
            let is_new = mandate.signed.is_none();
            let known = mandate.signed.get_or_insert_with(|| signed.clone());
            let is_same = known.says(&signed);
            match mandate.told(today) {
                Some(told) if is_new => RecordMandateAnswer::Recorded(told),
                Some(told) if is_same => RecordMandateAnswer::AlreadyKnown(told),
                Some(_) | None => refused(MandateRefusal::ReferenceTaken),
            }
        }
    };
    (Decision::quiet((mandate, case)), answer)
}

impl Signed {
    /// Whether another says the same, whoever handed it over.
    fn says(&self, other: &Self) -> bool {
        let revoked = self.revoked;
        let Self { recorded_by, recorded_at, .. } = *self;
        *self == Self { recorded_by, recorded_at, revoked, ..other.clone() }
    }
}

/// The debtor revoked a mandate.
pub fn revoke(
    mut mandate: Mandate,
    message: &RevokeMandate,
    facts: &Facts,
) -> (Decision<Mandate, Nothing>, RevokeMandateAnswer) {
    let today = day_of(facts.now);
    let refused = |reason| RevokeMandateAnswer::Refused { reason };
    let by = member(&facts.actor, &mandate.finance_desk);
    let answer = match (by, &mut mandate.signed) {
        (None, _) => refused(MandateRefusal::NotOfTheFinanceDesk),
        (Some(_), None) => RevokeMandateAnswer::Unknown,
        (Some(_), Some(signed)) if signed.revoked.is_some() => refused(MandateRefusal::Revoked),
        (Some(_), Some(_)) if message.revoked_on > today => refused(MandateRefusal::NotInForce),
        (Some(by), Some(signed)) => {
            signed.revoked = Some((message.revoked_on, by));
            mandate.told(today).map_or(RevokeMandateAnswer::Unknown, RevokeMandateAnswer::Revoked)
        }
    };
    (Decision::quiet(mandate), answer)
}
