//! The double-entry ledger: what was booked, on which accounts, and that nothing was lost on the
//! way.
//!
//! Append-only: a transaction is never changed, a correction is another transaction. Amounts are
//! whole minor units; a debit is positive, a credit negative. Nothing here can be built that does
//! not sum to zero, and money of the agency's clients never meets a creditor's own money or mere
//! claims.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use primitives::{
    CaseId, ClaimId, CreditorId, Currency, Date, MessageId, Money, MoneyError, PaymentId, RefundId,
    RemittanceId,
};
use uuid::Uuid;

/// The namespace of the ids of transactions.
const NAMESPACE: Uuid = Uuid::from_u128(0x7f2c_5b1e_90d4_4c36_a8e7_3d10_64bf_92a5);

/// In whose bank account money lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Holder {
    /// The agency's account for client money.
    Agency,
    /// The creditor's own account.
    Creditor(CreditorId),
}

/// One account of the ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LedgerAccount {
    /// What lies in the bank (debit).
    Bank(Holder),
    /// What debtors paid by link and the payment service provider has not paid out (debit).
    AtProvider,
    /// Received, and not yet known what for (credit).
    Unmatched(Holder),
    /// Received, and to be paid back to a debtor of this case (credit).
    Refundable(Holder, CaseId),
    /// Client money that is the creditor's (credit).
    OwedToCreditor(CreditorId),
    /// What debtors paid into the creditor's own account on claims here (credit).
    SettledAtCreditor(CreditorId),
    /// Paid by an order that the bank has not carried out yet (credit).
    InTransit(Transfer),
    /// The agency's own money within the account for client money (credit): what it earned, less
    /// what it paid back to debtors after the creditor had got it.
    Own,
    /// What a creditor got and has to give back (debit); the next remittance is less by it.
    OwedByCreditor(CreditorId),
    /// The own money that was paid for a creditor meanwhile (credit); the contra of that.
    AdvancedToCreditor(CreditorId),
    /// What a creditor was charged beside its remittances, VAT within (debit); it is paid into no
    /// account for client money.
    FeesOwedByCreditor(CreditorId),
    /// The same as income of the agency (credit); the contra of that.
    FeesCharged(CreditorId),
    /// What the debtors still owe on a claim (debit).
    Receivable(ClaimId),
    /// The claims that are administered for a creditor (credit); the contra of the receivables.
    CreditorClaims(CreditorId),
}

/// What an order to the bank pays. Both kinds of ids are random or derived, so that the id alone
/// tells them apart, and it is all that is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Transfer(Uuid);

/// The accounts that must balance among themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Book {
    /// Bank + at the provider, less what is in transit = owed to creditors + own + refundable to
    /// debtors + unmatched.
    ClientMoney,
    /// The same for the money in one creditor's own account.
    CreditorMoney(CreditorId),
    /// Receivables = claims administered for creditors; off the balance sheet.
    Claims,
    /// What creditors have to give back = own money that was paid for them.
    Advances,
    /// What creditors owe for the agency's work = what they were charged.
    Fees,
}

/// One line of a transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Posting {
    pub account: LedgerAccount,
    /// Debit positive, credit negative; never zero.
    pub amount: Money,
}

/// What is booked together. Sums to zero in each book and currency by construction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LedgerTransaction {
    id: Uuid,
    kind: TransactionKind,
    occasion: Occasion,
    postings: Vec<Posting>,
}

/// When and why something is booked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Occasion {
    /// The day it counts for, which may be past.
    pub booked_on: Date,
    /// The message that brought it.
    pub cause: MessageId,
}

/// What a transaction is, and so how each of its postings is explained.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TransactionKind {
    /// The debtor owes the principal of a claim.
    ClaimRegistered(ClaimId),
    /// The creditor lowered a claim by a credit note.
    ClaimCredited(ClaimId),
    /// The creditor gave up what was open on a claim.
    ClaimWithdrawn(ClaimId),
    /// A credit note or a payment took the place of what had been given up.
    WithdrawalReduced(ClaimId),
    /// The creditor gave up the little that payments left open on a claim, or it is owed again.
    SmallDifference(ClaimId),
    /// Collection costs on a claim, or what is taken back of them.
    CostsBooked(ClaimId),
    /// Interest on a claim, or what is taken back of it.
    InterestBooked(ClaimId),
    /// Money came in.
    BankCredit(PaymentId),
    /// Money went out.
    BankDebit(PaymentId),
    /// Money of which a creditor told never came.
    ReportRetracted(PaymentId),
    /// A payment pays claims.
    PaymentAllocated(PaymentId),
    /// A payment was more than was owed.
    Overpaid(PaymentId),
    /// A payment pays less of claims than before: its money is too much, or pays others.
    PaymentReleased(PaymentId),
    /// A payment was taken off a case: nobody knows any more what it is for.
    PaymentUnassigned(PaymentId),
    /// A payment that had been taken off a case comes back to it.
    PaymentReassigned(PaymentId),
    /// A creditor is to be paid.
    RemittanceApproved(RemittanceId),
    /// The bank paid a creditor by this movement.
    RemittancePaid(PaymentId),
    /// The bank sent back by this movement what a creditor was paid.
    RemittanceReturned(PaymentId),
    /// Money that was on its way to a creditor is owed to it again.
    RemittanceTakenBack(RemittanceId),
    /// A creditor paid what it was charged beside this remittance.
    FeesPaid(RemittanceId),
    /// Money of this payment goes back to whoever paid it.
    RefundApproved(PaymentId),
    /// The bank paid money back by this movement.
    RefundPaid(PaymentId),
    /// The bank sent back by this movement what was paid back.
    RefundReturned(PaymentId),
    /// Money that was on its way back to its payer is this payment's again.
    RefundTakenBack(PaymentId),
    /// A debtor paid by link: the payment service provider has the money.
    ProviderCredit(PaymentId),
    /// The provider paid out by this movement, less its fees.
    ProviderPaidOut(PaymentId),
    /// The provider sent this payment back to its payer.
    ProviderRefund(PaymentId),
    /// The bank took a direct debit back by this movement.
    DebitReturned(PaymentId),
    /// What this payment had brought by direct debit is its no more.
    DebitTakenBack(PaymentId),
}

/// The same amount on two accounts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pair {
    pub debit: LedgerAccount,
    pub credit: LedgerAccount,
    pub amount: Money,
}

/// Why something cannot be booked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LedgerError {
    /// Debits and credits differ.
    #[error("the {book} does not balance: {difference_minor} minor units of {currency} too many")]
    Unbalanced {
        book: Book,
        currency: Currency,
        /// Debits less credits.
        difference_minor: i128,
    },
    /// There is nothing to book.
    #[error("a transaction needs postings other than zero")]
    Empty,
    /// What comes in or goes out is a positive amount.
    #[error("{amount} cannot be booked: give an amount above zero")]
    NotPositive { amount: Money },
    /// The amounts cannot be computed.
    #[error("the amounts of the transaction cannot be computed")]
    Money(#[from] MoneyError),
}

/// The text is no account of the ledger.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an account of the ledger: the kind is unknown, or an id is missing or wrong")]
pub struct LedgerAccountError;

/// Something in the balances that must never be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Breach {
    /// Money or claims appeared or disappeared.
    #[error("the {book} does not balance: {difference_minor} minor units of {currency} too many")]
    Unequal {
        book: Book,
        currency: Currency,
        /// Debits less credits.
        difference_minor: i128,
    },
    /// An account is on the side on which it can never be.
    #[error("{account} stands at {balance_minor} minor units of {currency}, on the wrong side")]
    WrongSide {
        account: LedgerAccount,
        currency: Currency,
        /// Debit positive, credit negative.
        balance_minor: i128,
    },
}

/// Whether the balances agree with each other: each book sums to zero in each currency, and nobody
/// owes less than nothing. Takes balances or single postings, in any order.
pub fn equation(
    balances: impl IntoIterator<Item = (LedgerAccount, Money)>,
) -> Result<(), Vec<Breach>> {
    let mut accounts: BTreeMap<(LedgerAccount, Currency), i128> = BTreeMap::new();
    for (account, amount) in balances {
        let sum = accounts.entry((account, amount.currency())).or_default();
        *sum = sum.saturating_add(i128::from(amount.amount_minor()));
    }
    let differences = differences(accounts.iter().map(|(key, sum)| (*key, *sum)));
    let unequal = differences.into_iter().map(|((book, currency), difference_minor)| {
        Breach::Unequal { book, currency, difference_minor }
    });
    let wrong_side = accounts.iter().filter(|((account, _), sum)| match account {
        LedgerAccount::Receivable(_)
        | LedgerAccount::OwedByCreditor(_)
        | LedgerAccount::AtProvider => **sum < 0,
        // Own money below zero is other people's money: more has to be paid in.
        LedgerAccount::OwedToCreditor(_)
        | LedgerAccount::SettledAtCreditor(_)
        | LedgerAccount::CreditorClaims(_)
        | LedgerAccount::AdvancedToCreditor(_)
        | LedgerAccount::InTransit(_)
        | LedgerAccount::Own
        | LedgerAccount::Refundable(..) => **sum > 0,
        // The bank may be overdrawn, and what went out may be known before what it was for.
        // The VAT on fees is rounded each time: what is given back may be a cent more.
        LedgerAccount::Bank(_)
        | LedgerAccount::Unmatched(_)
        | LedgerAccount::FeesOwedByCreditor(_)
        | LedgerAccount::FeesCharged(_) => false,
    });
    let wrong_side = wrong_side.map(|((account, currency), sum)| Breach::WrongSide {
        account: *account,
        currency: *currency,
        balance_minor: *sum,
    });
    let breaches: Vec<Breach> = unequal.chain(wrong_side).collect();
    if breaches.is_empty() { Ok(()) } else { Err(breaches) }
}

/// Debits less credits of each book and currency, where they are not equal.
fn differences(
    amounts: impl Iterator<Item = ((LedgerAccount, Currency), i128)>,
) -> BTreeMap<(Book, Currency), i128> {
    let mut sums: BTreeMap<(Book, Currency), i128> = BTreeMap::new();
    for ((account, currency), amount) in amounts {
        let sum = sums.entry((account.book(), currency)).or_default();
        *sum = sum.saturating_add(amount);
    }
    sums.retain(|_, sum| *sum != 0);
    sums
}

impl LedgerTransaction {
    /// A transaction whose postings sum to zero in each book and currency. Its id is the same
    /// whenever the same message books the same kind of thing on the same claim or payment for the
    /// same day.
    pub fn new(
        kind: TransactionKind,
        occasion: Occasion,
        postings: Vec<Posting>,
    ) -> Result<Self, LedgerError> {
        if postings.is_empty() || postings.iter().any(|it| it.amount.is_zero()) {
            return Err(LedgerError::Empty);
        }
        let amounts = postings
            .iter()
            .map(|it| ((it.account, it.amount.currency()), i128::from(it.amount.amount_minor())));
        if let Some(((book, currency), difference_minor)) = differences(amounts).pop_first() {
            return Err(LedgerError::Unbalanced { book, currency, difference_minor });
        }
        let name = format!("{}/{kind}/{}", occasion.cause, occasion.booked_on);
        let id = Uuid::new_v5(&NAMESPACE, name.as_bytes());
        Ok(Self { id, kind, occasion, postings })
    }

    /// A transaction of pairs.
    pub fn of(
        kind: TransactionKind,
        occasion: Occasion,
        pairs: impl IntoIterator<Item = Pair>,
    ) -> Result<Self, LedgerError> {
        let mut postings = Vec::new();
        for Pair { debit, credit, amount } in pairs {
            postings.push(Posting { account: debit, amount });
            postings.push(Posting { account: credit, amount: amount.checked_neg()? });
        }
        Self::new(kind, occasion, postings)
    }

    /// Money came in; nobody knows yet what for.
    pub fn bank_credit(
        payment_id: PaymentId,
        holder: Holder,
        amount: Money,
        occasion: Occasion,
    ) -> Result<Self, LedgerError> {
        let (debit, credit) = (LedgerAccount::Bank(holder), LedgerAccount::Unmatched(holder));
        let pair = Pair { debit, credit, amount: positive(amount)? };
        Self::of(TransactionKind::BankCredit(payment_id), occasion, [pair])
    }

    /// A debtor paid by link: the provider has the money, and it goes to its case next.
    pub fn provider_credit(
        payment_id: PaymentId,
        amount: Money,
        occasion: Occasion,
    ) -> Result<Self, LedgerError> {
        let debit = LedgerAccount::AtProvider;
        let credit = LedgerAccount::Unmatched(Holder::Agency);
        let pair = Pair { debit, credit, amount: positive(amount)? };
        Self::of(TransactionKind::ProviderCredit(payment_id), occasion, [pair])
    }

    /// The provider paid out what debtors paid by link, by a movement that was unmatched until
    /// then. Client money must stay whole: what the provider kept is paid by the agency's own
    /// money. Below zero, the provider paid more.
    pub fn provider_paid_out(
        payment_id: PaymentId,
        amount: Money,
        fees: Money,
        occasion: Occasion,
    ) -> Result<Self, LedgerError> {
        let gross = positive(amount)?.checked_add(fees)?;
        let postings = [
            (LedgerAccount::Unmatched(Holder::Agency), amount),
            (LedgerAccount::Own, fees),
            (LedgerAccount::AtProvider, gross.checked_neg()?),
        ];
        let postings = postings.into_iter().filter(|(_, amount)| !amount.is_zero());
        let postings = postings.map(|(account, amount)| Posting { account, amount }).collect();
        Self::new(TransactionKind::ProviderPaidOut(payment_id), occasion, postings)
    }

    /// The provider sent a payment back that was on no case.
    pub fn provider_refund(
        payment_id: PaymentId,
        amount: Money,
        occasion: Occasion,
    ) -> Result<Self, LedgerError> {
        let debit = LedgerAccount::Unmatched(Holder::Agency);
        let credit = LedgerAccount::AtProvider;
        let pair = Pair { debit, credit, amount: positive(amount)? };
        Self::of(TransactionKind::ProviderRefund(payment_id), occasion, [pair])
    }

    /// The bank took a direct debit back by a movement that was unmatched until then: it is paid
    /// by what its payment released, and by the agency's own money.
    pub fn debit_returned(
        payment_id: PaymentId,
        from: &[(LedgerAccount, Money)],
        amount: Money,
        occasion: Occasion,
    ) -> Result<Self, LedgerError> {
        let credit = LedgerAccount::Unmatched(Holder::Agency);
        let unmatched = Posting { account: credit, amount: positive(amount)?.checked_neg()? };
        let from = from.iter().filter(|(_, amount)| !amount.is_zero());
        let from = from.map(|(account, amount)| Posting { account: *account, amount: *amount });
        let postings = from.chain([unmatched]).collect();
        Self::new(TransactionKind::DebitReturned(payment_id), occasion, postings)
    }

    /// What a direct debit had brought, and is on no case, gives the agency back what it paid when
    /// the bank took it back.
    pub fn debit_taken_back(
        payment_id: PaymentId,
        amount: Money,
        occasion: Occasion,
    ) -> Result<Self, LedgerError> {
        let (debit, credit) = (LedgerAccount::Unmatched(Holder::Agency), LedgerAccount::Own);
        let pair = Pair { debit, credit, amount: positive(amount)? };
        Self::of(TransactionKind::DebitTakenBack(payment_id), occasion, [pair])
    }

    /// Money went out; nobody knows yet what for.
    pub fn bank_debit(
        payment_id: PaymentId,
        holder: Holder,
        amount: Money,
        occasion: Occasion,
    ) -> Result<Self, LedgerError> {
        let (debit, credit) = (LedgerAccount::Unmatched(holder), LedgerAccount::Bank(holder));
        let pair = Pair { debit, credit, amount: positive(amount)? };
        Self::of(TransactionKind::BankDebit(payment_id), occasion, [pair])
    }

    /// Money of which a creditor told never came: it is taken from where it was released to, which
    /// is what is to be paid back on a case, or what is unmatched where it was on none.
    pub fn report_retracted(
        payment_id: PaymentId,
        (holder, case_id): (Holder, Option<CaseId>),
        amount: Money,
        occasion: Occasion,
    ) -> Result<Self, LedgerError> {
        let unmatched = LedgerAccount::Unmatched(holder);
        let debit = case_id.map_or(unmatched, |case_id| LedgerAccount::Refundable(holder, case_id));
        let credit = LedgerAccount::Bank(holder);
        let pair = Pair { debit, credit, amount: positive(amount)? };
        Self::of(TransactionKind::ReportRetracted(payment_id), occasion, [pair])
    }

    /// A payment is taken off a case, on which its money was released before.
    pub fn payment_unassigned(
        payment_id: PaymentId,
        (holder, case_id): (Holder, CaseId),
        amount: Money,
        occasion: Occasion,
    ) -> Result<Self, LedgerError> {
        let debit = LedgerAccount::Refundable(holder, case_id);
        let credit = LedgerAccount::Unmatched(holder);
        let pair = Pair { debit, credit, amount: positive(amount)? };
        Self::of(TransactionKind::PaymentUnassigned(payment_id), occasion, [pair])
    }

    /// The same payment comes back to the case; what it pays there is booked from what is to be
    /// paid back.
    pub fn payment_reassigned(
        payment_id: PaymentId,
        (holder, case_id): (Holder, CaseId),
        amount: Money,
        occasion: Occasion,
    ) -> Result<Self, LedgerError> {
        let debit = LedgerAccount::Unmatched(holder);
        let credit = LedgerAccount::Refundable(holder, case_id);
        let pair = Pair { debit, credit, amount: positive(amount)? };
        Self::of(TransactionKind::PaymentReassigned(payment_id), occasion, [pair])
    }

    /// Money in the agency's account goes back to whoever paid it: what is too much on a case, or
    /// what is on none.
    pub fn refund_approved(
        payment_id: PaymentId,
        (case_id, refund_id): (Option<CaseId>, RefundId),
        amount: Money,
        occasion: Occasion,
    ) -> Result<Self, LedgerError> {
        let refundable = |case_id| LedgerAccount::Refundable(Holder::Agency, case_id);
        let debit = case_id.map_or(LedgerAccount::Unmatched(Holder::Agency), refundable);
        let credit = LedgerAccount::InTransit(refund_id.into());
        let pair = Pair { debit, credit, amount: positive(amount)? };
        Self::of(TransactionKind::RefundApproved(payment_id), occasion, [pair])
    }

    /// The bank sent a transfer back by a movement that was unmatched until then: it is in transit
    /// again.
    pub fn transfer_returned(
        kind: TransactionKind,
        transfer: Transfer,
        amount: Money,
        occasion: Occasion,
    ) -> Result<Self, LedgerError> {
        let debit = LedgerAccount::Unmatched(Holder::Agency);
        let credit = LedgerAccount::InTransit(transfer);
        let pair = Pair { debit, credit, amount: positive(amount)? };
        Self::of(kind, occasion, [pair])
    }

    /// Such money of a remittance is owed to the creditor again.
    pub fn remittance_taken_back(
        (creditor_id, remittance_id): (CreditorId, RemittanceId),
        amount: Money,
        occasion: Occasion,
    ) -> Result<Self, LedgerError> {
        let debit = LedgerAccount::InTransit(remittance_id.into());
        let credit = LedgerAccount::OwedToCreditor(creditor_id);
        let pair = Pair { debit, credit, amount: positive(amount)? };
        Self::of(TransactionKind::RemittanceTakenBack(remittance_id), occasion, [pair])
    }

    /// Such money is its payment's again: too much on the case, or on none.
    pub fn refund_taken_back(
        payment_id: PaymentId,
        (case_id, refund_id): (Option<CaseId>, RefundId),
        amount: Money,
        occasion: Occasion,
    ) -> Result<Self, LedgerError> {
        let refundable = |case_id| LedgerAccount::Refundable(Holder::Agency, case_id);
        let debit = LedgerAccount::InTransit(refund_id.into());
        let credit = case_id.map_or(LedgerAccount::Unmatched(Holder::Agency), refundable);
        let pair = Pair { debit, credit, amount: positive(amount)? };
        Self::of(TransactionKind::RefundTakenBack(payment_id), occasion, [pair])
    }

    /// A creditor paid what it was charged beside a remittance, or got back what was credited: on
    /// the agency's own account. `amount` is above zero where it paid.
    pub fn fees_paid(
        (creditor_id, remittance_id): (CreditorId, RemittanceId),
        amount: Money,
        occasion: Occasion,
    ) -> Result<Self, LedgerError> {
        let debit = LedgerAccount::FeesCharged(creditor_id);
        let credit = LedgerAccount::FeesOwedByCreditor(creditor_id);
        Self::of(
            TransactionKind::FeesPaid(remittance_id),
            occasion,
            [Pair { debit, credit, amount }],
        )
    }

    /// The bank carried out an order by a movement that was unmatched until then.
    pub fn transfer_paid(
        kind: TransactionKind,
        transfer: Transfer,
        amount: Money,
        occasion: Occasion,
    ) -> Result<Self, LedgerError> {
        let debit = LedgerAccount::InTransit(transfer);
        let credit = LedgerAccount::Unmatched(Holder::Agency);
        let pair = Pair { debit, credit, amount: positive(amount)? };
        Self::of(kind, occasion, [pair])
    }

    /// Derived from cause, kind, subject and day.
    #[must_use]
    pub const fn id(&self) -> Uuid {
        self.id
    }

    #[must_use]
    pub const fn kind(&self) -> TransactionKind {
        self.kind
    }

    #[must_use]
    pub const fn occasion(&self) -> Occasion {
        self.occasion
    }

    #[must_use]
    pub fn postings(&self) -> &[Posting] {
        &self.postings
    }
}

impl Transfer {
    #[must_use]
    pub const fn as_uuid(self) -> Uuid {
        self.0
    }

    /// For people to read.
    #[must_use]
    pub fn short(self) -> String {
        self.end_to_end_id().chars().take(8).collect()
    }

    /// What the bank calls the payment: on the order, and on the statement when it was made.
    #[must_use]
    pub fn end_to_end_id(self) -> String {
        self.0.simple().to_string()
    }
}

impl From<RemittanceId> for Transfer {
    fn from(remittance_id: RemittanceId) -> Self {
        Self(remittance_id.as_uuid())
    }
}

impl From<RefundId> for Transfer {
    fn from(refund_id: RefundId) -> Self {
        Self(refund_id.as_uuid())
    }
}

/// The amount, if it is above zero.
pub(super) fn positive(amount: Money) -> Result<Money, LedgerError> {
    if amount.is_positive() { Ok(amount) } else { Err(LedgerError::NotPositive { amount }) }
}

impl Holder {
    fn book(self) -> Book {
        match self {
            Self::Agency => Book::ClientMoney,
            Self::Creditor(creditor_id) => Book::CreditorMoney(creditor_id),
        }
    }
}

impl LedgerAccount {
    /// The book that the account is in.
    #[must_use]
    pub fn book(self) -> Book {
        match self {
            Self::Bank(holder) | Self::Unmatched(holder) | Self::Refundable(holder, _) => {
                holder.book()
            }
            Self::OwedToCreditor(_) | Self::Own | Self::InTransit(_) | Self::AtProvider => {
                Book::ClientMoney
            }
            Self::OwedByCreditor(_) | Self::AdvancedToCreditor(_) => Book::Advances,
            Self::FeesOwedByCreditor(_) | Self::FeesCharged(_) => Book::Fees,
            Self::SettledAtCreditor(creditor_id) => Book::CreditorMoney(creditor_id),
            Self::Receivable(_) | Self::CreditorClaims(_) => Book::Claims,
        }
    }
}

/// `agency`, or the creditor's id.
impl fmt::Display for Holder {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Agency => formatter.write_str("agency"),
            Self::Creditor(creditor_id) => creditor_id.fmt(formatter),
        }
    }
}

impl FromStr for Holder {
    type Err = LedgerAccountError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text == "agency" {
            return Ok(Self::Agency);
        }
        text.parse().map(Self::Creditor).map_err(|_| LedgerAccountError)
    }
}

/// As it is stored: the kind, then the ids, with colons between them.
impl fmt::Display for LedgerAccount {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bank(holder) => write!(formatter, "bank:{holder}"),
            Self::AtProvider => formatter.write_str("at-provider"),
            Self::Unmatched(holder) => write!(formatter, "unmatched:{holder}"),
            Self::Refundable(holder, case_id) => write!(formatter, "refundable:{holder}:{case_id}"),
            Self::OwedToCreditor(creditor_id) => {
                write!(formatter, "owed-to-creditor:{creditor_id}")
            }
            Self::SettledAtCreditor(id) => write!(formatter, "settled-at-creditor:{id}"),
            Self::InTransit(Transfer(id)) => write!(formatter, "in-transit:{id}"),
            Self::Own => formatter.write_str("own"),
            Self::OwedByCreditor(id) => write!(formatter, "owed-by-creditor:{id}"),
            Self::AdvancedToCreditor(id) => write!(formatter, "advanced-to-creditor:{id}"),
            Self::FeesOwedByCreditor(id) => write!(formatter, "fees-owed-by-creditor:{id}"),
            Self::FeesCharged(id) => write!(formatter, "fees-charged:{id}"),
            Self::Receivable(claim_id) => write!(formatter, "receivable:{claim_id}"),
            Self::CreditorClaims(creditor_id) => write!(formatter, "creditor-claims:{creditor_id}"),
        }
    }
}

impl FromStr for LedgerAccount {
    type Err = LedgerAccountError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (kind, rest) = text.split_once(':').unwrap_or((text, ""));
        let creditor_id = || rest.parse().map_err(|_| LedgerAccountError);
        match kind {
            "bank" => rest.parse().map(Self::Bank),
            "at-provider" if rest.is_empty() => Ok(Self::AtProvider),
            "unmatched" => rest.parse().map(Self::Unmatched),
            "refundable" => {
                let (holder, case_id) = rest.split_once(':').ok_or(LedgerAccountError)?;
                let case_id = case_id.parse().map_err(|_| LedgerAccountError)?;
                holder.parse().map(|holder| Self::Refundable(holder, case_id))
            }
            "owed-to-creditor" => creditor_id().map(Self::OwedToCreditor),
            "settled-at-creditor" => creditor_id().map(Self::SettledAtCreditor),
            "in-transit" => {
                rest.parse().map(|id| Self::InTransit(Transfer(id))).map_err(|_| LedgerAccountError)
            }
            "own" if rest.is_empty() => Ok(Self::Own),
            "owed-by-creditor" => creditor_id().map(Self::OwedByCreditor),
            "advanced-to-creditor" => creditor_id().map(Self::AdvancedToCreditor),
            "fees-owed-by-creditor" => creditor_id().map(Self::FeesOwedByCreditor),
            "fees-charged" => creditor_id().map(Self::FeesCharged),
            "receivable" => rest.parse().map(Self::Receivable).map_err(|_| LedgerAccountError),
            "creditor-claims" => creditor_id().map(Self::CreditorClaims),
            _ => Err(LedgerAccountError),
        }
    }
}

impl fmt::Display for Book {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ClientMoney => formatter.write_str("book of client money"),
            Self::CreditorMoney(id) => write!(formatter, "book of the own money of creditor {id}"),
            Self::Claims => formatter.write_str("book of claims"),
            Self::Advances => formatter.write_str("book of advances"),
            Self::Fees => formatter.write_str("book of fees"),
        }
    }
}

impl TransactionKind {
    /// The name of the kind, as it is stored.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::ClaimRegistered(_) => "claim-registered",
            Self::ClaimCredited(_) => "claim-credited",
            Self::ClaimWithdrawn(_) => "claim-withdrawn",
            Self::WithdrawalReduced(_) => "withdrawal-reduced",
            Self::SmallDifference(_) => "small-difference",
            Self::CostsBooked(_) => "costs-booked",
            Self::InterestBooked(_) => "interest-booked",
            Self::BankCredit(_) => "bank-credit",
            Self::BankDebit(_) => "bank-debit",
            Self::ReportRetracted(_) => "report-retracted",
            Self::PaymentAllocated(_) => "payment-allocated",
            Self::Overpaid(_) => "overpaid",
            Self::PaymentReleased(_) => "payment-released",
            Self::PaymentUnassigned(_) => "payment-unassigned",
            Self::PaymentReassigned(_) => "payment-reassigned",
            Self::RemittanceApproved(_) => "remittance-approved",
            Self::RemittancePaid(_) => "remittance-paid",
            Self::RemittanceReturned(_) => "remittance-returned",
            Self::RemittanceTakenBack(_) => "remittance-taken-back",
            Self::FeesPaid(_) => "fees-paid",
            Self::RefundApproved(_) => "refund-approved",
            Self::RefundPaid(_) => "refund-paid",
            Self::RefundReturned(_) => "refund-returned",
            Self::RefundTakenBack(_) => "refund-taken-back",
            Self::ProviderCredit(_) => "provider-credit",
            Self::ProviderPaidOut(_) => "provider-paid-out",
            Self::ProviderRefund(_) => "provider-refund",
            Self::DebitReturned(_) => "debit-returned",
            Self::DebitTakenBack(_) => "debit-taken-back",
        }
    }

    /// The claim, payment or remittance that it is about.
    #[must_use]
    pub const fn subject(self) -> Uuid {
        match self {
            Self::ClaimRegistered(claim_id)
            | Self::ClaimCredited(claim_id)
            | Self::ClaimWithdrawn(claim_id)
            | Self::WithdrawalReduced(claim_id)
            | Self::SmallDifference(claim_id)
            | Self::CostsBooked(claim_id)
            | Self::InterestBooked(claim_id) => claim_id.as_uuid(),
            Self::BankCredit(payment_id)
            | Self::BankDebit(payment_id)
            | Self::ReportRetracted(payment_id)
            | Self::PaymentAllocated(payment_id)
            | Self::Overpaid(payment_id)
            | Self::PaymentReleased(payment_id)
            | Self::PaymentUnassigned(payment_id)
            | Self::PaymentReassigned(payment_id)
            | Self::RemittancePaid(payment_id)
            | Self::RemittanceReturned(payment_id)
            | Self::RefundApproved(payment_id)
            | Self::RefundPaid(payment_id)
            | Self::RefundReturned(payment_id)
            | Self::RefundTakenBack(payment_id)
            | Self::ProviderCredit(payment_id)
            | Self::ProviderPaidOut(payment_id)
            | Self::ProviderRefund(payment_id)
            | Self::DebitReturned(payment_id)
            | Self::DebitTakenBack(payment_id) => payment_id.as_uuid(),
            Self::RemittanceApproved(remittance_id)
            | Self::RemittanceTakenBack(remittance_id)
            | Self::FeesPaid(remittance_id) => remittance_id.as_uuid(),
        }
    }
}

impl fmt::Display for TransactionKind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:{}", self.word(), self.subject())
    }
}
