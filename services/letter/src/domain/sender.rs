//! Who a message comes from, by the capacity in which it is sent.

use contracts::intake::CreditorParty;
use primitives::{Capacity, Country, Language};
use serde::{Deserialize, Serialize};

use super::page::Block;
use super::{one_line, wording};

/// The agency of this installation, as its messages name it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Agency {
    /// The name it works under, as it stands in the register.
    pub name: String,
    /// The name of the company behind it.
    pub legal_name: String,
    /// Street and town, one line each.
    pub address: Vec<String>,
    /// Where it is established.
    pub country: Country,
    /// Its number in the trade register of that country.
    pub company_number: String,
    pub telephone: String,
    /// Where answers go; the address that messages are sent from.
    pub email: String,
    pub website: String,
    /// Where a complaint can be made: a page or an address.
    pub complaints: String,
    /// Its number in the Dutch register of collectors (Wki art. 11), or `none` where it has none:
    /// then it writes to nobody in the Netherlands as a collector. One of both must be said.
    pub registration_nl: Option<String>,
    /// Its number at the Belgian FPS Economy.
    pub registration_be: Option<String>,
    /// How to reach the service of the Belgian FPS Economy that supervises collectors (WER
    /// art. XIX.7), in one line; without it no formal notice is written.
    pub supervisor_be: Option<String>,
    /// The domain of its message ids.
    pub domain: String,
}

impl Default for Agency {
    fn default() -> Self {
        Self {
            name: String::new(),
            legal_name: String::new(),
            address: Vec::new(),
            country: Country::NL,
            company_number: String::new(),
            telephone: String::new(),
            email: String::new(),
            website: String::new(),
            complaints: String::new(),
            registration_nl: None,
            registration_be: None,
            supervisor_be: None,
            domain: String::new(),
        }
    }
}

/// Who a message comes from. An empty text is one that is not known.
#[derive(Debug)]
pub(super) struct Sender {
    /// As it stands under the message and in its `From`.
    pub(super) signature: String,
    pub(super) names: Vec<String>,
    pub(super) address: Vec<String>,
    pub(super) country: Country,
    pub(super) company_number: String,
    pub(super) registration: String,
    pub(super) telephone: String,
    pub(super) email: String,
    pub(super) website: String,
    pub(super) complaints: String,
    /// Who supervises it.
    pub(super) supervisor: String,
}

impl Sender {
    /// The creditor itself, or the agency, for a debtor in `country`.
    pub(super) fn of(
        agency: &Agency,
        creditor: &CreditorParty,
        capacity: Capacity,
        language: Language,
        country: Country,
    ) -> Self {
        match capacity {
            Capacity::Creditor => Self::creditor(agency, creditor),
            Capacity::AgencyForCreditor => Self {
                signature: wording::for_creditor(language, &agency.name, &one_line(&creditor.name)),
                ..Self::agency(agency, country)
            },
            Capacity::Collector => Self::agency(agency, country),
        }
    }

    /// The agency, to somebody in `country`.
    pub(super) fn agency(agency: &Agency, country: Country) -> Self {
        let registration = match country {
            Country::NL => &agency.registration_nl,
            Country::BE => &agency.registration_be,
            _ => &None,
        };
        let supervisor = agency.supervisor_be.as_deref().filter(|_| country == Country::BE);
        let mut names = vec![agency.name.clone(), agency.legal_name.clone()];
        names.dedup();
        Self {
            signature: agency.name.clone(),
            names,
            address: agency.address.clone(),
            country: agency.country,
            company_number: agency.company_number.clone(),
            registration: registration.clone().filter(|it| it.trim() != "none").unwrap_or_default(),
            telephone: agency.telephone.clone(),
            email: agency.email.clone(),
            website: agency.website.clone(),
            complaints: agency.complaints.clone(),
            supervisor: supervisor.map(one_line).unwrap_or_default(),
        }
    }

    /// A creditor without an address of its own for answers is answered through the agency.
    fn creditor(agency: &Agency, creditor: &CreditorParty) -> Self {
        let line = |text: &Option<String>| text.as_deref().map(one_line).unwrap_or_default();
        let (telephone, mut email) = (line(&creditor.telephone), line(&creditor.email));
        if telephone.is_empty() && email.is_empty() {
            email.clone_from(&agency.email);
        }
        Self {
            signature: one_line(&creditor.name),
            names: vec![one_line(&creditor.name)],
            address: creditor.address.iter().map(|text| one_line(text)).collect(),
            country: creditor.country,
            company_number: line(&creditor.company_number),
            registration: String::new(),
            telephone,
            email,
            website: String::new(),
            complaints: String::new(),
            supervisor: String::new(),
        }
    }

    /// Who sends the message, and how to reach them, for a reader in `country`.
    pub(super) fn block(&self, language: Language, country: Country) -> Block {
        let labels = wording::labels(language);
        Block::new(labels.sender)
            .row(labels.name, self.names.join(", "))
            .row(labels.address, self.address.join(", "))
            .row(wording::company_number(language, self.country), &*self.company_number)
            .row(wording::registration(language, country), &*self.registration)
            .row(labels.telephone, &*self.telephone)
            .row(labels.email, &*self.email)
            .row(labels.website, &*self.website)
            .row(labels.complaints, &*self.complaints)
    }
}
