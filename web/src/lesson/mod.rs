//! Lessons and puzzles: the open one, its card, and what a turn does to its run.

mod card;
mod excerpt;
mod notes;
mod onward;
mod open;
mod turn;

pub use card::{Shown, card};
pub use notes::{Notes, open as open_notes, write as write_notes};
pub use open::{Lesson, MOST_EVENTS, resume, tell};
pub use turn::{After, turn};
