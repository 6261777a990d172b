//! How many tests passed and failed, read from what the test programs print. Kept apart so that
//! the sum at the end of `cargo xtask test` is counted, not believed.

use std::ops::AddAssign;

/// Tests that ran, by result.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    pub passed: u64,
    pub failed: u64,
    pub ignored: u64,
    /// Passed without having tested anything, for the data they read is absent.
    pub without_data: u64,
}

impl AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.ignored += other.ignored;
        self.without_data += other.without_data;
    }
}

/// Sums the `test result:` lines of libtest and wasm-bindgen-test.
pub fn of_cargo(output: &str) -> Counts {
    let mut sum = Counts::default();
    for line in output.lines().filter(|line| line.trim_start().starts_with("test result:")) {
        sum += Counts {
            passed: number_before(line, "passed"),
            failed: number_before(line, "failed"),
            ignored: number_before(line, "ignored"),
            without_data: 0,
        };
    }
    sum
}

/// Reads the summary of Node's own test runner: `ℹ pass 12`, or `# pass 12`.
pub fn of_node(output: &str) -> Counts {
    let value = |key: &str| -> u64 {
        let mut words = output.lines().map(|line| line.split_whitespace().collect::<Vec<_>>());
        words
            .find_map(|line| match line[..] {
                ["ℹ" | "#", name, number] if name == key => number.parse().ok(),
                _ => None,
            })
            .unwrap_or(0)
    };
    Counts {
        passed: value("pass"),
        failed: value("fail") + value("cancelled"),
        ignored: value("skipped") + value("todo"),
        without_data: 0,
    }
}

fn number_before(line: &str, word: &str) -> u64 {
    let words: Vec<&str> = line.split([' ', ';', ',']).filter(|word| !word.is_empty()).collect();
    words.windows(2).find(|pair| pair[1] == word).and_then(|pair| pair[0].parse().ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_result_lines_of_cargo_are_summed() {
        let output = "running 3 tests\ntest a ... ok\n\n\
            test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished \
                      in 0.00s\n\
            test result: FAILED. 2 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out\n";
        assert_eq!(of_cargo(output), Counts { passed: 5, failed: 1, ignored: 1, without_data: 0 });
    }

    #[test]
    fn the_summary_of_node_is_read_in_both_of_its_forms() {
        for mark in ["ℹ", "#"] {
            let output =
                format!("{mark} tests 4\n{mark} pass 2\n{mark} fail 1\n{mark} skipped 1\n");
            assert_eq!(
                of_node(&output),
                Counts { passed: 2, failed: 1, ignored: 1, without_data: 0 }
            );
        }
    }
}
