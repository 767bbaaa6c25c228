//! The texts, one file per kind of message, language and kind of debtor; a gap does not compile.
//! What the law has for some debtors only has texts for them only.
//!
//! A text is a version, a subject, and paragraphs with blank lines between. Where the subject of a
//! mail may not say what the letter is, since others see it, a heading follows it, for paper.
//! `[claims]` and `[payment]` place the tables. A paragraph may name the elements that it fulfils,
//! such as `[how-to-dispute]` or `[promised-amount promised-day]`; with a question mark,
//! `[penalty-clause-amount?]`, it is printed only where the law asks for one of them. A paragraph
//! that says nothing once it is filled in is left out. All forms of a message, plain, HTML and
//! paper, are made from the same text, so they cannot say different things.
//!
//! Notes to creditors have a text per kind and language; there `[claims]` places their facts.

use law::Element;
use primitives::{DebtorKind, Language, MessageKind};

/// One text, split but not filled in.
#[derive(Debug)]
pub(super) struct Words<'a> {
    /// Such as `free-first-reminder/nl/consumer@1`.
    pub(super) version: String,
    /// The same for the reader, who has no use for our paths: `R-NL-C-1`.
    pub(super) reference: String,
    pub(super) subject: &'a str,
    /// What stands above it on paper: the subject, where the text has no heading of its own.
    pub(super) heading: &'a str,
    pub(super) parts: Vec<Part<'a>>,
}

/// What a text consists of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Part<'a> {
    Claims,
    Payment,
    Paragraph {
        fulfils: Vec<Element>,
        /// Printed only where the law asks for one of the elements.
        on_demand: bool,
        words: &'a str,
    },
}

/// The kinds of notes to creditors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NoteKind {
    Feedback,
    Remittance,
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

/// The text for a message; none where the law has no such message for such a debtor.
pub(super) fn words(
    message: MessageKind,
    language: Language,
    debtor: DebtorKind,
) -> Result<Option<Words<'static>>, TextFault> {
    let source = source(message, language, debtor);
    source.map(|source| words_of(message, language, debtor, source)).transpose()
}

/// The same text, in the words of `source`.
pub(super) fn words_of(
    message: MessageKind,
    language: Language,
    debtor: DebtorKind,
    source: &str,
) -> Result<Words<'_>, TextFault> {
    let debtor_sign = match debtor {
        DebtorKind::Consumer => 'C',
        DebtorKind::NaturalPersonInBusiness => 'N',
        DebtorKind::LegalPerson => 'L',
    };
    let signs = (message_sign(message), Some(debtor_sign));
    read(&format!("{message}/{language}/{debtor}"), signs, language, source)
}

/// A cell of the matrix: which message is written to whom, in which language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cell {
    pub message: MessageKind,
    pub debtor: DebtorKind,
    pub language: Language,
    /// Such as `free-first-reminder/nl/consumer@1`; none where the law has no such message.
    pub version: Option<String>,
    /// The kind of debtor, before this one, whose text has the same words but for their version.
    pub same_as: Option<DebtorKind>,
}

/// All texts for debtors: every message, for every kind of debtor, in every language.
pub fn matrix() -> Result<Vec<Cell>, TextFault> {
    let mut cells = Vec::new();
    for message in MessageKind::ALL {
        for debtor in DebtorKind::ALL {
            for language in Language::ALL {
                let (message, debtor, language) = (*message, *debtor, *language);
                let version = words(message, language, debtor)?.map(|words| words.version);
                let same = |other: &&DebtorKind| {
                    let [one, other] =
                        [debtor, **other].map(|it| source(message, language, it).map(unversioned));
                    one.is_some() && one == other
                };
                let before = DebtorKind::ALL.iter().take_while(|it| **it != debtor);
                let same_as = before.copied().find(|it| same(&it));
                cells.push(Cell { message, debtor, language, version, same_as });
            }
        }
    }
    Ok(cells)
}

/// A text without its first line.
fn unversioned(source: &str) -> &str {
    source.split_once('\n').map_or(source, |(_, rest)| rest)
}

const fn message_sign(message: MessageKind) -> char {
    match message {
        MessageKind::PreDueNotice => 'P',
        MessageKind::FreeFirstReminder => 'R',
        MessageKind::FourteenDayLetter => 'F',
        MessageKind::FormalNotice => 'I',
        MessageKind::Demand => 'D',
        MessageKind::PromiseConfirmation => 'C',
        MessageKind::PaymentThanks => 'T',
    }
}

/// The text of a note.
pub(super) fn note_words(note: NoteKind, language: Language) -> Result<Words<'static>, TextFault> {
    let (name, sign) = match note {
        NoteKind::Feedback => ("creditor-feedback", 'N'),
        NoteKind::Remittance => ("creditor-remittance", 'M'),
    };
    read(&format!("{name}/{language}"), (sign, None), language, note_source(note, language))
}

fn read<'a>(
    name: &str,
    signs: (char, Option<char>),
    language: Language,
    source: &'a str,
) -> Result<Words<'a>, TextFault> {
    let head = || TextFault::Head { name: name.to_owned() };
    let (first, rest) = source.split_once('\n').ok_or_else(head)?;
    let (second, rest) = rest.split_once('\n').ok_or_else(head)?;
    let subject = second.strip_prefix("subject: ").ok_or_else(head)?;
    let own = rest.strip_prefix("heading: ").and_then(|rest| rest.split_once('\n'));
    let (heading, body) = own.unwrap_or((subject, rest));
    let number = first.strip_prefix("version: ").ok_or_else(head)?;
    let number: u32 = number.parse().map_err(|_| head())?;
    let parts = body
        .split("\n\n")
        .map(str::trim)
        .filter(|paragraph| !paragraph.is_empty())
        .map(|paragraph| part(paragraph, name))
        .collect::<Result<_, _>>()?;
    let (kind, debtor) = signs;
    let debtor = debtor.map(|sign| format!("{sign}-")).unwrap_or_default();
    Ok(Words {
        version: format!("{name}@{number}"),
        reference: format!("{kind}-{}-{debtor}{number}", language.as_str().to_uppercase()),
        subject,
        heading,
        parts,
    })
}

fn part<'a>(paragraph: &'a str, name: &str) -> Result<Part<'a>, TextFault> {
    let marked = paragraph.strip_prefix('[').and_then(|rest| rest.split_once(']'));
    let Some((mark, words)) = marked else {
        return Ok(Part::Paragraph { fulfils: Vec::new(), on_demand: false, words: paragraph });
    };
    let words = words.trim();
    match (mark, words) {
        ("claims", "") => return Ok(Part::Claims),
        ("payment", "") => return Ok(Part::Payment),
        _ => {}
    }
    let (elements, on_demand) = match mark.strip_suffix('?') {
        Some(elements) => (elements, true),
        None => (mark, false),
    };
    let known = |word| {
        let (name, mark) = (name.to_owned(), mark.to_owned());
        element(word).ok_or(TextFault::UnknownMark { name, mark })
    };
    let fulfils = elements.split(' ').map(known).collect::<Result<_, _>>()?;
    Ok(Part::Paragraph { fulfils, on_demand, words })
}

/// The elements that paragraphs fulfil; tables show the others.
fn element(word: &str) -> Option<Element> {
    Some(match word {
        "how-to-dispute" => Element::HowToDispute,
        "payment-term" => Element::PaymentTerm,
        "penalty-clause-amount" => Element::PenaltyClauseAmount,
        "collection-costs" => Element::CollectionCosts,
        "interest-amount" => Element::InterestAmount,
        "promised-amount" => Element::PromisedAmount,
        "promised-day" => Element::PromisedDay,
        "right-to-payment-plan" => Element::RightToPaymentPlan,
        "right-to-documents" => Element::RightToDocuments,
        "other-measures" => Element::OtherMeasures,
        "supervisory-authority" => Element::SupervisoryAuthority,
        _ => return None,
    })
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

macro_rules! for_consumers {
    ($message:literal, $language:expr, $debtor:expr) => {
        match ($debtor, $language) {
            (DebtorKind::NaturalPersonInBusiness | DebtorKind::LegalPerson, _) => return None,
            (DebtorKind::Consumer, Language::Nl) => by_debtor!(@ $message, "nl", "consumer"),
            (DebtorKind::Consumer, Language::Fr) => by_debtor!(@ $message, "fr", "consumer"),
            (DebtorKind::Consumer, Language::De) => by_debtor!(@ $message, "de", "consumer"),
            (DebtorKind::Consumer, Language::En) => by_debtor!(@ $message, "en", "consumer"),
        }
    };
}

/// The file of a text.
const fn source(
    message: MessageKind,
    language: Language,
    debtor: DebtorKind,
) -> Option<&'static str> {
    Some(match message {
        MessageKind::PreDueNotice => by_language!("pre-due-notice", language, debtor),
        MessageKind::FreeFirstReminder => by_language!("free-first-reminder", language, debtor),
        MessageKind::FourteenDayLetter => {
            for_consumers!("fourteen-day-letter", language, debtor)
        }
        MessageKind::FormalNotice => for_consumers!("formal-notice", language, debtor),
        MessageKind::Demand => by_language!("demand", language, debtor),
        MessageKind::PromiseConfirmation => {
            by_language!("promise-confirmation", language, debtor)
        }
        MessageKind::PaymentThanks => by_language!("payment-thanks", language, debtor),
    })
}

macro_rules! note {
    ($note:literal, $language:expr) => {
        match $language {
            Language::Nl => include_str!(concat!("../../texts/", $note, "/nl.j2")),
            Language::Fr => include_str!(concat!("../../texts/", $note, "/fr.j2")),
            Language::De => include_str!(concat!("../../texts/", $note, "/de.j2")),
            Language::En => include_str!(concat!("../../texts/", $note, "/en.j2")),
        }
    };
}

const fn note_source(note: NoteKind, language: Language) -> &'static str {
    match note {
        NoteKind::Feedback => note!("creditor-feedback", language),
        NoteKind::Remittance => note!("creditor-remittance", language),
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    /// Every text with its file.
    fn every_text() -> Vec<(Words<'static>, &'static str)> {
        let mut texts = Vec::new();
        for language in Language::ALL {
            for message in MessageKind::ALL {
                for debtor in DebtorKind::ALL {
                    let words = words(*message, *language, *debtor).unwrap();
                    texts.extend(words.zip(source(*message, *language, *debtor)));
                }
            }
            for note in [NoteKind::Feedback, NoteKind::Remittance] {
                texts.push((note_words(note, *language).unwrap(), note_source(note, *language)));
            }
        }
        texts
    }

    #[test]
    fn every_text_can_be_read_and_places_its_tables_once() {
        for (words, _) in every_text() {
            let asks =
                !["payment-thanks", "creditor"].iter().any(|it| words.version.starts_with(it));
            for (table, expected) in [(Part::Claims, 1), (Part::Payment, usize::from(asks))] {
                let count = words.parts.iter().filter(|part| **part == table).count();
                assert_eq!(count, expected, "{}: {table:?}", words.version);
            }
        }
    }

    #[test]
    fn only_consumers_have_a_14_day_letter_and_a_formal_notice() {
        for message in [MessageKind::FourteenDayLetter, MessageKind::FormalNotice] {
            for debtor in DebtorKind::ALL {
                let words = words(message, Language::Nl, *debtor).unwrap();
                assert_eq!(words.is_some(), *debtor == DebtorKind::Consumer);
            }
        }
    }

    /// The version stands in the message and in the event that it was sent: it must go on meaning
    /// the same words. Lines of older versions stay in the list.
    #[test]
    fn a_text_that_changes_gets_a_new_version() {
        let known: Vec<&str> = include_str!("../../texts/versions.txt").lines().collect();
        let unknown: Vec<String> = every_text()
            .iter()
            .map(|(words, source)| format!("{} {}", words.version, fingerprint(source)))
            .filter(|line| !known.contains(&line.as_str()))
            .collect();
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
