//! What follows from a step at the same instant: snapshots are installed and taken, what is
//! committed is applied, and whoever waits for that is told.

use super::Simulation;
use crate::cluster::{Effect, ordinal_of};
use crate::server::{Arrival, Power, Standing};
use crate::service::Service;
use raft_core::{
    Change, ChangeKind, Entry, Index, Input, NodeId, Payload, Position, Proposal, Snapshot, WriteId,
};
use std::sync::Arc;

impl<S: Service> Simulation<S> {
    /// A server gets an input; what became of a proposal, if it was one. What it then has to apply,
    /// and whatever follows, waits until the step is over.
    pub(crate) fn input(&mut self, ordinal: usize, input: Input) -> Option<Proposal> {
        let proposal = self.input_only(ordinal, input);
        self.cluster.effects.push_back((ordinal, Effect::Stepped));
        proposal
    }

    /// The input, and what the server asks for at once.
    fn input_only(&mut self, ordinal: usize, input: Input) -> Option<Proposal> {
        let before = self.cluster.effects.len();
        let proposal = self.cluster.step(ordinal, input);
        if self.cluster.effects.len() > before {
            for (ordinal, effect) in self.cluster.effects.split_off(before) {
                self.carry_out_effect(ordinal, effect);
            }
        }
        proposal
    }

    /// A server begins, with what is on its disk.
    pub(crate) fn start(&mut self, ordinal: usize) {
        self.input(ordinal, Input::Start);
    }

    /// A write is durable: what rests on it leaves, and the server is told.
    pub(super) fn persisted(&mut self, ordinal: usize, write: WriteId) {
        while let Some(message) = self.cluster.next_held(ordinal, write) {
            if message.to == message.from {
                self.input(ordinal, Input::Receive(message));
            } else {
                self.cluster.send(message);
            }
        }
        self.input(ordinal, Input::Persisted(write));
    }

    /// What follows from the steps that servers have made, in order.
    pub(crate) fn settle(&mut self) {
        while let Some((ordinal, effect)) = self.cluster.effects.pop_front() {
            self.carry_out_effect(ordinal, effect);
        }
    }

    fn carry_out_effect(&mut self, ordinal: usize, effect: Effect) {
        let at = self.cluster.servers[ordinal].id;
        match effect {
            Effect::Restore(snapshot) => self.service.restore(at, &snapshot.data),
            Effect::ReadReady(token, index) => {
                self.service.read_ready(&mut self.cluster, at, token, index);
            }
            Effect::SnapshotWanted => self.take_snapshot(ordinal),
            Effect::Stopped => self.crash_at(ordinal),
            // What remains of a process that has ended asks for nothing.
            Effect::Stepped if self.cluster.servers[ordinal].power == Power::Crashed => {}
            Effect::Stepped => {
                while let Some((first, last)) = self.cluster.servers[ordinal].node.next_apply() {
                    self.apply(ordinal, first, last);
                    self.input_only(ordinal, Input::Applied(last));
                }
                self.snapshot_if_due(ordinal);
                self.service.settled(&mut self.cluster, at);
            }
        }
    }

    /// A server carries out what is committed.
    fn apply(&mut self, ordinal: usize, first: Index, last: Index) {
        let at = self.cluster.servers[ordinal].id;
        for index in first..=last {
            let Some(entry) = self.cluster.servers[ordinal].node.log().get(index).cloned() else {
                return;
            };
            self.start_added(&entry);
            self.service.apply(&mut self.cluster, at, &entry);
        }
    }

    /// A server joins: it is there, and knows what the cluster began with.
    pub(crate) fn add_server(&mut self, id: NodeId) {
        if self.make_server(id) {
            self.start(ordinal_of(id));
        }
    }

    /// A server comes to be, if it is the next; whether it has.
    fn make_server(&mut self, id: NodeId) -> bool {
        let is_next = ordinal_of(id) == self.cluster.servers.len();
        if is_next {
            self.cluster.grow();
            self.service.joined(id);
        }
        is_next
    }

    /// A server whose membership takes effect is there from now on, if it was not; one that was
    /// only announced waits for somebody to start it.
    fn start_added(&mut self, entry: &Entry) {
        let Payload::Config(change) = &entry.payload else { return };
        for Change { kind, node } in &change.changes {
            match kind {
                ChangeKind::AddVoter | ChangeKind::AddLearner
                    if self.service.only_announces(change) =>
                {
                    if self.make_server(*node) {
                        let server = &mut self.cluster.servers[ordinal_of(*node)];
                        server.power = Power::Crashed;
                        server.standing = Standing::Announced;
                    }
                }
                ChangeKind::AddVoter | ChangeKind::AddLearner => self.add_server(*node),
                ChangeKind::Remove | ChangeKind::Update => {}
            }
        }
    }

    // ---- snapshots ----

    /// A server saves what it has applied, durable at once: it lies beside the log. The log goes on
    /// from there.
    pub(crate) fn take_snapshot(&mut self, ordinal: usize) {
        let node = &self.cluster.servers[ordinal].node;
        let index = node.applied_index();
        let Some(term) = node.log().term_at(index) else { return };
        let membership = node.membership().clone();
        let data = self.service.save(self.cluster.servers[ordinal].id);
        let snapshot = Snapshot { position: Position { term, index }, membership, data };
        let snapshot = Arc::new(snapshot);
        self.cluster.servers[ordinal].disk.save(snapshot.clone());
        self.input_only(ordinal, Input::SnapshotSaved(snapshot));
    }

    /// A server drops the log that its snapshot covers.
    pub(crate) fn compact_log(&mut self, ordinal: usize) {
        let index = self.cluster.servers[ordinal].disk.durable().snapshot.position.index;
        self.cluster.servers[ordinal].disk.compact(index);
        self.input_only(ordinal, Input::Compacted(index));
    }

    /// Where a threshold is set, servers take snapshots by themselves.
    fn snapshot_if_due(&mut self, ordinal: usize) {
        let every = u64::from(self.cluster.live_of(ordinal).snapshot_every);
        let node = &self.cluster.servers[ordinal].node;
        if every > 0 && node.applied_index() >= node.snapshot().position.index + every {
            self.take_snapshot(ordinal);
            self.compact_log(ordinal);
        }
    }

    /// Senders learn what became of their snapshots.
    pub(super) fn report_snapshots(&mut self) {
        while let Some((from, to, arrived)) = self.cluster.snapshots_sent.pop() {
            let ordinal = ordinal_of(from);
            let Some(server) = self.cluster.servers.get_mut(ordinal) else { continue };
            match server.power {
                Power::Up => {
                    self.input(ordinal, Input::SnapshotSent { to, arrived });
                    self.settle();
                }
                Power::Paused => server.inbox.push_back(Arrival::SnapshotSent { to, arrived }),
                Power::Crashed => {}
            }
        }
    }
}
