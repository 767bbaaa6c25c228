//! `amicable case`: where a case stands, why, what comes next, what would stop it, and what
//! happened.

use std::collections::BTreeMap;
use std::process::ExitCode;

use contracts::intake::{CaseSummary, GetParties, ListCases, Parties, PartiesAnswer};
use contracts::letter::{LetterState, LetterTold, ListLetters};
use contracts::payment_reconciliation::{
    ClaimPosition, CorrectedLetterTold, ExplainPosition, ExplainPositionAnswer, GetPosition,
    ListCorrectedLetters, ListPaymentLinks, Position, PositionAnswer,
};
use contracts::scheduler::{
    CasePosition, CasePositionAnswer, CaseState, ExplainCase, ExplainCaseAnswer, GetCasePosition,
    HoldReason, ListPositions,
};
use contracts::telephony_task::{CallMade, GetCalls};
use futures_util::{StreamExt, TryStreamExt};
use primitives::printed::amount;
use primitives::{CaseId, CaseNumber, CaseNumberError, ClaimId, Language};
use serde::Serialize;

use super::{claim, payment_link, reason};
use crate::cli::{Case, Reader};
use crate::failure::Failure;
use crate::find::{Kind, NotFound, short};
use crate::moment::{local, told, told_day};
use crate::output::{Table, say, say_json};
use crate::sentences;
use crate::session::{LIST_MAX, Session};

/// Cases asked about at the same time.
const AT_ONCE: usize = 16;
const CASE: Kind = Kind { name: "case", list: "amicable case list" };

/// A case as all three services tell it. One that has not heard of it yet tells nothing.
#[derive(Debug, Serialize)]
pub(crate) struct Whole {
    pub(crate) case_id: CaseId,
    pub(crate) parties: Parties,
    pub(crate) position: Option<CasePosition>,
    pub(crate) money: Option<Position>,
    /// The calls that were made, newest first.
    pub(crate) calls: Vec<CallMade>,
    /// The letters, those whose permits end last first.
    pub(crate) letters: Vec<LetterTold>,
}

#[derive(Serialize)]
struct Row {
    #[serde(flatten)]
    summary: CaseSummary,
    state: Option<CaseState>,
    money: Option<Position>,
}

pub(crate) async fn run(session: &Session, case: Case) -> Result<ExitCode, Failure> {
    match case {
        Case::List { creditor, limit, json } => {
            let creditor_id = match creditor {
                Some(given) => Some(session.creditor(&given).await?),
                None => None,
            };
            let list = ListCases { limit: limit.limit, creditor_id, case_number: None };
            self::list(session, &list, json).await
        }
        Case::Show { id, json } => {
            let case = load(session, find(session, &id).await?).await?;
            if json {
                say_json(&case);
            } else {
                tell(&case);
            }
            Ok(ExitCode::SUCCESS)
        }
        Case::Why { id, reader, language, json } => {
            let case_id = find(session, &id).await?;
            let language = match (language, reader) {
                (Some(language), _) => language,
                (None, Reader::Debtor) => parties(session, case_id).await?.debtor.language,
                (None, Reader::Handler | Reader::Creditor) => Language::En,
            };
            let asked = ExplainCase { case_id, audience: reader.into(), language };
            tell_why(session, &asked, json).await
        }
        Case::Reason(given) => {
            reason::record(session, given).await?;
            Ok(ExitCode::SUCCESS)
        }
        Case::Decide(decide) => {
            reason::decide(session, decide).await?;
            Ok(ExitCode::SUCCESS)
        }
        Case::Corrections { id, limit, json } => {
            let case_id = match id {
                Some(given) => Some(find(session, &given).await?),
                None => None,
            };
            let asked = ListCorrectedLetters { limit: limit.limit, case_id };
            corrections(session, &asked, json).await
        }
        Case::PayLink { id, json } => {
            payment_link::offer(session, find(session, &id).await?, json).await
        }
        Case::PayLinks { id, all, limit, json } => {
            let case_id = match id {
                Some(given) => Some(find(session, &given).await?),
                None => None,
            };
            let asked = ListPaymentLinks { limit: limit.limit, case_id, only_open: !all };
            payment_link::list(session, &asked, json).await
        }
        Case::Explain { id, on, known_at, language, json } => {
            let case_id = find(session, &id).await?;
            let parties = parties(session, case_id).await?;
            let language = language.unwrap_or(parties.debtor.language);
            let asked = ExplainPosition { case_id, as_of: on, known_at, language };
            explain(session, &parties, &asked, json).await
        }
    }
}

/// The case by its number, or by (the beginning of) its id, or of that of a claim on it.
pub(crate) async fn find(session: &Session, given: &str) -> Result<CaseId, Failure> {
    let unknown = match session.case(given).await {
        Err(Failure::NotFound(unknown @ NotFound::None { .. })) => unknown,
        found => return found,
    };
    match claim::find(session, given).await {
        Ok((_, case_id)) => Ok(case_id),
        Err(Failure::NotFound(NotFound::None { .. })) => match CaseNumber::parse(given) {
            Err(CaseNumberError::WrongCheckDigits) => Err(Failure::Argument {
                given: given.to_owned(),
                expected: "the number of a case: look for a mistyped or swapped figure",
            }),
            Ok(_) | Err(CaseNumberError::WrongFormat) => Err(unknown.into()),
        },
        Err(failure) => Err(failure),
    }
}

/// Everything that is known of a case.
pub(crate) async fn load(session: &Session, case_id: CaseId) -> Result<Whole, Failure> {
    let asker = &session.asker;
    let parties = parties(session, case_id).await?;
    let position = match asker.ask(&GetCasePosition { case_id }).await? {
        CasePositionAnswer::Known(position) => Some(position),
        CasePositionAnswer::Unknown => None,
    };
    let calls = asker.ask(&GetCalls { case_id }).await?.calls;
    let of_case = ListLetters { limit: LIST_MAX, case_id: Some(case_id), channel: None };
    let letters = asker.ask(&of_case).await?.letters;
    let money = money(session, case_id).await?;
    Ok(Whole { case_id, parties, position, money, calls, letters })
}

/// Says why a case stands where it does; each part after an empty line.
async fn tell_why(session: &Session, asked: &ExplainCase, json: bool) -> Result<ExitCode, Failure> {
    let told = match session.asker.ask(asked).await? {
        ExplainCaseAnswer::Explained(told) => told,
        ExplainCaseAnswer::Unknown => {
            say("the scheduler has not heard of it yet");
            return Ok(ExitCode::FAILURE);
        }
    };
    if json {
        say_json(&told);
        return Ok(ExitCode::SUCCESS);
    }
    told.why.iter().for_each(say);
    say("");
    told.next.iter().for_each(say);
    say("");
    told.would_stop.iter().for_each(|sentence| say(format_args!("- {sentence}")));
    Ok(ExitCode::SUCCESS)
}

async fn parties(session: &Session, case_id: CaseId) -> Result<Parties, Failure> {
    match session.asker.ask(&GetParties { case_id }).await? {
        PartiesAnswer::Known(parties) => Ok(parties),
        PartiesAnswer::Unknown => Err(CASE.unknown(&case_id.to_string()).into()),
    }
}

/// Lists the messages that asked too much.
async fn corrections(
    session: &Session,
    asked: &ListCorrectedLetters,
    json: bool,
) -> Result<ExitCode, Failure> {
    let list = session.asker.ask(asked).await?;
    if json {
        say_json(&list);
        return Ok(ExitCode::SUCCESS);
    }
    let mut table = Table::new(["case", "letter", "message", "by", "left on", "asked", "owed"]);
    for CorrectedLetterTold { case_id, letter, .. } in &list.letters {
        table.row([
            short(case_id),
            short(letter.letter_id),
            letter.message.to_string(),
            letter.channel.to_string(),
            letter.left_on.to_string(),
            letter.asked.to_string(),
            letter.owed.to_string(),
        ]);
    }
    table.say("no message asked for more than was owed");
    let shown = u64::try_from(list.letters.len()).unwrap_or(u64::MAX);
    if shown < list.total {
        say(format_args!("{shown} of {} messages; see --limit", list.total));
    }
    Ok(ExitCode::SUCCESS)
}

/// Tells where the money of a case stood, in the words of a language.
async fn explain(
    session: &Session,
    parties: &Parties,
    asked: &ExplainPosition,
    json: bool,
) -> Result<ExitCode, Failure> {
    let explanation = match session.asker.ask(asked).await? {
        ExplainPositionAnswer::Explained(explanation) => explanation,
        ExplainPositionAnswer::Unknown => {
            say("nothing was known of its account then");
            return Ok(ExitCode::FAILURE);
        }
    };
    if json {
        say_json(&explanation);
        return Ok(ExitCode::SUCCESS);
    }
    let language = asked.language;
    say(format_args!("case {}", parties.case_number));
    for claim in &explanation.claims {
        let known = parties.claims.iter().find(|known| known.claim_id == claim.claim_id);
        say(known.map_or_else(|| short(claim.claim_id), |known| known.invoice_number.clone()));
        for line in &claim.lines {
            let after = amount(language, line.open_after);
            say(format_args!("  {}  {:>14}  {after:>14}", line.on, amount(language, line.amount)));
            line.words.iter().for_each(|sentence| say(format_args!("      {sentence}")));
        }
    }
    explanation.remarks.iter().for_each(say);
    Ok(ExitCode::SUCCESS)
}

/// What is owed on a case.
pub(crate) async fn money(session: &Session, case_id: CaseId) -> Result<Option<Position>, Failure> {
    Ok(match session.asker.ask(&GetPosition { case_id, announce_for: Vec::new() }).await? {
        PositionAnswer::Known(position) => Some(position),
        PositionAnswer::Unknown => None,
    })
}

async fn list(session: &Session, list: &ListCases, json: bool) -> Result<ExitCode, Failure> {
    let cases = session.asker.ask(list).await?;
    let positions = session.asker.ask(&ListPositions { limit: LIST_MAX, skip: 0 }).await?.positions;
    let states: BTreeMap<CaseId, CaseState> =
        positions.into_iter().map(|position| (position.case_id, position.state)).collect();
    let rows: Vec<Row> = futures_util::stream::iter(cases.cases)
        .map(async |summary| {
            let state = states.get(&summary.case_id).cloned();
            let money = money(session, summary.case_id).await?;
            Ok::<Row, Failure>(Row { summary, state, money })
        })
        .buffered(AT_ONCE)
        .try_collect()
        .await?;
    if json {
        say_json(&rows);
        return Ok(ExitCode::SUCCESS);
    }
    let mut table = Table::new(["case", "number", "debtor", "creditor", "claims", "open", "state"]);
    for Row { summary, state, money } in &rows {
        table.row([
            short(summary.case_id),
            summary.case_number.to_string(),
            summary.debtor_name.clone(),
            summary.creditor_name.clone(),
            summary.claim_count.to_string(),
            money.as_ref().map_or_else(|| "-".to_owned(), |money| money.open.to_string()),
            state.as_ref().map_or_else(|| "-".to_owned(), sentences::state),
        ]);
    }
    table.say("no cases yet; begin with `amicable import`");
    let shown = u64::try_from(rows.len()).unwrap_or(u64::MAX);
    if shown < cases.total {
        say(format_args!("{shown} of {} cases; see --limit", cases.total));
    }
    Ok(ExitCode::SUCCESS)
}

/// Tells all of it.
pub(crate) fn tell(case: &Whole) {
    let Parties { case_number, creditor, debtor, .. } = &case.parties;
    say(format_args!("case {case_number} ({})", case.case_id));
    say(format_args!("  {} ({}, {})", debtor.name, debtor.kind, debtor.country));
    say(format_args!("  for {} ({})", creditor.name, creditor.capacity));
    match &case.position {
        Some(position) => {
            tell_position(position);
            missing(&case.parties, &position.state).iter().for_each(say);
        }
        None => say("the scheduler has not heard of its claims yet"),
    }
    match &case.money {
        Some(money) => tell_money(&case.parties, money),
        None => say("payment-reconciliation has not heard of it yet"),
    }
    let hindered = hindered(&case.letters);
    if !hindered.is_empty() {
        say("messages that were not sent:");
    }
    for sentence in hindered {
        say(format_args!("  {sentence}"));
    }
    if !case.calls.is_empty() {
        say("what was said on the telephone:");
    }
    for call in &case.calls {
        let at = told(call.called_at);
        say(format_args!("  {at}  {}, {}: {}", call.outcome, call.reason, call.summary));
    }
    if let Some(position) = &case.position {
        say("what happened:");
        for entry in &position.timeline {
            say(format_args!("  {}  {}", told(entry.at), sentences::event(&entry.what)));
        }
    }
}

fn tell_position(position: &CasePosition) {
    say(format_args!("position: {}", sentences::position(&position.state)));
    say(format_args!("next: {}", sentences::next(&position.state)));
    say("why:");
    position.why.iter().for_each(|sentence| say(format_args!("  {sentence}")));
    say("what would stop or change it:");
    position.would_stop.iter().for_each(|sentence| say(format_args!("  {sentence}")));
    reason::tell(&position.reasons);
}

/// The messages of which it is known what exactly was in the way.
fn hindered(letters: &[LetterTold]) -> Vec<String> {
    let told = |letter: &LetterTold| match &letter.state {
        LetterState::NotSent { reason, because: Some(because) } => {
            let day = told_day(local(letter.not_after).date());
            let why = sentences::not_sent_because(reason, Some(because));
            Some(format!("{day}  {} by {}: {why}", letter.message, letter.channel))
        }
        LetterState::NotSent { because: None, .. }
        | LetterState::OnItsWay
        | LetterState::Uncertain
        | LetterState::Dispatched { .. } => None,
    };
    letters.iter().filter_map(told).collect()
}

/// What no message can be written without, where that holds the case.
fn missing(parties: &Parties, state: &CaseState) -> Vec<String> {
    if !matches!(state, CaseState::Held { reason: HoldReason::NotWritten, .. }) {
        return Vec::new();
    }
    let undescribed = parties.claims.iter().filter(|claim| claim.description.is_none());
    undescribed
        .map(|claim| {
            let number = &claim.invoice_number;
            format!("missing: what was delivered, on every line of invoice {number}")
        })
        .collect()
}

fn tell_money(parties: &Parties, money: &Position) {
    say(format_args!("open: {}", money.open));
    for claim in &money.claims {
        tell_claim(parties, claim);
    }
    match money.payments_known_until {
        Some(day) => say(format_args!("  payments are known until {}", told_day(day))),
        None => say("  no bank statement of its account was read yet"),
    }
}

fn tell_claim(parties: &Parties, claim: &ClaimPosition) {
    let invoice = |claim_id: ClaimId| {
        let found = parties.claims.iter().find(|claim| claim.claim_id == claim_id);
        found.map(|found| {
            let number = &found.invoice_number;
            format!(", invoice {number}, reference {}", found.reference.printed())
        })
    };
    let invoice = invoice(claim.claim_id).unwrap_or_default();
    say(format_args!("  claim {}{invoice}", claim.claim_id));
    for line in &claim.lines {
        let amount = line.amount.to_string();
        say(format_args!("    {}  {amount:>14}  {}", line.on, sentences::line(&line.kind)));
        line.because.iter().for_each(|why| say(format_args!("    {:28}{why}", "")));
        if !line.rule_ids.is_empty() {
            let rules = line.rule_ids.join(", ");
            say(format_args!("    {:28}rules {}: {rules}", "", line.rule_pack));
        }
    }
    let open = claim.open.to_string();
    say(format_args!("    {:<10}  {open:>14}", "open"));
}
