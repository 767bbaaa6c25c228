//! The specification of a remittance: a table for the creditor's books.
//!
//! Spreadsheets of the Netherlands and Belgium open it as it is: semicolons between the columns,
//! commas before the cents, UTF-8 with its mark. It holds the creditor's own invoice numbers, ids
//! and amounts, and no name. What the agency received comes first, then what debtors paid straight
//! to the creditor, each with its sum; below them the way from what was received to what is paid.

use std::collections::BTreeMap;

use contracts::agreement::Settlement;
use contracts::payment_reconciliation::{Remittance, RemittanceLine};
use primitives::{ClaimId, Language, Money, MoneyError};

use super::parts::Parts;
use super::remittance::{BilledLine, CURRENCY};

const COLUMNS: usize = 11;

/// The headings and words of a language.
struct Words {
    columns: [&'static str; COLUMNS],
    yes: &'static str,
    no: &'static str,
    /// The sums of what the agency received, and of what the creditor did.
    sums: [&'static str; 2],
    /// Received, kept costs, commission on what either received, VAT on it, paid to the creditor.
    way: [&'static str; 6],
    /// What takes the place of kept costs and of VAT where they are charged separately; the sum.
    charged: [&'static str; 3],
}

const DUTCH: Words = Words {
    columns: [
        "factuur",
        "ontvangen op",
        "hoofdsom",
        "rente",
        "kosten",
        "totaal",
        "provisie",
        "rechtstreeks aan u betaald",
        "dossier",
        "vordering",
        "betaling",
    ],
    yes: "ja",
    no: "nee",
    sums: ["subtotaal door ons ontvangen", "subtotaal rechtstreeks aan u betaald"],
    way: [
        "door ons ontvangen",
        "ingehouden kosten",
        "provisie over wat wij ontvingen",
        "provisie over wat u rechtstreeks ontving",
        "btw over de provisie",
        "aan u over te maken",
    ],
    charged: ["apart berekende kosten", "btw over kosten en provisie", "apart berekend"],
};

const FRENCH: Words = Words {
    columns: [
        "facture",
        "reçu le",
        "principal",
        "intérêts",
        "frais",
        "total",
        "commission",
        "payé directement à vous",
        "dossier",
        "créance",
        "paiement",
    ],
    yes: "oui",
    no: "non",
    sums: ["sous-total reçu par nous", "sous-total payé directement à vous"],
    way: [
        "reçu par nous",
        "frais retenus",
        "commission sur ce que nous avons reçu",
        "commission sur ce que vous avez reçu directement",
        "TVA sur la commission",
        "à vous verser",
    ],
    charged: [
        "frais facturés séparément",
        "TVA sur les frais et la commission",
        "facturé séparément",
    ],
};

const GERMAN: Words = Words {
    columns: [
        "Rechnung",
        "eingegangen am",
        "Hauptforderung",
        "Zinsen",
        "Kosten",
        "Summe",
        "Provision",
        "direkt an Sie gezahlt",
        "Akte",
        "Forderung",
        "Zahlung",
    ],
    yes: "ja",
    no: "nein",
    sums: ["Zwischensumme bei uns eingegangen", "Zwischensumme direkt an Sie gezahlt"],
    way: [
        "bei uns eingegangen",
        "einbehaltene Kosten",
        "Provision auf bei uns Eingegangenes",
        "Provision auf direkt an Sie Gezahltes",
        "USt auf die Provision",
        "an Sie auszuzahlen",
    ],
    charged: ["gesondert berechnete Kosten", "USt auf Kosten und Provision", "gesondert berechnet"],
};

const ENGLISH: Words = Words {
    columns: [
        "invoice",
        "received on",
        "principal",
        "interest",
        "costs",
        "total",
        "commission",
        "paid directly to you",
        "case",
        "claim",
        "payment",
    ],
    yes: "yes",
    no: "no",
    sums: ["subtotal received by us", "subtotal paid directly to you"],
    way: [
        "received by us",
        "costs kept",
        "commission on what we received",
        "commission on what you received directly",
        "VAT on the commission",
        "to be paid to you",
    ],
    charged: ["costs charged separately", "VAT on costs and commission", "charged separately"],
};

const fn words(language: Language) -> &'static Words {
    match language {
        Language::Nl => &DUTCH,
        Language::Fr => &FRENCH,
        Language::De => &GERMAN,
        Language::En => &ENGLISH,
    }
}

/// What the agency takes off, net: costs, commission on what it received, commission on what the
/// creditor did, and VAT.
pub(super) fn fees(
    remittance: &Remittance,
    lines: &[BilledLine],
    language: Language,
) -> Result<[(&'static str, Money); 4], MoneyError> {
    let words = words(language);
    let [_, kept, on_ours, on_direct, vat, _] = words.way;
    // Where it is invoiced, the VAT is on the costs too.
    let [_, vat_on_both, _] = words.charged;
    let vat = if remittance.invoice.is_some() { vat_on_both } else { vat };
    let commission = |direct| {
        let lines = lines.iter().filter(move |it| it.line.direct == direct);
        Money::sum(CURRENCY, lines.map(|it| it.commission))
    };
    Ok([
        (kept, remittance.kept_costs),
        (on_ours, commission(false)?),
        (on_direct, commission(true)?),
        (vat, remittance.commission_vat),
    ])
}

/// The table, in the creditor's language. `invoices` has its own number of each claim.
pub fn to_csv(
    remittance: &Remittance,
    lines: &[BilledLine],
    invoices: &BTreeMap<ClaimId, String>,
    language: Language,
) -> Result<String, MoneyError> {
    let words = words(language);
    let mut table = Table(String::from('\u{feff}'));
    table.row(words.columns);
    for (direct, sum) in [false, true].into_iter().zip(words.sums) {
        let (mut brought, mut charged) = (Parts::zero(CURRENCY), Money::zero(CURRENCY));
        for BilledLine { line, commission } in lines.iter().filter(|it| it.line.direct == direct) {
            let RemittanceLine { costs, interest, principal, .. } = *line;
            let parts = Parts { costs, interest, principal };
            (brought, charged) = (brought.checked_add(parts)?, charged.checked_add(*commission)?);
            let invoice = invoices.get(&line.claim_id).map(|number| text(number));
            let [principal, interest, costs, total] = decimals(parts)?;
            table.row([
                invoice.unwrap_or_default().as_str(),
                &line.received_on.to_string(),
                &principal,
                &interest,
                &costs,
                &total,
                &decimal(*commission),
                if direct { words.yes } else { words.no },
                &line.case_id.to_string(),
                &line.claim_id.to_string(),
                &line.payment_id.to_string(),
            ]);
        }
        let [principal, interest, costs, total] = decimals(brought)?;
        let charged_text = decimal(charged);
        table.row([sum, "", &principal, &interest, &costs, &total, &charged_text, "", "", "", ""]);
    }
    for (word, amount) in way(remittance, lines, language)? {
        table.row([word, "", "", "", "", &decimal(amount), "", "", "", "", ""]);
    }
    Ok(table.0)
}

/// The rows from what was received to what is paid; gross, then those that are charged separately.
fn way(
    remittance: &Remittance,
    lines: &[BilledLine],
    language: Language,
) -> Result<Vec<(&'static str, Money)>, MoneyError> {
    let Remittance { collected, kept_costs, commission, commission_vat, amount, .. } = remittance;
    let words = words(language);
    let [received, _, on_ours, on_direct, _, paid] = words.way;
    let fees = fees(remittance, lines, language)?;
    let mut rows = vec![(received, *collected)];
    match remittance.settlement {
        Settlement::Net => {
            for (word, fee) in fees {
                rows.push((word, fee.checked_neg()?));
            }
            rows.push((paid, *amount));
        }
        Settlement::Gross => {
            let [costs, vat, sum] = words.charged;
            let [_, (_, ours), (_, direct), _] = fees;
            rows.extend([(paid, *amount), (costs, *kept_costs)]);
            rows.extend([(on_ours, ours), (on_direct, direct)]);
            let fees = [*kept_costs, *commission, *commission_vat];
            rows.extend([(vat, *commission_vat), (sum, Money::sum(CURRENCY, fees)?)]);
        }
    }
    Ok(rows)
}

/// Principal, interest, costs and all together.
fn decimals(parts: Parts) -> Result<[String; 4], MoneyError> {
    let Parts { costs, interest, principal } = parts;
    Ok([principal, interest, costs, parts.total()?].map(decimal))
}

/// The amount with a comma, and nothing between the thousands.
fn decimal(amount: Money) -> String {
    amount.to_decimal().to_string().replace('.', ",")
}

/// A cell of somebody else's text: it can neither leave its cell nor be taken for a formula.
fn text(given: &str) -> String {
    let line: String =
        given.chars().map(|sign| if sign.is_control() { ' ' } else { sign }).collect();
    let mark = if line.starts_with(['=', '+', '-', '@']) { "'" } else { "" };
    if line.contains([';', '"']) {
        format!("\"{mark}{}\"", line.replace('"', "\"\""))
    } else {
        format!("{mark}{line}")
    }
}

struct Table(String);

impl Table {
    /// None of our own cells holds a semicolon, a quote or a line break.
    fn row(&mut self, cells: [&str; COLUMNS]) {
        self.0.push_str(&cells.join(";"));
        self.0.push_str("\r\n");
    }
}
