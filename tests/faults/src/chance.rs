//! Chance that can be played again.

/// `SplitMix64`: the same numbers from the same seed, on every machine.
#[derive(Clone, Debug)]
pub(crate) struct Chance(u64);

impl Chance {
    pub(crate) const fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(crate) fn draw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut drawn = self.0;
        drawn = (drawn ^ (drawn >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        drawn = (drawn ^ (drawn >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        drawn ^ (drawn >> 31)
    }

    /// A number in `from..to`; `from` where there is none.
    pub(crate) fn within(&mut self, from: u64, to: u64) -> u64 {
        let width = to.saturating_sub(from);
        from.saturating_add(self.draw().checked_rem(width).unwrap_or(0))
    }

    /// An index of something with so many parts.
    pub(crate) fn index(&mut self, length: usize) -> usize {
        usize::try_from(self.within(0, u64::try_from(length).unwrap_or(u64::MAX))).unwrap_or(0)
    }

    pub(crate) fn shuffle<T>(&mut self, parts: &mut [T]) {
        for last in (1..parts.len()).rev() {
            parts.swap(self.index(last.saturating_add(1)), last);
        }
    }
}
