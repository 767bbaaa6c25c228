//! Messages owned by payment-reconciliation: what is owed, what was paid, and whose money it is.

use crate::intake::Problem;
use crate::message::{contract, request, value};
use primitives::{
    CaseId, ClaimId, ContentHash, CreditorId, Date, Money, PaymentId, PersonId, StatementId,
    StructuredReference,
};

contract! {
    /// Take in one bank statement file from the file store.
    Request "payment-reconciliation" "import-statement" v 1 about none, creditor none;
    ImportStatement {
        document: ContentHash,
    }
}
request!(ImportStatement => ImportStatementAnswer, changes);

value! {
    /// What became of a bank file.
    enum ImportStatementAnswer {
        Imported {
            statements: Vec<ImportedStatement>,
            /// What a person should look at all the same.
            problems: Vec<Problem>,
        },
        /// Every statement in it was taken in before.
        AlreadyKnown { statements: Vec<ImportedStatement> },
        /// The file does not prove itself; it is kept for a person, and nothing is booked.
        Quarantined { problems: Vec<Problem> },
        /// Nothing was taken in.
        Refused { problems: Vec<Problem> },
    }
}

value! {
    struct ImportedStatement {
        pub statement_id: StatementId,
        /// Payments received, to be matched.
        pub payment_count: u32,
        /// Movements out, kept for a person.
        pub outgoing_count: u32,
        pub credited: Money,
        pub debited: Money,
    }
}

contract! {
    /// Find the claim that a received payment names. Where it names several, one after the other.
    Command "payment-reconciliation" "match-payment" v 1 about payment_id, creditor none;
    MatchPayment {
        payment_id: PaymentId,
        amount: Money,
        received_on: Date,
        reference: StructuredReference,
        /// What it names beside that, still to be found.
        further: Vec<StructuredReference>,
        /// What it was found to name so far.
        found: Option<FoundClaims>,
    }
}

value! {
    /// Claims of one case that a payment names.
    struct FoundClaims {
        pub case_id: CaseId,
        pub claim_ids: Vec<ClaimId>,
    }
}

contract! {
    /// Book a matched payment on its case.
    Command "payment-reconciliation" "allocate-payment" v 1 about payment_id, creditor creditor_id;
    AllocatePayment {
        payment_id: PaymentId,
        case_id: CaseId,
        /// The claims that it names, at least one; they are paid first.
        claim_ids: Vec<ClaimId>,
        creditor_id: CreditorId,
        amount: Money,
        received_on: Date,
    }
}

contract! {
    /// A payment reduced what is owed on a claim.
    Event "payment-reconciliation" "payment-allocated" v 1 about case_id, creditor creditor_id;
    PaymentAllocated {
        payment_id: PaymentId,
        case_id: CaseId,
        claim_id: ClaimId,
        creditor_id: CreditorId,
        person_id: PersonId,
        amount: Money,
        claim_open: Money,
        case_open: Money,
        received_on: Date,
    }
}

contract! {
    /// Nothing is owed on a claim any more.
    Event "payment-reconciliation" "claim-settled" v 1 about case_id, creditor creditor_id;
    ClaimSettled {
        case_id: CaseId,
        claim_id: ClaimId,
        creditor_id: CreditorId,
        by: SettledBy,
        case_open: Money,
    }
}

value! {
    /// What brought the last cent.
    enum SettledBy {
        Payment,
        CreditNote,
        Withdrawal,
    }
}

contract! {
    /// Money was received that fits no claim; it waits for a person.
    Event "payment-reconciliation" "payment-unmatched" v 1 about payment_id, creditor none;
    PaymentUnmatched {
        payment_id: PaymentId,
        amount: Money,
        received_on: Date,
    }
}

contract! {
    /// What is owed on a case, line by line.
    Request "payment-reconciliation" "position" v 1 about case_id, creditor none;
    GetPosition {
        case_id: CaseId,
    }
}
request!(GetPosition => PositionAnswer, reads);

value! {
    enum PositionAnswer {
        Known(Position),
        Unknown,
    }
}

value! {
    struct Position {
        pub case_id: CaseId,
        pub open: Money,
        pub claims: Vec<ClaimPosition>,
        /// Until when received payments are known: the newest booked day of the account's
        /// statements; none when none was read yet.
        pub payments_known_until: Option<Date>,
    }
}

value! {
    struct ClaimPosition {
        pub claim_id: ClaimId,
        pub open: Money,
        /// Oldest first; their amounts add up to `open`.
        pub lines: Vec<PositionLine>,
    }
}

value! {
    struct PositionLine {
        pub on: Date,
        pub kind: PositionLineKind,
        /// Positive where it raises the debt.
        pub amount: Money,
    }
}

value! {
    enum PositionLineKind {
        Principal,
        CreditNote,
        Withdrawal,
        Payment { payment_id: PaymentId },
    }
}

contract! {
    /// The money that fits no claim, oldest first.
    Request "payment-reconciliation" "list-unmatched" v 1 about none, creditor none;
    ListUnmatched {
        /// At most so many (1 to 1000).
        limit: u32,
    }
}
request!(ListUnmatched => UnmatchedList, reads personal);

value! {
    struct UnmatchedList {
        pub payments: Vec<UnmatchedPayment>,
        pub total: u64,
    }
}

value! {
    struct UnmatchedPayment {
        pub payment_id: PaymentId,
        pub amount: Money,
        pub received_on: Date,
        /// What the payer wrote; personal.
        pub remittance: Vec<String>,
        pub counterparty_name: Option<String>,
    }
}
