//! How an agreement is said in each language. One arm per language, so that a missing sentence does
//! not compile.

use contracts::agreement::{BusinessCosts, PayoutWeekday};
use primitives::printed::{amount, percent};
use primitives::{Capacity, Channel, Language, MessageKind, Money};

/// What a rate of commission is for.
#[derive(Clone, Copy)]
pub(super) enum Band {
    /// For everything.
    All,
    /// Claims of up to so much.
    Claims(Money),
    /// What a claim brings, up to so much.
    Brought(Money),
    /// Payments until so many days after the due date.
    Age(u16),
    /// Whatever is above the bands before.
    Above,
}

/// `een dag`, `3 dagen`.
fn days(language: Language, number: u16) -> String {
    let (one, many) = match language {
        Language::Nl => ("een dag", "dagen"),
        Language::Fr => ("un jour", "jours"),
        Language::De => ("einen Tag", "Tage"),
        Language::En => ("one day", "days"),
    };
    if number == 1 { one.to_owned() } else { format!("{number} {many}") }
}

/// The same where German has another case (`nach drei Tagen`).
fn days_dative(language: Language, number: u16) -> String {
    match language {
        Language::De if number == 1 => "einem Tag".to_owned(),
        Language::De => format!("{number} Tagen"),
        Language::Nl | Language::Fr | Language::En => days(language, number),
    }
}

/// The same as the subject of a German sentence (`ein Tag nach`).
fn days_ahead(language: Language, number: u16) -> String {
    match language {
        Language::De if number == 1 => "ein Tag".to_owned(),
        Language::Nl | Language::Fr | Language::De | Language::En => days(language, number),
    }
}

pub(super) fn version(language: Language, version: u32) -> String {
    match language {
        Language::Nl => format!("Dit is versie {version} van de afspraken."),
        Language::Fr => format!("Ceci est la version {version} de l'accord."),
        Language::De => format!("Dies ist Fassung {version} der Vereinbarung."),
        Language::En => format!("This is version {version} of the agreement."),
    }
}

pub(super) const fn capacity(language: Language, capacity: Capacity) -> &'static str {
    match (language, capacity) {
        (Language::Nl, Capacity::Creditor) => "Alles gaat uit van de schuldeiser zelf.",
        (Language::Nl, Capacity::AgencyForCreditor) => {
            "Het kantoor schrijft en belt in naam van de schuldeiser."
        }
        (Language::Nl, Capacity::Collector) => "Het incassobureau schrijft en belt in eigen naam.",
        (Language::Fr, Capacity::Creditor) => "Tout est envoyé par le créancier lui-même.",
        (Language::Fr, Capacity::AgencyForCreditor) => {
            "Le bureau écrit et téléphone au nom du créancier."
        }
        (Language::Fr, Capacity::Collector) => {
            "Le bureau de recouvrement écrit et téléphone en son propre nom."
        }
        (Language::De, Capacity::Creditor) => "Alles geht vom Gläubiger selbst aus.",
        (Language::De, Capacity::AgencyForCreditor) => {
            "Das Büro schreibt und telefoniert im Namen des Gläubigers."
        }
        (Language::De, Capacity::Collector) => {
            "Das Inkassobüro schreibt und telefoniert im eigenen Namen."
        }
        (Language::En, Capacity::Creditor) => "Everything comes from the creditor itself.",
        (Language::En, Capacity::AgencyForCreditor) => {
            "The agency writes and calls in the creditor's name."
        }
        (Language::En, Capacity::Collector) => "The agency writes and calls in its own name.",
    }
}

/// From which step on the agency acts as a collector.
pub(super) fn collector_from(language: Language, number: usize) -> String {
    match language {
        Language::Nl => format!("Vanaf stap {number} is dat het incassobureau, in eigen naam."),
        Language::Fr => format!(
            "À partir de l'étape {number}, c'est le bureau de recouvrement, en son propre nom."
        ),
        Language::De => format!("Ab Schritt {number} ist es das Inkassobüro, im eigenen Namen."),
        Language::En => format!("From step {number} on it is the agency, in its own name."),
    }
}

pub(super) const fn payee(language: Language, is_agency: bool) -> &'static str {
    match (language, is_agency) {
        (Language::Nl, true) => "Klanten betalen aan het bureau.",
        (Language::Nl, false) => "Klanten betalen aan de schuldeiser.",
        (Language::Fr, true) => "Les clients paient au bureau.",
        (Language::Fr, false) => "Les clients paient au créancier.",
        (Language::De, true) => "Die Kunden zahlen an das Büro.",
        (Language::De, false) => "Die Kunden zahlen an den Gläubiger.",
        (Language::En, true) => "Customers pay to the agency.",
        (Language::En, false) => "Customers pay to the creditor.",
    }
}

pub(super) fn from_due(language: Language, number: i16) -> String {
    let many = days_ahead(language, number.unsigned_abs());
    match (language, number.signum()) {
        (Language::Nl, -1) => format!("{many} voor de vervaldag"),
        (Language::Nl, 0) => "Op de vervaldag".to_owned(),
        (Language::Nl, _) => format!("{many} na de vervaldag"),
        (Language::Fr, -1) => format!("{many} avant l'échéance"),
        (Language::Fr, 0) => "À l'échéance".to_owned(),
        (Language::Fr, _) => format!("{many} après l'échéance"),
        (Language::De, -1) => format!("{many} vor der Fälligkeit"),
        (Language::De, 0) => "Am Tag der Fälligkeit".to_owned(),
        (Language::De, _) => format!("{many} nach der Fälligkeit"),
        (Language::En, -1) => format!("{many} before the due date"),
        (Language::En, 0) => "On the due date".to_owned(),
        (Language::En, _) => format!("{many} after the due date"),
    }
}

pub(super) fn after_previous(language: Language, number: u16) -> String {
    let many = days_ahead(language, number);
    match language {
        Language::Nl => format!("{many} na de stap ervoor"),
        Language::Fr => format!("{many} après l'étape précédente"),
        Language::De => format!("{many} nach dem vorigen Schritt"),
        Language::En => format!("{many} after the step before"),
    }
}

pub(super) const fn message(language: Language, message: MessageKind) -> &'static str {
    match (language, message) {
        (Language::Nl, MessageKind::PreDueNotice) => "een vriendelijk bericht vooraf",
        (Language::Nl, MessageKind::FreeFirstReminder) => "een eerste herinnering, zonder kosten",
        (Language::Nl, MessageKind::FourteenDayLetter) => {
            "de veertiendagenbrief (alleen aan Nederlandse consumenten)"
        }
        (Language::Nl, MessageKind::FormalNotice) => {
            "de ingebrekestelling (alleen aan Belgische consumenten)"
        }
        (Language::Nl, MessageKind::Demand) => "een aanmaning",
        (Language::Nl, MessageKind::PromiseConfirmation) => "een bevestiging van de toezegging",
        (Language::Nl, MessageKind::PaymentThanks) => "een bedankje",
        (Language::Fr, MessageKind::PreDueNotice) => "un message aimable à l'avance",
        (Language::Fr, MessageKind::FreeFirstReminder) => "un premier rappel, sans frais",
        (Language::Fr, MessageKind::FourteenDayLetter) => {
            "la lettre des quatorze jours (aux consommateurs néerlandais seulement)"
        }
        (Language::Fr, MessageKind::FormalNotice) => {
            "la mise en demeure (aux consommateurs belges seulement)"
        }
        (Language::Fr, MessageKind::Demand) => "une sommation",
        (Language::Fr, MessageKind::PromiseConfirmation) => "une confirmation de la promesse",
        (Language::Fr, MessageKind::PaymentThanks) => "un remerciement",
        (Language::De, MessageKind::PreDueNotice) => "eine freundliche Nachricht vorab",
        (Language::De, MessageKind::FreeFirstReminder) => "eine erste Erinnerung ohne Kosten",
        (Language::De, MessageKind::FourteenDayLetter) => {
            "der Vierzehn-Tage-Brief (nur an niederländische Verbraucher)"
        }
        (Language::De, MessageKind::FormalNotice) => {
            "die Inverzugsetzung (nur an belgische Verbraucher)"
        }
        (Language::De, MessageKind::Demand) => "eine Mahnung",
        (Language::De, MessageKind::PromiseConfirmation) => "eine Bestätigung der Zusage",
        (Language::De, MessageKind::PaymentThanks) => "ein Dank",
        (Language::En, MessageKind::PreDueNotice) => "a friendly notice in advance",
        (Language::En, MessageKind::FreeFirstReminder) => "a first reminder, free of cost",
        (Language::En, MessageKind::FourteenDayLetter) => {
            "the fourteen-day letter (to Dutch consumers only)"
        }
        (Language::En, MessageKind::FormalNotice) => {
            "the formal notice (to Belgian consumers only)"
        }
        (Language::En, MessageKind::Demand) => "a demand",
        (Language::En, MessageKind::PromiseConfirmation) => "a confirmation of the promise",
        (Language::En, MessageKind::PaymentThanks) => "thanks",
    }
}

const fn channel(language: Language, channel: Channel) -> &'static str {
    match (language, channel) {
        (Language::Nl, Channel::Email) => "per e-mail",
        (Language::Nl, Channel::Post) => "per post",
        (Language::Nl, Channel::Sms) => "per sms",
        (Language::Nl, Channel::Telephone) => "per telefoon",
        (Language::Nl, Channel::Visit) => "met een bezoek",
        (Language::Fr, Channel::Email) => "par e-mail",
        (Language::Fr, Channel::Post) => "par la poste",
        (Language::Fr, Channel::Sms) => "par SMS",
        (Language::Fr, Channel::Telephone) => "par téléphone",
        (Language::Fr, Channel::Visit) => "par une visite",
        (Language::De, Channel::Email) => "per E-Mail",
        (Language::De, Channel::Post) => "per Post",
        (Language::De, Channel::Sms) => "per SMS",
        (Language::De, Channel::Telephone) => "per Telefon",
        (Language::De, Channel::Visit) => "mit einem Besuch",
        (Language::En, Channel::Email) => "by e-mail",
        (Language::En, Channel::Post) => "by post",
        (Language::En, Channel::Sms) => "by text message",
        (Language::En, Channel::Telephone) => "by telephone",
        (Language::En, Channel::Visit) => "by a visit",
    }
}

/// `per e-mail en per post`.
pub(super) fn channels(language: Language, all: &[Channel]) -> String {
    let and = match language {
        Language::Nl => " en ",
        Language::Fr => " et ",
        Language::De => " und ",
        Language::En => " and ",
    };
    all.iter().map(|it| channel(language, *it)).collect::<Vec<_>>().join(and)
}

pub(super) fn call(language: Language, attempts_max: u8) -> String {
    let many = days(language, u16::from(attempts_max));
    let many_dative = days_dative(language, u16::from(attempts_max));
    match language {
        Language::Nl => format!("een telefoongesprek, dat op hoogstens {many} wordt geprobeerd"),
        Language::Fr => format!("un appel téléphonique, essayé pendant {many} au plus"),
        Language::De => format!("ein Anruf, der an höchstens {many_dative} versucht wird"),
        Language::En => format!("a telephone call, tried on {many} at most"),
    }
}

pub(super) const fn left_alone(language: Language) -> &'static str {
    match language {
        Language::Nl => {
            "Wie tijd kreeg om te betalen, wordt tot dan met rust gelaten. Wie \
             alles betaalde, wordt niet meer gemaand."
        }
        Language::Fr => {
            "Qui a reçu un délai de paiement est laissé tranquille jusque-là. Qui a \
             tout payé ne reçoit plus de rappel."
        }
        Language::De => {
            "Wer eine Frist zum Zahlen hat, wird bis dahin in Ruhe gelassen. Wer \
             alles gezahlt hat, wird nicht mehr gemahnt."
        }
        Language::En => {
            "Whoever was given time to pay is left alone until then. Whoever paid all is asked no \
             more."
        }
    }
}

pub(super) fn review(language: Language, by: &str, after: u16) -> String {
    let many = days_dative(language, after);
    match language {
        Language::Nl => format!(
            "Na de laatste stap kijkt {by} wat nu goed is: na {many}, en niet voor de dag waarop \
             betaald moest zijn."
        ),
        Language::Fr => format!(
            "Après la dernière étape, {by} examine ce qui convient : après {many}, et pas avant le \
             jour fixé pour payer."
        ),
        Language::De => format!(
            "Nach dem letzten Schritt prüft {by}, was nun richtig ist: nach {many}, und nicht vor \
             dem Tag, bis zu dem zu zahlen war."
        ),
        Language::En => format!(
            "After the last step {by} looks at what is right now: after {many}, and not before the \
             day that was given to pay by."
        ),
    }
}

pub(super) fn payments_known(language: Language, number: u16) -> String {
    let (many, dative) = (days(language, number), days_dative(language, number));
    match language {
        Language::Nl => {
            format!(
                "Er wordt alleen gemaand als betalingen bekend zijn tot hoogstens {many} geleden."
            )
        }
        Language::Fr => format!(
            "Rien n'est réclamé si les paiements ne sont pas connus jusqu'à il y a {many} au plus."
        ),
        Language::De => {
            format!("Gemahnt wird nur, wenn die Zahlungen bis vor höchstens {dative} bekannt sind.")
        }
        Language::En => {
            format!("Nobody is asked to pay unless payments are known until {many} ago at most.")
        }
    }
}

pub(super) const fn consumer_costs(language: Language, without_vat: bool) -> &'static str {
    match (language, without_vat) {
        (Language::Nl, true) => {
            "Nederlandse consumenten betalen na die brief de wettelijke incassokosten, zonder btw."
        }
        (Language::Nl, false) => {
            "Nederlandse consumenten betalen na die brief de wettelijke incassokosten, met btw."
        }
        (Language::Fr, true) => {
            "Après cette lettre, les consommateurs néerlandais paient les frais légaux, sans TVA."
        }
        (Language::Fr, false) => {
            "Après cette lettre, les consommateurs néerlandais paient les frais légaux, avec TVA."
        }
        (Language::De, true) => {
            "Niederländische Verbraucher zahlen danach die gesetzlichen Inkassokosten, ohne MwSt."
        }
        (Language::De, false) => {
            "Niederländische Verbraucher zahlen danach die gesetzlichen Inkassokosten, mit MwSt."
        }
        (Language::En, true) => {
            "After that letter Dutch consumers pay the collection costs of the law, without VAT."
        }
        (Language::En, false) => {
            "After that letter Dutch consumers pay the collection costs of the law, with VAT."
        }
    }
}

pub(super) const fn business_costs(language: Language, costs: &BusinessCosts) -> &'static str {
    match (language, costs) {
        (Language::Nl, BusinessCosts::None) => "Bedrijven betalen geen incassokosten.",
        (Language::Nl, BusinessCosts::FixedForty) => {
            "Bedrijven betalen na een aanmaning voor elke factuur 40 euro incassokosten."
        }
        (Language::Nl, BusinessCosts::Scale) => {
            "Bedrijven betalen na een aanmaning incassokosten: Nederlandse volgens de wettelijke \
             staffel, Belgische 40 euro per factuur."
        }
        (Language::Fr, BusinessCosts::None) => {
            "Les entreprises ne paient pas de frais de recouvrement."
        }
        (Language::Fr, BusinessCosts::FixedForty) => {
            "Après une sommation, les entreprises paient 40 euros de frais par facture."
        }
        (Language::Fr, BusinessCosts::Scale) => {
            "Après une sommation, les entreprises paient des frais : les néerlandaises selon le \
             barème légal, les belges 40 euros par facture."
        }
        (Language::De, BusinessCosts::None) => "Unternehmen zahlen keine Inkassokosten.",
        (Language::De, BusinessCosts::FixedForty) => {
            "Unternehmen zahlen nach einer Mahnung für jede Rechnung 40 Euro Inkassokosten."
        }
        (Language::De, BusinessCosts::Scale) => {
            "Unternehmen zahlen nach einer Mahnung Inkassokosten: niederländische nach der \
             gesetzlichen Staffel, belgische 40 Euro je Rechnung."
        }
        (Language::En, BusinessCosts::None) => "Businesses pay no collection costs.",
        (Language::En, BusinessCosts::FixedForty) => {
            "After a demand businesses pay collection costs of 40 euros for each invoice."
        }
        (Language::En, BusinessCosts::Scale) => {
            "After a demand businesses pay collection costs: Dutch ones by the scale of the law, \
             Belgian ones 40 euros for each invoice."
        }
    }
}

pub(super) const fn interest(language: Language, is_asked: bool) -> &'static str {
    match (language, is_asked) {
        (Language::Nl, true) => "Waar de wet het toelaat, wordt wettelijke rente gevraagd.",
        (Language::Nl, false) => "Er wordt geen wettelijke rente gevraagd.",
        (Language::Fr, true) => "Là où la loi le permet, les intérêts légaux sont demandés.",
        (Language::Fr, false) => "Aucun intérêt légal n'est demandé.",
        (Language::De, true) => "Wo das Gesetz es erlaubt, werden gesetzliche Zinsen verlangt.",
        (Language::De, false) => "Es werden keine gesetzlichen Zinsen verlangt.",
        (Language::En, true) => "Where the law allows it, statutory interest is asked.",
        (Language::En, false) => "No statutory interest is asked.",
    }
}

pub(super) fn penalty_clause(language: Language, lump_sum: bool, yearly: Option<u32>) -> String {
    let rate = yearly.map(|rate| percent(language, rate));
    let (lump, with, a_year) = match language {
        Language::Nl => ("een vast bedrag", "rente van", "per jaar"),
        Language::Fr => ("une somme forfaitaire", "des intérêts de", "par an"),
        Language::De => ("ein fester Betrag", "Zinsen von", "pro Jahr"),
        Language::En => ("a lump sum", "interest of", "a year"),
    };
    let parts = [lump_sum.then(|| lump.to_owned()), rate.map(|it| format!("{with} {it} {a_year}"))];
    let parts = parts.into_iter().flatten().collect::<Vec<_>>().join(", ");
    match language {
        Language::Nl => {
            format!(
                "Belgische consumenten: {parts}, volgens het beding, voor zover de wet het toelaat."
            )
        }
        Language::Fr => {
            format!(
                "Consommateurs belges : {parts}, selon la clause, dans la mesure où la loi le \
                 permet."
            )
        }
        Language::De => {
            format!(
                "Belgische Verbraucher: {parts}, nach der Klausel, soweit das Gesetz es erlaubt."
            )
        }
        Language::En => {
            format!("Belgian consumers: {parts}, by the clause, as far as the law allows.")
        }
    }
}

pub(super) fn promises(language: Language, days_max: u16, grace_days: u16) -> String {
    let (within, grace) = (days_dative(language, days_max), days(language, grace_days));
    match language {
        Language::Nl => format!(
            "Een klant mag beloven binnen {within} te betalen; {grace} na die dag wordt gekeken."
        ),
        Language::Fr => {
            format!(
                "Un client peut promettre de payer dans un délai de {within} ; on vérifie {grace} \
                 après."
            )
        }
        Language::De => format!(
            "Ein Kunde darf zusagen, innerhalb von {within} zu zahlen; {grace} danach wird geprüft."
        ),
        Language::En => {
            format!("A customer may promise to pay within {within}; {grace} later it is looked at.")
        }
    }
}

pub(super) fn thanks(language: Language, channels: &str) -> String {
    match language {
        Language::Nl => format!("Wie na een bericht betaalt, wordt bedankt, {channels}."),
        Language::Fr => format!("Qui paie après un message est remercié, {channels}."),
        Language::De => format!("Wer nach einer Nachricht zahlt, erhält einen Dank, {channels}."),
        Language::En => format!("Whoever pays after a message is thanked, {channels}."),
    }
}

pub(super) fn small_difference(language: Language, up_to: Money) -> String {
    let up_to = amount(language, up_to);
    match language {
        Language::Nl => format!("Blijft er hoogstens {up_to} open, dan is het goed."),
        Language::Fr => format!("S'il reste au plus {up_to}, le créancier y renonce."),
        Language::De => format!("Bleiben höchstens {up_to} offen, so wird darauf verzichtet."),
        Language::En => format!("Where at most {up_to} is left open, it is given up."),
    }
}

pub(super) fn commission(language: Language, rate: u32) -> String {
    band(language, Band::All, rate, rate)
}

pub(super) fn band(language: Language, of: Band, rate: u32, direct: u32) -> String {
    let shown = percent(language, rate);
    let of = match (language, of) {
        (_, Band::All) => String::new(),
        (Language::Nl, Band::Above) => "Daarboven: ".to_owned(),
        (Language::Nl, Band::Claims(it)) => format!("Vorderingen tot {}: ", amount(language, it)),
        (Language::Nl, Band::Brought(it)) => {
            format!("Van wat een vordering opbrengt, tot {}: ", amount(language, it))
        }
        (Language::Nl, Band::Age(it)) => format!("Tot {} na de vervaldag: ", days(language, it)),
        (Language::Fr, Band::Above) => "Au-delà : ".to_owned(),
        (Language::Fr, Band::Claims(it)) => format!("Créances jusqu'à {} : ", amount(language, it)),
        (Language::Fr, Band::Brought(it)) => {
            format!("De ce qu'une créance rapporte, jusqu'à {} : ", amount(language, it))
        }
        (Language::Fr, Band::Age(it)) => {
            format!("Jusqu'à {} après l'échéance : ", days(language, it))
        }
        (Language::De, Band::Above) => "Darüber: ".to_owned(),
        (Language::De, Band::Claims(it)) => format!("Forderungen bis {}: ", amount(language, it)),
        (Language::De, Band::Brought(it)) => {
            format!("Von dem, was eine Forderung bringt, bis {}: ", amount(language, it))
        }
        (Language::De, Band::Age(it)) => {
            format!("Bis {} nach der Fälligkeit: ", days(language, it))
        }
        (Language::En, Band::Above) => "Above that: ".to_owned(),
        (Language::En, Band::Claims(it)) => format!("Claims up to {}: ", amount(language, it)),
        (Language::En, Band::Brought(it)) => {
            format!("Of what a claim brings, up to {}: ", amount(language, it))
        }
        (Language::En, Band::Age(it)) => {
            format!("Up to {} after the due date: ", days(language, it))
        }
    };
    let told = match language {
        Language::Nl => {
            format!("{of}Het bureau krijgt {shown} provisie over hoofdsom en rente die binnenkomen")
        }
        Language::Fr => format!(
            "{of}Le bureau reçoit {shown} de commission sur le principal et les intérêts reçus"
        ),
        Language::De => format!(
            "{of}Das Büro erhält {shown} Provision auf eingehende Hauptforderung und Zinsen"
        ),
        Language::En => format!(
            "{of}The agency gets a commission of {shown} of principal and interest that come in"
        ),
    };
    let straight = percent(language, direct);
    if direct == rate {
        return format!("{told}.");
    }
    match language {
        Language::Nl => format!("{told}, en {straight} van wat de schuldeiser zelf kreeg."),
        Language::Fr => format!("{told}, et {straight} sur ce que le créancier a reçu lui-même."),
        Language::De => {
            format!("{told}, und {straight} auf das, was der Gläubiger selbst erhielt.")
        }
        Language::En => format!("{told}, and {straight} of what the creditor received itself."),
    }
}

pub(super) const fn marginal(language: Language) -> &'static str {
    match language {
        Language::Nl => "Elk deel van een bedrag valt onder zijn eigen percentage.",
        Language::Fr => "Chaque tranche d'un montant a son propre pourcentage.",
        Language::De => "Für jeden Teil eines Betrags gilt sein eigener Satz.",
        Language::En => "Each part of an amount has a rate of its own.",
    }
}

pub(super) fn least(language: Language, least: Money) -> String {
    let least = amount(language, least);
    match language {
        Language::Nl => format!(
            "De provisie is minstens {least} per vordering, en nooit meer dan wat binnenkwam."
        ),
        Language::Fr => format!(
            "La commission est d'au moins {least} par créance, jamais plus que ce qui est rentré."
        ),
        Language::De => {
            format!("Die Provision beträgt mindestens {least} je Forderung, nie mehr als einging.")
        }
        Language::En => format!(
            "The commission is at least {least} for each claim, and never more than came in."
        ),
    }
}

pub(super) fn most(language: Language, most: Money) -> String {
    let most = amount(language, most);
    match language {
        Language::Nl => format!("De provisie is hoogstens {most} per vordering."),
        Language::Fr => format!("La commission est de {most} au plus par créance."),
        Language::De => format!("Die Provision beträgt höchstens {most} je Forderung."),
        Language::En => format!("The commission is at most {most} for each claim."),
    }
}

pub(super) const fn kept_costs(language: Language, are_kept: bool) -> &'static str {
    match (language, are_kept) {
        (Language::Nl, true) => "Incassokosten die klanten betalen, zijn voor het bureau.",
        (Language::Nl, false) => "Incassokosten die klanten betalen, zijn voor de schuldeiser.",
        (Language::Fr, true) => "Les frais payés par les clients reviennent au bureau.",
        (Language::Fr, false) => "Les frais payés par les clients reviennent au créancier.",
        (Language::De, true) => "Inkassokosten, die Kunden zahlen, stehen dem Büro zu.",
        (Language::De, false) => "Inkassokosten, die Kunden zahlen, stehen dem Gläubiger zu.",
        (Language::En, true) => "Collection costs that customers pay are the agency's.",
        (Language::En, false) => "Collection costs that customers pay are the creditor's.",
    }
}

pub(super) const fn settlement(language: Language, is_net: bool) -> &'static str {
    match (language, is_net) {
        (Language::Nl, true) => "Wat het bureau krijgt, gaat af van wat het uitbetaalt.",
        (Language::Nl, false) => {
            "Alles wordt uitbetaald; wat het bureau krijgt, wordt apart gefactureerd."
        }
        (Language::Fr, true) => "Ce qui revient au bureau est déduit de ce qu'il verse.",
        (Language::Fr, false) => "Tout est versé ; ce qui revient au bureau est facturé à part.",
        (Language::De, true) => "Was dem Büro zusteht, wird von der Auszahlung abgezogen.",
        (Language::De, false) => {
            "Alles wird ausgezahlt; was dem Büro zusteht, wird gesondert berechnet."
        }
        (Language::En, true) => "What the agency gets is taken off what it pays out.",
        (Language::En, false) => "All is paid out; what the agency gets is invoiced separately.",
    }
}

pub(super) const fn on_request(language: Language) -> &'static str {
    match language {
        Language::Nl => "Er wordt uitbetaald op verzoek.",
        Language::Fr => "Le versement se fait sur demande.",
        Language::De => "Ausgezahlt wird auf Anfrage.",
        Language::En => "It is paid out on request.",
    }
}

const fn weekday(language: Language, day: &PayoutWeekday) -> &'static str {
    match (language, day) {
        (Language::Nl, PayoutWeekday::Monday) => "maandag",
        (Language::Nl, PayoutWeekday::Tuesday) => "dinsdag",
        (Language::Nl, PayoutWeekday::Wednesday) => "woensdag",
        (Language::Nl, PayoutWeekday::Thursday) => "donderdag",
        (Language::Nl, PayoutWeekday::Friday) => "vrijdag",
        (Language::Fr, PayoutWeekday::Monday) => "lundi",
        (Language::Fr, PayoutWeekday::Tuesday) => "mardi",
        (Language::Fr, PayoutWeekday::Wednesday) => "mercredi",
        (Language::Fr, PayoutWeekday::Thursday) => "jeudi",
        (Language::Fr, PayoutWeekday::Friday) => "vendredi",
        (Language::De, PayoutWeekday::Monday) => "Montag",
        (Language::De, PayoutWeekday::Tuesday) => "Dienstag",
        (Language::De, PayoutWeekday::Wednesday) => "Mittwoch",
        (Language::De, PayoutWeekday::Thursday) => "Donnerstag",
        (Language::De, PayoutWeekday::Friday) => "Freitag",
        (Language::En, PayoutWeekday::Monday) => "Monday",
        (Language::En, PayoutWeekday::Tuesday) => "Tuesday",
        (Language::En, PayoutWeekday::Wednesday) => "Wednesday",
        (Language::En, PayoutWeekday::Thursday) => "Thursday",
        (Language::En, PayoutWeekday::Friday) => "Friday",
    }
}

pub(super) fn weekly(language: Language, day: &PayoutWeekday, minimum: Option<Money>) -> String {
    let day = weekday(language, day);
    let told = match language {
        Language::Nl => format!("De uitbetaling wordt elke week op {day} voorgesteld"),
        Language::Fr => format!("Le versement est proposé chaque {day}"),
        Language::De => format!("Die Auszahlung wird jede Woche am {day} vorgeschlagen"),
        Language::En => format!("The payout is proposed every {day}"),
    };
    from_minimum(language, &told, minimum)
}

pub(super) fn monthly(language: Language, day: u8, minimum: Option<Money>) -> String {
    let ordinal = if day == 1 { "1er".to_owned() } else { day.to_string() };
    let told = match language {
        Language::Nl => format!("De uitbetaling wordt elke maand op dag {day} voorgesteld"),
        Language::Fr => format!("Le versement est proposé le {ordinal} de chaque mois"),
        Language::De => format!("Die Auszahlung wird am {day}. jedes Monats vorgeschlagen"),
        Language::En => format!("The payout is proposed on day {day} of every month"),
    };
    from_minimum(language, &told, minimum)
}

fn from_minimum(language: Language, told: &str, minimum: Option<Money>) -> String {
    let Some(minimum) = minimum.map(|it| amount(language, it)) else { return format!("{told}.") };
    match language {
        Language::Nl => format!("{told}, vanaf {minimum}."),
        Language::Fr => format!("{told}, à partir de {minimum}."),
        Language::De => format!("{told}, ab {minimum}."),
        Language::En => format!("{told}, from {minimum} on."),
    }
}
