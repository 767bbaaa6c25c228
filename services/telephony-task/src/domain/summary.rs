//! What was said in a call, in the caller's words. Personal: it stands in one erasable row, and
//! never in a message, a log or an error.

use std::fmt;

/// At most so many characters.
pub const CHARACTERS_MAX: usize = 4_000;

/// A file with more bytes is not read. UTF-8 takes four for a character at most; the second half is
/// room for spaces around the words.
pub const BYTES_MAX: u64 = 32_000;

/// Fewer characters than these, spaces aside, say nothing.
pub const SAYING_MIN: usize = 10;

/// The words of a summary, without the spaces around them.
#[derive(Clone, PartialEq, Eq)]
pub struct Summary(String);

/// Why a file is no summary. Never repeats a word of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SummaryFault {
    #[error("the summary is no text: write it as plain text in UTF-8")]
    NotText,
    #[error("the summary is longer than {CHARACTERS_MAX} characters: keep to what matters")]
    TooLong,
}

impl Summary {
    /// Reads a file.
    pub fn read(bytes: &[u8]) -> Result<Self, SummaryFault> {
        let text = str::from_utf8(bytes).map_err(|_| SummaryFault::NotText)?;
        let layout = |sign: char| matches!(sign, '\n' | '\r' | '\t');
        if text.chars().any(|sign| sign.is_control() && !layout(sign)) {
            return Err(SummaryFault::NotText);
        }
        let text = text.trim();
        if text.chars().count() > CHARACTERS_MAX {
            return Err(SummaryFault::TooLong);
        }
        Ok(Self(text.to_owned()))
    }

    /// Whether it says anything.
    #[must_use]
    pub fn says_something(&self) -> bool {
        self.0.chars().filter(|sign| !sign.is_whitespace()).count() >= SAYING_MIN
    }

    /// The words, to be kept.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Summary {
    /// Its length: logs and panics must not repeat it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Summary({} characters)", self.0.chars().count())
    }
}
