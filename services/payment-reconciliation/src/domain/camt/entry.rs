//! One entry and its transactions, as far as they have been read.
//!
//! Holds what the file says until the entry ends; only then is it known which side is the other
//! side and which of several amounts is the one of the entry's currency.

use primitives::{Currency, Date};

use super::super::reading::{
    Account, Amount, BankCode, Direction, Entry, EntryStatus, Reference, Return, Transaction,
    Verbatim, Verdict,
};
use super::field::{Field, Figure, Scene};

const ENTRY: &str = "Stmt/Ntry";
const AMOUNT: &str = "Stmt/Ntry/Amt";
const DIRECTION: &str = "Stmt/Ntry/CdtDbtInd";
const DETAILS_AMOUNT: &str = "Stmt/Ntry/NtryDtls/TxDtls/Amt";

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
    code: BankCode,
    additional: Option<Verbatim>,
    transactions: Vec<TransactionDraft>,
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

    pub(super) fn begin_transaction(&mut self) {
        self.transactions.push(TransactionDraft::default());
    }

    pub(super) fn transaction(&mut self) -> Option<&mut TransactionDraft> {
        self.transactions.last_mut()
    }

    /// An element below `Ntry`, outside of `TxDtls`.
    pub(super) fn value(&mut self, name: &str, field: &mut Field) {
        match name {
            "Amt" => field.once(&mut self.amount, |it| Some(it.figure())),
            "CdtDbtInd" => field.once(&mut self.direction, Field::direction),
            "Sts" | "Sts/Cd" => field.once(&mut self.status, status),
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
            scene.add(reject, AMOUNT, self.line, "is missing");
        }
        if self.direction.is_none() {
            scene.add(reject, DIRECTION, self.line, "is missing or unknown");
        }
        let amount = scene.amount(self.amount.as_ref()?, AMOUNT, account, reject)?;
        let direction = self.direction?;
        let reversal = self.reversal.unwrap_or(false);
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
            code: self.code,
            additional: self.additional,
            details: details.collect(),
        };
        if let Some(sum) = entry.batch_sum().filter(|it| *it != amount) {
            let reason = format!("is {amount}, but the transactions of the batch make {sum}");
            scene.add(Verdict::Report, AMOUNT, self.line, reason);
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
            "Amt" => field.once(&mut self.amount, |it| Some(it.figure())),
            "AmtDtls/TxAmt/Amt" => field.once(&mut self.booked_amount, |it| Some(it.figure())),
            "CdtDbtInd" => field.once(&mut details.direction, Field::direction),
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
        let figures = self.amount.iter().chain(&self.booked_amount);
        let amounts: Vec<Amount> = figures
            .filter_map(|figure| {
                scene.amount(figure, DETAILS_AMOUNT, Some(entry.currency), Verdict::Report)
            })
            .collect();
        let fitting = amounts.iter().find(|it| it.currency == entry.currency);
        let amount = fitting.or(amounts.first()).copied();
        let (expected, opposite) = match direction {
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
    match field.text()?.as_str() {
        "BOOK" => Some(EntryStatus::Booked),
        "PDNG" => Some(EntryStatus::Pending),
        "INFO" => Some(EntryStatus::Information),
        "FUTR" => Some(EntryStatus::Future),
        _ => {
            field.report("is none of BOOK, PDNG, INFO and FUTR; it is taken for booked");
            None
        }
    }
}

/// SEPA's way of saying that there is none.
fn end_to_end_id(field: &mut Field) -> Option<Verbatim> {
    field.text().filter(|it| it.as_str() != "NOTPROVIDED")
}
