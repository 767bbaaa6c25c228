//! What users of the ledger and of a case's position rely on: whatever happens in whatever order,
//! every transaction balances, the books agree, nobody owes less than nothing, and no cent is lost.

use std::collections::{BTreeMap, BTreeSet};

use law::{BusinessCosts, ChargeTerms, Notice};
use payment_reconciliation::domain::account::{
    AccountError, Booked, CaseAccount, CaseNotice, LineKind, Payment,
};
use payment_reconciliation::domain::charges::ChargeRules;
use payment_reconciliation::domain::ledger::{
    Book, Breach, Holder, LedgerAccount, LedgerError, LedgerTransaction, Occasion, Pair, Posting,
    TransactionKind, equation,
};
use payment_reconciliation::domain::parts::Parts;
use primitives::{
    CaseId, Channel, ClaimId, Country, CreditorId, Currency, Date, DebtorKind, LetterId, MessageId,
    MessageKind, Money, PaymentId, Timestamp,
};
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

/// Nothing here depends on when it becomes known.
const HEARD_AT: Timestamp = Timestamp::UNIX_EPOCH;

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

/// A case of a business, which owes costs and interest as soon as it got a demand.
fn case(number: u128) -> CaseAccount {
    let case_id = CaseId::from_uuid(uuid(0xca5e_0000 + number));
    let terms = ChargeTerms {
        creditor_deducts_vat: true,
        in_business: BusinessCosts::FixedForty,
        interest: true,
        penalty_clause: None,
    };
    let rules = ChargeRules::of(Country::NL, DebtorKind::LegalPerson, terms);
    let mut case = CaseAccount::new(case_id, creditor_id(number), Currency::EUR, rules);
    case.charged_until = Some(day(28));
    // The second one's creditor gives small differences up.
    case.small_difference = (number == 1).then_some(euro(2_500));
    case
}

fn payment(minor: i64, received_on: Date) -> Payment {
    let (amount, named) = (euro(minor), Vec::new());
    let sent_back = Money::zero(amount.currency());
    Payment { amount, sent_back, holder: Holder::Agency, received_on, named, retracted: false }
}

/// Registers a claim of 1 March.
/// A message that left on the day on which it counts as sent.
const fn heard(notice: Notice, claim_ids: Vec<ClaimId>) -> CaseNotice {
    let (heard_at, left_on) = (HEARD_AT, notice.sent_on);
    CaseNotice { notice, claim_ids, heard_at, left_on, asked: None, excess: None }
}

fn register(case: &mut CaseAccount, claim: u128, minor: i64, due: i8) {
    case.register(claim_id(claim), euro(minor), day(1), day(due)).unwrap();
}

fn settled(case: &mut CaseAccount, message: u128) -> Booked {
    case.settle(on(message).cause, HEARD_AT).unwrap()
}

fn open(case: &CaseAccount, claim: u128) -> Money {
    case.open(claim_id(claim)).unwrap().total().unwrap()
}

// --- any sequence of events
// -----------------------------------------------------------------------

#[derive(Clone, Debug)]
enum Event {
    Register { claim: u128, minor: i64, due: i8 },
    Credit { claim: u128, minor: i64 },
    Withdraw { claim: u128 },
    Demand { claim: u128 },
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
        2 => claim().prop_map(|claim| Event::Demand { claim }),
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
        let Occasion { booked_on, cause } = occasion;
        let mut booked = Vec::new();
        let outcome = match event {
            Event::Register { claim, minor, due } => {
                case.register(claim_of(*claim), euro(*minor), day(1), day(*due))
            }
            Event::Credit { claim, minor } => {
                case.credit(claim_of(*claim), euro(*minor), booked_on)
            }
            Event::Withdraw { claim } => case.withdraw(claim_of(*claim), booked_on),
            Event::Demand { claim } => {
                let (message, channel) = (MessageKind::Demand, Channel::Email);
                let notice = Notice { message, channel, sent_on: booked_on };
                let claim_ids = vec![claim_of(*claim)];
                let letter_id = LetterId::from_uuid(payment_id.as_uuid());
                case.notices.insert(letter_id, heard(notice, claim_ids));
                Ok(())
            }
            Event::Pay { minor, named, at_creditor } => {
                let holder =
                    if *at_creditor { Holder::Creditor(case.creditor_id) } else { Holder::Agency };
                let amount = euro(*minor);
                booked.extend(LedgerTransaction::bank_credit(payment_id, holder, amount, occasion));
                let named = named.map(claim_of).into_iter().collect();
                case.pay(
                    payment_id,
                    Payment {
                        amount,
                        sent_back: euro(0),
                        holder,
                        received_on: booked_on,
                        named,
                        retracted: false,
                    },
                )
            }
            Event::GoesOut { minor } => {
                let holder = Holder::Agency;
                LedgerTransaction::bank_debit(payment_id, holder, euro(*minor), occasion)
                    .map(|transaction| booked.push(transaction))
                    .map_err(AccountError::from)
            }
        };
        let outcome = outcome.and_then(|()| case.settle(cause, HEARD_AT)).map(|it| it.transactions);
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
                let Parts { costs, interest, principal } = case.open(*claim_id).unwrap();
                let parts = [costs, interest, principal].map(Money::amount_minor);
                assert!(parts.iter().all(|part| *part >= 0), "{claim:?}");
                let open: i64 = parts.iter().sum();
                assert_eq!(open, self.balance(LedgerAccount::Receivable(*claim_id)));
                open_total += open;
                for line in &claim.lines {
                    let LineKind::Payment { holder, .. } = line.kind else { continue };
                    let paid_here = line.parts.total().unwrap().amount_minor();
                    paid[usize::from(holder == holders[1])] -= paid_here;
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
        register(&mut case, 0, principal, 1);
        for place in order {
            let message = u128::try_from(place).unwrap() + 2;
            if let Some(minor) = credits.get(place) {
                case.credit(claim_id(0), euro(*minor), on(message).booked_on).unwrap();
            } else if let Some(minor) = place.checked_sub(4).and_then(|it| payments.get(it)) {
                let payment = payment(*minor, on(message).booked_on);
                case.pay(payment_id(message), payment).unwrap();
            }
            settled(&mut case, message);
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
        register(&mut case, claim, minor, due);
    }
    let named = vec![claim_id(0)];
    case.pay(payment_id(1), Payment { named, ..payment(11_000, day(1)) }).unwrap();
    let booked = settled(&mut case, 1);
    let order: Vec<_> = booked.outcome.paid.iter().map(|(_, claim_id)| *claim_id).collect();
    assert_eq!(order, [0, 3, 1, 2].map(claim_id));
    assert_eq!([0, 3, 1, 2].map(|claim| open(&case, claim)), [0, 0, 0, 3_000].map(euro));
    case.pay(payment_id(2), payment(4_000, day(2))).unwrap();
    settled(&mut case, 2);
    assert_eq!((case.open_total(), case.refundable_total()), (Ok(euro(0)), Ok(euro(1_000))));
}

/// Claims that are issued later are no debts yet when a payment comes that does not name them.
#[test]
fn a_payment_pays_no_later_claim_before_an_earlier_one() {
    let mut case = case(0);
    case.register(claim_id(0), euro(5_000), day(10), day(11)).unwrap();
    case.register(claim_id(1), euro(5_000), day(1), day(28)).unwrap();
    case.pay(payment_id(1), payment(7_000, day(5))).unwrap();
    settled(&mut case, 1);
    assert_eq!([open(&case, 0), open(&case, 1)], [euro(3_000), euro(0)]);
    // The debtor may pay it all the same.
    let named = vec![claim_id(0)];
    case.pay(payment_id(2), Payment { named, ..payment(1_000, day(4)) }).unwrap();
    settled(&mut case, 2);
    assert_eq!([open(&case, 0), open(&case, 1)], [euro(2_000), euro(0)]);
}

#[test]
fn a_credit_note_after_payment_gives_back_the_newest_money_first() {
    let mut case = case(0);
    register(&mut case, 0, 10_000, 1);
    case.pay(payment_id(1), payment(6_000, day(2))).unwrap();
    let holder = Holder::Creditor(creditor_id(0));
    case.pay(payment_id(2), Payment { holder, ..payment(3_000, day(3)) }).unwrap();
    settled(&mut case, 1);
    case.credit(claim_id(0), euro(5_000), day(4)).unwrap();
    let booked = settled(&mut case, 2);
    let kinds: Vec<_> = booked.transactions.iter().map(LedgerTransaction::kind).collect();
    assert_eq!(
        kinds,
        [
            TransactionKind::PaymentReleased(payment_id(1)),
            TransactionKind::PaymentReleased(payment_id(2)),
            TransactionKind::ClaimCredited(claim_id(0)),
        ]
    );
    let back = case.overpaid().unwrap();
    assert_eq!(back.into_values().collect::<Vec<_>>(), [euro(1_000), euro(3_000)]);
    assert_eq!(
        case.settle(on(3).cause, HEARD_AT).unwrap().transactions,
        [],
        "nothing is booked twice"
    );
    // More than the claim ever was.
    case.credit(claim_id(0), euro(12_000), day(5)).unwrap();
    settled(&mut case, 4);
    assert_eq!((open(&case, 0), case.refundable_total()), (euro(0), Ok(euro(9_000))));
}

#[test]
fn a_withdrawn_claim_asks_for_nothing_and_keeps_what_was_paid() {
    let mut case = case(0);
    register(&mut case, 0, 10_000, 1);
    case.pay(payment_id(1), payment(4_000, day(2))).unwrap();
    case.withdraw(claim_id(0), day(3)).unwrap();
    settled(&mut case, 1);
    case.withdraw(claim_id(0), day(4)).unwrap();
    assert_eq!(settled(&mut case, 2).transactions, []);
    assert_eq!((case.open_total(), case.refundable_total()), (Ok(euro(0)), Ok(euro(0))));
    // The credit note that goes with the withdrawal gives nothing back …
    case.credit(claim_id(0), euro(6_000), day(5)).unwrap();
    settled(&mut case, 3);
    assert_eq!(case.refundable_total(), Ok(euro(0)));
    // … and what is paid from now on is too much.
    case.pay(payment_id(2), payment(500, day(6))).unwrap();
    settled(&mut case, 4);
    assert_eq!((open(&case, 0), case.refundable_total()), (euro(0), Ok(euro(500))));
}

/// What was booked stays; that it was wrong is booked too.
#[test]
fn a_payment_that_is_heard_of_late_books_the_difference() {
    let mut case = case(0);
    register(&mut case, 0, 10_000, 1);
    let (message, channel) = (MessageKind::Demand, Channel::Email);
    let notice = Notice { message, channel, sent_on: day(10) };
    let claim_ids = vec![claim_id(0)];
    case.notices.insert(LetterId::from_uuid(uuid(1)), heard(notice, claim_ids));
    settled(&mut case, 1);
    // 9 days of 10.15 % of 100.00 are 0.25.
    assert_eq!(open(&case, 0), euro(14_025));
    case.pay(payment_id(1), payment(10_000, day(9))).unwrap();
    let booked = settled(&mut case, 2);
    let kinds: Vec<_> = booked.transactions.iter().map(LedgerTransaction::kind).collect();
    assert_eq!(
        kinds,
        [
            TransactionKind::PaymentAllocated(payment_id(1)),
            TransactionKind::CostsBooked(claim_id(0)),
            TransactionKind::InterestBooked(claim_id(0)),
        ]
    );
    assert_eq!(open(&case, 0), euro(0), "it was paid before anything was asked");
    assert_eq!(case.claims[&claim_id(0)].lines.len(), 6);
}

#[test]
fn money_goes_only_where_it_belongs() {
    let mut case = case(0);
    register(&mut case, 0, 10_000, 1);
    let before = case.clone();
    let other = Holder::Creditor(creditor_id(1));
    let elsewhere = Payment { holder: other, ..payment(100, day(2)) };
    let refusal = case.pay(payment_id(1), elsewhere).unwrap_err();
    assert_eq!(refusal, AccountError::OtherCreditor(creditor_id(1)));
    let amount = Money::new(100, Currency::USD);
    let refusal = case.pay(payment_id(1), Payment { amount, ..payment(100, day(2)) });
    assert!(matches!(refusal, Err(AccountError::Money(_))));
    let named = vec![claim_id(9)];
    let refusal = case.pay(payment_id(1), Payment { named, ..payment(100, day(2)) }).unwrap_err();
    assert_eq!(refusal, AccountError::UnknownClaim(claim_id(9)));
    let refusal = case.register(claim_id(0), euro(1), day(1), day(3)).unwrap_err();
    assert_eq!(refusal, AccountError::KnownClaim(claim_id(0)));
    assert_eq!(case, before);
    case.pay(payment_id(1), payment(100, day(2))).unwrap();
    let refusal = case.pay(payment_id(1), payment(100, day(4))).unwrap_err();
    assert_eq!(refusal, AccountError::KnownPayment(payment_id(1)));
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
