//! One server as etcd drives it: in ticks, and with `Ready` in place of single outputs.

mod ready;

use super::mail::{HardState, Mail};
use raft_core::{
    Body, Config, Durable, Flavour, Index, Input, Kind, Log, Message, Node, NodeId, Output,
    Payload, Proposal, ReadToken, Reads, Role, RoleKind, Snapshot, Storage, Timer, Window, WriteId,
};
use std::collections::VecDeque;
use std::sync::Arc;

/// The shortest election timeout, in ticks.
pub const ELECTION_TICKS: u64 = 3;
/// The time between heartbeats, in ticks.
pub const HEARTBEAT_TICKS: u64 = 1;

const STEP_PEER_NOT_FOUND: &str = "raft: cannot step as peer not found";

/// What `add-nodes` says about a server.
#[derive(Clone, Debug)]
pub struct Settings {
    pub pre_vote: bool,
    pub check_quorum: bool,
    pub asynchronous: bool,
    pub inflight: Option<usize>,
    pub max_applying_bytes: Option<u64>,
    pub validate: bool,
    pub step_down: bool,
    pub reads: Reads,
}

#[derive(Debug)]
pub struct Server {
    node: Node,
    asynchronous: bool,
    // ---- what the next Ready will hold ----
    messages: Vec<Message>,
    /// Votes and acknowledgements: they rest on what is written.
    after_append: Vec<Message>,
    new_entries_from: Option<Index>,
    new_snapshot: Option<Arc<Snapshot>>,
    read_states: Vec<(ReadToken, Index)>,
    last_write: WriteId,
    soft_state: (u64, &'static str),
    hard_state: HardState,
    // ---- its storage and application ----
    /// Its log, and the snapshot of all that was applied.
    disk: Durable,
    append_work: VecDeque<Mail>,
    apply_work: VecDeque<Mail>,
    // ---- its ticks ----
    election_elapsed: u64,
    heartbeat_elapsed: u64,
    timeout: u64,
}

impl Server {
    pub fn new(id: NodeId, settings: &Settings, snapshot: Arc<Snapshot>) -> Server {
        let config = Config {
            election_timeout: ELECTION_TICKS..=2 * ELECTION_TICKS - 1,
            heartbeat: HEARTBEAT_TICKS,
            max_entries_per_append: usize::MAX,
            max_bytes_per_append: u64::MAX,
            window: Window { messages: settings.inflight.unwrap_or(usize::MAX), bytes: 0 },
            max_uncommitted_bytes: u64::MAX,
            max_applying_bytes: settings.max_applying_bytes.unwrap_or(u64::MAX),
            pre_vote: settings.pre_vote,
            check_quorum: settings.check_quorum,
            reads: settings.reads,
            forward_proposals: true,
            step_down_on_removal: settings.step_down,
            validate_config_changes: settings.validate,
            flavour: Flavour::Etcd,
            storage: if settings.asynchronous {
                Storage::Asynchronous
            } else {
                Storage::Synchronous
            },
            ..Config::new(id)
        };
        let node = Node::new(Arc::new(config), Durable::from_snapshot(snapshot.clone()));
        let commit = node.commit_index();
        Server {
            disk: Durable::from_snapshot(snapshot),
            node,
            asynchronous: settings.asynchronous,
            messages: Vec::new(),
            after_append: Vec::new(),
            new_entries_from: None,
            new_snapshot: None,
            read_states: Vec::new(),
            last_write: 0,
            soft_state: (0, "StateFollower"),
            hard_state: HardState { commit, ..HardState::default() },
            append_work: VecDeque::new(),
            apply_work: VecDeque::new(),
            election_elapsed: 0,
            heartbeat_elapsed: 0,
            timeout: 2 * ELECTION_TICKS - 1,
        }
    }

    // ---- steps ----

    /// What became of a proposal, if it was one.
    fn step(&mut self, input: Input) -> Option<Proposal> {
        let before = (self.node.term(), self.node.role().kind());
        // etcd starts the timer of what it was asked to do at the next change of role or term.
        let keeps_timer =
            matches!(input, Input::Campaign | Input::ApplyConfig(_) | Input::Applied(_));
        let mut outputs = Vec::new();
        self.node.step(input, &mut outputs);
        let mut proposed = None;
        for output in outputs {
            match output {
                Output::Send(message) | Output::SendAfter(_, message) => {
                    let rests_on_write = matches!(
                        message.kind(),
                        Kind::AppendReply | Kind::VoteReply | Kind::PreVoteReply
                    );
                    if rests_on_write {
                        self.after_append.push(message);
                    } else {
                        self.messages.push(message);
                    }
                }
                Output::Persist(write) => {
                    self.last_write = write.id;
                    if let Some(snapshot) = write.snapshot {
                        self.new_snapshot = Some(snapshot);
                        self.new_entries_from = None;
                    }
                    if let Some(log) = write.log {
                        let from = self.new_entries_from.unwrap_or(Index::MAX);
                        self.new_entries_from = Some(from.min(log.first_index));
                    }
                }
                Output::SetTimer(Timer::Election | Timer::Quorum, _) if !keeps_timer => {
                    self.election_elapsed = 0;
                }
                Output::Proposed(proposal) => proposed = Some(proposal),
                Output::Read { token, index } => self.read_states.push((token, index)),
                Output::SetTimer(..)
                | Output::CancelTimer(_)
                | Output::Restore(_)
                | Output::SnapshotWanted
                | Output::Note(_) => {}
            }
        }
        let after = (self.node.term(), self.node.role().kind());
        if after != before && (after.0 != before.0 || after.1 != RoleKind::PreCandidate) {
            self.election_elapsed = 0;
            self.heartbeat_elapsed = 0;
            // Any number from the range will do: scripts that need one set it.
            self.timeout = ELECTION_TICKS + (self.node.id().0 + after.0) % ELECTION_TICKS;
        }
        proposed
    }

    pub fn campaign(&mut self) {
        self.step(Input::Campaign);
    }

    pub fn forget_leader(&mut self) {
        self.step(Input::ForgetLeader);
    }

    pub fn transfer(&mut self, to: NodeId) {
        self.step(Input::TransferLeader(to));
    }

    pub fn unreachable(&mut self, peer: NodeId) {
        self.step(Input::Unreachable(peer));
    }

    /// False where it was dropped.
    pub fn propose(&mut self, payload: Payload) -> bool {
        was_taken(self.step(Input::Propose(payload)))
    }

    pub fn receive(&mut self, mail: Mail) -> Result<(), String> {
        match mail {
            Mail::Message(message) => {
                let is_response = matches!(
                    message.body,
                    Body::AppendEntriesReply(_)
                        | Body::RequestVoteReply { .. }
                        | Body::HeartbeatReply { .. }
                        | Body::ReadIndexReply { .. }
                        | Body::PreVoteReply { .. }
                );
                if is_response && !self.node.membership().contains(message.from) {
                    return Err(STEP_PEER_NOT_FOUND.into());
                }
                if !was_taken(self.step(Input::Receive(message))) {
                    return Err(super::DROPPED.into());
                }
            }
            Mail::Appended { write, .. } => {
                self.step(Input::Persisted(write));
            }
            Mail::Applied { entries, .. } => {
                if let Some(last) = entries.last() {
                    self.step(Input::Applied(last.index));
                }
            }
            Mail::Append { .. } | Mail::Apply { .. } => {}
        }
        Ok(())
    }

    // ---- ticks ----

    pub fn set_timeout(&mut self, ticks: u64) {
        self.timeout = ticks;
    }

    pub fn ticks(&mut self, count: u64) {
        for _ in 0..count {
            self.tick();
        }
    }

    fn tick(&mut self) {
        self.election_elapsed += 1;
        if self.node.is_leader() {
            self.heartbeat_elapsed += 1;
            if self.election_elapsed >= ELECTION_TICKS {
                self.election_elapsed = 0;
                self.step(Input::Timer(Timer::Quorum));
            }
            if self.node.is_leader() && self.heartbeat_elapsed >= HEARTBEAT_TICKS {
                self.heartbeat_elapsed = 0;
                self.step(Input::Timer(Timer::Heartbeat));
            }
            return;
        }
        if self.election_elapsed >= ELECTION_TICKS {
            self.step(Input::Timer(Timer::Lease));
        }
        let can_stand = self.node.membership().is_voter(self.node.id());
        if can_stand && self.election_elapsed >= self.timeout {
            self.election_elapsed = 0;
            self.step(Input::Timer(Timer::Election));
        }
    }

    // ---- its storage, as scripts act on it ----

    pub fn compact(&mut self, index: Index) {
        self.disk.log.compact_to(index);
        self.step(Input::Compacted(index));
    }

    pub fn snapshot_for(&self, to: NodeId) -> Mail {
        let body = Body::InstallSnapshot { snapshot: self.disk.snapshot.clone() };
        Mail::Message(Message { from: self.node.id(), to, term: self.node.term(), body })
    }

    pub fn disk(&self) -> &Log {
        &self.disk.log
    }

    // ---- looking ----

    fn soft_state_now(&self) -> (u64, &'static str) {
        let state = match self.node.role() {
            Role::Follower { .. } => "StateFollower",
            Role::PreCandidate(_) => "StatePreCandidate",
            Role::Candidate(_) => "StateCandidate",
            Role::Leader(_) => "StateLeader",
        };
        (self.node.leader().map_or(0, |leader| leader.0), state)
    }

    fn hard_state_now(&self) -> HardState {
        HardState {
            term: self.node.term(),
            vote: self.node.vote().map_or(0, |vote| vote.0),
            commit: self.node.commit_index(),
        }
    }

    pub fn state_line(&self) -> String {
        let id = self.node.id();
        let (leader, state) = self.soft_state_now();
        let voter = if self.node.membership().is_voter(id) { "Voter" } else { "Non-Voter" };
        format!("{}: {state} ({voter}) Term:{} Lead:{leader}", id.0, self.node.term())
    }

    /// What a leader knows about everybody; nothing where it does not lead.
    pub fn status(&self) -> String {
        let Role::Leader(leader) = self.node.role() else { return String::new() };
        let window = self.node.config().window;
        let line = |(id, progress): &(NodeId, raft_core::Progress)| {
            format!("{}: {}\n", id.0, progress.describe(window))
        };
        leader.progress().iter().map(line).collect()
    }
}

/// Whether a proposal was not dropped, if there was one.
fn was_taken(proposed: Option<Proposal>) -> bool {
    match proposed {
        None | Some(Proposal::Appended { .. } | Proposal::Forwarded { .. }) => true,
        Some(Proposal::NotLeader { .. } | Proposal::Dropped(_)) => false,
    }
}
