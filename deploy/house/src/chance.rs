//! Chance that can be repeated: a number follows from the seed and from what it is for, so that
//! leaving one thing out of a story changes nothing about the others.

/// A stream of numbers (splitmix64).
#[derive(Clone, Debug)]
pub struct Chance(u64);

impl Chance {
    /// The stream of one purpose.
    #[must_use]
    pub fn of(seed: u64, purpose: &str) -> Self {
        // FNV-1a, stirred by the first steps of the stream.
        let start = seed ^ 0xcbf2_9ce4_8422_2325;
        let mixed = purpose
            .bytes()
            .fold(start, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3));
        let mut chance = Self(mixed);
        chance.next();
        chance
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `limit`; nought where that is nought.
    pub fn below(&mut self, limit: i64) -> i64 {
        let limit = u64::try_from(limit).unwrap_or(0);
        let number = self.next().checked_rem(limit).unwrap_or(0);
        i64::try_from(number).unwrap_or(0)
    }

    /// A number of a range, both ends within.
    pub fn within(&mut self, first: i64, last: i64) -> i64 {
        first.saturating_add(self.below(last.saturating_sub(first).saturating_add(1)))
    }

    /// True so often in a hundred times.
    pub fn percent(&mut self, of_hundred: u8) -> bool {
        self.below(100) < i64::from(of_hundred)
    }

    /// One of some.
    pub fn pick<'a, T>(&mut self, from: &'a [T]) -> Option<&'a T> {
        let count = i64::try_from(from.len()).unwrap_or(0);
        from.get(usize::try_from(self.below(count)).unwrap_or(0))
    }
}
