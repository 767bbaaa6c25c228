//! What earlier versions mean today: each frozen example, read by the current type, by value.

use std::collections::BTreeSet;
use std::fs;

use contracts::agreement::{
    AgeBand, AgreedCharges, AgreedDeed, AgreedPayout, AgreedPromises, AgreedRemittance, AgreedStep,
    Agreement, BusinessCosts, CommissionBands, CommissionRates, CommissionRules, PayTo,
    PayoutRhythm, PayoutWeekday, PenaltyClause, PrincipalBand, Settlement, StepMoment,
};
use contracts::intake::AgreementAgreed;
use contracts::letter::{CaseFeedback, Dispatched, Note, RemittanceTold, Send, SendNote};
use contracts::payment_reconciliation::{
    AllocatePayment, BooksProblemCount, BooksProblemKind, BooksProven, BooksSums, FeeInvoiceState,
    MoneyCleared, PaymentAllocated, RemittanceApproved,
};
use contracts::permit::{Permit, PermittedDeed};
use contracts::scheduler::{CaseHeld, CloseReason, HoldReason, PermitGranted};
use contracts::telephony_task::CallClosed;
use contracts::{Contract, Message};
use primitives::{Capacity, Channel, Language, MessageKind, NonPaymentReason, NoteId, StaffId};
use serde_json::value::RawValue;

use crate::examples::letter::conversations;
use crate::examples::payment_reconciliation::fee_invoice;
use crate::examples::{
    case, claim, close_reasons, creditor, day, document, euros, letter_id, moment, payment,
    permit_id, person, remittance_id, staff, task, telephony_task, uuid,
};
use crate::{earlier_versions, examples, folder};

#[test]
fn frozen_examples_of_earlier_versions_mean_what_they_meant() {
    let told = BTreeSet::from([
        read_as(1, &agreements_agreed()),
        read_as(2, &second_agreements_agreed()),
        read_as(3, &third_agreements_agreed()),
        // Fourth agreements had one capacity, and no versions before these a formal notice.
        read_as(4, &examples::intake::agreements_agreed()),
        read_as(2, &examples::scheduler::permits_granted()),
        read_as(2, &examples::letter::sends()),
        read_as(2, &dispatched_of_before()),
        read_as(1, &telephony_task::tasks_created()),
        read_as(1, &examples::payment_reconciliation::letters_corrected()),
        read_as(1, &permits_granted()),
        read_as(1, &cases_held(&HELD_FIRST)),
        read_as(2, &cases_held(&HELD_LATER)),
        read_as(1, &sends()),
        read_as(1, &dispatched()),
        read_as(1, &payments_to_allocate()),
        read_as(1, &payments_allocated()),
        read_as(1, &remittances_approved()),
        read_as(1, &calls_closed()),
        read_as(1, &notes(|_| None)),
        read_as(2, &notes(conversations)),
        read_as(3, &third_notes()),
        read_as(1, &books_proven()),
        read_as(1, &money_cleared()),
    ]);
    assert_eq!(told, earlier_versions(), "left: told here, right: earlier versions");
}

/// Compares the frozen examples with what they mean today, and gives their subject.
fn read_as<M: Message + PartialEq>(version: u16, expected: &[M]) -> String {
    let subject = Contract { version, ..M::CONTRACT }.subject();
    let frozen = fs::read_to_string(folder().join(format!("{subject}.json"))).unwrap();
    let examples: Vec<Box<RawValue>> = serde_json::from_str(&frozen).unwrap();
    let read: Vec<M> =
        examples.iter().map(|example| M::decode(version, example.get()).unwrap()).collect();
    assert_eq!(read, expected, "{subject}");
    subject
}

/// Version 1 told of payments, each judged by one who knows what was told before.
fn money_cleared() -> Vec<MoneyCleared> {
    let (payment_id, case_id, creditor_id) = (payment(), case(), creditor());
    vec![MoneyCleared { payment_id, case_id, creditor_id, for_good: false }]
}

/// What version 1 could not say is not agreed: no charges, no thanks, nothing kept.
fn agreements_agreed() -> Vec<AgreementAgreed> {
    let step = |key: &str, message, days| AgreedStep {
        key: key.to_owned(),
        deed: AgreedDeed::Write { message, channels: vec![Channel::Email] },
        moment: StepMoment::FromDue { days },
    };
    let agreement = Agreement {
        version: 2,
        capacity: Capacity::AgencyForCreditor,
        collector_from: None,
        pay_to: PayTo::Creditor { since_version: 1 },
        steps: vec![
            step("notice", MessageKind::PreDueNotice, -5),
            step("reminder", MessageKind::FreeFirstReminder, 7),
        ],
        payments_known_within_days: Some(2),
        review_after_days: 14,
        review_by: "case-handling".to_owned(),
        charges: AgreedCharges {
            creditor_deducts_vat: true,
            in_business: BusinessCosts::None,
            interest: false,
            penalty_clause: None,
        },
        promises: AgreedPromises { days_max: 14, grace_days: 3 },
        thanks_by: Vec::new(),
        remittance: AgreedRemittance::default(),
        small_difference: None,
    };
    let of_a_collector = Agreement {
        capacity: Capacity::Collector,
        pay_to: PayTo::Agency,
        payments_known_within_days: None,
        ..agreement.clone()
    };
    let agreed = |agreement| AgreementAgreed { creditor_id: creditor(), agreement };
    vec![agreed(agreement), agreed(of_a_collector)]
}

/// Version 2 knew one rate of commission.
fn second_agreements_agreed() -> Vec<AgreementAgreed> {
    let write = |key: &str, message, channels: &[Channel], moment| AgreedStep {
        key: key.to_owned(),
        deed: AgreedDeed::Write { message, channels: channels.to_vec() },
        moment,
    };
    let call = AgreedStep {
        key: "call".to_owned(),
        deed: AgreedDeed::Call { attempts_max: 3 },
        moment: StepMoment::AfterPrevious { days: 7 },
    };
    let (both, after) = ([Channel::Post, Channel::Email], StepMoment::AfterPrevious { days: 3 });
    let (before, late) = (StepMoment::FromDue { days: -5 }, StepMoment::FromDue { days: 1 });
    let charged = |creditor_deducts_vat, in_business, interest, clause: Option<(bool, _)>| {
        let penalty_clause = clause.map(|(lump_sum, yearly_interest_basis_points)| PenaltyClause {
            lump_sum,
            yearly_interest_basis_points,
        });
        AgreedCharges { creditor_deducts_vat, in_business, interest, penalty_clause }
    };
    let agreement = Agreement {
        version: 2,
        capacity: Capacity::AgencyForCreditor,
        collector_from: None,
        pay_to: PayTo::Creditor { since_version: 1 },
        steps: vec![
            write("notice", MessageKind::PreDueNotice, &[Channel::Email], before),
            write("reminder", MessageKind::FreeFirstReminder, &both, late),
            call,
            write("announcement", MessageKind::FourteenDayLetter, &both, after.clone()),
            write("demand", MessageKind::Demand, &both, after),
        ],
        payments_known_within_days: Some(2),
        review_after_days: 14,
        review_by: "case-handling".to_owned(),
        charges: charged(false, BusinessCosts::FixedForty, true, None),
        promises: AgreedPromises { days_max: 14, grace_days: 3 },
        thanks_by: vec![Channel::Email],
        remittance: AgreedRemittance {
            commission_basis_points: 750,
            agency_keeps_costs: true,
            ..AgreedRemittance::default()
        },
        small_difference: None,
    };
    let with_a_clause = Agreement {
        charges: charged(true, BusinessCosts::Scale, true, Some((true, Some(1_000)))),
        ..agreement.clone()
    };
    let of_a_collector = Agreement {
        capacity: Capacity::Collector,
        pay_to: PayTo::Agency,
        payments_known_within_days: None,
        charges: charged(true, BusinessCosts::None, false, Some((false, None))),
        thanks_by: Vec::new(),
        remittance: AgreedRemittance::default(),
        ..agreement.clone()
    };
    let agreed = |agreement| AgreementAgreed { creditor_id: creditor(), agreement };
    vec![agreed(agreement), agreed(with_a_clause), agreed(of_a_collector)]
}

/// Version 3 gave nothing up; how creditors are paid it told as it is told now.
fn third_agreements_agreed() -> Vec<AgreementAgreed> {
    let rates = |basis_points| CommissionRates { basis_points, direct_basis_points: 500 };
    let up_to = |minor: Option<i64>, basis_points| PrincipalBand {
        up_to: minor.map(euros),
        rates: rates(basis_points),
    };
    let second = second_agreements_agreed();
    let [agreement, with_a_clause, of_a_collector] = second.try_into().unwrap();
    let paid = |told: &AgreementAgreed, remittance| AgreementAgreed {
        agreement: Agreement { remittance, ..told.agreement.clone() },
        ..told.clone()
    };
    let ruled = |bands, ends: Option<(i64, i64)>| AgreedRemittance {
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
    let by_principal = vec![up_to(Some(100_000), 1_500), up_to(None, 1_000)];
    let by_principal =
        ruled(CommissionBands::WholeByPrincipal(by_principal), Some((1_500, 50_000)));
    let by_age = vec![
        AgeBand { up_to_days: Some(90), rates: rates(1_000) },
        AgeBand { up_to_days: None, rates: rates(2_000) },
    ];
    let marginal = CommissionBands::MarginalByPrincipal(vec![up_to(None, 800)]);
    let mut all = vec![
        agreement.clone(),
        with_a_clause,
        paid(&of_a_collector, by_principal),
        paid(&agreement, ruled(marginal, None)),
        paid(&agreement, ruled(CommissionBands::WholeByAge(by_age), None)),
    ];
    let weekdays = [
        PayoutWeekday::Monday,
        PayoutWeekday::Tuesday,
        PayoutWeekday::Wednesday,
        PayoutWeekday::Thursday,
        PayoutWeekday::Friday,
    ];
    all.extend(weekdays.map(|weekday| {
        let rhythm = Some(PayoutRhythm::Weekly { weekday });
        let payout = AgreedPayout { rhythm, ..AgreedPayout::default() };
        let remittance = AgreedRemittance { payout, ..agreement.agreement.remittance.clone() };
        paid(&agreement, remittance)
    }));
    all
}

/// The one channel of version 1 is the only one.
fn permit(message: MessageKind, channel: Channel, capacity: Capacity) -> Permit {
    Permit {
        permit_id: permit_id(),
        person_id: person(),
        case_id: case(),
        creditor_id: creditor(),
        claim_ids: vec![claim()],
        deed: PermittedDeed::Write { message, channels: vec![channel] },
        capacity,
        not_before: moment("2026-03-09T08:00:00Z"),
        not_after: moment("2026-03-10T18:00:00Z"),
        payments_known_within_days: (channel == Channel::Email).then_some(2),
        rule_ids: vec!["be.contact.hours".to_owned()],
        rule_pack: "be-2026-01".to_owned(),
    }
}

fn permits_granted() -> Vec<PermitGranted> {
    vec![PermitGranted {
        case_id: case(),
        creditor_id: creditor(),
        permit: permit(MessageKind::FreeFirstReminder, Channel::Email, Capacity::Collector),
    }]
}

const HELD_FIRST: [HoldReason; 7] = [
    HoldReason::StepsUsedUp,
    HoldReason::NotReachable,
    HoldReason::GateRefused,
    HoldReason::ActUncertain,
    HoldReason::NotDelivered,
    HoldReason::NotWritten,
    HoldReason::TriedInVain,
];
const HELD_LATER: [HoldReason; 8] = [
    HoldReason::StepsUsedUp,
    HoldReason::NotReachable,
    HoldReason::GateRefused,
    HoldReason::ActUncertain,
    HoldReason::NotDelivered,
    HoldReason::NotWritten,
    HoldReason::TriedInVain,
    HoldReason::ReasonGiven,
];

fn cases_held(reasons: &[HoldReason]) -> Vec<CaseHeld> {
    let held = |reason: &HoldReason| CaseHeld {
        case_id: case(),
        creditor_id: creditor(),
        reason: reason.clone(),
        owner: "case-handling".to_owned(),
        review_on: day("2026-04-01"),
    };
    reasons.iter().map(held).collect()
}

/// The channel was the permit's, and no message confirmed a promise.
fn sends() -> Vec<Send> {
    let send = |message, channel, capacity| Send {
        letter_id: letter_id(),
        creditor_id: creditor(),
        language: Language::Fr,
        channel,
        permit: permit(message, channel, capacity),
        promise: None,
    };
    vec![
        send(MessageKind::PreDueNotice, Channel::Email, Capacity::Creditor),
        send(MessageKind::FreeFirstReminder, Channel::Post, Capacity::Collector),
    ]
}

fn dispatched_of_before() -> Vec<Dispatched> {
    let before = MessageKind::ALL.iter().filter(|it| **it != MessageKind::FormalNotice);
    before.map(|message| examples::letter::dispatched(*message)).collect()
}

/// When version 1 was spoken, only e-mails were sent.
fn dispatched() -> Vec<Dispatched> {
    vec![Dispatched {
        letter_id: letter_id(),
        case_id: case(),
        creditor_id: creditor(),
        person_id: person(),
        permit_id: permit_id(),
        message: MessageKind::FreeFirstReminder,
        channel: Channel::Email,
        claim_ids: vec![claim()],
        text_version: "free-first-reminder/nl/consumer@1".to_owned(),
        content: document(),
        asked: euros(12_345),
        dispatched_at: moment("2026-03-09T08:00:05Z"),
    }]
}

/// Version 1 was of payments that bear a reference: nothing was judged.
fn payments_to_allocate() -> Vec<AllocatePayment> {
    vec![AllocatePayment {
        payment_id: payment(),
        case_id: case(),
        claim_ids: vec![claim()],
        creditor_id: creditor(),
        amount: euros(5_000),
        received_on: day("2026-03-12"),
        judged: None,
    }]
}

/// When version 1 was spoken, nothing but principal was owed.
fn payments_allocated() -> Vec<PaymentAllocated> {
    vec![PaymentAllocated {
        payment_id: payment(),
        case_id: case(),
        claim_id: claim(),
        creditor_id: creditor(),
        person_id: person(),
        amount: euros(5_000),
        costs: euros(0),
        interest: euros(0),
        principal: euros(5_000),
        claim_open: euros(7_345),
        case_open: euros(17_345),
        received_on: day("2026-03-12"),
    }]
}

/// When version 1 was spoken, people proposed, and the agency's share was taken off.
fn remittances_approved() -> Vec<RemittanceApproved> {
    vec![RemittanceApproved {
        remittance_id: remittance_id(),
        creditor_id: creditor(),
        collected: euros(14_000),
        settlement: Settlement::Net,
        kept_costs: euros(4_000),
        commission: euros(1_500),
        commission_vat: euros(315),
        amount: euros(8_185),
        proposed_by: Some(staff()),
        approved_by: StaffId::from_uuid(uuid(25)),
        payment_order: document(),
        specification: document(),
    }]
}

/// When version 1 was spoken, nothing was paid by links.
fn books_proven() -> Vec<BooksProven> {
    let on = day("2026-04-03");
    let sums = |held_before, bank_by_statements, least_owed| BooksSums {
        bank: euros(20_000),
        bank_by_statements,
        held_before,
        at_provider: euros(0),
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
    let sums = vec![told, sums(None, None, None)];
    let problems = problems.map(count).to_vec();
    vec![
        BooksProven { on, is_proven: true, sums, problems: Vec::new() },
        BooksProven { on, is_proven: false, sums: Vec::new(), problems },
    ]
}

/// It was written down when it was made, or within the hour.
fn calls_closed() -> Vec<CallClosed> {
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
        called_at: moment("2026-03-10T10:00:00Z"),
        closed_at: moment("2026-03-10T10:00:00Z"),
    };
    telephony_task::told().into_iter().map(closed).collect()
}

/// Neither version told of the invoice and of what was given up, and version 1 not in which calls
/// the debtor was spoken to.
fn notes(conversations: impl Fn(&CloseReason) -> Option<u32>) -> Vec<SendNote> {
    let send =
        |note| SendNote { note_id: NoteId::from_uuid(uuid(33)), creditor_id: creditor(), note };
    let feedback = |close_reason| {
        send(Note::Feedback(CaseFeedback {
            case_id: case(),
            opened_on: day("2026-03-02"),
            closed_on: day("2026-04-01"),
            conversations: conversations(&close_reason),
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
        }))
    };
    let remittance = send(Note::Remittance(RemittanceTold {
        remittance_id: remittance_id(),
        amount: euros(10_000),
        approved_on: day("2026-04-02"),
        specification: document(),
        specification_pdf: None,
        invoice: None,
        given_up: euros(0),
        taken_back: euros(0),
    }));
    close_reasons().map(feedback).into_iter().chain([remittance]).collect()
}

/// Version 3 told one sum of small differences.
fn third_notes() -> Vec<SendNote> {
    let mut notes = notes(conversations);
    let plain = notes.pop();
    let mut full = plain.clone();
    if let Some(SendNote { note: Note::Remittance(told), .. }) = &mut full {
        told.specification_pdf = Some(document());
        told.invoice = Some(fee_invoice(FeeInvoiceState::SettledWithRemittance));
        told.given_up = euros(37);
    }
    notes.into_iter().chain(full).chain(plain).collect()
}
