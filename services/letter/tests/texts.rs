//! What a debtor reads: every text of the matrix, on its finished form.

#![expect(clippy::unwrap_used, reason = "tests fail loudly")]

#[path = "sample/case.rs"]
mod case;
mod sample;

use std::collections::BTreeSet;
use std::path::Path;

use case::{REMINDER, Variant, agency, parties, position, send};
use contracts::payment_reconciliation::Position;
use jiff::civil::date;
use law::{Element, required_elements};
use letter::domain::{COLUMNS_MAX, Composed, Refusal, compose};
use primitives::{
    Capacity, CaseId, Country, CreditorId, DebtorKind, Language, MessageKind, PersonId, Timestamp,
};
use proptest::prelude::*;
use sample::{euros, id, now};

/// Every message that may be written.
fn matrix() -> Vec<Variant> {
    let mut variants = Vec::new();
    for message in MessageKind::ALL {
        for language in Language::ALL {
            for debtor in DebtorKind::ALL {
                for country in [Country::NL, Country::BE] {
                    for capacity in Capacity::ALL {
                        variants.push(Variant {
                            message: *message,
                            language: *language,
                            debtor: *debtor,
                            country,
                            capacity: *capacity,
                        });
                    }
                }
            }
        }
    }
    variants.retain(|variant| required(*variant).is_some());
    variants
}

fn required(variant: Variant) -> Option<Vec<Element>> {
    let Variant { message, debtor, country, capacity, .. } = variant;
    required_elements(country, debtor, capacity, message).value
}

/// A message about so many claims, the first with so much open.
fn message(variant: Variant, claims: u128, first_open: i64) -> Result<Composed, Refusal> {
    let (send, parties) = (send(variant, claims), parties(variant));
    compose(&agency(), &send, &parties, &position(first_open), now())
}

#[test]
fn every_cell_of_the_matrix_has_a_lawful_text() {
    let mut versions = BTreeSet::new();
    for variant in matrix() {
        for claims in [1, 2, 3] {
            let composed = message(variant, claims, 100_000)
                .unwrap_or_else(|refusal| panic!("{variant:?}: {refusal}: {refusal:?}"));
            let Variant { message, language, debtor, .. } = variant;
            assert!(composed.text_version.starts_with(&format!("{message}/{language}/{debtor}@")));
            assert!(!composed.text.contains(&composed.text_version), "our paths are ours");
            assert!(composed.html.contains(&format!("<html lang=\"{language}\">")), "{variant:?}");
            versions.insert(composed.text_version);
        }
    }
    assert_eq!(versions.len(), 2 * 4 * 3);
}

/// Lays every text of the agency's into `target/tmp/letters`, to be looked at.
#[test]
fn every_text_can_be_looked_at() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("letters");
    std::fs::create_dir_all(&folder).unwrap();
    for variant in matrix() {
        if variant.capacity != Capacity::AgencyForCreditor {
            continue;
        }
        let Composed { text, html, text_version, .. } = message(variant, 2, 100_000).unwrap();
        let name = format!("{}-{}", text_version.replace(['/', '@'], "-"), variant.country);
        std::fs::write(folder.join(format!("{name}.txt")), text).unwrap();
        std::fs::write(folder.join(format!("{name}.html")), html).unwrap();
    }
}

/// The friendly stage: none of these words belongs in it, in any language.
const THREATS: &[&str] = &[
    "aanmaning",
    "boete",
    "dagvaarding",
    "deurwaarder",
    "gerecht",
    "incasso",
    "incassokosten",
    "ingebrekestelling",
    "kosten",
    "laatste",
    "maatregelen",
    "rechtbank",
    "rechter",
    "sommatie",
    "amende",
    "avocat",
    "contrainte",
    "demeure",
    "frais",
    "huissier",
    "juge",
    "justice",
    "poursuites",
    "pénalité",
    "recouvrement",
    "saisie",
    "sommation",
    "tribunal",
    "anwalt",
    "gebühr",
    "gericht",
    "gerichtsvollzieher",
    "inkasso",
    "klage",
    "kosten",
    "mahngebühr",
    "mahnkosten",
    "mahnung",
    "pfändung",
    "vollstreckung",
    "bailiff",
    "costs",
    "court",
    "debt",
    "enforce",
    "fee",
    "final",
    "judge",
    "judgment",
    "lawyer",
    "legal",
    "measures",
    "penalty",
    "threat",
    "urgent",
];

#[test]
fn no_text_threatens_or_speaks_of_costs() {
    for variant in matrix() {
        let composed = message(variant, 2, 100_000).unwrap();
        // The agency's own name may say what it is.
        let names = agency();
        let text = format!("{}\n{}", composed.subject, composed.text).replace('\n', " ");
        let text = text.replace(&names.legal_name, "").replace(&names.name, "");
        let text = text.replace(&composed.text_version, "").to_lowercase();
        let words: BTreeSet<&str> = text
            .split(|sign: char| !sign.is_alphanumeric())
            .filter(|word| !word.is_empty())
            .collect();
        let found: Vec<_> = THREATS.iter().filter(|threat| words.contains(*threat)).collect();
        assert!(found.is_empty(), "{variant:?}: {found:?}");
    }
}

#[test]
fn the_plain_part_is_readable_and_finished() {
    for variant in matrix() {
        let Composed { subject, text, html, .. } = message(variant, 3, 100_000).unwrap();
        let longest = text.lines().map(|line| line.chars().count()).max().unwrap();
        assert!(longest <= COLUMNS_MAX, "{variant:?}: {longest}");
        for part in [&subject, &text, &html] {
            for left_over in ["{{", "{%", "[claims", "[payment", "[how", "[penalty", "undefined"] {
                assert!(!part.contains(left_over), "{variant:?}: {left_over}");
            }
        }
        assert!(!text.contains("\n\n\n"), "{variant:?}: too many empty lines\n{text}");
        assert!(!text.lines().any(|line| line.ends_with(' ')), "{variant:?}");
        assert!(subject.chars().count() <= COLUMNS_MAX, "{variant:?}: {subject}");
    }
}

#[test]
fn amounts_dates_and_references_are_written_as_the_reader_writes_them() {
    for (language, amount, due) in [
        (Language::Nl, "€\u{a0}1.234,56", "4 november 2026"),
        (Language::Fr, "1\u{202f}234,56\u{a0}€", "4 novembre 2026"),
        (Language::De, "1.234,56\u{a0}€", "4. November 2026"),
        (Language::En, "€1,234.56", "4 November 2026"),
    ] {
        let composed = message(Variant { language, ..REMINDER }, 1, 123_456).unwrap();
        assert_eq!(composed.asked, euros(123_456));
        for value in [amount, due, "+++010/8068/17183+++", "BE71 0961 2345 6769"] {
            assert!(composed.text.contains(value), "{language}: {value}\n{}", composed.text);
        }
    }
}

#[test]
fn what_was_paid_is_not_asked_for_again() {
    let composed = message(REMINDER, 1, 34_556).unwrap();
    assert_eq!(composed.asked, euros(34_556));
    for value in ["€\u{a0}1.234,56", "€\u{a0}889,00", "€\u{a0}345,56"] {
        assert!(composed.text.contains(value), "{value}\n{}", composed.text);
    }
    let composed = message(REMINDER, 2, 0).unwrap();
    assert_eq!(composed.asked, euros(4_500), "a settled claim is left out");
    assert!(!composed.text.contains("2026-0187"));
    assert!(matches!(message(REMINDER, 1, 0), Err(Refusal::NothingOwed)));
    assert!(matches!(message(REMINDER, 1, -5), Err(Refusal::NothingOwed)));
}

/// Whole days of the debtor's calendar: at 09:30 of 12 November, 10 November is two days ago.
#[test]
fn nothing_is_asked_for_on_old_knowledge_of_payments() {
    let with = |within_days, until| {
        let mut send = send(REMINDER, 1);
        send.permit.payments_known_within_days = within_days;
        let position = Position { payments_known_until: until, ..position(123_456) };
        compose(&agency(), &send, &parties(REMINDER), &position, now())
    };
    for (within_days, until) in [
        (None, None),
        (None, Some(date(2020, 1, 1))),
        (Some(2), Some(date(2026, 11, 10))),
        (Some(0), Some(date(2026, 11, 12))),
        (Some(0), Some(date(2026, 11, 13))),
        (Some(u16::MAX), Some(date(2026, 11, 1))),
    ] {
        assert!(with(within_days, until).is_ok(), "{within_days:?} {until:?}");
    }
    for (within_days, until) in [
        (Some(2), Some(date(2026, 11, 9))),
        (Some(0), Some(date(2026, 11, 11))),
        (Some(u16::MAX), None),
    ] {
        let refused = with(within_days, until);
        assert!(matches!(refused, Err(Refusal::PaymentsNotKnown { .. })), "{refused:?}");
    }
}

#[test]
fn several_claims_keep_their_own_references() {
    let composed = message(REMINDER, 3, 123_456).unwrap();
    assert_eq!(composed.asked, euros(123_456 + 4_500 + 995));
    for value in ["+++010/8068/17183+++", "+++090/9337/55493+++", "RF18 5390 0754 7034"] {
        assert!(composed.text.contains(value), "{value}");
        assert!(composed.html.replace("&#x2f;", "/").contains(value), "{value}");
    }
}

/// WER art. XIX.2: 14 calendar days from the day after sending; a last day that is no working day
/// moves to the next one.
#[test]
fn a_reminder_gives_fourteen_days_and_ends_on_a_working_day() {
    let belgian = Variant { country: Country::BE, ..REMINDER };
    for (sent, expected) in [
        // Thursday to Thursday.
        ("2026-11-12T09:30:00Z", "26 november 2026"),
        // Friday 11 December to Christmas Day, which is a Friday, and on to Monday.
        ("2026-12-11T09:30:00Z", "28 december 2026"),
        // Saturday to Saturday, and on to Monday.
        ("2026-11-14T09:30:00Z", "30 november 2026"),
        // Late in the evening by UTC it is the next day already.
        ("2026-11-12T23:30:00Z", "27 november 2026"),
    ] {
        let moment: Timestamp = sent.parse().unwrap();
        let (send, parties) = (send(belgian, 1), parties(belgian));
        let composed = compose(&agency(), &send, &parties, &position(100), moment).unwrap();
        assert!(composed.text.contains(&format!("uiterlijk op {expected}")), "{}", composed.text);
    }
}

#[test]
fn a_notice_names_the_due_date_or_points_to_each_invoice() {
    let notice = Variant { message: MessageKind::PreDueNotice, ..REMINDER };
    let composed = message(notice, 2, 100).unwrap();
    assert!(composed.text.contains("uiterlijk op 4 november 2026"), "{}", composed.text);
    let mut parties = parties(notice);
    for (claim, day) in parties.claims.iter_mut().zip(5..) {
        claim.due_on = date(2026, 11, day);
    }
    let composed = compose(&agency(), &send(notice, 2), &parties, &position(100), now()).unwrap();
    let text = composed.text.replace('\n', " ");
    assert!(text.contains("uiterlijk op de datum die bij elke factuur staat"), "{text}");
}

/// WER art. XIX.2 wants the amount of the penalty clause named; we claim none, and say so there.
#[test]
fn only_belgian_consumers_read_of_a_penalty_clause() {
    for variant in matrix() {
        let composed = message(variant, 1, 100).unwrap();
        let named =
            composed.printed.iter().any(|printed| printed.element == Element::PenaltyClauseAmount);
        let asked = required(variant).unwrap().contains(&Element::PenaltyClauseAmount);
        assert_eq!(named, asked, "{variant:?}");
    }
}

/// Words that a debtor of this country would use, and that the law or good German asks for.
#[test]
fn the_words_are_those_of_the_reader() {
    let text = |variant: Variant, claims| {
        message(variant, claims, 100).unwrap().text.replace('\n', " ").replace("  ", " ")
    };
    let belgian = Variant { country: Country::BE, ..REMINDER };
    let (dutch, flemish) = (text(REMINDER, 1), text(belgian, 1));
    assert!(dutch.contains("Betalingskenmerk") && !dutch.contains("mededeling"), "{dutch}");
    assert!(flemish.contains("Mededeling"), "{flemish}");
    assert!(!text(belgian, 3).contains("kenmerk"), "nor with several invoices");
    for (language, promise, ground, reference) in [
        (
            Language::Nl,
            "Ook als u later betaalt, komt er niets bij.",
            "uw overeenkomst met Bakkerij De Korenaar",
            "R-NL-C-2",
        ),
        (
            Language::Fr,
            "Même si vous payez plus tard, rien ne s'y ajoutera.",
            "votre contrat avec Bakkerij De Korenaar",
            "R-FR-C-2",
        ),
        (
            Language::De,
            "Auch wenn Sie später zahlen, kommt nichts hinzu.",
            "Ihres Vertrags mit Bakkerij De Korenaar",
            "R-DE-C-2",
        ),
        (
            Language::En,
            "Even if you pay later, nothing will be added.",
            "your contract with Bakkerij De Korenaar",
            "R-EN-C-2",
        ),
    ] {
        let text = text(Variant { language, ..belgian }, 1);
        for words in [promise, ground, reference] {
            assert!(text.contains(words), "{words}\n{text}");
        }
    }
}

/// After the comma of a salutation a German sentence goes on; after a colon a whole one begins.
#[test]
fn german_sentences_begin_as_they_should() {
    for variant in matrix().into_iter().filter(|it| it.language == Language::De) {
        let text = message(variant, 2, 100).unwrap().text;
        let salutation = |line: &&str| line.starts_with("Guten Tag") || line.starts_with("Sehr");
        let (_, rest) = text.split_once(text.lines().find(salutation).unwrap()).unwrap();
        let first = rest.trim_start_matches('\n').split_whitespace().next().unwrap();
        let capital = first.starts_with(char::is_uppercase);
        // `Sie` and names are written with a capital everywhere.
        assert_eq!(capital, ["Sie", "Bakkerij"].contains(&first), "{variant:?}: {first}");
        let flat = text.replace('\n', " ");
        assert!(!flat.contains("Buchhaltung: die"), "{variant:?}");
        assert!(!flat.contains("gratis"), "{variant:?}");
    }
}

#[test]
fn a_text_that_lacks_what_the_law_asks_for_is_not_written() {
    let belgian = Variant { country: Country::BE, ..REMINDER };
    let mut parties = parties(belgian);
    parties.creditor.company_number = None;
    parties.claims[0].description = None;
    let composed = compose(&agency(), &send(belgian, 1), &parties, &position(100), now());
    let Err(Refusal::Incomplete { missing }) = composed else { panic!("{composed:?}") };
    assert_eq!(missing, [Element::CreditorCompanyNumber, Element::ProductDescription]);
}

#[test]
fn a_collector_without_its_register_number_does_not_write() {
    let mut unregistered = agency();
    unregistered.registration_nl = Some("none".to_owned());
    let parties = parties(REMINDER);
    let composed = compose(&unregistered, &send(REMINDER, 1), &parties, &position(100), now());
    let Err(Refusal::Incomplete { missing }) = composed else { panic!("{composed:?}") };
    assert_eq!(missing, [Element::SenderRegistrationNumber]);
}

#[test]
fn where_no_law_is_known_nothing_is_written() {
    let german = Variant { country: Country::DE, ..REMINDER };
    assert!(matches!(message(german, 1, 100), Err(Refusal::NotCovered { .. })));
    let collector = Variant { country: Country::BE, capacity: Capacity::Collector, ..REMINDER };
    assert!(matches!(message(collector, 1, 100), Err(Refusal::NotCovered { .. })));
}

#[test]
fn nobody_reads_of_another_case() {
    let (send, position) = (send(REMINDER, 1), position(100));
    let mut other_person = parties(REMINDER);
    other_person.debtor.person_id = PersonId::from_uuid(id(99));
    let mut other_creditor = parties(REMINDER);
    other_creditor.creditor.creditor_id = CreditorId::from_uuid(id(99));
    let mut other_case = parties(REMINDER);
    other_case.case_id = CaseId::from_uuid(id(99));
    let mut unknown_claim = parties(REMINDER);
    unknown_claim.claims.clear();
    for parties in [other_person, other_creditor, other_case, unknown_claim] {
        let composed = compose(&agency(), &send, &parties, &position, now());
        assert!(matches!(composed, Err(Refusal::NotKnownYet(_))), "{composed:?}");
    }
}

#[test]
fn the_sender_is_who_the_capacity_says() {
    for (capacity, name, reply_to) in [
        (Capacity::Creditor, "Bakkerij De Korenaar", Some("boekhouding@korenaar.example")),
        (Capacity::AgencyForCreditor, "Minnelijk Incasso, namens Bakkerij De Korenaar", None),
        (Capacity::Collector, "Minnelijk Incasso", None),
    ] {
        let composed = message(Variant { capacity, ..REMINDER }, 1, 100).unwrap();
        assert_eq!(composed.sender_name, name);
        assert_eq!(composed.reply_to.as_deref(), reply_to);
        assert!(composed.text.contains(&format!("\n{name}\n")), "{}", composed.text);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// A creditor's file can hold anything; what it says stays text.
    #[test]
    fn values_stay_values(
        name in "[a-z<>&\"'{}% \\r\\n\u{202e}]{1,40}",
        description in "\\PC{1,80}",
    ) {
        let mut parties = parties(REMINDER);
        parties.debtor.name = format!("<b>{name}</b>{{{{ creditor }}}}");
        parties.claims.first_mut().unwrap().description = Some(description);
        // A description of nothing but spaces is none.
        if let Ok(composed) =
            compose(&agency(), &send(REMINDER, 1), &parties, &position(100), now())
        {
            prop_assert!(!composed.html.contains("<b>"));
            prop_assert!(composed.text.contains("{{ creditor }}"));
            for part in [&composed.text, &composed.html, &composed.subject] {
                let marks = part.chars().filter(|sign| matches!(sign, '\r' | '\u{202e}'));
                prop_assert_eq!(marks.count(), 0);
            }
            prop_assert_eq!(composed.subject.lines().count(), 1);
        }
    }
}
