//! What payers wrote goes once it has been kept long enough, and of undecided money never.

use contracts::agreement::PayTo;
use contracts::payment_reconciliation::{AssignPayment, AssignPaymentAnswer};
use mailbox::{Claim, Ended, Ending, Timer};
use payment_reconciliation::domain::retention::{
    Due, Erased, FORGET, ForgetWork, Limits, Retention, begin, claim, go_on,
};
use payment_reconciliation::{PaymentReconciliation, PaymentReconciliationConfig};
use primitives::{EffectId, PaymentId};
use testkit::{connect_to, eventually};
use uuid::Uuid;

use crate::bank::{CLIENT, Entry, file, statement};
use crate::office::{LIMIT, Office, SERVICE, claim_id, day, euro, imported, reference};
use crate::search::{at, facts};

fn payment(number: u128) -> PaymentId {
    PaymentId::from_uuid(Uuid::from_u128(number))
}

#[test]
fn a_round_goes_through_all_pages_and_counts_what_went() {
    let begun_at = at("2026-03-10T03:00:00Z");
    let begun = begin(Retention::default(), &facts("2026-03-10T03:00:00Z"));
    let due_at = at("2026-03-11T03:00:00Z");
    assert_eq!(begun.timers, [Timer::Set { name: FORGET, due_at }]);
    let [first] = begun.effects[..] else { panic!("{:?}", begun.effects) };
    assert_eq!(first, ForgetWork::Page { begun_at, after: None });
    let limits = Limits::of(begun_at, 400);
    assert_eq!((limits.texts, limits.accounts), (day("2025-02-03"), day("2016-03-10")));

    let ended = |effect, due: &Due| {
        let effect_id = EffectId::from_uuid(Uuid::nil());
        Ended { effect_id, effect, ending: Ending::Performed(due.clone()) }
    };
    let (one, two) = (payment(1), payment(2));
    let due = Due { texts: vec![one, two], accounts: vec![one], next: Some(two) };
    let second = go_on(begun.state, &ended(first, &due)).unwrap();
    assert_eq!((&second.state.news, second.state.erased), (&due, Erased { texts: 2, accounts: 1 }));
    let [work] = second.effects[..] else { panic!("{:?}", second.effects) };
    assert_eq!(work, ForgetWork::Page { begun_at, after: Some(two) });
    let due = Due { texts: vec![payment(3)], accounts: Vec::new(), next: None };
    let last = go_on(second.state, &ended(work, &due)).unwrap();
    assert_eq!((last.effects.len(), last.state.erased), (0, Erased { texts: 3, accounts: 1 }));

    // The next night's round takes the place of one that still goes on.
    assert_eq!(claim(&last.state, &work), Claim::Start);
    let next = begin(last.state, &facts("2026-03-11T03:00:00Z"));
    assert_eq!(next.state.erased, Erased::default());
    assert_eq!(claim(&next.state, &work), Claim::Withdraw);
}

/// What is kept of the payer of the payment over so much: the text, the name, the account.
type Kept = (bool, bool, bool);

impl Office {
    async fn kept(&self, minor: i64) -> Kept {
        let mut conn = connect_to(&self.house.database, SERVICE).await;
        let kept = sqlx::query_as(
            "select lines <> '{}', counterparty_name is not null, counterparty_account is not null
             from remittance join payment using (payment_id) where amount_minor = $1",
        );
        kept.bind(minor).fetch_one(&mut conn).await.unwrap()
    }

    async fn rounds(&self, moment: &str) {
        self.house.advance(at(moment)).await;
        let is_over = async || {
            let mut conn = connect_to(&self.house.database, SERVICE).await;
            let begun = "select count(*) from retention where begun_at >= $1::timestamptz";
            let begun = sqlx::query_scalar::<_, i64>(begun).bind(moment.to_owned());
            begun.fetch_one(&mut conn).await.unwrap() == 1
        };
        eventually(LIMIT, "round", is_over).await;
        self.house.rest().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn names_and_texts_go_once_a_payment_was_decided_about_long_ago() {
    let mut office = Office::furnish(&[]).await;
    let config = PaymentReconciliationConfig { payer_text_kept_days: 3, ..Office::config() };
    office.residents.push(Box::pin(office.house.start::<PaymentReconciliation>(config)).await);
    office.hire().await;
    for (case, minor) in [(1, 10_000), (2, 4_000)] {
        office.register_paid_to(PayTo::Agency, case, minor).await;
    }
    let pays = |minor, line: &str, name| {
        Entry::credit(minor).line(line).named(name).from("NL20INGB0001234567")
    };
    let entries = [
        pays(10_000, reference(1).canonical(), "A. de Vries"),
        pays(777, "geen idee", "Iemand Anders"),
        pays(4_001, reference(2).canonical(), "B. Bakker"),
        pays(3_000, "deel", "C. Smit"),
    ];
    let xml = file(&[statement(CLIENT, "S1", "2026-03-09", &entries)]);
    assert_eq!(imported(&office.import(&xml, "first").await), 4);
    office.assert_sound().await;
    let all: Kept = (true, true, true);
    office.rounds("2026-03-13T03:00:00Z").await;
    assert_eq!(office.kept(10_000).await, all, "three days old");

    office.rounds("2026-03-15T03:00:00Z").await;
    assert_eq!(office.kept(10_000).await, (false, false, true));
    assert_eq!(office.kept(777).await, all, "nobody knows yet whose it is");
    assert_eq!(office.kept(4_001).await, all, "a cent is to be paid back");
    // The books are what they were.
    office.assert_sound().await;
    assert_eq!((office.open_on(1).await, office.unmatched().await.total), (euro(0), 3));

    // What is decided about today is kept from today.
    let list = office.unmatched().await;
    let part = list.payments.iter().find(|it| it.amount == euro(3_000)).unwrap().payment_id;
    office.register_paid_to(PayTo::Agency, 3, 3_000).await;
    let ask = AssignPayment { payment_id: part, claim_ids: vec![claim_id(3)], amount: None };
    let answer = office.staff(1).change(&ask, "book").await.unwrap();
    assert!(matches!(answer, AssignPaymentAnswer::Assigned { .. }), "{answer:?}");
    office.rounds("2026-03-16T03:00:00Z").await;
    assert_eq!(office.kept(3_000).await, all);
    office.rounds("2026-03-20T03:00:00Z").await;
    assert_eq!(office.kept(3_000).await, (false, false, true));
    assert_eq!(office.kept(777).await, all);
    office.assert_sound().await;
    office.close().await;
}
