//! Tells what happened on the cases of the play since the last time it was told.

use std::collections::BTreeMap;

use contracts::scheduler::{CasePositionAnswer, GetCasePosition, TimelineEntry, TimelineEvent};
use jiff::Timestamp;
use jiff::civil::Date;
use primitives::CaseId;

use crate::commands::case::money;
use crate::failure::Failure;
use crate::moment::{local, told_day};
use crate::output::say;
use crate::sentences;
use crate::session::Session;

/// What was told already.
#[derive(Debug, Default)]
pub(super) struct News {
    followed: BTreeMap<CaseId, Followed>,
    day: Option<Date>,
    pub(super) message_count: usize,
    pub(super) payment_count: usize,
}

/// A case that is told about.
#[derive(Debug)]
struct Followed {
    /// The debtor's.
    name: String,
    /// How much of the timeline was told.
    told: usize,
    /// The step that was told to be put off last.
    put_off: Option<String>,
}

impl News {
    /// From now on the case is told about.
    pub(super) fn follow(&mut self, case_id: CaseId, name: &str) {
        let name = name.to_owned();
        self.followed.entry(case_id).or_insert(Followed { name, told: 0, put_off: None });
    }

    pub(super) fn case_count(&self) -> usize {
        self.followed.len()
    }

    /// Tells what is new on all cases, in the order in which it happened; of one moment, what
    /// followed from it comes last.
    pub(super) async fn tell(&mut self, session: &Session) -> Result<(), Failure> {
        let mut news = Vec::new();
        for (case_id, followed) in &mut self.followed {
            for TimelineEntry { at, what, .. } in followed.fresh(session, *case_id).await? {
                if let Some(sentence) = sentence(session, *case_id, &what).await? {
                    news.push((at, followed.name.clone(), follows(&what), sentence, what));
                }
            }
        }
        news.sort_by(|left, right| (left.0, &left.1, left.2).cmp(&(right.0, &right.1, right.2)));
        for (at, name, _, sentence, what) in news {
            let sent = usize::from(matches!(what, TimelineEvent::MessageSent { .. }));
            let paid = usize::from(matches!(what, TimelineEvent::PaymentReceived { .. }));
            self.message_count = self.message_count.saturating_add(sent);
            self.payment_count = self.payment_count.saturating_add(paid);
            self.say_at(at, &format!("{name}: {sentence}"));
        }
        Ok(())
    }

    /// Tells something under the heading of its day.
    pub(super) fn say_at(&mut self, at: Timestamp, sentence: &str) {
        let at = local(at);
        if self.day != Some(at.date()) {
            self.day = Some(at.date());
            say(format_args!("\n{}", told_day(at.date())));
        }
        say(format_args!("  {}  {sentence}", at.strftime("%H:%M")));
    }
}

impl Followed {
    /// What was added to the timeline. A step that is put off again and again is told once.
    async fn fresh(
        &mut self,
        session: &Session,
        case_id: CaseId,
    ) -> Result<Vec<TimelineEntry>, Failure> {
        let position = match session.asker.ask(&GetCasePosition { case_id }).await? {
            CasePositionAnswer::Known(position) => position,
            CasePositionAnswer::Unknown => return Ok(Vec::new()),
        };
        let mut fresh: Vec<TimelineEntry> = position.timeline.into_iter().skip(self.told).collect();
        self.told = self.told.saturating_add(fresh.len());
        fresh.retain(|entry| {
            let TimelineEvent::PermitRefused { step, again_at: Some(_), .. } = &entry.what else {
                return true;
            };
            self.put_off.replace(step.clone()).as_ref() != Some(step)
        });
        Ok(fresh)
    }
}

/// Whether it is what becomes of the case, rather than what was done.
const fn follows(what: &TimelineEvent) -> bool {
    matches!(what, TimelineEvent::Held { .. } | TimelineEvent::Closed { .. })
}

/// None for what is of no interest to a reader who saw it coming.
async fn sentence(
    session: &Session,
    case_id: CaseId,
    what: &TimelineEvent,
) -> Result<Option<String>, Failure> {
    let told = sentences::event(what);
    Ok(match what {
        TimelineEvent::CaseOpened
        | TimelineEvent::ClaimRegistered { .. }
        | TimelineEvent::StepPlanned { .. }
        | TimelineEvent::PermitGranted { .. } => None,
        TimelineEvent::MessageSent { .. } | TimelineEvent::PaymentReceived { .. } => {
            let open = money(session, case_id).await?.map(|money| money.open);
            let open = open.map(|open| format!("; {open} is open")).unwrap_or_default();
            Some(format!("{told}{open}"))
        }
        TimelineEvent::PermitRefused { .. }
        | TimelineEvent::MessageNotSent { .. }
        | TimelineEvent::MessageUncertain { .. }
        | TimelineEvent::CallClosed { .. }
        | TimelineEvent::CallNotMade { .. }
        | TimelineEvent::PromiseMade { .. }
        | TimelineEvent::PromiseJudged { .. }
        | TimelineEvent::ClaimCredited { .. }
        | TimelineEvent::ClaimWithdrawn { .. }
        | TimelineEvent::Held { .. }
        | TimelineEvent::HoldPlaced { .. }
        | TimelineEvent::HoldLifted { .. }
        | TimelineEvent::ReasonRecorded { .. }
        | TimelineEvent::CaseDecided { .. }
        | TimelineEvent::Closed { .. } => Some(told),
    })
}
