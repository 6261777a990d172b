//! Simulated time: spans written as people write them, and a command's exact moment.

use raft_core::Micros;
use std::fmt;

/// Where in a run something happens: a time, and how many of the events due at that time come
/// before it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Moment {
    /// Simulated time since the start.
    pub time: Micros,
    /// How many events of that very time are processed before it.
    pub after: u32,
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}+{}", Exact(self.time), self.after)
    }
}

/// Writes a span in the largest unit that holds it exactly: `150ms`, `2s`, `1500us`.
#[derive(Clone, Copy, Debug)]
pub struct Exact(pub Micros);

impl fmt::Display for Exact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let us = self.0;
        if us == 0 {
            f.write_str("0ms")
        } else if us.is_multiple_of(3_600_000_000) {
            write!(f, "{}h", us / 3_600_000_000)
        } else if us.is_multiple_of(60_000_000) {
            write!(f, "{}m", us / 60_000_000)
        } else if us.is_multiple_of(1_000_000) {
            write!(f, "{}s", us / 1_000_000)
        } else if us.is_multiple_of(1_000) {
            write!(f, "{}ms", us / 1_000)
        } else {
            write!(f, "{us}us")
        }
    }
}

/// Reads a span: a decimal number with a unit of us, ms, s, m or h. `None` where it is not one, or
/// is not a whole number of microseconds, or does not fit.
pub fn parse_span(text: &str) -> Option<Micros> {
    let split = text.find(|c: char| !c.is_ascii_digit() && c != '.')?;
    let (number, unit) = text.split_at(split);
    let unit: u64 = match unit {
        "us" | "µs" => 1,
        "ms" => 1_000,
        "s" => 1_000_000,
        "m" => 60_000_000,
        "h" => 3_600_000_000,
        _ => return None,
    };
    parse_decimal(number, unit)
}

/// Reads a decimal number in units of `unit`, exactly. `None` where it has a finer fraction.
pub fn parse_decimal(number: &str, unit: u64) -> Option<u64> {
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    if whole.is_empty() || fraction.len() > 12 || number.ends_with('.') {
        return None;
    }
    let whole: u64 = whole.parse().ok()?;
    let fraction_value: u64 = if fraction.is_empty() { 0 } else { fraction.parse().ok()? };
    let scale = 10u128.pow(u32::try_from(fraction.len()).ok()?);
    let parts = u128::from(fraction_value) * u128::from(unit);
    if !parts.is_multiple_of(scale) {
        return None;
    }
    whole.checked_mul(unit)?.checked_add(u64::try_from(parts / scale).ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_read_exactly_and_written_back() {
        for (text, us, back) in [
            ("150ms", 150_000, "150ms"),
            ("1.5s", 1_500_000, "1500ms"),
            ("0.25ms", 250, "250us"),
            ("2h", 7_200_000_000, "2h"),
            ("0ms", 0, "0ms"),
            ("90s", 90_000_000, "90s"),
        ] {
            assert_eq!(parse_span(text), Some(us), "{text}");
            assert_eq!(Exact(us).to_string(), back);
        }
    }

    #[test]
    fn what_is_not_a_span_is_refused() {
        for text in
            ["", "5", "ms", "1.s", "-1ms", "1.0001us", "99999999999999999999s", "1 s", "1e3s"]
        {
            assert_eq!(parse_span(text), None, "{text}");
        }
    }
}
