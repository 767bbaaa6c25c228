//! How payers write: references in all forms and with slips, and what else they put beside them.

use primitives::StructuredReference;

use super::prng::Prng;

/// What a payer writes of a reference, and what it does wrong.
pub(crate) fn slip(prng: &mut Prng, right: &str) -> String {
    loop {
        let wrong = match prng.weighted(&[40, 20, 13, 8, 4, 5, 6, 4]) {
            0 => changed(prng, right),
            1 => swapped(prng, right),
            2 => dropped(prng, right),
            3 => doubled(prng, right),
            4 => extra(prng, right),
            5 => looking_alike(prng, right),
            6 => {
                let once = changed(prng, right);
                if prng.percent(50) { changed(prng, &once) } else { swapped(prng, &once) }
            }
            _ => cut(prng, right),
        };
        if wrong != right {
            return wrong;
        }
    }
}

/// A place behind `RF`.
fn place(prng: &mut Prng, text: &str) -> usize {
    let start = if text.starts_with("RF") { 2 } else { 0 };
    start + prng.below(text.len() - start)
}

fn changed(prng: &mut Prng, text: &str) -> String {
    let at = place(prng, text);
    let was = text.as_bytes()[at];
    // A neighbour on the keyboard, a figure that is misread, or any other sign.
    let near = match was {
        b'1' => "274",
        b'2' => "135",
        b'3' => "248",
        b'4' => "351",
        b'5' => "462",
        b'6' => "578",
        b'7' => "681",
        b'8' => "793",
        b'9' => "804",
        b'0' => "986",
        b'A'..=b'M' => "NBVCXZ",
        _ => "ASDFGH",
    };
    let sign = if prng.percent(70) {
        *prng.of(near.as_bytes())
    } else if was.is_ascii_digit() {
        *prng.of(b"0123456789")
    } else {
        *prng.of(b"ABCDEFGHJKMNPQRSTVWXYZ0123456789")
    };
    let mut text = text.as_bytes().to_vec();
    text[at] = sign;
    String::from_utf8(text).unwrap()
}

fn swapped(prng: &mut Prng, text: &str) -> String {
    let at = place(prng, text).min(text.len() - 2);
    let mut text = text.as_bytes().to_vec();
    text.swap(at, at + 1);
    String::from_utf8(text).unwrap()
}

fn dropped(prng: &mut Prng, text: &str) -> String {
    let at = place(prng, text);
    format!("{}{}", &text[..at], &text[at + 1..])
}

fn doubled(prng: &mut Prng, text: &str) -> String {
    let at = place(prng, text);
    format!("{}{}", &text[..=at], &text[at..])
}

fn extra(prng: &mut Prng, text: &str) -> String {
    let at = place(prng, text);
    format!("{}{}{}", &text[..at], prng.digits(1), &text[at..])
}

fn looking_alike(prng: &mut Prng, text: &str) -> String {
    let letters =
        if prng.percent(50) { [('0', 'O'), ('1', 'I')] } else { [('0', 'o'), ('1', 'l')] };
    let sign = |it| letters.iter().find(|(from, _)| *from == it).map_or(it, |(_, to)| *to);
    text.chars().map(sign).collect()
}

fn cut(prng: &mut Prng, text: &str) -> String {
    let lost = 1 + prng.below(3);
    if prng.percent(70) { text[..text.len() - lost].to_owned() } else { text[lost..].to_owned() }
}

/// A reference, right or wrong, in one of the forms in which people write its kind.
pub(crate) fn formed(prng: &mut Prng, kind: &StructuredReference, text: &str) -> String {
    match kind {
        StructuredReference::Belgian(_) => belgian(prng, text),
        StructuredReference::Rf(_) => match prng.below(6) {
            0 | 1 => grouped(text, 4, " "),
            2 => text.to_lowercase(),
            3 => grouped(text, 4, "-"),
            4 => grouped(&text.to_lowercase(), 4, " "),
            _ => text.to_owned(),
        },
        StructuredReference::Dutch(_) => match prng.below(5) {
            0 | 1 => grouped(text, 4, " "),
            2 => grouped(text, 4, "."),
            _ => text.to_owned(),
        },
    }
}

fn belgian(prng: &mut Prng, text: &str) -> String {
    let cut = |at: usize| at.min(text.len());
    let parts = [&text[..cut(3)], &text[cut(3)..cut(7)], &text[cut(7)..]];
    match prng.below(10) {
        0 | 1 => format!("+++{}+++", parts.join("/")),
        2 => format!("***{}***", parts.join("/")),
        3 => parts.join("/"),
        4 => parts.join(" "),
        5 => parts.join("-"),
        6 => format!("+++ {} +++", parts.join(" / ")),
        7 => grouped(text, 4, " "),
        8 => parts.join("."),
        _ => text.to_owned(),
    }
}

fn grouped(text: &str, size: usize, between: &str) -> String {
    let signs: Vec<char> = text.chars().collect();
    signs.chunks(size).map(String::from_iter).collect::<Vec<_>>().join(between)
}

/// What introduces a reference.
pub(crate) fn introduced(prng: &mut Prng, text: &str) -> String {
    let words = [
        "",
        "",
        "",
        "ref ",
        "Ref.: ",
        "kenmerk ",
        "mededeling ",
        "betalingskenmerk ",
        "communication ",
        "uw ref. ",
        "betr. ",
        "omschrijving:",
        "REF",
        "vcs ",
        "/REMI/USTD//",
    ];
    let word = *prng.of(&words);
    if word == "REF" && !text.starts_with(|it: char| it.is_ascii_digit()) {
        return text.to_owned();
    }
    format!("{word}{text}")
}

/// An invoice number as a payer writes it.
pub(crate) fn invoice(prng: &mut Prng, number: &str) -> String {
    let number = match prng.below(6) {
        0 => number.replace(['-', '/', '.'], ""),
        1 => number.replace(['-', '/', '.'], " "),
        2 => number.replace(['-', '.'], "/"),
        3 => number.to_lowercase(),
        4 => number.trim_start_matches(|it: char| it.is_ascii_alphabetic()).to_owned(),
        _ => number.to_owned(),
    };
    let word = *prng.of(&[
        "factuur ",
        "fact. ",
        "Factuurnr. ",
        "facture n° ",
        "factuurnummer: ",
        "inv ",
        "",
        "fact ",
        "betaling fact nr ",
        "FACTUUR ",
    ]);
    format!("{word}{number}")
}

/// Something that has nothing to do with the claim.
pub(crate) fn noise(prng: &mut Prng) -> String {
    let (day, month) = (prng.between(1, 28), prng.between(1, 12));
    match prng.below(14) {
        0 => format!("{day:02}-{month:02}-2025"),
        1 => format!("dd {day}/{month}/25"),
        2 => format!("tel 06{}", prng.digits(8)),
        3 => format!(
            "gsm 04{} {} {} {}",
            prng.digits(2),
            prng.digits(2),
            prng.digits(2),
            prng.digits(2)
        ),
        4 => format!("klantnr {}", prng.digits(6)),
        5 => format!("klant {}", prng.digits(8)),
        6 => format!("EUR {},{}", prng.between(5, 400), prng.digits(2)),
        7 => format!("2025{month:02}{day:02}"),
        8 => format!("{} {}", prng.between(1000, 9999), prng.of(&["Gent", "Liège", "Utrecht AB"])),
        9 => format!("contract {}-{}", prng.digits(4), prng.digits(5)),
        _ => (*prng.of(&[
            "bedankt",
            "betaling",
            "laatste termijn",
            "svp bevestigen",
            "paiement",
            "solde",
            "zoals afgesproken",
            "huur maart",
            "incl. kosten",
            "met excuses",
            "merci",
            "1/3",
            "2e deel",
            "zie brief",
            "afrekening energie",
            "M. Claes belde",
            "groeten",
            "URGENT",
            "restant",
        ]))
        .to_owned(),
    }
}

/// The pieces as the lines of a statement.
pub(crate) fn lines(prng: &mut Prng, pieces: &[String]) -> Vec<String> {
    let between = *prng.of(&[" ", " ", ", ", "; ", "  "]);
    let text: String = pieces.join(between).chars().take(140).collect();
    let width = match prng.below(10) {
        0 | 1 => 35,
        2 => 32,
        3 => 65,
        4 => 12 + prng.below(20),
        _ => 140,
    };
    let signs: Vec<char> = text.chars().collect();
    signs.chunks(width).map(String::from_iter).collect()
}
