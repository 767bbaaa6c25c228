//! A creditor as its last document describes it, with every version of its agreement.

use std::collections::BTreeMap;
use std::fmt;

use contracts::agreement::{Agreement, PayTo};
use primitives::{ContentHash, Country, CreditorId, Iban, Language};
use uuid::Uuid;

use super::company::{CompanyId, vat_number};

/// The row of one creditor.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Creditor {
    /// Counts the decisions that changed something.
    pub version: u64,
    /// None until its document was registered.
    pub profile: Option<Profile>,
    /// By agreement version.
    pub agreements: BTreeMap<u32, Agreed>,
}

/// A version of an agreement, which never changes, with what stays here of it.
#[derive(Clone, PartialEq, Eq)]
pub struct Agreed {
    pub agreement: Agreement,
    /// The creditor's own account.
    pub account: Iban,
}

/// What a claim is judged against: read with a case, never changed by one. Whoever changes the
/// creditor waits until the case is saved.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Terms {
    /// None for a creditor that is not registered.
    pub known: Option<Known>,
}

/// A registered creditor with the version of its agreement that new cases follow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    pub profile: Profile,
    pub agreed: Agreed,
}

/// What a creditor's document says beside the agreement.
#[derive(Clone, PartialEq, Eq)]
pub struct Profile {
    pub document: ContentHash,
    /// The agency's own short name for it; its id is derived from this.
    pub code: String,
    pub name: String,
    pub legal_form: Option<String>,
    /// `KvK` number or Belgian enterprise number, as its country has it.
    pub company_number: String,
    /// With its country code.
    pub vat_id: Option<String>,
    pub country: Country,
    pub address: Vec<String>,
    pub email: Option<String>,
    pub telephone: Option<String>,
    /// For debtors whose own language is not known.
    pub language: Language,
    /// SHA-256 of the token with which it hands over claims by HTTP; closed where there is none.
    pub api_token: Option<ContentHash>,
}

impl Creditor {
    /// An agreement as this creditor's: an account that an earlier version names is that one.
    #[must_use]
    pub fn settle(&self, mut agreed: Agreed) -> Agreed {
        let named = |(_, known): &(&u32, &Agreed)| known.account == agreed.account;
        if let PayTo::Creditor { since_version } = &mut agreed.agreement.pay_to
            && let Some((first, _)) = self.agreements.iter().find(named)
        {
            *since_version = *first;
        }
        agreed
    }
}

impl Profile {
    /// The numbers by which its invoices name it.
    #[must_use]
    pub fn company_ids(&self) -> Vec<CompanyId> {
        let number = self.company_number.clone();
        let registered = if self.country == Country::BE {
            CompanyId::Enterprise(number)
        } else {
            CompanyId::Kvk(number)
        };
        [Some(registered), self.vat_id.as_deref().and_then(vat_number)]
            .into_iter()
            .flatten()
            .collect()
    }
}

/// The id of the creditor with this code: every version of its document finds the same one.
#[must_use]
pub fn creditor_id(code: &str) -> CreditorId {
    CreditorId::derive(Uuid::NAMESPACE_OID, format!("creditor\0{code}").as_bytes())
}

/// A creditor may be a natural person: personal data stay out of logs.
impl fmt::Debug for Profile {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Profile").field("document", &self.document).finish_non_exhaustive()
    }
}

/// The account may be a natural person's: it stays out of logs.
impl fmt::Debug for Agreed {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Agreed").field("agreement", &self.agreement).finish_non_exhaustive()
    }
}
