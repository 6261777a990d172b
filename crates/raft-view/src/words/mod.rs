//! What happened and what things are called, in sentences. English stands here, and catalogues have
//! other languages (`lang`).
//!
//! `**` marks what is said with weight. Numbers come from the engine; nothing here decides anything.

mod did;
mod happening;
mod message;
mod names;

pub use did::did;
pub use happening::{happening, quiet};
pub use message::message;
pub use names::{message_name, outcome, property, role, timer_name};

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

/// Things one after the other: `n1, n2`.
pub fn listed(things: impl IntoIterator<Item = String>) -> String {
    things.into_iter().reduce(|all, next| tr!("{}, {}", all, next)).unwrap_or_default()
}

/// Sentences one after the other; a Chinese full stop needs no space behind it.
pub(crate) fn join(text: &mut String, sentence: &str) {
    if !text.is_empty() && !sentence.is_empty() && !text.ends_with('。') {
        text.push(' ');
    }
    text.push_str(sentence);
}

/// With a capital letter, as a sentence begins.
pub(crate) fn upper(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or(String::new(), |first| first.to_uppercase().chain(chars).collect())
}
