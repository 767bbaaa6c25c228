//! `amicable ledger`: the ledger in sums, the proof that it is right, and the positions of cases.

use std::collections::BTreeMap;
use std::process::ExitCode;

use contracts::intake::ListCreditors;
use contracts::payment_reconciliation::{
    BooksProof, BooksSums, GetBalances, GetPositions, LedgerGroup, PositionSums, ProveBooks,
};
use primitives::{Currency, Money, MoneyError};

use crate::cli::{Ledger, LedgerDeed, Positions};
use crate::failure::Failure;
use crate::find::short;
use crate::output::{Table, say, say_json, say_json_line};
use crate::session::Session;

pub(crate) async fn run(session: &Session, ledger: &Ledger) -> Result<ExitCode, Failure> {
    match &ledger.deed {
        Some(LedgerDeed::Prove { json }) => return prove(session, *json).await,
        Some(LedgerDeed::Positions(positions)) => return tell_positions(session, positions).await,
        None => {}
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

/// So many cases are asked at a time.
const PAGE: u32 = 1000;

/// Page by page: a large agency's positions need no memory.
async fn tell_positions(session: &Session, wanted: &Positions) -> Result<ExitCode, Failure> {
    let creditor_id = match &wanted.creditor {
        Some(given) => Some(session.creditor(given).await?),
        None => None,
    };
    let mut sums = BTreeMap::new();
    let mut asked = GetPositions { creditor_id, as_of: wanted.on, after: None, limit: PAGE };
    if wanted.csv {
        say("case,creditor,claims_open,currency,open,costs,interest,principal,refundable");
    }
    loop {
        let page = session.asker.ask(&asked).await?;
        // Every page tells of the same day, also when midnight passes in between.
        asked.as_of = Some(page.as_of);
        for position in &page.positions {
            if wanted.json {
                say_json_line(position);
            } else if wanted.csv {
                say_row(position);
            } else {
                let currency = position.open.currency();
                let sum = sums.entry((position.creditor_id, currency));
                let sum = sum.or_insert_with(|| CreditorSums::of(currency));
                sum.add(position).map_err(|error| Failure::NoAnswer(error.to_string()))?;
            }
        }
        asked.after = page.next;
        if page.next.is_none() {
            break;
        }
    }
    if wanted.csv || wanted.json {
        return Ok(ExitCode::SUCCESS);
    }
    let creditors = session.asker.ask(&ListCreditors {}).await?.creditors;
    let mut table = Table::new([
        "creditor",
        "cases",
        "open claims",
        "open",
        "costs",
        "interest",
        "principal",
        "refundable",
    ]);
    for ((creditor_id, _), sum) in &sums {
        let known = creditors.iter().find(|creditor| creditor.creditor_id == *creditor_id);
        let [open, costs, interest, principal, refundable] =
            sum.amounts.map(|amount| amount.to_string());
        table.row([
            known.map_or_else(|| short(creditor_id), |creditor| creditor.code.clone()),
            sum.cases.to_string(),
            sum.claims.to_string(),
            open,
            costs,
            interest,
            principal,
            refundable,
        ]);
    }
    table.say("nothing was owed then");
    Ok(ExitCode::SUCCESS)
}

/// What is owed to a creditor on all of its cases.
struct CreditorSums {
    /// On which something is open, or to be paid back.
    cases: u64,
    claims: u64,
    /// Open in all, costs, interest, principal, to be paid back.
    amounts: [Money; 5],
}

impl CreditorSums {
    const fn of(currency: Currency) -> Self {
        Self { cases: 0, claims: 0, amounts: [Money::zero(currency); 5] }
    }

    fn add(&mut self, position: &PositionSums) -> Result<(), MoneyError> {
        self.cases = self.cases.saturating_add(u64::from(matters(position)));
        self.claims = self.claims.saturating_add(u64::from(position.claims_open));
        for (sum, amount) in self.amounts.iter_mut().zip(amounts(position)) {
            *sum = sum.checked_add(amount)?;
        }
        Ok(())
    }
}

const fn amounts(position: &PositionSums) -> [Money; 5] {
    let PositionSums { open, costs_open, interest_open, principal_open, refundable, .. } =
        *position;
    [open, costs_open, interest_open, principal_open, refundable]
}

/// Whether something is open, or to be paid back.
const fn matters(position: &PositionSums) -> bool {
    !position.open.is_zero() || !position.refundable.is_zero()
}

fn say_row(position: &PositionSums) {
    if matters(position) {
        let PositionSums { case_id, creditor_id, claims_open, .. } = position;
        let currency = position.open.currency();
        let amounts = amounts(position).map(|amount| amount.to_decimal().to_string());
        say(format_args!("{case_id},{creditor_id},{claims_open},{currency},{}", amounts.join(",")));
    }
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
