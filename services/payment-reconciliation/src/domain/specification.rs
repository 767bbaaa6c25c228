//! The specification of a remittance: a table for the creditor's books.
//!
//! Spreadsheets of the Netherlands and Belgium open it as it is: semicolons between the columns,
//! commas before the cents, UTF-8 with its mark. It holds the creditor's own invoice numbers, ids
//! and amounts, and no name. What the agency received comes first, then what debtors paid straight
//! to the creditor, each with its sum; below them the way from what was received to what is paid.
//! The agency's invoice follows, where there is one. Last, where there is any, come what the
//! creditor gave up in small differences, and what it had been told of before and is paid or owed
//! after all, each with its sum and without a day: nothing came in of it, and it is in no amount
//! above. `specification_page` prints the same for people, and calls cases by their numbers.

use std::collections::BTreeMap;
use std::fmt;

use contracts::agreement::Settlement;
use contracts::payment_reconciliation::{FeeInvoice, FeeInvoiceKind, Remittance, RemittanceLine};
use primitives::{CaseId, CaseNumber, ClaimId, Date, Language, Money, MoneyError, PaymentId};

use super::parts::Parts;
use super::remittance::{BilledLine, CURRENCY, GivenUp};

const COLUMNS: usize = 11;

/// Everything that a specification says.
#[derive(Clone, Copy)]
pub struct Specification<'a> {
    pub remittance: &'a Remittance,
    pub lines: &'a [BilledLine],
    /// What is told of small differences with it.
    pub given_up: &'a [GivenUp],
    /// The creditor's own number of each claim.
    pub invoices: &'a BTreeMap<ClaimId, String>,
    /// What people call each case by.
    pub cases: &'a BTreeMap<CaseId, CaseNumber>,
    pub language: Language,
}

/// What a creditor numbers its invoices by may name somebody: it stays out of logs.
impl fmt::Debug for Specification<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let id = self.remittance.remittance_id;
        formatter.debug_struct("Specification").field("remittance_id", &id).finish_non_exhaustive()
    }
}

/// Lines of one kind, and their sums.
pub(super) struct Section<'a> {
    pub(super) kind: SectionKind,
    pub(super) rows: Vec<Row<'a>>,
    pub(super) parts: Parts,
    pub(super) commission: Money,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum SectionKind {
    /// Received by the agency.
    Ours,
    /// Paid straight to the creditor.
    Direct,
    /// Given up by the creditor.
    GivenUp,
    /// Given up before, and not any more.
    TakenBack,
}

impl SectionKind {
    /// Whether it is about small differences: nothing came in, and nothing is charged.
    const fn is_small_difference(self) -> bool {
        match self {
            Self::GivenUp | Self::TakenBack => true,
            Self::Ours | Self::Direct => false,
        }
    }
}

/// What one payment brought for one claim, or what was given up of a claim.
pub(super) struct Row<'a> {
    /// The creditor's own number; empty where it has none.
    pub(super) invoice: &'a str,
    /// When it was received, or given up.
    pub(super) on: Date,
    pub(super) parts: Parts,
    pub(super) commission: Money,
    pub(super) case_id: CaseId,
    claim_id: ClaimId,
    /// None where it was given up.
    payment_id: Option<PaymentId>,
}

/// The headings and words of a language.
pub(super) struct Words {
    pub(super) columns: [&'static str; COLUMNS],
    yes: &'static str,
    no: &'static str,
    /// The sums of what the agency received, of what the creditor did, of what was given up, and of
    /// what was before and is not any more.
    pub(super) sums: [&'static str; 4],
    /// Received, kept costs, commission on what either received, VAT on it, paid to the creditor.
    pub(super) way: [&'static str; 6],
    /// What the bank sent back of earlier remittances.
    pub(super) carried: &'static str,
    /// What takes the place of kept costs and of VAT where they are charged separately; the sum.
    charged: [&'static str; 3],
    /// The agency's own, before its number: an invoice, or a credit note.
    invoices: [&'static str; 2],
}

impl Words {
    pub(super) const fn invoice(&self, invoice: &FeeInvoice) -> &'static str {
        let [of_invoices, of_credit_notes] = self.invoices;
        match invoice.kind {
            FeeInvoiceKind::Invoice => of_invoices,
            FeeInvoiceKind::CreditNote => of_credit_notes,
        }
    }
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
    sums: [
        "subtotaal door ons ontvangen",
        "subtotaal rechtstreeks aan u betaald",
        "door u kwijtgescholden als klein verschil (ter informatie)",
        "eerder kwijtgescholden klein verschil dat niet meer geldt (ter informatie)",
    ],
    way: [
        "door ons ontvangen",
        "ingehouden kosten",
        "provisie over wat wij ontvingen",
        "provisie over wat u rechtstreeks ontving",
        "btw over de provisie",
        "aan u over te maken",
    ],
    carried: "kwam terug van uw bank, opnieuw betaald",
    charged: ["apart berekende kosten", "btw over kosten en provisie", "apart berekend"],
    invoices: ["Onze factuur", "Onze creditnota"],
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
    sums: [
        "sous-total reçu par nous",
        "sous-total payé directement à vous",
        "abandonné par vous comme petite différence (pour information)",
        "petite différence abandonnée auparavant, qui ne compte plus (pour information)",
    ],
    way: [
        "reçu par nous",
        "frais retenus",
        "commission sur ce que nous avons reçu",
        "commission sur ce que vous avez reçu directement",
        "TVA sur la commission",
        "à vous verser",
    ],
    carried: "revenu de votre banque, payé à nouveau",
    charged: [
        "frais facturés séparément",
        "TVA sur les frais et la commission",
        "facturé séparément",
    ],
    invoices: ["Notre facture", "Notre note de crédit"],
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
    sums: [
        "Zwischensumme bei uns eingegangen",
        "Zwischensumme direkt an Sie gezahlt",
        "von Ihnen erlassen als Kleindifferenz (zur Information)",
        "früher erlassene Kleindifferenz, die nicht mehr gilt (zur Information)",
    ],
    way: [
        "bei uns eingegangen",
        "einbehaltene Kosten",
        "Provision auf bei uns Eingegangenes",
        "Provision auf direkt an Sie Gezahltes",
        "USt auf die Provision",
        "an Sie auszuzahlen",
    ],
    carried: "von Ihrer Bank zurückgekommen, erneut gezahlt",
    charged: ["gesondert berechnete Kosten", "USt auf Kosten und Provision", "gesondert berechnet"],
    invoices: ["Unsere Rechnung", "Unsere Gutschrift"],
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
    sums: [
        "subtotal received by us",
        "subtotal paid directly to you",
        "given up by you as small differences (for information)",
        "small differences given up before that no longer count (for information)",
    ],
    way: [
        "received by us",
        "costs kept",
        "commission on what we received",
        "commission on what you received directly",
        "VAT on the commission",
        "to be paid to you",
    ],
    carried: "came back from your bank, paid again",
    charged: ["costs charged separately", "VAT on costs and commission", "charged separately"],
    invoices: ["Our invoice", "Our credit note"],
};

pub(super) const fn words(language: Language) -> &'static Words {
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

impl<'a> Specification<'a> {
    /// The table as a file.
    pub fn to_csv(&self) -> Result<String, MoneyError> {
        let words = words(self.language);
        let mut table = Table(String::from('\u{feff}'));
        table.row(words.columns);
        let [ours, direct, given_up, taken_back] = self.sections()?;
        table.section(&ours, words)?;
        table.section(&direct, words)?;
        for (word, amount) in self.way()? {
            table.row([word, "", "", "", "", &decimal(amount), "", "", "", "", ""]);
        }
        if let Some(invoice) = &self.remittance.invoice {
            let named = format!("{} {}", words.invoice(invoice), invoice.number);
            table.row([&named, "", "", "", "", &decimal(invoice.total), "", "", "", "", ""]);
        }
        for section in [given_up, taken_back].iter().filter(|it| !it.rows.is_empty()) {
            table.section(section, words)?;
        }
        Ok(table.0)
    }

    /// What the agency received, what the creditor did, what was given up, and what was before and
    /// is not any more.
    pub(super) fn sections(&self) -> Result<[Section<'a>; 4], MoneyError> {
        let invoice = |claim_id| self.invoices.get(&claim_id).map_or("", String::as_str);
        let brought = |it: &BilledLine| {
            let RemittanceLine { case_id, claim_id, payment_id, received_on, .. } = it.line;
            Row {
                invoice: invoice(claim_id),
                on: received_on,
                parts: it.parts(),
                commission: it.commission,
                case_id,
                claim_id,
                payment_id: Some(payment_id),
            }
        };
        let of = |direct| self.lines.iter().filter(move |it| it.line.direct == direct).map(brought);
        let (mut given_up, mut taken_back) = (Vec::new(), Vec::new());
        for it in self.given_up {
            let is_less = it.parts.total()?.is_negative();
            let rows = if is_less { &mut taken_back } else { &mut given_up };
            rows.push(Row {
                invoice: invoice(it.claim_id),
                on: it.on,
                parts: it.parts,
                commission: Money::zero(CURRENCY),
                case_id: it.case_id,
                claim_id: it.claim_id,
                payment_id: None,
            });
        }
        Ok([
            Section::of(SectionKind::Ours, of(false).collect())?,
            Section::of(SectionKind::Direct, of(true).collect())?,
            Section::of(SectionKind::GivenUp, given_up)?,
            Section::of(SectionKind::TakenBack, taken_back)?,
        ])
    }

    /// The rows from what was received to what is paid; gross, then those that are charged
    /// separately.
    pub(super) fn way(&self) -> Result<Vec<(&'static str, Money)>, MoneyError> {
        let Remittance { collected, kept_costs, commission, commission_vat, amount, .. } =
            self.remittance;
        let words = words(self.language);
        let [received, _, on_ours, on_direct, _, paid] = words.way;
        let fees = fees(self.remittance, self.lines, self.language)?;
        let mut rows = vec![(received, *collected)];
        if !self.remittance.carried.is_empty() {
            let back = self.remittance.carried.iter().map(|it| it.amount);
            rows.push((words.carried, Money::sum(CURRENCY, back)?));
        }
        match self.remittance.settlement {
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
}

impl<'a> Section<'a> {
    fn of(kind: SectionKind, rows: Vec<Row<'a>>) -> Result<Self, MoneyError> {
        let (mut parts, mut commission) = (Parts::zero(CURRENCY), Money::zero(CURRENCY));
        for row in &rows {
            parts = parts.checked_add(row.parts)?;
            commission = commission.checked_add(row.commission)?;
        }
        Ok(Self { kind, rows, parts, commission })
    }
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
    fn section(&mut self, section: &Section<'_>, words: &Words) -> Result<(), MoneyError> {
        let is_given_up = section.kind.is_small_difference();
        let commission = |of: Money| if is_given_up { String::new() } else { decimal(of) };
        let (direct, sum) = match (section.kind, words.sums) {
            (SectionKind::Ours, [sum, ..]) => (words.no, sum),
            (SectionKind::Direct, [_, sum, ..]) => (words.yes, sum),
            (SectionKind::GivenUp, [_, _, sum, _]) | (SectionKind::TakenBack, [.., sum]) => {
                ("", sum)
            }
        };
        for row in &section.rows {
            let on = if is_given_up { String::new() } else { row.on.to_string() };
            let [principal, interest, costs, total] = decimals(row.parts)?;
            self.row([
                &text(row.invoice),
                &on,
                &principal,
                &interest,
                &costs,
                &total,
                &commission(row.commission),
                direct,
                &row.case_id.to_string(),
                &row.claim_id.to_string(),
                &row.payment_id.map(|it| it.to_string()).unwrap_or_default(),
            ]);
        }
        let [principal, interest, costs, total] = decimals(section.parts)?;
        let charged = commission(section.commission);
        self.row([sum, "", &principal, &interest, &costs, &total, &charged, "", "", "", ""]);
        Ok(())
    }

    /// None of our own cells holds a semicolon, a quote or a line break.
    fn row(&mut self, cells: [&str; COLUMNS]) {
        self.0.push_str(&cells.join(";"));
        self.0.push_str("\r\n");
    }
}
