//! The hand-made examples behind the snapshots: every variant, every field, every absence.
//!
//! Never change one: its snapshot is frozen. A new message version gets new examples.

use contracts::agreement::{AgreedStep, Agreement, PayTo};
use contracts::intake::{
    AgreementAgreed, CaseList, CaseOpened, CaseSummary, ClaimCredited, ClaimParticulars,
    ClaimRegistered, ClaimWithdrawn, CreditorAccount, CreditorAccounts, CreditorList,
    CreditorParty, CreditorRegistered, CreditorSummary, DebtorParty, GetCreditorAccounts,
    GetParties, ImportInvoice, ImportInvoiceAnswer, ListCases, ListCreditors, Parties,
    PartiesAnswer, Problem, RegisterCreditor, RegisterCreditorAnswer, WithdrawClaim,
    WithdrawClaimAnswer, WithdrawalReason,
};
use contracts::letter::{Dispatched, NotSent, NotSentReason, Send, Uncertain, Withdraw};
use contracts::operations::{
    Breach, CheckReport, EmptyRequest, ListRequest, Operation, ParkedAction, ParkedList,
    ParkedMessage, ParkedReason, Refill, Refilled, SettleParked, SettleParkedAnswer,
    SettleUncertain, SettleUncertainAnswer, Status, UncertainAct, UncertainList, UncertainVerdict,
    WaitingList, WaitingMessage, WaitingReason,
};
use contracts::payment_reconciliation::{
    AllocatePayment, ClaimPosition, ClaimSettled, FoundClaims, GetPosition, ImportStatement,
    ImportStatementAnswer, ImportedStatement, ListUnmatched, MatchPayment, PaymentAllocated,
    PaymentUnmatched, Position, PositionAnswer, PositionLine, PositionLineKind, SettledBy,
    UnmatchedList, UnmatchedPayment,
};
use contracts::permit::Permit;
use contracts::scheduler::{
    CaseClosed, CaseHeld, CasePosition, CasePositionAnswer, CaseState, CloseReason,
    GetCasePosition, HoldReason, ListPositions, PermitGranted, PermitRefused, PositionList,
    PositionSummary, StepPlanned, TimelineEntry, TimelineEvent,
};
use contracts::{Envelope, SPEC_VERSION, schema};
use primitives::{
    Actor, Capacity, CaseId, Channel, ClaimId, ContentHash, CorrelationId, Country, CreditorId,
    Currency, Date, DebtorKind, EffectId, Language, LetterId, MessageId, MessageKind, Money,
    PaymentId, PermitId, PersonId, SourceFileId, StaffId, StatementId, StructuredReference,
    Timestamp,
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{Snapshot, plain};

/// Every snapshot there is.
pub(crate) fn all() -> Vec<Snapshot> {
    let mut all = vec![envelope()];
    all.extend(intake_events());
    all.extend(intake_changes().into_iter().flatten());
    all.extend(intake_questions().into_iter().flatten());
    all.extend(scheduler_events());
    all.extend(scheduler_questions().into_iter().flatten());
    all.extend(letter());
    all.extend(payment_messages());
    all.extend(payment_requests().into_iter().flatten());
    all.extend(operations_on_the_mailbox().into_iter().flatten());
    all.extend(operations_on_what_is_kept().into_iter().flatten());
    all
}

/// An envelope has no equality of its own, since its data is raw text.
#[derive(Serialize, Deserialize)]
#[serde(transparent)]
struct Enveloped(Envelope);

impl PartialEq for Enveloped {
    fn eq(&self, other: &Self) -> bool {
        format!("{:?}", self.0) == format!("{:?}", other.0)
    }
}

fn envelope() -> Snapshot {
    let full = Envelope {
        specversion: SPEC_VERSION.to_owned(),
        id: MessageId::from_uuid(uuid(20)),
        source: "/amicable/intake".to_owned(),
        message_type: "intake.evt.claim-withdrawn.v1".to_owned(),
        subject: uuid(1),
        time: moment("2026-03-02T08:00:00Z"),
        datacontenttype: "application/json".to_owned(),
        correlationid: CorrelationId::from_uuid(uuid(21)),
        causationid: MessageId::from_uuid(uuid(22)),
        actor: Actor::Operator,
        creditor: Some(creditor()),
        aggregateversion: 3,
        recordedtime: moment("2026-03-02T08:00:00.123456789Z"),
        traceparent: Some("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01".to_owned()),
        data: serde_json::from_str(r#"{"reason":"mistake"}"#).unwrap(),
    };
    let by = |actor| Envelope { actor, creditor: None, traceparent: None, ..full.clone() };
    let others = [
        Actor::Machine("payment-reconciliation".to_owned()),
        Actor::Staff(StaffId::from_uuid(uuid(23))),
        Actor::Creditor(creditor()),
        Actor::Debtor(person()),
    ];
    let others: Vec<Envelope> = others.into_iter().map(by).collect();
    let examples = [full].into_iter().chain(others).map(Enveloped).collect();
    Snapshot::new(schema::ENVELOPE.to_owned(), examples, plain)
}

fn intake_events() -> [Snapshot; 6] {
    [
        Snapshot::message(vec![CreditorRegistered {
            creditor_id: creditor(),
            country: Country::BE,
            agreement_version: 1,
        }]),
        Snapshot::message(vec![
            AgreementAgreed { creditor_id: creditor(), agreement: agreement() },
            AgreementAgreed { creditor_id: creditor(), agreement: agreement_of_a_collector() },
        ]),
        Snapshot::message(debtor_kinds().map(case_opened).to_vec()),
        Snapshot::message(references().map(claim_registered).to_vec()),
        Snapshot::message(vec![ClaimCredited {
            claim_id: claim(),
            case_id: case(),
            creditor_id: creditor(),
            source_file_id: SourceFileId::from_uuid(uuid(5)),
            amount: euros(2_500),
            credited_on: day("2026-03-20"),
        }]),
        Snapshot::message(withdrawal_reasons().map(claim_withdrawn).to_vec()),
    ]
}

fn case_opened((debtor_kind, language): (DebtorKind, Language)) -> CaseOpened {
    CaseOpened {
        case_id: case(),
        creditor_id: creditor(),
        person_id: person(),
        debtor_kind,
        country: Country::NL,
        language,
        reachable: Channel::ALL.to_vec(),
        agreement_version: 2,
        pay_to: if debtor_kind == DebtorKind::Consumer {
            PayTo::Creditor { since_version: 1 }
        } else {
            PayTo::Agency
        },
    }
}

fn claim_registered(reference: StructuredReference) -> ClaimRegistered {
    ClaimRegistered {
        claim_id: claim(),
        case_id: case(),
        creditor_id: creditor(),
        person_id: person(),
        amount: euros(12_345),
        issued_on: day("2026-02-01"),
        due_on: day("2026-03-03"),
        reference,
        reachable: Channel::ALL.to_vec(),
    }
}

fn claim_withdrawn(reason: WithdrawalReason) -> ClaimWithdrawn {
    ClaimWithdrawn {
        claim_id: claim(),
        case_id: case(),
        creditor_id: creditor(),
        reason,
        withdrawn_at: moment("2026-03-20T09:30:00Z"),
    }
}

fn intake_changes() -> [[Snapshot; 2]; 3] {
    let withdraw = |reason| WithdrawClaim { claim_id: claim(), reason };
    let (case_id, claim_id, creditor_id) = (case(), claim(), creditor());
    [
        Snapshot::request(
            vec![RegisterCreditor { document: document() }],
            vec![
                RegisterCreditorAnswer::Registered { creditor_id, agreement_version: 1 },
                RegisterCreditorAnswer::Unchanged { creditor_id, agreement_version: 1 },
                RegisterCreditorAnswer::Refused { problems: problems() },
            ],
        ),
        Snapshot::request(
            vec![ImportInvoice { creditor_id, document: document() }],
            vec![
                ImportInvoiceAnswer::Registered {
                    case_id,
                    claim_id,
                    opened_case: true,
                    problems: problems(),
                },
                ImportInvoiceAnswer::Credited { case_id, claim_id },
                ImportInvoiceAnswer::AlreadyKnown { case_id, claim_id },
                ImportInvoiceAnswer::Refused { problems: problems() },
            ],
        ),
        Snapshot::request(
            withdrawal_reasons().map(withdraw).to_vec(),
            vec![
                WithdrawClaimAnswer::Withdrawn { case_id },
                WithdrawClaimAnswer::AlreadyWithdrawn { case_id },
                WithdrawClaimAnswer::Unknown,
            ],
        ),
    ]
}

fn intake_questions() -> [[Snapshot; 2]; 4] {
    let case_summary = CaseSummary {
        case_id: case(),
        creditor_id: creditor(),
        creditor_name: "Example Energy BV".to_owned(),
        debtor_name: "A. Example".to_owned(),
        debtor_kind: DebtorKind::Consumer,
        country: Country::NL,
        claim_count: 2,
    };
    [
        Snapshot::request(
            vec![GetParties { case_id: case() }],
            vec![
                PartiesAnswer::Known(parties()),
                PartiesAnswer::Known(parties_known_little()),
                PartiesAnswer::Unknown,
            ],
        ),
        Snapshot::request(
            vec![GetCreditorAccounts {}],
            vec![CreditorAccounts {
                accounts: vec![CreditorAccount {
                    creditor_id: creditor(),
                    account: "NL91ABNA0417164300".to_owned(),
                    account_since: 1,
                }],
            }],
        ),
        Snapshot::request(
            vec![ListCreditors {}],
            vec![CreditorList {
                creditors: vec![CreditorSummary {
                    creditor_id: creditor(),
                    code: "example-energy".to_owned(),
                    name: "Example Energy BV".to_owned(),
                    agreement_version: 2,
                    case_count: 1_000,
                }],
            }],
        ),
        Snapshot::request(
            vec![
                ListCases { limit: 50, creditor_id: Some(creditor()) },
                ListCases { limit: 1_000, creditor_id: None },
            ],
            vec![CaseList { cases: vec![case_summary], total: 1 }],
        ),
    ]
}

fn parties() -> Parties {
    Parties {
        case_id: case(),
        creditor: CreditorParty {
            creditor_id: creditor(),
            name: "Example Energy BV".to_owned(),
            company_number: Some("12345678".to_owned()),
            country: Country::NL,
            address: vec!["Voorbeeldstraat 1".to_owned(), "1000 AA Amsterdam".to_owned()],
            email: Some("debtors@energy.example".to_owned()),
            telephone: Some("+31200000000".to_owned()),
            pay_to_account: "NL91ABNA0417164300".to_owned(),
            pay_to_name: "Example Agency Client Money".to_owned(),
            capacity: Capacity::AgencyForCreditor,
        },
        debtor: DebtorParty {
            person_id: person(),
            kind: DebtorKind::Consumer,
            name: "A. Example".to_owned(),
            country: Country::NL,
            language: Language::Nl,
            email: Some("a@example.example".to_owned()),
            address: vec!["Proefweg 2".to_owned(), "2000 BB Haarlem".to_owned()],
        },
        claims: vec![ClaimParticulars {
            claim_id: claim(),
            invoice_number: "2026-0042".to_owned(),
            description: Some("Electricity, January".to_owned()),
            issued_on: day("2026-02-01"),
            due_on: day("2026-03-03"),
            amount: euros(12_345),
            reference: belgian(),
        }],
    }
}

fn parties_known_little() -> Parties {
    let mut parties = parties();
    parties.creditor.company_number = None;
    parties.creditor.email = None;
    parties.creditor.telephone = None;
    parties.debtor.email = None;
    parties.debtor.address = Vec::new();
    for claim in &mut parties.claims {
        claim.description = None;
    }
    parties
}

fn scheduler_events() -> [Snapshot; 5] {
    let refused = PermitRefused {
        case_id: case(),
        creditor_id: creditor(),
        person_id: person(),
        step: "reminder".to_owned(),
        rule_ids: vec!["be.contact.weekly-limit".to_owned()],
        rule_pack: "be-2026-01".to_owned(),
        again_at: Some(moment("2026-03-16T08:00:00Z")),
    };
    let held = |reason| CaseHeld {
        case_id: case(),
        creditor_id: creditor(),
        reason,
        owner: "case-handling".to_owned(),
        review_on: day("2026-04-01"),
    };
    let closed = |reason| CaseClosed { case_id: case(), creditor_id: creditor(), reason };
    [
        Snapshot::message(vec![StepPlanned {
            case_id: case(),
            creditor_id: creditor(),
            step: "reminder".to_owned(),
            claim_ids: vec![claim()],
            due_at: moment("2026-03-09T08:00:00Z"),
        }]),
        Snapshot::message(vec![PermitGranted {
            case_id: case(),
            creditor_id: creditor(),
            permit: permit(MessageKind::FreeFirstReminder, Channel::Email, Capacity::Collector),
        }]),
        Snapshot::message(vec![refused.clone(), PermitRefused { again_at: None, ..refused }]),
        Snapshot::message(hold_reasons().map(held).to_vec()),
        Snapshot::message(close_reasons().map(closed).to_vec()),
    ]
}

fn scheduler_questions() -> [[Snapshot; 2]; 2] {
    let position = |state| {
        CasePositionAnswer::Known(CasePosition {
            case_id: case(),
            creditor_id: creditor(),
            person_id: person(),
            state,
            why: vec!["The claim is due since 3 March 2026.".to_owned()],
            would_stop: vec!["Payment of the whole claim.".to_owned()],
            timeline: timeline(),
        })
    };
    let answers = case_states().into_iter().map(position).chain([CasePositionAnswer::Unknown]);
    let summary = |state| PositionSummary { case_id: case(), state };
    [
        Snapshot::request(vec![GetCasePosition { case_id: case() }], answers.collect()),
        Snapshot::request(
            vec![ListPositions { limit: 100, skip: 0 }],
            vec![PositionList {
                positions: case_states().into_iter().map(summary).collect(),
                total: 4,
            }],
        ),
    ]
}

fn case_states() -> [CaseState; 4] {
    let step = || "reminder".to_owned();
    [
        CaseState::Planned { step: step(), due_at: moment("2026-03-09T08:00:00Z") },
        CaseState::Acting {
            step: step(),
            permit_id: permit_id(),
            not_after: moment("2026-03-10T18:00:00Z"),
        },
        CaseState::Held {
            reason: HoldReason::StepsUsedUp,
            owner: "case-handling".to_owned(),
            review_on: day("2026-04-01"),
        },
        CaseState::Closed { reason: CloseReason::Paid },
    ]
}

fn timeline() -> Vec<TimelineEntry> {
    let (claim_id, permit_id, due_on) = (claim(), permit_id(), day("2026-03-03"));
    let step = || "reminder".to_owned();
    let rule_ids = || vec!["be.contact.weekly-limit".to_owned()];
    let again = Some(moment("2026-03-16T08:00:00Z"));
    let sent = |reason| TimelineEvent::MessageNotSent { step: step(), reason };
    let held = |reason| TimelineEvent::Held {
        reason,
        owner: "case-handling".to_owned(),
        review_on: day("2026-04-01"),
    };
    let mut events = vec![
        TimelineEvent::CaseOpened,
        TimelineEvent::ClaimRegistered { claim_id, amount: euros(12_345), due_on },
        TimelineEvent::StepPlanned { step: step(), due_at: moment("2026-03-09T08:00:00Z") },
        TimelineEvent::PermitGranted { step: step(), permit_id },
        TimelineEvent::PermitRefused { step: step(), rule_ids: rule_ids(), again_at: again },
        TimelineEvent::PermitRefused { step: step(), rule_ids: rule_ids(), again_at: None },
        TimelineEvent::MessageSent { step: step() },
        TimelineEvent::MessageUncertain { step: step() },
        TimelineEvent::PaymentReceived { claim_id, amount: euros(5_000) },
        TimelineEvent::ClaimCredited { claim_id, amount: euros(2_500) },
        TimelineEvent::ClaimWithdrawn { claim_id },
    ];
    events.extend(not_sent_reasons().map(sent));
    events.extend(hold_reasons().map(held));
    events.extend(close_reasons().map(|reason| TimelineEvent::Closed { reason }));
    let entry = |what| TimelineEntry {
        at: moment("2026-03-02T08:00:00Z"),
        what,
        cause: MessageId::from_uuid(uuid(20)),
    };
    events.into_iter().map(entry).collect()
}

fn letter() -> [Snapshot; 5] {
    let acts = [
        (MessageKind::PreDueNotice, Channel::Email, Capacity::Creditor),
        (MessageKind::FreeFirstReminder, Channel::Post, Capacity::Collector),
    ];
    let send = |(message, channel, capacity)| Send {
        letter_id: letter_id(),
        creditor_id: creditor(),
        language: Language::Fr,
        permit: permit(message, channel, capacity),
    };
    let not_sent = |reason| NotSent {
        letter_id: letter_id(),
        case_id: case(),
        creditor_id: creditor(),
        person_id: person(),
        permit_id: permit_id(),
        reason,
    };
    [
        Snapshot::message(acts.map(send).to_vec()),
        Snapshot::message(vec![Withdraw {
            letter_id: letter_id(),
            creditor_id: creditor(),
            case_id: case(),
        }]),
        Snapshot::message(vec![Dispatched {
            letter_id: letter_id(),
            case_id: case(),
            creditor_id: creditor(),
            person_id: person(),
            permit_id: permit_id(),
            message: MessageKind::FreeFirstReminder,
            claim_ids: vec![claim()],
            text_version: "free-first-reminder/nl/consumer@1".to_owned(),
            content: document(),
            asked: euros(12_345),
            dispatched_at: moment("2026-03-09T08:00:05Z"),
        }]),
        Snapshot::message(not_sent_reasons().map(not_sent).to_vec()),
        Snapshot::message(vec![Uncertain {
            letter_id: letter_id(),
            case_id: case(),
            creditor_id: creditor(),
            person_id: person(),
            permit_id: permit_id(),
        }]),
    ]
}

fn payment_messages() -> [Snapshot; 5] {
    let received_on = day("2026-03-12");
    let named = |reference| MatchPayment {
        payment_id: payment(),
        amount: euros(5_000),
        received_on,
        reference,
        further: Vec::new(),
        found: None,
    };
    let second = MatchPayment {
        further: vec![belgian()],
        found: Some(FoundClaims { case_id: case(), claim_ids: vec![claim()] }),
        ..named(belgian())
    };
    let settled = |by| ClaimSettled {
        case_id: case(),
        claim_id: claim(),
        creditor_id: creditor(),
        by,
        case_open: euros(0),
    };
    let all_ways = [SettledBy::Payment, SettledBy::CreditNote, SettledBy::Withdrawal];
    [
        Snapshot::message([references().map(named).to_vec(), vec![second]].concat()),
        Snapshot::message(vec![AllocatePayment {
            payment_id: payment(),
            case_id: case(),
            claim_ids: vec![claim()],
            creditor_id: creditor(),
            amount: euros(5_000),
            received_on,
        }]),
        Snapshot::message(vec![PaymentAllocated {
            payment_id: payment(),
            case_id: case(),
            claim_id: claim(),
            creditor_id: creditor(),
            person_id: person(),
            amount: euros(5_000),
            claim_open: euros(7_345),
            case_open: euros(17_345),
            received_on,
        }]),
        Snapshot::message(all_ways.map(settled).to_vec()),
        Snapshot::message(vec![PaymentUnmatched {
            payment_id: payment(),
            amount: euros(100),
            received_on,
        }]),
    ]
}

fn payment_requests() -> [[Snapshot; 2]; 3] {
    let statements = || {
        vec![ImportedStatement {
            statement_id: StatementId::from_uuid(uuid(9)),
            payment_count: 2,
            outgoing_count: 1,
            credited: euros(10_000),
            debited: euros(50),
        }]
    };
    let unmatched = UnmatchedPayment {
        payment_id: payment(),
        amount: euros(100),
        received_on: day("2026-03-12"),
        remittance: vec!["invoice of january".to_owned()],
        counterparty_name: Some("A. Example".to_owned()),
    };
    let nameless = UnmatchedPayment { counterparty_name: None, ..unmatched.clone() };
    let position = position();
    let unread = Position { payments_known_until: None, ..position.clone() };
    [
        Snapshot::request(
            vec![ImportStatement { document: document() }],
            vec![
                ImportStatementAnswer::Imported { statements: statements(), problems: problems() },
                ImportStatementAnswer::AlreadyKnown { statements: statements() },
                ImportStatementAnswer::Quarantined { problems: problems() },
                ImportStatementAnswer::Refused { problems: problems() },
            ],
        ),
        Snapshot::request(
            vec![GetPosition { case_id: case() }],
            vec![
                PositionAnswer::Known(position),
                PositionAnswer::Known(unread),
                PositionAnswer::Unknown,
            ],
        ),
        Snapshot::request(
            vec![ListUnmatched { limit: 20 }],
            vec![UnmatchedList { payments: vec![unmatched, nameless], total: 2 }],
        ),
    ]
}

fn position() -> Position {
    let line = |kind, amount_minor| PositionLine {
        on: day("2026-03-12"),
        kind,
        amount: euros(amount_minor),
    };
    Position {
        case_id: case(),
        open: euros(3_845),
        claims: vec![ClaimPosition {
            claim_id: claim(),
            open: euros(3_845),
            lines: vec![
                line(PositionLineKind::Principal, 12_345),
                line(PositionLineKind::CreditNote, -2_500),
                line(PositionLineKind::Withdrawal, -1_000),
                line(PositionLineKind::Payment { payment_id: payment() }, -5_000),
            ],
        }],
        payments_known_until: Some(day("2026-03-13")),
    }
}

fn operations_on_the_mailbox() -> [[Snapshot; 2]; 3] {
    let at_work = Status {
        service: "letter".to_owned(),
        in_flight: 1,
        unsent: 2,
        effects_due: 3,
        timers_due: 4,
        waiting: 5,
        parked: 6,
        uncertain: 7,
        next_due_at: Some(moment("2026-03-09T08:00:00Z")),
        business_now: moment("2026-03-02T08:00:00Z"),
        stopped_sources: vec!["commands".to_owned()],
    };
    let nothing_planned = Status { next_due_at: None, ..at_work.clone() };
    let report = CheckReport {
        service: "scheduler".to_owned(),
        checks: vec!["never-let-go".to_owned()],
        breaches: vec![Breach {
            invariant: "never-let-go".to_owned(),
            id: uuid(1),
            detail: "an open case without a next step; plan one".to_owned(),
        }],
    };
    [
        Snapshot::operation(
            Operation::Status,
            vec![EmptyRequest {}],
            vec![at_work, nothing_planned],
        ),
        Snapshot::operation(Operation::Check, vec![EmptyRequest {}], vec![report]),
        Snapshot::operation(
            Operation::Refill,
            vec![Refill { since: moment("2026-03-02T08:00:00Z") }],
            vec![Refilled { message_count: 17 }],
        ),
    ]
}

fn operations_on_what_is_kept() -> [[Snapshot; 2]; 5] {
    let parked_reasons = [ParkedReason::Poison, ParkedReason::Bug, ParkedReason::Stale];
    let waiting_reasons = [WaitingReason::Early, WaitingReason::Newer, WaitingReason::Retry];
    let actions = [ParkedAction::Show, ParkedAction::Replay, ParkedAction::Discard];
    let verdicts = [UncertainVerdict::Happened, UncertainVerdict::DidNotHappen];
    let settle = |action| SettleParked { message_id: message_id(), action };
    let judge = |verdict| SettleUncertain { effect_id: effect_id(), verdict };
    let act = UncertainAct {
        effect_id: effect_id(),
        kind: "send-email".to_owned(),
        aggregate_id: uuid(6),
        owner: "case-handling".to_owned(),
        since: moment("2026-03-09T08:00:05Z"),
    };
    let answers = vec![
        SettleParkedAnswer::Shown {
            envelope: "{}".to_owned(),
            parked: parked(ParkedReason::Poison),
        },
        SettleParkedAnswer::Replayed,
        SettleParkedAnswer::ParkedAgain { detail: "the state cannot be read".to_owned() },
        SettleParkedAnswer::Discarded,
        SettleParkedAnswer::Unknown,
    ];
    let judged = vec![
        SettleUncertainAnswer::Settled,
        SettleUncertainAnswer::NotUncertain,
        SettleUncertainAnswer::Unknown,
    ];
    let list = || vec![ListRequest { limit: 100 }];
    [
        Snapshot::operation(
            Operation::ListParked,
            list(),
            vec![ParkedList { parked: parked_reasons.map(parked).to_vec(), total: 3 }],
        ),
        Snapshot::operation(Operation::SettleParked, actions.map(settle).to_vec(), answers),
        Snapshot::operation(
            Operation::ListWaiting,
            list(),
            vec![WaitingList { waiting: waiting_reasons.map(waiting).to_vec(), total: 3 }],
        ),
        Snapshot::operation(
            Operation::ListUncertain,
            list(),
            vec![UncertainList { uncertain: vec![act], total: 1 }],
        ),
        Snapshot::operation(Operation::SettleUncertain, verdicts.map(judge).to_vec(), judged),
    ]
}

fn parked(reason: ParkedReason) -> ParkedMessage {
    ParkedMessage {
        message_id: message_id(),
        message_type: "letter.cmd.send.v1".to_owned(),
        reason,
        detail: "the body does not have the agreed form".to_owned(),
        parked_at: moment("2026-03-09T08:00:05Z"),
        replay_count: 1,
    }
}

fn waiting(reason: WaitingReason) -> WaitingMessage {
    WaitingMessage {
        message_id: message_id(),
        message_type: "intake.evt.claim-registered.v1".to_owned(),
        reason,
        waiting_since: moment("2026-03-09T08:00:05Z"),
        detail: "the case is not known yet".to_owned(),
    }
}

fn agreement() -> Agreement {
    let step = |key: &str, message, channel, days_from_due| AgreedStep {
        key: key.to_owned(),
        message,
        channel,
        days_from_due,
    };
    Agreement {
        version: 2,
        capacity: Capacity::AgencyForCreditor,
        pay_to: PayTo::Creditor { since_version: 1 },
        steps: vec![
            step("notice", MessageKind::PreDueNotice, Channel::Email, -5),
            step("reminder", MessageKind::FreeFirstReminder, Channel::Email, 7),
        ],
        payments_known_within_days: Some(2),
        review_after_days: 14,
        review_by: "case-handling".to_owned(),
    }
}

fn agreement_of_a_collector() -> Agreement {
    Agreement {
        capacity: Capacity::Collector,
        pay_to: PayTo::Agency,
        payments_known_within_days: None,
        ..agreement()
    }
}

fn permit(message: MessageKind, channel: Channel, capacity: Capacity) -> Permit {
    Permit {
        permit_id: permit_id(),
        person_id: person(),
        case_id: case(),
        creditor_id: creditor(),
        claim_ids: vec![claim()],
        message,
        channel,
        capacity,
        not_before: moment("2026-03-09T08:00:00Z"),
        not_after: moment("2026-03-10T18:00:00Z"),
        payments_known_within_days: (channel == Channel::Email).then_some(2),
        rule_ids: vec!["be.contact.hours".to_owned()],
        rule_pack: "be-2026-01".to_owned(),
    }
}

fn problems() -> Vec<Problem> {
    let problem = |line| Problem {
        field: "LegalMonetaryTotal/PayableAmount".to_owned(),
        line,
        reason: "the lines add up to another amount".to_owned(),
    };
    vec![problem(Some(42)), problem(None)]
}

/// With them every language, so that all are shown.
fn debtor_kinds() -> [(DebtorKind, Language); 4] {
    [
        (DebtorKind::Consumer, Language::Nl),
        (DebtorKind::NaturalPersonInBusiness, Language::Fr),
        (DebtorKind::LegalPerson, Language::De),
        (DebtorKind::Consumer, Language::En),
    ]
}

fn references() -> [StructuredReference; 3] {
    let dutch = StructuredReference::parse_dutch("1234567").unwrap();
    [belgian(), StructuredReference::parse_rf("RF18539007547034").unwrap(), dutch]
}

fn belgian() -> StructuredReference {
    StructuredReference::parse_belgian("+++010/8068/17183+++").unwrap()
}

fn withdrawal_reasons() -> [WithdrawalReason; 4] {
    [
        WithdrawalReason::PaidToCreditor,
        WithdrawalReason::Mistake,
        WithdrawalReason::Relation,
        WithdrawalReason::Other,
    ]
}

fn hold_reasons() -> [HoldReason; 7] {
    [
        HoldReason::StepsUsedUp,
        HoldReason::NotReachable,
        HoldReason::GateRefused,
        HoldReason::ActUncertain,
        HoldReason::NotDelivered,
        HoldReason::NotWritten,
        HoldReason::TriedInVain,
    ]
}

fn close_reasons() -> [CloseReason; 3] {
    [CloseReason::Paid, CloseReason::Credited, CloseReason::Withdrawn]
}

fn not_sent_reasons() -> [NotSentReason; 9] {
    [
        NotSentReason::Withdrawn,
        NotSentReason::PermitExpired,
        NotSentReason::NothingOwed,
        NotSentReason::PaymentsNotKnown,
        NotSentReason::AddressRefused,
        NotSentReason::NoAddress,
        NotSentReason::TextNotLawful,
        NotSentReason::DataMissing,
        NotSentReason::NoText,
    ]
}

fn case() -> CaseId {
    CaseId::from_uuid(uuid(1))
}

fn claim() -> ClaimId {
    ClaimId::from_uuid(uuid(2))
}

fn creditor() -> CreditorId {
    CreditorId::from_uuid(uuid(3))
}

fn person() -> PersonId {
    PersonId::from_uuid(uuid(4))
}

fn letter_id() -> LetterId {
    LetterId::from_uuid(uuid(6))
}

fn permit_id() -> PermitId {
    PermitId::from_uuid(uuid(7))
}

fn payment() -> PaymentId {
    PaymentId::from_uuid(uuid(8))
}

fn message_id() -> MessageId {
    MessageId::from_uuid(uuid(20))
}

fn effect_id() -> EffectId {
    EffectId::from_uuid(uuid(24))
}

fn uuid(number: u128) -> Uuid {
    Uuid::from_u128(0x0189_0a5d_ac96_774b_bcce_b302_099a_0000 | number)
}

fn document() -> ContentHash {
    ContentHash::from_digest([0xab; 32])
}

fn euros(amount_minor: i64) -> Money {
    Money::new(amount_minor, Currency::EUR)
}

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

fn moment(text: &str) -> Timestamp {
    text.parse().unwrap()
}
