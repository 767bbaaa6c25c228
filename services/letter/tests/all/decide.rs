//! What a letter does: given, when, then; and what holds whatever happens in whatever order.

mod note;

use crate::sample::{self, euros, id, now};
use contracts::letter::{
    Dispatched, LetterState, NotSent, NotSentReason, Send as SendLetter, Uncertain,
};
use contracts::permit::PermittedDeed;
use jiff::SignedDuration;
use letter::domain::{Draft, Letter, Outcome, Stage, Work, claim, end, send, withdraw};
use mailbox::{Claim, Decision, Effect, Ended, Ending, Fault};
use primitives::{Channel, ContentHash, EffectId, LetterId, MessageKind};
use proptest::prelude::*;

fn unheard() -> Letter {
    Letter { letter_id: LetterId::from_uuid(id(1)), version: 0, stage: Stage::Unheard }
}

fn wish() -> SendLetter {
    sample::wish(1)
}

fn draft() -> Draft {
    Draft {
        content: ContentHash::from_digest([7; 32]),
        asked: euros(123_456),
        text_version: "free-first-reminder/nl/consumer@1".to_owned(),
        drafted_at: now(),
    }
}

fn drafting() -> Work {
    Work::DraftEmail { send: wish() }
}

fn sending() -> Work {
    Work::SendEmail { send: wish(), draft: draft() }
}

/// The same letter by post.
fn by_post() -> SendLetter {
    SendLetter { channel: Channel::Post, ..wish() }
}

fn printing() -> Work {
    Work::PrintLetter { send: by_post() }
}

fn handing_over() -> Work {
    Work::HandOver { send: by_post(), draft: draft() }
}

fn at(stage: Stage) -> Letter {
    Letter { stage, ..unheard() }
}

fn requested() -> Letter {
    at(Stage::Requested { send: wish() })
}

fn drafted() -> Letter {
    at(Stage::Drafted { send: wish(), draft: draft() })
}

fn uncertain() -> Letter {
    at(Stage::Uncertain { send: wish(), draft: draft() })
}

fn dispatched() -> Stage {
    Stage::Dispatched { send: wish(), draft: draft(), dispatched_at: now() }
}

fn not_sent(reason: NotSentReason) -> Stage {
    Stage::NotSent { send: wish(), reason, because: None }
}

fn ended(effect: Work, ending: Ending<Outcome>) -> Ended<Work, Outcome> {
    Ended { effect_id: EffectId::from_uuid(id(9)), effect, ending }
}

fn sent() -> Ending<Outcome> {
    Ending::Performed(Outcome::Sent { dispatched_at: now() })
}

fn ends(letter: Letter, work: Work, ending: Ending<Outcome>) -> Decision<Letter, Work> {
    end(letter, &ended(work, ending)).unwrap()
}

/// What a decision tells, in words.
fn told(decision: &Decision<Letter, Work>) -> Vec<String> {
    let tell = |message: &contracts::Outgoing| {
        if let Some(told) = message.read::<NotSent>() {
            return format!("not sent: {:?}", told.reason);
        }
        if message.read::<Dispatched>().is_some() {
            return "dispatched".to_owned();
        }
        assert!(message.read::<Uncertain>().is_some(), "{}", message.contract);
        "uncertain".to_owned()
    };
    decision.messages.iter().map(tell).collect()
}

#[test]
fn a_wish_is_drafted_first_and_sent_then() {
    let decision = send(unheard(), &wish()).unwrap();
    assert_eq!((&decision.state, &decision.effects[..]), (&requested(), &[drafting()][..]));
    let decision = ends(requested(), drafting(), Ending::Performed(Outcome::Drafted(draft())));
    assert_eq!((&decision.state, &decision.effects[..]), (&drafted(), &[sending()][..]));
    let decision = ends(drafted(), sending(), sent());
    assert_eq!(decision.state.stage, dispatched());
    let event: Dispatched = decision.messages.first().unwrap().read().unwrap();
    assert_eq!(
        (event.permit_id, &event.claim_ids),
        (wish().permit.permit_id, &wish().permit.claim_ids)
    );
    assert_eq!(
        (event.content, event.asked, event.dispatched_at),
        (draft().content, euros(123_456), now())
    );
}

#[test]
fn by_post_it_is_printed_first_and_handed_over_then() {
    let decision = send(unheard(), &by_post()).unwrap();
    assert_eq!(decision.effects, [printing()]);
    let decision = ends(decision.state, printing(), Ending::Performed(Outcome::Drafted(draft())));
    assert_eq!(decision.effects, [handing_over()]);
    assert_eq!(claim(&decision.state, &handing_over()), Claim::Start);
    let again = ends(decision.state.clone(), handing_over(), Ending::Performed(Outcome::Outdated));
    assert_eq!(again.effects, [printing()]);
    let decision = ends(decision.state, handing_over(), sent());
    let event: Dispatched = decision.messages.first().unwrap().read().unwrap();
    assert_eq!((event.channel, event.message), (Channel::Post, MessageKind::FreeFirstReminder));
    assert_eq!(event.dispatched_at, now());
}

#[test]
fn only_what_leaves_is_once_and_all_obey_the_permit() {
    assert!(!drafting().once() && sending().once());
    assert!(!printing().once() && handing_over().once());
    for work in [drafting(), sending(), printing(), handing_over()] {
        assert_eq!(work.not_before(), Some(wish().permit.not_before));
        assert_eq!(work.not_after(), Some(wish().permit.not_after));
    }
}

/// What leaves is told in whole seconds; a permit may begin within one.
#[test]
fn nothing_is_told_to_have_left_before_its_permit() {
    let begins = now() + SignedDuration::from_millis(50);
    let mut send = wish();
    send.permit.not_before = begins;
    let letter = at(Stage::Drafted { send: send.clone(), draft: draft() });
    for ending in [sent(), Ending::SaidToHaveHappened] {
        let work = Work::SendEmail { send: send.clone(), draft: draft() };
        let decision = ends(letter.clone(), work, ending);
        let told: Dispatched = decision.messages[0].read().unwrap();
        assert_eq!(told.dispatched_at, begins);
    }
}

#[test]
fn a_withdrawal_before_the_wish_is_remembered() {
    let forestalled = withdraw(withdraw(unheard()).state);
    assert_eq!((&forestalled.state.stage, told(&forestalled).len()), (&Stage::Forestalled, 0));
    let decision = send(forestalled.state, &wish()).unwrap();
    assert_eq!(decision.state.stage, not_sent(NotSentReason::Withdrawn));
    assert_eq!(told(&decision), ["not sent: Withdrawn"]);
    assert!(decision.effects.is_empty());
}

#[test]
fn a_withdrawn_letter_is_told_at_once_and_its_work_is_withdrawn() {
    for (letter, work) in [(requested(), drafting()), (drafted(), sending())] {
        assert_eq!(claim(&letter, &work), Claim::Start);
        let decision = withdraw(letter);
        assert_eq!(told(&decision), ["not sent: Withdrawn"]);
        assert_eq!(claim(&decision.state, &work), Claim::Withdraw);
        let again = withdraw(decision.state);
        assert!(again.messages.is_empty());
    }
}

#[test]
fn after_dispatch_a_withdrawal_changes_nothing() {
    let decision = withdraw(at(dispatched()));
    assert_eq!((decision.state.stage.clone(), told(&decision).len()), (dispatched(), 0));
}

/// The withdrawal came while the mail was being handed over: what happened has the last word.
#[test]
fn a_letter_that_left_in_spite_of_its_withdrawal_is_dispatched() {
    let withdrawn = withdraw(drafted()).state;
    let decision = ends(withdrawn.clone(), sending(), sent());
    assert_eq!(
        (decision.state.stage.clone(), told(&decision)),
        (dispatched(), vec!["dispatched".to_owned()])
    );
    let decision = ends(withdrawn, sending(), Ending::Uncertain);
    assert_eq!(told(&decision), ["uncertain"]);
}

#[test]
fn every_refusal_ends_the_letter_with_its_reason() {
    for reason in [
        NotSentReason::NothingOwed,
        NotSentReason::PaymentsNotKnown,
        NotSentReason::NoAddress,
        NotSentReason::AddressRefused,
        NotSentReason::TextNotLawful,
        NotSentReason::DataMissing,
        NotSentReason::NoText,
    ] {
        for (letter, work) in [(requested(), drafting()), (drafted(), sending())] {
            let decision = ends(letter, work, Ending::Performed(Outcome::Refused(reason.clone())));
            assert_eq!(told(&decision), [format!("not sent: {reason:?}")]);
            assert!(decision.effects.is_empty());
        }
    }
}

/// The words stay with the letter, and no event carries them.
#[test]
fn what_was_in_the_way_is_kept_and_not_told() {
    let reason = NotSentReason::NoText;
    let because = "no glyph".to_owned();
    let hindered = Outcome::Hindered { reason: reason.clone(), because: because.clone() };
    let decision = ends(requested(), drafting(), Ending::Performed(hindered));
    assert_eq!(told(&decision), ["not sent: NoText"]);
    let event = format!("{:?}", decision.messages.first().unwrap());
    assert!(!event.contains(&because), "{event}");
    let listed = letter::domain::told(&decision.state).unwrap();
    assert_eq!(listed.state, LetterState::NotSent { reason, because: Some(because) });
}

#[test]
fn a_permit_that_ran_out_ends_the_letter() {
    for (letter, work) in [(requested(), drafting()), (drafted(), sending())] {
        assert_eq!(told(&ends(letter, work, Ending::Expired)), ["not sent: PermitExpired"]);
    }
}

#[test]
fn an_outdated_draft_is_written_anew_and_the_old_one_never_sent() {
    let decision = ends(drafted(), sending(), Ending::Performed(Outcome::Outdated));
    assert_eq!((&decision.state, &decision.effects[..]), (&requested(), &[drafting()][..]));
    let newer = Draft { asked: euros(100), ..draft() };
    let decision = ends(requested(), drafting(), Ending::Performed(Outcome::Drafted(newer)));
    assert_eq!(claim(&decision.state, &sending()), Claim::Withdraw);
}

#[test]
fn an_uncertain_letter_is_settled_by_a_person_or_by_evidence() {
    let decision = ends(drafted(), sending(), Ending::Uncertain);
    assert_eq!((&decision.state, told(&decision)), (&uncertain(), vec!["uncertain".to_owned()]));
    assert_eq!(claim(&uncertain(), &sending()), Claim::Withdraw, "never again by the machine");
    for happened in [sent(), Ending::SaidToHaveHappened] {
        let decision = ends(uncertain(), sending(), happened);
        assert_eq!(
            (decision.state.stage.clone(), told(&decision)),
            (dispatched(), vec!["dispatched".to_owned()])
        );
    }
    let decision = ends(uncertain(), sending(), Ending::SaidNotToHaveHappened);
    assert_eq!(told(&decision), ["not sent: PermitExpired"]);
    assert!(decision.effects.is_empty());
}

#[test]
fn a_channel_without_texts_is_refused_at_once() {
    let mut text_message = wish();
    text_message.channel = Channel::Sms;
    text_message.permit.deed = PermittedDeed::Write {
        message: MessageKind::FreeFirstReminder,
        channels: vec![Channel::Sms],
    };
    let decision = send(unheard(), &text_message).unwrap();
    assert_eq!(told(&decision), ["not sent: NoText"]);
    assert!(decision.effects.is_empty());
}

#[test]
fn what_the_permit_is_not_for_is_refused() {
    let mut call = wish();
    call.permit.deed = PermittedDeed::Call;
    let mut other_channel = wish();
    other_channel.channel = Channel::Sms;
    for wish in [call, other_channel] {
        assert!(matches!(send(unheard(), &wish), Err(Fault::Poison(_))));
    }
}

/// Effects and rows that were kept before version 2 of the command hold it as it was.
#[test]
fn work_of_an_earlier_release_is_still_readable() {
    let permit = serde_json::json!({
        "permit_id": id(3), "person_id": id(4), "case_id": id(5), "creditor_id": id(2),
        "claim_ids": [sample::claim_id(1)], "message": "free-first-reminder", "channel": "email",
        "capacity": "agency-for-creditor", "not_before": "2026-11-12T07:00:00Z",
        "not_after": "2026-11-12T18:00:00Z", "payments_known_within_days": null,
        "rule_ids": ["nl.contact-window"], "rule_pack": "nl-2026.2",
    });
    let send = serde_json::json!({
        "letter_id": id(1), "creditor_id": id(2), "language": "nl", "permit": permit,
    });
    let mut expected = wish();
    expected.permit.deed = PermittedDeed::Write {
        message: MessageKind::FreeFirstReminder,
        channels: vec![Channel::Email],
    };
    let kept = serde_json::json!({ "draft-email": { "send": send } });
    let work: Work = serde_json::from_value(kept).unwrap();
    assert_eq!(work, Work::DraftEmail { send: expected.clone() });
    let kept = serde_json::json!({ "send-email": { "send": send, "draft": draft() } });
    let work: Work = serde_json::from_value(kept).unwrap();
    assert_eq!(work, Work::SendEmail { send: expected, draft: draft() });
}

#[test]
fn the_same_wish_twice_is_one_and_another_wish_under_its_id_is_refused() {
    for letter in [requested(), drafted(), uncertain(), at(dispatched())] {
        let decision = send(letter.clone(), &wish()).unwrap();
        assert_eq!((&decision.state, decision.effects.len()), (&letter, 0));
        let other = sample::wish(2);
        assert!(matches!(send(letter, &other), Err(Fault::Poison(_))));
    }
    let mut foreign = wish();
    foreign.creditor_id = primitives::CreditorId::from_uuid(id(77));
    assert!(matches!(send(unheard(), &foreign), Err(Fault::Poison(_))));
}

/// A letter in its surroundings: what is to be done, what is being done, and what really left.
struct World {
    wish: SendLetter,
    letter: Letter,
    pending: Vec<Work>,
    under_way: Vec<Work>,
    /// Sendings of which nobody knows, each with whether the mail left.
    doubtful: Vec<(Work, bool)>,
    mails_left: usize,
    told: Vec<String>,
}

/// What may happen next.
#[derive(Clone, Copy, Debug)]
enum Event {
    Send,
    Withdraw,
    /// Claims the oldest pending work.
    Start,
    /// Ends the oldest work under way.
    Finish(How),
    /// Settles the oldest doubt, by a person or by evidence.
    Settle {
        by_person: bool,
    },
}

/// How work ends.
#[derive(Clone, Copy, Debug)]
enum How {
    Well,
    /// Certainly not performed: it is given back.
    NotPerformed,
    Refused,
    Expired,
    /// Only a sending can be outdated or doubtful; a drafting ends well then.
    Outdated,
    Doubtful {
        left: bool,
    },
}

fn event() -> impl Strategy<Value = Event> {
    let how = prop_oneof![
        4 => Just(How::Well),
        2 => Just(How::NotPerformed),
        1 => Just(How::Refused),
        1 => Just(How::Expired),
        2 => Just(How::Outdated),
        2 => any::<bool>().prop_map(|left| How::Doubtful { left }),
    ];
    prop_oneof![
        2 => Just(Event::Send),
        1 => Just(Event::Withdraw),
        4 => Just(Event::Start),
        4 => how.prop_map(Event::Finish),
        1 => any::<bool>().prop_map(|by_person| Event::Settle { by_person }),
    ]
}

/// Some of both, in any order.
fn sendings_and_withdrawals() -> impl Strategy<Value = Vec<Event>> {
    let both = (1_usize..4, 1_usize..4).prop_map(|(sendings, withdrawals)| {
        [vec![Event::Send; sendings], vec![Event::Withdraw; withdrawals]].concat()
    });
    both.prop_shuffle()
}

fn oldest<T>(list: &mut Vec<T>) -> Option<T> {
    (!list.is_empty()).then(|| list.remove(0))
}

impl World {
    fn new(wish: SendLetter) -> Self {
        let (pending, under_way, doubtful, told) = (vec![], vec![], vec![], vec![]);
        Self { wish, letter: unheard(), pending, under_way, doubtful, mails_left: 0, told }
    }

    fn take(&mut self, decision: Decision<Letter, Work>) {
        self.told.extend(told(&decision));
        self.pending.extend(decision.effects);
        self.letter = decision.state;
    }

    fn end(&mut self, work: Work, ending: Ending<Outcome>) {
        let decision = ends(self.letter.clone(), work, ending);
        self.take(decision);
    }

    fn happen(&mut self, event: Event) {
        match event {
            Event::Send => self.take(send(self.letter.clone(), &self.wish).unwrap()),
            Event::Withdraw => self.take(withdraw(self.letter.clone())),
            Event::Start => {
                let wanted = |work: &Work| claim(&self.letter, work) == Claim::Start;
                let work = oldest(&mut self.pending).filter(wanted);
                self.under_way.extend(work);
            }
            Event::Finish(how) => {
                if let Some(work) = oldest(&mut self.under_way) {
                    self.finish(work, how);
                }
            }
            Event::Settle { by_person } => {
                if let Some((work, left)) = oldest(&mut self.doubtful) {
                    self.end(
                        work,
                        match (left, by_person) {
                            (true, true) => Ending::SaidToHaveHappened,
                            (true, false) => sent(),
                            (false, _) => Ending::SaidNotToHaveHappened,
                        },
                    );
                }
            }
        }
    }

    fn finish(&mut self, work: Work, how: How) {
        match (work, how) {
            (work, How::NotPerformed) => self.pending.push(work),
            (work, How::Refused) => {
                let refused = Outcome::Refused(NotSentReason::NothingOwed);
                self.end(work, Ending::Performed(refused));
            }
            (work, How::Expired) => self.end(work, Ending::Expired),
            (work @ (Work::DraftEmail { .. } | Work::PrintLetter { .. }), _) => {
                self.end(work, Ending::Performed(Outcome::Drafted(draft())));
            }
            (work @ (Work::SendEmail { .. } | Work::HandOver { .. }), How::Outdated) => {
                self.end(work, Ending::Performed(Outcome::Outdated));
            }
            (work @ (Work::SendEmail { .. } | Work::HandOver { .. }), How::Doubtful { left }) => {
                self.mails_left += usize::from(left);
                self.doubtful.push((work.clone(), left));
                self.end(work, Ending::Uncertain);
            }
            (work @ (Work::SendEmail { .. } | Work::HandOver { .. }), How::Well) => {
                self.mails_left += 1;
                self.end(work, sent());
            }
        }
    }

    /// Everything that is still to be done is done, and every doubt settled.
    fn come_to_rest(&mut self) {
        while !(self.pending.is_empty() && self.under_way.is_empty() && self.doubtful.is_empty()) {
            self.happen(Event::Start);
            self.happen(Event::Finish(How::Well));
            self.happen(Event::Settle { by_person: true });
        }
    }
}

proptest! {
    /// Not twice, not lost: at most one mail leaves, and the last thing told is what is true.
    #[test]
    fn whatever_happens_one_mail_leaves_at_most_and_the_truth_is_told_last(
        events in prop::collection::vec(event(), 0..40),
        wish in prop_oneof![Just(wish()), Just(by_post())],
    ) {
        let mut world = World::new(wish);
        for event in &events {
            world.happen(*event);
        }
        world.come_to_rest();
        prop_assert!(world.mails_left <= 1);
        let asked_for = events.iter().any(|event| matches!(event, Event::Send));
        let last = world.told.last().map_or("", String::as_str);
        match (asked_for, world.mails_left) {
            (false, _) => prop_assert!(world.told.is_empty()),
            (true, 0) => prop_assert!(last.starts_with("not sent"), "{:?}", world.told),
            (true, _) => prop_assert_eq!(last, "dispatched"),
        }
        let dispatched = world.told.iter().filter(|told| *told == "dispatched").count();
        prop_assert_eq!(dispatched, world.mails_left);
    }

    /// The declared rule of both commands: every order ends in the same state and the same words.
    #[test]
    fn sending_and_withdrawing_commute(
        events in sendings_and_withdrawals(),
        wish in prop_oneof![Just(wish()), Just(by_post())],
    ) {
        let mut world = World::new(wish.clone());
        for event in &events {
            world.happen(*event);
        }
        world.come_to_rest();
        let expected =
            Stage::NotSent { send: wish, reason: NotSentReason::Withdrawn, because: None };
        prop_assert_eq!(world.letter.stage, expected);
        prop_assert_eq!(world.told, ["not sent: Withdrawn"]);
        prop_assert_eq!(world.mails_left, 0);
    }
}
