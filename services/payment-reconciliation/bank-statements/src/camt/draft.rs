//! What the walk has found so far: the statements that have ended, and the one that is being read.
//!
//! Stores only what a statement here consists of, and each entry no longer than until its end.
//! Everything else is passed over, so that memory is bounded by these fields.

use primitives::{Currency, Date};
use rust_decimal::Decimal;

use super::STATEMENT;
use super::entry::EntryDraft;
use super::field::{Field, Figure, Leaf, Number, Place, Scene, Spot};
use crate::problem::{Problem, Problems, Verdict};
use crate::reading::Findings;
use crate::statement::{
    Account, Balance, Direction, Entry, Proof, Statement, Tally, Totals, Verbatim,
};

/// Transactions of one entry; no batch of SEPA has more.
const TRANSACTIONS_MAX: usize = 100_000;
/// Balances of one statement; those of a month of days, several times a day.
const BALANCES_MAX: usize = 1_000;

/// The elements that begin or end something here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Element {
    Statement,
    Balance,
    Entry,
    Details,
    Transaction,
    Reference,
    Return,
    Other,
}

impl Element {
    fn at(path: &str) -> Self {
        match path {
            STATEMENT => Self::Statement,
            BALANCE => Self::Balance,
            ENTRY => Self::Entry,
            DETAILS => Self::Details,
            TRANSACTION => Self::Transaction,
            REFERENCE => Self::Reference,
            RETURN => Self::Return,
            _ => Self::Other,
        }
    }
}

const BALANCE: &str = "Stmt/Bal";
const BALANCE_AMOUNT: Place =
    Place { path: "Stmt/Bal/Amt", no_number: Verdict::Reject, no_currency: Verdict::Report };
const ENTRY: &str = "Stmt/Ntry";
const DETAILS: &str = "Stmt/Ntry/NtryDtls";
const TRANSACTION: &str = "Stmt/Ntry/NtryDtls/TxDtls";
const REFERENCE: &str = "Stmt/Ntry/NtryDtls/TxDtls/RmtInf/Strd";
const RETURN: &str = "Stmt/Ntry/NtryDtls/TxDtls/RtrInf";

/// A message as far as it has been read.
pub(super) struct Draft<'w, 's> {
    findings: &'w mut Findings<'s>,
    open: Option<StatementDraft>,
}

/// `Stmt`.
#[derive(Default)]
struct StatementDraft {
    line: u32,
    spot: Spot,
    id: Option<Verbatim>,
    page: Option<u32>,
    iban: Option<Verbatim>,
    other_account: Option<Verbatim>,
    currency: Option<Currency>,
    from: Option<Date>,
    to: Option<Date>,
    balance: Option<BalanceDraft>,
    balances: Vec<KnownBalance>,
    stated: [Total; 3],
    entry: Option<EntryDraft>,
    entry_count: u32,
    totals: Totals,
}

/// `Bal`.
#[derive(Default)]
struct BalanceDraft {
    line: u32,
    code: Option<String>,
    amount: Option<Figure>,
    direction: Option<Direction>,
    on: Option<Date>,
}

/// The kinds of balances that take part in a proof.
#[derive(Clone, Copy, PartialEq, Eq)]
enum BalanceKind {
    Opening,
    PreviouslyClosed,
    Interim,
    Closing,
}

/// A balance that takes part in a proof, and where it stands.
#[derive(Clone, Copy)]
struct KnownBalance {
    kind: BalanceKind,
    line: u32,
    balance: Balance,
}

/// What the bank says that the entries of one direction, or of both, add up to.
#[derive(Default)]
struct Total {
    count: Option<Number>,
    sum: Option<Number>,
}

/// The totals in the order of [`StatementDraft::stated`].
const TOTALS: [(&str, Option<Direction>); 3] = [
    ("TtlNtries", None),
    ("TtlCdtNtries", Some(Direction::Credit)),
    ("TtlDbtNtries", Some(Direction::Debit)),
];

impl<'w, 's> Draft<'w, 's> {
    pub(super) const fn new(findings: &'w mut Findings<'s>) -> Self {
        Self { findings, open: None }
    }

    /// An element begins.
    pub(super) fn opened(&mut self, path: &str, line: u32) -> Result<Element, Problem> {
        let element = Element::at(path);
        if element == Element::Statement {
            let statement = Some(self.findings.begin_statement(STATEMENT, line)?);
            let spot = Spot { statement, entry: None };
            self.open = Some(StatementDraft { line, spot, ..StatementDraft::default() });
        }
        let Some(statement) = &mut self.open else { return Ok(element) };
        match element {
            Element::Balance if statement.balances.len() >= BALANCES_MAX => {
                let reason = format!("stands there more than {BALANCES_MAX} times");
                return Err(too_much(BALANCE, line, reason));
            }
            Element::Balance => {
                statement.balance = Some(BalanceDraft { line, ..BalanceDraft::default() });
            }
            Element::Entry => statement.begin_entry(line),
            Element::Transaction => {
                let Some(entry) = &mut statement.entry else { return Ok(element) };
                if entry.begin_transaction() > TRANSACTIONS_MAX {
                    let reason = format!("stands there more than {TRANSACTIONS_MAX} times");
                    return Err(too_much(TRANSACTION, line, reason));
                }
            }
            Element::Statement
            | Element::Details
            | Element::Reference
            | Element::Return
            | Element::Other => {}
        }
        Ok(element)
    }

    /// An element without children ends.
    pub(super) fn value(&mut self, path: &str, leaf: &Leaf) {
        let Some(statement) = &mut self.open else { return };
        let Some(name) = path.strip_prefix("Stmt/") else { return };
        let (spot, problems) = (statement.spot, &mut self.findings.problems);
        statement.value(name, &mut Field { path, leaf, spot, problems });
    }

    /// An element ends, with children or without.
    pub(super) fn closed(&mut self, element: Element) {
        let Some(statement) = &mut self.open else { return };
        let entry = statement.entry.as_mut();
        match element {
            Element::Reference => {
                if let Some(transaction) = entry.and_then(EntryDraft::transaction) {
                    transaction.end_reference();
                }
            }
            Element::Return => {
                if let Some(transaction) = entry.and_then(EntryDraft::transaction) {
                    transaction.end_return();
                }
            }
            Element::Details => {
                if let Some(entry) = entry {
                    entry.end_details();
                }
            }
            Element::Balance => statement.end_balance(&mut self.findings.problems),
            Element::Entry => {
                let entry = statement.end_entry(&mut self.findings.problems);
                if let Some(entry) = entry {
                    statement.totals.add(&entry);
                    self.findings.entry(entry);
                }
            }
            Element::Statement => {
                let statement = self.open.take();
                let finished = statement.and_then(|it| it.finish(&mut self.findings.problems));
                if let Some(statement) = finished {
                    self.findings.statement(statement);
                }
            }
            Element::Transaction | Element::Other => {}
        }
    }

    /// The message ends.
    pub(super) fn conclude(&mut self) {
        if self.findings.statement_count() == 0 {
            let reason = "is missing: the message holds no statement";
            let problem = Problem::reject(STATEMENT, None, reason, super::field::ASK);
            self.findings.problems.add(problem);
        }
    }
}

impl StatementDraft {
    fn begin_entry(&mut self, line: u32) {
        self.entry_count = self.entry_count.saturating_add(1);
        self.spot.entry = Some(self.entry_count);
        self.entry = Some(EntryDraft::at(line));
    }

    fn value(&mut self, name: &str, field: &mut Field) {
        if let (Some(entry), Some(name)) = (&mut self.entry, name.strip_prefix("Ntry/")) {
            match (name.strip_prefix("NtryDtls/TxDtls/"), entry.transaction()) {
                (Some(name), Some(transaction)) => transaction.value(name, field),
                _ => entry.value(name, field),
            }
            return;
        }
        if let (Some(balance), Some(name)) = (&mut self.balance, name.strip_prefix("Bal/")) {
            return balance.value(name, field);
        }
        match name {
            "Id" => field.once(&mut self.id, Field::text),
            "StmtPgntn/PgNb" => field.once(&mut self.page, Field::ordinal),
            "Acct/Id/IBAN" => field.once(&mut self.iban, Field::text),
            "Acct/Id/Othr/Id" => field.once(&mut self.other_account, Field::text),
            "Acct/Ccy" => field.once(&mut self.currency, Field::currency),
            "FrToDt/FrDtTm" => field.once(&mut self.from, Field::day),
            "FrToDt/ToDtTm" => field.once(&mut self.to, Field::day),
            _ => self.total(name, field),
        }
    }

    fn total(&mut self, name: &str, field: &mut Field) {
        let Some((group, name)) = name.strip_prefix("TxsSummry/").and_then(|it| it.split_once('/'))
        else {
            return;
        };
        for ((known, _), total) in TOTALS.iter().zip(&mut self.stated) {
            match name {
                "NbOfNtries" if group == *known => field.once(&mut total.count, Field::number),
                "Sum" if group == *known => field.once(&mut total.sum, Field::number),
                _ => {}
            }
        }
    }

    fn end_balance(&mut self, problems: &mut Problems) {
        let mut scene = Scene { spot: self.spot, problems };
        let balance = self.balance.take().and_then(|it| it.finish(self.currency, &mut scene));
        self.balances.extend(balance);
    }

    fn end_entry(&mut self, problems: &mut Problems) -> Option<Entry> {
        let mut scene = Scene { spot: self.spot, problems };
        let own = self.iban.as_ref().or(self.other_account.as_ref());
        self.spot.entry = None;
        self.entry.take()?.finish(own, self.currency, &mut scene)
    }

    /// The statement, where it is known whose it is.
    fn finish(self, problems: &mut Problems) -> Option<Statement> {
        let (line, stated) = (self.line, self.stated);
        let mut scene = Scene { spot: self.spot, problems };
        if self.id.is_none() {
            scene.add(Verdict::Report, "Stmt/Id", line, "is missing");
        }
        let is_iban = self.iban.is_some();
        let Some(number) = self.iban.or(self.other_account) else {
            scene.add(Verdict::Reject, "Stmt/Acct/Id", line, "is missing: whose account is it?");
            return None;
        };
        let those = |kind| self.balances.iter().filter(move |it| it.kind == kind);
        let earliest = |kind| those(kind).min_by_key(|it| it.balance.on);
        let opening = earliest(BalanceKind::Opening)
            .or_else(|| earliest(BalanceKind::PreviouslyClosed))
            .or_else(|| earliest(BalanceKind::Interim));
        let closing = those(BalanceKind::Closing).max_by_key(|it| it.balance.on);
        let statement = Statement {
            id: self.id.unwrap_or_default(),
            page: self.page,
            account: Account { number, is_iban },
            currency: self.currency,
            opening: opening.map(|it| it.balance),
            closing: closing.map(|it| it.balance),
            from: self.from,
            to: self.to,
            totals: self.totals,
        };
        let proof = statement.proof();
        tell_of(proof, closing.map_or(line, |it| it.line), &mut scene);
        // What the balances prove needs no second proof, and the totals of some banks are no sums.
        if proof != Proof::Holds {
            for ((name, direction), total) in TOTALS.iter().zip(&stated) {
                total.compare(name, &statement, *direction, &mut scene);
            }
        }
        Some(statement)
    }
}

fn too_much(path: &'static str, line: u32, reason: String) -> Problem {
    Problem::reject(path, Some(line), reason, "download shorter periods")
}

fn tell_of(proof: Proof, line: u32, scene: &mut Scene) {
    let reason = match proof {
        Proof::Holds | Proof::NoBalances => return,
        Proof::Differs { expected, stated } => {
            format!("opening balance and booked entries make {expected}, not {stated} as stated")
        }
        Proof::SeveralCurrencies => {
            "balances and booked entries are in several currencies and prove nothing".to_owned()
        }
    };
    scene.add(Verdict::Report, BALANCE, line, reason);
}

impl BalanceDraft {
    fn value(&mut self, name: &str, field: &mut Field) {
        match name {
            "Tp/CdOrPrtry/Cd" => field.once(&mut self.code, Field::code),
            "Amt" => field.once(&mut self.amount, Field::figure),
            "CdtDbtInd" => field.once(&mut self.direction, Field::direction),
            "Dt/Dt" | "Dt/DtTm" => field.once(&mut self.on, Field::day),
            _ => {}
        }
    }

    /// The balance, if it is of a kind that proves something. Without a direction it is a credit:
    /// some banks leave the direction out, and none leaves it out of a debit.
    fn finish(self, account: Option<Currency>, scene: &mut Scene) -> Option<KnownBalance> {
        let kind = match self.code?.as_str() {
            "OPBD" => BalanceKind::Opening,
            "PRCD" => BalanceKind::PreviouslyClosed,
            "ITBD" => BalanceKind::Interim,
            "CLBD" => BalanceKind::Closing,
            _ => return None,
        };
        let Some(figure) = self.amount else {
            scene.add(Verdict::Reject, BALANCE_AMOUNT.path, self.line, "is missing");
            return None;
        };
        let amount = scene.amount(&figure, &BALANCE_AMOUNT, account)?;
        let amount = amount.towards(self.direction.unwrap_or(Direction::Credit));
        Some(KnownBalance { kind, line: self.line, balance: Balance { amount, on: self.on } })
    }
}

impl Total {
    /// Notes each number that is true neither of all entries nor of the booked ones: banks count
    /// either. What the bank does not say is not wrong.
    fn compare(
        &self,
        name: &str,
        statement: &Statement,
        direction: Option<Direction>,
        scene: &mut Scene,
    ) {
        let Totals { all, booked, .. } = &statement.totals;
        let [all, booked] =
            [all, booked].map(|it| direction.map_or_else(|| it.together(), |way| it.of(way)));
        let count = |tally: Tally| Decimal::from(tally.count);
        let sum = |tally: Tally| tally.sum.normalize();
        for (field, stated, all, booked) in [
            ("NbOfNtries", self.count, count(all), count(booked)),
            ("Sum", self.sum, sum(all), sum(booked)),
        ] {
            let Some(Number { value, line }) = stated else { continue };
            if value == all || value == booked {
                continue;
            }
            let or_booked =
                if all == booked { String::new() } else { format!(", the booked ones {booked}") };
            let reason =
                format!("is {value}, but the entries that are there make {all}{or_booked}");
            scene.add(Verdict::Report, format!("Stmt/TxsSummry/{name}/{field}"), line, reason);
        }
    }
}
