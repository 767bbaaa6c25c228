//! `amicable uncertain`: acts of which it is open whether they happened, and what was found out.

use std::process::ExitCode;

use contracts::operations::{
    ListUncertain, Operation, SettleUncertain, SettledUncertain, UncertainFilter, UncertainList,
    UncertainVerdict,
};
use mailbox::Asker;

use super::listing::{self, Fit, OfService, PAGE};
use crate::cli::{Listing, OneService, Uncertain, UncertainSettle, WhichAct};
use crate::failure::Failure;
use crate::find::{Kind, short};
use crate::output::{Table, say, say_json};
use crate::session::{LIST_MAX, Session};

const ACT: Kind = Kind { name: "uncertain act", list: "amicable uncertain list" };

pub(crate) async fn run(session: &Session, uncertain: Uncertain) -> Result<ExitCode, Failure> {
    match uncertain {
        Uncertain::List { which, listing } => list(session, &which, &listing).await,
        Uncertain::Settle(settle) => self::settle(session, &settle).await,
    }
}

fn filter(which: &WhichAct) -> UncertainFilter {
    UncertainFilter {
        effect_id: None,
        kind: which.kind.clone(),
        before: listing::before(which.older_than),
    }
}

async fn list(session: &Session, which: &WhichAct, listing: &Listing) -> Result<ExitCode, Failure> {
    let lists = uncertain(session, &listing.service, &filter(which), listing.limit.limit).await?;
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
    which: &UncertainFilter,
    limit: u32,
) -> Result<Vec<OfService<UncertainList>>, Failure> {
    let body = ListUncertain { which: which.clone(), limit };
    listing::ask(session, service, Operation::ListUncertain, &body).await
}

/// Settles the act that is named, or all that fit.
async fn settle(session: &Session, settle: &UncertainSettle) -> Result<ExitCode, Failure> {
    let settling = &settle.settling;
    let asker = session.asker_of(settling.code.as_deref()).await?;
    let wish = |which| SettleUncertain {
        which,
        verdict: if settle.happened {
            UncertainVerdict::Happened
        } else {
            UncertainVerdict::DidNotHappen
        },
        because: settle.because.clone(),
        limit: PAGE,
    };
    if let Some(id) = &settle.id {
        let only =
            UncertainFilter { effect_id: id.trim().parse().ok(), ..UncertainFilter::default() };
        let lists = uncertain(session, &settling.service, &only, LIST_MAX).await?;
        let ids = |list: &UncertainList| list.uncertain.iter().map(|act| act.effect_id).collect();
        let (holder, effect_id) = listing::find(ACT, id, &lists, ids)?;
        let which = UncertainFilter { effect_id: Some(effect_id), ..UncertainFilter::default() };
        return Ok(tell(&pages(&asker, holder, &wish(which)).await?));
    }
    let which = filter(&settle.which);
    let lists = uncertain(session, &settling.service, &which, 1).await?;
    let counted: Vec<Fit> = lists
        .iter()
        .map(|OfService { service, list: UncertainList { total, counted_at, .. } }| Fit {
            service,
            total: *total,
            counted_at: *counted_at,
        })
        .collect();
    if let Some(end) = listing::confirm(&counted, settling, "they are settled so") {
        return Ok(end);
    }
    let mut done = nothing();
    for of in counted.iter().filter(|of| of.total > 0) {
        let which = UncertainFilter { before: Some(of.before(which.before)), ..which.clone() };
        add(&mut done, &pages(&asker, of.service, &wish(which)).await?);
    }
    Ok(tell(&done))
}

/// Page after page, until nothing is left: what is settled does not come again.
async fn pages(
    asker: &Asker,
    service: &str,
    wish: &SettleUncertain,
) -> Result<SettledUncertain, Failure> {
    let mut done = nothing();
    loop {
        let page: SettledUncertain =
            asker.operate(service, Operation::SettleUncertain, wish).await?;
        if page == nothing() {
            return Ok(done);
        }
        add(&mut done, &page);
    }
}

const fn nothing() -> SettledUncertain {
    SettledUncertain { settled: 0, settled_before: 0, parked: 0 }
}

fn add(sum: &mut SettledUncertain, page: &SettledUncertain) {
    listing::add([
        (&mut sum.settled, page.settled),
        (&mut sum.settled_before, page.settled_before),
        (&mut sum.parked, page.parked),
    ]);
}

fn tell(done: &SettledUncertain) -> ExitCode {
    if *done == nothing() {
        say("nothing is uncertain any more");
    }
    for (count, what) in [
        (done.settled, "settled"),
        (done.settled_before, "settled before, by somebody else or by evidence"),
    ] {
        if count > 0 {
            say(format_args!("{count} {what}"));
        }
    }
    if done.parked == 0 {
        return ExitCode::SUCCESS;
    }
    say(format_args!(
        "{} parked, since what follows failed; see `amicable parked list`",
        done.parked
    ));
    ExitCode::FAILURE
}
