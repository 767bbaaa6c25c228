//! What a message must say. The letter service compares its finished text with this list.

use primitives::{Capacity, Country, DebtorKind, MessageKind};

use crate::answer::{Answer, RuleId, Trail};
use crate::deeds::may_write;
use crate::pack::Pack;

/// One thing that a text must hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Element {
    /// Name of the creditor.
    CreditorName,
    /// Address of the creditor.
    CreditorAddress,
    /// Company number of the creditor.
    CreditorCompanyNumber,
    /// Name of the debtor.
    DebtorName,
    /// Street and town of the debtor.
    DebtorAddress,
    /// Name and address of who sends the message.
    SenderIdentity,
    /// A way to reach the sender directly: telephone or e-mail.
    SenderContact,
    /// Company number of the sender.
    SenderCompanyNumber,
    /// Number of the sender in the Dutch register of collectors.
    SenderRegistrationNumber,
    /// Number of the invoice.
    InvoiceNumber,
    /// Date of the invoice.
    InvoiceDate,
    /// Day by which the invoice was, or is, to be paid.
    DueDate,
    /// What was delivered and on what ground it is to be paid; an invoice number is not enough.
    ProductDescription,
    /// What is still to be paid, and the amounts that make it up.
    BalanceDue,
    /// What will be claimed under a penalty clause if it stays unpaid; that it is nothing, else.
    PenaltyClauseAmount,
    /// The interest that is asked: the amount, its percentages, its periods and its ground.
    InterestAmount,
    /// The exact amount of the collection costs that are due, or will be when the term has passed;
    /// with VAT where it comes on top, and then why.
    CollectionCosts,
    /// The time within which to pay before anything is added. In the Dutch 14-day letter the words
    /// "within 14 days from the day after this letter was delivered", never a shorter day.
    PaymentTerm,
    /// What the debtor promised to pay.
    PromisedAmount,
    /// The day by which the debtor promised to pay it.
    PromisedDay,
    /// The account and the reference to pay with.
    PaymentInstructions,
    /// How to say that one does not agree.
    HowToDispute,
    /// How to complain about the sender; a link is enough.
    ComplaintScheme,
}

/// What a demand asks for beside the principal; a message of another kind asks for none of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Charges {
    /// Collection costs are due.
    pub costs: bool,
    /// Interest is due.
    pub interest: bool,
}

/// What the text of a message must hold, each element once. None where the message may not be
/// written at all: no pack, a Belgian consumer who must get a formal notice first, or a 14-day
/// letter to somebody who is no Dutch consumer.
pub fn required_elements(
    country: Country,
    debtor: DebtorKind,
    capacity: Capacity,
    message: MessageKind,
    charges: Charges,
) -> Answer<Option<Vec<Element>>> {
    let Some(pack) = Pack::of(country) else {
        return Trail::not_covered(country).answer(None);
    };
    let mut trail = pack.trail();
    if !trail.take(may_write(pack, debtor, message)) {
        return trail.answer(None);
    }
    let house = [EVERY_MESSAGE, content(message), charged(message, charges)];
    let house = house.map(|elements| (true, RuleId::HouseMessageContent, elements));
    let law = legal_content(pack, debtor, capacity, message);
    let mut elements = Vec::new();
    for (applies, rule, required) in house.into_iter().chain(law) {
        if applies {
            trail.ask(rule);
            elements.extend_from_slice(required);
        }
    }
    elements.sort_unstable();
    elements.dedup();
    trail.answer(Some(elements))
}

/// What the law requires of a message: whether it applies, the rule, and what it requires.
fn legal_content(
    pack: Pack,
    debtor: DebtorKind,
    capacity: Capacity,
    message: MessageKind,
) -> [(bool, RuleId, &'static [Element]); 5] {
    // The Dutch rules protect every natural person, and bind who acts for another.
    let dutch_collector =
        pack.is_dutch() && debtor != DebtorKind::LegalPerson && capacity != Capacity::Creditor;
    let belgian_consumer = !pack.is_dutch() && debtor == DebtorKind::Consumer;
    let reminder = message == MessageKind::FreeFirstReminder;
    let letter = message == MessageKind::FourteenDayLetter;
    let promise = message == MessageKind::PromiseConfirmation;
    let asks = reminder || letter || message == MessageKind::Demand;
    [
        (dutch_collector, RuleId::NlCollectorIdentity, NL_COLLECTOR),
        (dutch_collector && asks, RuleId::NlClaimDescription, NL_CLAIM_DESCRIPTION),
        (letter, RuleId::NlFourteenDayLetter, NL_FOURTEEN_DAY_LETTER),
        (belgian_consumer && reminder, RuleId::BeFirstReminder, BE_FIRST_REMINDER),
        (belgian_consumer && promise, RuleId::BePromiseInWriting, BE_PROMISE),
    ]
}

/// Our own rule: a message that says who writes, for whom and what about.
const EVERY_MESSAGE: &[Element] = &[
    Element::CreditorName,
    Element::SenderIdentity,
    Element::SenderContact,
    Element::InvoiceNumber,
];

/// Our own rule: a message that one can act upon.
const fn content(message: MessageKind) -> &'static [Element] {
    match message {
        MessageKind::PreDueNotice => {
            &[Element::DueDate, Element::BalanceDue, Element::PaymentInstructions]
        }
        // Who is reminded learns how to disagree. (The law asks for it on request only: WER
        // art. XIX.3; and as a right to be told of: Bki art. 4.1.)
        MessageKind::FreeFirstReminder | MessageKind::FourteenDayLetter => &[
            Element::DueDate,
            Element::BalanceDue,
            Element::PaymentInstructions,
            Element::HowToDispute,
        ],
        MessageKind::Demand => &[
            Element::DueDate,
            Element::BalanceDue,
            Element::PaymentTerm,
            Element::PaymentInstructions,
            Element::HowToDispute,
        ],
        MessageKind::PromiseConfirmation => {
            &[Element::PromisedAmount, Element::PromisedDay, Element::PaymentInstructions]
        }
        MessageKind::PaymentThanks => &[Element::DebtorName],
    }
}

/// What a demand asks for is told by amount.
const fn charged(message: MessageKind, charges: Charges) -> &'static [Element] {
    match message {
        MessageKind::Demand => match charges {
            Charges { costs: true, interest: true } => {
                &[Element::InterestAmount, Element::CollectionCosts]
            }
            Charges { costs: true, interest: false } => &[Element::CollectionCosts],
            Charges { costs: false, interest: true } => &[Element::InterestAmount],
            Charges { costs: false, interest: false } => &[],
        },
        MessageKind::PreDueNotice
        | MessageKind::FreeFirstReminder
        | MessageKind::FourteenDayLetter
        | MessageKind::PromiseConfirmation
        | MessageKind::PaymentThanks => &[],
    }
}

/// Wki art. 11: name, register number, true contact details. Bki art. 4.1 and the quality rules:
/// the way to complain.
const NL_COLLECTOR: &[Element] = &[
    Element::SenderIdentity,
    Element::SenderContact,
    Element::SenderRegistrationNumber,
    Element::ComplaintScheme,
];

/// Bki art. 3.1: the written description of the claim, due "as soon as possible", so in every
/// message that may be the first to ask for money. Interest, costs and VAT on them are asked for
/// where there are any.
const NL_CLAIM_DESCRIPTION: &[Element] = &[
    Element::DebtorName,
    Element::DebtorAddress,
    Element::SenderIdentity,
    Element::SenderCompanyNumber,
    Element::CreditorName,
    Element::CreditorAddress,
    Element::ProductDescription,
    Element::PaymentTerm,
    Element::InvoiceDate,
    Element::InvoiceNumber,
    Element::BalanceDue,
];

/// BW art. 6:96 lid 6: the term, and the amount that follows when it has passed.
const NL_FOURTEEN_DAY_LETTER: &[Element] = &[Element::PaymentTerm, Element::CollectionCosts];

/// WER art. XIX.11: what was agreed.
const BE_PROMISE: &[Element] = &[Element::PromisedAmount, Element::PromisedDay];

/// WER art. XIX.2: (1) balance and penalty clause, (2) creditor, (3) product and due date, (4) the
/// time to pay in.
const BE_FIRST_REMINDER: &[Element] = &[
    Element::BalanceDue,
    Element::PenaltyClauseAmount,
    Element::CreditorName,
    Element::CreditorCompanyNumber,
    Element::ProductDescription,
    Element::DueDate,
    Element::PaymentTerm,
];

#[cfg(test)]
mod tests {
    use super::*;

    const NOTHING: Charges = Charges { costs: false, interest: false };

    fn required(
        country: Country,
        debtor: DebtorKind,
        capacity: Capacity,
        message: MessageKind,
    ) -> Vec<Element> {
        required_elements(country, debtor, capacity, message, NOTHING).value.unwrap()
    }

    /// Every case in which a message may be written.
    fn every_message() -> Vec<(Country, DebtorKind, Capacity, MessageKind)> {
        let mut cases = Vec::new();
        for country in [Country::NL, Country::BE] {
            for debtor in DebtorKind::ALL {
                for capacity in Capacity::ALL {
                    for message in MessageKind::ALL {
                        let case = (country, *debtor, *capacity, *message);
                        let (country, debtor, capacity, message) = case;
                        let answer = required_elements(country, debtor, capacity, message, NOTHING);
                        cases.extend(answer.value.map(|_| case));
                    }
                }
            }
        }
        cases
    }

    /// WER art. XIX.2, the four points.
    #[test]
    fn a_belgian_consumer_reads_the_four_points_of_the_law() {
        let elements = required(
            Country::BE,
            DebtorKind::Consumer,
            Capacity::AgencyForCreditor,
            MessageKind::FreeFirstReminder,
        );
        for element in BE_FIRST_REMINDER {
            assert!(elements.contains(element), "{element:?}");
        }
        assert!(elements.contains(&Element::PenaltyClauseAmount));
        assert!(!elements.contains(&Element::SenderRegistrationNumber));
    }

    /// Wki art. 11 and Bki art. 3.1 protect every natural person, and bind collectors only.
    #[test]
    fn dutch_natural_persons_read_the_register_number_unless_the_creditor_writes_itself() {
        for (country, debtor, capacity, message) in every_message() {
            let elements = required(country, debtor, capacity, message);
            let expected = country == Country::NL
                && debtor != DebtorKind::LegalPerson
                && capacity != Capacity::Creditor;
            let number = Element::SenderRegistrationNumber;
            assert_eq!(elements.contains(&number), expected, "{debtor} {capacity} {message}");
            let asks = [
                MessageKind::FreeFirstReminder,
                MessageKind::FourteenDayLetter,
                MessageKind::Demand,
            ];
            let described = elements.contains(&Element::DebtorAddress);
            let asked = asks.contains(&message);
            assert_eq!(described, expected && asked, "{debtor} {capacity} {message}");
        }
    }

    #[test]
    fn every_message_tells_who_writes_and_what_about_and_asks_what_one_can_do() {
        for (country, debtor, capacity, message) in every_message() {
            let elements = required(country, debtor, capacity, message);
            assert!(EVERY_MESSAGE.iter().all(|element| elements.contains(element)));
            assert!(elements.is_sorted_by(|left, right| left < right), "each one once");
            let thanks = message == MessageKind::PaymentThanks;
            assert_eq!(elements.contains(&Element::PaymentInstructions), !thanks, "{message}");
            let promise = message == MessageKind::PromiseConfirmation;
            assert_eq!(elements.contains(&Element::BalanceDue), !thanks && !promise, "{message}");
        }
    }

    /// BW art. 6:96 lid 6.
    #[test]
    fn the_14_day_letter_names_its_term_and_the_costs() {
        for capacity in Capacity::ALL {
            let (debtor, message) = (DebtorKind::Consumer, MessageKind::FourteenDayLetter);
            let elements = required(Country::NL, debtor, *capacity, message);
            for element in NL_FOURTEEN_DAY_LETTER {
                assert!(elements.contains(element), "{element:?} {capacity}");
            }
        }
    }

    #[test]
    fn a_demand_names_what_it_asks_and_nothing_else() {
        for (costs, interest) in [(false, false), (false, true), (true, false), (true, true)] {
            let charges = Charges { costs, interest };
            for (message, asks) in [(MessageKind::Demand, true), (MessageKind::PreDueNotice, false)]
            {
                let (debtor, capacity) = (DebtorKind::LegalPerson, Capacity::Collector);
                let answer = required_elements(Country::BE, debtor, capacity, message, charges);
                let elements = answer.value.unwrap();
                assert_eq!(elements.contains(&Element::CollectionCosts), asks && costs);
                assert_eq!(elements.contains(&Element::InterestAmount), asks && interest);
                assert_eq!(elements.contains(&Element::PaymentTerm), asks);
            }
        }
    }

    /// WER art. XIX.11.
    #[test]
    fn a_promise_is_confirmed_with_its_amount_and_day() {
        let (debtor, message) = (DebtorKind::Consumer, MessageKind::PromiseConfirmation);
        let answer = required_elements(Country::BE, debtor, Capacity::Collector, message, NOTHING);
        assert_eq!(
            answer.value.unwrap(),
            [
                Element::CreditorName,
                Element::SenderIdentity,
                Element::SenderContact,
                Element::InvoiceNumber,
                Element::PromisedAmount,
                Element::PromisedDay,
                Element::PaymentInstructions,
            ]
        );
        assert_eq!(answer.rules, [RuleId::HouseMessageContent, RuleId::BePromiseInWriting]);
    }

    #[test]
    fn what_may_not_be_written_has_no_list() {
        let refused = |country, debtor, capacity, message| {
            let answer = required_elements(country, debtor, capacity, message, NOTHING);
            assert_eq!(answer.value, None);
            answer.rules
        };
        let (consumer, collector) = (DebtorKind::Consumer, Capacity::Collector);
        let letter = MessageKind::FourteenDayLetter;
        let business = DebtorKind::NaturalPersonInBusiness;
        let rules = refused(Country::NL, business, collector, letter);
        assert_eq!(rules, [RuleId::NlFourteenDayLetter]);
        assert_eq!(refused(Country::BE, consumer, collector, letter), [RuleId::NotCovered]);
        let (capacity, message) = (Capacity::Creditor, MessageKind::PreDueNotice);
        let abroad = required_elements(Country::FR, consumer, capacity, message, NOTHING);
        assert_eq!(abroad.value, None);
        assert_eq!(abroad.rules, [RuleId::NotCovered]);
        assert_eq!(abroad.pack.as_str(), "none");
    }
}
