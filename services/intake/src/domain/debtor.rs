//! Who the buyer of an invoice is to us: which debtor of the creditor, what the law takes it for,
//! its language, and how it can be reached.

use std::fmt;

use primitives::{Channel, Country, DebtorKind, Language};

use super::company::CompanyId;
use super::invoice::Party;
use super::telephone::Telephone;

/// The buyer of an invoice, as far as the invoice tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Buyer {
    /// Tells the debtors of one creditor apart; never leaves intake.
    pub identity: Identity,
    pub kind: DebtorKind,
    pub country: Country,
    pub debtor: Debtor,
}

/// What tells one debtor of a creditor from another.
#[derive(Clone, PartialEq, Eq)]
pub struct Identity(String);

/// A person's contact data.
#[derive(Clone, PartialEq, Eq)]
pub struct Debtor {
    pub name: String,
    pub email: Option<String>,
    pub telephone: Option<Telephone>,
    /// What stands before postcode and city.
    pub lines: Vec<String>,
    pub postcode: Option<String>,
    pub city: Option<String>,
}

/// The buyer, or none where nothing tells it from others of the same name.
#[must_use]
pub fn buyer(party: &Party, country: Country) -> Option<Buyer> {
    let ids = CompanyId::all_of(party);
    let identity = identity(party, ids.first())?;
    let is_person = party.person.as_ref() == Some(&party.name);
    let kind = match (ids.is_empty(), is_person) {
        (true, _) => DebtorKind::Consumer,
        (false, true) => DebtorKind::NaturalPersonInBusiness,
        (false, false) => DebtorKind::LegalPerson,
    };
    let debtor = Debtor {
        name: party.name.clone(),
        email: party.email.clone().filter(|text| is_email(text)),
        telephone: party
            .telephone
            .as_deref()
            .and_then(|text| Telephone::parse(text, Some(country))),
        lines: party.address.lines.clone(),
        postcode: party.address.postcode.clone(),
        city: party.address.city.clone(),
    };
    Some(Buyer { identity, kind, country, debtor })
}

/// The channels for which there is an address.
#[must_use]
pub fn reachable(debtor: &Debtor) -> Vec<Channel> {
    // Of people and companies without a street there is the line of their post office box.
    let by_post = !debtor.lines.is_empty() && debtor.city.is_some();
    let channels = [
        (debtor.email.is_some(), Channel::Email),
        (by_post, Channel::Post),
        (debtor.telephone.is_some(), Channel::Telephone),
    ];
    channels.into_iter().filter_map(|(has, channel)| has.then_some(channel)).collect()
}

/// The language to write in. In the Netherlands Dutch; in Belgium that of the region of the
/// postcode. Brussels has two languages: the creditor's own where it is one of them, else French.
#[must_use]
pub fn language(country: Country, postcode: Option<&str>, of_creditor: Language) -> Language {
    if country != Country::BE {
        return Language::Nl;
    }
    let in_brussels = match of_creditor {
        Language::Nl | Language::Fr => of_creditor,
        Language::De | Language::En => Language::Fr,
    };
    match postcode.and_then(|text| text.trim().trim_start_matches("B-").parse::<u16>().ok()) {
        Some(1000..=1299) => in_brussels,
        Some(1300..=1499 | 4000..=4699 | 4792..=7999) => Language::Fr,
        Some(4700..=4791) => Language::De,
        Some(1500..=3999 | 8000..=9999) => Language::Nl,
        _ => match of_creditor {
            Language::Nl | Language::Fr | Language::De => of_creditor,
            Language::En => Language::Nl,
        },
    }
}

/// The strongest that there is: a company number, the creditor's own customer number, or name and
/// address together. A name alone is no identity: there are many of the same name.
fn identity(party: &Party, strongest: Option<&CompanyId>) -> Option<Identity> {
    if let Some(id) = strongest {
        return Some(Identity(format!("company\0{id}")));
    }
    if let Some(number) = party.customer_number.as_deref().map(plain).filter(|it| !it.is_empty()) {
        return Some(Identity(format!("customer\0{number}")));
    }
    let address = &party.address;
    let postcode = address.postcode.as_deref().map(plain).unwrap_or_default();
    let email = party.email.as_deref().map(str::to_lowercase).unwrap_or_default();
    if email.is_empty() && (postcode.is_empty() || address.lines.is_empty()) {
        return None;
    }
    let (name, lines) = (plain(&party.name), plain(&address.lines.join(" ")));
    Some(Identity(format!("person\0{name}\0{postcode}\0{lines}\0{email}")))
}

/// Letters and digits of any script, in small letters.
pub(super) fn plain(text: &str) -> String {
    text.chars().filter(|letter| letter.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// Something before and something with a point after one `@`, and no space. Who sends finds out
/// the rest.
pub(super) fn is_email(text: &str) -> bool {
    let parts = text.split_once('@');
    parts.is_some_and(|(local, host)| {
        !local.is_empty()
            && host.contains('.')
            && !host.contains('@')
            && !text.contains(|letter: char| letter.is_whitespace() || letter.is_control())
    })
}

impl Identity {
    /// The text that ids of customers are derived from.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Personal data stay out of logs.
impl fmt::Debug for Identity {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Identity(***)")
    }
}

/// Personal data stay out of logs.
impl fmt::Debug for Debtor {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Debtor")
            .field("reachable", &reachable(self))
            .finish_non_exhaustive()
    }
}
