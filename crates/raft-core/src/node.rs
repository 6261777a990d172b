//! One server: its state, and the way in for every input.

use crate::config::{Config, Flavour, Storage};
use crate::io::{Dropped, Input, LogWrite, Output, Proposal, Timer, TimerRange, Write};
use crate::log::Log;
use crate::membership::Membership;
use crate::message::{AppendReply, Body, Message};
use crate::note::{AppendRejection, Denial, Note, StepDown};
use crate::persistence::Unsynced;
use crate::progress::Progress;
use crate::reads::ReadQueue;
use crate::rules::Rule;
use crate::small_map::SmallMap;
use crate::types::{Entry, Index, NodeId, Payload, Position, ReadToken, Snapshot, Term};
use std::sync::Arc;

/// What survives a crash (Figure 2, "Persistent state on all servers"). In a running server this is
/// what it has decided; what is already on disk may be a little behind.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Durable {
    /// The latest term that the server has seen.
    pub term: Term,
    /// The candidate that got its vote in that term.
    pub vote: Option<NodeId>,
    /// The newest snapshot; before the first one, the members that the cluster began with.
    pub snapshot: Arc<Snapshot>,
    /// The log after what was dropped.
    pub log: Log,
    /// A commit index that the server has known; it may be far behind. Figure 2 does without, since
    /// there a change of membership takes effect when it is appended; here it does so when it is
    /// applied, and a server that comes back must not stand for election before.
    pub commit_index: Index,
}

impl Durable {
    /// A disk that holds nothing but the members that the cluster begins with.
    pub fn bootstrap(membership: Membership) -> Durable {
        Durable { snapshot: Arc::new(Snapshot::bootstrap(membership)), ..Durable::default() }
    }

    /// A disk that holds nothing but the voters that the cluster begins with.
    pub fn of(voters: impl IntoIterator<Item = NodeId>) -> Durable {
        Durable::bootstrap(Membership::of(voters))
    }

    /// A disk that holds a snapshot and no entries after it.
    pub fn from_snapshot(snapshot: Arc<Snapshot>) -> Durable {
        Durable { log: Log::after(snapshot.position), snapshot, ..Durable::default() }
    }

    /// What a disk holds once this write is durable, all of it. Writes must be applied in the order
    /// of their ids. The commit index only rises: it is a hint of how far the server had come.
    pub fn apply(&mut self, write: &Write) {
        if let Some((term, vote)) = write.hard_state {
            (self.term, self.vote) = (term, vote);
        }
        if let Some(snapshot) = &write.snapshot {
            self.log = Log::after(snapshot.position);
            self.snapshot = snapshot.clone();
        }
        if let Some(LogWrite { first_index, entries }) = &write.log {
            self.log.truncate_from(*first_index);
            for entry in entries {
                self.log.append(entry.clone());
            }
        }
        self.commit_index = self.commit_index.max(write.commit_index);
    }
}

/// What a server is, with what only that role needs.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// Passive: it answers leaders and candidates.
    Follower {
        /// The leader of this term, once heard from.
        leader: Option<NodeId>,
    },
    /// It asks whether it could win an election, without a new term.
    PreCandidate(Candidate),
    /// It asks for votes.
    Candidate(Candidate),
    /// It handles every client's commands.
    Leader(Box<Leader>),
}

/// A candidate's count.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Candidate {
    /// The answers so far, its own vote included once it is durable.
    pub votes: SmallMap<NodeId, bool>,
    /// How many answers said yes, duplicates included.
    pub(crate) yes_answers: u32,
}

/// What a leader keeps (Figure 2, "Volatile state on leaders").
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Leader {
    // Invariant: in the order of the members, one each, itself included while it is one.
    pub(crate) progress: Vec<(NodeId, Progress)>,
    pub(crate) transfer: Option<NodeId>,
    /// No change of membership is appended before this index is applied.
    pub(crate) pending_config: Index,
    pub(crate) uncommitted_bytes: u64,
    pub(crate) reads: ReadQueue,
    /// It is no voter any more, and leads on until those who are know of it.
    pub(crate) leaving: Option<Leaving>,
    /// Reads that wait for the first commit of the term, with who asked.
    pub(crate) postponed_reads: Vec<(ReadToken, NodeId)>,
    /// It checks whether a quorum follows, throughout its term or since it was told to.
    pub(crate) watches_quorum: bool,
    /// A quorum followed when it last looked, or has elected it.
    pub(crate) holds_lease: bool,
    /// How often its heartbeat timeout ran out in this term.
    pub(crate) round: u64,
    /// It has told another to stand for election in its place.
    pub(crate) handed_over: bool,
}

/// A leader that has left the cluster: the change that took it out, and who is known to have learnt
/// that it is committed.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Leaving {
    pub(crate) index: Index,
    pub(crate) told: Vec<NodeId>,
}

impl Leader {
    /// Whether it has left the cluster and leads on only until those who stay know of it.
    pub fn is_leaving(&self) -> bool {
        self.leaving.is_some()
    }

    /// What it knows about each member, itself included, in ascending order of id.
    pub fn progress(&self) -> &[(NodeId, Progress)] {
        &self.progress
    }

    /// Whom it hands leadership to.
    pub fn transfer(&self) -> Option<NodeId> {
        self.transfer
    }

    /// A change of membership may stand at this index or before; none is taken before it is
    /// applied.
    pub fn pending_config(&self) -> Index {
        self.pending_config
    }

    /// The reads that wait for a quorum to confirm it.
    pub fn reads(&self) -> &ReadQueue {
        &self.reads
    }

    /// How many reads wait for the first commit of its term.
    pub fn postponed_reads(&self) -> usize {
        self.postponed_reads.len()
    }

    /// The bytes of payload that it has taken and not yet applied.
    pub fn uncommitted_bytes(&self) -> u64 {
        self.uncommitted_bytes
    }

    pub(crate) fn get(&self, id: NodeId) -> Option<&Progress> {
        self.progress.iter().find(|(member, _)| *member == id).map(|(_, progress)| progress)
    }

    pub(crate) fn get_mut(&mut self, id: NodeId) -> Option<&mut Progress> {
        self.progress.iter_mut().find(|(member, _)| *member == id).map(|(_, progress)| progress)
    }
}

/// A role without what belongs to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RoleKind {
    /// See [`Role::Follower`].
    Follower,
    /// See [`Role::PreCandidate`].
    PreCandidate,
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
            RoleKind::PreCandidate => "pre-candidate",
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
            Role::PreCandidate(_) => RoleKind::PreCandidate,
            Role::Candidate(_) => RoleKind::Candidate,
            Role::Leader(_) => RoleKind::Leader,
        }
    }
}

/// How far entries have gone to the state machine.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Applying {
    /// Handed out.
    pub(crate) given: Index,
    /// Reported as applied.
    pub(crate) done: Index,
    /// The last change of membership that was applied.
    pub(crate) config: Index,
    bytes: u64,
    paused: bool,
}

/// One Raft server.
#[derive(Clone, Debug)]
pub struct Node {
    pub(crate) config: Arc<Config>,
    pub(crate) durable: Durable,
    pub(crate) membership: Arc<Membership>,
    pub(crate) role: Role,
    pub(crate) commit_index: Index,
    pub(crate) applying: Applying,
    /// A follower has heard from its leader within the shortest election timeout.
    pub(crate) leased: bool,
    pub(crate) unsynced: Unsynced,
    #[cfg(debug_assertions)]
    pub(crate) watch: crate::invariants::Watch,
}

impl Node {
    /// A server that has just been switched on, with what its disk holds. It does nothing before
    /// [`Input::Start`]. The state machine is rebuilt from snapshot and log.
    pub fn new(config: Arc<Config>, durable: Durable) -> Node {
        let snapshot = durable.snapshot.position.index;
        let commit_index = snapshot.max(durable.commit_index.min(durable.log.last_index()));
        Node {
            #[cfg(debug_assertions)]
            watch: crate::invariants::Watch::new(&durable, commit_index),
            config,
            membership: durable.snapshot.membership.clone(),
            role: Role::Follower { leader: None },
            commit_index,
            applying: Applying {
                given: snapshot,
                done: snapshot,
                config: snapshot,
                ..Applying::default()
            },
            leased: false,
            unsynced: Unsynced::all_durable(durable.log.last_index()),
            durable,
        }
    }

    /// Handles one input. What follows from it is appended to `out`, in the order in which it is to
    /// be done.
    ///
    /// # Panics
    /// In builds with debug assertions, where an invariant of this crate is broken.
    pub fn step(&mut self, input: Input, out: &mut Vec<Output>) {
        #[cfg(debug_assertions)]
        let before = out.len();
        match input {
            Input::Start => self.reset_election_timer(out),
            Input::Timer(Timer::Election) => self.on_election_timeout(out),
            Input::Timer(Timer::Heartbeat) => self.on_heartbeat_timeout(out),
            Input::Timer(Timer::Quorum) => self.on_quorum_timeout(out),
            Input::Timer(Timer::Lease) => self.leased = false,
            Input::Receive(message) => self.on_message(message, out),
            Input::Propose(payload) => self.propose([payload], out),
            Input::Submit(payload) => self.submit(payload, out),
            Input::ProposeAll(payloads) => self.propose(payloads, out),
            Input::ReadIndex(token) => self.on_read(token, self.id(), out),
            Input::TransferLeader(to) => self.on_transfer(to, out),
            Input::Campaign => self.stand(out),
            Input::ForgetLeader => self.forget_leader(out),
            Input::Persisted(write) => self.on_persisted(write, out),
            Input::ApplyConfig(index) => self.apply_config(index, out),
            Input::Applied(index) => self.on_applied(index, out),
            Input::SnapshotSaved(snapshot) => self.on_snapshot_saved(snapshot),
            Input::Compacted(index) => self.on_compacted(index, out),
            Input::Unreachable(id) => self.on_unreachable(id),
            Input::SnapshotSent { to, arrived } => self.on_snapshot_sent(to, arrived),
        }
        self.flush(out);
        #[cfg(debug_assertions)]
        self.assert_invariants(&out[before..]);
    }

    /// The next entries for the state machine, first and last index, if there are any: committed,
    /// durable here (but see [`Storage`]), and within the limit on what is being applied. Each is
    /// handed out once; [`Input::Applied`] reports back.
    #[must_use = "what is handed out is handed out once"]
    pub fn next_apply(&mut self) -> Option<(Index, Index)> {
        let last = self.can_apply_to();
        let first = self.applying.given + 1;
        if last < first || self.applying.paused || self.unsynced.has_snapshot() {
            return None;
        }
        let end = if self.config.max_applying_bytes == u64::MAX {
            last
        } else {
            let room = self.config.max_applying_bytes.saturating_sub(self.applying.bytes);
            let (mut end, mut bytes) = (first - 1, 0);
            for entry in self.durable.log.range(first, last) {
                let with = bytes + entry.encoded_len();
                if end >= first && with > room {
                    break;
                }
                (end, bytes) = (entry.index, with);
            }
            self.applying.bytes += bytes;
            self.applying.paused =
                self.applying.bytes >= self.config.max_applying_bytes || end < last;
            end
        };
        self.applying.given = end;
        Some((first, end))
    }

    /// Whether [`Node::next_apply`] would give something.
    pub fn has_next_apply(&self) -> bool {
        self.can_apply_to() > self.applying.given
            && !self.applying.paused
            && !self.unsynced.has_snapshot()
    }

    fn can_apply_to(&self) -> Index {
        let waits = self.config.storage == Storage::Asynchronous
            && self.config.rules.holds(Rule::AckAfterFsync);
        if waits { self.commit_index.min(self.durable_index()) } else { self.commit_index }
    }

    /// Hashes all that decides what the server does next, its settings apart: for those who look
    /// through many states.
    pub fn hash_state(&self, hasher: &mut impl std::hash::Hasher) {
        use std::hash::Hash;
        self.durable.hash(hasher);
        self.membership.hash(hasher);
        self.role.hash(hasher);
        let Applying { given, done, config, .. } = self.applying;
        (self.commit_index, given, done, config, self.leased).hash(hasher);
        self.durable_index().hash(hasher);
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

    /// The newest snapshot that it has, or is writing.
    pub fn snapshot(&self) -> &Arc<Snapshot> {
        &self.durable.snapshot
    }

    /// The members of the cluster, as far as it has applied changes.
    pub fn membership(&self) -> &Arc<Membership> {
        &self.membership
    }

    /// Its role.
    pub fn role(&self) -> &Role {
        &self.role
    }

    /// The leader it knows of in its term, itself included.
    pub fn leader(&self) -> Option<NodeId> {
        match &self.role {
            Role::Follower { leader } => *leader,
            Role::PreCandidate(_) | Role::Candidate(_) => None,
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
        self.applying.given
    }

    /// The highest index that is on its disk.
    pub fn durable_index(&self) -> Index {
        self.unsynced.durable_index()
    }

    /// How many votes make a majority of the voters; in a joint configuration, of those that come
    /// in.
    pub fn quorum(&self) -> usize {
        crate::quorum::majority(self.membership.voters.len())
    }

    /// The writes that are asked for and not durable yet, in order.
    pub fn writes_under_way(&self) -> impl Iterator<Item = crate::io::WriteId> {
        self.unsynced.under_way()
    }

    // ---- what every part of the protocol uses ----

    fn on_message(&mut self, message: Message, out: &mut Vec<Output>) {
        let Message { from, term, body, .. } = message;
        let ours = self.durable.term;
        if term > ours {
            if self.holds_to_leader(from, term, &body, out) {
                return;
            }
            let asks_only =
                matches!(body, Body::PreVote { .. } | Body::PreVoteReply { vote_granted: true });
            if !asks_only {
                self.adopt_term(from, term, out);
            }
        } else if term < ours && !self.takes_stale(from, term, &body) {
            return self.refuse_stale(from, term, &body, out);
        }
        // An older term deposes nobody, whatever else is taken from it.
        let deposes = term >= ours || !self.is_leader();
        match body {
            Body::RequestVote { last, .. } => self.on_request_vote(from, last, out),
            Body::RequestVoteReply { vote_granted } => self.on_vote(from, vote_granted, out),
            Body::PreVote { last } => self.on_pre_vote(from, term, last, out),
            Body::PreVoteReply { vote_granted } => self.on_pre_vote_reply(from, vote_granted, out),
            Body::AppendEntries { previous, entries, commit_index } => {
                if deposes {
                    self.hear_leader(from, out);
                }
                self.on_append_entries(from, previous, &entries, commit_index, out);
            }
            Body::AppendEntriesReply(reply) => self.on_append_reply(from, reply, out),
            Body::Heartbeat { commit_index, echo } => {
                if deposes {
                    self.hear_leader(from, out);
                }
                self.on_heartbeat(from, commit_index, echo, out);
            }
            Body::HeartbeatReply { echo } => self.on_heartbeat_reply(from, echo, out),
            Body::InstallSnapshot { snapshot } => {
                self.hear_leader(from, out);
                self.on_install_snapshot(from, snapshot, out);
            }
            Body::TimeoutNow => self.on_timeout_now(out),
            Body::TransferLeader => self.on_transfer(from, out),
            Body::ReadIndex { token } => self.on_read(token, from, out),
            Body::ReadIndexReply { token, index } => out.push(Output::Read { token, index }),
            Body::Propose { payloads } => self.propose(payloads, out),
        }
    }

    /// What is passed on for a client has no term. With a rule switched off, some messages of an
    /// older term are taken as if they were new.
    fn takes_stale(&self, from: NodeId, term: Term, body: &Body) -> bool {
        let rules = self.config.rules;
        match body {
            Body::Propose { .. } | Body::ReadIndex { .. } => term == 0,
            Body::RequestVoteReply { .. } => !rules.holds(Rule::CurrentTermVotes),
            Body::AppendEntries { .. } | Body::Heartbeat { .. } => {
                !rules.holds(Rule::RefuseStaleAppend)
            }
            Body::AppendEntriesReply(_) => from == self.id() && !rules.holds(Rule::AckOwnTerm),
            Body::RequestVote { .. }
            | Body::PreVote { .. }
            | Body::PreVoteReply { .. }
            | Body::HeartbeatReply { .. }
            | Body::InstallSnapshot { .. }
            | Body::TimeoutNow
            | Body::TransferLeader
            | Body::ReadIndexReply { .. } => false,
        }
    }

    /// §5.1: "If a server receives a request with a stale term number, it rejects the request."
    fn refuse_stale(&mut self, from: NodeId, term: Term, body: &Body, out: &mut Vec<Output>) {
        let ours = self.durable.term;
        let answers_all = self.config.flavour == Flavour::Paper;
        let answers = answers_all || self.config.check_quorum || self.config.pre_vote;
        match body {
            Body::RequestVote { .. } => {
                let because = Denial::StaleTerm;
                out.push(Output::Note(Note::VoteDenied { candidate: from, term, because }));
                if answers_all {
                    let body = Body::RequestVoteReply { vote_granted: false };
                    self.send_when_durable(from, ours, body);
                }
            }
            // Always answered: otherwise a server of a higher term that asks by pre-vote could
            // wait for ever for one that does not.
            Body::PreVote { .. } => {
                let because = Denial::StaleTerm;
                out.push(Output::Note(Note::PreVoteDenied { candidate: from, term, because }));
                let body = Body::PreVoteReply { vote_granted: false };
                self.send_when_durable(from, ours, body);
            }
            Body::AppendEntries { previous, .. } => {
                let because = AppendRejection::StaleTerm;
                let note = Note::AppendRejected { leader: from, previous: *previous, because };
                out.push(Output::Note(note));
                if answers {
                    let reply = Body::AppendEntriesReply(AppendReply::StaleTerm);
                    self.send_when_durable(from, ours, reply);
                }
            }
            Body::Heartbeat { .. } => {
                out.push(Output::Note(Note::StaleMessage { from, term }));
                if answers {
                    let reply = Body::AppendEntriesReply(AppendReply::StaleTerm);
                    self.send_when_durable(from, ours, reply);
                }
            }
            Body::InstallSnapshot { .. } => {
                out.push(Output::Note(Note::StaleMessage { from, term }));
                if answers_all {
                    let reply = Body::AppendEntriesReply(AppendReply::StaleTerm);
                    self.send_when_durable(from, ours, reply);
                }
            }
            Body::RequestVoteReply { .. }
            | Body::PreVoteReply { .. }
            | Body::AppendEntriesReply(_)
            | Body::HeartbeatReply { .. }
            | Body::TimeoutNow
            | Body::TransferLeader
            | Body::ReadIndex { .. }
            | Body::ReadIndexReply { .. }
            | Body::Propose { .. } => out.push(Output::Note(Note::StaleMessage { from, term })),
        }
    }

    /// §5.1: "If one server's current term is smaller than the other's, then it updates its current
    /// term to the larger value. If a candidate or leader discovers that its term is out of date,
    /// it immediately reverts to follower state."
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
        self.leased = false;
        if term == self.durable.term
            && was != RoleKind::Follower
            && !self.config.rules.holds(Rule::KeepVote)
        {
            self.set_hard_state(term, None);
        }
        match was {
            RoleKind::Follower => {}
            RoleKind::PreCandidate | RoleKind::Candidate => {
                out.push(Output::Note(Note::SteppedDown { term, was_leader: false, because }));
            }
            RoleKind::Leader => {
                out.push(Output::Note(Note::SteppedDown { term, was_leader: true, because }));
                out.push(Output::CancelTimer(Timer::Heartbeat));
                if self.config.check_quorum {
                    out.push(Output::CancelTimer(Timer::Quorum));
                }
                self.reset_election_timer(out);
            }
        }
    }

    pub(crate) fn reset_election_timer(&self, out: &mut Vec<Output>) {
        let range = &self.config.election_timeout;
        let min = *range.start();
        let random = self.config.rules.holds(Rule::RandomTimeouts);
        let max = if random { *range.end() } else { min };
        out.push(Output::SetTimer(Timer::Election, TimerRange { min, max }));
    }

    pub(crate) fn send(&self, to: NodeId, body: Body, out: &mut Vec<Output>) {
        let message = Message { from: self.id(), to, term: self.durable.term, body };
        out.push(Output::Send(message));
    }

    fn forward(&self, leader: NodeId, payloads: Vec<Payload>, out: &mut Vec<Output>) {
        let body = Body::Propose { payloads };
        out.push(Output::Send(Message { from: self.id(), to: leader, term: 0, body }));
        out.push(Output::Proposed(Proposal::Forwarded { leader }));
    }

    /// Takes a command; a follower passes it on if it knows a leader.
    fn submit(&mut self, payload: Payload, out: &mut Vec<Output>) {
        match &self.role {
            Role::Follower { leader: Some(leader) } => self.forward(*leader, vec![payload], out),
            Role::Follower { leader: None }
            | Role::PreCandidate(_)
            | Role::Candidate(_)
            | Role::Leader(_) => self.propose([payload], out),
        }
    }

    /// Takes commands: a leader appends them, all or none; a follower may pass them on.
    fn propose(
        &mut self,
        payloads: impl Into<Vec<Payload>> + AsRef<[Payload]>,
        out: &mut Vec<Output>,
    ) {
        let transferring = match &self.role {
            Role::Leader(leader) if leader.get(self.id()).is_none() => {
                return out.push(Output::Proposed(Proposal::Dropped(Dropped::NotMember)));
            }
            Role::Leader(leader) => leader.transfer,
            Role::Follower { leader: Some(leader) } if self.config.forward_proposals => {
                return self.forward(*leader, payloads.into(), out);
            }
            Role::Follower { .. } | Role::PreCandidate(_) | Role::Candidate(_) => {
                let leader = self.leader();
                return out.push(Output::Proposed(Proposal::NotLeader { leader }));
            }
        };
        if let Some(to) = transferring {
            return out.push(Output::Proposed(Proposal::Dropped(Dropped::Transferring { to })));
        }
        if !self.has_room_for(payloads.as_ref()) {
            return out.push(Output::Proposed(Proposal::Dropped(Dropped::TooMuchUncommitted)));
        }
        for payload in payloads.into() {
            let payload = match payload {
                Payload::Config(change) => self.check_config_change(change, out),
                Payload::Noop | Payload::Data(_) => payload,
            };
            let is_config = matches!(payload, Payload::Config(_));
            let Position { term, index } = self.append_as_leader(payload);
            out.push(Output::Proposed(Proposal::Appended { index, term }));
            let appended = Note::Appended { index, term };
            out.push(Output::Note(if is_config {
                Note::ConfigAppended { index }
            } else {
                appended
            }));
        }
        self.acknowledge_self();
        self.broadcast_append(out);
    }

    /// Whether the leader takes this much more: one command always fits.
    fn has_room_for(&mut self, payloads: &[Payload]) -> bool {
        let limit = self.config.max_uncommitted_bytes;
        let Role::Leader(leader) = &mut self.role else { return false };
        let more: u64 = payloads.iter().map(Payload::len).sum();
        let held = leader.uncommitted_bytes;
        if held > 0 && more > 0 && held + more > limit {
            return false;
        }
        leader.uncommitted_bytes += more;
        true
    }

    /// Appends an entry of the current term to the leader's own log.
    pub(crate) fn append_as_leader(&mut self, payload: Payload) -> Position {
        let (index, term) = (self.durable.log.last_index() + 1, self.durable.term);
        self.durable.log.append(Arc::new(Entry { index, term, payload }));
        self.unsynced.log_changed(index);
        Position { term, index }
    }

    /// The leader's own copy counts once it is durable: it acknowledges it to itself then.
    pub(crate) fn acknowledge_self(&mut self) {
        let (id, term) = (self.id(), self.durable.term);
        let reply = AppendReply::Accepted { match_index: self.durable.log.last_index() };
        self.send_when_durable(id, term, Body::AppendEntriesReply(reply));
    }

    fn on_applied(&mut self, index: Index, out: &mut Vec<Output>) {
        let index = index.min(self.commit_index);
        for index in self.applying.config + 1..=index {
            self.apply_config(index, out);
        }
        if index > self.applying.done {
            let (mut encoded, mut payload) = (0, 0);
            for entry in self.durable.log.range(self.applying.done + 1, index) {
                encoded += entry.encoded_len();
                payload += entry.payload.len();
            }
            self.applying.done = index;
            self.applying.given = self.applying.given.max(index);
            self.applying.bytes = self.applying.bytes.saturating_sub(encoded);
            self.applying.paused = self.applying.bytes >= self.config.max_applying_bytes;
            if let Role::Leader(leader) = &mut self.role {
                leader.uncommitted_bytes = leader.uncommitted_bytes.saturating_sub(payload);
            }
        }
        self.leave_joint_if_due(out);
    }

    /// The state machine is that of a snapshot.
    pub(crate) fn on_restored(&mut self, index: Index, out: &mut Vec<Output>) {
        let applying = &mut self.applying;
        applying.given = applying.given.max(index);
        applying.done = applying.done.max(index);
        applying.config = applying.config.max(index);
        self.leave_joint_if_due(out);
    }
}
