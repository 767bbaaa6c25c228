//! The whole service in process, on real Postgres and NATS: from a bank file to the position.

use crate::bank::{CLIENT, Entry, file, statement};
use crate::office::{
    CREDITORS, FORMER, LIMIT, Office, SERVICE, agreed, case_id, claim_id, creditor_id, day, euro,
    imported, reference,
};
use contracts::agreement::{
    AgreedPayout, AgreedRemittance, CommissionBands, CommissionRates, CommissionRules, PayTo,
    PayoutRhythm, PayoutWeekday, PrincipalBand, Settlement,
};
use contracts::intake::{CaseOpened, ClaimCredited, DirectPaymentReported, DirectPaymentRetracted};
use contracts::letter::Dispatched;
use contracts::operations::{CheckReport, Operation, Status};
use contracts::payment_reconciliation::{
    ApproveRemittance, ApproveRemittanceAnswer, ChargesBooked, ClaimSettled, ExplainPosition,
    ExplainPositionAnswer, GetBalances, GetPosition, ImportStatement, ImportStatementAnswer,
    LedgerGroup, LettersCorrected, ListCorrectedLetters, PaymentAllocated, PaymentUnmatched,
    PaymentsKnown, PositionAnswer, ProposeRemittance, ProposeRemittanceAnswer, RemittanceApproved,
    RemittancePaid, RemittanceRefusal, RemittanceState, TellPaymentsKnown,
};
use mailbox::AskError;
use primitives::{
    CaseId, Channel, ClaimId, ContentHash, Country, DebtorKind, Language, LetterId, MessageKind,
    Money, PaymentId, PermitId, PersonId, SourceFileId,
};
use serde_json::json;
use sqlx::{Connection, PgConnection};
use testkit::{connect_to, eventually};
use uuid::Uuid;

#[tokio::test(flavor = "multi_thread")]
async fn a_bank_file_pays_claims_and_what_fits_none_is_listed() {
    let office = Box::pin(Office::open(1)).await;
    office.register(1, 10_000).await;
    office.register(2, 4_000).await;
    let entries = [
        Entry::credit(6_000).structured(reference(1).canonical()).coded("ESCT"),
        Entry::credit(2_500).line("Graag gedaan").named("Anna de Vries"),
        Entry::credit(5_000).line(reference(2).canonical()),
        Entry::credit(300).structured(reference(1).canonical()).returned(),
        Entry::debit(120),
    ];
    let client = statement(CLIENT, "S1", "2026-03-09", &entries);
    let own = [Entry::credit(1_000).structured(reference(1).canonical())];
    let own = statement(CREDITORS, "S1", "2026-03-06", &own);
    let xml = file(&[client, own]);
    assert_eq!(imported(&office.import(&xml, "first").await), 5);
    office.assert_sound().await;

    let position = office.known_position(1).await.unwrap();
    assert_eq!(position.open, euro(3_000));
    let amounts: Vec<i64> =
        position.claims[0].lines.iter().map(|line| line.amount.amount_minor()).collect();
    assert_eq!(amounts, [10_000, -1_000, -6_000]);
    assert_eq!(position.payments_known_until, Some(day("2026-03-06")), "the creditor's account");
    let ask = TellPaymentsKnown { case_id: case_id(1), creditor_id: creditor_id() };
    office.house.publish("known", &ask).await;
    office.house.rest().await;
    let until = position.payments_known_until;
    let known = PaymentsKnown { case_id: case_id(1), creditor_id: creditor_id(), until };
    assert_eq!(office.told::<PaymentsKnown>().await, [known]);
    assert_eq!(office.told::<PaymentAllocated>().await.len(), 3);
    let settled = office.told::<ClaimSettled>().await;
    assert_eq!((settled.len(), settled[0].claim_id), (1, claim_id(2)));

    let list = office.unmatched().await;
    assert_eq!(list.total, 4);
    let mut amounts: Vec<i64> = list.payments.iter().map(|it| it.amount.amount_minor()).collect();
    amounts.sort_unstable();
    assert_eq!(amounts, [-120, 300, 1_000, 2_500], "fees, come back, overpaid, no reference");
    let anna = list.payments.iter().find(|it| it.counterparty_name.is_some()).unwrap();
    assert_eq!(anna.remittance, ["Graag gedaan"]);
    assert_eq!(office.told::<PaymentUnmatched>().await.len(), 3);

    // The same file again, under the same key and under another.
    let again = office.import(&xml, "first").await.unwrap();
    assert!(matches!(again, ImportStatementAnswer::Imported { .. }), "{again:?}");
    let again = office.import(&xml, "second").await.unwrap();
    assert!(matches!(again, ImportStatementAnswer::AlreadyKnown { .. }), "{again:?}");
    assert_eq!(office.unmatched().await.total, 4);
    office.assert_sound().await;
    office.close().await;
}

/// A reminder waits for the account that the debtor was asked to pay to, and for no other one.
#[tokio::test(flavor = "multi_thread")]
async fn payments_are_known_by_the_statements_of_the_cases_own_account() {
    let office = Box::pin(Office::open(1)).await;
    office.register(1, 10_000).await;
    office.register_paid_to(PayTo::Creditor { since_version: 1 }, 2, 10_000).await;
    office.register_paid_to(PayTo::Agency, 3, 10_000).await;
    let mut known = Vec::new();
    for (account, last_day) in
        [(CLIENT, "2026-03-09"), (FORMER, "2026-03-08"), (CREDITORS, "2026-03-07")]
    {
        let xml = file(&[statement(account, "S1", last_day, &[Entry::credit(500)])]);
        assert_eq!(imported(&office.import(&xml, account).await), 1, "{account}");
        for case in 1..=3 {
            known.push(office.known_position(case).await.unwrap().payments_known_until);
        }
    }
    let (of_creditor, of_former, of_agency) =
        (Some(day("2026-03-07")), Some(day("2026-03-08")), Some(day("2026-03-09")));
    assert_eq!(known[..3], [None, None, of_agency], "the creditor's were never imported");
    assert_eq!(known[3..6], [None, of_former, of_agency]);
    assert_eq!(known[6..], [of_creditor, of_former, of_agency]);
    office.assert_sound().await;
    office.close().await;
}

/// Costs are booked on the morning after the term, once the payments of the term are known; what
/// was paid within it and is heard of later takes them back.
#[tokio::test(flavor = "multi_thread")]
async fn costs_are_asked_in_time_and_taken_back_in_time() {
    let office = Box::pin(Office::open(2)).await;
    office.register_paid_to(PayTo::Agency, 1, 12_100).await;
    let letter = Dispatched {
        letter_id: LetterId::from_uuid(Uuid::from_u128(1)),
        case_id: case_id(1),
        creditor_id: creditor_id(),
        person_id: PersonId::from_uuid(Uuid::from_u128(7)),
        permit_id: PermitId::from_uuid(Uuid::from_u128(1)),
        message: MessageKind::FourteenDayLetter,
        channel: Channel::Post,
        claim_ids: vec![claim_id(1)],
        text_version: "fourteen-day-letter/nl/consumer@1".to_owned(),
        content: ContentHash::from_digest([1; 32]),
        asked: euro(12_100),
        dispatched_at: "2026-03-09T09:00:00Z".parse().unwrap(),
    };
    office.house.publish("letter", &letter).await;
    office.assert_sound().await;
    let announced = office.known_position(1).await.unwrap().announced.unwrap();
    assert_eq!((announced.costs, announced.interest_basis_points), (euro(4_000), Some(400)));

    // Posted on Tuesday the 10th, delivered on the 12th: the term ends on Thursday the 26th.
    office.house.advance("2026-03-27T06:30:00Z".parse().unwrap()).await;
    office.assert_sound().await;
    assert_eq!(office.told::<ChargesBooked>().await, [], "nothing is known of payments");
    let xml = file(&[statement(CLIENT, "S1", "2026-03-26", &[Entry::credit(100)])]);
    assert_eq!(imported(&office.import(&xml, "S1").await), 1);
    office.house.advance("2026-03-28T06:30:00Z".parse().unwrap()).await;
    let booked = async || office.told::<ChargesBooked>().await.len() == 1;
    eventually(LIMIT, "costs", booked).await;
    office.assert_sound().await;
    let position = office.known_position(1).await.unwrap();
    // Interest of 27 days, which nobody was told yet.
    assert_eq!((position.claims[0].costs_open, position.open), (euro(4_000), euro(16_136)));

    let reported = DirectPaymentReported {
        payment_id: PaymentId::from_uuid(Uuid::from_u128(5)),
        claim_id: claim_id(1),
        case_id: case_id(1),
        creditor_id: creditor_id(),
        amount: euro(12_100),
        paid_on: day("2026-03-25"),
    };
    office.house.publish("reported", &reported).await;
    eventually(LIMIT, "settled", async || office.open_on(1).await == euro(0)).await;
    office.assert_sound().await;
    let costs = office.told::<ChargesBooked>().await;
    assert_eq!(costs.iter().map(|it| it.costs).collect::<Vec<_>>(), [euro(4_000), euro(-4_000)]);
    let settled = office.told::<ClaimSettled>().await;
    assert_eq!(settled.len(), 1);

    // The creditor was wrong: all is owed again, the costs too.
    let DirectPaymentReported { payment_id, claim_id, case_id, creditor_id, amount, paid_on } =
        reported;
    let retracted =
        DirectPaymentRetracted { payment_id, claim_id, case_id, creditor_id, amount, paid_on };
    office.house.publish("retracted", &retracted).await;
    eventually(LIMIT, "open again", async || office.open_on(1).await == euro(16_136)).await;
    office.assert_sound().await;
    let amounts: Vec<Money> =
        office.told::<PaymentAllocated>().await.iter().map(|it| it.amount).collect();
    assert_eq!(amounts, [euro(12_100), euro(-12_100)]);
    office.close().await;
}

/// The broker keeps an agreement for two weeks; intake tells it anew for a service that joined
/// later.
#[tokio::test(flavor = "multi_thread")]
async fn a_case_is_taken_in_once_its_agreement_is_told_anew() {
    let office = Box::pin(Office::open(1)).await;
    let opened = CaseOpened {
        case_id: case_id(1),
        creditor_id: creditor_id(),
        person_id: PersonId::from_uuid(Uuid::from_u128(7)),
        debtor_kind: DebtorKind::Consumer,
        country: Country::NL,
        language: Language::Nl,
        reachable: Vec::new(),
        agreement_version: 1,
        pay_to: PayTo::Agency,
    };
    office.house.publish("opened", &opened).await;
    let waiting = async || {
        let asker = office.house.asker();
        let status: Status = asker.operate(SERVICE, Operation::Status, &json!({})).await.unwrap();
        status.waiting
    };
    eventually(LIMIT, "the case waits", async || waiting().await == 1).await;
    // Who knows it already learns nothing.
    for name in ["told anew", "told anew once more"] {
        office.house.publish(name, &agreed()).await;
        office.assert_sound().await;
    }
    office.register_paid_to(PayTo::Agency, 2, 4_000).await;
    office.assert_sound().await;
    office.close().await;
}

/// From the payment to the creditor's own account, by two people and a bank.
#[tokio::test(flavor = "multi_thread")]
async fn a_creditor_is_paid_what_was_collected() {
    let office = Box::pin(Office::open(2)).await;
    office.hire().await;
    office.register_paid_to(PayTo::Agency, 1, 10_000).await;
    office.register_paid_to(PayTo::Agency, 2, 4_000).await;
    let entries = [
        Entry::credit(6_000).structured(reference(1).canonical()),
        Entry::credit(4_500).structured(reference(2).canonical()),
    ];
    let xml = file(&[statement(CLIENT, "S1", "2026-03-09", &entries)]);
    assert_eq!(imported(&office.import(&xml, "S1").await), 2);
    office.assert_sound().await;

    let ask = ProposeRemittance { creditor_id: creditor_id(), again: Vec::new() };
    let reason = RemittanceRefusal::NotOfTheFinanceDesk;
    let refused = office.house.asker().change(&ask, "operator").await.unwrap();
    assert_eq!(refused, ProposeRemittanceAnswer::Refused { reason });
    let proposed = office.staff(1).change(&ask, "propose").await.unwrap();
    let ProposeRemittanceAnswer::Proposed(proposed) = proposed else { panic!("{proposed:?}") };
    // A tenth of 100.00, and 21 % on that.
    assert_eq!((proposed.collected, proposed.amount), (euro(10_000), euro(8_790)));
    let waiting = office.staff(2).change(&ask, "again").await.unwrap();
    assert_eq!(waiting, ProposeRemittanceAnswer::Waiting(proposed.clone()));
    assert_eq!(office.remittances().await, std::slice::from_ref(&proposed));

    let ask = ApproveRemittance { remittance_id: proposed.remittance_id };
    let refused = office.staff(1).change(&ask, "own").await.unwrap();
    let reason = RemittanceRefusal::SamePerson;
    assert_eq!(refused, ApproveRemittanceAnswer::Refused { reason });
    // Both replicas are asked at once, under two keys: it is approved once.
    let staff = office.staff(2);
    let (one, other) =
        tokio::join!(staff.change(&ask, "approve"), staff.change(&ask, "approve too"));
    let answers = [one.unwrap(), other.unwrap()];
    let is_first =
        |it: &&ApproveRemittanceAnswer| matches!(it, ApproveRemittanceAnswer::Approved(_));
    assert_eq!(answers.iter().filter(is_first).count(), 1, "{answers:?}");
    office.assert_sound().await;
    let approved = office.remittances().await.remove(0);
    assert_eq!((&approved.state, approved.lines.len()), (&RemittanceState::Approved, 2));
    let told = office.told::<RemittanceApproved>().await;
    assert_eq!((told.len(), Some(told[0].payment_order)), (1, approved.payment_order));
    assert_eq!(office.notes().await.len(), 1, "the creditor is written to");
    office.assert_files(&told[0]).await;

    let end_to_end = proposed.remittance_id.as_uuid().simple().to_string();
    let entries = [Entry::debit(8_790).end_to_end(&end_to_end), Entry::debit(120)];
    let xml = file(&[statement(CLIENT, "S2", "2026-03-10", &entries)]);
    assert_eq!(imported(&office.import(&xml, "S2").await), 0);
    office.assert_sound().await;
    let paid = office.told::<RemittancePaid>().await;
    assert_eq!((paid.len(), paid[0].amount), (1, euro(8_790)));
    let state = RemittanceState::Paid { paid_on: day("2026-03-10") };
    assert_eq!(office.remittances().await[0].state, state);
    let unmatched: Vec<i64> =
        office.unmatched().await.payments.iter().map(|it| it.amount.amount_minor()).collect();
    assert_eq!(unmatched, [500, -120], "overpaid, and a fee");

    // What goes back now is covered by own money.
    let credited = ClaimCredited {
        claim_id: claim_id(1),
        case_id: case_id(1),
        creditor_id: creditor_id(),
        source_file_id: SourceFileId::from_uuid(Uuid::from_u128(1)),
        amount: euro(5_000),
        credited_on: day("2026-03-05"),
    };
    office.house.publish("credited", &credited).await;
    eventually(LIMIT, "released", async || office.unmatched().await.total == 3).await;
    office.assert_sound().await;
    office.close().await;
}

/// Rules, gross and a rhythm, from the agreement to the ledger: on the agreed morning a remittance
/// is proposed, and one person has it paid.
#[tokio::test(flavor = "multi_thread")]
async fn a_rhythm_pays_gross_under_rules() {
    let office = Box::pin(Office::open(2)).await;
    office.hire().await;
    let mut agreed = agreed();
    let bands = vec![
        PrincipalBand { up_to: Some(euro(5_000)), rates: rates(2_000) },
        PrincipalBand { up_to: None, rates: rates(1_000) },
    ];
    agreed.agreement.remittance = AgreedRemittance {
        commission_basis_points: 0,
        agency_keeps_costs: false,
        commission_rules: Some(CommissionRules {
            bands: CommissionBands::MarginalByPrincipal(bands),
            minimum: None,
            cap: Some(euro(1_400)),
        }),
        payout: AgreedPayout {
            settlement: Settlement::Gross,
            rhythm: Some(PayoutRhythm::Weekly { weekday: PayoutWeekday::Thursday }),
            minimum: Some(euro(5_000)),
        },
    };
    office.register_under(&agreed, PayTo::Agency, 1, 10_000).await;
    let pays = async |minor: i64, on: &str| {
        let entry = Entry::credit(minor).structured(reference(1).canonical());
        let xml = file(&[statement(CLIENT, on, on, &[entry])]);
        assert_eq!(imported(&office.import(&xml, on).await), 1);
        office.assert_sound().await;
    };
    let proposed = async |count: usize| {
        eventually(LIMIT, "proposed", async || office.remittances().await.len() == count).await;
        office.remittances().await.remove(0)
    };
    pays(6_000, "2026-03-09").await;
    office.house.advance("2026-03-12T07:30:00Z".parse().unwrap()).await;
    let first = proposed(1).await;
    // 20 % of 50.00 and 10 % of 10.00, with VAT on it.
    assert_eq!((first.commission, first.commission_vat), (euro(1_100), euro(231)));
    assert_eq!((first.proposed_by, first.amount), (None, euro(6_000)));
    let ask = ApproveRemittance { remittance_id: first.remittance_id };
    let approved = office.staff(1).change(&ask, "approve").await.unwrap();
    assert!(matches!(approved, ApproveRemittanceAnswer::Approved(_)), "{approved:?}");
    office.assert_sound().await;
    // 4.00 more would be commission on the rest, and 3.00 of them are below the cap.
    pays(4_000, "2026-03-11").await;
    office.house.advance("2026-03-19T07:30:00Z".parse().unwrap()).await;
    office.assert_sound().await;
    assert_eq!(office.remittances().await.len(), 1, "40.00 wait for more");
    let ask = ProposeRemittance { creditor_id: creditor_id(), again: Vec::new() };
    let second = office.staff(1).change(&ask, "propose").await.unwrap();
    let ProposeRemittanceAnswer::Proposed(second) = second else { panic!("{second:?}") };
    assert_eq!((second.commission, second.amount), (euro(300), euro(4_000)));
    let balances = office.house.asker().ask(&GetBalances {}).await.unwrap().lines;
    let fees = balances.iter().find(|it| it.group == LedgerGroup::FeesOwedByCreditor).unwrap();
    assert_eq!((fees.creditor_id, fees.balance), (Some(creditor_id()), euro(1_331)));
    office.close().await;
}

fn rates(basis_points: u16) -> CommissionRates {
    CommissionRates { basis_points, direct_basis_points: basis_points }
}

/// Rows of the release before this one: they are read as they are, and what is new of them is
/// filled in.
#[tokio::test(flavor = "multi_thread")]
async fn rows_of_the_release_before_are_read() {
    let office = Box::pin(Office::open(1)).await;
    let mut conn = PgConnection::connect_with(&office.house.database.options).await.unwrap();
    let run = async |conn: &mut PgConnection, sql: &'static str| {
        sqlx::raw_sql(sql).execute(conn).await.unwrap();
    };
    run(&mut conn, "create schema before; set search_path = before").await;
    run(&mut conn, include_str!("../../migrations/0001_payment_reconciliation.sql")).await;
    run(&mut conn, BEFORE).await;
    run(&mut conn, include_str!("../../migrations/0002_charges_and_remittances.sql")).await;
    let withdrawn: Vec<Option<String>> =
        sqlx::query_scalar("select withdrawn_on::text from claim_account order by claim_id")
            .fetch_all(&mut conn)
            .await
            .unwrap();
    assert_eq!(withdrawn, [Some("2026-03-08".to_owned()), None]);

    // The service goes on with such rows, also with those that nothing was filled into.
    let mut conn = connect_to(&office.house.database, SERVICE).await;
    run(&mut conn, BEFORE).await;
    let case = CaseId::from_uuid(Uuid::from_u128(0xca5e_0000));
    let position = async || {
        let request = GetPosition { case_id: case, announce_for: Vec::new() };
        match office.house.asker().ask(&request).await.unwrap() {
            PositionAnswer::Known(position) => position,
            PositionAnswer::Unknown => panic!("unknown"),
        }
    };
    let known = position().await;
    assert_eq!((known.open, known.announced), (euro(0), None));
    let credited = ClaimCredited {
        claim_id: ClaimId::from_uuid(Uuid::from_u128(0xc1a1_0002)),
        case_id: case,
        creditor_id: creditor_id(),
        source_file_id: SourceFileId::from_uuid(Uuid::from_u128(1)),
        amount: euro(1_000),
        credited_on: day("2026-03-05"),
    };
    office.house.publish("credited", &credited).await;
    office.assert_sound().await;
    // The other claim was given up after the payment: what is released pays it.
    let allocated = office.told::<PaymentAllocated>().await;
    let amounts: Vec<i64> = allocated.iter().map(|it| it.amount.amount_minor()).collect();
    assert_eq!(amounts.iter().sum::<i64>(), 0, "{allocated:?}");
    assert_eq!(position().await.open, euro(0));
    office.close().await;
}

/// Two claims of a case: 40.00 and 60.00; 70.00 were paid on the second, then the first, and the
/// rest was given up.
const BEFORE: &str = "
    insert into desk (desk_id) values ('00000000-0000-0000-0000-000000000000');
    insert into case_account (case_id, creditor_id, person_id, currency) values
        ('00000000-0000-0000-0000-0000ca5e0000', '00000000-0000-0000-0000-00000000c4ed',
         '00000000-0000-0000-0000-000000000007', 'EUR');
    insert into claim_account (claim_id, case_id, due_on) values
        ('00000000-0000-0000-0000-0000c1a10001', '00000000-0000-0000-0000-0000ca5e0000',
         '2026-03-01'),
        ('00000000-0000-0000-0000-0000c1a10002', '00000000-0000-0000-0000-0000ca5e0000',
         '2026-03-02');
    insert into statement (statement_id, account, holder, last_day, fingerprint) values
        ('00000000-0000-0000-0000-000000000001', 'NL91ABNA0417164300', 'agency', '2026-03-07',
         '\\x0000000000000000000000000000000000000000000000000000000000000000');
    insert into payment (payment_id, statement_id, holder, currency, amount_minor, received_on,
                         allocated) values
        ('00000000-0000-0000-0000-000000000009', '00000000-0000-0000-0000-000000000001', 'agency',
         'EUR', 7000, '2026-03-07', true);
    insert into account_line (case_id, claim_id, place, counts_on, kind, payment_id, holder,
                              amount_minor, cause)
    select '00000000-0000-0000-0000-0000ca5e0000', claim_id::uuid, place, counts_on::date, kind,
           case kind when 'payment' then '00000000-0000-0000-0000-000000000009'::uuid end,
           case kind when 'payment' then 'agency' end, amount_minor,
           '00000000-0000-0000-0000-000000000005'
    from (values
        ('00000000-0000-0000-0000-0000c1a10001', 0, '2026-02-01', 'principal', 4000),
        ('00000000-0000-0000-0000-0000c1a10001', 1, '2026-03-07', 'payment', -1000),
        ('00000000-0000-0000-0000-0000c1a10001', 2, '2026-03-08', 'withdrawal', -3000),
        ('00000000-0000-0000-0000-0000c1a10002', 0, '2026-02-01', 'principal', 6000),
        ('00000000-0000-0000-0000-0000c1a10002', 1, '2026-03-07', 'payment', -6000))
        as line (claim_id, place, counts_on, kind, amount_minor);
    insert into ledger_transaction (transaction_id, kind, subject, booked_on, cause) values
        ('00000000-0000-0000-0000-0000000000a1', 'claim-registered',
         '00000000-0000-0000-0000-0000c1a10001', '2026-02-01',
         '00000000-0000-0000-0000-000000000005'),
        ('00000000-0000-0000-0000-0000000000a2', 'claim-registered',
         '00000000-0000-0000-0000-0000c1a10002', '2026-02-01',
         '00000000-0000-0000-0000-000000000005'),
        ('00000000-0000-0000-0000-0000000000a3', 'bank-credit',
         '00000000-0000-0000-0000-000000000009', '2026-03-07',
         '00000000-0000-0000-0000-000000000005'),
        ('00000000-0000-0000-0000-0000000000a4', 'payment-allocated',
         '00000000-0000-0000-0000-000000000009', '2026-03-07',
         '00000000-0000-0000-0000-000000000005'),
        ('00000000-0000-0000-0000-0000000000a5', 'claim-withdrawn',
         '00000000-0000-0000-0000-0000c1a10001', '2026-03-08',
         '00000000-0000-0000-0000-000000000005');
    insert into posting (transaction_id, place, account, currency, amount_minor)
    select transaction_id::uuid, place, account, 'EUR', amount_minor
    from (values
        ('00000000-0000-0000-0000-0000000000a1', 0,
         'receivable:00000000-0000-0000-0000-0000c1a10001', 4000),
        ('00000000-0000-0000-0000-0000000000a1', 1,
         'creditor-claims:00000000-0000-0000-0000-00000000c4ed', -4000),
        ('00000000-0000-0000-0000-0000000000a2', 0,
         'receivable:00000000-0000-0000-0000-0000c1a10002', 6000),
        ('00000000-0000-0000-0000-0000000000a2', 1,
         'creditor-claims:00000000-0000-0000-0000-00000000c4ed', -6000),
        ('00000000-0000-0000-0000-0000000000a3', 0, 'bank:agency', 7000),
        ('00000000-0000-0000-0000-0000000000a3', 1, 'unmatched:agency', -7000),
        ('00000000-0000-0000-0000-0000000000a4', 0, 'unmatched:agency', 6000),
        ('00000000-0000-0000-0000-0000000000a4', 1,
         'owed-to-creditor:00000000-0000-0000-0000-00000000c4ed', -6000),
        ('00000000-0000-0000-0000-0000000000a4', 2,
         'creditor-claims:00000000-0000-0000-0000-00000000c4ed', 6000),
        ('00000000-0000-0000-0000-0000000000a4', 3,
         'receivable:00000000-0000-0000-0000-0000c1a10002', -6000),
        ('00000000-0000-0000-0000-0000000000a4', 4, 'unmatched:agency', 1000),
        ('00000000-0000-0000-0000-0000000000a4', 5,
         'owed-to-creditor:00000000-0000-0000-0000-00000000c4ed', -1000),
        ('00000000-0000-0000-0000-0000000000a4', 6,
         'creditor-claims:00000000-0000-0000-0000-00000000c4ed', 1000),
        ('00000000-0000-0000-0000-0000000000a4', 7,
         'receivable:00000000-0000-0000-0000-0000c1a10001', -1000),
        ('00000000-0000-0000-0000-0000000000a5', 0,
         'creditor-claims:00000000-0000-0000-0000-00000000c4ed', 3000),
        ('00000000-0000-0000-0000-0000000000a5', 1,
         'receivable:00000000-0000-0000-0000-0000c1a10001', -3000))
        as posting (transaction_id, place, account, amount_minor);
";

#[tokio::test(flavor = "multi_thread")]
async fn payment_and_credit_note_may_come_before_the_claim() {
    let office = Box::pin(Office::open(1)).await;
    let entry = Entry::credit(6_000).structured(reference(1).canonical());
    let xml = file(&[statement(CLIENT, "S1", "2026-03-09", &[entry])]);
    assert_eq!(imported(&office.import(&xml, "first").await), 1);
    let credited = ClaimCredited {
        claim_id: claim_id(1),
        case_id: case_id(1),
        creditor_id: creditor_id(),
        source_file_id: SourceFileId::from_uuid(Uuid::from_u128(1)),
        amount: euro(7_000),
        credited_on: day("2026-03-05"),
    };
    office.house.publish("credited", &credited).await;
    office.house.rest().await;
    assert_eq!(office.unmatched().await.payments[0].amount, euro(6_000));
    office.register(1, 10_000).await;
    eventually(LIMIT, "paid claim", async || office.open_on(1).await == euro(0)).await;
    office.assert_sound().await;
    // 100 less 70 is owed: 30 of 60 go back.
    assert_eq!(office.unmatched().await.payments[0].amount, euro(3_000));
    office.close().await;
}

/// What it names is looked up one after the other, and each time it may have to wait.
#[tokio::test(flavor = "multi_thread")]
async fn a_transfer_for_two_cases_waits_for_both_and_pays_each_its_part() {
    let office = Box::pin(Office::open(1)).await;
    let both = Entry::credit(6_000).line(reference(1).canonical()).line(reference(2).canonical());
    let xml = file(&[statement(CLIENT, "S1", "2026-03-09", &[both])]);
    assert_eq!(imported(&office.import(&xml, "first").await), 1);
    for case in [1, 2] {
        office.register(case, 3_000).await;
        office.assert_sound().await;
    }
    eventually(LIMIT, "paid", async || office.open_on(2).await == euro(0)).await;
    office.assert_sound().await;
    assert_eq!([office.open_on(1).await, office.open_on(2).await], [euro(0); 2]);
    assert_eq!(office.unmatched().await.total, 0);
    let paid: Vec<Money> =
        office.told::<PaymentAllocated>().await.iter().map(|it| it.amount).collect();
    assert_eq!(paid, [euro(3_000); 2]);
    office.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_replicas_and_two_askers_book_a_statement_once() {
    let office = Box::pin(Office::open(2)).await;
    office.register(1, 10_000).await;
    let entry = Entry::credit(1_000).structured(reference(1).canonical());
    let entries = vec![entry; 7];
    let statement = statement(CLIENT, "S1", "2026-03-09", &entries);
    // The same statement in different files, all at once.
    let files: Vec<String> = (0..6)
        .map(|number| {
            file(std::slice::from_ref(&statement)).replace("<MsgId>M", &format!("<MsgId>{number}"))
        })
        .collect();
    let keys = ["1", "2", "3", "4", "5", "6"];
    let imports = files.iter().zip(keys).map(|(xml, key)| office.import(xml, key));
    let answers = futures_util::future::join_all(imports).await;
    let first = answers
        .iter()
        .filter(|answer| matches!(answer, Ok(ImportStatementAnswer::Imported { .. })));
    assert_eq!(first.count(), 1, "{answers:?}");
    office.assert_sound().await;
    assert_eq!(office.open_on(1).await, euro(3_000), "seven equal payments are seven");
    office.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_files_book_nothing() {
    let office = Box::pin(Office::open(1)).await;
    let strange = file(&[statement("NL02RABO0123456789", "S1", "2026-03-09", &[])]);
    for (name, xml) in [("strange", strange.as_str()), ("junk", "%PDF-1.7"), ("empty", "")] {
        let answer = office.import(xml, name).await.unwrap();
        assert!(matches!(answer, ImportStatementAnswer::Refused { .. }), "{name}: {answer:?}");
    }
    let sound = file(&[statement(CLIENT, "S1", "2026-03-09", &[Entry::credit(500)])]);
    let answer = office.import(&sound.replacen("5.00", "5.01", 1), "doubtful").await.unwrap();
    assert!(matches!(answer, ImportStatementAnswer::Quarantined { .. }), "{answer:?}");
    let document = ContentHash::from_digest([7; 32]);
    let answer = office.house.asker().change(&ImportStatement { document }, "absent").await;
    assert!(matches!(answer, Err(AskError::Refused { code: 400, .. })), "{answer:?}");
    assert_eq!(office.unmatched().await.total, 0);
    assert_eq!(imported(&office.import(&sound, "sound").await), 1, "nothing stands in its way");
    office.assert_sound().await;
    office.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_database_keeps_the_ledger_as_it_was_booked() {
    let office = Box::pin(Office::open(1)).await;
    let xml = file(&[statement(CLIENT, "S1", "2026-03-09", &[Entry::credit(500)])]);
    assert_eq!(imported(&office.import(&xml, "first").await), 1);
    let mut conn = connect_to(&office.house.database, SERVICE).await;
    for tampering in [
        "update posting set amount_minor = 1",
        "delete from posting",
        "truncate posting",
        "update ledger_transaction set booked_on = '2026-01-01'",
        "delete from ledger_transaction",
        "insert into posting select transaction_id, 2, account, currency, 1 from posting limit 1",
    ] {
        let refused = sqlx::query(tampering).execute(&mut conn).await;
        let error = refused.expect_err(tampering);
        assert_eq!(error.as_database_error().unwrap().code().as_deref(), Some("P0001"));
    }
    // A check finds what walls did not stop.
    sqlx::query("alter table posting disable trigger all").execute(&mut conn).await.unwrap();
    sqlx::query("update posting set amount_minor = amount_minor + 1 where account like 'bank:%'")
        .execute(&mut conn)
        .await
        .unwrap();
    let asker = office.house.asker();
    let report: CheckReport = asker.operate(SERVICE, Operation::Check, &json!({})).await.unwrap();
    let broken: Vec<&str> = report.breaches.iter().map(|it| it.invariant.as_str()).collect();
    assert_eq!(broken, ["exact-money", "exact-money", "payments-accounted"]);
    office.close().await;
}

/// What was said of a day can be said again, and a letter that was wrong is named, and listed until
/// it is right.
#[tokio::test(flavor = "multi_thread")]
async fn what_was_known_is_told_again_and_wrong_letters_are_listed() {
    let office = Box::pin(Office::open(1)).await;
    office.register_paid_to(PayTo::Agency, 1, 12_100).await;
    let letter_id = LetterId::from_uuid(Uuid::from_u128(1));
    let letter = Dispatched {
        letter_id,
        case_id: case_id(1),
        creditor_id: creditor_id(),
        person_id: PersonId::from_uuid(Uuid::from_u128(7)),
        permit_id: PermitId::from_uuid(Uuid::from_u128(1)),
        message: MessageKind::FreeFirstReminder,
        channel: Channel::Email,
        claim_ids: vec![claim_id(1)],
        text_version: "free-first-reminder/nl/consumer@1".to_owned(),
        content: ContentHash::from_digest([1; 32]),
        asked: euro(12_100),
        dispatched_at: "2026-03-09T09:00:00Z".parse().unwrap(),
    };
    office.house.publish("letter", &letter).await;
    office.assert_sound().await;
    let then = "2026-03-10T12:00:00Z".parse().unwrap();
    office.house.advance("2026-03-12T09:00:00Z".parse().unwrap()).await;
    let reported = DirectPaymentReported {
        payment_id: PaymentId::from_uuid(Uuid::from_u128(5)),
        claim_id: claim_id(1),
        case_id: case_id(1),
        creditor_id: creditor_id(),
        amount: euro(2_100),
        paid_on: day("2026-03-05"),
    };
    office.house.publish("reported", &reported).await;
    eventually(LIMIT, "paid", async || office.open_on(1).await == euro(10_000)).await;
    office.assert_sound().await;

    let explained = async |known_at| {
        let asked = ExplainPosition {
            case_id: case_id(1),
            as_of: Some(day("2026-03-10")),
            known_at,
            language: Language::Nl,
        };
        match office.house.asker().ask(&asked).await.unwrap() {
            ExplainPositionAnswer::Explained(explained) => Some(explained.open),
            ExplainPositionAnswer::Unknown => None,
        }
    };
    assert_eq!(explained(None).await, Some(euro(10_000)));
    assert_eq!(explained(Some(then)).await, Some(euro(12_100)));
    assert_eq!(explained(Some("2026-03-01T00:00:00Z".parse().unwrap())).await, None);

    let listed = async || {
        let asked = ListCorrectedLetters { limit: 10, case_id: Some(case_id(1)) };
        office.house.asker().ask(&asked).await.unwrap().letters
    };
    let wrong = listed().await;
    assert_eq!((wrong.len(), wrong[0].letter.letter_id), (1, letter_id));
    assert_eq!((wrong[0].letter.asked, wrong[0].letter.owed), (euro(12_100), euro(10_000)));
    let DirectPaymentReported { payment_id, claim_id, case_id, creditor_id, amount, paid_on } =
        reported;
    let retracted =
        DirectPaymentRetracted { payment_id, claim_id, case_id, creditor_id, amount, paid_on };
    office.house.publish("retracted", &retracted).await;
    eventually(LIMIT, "right again", async || listed().await.is_empty()).await;
    office.assert_sound().await;
    let owed: Vec<Money> = office
        .told::<LettersCorrected>()
        .await
        .into_iter()
        .flat_map(|told| told.letters)
        .map(|letter| letter.owed)
        .collect();
    assert_eq!(owed, [euro(10_000), euro(12_100)]);
    office.close().await;
}
