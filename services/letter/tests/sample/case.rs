//! One case as intake and the ledger know it, for the tests that write messages.

use contracts::intake::{ClaimParticulars, CreditorParty, DebtorParty, Parties};
use contracts::letter::Send as SendLetter;
use contracts::payment_reconciliation::{ClaimPosition, Position};
use jiff::civil::date;
use letter::domain::Agency;
use primitives::{
    Capacity, CaseId, Country, CreditorId, DebtorKind, Language, MessageKind, PersonId,
    StructuredReference,
};

use crate::sample::{claim_id, euros, id, wish};

/// What differs between the messages of the matrix.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Variant {
    pub(crate) message: MessageKind,
    pub(crate) language: Language,
    pub(crate) debtor: DebtorKind,
    pub(crate) country: Country,
    pub(crate) capacity: Capacity,
}

/// What the tests look at where nothing else is said.
pub(crate) const REMINDER: Variant = Variant {
    message: MessageKind::FreeFirstReminder,
    language: Language::Nl,
    debtor: DebtorKind::Consumer,
    country: Country::NL,
    capacity: Capacity::AgencyForCreditor,
};

pub(crate) fn send(variant: Variant, claims: u128) -> SendLetter {
    let mut send = wish(claims);
    send.language = variant.language;
    send.permit.message = variant.message;
    send.permit.capacity = variant.capacity;
    send
}

pub(crate) fn agency() -> Agency {
    Agency {
        name: "Minnelijk Incasso".to_owned(),
        legal_name: "Minnelijk Incasso Nederland B.V.".to_owned(),
        address: vec!["Oudegracht 112".to_owned(), "3511 AW Utrecht".to_owned()],
        country: Country::NL,
        company_number: "71234567".to_owned(),
        telephone: "030 123 45 67".to_owned(),
        email: "hallo@minnelijk.example".to_owned(),
        website: "https://minnelijk.example".to_owned(),
        complaints: "https://minnelijk.example/klachten".to_owned(),
        registration_nl: Some("WKI-2026-00123".to_owned()),
        registration_be: Some("BE-INV-4567".to_owned()),
        domain: "minnelijk.example".to_owned(),
    }
}

pub(crate) fn parties(variant: Variant) -> Parties {
    let belgian = variant.country == Country::BE;
    let person = variant.debtor != DebtorKind::LegalPerson;
    Parties {
        case_id: CaseId::from_uuid(id(5)),
        creditor: CreditorParty {
            creditor_id: CreditorId::from_uuid(id(2)),
            name: "Bakkerij De Korenaar".to_owned(),
            company_number: Some("0417.497.106".to_owned()),
            country: variant.country,
            address: vec!["Molenstraat 7".to_owned(), "2000 Antwerpen".to_owned()],
            email: Some("boekhouding@korenaar.example".to_owned()),
            telephone: Some("03 234 56 78".to_owned()),
            pay_to_account: "BE71096123456769".to_owned(),
            pay_to_name: "Bakkerij De Korenaar".to_owned(),
            capacity: variant.capacity,
        },
        debtor: DebtorParty {
            person_id: PersonId::from_uuid(id(4)),
            kind: variant.debtor,
            name: if person { "Noor Vandenberghe" } else { "Feestzaal Ter Linden" }.to_owned(),
            country: variant.country,
            language: variant.language,
            email: Some("noor@vandenberghe.example".to_owned()),
            address: vec![
                "Lindelaan 12 bus 3".to_owned(),
                if belgian { "9000 Gent" } else { "3581 KW Utrecht" }.to_owned(),
            ],
        },
        claims: vec![
            claim(1, "2026-0187", 123_456, "+++010/8068/17183+++"),
            claim(2, "2026-0203", 4_500, "+++090/9337/55493+++"),
            claim(3, "2026-0219", 995, "RF18539007547034"),
        ],
    }
}

fn claim(number: u128, invoice: &str, cents: i64, reference: &str) -> ClaimParticulars {
    ClaimParticulars {
        claim_id: claim_id(number),
        invoice_number: invoice.to_owned(),
        description: Some("Brood en gebak voor het feest van 3 oktober 2026".to_owned()),
        issued_on: date(2026, 10, 5),
        due_on: date(2026, 11, 4),
        amount: euros(cents),
        reference: StructuredReference::parse(reference).unwrap(),
    }
}

/// All three claims, the first with so much open.
pub(crate) fn position(first_open: i64) -> Position {
    let opens = [(1, first_open), (2, 4_500), (3, 995)];
    Position {
        case_id: CaseId::from_uuid(id(5)),
        open: euros(opens.iter().map(|(_, cents)| cents).sum()),
        claims: opens
            .into_iter()
            .map(|(number, cents)| ClaimPosition {
                claim_id: claim_id(number),
                open: euros(cents),
                lines: Vec::new(),
            })
            .collect(),
        payments_known_until: Some(date(2026, 11, 11)),
    }
}
