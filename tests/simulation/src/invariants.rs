//! What must hold after every step, as functions over the states in memory. Each is named as in
//! ARCHITECTURE.md, and most are the counterpart of a live check, which says the same in SQL.

use std::collections::{BTreeMap, BTreeSet};

use contracts::hold::HoldScope;
use contracts::letter::{Dispatched, Send};
use contracts::payment_reconciliation::PaymentAllocated;
use contracts::permit::{Permit, PermittedDeed};
use contracts::scheduler::PermitGranted;
use contracts::telephony_task::CallClosed;
use contracts::{Envelope, Message, split_subject};
use jiff::SignedDuration;
use law::ContactCap;
use letter::domain::{Letter, Stage as LetterStage};
use mailbox::{Aggregate, Row};
use payment_reconciliation::domain::account::LineKind;
use payment_reconciliation::domain::case::Case;
use payment_reconciliation::domain::ledger::{Breach, LedgerAccount, equation};
use payment_reconciliation::domain::payment::ReceivedPayment;
use payment_reconciliation::domain::remittance::PaperState;
use primitives::{Channel, ClaimId, Currency, LetterId, MessageKind, Money, PaymentId, PermitId};
use scheduler::domain::{
    CONFIRMATION, Case as Opened, ErrandState, NEXT_STEP, PERMIT_END, PROMISE_DUE, Person,
    Position, REVIEW, Route, THANKS, Timers, Track, counts_on,
};
use telephony_task::domain::{CallTask, Stage as CallStage, TASK_END};
use uuid::Uuid;

use crate::Violation;
use crate::world::{Told1, World, violation};
use house::{House, day_of};

/// What was told so far, as far as it is needed to judge what follows.
#[derive(Debug, Default)]
pub(crate) struct Watch {
    permits: BTreeMap<PermitId, Permit>,
    /// The acts that were told, by permit and channel.
    acts: BTreeSet<(PermitId, Channel)>,
    pub(crate) dispatched: BTreeSet<LetterId>,
    /// What payments were said to pay of the principal of claims, in cents.
    pub(crate) paid: BTreeMap<ClaimId, i64>,
}

fn read<M: Message>(envelope: &Envelope) -> Result<M, Violation> {
    let version = split_subject(&envelope.message_type).map_or(0, |(_, version)| version);
    M::decode(version, envelope.data.get())
        .map_err(|error| violation("contracts", error.to_string()))
}

impl Watch {
    /// Judges a message that is published.
    pub(crate) fn hear(&mut self, stem: &str, envelope: &Envelope, house: &House) -> Told1 {
        match stem {
            "scheduler.evt.permit-granted" => {
                let PermitGranted { permit, .. } = read(envelope)?;
                self.granted(permit, house)
            }
            "letter.evt.dispatched" => {
                let told: Dispatched = read(envelope)?;
                self.dispatched.insert(told.letter_id);
                self.acted(told.permit_id, told.channel, &told.claim_ids, told.dispatched_at)
            }
            "telephony-task.evt.call-closed" => {
                let told: CallClosed = read(envelope)?;
                self.acted(told.permit_id, Channel::Telephone, &told.claim_ids, told.called_at)
            }
            "payment-reconciliation.evt.payment-allocated" => {
                let told: PaymentAllocated = read(envelope)?;
                let paid = self.paid.entry(told.claim_id).or_default();
                *paid = paid.saturating_add(told.principal.amount_minor());
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// A permit is for something that is still open, and reserved the person's budget.
    fn granted(&mut self, permit: Permit, house: &House) -> Told1 {
        let id = permit.permit_id;
        let track = house.scheduler.find::<Track>(permit.case_id.as_uuid());
        let case = track.and_then(|it| it.case.as_ref());
        let open = |case: &Opened| {
            let mut claims = permit.claim_ids.iter().filter_map(|id| case.claims.get(id));
            claims.any(scheduler::domain::Claim::is_open)
        };
        if !thanks(&permit) && !case.is_some_and(open) {
            return Err(violation("gate", format!("permit {id} asks for what is not open")));
        }
        let today = day_of(permit.not_before);
        let is_stopped = |case: &Opened| {
            case.holds.values().any(|terms| {
                let about = match terms.scope {
                    HoldScope::Claim { claim_id, .. } => permit.claim_ids.contains(&claim_id),
                    HoldScope::Case { .. }
                    | HoldScope::Person { .. }
                    | HoldScope::Creditor { .. }
                    | HoldScope::All => true,
                };
                about && counts_on(terms, today)
            })
        };
        if case.is_some_and(is_stopped) {
            return Err(violation("holds", format!("permit {id} goes out under a hold")));
        }
        let answers = matches!(
            &permit.deed,
            PermittedDeed::Write {
                message: MessageKind::PaymentThanks | MessageKind::PromiseConfirmation,
                ..
            }
        );
        let route = case.map_or(Route::GoOn, Opened::route);
        if route.is_silent() || route.holds() && !answers {
            let detail = format!("permit {id} goes out though the case takes the way {route:?}");
            return Err(violation("reasons", detail));
        }
        let person = house.scheduler.find::<Person>(permit.person_id.as_uuid());
        if !person.is_some_and(|it| it.contacts.contains_key(&id)) {
            return Err(violation("gate", format!("permit {id} reserved no contact")));
        }
        if permit.not_before >= permit.not_after || permit.claim_ids.is_empty() {
            return Err(violation("gate", format!("permit {id} allows nothing")));
        }
        self.permits.insert(id, permit);
        Ok(())
    }

    /// An act that was told has a permit for its channel and claims, lies in its time, and is the
    /// only one of that permit on that channel.
    fn acted(
        &mut self,
        permit_id: PermitId,
        channel: Channel,
        claim_ids: &[ClaimId],
        at: primitives::Timestamp,
    ) -> Told1 {
        let Some(permit) = self.permits.get(&permit_id) else {
            return Err(violation("gate", format!("an act was told under no permit: {permit_id}")));
        };
        covers(permit, channel, claim_ids)?;
        if at < permit.not_before || at > permit.not_after {
            let (from, until) = (permit.not_before, permit.not_after);
            let detail =
                format!("permit {permit_id} is for {from} to {until}; the act was at {at}");
            return Err(violation("gate", detail));
        }
        if !self.acts.insert((permit_id, channel)) {
            let detail = format!("two acts by {channel} were told under permit {permit_id}");
            return Err(violation("not-twice", detail));
        }
        Ok(())
    }
}

fn thanks(permit: &Permit) -> bool {
    matches!(&permit.deed, PermittedDeed::Write { message: MessageKind::PaymentThanks, .. })
}

fn covers(permit: &Permit, channel: Channel, claim_ids: &[ClaimId]) -> Told1 {
    let allows = match &permit.deed {
        PermittedDeed::Write { channels, .. } => channels.contains(&channel),
        PermittedDeed::Call => channel == Channel::Telephone,
    };
    if !allows || permit.claim_ids != claim_ids {
        let detail = format!("permit {} does not allow this by {channel}", permit.permit_id);
        return Err(violation("gate", detail));
    }
    Ok(())
}

/// A letter is about to leave: under a permit that was granted as it says, in its time, and about
/// something that is owed.
pub(crate) fn acts(world: &World<'_>, send: &Send) -> Told1 {
    let asked = &send.permit;
    let id = asked.permit_id;
    if world.watch.permits.get(&id) != Some(asked) {
        return Err(violation("gate", format!("permit {id} was granted otherwise")));
    }
    covers(asked, send.channel, &asked.claim_ids)?;
    if world.now < asked.not_before || world.now >= asked.not_after {
        let detail = format!("a letter leaves at {}, outside permit {id}", world.now);
        return Err(violation("gate", detail));
    }
    let thanks = thanks(asked);
    let position = world.house.position(asked.case_id, &[], world.now);
    let owed = position.is_some_and(|position| {
        let mut claims = position.claims.iter();
        claims.any(|it| asked.claim_ids.contains(&it.claim_id) && it.open.is_positive())
    });
    if owed == thanks {
        let detail = format!("a letter leaves about claims on which owed is {owed} (permit {id})");
        return Err(violation("nothing-owed", detail));
    }
    Ok(())
}

/// Judges what a decision changed.
pub(crate) fn changed(world: &World<'_>, service: &'static str, rows: &[Row]) -> Told1 {
    match service {
        "scheduler" => rows.iter().try_for_each(|row| {
            if row.kind == Track::KIND {
                track(world, row.id)
            } else if row.kind == Person::KIND {
                person(world, row.id)
            } else {
                Ok(())
            }
        }),
        "letter" => {
            let mut letters = rows.iter().filter(|row| row.kind == Letter::KIND);
            letters.try_for_each(|row| letter(world, row.id))
        }
        "telephony-task" => {
            let mut tasks = rows.iter().filter(|row| row.kind == CallTask::KIND);
            tasks.try_for_each(|row| call(world, row.id))
        }
        "payment-reconciliation" => {
            books(world)?;
            let mut cases = rows.iter().filter(|row| row.kind == Case::KIND);
            cases.try_for_each(|row| account(world, row.id))?;
            remittances(world)
        }
        _ => Ok(()),
    }
}

/// `never-let-go`: an open case is planned, acting, waiting or held, with the timer that wakes it;
/// a closed one has none but for its thanks.
fn track(world: &World<'_>, id: Uuid) -> Told1 {
    let Some(track) = world.house.scheduler.find::<Track>(id) else { return Ok(()) };
    let row = Row { kind: Track::KIND, id };
    let Some(case) = &track.case else { return Ok(()) };
    let let_go = |detail: String| Err(violation("never-let-go", format!("case {id}: {detail}")));
    for (name, due_at) in Timers::of(track).by_name() {
        let set = world.timers.get(&("scheduler", row, name)).map(|timer| timer.due_at);
        if set != due_at {
            return let_go(format!("{name} should be due at {due_at:?} and is set to {set:?}"));
        }
    }
    let is_set = |name| world.timers.contains_key(&("scheduler", row, name));
    let open = case.open_claims().next().is_some();
    let goes_on = match &case.position {
        None => case.claims.is_empty(),
        Some(Position::Closed { .. }) => !open,
        Some(Position::Planned { claim_ids, .. }) => {
            is_set(NEXT_STEP) && claim_ids.iter().all(|id| case.claims.contains_key(id))
        }
        Some(Position::Acting) => is_set(PERMIT_END) && case.act.is_some(),
        Some(Position::AwaitingPromise { .. }) => is_set(PROMISE_DUE),
        Some(Position::Held { .. }) => is_set(REVIEW) && !case.agreement.review_by.is_empty(),
    };
    if !goes_on || (open && matches!(case.position, Some(Position::Closed { .. }))) {
        return let_go(format!("it stands at {:?}, and something open is {open}", case.position));
    }
    if let Some(act) = &case.act {
        let mut asked = act.claim_ids.iter().filter_map(|id| case.claims.get(id));
        let asks = act.step == THANKS || asked.any(scheduler::domain::Claim::is_open);
        let granted = act.errands.iter().any(|errand| errand.state == ErrandState::Granted);
        if granted && !asks {
            let detail = format!("case {id}: {} is under way, and nothing is open", act.step);
            return Err(violation("taken-back", detail));
        }
        let answers = [THANKS, CONFIRMATION].contains(&act.step.as_str());
        let route = case.route();
        if granted && (route.is_silent() || route.holds() && !answers) {
            let detail = format!("case {id}: {} is under way on the way {route:?}", act.step);
            return Err(violation("reasons", detail));
        }
        let person = world.house.scheduler.find::<Person>(case.person_id.as_uuid());
        if !person.is_some_and(|it| it.contacts.contains_key(&act.permit_id)) {
            let detail = format!("the act of case {id} has no reserved contact");
            return Err(violation("contact-budget", detail));
        }
    }
    clocks(world, case)
}

/// No clock starts from an act of which nobody says that it happened: each notice is of a letter
/// that was told as dispatched.
fn clocks(world: &World<'_>, case: &Opened) -> Told1 {
    let notices = case.claims.values().map(|claim| claim.notices.len()).max().unwrap_or(0);
    if notices > world.watch.dispatched.len() {
        let detail = format!("case {} counts {notices} notices", case.case_id);
        return Err(violation("no-clock-from-uncertain", detail));
    }
    Ok(())
}

/// `contact-budget`: the cap is kept, and nothing stays reserved without an act.
fn person(world: &World<'_>, id: Uuid) -> Told1 {
    let Some(person) = world.house.scheduler.find::<Person>(id) else { return Ok(()) };
    let cap = ContactCap::default();
    let moments = person.moments();
    for moment in &moments {
        let same_day = moments.iter().filter(|it| day_of(**it) == day_of(*moment)).count();
        let week = SignedDuration::from_hours(7 * 24);
        let within_week = moments.iter().filter(|it| {
            let before = moment.duration_since(**it);
            !before.is_negative() && before < week
        });
        if same_day > usize::from(cap.per_day) || within_week.count() > usize::from(cap.per_week) {
            let detail = format!("person {id} was contacted too often: {moments:?}");
            return Err(violation("contact-budget", detail));
        }
    }
    let tracks = world.house.scheduler.all::<Track>();
    let mut acts = BTreeSet::new();
    for case in tracks.values().filter_map(|it| it.case.as_ref()) {
        acts.extend(case.act.as_ref().map(|act| act.permit_id));
    }
    for (permit_id, contact) in &person.contacts {
        if !contact.made && !acts.contains(permit_id) {
            let detail = format!("permit {permit_id} reserves a contact, and has no act");
            return Err(violation("contact-budget", detail));
        }
    }
    Ok(())
}

/// `not-lost`: a letter that is to leave has work under way.
fn letter(world: &World<'_>, id: Uuid) -> Told1 {
    let Some(letter) = world.house.letter.find::<Letter>(id) else { return Ok(()) };
    let lives = world.outside.lives(id);
    let lost = match &letter.stage {
        LetterStage::Requested { .. }
        | LetterStage::Drafted { .. }
        | LetterStage::Uncertain { .. } => !lives,
        LetterStage::Dispatched { .. } => !world.outside.left.contains_key(&id),
        LetterStage::Unheard | LetterStage::Forestalled | LetterStage::NotSent { .. } => false,
    };
    if lost {
        let detail = format!("letter {id} is at {:?}, and nothing is under way", letter.stage);
        return Err(violation("not-lost", detail));
    }
    Ok(())
}

/// `calls-end`: a call that nobody took on has the timer that ends it.
fn call(world: &World<'_>, id: Uuid) -> Told1 {
    let Some(task) = world.house.telephony.find::<CallTask>(id) else { return Ok(()) };
    let row = Row { kind: CallTask::KIND, id };
    let set = world.timers.get(&("telephony-task", row, TASK_END)).map(|timer| timer.due_at);
    let due = match &task.stage {
        CallStage::Open { errand } => Some(errand.not_after()),
        CallStage::Unheard
        | CallStage::Forestalled
        | CallStage::Claimed { .. }
        | CallStage::Closed { .. }
        | CallStage::Withdrawn { .. }
        | CallStage::Expired { .. } => None,
    };
    if set != due {
        let detail = format!("call {id} should end at {due:?}, and its timer is set to {set:?}");
        return Err(violation("calls-end", detail));
    }
    Ok(())
}

/// `exact-money`: the books balance, and nobody owes less than nothing. What a creditor got and has
/// to give back is covered from own money; where that is short, the live check asks the agency to
/// pay in, and no decision can. So own money may be short here, but by no more than that.
fn books(world: &World<'_>) -> Told1 {
    let money = &world.house.money;
    let balances = money.balances.iter();
    let balances = balances.map(|(account, cents)| (*account, Money::new(*cents, Currency::EUR)));
    let breaches = equation(balances).err().unwrap_or_default();
    let is_owed = |account: &LedgerAccount| matches!(account, LedgerAccount::OwedByCreditor(_));
    let owed = money.balances.iter().filter(|(account, _)| is_owed(account));
    let owed = owed.fold(0_i64, |sum, (_, cents)| sum.saturating_add(*cents));
    let is_short = |breach: &Breach| match breach {
        Breach::WrongSide { account: LedgerAccount::Own, balance_minor, .. } => {
            *balance_minor <= i128::from(owed)
        }
        Breach::WrongSide { .. } | Breach::Unequal { .. } => false,
    };
    let wrong = breaches.iter().filter(|breach| !is_short(breach)).map(ToString::to_string);
    let wrong: Vec<String> = wrong.collect();
    if wrong.is_empty() { Ok(()) } else { Err(violation("exact-money", wrong.join("; "))) }
}

/// `positions-booked` and `payments-accounted`, for one case.
fn account(world: &World<'_>, id: Uuid) -> Told1 {
    let money = &world.house.money;
    let Some(account) = money.states.find::<Case>(id).and_then(|it| it.account.as_ref()) else {
        return Ok(());
    };
    let broken =
        |invariant, detail: String| Err(violation(invariant, format!("case {id}: {detail}")));
    let booked = |account: &LedgerAccount| money.balances.get(account).copied().unwrap_or(0);
    let mut open_total = 0_i64;
    let mut placed: BTreeMap<PaymentId, i64> = BTreeMap::new();
    for (claim_id, claim) in &account.claims {
        let (mut open, mut given_up) = (0_i64, 0_i64);
        for line in &claim.lines {
            let cents = line.parts.total().map_or(0, Money::amount_minor);
            open = open.saturating_add(cents);
            if let LineKind::Payment { payment_id, .. } = line.kind {
                let sum = placed.entry(payment_id).or_default();
                *sum = sum.saturating_sub(cents);
            }
            if line.kind == LineKind::SmallDifference {
                given_up = given_up.saturating_sub(cents);
            }
        }
        let up_to = account.small_difference.map_or(0, Money::amount_minor);
        if !(0..=up_to).contains(&given_up) || (given_up > 0 && open > 0) {
            let detail = format!("claim {claim_id}: {given_up} is given up, and {open} open");
            return broken("positions-booked", detail);
        }
        if open != booked(&LedgerAccount::Receivable(*claim_id)) || open < 0 {
            return broken("positions-booked", format!("claim {claim_id} is open for {open}"));
        }
        open_total = open_total.saturating_add(open);
    }
    let mut refundable = 0_i64;
    for line in &account.refundable {
        let cents = line.parts.total().map_or(0, Money::amount_minor);
        refundable = refundable.saturating_add(cents);
        if let LineKind::Payment { payment_id, .. } = line.kind {
            let sum = placed.entry(payment_id).or_default();
            *sum = sum.saturating_add(cents);
        }
    }
    let mut owed_back = 0_i64;
    for (ledger_account, cents) in &money.balances {
        if let LedgerAccount::Refundable(_, case_id) = ledger_account
            && *case_id == account.case_id
        {
            owed_back = owed_back.saturating_sub(*cents);
        }
    }
    if refundable != owed_back || refundable < 0 || (refundable > 0 && open_total > 0) {
        let detail = format!("{refundable} to be paid back, {owed_back} booked, {open_total} open");
        return broken("positions-booked", detail);
    }
    placed.into_iter().try_for_each(|(payment_id, cents)| payment(world, payment_id, cents))
}

/// `payments-accounted`: the money of a payment is where its state says.
fn payment(world: &World<'_>, id: PaymentId, placed: i64) -> Told1 {
    let money = &world.house.money;
    let payment = money.states.find::<ReceivedPayment>(id.as_uuid());
    let told = payment.filter(|it| !it.retracted).and_then(|it| it.receipt);
    let amount = told.map_or(0, |receipt| receipt.amount.amount_minor());
    let (received, unmatched) = money.booked.get(&id.as_uuid()).copied().unwrap_or_default();
    let allocated = payment.is_some_and(|it| it.allocated);
    let in_hand = if allocated { 0 } else { amount };
    if received != amount || unmatched != in_hand || (allocated && placed != amount) {
        let detail = format!(
            "payment {id} of {amount}: {received} received, {unmatched} unmatched, {placed} placed"
        );
        return Err(violation("payments-accounted", detail));
    }
    Ok(())
}

/// `remittances-booked`: what is in transit is what was approved and not paid; what is owed to a
/// creditor is what was collected and not remitted.
fn remittances(world: &World<'_>) -> Told1 {
    let money = &world.house.money;
    for paper in money.papers.values() {
        let in_transit = match paper.state {
            PaperState::Approved { paid_on: None, .. } => paper.bill.amount.amount_minor(),
            PaperState::Approved { .. } | PaperState::Proposed | PaperState::Void => 0,
        };
        let account = LedgerAccount::InTransit(paper.remittance_id.into());
        let booked = money.balances.get(&account).copied().unwrap_or(0).saturating_neg();
        if in_transit != booked {
            let detail = format!("{in_transit} should be in transit, and {booked} is");
            return Err(violation("remittances-booked", detail));
        }
    }
    for (account, cents) in &money.balances {
        let (creditor_id, sign) = match account {
            LedgerAccount::OwedToCreditor(creditor_id) => (*creditor_id, 1_i64),
            LedgerAccount::OwedByCreditor(creditor_id) => (*creditor_id, -1_i64),
            LedgerAccount::Bank(_)
            | LedgerAccount::AtProvider
            | LedgerAccount::Unmatched(_)
            | LedgerAccount::Refundable(..)
            | LedgerAccount::SettledAtCreditor(_)
            | LedgerAccount::InTransit(_)
            | LedgerAccount::Own
            | LedgerAccount::AdvancedToCreditor(_)
            | LedgerAccount::FeesOwedByCreditor(_)
            | LedgerAccount::FeesCharged(_)
            | LedgerAccount::Receivable(_)
            | LedgerAccount::CreditorClaims(_) => continue,
        };
        let owed = money.owed(creditor_id, sign);
        let booked = cents.saturating_abs();
        if owed != booked {
            let detail = format!("{account}: {owed} by the lines, {booked} by the ledger");
            return Err(violation("remittances-booked", detail));
        }
    }
    Ok(())
}
