//! Money that came in and that nobody placed yet: while it may be for a case, nothing is asked
//! there, since its debtor may have paid. Payment-reconciliation says which cases wait, and for how
//! long at most; afterwards the case goes on.

use contracts::payment_reconciliation::{MoneyAwaited, MoneyCleared};
use mailbox::{Decision, Facts, Fault};
use primitives::{CaseId, PaymentId, Timestamp};

use super::case::{Case, Track};
use super::plan::{CONFIRMATION, THANKS};
use super::settle::{Timers, settle};

/// What was heard last of a payment that may be for the case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Awaited {
    /// The version of the payment's judgement that said so: the newest word counts. Past all of
    /// them where it was the last word.
    pub as_of: u64,
    /// None where the case need not wait for it any more.
    pub wait: Option<Wait>,
}

/// Past every version there is, as databases count: what is cleared for good stays so. Who tells
/// that may count otherwise than who told that money is awaited.
const FOR_GOOD: u64 = i64::MAX.unsigned_abs();

/// Since when a case waits for a payment, and until when at most.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wait {
    pub since: Timestamp,
    pub until: Timestamp,
}

impl Case {
    /// The longest wait for money that is not over.
    #[must_use]
    pub fn awaits_money(&self, now: Timestamp) -> Option<Wait> {
        let waits = self.awaited.values().filter_map(|it| it.wait);
        waits.filter(|wait| now < wait.until).max_by_key(|wait| wait.until)
    }

    /// Before when nothing is asked because of money: past where the case waits for none.
    pub(super) fn money_until(&self) -> Option<Timestamp> {
        self.awaited.values().filter_map(|it| Some(it.wait?.until)).max()
    }
}

/// Whether a step asks something of the debtor. Our answers to what he did say nothing that a
/// payment could make untrue, and some of them have to come at once.
pub(super) fn asks(step: &str) -> bool {
    ![CONFIRMATION, THANKS].contains(&step)
}

/// Money may be for the case.
pub fn await_money(
    track: Track,
    message: &MoneyAwaited,
    facts: &Facts,
) -> Result<Decision<Track>, Fault> {
    let MoneyAwaited { payment_id, case_id, since, until, .. } = *message;
    let heard = Awaited { as_of: facts.version, wait: Some(Wait { since, until }) };
    hear(track, (case_id, payment_id), heard, facts)
}

/// The case need not wait for a payment any more.
pub fn clear_money(
    track: Track,
    message: &MoneyCleared,
    facts: &Facts,
) -> Result<Decision<Track>, Fault> {
    let MoneyCleared { payment_id, case_id, for_good, .. } = *message;
    let as_of = if for_good { FOR_GOOD } else { facts.version };
    hear(track, (case_id, payment_id), Awaited { as_of, wait: None }, facts)
}

fn hear(
    mut track: Track,
    (case_id, payment_id): (CaseId, PaymentId),
    heard: Awaited,
    facts: &Facts,
) -> Result<Decision<Track>, Fault> {
    let before = Timers::of(&track);
    let case = track.case_mut(case_id)?;
    if case.awaited.get(&payment_id).is_some_and(|known| heard.as_of < known.as_of) {
        return Ok(Decision::quiet(track));
    }
    case.awaited.insert(payment_id, heard);
    Ok(settle(track, before, facts))
}
