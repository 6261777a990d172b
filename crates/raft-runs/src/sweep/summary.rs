//! What came of the runs of a case, in figures.

use super::trial::Reading;
use crate::shares::interval;

/// What was measured in the runs of a case, of one quantity.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sample {
    /// What was found, ascending.
    found: Vec<u64>,
    /// How often what was waited for did not come.
    not_found: u32,
}

/// It in figures. Where what was waited for did not come, it counts as longer than any other: a
/// quantile that falls there is `None`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Summary {
    /// How many runs there were.
    pub runs: u32,
    /// In how many it was found.
    pub found: u32,
    /// The 95 % interval of the share in which it is found, from 0 to 1.
    pub share: (f64, f64),
    /// The mean of what was found.
    pub mean: Option<f64>,
    /// The least.
    pub least: Option<u64>,
    /// The median.
    pub median: Option<u64>,
    /// Nine in ten are at most this.
    pub p90: Option<u64>,
    /// Ninety-nine in a hundred are.
    pub p99: Option<u64>,
    /// The most.
    pub most: Option<u64>,
}

impl Sample {
    /// Of readings in any order.
    pub fn of(readings: impl IntoIterator<Item = Reading>) -> Sample {
        let mut sample = Sample::default();
        for reading in readings {
            sample.take(reading);
        }
        sample.found.sort_unstable();
        sample
    }

    fn take(&mut self, reading: Reading) {
        if reading.found {
            self.found.push(reading.value);
        } else {
            self.not_found += 1;
        }
    }

    /// What was found, ascending.
    pub fn found(&self) -> &[u64] {
        &self.found
    }

    /// How many runs there were.
    pub fn runs(&self) -> u32 {
        u32::try_from(self.found.len()).unwrap_or(u32::MAX).saturating_add(self.not_found)
    }

    /// The share of the runs that are at most this, from 0 to 1.
    pub fn share_up_to(&self, value: u64) -> f64 {
        let up_to = self.found.partition_point(|other| *other <= value);
        up_to as f64 / f64::from(self.runs().max(1))
    }

    /// What `percent` of a hundred runs are at most (the nearest rank).
    pub fn quantile(&self, percent: u32) -> Option<u64> {
        let rank = (u64::from(self.runs()) * u64::from(percent)).div_ceil(100).max(1);
        let at = usize::try_from(rank - 1).ok()?;
        self.found.get(at).copied()
    }

    /// It in figures.
    pub fn summary(&self) -> Summary {
        let found = u32::try_from(self.found.len()).unwrap_or(u32::MAX);
        let sum: u128 = self.found.iter().map(|value| u128::from(*value)).sum();
        let mean = (found > 0).then(|| sum as f64 / f64::from(found));
        Summary {
            runs: self.runs(),
            found,
            share: interval(found, self.runs()),
            mean,
            least: self.found.first().copied(),
            median: self.quantile(50),
            p90: self.quantile(90),
            p99: self.quantile(99),
            most: self.found.last().copied().filter(|_| self.not_found == 0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_did_not_come_is_longer_than_all_that_did() {
        let found = |value| Reading { value, found: true };
        let none = Reading { value: 100, found: false };
        let sample = Sample::of([found(3), none, found(1), none]);
        let summary = sample.summary();
        assert_eq!((summary.runs, summary.found), (4, 2));
        assert_eq!((summary.mean, summary.least), (Some(2.0), Some(1)));
        assert_eq!((summary.median, summary.p90, summary.most), (Some(3), None, None));
        assert!((sample.share_up_to(2) - 0.25).abs() < 1e-9);
    }
}
