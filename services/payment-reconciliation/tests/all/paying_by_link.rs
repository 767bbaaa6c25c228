//! Paying by link on real Postgres and NATS, with a provider that speaks Mollie's protocol:
//! whatever is lost, late or said twice, each payment is booked once.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use crate::bank::{CLIENT, Entry, file, statement};
use crate::office::{
    self, LIMIT, Office, case_id, claim_id, creditor_id, day, euro, imported, person_id, reference,
};
use contracts::agreement::PayTo;
use contracts::intake::ClaimCredited;
use contracts::payment_reconciliation::{
    ClaimSettled, GetBalances, LedgerGroup, ListPaymentLinks, OfferPaymentLink,
    OfferPaymentLinkAnswer, PaymentAllocated, PaymentLink, PaymentLinkClosed, PaymentLinkList,
    PaymentLinkRefusal, PaymentLinkState, ProposeRefund, ProposeRefundAnswer, ProposeRemittance,
    ProposeRemittanceAnswer, ProveBooks, RefundRefusal,
};
use contracts::scheduler::{
    CaseHeld, CasePosition, CasePositionAnswer, CaseState, GetCasePosition, HoldReason,
};
use mailbox::{AskError, Mailbox, MailboxSettings, Query};
use payment_reconciliation::{PaymentReconciliation, ProviderConfig};
use primitives::{Money, SourceFileId, Timestamp};
use runtime::Service;
use runtime::config::Secret;
use sqlx::PgConnection;
use testkit::{
    CheckoutRefusal, MOLLIE_KEY, Mollie, MollieFault, MollieLink, PaymentEnd, Schema, eventually,
};
use uuid::Uuid;

/// The scheduler, as far as it is asked.
pub(crate) struct Scheduler {
    pub(crate) is_held: Arc<AtomicBool>,
}

impl Query for Scheduler {
    type Request = GetCasePosition;

    async fn answer(
        &self,
        _: &mut PgConnection,
        request: GetCasePosition,
        _: Timestamp,
    ) -> sqlx::Result<CasePositionAnswer> {
        let (owner, review_on) = ("case-desk".to_owned(), day("2026-04-01"));
        let state = if self.is_held.load(Ordering::Relaxed) {
            CaseState::Held { reason: HoldReason::ReasonGiven, owner, review_on }
        } else {
            let due_at = "2026-04-01T07:00:00Z".parse().unwrap();
            CaseState::Planned { step: "reminder".to_owned(), due_at }
        };
        Ok(CasePositionAnswer::Known(CasePosition {
            case_id: request.case_id,
            creditor_id: creditor_id(),
            person_id: person_id(1),
            state,
            why: Vec::new(),
            would_stop: Vec::new(),
            reasons: Vec::new(),
            timeline: Vec::new(),
        }))
    }
}

/// The office with a provider.
pub(crate) struct Shop {
    pub(crate) office: Office,
    pub(crate) mollie: Mollie,
    /// Where the webhook answers.
    webhook: SocketAddr,
    is_held: Arc<AtomicBool>,
    /// How often a link was asked for.
    offers: AtomicU32,
}

impl Shop {
    /// A case of 121.00 that is paid to the agency.
    async fn open() -> Self {
        Self::open_with("").await
    }

    /// With an access token, where it is one.
    pub(crate) async fn open_with(access_token: &str) -> Self {
        let scheduler = Schema { service: "scheduler", migrations: None, tables: "" };
        let mut office = Box::pin(Office::furnish(&[scheduler])).await;
        let mollie = Mollie::start(office::now()).await;
        let house = &office.house;
        let context = Box::pin(house.context("scheduler", (), &[&mailbox::MIGRATIONS])).await;
        let is_held = Arc::new(AtomicBool::new(false));
        let scheduler = Scheduler { is_held: Arc::clone(&is_held) };
        let mailbox = Mailbox::of("scheduler").query(scheduler);
        Box::pin(mailbox.start(&context, MailboxSettings::default())).await.unwrap();
        office.residents.push(house.resident(context.tasks.clone()));

        let mut config = Office::config();
        config.payment_provider = Some(ProviderConfig {
            api_url: mollie.root(),
            api_key: Secret::new(MOLLIE_KEY.to_owned()),
            access_token: Secret::new(access_token.to_owned()),
            webhook_listen: "127.0.0.1:0".parse().unwrap(),
            webhook_url: "https://pay.agency.example".to_owned(),
            return_url: "https://agency.example/thanks".to_owned(),
            timeout_ms: 1_500,
        });
        let migrators = PaymentReconciliation::migrators();
        let name = PaymentReconciliation::NAME;
        let context = Box::pin(house.context(name, config, &migrators)).await;
        let tasks = context.tasks.clone();
        let webhook = Box::pin(payment_reconciliation::start(context)).await.unwrap().unwrap();
        office.residents.push(office.house.resident(tasks));
        let shop = Self { office, mollie, webhook, is_held, offers: AtomicU32::new(0) };
        shop.office.register_paid_to(PayTo::Agency, 1, 12_100).await;
        shop
    }

    async fn try_offer(&self) -> Result<OfferPaymentLinkAnswer, AskError> {
        let key = format!("offer {}", self.offers.fetch_add(1, Ordering::Relaxed));
        self.office.house.asker().change(&OfferPaymentLink { case_id: case_id(1) }, &key).await
    }

    async fn offer(&self) -> PaymentLink {
        let answer = self.try_offer().await.unwrap();
        let OfferPaymentLinkAnswer::Offered(link) = answer else { panic!("{answer:?}") };
        link
    }

    /// The link that can be paid, once it is made; and as the provider has it.
    pub(crate) async fn open_link(&self) -> (PaymentLink, MollieLink) {
        let link_id = self.offer().await.link_id;
        let made = eventually(LIMIT, "open link", async || {
            let links = self.links().await.links;
            links.into_iter().find(|it| it.link_id == link_id && it.state == PaymentLinkState::Open)
        });
        let link = made.await;
        (link, self.hosted().last().unwrap().clone())
    }

    pub(crate) fn hosted(&self) -> Vec<MollieLink> {
        self.mollie.links()
    }

    async fn links(&self) -> PaymentLinkList {
        let ask = ListPaymentLinks { limit: 10, case_id: Some(case_id(1)), only_open: false };
        self.office.house.asker().ask(&ask).await.unwrap()
    }

    async fn newest(&self) -> PaymentLink {
        self.links().await.links.remove(0)
    }

    /// The provider calls the webhook of a payment's link.
    pub(crate) async fn deliver(&self, payment_id: &str) -> Option<u16> {
        let payments = self.mollie.payments();
        let payment = payments.iter().find(|it| it.id == payment_id).unwrap();
        let links = self.hosted();
        let link = links.iter().find(|it| it.id == payment.link_id).unwrap();
        let path = link.webhook_url.strip_prefix("https://pay.agency.example").unwrap();
        let url = format!("http://{}{path}", self.webhook);
        self.mollie.deliver_to(&url, &format!("id={payment_id}")).await
    }

    pub(crate) async fn is_open(&self, minor: i64) {
        let what = format!("{minor} owed");
        let is_it = async || self.office.open_on(1).await == euro(minor);
        eventually(LIMIT, &what, is_it).await;
    }

    pub(crate) async fn balance(&self, group: LedgerGroup) -> Money {
        let balances = self.office.house.asker().ask(&GetBalances {}).await.unwrap();
        let line = balances.lines.into_iter().find(|it| it.group == group);
        line.map_or(euro(0), |it| it.balance)
    }

    /// What the provider received is at the provider, and everything balances.
    async fn assert_sound(&self) {
        self.office.assert_sound().await;
        let paid = self.mollie.payments().into_iter().filter_map(|it| {
            it.end.filter(|(end, _)| *end == PaymentEnd::Paid).map(|_| it.amount.amount_minor())
        });
        assert_eq!(self.balance(LedgerGroup::AtProvider).await, euro(paid.sum()));
        let proof = self.office.house.asker().ask(&ProveBooks {}).await.unwrap();
        assert!(proof.is_proven, "{:?}", proof.problems);
    }

    pub(crate) async fn advance(&self, to: &str) {
        let to = to.parse().unwrap();
        self.mollie.set_now(to);
        self.office.house.advance(to).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_is_paid_and_booked_once_however_often_the_provider_says_so() {
    let shop = Shop::open().await;
    let (link, hosted) = shop.open_link().await;
    assert_eq!((link.amount, link.checkout_url.is_some()), (euro(12_100), true));
    assert_eq!((hosted.amount, &*hosted.description), (euro(12_100), reference(1).canonical()));
    assert_eq!(hosted.allowed_methods, ["ideal", "bancontact"]);
    assert_eq!(hosted.expires_at, Some(link.expires_at));
    assert_eq!(hosted.redirect_url.as_deref(), Some("https://agency.example/thanks"));
    assert_eq!(shop.offer().await.link_id, link.link_id, "asked again, it is the same");

    let failed = shop.mollie.begin(&hosted.id, "bancontact").unwrap();
    shop.mollie.finish(&failed, PaymentEnd::Failed);
    assert_eq!(shop.deliver(&failed).await, Some(200));
    shop.office.house.rest().await;
    shop.is_open(12_100).await;
    let payment = shop.mollie.pay(&hosted.id).unwrap();
    for _ in 0..3 {
        assert_eq!(shop.deliver(&payment).await, Some(200));
    }
    shop.is_open(0).await;
    shop.assert_sound().await;
    let allocated = shop.office.told::<PaymentAllocated>().await;
    assert_eq!(allocated.len(), 1);
    assert_eq!((allocated[0].amount, allocated[0].received_on), (euro(12_100), day("2026-03-10")));
    assert_eq!(shop.office.told::<ClaimSettled>().await.len(), 1);
    let list = shop.links().await;
    let paid = PaymentLinkState::Closed { because: PaymentLinkClosed::Paid };
    assert_eq!((&list.links[0].state, list.links[0].paid), (&paid, euro(12_100)));
    assert_eq!(list.at_provider, [euro(12_100)]);
    assert_eq!(shop.balance(LedgerGroup::OwedToCreditor).await, euro(-12_100));
    assert_eq!(shop.office.unmatched().await.total, 0);

    // What the provider has not paid out is not paid to the creditor from other people's money.
    shop.office.hire().await;
    let propose = ProposeRemittance { creditor_id: creditor_id(), again: Vec::new() };
    let answer = shop.office.staff(1).change(&propose, "propose").await.unwrap();
    assert_eq!(answer, ProposeRemittanceAnswer::NothingToRemit);
    shop.office.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_whose_answer_was_lost_is_made_once() {
    let shop = Shop::open().await;
    shop.mollie.fault("POST payment-links", MollieFault::Refuse(503));
    shop.mollie.fault("POST payment-links", MollieFault::LoseAnswer);
    let (link, hosted) = shop.open_link().await;
    assert_eq!(shop.hosted().len(), 1, "{:?}", shop.mollie.calls());
    assert_eq!(shop.newest().await.link_id, link.link_id);

    // The key is forgotten by the time it is tried again: the link is looked for.
    let credited = ClaimCredited {
        claim_id: claim_id(1),
        case_id: case_id(1),
        creditor_id: creditor_id(),
        source_file_id: SourceFileId::from_uuid(Uuid::from_u128(1)),
        amount: euro(2_100),
        credited_on: day("2026-03-09"),
    };
    shop.office.house.publish("credited", &credited).await;
    eventually(LIMIT, "archived link", async || shop.hosted()[0].archived).await;
    assert_eq!(shop.mollie.begin(&hosted.id, "ideal"), Err(CheckoutRefusal::Archived));
    shop.mollie.fault("POST payment-links", MollieFault::HoldAnswer);
    let second = shop.offer().await;
    assert_eq!(second.amount, euro(10_000));
    eventually(LIMIT, "second link", async || shop.hosted().len() == 2).await;
    shop.advance("2026-03-10T11:30:00Z").await;
    let (second, hosted) = shop.open_link().await;
    shop.mollie.release();
    assert_eq!(shop.hosted().len(), 2, "{:?}", shop.mollie.calls());
    let payment = shop.mollie.pay(&hosted.id).unwrap();
    shop.deliver(&payment).await;
    shop.is_open(0).await;
    assert_eq!(shop.newest().await.link_id, second.link_id);
    shop.assert_sound().await;
    shop.office.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_that_is_paid_before_its_answer_is_here_is_booked() {
    let shop = Shop::open().await;
    shop.mollie.fault("POST payment-links", MollieFault::HoldAnswer);
    shop.offer().await;
    let hosted = eventually(LIMIT, "link", async || shop.hosted().pop()).await;
    let payment = shop.mollie.pay(&hosted.id).unwrap();
    assert_eq!(shop.deliver(&payment).await, Some(200));
    shop.mollie.release();
    shop.is_open(0).await;
    shop.assert_sound().await;
    assert_eq!(shop.hosted().len(), 1);
    shop.office.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_webhook_costs_an_hour_and_no_money() {
    let shop = Shop::open().await;
    let (_, hosted) = shop.open_link().await;
    shop.mollie.pay(&hosted.id).unwrap();
    shop.mollie.fault("GET payment-links/id/payments", MollieFault::Refuse(500));
    shop.advance("2026-03-10T10:00:00Z").await;
    shop.is_open(0).await;
    shop.assert_sound().await;
    let allocated = shop.office.told::<PaymentAllocated>().await;
    assert_eq!((allocated.len(), allocated[0].received_on), (1, day("2026-03-10")));
    shop.office.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_was_at_the_bank_when_the_case_was_paid_gets_it_back() {
    let shop = Shop::open().await;
    let (_, hosted) = shop.open_link().await;
    let begun = shop.mollie.begin(&hosted.id, "bancontact").unwrap();
    let entries = [Entry::credit(12_100).structured(reference(1).canonical())];
    let xml = file(&[statement(CLIENT, "S1", "2026-03-09", &entries)]);
    assert_eq!(imported(&shop.office.import(&xml, "S1").await), 1);
    shop.is_open(0).await;
    eventually(LIMIT, "archived link", async || shop.hosted()[0].archived).await;
    let because = PaymentLinkClosed::OtherwiseOwed;
    assert_eq!(shop.newest().await.state, PaymentLinkState::Closed { because });
    shop.mollie.finish(&begun, PaymentEnd::Paid);
    assert_eq!(shop.deliver(&begun).await, Some(200));
    eventually(LIMIT, "money", async || shop.office.unmatched().await.total == 1).await;
    shop.assert_sound().await;

    let too_much = shop.office.unmatched().await.payments.remove(0);
    assert_eq!((too_much.amount, too_much.refundable_on), (euro(12_100), Some(case_id(1))));
    shop.office.hire().await;
    let (payment_id, case_id) = (too_much.payment_id, too_much.refundable_on);
    let propose = ProposeRefund { payment_id, case_id, amount: None };
    let answer = shop.office.staff(1).change(&propose, "back").await.unwrap();
    let reason = RefundRefusal::NoAccount;
    assert_eq!(answer, ProposeRefundAnswer::Refused { reason }, "nobody knows where it came from");
    let refused = OfferPaymentLinkAnswer::Refused { reason: PaymentLinkRefusal::NothingOwed };
    assert_eq!(shop.try_offer().await.unwrap(), refused);
    shop.office.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_case_that_a_person_has_to_weigh_has_no_link() {
    let shop = Shop::open().await;
    shop.open_link().await;
    let held = CaseHeld {
        case_id: case_id(1),
        creditor_id: creditor_id(),
        reason: HoldReason::ReasonGiven,
        owner: "case-desk".to_owned(),
        review_on: day("2026-04-01"),
    };
    shop.office.house.publish("held", &held).await;
    eventually(LIMIT, "archived link", async || shop.hosted()[0].archived).await;
    let refused = OfferPaymentLinkAnswer::Refused { reason: PaymentLinkRefusal::ReasonGiven };
    assert_eq!(shop.try_offer().await.unwrap(), refused);
    shop.assert_sound().await;
    shop.office.close().await;

    // One that was held before this service listened.
    let shop = Shop::open().await;
    shop.is_held.store(true, Ordering::Relaxed);
    assert_eq!(shop.try_offer().await.unwrap(), refused);
    assert_eq!(shop.hosted(), []);
    shop.office.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn anybody_may_call_the_webhook_and_nobody_learns_or_changes_anything() {
    let shop = Shop::open().await;
    let (link, _) = shop.open_link().await;
    shop.office.house.rest().await;
    let asked = shop.mollie.calls().len();
    let root = format!("http://{}/v1/payment-links", shop.webhook);
    let unknown = Uuid::from_u128(7);
    for (url, form, status) in [
        (format!("{root}/{unknown}"), "id=tr_1", 200),
        (format!("{root}/none"), "id=tr_1", 200),
        (format!("{root}/{unknown}"), "id=", 400),
        (format!("{root}/{unknown}"), "what=tr_1", 400),
        (format!("{root}/{unknown}"), "id=<script>", 400),
    ] {
        assert_eq!(shop.mollie.deliver_to(&url, form).await, Some(status), "{url} {form}");
    }
    let long = format!("id={}", "a".repeat(2000));
    assert_eq!(shop.mollie.deliver_to(&format!("{root}/{unknown}"), &long).await, Some(413));
    shop.office.house.rest().await;
    assert_eq!(shop.mollie.calls().len(), asked, "nobody was asked");

    // Somebody says that it was paid.
    let url = format!("{root}/{}", link.link_id);
    assert_eq!(shop.mollie.deliver_to(&url, "id=tr_1").await, Some(200));
    shop.office.house.rest().await;
    assert!(shop.mollie.calls().len() > asked);
    shop.is_open(12_100).await;
    assert_eq!(shop.newest().await.state, PaymentLinkState::Open);
    shop.assert_sound().await;
    shop.office.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_that_refuses_is_told_and_one_that_is_away_is_waited_for() {
    let shop = Shop::open().await;
    shop.mollie.fault("POST payment-links", MollieFault::Refuse(422));
    shop.offer().await;
    let not_made = PaymentLinkState::NotMade { status: 422 };
    eventually(LIMIT, "refusal", async || shop.newest().await.state == not_made).await;
    for _ in 0..2 {
        shop.mollie.fault("POST payment-links", MollieFault::Refuse(401));
    }
    let (_, hosted) = shop.open_link().await;
    shop.mollie.fault("PATCH payment-links/id", MollieFault::Refuse(503));
    // It expires: the 31st day has begun.
    shop.advance("2026-04-09T22:00:00Z").await;
    eventually(LIMIT, "archived link", async || shop.hosted()[0].archived).await;
    assert_eq!(shop.mollie.begin(&hosted.id, "ideal"), Err(CheckoutRefusal::Archived));
    let expired = PaymentLinkState::Closed { because: PaymentLinkClosed::Expired };
    assert_eq!(shop.newest().await.state, expired);
    shop.assert_sound().await;
    shop.office.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_provider_nothing_is_offered_and_everything_else_works() {
    let office = Box::pin(Office::open(1)).await;
    office.register_paid_to(PayTo::Agency, 1, 12_100).await;
    let offer = OfferPaymentLink { case_id: case_id(1) };
    let refused = office.house.asker().change(&offer, "offer").await.unwrap_err();
    assert!(refused.to_string().contains("`payment_provider`"), "{refused}");
    office.assert_sound().await;
    office.close().await;
}
