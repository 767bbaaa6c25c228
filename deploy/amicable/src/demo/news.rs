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
    /// The debtor's name of each case.
    names: BTreeMap<CaseId, String>,
    /// How much of each timeline was told.
    told: BTreeMap<CaseId, usize>,
    day: Option<Date>,
    pub(super) mail_count: usize,
    pub(super) payment_count: usize,
}

impl News {
    /// From now on the case is told about.
    pub(super) fn follow(&mut self, case_id: CaseId, name: &str) {
        self.names.insert(case_id, name.to_owned());
    }

    pub(super) fn case_count(&self) -> usize {
        self.names.len()
    }

    /// Tells what is new on all cases, in the order in which it happened.
    pub(super) async fn tell(&mut self, session: &Session) -> Result<(), Failure> {
        let mut news = Vec::new();
        for (case_id, name) in &self.names {
            let entries = fresh(session, *case_id, &mut self.told).await?;
            for entry in entries {
                let sentence = sentence(session, *case_id, &entry.what).await?;
                news.extend(
                    sentence.map(|sentence| (entry.at, name.clone(), entry.what, sentence)),
                );
            }
        }
        news.sort_by_key(|(at, ..)| *at);
        for (at, name, what, sentence) in news {
            let sent = usize::from(matches!(what, TimelineEvent::MessageSent { .. }));
            let paid = usize::from(matches!(what, TimelineEvent::PaymentReceived { .. }));
            self.mail_count = self.mail_count.saturating_add(sent);
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

/// What was added to the timeline of a case.
async fn fresh(
    session: &Session,
    case_id: CaseId,
    told: &mut BTreeMap<CaseId, usize>,
) -> Result<Vec<TimelineEntry>, Failure> {
    match session.asker.ask(&GetCasePosition { case_id }).await? {
        CasePositionAnswer::Unknown => Ok(Vec::new()),
        CasePositionAnswer::Known(position) => {
            let count = position.timeline.len();
            let before = told.insert(case_id, count).unwrap_or_default();
            Ok(position.timeline.into_iter().skip(before).collect())
        }
    }
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
        | TimelineEvent::ClaimCredited { .. }
        | TimelineEvent::ClaimWithdrawn { .. }
        | TimelineEvent::Held { .. }
        | TimelineEvent::Closed { .. } => Some(told),
    })
}
