//! The memory of a search: rows of words, kept end to end, found by a hash of our own. It is apart
//! because a search spends most of its time here, and std's hash tables differ between runs.

/// A set of rows of words.
#[derive(Debug)]
pub(super) struct Seen {
    /// Every row, its length before it.
    rows: Vec<u64>,
    /// Where a row begins in `rows`, plus one; 0 is free. The length is a power of two, and at most
    /// half of the places are taken.
    table: Vec<usize>,
    len: usize,
}

impl Seen {
    pub(super) fn new() -> Seen {
        Seen { rows: Vec::new(), table: vec![0; 64], len: 0 }
    }

    pub(super) fn len(&self) -> usize {
        self.len
    }

    /// Whether the row is new.
    pub(super) fn insert(&mut self, row: &[u64]) -> bool {
        if self.len * 2 >= self.table.len() {
            self.grow();
        }
        let mask = self.table.len() - 1;
        let mut slot = home(row, mask);
        loop {
            match self.table[slot] {
                0 => break,
                taken if self.row(taken - 1) == row => return false,
                _ => slot = (slot + 1) & mask,
            }
        }
        self.table[slot] = self.rows.len() + 1;
        self.rows.push(row.len() as u64);
        self.rows.extend_from_slice(row);
        self.len += 1;
        true
    }

    fn row(&self, at: usize) -> &[u64] {
        let length = self.rows[at] as usize;
        &self.rows[at + 1..at + 1 + length]
    }

    fn grow(&mut self) {
        let mut table = vec![0; self.table.len() * 2];
        let mask = table.len() - 1;
        for taken in self.table.iter().copied().filter(|taken| *taken != 0) {
            let mut slot = home(self.row(taken - 1), mask);
            while table[slot] != 0 {
                slot = (slot + 1) & mask;
            }
            table[slot] = taken;
        }
        self.table = table;
    }
}

/// Where a row belongs: each word multiplied in by 2^64 over the golden ratio, high bits folded
/// down, and once more at the end: one fold leaves the last word's highest bits above any mask.
fn home(row: &[u64], mask: usize) -> usize {
    let mix = |hash: u64, word: u64| {
        let hash = (hash ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        hash ^ (hash >> 32)
    };
    let mixed = row.iter().fold(0, |hash, word| mix(hash, *word));
    mix(mixed, 0) as usize & mask
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_that_differ_only_in_the_highest_or_lowest_bits_lie_apart() {
        for shift in [0, 20, 40, 52] {
            let rows = (0..4_096_u64).map(|bits| home(&[7, 0, u64::MAX, bits << shift], 8_191));
            let homes: std::collections::BTreeSet<usize> = rows.collect();
            assert!(homes.len() > 2_500, "{} homes of 4,096 rows, {shift} bits up", homes.len());
        }
    }

    #[test]
    fn a_row_is_new_once_whatever_its_length() {
        let mut seen = Seen::new();
        let rows: Vec<Vec<u64>> =
            (0..5_000_u64).map(|n| (0..n % 7).map(|word| n / 7 * word).collect()).collect();
        let mut known = std::collections::BTreeSet::new();
        for row in rows.iter().chain(&rows) {
            assert_eq!(seen.insert(row), known.insert(row), "{row:?}");
        }
        assert_eq!(seen.len(), known.len());
    }
}
