//! Long work in slices: bringing back a saved run to its moment, with a way to cancel. The running
//! cluster stays as it is until the work is done.

use raft_sim::{Moment, ScriptState, Session};

/// Events in one slice.
const SLICE: u64 = 20_000;

/// A run that is being brought back.
pub struct Job {
    session: Session,
    target: Moment,
    /// Whether to play on once it is there.
    pub play: bool,
}

/// How a job stands.
pub enum JobState {
    /// Not done.
    Working,
    /// Done.
    Done(Box<Session>),
}

impl Job {
    /// Brings a run to a moment.
    pub fn new(session: Session, target: Moment, play: bool) -> Job {
        Job { session, target, play }
    }

    /// The part that is done, 0 to 1.
    pub fn part(&self) -> f64 {
        self.session.world().now() as f64 / self.target.time.max(1) as f64
    }

    /// Does one slice.
    pub fn work(mut self) -> (JobState, Option<Job>) {
        use raft_sim::Progress;
        let before = self.target.time.saturating_sub(1);
        let progress = self.session.advance(before, SLICE);
        if progress == Progress::Busy {
            return (JobState::Working, Some(self));
        }
        // The last instant: event by event, up to the exact moment.
        let waits = |session: &Session| {
            session.script().is_some_and(|script| script.state() == ScriptState::Running)
        };
        for _ in 0..SLICE {
            let here = self.session.world().moment();
            if here >= self.target || self.session.next_moment().is_none_or(|p| p >= self.target) {
                break;
            }
            self.session.step();
        }
        if waits(&self.session) || self.session.world().moment() < self.target {
            self.session.settle(self.target);
        }
        (JobState::Done(Box::new(self.session)), None)
    }
}
