//! Keys as numbers.

use sha2::{Digest, Sha256};

/// The first eight bytes of the key's SHA-256, as a signed number, the highest byte first. Equal
/// keys have equal digests; different ones are mixed up by chance once in many billions of pairs,
/// which gives a candidate too many and no wrong match: what was found is judged by its own words.
#[must_use]
pub fn digest(key: &str) -> i64 {
    let hash = Sha256::digest(key.as_bytes());
    i64::from_be_bytes(hash.first_chunk().copied().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::digest;

    /// As Postgres computes it, by which the rows of earlier releases were filled:
    /// `('x' || left(encode(sha256(convert_to('jansen p', 'UTF8')), 'hex'), 16))::bit(64)::bigint`.
    #[test]
    fn is_the_beginning_of_the_hash() {
        assert_eq!(
            digest("abc"),
            i64::from_be_bytes([0xba, 0x78, 0x16, 0xbf, 0x8f, 0x01, 0xcf, 0xea])
        );
        assert_ne!(digest("jansen p"), digest("jansen q"));
    }
}
