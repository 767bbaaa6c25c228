//! Every message and who may do what with it: the source of the schemas, of the `AsyncAPI`
//! document, of the broker's permissions, and of the tables in the services' README files.

use schemars::{JsonSchema, Schema, SchemaGenerator};

use crate::{Contract, Kind, Message, Request, intake, letter, payment_reconciliation, scheduler};

/// One message version, without its type.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    pub contract: Contract,
    /// The type's documentation and form, as JSON Schema 2020-12.
    pub schema: fn(&mut SchemaGenerator) -> Schema,
    pub answer: Option<Answer>,
}

/// What a request is answered with.
#[derive(Clone, Copy, Debug)]
pub struct Answer {
    pub schema: fn(&mut SchemaGenerator) -> Schema,
    pub changes: bool,
    pub personal: bool,
}

const fn message<M: Message>() -> Entry {
    Entry { contract: M::CONTRACT, schema: M::json_schema, answer: None }
}

const fn request<R: Request>() -> Entry {
    Entry {
        contract: R::CONTRACT,
        schema: R::json_schema,
        answer: Some(Answer {
            schema: <R::Answer as JsonSchema>::json_schema,
            changes: R::CHANGES,
            personal: R::PERSONAL_ANSWER,
        }),
    }
}

/// All messages, by owner.
pub const ENTRIES: &[Entry] = &[
    message::<intake::CreditorRegistered>(),
    message::<intake::AgreementAgreed>(),
    message::<intake::CaseOpened>(),
    message::<intake::ClaimRegistered>(),
    message::<intake::ClaimCredited>(),
    message::<intake::ClaimWithdrawn>(),
    request::<intake::RegisterCreditor>(),
    request::<intake::ImportInvoice>(),
    request::<intake::WithdrawClaim>(),
    request::<intake::GetParties>(),
    request::<intake::GetCreditorAccounts>(),
    request::<intake::ListCreditors>(),
    request::<intake::ListCases>(),
    message::<scheduler::StepPlanned>(),
    message::<scheduler::PermitGranted>(),
    message::<scheduler::PermitRefused>(),
    message::<scheduler::CaseHeld>(),
    message::<scheduler::CaseClosed>(),
    request::<scheduler::GetCasePosition>(),
    request::<scheduler::ListPositions>(),
    message::<letter::Send>(),
    message::<letter::Withdraw>(),
    message::<letter::Dispatched>(),
    message::<letter::NotSent>(),
    message::<letter::Uncertain>(),
    request::<payment_reconciliation::ImportStatement>(),
    message::<payment_reconciliation::MatchPayment>(),
    message::<payment_reconciliation::AllocatePayment>(),
    message::<payment_reconciliation::PaymentAllocated>(),
    message::<payment_reconciliation::ClaimSettled>(),
    message::<payment_reconciliation::PaymentUnmatched>(),
    request::<payment_reconciliation::GetPosition>(),
    request::<payment_reconciliation::ListUnmatched>(),
];

/// What one service may publish, consume and request. It publishes its own events and serves its
/// own requests without saying so.
#[derive(Clone, Copy, Debug)]
pub struct Slice {
    pub service: &'static str,
    /// Events of others, and commands to itself.
    pub consumes: &'static [Contract],
    /// Commands that it sends.
    pub commands: &'static [Contract],
    /// Requests that it makes of others.
    pub requests: &'static [Contract],
}

/// The services of this release.
pub const SLICES: &[Slice] = &[
    Slice {
        service: "intake",
        consumes: &[],
        commands: &[],
        // Its HTTP edge goes through the same door as everybody else.
        requests: &[intake::ImportInvoice::CONTRACT],
    },
    Slice {
        service: "scheduler",
        consumes: &[
            intake::AgreementAgreed::CONTRACT,
            intake::CaseOpened::CONTRACT,
            intake::ClaimRegistered::CONTRACT,
            intake::ClaimCredited::CONTRACT,
            intake::ClaimWithdrawn::CONTRACT,
            letter::Dispatched::CONTRACT,
            letter::NotSent::CONTRACT,
            letter::Uncertain::CONTRACT,
            payment_reconciliation::PaymentAllocated::CONTRACT,
            payment_reconciliation::ClaimSettled::CONTRACT,
        ],
        commands: &[letter::Send::CONTRACT, letter::Withdraw::CONTRACT],
        requests: &[],
    },
    Slice {
        service: "letter",
        consumes: &[letter::Send::CONTRACT, letter::Withdraw::CONTRACT],
        commands: &[],
        requests: &[intake::GetParties::CONTRACT, payment_reconciliation::GetPosition::CONTRACT],
    },
    Slice {
        service: "payment-reconciliation",
        consumes: &[
            intake::CaseOpened::CONTRACT,
            intake::ClaimRegistered::CONTRACT,
            intake::ClaimCredited::CONTRACT,
            intake::ClaimWithdrawn::CONTRACT,
            payment_reconciliation::MatchPayment::CONTRACT,
            payment_reconciliation::AllocatePayment::CONTRACT,
        ],
        commands: &[
            payment_reconciliation::MatchPayment::CONTRACT,
            payment_reconciliation::AllocatePayment::CONTRACT,
        ],
        requests: &[intake::GetCreditorAccounts::CONTRACT],
    },
];

impl Slice {
    /// The slice of a service, where it has one.
    #[must_use]
    pub fn of(service: &str) -> Option<&'static Self> {
        SLICES.iter().find(|slice| slice.service == service)
    }

    /// The events that it publishes.
    pub fn events(&self) -> impl Iterator<Item = Contract> {
        self.owned(Kind::Event)
    }

    /// The requests that it serves, beside the operations that every service serves.
    pub fn serves(&self) -> impl Iterator<Item = Contract> {
        self.owned(Kind::Request)
    }

    fn owned(&self, kind: Kind) -> impl Iterator<Item = Contract> {
        ENTRIES
            .iter()
            .map(|entry| entry.contract)
            .filter(move |contract| contract.owner == self.service && contract.kind == kind)
    }
}
