//! Links by which debtors pay: one link of a case at a time, for exactly what is owed on it, and
//! what a payment service provider says was paid by it.
//!
//! A link lives as long as its amount is right, and no longer than a month: where interest runs,
//! until the end of the day. Any other news that changes what is owed closes it. What is decided
//! here is done at the provider by acts that may be repeated, and the provider alone says what was
//! paid: when it told that something happened, when a link is closed, and from time to time. So
//! nothing depends on its word arriving, and it does not matter how often it comes.
//!
//! Who is at the bank while a link is closed pays all the same. That money is booked like any
//! other: what is more than is owed by then is to be paid back.

use std::collections::BTreeMap;

use contracts::payment_reconciliation::{
    AllocatePayment, AskPaymentProviderAnswer, OfferPaymentLinkAnswer, PaymentLink as ToldLink,
    PaymentLinkClosed, PaymentLinkRefusal, PaymentLinkState,
};
use contracts::scheduler::{CaseHeld, HoldReason};
use jiff::civil::Time;
use jiff::{SignedDuration, ToSpan};
use mailbox::{Claim, Decision, Effect, Ended, Facts, Fault, Timer};
use primitives::{
    CaseId, ClaimId, CreditorId, Currency, Date, Money, MoneyError, PaymentId, PaymentLinkId,
    Timestamp,
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::account::{self, AccountError, CaseAccount, Payment};
use super::case::Case;
use super::ledger::{Holder, LedgerTransaction, Occasion};
use super::replay::{Outcome, replay};
use super::{bug, day_of, moment_of, whole_second};

/// The timer of a case whose links are to be asked about.
pub const ASK: &str = "ask-provider";

/// How often the provider is asked about a link that it says nothing of.
const ASK_EVERY: SignedDuration = SignedDuration::from_hours(1);
/// How often about one that nobody can begin to pay any more, while somebody is at the bank.
const ASK_AGAIN: SignedDuration = SignedDuration::from_mins(15);
/// A link lives at most so many days after the one on which it was asked for.
const DAYS_MAX: i32 = 30;
const MIDNIGHT: Time = Time::midnight();

/// The links of one case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseLinks {
    pub case_id: CaseId,
    /// Counts the decisions that changed something or told something.
    pub version: u64,
    /// Whether the debtor gave a reason that a person has to weigh before anything else happens.
    pub reason_given: bool,
    /// Oldest first. All but the last one are closed, or were never made.
    pub links: Vec<Link>,
    /// What was decided just now, to be kept.
    pub news: Vec<LinkPayment>,
}

/// One link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    pub link_id: PaymentLinkId,
    pub creditor_id: CreditorId,
    /// Above zero, in euros.
    pub amount: Money,
    /// The claims that were open when it was asked for; they are paid first.
    pub claim_ids: Vec<ClaimId>,
    pub asked_at: Timestamp,
    pub expires_at: Timestamp,
    pub page: Page,
    /// Why it is not to be paid any more.
    pub closed: Option<PaymentLinkClosed>,
    /// Whether nobody can begin to pay it any more, as the provider says.
    pub is_shut: bool,
    pub asking: Asking,
    /// When the provider is asked next, if nothing happens before; none where nothing more can be
    /// paid.
    pub next_ask: Option<Timestamp>,
    /// What was paid by it, by what the provider calls the payment.
    pub paid: BTreeMap<String, Money>,
}

/// What the provider made of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Page {
    /// It is being asked, and maybe did.
    Making,
    Made(Made),
    /// It will not, by the status of its answer.
    NotMade {
        status: u16,
    },
}

/// A link as the provider has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Made {
    pub provider_id: String,
    pub checkout_url: String,
}

/// Whether the provider is being asked what was paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asking {
    No,
    UnderWay,
    /// Something happened since it was asked: it is asked again.
    Again,
}

/// A payment by a link, with how it is booked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkPayment {
    pub payment_id: PaymentId,
    pub link_id: PaymentLinkId,
    pub provider_id: String,
    pub amount: Money,
    pub paid_on: Date,
    pub transaction: LedgerTransaction,
}

/// What is done at the provider. All of it may be done again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LinkWork {
    /// A link is made.
    Make(LinkWish),
    /// A link cannot be paid any more from then on.
    Shut { link_id: PaymentLinkId, provider_id: String },
    /// What was paid by a link?
    Ask { link_id: PaymentLinkId, provider_id: String },
}

/// What a link is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkWish {
    pub link_id: PaymentLinkId,
    pub case_id: CaseId,
    /// The claim whose reference names it.
    pub claim_id: ClaimId,
    pub amount: Money,
    pub asked_at: Timestamp,
    pub expires_at: Timestamp,
}

/// What the provider answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LinkAnswer {
    Made(Made),
    NotMade { status: u16 },
    Shut,
    Told(Told),
}

/// What the provider says of a link.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    pub paid: Vec<PaidByLink>,
    /// Whether somebody began to pay it and has not ended.
    pub is_under_way: bool,
    /// Whether nobody can begin to pay it any more.
    pub is_shut: bool,
}

/// A payment that the provider received.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaidByLink {
    pub provider_id: String,
    pub amount: Money,
    pub paid_at: Timestamp,
}

impl Effect for LinkWork {
    fn kind(&self) -> &'static str {
        match self {
            Self::Make(_) => "make-payment-link",
            Self::Shut { .. } => "shut-payment-link",
            Self::Ask { .. } => "ask-payment-provider",
        }
    }

    fn once(&self) -> bool {
        false
    }
}

impl LinkWork {
    const fn link_id(&self) -> PaymentLinkId {
        match self {
            Self::Make(LinkWish { link_id, .. })
            | Self::Shut { link_id, .. }
            | Self::Ask { link_id, .. } => *link_id,
        }
    }
}

/// A decision on the links of a case and the case.
type OnCase = (CaseLinks, Case);

/// Offers a link for what is owed now: the one there is, or another. `is_held` is whether the
/// scheduler says that the debtor gave a reason which a person has to weigh.
pub fn offer(
    (mut links, mut case): OnCase,
    is_held: bool,
    facts: &Facts,
) -> Result<(Decision<OnCase, LinkWork>, OfferPaymentLinkAnswer), Fault> {
    let mut effects = Vec::new();
    let answer = match payable(&links, &case, is_held, day_of(facts.now)) {
        Err(Unpayable::Unknown) => OfferPaymentLinkAnswer::Unknown,
        Err(Unpayable::Refused(reason)) => {
            if reason == PaymentLinkRefusal::ReasonGiven {
                links.reason_given = true;
                effects.extend(links.close(PaymentLinkClosed::ReasonGiven));
            }
            OfferPaymentLinkAnswer::Refused { reason }
        }
        Err(Unpayable::Broken(error)) => return Err(bug(&error)),
        Ok((case_id, creditor_id, owed)) => {
            if !links.open().is_some_and(|it| it.is_for(&owed) && facts.now < it.expires_at) {
                effects.extend(links.close(PaymentLinkClosed::OtherwiseOwed));
                effects.extend(links.make(case_id, creditor_id, &owed, facts.now));
            }
            let link = links.open();
            let link = link.ok_or_else(|| Fault::Bug("a link was not made".to_owned()))?;
            OfferPaymentLinkAnswer::Offered(link.told(case_id).map_err(|error| bug(&error))?)
        }
    };
    case.is_linked = links.open().is_some();
    let timer = links.next();
    let mut decision = Decision::quiet((links, case)).timer(timer);
    decision.effects = effects;
    Ok((decision, answer))
}

/// What is owed on a case changed: a link that is not right any more is closed.
pub fn review(
    (mut links, mut case): OnCase,
    facts: &Facts,
) -> Result<Decision<OnCase, LinkWork>, Fault> {
    let owed = match payable(&links, &case, false, day_of(facts.now)) {
        Ok((_, _, owed)) => Some(owed),
        Err(Unpayable::Unknown | Unpayable::Refused(_)) => None,
        Err(Unpayable::Broken(error)) => return Err(bug(&error)),
    };
    let is_right = links.open().is_none_or(|it| owed.as_ref().is_some_and(|owed| it.is_for(owed)));
    let work = if is_right { None } else { links.close(PaymentLinkClosed::OtherwiseOwed) };
    case.is_linked = links.open().is_some();
    let timer = links.next();
    let mut decision = Decision::quiet((links, case)).timer(timer);
    decision.effects.extend(work);
    Ok(decision)
}

/// A case waits for a person. Where that is for what its debtor said, it has no link any more, and
/// none is made.
pub fn hold(mut links: CaseLinks, message: &CaseHeld) -> Decision<CaseLinks, LinkWork> {
    match message.reason {
        HoldReason::ReasonGiven => {}
        HoldReason::StepsUsedUp
        | HoldReason::NotReachable
        | HoldReason::GateRefused
        | HoldReason::ActUncertain
        | HoldReason::NotDelivered
        | HoldReason::NotWritten
        | HoldReason::TriedInVain
        | HoldReason::OnHold => return Decision::quiet(links),
    }
    links.reason_given = true;
    let work = links.close(PaymentLinkClosed::ReasonGiven);
    let timer = links.next();
    let mut decision = Decision::quiet(links).timer(timer);
    decision.effects.extend(work);
    decision
}

/// Somebody says that something became of a link. It is not believed: the provider is asked.
pub fn ask(
    mut links: CaseLinks,
    link_id: PaymentLinkId,
) -> (Decision<CaseLinks, LinkWork>, AskPaymentProviderAnswer) {
    let Some(link) = links.links.iter_mut().find(|it| it.link_id == link_id) else {
        return (Decision::quiet(links), AskPaymentProviderAnswer::Unknown);
    };
    let work = link.ask();
    let mut decision = Decision::quiet(links);
    decision.effects.extend(work);
    (decision, AskPaymentProviderAnswer::Asked)
}

/// It is time to ask, or a link ended.
pub fn wake(mut links: CaseLinks, facts: &Facts) -> Result<Decision<CaseLinks, LinkWork>, Fault> {
    let mut effects = Vec::new();
    if links.open().is_some_and(|it| it.expires_at <= facts.now) {
        effects.extend(links.close(PaymentLinkClosed::Expired));
    }
    for link in &mut links.links {
        if link.next_ask.is_some_and(|at| at <= facts.now) {
            link.next_ask = Some(later(facts.now, ASK_EVERY)?);
            if link.asking == Asking::No {
                effects.extend(link.ask());
            }
        }
    }
    let timer = links.next();
    let mut decision = Decision::quiet(links).timer(timer);
    decision.effects = effects;
    Ok(decision)
}

/// Whether an act is still to be done.
#[must_use]
pub fn claim(links: &CaseLinks, work: &LinkWork) -> Claim {
    let Some(link) = links.links.iter().find(|it| it.link_id == work.link_id()) else {
        return Claim::Withdraw;
    };
    let is_wanted = match work {
        // Also of one that is closed by now: a try that was cut off may have made it, so that it is
        // found, and shut.
        LinkWork::Make(_) => link.page == Page::Making,
        LinkWork::Shut { .. } => !link.is_shut,
        LinkWork::Ask { .. } => true,
    };
    if is_wanted { Claim::Start } else { Claim::Withdraw }
}

/// The provider answered.
pub fn end(
    mut links: CaseLinks,
    ended: &Ended<LinkWork, LinkAnswer>,
    facts: &Facts,
) -> Result<Decision<CaseLinks, LinkWork>, Fault> {
    let (case_id, link_id) = (links.case_id, ended.effect.link_id());
    let Some(link) = links.links.iter_mut().find(|it| it.link_id == link_id) else {
        return Err(Fault::Bug(format!("payment link {link_id} is not there")));
    };
    let (mut news, mut work) = (Vec::new(), Vec::new());
    let next = match ended.performed()? {
        LinkAnswer::Made(made) => {
            link.page = Page::Made(made.clone());
            if link.closed.is_some() {
                // It is asked about once it is shut.
                link.asking = Asking::No;
                link.shut()
            } else {
                link.ask_if_wanted()
            }
        }
        LinkAnswer::NotMade { status } => {
            link.page = Page::NotMade { status: *status };
            (link.asking, link.next_ask) = (Asking::No, None);
            None
        }
        LinkAnswer::Shut => {
            link.is_shut = true;
            link.ask()
        }
        LinkAnswer::Told(told) => {
            let was_open = link.closed.is_none();
            news = link.hear(told, facts)?;
            let is_to_be_shut = was_open && link.closed.is_some();
            work.extend(is_to_be_shut.then(|| link.shut()).flatten());
            link.ask_if_wanted()
        }
    };
    let (creditor_id, claim_ids) = (link.creditor_id, link.claim_ids.clone());
    let allocate = |payment: &LinkPayment| AllocatePayment {
        payment_id: payment.payment_id,
        case_id,
        claim_ids: claim_ids.clone(),
        creditor_id,
        amount: payment.amount,
        received_on: payment.paid_on,
        judged: None,
    };
    let messages = news.iter().map(|payment| allocate(payment).into()).collect();
    links.news = news;
    let timer = links.next();
    let mut decision = Decision::quiet(links).timer(timer);
    decision.effects = work.into_iter().chain(next).collect();
    decision.messages = messages;
    Ok(decision)
}

/// What is owed on a case, as a link asks for it.
struct Owed {
    amount: Money,
    /// The one due first before the others.
    claim_ids: Vec<ClaimId>,
    /// Until the end of this day nothing is added by itself.
    until: Date,
}

/// Why a case has no link.
enum Unpayable {
    Unknown,
    Refused(PaymentLinkRefusal),
    Broken(AccountError),
}

impl From<AccountError> for Unpayable {
    fn from(error: AccountError) -> Self {
        Self::Broken(error)
    }
}

/// What a link of the case would be for.
fn payable(
    links: &CaseLinks,
    case: &Case,
    is_held: bool,
    today: Date,
) -> Result<(CaseId, CreditorId, Owed), Unpayable> {
    let refused = |reason| Err(Unpayable::Refused(reason));
    let opened = case.opened.ok_or(Unpayable::Unknown)?;
    if opened.account_since.is_some() {
        return refused(PaymentLinkRefusal::PaidToTheCreditor);
    }
    if is_held || links.reason_given {
        return refused(PaymentLinkRefusal::ReasonGiven);
    }
    let owed = case.account.as_ref().map_or(Ok(None), |account| Owed::on(account, today))?;
    let Some(owed) = owed else { return refused(PaymentLinkRefusal::NothingOwed) };
    if owed.amount.currency() != Currency::EUR {
        return refused(PaymentLinkRefusal::NotInEuros);
    }
    Ok((opened.case_id, opened.creditor_id, owed))
}

impl Owed {
    /// None where nothing is owed.
    fn on(account: &CaseAccount, today: Date) -> Result<Option<Self>, AccountError> {
        let amount = settling(account, today)?;
        if !amount.is_positive() {
            return Ok(None);
        }
        let mut open = Vec::new();
        for (claim_id, standing) in &replay(account, Some(today))?.claims {
            if standing.open.total()?.is_positive() {
                let due_on = account.claims.get(claim_id).map(|it| it.due_on);
                open.push((due_on, *claim_id));
            }
        }
        open.sort_unstable();
        let claim_ids = open.into_iter().map(|(_, claim_id)| claim_id).collect();
        let until = unchanged_until(account, amount, today)?;
        Ok(Some(Self { amount, claim_ids, until }))
    }

    /// The end of the last day on which it is this amount.
    fn expires_at(&self) -> Option<Timestamp> {
        self.until.tomorrow().ok().and_then(|day| moment_of(day, MIDNIGHT))
    }
}

/// What settles all that is owed, paid on a day. Within the term of a message that is what it
/// asked: who pays that owes no interest for the term.
fn settling(account: &CaseAccount, day: Date) -> Result<Money, AccountError> {
    settling_of(account, day, |_| true)
}

/// What of that is for the claims that count.
pub(super) fn settling_of(
    account: &CaseAccount,
    day: Date,
    counts: impl Fn(&account::Claim) -> bool,
) -> Result<Money, AccountError> {
    let total_of = |outcome: &Outcome, counts: &dyn Fn(&account::Claim) -> bool| {
        let mut total = Money::zero(account.currency);
        for (claim_id, standing) in &outcome.claims {
            if account.claims.get(claim_id).is_some_and(counts) {
                total = total.checked_add(standing.open.total()?)?;
            }
        }
        Ok::<_, AccountError>(total)
    };
    let total = |outcome: &Outcome| total_of(outcome, &|_| true);
    let as_told = replay(account, None)?;
    let told = total(&as_told)?;
    if told.is_positive() {
        let mut paid = account.clone();
        let payment = Payment {
            amount: told,
            sent_back: Money::zero(account.currency),
            holder: Holder::Agency,
            received_on: day,
            named: Vec::new(),
            retracted: false,
        };
        paid.pay(PaymentId::from_uuid(Uuid::max()), payment)?;
        if total(&replay(&paid, Some(day))?)?.is_zero() {
            return total_of(&as_told, &counts);
        }
    }
    total_of(&replay(account, Some(day))?, &counts)
}

/// The last day on which an amount settles what is owed.
fn unchanged_until(
    account: &CaseAccount,
    amount: Money,
    today: Date,
) -> Result<Date, AccountError> {
    let last = today.saturating_add(DAYS_MAX.days());
    // Interest only grows.
    if settling(account, last)? == amount {
        return Ok(last);
    }
    let mut until = today;
    while let Ok(next) = until.tomorrow()
        && next < last
        && settling(account, next)? == amount
    {
        until = next;
    }
    Ok(until)
}

impl CaseLinks {
    /// A case of which nobody asked for a link yet.
    #[must_use]
    pub const fn unheard(case_id: CaseId) -> Self {
        Self { case_id, version: 0, reason_given: false, links: Vec::new(), news: Vec::new() }
    }

    /// The link that can be paid, or will be in a moment.
    #[must_use]
    pub fn open(&self) -> Option<&Link> {
        self.links.last().filter(|it| it.is_open())
    }

    /// Closes the open link, if there is one.
    fn close(&mut self, because: PaymentLinkClosed) -> Option<LinkWork> {
        let link = self.links.last_mut().filter(|it| it.is_open())?;
        link.closed = Some(because);
        link.shut()
    }

    fn make(
        &mut self,
        case_id: CaseId,
        creditor_id: CreditorId,
        owed: &Owed,
        now: Timestamp,
    ) -> Option<LinkWork> {
        let number = self.links.len();
        let name = format!("payment link {number}");
        let link_id = PaymentLinkId::derive(case_id.as_uuid(), name.as_bytes());
        let asked_at = whole_second(now);
        let expires_at = owed.expires_at()?;
        let (amount, claim_ids) = (owed.amount, owed.claim_ids.clone());
        let claim_id = *claim_ids.first()?;
        self.links.push(Link {
            link_id,
            creditor_id,
            amount,
            claim_ids,
            asked_at,
            expires_at,
            page: Page::Making,
            closed: None,
            is_shut: false,
            asking: Asking::No,
            next_ask: later(asked_at, ASK_EVERY).ok(),
            paid: BTreeMap::new(),
        });
        let wish = LinkWish { link_id, case_id, claim_id, amount, asked_at, expires_at };
        Some(LinkWork::Make(wish))
    }

    /// When something is to be done next.
    fn next(&self) -> Timer {
        let ends = self.open().map(|it| it.expires_at);
        let asks = self.links.iter().filter_map(|it| it.next_ask);
        match asks.chain(ends).min() {
            Some(due_at) => Timer::Set { name: ASK, due_at },
            None => Timer::Cancel { name: ASK },
        }
    }
}

impl Link {
    fn is_open(&self) -> bool {
        self.closed.is_none() && !matches!(self.page, Page::NotMade { .. })
    }

    fn is_for(&self, owed: &Owed) -> bool {
        (self.amount, &self.claim_ids) == (owed.amount, &owed.claim_ids)
            && owed.expires_at().is_some_and(|last| self.expires_at <= last)
    }

    /// Has the provider let nobody pay it any more. One that is being made is shut once it is.
    fn shut(&self) -> Option<LinkWork> {
        let Page::Made(Made { provider_id, .. }) = &self.page else { return None };
        let (link_id, provider_id) = (self.link_id, provider_id.clone());
        (!self.is_shut).then_some(LinkWork::Shut { link_id, provider_id })
    }

    /// Has the provider asked once more from now on. One that is being made is asked about once it
    /// is.
    fn ask(&mut self) -> Option<LinkWork> {
        match &self.page {
            Page::NotMade { .. } => None,
            Page::Made(made) if self.asking == Asking::No => {
                self.asking = Asking::UnderWay;
                let (link_id, provider_id) = (self.link_id, made.provider_id.clone());
                Some(LinkWork::Ask { link_id, provider_id })
            }
            Page::Making | Page::Made(_) => {
                self.asking = Asking::Again;
                None
            }
        }
    }

    /// Asks where something happened since it was asked, or before it was made.
    fn ask_if_wanted(&mut self) -> Option<LinkWork> {
        let was_wanted = self.asking == Asking::Again;
        self.asking = Asking::No;
        was_wanted.then(|| self.ask()).flatten()
    }

    /// Takes in what the provider says, and books what is new of it.
    fn hear(&mut self, told: &Told, facts: &Facts) -> Result<Vec<LinkPayment>, Fault> {
        let mut news = Vec::new();
        for PaidByLink { provider_id, amount, paid_at } in &told.paid {
            if self.paid.insert(provider_id.clone(), *amount).is_some() {
                continue;
            }
            let name = format!("provider payment {provider_id}");
            let payment_id = PaymentId::derive(self.link_id.as_uuid(), name.as_bytes());
            let paid_on = day_of(*paid_at);
            let occasion = Occasion { booked_on: paid_on, cause: facts.cause };
            let transaction = LedgerTransaction::provider_credit(payment_id, *amount, occasion);
            news.push(LinkPayment {
                payment_id,
                link_id: self.link_id,
                provider_id: provider_id.clone(),
                amount: *amount,
                paid_on,
                transaction: transaction.map_err(|error| bug(&error))?,
            });
        }
        self.is_shut = self.is_shut || told.is_shut;
        if self.closed.is_none() {
            self.closed = if self.paid.is_empty() {
                told.is_shut.then_some(PaymentLinkClosed::AtTheProvider)
            } else {
                Some(PaymentLinkClosed::Paid)
            };
        }
        self.next_ask = if !self.is_shut {
            Some(later(facts.now, ASK_EVERY)?)
        } else if told.is_under_way {
            Some(later(facts.now, ASK_AGAIN)?)
        } else {
            None
        };
        Ok(news)
    }

    /// As it is told.
    pub fn told(&self, case_id: CaseId) -> Result<ToldLink, MoneyError> {
        let checkout_url = match &self.page {
            Page::Made(made) => Some(made.checkout_url.clone()),
            Page::Making | Page::NotMade { .. } => None,
        };
        let state = match (&self.page, &self.closed) {
            (Page::NotMade { status }, _) => PaymentLinkState::NotMade { status: *status },
            (_, Some(because)) => PaymentLinkState::Closed { because: because.clone() },
            (Page::Making, None) => PaymentLinkState::Making,
            (Page::Made(_), None) => PaymentLinkState::Open,
        };
        Ok(ToldLink {
            link_id: self.link_id,
            case_id,
            state,
            amount: self.amount,
            paid: Money::sum(self.amount.currency(), self.paid.values().copied())?,
            asked_at: self.asked_at,
            expires_at: self.expires_at,
            checkout_url,
        })
    }
}

fn later(now: Timestamp, by: SignedDuration) -> Result<Timestamp, Fault> {
    now.checked_add(by).map(whole_second).map_err(|error| bug(&error))
}
