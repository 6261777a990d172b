//! Looks through every state that a cluster of three can reach in so many steps, breadth first: the
//! first violation that is found is a shortest one.
//!
//! A step is one thing that the world does: a timer fires, a message arrives (or a second copy of
//! it), a client's command reaches a leader, a server crashes and comes back. A write is durable
//! within its step. The network keeps no order, and a message that is never delivered is a lost one.

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
    let begin = Instant::now();
    let hashing = FixedState::default();
    let start = State::new(plan, &hashing);
    let mut seen: HashSet<u64, BuildAsIs> = HashSet::default();
    // Apart, since a state of the last step may also be reached sooner, and is gone on from then.
    let mut last_seen: HashSet<u64, BuildAsIs> = HashSet::default();
    seen.insert(start.fingerprint());
    let mut reached: Vec<Reached> = vec![Reached { parent: u32::MAX, action: Action::Start }];
    let mut frontier: Vec<(u32, State)> = vec![(0, start)];
    let mut outcome =
        Outcome { generated: 1, distinct: 1, depth: 0, took: Duration::ZERO, violation: None };
    let (mut actions, mut last_actions) = (Vec::new(), Vec::new());
    for depth in 1..=plan.depth {
        // The last states are looked at as soon as those before them are there: most states are
        // among the last two steps, and need not be kept.
        let ends = depth + 1 == plan.depth;
        let mut later: Option<Vec<Action>> = None;
        let mut later_property = Property::ElectionSafety;
        let mut next = Vec::new();
        for (ordinal, state) in &frontier {
            actions.clear();
            state.actions(&mut actions);
            if depth == 1 {
                // At the start all servers are alike: whatever another does first, n1 may do.
                actions.retain(Action::is_of_first);
            }
            for action in &actions {
                let (after, found) = state.after(*action, &hashing);
                outcome.generated += 1;
                if let Found::Violation(property) = found {
                    let mut path = path_to(&reached, *ordinal);
                    path.push(*action);
                    return broken(plan, outcome, begin, path, property);
                }
                if !seen.insert(after.fingerprint()) {
                    continue;
                }
                outcome.distinct += 1;
                if ends {
                    last_actions.clear();
                    after.actions(&mut last_actions);
                    for last in &last_actions {
                        let (end, found) = after.after(*last, &hashing);
                        outcome.generated += 1;
                        if let Found::Violation(property) = found
                            && later.is_none()
                        {
                            let mut path = path_to(&reached, *ordinal);
                            path.extend([*action, *last]);
                            (later, later_property) = (Some(path), property);
                        }
                        last_seen.insert(end.fingerprint());
                    }
                } else {
                    let at = u32::try_from(reached.len()).unwrap_or(u32::MAX);
                    reached.push(Reached { parent: *ordinal, action: *action });
                    next.push((at, after));
                }
            }
        }
        if ends {
            outcome.distinct +=
                last_seen.iter().filter(|state| !seen.contains(state)).count() as u64;
        }
        if let Some(path) = later {
            return broken(plan, outcome, begin, path, later_property);
        }
        frontier = next;
        outcome.depth = if ends { plan.depth } else { depth };
        outcome.took = begin.elapsed();
        progress(outcome.depth, &outcome);
        if ends {
            break;
        }
    }
    outcome
}

fn broken(
    plan: &Plan,
    mut outcome: Outcome,
    begin: Instant,
    path: Vec<Action>,
    property: Property,
) -> Outcome {
    outcome.took = begin.elapsed();
    outcome.depth = u32::try_from(path.len()).unwrap_or(u32::MAX);
    let scenario = state::scenario(plan, &path, property);
    outcome.violation = Some(Violation { property, path, scenario });
    outcome
}

fn path_to(reached: &[Reached], ordinal: u32) -> Vec<Action> {
    let mut path = Vec::new();
    let mut at = ordinal;
    while let Some(state) = reached.get(at as usize) {
        if state.parent == u32::MAX {
            break;
        }
        path.push(state.action);
        at = state.parent;
    }
    path.reverse();
    path
}
