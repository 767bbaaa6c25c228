//! `amicable mandate`: debtors let the agency collect by direct debit.

use std::path::Path;
use std::process::ExitCode;

use contracts::payment_reconciliation::{
    ListMandates, ListedMandate, Mandate, MandateKind, MandateRefusal, MandateState, RecordMandate,
    RecordMandateAnswer, RevokeMandate, RevokeMandateAnswer,
};
use primitives::{Date, Iban, MandateId, MandateReference};
use serde_json::json;

use super::case;
use super::refund::meaning;
use crate::cli::Mandate as Deed;
use crate::failure::Failure;
use crate::find::{Kind, short};
use crate::moment::told_day;
use crate::output::{Table, say, say_json};
use crate::session::{LIST_MAX, Session};

const MANDATE: Kind = Kind { name: "mandate", list: "amicable mandate list" };
/// A scan of some pages, and more.
const EVIDENCE_BYTES_MAX: u64 = 32 * 1024 * 1024;

pub(crate) async fn run(session: &Session, deed: Deed) -> Result<ExitCode, Failure> {
    match deed {
        Deed::Record {
            case,
            reference,
            signed_on,
            name,
            account,
            evidence,
            one_off,
            notice_days,
            who,
        } => {
            let debtor = debtor(&name, &account)?;
            let kind = if one_off { MandateKind::OneOff } else { MandateKind::Recurrent };
            let said = Said { case, reference, signed_on, kind, notice_days };
            record(session, said, (&debtor, &evidence), &who.code).await?;
        }
        Deed::Revoke { mandate, on, who } => revoke(session, &mandate, on, &who.code).await?,
        Deed::List { limit, json } => list(session, limit.limit, json).await?,
    }
    Ok(ExitCode::SUCCESS)
}

/// What a mandate says beside whose account it is.
struct Said {
    case: String,
    reference: MandateReference,
    signed_on: Date,
    kind: MandateKind,
    notice_days: u8,
}

/// As payment-reconciliation reads it.
fn debtor(name: &str, account: &str) -> Result<String, Failure> {
    let account = Iban::parse(account).map_err(|error| Failure::Refused(error.to_string()))?;
    Ok(json!({ "name": name.trim(), "account": account }).to_string())
}

async fn record(
    session: &Session,
    said: Said,
    (debtor, evidence): (&str, &Path),
    code: &str,
) -> Result<(), Failure> {
    let staff_id = session.staff(code).await?;
    let case_id = case::find(session, &said.case).await?;
    let request = RecordMandate {
        case_id,
        reference: said.reference,
        signed_on: said.signed_on,
        kind: said.kind,
        notice_days: said.notice_days,
        debtor: session.store_text(debtor).await?,
        evidence: session.store_file(evidence, EVIDENCE_BYTES_MAX).await?,
    };
    match session.change_as(staff_id, &request).await? {
        RecordMandateAnswer::Recorded(mandate) => {
            let (reference, state) = (&mandate.reference, state(&mandate.state));
            say(format_args!("mandate {reference} is recorded, {state}"));
            say(format_args!(
                "collect by it with `amicable debit propose {} --mandate {reference}`",
                said.case
            ));
            Ok(())
        }
        RecordMandateAnswer::AlreadyKnown(mandate) => {
            say(format_args!("nothing new: mandate {} was recorded before", mandate.reference));
            Ok(())
        }
        RecordMandateAnswer::Refused { reason } => Err(refused(&reason)),
        RecordMandateAnswer::Unknown => {
            let said = "the case is not known yet where money is; try again in a moment";
            Err(Failure::Refused(said.to_owned()))
        }
    }
}

async fn revoke(session: &Session, given: &str, on: Date, code: &str) -> Result<(), Failure> {
    let staff_id = session.staff(code).await?;
    let mandate_id = find(session, given).await?;
    match session.change_as(staff_id, &RevokeMandate { mandate_id, revoked_on: on }).await? {
        RevokeMandateAnswer::Revoked(mandate) => {
            say(format_args!(
                "mandate {} is revoked; what is in a file already is collected all the same, \
                 unless you recall it at the bank",
                mandate.reference
            ));
            Ok(())
        }
        RevokeMandateAnswer::Refused { reason } => Err(refused(&reason)),
        RevokeMandateAnswer::Unknown => Err(MANDATE.unknown(given).into()),
    }
}

/// The mandate by its reference, or by (the beginning of) its id.
pub(crate) async fn find(session: &Session, given: &str) -> Result<MandateId, Failure> {
    let all: Vec<Mandate> =
        mandates(session, LIST_MAX).await?.into_iter().map(|it| it.mandate).collect();
    let reference = MandateReference::parse(given).ok();
    let known = all.iter().find(|it| Some(&it.reference) == reference.as_ref());
    match known {
        Some(mandate) => Ok(mandate.mandate_id),
        None => Ok(MANDATE.find(given, all.into_iter().map(|it| it.mandate_id))?),
    }
}

pub(crate) async fn mandates(session: &Session, limit: u32) -> Result<Vec<ListedMandate>, Failure> {
    Ok(session.asker.ask(&ListMandates { limit }).await?.mandates)
}

async fn list(session: &Session, limit: u32, json: bool) -> Result<(), Failure> {
    let all = mandates(session, limit).await?;
    if json {
        say_json(&all);
        return Ok(());
    }
    let people = session.people().await?;
    let mut table = Table::new([
        "mandate",
        "reference",
        "signed",
        "kind",
        "notice",
        "debtor",
        "account",
        "by",
        "state",
    ]);
    for ListedMandate { mandate, debtor_name, debtor_account } in &all {
        let kind = match mandate.kind {
            MandateKind::OneOff => "one-off",
            MandateKind::Recurrent => "recurrent",
        };
        table.row([
            short(mandate.mandate_id),
            mandate.reference.to_string(),
            told_day(mandate.signed_on),
            kind.to_owned(),
            format!("{} days", mandate.notice_days),
            debtor_name.clone(),
            debtor_account.clone(),
            people.code(mandate.recorded_by),
            state(&mandate.state),
        ]);
    }
    table.say("no mandates yet; begin with `amicable mandate record`");
    Ok(())
}

fn state(state: &MandateState) -> String {
    match state {
        MandateState::InForce { until } => {
            format!("good until {} if it is not used before", told_day(*until))
        }
        MandateState::Revoked { revoked_on } => format!("revoked on {}", told_day(*revoked_on)),
        MandateState::Ended { reason_code } => {
            let why = meaning(reason_code).map_or_else(String::new, |why| format!(", {why}"));
            format!("ended by the bank ({reason_code}{why})")
        }
        MandateState::Used => "used".to_owned(),
        MandateState::Lapsed { on } => format!("lapsed on {}", told_day(*on)),
    }
}

fn refused(reason: &MandateRefusal) -> Failure {
    let said = match reason {
        MandateRefusal::NotOfTheFinanceDesk => {
            "only staff with the role `finance-desk` may; see `amicable staff list`"
        }
        MandateRefusal::ReferenceTaken => {
            "another mandate has that reference; see `amicable mandate list`"
        }
        MandateRefusal::NotInForce => {
            "the day is still to come, or so long ago that the mandate lapsed: it has 36 months"
        }
        MandateRefusal::NoticeDays => "the debtor is told 1 to 14 days before",
        MandateRefusal::Revoked => "it was revoked already; see `amicable mandate list`",
    };
    Failure::Refused(said.to_owned())
}
