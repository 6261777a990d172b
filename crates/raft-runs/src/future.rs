//! One future of a moment, and what came of it.

use crate::question::{Outcome, Question, Watch};
use raft_sim::{MAX_TIME, Progress, Session};
use serde::{Deserialize, Serialize};

/// The most events of one future: a minute of five servers under a load of 1,000 requests a second
/// has about as many. One that has more is undecided.
pub const MAX_EVENTS: u64 = 2_000_000;

/// What came of one future.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Future {
    /// What it was reseeded with.
    pub key: u64,
    /// [`Outcome::code`]
    pub code: u32,
    /// How long it took to find, in microseconds from the moment; up to the end where nothing was
    /// found.
    pub after: u64,
}

impl Future {
    /// What came of it.
    pub fn outcome(&self) -> Outcome {
        Outcome::of_code(self.code).unwrap_or(Outcome::TooMuch)
    }
}

/// Runs one of the futures of a moment until the question is answered. `onward` is
/// [`Session::onward`] of the run at that moment.
pub fn future(onward: &Session, question: &Question, key: u64) -> Future {
    let mut session = onward.clone();
    let watch = question.watch(&session);
    // There is always room: nothing is kept of it but what is still to be done.
    let reseeded = session.take_future(key);
    debug_assert!(reseeded.is_ok(), "{reseeded:?}");
    watched(session, &watch, key)
}

/// What comes of the run itself, if chance stays as it is.
pub fn own_course(onward: &Session, question: &Question) -> Future {
    watched(onward.clone(), &question.watch(onward), 0)
}

fn watched(mut session: Session, watch: &Watch<'_>, key: u64) -> Future {
    let (begun, events) = (session.world().now(), session.world().events());
    let deadline = watch.deadline.min(MAX_TIME);
    let of = |session: &Session, outcome: Outcome| Future {
        key,
        code: outcome.code(),
        after: session.world().now().saturating_sub(begun),
    };
    if let Some(outcome) = watch.decided(session.world()) {
        return of(&session, outcome);
    }
    loop {
        let progress = session.advance(deadline, 1);
        if let Some(outcome) = watch.decided(session.world()) {
            return of(&session, outcome);
        }
        match progress {
            Progress::Busy if session.world().events() - events >= MAX_EVENTS => {
                return of(&session, Outcome::TooMuch);
            }
            Progress::Busy => {}
            Progress::Reached | Progress::Ended => {
                return of(&session, watch.at_the_end(session.world()));
            }
        }
    }
}
