//! What all readers of an explanation have in common: names of things, amounts and days.

use contracts::agreement::{AgreedDeed, StepMoment};
use contracts::hold::HoldCause;
use primitives::printed::{amount, date};
use primitives::{Channel, Country, Date, Language, MessageKind, Money, Timestamp};

use super::{ErrandTold, StepTold};
use crate::domain::case::{ErrandKind, ErrandState};
use crate::domain::plan::day_of;

/// Dutch, French, German, English.
pub(super) type Four = [&'static str; 4];

/// The text in a language.
pub(super) const fn pick(language: Language, four: Four) -> &'static str {
    let [nl, fr, de, en] = four;
    match language {
        Language::Nl => nl,
        Language::Fr => fr,
        Language::De => de,
        Language::En => en,
    }
}

/// Who reads, and where the debtor is: days are told as they are there.
#[derive(Clone, Copy, Debug)]
pub(super) struct Words {
    pub(super) language: Language,
    pub(super) country: Country,
}

impl Words {
    /// A sentence with its places filled.
    pub(super) fn say(self, four: Four, values: &[(&str, &str)]) -> String {
        let text = pick(self.language, four).to_owned();
        values
            .iter()
            .fold(text, |text, (place, value)| text.replace(&format!("{{{place}}}"), value))
    }

    pub(super) fn amount(self, money: Money) -> String {
        amount(self.language, money)
    }

    pub(super) fn date(self, day: Date) -> String {
        date(self.language, day)
    }

    /// The day of a moment where the debtor is.
    pub(super) fn moment(self, moment: Timestamp) -> String {
        self.date(day_of(self.country, moment))
    }

    pub(super) const fn message(self, message: MessageKind) -> &'static str {
        message_of(self.language, message)
    }

    /// What a step does; its key where the agreement does not know it.
    pub(super) fn deed(self, step: &StepTold) -> String {
        match &step.deed {
            Some(AgreedDeed::Write { message, channels }) => {
                let by: Vec<&str> =
                    channels.iter().map(|channel| channel_of(self.language, *channel)).collect();
                let and = pick(self.language, [" en ", " et ", " und ", " and "]);
                format!("{} {}", self.message(*message), by.join(and))
            }
            Some(AgreedDeed::Call { attempts_max: 1 }) => pick(
                self.language,
                ["een telefoongesprek", "un appel téléphonique", "ein Anruf", "one call"],
            )
            .to_owned(),
            Some(AgreedDeed::Call { attempts_max }) => self.say(
                [
                    "een telefoongesprek, geprobeerd op hoogstens {days} dagen",
                    "un appel téléphonique, tenté {days} jours au plus",
                    "ein Anruf, versucht an höchstens {days} Tagen",
                    "a call, tried on {days} days at most",
                ],
                &[("days", &attempts_max.to_string())],
            ),
            None => step.key.clone(),
        }
    }

    /// A step by its key and what it does.
    pub(super) fn step(self, step: &StepTold) -> String {
        match &step.deed {
            Some(_) => format!("{} ({})", step.key, self.deed(step)),
            None => step.key.clone(),
        }
    }

    /// For when a step was agreed.
    pub(super) fn agreed_for(self, step: &StepTold) -> String {
        let (days, four) = match step.moment {
            None => return String::new(),
            Some(StepMoment::FromDue { days: 0 }) => {
                (0, ["op de vervaldag", "à l'échéance", "am Tag der Fälligkeit", "on the due date"])
            }
            Some(StepMoment::FromDue { days: 1 }) => (
                1,
                [
                    "1 dag na de vervaldag",
                    "1 jour après l'échéance",
                    "1 Tag nach der Fälligkeit",
                    "1 day after the due date",
                ],
            ),
            Some(StepMoment::FromDue { days: -1 }) => (
                1,
                [
                    "1 dag voor de vervaldag",
                    "1 jour avant l'échéance",
                    "1 Tag vor der Fälligkeit",
                    "1 day before the due date",
                ],
            ),
            Some(StepMoment::FromDue { days: days @ 2.. }) => (
                days.unsigned_abs(),
                [
                    "{days} dagen na de vervaldag",
                    "{days} jours après l'échéance",
                    "{days} Tage nach der Fälligkeit",
                    "{days} days after the due date",
                ],
            ),
            Some(StepMoment::FromDue { days }) => (
                days.unsigned_abs(),
                [
                    "{days} dagen voor de vervaldag",
                    "{days} jours avant l'échéance",
                    "{days} Tage vor der Fälligkeit",
                    "{days} days before the due date",
                ],
            ),
            Some(StepMoment::AfterPrevious { days: 1 }) => (
                1,
                [
                    "1 dag na de vorige stap",
                    "1 jour après l'étape précédente",
                    "1 Tag nach dem Schritt davor",
                    "1 day after the step before",
                ],
            ),
            Some(StepMoment::AfterPrevious { days }) => (
                days,
                [
                    "{days} dagen na de vorige stap",
                    "{days} jours après l'étape précédente",
                    "{days} Tage nach dem Schritt davor",
                    "{days} days after the step before",
                ],
            ),
        };
        self.say(four, &[("days", &days.to_string())])
    }

    /// How far what is under way is.
    pub(super) fn errand(self, errand: &ErrandTold) -> String {
        let what = match errand.kind {
            ErrandKind::Letter(channel) => {
                let of_message = [
                    "Het bericht {by}",
                    "Le message {by}",
                    "Die Nachricht {by}",
                    "The message {by}",
                ];
                self.say(of_message, &[("by", channel_of(self.language, channel))])
            }
            ErrandKind::Call => {
                pick(self.language, ["Het gesprek", "L'appel", "Der Anruf", "The call"]).to_owned()
            }
        };
        let is_call = matches!(errand.kind, ErrandKind::Call);
        let four = match (&errand.state, is_call) {
            (ErrandState::Granted, true) => [
                "{what} mag tot en met {day} gevoerd worden; er wordt op een beller gewacht.",
                "{what} peut avoir lieu jusqu'au {day} ; un appelant est attendu.",
                "{what} darf bis {day} stattfinden; jemand muss ihn übernehmen.",
                "{what} may be made until {day}; a caller is awaited.",
            ],
            (ErrandState::Granted, false) => [
                "{what} mag tot en met {day} vertrekken; het antwoord wordt afgewacht.",
                "{what} peut partir jusqu'au {day} ; la réponse est attendue.",
                "{what} darf bis {day} hinausgehen; die Antwort wird abgewartet.",
                "{what} may leave until {day}; its answer is awaited.",
            ],
            (ErrandState::Withdrawing, _) => [
                "{what} is teruggenomen; het antwoord wordt afgewacht.",
                "{what} a été retiré ; la réponse est attendue.",
                "{what} wurde zurückgenommen; die Antwort wird abgewartet.",
                "{what} was taken back; its answer is awaited.",
            ],
            (ErrandState::Uncertain, _) => [
                "{what}: het is open of het gebeurd is.",
                "{what} : on ne sait pas si c'est fait.",
                "{what}: es ist offen, ob das geschehen ist.",
                "{what}: it is open whether it happened.",
            ],
            (ErrandState::Done, _) => {
                ["{what} is gedaan.", "{what} est fait.", "{what} ist getan.", "{what} is done."]
            }
            (ErrandState::NotSent(_) | ErrandState::NotMade(_), _) => [
                "{what} is niet gelukt.",
                "{what} n'a pas abouti.",
                "{what} ist nicht gelungen.",
                "{what} came to nothing.",
            ],
        };
        self.say(four, &[("what", &what), ("day", &self.moment(errand.until))])
    }
}

/// How a message goes.
const fn channel_of(language: Language, channel: Channel) -> &'static str {
    pick(
        language,
        match channel {
            Channel::Email => ["per e-mail", "par e-mail", "per E-Mail", "by email"],
            Channel::Post => ["per post", "par la poste", "per Post", "by post"],
            Channel::Sms => ["per sms", "par SMS", "per SMS", "by text message"],
            Channel::Telephone => ["per telefoon", "par téléphone", "per Telefon", "by telephone"],
            Channel::Visit => {
                ["met een bezoek", "par une visite", "mit einem Besuch", "by a visit"]
            }
        },
    )
}

/// What a message is.
const fn message_of(language: Language, message: MessageKind) -> &'static str {
    pick(
        language,
        match message {
            MessageKind::PreDueNotice => PRE_DUE_NOTICE,
            MessageKind::FreeFirstReminder => FREE_FIRST_REMINDER,
            MessageKind::FourteenDayLetter => FOURTEEN_DAY_LETTER,
            MessageKind::FormalNotice => FORMAL_NOTICE,
            MessageKind::Demand => DEMAND,
            MessageKind::PromiseConfirmation => PROMISE_CONFIRMATION,
            MessageKind::PaymentThanks => PAYMENT_THANKS,
        },
    )
}

const PRE_DUE_NOTICE: Four = [
    "een vriendelijk bericht vooraf",
    "un message aimable à l'avance",
    "eine freundliche Nachricht vorab",
    "a friendly notice in advance",
];
const FREE_FIRST_REMINDER: Four = [
    "een eerste herinnering zonder kosten",
    "un premier rappel sans frais",
    "eine erste Erinnerung ohne Kosten",
    "a first reminder, free of cost",
];
const FOURTEEN_DAY_LETTER: Four = [
    "een brief met veertien dagen de tijd",
    "une lettre qui laisse quatorze jours",
    "ein Brief mit vierzehn Tagen Zeit",
    "a letter that gives fourteen days",
];
const FORMAL_NOTICE: Four = [
    "de ingebrekestelling die de wet voorschrijft",
    "la mise en demeure que la loi prévoit",
    "die Inverzugsetzung, die das Gesetz vorschreibt",
    "the formal notice that the law prescribes",
];
const DEMAND: Four = ["een aanmaning", "une mise en demeure", "eine Mahnung", "a demand"];
const PROMISE_CONFIRMATION: Four = [
    "een bevestiging van de afspraak",
    "une confirmation de la promesse",
    "eine Bestätigung der Zusage",
    "a confirmation of the promise",
];
const PAYMENT_THANKS: Four = ["een bedankje", "un remerciement", "ein Dank", "thanks"];

/// Whether a reason may be that of all whom a hold covers; any other would be said of people of
/// whom it is not true.
pub(super) const fn is_common(cause: &HoldCause) -> bool {
    match cause {
        HoldCause::Crisis
        | HoldCause::Season
        | HoldCause::SystemError
        | HoldCause::LegalQuestion => true,
        HoldCause::Complaint
        | HoldCause::AwaitingDocuments
        | HoldCause::DebtAid
        | HoldCause::CoolingOff
        | HoldCause::Illness
        | HoldCause::Bereavement
        | HoldCause::CreditorAsked
        | HoldCause::Dispute => false,
    }
}
