//! What notes to creditors say in each language outside their texts.

use contracts::scheduler::CloseReason;
use primitives::{Language, NonPaymentReason};

/// The labels of one language.
#[derive(Debug)]
pub(super) struct NoteLabels {
    pub(super) money: &'static str,
    pub(super) handed_over: &'static str,
    pub(super) principal: &'static str,
    pub(super) interest: &'static str,
    pub(super) costs: &'static str,
    pub(super) credited: &'static str,
    pub(super) course: &'static str,
    pub(super) opened_on: &'static str,
    pub(super) closed_on: &'static str,
    pub(super) messages: &'static str,
    pub(super) calls: &'static str,
    pub(super) promises_kept: &'static str,
    pub(super) promises_broken: &'static str,
    pub(super) reasons: &'static str,
    pub(super) payment: &'static str,
    pub(super) amount: &'static str,
    pub(super) account: &'static str,
    pub(super) approved_on: &'static str,
    /// The name of the attached file, without its ending.
    pub(super) specification: &'static str,
}

/// The labels of `language`.
pub(super) const fn labels(language: Language) -> &'static NoteLabels {
    match language {
        Language::Nl => &DUTCH,
        Language::Fr => &FRENCH,
        Language::De => &GERMAN,
        Language::En => &ENGLISH,
    }
}

/// How the case ended, in a sentence.
pub(super) const fn outcome(language: Language, reason: &CloseReason) -> &'static str {
    match (language, reason) {
        (Language::Nl, CloseReason::Paid) => "Alles is betaald.",
        (Language::Nl, CloseReason::Credited) => "Er staat niets meer open, door uw creditnota.",
        (Language::Nl, CloseReason::Withdrawn) => "U hebt de vordering ingetrokken.",
        (Language::Fr, CloseReason::Paid) => "Tout est payé.",
        (Language::Fr, CloseReason::Credited) => {
            "Il ne reste rien à payer, grâce à votre note de crédit."
        }
        (Language::Fr, CloseReason::Withdrawn) => "Vous avez retiré la créance.",
        (Language::De, CloseReason::Paid) => "Alles ist bezahlt.",
        (Language::De, CloseReason::Credited) => "Durch Ihre Gutschrift ist nichts mehr offen.",
        (Language::De, CloseReason::Withdrawn) => "Sie haben die Forderung zurückgezogen.",
        (Language::En, CloseReason::Paid) => "Everything has been paid.",
        (Language::En, CloseReason::Credited) => {
            "Nothing is open any more, after your credit note."
        }
        (Language::En, CloseReason::Withdrawn) => "You withdrew the claim.",
    }
}

/// How often the debtor was called, and in how many of the calls spoken to: `1 gesprek, 2 vergeefse
/// pogingen`. Where that is not known, the calls alone.
pub(super) fn calls(language: Language, made: u32, conversations: Option<u32>) -> String {
    let counted = |count: u32, words: (&str, &str)| {
        let (one, many) = words;
        format!("{count} {}", if count == 1 { one } else { many })
    };
    let words = call_words(language);
    let Some(conversations) = conversations.filter(|_| made > 0) else {
        return if made == 0 { words.never.to_owned() } else { counted(made, words.call) };
    };
    let spoken = match conversations {
        0 => words.none.to_owned(),
        some => counted(some, words.conversation),
    };
    match made.saturating_sub(conversations) {
        0 => spoken,
        in_vain => format!("{spoken}, {}", counted(in_vain, words.attempt)),
    }
}

/// Words for one and for more than one.
struct CallWords {
    never: &'static str,
    /// None that became a conversation.
    none: &'static str,
    call: (&'static str, &'static str),
    conversation: (&'static str, &'static str),
    attempt: (&'static str, &'static str),
}

const fn call_words(language: Language) -> CallWords {
    match language {
        Language::Nl => CallWords {
            never: "niet gebeld",
            none: "geen gesprek",
            call: ("keer gebeld", "keer gebeld"),
            conversation: ("gesprek", "gesprekken"),
            attempt: ("vergeefse poging", "vergeefse pogingen"),
        },
        Language::Fr => CallWords {
            never: "aucun appel",
            none: "aucune conversation",
            call: ("appel", "appels"),
            conversation: ("conversation", "conversations"),
            attempt: ("tentative sans succès", "tentatives sans succès"),
        },
        Language::De => CallWords {
            never: "kein Anruf",
            none: "kein Gespräch",
            call: ("Anruf", "Anrufe"),
            conversation: ("Gespräch", "Gespräche"),
            attempt: ("vergeblicher Versuch", "vergebliche Versuche"),
        },
        Language::En => CallWords {
            never: "no calls",
            none: "no conversation",
            call: ("call", "calls"),
            conversation: ("conversation", "conversations"),
            attempt: ("attempt in vain", "attempts in vain"),
        },
    }
}

/// Why it was not paid, in a few words.
pub(super) const fn reason(language: Language, reason: NonPaymentReason) -> &'static str {
    match language {
        Language::Nl => reason_in_dutch(reason),
        Language::Fr => reason_in_french(reason),
        Language::De => reason_in_german(reason),
        Language::En => reason_in_english(reason),
    }
}

const fn reason_in_dutch(reason: NonPaymentReason) -> &'static str {
    match reason {
        NonPaymentReason::Carelessness => "vergeten of blijven liggen",
        NonPaymentReason::Hardship => "nu niet genoeg geld",
        NonPaymentReason::Dissatisfied => "niet eens met de factuur of de levering",
        NonPaymentReason::Unwilling => "wilde niet betalen",
        NonPaymentReason::DebtAid => "in de schuldhulp",
        NonPaymentReason::Insolvent => "failliet of ontbonden",
        NonPaymentReason::Deceased => "overleden",
        NonPaymentReason::Moved => "verhuisd",
        NonPaymentReason::Minor => "minderjarig",
        NonPaymentReason::IdentityUnsure => "misschien iemand anders",
        NonPaymentReason::SaysPaid => "zei dat het al betaald was",
        NonPaymentReason::Unreached => "niet bereikt",
        NonPaymentReason::NotGiven => "geen reden genoemd",
    }
}

const fn reason_in_french(reason: NonPaymentReason) -> &'static str {
    match reason {
        NonPaymentReason::Carelessness => "oubli",
        NonPaymentReason::Hardship => "pas assez d'argent pour l'instant",
        NonPaymentReason::Dissatisfied => "pas d'accord avec la facture ou la livraison",
        NonPaymentReason::Unwilling => "ne voulait pas payer",
        NonPaymentReason::DebtAid => "en médiation de dettes",
        NonPaymentReason::Insolvent => "en faillite ou dissous",
        NonPaymentReason::Deceased => "décédé",
        NonPaymentReason::Moved => "déménagé",
        NonPaymentReason::Minor => "mineur",
        NonPaymentReason::IdentityUnsure => "peut-être une autre personne",
        NonPaymentReason::SaysPaid => "disait avoir payé",
        NonPaymentReason::Unreached => "pas joint",
        NonPaymentReason::NotGiven => "pas de raison donnée",
    }
}

const fn reason_in_german(reason: NonPaymentReason) -> &'static str {
    match reason {
        NonPaymentReason::Carelessness => "vergessen oder liegen geblieben",
        NonPaymentReason::Hardship => "zurzeit nicht genug Geld",
        NonPaymentReason::Dissatisfied => "nicht einverstanden mit Rechnung oder Lieferung",
        NonPaymentReason::Unwilling => "wollte nicht zahlen",
        NonPaymentReason::DebtAid => "in der Schuldenberatung",
        NonPaymentReason::Insolvent => "insolvent oder aufgelöst",
        NonPaymentReason::Deceased => "verstorben",
        NonPaymentReason::Moved => "umgezogen",
        NonPaymentReason::Minor => "minderjährig",
        NonPaymentReason::IdentityUnsure => "vielleicht jemand anders",
        NonPaymentReason::SaysPaid => "sagte, es sei bezahlt",
        NonPaymentReason::Unreached => "nicht erreicht",
        NonPaymentReason::NotGiven => "kein Grund genannt",
    }
}

const fn reason_in_english(reason: NonPaymentReason) -> &'static str {
    match reason {
        NonPaymentReason::Carelessness => "forgotten, or left lying",
        NonPaymentReason::Hardship => "not enough money at present",
        NonPaymentReason::Dissatisfied => "disagreed with the invoice or the delivery",
        NonPaymentReason::Unwilling => "did not want to pay",
        NonPaymentReason::DebtAid => "in debt counselling",
        NonPaymentReason::Insolvent => "bankrupt or wound up",
        NonPaymentReason::Deceased => "deceased",
        NonPaymentReason::Moved => "moved",
        NonPaymentReason::Minor => "not of age",
        NonPaymentReason::IdentityUnsure => "perhaps somebody else",
        NonPaymentReason::SaysPaid => "said that it was paid",
        NonPaymentReason::Unreached => "not reached",
        NonPaymentReason::NotGiven => "gave no reason",
    }
}

const DUTCH: NoteLabels = NoteLabels {
    money: "Het geld",
    handed_over: "Overgedragen",
    principal: "Ontvangen hoofdsom",
    interest: "Ontvangen rente",
    costs: "Ontvangen kosten",
    credited: "Gecrediteerd",
    course: "Het verloop",
    opened_on: "Begonnen op",
    closed_on: "Afgerond op",
    messages: "Brieven en e-mails",
    calls: "Telefoon",
    promises_kept: "Beloften nagekomen",
    promises_broken: "Beloften verbroken",
    reasons: "Reden van niet betalen",
    payment: "De uitbetaling",
    amount: "Bedrag",
    account: "Rekening (IBAN)",
    approved_on: "Goedgekeurd op",
    specification: "specificatie",
};

const FRENCH: NoteLabels = NoteLabels {
    money: "L'argent",
    handed_over: "Montant confié",
    principal: "Principal reçu",
    interest: "Intérêts reçus",
    costs: "Frais reçus",
    credited: "Crédité",
    course: "Le déroulement",
    opened_on: "Commencé le",
    closed_on: "Clôturé le",
    messages: "Lettres et e-mails",
    calls: "Téléphone",
    promises_kept: "Promesses tenues",
    promises_broken: "Promesses non tenues",
    reasons: "Raison du non-paiement",
    payment: "Le versement",
    amount: "Montant",
    account: "Compte (IBAN)",
    approved_on: "Approuvé le",
    specification: "specification",
};

const GERMAN: NoteLabels = NoteLabels {
    money: "Das Geld",
    handed_over: "Übergeben",
    principal: "Hauptforderung erhalten",
    interest: "Zinsen erhalten",
    costs: "Kosten erhalten",
    credited: "Gutgeschrieben",
    course: "Der Verlauf",
    opened_on: "Begonnen am",
    closed_on: "Abgeschlossen am",
    messages: "Briefe und E-Mails",
    calls: "Telefon",
    promises_kept: "Zusagen eingehalten",
    promises_broken: "Zusagen gebrochen",
    reasons: "Grund",
    payment: "Die Auszahlung",
    amount: "Betrag",
    account: "Konto (IBAN)",
    approved_on: "Freigegeben am",
    specification: "aufstellung",
};

const ENGLISH: NoteLabels = NoteLabels {
    money: "The money",
    handed_over: "Handed over",
    principal: "Principal received",
    interest: "Interest received",
    costs: "Costs received",
    credited: "Credited",
    course: "What was done",
    opened_on: "Begun on",
    closed_on: "Closed on",
    messages: "Letters and e-mails",
    calls: "Telephone",
    promises_kept: "Promises kept",
    promises_broken: "Promises broken",
    reasons: "Why it was not paid",
    payment: "The payment",
    amount: "Amount",
    account: "Account (IBAN)",
    approved_on: "Approved on",
    specification: "specification",
};
