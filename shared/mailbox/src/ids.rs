//! Ids that are the same at every redelivery.

use std::collections::HashMap;

use contracts::Contract;
use primitives::MessageId;
use uuid::Uuid;

/// The root of all namespaces of this house: `UUIDv5` of `amicable` in the URL namespace.
fn root() -> Uuid {
    Uuid::new_v5(&Uuid::NAMESPACE_URL, b"urn:amicable")
}

/// The namespace of one handler of one service.
#[must_use]
pub(crate) fn namespace(service: &str, handler: &str) -> Uuid {
    Uuid::new_v5(&root(), format!("{service}\0{handler}").as_bytes())
}

/// Hands out the ids of what one cause brings forth in one handler: over the causing id, the
/// aggregate, the kind, and the ordinal within the kind.
#[derive(Debug)]
pub(crate) struct Minter {
    namespace: Uuid,
    cause: MessageId,
    ordinals: HashMap<(Uuid, String), u32>,
}

impl Minter {
    pub(crate) fn new(namespace: Uuid, cause: MessageId) -> Self {
        Self { namespace, cause, ordinals: HashMap::new() }
    }

    pub(crate) fn message(&mut self, contract: &Contract, aggregate: Uuid) -> MessageId {
        MessageId::from_uuid(self.next(aggregate, &contract.subject()))
    }

    pub(crate) fn next(&mut self, aggregate: Uuid, kind: &str) -> Uuid {
        let ordinal = self.ordinals.entry((aggregate, kind.to_owned())).or_default();
        let name = format!("{}\0{aggregate}\0{kind}\0{ordinal}", self.cause);
        *ordinal = ordinal.saturating_add(1);
        Uuid::new_v5(&self.namespace, name.as_bytes())
    }
}

/// The id of one firing of a timer of an aggregate of a service.
#[must_use]
pub(crate) fn timer_firing(
    service: &str,
    (kind, aggregate): (&str, Uuid),
    name: &str,
    generation: i64,
) -> MessageId {
    let name = format!("timer\0{service}\0{kind}\0{aggregate}\0{name}\0{generation}");
    MessageId::from_uuid(Uuid::new_v5(&root(), name.as_bytes()))
}

/// What the endings of the effects of one kind of aggregate are handled under.
#[must_use]
pub(crate) fn ending_stem(service: &str, aggregate_kind: &str) -> String {
    format!("{service}.effect.{aggregate_kind}-ended")
}

/// The id of one ending of one attempt of an effect.
#[must_use]
pub(crate) fn effect_ending(effect: Uuid, attempt: i32, ending: &str) -> MessageId {
    let name = format!("effect\0{effect}\0{attempt}\0{ending}");
    MessageId::from_uuid(Uuid::new_v5(&root(), name.as_bytes()))
}

/// The id of a request that changes something: the same for the same key.
#[must_use]
pub(crate) fn request(subject: &str, idempotency_key: &str) -> MessageId {
    let name = format!("request\0{subject}\0{idempotency_key}");
    MessageId::from_uuid(Uuid::new_v5(&root(), name.as_bytes()))
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use contracts::registry::SLICES;

    use super::*;

    #[test]
    fn no_two_handlers_make_the_same_id_of_one_cause() {
        let cause = MessageId::from_uuid(Uuid::from_u128(1));
        let aggregate = Uuid::from_u128(2);
        let mut ids = HashSet::new();
        for slice in SLICES {
            let handled = slice.consumes.iter().copied().chain(slice.serves());
            let own = [
                format!("{}.timer.next-step", slice.service),
                ending_stem(slice.service, "letter"),
            ];
            for stem in handled.map(|contract| contract.stem()).chain(own) {
                let mut minter = Minter::new(namespace(slice.service, &stem), cause);
                for contract in slice.events().chain(slice.commands.iter().copied()) {
                    for _ in 0..2 {
                        let id = minter.message(&contract, aggregate).as_uuid();
                        assert!(ids.insert(id), "{} handling {stem}", slice.service);
                    }
                }
                assert!(ids.insert(minter.next(aggregate, "send-email")), "{stem}");
            }
        }
        assert!(ids.len() > 100);
    }
}
