//! What runs on top of the cluster: state machines, clients, etcd's members and consoles. Each is a
//! struct of its own that is told what happened and may act on the cluster; none calls another
//! back. What they need of each other they find in the [`Cx`]: the cluster, the state machines and
//! the desk.

pub(crate) mod alarms;
mod clients;
pub(crate) mod consoles;
pub(crate) mod desk;
pub(crate) mod etcd;
pub(crate) mod machines;

use crate::client::{RequestKind, Stale};
use crate::cluster::{Came, Cluster, Effect, ordinal_of};
use crate::followed::{Followed, Road};
use crate::machine::{Machine, SessionId};
use crate::server::Server;
use desk::{Desk, Hand};
use etcd_kv::api::{Call, Response, Write};
use machines::Machines;
use raft_core::{
    Change, ChangeKind, Entry, Index, Input, NodeId, Payload, Position, Proposal, Snapshot,
};
use std::sync::Arc;

/// What every service may use while it acts.
pub(crate) struct Cx<'w> {
    pub(crate) cluster: &'w mut Cluster,
    pub(crate) machines: &'w mut Machines,
    pub(crate) desk: &'w mut Desk,
}

impl Cx<'_> {
    pub(crate) fn server(&self, id: NodeId) -> Option<&Server> {
        self.cluster.server(id)
    }

    pub(crate) fn leader(&self) -> Option<&Server> {
        self.cluster.leader()
    }

    pub(crate) fn committed(&self) -> Index {
        self.cluster.committed()
    }

    /// The time of the clients' history, later with every call.
    pub(crate) fn tick(&mut self) -> u64 {
        self.desk.tick(self.cluster.now)
    }

    // ---- servers ----

    /// A server gets an input; what became of a proposal, if it was one. What it then has to apply,
    /// and whatever follows, waits until the step is over.
    pub(crate) fn step(&mut self, ordinal: usize, input: Input) -> Option<Proposal> {
        let proposal = self.step_only(ordinal, input);
        self.cluster.unsettled.push_back(ordinal);
        proposal
    }

    /// The input and what the server then sends to itself.
    pub(crate) fn step_only(&mut self, ordinal: usize, input: Input) -> Option<Proposal> {
        let mut came = Came::default();
        let proposal = self.cluster.step_once(ordinal, input, &mut came);
        while let Some(input) = self.next_input(ordinal, &mut came) {
            self.cluster.step_once(ordinal, input, &mut came);
        }
        proposal
    }

    /// Carries out what a step asks for; the next input that follows from it at the same server.
    fn next_input(&mut self, ordinal: usize, came: &mut Came) -> Option<Input> {
        let mut next = None;
        for effect in came.effects.drain(..) {
            match effect {
                Effect::Restore(snapshot) => self.machines.restore(ordinal, &snapshot),
                Effect::ReadReady(token, index) => self.desk.read_confirmed(ordinal, token, index),
                Effect::SnapshotWanted => {
                    next = self.save_snapshot(ordinal).map(Input::SnapshotSaved);
                }
            }
        }
        next.or_else(|| came.own_mail.pop_front().map(Input::Receive))
    }

    /// A server joins: it is there, and knows what the cluster began with.
    pub(crate) fn add_server(&mut self, id: NodeId) {
        if ordinal_of(id) == self.cluster.servers.len() {
            self.cluster.grow(&self.desk.origin.members);
            self.machines.grow();
            self.desk.hands.push(Hand::default());
            self.step(ordinal_of(id), Input::Start);
        }
    }

    /// A server whose membership takes effect is there from now on, if it was not.
    pub(crate) fn start_added(&mut self, entry: &Entry) {
        let Payload::Config(change) = &entry.payload else { return };
        for Change { kind, node } in &change.changes {
            match kind {
                ChangeKind::AddVoter | ChangeKind::AddLearner => self.add_server(*node),
                ChangeKind::Remove | ChangeKind::Update => {}
            }
        }
    }

    // ---- snapshots ----

    /// A server saves what it has applied, and its log goes on from there.
    pub(crate) fn take_snapshot(&mut self, ordinal: usize) {
        if let Some(snapshot) = self.save_snapshot(ordinal) {
            self.step_only(ordinal, Input::SnapshotSaved(snapshot));
        }
    }

    /// What a server has applied, saved. It is durable at once: it lies beside the log.
    fn save_snapshot(&mut self, ordinal: usize) -> Option<Arc<Snapshot>> {
        let server = &self.cluster.servers[ordinal];
        let index = server.node.applied_index();
        let term = server.node.log().term_at(index)?;
        let snapshot = Arc::new(Snapshot {
            position: Position { term, index },
            membership: server.node.membership().clone(),
            data: self.machines.save(ordinal).into(),
        });
        self.cluster.servers[ordinal].disk.save(snapshot.clone());
        Some(snapshot)
    }

    /// A server drops the log that its snapshot covers.
    pub(crate) fn compact_log(&mut self, ordinal: usize) {
        let index = self.cluster.servers[ordinal].disk.durable().snapshot.position.index;
        self.cluster.servers[ordinal].disk.compact(index);
        self.step_only(ordinal, Input::Compacted(index));
    }

    /// Where a threshold is set, servers take snapshots by themselves.
    pub(crate) fn snapshot_if_due(&mut self, ordinal: usize) {
        let every = u64::from(self.cluster.settings.live.snapshot_every);
        let node = &self.cluster.servers[ordinal].node;
        if every > 0 && node.applied_index() >= node.snapshot().position.index + every {
            self.take_snapshot(ordinal);
            self.compact_log(ordinal);
        }
    }

    // ---- requests ----

    /// A server asks for a read to be confirmed.
    pub(crate) fn ask_read(&mut self, ordinal: usize, request: u64) {
        let next = self.desk.next_token();
        let fresh = self.cluster.settings.live.rules.holds(raft_core::Rule::FreshReadToken);
        let token = if fresh { next } else { u64::MAX - 1 - request };
        self.desk.hands[ordinal].reads_asked.retain(|(_, known)| *known != request);
        self.desk.hands[ordinal].reads_asked.push((token, request));
        self.step(ordinal, Input::ReadIndex(token));
    }

    pub(crate) fn wait_at(&mut self, ordinal: usize, session: SessionId, request: u64) {
        self.desk.wait_at(ordinal, session, request);
    }

    pub(crate) fn watch_request(&mut self, session: SessionId, id: u64, kind: &RequestKind) {
        self.desk.watch_request(self.cluster.now, session, id, kind);
    }

    pub(crate) fn follow(&mut self, id: u64, what: String, road: Road, session: Option<SessionId>) {
        self.desk.followed = Some(Arc::new(Followed {
            id,
            what,
            road,
            server: None,
            session,
            asked_at: self.cluster.now,
            read_index: None,
            ended: None,
        }));
    }

    pub(crate) fn followed_mut(&mut self, id: u64) -> Option<&mut Followed> {
        self.desk.followed_mut(id)
    }

    pub(crate) fn follow_to_the_end(&mut self, id: u64, well: bool) {
        let now = self.cluster.now;
        if let Some(followed) = self.followed_mut(id) {
            followed.ended = Some((now, well));
        }
    }

    // ---- what is stale ----

    /// How old what a server holds of a key is, where something newer was committed when it was
    /// asked for: everything up to `committed` was.
    pub(crate) fn stale(&self, ordinal: usize, key: &[u8], committed: Index) -> Option<Stale> {
        let newest = self.caught_up(ordinal, committed)?;
        let revision = |machine: &Machine| machine.store().get(key).map_or(0, |kv| kv.mod_revision);
        let (seen, newest) = (revision(&self.machines[ordinal]), revision(&newest));
        (seen != newest).then_some(Stale { seen, newest })
    }

    /// Whether a member's answer misses something that was committed when it was asked.
    pub(crate) fn stale_answer(
        &self,
        ordinal: usize,
        call: &Call,
        answer: Option<&Response>,
        committed: Index,
    ) -> Option<Stale> {
        let reads = matches!(call, Call::Range(_) | Call::Write(Write::Txn(_)));
        let answer = answer.filter(|_| reads)?;
        let newest = self.caught_up(ordinal, committed)?;
        let (store, newest) = (self.machines[ordinal].store(), newest.store());
        let stale = newest.look(call).as_ref().ok() != Some(answer);
        stale.then(|| Stale { seen: store.revision(), newest: newest.revision() })
    }

    /// A server's state machine with all that was committed up to an index; `None` where it has all
    /// of that.
    fn caught_up(&self, ordinal: usize, committed: Index) -> Option<Machine> {
        let applied = self.cluster.servers[ordinal].node.applied_index();
        if applied >= committed {
            return None;
        }
        let mut machine = self.machines[ordinal].clone();
        for index in applied + 1..=committed {
            if let Some(entry) = self.cluster.committed_entry(index) {
                machine.apply(entry, true);
            }
        }
        Some(machine)
    }
}
