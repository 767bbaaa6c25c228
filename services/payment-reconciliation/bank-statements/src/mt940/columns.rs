//! Two columns of 32 characters with a space between them, as ABN AMRO writes them: a value goes on
//! in the next cell until a label stands at the start of one.

use super::entry::Context;
use super::known;
use super::told::Told;

/// Characters of one cell.
const WIDTH: usize = 32;

/// What may stand before a value, at the start of a cell.
const LABELS: &[&str] = &[
    "IBAN:",
    "BIC:",
    "NAAM:",
    "OMSCHRIJVING:",
    "BETALINGSKENM.:",
    "KENMERK:",
    "MACHTIGING:",
    "INCASSANT:",
    "ID DEBITEUR:",
    "VOOR:",
    "VIA:",
    "REDEN:",
    "REDEN RETOUR:",
    "BANKREF:",
    "ISSUER:",
    "REF:",
    "PURPOSE:",
    "AANTAL TRANSACTIES:",
];

/// Whether lines have these columns: ABN AMRO's, and not all of them sentences of their own.
pub(super) fn is_columns(lines: &[String], context: &Context) -> bool {
    let is_labelled = |line: &String| {
        let cells = cells(line);
        cells.iter().any(|it| matches!(label(it), Some(("IBAN:" | "BIC:", _))))
    };
    let is_abn = context.id.starts_with("ABN AMRO") || context.account.contains("ABNA");
    let is_sepa = lines.first().is_some_and(|it| it.starts_with("SEPA "));
    is_abn && !lines.is_empty() || is_sepa && lines.iter().any(is_labelled)
}

/// Reads all lines.
pub(super) fn read(lines: &[String], told: &mut Told) {
    let mut values: Vec<(&str, String)> = Vec::new();
    for cell in lines.iter().flat_map(|it| cells(it)) {
        match (label(cell), values.last_mut()) {
            (Some((label, value)), _) => values.push((label, padded(label, value))),
            (None, Some((label, value))) => {
                // Only values of labels are known to be broken hard.
                if label.is_empty() {
                    value.push(' ');
                }
                value.push_str(&padded("", cell));
            }
            (None, None) => values.push(("", padded("", cell))),
        }
    }
    for (label, value) in values {
        let value = value.trim();
        match label {
            "IBAN:" => told.held(value),
            "NAAM:" => Told::once(&mut told.name, value),
            "OMSCHRIJVING:" if !known::is_placeholder(value) => told.lines.push(value.to_owned()),
            "BETALINGSKENM.:" => told.refer(&value.split_whitespace().collect::<String>(), "CUR"),
            "KENMERK:" => told.identified(value),
            "REDEN:" | "REDEN RETOUR:" => {
                told.returned.get_or_insert_with(|| value.to_owned());
            }
            "" => unlabelled(value, told),
            _ => {}
        }
    }
    if told.code.as_ref().is_some_and(|it| it.contains("TERUGBOEKING")) {
        told.returned.get_or_insert_default();
    }
}

/// What stands before the first label: the kind of transaction, or all there is.
fn unlabelled(value: &str, told: &mut Told) {
    if value.starts_with("SEPA ") {
        return Told::once(&mut told.code, value);
    }
    let (words, _) = value.split_once("     ").unwrap_or((value, ""));
    let mut words = words.trim().splitn(2, ' ');
    let (first, rest) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    // `GIRO   428428 name`, and `12.34.56.789 name`.
    let (account, name) = if first == "GIRO" {
        rest.trim().split_once(' ').unwrap_or((rest.trim(), ""))
    } else {
        (first, rest)
    };
    let is_dotted = account.matches('.').count() >= 3;
    if let Some(account) = known::account(account).filter(|_| is_dotted || first == "GIRO") {
        told.held(&account);
        let cell: String = name.trim().chars().take(WIDTH).collect();
        Told::once(&mut told.name, cell.split("   ").next().unwrap_or_default());
    }
    told.lines.push(value.to_owned());
}

/// The cells of a line; the space between them belongs to none. Without that space it has one.
fn cells(line: &str) -> Vec<&str> {
    if line.chars().nth(WIDTH).is_some_and(|it| it != ' ') {
        return vec![line];
    }
    let at = |count: usize| line.char_indices().nth(count).map_or(line.len(), |(at, _)| at);
    let first = line.get(..at(WIDTH)).unwrap_or(line);
    let second = line.get(at(WIDTH.saturating_add(1))..).unwrap_or_default();
    [first, second].into_iter().filter(|it| !it.trim().is_empty()).collect()
}

fn label(cell: &str) -> Option<(&'static str, &str)> {
    LABELS.iter().find_map(|label| Some((*label, cell.strip_prefix(label)?)))
}

/// A cell as wide as it was, so that a word goes on only where the cell is full.
fn padded(label: &str, value: &str) -> String {
    let width = WIDTH.saturating_sub(label.chars().count());
    format!("{value:width$}")
}

#[cfg(test)]
mod tests {
    use super::*;

    const CONTEXT: Context = Context { account: "555555555", id: "ABN AMRO BANK NV" };

    fn of(lines: &[&str]) -> Told {
        let mut told = Told::default();
        let lines: Vec<String> = lines.iter().map(|it| (*it).to_owned()).collect();
        assert!(is_columns(&lines, &CONTEXT));
        read(&lines, &mut told);
        told
    }

    fn text(it: Option<&String>) -> &str {
        it.map_or("", String::as_str)
    }

    #[test]
    fn values_go_on_in_full_cells() {
        let told = of(&[
            "SEPA OVERBOEKING                 IBAN: NL91ABNA0417164300",
            "BIC: ABNANL2A                    NAAM: J. BOS",
            "OMSCHRIJVING: FACTUUR 2026-00001 7 EN 2026-000018",
            "KENMERK: NOTPROVIDED",
        ]);
        assert_eq!(text(told.account.as_ref()), "NL91ABNA0417164300");
        assert_eq!(text(told.name.as_ref()), "J. BOS");
        assert_eq!(told.lines, ["FACTUUR 2026-000017 EN 2026-000018"]);
        assert_eq!(told.end_to_end_id, None);
        assert_eq!(text(told.code.as_ref()), "SEPA OVERBOEKING");
    }

    #[test]
    fn the_betalingskenmerk_is_a_reference() {
        let told = of(&[
            "SEPA ACCEPTGIROBETALING          IBAN: NL86INGB0002445588",
            "BETALINGSKENM.: 1234567890098876 ID DEBITEUR: 777777777",
        ]);
        assert_eq!(told.references, [("1234567890098876".to_owned(), "CUR".to_owned())]);
    }

    #[test]
    fn old_lines_begin_with_the_account() {
        let told = of(&["12.34.56.789 J. BOS              FACTUUR 17"]);
        assert_eq!(text(told.account.as_ref()), "123456789");
        assert_eq!(text(told.name.as_ref()), "J. BOS");
        let told = of(&["GIRO   428428 J. BOS             FACTUUR 17"]);
        assert_eq!((text(told.account.as_ref()), text(told.name.as_ref())), ("428428", "J. BOS"));
        assert_eq!(of(&["BEA   NR:MA1 11.01.26/12.00 EDE"]).account, None);
    }
}
