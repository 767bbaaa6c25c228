//! What a debtor may be told will happen at this moment, and what a text must not hold.
//!
//! A consequence is named where the law lets it follow and it will follow, and nowhere else: no
//! measure is a threat. The letter service compares its finished text with these lists.

use primitives::{DebtorKind, MessageKind};

use crate::answer::{Answer, RuleId, Trail};
use crate::elements::{Charges, Document};
use crate::extras::{Extra, may_charge};
use crate::pack::{Jurisdiction, Pack};

/// What could follow when a debt stays unpaid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Consequence {
    /// Collection costs, or the lump sum of a clause.
    CollectionCosts,
    /// Interest.
    Interest,
    /// "Other measures", without saying which.
    OtherMeasures,
    /// A bailiff or lawyer takes over, and a court may be asked.
    Court,
    /// Wages, accounts or goods are seized.
    Seizure,
    /// Bankruptcy is asked for.
    Bankruptcy,
    /// The debt is entered in a register of debts.
    CreditRegister,
    /// The debt is made public.
    Publication,
    /// Family, employer or neighbours hear of it.
    OthersHear,
}

impl Consequence {
    /// Every one.
    pub const ALL: &[Self] = &[
        Self::CollectionCosts,
        Self::Interest,
        Self::OtherMeasures,
        Self::Court,
        Self::Seizure,
        Self::Bankruptcy,
        Self::CreditRegister,
        Self::Publication,
        Self::OthersHear,
    ];
}

/// The moment at which something is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Saying {
    /// What is said, and by which means.
    pub document: Document,
    /// To whom.
    pub debtor: DebtorKind,
    /// What is asked now or will be when a term has passed; of a Belgian consumer what the clause
    /// holds.
    pub charges: Charges,
    /// Whether these charges are owed already: every term that protects the debtor has run out.
    pub owed_already: bool,
    /// Whether the creditor agreed to go to court, and it is what comes next.
    pub court_is_next: bool,
    /// Whether a court has decided.
    pub has_judgment: bool,
}

/// Whether a consequence may be named at this moment.
///
/// - Costs and interest: where they are asked, or are announced as the law wants it: to a Dutch
///   consumer from the 14-day letter on, to a Belgian one from the first reminder on, to a business
///   from a reminder on; by a caller when they are owed already.
/// - "Other measures": in the formal notice, where the law wants it, and when charges are owed.
/// - Court: when it is what comes next and every term has run out. Seizure: after a judgment only.
/// - What an agency never does is never named.
pub fn may_name(pack: Pack, saying: Saying, consequence: Consequence) -> Answer<bool> {
    let mut trail = pack.trail();
    let named = match consequence {
        Consequence::CollectionCosts => {
            saying.charges.costs && trail.take(charges_are_told(pack, saying))
        }
        Consequence::Interest => {
            saying.charges.interest && trail.take(charges_are_told(pack, saying))
        }
        Consequence::OtherMeasures => {
            let wanted = saying.document == Document::Message(MessageKind::FormalNotice);
            trail.ask(pressure_rule(pack, saying.debtor));
            wanted || saying.owed_already && asks_more(saying.document)
        }
        Consequence::Court => {
            trail.ask(pressure_rule(pack, saying.debtor));
            saying.court_is_next && saying.owed_already && asks_more(saying.document)
        }
        Consequence::Seizure => {
            trail.ask(pressure_rule(pack, saying.debtor));
            saying.has_judgment && asks_more(saying.document)
        }
        Consequence::Bankruptcy
        | Consequence::CreditRegister
        | Consequence::Publication
        | Consequence::OthersHear => {
            trail.ask(RuleId::HouseNoThreats);
            false
        }
    };
    if !named {
        if trail.is_silent() {
            trail.ask(pressure_rule(pack, saying.debtor));
        }
        trail.say("What cannot follow now is not named.");
    }
    trail.answer(named)
}

/// All that may be named at this moment, in the order of [`Consequence::ALL`].
pub fn nameable(pack: Pack, saying: Saying) -> Answer<Vec<Consequence>> {
    let mut trail = pack.trail();
    let all = Consequence::ALL.iter().copied();
    let named = all.filter(|it| trail.take(may_name(pack, saying, *it))).collect();
    trail.answer(named)
}

/// Whether this document is one that tells of costs and interest.
fn charges_are_told(pack: Pack, saying: Saying) -> Answer<bool> {
    let mut trail = pack.trail();
    let consumer = saying.debtor == DebtorKind::Consumer;
    trail.ask(match (pack.jurisdiction, consumer) {
        (Jurisdiction::Nl, true) => RuleId::NlFourteenDayLetter,
        (Jurisdiction::Be, true) => RuleId::BeConsequences,
        (Jurisdiction::Nl, false) => RuleId::NlBusinessCosts,
        (Jurisdiction::Be, false) => RuleId::BeBusinessCosts,
    });
    let told = match saying.document {
        Document::Message(MessageKind::FormalNotice | MessageKind::Demand)
        | Document::VisitPaper
        | Document::CallScript => saying.owed_already,
        Document::Message(MessageKind::FourteenDayLetter) => pack.is_dutch() && consumer,
        Document::Message(MessageKind::FreeFirstReminder) => !(pack.is_dutch() && consumer),
        Document::Message(
            MessageKind::PreDueNotice
            | MessageKind::PromiseConfirmation
            | MessageKind::PaymentThanks,
        ) => false,
    };
    trail.answer(told)
}

/// Whether the document asks for more than the principal, and so may say what comes next.
const fn asks_more(document: Document) -> bool {
    match document {
        Document::Message(message) => {
            matches!(message, MessageKind::FormalNotice | MessageKind::Demand)
        }
        Document::VisitPaper | Document::CallScript => true,
    }
}

const fn pressure_rule(pack: Pack, debtor: DebtorKind) -> RuleId {
    match (pack.jurisdiction, debtor) {
        (Jurisdiction::Nl, DebtorKind::Consumer | DebtorKind::NaturalPersonInBusiness) => {
            RuleId::NlNoImproperPressure
        }
        (Jurisdiction::Be, DebtorKind::Consumer) => RuleId::BeConsequences,
        (Jurisdiction::Nl, DebtorKind::LegalPerson)
        | (Jurisdiction::Be, DebtorKind::NaturalPersonInBusiness | DebtorKind::LegalPerson) => {
            RuleId::HouseNoThreats
        }
    }
}

/// What a text must not hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Prohibited {
    /// The number of the debtor in a national register.
    NationalNumber,
    /// Anything about a debt where others can read it: on the envelope, in the subject of a mail.
    DebtOnTheOutside,
    /// The look of a document of a court, a bailiff or a lawyer.
    OfficialLook,
    /// A fee beside principal, interest and costs; of a letter anything beside its
    /// [`reminder_fee`](crate::reminder_fee).
    ExtraFee(Extra),
    /// A day or a number of days that ends before the law's term; "from the date of this letter".
    ShorterTerm,
    /// Costs or interest within what is to be paid now.
    ChargesInBalance,
    /// A consequence.
    Naming(Consequence),
}

/// What a text must not hold at this moment, each once and in order.
pub fn forbidden_content(pack: Pack, saying: Saying) -> Answer<Vec<Prohibited>> {
    let mut trail = pack.trail();
    trail.ask(RuleId::HouseNoNationalNumber);
    trail.ask(RuleId::HouseClosedEnvelope);
    trail.ask(RuleId::HouseNoThreats);
    let mut forbidden =
        vec![Prohibited::NationalNumber, Prohibited::DebtOnTheOutside, Prohibited::OfficialLook];
    for extra in Extra::ALL {
        if !trail.take(may_charge(pack, saying.debtor, *extra, false)) {
            forbidden.push(Prohibited::ExtraFee(*extra));
        }
    }
    if let Some(rule) = term_rule(pack, saying) {
        trail.ask(rule);
        forbidden.push(Prohibited::ShorterTerm);
    }
    if !charges_may_be_asked(pack, saying, &mut trail) {
        forbidden.push(Prohibited::ChargesInBalance);
    }
    let nameable = trail.take(nameable(pack, saying));
    let not_named = Consequence::ALL.iter().filter(|it| !nameable.contains(it));
    forbidden.extend(not_named.copied().map(Prohibited::Naming));
    trail.answer(forbidden)
}

/// The rule of the term that the document starts, where it starts one.
fn term_rule(pack: Pack, saying: Saying) -> Option<RuleId> {
    let consumer = saying.debtor == DebtorKind::Consumer;
    match (pack.jurisdiction, saying.document) {
        (Jurisdiction::Nl, Document::Message(MessageKind::FourteenDayLetter)) if consumer => {
            Some(RuleId::NlFourteenDayLetter)
        }
        (Jurisdiction::Be, Document::Message(MessageKind::FreeFirstReminder)) if consumer => {
            Some(RuleId::BeReminderClock)
        }
        (Jurisdiction::Be, Document::Message(MessageKind::FormalNotice)) => {
            Some(RuleId::BeFormalNoticeClock)
        }
        _ => None,
    }
}

/// Whether costs and interest may stand in what is to be paid now: once they are owed, in what asks
/// for more than the principal.
fn charges_may_be_asked(pack: Pack, saying: Saying, trail: &mut Trail) -> bool {
    if saying.owed_already && asks_more(saying.document) {
        return true;
    }
    trail.ask(match (pack.jurisdiction, saying.debtor) {
        (Jurisdiction::Nl, DebtorKind::Consumer) => RuleId::NlNoCostsYet,
        (Jurisdiction::Be, DebtorKind::Consumer) => RuleId::BeFirstReminder,
        (_, DebtorKind::NaturalPersonInBusiness | DebtorKind::LegalPerson) => {
            RuleId::HouseFreeMessage
        }
    });
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOTH: Charges = Charges { costs: true, interest: true };

    fn saying(document: Document, debtor: DebtorKind) -> Saying {
        Saying {
            document,
            debtor,
            charges: BOTH,
            owed_already: false,
            court_is_next: false,
            has_judgment: false,
        }
    }

    fn message(message: MessageKind) -> Document {
        Document::Message(message)
    }

    fn named(pack: Pack, saying: Saying) -> Vec<Consequence> {
        nameable(pack, saying).value
    }

    const MONEY: [Consequence; 2] = [Consequence::CollectionCosts, Consequence::Interest];

    #[test]
    fn charges_are_announced_where_the_law_wants_it_and_told_when_owed() {
        let (consumer, business) = (DebtorKind::Consumer, DebtorKind::NaturalPersonInBusiness);
        for document in Document::all() {
            for (pack, debtor) in [
                (Pack::NL, consumer),
                (Pack::NL, business),
                (Pack::BE, consumer),
                (Pack::BE, business),
            ] {
                let announced = match document {
                    Document::Message(MessageKind::FourteenDayLetter) => {
                        pack == Pack::NL && debtor == consumer
                    }
                    Document::Message(MessageKind::FreeFirstReminder) => {
                        !(pack == Pack::NL && debtor == consumer)
                    }
                    Document::Message(_) | Document::VisitPaper | Document::CallScript => false,
                };
                let later = saying(document, debtor);
                let told = named(pack, later);
                assert_eq!(told.starts_with(&MONEY), announced, "{document:?} {debtor}");
                let owed = Saying { owed_already: true, ..later };
                let told = named(pack, owed);
                let asks = asks_more(document);
                assert_eq!(told.starts_with(&MONEY), announced || asks, "{document:?} {debtor}");
                assert_eq!(told.contains(&Consequence::OtherMeasures), asks);
                let nothing = Saying { charges: Charges::default(), ..owed };
                let told = named(pack, nothing);
                assert!(!told.iter().any(|it| MONEY.contains(it)), "{document:?} {debtor}");
            }
        }
        let costs_only = Saying {
            charges: Charges { costs: true, interest: false },
            ..saying(message(MessageKind::FourteenDayLetter), consumer)
        };
        assert_eq!(named(Pack::NL, costs_only), [Consequence::CollectionCosts]);
        let interest_only =
            Saying { charges: Charges { costs: false, interest: true }, ..costs_only };
        assert_eq!(named(Pack::NL, interest_only), [Consequence::Interest]);
    }

    #[test]
    fn court_is_named_when_it_is_next_and_seizure_after_a_judgment() {
        for pack in [Pack::NL, Pack::BE] {
            for debtor in DebtorKind::ALL {
                for document in Document::all() {
                    let asks = asks_more(document);
                    let owed = Saying { owed_already: true, ..saying(document, *debtor) };
                    let court = |saying: Saying| named(pack, saying).contains(&Consequence::Court);
                    assert!(!court(owed));
                    assert_eq!(court(Saying { court_is_next: true, ..owed }), asks);
                    let early = Saying { owed_already: false, court_is_next: true, ..owed };
                    assert!(!court(early));
                    let seizure =
                        |saying: Saying| named(pack, saying).contains(&Consequence::Seizure);
                    assert!(!seizure(Saying { court_is_next: true, ..owed }));
                    assert_eq!(seizure(Saying { has_judgment: true, ..owed }), asks);
                }
            }
        }
    }

    #[test]
    fn what_an_agency_never_does_is_never_named() {
        let most = Saying {
            owed_already: true,
            court_is_next: true,
            has_judgment: true,
            ..saying(message(MessageKind::Demand), DebtorKind::LegalPerson)
        };
        let never = [
            Consequence::Bankruptcy,
            Consequence::CreditRegister,
            Consequence::Publication,
            Consequence::OthersHear,
        ];
        for pack in [Pack::NL, Pack::BE] {
            let named = named(pack, most);
            assert!(!named.iter().any(|it| never.contains(it)));
            assert_eq!(named.len() + never.len(), Consequence::ALL.len());
            for consequence in never {
                let answer = may_name(pack, most, consequence);
                assert_eq!(answer.rules, [RuleId::HouseNoThreats]);
                assert_eq!(answer.because, ["What cannot follow now is not named."]);
            }
        }
    }

    #[test]
    fn the_rule_that_protects_the_debtor_is_named() {
        let rule = |pack, debtor, consequence| {
            let demand = saying(message(MessageKind::Demand), debtor);
            *may_name(pack, demand, consequence).rules.first().unwrap()
        };
        let (nl, be) = (Pack::NL, Pack::BE);
        let (consumer, person, company) =
            (DebtorKind::Consumer, DebtorKind::NaturalPersonInBusiness, DebtorKind::LegalPerson);
        for (pack, debtor, charge, pressure) in [
            (nl, consumer, RuleId::NlFourteenDayLetter, RuleId::NlNoImproperPressure),
            (nl, person, RuleId::NlBusinessCosts, RuleId::NlNoImproperPressure),
            (nl, company, RuleId::NlBusinessCosts, RuleId::HouseNoThreats),
            (be, consumer, RuleId::BeConsequences, RuleId::BeConsequences),
            (be, person, RuleId::BeBusinessCosts, RuleId::HouseNoThreats),
            (be, company, RuleId::BeBusinessCosts, RuleId::HouseNoThreats),
        ] {
            assert_eq!(rule(pack, debtor, Consequence::CollectionCosts), charge);
            let demand = saying(message(MessageKind::Demand), debtor);
            assert_eq!(may_name(pack, demand, Consequence::Interest).rules, [charge]);
            for consequence in
                [Consequence::Court, Consequence::Seizure, Consequence::OtherMeasures]
            {
                assert_eq!(rule(pack, debtor, consequence), pressure, "{consequence:?}");
            }
        }
        let nothing = Saying {
            charges: Charges::default(),
            ..saying(message(MessageKind::Demand), consumer)
        };
        let answer = may_name(nl, nothing, Consequence::Interest);
        assert_eq!(answer.rules, [RuleId::NlNoImproperPressure]);
    }

    fn forbidden(pack: Pack, saying: Saying) -> Vec<Prohibited> {
        forbidden_content(pack, saying).value
    }

    #[test]
    fn no_text_holds_what_may_never_be_in_one() {
        for pack in [Pack::NL, Pack::BE] {
            for debtor in DebtorKind::ALL {
                for document in Document::all() {
                    let saying = saying(document, *debtor);
                    let all = forbidden(pack, saying);
                    assert!(all.is_sorted_by(|left, right| left < right), "{all:?}");
                    for never in [
                        Prohibited::NationalNumber,
                        Prohibited::DebtOnTheOutside,
                        Prohibited::OfficialLook,
                        Prohibited::Naming(Consequence::OthersHear),
                    ] {
                        assert!(all.contains(&never), "{document:?} {never:?}");
                    }
                    let fees = all.iter().filter(|it| matches!(it, Prohibited::ExtraFee(_)));
                    assert_eq!(fees.count(), Extra::ALL.len());
                    // What may be named is not forbidden, and the other way round.
                    let named = named(pack, saying);
                    for consequence in Consequence::ALL {
                        let forbids = all.contains(&Prohibited::Naming(*consequence));
                        assert_ne!(forbids, named.contains(consequence));
                    }
                }
            }
        }
    }

    #[test]
    fn a_term_of_the_law_is_never_cut_short_and_nothing_is_asked_before_it_ran_out() {
        let (consumer, business) = (DebtorKind::Consumer, DebtorKind::LegalPerson);
        let shorter = |pack, document, debtor| {
            forbidden(pack, saying(document, debtor)).contains(&Prohibited::ShorterTerm)
        };
        let letter = message(MessageKind::FourteenDayLetter);
        let reminder = message(MessageKind::FreeFirstReminder);
        assert!(shorter(Pack::NL, letter, consumer));
        assert!(!shorter(Pack::NL, letter, business));
        assert!(shorter(Pack::BE, reminder, consumer));
        assert!(!shorter(Pack::BE, reminder, business));
        assert!(!shorter(Pack::NL, reminder, consumer));
        assert!(shorter(Pack::BE, message(MessageKind::FormalNotice), consumer));
        for pack in [Pack::NL, Pack::BE] {
            for document in Document::all() {
                let in_balance = |owed_already| {
                    let saying = Saying { owed_already, ..saying(document, consumer) };
                    !forbidden(pack, saying).contains(&Prohibited::ChargesInBalance)
                };
                assert!(!in_balance(false));
                assert_eq!(in_balance(true), asks_more(document), "{document:?}");
            }
        }
        let rules = |pack, debtor| forbidden_content(pack, saying(reminder, debtor)).rules;
        for (pack, debtor, rule) in [
            (Pack::NL, consumer, RuleId::NlNoCostsYet),
            (Pack::BE, consumer, RuleId::BeFirstReminder),
            (Pack::BE, business, RuleId::HouseFreeMessage),
        ] {
            assert!(rules(pack, debtor).contains(&rule), "{rule}");
        }
    }
}
