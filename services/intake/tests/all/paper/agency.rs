//! The documents that the agency writes itself.

/// The creditor of the tests, in its own words.
pub(crate) const CREDITOR: &str = r#"
code = "tuinhuis"
name = "Tuinhuis Voorbeeld B.V."
legal_form = "bv"
company_number = "90001234"
vat_id = "NL000099998B57"
country = "NL"
address = ["Voorbeeldlaan 1", "3500 AA Utrecht"]
email = "facturen@tuinhuis.example"
telephone = "+31 88 000 00 00"
language = "nl"
pay_to = "creditor"
# The token is "letmein".
api_token_sha256 = "1c8bfe8f801d79745c4631d09fff36c82aa37fc4cce4fc946683d7b336b63032"

[account]
iban = "NL91 ABNA 0417 1643 00"

[agreement]
version = 1
capacity = "agency-for-creditor"
payments_known_within_days = 3
review_after_days = 14
review_by = "desk"

[[agreement.steps]]
key = "pre-due"
message = "pre-due-notice"
channel = "email"
days_from_due = -5

[[agreement.steps]]
key = "first-reminder"
message = "free-first-reminder"
channel = "email"
days_from_due = 3
"#;

/// A member of the agency's staff, in the agency's own words.
pub(crate) const STAFF: &str = r#"
code = "mila"
name = "Mila Voorbeeld"
roles = ["caller", "case-desk"]

[[certificates]]
country = "NL"
number = "NL-0001"
valid_from = 2026-01-01
valid_until = 2026-12-31

[[certificates]]
country = "BE"
number = "BE-0001"
valid_from = "2026-02-01"
valid_until = "2027-01-31"
"#;
