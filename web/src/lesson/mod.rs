//! Lessons and puzzles: the open one, its card, and what a turn does to its run.

mod card;
mod open;
mod turn;

pub use card::{Shown, card};
pub use open::{Lesson, MOST_EVENTS, tell};
pub use turn::{After, turn};
