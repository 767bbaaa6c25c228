//! What a note to a creditor does: given, when, then.

use contracts::letter::{NoteDispatched, NoteNotSent, NoteNotSentReason, SendNote};
use letter::domain::{
    Note, NoteDraft, NoteOutcome, NoteStage, NoteWish, NoteWork, claim_note, end_note, send_note,
};
use mailbox::{Claim, Decision, Effect, Ended, Ending, Facts, Fault};
use primitives::{Actor, CaseId, ContentHash, CorrelationId, EffectId, MessageId, NoteId};

use crate::sample::note::{feedback, remittance};
use crate::sample::{id, now};

fn facts() -> Facts {
    Facts {
        now: now(),
        cause: MessageId::from_uuid(id(20)),
        correlation: CorrelationId::from_uuid(id(21)),
        actor: Actor::Machine("monitoring".to_owned()),
        version: 1,
    }
}

fn at(stage: NoteStage) -> Note {
    Note { note_id: NoteId::from_uuid(id(30)), version: 0, stage }
}

fn wish() -> NoteWish {
    NoteWish { send: feedback(), requested_at: now() }
}

fn draft() -> NoteDraft {
    NoteDraft {
        content: ContentHash::from_digest([8; 32]),
        text_version: "creditor-feedback/nl@1".to_owned(),
        drafted_at: now(),
    }
}

fn drafting() -> NoteWork {
    NoteWork::Draft { send: feedback() }
}

fn sending() -> NoteWork {
    NoteWork::Send { send: feedback(), draft: draft() }
}

fn drafted() -> Note {
    at(NoteStage::Drafted { wish: wish(), draft: draft() })
}

fn ends(note: Note, effect: NoteWork, ending: Ending<NoteOutcome>) -> Decision<Note, NoteWork> {
    end_note(note, &Ended { effect_id: EffectId::from_uuid(id(9)), effect, ending }).unwrap()
}

fn not_sent(decision: &Decision<Note, NoteWork>) -> NoteNotSentReason {
    decision.messages.first().unwrap().read::<NoteNotSent>().unwrap().reason
}

#[test]
fn a_note_is_drafted_first_and_sent_then_and_its_time_never_ends() {
    let decision = send_note(at(NoteStage::Unheard), &feedback(), &facts()).unwrap();
    assert_eq!(decision.effects, [drafting()]);
    assert!(!drafting().once() && sending().once());
    assert_eq!((sending().not_before(), sending().not_after()), (None, None));
    let decision =
        ends(decision.state, drafting(), Ending::Performed(NoteOutcome::Drafted(draft())));
    assert_eq!((&decision.state, &decision.effects[..]), (&drafted(), &[sending()][..]));
    let sent = Ending::Performed(NoteOutcome::Sent { dispatched_at: now() });
    let decision = ends(drafted(), sending(), sent);
    let told: NoteDispatched = decision.messages.first().unwrap().read().unwrap();
    assert_eq!((told.case_id, told.content), (Some(CaseId::from_uuid(id(5))), draft().content));
}

#[test]
fn the_same_wish_twice_is_one_and_another_under_its_id_is_refused() {
    let decision = send_note(drafted(), &feedback(), &facts()).unwrap();
    assert_eq!((&decision.state, decision.effects.len()), (&drafted(), 0));
    let other = SendNote { note_id: feedback().note_id, ..remittance() };
    assert!(matches!(send_note(drafted(), &other, &facts()), Err(Fault::Poison(_))));
}

#[test]
fn what_cannot_be_sent_is_told_once() {
    for reason in
        [NoteNotSentReason::NoAddress, NoteNotSentReason::AddressRefused, NoteNotSentReason::NoText]
    {
        let refused = || Ending::Performed(NoteOutcome::Refused(reason.clone()));
        let decision = ends(drafted(), sending(), refused());
        assert_eq!(not_sent(&decision), reason);
        assert_eq!(claim_note(&decision.state, &sending()), Claim::Withdraw);
        assert!(ends(decision.state, sending(), refused()).messages.is_empty());
    }
}

/// A person sees to what is uncertain; should the mail have left after all, that is told.
#[test]
fn an_uncertain_note_is_for_a_person_and_the_truth_has_the_last_word() {
    let uncertain = ends(drafted(), sending(), Ending::Uncertain);
    assert_eq!(not_sent(&uncertain), NoteNotSentReason::Uncertain);
    let sent = Ending::Performed(NoteOutcome::Sent { dispatched_at: now() });
    for happened in [sent, Ending::SaidToHaveHappened] {
        let decision = ends(uncertain.state.clone(), sending(), happened);
        assert!(decision.messages.first().unwrap().read::<NoteDispatched>().is_some());
    }
    let decision = ends(uncertain.state.clone(), sending(), Ending::SaidNotToHaveHappened);
    assert_eq!((&decision.state, decision.messages.len()), (&uncertain.state, 0));
}

#[test]
fn an_outdated_draft_is_written_anew() {
    let decision = ends(drafted(), sending(), Ending::Performed(NoteOutcome::Outdated));
    assert_eq!(decision.effects, [drafting()]);
    assert_eq!(claim_note(&decision.state, &sending()), Claim::Withdraw);
}
