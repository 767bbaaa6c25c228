//! Which claims a payment names by their structured references. What they do not tell is judged
//! by everything else (`judging`).
//!
//! Payments and claims become known in any order, so both meet at the row of their reference.

use std::collections::BTreeMap;

use contracts::Outgoing;
use contracts::payment_reconciliation::{AllocatePayment, FoundClaims, JudgePayment, MatchPayment};
use mailbox::{Decision, Fault};
use primitives::{CaseId, ClaimId, CreditorId, Date, Money, PaymentId, StructuredReference};
use uuid::Uuid;

/// The namespace of the ids of references.
const NAMESPACE: Uuid = Uuid::from_u128(0x3b0e_94d7_6a1c_4f58_9d22_c7e1_05ab_48f6);

/// What is known of one reference.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reference {
    /// Counts the decisions that changed something or told something.
    pub version: u64,
    /// In canonical form, once a claim has it; not known where an earlier release heard of that.
    pub canonical: Option<String>,
    /// The claim that it names, once that is known.
    pub names: Option<Named>,
    /// The payments that wait for that claim.
    pub waiting: BTreeMap<PaymentId, Waiting>,
}

/// The claim that a reference names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Named {
    pub claim_id: ClaimId,
    pub case_id: CaseId,
    pub creditor_id: CreditorId,
}

/// A payment that waits, with what it names beside this.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiting {
    pub amount: Money,
    pub received_on: Date,
    /// Still to be found.
    pub further: Vec<StructuredReference>,
    pub found: Option<FoundClaims>,
}

impl Reference {
    /// The row of a reference: equal for all ways to write it.
    #[must_use]
    pub fn id(reference: &StructuredReference) -> Uuid {
        Self::id_of(reference.canonical())
    }

    /// The same of its canonical form.
    #[must_use]
    pub fn id_of(canonical: &str) -> Uuid {
        Uuid::new_v5(&NAMESPACE, canonical.as_bytes())
    }

    /// A claim has this reference. Returns what becomes of the payments that waited for it.
    pub(super) fn name(
        &mut self,
        reference: &StructuredReference,
        named: Named,
    ) -> Result<Vec<Outgoing>, Fault> {
        self.canonical = Some(reference.canonical().to_owned());
        match self.names {
            // Intake gives a reference to one claim only.
            Some(known) if known != named => {
                return Err(Fault::Bug(format!(
                    "the reference of claim {} names claim {} already",
                    named.claim_id, known.claim_id
                )));
            }
            Some(_) | None => self.names = Some(named),
        }
        let waited = std::mem::take(&mut self.waiting);
        Ok(waited.into_iter().map(|(payment_id, it)| named.follow(payment_id, it)).collect())
    }
}

impl Named {
    /// The payment names this claim: it is booked once all that it names is found. How much of it
    /// is for which of several cases has to be judged.
    fn follow(self, payment_id: PaymentId, waiting: Waiting) -> Outgoing {
        let Self { claim_id, case_id, creditor_id } = self;
        let Waiting { amount, received_on, mut further, found } = waiting;
        let mut found = found.unwrap_or(FoundClaims { case_id, claim_ids: Vec::new() });
        if found.case_id != case_id {
            return JudgePayment { payment_id }.into();
        }
        found.claim_ids.push(claim_id);
        if further.is_empty() {
            let claim_ids = found.claim_ids;
            return AllocatePayment {
                payment_id,
                case_id,
                claim_ids,
                creditor_id,
                amount,
                received_on,
                judged: None,
            }
            .into();
        }
        let reference = further.remove(0);
        MatchPayment { payment_id, amount, received_on, reference, further, found: Some(found) }
            .into()
    }
}

/// A payment names a claim by this reference: it is booked there, or waits, and is judged by what
/// else it tells.
pub fn match_payment(mut reference: Reference, message: &MatchPayment) -> Decision<Reference> {
    let MatchPayment { payment_id, amount, received_on, further, found, .. } = message.clone();
    let waiting = Waiting { amount, received_on, further, found };
    if let Some(named) = reference.names {
        let mut decision = Decision::quiet(reference);
        decision.messages.push(named.follow(payment_id, waiting));
        return decision;
    }
    if reference.waiting.insert(payment_id, waiting).is_some() {
        return Decision::quiet(reference);
    }
    Decision::quiet(reference).send(JudgePayment { payment_id })
}
