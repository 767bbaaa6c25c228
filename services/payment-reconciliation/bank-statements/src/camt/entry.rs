//! One entry and its transactions, as far as they have been read.
//!
//! Holds what the file says until the entry ends; only then is it known which side is the other
//! side and which of several amounts is the one of the entry's currency.

use primitives::{Currency, Date};
use rust_decimal::Decimal;

use super::field::{Field, Figure, Number, Place, Scene};
use crate::problem::Verdict;
use crate::statement::{
    Account, Amount, BankCode, Direction, Entry, EntryStatus, Reference, Return, Transaction,
    Verbatim,
};

const ENTRY: &str = "Stmt/Ntry";
const DIRECTION: &str = "Stmt/Ntry/CdtDbtInd";
const BATCH_COUNT: &str = "Stmt/Ntry/NtryDtls/Btch/NbOfTxs";
const AMOUNT: Place =
    Place { path: "Stmt/Ntry/Amt", no_number: Verdict::Reject, no_currency: Verdict::Reject };
/// The entry is sound without the amounts of its transactions.
const DETAILS_AMOUNT: Place = Place {
    path: "Stmt/Ntry/NtryDtls/TxDtls/Amt",
    no_number: Verdict::Report,
    no_currency: Verdict::Report,
};
const DETAILS_BOOKED_AMOUNT: Place =
    Place { path: "Stmt/Ntry/NtryDtls/TxDtls/AmtDtls/TxAmt/Amt", ..DETAILS_AMOUNT };

/// `Ntry`.
#[derive(Default)]
pub(super) struct EntryDraft {
    line: u32,
    amount: Option<Figure>,
    direction: Option<Direction>,
    status: Option<EntryStatus>,
    booked_on: Option<Date>,
    value_on: Option<Date>,
    reversal: Option<bool>,
    entry_reference: Option<Verbatim>,
    servicer_reference: Option<Verbatim>,
    batch_ids: Vec<Verbatim>,
    code: BankCode,
    additional: Option<Verbatim>,
    transactions: Vec<TransactionDraft>,
    batch: BatchDraft,
}

/// What the open `NtryDtls` and those before it say of how many transactions there are.
#[derive(Default)]
struct BatchDraft {
    /// `NbOfTxs` of the open one.
    stated: Option<Number>,
    /// Transactions that were there before it.
    before: usize,
    /// Transactions that the ended ones have, whether told or not.
    count: Decimal,
    /// Where the last number of them stands.
    line: Option<u32>,
}

/// `TxDtls`.
#[derive(Default)]
pub(super) struct TransactionDraft {
    amount: Option<Figure>,
    booked_amount: Option<Figure>,
    debtor: PartyDraft,
    creditor: PartyDraft,
    references: Vec<Reference>,
    open_reference: Option<Verbatim>,
    open_issuer: Option<Verbatim>,
    batch_id: Option<Verbatim>,
    details: Transaction,
}

/// Debtor or creditor of a transaction.
#[derive(Default)]
struct PartyDraft {
    name: Option<Verbatim>,
    ultimate_name: Option<Verbatim>,
    iban: Option<Verbatim>,
    other_account: Option<Verbatim>,
}

impl EntryDraft {
    pub(super) fn at(line: u32) -> Self {
        Self { line, ..Self::default() }
    }

    /// One more transaction; tells how many there are.
    pub(super) fn begin_transaction(&mut self) -> usize {
        self.transactions.push(TransactionDraft::default());
        self.transactions.len()
    }

    pub(super) fn transaction(&mut self) -> Option<&mut TransactionDraft> {
        self.transactions.last_mut()
    }

    /// The end of `NtryDtls`. Without a number of its own it has the transactions that it tells.
    pub(super) fn end_details(&mut self) {
        let batch = &mut self.batch;
        let told = self.transactions.len().saturating_sub(batch.before);
        batch.before = self.transactions.len();
        let stated = batch.stated.take();
        batch.line = stated.map(|it| it.line).or(batch.line);
        let count = stated.map_or_else(|| Decimal::from(told), |it| it.value);
        batch.count = batch.count.saturating_add(count);
    }

    /// An element below `Ntry`, outside of `TxDtls`.
    pub(super) fn value(&mut self, name: &str, field: &mut Field) {
        match name {
            "Amt" => field.once(&mut self.amount, Field::figure),
            "CdtDbtInd" => field.once(&mut self.direction, Field::direction),
            "Sts" | "Sts/Cd" => field.once(&mut self.status, status),
            "Sts/Prtry" => field.once(&mut self.status, unknown_status),
            "NtryDtls/Btch/PmtInfId" => self.batch_ids.extend(field.text()),
            "NtryDtls/Btch/NbOfTxs" => field.once(&mut self.batch.stated, Field::number),
            "BookgDt/Dt" | "BookgDt/DtTm" => field.once(&mut self.booked_on, Field::day),
            "ValDt/Dt" | "ValDt/DtTm" => field.once(&mut self.value_on, Field::day),
            "RvslInd" => field.once(&mut self.reversal, Field::flag),
            "NtryRef" => field.once(&mut self.entry_reference, Field::text),
            "AcctSvcrRef" => field.once(&mut self.servicer_reference, Field::text),
            "AddtlNtryInf" => field.once(&mut self.additional, Field::text),
            _ => bank_code(&mut self.code, name, field),
        }
    }

    /// The entry, where nothing is missing that makes one. `own` is the account of the statement.
    pub(super) fn finish(
        self,
        own: Option<&Verbatim>,
        account: Option<Currency>,
        scene: &mut Scene,
    ) -> Option<Entry> {
        let reject = Verdict::Reject;
        if self.amount.is_none() {
            scene.add(reject, AMOUNT.path, self.line, "is missing");
        }
        if self.direction.is_none() {
            scene.add(reject, DIRECTION, self.line, "is missing or unknown");
        }
        let amount = scene.amount(self.amount.as_ref()?, &AMOUNT, account)?;
        let direction = self.direction?;
        let reversal = self.reversal.unwrap_or(false);
        let count = Decimal::from(self.transactions.len());
        let mut batch_ids = self.batch_ids;
        // A batch of which the bank tells its sum only may be written as its only transaction.
        batch_ids.extend(self.transactions.iter().filter_map(|it| it.batch_id.clone()));
        let transactions = self.transactions.into_iter();
        let details = transactions.map(|it| it.finish(amount, direction, reversal, own, scene));
        let entry = Entry {
            amount,
            direction,
            status: self.status.unwrap_or_default(),
            booked_on: self.booked_on,
            value_on: self.value_on,
            reversal,
            bank_reference: self.servicer_reference.or(self.entry_reference),
            batch_ids,
            code: self.code,
            additional: self.additional,
            details: details.collect(),
            is_whole: self.batch.count == count,
        };
        // Where the transactions are not the entry it is one payment that nobody knows: its amount
        // is right all the same, and a person decides. Banks write the total of a batch as if it
        // were its only transaction, which tells nothing of any payment and needs no remark.
        let is_told = || entry.details.iter().any(Transaction::tells_of_a_payment);
        if !entry.is_whole && is_told() {
            let reason = format!(
                "is {}, but there are details of {count}: whose money it is cannot be told",
                self.batch.count
            );
            let line = self.batch.line.unwrap_or(self.line);
            scene.add(Verdict::Accept, BATCH_COUNT, line, reason);
        } else if let Some(sum) = entry.details_sum().filter(|it| *it != amount)
            && !entry.is_its_only_transaction()
        {
            let what = if entry.details.len() == 1 {
                "its only transaction is"
            } else {
                "the transactions of the batch make"
            };
            let reason = format!("is {amount}, but {what} {sum}");
            scene.add(Verdict::Accept, AMOUNT.path, self.line, reason);
        }
        if account.is_some_and(|it| it != amount.currency) {
            let reason = "is in another currency than the account";
            scene.add(Verdict::Report, ENTRY, self.line, reason);
        }
        Some(entry)
    }
}

impl TransactionDraft {
    /// An element below `TxDtls`.
    pub(super) fn value(&mut self, name: &str, field: &mut Field) {
        let details = &mut self.details;
        match name {
            "Amt" => field.once(&mut self.amount, Field::figure),
            "AmtDtls/TxAmt/Amt" => field.once(&mut self.booked_amount, Field::figure),
            "CdtDbtInd" => field.once(&mut details.direction, Field::direction),
            "Refs/PmtInfId" => field.once(&mut self.batch_id, Field::text),
            "Refs/EndToEndId" => field.once(&mut details.end_to_end_id, end_to_end_id),
            "RmtInf/Ustrd" => details.unstructured.extend(field.text()),
            "RmtInf/Strd/CdtrRefInf/Ref" => field.once(&mut self.open_reference, Field::text),
            "RmtInf/Strd/CdtrRefInf/Tp/Issr" => field.once(&mut self.open_issuer, Field::text),
            "RtrInf/Rsn/Cd" | "RtrInf/Rsn/Prtry" => {
                field.once(&mut details.returned.get_or_insert_default().reason, Field::text);
            }
            "AddtlTxInf" => field.once(&mut details.additional, Field::text),
            _ => match name.strip_prefix("RltdPties/") {
                Some(name) => self.party(name, field),
                None => bank_code(&mut details.code, name, field),
            },
        }
    }

    fn party(&mut self, name: &str, field: &mut Field) {
        let (element, name) = name.split_once('/').unwrap_or((name, ""));
        let (party, is_ultimate) = match element {
            "Dbtr" | "DbtrAcct" => (&mut self.debtor, false),
            "UltmtDbtr" => (&mut self.debtor, true),
            "Cdtr" | "CdtrAcct" => (&mut self.creditor, false),
            "UltmtCdtr" => (&mut self.creditor, true),
            _ => return,
        };
        let is_account = element.ends_with("Acct");
        match name {
            "Nm" | "Pty/Nm" | "Agt/FinInstnId/Nm" if is_ultimate => {
                field.once(&mut party.ultimate_name, Field::text);
            }
            "Nm" | "Pty/Nm" | "Agt/FinInstnId/Nm" if !is_account => {
                field.once(&mut party.name, Field::text);
            }
            "Id/IBAN" if is_account => field.once(&mut party.iban, Field::text),
            "Id/Othr/Id" if is_account => field.once(&mut party.other_account, Field::text),
            _ => {}
        }
    }

    /// The end of `Strd`.
    pub(super) fn end_reference(&mut self) {
        let issuer = self.open_issuer.take();
        let reference = self.open_reference.take();
        self.references.extend(reference.map(|text| Reference { text, issuer }));
    }

    /// The end of `RtrInf`, which may be empty.
    pub(super) fn end_return(&mut self) {
        self.details.returned.get_or_insert_with(Return::default);
    }

    fn finish(
        self,
        entry: Amount,
        direction: Direction,
        reversal: bool,
        own: Option<&Verbatim>,
        scene: &mut Scene,
    ) -> Transaction {
        let own_figure = self.amount.iter().map(|it| (it, DETAILS_AMOUNT));
        let booked_figure = self.booked_amount.iter().map(|it| (it, DETAILS_BOOKED_AMOUNT));
        let amounts: Vec<Amount> = own_figure
            .chain(booked_figure)
            .filter_map(|(figure, place)| scene.amount(figure, &place, Some(entry.currency)))
            .collect();
        let fitting = amounts.iter().find(|it| it.currency == entry.currency);
        let amount = fitting.or(amounts.first()).copied();
        // A transaction of a batch may go against the batch.
        let (expected, opposite) = match self.details.direction.unwrap_or(direction) {
            Direction::Credit => (self.debtor, self.creditor),
            Direction::Debit => (self.creditor, self.debtor),
        };
        // Some banks keep the roles of the first transaction when it comes back; others turn them.
        let comes_back = reversal || self.details.returned.is_some();
        let is_turned = expected.is_unnamed() && comes_back || expected.is(own);
        let party = if is_turned { opposite } else { expected };
        let account = party.account().filter(|it| Some(&it.number) != own);
        let counterparty_name =
            if party.is(own) { None } else { party.name.or(party.ultimate_name) };
        Transaction {
            amount,
            references: self.references,
            counterparty_account: account,
            counterparty_name,
            ..self.details
        }
    }
}

impl PartyDraft {
    fn account(&self) -> Option<Account> {
        let is_iban = self.iban.is_some();
        let number = self.iban.as_ref().or(self.other_account.as_ref())?.clone();
        Some(Account { number, is_iban })
    }

    /// Whether this is the owner of the statement's account.
    fn is(&self, own: Option<&Verbatim>) -> bool {
        self.account().is_some_and(|it| Some(&it.number) == own)
    }

    fn is_unnamed(&self) -> bool {
        self.name.is_none() && self.ultimate_name.is_none() && self.account().is_none()
    }
}

fn bank_code(code: &mut BankCode, name: &str, field: &mut Field) {
    match name {
        "BkTxCd/Domn/Cd" => field.once(&mut code.domain, Field::text),
        "BkTxCd/Domn/Fmly/Cd" => field.once(&mut code.family, Field::text),
        "BkTxCd/Domn/Fmly/SubFmlyCd" => field.once(&mut code.sub_family, Field::text),
        "BkTxCd/Prtry/Cd" => field.once(&mut code.proprietary, Field::text),
        _ => {}
    }
}

/// Versions 2 to 7 have the code itself, later ones an element around it.
fn status(field: &mut Field) -> Option<EntryStatus> {
    match field.written()? {
        "BOOK" => Some(EntryStatus::Booked),
        "PDNG" => Some(EntryStatus::Pending),
        "INFO" => Some(EntryStatus::Information),
        "FUTR" => Some(EntryStatus::Future),
        _ => unknown_status(field),
    }
}

/// A bank's own word may mean anything.
fn unknown_status(field: &mut Field) -> Option<EntryStatus> {
    field.written()?;
    field.report("is none of BOOK, PDNG, INFO and FUTR; it is taken for booked");
    None
}

/// SEPA's way of saying that there is none.
fn end_to_end_id(field: &mut Field) -> Option<Verbatim> {
    field.written().filter(|it| *it != "NOTPROVIDED").and_then(Verbatim::new)
}
