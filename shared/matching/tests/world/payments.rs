//! Payments with known truth, in the classes that are measured.

mod no_reference;
mod several;

use matching::Payment;
use primitives::{Currency, Date, Iban, Money};

use super::claims::Books;
use super::people::{Person, iban};
use super::prng::Prng;
use super::writing::{formed, introduced, invoice, lines, noise, slip};

/// What is measured apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Class {
    Reference,
    Typo,
    NoReference,
    Merged,
    Split,
    OtherPayerOrDouble,
}

impl Class {
    pub(crate) const ALL: [Self; 6] = [
        Self::Reference,
        Self::Typo,
        Self::NoReference,
        Self::Merged,
        Self::Split,
        Self::OtherPayerOrDouble,
    ];
    const SHARES: [u64; 6] = [60, 15, 10, 5, 5, 5];

    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Reference => "correct reference",
            Self::Typo => "reference with a typo",
            Self::NoReference => "no reference",
            Self::Merged => "merged",
            Self::Split => "split",
            Self::OtherPayerOrDouble => "third party or double",
        }
    }
}

/// A payment and what it is.
pub(crate) struct Intent {
    pub(crate) class: Class,
    pub(crate) kind: &'static str,
    pub(crate) payment: Payment,
    /// The creditor in whose account it lies; none for the agency's.
    pub(crate) own: Option<usize>,
    /// Claims and cents; empty where no claim is paid.
    pub(crate) parts: Vec<(usize, i64)>,
    /// Whether a careful person would book it from what it says.
    pub(crate) is_plain: bool,
}

/// Makes payments one after the other.
pub(crate) struct Payments {
    prng: Prng,
    /// Claims that are paid in instalments.
    instalments: Vec<(usize, bool)>,
    /// Claims that were paid in whole, with the last amount.
    settled: Vec<(usize, i64)>,
    /// People and offices that pay for others.
    supporters: Vec<Person>,
}

/// What a payer writes.
#[derive(Default)]
struct Draft {
    structured: Vec<String>,
    pieces: Vec<String>,
    name: Option<String>,
    iban: Option<Iban>,
}

impl Payments {
    pub(crate) fn new(seed: u64) -> Self {
        let mut prng = Prng::new(seed);
        let id = primitives::PersonId::from_uuid(uuid::Uuid::from_u128(1));
        let supporters = (0..40).map(|_| Person::new(&mut prng, id)).collect();
        Self { prng, instalments: Vec::new(), settled: Vec::new(), supporters }
    }

    pub(crate) fn next(&mut self, books: &Books) -> Intent {
        let class = Class::ALL[self.prng.weighted(&Class::SHARES)];
        loop {
            let made = match class {
                Class::Reference => self.reference(books),
                Class::Typo => Some(self.typo(books)),
                Class::NoReference => self.no_reference(books),
                Class::Merged => self.merged(books),
                Class::Split => self.split(books),
                Class::OtherPayerOrDouble => self.other(books),
            };
            if let Some(made) = made {
                return made;
            }
        }
    }

    /// What the truth made of it.
    pub(crate) fn was_paid(&mut self, claim: usize, amount: i64, is_settled: bool) {
        if is_settled {
            self.settled.push((claim, amount));
        }
    }

    fn claim(&mut self, books: &Books) -> usize {
        loop {
            let place = self.prng.below(books.claims.len());
            let is_planned = self.instalments.iter().any(|(it, _)| *it == place);
            if books.claims[place].open > 0 && !is_planned {
                return place;
            }
        }
    }

    /// The debtor's account and name, mostly.
    fn by(&mut self, debtor: &Person) -> Draft {
        let name = self.prng.percent(90).then(|| debtor.at_bank(&mut self.prng));
        let account = if self.prng.percent(6) { iban(&mut self.prng) } else { debtor.iban.clone() };
        let iban = self.prng.percent(95).then_some(account);
        Draft { name, iban, ..Draft::default() }
    }

    fn finish(
        &mut self,
        (class, kind): (Class, &'static str),
        (books, amount): (&Books, i64),
        mut draft: Draft,
        parts: Vec<(usize, i64)>,
        is_plain: bool,
    ) -> Intent {
        let is_told = !draft.pieces.is_empty() || draft.structured.is_empty();
        for _ in 0..self.prng.skewed(4) {
            let at = self.prng.below(draft.pieces.len() + 1);
            draft.pieces.insert(at, noise(&mut self.prng));
        }
        let id = match self.prng.below(10) {
            0..=5 => Some("NOTPROVIDED".to_owned()),
            6 | 7 => None,
            8 => Some(format!("{}-{}", self.prng.digits(8), self.prng.digits(6))),
            _ => Some(format!("E{}", self.prng.digits(14))),
        };
        let creditors = parts.iter().map(|(it, _)| books.claims[*it].creditor);
        let own = creditors.into_iter().next().filter(|it| books.creditors[*it].is_paid_itself);
        let has_text = is_told || self.prng.percent(80);
        let payment = Payment {
            amount: Money::new(amount, Currency::EUR),
            received_on: Date::constant(2026, 3, 2),
            references: draft.structured,
            lines: if has_text { lines(&mut self.prng, &draft.pieces) } else { Vec::new() },
            end_to_end_id: id,
            counterparty_name: draft.name,
            counterparty_iban: draft.iban,
        };
        Intent { class, kind, payment, own, parts, is_plain }
    }

    /// Writes the reference of a claim, right or with a slip.
    fn write(&mut self, books: &Books, claim: usize, is_wrong: bool, draft: &mut Draft) {
        let reference = &books.claims[claim].reference;
        let right = reference.canonical();
        let text = if is_wrong { slip(&mut self.prng, right) } else { right.to_owned() };
        // Most banks refuse a structured reference with wrong check digits.
        let is_structured = self.prng.percent(if is_wrong { 25 } else { 55 });
        if !is_wrong && self.prng.percent(12) {
            draft.pieces.push(invoice(&mut self.prng, &books.claims[claim].invoice));
        }
        if is_structured {
            if self.prng.percent(5) {
                draft.pieces.push(formed(&mut self.prng, reference, &text));
            }
            draft.structured.push(text);
        } else {
            let formed = formed(&mut self.prng, reference, &text);
            let piece = introduced(&mut self.prng, &formed);
            draft.pieces.push(piece);
        }
    }

    fn reference(&mut self, books: &Books) -> Option<Intent> {
        let place = self.claim(books);
        let claim = &books.claims[place];
        let mut draft = self.by(&books.debtors[claim.debtor]);
        self.write(books, place, false, &mut draft);
        let open = claim.open;
        let (kind, amount) = match self.prng.below(100) {
            0..=7 => ("a part", self.prng.between(1, open)),
            8..=10 => ("less costs of the bank", open - self.prng.between(50, 1_500)),
            11..=18 => ("principal only", claim.principal.min(open)),
            19..=23 => ("rounded up", (open / 500 + 1) * 500),
            24 => {
                if books.open_of(claim.debtor).len() > 1 {
                    // It might be for others.
                    return None;
                }
                ("twice in one", open * 2)
            }
            _ => ("exact", open),
        };
        if amount <= 0 {
            return None;
        }
        let parts = vec![(place, amount.min(open))];
        let is_astray = self.prng.percent(2);
        let mut made =
            self.finish((Class::Reference, kind), (books, amount), draft, parts, !is_astray);
        if is_astray {
            // On the account of another creditor.
            made.kind = "wrong creditor";
            let other = self.prng.below(books.creditors.len());
            made.own = Some(other);
            made.is_plain = other == claim.creditor;
        }
        Some(made)
    }

    fn typo(&mut self, books: &Books) -> Intent {
        let place = self.claim(books);
        let claim = &books.claims[place];
        let mut draft = self.by(&books.debtors[claim.debtor]);
        self.write(books, place, true, &mut draft);
        let open = claim.open;
        let (kind, amount) = match self.prng.below(100) {
            0..=7 => ("a part", self.prng.between(1, open)),
            8..=14 => ("principal only", claim.principal.min(open)),
            15 | 16 => ("rounded up", (open / 500 + 1) * 500),
            _ => ("exact", open),
        };
        let parts = vec![(place, amount.min(open))];
        self.finish((Class::Typo, kind), (books, amount), draft, parts, true)
    }

    fn other(&mut self, books: &Books) -> Option<Intent> {
        let class = Class::OtherPayerOrDouble;
        let way = self.prng.below(100);
        if way >= 62 {
            return self.double(books);
        }
        let place = self.claim(books);
        let claim = &books.claims[place];
        let debtor = &books.debtors[claim.debtor];
        let at = self.prng.below(self.supporters.len());
        let (name, account) = if self.prng.percent(50) {
            let it = &self.supporters[at];
            (it.at_bank(&mut self.prng), it.iban.clone())
        } else {
            let it = &books.debtors[self.prng.below(books.debtors.len())];
            (it.at_bank(&mut self.prng), it.iban.clone())
        };
        let mut draft = Draft { name: Some(name), iban: Some(account), ..Draft::default() };
        let whom = |prng: &mut Prng| {
            let word = *prng.of(&["voor ", "namens ", "pour ", "betreft ", ""]);
            format!("{word}{}", debtor.at_bank(prng))
        };
        let open = claim.open;
        let kind = match way {
            0..=34 => {
                self.write(books, place, false, &mut draft);
                "other payer, reference"
            }
            35..=46 => {
                self.write(books, place, true, &mut draft);
                draft.pieces.push(whom(&mut self.prng));
                "other payer, typo and name"
            }
            47..=55 => {
                draft.pieces.push(invoice(&mut self.prng, &claim.invoice));
                draft.pieces.push(whom(&mut self.prng));
                "other payer, invoice and name"
            }
            _ => {
                draft.pieces.push(whom(&mut self.prng));
                "other payer, name"
            }
        };
        let named = books.alike.get(&(debtor.last.clone(), open)).copied().unwrap_or_default();
        let is_plain = way < 56 || named == 1;
        Some(self.finish((class, kind), (books, open), draft, vec![(place, open)], is_plain))
    }

    /// A claim is paid that was paid already.
    fn double(&mut self, books: &Books) -> Option<Intent> {
        if self.settled.is_empty() {
            return None;
        }
        let (place, last) = *self.prng.of(&self.settled);
        let claim = &books.claims[place];
        let mut draft = self.by(&books.debtors[claim.debtor]);
        let amount = if self.prng.percent(85) { last } else { claim.principal };
        let kind = match self.prng.below(10) {
            0..=6 => {
                self.write(books, place, false, &mut draft);
                "double, reference"
            }
            7 => {
                self.write(books, place, true, &mut draft);
                "double, typo"
            }
            _ => {
                draft.name = Some(books.debtors[claim.debtor].at_bank(&mut self.prng));
                draft.pieces.push(invoice(&mut self.prng, &claim.invoice));
                "double, invoice"
            }
        };
        let kind = (Class::OtherPayerOrDouble, kind);
        let mut made = self.finish(kind, (books, amount), draft, Vec::new(), false);
        made.own = books.creditors[claim.creditor].is_paid_itself.then_some(claim.creditor);
        Some(made)
    }
}
