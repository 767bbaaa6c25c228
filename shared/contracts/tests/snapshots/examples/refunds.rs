//! Messages about money that goes back to whoever paid it.

use contracts::payment_reconciliation::{
    ApproveRefund, ApproveRefundAnswer, ListRefunds, ListedRefund, ProposeRefund,
    ProposeRefundAnswer, Refund, RefundApproved, RefundList, RefundPaid, RefundRefusal,
    RefundReturned, RefundState, ReturnedRefund, TakeRefundBack, WithdrawRefund,
    WithdrawRefundAnswer,
};
use primitives::{PaymentId, RefundId, StaffId};

use super::{case, day, document, euros, moment, payment, staff, uuid};
use crate::Snapshot;

pub(super) fn all() -> Vec<Snapshot> {
    let requests = requests().into_iter().flatten();
    messages().into_iter().chain(requests).collect()
}

fn messages() -> [Snapshot; 4] {
    let approved = |case_id| RefundApproved {
        refund_id: refund_id(),
        payment_id: payment(),
        case_id,
        amount: euros(3_000),
        proposed_by: staff(),
        approved_by: second_staff(),
        payment_order: document(),
    };
    let paid = |case_id| RefundPaid {
        refund_id: refund_id(),
        payment_id: payment(),
        case_id,
        amount: euros(3_000),
        paid_on: day("2026-04-03"),
    };
    let returned = |case_id, reason_code| RefundReturned {
        refund_id: refund_id(),
        payment_id: payment(),
        case_id,
        amount: euros(3_000),
        returned_by: PaymentId::from_uuid(uuid(34)),
        returned_on: day("2026-04-07"),
        reason_code,
    };
    [
        Snapshot::message(vec![approved(Some(case())), approved(None)]),
        Snapshot::message(vec![paid(Some(case())), paid(None)]),
        Snapshot::message(vec![TakeRefundBack { refund_id: refund_id() }]),
        Snapshot::message(vec![
            returned(Some(case()), Some("AC04".to_owned())),
            returned(None, None),
        ]),
    ]
}

fn requests() -> [[Snapshot; 2]; 4] {
    let refusals = || {
        [
            RefundRefusal::NotOfTheFinanceDesk,
            RefundRefusal::SamePerson,
            RefundRefusal::NothingToPayBack,
            RefundRefusal::WrongAmount { most: euros(3_000) },
            RefundRefusal::AtTheCreditor,
            RefundRefusal::NoAccount,
            RefundRefusal::NotInEuros,
            RefundRefusal::Outdated,
            RefundRefusal::Decided,
        ]
    };
    let proposed = || refund(RefundState::Proposed);
    let approved = || refund(RefundState::Approved);
    let proposals = [
        ProposeRefundAnswer::Proposed(proposed()),
        ProposeRefundAnswer::Waiting(proposed()),
        ProposeRefundAnswer::Unknown,
    ];
    let approvals = [
        ApproveRefundAnswer::Approved(approved()),
        ApproveRefundAnswer::AlreadyApproved(approved()),
        ApproveRefundAnswer::Unknown,
    ];
    let withdrawals =
        [WithdrawRefundAnswer::Withdrawn(refund(RefundState::Void)), WithdrawRefundAnswer::Unknown];
    let not_proposed = refusals().map(|reason| ProposeRefundAnswer::Refused { reason });
    let not_approved = refusals().map(|reason| ApproveRefundAnswer::Refused { reason });
    let not_withdrawn = refusals().map(|reason| WithdrawRefundAnswer::Refused { reason });
    let (payment_id, refund_id) = (payment(), refund_id());
    [
        Snapshot::request(
            vec![
                ProposeRefund { payment_id, case_id: Some(case()), amount: Some(euros(3_000)) },
                ProposeRefund { payment_id, case_id: None, amount: None },
            ],
            proposals.into_iter().chain(not_proposed).collect(),
        ),
        Snapshot::request(
            vec![ApproveRefund { refund_id }],
            approvals.into_iter().chain(not_approved).collect(),
        ),
        Snapshot::request(
            vec![WithdrawRefund { refund_id }],
            withdrawals.into_iter().chain(not_withdrawn).collect(),
        ),
        Snapshot::request(vec![ListRefunds { limit: 50 }], vec![list()]),
    ]
}

fn list() -> RefundList {
    let states = [
        RefundState::Proposed,
        RefundState::Approved,
        RefundState::Paid { paid_on: day("2026-04-03") },
        RefundState::Void,
    ];
    let listed = |state| ListedRefund {
        counterparty_name: (state == RefundState::Approved).then(|| "P. Jansen".to_owned()),
        refund: refund(state),
        counterparty_account: "NL20INGB0001234567".to_owned(),
        returned: None,
    };
    let returned = |reason_code| ListedRefund {
        returned: Some(ReturnedRefund { returned_on: day("2026-04-07"), reason_code }),
        ..listed(RefundState::Paid { paid_on: day("2026-04-03") })
    };
    let came_back = [returned(Some("AC04".to_owned())), returned(None)];
    RefundList { refunds: states.map(listed).into_iter().chain(came_back).collect(), total: 6 }
}

fn refund(state: RefundState) -> Refund {
    let is_approved = match state {
        RefundState::Approved | RefundState::Paid { .. } => true,
        RefundState::Proposed | RefundState::Void => false,
    };
    Refund {
        refund_id: refund_id(),
        payment_id: payment(),
        case_id: is_approved.then(case),
        state,
        amount: euros(3_000),
        proposed_by: staff(),
        proposed_at: moment("2026-04-01T09:00:00Z"),
        approved_by: is_approved.then(second_staff),
        payment_order: is_approved.then(document),
    }
}

fn refund_id() -> RefundId {
    RefundId::from_uuid(uuid(33))
}

fn second_staff() -> StaffId {
    StaffId::from_uuid(uuid(25))
}
