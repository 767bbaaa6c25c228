//! What a debtor reads: every text of the matrix, on its finished form.

mod content;
mod hostile;
mod notes;
mod preview;
mod readable;
mod statement;
mod thanks;

use std::collections::BTreeSet;
use std::path::Path;

use crate::sample::case::{REMINDER, Variant, agency, parties, position, position_for, send};
use crate::sample::{euros, id, now};
use contracts::payment_reconciliation::Position;
use jiff::civil::date;
use law::{Charges, Document, Element, required_elements};
use letter::domain::{Agency, COLUMNS_MAX, Composed, Form, Refusal, compose};
use primitives::{
    Capacity, CaseId, Channel, Country, CreditorId, DebtorKind, Language, MessageKind, PersonId,
    Timestamp,
};
use proptest::prelude::*;

/// Every mail that may be written.
fn matrix() -> Vec<Variant> {
    let mut variants = Vec::new();
    for message in MessageKind::ALL {
        for language in Language::ALL {
            for debtor in DebtorKind::ALL {
                for country in [Country::NL, Country::BE] {
                    for capacity in Capacity::ALL {
                        variants.push(Variant {
                            message: *message,
                            channel: Channel::Email,
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

/// The texts that are looked at and printed: those of the agency.
fn of_agency() -> Vec<Variant> {
    let mut variants = matrix();
    variants.retain(|variant| {
        let is_collectors = variant.message == MessageKind::FormalNotice;
        is_collectors || variant.capacity == Capacity::AgencyForCreditor
    });
    variants
}

/// What the law asks of a message; of a demand, with everything that one may ask.
fn required(variant: Variant) -> Option<Vec<Element>> {
    let Variant { message, debtor, country, capacity, .. } = variant;
    // The Belgian rate between businesses is not loaded for the day of the sample.
    let interest = country == Country::NL || debtor == DebtorKind::Consumer;
    let charges = Charges { costs: true, interest };
    required_elements(country, debtor, capacity, Document::Message(message), charges).value
}

/// A message about so many claims, the first with so much open.
fn message(variant: Variant, claims: u128, first_open: i64) -> Result<Composed, Refusal> {
    let (send, parties) = (send(variant, claims), parties(variant));
    compose(&agency(), &send, &parties, &position(first_open), now())
}

/// A message on the position that suits it.
fn suited(variant: Variant, claims: u128) -> Composed {
    let (send, parties) = (send(variant, claims), parties(variant));
    compose(&agency(), &send, &parties, &position_for(variant), now())
        .unwrap_or_else(|refusal| panic!("{variant:?}: {refusal}: {refusal:?}"))
}

fn html(composed: &Composed) -> &str {
    match &composed.form {
        Form::Mail { html } => html,
        Form::Paper { .. } => panic!("it is a mail"),
    }
}

/// The text in one line.
fn flat(composed: &Composed) -> String {
    composed.text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn every_cell_of_the_matrix_has_a_lawful_text() {
    let mut versions = BTreeSet::new();
    for variant in matrix() {
        for claims in [1, 2, 3] {
            let composed = suited(variant, claims);
            let Variant { message, language, debtor, .. } = variant;
            assert!(composed.text_version.starts_with(&format!("{message}/{language}/{debtor}@")));
            assert!(!composed.text.contains(&composed.text_version), "our paths are ours");
            assert!(html(&composed).contains(&format!("<html lang=\"{language}\">")));
            let held: Vec<Element> = composed.printed.iter().map(|it| it.element).collect();
            for element in required(variant).unwrap() {
                assert!(held.contains(&element), "{variant:?}: {element:?}");
            }
            versions.insert(composed.text_version);
        }
    }
    // All but the two letters that exist for consumers only.
    assert_eq!(versions.len(), 5 * 4 * 3 + 2 * 4);
}

/// The same words on paper, proved on what is really printed. Lays all of them, as mails and as
/// letters, into `target/tmp/letters`, to be looked at.
#[test]
fn every_text_can_be_printed_and_looked_at() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("letters");
    std::fs::create_dir_all(&folder).unwrap();
    for variant in of_agency() {
        let mail = suited(variant, 1);
        let name = format!("{}-{}", mail.text_version.replace(['/', '@'], "-"), variant.country);
        std::fs::write(folder.join(format!("{name}.txt")), &mail.text).unwrap();
        std::fs::write(folder.join(format!("{name}.html")), html(&mail)).unwrap();
        // Printing is slow without optimisation; few texts differ from country to country.
        let dutch_consumer =
            variant.debtor == DebtorKind::Consumer && variant.language == Language::Nl;
        if variant.country == Country::BE && !dutch_consumer {
            continue;
        }
        let letter = suited(Variant { channel: Channel::Post, ..variant }, 1);
        let Form::Paper { pdf, pages, destination, language } = &letter.form else { panic!() };
        assert_eq!((*destination, *language), (variant.country, variant.language));
        // What the law wants in a formal notice takes more than one.
        let pages_max = if variant.message == MessageKind::FormalNotice { 2 } else { 1 };
        assert!(*pages <= pages_max, "{name}: a letter about one invoice takes {pages} pages");
        assert!(pdf.starts_with(b"%PDF"), "{name}");
        assert_eq!((letter.asked, &letter.text_version), (mail.asked, &mail.text_version));
        std::fs::write(folder.join(format!("{name}.pdf")), pdf).unwrap();
        // Several invoices, where the account of each is long.
        if variant.debtor == DebtorKind::Consumer && variant.message == MessageKind::Demand {
            let letter = suited(Variant { channel: Channel::Post, ..variant }, 3);
            let Form::Paper { pdf, pages, .. } = &letter.form else { panic!() };
            assert!(*pages <= 2, "{name}: {pages} pages");
            std::fs::write(folder.join(format!("{name}-3.pdf")), pdf).unwrap();
        }
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

/// What belongs in no text of ours, however late it is.
const NEVER: &[&str] = &[
    "dagvaarding",
    "deurwaarder",
    "rechtbank",
    "rechter",
    "beslag",
    "huissier",
    "tribunal",
    "saisie",
    "poursuites",
    "gerichtsvollzieher",
    "gericht",
    "pfändung",
    "bailiff",
    "court",
    "judge",
    "lawyer",
    "threat",
];

#[test]
fn no_text_threatens_and_none_speaks_of_costs_before_there_are_any() {
    for variant in matrix() {
        let asks_costs = matches!(
            variant.message,
            MessageKind::FourteenDayLetter | MessageKind::FormalNotice | MessageKind::Demand
        );
        let banned = if asks_costs { NEVER } else { THREATS };
        let composed = suited(variant, 2);
        // The agency's own name may say what it is.
        let names = agency();
        let text = format!("{}\n{}", composed.subject, composed.text).replace('\n', " ");
        let text = text.replace(&names.legal_name, "").replace(&names.name, "");
        let text = text.replace(&composed.text_version, "").to_lowercase();
        let words: BTreeSet<&str> = text
            .split(|sign: char| !sign.is_alphanumeric())
            .filter(|word| !word.is_empty())
            .collect();
        let found: Vec<_> = banned.iter().filter(|threat| words.contains(*threat)).collect();
        assert!(found.is_empty(), "{variant:?}: {found:?}");
    }
}

#[test]
fn the_plain_part_is_readable_and_finished() {
    for variant in matrix() {
        let composed = suited(variant, 3);
        let html = html(&composed);
        let Composed { subject, text, .. } = &composed;
        let longest = text.lines().map(|line| line.chars().count()).max().unwrap();
        assert!(longest <= COLUMNS_MAX, "{variant:?}: {longest}");
        for part in [subject.as_str(), text.as_str(), html] {
            for left_over in [
                "{{",
                "{%",
                "[claims",
                "[payment",
                "[how",
                "[penalty",
                "[promised",
                "undefined",
                "\u{2}",
            ] {
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
    for value in ["€\u{a0}1.234,56", "€\u{a0}889,00 op 9 november 2026", "€\u{a0}345,56"] {
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

/// Also where nothing is to be paid any more.
#[test]
fn every_message_shows_the_number_of_the_case() {
    let on_paper = [MessageKind::FreeFirstReminder, MessageKind::PaymentThanks].map(|message| {
        let channel = Channel::Post;
        Variant { message, channel, ..REMINDER }
    });
    for variant in of_agency().into_iter().chain(on_paper) {
        let label = match variant.language {
            Language::Nl => "Dossiernummer",
            Language::Fr => "Numéro de dossier",
            Language::De => "Aktenzeichen",
            Language::En => "File number",
        };
        let text = flat(&suited(variant, 1)).replace(':', "");
        assert!(text.contains(&format!("{label} 1000001-14")), "{variant:?}\n{text}");
    }
}

#[test]
fn several_claims_keep_their_own_references() {
    let composed = message(REMINDER, 3, 123_456).unwrap();
    assert_eq!(composed.asked, euros(123_456 + 4_500 + 995));
    for value in ["+++010/8068/17183+++", "+++090/9337/55493+++", "RF18 5390 0754 7034"] {
        assert!(composed.text.contains(value), "{value}");
        assert!(html(&composed).replace("&#x2f;", "/").contains(value), "{value}");
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

/// WER art. XIX.2 wants the amount of the penalty clause named; where there is none, that is said.
#[test]
fn only_belgian_consumers_read_of_a_penalty_clause() {
    for variant in matrix() {
        let composed = suited(variant, 1);
        let named =
            composed.printed.iter().any(|printed| printed.element == Element::PenaltyClauseAmount);
        let asked = required(variant).unwrap().contains(&Element::PenaltyClauseAmount);
        assert_eq!(named, asked, "{variant:?}");
    }
    let belgian = Variant { country: Country::BE, ..REMINDER };
    let told = flat(&suited(belgian, 1));
    for words in
        ["€ 185,18 schadevergoeding en rente van 4% per jaar", "de voorwaarden van Bakkerij"]
    {
        assert!(told.contains(words), "{words}\n{told}");
    }
    let free = flat(&message(belgian, 1, 100).unwrap());
    assert!(free.contains("geen schadevergoeding en geen rente"), "{free}");
}

/// BW art. 6:96 lid 6: the exact costs with VAT and why, the term from receipt and no earlier day,
/// what follows, and that nothing does in time.
#[test]
fn the_14_day_letter_says_what_the_law_wants_in_every_language() {
    let letter = Variant { message: MessageKind::FourteenDayLetter, ..REMINDER };
    for (language, words) in [
        (
            Language::Nl,
            [
                "binnen 14 dagen vanaf de dag nadat deze brief bij u is bezorgd",
                "€ 224,06 (€ 38,88 btw inbegrepen)",
                "Bakkerij De Korenaar kan de btw niet verrekenen",
                "vanaf de dag na de vervaldatum",
                "Betaalt u op tijd, dan komt er niets bij.",
            ],
        ),
        (
            Language::Fr,
            [
                "dans les 14 jours à compter du lendemain du jour où cette lettre vous a été \
                 remise",
                "224,06 € (dont 38,88 € de TVA)",
                "Bakkerij De Korenaar ne peut pas déduire la TVA",
                "du lendemain de l'échéance",
                "Si vous payez à temps, rien ne s'ajoute.",
            ],
        ),
        (
            Language::De,
            [
                "innerhalb von 14 Tagen ab dem Tag, nachdem dieser Brief bei Ihnen zugestellt \
                 wurde",
                "224,06 € (darin 38,88 € Mehrwertsteuer)",
                "Bakkerij De Korenaar kann die Mehrwertsteuer nicht abziehen",
                "ab dem Tag nach der Fälligkeit",
                "Wenn Sie rechtzeitig zahlen, kommt nichts hinzu.",
            ],
        ),
        (
            Language::En,
            [
                "within 14 days from the day after this letter was delivered to you",
                "€224.06 (€38.88 VAT included)",
                "Bakkerij De Korenaar cannot deduct the VAT",
                "from the day after the due date",
                "If you pay in time, nothing is added.",
            ],
        ),
    ] {
        for channel in [Channel::Email, Channel::Post] {
            let text = flat(&suited(Variant { channel, language, ..letter }, 1));
            for words in words {
                assert!(text.contains(words), "{language} {channel}: {words}\n{text}");
            }
        }
    }
    // The day by which the post may be late would be too early a day.
    let text = flat(&suited(letter, 1));
    assert!(!text.contains("26 november 2026") && !text.contains("27 november 2026"), "{text}");
}

#[test]
fn a_14_day_letter_that_knows_no_costs_is_not_written() {
    let letter = Variant { message: MessageKind::FourteenDayLetter, ..REMINDER };
    let Err(Refusal::Incomplete { missing }) = message(letter, 1, 100_000) else { panic!() };
    assert_eq!(missing, [Element::CollectionCosts]);
    let business = Variant { debtor: DebtorKind::LegalPerson, ..letter };
    assert!(matches!(message(business, 1, 100_000), Err(Refusal::NotCovered { .. })));
}

/// What was booked stands with its invoice; a payment that went to costs is not lost from sight.
#[test]
fn a_demand_to_a_consumer_shows_costs_and_interest_and_adds_them_up() {
    let demand = Variant { message: MessageKind::Demand, ..REMINDER };
    let composed = suited(demand, 1);
    assert_eq!(composed.asked, euros(104_237));
    let text = flat(&composed);
    for words in [
        "Factuurbedrag € 1.234,56",
        "Incassokosten € 40,00",
        "Rente € 2,37",
        "Betaald € 234,56 op 9 november 2026, voor de factuur",
        "Nog te betalen € 1.042,37",
        "De incassokosten zijn € 40,00, op grond van artikel 6:96",
        "de wettelijke rente (artikel 6:119 van het Burgerlijk Wetboek): 4% per jaar van 5 \
         november 2026 tot en met 12 november 2026",
        "uiterlijk op 19 november 2026",
    ] {
        assert!(text.contains(words), "{words}\n{text}");
    }
    let belgian = suited(Variant { country: Country::BE, ..demand }, 1);
    let text = flat(&belgian);
    for words in [
        "Schadevergoeding € 40,00",
        "De schadevergoeding is € 40,00",
        "artikel XIX.4",
        "de rente uit de voorwaarden",
    ] {
        assert!(text.contains(words), "{words}\n{text}");
    }
    let plain = flat(&message(demand, 1, 100_000).unwrap());
    assert!(!plain.contains("ncassokosten") && !plain.contains("Rente"), "{plain}");
}

/// A business owes costs and interest from the demand on, so they are asked for with it.
#[test]
fn a_demand_to_a_business_brings_its_costs_and_interest_along() {
    let demand =
        Variant { message: MessageKind::Demand, debtor: DebtorKind::LegalPerson, ..REMINDER };
    let mut position = position_for(demand);
    position.announced.as_mut().unwrap().costs = euros(4_000);
    let (send, parties) = (send(demand, 1), parties(demand));
    let composed = compose(&agency(), &send, &parties, &position, now()).unwrap();
    let text = flat(&composed);
    let interest = composed.asked.amount_minor() - 100_000 - 4_000;
    assert!((100..400).contains(&interest), "eight days of about 10 %: {interest}");
    for words in [
        "Geachte heer of mevrouw",
        "Dit komt erbij Incassokosten € 40,00 Rente",
        "de wettelijke handelsrente (artikel 6:119a van het Burgerlijk Wetboek)",
        "van 5 november 2026 tot en met 12 november 2026",
    ] {
        assert!(text.contains(words), "{words}\n{text}");
    }
}

/// WER art. XIX.7 and XIX.9: the day after which more may follow is that of the law, and what is
/// not known of the creditor or of who supervises us is not left out.
#[test]
fn a_formal_notice_names_the_last_day_of_its_term_and_is_not_written_incomplete() {
    let notice = Variant {
        message: MessageKind::FormalNotice,
        country: Country::BE,
        capacity: Capacity::Collector,
        ..REMINDER
    };
    let (send, position) = (send(notice, 1), position_for(notice));
    let (agency, parties) = (agency(), parties(notice));
    let composed = compose(&agency, &send, &parties, &position, now()).unwrap();
    let text = flat(&composed);
    assert_eq!(composed.subject, "Over factuur 2026-0187 van Bakkerij De Korenaar");
    // Sent on Thursday 12 November 2026: the third working day is the 17th, day 14 the 1st.
    for words in [
        "uiterlijk op 1 december 2026? Tot en met die dag doen wij verder niets.",
        "Telefoon 03 234 56 78",
        "FOD Economie, Economische Inspectie, 02 123 45 67",
    ] {
        assert!(text.contains(words), "{words}\n{text}");
    }
    let unsupervised = Agency { supervisor_be: None, ..agency.clone() };
    let mut unreachable = parties.clone();
    unreachable.creditor.telephone = None;
    for (agency, parties, lacking) in [
        (&unsupervised, &parties, Element::SupervisoryAuthority),
        (&agency, &unreachable, Element::CreditorContact),
    ] {
        let refused = compose(agency, &send, parties, &position, now());
        let Err(Refusal::Incomplete { missing }) = refused else { panic!("{refused:?}") };
        assert_eq!(missing, [lacking]);
    }
}

/// What cannot be worked out is neither guessed nor left out in silence.
#[test]
fn a_demand_whose_interest_cannot_be_worked_out_is_not_written() {
    let demand = Variant {
        message: MessageKind::Demand,
        debtor: DebtorKind::LegalPerson,
        country: Country::BE,
        ..REMINDER
    };
    let mut position = position_for(demand);
    position.announced.as_mut().unwrap().interest = true;
    let (send, parties) = (send(demand, 1), parties(demand));
    let refused = compose(&agency(), &send, &parties, &position, now());
    let Err(Refusal::Incomplete { missing }) = refused else { panic!("{refused:?}") };
    assert_eq!(missing, [Element::InterestAmount]);
}

#[test]
fn a_confirmation_says_what_was_promised_and_what_is_left() {
    let confirmation = Variant { message: MessageKind::PromiseConfirmation, ..REMINDER };
    let composed = message(confirmation, 1, 34_556).unwrap();
    assert_eq!(composed.asked, euros(10_000));
    let text = flat(&composed);
    for words in [
        "U betaalt € 100,00, uiterlijk op 27 november 2026.",
        "Daarna staat er nog € 245,56 open.",
        "Bedrag € 100,00",
        "Uiterlijk op 27 november 2026",
    ] {
        assert!(text.contains(words), "{words}\n{text}");
    }
    let whole = flat(&message(confirmation, 1, 10_000).unwrap());
    assert!(!whole.contains("Daarna staat er"), "{whole}");
    let (mut send, parties) = (send(confirmation, 1), parties(confirmation));
    send.promise = None;
    let refused = compose(&agency(), &send, &parties, &position(100), now());
    let Err(Refusal::Incomplete { missing }) = refused else { panic!("{refused:?}") };
    assert_eq!(missing, [Element::PromisedAmount, Element::PromisedDay]);
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
            "R-NL-C-4",
        ),
        (
            Language::Fr,
            "Même si vous payez plus tard, rien ne s'y ajoutera.",
            "votre contrat avec Bakkerij De Korenaar",
            "R-FR-C-4",
        ),
        (
            Language::De,
            "Auch wenn Sie später zahlen, kommt nichts hinzu.",
            "Ihres Vertrags mit Bakkerij De Korenaar",
            "R-DE-C-4",
        ),
        (
            Language::En,
            "Even if you pay later, nothing will be added.",
            "your contract with Bakkerij De Korenaar",
            "R-EN-C-4",
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
        let text = suited(variant, 2).text;
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
            prop_assert!(!html(&composed).contains("<b>"));
            prop_assert!(composed.text.contains("{{ creditor }}"));
            for part in [composed.text.as_str(), html(&composed), composed.subject.as_str()] {
                let marks = part.chars().filter(|sign| matches!(sign, '\r' | '\u{202e}'));
                prop_assert_eq!(marks.count(), 0);
            }
            prop_assert_eq!(composed.subject.lines().count(), 1);
        }
    }
}
