//! What happens in the play, day by day. Who is in it stands in `deploy/demo`.

/// Something that creditor, debtor or bank does.
#[derive(Clone, Copy, Debug)]
pub(super) enum Act {
    /// The debtor pays what is open on an invoice, with its reference.
    Pays { invoice: &'static str },
    /// The debtor pays a part, with the reference.
    PaysPart { invoice: &'static str, amount: &'static str },
    /// The debtor pays what is open, but with words that name no claim.
    PaysUnnamed { invoice: &'static str, words: &'static str },
    /// The creditor sends a credit note over the whole invoice.
    Credits { invoice: &'static str },
    /// The creditor takes the claim back.
    TakesBack { invoice: &'static str },
}

/// Days after the first. Payments happen on days on which banks book.
pub(super) const STORY: [(i64, Act); 10] = [
    (2, Act::Pays { invoice: "GH-2601" }),
    (3, Act::Pays { invoice: "NB-881" }),
    (4, Act::Credits { invoice: "GH-2605" }),
    (4, Act::TakesBack { invoice: "NB-882" }),
    (8, Act::Pays { invoice: "FV-301" }),
    (9, Act::PaysPart { invoice: "GH-2603", amount: "100.00" }),
    (9, Act::Pays { invoice: "GH-2602" }),
    (10, Act::PaysUnnamed { invoice: "NB-883", words: "onze betaling gevelstenen, met dank" }),
    (14, Act::PaysPart { invoice: "FV-302", amount: "150.00" }),
    (16, Act::Pays { invoice: "GH-2603" }),
];

/// The last day of the play.
pub(super) const LAST_DAY: u16 = 18;

/// The invoices on which nothing may be open at the end.
pub(super) const SETTLED: [&str; 7] =
    ["GH-2601", "GH-2602", "GH-2603", "GH-2605", "NB-881", "NB-882", "FV-301"];
