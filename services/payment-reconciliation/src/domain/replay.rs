//! What the account of a case should be: worked out from what is known, day by day.
//!
//! A pure function of the facts, in the order of the days that they count for and never in that in
//! which they became known. On each day:
//!
//! 1. The costs of the claims whose term ended the day before, on the principal that is unpaid
//!    then; those of one day are asked together (6:96 BW lid 7). Only where all payments until
//!    that day are known.
//! 2. Claims of the day begin, and what was paid too much before pays them.
//! 3. Payments: the named claims first, then the others that exist, the one due first before the
//!    others (6:43 BW); of each claim the costs, then the interest until the day, then the
//!    principal (6:44 BW). What is then left is to be paid back. Where the creditor agreed to give
//!    small differences up, so much that a payment leaves open is given up, and the claim is as if
//!    paid; later money pays it all the same, before any goes back.
//! 4. Messages that ask for money tell the interest until the day, which is posted with that.
//! 5. What the creditor gives up is what is open at the end of the day; what a credit note of the
//!    day leaves of it may be a small difference.

use std::collections::BTreeMap;

use law::{Component, InterestError, InterestTerms, Notice, Surcharge};
use primitives::{ClaimId, Currency, Date, Money, MoneyError, PaymentId};
use uuid::Uuid;

use super::account::{CaseAccount, Claim, LineKind, Payment};
use super::charges::{ChargeRules, How, InterestSteps, Why, asks};
use super::parts::Parts;

/// The account as it should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    pub claims: BTreeMap<ClaimId, Standing>,
    /// What is to be paid back of each payment, above zero.
    pub refundable: BTreeMap<PaymentId, Money>,
    /// What paid what, in order.
    pub paid: Vec<(PaymentId, ClaimId)>,
    /// The first day from which on charges would be asked, if it were known that nothing was paid
    /// before it.
    pub pending: Option<Date>,
}

/// One claim as it should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// The sum of the reasons; no component is ever negative.
    pub open: Parts,
    /// In order of time.
    pub reasons: Vec<Reason>,
    /// Whether costs or interest are asked of what is unpaid.
    pub is_charged: bool,
}

/// Why a claim stands where it does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    pub on: Date,
    pub kind: LineKind,
    /// Positive where it raises what is owed.
    pub parts: Parts,
    pub why: Why,
}

/// Why an account cannot be worked out.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReplayError {
    #[error("the amounts cannot be computed")]
    Money(#[from] MoneyError),
    #[error("the interest cannot be computed")]
    Interest(#[from] InterestError),
}

/// Works the account out; until `told_on` also the interest that nobody was told yet.
pub fn replay(account: &CaseAccount, told_on: Option<Date>) -> Result<Outcome, ReplayError> {
    let mut replay = Replay::of(account)?;
    replay.take(Date::MAX)?;
    if let Some(today) = told_on {
        replay.accrue(today)?;
    }
    Ok(replay.outcome()?)
}

/// Works the account out as it counts at the end of a day: what counts for a later day is left out,
/// and interest runs until the day. Claims that are issued later are not there yet; what money paid
/// of them is not used yet, and stands with what is to be paid back. What was credited later was
/// still owed on the day, and paid by what is too much since; but no costs and no interest ever
/// came of it.
pub fn replay_until(account: &CaseAccount, day: Date) -> Result<Outcome, ReplayError> {
    let mut replay = Replay::of(account)?;
    replay.take(day)?;
    replay.accrue(day)?;
    let mut outcome = replay.outcome()?;
    outcome.claims.retain(|id, _| account.claims.get(id).is_some_and(|it| it.issued_on <= day));
    let mut credited_later = BTreeMap::new();
    for (claim_id, standing) in &mut outcome.claims {
        let credits = standing.reasons.iter().filter(|it| it.kind == LineKind::CreditNote);
        let later = credits.filter(|it| it.on > day).map(|it| it.parts);
        credited_later.insert(*claim_id, Parts::sum(account.currency, later)?.principal);
        // With these goes what was left so small by a later credit note.
        standing.reasons.retain(|reason| reason.on <= day);
        standing.open =
            Parts::sum(account.currency, standing.reasons.iter().map(|reason| reason.parts))?;
    }
    outcome.refundable = unused(account, &outcome, day)?;
    for (claim_id, later) in credited_later {
        let later = later.checked_neg()?;
        if let Some(standing) = outcome.claims.get_mut(&claim_id) {
            standing.pay_what_was_credited_later(account, &mut outcome.refundable, later)?;
            if let Some(given_up) = standing.small_difference(account.small_difference, day)? {
                standing.give_up(given_up)?;
            }
        }
    }
    Ok(outcome)
}

/// What a creditor gives up of a claim.
#[derive(Clone, Copy, Debug)]
struct GivenUp {
    /// The day on which so little was left: of the last payment, or of what came after it and made
    /// it so little.
    on: Date,
    parts: Parts,
    /// The most that would have been.
    up_to: Money,
}

impl Standing {
    /// What payments left open on a day, where it is so little that the creditor gives it up: less
    /// than they paid of the claim, so that no cent that strays to it wipes it out. What is
    /// credited later was still owed then. The last one paid of the principal: so whatever is added
    /// before it later takes from that, and is told.
    fn small_difference(
        &self,
        up_to: Option<Money>,
        on: Date,
    ) -> Result<Option<GivenUp>, MoneyError> {
        let currency = self.open.principal.currency();
        let Some(up_to) = up_to.filter(|it| it.currency() == currency) else {
            return Ok(None);
        };
        let sum_of = |is_meant: &dyn Fn(&&Reason) -> bool| {
            Parts::sum(currency, self.reasons.iter().filter(is_meant).map(|it| it.parts))?
                .total()?
                .checked_neg()
        };
        let later = sum_of(&|it| it.kind == LineKind::CreditNote && it.on > on)?;
        let paid = sum_of(&|it| it.kind.payment_id().is_some())?;
        let open = self.open.total()?.checked_add(later)?;
        let counts = |reason: &&Reason| match reason.kind {
            LineKind::Principal | LineKind::CreditNote | LineKind::Payment { .. } => true,
            LineKind::Withdrawal
            | LineKind::SmallDifference
            | LineKind::Costs
            | LineKind::Interest => false,
        };
        let mut payments =
            self.reasons.iter().rev().filter(|reason| reason.kind.payment_id().is_some());
        let is_paid = payments.next().is_some_and(|last| last.parts.principal.is_negative());
        let is_withdrawn = self.reasons.iter().any(|reason| reason.kind == LineKind::Withdrawal);
        let known = self.reasons.iter().filter(|reason| reason.on <= on);
        let on = known.filter(counts).map(|reason| reason.on).max();
        let is_small = open.is_positive()
            && self.open.total()?.is_positive()
            && open.checked_cmp(up_to)?.is_le()
            && open.checked_cmp(paid)?.is_lt();
        Ok(on.filter(|_| is_paid && is_small && !is_withdrawn).map(|on| GivenUp {
            on,
            parts: self.open,
            up_to,
        }))
    }

    fn give_up(&mut self, given_up: GivenUp) -> Result<(), MoneyError> {
        self.open = self.open.checked_sub(given_up.parts)?;
        self.reasons.push(given_up.reason()?);
        Ok(())
    }

    /// What was credited later was still owed, so that money paid it which is too much now.
    fn pay_what_was_credited_later(
        &mut self,
        account: &CaseAccount,
        unused: &mut BTreeMap<PaymentId, Money>,
        later: Money,
    ) -> Result<(), MoneyError> {
        let mut left = later.min(self.open.principal)?;
        for (payment_id, amount) in unused.iter_mut() {
            let Some(payment) = account.payments.get(payment_id) else { continue };
            let part = amount.min(left)?;
            if !part.is_positive() {
                continue;
            }
            let kind = LineKind::Payment { payment_id: *payment_id, holder: payment.holder };
            let paid = Parts::of(Component::Principal, part).checked_neg()?;
            if let Some(reason) = self.reasons.iter_mut().find(|reason| reason.kind == kind) {
                reason.parts = reason.parts.checked_add(paid)?;
            } else {
                let (on, why) = (payment.received_on, Why::default());
                self.reasons.push(Reason { on, kind, parts: paid, why });
            }
            self.open = self.open.checked_add(paid)?;
            *amount = amount.checked_sub(part)?;
            left = left.checked_sub(part)?;
        }
        unused.retain(|_, amount| amount.is_positive());
        self.reasons.sort_by_key(|reason| reason.on);
        Ok(())
    }
}

impl GivenUp {
    fn reason(self) -> Result<Reason, MoneyError> {
        let Self { on, parts, up_to } = self;
        let because = format!("The creditor gives up what a payment leaves, up to {up_to}.");
        let why = Why { because: vec![because], ..Why::default() };
        Ok(Reason { on, kind: LineKind::SmallDifference, parts: parts.checked_neg()?, why })
    }
}

/// What was received until a day and pays none of the claims, above zero.
fn unused(
    account: &CaseAccount,
    outcome: &Outcome,
    day: Date,
) -> Result<BTreeMap<PaymentId, Money>, MoneyError> {
    let received = account.payments.iter();
    let received = received.filter(|(_, it)| !it.retracted && it.received_on <= day);
    let mut unused: BTreeMap<PaymentId, Money> =
        received.map(|(payment_id, payment)| (*payment_id, payment.amount)).collect();
    for reason in outcome.claims.values().flat_map(|standing| &standing.reasons) {
        if let Some(left) = reason.kind.payment_id().and_then(|id| unused.get_mut(&id)) {
            *left = left.checked_add(reason.parts.total()?)?;
        }
    }
    unused.retain(|_, left| left.is_positive());
    Ok(unused)
}

/// What happens on a day.
enum Event<'a> {
    /// Charges are asked from this day on.
    Charge(Date),
    /// Claims are issued.
    Issue(Date),
    Pay(PaymentId, &'a Payment),
    Tell(Notice, &'a [ClaimId]),
    Withdraw(ClaimId, Date),
    Credit(ClaimId, Date),
}

/// In order: the day, the place within the day, and an id between equals.
fn events<'a>(account: &'a CaseAccount, replay: &Replay) -> Vec<(Date, u8, Uuid, Event<'a>)> {
    let mut events: Vec<(Date, u8, Uuid, Event)> = Vec::new();
    let nobody = Uuid::nil();
    let mut charged: Vec<Date> = replay.surcharges().map(|surcharge| surcharge.from).collect();
    charged.sort_unstable();
    charged.dedup();
    events.extend(charged.into_iter().map(|from| (from, 0, nobody, Event::Charge(from))));
    for (claim_id, claim) in &account.claims {
        let issued_on = claim.issued_on;
        events.push((issued_on, 1, claim_id.as_uuid(), Event::Issue(issued_on)));
        if let Some(on) = claim.withdrawn_on {
            let on = on.max(issued_on);
            events.push((on, 4, claim_id.as_uuid(), Event::Withdraw(*claim_id, on)));
        }
        for on in claim.credits.keys() {
            events.push((*on, 5, claim_id.as_uuid(), Event::Credit(*claim_id, *on)));
        }
    }
    for (payment_id, payment) in account.payments.iter().filter(|(_, it)| !it.retracted) {
        let event = Event::Pay(*payment_id, payment);
        events.push((payment.received_on, 2, payment_id.as_uuid(), event));
    }
    for (letter_id, told) in &account.notices {
        let event = Event::Tell(told.notice, &told.claim_ids);
        events.push((told.notice.sent_on, 3, letter_id.as_uuid(), event));
    }
    events.sort_by_key(|(on, place, id, _)| (*on, *place, *id));
    events
}

/// An account being worked out.
struct Replay<'a> {
    account: &'a CaseAccount,
    claims: BTreeMap<ClaimId, Running<'a>>,
    refundable: BTreeMap<PaymentId, Money>,
    paid: Vec<(PaymentId, ClaimId)>,
    pending: Option<Date>,
}

/// A claim being worked out.
struct Running<'a> {
    claim: &'a Claim,
    standing: Standing,
    /// What is given up of it so far: taken off what is open, and no reason yet, since later money
    /// pays it.
    given_up: Option<GivenUp>,
    /// What comes on top of what is unpaid, once it does.
    surcharge: Option<Surcharge>,
    why: Why,
    /// The interest, once it is asked and as long as anything is unpaid.
    interest: Option<Accrual>,
    /// The messages that asked for the claim so far.
    told: Vec<Notice>,
}

/// Interest that runs.
struct Accrual {
    terms: InterestTerms,
    /// The principal from each day on.
    principal: Vec<(Date, Money)>,
    /// Accrued before `terms.from`, where the interest began anew.
    before: Money,
    posted: Money,
}

impl<'a> Replay<'a> {
    /// Nothing has happened yet but that claims are owed, less what was credited on them.
    fn of(account: &'a CaseAccount) -> Result<Self, ReplayError> {
        let mut claims = BTreeMap::new();
        for (claim_id, claim) in &account.claims {
            claims.insert(*claim_id, Running::of(account, *claim_id, claim)?);
        }
        let (refundable, paid) = (BTreeMap::new(), Vec::new());
        Ok(Self { account, claims, refundable, paid, pending: None })
    }

    /// Everything that counts for a day or one before it.
    fn take(&mut self, last_day: Date) -> Result<(), ReplayError> {
        let events = events(self.account, self);
        for (_, _, _, event) in events.into_iter().filter(|(on, ..)| *on <= last_day) {
            match event {
                Event::Charge(from) => self.charge(from)?,
                Event::Issue(on) => self.issue(on)?,
                Event::Pay(payment_id, payment) => self.pay(payment_id, payment)?,
                Event::Tell(notice, claim_ids) => self.tell(notice, claim_ids)?,
                Event::Withdraw(claim_id, on) => self.withdraw(claim_id, on)?,
                Event::Credit(claim_id, on) => self.credit(claim_id, on)?,
            }
        }
        Ok(())
    }

    /// The interest until a day that nobody was told yet.
    fn accrue(&mut self, until: Date) -> Result<(), ReplayError> {
        for running in self.claims.values_mut() {
            running.accrue(self.account.rules.as_ref(), until)?;
        }
        Ok(())
    }

    fn surcharges(&self) -> impl Iterator<Item = Surcharge> {
        self.claims.values().filter_map(|running| running.surcharge)
    }

    /// Charges are asked from this day on, if all payments before it are known.
    fn charge(&mut self, from: Date) -> Result<(), ReplayError> {
        let Some(rules) = &self.account.rules else { return Ok(()) };
        let is_asked = |running: &Running| {
            let asked = running.surcharge.filter(|surcharge| surcharge.from == from);
            asked.filter(|_| running.standing.open.principal.is_positive())
        };
        let mut asked: Vec<(&mut Running, Surcharge)> = self
            .claims
            .values_mut()
            .filter_map(|running| is_asked(running).map(|surcharge| (running, surcharge)))
            .collect();
        if asked.is_empty() {
            return Ok(());
        }
        let last_day = from.yesterday().unwrap_or(from);
        if self.account.charged_until.is_none_or(|until| until < last_day) {
            self.pending = Some(self.pending.map_or(from, |pending| pending.min(from)));
            return Ok(());
        }
        for (running, surcharge) in &mut asked {
            running.charged(*surcharge);
        }
        let bearing: Vec<&mut Running> = asked
            .into_iter()
            .filter_map(|(running, surcharge)| surcharge.costs.then_some(running))
            .collect();
        add_costs(rules, from, bearing)
    }

    /// Claims were issued: what was paid too much before pays them.
    fn issue(&mut self, on: Date) -> Result<(), ReplayError> {
        let account = self.account;
        for (payment_id, left) in std::mem::take(&mut self.refundable) {
            if let Some(payment) = account.payments.get(&payment_id) {
                self.spread(payment_id, payment, left, on)?;
            }
        }
        Ok(())
    }

    fn pay(&mut self, payment_id: PaymentId, payment: &Payment) -> Result<(), ReplayError> {
        self.spread(payment_id, payment, payment.amount, payment.received_on)
    }

    /// Spreads what is left of a payment over the claims there are on a day.
    fn spread(
        &mut self,
        payment_id: PaymentId,
        payment: &Payment,
        mut left: Money,
        on: Date,
    ) -> Result<(), ReplayError> {
        let named = |claim_id: &ClaimId| {
            payment.named.iter().position(|known| known == claim_id).unwrap_or(usize::MAX)
        };
        let mut order: Vec<(usize, Date, ClaimId)> = self
            .claims
            .iter()
            .map(|(claim_id, running)| (named(claim_id), running.claim.due_on, *claim_id))
            .collect();
        order.sort_unstable();
        let rules = self.account.rules.as_ref();
        let is_named = |place: usize| place < usize::MAX;
        // What was given up is paid by money that names it, or would be paid back.
        let owed = order.iter().map(|(place, _, claim_id)| (*place, *claim_id, is_named(*place)));
        let given_up = order.iter().map(|(place, _, claim_id)| (*place, *claim_id, true));
        for (place, claim_id, takes_up) in owed.chain(given_up) {
            let Some(running) = self.claims.get_mut(&claim_id) else { continue };
            let exists = is_named(place) || running.claim.issued_on <= on;
            if !left.is_positive() || !exists {
                continue;
            }
            if takes_up {
                running.take_up()?;
            }
            let kind = LineKind::Payment { payment_id, holder: payment.holder };
            let up_to = self.account.small_difference;
            let parts = running.pay((rules, up_to), kind, left, payment.received_on)?;
            running.leave(up_to, on)?;
            if !parts.is_zero() {
                left = left.checked_sub(parts.total()?)?;
                self.paid.push((payment_id, claim_id));
            }
        }
        if left.is_positive() {
            self.refundable.insert(payment_id, left);
        }
        Ok(())
    }

    /// A message asked for money: the interest until its day is told with it.
    fn tell(&mut self, notice: Notice, claim_ids: &[ClaimId]) -> Result<(), ReplayError> {
        if !asks(notice.message) {
            return Ok(());
        }
        for claim_id in claim_ids {
            if let Some(running) = self.claims.get_mut(claim_id) {
                running.accrue(self.account.rules.as_ref(), notice.sent_on)?;
                running.told.push(notice);
            }
        }
        Ok(())
    }

    fn withdraw(&mut self, claim_id: ClaimId, on: Date) -> Result<(), ReplayError> {
        let Some(running) = self.claims.get_mut(&claim_id) else { return Ok(()) };
        running.interest = None;
        // What was given up before is withdrawn too: no later money pays it.
        running.take_up()?;
        let open = running.standing.open;
        if open.is_zero() {
            return Ok(());
        }
        running.add(on, LineKind::Withdrawal, open.checked_neg()?, Why::default())?;
        Ok(())
    }

    /// What was credited was taken off at once; so little may be left since that it is given up.
    fn credit(&mut self, claim_id: ClaimId, on: Date) -> Result<(), ReplayError> {
        let up_to = self.account.small_difference;
        let running = self.claims.get_mut(&claim_id);
        running.map_or(Ok(()), |running| running.leave(up_to, on)).map_err(ReplayError::from)
    }

    fn outcome(self) -> Result<Outcome, MoneyError> {
        let Self { claims, refundable, paid, pending, .. } = self;
        let standings = claims.into_iter().map(|(claim_id, running)| {
            let Running { mut standing, given_up, .. } = running;
            standing.reasons.extend(given_up.map(GivenUp::reason).transpose()?);
            standing.reasons.sort_by_key(|reason| reason.on);
            Ok((claim_id, standing))
        });
        let claims = standings.collect::<Result<_, MoneyError>>()?;
        Ok(Outcome { claims, refundable, paid, pending })
    }
}

/// Asks the costs of claims together; each bears its share.
fn add_costs(
    rules: &ChargeRules,
    from: Date,
    bearing: Vec<&mut Running>,
) -> Result<(), ReplayError> {
    let unpaid: Vec<Money> =
        bearing.iter().map(|running| running.standing.open.principal).collect();
    let all = Money::sum(Currency::EUR, unpaid.iter().copied())?;
    let answer = rules.costs(&unpaid)?;
    let Some(costs) = &answer.value else { return Ok(()) };
    let is_shared = costs.shares.iter().filter(|share| share.is_positive()).count() > 1;
    for (running, share) in bearing.into_iter().zip(&costs.shares) {
        if !share.is_positive() {
            continue;
        }
        let mut why = running.why.clone();
        why.take(&answer);
        why.how = Some(How::Costs { unpaid: all, costs: costs.clone(), share: *share });
        if is_shared {
            why.because.push(format!("{share} of it is for this invoice."));
        }
        running.add(from, LineKind::Costs, Parts::of(Component::Costs, *share), why)?;
    }
    Ok(())
}

impl<'a> Running<'a> {
    fn of(account: &CaseAccount, claim_id: ClaimId, claim: &'a Claim) -> Result<Self, ReplayError> {
        let zero = Parts::zero(account.currency);
        let standing = Standing { open: zero, reasons: Vec::new(), is_charged: false };
        let notices: Vec<Notice> = account
            .notices
            .values()
            .filter(|told| told.claim_ids.contains(&claim_id))
            .map(|told| told.notice)
            .collect();
        let answer = account.rules.map(|rules| rules.surcharge(claim.due_on, &notices));
        let mut running = Self {
            claim,
            standing,
            given_up: None,
            surcharge: answer.as_ref().and_then(|answer| answer.value),
            why: answer.as_ref().map(Why::of).unwrap_or_default(),
            interest: None,
            told: Vec::new(),
        };
        let owed = Parts::of(Component::Principal, claim.principal);
        running.add(claim.issued_on, LineKind::Principal, owed, Why::default())?;
        for (on, credited) in &claim.credits {
            // Credit notes of more than the claim ever was take off what there is.
            let amount = credited.min(running.standing.open.principal)?;
            if amount.is_positive() {
                let parts = Parts::of(Component::Principal, amount).checked_neg()?;
                running.add(*on, LineKind::CreditNote, parts, Why::default())?;
            }
        }
        Ok(running)
    }

    fn add(&mut self, on: Date, kind: LineKind, parts: Parts, why: Why) -> Result<(), MoneyError> {
        self.standing.open = self.standing.open.checked_add(parts)?;
        self.standing.reasons.push(Reason { on, kind, parts, why });
        Ok(())
    }

    /// What was given up is owed again, so that money can pay it.
    fn take_up(&mut self) -> Result<(), MoneyError> {
        if let Some(given_up) = self.given_up.take() {
            self.standing.open = self.standing.open.checked_add(given_up.parts)?;
        }
        Ok(())
    }

    /// What a payment left open is given up where it is little: nothing comes on top of it.
    fn leave(&mut self, up_to: Option<Money>, on: Date) -> Result<(), MoneyError> {
        if let Some(given_up) = self.standing.small_difference(up_to, on)? {
            self.standing.open = self.standing.open.checked_sub(given_up.parts)?;
            self.given_up = Some(given_up);
            self.interest = None;
        }
        Ok(())
    }

    /// Charges are asked from now on, of what is unpaid now. Interest may count from an earlier day
    /// on, but never on what was paid since.
    fn charged(&mut self, surcharge: Surcharge) {
        self.standing.is_charged = true;
        let unpaid = self.standing.open.principal;
        let nothing = Money::zero(unpaid.currency());
        self.interest = surcharge.interest.map(|terms| Accrual {
            terms,
            principal: vec![(terms.from.min(surcharge.from), unpaid)],
            before: nothing,
            posted: nothing,
        });
    }

    /// Posts the interest until a day, where any is asked and was not posted yet.
    fn accrue(&mut self, rules: Option<&ChargeRules>, until: Date) -> Result<(), ReplayError> {
        let (Some(rules), Some(accrual)) = (rules, &mut self.interest) else { return Ok(()) };
        let (answer, rates_end_on) = rules.accrued(accrual.terms, &accrual.principal, until)?;
        let accrued = accrual.before.checked_add(answer.value.total)?;
        let more = accrued.checked_sub(accrual.posted)?;
        if !more.is_positive() {
            return Ok(());
        }
        let mut why = self.why.clone();
        why.take(&answer);
        let counted_before = accrual.posted.checked_sub(accrual.before)?;
        if !counted_before.is_zero() {
            why.because.push(format!("{counted_before} of it is counted above already."));
        }
        let segments = answer.value.segments;
        why.how = Some(How::Interest(InterestSteps { segments, counted_before, rates_end_on }));
        accrual.posted = accrued;
        self.add(until, LineKind::Interest, Parts::of(Component::Interest, more), why)?;
        Ok(())
    }

    /// What a payment of at most `left` pays of the claim.
    fn pay(
        &mut self,
        (rules, up_to): (Option<&ChargeRules>, Option<Money>),
        kind: LineKind,
        left: Money,
        on: Date,
    ) -> Result<Parts, ReplayError> {
        // Who pays within the time of a message all that it asked, but for so little that it is
        // given up, owes no interest for that time.
        let short = self.standing.open.total()?.checked_sub(left)?;
        let up_to = up_to.filter(|it| it.currency() == short.currency());
        let is_given_up = match up_to {
            Some(up_to) => short.checked_cmp(up_to)?.is_le() && short.checked_cmp(left)?.is_lt(),
            None => false,
        };
        let due_on = self.claim.due_on;
        let in_time = rules
            .is_some_and(|rules| self.told.iter().any(|notice| rules.in_time(*notice, due_on, on)));
        if !in_time || (short.is_positive() && !is_given_up) {
            self.accrue(rules, on)?;
        }
        let mut parts = Parts::zero(left.currency());
        let mut rest = left;
        let order = rules.map_or(OWN_ORDER, ChargeRules::order);
        for component in order {
            let part = self.standing.open.part(component).min(rest)?;
            rest = rest.checked_sub(part)?;
            parts = parts.checked_add(Parts::of(component, part))?;
        }
        if parts.is_zero() {
            return Ok(parts);
        }
        self.add(on, kind, parts.checked_neg()?, Why::default())?;
        let left = self.standing.open.principal;
        if left.is_zero() {
            self.interest = None;
        } else if let (Some(accrual), Ok(next_day)) = (&mut self.interest, on.tomorrow()) {
            accrual.paid(parts, next_day, left);
        }
        Ok(parts)
    }
}

impl Accrual {
    /// From the day after a payment on, interest runs on what is then left. Where it paid interest
    /// and no principal, the years of compounding begin anew: nothing that was paid bears interest.
    fn paid(&mut self, paid: Parts, next_day: Date, left: Money) {
        if paid.principal.is_positive() {
            self.principal.retain(|(day, _)| *day < next_day);
            self.principal.push((next_day, left));
        } else if paid.interest.is_positive() {
            self.terms.from = next_day;
            self.before = self.posted;
            self.principal = vec![(next_day, left)];
        }
    }
}

/// What a payment pays first where no law is known.
const OWN_ORDER: [Component; 3] = [Component::Costs, Component::Interest, Component::Principal];
