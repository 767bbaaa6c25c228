//! What readers are told of a case: everybody in their own words, and nothing that is not for them.

use contracts::agreement::{AgreedDeed, StepMoment};
use contracts::hold::{HoldCause, HoldScope, HoldTerms, HoldThen};
use contracts::letter::NotSentReason;
use contracts::scheduler::{Audience, CloseReason};
use contracts::telephony_task::NotMadeReason;
use primitives::{CaseId, Channel, Country, Language, MessageKind, NonPaymentReason};
use scheduler::domain::{
    ClaimTold, ErrandKind, ErrandState, ErrandTold, Holding, Route, Said, StepTold, Stop, Wait,
};
use uuid::Uuid;

use crate::world::*;

const AUDIENCES: [Audience; 3] = [Audience::Handler, Audience::Creditor, Audience::Debtor];

fn holdings() -> Vec<Said> {
    // Whoever adds one has to add it here, since this does not compile then.
    let next = |holding| match holding {
        Holding::StepsUsedUp => Some(Holding::NotReachable),
        Holding::NotReachable => Some(Holding::GateRefused),
        Holding::GateRefused => Some(Holding::CallUncertain),
        Holding::CallUncertain => Some(Holding::MessageUncertain),
        Holding::MessageUncertain => Some(Holding::NotDelivered),
        Holding::NotDelivered => Some(Holding::NotWritten),
        Holding::NotWritten => Some(Holding::TriedInVain),
        Holding::TriedInVain => Some(Holding::ReasonGiven),
        Holding::ReasonGiven => Some(Holding::OnHold),
        Holding::OnHold => None,
    };
    let all = std::iter::successors(Some(Holding::StepsUsedUp), |holding| next(*holding));
    all.map(Said::Held).collect()
}

fn stops() -> Vec<Stop> {
    let next = |stop| match stop {
        Stop::NothingOpen => Some(Stop::Gate),
        Stop::Gate => Some(Stop::OtherClaim),
        Stop::OtherClaim => Some(Stop::DueDate),
        Stop::DueDate => Some(Stop::Hold),
        Stop::Hold => Some(Stop::PermitEnd),
        Stop::PermitEnd => Some(Stop::EnoughMoney),
        Stop::EnoughMoney => Some(Stop::Judgement),
        Stop::Judgement => Some(Stop::CallersWord),
        Stop::CallersWord => Some(Stop::Proof),
        Stop::Proof => Some(Stop::AnotherClaim),
        Stop::AnotherClaim => Some(Stop::NewAddress),
        Stop::NewAddress => Some(Stop::TriedAgain),
        Stop::TriedAgain => Some(Stop::NewStatements),
        Stop::NewStatements => Some(Stop::OtherNews),
        Stop::OtherNews => Some(Stop::Decision),
        Stop::Decision => Some(Stop::MoneyDecided),
        Stop::MoneyDecided => Some(Stop::HoldEnds),
        Stop::HoldEnds => Some(Stop::OpensAgain),
        Stop::OpensAgain => Some(Stop::FirstClaim),
        Stop::FirstClaim => None,
    };
    std::iter::successors(Some(Stop::NothingOpen), |stop| next(*stop)).collect()
}

fn causes() -> Vec<HoldCause> {
    let next = |cause: &HoldCause| match cause {
        HoldCause::Complaint => Some(HoldCause::AwaitingDocuments),
        HoldCause::AwaitingDocuments => Some(HoldCause::DebtAid),
        HoldCause::DebtAid => Some(HoldCause::CoolingOff),
        HoldCause::CoolingOff => Some(HoldCause::Illness),
        HoldCause::Illness => Some(HoldCause::Bereavement),
        HoldCause::Bereavement => Some(HoldCause::CreditorAsked),
        HoldCause::CreditorAsked => Some(HoldCause::LegalQuestion),
        HoldCause::LegalQuestion => Some(HoldCause::Crisis),
        HoldCause::Crisis => Some(HoldCause::Season),
        HoldCause::Season => Some(HoldCause::SystemError),
        HoldCause::SystemError => Some(HoldCause::Dispute),
        HoldCause::Dispute => None,
    };
    std::iter::successors(Some(HoldCause::Complaint), next).collect()
}

fn scopes() -> [HoldScope; 5] {
    [
        HoldScope::Claim { case_id: case_id(1), claim_id: claim_id(1) },
        HoldScope::Case { case_id: case_id(1) },
        HoldScope::Person { person_id: person_id() },
        HoldScope::Creditor { creditor_id: creditor_id() },
        HoldScope::All,
    ]
}

fn on_hold(scope: HoldScope, cause: HoldCause) -> Said {
    Said::OnHold(HoldTerms {
        scope,
        cause,
        owner: "case-handling".to_owned(),
        starts_on: day("2026-11-01"),
        ends_on: day("2026-12-01"),
        then: HoldThen::GoOn,
    })
}

fn steps() -> Vec<StepTold> {
    let step = |deed, moment| StepTold { key: "remind-me".to_owned(), version: 3, deed, moment };
    let moments = [
        StepMoment::FromDue { days: -5 },
        StepMoment::FromDue { days: -1 },
        StepMoment::FromDue { days: 0 },
        StepMoment::FromDue { days: 1 },
        StepMoment::FromDue { days: 3 },
        StepMoment::AfterPrevious { days: 1 },
        StepMoment::AfterPrevious { days: 14 },
    ];
    let write = |message| AgreedDeed::Write { message, channels: Channel::ALL.to_vec() };
    let deeds = MessageKind::ALL
        .iter()
        .map(|message| write(*message))
        .chain([AgreedDeed::Call { attempts_max: 1 }, AgreedDeed::Call { attempts_max: 3 }]);
    let of_deeds = deeds.map(|deed| step(Some(deed), Some(moments[0].clone())));
    let of_moments = moments
        .iter()
        .map(|moment| step(Some(AgreedDeed::Call { attempts_max: 1 }), Some(moment.clone())));
    of_deeds.chain(of_moments).collect()
}

fn errands() -> Vec<Said> {
    let kinds = [ErrandKind::Letter(Channel::Post), ErrandKind::Call];
    let states = [
        ErrandState::Granted,
        ErrandState::Withdrawing,
        ErrandState::Uncertain,
        ErrandState::Done,
        ErrandState::NotSent(NotSentReason::NoAddress),
        ErrandState::NotMade(NotMadeReason::PermitExpired),
    ];
    let until = at("2026-11-16T19:00:00Z");
    let of_kind = |kind| {
        let told = move |state| Said::UnderWay(ErrandTold { kind, state, until });
        states.clone().map(told)
    };
    kinds.into_iter().flat_map(of_kind).collect()
}

/// Every fact that there is, with every part of it that is told.
fn everything() -> Vec<Said> {
    let (moment, on) = (at("2026-11-16T08:00:00Z"), day("2026-11-16"));
    let rule_ids = vec!["nl.contact.hours".to_owned()];
    let claim =
        ClaimTold { claim_id: claim_id(1), open: euros(60), amount: euros(120), due_on: on };
    let mut all = vec![
        Said::NoClaim,
        Said::Confirming,
        Said::Thanking,
        Said::Claim(claim),
        Said::NotBefore(moment),
        Said::Refused { rule_ids: rule_ids.clone(), again_at: Some(moment) },
        Said::Refused { rule_ids, again_at: None },
        Said::Promised { amount: euros(60), pay_by: on },
        Said::Judged(moment),
        Said::StatementsFirst(on),
        Said::NoStatement(on),
        Said::Confirmed(moment),
        Said::Thanked(moment),
        Said::HappensBy(moment),
        Said::Decides { owner: "case-handling".to_owned(), on },
        Said::MoneyAwaited(Wait { since: moment, until: moment }),
        Said::GoesOn(on),
        Said::Nothing,
        Said::AwaitsClaim,
    ];
    all.extend(holdings());
    all.extend(errands());
    all.extend(NonPaymentReason::ALL.iter().map(|reason| Said::Reason(*reason)));
    all.extend(Route::ALL.map(Said::Route));
    let closed = [CloseReason::Paid, CloseReason::Credited, CloseReason::Withdrawn];
    all.extend(closed.map(Said::Closed));
    for cause in causes() {
        all.extend(scopes().map(|scope| on_hold(scope, cause.clone())));
    }
    for step in steps() {
        all.push(Said::Taken { step: step.clone(), at: moment });
        all.push(Said::Step(step));
    }
    all
}

fn told(said: &Said, audience: &Audience, language: Language) -> Option<String> {
    said.told(audience, language, Country::NL)
}

/// Every state and every reason has a sentence for each reader in each language, or is none of
/// their business.
#[test]
fn everything_has_a_sentence_in_each_language_for_each_reader() {
    for audience in &AUDIENCES {
        for language in Language::ALL.iter().copied() {
            let own = everything();
            let own = own.iter().filter_map(|said| {
                let sentence = told(said, audience, language);
                let is_personal =
                    matches!(said, Said::Reason(_) | Said::Route(_) | Said::OnHold(_));
                assert!(sentence.is_some() || is_personal, "{audience:?} {language}: {said:?}");
                sentence
            });
            let stops = stops();
            let stops = stops.iter().map(|stop| stop.told(audience, language, Country::NL));
            for sentence in own.chain(stops) {
                let is_whole = sentence.ends_with('.') && !sentence.contains(['{', '}']);
                assert!(is_whole && sentence.trim().len() > 5, "{language}: {sentence}");
                let first = sentence.chars().next().unwrap();
                let begins = first.is_uppercase() || first.is_ascii_digit() || first == '€';
                assert!(begins || *audience == Audience::Handler, "{language}: {sentence}");
            }
        }
    }
}

#[test]
fn no_two_languages_say_the_same() {
    for audience in &AUDIENCES {
        for said in everything() {
            let all: Vec<String> =
                Language::ALL.iter().filter_map(|it| told(&said, audience, *it)).collect();
            let once: std::collections::BTreeSet<&String> = all.iter().collect();
            assert_eq!(once.len(), all.len(), "{all:?}");
        }
    }
}

/// What may be the reason for everybody.
const COMMON: [HoldCause; 4] =
    [HoldCause::Crisis, HoldCause::Season, HoldCause::SystemError, HoldCause::LegalQuestion];

/// A creditor learns neither the debtor's circumstances nor what others hold him for.
#[test]
fn a_creditor_learns_nothing_of_the_debtors_circumstances() {
    let creditor = Audience::Creditor;
    for reason in NonPaymentReason::ALL {
        assert_eq!(told(&Said::Reason(*reason), &creditor, Language::En), None);
        let route = Said::Route(Route::of(*reason));
        assert_eq!(told(&route, &creditor, Language::En), None);
    }
    let personal =
        [HoldCause::DebtAid, HoldCause::CoolingOff, HoldCause::Illness, HoldCause::Bereavement];
    for cause in causes() {
        for scope in scopes() {
            let of_person = matches!(scope, HoldScope::Person { .. });
            let of_creditor = matches!(scope, HoldScope::Creditor { .. });
            let asked = of_creditor && cause == HoldCause::CreditorAsked;
            // What is so of some is said of nobody where a hold is over many.
            let of_many = (of_creditor || scope == HoldScope::All) && !asked;
            let of_some = of_many && !COMMON.contains(&cause);
            let said = on_hold(scope.clone(), cause.clone());
            let sentence = told(&said, &creditor, Language::En);
            let is_kept = of_person || of_some || personal.contains(&cause);
            assert_eq!(sentence.is_none(), is_kept, "{cause:?}");
            if scope == HoldScope::All && of_some {
                assert_eq!(told(&said, &Audience::Debtor, Language::En), None, "{cause:?}");
            }
        }
    }
}

/// A debtor reads no word of ours, no key, no rule and no id; and nothing of what others asked.
#[test]
fn a_debtor_reads_no_word_of_ours() {
    let inner = [
        (Language::Nl, ["vordering", "toestemming", "poort", "afspraak 3", "debiteur", "dossier"]),
        (Language::Fr, ["créance", "autorisation", "contrôle", "accord 3", "débiteur", "étape"]),
        (
            Language::De,
            ["forderung", "erlaubnis", "prüfung", "vereinbarung 3", "schuldner ", "fall "],
        ),
        (Language::En, ["claim", "permit", "gate", "agreement 3", "debtor", "step"]),
    ];
    for (language, words) in inner {
        let mut all: Vec<String> = everything()
            .iter()
            .filter_map(|said| told(said, &Audience::Debtor, language))
            .collect();
        all.extend(stops().iter().map(|it| it.told(&Audience::Debtor, language, Country::NL)));
        for sentence in all {
            let text = sentence.to_lowercase();
            let ours = words.iter().find(|word| text.contains(**word));
            assert_eq!(ours, None, "{sentence}");
            for kept in ["remind-me", "case-handling", "nl.contact.hours", "00000000-"] {
                assert!(!text.contains(kept), "{sentence}");
            }
            assert!(
                sentence.split(['.', '!', '?']).all(|it| it.split(' ').count() <= 22),
                "{text}"
            );
        }
    }
    for cause in [HoldCause::CreditorAsked, HoldCause::LegalQuestion] {
        let hold = on_hold(HoldScope::Case { case_id: case_id(1) }, cause);
        assert_eq!(told(&hold, &Audience::Debtor, Language::En), None);
    }
}

#[test]
fn a_case_is_told_to_each_in_their_words() {
    let world = World::with_claim(at("2026-11-01T12:00:00Z"), day(DUE));
    let trace = world.trace();
    let handler = trace.told(&Audience::Handler, Language::Nl);
    assert_eq!(
        handler.why[0],
        "Stap notice van afspraak 1: een vriendelijk bericht vooraf per e-mail, 5 dagen voor de \
         vervaldag."
    );
    let creditor = trace.told(&Audience::Creditor, Language::Fr);
    assert_eq!(
        creditor.next,
        ["Le 16 novembre 2026 suit un message aimable à l'avance par e-mail."]
    );
    let debtor = trace.told(&Audience::Debtor, Language::En);
    assert_eq!(
        debtor.why,
        [
            "You have to pay a bill soon. That is why you get a message.",
            "Of the bill of €120.00, €120.00 is not paid yet. Costs may come on top. You could pay \
             until 20 November 2026.",
        ]
    );
    assert_eq!(debtor.next, ["On 16 November 2026 we write to you."]);
    assert!(!debtor.would_stop.is_empty());
}

/// Whatever is told names no other case, since one is all that it is made of.
#[test]
fn an_explanation_of_a_case_on_hold_says_why_and_until_when() {
    let mut world = World::with_claim(at("2026-11-21T12:00:00Z"), day(DUE));
    world.place_one(1, 0, 10, false);
    let debtor = world.trace().told(&Audience::Debtor, Language::Nl);
    assert_eq!(debtor.why[0], "Wij doen nu even niets.");
    assert_eq!(debtor.next, ["Vanaf 1 december 2026 kunt u weer bericht van ons krijgen."]);
    world.place_one(1, 0, 20, true);
    let handler = world.explained();
    assert_eq!(handler.next, ["case-handling decides, by 1 December 2026."]);
    assert_eq!(handler.why.iter().filter(|it| it.contains("put it on hold, from")).count(), 2);
    let other = CaseId::from_uuid(Uuid::from_u128(2));
    assert!(!format!("{handler:?}").contains(&other.to_string()));
}
