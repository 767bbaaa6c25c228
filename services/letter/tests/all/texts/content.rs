//! The legal content check, tried on every message: whatever the law asks for and is taken out, and
//! whatever it forbids and is put in, is noticed.

use std::fs;
use std::path::Path;

use contracts::intake::ClaimParticulars;
use law::{Consequence, Element, Extra, Prohibited};
use letter::domain::{Case, Composed, Form, Reader, Refusal, missing, visible};
use primitives::{Capacity, Channel, Country, DebtorKind, Language, MessageKind};

use crate::texts::preview::{readers, shown};

/// Every mail that may be written.
fn mails() -> Vec<(MessageKind, Reader, Composed)> {
    let written = |(message, reader)| match shown(message, reader) {
        Ok(composed) => Some((message, reader, composed)),
        Err(Refusal::NotCovered { .. }) => None,
        Err(refusal) => panic!("{message} {reader:?}: {refusal}"),
    };
    readers().into_iter().filter_map(written).collect()
}

/// Those in one capacity, for the words are the same in all; and what only a collector writes.
fn mails_of_agency() -> Vec<(MessageKind, Reader, Composed)> {
    let mut mails = mails();
    mails.retain(|(message, reader, _)| {
        *message == MessageKind::FormalNotice || reader.capacity == Capacity::AgencyForCreditor
    });
    mails
}

/// What its reader reads.
fn parts(composed: &Composed) -> Vec<String> {
    match &composed.form {
        Form::Mail { html } => vec![spaced(&composed.text), spaced(&visible(html))],
        Form::Paper { .. } => vec![spaced(&composed.text)],
    }
}

fn spaced(text: &str) -> String {
    let words = text.split(|sign: char| sign.is_whitespace() && sign != '\u{202f}');
    words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// The values that make an element up, as they are read.
fn values(composed: &Composed, element: Element) -> Vec<String> {
    let printed = composed.printed.iter().filter(|printed| printed.element == element);
    printed.flat_map(|printed| printed.values.iter().map(|value| spaced(value))).collect()
}

/// A value with its last letter or figure changed.
fn misprinted(value: &str) -> String {
    let at = value.char_indices().rev().find(|(_, sign)| sign.is_alphanumeric());
    let (at, sign) = at.unwrap();
    let other = if sign == '7' || sign == 'q' { "8" } else { "7" };
    format!("{}{other}{}", &value[..at], &value[at + sign.len_utf8()..])
}

/// Takes each required element out, misprints it, and takes its first word off, in each part of the
/// message by itself.
fn every_loss_is_noticed(composed: &Composed, told: &str) {
    let whole = parts(composed);
    let lacks = |parts: &[String]| {
        let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
        missing(&composed.required, &composed.printed, &parts)
    };
    assert_eq!(lacks(&whole), [], "{told}");
    for element in &composed.required {
        let values = values(composed, *element);
        assert!(!values.is_empty(), "{told}: {element:?}");
        for value in values {
            let without_label = value.split_once(' ').map(|(_, rest)| rest.to_owned());
            let damages = [Some(String::new()), Some(misprinted(&value)), without_label];
            for damaged in damages.into_iter().flatten() {
                for at in 0..whole.len() {
                    let mut parts = whole.clone();
                    let part = parts.get_mut(at).unwrap();
                    *part = part.replace(&value, &damaged);
                    let noticed = lacks(&parts).contains(element);
                    assert!(noticed, "{told}: {element:?}: {value:?} became {damaged:?}");
                }
            }
        }
    }
}

#[test]
fn whatever_is_taken_out_of_a_finished_mail_is_noticed() {
    for (message, reader, composed) in mails() {
        every_loss_is_noticed(&composed, &format!("{message} {reader:?}"));
    }
}

/// Printing is slow without optimisation, so each kind of letter in one language, and in every
/// language what a Dutch consumer gets.
#[test]
fn whatever_is_taken_out_of_a_printed_letter_is_noticed() {
    for (message, reader) in readers() {
        let dutch_consumer = reader.debtor == DebtorKind::Consumer && reader.country == Country::NL;
        let is_notice = message == MessageKind::FormalNotice;
        let of_agency = reader.capacity == Capacity::AgencyForCreditor
            && (reader.language == Language::Nl || dutch_consumer);
        let chosen = is_notice || of_agency;
        if !chosen {
            continue;
        }
        let case = Case::invented(message, reader).unwrap();
        if let Ok(composed) = case.preview(message, Channel::Post, None) {
            every_loss_is_noticed(&composed, &format!("{message} {reader:?} on paper"));
        }
    }
}

pub(crate) fn claim(case: &mut Case) -> &mut ClaimParticulars {
    case.parties.claims.first_mut().unwrap()
}

/// What is not known, and what it is a part of.
type Lost = (fn(&mut Case), &'static [Element]);

const LOST: &[Lost] = &[
    (|case| case.parties.creditor.name.clear(), &[Element::CreditorName]),
    (|case| case.parties.creditor.address.clear(), &[Element::CreditorAddress]),
    (|case| case.parties.creditor.company_number = None, &[Element::CreditorCompanyNumber]),
    (|case| case.parties.creditor.pay_to_account.clear(), &[Element::PaymentInstructions]),
    (|case| case.parties.creditor.pay_to_name.clear(), &[Element::PaymentInstructions]),
    (|case| case.parties.debtor.name.clear(), &[Element::DebtorName]),
    (|case| case.parties.debtor.address.clear(), &[Element::DebtorAddress]),
    (|case| claim(case).description = None, &[Element::ProductDescription]),
    (|case| claim(case).invoice_number.clear(), &[Element::InvoiceNumber]),
    (|case| case.promise = None, &[Element::PromisedAmount, Element::PromisedDay]),
    (
        |case| {
            case.agency.telephone.clear();
            case.agency.email.clear();
            case.parties.creditor.telephone = None;
            case.parties.creditor.email = None;
        },
        &[Element::SenderContact],
    ),
    (
        |case| {
            case.agency.address.clear();
            case.parties.creditor.address.clear();
        },
        &[Element::SenderIdentity],
    ),
    (|case| case.agency.registration_nl = None, &[Element::SenderRegistrationNumber]),
    (|case| case.agency.complaints.clear(), &[Element::ComplaintScheme]),
    (|case| case.agency.supervisor_be = None, &[Element::SupervisoryAuthority]),
    (|case| case.parties.creditor.telephone = None, &[Element::CreditorContact]),
    (
        |case| {
            case.agency.company_number.clear();
            case.parties.creditor.company_number = None;
        },
        &[Element::SenderCompanyNumber],
    ),
];

#[test]
fn what_is_not_known_is_missed_wherever_it_is_asked_for() {
    for (message, reader, composed) in mails() {
        for (lose, elements) in LOST {
            let mut case = Case::invented(message, reader).unwrap();
            lose(&mut case);
            let asked = elements.iter().filter(|it| composed.required.contains(it));
            let asked: Vec<&Element> = asked.collect();
            if asked.is_empty() {
                continue;
            }
            match case.preview(message, Channel::Email, None) {
                Err(Refusal::Incomplete { missing }) => {
                    let missed = asked.iter().all(|element| missing.contains(element));
                    assert!(missed, "{message} {reader:?}: {asked:?} not in {missing:?}");
                }
                other => panic!("{message} {reader:?}: {asked:?}: {other:?}"),
            }
        }
    }
}

/// The text of the house, as it lies in its file.
fn source(composed: &Composed) -> String {
    let (name, _) = composed.text_version.split_once('@').unwrap();
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("texts/{name}.j2"));
    fs::read_to_string(file).unwrap()
}

fn tried(message: MessageKind, reader: Reader, words: &str) -> Result<Composed, Refusal> {
    let case = Case::invented(message, reader).unwrap();
    case.preview(message, Channel::Email, Some(words))
}

/// The elements that a paragraph is marked with.
fn marks(paragraph: &str) -> Vec<&str> {
    let mark = paragraph.strip_prefix('[').and_then(|rest| rest.split_once(']'));
    mark.map(|(mark, _)| mark.trim_end_matches('?').split(' ').collect()).unwrap_or_default()
}

/// `HowToDispute` as `how-to-dispute`.
fn kebab(element: Element) -> String {
    let mut name = String::new();
    for sign in format!("{element:?}").chars() {
        if sign.is_ascii_uppercase() && !name.is_empty() {
            name.push('-');
        }
        name.push(sign.to_ascii_lowercase());
    }
    name
}

/// Each paragraph and each table in turn is left out of the text, and each marked paragraph says
/// nothing of what it is marked with.
#[test]
fn a_text_without_a_part_that_the_law_asks_for_is_not_written() {
    for (message, reader, composed) in mails_of_agency() {
        let source = source(&composed);
        let paragraphs: Vec<&str> = source.split("\n\n").collect();
        let needed: Vec<String> = composed.required.iter().map(|it| kebab(*it)).collect();
        for (at, paragraph) in paragraphs.iter().enumerate().skip(1) {
            let marks = marks(paragraph.trim());
            let shows = match marks.as_slice() {
                ["claims"] => &[Element::DueDate, Element::BalanceDue, Element::InvoiceDate][..],
                ["payment"] => &[Element::PaymentInstructions],
                _ => &[],
            };
            let is_table = shows.iter().any(|element| composed.required.contains(element));
            let is_needed = marks.iter().any(|mark| needed.iter().any(|it| it == mark));
            let with = |words: &str| {
                let mut paragraphs = paragraphs.clone();
                paragraphs[at] = words;
                tried(message, reader, &paragraphs.join("\n\n"))
            };
            let left_out = with("");
            if is_needed || is_table {
                let refused = matches!(left_out, Err(Refusal::Incomplete { .. }));
                assert!(refused, "{message} {reader:?}: without {paragraph}");
            }
            if is_needed {
                let (mark, _) = paragraph.split_once(']').unwrap();
                let empty = with(&format!("{mark}] Tot ziens."));
                let refused = matches!(empty, Err(Refusal::Incomplete { .. }));
                assert!(refused, "{message} {reader:?}: {mark}] says nothing");
            }
        }
    }
}

/// Sentences that hold what is forbidden, as a careless writer would write them.
fn sentences(what: Prohibited, language: Language) -> &'static [&'static str] {
    let four: [&'static [&'static str]; 4] = match what {
        Prohibited::NationalNumber => [
            &["Uw BSN is 123456782."],
            &["Votre numéro national est 85.07.30-033.28."],
            &["Ihre Nummer ist 85073003328."],
            &["Your number is 123456782."],
        ],
        // In the subject, see below.
        Prohibited::DebtOnTheOutside => [&[]; 4],
        Prohibited::OfficialLook => [
            &["Er ligt een vonnis tegen u."],
            &["Ceci vaut sommation de payer."],
            &["Das Urteil liegt uns vor."],
            &["This is a summons."],
        ],
        Prohibited::ExtraFee(extra) => fees(extra),
        Prohibited::ShorterTerm => [
            &[
                "Betaal binnen 7 dagen.",
                "Betaal binnen zeven dagen.",
                "Betaal binnen een week.",
                "Betaal uiterlijk op 14 maart 2026.",
                "Betaal per direct.",
            ],
            &[
                "Payez dans les 10 jours.",
                "Payez dans une semaine.",
                "Payez immédiatement.",
                "Payez le 14 mars 2026.",
            ],
            &[
                "Zahlen Sie binnen 3 Tagen.",
                "Zahlen Sie in einer Woche.",
                "Zahlen Sie umgehend.",
                "Frist: 14. März 2026.",
            ],
            &[
                "Pay within 48 hours.",
                "Pay within a week.",
                "Pay by 14 March 2026.",
                "14 days from the date of this letter.",
            ],
        ],
        Prohibited::ChargesInBalance => [
            &["Het bedrag is inclusief kosten."],
            &["Le montant est frais compris."],
            &["Der Betrag ist inklusive Zinsen."],
            &["The amount is including costs."],
        ],
        Prohibited::Naming(consequence) => consequences(consequence),
    };
    let [dutch, french, german, english] = four;
    match language {
        Language::Nl => dutch,
        Language::Fr => french,
        Language::De => german,
        Language::En => english,
    }
}

fn fees(extra: Extra) -> [&'static [&'static str]; 4] {
    match extra {
        Extra::FileCosts => [
            &["Wij rekenen € 15 administratiekosten."],
            &["Les frais de dossier sont de 15 €."],
            &["Die Bearbeitungsgebühr beträgt 15 €."],
            &["There is an administration fee of €15."],
        ],
        Extra::Enquiry => [
            &["De onderzoekskosten zijn voor u."],
            &["Les frais de recherche sont à votre charge."],
            &["Die Ermittlungskosten tragen Sie."],
            &["The enquiry costs are yours."],
        ],
        Extra::Letter => [
            &["Daarbij komen herinneringskosten."],
            &["Les frais de rappel s'ajoutent."],
            &["Die Mahngebühren kommen hinzu."],
            &["A reminder fee is added."],
        ],
        Extra::Call => [
            &["De belkosten betaalt u."],
            &["Les frais d'appel s'ajoutent."],
            &["Die Telefonkosten kommen hinzu."],
            &["A call fee is added."],
        ],
        Extra::Visit => [
            &["De bezoekkosten betaalt u."],
            &["Les frais de visite s'ajoutent."],
            &["Die Besuchskosten kommen hinzu."],
            &["A visit fee is added."],
        ],
        Extra::PaymentPlan => [
            &["Voor een regeling gelden termijnkosten."],
            &["Les frais de plan s'ajoutent."],
            &["Die Ratenzahlungsgebühr kommt hinzu."],
            &["A plan fee is added."],
        ],
        Extra::CollectorsWork => [
            &["Ons ereloon komt erbij."],
            &["Nos honoraires s'ajoutent."],
            &["Unser Honorar kommt hinzu."],
            &["Our commission is added."],
        ],
        Extra::InterestOnCosts => [
            &["U betaalt ook rente over de incassokosten."],
            &["Il y a des intérêts sur les frais."],
            &["Es fallen Zinsen auf die Inkassokosten an."],
            &["You pay interest on the collection costs."],
        ],
    }
}

const OTHER_MEASURES: [&[&str]; 4] = [
    &[
        "Anders nemen wij maatregelen.",
        "Dit is uw laatste waarschuwing.",
        "Dan kunnen er andere stappen volgen.",
    ],
    &[
        "Sinon, d'autres mesures suivront.",
        "C'est votre dernière chance.",
        "Alors d'autres démarches peuvent suivre.",
    ],
    &[
        "Sonst ergreifen wir Maßnahmen.",
        "Das ist Ihre letzte Chance.",
        "Dann können andere Schritte folgen.",
    ],
    &[
        "Otherwise we will take measures.",
        "This is your final warning.",
        "Then other steps may follow.",
    ],
];

fn consequences(consequence: Consequence) -> [&'static [&'static str]; 4] {
    match consequence {
        Consequence::CollectionCosts => [
            &["U betaalt dan ook incassokosten.", "Er volgt een boete."],
            &["Vous payerez aussi des frais de recouvrement.", "Une amende suivra."],
            &["Sie zahlen dann auch Inkassokosten.", "Die Mahnkosten tragen Sie."],
            &["You will then also pay collection costs.", "There will be a fine and a penalty."],
        ],
        Consequence::Interest => [
            &["Daar komt rente bij."],
            &["Des intérêts s'ajoutent."],
            &["Dazu kommen Zinsen."],
            &["Interest will be added."],
        ],
        Consequence::OtherMeasures => OTHER_MEASURES,
        Consequence::Court => [
            &[
                "Dan gaan wij naar de rechter.",
                "De deurwaarder komt langs.",
                "U wordt gedagvaard. De dagvaarding volgt.",
            ],
            &["Nous irons devant le juge.", "L'huissier viendra.", "Nos avocats sont prêts."],
            &[
                "Dann gehen wir vor Gericht.",
                "Der Gerichtsvollzieher kommt.",
                "Wir verklagen Sie: verklagen!",
            ],
            &["We will go to court.", "The bailiff will come.", "Our lawyers are ready."],
        ],
        Consequence::Seizure => [
            &["Wij leggen beslag op uw loon."],
            &["Une saisie sur salaire suivra."],
            &["Ihr Lohn wird gepfändet: Lohnpfändung."],
            &["Your wages will be seized."],
        ],
        Consequence::Bankruptcy => [
            &["Wij vragen uw faillissement aan."],
            &["Nous demanderons votre faillite."],
            &["Ihnen droht die Insolvenz."],
            &["We will have you declared bankrupt."],
        ],
        Consequence::CreditRegister => [
            &["U krijgt een BKR-registratie."],
            &["Vous serez inscrit sur une liste noire."],
            &["Wir melden es der Schufa."],
            &["Your credit rating will suffer."],
        ],
        Consequence::Publication => [
            &["Wij maken uw naam openbaar."],
            &["Nous allons publier votre nom."],
            &["Wir veröffentlichen Ihren Namen."],
            &["We will publish your name."],
        ],
        Consequence::OthersHear => [
            &["Wij lichten uw werkgever in.", "Uw familie hoort ervan."],
            &["Votre employeur sera informé.", "Vos voisins le sauront."],
            &["Ihr Arbeitgeber erfährt davon.", "Ihre Nachbarn erfahren davon."],
            &["Your employer will hear of it.", "Your neighbours will know."],
        ],
    }
}

#[test]
fn whatever_is_forbidden_and_put_in_is_noticed() {
    for (message, reader, composed) in mails_of_agency() {
        let source = source(&composed);
        for what in &composed.forbidden {
            for sentence in sentences(*what, reader.language) {
                let words = format!("{source}\n\n{sentence}");
                match tried(message, reader, &words) {
                    Err(Refusal::Forbidden { found }) => {
                        assert!(
                            found.contains(what),
                            "{message} {reader:?}: {sentence}: {found:?}"
                        );
                    }
                    other => panic!("{message} {reader:?}: {what:?}: {sentence}: {other:?}"),
                }
            }
        }
        // What may be named may be said.
        for consequence in Consequence::ALL {
            let naming = Prohibited::Naming(*consequence);
            if composed.forbidden.contains(&naming) {
                continue;
            }
            for sentence in sentences(naming, reader.language).iter().take(1) {
                let written = tried(message, reader, &format!("{source}\n\n{sentence}"));
                assert!(written.is_ok(), "{message} {reader:?}: {sentence}: {written:?}");
            }
        }
    }
}

/// A subject is read over somebody's shoulder.
#[test]
fn no_subject_tells_of_a_debt() {
    for (message, reader, composed) in mails_of_agency() {
        let (head, rest) = source(&composed)
            .split_once("subject: ")
            .map(|(head, rest)| (head.to_owned(), rest.split_once('\n').unwrap().1.to_owned()))
            .unwrap();
        let words = match reader.language {
            Language::Nl => "Aanmaning over uw schuld",
            Language::Fr => "Mise en demeure : votre dette",
            Language::De => "Mahnung wegen Ihrer Schulden",
            Language::En => "Your overdue debt",
        };
        for subject in [words, "{{ title }}: {{ asked }} € 1"] {
            let refused = tried(message, reader, &format!("{head}subject: {subject}\n{rest}"));
            let Err(Refusal::Forbidden { found }) = refused else { panic!("{refused:?}") };
            assert_eq!(found, [Prohibited::DebtOnTheOutside], "{message} {subject}");
        }
        assert!(!composed.subject.contains('€'));
    }
}

/// Names are no words of ours, whatever they mean.
#[test]
fn people_and_firms_may_be_called_what_they_like() {
    let reader = crate::texts::preview::CONSUMER;
    for name in ["Jan Rechter", "Advocatenkantoor Dagvaarding & Beslag B.V..", "Boete", "Uw Rente"]
    {
        let mut case = Case::invented(MessageKind::FreeFirstReminder, reader).unwrap();
        case.parties.debtor.name = name.to_owned();
        case.parties.creditor.name = name.to_owned();
        case.parties.claims[0].invoice_number = "123456782".to_owned();
        case.parties.creditor.capacity = Capacity::Collector;
        for message in MessageKind::ALL {
            let composed = case.preview(*message, Channel::Email, None);
            let refused =
                matches!(composed, Err(Refusal::Forbidden { .. } | Refusal::Incomplete { .. }));
            assert!(!refused, "{name}: {message}: {composed:?}");
        }
    }
}

/// A creditor's words about an invoice may hold what we may not use.
#[test]
fn the_number_of_a_person_in_a_description_is_masked() {
    let reader = crate::texts::preview::CONSUMER;
    let mut case = Case::invented(MessageKind::Demand, reader).unwrap();
    case.parties.claims[0].description = Some("Brood voor BSN 123456782".to_owned());
    let composed = case.preview(MessageKind::Demand, Channel::Email, None).unwrap();
    assert!(composed.text.contains("Brood voor BSN *********"), "{}", composed.text);
}
