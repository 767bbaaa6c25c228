//! Messages owned by intake.

use contracts::agreement::{
    AgeBand, AgreedCharges, AgreedDeed, AgreedPayout, AgreedPromises, AgreedRemittance, AgreedStep,
    Agreement, BusinessCosts, CommissionBands, CommissionRates, CommissionRules, PayTo,
    PayoutRhythm, PayoutWeekday, PenaltyClause, PrincipalBand, Settlement, StepMoment,
};
use contracts::intake::{
    AgreementAgreed, CallContact, CallContactAnswer, CaseList, CaseOpened, CaseSummary,
    Certificate, ClaimClue, ClaimCredited, ClaimParticulars, ClaimRegistered, ClaimWithdrawn,
    CreditorAccount, CreditorAccounts, CreditorContact, CreditorContactAnswer, CreditorList,
    CreditorParty, CreditorRegistered, CreditorSummary, DebtorParty, DirectPaymentList,
    DirectPaymentReported, DirectPaymentRetracted, FindClaims, FindClaimsAnswer, GetCallContact,
    GetCreditorAccounts, GetCreditorContact, GetInvoiceNumbers, GetParties, ImportDirectPayments,
    ImportDirectPaymentsAnswer, ImportInvoice, ImportInvoiceAnswer, InvoiceNumber, InvoiceNumbers,
    ListCases, ListCreditors, ListDirectPayments, ListStaff, Parties, PartiesAnswer, PaymentFinds,
    PaymentKeys, RegisterCreditor, RegisterCreditorAnswer, RegisterStaff, RegisterStaffAnswer,
    ReportDirectPayment, ReportDirectPaymentAnswer, ReportedDirectPayment, RetractDirectPayment,
    RetractDirectPaymentAnswer, StaffList, StaffMember, StaffRegistered, TellCreditorAnew,
    TellCreditorAnewAnswer, TellStaffAnew, TellStaffAnewAnswer, WithdrawClaim, WithdrawClaimAnswer,
    WithdrawalReason,
};
use primitives::{
    Capacity, CaseNumber, Channel, Country, DebtorKind, Language, MessageKind, SourceFileId,
    StaffRole, StructuredReference,
};

use super::{
    belgian, case, claim, creditor, day, document, euros, moment, payment, person, problems,
    references, staff, uuid,
};
use crate::Snapshot;

pub(super) fn all() -> Vec<Snapshot> {
    let mut all = vec![agreements()];
    all.extend(cases());
    all.extend([direct_payment(), retracted_payment(), staff_registered()]);
    all.extend(changes().into_iter().flatten());
    all.extend(changes_of_this_house().into_iter().flatten());
    all.extend(direct_payments().into_iter().flatten());
    all.extend(told_anew().into_iter().flatten());
    all.extend(lists().into_iter().flatten());
    all.extend(contacts().into_iter().flatten());
    all
}

fn agreements() -> Snapshot {
    let handed_over = AgreementAgreed { creditor_id: creditor(), agreement: handed_over() };
    Snapshot::message(agreements_agreed().into_iter().chain([handed_over]).collect())
}

/// It becomes a collector's with the formal notice.
fn handed_over() -> Agreement {
    let mut agreement = agreement();
    let deed = AgreedDeed::Write {
        message: MessageKind::FormalNotice,
        channels: vec![Channel::Post, Channel::Email],
    };
    let moment = StepMoment::AfterPrevious { days: 14 };
    agreement.collector_from = Some("formal-notice".to_owned());
    agreement.steps.push(AgreedStep { key: "formal-notice".to_owned(), deed, moment });
    agreement
}

/// The second has all that the first lacks.
pub(crate) fn agreements_agreed() -> Vec<AgreementAgreed> {
    let agreed = |agreement| AgreementAgreed { creditor_id: creditor(), agreement };
    let mut all = vec![
        agreed(agreement()),
        agreed(agreement_with_a_penalty_clause()),
        agreed(agreement_of_a_collector()),
        agreed(agreement_with(CommissionBands::MarginalByPrincipal(vec![principal_band(
            None, 800,
        )]))),
        agreed(agreement_with(CommissionBands::WholeByAge(vec![
            AgeBand { up_to_days: Some(90), rates: rates(1_000) },
            AgeBand { up_to_days: None, rates: rates(2_000) },
        ]))),
    ];
    all.extend(weekdays().map(|weekday| agreed(agreement_paid_on(weekday))));
    all
}

fn weekdays() -> [PayoutWeekday; 5] {
    [
        PayoutWeekday::Monday,
        PayoutWeekday::Tuesday,
        PayoutWeekday::Wednesday,
        PayoutWeekday::Thursday,
        PayoutWeekday::Friday,
    ]
}

fn agreement_paid_on(weekday: PayoutWeekday) -> Agreement {
    let rhythm = Some(PayoutRhythm::Weekly { weekday });
    let payout = AgreedPayout { rhythm, ..AgreedPayout::default() };
    Agreement { remittance: AgreedRemittance { payout, ..agreement().remittance }, ..agreement() }
}

fn rates(basis_points: u16) -> CommissionRates {
    CommissionRates { basis_points, direct_basis_points: 500 }
}

fn principal_band(up_to_minor: Option<i64>, basis_points: u16) -> PrincipalBand {
    PrincipalBand { up_to: up_to_minor.map(euros), rates: rates(basis_points) }
}

fn ruled(bands: CommissionBands) -> AgreedRemittance {
    AgreedRemittance {
        commission_basis_points: 0,
        agency_keeps_costs: false,
        commission_rules: Some(CommissionRules {
            bands,
            minimum: Some(euros(1_500)),
            cap: Some(euros(50_000)),
        }),
        payout: AgreedPayout {
            settlement: Settlement::Gross,
            rhythm: Some(PayoutRhythm::Monthly { day: 15 }),
            minimum: Some(euros(2_500)),
        },
    }
}

fn agreement_with(bands: CommissionBands) -> Agreement {
    let AgreedRemittance { commission_rules, .. } = ruled(bands);
    let rules = commission_rules.map(|it| CommissionRules { minimum: None, cap: None, ..it });
    let remittance =
        AgreedRemittance { commission_rules: rules, ..agreement_of_a_collector().remittance };
    Agreement { remittance, ..agreement() }
}

fn agreement() -> Agreement {
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
    Agreement {
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
        charges: AgreedCharges {
            creditor_deducts_vat: false,
            in_business: BusinessCosts::FixedForty,
            interest: true,
            penalty_clause: None,
        },
        promises: AgreedPromises { days_max: 14, grace_days: 3 },
        thanks_by: vec![Channel::Email],
        remittance: AgreedRemittance {
            commission_basis_points: 750,
            agency_keeps_costs: true,
            ..AgreedRemittance::default()
        },
        small_difference: Some(euros(100)),
    }
}

fn agreement_with_a_penalty_clause() -> Agreement {
    let clause = PenaltyClause { lump_sum: true, yearly_interest_basis_points: Some(1_000) };
    let charges = AgreedCharges {
        creditor_deducts_vat: true,
        in_business: BusinessCosts::Scale,
        interest: true,
        penalty_clause: Some(clause),
    };
    Agreement { charges, ..agreement() }
}

fn agreement_of_a_collector() -> Agreement {
    let clause = PenaltyClause { lump_sum: false, yearly_interest_basis_points: None };
    let charges = AgreedCharges {
        creditor_deducts_vat: true,
        in_business: BusinessCosts::None,
        interest: false,
        penalty_clause: Some(clause),
    };
    Agreement {
        capacity: Capacity::Collector,
        pay_to: PayTo::Agency,
        payments_known_within_days: None,
        charges,
        thanks_by: Vec::new(),
        remittance: ruled(CommissionBands::WholeByPrincipal(vec![
            principal_band(Some(100_000), 1_500),
            principal_band(None, 1_000),
        ])),
        small_difference: None,
        ..agreement()
    }
}

fn cases() -> [Snapshot; 5] {
    [
        Snapshot::message(vec![CreditorRegistered {
            creditor_id: creditor(),
            country: Country::BE,
            agreement_version: 1,
        }]),
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

fn direct_payment() -> Snapshot {
    Snapshot::message(vec![DirectPaymentReported {
        payment_id: payment(),
        claim_id: claim(),
        case_id: case(),
        creditor_id: creditor(),
        amount: euros(12_345),
        paid_on: day("2026-03-12"),
    }])
}

fn retracted_payment() -> Snapshot {
    Snapshot::message(vec![DirectPaymentRetracted {
        payment_id: payment(),
        claim_id: claim(),
        case_id: case(),
        creditor_id: creditor(),
        amount: euros(12_345),
        paid_on: day("2026-03-12"),
    }])
}

/// The second is of somebody who left.
fn staff_registered() -> Snapshot {
    let registered =
        |roles, certificates| StaffRegistered { staff_id: staff(), roles, certificates };
    Snapshot::message(vec![
        registered(StaffRole::ALL.to_vec(), certificates()),
        registered(Vec::new(), Vec::new()),
    ])
}

fn certificates() -> Vec<Certificate> {
    let certificate = |country| Certificate {
        country,
        valid_from: day("2025-01-01"),
        valid_until: day("2029-12-31"),
    };
    vec![certificate(Country::NL), certificate(Country::BE)]
}

fn changes() -> [[Snapshot; 2]; 4] {
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
            vec![FindClaims {
                payments: vec![PaymentKeys {
                    references: vec!["RF18539007547034".to_owned()],
                    number_keys: vec![-7_046_029_254_386_353_131, 12],
                    debtor_keys: vec![4_611_686_018_427_387_904],
                    amount: euros(12_100),
                }],
            }],
            vec![FindClaimsAnswer {
                claims: vec![ClaimClue {
                    claim_id,
                    invoice_number: "2026-0117".to_owned(),
                    case_number: case_number(),
                    debtor_name: "A. Example".to_owned(),
                }],
                found: vec![PaymentFinds { claim_ids: vec![claim_id], is_cut: false }],
            }],
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

fn changes_of_this_house() -> [[Snapshot; 2]; 1] {
    let staff_id = staff();
    [Snapshot::request(
        vec![RegisterStaff { document: document() }],
        vec![
            RegisterStaffAnswer::Registered { staff_id },
            RegisterStaffAnswer::Unchanged { staff_id },
            RegisterStaffAnswer::Refused { problems: problems() },
        ],
    )]
}

fn direct_payments() -> [[Snapshot; 2]; 5] {
    let (case_id, claim_id, payment_id, creditor_id) = (case(), claim(), payment(), creditor());
    let (amount, paid_on) = (euros(12_345), day("2026-03-12"));
    let report = |again| ReportDirectPayment { claim_id, amount, paid_on, again };
    let reported = |retracted_at| ReportedDirectPayment {
        payment_id,
        claim_id,
        case_id,
        creditor_id,
        amount,
        paid_on,
        reported_at: moment("2026-03-13T09:30:00Z"),
        retracted_at,
    };
    let retracted = Some(moment("2026-03-14T09:30:00Z"));
    [
        Snapshot::request(
            vec![report(false), report(true)],
            vec![
                ReportDirectPaymentAnswer::Reported { case_id, payment_id },
                ReportDirectPaymentAnswer::AlreadyKnown { case_id, payment_id },
                ReportDirectPaymentAnswer::Refused { problems: problems() },
                ReportDirectPaymentAnswer::Unknown,
            ],
        ),
        Snapshot::request(
            vec![ImportDirectPayments { creditor_id, document: document() }],
            vec![
                ImportDirectPaymentsAnswer::Imported { payment_count: 2, total: amount },
                ImportDirectPaymentsAnswer::AlreadyKnown {
                    taken_at: moment("2026-03-13T09:30:00Z"),
                    payment_count: 2,
                    total: amount,
                },
                ImportDirectPaymentsAnswer::Refused { problems: problems() },
            ],
        ),
        Snapshot::request(
            vec![RetractDirectPayment { payment_id }],
            vec![
                RetractDirectPaymentAnswer::Retracted { case_id, claim_id, amount, paid_on },
                RetractDirectPaymentAnswer::AlreadyRetracted { case_id, claim_id },
                RetractDirectPaymentAnswer::Unknown,
            ],
        ),
        Snapshot::request(
            vec![
                ListDirectPayments { limit: 50, claim_id: Some(claim_id) },
                ListDirectPayments { limit: 1_000, claim_id: None },
            ],
            vec![DirectPaymentList {
                payments: vec![reported(None), reported(retracted)],
                total: 2,
            }],
        ),
        Snapshot::request(
            vec![GetInvoiceNumbers { creditor_id, claim_ids: vec![claim_id] }],
            vec![InvoiceNumbers {
                invoices: vec![InvoiceNumber {
                    claim_id,
                    invoice_number: "2026-117".to_owned(),
                    case_number: case_number(),
                }],
            }],
        ),
    ]
}

fn told_anew() -> [[Snapshot; 2]; 2] {
    [
        Snapshot::request(
            vec![TellCreditorAnew { creditor_id: creditor() }],
            vec![
                TellCreditorAnewAnswer::Told { agreement_count: 2 },
                TellCreditorAnewAnswer::Unknown,
            ],
        ),
        Snapshot::request(
            vec![TellStaffAnew { staff_id: staff() }],
            vec![TellStaffAnewAnswer::Told, TellStaffAnewAnswer::Unknown],
        ),
    ]
}

fn lists() -> [[Snapshot; 2]; 4] {
    let case_summary = CaseSummary {
        case_id: case(),
        case_number: case_number(),
        creditor_id: creditor(),
        creditor_name: "Example Energy BV".to_owned(),
        debtor_name: "A. Example".to_owned(),
        debtor_kind: DebtorKind::Consumer,
        country: Country::NL,
        claim_count: 2,
    };
    [
        Snapshot::request(
            vec![ListStaff {}],
            vec![StaffList {
                staff: vec![StaffMember {
                    staff_id: staff(),
                    code: "caller-7".to_owned(),
                    name: "B. Example".to_owned(),
                    roles: StaffRole::ALL.to_vec(),
                    certificates: certificates(),
                }],
            }],
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
                ListCases { limit: 50, creditor_id: Some(creditor()), case_number: None },
                ListCases { limit: 1_000, creditor_id: None, case_number: None },
                ListCases { limit: 1, creditor_id: None, case_number: Some(case_number()) },
            ],
            vec![CaseList { cases: vec![case_summary], total: 1 }],
        ),
    ]
}

fn contacts() -> [[Snapshot; 2]; 3] {
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
            vec![GetCallContact { case_id: case() }],
            vec![CallContactAnswer::Known(call_contact()), CallContactAnswer::Unknown],
        ),
        Snapshot::request(
            vec![GetCreditorContact { creditor_id: creditor() }],
            vec![
                CreditorContactAnswer::Known(creditor_contact()),
                CreditorContactAnswer::Known(CreditorContact {
                    vat_id: None,
                    email: None,
                    ..creditor_contact()
                }),
                CreditorContactAnswer::Unknown,
            ],
        ),
    ]
}

fn case_number() -> CaseNumber {
    CaseNumber::of_serial(CaseNumber::FIRST).unwrap()
}

fn call_contact() -> CallContact {
    CallContact {
        case_number: case_number(),
        person_id: person(),
        name: "A. Example".to_owned(),
        kind: DebtorKind::Consumer,
        country: Country::NL,
        language: Language::Nl,
        telephones: vec!["+31600000000".to_owned(), "+31200000000".to_owned()],
    }
}

fn creditor_contact() -> CreditorContact {
    CreditorContact {
        creditor_id: creditor(),
        code: "example-energy".to_owned(),
        name: "Example Energy BV".to_owned(),
        company_number: "12345678".to_owned(),
        vat_id: Some("NL000099998B57".to_owned()),
        address: vec!["Voorbeeldstraat 1".to_owned(), "1000 AA Amsterdam".to_owned()],
        country: Country::NL,
        language: Language::Nl,
        email: Some("finance@energy.example".to_owned()),
        account: "NL91ABNA0417164300".to_owned(),
    }
}

fn parties() -> Parties {
    Parties {
        case_id: case(),
        case_number: case_number(),
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

fn debtor_kinds() -> [(DebtorKind, Language); 4] {
    [
        (DebtorKind::Consumer, Language::Nl),
        (DebtorKind::NaturalPersonInBusiness, Language::Fr),
        (DebtorKind::LegalPerson, Language::De),
        (DebtorKind::Consumer, Language::En),
    ]
}

fn withdrawal_reasons() -> [WithdrawalReason; 4] {
    [
        WithdrawalReason::PaidToCreditor,
        WithdrawalReason::Mistake,
        WithdrawalReason::Relation,
        WithdrawalReason::Other,
    ]
}
