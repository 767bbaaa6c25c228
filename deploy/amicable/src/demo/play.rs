//! Plays the story against a running stack, as its operator, its creditors and its bank would.

use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::path::PathBuf;

use contracts::intake::{
    ImportInvoiceAnswer, RegisterCreditor, RegisterCreditorAnswer, RegisterStaff,
    RegisterStaffAnswer, ReportDirectPayment, WithdrawClaim, WithdrawalReason,
};
use contracts::payment_reconciliation::{ImportStatementAnswer, ListUnmatched};
use jiff::civil::{Date, Weekday};
use primitives::{CaseId, ClaimId, Currency, Money};
use toml::Table;

use super::agency::{Agency, CREDITORS, STAFF, later};
use super::bank::{Account, Moved, is_banking_day};
use super::desk;
use super::news::News;
use super::story::{Act, LAST_DAY, SETTLED, STORY};
use crate::commands::{bank, case, check, import, post};
use crate::failure::Failure;
use crate::moment::{at_hour, local};
use crate::output::say;
use crate::rest;
use crate::sentences::problem;
use crate::session::Session;
use crate::stack;
use crate::turn::{Target, turn};

/// When creditors send what they send.
const CREDITORS_HOUR: i8 = 10;
/// When calls are made.
const CALLERS_HOUR: i8 = 11;
/// When the bank's statement of the day is there.
const BANK_HOUR: i8 = 17;

/// A play under way.
struct Play<'s> {
    session: &'s Session,
    agency: Agency,
    first_day: Date,
    /// What became of each invoice, by its number.
    claims: BTreeMap<String, (CaseId, ClaimId)>,
    /// The agency's own account first, then the creditors' that are paid themselves.
    accounts: Vec<Account>,
    news: News,
    /// What `amicable check` found at the end of a day, each with the day.
    breaches: Vec<String>,
    call_count: usize,
    remittance_count: usize,
}

/// How the play went, in one line.
#[derive(Debug)]
pub(super) struct Summary {
    case_count: usize,
    message_count: usize,
    letter_count: usize,
    call_count: usize,
    payment_count: usize,
    remittance_count: usize,
    unmatched_count: u64,
    claim_count: usize,
    settled_count: usize,
    check_count: usize,
    breaches: Vec<String>,
    /// Claims that the story settles and that are not settled.
    unsettled: Vec<&'static str>,
}

/// Plays the story, all of it or its first days.
pub(super) async fn play(session: &Session, days: Option<u16>) -> Result<Summary, Failure> {
    let mut play = Play {
        session,
        agency: Agency::new()?,
        first_day: first_day(session).await?,
        claims: BTreeMap::new(),
        accounts: Vec::new(),
        news: News::default(),
        breaches: Vec::new(),
        call_count: 0,
        remittance_count: 0,
    };
    play.turn_to(play.first_day, CREDITORS_HOUR.saturating_sub(2)).await?;
    play.register_staff().await?;
    play.register_creditors().await?;
    play.import_invoices().await?;
    let last = days.unwrap_or(LAST_DAY).min(LAST_DAY);
    for day in 0..=i64::from(last) {
        play.day(day).await?;
    }
    play.end(last == LAST_DAY).await
}

/// The play begins on a Monday morning: today's, if it is not over, or the next.
async fn first_day(session: &Session) -> Result<Date, Failure> {
    let now = local(session.business_now().await?);
    let begins_today = now.weekday() == Weekday::Monday && now.hour() <= 8;
    if begins_today {
        return Ok(now.date());
    }
    let monday = now.date().nth_weekday(1, Weekday::Monday);
    monday.map_err(|error| Failure::Demo(error.to_string()))
}

impl Play<'_> {
    async fn register_staff(&mut self) -> Result<(), Failure> {
        for (name, document) in STAFF {
            let file = self.write("staff", name, document)?;
            let document = self.session.store_file(&file, u64::MAX).await?;
            match self.session.change(&RegisterStaff { document }).await? {
                RegisterStaffAnswer::Registered { .. } | RegisterStaffAnswer::Unchanged { .. } => {}
                RegisterStaffAnswer::Refused { problems } => {
                    return Err(refused(name, problems.iter().map(problem)));
                }
            }
        }
        Ok(())
    }

    async fn register_creditors(&mut self) -> Result<(), Failure> {
        self.accounts.push(Account::new(&client_account()?));
        for (name, document) in CREDITORS {
            let file = self.write("creditors", name, document)?;
            let document = self.session.store_file(&file, u64::MAX).await?;
            match self.session.change(&RegisterCreditor { document }).await? {
                RegisterCreditorAnswer::Registered { .. }
                | RegisterCreditorAnswer::Unchanged { .. } => {}
                RegisterCreditorAnswer::Refused { problems } => {
                    return Err(refused(name, problems.iter().map(problem)));
                }
            }
        }
        let own = self.agency.creditors.iter().filter_map(|creditor| creditor.paid_on());
        self.accounts.extend(own.map(Account::new));
        // Of the last banking day before, so that it is known that nobody paid yet.
        self.send_statements(later(self.first_day, -3)).await
    }

    async fn import_invoices(&mut self) -> Result<(), Failure> {
        let mut numbers = Vec::new();
        for debtor in &self.agency.debtors {
            let of_debtor = debtor.invoices.iter().map(|invoice| invoice.number.clone());
            numbers.extend(of_debtor.map(|number| (number, debtor.name.clone())));
        }
        for (number, name) in &numbers {
            let text = self.agency.invoice(number, self.first_day)?;
            let (case_id, claim_id) = self.hand_over(number, number, &text).await?;
            self.claims.insert(number.clone(), (case_id, claim_id));
            self.news.follow(case_id, name);
        }
        rest::reach(self.session).await?;
        say(format_args!(
            "{} creditors handed over {} invoices on {} cases",
            self.agency.creditors.len(),
            numbers.len(),
            self.news.case_count()
        ));
        self.news.tell(self.session).await
    }

    async fn day(&mut self, day: i64) -> Result<(), Failure> {
        let date = later(self.first_day, day);
        let acts = STORY.iter().filter(|(on, _)| *on == day).map(|(_, act)| *act);
        self.turn_to(date, CREDITORS_HOUR).await?;
        for act in acts {
            self.perform(act, date).await?;
        }
        self.settle_down().await?;
        if is_banking_day(date) {
            self.turn_to(date, CALLERS_HOUR).await?;
            let calls = desk::call(self.session, &self.claims, date).await?;
            self.call_count = self.call_count.saturating_add(calls);
            self.turn_to(date, BANK_HOUR).await?;
            self.send_statements(date).await?;
            self.settle_down().await?;
        }
        self.check(date).await
    }

    /// Looks at every invariant at the end of a day.
    async fn check(&mut self, date: Date) -> Result<(), Failure> {
        let report = check::make(self.session).await?;
        self.breaches.extend(report.breaches().map(|(service, breach)| {
            format!("{date}: {} at {service}: {}", breach.invariant, breach.detail)
        }));
        Ok(())
    }

    async fn perform(&mut self, act: Act, date: Date) -> Result<(), Failure> {
        match act {
            Act::Pays { invoice } => self.pay(invoice, None, None).await,
            Act::PaysPart { invoice, amount } => self.pay(invoice, Some(amount), None).await,
            Act::PaysUnnamed { invoice, words } => self.pay(invoice, None, Some(words)).await,
            Act::PaysCreditor { invoice } => {
                let (case_id, claim_id) = self.claim(invoice)?;
                let amount = self.open(case_id, claim_id).await?;
                let report = ReportDirectPayment { claim_id, amount, paid_on: date, again: false };
                self.session.change(&report).await.map(drop)
            }
            Act::Remits { creditor } => {
                let creditor_id = intake::domain::creditor_id(creditor);
                let Some(moved) = desk::remit(self.session, creditor_id).await? else {
                    return Ok(());
                };
                self.remittance_count = self.remittance_count.saturating_add(1);
                let account = self.accounts.first_mut();
                let account =
                    account.ok_or_else(|| Failure::Demo("there is no account".to_owned()))?;
                account.book(moved);
                Ok(())
            }
            Act::Credits { invoice } => {
                let text = self.agency.credit_note(invoice, date)?;
                self.hand_over(invoice, &format!("{invoice}-C"), &text).await.map(drop)
            }
            Act::TakesBack { invoice } => {
                let (_, claim_id) = self.claim(invoice)?;
                let reason = WithdrawalReason::Relation;
                self.session.change(&WithdrawClaim { claim_id, reason }).await.map(drop)
            }
        }
    }

    /// The debtor pays what is open, or a part of it; `words` stand where the reference should.
    async fn pay(
        &mut self,
        number: &str,
        part: Option<&str>,
        words: Option<&'static str>,
    ) -> Result<(), Failure> {
        let (case_id, claim_id) = self.claim(number)?;
        let unknown = || Failure::Demo(format!("what is open on {number} is not known"));
        let amount = match part {
            Some(part) => Money::parse(part, Currency::EUR).map_err(|_| unknown())?,
            None => self.open(case_id, claim_id).await?,
        };
        let case = case::load(self.session, case_id).await?;
        let claim = case.parties.claims.iter().find(|claim| claim.claim_id == claim_id);
        let reference = claim.ok_or_else(unknown)?.reference.canonical().to_owned();
        let (debtor, _) = self.agency.debtor_of(number)?;
        let (party, party_account) = (debtor.name.clone(), debtor.iban.clone());
        let paid_on = self.agency.creditor_of(debtor)?.paid_on().map(str::to_owned);
        let account = match paid_on {
            Some(iban) => self.accounts.iter_mut().find(|account| account.iban == iban),
            None => self.accounts.first_mut(),
        };
        account.ok_or_else(unknown)?.book(Moved {
            is_outgoing: false,
            amount,
            party,
            party_account,
            end_to_end_id: None,
            reference: words.is_none().then_some(reference),
            words: words.unwrap_or_default().to_owned(),
        });
        Ok(())
    }

    /// What is open on a claim now.
    async fn open(&self, case_id: CaseId, claim_id: ClaimId) -> Result<Money, Failure> {
        let money = case::money(self.session, case_id).await?;
        let mut claims = money.into_iter().flat_map(|money| money.claims);
        let claim = claims.find(|claim| claim.claim_id == claim_id);
        let unknown = || Failure::Demo(format!("what is open on claim {claim_id} is not known"));
        Ok(claim.ok_or_else(unknown)?.open)
    }

    /// Every account's statement of the day, also of a day on which nothing came in: then we know
    /// that nothing did.
    async fn send_statements(&mut self, on: Date) -> Result<(), Failure> {
        let mut files = Vec::new();
        let agency = &self.agency;
        for account in &mut self.accounts {
            files.push(account.close_day(on, |statement| {
                Ok((format!("{}.xml", statement.id), agency.statement(statement)?))
            })?);
        }
        for (name, text) in files {
            let file = self.write("bank", &name, &text)?;
            match bank::import_file(self.session, &file).await? {
                ImportStatementAnswer::Imported { .. }
                | ImportStatementAnswer::AlreadyKnown { .. } => {}
                ImportStatementAnswer::Quarantined { problems }
                | ImportStatementAnswer::Refused { problems } => {
                    return Err(refused(&name, problems.iter().map(problem)));
                }
            }
        }
        Ok(())
    }

    /// Gives intake a file of the creditor of this invoice.
    async fn hand_over(
        &self,
        invoice: &str,
        name: &str,
        text: &str,
    ) -> Result<(CaseId, ClaimId), Failure> {
        let file = self.write("invoices", &format!("{name}.xml"), text)?;
        let (debtor, _) = self.agency.debtor_of(invoice)?;
        let creditor_id = intake::domain::creditor_id(&debtor.creditor);
        match import::import_file(self.session, creditor_id, file).await?.answer {
            ImportInvoiceAnswer::Registered { case_id, claim_id, .. }
            | ImportInvoiceAnswer::Credited { case_id, claim_id }
            | ImportInvoiceAnswer::AlreadyKnown { case_id, claim_id } => Ok((case_id, claim_id)),
            ImportInvoiceAnswer::Refused { problems } => {
                Err(refused(name, problems.iter().map(problem)))
            }
        }
    }

    /// Turns the clock, telling what happens on the way.
    async fn turn_to(&mut self, day: Date, hour: i8) -> Result<(), Failure> {
        let moment = at_hour(day, hour).map_err(|error| Failure::Demo(error.to_string()))?;
        let (session, news) = (self.session, &mut self.news);
        turn(session, Target::To(moment), async |_| news.tell(session).await).await.map(drop)
    }

    async fn settle_down(&mut self) -> Result<(), Failure> {
        rest::reach(self.session).await?;
        self.news.tell(self.session).await
    }

    fn claim(&self, number: &str) -> Result<(CaseId, ClaimId), Failure> {
        let found = self.claims.get(number).copied();
        found.ok_or_else(|| Failure::Demo(format!("invoice {number} was not taken in")))
    }

    /// Keeps a file of the play, for whoever wants to look at it.
    fn write(&self, folder: &str, name: &str, text: &str) -> Result<PathBuf, Failure> {
        let folder = self.session.layout.demo().join(folder);
        fs::create_dir_all(&folder).map_err(Failure::io("make", &folder))?;
        let file = folder.join(name);
        fs::write(&file, text).map_err(Failure::io("write", &file))?;
        Ok(file)
    }

    async fn end(self, is_whole: bool) -> Result<Summary, Failure> {
        let mut settled_count: usize = 0;
        let mut unsettled = Vec::new();
        for (number, (case_id, claim_id)) in &self.claims {
            let money = case::money(self.session, *case_id).await?;
            let claims = money.into_iter().flat_map(|money| money.claims);
            let is_settled = claims
                .filter(|claim| claim.claim_id == *claim_id)
                .all(|claim| claim.open.is_zero());
            settled_count = settled_count.saturating_add(usize::from(is_settled));
            let should_be = SETTLED.iter().find(|settled| *settled == number);
            unsettled.extend(should_be.filter(|_| is_whole && !is_settled));
        }
        let check_count = check::make(self.session).await?.check_count();
        let unmatched =
            self.session.asker.ask(&ListUnmatched { limit: 1, beginning: None }).await?;
        Ok(Summary {
            case_count: self.news.case_count(),
            message_count: self.news.message_count,
            letter_count: post::count(self.session)?,
            call_count: self.call_count,
            payment_count: self.news.payment_count,
            remittance_count: self.remittance_count,
            unmatched_count: unmatched.total,
            claim_count: self.claims.len(),
            settled_count,
            check_count,
            breaches: self.breaches,
            unsettled,
        })
    }
}

impl Summary {
    /// Whether all went as it should.
    pub(super) fn is_good(&self) -> bool {
        self.breaches.is_empty() && self.unsettled.is_empty()
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for breach in &self.breaches {
            writeln!(f, "BROKEN {breach}")?;
        }
        for number in &self.unsettled {
            writeln!(f, "invoice {number} should be settled and is not")?;
        }
        write!(
            f,
            "demo: {} cases, {} messages sent ({} letters by post), {} calls, {} payments matched, \
             {} unmatched, {} of {} claims settled, {} remittances; ",
            self.case_count,
            self.message_count,
            self.letter_count,
            self.call_count,
            self.payment_count,
            self.unmatched_count,
            self.settled_count,
            self.claim_count,
            self.remittance_count,
        )?;
        match self.breaches.len() {
            0 => write!(f, "all {} checks held at the end of each day", self.check_count),
            broken => write!(f, "{broken} breaches of {} checks", self.check_count),
        }
    }
}

fn refused(name: &str, problems: impl Iterator<Item = String>) -> Failure {
    let problems = problems.collect::<Vec<_>>().join("; ");
    Failure::Demo(format!("{name} was refused: {problems}"))
}

/// The agency's account for clients' money, as the demonstration's settings have it.
fn client_account() -> Result<String, Failure> {
    let settings: Option<Table> = toml::from_str(stack::DEFAULT_SETTINGS).ok();
    let account = settings.as_ref().and_then(|it| it.get("intake")?.get("agency")?.get("account"));
    let account = account.and_then(toml::Value::as_str).map(str::to_owned);
    account.ok_or_else(|| Failure::Demo("the agency has no account".to_owned()))
}
