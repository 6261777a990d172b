//! What clients got, over time: how many requests were answered and how many failed in each tenth
//! of a second, and how long the answered ones took. It is bounded, and a copy costs a few
//! pointers.
//!
//! A latency is kept as one byte: its power of two and the three bits behind it, so to an eighth at
//! worst. Of a bucket with a few answers, that makes about ten bytes: every key frame of a long
//! history keeps a minute of them.

use raft_core::Micros;
use std::sync::Arc;

/// The length of a bucket.
pub const BUCKET: Micros = 100_000;
/// The most buckets that are remembered: a minute.
pub const MAX_BUCKETS: u32 = 600;
/// Buckets that are shared as one.
const CHUNK: usize = 50;

/// A tenth of a second in which something ended.
#[derive(Clone, Copy, Debug)]
struct Bucket {
    number: u32,
    failed: u16,
    /// Where its latencies end in the chunk's.
    end: u16,
}

#[derive(Clone, Debug, Default)]
struct Chunk {
    buckets: Vec<Bucket>,
    /// Latencies, each with how many answers took as long.
    counts: Vec<(u8, u8)>,
}

impl Chunk {
    /// Each bucket and its latencies.
    fn iter(&self) -> impl Iterator<Item = (&Bucket, &[(u8, u8)])> {
        self.buckets.iter().enumerate().map(|(place, bucket)| {
            let before = place.checked_sub(1).and_then(|before| self.buckets.get(before));
            let range = before.map_or(0, |b| usize::from(b.end))..usize::from(bucket.end);
            (bucket, self.counts.get(range).unwrap_or_default())
        })
    }
}

/// What clients got in the last minute.
#[derive(Clone, Debug, Default)]
pub struct Stats {
    chunks: Vec<Arc<Chunk>>,
    /// The bucket that is being filled.
    number: u32,
    failed: u16,
    latencies: Vec<u8>,
}

/// What clients got between two moments.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Got {
    /// Requests that were answered.
    pub answered: u32,
    /// Requests, and tries of them, that were refused or ran out of time.
    pub failed: u32,
    /// Half of the answered took no longer, in microseconds; 0 where none was.
    pub median: Micros,
    /// 99 of a hundred took no longer.
    pub p99: Micros,
    /// The shortest and the longest.
    pub range: (Micros, Micros),
}

impl Stats {
    pub(crate) fn answered(&mut self, now: Micros, latency: Micros) {
        self.begin(now);
        self.latencies.push(code(latency));
    }

    pub(crate) fn failed(&mut self, now: Micros) {
        self.begin(now);
        self.failed = self.failed.saturating_add(1);
    }

    fn begin(&mut self, now: Micros) {
        let number = bucket_of(now);
        if number == self.number {
            return;
        }
        if self.failed > 0 || !self.latencies.is_empty() {
            self.keep();
        }
        (self.number, self.failed) = (number, 0);
        self.latencies.clear();
        let is_old = |bucket: &Bucket| bucket.number.saturating_add(MAX_BUCKETS) < number;
        while self.chunks.first().is_some_and(|chunk| chunk.buckets.last().is_none_or(is_old)) {
            self.chunks.remove(0);
        }
    }

    /// Keeps the bucket that was filled.
    fn keep(&mut self) {
        if self.chunks.last().is_none_or(|chunk| chunk.buckets.len() >= CHUNK) {
            self.chunks.push(Arc::default());
        }
        let Some(chunk) = self.chunks.last_mut().map(Arc::make_mut) else { return };
        // Counted and not sorted: a sort of bytes alone is two kilobytes of wasm.
        let mut counts = [0_u32; 256];
        for code in &self.latencies {
            counts[usize::from(*code)] += 1;
        }
        for (code, mut count) in (0..=u8::MAX).zip(counts) {
            while count > 0 {
                let part = u8::try_from(count).unwrap_or(u8::MAX);
                chunk.counts.push((code, part));
                count -= u32::from(part);
            }
        }
        let end = u16::try_from(chunk.counts.len()).unwrap_or(u16::MAX);
        chunk.buckets.push(Bucket { number: self.number, failed: self.failed, end });
    }

    /// When the oldest request that is remembered ended.
    pub fn begins(&self) -> Option<Micros> {
        let first = self.chunks.first().and_then(|chunk| chunk.buckets.first());
        let open = self.failed > 0 || !self.latencies.is_empty();
        let number = first.map(|bucket| bucket.number).or(open.then_some(self.number))?;
        Some(Micros::from(number) * BUCKET)
    }

    /// What clients got from one moment to another, both taken to the bucket that they begin.
    /// Latencies are right to an eighth.
    pub fn between(&self, from: Micros, to: Micros) -> Got {
        let (from, to) = (bucket_of(from), bucket_of(to));
        // How many answers took how long.
        let mut counts = [0_u64; 256];
        let mut got = Got::default();
        for (bucket, latencies) in self.chunks.iter().flat_map(|chunk| chunk.iter()) {
            if (from..to).contains(&bucket.number) {
                got.failed += u32::from(bucket.failed);
                for (code, count) in latencies {
                    counts[usize::from(*code)] += u64::from(*count);
                }
            }
        }
        if (from..to).contains(&self.number) {
            got.failed += u32::from(self.failed);
            for code in &self.latencies {
                counts[usize::from(*code)] += 1;
            }
        }
        let all: u64 = counts.iter().sum();
        let below = |hundredths: u64| {
            let mut sum = 0;
            let found = counts.iter().position(|count| {
                sum += count;
                sum * 100 >= all * hundredths && sum > 0
            });
            found.map_or(0, value)
        };
        got.answered = u32::try_from(all).unwrap_or(u32::MAX);
        got.median = below(50);
        got.p99 = below(99);
        got.range = (below(0), below(100));
        got
    }
}

fn bucket_of(time: Micros) -> u32 {
    u32::try_from(time / BUCKET).unwrap_or(u32::MAX)
}

/// A latency as a byte; the longest that has one is 71 minutes.
fn code(latency: Micros) -> u8 {
    let latency = u32::try_from(latency).unwrap_or(u32::MAX);
    // Below 8 each has its own.
    let Some(octave) = latency.checked_ilog2().filter(|octave| *octave >= 3) else {
        return u8::try_from(latency).unwrap_or(0);
    };
    let rest = (latency >> (octave - 3)) & 7;
    u8::try_from((octave - 2) * 8 + rest).unwrap_or(u8::MAX)
}

/// The middle of what has this byte.
fn value(code: usize) -> Micros {
    let (octave, rest) = (code / 8 + 2, (code % 8) as u64);
    if octave < 3 {
        return rest;
    }
    let step = 1 << (octave - 3);
    (8 + rest) * step + step / 2
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_latency_is_right_to_an_eighth() {
        for latency in (0..100).chain([999, 12_345, 20_000, 5_000_000, 4_000_000_000]) {
            let kept = value(usize::from(code(latency)));
            assert!(kept.abs_diff(latency) * 8 <= latency, "{latency} became {kept}");
        }
    }

    #[test]
    fn what_clients_got_is_told_for_any_stretch_of_the_last_minute() {
        let mut stats = Stats::default();
        for tenth in 0..2_000 {
            for request in 0..30 {
                stats.answered(tenth * BUCKET + request, (request + 1) * 1_000);
            }
            stats.failed(tenth * BUCKET);
        }
        let end = 2_000 * BUCKET;
        let got = stats.between(end - 1_000_000, end);
        assert_eq!((got.answered, got.failed), (300, 10));
        assert!(got.median.abs_diff(15_000) < 2_000, "{got:?}");
        assert!(got.p99.abs_diff(30_000) < 4_000, "{got:?}");
        assert!(got.range.0.abs_diff(1_000) < 130, "{got:?}");
        let kept: usize = stats.chunks.iter().map(|chunk| chunk.buckets.len()).sum();
        assert!(kept < MAX_BUCKETS as usize + CHUNK, "{kept}");
        assert_eq!(stats.between(end, end + 1_000_000), Got::default());
    }
}
