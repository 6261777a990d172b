//! What a script has found: what became of its claims, how long it waited where chance decides, and
//! what there was where it measures.

use crate::chance::Purpose;
use crate::network::draw_span;
use crate::scenario::Pass;
use crate::server::Server;
use crate::settings::Span;
use crate::world::World;
use raft_core::{Micros, NodeId, Term};

/// What became of a claim, a wait, or an action that could not be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expectation {
    /// The line of the text.
    pub line: u32,
    /// The line's text.
    pub text: String,
    /// Whether it held.
    pub ok: bool,
    /// What was found where it did not.
    pub found: String,
}

/// What there was when a script came to a line that measures, or to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gauge {
    /// Which of the scenario's statements; their number, at the end.
    pub statement: usize,
    /// The time.
    pub at: Micros,
    /// The highest term of a live server.
    pub term: Term,
    /// How many messages servers had sent each other.
    pub messages: u64,
    /// How many entries the longest log of a live server has behind its snapshot.
    pub kept: u64,
}

impl Gauge {
    /// What there is now.
    pub(crate) fn read(statement: usize, world: &World) -> Gauge {
        let kept = |server: &Server| {
            let log = server.node().log();
            log.last_index() - log.base().index
        };
        let live = || world.servers().iter().filter(|server| server.is_live());
        Gauge {
            statement,
            at: world.now(),
            term: live().map(|server| server.node().term()).max().unwrap_or(0),
            messages: world.network().sent(),
            kept: live().map(kept).max().unwrap_or(0),
        }
    }
}

impl Pass {
    /// How long it is at the `nth` line of a script.
    pub(crate) fn drawn(self, nth: u64, world: &World) -> Micros {
        let span = match self {
            Pass::For(time) => Span { min: time, max: time },
            Pass::Between(span) => span,
            Pass::WithinHeartbeat => Span { min: 0, max: world.settings().live.heartbeat },
        };
        draw_span(world.cluster.chance, Purpose::Pass, 0, 0, nth, span)
    }
}

/// A line of a lesson that was reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reached {
    /// Which of the scenario's statements.
    pub statement: usize,
    /// When, in simulated time. What led up to a stop has happened by then; what follows it happens
    /// later.
    pub at: Micros,
    /// The servers that it names, as they were then.
    pub servers: Vec<NodeId>,
    /// What came of a prediction, once it is known.
    pub outcome: Option<Guessed>,
}

/// What was so where it had been asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Guessed {
    /// Who led; `None`: nobody.
    Leader(Option<NodeId>),
    /// Whether the claim held.
    Held(bool),
}
