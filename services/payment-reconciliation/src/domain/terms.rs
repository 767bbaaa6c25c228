//! What is asked and kept under a creditor's agreements, by their versions.

use std::collections::BTreeMap;

use contracts::agreement::{Agreement, CommissionRules};
use contracts::intake::AgreementAgreed;
use law::ChargeTerms;
use mailbox::{Decision, Fault};

use super::charges::terms_of;

/// The agreements of one creditor.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Agreements {
    /// Counts the decisions that changed something.
    pub version: u64,
    pub by_version: BTreeMap<u32, AgreedTerms>,
}

/// What one version of an agreement says of money.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AgreedTerms {
    /// What may be asked beside the principal.
    pub charges: ChargeTerms,
    /// Of principal and interest, in hundredths of a percent, without VAT; zero where there are
    /// rules.
    pub commission_basis_points: u16,
    pub commission_rules: Option<CommissionRules>,
    /// Whether collection costs that debtors paid stay with the agency.
    pub agency_keeps_costs: bool,
}

impl AgreedTerms {
    #[must_use]
    pub fn of(agreement: &Agreement) -> Self {
        Self {
            charges: terms_of(&agreement.charges),
            commission_basis_points: agreement.remittance.commission_basis_points,
            commission_rules: agreement.remittance.commission_rules.clone(),
            agency_keeps_costs: agreement.remittance.agency_keeps_costs,
        }
    }
}

/// Keeps a version of an agreement.
pub fn agree(
    mut agreements: Agreements,
    message: &AgreementAgreed,
) -> Result<Decision<Agreements>, Fault> {
    let AgreementAgreed { creditor_id, agreement } = message;
    let terms = AgreedTerms::of(agreement);
    let kept = agreements.by_version.entry(agreement.version).or_insert_with(|| terms.clone());
    if *kept != terms {
        return Err(Fault::Bug(format!(
            "agreement {} of creditor {creditor_id} came with other terms than before",
            agreement.version
        )));
    }
    Ok(Decision::quiet(agreements))
}
