//! An explanation for a debtor: short sentences in plain words, and nothing of others.

use contracts::agreement::AgreedDeed;
use contracts::hold::{HoldCause, HoldScope, HoldTerms};
use contracts::scheduler::CloseReason;
use primitives::{Language, MessageKind, Timestamp};

use super::words::{Four, Words, is_common, pick};
use super::{ErrandTold, Holding, Said, StepTold, Stop};
use crate::domain::case::{ErrandKind, ErrandState};
use crate::domain::route::Route;

/// A sentence; none of what is not for a debtor.
pub(super) fn say(words: Words, said: &Said) -> Option<String> {
    Some(match said {
        Said::NoClaim => pick(words.language, NO_CLAIM).to_owned(),
        Said::Confirming => pick(words.language, CONFIRMING).to_owned(),
        Said::Thanking => pick(words.language, THANKING).to_owned(),
        Said::Step(step) => step_told(words, step),
        Said::Claim(claim) => words.say(
            CLAIM,
            &[
                ("open", &words.amount(claim.open)),
                ("amount", &words.amount(claim.amount)),
                ("day", &words.date(claim.due_on)),
            ],
        ),
        Said::NotBefore(at) => words.say(NOT_BEFORE, &[("day", &words.moment(*at))]),
        Said::Refused { again_at: Some(at), .. } => {
            words.say(REFUSED, &[("day", &words.moment(*at))])
        }
        Said::Refused { again_at: None, .. } => pick(words.language, REFUSED_FOR_GOOD).to_owned(),
        Said::UnderWay(errand) => under_way(words.language, errand).to_owned(),
        Said::Promised { amount, pay_by } => words
            .say(PROMISED, &[("amount", &words.amount(*amount)), ("day", &words.date(*pay_by))]),
        Said::Judged(at) => words.say(JUDGED, &[("day", &words.moment(*at))]),
        Said::StatementsFirst(day) => words.say(STATEMENTS_FIRST, &[("day", &words.date(*day))]),
        Said::NoStatement(day) => words.say(NO_STATEMENT, &[("day", &words.date(*day))]),
        Said::Held(holding) => held(words.language, *holding).to_owned(),
        Said::OnHold(terms) => return cause(words.language, terms).map(str::to_owned),
        Said::MoneyAwaited(wait) => words.say(MONEY_AWAITED, &[("day", &words.moment(wait.until))]),
        Said::Reason(_) => return None,
        Said::Route(taken) => return route(words.language, *taken).map(str::to_owned),
        Said::Closed(reason) => closed(words.language, reason).to_owned(),
        Said::Taken { step, at } => taken(words, step, *at),
        Said::Confirmed(at) => words.say(CONFIRMED, &[("day", &words.moment(*at))]),
        Said::Thanked(at) => words.say(THANKED, &[("day", &words.moment(*at))]),
        Said::HappensBy(at) => words.say(HAPPENS_BY, &[("day", &words.moment(*at))]),
        Said::Decides { on, .. } => words.say(DECIDES, &[("day", &words.date(*on))]),
        Said::GoesOn(on) => words.say(GOES_ON, &[("day", &words.date(*on))]),
        Said::Nothing => pick(words.language, NOTHING).to_owned(),
        Said::AwaitsClaim => pick(words.language, AWAITS_CLAIM).to_owned(),
    })
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

/// What follows from what the debtor told us; nothing where it is not his to hear.
const fn route(language: Language, route: Route) -> Option<&'static str> {
    Some(pick(
        language,
        match route {
            Route::GoOn => return None,
            Route::InWriting => ROUTE_IN_WRITING,
            Route::CheckPayment => ROUTE_CHECK_PAYMENT,
            Route::Arrange => ROUTE_ARRANGE,
            Route::AnswerDispute => ROUTE_ANSWER_DISPUTE,
            Route::CheckAddress => ROUTE_CHECK_ADDRESS,
            Route::CheckIdentity => ROUTE_CHECK_IDENTITY,
            Route::Stop => ROUTE_STOP,
        },
    ))
}

const ROUTE_IN_WRITING: Four = [
    "Wij konden u niet bereiken. Daarom schrijven wij u.",
    "Nous n'avons pas pu vous joindre. C'est pourquoi nous vous écrivons.",
    "Wir konnten Sie nicht erreichen. Darum schreiben wir Ihnen.",
    "We could not reach you. That is why we write to you.",
];
const ROUTE_CHECK_PAYMENT: Four = [
    "Er is gezegd dat u betaald hebt. Wij wachten tot wij dat kunnen zien.",
    "On nous a dit que vous avez payé. Nous attendons de pouvoir le voir.",
    "Uns wurde gesagt, dass Sie gezahlt haben. Wir warten, bis wir das sehen können.",
    "We were told that you paid. We wait until we can see it.",
];
const ROUTE_ARRANGE: Four = [
    "Betalen lukt nu niet. Wij zoeken met u naar een oplossing.",
    "Payer n'est pas possible maintenant. Nous cherchons une solution avec vous.",
    "Zahlen geht jetzt nicht. Wir suchen mit Ihnen eine Lösung.",
    "Paying does not work now. We look for a solution with you.",
];
const ROUTE_ANSWER_DISPUTE: Four = [
    "Er is bezwaar tegen de rekening. U krijgt eerst een antwoord.",
    "La facture est contestée. Vous recevez d'abord une réponse.",
    "Es gibt Einwände gegen die Rechnung. Sie bekommen zuerst eine Antwort.",
    "There is an objection to the bill. You get an answer first.",
];
const ROUTE_CHECK_ADDRESS: Four = [
    "Wij kijken eerst of wij uw goede adres hebben.",
    "Nous vérifions d'abord si nous avons la bonne adresse.",
    "Wir prüfen zuerst, ob wir Ihre richtige Adresse haben.",
    "We first look whether we have your right address.",
];
const ROUTE_CHECK_IDENTITY: Four = [
    "Wij kijken eerst of wij de goede persoon hebben.",
    "Nous vérifions d'abord si nous avons la bonne personne.",
    "Wir prüfen zuerst, ob wir die richtige Person haben.",
    "We first look whether we have the right person.",
];
const ROUTE_STOP: Four = [
    "Zolang dit zo is, vragen wij u niets.",
    "Tant qu'il en est ainsi, nous ne vous demandons rien.",
    "Solange das so ist, verlangen wir nichts von Ihnen.",
    "As long as this is so, we ask nothing of you.",
];

/// Why a hold was placed, where that tells nothing of others.
const fn cause(language: Language, terms: &HoldTerms) -> Option<&'static str> {
    match terms.scope {
        HoldScope::Creditor { .. } => return None,
        HoldScope::All if !is_common(&terms.cause) => return None,
        HoldScope::Claim { .. }
        | HoldScope::Case { .. }
        | HoldScope::Person { .. }
        | HoldScope::All => {}
    }
    Some(pick(
        language,
        match terms.cause {
            HoldCause::Complaint => CAUSE_COMPLAINT,
            HoldCause::AwaitingDocuments => CAUSE_AWAITING_DOCUMENTS,
            HoldCause::DebtAid => CAUSE_DEBT_AID,
            HoldCause::CoolingOff => CAUSE_COOLING_OFF,
            HoldCause::Crisis => CAUSE_CRISIS,
            HoldCause::Season => CAUSE_SEASON,
            HoldCause::SystemError => CAUSE_SYSTEM_ERROR,
            HoldCause::Dispute => CAUSE_DISPUTE,
            HoldCause::Illness
            | HoldCause::Bereavement
            | HoldCause::CreditorAsked
            | HoldCause::LegalQuestion => return None,
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

/// Why the debtor hears from us.
fn step_told(words: Words, step: &StepTold) -> String {
    let what = match &step.deed {
        Some(AgreedDeed::Write { message: MessageKind::PreDueNotice, .. }) => {
            return pick(words.language, SOON_DUE).to_owned();
        }
        Some(AgreedDeed::Write { message, .. }) => words.message(*message),
        Some(AgreedDeed::Call { .. }) | None => {
            return pick(words.language, AS_LONG_AS_UNPAID).to_owned();
        }
    };
    words.say(
        [
            "Als u een rekening niet op tijd betaalt, krijgt u van ons {what}.",
            "Si vous ne payez pas une facture à temps, vous recevez de nous {what}.",
            "Wenn Sie eine Rechnung nicht rechtzeitig zahlen, kommt von uns {what}.",
            "If you do not pay a bill in time, you get from us {what}.",
        ],
        &[("what", what)],
    )
}

/// What the debtor hears from us next.
fn taken(words: Words, step: &StepTold, at: Timestamp) -> String {
    let day = words.moment(at);
    let four = match &step.deed {
        Some(AgreedDeed::Call { .. }) => [
            "Op {day} bellen wij u.",
            "Le {day}, nous vous appelons.",
            "Am {day} rufen wir Sie an.",
            "On {day} we call you.",
        ],
        Some(AgreedDeed::Write { .. }) | None => [
            "Op {day} schrijven wij u.",
            "Le {day}, nous vous écrivons.",
            "Am {day} schreiben wir Ihnen.",
            "On {day} we write to you.",
        ],
    };
    words.say(four, &[("day", &day)])
}

const SOON_DUE: Four = [
    "U moet binnenkort een rekening betalen. Daarom krijgt u een bericht.",
    "Vous devez bientôt payer une facture. C'est pourquoi vous recevez un message.",
    "Sie müssen bald eine Rechnung zahlen. Darum bekommen Sie eine Nachricht.",
    "You have to pay a bill soon. That is why you get a message.",
];
const AS_LONG_AS_UNPAID: Four = [
    "Zolang een rekening niet betaald is, nemen wij contact met u op.",
    "Tant qu'une facture n'est pas payée, nous vous contactons.",
    "Solange eine Rechnung nicht bezahlt ist, melden wir uns bei Ihnen.",
    "As long as a bill is not paid, we contact you.",
];

/// What we are doing.
const fn under_way(language: Language, errand: &ErrandTold) -> &'static str {
    let is_call = matches!(errand.kind, ErrandKind::Call);
    pick(
        language,
        match (&errand.state, is_call) {
            (ErrandState::Granted, false) => [
                "Wij sturen u een bericht.",
                "Nous vous envoyons un message.",
                "Wir schicken Ihnen eine Nachricht.",
                "We send you a message.",
            ],
            (ErrandState::Granted, true) => [
                "Wij gaan u bellen.",
                "Nous allons vous appeler.",
                "Wir werden Sie anrufen.",
                "We are going to call you.",
            ],
            (ErrandState::Withdrawing, _) => [
                "Wij doen dit toch niet.",
                "Finalement, nous ne le faisons pas.",
                "Wir tun das nun doch nicht.",
                "We do not do this after all.",
            ],
            (ErrandState::Uncertain, _) => [
                "Wij kijken na of het gelukt is.",
                "Nous vérifions si cela a réussi.",
                "Wir sehen nach, ob es gelungen ist.",
                "We check whether it succeeded.",
            ],
            (ErrandState::Done, false) => [
                "Wij hebben u een bericht gestuurd.",
                "Nous vous avons envoyé un message.",
                "Wir haben Ihnen eine Nachricht geschickt.",
                "We sent you a message.",
            ],
            (ErrandState::Done, true) => [
                "Wij hebben u gebeld.",
                "Nous vous avons appelé.",
                "Wir haben Sie angerufen.",
                "We called you.",
            ],
            (ErrandState::NotSent(_) | ErrandState::NotMade(_), _) => [
                "Het is ons niet gelukt.",
                "Nous n'y sommes pas arrivés.",
                "Es ist uns nicht gelungen.",
                "We did not succeed.",
            ],
        },
    )
}

const NO_CLAIM: Four = [
    "Wij weten nog niet waarover deze zaak gaat.",
    "Nous ne savons pas encore de quoi il s'agit.",
    "Wir wissen noch nicht, worum es geht.",
    "We do not know yet what this is about.",
];
const CONFIRMING: Four = [
    "Wij sturen u op papier of per e-mail wat wij met u hebben afgesproken.",
    "Nous vous envoyons par écrit ce que nous avons convenu avec vous.",
    "Wir schicken Ihnen schriftlich, was wir mit Ihnen vereinbart haben.",
    "We send you in writing what we agreed with you.",
];
const THANKING: Four = [
    "Wij danken u voor uw betaling.",
    "Nous vous remercions de votre paiement.",
    "Wir danken Ihnen für Ihre Zahlung.",
    "We thank you for your payment.",
];
const CLAIM: Four = [
    "Van de rekening van {amount} is nog {open} niet betaald. Er kunnen kosten bij komen. U \
     kon betalen tot en met {day}.",
    "De la facture de {amount}, {open} n'est pas encore payé. Des frais peuvent s'y ajouter. \
     Vous pouviez payer jusqu'au {day}.",
    "Von der Rechnung über {amount} sind noch {open} nicht bezahlt. Es können Kosten \
     dazukommen. Sie konnten bis {day} zahlen.",
    "Of the bill of {amount}, {open} is not paid yet. Costs may come on top. You could pay \
     until {day}.",
];
const NOT_BEFORE: Four = [
    "Voor {day} doen wij niets.",
    "Avant le {day}, nous ne faisons rien.",
    "Vor {day} tun wir nichts.",
    "Before {day} we do nothing.",
];
const REFUSED: Four = [
    "Van de wet mogen wij dit pas vanaf {day}.",
    "La loi nous le permet seulement à partir du {day}.",
    "Das Gesetz erlaubt uns das erst ab {day}.",
    "The law only lets us do this from {day} on.",
];
const REFUSED_FOR_GOOD: Four = [
    "Van de wet mogen wij dit niet.",
    "La loi ne nous le permet pas.",
    "Das Gesetz erlaubt uns das nicht.",
    "The law does not let us do this.",
];
const PROMISED: Four = [
    "U heeft gezegd dat u {amount} betaalt, uiterlijk {day}.",
    "Vous avez dit que vous payez {amount}, au plus tard le {day}.",
    "Sie haben gesagt, dass Sie {amount} bis {day} zahlen.",
    "You said that you will pay {amount} by {day}.",
];
const JUDGED: Four = [
    "Op {day} kijken wij of uw betaling er is.",
    "Le {day}, nous regardons si votre paiement est arrivé.",
    "Am {day} sehen wir nach, ob Ihre Zahlung da ist.",
    "On {day} we look whether your payment is there.",
];
const STATEMENTS_FIRST: Four = [
    "Wij wachten tot de bank ons de betalingen van {day} heeft laten zien.",
    "Nous attendons que la banque nous montre les paiements du {day}.",
    "Wir warten, bis die Bank uns die Zahlungen vom {day} zeigt.",
    "We wait until the bank has shown us the payments of {day}.",
];
const NO_STATEMENT: Four = [
    "U zou betalen, uiterlijk {day}. Wij hebben van de bank nog niet gehoord of dat gebeurd is.",
    "Vous deviez payer au plus tard le {day}. La banque ne nous a pas encore dit si c'est fait.",
    "Sie wollten bis {day} zahlen. Die Bank hat uns noch nicht gesagt, ob das geschehen ist.",
    "You were going to pay by {day}. The bank has not told us yet whether that happened.",
];
const CONFIRMED: Four = [
    "U krijgt dat bericht op {day}.",
    "Vous recevez ce message le {day}.",
    "Sie bekommen diese Nachricht am {day}.",
    "You get that message on {day}.",
];
const THANKED: Four = [
    "U krijgt dat bericht op {day}.",
    "Vous recevez ce message le {day}.",
    "Sie bekommen diese Nachricht am {day}.",
    "You get that message on {day}.",
];
const HAPPENS_BY: Four = [
    "Dat gebeurt uiterlijk op {day}.",
    "Cela se fait au plus tard le {day}.",
    "Das geschieht spätestens am {day}.",
    "That happens by {day}.",
];
const DECIDES: Four = [
    "Een medewerker kijkt ernaar, uiterlijk op {day}.",
    "Un collaborateur s'en occupe, au plus tard le {day}.",
    "Jemand von uns sieht es sich an, spätestens am {day}.",
    "One of us looks at it, by {day}.",
];
const GOES_ON: Four = [
    "Vanaf {day} kunt u weer bericht van ons krijgen.",
    "À partir du {day}, vous pouvez à nouveau recevoir un message de notre part.",
    "Ab {day} können Sie wieder Nachricht von uns bekommen.",
    "From {day} on you can hear from us again.",
];
const NOTHING: Four = [
    "Wij doen niets meer.",
    "Nous ne faisons plus rien.",
    "Wir tun nichts mehr.",
    "We do nothing any more.",
];
const AWAITS_CLAIM: Four = [
    "Wij wachten op de rekening.",
    "Nous attendons la facture.",
    "Wir warten auf die Rechnung.",
    "We wait for the bill.",
];
const STOP_NOTHING_OPEN: Four = [
    "U betaalt wat nog openstaat, of de verkoper vraagt het niet meer.",
    "Vous payez ce qui reste à payer, ou le vendeur ne le demande plus.",
    "Sie zahlen, was noch offen ist, oder der Verkäufer verlangt es nicht mehr.",
    "You pay what is still open, or the seller does not ask for it any more.",
];
const STOP_GATE: Four = [
    "De wet: wij mogen u niet elke dag en niet elk uur schrijven of bellen.",
    "La loi : nous ne pouvons pas vous écrire ou vous appeler tous les jours ni à toute heure.",
    "Das Gesetz: wir dürfen Ihnen nicht jeden Tag und nicht zu jeder Stunde schreiben oder Sie \
     anrufen.",
    "The law: we may not write to you or call you every day or at every hour.",
];
const STOP_OTHER_CLAIM: Four = [
    "Een andere rekening van u bij dezelfde verkoper.",
    "Une autre facture du même vendeur.",
    "Eine andere Rechnung desselben Verkäufers.",
    "Another bill of the same seller.",
];
const STOP_DUE_DATE: Four = [
    "De dag waarop u moet betalen is voorbij.",
    "Le jour où vous devez payer est passé.",
    "Der Tag, an dem Sie zahlen müssen, ist vorbei.",
    "The day on which you have to pay is over.",
];
const STOP_HOLD: Four = [
    "U vertelt ons waarom u niet betaalt, of dat het niet klopt. Dan kijkt eerst een mens ernaar.",
    "Vous nous dites pourquoi vous ne payez pas, ou que ce n'est pas juste. Alors une personne \
     regarde d'abord.",
    "Sie sagen uns, warum Sie nicht zahlen, oder dass es nicht stimmt. Dann sieht es sich zuerst \
     ein Mensch an.",
    "You tell us why you do not pay, or that it is not right. Then a person looks at it first.",
];
const STOP_PERMIT_END: Four = [
    "Lukt het niet op tijd, dan doen wij het later.",
    "Si nous n'y arrivons pas à temps, nous le faisons plus tard.",
    "Gelingt es nicht rechtzeitig, tun wir es später.",
    "If we do not manage in time, we do it later.",
];
const STOP_ENOUGH_MONEY: Four = [
    "U betaalt wat u heeft toegezegd.",
    "Vous payez ce que vous avez promis.",
    "Sie zahlen, was Sie zugesagt haben.",
    "You pay what you promised.",
];
const STOP_JUDGEMENT: Four = [
    "De dag dat wij kijken of u betaald heeft.",
    "Le jour où nous regardons si vous avez payé.",
    "Der Tag, an dem wir nachsehen, ob Sie gezahlt haben.",
    "The day on which we look whether you paid.",
];
const STOP_CALLERS_WORD: Four = [
    "Wij weten of wij u gebeld hebben.",
    "Nous savons si nous vous avons appelé.",
    "Wir wissen, ob wir Sie angerufen haben.",
    "We know whether we called you.",
];
const STOP_PROOF: Four = [
    "Wij weten of ons bericht is aangekomen.",
    "Nous savons si notre message est arrivé.",
    "Wir wissen, ob unsere Nachricht angekommen ist.",
    "We know whether our message arrived.",
];
const STOP_ANOTHER_CLAIM: Four = [
    "Er komt een nieuwe rekening bij.",
    "Une nouvelle facture s'ajoute.",
    "Es kommt eine neue Rechnung dazu.",
    "A new bill comes in.",
];
const STOP_NEW_ADDRESS: Four = [
    "Wij krijgen een adres van u.",
    "Nous recevons une adresse de vous.",
    "Wir bekommen eine Adresse von Ihnen.",
    "We get an address of yours.",
];
const STOP_TRIED_AGAIN: Four = [
    "Wij proberen het later opnieuw.",
    "Nous essayons à nouveau plus tard.",
    "Wir versuchen es später wieder.",
    "We try again later.",
];
const STOP_NEW_STATEMENTS: Four = [
    "De bank laat ons zien wat er betaald is.",
    "La banque nous montre ce qui est payé.",
    "Die Bank zeigt uns, was bezahlt ist.",
    "The bank shows us what was paid.",
];
const STOP_OTHER_NEWS: Four = [
    "Er is nieuws over de rekening.",
    "Il y a du nouveau sur la facture.",
    "Es gibt etwas Neues zur Rechnung.",
    "There is news of the bill.",
];
const STOP_DECISION: Four = [
    "Een medewerker neemt een besluit.",
    "Un collaborateur prend une décision.",
    "Jemand von uns entscheidet.",
    "One of us decides.",
];
const MONEY_AWAITED: Four = [
    "Wij kregen geld dat misschien van u is. Wij zoeken dat uit. Tot {day} vragen wij u niets.",
    "Nous avons reçu de l’argent qui vient peut-être de vous. Nous vérifions. Nous ne vous \
     demandons rien avant le {day}.",
    "Wir haben Geld bekommen, das vielleicht von Ihnen ist. Wir klären das. Bis {day} fordern wir \
     nichts von Ihnen.",
    "We got money that may be yours. We are looking into it. We ask nothing of you before {day}.",
];
const STOP_MONEY_DECIDED: Four = [
    "Wij weten of het geld van u is.",
    "Nous savons si l’argent vient de vous.",
    "Wir wissen, ob das Geld von Ihnen ist.",
    "We know whether the money is yours.",
];
const STOP_HOLD_ENDS: Four = [
    "Deze rust is voorbij.",
    "Ce temps de repos est passé.",
    "Diese Ruhe ist vorbei.",
    "This time of rest is over.",
];
const STOP_OPENS_AGAIN: Four = [
    "U krijgt een nieuwe rekening die u niet op tijd betaalt.",
    "Vous recevez une nouvelle facture que vous ne payez pas à temps.",
    "Sie bekommen eine neue Rechnung, die Sie nicht rechtzeitig zahlen.",
    "You get a new bill and do not pay it in time.",
];
const STOP_FIRST_CLAIM: Four = [
    "Wij krijgen de rekening.",
    "Nous recevons la facture.",
    "Wir bekommen die Rechnung.",
    "We get the bill.",
];
const HELD_STEPS_USED_UP: Four = [
    "U heeft onze brieven gehad. Een medewerker bekijkt wat nu het beste is.",
    "Vous avez reçu nos lettres. Un collaborateur regarde ce qui est le mieux maintenant.",
    "Sie haben unsere Briefe bekommen. Jemand von uns überlegt, was jetzt am besten ist.",
    "You have had our letters. One of us looks at what is best now.",
];
const HELD_NOT_REACHABLE: Four = [
    "Wij hebben geen adres of nummer om u te bereiken.",
    "Nous n'avons ni adresse ni numéro pour vous joindre.",
    "Wir haben keine Adresse oder Nummer, um Sie zu erreichen.",
    "We have no address or number to reach you.",
];
const HELD_GATE_REFUSED: Four = [
    "Wij mogen u hierover nu niet schrijven of bellen.",
    "Nous ne pouvons pas vous écrire ou vous appeler à ce sujet maintenant.",
    "Wir dürfen Ihnen dazu jetzt nicht schreiben oder Sie anrufen.",
    "We may not write to you or call you about this now.",
];
const HELD_CALL_UNCERTAIN: Four = [
    "Wij kijken na of wij u gebeld hebben.",
    "Nous vérifions si nous vous avons appelé.",
    "Wir sehen nach, ob wir Sie angerufen haben.",
    "We check whether we called you.",
];
const HELD_MESSAGE_UNCERTAIN: Four = [
    "Wij kijken na of ons bericht bij u is aangekomen.",
    "Nous vérifions si notre message vous est parvenu.",
    "Wir sehen nach, ob unsere Nachricht bei Ihnen angekommen ist.",
    "We check whether our message reached you.",
];
const HELD_NOT_DELIVERED: Four = [
    "Onze berichten komen niet bij u aan.",
    "Nos messages ne vous arrivent pas.",
    "Unsere Nachrichten kommen nicht bei Ihnen an.",
    "Our messages do not reach you.",
];
const HELD_NOT_WRITTEN: Four = [
    "Wij missen nog iets om u te kunnen schrijven.",
    "Il nous manque encore quelque chose pour vous écrire.",
    "Uns fehlt noch etwas, um Ihnen zu schreiben.",
    "We still miss something to write to you.",
];
const HELD_TRIED_IN_VAIN: Four = [
    "Wij konden u nog niet bereiken. Een medewerker kijkt ernaar.",
    "Nous n'avons pas encore pu vous joindre. Un collaborateur s'en occupe.",
    "Wir konnten Sie noch nicht erreichen. Jemand von uns kümmert sich darum.",
    "We could not reach you yet. One of us looks at it.",
];
const HELD_REASON_GIVEN: Four = [
    "Een medewerker leest eerst wat u ons verteld heeft. Tot dan doen wij niets.",
    "Un collaborateur lit d'abord ce que vous nous avez dit. D'ici là, nous ne faisons rien.",
    "Jemand von uns liest zuerst, was Sie uns gesagt haben. Bis dahin tun wir nichts.",
    "One of us first reads what you told us. Until then we do nothing.",
];
const HELD_ON_HOLD: Four = [
    "Wij doen nu even niets.",
    "Pour l'instant, nous ne faisons rien.",
    "Im Moment tun wir nichts.",
    "We do nothing for now.",
];
const CAUSE_COMPLAINT: Four = [
    "Wij kijken eerst naar uw klacht.",
    "Nous examinons d'abord votre plainte.",
    "Wir sehen uns zuerst Ihre Beschwerde an.",
    "We look at your complaint first.",
];
const CAUSE_AWAITING_DOCUMENTS: Four = [
    "Wij wachten nog op papieren.",
    "Nous attendons encore des papiers.",
    "Wir warten noch auf Papiere.",
    "We still wait for papers.",
];
const CAUSE_DEBT_AID: Four = [
    "U krijgt hulp bij uw schulden. Zolang wachten wij.",
    "Vous recevez de l'aide pour vos dettes. Pendant ce temps, nous attendons.",
    "Sie bekommen Hilfe bei Ihren Schulden. So lange warten wir.",
    "You get help with your debts. We wait until then.",
];
const CAUSE_COOLING_OFF: Four = [
    "U heeft bij wet rust gekregen. Zolang vragen wij u niets.",
    "La loi vous donne du répit. Pendant ce temps, nous ne vous demandons rien.",
    "Das Gesetz gibt Ihnen Ruhe. So lange verlangen wir nichts.",
    "The law gives you rest. We ask nothing of you until it ends.",
];
const CAUSE_CRISIS: Four = [
    "Door bijzondere omstandigheden sturen wij nu niets.",
    "En raison de circonstances particulières, nous n'envoyons rien pour l'instant.",
    "Wegen besonderer Umstände senden wir jetzt nichts.",
    "Because of special circumstances we send nothing now.",
];
const CAUSE_SEASON: Four = [
    "In deze tijd van het jaar sturen wij niets.",
    "En cette période de l'année, nous n'envoyons rien.",
    "In dieser Zeit des Jahres senden wir nichts.",
    "We send nothing at this time of the year.",
];
const CAUSE_SYSTEM_ERROR: Four = [
    "Bij ons is iets stuk. Wij maken het eerst in orde.",
    "Quelque chose ne marche pas chez nous. Nous le réparons d'abord.",
    "Bei uns ist etwas kaputt. Wir bringen es zuerst in Ordnung.",
    "Something is broken here. We put it right first.",
];
const CAUSE_DISPUTE: Four = [
    "U zegt dat het niet klopt. Dat zoeken wij eerst uit.",
    "Vous dites que ce n'est pas juste. Nous le vérifions d'abord.",
    "Sie sagen, dass es nicht stimmt. Das klären wir zuerst.",
    "You say that it is not right. We find that out first.",
];
const CLOSED_PAID: Four = [
    "U heeft alles betaald. U hoeft niets meer te doen.",
    "Vous avez tout payé. Vous n'avez plus rien à faire.",
    "Sie haben alles bezahlt. Sie müssen nichts mehr tun.",
    "You have paid everything. You do not have to do anything any more.",
];
const CLOSED_CREDITED: Four = [
    "De rekening is kwijtgescholden. U hoeft niets meer te betalen.",
    "La facture est annulée. Vous n'avez plus rien à payer.",
    "Die Rechnung ist erlassen. Sie müssen nichts mehr zahlen.",
    "The bill is cancelled. You do not have to pay anything any more.",
];
const CLOSED_WITHDRAWN: Four = [
    "De rekening is ingetrokken. U hoeft niets meer te betalen.",
    "La facture est retirée. Vous n'avez plus rien à payer.",
    "Die Rechnung ist zurückgezogen. Sie müssen nichts mehr zahlen.",
    "The bill is withdrawn. You do not have to pay anything any more.",
];
