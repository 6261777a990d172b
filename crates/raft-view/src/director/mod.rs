//! The director: how much real time each stretch of a run gets, so that a person can follow it.
//!
//! A run is deterministic, so a copy of it can look ahead (`ahead`). What it finds, moments that
//! decide something and messages that matter, is laid out against real time (`plan`) as a list of
//! shots: simulated time stands still, passes slowly while messages are on their way, or passes
//! fast where everybody only waits. The [`Director`] plays them, frame by frame.
//!
//! What it wants, where not all of it can be had, in this order:
//! 1. a sentence can be read: it stays for [`reading_time`], and a lesson's is read before anything
//!    moves;
//! 2. a moment that decides something is held for [`HOLD`], and no two are closer;
//! 3. a message that matters is on its way for [`ON_ITS_WAY`];
//! 4. where nothing but timers runs, it passes within [`LONGEST_WAIT`].

mod ahead;
mod close_up;
mod plan;
mod rank;

use crate::pace::LONGEST_FRAME;
use crate::words::Sentence;
use ahead::{Ahead, Cue};
use plan::{Plan, Shot, plan};
use raft_core::Micros;
use raft_sim::Session;
use std::collections::VecDeque;

pub use close_up::close_up;
pub use rank::{Rank, follows, follows_load, rank};

/// How long everything stands still at a moment that decides something, in real microseconds.
pub const HOLD: Micros = 800_000;

/// The least real time that a message which matters is on its way, holds not counted, in
/// microseconds. Of messages sent together whose latencies differ by less than a factor of two,
/// none takes over 2 s.
pub const ON_ITS_WAY: Micros = 1_200_000;

/// The longest real time that passes while nothing but timers runs, in microseconds.
pub const LONGEST_WAIT: Micros = 2_500_000;

/// The real time that a sentence takes to read, in microseconds: 60 ms a letter, 150 ms a Chinese
/// character (some 200 words and 400 characters a minute), and at least 2.5 s.
pub fn reading_time(text: &str) -> Micros {
    let time = |c: char| match c {
        '*' => 0,
        '\u{2e80}'.. => 150_000,
        _ => 60_000,
    };
    text.chars().map(time).sum::<Micros>().max(2_500_000)
}

/// What is told while a run plays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Telling {
    /// Everything that decides something, in a sentence.
    Narrated,
    /// A lesson: only what it says itself, which stands on its card.
    Lesson,
}

/// Plays a run at a pace that a person can follow.
#[derive(Clone, Debug)]
pub struct Director {
    telling: Telling,
    /// How many times slower than usual everything moves: 1 or more.
    slowness: u32,
    shots: VecDeque<Shot>,
    /// Simulated time at which the first of them begins.
    begins: Micros,
    /// Real time that was spent on it.
    spent: Micros,
    /// The moment at which the shots end, which is still to be held.
    reached: Option<Cue>,
    /// When the line was said, in simulated time, and the line.
    line: Option<(Micros, Sentence)>,
    /// How much longer it is to stay, in real microseconds.
    unread: Micros,
    /// How many trace events of the session were planned or shown.
    heard: u64,
}

impl Director {
    /// One who has not seen the run yet. `slowness` says how many times slower than usual messages
    /// and waits pass; 0 counts as 1.
    pub fn new(telling: Telling, slowness: u32) -> Director {
        Director {
            telling,
            slowness: slowness.max(1),
            shots: VecDeque::new(),
            begins: 0,
            spent: 0,
            reached: None,
            line: None,
            unread: 0,
            heard: 0,
        }
    }

    /// What was said last, and when in simulated time.
    pub fn line(&self) -> Option<&(Micros, Sentence)> {
        self.line.as_ref()
    }

    /// Something was said where a person reads it before anything moves.
    pub fn has_said(&mut self, text: &str) {
        self.unread = reading_time(text);
    }

    /// Somebody has done something, or gone somewhere else: what was planned is void.
    pub fn forget(&mut self) {
        self.shots.clear();
        self.reached = None;
        self.spent = 0;
    }

    /// The simulated time up to which the session may go in a frame that took so much real time.
    /// `until` bounds it, where something ends there.
    pub fn frame(&mut self, session: &Session, real: Micros, until: Option<Micros>) -> Micros {
        let now = session.world().now();
        let mut left = real.min(LONGEST_FRAME);
        self.unread = self.unread.saturating_sub(left);
        let mut goal = now;
        loop {
            // The session goes there first: what follows is planned from there.
            if self.shots.is_empty() && (goal > now || !self.plan(session, until)) {
                return goal;
            }
            let Some(shot) = self.shots.front_mut() else { return goal };
            if let Some(line) = shot.line.take() {
                self.unread = reading_time(&line.1.text);
                self.line = Some(line);
            }
            let rest = shot.lasts.saturating_sub(self.spent);
            if left < rest {
                self.spent += left;
                let way = shot.until.saturating_sub(self.begins);
                let gone = u128::from(way) * u128::from(self.spent) / u128::from(shot.lasts);
                return (self.begins + gone as Micros).max(goal);
            }
            left -= rest;
            goal = shot.until.max(goal);
            self.begins = shot.until;
            self.spent = 0;
            self.shots.pop_front();
        }
    }

    /// Looks ahead from the present; false where nothing follows.
    fn plan(&mut self, session: &Session, until: Option<Micros>) -> bool {
        let now = session.world().now();
        let ahead = Ahead::of(session, self.telling, until, self.heard, self.reached.take());
        self.heard = session.happened();
        let Plan { shots, reached } = plan(now, &ahead, self.telling, self.unread, self.slowness);
        (self.shots, self.reached, self.begins, self.spent) = (shots.into(), reached, now, 0);
        !self.shots.is_empty()
    }

    /// The trace events up to here were planned, or shown by somebody else.
    pub fn has_heard(&mut self, session: &Session) {
        self.heard = session.happened();
    }
}
