//! The outside world, and the executor that reaches it: acts that are taken, not taken, or of which
//! nobody knows; evidence, and people who find out.

use std::collections::BTreeMap;

use contracts::letter::{NotSentReason, Send};
use jiff::SignedDuration;
use letter::domain::{
    Draft, Letter, Note, NoteDraft, NoteOutcome, NoteWork, Outcome, Refusal, Work, post_day, weigh,
};
use mailbox::{
    Aggregate, Brought, BroughtEffect, Claim, Ended, Ending, Fault, Rehearsal, Rehearsed,
};
use payment_reconciliation::domain::remittance::{self, Files, Remittance};
use primitives::{Actor, Channel, ContentHash, CorrelationId, EffectId, Timestamp};
use serde::de::DeserializeOwned;
use serde_json::Value;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::bank::AGENCY;
use crate::deeds::Doing;
use crate::faults::Wrong;
use crate::invariants;
use crate::world::{Event, Sabotage, Told1, World, later, parked, rehearsed, violation};
use house::chance::Chance;
use house::{self, House};

/// What the executor does next.
#[derive(Clone, Debug)]
pub(crate) enum Acting {
    Begin { id: Uuid },
    End { id: Uuid, did: Did },
    Seek { id: Uuid },
    Settle { id: Uuid },
}

/// How an attempt went.
#[derive(Clone, Debug)]
pub(crate) enum Did {
    Done(Value),
    NotTaken,
    Unknown,
}

/// An act that was asked for.
#[derive(Debug)]
pub(crate) struct Kept {
    service: &'static str,
    pub(crate) effect: BroughtEffect,
    pub(crate) attempts: i32,
    pub(crate) stage: Stage,
    correlation: CorrelationId,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    Pending,
    Started,
    Uncertain { announced: bool },
    Over,
}

/// What was asked for, and what really happened.
#[derive(Debug, Default)]
pub(crate) struct Outside {
    pub(crate) kept: BTreeMap<Uuid, Kept>,
    /// The letters and notes that left, each as often as it did.
    pub(crate) left: BTreeMap<Uuid, Vec<Timestamp>>,
}

impl Outside {
    /// Whether an act of an aggregate is still to come, goes on, or is uncertain.
    pub(crate) fn lives(&self, aggregate: Uuid) -> bool {
        let mut own = self.kept.values().filter(|kept| kept.effect.row.id == aggregate);
        own.any(|kept| kept.stage != Stage::Over)
    }
}

/// How long a draft may be sent; the same as letter has it.
const DRAFT_GOOD_FOR: SignedDuration = SignedDuration::from_hours(1);

impl World<'_> {
    pub(crate) fn ask_for(
        &mut self,
        service: &'static str,
        effect: BroughtEffect,
        correlation: CorrelationId,
    ) {
        let (id, at) = (effect.id, effect.not_before.unwrap_or(self.now));
        let at = later(at, SignedDuration::from_millis(100));
        let kept = Kept { service, effect, attempts: 0, stage: Stage::Pending, correlation };
        self.outside.kept.insert(id, kept);
        self.put(at, Event::Acting(Acting::Begin { id }));
    }

    pub(crate) fn act(&mut self, acting: Acting) -> Told1 {
        match acting {
            Acting::Begin { id } => self.begin(id),
            Acting::End { id, did } => self.ended(id, did),
            Acting::Seek { id } => self.seek(id),
            Acting::Settle { id } => self.settle(id),
        }
    }

    fn begin(&mut self, id: Uuid) -> Told1 {
        let Some(kept) = self.outside.kept.get_mut(&id) else { return Ok(()) };
        if kept.stage != Stage::Pending {
            return Ok(());
        }
        let over = kept.effect.not_after.is_some_and(|not_after| self.now >= not_after);
        if over && self.sabotage != Sabotage::IgnorePermitEnd {
            return self.conclude(id, &Ending::Expired, "expired");
        }
        if !is_wanted(&self.house, &kept.effect)? {
            kept.stage = Stage::Over;
            return Ok(());
        }
        kept.attempts = kept.attempts.saturating_add(1);
        kept.stage = Stage::Started;
        let effect = kept.effect.clone();
        let attempt = Uuid::new_v5(&id, &kept.attempts.to_be_bytes());
        let did = self.perform(&effect, attempt)?;
        let mut chance = Chance::of(self.plan.seed, &format!("lasts {attempt}"));
        let long = self.plan.trouble > 0 && chance.percent(12);
        let seconds = if long { chance.within(60, 1_200) } else { 1 };
        let at = later(self.now, SignedDuration::from_secs(seconds));
        self.put(at, Event::Acting(Acting::End { id, did }));
        Ok(())
    }

    fn ended(&mut self, id: Uuid, did: Did) -> Told1 {
        let Some(kept) = self.outside.kept.get_mut(&id) else { return Ok(()) };
        match did {
            Did::Done(outcome) => self.conclude(id, &Ending::Performed(outcome), "performed"),
            Did::Unknown if kept.effect.once && self.sabotage != Sabotage::PerformAgain => {
                kept.stage = Stage::Uncertain { announced: false };
                let at = later(self.now, SignedDuration::from_secs(5));
                self.put(at, Event::Acting(Acting::Seek { id }));
                Ok(())
            }
            Did::NotTaken | Did::Unknown => {
                self.give_back(id);
                Ok(())
            }
        }
    }

    fn give_back(&mut self, id: Uuid) {
        let Some(kept) = self.outside.kept.get_mut(&id) else { return };
        kept.stage = Stage::Pending;
        let minutes = 1_i64 << kept.attempts.clamp(0, 6);
        let at = later(self.now, SignedDuration::from_mins(minutes));
        self.put(at, Event::Acting(Acting::Begin { id }));
    }

    /// Looks outside whether an uncertain act happened.
    fn seek(&mut self, id: Uuid) -> Told1 {
        if self.fate.strikes(Wrong::Silent, id) {
            let hours = self.fate.chance(Wrong::Silent, id).within(1, 240);
            let at = later(self.now, SignedDuration::from_hours(hours));
            self.put(at, Event::Acting(Acting::Settle { id }));
            return self.conclude(id, &Ending::Uncertain, "uncertain");
        }
        if let Some(outcome) = self.evidence(id)? {
            return self.conclude(id, &Ending::Performed(outcome), "performed");
        }
        self.give_back(id);
        Ok(())
    }

    /// A person finds out, or the outside tells in the end.
    fn settle(&mut self, id: Uuid) -> Told1 {
        let evidence = self.evidence(id)?;
        let tells = Chance::of(self.plan.seed, &format!("tells {id}")).percent(30);
        match evidence {
            Some(outcome) if tells => self.conclude(id, &Ending::Performed(outcome), "performed"),
            Some(_) => self.conclude(id, &Ending::SaidToHaveHappened, "said-to-have-happened"),
            None => self.conclude(id, &Ending::SaidNotToHaveHappened, "said-not-to-have-happened"),
        }
    }

    /// What the outside would answer, where the act happened.
    fn evidence(&self, id: Uuid) -> Result<Option<Value>, crate::Violation> {
        let Some(kept) = self.outside.kept.get(&id) else { return Ok(None) };
        if !self.outside.left.contains_key(&kept.effect.row.id) {
            return Ok(None);
        }
        let outcome = if kept.effect.row.kind == Letter::KIND {
            match typed::<Work>(&kept.effect)? {
                Work::SendEmail { draft, .. } | Work::HandOver { draft, .. } => {
                    json(&Outcome::Sent { dispatched_at: draft.drafted_at })
                }
                Work::DraftEmail { .. } | Work::PrintLetter { .. } => return Ok(None),
            }
        } else {
            match typed::<NoteWork>(&kept.effect)? {
                NoteWork::Send { draft, .. } => {
                    json(&NoteOutcome::Sent { dispatched_at: draft.drafted_at })
                }
                NoteWork::Draft { .. } => return Ok(None),
            }
        };
        Ok(Some(outcome))
    }

    /// How it ended, as its owner decides on it.
    fn conclude(&mut self, id: Uuid, ending: &Ending<Value>, name: &str) -> Told1 {
        let Some(kept) = self.outside.kept.get_mut(&id) else { return Ok(()) };
        let announced = *ending == Ending::Uncertain;
        kept.stage = if announced { Stage::Uncertain { announced } } else { Stage::Over };
        let (service, correlation) = (kept.service, kept.correlation);
        let (effect, attempts) = (kept.effect.clone(), kept.attempts);
        let cause = Rehearsal::ending(id, attempts, name);
        let facts = self.facts(cause, correlation, Actor::Machine(service.to_owned()));
        let stem = self.house.states(service).ending_stem(effect.row.kind);
        let dies = self.fate.strikes(Wrong::Died, cause.as_uuid());
        let it = rehearsed(&stem, &facts, dies);
        let ended = decide(&mut self.house, &effect, ending, it);
        let brought = ended.map_err(|fault| parked(service, &fault))?;
        let kind = effect.kind;
        self.say(|| format!("  {kind} {name}"));
        self.keep(service, brought, &facts)?;
        self.after(&effect, ending);
        Ok(())
    }

    /// The bank carries out what it was handed.
    fn after(&mut self, effect: &BroughtEffect, ending: &Ending<Value>) {
        if effect.row.kind == Remittance::KIND && matches!(ending, Ending::Performed(_)) {
            let hours = Chance::of(self.plan.seed, &format!("order {}", effect.id)).within(2, 90);
            let at = later(self.now, SignedDuration::from_hours(hours));
            self.put(at, Event::Doing(Doing::BankPays { remittance: effect.row.id }));
        }
    }

    fn perform(&mut self, effect: &BroughtEffect, attempt: Uuid) -> Result<Did, crate::Violation> {
        if effect.row.kind == Letter::KIND {
            return match typed::<Work>(effect)? {
                Work::DraftEmail { send } | Work::PrintLetter { send } => {
                    Ok(self.draft(&send, self.now))
                }
                Work::SendEmail { send, draft } | Work::HandOver { send, draft } => {
                    self.dispatch(&send, &draft, attempt)
                }
            };
        }
        if effect.row.kind == Note::KIND {
            return self.perform_note(typed(effect)?, attempt);
        }
        let file = hash(effect.id.as_bytes());
        let files = Files {
            payment_order: file,
            specification: file,
            invoice: None,
            statement: None,
            specification_pdf: None,
        };
        let taken = !self.fate.strikes(Wrong::NotTaken, attempt);
        Ok(if taken { Did::Done(json(&files)) } else { Did::NotTaken })
    }

    /// Writes a message: weighed by letter's own rules, with what the others say of the case now.
    /// It is not put into words.
    fn draft(&self, send: &Send, now: Timestamp) -> Did {
        let drafted_at = whole_second(now);
        match self.written(send, drafted_at, now) {
            Written::Message(content, asked) => Did::Done(json(&Outcome::Drafted(Draft {
                content,
                asked,
                text_version: "simulated@1".to_owned(),
                drafted_at,
            }))),
            Written::Hindered(reason) => hindered(reason),
            Written::NotYet => Did::NotTaken,
        }
    }

    fn written(&self, send: &Send, drafted_at: Timestamp, now: Timestamp) -> Written {
        let (case_id, claims) = (send.permit.case_id, &send.permit.claim_ids);
        let agency = (AGENCY.to_owned(), "Incasso Voorbeeld".to_owned());
        let parties = house::intake::parties(&self.house.intake, case_id, &agency);
        let position = self.house.position(case_id, claims, now);
        let Some((parties, position)) = parties.zip(position) else { return Written::NotYet };
        let asks_nobody = self.sabotage == Sabotage::NeverAsk;
        match weigh(send, &parties, &position, now) {
            Err(Refusal::NothingOwed) if asks_nobody => {
                Written::Message(hash(b"sent"), position.open)
            }
            Err(refusal) => refusal.reason().map_or(Written::NotYet, Written::Hindered),
            Ok(asked) => {
                let is_reachable = match send.channel {
                    Channel::Email => parties.debtor.email.is_some(),
                    Channel::Post => !parties.debtor.address.is_empty(),
                    Channel::Sms | Channel::Telephone | Channel::Visit => false,
                };
                if !is_reachable {
                    return Written::Hindered(NotSentReason::NoAddress);
                }
                let said = serde_json::to_vec(&(send, &parties, &position, drafted_at));
                Written::Message(hash(&said.unwrap_or_default()), asked)
            }
        }
    }

    fn dispatch(
        &mut self,
        send: &Send,
        draft: &Draft,
        attempt: Uuid,
    ) -> Result<Did, crate::Violation> {
        let too_old = self.now.duration_since(draft.drafted_at) > DRAFT_GOOD_FOR;
        let other_day = send.channel == Channel::Post && post_day(draft.drafted_at) != self.today();
        let outdated = || Ok(Did::Done(json(&Outcome::Outdated)));
        if too_old || other_day {
            return outdated();
        }
        match self.written(send, draft.drafted_at, self.now) {
            Written::NotYet => return Ok(Did::NotTaken),
            Written::Hindered(reason) => return Ok(hindered(reason)),
            Written::Message(content, _) if content != draft.content => return outdated(),
            Written::Message(..) => {}
        }
        if send.channel == Channel::Email && self.bounces(send.permit.case_id) {
            return Ok(Did::Done(json(&Outcome::Refused(NotSentReason::AddressRefused))));
        }
        invariants::acts(self, send)?;
        let outcome = Outcome::Sent { dispatched_at: whole_second(self.now) };
        self.reach_out(send.letter_id.as_uuid(), attempt, json(&outcome))
    }

    fn perform_note(&mut self, work: NoteWork, attempt: Uuid) -> Result<Did, crate::Violation> {
        match work {
            NoteWork::Draft { send } => {
                let said = serde_json::to_vec(&send).unwrap_or_default();
                let text_version = "simulated@1".to_owned();
                let drafted_at = whole_second(self.now);
                let draft = NoteDraft { content: hash(&said), text_version, drafted_at };
                Ok(Did::Done(json(&NoteOutcome::Drafted(draft))))
            }
            NoteWork::Send { draft, .. }
                if self.now.duration_since(draft.drafted_at) > DRAFT_GOOD_FOR =>
            {
                Ok(Did::Done(json(&NoteOutcome::Outdated)))
            }
            NoteWork::Send { send, .. } => {
                let outcome = NoteOutcome::Sent { dispatched_at: whole_second(self.now) };
                self.reach_out(send.note_id.as_uuid(), attempt, json(&outcome))
            }
        }
    }

    /// What cannot be deduplicated: it is taken, not taken, or nobody knows.
    fn reach_out(&mut self, id: Uuid, attempt: Uuid, sent: Value) -> Result<Did, crate::Violation> {
        if self.fate.strikes(Wrong::NotTaken, attempt) {
            return Ok(Did::NotTaken);
        }
        if self.fate.strikes(Wrong::Vanished, attempt) {
            return Ok(Did::Unknown);
        }
        let left = self.outside.left.entry(id).or_default();
        left.push(self.now);
        if left.len() > 1 {
            return Err(violation("not-twice", format!("letter or note {id} left twice")));
        }
        self.counts.acts = self.counts.acts.saturating_add(1);
        let lost = self.fate.strikes(Wrong::AnswerLost, attempt);
        Ok(if lost { Did::Unknown } else { Did::Done(sent) })
    }
}

/// What came of writing a message.
enum Written {
    Message(ContentHash, primitives::Money),
    Hindered(NotSentReason),
    NotYet,
}

fn hindered(reason: NotSentReason) -> Did {
    Did::Done(json(&Outcome::Hindered { reason, because: "simulated".to_owned() }))
}

fn is_wanted(house: &House, effect: &BroughtEffect) -> Result<bool, crate::Violation> {
    let id = effect.row.id;
    Ok(if effect.row.kind == Letter::KIND {
        house::letter::wants(&house.letter, id, &typed(effect)?)
    } else if effect.row.kind == Note::KIND {
        house::letter::wants_note(&house.letter, id, &typed(effect)?)
    } else {
        let remittance = house.money.states.find::<Remittance>(id);
        remittance.is_some_and(|it| remittance::claim(it) == Claim::Start)
    })
}

fn decide(
    house: &mut House,
    effect: &BroughtEffect,
    ending: &Ending<Value>,
    it: Rehearsed<'_>,
) -> Result<Brought, Fault> {
    let id = effect.row.id;
    if effect.row.kind == Letter::KIND {
        house::letter::end(&mut house.letter, id, &ended(effect, ending)?, it)
    } else if effect.row.kind == Note::KIND {
        house::letter::end_note(&mut house.letter, id, &ended(effect, ending)?, it)
    } else {
        house.money.end(id, &ended(effect, ending)?, it)
    }
}

fn ended<E: DeserializeOwned, O: DeserializeOwned>(
    effect: &BroughtEffect,
    ending: &Ending<Value>,
) -> Result<Ended<E, O>, Fault> {
    let unfit = |error: serde_json::Error| Fault::Bug(error.to_string());
    Ok(Ended {
        effect_id: EffectId::from_uuid(effect.id),
        effect: serde_json::from_value(effect.body.clone()).map_err(unfit)?,
        ending: match ending {
            Ending::Performed(outcome) => {
                Ending::Performed(serde_json::from_value(outcome.clone()).map_err(unfit)?)
            }
            Ending::Expired => Ending::Expired,
            Ending::Uncertain => Ending::Uncertain,
            Ending::SaidToHaveHappened => Ending::SaidToHaveHappened,
            Ending::SaidNotToHaveHappened => Ending::SaidNotToHaveHappened,
        },
    })
}

fn typed<E: DeserializeOwned>(effect: &BroughtEffect) -> Result<E, crate::Violation> {
    serde_json::from_value(effect.body.clone())
        .map_err(|error| violation("parked", format!("a kept effect is not readable: {error}")))
}

fn json(value: &impl serde::Serialize) -> Value {
    serde_json::to_value(value).unwrap_or(Value::Null)
}

pub(crate) fn hash(bytes: &[u8]) -> ContentHash {
    ContentHash::from_digest(Sha256::digest(bytes).into())
}

fn whole_second(moment: Timestamp) -> Timestamp {
    Timestamp::from_second(moment.as_second()).unwrap_or(moment)
}
