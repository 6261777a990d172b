//! Three servers in memory, and everything that has to be done for them: their messages, disks,
//! timers and state machines. One follower misses so much that it gets a snapshot; then all three
//! lose power at once and go on from their disks.
//!
//! `cargo run --example cluster`

use raft_core::{
    Config, Durable, Index, Input, Message, Micros, Node, NodeId, Output, Payload, Position,
    Proposal, ReadToken, Snapshot, Timer, TimerRange, Write, WriteId,
};
use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

/// What all servers share: simulated time, and messages under way.
#[derive(Default)]
struct Net {
    now: Micros,
    mail: VecDeque<Message>,
}

/// One server: the core, and what its host keeps for it.
struct Server {
    node: Node,
    /// What a crash leaves.
    disk: Durable,
    /// Writes that have begun, oldest first. They become durable in this order.
    writing: VecDeque<Write>,
    /// Messages that rest on a write that is not durable yet.
    waiting: Vec<(WriteId, Message)>,
    timers: BTreeMap<Timer, Micros>,
    /// The state machine: every command that was applied, one a line.
    machine: String,
    /// Reads that may be served once everything up to the index is applied.
    reads: Vec<(ReadToken, Index)>,
    chance: u64,
    is_up: bool,
}

impl Server {
    /// Switches a server on, for the first time or with what an earlier life has left on its disk.
    fn start(id: u64, disk: Durable, net: &mut Net) -> Server {
        let mut config = Config::new(NodeId(id));
        config.pre_vote = true;
        config.validate().expect("settings with which a server can run");
        let mut server = Server {
            node: Node::new(Arc::new(config), disk.clone()),
            machine: text(&disk.snapshot.data),
            disk,
            writing: VecDeque::new(),
            waiting: Vec::new(),
            timers: BTreeMap::new(),
            reads: Vec::new(),
            chance: id,
            is_up: true,
        };
        server.step(Input::Start, net);
        server
    }

    /// Gives the core one input and carries out what it asks for, in that order. What became of a
    /// proposal, if it was one.
    fn step(&mut self, input: Input, net: &mut Net) -> Option<Proposal> {
        let mut outputs = Vec::new();
        let mut proposed = None;
        self.node.step(input, &mut outputs);
        for output in outputs {
            match output {
                // One to the server itself comes back as any other does.
                Output::Send(message) => net.mail.push_back(message),
                Output::SendAfter(write, message) => self.waiting.push((write, message)),
                Output::Persist(write) => self.writing.push_back(write),
                Output::SetTimer(timer, range) => {
                    let deadline = net.now + self.draw(range);
                    self.timers.insert(timer, deadline);
                }
                Output::CancelTimer(timer) => {
                    self.timers.remove(&timer);
                }
                Output::Restore(snapshot) => self.machine = text(&snapshot.data),
                Output::Read { token, index } => self.reads.push((token, index)),
                Output::Proposed(proposal) => proposed = Some(proposal),
                // Only where servers join: whoever adds one takes a snapshot here.
                Output::SnapshotWanted => {}
                // Why it did what it did: for a log.
                Output::Note(_) => {}
            }
        }
        while let Some((first, last)) = self.node.next_apply() {
            for entry in self.node.log().range(first, last) {
                match &entry.payload {
                    Payload::Data(command) => self.machine += &(text(command) + "\n"),
                    // The empty entry of a new leader, and changes that concern the core alone.
                    Payload::Noop | Payload::Config(_) => {}
                }
            }
            self.step(Input::Applied(last), net);
        }
        proposed
    }

    /// The oldest write becomes durable. What rests on it is sent; then the core is told.
    fn finish_write(&mut self, net: &mut Net) {
        let Some(write) = self.writing.pop_front() else { return };
        self.disk.apply(&write);
        let rests_on_it = |(after, _): &(WriteId, Message)| *after <= write.id;
        let (due, later) = std::mem::take(&mut self.waiting).into_iter().partition(rests_on_it);
        self.waiting = later;
        net.mail.extend(due.into_iter().map(|(_, message): (WriteId, Message)| message));
        self.step(Input::Persisted(write.id), net);
    }

    /// Saves the state machine in place of the log that led to it: first the snapshot, and when
    /// that is durable the log may go.
    fn take_snapshot(&mut self, net: &mut Net) {
        let index = self.node.applied_index();
        let snapshot = Arc::new(Snapshot {
            position: self.node.log().position_at(index).expect("what is applied is in the log"),
            membership: self.node.membership().clone(),
            data: self.machine.as_bytes().into(),
        });
        self.disk.snapshot = snapshot.clone();
        self.step(Input::SnapshotSaved(snapshot), net);
        self.disk.log.compact_to(index);
        self.step(Input::Compacted(index), net);
    }

    /// A duration from the range: the host's part, for the core knows no chance (SplitMix64).
    fn draw(&mut self, range: TimerRange) -> Micros {
        self.chance = self.chance.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.chance ^ (self.chance >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        range.min + (mixed ^ (mixed >> 31)) % (range.max - range.min + 1)
    }
}

struct Cluster {
    net: Net,
    servers: Vec<Server>,
}

impl Cluster {
    fn of(size: u64) -> Cluster {
        let mut net = Net::default();
        let began_with = Durable::of((1..=size).map(NodeId));
        let server = |id| Server::start(id, began_with.clone(), &mut net);
        let servers = (1..=size).map(server).collect();
        Cluster { net, servers }
    }

    /// The next thing happens: a message arrives, a write is finished, or the next timer runs out.
    fn advance(&mut self) {
        let Cluster { net, servers } = self;
        if let Some(message) = net.mail.pop_front() {
            let to = servers.iter_mut().find(|server| server.node.id() == message.to);
            if let Some(server) = to.filter(|server| server.is_up) {
                server.step(Input::Receive(message), net);
            }
            return;
        }
        if let Some(server) = servers.iter_mut().find(|server| !server.writing.is_empty()) {
            return server.finish_write(net);
        }
        let deadlines = servers.iter_mut().filter_map(|server| {
            let (timer, due) = server.timers.iter().min_by_key(|(_, due)| **due)?;
            Some((*due, *timer, server))
        });
        let (due, timer, server) = deadlines.min_by_key(|(due, ..)| *due).expect("a timer runs");
        net.now = due;
        server.timers.remove(&timer);
        server.step(Input::Timer(timer), net);
    }

    fn until(&mut self, what: &str, mut holds: impl FnMut(&mut Cluster) -> bool) {
        for _ in 0..100_000 {
            if holds(self) {
                return println!("{:>7} µs: {what}", self.net.now);
            }
            self.advance();
        }
        panic!("it never came to this: {what}");
    }

    fn leader(&mut self) -> Option<(&mut Server, &mut Net)> {
        let Cluster { net, servers } = self;
        let leaders = servers.iter_mut().filter(|server| server.is_up && server.node.is_leader());
        leaders.max_by_key(|server| server.node.term()).map(|server| (server, net))
    }

    /// Asks the leader for a command, and waits until it is applied there: only then may a client
    /// be told that it is done.
    fn command(&mut self, command: &str) {
        let (leader, net) = self.leader().expect("a leader");
        let proposed = leader.step(Input::Propose(Payload::Data(command.as_bytes().into())), net);
        let Some(Proposal::Appended { index, term }) = proposed else { panic!("{proposed:?}") };
        // Whether this command is committed at that index, or one of a later leader, the term
        // tells.
        self.until(command, |cluster| {
            let Some((leader, _)) = cluster.leader() else { return false };
            let is_applied = leader.node.applied_index() >= index;
            is_applied && leader.node.log().term_at(index) == Some(term)
        });
    }

    /// Power is gone: the core, its timers, and every write that is not finished.
    fn crash(&mut self, id: u64) {
        let server = self.server(id);
        server.is_up = false;
        server.writing.clear();
        server.waiting.clear();
        server.timers.clear();
    }

    fn restart(&mut self, id: u64) {
        let disk = self.server(id).disk.clone();
        let server = Server::start(id, disk, &mut self.net);
        *self.server(id) = server;
    }

    fn server(&mut self, id: u64) -> &mut Server {
        self.servers.iter_mut().find(|server| server.node.id() == NodeId(id)).expect("a server")
    }

    fn all_hold(&self, machine: &str) -> bool {
        self.servers.iter().all(|server| server.machine == machine)
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn main() {
    let mut cluster = Cluster::of(3);
    cluster.until("somebody leads", |cluster| cluster.leader().is_some());
    cluster.command("buy milk");

    let leader = cluster.leader().expect("a leader").0.node.id().0;
    let follower = leader % 3 + 1;
    cluster.crash(follower);
    cluster.command("buy bread");
    let (server, net) = cluster.leader().expect("a leader");
    server.take_snapshot(net);
    cluster.restart(follower);
    let list = "buy milk\nbuy bread\n";
    cluster.until("a snapshot has told all", |cluster| cluster.all_hold(list));
    assert_eq!(cluster.server(follower).disk.snapshot.position, Position { term: 1, index: 3 });

    (1..=3).for_each(|id| cluster.crash(id));
    (1..=3).for_each(|id| cluster.restart(id));
    cluster.until("somebody leads again", |cluster| cluster.leader().is_some());
    cluster.command("buy eggs");
    let list = "buy milk\nbuy bread\nbuy eggs\n";
    cluster.until("nothing was lost", |cluster| cluster.all_hold(list));

    // A read that needs no entry: the leader first confirms that it still leads.
    let (leader, net) = cluster.leader().expect("a leader");
    leader.step(Input::ReadIndex(1), net);
    cluster.until("a read was served", |cluster| {
        let Some((leader, _)) = cluster.leader() else { return false };
        let applied = leader.node.applied_index();
        leader.reads.iter().any(|(token, index)| *token == 1 && *index <= applied)
    });
}

#[test]
fn it_survives_what_it_is_put_through() {
    main();
}
