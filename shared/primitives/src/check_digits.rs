//! The two check-digit sums behind account numbers and payment references.

/// The text read as one long number, letters as A=10 … Z=35, modulo 97 (ISO 7064, MOD 97-10).
/// `None` when a character is neither a digit nor a letter A-Z.
pub(crate) fn mod_97(text: impl IntoIterator<Item = char>) -> Option<u32> {
    text.into_iter().try_fold(0_u32, |sum, character| {
        let value = character.to_digit(36)?;
        let shift = if value < 10 { 10 } else { 100 };
        Some(sum.saturating_mul(shift).saturating_add(value) % 97)
    })
}

/// Weights of the Dutch betalingskenmerk, from the right (Betaalvereniging Nederland).
const DUTCH_WEIGHTS: [u32; 10] = [2, 4, 8, 5, 10, 9, 7, 3, 6, 1];

/// The check digit of a Dutch betalingskenmerk over everything that follows it, modulo 11.
/// `None` when a character is not a digit.
pub(crate) fn dutch_check_digit(rest: &str) -> Option<u32> {
    let sum = rest.chars().rev().zip(DUTCH_WEIGHTS.iter().cycle()).try_fold(
        0_u32,
        |sum, (character, weight)| {
            Some(sum.saturating_add(character.to_digit(10)?.saturating_mul(*weight)))
        },
    )?;
    Some(match sum % 11 {
        0 => 0,
        1 => 1,
        remainder => 11_u32.saturating_sub(remainder),
    })
}
