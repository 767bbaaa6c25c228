//! `amicable ledger`: the ledger in sums.

use std::process::ExitCode;

use contracts::intake::ListCreditors;
use contracts::payment_reconciliation::{GetBalances, LedgerGroup};

use crate::cli::Ledger;
use crate::failure::Failure;
use crate::find::short;
use crate::output::{Table, say_json};
use crate::session::Session;

pub(crate) async fn run(session: &Session, ledger: &Ledger) -> Result<ExitCode, Failure> {
    let balances = session.asker.ask(&GetBalances {}).await?;
    if ledger.json {
        say_json(&balances);
        return Ok(ExitCode::SUCCESS);
    }
    let creditors = session.asker.ask(&ListCreditors {}).await?.creditors;
    let mut table = Table::new(["what", "whose", "debit", "credit"]);
    for line in &balances.lines {
        let creditor = line.creditor_id.map(|id| {
            let known = creditors.iter().find(|creditor| creditor.creditor_id == id);
            known.map_or_else(|| short(id), |creditor| creditor.code.clone())
        });
        let amount = line.balance.to_string();
        let (debit, credit) = if line.balance.is_negative() {
            (String::new(), amount.trim_start_matches('-').to_owned())
        } else {
            (amount, String::new())
        };
        let whose = creditor.unwrap_or_default();
        table.row([group(&line.group).to_owned(), whose, debit, credit]);
    }
    table.say("nothing was booked yet");
    Ok(ExitCode::SUCCESS)
}

const fn group(group: &LedgerGroup) -> &'static str {
    match group {
        LedgerGroup::Bank => "in the bank",
        LedgerGroup::Unmatched => "unmatched",
        LedgerGroup::Refundable => "to be paid back to debtors",
        LedgerGroup::OwedToCreditor => "owed to the creditor",
        LedgerGroup::SettledAtCreditor => "paid to the creditor itself",
        LedgerGroup::InTransit => "on its way to creditors",
        LedgerGroup::Own => "earned by the agency",
        LedgerGroup::OwedByCreditor => "to be given back by the creditor",
        LedgerGroup::AdvancedToCreditor => "advanced for the creditor",
        LedgerGroup::Receivable => "still owed by debtors",
        LedgerGroup::CreditorClaims => "claims of the creditor",
    }
}
