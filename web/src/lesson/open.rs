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

/// How long a finger that was on its way may still come down, in milliseconds.
const LATE_MS: f64 = 400.0;

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
    /// When its movement came to rest by itself, in milliseconds.
    rested_at: Option<f64>,
    /// The farthest step that was noted as reached.
    noted: Cell<usize>,
}

impl Lesson {
    /// Something of the gallery, just opened.
    pub fn new(item: &'static Item) -> Lesson {
        let noted = Cell::new(0);
        Lesson { item, until: None, slowness: 1, guesses: Vec::new(), rested_at: None, noted }
    }

    /// Notes that its movement has come to rest by itself.
    pub fn has_come_to_rest(&mut self, now_ms: f64) {
        self.rested_at = Some(now_ms);
    }

    /// Whether a press of Continue was meant for what the button said until just now: to go to the
    /// end of a movement that came to it by itself.
    pub fn is_late(&self, now_ms: f64) -> bool {
        self.rested_at.is_some_and(|at| (0.0..LATE_MS).contains(&(now_ms - at)))
    }
}

/// What the lesson says at the session's moment; how far somebody has come is noted.
pub fn tell(session: &Session, open: &Lesson) -> Option<LessonView> {
    let view = lesson(session, lang::code())?;
    let step = if view.is_over && !view.is_away { usize::MAX } else { view.step };
    if step > open.noted.get() && *open.item != *raft_gallery::OWN {
        open.noted.set(step);
        progress::keep(open.item.name, step);
    }
    Some(view)
}

/// The lesson of the tour that somebody has come to, and the step; its beginning where all is done.
pub fn resume() -> Option<(&'static Item, usize)> {
    let progress = progress::read();
    let reached = |item: &'static Item| (item, progress.get(item.name).copied().unwrap_or(1));
    let tour: Vec<_> = raft_gallery::of_kind("tour").map(reached).collect();
    let goes_on = tour.iter().find(|(_, step)| *step != usize::MAX).copied();
    goes_on.or_else(|| tour.first().map(|(first, _)| (*first, 1)))
}
