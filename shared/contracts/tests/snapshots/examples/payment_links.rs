//! Messages about links by which debtors pay.

use contracts::payment_reconciliation::{
    AskPaymentProvider, AskPaymentProviderAnswer, ListPaymentLinks, OfferPaymentLink,
    OfferPaymentLinkAnswer, PaymentLink, PaymentLinkClosed, PaymentLinkList, PaymentLinkRefusal,
    PaymentLinkState, ReviewPaymentLink,
};
use primitives::PaymentLinkId;

use super::{case, creditor, euros, moment, uuid};
use crate::Snapshot;

pub(super) fn all() -> Vec<Snapshot> {
    let review = ReviewPaymentLink { case_id: case(), creditor_id: creditor() };
    let mut all = vec![Snapshot::message(vec![review])];
    all.extend(requests().into_iter().flatten());
    all
}

fn requests() -> [[Snapshot; 2]; 3] {
    let refusals = [
        PaymentLinkRefusal::NothingOwed,
        PaymentLinkRefusal::PaidToTheCreditor,
        PaymentLinkRefusal::NotInEuros,
        PaymentLinkRefusal::ReasonGiven,
    ];
    let refused = refusals.map(|reason| OfferPaymentLinkAnswer::Refused { reason });
    let offered = OfferPaymentLinkAnswer::Offered(link(PaymentLinkState::Making, None));
    let mut offers = vec![offered, OfferPaymentLinkAnswer::Unknown];
    offers.extend(refused);
    [
        Snapshot::request(vec![OfferPaymentLink { case_id: case() }], offers),
        Snapshot::request(
            vec![
                ListPaymentLinks { limit: 20, case_id: Some(case()), only_open: true },
                ListPaymentLinks { limit: 20, case_id: None, only_open: false },
            ],
            vec![PaymentLinkList { links: links(), total: 8, at_provider: vec![euros(2_495)] }],
        ),
        Snapshot::request(
            vec![AskPaymentProvider { link_id: link_id() }],
            vec![AskPaymentProviderAnswer::Asked, AskPaymentProviderAnswer::Unknown],
        ),
    ]
}

fn links() -> Vec<PaymentLink> {
    let reasons = [
        PaymentLinkClosed::Paid,
        PaymentLinkClosed::OtherwiseOwed,
        PaymentLinkClosed::ReasonGiven,
        PaymentLinkClosed::Expired,
        PaymentLinkClosed::AtTheProvider,
    ];
    let closed = reasons.map(|because| PaymentLinkState::Closed { because });
    let states = [
        PaymentLinkState::Making,
        PaymentLinkState::Open,
        PaymentLinkState::NotMade { status: 422 },
    ];
    let checkout = Some("https://paymentlink.mollie.com/payment/d9fQur83kFdhH8hIhaZfq");
    states.into_iter().chain(closed).map(|state| link(state, checkout)).collect()
}

fn link(state: PaymentLinkState, checkout_url: Option<&str>) -> PaymentLink {
    PaymentLink {
        link_id: link_id(),
        case_id: case(),
        state,
        amount: euros(2_495),
        paid: euros(0),
        asked_at: moment("2026-04-03T09:00:00Z"),
        expires_at: moment("2026-04-03T22:00:00Z"),
        checkout_url: checkout_url.map(str::to_owned),
    }
}

fn link_id() -> PaymentLinkId {
    PaymentLinkId::from_uuid(uuid(37))
}
