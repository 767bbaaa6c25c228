//! Messages owned by payment-reconciliation.

use contracts::agreement::Settlement;
use contracts::payment_reconciliation::{
    AllocatePayment, AnnouncedCharges, ApproveRemittance, ApproveRemittanceAnswer, AssignPayment,
    AssignPaymentAnswer, AssignmentRefusal, AwaitedMoney, BalanceLine, Balances, BankFileDecided,
    BankFileDecision, BankFileList, BankFileRefusal, BooksProblem, BooksProblemCount,
    BooksProblemKind, BooksProof, BooksProven, BooksSums, CarriedRemittance, ChargesBooked,
    ClaimPosition, ClaimSettled, CorrectedLetter, CorrectedLetterList, CorrectedLetterTold,
    CorrectionCause, DecideBankFile, DecideBankFileAnswer, DismissProposals,
    DismissProposalsAnswer, ExplainPosition, ExplainPositionAnswer, ExplainedClaim, ExplainedLine,
    Explanation, FeeInvoice, FeeInvoiceKind, FeeInvoiceState, FeePaymentRefusal, FoundClaims,
    GetBalances, GetPosition, GetPositions, ImportStatement, ImportStatementAnswer,
    ImportedStatement, JudgePayment, KnownMovement, LedgerGroup, LettersCorrected, ListBankFiles,
    ListCorrectedLetters, ListRemittances, ListUnmatched, MarkFeePaid, MarkFeePaidAnswer,
    MatchPayment, MoneyAwaited, MoneyCleared, OfferedStatement, PaymentAllocated, PaymentProposal,
    PaymentUnmatched, PaymentsKnown, Position, PositionAnswer, PositionLine, PositionLineKind,
    PositionSums, PositionSumsPage, ProposeRemittance, ProposeRemittanceAnswer, ProposedPart,
    ProveBooks, QuarantinedFile, ReleasePayment, ReleasePaymentAnswer, Remittance,
    RemittanceApproved, RemittanceLine, RemittanceList, RemittancePaid, RemittanceRefusal,
    RemittanceReturned, RemittanceState, RetractPayment, RetractPaymentAnswer, RetractionRefusal,
    ReturnedRemittance, SearchUnmatched, SearchUnmatchedAnswer, SettledBy, TakeRemittanceBack,
    TellPaymentsKnown, UnmatchedList, UnmatchedPayment,
};
use primitives::{Channel, Language, LetterId, MessageKind, RemittanceId, StaffId, StatementId};

use super::{
    belgian, case, claim, creditor, day, document, euros, moment, payment, person, problems,
    references, remittance_id, staff, uuid,
};
use crate::Snapshot;

pub(super) fn all() -> Vec<Snapshot> {
    let requests = requests()
        .into_iter()
        .chain(assignments())
        .chain(remittances())
        .chain([fee_payments()])
        .chain(bank_files());
    let requests = requests.chain([balances(), proofs(), positions()]).flatten();
    let messages =
        messages().into_iter().chain(awaited()).chain(paid_to_creditors()).chain([books_proven()]);
    messages.chain(corrections()).chain(requests).collect()
}

fn awaited() -> [Snapshot; 2] {
    let cleared = |for_good| MoneyCleared {
        payment_id: payment(),
        case_id: case(),
        creditor_id: creditor(),
        for_good,
    };
    [
        Snapshot::message(vec![MoneyAwaited {
            payment_id: payment(),
            case_id: case(),
            creditor_id: creditor(),
            since: moment("2026-03-13T08:00:00Z"),
            until: moment("2026-03-20T08:00:00Z"),
        }]),
        Snapshot::message([false, true].map(cleared).to_vec()),
    ]
}

fn messages() -> [Snapshot; 9] {
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
    let allocate = |judged| AllocatePayment {
        payment_id: payment(),
        case_id: case(),
        claim_ids: vec![claim()],
        creditor_id: creditor(),
        amount: euros(5_000),
        received_on,
        judged,
    };
    let settled = |by| ClaimSettled {
        case_id: case(),
        claim_id: claim(),
        creditor_id: creditor(),
        by,
        case_open: euros(0),
    };
    let known = |until| PaymentsKnown { case_id: case(), creditor_id: creditor(), until };
    let all_ways = [SettledBy::Payment, SettledBy::CreditNote, SettledBy::Withdrawal];
    [
        Snapshot::message([references().map(named).to_vec(), vec![second]].concat()),
        Snapshot::message([None, Some(euros(4_000))].map(allocate).to_vec()),
        Snapshot::message(vec![PaymentAllocated {
            payment_id: payment(),
            case_id: case(),
            claim_id: claim(),
            creditor_id: creditor(),
            person_id: person(),
            amount: euros(5_000),
            costs: euros(4_000),
            interest: euros(73),
            principal: euros(927),
            claim_open: euros(7_345),
            case_open: euros(17_345),
            received_on,
        }]),
        Snapshot::message(vec![ChargesBooked {
            case_id: case(),
            claim_id: claim(),
            creditor_id: creditor(),
            costs: euros(4_000),
            interest: euros(73),
            counts_on: received_on,
            rule_ids: vec!["nl.costs.scale".to_owned()],
            rule_pack: "nl-2026-01".to_owned(),
        }]),
        Snapshot::message(all_ways.map(settled).to_vec()),
        Snapshot::message(vec![PaymentUnmatched {
            payment_id: payment(),
            amount: euros(100),
            received_on,
        }]),
        Snapshot::message(vec![JudgePayment { payment_id: payment() }]),
        Snapshot::message(vec![TellPaymentsKnown { case_id: case(), creditor_id: creditor() }]),
        Snapshot::message([Some(received_on), None].map(known).to_vec()),
    ]
}

fn requests() -> [[Snapshot; 2]; 5] {
    let statements = || vec![imported()];
    let position = position();
    let announced = |interest, interest_basis_points| Position {
        announced: Some(announced(interest, interest_basis_points)),
        ..position.clone()
    };
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
            vec![
                GetPosition { case_id: case(), announce_for: vec![claim()] },
                GetPosition { case_id: case(), announce_for: Vec::new() },
            ],
            vec![
                PositionAnswer::Known(announced(true, Some(600))),
                PositionAnswer::Known(announced(false, None)),
                PositionAnswer::Known(unread),
                PositionAnswer::Unknown,
            ],
        ),
        explanations(),
        Snapshot::request(
            vec![
                ListUnmatched { limit: 20, beginning: None },
                ListUnmatched { limit: 20, beginning: Some("00".to_owned()) },
            ],
            vec![
                UnmatchedList {
                    payments: unmatched().to_vec(),
                    total: 2,
                    searched_at: Some(moment("2026-03-14T04:00:00Z")),
                },
                UnmatchedList { payments: Vec::new(), total: 0, searched_at: None },
            ],
        ),
        Snapshot::request(
            vec![
                SearchUnmatched { after: None, received_since: None },
                SearchUnmatched { after: Some(payment()), received_since: Some(day("2026-01-01")) },
            ],
            vec![
                SearchUnmatchedAnswer { asked: 64, found: 3, next: Some(payment()) },
                SearchUnmatchedAnswer { asked: 0, found: 0, next: None },
            ],
        ),
    ]
}

fn explanations() -> [Snapshot; 2] {
    let ask = |as_of, known_at| ExplainPosition {
        case_id: case(),
        as_of,
        known_at,
        language: Language::Nl,
    };
    let explained = |known_at| Explanation {
        case_id: case(),
        as_of: day("2026-03-13"),
        known_at,
        open: euros(12_345),
        refundable: euros(0),
        claims: vec![ExplainedClaim {
            claim_id: claim(),
            open: euros(12_345),
            costs_open: euros(0),
            interest_open: euros(0),
            principal_open: euros(12_345),
            lines: vec![ExplainedLine {
                on: day("2026-03-12"),
                kind: PositionLineKind::Principal,
                amount: euros(12_345),
                open_after: euros(12_345),
                words: vec!["De factuur van 12 maart 2026.".to_owned()],
                rule_ids: vec!["nl.costs.scale".to_owned()],
                rule_pack: "nl-2026-01".to_owned(),
            }],
        }],
        remarks: vec!["Op 13 maart 2026 staat er nog iets open.".to_owned()],
    };
    Snapshot::request(
        vec![ask(None, None), ask(Some(day("2026-03-13")), Some(moment("2026-03-14T09:00:00Z")))],
        vec![
            ExplainPositionAnswer::Explained(explained(Some(moment("2026-03-14T09:00:00Z")))),
            ExplainPositionAnswer::Explained(explained(None)),
            ExplainPositionAnswer::Unknown,
        ],
    )
}

fn corrected_letter() -> CorrectedLetter {
    CorrectedLetter {
        letter_id: LetterId::from_uuid(uuid(12)),
        message: MessageKind::Demand,
        channel: Channel::Email,
        left_on: day("2026-03-12"),
        asked: euros(16_345),
        owed: euros(12_345),
    }
}

pub(crate) fn letters_corrected() -> [LettersCorrected; 4] {
    let corrected = |cause| LettersCorrected {
        case_id: case(),
        creditor_id: creditor(),
        letters: vec![corrected_letter()],
        cause,
    };
    [
        CorrectionCause::Payment { payment_id: payment() },
        CorrectionCause::CreditNote,
        CorrectionCause::Withdrawal,
        CorrectionCause::Message,
    ]
    .map(corrected)
}

fn corrections() -> [Snapshot; 3] {
    let told = CorrectedLetterTold {
        case_id: case(),
        creditor_id: creditor(),
        letter: corrected_letter(),
        told_at: moment("2026-03-14T09:00:00Z"),
    };
    let [asked, answered] = Snapshot::request(
        [Some(case()), None].map(|case_id| ListCorrectedLetters { limit: 20, case_id }).to_vec(),
        vec![CorrectedLetterList { letters: vec![told], total: 1 }],
    );
    [Snapshot::message(letters_corrected().to_vec()), asked, answered]
}

fn unmatched() -> [UnmatchedPayment; 2] {
    let unmatched = UnmatchedPayment {
        payment_id: payment(),
        amount: euros(100),
        received_on: day("2026-03-12"),
        remittance: vec!["invoice of january".to_owned()],
        counterparty_name: Some("A. Example".to_owned()),
        refundable_on: None,
        proposals: vec![PaymentProposal {
            parts: vec![ProposedPart {
                claim_id: claim(),
                case_id: case(),
                creditor_id: creditor(),
                amount: euros(80),
            }],
            remainder: euros(20),
            confidence_per_mille: 720,
            because: vec!["the payer has the name of a debtor".to_owned()],
        }],
        is_dismissed: false,
        awaited_on: vec![AwaitedMoney {
            case_id: case(),
            since: moment("2026-03-13T08:00:00Z"),
            until: moment("2026-03-20T08:00:00Z"),
        }],
    };
    let refundable = UnmatchedPayment {
        counterparty_name: None,
        refundable_on: Some(case()),
        proposals: Vec::new(),
        is_dismissed: true,
        awaited_on: Vec::new(),
        ..unmatched.clone()
    };
    [unmatched, refundable]
}

fn imported() -> ImportedStatement {
    ImportedStatement {
        statement_id: StatementId::from_uuid(uuid(9)),
        payment_count: 2,
        outgoing_count: 1,
        credited: euros(10_000),
        debited: euros(50),
    }
}

fn bank_files() -> [[Snapshot; 2]; 2] {
    let because = "the bank sent a second version".to_owned();
    let all = [BankFileDecision::TakeIn, BankFileDecision::SetAside];
    let decided = |decision: BankFileDecision| BankFileDecided {
        decision,
        because: because.clone(),
        by: StaffId::from_uuid(uuid(8)),
        at: moment("2026-03-13T08:00:00Z"),
    };
    let waiting = QuarantinedFile {
        document: document(),
        quarantined_at: moment("2026-03-12T08:00:00Z"),
        problems: problems(),
        decided: None,
    };
    let done =
        QuarantinedFile { decided: Some(decided(BankFileDecision::TakeIn)), ..waiting.clone() };
    let known =
        KnownMovement { payment_id: payment(), amount: euros(5), booked_on: day("2026-03-12") };
    let statement = imported();
    let offered = OfferedStatement { statement: statement.clone(), known: vec![known] };
    let refusals = [
        BankFileRefusal::NotOfTheFinanceDesk,
        BankFileRefusal::NoReason,
        BankFileRefusal::Unbookable { problems: problems() },
    ];
    let refused = refusals.into_iter().map(|reason| DecideBankFileAnswer::Refused { reason });
    let decide =
        |decision| DecideBankFile { document: document(), decision, because: because.clone() };
    let answers = [
        DecideBankFileAnswer::Offered { statements: vec![offered], known_count: 1 },
        DecideBankFileAnswer::TakenIn { statements: vec![statement], known_count: 1 },
        DecideBankFileAnswer::SetAside,
        DecideBankFileAnswer::Unknown,
    ];
    let again = all.iter().cloned().map(decided).map(DecideBankFileAnswer::AlreadyDecided);
    [
        Snapshot::request(
            [false, true].map(|with_decided| ListBankFiles { limit: 20, with_decided }).to_vec(),
            vec![BankFileList { files: vec![waiting, done], total: 2 }],
        ),
        Snapshot::request(
            all.iter().cloned().map(Some).chain([None]).map(decide).collect(),
            answers.into_iter().chain(again).chain(refused).collect(),
        ),
    ]
}

fn assignments() -> [[Snapshot; 2]; 4] {
    let refusals = [
        AssignmentRefusal::NotOfTheFinanceDesk,
        AssignmentRefusal::NotOneCase,
        AssignmentRefusal::NothingLeft,
        AssignmentRefusal::WrongAmount { left: euros(20) },
        AssignmentRefusal::WrongAccount,
        AssignmentRefusal::NotOnTheCase,
        AssignmentRefusal::Reported,
    ];
    let assign = |amount| AssignPayment { payment_id: payment(), claim_ids: vec![claim()], amount };
    let assigned = [
        AssignPaymentAnswer::Assigned { case_id: case(), booked: payment(), left: euros(20) },
        AssignPaymentAnswer::Unknown,
    ];
    let refused = refusals.iter().cloned().map(|reason| AssignPaymentAnswer::Refused { reason });
    let reason = AssignmentRefusal::NotOnTheCase;
    [
        Snapshot::request(
            [Some(euros(80)), None].map(assign).to_vec(),
            assigned.into_iter().chain(refused).collect(),
        ),
        Snapshot::request(
            vec![ReleasePayment { payment_id: payment(), case_id: case() }],
            vec![
                ReleasePaymentAnswer::Released { amount: euros(80) },
                ReleasePaymentAnswer::Refused { reason },
                ReleasePaymentAnswer::Unknown,
            ],
        ),
        Snapshot::request(
            vec![RetractPayment { payment_id: payment() }],
            vec![
                RetractPaymentAnswer::Retracted { amount: euros(80) },
                retraction_refused(RetractionRefusal::NotOfTheFinanceDesk),
                retraction_refused(RetractionRefusal::NotToldEarly),
                retraction_refused(RetractionRefusal::StatementToCome {
                    received_on: day("2026-03-12"),
                }),
                retraction_refused(RetractionRefusal::OnACase),
                RetractPaymentAnswer::Unknown,
            ],
        ),
        Snapshot::request(
            vec![DismissProposals { payment_id: payment() }],
            vec![
                DismissProposalsAnswer::Dismissed,
                DismissProposalsAnswer::NothingProposed,
                DismissProposalsAnswer::Refused { reason: AssignmentRefusal::NotOfTheFinanceDesk },
            ],
        ),
    ]
}

fn retraction_refused(reason: RetractionRefusal) -> RetractPaymentAnswer {
    RetractPaymentAnswer::Refused { reason }
}

fn position() -> Position {
    let line = |kind, amount_minor, because: &[&str]| PositionLine {
        on: day("2026-03-12"),
        kind,
        amount: euros(amount_minor),
        because: because.iter().map(|text| (*text).to_owned()).collect(),
        rule_ids: because.iter().map(|_| "nl.costs.scale".to_owned()).collect(),
        rule_pack: if because.is_empty() { String::new() } else { "nl-2026-01".to_owned() },
    };
    let paid = PositionLineKind::Payment {
        payment_id: payment(),
        costs: euros(-4_000),
        interest: euros(-73),
        principal: euros(-927),
    };
    Position {
        case_id: case(),
        on: day("2026-03-13"),
        open: euros(7_918),
        claims: vec![ClaimPosition {
            claim_id: claim(),
            open: euros(7_918),
            costs_open: euros(0),
            interest_open: euros(0),
            principal_open: euros(7_918),
            lines: vec![
                line(PositionLineKind::Principal, 12_345, &[]),
                line(PositionLineKind::Costs, 4_000, &["15 % of 123.45 euros, at least 40."]),
                line(PositionLineKind::Interest, 73, &["6 % a year over 36 days."]),
                line(PositionLineKind::CreditNote, -2_500, &[]),
                line(PositionLineKind::Withdrawal, -1_000, &[]),
                line(paid, -5_000, &[]),
            ],
        }],
        payments_known_until: Some(day("2026-03-13")),
        announced: None,
    }
}

fn announced(interest: bool, interest_basis_points: Option<u32>) -> AnnouncedCharges {
    AnnouncedCharges {
        costs: euros(4_840),
        vat: euros(840),
        interest,
        interest_basis_points,
        because: vec!["15 % of 123.45 euros, at least 40, with 21 % VAT.".to_owned()],
        rule_ids: vec!["nl.costs.scale".to_owned()],
        rule_pack: "nl-2026-01".to_owned(),
    }
}

fn paid_to_creditors() -> [Snapshot; 4] {
    let approved = remittance(RemittanceState::Approved);
    [
        Snapshot::message(vec![told(&approved), told(&gross(approved.clone()))]),
        Snapshot::message(vec![RemittancePaid {
            remittance_id: remittance_id(),
            creditor_id: creditor(),
            amount: approved.amount,
            paid_on: day("2026-04-03"),
        }]),
        Snapshot::message(vec![TakeRemittanceBack {
            remittance_id: remittance_id(),
            creditor_id: creditor(),
        }]),
        Snapshot::message(
            [Some("AC04".to_owned()), None]
                .map(|reason_code| RemittanceReturned {
                    remittance_id: remittance_id(),
                    creditor_id: creditor(),
                    amount: approved.amount,
                    returned_by: payment(),
                    returned_on: day("2026-04-05"),
                    reason_code,
                })
                .to_vec(),
        ),
    ]
}

/// What came back is paid again with it.
fn carrying(remittance: Remittance) -> Remittance {
    let carried = vec![CarriedRemittance { remittance_id: remittance_id(), amount: euros(5) }];
    Remittance { carried, amount: euros(8_190), ..remittance }
}

/// The bank sent it back; and one that was paid again with another one.
fn returned(remittance: Remittance, paid_again_by: Option<RemittanceId>) -> Remittance {
    let reason_code = paid_again_by.is_none().then(|| "AC04".to_owned());
    let returned_on = day("2026-04-05");
    let returned = Some(ReturnedRemittance { returned_on, reason_code, paid_again_by });
    Remittance { returned, ..remittance }
}

fn told(approved: &Remittance) -> RemittanceApproved {
    RemittanceApproved {
        remittance_id: remittance_id(),
        creditor_id: creditor(),
        collected: approved.collected,
        settlement: approved.settlement.clone(),
        kept_costs: approved.kept_costs,
        commission: approved.commission,
        commission_vat: approved.commission_vat,
        amount: approved.amount,
        proposed_by: approved.proposed_by,
        approved_by: second_staff(),
        payment_order: document(),
        specification: document(),
    }
}

/// The same as the rhythm proposes it, charged separately.
fn gross(net: Remittance) -> Remittance {
    let (settlement, amount) = (Settlement::Gross, net.collected);
    let open = || credit_note(FeeInvoiceState::Open { due_on: day("2026-05-01") });
    let invoice = net.invoice.is_some().then(open);
    let commission_vat = euros(1_155);
    Remittance { settlement, commission_vat, amount, proposed_by: None, invoice, ..net }
}

fn paid_invoice(remittance: Remittance) -> Remittance {
    let invoice = fee_invoice(FeeInvoiceState::Paid { paid_on: day("2026-04-20") });
    Remittance { invoice: Some(invoice), ..gross(remittance) }
}

fn remittances() -> [[Snapshot; 2]; 3] {
    let refusals = || {
        [
            RemittanceRefusal::NotOfTheFinanceDesk,
            RemittanceRefusal::SamePerson,
            RemittanceRefusal::Outdated,
            RemittanceRefusal::NotReturned { remittance_id: remittance_id() },
        ]
    };
    let proposed = || remittance(RemittanceState::Proposed);
    let approved = || remittance(RemittanceState::Approved);
    let not_proposed = refusals().map(|reason| ProposeRemittanceAnswer::Refused { reason });
    let not_approved = refusals().map(|reason| ApproveRemittanceAnswer::Refused { reason });
    let proposals = [
        ProposeRemittanceAnswer::Proposed(proposed()),
        ProposeRemittanceAnswer::Waiting(gross(proposed())),
        ProposeRemittanceAnswer::NothingToRemit,
    ];
    let approvals = [
        ApproveRemittanceAnswer::Approved(approved()),
        ApproveRemittanceAnswer::AlreadyApproved(gross(approved())),
        ApproveRemittanceAnswer::Unknown,
    ];
    let states = [
        RemittanceState::Proposed,
        RemittanceState::Approved,
        RemittanceState::Paid { paid_on: day("2026-04-03") },
        RemittanceState::Void,
    ];
    [
        Snapshot::request(
            [vec![], vec![remittance_id()]]
                .map(|again| ProposeRemittance { creditor_id: creditor(), again })
                .to_vec(),
            proposals.into_iter().chain(not_proposed).collect(),
        ),
        Snapshot::request(
            vec![ApproveRemittance { remittance_id: remittance_id() }],
            approvals.into_iter().chain(not_approved).collect(),
        ),
        Snapshot::request(
            vec![
                ListRemittances { limit: 50, creditor_id: Some(creditor()) },
                ListRemittances { limit: 1_000, creditor_id: None },
            ],
            vec![RemittanceList {
                remittances: states
                    .map(remittance)
                    .into_iter()
                    .chain([gross(proposed()), paid_invoice(approved())])
                    .chain([carrying(proposed()), returned(approved(), None)])
                    .chain([returned(approved(), Some(remittance_id()))])
                    .collect(),
                total: 9,
            }],
        ),
    ]
}

fn fee_payments() -> [Snapshot; 2] {
    let refusals = [
        FeePaymentRefusal::NotOfTheFinanceDesk,
        FeePaymentRefusal::NoReason,
        FeePaymentRefusal::SettledWithRemittance,
        FeePaymentRefusal::NotOnThatDay,
    ];
    let paid = || fee_invoice(FeeInvoiceState::Paid { paid_on: day("2026-04-20") });
    let answers = [
        MarkFeePaidAnswer::Marked(paid()),
        MarkFeePaidAnswer::AlreadyPaid(paid()),
        MarkFeePaidAnswer::Unknown,
    ];
    let refused = refusals.map(|reason| MarkFeePaidAnswer::Refused { reason });
    let request = MarkFeePaid {
        remittance_id: remittance_id(),
        paid_on: day("2026-04-20"),
        because: "statement 112 of the own account".to_owned(),
    };
    Snapshot::request(vec![request], answers.into_iter().chain(refused).collect())
}

fn positions() -> [Snapshot; 2] {
    let sums = PositionSums {
        case_id: case(),
        creditor_id: creditor(),
        claims_open: 2,
        open: euros(15_250),
        costs_open: euros(4_000),
        interest_open: euros(250),
        principal_open: euros(11_000),
        refundable: euros(100),
    };
    let page = |next| {
        let positions = vec![sums.clone()];
        PositionSumsPage { as_of: day("2026-04-03"), positions, next }
    };
    Snapshot::request(
        vec![
            GetPositions { creditor_id: None, as_of: None, after: None, limit: 1_000 },
            GetPositions {
                creditor_id: Some(creditor()),
                as_of: Some(day("2026-04-03")),
                after: Some(case()),
                limit: 1,
            },
        ],
        vec![page(None), page(Some(case()))],
    )
}

fn balances() -> [Snapshot; 2] {
    let groups = [
        LedgerGroup::Bank,
        LedgerGroup::AtProvider,
        LedgerGroup::Unmatched,
        LedgerGroup::Refundable,
        LedgerGroup::OwedToCreditor,
        LedgerGroup::SettledAtCreditor,
        LedgerGroup::InTransit,
        LedgerGroup::Own,
        LedgerGroup::OwedByCreditor,
        LedgerGroup::AdvancedToCreditor,
        LedgerGroup::Receivable,
        LedgerGroup::CreditorClaims,
        LedgerGroup::FeesOwedByCreditor,
        LedgerGroup::FeesCharged,
    ];
    let line = |group, creditor_id| BalanceLine { group, creditor_id, balance: euros(-1_250) };
    let mut lines: Vec<BalanceLine> =
        groups.into_iter().map(|group| line(group, Some(creditor()))).collect();
    lines.push(line(LedgerGroup::Own, None));
    Snapshot::request(vec![GetBalances {}], vec![Balances { lines }])
}

/// Of two payments, one of them to the creditor itself: its commission is settled here too.
fn remittance(state: RemittanceState) -> Remittance {
    let is_approved = match state {
        RemittanceState::Approved | RemittanceState::Paid { .. } => true,
        RemittanceState::Proposed | RemittanceState::Void => false,
    };
    let line = |direct, costs| RemittanceLine {
        case_id: case(),
        claim_id: claim(),
        payment_id: payment(),
        received_on: day("2026-03-12"),
        principal: euros(9_927),
        interest: euros(73),
        costs: euros(costs),
        direct,
    };
    Remittance {
        remittance_id: remittance_id(),
        creditor_id: creditor(),
        state,
        collected: euros(14_000),
        settlement: Settlement::Net,
        kept_costs: euros(4_000),
        commission: euros(1_500),
        commission_vat: euros(315),
        carried: Vec::new(),
        amount: euros(8_185),
        lines: vec![line(false, 4_000), line(true, 0)],
        proposed_by: Some(staff()),
        proposed_at: moment("2026-04-01T08:00:00Z"),
        approved_by: is_approved.then(second_staff),
        payment_order: is_approved.then(document),
        specification: is_approved.then(document),
        specification_pdf: is_approved.then(document),
        statement: is_approved.then(document),
        invoice: is_approved.then(|| fee_invoice(FeeInvoiceState::SettledWithRemittance)),
        returned: None,
    }
}

pub(crate) fn fee_invoice(state: FeeInvoiceState) -> FeeInvoice {
    FeeInvoice {
        number: "2026-000017".to_owned(),
        kind: FeeInvoiceKind::Invoice,
        issued_on: day("2026-04-01"),
        total: euros(5_815),
        reverse_charge: false,
        state,
        document: Some(document()),
    }
}

/// What was given back to a creditor in another country, and its file is not made yet.
fn credit_note(state: FeeInvoiceState) -> FeeInvoice {
    let kind = FeeInvoiceKind::CreditNote;
    FeeInvoice { kind, reverse_charge: true, document: None, ..fee_invoice(state) }
}

fn second_staff() -> StaffId {
    StaffId::from_uuid(uuid(25))
}

/// The bank tells its balance, or does not.
fn books() -> Vec<BooksSums> {
    let sums = |held_before, bank_by_statements, least_owed| BooksSums {
        bank: euros(20_000),
        bank_by_statements,
        held_before,
        at_provider: euros(500),
        in_transit: euros(5_000),
        owed_to_creditors: euros(9_500),
        least_owed,
        own: euros(1_000),
        refundable: euros(2_000),
        unmatched: euros(3_000),
    };
    vec![sums(Some(euros(1_000)), Some(euros(20_000)), Some(euros(4_000))), sums(None, None, None)]
}

const BOOKS_PROBLEMS: [BooksProblemKind; 7] = [
    BooksProblemKind::StatementMissing,
    BooksProblemKind::StatementWrong,
    BooksProblemKind::BankDiffers,
    BooksProblemKind::Unequal,
    BooksProblemKind::CreditorBelowZero,
    BooksProblemKind::OwnBelowZero,
    BooksProblemKind::WrongSide,
];

fn books_proven() -> Snapshot {
    let on = day("2026-04-03");
    let count = |kind| BooksProblemCount { kind, count: 2 };
    Snapshot::message(vec![
        BooksProven { on, is_proven: true, sums: books(), problems: Vec::new() },
        BooksProven {
            on,
            is_proven: false,
            sums: Vec::new(),
            problems: BOOKS_PROBLEMS.map(count).to_vec(),
        },
    ])
}

fn proofs() -> [Snapshot; 2] {
    let on = day("2026-04-03");
    let problem = |kind| BooksProblem {
        kind,
        amount: euros(-500),
        detail: "own money is below zero".to_owned(),
    };
    Snapshot::request(
        vec![ProveBooks {}],
        vec![
            BooksProof { on, is_proven: true, sums: books(), problems: Vec::new() },
            BooksProof {
                on,
                is_proven: false,
                sums: Vec::new(),
                problems: BOOKS_PROBLEMS.map(problem).to_vec(),
            },
        ],
    )
}
