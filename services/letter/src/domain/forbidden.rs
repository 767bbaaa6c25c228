//! The other half of the legal content check: what the law forbids at this moment is looked for in
//! the finished words.
//!
//! Only our own words are read. Names, numbers and addresses are values: a debtor may be called
//! Rechter, and a creditor be a lawyer.

use law::{Consequence, Extra, Pack, Prohibited, Saying, forbidden_content, national_numbers};
use primitives::Language;

use super::proof::{spaced, whole, without_whole};

/// What the reader is told, before it is laid out.
#[derive(Debug)]
pub(super) struct Said<'a> {
    pub(super) language: Language,
    /// Others see it, too: on a locked screen, in a list of mails.
    pub(super) subject: &'a str,
    pub(super) paragraphs: Vec<Told<'a>>,
    /// Names, numbers and addresses within both.
    pub(super) values: Vec<String>,
    /// The days, as they are printed, that end before the term of the law.
    pub(super) too_early: Vec<String>,
    /// Costs or interest are within what a message asks that may not ask for them.
    pub(super) asks_charges_early: bool,
}

/// A paragraph.
#[derive(Clone, Copy, Debug)]
pub(super) struct Told<'a> {
    pub(super) text: &'a str,
    /// It says what the law wants said: what a clause adds, or that none does.
    pub(super) of_clause: bool,
}

/// What the words must not hold at this moment; or, as an error, what they hold of it.
pub(super) fn forbidden(
    pack: Pack,
    saying: Saying,
    said: &Said<'_>,
) -> Result<Vec<Prohibited>, Vec<Prohibited>> {
    let words = Words::of(said);
    let forbidden = forbidden_content(pack, saying).value;
    let found: Vec<Prohibited> = forbidden.iter().copied().filter(|it| words.hold(*it)).collect();
    if found.is_empty() { Ok(forbidden) } else { Err(found) }
}

/// What is read, in small letters and without values.
struct Words {
    language: Language,
    subject: String,
    /// Subject and paragraphs.
    all: String,
    /// The same without what the law wants said of a clause.
    beside_clause: String,
    too_early: bool,
    asks_charges_early: bool,
}

impl Words {
    fn of(said: &Said<'_>) -> Self {
        let own = |text: &str| without(text, &said.values);
        let join = |keep: &dyn Fn(&Told<'_>) -> bool| {
            let told = said.paragraphs.iter().filter(|told| keep(told)).map(|told| own(told.text));
            std::iter::once(own(said.subject)).chain(told).collect::<Vec<_>>().join(" \n ")
        };
        let all = join(&|_| true);
        Self {
            language: said.language,
            subject: own(said.subject),
            too_early: said.too_early.iter().any(|day| whole(&all, &day.to_lowercase())),
            asks_charges_early: said.asks_charges_early,
            beside_clause: join(&|told| !told.of_clause),
            all,
        }
    }

    fn hold(&self, what: Prohibited) -> bool {
        match what {
            Prohibited::NationalNumber => !national_numbers(&self.all).is_empty(),
            Prohibited::DebtOnTheOutside => {
                any(&self.subject, outside(self.language)) || self.subject.contains('€')
            }
            Prohibited::OfficialLook => any(&self.all, official(self.language)),
            Prohibited::ExtraFee(extra) => any(&self.all, fee(extra, self.language)),
            Prohibited::ShorterTerm => self.too_early || self.is_cut_short(),
            Prohibited::ChargesInBalance => {
                self.asks_charges_early || any(&self.all, within_balance(self.language))
            }
            Prohibited::Naming(consequence) => {
                let of_clause =
                    matches!(consequence, Consequence::CollectionCosts | Consequence::Interest);
                let text = if of_clause { &self.beside_clause } else { &self.all };
                any(text, consequence_words(consequence, self.language))
            }
        }
    }

    /// Whether a term is counted from the letter's own date, or in fewer days than the law gives.
    fn is_cut_short(&self) -> bool {
        let (days, hours, from_date) = term_words(self.language);
        let words: Vec<&str> = self.all.split(|sign: char| !sign.is_alphanumeric()).collect();
        let words: Vec<&str> = words.into_iter().filter(|word| !word.is_empty()).collect();
        let few = words.windows(2).any(|pair| match pair {
            [number, unit] => {
                let number: Option<u32> =
                    number.parse().ok().or_else(|| spelled_out(number, self.language));
                let in_days =
                    |each: u32| number.is_some_and(|it| it.saturating_mul(each) < DAYS_MIN);
                days.contains(unit) && in_days(1)
                    || weeks(self.language).contains(unit) && in_days(7)
                    || hours.contains(unit) && number.is_some()
            }
            _ => false,
        });
        few || any(&self.all, from_date)
    }
}

/// The shortest term that the law lets a consumer be given (WER art. XIX.2, BW art. 6:96 lid 6).
const DAYS_MIN: u32 = 14;

const fn weeks(language: Language) -> &'static [&'static str] {
    match language {
        Language::Nl => &["week", "weken"],
        Language::Fr => &["semaine", "semaines"],
        Language::De => &["woche", "wochen"],
        Language::En => &["week", "weeks"],
    }
}

/// A number below fourteen that is written as a word; the first words mean one.
fn spelled_out(word: &str, language: Language) -> Option<u32> {
    let words: [&[&str]; 4] = [
        &[
            "één", "twee", "drie", "vier", "vijf", "zes", "zeven", "acht", "negen", "tien", "elf",
            "twaalf", "dertien",
        ],
        &[
            "une", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix", "onze",
            "douze", "treize",
        ],
        &[
            "einer", "zwei", "drei", "vier", "fünf", "sechs", "sieben", "acht", "neun", "zehn",
            "elf", "zwölf", "dreizehn",
        ],
        &[
            "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
            "eleven", "twelve", "thirteen",
        ],
    ];
    let [dutch, french, german, english] = words;
    let words = match language {
        Language::Nl => dutch,
        Language::Fr => french,
        Language::De => german,
        Language::En => english,
    };
    let one = match language {
        Language::Nl => word == "een",
        Language::Fr => word == "un",
        Language::De => matches!(word, "eine" | "einem" | "ein"),
        Language::En => matches!(word, "a" | "an"),
    };
    if one {
        return Some(1);
    }
    (1..).zip(words).find(|(_, known)| **known == word).map(|(number, _)| number)
}

/// The words of a text in small letters, with a mark for each value.
fn without(text: &str, values: &[String]) -> String {
    // A full stop at its end may have become one with that of a sentence.
    let plain = |value: &String| spaced(value).trim_end_matches('.').to_lowercase();
    let mut values: Vec<String> = values.iter().map(plain).collect();
    values.retain(|value| !value.is_empty());
    // A name may hold another.
    values.sort_by_key(|value| std::cmp::Reverse(value.len()));
    let mut text = spaced(text).to_lowercase();
    for value in values {
        text = without_whole(&text, &value, " · ");
    }
    spaced(&text)
}

/// Whether one of the words or phrases stands there; `*` at an end stands for more letters.
fn any(text: &str, patterns: &[&str]) -> bool {
    patterns.iter().any(|pattern| match pattern.strip_suffix('*') {
        Some(beginning) => text.match_indices(beginning).any(|(at, _)| {
            let before = text.get(..at).and_then(|before| before.chars().next_back());
            before.is_none_or(|sign| !sign.is_alphanumeric())
        }),
        None => whole(text, pattern),
    })
}

/// The words for days and for shorter units, and those that count from the letter's own date.
const fn term_words(
    language: Language,
) -> (&'static [&'static str], &'static [&'static str], &'static [&'static str]) {
    match language {
        Language::Nl => (
            &["dag", "dagen", "werkdagen", "kalenderdagen"],
            &["uur", "uren"],
            &[
                "vanaf heden",
                "na heden",
                "na dagtekening",
                "na de datum van deze brief",
                "vanaf de datum van deze brief",
                "per direct",
                "onmiddellijk",
            ],
        ),
        Language::Fr => (
            &["jour", "jours"],
            &["heure", "heures"],
            &[
                "date de cette lettre",
                "date de la présente",
                "date de ce courrier",
                "immédiatement",
                "sans délai",
            ],
        ),
        Language::De => (
            &["tag", "tage", "tagen", "werktagen"],
            &["stunde", "stunden"],
            &["datum dieses schreibens", "datum dieses briefes", "ab heute", "sofort", "umgehend"],
        ),
        Language::En => (
            &["day", "days"],
            &["hour", "hours"],
            &["date of this letter", "date of this message", "from today", "immediately"],
        ),
    }
}

/// What tells whoever sees a subject that there is a debt.
const fn outside(language: Language) -> &'static [&'static str] {
    match language {
        Language::Nl => &[
            "aanmaning*",
            "sommatie*",
            "ingebrekestelling*",
            "incasso*",
            "schuld*",
            "achterstand*",
            "betalingsachterstand*",
            "wanbetal*",
            "niet betaald",
            "betaal binnen",
        ],
        Language::Fr => &[
            "mise en demeure",
            "sommation*",
            "demande de paiement",
            "recouvrement*",
            "dette*",
            "arriéré*",
            "impayé*",
            "à payer dans",
        ],
        Language::De => &[
            "mahnung*",
            "zahlungsaufforderung*",
            "inkasso*",
            "schuld*",
            "rückstand*",
            "zahlungsverzug*",
            "innerhalb von",
        ],
        Language::En => &[
            "demand*",
            "collection*",
            "debt*",
            "arrears",
            "overdue",
            "unpaid",
            "default",
            "pay within",
        ],
    }
}

/// What belongs on the paper of a court, a bailiff or a lawyer.
const fn official(language: Language) -> &'static [&'static str] {
    match language {
        Language::Nl => &["exploot*", "vonnis*", "in naam der koning*", "in naam van de koning*"],
        Language::Fr => &["exploit*", "jugement*", "sommation*", "signification*", "au nom du roi"],
        Language::De => &["urteil*", "mahnbescheid*", "vollstreckungsbescheid*", "im namen des"],
        Language::En => &["judgment*", "judgement*", "writ", "summons*", "subpoena*"],
    }
}

const fn fee(extra: Extra, language: Language) -> &'static [&'static str] {
    match (extra, language) {
        (Extra::FileCosts, Language::Nl) => &["dossierkosten", "administratiekosten"],
        (Extra::FileCosts, Language::Fr) => {
            &["frais de dossier", "frais administratifs", "frais d'administration"]
        }
        (Extra::FileCosts, Language::De) => &["aktengebühr*", "verwaltungskosten", "bearbeitung*"],
        (Extra::FileCosts, Language::En) => {
            &["file costs", "administration cost*", "administration fee*"]
        }
        (Extra::Enquiry, Language::Nl) => &["onderzoekskosten", "informatiekosten"],
        (Extra::Enquiry, Language::Fr) => &["frais de recherche", "frais d'enquête"],
        (Extra::Enquiry, Language::De) => &["auskunftskosten", "ermittlungskosten"],
        (Extra::Enquiry, Language::En) => &["enquiry cost*", "enquiry fee*", "search fee*"],
        (Extra::Letter, Language::Nl) => {
            &["aanmaningskosten", "herinneringskosten", "briefkosten", "portokosten"]
        }
        (Extra::Letter, Language::Fr) => &["frais de rappel", "frais de lettre", "frais d'envoi"],
        (Extra::Letter, Language::De) => &["mahngebühr*", "mahnkosten", "portokosten"],
        (Extra::Letter, Language::En) => &["reminder fee*", "letter fee*", "postage"],
        (Extra::Call, Language::Nl) => &["belkosten", "telefoonkosten"],
        (Extra::Call, Language::Fr) => &["frais d'appel", "frais de téléphone"],
        (Extra::Call, Language::De) => &["telefonkosten", "anrufgebühr*"],
        (Extra::Call, Language::En) => &["call fee*", "telephone cost*"],
        (Extra::Visit, Language::Nl) => &["bezoekkosten"],
        (Extra::Visit, Language::Fr) => &["frais de visite", "frais de déplacement"],
        (Extra::Visit, Language::De) => &["besuchskosten", "besuchsgebühr*"],
        (Extra::Visit, Language::En) => &["visit fee*", "visit cost*"],
        (Extra::PaymentPlan, Language::Nl) => &["regelingskosten", "termijnkosten"],
        (Extra::PaymentPlan, Language::Fr) => &["frais de plan", "frais d'étalement"],
        (Extra::PaymentPlan, Language::De) => &["ratenzahlungsgebühr*", "einigungsgebühr*"],
        (Extra::PaymentPlan, Language::En) => &["plan fee*", "arrangement fee*"],
        (Extra::CollectorsWork, Language::Nl) => &["ereloon", "honorarium", "commissie"],
        (Extra::CollectorsWork, Language::Fr) => &["honoraires", "commission*"],
        (Extra::CollectorsWork, Language::De) => &["honorar*", "provision*"],
        (Extra::CollectorsWork, Language::En) => &["commission*", "our fee*"],
        (Extra::InterestOnCosts, Language::Nl) => {
            &["rente over de incassokosten", "rente over de kosten"]
        }
        (Extra::InterestOnCosts, Language::Fr) => &["intérêts sur les frais"],
        (Extra::InterestOnCosts, Language::De) => &["zinsen auf die inkassokosten"],
        (Extra::InterestOnCosts, Language::En) => {
            &["interest on the costs", "interest on the collection costs"]
        }
    }
}

/// What tells that more than the principal is to be paid now.
const fn within_balance(language: Language) -> &'static [&'static str] {
    match language {
        Language::Nl => &["inclusief incassokosten", "inclusief kosten", "inclusief rente"],
        Language::Fr => &["frais compris", "frais inclus", "intérêts compris", "intérêts inclus"],
        Language::De => &["inklusive inkassokosten", "inklusive kosten", "inklusive zinsen"],
        Language::En => &["including costs", "including collection costs", "including interest"],
    }
}

const fn consequence_words(
    consequence: Consequence,
    language: Language,
) -> &'static [&'static str] {
    match language {
        Language::Nl => dutch(consequence),
        Language::Fr => french(consequence),
        Language::De => german(consequence),
        Language::En => english(consequence),
    }
}

const fn dutch(consequence: Consequence) -> &'static [&'static str] {
    match consequence {
        Consequence::CollectionCosts => &["incassokosten", "schadevergoeding", "boete", "boetes"],
        Consequence::Interest => {
            &["rente", "rentes", "handelsrente", "vertragingsrente", "verwijlinteresten"]
        }
        Consequence::OtherMeasures => &[
            "maatregel*",
            "verdere stappen",
            "andere stappen",
            "gevolgen",
            "consequenties",
            "laatste kans",
            "laatste waarschuwing",
            "laatste keer",
            "genoodzaakt",
            "gedwongen",
        ],
        Consequence::Court => &[
            "rechter*",
            "rechtbank*",
            "gerecht",
            "gerechtelijk*",
            "gerechtsdeurwaarder*",
            "deurwaarder*",
            "dagvaard*",
            "advocaat*",
            "advocaten*",
            "proces",
            "procedure*",
            "juridische stappen",
        ],
        Consequence::Seizure => &["beslag*", "loonbeslag*", "executie*"],
        Consequence::Bankruptcy => &["faillissement*", "failliet*"],
        Consequence::CreditRegister => {
            &["bkr", "zwarte lijst", "schuldenregister*", "kredietregist*", "kredietwaardig*"]
        }
        Consequence::Publication => &["openbaar*", "publicer*", "publicatie*", "bekendmaken"],
        Consequence::OthersHear => &["werkgever*", "familie*", "buren", "collega*"],
    }
}

const fn french(consequence: Consequence) -> &'static [&'static str] {
    match consequence {
        Consequence::CollectionCosts => {
            &["frais de recouvrement", "indemnité*", "pénalité*", "amende*"]
        }
        Consequence::Interest => &["intérêt", "intérêts"],
        Consequence::OtherMeasures => &[
            "mesures",
            "conséquence*",
            "autres démarches",
            "démarches supplémentaires",
            "dernière chance",
            "dernier avertissement",
            "contraint*",
            "obligés de",
        ],
        Consequence::Court => &[
            "juge",
            "juges",
            "justice",
            "tribunal*",
            "tribunaux",
            "huissier*",
            "avocat*",
            "poursuite*",
            "judiciaire*",
            "assignation*",
            "citation en",
        ],
        Consequence::Seizure => &["saisie*", "saisir*"],
        Consequence::Bankruptcy => &["faillite*"],
        Consequence::CreditRegister => {
            &["liste noire", "fichier*", "fichage*", "centrale des crédits", "solvabilité"]
        }
        Consequence::Publication => &["publier*", "publication*", "rendre public", "publique*"],
        Consequence::OthersHear => &["employeur*", "famille*", "voisin*", "collègue*"],
    }
}

const fn german(consequence: Consequence) -> &'static [&'static str] {
    match consequence {
        Consequence::CollectionCosts => {
            &["inkassokosten", "entschädigung*", "mahngebühr*", "mahnkosten", "strafe*", "bußgeld*"]
        }
        Consequence::Interest => &["zins", "zinsen", "verzugszins*", "handelszins*"],
        Consequence::OtherMeasures => &[
            "maßnahme*",
            "weitere schritte",
            "andere schritte",
            "konsequenz*",
            "folgen",
            "letzte chance",
            "letzte warnung",
            "gezwungen",
            "genötigt",
        ],
        Consequence::Court => &[
            "gericht*",
            "klage",
            "klagen",
            "verklagen",
            "klageverfahren",
            "anwalt*",
            "anwält*",
            "rechtsanwalt*",
            "rechtsanwält*",
            "mahnbescheid*",
            "mahnverfahren*",
        ],
        Consequence::Seizure => &["pfänd*", "vollstreck*", "zwangsvollstreck*", "lohnpfänd*"],
        Consequence::Bankruptcy => &["insolvenz*", "konkurs*"],
        Consequence::CreditRegister => {
            &["schufa*", "schuldnerverzeichnis*", "auskunftei*", "schwarze liste", "bonität*"]
        }
        Consequence::Publication => &["veröffentlich*", "öffentlich*"],
        Consequence::OthersHear => &["arbeitgeber*", "familie*", "nachbar*", "kollege*"],
    }
}

const fn english(consequence: Consequence) -> &'static [&'static str] {
    match consequence {
        Consequence::CollectionCosts => {
            &["collection costs", "compensation", "penalty", "penalties", "a fine"]
        }
        Consequence::Interest => &["interest"],
        Consequence::OtherMeasures => &[
            "measures",
            "further action",
            "further steps",
            "other steps",
            "consequence*",
            "last chance",
            "final warning",
            "final notice",
            "forced",
            "no choice",
        ],
        Consequence::Court => &[
            "court",
            "courts",
            "judge",
            "judges",
            "lawsuit*",
            "legal action",
            "legal proceedings",
            "bailiff*",
            "lawyer*",
            "solicitor*",
            "sue",
        ],
        Consequence::Seizure => &["seiz*", "garnish*", "enforce*", "attachment of earnings"],
        Consequence::Bankruptcy => &["bankrupt*", "insolven*"],
        Consequence::CreditRegister => &[
            "credit register*",
            "credit rating*",
            "credit score*",
            "blacklist*",
            "register of debts",
        ],
        Consequence::Publication => &["publish*", "make public", "publicly"],
        Consequence::OthersHear => &["employer*", "family", "neighbour*", "colleague*"],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_whole_or_by_their_beginning() {
        assert!(any("de rechter beslist", &["rechter*"]));
        assert!(!any("het buitengerechtelijke deel", &["gerecht*", "recht"]));
        assert!(any("des frais de dossier.", &["frais de dossier"]));
        assert!(!any("courtesy", &["court"]));
    }

    #[test]
    fn values_are_not_our_words() {
        let values = ["Jan Rechter".to_owned(), "Rechter".to_owned()];
        assert_eq!(
            without("Beste Jan\u{a0}Rechter, u belt Rechter.", &values),
            "beste · , u belt · ."
        );
        // Not a part of another word.
        assert_eq!(without("Rechterlijk", &values), "rechterlijk");
    }

    #[test]
    fn a_term_is_cut_short_by_days_hours_and_the_date_of_the_letter() {
        for (language, text, short) in [
            (Language::Nl, "binnen 14 dagen vanaf de dag nadat", false),
            (Language::Nl, "Betaal binnen 7 dagen.", true),
            (Language::Nl, "Betaal binnen 48 uur.", true),
            (Language::Fr, "dans les 10 jours", true),
            (Language::De, "14 Tage ab Datum dieses Schreibens", true),
            (Language::En, "You have at least 14 days.", false),
        ] {
            let told = Told { text, of_clause: false };
            let said = Said {
                language,
                subject: "",
                paragraphs: vec![told],
                values: Vec::new(),
                too_early: Vec::new(),
                asks_charges_early: false,
            };
            assert_eq!(Words::of(&said).is_cut_short(), short, "{text}");
        }
    }
}
