//! The address of a stored file: the hash of its bytes. Whoever has the bytes does the hashing.

use std::fmt;
use std::str::FromStr;

use crate::text_form::text_form;

/// A SHA-256 digest; in text and JSON 64 lower-case hexadecimal figures.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ContentHash([u8; 32]);

/// The text is not a SHA-256 digest.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a content hash: write 64 lower-case hexadecimal figures")]
pub struct ContentHashError;

impl ContentHash {
    /// Takes a finished SHA-256 digest.
    #[must_use]
    pub const fn from_digest(digest: [u8; 32]) -> Self {
        Self(digest)
    }

    /// Reads 64 lower-case hexadecimal figures.
    pub fn parse(text: &str) -> Result<Self, ContentHashError> {
        let (pairs, rest) = text.as_bytes().as_chunks::<2>();
        if pairs.len() != 32 || !rest.is_empty() {
            return Err(ContentHashError);
        }
        let mut digest = [0; 32];
        for (byte, [high, low]) in digest.iter_mut().zip(pairs) {
            *byte = (figure(*high)? << 4) | figure(*low)?;
        }
        Ok(Self(digest))
    }

    /// The 32 bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

fn figure(byte: u8) -> Result<u8, ContentHashError> {
    let figure = char::from(byte).to_digit(16).filter(|_| !byte.is_ascii_uppercase());
    figure.and_then(|figure| u8::try_from(figure).ok()).ok_or(ContentHashError)
}

impl fmt::Display for ContentHash {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(formatter, "{byte:02x}"))
    }
}

impl fmt::Debug for ContentHash {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "ContentHash({self})")
    }
}

impl FromStr for ContentHash {
    type Err = ContentHashError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

text_form!(ContentHash, parse: ContentHash::parse, pattern: "^[0-9a-f]{64}$",
    meaning: "SHA-256 of the content, in lower-case hexadecimal figures.");

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn hashes_read_back_exactly(digest: [u8; 32]) {
            let hash = ContentHash::from_digest(digest);
            prop_assert_eq!(ContentHash::parse(&hash.to_string()), Ok(hash));
            let json = serde_json::to_string(&hash).unwrap();
            prop_assert_eq!(serde_json::from_str::<ContentHash>(&json).unwrap(), hash);
            prop_assert_eq!(hash.as_bytes(), &digest);
        }

        #[test]
        fn no_text_makes_parsing_panic(text: String) {
            prop_assert!(ContentHash::parse(&text).is_err());
        }
    }

    #[test]
    fn only_64_small_figures_are_a_hash() {
        let figures = "0123456789abcdef".repeat(4);
        assert!(ContentHash::parse(&figures).is_ok());
        for wrong in [&figures[1..], &format!("{figures}0"), &figures.to_ascii_uppercase()] {
            assert_eq!(ContentHash::parse(wrong), Err(ContentHashError), "{wrong}");
        }
    }
}
