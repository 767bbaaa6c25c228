//! What users of the ledger and of a case's position rely on: whatever happens in whatever order,
//! every transaction balances, the books agree, nobody owes less than nothing, and no cent is lost.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "tests fail loudly"
)]

use std::collections::{BTreeMap, BTreeSet};

use payment_reconciliation::domain::ledger::{
    Book, Breach, Holder, LedgerAccount, LedgerError, LedgerTransaction, Occasion, Pair, Posting,
    TransactionKind, equation,
};
use payment_reconciliation::domain::position::{
    CaseAccount, Credit, LineKind, Payment, PositionError,
};
use primitives::{CaseId, ClaimId, CreditorId, Currency, Date, MessageId, Money, PaymentId};
use proptest::prelude::*;
use uuid::Uuid;

fn uuid(number: u128) -> Uuid {
    Uuid::from_u128(number)
}

fn claim_id(number: u128) -> ClaimId {
    ClaimId::from_uuid(uuid(0xc1a1_0000 + number))
}

fn creditor_id(number: u128) -> CreditorId {
    CreditorId::from_uuid(uuid(0xc4ed_0000 + number))
}

fn payment_id(number: u128) -> PaymentId {
    PaymentId::from_uuid(uuid(0x9a1d_0000 + number))
}

fn euro(minor: i64) -> Money {
    Money::new(minor, Currency::EUR)
}

fn day(day: i8) -> Date {
    Date::new(2026, 3, day).unwrap()
}

/// The occasion of the nth message.
fn on(message: u128) -> Occasion {
    let booked_on = day(i8::try_from(message % 28).unwrap() + 1);
    Occasion { booked_on, cause: MessageId::from_uuid(uuid(message)) }
}

fn case(number: u128) -> CaseAccount {
    let case_id = CaseId::from_uuid(uuid(0xca5e_0000 + number));
    CaseAccount::new(case_id, creditor_id(number), Currency::EUR)
}

fn payment(number: u128, minor: i64) -> Payment {
    Payment { payment_id: payment_id(number), amount: euro(minor), holder: Holder::Agency }
}

// --- any sequence of events
// -----------------------------------------------------------------------

#[derive(Clone, Debug)]
enum Event {
    Register { claim: u128, minor: i64, due: i8 },
    Credit { claim: u128, minor: i64 },
    Withdraw { claim: u128 },
    Pay { minor: i64, named: Option<u128>, at_creditor: bool },
    GoesOut { minor: i64 },
}

/// Claims 0 to 3 are on case 0, 4 to 7 on case 1; each case is of another creditor.
fn event() -> impl Strategy<Value = (u128, Event)> {
    let minor = || prop_oneof![1_i64..30_000, Just(10_000), Just(0), Just(-5)];
    let claim = || 0_u128..4;
    let what = prop_oneof![
        3 => (claim(), minor(), 1_i8..28)
            .prop_map(|(claim, minor, due)| Event::Register { claim, minor, due }),
        2 => (claim(), minor()).prop_map(|(claim, minor)| Event::Credit { claim, minor }),
        1 => claim().prop_map(|claim| Event::Withdraw { claim }),
        4 => (minor(), prop::option::of(claim()), any::<bool>())
            .prop_map(|(minor, named, at_creditor)| Event::Pay { minor, named, at_creditor }),
        1 => minor().prop_map(|minor| Event::GoesOut { minor }),
    ];
    (0_u128..2, what)
}

/// Two cases, and all that was ever booked.
struct World {
    cases: [CaseAccount; 2],
    booked: Vec<LedgerTransaction>,
    balances: BTreeMap<LedgerAccount, i64>,
}

impl World {
    fn after(events: &[(u128, Event)]) -> Self {
        let mut world =
            Self { cases: [case(0), case(1)], booked: Vec::new(), balances: BTreeMap::new() };
        for (message, (case, event)) in (1..).zip(events) {
            world.happens(message, *case, event);
        }
        world
    }

    fn happens(&mut self, message: u128, number: u128, event: &Event) {
        let case = &mut self.cases[usize::try_from(number).unwrap()];
        let before = case.clone();
        let claim_of = |claim: u128| claim_id(number * 4 + claim);
        let occasion = on(message);
        let payment_id = payment_id(message);
        let mut booked = Vec::new();
        let outcome = match event {
            Event::Register { claim, minor, due } => case
                .register(claim_of(*claim), euro(*minor), day(*due), occasion)
                .map(|transaction| vec![transaction]),
            Event::Credit { claim, minor } => {
                let credited = case.credit(claim_of(*claim), euro(*minor), occasion);
                credited.map(|(credit, transactions)| {
                    let parts =
                        [credit.off_open, credit.off_withdrawn, credit.off_paid, credit.beyond];
                    assert_eq!(Money::sum(Currency::EUR, parts), Ok(euro(*minor)));
                    assert!(parts.iter().all(|part| !part.is_negative()));
                    transactions
                })
            }
            Event::Withdraw { claim } => {
                case.withdraw(claim_of(*claim), occasion).map(|it| it.into_iter().collect())
            }
            Event::Pay { minor, named, at_creditor } => {
                let holder =
                    if *at_creditor { Holder::Creditor(case.creditor_id) } else { Holder::Agency };
                let amount = euro(*minor);
                booked.extend(LedgerTransaction::bank_credit(payment_id, holder, amount, occasion));
                let payment = Payment { payment_id, amount, holder };
                case.pay(payment, named.map(claim_of).as_slice(), occasion).map(
                    |(allocation, transactions)| {
                        let parts = allocation.lines.iter().map(|(_, part)| *part);
                        let sum = Money::sum(Currency::EUR, parts.chain([allocation.refundable]));
                        assert_eq!(sum, Ok(amount), "the allocation is the payment");
                        assert!(allocation.lines.iter().all(|(_, part)| part.is_positive()));
                        transactions
                    },
                )
            }
            Event::GoesOut { minor } => {
                let holder = Holder::Agency;
                LedgerTransaction::bank_debit(payment_id, holder, euro(*minor), occasion)
                    .map(|transaction| vec![transaction])
                    .map_err(PositionError::from)
            }
        };
        match outcome {
            Ok(transactions) => booked.extend(transactions),
            Err(_) => assert_eq!(*case, before, "what fails changes nothing"),
        }
        for transaction in booked {
            self.book(transaction);
        }
        self.agrees();
    }

    fn book(&mut self, transaction: LedgerTransaction) {
        let sum: i64 = transaction.postings().iter().map(|it| it.amount.amount_minor()).sum();
        assert_eq!(sum, 0, "{transaction:?}");
        for Posting { account, amount } in transaction.postings() {
            *self.balances.entry(*account).or_default() += amount.amount_minor();
        }
        let balances = self.balances.iter().map(|(account, minor)| (*account, euro(*minor)));
        assert_eq!(equation(balances), Ok(()), "after {}", transaction.kind());
        self.booked.push(transaction);
    }

    fn balance(&self, account: LedgerAccount) -> i64 {
        self.balances.get(&account).copied().unwrap_or(0)
    }

    /// The positions and the ledger tell the same.
    fn agrees(&self) {
        for case in &self.cases {
            let holders = [Holder::Agency, Holder::Creditor(case.creditor_id)];
            let mut paid = [0, 0];
            let mut open_total = 0;
            for (claim_id, claim) in &case.claims {
                let open = case.open(*claim_id).unwrap().amount_minor();
                assert!(open >= 0, "{claim:?}");
                assert_eq!(open, self.balance(LedgerAccount::Receivable(*claim_id)));
                open_total += open;
                let lines = case.explain(*claim_id).unwrap();
                assert!(lines.is_sorted_by_key(|line| line.on));
                assert_eq!(lines.iter().map(|it| it.amount.amount_minor()).sum::<i64>(), open);
                for line in lines {
                    let LineKind::Payment { holder, .. } = line.kind else { continue };
                    paid[usize::from(holder == holders[1])] -= line.amount.amount_minor();
                }
            }
            assert_eq!(case.open_total(), Ok(euro(open_total)));
            let contra = LedgerAccount::CreditorClaims(case.creditor_id);
            assert_eq!(self.balance(contra), -open_total);
            let owed = LedgerAccount::OwedToCreditor(case.creditor_id);
            let settled = LedgerAccount::SettledAtCreditor(case.creditor_id);
            assert_eq!([-self.balance(owed), -self.balance(settled)], paid);
            let refundable: i64 = holders
                .iter()
                .map(|holder| -self.balance(LedgerAccount::Refundable(*holder, case.case_id)))
                .sum();
            assert_eq!(case.refundable_total(), Ok(euro(refundable)));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn books_and_positions_agree_after_any_sequence_of_events(
        events in prop::collection::vec(event(), 0..40)
    ) {
        let world = World::after(&events);
        let ids: BTreeSet<Uuid> = world.booked.iter().map(LedgerTransaction::id).collect();
        prop_assert_eq!(ids.len(), world.booked.len(), "ids are unique");
        prop_assert_eq!(World::after(&events).booked, world.booked, "and the same again");
    }

    #[test]
    fn it_does_not_matter_whether_credit_note_or_payment_comes_first(
        principal in 1_i64..50_000,
        credits in prop::collection::vec(1_i64..50_000, 0..4),
        payments in prop::collection::vec(1_i64..50_000, 0..4),
        order in Just((0_usize..8).collect::<Vec<_>>()).prop_shuffle(),
    ) {
        let mut case = case(0);
        case.register(claim_id(0), euro(principal), day(1), on(1)).unwrap();
        for place in order {
            let message = u128::try_from(place).unwrap() + 2;
            if let Some(minor) = credits.get(place) {
                case.credit(claim_id(0), euro(*minor), on(message)).unwrap();
            } else if let Some(minor) = place.checked_sub(4).and_then(|it| payments.get(it)) {
                case.pay(payment(message, *minor), &[], on(message)).unwrap();
            }
        }
        let debt = (principal - credits.iter().sum::<i64>()).max(0);
        let paid: i64 = payments.iter().sum();
        prop_assert_eq!(case.open_total(), Ok(euro((debt - paid).max(0))));
        prop_assert_eq!(case.refundable_total(), Ok(euro((paid - debt).max(0))));
    }

    #[test]
    fn every_account_reads_back_from_its_text(one: u128, other: u128) {
        let creditor = CreditorId::from_uuid(uuid(one));
        let mut accounts = vec![
            LedgerAccount::Own,
            LedgerAccount::OwedToCreditor(creditor),
            LedgerAccount::SettledAtCreditor(creditor),
            LedgerAccount::CreditorClaims(creditor),
            LedgerAccount::Receivable(ClaimId::from_uuid(uuid(other))),
        ];
        for holder in [Holder::Agency, Holder::Creditor(creditor)] {
            let case_id = CaseId::from_uuid(uuid(other));
            accounts.extend([
                LedgerAccount::Bank(holder),
                LedgerAccount::Unmatched(holder),
                LedgerAccount::Refundable(holder, case_id),
            ]);
        }
        for account in accounts {
            prop_assert_eq!(account.to_string().parse(), Ok(account));
        }
    }

    #[test]
    fn no_text_makes_reading_an_account_panic(text: String) {
        let _ = text.parse::<LedgerAccount>();
        let _ = format!("refundable:{text}").parse::<LedgerAccount>();
    }
}

// --- worked examples
// ------------------------------------------------------------------------------

#[test]
fn a_payment_pays_the_named_claim_then_the_one_due_first() {
    let mut case = case(0);
    for (claim, minor, due) in [(0, 5_000, 20), (1, 3_000, 10), (2, 4_000, 10), (3, 2_000, 5)] {
        case.register(claim_id(claim), euro(minor), day(due), on(claim)).unwrap();
    }
    let allocation = case.allocate(euro(11_000), &[claim_id(0)], day(1)).unwrap();
    let lines: Vec<_> = [(0, 5_000), (3, 2_000), (1, 3_000), (2, 1_000)]
        .map(|(claim, minor)| (claim_id(claim), euro(minor)))
        .into();
    assert_eq!((allocation.lines, allocation.refundable), (lines, euro(0)));
    let allocation = case.allocate(euro(15_000), &[], day(1)).unwrap();
    assert_eq!(allocation.lines[0], (claim_id(3), euro(2_000)));
    assert_eq!(allocation.refundable, euro(1_000));
}

#[test]
fn a_credit_note_after_payment_gives_back_the_newest_money_first() {
    let mut case = case(0);
    case.register(claim_id(0), euro(10_000), day(1), on(1)).unwrap();
    case.pay(payment(1, 6_000), &[], on(2)).unwrap();
    let at_creditor = Holder::Creditor(creditor_id(0));
    case.pay(Payment { holder: at_creditor, ..payment(2, 3_000) }, &[], on(3)).unwrap();
    let (credit, transactions) = case.credit(claim_id(0), euro(12_000), on(4)).unwrap();
    let wanted = Credit {
        off_open: euro(1_000),
        off_withdrawn: euro(0),
        off_paid: euro(9_000),
        beyond: euro(2_000),
    };
    assert_eq!(credit, wanted);
    let kinds: Vec<_> = transactions.iter().map(LedgerTransaction::kind).collect();
    assert_eq!(
        kinds,
        [
            TransactionKind::PaymentReleased(payment_id(2)),
            TransactionKind::PaymentReleased(payment_id(1)),
            TransactionKind::ClaimCredited(claim_id(0)),
        ]
    );
    let lines = case.explain(claim_id(0)).unwrap();
    let amounts: Vec<i64> = lines.iter().map(|line| line.amount.amount_minor()).collect();
    assert_eq!(amounts, [10_000, -6_000, -3_000, 3_000, 6_000, -10_000]);
    assert_eq!(case.refundable_total(), Ok(euro(9_000)));
}

#[test]
fn a_withdrawn_claim_asks_for_nothing_and_keeps_what_was_paid() {
    let mut case = case(0);
    case.register(claim_id(0), euro(10_000), day(1), on(1)).unwrap();
    case.pay(payment(1, 4_000), &[], on(2)).unwrap();
    assert!(case.withdraw(claim_id(0), on(3)).unwrap().is_some());
    assert_eq!(case.withdraw(claim_id(0), on(4)), Ok(None));
    assert_eq!((case.open_total(), case.refundable_total()), (Ok(euro(0)), Ok(euro(0))));
    // The credit note that goes with the withdrawal gives nothing back …
    let (credit, _) = case.credit(claim_id(0), euro(6_000), on(5)).unwrap();
    assert_eq!((credit.off_withdrawn, credit.off_paid), (euro(6_000), euro(0)));
    // … and what is paid from now on is too much.
    let (allocation, _) = case.pay(payment(2, 500), &[claim_id(0)], on(6)).unwrap();
    assert_eq!((allocation.lines, allocation.refundable), (vec![], euro(500)));
}

#[test]
fn money_goes_only_where_it_belongs() {
    let mut case = case(0);
    case.register(claim_id(0), euro(10_000), day(1), on(1)).unwrap();
    let before = case.clone();
    let elsewhere = Payment { holder: Holder::Creditor(creditor_id(1)), ..payment(1, 100) };
    let refusal = case.pay(elsewhere, &[], on(2)).unwrap_err();
    assert_eq!(refusal, PositionError::OtherCreditor(creditor_id(1)));
    let dollars = Money::new(100, Currency::USD);
    let refusal = case.pay(Payment { amount: dollars, ..payment(1, 100) }, &[], on(2));
    assert!(matches!(refusal, Err(PositionError::Money(_))));
    let refusal = case.pay(payment(1, 100), &[claim_id(9)], on(2)).unwrap_err();
    assert_eq!(refusal, PositionError::UnknownClaim(claim_id(9)));
    let refusal = case.register(claim_id(0), euro(1), day(1), on(3)).unwrap_err();
    assert_eq!(refusal, PositionError::KnownClaim(claim_id(0)));
    assert_eq!(case, before);
    case.pay(payment(1, 100), &[], on(2)).unwrap();
    let refusal = case.pay(payment(1, 100), &[], on(4)).unwrap_err();
    assert_eq!(refusal, PositionError::KnownPayment(payment_id(1)));
}

#[test]
fn what_does_not_balance_cannot_be_made() {
    let kind = TransactionKind::BankCredit(payment_id(1));
    let posting = |account, minor| Posting { account, amount: euro(minor) };
    let bank = LedgerAccount::Bank(Holder::Agency);
    let unmatched = LedgerAccount::Unmatched(Holder::Agency);
    let uneven = vec![posting(bank, 1_000), posting(unmatched, -999)];
    let error = LedgerTransaction::new(kind, on(1), uneven).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the book of client money does not balance: 1 minor units of EUR too many"
    );
    // In total it is zero, but client money turned into a claim.
    let receivable = LedgerAccount::Receivable(claim_id(0));
    let pair = Pair { debit: bank, credit: receivable, amount: euro(5) };
    assert!(matches!(
        LedgerTransaction::of(kind, on(1), [pair]),
        Err(LedgerError::Unbalanced { book: Book::ClientMoney, difference_minor: 5, .. })
    ));
    let mixed = vec![
        posting(bank, 5),
        Posting { account: unmatched, amount: Money::new(-5, Currency::USD) },
    ];
    assert!(LedgerTransaction::new(kind, on(1), mixed).is_err());
    assert_eq!(LedgerTransaction::new(kind, on(1), vec![]), Err(LedgerError::Empty));
    let zero = LedgerTransaction::bank_credit(payment_id(1), Holder::Agency, euro(0), on(1));
    assert_eq!(zero, Err(LedgerError::NotPositive { amount: euro(0) }));
}

#[test]
fn a_breach_is_found_and_named() {
    let owed = LedgerAccount::OwedToCreditor(creditor_id(0));
    let other = LedgerAccount::OwedToCreditor(creditor_id(1));
    let bank = LedgerAccount::Bank(Holder::Agency);
    // One creditor's money paid another: the sums are right, the sides are not.
    let breaches = equation([(owed, euro(-300)), (other, euro(200)), (bank, euro(100))]);
    let currency = Currency::EUR;
    assert_eq!(
        breaches,
        Err(vec![Breach::WrongSide { account: other, currency, balance_minor: 200 }])
    );
    let breaches = equation([(owed, euro(-300)), (bank, euro(100)), (bank, euro(199))]);
    let book = Book::ClientMoney;
    assert_eq!(breaches, Err(vec![Breach::Unequal { book, currency, difference_minor: -1 }]));
    assert_eq!(equation([]), Ok(()));
}
