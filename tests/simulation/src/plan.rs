//! The plan of a story: who owes what to whom, and what people will do. It follows from the seed
//! alone; what is left out of it leaves the rest as it was.

use std::collections::BTreeSet;

use jiff::ToSpan;
use primitives::{CallOutcome, Date, NonPaymentReason};

use crate::faults::{Mishap, Wrong};
use house::chance::Chance;

/// The plan of one story.
#[derive(Clone, Debug)]
pub struct Plan {
    pub seed: u64,
    pub(crate) begins: Date,
    /// The last day on which anybody does anything of his own accord.
    pub(crate) days: i64,
    pub(crate) trouble: u8,
    pub(crate) people: Vec<Person>,
    pub(crate) desk: Vec<Deed<Desk>>,
    /// What is left out, to find the shortest story.
    pub left_out: BTreeSet<Piece>,
    /// The only mishaps, where they are given.
    pub mishaps: Option<BTreeSet<Mishap>>,
    /// The only ways in which something goes wrong.
    pub(crate) wrongs: BTreeSet<Wrong>,
}

/// What can be left out of a story.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Piece {
    Person(usize),
    Invoice(usize, usize),
    Deed(usize, usize),
    Call(usize, usize),
    Desk(usize),
}

/// One debtor.
#[derive(Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "what is known of a person, each by itself")]
pub(crate) struct Person {
    /// Which of the creditors.
    pub(crate) creditor: usize,
    pub(crate) is_business: bool,
    pub(crate) is_belgian: bool,
    pub(crate) has_email: bool,
    pub(crate) has_address: bool,
    pub(crate) has_telephone: bool,
    /// Mails to this address come back at once.
    pub(crate) bounces: bool,
    pub(crate) invoices: Vec<Invoice>,
    pub(crate) deeds: Vec<Deed<Act>>,
    /// What becomes of each call, in their order.
    pub(crate) calls: Vec<Call>,
}

/// An invoice that is handed over.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Invoice {
    pub(crate) handed_over: Moment,
    pub(crate) issued: i64,
    pub(crate) due: i64,
    pub(crate) cents: i64,
    /// Whether it bears a structured reference of the creditor's own.
    pub(crate) has_reference: bool,
}

/// A moment of the story: its day, and the minute of that day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Moment {
    pub(crate) day: i64,
    pub(crate) minute: i64,
}

/// Something that somebody does then.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Deed<A> {
    pub(crate) at: Moment,
    pub(crate) act: A,
}

/// What a debtor or a creditor does.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Act {
    /// The debtor pays so much in a hundred of what is open, and names one invoice or two.
    /// Before it is handed over, its whole amount.
    Pay {
        invoice: usize,
        also: Option<usize>,
        percent: i64,
        names: Names,
    },
    /// The creditor credits so much in a hundred.
    Credit {
        invoice: usize,
        percent: i64,
    },
    Withdraw {
        invoice: usize,
    },
    /// The creditor says that so much in a hundred was paid to itself.
    Report {
        invoice: usize,
        percent: i64,
    },
    /// The creditor takes its last report back.
    Retract {
        invoice: usize,
    },
    /// The file comes again.
    HandOverAgain {
        invoice: usize,
    },
}

/// How a payment says what it is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Names {
    Rightly,
    Wrongly,
    Nothing,
}

/// What the agency does.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Desk {
    /// Takes in the statement of the agency's account, or of a creditor's.
    Statement { of_creditor: Option<usize>, twice: bool },
    /// Proposes a remittance; a second person approves it so many hours later.
    Remit { creditor: usize, approved_after: Option<i64> },
    /// Puts something on hold, from so many days ago or ahead, for so many days.
    Hold { number: u8, over: Over, from: i64, days: i64, decides: bool },
    /// Lifts a hold, where it was placed.
    Lift { number: u8 },
    /// Puts down why the debtor of the case with this place does not pay, as was said so many days
    /// ago.
    Reason { place: usize, reason: NonPaymentReason, ago: i64, shown: bool },
    /// Decides on the case with this place, where it is held.
    Decide { place: usize, ruling: Ruling, shown: bool },
}

/// What is decided on a held case.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Ruling {
    GoOn,
    ReviewIn(i64),
    /// The step with this place in the agreement.
    From(usize),
}

/// What is put on hold: of cases and claims the one with this place, where there is one.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Over {
    Claim(usize),
    Case(usize),
    Person(usize),
    Creditor(usize),
    All,
}

/// What becomes of a call.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Call {
    /// Nobody takes it on.
    Left,
    /// Somebody takes it on and gives it back.
    GivenBack {
        after_minutes: i64,
    },
    Made {
        after_minutes: i64,
        written_after_minutes: i64,
        outcome: Said,
    },
}

/// How a call went.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Said {
    Plainly(CallOutcome, NonPaymentReason),
    /// A promise to pay so much in a hundred within so many days, and what is really paid, when.
    Promise {
        percent: i64,
        within: i64,
        paid_percent: i64,
        paid_after: i64,
    },
}

impl Plan {
    /// The plan that follows from a seed.
    #[must_use]
    pub fn of(seed: u64) -> Self {
        let mut chance = Chance::of(seed, "plan");
        let begins = Date::constant(2026, 1, 5).saturating_add(chance.below(110).days());
        let days = chance.within(40, 90);
        let count = chance.pick(&[1, 1, 2, 2, 3]).copied().unwrap_or(1);
        let one = |number| person(&mut Chance::of(seed, &format!("person {number}")), days);
        let people: Vec<Person> = (0..count).map(one).collect();
        let mut desk = desk(&mut Chance::of(seed, "desk"), &people, days);
        desk.extend(holds(&mut Chance::of(seed, "holds"), days));
        desk.extend(reasons(&mut Chance::of(seed, "reasons"), days));
        let trouble = chance.pick(&[0, 1, 1, 2, 2, 3]).copied().unwrap_or(1);
        Self {
            seed,
            begins,
            days,
            trouble,
            people,
            desk,
            left_out: BTreeSet::new(),
            mishaps: None,
            wrongs: Wrong::ALL.into_iter().collect(),
        }
    }

    /// The plan in which things go wrong in these ways only, and do.
    #[must_use]
    pub fn with_only(self, wrongs: &[Wrong]) -> Self {
        Self { trouble: 2, wrongs: wrongs.iter().copied().collect(), ..self }
    }

    /// Whether a piece is told.
    pub(crate) fn tells(&self, piece: Piece) -> bool {
        let of_person = match piece {
            Piece::Person(_) | Piece::Desk(_) => None,
            Piece::Invoice(person, _) | Piece::Deed(person, _) | Piece::Call(person, _) => {
                Some(Piece::Person(person))
            }
        };
        !self.left_out.contains(&piece) && of_person.is_none_or(|it| !self.left_out.contains(&it))
    }

    /// Everything that can be left out and is not.
    #[must_use]
    pub fn pieces(&self) -> Vec<Piece> {
        let mut pieces: Vec<Piece> = (0..self.desk.len()).map(Piece::Desk).collect();
        for (number, person) in self.people.iter().enumerate() {
            pieces.push(Piece::Person(number));
            pieces.extend((0..person.invoices.len()).map(|it| Piece::Invoice(number, it)));
            pieces.extend((0..person.deeds.len()).map(|it| Piece::Deed(number, it)));
            pieces.extend((0..person.calls.len()).map(|it| Piece::Call(number, it)));
        }
        pieces.retain(|piece| self.tells(*piece));
        pieces
    }
}

fn moment(chance: &mut Chance, first: i64, last: i64) -> Moment {
    // Half of it around nine, when steps are due; the rest from morning to evening.
    let day = chance.within(first, last);
    let minute =
        if chance.percent(50) { chance.within(530, 570) } else { chance.within(7 * 60, 19 * 60) };
    Moment { day, minute }
}

fn person(chance: &mut Chance, days: i64) -> Person {
    let creditor = usize::try_from(chance.below(3)).unwrap_or(0);
    let odd = chance.percent(12);
    let mut invoices: Vec<Invoice> = Vec::new();
    for _ in 0..chance.pick(&[1, 1, 1, 2, 3]).copied().unwrap_or(1) {
        // Later ones may come when the case was closed.
        let last = if invoices.is_empty() { 12 } else { 40 };
        let handed_over = moment(chance, 0, last);
        let due = handed_over.day.saturating_add(chance.within(-15, 10));
        let issued = due.saturating_sub(chance.within(8, 30)).min(handed_over.day);
        let (cents, has_reference) = (chance.within(150, 120_000), chance.percent(40));
        invoices.push(Invoice { handed_over, issued, due, cents, has_reference });
    }
    let deeds = (0..chance.below(6)).map(|_| {
        let at = moment(chance, 1, days);
        Deed { at, act: act(chance, invoices.len()) }
    });
    let deeds = deeds.collect();
    let calls = (0..chance.within(2, 7)).map(|_| call(chance)).collect();
    Person {
        creditor,
        is_business: (creditor == 1) != odd,
        is_belgian: (creditor == 2) != (odd && chance.percent(50)),
        has_email: chance.percent(85),
        has_address: chance.percent(80),
        has_telephone: chance.percent(75),
        bounces: chance.percent(8),
        invoices,
        deeds,
        calls,
    }
}

fn act(chance: &mut Chance, invoices: usize) -> Act {
    let count = i64::try_from(invoices).unwrap_or(1);
    let invoice = usize::try_from(chance.below(count)).unwrap_or(0);
    let other = usize::try_from(chance.below(count)).unwrap_or(0);
    match chance.below(20) {
        0..=10 => {
            let percents = [100, 100, 100, 50, 30, 10, 130, 99, 200];
            let names = match chance.below(8) {
                0 => Names::Wrongly,
                1 => Names::Nothing,
                _ => Names::Rightly,
            };
            let percent = chance.pick(&percents).copied().unwrap_or(100);
            Act::Pay { invoice, also: Some(other).filter(|it| *it != invoice), percent, names }
        }
        11..=12 => Act::Credit { invoice, percent: *chance.pick(&[100, 50, 20]).unwrap_or(&50) },
        13..=14 => Act::Withdraw { invoice },
        15..=16 => Act::Report { invoice, percent: *chance.pick(&[100, 60, 30]).unwrap_or(&60) },
        17..=18 => Act::Retract { invoice },
        _ => Act::HandOverAgain { invoice },
    }
}

fn call(chance: &mut Chance) -> Call {
    let after_minutes = chance.within(1, 300);
    let outcome = match chance.below(10) {
        0 => return Call::Left,
        1 => return Call::GivenBack { after_minutes },
        2..=3 => Said::Plainly(CallOutcome::NoAnswer, NonPaymentReason::Unreached),
        4 => Said::Plainly(CallOutcome::WrongNumber, NonPaymentReason::Moved),
        5 => Said::Plainly(CallOutcome::OtherPerson, NonPaymentReason::Unreached),
        6 => {
            let reasons = [
                NonPaymentReason::Hardship,
                NonPaymentReason::Dissatisfied,
                NonPaymentReason::SaysPaid,
                NonPaymentReason::Unwilling,
                NonPaymentReason::Carelessness,
                NonPaymentReason::DebtAid,
                NonPaymentReason::Deceased,
            ];
            let reason = chance.pick(&reasons).copied().unwrap_or(NonPaymentReason::NotGiven);
            Said::Plainly(CallOutcome::Reached, reason)
        }
        _ => Said::Promise {
            percent: *chance.pick(&[100, 100, 50]).unwrap_or(&100),
            within: chance.within(0, 14),
            paid_percent: *chance.pick(&[100, 100, 60, 0, 120]).unwrap_or(&100),
            paid_after: chance.within(0, 20),
        },
    };
    // Some write it down days later.
    let written_after_minutes =
        if chance.percent(10) { chance.within(1_000, 4_000) } else { chance.within(2, 40) };
    Call::Made { after_minutes, written_after_minutes, outcome }
}

fn desk(chance: &mut Chance, people: &[Person], days: i64) -> Vec<Deed<Desk>> {
    let mut deeds = Vec::new();
    let creditors: BTreeSet<usize> = people.iter().map(|person| person.creditor).collect();
    let mut day = 1;
    while day <= days.saturating_add(20) {
        for of_creditor in std::iter::once(None).chain(creditors.iter().copied().map(Some)) {
            // Debtors of one creditor of the demonstration pay to the creditor itself.
            if of_creditor.is_none_or(|creditor| creditor == 2) && chance.percent(90) {
                let at = Moment { day, minute: chance.within(7 * 60, 11 * 60) };
                let act = Desk::Statement { of_creditor, twice: chance.percent(5) };
                deeds.push(Deed { at, act });
            }
        }
        day = day.saturating_add(chance.within(1, 4));
    }
    for creditor in creditors {
        for _ in 0..chance.below(3) {
            let approved_after = chance.percent(85).then(|| chance.within(0, 120));
            let act = Desk::Remit { creditor, approved_after };
            deeds.push(Deed { at: moment(chance, 10, days), act });
        }
    }
    deeds
}

/// In some stories things are put on hold, and most of that is lifted before its day.
fn holds(chance: &mut Chance, days: i64) -> Vec<Deed<Desk>> {
    let mut deeds = Vec::new();
    let count = chance.pick(&[0, 0, 1, 2, 3]).copied().unwrap_or(0);
    for number in 0..count {
        let place = usize::try_from(chance.below(3)).unwrap_or(0);
        let over = match chance.below(6) {
            0 => Over::Claim(place),
            1 => Over::Case(place),
            2 => Over::Person(place),
            3 => Over::Creditor(place),
            _ => Over::All,
        };
        let at = moment(chance, 1, days);
        let (from, lasts) = (chance.within(-20, 10), chance.within(11, 40));
        let decides = chance.percent(30);
        deeds.push(Deed { at, act: Desk::Hold { number, over, from, days: lasts, decides } });
        if decides || chance.percent(60) {
            let day = at.day.saturating_add(chance.within(0, 50));
            deeds.push(Deed { at: Moment { day, ..at }, act: Desk::Lift { number } });
        }
    }
    deeds
}

/// In most stories staff put reasons down and change them, and decide on cases that are held.
fn reasons(chance: &mut Chance, days: i64) -> Vec<Deed<Desk>> {
    let mut deeds = Vec::new();
    for _ in 0..chance.below(6) {
        let place = usize::try_from(chance.below(3)).unwrap_or(0);
        let reason = chance.pick(NonPaymentReason::ALL).copied();
        let reason = reason.unwrap_or(NonPaymentReason::NotGiven);
        let (ago, shown) = (chance.within(0, 12), chance.percent(50));
        let act = Desk::Reason { place, reason, ago, shown };
        deeds.push(Deed { at: moment(chance, 1, days), act });
    }
    for _ in 0..chance.below(9) {
        let place = usize::try_from(chance.below(3)).unwrap_or(0);
        let ruling = match chance.below(4) {
            0..=1 => Ruling::GoOn,
            2 => Ruling::ReviewIn(chance.within(-2, 100)),
            _ => Ruling::From(usize::try_from(chance.below(5)).unwrap_or(0)),
        };
        let act = Desk::Decide { place, ruling, shown: chance.percent(70) };
        deeds.push(Deed { at: moment(chance, 5, days.saturating_add(20)), act });
    }
    deeds
}
