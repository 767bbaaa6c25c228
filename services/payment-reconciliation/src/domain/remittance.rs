//! Money on its way to creditors: put together, approved by a second person, paid.
//!
//! A remittance holds what every payment brought for every claim and was not remitted before; less
//! than nothing where a payment was released after it was remitted. It is approved only as it was
//! proposed: where what was collected has changed, it is void. People propose it, or the rhythm
//! that was agreed; a person approves it, and never the one who proposed it.
//!
//! What the bank sends back is owed to the creditor again. It is paid again with a later
//! remittance, once the person who proposes that has looked at the creditor's account; nothing is
//! charged for it a second time.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use contracts::agreement::{AgreedPayout, Settlement};
use contracts::letter::{Note, RemittanceTold, SendNote};
use contracts::payment_reconciliation::{
    ApproveRemittanceAnswer, CarriedRemittance, ProposeRemittanceAnswer,
    Remittance as ToldRemittance, RemittanceApproved, RemittanceLine, RemittanceRefusal,
    RemittanceReturned, RemittanceState, ReturnedRemittance,
};
use jiff::civil::Time;
use mailbox::{Claim, Decision, Effect, Ended, Facts, Fault, Timer};
use primitives::{
    CaseId, ClaimId, ContentHash, CreditorId, Currency, Date, Money, MoneyError, NoteId, PaymentId,
    RemittanceId, StaffId, Timestamp,
};
use serde::{Deserialize, Deserializer, Serialize, de};
use serde_json::Value;

use super::commission::{Brought, RuledClaim, rounded};
use super::invoice::{InvoiceNumber, InvoiceSeries, InvoiceTerms, InvoiceVat, Issued, Vat};
use super::ledger::{
    Holder, LedgerAccount, LedgerError, LedgerTransaction, Occasion, Posting, TransactionKind,
};
use super::parts::Parts;
use super::payout::first_day;
use super::refund::SentBack;
use super::staff::member;
use super::{bug, day_of, moment_of, whole_second};

/// Payment orders are made in euros: money in other currencies waits for a person.
pub const CURRENCY: Currency = Currency::EUR;

/// The timer of a till whose creditor is paid in a rhythm.
pub const PAY_OUT: &str = "pay-out";

/// When it goes off: after the statements of the night, before the finance desk.
const MORNING: Time = Time::constant(8, 0, 0, 0);

/// What one payment brought for one claim, and was not remitted yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Collected {
    pub case_id: CaseId,
    pub claim_id: ClaimId,
    pub payment_id: PaymentId,
    pub holder: Holder,
    pub received_on: Date,
    /// Below zero where it was remitted and released afterwards.
    pub parts: Parts,
    /// As the agreement of the case has it; zero where that has rules.
    pub commission_basis_points: u16,
    pub agency_keeps_costs: bool,
}

/// The money of one creditor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Till {
    /// Counts the decisions that changed it.
    pub version: u64,
    pub creditor_id: CreditorId,
    /// Who may propose. Read with it, and never kept with it; the same goes for what follows.
    pub finance_desk: BTreeSet<StaffId>,
    pub collected: Vec<Collected>,
    /// The claims among them whose commission follows rules.
    pub ruled: BTreeMap<ClaimId, RuledClaim>,
    /// As the newest agreement of the creditor has it.
    pub payout: AgreedPayout,
    /// What came back, and is not paid again yet.
    pub returned: Vec<CarriedRemittance>,
    /// The remittance that waits for its approval.
    pub proposed: Option<Paper>,
    /// What was decided just now: the one that waits is void.
    pub voided: Option<RemittanceId>,
}

/// A remittance, and the series of the numbers of invoices.
pub type Invoicing = (Remittance, InvoiceSeries);

/// One remittance.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Remittance {
    /// Counts the decisions that changed it or told something.
    pub version: u64,
    /// None where there is no such remittance.
    pub paper: Option<Paper>,
    /// Who may approve. Read with it, and never kept with it; the same goes for what follows.
    pub finance_desk: BTreeSet<StaffId>,
    /// While it waits for its approval: what is not remitted yet of what it holds.
    pub collected: Vec<Collected>,
    /// While it waits for its approval: what the creditor gave up in small differences and was not
    /// told of yet. Once that was decided just now: what it is told of with this remittance.
    pub given_up: Vec<GivenUp>,
    /// While it waits for its approval: what came back of earlier ones, and is not paid again yet.
    pub returned: Vec<CarriedRemittance>,
    /// The creditor's newest invoice, to which a credit note refers.
    pub preceding: Option<InvoiceNumber>,
    /// What was decided just now, to be added to the ledger.
    pub news: Vec<LedgerTransaction>,
}

/// What a creditor gave up of one claim in small differences, and was not told of before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GivenUp {
    pub case_id: CaseId,
    pub claim_id: ClaimId,
    /// The day of the newest of them.
    pub on: Date,
    /// Below zero where it was told before, and later money paid it after all.
    pub parts: Parts,
}

/// What a remittance says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paper {
    pub remittance_id: RemittanceId,
    pub creditor_id: CreditorId,
    pub bill: Bill,
    /// The VAT of its invoice; none where none is made.
    pub vat: Option<InvoiceVat>,
    /// None until it is approved, and where there is nothing to invoice.
    pub invoice: Option<Issued>,
    /// None where the rhythm did.
    pub proposed_by: Option<StaffId>,
    pub proposed_at: Timestamp,
    pub state: PaperState,
    /// Where the bank sent it back.
    pub returned: Option<SentBack>,
    /// The approved remittance with which it is paid again, where there is one.
    pub paid_again_by: Option<RemittanceId>,
}

/// How far a remittance is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::large_enum_variant, reason = "nearly all remittances come to be approved")]
pub enum PaperState {
    Proposed,
    /// What was collected changed since it was proposed.
    Void,
    Approved {
        by: StaffId,
        at: Timestamp,
        files: Option<Files>,
        paid_on: Option<Date>,
    },
}

impl PaperState {
    #[must_use]
    pub const fn is_approved(&self) -> bool {
        match self {
            Self::Approved { .. } => true,
            Self::Proposed | Self::Void => false,
        }
    }
}

/// The files of an approved remittance, in the file store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Files {
    pub payment_order: ContentHash,
    pub specification: ContentHash,
    #[serde(default)]
    pub invoice: Option<ContentHash>,
    #[serde(default)]
    pub statement: Option<ContentHash>,
    /// None where it could not be printed.
    #[serde(default)]
    pub specification_pdf: Option<ContentHash>,
}

/// What is paid, and what is kept of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bill {
    /// Received in the agency's account.
    pub collected: Money,
    /// Whether the three that are the agency's are taken off, or charged separately.
    pub settlement: Settlement,
    pub kept_costs: Money,
    pub commission: Money,
    /// On the commission; where it is charged separately or invoiced, on the costs too.
    pub commission_vat: Money,
    /// What came back of earlier remittances, and is paid again.
    pub carried: Vec<CarriedRemittance>,
    /// What the creditor gets.
    pub amount: Money,
    pub lines: Vec<BilledLine>,
}

/// A line with the commission on it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BilledLine {
    pub line: RemittanceLine,
    pub commission: Money,
}

/// The act of an approved remittance: its files are made. They may be made again. Releases before
/// this one kept the first two; they cannot read the third, and leave it to us.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Work {
    MakeFiles {
        #[serde(deserialize_with = "as_kept_before")]
        remittance: ToldRemittance,
        lines: Vec<BilledLine>,
        approved_at: Timestamp,
    },
    MakeFilesAndInvoice {
        #[serde(deserialize_with = "as_kept_before")]
        remittance: ToldRemittance,
        lines: Vec<BilledLine>,
        approved_at: Timestamp,
        invoice: Issued,
        preceding: Option<InvoiceNumber>,
    },
    MakeAllFiles(Making),
}

/// What the files of a remittance are made of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Making {
    #[serde(deserialize_with = "as_kept_before")]
    pub remittance: ToldRemittance,
    pub lines: Vec<BilledLine>,
    pub given_up: Vec<GivenUp>,
    pub approved_at: Timestamp,
    /// None where nothing is invoiced.
    pub invoice: Option<Issued>,
    /// What a credit note refers to.
    pub preceding: Option<InvoiceNumber>,
}

impl Making {
    /// The case of each claim that it tells of.
    pub(crate) fn cases(&self) -> impl Iterator<Item = (ClaimId, CaseId)> {
        let given_up = self.given_up.iter().map(|it| (it.claim_id, it.case_id));
        self.lines.iter().map(|it| (it.line.claim_id, it.line.case_id)).chain(given_up)
    }
}

impl Work {
    /// What is told of small differences with it.
    fn given_up(&self) -> &[GivenUp] {
        match self {
            Self::MakeFiles { .. } | Self::MakeFilesAndInvoice { .. } => &[],
            Self::MakeAllFiles(making) => &making.given_up,
        }
    }
}

impl From<Work> for Making {
    fn from(work: Work) -> Self {
        let given_up = Vec::new();
        match work {
            Work::MakeFiles { remittance, lines, approved_at } => {
                let (invoice, preceding) = (None, None);
                Self { remittance, lines, given_up, approved_at, invoice, preceding }
            }
            Work::MakeFilesAndInvoice { remittance, lines, approved_at, invoice, preceding } => {
                let invoice = Some(invoice);
                Self { remittance, lines, given_up, approved_at, invoice, preceding }
            }
            Work::MakeAllFiles(making) => making,
        }
    }
}

/// Earlier releases kept acts that say nothing of how the creditor is paid: net; and nothing of
/// what came back: nothing was paid again.
fn as_kept_before<'de, D: Deserializer<'de>>(kept: D) -> Result<ToldRemittance, D::Error> {
    let mut kept = Value::deserialize(kept)?;
    if let Some(fields) = kept.as_object_mut() {
        fields.entry("settlement").or_insert_with(|| "net".into());
        fields.entry("carried").or_insert_with(|| Value::Array(Vec::new()));
    }
    ToldRemittance::deserialize(kept).map_err(de::Error::custom)
}

impl Effect for Work {
    fn kind(&self) -> &'static str {
        "make-remittance-files"
    }

    fn once(&self) -> bool {
        false
    }
}

/// The act of a till: what the rhythm asks for is put together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Proposing {
    /// As the release before kept it: it made no invoices.
    InRhythm,
    InRhythmOf(CreditorId),
}

impl Effect for Proposing {
    fn kind(&self) -> &'static str {
        "propose-in-rhythm"
    }

    fn once(&self) -> bool {
        false
    }
}

/// When the creditor is paid next.
#[must_use]
pub fn next_payout(payout: &AgreedPayout, now: Timestamp) -> Timer {
    let name = PAY_OUT;
    let today = day_of(now);
    let mut from = [Some(today), today.tomorrow().ok()].into_iter().flatten();
    let morning = |rhythm, from| moment_of(first_day(rhythm, from)?, MORNING);
    let due_at = payout.rhythm.as_ref().and_then(|rhythm| {
        from.find_map(|from| morning(rhythm, from).filter(|due_at| *due_at > now))
    });
    due_at.map_or(Timer::Cancel { name }, |due_at| Timer::Set { name, due_at })
}

/// The day of the rhythm has come.
pub fn pay_out(till: Till, facts: &Facts) -> Decision<Till, Proposing> {
    let timer = next_payout(&till.payout, facts.now);
    let is_agreed = till.payout.rhythm.is_some();
    let creditor_id = till.creditor_id;
    let decision = Decision::quiet(till).timer(timer);
    if is_agreed { decision.perform(Proposing::InRhythmOf(creditor_id)) } else { decision }
}

/// Puts together what a creditor is to be paid in its rhythm; less than the minimum waits.
pub fn propose_in_rhythm(
    till: Till,
    ended: &Ended<Proposing, Vat>,
    facts: &Facts,
) -> Result<Decision<Till, Proposing>, Fault> {
    let vat = *ended.performed()?;
    let minimum = till.payout.minimum;
    // Nobody has looked at the account of what came back.
    let (till, _) = put_together(till, None, (minimum, &[]), vat, facts)?;
    Ok(Decision::quiet(till))
}

/// Puts together what a creditor is to be paid; `again` is what came back and goes along.
pub fn propose(
    till: Till,
    again: &[RemittanceId],
    vat: Vat,
    facts: &Facts,
) -> Result<(Decision<Till, Proposing>, ProposeRemittanceAnswer), Fault> {
    let Some(proposed_by) = member(&facts.actor, &till.finance_desk) else {
        let reason = RemittanceRefusal::NotOfTheFinanceDesk;
        return Ok((Decision::quiet(till), ProposeRemittanceAnswer::Refused { reason }));
    };
    let is_back = |id: &RemittanceId| till.returned.iter().any(|it| it.remittance_id == *id);
    if let Some(remittance_id) = again.iter().find(|id| !is_back(id)).copied() {
        let reason = RemittanceRefusal::NotReturned { remittance_id };
        return Ok((Decision::quiet(till), ProposeRemittanceAnswer::Refused { reason }));
    }
    let (till, answer) = put_together(till, Some(proposed_by), (None, again), vat, facts)?;
    Ok((Decision::quiet(till), answer))
}

fn put_together(
    mut till: Till,
    proposed_by: Option<StaffId>,
    (minimum, again): (Option<Money>, &[RemittanceId]),
    vat: Vat,
    facts: &Facts,
) -> Result<(Till, ProposeRemittanceAnswer), Fault> {
    let is_wanted = |it: &&CarriedRemittance| again.contains(&it.remittance_id);
    let carried: Vec<CarriedRemittance> = till.returned.iter().filter(is_wanted).cloned().collect();
    if let Some(paper) = &till.proposed {
        let is_asked = carried.is_empty() || paper.bill.carried == carried;
        let holds = paper.bill.still_holds(&till.collected, &till.returned);
        if paper.vat == vat.invoiced() && is_asked && holds {
            let answer = ProposeRemittanceAnswer::Waiting(paper.told());
            return Ok((till, answer));
        }
        till.voided = Some(paper.remittance_id);
        till.proposed = None;
    }
    let settlement = till.payout.settlement.clone();
    let bill = Bill::of(&till.collected, &till.ruled, settlement, vat);
    let bill = bill.and_then(|bill| bill.carrying(carried)).map_err(|error| bug(&error))?;
    let is_less = minimum.map(|least| bill.amount.checked_cmp(least)).transpose();
    let is_less = is_less.map_err(|error| bug(&error))?.is_some_and(Ordering::is_lt);
    if is_less || !bill.amount.is_positive() {
        return Ok((till, ProposeRemittanceAnswer::NothingToRemit));
    }
    let paper = Paper {
        remittance_id: RemittanceId::from_uuid(facts.derive("remittance")),
        creditor_id: till.creditor_id,
        bill,
        vat: vat.invoiced(),
        invoice: None,
        proposed_by,
        proposed_at: whole_second(facts.now),
        state: PaperState::Proposed,
        returned: None,
        paid_again_by: None,
    };
    let answer = ProposeRemittanceAnswer::Proposed(paper.told());
    till.proposed = Some(paper);
    Ok((till, answer))
}

/// Approves a remittance without an invoice: the money is in transit from now on, and its files
/// are made.
pub fn approve(
    remittance: Remittance,
    facts: &Facts,
) -> Result<(Decision<Remittance, Work>, ApproveRemittanceAnswer), Fault> {
    approval(remittance, None, facts)
}

/// The same with its invoice, where one is made.
pub fn approve_and_invoice(
    (remittance, mut series): Invoicing,
    terms: InvoiceTerms,
    facts: &Facts,
) -> Result<(Decision<Invoicing, Work>, ApproveRemittanceAnswer), Fault> {
    let (decision, answer) = approval(remittance, Some((&mut series, terms)), facts)?;
    let Decision { state, messages, effects, timers } = decision;
    Ok((Decision { state: (state, series), messages, effects, timers }, answer))
}

fn approval(
    mut remittance: Remittance,
    invoicing: Option<(&mut InvoiceSeries, InvoiceTerms)>,
    facts: &Facts,
) -> Result<(Decision<Remittance, Work>, ApproveRemittanceAnswer), Fault> {
    let refused = |reason| ApproveRemittanceAnswer::Refused { reason };
    let Some(by) = member(&facts.actor, &remittance.finance_desk) else {
        let answer = refused(RemittanceRefusal::NotOfTheFinanceDesk);
        return Ok((Decision::quiet(remittance), answer));
    };
    let Some(mut paper) = remittance.paper.clone() else {
        return Ok((Decision::quiet(remittance), ApproveRemittanceAnswer::Unknown));
    };
    match paper.state {
        PaperState::Proposed => {}
        PaperState::Void => {
            let answer = refused(RemittanceRefusal::Outdated);
            return Ok((Decision::quiet(remittance), answer));
        }
        PaperState::Approved { .. } => {
            let answer = ApproveRemittanceAnswer::AlreadyApproved(paper.told());
            return Ok((Decision::quiet(remittance), answer));
        }
    }
    if Some(by) == paper.proposed_by {
        return Ok((Decision::quiet(remittance), refused(RemittanceRefusal::SamePerson)));
    }
    // Before the configuration named the seller, or by an earlier release.
    let is_uninvoiced = invoicing.as_ref().is_some_and(|(_, it)| it.is_made && paper.vat.is_none());
    if is_uninvoiced || !paper.bill.still_holds(&remittance.collected, &remittance.returned) {
        paper.state = PaperState::Void;
        remittance.paper = Some(paper);
        return Ok((Decision::quiet(remittance), refused(RemittanceRefusal::Outdated)));
    }
    let occasion = Occasion { booked_on: day_of(facts.now), cause: facts.cause };
    remittance.news.push(paper.transaction(occasion).map_err(|error| bug(&error))?);
    let approved_at = whole_second(facts.now);
    paper.state = PaperState::Approved { by, at: approved_at, files: None, paid_on: None };
    if let Some(((series, terms), vat)) = invoicing.zip(paper.vat) {
        let issued = series.issue(&paper, vat, (approved_at, terms.days));
        paper.invoice = issued.map_err(|error| bug(&error))?;
    }
    let told = paper.told();
    let making = Making {
        remittance: told.clone(),
        lines: paper.bill.lines.clone(),
        given_up: remittance.given_up.clone(),
        approved_at,
        invoice: paper.invoice,
        preceding: remittance.preceding,
    };
    remittance.paper = Some(paper);
    let decision = Decision::quiet(remittance).perform(Work::MakeAllFiles(making));
    Ok((decision, ApproveRemittanceAnswer::Approved(told)))
}

/// Whether the files of a remittance are still to be made.
#[must_use]
pub fn claim(remittance: &Remittance) -> Claim {
    match remittance.paper.as_ref().map(|paper| paper.state) {
        Some(PaperState::Approved { files: None, .. }) => Claim::Start,
        Some(PaperState::Approved { .. } | PaperState::Proposed | PaperState::Void) | None => {
            Claim::Withdraw
        }
    }
}

/// The files were made: the creditor is told, and everybody else.
pub fn end(
    mut remittance: Remittance,
    ended: &Ended<Work, Files>,
    facts: &Facts,
) -> Result<Decision<Remittance, Work>, Fault> {
    let files = *ended.performed()?;
    let Some(Paper { remittance_id, creditor_id, bill, invoice, proposed_by, state, .. }) =
        &mut remittance.paper
    else {
        return Err(Fault::Bug("files were made of a remittance that is not there".to_owned()));
    };
    let PaperState::Approved { by, at, files: made @ None, .. } = state else {
        return Ok(Decision::quiet(remittance));
    };
    *made = Some(files);
    if let Some(invoice) = invoice {
        invoice.document = files.invoice;
    }
    let Files { payment_order, specification, specification_pdf, .. } = files;
    let approved = RemittanceApproved {
        remittance_id: *remittance_id,
        creditor_id: *creditor_id,
        collected: bill.collected,
        settlement: bill.settlement.clone(),
        kept_costs: bill.kept_costs,
        commission: bill.commission,
        commission_vat: bill.commission_vat,
        amount: bill.amount,
        proposed_by: *proposed_by,
        approved_by: *by,
        payment_order,
        specification,
    };
    let (given_up, taken_back) = totals_of(ended.effect.given_up()).map_err(|error| bug(&error))?;
    let told = RemittanceTold {
        remittance_id: *remittance_id,
        amount: bill.amount,
        approved_on: day_of(*at),
        specification,
        specification_pdf,
        invoice: invoice.map(|it| it.told()),
        given_up,
        taken_back,
    };
    let note = SendNote {
        note_id: NoteId::from_uuid(facts.derive("note")),
        creditor_id: *creditor_id,
        note: Note::Remittance(told),
    };
    Ok(Decision::quiet(remittance).send(approved).send(note))
}

/// The bank sent a remittance back: the money is owed to the creditor again.
pub fn take_back(mut remittance: Remittance, facts: &Facts) -> Result<Decision<Remittance>, Fault> {
    let paper = remittance.paper.as_mut();
    let Some(Paper { remittance_id, creditor_id, bill, returned: Some(returned), .. }) = paper
    else {
        let said = "a remittance is to be taken back that did not come back";
        return Err(Fault::Bug(said.to_owned()));
    };
    if returned.is_booked {
        return Ok(Decision::quiet(remittance));
    }
    returned.is_booked = true;
    let (remittance_id, creditor_id, amount) = (*remittance_id, *creditor_id, bill.amount);
    let SentBack { by: returned_by, on: returned_on, reason_code, .. } = returned.clone();
    let occasion = Occasion { booked_on: returned_on, cause: facts.cause };
    let of = (creditor_id, remittance_id);
    let back = LedgerTransaction::remittance_taken_back(of, amount, occasion);
    remittance.news.push(back.map_err(|error| bug(&error))?);
    Ok(Decision::quiet(remittance).send(RemittanceReturned {
        remittance_id,
        creditor_id,
        amount,
        returned_by,
        returned_on,
        reason_code,
    }))
}

impl Bill {
    /// What is paid of what was collected. Of what the creditor received itself only the commission
    /// is settled. `ruled` holds the claims whose commission follows rules, as far as they were
    /// remitted before.
    pub fn of(
        collected: &[Collected],
        ruled: &BTreeMap<ClaimId, RuledClaim>,
        settlement: Settlement,
        vat: Vat,
    ) -> Result<Self, MoneyError> {
        let mut ruled = ruled.clone();
        let nothing = Money::zero(CURRENCY);
        let (mut received, mut kept_costs, mut commission) = (nothing, nothing, nothing);
        let mut lines = Vec::with_capacity(collected.len());
        for it in collected {
            let direct = it.holder != Holder::Agency;
            let Parts { costs, interest, principal } = it.parts;
            if !direct {
                received = received.checked_add(it.parts.total()?)?;
            }
            if !direct && it.agency_keeps_costs {
                kept_costs = kept_costs.checked_add(costs)?;
            }
            let base = principal.checked_add(interest)?;
            let Collected { case_id, claim_id, payment_id, received_on, .. } = *it;
            let share = match ruled.get_mut(&claim_id) {
                Some(claim) => claim.charge(Brought { received_on, direct, base })?,
                None => share_of(base, u32::from(it.commission_basis_points))?,
            };
            commission = commission.checked_add(share)?;
            let line = RemittanceLine {
                case_id,
                claim_id,
                payment_id,
                received_on,
                principal,
                interest,
                costs,
                direct,
            };
            lines.push(BilledLine { line, commission: share });
        }
        let taxed = if vat.is_on_costs(&settlement) {
            commission.checked_add(kept_costs)?
        } else {
            commission
        };
        let mut bill = Self {
            collected: received,
            settlement,
            kept_costs,
            commission,
            commission_vat: share_of(taxed, vat.basis_points())?,
            carried: Vec::new(),
            amount: received,
            lines,
        };
        bill.amount = match bill.settlement {
            Settlement::Net => received.checked_sub(bill.fees()?)?,
            Settlement::Gross => received,
        };
        Ok(bill)
    }

    /// What is the agency's, VAT within.
    pub fn fees(&self) -> Result<Money, MoneyError> {
        self.kept_costs.checked_add(self.commission)?.checked_add(self.commission_vat)
    }

    /// The same with what came back of earlier ones on top.
    pub fn carrying(self, carried: Vec<CarriedRemittance>) -> Result<Self, MoneyError> {
        let back = Money::sum(CURRENCY, carried.iter().map(|it| it.amount))?;
        let amount = self.amount.checked_add(back)?;
        Ok(Self { carried, amount, ..self })
    }

    /// All that is paid again.
    fn carried_total(&self) -> Result<Money, MoneyError> {
        Money::sum(CURRENCY, self.carried.iter().map(|it| it.amount))
    }

    /// Whether each line is still what is not remitted yet, and what it carries not paid again.
    /// What came beside them is for the next time.
    fn still_holds(&self, collected: &[Collected], returned: &[CarriedRemittance]) -> bool {
        if !self.carried.iter().all(|it| returned.contains(it)) {
            return false;
        }
        let now: BTreeMap<(ClaimId, PaymentId), Parts> =
            collected.iter().map(|it| ((it.claim_id, it.payment_id), it.parts)).collect();
        self.lines
            .iter()
            .all(|it| now.get(&(it.line.claim_id, it.line.payment_id)) == Some(&it.parts()))
    }
}

impl BilledLine {
    /// What the line brought.
    #[must_use]
    pub const fn parts(&self) -> Parts {
        let RemittanceLine { costs, interest, principal, .. } = self.line;
        Parts { costs, interest, principal }
    }
}

/// What of one remittance is given up, and what was before and is paid or owed after all: each zero
/// or more, since one says nothing about the other.
fn totals_of(given_up: &[GivenUp]) -> Result<(Money, Money), MoneyError> {
    let (mut given, mut taken) = (Money::zero(CURRENCY), Money::zero(CURRENCY));
    for one in given_up {
        let total = one.parts.total()?;
        if total.is_negative() {
            taken = taken.checked_sub(total)?;
        } else {
            given = given.checked_add(total)?;
        }
    }
    Ok((given, taken))
}

impl Paper {
    /// As it is told.
    #[must_use]
    pub fn told(&self) -> ToldRemittance {
        let Bill {
            collected,
            settlement,
            kept_costs,
            commission,
            commission_vat,
            carried,
            amount,
            lines,
        } = &self.bill;
        let (state, approved_by, files) = match self.state {
            PaperState::Proposed => (RemittanceState::Proposed, None, None),
            PaperState::Void => (RemittanceState::Void, None, None),
            PaperState::Approved { by, files, paid_on: None, .. } => {
                (RemittanceState::Approved, Some(by), files)
            }
            PaperState::Approved { by, files, paid_on: Some(paid_on), .. } => {
                (RemittanceState::Paid { paid_on }, Some(by), files)
            }
        };
        ToldRemittance {
            remittance_id: self.remittance_id,
            creditor_id: self.creditor_id,
            state,
            collected: *collected,
            settlement: settlement.clone(),
            kept_costs: *kept_costs,
            commission: *commission,
            commission_vat: *commission_vat,
            carried: carried.clone(),
            amount: *amount,
            lines: lines.iter().map(|it| it.line.clone()).collect(),
            proposed_by: self.proposed_by,
            proposed_at: self.proposed_at,
            approved_by,
            payment_order: files.map(|files| files.payment_order),
            specification: files.map(|files| files.specification),
            specification_pdf: files.and_then(|files| files.specification_pdf),
            statement: files.and_then(|files| files.statement),
            invoice: self.invoice.map(|it| it.told()),
            returned: self.returned.as_ref().map(|it| ReturnedRemittance {
                returned_on: it.on,
                reason_code: it.reason_code.clone(),
                paid_again_by: self.paid_again_by,
            }),
        }
    }

    /// The creditor's money goes into transit, and what is kept becomes the agency's own; what is
    /// charged separately is owed by the creditor, beside all client money. What was paid back from
    /// own money after an earlier remittance comes back to it.
    fn transaction(&self, occasion: Occasion) -> Result<LedgerTransaction, LedgerError> {
        let creditor_id = self.creditor_id;
        let nothing = Money::zero(CURRENCY);
        let (mut owed, mut advanced) = (self.bill.carried_total()?, nothing);
        for line in self.bill.lines.iter().filter(|it| !it.line.direct) {
            let total = line.parts().total()?;
            if total.is_negative() {
                advanced = advanced.checked_sub(total)?;
            } else {
                owed = owed.checked_add(total)?;
            }
        }
        let amount = self.bill.amount;
        let own = owed.checked_sub(amount)?;
        let fees = match self.bill.settlement {
            Settlement::Net => nothing,
            Settlement::Gross => self.bill.fees()?,
        };
        let postings = [
            (LedgerAccount::OwedToCreditor(creditor_id), owed),
            (LedgerAccount::InTransit(self.remittance_id.into()), amount.checked_neg()?),
            (LedgerAccount::Own, own.checked_neg()?),
            (LedgerAccount::OwedByCreditor(creditor_id), advanced.checked_neg()?),
            (LedgerAccount::AdvancedToCreditor(creditor_id), advanced),
            (LedgerAccount::FeesOwedByCreditor(creditor_id), fees),
            (LedgerAccount::FeesCharged(creditor_id), fees.checked_neg()?),
        ];
        let postings = postings.into_iter().filter(|(_, amount)| !amount.is_zero());
        let postings = postings.map(|(account, amount)| Posting { account, amount }).collect();
        let kind = TransactionKind::RemittanceApproved(self.remittance_id);
        LedgerTransaction::new(kind, occasion, postings)
    }
}

/// So many hundredths of a percent of an amount, halves away from zero.
fn share_of(amount: Money, basis_points: u32) -> Result<Money, MoneyError> {
    let exact = i128::from(amount.amount_minor()).saturating_mul(i128::from(basis_points));
    rounded(exact, Money::zero(amount.currency()))
}
