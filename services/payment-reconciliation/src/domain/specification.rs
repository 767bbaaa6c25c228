//! The specification of a remittance: a table for the creditor's books.
//!
//! Spreadsheets of the Netherlands and Belgium open it as it is: semicolons between the columns,
//! commas before the cents, UTF-8 with its mark. It holds ids and amounts, and no name.

use contracts::payment_reconciliation::{Remittance, RemittanceLine};
use primitives::{Language, Money, MoneyError};

use super::parts::Parts;
use super::remittance::BilledLine;

/// The headings and words of a language.
struct Words {
    columns: [&'static str; 10],
    yes: &'static str,
    no: &'static str,
    /// Collected, kept costs, commission, VAT on it, paid to the creditor.
    totals: [&'static str; 5],
}

const DUTCH: Words = Words {
    columns: [
        "dossier",
        "vordering",
        "betaling",
        "ontvangen op",
        "hoofdsom",
        "rente",
        "kosten",
        "totaal",
        "provisie",
        "rechtstreeks betaald",
    ],
    yes: "ja",
    no: "nee",
    totals: ["ontvangen", "ingehouden kosten", "provisie", "btw over provisie", "af te dragen"],
};

const FRENCH: Words = Words {
    columns: [
        "dossier",
        "créance",
        "paiement",
        "reçu le",
        "principal",
        "intérêts",
        "frais",
        "total",
        "commission",
        "payé directement",
    ],
    yes: "oui",
    no: "non",
    totals: ["reçu", "frais retenus", "commission", "TVA sur la commission", "à verser"],
};

const GERMAN: Words = Words {
    columns: [
        "Akte",
        "Forderung",
        "Zahlung",
        "eingegangen am",
        "Hauptforderung",
        "Zinsen",
        "Kosten",
        "Summe",
        "Provision",
        "direkt gezahlt",
    ],
    yes: "ja",
    no: "nein",
    totals: ["eingegangen", "einbehaltene Kosten", "Provision", "USt auf Provision", "auszuzahlen"],
};

const ENGLISH: Words = Words {
    columns: [
        "case",
        "claim",
        "payment",
        "received on",
        "principal",
        "interest",
        "costs",
        "total",
        "commission",
        "paid directly",
    ],
    yes: "yes",
    no: "no",
    totals: ["received", "costs kept", "commission", "VAT on commission", "paid to you"],
};

/// The table, in the creditor's language.
pub fn to_csv(
    remittance: &Remittance,
    lines: &[BilledLine],
    language: Language,
) -> Result<String, MoneyError> {
    let words = match language {
        Language::Nl => DUTCH,
        Language::Fr => FRENCH,
        Language::De => GERMAN,
        Language::En => ENGLISH,
    };
    let mut table = Table(String::from('\u{feff}'));
    table.row(words.columns);
    for BilledLine { line, commission } in lines {
        let RemittanceLine { costs, interest, principal, direct, .. } = *line;
        let total = Parts { costs, interest, principal }.total()?;
        table.row([
            &line.case_id.to_string(),
            &line.claim_id.to_string(),
            &line.payment_id.to_string(),
            &line.received_on.to_string(),
            &decimal(principal),
            &decimal(interest),
            &decimal(costs),
            &decimal(total),
            &decimal(*commission),
            if direct { words.yes } else { words.no },
        ]);
    }
    let Remittance { collected, kept_costs, commission, commission_vat, amount, .. } = remittance;
    let less = |amount: Money| amount.checked_neg().map(decimal);
    let amounts = [
        decimal(*collected),
        less(*kept_costs)?,
        less(*commission)?,
        less(*commission_vat)?,
        decimal(*amount),
    ];
    for (word, amount) in words.totals.iter().zip(&amounts) {
        table.row([word, "", "", "", "", "", "", amount, "", ""]);
    }
    Ok(table.0)
}

/// The amount with a comma, and nothing between the thousands.
fn decimal(amount: Money) -> String {
    amount.to_decimal().to_string().replace('.', ",")
}

struct Table(String);

impl Table {
    /// No cell of ours holds a semicolon, a quote or a line break.
    fn row(&mut self, cells: [&str; 10]) {
        self.0.push_str(&cells.join(";"));
        self.0.push_str("\r\n");
    }
}
