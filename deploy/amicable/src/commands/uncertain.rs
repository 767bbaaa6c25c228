//! `amicable uncertain`: acts of which it is open whether they happened, and what was found out.

use std::process::ExitCode;

use contracts::operations::{
    Operation, SettleUncertain, SettleUncertainAnswer, UncertainList, UncertainVerdict,
};
use primitives::EffectId;

use super::listing::{self, OfService};
use crate::cli::{Listing, OneService, Uncertain, UncertainSettle};
use crate::failure::Failure;
use crate::find::{Kind, short};
use crate::output::{Table, say, say_json};
use crate::session::{LIST_MAX, Session};

const ACT: Kind = Kind { name: "uncertain act", list: "amicable uncertain list" };

pub(crate) async fn run(session: &Session, uncertain: Uncertain) -> Result<ExitCode, Failure> {
    match uncertain {
        Uncertain::List(listing) => list(session, &listing).await,
        Uncertain::Settle(settle) => self::settle(session, &settle).await,
    }
}

async fn list(session: &Session, listing: &Listing) -> Result<ExitCode, Failure> {
    let lists = uncertain(session, &listing.service, listing.limit.limit).await?;
    if listing.json {
        say_json(&lists);
        return Ok(ExitCode::SUCCESS);
    }
    let mut table = Table::new(["effect", "service", "what", "of", "owner", "since"]);
    for OfService { service, list } in &lists {
        for act in &list.uncertain {
            table.row([
                short(act.effect_id),
                (*service).to_owned(),
                act.kind.clone(),
                short(act.aggregate_id),
                act.owner.clone(),
                act.since.to_string(),
            ]);
        }
    }
    table.say("nothing is uncertain");
    Ok(ExitCode::SUCCESS)
}

async fn uncertain(
    session: &Session,
    service: &OneService,
    limit: u32,
) -> Result<Vec<OfService<UncertainList>>, Failure> {
    listing::ask(session, service, Operation::ListUncertain, limit).await
}

async fn settle(session: &Session, settle: &UncertainSettle) -> Result<ExitCode, Failure> {
    let lists = uncertain(session, &OneService { service: None }, LIST_MAX).await?;
    let ids = |of: &OfService<UncertainList>| -> Vec<EffectId> {
        of.list.uncertain.iter().map(|act| act.effect_id).collect()
    };
    let effect_id = ACT.find(&settle.id, lists.iter().flat_map(ids))?;
    let Some(holder) = lists.iter().find(|of| ids(of).contains(&effect_id)) else {
        return Err(ACT.unknown(&settle.id).into());
    };
    let verdict =
        if settle.happened { UncertainVerdict::Happened } else { UncertainVerdict::DidNotHappen };
    let request = SettleUncertain { effect_id, verdict };
    let asker = &session.asker;
    match asker.operate(holder.service, Operation::SettleUncertain, &request).await? {
        SettleUncertainAnswer::Settled => {
            say(format_args!("act {effect_id} is settled"));
            Ok(ExitCode::SUCCESS)
        }
        SettleUncertainAnswer::NotUncertain | SettleUncertainAnswer::Unknown => {
            Err(ACT.unknown(&settle.id).into())
        }
    }
}
