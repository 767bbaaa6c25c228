//! The base flows that ship with the product. A creditor's agreement names one, with its version,
//! and says what is different. A version that was published stays as it is for ever: who is on it
//! sees no change until its document names another.

use std::sync::LazyLock;

use contracts::agreement::{Agreement, PayTo};

use super::agreement_document::{Flow, flow};
use super::fields::read_fields;

/// Each with its name, as documents write it.
const TEXTS: [(&str, &str); 2] = [
    ("belgian-firm@1", include_str!("../../bases/belgian-firm@1.toml")),
    ("small-firm@1", include_str!("../../bases/small-firm@1.toml")),
];

/// Those without a fault; a test holds that this is all of them.
static BASES: LazyLock<Vec<(&str, Flow)>> = LazyLock::new(|| {
    let read = |(name, text): &(&'static str, &str)| {
        let read = read_fields(text, |fields, table| flow(fields, table, None));
        read.ok().map(|flow| (*name, flow))
    };
    TEXTS.iter().filter_map(read).collect()
});

/// The names of all base flows.
#[must_use]
pub fn base_flows() -> Vec<&'static str> {
    BASES.iter().map(|(name, _)| *name).collect()
}

/// What an agreement says that is as its base has it; none where there is none of that name.
#[must_use]
pub fn base_agreement(name: &str) -> Option<Agreement> {
    named(name).ok().map(|flow| flow.clone().agreed(1, PayTo::Agency, None))
}

/// The base flow of a name.
pub(super) fn named(name: &str) -> Result<&'static Flow, String> {
    let found = BASES.iter().find(|(known, _)| *known == name).map(|(_, flow)| flow);
    found.ok_or_else(|| format!("is no base flow: there is {}", base_flows().join(", ")))
}
