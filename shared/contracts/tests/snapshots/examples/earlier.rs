//! Earlier versions, as they were when they were published.

use contracts::agreement::{
    AgeBand, AgreedCharges, AgreedPayout, AgreedPromises, AgreedRemittance, BusinessCosts,
    CommissionBands, CommissionRates, CommissionRules, PayTo, PayoutRhythm, PayoutWeekday,
    PenaltyClause, PrincipalBand, Settlement, StepMoment,
};
use contracts::earlier::{
    AgreedStep, Agreement, AgreementAgreed, AllocatePayment, BooksProven, BooksSums, CallClosed,
    CaseFeedback, CaseHeld, CreateTask, Dispatched, HoldReason, LettersCorrected, MessageKind,
    MoneyCleared, Note, PaymentAllocated, Permit, PermitGranted, RemittanceApproved,
    RemittanceTold, Send, SendNote, v2, v3, v4,
};
use contracts::payment_reconciliation::{BooksProblemCount, BooksProblemKind, FeeInvoiceState};
use contracts::scheduler::CloseReason;
use primitives::{Capacity, Channel, Language, NonPaymentReason, NoteId, StaffId};

use super::payment_reconciliation::fee_invoice;
use super::{
    case, claim, close_reasons, creditor, day, document, euros, letter, letter_id, moment, payment,
    permit_id, person, remittance_id, staff, task, telephony_task, uuid,
};
use crate::Snapshot;

pub(super) fn all() -> Vec<Snapshot> {
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
    let held = |reason| CaseHeld {
        case_id: case(),
        creditor_id: creditor(),
        reason,
        owner: "case-handling".to_owned(),
        review_on: day("2026-04-01"),
    };
    let held_later = |reason| v2::CaseHeld {
        case_id: case(),
        creditor_id: creditor(),
        reason,
        owner: "case-handling".to_owned(),
        review_on: day("2026-04-01"),
    };
    let closed = |(outcome, reason, promise)| CallClosed {
        task_id: task(),
        case_id: case(),
        creditor_id: creditor(),
        person_id: person(),
        permit_id: permit_id(),
        claim_ids: vec![claim()],
        outcome,
        reason,
        promise,
        staff_id: staff(),
        closed_at: moment("2026-03-10T10:00:00Z"),
    };
    let [first_notes, second_notes, third_notes] = notes();
    let made = [
        Snapshot::message(vec![
            AgreementAgreed { creditor_id: creditor(), agreement: agreement() },
            AgreementAgreed { creditor_id: creditor(), agreement: agreement_of_a_collector() },
        ]),
        Snapshot::message(vec![
            second(second_agreement()),
            second(agreement_with_a_penalty_clause()),
            second(second_agreement_of_a_collector()),
        ]),
        Snapshot::message(third_agreements()),
        Snapshot::message(vec![PermitGranted {
            case_id: case(),
            creditor_id: creditor(),
            permit: permit(MessageKind::FreeFirstReminder, Channel::Email, Capacity::Collector),
        }]),
        Snapshot::message(hold_reasons().map(held).to_vec()),
        Snapshot::message(later_hold_reasons().map(held_later).to_vec()),
        Snapshot::message(acts.map(send).to_vec()),
        Snapshot::message(vec![dispatched()]),
        Snapshot::message(vec![allocate()]),
        Snapshot::message(vec![allocated()]),
        Snapshot::message(vec![remittance_approved()]),
        Snapshot::message(telephony_task::told().into_iter().map(closed).collect()),
        first_notes,
        second_notes,
        third_notes,
        books_proven(),
    ];
    let cleared = Snapshot::frozen::<MoneyCleared>();
    made.into_iter().chain(before_the_formal_notice()).chain([cleared]).collect()
}

/// What knew no formal notice yet.
fn before_the_formal_notice() -> [Snapshot; 6] {
    [
        Snapshot::frozen::<v4::AgreementAgreed>(),
        Snapshot::frozen::<v2::PermitGranted>(),
        Snapshot::frozen::<v2::Send>(),
        Snapshot::frozen::<v2::Dispatched>(),
        Snapshot::frozen::<CreateTask>(),
        Snapshot::frozen::<LettersCorrected>(),
    ]
}

/// The bank tells its balance, or does not.
fn books_proven() -> Snapshot {
    let on = day("2026-04-03");
    let sums = |held_before, bank_by_statements, least_owed| BooksSums {
        bank: euros(20_000),
        bank_by_statements,
        held_before,
        in_transit: euros(5_000),
        owed_to_creditors: euros(9_000),
        least_owed,
        own: euros(1_000),
        refundable: euros(2_000),
        unmatched: euros(3_000),
    };
    let told = sums(Some(euros(1_000)), Some(euros(20_000)), Some(euros(4_000)));
    let count = |kind| BooksProblemCount { kind, count: 2 };
    let problems = [
        BooksProblemKind::StatementMissing,
        BooksProblemKind::StatementWrong,
        BooksProblemKind::BankDiffers,
        BooksProblemKind::Unequal,
        BooksProblemKind::CreditorBelowZero,
        BooksProblemKind::OwnBelowZero,
        BooksProblemKind::WrongSide,
    ];
    let (sums, none) = (vec![told, sums(None, None, None)], Vec::new());
    let problems = problems.map(count).to_vec();
    Snapshot::message(vec![
        BooksProven { on, is_proven: true, sums, problems: none },
        BooksProven { on, is_proven: false, sums: Vec::new(), problems },
    ])
}

fn notes() -> [Snapshot; 3] {
    let note_id = NoteId::from_uuid(uuid(33));
    let first = |note| SendNote { note_id, creditor_id: creditor(), note };
    let second = |note| v2::SendNote { note_id, creditor_id: creditor(), note };
    let remittance = RemittanceTold {
        remittance_id: remittance_id(),
        amount: euros(10_000),
        approved_on: day("2026-04-02"),
        specification: document(),
    };
    let told = [Note::Remittance(remittance.clone())];
    let told_second = [v2::Note::Remittance(remittance)];
    let feedbacks = close_reasons().map(|reason| Note::Feedback(feedback(reason)));
    let second_feedbacks =
        close_reasons().map(|reason| v2::Note::Feedback(letter::feedback(reason)));
    let third = |note| v3::SendNote { note_id, creditor_id: creditor(), note };
    let third_feedbacks =
        close_reasons().map(|reason| v3::Note::Feedback(letter::feedback(reason)));
    [
        Snapshot::message(feedbacks.into_iter().chain(told).map(first).collect()),
        Snapshot::message(second_feedbacks.into_iter().chain(told_second).map(second).collect()),
        Snapshot::message(third_feedbacks.into_iter().chain(remitted()).map(third).collect()),
    ]
}

fn remitted() -> [v3::Note; 2] {
    let remittance = v3::RemittanceTold {
        remittance_id: remittance_id(),
        amount: euros(10_000),
        approved_on: day("2026-04-02"),
        specification: document(),
        specification_pdf: Some(document()),
        invoice: Some(fee_invoice(FeeInvoiceState::SettledWithRemittance)),
        given_up: euros(37),
    };
    let plain = v3::RemittanceTold {
        specification_pdf: None,
        invoice: None,
        given_up: euros(0),
        ..remittance.clone()
    };
    [remittance, plain].map(v3::Note::Remittance)
}

fn feedback(close_reason: CloseReason) -> CaseFeedback {
    CaseFeedback {
        case_id: case(),
        opened_on: day("2026-03-02"),
        closed_on: day("2026-04-01"),
        close_reason,
        handed_over: euros(12_345),
        principal_received: euros(9_845),
        interest_received: euros(73),
        costs_received: euros(4_000),
        credited: euros(2_500),
        messages_sent: 5,
        calls_made: 2,
        reasons: NonPaymentReason::ALL.to_vec(),
        promises_kept: 1,
        promises_broken: 3,
    }
}

fn dispatched() -> Dispatched {
    Dispatched {
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
    }
}

fn allocate() -> AllocatePayment {
    AllocatePayment {
        payment_id: payment(),
        case_id: case(),
        claim_ids: vec![claim()],
        creditor_id: creditor(),
        amount: euros(5_000),
        received_on: day("2026-03-12"),
    }
}

fn allocated() -> PaymentAllocated {
    PaymentAllocated {
        payment_id: payment(),
        case_id: case(),
        claim_id: claim(),
        creditor_id: creditor(),
        person_id: person(),
        amount: euros(5_000),
        claim_open: euros(7_345),
        case_open: euros(17_345),
        received_on: day("2026-03-12"),
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

fn remittance_approved() -> RemittanceApproved {
    RemittanceApproved {
        remittance_id: remittance_id(),
        creditor_id: creditor(),
        collected: euros(14_000),
        kept_costs: euros(4_000),
        commission: euros(1_500),
        commission_vat: euros(315),
        amount: euros(8_185),
        proposed_by: staff(),
        approved_by: StaffId::from_uuid(uuid(25)),
        payment_order: document(),
        specification: document(),
    }
}

fn second(agreement: v2::Agreement) -> v2::AgreementAgreed {
    v2::AgreementAgreed { creditor_id: creditor(), agreement }
}

fn second_agreement() -> v2::Agreement {
    let write = |key: &str, message, channels: &[Channel], moment| v2::AgreedStep {
        key: key.to_owned(),
        deed: v2::AgreedDeed::Write { message, channels: channels.to_vec() },
        moment,
    };
    let call = v2::AgreedStep {
        key: "call".to_owned(),
        deed: v2::AgreedDeed::Call { attempts_max: 3 },
        moment: StepMoment::AfterPrevious { days: 7 },
    };
    let (both, after) = ([Channel::Post, Channel::Email], StepMoment::AfterPrevious { days: 3 });
    let (before, late) = (StepMoment::FromDue { days: -5 }, StepMoment::FromDue { days: 1 });
    v2::Agreement {
        version: 2,
        capacity: Capacity::AgencyForCreditor,
        pay_to: PayTo::Creditor { since_version: 1 },
        steps: vec![
            write("notice", v2::MessageKind::PreDueNotice, &[Channel::Email], before),
            write("reminder", v2::MessageKind::FreeFirstReminder, &both, late),
            call,
            write("announcement", v2::MessageKind::FourteenDayLetter, &both, after.clone()),
            write("demand", v2::MessageKind::Demand, &both, after),
        ],
        payments_known_within_days: Some(2),
        review_after_days: 14,
        review_by: "case-handling".to_owned(),
        charges: AgreedCharges {
            creditor_deducts_vat: false,
            in_business: BusinessCosts::FixedForty,
            interest: true,
            penalty_clause: None,
        },
        promises: AgreedPromises { days_max: 14, grace_days: 3 },
        thanks_by: vec![Channel::Email],
        remittance: v2::AgreedRemittance { commission_basis_points: 750, agency_keeps_costs: true },
    }
}

fn agreement_with_a_penalty_clause() -> v2::Agreement {
    let clause = PenaltyClause { lump_sum: true, yearly_interest_basis_points: Some(1_000) };
    let charges = AgreedCharges {
        creditor_deducts_vat: true,
        in_business: BusinessCosts::Scale,
        interest: true,
        penalty_clause: Some(clause),
    };
    v2::Agreement { charges, ..second_agreement() }
}

fn second_agreement_of_a_collector() -> v2::Agreement {
    let clause = PenaltyClause { lump_sum: false, yearly_interest_basis_points: None };
    let charges = AgreedCharges {
        creditor_deducts_vat: true,
        in_business: BusinessCosts::None,
        interest: false,
        penalty_clause: Some(clause),
    };
    v2::Agreement {
        capacity: Capacity::Collector,
        pay_to: PayTo::Agency,
        payments_known_within_days: None,
        charges,
        thanks_by: Vec::new(),
        remittance: v2::AgreedRemittance { commission_basis_points: 0, agency_keeps_costs: false },
        ..second_agreement()
    }
}

/// The second one, with each way of commission and of payment.
fn third_agreements() -> Vec<v3::AgreementAgreed> {
    let rates = |basis_points| CommissionRates { basis_points, direct_basis_points: 500 };
    let up_to = |minor: Option<i64>, basis_points| PrincipalBand {
        up_to: minor.map(euros),
        rates: rates(basis_points),
    };
    let remittance = |bands, ends: Option<(i64, i64)>| AgreedRemittance {
        commission_basis_points: 0,
        agency_keeps_costs: false,
        commission_rules: Some(CommissionRules {
            bands,
            minimum: ends.map(|(minimum, _)| euros(minimum)),
            cap: ends.map(|(_, cap)| euros(cap)),
        }),
        payout: AgreedPayout {
            settlement: Settlement::Gross,
            rhythm: Some(PayoutRhythm::Monthly { day: 15 }),
            minimum: Some(euros(2_500)),
        },
    };
    let agreement = || v3::Agreement::from(second_agreement());
    let by_principal = vec![up_to(Some(100_000), 1_500), up_to(None, 1_000)];
    let of_a_collector = v3::Agreement {
        remittance: remittance(
            CommissionBands::WholeByPrincipal(by_principal),
            Some((1_500, 50_000)),
        ),
        ..second_agreement_of_a_collector().into()
    };
    let by_age = vec![
        AgeBand { up_to_days: Some(90), rates: rates(1_000) },
        AgeBand { up_to_days: None, rates: rates(2_000) },
    ];
    let bands = [
        CommissionBands::MarginalByPrincipal(vec![up_to(None, 800)]),
        CommissionBands::WholeByAge(by_age),
    ];
    let ruled =
        bands.map(|bands| v3::Agreement { remittance: remittance(bands, None), ..agreement() });
    let weekdays = [
        PayoutWeekday::Monday,
        PayoutWeekday::Tuesday,
        PayoutWeekday::Wednesday,
        PayoutWeekday::Thursday,
        PayoutWeekday::Friday,
    ];
    let weekly = weekdays.map(|weekday| {
        let rhythm = Some(PayoutRhythm::Weekly { weekday });
        let payout = AgreedPayout { rhythm, ..AgreedPayout::default() };
        v3::Agreement {
            remittance: AgreedRemittance { payout, ..agreement().remittance },
            ..agreement()
        }
    });
    let first = [agreement(), agreement_with_a_penalty_clause().into(), of_a_collector];
    let all = first.into_iter().chain(ruled).chain(weekly);
    all.map(|agreement| v3::AgreementAgreed { creditor_id: creditor(), agreement }).collect()
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

fn later_hold_reasons() -> [v2::HoldReason; 8] {
    [
        v2::HoldReason::StepsUsedUp,
        v2::HoldReason::NotReachable,
        v2::HoldReason::GateRefused,
        v2::HoldReason::ActUncertain,
        v2::HoldReason::NotDelivered,
        v2::HoldReason::NotWritten,
        v2::HoldReason::TriedInVain,
        v2::HoldReason::ReasonGiven,
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
