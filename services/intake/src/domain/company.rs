//! Numbers of company registers and tax offices, each in one spelling, so that the same company is
//! known again however a file writes it.

use std::collections::BTreeSet;
use std::fmt;

use primitives::CompanyNumber;

use super::invoice::{Identifier, Party};

/// What identifies a company; the first kinds are the stronger ones.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum CompanyId {
    /// The Dutch trade register: eight digits.
    Kvk(String),
    /// The Belgian register of enterprises: ten digits. A Belgian VAT number is the same number.
    Enterprise(String),
    /// Another register of legal entities, as the file names it.
    Registered { scheme: String, number: String },
    /// A VAT number of another country than Belgium, with its country code.
    Vat(String),
}

/// The number may be a sole trader's: personal data stay out of logs.
impl fmt::Debug for CompanyId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Kvk(_) => "Kvk",
            Self::Enterprise(_) => "Enterprise",
            Self::Registered { .. } => "Registered",
            Self::Vat(_) => "Vat",
        })
    }
}

impl fmt::Display for CompanyId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Kvk(number) => write!(formatter, "kvk:{number}"),
            Self::Enterprise(number) => write!(formatter, "be:{number}"),
            Self::Registered { scheme, number } => write!(formatter, "{scheme}:{number}"),
            Self::Vat(number) => write!(formatter, "vat:{number}"),
        }
    }
}

impl CompanyId {
    /// Every company number of a party, the strongest first.
    #[must_use]
    pub fn all_of(party: &Party) -> BTreeSet<Self> {
        let mut ids = BTreeSet::new();
        if let Some(legal) = &party.legal_id {
            let country = party.address.country.as_deref();
            ids.insert(known_register(legal, country).unwrap_or_else(|| other_register(legal)));
        }
        let others = party.identifiers.iter().chain(&party.endpoint);
        ids.extend(others.filter_map(|id| known_register(id, None)));
        ids.extend(party.tax_ids.iter().filter_map(|text| vat_number(text)));
        ids
    }
}

/// A number of the Dutch trade register (`KvK`), whatever stands between its figures.
#[must_use]
pub fn kvk_number(text: &str) -> Option<String> {
    CompanyNumber::parse_kvk(&compact(text)).ok().map(|number| number.as_str().to_owned())
}

/// A number of the Belgian register of enterprises, with or without `BE`; old numbers may lack the
/// leading nought.
#[must_use]
pub fn enterprise_number(text: &str) -> Option<String> {
    CompanyNumber::parse_enterprise(&compact(text)).ok().map(|number| number.as_str().to_owned())
}

/// A VAT number with its country code. A Belgian one is checked whole; of a Dutch one the form,
/// because papers carry made-up ones that still tell parties apart; of others, that it can be one.
#[must_use]
pub fn vat_number(text: &str) -> Option<CompanyId> {
    let number = compact(text);
    let (country, rest) = number.split_at_checked(2)?;
    let fits = match country {
        "BE" => return enterprise_number(rest).map(CompanyId::Enterprise),
        "NL" => is_dutch_vat(rest),
        _ => {
            country.bytes().all(|byte| byte.is_ascii_uppercase())
                && (4..=13).contains(&rest.len())
                && rest.bytes().any(|byte| byte.is_ascii_digit())
        }
    };
    fits.then_some(CompanyId::Vat(number))
}

/// Nine digits, `B`, two digits.
fn is_dutch_vat(rest: &str) -> bool {
    let parts =
        rest.split_at_checked(9).and_then(|(base, tail)| Some((base, tail.strip_prefix('B')?)));
    parts.is_some_and(|(base, suffix)| is_digits(base) && suffix.len() == 2 && is_digits(suffix))
}

/// A number whose register we know: by its scheme (codes of ISO 6523 and of the EAS list, and old
/// words), or, for a registration without a scheme, by the party's country.
fn known_register(id: &Identifier, country: Option<&str>) -> Option<CompanyId> {
    let scheme = id.scheme.as_deref().map(str::to_ascii_uppercase);
    match (scheme.as_deref(), country) {
        (Some("0106" | "NL:KVK"), _) | (None, Some("NL")) => {
            kvk_number(&id.value).map(CompanyId::Kvk)
        }
        (Some("0208" | "9956" | "BE:EN" | "BE:CBE"), _) | (None, Some("BE")) => {
            enterprise_number(&id.value).map(CompanyId::Enterprise)
        }
        (Some("9925" | "9944" | "BE:VAT" | "NL:VAT"), _) => vat_number(&id.value),
        // Dutch public bodies.
        (Some("0190" | "NL:OIN"), _) => Some(other_register(id)),
        _ => None,
    }
}

fn other_register(id: &Identifier) -> CompanyId {
    let scheme = id.scheme.as_deref().unwrap_or("register").to_ascii_lowercase();
    CompanyId::Registered { scheme, number: compact(&id.value) }
}

/// Letters and digits, in capitals.
fn compact(text: &str) -> String {
    let kept = text.chars().filter(char::is_ascii_alphanumeric);
    kept.map(|letter| letter.to_ascii_uppercase()).collect()
}

fn is_digits(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}
