//! The invented case: every message that the law knows can be looked at, on any channel.

use law::{Charges, Document, required_elements};
use letter::domain::{Case, Composed, Form, Reader, Refusal, matrix};
use primitives::{Capacity, Channel, Country, DebtorKind, Language, MessageKind};

use crate::texts::flat;

pub(crate) const CONSUMER: Reader = Reader {
    debtor: DebtorKind::Consumer,
    country: Country::NL,
    language: Language::Nl,
    capacity: Capacity::AgencyForCreditor,
};

pub(crate) fn shown(message: MessageKind, reader: Reader) -> Result<Composed, Refusal> {
    Case::invented(message, reader).unwrap().preview(message, Channel::Email, None)
}

/// Everybody who may be written to, and with what.
pub(crate) fn readers() -> Vec<(MessageKind, Reader)> {
    let mut readers = Vec::new();
    for message in MessageKind::ALL {
        for debtor in DebtorKind::ALL {
            for country in [Country::NL, Country::BE] {
                for language in Language::ALL {
                    for capacity in Capacity::ALL {
                        let (debtor, language, capacity) = (*debtor, *language, *capacity);
                        readers.push((*message, Reader { debtor, country, language, capacity }));
                    }
                }
            }
        }
    }
    readers
}

/// It writes what the law knows, and refuses what it does not, as for a real case.
#[test]
fn every_message_that_the_law_knows_is_shown_and_no_other() {
    for (message, reader) in readers() {
        let Reader { debtor, country, capacity, .. } = reader;
        let document = Document::Message(message);
        let exists =
            required_elements(country, debtor, capacity, document, Charges::default()).value;
        match shown(message, reader) {
            Ok(composed) => {
                assert!(exists.is_some(), "{message} {reader:?}");
                assert!(!composed.required.is_empty());
                assert!(!composed.paragraphs.is_empty());
            }
            Err(Refusal::NotCovered { .. }) => assert!(exists.is_none(), "{message} {reader:?}"),
            Err(refusal) => panic!("{message} {reader:?}: {refusal}: {refusal:?}"),
        }
    }
}

/// The figures are the law's: the Dutch scale on 250.00, the Belgian lump sum.
#[test]
fn what_comes_on_top_is_what_the_law_gives() {
    let belgian = Reader { country: Country::BE, ..CONSUMER };
    let company = Reader { debtor: DebtorKind::LegalPerson, ..CONSUMER };
    for (message, reader, words) in [
        (MessageKind::FourteenDayLetter, CONSUMER, "incassokosten betalen: € 40,00"),
        (MessageKind::Demand, CONSUMER, "De incassokosten zijn € 40,00"),
        (MessageKind::Demand, CONSUMER, "Rente € 0,85"),
        (MessageKind::FreeFirstReminder, belgian, "€ 40,00 schadevergoeding"),
        (MessageKind::FreeFirstReminder, belgian, "rente van 8% per jaar"),
        (MessageKind::Demand, company, "Dit komt erbij Incassokosten € 40,00 Rente"),
    ] {
        let text = flat(&shown(message, reader).unwrap());
        assert!(text.contains(words), "{message}: {words}\n{text}");
    }
}

#[test]
fn a_case_is_kept_as_json_and_words_can_be_tried() {
    let demand = MessageKind::Demand;
    let case = Case::invented(demand, CONSUMER).unwrap();
    let kept = serde_json::to_string(&case).unwrap();
    let mut read: Case = serde_json::from_str(&kept).unwrap();
    assert_eq!(read, case);
    read.parties.claims[0].description = None;
    let refused = read.preview(demand, Channel::Email, None);
    assert!(matches!(refused, Err(Refusal::Incomplete { .. })), "{refused:?}");
    let words = "version: 9\nsubject: Over {{ title }}\n\nBeste {{ debtor }},\n\n[claims]\n\n\
                 [payment-term] Betaalt u {{ asked }}, {{ by_when }}?\n\n[payment]";
    // The words lack what the law asks for.
    let refused = case.preview(demand, Channel::Email, Some(words));
    assert!(matches!(refused, Err(Refusal::Incomplete { .. })), "{refused:?}");
    let whole = format!(
        "{words}\n\n[how-to-dispute] Klopt er iets niet? Laat het weten: {{{{ contact }}}}.\n\n\
         [collection-costs?] Kosten: {{{{ costs }}}}.\n\n\
         [interest-amount?] {{{{ interest }}}} is {{{{ interest_how }}}}."
    );
    let composed = case.preview(demand, Channel::Post, Some(&whole)).unwrap();
    assert_eq!(composed.text_version, "demand/nl/consumer@9");
    assert!(matches!(composed.form, Form::Paper { .. }));
    for fault in ["", "version: 1", "version: 1\nsubject: x\n\n[how-to-win] x"] {
        let refused = case.preview(demand, Channel::Email, Some(fault));
        assert!(matches!(refused, Err(Refusal::Text(_))), "{refused:?}");
    }
    let unknown = whole.replace("{{ asked }}", "{{ iban }}");
    let refused = case.preview(demand, Channel::Email, Some(&unknown));
    assert!(matches!(refused, Err(Refusal::Template(_))), "{refused:?}");
}

#[test]
fn the_matrix_names_every_text_and_where_words_are_the_same() {
    let cells = matrix().unwrap();
    assert_eq!(cells.len(), MessageKind::ALL.len() * DebtorKind::ALL.len() * Language::ALL.len());
    for cell in &cells {
        let name = format!("{}/{}/{}@", cell.message, cell.language, cell.debtor);
        assert!(cell.version.as_ref().is_none_or(|version| version.starts_with(&name)));
        assert!(cell.same_as.is_none() || cell.version.is_some());
    }
    let promise = cells.iter().find(|cell| {
        cell.message == MessageKind::PromiseConfirmation
            && cell.debtor == DebtorKind::NaturalPersonInBusiness
    });
    assert_eq!(promise.unwrap().same_as, Some(DebtorKind::Consumer));
}
