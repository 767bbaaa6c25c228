//! A creditor as its last document describes it, with every version of its agreement.

use std::collections::BTreeMap;
use std::fmt;

use contracts::agreement::Agreement;
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
    pub agreements: BTreeMap<u32, Agreement>,
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
    pub agreement_version: u32,
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
    /// Its own account.
    pub account: Iban,
    pub pay_to: PayTo,
    /// For debtors whose own language is not known.
    pub language: Language,
    /// SHA-256 of the token with which it hands over claims by HTTP; closed where there is none.
    pub api_token: Option<ContentHash>,
}

/// Whose account debtors are asked to pay to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PayTo {
    Creditor,
    Agency,
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

impl PayTo {
    /// The word in documents and columns.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Creditor => "creditor",
            Self::Agency => "agency",
        }
    }

    /// The inverse of [`Self::word`].
    #[must_use]
    pub fn of(word: &str) -> Option<Self> {
        [Self::Creditor, Self::Agency].into_iter().find(|it| it.word() == word)
    }
}

/// A creditor may be a natural person: personal data stay out of logs.
impl fmt::Debug for Profile {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Profile").field("document", &self.document).finish_non_exhaustive()
    }
}
