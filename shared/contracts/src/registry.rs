//! Every message and who may do what with it: the source of the schemas, of the `AsyncAPI`
//! document, of the broker's permissions, and of the tables in the services' README files.

use schemars::{JsonSchema, Schema, SchemaGenerator};

use crate::{
    Contract, Kind, Message, Request, earlier, hold, intake, letter, mediation, monitoring,
    payment_reconciliation, reason, scheduler, telephony_task,
};

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
///
/// Events and commands are kept, in streams, logs and tables, and whoever starts anew reads them
/// all: so every version stays, and earlier ones stand in [`earlier`]. A request is replaced, since
/// nobody keeps a question: its new version takes the place of the old one here, and an asker of
/// the release before asks again until it is replaced too.
pub const ENTRIES: &[Entry] = &[
    message::<intake::CreditorRegistered>(),
    message::<earlier::AgreementAgreed>(),
    message::<earlier::v2::AgreementAgreed>(),
    message::<earlier::v3::AgreementAgreed>(),
    message::<earlier::v4::AgreementAgreed>(),
    message::<intake::AgreementAgreed>(),
    message::<intake::CaseOpened>(),
    message::<intake::ClaimRegistered>(),
    message::<intake::ClaimCredited>(),
    message::<intake::ClaimWithdrawn>(),
    message::<intake::DirectPaymentReported>(),
    message::<intake::DirectPaymentRetracted>(),
    message::<intake::StaffRegistered>(),
    request::<intake::RegisterCreditor>(),
    request::<intake::ImportInvoice>(),
    request::<intake::FindClaims>(),
    request::<intake::WithdrawClaim>(),
    request::<intake::ReportDirectPayment>(),
    request::<intake::ImportDirectPayments>(),
    request::<intake::RetractDirectPayment>(),
    request::<intake::ListDirectPayments>(),
    request::<intake::GetInvoiceNumbers>(),
    request::<intake::TellCreditorAnew>(),
    request::<intake::TellStaffAnew>(),
    request::<intake::RegisterStaff>(),
    request::<intake::ListStaff>(),
    request::<intake::GetParties>(),
    request::<intake::GetCallContact>(),
    request::<intake::GetCreditorContact>(),
    request::<intake::GetCreditorAccounts>(),
    request::<intake::ListCreditors>(),
    request::<intake::ListCases>(),
    message::<scheduler::StepPlanned>(),
    message::<earlier::PermitGranted>(),
    message::<earlier::v2::PermitGranted>(),
    message::<scheduler::PermitGranted>(),
    message::<scheduler::PermitRefused>(),
    message::<earlier::CaseHeld>(),
    message::<earlier::v2::CaseHeld>(),
    message::<scheduler::CaseHeld>(),
    message::<scheduler::PromiseAwaited>(),
    message::<scheduler::CaseClosed>(),
    request::<scheduler::GetCasePosition>(),
    request::<scheduler::ListPositions>(),
    request::<scheduler::ExplainCase>(),
    request::<reason::RecordReason>(),
    request::<reason::DecideCase>(),
    request::<hold::PlaceHold>(),
    request::<hold::LiftHold>(),
    request::<hold::ListHolds>(),
    request::<hold::PreviewHold>(),
    message::<hold::WeighHold>(),
    message::<earlier::Send>(),
    message::<earlier::v2::Send>(),
    message::<letter::Send>(),
    message::<letter::Withdraw>(),
    request::<letter::ListLetters>(),
    message::<earlier::SendNote>(),
    message::<earlier::v2::SendNote>(),
    message::<earlier::v3::SendNote>(),
    message::<letter::SendNote>(),
    message::<earlier::Dispatched>(),
    message::<earlier::v2::Dispatched>(),
    message::<letter::Dispatched>(),
    message::<letter::NotSent>(),
    message::<letter::Uncertain>(),
    message::<letter::NoteDispatched>(),
    message::<letter::NoteNotSent>(),
    message::<earlier::CreateTask>(),
    message::<telephony_task::CreateTask>(),
    message::<telephony_task::WithdrawTask>(),
    message::<telephony_task::TaskClaimed>(),
    message::<earlier::CallClosed>(),
    message::<telephony_task::CallClosed>(),
    message::<telephony_task::CallNotMade>(),
    request::<telephony_task::ListTasks>(),
    request::<telephony_task::ClaimTask>(),
    request::<telephony_task::CloseTask>(),
    request::<telephony_task::ReleaseTask>(),
    request::<telephony_task::GetCalls>(),
    message::<mediation::PromiseMade>(),
    message::<mediation::JudgePromise>(),
    message::<mediation::PromiseJudged>(),
    request::<mediation::GetPromises>(),
    message::<payment_reconciliation::MatchPayment>(),
    message::<earlier::AllocatePayment>(),
    message::<payment_reconciliation::AllocatePayment>(),
    message::<payment_reconciliation::TellPaymentsKnown>(),
    message::<earlier::PaymentAllocated>(),
    message::<payment_reconciliation::PaymentAllocated>(),
    message::<payment_reconciliation::ChargesBooked>(),
    message::<earlier::LettersCorrected>(),
    message::<payment_reconciliation::LettersCorrected>(),
    message::<payment_reconciliation::ClaimSettled>(),
    message::<payment_reconciliation::PaymentUnmatched>(),
    message::<payment_reconciliation::MoneyAwaited>(),
    message::<earlier::MoneyCleared>(),
    message::<payment_reconciliation::MoneyCleared>(),
    message::<payment_reconciliation::PaymentsKnown>(),
    message::<earlier::RemittanceApproved>(),
    message::<payment_reconciliation::RemittanceApproved>(),
    message::<payment_reconciliation::RemittancePaid>(),
    message::<payment_reconciliation::TakeRemittanceBack>(),
    message::<payment_reconciliation::RemittanceReturned>(),
    message::<payment_reconciliation::RefundApproved>(),
    message::<payment_reconciliation::RefundPaid>(),
    message::<payment_reconciliation::TakeRefundBack>(),
    message::<payment_reconciliation::RefundReturned>(),
    message::<earlier::BooksProven>(),
    message::<payment_reconciliation::BooksProven>(),
    request::<payment_reconciliation::ImportStatement>(),
    request::<payment_reconciliation::ListBankFiles>(),
    request::<payment_reconciliation::DecideBankFile>(),
    request::<payment_reconciliation::GetPosition>(),
    request::<payment_reconciliation::ExplainPosition>(),
    request::<payment_reconciliation::GetPositions>(),
    request::<payment_reconciliation::ListCorrectedLetters>(),
    message::<payment_reconciliation::JudgePayment>(),
    request::<payment_reconciliation::ListUnmatched>(),
    request::<payment_reconciliation::SearchUnmatched>(),
    request::<payment_reconciliation::AssignPayment>(),
    request::<payment_reconciliation::ReleasePayment>(),
    request::<payment_reconciliation::RetractPayment>(),
    request::<payment_reconciliation::DismissProposals>(),
    request::<payment_reconciliation::ProposeRemittance>(),
    request::<payment_reconciliation::ApproveRemittance>(),
    request::<payment_reconciliation::ListRemittances>(),
    request::<payment_reconciliation::MarkFeePaid>(),
    request::<payment_reconciliation::ProposeRefund>(),
    request::<payment_reconciliation::ApproveRefund>(),
    request::<payment_reconciliation::WithdrawRefund>(),
    request::<payment_reconciliation::ListRefunds>(),
    request::<payment_reconciliation::RecordMandate>(),
    request::<payment_reconciliation::RevokeMandate>(),
    request::<payment_reconciliation::ListMandates>(),
    request::<payment_reconciliation::ProposeDebit>(),
    request::<payment_reconciliation::ApproveDebit>(),
    request::<payment_reconciliation::CloseDebit>(),
    request::<payment_reconciliation::WriteDebits>(),
    request::<payment_reconciliation::ListDebits>(),
    message::<payment_reconciliation::TakeDebit>(),
    message::<payment_reconciliation::DebitCollected>(),
    message::<payment_reconciliation::DebitReturned>(),
    request::<payment_reconciliation::OfferPaymentLink>(),
    request::<payment_reconciliation::ListPaymentLinks>(),
    request::<payment_reconciliation::AskPaymentProvider>(),
    message::<payment_reconciliation::ReviewPaymentLink>(),
    message::<payment_reconciliation::PairPayout>(),
    message::<payment_reconciliation::TakeProviderRefund>(),
    request::<payment_reconciliation::NameSettlement>(),
    request::<payment_reconciliation::ListPayouts>(),
    request::<payment_reconciliation::GetBalances>(),
    request::<payment_reconciliation::ProveBooks>(),
    request::<monitoring::GetAuditTrail>(),
];

/// Whether no newer version of a message is registered: the only one that is made.
#[must_use]
pub fn is_current(contract: &Contract) -> bool {
    versions(contract).all(|other| other.version <= contract.version)
}

/// The registered versions of a message, the earliest first.
pub fn versions(contract: &Contract) -> impl Iterator<Item = Contract> {
    let same = |other: &Contract| {
        (other.owner, other.kind, other.name) == (contract.owner, contract.kind, contract.name)
    };
    let mut versions: Vec<Contract> =
        ENTRIES.iter().map(|entry| entry.contract).filter(same).collect();
    versions.sort_unstable();
    versions.into_iter()
}

/// What one service may publish, consume and request, named by the current versions. It publishes
/// its own events and serves its own requests without saying so.
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
        requests: &[intake::ImportInvoice::CONTRACT, intake::ImportDirectPayments::CONTRACT],
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
            telephony_task::CallClosed::CONTRACT,
            telephony_task::CallNotMade::CONTRACT,
            mediation::PromiseMade::CONTRACT,
            mediation::PromiseJudged::CONTRACT,
            payment_reconciliation::PaymentAllocated::CONTRACT,
            payment_reconciliation::ClaimSettled::CONTRACT,
            payment_reconciliation::PaymentsKnown::CONTRACT,
            payment_reconciliation::MoneyAwaited::CONTRACT,
            payment_reconciliation::MoneyCleared::CONTRACT,
            hold::WeighHold::CONTRACT,
        ],
        commands: &[
            hold::WeighHold::CONTRACT,
            letter::Send::CONTRACT,
            letter::Withdraw::CONTRACT,
            telephony_task::CreateTask::CONTRACT,
            telephony_task::WithdrawTask::CONTRACT,
            mediation::JudgePromise::CONTRACT,
            payment_reconciliation::TellPaymentsKnown::CONTRACT,
        ],
        requests: &[],
    },
    Slice {
        service: "letter",
        consumes: &[letter::Send::CONTRACT, letter::Withdraw::CONTRACT, letter::SendNote::CONTRACT],
        commands: &[],
        requests: &[
            intake::GetParties::CONTRACT,
            intake::GetCreditorContact::CONTRACT,
            payment_reconciliation::GetPosition::CONTRACT,
        ],
    },
    Slice {
        service: "telephony-task",
        consumes: &[
            intake::CaseOpened::CONTRACT,
            intake::StaffRegistered::CONTRACT,
            telephony_task::CreateTask::CONTRACT,
            telephony_task::WithdrawTask::CONTRACT,
        ],
        commands: &[],
        requests: &[payment_reconciliation::GetPosition::CONTRACT],
    },
    Slice {
        service: "mediation",
        consumes: &[
            telephony_task::CallClosed::CONTRACT,
            payment_reconciliation::PaymentAllocated::CONTRACT,
            payment_reconciliation::ClaimSettled::CONTRACT,
            mediation::JudgePromise::CONTRACT,
        ],
        commands: &[],
        requests: &[],
    },
    Slice {
        service: "payment-reconciliation",
        consumes: &[
            intake::AgreementAgreed::CONTRACT,
            intake::CaseOpened::CONTRACT,
            intake::ClaimRegistered::CONTRACT,
            intake::ClaimCredited::CONTRACT,
            intake::ClaimWithdrawn::CONTRACT,
            intake::DirectPaymentReported::CONTRACT,
            intake::DirectPaymentRetracted::CONTRACT,
            intake::StaffRegistered::CONTRACT,
            letter::Dispatched::CONTRACT,
            payment_reconciliation::MatchPayment::CONTRACT,
            payment_reconciliation::JudgePayment::CONTRACT,
            payment_reconciliation::AllocatePayment::CONTRACT,
            payment_reconciliation::TellPaymentsKnown::CONTRACT,
            payment_reconciliation::ReviewPaymentLink::CONTRACT,
            payment_reconciliation::TakeRefundBack::CONTRACT,
            payment_reconciliation::TakeRemittanceBack::CONTRACT,
            payment_reconciliation::PairPayout::CONTRACT,
            payment_reconciliation::TakeProviderRefund::CONTRACT,
            payment_reconciliation::TakeDebit::CONTRACT,
            scheduler::CaseHeld::CONTRACT,
        ],
        commands: &[
            payment_reconciliation::MatchPayment::CONTRACT,
            payment_reconciliation::JudgePayment::CONTRACT,
            payment_reconciliation::AllocatePayment::CONTRACT,
            payment_reconciliation::ReviewPaymentLink::CONTRACT,
            payment_reconciliation::TakeRefundBack::CONTRACT,
            payment_reconciliation::TakeRemittanceBack::CONTRACT,
            payment_reconciliation::PairPayout::CONTRACT,
            payment_reconciliation::TakeProviderRefund::CONTRACT,
            payment_reconciliation::TakeDebit::CONTRACT,
            letter::SendNote::CONTRACT,
        ],
        requests: &[
            intake::GetCreditorAccounts::CONTRACT,
            intake::GetCreditorContact::CONTRACT,
            intake::GetInvoiceNumbers::CONTRACT,
            intake::FindClaims::CONTRACT,
            scheduler::GetCasePosition::CONTRACT,
            // Its webhook and its timer go through the same door as everybody else.
            payment_reconciliation::AskPaymentProvider::CONTRACT,
            payment_reconciliation::SearchUnmatched::CONTRACT,
        ],
    },
    Slice {
        service: "monitoring",
        consumes: &[
            intake::CaseOpened::CONTRACT,
            intake::ClaimRegistered::CONTRACT,
            intake::ClaimCredited::CONTRACT,
            intake::ClaimWithdrawn::CONTRACT,
            intake::DirectPaymentReported::CONTRACT,
            intake::DirectPaymentRetracted::CONTRACT,
            scheduler::PermitGranted::CONTRACT,
            scheduler::PermitRefused::CONTRACT,
            scheduler::CaseHeld::CONTRACT,
            scheduler::PromiseAwaited::CONTRACT,
            scheduler::CaseClosed::CONTRACT,
            letter::Dispatched::CONTRACT,
            letter::NotSent::CONTRACT,
            letter::Uncertain::CONTRACT,
            letter::NoteDispatched::CONTRACT,
            letter::NoteNotSent::CONTRACT,
            telephony_task::TaskClaimed::CONTRACT,
            telephony_task::CallClosed::CONTRACT,
            telephony_task::CallNotMade::CONTRACT,
            mediation::PromiseMade::CONTRACT,
            mediation::PromiseJudged::CONTRACT,
            payment_reconciliation::PaymentAllocated::CONTRACT,
            payment_reconciliation::ChargesBooked::CONTRACT,
            payment_reconciliation::ClaimSettled::CONTRACT,
            payment_reconciliation::RemittanceApproved::CONTRACT,
            payment_reconciliation::RemittancePaid::CONTRACT,
            payment_reconciliation::RemittanceReturned::CONTRACT,
            payment_reconciliation::RefundApproved::CONTRACT,
            payment_reconciliation::RefundPaid::CONTRACT,
            payment_reconciliation::RefundReturned::CONTRACT,
        ],
        commands: &[letter::SendNote::CONTRACT],
        requests: &[],
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

    /// What it may be sent: every version of what it consumes, since a stream holds the earlier
    /// ones and a producer of the release before still sends them.
    pub fn receives(&self) -> impl Iterator<Item = Contract> {
        self.consumes.iter().flat_map(versions)
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
            .filter(is_current)
    }
}
