//! Looks through every state that a cluster of three can reach in so many steps, breadth first: the
//! first violation that is found is a shortest one.
//!
//! A step is one thing that the world does: a timer fires, a message arrives (or a second copy of
//! it), a client's command reaches a leader, a server crashes and comes back. A write is durable
//! within its step. The network keeps no order, and a message that is never delivered is a lost
//! one.

#![expect(
    clippy::disallowed_types,
    reason = "it is timed, and a set of fingerprints is never gone through in its order"
)]

mod state;

pub use state::{Action, Budget, Found, State};

use foldhash::quality::FixedState;
use raft_check::Property;
use raft_core::RuleSet;
use std::collections::HashSet;
use std::hash::{BuildHasher, Hasher};
use std::time::{Duration, Instant};

/// What to look through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Plan {
    /// How many servers: 3 unless there is time.
    pub servers: u64,
    /// How many steps from the start.
    pub depth: u32,
    /// How often what may happen on one path.
    pub budget: Budget,
    /// Which rules hold.
    pub rules: RuleSet,
}

impl Default for Plan {
    fn default() -> Plan {
        Plan { servers: 3, depth: 10, budget: Budget::default(), rules: RuleSet::default() }
    }
}

/// What came of it.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// States that were generated, each time one was reached.
    pub generated: u64,
    /// Different ones among them.
    pub distinct: u64,
    /// The depth that was reached; the plan's, or that of the violation.
    pub depth: u32,
    /// How long it took.
    pub took: Duration,
    /// A shortest violation, if there is one within the depth.
    pub violation: Option<Violation>,
}

impl Outcome {
    /// States generated a second.
    pub fn rate(&self) -> f64 {
        self.generated as f64 / self.took.as_secs_f64().max(1e-9)
    }
}

/// A property that was found broken, and the way there.
#[derive(Clone, Debug)]
pub struct Violation {
    /// The property.
    pub property: Property,
    /// The steps from the start.
    pub path: Vec<Action>,
    /// The same as scenario text, which the simulator repeats.
    pub scenario: String,
}

/// A state that was reached, and how: its place in the list of all.
struct Reached {
    parent: u32,
    action: Action,
}

/// Fingerprints are hashes already.
#[derive(Clone, Copy, Debug, Default)]
struct AsIs(u64);

impl Hasher for AsIs {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }

    fn write_u64(&mut self, number: u64) {
        self.0 = number;
    }
}

#[derive(Clone, Copy, Debug, Default)]
struct BuildAsIs;

impl BuildHasher for BuildAsIs {
    type Hasher = AsIs;

    fn build_hasher(&self) -> AsIs {
        AsIs::default()
    }
}

/// Looks through all of it. `progress` hears of each depth as it is done.
pub fn search(plan: &Plan, mut progress: impl FnMut(u32, &Outcome)) -> Outcome {
    let (mut search, start) = Search::new(plan);
    let mut frontier = vec![(0, start)];
    for depth in 1..=plan.depth {
        match search.round(&frontier, depth) {
            Ok(next) => frontier = next,
            Err(broken) => return search.ended_by(broken),
        }
        let ends = search.is_last_round(depth);
        search.outcome.depth = if ends { plan.depth } else { depth };
        search.outcome.took = search.begin.elapsed();
        progress(search.outcome.depth, &search.outcome);
        if ends {
            break;
        }
    }
    search.outcome
}

/// The steps to where a property is broken.
type Broken = (Vec<Action>, Property);

/// A search under way.
struct Search<'a> {
    plan: &'a Plan,
    begin: Instant,
    hashing: FixedState,
    /// The states that were reached, by fingerprint.
    seen: HashSet<u64, BuildAsIs>,
    /// Those of the last step. Apart, since one of them may also be reached sooner, and is gone on
    /// from then.
    last_seen: HashSet<u64, BuildAsIs>,
    /// The way to each state that is gone on from.
    reached: Vec<Reached>,
    outcome: Outcome,
    /// Room for the last step's actions, which are listed once a state.
    last_actions: Vec<Action>,
}

impl Search<'_> {
    fn new(plan: &Plan) -> (Search<'_>, State) {
        let hashing = FixedState::default();
        let start = State::new(plan, &hashing);
        let outcome =
            Outcome { generated: 1, distinct: 1, depth: 0, took: Duration::ZERO, violation: None };
        let search = Search {
            plan,
            begin: Instant::now(),
            hashing,
            seen: HashSet::from_iter([start.fingerprint()]),
            last_seen: HashSet::default(),
            reached: vec![Reached { parent: u32::MAX, action: Action::Start }],
            outcome,
            last_actions: Vec::new(),
        };
        (search, start)
    }

    /// The states of the last step are looked at as soon as those before them are there: most
    /// states are among the last two steps, and need not be kept.
    fn is_last_round(&self, depth: u32) -> bool {
        depth + 1 == self.plan.depth
    }

    /// Takes every step from these states, and gives the states to go on from.
    fn round(
        &mut self,
        frontier: &[(u32, State)],
        depth: u32,
    ) -> Result<Vec<(u32, State)>, Broken> {
        let ends = self.is_last_round(depth);
        let mut next = Vec::new();
        // What the last step breaks counts only where no shorter way breaks anything.
        let mut later = None;
        let mut actions = Vec::new();
        for (ordinal, state) in frontier {
            actions.clear();
            state.actions(&mut actions);
            if depth == 1 {
                // At the start all servers are alike: whatever another does first, n1 may do.
                actions.retain(Action::is_of_first);
            }
            for action in &actions {
                let (after, found) = state.after(*action, &self.hashing);
                self.outcome.generated += 1;
                if let Found::Violation(property) = found {
                    return Err((self.path_by(*ordinal, &[*action]), property));
                }
                if !self.seen.insert(after.fingerprint()) {
                    continue;
                }
                self.outcome.distinct += 1;
                if !ends {
                    let at = u32::try_from(self.reached.len()).unwrap_or(u32::MAX);
                    self.reached.push(Reached { parent: *ordinal, action: *action });
                    next.push((at, after));
                } else if let Some((last, property)) = self.last_steps(&after)
                    && later.is_none()
                {
                    later = Some((self.path_by(*ordinal, &[*action, last]), property));
                }
            }
        }
        if ends {
            let only_last = self.last_seen.difference(&self.seen).count();
            self.outcome.distinct += only_last as u64;
        }
        later.map_or(Ok(next), Err)
    }

    /// Takes the last step in every way, and gives the first that breaks something.
    fn last_steps(&mut self, state: &State) -> Option<(Action, Property)> {
        let mut broken = None;
        let mut actions = std::mem::take(&mut self.last_actions);
        actions.clear();
        state.actions(&mut actions);
        for action in &actions {
            let (end, found) = state.after(*action, &self.hashing);
            self.outcome.generated += 1;
            if let Found::Violation(property) = found {
                broken.get_or_insert((*action, property));
            }
            self.last_seen.insert(end.fingerprint());
        }
        self.last_actions = actions;
        broken
    }

    fn path_by(&self, ordinal: u32, then: &[Action]) -> Vec<Action> {
        let mut path = Vec::new();
        let mut at = ordinal;
        while let Some(state) = self.reached.get(at as usize) {
            if state.parent == u32::MAX {
                break;
            }
            path.push(state.action);
            at = state.parent;
        }
        path.reverse();
        path.extend(then);
        path
    }

    fn ended_by(self, (path, property): Broken) -> Outcome {
        let scenario = state::scenario(self.plan, &path, property);
        Outcome {
            took: self.begin.elapsed(),
            depth: u32::try_from(path.len()).unwrap_or(u32::MAX),
            violation: Some(Violation { property, path, scenario }),
            ..self.outcome
        }
    }
}
