//! What the payment service provider paid out, and why some of it is not booked yet.

use std::process::ExitCode;

use contracts::payment_reconciliation::{
    ListPayouts, NameSettlement, NameSettlementAnswer, NameSettlementRefusal, PayoutProblem,
    ProviderPayout, ProviderPayoutState,
};

use super::unmatched::find;
use crate::failure::Failure;
use crate::find::short;
use crate::output::{Table, say, say_json};
use crate::sentences::counted;
use crate::session::{LIST_MAX, Session};

pub(super) async fn payouts(
    session: &Session,
    all: bool,
    limit: u32,
    json: bool,
) -> Result<ExitCode, Failure> {
    let list = session.asker.ask(&ListPayouts { limit, only_open: !all }).await?;
    if json {
        say_json(&list);
        return Ok(ExitCode::SUCCESS);
    }
    let mut table = Table::new(["payment", "received", "amount", "settlement", "state"]);
    for payout in &list.payouts {
        table.row([
            short(payout.payment_id),
            payout.received_on.to_string(),
            payout.amount.to_string(),
            payout.reference.clone().unwrap_or_default(),
            state(&payout.state),
        ]);
    }
    table.say(if all { "the provider paid nothing out" } else { "no pay-out waits" });
    list.payouts.iter().filter_map(sentence).for_each(say);
    Ok(ExitCode::SUCCESS)
}

/// Says which settlement a payment is.
pub(super) async fn name(
    session: &Session,
    given: &str,
    reference: String,
    code: &str,
) -> Result<ExitCode, Failure> {
    let staff_id = session.staff(code).await?;
    let payment_id = find(session, given).await?.payment_id;
    let id = short(payment_id);
    let said = match session.change_as(staff_id, &NameSettlement { payment_id, reference }).await? {
        NameSettlementAnswer::Named => {
            say(format_args!(
                "the provider is asked what payment {id} pays out; see `amicable bank payouts \
                 --all`"
            ));
            return Ok(ExitCode::SUCCESS);
        }
        NameSettlementAnswer::Unknown => "no such payment is known",
        NameSettlementAnswer::Refused { reason } => match reason {
            NameSettlementRefusal::NotOfTheFinanceDesk => {
                "only staff with the role `finance-desk` may; see `amicable staff list`"
            }
            NameSettlementRefusal::NotAReference => {
                "a settlement is called by three numbers with dots: 1234567.2404.03"
            }
            NameSettlementRefusal::NotUnmatched => {
                "it is booked already, in whole or in part, or came in on no account for client \
                 money"
            }
        },
    };
    Err(Failure::Refused(said.to_owned()))
}

/// The pay-outs that are not booked yet, each with what is to be done.
pub(super) async fn sentences(session: &Session) -> Result<Vec<String>, Failure> {
    let list = session.asker.ask(&ListPayouts { limit: LIST_MAX, only_open: true }).await?;
    Ok(list.payouts.iter().filter_map(sentence).collect())
}

fn state(state: &ProviderPayoutState) -> String {
    match state {
        ProviderPayoutState::Asking => "the provider is being asked".to_owned(),
        ProviderPayoutState::Paired { payments, fees } => {
            format!("pays out {}, fees {fees}", counted(payments, "payment"))
        }
        ProviderPayoutState::Open { .. } => "not booked, see below".to_owned(),
    }
}

fn sentence(payout: &ProviderPayout) -> Option<String> {
    let id = short(payout.payment_id);
    let reference = payout.reference.as_ref().map(|it| format!(" ({it})")).unwrap_or_default();
    match &payout.state {
        ProviderPayoutState::Paired { .. } => None,
        ProviderPayoutState::Asking => Some(format!(
            "payment {id} is a pay-out of the provider{reference}: it is being asked; `amicable \
             status` shows acts that fail"
        )),
        ProviderPayoutState::Open { problem } => Some(format!(
            "payment {id} names a pay-out of the provider{reference}: {}",
            why(problem)
        )),
    }
}

/// What is wrong, and what to do.
fn why(problem: &PayoutProblem) -> String {
    let again = "`amicable bank search` tries it again now";
    match problem {
        PayoutProblem::SeveralReferences => {
            "several settlements are named in it; `amicable bank payout` says which it is".into()
        }
        PayoutProblem::StatementToCome => {
            "only a report told of it; the bank's statement is still to come".into()
        }
        PayoutProblem::NotWhole => format!(
            "a part of it is on a case, or went back; take it off with `amicable bank release`, \
             and {again}"
        ),
        PayoutProblem::NoToken => format!(
            "nothing may ask for settlements; set `payment_provider.access_token`, and {again}"
        ),
        PayoutProblem::Refused { status } => format!(
            "the provider lets nobody ask ({status}); give the access token the rights to read \
             settlements and payments, and {again}"
        ),
        PayoutProblem::Unknown => {
            "the provider knows no such settlement; if it is one, `amicable bank payout` says \
             which, and the access token must be of the organisation that was paid"
                .into()
        }
        PayoutProblem::NotPaidOut => {
            format!("the provider says it is still to be paid out; {again}")
        }
        PayoutProblem::PairedBefore { payment_id } => format!(
            "payment {} was booked as the same settlement; compare both with the bank",
            short(*payment_id)
        ),
        PayoutProblem::OtherAmount { told } => {
            format!("the provider says that it paid out {told}; ask it why")
        }
        PayoutProblem::UnknownPayments { payments } => format!(
            "the settlement holds {} that came by no link from here; links are asked about every \
             hour, and what another product is paid has to go to another account",
            counted(payments, "payment")
        ),
        PayoutProblem::OtherPayments { payments } => format!(
            "the settlement holds {} of another amount than was booked; ask the provider why",
            counted(payments, "payment")
        ),
        PayoutProblem::PaidOutBefore { payments } => format!(
            "the settlement holds {} that another one paid out; see `amicable bank payouts --all`, \
             and ask the provider why",
            counted(payments, "payment")
        ),
        PayoutProblem::Refunds { payments } => format!(
            "the settlement is less by {} sent back at the provider, on a case here still or sent \
             back in part; take it off with `amicable bank release`, and {again}",
            counted(payments, "payment")
        ),
        PayoutProblem::ChargeBacks { payments } => format!(
            "the settlement is less by {} that banks took back; write to the provider",
            counted(payments, "payment")
        ),
        PayoutProblem::DoesNotAddUp { difference } => format!(
            "what was received, less refunds and fees, differs from what was paid out by \
             {difference}: a reserve or a correction; ask the provider"
        ),
    }
}
