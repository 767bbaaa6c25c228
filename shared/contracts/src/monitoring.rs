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
        pub rule_pack: Option<String>,
        /// Of a written message: the text that was used.
        pub text_version: Option<String>,
        pub amount: Option<Money>,
        /// A word of a closed set that says more: a message, a reason, an outcome, a verdict.
        pub code: Option<String>,
    }
}
