//! An explanation for a creditor: nothing of the debtor's circumstances, or of other creditors.

use contracts::hold::{HoldCause, HoldScope, HoldTerms};
use contracts::scheduler::CloseReason;
use primitives::{Language, Timestamp};

use super::words::{Four, Words, is_common, pick};
use super::{Holding, Said, StepTold, Stop, handler};

/// A sentence; none of what is not for a creditor.
pub(super) fn say(words: Words, said: &Said) -> Option<String> {
    Some(match said {
        Said::NoClaim => pick(words.language, NO_CLAIM).to_owned(),
        Said::Step(step) => {
            words.say(STEP, &[("what", &words.deed(step)), ("moment", &words.agreed_for(step))])
        }
        Said::Claim(claim) => words.say(
            CLAIM,
            &[
                ("open", &words.amount(claim.open)),
                ("amount", &words.amount(claim.amount)),
                ("day", &words.date(claim.due_on)),
            ],
        ),
        Said::Refused { again_at: Some(at), .. } => {
            words.say(REFUSED, &[("day", &words.moment(*at))])
        }
        Said::Refused { again_at: None, .. } => pick(words.language, REFUSED_FOR_GOOD).to_owned(),
        Said::UnderWay(errand) => words.errand(errand),
        Said::NoStatement(day) => words.say(NO_STATEMENT, &[("day", &words.date(*day))]),
        Said::Held(holding) => held(words.language, *holding).to_owned(),
        Said::OnHold(terms) => return cause(words.language, terms).map(str::to_owned),
        Said::Reason(_) | Said::Route(_) => return None,
        Said::Closed(reason) => closed(words.language, reason).to_owned(),
        Said::Taken { step, at } => taken(words, step, *at),
        Said::Decides { on, .. } => words.say(DECIDES, &[("day", &words.date(*on))]),
        Said::GoesOn(on) => words.say(GOES_ON, &[("day", &words.date(*on))]),
        Said::MoneyAwaited(wait) => words.say(MONEY_AWAITED, &[("day", &words.moment(wait.until))]),
        Said::Confirming
        | Said::Thanking
        | Said::NotBefore(_)
        | Said::Promised { .. }
        | Said::Judged(_)
        | Said::StatementsFirst(_)
        | Said::Confirmed(_)
        | Said::Thanked(_)
        | Said::HappensBy(_)
        | Said::Nothing
        | Said::AwaitsClaim => handler::say(words, said),
    })
}

/// What would stop or change what comes next.
pub(super) fn stop(words: Words, stop: Stop) -> &'static str {
    pick(
        words.language,
        match stop {
            Stop::NothingOpen => STOP_NOTHING_OPEN,
            Stop::Gate => STOP_GATE,
            Stop::Hold => STOP_HOLD,
            Stop::PermitEnd => STOP_PERMIT_END,
            Stop::NewAddress => STOP_NEW_ADDRESS,
            Stop::Decision => STOP_DECISION,
            Stop::HoldEnds => STOP_HOLD_ENDS,
            Stop::MoneyDecided => STOP_MONEY_DECIDED,
            Stop::OtherClaim
            | Stop::DueDate
            | Stop::EnoughMoney
            | Stop::Judgement
            | Stop::CallersWord
            | Stop::Proof
            | Stop::AnotherClaim
            | Stop::TriedAgain
            | Stop::NewStatements
            | Stop::OtherNews
            | Stop::OpensAgain
            | Stop::FirstClaim => return handler::stop(words, stop),
        },
    )
}

/// What a hold means.
const fn held(language: Language, holding: Holding) -> &'static str {
    pick(
        language,
        match holding {
            Holding::StepsUsedUp => HELD_STEPS_USED_UP,
            Holding::NotReachable => HELD_NOT_REACHABLE,
            Holding::GateRefused => HELD_GATE_REFUSED,
            Holding::CallUncertain => HELD_CALL_UNCERTAIN,
            Holding::MessageUncertain => HELD_MESSAGE_UNCERTAIN,
            Holding::NotDelivered => HELD_NOT_DELIVERED,
            Holding::NotWritten => HELD_NOT_WRITTEN,
            Holding::TriedInVain => HELD_TRIED_IN_VAIN,
            Holding::ReasonGiven => HELD_REASON_GIVEN,
            Holding::OnHold => HELD_ON_HOLD,
        },
    )
}

/// Why a hold was placed, where that tells nothing of the debtor's circumstances or of other
/// creditors.
const fn cause(language: Language, terms: &HoldTerms) -> Option<&'static str> {
    match terms.scope {
        HoldScope::Person { .. } => return None,
        HoldScope::Creditor { .. } if matches!(terms.cause, HoldCause::CreditorAsked) => {}
        HoldScope::Creditor { .. } | HoldScope::All if !is_common(&terms.cause) => return None,
        HoldScope::Claim { .. }
        | HoldScope::Case { .. }
        | HoldScope::Creditor { .. }
        | HoldScope::All => {}
    }
    Some(pick(
        language,
        match terms.cause {
            HoldCause::Complaint => CAUSE_COMPLAINT,
            HoldCause::AwaitingDocuments => CAUSE_AWAITING_DOCUMENTS,
            HoldCause::CreditorAsked => CAUSE_CREDITOR_ASKED,
            HoldCause::LegalQuestion => CAUSE_LEGAL_QUESTION,
            HoldCause::Crisis => CAUSE_CRISIS,
            HoldCause::Season => CAUSE_SEASON,
            HoldCause::SystemError => CAUSE_SYSTEM_ERROR,
            HoldCause::Dispute => CAUSE_DISPUTE,
            HoldCause::DebtAid
            | HoldCause::CoolingOff
            | HoldCause::Illness
            | HoldCause::Bereavement => return None,
        },
    ))
}

/// Why nothing is owed.
const fn closed(language: Language, reason: &CloseReason) -> &'static str {
    pick(
        language,
        match reason {
            CloseReason::Paid => CLOSED_PAID,
            CloseReason::Credited => CLOSED_CREDITED,
            CloseReason::Withdrawn => CLOSED_WITHDRAWN,
        },
    )
}

/// What comes next.
fn taken(words: Words, step: &StepTold, at: Timestamp) -> String {
    words.say(
        [
            "Op {day} volgt {what}.",
            "Le {day} suit {what}.",
            "Am {day} folgt {what}.",
            "On {day} follows {what}.",
        ],
        &[("what", &words.deed(step)), ("day", &words.moment(at))],
    )
}

const NO_CLAIM: Four = [
    "De zaak is geopend en wacht op de eerste vordering.",
    "Le dossier est ouvert et attend la première créance.",
    "Der Fall ist eröffnet und wartet auf die erste Forderung.",
    "The case was opened and waits for its first claim.",
];
const STEP: Four = [
    "Dit is met u afgesproken: {what}, {moment}.",
    "C'est convenu avec vous : {what}, {moment}.",
    "Das ist mit Ihnen vereinbart: {what}, {moment}.",
    "This was agreed with you: {what}, {moment}.",
];
const CLAIM: Four = [
    "{open} van {amount} staat open, zonder kosten en rente; te betalen was tot en met {day}.",
    "{open} de {amount} reste ouvert, sans frais ni intérêts ; à payer au plus tard le {day}.",
    "{open} von {amount} ist offen, ohne Kosten und Zinsen; zu zahlen war bis {day}.",
    "{open} of {amount} is open, without costs and interest; it was to be paid by {day}.",
];
const REFUSED: Four = [
    "De wet liet het niet eerder toe dan {day}.",
    "La loi ne le permettait pas avant le {day}.",
    "Das Gesetz erlaubte es nicht vor {day}.",
    "The law did not allow it before {day}.",
];
const REFUSED_FOR_GOOD: Four = [
    "De wet staat het niet toe.",
    "La loi ne le permet pas.",
    "Das Gesetz erlaubt es nicht.",
    "The law does not allow it.",
];
const NO_STATEMENT: Four = [
    "De debiteur zegde toe te betalen uiterlijk {day}; wij wachten op de bankafschriften van die \
     dag.",
    "Le débiteur a promis de payer au plus tard le {day} ; nous attendons les extraits bancaires \
     de ce jour.",
    "Der Schuldner hat zugesagt, bis {day} zu zahlen; wir warten auf die Kontoauszüge dieses \
     Tages.",
    "The debtor promised to pay by {day}; we wait for the bank statements of that day.",
];
const DECIDES: Four = [
    "Wij kijken ernaar, uiterlijk {day}.",
    "Nous l'examinons, au plus tard le {day}.",
    "Wir sehen es uns an, bis {day}.",
    "We look at it, by {day}.",
];
const GOES_ON: Four = [
    "Op {day} gaat de zaak verder, stap voor stap.",
    "Le {day}, le dossier reprend, étape par étape.",
    "Am {day} geht der Fall weiter, Schritt für Schritt.",
    "On {day} the case goes on, one step at a time.",
];
const STOP_NOTHING_OPEN: Four = [
    "Een betaling, uw creditnota of uw intrekking, waarna niets meer openstaat.",
    "Un paiement, votre note de crédit ou votre retrait, qui ne laisse rien d'ouvert.",
    "Eine Zahlung, Ihre Gutschrift oder Ihre Rücknahme, nach der nichts mehr offen ist.",
    "A payment, your credit note or your withdrawal that leaves nothing open.",
];
const STOP_GATE: Four = [
    "De wet: uren, feestdagen, en hoe vaak iemand benaderd mag worden.",
    "La loi : heures, jours fériés, et nombre de contacts permis.",
    "Das Gesetz: Zeiten, Feiertage, und wie oft jemand angesprochen werden darf.",
    "The law: hours, holidays, and how often somebody may be contacted.",
];
const STOP_HOLD: Four = [
    "Iets waar wij eerst naar moeten kijken.",
    "Quelque chose que nous devons d'abord examiner.",
    "Etwas, das wir uns zuerst ansehen müssen.",
    "Something that we have to look at first.",
];
const STOP_PERMIT_END: Four = [
    "Als het niet op tijd lukt, wordt de stap opnieuw gepland.",
    "Si cela ne réussit pas à temps, l'étape est planifiée à nouveau.",
    "Gelingt es nicht rechtzeitig, wird der Schritt neu geplant.",
    "If it does not succeed in time, the step is planned again.",
];
const STOP_NEW_ADDRESS: Four = [
    "Een factuur van u die een adres brengt.",
    "Une facture de vous qui apporte une adresse.",
    "Eine Rechnung von Ihnen, die eine Adresse bringt.",
    "An invoice of yours that brings an address.",
];
const STOP_DECISION: Four =
    ["Onze beslissing.", "Notre décision.", "Unsere Entscheidung.", "Our decision."];
const MONEY_AWAITED: Four = [
    "Er kwam geld binnen dat voor deze vordering kan zijn. Wij zoeken dat uit en vragen tot {day} \
     niets.",
    "De l’argent qui peut concerner cette créance est arrivé. Nous vérifions et ne demandons rien \
     avant le {day}.",
    "Es ging Geld ein, das für diese Forderung sein kann. Wir klären das und fordern bis {day} \
     nichts.",
    "Money came in that may be for this claim. We look into it and ask nothing before {day}.",
];
const STOP_MONEY_DECIDED: Four = [
    "De uitkomst van dat onderzoek.",
    "Le résultat de cette vérification.",
    "Das Ergebnis dieser Klärung.",
    "What comes of looking into it.",
];
const STOP_HOLD_ENDS: Four = [
    "Het einde van de rust in deze zaak.",
    "La fin de la suspension du dossier.",
    "Das Ende der Aussetzung.",
    "The end of the hold.",
];
const HELD_STEPS_USED_UP: Four = [
    "Alle afgesproken stappen zijn genomen; wij bekijken met u hoe het verder gaat.",
    "Toutes les étapes convenues sont prises ; nous voyons avec vous la suite.",
    "Alle vereinbarten Schritte sind getan; wir sehen mit Ihnen, wie es weitergeht.",
    "All agreed steps were taken; we look with you at how to go on.",
];
const HELD_NOT_REACHABLE: Four = [
    "Voor de volgende stap kennen wij geen adres of nummer van de debiteur.",
    "Pour l'étape suivante, nous ne connaissons ni adresse ni numéro du débiteur.",
    "Für den nächsten Schritt kennen wir keine Adresse oder Nummer des Schuldners.",
    "For the next step we know no address or number of the debtor.",
];
const HELD_GATE_REFUSED: Four = [
    "De wet staat de volgende stap niet toe zoals het nu is.",
    "La loi ne permet pas l'étape suivante en l'état.",
    "Das Gesetz erlaubt den nächsten Schritt so nicht.",
    "The law does not allow the next step as things are.",
];
const HELD_CALL_UNCERTAIN: Four = [
    "Wij gaan na of een gesprek is gevoerd.",
    "Nous vérifions si un appel a eu lieu.",
    "Wir prüfen, ob ein Anruf stattfand.",
    "We find out whether a call was made.",
];
const HELD_MESSAGE_UNCERTAIN: Four = [
    "Wij gaan na of een bericht is aangekomen bij de verzender.",
    "Nous vérifions si un message est parti.",
    "Wir prüfen, ob eine Nachricht hinausging.",
    "We find out whether a message left.",
];
const HELD_NOT_DELIVERED: Four = [
    "Onze berichten komen niet aan op het adres dat wij kennen.",
    "Nos messages n'arrivent pas à l'adresse que nous connaissons.",
    "Unsere Nachrichten kommen an der bekannten Adresse nicht an.",
    "Our messages do not arrive at the address that we know.",
];
const HELD_NOT_WRITTEN: Four = [
    "Voor het volgende bericht ontbreekt ons een gegeven.",
    "Une donnée nous manque pour le message suivant.",
    "Für die nächste Nachricht fehlt uns eine Angabe.",
    "Something that the next message has to say is not known to us.",
];
const HELD_TRIED_IN_VAIN: Four = [
    "De volgende stap is enkele keren niet gelukt; een medewerker kijkt ernaar.",
    "L'étape suivante n'a pas abouti plusieurs fois ; un collaborateur l'examine.",
    "Der nächste Schritt gelang mehrmals nicht; jemand von uns sieht es sich an.",
    "The next step did not succeed several times; one of us looks at it.",
];
const HELD_REASON_GIVEN: Four = [
    "Een medewerker bekijkt de zaak voordat er iets anders gebeurt.",
    "Un collaborateur examine le dossier avant toute autre chose.",
    "Jemand von uns prüft den Fall, bevor etwas anderes geschieht.",
    "One of us looks at the case before anything else happens.",
];
const HELD_ON_HOLD: Four = [
    "De zaak ligt stil: wij sturen nu niets.",
    "Le dossier est suspendu : nous n'envoyons rien pour l'instant.",
    "Der Fall ist ausgesetzt: wir senden jetzt nichts.",
    "The case is on hold: we send nothing now.",
];
const CAUSE_COMPLAINT: Four = [
    "Wij onderzoeken eerst een klacht.",
    "Nous examinons d'abord une plainte.",
    "Wir prüfen zuerst eine Beschwerde.",
    "We look into a complaint first.",
];
const CAUSE_AWAITING_DOCUMENTS: Four = [
    "Wij wachten op stukken.",
    "Nous attendons des documents.",
    "Wir warten auf Unterlagen.",
    "We wait for documents.",
];
const CAUSE_CREDITOR_ASKED: Four = [
    "U heeft erom gevraagd.",
    "Vous l'avez demandé.",
    "Sie haben darum gebeten.",
    "You asked for it.",
];
const CAUSE_LEGAL_QUESTION: Four = [
    "Er is een rechtsvraag die eerst beantwoord moet worden.",
    "Une question de droit doit d'abord être résolue.",
    "Zuerst ist eine Rechtsfrage zu klären.",
    "A question of law has to be answered first.",
];
const CAUSE_CRISIS: Four = [
    "Wegens een crisis sturen wij velen nu niets.",
    "En raison d'une crise, nous n'envoyons rien à beaucoup de gens.",
    "Wegen einer Krise senden wir vielen jetzt nichts.",
    "Because of a crisis we send nothing to many people now.",
];
const CAUSE_SEASON: Four = [
    "In deze tijd van het jaar sturen wij niets.",
    "En cette période de l'année, nous n'envoyons rien.",
    "In dieser Zeit des Jahres senden wir nichts.",
    "We send nothing at this time of the year.",
];
const CAUSE_SYSTEM_ERROR: Four = [
    "Door een storing sturen wij nu niets.",
    "À cause d'une panne, nous n'envoyons rien pour l'instant.",
    "Wegen einer Störung senden wir jetzt nichts.",
    "Because of a fault we send nothing now.",
];
const CAUSE_DISPUTE: Four = [
    "De debiteur betwist de vordering; dat zoeken wij eerst uit.",
    "Le débiteur conteste la créance ; nous le tirons d'abord au clair.",
    "Der Schuldner bestreitet die Forderung; das klären wir zuerst.",
    "The debtor disputes the claim; we clear that up first.",
];
const CLOSED_PAID: Four = [
    "De zaak is klaar: er is betaald.",
    "Le dossier est terminé : tout est payé.",
    "Der Fall ist erledigt: es ist bezahlt.",
    "The case is over: it was paid.",
];
const CLOSED_CREDITED: Four = [
    "De zaak is klaar: u heeft een creditnota gegeven.",
    "Le dossier est terminé : vous avez donné une note de crédit.",
    "Der Fall ist erledigt: Sie haben eine Gutschrift erteilt.",
    "The case is over: you gave a credit note.",
];
const CLOSED_WITHDRAWN: Four = [
    "De zaak is klaar: u heeft de vordering teruggenomen.",
    "Le dossier est terminé : vous avez repris la créance.",
    "Der Fall ist erledigt: Sie haben die Forderung zurückgenommen.",
    "The case is over: you took the claim back.",
];
