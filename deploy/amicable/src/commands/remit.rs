//! `amicable remit`: payments of collected money to creditors.

use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use contracts::agreement::Settlement;
use contracts::payment_reconciliation::{
    ApproveRemittance, ApproveRemittanceAnswer, CarriedRemittance, FeeInvoice, FeeInvoiceKind,
    FeeInvoiceState, FeePaymentRefusal, ListRemittances, MarkFeePaid, MarkFeePaidAnswer,
    ProposeRemittance, ProposeRemittanceAnswer, Remittance, RemittanceRefusal, RemittanceState,
};
use primitives::{ContentHash, CreditorId, Date, Money, RemittanceId, StaffId};
use tokio::time::{Instant, sleep};

use crate::cli::Remit;
use crate::failure::Failure;
use crate::find::{Kind, short};
use crate::moment::{told, told_day};
use crate::output::{Table, say, say_json};
use crate::session::{LIST_MAX, PATIENCE, People, Session};

const REMITTANCE: Kind = Kind { name: "remittance", list: "amicable remit list" };
const LOOK_EVERY: Duration = Duration::from_millis(50);

pub(crate) async fn run(session: &Session, remit: Remit) -> Result<ExitCode, Failure> {
    match remit {
        Remit::Propose { creditor, again, who, json } => {
            let creditor_id = session.creditor(&creditor).await?;
            let staff_id = session.staff(&who.code).await?;
            let mut carried = Vec::with_capacity(again.len());
            for given in &again {
                carried.push(find(session, given).await?);
            }
            let proposal = propose(session, creditor_id, carried, staff_id).await?;
            match &proposal {
                Proposal::New(remittance) | Proposal::Waiting(remittance) if json => {
                    say_json(remittance);
                }
                Proposal::New(remittance) => tell(remittance),
                Proposal::Waiting(remittance) => {
                    let people = session.people().await?;
                    let by = proposer(&people, remittance.proposed_by);
                    let is_own = remittance.proposed_by == Some(staff_id);
                    let approver = if is_own { None } else { Some(who.code.as_str()) };
                    waiting(remittance, &by, approver).iter().for_each(say);
                    tell(remittance);
                }
                Proposal::Nothing if json => say_json(&None::<Remittance>),
                Proposal::Nothing => {
                    say("nothing to pay: no money was collected since the last time");
                }
            }
        }
        Remit::Approve { id, who, json } => {
            let remittance_id = find(session, &id).await?;
            let remittance = approve(session, remittance_id, &who.code).await?;
            let files = save(session, &remittance).await?;
            if json {
                say_json(&remittance);
            } else {
                tell(&remittance);
                for file in files {
                    say(format_args!("  {}", file.display()));
                }
            }
        }
        Remit::Paid { id, on, because, who } => paid(session, &id, on, because, &who.code).await?,
        Remit::List { limit, json } => list(session, limit.limit, json).await?,
    }
    Ok(ExitCode::SUCCESS)
}

/// What came of a proposal.
pub(crate) enum Proposal {
    New(Remittance),
    /// One waits for its approval already; nothing new was put together.
    Waiting(Remittance),
    Nothing,
}

/// Puts together what a creditor is to be paid, with what came back and goes along.
pub(crate) async fn propose(
    session: &Session,
    creditor_id: CreditorId,
    again: Vec<RemittanceId>,
    staff_id: StaffId,
) -> Result<Proposal, Failure> {
    match session.change_as(staff_id, &ProposeRemittance { creditor_id, again }).await? {
        ProposeRemittanceAnswer::Proposed(remittance) => Ok(Proposal::New(remittance)),
        ProposeRemittanceAnswer::Waiting(remittance) => Ok(Proposal::Waiting(remittance)),
        ProposeRemittanceAnswer::NothingToRemit => Ok(Proposal::Nothing),
        ProposeRemittanceAnswer::Refused { reason } => Err(refused(&reason)),
    }
}

/// Approves a proposal, and waits for the files that are made of it.
pub(crate) async fn approve(
    session: &Session,
    remittance_id: RemittanceId,
    code: &str,
) -> Result<Remittance, Failure> {
    let staff_id = session.staff(code).await?;
    match session.change_as(staff_id, &ApproveRemittance { remittance_id }).await? {
        ApproveRemittanceAnswer::Approved(_) | ApproveRemittanceAnswer::AlreadyApproved(_) => {}
        ApproveRemittanceAnswer::Refused { reason } => return Err(refused(&reason)),
        ApproveRemittanceAnswer::Unknown => {
            return Err(REMITTANCE.unknown(&remittance_id.to_string()).into());
        }
    }
    let begun = Instant::now();
    loop {
        let all = remittances(session, LIST_MAX).await?;
        let made = all.into_iter().find(|remittance| {
            let is_invoiced = remittance.invoice.as_ref().is_none_or(|it| it.document.is_some());
            let are_made = remittance.payment_order.is_some() && is_invoiced;
            remittance.remittance_id == remittance_id && are_made
        });
        match made {
            Some(remittance) => return Ok(remittance),
            None if begun.elapsed() < PATIENCE => sleep(LOOK_EVERY).await,
            None => {
                let said = "approved, but its files are not made yet; look again with `amicable \
                            remit list`";
                return Err(Failure::Refused(said.to_owned()));
            }
        }
    }
}

/// Lays the payment order, the specification, the statement and the invoice where a person finds
/// them.
pub(crate) async fn save(
    session: &Session,
    remittance: &Remittance,
) -> Result<Vec<PathBuf>, Failure> {
    let folder = session.layout.remittances();
    fs::create_dir_all(&folder).map_err(Failure::io("make", &folder))?;
    let id = short(remittance.remittance_id);
    let (invoice, document) = match &remittance.invoice {
        Some(invoice) => (invoice_name(invoice), invoice.document),
        None => (String::new(), None),
    };
    let files: [(String, Option<ContentHash>); 5] = [
        (format!("{id}-payment-order.xml"), remittance.payment_order),
        (format!("{id}-specification.csv"), remittance.specification),
        (format!("{id}-specification.pdf"), remittance.specification_pdf),
        (format!("{id}-statement.xml"), remittance.statement),
        (format!("{id}-{invoice}.xml"), document),
    ];
    let mut saved = Vec::new();
    for (name, content) in files {
        let Some(content) = content else { continue };
        let file = folder.join(name);
        let bytes = session.files.get(content).await?;
        fs::write(&file, bytes).map_err(Failure::io("write", &file))?;
        saved.push(file);
    }
    Ok(saved)
}

/// Marks an invoice as paid.
async fn paid(
    session: &Session,
    given: &str,
    paid_on: Date,
    because: String,
    code: &str,
) -> Result<(), Failure> {
    let staff_id = session.staff(code).await?;
    let all = remittances(session, LIST_MAX).await?;
    let has_number = |it: &&Remittance| it.invoice.as_ref().is_some_and(|it| it.number == given);
    let remittance_id = match all.iter().find(has_number) {
        Some(remittance) => remittance.remittance_id,
        None => REMITTANCE.find(given, all.iter().map(|it| it.remittance_id))?,
    };
    let request = MarkFeePaid { remittance_id, paid_on, because };
    match session.change_as(staff_id, &request).await? {
        MarkFeePaidAnswer::Marked(invoice) => say(invoiced(&invoice)),
        MarkFeePaidAnswer::AlreadyPaid(invoice) => {
            say(format_args!("nothing new: {}", invoiced(&invoice)));
        }
        MarkFeePaidAnswer::Refused { reason } => return Err(not_marked(&reason)),
        MarkFeePaidAnswer::Unknown => {
            let said = format!("no invoice was issued with {given}; see `amicable remit list`");
            return Err(Failure::Refused(said));
        }
    }
    Ok(())
}

fn not_marked(reason: &FeePaymentRefusal) -> Failure {
    Failure::Refused(
        match reason {
            FeePaymentRefusal::NotOfTheFinanceDesk => {
                "only staff with the role `finance-desk` may; see `amicable staff list`"
            }
            FeePaymentRefusal::NoReason => "say where it can be seen that it was paid: --because",
            FeePaymentRefusal::SettledWithRemittance => {
                "the remittance settled it: there is nothing left to pay"
            }
            FeePaymentRefusal::NotOnThatDay => {
                "that day is still to come, or before the day of the invoice"
            }
        }
        .to_owned(),
    )
}

/// Such as `invoice-2026-000017`.
fn invoice_name(invoice: &FeeInvoice) -> String {
    let kind = match invoice.kind {
        FeeInvoiceKind::Invoice => "invoice",
        FeeInvoiceKind::CreditNote => "credit-note",
    };
    format!("{kind}-{}", invoice.number)
}

async fn find(session: &Session, given: &str) -> Result<RemittanceId, Failure> {
    let all = remittances(session, LIST_MAX).await?;
    Ok(REMITTANCE.find(given, all.into_iter().map(|remittance| remittance.remittance_id))?)
}

async fn remittances(session: &Session, limit: u32) -> Result<Vec<Remittance>, Failure> {
    let list = ListRemittances { limit, creditor_id: None };
    Ok(session.asker.ask(&list).await?.remittances)
}

async fn list(session: &Session, limit: u32, json: bool) -> Result<(), Failure> {
    let all = remittances(session, limit).await?;
    if json {
        say_json(&all);
        return Ok(());
    }
    let creditors = session.asker.ask(&contracts::intake::ListCreditors {}).await?.creditors;
    let people = session.people().await?;
    let by = |staff_id| people.code(staff_id);
    let mut table = Table::new([
        "remittance",
        "creditor",
        "proposed",
        "by",
        "approved by",
        "to pay",
        "state",
        "invoice",
    ]);
    for remittance in &all {
        let creditor = creditors.iter().find(|it| it.creditor_id == remittance.creditor_id);
        table.row([
            short(remittance.remittance_id),
            creditor.map_or_else(|| short(remittance.creditor_id), |it| it.code.clone()),
            told(remittance.proposed_at),
            proposer(&people, remittance.proposed_by),
            remittance.approved_by.map(by).unwrap_or_default(),
            remittance.amount.to_string(),
            state(&remittance.state),
            remittance.invoice.as_ref().map(|it| it.number.clone()).unwrap_or_default(),
        ]);
    }
    table.say("no remittances yet; begin with `amicable remit propose`");
    all.iter().filter_map(came_back).for_each(say);
    Ok(())
}

/// That the bank sent it back, and what is to be done.
fn came_back(remittance: &Remittance) -> Option<String> {
    let returned = remittance.returned.as_ref()?;
    let id = short(remittance.remittance_id);
    let on = told_day(returned.returned_on);
    let code = returned.reason_code.as_ref().map(|code| format!(" ({code})")).unwrap_or_default();
    Some(match returned.paid_again_by {
        Some(by) => {
            format!("remittance {id} came back on {on}{code}; paid again with {}", short(by))
        }
        None => format!(
            "remittance {id} came back on {on}{code}: look at the creditor's account, then \
             `amicable remit propose CREDITOR --again {id} --as CODE` pays it again"
        ),
    })
}

/// Who proposed it: a person, or the agreed rhythm.
fn proposer(people: &People, staff_id: Option<StaffId>) -> String {
    staff_id.map_or_else(|| "the agreed rhythm".to_owned(), |staff_id| people.code(staff_id))
}

/// That nothing new was proposed, and what to do with the one that waits; where the asker did not
/// propose it himself, he may approve it.
fn waiting(remittance: &Remittance, by: &str, approver: Option<&str>) -> [String; 2] {
    let (id, since) = (short(remittance.remittance_id), told(remittance.proposed_at));
    let who = approver.map_or("somebody else of the finance desk approves it", |_| "approve it");
    let code = approver.unwrap_or("CODE");
    [
        format!("nothing new: remittance {id} waits already, proposed by {by} {since}"),
        format!(
            "{who} with `amicable remit approve {id} --as {code}`; what came in since goes with \
             the next one"
        ),
    ]
}

fn tell(remittance: &Remittance) {
    let Remittance { collected, kept_costs, commission, commission_vat, amount, .. } = remittance;
    let back = |it: &CarriedRemittance| {
        format!(
            "  came back, paid again  {:>14} ({})",
            it.amount.to_string(),
            short(it.remittance_id)
        )
    };
    let id = short(remittance.remittance_id);
    say(format_args!("remittance {id}: {}", state(&remittance.state)));
    say(format_args!("  collected              {:>14}", collected.to_string()));
    remittance.carried.iter().map(back).for_each(say);
    match remittance.settlement {
        Settlement::Net => {
            say(format_args!("  collection costs kept  {:>14}", less(*kept_costs)));
            say(format_args!("  commission             {:>14}", less(*commission)));
            let vat = if remittance.invoice.is_some() { "VAT on both" } else { "VAT" };
            say(format_args!("  {vat:<22} {:>14}", less(*commission_vat)));
            say(format_args!("  to pay to the creditor {:>14}", amount.to_string()));
        }
        Settlement::Gross => {
            say(format_args!("  to pay to the creditor {:>14}", amount.to_string()));
            say("  to be charged to it separately:");
            say(format_args!("  collection costs       {:>14}", kept_costs.to_string()));
            say(format_args!("  commission             {:>14}", commission.to_string()));
            say(format_args!("  VAT on both            {:>14}", commission_vat.to_string()));
        }
    }
    if let Some(invoice) = &remittance.invoice {
        say(format_args!("  {}", invoiced(invoice)));
    }
    let lines = remittance.lines.len();
    say(format_args!("  {}", crate::sentences::counted(&lines, "payment line")));
}

/// The agency's own invoice, and how it is paid.
fn invoiced(invoice: &FeeInvoice) -> String {
    let kind = match invoice.kind {
        FeeInvoiceKind::Invoice => "invoice",
        FeeInvoiceKind::CreditNote => "credit note",
    };
    let state = match invoice.state {
        FeeInvoiceState::SettledWithRemittance => "settled with the remittance".to_owned(),
        FeeInvoiceState::Open { due_on } => format!("to be paid by {}", told_day(due_on)),
        FeeInvoiceState::Paid { paid_on } => format!("paid on {}", told_day(paid_on)),
    };
    let vat = if invoice.reverse_charge { ", VAT reverse-charged" } else { "" };
    format!("{kind} {} of {}{vat}, {state}", invoice.number, invoice.total)
}

/// What is taken off; below zero it is given back.
fn less(amount: Money) -> String {
    amount.checked_neg().map_or_else(|_| format!("-{amount}"), |less| less.to_string())
}

fn state(state: &RemittanceState) -> String {
    match state {
        RemittanceState::Proposed => "proposed; somebody else approves it".to_owned(),
        RemittanceState::Approved => "approved; the bank has not shown it yet".to_owned(),
        RemittanceState::Paid { paid_on } => format!("paid on {}", told_day(*paid_on)),
        RemittanceState::Void => "void".to_owned(),
    }
}

fn refused(reason: &RemittanceRefusal) -> Failure {
    Failure::Refused(
        match reason {
            RemittanceRefusal::NotOfTheFinanceDesk => {
                "only staff with the role `finance-desk` may; see `amicable staff list`"
            }
            RemittanceRefusal::SamePerson => {
                "whoever proposed it may not approve it; ask somebody else of the finance desk"
            }
            RemittanceRefusal::Outdated => {
                "what was collected, or how it is invoiced, changed since; propose it anew with \
                 `amicable remit propose`"
            }
            RemittanceRefusal::NotReturned { remittance_id } => {
                let said = format!(
                    "remittance {} did not come back, or is paid again already; see `amicable \
                     remit list`",
                    short(*remittance_id)
                );
                return Failure::Refused(said);
            }
        }
        .to_owned(),
    )
}

#[cfg(test)]
mod tests {
    use primitives::Currency;
    use uuid::Uuid;

    use super::*;

    /// Whoever comes second learns that nothing was proposed, who did before, and what is next.
    #[test]
    fn one_that_waits_is_not_told_as_new() {
        let nothing = Money::zero(Currency::EUR);
        let remittance = Remittance {
            remittance_id: RemittanceId::from_uuid(Uuid::from_u128(0x4be1_0000 << 96)),
            creditor_id: CreditorId::from_uuid(Uuid::nil()),
            state: RemittanceState::Proposed,
            collected: nothing,
            settlement: Settlement::Net,
            kept_costs: nothing,
            commission: nothing,
            commission_vat: nothing,
            carried: Vec::new(),
            amount: nothing,
            lines: Vec::new(),
            proposed_by: Some(StaffId::from_uuid(Uuid::nil())),
            proposed_at: "2026-03-02T08:00:00Z".parse().unwrap(),
            approved_by: None,
            payment_order: None,
            specification: None,
            specification_pdf: None,
            statement: None,
            invoice: None,
            returned: None,
        };
        let [what, next] = waiting(&remittance, "finn", Some("femke"));
        let since = "Mon 2 Mar 2026 09:00";
        let waits = "remittance 4be10000 waits already, proposed by finn";
        assert_eq!(what, format!("nothing new: {waits} {since}"));
        assert!(next.starts_with("approve it with `amicable remit approve 4be10000 --as femke`"));
        let [_, next] = waiting(&remittance, "finn", None);
        assert!(next.starts_with("somebody else of the finance desk approves it"), "{next}");
    }

    /// Commission that is given back is no double negative.
    #[test]
    fn what_is_given_back_bears_one_sign() {
        let less = |minor| less(Money::new(minor, Currency::EUR));
        assert_eq!([less(1_815), less(-1_815)], ["-18.15 EUR", "18.15 EUR"]);
    }
}
