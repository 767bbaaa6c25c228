//! What is printed, and what is refused. The letters stay in `target/tmp`, to be looked at.

#![expect(clippy::unwrap_used, reason = "tests fail loudly")]

mod sample;

use std::fmt::Write as _;
use std::path::Path;

use paper::{Language, Piece, PrintError, Printed, Qr, Run, Sheet, Table, print};
use press::Fault;
use proptest::prelude::*;
use sample::{dutch, french, lines, pairs, table, words};
use sha2::{Digest, Sha256};

fn printed(name: &str, sheet: &Sheet) -> Printed {
    let printed = print(sheet).unwrap();
    std::fs::write(Path::new(env!("CARGO_TARGET_TMPDIR")).join(name), &printed.pdf).unwrap();
    printed
}

/// A letter of one word in each place.
fn short() -> Sheet {
    Sheet {
        sender_name: "Incassohuis".to_owned(),
        sender_lines: lines(&["Utrecht"]),
        to: lines(&["Jan"]),
        reference: pairs(&[("Kenmerk", "1")]),
        subject: "Herinnering".to_owned(),
        body: vec![words("Beste Jan,")],
        signature: lines(&["Incassohuis"]),
        footer: table("Wie?", &[("Naam", "Incassohuis")]),
        ..dutch()
    }
}

#[test]
fn a_first_reminder_takes_one_page() {
    let letter = printed("dutch.pdf", &dutch());
    assert_eq!(letter.pages, 1);
    let lines: Vec<&str> = letter.text.lines().collect();
    assert_eq!(
        lines[..8],
        [
            "Incassohuis Oudegracht",
            "Incassohuis Oudegracht · Postbus 1234 · 3500 BE Utrecht",
            "Mevrouw A. de Vries-Łukasiewicz",
            "Dorpsstraat 12-bis",
            "3511 AB Utrecht",
            "Utrecht, 25 november 2026",
            "Ons kenmerk AM-2026-000042",
            "Betreft Factuur 2026-0042",
        ]
    );
    for line in [
        "Betalingskenmerk 5000 0000 0000 0042",
        "Wilt u €\u{a0}86,40 betalen, uiterlijk op 12 december 2026? U hebt daarvoor minstens 14 \
         dagen, gerekend vanaf de dag na dit bericht.",
        "Scan en betaal met de app van uw bank",
    ] {
        assert!(lines.contains(&line), "{line}");
    }
    assert_eq!(lines.last(), Some(&"R-NL-C-2"));
}

#[test]
fn four_invoices_take_two_pages() {
    let letter = printed("french.pdf", &french());
    assert_eq!(letter.pages, 2);
    assert!(!letter.text.contains("1/2"), "page numbers are not read out");
}

#[test]
fn long_tables_and_texts_run_over_several_pages() {
    let mut sheet = Sheet { language: Language::De, ..dutch() };
    let row = |number: usize| (format!("Position {number}"), "1.234,56\u{a0}€".to_owned());
    let table =
        |rows| Table { heading: "Übersicht".to_owned(), rows: (1..=rows).map(row).collect() };
    sheet.body.insert(2, Piece::Table(table(30)));
    sheet.body.push(words(&"Größe und Maß. ".repeat(400)));
    assert_eq!(printed("german.pdf", &sheet).pages, 3);
    sheet.body.push(Piece::Table(table(60)));
    sheet.body.push(Piece::Payment { table: table(40), code: None });
    sheet.body.push(words(&"wort ".repeat(500)));
    assert!(printed("long.pdf", &sheet).pages > 4);
}

#[test]
fn the_same_sheet_gives_the_same_bytes_everywhere_and_at_any_time() {
    let digest = |sheet: &Sheet| {
        Sha256::digest(print(sheet).unwrap().pdf).iter().fold(String::new(), |mut text, byte| {
            write!(text, "{byte:02x}").unwrap();
            text
        })
    };
    let (one, other) = (dutch(), french());
    let digests = std::thread::scope(|scope| {
        [&one, &other, &one, &other]
            .map(|sheet| scope.spawn(|| digest(sheet)))
            .map(|thread| thread.join().unwrap())
    });
    assert_eq!(digests[..2], digests[2..]);
    // Where the form, Typst or a font changed: look at the letters in target/tmp, then write the
    // new digest here. Where nothing changed, letters differ from machine to machine.
    assert_eq!(digests[0], "b14c55e901a229d350b789bdbb2a84d0081443c1c47a0d6c91921e63ae480c79");
}

#[test]
fn the_smallest_letter_is_printed_in_every_language() {
    for language in [Language::Nl, Language::Fr, Language::De, Language::En] {
        let sheet = Sheet {
            language,
            sender_lines: vec![],
            to: vec![],
            reference: vec![],
            body: vec![],
            signature: vec![],
            footer: Table::default(),
            mark: String::new(),
            ..short()
        };
        assert_eq!(print(&sheet).unwrap().pages, 1);
    }
}

#[test]
fn names_of_many_tongues_are_printed() {
    let to = ["Łódź ŻÓŁĆ", "Þórður Ünğör Șerban", "Nguyễn Thị Ế", "Ελένη Щукіна", "J\u{301}ózef ĳ"];
    let letter = printed("tongues.pdf", &Sheet { to: lines(&to), ..short() });
    for name in to {
        assert!(letter.text.contains(name), "{name}");
    }
}

#[test]
fn a_name_that_the_fonts_cannot_write_is_refused() {
    for (name, missing) in [
        ("Jan عمر", "عمر"),
        ("דוד", "דוד"),
        ("Jan 😀 Jansen", "😀"),
        ("王", "王"),
        ("A\u{fffe}", "\u{fffe}"),
    ] {
        let error = print(&Sheet { to: lines(&[name]), ..short() }).unwrap_err();
        let PrintError::Press(Fault::NoGlyph { character }) = error else {
            panic!("{name}: {error}")
        };
        assert!(missing.contains(character), "{name}: {character}");
    }
}

#[test]
fn an_address_must_fit_the_window() {
    let address = |lines: Vec<String>| print(&Sheet { to: lines, ..short() });
    assert!(address(lines(&["a", "b", "c", "d", "e", "f"])).is_ok());
    assert!(address(vec!["Stichting tot Bevordering van het Wonen".to_owned(); 6]).is_ok());
    let error = address(lines(&["a", "b", "c", "d", "e", "f", "g"])).unwrap_err();
    assert!(matches!(error, PrintError::AddressTooLarge), "{error}");
    let error = address(vec!["Straat ".repeat(20); 6]).unwrap_err();
    assert!(matches!(error, PrintError::AddressTooLarge), "{error}");
    let sender_lines = vec!["Postbus ".repeat(10); 6];
    let error = print(&Sheet { sender_lines, ..short() }).unwrap_err();
    assert!(matches!(error, PrintError::AddressTooLarge), "{error}");
}

#[test]
fn a_screen_reader_has_something_to_say() {
    let code = Qr { payload: "x".to_owned(), caption: String::new(), alternative: " ".to_owned() };
    let body = vec![Piece::Payment { table: Table::default(), code: Some(code) }];
    for sheet in [
        Sheet { title: "\u{200b}".to_owned(), ..short() },
        Sheet { subject: String::new(), ..short() },
        Sheet { body, ..short() },
    ] {
        let error = print(&sheet).unwrap_err();
        assert!(matches!(error, PrintError::Nothing { .. }), "{error}");
    }
}

#[test]
fn what_runs_off_the_page_or_over_other_words_is_refused() {
    let sender_name = "Incassohuis ".repeat(60);
    let error = print(&Sheet { sender_name, ..short() }).unwrap_err();
    assert!(matches!(error, PrintError::Press(Fault::NoRoom)), "{error}");
    let rows = (0..200).map(|row| (row.to_string(), row.to_string())).collect();
    let footer = Table { heading: "Wie?".to_owned(), rows };
    let error = print(&Sheet { footer, ..short() }).unwrap_err();
    assert!(matches!(error, PrintError::Press(Fault::NoRoom)), "{error}");
}

/// Text that means something to Typst, to JSON, to a shell or to a printer.
fn hostile() -> impl Strategy<Value = String> {
    let bits = prop::sample::select(vec![
        "#panic(\"x\")",
        "#",
        "*",
        "_",
        "@",
        "$",
        "\\",
        "<",
        ">",
        "//",
        "/*",
        "*/",
        "`",
        "```",
        "~",
        "--",
        "---",
        "...",
        "'",
        "\"",
        "= ",
        "- ",
        "+ ",
        "/ ",
        "1. ",
        "[",
        "]",
        "{",
        "}",
        "(",
        ")",
        "<label>",
        "@ref",
        "#let x = 1",
        "$ x^2 $",
        "https://example.org/a?b=c&d",
        "\\u{41}",
        "&amp;",
        "%n",
        "{{ x }}",
        "fi",
        "ffl",
        "€\u{a0}1",
        "Łódź",
        "ß",
        " ",
        "  ",
        "\n",
        "\t",
        "\r\n",
        "\u{0}",
        "\u{202e}",
        "\u{200b}",
        "\u{ad}",
        "a",
        "Jan",
        "x".repeat(50).leak(),
    ]);
    prop::collection::vec(bits, 0..8).prop_map(|bits| bits.concat())
}

/// Words with one plain space between them, without what nobody sees.
fn spaced(text: &str) -> String {
    let invisible = ['\u{202e}', '\u{200b}', '\u{ad}'];
    let visible: String = text.replace(invisible, "").replace('\u{0}', " ");
    visible.split_whitespace().collect::<Vec<_>>().join(" ")
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 10, ..ProptestConfig::default() })]

    #[test]
    fn values_are_printed_as_they_are(
        texts in prop::collection::vec(hostile(), 12),
        strong in any::<bool>(),
    ) {
        let text = |place: usize| format!("v{}", texts[place]);
        let pair = |place: usize| (text(place), text(place));
        let table = Table { heading: text(0), rows: vec![pair(1), pair(2)] };
        let code = Qr { payload: text(3), caption: text(3), alternative: text(3) };
        let sheet = Sheet {
            title: text(4),
            sender_name: text(4),
            place_and_date: text(5),
            reference: vec![pair(6)],
            subject: text(7),
            body: vec![
                Piece::Paragraph(vec![
                    Run { text: text(8), strong },
                    Run { text: text(9), strong: !strong },
                ]),
                Piece::Table(table.clone()),
                Piece::Table(Table { heading: text(9), rows: vec![pair(10)] }),
                Piece::Payment { table: table.clone(), code: Some(code) },
            ],
            signature: vec![text(11), text(0)],
            footer: Table { heading: text(5), rows: vec![pair(7)] },
            mark: "R-1".to_owned(),
            ..short()
        };
        let printed = print(&sheet).unwrap();
        let read = spaced(&printed.text);
        for place in 0..12 {
            prop_assert!(read.contains(&spaced(&text(place))), "{:?} in {read}", text(place));
        }
    }
}
