//! A creditor's document: TOML as the agency writes it, checked before anything follows from it.
//!
//! README.md shows one. Every fault is told at once, with its field and line.

use std::fmt::Display;
use std::str::FromStr;

use contracts::agreement::{Agreement, PayTo};
use contracts::intake::Problem;
use law::Pack;
use primitives::{Capacity, ContentHash, Country, Iban};

use super::agreement_document::{BASED_ON, Payee, agreement, payee};
use super::company::{CompanyId, enterprise_number, kvk_number, vat_number};
use super::creditor::{Agreed, Profile};
use super::debtor::is_email;
use super::fields::{Fields, Table, document_text, presentable, read_fields};
use super::gate::problem;

/// A document without a fault.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreditorDocument {
    pub profile: Profile,
    pub agreed: Agreed,
}

/// Signs of a name: it stands in the first line of a message.
pub(super) const NAME_CHARS_MAX: usize = 140;
/// Signs of a legal form, a telephone number or the number of a certificate.
pub(super) const SHORT_CHARS_MAX: usize = 50;
/// Lines of an address, and signs of each.
const ADDRESS_MAX: (usize, usize) = (6, 100);
/// What a document says beside its agreement.
const PROFILE_KEYS: [&str; 12] = [
    "account",
    "address",
    "api_token_sha256",
    "code",
    "company_number",
    "country",
    "email",
    "language",
    "legal_form",
    "name",
    "telephone",
    "vat_id",
];
/// Bytes of an e-mail address (RFC 5321).
const EMAIL_BYTES_MAX: usize = 254;

/// Reads a document; `hash` is that of `bytes`.
pub fn read_document(bytes: &[u8], hash: ContentHash) -> Result<CreditorDocument, Vec<Problem>> {
    let text = document_text(bytes, "creditor's document")?;
    read_fields(text, |fields, table| {
        let profile = profile(fields, table, hash);
        let account = fields
            .table(table, "account", |fields, table| fields.required(table, "iban", Iban::parse));
        let payee = fields.required(table, "pay_to", payee);
        let agreement = fields.table(table, "agreement", |fields, table| {
            agreement(fields, table, payee.unwrap_or(Payee::Creditor))
        });
        let (profile, account, _, agreement) = (profile?, account?, payee?, agreement?);
        agree_on_accounts(fields, &agreement);
        Some(CreditorDocument { profile, agreed: Agreed { agreement, account } })
    })
}

/// Reads what a document agrees, for whoever asks what would follow from it. Who the creditor is
/// may be left out, and is not looked at.
pub fn read_agreement(bytes: &[u8]) -> Result<Agreement, Vec<Problem>> {
    agreement_and_base(bytes).map(|(agreement, _)| agreement)
}

/// The same, with the name of the base flow that it is based on.
pub fn agreement_and_base(bytes: &[u8]) -> Result<(Agreement, Option<String>), Vec<Problem>> {
    let text = document_text(bytes, "agreement")?;
    read_fields(text, |fields, table| {
        for key in PROFILE_KEYS {
            table.pass_over(key);
        }
        let payee = fields.required(table, "pay_to", payee);
        let (agreement, base) = fields.table(table, "agreement", |fields, table| {
            let base = table.text_of(BASED_ON).map(str::to_owned);
            Some((agreement(fields, table, payee.unwrap_or(Payee::Creditor))?, base))
        })?;
        agree_on_accounts(fields, &agreement);
        Some((agreement, base))
    })
}

/// Reads every field before it gives up, so that all faults are told.
fn profile(fields: &mut Fields<'_>, table: &mut Table<'_>, hash: ContentHash) -> Option<Profile> {
    let code = fields.required(table, "code", code);
    let name = fields.required(table, "name", filled::<NAME_CHARS_MAX>);
    let legal_form = fields.text(table, "legal_form", filled::<SHORT_CHARS_MAX>);
    let country = fields.required(table, "country", covered_country);
    let company_number =
        fields.required(table, "company_number", |text| company_number(country, text));
    let vat_id = fields.text(table, "vat_id", |text| vat_id(country, text));
    let address = fields.texts(table, "address", ADDRESS_MAX);
    let email = fields.text(table, "email", |text| {
        let fits = is_email(text) && text.len() <= EMAIL_BYTES_MAX;
        fits.then(|| text.to_owned()).ok_or("is no e-mail address")
    });
    let telephone = fields.text(table, "telephone", filled::<SHORT_CHARS_MAX>);
    let language = fields.required(table, "language", word);
    let api_token = fields.text(table, "api_token_sha256", ContentHash::parse);
    Some(Profile {
        document: hash,
        code: code?,
        name: name?,
        legal_form,
        company_number: company_number?,
        vat_id,
        country: country?,
        address: address?,
        email,
        telephone,
        language: language?,
        api_token,
    })
}

/// In the creditor's name money goes to the creditor's own account; and where the creditor is paid
/// itself, nobody is written to on old knowledge.
fn agree_on_accounts(fields: &mut Fields<'_>, agreement: &Agreement) {
    match (&agreement.pay_to, agreement.capacity) {
        (PayTo::Agency, Capacity::Creditor | Capacity::AgencyForCreditor) => {
            let reason = "cannot be agency: in the creditor's name money goes to the creditor";
            fields.add("pay_to", None, reason);
        }
        (PayTo::Agency, Capacity::Collector) | (PayTo::Creditor { .. }, _) => {}
    }
    match (&agreement.pay_to, agreement.payments_known_within_days) {
        (PayTo::Creditor { .. }, None) => {
            let reason = "is missing: debtors pay to the creditor, so say how old what we know of \
                          payments may be";
            fields.add("agreement.payments_known_within_days", None, reason);
        }
        (PayTo::Creditor { .. } | PayTo::Agency, _) => {}
    }
}

/// The document, where it agrees with the agency's own account, if there is one.
pub fn beside_the_agency(
    document: CreditorDocument,
    agency_account: Option<&Iban>,
) -> Result<CreditorDocument, Vec<Problem>> {
    let Agreed { agreement, account } = &document.agreed;
    let nobody = "cannot be agency: this agency has no account in its configuration \
                  (agency.account)";
    let same = "is the agency's own account (agency.account): write the creditor's";
    let faults = [
        (agreement.pay_to == PayTo::Agency && agency_account.is_none(), "pay_to", nobody),
        (agency_account == Some(account), "account.iban", same),
    ];
    let faults = faults.into_iter().filter(|(is_one, ..)| *is_one);
    let problems: Vec<Problem> = faults.map(|(_, field, reason)| problem(field, reason)).collect();
    if problems.is_empty() { Ok(document) } else { Err(problems) }
}

pub(super) fn filled<const CHARS_MAX: usize>(text: &str) -> Result<String, String> {
    let text = text.trim();
    if text.is_empty() {
        return Err("is empty: write it, or leave the line out".to_owned());
    }
    presentable(text, CHARS_MAX)?;
    Ok(text.to_owned())
}

/// Small letters, digits and hyphens.
pub(super) fn code(text: &str) -> Result<String, &'static str> {
    let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    let fits = (1..=60).contains(&text.len()) && text.bytes().all(fits);
    fits.then(|| text.to_owned()).ok_or("must be 1 to 60 small letters, digits and hyphens")
}

pub(super) fn word<T: FromStr<Err: Display>>(text: &str) -> Result<T, String> {
    text.parse().map_err(|error: T::Err| error.to_string())
}

pub(super) fn covered_country(text: &str) -> Result<Country, &'static str> {
    let country = Country::parse(text).ok().filter(|country| Pack::of(*country).is_some());
    country.ok_or("must be NL or BE: other countries are not covered")
}

fn company_number(country: Option<Country>, text: &str) -> Result<String, &'static str> {
    if country == Some(Country::BE) {
        enterprise_number(text)
            .ok_or("is no Belgian enterprise number: ten digits that pass mod 97")
    } else {
        kvk_number(text).ok_or("is no KvK number: eight digits")
    }
}

/// In one spelling, with its country code.
fn vat_id(country: Option<Country>, text: &str) -> Result<String, &'static str> {
    let wrong = "is no VAT number of the creditor's country, such as NL000099998B57";
    match (vat_number(text), country) {
        (Some(CompanyId::Vat(number)), Some(country)) if number.starts_with(country.code()) => {
            Ok(number)
        }
        (Some(CompanyId::Enterprise(number)), Some(Country::BE)) => Ok(format!("BE{number}")),
        _ => Err(wrong),
    }
}
