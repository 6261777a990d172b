//! When it was too late: how many of the futures of each moment of a run end as that run did, and
//! the event at which their share jumped.

use crate::future::{Future, own_course};
use crate::question::{Asked, Outcome, Question, Until, led};
use crate::shares::Shares;
use raft_sim::Session;

/// How many moments are asked at first, both ends included.
pub const MOMENTS: u32 = 12;
/// How many futures are asked at each.
pub const FUTURES: u32 = 60;
/// A smaller jump of the share is chance, by [`FUTURES`]: three standard deviations of the
/// difference of two shares about one half.
const LEAST_JUMP: f64 = 0.28;

/// A moment that was asked.
#[derive(Clone, Debug, PartialEq)]
pub struct Point {
    /// How many events of the run had happened.
    pub events: u64,
    /// Its time, in microseconds.
    pub at: u64,
    /// What came of its futures.
    pub shares: Shares,
}

/// The search for the moment from which a run was bound to end as it did.
///
/// It says what it wants to know ([`Late::next`]) and is told ([`Late::tell`]), so that whoever has
/// threads can use them.
#[derive(Clone, Debug)]
pub struct Late {
    outcome: Outcome,
    points: Vec<Point>,
    first: u64,
    last: u64,
}

/// Where the share of futures that end alike jumps.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Jump {
    /// The events of the run before and after the step.
    pub events: (u64, u64),
    /// The shares before and after it.
    pub shares: (f64, f64),
}

impl Late {
    /// A run with events numbered from `first` to `last`, which ended in `outcome`.
    pub fn new(outcome: Outcome, first: u64, last: u64) -> Late {
        Late { outcome, points: Vec::new(), first, last: last.max(first) }
    }

    /// How this run ended.
    pub fn outcome(&self) -> Outcome {
        self.outcome
    }

    /// The moments that were asked, in order of time.
    pub fn points(&self) -> &[Point] {
        &self.points
    }

    /// The share of a point's futures that end as this run did, from 0 to 1.
    pub fn share(&self, point: &Point) -> f64 {
        point.shares.of(self.outcome).map_or(0.0, |row| row.share)
    }

    /// The moments to be asked before anything can be said, each by how many events have happened
    /// by then: even steps, both ends included.
    pub fn begin(&self) -> Vec<u64> {
        let span = self.last - self.first;
        let at = |step: u32| self.first + span * u64::from(step) / u64::from(MOMENTS - 1);
        let mut asks: Vec<u64> = (0..MOMENTS).map(at).collect();
        asks.dedup();
        asks
    }

    /// The largest jump from one point to the next, where there is one that is not chance.
    pub fn jump(&self) -> Option<Jump> {
        let pairs = self.points.iter().zip(self.points.iter().skip(1));
        let jumps = pairs.map(|(before, after)| Jump {
            events: (before.events, after.events),
            shares: (self.share(before), self.share(after)),
        });
        let size = |jump: &Jump| jump.shares.1 - jump.shares.0;
        let largest = jumps.max_by(|a, b| size(a).total_cmp(&size(b)))?;
        (size(&largest) >= LEAST_JUMP).then_some(largest)
    }

    /// What is to be asked next, once [`Late::begin`] was: the middle of the jump, until it lies in
    /// one event.
    pub fn next(&self) -> Option<u64> {
        let (before, after) = self.jump()?.events;
        (after - before > 1).then(|| before + (after - before) / 2)
    }

    /// What came of the futures of a moment.
    pub fn tell(&mut self, point: Point) {
        let at = self.points.partition_point(|other| other.events < point.events);
        self.points.insert(at, point);
    }
}

/// The question, put so that it means the same at every later moment of the run, and what its own
/// course answers.
pub fn at_its_end(session: &Session, question: &Question) -> (Question, Future) {
    let onward = session.onward();
    let own = own_course(&onward, question);
    let until = match question.until {
        Until::Within(span) => Until::By(session.world().now().saturating_add(span)),
        Until::By(at) => Until::By(at),
        Until::At(at) => Until::At(at),
    };
    let asked = match &question.asked {
        Asked::WhoLeadsNext { after } => {
            Asked::WhoLeadsNext { after: Some(after.unwrap_or_else(|| led(session.world()))) }
        }
        Asked::WhoLeads | Asked::Claim { .. } | Asked::Entry { .. } => question.asked.clone(),
    };
    (Question { until, asked }, own)
}
