//! The cluster: clock, queue, network, servers, disks and the checker. It knows Raft and nothing of
//! what is replicated: no keys, leases, consoles or clients. Whoever stands above hands it the next
//! thing that is due or something to do, one input at a time, and is told what came of it: what a
//! server then has to do, or the [`Effect`]s that only those above can carry out.

mod checks;
mod connections;
mod faults;
mod reseed;
mod step;

use crate::chance::{Purpose, draw, mix};
use crate::disk::Disk;
use crate::network::Network;
use crate::queue::{Alarm, Due, Item, Queue};
use crate::server::{Power, Server, Standing};
use crate::settings::{Live, Settings};
use crate::time::Moment;
use crate::trace::{TraceEvent, What};
use raft_check::{Checker, Violation};
use raft_core::{
    Durable, EntryRef, Index, Input, Membership, Micros, Node, NodeId, Output, ReadToken, Snapshot,
    Timer, WriteId,
};
use std::borrow::Cow;
use std::collections::VecDeque;
use std::sync::Arc;

/// Whether the safety properties are checked at every event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Checks {
    /// At every event.
    Every,
    /// Never: for measuring what the checks cost.
    Off,
}

/// The servers and everything between them at one moment. A copy is cheap: logs and the checker's
/// memory share their structure.
#[derive(Clone, Debug)]
pub struct Cluster {
    pub(crate) settings: Settings,
    /// What keys all draws: the seed, until `reseed` puts another number in its place. Identifiers
    /// of members stay the seed's.
    pub(crate) chance: u64,
    pub(crate) now: Micros,
    pub(crate) after: u32,
    pub(crate) events: u64,
    /// A hash of all events so far.
    pub(crate) trace: u64,
    pub(crate) queue: Queue,
    pub(crate) network: Network,
    connections: connections::Connections,
    pub(crate) servers: Vec<Server>,
    pub(crate) checker: Checker,
    checks: Checks,
    recording: bool,
    recorded: Vec<TraceEvent>,
    /// Empty between steps: kept for its memory.
    outputs: Vec<Output>,
    /// What those above have to carry out, in order, and at which server.
    pub(crate) effects: VecDeque<(usize, Effect)>,
    /// The members that the cluster began with.
    pub(crate) began_with: Membership,
    /// When something was last committed, or last done to the run.
    pub(crate) last_progress: Micros,
    /// The first working leader that was deposed by a server which could not win, and by whom.
    pub(crate) deposed: Option<(NodeId, NodeId)>,
    /// What became of snapshots: sender, receiver, whether it arrived. Senders learn it at the end
    /// of the event.
    pub(crate) snapshots_sent: Vec<(NodeId, NodeId, bool)>,
}

/// What is to be done about a thing that was due.
#[derive(Debug)]
pub(crate) enum Todo {
    /// Nothing more.
    Nothing,
    /// This server gets this input.
    Step(usize, Input),
    /// This server's write is durable.
    Persisted(usize, WriteId),
    /// This server, which has just been resumed, takes a call of those above that waited for it.
    TakeCall(usize, u64),
    /// An alarm that those above have set goes off.
    Alarm(Alarm),
}

/// What a server asks of those above the cluster.
#[derive(Clone, Debug)]
pub(crate) enum Effect {
    /// Its state machine becomes what a snapshot from the leader says.
    Restore(Arc<Snapshot>),
    /// A read may be served once everything up to the index is applied there.
    ReadReady(ReadToken, Index),
    /// A follower needs a newer snapshot than there is.
    SnapshotWanted,
    /// It cannot go on: its process ends.
    Stopped,
    /// It has stepped: something may be committed that it has not applied, and more may follow.
    Stepped,
}

impl Cluster {
    /// Servers that are on and have not begun yet.
    pub(crate) fn new(settings: Settings, checks: Checks) -> Cluster {
        let members = settings.membership();
        let all = 1..=u64::from(settings.nodes);
        let servers = all.map(|id| new_server(NodeId(id), &settings, &members));
        Cluster {
            chance: settings.seed,
            now: 0,
            after: 0,
            events: 0,
            trace: 0,
            queue: Queue::default(),
            network: Network::new(usize::from(settings.nodes)),
            connections: Default::default(),
            servers: servers.collect(),
            checker: Checker::default(),
            checks,
            recording: false,
            recorded: Vec::new(),
            outputs: Vec::new(),
            effects: VecDeque::new(),
            began_with: members,
            last_progress: 0,
            deposed: None,
            snapshots_sent: Vec::new(),
            settings,
        }
    }

    /// One more server, which knows what the cluster began with and has not begun yet.
    pub(crate) fn grow(&mut self) {
        let id = NodeId(self.servers.len() as u64 + 1);
        let server = new_server(id, &self.settings, &self.began_with);
        self.servers.push(Server { since: self.now, ..server });
        self.network.grow();
    }

    // ---- looking ----
    /// The settings as they stand.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The settings that hold for a server: its own, and the cluster's where it has none.
    pub(crate) fn live_of(&self, ordinal: usize) -> Cow<'_, Live> {
        let live = &self.settings.live;
        self.servers.get(ordinal).map_or(Cow::Borrowed(live), |server| live.with(&server.own))
    }

    /// Simulated time since the start.
    pub fn now(&self) -> Micros {
        self.now
    }

    /// The exact moment that has been reached.
    pub fn moment(&self) -> Moment {
        Moment { time: self.now, after: self.after }
    }

    /// How many events have been processed.
    pub fn events(&self) -> u64 {
        self.events
    }

    /// Every server, in order of id.
    pub fn servers(&self) -> &[Server] {
        &self.servers
    }

    /// One server.
    pub fn server(&self, id: NodeId) -> Option<&Server> {
        self.servers.get(ordinal_of(id))
    }

    /// The network.
    pub fn network(&self) -> &Network {
        &self.network
    }

    /// The live leader of the highest term, if there is one.
    pub fn leader(&self) -> Option<&Server> {
        self.servers
            .iter()
            .filter(|server| server.is_live_leader())
            .max_by_key(|server| (server.node.term(), std::cmp::Reverse(server.id)))
    }

    /// The members as the live leader knows them; without one, as the live server that has applied
    /// most does.
    pub fn membership(&self) -> &Membership {
        let most = || {
            let live = self.servers.iter().filter(|server| server.is_live());
            live.max_by_key(|server| (server.node.applied_index(), std::cmp::Reverse(server.id)))
        };
        let server = self.leader().or_else(most).unwrap_or(&self.servers[0]);
        server.node.membership()
    }

    /// Whether the server belongs to the cluster.
    pub fn is_member(&self, id: NodeId) -> bool {
        self.membership().contains(id)
    }

    /// What was broken so far.
    pub fn violations(&self) -> &[Violation] {
        self.checker.violations()
    }

    /// Who led a term, if anybody did.
    pub fn leader_of(&self, term: raft_core::Term) -> Option<NodeId> {
        self.checker.leader_of(term)
    }

    /// The latest term in which anybody led, and who did.
    pub fn last_leader(&self) -> Option<(raft_core::Term, NodeId)> {
        self.checker.last_leader()
    }

    /// How many terms have passed in which nobody became leader.
    pub fn leaderless_terms(&self) -> u64 {
        let highest = self.servers.iter().map(|server| server.node.term()).max().unwrap_or(0);
        let passed = highest.saturating_sub(1);
        passed.saturating_sub(self.checker.led_terms_below(highest))
    }

    /// The highest index that any server has committed.
    pub fn committed(&self) -> Index {
        self.checker.committed()
    }

    /// The entry that was first committed at an index, by anybody.
    pub fn committed_entry(&self, index: Index) -> Option<&EntryRef> {
        self.checker.committed_entry(index)
    }

    // ---- time passes ----

    /// When the next thing is due. `expects` tells of an alarm whether those above still wait for
    /// it.
    pub(crate) fn next_due(&mut self, expects: impl Fn(Alarm, u64) -> bool) -> Option<Micros> {
        while let Some(item) = self.queue.peek() {
            if self.is_valid(item, &expects) {
                return Some(item.due);
            }
            self.queue.pop();
        }
        None
    }

    /// Takes the next thing, which [`Cluster::next_due`] has found: time passes to it, and it
    /// counts as an event. `None` where it does not count: a timer that runs out while its server
    /// is paused.
    pub(crate) fn next_event(&mut self) -> Option<Due> {
        let item = self.queue.pop()?;
        self.pass_to(item.due);
        if self.is_paused_timer(&item) {
            return None;
        }
        self.after += 1;
        self.events += 1;
        self.trace = mix(mix(self.trace, item.due), item.sequence);
        Some(item.what)
    }

    /// Drops the void items of the queue.
    pub(crate) fn compact(&mut self, expects: impl Fn(Alarm, u64) -> bool) {
        let mut queue = std::mem::take(&mut self.queue);
        queue.retain(|item| self.is_valid(item, &expects));
        self.queue = queue;
    }

    fn is_valid(&self, item: &Item, expects: impl Fn(Alarm, u64) -> bool) -> bool {
        match item.what {
            Due::Delivery { slot } => {
                self.network.get(slot).is_some_and(|flight| flight.sequence == item.sequence)
            }
            Due::Timer { server, timer } => self.servers[usize::from(server)].timers
                [timer as usize]
                .is_some_and(|state| state.sequence == item.sequence),
            Due::Disk { server } => {
                let pending = &self.servers[usize::from(server)].disk.pending;
                pending.iter().any(|write| write.sequence == item.sequence)
            }
            Due::Inbox { server } => {
                let server = &self.servers[usize::from(server)];
                server.inbox_due > 0 && item.sequence >= server.inbox_from
            }
            Due::Alarm { kind, key } => expects(Alarm { kind, key }, item.sequence),
        }
    }

    /// Sets an alarm for the service above; its number, which is never 0.
    pub fn set_alarm(&mut self, due: Micros, alarm: Alarm) -> u64 {
        let Alarm { kind, key } = alarm;
        self.queue.push(due, Due::Alarm { kind, key })
    }

    /// Whether trace events are kept until they are taken.
    pub(crate) fn record(&mut self, recording: bool) {
        self.recording = recording;
    }

    /// Takes what has happened since the last call.
    pub(crate) fn take_trace(&mut self) -> Vec<TraceEvent> {
        std::mem::take(&mut self.recorded)
    }

    pub(crate) fn note(&mut self, what: impl FnOnce() -> What) {
        if self.recording {
            self.recorded.push(TraceEvent { at: self.now, what: what() });
        }
    }

    pub(crate) fn pass_to(&mut self, time: Micros) {
        if time > self.now {
            self.now = time;
            self.after = 0;
        }
    }

    /// A timer that runs out while its server is paused waits for the resume and is not an event.
    pub(crate) fn is_paused_timer(&mut self, item: &Item) -> bool {
        let Due::Timer { server, timer } = item.what else { return false };
        let server = &mut self.servers[usize::from(server)];
        if server.power != Power::Paused {
            return false;
        }
        if let Some(state) = &mut server.timers[timer as usize] {
            state.overdue = true;
            state.sequence = 0;
        }
        true
    }
}

pub(crate) fn new_server(id: NodeId, settings: &Settings, began_with: &Membership) -> Server {
    // Whoever joins later knows too what the cluster began with, and learns the rest from the log.
    let durable = Durable::bootstrap(began_with.clone());
    Server {
        id,
        power: Power::Up,
        standing: Standing::Known,
        incarnation: 0,
        since: 0,
        paused_at: None,
        leader_known_at: 0,
        node: Node::new(settings.live.config(id), durable.clone()),
        disk: Disk { durable, ..Default::default() },
        timers: [None; Timer::ALL.len()],
        timer_draws: [0; Timer::ALL.len()],
        inbox: VecDeque::new(),
        inbox_due: 0,
        inbox_from: 0,
        held: VecDeque::new(),
        clock_percent: 100,
        own: Vec::new(),
        wiped: false,
        returned: false,
        crashes: 0,
    }
}

/// Where a server stands in the list.
pub(crate) fn ordinal_of(id: NodeId) -> usize {
    usize::try_from(id.0.wrapping_sub(1)).unwrap_or(usize::MAX)
}

pub(crate) fn to_u8(ordinal: usize) -> u8 {
    u8::try_from(ordinal).unwrap_or(u8::MAX)
}

/// How many records of an unfinished write survive a crash.
pub(crate) fn torn_records(seed: u64, server: &Server, chance: u32) -> usize {
    let pending = server.disk.pending_records();
    let roll = |n| draw(seed, Purpose::Torn, server.id.0, n, server.crashes, 1_000_000);
    if pending == 0 || roll(0) >= u64::from(chance) {
        return 0;
    }
    let kept = draw(seed, Purpose::Torn, server.id.0, 1, server.crashes, pending as u64 + 1);
    usize::try_from(kept).unwrap_or(0)
}
