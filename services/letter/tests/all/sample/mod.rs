//! The wish that the tests of this crate begin with: a reminder in Dutch, sent by the agency in the
//! creditor's name.

pub(crate) mod case;
pub(crate) mod note;

use contracts::letter::Send as SendLetter;
use contracts::permit::{Permit, PermittedDeed};
use primitives::{
    Capacity, CaseId, Channel, ClaimId, CreditorId, Currency, Language, LetterId, MessageKind,
    Money, PermitId, PersonId, Timestamp,
};
use uuid::Uuid;

pub(crate) fn id(number: u128) -> Uuid {
    Uuid::from_u128(number)
}

pub(crate) fn claim_id(number: u128) -> ClaimId {
    ClaimId::from_uuid(id(number.saturating_add(100)))
}

pub(crate) fn euros(cents: i64) -> Money {
    Money::new(cents, Currency::EUR)
}

/// Thursday 12 November 2026, in the morning.
pub(crate) fn now() -> Timestamp {
    "2026-11-12T09:30:00Z".parse().unwrap()
}

/// The wish to send a message about the first `claims` claims.
pub(crate) fn wish(claims: u128) -> SendLetter {
    SendLetter {
        letter_id: LetterId::from_uuid(id(1)),
        creditor_id: CreditorId::from_uuid(id(2)),
        language: Language::Nl,
        channel: Channel::Email,
        promise: None,
        permit: Permit {
            permit_id: PermitId::from_uuid(id(3)),
            person_id: PersonId::from_uuid(id(4)),
            case_id: CaseId::from_uuid(id(5)),
            creditor_id: CreditorId::from_uuid(id(2)),
            claim_ids: (1..=claims).map(claim_id).collect(),
            deed: PermittedDeed::Write {
                message: MessageKind::FreeFirstReminder,
                channels: vec![Channel::Email, Channel::Post],
            },
            capacity: Capacity::AgencyForCreditor,
            not_before: "2026-11-12T07:00:00Z".parse().unwrap(),
            not_after: "2026-11-12T18:00:00Z".parse().unwrap(),
            payments_known_within_days: None,
            rule_ids: vec!["nl.contact-window".to_owned()],
            rule_pack: "nl-2026.2".to_owned(),
        },
    }
}
