//! What a creditor agreed with the agency: one versioned document that every case follows.

use crate::message::value;
use primitives::{Capacity, Channel, MessageKind};

value! {
    /// Version 1 of the agreement document. Narrow: written steps timed from the due date, one
    /// capacity, and who looks at a case when its agreed steps are used up.
    struct Agreement {
        /// Counts up from 1 with each change; a case keeps the version that it started with.
        pub version: u32,
        pub capacity: Capacity,
        pub pay_to: PayTo,
        /// In the order in which they are taken; at least one.
        pub steps: Vec<AgreedStep>,
        /// How old what we know of payments may be when a message leaves, in whole days; always
        /// there where debtors pay to the creditor.
        #[serde(default)]
        pub payments_known_within_days: Option<u16>,
        /// After the last step: a person looks at the case within so many days (1 to 90).
        pub review_after_days: u16,
        /// Who looks: a role or a staff code of the agency, never a person's name.
        pub review_by: String,
    }
}

value! {
    /// Whose account debtors are asked to pay to.
    enum PayTo {
        Agency,
        /// The account travels in no message: the first version of the agreement that names it
        /// tells it from the creditor's other ones.
        Creditor { since_version: u32 },
    }
}

value! {
    /// One step of the agreed procedure, per claim.
    struct AgreedStep {
        /// The step's own key, unique in the agreement, in kebab case.
        pub key: String,
        pub message: MessageKind,
        pub channel: Channel,
        /// Days counted from the claim's due date: negative before it, 1 is the day after.
        pub days_from_due: i16,
    }
}
