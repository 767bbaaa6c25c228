//! Debtors with Dutch, Flemish and Walloon names, many of them alike, and how banks write them.

use primitives::{Iban, PersonId};

use super::prng::Prng;

const FIRST: [&str; 96] = [
    "Jan",
    "Johan",
    "Johannes",
    "Jeroen",
    "Joris",
    "Piet",
    "Pieter",
    "Peter",
    "Paul",
    "Patrick",
    "Kees",
    "Klaas",
    "Karel",
    "Koen",
    "Kevin",
    "Hans",
    "Henk",
    "Hendrik",
    "Hugo",
    "Willem",
    "Wim",
    "Wouter",
    "Bart",
    "Bram",
    "Ben",
    "Dirk",
    "David",
    "Daan",
    "Erik",
    "Els",
    "Eva",
    "Emma",
    "Elise",
    "Frank",
    "Filip",
    "Femke",
    "Gert",
    "Guy",
    "Greet",
    "Ann",
    "Anna",
    "Anneke",
    "Annelies",
    "An-Sofie",
    "Marie",
    "Maria",
    "Marieke",
    "Mark",
    "Mohamed",
    "Mohammed",
    "Myriam",
    "Lies",
    "Lotte",
    "Luc",
    "Lucas",
    "Louis",
    "Laura",
    "Nathalie",
    "Nele",
    "Nico",
    "Noor",
    "Olivier",
    "Omar",
    "Sara",
    "Sarah",
    "Sofie",
    "Stijn",
    "Sven",
    "Tom",
    "Thomas",
    "Tim",
    "Tine",
    "Veerle",
    "Vincent",
    "Yasmina",
    "Youssef",
    "Ahmed",
    "Fatima",
    "Ayşe",
    "Zoë",
    "Hélène",
    "François",
    "Jean",
    "Jean-Luc",
    "Jean-Pierre",
    "Michel",
    "Michèle",
    "Pierre",
    "Philippe",
    "Chantal",
    "Benoît",
    "Aurélie",
    "Céline",
    "René",
    "Raphaël",
    "Łukasz",
];
const LAST: [&str; 88] = [
    "Jansen",
    "Janssen",
    "Janssens",
    "de Jong",
    "de Vries",
    "van den Berg",
    "van Dijk",
    "Bakker",
    "Visser",
    "Smit",
    "Smits",
    "Meijer",
    "Meyer",
    "de Boer",
    "Mulder",
    "de Groot",
    "Bos",
    "Vos",
    "Peters",
    "Peeters",
    "Hendriks",
    "van Leeuwen",
    "Dekker",
    "Brouwer",
    "de Wit",
    "Dijkstra",
    "de Graaf",
    "van der Meer",
    "van der Linden",
    "Kok",
    "Jacobs",
    "van Vliet",
    "de Haan",
    "Vermeulen",
    "van den Heuvel",
    "van der Veen",
    "van den Broek",
    "de Bruijn",
    "de Bruyne",
    "Schouten",
    "Maes",
    "Willems",
    "Claes",
    "Goossens",
    "Wouters",
    "De Smet",
    "Desmet",
    "De Smedt",
    "Mertens",
    "Dubois",
    "Lambert",
    "Dupont",
    "Martin",
    "Simon",
    "Laurent",
    "Lefèvre",
    "Lefebvre",
    "Leroy",
    "Leclercq",
    "Michiels",
    "Van Damme",
    "Vandamme",
    "Van de Velde",
    "Vandevelde",
    "Verhoeven",
    "De Clercq",
    "Declercq",
    "Pauwels",
    "Hermans",
    "Segers",
    "Aerts",
    "De Backer",
    "Wuyts",
    "Bogaert",
    "Cools",
    "Moreau",
    "Renard",
    "Gérard",
    "Noël",
    "El Amrani",
    "Yılmaz",
    "Kaya",
    "Nguyen",
    "Nowak",
    "Kowalski",
    "Benali",
    "Özdemir",
    "'t Hooft",
];
const ROOTS: [&str; 40] = [
    "Bloem", "Kloos", "Water", "Berk", "Hof", "Kerk", "Molen", "Steen", "Zand", "Heid", "Beek",
    "Bosch", "Kamp", "Rijk", "Wijn", "Zomer", "Winter", "Haver", "Koren", "Linden", "Eiken",
    "Hazel", "Vogel", "Leeuwen", "Wolven", "Raven", "Valken", "Duin", "Polder", "Dorp", "Stad",
    "Brug", "Schip", "Anker", "Zeil", "Roer", "Goud", "Zilver", "Koper", "IJzer",
];
const ENDS: [&str; 24] = [
    "man", "mans", "stra", "sma", "ers", "kamp", "veld", "dijk", "berg", "huis", "horst", "laar",
    "meester", "beek", "hout", "wijk", "donk", "gem", "eren", "aert", "broek", "poel", "akker",
    "laan",
];
const TRADES: [&str; 24] = [
    "Bakkerij",
    "Slagerij",
    "Garage",
    "Bouwbedrijf",
    "Schildersbedrijf",
    "Café",
    "Restaurant",
    "Kapsalon",
    "Apotheek",
    "Transport",
    "Loodgieter",
    "Dakwerken",
    "Tuinen",
    "Boekhandel",
    "Brasserie",
    "Boulangerie",
    "Pharmacie",
    "Électricité",
    "Hotel",
    "Fietsen",
    "Interieur",
    "Consulting",
    "Advies",
    "Holding",
];
const FORMS: [&str; 9] = ["BV", "B.V.", "NV", "BVBA", "VOF", "SRL", "SA", "vzw", ""];

pub(crate) struct Person {
    pub(crate) id: PersonId,
    pub(crate) first: String,
    pub(crate) last: String,
    pub(crate) is_company: bool,
    pub(crate) iban: Iban,
    /// Whether a payment from this account was booked before.
    pub(crate) is_seen: bool,
    pub(crate) claims: Vec<usize>,
    /// Somebody in the same house.
    pub(crate) partner: Option<String>,
}

impl Person {
    pub(crate) fn new(prng: &mut Prng, id: PersonId) -> Self {
        let is_company = prng.percent(12);
        let last = if prng.percent(55) {
            LAST[prng.skewed(LAST.len())].to_owned()
        } else {
            let particle = ["", "", "", "", "van ", "Van ", "de ", "Van de "];
            format!("{}{}{}", prng.of(&particle), prng.of(&ROOTS), prng.of(&ENDS))
        };
        let (first, last) = if is_company {
            let trade = *prng.of(&TRADES);
            (trade.to_owned(), format!("{last} {}", prng.of(&FORMS)).trim().to_owned())
        } else {
            (FIRST[prng.below(FIRST.len())].to_owned(), last)
        };
        let partner = prng
            .percent(30)
            .then(|| format!("{} {}", prng.of(&FIRST).chars().next().unwrap(), prng.of(&LAST)));
        let (iban, is_seen) = (iban(prng), prng.percent(35));
        Self { id, first, last, is_company, iban, is_seen, claims: Vec::new(), partner }
    }

    /// As the creditor has it.
    pub(crate) fn registered(&self) -> String {
        format!("{} {}", self.first, self.last)
    }

    fn initial(&self) -> String {
        let parts = self.first.split('-').filter_map(|it| it.chars().next());
        parts.map(String::from).collect::<Vec<_>>().concat()
    }

    /// As the bank writes it.
    pub(crate) fn at_bank(&self, prng: &mut Prng) -> String {
        let (first, last, initial) = (&self.first, &self.last, self.initial());
        if self.is_company {
            let bare = last.rsplit_once(' ').map_or(last.as_str(), |(it, _)| it);
            return match prng.below(5) {
                0 => format!("{first} {last}").to_uppercase(),
                1 => format!("{first} {bare}"),
                2 => format!("{bare} {first}").to_uppercase(),
                3 => cut(&format!("{first} {last}"), 24),
                _ => format!("{first} {last}"),
            };
        }
        match prng.below(10) {
            0 => format!("{initial} {last}").to_uppercase(),
            1 => format!("{last} {initial}").to_uppercase(),
            2 => format!("{initial}. {last}"),
            3 => format!("Hr {initial} {last}"),
            4 => format!("MEVR {initial} {last}").to_uppercase(),
            5 => format!("{first} {last}").to_uppercase(),
            6 => format!("{last} {first}"),
            7 => match &self.partner {
                Some(partner) => format!("{initial} {last} E/O {partner}").to_uppercase(),
                None => format!("{last}, {first}"),
            },
            8 => cut(&without_accents(&format!("{first} {last}")), 24),
            _ => format!("{first} {last}"),
        }
    }
}

fn cut(text: &str, most: usize) -> String {
    text.chars().take(most).collect()
}

fn without_accents(text: &str) -> String {
    let pairs = [
        ('é', 'e'),
        ('è', 'e'),
        ('ë', 'e'),
        ('ç', 'c'),
        ('î', 'i'),
        ('ş', 's'),
        ('ı', 'i'),
        ('Ö', 'O'),
        ('É', 'E'),
        ('Ł', 'L'),
    ];
    let plain = |sign| pairs.iter().find(|(from, _)| *from == sign).map_or(sign, |(_, to)| *to);
    text.chars().map(plain).collect()
}

/// A Dutch or Belgian account with right check digits.
pub(crate) fn iban(prng: &mut Prng) -> Iban {
    let (country, account) = if prng.percent(50) {
        let bank = *prng.of(&["INGB", "RABO", "ABNA", "SNSB", "TRIO", "KNAB"]);
        ("NL", format!("{bank}0{}", prng.digits(9)))
    } else {
        let base = format!("{}{}", prng.between(1, 9), prng.digits(9));
        let rest = base.parse::<u64>().unwrap() % 97;
        ("BE", format!("{base}{:02}", if rest == 0 { 97 } else { rest }))
    };
    let turned = format!("{account}{country}00");
    let sum = turned.chars().fold(0_u64, |sum, sign| {
        let value = u64::from(sign.to_digit(36).unwrap());
        (sum * if value < 10 { 10 } else { 100 } + value) % 97
    });
    Iban::parse(&format!("{country}{:02}{account}", 98 - sum)).unwrap()
}
