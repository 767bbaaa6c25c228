//! What the provider pays out, on real Postgres and NATS, with a provider that speaks Mollie's
//! protocol: a movement of the bank is paired with the payments that it pays out, to the cent, and
//! what is wrong is told while nothing is booked.

use crate::bank::{CLIENT, Entry, Report, file, reported, statement_from};
use crate::office::{LIMIT, case_id, creditor_id, day, euro, imported, reference};
use crate::paying_by_link::Shop;
use contracts::agreement::PayTo;
use contracts::operations::{CheckReport, Operation};
use contracts::payment_reconciliation::{
    LedgerGroup, ListPaymentLinks, ListPayouts, NameSettlement, NameSettlementAnswer,
    NameSettlementRefusal, OfferPaymentLink, OfferPaymentLinkAnswer, PayoutProblem,
    ProposeRemittance, ProposeRemittanceAnswer, ProveBooks, ProviderPayout, ProviderPayoutState,
    ReleasePayment, ReleasePaymentAnswer, SearchUnmatched,
};
use primitives::PaymentId;
use serde_json::json;
use testkit::{MOLLIE_TOKEN, MollieFault, PaymentEnd, eventually};

const SERVICE: &str = crate::office::SERVICE;

impl Shop {
    /// The link of the one case is paid, and the webhook came.
    async fn paid(&self) -> String {
        let (_, hosted) = self.open_link().await;
        let payment = self.mollie.pay(&hosted.id).unwrap();
        self.deliver(&payment).await;
        self.is_open(0).await;
        payment
    }

    /// The bank tells that so much came in, with a text.
    async fn bank_tells(&self, minor: i64, text: &str, day: &str) {
        let entry = Entry::credit(minor)
            .named("Stichting Mollie Payments")
            .from("NL17RABO0213698412")
            .line(&format!("Uitbetaling {text} Stichting Mollie Payments"));
        let xml = file(&[statement_from(1_000, CLIENT, day, day, &[entry])]);
        assert_eq!(imported(&self.office.import(&xml, day).await), 1);
    }

    async fn payouts(&self, only_open: bool) -> Vec<ProviderPayout> {
        let ask = ListPayouts { limit: 10, only_open };
        self.office.house.asker().ask(&ask).await.unwrap().payouts
    }

    /// The newest pay-out comes to be so.
    async fn payout_is(&self, state: ProviderPayoutState) -> ProviderPayout {
        let is_it = async || {
            let newest = self.payouts(false).await.into_iter().next();
            newest.filter(|it| it.state == state)
        };
        eventually(LIMIT, &format!("{state:?}"), is_it).await
    }

    async fn payout_waits(&self, problem: PayoutProblem) -> PaymentId {
        self.payout_is(ProviderPayoutState::Open { problem }).await.payment_id
    }

    async fn payout_is_paired(&self, payments: u32, fees: i64) {
        let fees = euro(fees);
        self.payout_is(ProviderPayoutState::Paired { payments, fees }).await;
        assert_eq!(self.payouts(true).await, []);
        assert_eq!(self.office.unmatched().await.total, 0);
        assert_eq!(self.balance(LedgerGroup::Unmatched).await, euro(0));
    }

    /// The invariants that do not hold.
    async fn broken(&self) -> Vec<String> {
        self.office.house.rest().await;
        let asker = self.office.house.asker();
        let report: CheckReport =
            asker.operate(SERVICE, Operation::Check, &json!({})).await.unwrap();
        report.breaches.into_iter().map(|it| it.invariant).collect()
    }

    async fn search(&self, key: &str) {
        let ask = SearchUnmatched { after: None, received_since: None };
        self.office.house.asker().change(&ask, key).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_provider_pays_out_goes_to_the_creditor_and_its_fees_are_the_agencys() {
    let shop = Shop::open_with(MOLLIE_TOKEN).await;
    let payment = shop.paid().await;
    let (reference, amount) = shop.mollie.pay_out(&[payment], 35);
    assert_eq!(amount, euro(12_065));
    shop.mollie.fault("GET settlements/id/payments", MollieFault::Refuse(503));
    shop.bank_tells(12_065, &reference, "2026-03-09").await;
    shop.payout_is_paired(1, 35).await;
    let told = shop.payouts(false).await.remove(0);
    assert_eq!((told.amount, told.reference), (euro(12_065), Some(reference.clone())));
    assert_eq!(shop.balance(LedgerGroup::AtProvider).await, euro(0));
    let links = ListPaymentLinks { limit: 10, case_id: None, only_open: false };
    let links = shop.office.house.asker().ask(&links).await.unwrap();
    assert_eq!((links.links[0].paid, links.at_provider), (euro(12_100), Vec::new()));

    // Nobody but the agency bears the fees: until it earned as much, it has to pay that in.
    assert_eq!(shop.balance(LedgerGroup::Own).await, euro(35));
    assert_eq!(shop.balance(LedgerGroup::OwedToCreditor).await, euro(-12_100));
    assert_eq!(shop.broken().await, ["exact-money"]);
    let proof = shop.office.house.asker().ask(&ProveBooks {}).await.unwrap();
    assert!(!proof.is_proven, "own money is below zero");
    shop.office.hire().await;
    let remittance = shop.office.remit("all").await;
    assert_eq!(remittance.amount, euro(12_100 - 1_210 - 254));
    assert_eq!(shop.balance(LedgerGroup::Own).await, euro(35 - 1_210 - 254));

    // The bank tells the same settlement again.
    shop.advance("2026-03-11T10:00:00Z").await;
    shop.bank_tells(12_065, &reference, "2026-03-11").await;
    let first = told.payment_id;
    shop.payout_waits(PayoutProblem::PairedBefore { payment_id: first }).await;
    shop.office.assert_sound().await;
    assert_eq!(shop.office.unmatched().await.total, 1);
    shop.office.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn it_does_not_matter_whether_a_payment_or_its_pay_out_is_heard_of_first() {
    let shop = Shop::open_with(MOLLIE_TOKEN).await;
    let (_, hosted) = shop.open_link().await;
    let payment = shop.mollie.pay(&hosted.id).unwrap();
    let (reference, _) = shop.mollie.pay_out(&[payment], 0);
    shop.mollie.set_paid_out(&reference, false);
    let entry = Entry::credit(12_100).named("Stichting Mollie Payments").line(&reference);
    let report = reported(Report::OfEntries, CLIENT, "R1", "2026-03-10", &[entry]);
    assert_eq!(imported(&shop.office.import(&report, "R1").await), 1);
    shop.payout_waits(PayoutProblem::StatementToCome).await;

    // The statement of the day tells it too, and the provider is behind.
    shop.advance("2026-03-10T20:30:00Z").await;
    let entry = Entry::credit(12_100).named("Stichting Mollie Payments").line(&reference);
    let xml = file(&[statement_from(1_000, CLIENT, "S1", "2026-03-10", &[entry])]);
    assert_eq!(imported(&shop.office.import(&xml, "S1").await), 1);
    shop.search("told").await;
    shop.payout_waits(PayoutProblem::NotPaidOut).await;
    shop.mollie.set_paid_out(&reference, true);
    shop.search("paid out").await;
    shop.payout_is_paired(1, 0).await;
    shop.is_open(0).await;
    shop.office.assert_sound().await;
    assert_eq!(shop.balance(LedgerGroup::AtProvider).await, euro(0));
    shop.office.close().await;

    // The webhook is lost, and the link was not asked about since it was paid.
    let shop = Shop::open_with(MOLLIE_TOKEN).await;
    let (_, hosted) = shop.open_link().await;
    let payment = shop.mollie.pay(&hosted.id).unwrap();
    let (reference, _) = shop.mollie.pay_out(&[payment], 0);
    shop.bank_tells(12_100, &reference, "2026-03-09").await;
    shop.payout_waits(PayoutProblem::UnknownPayments { payments: 1 }).await;
    assert_eq!(shop.office.unmatched().await.payments[0].proposals, []);
    assert_eq!(shop.broken().await, [""; 0]);
    for hour in ["10:00", "11:01", "12:02"] {
        shop.advance(&format!("2026-03-10T{hour}:00Z")).await;
        shop.office.house.rest().await;
    }
    shop.payout_is_paired(1, 0).await;
    shop.office.assert_sound().await;
    shop.office.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_may_not_ask_is_told_and_what_is_no_settlement_is_judged_as_ever() {
    let shop = Shop::open_with("").await;
    let payment = shop.paid().await;
    let (settlement, _) = shop.mollie.pay_out(&[payment], 0);
    shop.bank_tells(12_100, &settlement, "2026-03-09").await;
    shop.payout_waits(PayoutProblem::NoToken).await;
    shop.office.assert_sound().await;
    shop.office.close().await;

    let shop = Shop::open_with(MOLLIE_TOKEN).await;
    let payment = shop.paid().await;
    let (first, _) = shop.mollie.pay_out(std::slice::from_ref(&payment), 0);
    shop.mollie.fault("GET settlements/id", MollieFault::Refuse(403));
    shop.bank_tells(12_100, &first, "2026-03-07").await;
    shop.payout_waits(PayoutProblem::Refused { status: 403 }).await;
    shop.search("again").await;
    shop.payout_is_paired(1, 0).await;

    shop.bank_tells(500, "1234567.2603.77", "2026-03-08").await;
    let looks_like_one = shop.payout_waits(PayoutProblem::Unknown).await;
    shop.office.house.rest().await;
    assert_eq!(shop.office.unmatched().await.payments[0].payment_id, looks_like_one);
    let told = shop.office.told::<contracts::payment_reconciliation::PaymentUnmatched>().await;
    let told = told.iter().filter(|it| it.payment_id == looks_like_one).count();
    assert_eq!(told, 1);

    // A debtor who writes something like it pays all the same.
    shop.office.register_paid_to(PayTo::Agency, 2, 5_000).await;
    let entry =
        Entry::credit(5_000).line(&format!("our 1234567.2603.78 for {}", reference(2).canonical()));
    let xml = file(&[statement_from(1_000, CLIENT, "S9", "2026-03-09", &[entry])]);
    assert_eq!(imported(&shop.office.import(&xml, "S9").await), 1);
    let is_paid = async || shop.office.open_on(2).await == euro(0);
    eventually(LIMIT, "payment", is_paid).await;
    shop.office.assert_sound().await;
    assert_eq!(shop.payouts(true).await.len(), 1);

    let (second, _) = shop.mollie.pay_out(&[payment], 0);
    shop.advance("2026-03-11T10:00:00Z").await;
    shop.bank_tells(12_100, &second, "2026-03-11").await;
    shop.payout_waits(PayoutProblem::PaidOutBefore { payments: 1 }).await;
    shop.office.assert_sound().await;
    shop.office.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_does_not_add_up_stays_with_a_person() {
    let shop = Shop::open_with(MOLLIE_TOKEN).await;
    let payment = shop.paid().await;
    let elsewhere = shop.mollie.receive_elsewhere(euro(1_000));
    shop.mollie.charge_back(&elsewhere, euro(1_000));
    let (reference, amount) = shop.mollie.pay_out(&[payment, elsewhere], 25);
    assert_eq!(amount, euro(12_075));
    shop.bank_tells(12_074, &reference, "2026-03-07").await;
    shop.payout_waits(PayoutProblem::OtherAmount { told: euro(12_075) }).await;
    shop.bank_tells(12_075, &reference, "2026-03-08").await;
    shop.payout_waits(PayoutProblem::ChargeBacks { payments: 1 }).await;
    shop.bank_tells(100, "1234567.2603.00 and 1234567.2603.01", "2026-03-09").await;
    shop.payout_waits(PayoutProblem::SeveralReferences).await;
    // The bank cut a text: a person says what it is.
    shop.bank_tells(12_075, "1234567.26", "2026-03-10").await;
    shop.office.house.rest().await;
    let all = shop.office.unmatched().await.payments;
    let payment_id = all.last().unwrap().payment_id;
    let name = NameSettlement { payment_id, reference: reference.clone() };
    shop.office.hire().await;
    let refused = shop.office.staff(3).change(&name, "name 3").await.unwrap();
    let reason = NameSettlementRefusal::NotOfTheFinanceDesk;
    assert_eq!(refused, NameSettlementAnswer::Refused { reason });
    let named = shop.office.staff(1).change(&name, "name").await.unwrap();
    assert_eq!(named, NameSettlementAnswer::Named);
    let waits = shop.payout_waits(PayoutProblem::ChargeBacks { payments: 1 }).await;
    assert_eq!(waits, payment_id);
    assert_eq!(shop.office.unmatched().await.total, 4);
    assert_eq!(shop.balance(LedgerGroup::AtProvider).await, euro(12_100));
    shop.office.assert_sound().await;
    let propose = ProposeRemittance { creditor_id: creditor_id(), again: Vec::new() };
    let answer = shop.office.staff(1).change(&propose, "propose").await.unwrap();
    assert_eq!(answer, ProposeRemittanceAnswer::NothingToRemit);
    shop.office.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_sent_back_at_the_provider_leaves_the_books_once_it_is_on_no_case() {
    let shop = Shop::open_with(MOLLIE_TOKEN).await;
    shop.office.hire().await;
    let (_, hosted) = shop.open_link().await;
    let begun = shop.mollie.begin(&hosted.id, "ideal").unwrap();
    let entries = [Entry::credit(12_100).structured(reference(1).canonical())];
    let xml = file(&[statement_from(1_000, CLIENT, "S1", "2026-03-07", &entries)]);
    assert_eq!(imported(&shop.office.import(&xml, "S1").await), 1);
    shop.is_open(0).await;
    shop.mollie.finish(&begun, PaymentEnd::Paid);
    shop.deliver(&begun).await;
    eventually(LIMIT, "money", async || shop.office.unmatched().await.total == 1).await;
    let too_much = shop.office.unmatched().await.payments.remove(0).payment_id;
    shop.mollie.send_back(&begun, euro(12_100));

    shop.office.register_paid_to(PayTo::Agency, 2, 5_000).await;
    let offer = OfferPaymentLink { case_id: case_id(2) };
    let offered = shop.office.house.asker().change(&offer, "offer 2").await.unwrap();
    assert!(matches!(offered, OfferPaymentLinkAnswer::Offered(_)), "{offered:?}");
    let second = eventually(LIMIT, "second link", async || {
        shop.hosted().into_iter().find(|it| it.amount == euro(5_000))
    });
    let second = shop.mollie.pay(&second.await.id).unwrap();
    shop.deliver(&second).await;
    let is_paid = async || shop.office.open_on(2).await == euro(0);
    eventually(LIMIT, "payment", is_paid).await;

    // It is on the case still: nobody said that it does not belong there.
    let (settlement, amount) = shop.mollie.pay_out(&[begun, second], 0);
    assert_eq!(amount, euro(5_000));
    shop.bank_tells(5_000, &settlement, "2026-03-08").await;
    shop.payout_waits(PayoutProblem::Refunds { payments: 1 }).await;
    shop.office.assert_sound().await;
    assert_eq!(shop.balance(LedgerGroup::AtProvider).await, euro(17_100));

    let release = ReleasePayment { payment_id: too_much, case_id: case_id(1) };
    let released = shop.office.staff(1).change(&release, "release").await.unwrap();
    assert_eq!(released, ReleasePaymentAnswer::Released { amount: euro(12_100) });
    shop.search("again").await;
    shop.payout_is_paired(2, 0).await;
    shop.office.assert_sound().await;
    assert_eq!(shop.balance(LedgerGroup::AtProvider).await, euro(0));
    assert_eq!(shop.balance(LedgerGroup::Bank).await, euro(17_100));
    let remittance = shop.office.remit("both").await;
    assert_eq!(remittance.collected, euro(17_100));
    assert_eq!(shop.payouts(false).await[0].received_on, day("2026-03-08"));
    shop.office.close().await;
}
