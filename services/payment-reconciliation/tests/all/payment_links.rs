//! Payment links: in whatever order news, acts and answers come, and however often, every cent that
//! the provider received is booked once, and no link can be paid that asks for what is not owed.

use std::collections::BTreeMap;

use crate::bank::CLIENT;
use crate::world::{
    Known, World, agreed, case_id, charged_facts, claim_id, credited, creditor_id, day, dispatched,
    euro, opened, opened_as, paid_on, registered, with_links, withdrawn,
};
use contracts::payment_reconciliation::{
    AllocatePayment, AskPaymentProviderAnswer, OfferPaymentLinkAnswer, PaymentLink,
    PaymentLinkClosed, PaymentLinkRefusal, PaymentLinkState,
};
use contracts::scheduler::{CaseHeld, HoldReason};
use jiff::ToSpan;
use mailbox::{Claim, Ended, Ending};
use payment_reconciliation::domain::account::{CaseAccount, Payment};
use payment_reconciliation::domain::ledger::{Holder, LedgerAccount, LedgerTransaction};
use payment_reconciliation::domain::payment_link::{
    self, LinkAnswer, LinkWork, Made, PaidByLink, Told,
};
use payment_reconciliation::domain::replay::replay;
use primitives::{
    CaseId, Country, Currency, Date, DebtorKind, EffectId, MessageKind, Money, PaymentId,
    PaymentLinkId, Timestamp,
};
use proptest::prelude::*;
use uuid::Uuid;

/// A provider that keeps links and payments.
#[derive(Default)]
struct Provider {
    links: BTreeMap<PaymentLinkId, Hosted>,
    payments: u32,
}

/// A link as the provider has it.
#[derive(Default)]
struct Hosted {
    amount: Option<Money>,
    expires_at: Option<Timestamp>,
    is_archived: bool,
    /// Each with its day, once it is paid; false where it failed.
    payments: BTreeMap<String, Option<(bool, Timestamp)>>,
}

impl Hosted {
    fn is_paid(&self) -> bool {
        self.payments.values().any(|end| end.is_some_and(|(paid, _)| paid))
    }

    fn can_be_begun(&self, now: Timestamp) -> bool {
        !self.is_archived && !self.is_paid() && self.expires_at.is_some_and(|at| now < at)
    }
}

/// The world with a provider, and what is on the way between the two.
struct Shop {
    world: World,
    provider: Provider,
    /// Acts that were performed, with their answers.
    answered: Vec<(CaseId, LinkWork, LinkAnswer)>,
}

impl Shop {
    fn of(world: World) -> Self {
        Self { world, provider: Provider::default(), answered: Vec::new() }
    }

    /// A case of one claim, of a Dutch consumer who is asked to pay to the agency.
    fn owing(minor: i64) -> Self {
        let mut world = World::of_debtor(Country::NL, DebtorKind::Consumer, minor, "2026-03-01");
        world.now = "2026-03-10T09:00:00Z".parse().unwrap();
        Self::of(world)
    }

    fn offer(&mut self, case: u128) -> OfferPaymentLinkAnswer {
        let facts = self.world.asked_by(1);
        let of = case_id(case);
        let states = (self.world.links(of), self.world.case(of));
        let (decision, answer) = payment_link::offer(states, false, &facts).unwrap();
        let links = decision.state.0.clone();
        self.world.keep_links(of, with_links(decision, links));
        answer
    }

    fn offered(&mut self, case: u128) -> PaymentLink {
        let answer = self.offer(case);
        let OfferPaymentLinkAnswer::Offered(link) = answer else { panic!("{answer:?}") };
        link
    }

    fn hold(&mut self, case: u128, reason: HoldReason) {
        let held = CaseHeld {
            case_id: case_id(case),
            creditor_id: creditor_id(),
            reason,
            owner: "case-desk".to_owned(),
            review_on: day("2026-04-01"),
        };
        let decision = payment_link::hold(self.world.links(case_id(case)), &held);
        self.world.keep_links(case_id(case), decision);
    }

    /// The provider says that something became of a link.
    fn webhook(&mut self, link_id: PaymentLinkId) -> AskPaymentProviderAnswer {
        let all = self.world.links.iter();
        let mut own = all.filter(|(_, it)| it.links.iter().any(|it| it.link_id == link_id));
        let of = own.next().map_or(case_id(1), |(of, _)| *of);
        let (decision, answer) = payment_link::ask(self.world.links(of), link_id);
        self.world.keep_links(of, decision);
        answer
    }

    /// Performs an act, and keeps its answer; one that is not wanted any more is withdrawn.
    fn perform(&mut self, place: usize) {
        let (of, work) = self.world.link_works.remove(place);
        match payment_link::claim(&self.world.links(of), &work) {
            Claim::Withdraw => {}
            Claim::Start => {
                let answer = self.act(&work);
                self.answered.push((of, work, answer));
            }
        }
    }

    /// Performs an act whose answer is lost: it stays to be done.
    fn lose(&mut self, place: usize) {
        let (of, work) = self.world.link_works[place].clone();
        if payment_link::claim(&self.world.links(of), &work) == Claim::Start {
            self.act(&work);
        }
    }

    fn act(&mut self, work: &LinkWork) -> LinkAnswer {
        match work {
            LinkWork::Make(wish) => {
                let hosted = self.provider.links.entry(wish.link_id).or_default();
                hosted.amount = Some(wish.amount);
                hosted.expires_at = Some(wish.expires_at);
                LinkAnswer::Made(made(wish.link_id))
            }
            LinkWork::Shut { link_id, provider_id } => {
                assert_eq!(*provider_id, made(*link_id).provider_id);
                self.provider.links.get_mut(link_id).unwrap().is_archived = true;
                LinkAnswer::Shut
            }
            LinkWork::Ask { link_id, provider_id } => {
                assert_eq!(*provider_id, made(*link_id).provider_id);
                let hosted = &self.provider.links[link_id];
                let is_paid = |end: &Option<(bool, Timestamp)>| end.filter(|(paid, _)| *paid);
                let paid = hosted.payments.iter().filter_map(|(id, end)| {
                    let (_, paid_at) = is_paid(end)?;
                    let (provider_id, amount) = (id.clone(), hosted.amount.unwrap());
                    Some(PaidByLink { provider_id, amount, paid_at })
                });
                LinkAnswer::Told(Told {
                    paid: paid.collect(),
                    is_under_way: hosted.payments.values().any(Option::is_none),
                    is_shut: hosted.is_archived || hosted.is_paid(),
                })
            }
        }
    }

    fn decide(&mut self, place: usize) {
        let (of, effect, answer) = self.answered.remove(place);
        let effect_id = EffectId::from_uuid(Uuid::nil());
        let ended = Ended { effect_id, effect, ending: Ending::Performed(answer) };
        let facts = self.world.asked_by(0);
        let decision = payment_link::end(self.world.links(of), &ended, &facts).unwrap();
        self.world.keep_links(of, decision);
    }

    /// Everything that is on the way arrives.
    fn drain(&mut self) {
        loop {
            self.world.settle(&[]);
            if !self.answered.is_empty() {
                self.decide(0);
            } else if self.world.link_works.is_empty() {
                return;
            } else {
                self.perform(0);
            }
        }
    }

    /// The next moment at which a case wakes up for its links, until an end.
    fn wake_until(&mut self, end: Timestamp) {
        let next = |world: &World| {
            let wakes = world.wakes.iter().map(|(of, due)| (*due, *of));
            wakes.min().filter(|(due, _)| *due <= end)
        };
        while let Some((due, of)) = next(&self.world) {
            self.world.now = self.world.now.max(due);
            self.world.wakes.remove(&of);
            let facts = self.world.asked_by(0);
            let decision = payment_link::wake(self.world.links(of), &facts).unwrap();
            self.world.keep_links(of, decision);
            self.drain();
        }
        self.world.now = self.world.now.max(end);
    }

    fn begin(&mut self, link_id: PaymentLinkId) -> Option<String> {
        let now = self.world.now;
        let hosted = self.provider.links.get_mut(&link_id).filter(|it| it.can_be_begun(now))?;
        self.provider.payments += 1;
        let id = format!("tr_{}", self.provider.payments);
        hosted.payments.insert(id.clone(), None);
        Some(id)
    }

    fn finish(&mut self, link_id: PaymentLinkId, id: &str, is_paid: bool) {
        let end = Some((is_paid, self.world.now));
        self.provider.links.get_mut(&link_id).unwrap().payments.insert(id.to_owned(), end);
    }

    fn pay(&mut self, link_id: PaymentLinkId) {
        let id = self.begin(link_id).unwrap();
        self.finish(link_id, &id, true);
    }

    /// What the provider received.
    fn received(&self) -> i64 {
        let links = self.provider.links.values();
        let paid = links.flat_map(|hosted| {
            let paid = hosted.payments.values().filter(|end| end.is_some_and(|(paid, _)| paid));
            paid.map(|_| hosted.amount.unwrap().amount_minor())
        });
        paid.sum()
    }

    fn ledger(&self, account: LedgerAccount) -> i64 {
        let postings = self.world.booked.iter().flat_map(LedgerTransaction::postings);
        let those = postings.filter(|it| it.account == account).map(|it| it.amount);
        Money::sum(Currency::EUR, those).unwrap().amount_minor()
    }

    fn link(&self, case: u128, place: usize) -> PaymentLink {
        let links = self.world.links(case_id(case));
        links.links[place].told(case_id(case)).unwrap()
    }

    /// What can be paid at the provider asks for what is owed, on cases of which nobody said that a
    /// person has to look.
    fn assert_right(&self) {
        for (of, links) in &self.world.links {
            for link in &links.links {
                let Some(hosted) = self.provider.links.get(&link.link_id) else { continue };
                if !hosted.can_be_begun(self.world.now) {
                    continue;
                }
                assert!(!links.reason_given, "a case on hold has an open link");
                let account = self.world.cases[of].account.as_ref().unwrap();
                let today = law::Pack::NL.local_date(self.world.now);
                let amount = hosted.amount.unwrap();
                assert_eq!(left_after(account, amount, today), (euro(0), euro(0)));
            }
        }
    }
}

/// What is owed, and what is too much, once an amount is paid on a day.
fn left_after(account: &CaseAccount, amount: Money, day: Date) -> (Money, Money) {
    let before = replay(account, Some(day)).unwrap().refundable;
    let mut paid = account.clone();
    let payment = Payment {
        amount,
        sent_back: euro(0),
        holder: Holder::Agency,
        received_on: day,
        named: Vec::new(),
        retracted: false,
    };
    paid.pay(PaymentId::from_uuid(Uuid::max()), payment).unwrap();
    let outcome = replay(&paid, Some(day)).unwrap();
    let sum = |amounts: Vec<Money>| Money::sum(Currency::EUR, amounts).unwrap();
    let open = outcome.claims.values().map(|it| it.open.total().unwrap()).collect();
    let too_much = sum(outcome.refundable.into_values().collect());
    let before = sum(before.into_values().collect());
    (sum(open), too_much.checked_sub(before).unwrap())
}

fn made(link_id: PaymentLinkId) -> Made {
    Made { provider_id: format!("pl_{link_id}"), checkout_url: format!("https://p/{link_id}") }
}

fn closed(because: PaymentLinkClosed) -> PaymentLinkState {
    PaymentLinkState::Closed { because }
}

#[test]
fn a_link_is_the_same_while_as_much_is_owed() {
    let mut shop = Shop::owing(12_100);
    let first = shop.offered(1);
    assert_eq!((first.state, first.amount), (PaymentLinkState::Making, euro(12_100)));
    assert_eq!(first.expires_at.to_string(), "2026-04-09T22:00:00Z", "thirty days, here");
    shop.drain();
    let again = shop.offered(1);
    assert_eq!((again.link_id, &again.state), (first.link_id, &PaymentLinkState::Open));
    assert_eq!(again.checkout_url, Some(made(first.link_id).checkout_url));
    assert_eq!(shop.provider.links.len(), 1);

    shop.world.after(Known::Credited(credited(11, 2_100)));
    shop.drain();
    assert_eq!(shop.link(1, 0).state, closed(PaymentLinkClosed::OtherwiseOwed));
    shop.assert_right();
    let second = shop.offered(1);
    assert_eq!(second.amount, euro(10_000));
    assert_ne!(second.link_id, first.link_id);
    shop.drain();
    shop.assert_right();
}

/// Who pays on a day pays the interest of that day, and no cent more or less.
#[test]
fn where_interest_runs_a_link_lives_until_the_end_of_the_day() {
    let mut shop = Shop::owing(1_000_000);
    let letter = dispatched(MessageKind::FourteenDayLetter, "2026-03-05", &[11]);
    shop.world.after(Known::Dispatched(letter)).knows_until("2026-03-24").until("2026-03-31");
    let link = shop.offered(1);
    assert_eq!(link.amount, shop.world.position(1).open);
    assert_eq!(link.expires_at.to_string(), "2026-03-31T22:00:00Z");
    shop.drain();
    shop.wake_until("2026-03-31T22:00:00Z".parse().unwrap());
    shop.drain();
    assert_eq!(shop.link(1, 0).state, closed(PaymentLinkClosed::Expired));
    assert!(shop.world.wakes.is_empty(), "nothing is left to be asked");
    let next = shop.offered(1);
    assert!(next.amount.checked_cmp(link.amount).unwrap().is_gt());
    shop.drain();
    shop.pay(next.link_id);
    shop.webhook(next.link_id);
    shop.drain();
    assert_eq!(shop.world.position(1).open, euro(0));
}

#[test]
fn what_was_paid_is_booked_once_on_the_day_on_which_it_was_paid() {
    let mut shop = Shop::owing(12_100);
    let link_id = shop.offered(1).link_id;
    shop.drain();
    shop.pay(link_id);
    // It is heard of the next day.
    shop.world.now = "2026-03-11T09:00:00Z".parse().unwrap();
    for _ in 0..3 {
        assert_eq!(shop.webhook(link_id), AskPaymentProviderAnswer::Asked);
        shop.drain();
    }
    assert_eq!(shop.world.open(11), euro(0));
    let allocated: Vec<AllocatePayment> = shop.world.told();
    assert_eq!(allocated.len(), 1);
    assert_eq!(allocated[0].received_on, day("2026-03-10"));
    assert_eq!(allocated[0].claim_ids, [claim_id(11)]);
    assert_eq!(shop.ledger(LedgerAccount::AtProvider), 12_100);
    assert_eq!(shop.ledger(LedgerAccount::OwedToCreditor(creditor_id())), -12_100);
    let link = shop.link(1, 0);
    assert_eq!((link.state, link.paid), (closed(PaymentLinkClosed::Paid), euro(12_100)));
    assert!(shop.world.wakes.is_empty());
    let refused = OfferPaymentLinkAnswer::Refused { reason: PaymentLinkRefusal::NothingOwed };
    assert_eq!(shop.offer(1), refused);
}

/// Who was at the bank when the link was closed pays all the same, and gets it back.
#[test]
fn a_payment_that_was_under_way_is_found_without_a_word_of_the_provider() {
    let mut shop = Shop::owing(12_100);
    let link_id = shop.offered(1).link_id;
    shop.drain();
    let begun = shop.begin(link_id).unwrap();
    shop.world.after(Known::Bank(paid_on("2026-03-09", 1, CLIENT, 12_100, &[11])));
    shop.drain();
    assert_eq!(shop.link(1, 0).state, closed(PaymentLinkClosed::OtherwiseOwed));
    assert_eq!(shop.begin(link_id), None);
    shop.finish(link_id, &begun, true);
    shop.wake_until(shop.world.now + 15.minutes());
    assert_eq!(shop.ledger(LedgerAccount::AtProvider), 12_100);
    let account = shop.world.cases[&case_id(1)].account.clone().unwrap();
    assert_eq!(account.refundable_total().unwrap(), euro(12_100));
    assert!(shop.world.wakes.is_empty());
}

#[test]
fn a_link_that_is_closed_while_it_is_made_is_shut_once_it_is() {
    let mut shop = Shop::owing(12_100);
    let link_id = shop.offered(1).link_id;
    // It was made, and the answer was lost.
    shop.lose(0);
    shop.world.after(Known::Withdrawn(withdrawn(11)));
    assert!(shop.provider.links[&link_id].can_be_begun(shop.world.now));
    shop.drain();
    assert!(shop.provider.links[&link_id].is_archived);
    shop.assert_right();
}

#[test]
fn a_webhook_before_the_answer_is_remembered() {
    let mut shop = Shop::owing(12_100);
    let link_id = shop.offered(1).link_id;
    shop.perform(0);
    shop.pay(link_id);
    assert_eq!(shop.webhook(link_id), AskPaymentProviderAnswer::Asked);
    shop.drain();
    assert_eq!(shop.world.open(11), euro(0));
    let nobodys = PaymentLinkId::from_uuid(Uuid::from_u128(1));
    assert_eq!(shop.webhook(nobodys), AskPaymentProviderAnswer::Unknown);
    assert!(shop.world.link_works.is_empty());
}

#[test]
fn a_reason_that_a_person_has_to_weigh_closes_the_link_for_good() {
    let mut shop = Shop::owing(12_100);
    shop.offered(1);
    shop.drain();
    shop.hold(1, HoldReason::StepsUsedUp);
    shop.drain();
    assert_eq!(shop.link(1, 0).state, PaymentLinkState::Open);
    shop.hold(1, HoldReason::ReasonGiven);
    shop.drain();
    assert_eq!(shop.link(1, 0).state, closed(PaymentLinkClosed::ReasonGiven));
    shop.assert_right();
    let refused = OfferPaymentLinkAnswer::Refused { reason: PaymentLinkRefusal::ReasonGiven };
    assert_eq!(shop.offer(1), refused);

    // The scheduler knew of it before this service listened.
    let mut shop = Shop::owing(12_100);
    shop.offered(1);
    shop.drain();
    let facts = shop.world.asked_by(1);
    let states = (shop.world.links(case_id(1)), shop.world.case(case_id(1)));
    let (decision, answer) = payment_link::offer(states, true, &facts).unwrap();
    assert_eq!(answer, refused);
    let links = decision.state.0.clone();
    shop.world.keep_links(case_id(1), with_links(decision, links));
    shop.drain();
    shop.assert_right();
}

#[test]
fn no_link_is_made_where_nothing_is_to_be_paid_here() {
    let mut world = World::with_claims(&[(11, 12_100, "2026-03-01")]);
    world.after(Known::Opened(opened(1)));
    let refused = |reason| OfferPaymentLinkAnswer::Refused { reason };
    let mut shop = Shop::of(world);
    assert_eq!(shop.offer(1), refused(PaymentLinkRefusal::PaidToTheCreditor));
    assert_eq!(shop.offer(2), OfferPaymentLinkAnswer::Unknown);

    let mut shop = Shop::owing(12_100);
    shop.world.after(Known::Withdrawn(withdrawn(11)));
    assert_eq!(shop.offer(1), refused(PaymentLinkRefusal::NothingOwed));
    assert!(shop.world.link_works.is_empty());

    let mut world = World::new();
    world.after(Known::Agreed(agreed()));
    world.after(Known::Opened(opened_as(1, Country::NL, DebtorKind::Consumer)));
    let mut claim = registered(11, 12_100, "2026-03-01");
    claim.amount = Money::new(12_100, Currency::parse("USD").unwrap());
    world.after(Known::Registered(claim));
    assert_eq!(Shop::of(world).offer(1), refused(PaymentLinkRefusal::NotInEuros));
}

#[test]
fn a_link_that_the_provider_refuses_is_asked_for_anew() {
    let mut shop = Shop::owing(12_100);
    let first = shop.offered(1).link_id;
    let (of, work) = shop.world.link_works.remove(0);
    shop.answered.push((of, work, LinkAnswer::NotMade { status: 422 }));
    shop.drain();
    assert_eq!(shop.link(1, 0).state, PaymentLinkState::NotMade { status: 422 });
    assert!(shop.world.wakes.is_empty());
    let second = shop.offered(1);
    assert_ne!(second.link_id, first);
    shop.drain();
    assert_eq!(shop.link(1, 1).state, PaymentLinkState::Open);
    shop.assert_right();
}

/// One thing that happens; the numbers pick among what there is.
#[derive(Clone, Debug)]
enum Deed {
    /// The next fact comes.
    Fact,
    Offer(u128),
    Hold(u128),
    Begin(usize),
    Finish(usize, bool),
    Webhook(usize),
    Perform(usize),
    Lose(usize),
    Decide(usize),
    Wait(i64),
}

fn deeds() -> impl Strategy<Value = Vec<Deed>> {
    let case = || prop_oneof![Just(1_u128), Just(2)];
    let deed = prop_oneof![
        4 => Just(Deed::Fact),
        3 => case().prop_map(Deed::Offer),
        1 => prop::num::u8::ANY.prop_map(|it| if it < 40 { Deed::Hold(2) } else { Deed::Fact }),
        3 => (0_usize..8).prop_map(Deed::Begin),
        3 => ((0_usize..8), any::<bool>()).prop_map(|(which, paid)| Deed::Finish(which, paid)),
        2 => (0_usize..8).prop_map(Deed::Webhook),
        5 => (0_usize..8).prop_map(Deed::Perform),
        1 => (0_usize..8).prop_map(Deed::Lose),
        5 => (0_usize..8).prop_map(Deed::Decide),
        1 => (1_i64..30).prop_map(Deed::Wait),
    ];
    prop::collection::vec(deed, 10..80)
}

impl Shop {
    fn does(&mut self, deed: &Deed, facts: &mut Vec<Known>) {
        let known: Vec<PaymentLinkId> = self.provider.links.keys().copied().collect();
        let pick = |which: usize| known.get(which % known.len().max(1)).copied();
        match deed {
            Deed::Fact => {
                if let Some(fact) = facts.pop() {
                    self.world.after(fact);
                }
            }
            Deed::Offer(case) => {
                self.offer(*case);
            }
            Deed::Hold(case) => self.hold(*case, HoldReason::ReasonGiven),
            Deed::Begin(which) => {
                pick(*which).and_then(|link_id| self.begin(link_id));
            }
            Deed::Finish(which, is_paid) => {
                let open = self.under_way();
                if let Some((link_id, id)) = open.get(*which % open.len().max(1)) {
                    self.finish(*link_id, id, *is_paid);
                }
            }
            Deed::Webhook(which) => {
                pick(*which).map(|link_id| self.webhook(link_id));
            }
            Deed::Perform(which) | Deed::Lose(which) if !self.world.link_works.is_empty() => {
                let place = which % self.world.link_works.len();
                if matches!(deed, Deed::Lose(_)) { self.lose(place) } else { self.perform(place) }
            }
            Deed::Decide(which) if !self.answered.is_empty() => {
                self.decide(which % self.answered.len());
                self.world.settle(&[]);
            }
            Deed::Perform(_) | Deed::Lose(_) | Deed::Decide(_) => {}
            Deed::Wait(hours) => self.world.now += hours.hours(),
        }
        self.world.assert_sound();
    }

    fn under_way(&self) -> Vec<(PaymentLinkId, String)> {
        let links = self.provider.links.iter();
        let payments = links.flat_map(|(link_id, hosted)| {
            let open = hosted.payments.iter().filter(|(_, end)| end.is_none());
            open.map(|(id, _)| (*link_id, id.clone()))
        });
        payments.collect()
    }
}

proptest! {
    #[test]
    fn every_cent_is_booked_once_and_no_link_is_open_that_is_wrong(
        mut facts in charged_facts(),
        deeds in deeds(),
    ) {
        let mut world = World::new();
        world.now = "2026-06-10T09:00:00Z".parse().unwrap();
        world.knows_until("2026-06-09");
        let mut shop = Shop::of(world);
        facts.reverse();
        // The agreement and the cases are heard of before anybody asks.
        for _ in 0..3 {
            shop.world.after(facts.pop().unwrap());
        }
        for deed in &deeds {
            shop.does(deed, &mut facts);
        }
        while !facts.is_empty() {
            shop.does(&Deed::Fact, &mut facts);
        }
        shop.drain();
        let end = shop.world.now;
        shop.wake_until(end);
        shop.drain();
        shop.assert_right();

        // Nobody is at the bank any more, and the provider says nothing.
        for (link_id, id) in shop.under_way() {
            shop.finish(link_id, &id, true);
        }
        let end = end + (24 * 32).hours();
        shop.wake_until(end);
        shop.drain();
        prop_assert!(shop.world.wakes.is_empty(), "all is over after a month");
        prop_assert!(shop.provider.links.values().all(|it| !it.can_be_begun(end)));
        prop_assert_eq!(shop.ledger(LedgerAccount::AtProvider), shop.received());
        prop_assert!(shop.world.waiting.is_empty());
        shop.world.assert_sound();
    }
}
