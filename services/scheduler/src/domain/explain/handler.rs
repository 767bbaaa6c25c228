//! An explanation for a handler: everything that is known, in the words of the agency.

use contracts::hold::HoldCause;
use contracts::scheduler::CloseReason;
use primitives::{Language, NonPaymentReason};

use super::words::{Four, Words, pick};
use super::{Holding, Said, Stop};
use crate::domain::route::Route;

/// A sentence; nothing is kept from a handler.
pub(super) fn say(words: Words, said: &Said) -> String {
    match said {
        Said::NoClaim => pick(words.language, NO_CLAIM).to_owned(),
        Said::Confirming => pick(words.language, CONFIRMING).to_owned(),
        Said::Thanking => pick(words.language, THANKING).to_owned(),
        Said::Step(step) => words.say(
            STEP,
            &[
                ("step", &step.key),
                ("version", &step.version.to_string()),
                ("what", &words.deed(step)),
                ("moment", &words.agreed_for(step)),
            ],
        ),
        Said::Claim(claim) => words.say(
            CLAIM,
            &[
                ("claim", &claim.claim_id.to_string()),
                ("open", &words.amount(claim.open)),
                ("amount", &words.amount(claim.amount)),
                ("day", &words.date(claim.due_on)),
            ],
        ),
        Said::NotBefore(at) => words.say(NOT_BEFORE, &[("day", &words.moment(*at))]),
        Said::Refused { rule_ids, again_at: Some(at) } => {
            words.say(REFUSED, &[("rules", &rule_ids.join(", ")), ("day", &words.moment(*at))])
        }
        Said::Refused { rule_ids, again_at: None } => {
            words.say(REFUSED_FOR_GOOD, &[("rules", &rule_ids.join(", "))])
        }
        Said::UnderWay(errand) => words.errand(errand),
        Said::Promised { amount, pay_by } => words
            .say(PROMISED, &[("amount", &words.amount(*amount)), ("day", &words.date(*pay_by))]),
        Said::Judged(at) => words.say(JUDGED, &[("day", &words.moment(*at))]),
        Said::StatementsFirst(day) => words.say(STATEMENTS_FIRST, &[("day", &words.date(*day))]),
        Said::NoStatement(day) => words.say(NO_STATEMENT, &[("day", &words.date(*day))]),
        Said::Held(holding) => held(words.language, *holding).to_owned(),
        Said::OnHold(terms) => words.say(
            ON_HOLD,
            &[
                ("cause", cause(words.language, &terms.cause)),
                ("owner", &terms.owner),
                ("from", &words.date(terms.starts_on)),
                ("day", &words.date(terms.ends_on)),
            ],
        ),
        Said::MoneyAwaited(wait) => words.say(
            MONEY_AWAITED,
            &[("from", &words.moment(wait.since)), ("day", &words.moment(wait.until))],
        ),
        Said::Reason(reason) => {
            words.say(REASON, &[("what", reason_named(words.language, *reason))])
        }
        Said::Route(taken) => pick(words.language, route(*taken)).to_owned(),
        Said::Closed(reason) => words.say(CLOSED, &[("what", closed(words.language, reason))]),
        Said::Taken { step, at } => {
            words.say(TAKEN, &[("what", &words.step(step)), ("day", &words.moment(*at))])
        }
        Said::Confirmed(at) => words.say(CONFIRMED, &[("day", &words.moment(*at))]),
        Said::Thanked(at) => words.say(THANKED, &[("day", &words.moment(*at))]),
        Said::HappensBy(at) => words.say(HAPPENS_BY, &[("day", &words.moment(*at))]),
        Said::Decides { owner, on } => {
            words.say(DECIDES, &[("owner", owner), ("day", &words.date(*on))])
        }
        Said::GoesOn(on) => words.say(GOES_ON, &[("day", &words.date(*on))]),
        Said::Nothing => pick(words.language, NOTHING).to_owned(),
        Said::AwaitsClaim => pick(words.language, AWAITS_CLAIM).to_owned(),
    }
}

/// What would stop or change what comes next.
pub(super) fn stop(words: Words, stop: Stop) -> &'static str {
    pick(
        words.language,
        match stop {
            Stop::NothingOpen => STOP_NOTHING_OPEN,
            Stop::Gate => STOP_GATE,
            Stop::OtherClaim => STOP_OTHER_CLAIM,
            Stop::DueDate => STOP_DUE_DATE,
            Stop::Hold => STOP_HOLD,
            Stop::PermitEnd => STOP_PERMIT_END,
            Stop::EnoughMoney => STOP_ENOUGH_MONEY,
            Stop::Judgement => STOP_JUDGEMENT,
            Stop::CallersWord => STOP_CALLERS_WORD,
            Stop::Proof => STOP_PROOF,
            Stop::AnotherClaim => STOP_ANOTHER_CLAIM,
            Stop::NewAddress => STOP_NEW_ADDRESS,
            Stop::TriedAgain => STOP_TRIED_AGAIN,
            Stop::NewStatements => STOP_NEW_STATEMENTS,
            Stop::OtherNews => STOP_OTHER_NEWS,
            Stop::Decision => STOP_DECISION,
            Stop::HoldEnds => STOP_HOLD_ENDS,
            Stop::MoneyDecided => STOP_MONEY_DECIDED,
            Stop::OpensAgain => STOP_OPENS_AGAIN,
            Stop::FirstClaim => STOP_FIRST_CLAIM,
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

/// Why nothing goes out.
const fn cause(language: Language, cause: &HoldCause) -> &'static str {
    pick(
        language,
        match cause {
            HoldCause::Complaint => CAUSE_COMPLAINT,
            HoldCause::AwaitingDocuments => CAUSE_AWAITING_DOCUMENTS,
            HoldCause::DebtAid => CAUSE_DEBT_AID,
            HoldCause::CoolingOff => CAUSE_COOLING_OFF,
            HoldCause::Illness => CAUSE_ILLNESS,
            HoldCause::Bereavement => CAUSE_BEREAVEMENT,
            HoldCause::CreditorAsked => CAUSE_CREDITOR_ASKED,
            HoldCause::LegalQuestion => CAUSE_LEGAL_QUESTION,
            HoldCause::Crisis => CAUSE_CRISIS,
            HoldCause::Season => CAUSE_SEASON,
            HoldCause::SystemError => CAUSE_SYSTEM_ERROR,
            HoldCause::Dispute => CAUSE_DISPUTE,
        },
    )
}

/// What follows from why it was not paid.
const fn route(route: Route) -> Four {
    match route {
        Route::GoOn => ROUTE_GO_ON,
        Route::InWriting => ROUTE_IN_WRITING,
        Route::CheckPayment => ROUTE_CHECK_PAYMENT,
        Route::Arrange => ROUTE_ARRANGE,
        Route::AnswerDispute => ROUTE_ANSWER_DISPUTE,
        Route::CheckAddress => ROUTE_CHECK_ADDRESS,
        Route::CheckIdentity => ROUTE_CHECK_IDENTITY,
        Route::Stop => ROUTE_STOP,
    }
}

const ROUTE_GO_ON: Four = [
    "De afgesproken stappen gaan door.",
    "Les étapes convenues continuent.",
    "Die vereinbarten Schritte gehen weiter.",
    "The agreed steps go on.",
];
const ROUTE_IN_WRITING: Four = [
    "Er wordt niet gebeld; de volgende stap is schriftelijk.",
    "Personne n'appelle ; l'étape suivante se fait par écrit.",
    "Es wird nicht angerufen; der nächste Schritt ist schriftlich.",
    "Nobody calls; the next step is in writing.",
];
const ROUTE_CHECK_PAYMENT: Four = [
    "Tot de dag van beoordeling wordt niets gevraagd; dan moet de betaling bekend zijn.",
    "Rien n'est demandé avant le jour du contrôle ; le paiement doit alors être connu.",
    "Bis zum Tag der Prüfung wird nichts verlangt; dann muss die Zahlung bekannt sein.",
    "Nothing is asked until the review day; the payment should be known by then.",
];
const ROUTE_ARRANGE: Four = [
    "Er wordt niets gevraagd en er komen geen kosten bij voordat een regeling of schuldhulp \
     gevonden is.",
    "Rien n'est demandé et aucun frais ne s'ajoute avant qu'un arrangement ou une aide soit \
     trouvé.",
    "Nichts wird verlangt und keine Kosten kommen dazu, bevor eine Regelung oder Hilfe gefunden \
     ist.",
    "Nothing is asked and no costs are added before an arrangement or debt aid is found.",
];
const ROUTE_ANSWER_DISPUTE: Four = [
    "De vordering wordt betwist: er wordt niets gevraagd voordat daarop geantwoord is.",
    "La créance est contestée : rien n'est demandé avant qu'une réponse soit donnée.",
    "Die Forderung wird bestritten: nichts wird verlangt, bevor darauf geantwortet ist.",
    "The claim is disputed: nothing is asked before that is answered.",
];
const ROUTE_CHECK_ADDRESS: Four = [
    "Er wordt niets gevraagd voordat het adres nagegaan is.",
    "Rien n'est demandé avant que l'adresse soit vérifiée.",
    "Nichts wird verlangt, bevor die Adresse geprüft ist.",
    "Nothing is asked before the address is checked.",
];
const ROUTE_CHECK_IDENTITY: Four = [
    "Er gaat niets uit voordat zeker is wie bereikt werd.",
    "Rien ne part avant qu'il soit certain qui a été joint.",
    "Nichts geht hinaus, bevor feststeht, wer erreicht wurde.",
    "Nothing goes out before it is sure who was reached.",
];
const ROUTE_STOP: Four = [
    "Zolang dit zo is, gaat er niets uit; om door te gaan is een document nodig.",
    "Tant qu'il en est ainsi, rien ne part ; pour continuer, il faut un document.",
    "Solange das so ist, geht nichts hinaus; um fortzufahren, braucht es ein Dokument.",
    "As long as this is so, nothing goes out; to go on takes a document.",
];

/// Why it was not paid.
const fn reason_named(language: Language, reason: NonPaymentReason) -> &'static str {
    pick(
        language,
        match reason {
            NonPaymentReason::Hardship => REASON_HARDSHIP,
            NonPaymentReason::Dissatisfied => REASON_DISSATISFIED,
            NonPaymentReason::DebtAid => REASON_DEBT_AID,
            NonPaymentReason::Insolvent => REASON_INSOLVENT,
            NonPaymentReason::Deceased => REASON_DECEASED,
            NonPaymentReason::Moved => REASON_MOVED,
            NonPaymentReason::Minor => REASON_MINOR,
            NonPaymentReason::IdentityUnsure => REASON_IDENTITY_UNSURE,
            NonPaymentReason::SaysPaid => REASON_SAYS_PAID,
            NonPaymentReason::Carelessness => REASON_CARELESSNESS,
            NonPaymentReason::Unwilling => REASON_UNWILLING,
            NonPaymentReason::Unreached => REASON_UNREACHED,
            NonPaymentReason::NotGiven => REASON_NOT_GIVEN,
        },
    )
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

const NO_CLAIM: Four = [
    "De zaak is geopend; er is nog geen vordering op bekend.",
    "Le dossier est ouvert ; aucune créance n'y est encore connue.",
    "Der Fall ist eröffnet; es ist noch keine Forderung dazu bekannt.",
    "The case was opened; no claim of it was heard of yet.",
];
const CONFIRMING: Four = [
    "De toezegging van de debiteur wordt schriftelijk bevestigd.",
    "La promesse du débiteur est confirmée par écrit.",
    "Die Zusage des Schuldners wird schriftlich bestätigt.",
    "The debtor's promise is confirmed in writing.",
];
const THANKING: Four = [
    "De debiteur wordt bedankt voor de betaling.",
    "Le débiteur est remercié de son paiement.",
    "Dem Schuldner wird für die Zahlung gedankt.",
    "The debtor is thanked for the payment.",
];
const STEP: Four = [
    "Stap {step} van afspraak {version}: {what}, {moment}.",
    "Étape {step} de l'accord {version} : {what}, {moment}.",
    "Schritt {step} der Vereinbarung {version}: {what}, {moment}.",
    "Step {step} of agreement {version}: {what}, {moment}.",
];
const CLAIM: Four = [
    "Vordering {claim}: {open} van {amount} staat open; te betalen was tot en met {day}.",
    "Créance {claim} : {open} de {amount} reste ouvert ; à payer au plus tard le {day}.",
    "Forderung {claim}: {open} von {amount} ist offen; zu zahlen war bis {day}.",
    "Claim {claim}: {open} of {amount} is open; it was to be paid by {day}.",
];
const NOT_BEFORE: Four = [
    "Voor {day} wordt niets geprobeerd.",
    "Rien n'est tenté avant le {day}.",
    "Vor {day} wird nichts versucht.",
    "Nothing is tried before {day}.",
];
const REFUSED: Four = [
    "De wettelijke poort stelde het uit tot {day}: {rules}.",
    "Le contrôle légal l'a reporté au {day} : {rules}.",
    "Die gesetzliche Prüfung hat es auf {day} verschoben: {rules}.",
    "The law gate put it off until {day}: {rules}.",
];
const REFUSED_FOR_GOOD: Four = [
    "De wettelijke poort weigerde het voorgoed: {rules}.",
    "Le contrôle légal l'a refusé pour de bon : {rules}.",
    "Die gesetzliche Prüfung hat es endgültig abgelehnt: {rules}.",
    "The law gate refused it for good: {rules}.",
];
const PROMISED: Four = [
    "De debiteur zegde toe {amount} te betalen, uiterlijk {day}.",
    "Le débiteur a promis de payer {amount} au plus tard le {day}.",
    "Der Schuldner hat zugesagt, {amount} bis {day} zu zahlen.",
    "The debtor promised to pay {amount} by {day}.",
];
const JUDGED: Four = [
    "Of dat is nagekomen, wordt beoordeeld op {day}, of zodra het betaald is.",
    "Si elle est tenue est jugé le {day}, ou dès le paiement.",
    "Ob das eingehalten ist, wird am {day} beurteilt, oder sobald bezahlt ist.",
    "Whether it was kept is judged at {day}, or as soon as it is paid.",
];
const STATEMENTS_FIRST: Four = [
    "Het wordt niet beoordeeld voordat afschriften van de rekening {day} tonen.",
    "Ce n'est pas jugé avant que des extraits du compte montrent le {day}.",
    "Beurteilt wird nicht, bevor Kontoauszüge den {day} zeigen.",
    "It is not judged before statements of the account show {day}.",
];
const NO_STATEMENT: Four = [
    "De debiteur zegde toe te betalen uiterlijk {day}, en geen afschrift toont die dag: lees \
     nieuwere afschriften in.",
    "Le débiteur a promis de payer au plus tard le {day}, et aucun extrait ne montre ce jour : \
     lisez des extraits plus récents.",
    "Der Schuldner hat zugesagt, bis {day} zu zahlen, und kein Kontoauszug zeigt diesen Tag: \
     lesen Sie neuere Auszüge ein.",
    "The debtor promised to pay by {day}, and no statement of the account shows that day yet: \
     read newer statements.",
];
const ON_HOLD: Four = [
    "{owner} heeft het stilgelegd, vanaf {from} tot {day}: {cause}.",
    "{owner} l'a suspendu, du {from} au {day} : {cause}.",
    "{owner} hat es ausgesetzt, von {from} bis {day}: {cause}.",
    "{owner} put it on hold, from {from} until {day}: {cause}.",
];
const REASON: Four = [
    "De reden die het laatst bekend werd: {what}.",
    "La raison apprise en dernier : {what}.",
    "Der zuletzt bekannte Grund: {what}.",
    "The reason that was learnt last: {what}.",
];
const CLOSED: Four = [
    "Er is niets meer verschuldigd: {what}.",
    "Plus rien n'est dû : {what}.",
    "Es ist nichts mehr geschuldet: {what}.",
    "Nothing is owed any more: {what}.",
];
const TAKEN: Four = [
    "Daarna: {what}, op {day}.",
    "Ensuite : {what}, le {day}.",
    "Danach: {what}, am {day}.",
    "Next: {what}, at {day}.",
];
const CONFIRMED: Four = [
    "De bevestiging gaat uit op {day}.",
    "La confirmation part le {day}.",
    "Die Bestätigung geht am {day} hinaus.",
    "The confirmation goes out at {day}.",
];
const THANKED: Four = [
    "Het bedankje gaat uit op {day}.",
    "Le remerciement part le {day}.",
    "Der Dank geht am {day} hinaus.",
    "The thanks go out at {day}.",
];
const HAPPENS_BY: Four = [
    "Het gebeurt uiterlijk {day}.",
    "Cela se fait au plus tard le {day}.",
    "Es geschieht bis {day}.",
    "It happens by {day}.",
];
const DECIDES: Four = [
    "{owner} beslist, uiterlijk {day}.",
    "{owner} décide, au plus tard le {day}.",
    "{owner} entscheidet, bis {day}.",
    "{owner} decides, by {day}.",
];
const GOES_ON: Four = [
    "Op {day} eindigt dat vanzelf, en gaat de zaak stap voor stap verder.",
    "Le {day}, cela prend fin, et le dossier reprend étape par étape.",
    "Am {day} endet das von selbst, und der Fall geht Schritt für Schritt weiter.",
    "On {day} that ends by itself, and the case goes on one step at a time.",
];
const NOTHING: Four = ["Er volgt niets.", "Rien ne suit.", "Es folgt nichts.", "Nothing follows."];
const AWAITS_CLAIM: Four = [
    "De eerste vordering wordt afgewacht.",
    "La première créance est attendue.",
    "Die erste Forderung wird abgewartet.",
    "Its first claim is awaited.",
];
const STOP_NOTHING_OPEN: Four = [
    "Een betaling, creditnota of intrekking waarna niets meer openstaat.",
    "Un paiement, une note de crédit ou un retrait qui ne laisse rien d'ouvert.",
    "Eine Zahlung, Gutschrift oder Rücknahme, nach der nichts mehr offen ist.",
    "A payment, credit note or withdrawal that leaves nothing open.",
];
const STOP_GATE: Four = [
    "De wettelijke poort, die op het moment zelf wordt gevraagd: uren, feestdagen, aantal \
     contacten.",
    "Le contrôle légal, consulté au moment même : heures, jours fériés, nombre de contacts.",
    "Die gesetzliche Prüfung im Augenblick selbst: Zeiten, Feiertage, Zahl der Kontakte.",
    "The law gate, asked when the step is due: hours, holidays, number of contacts.",
];
const STOP_OTHER_CLAIM: Four = [
    "Een andere vordering op de zaak met een eerdere stap.",
    "Une autre créance du dossier avec une étape plus proche.",
    "Eine andere Forderung des Falls mit einem früheren Schritt.",
    "Another claim on the case with an earlier step.",
];
const STOP_DUE_DATE: Four = [
    "De vervaldag: vanaf dan blijft het bericht vooraf achterwege.",
    "L'échéance : dès lors, le message préalable n'est plus envoyé.",
    "Die Fälligkeit: ab dann entfällt die Nachricht vorab.",
    "The due date: from then on the notice is left out.",
];
const STOP_HOLD: Four = [
    "Een persoon die de zaak stillegt, of een reden die een persoon eerst weegt.",
    "Une personne qui suspend le dossier, ou une raison qu'une personne pèse d'abord.",
    "Jemand, der den Fall aussetzt, oder ein Grund, den erst jemand abwägt.",
    "Somebody who puts the case on hold, or a reason that a person weighs first.",
];
const STOP_PERMIT_END: Four = [
    "Het einde van de toestemming: dan gaat de handeling terug en wordt de stap opnieuw gepland.",
    "La fin de l'autorisation : l'acte revient alors, et l'étape est planifiée à nouveau.",
    "Das Ende der Erlaubnis: dann kommt die Handlung zurück, und der Schritt wird neu geplant.",
    "The end of the permit: then the act goes back, and the step is planned again.",
];
const STOP_ENOUGH_MONEY: Four = [
    "Genoeg geld voor de toezegging.",
    "Assez d'argent pour la promesse.",
    "Genug Geld für die Zusage.",
    "Enough money for the promise.",
];
const STOP_JUDGEMENT: Four = [
    "Het oordeel over de toezegging.",
    "Le jugement sur la promesse.",
    "Das Urteil über die Zusage.",
    "The judgement of the promise.",
];
const STOP_CALLERS_WORD: Four = [
    "Het woord van de beller dat het gesprek is gevoerd, of niet.",
    "La parole de l'appelant que l'appel a eu lieu, ou non.",
    "Das Wort des Anrufers, dass der Anruf stattfand, oder nicht.",
    "The caller's word that the call was made, or that it was not.",
];
const STOP_PROOF: Four = [
    "Bewijs dat het bericht vertrokken is, of niet.",
    "La preuve que le message est parti, ou non.",
    "Ein Beweis, dass die Nachricht hinausging, oder nicht.",
    "Proof that the message left, or that it did not.",
];
const STOP_ANOTHER_CLAIM: Four = [
    "Een andere vordering op de zaak.",
    "Une autre créance du dossier.",
    "Eine andere Forderung des Falls.",
    "Another claim on the case.",
];
const STOP_NEW_ADDRESS: Four = [
    "Een factuur die een adres brengt.",
    "Une facture qui apporte une adresse.",
    "Eine Rechnung, die eine Adresse bringt.",
    "An invoice that brings an address.",
];
const STOP_TRIED_AGAIN: Four = [
    "De dag waarop iemand ernaar kijkt: dan wordt het opnieuw geprobeerd.",
    "Le jour de l'examen : c'est alors tenté à nouveau.",
    "Der Tag der Durchsicht: dann wird es wieder versucht.",
    "The review day: then it is tried again.",
];
const STOP_NEW_STATEMENTS: Four = [
    "Afschriften die de toegezegde dag tonen.",
    "Des extraits qui montrent le jour promis.",
    "Kontoauszüge, die den zugesagten Tag zeigen.",
    "Statements that show the promised day.",
];
const STOP_OTHER_NEWS: Four = [
    "Ander nieuws over een vordering van de zaak.",
    "Toute autre nouvelle d'une créance du dossier.",
    "Jede andere Nachricht zu einer Forderung des Falls.",
    "Any other news of a claim on the case.",
];
const STOP_DECISION: Four = [
    "De beslissing van een persoon.",
    "La décision d'une personne.",
    "Die Entscheidung einer Person.",
    "The decision of a person.",
];
const MONEY_AWAITED: Four = [
    "Er kwam geld binnen dat voor dit dossier kan zijn. Sinds {from} wacht het op een beslissing \
     van de financiële afdeling (amicable bank unmatched); tot {day} wordt niets gevraagd.",
    "De l’argent qui peut concerner ce dossier est arrivé. Depuis le {from}, il attend une \
     décision du service financier (amicable bank unmatched) ; rien n’est demandé avant le {day}.",
    "Es ging Geld ein, das für diese Akte sein kann. Seit dem {from} wartet es auf eine \
     Entscheidung der Finanzabteilung (amicable bank unmatched); bis {day} wird nichts gefordert.",
    "Money came in that may be for this case. Since {from} it waits for the finance desk to decide \
     (amicable bank unmatched); nothing is asked before {day}.",
];
const STOP_MONEY_DECIDED: Four = [
    "De beslissing over het geld dat binnenkwam.",
    "La décision sur l’argent qui est arrivé.",
    "Die Entscheidung über das Geld, das eingegangen ist.",
    "The decision on the money that came in.",
];
const STOP_HOLD_ENDS: Four = [
    "Het einde of de opheffing van wat de zaak stillegt.",
    "La fin ou la levée de ce qui suspend le dossier.",
    "Das Ende oder die Aufhebung dessen, was den Fall aussetzt.",
    "The end of the last hold, or its lifting.",
];
const STOP_OPENS_AGAIN: Four = [
    "Een nieuwe vordering op de zaak heropent haar.",
    "Une nouvelle créance rouvre le dossier.",
    "Eine neue Forderung eröffnet den Fall wieder.",
    "A new claim on the case opens it again.",
];
const STOP_FIRST_CLAIM: Four =
    ["De eerste vordering.", "La première créance.", "Die erste Forderung.", "Its first claim."];
const HELD_STEPS_USED_UP: Four = [
    "Alle afgesproken stappen zijn genomen; iemand beslist hoe het verder gaat.",
    "Toutes les étapes convenues sont prises ; quelqu'un décide de la suite.",
    "Alle vereinbarten Schritte sind getan; jemand entscheidet, wie es weitergeht.",
    "All agreed steps were taken; somebody decides how to go on.",
];
const HELD_NOT_REACHABLE: Four = [
    "Voor het kanaal van de volgende stap is geen adres bekend.",
    "Aucune adresse n'est connue pour le canal de l'étape suivante.",
    "Für den Kanal des nächsten Schritts ist keine Adresse bekannt.",
    "No address is known for the channel of the next step.",
];
const HELD_GATE_REFUSED: Four = [
    "De wettelijke poort laat de volgende stap nooit door zoals het nu is.",
    "Le contrôle légal ne laissera jamais passer l'étape suivante en l'état.",
    "Die gesetzliche Prüfung lässt den nächsten Schritt so nie zu.",
    "The law gate will never let the next step pass as things are.",
];
const HELD_CALL_UNCERTAIN: Four = [
    "Het is open of het gesprek is gevoerd: wie het aannam, moet het opschrijven of teruggeven.",
    "On ne sait pas si l'appel a eu lieu : qui l'a pris doit le noter, ou le rendre.",
    "Es ist offen, ob der Anruf stattfand: wer ihn übernahm, schreibt ihn auf oder gibt ihn \
     zurück.",
    "It is open whether the call was made: who took it on has to write it down, or to give it \
     back.",
];
const HELD_MESSAGE_UNCERTAIN: Four = [
    "Het is open of een bericht vertrokken is; er volgt niets uit.",
    "On ne sait pas si un message est parti ; rien n'en découle.",
    "Es ist offen, ob eine Nachricht hinausging; nichts folgt daraus.",
    "It is open whether a message left; nothing follows from it.",
];
const HELD_NOT_DELIVERED: Four = [
    "Het adres van de debiteur weigert onze berichten voorgoed.",
    "L'adresse du débiteur refuse nos messages pour de bon.",
    "Die Adresse des Schuldners lehnt unsere Nachrichten endgültig ab.",
    "The debtor's address refuses our messages for good.",
];
const HELD_NOT_WRITTEN: Four = [
    "Het bericht kon niet worden geschreven: zie in het logboek van letter wat ontbreekt of fout \
     is.",
    "Le message n'a pas pu être écrit : voyez dans le journal de letter ce qui manque ou est \
     faux.",
    "Die Nachricht konnte nicht geschrieben werden: das Protokoll von letter zeigt, was fehlt \
     oder falsch ist.",
    "The message could not be written: look in letter's log for what is missing or wrong.",
];
const HELD_TRIED_IN_VAIN: Four = [
    "Dezelfde stap is drie keer op rij geprobeerd, en er kwam niets van.",
    "La même étape a été tentée trois fois de suite, sans résultat.",
    "Derselbe Schritt wurde dreimal nacheinander versucht, und nichts kam dabei heraus.",
    "The same step was tried three times in a row, and nothing came of it.",
];
const HELD_REASON_GIVEN: Four = [
    "De debiteur gaf een reden die een persoon moet wegen voordat er iets anders gebeurt.",
    "Le débiteur a donné une raison qu'une personne doit peser avant toute autre chose.",
    "Der Schuldner nannte einen Grund, den jemand abwägen muss, bevor etwas anderes geschieht.",
    "The debtor gave a reason that a person has to weigh before anything else happens.",
];
const HELD_ON_HOLD: Four = [
    "Iemand heeft de zaak stilgelegd: er gaat niets uit voordat dat eindigt.",
    "Quelqu'un a suspendu le dossier : rien ne part avant la fin de cette suspension.",
    "Jemand hat den Fall ausgesetzt: nichts geht hinaus, bevor das endet.",
    "Somebody put it on hold: nothing goes out before that ends.",
];
const CAUSE_COMPLAINT: Four = ["een klacht", "une plainte", "eine Beschwerde", "a complaint"];
const CAUSE_AWAITING_DOCUMENTS: Four = [
    "er wordt op stukken gewacht",
    "des documents sont attendus",
    "Unterlagen werden erwartet",
    "documents are awaited",
];
const CAUSE_DEBT_AID: Four =
    ["schuldhulp", "une aide aux personnes endettées", "Schuldnerhilfe", "debt aid"];
const CAUSE_COOLING_OFF: Four =
    ["een afkoelingsperiode", "une période de répit", "eine Schutzfrist", "a cooling-off period"];
const CAUSE_ILLNESS: Four = ["ziekte", "une maladie", "Krankheit", "illness"];
const CAUSE_BEREAVEMENT: Four = ["een overlijden", "un décès", "ein Todesfall", "bereavement"];
const CAUSE_CREDITOR_ASKED: Four = [
    "de schuldeiser vroeg erom",
    "le créancier l'a demandé",
    "der Gläubiger hat darum gebeten",
    "the creditor asked for it",
];
const CAUSE_LEGAL_QUESTION: Four =
    ["een rechtsvraag", "une question de droit", "eine Rechtsfrage", "a question of law"];
const CAUSE_CRISIS: Four = ["een crisis", "une crise", "eine Krise", "a crisis"];
const CAUSE_SEASON: Four = ["het seizoen", "la saison", "die Jahreszeit", "the season"];
const CAUSE_SYSTEM_ERROR: Four =
    ["een storing", "une panne", "eine Störung", "a fault in a system"];
const CAUSE_DISPUTE: Four = ["een betwisting", "une contestation", "eine Bestreitung", "a dispute"];
const REASON_HARDSHIP: Four = ["geldproblemen", "des difficultés d'argent", "Geldnot", "hardship"];
const REASON_DISSATISFIED: Four = [
    "ontevreden over de levering",
    "mécontent de la livraison",
    "unzufrieden mit der Lieferung",
    "dissatisfied with what was delivered",
];
const REASON_DEBT_AID: Four =
    ["schuldhulp", "une aide aux personnes endettées", "Schuldnerhilfe", "debt aid"];
const REASON_INSOLVENT: Four = ["insolvent", "insolvable", "zahlungsunfähig", "insolvent"];
const REASON_DECEASED: Four = ["overleden", "décédé", "verstorben", "deceased"];
const REASON_MOVED: Four = ["verhuisd", "déménagé", "verzogen", "moved"];
const REASON_MINOR: Four = ["minderjarig", "mineur", "minderjährig", "a minor"];
const REASON_IDENTITY_UNSURE: Four =
    ["onzeker wie het is", "identité incertaine", "Identität unsicher", "not sure who it is"];
const REASON_SAYS_PAID: Four =
    ["zegt dat er betaald is", "dit avoir payé", "sagt, dass bezahlt ist", "says that it is paid"];
const REASON_CARELESSNESS: Four =
    ["nalatigheid", "de la négligence", "Nachlässigkeit", "carelessness"];
const REASON_UNWILLING: Four = ["onwil", "mauvaise volonté", "Unwille", "unwilling"];
const REASON_UNREACHED: Four =
    ["niet bereikt", "pas joint", "nicht erreicht", "nobody was reached"];
const REASON_NOT_GIVEN: Four = ["niet gegeven", "non donnée", "nicht genannt", "none was given"];
const CLOSED_PAID: Four = ["het is betaald", "c'est payé", "es ist bezahlt", "it was paid"];
const CLOSED_CREDITED: Four = [
    "de schuldeiser heeft het gecrediteerd",
    "le créancier l'a crédité",
    "der Gläubiger hat es gutgeschrieben",
    "the creditor credited it",
];
const CLOSED_WITHDRAWN: Four = [
    "de schuldeiser heeft het teruggenomen",
    "le créancier l'a repris",
    "der Gläubiger hat es zurückgenommen",
    "the creditor took it back",
];
