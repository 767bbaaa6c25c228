//! Who caused something. An actor is named by role and id, never by a person's name.

use std::fmt;
use std::str::FromStr;

use crate::text_form::text_form;
use crate::{CreditorId, IdError, PersonId, StaffId};

/// Who caused a message; in text and JSON `machine:scheduler`, `staff:<uuid>`, `operator`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Actor {
    /// A service, by its name (small letters, digits and hyphens).
    Machine(String),
    /// A member of the agency's staff.
    Staff(StaffId),
    /// A creditor, by itself.
    Creditor(CreditorId),
    /// A debtor, by itself.
    Debtor(PersonId),
    /// Whoever works the command line of this installation.
    Operator,
}

/// Why a text does not name an actor.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ActorError {
    /// The word before the colon is no role, or a service's name is malformed.
    #[error(
        "not an actor: write machine:<service>, staff:<id>, creditor:<id>, debtor:<id> or operator"
    )]
    Unknown,
    /// The id after the role is not one.
    #[error("the actor's id is wrong")]
    Id(#[from] IdError),
}

impl fmt::Display for Actor {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Machine(service) => write!(formatter, "machine:{service}"),
            Self::Staff(id) => write!(formatter, "staff:{id}"),
            Self::Creditor(id) => write!(formatter, "creditor:{id}"),
            Self::Debtor(id) => write!(formatter, "debtor:{id}"),
            Self::Operator => formatter.write_str("operator"),
        }
    }
}

impl FromStr for Actor {
    type Err = ActorError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.split_once(':') {
            Some(("machine", service)) if is_service_name(service) => {
                Ok(Self::Machine(service.to_owned()))
            }
            Some(("staff", id)) => Ok(Self::Staff(id.parse()?)),
            Some(("creditor", id)) => Ok(Self::Creditor(id.parse()?)),
            Some(("debtor", id)) => Ok(Self::Debtor(id.parse()?)),
            None if text == "operator" => Ok(Self::Operator),
            _ => Err(ActorError::Unknown),
        }
    }
}

fn is_service_name(name: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    !name.is_empty() && name.bytes().all(allowed)
}

text_form!(Actor, parse: str::parse, pattern:
    "^(machine:[a-z0-9-]+|(staff|creditor|debtor):[0-9a-f-]{36}|operator)$",
    meaning: "Who caused this: a service, staff, a creditor, a debtor or the operator.");

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;

    fn actor() -> impl Strategy<Value = Actor> {
        let id = any::<u128>().prop_map(Uuid::from_u128);
        (id, "[a-z][a-z0-9-]{0,20}", 0..5).prop_map(|(id, service, role)| match role {
            0 => Actor::Machine(service),
            1 => Actor::Staff(StaffId::from_uuid(id)),
            2 => Actor::Creditor(CreditorId::from_uuid(id)),
            3 => Actor::Debtor(PersonId::from_uuid(id)),
            _ => Actor::Operator,
        })
    }

    proptest! {
        #[test]
        fn actors_read_back_exactly(actor in actor()) {
            prop_assert_eq!(actor.to_string().parse(), Ok(actor.clone()));
            let json = serde_json::to_string(&actor).unwrap();
            prop_assert_eq!(serde_json::from_str::<Actor>(&json).unwrap(), actor);
        }
    }

    #[test]
    fn the_form_is_role_and_id() {
        assert_eq!(Actor::Machine("scheduler".to_owned()).to_string(), "machine:scheduler");
        assert_eq!(Actor::Operator.to_string(), "operator");
        for wrong in ["", "operator:", "machine:", "machine:Big One", "staff:x", "Jan Jansen", ":"]
        {
            assert!(wrong.parse::<Actor>().is_err(), "{wrong}");
        }
    }
}
