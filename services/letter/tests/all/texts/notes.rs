//! What creditors read: both notes, in every language.

use std::path::Path;

use contracts::letter::SendNote;
use contracts::payment_reconciliation::{FeeInvoice, FeeInvoiceKind, FeeInvoiceState};
use jiff::civil::date;
use letter::domain::{COLUMNS_MAX, ComposedNote, FileKind, NoteRefusal, compose_note};
use primitives::{ContentHash, CreditorId, Language, NonPaymentReason};

use crate::sample::case::{REMINDER, agency, contact, parties};
use crate::sample::note::{feedback, remittance};
use crate::sample::{euros, id};

fn composed(send: &SendNote, language: Language) -> ComposedNote {
    compose_note(&agency(), send, &contact(language), Some(&parties(REMINDER))).unwrap()
}

#[test]
fn every_note_is_finished_in_every_language_and_can_be_looked_at() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("letters");
    std::fs::create_dir_all(&folder).unwrap();
    for language in Language::ALL {
        for send in [feedback(), remittance()] {
            let ComposedNote { subject, text, html, text_version, .. } = composed(&send, *language);
            for part in [&subject, &text, &html] {
                for left_over in ["{{", "{%", "[claims", "undefined"] {
                    assert!(!part.contains(left_over), "{text_version}: {left_over}");
                }
            }
            let longest = text.lines().map(|line| line.chars().count()).max().unwrap();
            assert!(longest <= COLUMNS_MAX, "{text_version}: {longest}");
            assert!(subject.chars().count() <= COLUMNS_MAX, "{subject}");
            let name = text_version.replace(['/', '@'], "-");
            std::fs::write(folder.join(format!("{name}.txt")), text).unwrap();
            std::fs::write(folder.join(format!("{name}.html")), html).unwrap();
        }
    }
}

#[test]
fn feedback_tells_what_was_done_received_and_learnt() {
    let text = composed(&feedback(), Language::Nl).text;
    for told in [
        "Noor Vandenberghe",
        "2026-0187",
        "Alles is betaald.",
        "€\u{a0}1.289,51",
        "12 november 2026",
        "nu niet genoeg geld; vergeten of blijven liggen",
        "Beloften verbroken",
    ] {
        assert!(text.contains(told), "{told}\n{text}");
    }
}

/// Whom nobody could reach was not spoken to.
#[test]
fn conversations_and_attempts_are_counted_apart() {
    for (language, told) in [
        (
            Language::Nl,
            [
                "1 gesprek",
                "2 gesprekken, 1 vergeefse poging",
                "geen gesprek, 3 vergeefse pogingen",
                "niet gebeld",
                "3 keer gebeld",
            ],
        ),
        (
            Language::Fr,
            [
                "1 conversation",
                "2 conversations, 1 tentative sans succès",
                "aucune conversation, 3 tentatives sans succès",
                "aucun appel",
                "3 appels",
            ],
        ),
        (
            Language::De,
            [
                "1 Gespräch",
                "2 Gespräche, 1 vergeblicher Versuch",
                "kein Gespräch, 3 vergebliche Versuche",
                "kein Anruf",
                "3 Anrufe",
            ],
        ),
        (
            Language::En,
            [
                "1 conversation",
                "2 conversations, 1 attempt in vain",
                "no conversation, 3 attempts in vain",
                "no calls",
                "3 calls",
            ],
        ),
    ] {
        let calls = [(1, Some(1)), (3, Some(2)), (3, Some(0)), (0, Some(0)), (3, None)];
        for ((calls_made, conversations), words) in calls.into_iter().zip(told) {
            let mut send = feedback();
            let contracts::letter::Note::Feedback(told) = &mut send.note else { panic!() };
            (told.calls_made, told.conversations) = (calls_made, conversations);
            let text = composed(&send, language).text;
            let row = text
                .lines()
                .find(|line| line.trim_start().starts_with('T') && line.ends_with(words));
            assert!(row.is_some(), "{language}: {words}\n{text}");
        }
    }
}

#[test]
fn a_remittance_tells_the_amount_the_account_and_the_attachment() {
    let ComposedNote { text, attachments, subject, .. } = composed(&remittance(), Language::Nl);
    assert!(subject.contains("€\u{a0}1.154,33"), "{subject}");
    for told in ["€\u{a0}1.154,33", "BE71 0961 2345 6769", "20 november 2026", "bijlage"] {
        assert!(text.contains(told), "{told}\n{text}");
    }
    assert!(!text.contains("factuur") && !text.contains("kleine"), "{text}");
    let names: Vec<&str> = attachments.iter().map(|it| it.name.as_str()).collect();
    assert_eq!(names, ["specificatie-2026-11-20.csv"]);
}

/// What is said of the agency's invoice and of small differences, where there are any.
#[test]
fn a_remittance_tells_of_the_invoice_and_of_what_was_given_up() {
    let invoice = |kind, state| FeeInvoice {
        number: "2026-000017".to_owned(),
        kind,
        issued_on: date(2026, 11, 20),
        total: euros(5_815),
        reverse_charge: false,
        state,
        document: None,
    };
    let open = FeeInvoiceState::Open { due_on: date(2026, 12, 20) };
    let settled = FeeInvoiceState::SettledWithRemittance;
    let pdf = ContentHash::from_digest([8; 32]);
    let told = |kind, state, given_up: i64| {
        let mut send = remittance();
        let contracts::letter::Note::Remittance(told) = &mut send.note else { panic!() };
        told.specification_pdf = Some(pdf);
        told.invoice = Some(invoice(kind, state));
        told.given_up = euros(given_up.max(0));
        told.taken_back = euros(-given_up.min(0));
        let languages = [Language::Nl, Language::Fr, Language::De, Language::En];
        languages.map(|language| composed(&send, language))
    };
    let expected = [
        "Onze factuur 2026-000017 is €\u{a0}58,15. Die is met deze uitbetaling verrekend.",
        "Notre facture 2026-000017 est de 58,15\u{a0}€. Elle est réglée avec ce versement.",
        "Unsere Rechnung 2026-000017 beträgt 58,15\u{a0}€. Sie ist mit dieser Auszahlung \
         verrechnet.",
        "Our invoice 2026-000017 is €58.15. It is settled with this payment.",
    ];
    let flat = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let all = told(FeeInvoiceKind::Invoice, settled.clone(), 247);
    for (note, expected) in all.iter().zip(expected) {
        assert!(flat(&note.text).contains(&flat(expected)), "{}", note.text);
        assert!(note.text.contains("2,47") || note.text.contains("2.47"), "{}", note.text);
        let kinds: Vec<FileKind> = note.attachments.iter().map(|it| it.kind).collect();
        assert_eq!(kinds, [FileKind::Csv, FileKind::Pdf]);
        assert_eq!(note.attachments[1].content, pdf);
    }
    let [gross, ..] = told(FeeInvoiceKind::Invoice, open.clone(), -247);
    let text = flat(&gross.text);
    assert!(text.contains("Die betaalt u apart, uiterlijk op 20 december 2026."), "{text}");
    assert!(text.contains("geldt € 2,47 niet meer"), "{text}");
    // Each says nothing about the other.
    let mut send = remittance();
    let contracts::letter::Note::Remittance(both) = &mut send.note else { panic!() };
    (both.given_up, both.taken_back) = (euros(37), euros(247));
    let text = flat(&composed(&send, Language::Nl).text);
    assert!(text.contains("U hebt € 0,37") && text.contains("geldt € 2,47 niet meer"), "{text}");
    let [credited, ..] = told(FeeInvoiceKind::CreditNote, open, 0);
    let text = flat(&credited.text);
    assert!(
        text.contains("Onze creditnota 2026-000017 is € 58,15. Dat bedrag betalen wij u apart.")
    );
    assert!(!text.contains("kleine"), "{text}");
    let [added, ..] = told(FeeInvoiceKind::CreditNote, settled, 0);
    assert!(flat(&added.text).contains("Die is met deze uitbetaling verrekend."));
}

#[test]
fn every_reason_has_its_words() {
    for language in Language::ALL {
        for reason in NonPaymentReason::ALL {
            let mut send = feedback();
            let contracts::letter::Note::Feedback(told) = &mut send.note else { panic!() };
            told.reasons = vec![*reason];
            assert!(!composed(&send, *language).text.is_empty());
        }
    }
}

#[test]
fn one_creditor_never_reads_of_another() {
    let mut other_case = parties(REMINDER);
    other_case.creditor.creditor_id = CreditorId::from_uuid(id(99));
    let mut other_contact = contact(Language::Nl);
    other_contact.creditor_id = CreditorId::from_uuid(id(99));
    for (contact, parties) in
        [(contact(Language::Nl), other_case), (other_contact, parties(REMINDER))]
    {
        let refused = compose_note(&agency(), &feedback(), &contact, Some(&parties));
        assert!(matches!(refused, Err(NoteRefusal::AnotherCreditors)), "{refused:?}");
    }
}
