//! The envelope, with every actor.

use contracts::{Envelope, SPEC_VERSION, schema};
use primitives::{Actor, CorrelationId, MessageId};
use serde::{Deserialize, Serialize};

use super::{creditor, moment, person, staff, uuid};
use crate::{Snapshot, plain};

#[derive(Serialize, Deserialize)]
#[serde(transparent)]
struct Enveloped(Envelope);

impl PartialEq for Enveloped {
    fn eq(&self, other: &Self) -> bool {
        format!("{:?}", self.0) == format!("{:?}", other.0)
    }
}

pub(super) fn all() -> Vec<Snapshot> {
    let full = Envelope {
        specversion: SPEC_VERSION.to_owned(),
        id: MessageId::from_uuid(uuid(20)),
        source: "/amicable/intake".to_owned(),
        message_type: "intake.evt.claim-withdrawn.v1".to_owned(),
        subject: uuid(1),
        time: moment("2026-03-02T08:00:00Z"),
        datacontenttype: "application/json".to_owned(),
        correlationid: CorrelationId::from_uuid(uuid(21)),
        causationid: MessageId::from_uuid(uuid(22)),
        actor: Actor::Operator,
        creditor: Some(creditor()),
        aggregateversion: 3,
        recordedtime: moment("2026-03-02T08:00:00.123456789Z"),
        replayed: false,
        traceparent: Some("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01".to_owned()),
        data: serde_json::from_str(r#"{"reason":"mistake"}"#).unwrap(),
    };
    let by = |actor| Envelope { actor, creditor: None, traceparent: None, ..full.clone() };
    let others = [
        Actor::Machine("payment-reconciliation".to_owned()),
        Actor::Staff(staff()),
        Actor::Creditor(creditor()),
        Actor::Debtor(person()),
    ];
    let others: Vec<Envelope> = others.into_iter().map(by).collect();
    let replayed = Envelope { replayed: true, ..full.clone() };
    let examples = [full].into_iter().chain(others).map(Enveloped).collect();
    vec![
        Snapshot::new(schema::ENVELOPE.to_owned(), examples, plain),
        Snapshot::new(format!("{}~replayed", schema::ENVELOPE), vec![Enveloped(replayed)], plain),
    ]
}
