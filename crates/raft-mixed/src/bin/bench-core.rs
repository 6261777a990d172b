//! Our core against tikv's crate `raft`: commands per second through a cluster in memory, with the
//! same harness around both. Nothing is lost, no disk delays anything, and no clock runs.
//!
//! A command counts once it is committed and applied on every server. Ours and theirs take turns,
//! and what is reported is the median of the ratios of neighbouring rounds. Run it with
//! `--release`; `--json` prints one object.

#![allow(clippy::disallowed_types, reason = "a benchmark measures time")]

use raft::eraftpb;
use raft::storage::MemStorage;
use raft::{RawNode, StateRole};
use raft_core::{
    Config, Durable, Flavour, Index, Input, Log, Message, Node, NodeId, Output, Payload, Window,
    WriteId,
};
use std::sync::Arc;
use std::time::Instant;

/// Bytes in a command.
const COMMAND_BYTES: usize = 64;
/// How often ours and theirs take turns.
const ROUNDS: usize = 15;
/// Messages under way to one follower, for both.
const WINDOW: usize = 256;
/// Bytes of entries in one message, for both.
const MESSAGE_BYTES: u64 = 1 << 20;

/// A server in the harness.
trait Server {
    type Message;
    fn id(&self) -> u64;
    fn campaign(&mut self);
    fn is_leader(&self) -> bool;
    /// Proposes so many commands, one call each.
    fn propose_each(&mut self, count: usize);
    /// Proposes so many commands in one call.
    fn propose_all(&mut self, count: usize);
    fn receive(&mut self, message: Self::Message);
    /// Stores, applies and sends what follows from all that came in.
    fn process(&mut self, sent: &mut Vec<(u64, Self::Message)>);
    fn applied(&self) -> u64;
}

// ---- ours ----

struct Ours {
    node: Node,
    outputs: Vec<Output>,
    held: Vec<Message>,
    disk: Log,
    applied: Index,
    bytes: usize,
}

impl Ours {
    fn new(id: u64, servers: u64) -> Ours {
        let config = Config {
            max_entries_per_append: usize::MAX,
            max_bytes_per_append: MESSAGE_BYTES,
            window: Window { messages: WINDOW, bytes: 0 },
            flavour: Flavour::Etcd,
            ..Config::new(NodeId(id))
        };
        let durable = Durable::of((1..=servers).map(NodeId));
        Ours {
            disk: durable.log.clone(),
            node: Node::new(Arc::new(config), durable),
            outputs: Vec::new(),
            held: Vec::new(),
            applied: 0,
            bytes: 0,
        }
    }

    fn step(&mut self, input: Input) {
        self.node.step(input, &mut self.outputs);
    }

    /// Carries out the outputs so far; the last write among them.
    fn carry_out(&mut self, sent: &mut Vec<(u64, Message)>) -> Option<WriteId> {
        let mut last_write = None;
        for output in self.outputs.drain(..) {
            match output {
                Output::Send(message) => sent.push((message.to.0, message)),
                Output::SendAfter(_, message) => self.held.push(message),
                Output::Persist(write) => {
                    last_write = Some(write.id);
                    if let Some(log) = write.log {
                        if log.first_index <= self.disk.last_index() {
                            self.disk.truncate_from(log.first_index);
                        }
                        for entry in log.entries {
                            self.disk.append(entry);
                        }
                    }
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
        last_write
    }
}

impl Server for Ours {
    type Message = Message;

    fn id(&self) -> u64 {
        self.node.id().0
    }

    fn campaign(&mut self) {
        self.step(Input::Campaign);
    }

    fn is_leader(&self) -> bool {
        self.node.is_leader()
    }

    fn propose_each(&mut self, count: usize) {
        for _ in 0..count {
            self.step(Input::Propose(Payload::Data(vec![7; COMMAND_BYTES].into())));
        }
    }

    fn propose_all(&mut self, count: usize) {
        let command = || Payload::Data(vec![7; COMMAND_BYTES].into());
        self.step(Input::ProposeAll((0..count).map(|_| command()).collect()));
    }

    fn receive(&mut self, message: Message) {
        self.step(Input::Receive(message));
    }

    fn process(&mut self, sent: &mut Vec<(u64, Message)>) {
        while !self.outputs.is_empty() || self.node.has_next_apply() {
            if let Some(write) = self.carry_out(sent) {
                for message in std::mem::take(&mut self.held) {
                    if message.to == self.node.id() {
                        self.step(Input::Receive(message));
                    } else {
                        sent.push((message.to.0, message));
                    }
                }
                self.step(Input::Persisted(write));
            }
            if let Some((first, last)) = self.node.next_apply() {
                for entry in self.node.log().range(first, last) {
                    if let Payload::Data(data) = &entry.payload {
                        self.bytes += data.len();
                    }
                }
                self.applied = last;
                self.step(Input::Applied(last));
            }
        }
    }

    fn applied(&self) -> u64 {
        self.applied
    }
}

// ---- theirs ----

struct Theirs {
    node: RawNode<MemStorage>,
    applied: Index,
    bytes: usize,
}

impl Theirs {
    fn new(id: u64, servers: u64) -> Theirs {
        let config = raft::Config {
            max_size_per_msg: MESSAGE_BYTES,
            max_inflight_msgs: WINDOW,
            ..raft::Config::new(id)
        };
        let voters: Vec<u64> = (1..=servers).collect();
        let storage = MemStorage::new_with_conf_state((voters, vec![]));
        let silent = slog::Logger::root(slog::Discard, slog::o!());
        let node = RawNode::new(&config, storage, &silent).expect("a sound configuration");
        Theirs { node, applied: 0, bytes: 0 }
    }

    fn apply(&mut self, entries: Vec<eraftpb::Entry>) {
        for entry in entries {
            self.bytes += entry.data.len();
            self.applied = entry.index;
        }
    }
}

fn send(messages: Vec<eraftpb::Message>, sent: &mut Vec<(u64, eraftpb::Message)>) {
    sent.extend(messages.into_iter().map(|message| (message.to, message)));
}

impl Server for Theirs {
    type Message = eraftpb::Message;

    fn id(&self) -> u64 {
        self.node.raft.id
    }

    fn campaign(&mut self) {
        self.node.campaign().expect("it may stand");
    }

    fn is_leader(&self) -> bool {
        self.node.raft.state == StateRole::Leader
    }

    fn propose_each(&mut self, count: usize) {
        for _ in 0..count {
            self.node.propose(Vec::new(), vec![7; COMMAND_BYTES]).expect("it leads");
        }
    }

    fn propose_all(&mut self, count: usize) {
        let command = || eraftpb::Entry { data: vec![7; COMMAND_BYTES].into(), ..<_>::default() };
        let mut message = eraftpb::Message { from: self.id(), ..<_>::default() };
        message.set_msg_type(eraftpb::MessageType::MsgPropose);
        message.set_entries((0..count).map(|_| command()).collect());
        self.node.step(message).expect("it leads");
    }

    fn receive(&mut self, message: eraftpb::Message) {
        self.node.step(message).expect("nobody is a stranger here");
    }

    fn process(&mut self, sent: &mut Vec<(u64, eraftpb::Message)>) {
        while self.node.has_ready() {
            let mut ready = self.node.ready();
            send(ready.take_messages(), sent);
            self.apply(ready.take_committed_entries());
            let store = self.node.store().clone();
            store.wl().append(ready.entries()).expect("entries in order");
            if let Some(hard_state) = ready.hs() {
                store.wl().set_hardstate(hard_state.clone());
            }
            send(ready.take_persisted_messages(), sent);
            let mut light = self.node.advance(ready);
            if let Some(commit) = light.commit_index() {
                store.wl().mut_hard_state().set_commit(commit);
            }
            send(light.take_messages(), sent);
            self.apply(light.take_committed_entries());
            self.node.advance_apply();
        }
    }

    fn applied(&self) -> u64 {
        self.applied
    }
}

// ---- the harness ----

struct Cluster<S: Server> {
    servers: Vec<S>,
    inboxes: Vec<Vec<S::Message>>,
    sent: Vec<(u64, S::Message)>,
}

impl<S: Server> Cluster<S> {
    /// A cluster in which the first server leads.
    fn new(servers: Vec<S>) -> Cluster<S> {
        let inboxes = servers.iter().map(|_| Vec::new()).collect();
        let mut cluster = Cluster { servers, inboxes, sent: Vec::new() };
        cluster.servers[0].campaign();
        cluster.run();
        assert!(cluster.servers[0].is_leader(), "an election without faults is won");
        cluster
    }

    /// Until nothing is under way.
    fn run(&mut self) {
        loop {
            for (server, inbox) in self.servers.iter_mut().zip(&mut self.inboxes) {
                for message in inbox.drain(..) {
                    server.receive(message);
                }
                server.process(&mut self.sent);
            }
            if self.sent.is_empty() {
                return;
            }
            for (to, message) in self.sent.drain(..) {
                let place = usize::try_from(to - 1).expect("a server");
                self.inboxes[place].push(message);
            }
        }
    }

    /// Commands per second.
    fn rate(&mut self, batches: usize, mut propose: impl FnMut(&mut S) -> usize) -> f64 {
        let begin = Instant::now();
        let mut commands = 0;
        for _ in 0..batches {
            let before = self.servers[0].applied();
            let count = propose(&mut self.servers[0]);
            self.run();
            commands += count;
            let all = |server: &S| server.applied() == before + count as u64;
            assert!(self.servers.iter().all(all), "every command is applied everywhere");
        }
        commands as f64 / begin.elapsed().as_secs_f64()
    }
}

/// How commands are proposed.
#[derive(Clone, Copy)]
enum Load {
    /// One, and the next when it is applied everywhere.
    One,
    /// So many, each with a call of its own, before anything else happens.
    Each(usize),
    /// So many with one call.
    All(usize),
}

fn rate<S: Server>(cluster: &mut Cluster<S>, load: Load, commands: usize) -> f64 {
    match load {
        Load::One => cluster.rate(commands, |leader| {
            leader.propose_each(1);
            1
        }),
        Load::Each(count) => cluster.rate(commands / count, |leader| {
            leader.propose_each(count);
            count
        }),
        Load::All(count) => cluster.rate(commands / count, |leader| {
            leader.propose_all(count);
            count
        }),
    }
}

/// What a comparison gave.
struct Outcome {
    ours: f64,
    theirs: f64,
    ratio: f64,
}

fn median(mut numbers: Vec<f64>) -> f64 {
    numbers.sort_by(f64::total_cmp);
    numbers[numbers.len() / 2]
}

fn compare(servers: u64, load: Load, commands: usize) -> Outcome {
    let (mut ours, mut theirs, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
    for round in 0..=ROUNDS {
        let our_rate = || {
            let servers = (1..=servers).map(|id| Ours::new(id, servers)).collect();
            rate(&mut Cluster::new(servers), load, commands)
        };
        let their_rate = || {
            let servers = (1..=servers).map(|id| Theirs::new(id, servers)).collect();
            rate(&mut Cluster::new(servers), load, commands)
        };
        let (our_rate, their_rate) = if round % 2 == 0 {
            let first = our_rate();
            (first, their_rate())
        } else {
            let first = their_rate();
            (our_rate(), first)
        };
        // The first round only warms up.
        if round > 0 {
            ours.push(our_rate);
            theirs.push(their_rate);
            ratios.push(our_rate / their_rate);
        }
    }
    Outcome { ours: median(ours), theirs: median(theirs), ratio: median(ratios) }
}

fn main() {
    let json = std::env::args().any(|argument| argument == "--json");
    let w1 = compare(3, Load::One, 10_000);
    let w64 = compare(3, Load::Each(64), 32_000);
    let five = compare(5, Load::Each(64), 32_000);
    if json {
        println!(
            "{{\"core_vs_tikv_w1\": {:.2}, \"core_vs_tikv_w64\": {:.2}, \"core_vs_tikv_5_w64\": \
             {:.2}}}",
            w1.ratio, w64.ratio, five.ratio
        );
        return;
    }
    let rows = [
        ("3 servers, 1 outstanding", w1),
        ("3 servers, 64 outstanding", w64),
        ("5 servers, 64 outstanding", five),
        ("3 servers, 64 in one call", compare(3, Load::All(64), 32_000)),
        ("5 servers, 64 in one call", compare(5, Load::All(64), 32_000)),
    ];
    println!("{:<28}{:>14}{:>14}{:>8}", "commands per second", "ours", "theirs", "ratio");
    for (name, Outcome { ours, theirs, ratio }) in rows {
        println!("{name:<28}{ours:>14.0}{theirs:>14.0}{ratio:>8.2}");
    }
}
