//! `amicable refund`: money back to whoever paid it.

use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use contracts::payment_reconciliation::{
    ApproveRefund, ApproveRefundAnswer, ListRefunds, ListedRefund, ProposeRefund,
    ProposeRefundAnswer, Refund, RefundRefusal, RefundState, ReturnedRefund, WithdrawRefund,
    WithdrawRefundAnswer,
};
use primitives::{ContentHash, Money, RefundId};
use tokio::time::{Instant, sleep};

use super::bank::find_money;
use crate::cli::Refund as Deed;
use crate::failure::Failure;
use crate::find::{Kind, short};
use crate::moment::{told, told_day};
use crate::output::{Table, say, say_json};
use crate::session::{LIST_MAX, PATIENCE, Session};

const REFUND: Kind = Kind { name: "refund", list: "amicable refund list" };
const LOOK_EVERY: Duration = Duration::from_millis(50);

pub(crate) async fn run(session: &Session, deed: Deed) -> Result<ExitCode, Failure> {
    match deed {
        Deed::Propose { payment, amount, who } => {
            propose(session, &payment, amount, &who.code).await?;
        }
        Deed::Approve { id, who } => approve(session, &id, &who.code).await?,
        Deed::Withdraw { id, who } => withdraw(session, &id, &who.code).await?,
        Deed::List { limit, json } => list(session, limit.limit, json).await?,
    }
    Ok(ExitCode::SUCCESS)
}

async fn propose(
    session: &Session,
    payment: &str,
    amount: Option<Money>,
    code: &str,
) -> Result<(), Failure> {
    let staff_id = session.staff(code).await?;
    let money = find_money(session, payment).await?;
    let (payment_id, case_id) = (money.payment_id, money.refundable_on);
    match session.change_as(staff_id, &ProposeRefund { payment_id, case_id, amount }).await? {
        ProposeRefundAnswer::Proposed(refund) => {
            let listed = listed(session, refund.refund_id).await?;
            let id = short(refund.refund_id);
            say(format_args!("refund {id}: {} to {}", refund.amount, payee(&listed)));
            if let Some((former, back)) = returned_before(session, &refund).await? {
                let former = short(former);
                say(format_args!("take care: refund {former} of this money {}", came_back(&back)));
            }
            say(format_args!(
                "somebody else of the finance desk approves it: `amicable refund approve {id} --as \
                 CODE`"
            ));
        }
        ProposeRefundAnswer::Waiting(refund) => {
            let people = session.people().await?;
            let (id, by) = (short(refund.refund_id), people.code(refund.proposed_by));
            say(format_args!(
                "nothing new: refund {id} of {} waits already, proposed by {by} {}; approve it, or \
                 `amicable refund withdraw {id} --as {code}`",
                refund.amount,
                told(refund.proposed_at)
            ));
        }
        ProposeRefundAnswer::Refused { reason } => return Err(refused(&reason)),
        ProposeRefundAnswer::Unknown => {
            return Err(Failure::Refused(format!("no payment {payment} is known")));
        }
    }
    Ok(())
}

/// Approves a refund, waits for its order, and lays it where a person finds it.
async fn approve(session: &Session, given: &str, code: &str) -> Result<(), Failure> {
    let staff_id = session.staff(code).await?;
    let refund_id = find(session, given).await?;
    match session.change_as(staff_id, &ApproveRefund { refund_id }).await? {
        ApproveRefundAnswer::Approved(_) | ApproveRefundAnswer::AlreadyApproved(_) => {}
        ApproveRefundAnswer::Refused { reason } => return Err(refused(&reason)),
        ApproveRefundAnswer::Unknown => return Err(REFUND.unknown(given).into()),
    }
    let begun = Instant::now();
    loop {
        let found = listed(session, refund_id).await?;
        if let Some(order) = found.refund.payment_order {
            let file = save(session, &found.refund, order).await?;
            let (amount, payee) = (found.refund.amount, payee(&found));
            say(format_args!("refund {}: {amount} to {payee}, approved", short(refund_id)));
            say(format_args!("  {}", file.display()));
            return Ok(());
        }
        if begun.elapsed() > PATIENCE {
            let said = "approved, but its payment order is not made yet; run this again";
            return Err(Failure::Refused(said.to_owned()));
        }
        sleep(LOOK_EVERY).await;
    }
}

async fn save(session: &Session, refund: &Refund, order: ContentHash) -> Result<PathBuf, Failure> {
    let folder = session.layout.refunds();
    fs::create_dir_all(&folder).map_err(Failure::io("make", &folder))?;
    let file = folder.join(format!("{}-payment-order.xml", short(refund.refund_id)));
    let bytes = session.files.get(order).await?;
    fs::write(&file, bytes).map_err(Failure::io("write", &file))?;
    Ok(file)
}

async fn withdraw(session: &Session, given: &str, code: &str) -> Result<(), Failure> {
    let staff_id = session.staff(code).await?;
    let refund_id = find(session, given).await?;
    match session.change_as(staff_id, &WithdrawRefund { refund_id }).await? {
        WithdrawRefundAnswer::Withdrawn(refund) => {
            say(format_args!("refund {} of {} is withdrawn", short(refund_id), refund.amount));
            Ok(())
        }
        WithdrawRefundAnswer::Refused { reason } => Err(refused(&reason)),
        WithdrawRefundAnswer::Unknown => Err(REFUND.unknown(given).into()),
    }
}

async fn find(session: &Session, given: &str) -> Result<RefundId, Failure> {
    let all = refunds(session, LIST_MAX).await?;
    Ok(REFUND.find(given, all.into_iter().map(|it| it.refund.refund_id))?)
}

async fn listed(session: &Session, refund_id: RefundId) -> Result<ListedRefund, Failure> {
    let all = refunds(session, LIST_MAX).await?;
    let found = all.into_iter().find(|it| it.refund.refund_id == refund_id);
    found.ok_or_else(|| REFUND.unknown(&refund_id.to_string()).into())
}

/// The newest refund of the same money that the bank sent back.
async fn returned_before(
    session: &Session,
    refund: &Refund,
) -> Result<Option<(RefundId, ReturnedRefund)>, Failure> {
    let all = refunds(session, LIST_MAX).await?;
    let mut same = all.into_iter().filter(|it| it.refund.payment_id == refund.payment_id);
    Ok(same.find_map(|it| Some((it.refund.refund_id, it.returned?))))
}

async fn refunds(session: &Session, limit: u32) -> Result<Vec<ListedRefund>, Failure> {
    Ok(session.asker.ask(&ListRefunds { limit }).await?.refunds)
}

async fn list(session: &Session, limit: u32, json: bool) -> Result<(), Failure> {
    let all = refunds(session, limit).await?;
    if json {
        say_json(&all);
        return Ok(());
    }
    let people = session.people().await?;
    let by = |staff_id| people.code(staff_id);
    let mut table = Table::new([
        "refund",
        "payment",
        "case",
        "proposed",
        "by",
        "approved by",
        "amount",
        "to",
        "state",
    ]);
    for listed in &all {
        let refund = &listed.refund;
        table.row([
            short(refund.refund_id),
            short(refund.payment_id),
            refund.case_id.map(short).unwrap_or_default(),
            told(refund.proposed_at),
            by(refund.proposed_by),
            refund.approved_by.map(by).unwrap_or_default(),
            refund.amount.to_string(),
            payee(listed),
            listed.returned.as_ref().map_or_else(|| state(&refund.state), came_back),
        ]);
    }
    table.say("no refunds yet; begin with `amicable refund propose`");
    Ok(())
}

/// To whom it goes.
fn payee(listed: &ListedRefund) -> String {
    let account = &listed.counterparty_account;
    listed
        .counterparty_name
        .as_ref()
        .map_or_else(|| account.clone(), |name| format!("{name}, {account}"))
}

/// That the bank sent it back, when, and why in words where its code is one that often comes.
fn came_back(ReturnedRefund { returned_on, reason_code }: &ReturnedRefund) -> String {
    let reason = reason_code.as_deref().map_or_else(String::new, |code| {
        let meaning = meaning(code).map_or_else(String::new, |meaning| format!(", {meaning}"));
        format!(" ({code}{meaning})")
    });
    format!("came back on {}{reason}", told_day(*returned_on))
}

/// What codes of ISO 20022 (external code sets, `ExternalReturnReason1Code`) say, of refunds that
/// come back as of direct debits.
pub(crate) fn meaning(code: &str) -> Option<&'static str> {
    Some(match code {
        "AC01" => "the account number is wrong",
        "AC04" => "the account is closed",
        "AC06" => "the account is blocked",
        "AG01" => "such payments are forbidden on the account",
        "AM04" => "there is not enough money",
        "AM05" => "paid twice",
        "BE04" => "the payee's address is missing or wrong",
        "CUST" => "asked for by the payer",
        "FOCR" => "after a recall",
        "MD01" => "there is no mandate",
        "MD06" => "the payer wants it back",
        "MD07" => "its owner has died",
        "MS02" => "refused by its owner",
        "MS03" => "no reason told",
        "RC01" => "the bank's code is wrong",
        "SL01" => "its owner has the bank refuse it",
        "RR04" => "for reasons of regulation",
        _ => return None,
    })
}

fn state(state: &RefundState) -> String {
    match state {
        RefundState::Proposed => "proposed; somebody else approves it".to_owned(),
        RefundState::Approved => "approved; the bank has not shown it yet".to_owned(),
        RefundState::Paid { paid_on } => format!("paid on {}", told_day(*paid_on)),
        RefundState::Void => "void".to_owned(),
    }
}

fn refused(reason: &RefundRefusal) -> Failure {
    let said = match reason {
        RefundRefusal::NotOfTheFinanceDesk => {
            "only staff with the role `finance-desk` may; see `amicable staff list`"
        }
        RefundRefusal::SamePerson => {
            "whoever proposed it may not approve it; ask somebody else of the finance desk"
        }
        RefundRefusal::NothingToPayBack => {
            "nothing of it can go back: it went out, was taken back, or pays what is owed; see \
             `amicable bank unmatched`"
        }
        RefundRefusal::WrongAmount { most } => {
            let said = format!("give an amount above zero and of at most {most}");
            return Failure::Refused(said);
        }
        RefundRefusal::AtTheCreditor => {
            "the money lies with the creditor, who has to pay it back itself"
        }
        RefundRefusal::NoAccount => {
            "the bank told no IBAN of whoever paid it: ask the bank which account it came from"
        }
        RefundRefusal::NotInEuros => "payment orders are made in euros only",
        RefundRefusal::Outdated => {
            "the money is not there any more as it was proposed, so it is void; see `amicable bank \
             unmatched`, and propose it anew"
        }
        RefundRefusal::Decided => "it was approved already, or is void; see `amicable refund list`",
    };
    Failure::Refused(said.to_owned())
}
