//! The world: every server, every message and every client, one event at a time in an exact order.

mod act;
mod console;
mod digest;
mod etcd;
mod open;
mod outside;
mod requests;
mod restore;
mod saw;
mod snapshots;

pub use open::{OpenRequest, Whereabouts};
pub use saw::{Saw, SeenOffence};

use crate::chance::{Purpose, draw, mix};
use crate::client::Clients;
use crate::console::Console;
use crate::disk::PendingWrite;
use crate::etcd::Etcd;
use crate::followed::Followed;
use crate::happening::{Happening, LossReason, What};
use crate::machine::{Machine, session_of, write_of};
use crate::network::{InFlight, Network, draw_span};
use crate::queue::{Due, Item, Queue};
use crate::server::{Arrival, Power, Server, TimerState};
use crate::settings::{Settings, Span};
use crate::time::Place;
use crate::{MAX_IN_FLIGHT, MAX_TIME};
use etcd_kv::{Sorted, Store};
use raft_check::{Checker, Decision, Promise, Property, Sighting, Violation, linear};
use raft_core::{
    AppendReply, Body, Durable, EntryRef, Index, Input, Membership, Message, Micros, Node, NodeId,
    Note, Output, Proposal, ReadToken, Rule, StepDown, Timer, TimerRange, Write, WriteId,
};
use std::collections::VecDeque;
use std::sync::Arc;

/// Whether the safety properties are held against every event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Checks {
    /// At every event.
    Every,
    /// Never: for measuring what the checks cost.
    Off,
}

/// How many recent state machines are remembered, to be shared by servers that reach the same state.
const RECENT_MACHINES: usize = 4;

/// A cluster and everything around it at one moment. A copy is cheap: logs, stores and the checker's
/// memory share their structure.
#[derive(Clone, Debug)]
pub struct World {
    settings: Settings,
    now: Micros,
    after: u32,
    events: u64,
    trace: u64,
    queue: Queue,
    network: Network,
    servers: Vec<Server>,
    clients: Clients,
    checker: Checker,
    checks: Checks,
    recent: VecDeque<Machine>,
    recording: bool,
    happenings: Vec<Happening>,
    outputs: Vec<Output>,
    /// The state machines that snapshots stand for, by their lineage.
    snapshots: Sorted<u64, Machine>,
    last_token: ReadToken,
    /// When something was last committed, or last done to the run.
    last_progress: Micros,
    /// The first working leader that was deposed by a server which could not win, and by whom.
    deposed: Option<(NodeId, NodeId)>,
    /// What became of snapshots: sender, receiver, whether it arrived.
    snapshots_sent: Vec<(NodeId, NodeId, bool)>,
    etcd: Etcd,
    followed: Option<Arc<Followed>>,
    consoles: Arc<Vec<Arc<Console>>>,
    files: Sorted<String, etcd_kv::Bytes>,
    origin: Origin,
}

/// What came of one input to a server.
struct Stepped {
    /// What became of a proposal, if the input was one.
    proposal: Option<Proposal>,
    /// A follower needs a newer snapshot than there is.
    wants_snapshot: bool,
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
        let all = 1..=u64::from(settings.nodes);
        let servers = all.map(|id| new_server(NodeId(id), &settings, &origin.members));
        let mut world = World {
            now: 0,
            after: 0,
            events: 0,
            trace: 0,
            queue: Queue::default(),
            network: Network::new(usize::from(settings.nodes)),
            servers: servers.collect(),
            clients: Clients::default(),
            checker: Checker::default(),
            checks,
            recent: VecDeque::new(),
            recording: false,
            happenings: Vec::new(),
            outputs: Vec::new(),
            snapshots: Sorted::default(),
            last_token: 0,
            last_progress: 0,
            deposed: None,
            snapshots_sent: Vec::new(),
            etcd: Etcd::default(),
            followed: None,
            consoles: Arc::default(),
            files: Sorted::default(),
            origin,
            settings,
        };
        for place in 0..world.servers.len() {
            world.step_node(place, Input::Start);
        }
        world
    }

    // ---- looking ----

    /// The settings as they stand.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Simulated time since the start.
    pub fn now(&self) -> Micros {
        self.now
    }

    /// The exact place that has been reached.
    pub fn place(&self) -> Place {
        Place { time: self.now, after: self.after }
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
        self.servers.get(place_of(id))
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

    /// A server's role as scenario text names it.
    pub fn role_name(&self, server: &Server) -> &'static str {
        server.role_name()
    }

    /// What was broken so far.
    pub fn violations(&self) -> &[Violation] {
        self.checker.violations()
    }

    /// Who led a term, if anybody did.
    pub fn leader_of(&self, term: raft_core::Term) -> Option<NodeId> {
        self.checker.leader_of(term)
    }

    /// How many terms have passed in which nobody became leader.
    pub fn leaderless_terms(&self) -> u64 {
        let highest = self.servers.iter().map(|server| server.node.term()).max().unwrap_or(0);
        let passed = highest.saturating_sub(1);
        passed.saturating_sub(self.checker.led_terms_below(highest))
    }

    /// Whether the property has been seen broken.
    pub fn is_violated(&self, property: Property) -> bool {
        match property {
            Property::Linearizability => {
                return self.linearizability() == linear::Verdict::NotLinearizable;
            }
            Property::Progress => return self.is_stuck(),
            Property::LeaderStability => return self.deposed.is_some(),
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

    /// Whether what clients saw could have come from one copy of the data.
    pub fn linearizability(&self) -> linear::Verdict {
        self.clients.watcher.verdict()
    }

    /// The highest index that any server has committed.
    pub fn committed(&self) -> Index {
        self.checker.committed()
    }

    /// The entry that was first committed at an index, by anybody.
    pub fn committed_entry(&self, index: Index) -> Option<&EntryRef> {
        self.checker.committed_entry(index)
    }

    /// When the next event is due.
    pub fn next_due(&mut self) -> Option<Micros> {
        while let Some(item) = self.queue.peek() {
            if self.is_valid(item) {
                return Some(item.due);
            }
            self.queue.pop();
        }
        None
    }

    // ---- time passes ----

    /// Whether happenings are kept until they are taken.
    pub fn record(&mut self, recording: bool) {
        self.recording = recording;
    }

    /// Takes what has happened since the last call.
    pub fn take_happenings(&mut self) -> Vec<Happening> {
        std::mem::take(&mut self.happenings)
    }

    /// Processes the next event, if there is one before the end of time.
    pub fn step(&mut self) -> bool {
        let Some(due) = self.next_due() else { return false };
        if due > MAX_TIME {
            return false;
        }
        let Some(item) = self.queue.pop() else { return false };
        if due > self.now {
            self.now = due;
            self.after = 0;
        }
        if self.is_idle_look(&item) {
            return true;
        }
        self.after += 1;
        self.events += 1;
        self.trace = mix(mix(self.trace, item.due), item.sequence);
        match item.what {
            Due::Delivery { slot } => self.deliver(slot),
            Due::Timer { server, timer } => self.fire(usize::from(server), timer),
            Due::Disk { server } => self.finish_write(usize::from(server)),
            Due::Inbox { server } => self.take_from_inbox(usize::from(server)),
            Due::Client { request } => self.look_after(request),
            Due::Load => self.load_tick(),
            Due::Call { call } => self.look_after_call(call),
            Due::Leases => self.look_at_leases(),
            Due::Console { console, ticket } => self.wake_console(console, ticket),
        }
        self.tell_of_snapshots();
        self.hand_out_answers();
        true
    }

    /// Lets time pass up to `time`, everything due at that very time included.
    pub fn run_to(&mut self, time: Micros) {
        let time = time.min(MAX_TIME);
        while self.next_due().is_some_and(|due| due <= time) {
            self.step();
        }
        self.pass_to(time);
    }

    /// Lets time pass up to an exact place.
    pub fn go_to(&mut self, place: Place) {
        let target = (place.time.min(MAX_TIME), place.after);
        while let Some(due) = self.next_due() {
            let done = if due > self.now { 0 } else { self.after };
            if (due, done) >= target {
                break;
            }
            self.step();
        }
        self.pass_to(target.0);
    }

    /// Drops what takes room and means nothing: void items of the queue, and state machines that
    /// are only remembered to be shared.
    pub(crate) fn compact(&mut self) {
        self.recent = VecDeque::new();
        let mut queue = std::mem::take(&mut self.queue);
        queue.retain(|item| self.is_valid(item));
        self.queue = queue;
    }

    fn pass_to(&mut self, time: Micros) {
        if time > self.now {
            self.now = time;
            self.after = 0;
        }
    }

    fn is_valid(&self, item: &Item) -> bool {
        match item.what {
            Due::Delivery { slot } => {
                self.network.get(slot).is_some_and(|flight| flight.sequence == item.sequence)
            }
            Due::Timer { server, timer } => self.servers[usize::from(server)].timers
                [timer as usize]
                .is_some_and(|state| state.sequence == item.sequence),
            Due::Disk { server } => self.servers[usize::from(server)]
                .disk
                .pending
                .iter()
                .any(|write| write.sequence == item.sequence),
            Due::Inbox { server } => {
                let server = &self.servers[usize::from(server)];
                server.inbox_due > 0 && item.sequence >= server.inbox_from
            }
            Due::Client { request } => {
                self.clients.open.get(&request).is_some_and(|open| open.sequence == item.sequence)
            }
            Due::Load => {
                self.clients.load.running.is_some_and(|load| load.sequence == item.sequence)
            }
            Due::Call { call } => self.etcd.calls.get(&call).is_some(),
            Due::Leases => self.etcd.lease_look == item.sequence,
            Due::Console { console, ticket } => self.sleeps(console, ticket, item.sequence),
        }
    }

    /// A timer that runs out while its server is paused waits for the resume and is no event.
    fn is_idle_look(&mut self, item: &Item) -> bool {
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

    // ---- events ----

    fn deliver(&mut self, slot: u32) {
        let Some(InFlight { message, .. }) = self.network.take(slot) else { return };
        self.receive(message);
    }

    fn receive(&mut self, message: Message) {
        let place = place_of(message.to);
        let (from, to, kind, term) = (message.from, message.to, message.kind(), message.term);
        let Some(server) = self.servers.get_mut(place) else { return };
        match server.power {
            Power::Crashed => self.lose(&message, LossReason::Down),
            Power::Paused => server.inbox.push_back(Arrival::Message(message)),
            Power::Up => {
                self.note(|| What::Delivered { from, to, kind, term });
                self.report_snapshot(&message, true);
                self.step_node(place, Input::Receive(message));
            }
        }
    }

    fn fire(&mut self, place: usize, timer: Timer) {
        self.servers[place].timers[timer as usize] = None;
        let server = self.servers[place].id;
        self.note(|| What::TimerFired { server, timer });
        self.step_node(place, Input::Timer(timer));
    }

    fn finish_write(&mut self, place: usize) {
        let server = &mut self.servers[place];
        let Some(write) = server.disk.finish() else { return };
        match server.power {
            Power::Up => {
                let id = server.id;
                self.note(|| What::Durable { server: id });
                self.persisted(place, write.id);
            }
            Power::Paused => server.inbox.push_back(Arrival::Persisted(write.id)),
            Power::Crashed => {}
        }
    }

    fn take_from_inbox(&mut self, place: usize) {
        let server = &mut self.servers[place];
        server.inbox_due = server.inbox_due.saturating_sub(1);
        match server.inbox.pop_front() {
            Some(Arrival::Message(message)) => self.receive(message),
            Some(Arrival::Persisted(write)) => self.persisted(place, write),
            Some(Arrival::Request(id)) if self.is_call(id) => self.take_call(place, id),
            Some(Arrival::Request(request)) => self.serve(place, request),
            Some(Arrival::SnapshotSent { to, arrived }) => {
                self.step_node(place, Input::SnapshotSent { to, arrived });
            }
            None => {}
        }
    }

    // ---- what follows from them ----

    /// Steps a server, and all that follows from it within the server itself.
    fn step_node(&mut self, place: usize, input: Input) {
        let _not_proposed = self.propose(place, input);
    }

    /// As [`World::step_node`], with a proposal; what became of it.
    fn propose(&mut self, place: usize, input: Input) -> Option<Proposal> {
        let proposal = self.step_until_idle(place, input);
        self.serve_due_reads(place);
        self.snapshot_if_due(place);
        if !self.etcd.is_idle() {
            self.change_lessor(place);
            self.look_at_calls(place);
        }
        proposal
    }

    /// The input, what the server then sends to itself, and what it has to apply.
    fn step_until_idle(&mut self, place: usize, input: Input) -> Option<Proposal> {
        let mut proposal = None;
        let mut own_mail = VecDeque::new();
        let mut next = Some(input);
        while let Some(input) = next {
            let stepped = self.step_once(place, input, &mut own_mail);
            proposal = proposal.or(stepped.proposal);
            let saved = if stepped.wants_snapshot { self.save_snapshot(place) } else { None };
            let saved = saved.map(Input::SnapshotSaved);
            next = saved.or_else(|| own_mail.pop_front().map(Input::Receive));
            if next.is_none()
                && let Some((first, last)) = self.servers[place].node.next_apply()
            {
                self.apply(place, first, last);
                next = Some(Input::Applied(last));
            }
        }
        proposal
    }

    /// A write is durable: what rests on it leaves, and the server is told.
    fn persisted(&mut self, place: usize, write: WriteId) {
        while let Some((after, _)) = self.servers[place].held.front() {
            if *after > write {
                break;
            }
            let Some((_, message)) = self.servers[place].held.pop_front() else { break };
            if message.to == message.from {
                self.step_node(place, Input::Receive(message));
            } else {
                self.send(message);
            }
        }
        self.step_node(place, Input::Persisted(write));
    }

    /// One input: its outputs are carried out, and the result is held against what must be true.
    fn step_once(
        &mut self,
        place: usize,
        input: Input,
        own_mail: &mut VecDeque<Message>,
    ) -> Stepped {
        let mut outputs = std::mem::take(&mut self.outputs);
        let before = self.servers[place].node.membership().clone();
        self.servers[place].node.step(input, &mut outputs);
        let mut stepped = Stepped { proposal: None, wants_snapshot: false };
        let mut written_from: Option<Index> = None;
        let mut term_from: Option<NodeId> = None;
        for output in outputs.drain(..) {
            match output {
                Output::Send(message) if message.to == message.from => own_mail.push_back(message),
                Output::Send(message) => self.send(message),
                Output::SendAfter(write, message) => {
                    self.servers[place].held.push_back((write, message));
                }
                Output::Restore(snapshot) => self.restore_machine(place, &snapshot),
                Output::SnapshotWanted => stepped.wants_snapshot = true,
                Output::Read { token, index } => self.read_confirmed(place, token, index),
                Output::Persist(write) => {
                    let from = write.log.as_ref().map(|log| log.first_index);
                    written_from = from.or(written_from);
                    self.persist(place, write);
                }
                Output::SetTimer(timer, range) => self.set_timer(place, timer, range),
                Output::CancelTimer(timer) => self.servers[place].timers[timer as usize] = None,
                Output::Proposed(proposal) => stepped.proposal = Some(proposal),
                Output::Note(note) => {
                    let server = self.servers[place].id;
                    if let Note::TermAdopted { from, .. } = note {
                        term_from = Some(from);
                    }
                    self.watch_for_deposed(place, &note, term_from);
                    self.note(|| What::Decided { server, note });
                }
            }
        }
        self.outputs = outputs;
        self.check(place, written_from, &before);
        stepped
    }

    /// Holds a server against what must be true; `before` are the members as it knew them before
    /// the step.
    fn check(&mut self, place: usize, written_from: Option<Index>, before: &Arc<Membership>) {
        if self.checks == Checks::Off {
            return;
        }
        let server = &self.servers[place];
        let known = self.checker.violations().len();
        let seen = Sighting {
            id: server.id,
            term: server.node.term(),
            is_leader: server.node.is_leader(),
            log: server.node.log(),
            written_from,
            commit_index: server.node.commit_index(),
            applied_index: server.node.applied_index(),
        };
        if seen.commit_index > self.checker.commit_seen(server.id) {
            self.last_progress = self.now;
        }
        if self.checker.decides(&seen)
            && let Some((decision, membership)) = self.decision(server, before)
        {
            let halves = [&membership.voters[..], &membership.outgoing];
            self.checker.decided(self.now, decision, &halves);
        }
        self.checker.observe(self.now, seen);
        self.note_violations(known);
    }

    /// Who stands behind a leader: with an entry, whose disks hold it; without one, who has given it
    /// a vote. `None` where nobody knows any more.
    fn decision(
        &self,
        leader: &Server,
        before: &Arc<Membership>,
    ) -> Option<(Decision, Arc<Membership>)> {
        let node = &leader.node;
        let committed = node.commit_index();
        let entry = (committed > self.checker.commit_seen(leader.id))
            .then(|| node.log().position_at(committed))
            .flatten();
        let behind: Vec<NodeId> = match entry {
            Some(entry) => {
                let holds = |other: &&Server| {
                    let log = &other.disk.durable.log;
                    // What an erased disk held is not known any more.
                    other.wiped || log.holds(entry) || log.base().index > entry.index
                };
                self.servers.iter().filter(holds).map(|server| server.id).collect()
            }
            None => self.checker.voters_of(node.term(), leader.id)?,
        };
        // The step may have changed the members: those before have decided, or those after.
        let after = node.membership();
        let majority = |half: &[NodeId]| {
            half.is_empty() || 2 * half.iter().filter(|id| behind.contains(id)).count() > half.len()
        };
        let enough = majority(&after.voters) && majority(&after.outgoing);
        let membership = if enough { after.clone() } else { before.clone() };
        Some((Decision { leader: leader.id, term: node.term(), behind, entry }, membership))
    }

    /// A leader that gives way to a higher term, though whoever has brought it cannot win: it lacks
    /// what is committed.
    fn watch_for_deposed(&mut self, place: usize, note: &Note, term_from: Option<NodeId>) {
        let gives_way = matches!(
            note,
            Note::SteppedDown { was_leader: true, because: StepDown::HigherTerm { .. }, .. }
        );
        if !gives_way || self.deposed.is_some() {
            return;
        }
        let (leader, committed) = {
            let server = &self.servers[place];
            (server.id, server.node.commit_index())
        };
        if let Some(from) = term_from.and_then(|from| self.server(from))
            && from.node.log().last_index() < committed
        {
            self.deposed = Some((leader, from.id));
        }
    }

    /// Whether nothing has been committed for long, though a majority is there, nothing is done to
    /// the run, and something waits: an election, an entry, or a client that retries.
    fn is_stuck(&self) -> bool {
        const PATIENCE: Micros = 10_000_000;
        let live: Vec<NodeId> = self.servers.iter().filter(|s| s.is_live()).map(|s| s.id).collect();
        let voters = &self.membership().voters;
        let present: Vec<NodeId> = voters.iter().filter(|id| live.contains(id)).copied().collect();
        let whole = present.iter().all(|a| {
            present
                .iter()
                .all(|b| !self.network.is_blocked(*a, *b) && !self.network.is_held(*a, *b))
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
            && self.now >= self.last_progress + PATIENCE
    }

    /// Holds what a server promises against its disk.
    fn check_promise(&mut self, message: &Message) {
        let Some(server) = self.servers.get(place_of(message.from)) else { return };
        if let Body::RequestVoteReply { vote_granted: true } = message.body {
            self.checker.voted(message.term, message.from, message.to);
        }
        let durable = &server.disk.durable;
        if server.node.term() != message.term {
            // The server is ahead of a message that waited: what it rests on may be gone by now.
            return;
        }
        let is_vote = matches!(message.body, Body::RequestVoteReply { vote_granted: true });
        let promise = if is_vote && (durable.term, durable.vote) != (message.term, Some(message.to))
        {
            Promise::Vote { term: message.term, candidate: message.to }
        } else if let Body::AppendEntriesReply(AppendReply::Accepted { match_index }) = message.body
        {
            let Some(held) = server.node.log().position_at(match_index) else { return };
            if durable.log.holds(held) || durable.log.base().index >= held.index {
                return;
            }
            Promise::Entry(held)
        } else {
            return;
        };
        let before = self.checker.violations().len();
        self.checker.not_durable(self.now, message.from, promise);
        self.note_violations(before);
    }

    fn note_violations(&mut self, before: usize) {
        let new: Vec<Violation> =
            self.checker.violations().get(before..).unwrap_or_default().to_vec();
        for violation in new {
            self.note(|| What::Violated(violation));
        }
    }

    fn send(&mut self, message: Message) {
        let (from, to, kind, term) = (message.from, message.to, message.kind(), message.term);
        self.note(|| What::Sent { from, to, kind, term });
        if self.checks == Checks::Every {
            self.check_promise(&message);
        }
        let drawn = self.network.draw(self.settings.seed, &self.settings.live, from, to);
        if self.network.is_blocked(from, to) {
            return self.lose(&message, LossReason::Cut);
        }
        if let Some(latency) = drawn.copy {
            self.launch(message.clone(), latency);
        }
        match drawn.latency {
            Some(latency) => self.launch(message, latency),
            None => self.lose(&message, LossReason::Chance),
        }
    }

    fn launch(&mut self, message: Message, latency: Micros) {
        if self.network.in_flight_len() >= MAX_IN_FLIGHT {
            return self.lose(&message, LossReason::Full);
        }
        let due = self.now + latency;
        let slot = self.network.launch(message, self.now, due);
        if !self.network.get(slot).is_some_and(|flight| flight.held) {
            self.schedule(slot, due);
        }
    }

    fn schedule(&mut self, slot: u32, due: Micros) {
        let sequence = self.queue.push(due, Due::Delivery { slot });
        if let Some(flight) = self.network.get_mut(slot) {
            flight.sequence = sequence;
            flight.due = due;
        }
    }

    fn lose(&mut self, message: &Message, because: LossReason) {
        let (from, to, kind) = (message.from, message.to, message.kind());
        self.report_snapshot(message, false);
        self.note(|| What::Lost { from, to, kind, because });
    }

    fn persist(&mut self, place: usize, write: Write) {
        let (seed, span, now) = (self.settings.seed, self.settings.live.fsync, self.now);
        let server = &mut self.servers[place];
        server.disk.begun += 1;
        let takes = draw_span(seed, Purpose::Fsync, server.id.0, 0, server.disk.begun, span);
        let due = server.disk.pending.back().map_or(now + takes, |last| last.due.max(now + takes));
        let sequence = self.queue.push(due, Due::Disk { server: to_u8(place) });
        server.disk.pending.push_back(PendingWrite { write, due, sequence });
    }

    fn set_timer(&mut self, place: usize, timer: Timer, range: TimerRange) {
        let server = &mut self.servers[place];
        let draws = &mut server.timer_draws[timer as usize];
        *draws += 1;
        let span = Span { min: range.min, max: range.max };
        let (id, kind) = (server.id.0, timer as u64);
        let takes = draw_span(self.settings.seed, Purpose::Timer, id, kind, *draws, span);
        let takes = if server.clock_percent == 100 {
            takes
        } else {
            (takes * 100 / u64::from(server.clock_percent)).max(1)
        };
        self.set_deadline(place, timer, self.now + takes);
    }

    fn set_deadline(&mut self, place: usize, timer: Timer, deadline: Micros) {
        let what = Due::Timer { server: to_u8(place), timer };
        let sequence = self.queue.push(deadline, what);
        self.servers[place].timers[timer as usize] =
            Some(TimerState { set_at: self.now, deadline, sequence, overdue: false });
    }

    fn apply(&mut self, place: usize, first: Index, last: Index) {
        let once = self.settings.live.rules.holds(Rule::ApplyOnce);
        for index in first..=last {
            let server = &mut self.servers[place];
            let Some(entry) = server.node.log().get(index).cloned() else { return };
            let lineage = server.machine.lineage_after(&entry);
            let used = server.machine.store().size_in_use();
            match self.recent.iter().find(|machine| machine.lineage() == lineage) {
                Some(machine) => server.machine = machine.clone(),
                None => {
                    server.machine.apply(&entry, once);
                    self.recent.truncate(RECENT_MACHINES - 1);
                    self.recent.push_front(server.machine.clone());
                }
            }
            if let Some(write) = write_of(&entry) {
                self.count_leases(place, &write);
                self.record_changes(place, entry.index);
                self.note_file_size(place, used);
            }
            if !self.servers[place].waiting.is_empty()
                && let Some(session) = session_of(&entry)
            {
                self.answer_waiting(place, session);
            }
            if !self.etcd.calls.is_empty() {
                self.feed_watches(place);
            }
        }
    }

    fn note(&mut self, what: impl FnOnce() -> What) {
        if self.recording {
            self.happenings.push(Happening { at: self.now, what: what() });
        }
    }
}

fn new_server(id: NodeId, settings: &Settings, began_with: &Membership) -> Server {
    // Whoever joins later knows too what the cluster began with, and learns the rest from the log.
    let durable = Durable::bootstrap(began_with.clone());
    Server {
        id,
        power: Power::Up,
        node: Node::new(settings.config(id), durable.clone()),
        disk: crate::disk::Disk { durable, ..Default::default() },
        machine: Machine::default(),
        timers: [None; Timer::ALL.len()],
        timer_draws: [0; Timer::ALL.len()],
        inbox: VecDeque::new(),
        inbox_due: 0,
        inbox_from: 0,
        waiting: Vec::new(),
        held: VecDeque::new(),
        reads_asked: Vec::new(),
        reads_due: Vec::new(),
        clock_percent: 100,
        wiped: false,
        crashes: 0,
    }
}

/// Where a server stands in the list.
pub(crate) fn place_of(id: NodeId) -> usize {
    usize::try_from(id.0.wrapping_sub(1)).unwrap_or(usize::MAX)
}

fn to_u8(place: usize) -> u8 {
    u8::try_from(place).unwrap_or(u8::MAX)
}

/// How many records of an unfinished write survive a crash.
fn torn_records(seed: u64, server: &Server, chance: u32) -> usize {
    let pending = server.disk.pending_records();
    let roll = |n| draw(seed, Purpose::Torn, server.id.0, n, server.crashes, 1_000_000);
    if pending == 0 || roll(0) >= u64::from(chance) {
        return 0;
    }
    let kept = draw(seed, Purpose::Torn, server.id.0, 1, server.crashes, pending as u64 + 1);
    usize::try_from(kept).unwrap_or(0)
}
