//! What belongs to one creditor only: a bank account, and a company number.
//!
//! A statement of an account must find one owner, so an account stays with the creditor that ever
//! named it.

use std::collections::BTreeMap;
use std::fmt;

use contracts::intake::Problem;
use primitives::{Country, Iban};
use uuid::Uuid;

use super::creditor::{Agreed, Profile};
use super::gate::problem;

/// What all creditors have, each with the code of the one that has it. The rows of the creditors
/// hold it; whoever registers a creditor waits for whoever does so too.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Taken {
    pub accounts: BTreeMap<Iban, String>,
    pub companies: BTreeMap<(Country, String), String>,
}

impl Taken {
    /// There is one.
    pub const ID: Uuid = Uuid::nil();

    /// Puts down what a creditor has.
    pub fn take(&mut self, profile: &Profile, agreed: &Agreed) {
        let Profile { code, country, company_number, .. } = profile;
        self.accounts.entry(agreed.account.clone()).or_insert_with(|| code.clone());
        let company = (*country, company_number.clone());
        self.companies.entry(company).or_insert_with(|| code.clone());
    }

    /// What speaks against a creditor that has this.
    pub(super) fn objections(&self, profile: &Profile, agreed: &Agreed) -> Vec<Problem> {
        let company = (profile.country, profile.company_number.clone());
        let fields = [
            ("account.iban", self.accounts.get(&agreed.account)),
            ("company_number", self.companies.get(&company)),
        ];
        let of_others = |(field, code): (&str, Option<&String>)| {
            let code = code.filter(|code| **code != profile.code)?;
            let reason = format!("is that of creditor {code}: write this creditor's own");
            Some(problem(field, reason))
        };
        fields.into_iter().filter_map(of_others).collect()
    }
}

/// An account may be a natural person's: it stays out of logs.
impl fmt::Debug for Taken {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Taken").finish_non_exhaustive()
    }
}
