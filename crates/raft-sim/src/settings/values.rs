//! The kinds of value that settings have. Each reads, bounds, writes and samples its own, so that a
//! setting is a name, a kind and what it is unless it is set.

use super::{Chance, OutOfBounds, ReadMode, Span};
use crate::MAX_TIME;
use crate::command::Below;
use crate::command::sample::{is_drawn, one_of};
use crate::scenario::settings::{chance, number, on_off, range, span};
use crate::scenario::words::{Parse, Words};
use crate::time::Exact;
use etcd_kv::Version;
use raft_core::{LeaseBound, LostLog, Micros};
use std::fmt;

/// What a setting's value can be.
pub(super) trait Kind<T> {
    /// How help writes it.
    fn syntax(&self) -> String;
    /// Reads it from scenario text; its bounds are for `check`.
    fn read(&self, reader: &mut Words<'_>) -> Parse<T>;
    /// Checks it against its bounds.
    fn check(&self, value: &T) -> Result<(), OutOfBounds>;
    /// Writes it so that it reads back as itself.
    fn write(&self, value: &T, f: &mut fmt::Formatter<'_>) -> fmt::Result;
    /// One of the values within its bounds, drawn.
    fn sample(&self, below: Below<'_>) -> T;
}

fn within(holds: bool, expected: OutOfBounds) -> Result<(), OutOfBounds> {
    if holds { Ok(()) } else { Err(expected) }
}

/// A whole number, both bounds included.
pub(super) struct Whole {
    pub(super) expected: OutOfBounds,
    pub(super) least: u64,
    pub(super) most: u64,
}

impl<T: Copy + fmt::Display + Into<u64> + TryFrom<u64>> Kind<T> for Whole {
    fn syntax(&self) -> String {
        "NUMBER".into()
    }
    fn read(&self, reader: &mut Words<'_>) -> Parse<T> {
        let found = reader.peek().map_or("", |word| &word.text);
        let number = number(reader, self.expected)?;
        T::try_from(number).map_err(|_| reader.error(found, self.expected))
    }
    fn check(&self, value: &T) -> Result<(), OutOfBounds> {
        within((self.least..=self.most).contains(&(*value).into()), self.expected)
    }
    fn write(&self, value: &T, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{value}")
    }
    fn sample(&self, below: Below<'_>) -> T {
        let number = self.least + below((self.most - self.least).saturating_add(1));
        T::try_from(number).unwrap_or_else(|_| unreachable!("its bounds fit its type"))
    }
}

/// A whole number from 1, or `off`, which is 0.
pub(super) struct OrOff {
    pub(super) expected: OutOfBounds,
    pub(super) most: u32,
}

impl Kind<u32> for OrOff {
    fn syntax(&self) -> String {
        "NUMBER|off".into()
    }
    fn read(&self, reader: &mut Words<'_>) -> Parse<u32> {
        if reader.take("off") {
            return Ok(0);
        }
        let found = reader.peek().map_or("", |word| &word.text);
        let number = u32::try_from(number(reader, self.expected)?).ok().filter(|n| *n > 0);
        number.ok_or_else(|| reader.error(found, self.expected))
    }
    fn check(&self, value: &u32) -> Result<(), OutOfBounds> {
        within(*value <= self.most, self.expected)
    }
    fn write(&self, value: &u32, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if *value == 0 { f.write_str("off") } else { write!(f, "{value}") }
    }
    fn sample(&self, below: Below<'_>) -> u32 {
        u32::try_from(below(u64::from(self.most) + 1)).unwrap_or(0)
    }
}

/// A time of at most 24 hours.
pub(super) struct Time {
    pub(super) expected: OutOfBounds,
    pub(super) shortest: Micros,
}

impl Kind<Micros> for Time {
    fn syntax(&self) -> String {
        "TIME".into()
    }
    fn read(&self, reader: &mut Words<'_>) -> Parse<Micros> {
        span(reader)
    }
    fn check(&self, time: &Micros) -> Result<(), OutOfBounds> {
        within((self.shortest..=MAX_TIME).contains(time), self.expected)
    }
    fn write(&self, time: &Micros, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", Exact(*time))
    }
    fn sample(&self, below: Below<'_>) -> Micros {
        self.shortest + below(MAX_TIME - self.shortest + 1)
    }
}

/// A range of times of at most 24 hours.
pub(super) struct Range {
    pub(super) expected: OutOfBounds,
    pub(super) shortest: Micros,
}

impl Kind<Span> for Range {
    fn syntax(&self) -> String {
        "TIME..TIME".into()
    }
    fn read(&self, reader: &mut Words<'_>) -> Parse<Span> {
        range(reader)
    }
    fn check(&self, span: &Span) -> Result<(), OutOfBounds> {
        let holds = span.min >= self.shortest && span.min <= span.max && span.max <= MAX_TIME;
        within(holds, self.expected)
    }
    fn write(&self, span: &Span, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{span}")
    }
    fn sample(&self, below: Below<'_>) -> Span {
        let min = self.shortest + below(MAX_TIME - self.shortest + 1);
        Span { min, max: min + below(MAX_TIME - min + 1) }
    }
}

/// A probability.
pub(super) struct Percent;

impl Kind<Chance> for Percent {
    fn syntax(&self) -> String {
        "PERCENT".into()
    }
    fn read(&self, reader: &mut Words<'_>) -> Parse<Chance> {
        chance(reader)
    }
    fn check(&self, chance: &Chance) -> Result<(), OutOfBounds> {
        within(chance.0 <= Chance::CERTAIN, "a percentage from 0% to 100%")
    }
    fn write(&self, chance: &Chance, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{chance}")
    }
    fn sample(&self, below: Below<'_>) -> Chance {
        Chance(u32::try_from(below(u64::from(Chance::CERTAIN) + 1)).unwrap_or(0))
    }
}

/// On or off.
pub(super) struct OnOff;

impl Kind<bool> for OnOff {
    fn syntax(&self) -> String {
        "on|off".into()
    }
    fn read(&self, reader: &mut Words<'_>) -> Parse<bool> {
        on_off(reader)
    }
    fn check(&self, _on: &bool) -> Result<(), OutOfBounds> {
        Ok(())
    }
    fn write(&self, on: &bool, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if *on { "on" } else { "off" })
    }
    fn sample(&self, below: Below<'_>) -> bool {
        is_drawn(below)
    }
}

/// One of a few words.
pub(super) struct OneOf;

/// A value that is written as a word.
pub(super) trait Word: Copy + 'static {
    /// Every value.
    const ALL: &'static [Self];
    /// What is expected where the word is another.
    const EXPECTED: &'static str;
    /// The word in scenario text.
    fn word(self) -> &'static str;
}

impl Word for ReadMode {
    const ALL: &'static [ReadMode] = &ReadMode::ALL;
    const EXPECTED: &'static str = "`log`, `read-index` or `lease`";
    fn word(self) -> &'static str {
        self.name()
    }
}

impl Word for LeaseBound {
    const ALL: &'static [LeaseBound] = &[LeaseBound::CheckQuorum, LeaseBound::Round];
    const EXPECTED: &'static str = "`check-quorum` or `round`";
    fn word(self) -> &'static str {
        match self {
            LeaseBound::CheckQuorum => "check-quorum",
            LeaseBound::Round => "round",
        }
    }
}

impl Word for LostLog {
    const ALL: &'static [LostLog] = &[LostLog::Stops, LostLog::IsSentAgain];
    const EXPECTED: &'static str = "`etcd` or `paper`";
    fn word(self) -> &'static str {
        match self {
            LostLog::Stops => "etcd",
            LostLog::IsSentAgain => "paper",
        }
    }
}

impl Word for Version {
    const ALL: &'static [Version] = &Version::ALL;
    const EXPECTED: &'static str = "`3.4` or `3.5`";
    fn word(self) -> &'static str {
        self.name()
    }
}

fn words<T: Word>() -> Vec<&'static str> {
    T::ALL.iter().map(|value| value.word()).collect()
}

impl<T: Word> Kind<T> for OneOf {
    fn syntax(&self) -> String {
        words::<T>().join("|")
    }
    fn read(&self, reader: &mut Words<'_>) -> Parse<T> {
        for value in T::ALL {
            if reader.take(value.word()) {
                return Ok(*value);
            }
        }
        Err(reader.unexpected(T::EXPECTED, &words::<T>()))
    }
    fn check(&self, _value: &T) -> Result<(), OutOfBounds> {
        Ok(())
    }
    fn write(&self, value: &T, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(value.word())
    }
    fn sample(&self, below: Below<'_>) -> T {
        one_of(T::ALL, below)
    }
}
