//! The permit: without one, nothing leaves the house and nobody is called.

use crate::earlier;
use crate::message::value;
use primitives::{
    Capacity, CaseId, Channel, ClaimId, CreditorId, MessageKind, PermitId, PersonId, Timestamp,
};

value! {
    /// The scheduler's leave for one outward act. Only the scheduler makes permits, after the law
    /// gate and under the person's lock; the person's contact budget is reserved with it.
    struct Permit {
        pub permit_id: PermitId,
        pub person_id: PersonId,
        pub case_id: CaseId,
        pub creditor_id: CreditorId,
        /// The claims that the act may speak of, in the order of their due dates.
        pub claim_ids: Vec<ClaimId>,
        pub deed: PermittedDeed,
        pub capacity: Capacity,
        /// Business time. The act must happen in `not_before..not_after`; after it, it goes back.
        pub not_before: Timestamp,
        pub not_after: Timestamp,
        /// What we know of payments may be at most so old when the act happens, in whole days of
        /// the debtor's calendar; none where no age was agreed.
        pub payments_known_within_days: Option<u16>,
        /// The rules that were asked, and the pack that held them.
        pub rule_ids: Vec<String>,
        pub rule_pack: String,
    }
}

value! {
    /// What a permit allows.
    enum PermittedDeed {
        /// One message, once on each of these channels: together they are one contact.
        Write { message: MessageKind, channels: Vec<Channel> },
        /// One telephone call.
        Call,
    }
}

impl From<earlier::v2::Permit> for Permit {
    fn from(earlier: earlier::v2::Permit) -> Self {
        let deed = match earlier.deed {
            earlier::v2::PermittedDeed::Write { message, channels } => {
                PermittedDeed::Write { message: message.into(), channels }
            }
            earlier::v2::PermittedDeed::Call => PermittedDeed::Call,
        };
        Self {
            permit_id: earlier.permit_id,
            person_id: earlier.person_id,
            case_id: earlier.case_id,
            creditor_id: earlier.creditor_id,
            claim_ids: earlier.claim_ids,
            deed,
            capacity: earlier.capacity,
            not_before: earlier.not_before,
            not_after: earlier.not_after,
            payments_known_within_days: earlier.payments_known_within_days,
            rule_ids: earlier.rule_ids,
            rule_pack: earlier.rule_pack,
        }
    }
}

impl From<earlier::Permit> for earlier::v2::Permit {
    fn from(earlier: earlier::Permit) -> Self {
        let deed = earlier::v2::PermittedDeed::Write {
            message: earlier.message.into(),
            channels: vec![earlier.channel],
        };
        Self {
            permit_id: earlier.permit_id,
            person_id: earlier.person_id,
            case_id: earlier.case_id,
            creditor_id: earlier.creditor_id,
            claim_ids: earlier.claim_ids,
            deed,
            capacity: earlier.capacity,
            not_before: earlier.not_before,
            not_after: earlier.not_after,
            payments_known_within_days: earlier.payments_known_within_days,
            rule_ids: earlier.rule_ids,
            rule_pack: earlier.rule_pack,
        }
    }
}
