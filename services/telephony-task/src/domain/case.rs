//! What is known of a case: the country of its debtor. A permit does not say it.

use contracts::intake::CaseOpened;
use mailbox::{Decision, Fault};
use primitives::Country;

/// The row of one case.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Case {
    /// Counts the decisions that changed something.
    pub version: u64,
    /// Where the debtor lives or is established; none until intake opened the case.
    pub country: Option<Country>,
}

/// Keeps the country of a case, which never changes.
pub fn open(mut case: Case, opened: &CaseOpened) -> Result<Decision<Case>, Fault> {
    if *case.country.get_or_insert(opened.country) != opened.country {
        return Err(Fault::Bug(format!(
            "case {} was opened in another country before",
            opened.case_id
        )));
    }
    Ok(Decision::quiet(case))
}
