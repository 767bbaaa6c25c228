//! `amicable law`: what the law says, with its reasons, without any stack.

use std::collections::BTreeMap;
use std::fmt::{self, Display, Formatter};
use std::process::ExitCode;

use jiff::civil::{Date, DateTime};
use law::{
    Answer, BusinessCosts, ChargeTerms, DebtOrigin, EQUATED_UNTIL, InterestBasis, InterestSegment,
    InterestTerms, Jurisdiction, Pack, Parts, PenaltyClause, RateTable, Readings, arrives_on,
    collection_costs, consumers_protected_from, formal_notice_waiting, next_lawful_moment,
    rates_ending, term_of,
};
use primitives::{Channel, Country, Currency, DebtorKind, MessageKind, Money, Rate};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use serde::Serialize;

use crate::cli::{
    AskedReadings, DebtKind, InterestKind, Law, LawAllocate, LawChannel, LawContact, LawCosts,
    LawCountry, LawDebtor, LawInterest, LawRates, LawTerm, TermKind,
};
use crate::failure::Failure;
use crate::moment::now;
use crate::output::{say, say_json};

/// An answer as a program reads it.
#[derive(Serialize)]
struct Told<T> {
    #[serde(flatten)]
    value: T,
    /// The rule that was asked first: the one that the question is about.
    rule: &'static str,
    /// Every rule that was asked.
    rules: Vec<&'static str>,
    version: &'static str,
    explanation: Vec<String>,
}

pub(crate) fn run(law: &Law) -> Result<ExitCode, Failure> {
    match law {
        Law::Costs(asked) => tell(costs(asked)?, asked.json),
        Law::Interest(asked) => tell(interest(asked)?, asked.json),
        Law::Term(asked) => tell(term(asked)?, asked.json),
        Law::Contact(asked) => tell(contact(asked)?, asked.json),
        Law::Allocate(asked) => tell(allocate(asked)?, asked.json),
        Law::Readings(asked) => readings(asked.json),
        Law::Rates(asked) => return Ok(rates(asked)),
    }
    Ok(ExitCode::SUCCESS)
}

fn readings(json: bool) {
    let told = Readings::default().told();
    if json {
        say_json(&told.into_iter().collect::<BTreeMap<_, _>>());
        return;
    }
    for (name, value) in told {
        let allowed = Readings::allowed(name).unwrap_or_default();
        say(format_args!("{name}={value}   ({allowed})"));
    }
}

#[derive(Serialize)]
struct RatesLoaded {
    table: String,
    loaded_until: Option<Date>,
    lacking: bool,
}

/// Ends with 1 where the rate of the day is lacking, so that a nightly job can alarm.
fn rates(asked: &LawRates) -> ExitCode {
    let on = asked.on.unwrap_or_else(|| Pack::NL.local_date(now()));
    let ending = rates_ending(on);
    let tables = RateTable::ALL.iter().map(|table| {
        let lacking = ending.iter().any(|it| it.table == *table && it.is_lacking);
        RatesLoaded { table: table.to_string(), loaded_until: table.loaded_until(), lacking }
    });
    let equated = RatesLoaded {
        table: "days equated with Dutch holidays".to_owned(),
        loaded_until: Some(EQUATED_UNTIL),
        lacking: EQUATED_UNTIL < on,
    };
    let loaded: Vec<RatesLoaded> = tables.chain([equated]).collect();
    if asked.json {
        say_json(&loaded);
    } else {
        for RatesLoaded { table, loaded_until, lacking } in &loaded {
            let until = loaded_until.map_or_else(|| "no day".to_owned(), |day| day.to_string());
            let load = if *lacking { ": LACKING, load what was published" } else { "" };
            say(format_args!("{table}: loaded until {until}{load}"));
        }
    }
    let lacking = loaded.iter().any(|it| it.lacking);
    if lacking { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

/// Writes the answer with its reasons, for a person or a program.
fn tell<T: Serialize + Display>(answer: Answer<T>, json: bool) {
    let version = answer.pack.as_str();
    let rules: Vec<&str> = answer.rules.iter().map(|rule| rule.as_str()).collect();
    if json {
        let rule = rules.first().copied().unwrap_or_default();
        let (value, explanation) = (answer.value, answer.because);
        say_json(&Told { value, rule, rules, version, explanation });
        return;
    }
    say(&answer.value);
    answer.because.iter().for_each(say);
    for rule in answer.rules {
        say(format_args!("{rule} ({version}): {}", rule.source()));
    }
}

fn with<T, U>(answer: Answer<T>, value: U) -> Answer<U> {
    Answer { value, rules: answer.rules, pack: answer.pack, because: answer.because }
}

#[derive(Serialize)]
struct Costs {
    /// Without VAT.
    amount: Decimal,
    vat: Decimal,
    total: Decimal,
}

impl Display for Costs {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        let Self { amount, vat, total } = self;
        write!(formatter, "{amount} EUR, VAT {vat} EUR, in all {total} EUR")
    }
}

fn costs(asked: &LawCosts) -> Result<Answer<Costs>, Failure> {
    let (pack, debtor) = (under(pack(asked.country), &asked.readings)?, debtor_of(asked.debtor));
    let known_from = match (pack.jurisdiction, debtor) {
        (Jurisdiction::Be, DebtorKind::Consumer) => consumers_protected_from(pack),
        _ => pack.known_from(),
    };
    let pack = match asked.on {
        None => Some(pack),
        Some(on) => pack.on(on).filter(|_| on >= known_from),
    };
    let pack =
        pack.ok_or_else(|| no_answer(format!("the rules are known from {known_from} on")))?;
    let clause = PenaltyClause { lump_sum: true, yearly_interest_bp: None };
    let terms = ChargeTerms {
        creditor_deducts_vat: !asked.vat_not_deductible,
        in_business: BusinessCosts::Scale,
        interest: true,
        penalty_clause: (!asked.no_clause).then_some(clause),
    };
    let answer =
        collection_costs(pack, debtor, &terms, &[asked.principal]).map_err(no_answer_of)?;
    let zero = Money::zero(Currency::EUR);
    let (fee, vat) = answer.value.as_ref().map_or((zero, zero), |costs| (costs.fee, costs.vat));
    let total = fee.checked_add(vat).map_err(no_answer_of)?;
    let value =
        Costs { amount: fee.to_decimal(), vat: vat.to_decimal(), total: total.to_decimal() };
    Ok(with(answer, value))
}

#[derive(Serialize)]
struct Interest {
    amount: Decimal,
    segments: Vec<Segment>,
}

#[derive(Serialize)]
struct Segment {
    from: Date,
    /// The day after the last one.
    to: Date,
    days: u32,
    /// Percent a year.
    rate: Decimal,
    base: Decimal,
    amount: Decimal,
}

impl Display for Interest {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} EUR", self.amount)
    }
}

fn interest(asked: &LawInterest) -> Result<Answer<Interest>, Failure> {
    if asked.to < asked.from {
        return Err(no_answer("--to comes before --from"));
    }
    let basis = match (asked.kind, asked.rate) {
        (InterestKind::Statutory, None) => InterestBasis::Statutory,
        (InterestKind::Commercial, None) => InterestBasis::Commercial,
        (InterestKind::Contractual, Some(rate)) => {
            let (yearly_bp, debtor) = (basis_points(rate)?, debtor_of(asked.debtor));
            InterestBasis::Contractual { yearly_bp, debtor }
        }
        (InterestKind::Contractual, None) => return Err(no_answer("say which --rate was agreed")),
        (InterestKind::Statutory | InterestKind::Commercial, Some(_)) => {
            return Err(no_answer("the law has its own rate; --rate goes with contractual"));
        }
    };
    let terms = InterestTerms { basis, from: asked.from };
    let last = asked.to.yesterday().map_err(no_answer_of)?;
    let pack = under(pack(asked.country), &asked.readings)?;
    let answer =
        law::interest(pack, terms, &[(asked.from, asked.principal)], last).map_err(no_answer_of)?;
    let segments: Result<Vec<Segment>, Failure> =
        answer.value.segments.iter().map(segment).collect();
    let value = Interest { amount: answer.value.total.to_decimal(), segments: segments? };
    Ok(with(answer, value))
}

fn segment(of: &InterestSegment) -> Result<Segment, Failure> {
    Ok(Segment {
        from: of.first,
        to: of.last.tomorrow().map_err(no_answer_of)?,
        days: of.days,
        rate: Decimal::new(i64::from(of.rate_bp), 2),
        base: of.base.to_decimal(),
        amount: of.amount.to_decimal(),
    })
}

fn basis_points(rate: Rate) -> Result<u32, Failure> {
    let hundredths = rate.percent().checked_mul(Decimal::ONE_HUNDRED);
    hundredths
        .filter(Decimal::is_integer)
        .and_then(|hundredths| hundredths.to_u32())
        .ok_or_else(|| no_answer(format!("{rate} % is no rate of at most two decimals")))
}

#[derive(Serialize)]
struct Term {
    /// Where it counts when the message arrives.
    delivered: Option<Date>,
    first_day: Date,
    last_day: Date,
    /// The first day after the term: from then on costs are owed, or other things may be done.
    costs_from: Date,
}

impl Display for Term {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        let Self { first_day, last_day, costs_from, .. } = self;
        write!(formatter, "{first_day} up to and including {last_day}; over on {costs_from}")
    }
}

fn term(asked: &LawTerm) -> Result<Answer<Term>, Failure> {
    let channel = channel(asked.channel);
    if !matches!(channel, Channel::Post | Channel::Email) {
        return Err(no_answer("the law starts terms by post and by e-mail only"));
    }
    let (consumer, sent) = (DebtorKind::Consumer, asked.sent);
    let [nl, be] = [under(Pack::NL, &asked.readings)?, under(Pack::BE, &asked.readings)?];
    let answer = match asked.kind {
        TermKind::NlFourteenDay => {
            term_of(nl, MessageKind::FourteenDayLetter, consumer, channel, sent)
        }
        TermKind::BeFirstReminder => {
            term_of(be, MessageKind::FreeFirstReminder, consumer, channel, sent)
        }
        TermKind::BeFormalNotice => {
            let answer = formal_notice_waiting(be, sent, &[]);
            let term = answer.value.as_ref().map(|waiting| waiting.term);
            with(answer, term)
        }
    };
    let delivered = match asked.kind {
        TermKind::NlFourteenDay => arrives_on(nl, channel, sent).value,
        TermKind::BeFirstReminder | TermKind::BeFormalNotice => None,
    };
    let term = answer.value.ok_or_else(|| {
        let (nl, be) = (nl.known_from(), consumers_protected_from(be));
        no_answer(format!(
            "the law starts no term on that day: it is known from {nl} on in the Netherlands, from \
             {be} on in Belgium, and the calendar ends in 2100"
        ))
    })?;
    let costs_from = term.last.tomorrow().map_err(no_answer_of)?;
    let value = Term { delivered, first_day: term.first, last_day: term.last, costs_from };
    Ok(with(answer, value))
}

#[derive(Serialize)]
struct Contact {
    allowed: bool,
    /// The next moment at which it is allowed, where the debtor is: the one that was asked about
    /// where that is.
    next: DateTime,
}

impl Display for Contact {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        if self.allowed {
            return formatter.write_str("allowed");
        }
        write!(formatter, "not allowed; from {} on", self.next.strftime("%A %-d %B %Y %H:%M"))
    }
}

fn contact(asked: &LawContact) -> Result<Answer<Contact>, Failure> {
    let pack = under(pack(asked.country), &asked.readings)?;
    let at = pack.moment(asked.at.date(), asked.at.time());
    let at = at.ok_or_else(|| no_answer("there is no such moment"))?;
    let answer = next_lawful_moment(pack, debtor_of(asked.debtor), channel(asked.channel), at);
    let Some(window) = answer.value else {
        return Err(no_answer("the calendar ends in 2100"));
    };
    let next = pack.local_time(window.opens);
    // The hours of the law, where it has any, are asked after the house's own.
    let mut answer = with(answer, Contact { allowed: window.opens == at, next });
    answer.rules.reverse();
    Ok(answer)
}

#[derive(Serialize)]
struct Allocated {
    costs: Decimal,
    interest: Decimal,
    principal: Decimal,
    /// Of the payment, when all is paid.
    left: Decimal,
}

impl Display for Allocated {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        let Self { costs, interest, principal, left } = self;
        write!(
            formatter,
            "costs {costs} EUR, interest {interest} EUR, principal {principal} EUR, left {left} EUR"
        )
    }
}

fn allocate(asked: &LawAllocate) -> Result<Answer<Allocated>, Failure> {
    let origin = match asked.kind {
        DebtKind::General => DebtOrigin::General,
        DebtKind::ConsumerCredit => DebtOrigin::ConsumerCredit,
    };
    let owed = Parts { costs: asked.costs, interest: asked.interest, principal: asked.principal };
    let answer = law::allocate(pack(asked.country), origin, owed, asked.payment);
    let answer = answer.map_err(no_answer_of)?;
    let (paid, left) = answer.value;
    let value = Allocated {
        costs: paid.costs.to_decimal(),
        interest: paid.interest.to_decimal(),
        principal: paid.principal.to_decimal(),
        left: left.to_decimal(),
    };
    Ok(with(answer, value))
}

const fn pack(country: LawCountry) -> Pack {
    match country {
        LawCountry::Nl => Pack::NL,
        LawCountry::Be => Pack::BE,
    }
}

fn under(pack: Pack, asked: &AskedReadings) -> Result<Pack, Failure> {
    let mut readings = pack.readings;
    for (name, value) in &asked.readings {
        readings.set(name, value).map_err(no_answer_of)?;
    }
    Ok(pack.under(readings))
}

pub(super) const fn country_of(country: LawCountry) -> Country {
    match country {
        LawCountry::Nl => Country::NL,
        LawCountry::Be => Country::BE,
    }
}

pub(super) const fn debtor_of(debtor: LawDebtor) -> DebtorKind {
    match debtor {
        LawDebtor::Consumer => DebtorKind::Consumer,
        LawDebtor::Business => DebtorKind::NaturalPersonInBusiness,
        LawDebtor::Legal => DebtorKind::LegalPerson,
    }
}

const fn channel(channel: LawChannel) -> Channel {
    match channel {
        LawChannel::Phone => Channel::Telephone,
        LawChannel::Email => Channel::Email,
        LawChannel::Sms => Channel::Sms,
        LawChannel::Post => Channel::Post,
        LawChannel::Visit => Channel::Visit,
    }
}

fn no_answer_of(error: impl std::error::Error) -> Failure {
    no_answer(runtime::error::chain(&error))
}

fn no_answer(reason: impl Into<String>) -> Failure {
    Failure::NoAnswer(reason.into())
}
