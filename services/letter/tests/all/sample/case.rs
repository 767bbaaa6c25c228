//! One case as intake and the ledger know it, for the tests that write messages.

use contracts::intake::{ClaimParticulars, CreditorContact, CreditorParty, DebtorParty, Parties};
use contracts::letter::{PromiseTold, Send as SendLetter};
use contracts::payment_reconciliation::{
    AnnouncedCharges, ClaimPosition, Position, PositionLine, PositionLineKind,
};
use contracts::permit::PermittedDeed;
use jiff::civil::date;
use letter::domain::Agency;
use primitives::{
    Capacity, CaseId, CaseNumber, Channel, Country, CreditorId, Currency, Date, DebtorKind,
    Language, MessageKind, Money, PaymentId, PersonId, PromiseId, StructuredReference,
};

use crate::sample::{claim_id, euros, id, wish};

/// What differs between the messages of the matrix.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Variant {
    pub(crate) message: MessageKind,
    pub(crate) channel: Channel,
    pub(crate) language: Language,
    pub(crate) debtor: DebtorKind,
    pub(crate) country: Country,
    pub(crate) capacity: Capacity,
}

/// What the tests look at where nothing else is said.
pub(crate) const REMINDER: Variant = Variant {
    message: MessageKind::FreeFirstReminder,
    channel: Channel::Email,
    language: Language::Nl,
    debtor: DebtorKind::Consumer,
    country: Country::NL,
    capacity: Capacity::AgencyForCreditor,
};

pub(crate) fn send(variant: Variant, claims: u128) -> SendLetter {
    let mut send = wish(claims);
    send.language = variant.language;
    send.channel = variant.channel;
    send.permit.deed =
        PermittedDeed::Write { message: variant.message, channels: vec![variant.channel] };
    if variant.message == MessageKind::PromiseConfirmation {
        send.promise = Some(PromiseTold {
            promise_id: PromiseId::from_uuid(id(6)),
            amount: euros(10_000),
            pay_by: date(2026, 11, 27),
        });
    }
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
        supervisor_be: Some("FOD Economie, Economische Inspectie, 02 123 45 67".to_owned()),
        domain: "minnelijk.example".to_owned(),
    }
}

pub(crate) fn parties(variant: Variant) -> Parties {
    let belgian = variant.country == Country::BE;
    let person = variant.debtor != DebtorKind::LegalPerson;
    Parties {
        case_id: CaseId::from_uuid(id(5)),
        case_number: CaseNumber::of_serial(CaseNumber::FIRST).unwrap(),
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

/// The creditor, as our client.
pub(crate) fn contact(language: Language) -> CreditorContact {
    CreditorContact {
        creditor_id: CreditorId::from_uuid(id(2)),
        code: "korenaar".to_owned(),
        name: "Bakkerij De Korenaar".to_owned(),
        company_number: "0403019261".to_owned(),
        vat_id: None,
        address: vec!["Molenstraat 7".to_owned(), "2000 Antwerpen".to_owned()],
        country: Country::BE,
        language,
        email: Some("boekhouding@korenaar.example".to_owned()),
        account: "BE71096123456769".to_owned(),
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
    let claims = [(1, first_open), (2, 4_500), (3, 995)];
    let claims: Vec<ClaimPosition> =
        claims.into_iter().map(|(number, cents)| principal(number, cents)).collect();
    Position {
        case_id: CaseId::from_uuid(id(5)),
        on: date(2026, 11, 12),
        open: euros(claims.iter().map(|claim| claim.open.amount_minor()).sum()),
        claims,
        payments_known_until: Some(date(2026, 11, 11)),
        announced: None,
    }
}

/// A claim of which nothing but principal is owed; what is not open of it was paid.
fn principal(number: u128, cents: i64) -> ClaimPosition {
    let amount = parties(REMINDER)
        .claims
        .into_iter()
        .find_map(|claim| (claim.claim_id == claim_id(number)).then_some(claim.amount))
        .unwrap();
    let nothing = euros(0);
    let mut claim = ClaimPosition {
        claim_id: claim_id(number),
        open: amount,
        costs_open: nothing,
        interest_open: nothing,
        principal_open: amount,
        lines: vec![line(date(2026, 10, 5), PositionLineKind::Principal, amount)],
    };
    let paid = amount.checked_sub(euros(cents)).unwrap();
    if !paid.is_zero() {
        pay(&mut claim, date(2026, 11, 9), [0, 0, paid.amount_minor()]);
    }
    claim
}

/// A payment on a claim: what it pays of costs, interest and principal.
pub(crate) fn pay(claim: &mut ClaimPosition, on: Date, cents: [i64; 3]) {
    let [costs, interest, principal] = cents.map(|cents| euros(cents).checked_neg().unwrap());
    let lower = |open: &mut Money, by: Money| *open = open.checked_add(by).unwrap();
    let amount = Money::sum(Currency::EUR, [costs, interest, principal]).unwrap();
    lower(&mut claim.open, amount);
    lower(&mut claim.costs_open, costs);
    lower(&mut claim.interest_open, interest);
    lower(&mut claim.principal_open, principal);
    let payment_id = PaymentId::from_uuid(id(u128::try_from(claim.lines.len()).unwrap()));
    let kind = PositionLineKind::Payment { payment_id, costs, interest, principal };
    claim.lines.push(line(on, kind, amount));
}

/// The position that suits a message, and says all that it can say: a demand to a consumer finds
/// costs and interest booked, one to a business brings them along; where a letter announces them,
/// they are announced; for thanks, everything is paid.
pub(crate) fn position_for(variant: Variant) -> Position {
    let consumer = variant.debtor == DebtorKind::Consumer;
    let belgian = variant.country == Country::BE;
    let announced = |vat| AnnouncedCharges {
        costs: euros(18_518).checked_add(euros(vat)).unwrap(),
        vat: euros(vat),
        // The Belgian rate between businesses is not loaded for this day.
        interest: consumer || !belgian,
        interest_basis_points: (consumer || !belgian).then_some(400),
        because: vec!["The law has a scale for collection costs.".to_owned()],
        rule_ids: vec!["nl.collection-costs".to_owned()],
        rule_pack: "nl-2026.2".to_owned(),
    };
    let mut position = position(100_000);
    match variant.message {
        MessageKind::PreDueNotice | MessageKind::PromiseConfirmation => {}
        MessageKind::FreeFirstReminder => {
            position.announced = (belgian && consumer).then(|| announced(0));
        }
        MessageKind::FourteenDayLetter => position.announced = Some(announced(3_888)),
        MessageKind::FormalNotice => charge(&mut position, 4_000, 237),
        MessageKind::Demand if consumer => charge(&mut position, 4_000, 237),
        MessageKind::Demand => position.announced = Some(announced(0)),
        MessageKind::PaymentThanks => {
            for claim in &mut position.claims {
                let left = claim.open.amount_minor();
                pay(claim, date(2026, 11, 11), [0, 0, left]);
            }
        }
    }
    position
}

/// Books costs and interest on the first claim.
pub(crate) fn charge(position: &mut Position, costs: i64, interest: i64) {
    let claim = position.claims.first_mut().unwrap();
    let on = date(2026, 11, 10);
    claim.lines.push(line(on, PositionLineKind::Costs, euros(costs)));
    claim.lines.push(line(on, PositionLineKind::Interest, euros(interest)));
    claim.costs_open = euros(costs);
    claim.interest_open = euros(interest);
    let charged = euros(costs).checked_add(euros(interest)).unwrap();
    claim.open = claim.open.checked_add(charged).unwrap();
}

pub(crate) fn line(on: Date, kind: PositionLineKind, amount: Money) -> PositionLine {
    PositionLine {
        on,
        kind,
        amount,
        because: Vec::new(),
        rule_ids: Vec::new(),
        rule_pack: String::new(),
    }
}
