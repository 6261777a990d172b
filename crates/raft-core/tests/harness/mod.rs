//! A few servers, their disks and their mail, all moved by hand.

#![allow(dead_code, reason = "two sets of tests use it, each a part")]

use raft_core::{
    AppendReply, Body, Config, Durable, Echo, Entry, EntryRef, Index, Input, Kind, Leader,
    Membership, Message, Node, NodeId, Note, Output, Payload, Position, Progress, Proposal,
    ReadToken, Role, RoleKind, Rule, RuleSet, Snapshot, Term, Timer, TimerRange, Write, WriteId,
};
use std::collections::VecDeque;
use std::sync::Arc;

pub fn n(id: u64) -> NodeId {
    NodeId(id)
}

pub fn at(term: Term, index: Index) -> Position {
    Position { term, index }
}

pub fn data(text: &str) -> Payload {
    Payload::Data(text.as_bytes().into())
}

pub fn entry(index: Index, term: Term) -> EntryRef {
    Arc::new(Entry { index, term, payload: data(&format!("{term}.{index}")) })
}

/// What was on a disk: a log given by the term of each entry.
pub fn disk(term: Term, vote: Option<u64>, terms: &[Term]) -> Durable {
    let mut durable = Durable { term, vote: vote.map(NodeId), ..Durable::default() };
    for (index, term) in (1..).zip(terms) {
        durable.log.append(entry(index, *term));
    }
    durable
}

pub fn message(from: u64, to: u64, term: Term, body: Body) -> Message {
    Message { from: n(from), to: n(to), term, body }
}

pub fn receive(from: u64, to: u64, term: Term, body: Body) -> Input {
    Input::Receive(message(from, to, term, body))
}

pub fn append(previous: Position, entries: Vec<EntryRef>, commit_index: Index) -> Body {
    Body::AppendEntries { previous, entries, commit_index }
}

pub fn ask(last: Position) -> Body {
    Body::RequestVote { last, transfer: false }
}

pub fn beat(commit_index: Index) -> Body {
    Body::Heartbeat { commit_index, echo: Echo::Nothing }
}

pub fn beat_reply() -> Body {
    Body::HeartbeatReply { echo: Echo::Nothing }
}

pub fn granted(vote_granted: bool) -> Body {
    Body::RequestVoteReply { vote_granted }
}

pub fn accepted(match_index: Index) -> Body {
    Body::AppendEntriesReply(AppendReply::Accepted { match_index })
}

pub fn rejected(previous_index: Index, hint: Position) -> Body {
    Body::AppendEntriesReply(AppendReply::Rejected { previous_index, hint })
}

pub fn pre_granted(vote_granted: bool) -> Body {
    Body::PreVoteReply { vote_granted }
}

/// A snapshot of nothing but its place and the members.
pub fn snapshot(position: Position, membership: Membership) -> Arc<Snapshot> {
    Arc::new(Snapshot { position, membership: Arc::new(membership), data: Arc::default() })
}

/// How many entries each AppendEntries among these carries.
pub fn sizes(bodies: &[Body]) -> Vec<usize> {
    let size = |body: &Body| match body {
        Body::AppendEntries { entries, .. } => Some(entries.len()),
        _ => None,
    };
    bodies.iter().filter_map(size).collect()
}

/// What came of a step: outputs, and what was handed out to be applied.
#[derive(Debug, Default)]
pub struct Outcome(pub Vec<Output>, pub Vec<(Index, Index)>);

impl Outcome {
    pub fn sent(&self) -> Vec<Message> {
        self.0
            .iter()
            .filter_map(|output| match output {
                Output::Send(message) => Some(message.clone()),
                _ => None,
            })
            .collect()
    }

    /// The bodies of what was sent to one server.
    pub fn sent_to(&self, id: u64) -> Vec<Body> {
        self.sent().into_iter().filter(|m| m.to == n(id)).map(|m| m.body).collect()
    }

    pub fn notes(&self) -> Vec<Note> {
        self.0
            .iter()
            .filter_map(|output| match output {
                Output::Note(note) => Some(*note),
                _ => None,
            })
            .collect()
    }

    pub fn writes(&self) -> Vec<&Write> {
        self.0
            .iter()
            .filter_map(|output| match output {
                Output::Persist(write) => Some(write),
                _ => None,
            })
            .collect()
    }

    pub fn applied(&self) -> Vec<(Index, Index)> {
        self.1.clone()
    }

    fn extend(&mut self, other: Outcome) {
        self.0.extend(other.0);
        self.1.extend(other.1);
    }

    pub fn proposed(&self) -> Option<Proposal> {
        self.0.iter().find_map(|output| match output {
            Output::Proposed(proposal) => Some(*proposal),
            _ => None,
        })
    }

    /// How a timer was last set, if it was.
    pub fn timer(&self, which: Timer) -> Option<TimerRange> {
        self.0.iter().rev().find_map(|output| match output {
            Output::SetTimer(timer, range) if *timer == which => Some(*range),
            _ => None,
        })
    }

    /// The reads that may be served.
    pub fn reads(&self) -> Vec<(ReadToken, Index)> {
        self.0
            .iter()
            .filter_map(|output| match output {
                Output::Read { token, index } => Some((*token, *index)),
                _ => None,
            })
            .collect()
    }

    pub fn has(&self, note: Note) -> bool {
        self.notes().contains(&note)
    }

    pub fn cancels(&self, which: Timer) -> bool {
        self.0.contains(&Output::CancelTimer(which))
    }
}

/// A server and its disk.
pub struct Server {
    pub node: Node,
    pub disk: Durable,
    writing: VecDeque<Write>,
    /// What rests on a write that is not durable yet.
    held: Vec<(WriteId, Message)>,
}

impl Server {
    /// Server `id` of a cluster of `of`, with nothing on its disk, just started.
    pub fn new(id: u64, of: u64) -> Server {
        Server::with(config(id), of, Durable::default())
    }

    /// The same with something on its disk.
    pub fn from_disk(id: u64, of: u64, disk: Durable) -> Server {
        Server::with(config(id), of, disk)
    }

    pub fn with(config: Config, of: u64, disk: Durable) -> Server {
        Server::boot(config, Durable { snapshot: Durable::of(all(of)).snapshot, ..disk })
    }

    /// A server whose disk says who belongs to the cluster.
    pub fn boot(config: Config, disk: Durable) -> Server {
        let mut server = Server {
            node: Node::new(Arc::new(config), disk.clone()),
            disk,
            writing: VecDeque::new(),
            held: Vec::new(),
        };
        server.step(Input::Start);
        server
    }

    /// Server 1 as the leader of `term`, all its writes durable and its first entry not yet known
    /// to anybody. Its log had these terms before.
    pub fn leader(of: u64, term: Term, terms: &[Term]) -> Server {
        let mut server = Server::from_disk(1, of, disk(term - 1, None, terms));
        server.win();
        server
    }

    /// Server 1 as the leader of term 1 in a cluster of `of`, with settings of its own.
    pub fn leader_with(config: Config, of: u64) -> Server {
        let mut server = Server::with(config, of, Durable::default());
        server.win();
        server
    }

    /// Server 1 as the leader of term 1 of these members, with settings of its own.
    pub fn leader_of(config: Config, membership: Membership) -> Server {
        let mut server = Server::boot(config, Durable::bootstrap(membership));
        server.win();
        server
    }

    pub fn step(&mut self, input: Input) -> Outcome {
        let mut outcome = Outcome::default();
        self.carry_out(input, &mut outcome);
        outcome
    }

    fn carry_out(&mut self, input: Input, outcome: &mut Outcome) {
        let me = self.node.id();
        if let Input::Persisted(write) = input {
            let (due, held): (Vec<_>, Vec<_>) =
                std::mem::take(&mut self.held).into_iter().partition(|(after, _)| *after <= write);
            self.held = held;
            for (_, message) in due {
                if message.to == me {
                    self.carry_out(Input::Receive(message), outcome);
                } else {
                    outcome.0.push(Output::Send(message));
                }
            }
        }
        let mut outputs = Vec::new();
        self.node.step(input, &mut outputs);
        for output in outputs {
            match output {
                Output::SendAfter(write, message) => self.held.push((write, message)),
                Output::Send(message) if message.to == me => {
                    self.carry_out(Input::Receive(message), outcome);
                }
                Output::Persist(write) => {
                    self.writing.push_back(write.clone());
                    outcome.0.push(Output::Persist(write));
                }
                output => outcome.0.push(output),
            }
        }
        while let Some((first, last)) = self.node.next_apply() {
            outcome.1.push((first, last));
            self.carry_out(Input::Applied(last), outcome);
        }
    }

    pub fn get(&mut self, from: u64, term: Term, body: Body) -> Outcome {
        let me = self.node.id().0;
        self.step(receive(from, me, term, body))
    }

    pub fn time_out(&mut self) -> Outcome {
        self.step(Input::Timer(Timer::Election))
    }

    /// Makes the oldest write durable.
    pub fn persist_one(&mut self) -> Outcome {
        let write = self.writing.pop_front().expect("a write under way");
        self.disk.apply(&write);
        self.step(Input::Persisted(write.id))
    }

    /// Makes everything durable, what follows from it too.
    pub fn persist(&mut self) -> Outcome {
        let mut all = Outcome::default();
        while !self.writing.is_empty() {
            all.extend(self.persist_one());
        }
        all
    }

    /// One step, and everything durable after it.
    pub fn durably(&mut self, input: Input) -> Outcome {
        let mut all = self.step(input);
        all.extend(self.persist());
        all
    }

    /// Switches it off and on again: only its disk remains.
    pub fn restart(&mut self) -> Outcome {
        let config = self.node.config().clone();
        self.node = Node::new(config, self.disk.clone());
        self.writing.clear();
        self.held.clear();
        self.step(Input::Start)
    }

    /// Becomes a leader with everybody's vote.
    pub fn win(&mut self) -> Outcome {
        self.time_out();
        let mut all = self.persist();
        let (me, term) = (self.node.id(), self.node.term());
        for voter in self.node.membership().all_voters().into_iter().filter(|voter| *voter != me) {
            all.extend(self.get(voter.0, term, granted(true)));
        }
        all.extend(self.persist());
        assert!(self.node.is_leader());
        all
    }

    /// What it keeps as the leader that it is.
    pub fn lead(&self) -> &Leader {
        match self.node.role() {
            Role::Leader(leader) => leader,
            _ => panic!("it does not lead"),
        }
    }

    /// What it knows as a leader of another server.
    pub fn progress(&self, id: u64) -> &Progress {
        let known = self.lead().progress().iter().find(|(member, _)| *member == n(id));
        &known.expect("a member").1
    }

    /// The same in etcd's words.
    pub fn describe(&self, id: u64) -> String {
        self.progress(id).describe(self.node.config().window).to_string()
    }

    pub fn propose(&mut self, text: &str) -> Outcome {
        self.step(Input::Propose(data(text)))
    }

    pub fn role(&self) -> RoleKind {
        self.node.role().kind()
    }

    /// The terms of its log's entries.
    pub fn terms(&self) -> Vec<Term> {
        self.node.log().iter().map(|entry| entry.term).collect()
    }
}

fn all(of: u64) -> impl Iterator<Item = NodeId> {
    (1..=of).map(NodeId)
}

pub fn config(id: u64) -> Config {
    Config::new(n(id))
}

pub fn config_without(id: u64, rule: Rule) -> Config {
    Config { rules: RuleSet::default().without(rule), ..config(id) }
}

/// Several servers and the mail between them.
pub struct Cluster {
    pub servers: Vec<Server>,
    pub mail: VecDeque<Message>,
    /// Everything applied, by server.
    pub applied: Vec<Vec<Index>>,
    /// What is sent to or from these is lost.
    pub away: Vec<u64>,
}

impl Cluster {
    pub fn new(of: u64) -> Cluster {
        Cluster::of((1..=of).map(|id| Server::new(id, of)).collect())
    }

    pub fn of(servers: Vec<Server>) -> Cluster {
        let applied = vec![Vec::new(); servers.len()];
        Cluster { servers, mail: VecDeque::new(), applied, away: Vec::new() }
    }

    pub fn server(&mut self, id: u64) -> &mut Server {
        &mut self.servers[id as usize - 1]
    }

    pub fn give(&mut self, id: u64, input: Input) -> Outcome {
        let outcome = self.server(id).durably(input);
        for (first, last) in outcome.applied() {
            self.applied[id as usize - 1].extend(first..=last);
        }
        for message in outcome.sent() {
            if !self.away.contains(&message.from.0) && !self.away.contains(&message.to.0) {
                self.mail.push_back(message);
            }
        }
        outcome
    }

    /// Delivers everything, what follows from it too. Writes are durable at once.
    pub fn settle(&mut self) {
        for _ in 0..10_000 {
            let Some(message) = self.mail.pop_front() else { return };
            let (from, to) = (message.from.0, message.to.0);
            if !self.away.contains(&from) && !self.away.contains(&to) {
                self.give(to, Input::Receive(message));
            }
        }
        panic!("the mail never ends");
    }

    pub fn elect(&mut self, id: u64) {
        self.give(id, Input::Timer(Timer::Election));
        self.settle();
        assert!(self.server(id).node.is_leader(), "n{id} did not win");
    }

    pub fn propose(&mut self, id: u64, text: &str) {
        self.give(id, Input::Propose(data(text)));
    }

    pub fn beat(&mut self, id: u64) {
        self.give(id, Input::Timer(Timer::Heartbeat));
        self.settle();
    }

    /// Loses the mail of a kind that is under way.
    pub fn lose(&mut self, kind: Kind) {
        self.mail.retain(|message| message.kind() != kind);
    }
}
