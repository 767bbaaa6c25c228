//! Messages owned by monitoring.

use contracts::monitoring::{AuditEntry, AuditTrail, GetAuditTrail};
use primitives::Actor;

use super::{case, euros, message_id, moment, permit_id, staff};
use crate::Snapshot;

pub(super) fn all() -> Vec<Snapshot> {
    let letter = AuditEntry {
        message_id: message_id(),
        message_type: "letter.evt.dispatched.v2".to_owned(),
        at: moment("2026-03-09T08:00:05Z"),
        actor: Actor::Machine("letter".to_owned()),
        cause: message_id(),
        permit_id: Some(permit_id()),
        rule_ids: vec!["be.contact.hours".to_owned()],
        rule_pack: Some("be-2026-01".to_owned()),
        text_version: Some("free-first-reminder/nl/consumer@1".to_owned()),
        amount: Some(euros(12_345)),
        code: Some("free-first-reminder".to_owned()),
    };
    let no_more_than_what_happened = AuditEntry {
        message_type: "intake.evt.claim-withdrawn.v1".to_owned(),
        actor: Actor::Staff(staff()),
        permit_id: None,
        rule_ids: Vec::new(),
        rule_pack: None,
        text_version: None,
        amount: None,
        code: None,
        ..letter.clone()
    };
    let asked = Snapshot::request(
        vec![GetAuditTrail { case_id: case() }],
        vec![AuditTrail { entries: vec![letter, no_more_than_what_happened] }],
    );
    asked.into_iter().collect()
}
