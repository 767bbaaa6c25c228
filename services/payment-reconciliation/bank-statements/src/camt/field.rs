//! One element of the file: its text, where it stands, and the forms that its text may have.
//!
//! A text that has another form is a problem and then absent; it is never mended.

use std::borrow::Cow;

use primitives::{Currency, Date};
use rust_decimal::Decimal;

use crate::lexical::{self, NoDecimal};
use crate::problem::{Problem, Problems, Verdict};
use crate::statement::{Amount, Direction, Verbatim};

/// Bytes of one text that is kept.
const TEXT_BYTES_MAX: usize = 4 * 1024;

pub(super) const ASK: &str = "ask the bank for a correct file";

/// An element without children: its text and the attribute that matters.
#[derive(Default)]
pub(super) struct Leaf {
    line: u32,
    text: String,
    is_too_long: bool,
    currency: Option<Code>,
}

/// A currency beside an amount: known, or none of ISO 4217.
type Code = Option<Currency>;

impl Leaf {
    /// Another element begins. The room for its text is used again.
    pub(super) fn reset(&mut self, line: u32) {
        self.line = line;
        self.text.clear();
        self.is_too_long = false;
        self.currency = None;
    }

    pub(super) fn append(&mut self, text: &str) {
        if self.text.len().saturating_add(text.len()) > TEXT_BYTES_MAX {
            self.is_too_long = true;
        } else {
            self.text.push_str(text);
        }
    }

    pub(super) fn attribute(&mut self, name: &str, value: &str) {
        if name == "Ccy" {
            self.currency = Some(Currency::parse(value).ok());
        }
    }
}

/// Which statement of the file and which entry of it, counted from 1.
#[derive(Clone, Copy, Default)]
pub(super) struct Spot {
    pub(super) statement: Option<u32>,
    pub(super) entry: Option<u32>,
}

/// An amount as it stands, before it is known whether it matters and which currency it is in.
pub(super) struct Figure {
    value: Result<Decimal, NoDecimal>,
    currency: Option<Code>,
    line: u32,
}

/// Where an amount stands, and how bad it is there when it is none.
pub(super) struct Place {
    pub(super) path: &'static str,
    /// What has no form of a number.
    pub(super) no_number: Verdict,
    /// What is in no currency.
    pub(super) no_currency: Verdict,
}

/// A number beside an amount, and where it stands.
#[derive(Clone, Copy)]
pub(super) struct Number {
    pub(super) value: Decimal,
    pub(super) line: u32,
}

/// An element whose path somebody knows.
pub(super) struct Field<'d> {
    pub(super) path: &'d str,
    pub(super) leaf: &'d Leaf,
    pub(super) spot: Spot,
    pub(super) problems: &'d mut Problems,
}

impl<'d> Field<'d> {
    /// Keeps what `read` makes of the element, which stands once.
    pub(super) fn once<T>(&mut self, slot: &mut Option<T>, read: fn(&mut Self) -> Option<T>) {
        let Some(value) = read(self) else { return };
        if slot.is_some() {
            self.report("stands more than once where it may stand once");
        } else {
            *slot = Some(value);
        }
    }

    pub(super) fn text(&mut self) -> Option<Verbatim> {
        self.written().and_then(Verbatim::new)
    }

    /// The text without the white space around it; none where nothing is left.
    pub(super) fn written(&mut self) -> Option<&'d str> {
        if self.leaf.is_too_long {
            self.report("is longer than any text of a statement, and was left out");
            return None;
        }
        Some(self.leaf.text.trim()).filter(|it| !it.is_empty())
    }

    pub(super) fn code(&mut self) -> Option<String> {
        self.written().map(str::to_owned)
    }

    /// An amount; an empty one is absent.
    pub(super) fn figure(&mut self) -> Option<Figure> {
        let text = self.leaf.text.trim();
        if text.is_empty() && !self.leaf.is_too_long {
            return None;
        }
        let value =
            if self.leaf.is_too_long { Err(NoDecimal::Form) } else { lexical::decimal(text) };
        Some(Figure { value, currency: self.leaf.currency, line: self.leaf.line })
    }

    /// A number that proves something but is not needed: absent in any other form.
    pub(super) fn number(&mut self) -> Option<Number> {
        let value = self.figure()?.value.ok()?.normalize();
        Some(Number { value, line: self.leaf.line })
    }

    /// A number that counts something, from 1: absent in any other form.
    pub(super) fn ordinal(&mut self) -> Option<u32> {
        self.written()?.parse().ok()
    }

    pub(super) fn day(&mut self) -> Option<Date> {
        let day = lexical::day(self.written()?);
        if day.is_none() {
            self.report("is not a date such as 2026-01-31");
        }
        day
    }

    pub(super) fn direction(&mut self) -> Option<Direction> {
        match self.written()? {
            "CRDT" => Some(Direction::Credit),
            "DBIT" => Some(Direction::Debit),
            _ => {
                self.reject("is neither CRDT nor DBIT");
                None
            }
        }
    }

    pub(super) fn flag(&mut self) -> Option<bool> {
        match self.written()? {
            "true" | "1" => Some(true),
            "false" | "0" => Some(false),
            _ => {
                self.report("is neither true nor false");
                None
            }
        }
    }

    pub(super) fn currency(&mut self) -> Option<Currency> {
        let currency = Currency::parse(self.written()?).ok();
        if currency.is_none() {
            self.report("is not a currency of ISO 4217");
        }
        currency
    }

    pub(super) fn report(&mut self, reason: &'static str) {
        self.add(Verdict::Report, reason);
    }

    fn reject(&mut self, reason: &'static str) {
        self.add(Verdict::Reject, reason);
    }

    fn add(&mut self, verdict: Verdict, reason: &'static str) {
        let mut scene = Scene { spot: self.spot, problems: &mut *self.problems };
        scene.add(verdict, self.path.to_owned(), self.leaf.line, reason);
    }
}

/// Where problems of a whole statement, balance or entry are noted.
pub(super) struct Scene<'d> {
    pub(super) spot: Spot,
    pub(super) problems: &'d mut Problems,
}

impl Scene<'_> {
    pub(super) fn add(
        &mut self,
        verdict: Verdict,
        path: impl Into<Cow<'static, str>>,
        line: u32,
        reason: impl Into<Cow<'static, str>>,
    ) {
        let problem = Problem { verdict, ..Problem::reject(path, Some(line), reason, ASK) };
        self.problems.add(problem.within(self.spot.statement, self.spot.entry));
    }

    /// The amount of a figure. Without a currency of its own it is in that of the account, which a
    /// person must confirm; without any, and with an unknown one, it is none.
    pub(super) fn amount(
        &mut self,
        figure: &Figure,
        place: &Place,
        account: Option<Currency>,
    ) -> Option<Amount> {
        let (path, line) = (place.path, figure.line);
        let value = match figure.value {
            Ok(value) => value,
            Err(fault) => {
                let reason = match fault {
                    NoDecimal::Form => "is not an amount such as 12.30",
                    NoDecimal::TooLarge => "is too large: no amount has more than 15 whole digits",
                };
                self.add(place.no_number, path, line, reason);
                return None;
            }
        };
        let Some(currency) = figure.currency.unwrap_or(account) else {
            self.add(place.no_currency, path, line, "is not in a currency of ISO 4217");
            return None;
        };
        let amount = Amount { value, currency };
        let doubt = if figure.currency.is_none() {
            "has no currency; that of the account is taken"
        } else if value.is_sign_negative() {
            "is negative, so that its direction is in doubt"
        } else if amount.money().is_none() {
            "has more figures than its currency"
        } else {
            return Some(amount);
        };
        self.add(Verdict::Report, path, line, doubt);
        Some(amount)
    }
}
