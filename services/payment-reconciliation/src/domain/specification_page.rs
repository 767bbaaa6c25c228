//! The specification of a remittance on paper: the same rows as the table for books, for people.
//!
//! The way from what was received to what is paid stands first, then the lines. The same
//! specification always gives the same bytes. Signs that the printer has no shape for (of Arabic,
//! say) have a stand-in, so that no text of somebody else keeps it from being printed; the table
//! for books has them.

use std::fmt;

use press::{Fault, Form, STAND_IN, line, with_stand_ins};
use primitives::printed::{amount, date, number};
use primitives::{Date, Iban, Language, Money, MoneyError};
use serde_json::{Value, json};

use super::ledger::Transfer;
use super::parts::Parts;
use super::specification::{Section, SectionKind, Specification, words as of_the_table};

const FORM: Form = Form { name: "specification", text: include_str!("../../specification.typ") };

/// So many lines make 3 MB, well within what mail servers take: beyond it there is the table for
/// books alone.
pub const LINES_MAX: usize = 2_000;

/// Everything that the paper says.
#[derive(Clone, Copy)]
pub struct SpecificationPage<'a> {
    pub specification: &'a Specification<'a>,
    /// The agency: its name, and what stands below that.
    pub agency: (&'a str, &'a [String]),
    /// The creditor: its name, and its address.
    pub creditor: (&'a str, &'a [String]),
    /// Where the money goes to.
    pub account: &'a Iban,
    pub approved_on: Date,
}

/// A creditor may be a natural person: personal data stay out of logs.
impl fmt::Debug for SpecificationPage<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("SpecificationPage")
            .field("specification", self.specification)
            .finish_non_exhaustive()
    }
}

/// Why it is not printed.
#[derive(Debug, thiserror::Error)]
pub enum NotPrinted {
    #[error("it has {lines} lines, and the most are {LINES_MAX}")]
    TooLong { lines: usize },
    #[error("the amounts cannot be computed")]
    Money(#[from] MoneyError),
    #[error(transparent)]
    Press(#[from] Fault),
}

/// The words of a language that the table for books does not have.
struct Words {
    title: &'static str,
    /// Its id, the day of the approval, the account, and what the bank calls the payment.
    particulars: [&'static str; 4],
    /// Above the way, and above each section.
    way: &'static str,
    sections: [&'static str; 4],
    given_up_on: &'static str,
    /// What the last two sections mean.
    given_up: &'static str,
    taken_back: &'static str,
    /// That amounts are in euros.
    euros: &'static str,
    /// Follows the stand-in.
    stand_in: &'static str,
}

const DUTCH: Words = Words {
    title: "Specificatie van uw uitbetaling",
    particulars: ["Afdracht", "Goedgekeurd op", "Op rekening", "Kenmerk bij de bank"],
    way: "Van ontvangen naar uitbetaald",
    sections: [
        "Door ons ontvangen",
        "Rechtstreeks aan u betaald",
        "Kleine verschillen",
        "Niet meer kwijtgescholden",
    ],
    given_up_on: "kwijtgescholden op",
    given_up: "Dit hebt u volgens onze afspraak kwijtgescholden. Het telt in geen bedrag hierboven \
               mee.",
    taken_back: "Dit had u eerder kwijtgescholden. Het is alsnog betaald, of weer verschuldigd, en \
                 telt in geen bedrag hierboven mee.",
    euros: "Alle bedragen zijn in euro.",
    stand_in: "staat voor een teken dat wij niet kunnen afdrukken. In het CSV-bestand staat het \
               wel.",
};

const FRENCH: Words = Words {
    title: "Spécification de votre versement",
    particulars: ["Versement", "Approuvé le", "Sur le compte", "Référence bancaire"],
    way: "Du montant reçu au montant versé",
    sections: ["Reçu par nous", "Payé directement à vous", "Petites différences", "Plus abandonné"],
    given_up_on: "abandonné le",
    given_up: "Vous avez abandonné ces montants selon notre accord. Ils ne comptent dans aucun \
               montant ci-dessus.",
    taken_back: "Vous aviez abandonné ces montants. Ils ont été payés entre-temps, ou sont de \
                 nouveau dus, et ne comptent dans aucun montant ci-dessus.",
    euros: "Tous les montants sont en euros.",
    stand_in: "remplace un signe que nous ne pouvons pas imprimer. Le fichier CSV le contient.",
};

const GERMAN: Words = Words {
    title: "Aufstellung Ihrer Auszahlung",
    particulars: ["Auszahlung", "Freigegeben am", "Auf Konto", "Bankreferenz"],
    way: "Vom Eingang zur Auszahlung",
    sections: [
        "Bei uns eingegangen",
        "Direkt an Sie gezahlt",
        "Kleindifferenzen",
        "Nicht mehr erlassen",
    ],
    given_up_on: "erlassen am",
    given_up: "Das haben Sie nach unserer Vereinbarung erlassen. Es zählt in keinem Betrag oben \
               mit.",
    taken_back: "Das hatten Sie früher erlassen. Es wurde doch noch gezahlt oder ist wieder offen, \
                 und zählt in keinem Betrag oben mit.",
    euros: "Alle Beträge sind in Euro.",
    stand_in: "steht für ein Zeichen, das wir nicht drucken können. Die CSV-Datei enthält es.",
};

const ENGLISH: Words = Words {
    title: "Specification of your payment",
    particulars: ["Remittance", "Approved on", "To account", "Reference at the bank"],
    way: "From what was received to what is paid",
    sections: ["Received by us", "Paid directly to you", "Small differences", "No longer given up"],
    given_up_on: "given up on",
    given_up: "You gave this up, as we agreed. It counts in no amount above.",
    taken_back: "You had given these up before. They were paid after all, or are owed again, and \
                 count in no amount above.",
    euros: "All amounts are in euros.",
    stand_in: "stands for a sign that we cannot print. The CSV file has it.",
};

const fn words(language: Language) -> &'static Words {
    match language {
        Language::Nl => &DUTCH,
        Language::Fr => &FRENCH,
        Language::De => &GERMAN,
        Language::En => &ENGLISH,
    }
}

/// So many columns are of text, before those of amounts.
const TEXT_COLUMNS: usize = 3;

/// A table as it is printed. The first cell of its sum spans the columns of text.
struct Printed {
    heading: String,
    columns: Vec<String>,
    rows: Vec<Vec<String>>,
    sum: Vec<String>,
    note: String,
}

impl SpecificationPage<'_> {
    /// The paper as PDF.
    ///
    /// It takes the processor for as long as it runs; call it where nothing waits for it.
    pub fn print(&self) -> Result<Vec<u8>, NotPrinted> {
        let Specification { lines, given_up, .. } = self.specification;
        let lines = lines.len().saturating_add(given_up.len());
        if lines > LINES_MAX {
            return Err(NotPrinted::TooLong { lines });
        }
        let (data, text) = self.page()?;
        Ok(FORM.lay_out(data)?.print(&text, self.approved_on)?)
    }

    /// What it says, twice: as data for the form, and as the text that its reader is to see.
    fn page(&self) -> Result<(String, String), MoneyError> {
        let language = self.specification.language;
        let words = words(language);
        let agency_name = printable(self.agency.0);
        let agency_lines = lines_of(self.agency.1).join(" · ");
        let mut to = vec![printable(self.creditor.0)];
        to.extend(lines_of(self.creditor.1));
        let particulars = self.particulars(words);
        let way = self.specification.way()?;
        // Gross, rows follow of what is charged separately.
        let [.., word_of_paid] = of_the_table(language).way;
        let paid = way.iter().position(|(word, _)| *word == word_of_paid);
        let way: Vec<[String; 2]> =
            way.into_iter().map(|(word, it)| [word.to_owned(), amount(language, it)]).collect();
        let mut tables = Vec::new();
        for section in self.specification.sections()? {
            if !section.rows.is_empty() {
                tables.push(self.table(&section, words)?);
            }
        }
        let has_stand_in = |text: &str| text.contains(STAND_IN);
        let mut text: Vec<String> = vec![agency_name.clone(), agency_lines.clone()];
        text.push(words.title.to_owned());
        text.extend(to.iter().cloned());
        text.extend(particulars.iter().map(|pair| pair.join(" ")));
        text.push(words.way.to_owned());
        text.extend(way.iter().map(|pair| pair.join(" ")));
        text.extend(tables.iter().map(Printed::text));
        let note = if text.iter().any(|line| has_stand_in(line)) {
            format!("{} {STAND_IN} {}", words.euros, words.stand_in)
        } else {
            words.euros.to_owned()
        };
        text.push(note.clone());
        let data = json!({
            "language": language.as_str(),
            "title": words.title,
            "agency": agency_name,
            "agency-lines": agency_lines,
            "to": to,
            "particulars": particulars,
            "way": { "heading": words.way, "rows": way, "paid": paid },
            "tables": tables.iter().map(Printed::data).collect::<Vec<Value>>(),
            "note": note,
        });
        Ok((data.to_string(), text.join("\n")))
    }

    fn particulars(&self, words: &Words) -> Vec<[String; 2]> {
        let language = self.specification.language;
        let remittance = self.specification.remittance;
        let transfer = Transfer::from(remittance.remittance_id);
        let values = [
            transfer.short(),
            date(language, self.approved_on),
            self.account.grouped(),
            transfer.end_to_end_id(),
        ];
        let mut pairs: Vec<[String; 2]> =
            words.particulars.into_iter().zip(values).map(|(a, b)| [a.to_owned(), b]).collect();
        if let Some(invoice) = &remittance.invoice {
            let word = of_the_table(language).invoice(invoice);
            let value = format!("{} · {}", invoice.number, amount(language, invoice.total));
            pairs.push([word.to_owned(), value]);
        }
        pairs
    }

    fn table(&self, section: &Section<'_>, words: &Words) -> Result<Printed, MoneyError> {
        let language = self.specification.language;
        let of_the_table = of_the_table(language);
        let [invoice, received_on, principal, interest, costs, total, commission, _, case, ..] =
            of_the_table.columns;
        let [ours, direct, given_up, taken_back] = words.sections;
        let [ours_sum, direct_sum, given_up_sum, taken_back_sum] = of_the_table.sums;
        let (heading, sum, on, commission, note) = match section.kind {
            SectionKind::Ours => (ours, ours_sum, received_on, Some(commission), ""),
            SectionKind::Direct => (direct, direct_sum, received_on, Some(commission), ""),
            SectionKind::GivenUp => {
                (given_up, given_up_sum, words.given_up_on, None, words.given_up)
            }
            SectionKind::TakenBack => {
                (taken_back, taken_back_sum, words.given_up_on, None, words.taken_back)
            }
        };
        let amounts = |parts: Parts, commission: Option<Money>| {
            let Parts { costs, interest, principal } = parts;
            let all = [principal, interest, costs, parts.total()?];
            let all = all.into_iter().chain(commission).map(|it| number(language, it));
            Ok::<Vec<String>, MoneyError>(all.collect())
        };
        let is_charged = commission.is_some();
        let mut rows = Vec::with_capacity(section.rows.len());
        for row in &section.rows {
            let case_number = self.specification.cases.get(&row.case_id);
            let case_number = case_number.map(ToString::to_string).unwrap_or_default();
            let mut cells = vec![printable(row.invoice), case_number, row.on.to_string()];
            cells.extend(amounts(row.parts, is_charged.then_some(row.commission))?);
            rows.push(cells);
        }
        let mut sums = vec![sum.to_owned()];
        sums.extend(amounts(section.parts, is_charged.then_some(section.commission))?);
        let columns = [invoice, case, on, principal, interest, costs, total];
        let columns = columns.into_iter().chain(commission).map(str::to_owned).collect();
        let (heading, note) = (heading.to_owned(), note.to_owned());
        Ok(Printed { heading, columns, rows, sum: sums, note })
    }
}

impl Printed {
    fn data(&self) -> Value {
        // So that not every cell need be measured.
        let mut longest: Vec<&str> = self.sum.iter().skip(1).map(String::as_str).collect();
        for row in &self.rows {
            for (longest, cell) in longest.iter_mut().zip(row.iter().skip(TEXT_COLUMNS)) {
                if cell.chars().count() > longest.chars().count() {
                    *longest = cell;
                }
            }
        }
        json!({
            "heading": self.heading,
            "columns": self.columns,
            "rows": self.rows,
            "sum": self.sum,
            "note": self.note,
            "longest": longest,
        })
    }

    fn text(&self) -> String {
        let mut text = vec![self.heading.clone(), self.note.clone(), self.columns.join(" ")];
        text.extend(self.rows.iter().map(|row| row.join(" ")));
        text.push(self.sum.join(" "));
        text.join("\n")
    }
}

/// A text of somebody else: one line, of signs that can be printed.
fn printable(text: &str) -> String {
    with_stand_ins(&line(text))
}

fn lines_of(texts: &[String]) -> Vec<String> {
    texts.iter().map(|text| printable(text)).filter(|text| !text.is_empty()).collect()
}
