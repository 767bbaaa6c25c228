//! What a message, a caller and a visitor must say. The letter service compares its finished text
//! with this list.

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
    /// Address and telephone number of the creditor, and e-mail where there is one.
    CreditorContact,
    /// In which capacity the creditor asks: as the one whose claim it was from the beginning.
    CreditorCapacity,
    /// How to reach the service of the FPS Economy that supervises collectors.
    SupervisoryAuthority,
    /// That all documents about the debt can be asked for.
    RightToDocuments,
    /// That payment facilities can be asked for by who cannot pay at once.
    RightToPaymentPlan,
    /// That, where nothing is heard within the term, other measures may follow.
    OtherMeasures,
    /// In a box and in bold: that the visit is amicable, and may be refused or ended.
    AmicableVisit,
    /// That payments at the door are receipted.
    PaymentReceipt,
}

/// What is said to the debtor, and by which means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Document {
    /// A message, on paper or electronic.
    Message(MessageKind),
    /// What a visitor says and hands over.
    VisitPaper,
    /// What a caller says before anything else.
    CallScript,
}

impl Document {
    /// Every one.
    pub fn all() -> impl Iterator<Item = Self> {
        let messages = MessageKind::ALL.iter().copied().map(Self::Message);
        messages.chain([Self::VisitPaper, Self::CallScript])
    }
}

/// What a demand asks for beside the principal; a message of another kind asks for none of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Charges {
    /// Collection costs are due.
    pub costs: bool,
    /// Interest is due.
    pub interest: bool,
}

/// What is said to a debtor must hold, each element once. None where there is no such document for
/// the debtor: no pack, a 14-day letter to somebody who is no Dutch consumer, a formal notice that
/// is not a collector's to a Belgian consumer, and a collector's free reminder to one.
///
/// The fixed words that WER art. XIX.7 puts into the notices of lawyers, bailiffs and court agents
/// are theirs: an agency must not look like one ([`forbidden_content`](crate::forbidden_content)).
pub fn required_elements(
    country: Country,
    debtor: DebtorKind,
    capacity: Capacity,
    document: Document,
    charges: Charges,
) -> Answer<Option<Vec<Element>>> {
    let Some(pack) = Pack::of(country) else {
        return Trail::not_covered(country).answer(None);
    };
    let mut trail = pack.trail();
    let exists = match document {
        Document::Message(message) => may_write(pack, debtor, capacity, message),
        Document::VisitPaper | Document::CallScript => pack.trail().answer(true),
    };
    if !trail.take(exists) {
        return trail.answer(None);
    }
    let house = [every(document), content(document), charged(document, charges)];
    let house = house.map(|elements| (true, RuleId::HouseMessageContent, elements));
    let law = legal_content(pack, debtor, capacity, document);
    let mut elements = Vec::new();
    for (applies, rule, required) in house.into_iter().chain(law) {
        if applies {
            trail.ask(rule);
            elements.extend_from_slice(required);
        }
    }
    elements.sort_unstable();
    elements.dedup();
    trail.say("Who approaches you says who he is, for whom, what about, and what you can do.");
    trail.answer(Some(elements))
}

/// What the law requires of a message: whether it applies, the rule, and what it requires.
fn legal_content(
    pack: Pack,
    debtor: DebtorKind,
    capacity: Capacity,
    document: Document,
) -> [(bool, RuleId, &'static [Element]); 8] {
    // The Dutch rules protect every natural person, and bind who acts for another.
    let dutch_collector =
        pack.is_dutch() && debtor != DebtorKind::LegalPerson && capacity != Capacity::Creditor;
    let belgian_consumer = !pack.is_dutch() && debtor == DebtorKind::Consumer;
    let is = |message| document == Document::Message(message);
    let reminder = is(MessageKind::FreeFirstReminder);
    let letter = is(MessageKind::FourteenDayLetter);
    let promise = is(MessageKind::PromiseConfirmation);
    let visit = document == Document::VisitPaper;
    let describes = reminder || letter || visit || is(MessageKind::Demand);
    let notice = is(MessageKind::FormalNotice) || belgian_consumer && visit;
    [
        (
            dutch_collector && document != Document::CallScript,
            RuleId::NlCollectorIdentity,
            NL_COLLECTOR,
        ),
        (dutch_collector, RuleId::NlCollectorIdentity, NL_COLLECTOR_SAYS),
        (dutch_collector && describes, RuleId::NlClaimDescription, NL_CLAIM_DESCRIPTION),
        (letter, RuleId::NlFourteenDayLetter, NL_FOURTEEN_DAY_LETTER),
        (belgian_consumer && reminder, RuleId::BeFirstReminder, BE_FIRST_REMINDER),
        (belgian_consumer && promise, RuleId::BePromiseInWriting, BE_PROMISE),
        (notice, RuleId::BeFormalNoticeContent, BE_FORMAL_NOTICE),
        (belgian_consumer && visit, RuleId::BeVisitPaper, BE_VISIT),
    ]
}

/// Our own rule: who approaches somebody says who he is, for whom and what about; a caller says so
/// to the debtor only.
const fn every(document: Document) -> &'static [Element] {
    match document {
        Document::Message(_) | Document::VisitPaper => &[
            Element::CreditorName,
            Element::SenderIdentity,
            Element::SenderContact,
            Element::InvoiceNumber,
        ],
        Document::CallScript => &[Element::CreditorName, Element::SenderIdentity],
    }
}

/// Our own rule: a message that one can act upon.
const fn content(document: Document) -> &'static [Element] {
    let message = match document {
        Document::Message(message) => message,
        Document::VisitPaper => return &[Element::PaymentInstructions],
        Document::CallScript => return &[],
    };
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
        // What else it must hold is the law's.
        MessageKind::FormalNotice => &[Element::PaymentInstructions],
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

/// What is asked for beside the principal is told by amount.
const fn charged(document: Document, charges: Charges) -> &'static [Element] {
    match document {
        Document::Message(MessageKind::FormalNotice | MessageKind::Demand)
        | Document::VisitPaper => match charges {
            Charges { costs: true, interest: true } => {
                &[Element::InterestAmount, Element::CollectionCosts]
            }
            Charges { costs: true, interest: false } => &[Element::CollectionCosts],
            Charges { costs: false, interest: true } => &[Element::InterestAmount],
            Charges { costs: false, interest: false } => &[],
        },
        Document::Message(
            MessageKind::PreDueNotice
            | MessageKind::FreeFirstReminder
            | MessageKind::FourteenDayLetter
            | MessageKind::PromiseConfirmation
            | MessageKind::PaymentThanks,
        )
        | Document::CallScript => &[],
    }
}

/// Wki art. 11: name, register number, true contact details. Bki art. 4.1 and the quality rules:
/// the way to complain.
const NL_COLLECTOR: &[Element] = &[Element::SenderContact, Element::ComplaintScheme];

/// Wki art. 11, in every contact, spoken ones included.
const NL_COLLECTOR_SAYS: &[Element] = &[Element::SenderIdentity, Element::SenderRegistrationNumber];

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

/// WER art. XIX.7 par. 2: (1) creditor, (2) collector and the service that supervises it, (3)
/// product and due date, (4) amounts, (6) documents, (7) dispute, (8) payment facilities, (9) other
/// measures after the term.
const BE_FORMAL_NOTICE: &[Element] = &[
    Element::CreditorName,
    Element::CreditorCompanyNumber,
    Element::CreditorAddress,
    Element::CreditorContact,
    Element::CreditorCapacity,
    Element::SenderIdentity,
    Element::SenderCompanyNumber,
    Element::SenderContact,
    Element::SupervisoryAuthority,
    Element::ProductDescription,
    Element::DueDate,
    Element::BalanceDue,
    Element::RightToDocuments,
    Element::HowToDispute,
    Element::RightToPaymentPlan,
    Element::PaymentTerm,
    Element::OtherMeasures,
];

/// WER art. XIX.10.
const BE_VISIT: &[Element] = &[Element::AmicableVisit, Element::PaymentReceipt];

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
        let document = Document::Message(message);
        required_elements(country, debtor, capacity, document, NOTHING).value.unwrap()
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
                        let answer = required_elements(
                            country,
                            debtor,
                            capacity,
                            Document::Message(message),
                            NOTHING,
                        );
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
            assert!(
                every(Document::Message(message)).iter().all(|element| elements.contains(element))
            );
            assert!(elements.is_sorted_by(|left, right| left < right), "each one once");
            let thanks = message == MessageKind::PaymentThanks;
            assert_eq!(elements.contains(&Element::PaymentInstructions), !thanks, "{message}");
            let promise = message == MessageKind::PromiseConfirmation;
            assert_eq!(elements.contains(&Element::BalanceDue), !thanks && !promise, "{message}");
        }
    }

    /// WER art. XIX.7 par. 2, each point.
    #[test]
    fn the_formal_notice_holds_what_the_law_lists() {
        let ask = |country, debtor, capacity| {
            let document = Document::Message(MessageKind::FormalNotice);
            required_elements(country, debtor, capacity, document, NOTHING)
        };
        let (consumer, collector) = (DebtorKind::Consumer, Capacity::Collector);
        let answer = ask(Country::BE, consumer, collector);
        let elements = answer.value.unwrap();
        for element in [
            Element::CreditorName,
            Element::CreditorCompanyNumber,
            Element::CreditorAddress,
            Element::CreditorContact,
            Element::SenderIdentity,
            Element::SenderCompanyNumber,
            Element::SenderContact,
            Element::SupervisoryAuthority,
            Element::ProductDescription,
            Element::DueDate,
            Element::BalanceDue,
            Element::RightToDocuments,
            Element::HowToDispute,
            Element::RightToPaymentPlan,
            Element::PaymentTerm,
            Element::OtherMeasures,
        ] {
            assert!(elements.contains(&element), "{element:?}");
        }
        assert!(answer.rules.contains(&RuleId::BeFormalNoticeContent));
        for (country, debtor, capacity) in [
            (Country::BE, consumer, Capacity::AgencyForCreditor),
            (Country::BE, DebtorKind::LegalPerson, collector),
            (Country::NL, consumer, collector),
        ] {
            assert_eq!(ask(country, debtor, capacity).value, None);
        }
        let charges = Charges { costs: true, interest: true };
        let document = Document::Message(MessageKind::FormalNotice);
        let answer = required_elements(Country::BE, consumer, collector, document, charges);
        let elements = answer.value.unwrap();
        assert!(elements.contains(&Element::CollectionCosts));
        assert!(elements.contains(&Element::InterestAmount));
    }

    /// WER art. XIX.10: what the formal notice says, in a box that the visit may be refused.
    #[test]
    fn a_visitor_hands_over_what_the_law_lists() {
        let paper = |country, debtor| {
            let (capacity, document) = (Capacity::Collector, Document::VisitPaper);
            required_elements(country, debtor, capacity, document, NOTHING).value.unwrap()
        };
        let belgian = paper(Country::BE, DebtorKind::Consumer);
        for element in BE_FORMAL_NOTICE.iter().chain(BE_VISIT) {
            assert!(belgian.contains(element), "{element:?}");
        }
        let dutch = paper(Country::NL, DebtorKind::Consumer);
        assert!(dutch.contains(&Element::SenderRegistrationNumber));
        assert!(dutch.contains(&Element::DebtorAddress), "the description of the claim");
        for debtor in [DebtorKind::NaturalPersonInBusiness, DebtorKind::LegalPerson] {
            let paper = paper(Country::BE, debtor);
            assert!(!paper.contains(&Element::AmicableVisit));
            assert!(paper.contains(&Element::PaymentInstructions));
        }
        assert!(!dutch.contains(&Element::AmicableVisit));
    }

    /// Wki art. 11: the number in every contact, spoken ones included.
    #[test]
    fn a_caller_says_who_calls_and_for_whom() {
        let said = |country, debtor, capacity| {
            let document = Document::CallScript;
            required_elements(country, debtor, capacity, document, NOTHING).value.unwrap()
        };
        let plain = [Element::CreditorName, Element::SenderIdentity];
        let number = Element::SenderRegistrationNumber;
        let with_number = [plain[0], plain[1], number];
        for country in [Country::NL, Country::BE] {
            for debtor in DebtorKind::ALL {
                for capacity in Capacity::ALL {
                    let numbered = country == Country::NL
                        && *debtor != DebtorKind::LegalPerson
                        && *capacity != Capacity::Creditor;
                    let expected = if numbered { &with_number[..] } else { &plain[..] };
                    assert_eq!(said(country, *debtor, *capacity), expected);
                }
            }
        }
    }

    #[test]
    fn there_is_a_document_for_each_message_and_two_more() {
        let all: Vec<Document> = Document::all().collect();
        assert_eq!(all.len(), MessageKind::ALL.len() + 2);
        assert!(all.is_sorted_by(|left, right| left < right));
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
                let answer = required_elements(
                    Country::BE,
                    debtor,
                    capacity,
                    Document::Message(message),
                    charges,
                );
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
        let answer = required_elements(
            Country::BE,
            debtor,
            Capacity::Collector,
            Document::Message(message),
            NOTHING,
        );
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
            let answer =
                required_elements(country, debtor, capacity, Document::Message(message), NOTHING);
            assert_eq!(answer.value, None);
            answer.rules
        };
        let (consumer, collector) = (DebtorKind::Consumer, Capacity::Collector);
        let reminder = MessageKind::FreeFirstReminder;
        let rules = refused(Country::BE, consumer, collector, reminder);
        assert_eq!(rules, [RuleId::BeFormalNoticeFirst]);
        let letter = MessageKind::FourteenDayLetter;
        let business = DebtorKind::NaturalPersonInBusiness;
        let rules = refused(Country::NL, business, collector, letter);
        assert_eq!(rules, [RuleId::NlFourteenDayLetter]);
        assert_eq!(refused(Country::BE, consumer, collector, letter), [RuleId::NotCovered]);
        let (capacity, message) = (Capacity::Creditor, MessageKind::PreDueNotice);
        let abroad =
            required_elements(Country::FR, consumer, capacity, Document::Message(message), NOTHING);
        assert_eq!(abroad.value, None);
        assert_eq!(abroad.rules, [RuleId::NotCovered]);
        assert_eq!(abroad.pack.as_str(), "none");
    }
}
