//! Messages owned by monitoring: what happened, who did it, and by which rule.

use crate::message::{contract, request, value};
use primitives::{Actor, CaseId, MessageId, Money, PermitId, Timestamp};

contract! {
    /// Everything that happened on a case, oldest first.
    Request "monitoring" "audit-trail" v 1 about case_id, creditor none;
    GetAuditTrail {
        case_id: CaseId,
    }
}
request!(GetAuditTrail => AuditTrail, reads);

value! {
    /// What happened on a case; empty where nothing is known of it.
    struct AuditTrail {
        pub entries: Vec<AuditEntry>,
    }
}

value! {
    /// One thing that happened, as its message told it.
    struct AuditEntry {
        pub message_id: MessageId,
        /// Such as `letter.evt.dispatched.v2`.
        pub message_type: String,
        /// Business time.
        pub at: Timestamp,
        pub actor: Actor,
        /// The message that brought it about.
        pub cause: MessageId,
        /// Of an outward act: the permit that it happened under.
        pub permit_id: Option<PermitId>,
        /// Of a permit, a refusal or an amount: the rules that were asked, and their pack. Of an
        /// act: those of its permit.
        pub rule_ids: Vec<String>,
        /// None where no rule was asked.
        pub rule_pack: Option<String>,
        /// Of a written message: the text that was used.
        pub text_version: Option<String>,
        /// What it asked for, brought, booked or promised, where it is about an amount.
        pub amount: Option<Money>,
        /// A word of a closed set that says more: a message, a reason, an outcome, a verdict.
        pub code: Option<String>,
    }
}
