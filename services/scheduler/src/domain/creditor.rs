//! The agreements of one creditor. A version never changes once it is agreed.

use std::collections::BTreeMap;

use contracts::agreement::Agreement;
use contracts::intake::AgreementAgreed;
use mailbox::{Decision, Fault};

use super::hold::Holds;

/// The row of one creditor.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Creditor {
    /// Counts the decisions that changed something.
    pub version: u64,
    /// By agreement version.
    pub agreements: BTreeMap<u32, Agreement>,
    /// The holds over all its cases, as it was loaded: a case that is opened begins under them.
    pub holds: Holds,
}

/// Keeps a version of an agreement.
pub fn agree(
    mut creditor: Creditor,
    agreed: &AgreementAgreed,
) -> Result<Decision<Creditor>, Fault> {
    let agreement = &agreed.agreement;
    let kept = creditor.agreements.entry(agreement.version).or_insert_with(|| agreement.clone());
    if kept != agreement {
        return Err(Fault::Bug(format!(
            "agreement {} of creditor {} came with another content than before",
            agreement.version, agreed.creditor_id
        )));
    }
    Ok(Decision::quiet(creditor))
}
