//! A run somewhere else, such as on another thread, brought back from its text.

use raft_sim::{Moment, Session, scenario};
use std::fmt;

/// Which moment of which run: all that has to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// A scenario that is still to go on, or else the run's own text.
    pub text: String,
    /// Whether it is a scenario that has more to do than what was done so far.
    pub goes_on: bool,
    /// The moment.
    pub moment: Moment,
    /// What [`raft_sim::World::digest`] is there.
    pub digest: u64,
}

/// It could not be brought back.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Lost {
    /// Its text cannot be read; why.
    Text(String),
    /// Its text gives another run: of another version, or by a fault of the engine.
    Other,
}

impl fmt::Display for Lost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Lost::Text(why) => f.write_str(why),
            Lost::Other => f.write_str("expected the same run from its text, found another"),
        }
    }
}

impl std::error::Error for Lost {}

impl Place {
    /// Where a session is.
    pub fn of(session: &Session) -> Place {
        let scenario = session.script().filter(|_| session.has_more_to_come() && session.is_live());
        Place {
            text: scenario.map_or_else(|| session.text(), |script| script.scenario().text.clone()),
            goes_on: scenario.is_some(),
            moment: session.world().moment(),
            digest: session.world().digest(),
        }
    }

    /// Goes there. A scenario that goes on is carried out up to there, everything else to its end,
    /// so that what is done later is known.
    ///
    /// # Errors
    /// Where the text does not give this run.
    pub fn go(&self) -> Result<Session, Lost> {
        let read = scenario::parse(&self.text).map_err(|error| Lost::Text(error.to_string()))?;
        let mut session = Session::open(read);
        if !self.goes_on {
            while !session.finish_script(u64::MAX / 2) {}
        }
        if session.world().moment() > self.moment {
            session.seek_moment(self.moment);
        } else {
            session.go_to(self.moment);
        }
        let is_it = session.world().digest() == self.digest;
        is_it.then_some(session).ok_or(Lost::Other)
    }
}
