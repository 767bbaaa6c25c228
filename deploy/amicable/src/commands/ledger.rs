//! `amicable ledger`: the ledger in sums, and the proof that it is right.

use std::process::ExitCode;

use contracts::intake::ListCreditors;
use contracts::payment_reconciliation::{
    BooksProof, BooksSums, GetBalances, LedgerGroup, ProveBooks,
};
use primitives::Money;

use crate::cli::{Ledger, LedgerDeed};
use crate::failure::Failure;
use crate::find::short;
use crate::output::{Table, say, say_json};
use crate::session::Session;

pub(crate) async fn run(session: &Session, ledger: &Ledger) -> Result<ExitCode, Failure> {
    if let Some(LedgerDeed::Prove { json }) = ledger.deed {
        return prove(session, json).await;
    }
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

async fn prove(session: &Session, json: bool) -> Result<ExitCode, Failure> {
    let proof = session.asker.ask(&ProveBooks {}).await?;
    if json {
        say_json(&proof);
    } else {
        tell(&proof);
    }
    Ok(if proof.is_proven { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn tell(proof: &BooksProof) {
    for sums in &proof.sums {
        let mut table = Table::new(["what", "amount"]);
        for (what, amount) in rows(sums) {
            table.row([what.to_owned(), amount]);
        }
        table.say("");
        say("");
    }
    for problem in &proof.problems {
        say(format_args!("WRONG {}", problem.detail));
    }
    let is_told = proof.sums.iter().all(|it| it.bank_by_statements.is_some());
    say(match (proof.is_proven, is_told) {
        (true, true) => format!("{}: the books are proven", proof.on),
        (true, false) => format!(
            "{}: the books balance; the bank told no balances that they could be compared with",
            proof.on
        ),
        (false, _) => format!("{}: the books are not proven", proof.on),
    });
}

/// The equation, line by line.
fn rows(sums: &BooksSums) -> [(&'static str, String); 10] {
    let told = |amount: Option<Money>| {
        amount.map_or_else(|| "not told".to_owned(), |amount| amount.to_string())
    };
    let difference = sums.bank_by_statements.and_then(|it| sums.bank.checked_sub(it).ok());
    [
        ("in the bank, by the ledger", sums.bank.to_string()),
        ("in the bank, by its statements", told(sums.bank_by_statements)),
        ("difference", told(difference)),
        ("held before the first statement", told(sums.held_before)),
        ("paid by link, with the provider", sums.at_provider.to_string()),
        ("ordered, and not paid yet", sums.in_transit.to_string()),
        ("owed to creditors", sums.owed_to_creditors.to_string()),
        ("earned by the agency", sums.own.to_string()),
        ("to be paid back to debtors", sums.refundable.to_string()),
        ("unmatched", sums.unmatched.to_string()),
    ]
}

const fn group(group: &LedgerGroup) -> &'static str {
    match group {
        LedgerGroup::Bank => "in the bank",
        LedgerGroup::AtProvider => "paid by link, with the provider",
        LedgerGroup::Unmatched => "unmatched",
        LedgerGroup::Refundable => "to be paid back to debtors",
        LedgerGroup::OwedToCreditor => "owed to the creditor",
        LedgerGroup::SettledAtCreditor => "paid to the creditor itself",
        LedgerGroup::InTransit => "ordered, and not paid yet",
        LedgerGroup::Own => "earned by the agency",
        LedgerGroup::OwedByCreditor => "to be given back by the creditor",
        LedgerGroup::AdvancedToCreditor => "advanced for the creditor",
        LedgerGroup::Receivable => "still owed by debtors",
        LedgerGroup::CreditorClaims => "claims of the creditor",
        LedgerGroup::FeesOwedByCreditor => "charged to the creditor separately",
        LedgerGroup::FeesCharged => "income that is charged separately",
    }
}
