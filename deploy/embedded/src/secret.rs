//! Words that nobody can guess: passwords and names of this machine's own servers.
//!
//! Never for the product's ids, which follow from their causes.

use uuid::Uuid;

/// 32 hexadecimal digits, 122 bits of them from the system's random source.
#[expect(clippy::disallowed_methods, reason = "no id: nothing is to be derived from a cause")]
pub(crate) fn word() -> String {
    Uuid::new_v4().simple().to_string()
}
