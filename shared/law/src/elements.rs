//! What a message must say. The letter service compares its finished text with this list.

use primitives::{Capacity, Country, DebtorKind, MessageKind};

use crate::answer::{Answer, RuleId, Trail};
use crate::pack::Pack;
use crate::reminder::may_come_first;

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
    /// The time within which to pay before anything is added.
    PaymentTerm,
    /// The account and the reference to pay with.
    PaymentInstructions,
    /// How to say that one does not agree.
    HowToDispute,
    /// How to complain about the sender; a link is enough.
    ComplaintScheme,
}

/// What the text of a message must hold, each element once. None where the message may not be
/// written at all: no pack, or a Belgian consumer who must get a formal notice first.
pub fn required_elements(
    country: Country,
    debtor: DebtorKind,
    capacity: Capacity,
    message: MessageKind,
) -> Answer<Option<Vec<Element>>> {
    let Some(pack) = Pack::of(country) else {
        return Trail::not_covered(country).answer(None);
    };
    let mut trail = pack.trail();
    if !trail.take(may_come_first(pack, debtor, capacity)) {
        return trail.answer(None);
    }
    let mut elements = Vec::new();
    for (rule, required) in lists(pack, debtor, capacity, message) {
        trail.ask(rule);
        elements.extend_from_slice(required);
    }
    elements.sort_unstable();
    elements.dedup();
    trail.answer(Some(elements))
}

/// The rules that require something of a message, and what they require.
fn lists(
    pack: Pack,
    debtor: DebtorKind,
    capacity: Capacity,
    message: MessageKind,
) -> Vec<(RuleId, &'static [Element])> {
    // The Dutch rules protect every natural person, and bind who acts for another.
    let dutch_collector =
        pack == Pack::Nl && debtor != DebtorKind::LegalPerson && capacity != Capacity::Creditor;
    let belgian_consumer = pack == Pack::Be && debtor == DebtorKind::Consumer;
    let reminder = message == MessageKind::FreeFirstReminder;
    [
        (true, RuleId::HouseMessageContent, EVERY_MESSAGE),
        (reminder, RuleId::HouseMessageContent, EVERY_REMINDER),
        (dutch_collector, RuleId::NlCollectorIdentity, NL_COLLECTOR),
        (dutch_collector && reminder, RuleId::NlClaimDescription, NL_CLAIM_DESCRIPTION),
        (belgian_consumer && reminder, RuleId::BeFirstReminder, BE_FIRST_REMINDER),
    ]
    .into_iter()
    .filter_map(|(applies, rule, elements)| applies.then_some((rule, elements)))
    .collect()
}

/// Our own rule: a message that one can act upon.
const EVERY_MESSAGE: &[Element] = &[
    Element::CreditorName,
    Element::SenderIdentity,
    Element::SenderContact,
    Element::InvoiceNumber,
    Element::DueDate,
    Element::BalanceDue,
    Element::PaymentInstructions,
];

/// Our own rule: who is reminded learns how to disagree. (The law asks for it on request only:
/// WER art. XIX.3; and as a right to be told of: Bki art. 4.1.)
const EVERY_REMINDER: &[Element] = &[Element::HowToDispute];

/// Wki art. 11: name, register number, true contact details. Bki art. 4.1 and the quality rules:
/// the way to complain.
const NL_COLLECTOR: &[Element] = &[
    Element::SenderIdentity,
    Element::SenderContact,
    Element::SenderRegistrationNumber,
    Element::ComplaintScheme,
];

/// Bki art. 3.1: the written description of the claim, due "as soon as possible", so in the first
/// message that asks for money. Interest, costs and VAT on them are not listed: there are none yet.
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

    fn required(
        country: Country,
        debtor: DebtorKind,
        capacity: Capacity,
        message: MessageKind,
    ) -> Vec<Element> {
        required_elements(country, debtor, capacity, message).value.unwrap()
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
        assert!(!elements.contains(&Element::SenderRegistrationNumber));
    }

    /// Wki art. 11 and Bki art. 3.1 protect every natural person, and bind collectors only.
    #[test]
    fn dutch_natural_persons_read_the_register_number_unless_the_creditor_writes_itself() {
        for debtor in DebtorKind::ALL {
            for capacity in Capacity::ALL {
                for message in MessageKind::ALL {
                    let elements = required(Country::NL, *debtor, *capacity, *message);
                    let expected =
                        *debtor != DebtorKind::LegalPerson && *capacity != Capacity::Creditor;
                    let number = Element::SenderRegistrationNumber;
                    assert_eq!(elements.contains(&number), expected, "{debtor} {capacity}");
                    let address = elements.contains(&Element::DebtorAddress);
                    let reminder = *message == MessageKind::FreeFirstReminder;
                    assert_eq!(address, expected && reminder, "{debtor} {capacity} {message}");
                }
            }
        }
    }

    #[test]
    fn every_message_tells_who_asks_what_for_how_much_and_how_to_pay() {
        for country in [Country::NL, Country::BE] {
            for message in MessageKind::ALL {
                let (debtor, capacity) = (DebtorKind::LegalPerson, Capacity::Creditor);
                let elements = required(country, debtor, capacity, *message);
                assert!(EVERY_MESSAGE.iter().all(|element| elements.contains(element)));
                assert!(elements.is_sorted_by(|left, right| left < right), "each one once");
            }
        }
    }

    #[test]
    fn what_may_not_be_written_has_no_list() {
        let collector = required_elements(
            Country::BE,
            DebtorKind::Consumer,
            Capacity::Collector,
            MessageKind::FreeFirstReminder,
        );
        assert_eq!(collector.value, None);
        assert_eq!(collector.rules, [RuleId::BeFormalNoticeFirst]);
        let abroad = required_elements(
            Country::FR,
            DebtorKind::Consumer,
            Capacity::Creditor,
            MessageKind::PreDueNotice,
        );
        assert_eq!(abroad.value, None);
        assert_eq!(abroad.rules, [RuleId::NotCovered]);
        assert_eq!(abroad.pack.as_str(), "none");
    }
}
