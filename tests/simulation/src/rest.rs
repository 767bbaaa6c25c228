//! What must hold when everything has come to rest: nothing waits, everything told was heard, and
//! all services know the same.

use std::collections::BTreeMap;
use std::rc::Rc;

use contracts::Envelope;
use letter::domain::{Letter, Note, NoteStage, Stage as LetterStage};
use mailbox::{Aggregate, Facts, Fault};
use mediation::domain::CaseFile;
use monitoring::domain::WatchedCase;
use payment_reconciliation::domain::account_statement::BankFile;
use payment_reconciliation::domain::case::Case;
use primitives::{CaseId, Money as Amount, Timestamp};
use scheduler::domain::{Claim, Position, Track};
use telephony_task::domain::{CallTask, Stage as CallStage};

use uuid::Uuid;

use crate::bank::AGENCY;
use crate::outside::Stage;
use crate::world::{Told1, World, parked, rehearsed, violation};
use house::chance::Chance;
use house::money::Money;
use house::{Input, consumers, facts_of, intake, stem_of};

fn broken(detail: impl Into<String>) -> Told1 {
    Err(violation("rest", detail))
}

pub(crate) fn check(world: &mut World<'_>) -> Told1 {
    heard(world)?;
    letters(world)?;
    calls(world)?;
    for case in intake::cases(&world.house.intake) {
        known_alike(world, case)?;
    }
    promises(world)?;
    if world.plan.seed.is_multiple_of(3) {
        money_in_another_order(world)?;
    }
    if !world.bank.told_all() {
        return broken("money moved, and no statement was taken in of it");
    }
    let cases = intake::cases(&world.house.intake);
    world.counts.cases = u64::try_from(cases.len()).unwrap_or(u64::MAX);
    let tracks = world.house.scheduler.all::<Track>();
    let is_closed = |track: &&Track| {
        let position = track.case.as_ref().and_then(|case| case.position.as_ref());
        matches!(position, Some(Position::Closed { .. }))
    };
    let closed = tracks.into_values().filter(is_closed).count();
    world.counts.closed = u64::try_from(closed).unwrap_or(u64::MAX);
    Ok(())
}

/// Nothing waits, and every message was taken in by all who listen to it.
fn heard(world: &World<'_>) -> Told1 {
    if let Some(one) = world.waiting.first() {
        let subject = &one.envelope.message_type;
        return broken(format!("{subject} waits at {} for ever: {}", one.service, one.detail));
    }
    for (id, stem) in &world.published {
        for service in consumers(stem) {
            if !world.took_in(service, *id) {
                return broken(format!("{stem} was never taken in by {service}"));
            }
        }
    }
    Ok(())
}

/// Every letter and note left, or did not; no work is left over.
fn letters(world: &World<'_>) -> Told1 {
    for (id, letter) in world.house.letter.all::<Letter>() {
        match letter.stage {
            LetterStage::Dispatched { .. } | LetterStage::NotSent { .. } => {}
            LetterStage::Unheard
            | LetterStage::Forestalled
            | LetterStage::Requested { .. }
            | LetterStage::Drafted { .. }
            | LetterStage::Uncertain { .. } => {
                return broken(format!("letter {id} never ended: {:?}", letter.stage));
            }
        }
    }
    for (id, note) in world.house.letter.all::<Note>() {
        match note.stage {
            NoteStage::Dispatched { .. } | NoteStage::NotSent { .. } => {}
            NoteStage::Unheard | NoteStage::Requested { .. } | NoteStage::Drafted { .. } => {
                return broken(format!("note {id} never ended: {:?}", note.stage));
            }
        }
    }
    if let Some(kept) = world.outside.kept.values().find(|kept| kept.stage != Stage::Over) {
        return broken(format!("{} is still {:?}", kept.effect.kind, kept.stage));
    }
    // What left was told, whoever found it out.
    for id in world.outside.left.keys() {
        let letter = world.house.letter.find::<Letter>(*id);
        if letter.is_some_and(|it| !matches!(it.stage, LetterStage::Dispatched { .. })) {
            return broken(format!("letter {id} left, and nobody was told"));
        }
    }
    Ok(())
}

/// Every call was made, withdrawn or not made.
fn calls(world: &World<'_>) -> Told1 {
    for (id, task) in world.house.telephony.all::<CallTask>() {
        match &task.stage {
            // An open one ends by its timer.
            CallStage::Open { .. }
            | CallStage::Closed { .. }
            | CallStage::Withdrawn { .. }
            | CallStage::Expired { .. } => {}
            CallStage::Unheard | CallStage::Forestalled | CallStage::Claimed { .. } => {
                return broken(format!("call {id} never ended: {:?}", task.stage));
            }
        }
    }
    Ok(())
}

/// All who keep something of a case know the same of it.
fn known_alike(world: &World<'_>, handed: &::intake::domain::OpenCase) -> Told1 {
    let case_id: CaseId = handed.case_id;
    let id = case_id.as_uuid();
    let track = world.house.scheduler.find::<Track>(id).and_then(|it| it.case.as_ref());
    let account = world.house.money.states.find::<Case>(id).and_then(|it| it.account.as_ref());
    let Some((track, account)) = track.zip(account) else {
        return broken(format!("case {case_id} is not known to all"));
    };
    let file = world.house.mediation.find::<CaseFile>(id);
    for (claim_id, claim) in &handed.claims {
        let known = track.claims.get(claim_id).zip(account.claims.get(claim_id));
        let Some((tracked, booked)) = known else {
            return broken(format!("claim {claim_id} is not known to all"));
        };
        let told = world.watch.paid.get(claim_id).copied().unwrap_or(0);
        let credited = claim.credits.values().map(|it| it.amount.amount_minor()).sum::<i64>();
        if tracked.paid.amount_minor() != told || tracked.credited.amount_minor() != credited {
            let detail = format!(
                "claim {claim_id}: the scheduler knows {} paid and {} credited; told were {told} \
                 and {credited}",
                tracked.paid, tracked.credited
            );
            return broken(detail);
        }
        let withdrawn = (tracked.withdrawn, booked.withdrawn_on.is_some());
        if withdrawn != (claim.withdrawn.is_some(), claim.withdrawn.is_some()) {
            return broken(format!("claim {claim_id} is withdrawn for some only"));
        }
        let open = account.open(*claim_id).and_then(|it| Ok(it.total()?));
        let open = open.map_or(-1, Amount::amount_minor);
        let asks = Claim::is_open(tracked);
        if asks != (open > 0) {
            let detail =
                format!("claim {claim_id}: {open} is open, and the scheduler asks: {asks}");
            return broken(detail);
        }
        let settled = file.is_some_and(|it| it.settled.contains_key(claim_id));
        if open == 0 && !settled {
            return broken(format!("claim {claim_id} is settled, and mediation does not know"));
        }
    }
    told_of(world, track)
}

/// A creditor was told of each closing, or will be by a timer.
fn told_of(world: &World<'_>, track: &scheduler::domain::Case) -> Told1 {
    let id = track.case_id.as_uuid();
    let closed = matches!(track.position, Some(Position::Closed { .. }));
    let watched = world.house.monitoring.states.find::<WatchedCase>(id);
    let row = mailbox::Row { kind: WatchedCase::KIND, id };
    let is_set = world.timers.contains_key(&("monitoring", row, monitoring::domain::FEEDBACK));
    if closed && !watched.is_some_and(|it| !it.noted.is_empty() || is_set) {
        return broken(format!("nobody tells the creditor of closed case {id}"));
    }
    Ok(())
}

/// What mediation follows, the scheduler follows too, with a day on which it is judged.
fn promises(world: &World<'_>) -> Told1 {
    for (id, file) in world.house.mediation.all::<CaseFile>() {
        let track = world.house.scheduler.find::<Track>(id).and_then(|it| it.case.as_ref());
        let open = file.promises.iter().filter(|(_, promise)| promise.verdict.is_none());
        for (promise_id, _) in open {
            let mut followed = track.into_iter().flat_map(|case| case.promises.values());
            if !followed.any(|it| it.promise_id == Some(*promise_id) && it.verdict.is_none()) {
                return broken(format!("nobody follows promise {promise_id}"));
            }
        }
    }
    Ok(())
}

/// All that payment-reconciliation heard, told anew in another order, ends in the same money.
fn money_in_another_order(world: &World<'_>) -> Told1 {
    let mut again = Money::empty();
    let mut chance = Chance::of(world.plan.seed, "another order");
    let mut left: Vec<Heard<'_>> = world.told_money.iter().map(Heard::Message).collect();
    left.extend(world.statements.iter().map(|(file, facts)| Heard::Statement(file, facts)));
    for place in 1..left.len() {
        let other = usize::try_from(chance.below(i64::try_from(place).unwrap_or(0))).unwrap_or(0);
        left.swap(place, other);
    }
    while !left.is_empty() {
        let before = left.len();
        let mut early = Vec::new();
        for one in left {
            match one.tell(&mut again, world.now) {
                Ok(()) => {}
                Err(Fault::Early(_)) => early.push(one),
                Err(fault) => return Err(parked("payment-reconciliation", &fault)),
            }
        }
        left = early;
        if left.len() == before {
            return broken(format!("{before} messages wait for ever in another order"));
        }
    }
    let (told, other) = (ended(&world.house.money, world.now), ended(&again, world.now));
    if told == other {
        return Ok(());
    }
    let differing = told.iter().filter(|(key, cents)| other.get(*key) != Some(cents));
    let differing: Vec<String> = differing
        .map(|(key, cents)| format!("{key:?}: {cents}, else {:?}", other.get(key)))
        .collect();
    broken(format!("in another order the money differs: {}", differing.join(", ")))
}

/// Something that payment-reconciliation heard.
#[derive(Clone, Copy)]
enum Heard<'a> {
    Message(&'a Rc<Envelope>),
    Statement(&'a BankFile, &'a Facts),
}

impl Heard<'_> {
    fn tell(self, money: &mut Money, now: Timestamp) -> Result<(), Fault> {
        match self {
            Self::Message(envelope) => {
                let facts = facts_of(envelope, now);
                let rehearsed = rehearsed(stem_of(envelope), &facts, false);
                money.take(Input { rehearsed, envelope }).map(drop)
            }
            Self::Statement(file, facts) => {
                let facts = Facts { now, ..facts.clone() };
                let it = rehearsed("payment-reconciliation.api.import-statement", &facts, false);
                money.import(file, &[AGENCY.to_owned()], it).map(drop)
            }
        }
    }
}

/// What is open on each claim, and to be paid back on each case, when all is charged that may be.
fn ended(money: &Money, now: Timestamp) -> BTreeMap<Uuid, i64> {
    let mut ended = BTreeMap::new();
    for (id, case) in money.states.all::<Case>() {
        let Some(account) = &case.account else { continue };
        let position = money.position(CaseId::from_uuid(id), &[], now);
        let claims = position.into_iter().flat_map(|it| it.claims);
        ended.extend(claims.map(|it| (it.claim_id.as_uuid(), it.principal_open.amount_minor())));
        let back = account.refundable_total().map_or(-1, Amount::amount_minor);
        ended.insert(id, back);
    }
    ended
}
