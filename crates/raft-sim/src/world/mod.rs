//! The world: every server, every message and every client, one event at a time in an exact order.

mod act;
mod alarms;
mod check;
mod console;
mod digest;
mod etcd;
mod hand;
mod looking;
mod open;
mod outside;
mod requests;
mod restore;
mod saw;
mod snapshots;

pub use check::Checked;
pub use open::{OpenRequest, Whereabouts};
pub use saw::{Saw, SeenOffence};

use crate::MAX_TIME;
use crate::client::Clients;
pub use crate::cluster::Checks;
use crate::cluster::{Cluster, Effect, Todo, place_of};
use crate::console::Console;
use crate::etcd::Etcd;
use crate::followed::Followed;
use crate::machine::{Machine, session_of, write_of};
use crate::server::Server;
use crate::settings::Settings;
use crate::time::Place;
use alarms::{Wake, expects};
use etcd_kv::{Sorted, Store};
use hand::Hand;
use raft_check::{Property, linear};
use raft_core::{Index, Input, Membership, Micros, NodeId, Proposal, ReadToken, Rule, WriteId};
use std::collections::VecDeque;
use std::sync::Arc;

/// How many recent state machines are remembered, to be shared by servers that reach the same state.
const RECENT_MACHINES: usize = 4;

/// A cluster and everything around it at one moment. A copy is cheap: logs, stores and the checker's
/// memory share their structure.
#[derive(Clone, Debug)]
pub struct World {
    cluster: Cluster,
    unsettled: VecDeque<usize>,
    /// Each server's state machine; empty while it is down.
    machines: Vec<Machine>,
    /// What each server has in hand for its clients.
    hands: Vec<Hand>,
    clients: Clients,
    recent: VecDeque<Machine>,
    /// The state machines that snapshots stand for, by their lineage.
    snapshots: Sorted<u64, Machine>,
    last_token: ReadToken,
    etcd: Etcd,
    followed: Option<Arc<Followed>>,
    consoles: Arc<Vec<Arc<Console>>>,
    files: Sorted<String, etcd_kv::Bytes>,
    origin: Origin,
}

/// What the cluster began with: at the start of the run, or when it was made from a saved file.
#[derive(Clone, Debug)]
struct Origin {
    members: Membership,
    store: Store,
}

impl World {
    /// A cluster that has just been switched on.
    pub fn new(settings: Settings, checks: Checks) -> World {
        let origin = Origin { members: settings.membership(), store: Store::default() };
        let cluster = Cluster::new(settings, checks);
        let servers = cluster.servers.len();
        let mut world = World {
            cluster,
            unsettled: VecDeque::new(),
            machines: vec![Machine::default(); servers],
            hands: vec![Hand::default(); servers],
            clients: Clients::default(),
            recent: VecDeque::new(),
            snapshots: Sorted::default(),
            last_token: 0,
            etcd: Etcd::default(),
            followed: None,
            consoles: Arc::default(),
            files: Sorted::default(),
            origin,
        };
        for place in 0..servers {
            world.step_node(place, Input::Start);
        }
        world.settle();
        world
    }

    /// A server's state machine; empty while it is down.
    pub fn machine(&self, id: NodeId) -> Option<&Machine> {
        self.machines.get(place_of(id))
    }

    // ---- looking ----

    /// A server's role as scenario text names it.
    pub fn role_name(&self, server: &Server) -> &'static str {
        server.role_name()
    }

    /// Whether the property has been seen broken.
    pub fn is_violated(&self, property: Property) -> bool {
        match property {
            Property::Linearizability => {
                return self.linearizability() == linear::Verdict::NotLinearizable;
            }
            Property::Progress => return self.is_stuck(),
            Property::LeaderStability => return self.cluster.deposed.is_some(),
            Property::ElectionSafety
            | Property::LeaderAppendOnly
            | Property::LogMatching
            | Property::LeaderCompleteness
            | Property::StateMachineSafety
            | Property::CommittedOnQuorum
            | Property::CommittedImmutable
            | Property::MonotonicState
            | Property::Durability
            | Property::QuorumOverlap => {}
        }
        self.violations().iter().any(|violation| violation.property == property)
    }

    /// Whether any client has asked for something, so that there is something to judge.
    pub fn has_history(&self) -> bool {
        self.clients.has_asked()
    }

    /// Whether what clients saw could have come from one copy of the data.
    pub fn linearizability(&self) -> linear::Verdict {
        self.clients.watcher.verdict()
    }

    // ---- time passes ----

    /// When the next event is due.
    pub fn next_due(&mut self) -> Option<Micros> {
        let World { cluster, clients, etcd, consoles, .. } = self;
        cluster.next_due(|alarm, sequence| expects(clients, etcd, consoles, alarm, sequence))
    }

    /// Processes the next event, if there is one before the end of time.
    pub fn step(&mut self) -> bool {
        if self.next_due().is_none_or(|due| due > MAX_TIME) {
            return false;
        }
        let Some(due) = self.cluster.next_event() else { return true };
        let todo = self.cluster.begin(due);
        self.carry_out_todo(todo);
        self.settle();
        self.tell_of_snapshots();
        self.hand_out_answers();
        true
    }

    fn carry_out_todo(&mut self, todo: Todo) {
        match todo {
            Todo::Nothing => {}
            Todo::Step(place, input) => self.step_node(place, input),
            Todo::Persisted(place, write) => self.persisted(place, write),
            Todo::TakeCall(place, id) if self.is_call(id) => self.take_call(place, id),
            Todo::TakeCall(place, request) => self.serve(place, request),
            Todo::Alarm(alarm) => match Wake::of(alarm) {
                Wake::Client { request } => self.look_after(request),
                Wake::Load => self.load_tick(),
                Wake::Call { call } => self.look_after_call(call),
                Wake::Leases => self.look_at_leases(),
                Wake::Console { console, ticket } => self.wake_console(console, ticket),
            },
        }
    }

    /// Lets time pass up to `time`, everything due at that very time included.
    pub fn run_to(&mut self, time: Micros) {
        let time = time.min(MAX_TIME);
        while self.next_due().is_some_and(|due| due <= time) {
            self.step();
        }
        self.cluster.pass_to(time);
    }

    /// Lets time pass up to an exact place.
    pub fn go_to(&mut self, place: Place) {
        let target = (place.time.min(MAX_TIME), place.after);
        while let Some(due) = self.next_due() {
            let done = if due > self.cluster.now { 0 } else { self.cluster.after };
            if (due, done) >= target {
                break;
            }
            self.step();
        }
        self.cluster.pass_to(target.0);
    }

    /// Drops what takes room and means nothing: void items of the queue, and state machines that
    /// are only remembered to be shared.
    pub(crate) fn compact(&mut self) {
        self.recent = VecDeque::new();
        let World { cluster, clients, etcd, consoles, .. } = self;
        cluster.compact(|alarm, sequence| expects(clients, etcd, consoles, alarm, sequence));
    }

    // ---- what follows from them ----

    /// Steps a server, and all that follows from it within the server itself.
    fn step_node(&mut self, place: usize, input: Input) {
        let _not_proposed = self.propose(place, input);
    }

    /// As [`World::step_node`], with a proposal; what became of it.
    fn propose(&mut self, place: usize, input: Input) -> Option<Proposal> {
        let proposal = self.step_until_idle(place, input);
        self.unsettled.push_back(place);
        proposal
    }

    /// What follows from the steps that servers have made.
    fn settle(&mut self) {
        while let Some(place) = self.unsettled.pop_front() {
            while let Some((first, last)) = self.cluster.servers[place].node.next_apply() {
                self.apply(place, first, last);
                self.step_until_idle(place, Input::Applied(last));
            }
            self.serve_due_reads(place);
            self.snapshot_if_due(place);
            if !self.etcd.is_idle() {
                self.change_lessor(place);
                self.look_at_calls(place);
            }
        }
    }

    /// The input and what the server then sends to itself.
    fn step_until_idle(&mut self, place: usize, input: Input) -> Option<Proposal> {
        let mut proposal = None;
        let mut own_mail = VecDeque::new();
        let mut next = Some(input);
        while let Some(input) = next.take() {
            let stepped = self.cluster.step_once(place, input, &mut own_mail);
            proposal = proposal.or(stepped.proposal);
            for effect in stepped.effects {
                match effect {
                    Effect::Restore(snapshot) => self.restore_machine(place, &snapshot),
                    Effect::ReadReady(token, index) => self.read_confirmed(place, token, index),
                    Effect::SnapshotWanted => {
                        next = self.save_snapshot(place).map(Input::SnapshotSaved);
                    }
                }
            }
            next = next.or_else(|| own_mail.pop_front().map(Input::Receive));
        }
        proposal
    }

    /// A write is durable: what rests on it leaves, and the server is told.
    fn persisted(&mut self, place: usize, write: WriteId) {
        while let Some(message) = self.cluster.next_held(place, write) {
            if message.to == message.from {
                self.step_node(place, Input::Receive(message));
            } else {
                self.cluster.send(message);
            }
        }
        self.step_node(place, Input::Persisted(write));
    }

    /// A server carries out what is committed.
    fn apply(&mut self, place: usize, first: Index, last: Index) {
        let once = self.cluster.settings.live.rules.holds(Rule::ApplyOnce);
        for index in first..=last {
            let Some(entry) = self.cluster.servers[place].node.log().get(index).cloned() else {
                return;
            };
            let machine = &mut self.machines[place];
            let lineage = machine.lineage_after(&entry);
            let used = machine.store().size_in_use();
            match self.recent.iter().find(|machine| machine.lineage() == lineage) {
                Some(same) => *machine = same.clone(),
                None => {
                    machine.apply(&entry, once);
                    self.recent.truncate(RECENT_MACHINES - 1);
                    self.recent.push_front(machine.clone());
                }
            }
            self.start_added(&entry);
            if let Some(write) = write_of(&entry) {
                self.count_leases(place, &write);
                self.record_changes(place, entry.index);
                self.note_file_size(place, used);
            }
            if !self.hands[place].waiting.is_empty()
                && let Some(session) = session_of(&entry)
            {
                self.answer_waiting(place, session);
            }
            if !self.etcd.calls.is_empty() {
                self.feed_watches(place);
            }
        }
    }

    /// Whether nothing has been committed for long, though a majority is there, nothing is done to
    /// the run, and something waits: an election, an entry, or a client that retries.
    fn is_stuck(&self) -> bool {
        const PATIENCE: Micros = 10_000_000;
        let live: Vec<NodeId> =
            self.cluster.servers.iter().filter(|s| s.is_live()).map(|s| s.id).collect();
        let voters = &self.membership().voters;
        let present: Vec<NodeId> = voters.iter().filter(|id| live.contains(id)).copied().collect();
        let whole = present.iter().all(|a| {
            present.iter().all(|b| {
                !self.cluster.network.is_blocked(*a, *b) && !self.cluster.network.is_held(*a, *b)
            })
        });
        let waits = self.leader().is_none_or(|leader| {
            let node = &leader.node;
            let behind = live.iter().filter_map(|id| self.server(*id)).any(|server| {
                self.is_member(server.id) && server.node.commit_index() < node.commit_index()
            });
            node.commit_index() < node.log().last_index() || behind
        });
        let waits = waits || self.retrying_requests() > 0;
        2 * present.len() > voters.len()
            && whole
            && waits
            && self.cluster.now >= self.cluster.last_progress + PATIENCE
    }
}
