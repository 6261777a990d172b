//! The open lesson: what somebody has come to in it and what was guessed, beside its run.

use crate::progress;
use raft_core::Micros;
use raft_gallery::Item;
use raft_sim::{Guessed, Session};
use raft_view::lang;
use raft_view::lesson::{LessonView, lesson};
use std::cell::Cell;

/// The most events on the way to a step, or to the end of one.
pub const MOST_EVENTS: u64 = 1_000_000;

/// A lesson or a puzzle that is open.
#[derive(Debug)]
pub struct Lesson {
    /// What it is.
    pub item: &'static Item,
    /// While its past is played: up to when.
    pub until: Option<Micros>,
    /// How many times slower than usual it moves: 2 where a step is shown again.
    pub slowness: u32,
    /// What was guessed, by the question's statement.
    pub guesses: Vec<(usize, Guessed)>,
    /// The farthest step that was noted as reached.
    noted: Cell<usize>,
}

impl Lesson {
    /// Something of the gallery, just opened.
    pub fn new(item: &'static Item) -> Lesson {
        Lesson { item, until: None, slowness: 1, guesses: Vec::new(), noted: Cell::new(0) }
    }
}

/// What the lesson says at the session's moment; how far somebody has come is noted.
pub fn tell(session: &Session, open: &Lesson) -> Option<LessonView> {
    let view = lesson(session, lang::code())?;
    let step = if view.is_over && !view.is_away { usize::MAX } else { view.step };
    if step > open.noted.get() {
        open.noted.set(step);
        progress::keep(open.item.name, step);
    }
    Some(view)
}
