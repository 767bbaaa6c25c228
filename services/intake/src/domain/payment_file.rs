//! A file of a creditor with what debtors paid straight to it: taken in as a whole, or not at all.

use std::collections::{BTreeMap, BTreeSet};

use contracts::intake::{
    DirectPaymentReported, ImportDirectPaymentsAnswer, Problem, ReportDirectPayment,
};
use mailbox::{Aggregate, Arena, Decision, Facts, Fault, Kind, Row, States};
use primitives::{
    CaseId, ClaimId, ContentHash, Country, CreditorId, Currency, Money, PaymentId, Timestamp,
};
use uuid::Uuid;

use super::customer::{Claim, Customer, DirectPayment};
use super::direct_payment::{objections, told_before};
use super::invoice::Document;
use super::payment_table::{Column, PaymentLine, PaymentTable, bounded};

/// The namespace of the ids of files.
const NAMESPACE: Uuid = Uuid::from_u128(0x3c5d_81f2_6a0e_4b97_9d14_e8b2_7f36_50ca);

/// One file of a creditor.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PaymentFile {
    /// Counts the decisions that changed it: none, or the one that took it in.
    pub version: u64,
    /// None where it was not taken in.
    pub taken: Option<TakenFile>,
}

/// What was taken in of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TakenFile {
    pub creditor_id: CreditorId,
    pub document: ContentHash,
    pub taken_at: Timestamp,
    pub payment_count: u32,
    pub total: Money,
}

impl PaymentFile {
    /// The row of a file: the same file of another creditor is another one.
    #[must_use]
    pub fn id(creditor_id: CreditorId, document: ContentHash) -> Uuid {
        let name = format!("{creditor_id}/{document}");
        Uuid::new_v5(&NAMESPACE, name.as_bytes())
    }
}

/// A file as it was handed over.
#[derive(Clone, Debug)]
pub struct HandedPayments {
    pub creditor_id: CreditorId,
    pub document: ContentHash,
    /// What it says, or what is wrong with it.
    pub table: Result<PaymentTable, Vec<Problem>>,
}

impl HandedPayments {
    /// The invoices that it names, each once.
    #[must_use]
    pub fn numbers(&self) -> Vec<String> {
        let lines = self.table.as_ref().map(|it| it.lines.as_slice()).unwrap_or_default();
        let numbers: BTreeSet<&String> = lines.iter().map(|it| &it.number).collect();
        numbers.into_iter().cloned().collect()
    }
}

/// What is decided on together: the file, and every customer that it names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PaymentDesk {
    pub file: PaymentFile,
    pub customers: BTreeMap<Uuid, Customer>,
}

/// The rows of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaymentDeskKey {
    pub file: Uuid,
    pub customers: BTreeSet<Uuid>,
}

impl States for PaymentDesk {
    type Key = PaymentDeskKey;

    fn kinds() -> Vec<Box<dyn Kind>> {
        [PaymentFile::kinds(), Customer::kinds()].into_iter().flatten().collect()
    }

    fn rows(key: &PaymentDeskKey) -> Vec<Row> {
        let file = [Row { kind: PaymentFile::KIND, id: key.file }];
        let customers = key.customers.iter().map(|id| Row { kind: Customer::KIND, id: *id });
        file.into_iter().chain(customers).collect()
    }

    fn take(arena: &Arena, key: &PaymentDeskKey) -> Option<Self> {
        let customers = key.customers.iter();
        let customers = customers.map(|id| Some((*id, Customer::take(arena, id)?)));
        let file = PaymentFile::take(arena, &key.file)?;
        Some(Self { file, customers: customers.collect::<Option<_>>()? })
    }

    /// What is told is told of many cases, so that the version is that of the file.
    fn put(self, arena: &mut Arena, key: &PaymentDeskKey, spoke: bool) -> u64 {
        for (id, customer) in self.customers {
            customer.put(arena, &id, false);
        }
        self.file.put(arena, &key.file, spoke)
    }
}

type Decided = Result<(Decision<PaymentDesk>, ImportDirectPaymentsAnswer), Fault>;

/// Takes a file in: every line is right, and all of them are booked, or nothing is. Whether it is
/// taken in does not depend on the order of its lines.
pub fn import_direct_payments(
    desk: PaymentDesk,
    handed: &HandedPayments,
    facts: &Facts,
) -> Decided {
    if let Some(TakenFile { taken_at, payment_count, total, .. }) = desk.file.taken {
        let answer = ImportDirectPaymentsAnswer::AlreadyKnown { taken_at, payment_count, total };
        return Ok((Decision::quiet(desk), answer));
    }
    let table = match &handed.table {
        Ok(table) => table,
        Err(problems) => {
            let answer = ImportDirectPaymentsAnswer::Refused { problems: problems.clone() };
            return Ok((Decision::quiet(desk), answer));
        }
    };
    let mut booking = Booking::of(&desk, handed.creditor_id);
    // The second of two equal ones is told by its mark, wherever it stands.
    let mut lines: Vec<&PaymentLine> = table.lines.iter().collect();
    lines.sort_by_key(|it| it.is_second);
    for line in lines {
        booking.book(table, line, facts)?;
    }
    if !booking.problems.is_empty() {
        let problems = bounded(booking.problems);
        return Ok((Decision::quiet(desk), ImportDirectPaymentsAnswer::Refused { problems }));
    }
    let amounts = table.lines.iter().map(|it| it.amount);
    let total = Money::sum(Currency::EUR, amounts);
    let total = total.map_err(|error| Fault::Bug(format!("a file of payments: {error}")))?;
    let payment_count = u32::try_from(table.lines.len()).unwrap_or(u32::MAX);
    let HandedPayments { creditor_id, document, .. } = *handed;
    let taken = TakenFile { creditor_id, document, taken_at: facts.now, payment_count, total };
    let file = PaymentFile { taken: Some(taken), ..desk.file };
    let decided = Decision::quiet(PaymentDesk { file, customers: booking.customers });
    let decided = booking.told.into_iter().fold(decided, Decision::send);
    Ok((decided, ImportDirectPaymentsAnswer::Imported { payment_count, total }))
}

/// The customers as they become, line by line.
struct Booking {
    /// By the number of the invoice.
    claims: BTreeMap<String, (Uuid, ClaimId)>,
    customers: BTreeMap<Uuid, Customer>,
    told: Vec<DirectPaymentReported>,
    problems: Vec<Problem>,
}

impl Booking {
    fn of(desk: &PaymentDesk, creditor_id: CreditorId) -> Self {
        let mut claims = BTreeMap::new();
        for (id, customer) in &desk.customers {
            let Some(case) = customer.case.as_ref().filter(|it| it.creditor_id == creditor_id)
            else {
                continue;
            };
            for (claim_id, claim) in &case.claims {
                // A negative credit note may bear the number of an invoice.
                if claim.document == Document::Invoice || !claims.contains_key(&claim.number) {
                    claims.insert(claim.number.clone(), (*id, *claim_id));
                }
            }
        }
        Self { claims, customers: desk.customers.clone(), told: Vec::new(), problems: Vec::new() }
    }

    fn book(
        &mut self,
        table: &PaymentTable,
        line: &PaymentLine,
        facts: &Facts,
    ) -> Result<(), Fault> {
        let PaymentLine { amount, paid_on, is_second, .. } = *line;
        let Some((case_id, creditor_id, country, claim_id, claim)) =
            found(&self.claims, &mut self.customers, &line.number)
        else {
            let reason = "is the number of no claim of this creditor";
            self.problems.push(table.problem(Column::Invoice, line.line, reason));
            return Ok(());
        };
        let request = ReportDirectPayment { claim_id, amount, paid_on, again: is_second };
        if let Some(payment_id) = told_before(claim, &request) {
            let known = claim.direct_payments.get(&payment_id);
            let is_of_the_file = self.told.iter().any(|it| it.payment_id == payment_id);
            let when = match known.filter(|_| !is_of_the_file) {
                Some(known) => format!("was reported already, on {}", told_on(known)),
                None => "stands on an earlier line too, with this day and amount".to_owned(),
            };
            let reason = format!(
                "{when}; if it is a second payment, write `second` on the line, in a column of \
                 that name"
            );
            self.problems.push(table.problem(Column::Invoice, line.line, &reason));
            return Ok(());
        }
        let equal = |it: &DirectPayment| (it.amount, it.paid_on) == (amount, paid_on);
        if is_second && claim.reported().filter(|(_, it)| equal(it)).nth(1).is_some() {
            let reason = "is told twice already with this day and amount; report a third \
                          payment by itself";
            self.problems.push(table.problem(Column::Second, line.line, reason));
            return Ok(());
        }
        let found = objections(claim, &request, country, facts)?;
        if !found.is_empty() {
            self.problems.extend(found.iter().map(|it| {
                let column = match it.field.as_str() {
                    "amount" => Column::Amount,
                    "paid_on" => Column::PaidOn,
                    _ => Column::Invoice,
                };
                table.problem(column, line.line, &it.reason)
            }));
            return Ok(());
        }
        let place = claim.direct_payments.len();
        let name = format!("direct-payment {claim_id} {place}");
        let payment_id = PaymentId::from_uuid(facts.derive(&name));
        let payment = DirectPayment { amount, paid_on, reported_at: facts.now, retracted_at: None };
        claim.direct_payments.insert(payment_id, payment);
        let told =
            DirectPaymentReported { payment_id, claim_id, case_id, creditor_id, amount, paid_on };
        self.told.push(told);
        Ok(())
    }
}

/// The day on which a payment was reported, by the clock of the world.
fn told_on(payment: &DirectPayment) -> String {
    payment.reported_at.to_string().chars().take(10).collect()
}

/// The claim of a number, with what is told of it.
fn found<'a>(
    claims: &BTreeMap<String, (Uuid, ClaimId)>,
    customers: &'a mut BTreeMap<Uuid, Customer>,
    number: &str,
) -> Option<(CaseId, CreditorId, Country, ClaimId, &'a mut Claim)> {
    let (customer, claim_id) = claims.get(number)?;
    let case = customers.get_mut(customer)?.case.as_mut()?;
    let (case_id, creditor_id, country) = (case.case_id, case.creditor_id, case.country);
    let claim = case.claims.get_mut(claim_id)?;
    Some((case_id, creditor_id, country, *claim_id, claim))
}
