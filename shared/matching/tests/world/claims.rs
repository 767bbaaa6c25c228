//! Creditors with their habits, and claims with references and invoice numbers that are much alike.

use std::collections::{BTreeSet, HashMap};

use primitives::{
    CaseId, CaseNumber, ClaimId, CreditorId, Date, Iban, PersonId, StructuredReference,
};

use super::people::Person;
use super::prng::Prng;

/// Amounts in cents that many claims have.
const COMMON: [i64; 14] = [
    5_000, 5_000, 5_000, 2_500, 10_000, 7_500, 4_995, 1_995, 12_100, 6_050, 15_000, 25_000, 3_000,
    9_900,
];

pub(crate) struct Creditor {
    pub(crate) id: CreditorId,
    /// Whether it is paid on its own account; else on the agency's.
    pub(crate) is_paid_itself: bool,
    references: References,
    invoices: usize,
    prefix: String,
    next: u64,
}

#[derive(Clone, Copy)]
enum References {
    BelgianSequence,
    BelgianAny,
    DutchSequence,
    DutchShort,
    Own,
    RfSequence,
}

pub(crate) struct Claim {
    pub(crate) id: ClaimId,
    pub(crate) case_id: CaseId,
    pub(crate) case_number: String,
    pub(crate) debtor: usize,
    pub(crate) creditor: usize,
    pub(crate) principal: i64,
    pub(crate) open: i64,
    pub(crate) due_on: Date,
    pub(crate) reference: StructuredReference,
    pub(crate) invoice: String,
}

pub(crate) struct Books {
    pub(crate) creditors: Vec<Creditor>,
    pub(crate) debtors: Vec<Person>,
    pub(crate) claims: Vec<Claim>,
    /// Who owes how many open claims of an amount: surname and amount.
    pub(crate) alike: HashMap<(String, i64), u32>,
    /// The claims with these figures in their invoice number.
    pub(crate) numbers: HashMap<String, Vec<usize>>,
    /// The debtors that paid from an account before.
    pub(crate) seen: HashMap<Iban, Vec<usize>>,
    cases: HashMap<(usize, usize), (CaseId, String)>,
    known: BTreeSet<String>,
}

impl Books {
    pub(crate) fn new(prng: &mut Prng, count: usize) -> Self {
        let mut books = Self {
            creditors: Vec::new(),
            debtors: Vec::new(),
            claims: Vec::with_capacity(count),
            alike: HashMap::new(),
            numbers: HashMap::new(),
            seen: HashMap::new(),
            cases: HashMap::new(),
            known: BTreeSet::new(),
        };
        for _ in 0..(count / 2_000).clamp(24, 400) {
            let creditor = books.creditor(prng);
            books.creditors.push(creditor);
        }
        while books.claims.len() < count {
            books.add_debtor(prng);
        }
        books
    }

    fn creditor(&self, prng: &mut Prng) -> Creditor {
        let kinds = [
            References::BelgianSequence,
            References::BelgianAny,
            References::DutchSequence,
            References::DutchShort,
            References::Own,
            References::RfSequence,
        ];
        let place = u128::try_from(self.creditors.len()).unwrap();
        Creditor {
            id: CreditorId::from_uuid(uuid(0xc0, place)),
            is_paid_itself: prng.percent(30),
            references: kinds[prng.weighted(&[22, 12, 20, 8, 28, 10])],
            invoices: prng.below(7),
            prefix: format!("{:03}{}", 101 + place, prng.digits(3)),
            // Many have numbers in the same range.
            next: u64::try_from(prng.below(300)).unwrap(),
        }
    }

    fn add_debtor(&mut self, prng: &mut Prng) {
        let place = self.debtors.len();
        let id = PersonId::from_uuid(uuid(0xde, u128::try_from(place).unwrap()));
        let mut person = Person::new(prng, id);
        // A guardian pays for several; so do two who share an account.
        if place > 10 && prng.percent(2) {
            person.iban = self.debtors[place - 1 - prng.below(8)].iban.clone();
        }
        let count = match (person.is_company, prng.below(20)) {
            (true, 0) => 12 + prng.below(30),
            (true, _) => 1 + prng.skewed(8),
            (false, 0) => 4 + prng.below(6),
            (false, _) => 1 + prng.skewed(4),
        };
        let mut creditor = prng.below(self.creditors.len());
        let (iban, is_seen) = (person.iban.clone(), person.is_seen);
        self.debtors.push(person);
        if is_seen {
            self.see(place, &iban);
        }
        for _ in 0..count {
            if prng.percent(35) {
                creditor = prng.below(self.creditors.len());
            }
            self.add_claim(prng, place, creditor);
        }
    }

    fn add_claim(&mut self, prng: &mut Prng, debtor: usize, creditor: usize) {
        let place = self.claims.len();
        let principal = match prng.below(10) {
            0..=3 => *prng.of(&COMMON),
            4..=5 => prng.between(4, 120) * 500,
            _ => prng.between(900, 90_000),
        };
        let costs = match prng.below(10) {
            0..=4 => 0,
            5..=7 => 4_000.max(principal * 15 / 100),
            8 => 4_840,
            _ => prng.between(100, 2_000),
        };
        let reference = loop {
            let reference = self.creditors[creditor].reference(prng);
            if self.known.insert(reference.canonical().to_owned()) {
                break reference;
            }
            self.creditors[creditor].next += 1;
        };
        let cases = u128::try_from(self.cases.len()).unwrap();
        let (case_id, case_number) = self
            .cases
            .entry((creditor, debtor))
            .or_insert_with(|| {
                let serial = CaseNumber::FIRST + u64::try_from(cases).unwrap();
                let number = CaseNumber::of_serial(serial).unwrap();
                (CaseId::from_uuid(uuid(0xca, cases)), number.to_string())
            })
            .clone();
        let invoice = self.creditors[creditor].invoice(prng);
        let open = principal + costs;
        let (year, month) = (2024 + prng.below(2), 1 + prng.below(12));
        let (year, month) = (i16::try_from(year).unwrap(), i8::try_from(month).unwrap());
        let due_on = Date::constant(year, month, 1 + i8::try_from(prng.below(28)).unwrap());
        let key = (self.debtors[debtor].last.clone(), open);
        *self.alike.entry(key).or_default() += 1;
        self.numbers.entry(figures(&invoice)).or_default().push(place);
        self.debtors[debtor].claims.push(place);
        self.claims.push(Claim {
            id: ClaimId::from_uuid(uuid(0xc1, u128::try_from(place).unwrap())),
            case_id,
            case_number,
            debtor,
            creditor,
            principal,
            open,
            due_on,
            reference,
            invoice,
        });
    }

    /// The open claims of a debtor.
    pub(crate) fn open_of(&self, debtor: usize) -> Vec<usize> {
        let claims = self.debtors[debtor].claims.iter().copied();
        claims.filter(|place| self.claims[*place].open > 0).collect()
    }

    /// A payment of the debtor from this account is booked.
    pub(crate) fn see(&mut self, debtor: usize, iban: &Iban) {
        let debtors = self.seen.entry(iban.clone()).or_default();
        if !debtors.contains(&debtor) {
            debtors.push(debtor);
        }
    }

    /// What a booking does.
    pub(crate) fn pay(&mut self, claim: usize, amount: i64) {
        let claim = &mut self.claims[claim];
        let last = &self.debtors[claim.debtor].last;
        *self.alike.entry((last.clone(), claim.open)).or_default() -= 1;
        claim.open -= amount;
        *self.alike.entry((last.clone(), claim.open)).or_default() += 1;
    }
}

/// The figures of a text, without zeros before them.
pub(crate) fn figures(text: &str) -> String {
    let figures: String = text.chars().filter(char::is_ascii_digit).collect();
    figures.trim_start_matches('0').to_owned()
}

/// An id in which nothing is in order.
fn uuid(kind: u128, place: u128) -> uuid::Uuid {
    let mut prng = Prng::new(u64::try_from(kind * 1_000_003 + place).unwrap());
    uuid::Uuid::from_u128((u128::from(prng.next()) << 64) | u128::from(prng.next()))
}

impl Creditor {
    fn reference(&self, prng: &mut Prng) -> StructuredReference {
        let next = self.next;
        let prefix = &self.prefix;
        match self.references {
            References::BelgianSequence => {
                StructuredReference::belgian_from(&format!("{}{next:06}", &prefix[..4]))
                    .or_else(|_| StructuredReference::belgian_from(&prng.digits(10)))
            }
            References::BelgianAny => StructuredReference::belgian_from(&prng.digits(10)),
            References::DutchSequence => {
                StructuredReference::dutch_from(&format!("{prefix}{next:09}"))
            }
            References::DutchShort => {
                StructuredReference::dutch_from(&format!("{}{next:06}", &prefix[..3]))
            }
            References::Own => {
                let signs = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
                let body: String = (0..12).map(|_| char::from(*prng.of(signs))).collect();
                StructuredReference::rf_from(&body)
            }
            References::RfSequence => {
                StructuredReference::rf_from(&format!("{}{next:07}", &prefix[..5]))
            }
        }
        .unwrap_or_else(|_| StructuredReference::belgian_from(&prng.digits(10)).unwrap())
    }

    /// Every creditor counts in its own way, so the numbers of several are alike.
    fn invoice(&mut self, prng: &mut Prng) -> String {
        self.next += 1 + u64::try_from(prng.below(3)).unwrap();
        let next = self.next;
        let year = 2024 + prng.below(2);
        match self.invoices {
            0 => format!("{year}-{next:05}"),
            1 => format!("{year}{next:04}"),
            2 => format!("F{year}/{next:04}"),
            3 => format!("VF{}-{next:05}", year % 100),
            4 => format!("{}", 1_700_000 + next),
            5 => format!("{}.{year}.{next:04}", &self.prefix[..3]),
            _ => format!("INV-{next:06}"),
        }
    }
}
