//! An invented case, to look at messages as they would really be written, without any real case.
//!
//! What comes on top of its invoice is worked out by the law, as the ledger does it; the message is
//! composed and checked by the code that writes real ones.

use contracts::intake::{ClaimParticulars, CreditorParty, DebtorParty, Parties};
use contracts::letter::{PromiseTold, Send as SendLetter};
use contracts::payment_reconciliation::{
    AnnouncedCharges, ClaimPosition, Position, PositionLine, PositionLineKind,
};
use contracts::permit::{Permit, PermittedDeed};
use jiff::civil::date;
use law::{BusinessCosts, ChargeTerms, Notice, Pack, PenaltyClause, Surcharge};
use primitives::{
    Capacity, CaseId, CaseNumber, CaseNumberError, Channel, ClaimId, Country, CreditorId, Currency,
    Date, DebtorKind, Language, LetterId, MessageKind, Money, MoneyError, PaymentId, PermitId,
    PersonId, PromiseId, ReferenceError, StructuredReference, Timestamp,
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::compose::{Composed, Refusal, compose_in};
use super::matter::asks_charges;
use super::sender::Agency;

/// Who is written to, and in whose name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reader {
    pub debtor: DebtorKind,
    pub country: Country,
    pub language: Language,
    pub capacity: Capacity,
}

/// Everything that a message is written from, invented or not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    pub agency: Agency,
    pub parties: Parties,
    pub position: Position,
    /// What the debtor promised, for the message that confirms it.
    pub promise: Option<PromiseTold>,
    /// When the message leaves.
    pub now: Timestamp,
}

/// Why there is no invented case; a fault of ours.
#[derive(Debug, thiserror::Error)]
pub enum CaseFault {
    #[error("its amounts do not add up")]
    Amounts(#[from] MoneyError),
    #[error("its payment reference is wrong")]
    Reference(#[from] ReferenceError),
    #[error("its number is wrong")]
    Number(#[from] CaseNumberError),
}

/// Thursday 12 March 2026, 10:30 in Amsterdam and Brussels: every rate of interest is known.
const NOW: Timestamp = Timestamp::constant(1_773_307_800, 0);
const TODAY: Date = date(2026, 3, 12);
/// When money was paid: a part of the invoice, and the rest of one that is paid in full.
const PAID_ON: Date = date(2026, 2, 20);
const PAID_IN_FULL_ON: Date = date(2026, 3, 10);
/// When the letters went out after which a consumer owes more than the principal.
const WARNED_ON: Date = date(2026, 2, 16);
/// The invoice, what was paid of it, and what is promised, in cents.
const AMOUNT: i64 = 31_240;
const PAID: i64 = 6_240;
const PROMISED: i64 = 10_000;

impl Case {
    /// The case of a baker's invoice of 312.40 for a feast, of which 62.40 was paid, as it stands
    /// when `message` is written: not yet due before a notice of it, paid in full before thanks,
    /// with costs and interest booked before a consumer is demanded to pay.
    ///
    /// The creditor asks for what the law gives: of a business by the scale, of a Belgian consumer
    /// under a clause with a lump sum and 8 % interest.
    pub fn invented(message: MessageKind, reader: Reader) -> Result<Self, CaseFault> {
        let parties = parties(message, reader)?;
        let position = position(message, reader, parties.claims.first())?;
        let promise = PromiseTold {
            promise_id: PromiseId::from_uuid(id(6)),
            amount: euros(PROMISED),
            pay_by: date(2026, 3, 27),
        };
        Ok(Self { agency: agency(), parties, position, promise: Some(promise), now: NOW })
    }

    /// The message as it would be written on this case, in the words of the house or in `words`, a
    /// text that is being tried.
    pub fn preview(
        &self,
        message: MessageKind,
        channel: Channel,
        words: Option<&str>,
    ) -> Result<Composed, Refusal> {
        let send = self.send(message, channel);
        compose_in(&self.agency, &send, &self.parties, &self.position, self.now, words)
    }

    fn send(&self, message: MessageKind, channel: Channel) -> SendLetter {
        let Parties { case_id, creditor, debtor, claims, .. } = &self.parties;
        let confirms = message == MessageKind::PromiseConfirmation;
        SendLetter {
            letter_id: LetterId::from_uuid(id(7)),
            creditor_id: creditor.creditor_id,
            language: debtor.language,
            channel,
            promise: self.promise.clone().filter(|_| confirms),
            permit: Permit {
                permit_id: PermitId::from_uuid(id(8)),
                person_id: debtor.person_id,
                case_id: *case_id,
                creditor_id: creditor.creditor_id,
                claim_ids: claims.iter().map(|claim| claim.claim_id).collect(),
                deed: PermittedDeed::Write { message, channels: vec![channel] },
                capacity: creditor.capacity,
                not_before: self.now,
                not_after: self.now,
                payments_known_within_days: None,
                rule_ids: Vec::new(),
                rule_pack: String::new(),
            },
        }
    }
}

const fn id(number: u128) -> Uuid {
    Uuid::from_u128(number)
}

const fn euros(cents: i64) -> Money {
    Money::new(cents, Currency::EUR)
}

fn lines<const N: usize>(lines: [&str; N]) -> Vec<String> {
    lines.map(str::to_owned).into()
}

fn agency() -> Agency {
    Agency {
        name: "Minnelijk Incasso".to_owned(),
        legal_name: "Minnelijk Incasso Nederland B.V.".to_owned(),
        address: lines(["Oudegracht 112", "3511 AW Utrecht"]),
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

fn parties(message: MessageKind, reader: Reader) -> Result<Parties, CaseFault> {
    let Reader { debtor, country, language, capacity } = reader;
    let belgian = country == Country::BE;
    let person = debtor != DebtorKind::LegalPerson;
    let (company_number, town, account, reference) = if belgian {
        ("0417.497.106", "2000 Antwerpen", "BE71096123456769", "+++010/8068/17183+++")
    } else {
        ("12345678", "3512 NA Utrecht", "NL91ABNA0417164300", "5000056789012345")
    };
    // Not due yet, for a notice of it.
    let early = message == MessageKind::PreDueNotice;
    let (issued_on, due_on) = if early {
        (date(2026, 2, 26), date(2026, 3, 19))
    } else {
        (date(2026, 1, 26), date(2026, 2, 9))
    };
    Ok(Parties {
        case_id: CaseId::from_uuid(id(1)),
        case_number: CaseNumber::parse("1000001-14")?,
        creditor: CreditorParty {
            creditor_id: CreditorId::from_uuid(id(2)),
            name: "Bakkerij De Korenaar".to_owned(),
            company_number: Some(company_number.to_owned()),
            country,
            address: lines(["Molenstraat 7", town]),
            email: Some("boekhouding@korenaar.example".to_owned()),
            telephone: Some(if belgian { "03 234 56 78" } else { "030 234 56 78" }.to_owned()),
            pay_to_account: account.to_owned(),
            pay_to_name: "Bakkerij De Korenaar".to_owned(),
            capacity,
        },
        debtor: DebtorParty {
            person_id: PersonId::from_uuid(id(3)),
            kind: debtor,
            name: if person { "Noor Vandenberghe" } else { "Feestzaal Ter Linden" }.to_owned(),
            country,
            language,
            email: Some("noor@vandenberghe.example".to_owned()),
            address: lines([
                if belgian { "Lindelaan 12 bus 3" } else { "Lindelaan 12" },
                if belgian { "9000 Gent" } else { "3581 KW Utrecht" },
            ]),
        },
        claims: vec![ClaimParticulars {
            claim_id: ClaimId::from_uuid(id(4)),
            invoice_number: "2026-0187".to_owned(),
            description: Some(described(language).to_owned()),
            issued_on,
            due_on,
            amount: euros(AMOUNT),
            reference: StructuredReference::parse(reference)?,
        }],
    })
}

const fn described(language: Language) -> &'static str {
    match language {
        Language::Nl => "Brood en gebak voor het feest van 24 januari 2026",
        Language::Fr => "Pains et gâteaux pour la fête du 24 janvier 2026",
        Language::De => "Brot und Gebäck für die Feier am 24. Januar 2026",
        Language::En => "Bread and pastries for the party of 24 January 2026",
    }
}

/// What is owed on the only claim.
fn position(
    message: MessageKind,
    reader: Reader,
    claim: Option<&ClaimParticulars>,
) -> Result<Position, CaseFault> {
    let mut owed = Owed::default();
    let mut announced = None;
    if let Some(claim) = claim {
        owed.raise(claim.issued_on, PositionLineKind::Principal, AMOUNT);
        if message != MessageKind::PreDueNotice {
            owed.pay(PAID_ON, PAID);
        }
        let open = owed.open;
        if message == MessageKind::PaymentThanks {
            owed.pay(PAID_IN_FULL_ON, open);
        } else if let Some(added) = Added::to(reader, claim.due_on, open)? {
            // A business owes it by the demand itself.
            if asks_charges(message) && reader.debtor == DebtorKind::Consumer {
                owed.charge(&added);
            } else {
                announced = Some(added.announced());
            }
        }
    }
    let claims = claim.map(|claim| owed.of(claim.claim_id));
    Ok(Position {
        case_id: CaseId::from_uuid(id(1)),
        on: TODAY,
        open: euros(owed.open),
        claims: claims.into_iter().collect(),
        payments_known_until: TODAY.yesterday().ok(),
        announced,
    })
}

/// A claim's account, in cents.
#[derive(Default)]
struct Owed {
    open: i64,
    costs: i64,
    interest: i64,
    lines: Vec<PositionLine>,
}

impl Owed {
    fn raise(&mut self, on: Date, kind: PositionLineKind, cents: i64) {
        self.open = self.open.saturating_add(cents);
        let (because, rule_ids, rule_pack) = (Vec::new(), Vec::new(), String::new());
        let amount = euros(cents);
        self.lines.push(PositionLine { on, kind, amount, because, rule_ids, rule_pack });
    }

    /// Of the principal.
    fn pay(&mut self, on: Date, cents: i64) {
        let paid = cents.saturating_neg();
        let payment_id = PaymentId::from_uuid(id(if on == PAID_ON { 10 } else { 11 }));
        let (costs, interest, principal) = (euros(0), euros(0), euros(paid));
        self.raise(on, PositionLineKind::Payment { payment_id, costs, interest, principal }, paid);
    }

    fn charge(&mut self, added: &Added) {
        (self.costs, self.interest) = (added.costs, added.interest);
        for (kind, cents) in
            [(PositionLineKind::Costs, added.costs), (PositionLineKind::Interest, added.interest)]
        {
            if cents > 0 {
                self.raise(added.from, kind, cents);
            }
        }
    }

    fn of(&self, claim_id: ClaimId) -> ClaimPosition {
        let charged = self.costs.saturating_add(self.interest);
        ClaimPosition {
            claim_id,
            open: euros(self.open),
            costs_open: euros(self.costs),
            interest_open: euros(self.interest),
            principal_open: euros(self.open.saturating_sub(charged)),
            lines: self.lines.clone(),
        }
    }
}

/// What the law adds to a claim that stays unpaid, in cents.
struct Added {
    from: Date,
    costs: i64,
    interest: i64,
    /// Yearly, in basis points; none where no interest is asked.
    rate: Option<u32>,
    because: Vec<String>,
    rule_ids: Vec<String>,
    rule_pack: String,
}

impl Added {
    fn to(reader: Reader, due_on: Date, open: i64) -> Result<Option<Self>, CaseFault> {
        let Some(pack) = Pack::of(reader.country) else { return Ok(None) };
        let terms = ChargeTerms {
            creditor_deducts_vat: true,
            in_business: BusinessCosts::Scale,
            interest: true,
            penalty_clause: Some(PenaltyClause { lump_sum: true, yearly_interest_bp: Some(800) }),
        };
        // Every letter that the law may want first; before the claim is due they are yet to come.
        let sent_on = WARNED_ON.max(due_on);
        let messages =
            [MessageKind::FreeFirstReminder, MessageKind::FourteenDayLetter, MessageKind::Demand];
        let notices = messages.map(|message| Notice { message, channel: Channel::Email, sent_on });
        let answer = law::surcharge(pack, reader.debtor, &terms, due_on, &notices);
        let Some(Surcharge { from, interest, costs }) = answer.value else { return Ok(None) };
        let fee = law::collection_costs(pack, reader.debtor, &terms, &[euros(open)])?.value;
        let fee = fee.filter(|_| costs).map_or(0, |costs| costs.fee.amount_minor());
        let principal = [(due_on, euros(open))];
        let interest =
            interest.and_then(|terms| law::interest(pack, terms, &principal, TODAY).ok());
        let interest = interest.map(|answer| answer.value);
        let rate = interest.as_ref().and_then(|it| it.segments.last()).map(|it| it.rate_bp);
        Ok(Some(Self {
            from,
            costs: fee,
            interest: interest.map_or(0, |interest| interest.total.amount_minor()),
            rate,
            because: answer.because,
            rule_ids: answer.rules.iter().map(ToString::to_string).collect(),
            rule_pack: answer.pack.to_string(),
        }))
    }

    fn announced(self) -> AnnouncedCharges {
        AnnouncedCharges {
            costs: euros(self.costs),
            vat: euros(0),
            interest: self.rate.is_some(),
            interest_basis_points: self.rate,
            because: self.because,
            rule_ids: self.rule_ids,
            rule_pack: self.rule_pack,
        }
    }
}
