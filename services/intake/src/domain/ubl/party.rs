//! Seller and buyer as the walk finds them.

use super::super::invoice::{Address, Identifier, Party, Problems};
use super::draft::Leaf;

/// A party in the making. Of what may stand several times, the first counts.
#[derive(Default)]
pub(super) struct PartyDraft {
    registered_name: Option<String>,
    trading_name: Option<String>,
    first_name: Option<String>,
    middle_name: Option<String>,
    family_name: Option<String>,
    tax_ids: Vec<Identifier>,
    legal_id: Option<Identifier>,
    identifiers: Vec<Identifier>,
    endpoint: Option<Identifier>,
    customer_number: Option<Identifier>,
    email: Option<String>,
    telephone: Option<String>,
    street: Option<String>,
    number: Option<String>,
    further_lines: Vec<String>,
    postcode: Option<String>,
    city: Option<String>,
    country: Option<String>,
    /// Where the country stands, for a problem with it.
    pub(super) country_line: Option<u32>,
    /// Where the e-mail address and the telephone number stand, for a note on them.
    pub(super) email_line: Option<u32>,
    pub(super) telephone_line: Option<u32>,
}

impl PartyDraft {
    /// Keeps one value. `field` is the path within the party, `path` the whole.
    pub(super) fn value(&mut self, field: &str, path: &str, leaf: &Leaf, problems: &mut Problems) {
        let id = |problems| leaf.identifier(path, problems);
        let Some(party) = field.strip_prefix("cac:Party/") else {
            match field {
                "cbc:SupplierAssignedAccountID" => first(&mut self.customer_number, id(problems)),
                "cac:AccountingContact/cbc:ElectronicMail" => {
                    self.email_line.get_or_insert(leaf.line);
                    first(&mut self.email, leaf.text(path, problems));
                }
                "cac:AccountingContact/cbc:Telephone" => {
                    self.telephone_line.get_or_insert(leaf.line);
                    first(&mut self.telephone, leaf.text(path, problems));
                }
                _ => {}
            }
            return;
        };
        match party {
            "cbc:EndpointID" => first(&mut self.endpoint, id(problems)),
            "cac:PartyLegalEntity/cbc:CompanyID" => first(&mut self.legal_id, id(problems)),
            "cac:PartyTaxScheme/cbc:CompanyID" => keep(&mut self.tax_ids, id(problems)),
            "cac:PartyIdentification/cbc:ID" => keep(&mut self.identifiers, id(problems)),
            _ => {}
        }
        if let Some(line) = party.strip_prefix("cac:PostalAddress/") {
            return self.address(line, leaf, path, problems);
        }
        let slot = match party {
            "cac:PartyLegalEntity/cbc:RegistrationName" => &mut self.registered_name,
            "cac:PartyName/cbc:Name" => &mut self.trading_name,
            "cac:Person/cbc:FirstName" => &mut self.first_name,
            "cac:Person/cbc:MiddleName" => &mut self.middle_name,
            "cac:Person/cbc:FamilyName" => &mut self.family_name,
            "cac:Contact/cbc:ElectronicMail" => {
                self.email_line.get_or_insert(leaf.line);
                &mut self.email
            }
            "cac:Contact/cbc:Telephone" => {
                self.telephone_line.get_or_insert(leaf.line);
                &mut self.telephone
            }
            _ => return,
        };
        first(slot, leaf.text(path, problems));
    }

    fn address(&mut self, field: &str, leaf: &Leaf, path: &str, problems: &mut Problems) {
        let slot = match field {
            "cbc:StreetName" => &mut self.street,
            "cbc:BuildingNumber" => &mut self.number,
            "cbc:PostalZone" => &mut self.postcode,
            "cbc:CityName" => &mut self.city,
            "cac:Country/cbc:IdentificationCode" => {
                self.country_line.get_or_insert(leaf.line);
                &mut self.country
            }
            "cbc:AdditionalStreetName"
            | "cbc:BuildingName"
            | "cbc:Postbox"
            | "cac:AddressLine/cbc:Line" => {
                return keep(&mut self.further_lines, leaf.text(path, problems));
            }
            _ => return,
        };
        first(slot, leaf.text(path, problems));
    }

    /// The party, if it has a name.
    pub(super) fn finish(self) -> Option<Party> {
        let person = joined([self.first_name, self.middle_name, self.family_name]);
        let name = self.registered_name.or(self.trading_name).or_else(|| person.clone())?;
        let mut lines: Vec<String> = joined([self.street, self.number]).into_iter().collect();
        lines.extend(self.further_lines);
        Some(Party {
            name,
            person,
            tax_ids: self.tax_ids.into_iter().map(|it| it.value).collect(),
            legal_id: self.legal_id,
            identifiers: self.identifiers,
            endpoint: self.endpoint,
            customer_number: self.customer_number.map(|it| it.value),
            email: self.email,
            telephone: self.telephone,
            address: Address {
                lines,
                postcode: self.postcode,
                city: self.city,
                country: self.country,
            },
        })
    }
}

/// Lines and identifiers of one party that are kept; no party has so many.
const KEPT_MAX: usize = 20;

fn first<T>(slot: &mut Option<T>, value: Option<T>) {
    if slot.is_none() {
        *slot = value;
    }
}

fn keep<T>(list: &mut Vec<T>, value: Option<T>) {
    list.extend(value.filter(|_| list.len() < KEPT_MAX));
}

fn joined<const N: usize>(parts: [Option<String>; N]) -> Option<String> {
    parts.into_iter().flatten().reduce(|left, right| format!("{left} {right}"))
}
