//! What is asked and kept under a creditor's agreements, by their versions.

use std::collections::BTreeMap;

use contracts::agreement::{AgreedPayout, Agreement, CommissionRules};
use contracts::intake::AgreementAgreed;
use law::ChargeTerms;
use mailbox::{Decision, Facts, Fault};
use primitives::Money;

use super::charges::terms_of;
use super::remittance::{Proposing, Till, next_payout};

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
    pub payout: AgreedPayout,
    /// What a payment may leave open on a claim for the creditor to give it up.
    pub small_difference: Option<Money>,
}

impl AgreedTerms {
    #[must_use]
    pub fn of(agreement: &Agreement) -> Self {
        Self {
            charges: terms_of(&agreement.charges),
            commission_basis_points: agreement.remittance.commission_basis_points,
            commission_rules: agreement.remittance.commission_rules.clone(),
            agency_keeps_costs: agreement.remittance.agency_keeps_costs,
            payout: agreement.remittance.payout.clone(),
            small_difference: agreement.small_difference,
        }
    }
}

impl Agreements {
    /// How the creditor is paid: as its newest agreement says.
    #[must_use]
    pub fn payout(&self) -> AgreedPayout {
        let newest = self.by_version.last_key_value();
        newest.map(|(_, terms)| terms.payout.clone()).unwrap_or_default()
    }
}

/// Keeps a version of an agreement. The newest one says when the creditor is paid next.
pub fn agree(
    (till, mut agreements): (Till, Agreements),
    message: &AgreementAgreed,
    facts: &Facts,
) -> Result<Decision<(Till, Agreements), Proposing>, Fault> {
    let AgreementAgreed { creditor_id, agreement } = message;
    let terms = AgreedTerms::of(agreement);
    let kept = agreements.by_version.entry(agreement.version).or_insert_with(|| terms.clone());
    if *kept != terms {
        return Err(Fault::Bug(format!(
            "agreement {} of creditor {creditor_id} came with other terms than before",
            agreement.version
        )));
    }
    let timer = next_payout(&agreements.payout(), facts.now);
    Ok(Decision::quiet((till, agreements)).timer(timer))
}
