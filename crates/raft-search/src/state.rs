//! One state of a small cluster, and what can happen next.

use crate::Plan;
use foldhash::quality::FixedState;
use raft_check::Property;
use raft_core::{
    Config, Durable, EntryRef, Index, Input, Kind, Message, Node, NodeId, Output, Payload, Role,
    Term, Timer,
};
use std::fmt::Write;
use std::hash::{BuildHasher, Hash, Hasher};
use std::sync::Arc;

/// How often things may happen on one path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Budget {
    /// Election timeouts.
    pub timeouts: u8,
    /// Crashes, each with a restart.
    pub crashes: u8,
    /// Messages that arrive and arrive once more.
    pub duplicates: u8,
    /// Clients' commands.
    pub proposals: u8,
    /// Heartbeats.
    pub heartbeats: u8,
}

impl Default for Budget {
    fn default() -> Budget {
        Budget { timeouts: 3, crashes: 1, duplicates: 1, proposals: 1, heartbeats: 1 }
    }
}

/// One step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// The beginning.
    Start,
    /// A server's election timer fires.
    Timeout(NodeId),
    /// A leader's heartbeat timer fires.
    Heartbeat(NodeId),
    /// A client's command reaches a leader.
    Propose(NodeId),
    /// A server crashes and comes back.
    Crash(NodeId),
    /// A message arrives: the n-th oldest in flight, from 0.
    Deliver(u16),
    /// The same, and a copy of it stays in flight.
    DeliverCopy(u16),
}

impl Action {
    /// Whether the first server does it.
    pub(crate) fn is_of_first(&self) -> bool {
        match self {
            Action::Timeout(id)
            | Action::Heartbeat(id)
            | Action::Propose(id)
            | Action::Crash(id) => id.0 == 1,
            Action::Start | Action::Deliver(_) | Action::DeliverCopy(_) => true,
        }
    }
}

/// What a step led to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found {
    /// Nothing that is not allowed.
    Nothing,
    /// A broken property.
    Violation(Property),
}

#[derive(Clone, Debug)]
struct Server {
    node: Node,
    disk: Durable,
    hash: u64,
}

#[derive(Clone, Debug)]
struct Flying {
    message: Arc<Message>,
    hash: u64,
}

/// What was seen on the way here and must never be contradicted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
struct Past {
    leaders: Vec<(Term, NodeId)>,
    committed: Vec<EntryRef>,
}

/// A cluster at one moment. A copy shares whatever has not changed.
#[derive(Clone, Debug)]
pub struct State {
    servers: Vec<Arc<Server>>,
    flying: Vec<Flying>,
    past: Arc<Past>,
    past_hash: u64,
    left: Budget,
}

fn hash_of(
    hashing: &FixedState,
    what: impl FnOnce(&mut <FixedState as BuildHasher>::Hasher),
) -> u64 {
    let mut hasher = hashing.build_hasher();
    what(&mut hasher);
    hasher.finish()
}

fn ordinal_of(id: NodeId) -> usize {
    usize::try_from(id.0.saturating_sub(1)).unwrap_or(usize::MAX)
}

impl State {
    /// Every server has just been switched on.
    pub(crate) fn new(plan: &Plan, hashing: &FixedState) -> State {
        let ids: Vec<NodeId> = (1..=plan.servers).map(NodeId).collect();
        let server = |id: &NodeId| {
            let config = Config { rules: plan.rules, ..Config::new(*id) };
            let disk = Durable::of(ids.iter().copied());
            let mut node = Node::new(Arc::new(config), disk.clone());
            node.step(Input::Start, &mut Vec::new());
            let hash = hash_of(hashing, |hasher| node.hash_state(hasher));
            Arc::new(Server { node, disk, hash })
        };
        State {
            servers: ids.iter().map(server).collect(),
            flying: Vec::new(),
            past: Arc::default(),
            past_hash: 0,
            left: plan.budget,
        }
    }

    /// A number that two different states share only by chance, once in 2^64. The order of messages
    /// does not matter.
    pub(crate) fn fingerprint(&self) -> u64 {
        let mut hash = self.past_hash;
        for server in &self.servers {
            hash = (hash.rotate_left(5) ^ server.hash).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        }
        let flying = self.flying.iter().fold(0u64, |sum, flying| sum.wrapping_add(flying.hash));
        let Budget { timeouts, crashes, duplicates, proposals, heartbeats } = self.left;
        let left = [timeouts, crashes, duplicates, proposals, heartbeats, 0, 0, 0];
        hash = (hash.rotate_left(5) ^ flying).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        hash = (hash.rotate_left(5) ^ u64::from_le_bytes(left)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        hash ^ (hash >> 29)
    }

    /// Everything that can happen now.
    pub(crate) fn actions(&self, actions: &mut Vec<Action>) {
        for server in &self.servers {
            let id = server.node.id();
            if server.node.is_leader() {
                if self.left.proposals > 0 {
                    actions.push(Action::Propose(id));
                }
                if self.left.heartbeats > 0 {
                    actions.push(Action::Heartbeat(id));
                }
            } else if self.left.timeouts > 0 {
                actions.push(Action::Timeout(id));
            }
            if self.left.crashes > 0 {
                actions.push(Action::Crash(id));
            }
        }
        for (ordinal, flying) in (0u16..).zip(&self.flying) {
            // Of equal messages one is enough.
            let before = &self.flying[..usize::from(ordinal)];
            if before.iter().any(|other| other.hash == flying.hash) {
                continue;
            }
            actions.push(Action::Deliver(ordinal));
            if self.left.duplicates > 0 {
                actions.push(Action::DeliverCopy(ordinal));
            }
        }
    }

    /// The state after a step, and whether something is broken in it.
    pub(crate) fn after(&self, action: Action, hashing: &FixedState) -> (State, Found) {
        let mut next = self.clone();
        let (ordinal, input) = match action {
            Action::Start => return (next, Found::Nothing),
            Action::Timeout(id) => {
                next.left.timeouts -= 1;
                (ordinal_of(id), Input::Timer(Timer::Election))
            }
            Action::Heartbeat(id) => {
                next.left.heartbeats -= 1;
                (ordinal_of(id), Input::Timer(Timer::Heartbeat))
            }
            Action::Propose(id) => {
                next.left.proposals -= 1;
                let data = [b'a' + next.left.proposals];
                (ordinal_of(id), Input::Propose(Payload::Data(data.into())))
            }
            Action::Crash(id) => {
                next.left.crashes -= 1;
                let server = Arc::make_mut(&mut next.servers[ordinal_of(id)]);
                server.node = Node::new(server.node.config().clone(), server.disk.clone());
                (ordinal_of(id), Input::Start)
            }
            Action::Deliver(at) => {
                let flying = next.flying.remove(usize::from(at));
                (ordinal_of(flying.message.to), Input::Receive((*flying.message).clone()))
            }
            Action::DeliverCopy(at) => {
                next.left.duplicates -= 1;
                let message = &next.flying[usize::from(at)].message;
                (ordinal_of(message.to), Input::Receive((**message).clone()))
            }
        };
        let before = (
            self.servers[ordinal].node.is_leader().then(|| self.servers[ordinal].node.term()),
            if matches!(action, Action::Crash(_)) {
                0
            } else {
                self.servers[ordinal].node.commit_index()
            },
        );
        next.step(ordinal, input, hashing);
        let found = next.check(ordinal, before, hashing);
        (next, found)
    }

    /// Steps a server with all that follows within it: writes are durable at once.
    fn step(&mut self, ordinal: usize, input: Input, hashing: &FixedState) {
        let State { servers, flying, .. } = self;
        let server = Arc::make_mut(&mut servers[ordinal]);
        let mut inputs = vec![input];
        let mut outputs = Vec::new();
        loop {
            let Some(input) = inputs.pop() else {
                let Some((_, last)) = server.node.next_apply() else { break };
                inputs.push(Input::Applied(last));
                continue;
            };
            server.node.step(input, &mut outputs);
            // Own messages come before word of the write that they rest on.
            let mut own = Vec::new();
            let mut written = None;
            for output in outputs.drain(..) {
                match output {
                    Output::Send(message) | Output::SendAfter(_, message) => {
                        if message.to == message.from {
                            own.push(Input::Receive(message));
                        } else {
                            let hash = hash_of(hashing, |hasher| message.hash(hasher));
                            flying.push(Flying { message: Arc::new(message), hash });
                        }
                    }
                    Output::Persist(write) => {
                        server.disk.apply(&write);
                        written = Some(Input::Persisted(write.id));
                    }
                    Output::SetTimer(..)
                    | Output::CancelTimer(_)
                    | Output::Restore(_)
                    | Output::SnapshotWanted
                    | Output::Read { .. }
                    | Output::Proposed(_)
                    | Output::Note(_) => {}
                }
            }
            inputs.extend(written);
            inputs.extend(own.into_iter().rev());
        }
        server.hash = hash_of(hashing, |hasher| {
            server.node.hash_state(hasher);
            server.disk.hash(hasher);
        });
    }

    /// Election safety, log matching, leader completeness, and that what is committed never
    /// changes: held against the server that has just done something.
    fn check(
        &mut self,
        ordinal: usize,
        before: (Option<Term>, Index),
        hashing: &FixedState,
    ) -> Found {
        let server = self.servers[ordinal].clone();
        let node = &server.node;
        let (term, log) = (node.term(), node.log());
        let mut changed = false;
        if let Role::Leader(_) = node.role()
            && before.0 != Some(term)
        {
            let other = self.past.leaders.iter().find(|(known, _)| *known == term);
            if other.is_some_and(|(_, leader)| *leader != node.id()) {
                return Found::Violation(Property::ElectionSafety);
            }
            let committed = self.past.committed.iter();
            if committed.filter(|entry| entry.term < term).any(|e| log.get(e.index) != Some(e)) {
                return Found::Violation(Property::LeaderCompleteness);
            }
            if other.is_none() {
                Arc::make_mut(&mut self.past).leaders.push((term, node.id()));
                changed = true;
            }
        }
        for index in before.1.min(node.commit_index()) + 1..=node.commit_index() {
            let Some(entry) = log.get(index) else { continue };
            let known = usize::try_from(index - 1).ok().and_then(|at| self.past.committed.get(at));
            match known {
                Some(known) if known != entry => {
                    return Found::Violation(Property::CommittedImmutable);
                }
                Some(_) => {}
                None => {
                    Arc::make_mut(&mut self.past).committed.push(entry.clone());
                    changed = true;
                }
            }
        }
        for other in self.servers.iter().filter(|other| other.node.id() != node.id()) {
            if !logs_match(log, other.node.log()) {
                return Found::Violation(Property::LogMatching);
            }
        }
        if changed {
            self.past_hash = hash_of(hashing, |hasher| self.past.hash(hasher));
        }
        Found::Nothing
    }
}

/// Where two logs have an entry of the same index and term, they are equal up to there.
fn logs_match(a: &raft_core::Log, b: &raft_core::Log) -> bool {
    let last = a.last_index().min(b.last_index());
    let same = (1..=last).rev().find(|index| a.term_at(*index) == b.term_at(*index));
    (1..=same.unwrap_or(0)).all(|index| a.get(index) == b.get(index))
}

/// A path as scenario text: time stands still but for what each line does.
pub(crate) fn scenario(plan: &Plan, path: &[Action], property: Property) -> String {
    let hashing = FixedState::default();
    let mut state = State::new(plan, &hashing);
    let mut out = format!(
        "nodes {}\nelection-timeout 1h..1h\nheartbeat 1h\nlatency 1h..1h\nfsync 0ms\n\
         pre-vote off\ncheck-quorum off\n",
        plan.servers
    );
    for rule in plan.rules.switched_off() {
        let _written = writeln!(out, "rule off {rule}");
    }
    out.push('\n');
    for action in path {
        let _written = match action {
            Action::Start => Ok(()),
            Action::Timeout(id) => writeln!(out, "timeout {id}"),
            Action::Heartbeat(id) => writeln!(out, "timer {id} heartbeat in 0us"),
            Action::Propose(id) => {
                let letter = char::from(b'a' + state.left.proposals - 1);
                writeln!(out, "propose {letter} via {id}")
            }
            Action::Crash(id) => writeln!(out, "crash {id}\nrestart {id}"),
            Action::Deliver(at) => writeln!(out, "deliver {}", message(&state, *at)),
            Action::DeliverCopy(at) => {
                let message = message(&state, *at);
                writeln!(out, "duplicate {message}\ndeliver {message}")
            }
        };
        let _written = writeln!(out, "run 0us");
        state = state.after(*action, &hashing).0;
    }
    let _written = writeln!(out, "expect violated {property}");
    out
}

/// How scenario text names a message: its kind and link, and which of several it is.
fn message(state: &State, at: u16) -> String {
    let wanted = &state.flying[usize::from(at)].message;
    let key = |message: &Message| (message.kind(), message.from, message.to);
    let before = &state.flying[..=usize::from(at)];
    let nth = before.iter().filter(|flying| key(&flying.message) == key(wanted)).count();
    let kind: Kind = wanted.kind();
    let which = if nth > 1 { format!(" number {nth}") } else { String::new() };
    format!("{kind} {} -> {}{which}", wanted.from, wanted.to)
}
