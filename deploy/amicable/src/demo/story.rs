//! What happens in the play, day by day. Who is in it stands in `deploy/demo`.

use primitives::{CallOutcome, NonPaymentReason};

/// Something that creditor, debtor, bank or finance desk does.
#[derive(Clone, Copy, Debug)]
pub(super) enum Act {
    /// The debtor pays what is open on an invoice, with its reference.
    Pays { invoice: &'static str },
    /// The debtor pays a part, with the reference.
    PaysPart { invoice: &'static str, amount: &'static str },
    /// The debtor pays what is open, but with words that name no claim.
    PaysUnnamed { invoice: &'static str, words: &'static str },
    /// The debtor pays the creditor itself, who tells it.
    PaysCreditor { invoice: &'static str },
    /// The creditor sends a credit note over the whole invoice.
    Credits { invoice: &'static str },
    /// The creditor takes the claim back.
    TakesBack { invoice: &'static str },
    /// One of the finance desk proposes what a creditor is paid, another approves it, and the bank
    /// carries it out.
    Remits { creditor: &'static str },
}

/// Days after the first. Payments happen on days on which banks book.
pub(super) const STORY: [(i64, Act); 15] = [
    (4, Act::Credits { invoice: "GH-2605" }),
    (4, Act::TakesBack { invoice: "NB-882" }),
    // A day before its reminder would go.
    (4, Act::Pays { invoice: "GH-2602" }),
    (9, Act::PaysCreditor { invoice: "GH-2604" }),
    (10, Act::PaysUnnamed { invoice: "NB-883", words: "onze betaling gevelstenen, met dank" }),
    (14, Act::PaysPart { invoice: "FV-302", amount: "150.00" }),
    // After its demand: with interest and forty euros.
    (24, Act::Pays { invoice: "NB-881" }),
    (25, Act::Remits { creditor: "nauta" }),
    // After its demand: with the lump sum of the creditor's terms.
    (33, Act::Pays { invoice: "FV-301" }),
    // Within the time of its 14-day letter: nothing is added.
    (45, Act::Pays { invoice: "GH-2603" }),
    (46, Act::Remits { creditor: "groene-hoek" }),
    // After the time of its 14-day letter: costs first, then interest, then the invoice.
    (53, Act::PaysPart { invoice: "GH-2601", amount: "60.00" }),
    // While a call waits for a caller.
    (66, Act::Pays { invoice: "GH-2601" }),
    (67, Act::Remits { creditor: "groene-hoek" }),
    (67, Act::Remits { creditor: "vanderlinden" }),
];

/// How a call goes, in the order of the calls of one debtor. Other calls reach nobody.
#[derive(Clone, Copy, Debug)]
pub(super) struct Talk {
    pub(super) invoice: &'static str,
    pub(super) outcome: CallOutcome,
    pub(super) reason: NonPaymentReason,
    pub(super) summary: &'static str,
    /// All that is open, within so many days.
    pub(super) promised_within_days: Option<i64>,
}

pub(super) const TALKS: [Talk; 2] = [
    Talk {
        invoice: "GH-2601",
        outcome: CallOutcome::Promised,
        reason: NonPaymentReason::Carelessness,
        summary: "Rekening blijven liggen na een verhuizing. Betaalt volgende week.",
        promised_within_days: Some(7),
    },
    Talk {
        invoice: "GH-2606",
        outcome: CallOutcome::Reached,
        reason: NonPaymentReason::Hardship,
        summary: "Werk verloren; wil graag in delen betalen. Collega zoekt mee naar een regeling.",
        promised_within_days: None,
    },
];

/// The invoice whose second call nobody gets to before it is paid.
pub(super) const LEFT_WAITING: &str = "GH-2601";

/// The last day of the play.
pub(super) const LAST_DAY: u16 = 68;

/// The invoices on which nothing may be open at the end.
pub(super) const SETTLED: [&str; 8] =
    ["GH-2601", "GH-2602", "GH-2603", "GH-2604", "GH-2605", "NB-881", "NB-882", "FV-301"];
