//! What people do: creditors hand over, credit, withdraw and report; debtors pay; callers call; the
//! agency takes statements in and pays creditors. Everything is asked as a person would ask it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use contracts::agreement::PayTo;
use contracts::hold::{HoldCause, HoldScope, HoldThen, PlaceHold, PlaceHoldAnswer};
use contracts::intake::{
    ImportInvoiceAnswer, ReportDirectPayment, ReportDirectPaymentAnswer, WithdrawClaim,
    WithdrawalReason,
};
use contracts::payment_reconciliation::{ImportStatementAnswer, ProposeRemittanceAnswer};
use contracts::reason::{
    CaseDecision, DecideCase, DecisionWhy, ReasonRefusal, RecordReason, RecordReasonAnswer, SaidBy,
};
use contracts::telephony_task::{
    ClaimRefusal, ClaimTaskAnswer, CloseTask, CloseTaskAnswer, PromisedPayment,
};
use intake::domain::{
    Creditor, CreditorDocument, Handed, Registration, StaffRegistration, creditor_id,
    read_document, read_staff_document, staff_id, ubl,
};
use jiff::{SignedDuration, ToSpan};
use mailbox::{Aggregate, Row};
use payment_reconciliation::domain::account_statement::{BankFile, Owners};
use payment_reconciliation::domain::ledger::Transfer;
use primitives::{
    Actor, CallOutcome, CallTaskId, CaseId, ClaimId, CreditorId, Currency, Date, HoldId, Iban,
    Money, NonPaymentReason, PaymentId, RemittanceId, StructuredReference, Timestamp,
};
use scheduler::domain::{Hold, Reasons, Track};
use telephony_task::domain::{CallTask, Closing, Owed, Stage, Summary};
use uuid::Uuid;

use crate::bank::{AGENCY, Moved};
use crate::outside::hash;
use crate::plan::{Act, Call, Desk, Invoice, Names, Over, Person, Piece, Plan, Ruling, Said};
use crate::world::{Event, Told1, World, later, parked, rehearsed, violation};
use house::{intake as book, telephony};

/// Something that somebody does.
#[derive(Clone, Debug)]
pub(crate) enum Doing {
    HandOver {
        person: usize,
        invoice: usize,
        again: bool,
    },
    Deed {
        person: usize,
        deed: usize,
    },
    Desk {
        deed: usize,
    },
    LastStatement {
        of_creditor: Option<usize>,
    },
    Approve {
        remittance: RemittanceId,
    },
    /// A promised payment.
    Pays {
        account: String,
        cents: i64,
        reference: String,
    },
    BankPays {
        remittance: Uuid,
    },
}

/// What a caller does.
#[derive(Clone, Debug)]
pub(crate) enum Calling {
    Claim { task: CallTaskId, person: usize, call: usize },
    Close { task: CallTaskId, person: usize, call: usize, called_at: Timestamp },
    GiveBack { task: CallTaskId },
}

/// What people remember.
#[derive(Debug, Default)]
pub(crate) struct People {
    /// The debtors of cases.
    of_case: BTreeMap<CaseId, usize>,
    calls: BTreeMap<usize, usize>,
    seen: BTreeSet<CallTaskId>,
    reported: BTreeMap<(usize, usize), PaymentId>,
    statements: u64,
}

const CREDITORS: [(&str, &str); 3] = [
    ("groene-hoek", include_str!("../../../deploy/demo/creditors/groene-hoek.toml")),
    ("nauta", include_str!("../../../deploy/demo/creditors/nauta.toml")),
    ("vanderlinden", include_str!("../../../deploy/demo/creditors/vanderlinden.toml")),
];

const STAFF: [&str; 3] = [
    include_str!("../../../deploy/demo/staff/femke.toml"),
    include_str!("../../../deploy/demo/staff/finn.toml"),
    include_str!("../../../deploy/demo/staff/mila.toml"),
];

/// The documents of the demonstration, read once.
static DOCUMENTS: LazyLock<Vec<Registration>> = LazyLock::new(|| {
    let read = |(code, text): &(&str, &str)| {
        // One of them gives nothing up.
        let text = match *code {
            "groene-hoek" => (*text).to_owned(),
            _ => format!("{text}\n[agreement.small_difference]\nup_to = \"10.00\"\n"),
        };
        Registration(read_document(text.as_bytes(), hash(text.as_bytes())))
    };
    CREDITORS.iter().map(read).collect()
});

static MEMBERS: LazyLock<Vec<StaffRegistration>> = LazyLock::new(|| {
    STAFF.iter().map(|text| StaffRegistration(read_staff_document(text.as_bytes()))).collect()
});

/// The VAT on the agency's commission.
const VAT_BASIS_POINTS: u32 = 2_100;

/// A day of the story.
pub(crate) fn day(plan: &Plan, number: i64) -> Date {
    plan.begins.saturating_add(number.days())
}

fn hold_id(number: u8) -> HoldId {
    HoldId::derive(Uuid::NAMESPACE_OID, &[number])
}

fn creditor_of(person: &Person) -> CreditorId {
    creditor_id(CREDITORS.get(person.creditor).map_or("", |(code, _)| code))
}

/// The reference that stands on an invoice.
fn own_reference(person: usize, invoice: usize) -> Option<String> {
    let reference = StructuredReference::rf_from(&format!("OWN{person}X{invoice}")).ok()?;
    Some(reference.canonical().to_owned())
}

fn number_of(person: usize, invoice: usize) -> String {
    format!("F{person}-{invoice}")
}

const fn euro(cents: i64) -> Money {
    Money::new(cents, Currency::EUR)
}

const fn share(cents: i64, percent: i64) -> i64 {
    cents.saturating_mul(percent).saturating_add(50) / 100
}

impl World<'_> {
    pub(crate) fn register_everybody(&mut self) -> Told1 {
        let used: BTreeSet<usize> = self.plan.people.iter().map(|it| it.creditor).collect();
        for number in used {
            let Some(registration) = DOCUMENTS.get(number) else { continue };
            let facts =
                self.asked("intake.api.register-creditor.v1", &number.to_string(), Actor::Operator);
            let it = rehearsed("intake.api.register-creditor", &facts, false);
            let (brought, _) = book::register(&mut self.house.intake, registration, it)
                .map_err(|fault| parked("intake", &fault))?;
            self.keep("intake", brought, &facts)?;
        }
        for (number, registration) in MEMBERS.iter().enumerate() {
            let facts =
                self.asked("intake.api.register-staff.v1", &number.to_string(), Actor::Operator);
            let it = rehearsed("intake.api.register-staff", &facts, false);
            let (brought, _) = book::register_staff(&mut self.house.intake, registration, it)
                .map_err(|fault| parked("intake", &fault))?;
            self.keep("intake", brought, &facts)?;
        }
        Ok(())
    }

    /// Puts all that is planned into the agenda.
    pub(crate) fn plan_deeds(&mut self) {
        let plan = self.plan;
        for (person, who) in plan.people.iter().enumerate() {
            for (invoice, what) in who.invoices.iter().enumerate() {
                if plan.tells(Piece::Invoice(person, invoice)) {
                    let doing = Doing::HandOver { person, invoice, again: false };
                    self.put(self.moment(what.handed_over), Event::Doing(doing));
                }
            }
            for (deed, what) in who.deeds.iter().enumerate() {
                if plan.tells(Piece::Deed(person, deed)) {
                    self.put(self.moment(what.at), Event::Doing(Doing::Deed { person, deed }));
                }
            }
        }
        for (deed, what) in plan.desk.iter().enumerate() {
            if plan.tells(Piece::Desk(deed)) {
                self.put(self.moment(what.at), Event::Doing(Doing::Desk { deed }));
            }
        }
    }

    /// So that all money is known in the end: a statement of every account is taken in tomorrow.
    pub(crate) fn last_statements(&mut self) {
        let at = later(self.now, SignedDuration::from_hours(24));
        for of_creditor in [None, Some(0), Some(1), Some(2)] {
            self.put(at, Event::Doing(Doing::LastStatement { of_creditor }));
        }
    }

    pub(crate) fn doing(&mut self, doing: Doing) -> Told1 {
        match doing {
            Doing::HandOver { person, invoice, again } => self.hand_over(person, invoice, again),
            Doing::Deed { person, deed } => {
                let plan = self.plan;
                let what = plan.people.get(person).and_then(|it| it.deeds.get(deed));
                what.map_or(Ok(()), |what| self.deed((person, deed), what.act))
            }
            Doing::Desk { deed } => self.desk(deed),
            Doing::LastStatement { of_creditor } => self.statement(of_creditor, false),
            Doing::Approve { remittance } => self.approve(remittance),
            Doing::Pays { account, cents, reference } => {
                self.pay(account, cents, vec![reference]);
                Ok(())
            }
            Doing::BankPays { remittance } => {
                self.bank_pays(RemittanceId::from_uuid(remittance));
                Ok(())
            }
        }
    }

    // Creditors.

    fn hand_over(&mut self, person: usize, invoice: usize, again: bool) -> Told1 {
        let plan = self.plan;
        let Some(who) = plan.people.get(person) else { return Ok(()) };
        let Some(what) = who.invoices.get(invoice) else { return Ok(()) };
        let file = invoice_file(plan, (person, who), (invoice, what));
        let key = format!("{person} {invoice} {again}");
        let handed =
            Handed::new(creditor_of(who), hash(file.as_bytes()), ubl::read(file.as_bytes()));
        let answer = self.import(&handed, &key)?;
        let number = number_of(person, invoice);
        let cents = what.cents;
        self.say(|| {
            format!(
                "creditor {} hands over {number} of debtor {person}: {cents} cents, due day {}",
                who.creditor, what.due
            )
        });
        match answer {
            Some(ImportInvoiceAnswer::Registered { case_id, .. }) => {
                self.people.of_case.insert(case_id, person);
                Ok(())
            }
            Some(ImportInvoiceAnswer::AlreadyKnown { .. }) if again => Ok(()),
            other => Err(violation("handed-over", format!("{number} was answered {other:?}"))),
        }
    }

    fn import(
        &mut self,
        handed: &Handed,
        key: &str,
    ) -> Result<Option<ImportInvoiceAnswer>, crate::Violation> {
        let facts =
            self.asked("intake.api.import-invoice.v1", key, Actor::Creditor(handed.creditor_id));
        let it = rehearsed("intake.api.import-invoice", &facts, false);
        let (brought, answer) = book::import(&mut self.house.intake, handed, it)
            .map_err(|fault| parked("intake", &fault))?;
        self.keep("intake", brought, &facts)?;
        Ok(answer)
    }

    fn deed(&mut self, (person, deed): (usize, usize), act: Act) -> Told1 {
        let plan = self.plan;
        let Some(who) = plan.people.get(person) else { return Ok(()) };
        let invoice = match act {
            Act::Pay { invoice, .. }
            | Act::Credit { invoice, .. }
            | Act::Withdraw { invoice }
            | Act::Report { invoice, .. }
            | Act::Retract { invoice }
            | Act::HandOverAgain { invoice } => invoice,
        };
        let creditor = creditor_of(who);
        let number = number_of(person, invoice);
        let found = book::claim_for(&self.house.intake, creditor, &number);
        if let (None, Act::Pay { names: Names::Rightly, .. }) = (found, act) {
            self.pay_early((person, who), invoice);
            return Ok(());
        }
        let Some((case_id, claim_id, amount, issued_on)) = found.map(|(case, id, claim)| {
            (case.case_id, id, claim.amount.amount_minor(), claim.issued_on)
        }) else {
            return Ok(());
        };
        let key = format!("{person} {deed}");
        match act {
            Act::Pay { also, percent, names, .. } => {
                let open = self.open(case_id, claim_id).unwrap_or(amount);
                let cents = share(open, percent).max(1);
                let also = also.map(|it| number_of(person, it));
                let references = self.references(creditor, (&number, also.as_deref()), names);
                let account = self.account_of(case_id);
                self.say(|| format!("debtor {person} pays {cents} cents for {number} ({names:?})"));
                self.pay(account, cents, references);
                Ok(())
            }
            Act::Credit { percent, .. } => {
                let cents = share(amount, percent).max(1);
                let note = credit_note(plan, (person, who), (deed, cents), &number);
                let handed =
                    Handed::new(creditor, hash(note.as_bytes()), ubl::read(note.as_bytes()));
                self.say(|| format!("creditor credits {cents} cents of {number}"));
                self.import(&handed, &format!("credit {key}")).map(drop)
            }
            Act::Withdraw { .. } => self.withdraw(claim_id, &key),
            Act::Report { percent, .. } => {
                let cents = share(amount, percent).max(1);
                let days = self.fate.chance(crate::Wrong::Late, claim_id.as_uuid()).below(6);
                let paid_on = self.today().saturating_sub(days.days()).max(issued_on);
                self.report((person, invoice), claim_id, (cents, paid_on), &key)
            }
            Act::Retract { .. } => self.retract((person, invoice), &key),
            Act::HandOverAgain { .. } => self.hand_over(person, invoice, true),
        }
    }

    /// A debtor pays before the invoice is handed over, by the reference that stands on it.
    fn pay_early(&mut self, (person, who): (usize, &Person), invoice: usize) {
        let Some(what) = who.invoices.get(invoice).filter(|it| it.has_reference) else { return };
        let Some(reference) = own_reference(person, invoice) else { return };
        let account = match DOCUMENTS.get(who.creditor).map(|it| &it.0) {
            Some(Ok(it)) if it.agreed.agreement.pay_to != PayTo::Agency => {
                it.agreed.account.to_string()
            }
            Some(Ok(_) | Err(_)) | None => AGENCY.to_owned(),
        };
        let cents = what.cents;
        self.say(|| format!("debtor {person} pays {cents} cents before anything is handed over"));
        self.pay(account, cents, vec![reference]);
    }

    fn withdraw(&mut self, claim_id: ClaimId, key: &str) -> Told1 {
        let request = WithdrawClaim { claim_id, reason: WithdrawalReason::Mistake };
        let facts = self.asked("intake.api.withdraw-claim.v1", key, Actor::Operator);
        let it = rehearsed("intake.api.withdraw-claim", &facts, false);
        let (brought, _) = book::withdraw(&mut self.house.intake, &request, it)
            .map_err(|fault| parked("intake", &fault))?;
        self.say(|| format!("creditor withdraws claim {claim_id}"));
        self.keep("intake", brought, &facts)
    }

    fn report(
        &mut self,
        invoice: (usize, usize),
        claim_id: ClaimId,
        (cents, paid_on): (i64, Date),
        key: &str,
    ) -> Told1 {
        let request = ReportDirectPayment { claim_id, amount: euro(cents), paid_on, again: false };
        let facts = self.asked("intake.api.report-direct-payment.v1", key, Actor::Operator);
        let it = rehearsed("intake.api.report-direct-payment", &facts, false);
        let (brought, answer) = book::report(&mut self.house.intake, &request, it)
            .map_err(|fault| parked("intake", &fault))?;
        self.say(|| format!("creditor reports {cents} cents paid to itself on {paid_on}"));
        if let Some(ReportDirectPaymentAnswer::Reported { payment_id, .. }) = answer {
            self.people.reported.insert(invoice, payment_id);
        }
        self.keep("intake", brought, &facts)
    }

    fn retract(&mut self, invoice: (usize, usize), key: &str) -> Told1 {
        let Some(payment_id) = self.people.reported.remove(&invoice) else { return Ok(()) };
        let facts = self.asked("intake.api.retract-direct-payment.v1", key, Actor::Operator);
        let it = rehearsed("intake.api.retract-direct-payment", &facts, false);
        let (brought, _) = book::retract(&mut self.house.intake, payment_id, it)
            .map_err(|fault| parked("intake", &fault))?;
        self.say(|| "creditor takes its report back".to_owned());
        self.keep("intake", brought, &facts)
    }

    // Debtors.

    fn open(&self, case_id: CaseId, claim_id: ClaimId) -> Option<i64> {
        let position = self.house.position(case_id, &[], self.now)?;
        let mut claims = position.claims.iter();
        claims.find(|it| it.claim_id == claim_id).map(|it| it.open.amount_minor())
    }

    fn references(
        &self,
        creditor: CreditorId,
        (number, also): (&str, Option<&str>),
        names: Names,
    ) -> Vec<String> {
        let of = |number: &str| {
            let found = book::claim_for(&self.house.intake, creditor, number);
            found.map(|(_, _, claim)| claim.reference.canonical().to_owned())
        };
        match names {
            Names::Rightly => [Some(number), also].into_iter().flatten().filter_map(of).collect(),
            Names::Wrongly => {
                let wrong = StructuredReference::rf_from(&format!("X{}", number.replace('-', "")));
                wrong.iter().map(|it| it.canonical().to_owned()).collect()
            }
            Names::Nothing => Vec::new(),
        }
    }

    /// The account that the debtor of a case is asked to pay to.
    fn account_of(&self, case_id: CaseId) -> String {
        let cases = book::cases(&self.house.intake);
        let case = cases.into_iter().find(|it| it.case_id == case_id);
        let agreed = case.and_then(|case| {
            let creditor = self.house.intake.find::<Creditor>(case.creditor_id.as_uuid())?;
            creditor.agreements.get(&case.agreement_version)
        });
        match agreed {
            Some(agreed) if agreed.agreement.pay_to != PayTo::Agency => agreed.account.to_string(),
            Some(_) | None => AGENCY.to_owned(),
        }
    }

    fn pay(&mut self, account: String, cents: i64, references: Vec<String>) {
        self.counts.payments = self.counts.payments.saturating_add(1);
        let on = self.today();
        self.bank.moves(Moved { account, cents, references, end_to_end: None, on });
    }

    // The agency's desk.

    fn desk(&mut self, deed: usize) -> Told1 {
        let Some(act) = self.plan.desk.get(deed).map(|it| it.act) else { return Ok(()) };
        match act {
            Desk::Statement { of_creditor, twice } => self.statement(of_creditor, twice),
            Desk::Remit { creditor, approved_after } => {
                self.remit(creditor, approved_after, &deed.to_string())
            }
            Desk::Hold { number, over, from, days, decides } => {
                self.hold(number, over, (from, days), decides)
            }
            Desk::Lift { number } => self.lift(number),
            Desk::Reason { place, reason, ago, shown } => {
                self.put_down(place, reason, (ago, shown), &deed.to_string())
            }
            Desk::Decide { place, ruling, shown } => {
                self.decide(place, ruling, shown, &deed.to_string())
            }
        }
    }

    // Holds.

    fn hold(&mut self, number: u8, over: Over, days: (i64, i64), decides: bool) -> Told1 {
        let Some(scope) = self.scope(over) else { return Ok(()) };
        let today = self.today();
        let request = PlaceHold {
            hold_id: hold_id(number),
            scope,
            cause: HoldCause::Season,
            owner: "board".to_owned(),
            starts_on: Some(today.saturating_add(days.0.days())),
            ends_on: today.saturating_add(days.1.days()),
            then: if decides { HoldThen::Decide } else { HoldThen::GoOn },
        };
        let actor = Actor::Staff(staff_id("femke"));
        let facts = self.asked("scheduler.api.place-hold.v1", &number.to_string(), actor);
        let it = rehearsed("scheduler.api.place-hold", &facts, false);
        let (brought, answer) =
            ::house::scheduler::place_hold(&mut self.house.scheduler, &request, it)
                .map_err(|fault| parked("scheduler", &fault))?;
        self.say(|| format!("{:?} is put on hold until {}", request.scope, request.ends_on));
        if !matches!(answer, Some(PlaceHoldAnswer::Placed(_))) {
            return Err(violation("holds", format!("{request:?} is answered with {answer:?}")));
        }
        self.keep("scheduler", brought, &facts)
    }

    fn lift(&mut self, number: u8) -> Told1 {
        let id = hold_id(number);
        let placed = self.house.scheduler.find::<Hold>(id.as_uuid());
        if placed.is_none_or(|hold| hold.placed.is_none() || hold.lifted.is_some()) {
            return Ok(());
        }
        let actor = Actor::Staff(staff_id("femke"));
        let facts = self.asked("scheduler.api.lift-hold.v1", &number.to_string(), actor);
        let it = rehearsed("scheduler.api.lift-hold", &facts, false);
        let (brought, _) = ::house::scheduler::lift_hold(&mut self.house.scheduler, id, it)
            .map_err(|fault| parked("scheduler", &fault))?;
        self.say(|| format!("hold {number} is lifted"));
        self.keep("scheduler", brought, &facts)
    }

    // Reasons, and decisions on held cases.

    fn put_down(
        &mut self,
        place: usize,
        reason: NonPaymentReason,
        (ago, shown): (i64, bool),
        key: &str,
    ) -> Told1 {
        let Some(case_id) = self.case_at(place) else { return Ok(()) };
        let before = self.reasons_of(case_id);
        let request = RecordReason {
            case_id,
            reason,
            said_by: SaidBy::Debtor,
            said_on: Some(self.today().saturating_sub(ago.days())),
            evidence: shown.then(|| hash(key.as_bytes())),
        };
        let actor = Actor::Staff(staff_id("femke"));
        let facts = self.asked("scheduler.api.record-reason.v1", key, actor);
        let it = rehearsed("scheduler.api.record-reason", &facts, false);
        let (brought, answer) =
            ::house::scheduler::record_reason(&mut self.house.scheduler, &request, it)
                .map_err(|fault| parked("scheduler", &fault))?;
        self.say(|| format!("{reason} is put down for case {case_id}: {answer:?}"));
        let added = match answer {
            Some(RecordReasonAnswer::Recorded { .. }) => 1,
            Some(RecordReasonAnswer::Refused { reason: ReasonRefusal::EvidenceMissing })
                if !shown =>
            {
                0
            }
            other => return Err(violation("reasons", format!("{request:?}: {other:?}"))),
        };
        let after = self.reasons_of(case_id);
        let is_kept = before.iter().all(|(id, was)| after.get(id) == Some(was));
        if !is_kept || after.len() != before.len().saturating_add(added) {
            return Err(violation("reasons", format!("case {case_id} lost a reason")));
        }
        self.keep("scheduler", brought, &facts)
    }

    fn decide(&mut self, place: usize, ruling: Ruling, shown: bool, key: &str) -> Told1 {
        let Some(case_id) = self.case_at(place) else { return Ok(()) };
        let decision = match ruling {
            Ruling::GoOn => CaseDecision::GoOn,
            Ruling::ReviewIn(days) => {
                CaseDecision::ReviewOn { review_on: self.today().saturating_add(days.days()) }
            }
            Ruling::From(place) => {
                let track = self.house.scheduler.find::<Track>(case_id.as_uuid());
                let case = track.and_then(|track| track.case.as_ref());
                let Some(step) = case.and_then(|case| case.agreement.steps.get(place)) else {
                    return Ok(());
                };
                CaseDecision::FromStep { step: step.key.clone() }
            }
        };
        let before = self.reasons_of(case_id).len();
        let request = DecideCase {
            case_id,
            decision,
            why: DecisionWhy::Answered,
            evidence: shown.then(|| hash(key.as_bytes())),
        };
        let actor = Actor::Staff(staff_id("femke"));
        let facts = self.asked("scheduler.api.decide-case.v1", key, actor);
        let it = rehearsed("scheduler.api.decide-case", &facts, false);
        let (brought, answer) =
            ::house::scheduler::decide_case(&mut self.house.scheduler, &request, it)
                .map_err(|fault| parked("scheduler", &fault))?;
        self.say(|| format!("{:?} on case {case_id}: {answer:?}", request.decision));
        if self.reasons_of(case_id).len() != before {
            return Err(violation("reasons", format!("case {case_id} lost a reason")));
        }
        self.keep("scheduler", brought, &facts)
    }

    fn case_at(&self, place: usize) -> Option<CaseId> {
        let tracks = self.house.scheduler.all::<Track>();
        let mut cases = tracks.values().filter_map(|track| track.case.as_ref());
        cases.nth(place).map(|case| case.case_id)
    }

    fn reasons_of(&self, case_id: CaseId) -> Reasons {
        let track = self.house.scheduler.find::<Track>(case_id.as_uuid());
        let case = track.and_then(|track| track.case.as_ref());
        case.map(|case| case.reasons.clone()).unwrap_or_default()
    }

    /// What there is to be put on hold.
    fn scope(&self, over: Over) -> Option<HoldScope> {
        let tracks = self.house.scheduler.all::<Track>();
        let case = |place| tracks.values().filter_map(|track| track.case.as_ref()).nth(place);
        Some(match over {
            Over::Claim(place) => {
                let case = case(place)?;
                let claim_id = *case.claims.keys().next()?;
                HoldScope::Claim { case_id: case.case_id, claim_id }
            }
            Over::Case(place) => HoldScope::Case { case_id: case(place)?.case_id },
            Over::Person(place) => HoldScope::Person { person_id: case(place)?.person_id },
            Over::Creditor(place) => HoldScope::Creditor { creditor_id: case(place)?.creditor_id },
            Over::All => HoldScope::All,
        })
    }

    fn statement(&mut self, of_creditor: Option<usize>, twice: bool) -> Told1 {
        let account = match of_creditor {
            None => AGENCY.to_owned(),
            Some(number) => match DOCUMENTS.get(number).map(|it| &it.0) {
                Some(Ok(CreditorDocument { agreed, .. })) => agreed.account.to_string(),
                Some(Err(_)) | None => return Ok(()),
            },
        };
        let accounts = book::accounts(&self.house.intake);
        if of_creditor.is_some() && !accounts.iter().any(|it| it.account == account) {
            return Ok(());
        }
        let until = self.today().yesterday().unwrap_or(Date::MIN);
        let Some(xml) = self.bank.statement(&account, until) else { return Ok(()) };
        let clients: Vec<Iban> = Iban::parse(AGENCY).into_iter().collect();
        let file = BankFile::of(
            &bank_statements::collect(xml.as_bytes()),
            &Owners::new(&clients, &accounts),
        );
        self.say(|| format!("a statement of {account} until {until} is taken in"));
        for time in 0..=u8::from(twice) {
            self.people.statements = self.people.statements.saturating_add(1);
            let key = self.people.statements.to_string();
            let facts =
                self.asked("payment-reconciliation.api.import-statement.v1", &key, Actor::Operator);
            let it = rehearsed("payment-reconciliation.api.import-statement", &facts, false);
            let (brought, answer) = self
                .house
                .money
                .import(&file, &[AGENCY.to_owned()], it)
                .map_err(|fault| parked("payment-reconciliation", &fault))?;
            if time == 0 {
                self.statements.push((file.clone(), facts.clone()));
            }
            match (time, answer) {
                (0, Some(ImportStatementAnswer::Imported { .. }))
                | (1, Some(ImportStatementAnswer::AlreadyKnown { .. })) => {}
                (_, answer) => {
                    return Err(violation("statement", format!("was answered {answer:?}")));
                }
            }
            self.keep("payment-reconciliation", brought, &facts)?;
        }
        Ok(())
    }

    fn remit(&mut self, creditor: usize, approved_after: Option<i64>, key: &str) -> Told1 {
        let creditor_id = creditor_id(CREDITORS.get(creditor).map_or("", |(code, _)| code));
        let by = Actor::Staff(staff_id("femke"));
        let facts = self.asked("payment-reconciliation.api.propose-remittance.v1", key, by);
        let it = rehearsed("payment-reconciliation.api.propose-remittance", &facts, false);
        let (brought, answer) = self
            .house
            .money
            .propose(creditor_id, VAT_BASIS_POINTS, it)
            .map_err(|fault| parked("payment-reconciliation", &fault))?;
        let proposed = match answer {
            Some(
                ProposeRemittanceAnswer::Proposed(told) | ProposeRemittanceAnswer::Waiting(told),
            ) => Some(told),
            Some(
                ProposeRemittanceAnswer::NothingToRemit | ProposeRemittanceAnswer::Refused { .. },
            )
            | None => None,
        };
        if let Some(told) = &proposed {
            let amount = told.amount;
            self.say(|| format!("femke proposes to remit {amount} to creditor {creditor}"));
        }
        if let Some((told, hours)) = proposed.zip(approved_after) {
            let at = later(self.now, SignedDuration::from_hours(hours));
            self.put(at, Event::Doing(Doing::Approve { remittance: told.remittance_id }));
        }
        self.keep("payment-reconciliation", brought, &facts)
    }

    fn approve(&mut self, remittance: RemittanceId) -> Told1 {
        let key = remittance.to_string();
        let by = Actor::Staff(staff_id("finn"));
        let facts = self.asked("payment-reconciliation.api.approve-remittance.v1", &key, by);
        let it = rehearsed("payment-reconciliation.api.approve-remittance", &facts, false);
        let (brought, _) = self
            .house
            .money
            .approve(remittance, it)
            .map_err(|fault| parked("payment-reconciliation", &fault))?;
        self.say(|| format!("finn approves remittance {remittance}"));
        self.keep("payment-reconciliation", brought, &facts)
    }

    fn bank_pays(&mut self, remittance: RemittanceId) {
        let Some(paper) = self.house.money.papers.get(&remittance) else { return };
        let cents = paper.bill.amount.amount_minor().saturating_neg();
        let end_to_end = Some(Transfer::from(remittance).end_to_end_id());
        let (account, on) = (AGENCY.to_owned(), self.today());
        self.bank.moves(Moved { account, cents, references: Vec::new(), end_to_end, on });
        self.say(|| format!("the bank pays remittance {remittance}"));
    }

    // Callers.

    /// A call that waits for a caller is seen by one.
    pub(crate) fn notice_calls(&mut self, service: &str, changed: &[Row]) {
        if service != "telephony-task" {
            return;
        }
        let plan = self.plan;
        for row in changed.iter().filter(|row| row.kind == CallTask::KIND) {
            let Some(task) = self.house.telephony.find::<CallTask>(row.id) else { continue };
            let Stage::Open { errand } = &task.stage else { continue };
            let (task_id, permit) = (task.task_id, &errand.order.permit);
            let (case_id, not_before) = (permit.case_id, permit.not_before);
            let Some(person) = self.people.of_case.get(&case_id).copied() else { continue };
            if !self.people.seen.insert(task_id) {
                continue;
            }
            let next = self.people.calls.entry(person).or_default();
            let call = *next;
            *next = next.saturating_add(1);
            let planned = plan.people.get(person).and_then(|it| it.calls.get(call)).copied();
            let planned = planned.filter(|_| plan.tells(Piece::Call(person, call)));
            let after = match planned {
                Some(Call::GivenBack { after_minutes } | Call::Made { after_minutes, .. }) => {
                    after_minutes
                }
                Some(Call::Left) | None => continue,
            };
            let at = later(self.now.max(not_before), SignedDuration::from_mins(after));
            self.put(at, Event::Calling(Calling::Claim { task: task_id, person, call }));
        }
    }

    pub(crate) fn calling(&mut self, calling: &Calling) -> Told1 {
        match *calling {
            Calling::Claim { task, person, call } => self.claim(task, person, call),
            Calling::Close { task, person, call, called_at } => {
                self.close(task, (person, call), called_at)
            }
            Calling::GiveBack { task } => self.give_call_back(task),
        }
    }

    /// The case of a call.
    fn case_of(&self, task: CallTaskId) -> Option<CaseId> {
        match &self.house.telephony.find::<CallTask>(task.as_uuid())?.stage {
            Stage::Unheard | Stage::Forestalled => None,
            Stage::Open { errand }
            | Stage::Claimed { errand, .. }
            | Stage::Closed { errand, .. }
            | Stage::Withdrawn { errand }
            | Stage::Expired { errand } => Some(errand.order.permit.case_id),
        }
    }

    fn claim(&mut self, task: CallTaskId, person: usize, call: usize) -> Told1 {
        let Some(case_id) = self.case_of(task) else { return Ok(()) };
        let owed = Owed { case_id, position: self.house.position(case_id, &[], self.now) };
        let key = format!("{task} {}", self.now);
        let facts =
            self.asked("telephony-task.api.claim-task.v2", &key, Actor::Staff(staff_id("mila")));
        let it = rehearsed("telephony-task.api.claim-task", &facts, false);
        let (brought, answer) = telephony::claim(&mut self.house.telephony, task, &owed, it)
            .map_err(|fault| parked("telephony-task", &fault))?;
        self.say(|| format!("mila asks for the call to debtor {person}: {answer:?}"));
        let plan = self.plan;
        let planned = plan.people.get(person).and_then(|it| it.calls.get(call)).copied();
        match (answer, planned) {
            (
                Some(ClaimTaskAnswer::Claimed { until, .. }),
                Some(Call::Made { written_after_minutes, .. }),
            ) => {
                let called_at = later(self.now, SignedDuration::from_mins(1)).min(until);
                let at = later(self.now, SignedDuration::from_mins(written_after_minutes));
                self.put(at, Event::Calling(Calling::Close { task, person, call, called_at }));
            }
            (Some(ClaimTaskAnswer::Claimed { .. }), _) => {
                let at = later(self.now, SignedDuration::from_mins(15));
                self.put(at, Event::Calling(Calling::GiveBack { task }));
            }
            (
                Some(ClaimTaskAnswer::Refused { reason: ClaimRefusal::NotNow { not_before, .. } }),
                _,
            ) if not_before > self.now => {
                self.put(not_before, Event::Calling(Calling::Claim { task, person, call }));
            }
            (Some(ClaimTaskAnswer::Refused { .. }) | None, _) => {}
        }
        self.keep("telephony-task", brought, &facts)
    }

    fn close(
        &mut self,
        task: CallTaskId,
        (person, call): (usize, usize),
        called_at: Timestamp,
    ) -> Told1 {
        let Some(case_id) = self.case_of(task) else { return Ok(()) };
        let planned = self.plan.people.get(person).and_then(|it| it.calls.get(call)).copied();
        let Some(Call::Made { outcome: said, .. }) = planned else { return Ok(()) };
        let position = self.house.position(case_id, &[], self.now);
        let open = position.as_ref().map_or(0, |it| it.open.amount_minor());
        let called_on = house::day_of(called_at);
        let (outcome, reason, promise) = match said {
            Said::Promise { percent, within, .. } if open > 0 => {
                let amount = euro(share(open, percent).max(1));
                let pay_by = called_on.saturating_add(within.days());
                let promise = Some(PromisedPayment { amount, pay_by });
                (CallOutcome::Promised, NonPaymentReason::Carelessness, promise)
            }
            Said::Promise { .. } => (CallOutcome::Reached, NonPaymentReason::SaysPaid, None),
            Said::Plainly(outcome, reason) => (outcome, reason, None),
        };
        let words = "Er is gebeld en opgenomen.";
        let Ok(summary) = Summary::read(words.as_bytes()) else { return Ok(()) };
        let summary_hash = hash(words.as_bytes());
        let request = CloseTask {
            task_id: task,
            case_id,
            called_at: Some(called_at),
            outcome,
            reason,
            summary: summary_hash,
            promise: promise.clone(),
        };
        let closing = Closing { request, summary, owed: Owed { case_id, position } };
        let key = format!("{task}");
        let facts =
            self.asked("telephony-task.api.close-task.v2", &key, Actor::Staff(staff_id("mila")));
        let it = rehearsed("telephony-task.api.close-task", &facts, false);
        let (brought, answer) = telephony::close(&mut self.house.telephony, &closing, it)
            .map_err(|fault| parked("telephony-task", &fault))?;
        self.say(|| {
            format!(
                "mila writes the call to debtor {person} down as {outcome} {promise:?}: {answer:?}"
            )
        });
        match answer {
            Some(CloseTaskAnswer::Closed { .. }) => {
                self.counts.acts = self.counts.acts.saturating_add(1);
                self.keep_promise(
                    case_id,
                    said,
                    (called_at, promise.map_or(0, |it| it.amount.amount_minor())),
                );
            }
            Some(CloseTaskAnswer::Refused { .. }) | None => {
                // It cannot be written down so: it is given back, and somebody looks.
                let at = later(self.now, SignedDuration::from_hours(10));
                self.put(at, Event::Calling(Calling::GiveBack { task }));
            }
        }
        self.keep("telephony-task", brought, &facts)
    }

    /// What the debtor really pays of what was promised.
    fn keep_promise(
        &mut self,
        case_id: CaseId,
        said: Said,
        (called_at, promised): (Timestamp, i64),
    ) {
        let Said::Promise { paid_percent, paid_after, .. } = said else { return };
        let cents = share(promised, paid_percent);
        let cases = book::cases(&self.house.intake);
        let case = cases.into_iter().find(|it| it.case_id == case_id);
        let claim = case.and_then(|case| case.claims.values().next());
        let Some(reference) = claim.map(|it| it.reference.canonical().to_owned()) else { return };
        if cents > 0 {
            let account = self.account_of(case_id);
            let at = later(called_at, SignedDuration::from_hours(paid_after.saturating_mul(24)));
            self.put(at, Event::Doing(Doing::Pays { account, cents, reference }));
        }
    }

    fn give_call_back(&mut self, task: CallTaskId) -> Told1 {
        let key = format!("{task} {}", self.now);
        let facts =
            self.asked("telephony-task.api.release-task.v1", &key, Actor::Staff(staff_id("mila")));
        let it = rehearsed("telephony-task.api.release-task", &facts, false);
        let (brought, answer) = telephony::release(&mut self.house.telephony, task, it)
            .map_err(|fault| parked("telephony-task", &fault))?;
        self.say(|| format!("mila gives a call back: {answer:?}"));
        self.keep("telephony-task", brought, &facts)
    }

    /// The number of the debtor of a case.
    pub(crate) fn debtor_of(&self, case_id: CaseId) -> Option<usize> {
        self.people.of_case.get(&case_id).copied()
    }

    /// Whether mails to the debtor of a case come back.
    pub(crate) fn bounces(&self, case_id: CaseId) -> bool {
        let person = self.debtor_of(case_id).and_then(|person| self.plan.people.get(person));
        person.is_some_and(|person| person.bounces)
    }
}

fn invoice_file(
    plan: &Plan,
    (person, who): (usize, &Person),
    (invoice, what): (usize, &Invoice),
) -> String {
    let (issued, due) = (day(plan, what.issued), day(plan, what.due));
    let own = format!(
        "<cbc:ID>{}</cbc:ID><cbc:IssueDate>{issued}</cbc:IssueDate><cbc:DueDate>{due}</cbc:DueDate>\
         <cbc:DocumentCurrencyCode>EUR</cbc:DocumentCurrencyCode>",
        number_of(person, invoice)
    );
    let means = own_reference(person, invoice).filter(|_| what.has_reference).map(|reference| {
        format!(
            "<cac:PaymentMeans><cbc:PaymentMeansCode>30</cbc:PaymentMeansCode><cbc:PaymentID>\
             {reference}</cbc:PaymentID></cac:PaymentMeans>"
        )
    });
    document("Invoice", (&own, &means.unwrap_or_default()), (person, who), what.cents)
}

fn credit_note(
    plan: &Plan,
    (person, who): (usize, &Person),
    (deed, cents): (usize, i64),
    of: &str,
) -> String {
    let issued = who.deeds.get(deed).map_or(plan.begins, |it| day(plan, it.at.day));
    let own = format!(
        "<cbc:ID>C{person}-{deed}</cbc:ID><cbc:IssueDate>{issued}</cbc:IssueDate>\
         <cbc:DocumentCurrencyCode>EUR</cbc:DocumentCurrencyCode><cac:BillingReference>\
         <cac:InvoiceDocumentReference><cbc:ID>{of}</cbc:ID></cac:InvoiceDocumentReference>\
         </cac:BillingReference>"
    );
    document("CreditNote", (&own, ""), (person, who), cents)
}

fn document(
    kind: &str,
    (own, means): (&str, &str),
    (person, who): (usize, &Person),
    cents: i64,
) -> String {
    let vat = match DOCUMENTS.get(who.creditor).map(|it| &it.0) {
        Some(Ok(it)) => it.profile.vat_id.clone().unwrap_or_default(),
        Some(Err(_)) | None => String::new(),
    };
    let country = if who.is_belgian { "BE" } else { "NL" };
    let postcode = if who.is_belgian { "9000" } else { "3581 ZZ" };
    let amount = format!("{}.{:02}", cents / 100, cents % 100);
    let company = if who.is_business { company(person, who.is_belgian) } else { String::new() };
    let email =
        if who.has_email { "<cbc:ElectronicMail>d@post.example</cbc:ElectronicMail>" } else { "" };
    let telephone = match (who.has_telephone, who.is_belgian) {
        (false, _) => "",
        (true, false) => "<cbc:Telephone>+31 6 00 00 20 41</cbc:Telephone>",
        (true, true) => "<cbc:Telephone>+32 470 00 00 41</cbc:Telephone>",
    };
    let street = if who.has_address {
        "<cbc:StreetName>Proefstraat 12</cbc:StreetName><cbc:CityName>Proefstad</cbc:CityName>"
    } else {
        ""
    };
    format!(
        r#"<{kind} xmlns="urn:oasis:names:specification:ubl:schema:xsd:{kind}-2"
 xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
 xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2">{own}
<cac:AccountingSupplierParty><cac:Party><cac:PartyTaxScheme><cbc:CompanyID>{vat}</cbc:CompanyID>
<cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme></cac:PartyTaxScheme><cac:PartyLegalEntity>
<cbc:RegistrationName>Schuldeiser</cbc:RegistrationName></cac:PartyLegalEntity></cac:Party>
</cac:AccountingSupplierParty><cac:AccountingCustomerParty>
<cbc:SupplierAssignedAccountID>K-{person}</cbc:SupplierAssignedAccountID><cac:Party>
<cac:PostalAddress>{street}<cbc:PostalZone>{postcode}</cbc:PostalZone><cac:Country>
<cbc:IdentificationCode>{country}</cbc:IdentificationCode></cac:Country></cac:PostalAddress>
<cac:PartyLegalEntity><cbc:RegistrationName>Debiteur {person}</cbc:RegistrationName>{company}
</cac:PartyLegalEntity><cac:Contact>{telephone}{email}</cac:Contact></cac:Party>
</cac:AccountingCustomerParty>{means}<cac:LegalMonetaryTotal>
<cbc:PayableAmount currencyID="EUR">{amount}</cbc:PayableAmount></cac:LegalMonetaryTotal>
<cac:{kind}Line><cbc:ID>1</cbc:ID>
<cbc:LineExtensionAmount currencyID="EUR">{amount}</cbc:LineExtensionAmount>
<cac:Item><cbc:Name>Tuinhek van hout</cbc:Name></cac:Item></cac:{kind}Line></{kind}>"#
    )
}

/// A number of the trade register, or a Belgian one with its check digits.
fn company(person: usize, is_belgian: bool) -> String {
    let number = u64::try_from(person).unwrap_or(0);
    if is_belgian {
        let body = number.saturating_add(9_999_990);
        let check = 97_u64.saturating_sub(body % 97);
        return format!("<cbc:CompanyID schemeID=\"0208\">{body:08}{check:02}</cbc:CompanyID>");
    }
    let number = number.saturating_add(90_001_000);
    format!("<cbc:CompanyID schemeID=\"0106\">{number}</cbc:CompanyID>")
}
