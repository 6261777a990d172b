//! Many answers to one question: how often each came, how sure that is, and how long it took.

use crate::future::Future;
use crate::question::Outcome;
use std::collections::BTreeMap;

/// The 95 % interval of a share by Wilson's score (E. B. Wilson, "Probable Inference", 1927), which
/// also holds for few runs and shares near 0 and 1.
///
/// Both ends are from 0 to 1; of no runs at all it is everything.
pub fn interval(times: u32, runs: u32) -> (f64, f64) {
    // The 97.5th percentile of the normal distribution.
    const Z: f64 = 1.959_963_984_540_054;
    if runs == 0 {
        return (0.0, 1.0);
    }
    let n = f64::from(runs);
    let share = f64::from(times) / n;
    let middle = share + Z * Z / (2.0 * n);
    let half = Z * ((share * (1.0 - share) + Z * Z / (4.0 * n)) / n).sqrt();
    let whole = 1.0 + Z * Z / n;
    (((middle - half) / whole).max(0.0), ((middle + half) / whole).min(1.0))
}

/// The answers of many runs.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Shares {
    futures: BTreeMap<u64, Future>,
}

/// One answer among others.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Row {
    /// The answer.
    pub outcome: Outcome,
    /// How many runs gave it.
    pub times: u32,
    /// Of all runs, from 0 to 1.
    pub share: f64,
    /// Where that may lie, by [`interval`].
    pub low: f64,
    /// The other end.
    pub high: f64,
    /// One of those runs, by what it was reseeded with: the first.
    pub key: u64,
}

impl Shares {
    /// One more. In which order they come does not matter, and twice the same counts once.
    pub fn add(&mut self, future: Future) {
        self.futures.insert(future.key, future);
    }

    /// How many runs there are.
    pub fn runs(&self) -> u32 {
        u32::try_from(self.futures.len()).unwrap_or(u32::MAX)
    }

    /// All of them, by key.
    pub fn futures(&self) -> impl Iterator<Item = &Future> {
        self.futures.values()
    }

    /// The answers, most frequent first; what was not found comes last.
    pub fn rows(&self) -> Vec<Row> {
        let mut times: BTreeMap<Outcome, (u32, u64)> = BTreeMap::new();
        for future in self.futures.values() {
            times.entry(future.outcome()).or_insert((0, future.key)).0 += 1;
        }
        let mut rows: Vec<Row> = times
            .into_iter()
            .map(|(outcome, (times, key))| self.row(outcome, times, key))
            .collect();
        rows.sort_by_key(|row| (!row.outcome.is_found(), std::cmp::Reverse(row.times)));
        rows
    }

    fn row(&self, outcome: Outcome, times: u32, key: u64) -> Row {
        let runs = self.runs();
        let (low, high) = interval(times, runs);
        Row { outcome, times, share: f64::from(times) / f64::from(runs.max(1)), low, high, key }
    }

    /// How often an answer came; of none at all, `None`.
    pub fn of(&self, outcome: Outcome) -> Option<Row> {
        let is_it = |future: &&Future| future.outcome() == outcome;
        let times = self.futures.values().filter(is_it).count();
        let key = self.futures.values().find(is_it).map_or(0, |future| future.key);
        let times = u32::try_from(times).unwrap_or(u32::MAX);
        (self.runs() > 0).then(|| self.row(outcome, times, key))
    }

    /// How long it took where something was found, in microseconds, ascending.
    pub fn times(&self) -> Vec<u64> {
        let found = self.futures.values().filter(|future| future.outcome().is_found());
        let mut times: Vec<u64> = found.map(|future| future.after).collect();
        times.sort_unstable();
        times
    }
}

/// What `percent` of a hundred of these ascending values are at most (the nearest rank).
pub fn quantile(ascending: &[u64], percent: u32) -> Option<u64> {
    let rank = (ascending.len() * percent as usize).div_ceil(100).max(1);
    ascending.get(rank - 1).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_interval_is_wilsons() {
        // Newcombe 1998, "Two-sided confidence intervals for the single proportion", table I.
        let near = |(low, high): (f64, f64), (a, b): (f64, f64)| {
            assert!((low - a).abs() < 5e-5 && (high - b).abs() < 5e-5, "{low} {high}");
        };
        near(interval(81, 263), (0.2553, 0.3662));
        near(interval(15, 148), (0.0624, 0.1605));
        near(interval(0, 20), (0.0, 0.1611));
        near(interval(1, 29), (0.0061, 0.1718));
        assert_eq!(interval(0, 0), (0.0, 1.0));
    }

    #[test]
    fn a_quantile_is_one_of_the_values() {
        assert_eq!(quantile(&[], 50), None);
        assert_eq!(quantile(&[7], 1), Some(7));
        assert_eq!(quantile(&[1, 2, 3, 4], 50), Some(2));
        assert_eq!(quantile(&[1, 2, 3, 4], 99), Some(4));
    }
}
