//! The claims that a what-if is about, and what is known to have happened, or is supposed to
//! happen, on them.
//!
//! A table (CSV) or a JSON document; README.md shows both. Every fault is told with its place, and
//! a portfolio with a fault is refused as a whole.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;

use primitives::{Channel, Country, Currency, Date, DebtorKind, Language, Money, NonPaymentReason};

use crate::rows::{Row, rows};

/// So many faults are told; who has more mends these first.
const FAULTS_MAX: usize = 100;

/// What a what-if is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Portfolio {
    /// In the order in which they were named first.
    pub debtors: Vec<Debtor>,
    pub currency: Currency,
}

/// One debtor, of whatever creditors.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Debtor {
    /// As the portfolio names it.
    pub code: String,
    pub kind: DebtorKind,
    pub country: Country,
    pub language: Language,
    pub birth_year: Option<i16>,
    /// The channels by which it can be reached.
    pub reachable: BTreeSet<Channel>,
    pub claims: Vec<Claim>,
}

/// One unpaid invoice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    pub creditor: String,
    pub number: String,
    pub issued_on: Date,
    pub due_on: Date,
    /// When the creditor hands it over.
    pub handed_over_on: Date,
    /// Above zero.
    pub amount: Money,
    /// In the order of their days.
    pub events: Vec<Event>,
}

/// What happens on a claim, whatever we do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    pub on: Date,
    pub what: What,
}

/// What happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// The debtor pays so much.
    Pays(Money),
    /// The creditor credits so much.
    Credits(Money),
    /// The creditor takes the claim back.
    Withdraws,
    /// The debtor says why it is not paid.
    Says(NonPaymentReason),
    /// The debtor promises to pay so much.
    Promises { amount: Money, pay_by: Date },
}

/// What is wrong with a portfolio, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Such as `line 3, amount`, or `claims[2], amount`.
    pub place: String,
    pub reason: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.reason)
    }
}

/// Reads a portfolio.
pub fn read(bytes: &[u8]) -> Result<Portfolio, Vec<Fault>> {
    let rows = rows(bytes).map_err(|fault| vec![fault])?;
    let mut reader = Reader::default();
    for row in rows.iter().filter(|row| row.is_claim()) {
        reader.claim(row);
    }
    for row in rows.iter().filter(|row| !row.is_claim()) {
        reader.event(row);
    }
    reader.finish()
}

/// What was read so far.
#[derive(Default)]
struct Reader {
    debtors: Vec<Debtor>,
    /// The places of debtors by their code.
    places: BTreeMap<String, usize>,
    /// The debtor and the place among its claims, by creditor and number.
    claims: BTreeMap<(String, String), (usize, usize)>,
    faults: Vec<Fault>,
}

impl Reader {
    fn claim(&mut self, row: &Row) {
        let mut fields = Fields { row, faults: &mut self.faults };
        let creditor = fields.named("creditor");
        let number = fields.named("claim");
        let (issued_on, due_on) = (fields.day("issued_on"), fields.day("due_on"));
        let amount = fields.amount(Currency::EUR);
        let handed_over_on = fields.optional("handed_over_on", Date::from_str, A_DAY);
        let debtor = fields.debtor();
        let both = (creditor, number, issued_on, due_on);
        let (Some(creditor), Some(number), Some(issued_on), Some(due_on)) = both else { return };
        let (Some(amount), Some(debtor)) = (amount, debtor) else { return };
        if due_on < issued_on {
            return self.fault(row, "due_on", "is before the claim was issued");
        }
        let handed_over_on = handed_over_on.unwrap_or(issued_on);
        if handed_over_on < issued_on {
            return self.fault(row, "handed_over_on", "is before the claim was issued");
        }
        let events = Vec::new();
        let claim = Claim {
            creditor: creditor.clone(),
            number: number.clone(),
            issued_on,
            due_on,
            handed_over_on,
            amount,
            events,
        };
        let place = self.place_of(row, debtor);
        let Some(debtor) = self.debtors.get_mut(place) else { return };
        let key = (creditor, number);
        if self.claims.contains_key(&key) {
            return self.fault(row, "claim", "is there already for this creditor");
        }
        self.claims.insert(key, (place, debtor.claims.len()));
        debtor.claims.push(claim);
    }

    /// A debtor that is named again must be the same.
    fn place_of(&mut self, row: &Row, debtor: Debtor) -> usize {
        let Some(place) = self.places.get(&debtor.code).copied() else {
            let place = self.debtors.len();
            self.places.insert(debtor.code.clone(), place);
            self.debtors.push(debtor);
            return place;
        };
        let known =
            self.debtors.get(place).map(|known| Debtor { claims: Vec::new(), ..known.clone() });
        if known.is_some_and(|known| known != debtor) {
            let reason = "is told otherwise above: kind, country, language, birth year and \
                          channels are the same for all claims of a debtor";
            self.fault(row, "debtor", reason);
        }
        place
    }

    fn event(&mut self, row: &Row) {
        let mut fields = Fields { row, faults: &mut self.faults };
        let (creditor, number) = (fields.named("creditor"), fields.named("claim"));
        let Some(key) = creditor.zip(number) else { return };
        let Some((debtor, claim)) = self.claims.get(&key).copied() else {
            return self.fault(row, "claim", "is no claim of this creditor in the portfolio");
        };
        let Some(debtor) = self.debtors.get_mut(debtor) else { return };
        let Some(claim) = debtor.claims.get_mut(claim) else { return };
        if row.get("debtor").is_some_and(|code| code != debtor.code) {
            return self.fault(row, "debtor", "is not the one who owes this claim");
        }
        let mut fields = Fields { row, faults: &mut self.faults };
        let on = fields.day("date");
        let what = fields.what(on, claim.amount.currency());
        let Some((on, what)) = on.zip(what) else { return };
        if on < claim.handed_over_on {
            let reason = "is before the claim is handed over: hand over what is left of it";
            return self.fault(row, "date", reason);
        }
        claim.events.push(Event { on, what });
    }

    fn fault(&mut self, row: &Row, field: &str, reason: &str) {
        self.faults.push(Fault { place: row.place(field), reason: reason.to_owned() });
    }

    fn finish(mut self) -> Result<Portfolio, Vec<Fault>> {
        let claims = self.debtors.iter().flat_map(|it| &it.claims);
        let currencies: BTreeSet<Currency> = claims.map(|it| it.amount.currency()).collect();
        let mut currencies = currencies.into_iter();
        let currency = currencies.next();
        if let Some((one, other)) = currency.zip(currencies.next()) {
            let reason = format!("are in {one} and {other}: simulate each currency by itself");
            self.faults.push(Fault { place: "the claims".to_owned(), reason });
        }
        if currency.is_none() && self.faults.is_empty() {
            let reason = "holds no claim".to_owned();
            self.faults.push(Fault { place: "the portfolio".to_owned(), reason });
        }
        self.faults.truncate(FAULTS_MAX);
        for claim in self.debtors.iter_mut().flat_map(|it| &mut it.claims) {
            claim.events.sort_by_key(|event| event.on);
        }
        let portfolio = currency.map(|currency| Portfolio { debtors: self.debtors, currency });
        portfolio.filter(|_| self.faults.is_empty()).ok_or(self.faults)
    }
}

const A_DAY: &str = "is no day: write it as 2026-03-31";

/// The fields of a row, with what is wrong with them.
struct Fields<'a> {
    row: &'a Row,
    faults: &'a mut Vec<Fault>,
}

impl Fields<'_> {
    fn fault(&mut self, field: &str, reason: impl Into<String>) {
        self.faults.push(Fault { place: self.row.place(field), reason: reason.into() });
    }

    fn named(&mut self, field: &str) -> Option<String> {
        let text = self.row.get(field).map(str::to_owned);
        if text.is_none() {
            self.fault(field, "is missing");
        }
        text
    }

    fn required<T, E>(
        &mut self,
        field: &str,
        parse: impl FnOnce(&str) -> Result<T, E>,
        reason: &str,
    ) -> Option<T> {
        let text = self.named(field)?;
        let value = parse(&text).ok();
        if value.is_none() {
            self.fault(field, format!("'{}' {reason}", shown(&text)));
        }
        value
    }

    fn optional<T, E>(
        &mut self,
        field: &str,
        parse: impl FnOnce(&str) -> Result<T, E>,
        reason: &str,
    ) -> Option<T> {
        self.row.get(field)?;
        self.required(field, parse, reason)
    }

    fn day(&mut self, field: &str) -> Option<Date> {
        self.required(field, Date::from_str, A_DAY)
    }

    /// An amount, in a currency of its own or the usual one.
    fn amount(&mut self, usual: Currency) -> Option<Money> {
        let reason = "is no currency of ISO 4217: write EUR";
        let currency = self.optional("currency", Currency::parse, reason);
        if currency.is_none() && self.row.get("currency").is_some() {
            return None;
        }
        let currency = currency.unwrap_or(usual);
        let read =
            |text: &str| Money::parse(text, currency).ok().filter(|it| it.is_positive()).ok_or(());
        self.required("amount", read, "is no amount above zero: write it as 121.00")
    }

    /// An amount in the currency of the claim.
    fn amount_in(&mut self, currency: Currency) -> Option<Money> {
        let amount = self.amount(currency)?;
        if amount.currency() != currency {
            self.fault("currency", format!("is not that of the claim, {currency}"));
            return None;
        }
        Some(amount)
    }

    fn debtor(&mut self) -> Option<Debtor> {
        let code = self.named("debtor");
        let kinds = "is no kind of debtor: write consumer, natural-person-in-business or \
                     legal-person";
        let kind = self.required("kind", DebtorKind::from_str, kinds);
        let country = self.required("country", Country::parse, "is no country: write NL");
        let languages = "is no language that is written here: nl, fr, de or en";
        let language = self.optional("language", Language::from_str, languages);
        let years = "is no year of birth";
        let birth_year = self.optional("birth_year", year, years);
        let ways = "must be some of email, post and telephone, with blanks between";
        let reachable = self.optional("reachable", channels, ways);
        let usual = || BTreeSet::from([Channel::Email, Channel::Post, Channel::Telephone]);
        Some(Debtor {
            code: code?,
            kind: kind?,
            country: country?,
            language: language.unwrap_or(Language::Nl),
            birth_year,
            reachable: reachable.unwrap_or_else(usual),
            claims: Vec::new(),
        })
    }

    fn what(&mut self, on: Option<Date>, currency: Currency) -> Option<What> {
        let word = self.named("event")?;
        match word.as_str() {
            "payment" => self.amount_in(currency).map(What::Pays),
            "credit-note" => self.amount_in(currency).map(What::Credits),
            "withdrawal" => Some(What::Withdraws),
            "dispute" => Some(What::Says(NonPaymentReason::Dissatisfied)),
            "reason" => {
                let reasons = "is no reason for non-payment, such as hardship or says-paid";
                self.required("reason", NonPaymentReason::from_str, reasons).map(What::Says)
            }
            "promise" => {
                let amount = self.amount_in(currency);
                let pay_by = self.day("pay_by");
                if pay_by.zip(on).is_some_and(|(pay_by, on)| pay_by < on) {
                    self.fault("pay_by", "is before the promise");
                    return None;
                }
                Some(What::Promises { amount: amount?, pay_by: pay_by? })
            }
            _ => {
                let reason = "is no event: write payment, credit-note, withdrawal, dispute, \
                              promise or reason";
                self.fault("event", format!("'{}' {reason}", shown(&word)));
                None
            }
        }
    }
}

fn year(text: &str) -> Result<i16, ()> {
    text.parse().ok().filter(|year| (1900..=2100).contains(year)).ok_or(())
}

fn channels(text: &str) -> Result<BTreeSet<Channel>, ()> {
    let built = [Channel::Email, Channel::Post, Channel::Telephone];
    let one = |word: &str| Channel::from_str(word).ok().filter(|it| built.contains(it)).ok_or(());
    text.split_whitespace().filter(|word| *word != "none").map(one).collect()
}

/// A text in a fault, cut to a readable length.
fn shown(text: &str) -> String {
    text.chars().take(40).collect()
}

/// What happens before a what-if begins: it would count on another day than it happened.
#[must_use]
pub fn before(portfolio: &Portfolio, from: Date) -> Vec<Fault> {
    let claims = portfolio.debtors.iter().flat_map(|debtor| &debtor.claims);
    let early = claims.filter(|claim| claim.events.iter().any(|event| event.on < from));
    let fault = |claim: &Claim| Fault {
        place: format!("claim {} of {}", claim.number, claim.creditor),
        reason: format!(
            "has events before {from}, where the what-if begins: begin it earlier, or hand over \
             what was left of the claim"
        ),
    };
    early.map(fault).take(FAULTS_MAX).collect()
}
