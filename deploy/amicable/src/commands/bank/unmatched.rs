//! Money that fits no claim: what it may pay, and what a person decides.

use std::process::ExitCode;

use contracts::payment_reconciliation::{
    AssignPayment, AssignPaymentAnswer, AssignmentRefusal, AwaitedMoney, DismissProposals,
    DismissProposalsAnswer, ListUnmatched, PaymentProposal, PositionLineKind, ProposedPart,
    ReleasePayment, ReleasePaymentAnswer, RetractPayment, RetractPaymentAnswer, RetractionRefusal,
    SearchUnmatched, UnmatchedList, UnmatchedPayment,
};
use primitives::{CaseId, ClaimId, Date, Money, PaymentId, StaffId, Timestamp};

use super::payouts;
use crate::commands::case::money;
use crate::failure::Failure;
use crate::find::{Kind, short};
use crate::moment::{local, told};
use crate::output::{Table, say, say_json};
use crate::sentences::counted;
use crate::session::Session;

/// Payments with the same beginning that are told apart.
const FEW: u32 = 20;
const PAYMENT: Kind = Kind { name: "payment", list: "amicable bank unmatched" };
const ON_CASE: Kind = Kind { name: "payment", list: "amicable case show" };

pub(super) async fn unmatched(
    session: &Session,
    limit: u32,
    json: bool,
) -> Result<ExitCode, Failure> {
    let list = session.asker.ask(&ListUnmatched { limit, beginning: None }).await?;
    if json {
        say_json(&list);
        return Ok(ExitCode::SUCCESS);
    }
    let now = session.business_now().await?;
    let today = local(now).date();
    let mut table =
        Table::new(["payment", "received", "days", "amount", "from", "what the payer wrote"]);
    for payment in &list.payments {
        table.row([
            short(payment.payment_id),
            payment.received_on.to_string(),
            age_days(payment, today).to_string(),
            payment.amount.to_string(),
            payment.counterparty_name.clone().unwrap_or_default(),
            payment.remittance.join(" / "),
        ]);
    }
    table.say("no unmatched money");
    list.payments.iter().flat_map(proposals).for_each(say);
    list.payments.iter().flat_map(|it| waits(it, now)).for_each(say);
    payouts::sentences(session).await?.into_iter().for_each(say);
    if let Some(sentence) = ages(&list, today) {
        say(sentence);
    }
    if let Some(at) = list.searched_at.filter(|_| !list.payments.is_empty()) {
        let at = told(at);
        say(format_args!("intake was asked again on {at}; `amicable bank search` asks it now"));
    }
    Ok(ExitCode::SUCCESS)
}

/// Asks about all of them, page by page.
pub(super) async fn search(session: &Session) -> Result<ExitCode, Failure> {
    let (mut asked, mut found, mut after) = (0_u64, 0_u64, None);
    loop {
        let page = SearchUnmatched { after, received_since: None };
        let answer = session.change(&page).await?;
        asked = asked.saturating_add(answer.asked.into());
        found = found.saturating_add(answer.found.into());
        after = answer.next;
        if after.is_none() {
            break;
        }
    }
    say(format_args!(
        "asked about {asked}, and intake knows claims that {found} of them may pay; what is \
         certain is booked, see `amicable bank unmatched` for the rest"
    ));
    Ok(ExitCode::SUCCESS)
}

/// For how many days it has been known.
fn age_days(payment: &UnmatchedPayment, today: Date) -> i64 {
    today.duration_since(payment.received_on).as_hours() / 24
}

/// Which cases wait until a person decided about a payment, and which do not any more though nobody
/// did.
fn waits(payment: &UnmatchedPayment, now: Timestamp) -> impl Iterator<Item = String> {
    let id = short(payment.payment_id);
    payment.awaited_on.iter().map(move |AwaitedMoney { case_id, since, until }| {
        let is_over = *until <= now;
        let (case, since, until) = (short(*case_id), told(*since), told(*until));
        if is_over {
            format!(
                "case {case} waited for payment {id} since {since} and goes on since {until}: its \
                 debtor may be asked for what was paid; decide about it now"
            )
        } else {
            format!("case {case} waits for payment {id} since {since}, until {until} at most")
        }
    })
}

/// What a payment may pay, or what else is to be done with it.
fn proposals(payment: &UnmatchedPayment) -> Vec<String> {
    let id = short(payment.payment_id);
    if let Some(case_id) = payment.refundable_on {
        let case = short(case_id);
        return vec![format!(
            "payment {id} is more than is owed on case {case} (`amicable refund propose {id} --as \
             CODE` pays it back)"
        )];
    }
    if payment.is_dismissed {
        return vec![format!("payment {id}: its proposals were dismissed")];
    }
    if payment.proposals.is_empty() {
        return Vec::new();
    }
    let mut lines = vec![format!(
        "payment {id} may pay (`amicable bank accept {id} --proposal SIGNS --as CODE` books it):"
    )];
    lines.extend(payment.proposals.iter().map(|it| proposed(payment.payment_id, it)));
    lines
}

/// What a proposal is called: the same signs as long as it says the same, so that nobody accepts
/// another one than he saw.
fn signs(payment_id: PaymentId, proposal: &PaymentProposal) -> String {
    let parts = proposal.parts.iter().map(|it| format!("{} {}", it.claim_id, it.amount));
    let said = parts.collect::<Vec<_>>().join("/");
    PaymentId::derive(payment_id.as_uuid(), said.as_bytes()).to_string().chars().take(4).collect()
}

fn proposed(payment_id: PaymentId, proposal: &PaymentProposal) -> String {
    let PaymentProposal { parts, remainder, confidence_per_mille, because } = proposal;
    let part = |part: &ProposedPart| {
        format!("{} on claim {} (case {})", part.amount, short(part.claim_id), short(part.case_id))
    };
    let mut paid: Vec<String> = parts.iter().map(part).collect();
    if !remainder.is_zero() {
        paid.push(format!("{remainder} left over"));
    }
    let percent = confidence_per_mille / 10;
    let name = if parts.is_empty() { "none".to_owned() } else { signs(payment_id, proposal) };
    format!("  {name}: {}; {percent} %: {}", paid.join(" and "), because.join("; "))
}

/// How long money has been waiting.
fn ages(list: &UnmatchedList, today: Date) -> Option<String> {
    let older = |days: i64| list.payments.iter().filter(|it| age_days(it, today) > days).count();
    let [week, month, quarter] = [7, 30, 90].map(older);
    let shown = u64::try_from(list.payments.len()).unwrap_or(u64::MAX);
    let more = if shown < list.total { format!(" of {}", list.total) } else { String::new() };
    (shown > 0).then(|| {
        format!(
            "{}{more}: {week} older than 7 days, {month} than 30, {quarter} than 90",
            counted(&shown, "payment")
        )
    })
}

/// The unmatched payment whose id begins so.
/// Money that is on no case.
pub(super) async fn find(session: &Session, given: &str) -> Result<UnmatchedPayment, Failure> {
    find_among(session, given, |it| it.refundable_on.is_none()).await
}

/// Money that is on no case, or more than is owed on one.
pub(crate) async fn find_money(
    session: &Session,
    given: &str,
) -> Result<UnmatchedPayment, Failure> {
    find_among(session, given, |_| true).await
}

async fn find_among(
    session: &Session,
    given: &str,
    is_meant: fn(&UnmatchedPayment) -> bool,
) -> Result<UnmatchedPayment, Failure> {
    let beginning = Some(given.trim().to_owned());
    let list = session.asker.ask(&ListUnmatched { limit: FEW, beginning }).await?;
    let meant = || list.payments.iter().filter(|it| is_meant(it));
    let id = PAYMENT.find(given, meant().map(|it| it.payment_id))?;
    meant().find(|it| it.payment_id == id).cloned().ok_or_else(|| PAYMENT.unknown(given).into())
}

pub(super) async fn accept(
    session: &Session,
    given: &str,
    wanted: &str,
    code: &str,
) -> Result<ExitCode, Failure> {
    let staff_id = session.staff(code).await?;
    let payment = find(session, given).await?;
    let mut bookable = payment.proposals.iter().filter(|it| !it.parts.is_empty());
    let chosen = bookable.find(|it| signs(payment.payment_id, it) == wanted.trim().to_lowercase());
    let Some(PaymentProposal { parts, .. }) = chosen else {
        let said = format!(
            "payment {} has no proposal {wanted:?} that could be booked: what is open may have \
             changed; see `amicable bank unmatched`",
            short(payment.payment_id)
        );
        return Err(Failure::Refused(said));
    };
    let mut shares: Vec<(CaseId, Vec<ClaimId>, Money)> = Vec::new();
    for part in parts {
        match shares.iter_mut().find(|(case_id, ..)| *case_id == part.case_id) {
            Some((_, claim_ids, amount)) => {
                claim_ids.push(part.claim_id);
                *amount = amount.checked_add(part.amount).unwrap_or(*amount);
            }
            None => shares.push((part.case_id, vec![part.claim_id], part.amount)),
        }
    }
    // On one case all of it goes there, and what is left over is to be paid back there.
    let is_split = shares.len() > 1;
    let payment_id = payment.payment_id;
    let mut open = shares.iter();
    while let Some((_, claim_ids, amount)) = open.next() {
        let (claim_ids, amount) = (claim_ids.clone(), is_split.then_some(*amount));
        let request = AssignPayment { payment_id, claim_ids, amount };
        if let Err(failure) = assign(session, staff_id, request.clone()).await {
            if is_split {
                say(format_args!("what is not booked of payment {}:", short(payment_id)));
                let rest =
                    open.map(|(_, claim_ids, amount)| by_hand(payment_id, claim_ids, *amount));
                let failed = amount.map(|it| by_hand(payment_id, &request.claim_ids, it));
                failed.into_iter().chain(rest).for_each(say);
            }
            return Err(failure);
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// The command that books one share.
fn by_hand(payment_id: PaymentId, claim_ids: &[ClaimId], amount: Money) -> String {
    let claims: Vec<String> = claim_ids.iter().map(|id| format!("--claim {}", short(id))).collect();
    let euros = amount.to_string();
    let euros = euros.split(' ').next().unwrap_or_default();
    format!(
        "  amicable bank assign {} {} --amount {euros} --as CODE",
        short(payment_id),
        claims.join(" ")
    )
}

pub(super) async fn assign(
    session: &Session,
    staff_id: StaffId,
    request: AssignPayment,
) -> Result<(), Failure> {
    let id = short(request.payment_id);
    match session.change_as(staff_id, &request).await? {
        AssignPaymentAnswer::Assigned { case_id, booked, left } => {
            let (case, booked) = (short(case_id), short(booked));
            let rest = if left.is_zero() { String::new() } else { format!("; {left} is left") };
            say(format_args!("payment {id} is booked on case {case}{rest}"));
            say(format_args!(
                "if that was wrong: `amicable bank release {booked} --case {case} --as CODE`"
            ));
            Ok(())
        }
        AssignPaymentAnswer::Refused { reason } => Err(refused(&reason)),
        AssignPaymentAnswer::Unknown => Err(PAYMENT.unknown(&id).into()),
    }
}

pub(super) async fn release(
    session: &Session,
    given: &str,
    case: &str,
    code: &str,
) -> Result<ExitCode, Failure> {
    let staff_id = session.staff(code).await?;
    let case_id = session.case(case).await?;
    let claims = money(session, case_id).await?.map(|it| it.claims).unwrap_or_default();
    let lines = claims.iter().flat_map(|claim| &claim.lines);
    let on_case = lines.filter_map(|line| match line.kind {
        PositionLineKind::Payment { payment_id, .. } => Some(payment_id),
        PositionLineKind::Principal
        | PositionLineKind::Costs
        | PositionLineKind::Interest
        | PositionLineKind::CreditNote
        | PositionLineKind::Withdrawal => None,
    });
    // What is to be paid back in whole stands on no claim.
    let beginning = Some(given.trim().to_owned());
    let unmatched = session.asker.ask(&ListUnmatched { limit: FEW, beginning }).await?;
    let refundable = unmatched.payments.iter().filter(|it| it.refundable_on == Some(case_id));
    let payment_id = match given.trim().parse() {
        Ok(payment_id) => payment_id,
        Err(_) => ON_CASE.find(given, on_case.chain(refundable.map(|it| it.payment_id)))?,
    };
    match session.change_as(staff_id, &ReleasePayment { payment_id, case_id }).await? {
        ReleasePaymentAnswer::Released { amount } => {
            say(format_args!(
                "{amount} of payment {} is off case {}, and unmatched again",
                short(payment_id),
                short(case_id)
            ));
            Ok(ExitCode::SUCCESS)
        }
        ReleasePaymentAnswer::Refused { reason } => Err(refused(&reason)),
        ReleasePaymentAnswer::Unknown => Err(ON_CASE.unknown(given).into()),
    }
}

pub(super) async fn dismiss(
    session: &Session,
    given: &str,
    code: &str,
) -> Result<ExitCode, Failure> {
    let staff_id = session.staff(code).await?;
    let payment_id = find(session, given).await?.payment_id;
    let id = short(payment_id);
    match session.change_as(staff_id, &DismissProposals { payment_id }).await? {
        DismissProposalsAnswer::Dismissed => {
            say(format_args!("the proposals for payment {id} are shown no more"));
        }
        DismissProposalsAnswer::NothingProposed => {
            say(format_args!("nothing is proposed for payment {id}"));
        }
        DismissProposalsAnswer::Refused { reason } => return Err(refused(&reason)),
    }
    Ok(ExitCode::SUCCESS)
}

pub(super) async fn retract(
    session: &Session,
    given: &str,
    code: &str,
) -> Result<ExitCode, Failure> {
    let staff_id = session.staff(code).await?;
    let payment_id = find(session, given).await?.payment_id;
    let id = short(payment_id);
    match session.change_as(staff_id, &RetractPayment { payment_id }).await? {
        RetractPaymentAnswer::Retracted { amount } => {
            say(format_args!("payment {id} of {amount} is not in the books any more"));
            Ok(ExitCode::SUCCESS)
        }
        RetractPaymentAnswer::Refused { reason } => Err(not_retracted(&reason)),
        RetractPaymentAnswer::Unknown => Err(PAYMENT.unknown(given).into()),
    }
}

fn not_retracted(reason: &RetractionRefusal) -> Failure {
    let said = match reason {
        RetractionRefusal::NotOfTheFinanceDesk => {
            return refused(&AssignmentRefusal::NotOfTheFinanceDesk);
        }
        RetractionRefusal::NotToldEarly => {
            "only what a report told and no statement can be retracted; a statement or a creditor \
             told of this one"
        }
        RetractionRefusal::StatementToCome { received_on } => {
            let said = format!("import the statement of {received_on} first; it may tell of it");
            return Failure::Refused(said);
        }
        RetractionRefusal::OnACase => {
            "it is on a case; take it off with `amicable bank release` first"
        }
    };
    Failure::Refused(said.to_owned())
}

fn refused(reason: &AssignmentRefusal) -> Failure {
    let said = match reason {
        AssignmentRefusal::NotOfTheFinanceDesk => {
            "only staff with the role `finance-desk` may; see `amicable staff list`"
        }
        AssignmentRefusal::NotOneCase => {
            "name claims that are known, all of one case; see `amicable case show`"
        }
        AssignmentRefusal::NothingLeft => {
            "nothing of it is unmatched: it went out, was taken back, or is booked already"
        }
        AssignmentRefusal::WrongAmount { left } => {
            let said = format!("give an amount above zero and of at most {left}");
            return Failure::Refused(said);
        }
        AssignmentRefusal::WrongAccount => {
            "the money lies in the account of another creditor, or is in another currency"
        }
        AssignmentRefusal::NotOnTheCase => {
            "nothing of it is on that case; see `amicable case show`"
        }
        AssignmentRefusal::Reported => {
            "the creditor reported it for one claim; take the report back with `amicable claim \
             unpaid`"
        }
    };
    Failure::Refused(said.to_owned())
}
