//! Finds a run in which a claim comes to hold: random schedules of the faults that are allowed,
//! guided by states that were not seen before; and makes the shortest of it that still does it.

mod case;
mod draw;
mod pool;
mod shrink;
mod walk;

pub use case::{Case, Held};
pub use draw::{Fault, UnknownFault};
pub use pool::Pool;
pub use shrink::{Shrunk, shortest, shrink};
pub use walk::Way;

use draw::Dice;
use raft_core::Micros;
use raft_sim::claim::{Claim, Variables};
use raft_sim::{Command, Moment, Power, Session, Settings, World};
use std::collections::BTreeMap;

/// The most moments that are kept to go on from.
const KEPT: usize = 4_000;
/// The most things that are done in one run beyond those of the moment that it goes on from.
const MOST_DEEDS: usize = 8;
/// How long a run goes on after them, in microseconds: an election and more.
const AFTERWARDS: Micros = 400_000;
/// The most events of one run.
const MAX_EVENTS: u64 = 200_000;
/// How many runs share what was known before them, so that which one finds it does not depend on
/// how many threads there are.
pub const BATCH: u64 = 256;

/// A search.
#[derive(Clone, Debug)]
pub struct Hunt {
    claim: Claim,
    faults: Vec<Fault>,
    settings: Settings,
    seed: u64,
    until: Micros,
    /// What was done before the search begins.
    before: Vec<(Moment, Command)>,
    start: Session,
    /// A moment of each state that was come to, to go on from, while there is room.
    kept: Vec<Kept>,
    /// How often each state was come to.
    seen: BTreeMap<u64, u32>,
    runs: u64,
}

/// A moment to go on from.
#[derive(Clone, Debug)]
struct Kept {
    state: u64,
    session: Session,
}

/// What came of one run of a search.
#[derive(Clone, Debug)]
pub struct Try {
    found: Option<Case>,
    /// The states that it came to.
    states: Vec<u64>,
    /// A moment of each of those that nobody had come to.
    news: Vec<Kept>,
}

impl Hunt {
    /// A search that begins at the end of a run, and looks at what comes then for so long, in
    /// microseconds.
    pub fn new(
        session: &Session,
        claim: Claim,
        faults: Vec<Fault>,
        within: Micros,
        seed: u64,
    ) -> Hunt {
        let until = session.world().now().saturating_add(within);
        Hunt {
            claim,
            faults,
            settings: session.base().clone(),
            seed,
            until,
            before: session.branch().commands().to_vec(),
            start: session.onward(),
            kept: Vec::new(),
            seen: BTreeMap::new(),
            runs: 0,
        }
    }

    /// How many runs there were.
    pub fn runs(&self) -> u64 {
        self.runs
    }

    /// How many distinct states they came to: roles, terms in order, logs and what is committed,
    /// whichever server has them.
    pub fn states(&self) -> usize {
        self.seen.len()
    }

    /// The numbers of the next runs.
    pub fn next_batch(&self, most: u64) -> std::ops::Range<u64> {
        self.runs..self.runs + BATCH.min(most.saturating_sub(self.runs))
    }

    /// One run; what it is depends on its number and on what is known alone.
    pub fn run(&self, number: u64) -> Try {
        let mut dice = Dice::new(self.seed, number);
        let goes_on = !self.kept.is_empty() && dice.below(4) > 0;
        let mut session = if goes_on { self.rare(&mut dice).clone() } else { self.start.clone() };
        let none = Variables::default();
        let mut tried = Try { found: None, states: Vec::new(), news: Vec::new() };
        let events = session.world().events();
        let deeds = 1 + dice.index(MOST_DEEDS);
        for deed in 0..=deeds {
            let pause = if deed < deeds { dice.pause() } else { AFTERWARDS };
            let goal = session.world().now().saturating_add(pause).min(self.until);
            loop {
                if self.claim.is_true(session.world(), &none) {
                    tried.found = Some(self.case(&session));
                    return tried;
                }
                let next = session.next_moment();
                if next.is_none_or(|next| next.time > goal)
                    || session.world().events() - events > MAX_EVENTS
                {
                    break;
                }
                session.step();
            }
            session.settle(Moment { time: goal, after: u32::MAX });
            if goal >= self.until || deed == deeds {
                break;
            }
            if let Some(command) = dice.deed(&self.faults, session.world()) {
                let _refused = session.dispatch(command);
            }
            let state = state(session.world());
            if !tried.states.contains(&state) {
                tried.states.push(state);
                if !self.seen.contains_key(&state) {
                    tried.news.push(Kept { state, session: session.clone() });
                }
            }
        }
        tried
    }

    /// Takes what came of a run; the run in which the claim holds, if this is one.
    pub fn learn(&mut self, tried: Try) -> Option<Case> {
        self.runs += 1;
        for kept in tried.news {
            if self.seen.contains_key(&kept.state) {
                continue;
            }
            if self.kept.len() < KEPT {
                self.kept.push(kept);
                continue;
            }
            // The one that was come to most is known best.
            let often = |kept: &Kept| self.seen.get(&kept.state).copied().unwrap_or(0);
            let at = (0..self.kept.len()).max_by_key(|at| often(&self.kept[*at]));
            self.kept[at.unwrap_or(0)] = kept;
        }
        for state in tried.states {
            *self.seen.entry(state).or_insert(0) += 1;
        }
        tried.found
    }

    /// Of some moments that are kept, the one whose state was come to least.
    fn rare(&self, dice: &mut Dice) -> &Session {
        let often = |at: &usize| self.seen.get(&self.kept[*at].state).copied().unwrap_or(0);
        let drawn: Vec<usize> = (0..6).map(|_| dice.index(self.kept.len())).collect();
        let at = drawn.into_iter().min_by_key(often).unwrap_or(0);
        &self.kept[at].session
    }

    fn case(&self, session: &Session) -> Case {
        let deeds = [&self.before[..], session.branch().commands()].concat();
        Case { settings: self.settings.clone(), deeds, until: self.until }
    }
}

/// What a state looks like from far: who is there, who leads, and what the logs end with. Equal
/// where servers only change places, or all terms and indexes are higher by as much.
fn state(world: &World) -> u64 {
    let servers = world.servers();
    let mut terms: Vec<u64> = servers.iter().map(|it| it.node().log().last().term).collect();
    terms.extend(servers.iter().filter(|it| it.is_live_leader()).map(|it| it.node().term()));
    terms.sort_unstable();
    terms.dedup();
    let rank = |term: u64| terms.partition_point(|other| *other < term) as u64;
    let committed = world.committed();
    let committed_term = world.committed_entry(committed).map_or(0, |entry| entry.term);
    let mut each: Vec<u64> = servers
        .iter()
        .map(|server| {
            let node = server.node();
            let power = match server.power() {
                Power::Up | Power::Paused => u64::from(server.is_live_leader()),
                Power::Crashed => 2,
            };
            let term = if server.is_live_leader() { rank(node.term()) + 1 } else { 0 };
            let log = node.log();
            let ahead = (log.last_index() + 2).saturating_sub(committed).min(4);
            let parts = [power, term, rank(log.last().term), ahead];
            parts.into_iter().fold(0, |sum, part| sum * 16 + part.min(15))
        })
        .collect();
    each.sort_unstable();
    each.into_iter().fold(rank(committed_term), |hash, one| {
        (hash.rotate_left(23) ^ one).wrapping_mul(0x9e37_79b9_7f4a_7c15)
    })
}
