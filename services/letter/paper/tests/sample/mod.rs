//! Letters such as the letter service writes them.

use jiff::civil::date;
use paper::{Language, Piece, Qr, Run, Sheet, Table};

pub(crate) fn words(text: &str) -> Piece {
    let runs = text.split('*').zip([false, true].into_iter().cycle());
    Piece::Paragraph(
        runs.map(|(text, strong)| Run { text: text.to_owned(), strong })
            .filter(|run| !run.text.is_empty())
            .collect(),
    )
}

pub(crate) fn pairs(rows: &[(&str, &str)]) -> Vec<(String, String)> {
    rows.iter().map(|(label, value)| ((*label).to_owned(), (*value).to_owned())).collect()
}

pub(crate) fn table(heading: &str, rows: &[(&str, &str)]) -> Table {
    Table { heading: heading.to_owned(), rows: pairs(rows) }
}

pub(crate) fn lines(lines: &[&str]) -> Vec<String> {
    lines.iter().map(|line| (*line).to_owned()).collect()
}

/// A first reminder on one page.
pub(crate) fn dutch() -> Sheet {
    Sheet {
        language: Language::Nl,
        date: date(2026, 11, 25),
        title: "Herinnering: factuur 2026-0042 van Bakkerij De Korenaar".to_owned(),
        sender_name: "Incassohuis Oudegracht".to_owned(),
        sender_lines: lines(&["Incassohuis Oudegracht", "Postbus 1234", "3500 BE Utrecht"]),
        to: lines(&["Mevrouw A. de Vries-Łukasiewicz", "Dorpsstraat 12-bis", "3511 AB  Utrecht"]),
        place_and_date: "Utrecht, 25 november 2026".to_owned(),
        reference: pairs(&[("Ons kenmerk", "AM-2026-000042"), ("Betreft", "Factuur 2026-0042")]),
        subject: "Herinnering: factuur 2026-0042 van Bakkerij De Korenaar".to_owned(),
        body: dutch_body(),
        signature: lines(&["Incassohuis Oudegracht, namens Bakkerij De Korenaar"]),
        footer: table(
            "Wie stuurt u dit bericht?",
            &[
                ("Naam", "Incassohuis Oudegracht B.V."),
                ("Adres", "Oudegracht 200, 3511 NS Utrecht"),
                ("KvK-nummer", "87654321"),
                ("Registratienummer Wki", "WKI-000123"),
                ("Telefoon", "030 123 45 67"),
                ("E-mail", "hallo@incassohuis.example"),
                ("Website", "www.incassohuis.example"),
                ("Klachten", "www.incassohuis.example/klachten"),
            ],
        ),
        mark: "R-NL-C-2".to_owned(),
    }
}

fn dutch_body() -> Vec<Piece> {
    vec![
        words("Beste mevrouw De Vries,"),
        words(
            "Wij schrijven u namens Bakkerij De Korenaar. Volgens onze gegevens is factuur \
                 2026-0042 van Bakkerij De Korenaar nog niet of niet helemaal betaald. Misschien \
                 bent u het vergeten. Dat kan iedereen gebeuren. Deze herinnering is gratis.",
        ),
        Piece::Table(table(
            "Factuur van",
            &[
                ("Naam", "Bakkerij De Korenaar"),
                ("Adres", "Oudegracht 100, 3511 AX Utrecht"),
                ("KvK-nummer", "12345678"),
                ("Op grond van", "uw overeenkomst met Bakkerij De Korenaar"),
            ],
        )),
        Piece::Table(table(
            "Factuur 2026-0042",
            &[
                ("Omschrijving", "Brood en gebak, oktober"),
                ("Factuurdatum", "1 november 2026"),
                ("Te betalen tot en met", "15 november 2026"),
                ("Factuurbedrag", "€\u{a0}106,40"),
                ("Betaald of verrekend", "€\u{a0}20,00"),
                ("Nog te betalen", "€\u{a0}86,40"),
            ],
        )),
        words(
            "Wilt u *€\u{a0}86,40* betalen, *uiterlijk op 12 december 2026*? U hebt daarvoor \
                 minstens 14 dagen, gerekend vanaf de dag na dit bericht.",
        ),
        words(
            "Boven op dit bedrag vragen wij niets: geen schadevergoeding en geen rente. Ook \
                 als u later betaalt, komt er niets bij.",
        ),
        dutch_payment(),
        words(
            "Hebt u de afgelopen dagen al betaald? Dan hebben uw betaling en dit bericht elkaar \
                 gekruist en hoeft u niets meer te doen. Dank u wel!",
        ),
        words(
            "Kunt u niet alles in één keer betalen? Vertel het ons. Hoe eerder wij het weten, \
                 hoe beter we samen een oplossing kunnen zoeken.",
        ),
        words(
            "Klopt er iets niet, of bent u het niet eens met de factuur? Laat het ons weten: \
                 mail naar hallo@incassohuis.example of bel 030 123 45 67. Wij zoeken het uit en \
                 geven u antwoord.",
        ),
        words("Met vriendelijke groet,"),
    ]
}

fn dutch_payment() -> Piece {
    Piece::Payment {
        table: table(
            "Zo betaalt u",
            &[
                ("Bedrag", "€\u{a0}86,40"),
                ("Rekening (IBAN)", "NL91 ABNA 0417 1643 00"),
                ("Op naam van", "Stichting Derdengelden Incassohuis"),
                ("Betalingskenmerk", "5000 0000 0000 0042"),
                ("Uiterlijk op", "12 december 2026"),
            ],
        ),
        code: Some(Qr {
            payload: "BCD\n002\n1\nSCT\n\nStichting Derdengelden Incassohuis\n\
                              NL91ABNA0417164300\nEUR86.40\n\n5000000000000042\n\n"
                .to_owned(),
            caption: "Scan en betaal met de app van uw bank".to_owned(),
            alternative: "QR-code om € 86,40 over te maken; de gegevens staan ernaast.".to_owned(),
        }),
    }
}

fn invoice(number: &str, description: &str, amount: &str, reference: &str) -> Piece {
    Piece::Table(table(
        &format!("Facture {number}"),
        &[
            ("Description", description),
            ("Date de la facture", "1er octobre 2026"),
            ("À payer au plus tard le", "31 octobre 2026"),
            ("Montant de la facture", amount),
            ("Encore à payer", amount),
            ("Communication", reference),
        ],
    ))
}

fn french_body() -> Vec<Piece> {
    let mut body = vec![
        words("Bonjour Monsieur Nguyễn,"),
        words(
            "Garage Moreau & Fils nous a chargés de vous écrire en son nom. Sauf erreur de notre \
             part, les 4 factures, émises par Garage Moreau & Fils, ne sont pas encore entièrement \
             payées. C'est peut-être un simple oubli\u{a0}: cela arrive à tout le monde. Ce rappel \
             est gratuit.",
        ),
        Piece::Table(table(
            "Facture émise par",
            &[
                ("Nom", "Garage Moreau & Fils SRL"),
                ("Adresse", "Rue de la Loi 16, 1000 Bruxelles"),
                ("Numéro d'entreprise", "0123.456.749"),
                ("En vertu de", "votre contrat avec Garage Moreau & Fils"),
            ],
        )),
        invoice("F-101", "Entretien annuel", "1\u{202f}234,56\u{a0}€", "+++090/9337/55493+++"),
        invoice("F-102", "Pneus d'hiver", "480,00\u{a0}€", "+++090/9337/55594+++"),
        invoice("F-103", "Contrôle technique", "75,20\u{a0}€", "+++090/9337/55695+++"),
        invoice("F-104", "Remplacement de l'essuie-glace", "39,95\u{a0}€", "+++090/9337/55796+++"),
    ];
    body.extend([
        words(
            "Pouvez-vous payer *1\u{202f}829,71\u{a0}€* *au plus tard le 12 décembre 2026*\u{a0}? \
             Vous disposez ainsi d'au moins 14 jours, à compter du lendemain de ce message.",
        ),
        words(
            "Rien ne s'ajoute à ce montant\u{a0}: ni indemnité, ni intérêts. Même si vous payez \
             plus tard, rien ne s'y ajoutera.",
        ),
        Piece::Payment {
            table: table(
                "Comment payer",
                &[
                    ("Montant", "1\u{202f}829,71\u{a0}€"),
                    ("Compte (IBAN)", "BE68 5390 0754 7034"),
                    ("Au nom de", "Garage Moreau & Fils SRL"),
                    ("Communication", "celle indiquée pour chaque facture"),
                    ("Au plus tard le", "12 décembre 2026"),
                ],
            ),
            code: None,
        },
        words(
            "Vous avez payé ces derniers jours\u{a0}? Alors votre paiement et ce message se sont \
             croisés, et vous n'avez plus rien à faire. Merci\u{a0}!",
        ),
        words(
            "Vous ne pouvez pas tout payer en une fois\u{a0}? Parlez-nous-en. Plus tôt nous le \
             savons, mieux nous pourrons chercher une solution ensemble.",
        ),
        words("Cordialement,"),
    ]);
    body
}

/// Four invoices on two pages.
pub(crate) fn french() -> Sheet {
    Sheet {
        language: Language::Fr,
        title: "Rappel\u{a0}: 4 factures – Garage Moreau & Fils".to_owned(),
        subject: "Rappel\u{a0}: 4 factures – Garage Moreau & Fils".to_owned(),
        sender_name: "Bureau Amiable".to_owned(),
        sender_lines: lines(&["Bureau Amiable", "Rue Neuve 1", "1000 Bruxelles"]),
        to: lines(&[
            "Nguyễn Événements SRL",
            "À l'attention de Monsieur Nguyễn",
            "Résidence Les Érables, boîte 12",
            "Avenue de la Toison d'Or 1234",
            "1050 Bruxelles",
            "Belgique",
        ]),
        place_and_date: "Bruxelles, le 25 novembre 2026".to_owned(),
        reference: pairs(&[("Notre référence", "AM-2026-000043")]),
        body: french_body(),
        signature: lines(&["Bureau Amiable, pour Garage Moreau & Fils"]),
        footer: table(
            "Qui vous envoie ce message\u{a0}?",
            &[
                ("Nom", "Bureau Amiable SRL"),
                ("Adresse", "Rue Neuve 1, 1000 Bruxelles"),
                ("Numéro d'entreprise", "0987.654.374"),
                ("Numéro SPF Économie", "300123"),
                ("Téléphone", "02 123 45 67"),
                ("E-mail", "bonjour@bureau-amiable.example"),
            ],
        ),
        mark: "R-FR-C-2".to_owned(),
        ..dutch()
    }
}
