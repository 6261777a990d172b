//! What happened and what things are called, in sentences. English stands here, and catalogues have
//! other languages (`lang`).
//!
//! `**` marks what is bold. Numbers come from the engine; nothing here decides
//! anything.

mod did;
mod event;
mod message;
mod names;
mod violation;

pub use did::did;
pub use event::{event, quiet, votes_granted};
pub use message::message;
pub use names::{message_name, outcome, property, role, timer_left};
pub use violation::{broken, broken_assumption, servers_of};

use raft_core::Micros;
use std::fmt::Display;

/// Something said, and where it stands in the paper.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sentence {
    /// The sentence.
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

/// All of some things: `n1, n2 and n3`. For an empty list, write a sentence of its own.
pub fn all_of<T: Display>(things: &[T]) -> String {
    listed(things, |rest, last| tr!("{} and {}", rest, last))
}

/// One of some things: `n1, n2 or n3`.
pub fn any_of<T: Display>(things: &[T]) -> String {
    listed(things, |rest, last| tr!("{} or {}", rest, last))
}

fn listed<T: Display>(things: &[T], end: fn(String, &dyn Display) -> String) -> String {
    debug_assert!(!things.is_empty(), "nobody needs a sentence of its own");
    let Some((last, rest)) = things.split_last() else { return told!("nobody") };
    let rest = rest.iter().map(T::to_string).reduce(|all, next| tr!("{}, {}", all, next));
    rest.map_or_else(|| last.to_string(), |rest| end(rest, last))
}

/// Without its bold marks, for where only plain text is shown.
pub fn plain(text: &str) -> String {
    text.replace("**", "")
}

/// Appends a sentence; a Chinese full stop needs no space after it.
pub fn join(text: &mut String, sentence: &str) {
    if !text.is_empty() && !sentence.is_empty() && !text.ends_with('。') {
        text.push(' ');
    }
    text.push_str(sentence);
}
