//! One server: its state, and the way in for every input.

use crate::config::Config;
use crate::io::{Input, Output, Proposal, Timer, TimerRange, WriteId};
use crate::log::Log;
use crate::message::{AppendReply, Body, Message};
use crate::note::{AppendRejection, Denial, Note, StepDown};
use crate::persistence::Unsynced;
use crate::progress::Progress;
use crate::small_map::SmallMap;
use crate::types::{Entry, Index, NodeId, Payload, Term};
use std::sync::Arc;

/// What survives a crash (Figure 2, "Persistent state on all servers"). In a running server this is
/// what it has decided; what is already on disk may be a little behind.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Durable {
    /// The latest term that the server has seen.
    pub term: Term,
    /// The candidate that got its vote in that term.
    pub vote: Option<NodeId>,
    /// Its log.
    pub log: Log,
}

/// What a server is, with what only that role needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Role {
    /// Passive: it answers leaders and candidates.
    Follower {
        /// The leader of this term, once heard from.
        leader: Option<NodeId>,
    },
    /// It asks for votes.
    Candidate(Candidate),
    /// It handles every client's commands.
    Leader(Leader),
}

/// A candidate's count.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Candidate {
    /// The answers so far, its own vote included once it is durable.
    pub votes: SmallMap<NodeId, bool>,
}

/// What a leader keeps (Figure 2, "Volatile state on leaders").
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leader {
    // Invariant: in the order of the configuration's voters, one each, itself included.
    pub(crate) progress: Vec<(NodeId, Progress)>,
}

impl Leader {
    /// What it knows about each voter, itself included, in ascending order of id.
    pub fn progress(&self) -> &[(NodeId, Progress)] {
        &self.progress
    }

    pub(crate) fn get(&self, id: NodeId) -> Option<&Progress> {
        self.progress.iter().find(|(voter, _)| *voter == id).map(|(_, progress)| progress)
    }

    pub(crate) fn get_mut(&mut self, id: NodeId) -> Option<&mut Progress> {
        self.progress.iter_mut().find(|(voter, _)| *voter == id).map(|(_, progress)| progress)
    }
}

/// A role without what belongs to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RoleKind {
    /// See [`Role::Follower`].
    Follower,
    /// See [`Role::Candidate`].
    Candidate,
    /// See [`Role::Leader`].
    Leader,
}

impl RoleKind {
    /// The name used in scenario text.
    pub fn name(self) -> &'static str {
        match self {
            RoleKind::Follower => "follower",
            RoleKind::Candidate => "candidate",
            RoleKind::Leader => "leader",
        }
    }
}

impl Role {
    /// The role's name.
    pub fn kind(&self) -> RoleKind {
        match self {
            Role::Follower { .. } => RoleKind::Follower,
            Role::Candidate(_) => RoleKind::Candidate,
            Role::Leader(_) => RoleKind::Leader,
        }
    }
}

/// One Raft server.
#[derive(Clone, Debug)]
pub struct Node {
    pub(crate) config: Arc<Config>,
    pub(crate) durable: Durable,
    pub(crate) role: Role,
    pub(crate) commit_index: Index,
    pub(crate) applied_index: Index,
    pub(crate) unsynced: Unsynced,
}

impl Node {
    /// A server that has just been switched on, with what its disk holds. It does nothing before
    /// [`Input::Start`]. Its commit index is 0 again: Figure 2 keeps it in memory only, and the
    /// state machine is rebuilt from the log.
    pub fn new(config: Arc<Config>, durable: Durable) -> Node {
        let unsynced = Unsynced::all_durable(durable.log.last_index());
        Node {
            config,
            durable,
            role: Role::Follower { leader: None },
            commit_index: 0,
            applied_index: 0,
            unsynced,
        }
    }

    /// Handles one input. What follows from it is appended to `out`, in the order in which it is to
    /// be done.
    pub fn step(&mut self, input: Input, out: &mut Vec<Output>) {
        match input {
            Input::Start => self.reset_election_timer(out),
            Input::Timer(Timer::Election) => self.on_election_timeout(out),
            Input::Timer(Timer::Heartbeat) => self.on_heartbeat_timeout(out),
            Input::Receive(message) => self.on_message(message, out),
            Input::Propose(payload) => self.on_propose(payload, out),
            Input::Persisted(write) => self.on_persisted(write, out),
        }
        self.flush(out);
    }

    /// Replaces the settings while the server runs. Timers that run keep their duration.
    pub fn configure(&mut self, config: Arc<Config>) {
        self.config = config;
    }

    /// This server's name.
    pub fn id(&self) -> NodeId {
        self.config.id
    }

    /// Its settings.
    pub fn config(&self) -> &Arc<Config> {
        &self.config
    }

    /// The latest term that it has seen.
    pub fn term(&self) -> Term {
        self.durable.term
    }

    /// The candidate it voted for in that term.
    pub fn vote(&self) -> Option<NodeId> {
        self.durable.vote
    }

    /// Its log, the part that is not yet durable included.
    pub fn log(&self) -> &Log {
        &self.durable.log
    }

    /// Its role.
    pub fn role(&self) -> &Role {
        &self.role
    }

    /// The leader it knows of in its term, itself included.
    pub fn leader(&self) -> Option<NodeId> {
        match &self.role {
            Role::Follower { leader } => *leader,
            Role::Candidate(_) => None,
            Role::Leader(_) => Some(self.id()),
        }
    }

    /// Whether it leads, or believes so.
    pub fn is_leader(&self) -> bool {
        matches!(self.role, Role::Leader(_))
    }

    /// The highest index that it knows to be committed.
    pub fn commit_index(&self) -> Index {
        self.commit_index
    }

    /// The highest index that it has handed to the state machine.
    pub fn applied_index(&self) -> Index {
        self.applied_index
    }

    /// The highest index that is on its disk.
    pub fn durable_index(&self) -> Index {
        self.unsynced.durable_index()
    }

    /// How many votes make a majority of the current configuration.
    pub fn quorum(&self) -> usize {
        crate::quorum::majority(self.config.voters.len())
    }

    // ---- what every part of the protocol uses ----

    fn on_message(&mut self, message: Message, out: &mut Vec<Output>) {
        let Message { from, term, body, .. } = message;
        if term > self.durable.term {
            self.adopt_term(from, term, out);
        } else if term < self.durable.term {
            return self.refuse_stale(from, term, &body, out);
        }
        match body {
            Body::RequestVote { last } => self.on_request_vote(from, last, out),
            Body::RequestVoteReply { vote_granted } => self.on_vote(from, vote_granted, out),
            Body::AppendEntries { previous, entries, commit_index } => {
                self.hear_leader(from, out);
                self.on_append_entries(from, previous, &entries, commit_index, out);
            }
            Body::AppendEntriesReply(reply) => self.on_append_reply(from, reply, out),
            Body::Heartbeat { commit_index } => {
                self.hear_leader(from, out);
                self.on_heartbeat(from, commit_index, out);
            }
            Body::HeartbeatReply => self.on_heartbeat_reply(from, out),
            Body::Propose { payloads } => {
                for payload in payloads {
                    self.on_propose(payload, out);
                }
            }
        }
    }

    /// §5.1: "If a server receives a request with a stale term number, it rejects the request."
    fn refuse_stale(&mut self, from: NodeId, term: Term, body: &Body, out: &mut Vec<Output>) {
        match body {
            Body::RequestVote { .. } => {
                let because = Denial::StaleTerm;
                out.push(Output::Note(Note::VoteDenied { candidate: from, term, because }));
                self.send_when_durable(from, Body::RequestVoteReply { vote_granted: false }, out);
            }
            Body::AppendEntries { previous, .. } => {
                let because = AppendRejection::StaleTerm;
                let note = Note::AppendRejected { leader: from, previous: *previous, because };
                out.push(Output::Note(note));
                let reply = Body::AppendEntriesReply(AppendReply::StaleTerm);
                self.send_when_durable(from, reply, out);
            }
            Body::Heartbeat { .. } => {
                out.push(Output::Note(Note::StaleMessage { from, term }));
                let reply = Body::AppendEntriesReply(AppendReply::StaleTerm);
                self.send_when_durable(from, reply, out);
            }
            Body::RequestVoteReply { .. }
            | Body::AppendEntriesReply(_)
            | Body::HeartbeatReply
            | Body::Propose { .. } => out.push(Output::Note(Note::StaleMessage { from, term })),
        }
    }

    /// §5.1: "If one server's current term is smaller than the other's, then it updates its current
    /// term to the larger value. If a candidate or leader discovers that its term is out of date, it
    /// immediately reverts to follower state."
    fn adopt_term(&mut self, from: NodeId, term: Term, out: &mut Vec<Output>) {
        let old = self.durable.term;
        self.set_hard_state(term, None);
        out.push(Output::Note(Note::TermAdopted { from, old, term }));
        self.become_follower(None, StepDown::HigherTerm { term }, old, out);
    }

    /// Becomes a follower of its present term; `term` is the one it was a candidate or leader in.
    pub(crate) fn become_follower(
        &mut self,
        leader: Option<NodeId>,
        because: StepDown,
        term: Term,
        out: &mut Vec<Output>,
    ) {
        let was = self.role.kind();
        self.role = Role::Follower { leader };
        match was {
            RoleKind::Follower => {}
            RoleKind::Candidate => {
                out.push(Output::Note(Note::SteppedDown { term, was_leader: false, because }));
            }
            RoleKind::Leader => {
                out.push(Output::Note(Note::SteppedDown { term, was_leader: true, because }));
                out.push(Output::CancelTimer(Timer::Heartbeat));
                self.reset_election_timer(out);
            }
        }
    }

    pub(crate) fn reset_election_timer(&self, out: &mut Vec<Output>) {
        let range = &self.config.election_timeout;
        let range = TimerRange { min: *range.start(), max: *range.end() };
        out.push(Output::SetTimer(Timer::Election, range));
    }

    pub(crate) fn send(&self, to: NodeId, body: Body, out: &mut Vec<Output>) {
        let message = Message { from: self.id(), to, term: self.durable.term, body };
        out.push(Output::Send(message));
    }

    fn on_propose(&mut self, payload: Payload, out: &mut Vec<Output>) {
        if !self.is_leader() {
            let leader = self.leader();
            return out.push(Output::Proposed(Proposal::NotLeader { leader }));
        }
        let (index, term) = self.append_as_leader(payload);
        out.push(Output::Proposed(Proposal::Appended { index, term }));
        out.push(Output::Note(Note::Appended { index, term }));
        self.broadcast_append(out);
    }

    /// Appends an entry of the current term to the leader's own log. It counts towards the commit
    /// once it is durable here.
    pub(crate) fn append_as_leader(&mut self, payload: Payload) -> (Index, Term) {
        let (index, term) = (self.durable.log.last_index() + 1, self.durable.term);
        self.durable.log.append(Arc::new(Entry { index, term, payload }));
        self.unsynced.log_changed(index);
        (index, term)
    }

    fn on_persisted(&mut self, write: WriteId, out: &mut Vec<Output>) {
        self.unsynced.on_persisted(write);
        self.count_own_vote(out);
        self.count_own_match(out);
        self.apply_committed(out);
    }

    /// Closes a step: what changed in term, vote and log becomes one write, and what rests on it
    /// waits for it.
    fn flush(&mut self, out: &mut Vec<Output>) {
        let Durable { term, vote, log } = &self.durable;
        if let Some(write) = self.unsynced.next_write(*term, *vote, log, self.config.rules) {
            out.push(Output::Persist(write));
        }
        self.unsynced.release(out);
    }

    pub(crate) fn set_hard_state(&mut self, term: Term, vote: Option<NodeId>) {
        self.durable.term = term;
        self.durable.vote = vote;
        self.unsynced.hard_state_changed();
    }

    /// Sends once all that was decided so far is durable: acknowledgements and votes rest on it.
    pub(crate) fn send_when_durable(&mut self, to: NodeId, body: Body, out: &mut Vec<Output>) {
        let message = Message { from: self.id(), to, term: self.durable.term, body };
        if self.unsynced.is_clean() {
            out.push(Output::Send(message));
        } else {
            self.unsynced.hold(message);
        }
    }

    /// Hands committed entries to the state machine, as far as they are durable here.
    pub(crate) fn apply_committed(&mut self, out: &mut Vec<Output>) {
        let last = self.commit_index.min(self.durable_index());
        if last > self.applied_index {
            out.push(Output::Apply { first: self.applied_index + 1, last });
            self.applied_index = last;
        }
    }
}

/// The writes that a server has asked for and that are not yet durable.
impl Node {
    /// The numbers of the writes under way, oldest first.
    pub fn writes_under_way(&self) -> impl Iterator<Item = WriteId> {
        self.unsynced.under_way()
    }
}
