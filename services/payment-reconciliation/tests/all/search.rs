//! Money that comes before its claim is known: intake is asked again every night, and what it told
//! is not kept for ever.

use std::collections::BTreeSet;

use contracts::agreement::PayTo;
use contracts::payment_reconciliation::{
    JudgePayment, PaymentUnmatched, SearchUnmatched, SearchUnmatchedAnswer,
};
use mailbox::{Claim, Ended, Ending, Facts, Fault, Timer};
use payment_reconciliation::domain::account_statement::Clues;
use payment_reconciliation::domain::search::{
    Page, SEARCH, Search, SearchWork, Searched, begin, claim, go_on, received_since, take_in,
};
use payment_reconciliation::{PaymentReconciliation, PaymentReconciliationConfig};
use primitives::{Actor, CorrelationId, EffectId, MessageId, PaymentId, Timestamp};
use testkit::{connect_to, eventually};
use uuid::Uuid;

use crate::bank::{CLIENT, Entry, file, statement};
use crate::office::{LIMIT, Office, SERVICE, day, euro, imported};

pub(crate) fn facts(now: &str) -> Facts {
    Facts {
        now: at(now),
        cause: MessageId::from_uuid(Uuid::from_u128(1)),
        correlation: CorrelationId::from_uuid(Uuid::from_u128(2)),
        actor: Actor::Machine(SERVICE.to_owned()),
        version: 0,
    }
}

pub(crate) fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn payment(number: u128) -> PaymentId {
    PaymentId::from_uuid(Uuid::from_u128(number))
}

#[test]
fn a_search_goes_through_all_pages_and_the_next_begins_the_next_night() {
    let begun = begin(Search::default(), &facts("2026-03-10T04:00:00Z"));
    let due_at = at("2026-03-11T04:00:00Z");
    assert_eq!(begun.timers, [Timer::Set { name: SEARCH, due_at }]);
    let [first] = begun.effects[..] else { panic!("{:?}", begun.effects) };
    let begun_at = at("2026-03-10T04:00:00Z");
    assert_eq!(first, SearchWork::Page { begun_at, after: None });
    assert_eq!(received_since(begun_at, 180), day("2025-09-11"));

    let ended = |effect, next| {
        let searched = Searched { next, received_since: day("2025-09-11") };
        let effect_id = EffectId::from_uuid(Uuid::nil());
        Ended { effect_id, effect, ending: Ending::Performed(searched) }
    };
    let second = go_on(begun.state, &ended(first, Some(payment(7)))).unwrap();
    let [work] = second.effects[..] else { panic!("{:?}", second.effects) };
    assert_eq!(work, SearchWork::Page { begun_at, after: Some(payment(7)) });
    assert_eq!(second.state.forget_before, Some(day("2025-09-11")));
    let last = go_on(second.state, &ended(work, None)).unwrap();
    assert_eq!((last.effects.len(), last.state.forget_before), (0, Some(day("2025-09-11"))));

    // The next night's search takes the place of one that still goes on.
    assert_eq!(claim(&last.state, &work), Claim::Start);
    let next = begin(last.state, &facts("2026-03-11T04:00:00Z"));
    assert_eq!(claim(&next.state, &work), Claim::Withdraw);
    let [page] = next.effects[..] else { panic!("{:?}", next.effects) };
    assert_eq!(claim(&next.state, &page), Claim::Start);

    let over: Ended<SearchWork, Searched> = Ended { ending: Ending::Expired, ..ended(work, None) };
    assert!(matches!(go_on(Search::default(), &over), Err(Fault::Bug(_))));
}

#[test]
fn a_page_is_judged_and_only_the_last_one_ends_the_search() {
    let found: Vec<_> = [1, 2].map(|it| (payment(it), Clues::default())).to_vec();
    let page = Page { found: found.clone(), next: Some(payment(2)) };
    let facts = facts("2026-03-10T04:00:00Z");
    let (decision, answer) = take_in(Search::default(), &page, &facts);
    assert_eq!(answer, SearchUnmatchedAnswer { asked: 2, found: 0, next: Some(payment(2)) });
    let judged: Vec<PaymentId> =
        decision.messages.iter().map(|it| it.read::<JudgePayment>().unwrap().payment_id).collect();
    assert_eq!(judged, [payment(1), payment(2)]);
    assert_eq!((decision.state.found, decision.state.searched_at), (found, None));
    let (decision, _) = take_in(Search::default(), &Page { next: None, ..page }, &facts);
    assert_eq!(decision.state.searched_at, Some(facts.now));
}

impl Office {
    async fn clues(&self) -> i64 {
        let mut conn = connect_to(&self.house.database, SERVICE).await;
        let clues = sqlx::query_scalar("select count(*) from payment_clue");
        clues.fetch_one(&mut conn).await.unwrap()
    }

    pub(crate) async fn search_by(&self, moment: &str) {
        self.house.advance(at(moment)).await;
        let is_over = async || self.unmatched().await.searched_at >= Some(at(moment));
        eventually(LIMIT, "search", is_over).await;
        self.house.rest().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn money_that_came_before_its_claim_is_found_the_next_day() {
    let office = Box::pin(Office::open(2)).await;
    *office.unknown.lock().unwrap() = BTreeSet::from([2, 3]);
    office.register_paid_to(PayTo::Agency, 1, 10_000).await;
    let entries = [
        Entry::credit(4_000).line("Factuur 2026-00118, dank u").named("B. Bakker"),
        Entry::credit(2_500).line("tot ziens").named("Smit C"),
        Entry::credit(777).line("geen idee").named("Iemand Anders"),
    ];
    let xml = file(&[statement(CLIENT, "S1", "2026-03-09", &entries)]);
    assert_eq!(imported(&office.import(&xml, "first").await), 3);
    office.house.rest().await;
    assert_eq!(office.told::<PaymentUnmatched>().await.len(), 3);

    // The claims come; the next night they are found.
    office.unknown.lock().unwrap().clear();
    for (case, minor) in [(2, 4_000), (3, 2_500)] {
        office.register_paid_to(PayTo::Agency, case, minor).await;
    }
    office.house.rest().await;
    assert_eq!((office.unmatched().await.total, office.open_on(2).await), (3, euro(4_000)));
    office.search_by("2026-03-11T04:00:00Z").await;
    office.assert_sound().await;
    assert_eq!((office.open_on(2).await, office.open_on(3).await), (euro(0), euro(2_500)));
    let list = office.unmatched().await;
    let likely = list.payments.iter().find(|it| it.amount == euro(2_500)).unwrap();
    assert_eq!((list.total, likely.proposals.is_empty()), (2, false), "a name is proposed");
    let told = office.told::<PaymentUnmatched>().await.len();
    assert_eq!(told, 3, "what is still unmatched was told before");

    // Whoever wants to know at once asks; what a person decided is not looked at any more.
    let ask = SearchUnmatched { after: None, received_since: None };
    let answer = office.house.asker().change(&ask, "now").await.unwrap();
    assert_eq!(answer, SearchUnmatchedAnswer { asked: 2, found: 1, next: None });
    let again = office.house.asker().change(&ask, "now").await.unwrap();
    assert_eq!(again, answer, "the same wish is one");
    office.assert_sound().await;
    assert_eq!(office.unmatched().await.total, 2);
    office.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_intake_told_of_a_payment_is_forgotten_after_some_days() {
    let mut office = Office::furnish(&[]).await;
    let config = PaymentReconciliationConfig { clues_kept_days: 2, ..Office::config() };
    office.residents.push(Box::pin(office.house.start::<PaymentReconciliation>(config)).await);
    let entries = [Entry::credit(4_001).line("tot ziens").named("B. Bakker")];
    let xml = file(&[statement(CLIENT, "S1", "2026-03-09", &entries)]);
    assert_eq!(imported(&office.import(&xml, "first").await), 1);
    office.house.rest().await;
    assert_eq!(office.clues().await, 1);
    office.search_by("2026-03-11T04:00:00Z").await;
    assert_eq!(office.clues().await, 1, "two days old");
    office.search_by("2026-03-12T04:00:00Z").await;
    assert_eq!(office.clues().await, 0);
    // The money stays on the list, and whoever asks is told again, for a night.
    assert_eq!(office.unmatched().await.total, 1);
    let ask = SearchUnmatched { after: None, received_since: None };
    let answer = office.house.asker().change(&ask, "now").await.unwrap();
    assert_eq!((answer.asked, answer.found, office.clues().await), (1, 1, 1));
    office.search_by("2026-03-13T04:00:00Z").await;
    assert_eq!(office.clues().await, 0);
    office.close().await;
}
