//! Typed identifiers: a claim's id is never taken for a case's.
//!
//! Ids are derived from what caused them (UUID version 5) or given; none is made up here.

use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The text is not a UUID.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an id of a {kind}: write a UUID such as 01890a5d-ac96-774b-bcce-b302099a8057")]
pub struct IdError {
    /// What the id was to identify.
    pub kind: &'static str,
    /// What is wrong with the text.
    pub source: uuid::Error,
}

macro_rules! typed_ids {
    ($($(#[$meta:meta])* $name:ident = $kind:literal;)+) => {$(
        $(#[$meta])*
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
            JsonSchema,
        )]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl $name {
            /// Takes a UUID as it is.
            #[must_use]
            pub const fn from_uuid(uuid: Uuid) -> Self {
                Self(uuid)
            }

            /// The UUID (version 5) of `name` in `namespace`: equal input, equal id.
            #[must_use]
            pub fn derive(namespace: Uuid, name: &[u8]) -> Self {
                Self(Uuid::new_v5(&namespace, name))
            }

            /// The UUID itself.
            #[must_use]
            pub const fn as_uuid(&self) -> Uuid {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&self.0, formatter)
            }
        }

        impl FromStr for $name {
            type Err = IdError;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self).map_err(|source| IdError { kind: $kind, source })
            }
        }
    )+};
}

typed_ids! {
    /// One telephone call to be made.
    CallTaskId = "call task";
    /// One case: what one creditor has against its parties.
    CaseId = "case";
    /// One claim (an invoice) on a case.
    ClaimId = "claim";
    /// What ties all messages of one chain of events together.
    CorrelationId = "correlation";
    /// One creditor, our client.
    CreditorId = "creditor";
    /// One file of direct debits, as the bank gets it.
    DebitFileId = "file of direct debits";
    /// One collection of an amount by direct debit.
    DebitId = "direct debit";
    /// One act on the outside world, or a timer.
    EffectId = "effect";
    /// One hold of what goes out.
    HoldId = "hold";
    /// One written message, on any channel.
    LetterId = "letter";
    /// One mandate by which a debtor lets us collect by direct debit.
    MandateId = "mandate";
    /// One message between services.
    MessageId = "message";
    /// One message to a creditor about its own cases or money.
    NoteId = "note to a creditor";
    /// One person's part in one case.
    PartyId = "party";
    /// One payment as it stands on a bank statement.
    PaymentId = "payment";
    /// One link by which a debtor can pay what is owed on a case.
    PaymentLinkId = "payment link";
    /// One permission for one outward act.
    PermitId = "permit";
    /// One natural or legal person, across cases.
    PersonId = "person";
    /// One promise of a debtor to pay.
    PromiseId = "promise";
    /// One payment of money back to whoever had paid it.
    RefundId = "refund";
    /// One payment of collected money to a creditor.
    RemittanceId = "remittance";
    /// One file as it was handed over.
    SourceFileId = "source file";
    /// One member of the agency's staff.
    StaffId = "member of staff";
    /// One bank statement.
    StatementId = "statement";
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn ids_read_back_exactly(number: u128) {
            let id = CaseId::from_uuid(Uuid::from_u128(number));
            prop_assert_eq!(id.to_string().parse(), Ok(id));
            let json = serde_json::to_string(&id).unwrap();
            prop_assert_eq!(&json, &format!("\"{id}\""));
            prop_assert_eq!(serde_json::from_str::<CaseId>(&json).unwrap(), id);
        }

        #[test]
        fn derived_ids_differ_by_namespace_and_name(name: Vec<u8>, other: Vec<u8>) {
            prop_assume!(name != other);
            let id = ClaimId::derive(Uuid::NAMESPACE_OID, &name);
            prop_assert_eq!(id, ClaimId::derive(Uuid::NAMESPACE_OID, &name));
            prop_assert_ne!(id, ClaimId::derive(Uuid::NAMESPACE_OID, &other));
            prop_assert_ne!(id, ClaimId::derive(Uuid::NAMESPACE_URL, &name));
        }
    }

    #[test]
    fn derivation_is_uuid_version_5() {
        // The example of RFC 9562, appendix A.4.
        let id = PersonId::derive(Uuid::NAMESPACE_DNS, b"www.example.com");
        assert_eq!(id.to_string(), "2ed6657d-e927-568b-95e1-2665a8aea6a2");
    }

    #[test]
    fn a_wrong_id_says_what_was_expected() {
        let error = "no".parse::<SourceFileId>().unwrap_err();
        assert!(error.to_string().starts_with("not an id of a source file"));
    }
}
