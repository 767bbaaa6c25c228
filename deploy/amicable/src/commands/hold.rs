//! `amicable hold`: what people put on hold, why, and until when.

use std::process::ExitCode;

use contracts::hold::{
    HoldPreview, HoldRefusal, HoldScope, HoldThen, HoldTold, LiftHold, LiftHoldAnswer, ListHolds,
    PlaceHold, PlaceHoldAnswer, PreviewHold,
};
use contracts::scheduler::{CasePositionAnswer, GetCasePosition};
use primitives::{Date, HoldId, PersonId, StaffId};

use super::{case, claim};
use crate::cli::{Hold, Over};
use crate::failure::Failure;
use crate::find::{Kind, short};
use crate::moment::{local, told, told_day};
use crate::output::{Table, say, say_json};
use crate::sentences::{self, counted};
use crate::session::{LIST_MAX, Session};

const HOLD: Kind = Kind { name: "hold", list: "amicable hold list --past" };

pub(crate) async fn run(session: &Session, hold: Hold) -> Result<ExitCode, Failure> {
    match hold {
        Hold::Preview { over, from, json } => {
            let scope = scope(session, &over).await?;
            let preview = session.asker.ask(&PreviewHold { scope, starts_on: from }).await?;
            if json { say_json(&preview) } else { say(would_stop(&preview)) }
        }
        Hold::Place { over, because, from, until, then, owner, who } => {
            let asked = PlaceHold {
                hold_id: Session::new_hold(),
                scope: scope(session, &over).await?,
                cause: because.into(),
                owner: owner.unwrap_or_else(|| who.code.clone()),
                starts_on: from,
                ends_on: until,
                then: then.into(),
            };
            place(session, &asked, &who.code).await?;
        }
        Hold::Lift { id, who } => lift(session, &id, &who.code).await?,
        Hold::List { case, past, limit, json } => {
            let case_id = match case {
                Some(given) => Some(case::find(session, &given).await?),
                None => None,
            };
            let asked = ListHolds { limit: limit.limit, case_id, only_open: !past };
            list(session, &asked, json).await?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

async fn scope(session: &Session, over: &Over) -> Result<HoldScope, Failure> {
    if let Some(given) = &over.claim {
        let (claim_id, case_id) = claim::find(session, given).await?;
        return Ok(HoldScope::Claim { case_id, claim_id });
    }
    if let Some(given) = &over.case {
        return Ok(HoldScope::Case { case_id: case::find(session, given).await? });
    }
    if let Some(given) = &over.person {
        return Ok(HoldScope::Person { person_id: person(session, given).await? });
    }
    Ok(match &over.creditor {
        Some(given) => HoldScope::Creditor { creditor_id: session.creditor(given).await? },
        None => HoldScope::All,
    })
}

async fn person(session: &Session, given: &str) -> Result<PersonId, Failure> {
    let case_id = case::find(session, given).await?;
    match session.asker.ask(&GetCasePosition { case_id }).await? {
        CasePositionAnswer::Known(position) => Ok(position.person_id),
        CasePositionAnswer::Unknown => {
            Err(Failure::Refused("the scheduler has not heard of its claims yet".to_owned()))
        }
    }
}

fn would_stop(preview: &HoldPreview) -> String {
    let cases = counted(&preview.cases, "open case");
    let planned = counted(&preview.planned, "planned step");
    let permits = counted(&preview.permits, "permit");
    let sent = counted(&preview.sent_since, "message");
    format!(
        "covers {cases}: stops {planned}, takes back {permits}; {sent} left since it should have \
         begun"
    )
}

async fn place(session: &Session, asked: &PlaceHold, code: &str) -> Result<(), Failure> {
    let staff_id = session.staff(code).await?;
    let preview = PreviewHold { scope: asked.scope.clone(), starts_on: asked.starts_on };
    let preview = session.asker.ask(&preview).await?;
    match session.change_as(staff_id, asked).await? {
        PlaceHoldAnswer::Placed(hold) => {
            say(format_args!(
                "hold {}: {}",
                short(hold.hold_id),
                sentences::hold_terms(&hold.terms)
            ));
            say(would_stop(&preview));
            Ok(())
        }
        PlaceHoldAnswer::Refused { reason } => Err(refused(&reason)),
    }
}

async fn lift(session: &Session, given: &str, code: &str) -> Result<(), Failure> {
    let staff_id = session.staff(code).await?;
    // Those that may be lifted first: of all there may be more than one answer tells.
    let mut found = Err(HOLD.unknown(given));
    for only_open in [true, false] {
        let asked = ListHolds { limit: LIST_MAX, case_id: None, only_open };
        let all = session.asker.ask(&asked).await?.holds;
        found = HOLD.find(given, all.into_iter().map(|hold| hold.hold_id));
        if found.is_ok() {
            break;
        }
    }
    let hold_id: HoldId = found?;
    let id = short(hold_id);
    match session.change_as(staff_id, &LiftHold { hold_id }).await? {
        LiftHoldAnswer::Lifted(_) => say(format_args!("hold {id} is lifted")),
        LiftHoldAnswer::AlreadyLifted(hold) => {
            let at = hold.lifted.map(|lift| told(lift.at)).unwrap_or_default();
            say(format_args!("hold {id} was lifted before, {at}"));
        }
        LiftHoldAnswer::Refused { reason } => return Err(refused(&reason)),
        LiftHoldAnswer::Unknown => return Err(HOLD.unknown(given).into()),
    }
    Ok(())
}

fn refused(reason: &HoldRefusal) -> Failure {
    let why = match reason {
        HoldRefusal::NotStaff => "only a member of staff places or lifts a hold",
        HoldRefusal::OwnerMalformed => {
            "the owner is no code: small letters, digits and hyphens, at most 64"
        }
        HoldRefusal::NoNextMoment => "--until has to come after today and after --from",
        HoldRefusal::TooFar => "no hold reaches further than two years back or ahead",
        HoldRefusal::IdInUse => "another hold has this id; ask again",
    };
    Failure::Refused(why.to_owned())
}

async fn list(session: &Session, asked: &ListHolds, json: bool) -> Result<(), Failure> {
    let list = session.asker.ask(asked).await?;
    if json {
        say_json(&list);
        return Ok(());
    }
    let people = session.people().await?;
    let today = local(session.business_now().await?).date();
    let mut table = Table::new(["hold", "over", "why", "owner", "placed", "state", "cases"]);
    for hold in &list.holds {
        let HoldTold { terms, placed_by, placed_at, .. } = hold;
        table.row([
            short(hold.hold_id),
            over(&terms.scope),
            sentences::hold_terms(terms),
            terms.owner.clone(),
            format!("{} by {}", told(*placed_at), people.code(*placed_by)),
            state(hold, today, |staff_id| people.code(staff_id)),
            hold.cases_told.to_string(),
        ]);
    }
    table.say("nothing is on hold");
    let shown = u64::try_from(list.holds.len()).unwrap_or(u64::MAX);
    if shown < list.total {
        say(format_args!("{shown} of {} holds; see --limit", list.total));
    }
    Ok(())
}

fn over(scope: &HoldScope) -> String {
    match scope {
        HoldScope::Claim { claim_id, .. } => format!("claim {}", short(claim_id)),
        HoldScope::Case { case_id } => format!("case {}", short(case_id)),
        HoldScope::Person { person_id } => format!("person {}", short(person_id)),
        HoldScope::Creditor { creditor_id } => format!("creditor {}", short(creditor_id)),
        HoldScope::All => "all cases".to_owned(),
    }
}

fn state(hold: &HoldTold, today: Date, code: impl Fn(StaffId) -> String) -> String {
    let spreading = if hold.is_spreading { ", being told" } else { "" };
    match &hold.lifted {
        Some(lift) => {
            let day = told_day(local(lift.at).date());
            format!("lifted {day} by {}{spreading}", code(lift.by))
        }
        None if hold.terms.starts_on > today => "to begin".to_owned(),
        None if hold.terms.ends_on > today => format!("counts{spreading}"),
        None => match hold.terms.then {
            HoldThen::GoOn => "ended".to_owned(),
            HoldThen::Decide => format!("waits for {}", hold.terms.owner),
        },
    }
}
