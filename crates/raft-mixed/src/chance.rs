//! Chance: every draw of a run follows from its seed.

use rand_core::Rng;
use rand_pcg::Pcg32;

/// A stream of draws.
#[derive(Clone, Debug)]
pub(crate) struct Chance(Pcg32);

impl Chance {
    /// The stream of this name that belongs to a seed.
    pub(crate) fn new(seed: u64, name: u64) -> Chance {
        Chance(Pcg32::new(seed, name))
    }

    /// A number below `end`, which must be above 0.
    pub(crate) fn below(&mut self, end: u64) -> u64 {
        (u64::from(self.0.next_u32()) * end) >> 32
    }

    /// An ordinal in a list of this length, which must not be empty.
    pub(crate) fn ordinal(&mut self, length: usize) -> usize {
        usize::try_from(self.below(length as u64)).unwrap_or(0)
    }

    /// True so many times in a thousand.
    pub(crate) fn permille(&mut self, times: u64) -> bool {
        self.below(1000) < times
    }

    /// One of these.
    pub(crate) fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.ordinal(from.len())]
    }
}
