//! Who can talk to whom, and who together could decide.

use super::phrases as words;
use super::phrases::any;
use crate::menu::Selection;
use raft_core::quorum::{VoteResult, majority};
use raft_core::{Membership, NodeId, Rule};
use raft_sim::{Power, Server, Standing, World};

/// What stands between two servers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Obstacle {
    /// The second is down.
    Down(NodeId),
    /// It was announced, and has never run.
    NotStarted(NodeId),
    /// It is paused.
    Paused(NodeId),
    /// Nothing passes from the first to the second.
    Blocked(NodeId, NodeId),
    /// What passes there is held back.
    Held(NodeId, NodeId),
}

impl Obstacle {
    /// A server that does not run.
    pub(super) fn of_crashed(server: &Server) -> Obstacle {
        match server.standing() {
            Standing::Announced => Obstacle::NotStarted(server.id()),
            Standing::Known | Standing::Removed => Obstacle::Down(server.id()),
        }
    }

    /// In a sentence.
    pub(super) fn words(self) -> String {
        match self {
            Obstacle::Down(id) => words::are_down(&[id]),
            Obstacle::NotStarted(id) => words::are_not_started(&[id]),
            Obstacle::Paused(id) => words::are_paused(&[id]),
            Obstacle::Blocked(from, to) => tr!("Nothing passes from {} to {}.", from, to),
            Obstacle::Held(from, to) => tr!("What {} sends to {} is held back.", from, to),
        }
    }

    /// Where it is seen.
    pub(super) fn place(self) -> Selection {
        match self {
            Obstacle::Down(id) | Obstacle::NotStarted(id) | Obstacle::Paused(id) => {
                Selection::Server(id)
            }
            Obstacle::Blocked(a, b) | Obstacle::Held(a, b) => Selection::Link(a.min(b), a.max(b)),
        }
    }
}

/// Obstacles in sentences: one for all that are of a kind and begin at the same server.
pub(super) fn in_sentences(obstacles: &[Obstacle]) -> Vec<String> {
    let mut blocked: Vec<(NodeId, Vec<NodeId>)> = Vec::new();
    let (mut down, mut unborn) = (Vec::new(), Vec::new());
    let (mut paused, mut rest) = (Vec::new(), Vec::new());
    for obstacle in obstacles {
        match *obstacle {
            Obstacle::Down(id) => down.push(id),
            Obstacle::NotStarted(id) => unborn.push(id),
            Obstacle::Paused(id) => paused.push(id),
            Obstacle::Blocked(from, to) => match blocked.iter_mut().find(|(id, _)| *id == from) {
                Some((_, all)) => all.push(to),
                None => blocked.push((from, vec![to])),
            },
            Obstacle::Held(..) => rest.push(obstacle.words()),
        }
    }
    let mut said: Vec<String> = Vec::new();
    said.extend((!down.is_empty()).then(|| words::are_down(&down)));
    said.extend((!unborn.is_empty()).then(|| words::are_not_started(&unborn)));
    said.extend((!paused.is_empty()).then(|| words::are_paused(&paused)));
    let nothing_passes =
        |(from, to): &(NodeId, Vec<NodeId>)| tr!("Nothing passes from {} to {}.", from, any(to));
    said.extend(blocked.iter().map(nothing_passes));
    said.extend(rest);
    said
}

/// What hinders a server's questions from reaching another, or the answers on the way back.
pub(super) fn obstacle(world: &World, from: NodeId, to: NodeId) -> Option<Obstacle> {
    if from == to {
        return None;
    }
    let Some(server) = world.server(to) else { return Some(Obstacle::Down(to)) };
    match server.power() {
        Power::Crashed => return Some(Obstacle::of_crashed(server)),
        Power::Paused => return Some(Obstacle::Paused(to)),
        Power::Up => {}
    }
    way(world, from, to).or_else(|| way(world, to, from))
}

/// What stands in the way in one direction.
pub(super) fn way(world: &World, from: NodeId, to: NodeId) -> Option<Obstacle> {
    let network = world.network();
    if network.is_blocked(from, to) {
        return Some(Obstacle::Blocked(from, to));
    }
    network.is_held(from, to).then_some(Obstacle::Held(from, to))
}

/// The voters that a server can ask and hear from, itself included where it has a vote.
pub(super) fn talks_to(world: &World, center: NodeId, membership: &Membership) -> Vec<NodeId> {
    let voters = membership.all_voters();
    voters.into_iter().filter(|voter| obstacle(world, center, *voter).is_none()).collect()
}

/// The voters that it cannot.
pub(super) fn out_of_reach(world: &World, center: NodeId, membership: &Membership) -> Vec<NodeId> {
    let voters = membership.all_voters();
    voters.into_iter().filter(|voter| obstacle(world, center, *voter).is_some()).collect()
}

/// Whether an election takes the votes of a majority, as Raft has it.
pub(super) fn needs_majority(world: &World) -> bool {
    let rules = world.settings().live.rules;
    rules.holds(Rule::MajorityElects) && rules.holds(Rule::CountVoters)
}

/// Whether these can decide together.
pub(super) fn is_quorum(membership: &Membership, ids: &[NodeId]) -> bool {
    membership.vote_result(|voter| Some(ids.contains(&voter))) == VoteResult::Won
}

/// One configuration that has to agree; in a joint one there are two.
pub(super) struct Half {
    /// Whether it is the new one of two, the old one of two, or the only one.
    pub(super) side: Side,
    /// Who decides in it.
    pub(super) voters: Vec<NodeId>,
    /// How many of them must agree.
    pub(super) needed: usize,
}

/// Which configuration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    /// There is one.
    Only,
    /// The one that comes in.
    New,
    /// The one that goes out.
    Old,
}

/// The configurations that have to agree. `rule` is the one that asks for majorities here: without
/// it one less will do, and the old configuration is not asked.
pub(super) fn halves(world: &World, membership: &Membership, rule: Rule) -> Vec<Half> {
    let (new, old) = (membership.voters.clone(), membership.outgoing.clone());
    if !world.settings().live.rules.holds(rule) {
        let needed = (new.len() / 2).max(1);
        return vec![Half { side: Side::Only, voters: new, needed }];
    }
    let half = |side, voters: Vec<NodeId>| Half { side, needed: majority(voters.len()), voters };
    if old.is_empty() {
        return vec![half(Side::Only, new)];
    }
    vec![half(Side::New, new), half(Side::Old, old)]
}

impl Half {
    /// Those of its voters that are among these.
    pub(super) fn of(&self, ids: &[NodeId]) -> Vec<NodeId> {
        self.voters.iter().filter(|voter| ids.contains(voter)).copied().collect()
    }

    /// Those that are not.
    pub(super) fn others(&self, ids: &[NodeId]) -> Vec<NodeId> {
        self.voters.iter().filter(|voter| !ids.contains(voter)).copied().collect()
    }

    /// How many more it needs.
    pub(super) fn lacks(&self, ids: &[NodeId]) -> usize {
        self.needed.saturating_sub(self.of(ids).len())
    }
}
