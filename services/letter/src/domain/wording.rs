//! What differs from language to language outside the texts: labels, amounts, dates, enumerations,
//! grounds.
//!
//! One value per language and label, so that a missing one does not compile. Nothing here knows a
//! case; nothing here is a sentence that the law asks for.

use law::{Jurisdiction, Pack};
pub(super) use primitives::printed::{amount, date, percent};
use primitives::{Capacity, Country, Date, Language};

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
    /// What was paid, and what the creditor took off.
    pub(super) received: &'static str,
    pub(super) credited: &'static str,
    pub(super) open: &'static str,
    pub(super) interest: &'static str,
    pub(super) costs: &'static str,
    /// The lump sum of a clause, which a Belgian consumer owes in place of costs.
    pub(super) compensation: &'static str,
    /// What a payment, or a part of it, paid.
    pub(super) for_costs: &'static str,
    pub(super) for_compensation: &'static str,
    pub(super) for_interest: &'static str,
    pub(super) for_invoice: &'static str,
    /// Heads what a demand brings along.
    pub(super) added: &'static str,
    /// Heads what was paid, and says that it was.
    pub(super) receipt: &'static str,
    pub(super) paid: &'static str,
    pub(super) payment: &'static str,
    pub(super) asked: &'static str,
    pub(super) pay_by: &'static str,
    /// The same, where a term stands and no day.
    pub(super) term: &'static str,
    pub(super) account: &'static str,
    pub(super) account_name: &'static str,
    pub(super) case_number: &'static str,
    pub(super) ground: &'static str,
    pub(super) sender: &'static str,
    pub(super) telephone: &'static str,
    pub(super) email: &'static str,
    pub(super) website: &'static str,
    pub(super) complaints: &'static str,
    /// In which capacity somebody asks: that of the first creditor.
    pub(super) acts_as: &'static str,
    pub(super) original_creditor: &'static str,
    /// Stands below a code that pays, and in its place for who cannot see it.
    pub(super) code: &'static str,
    pub(super) code_described: &'static str,
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

/// `€ 100,00 op 3 maart 2026: € 40,00 voor incassokosten, € 60,00 voor de factuur`: what lowered a
/// bill, when, and its parts, where they are to be told; of one part, `€ 100,00 op 3 maart 2026,
/// voor de factuur`.
pub(super) fn lowered(
    language: Language,
    amount: &str,
    on: Date,
    parts: &[(String, &'static str)],
) -> String {
    let (day_word, colon) = match language {
        Language::Nl => ("op", ":"),
        Language::Fr => ("le", "\u{a0}:"),
        Language::De => ("am", ":"),
        Language::En => ("on", ":"),
    };
    let told = format!("{amount} {day_word} {}", date(language, on));
    match parts {
        [] => told,
        [(_, what)] => format!("{told}, {what}"),
        several => {
            let parts = several.iter().map(|(part, what)| format!("{part} {what}"));
            format!("{told}{colon} {}", parts.collect::<Vec<_>>().join(", "))
        }
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

/// The term of the Dutch 14-day letter, in the words that the law asks for: it is counted from the
/// letter's arrival, so no day is named (BW art. 6:96 lid 6; ECLI:NL:HR:2016:2704).
pub(super) const fn within_fourteen_days(language: Language) -> &'static str {
    match language {
        Language::Nl => "binnen 14 dagen vanaf de dag nadat deze brief bij u is bezorgd",
        Language::Fr => {
            "dans les 14 jours à compter du lendemain du jour où cette lettre vous a été remise"
        }
        Language::De => {
            "innerhalb von 14 Tagen ab dem Tag, nachdem dieser Brief bei Ihnen zugestellt wurde"
        }
        Language::En => "within 14 days from the day after this letter was delivered to you",
    }
}

/// Whose rules say what may be asked on top of the principal.
#[derive(Clone, Copy, Debug)]
pub(super) struct Regime {
    pub(super) pack: Pack,
    pub(super) consumer: bool,
}

/// Why collection costs are owed, to follow `under`; in French `en vertu`.
pub(super) fn costs_ground(language: Language, regime: Regime, creditor: &str) -> String {
    match (regime.pack.jurisdiction, regime.consumer) {
        (Jurisdiction::Nl, true) => match language {
            Language::Nl => {
                "artikel 6:96 van het Burgerlijk Wetboek en het Besluit vergoeding voor \
                 buitengerechtelijke incassokosten"
            }
            Language::Fr => {
                "de l'article 6:96 du code civil néerlandais et du décret sur les frais de \
                 recouvrement"
            }
            Language::De => {
                "Artikel 6:96 des niederländischen Bürgerlichen Gesetzbuchs und die \
                 Verordnung über Inkassokosten"
            }
            Language::En => {
                "article 6:96 of the Dutch Civil Code and the decree on collection costs"
            }
        }
        .to_owned(),
        (Jurisdiction::Nl, false) => match language {
            Language::Nl => "artikel 6:96 van het Burgerlijk Wetboek",
            Language::Fr => "de l'article 6:96 du code civil néerlandais",
            Language::De => "Artikel 6:96 des niederländischen Bürgerlichen Gesetzbuchs",
            Language::En => "article 6:96 of the Dutch Civil Code",
        }
        .to_owned(),
        (Jurisdiction::Be, true) => clause_ground(language, creditor),
        (Jurisdiction::Be, false) => match language {
            Language::Nl => {
                "artikel 6 van de wet van 2 augustus 2002 over betalingsachterstand bij \
                 handelstransacties"
            }
            Language::Fr => {
                "de l'article 6 de la loi du 2 août 2002 concernant le retard de paiement dans les \
                 transactions commerciales"
            }
            Language::De => {
                "Artikel 6 des belgischen Gesetzes vom 2. August 2002 über Zahlungsverzug im \
                 Geschäftsverkehr"
            }
            Language::En => {
                "article 6 of the Belgian law of 2 August 2002 on late payment in commercial \
                 transactions"
            }
        }
        .to_owned(),
    }
}

fn clause_ground(language: Language, creditor: &str) -> String {
    match language {
        Language::Nl => format!(
            "de voorwaarden van {creditor}, binnen de grenzen van artikel XIX.4 van het Wetboek \
             van economisch recht"
        ),
        Language::Fr => format!(
            "des conditions de {creditor}, dans les limites de l'article XIX.4 du Code de droit \
             économique"
        ),
        Language::De => format!(
            "die Bedingungen von {creditor}, in den Grenzen von Artikel XIX.4 des belgischen \
             Wirtschaftsgesetzbuchs"
        ),
        Language::En => format!(
            "the terms of {creditor}, within the limits of article XIX.4 of the Belgian Code of \
             Economic Law"
        ),
    }
}

/// Which interest it is, with its yearly rates and their days after a colon, to follow `That is`.
/// Without rates, those of a clause.
pub(super) fn interest_how(
    language: Language,
    regime: Regime,
    creditor: &str,
    rates: &[(Date, Date, u32)],
) -> String {
    let ground = interest_ground(language, regime, creditor);
    let rates = rates.iter().map(|(first, last, rate)| {
        let (first, last) = (date(language, *first), date(language, *last));
        let rate = percent(language, *rate);
        match language {
            Language::Nl => format!("{rate} per jaar van {first} tot en met {last}"),
            Language::Fr => format!("{rate} par an du {first} au {last} inclus"),
            Language::De => format!("{rate} im Jahr vom {first} bis zum {last}"),
            Language::En => format!("{rate} a year from {first} up to and including {last}"),
        }
    });
    let rates: Vec<String> = rates.collect();
    let colon = if language == Language::Fr { " :" } else { ":" };
    if rates.is_empty() { ground } else { format!("{ground}{colon} {}", rates.join("; ")) }
}

fn interest_ground(language: Language, regime: Regime, creditor: &str) -> String {
    match (regime.pack.jurisdiction, regime.consumer) {
        (Jurisdiction::Nl, true) => match language {
            Language::Nl => "de wettelijke rente (artikel 6:119 van het Burgerlijk Wetboek)",
            Language::Fr => "l'intérêt légal néerlandais (article 6:119 du code civil)",
            Language::De => {
                "der gesetzliche Zins (Artikel 6:119 des niederländischen Bürgerlichen \
                 Gesetzbuchs)"
            }
            Language::En => "the statutory interest (article 6:119 of the Dutch Civil Code)",
        }
        .to_owned(),
        (Jurisdiction::Nl, false) => match language {
            Language::Nl => {
                "de wettelijke handelsrente (artikel 6:119a van het Burgerlijk Wetboek)"
            }
            Language::Fr => {
                "l'intérêt légal néerlandais entre entreprises (article 6:119a du code civil)"
            }
            Language::De => {
                "der gesetzliche Handelszins (Artikel 6:119a des niederländischen Bürgerlichen \
                 Gesetzbuchs)"
            }
            Language::En => {
                "the statutory commercial interest (article 6:119a of the Dutch Civil Code)"
            }
        }
        .to_owned(),
        (Jurisdiction::Be, true) => match language {
            Language::Nl => format!("de rente uit {}", clause_ground(language, creditor)),
            Language::Fr => format!("l'intérêt {}", clause_ground(language, creditor)),
            Language::De => format!(
                "der Zins nach den Bedingungen von {creditor}, in den Grenzen von Artikel XIX.4 \
                 des belgischen Wirtschaftsgesetzbuchs"
            ),
            Language::En => format!("the interest under {}", clause_ground(language, creditor)),
        },
        (Jurisdiction::Be, false) => match language {
            Language::Nl => {
                "de rente van artikel 5 van de wet van 2 augustus 2002 over betalingsachterstand \
                 bij handelstransacties"
            }
            Language::Fr => {
                "l'intérêt de l'article 5 de la loi du 2 août 2002 concernant le retard de \
                 paiement dans les transactions commerciales"
            }
            Language::De => {
                "der Zins nach Artikel 5 des belgischen Gesetzes vom 2. August 2002 über \
                 Zahlungsverzug im Geschäftsverkehr"
            }
            Language::En => {
                "the interest of article 5 of the Belgian law of 2 August 2002 on late payment in \
                 commercial transactions"
            }
        }
        .to_owned(),
    }
}

/// The last line of an address abroad: in capitals, in a language that the post of both countries
/// reads.
pub(super) fn destination(country: Country) -> String {
    match country {
        Country::NL => "NEDERLAND".to_owned(),
        Country::BE => "BELGIË".to_owned(),
        other => other.code().to_owned(),
    }
}

/// Puts a non-breaking space before the French marks that want one, and one full stop where a name
/// such as `Bakkerij B.V.` ends a sentence.
pub(super) fn typeset(language: Language, text: &str) -> String {
    let text = text.replace("...", "…").replace("..", ".");
    match language {
        Language::Fr => [" :", " ;", " ?", " !"]
            .iter()
            .fold(text, |text, mark| text.replace(mark, &mark.replace(' ', "\u{a0}"))),
        Language::Nl | Language::De | Language::En => text,
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
    received: "Betaald",
    credited: "Gecrediteerd",
    open: "Nog te betalen",
    interest: "Rente",
    costs: "Incassokosten",
    compensation: "Schadevergoeding",
    for_costs: "voor incassokosten",
    for_compensation: "voor schadevergoeding",
    for_interest: "voor rente",
    for_invoice: "voor de factuur",
    added: "Dit komt erbij",
    receipt: "Betaald",
    paid: "helemaal betaald",
    payment: "Zo betaalt u",
    asked: "Bedrag",
    pay_by: "Uiterlijk op",
    term: "Termijn",
    account: "Rekening (IBAN)",
    account_name: "Op naam van",
    case_number: "Dossiernummer",
    ground: "Op grond van",
    sender: "Wie stuurt u dit bericht?",
    telephone: "Telefoon",
    email: "E-mail",
    website: "Website",
    complaints: "Klachten",
    acts_as: "Hoedanigheid",
    original_creditor: "oorspronkelijke schuldeiser",
    code: "Scan met de app van uw bank",
    code_described: "Code waarmee de app van uw bank de betaling invult. \
        Dezelfde gegevens staan ernaast.",
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
    received: "Payé",
    credited: "Crédité",
    open: "Encore à payer",
    interest: "Intérêts",
    costs: "Frais de recouvrement",
    compensation: "Indemnité",
    for_costs: "pour les frais",
    for_compensation: "pour l'indemnité",
    for_interest: "pour les intérêts",
    for_invoice: "pour la facture",
    added: "Ce qui s'ajoute",
    receipt: "Payé",
    paid: "entièrement payée",
    payment: "Comment payer",
    asked: "Montant",
    pay_by: "Au plus tard le",
    term: "Délai",
    account: "Compte (IBAN)",
    account_name: "Au nom de",
    case_number: "Numéro de dossier",
    ground: "En vertu de",
    sender: "Qui vous envoie ce message\u{a0}?",
    telephone: "Téléphone",
    email: "E-mail",
    website: "Site web",
    complaints: "Réclamations",
    acts_as: "Qualité",
    original_creditor: "créancier d'origine",
    code: "À scanner avec l'application de votre banque",
    code_described: "Code avec lequel l'application de votre banque remplit le virement. \
        Les mêmes données figurent à côté.",
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
    received: "Bezahlt",
    credited: "Gutgeschrieben",
    open: "Noch zu zahlen",
    interest: "Zinsen",
    costs: "Inkassokosten",
    compensation: "Entschädigung",
    for_costs: "für Inkassokosten",
    for_compensation: "für Entschädigung",
    for_interest: "für Zinsen",
    for_invoice: "für die Rechnung",
    added: "Das kommt hinzu",
    receipt: "Bezahlt",
    paid: "vollständig bezahlt",
    payment: "So zahlen Sie",
    asked: "Betrag",
    pay_by: "Spätestens am",
    term: "Frist",
    account: "Konto (IBAN)",
    account_name: "Kontoinhaber",
    case_number: "Aktenzeichen",
    ground: "Aufgrund",
    sender: "Wer schickt Ihnen diese Nachricht?",
    telephone: "Telefon",
    email: "E-Mail",
    website: "Website",
    complaints: "Beschwerden",
    acts_as: "Eigenschaft",
    original_creditor: "ursprünglicher Gläubiger",
    code: "Mit Ihrer Banking-App scannen",
    code_described: "Code, mit dem Ihre Banking-App die Überweisung ausfüllt. \
        Dieselben Angaben stehen daneben.",
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
    received: "Paid",
    credited: "Credited",
    open: "Still to be paid",
    interest: "Interest",
    costs: "Collection costs",
    compensation: "Compensation",
    for_costs: "for collection costs",
    for_compensation: "for compensation",
    for_interest: "for interest",
    for_invoice: "for the invoice",
    added: "What is added",
    receipt: "Paid",
    paid: "paid in full",
    payment: "How to pay",
    asked: "Amount",
    pay_by: "By",
    term: "Time to pay",
    account: "Account (IBAN)",
    account_name: "In the name of",
    case_number: "File number",
    ground: "Under",
    sender: "Who is sending you this message?",
    telephone: "Telephone",
    email: "E-mail",
    website: "Website",
    complaints: "Complaints",
    acts_as: "Acts as",
    original_creditor: "original creditor",
    code: "Scan with your bank's app",
    code_described: "Code with which your bank's app fills in the payment. \
        The same details stand beside it.",
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_with_a_full_stop_ends_its_sentence() {
        assert_eq!(
            typeset(Language::Nl, "van Zand B.V.. Bel ons... ooit."),
            "van Zand B.V. Bel ons… ooit."
        );
        assert_eq!(typeset(Language::Fr, "Bien ?"), "Bien\u{a0}?");
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
