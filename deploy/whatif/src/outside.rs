//! The world outside the decisions: letters leave, calls are made, debtors answer, and what happens
//! is counted.

use contracts::Envelope;
use contracts::Message;
use contracts::intake::{ClaimParticulars, CreditorParty, DebtorParty, Parties};
use contracts::letter::{Dispatched, NotSent, NotSentReason, Send, Withdraw};
use contracts::mediation::{PromiseJudged, PromiseMade, PromiseVerdict};
use contracts::payment_reconciliation::{ChargesBooked, PaymentAllocated, Position};
use contracts::permit::{Permit, PermittedDeed};
use contracts::scheduler::PermitRefused;
use contracts::split_subject;
use contracts::telephony_task::{
    CallClosed, CallNotMade, CreateTask, NotMadeReason, PromisedPayment, WithdrawTask,
};
use jiff::SignedDuration;
use letter::domain::weigh;
use primitives::{
    CallOutcome, CallTaskId, CaseId, Channel, ClaimId, ContentHash, Country, MessageKind, Money,
    NonPaymentReason, PermitId, StaffId, Timestamp,
};
use scheduler::domain::{Heard, Track};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::Defect;
use crate::act::Act;
use crate::life::{Due, Life, creditor_id};
use crate::people::{Character, Said};
use crate::portfolio::{Claim, What};

/// How long after it may a letter leaves.
const LETTER_AFTER: SignedDuration = SignedDuration::from_mins(1);
/// The same of a call.
const CALL_AFTER: SignedDuration = SignedDuration::from_mins(15);
/// An account that nobody has: no letter is written.
const ACCOUNT: &str = "NL91ABNA0417164300";

/// What one of the agency's hands is asked to do.
#[derive(Debug)]
pub(crate) enum Errand {
    Letter(Send),
    Call(CreateTask),
}

impl Life<'_> {
    /// Hears what is said, for what it asks of the outside and for what is counted.
    pub(crate) fn notice(&mut self, stem: &str, envelope: &Envelope) -> Result<(), Defect> {
        match stem {
            "letter.cmd.send" => {
                let send: Send = self.decoded(envelope)?;
                let at = later(send.permit.not_before.max(self.now), LETTER_AFTER);
                self.put(at, Due::Errand(Box::new(Errand::Letter(send))));
            }
            "telephony-task.cmd.create-task" => {
                let task: CreateTask = self.decoded(envelope)?;
                let at = later(task.permit.not_before.max(self.now), CALL_AFTER);
                self.put(at, Due::Errand(Box::new(Errand::Call(task))));
            }
            "letter.cmd.withdraw" => {
                let it: Withdraw = self.decoded(envelope)?;
                self.taken_back.insert(it.letter_id.as_uuid());
            }
            "telephony-task.cmd.withdraw-task" => {
                let it: WithdrawTask = self.decoded(envelope)?;
                self.taken_back.insert(it.task_id.as_uuid());
            }
            "scheduler.evt.permit-refused" => {
                let refused: PermitRefused = self.decoded(envelope)?;
                let rule = refused.rule_ids.into_iter().next_back();
                self.refused_by.extend(rule.map(|rule| (refused.case_id, rule)));
            }
            "payment-reconciliation.evt.charges-booked" => {
                let booked: ChargesBooked = self.decoded(envelope)?;
                self.count_charges(&booked)?;
            }
            "payment-reconciliation.evt.payment-allocated" => {
                let paid: PaymentAllocated = self.decoded(envelope)?;
                let week = self.sums.week(paid.received_on);
                week.cash_minor = week.cash_minor.saturating_add(paid.amount.amount_minor());
            }
            "mediation.evt.promise-made" => {
                let made: PromiseMade = self.decoded(envelope)?;
                let made_on = self.day_of(made.made_at);
                self.promised_on.insert(made.promise_id, made_on);
                let week = self.sums.week(made_on);
                week.promises = week.promises.saturating_add(1);
            }
            "mediation.evt.promise-judged" => {
                let judged: PromiseJudged = self.decoded(envelope)?;
                let made_on = self.promised_on.get(&judged.promise_id).copied();
                if let Some(day) = made_on.filter(|_| judged.verdict == PromiseVerdict::Kept) {
                    let week = self.sums.week(day);
                    week.promises_kept = week.promises_kept.saturating_add(1);
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn decoded<M: Message>(&self, envelope: &Envelope) -> Result<M, Defect> {
        let subject = envelope.message_type.as_str();
        let version = split_subject(subject).map_or(0, |(_, version)| version);
        let message = M::decode(version, envelope.data.get());
        message.map_err(|error| self.defect(format!("{subject} cannot be read: {error}")))
    }

    pub(crate) fn run_errand(&mut self, errand: Errand) -> Result<(), Defect> {
        match errand {
            Errand::Letter(send) => self.letter(&send),
            Errand::Call(task) => self.call(&task),
        }
    }

    // Letters.

    fn letter(&mut self, send: &Send) -> Result<(), Defect> {
        let id = send.letter_id.as_uuid();
        let PermittedDeed::Write { message, .. } = send.permit.deed else { return Ok(()) };
        if self.taken_back.remove(&id) {
            return self.unsent(send, NotSentReason::Withdrawn);
        }
        if self.now >= send.permit.not_after {
            return self.unsent(send, NotSentReason::PermitExpired);
        }
        match self.asked(send)? {
            Ok(asked) => self.dispatch(send, message, asked),
            Err(reason) => self.unsent(send, reason),
        }
    }

    /// What the message asks to be paid, as letter weighs it, or why it does not leave. All news is
    /// heard at once here, so that it never has to wait for any.
    fn asked(&self, send: &Send) -> Result<Result<Money, NotSentReason>, Defect> {
        let permit = &send.permit;
        let position = self.house.position(permit.case_id, &permit.claim_ids, self.now);
        let position = position.ok_or_else(|| self.defect("a case has no position"))?;
        if self.settings.is_lawless {
            let open = open_of(&position, &permit.claim_ids);
            let is_thanks = matches!(
                permit.deed,
                PermittedDeed::Write { message: MessageKind::PaymentThanks, .. }
            );
            let leaves = open.is_positive() != is_thanks;
            return Ok(if leaves { Ok(open) } else { Err(NotSentReason::NothingOwed) });
        }
        let parties = self.parties(permit.case_id);
        let parties = parties.ok_or_else(|| self.defect("a case has no number"))?;
        match weigh(send, &parties, &position, self.now) {
            Ok(asked) => Ok(Ok(asked)),
            Err(refusal) => match refusal.reason() {
                Some(reason) => Ok(Err(reason)),
                None => Err(self.defect(format!("a letter cannot be weighed: {refusal}"))),
            },
        }
    }

    fn unsent(&mut self, send: &Send, reason: NotSentReason) -> Result<(), Defect> {
        let Permit { case_id, person_id, permit_id, .. } = send.permit;
        let (letter_id, creditor_id) = (send.letter_id, send.creditor_id);
        self.tell(&NotSent { letter_id, case_id, creditor_id, person_id, permit_id, reason });
        self.drain()
    }

    fn dispatch(&mut self, send: &Send, message: MessageKind, asked: Money) -> Result<(), Defect> {
        let permit = &send.permit;
        let step = self.step_of(permit);
        let number = self.contact_of(permit);
        self.write_down(permit, (message.as_str(), Some(send.channel)), &step, number);
        let today = self.today();
        let week = self.sums.week(today);
        week.letters = week.letters.saturating_add(1);
        self.tell(&Dispatched {
            letter_id: send.letter_id,
            case_id: permit.case_id,
            creditor_id: send.creditor_id,
            person_id: permit.person_id,
            permit_id: permit.permit_id,
            message,
            channel: send.channel,
            claim_ids: permit.claim_ids.clone(),
            text_version: "what-if@1".to_owned(),
            content: ContentHash::from_digest(Sha256::digest(b"what-if").into()),
            asked,
            dispatched_at: whole_second(self.now),
        });
        self.drain()?;
        self.answer_message(permit, message);
        Ok(())
    }

    /// Whoever pays after this message.
    fn answer_message(&mut self, permit: &Permit, message: MessageKind) {
        let today = self.today();
        for claim_id in &permit.claim_ids {
            let key = format!("{message} {claim_id} {}", permit.permit_id);
            // Two channels are one message.
            if self.counted.insert(key, 1).is_some() {
                continue;
            }
            let number = self.counted.entry(format!("{message} {claim_id}")).or_default();
            *number = number.saturating_add(1);
            let number = *number;
            let claim = self.claim(*claim_id).map(|claim| claim.number.clone());
            let Some((claim, character)) = claim.zip(self.character.as_ref()) else { continue };
            if let Some(day) = character.pays_after(message, (&claim, number), today) {
                let claims = vec![*claim_id];
                self.put_on(day, Due::Pays { case_id: permit.case_id, claims, most: None });
            }
        }
    }

    // Calls.

    fn call(&mut self, task: &CreateTask) -> Result<(), Defect> {
        let permit = &task.permit;
        let (task_id, creditor_id) = (task.task_id, task.creditor_id);
        let Permit { case_id, person_id, permit_id, .. } = *permit;
        let taken_back = self.taken_back.remove(&task_id.as_uuid());
        if taken_back || self.now >= permit.not_after {
            let reason =
                if taken_back { NotMadeReason::Withdrawn } else { NotMadeReason::PermitExpired };
            self.tell(&CallNotMade { task_id, case_id, creditor_id, person_id, permit_id, reason });
            return self.drain();
        }
        let step = self.step_of(permit);
        let number = self.contact_of(permit);
        self.write_down(permit, ("call", Some(Channel::Telephone)), &step, number);
        let calls = self.counted.entry("calls".to_owned()).or_default();
        *calls = calls.saturating_add(1);
        let (calls, today) = (*calls, self.today());
        let position = self.house.position(case_id, &[], self.now);
        let open = position.map(|it| open_of(&it, &permit.claim_ids)).filter(|it| it.is_positive());
        let character = self.character.as_ref();
        let said = character.map(|it| it.says(calls, today, task.promise_days_max));
        let (outcome, reason, promise) = match (said.unwrap_or(Said::Nothing), open) {
            (Said::Nothing, _) => (CallOutcome::NoAnswer, NonPaymentReason::Unreached, None),
            (Said::Reason(reason), _) => (CallOutcome::Reached, reason, None),
            (Said::Promise { pay_by, is_kept }, Some(amount)) => {
                if is_kept {
                    let (claims, most) = (permit.claim_ids.clone(), Some(amount));
                    self.put_on(pay_by, Due::Pays { case_id, claims, most });
                }
                let promise = PromisedPayment { amount, pay_by };
                (CallOutcome::Promised, NonPaymentReason::Carelessness, Some(promise))
            }
            (Said::Promise { .. }, None) => {
                (CallOutcome::Reached, NonPaymentReason::SaysPaid, None)
            }
        };
        let week = self.sums.week(today);
        week.calls = week.calls.saturating_add(1);
        week.reached = week.reached.saturating_add(u64::from(outcome != CallOutcome::NoAnswer));
        self.close_call(permit, (task_id, outcome, reason), promise)
    }

    fn close_call(
        &mut self,
        permit: &Permit,
        (task_id, outcome, reason): (CallTaskId, CallOutcome, NonPaymentReason),
        promise: Option<PromisedPayment>,
    ) -> Result<(), Defect> {
        self.tell(&CallClosed {
            task_id,
            case_id: permit.case_id,
            creditor_id: permit.creditor_id,
            person_id: permit.person_id,
            permit_id: permit.permit_id,
            claim_ids: permit.claim_ids.clone(),
            outcome,
            reason,
            promise,
            staff_id: StaffId::from_uuid(Uuid::from_u128(1)),
            called_at: whole_second(self.now),
            closed_at: whole_second(self.now),
        });
        self.drain()
    }

    /// The debtor tells us something, unasked; mediation follows what is promised.
    pub(crate) fn talk(
        &mut self,
        case_id: CaseId,
        claim_id: ClaimId,
        reason: NonPaymentReason,
        promise: Option<PromisedPayment>,
    ) -> Result<(), Defect> {
        let track = self.house.scheduler.find::<Track>(case_id.as_uuid());
        let Some(case) = track.and_then(|it| it.case.as_ref()) else { return Ok(()) };
        let (person_id, creditor_id) = (case.person_id, case.creditor_id);
        let own = Uuid::new_v5(&case_id.as_uuid(), self.unique().as_bytes());
        let (talk, at) = (CallTaskId::from_uuid(own), whole_second(self.now));
        let heard = Heard { case_id, talk, reason, promise: promise.clone(), at };
        self.hear(&heard)?;
        if promise.is_none() {
            return self.drain();
        }
        let told = self.envelope(&CallClosed {
            task_id: talk,
            case_id,
            creditor_id,
            person_id,
            permit_id: PermitId::from_uuid(own),
            claim_ids: vec![claim_id],
            outcome: CallOutcome::Promised,
            reason,
            promise,
            staff_id: StaffId::from_uuid(Uuid::from_u128(1)),
            called_at: at,
            closed_at: at,
        });
        self.take("mediation", told)?;
        self.drain()
    }

    // What is counted.

    fn count_charges(&mut self, booked: &ChargesBooked) -> Result<(), Defect> {
        let claim = self.claim(booked.claim_id).cloned();
        let Some(claim) = claim else { return Ok(()) };
        let both = booked.costs.checked_add(booked.interest);
        let minor = both.map_err(|error| self.defect(error.to_string()))?.amount_minor();
        let is_harm = self.is_vulnerable();
        let today = self.today();
        let week = self.sums.week(today);
        week.added_minor = week.added_minor.saturating_add(minor);
        if is_harm {
            week.harm_minor = week.harm_minor.saturating_add(minor);
        }
        if !booked.costs.is_zero() {
            self.acts.push(Act {
                date: today,
                creditor: claim.creditor,
                debtor: self.debtor.code.clone(),
                claim: claim.number,
                act: "costs",
                level: None,
                step: String::new(),
                channel: None,
                cost: booked.costs,
                rules: booked.rule_ids.clone(),
                contact: 0,
            });
        }
        Ok(())
    }

    /// Whether the debtor cannot pay or does not agree, as the model has it or as it says at any
    /// time.
    fn is_vulnerable(&self) -> bool {
        let mut events = self.debtor.claims.iter().flat_map(|claim| &claim.events);
        let says = events.any(|event| match event.what {
            What::Says(reason) => matches!(
                reason,
                NonPaymentReason::Hardship
                    | NonPaymentReason::DebtAid
                    | NonPaymentReason::Insolvent
                    | NonPaymentReason::Dissatisfied
            ),
            What::Pays(_) | What::Credits(_) | What::Withdraws | What::Promises { .. } => false,
        });
        says || self.character.as_ref().is_some_and(Character::is_vulnerable)
    }

    /// The step for which a permit was granted.
    fn step_of(&self, permit: &Permit) -> String {
        let track = self.house.scheduler.find::<Track>(permit.case_id.as_uuid());
        let case = track.and_then(|it| it.case.as_ref());
        let act = case.and_then(|it| it.act.as_ref());
        let act = act.filter(|it| it.permit_id == permit.permit_id);
        act.map(|it| it.step.clone()).unwrap_or_default()
    }

    /// All channels of a permit are one contact.
    fn contact_of(&mut self, permit: &Permit) -> u32 {
        let next = self.contacts.saturating_add(1);
        let number = *self.counted.entry(format!("contact {}", permit.permit_id)).or_insert(next);
        self.contacts = self.contacts.max(number);
        number
    }

    fn write_down(
        &mut self,
        permit: &Permit,
        (act, channel): (&'static str, Option<Channel>),
        step: &str,
        contact: u32,
    ) {
        let steps = &self.strategy.agreement.steps;
        let level = steps.iter().position(|it| it.key == step).map(|it| it.saturating_add(1));
        for claim_id in &permit.claim_ids {
            let Some(claim) = self.claim(*claim_id) else { continue };
            let act = Act {
                date: self.today(),
                creditor: claim.creditor.clone(),
                debtor: self.debtor.code.clone(),
                claim: claim.number.clone(),
                act,
                level,
                step: step.to_owned(),
                channel,
                cost: Money::zero(claim.amount.currency()),
                rules: permit.rule_ids.clone(),
                contact,
            };
            self.acts.push(act);
        }
    }

    fn claim(&self, claim_id: ClaimId) -> Option<&Claim> {
        self.debtor.claims.get(self.claims.get(&claim_id)?.place)
    }

    /// Creditor and debtor, as intake would tell of them.
    fn parties(&self, case_id: CaseId) -> Option<Parties> {
        let debtor = self.debtor;
        let creditor = self.cases.get(&case_id).cloned().unwrap_or_default();
        let lines = || vec!["Straat 1".to_owned(), "1000 AA Plaats".to_owned()];
        let reached = |channel| debtor.reachable.contains(&channel);
        let of_case = self.claims.iter().filter(|(_, known)| known.case_id == case_id);
        let claims = of_case.filter_map(|(claim_id, known)| {
            let claim = debtor.claims.get(known.place)?;
            Some(ClaimParticulars {
                claim_id: *claim_id,
                invoice_number: claim.number.clone(),
                description: Some("levering".to_owned()),
                issued_on: claim.issued_on,
                due_on: claim.due_on,
                amount: claim.amount,
                reference: known.reference.clone(),
            })
        });
        Some(Parties {
            case_id,
            case_number: house::intake::case_number(case_id)?,
            creditor: CreditorParty {
                creditor_id: creditor_id(&creditor),
                name: creditor.clone(),
                company_number: Some("90001118".to_owned()),
                country: Country::NL,
                address: lines(),
                email: Some("schuldeiser@post.example".to_owned()),
                telephone: Some("+31880000028".to_owned()),
                pay_to_account: ACCOUNT.to_owned(),
                pay_to_name: creditor.clone(),
                capacity: self.strategy.agreement.capacity,
            },
            debtor: DebtorParty {
                person_id: self.person_id(&creditor),
                kind: debtor.kind,
                name: debtor.code.clone(),
                country: debtor.country,
                language: debtor.language,
                email: reached(Channel::Email).then(|| "debiteur@post.example".to_owned()),
                address: if reached(Channel::Post) { lines() } else { Vec::new() },
            },
            claims: claims.collect(),
        })
    }
}

fn open_of(position: &Position, claims: &[ClaimId]) -> Money {
    let ours = position.claims.iter().filter(|it| claims.contains(&it.claim_id));
    let currency = position.open.currency();
    Money::sum(currency, ours.map(|it| it.open)).unwrap_or(Money::zero(currency))
}

fn later(moment: Timestamp, by: SignedDuration) -> Timestamp {
    moment.saturating_add(by).unwrap_or(Timestamp::MAX)
}

fn whole_second(moment: Timestamp) -> Timestamp {
    Timestamp::from_second(moment.as_second()).unwrap_or(moment)
}
