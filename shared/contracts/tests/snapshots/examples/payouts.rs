//! Messages about what the payment service provider pays out.

use contracts::payment_reconciliation::{
    ListPayouts, NameSettlement, NameSettlementAnswer, NameSettlementRefusal, PairPayout,
    PayoutList, PayoutProblem, ProviderPayout, ProviderPayoutState, TakeProviderRefund,
};

use super::{day, euros, payment};
use crate::Snapshot;

pub(super) fn all() -> Vec<Snapshot> {
    let refund =
        TakeProviderRefund { payment_id: payment(), amount: euros(2_495), payout_id: payment() };
    let mut all = vec![
        Snapshot::message(vec![PairPayout { payment_id: payment() }]),
        Snapshot::message(vec![refund]),
    ];
    let refusals = [
        NameSettlementRefusal::NotOfTheFinanceDesk,
        NameSettlementRefusal::NotAReference,
        NameSettlementRefusal::NotUnmatched,
    ];
    let refused = refusals.map(|reason| NameSettlementAnswer::Refused { reason });
    let answers = [NameSettlementAnswer::Named, NameSettlementAnswer::Unknown];
    all.extend(Snapshot::request(
        vec![NameSettlement { payment_id: payment(), reference: "1234567.2604.03".to_owned() }],
        answers.into_iter().chain(refused).collect(),
    ));
    all.extend(Snapshot::request(
        vec![
            ListPayouts { limit: 20, only_open: true },
            ListPayouts { limit: 20, only_open: false },
        ],
        vec![PayoutList { payouts: payouts(), total: 17 }],
    ));
    all
}

fn payouts() -> Vec<ProviderPayout> {
    let paired = ProviderPayoutState::Paired { payments: 6, fees: euros(315) };
    let states = [ProviderPayoutState::Asking, paired].into_iter();
    let open = problems().into_iter().map(|problem| ProviderPayoutState::Open { problem });
    states.chain(open).map(payout).collect()
}

fn problems() -> [PayoutProblem; 15] {
    [
        PayoutProblem::SeveralReferences,
        PayoutProblem::StatementToCome,
        PayoutProblem::NotWhole,
        PayoutProblem::NoToken,
        PayoutProblem::Refused { status: 403 },
        PayoutProblem::Unknown,
        PayoutProblem::NotPaidOut,
        PayoutProblem::PairedBefore { payment_id: payment() },
        PayoutProblem::OtherAmount { told: euros(3_975) },
        PayoutProblem::UnknownPayments { payments: 1 },
        PayoutProblem::OtherPayments { payments: 1 },
        PayoutProblem::PaidOutBefore { payments: 2 },
        PayoutProblem::Refunds { payments: 2 },
        PayoutProblem::ChargeBacks { payments: 1 },
        PayoutProblem::DoesNotAddUp { difference: euros(-100) },
    ]
}

fn payout(state: ProviderPayoutState) -> ProviderPayout {
    let is_one =
        !matches!(state, ProviderPayoutState::Open { problem: PayoutProblem::SeveralReferences });
    ProviderPayout {
        payment_id: payment(),
        received_on: day("2026-04-06"),
        amount: euros(3_975),
        reference: is_one.then(|| "1234567.2604.03".to_owned()),
        state,
    }
}
