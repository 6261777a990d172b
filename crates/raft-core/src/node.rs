//! One server: its state, and the way in for every input.

use crate::applying::Applying;
use crate::config::{Config, Flavour};
use crate::durable::Durable;
use crate::io::{Input, Output, Timer, TimerRange};
use crate::log::Log;
use crate::membership::Membership;
use crate::message::{AppendReply, Body, Message};
use crate::note::{AppendRejection, Denial, Note, StepDown};
use crate::persistence::Unsynced;
use crate::role::{Role, RoleKind};
use crate::rules::Rule;
use crate::types::{Index, NodeId, Snapshot, Term};
use std::sync::Arc;

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
            applying: Applying::behind(snapshot),
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
}
