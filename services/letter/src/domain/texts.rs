//! The texts, one file per kind of message, language and kind of debtor; a gap does not compile.
//!
//! A text is a version, a subject, and paragraphs with blank lines between. `[claims]` and
//! `[payment]` place the tables. A paragraph may name the element that it fulfils, such as
//! `[how-to-dispute]`; with a question mark, `[penalty-clause-amount?]`, it is printed only where
//! the law asks for the element. Both parts of a message, plain and HTML, are made from the same
//! text, so they cannot say different things.

use law::Element;
use primitives::{DebtorKind, Language, MessageKind};

/// One text, split but not filled in.
#[derive(Debug)]
pub(super) struct Words {
    /// Such as `free-first-reminder/nl/consumer@1`.
    pub(super) version: String,
    /// The same for the reader, who has no use for our paths: `R-NL-C-1`.
    pub(super) reference: String,
    pub(super) subject: &'static str,
    pub(super) parts: Vec<Part>,
}

/// What a text consists of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Claims,
    Payment,
    Paragraph {
        fulfils: Option<Element>,
        /// Printed only where the law asks for the element.
        on_demand: bool,
        words: &'static str,
    },
}

/// Why a text cannot be used; a fault in its file.
#[derive(Debug, thiserror::Error)]
pub enum TextFault {
    /// The file does not begin with its version and its subject.
    #[error("text {name}: the first two lines are `version: NUMBER` and `subject: WORDS`")]
    Head { name: String },
    /// A mark that means nothing.
    #[error("text {name}: [{mark}] names no table and no element")]
    UnknownMark { name: String, mark: String },
}

/// The text for a message.
pub(super) fn words(
    message: MessageKind,
    language: Language,
    debtor: DebtorKind,
) -> Result<Words, TextFault> {
    let name = format!("{message}/{language}/{debtor}");
    let head = || TextFault::Head { name: name.clone() };
    let (first, rest) = source(message, language, debtor).split_once('\n').ok_or_else(head)?;
    let (second, body) = rest.split_once('\n').ok_or_else(head)?;
    let number = first.strip_prefix("version: ").ok_or_else(head)?;
    let number: u32 = number.parse().map_err(|_| head())?;
    let parts = body
        .split("\n\n")
        .map(str::trim)
        .filter(|paragraph| !paragraph.is_empty())
        .map(|paragraph| part(paragraph, &name))
        .collect::<Result<_, _>>()?;
    Ok(Words {
        version: format!("{name}@{number}"),
        reference: reference(message, language, debtor, number),
        subject: second.strip_prefix("subject: ").ok_or_else(head)?,
        parts,
    })
}

fn reference(message: MessageKind, language: Language, debtor: DebtorKind, number: u32) -> String {
    let message = match message {
        MessageKind::PreDueNotice => 'P',
        MessageKind::FreeFirstReminder => 'R',
    };
    let debtor = match debtor {
        DebtorKind::Consumer => 'C',
        DebtorKind::NaturalPersonInBusiness => 'N',
        DebtorKind::LegalPerson => 'L',
    };
    let language = language.as_str().to_uppercase();
    format!("{message}-{language}-{debtor}-{number}")
}

fn part(paragraph: &'static str, name: &str) -> Result<Part, TextFault> {
    let marked = paragraph.strip_prefix('[').and_then(|rest| rest.split_once(']'));
    let Some((mark, words)) = marked else {
        return Ok(Part::Paragraph { fulfils: None, on_demand: false, words: paragraph });
    };
    let (element, on_demand) = match mark.strip_suffix('?') {
        Some(element) => (element, true),
        None => (mark, false),
    };
    let fulfils = match (element, words.trim()) {
        ("claims", "") => return Ok(Part::Claims),
        ("payment", "") => return Ok(Part::Payment),
        ("how-to-dispute", _) => Element::HowToDispute,
        ("payment-term", _) => Element::PaymentTerm,
        ("penalty-clause-amount", _) => Element::PenaltyClauseAmount,
        _ => {
            let (name, mark) = (name.to_owned(), mark.to_owned());
            return Err(TextFault::UnknownMark { name, mark });
        }
    };
    Ok(Part::Paragraph { fulfils: Some(fulfils), on_demand, words: words.trim() })
}

macro_rules! by_debtor {
    ($message:literal, $language:literal, $debtor:expr) => {
        match $debtor {
            DebtorKind::Consumer => by_debtor!(@ $message, $language, "consumer"),
            DebtorKind::NaturalPersonInBusiness => {
                by_debtor!(@ $message, $language, "natural-person-in-business")
            }
            DebtorKind::LegalPerson => by_debtor!(@ $message, $language, "legal-person"),
        }
    };
    (@ $message:literal, $language:literal, $debtor:literal) => {
        include_str!(concat!("../../texts/", $message, "/", $language, "/", $debtor, ".j2"))
    };
}

macro_rules! by_language {
    ($message:literal, $language:expr, $debtor:expr) => {
        match $language {
            Language::Nl => by_debtor!($message, "nl", $debtor),
            Language::Fr => by_debtor!($message, "fr", $debtor),
            Language::De => by_debtor!($message, "de", $debtor),
            Language::En => by_debtor!($message, "en", $debtor),
        }
    };
}

/// The file of a text.
const fn source(message: MessageKind, language: Language, debtor: DebtorKind) -> &'static str {
    match message {
        MessageKind::PreDueNotice => by_language!("pre-due-notice", language, debtor),
        MessageKind::FreeFirstReminder => by_language!("free-first-reminder", language, debtor),
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn every_text_can_be_read_and_places_both_tables_once() {
        for message in MessageKind::ALL {
            for language in Language::ALL {
                for debtor in DebtorKind::ALL {
                    let words = words(*message, *language, *debtor).unwrap();
                    for table in [Part::Claims, Part::Payment] {
                        let count = words.parts.iter().filter(|part| **part == table).count();
                        assert_eq!(count, 1, "{}: {table:?}", words.version);
                    }
                    assert!(words.version.starts_with(&format!("{message}/{language}/{debtor}@")));
                }
            }
        }
    }

    /// The version stands in the message and in the event that it was sent: it must go on meaning
    /// the same words. Lines of older versions stay in the list.
    #[test]
    fn a_text_that_changes_gets_a_new_version() {
        let known: Vec<&str> = include_str!("../../texts/versions.txt").lines().collect();
        let mut unknown = Vec::new();
        for message in MessageKind::ALL {
            for language in Language::ALL {
                for debtor in DebtorKind::ALL {
                    let source = source(*message, *language, *debtor);
                    let version = words(*message, *language, *debtor).unwrap().version;
                    let line = format!("{version} {}", fingerprint(source));
                    if !known.contains(&line.as_str()) {
                        unknown.push(line);
                    }
                }
            }
        }
        assert!(
            unknown.is_empty(),
            "give these texts a new version, and add them to texts/versions.txt:\n{}",
            unknown.join("\n")
        );
    }

    fn fingerprint(source: &str) -> Uuid {
        Uuid::new_v5(&Uuid::NAMESPACE_OID, source.as_bytes())
    }

    #[test]
    fn an_unknown_mark_is_a_fault_of_the_file() {
        let fault = part("[how-to-win] Words.", "x").unwrap_err();
        assert_eq!(fault.to_string(), "text x: [how-to-win] names no table and no element");
    }
}
