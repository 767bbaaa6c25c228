//! What differs from language to language outside the texts: labels, amounts, dates, enumerations.
//!
//! One value per language and label, so that a missing one does not compile. Nothing here knows a
//! case; nothing here is a sentence that the law asks for.

use primitives::{Capacity, Country, Currency, Date, Language, Money};

/// The labels of one language.
#[derive(Debug)]
pub(super) struct Labels {
    pub(super) to: &'static str,
    pub(super) issuer: &'static str,
    pub(super) name: &'static str,
    pub(super) address: &'static str,
    pub(super) invoice: &'static str,
    pub(super) description: &'static str,
    pub(super) issued_on: &'static str,
    pub(super) due_on: &'static str,
    pub(super) amount: &'static str,
    pub(super) settled: &'static str,
    pub(super) open: &'static str,
    pub(super) payment: &'static str,
    pub(super) asked: &'static str,
    pub(super) pay_by: &'static str,
    pub(super) account: &'static str,
    pub(super) account_name: &'static str,
    pub(super) ground: &'static str,
    pub(super) sender: &'static str,
    pub(super) telephone: &'static str,
    pub(super) email: &'static str,
    pub(super) website: &'static str,
    pub(super) complaints: &'static str,
}

/// The labels of `language`.
pub(super) const fn labels(language: Language) -> &'static Labels {
    match language {
        Language::Nl => &DUTCH,
        Language::Fr => &FRENCH,
        Language::De => &GERMAN,
        Language::En => &ENGLISH,
    }
}

/// `€ 1.234,56`, `1 234,56 €`, `1.234,56 €`, `€1,234.56`; other currencies with their code. All
/// spaces inside are non-breaking, so that no line ends within an amount.
pub(super) fn amount(language: Language, money: Money) -> String {
    let (thousands, decimal) = match language {
        Language::Nl | Language::De => ('.', ','),
        Language::Fr => ('\u{202f}', ','),
        Language::En => (',', '.'),
    };
    let plain = money.to_decimal().abs().to_string();
    let (whole, fraction) = plain.split_once('.').unwrap_or((&plain, ""));
    let mut digits = String::new();
    for (place, digit) in whole.char_indices() {
        if place > 0 && whole.len().saturating_sub(place).is_multiple_of(3) {
            digits.push(thousands);
        }
        digits.push(digit);
    }
    if !fraction.is_empty() {
        digits.push(decimal);
        digits.push_str(fraction);
    }
    let sign = if money.is_negative() { "-" } else { "" };
    let euro = money.currency() == Currency::EUR;
    let symbol = if euro { "€" } else { money.currency().code() };
    match language {
        Language::Fr | Language::De => format!("{sign}{digits}\u{a0}{symbol}"),
        Language::En if euro => format!("{sign}{symbol}{digits}"),
        Language::Nl | Language::En => format!("{symbol}\u{a0}{sign}{digits}"),
    }
}

/// `12 december 2026`, `1er décembre 2026`, `12. Dezember 2026`, `12 December 2026`.
pub(super) fn date(language: Language, date: Date) -> String {
    let months = match language {
        Language::Nl => &[
            "januari",
            "februari",
            "maart",
            "april",
            "mei",
            "juni",
            "juli",
            "augustus",
            "september",
            "oktober",
            "november",
            "december",
        ],
        Language::Fr => &[
            "janvier",
            "février",
            "mars",
            "avril",
            "mai",
            "juin",
            "juillet",
            "août",
            "septembre",
            "octobre",
            "novembre",
            "décembre",
        ],
        Language::De => &[
            "Januar",
            "Februar",
            "März",
            "April",
            "Mai",
            "Juni",
            "Juli",
            "August",
            "September",
            "Oktober",
            "November",
            "Dezember",
        ],
        Language::En => &[
            "January",
            "February",
            "March",
            "April",
            "May",
            "June",
            "July",
            "August",
            "September",
            "October",
            "November",
            "December",
        ],
    };
    let place = usize::try_from(date.month()).unwrap_or_default().saturating_sub(1);
    let month = months.get(place).copied().unwrap_or_default();
    let day = match (language, date.day()) {
        (Language::Fr, 1) => "1er".to_owned(),
        (Language::De, day) => format!("{day}."),
        (Language::Nl | Language::Fr | Language::En, day) => day.to_string(),
    };
    format!("{day} {month} {}", date.year())
}

/// `uiterlijk op 12 december 2026`; without a date, the one that stands with each invoice.
pub(super) fn by_when(language: Language, day: Option<Date>) -> String {
    let Some(day) = day else {
        return match language {
            Language::Nl => "uiterlijk op de datum die bij elke factuur staat",
            Language::Fr => "au plus tard à la date indiquée pour chaque facture",
            Language::De => "spätestens an dem Tag, der bei jeder Rechnung steht",
            Language::En => "by the date shown with each invoice",
        }
        .to_owned();
    };
    let day = date(language, day);
    match language {
        Language::Nl => format!("uiterlijk op {day}"),
        Language::Fr => format!("au plus tard le {day}"),
        Language::De => format!("spätestens am {day}"),
        Language::En => format!("by {day}"),
    }
}

/// For a subject: `factuur 12`, or how many there are, `2 facturen`.
pub(super) fn invoices_title(language: Language, numbers: &[&str]) -> String {
    let (one, many, _) = invoice_words(language);
    match numbers {
        [number] => format!("{one} {number}"),
        more => format!("{} {many}", more.len()),
    }
}

/// For a sentence, with the article where the language wants one; names up to three: `factuur 12`,
/// `les factures 12 et 14`, `die 5 Rechnungen`.
pub(super) fn invoices(language: Language, numbers: &[&str]) -> String {
    let (one, many, and) = invoice_words(language);
    let named = match numbers {
        [number] => format!("{one} {number}"),
        [first, second] => format!("{many} {first} {and} {second}"),
        [first, second, third] => format!("{many} {first}, {second} {and} {third}"),
        more => format!("{} {many}", more.len()),
    };
    match (language, numbers.len()) {
        (Language::Nl | Language::En, _) => named,
        (Language::Fr, 1) => format!("la {named}"),
        (Language::Fr, _) => format!("les {named}"),
        (Language::De, _) => format!("die {named}"),
    }
}

/// One, more than one, and the word between the last two.
const fn invoice_words(language: Language) -> (&'static str, &'static str, &'static str) {
    match language {
        Language::Nl => ("factuur", "facturen", "en"),
        Language::Fr => ("facture", "factures", "et"),
        Language::De => ("Rechnung", "Rechnungen", "und"),
        Language::En => ("invoice", "invoices", "and"),
    }
}

/// How to reach the sender, to follow a colon: `mail naar … of bel …`. One of both is known.
pub(super) fn contact(language: Language, email: &str, telephone: &str) -> String {
    match (language, email, telephone) {
        (Language::Nl, email, "") => format!("mail naar {email}"),
        (Language::Nl, "", telephone) => format!("bel {telephone}"),
        (Language::Nl, ..) => format!("mail naar {email} of bel {telephone}"),
        (Language::Fr, email, "") => format!("écrivez à {email}"),
        (Language::Fr, "", telephone) => format!("appelez le {telephone}"),
        (Language::Fr, ..) => format!("écrivez à {email} ou appelez le {telephone}"),
        (Language::De, email, "") => format!("Schreiben Sie an {email}"),
        (Language::De, "", telephone) => format!("Rufen Sie uns unter {telephone} an"),
        (Language::De, ..) => {
            format!("Schreiben Sie an {email} oder rufen Sie uns unter {telephone} an")
        }
        (Language::En, email, "") => format!("e-mail {email}"),
        (Language::En, "", telephone) => format!("call {telephone}"),
        (Language::En, ..) => format!("e-mail {email} or call {telephone}"),
    }
}

/// Says for whom the sender writes; nothing where the creditor writes itself.
pub(super) fn on_behalf(language: Language, capacity: Capacity, creditor: &str) -> String {
    match (capacity, language) {
        (Capacity::Creditor, _) => String::new(),
        (Capacity::AgencyForCreditor, Language::Nl) => {
            format!("Wij schrijven u namens {creditor}.")
        }
        (Capacity::AgencyForCreditor, Language::Fr) => {
            format!("{creditor} nous a chargés de vous écrire en son nom.")
        }
        (Capacity::AgencyForCreditor, Language::De) => {
            // It follows the comma of the salutation.
            format!("wir schreiben Ihnen im Namen von {creditor}.")
        }
        (Capacity::AgencyForCreditor, Language::En) => {
            format!("We are writing to you on behalf of {creditor}.")
        }
        (Capacity::Collector, Language::Nl) => {
            format!("{creditor} heeft ons gevraagd om u te schrijven.")
        }
        (Capacity::Collector, Language::Fr) => {
            format!("{creditor} nous a demandé de vous écrire.")
        }
        (Capacity::Collector, Language::De) => {
            format!("{creditor} hat uns gebeten, Ihnen zu schreiben.")
        }
        (Capacity::Collector, Language::En) => format!("{creditor} has asked us to write to you."),
    }
}

/// `Incassohuis, namens Bakkerij De Korenaar`.
pub(super) fn for_creditor(language: Language, agency: &str, creditor: &str) -> String {
    let on_behalf_of = match language {
        Language::Nl => "namens",
        Language::Fr => "pour",
        Language::De => "für",
        Language::En => "for",
    };
    format!("{agency}, {on_behalf_of} {creditor}")
}

/// What a company number is called where the company sits.
pub(super) fn company_number(language: Language, country: Country) -> &'static str {
    let dutch_register = country == Country::NL;
    match language {
        Language::Nl if dutch_register => "KvK-nummer",
        Language::Nl => "Ondernemingsnummer",
        Language::Fr if dutch_register => "Numéro KvK",
        Language::Fr => "Numéro d'entreprise",
        Language::De if dutch_register => "KvK-Nummer",
        Language::De => "Unternehmensnummer",
        Language::En if dutch_register => "KvK number",
        Language::En => "Enterprise number",
    }
}

/// What the debtor is to put on the payment is called where the debtor banks.
pub(super) fn reference(language: Language, country: Country) -> &'static str {
    match language {
        Language::Nl if country == Country::NL => "Betalingskenmerk",
        Language::Nl => "Mededeling",
        Language::Fr => "Communication",
        Language::De => "Verwendungszweck",
        Language::En => "Payment reference",
    }
}

/// Which of several, said where one stands with each invoice.
pub(super) fn reference_each(language: Language, country: Country) -> &'static str {
    match language {
        Language::Nl if country == Country::NL => "het kenmerk dat bij elke factuur staat",
        Language::Nl => "de mededeling die bij elke factuur staat",
        Language::Fr => "celle indiquée pour chaque facture",
        Language::De => "die Angabe, die bei jeder Rechnung steht",
        Language::En => "the one shown with each invoice",
    }
}

/// Why it is to be paid, to follow its label.
pub(super) fn ground(language: Language, creditor: &str) -> String {
    match language {
        Language::Nl => format!("uw overeenkomst met {creditor}"),
        Language::Fr => format!("votre contrat avec {creditor}"),
        Language::De => format!("Ihres Vertrags mit {creditor}"),
        Language::En => format!("your contract with {creditor}"),
    }
}

/// What the number in the register of collectors of the debtor's country is called.
pub(super) fn registration(language: Language, country: Country) -> &'static str {
    let dutch_register = country == Country::NL;
    match language {
        Language::Nl if dutch_register => "Registratienummer Wki",
        Language::Nl => "Nummer FOD Economie",
        Language::Fr if dutch_register => "Registre Wki (NL)",
        Language::Fr => "Numéro SPF Économie",
        Language::De if dutch_register => "Register Wki (NL)",
        Language::De => "Nummer FÖD Wirtschaft",
        Language::En if dutch_register => "Dutch register (Wki)",
        Language::En => "FPS Economy number",
    }
}

/// Puts a non-breaking space before the French marks that want one.
pub(super) fn typeset(language: Language, text: &str) -> String {
    match language {
        Language::Fr => [" :", " ;", " ?", " !"]
            .iter()
            .fold(text.to_owned(), |text, mark| text.replace(mark, &mark.replace(' ', "\u{a0}"))),
        Language::Nl | Language::De | Language::En => text.to_owned(),
    }
}

const DUTCH: Labels = Labels {
    to: "Aan:",
    issuer: "Factuur van",
    name: "Naam",
    address: "Adres",
    invoice: "Factuur",
    description: "Omschrijving",
    issued_on: "Factuurdatum",
    due_on: "Te betalen tot en met",
    amount: "Factuurbedrag",
    settled: "Betaald of verrekend",
    open: "Nog te betalen",
    payment: "Zo betaalt u",
    asked: "Bedrag",
    pay_by: "Uiterlijk op",
    account: "Rekening (IBAN)",
    account_name: "Op naam van",
    ground: "Op grond van",
    sender: "Wie stuurt u dit bericht?",
    telephone: "Telefoon",
    email: "E-mail",
    website: "Website",
    complaints: "Klachten",
};

const FRENCH: Labels = Labels {
    to: "À\u{a0}:",
    issuer: "Facture émise par",
    name: "Nom",
    address: "Adresse",
    invoice: "Facture",
    description: "Description",
    issued_on: "Date de la facture",
    due_on: "À payer au plus tard le",
    amount: "Montant de la facture",
    settled: "Payé ou déduit",
    open: "Encore à payer",
    payment: "Comment payer",
    asked: "Montant",
    pay_by: "Au plus tard le",
    account: "Compte (IBAN)",
    account_name: "Au nom de",
    ground: "En vertu de",
    sender: "Qui vous envoie ce message\u{a0}?",
    telephone: "Téléphone",
    email: "E-mail",
    website: "Site web",
    complaints: "Réclamations",
};

const GERMAN: Labels = Labels {
    to: "An:",
    issuer: "Rechnung von",
    name: "Name",
    address: "Anschrift",
    invoice: "Rechnung",
    description: "Beschreibung",
    issued_on: "Rechnungsdatum",
    due_on: "Zahlbar bis",
    amount: "Rechnungsbetrag",
    settled: "Bezahlt oder verrechnet",
    open: "Noch zu zahlen",
    payment: "So zahlen Sie",
    asked: "Betrag",
    pay_by: "Spätestens am",
    account: "Konto (IBAN)",
    account_name: "Kontoinhaber",
    ground: "Aufgrund",
    sender: "Wer schickt Ihnen diese Nachricht?",
    telephone: "Telefon",
    email: "E-Mail",
    website: "Website",
    complaints: "Beschwerden",
};

const ENGLISH: Labels = Labels {
    to: "To:",
    issuer: "Invoice from",
    name: "Name",
    address: "Address",
    invoice: "Invoice",
    description: "Description",
    issued_on: "Invoice date",
    due_on: "To be paid by",
    amount: "Invoice amount",
    settled: "Paid or deducted",
    open: "Still to be paid",
    payment: "How to pay",
    asked: "Amount",
    pay_by: "By",
    account: "Account (IBAN)",
    account_name: "In the name of",
    ground: "Under",
    sender: "Who is sending you this message?",
    telephone: "Telephone",
    email: "E-mail",
    website: "Website",
    complaints: "Complaints",
};

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date as day;

    #[test]
    fn amounts_are_written_as_people_of_the_language_write_them() {
        let euros = |cents| Money::new(cents, Currency::EUR);
        for (language, expected) in [
            (Language::Nl, "€\u{a0}1.234,56"),
            (Language::Fr, "1\u{202f}234,56\u{a0}€"),
            (Language::De, "1.234,56\u{a0}€"),
            (Language::En, "€1,234.56"),
        ] {
            assert_eq!(amount(language, euros(123_456)), expected);
        }
        assert_eq!(amount(Language::En, euros(5)), "€0.05");
        assert_eq!(amount(Language::En, euros(100_000_000)), "€1,000,000.00");
        assert_eq!(amount(Language::Nl, euros(-99_900)), "€\u{a0}-999,00");
        assert_eq!(amount(Language::En, Money::new(1_234, Currency::JPY)), "JPY\u{a0}1,234");
        assert_eq!(amount(Language::De, Money::new(1, Currency::KWD)), "0,001\u{a0}KWD");
    }

    #[test]
    fn dates_are_written_out() {
        for (language, first, twelfth) in [
            (Language::Nl, "1 maart 2027", "12 december 2026"),
            (Language::Fr, "1er mars 2027", "12 décembre 2026"),
            (Language::De, "1. März 2027", "12. Dezember 2026"),
            (Language::En, "1 March 2027", "12 December 2026"),
        ] {
            assert_eq!(date(language, day(2027, 3, 1)), first);
            assert_eq!(date(language, day(2026, 12, 12)), twelfth);
        }
    }

    #[test]
    fn invoices_are_named_up_to_three_and_then_counted() {
        assert_eq!(invoices(Language::Nl, &["1"]), "factuur 1");
        assert_eq!(invoices(Language::Fr, &["1", "2"]), "les factures 1 et 2");
        assert_eq!(invoices(Language::De, &["1", "2", "3"]), "die Rechnungen 1, 2 und 3");
        assert_eq!(invoices(Language::En, &["1", "2", "3", "4"]), "4 invoices");
        assert_eq!(invoices_title(Language::De, &["1"]), "Rechnung 1");
        assert_eq!(invoices_title(Language::De, &["1", "2"]), "2 Rechnungen");
    }
}
