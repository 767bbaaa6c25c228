//! `amicable case pay-link` and `pay-links`: links by which debtors pay.

use std::process::ExitCode;
use std::time::Duration;

use contracts::payment_reconciliation::{
    ListPaymentLinks, OfferPaymentLink, OfferPaymentLinkAnswer, PaymentLink, PaymentLinkClosed,
    PaymentLinkRefusal, PaymentLinkState,
};
use primitives::CaseId;
use tokio::time::{Instant, sleep};

use crate::failure::Failure;
use crate::find::short;
use crate::moment::told;
use crate::output::{Table, say, say_json};
use crate::session::{LIST_MAX, PATIENCE, Session};

const LOOK_EVERY: Duration = Duration::from_millis(50);

/// Has a link made, and waits until the provider made it.
pub(crate) async fn offer(
    session: &Session,
    case_id: CaseId,
    json: bool,
) -> Result<ExitCode, Failure> {
    let mut link = match session.change(&OfferPaymentLink { case_id }).await? {
        OfferPaymentLinkAnswer::Offered(link) => link,
        OfferPaymentLinkAnswer::Refused { reason } => return Err(refused(&reason)),
        OfferPaymentLinkAnswer::Unknown => {
            let said = "what is owed on the case is not known yet; try again in a moment";
            return Err(Failure::Refused(said.to_owned()));
        }
    };
    let begun = Instant::now();
    let asked = ListPaymentLinks { limit: LIST_MAX, case_id: Some(case_id), only_open: false };
    while link.state == PaymentLinkState::Making {
        if begun.elapsed() > PATIENCE {
            let said = "the provider has not answered yet; run this again, and see \
                        `amicable status` if it goes on";
            return Err(Failure::Refused(said.to_owned()));
        }
        sleep(LOOK_EVERY).await;
        let links = session.asker.ask(&asked).await?.links;
        let own = links.into_iter().find(|it| it.link_id == link.link_id);
        link = own.unwrap_or(link);
    }
    match (&link.state, &link.checkout_url) {
        (PaymentLinkState::NotMade { status }, _) => Err(Failure::Refused(format!(
            "the provider makes no such link (its answer was {status}); the log of \
             payment-reconciliation says why"
        ))),
        (PaymentLinkState::Open, Some(url)) => {
            if json {
                say_json(&link);
            } else {
                say(format_args!("{} can be paid until {} at", link.amount, told(link.expires_at)));
                say(format_args!("  {url}"));
            }
            Ok(ExitCode::SUCCESS)
        }
        (
            PaymentLinkState::Open | PaymentLinkState::Making | PaymentLinkState::Closed { .. },
            _,
        ) => Err(Failure::Refused(format!("the link is {}; run this again", state(&link.state)))),
    }
}

/// Lists links, and what was paid by links and lies with the provider.
pub(crate) async fn list(
    session: &Session,
    asked: &ListPaymentLinks,
    json: bool,
) -> Result<ExitCode, Failure> {
    let list = session.asker.ask(asked).await?;
    if json {
        say_json(&list);
        return Ok(ExitCode::SUCCESS);
    }
    let mut table =
        Table::new(["link", "case", "asked for", "until", "amount", "paid", "state", "address"]);
    for link in &list.links {
        let PaymentLink { link_id, case_id, amount, paid, .. } = link;
        table.row([
            short(*link_id),
            short(*case_id),
            told(link.asked_at),
            told(link.expires_at),
            amount.to_string(),
            if paid.is_zero() { String::new() } else { paid.to_string() },
            state(&link.state),
            link.checkout_url.clone().unwrap_or_default(),
        ]);
    }
    table.say("no links; begin with `amicable case pay-link`");
    for amount in &list.at_provider {
        say(format_args!("{amount} was paid by links and lies with the provider"));
    }
    Ok(ExitCode::SUCCESS)
}

fn state(state: &PaymentLinkState) -> String {
    match state {
        PaymentLinkState::Making => "being made".to_owned(),
        PaymentLinkState::Open => "open".to_owned(),
        PaymentLinkState::NotMade { status } => format!("not made: {status}"),
        PaymentLinkState::Closed { because } => match because {
            PaymentLinkClosed::Paid => "paid",
            PaymentLinkClosed::OtherwiseOwed => "closed: more or less is owed now",
            PaymentLinkClosed::ReasonGiven => "closed: the debtor gave a reason",
            PaymentLinkClosed::Expired => "expired",
            PaymentLinkClosed::AtTheProvider => "closed by somebody at the provider",
        }
        .to_owned(),
    }
}

fn refused(reason: &PaymentLinkRefusal) -> Failure {
    let said = match reason {
        PaymentLinkRefusal::NothingOwed => "nothing is owed on the case",
        PaymentLinkRefusal::PaidToTheCreditor => {
            "the debtor is asked to pay into the creditor's own account"
        }
        PaymentLinkRefusal::NotInEuros => "links are made in euros only",
        PaymentLinkRefusal::ReasonGiven => {
            "the debtor gave a reason that a person has to weigh first; see `amicable case show`"
        }
    };
    Failure::Refused(said.to_owned())
}
