//! A document of a member of staff: TOML as the agency writes it.
//!
//! README.md shows one. Every fault is told at once, with its field and line.

use std::collections::BTreeSet;

use contracts::intake::{Certificate, Problem};
use primitives::{Country, StaffRole};

use super::creditor_document::{
    NAME_CHARS_MAX, SHORT_CHARS_MAX, code, covered_country, filled, word,
};
use super::fields::{Fields, Table, document_text, read_fields};
use super::staff::{HeldCertificate, Member};

/// Reads a document.
pub fn read_staff_document(bytes: &[u8]) -> Result<Member, Vec<Problem>> {
    let text = document_text(bytes, "document of a member of staff")?;
    let member = read_fields(text, |fields, table| {
        let code = fields.required(table, "code", code);
        let name = fields.required(table, "name", filled::<NAME_CHARS_MAX>);
        fields.expect(table, "roles");
        let roles = fields.words(table, "roles", word::<StaffRole>);
        let mut seen = BTreeSet::new();
        let certificates = fields
            .tables(table, "certificates", |fields, table| certificate(fields, table, &mut seen));
        let certificates = certificates.unwrap_or_default();
        Some(Member { code: code?, name: name?, roles: roles?, certificates })
    })?;
    Ok(member.in_order())
}

/// `seen` holds the certificates above it.
fn certificate(
    fields: &mut Fields<'_>,
    table: &mut Table<'_>,
    seen: &mut BTreeSet<(Country, String)>,
) -> Option<HeldCertificate> {
    let country = fields.required(table, "country", covered_country);
    let number = fields.required(table, "number", filled::<SHORT_CHARS_MAX>);
    let valid_from = fields.date(table, "valid_from");
    let valid_until = fields.date(table, "valid_until");
    if let Some((country, number)) = country.zip(number.clone())
        && !seen.insert((country, number))
    {
        fields.object(table, "number", "is that of a certificate above: leave one of them out");
    }
    let (valid_from, valid_until) = valid_from.zip(valid_until)?;
    if valid_until < valid_from {
        fields.object(table, "valid_until", "is before valid_from: the last day is meant");
    }
    let certificate = Certificate { country: country?, valid_from, valid_until };
    Some(HeldCertificate { number: number?, certificate })
}
