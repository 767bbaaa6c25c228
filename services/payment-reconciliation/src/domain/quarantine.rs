//! Bank files that a person decides about: those that do not prove themselves, name a known
//! statement with other content, or tell of days that another statement told of.
//!
//! What is taken in is what is not booked yet; a decision is made once.

use contracts::intake::Problem;
use contracts::payment_reconciliation::{
    BankFileDecided, BankFileDecision, BankFileRefusal, DecideBankFile, DecideBankFileAnswer,
    ImportStatementAnswer, KnownMovement, OfferedStatement,
};
use mailbox::{Decision, Facts, Fault};
use primitives::{ContentHash, Date, StaffId, Timestamp};
use uuid::Uuid;

use super::account_statement::{AccountStatement, BankFile};
use super::day_of;
use super::desk::{self, Booking, Desk};
use super::known::Booked;
use super::staff::Staff;

/// The namespace of the ids of files.
const NAMESPACE: Uuid = Uuid::from_u128(0x8a1f_64d2_07c3_4b9e_a5d8_3f60_1c7b_e924);
/// So many problems of a file are kept.
const PROBLEMS_MAX: usize = 100;
/// So many movements that are booked already are told one by one.
const KNOWN_MAX: usize = 1_000;

/// A bank file, as far as a person has to decide about it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct IncomingFile {
    /// Counts the decisions that changed it.
    pub version: u64,
    /// None where it was never set aside.
    pub quarantine: Option<Quarantine>,
    /// What is booked on the days that it tells of; read with the file while nothing is decided.
    pub booked: Vec<Booked>,
}

/// Why a file was set aside, and what a person decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quarantine {
    pub document: ContentHash,
    pub quarantined_at: Timestamp,
    /// What was wrong when it came last; of a great many problems the first ones.
    pub problems: Vec<Problem>,
    /// The days that it tells of, the first and the last; none where they cannot be told.
    pub days: Option<(Date, Date)>,
    pub decided: Option<Decided>,
}

/// What a person decided about a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decided {
    pub decision: BankFileDecision,
    pub because: String,
    pub by: StaffId,
    pub at: Timestamp,
}

impl IncomingFile {
    /// The row of a file.
    #[must_use]
    pub fn id(document: ContentHash) -> Uuid {
        Uuid::new_v5(&NAMESPACE, document.as_bytes())
    }
}

impl Decided {
    /// As it is told to who asks.
    #[must_use]
    pub fn told(&self) -> BankFileDecided {
        let Self { decision, because, by, at } = self;
        BankFileDecided { decision: decision.clone(), because: because.clone(), by: *by, at: *at }
    }
}

/// Takes a file in, or sets it aside for a person. What a person decided about it before counts.
pub fn import(
    (desk, mut incoming): (Desk, IncomingFile),
    (document, file): (ContentHash, &BankFile),
    client_accounts: &[String],
    facts: &Facts,
) -> Result<(Decision<(Desk, IncomingFile)>, ImportStatementAnswer), Fault> {
    let decided = incoming.quarantine.as_ref().and_then(|it| it.decided.as_ref());
    if let Some(Decided { decision, at, .. }) = decided {
        let answer = match decision {
            BankFileDecision::TakeIn => ImportStatementAnswer::AlreadyKnown {
                statements: file.statements().iter().map(AccountStatement::imported).collect(),
            },
            BankFileDecision::SetAside => {
                let reason = format!("was set aside for good by a person on {}", day_of(*at));
                let problem = Problem { field: "file".to_owned(), line: None, reason };
                ImportStatementAnswer::Refused { problems: vec![problem] }
            }
        };
        return Ok((Decision::quiet((desk, incoming)), answer));
    }
    let (decision, answer) = desk::import(desk, file, client_accounts, facts)?;
    if let ImportStatementAnswer::Quarantined { problems } = &answer {
        let former = incoming.quarantine.take();
        incoming.quarantine = Some(Quarantine {
            document,
            quarantined_at: former.map_or(facts.now, |it| it.quarantined_at),
            problems: problems.iter().take(PROBLEMS_MAX).cloned().collect(),
            days: file.days(),
            decided: None,
        });
    }
    let Decision { state, messages, effects, timers } = decision;
    Ok((Decision { state: (state, incoming), messages, effects, timers }, answer))
}

/// What the decision about a file works on.
pub type Deciding = (Desk, IncomingFile, Staff);

/// A person takes a file in, sets it aside for good, or asks what taking it in would book.
pub fn decide(
    (desk, mut incoming, staff): Deciding,
    request: &DecideBankFile,
    (file, client_accounts): (&BankFile, &[String]),
    facts: &Facts,
) -> Result<(Decision<Deciding>, DecideBankFileAnswer), Fault> {
    let bookings = bookings_of(&desk, file, &incoming, day_of(facts.now));
    let because = request.because.trim().to_owned();
    let by = staff.of_finance_desk(&facts.actor);
    let undecided = incoming.quarantine.as_mut().filter(|it| it.decided.is_none());
    let answer = match (undecided, request.decision.clone(), by) {
        (None, ..) => known_already(&incoming),
        (Some(_), None, _) => bookings.map_or_else(refused, |bookings| offer(&bookings)),
        (Some(_), Some(_), None) => refusal(BankFileRefusal::NotOfTheFinanceDesk),
        (Some(_), Some(_), Some(_)) if because.is_empty() => refusal(BankFileRefusal::NoReason),
        (Some(quarantine), Some(decision), Some(by)) => {
            let decided = Decided { decision, because, by, at: facts.now };
            match (&decided.decision, bookings) {
                (BankFileDecision::SetAside, _) => {
                    quarantine.decided = Some(decided);
                    DecideBankFileAnswer::SetAside
                }
                (BankFileDecision::TakeIn, Err(problems)) => refused(problems),
                (BankFileDecision::TakeIn, Ok(bookings)) => {
                    quarantine.decided = Some(decided);
                    let file_id = IncomingFile::id(quarantine.document);
                    let statements = bookings.iter().map(|it| it.statement.imported()).collect();
                    let known_count = known_count(&bookings);
                    let decision =
                        desk::take_in(desk, bookings, (file_id, client_accounts), facts)?;
                    let Decision { state: desk, messages, effects, timers } = decision;
                    let state = (desk, incoming, staff);
                    let answer = DecideBankFileAnswer::TakenIn { statements, known_count };
                    return Ok((Decision { state, messages, effects, timers }, answer));
                }
            }
        }
    };
    Ok((Decision::quiet((desk, incoming, staff)), answer))
}

/// Of a file that there is nothing to decide about.
fn known_already(incoming: &IncomingFile) -> DecideBankFileAnswer {
    let decided = incoming.quarantine.as_ref().and_then(|it| it.decided.as_ref());
    decided
        .map_or(DecideBankFileAnswer::Unknown, |it| DecideBankFileAnswer::AlreadyDecided(it.told()))
}

/// What taking a file in would book, or why it cannot be.
fn bookings_of(
    desk: &Desk,
    file: &BankFile,
    incoming: &IncomingFile,
    today: Date,
) -> Result<Vec<Booking>, Vec<Problem>> {
    let (BankFile::Readable(statements, _) | BankFile::Doubtful(statements, _)) = file else {
        return Err(file.problems().to_vec());
    };
    // What is booked was looked up on the days that were told when it was set aside.
    if incoming.quarantine.as_ref().is_some_and(|it| it.days != file.days()) {
        let reason = "is read otherwise than when it was set aside; import it again first";
        let (field, reason) = ("file".to_owned(), reason.to_owned());
        return Err(vec![Problem { field, line: None, reason }]);
    }
    desk::weigh(desk, statements, &incoming.booked, today)
}

fn offer(bookings: &[Booking]) -> DecideBankFileAnswer {
    let mut left = KNOWN_MAX;
    let statements = bookings.iter().map(|booking| {
        let movements = booking.statement.movements.iter();
        let known = movements.filter_map(|it| {
            let told_before = || booking.told_before.get(&it.payment_id)?.first();
            let payment_id = *booking.known.get(&it.payment_id).or_else(told_before)?;
            Some(KnownMovement { payment_id, amount: it.amount, booked_on: it.booked_on })
        });
        let known: Vec<KnownMovement> = known.take(left).collect();
        left = left.saturating_sub(known.len());
        OfferedStatement { statement: booking.statement.imported(), known }
    });
    let statements = statements.collect();
    DecideBankFileAnswer::Offered { statements, known_count: known_count(bookings) }
}

fn known_count(bookings: &[Booking]) -> u32 {
    let known = bookings.iter().flat_map(|it| [it.known.len(), it.told_before.len()]);
    let count = known.fold(0, usize::saturating_add);
    u32::try_from(count).unwrap_or(u32::MAX)
}

const fn refusal(reason: BankFileRefusal) -> DecideBankFileAnswer {
    DecideBankFileAnswer::Refused { reason }
}

const fn refused(problems: Vec<Problem>) -> DecideBankFileAnswer {
    refusal(BankFileRefusal::Unbookable { problems })
}
