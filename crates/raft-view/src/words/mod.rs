//! Every sentence that a person reads. English stands here; catalogues have other languages (`lang`).
//!
//! `**` marks what is said with weight. Numbers come from the engine; nothing here decides anything.

pub mod en;

use raft_core::Micros;

/// Something said, and where it stands in the paper.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sentence {
    /// What is said.
    pub text: String,
    /// The message and the section, such as `RequestVote · §5.2`.
    pub cite: String,
}

/// A time as people read it: `1.482 s`.
pub fn seconds(time: Micros) -> String {
    format!("{}.{:03} s", time / 1_000_000, time / 1_000 % 1_000)
}

/// A span as people read it: `12.5 ms`, `340 µs`, `2.1 s`.
pub fn span(time: Micros) -> String {
    match time {
        0..1_000 => format!("{time} µs"),
        1_000..10_000 => format!("{}.{} ms", time / 1_000, time / 100 % 10),
        10_000..1_000_000 => format!("{} ms", (time + 500) / 1_000),
        _ => format!("{}.{} s", time / 1_000_000, time / 100_000 % 10),
    }
}
