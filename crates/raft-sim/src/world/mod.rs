//! The world: the cluster, what runs on top of it, and the one loop that carries events to both.

mod act;
pub(crate) mod check;
mod consoles;
mod digest;
mod looking;
mod open;
mod outside;
mod restore;
mod saw;

pub use crate::cluster::Checks;
pub use check::Checked;
pub use open::{OpenRequest, Whereabouts};
pub use saw::{Saw, SeenOffence};

use crate::MAX_TIME;
use crate::client::Clients;
use crate::cluster::{Cluster, Todo, ordinal_of};
use crate::etcd::Etcd;
use crate::machine::{Kept, Machine, session_of, write_of};
use crate::server::{Arrival, Power, Server};
use crate::services::Cx;
use crate::services::alarms::{Wake, expects};
use crate::services::consoles::{Consoles, MAX_ANSWERS};
use crate::services::desk::{Desk, Origin};
use crate::services::machines::Machines;
use crate::settings::Settings;
use crate::time::Moment;
use etcd_kv::Store;
use raft_check::{Property, linear};
use raft_core::{Index, Input, Micros, NodeId, Rule, WriteId};

/// A cluster and everything around it at one moment. A copy is cheap: logs, stores and the checker's
/// memory share their structure.
#[derive(Clone, Debug)]
pub struct World {
    cluster: Cluster,
    machines: Machines,
    desk: Desk,
    clients: Clients,
    etcd: Etcd,
    consoles: Consoles,
}

/// What runs on top of the cluster and may act on it through a [`Cx`].
struct Services<'w> {
    clients: &'w mut Clients,
    etcd: &'w mut Etcd,
    consoles: &'w mut Consoles,
}

impl World {
    /// A cluster that has just been switched on.
    pub fn new(settings: Settings, checks: Checks) -> World {
        let origin = Origin { members: settings.membership(), store: Store::default() };
        let cluster = Cluster::new(settings, checks);
        let servers = cluster.servers.len();
        let mut world = World {
            cluster,
            machines: Machines::new(servers),
            desk: Desk::new(origin, servers),
            clients: Clients::default(),
            etcd: Etcd::default(),
            consoles: Consoles::default(),
        };
        for ordinal in 0..servers {
            world.step_node(ordinal, Input::Start);
        }
        world.settle();
        world
    }

    /// The services, and what each of them may use while it acts.
    fn parts(&mut self) -> (Cx<'_>, Services<'_>) {
        let World { cluster, machines, desk, clients, etcd, consoles } = self;
        (Cx { cluster, machines, desk }, Services { clients, etcd, consoles })
    }

    // ---- looking ----

    /// A server's state machine; empty while it is down.
    pub fn machine(&self, id: NodeId) -> Option<&Machine> {
        self.machines.get(id)
    }

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
        self.desk.has_asked()
    }

    /// Whether what clients saw could have come from one copy of the data.
    pub fn linearizability(&self) -> linear::Verdict {
        self.desk.watcher.verdict()
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
        self.take_up(todo);
        self.finish();
        true
    }

    /// Lets time pass up to `time`, everything due at that very time included.
    pub fn run_to(&mut self, time: Micros) {
        let time = time.min(MAX_TIME);
        while self.next_due().is_some_and(|due| due <= time) {
            self.step();
        }
        self.cluster.pass_to(time);
    }

    /// Lets time pass up to an exact moment.
    pub fn go_to(&mut self, moment: Moment) {
        let target = (moment.time.min(MAX_TIME), moment.after);
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
        self.machines.compact();
        let World { cluster, clients, etcd, consoles, .. } = self;
        cluster.compact(|alarm, sequence| expects(clients, etcd, consoles, alarm, sequence));
    }

    // ---- the loop ----

    /// What was due goes to whom it concerns.
    fn take_up(&mut self, todo: Todo) {
        let (mut cx, on) = self.parts();
        match todo {
            Todo::Nothing => {}
            Todo::Step(ordinal, input) => {
                cx.step(ordinal, input);
            }
            Todo::Persisted(ordinal, write) => self.persisted(ordinal, write),
            Todo::TakeCall(ordinal, id) if on.etcd.is_call(id) => {
                on.etcd.take_call(&mut cx, ordinal, id);
            }
            Todo::TakeCall(ordinal, request) => on.clients.serve(&mut cx, ordinal, request),
            Todo::Alarm(alarm) => match Wake::of(alarm) {
                Wake::Client { request } => on.clients.look_after(&mut cx, request),
                Wake::Load => on.clients.load_tick(&mut cx),
                Wake::Call { call } => on.etcd.look_after_call(&mut cx, call),
                Wake::Leases => on.etcd.look_at_leases(&mut cx),
                Wake::Console { console, ticket } => {
                    on.consoles.wake(&mut cx, on.etcd, console, ticket);
                }
            },
        }
    }

    /// A server gets an input.
    fn step_node(&mut self, ordinal: usize, input: Input) {
        self.parts().0.step(ordinal, input);
    }

    /// A write is durable: what rests on it leaves, and the server is told.
    fn persisted(&mut self, ordinal: usize, write: WriteId) {
        while let Some(message) = self.cluster.next_held(ordinal, write) {
            if message.to == message.from {
                self.step_node(ordinal, Input::Receive(message));
            } else {
                self.cluster.send(message);
            }
        }
        self.step_node(ordinal, Input::Persisted(write));
    }

    /// The end of an event: all that follows from it at the same instant.
    fn finish(&mut self) {
        self.settle();
        self.tell_of_snapshots();
        if self.etcd.mail.is_empty() {
            return;
        }
        for _ in 0..MAX_ANSWERS {
            let (mut cx, on) = self.parts();
            if !on.consoles.hand_out_answer(&mut cx, on.etcd) {
                return;
            }
            self.settle();
        }
        let (mut cx, on) = self.parts();
        on.consoles.interrupt_circle(&mut cx, on.etcd);
        self.settle();
    }

    /// What follows from the steps that servers have made: they apply what is committed, and those
    /// who wait for that are answered.
    fn settle(&mut self) {
        while let Some(ordinal) = self.cluster.unsettled.pop_front() {
            while let Some((first, last)) = self.cluster.servers[ordinal].node.next_apply() {
                self.apply(ordinal, first, last);
                self.parts().0.step_only(ordinal, Input::Applied(last));
            }
            self.answer_reads(ordinal);
            let (mut cx, on) = self.parts();
            cx.snapshot_if_due(ordinal);
            on.etcd.settled(&mut cx, ordinal);
        }
    }

    /// A server carries out what is committed.
    fn apply(&mut self, ordinal: usize, first: Index, last: Index) {
        let once = self.cluster.settings.live.rules.holds(Rule::ApplyOnce);
        for index in first..=last {
            let Some(entry) = self.cluster.servers[ordinal].node.log().get(index).cloned() else {
                return;
            };
            let used = self.machines[ordinal].store().size_in_use();
            self.machines.apply(ordinal, &entry, once);
            let (mut cx, on) = self.parts();
            cx.start_added(&entry);
            if let Some(write) = write_of(&entry) {
                on.etcd.applied(&mut cx, ordinal, index, &write, used);
            }
            if !cx.desk.hands[ordinal].waiting.is_empty()
                && let Some(session) = session_of(&entry)
                && let Some(request) = cx.desk.take_waiting(ordinal, session)
            {
                match cx.machines[ordinal].answer_to(session).cloned() {
                    Some(Kept::Plain(answer)) => on.clients.answered(&mut cx, request, answer),
                    Some(Kept::Etcd(result)) => on.etcd.answer_call(&mut cx, request, &result),
                    None => {}
                }
            }
            if !on.etcd.calls.is_empty() {
                on.etcd.feed_watches(&mut cx, ordinal);
            }
        }
    }

    /// The reads for which a server has applied enough are answered.
    fn answer_reads(&mut self, ordinal: usize) {
        let applied = self.cluster.servers[ordinal].node.applied_index();
        for request in self.desk.take_due_reads(ordinal, applied) {
            let (mut cx, on) = self.parts();
            if on.etcd.is_call(request) {
                on.etcd.look(&mut cx, ordinal, request);
            } else {
                on.clients.read_is_due(&mut cx, ordinal, request);
            }
        }
    }

    /// A server went down: nobody gets an answer from it any more.
    fn connections_lost(&mut self, ordinal: usize) {
        let (mut cx, on) = self.parts();
        let server = cx.cluster.servers[ordinal].id;
        on.etcd.lose_calls(&mut cx, ordinal);
        for request in cx.desk.take_all(ordinal) {
            on.clients.connection_lost(&mut cx, request, server);
        }
    }

    fn tell_of_snapshots(&mut self) {
        while let Some((from, to, arrived)) = self.cluster.snapshots_sent.pop() {
            let ordinal = ordinal_of(from);
            let Some(server) = self.cluster.servers.get_mut(ordinal) else { continue };
            match server.power {
                Power::Up => {
                    self.step_node(ordinal, Input::SnapshotSent { to, arrived });
                    self.settle();
                }
                Power::Paused => server.inbox.push_back(Arrival::SnapshotSent { to, arrived }),
                Power::Crashed => {}
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
