//! Chance, keyed: the n-th draw for a purpose depends on the seed, the purpose and n alone, so that
//! dropping one message changes no other draw.

use rand_core::Rng;
use rand_pcg::Pcg32;

/// What a draw is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Purpose {
    Latency = 1,
    Loss = 2,
    Duplicate = 3,
    DuplicateLatency = 4,
    Timer = 5,
    Fsync = 6,
    Torn = 7,
    LoadKey = 8,
    LoadKind = 9,
    ClientLatency = 10,
    ClientLoss = 11,
    /// What was under way is drawn anew: its time, and for streams how often it is lost.
    TimerAnew = 12,
    LatencyAnew = 13,
    FsyncAnew = 14,
    ClientAnew = 15,
    /// How long a script lets time pass.
    Pass = 16,
}

/// A number in `0..span` for the n-th draw of this purpose by `a` (and `b`, for links and timers).
/// `span` must be above 0.
pub(crate) fn draw(seed: u64, purpose: Purpose, a: u64, b: u64, n: u64, span: u64) -> u64 {
    let stream = mix(mix(purpose as u64, a), b);
    let mut generator = Pcg32::new(mix(mix(seed, stream), n), stream);
    let (high, low) = (generator.next_u32(), generator.next_u32());
    let number = u64::from(high) << 32 | u64::from(low);
    // The high half of number × span: our own, so that a library's update cannot change old runs.
    u64::try_from((u128::from(number) * u128::from(span)) >> 64).unwrap_or(0)
}

/// Folds a value into a running hash (the finalizer of SplitMix64, Steele et al. 2014).
pub(crate) fn mix(hash: u64, value: u64) -> u64 {
    let mut z = (hash.rotate_left(23) ^ value).wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn draws_are_spread_evenly_and_do_not_depend_on_each_other() {
        let mut buckets = [0u32; 10];
        for n in 0..10_000 {
            let number = draw(7, Purpose::Latency, 1, 2, n, 10);
            buckets[usize::try_from(number).expect("small")] += 1;
        }
        assert!(buckets.iter().all(|count| (850..1150).contains(count)), "{buckets:?}");
        assert_ne!(
            draw(7, Purpose::Latency, 1, 2, 0, u64::MAX),
            draw(7, Purpose::Latency, 2, 1, 0, u64::MAX)
        );
    }

    #[test]
    fn a_known_draw_never_changes() {
        assert_eq!(draw(7, Purpose::Timer, 3, 0, 5, 150_001), 67_723);
    }
}
