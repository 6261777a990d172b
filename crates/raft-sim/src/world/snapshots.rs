//! Snapshots of state machines, membership changes and reads: what servers do beside the log.

use super::World;
use super::hand::Hand;
use crate::cluster::place_of;
use crate::machine::Machine;
use crate::server::{Arrival, Power};
use raft_core::{
    Change, ChangeKind, Entry, Index, Input, NodeId, Payload, Position, ReadToken, Snapshot,
};
use std::sync::Arc;

impl World {
    /// A server saves what it has applied, and its log goes on from there.
    pub(super) fn take_snapshot(&mut self, place: usize) {
        if let Some(snapshot) = self.save_snapshot(place) {
            self.step_until_idle(place, Input::SnapshotSaved(snapshot));
        }
    }

    /// What a server has applied, saved. It is durable at once: it lies beside the log.
    pub(super) fn save_snapshot(&mut self, place: usize) -> Option<Arc<Snapshot>> {
        let server = &self.cluster.servers[place];
        let index = server.node.applied_index();
        let term = server.node.log().term_at(index)?;
        let lineage = self.machines[place].lineage();
        let snapshot = Arc::new(Snapshot {
            position: Position { term, index },
            membership: server.node.membership().clone(),
            data: lineage.to_le_bytes().into(),
        });
        self.snapshots.insert(lineage, self.machines[place].clone());
        self.cluster.servers[place].disk.save(snapshot.clone());
        Some(snapshot)
    }

    /// A server drops the log that its snapshot covers.
    pub(super) fn compact_log(&mut self, place: usize) {
        let index = self.cluster.servers[place].disk.durable().snapshot.position.index;
        self.cluster.servers[place].disk.compact(index);
        self.step_until_idle(place, Input::Compacted(index));
    }

    /// Where a threshold is set, servers take snapshots by themselves.
    pub(super) fn snapshot_if_due(&mut self, place: usize) {
        let every = u64::from(self.cluster.settings.live.snapshot_every);
        let node = &self.cluster.servers[place].node;
        if every > 0 && node.applied_index() >= node.snapshot().position.index + every {
            self.take_snapshot(place);
            self.compact_log(place);
        }
    }

    /// A server's state machine becomes that of a snapshot.
    pub(super) fn restore_machine(&mut self, place: usize, snapshot: &Snapshot) {
        let lineage = <[u8; 8]>::try_from(&*snapshot.data).map(u64::from_le_bytes);
        let machine = lineage.ok().and_then(|lineage| self.snapshots.get(&lineage)).cloned();
        self.machines[place] = machine.unwrap_or_else(Machine::default);
    }

    pub(super) fn tell_of_snapshots(&mut self) {
        while let Some((from, to, arrived)) = self.cluster.snapshots_sent.pop() {
            let place = place_of(from);
            let Some(server) = self.cluster.servers.get_mut(place) else { continue };
            match server.power {
                Power::Up => {
                    self.step_node(place, Input::SnapshotSent { to, arrived });
                    self.settle();
                }
                Power::Paused => server.inbox.push_back(Arrival::SnapshotSent { to, arrived }),
                Power::Crashed => {}
            }
        }
    }

    /// A server joins: it is there, and knows what the cluster began with.
    pub(super) fn add_server(&mut self, id: NodeId) {
        if place_of(id) == self.cluster.servers.len() {
            self.cluster.grow(&self.origin.members);
            self.machines.push(Machine::default());
            self.hands.push(Hand::default());
            self.step_node(place_of(id), Input::Start);
        }
    }

    /// A server whose membership takes effect is there from now on, if it was not.
    pub(super) fn start_added(&mut self, entry: &Entry) {
        let Payload::Config(change) = &entry.payload else { return };
        for Change { kind, node } in &change.changes {
            match kind {
                ChangeKind::AddVoter | ChangeKind::AddLearner => self.add_server(*node),
                ChangeKind::Remove | ChangeKind::Update => {}
            }
        }
    }

    // ---- reads that are no entries ----

    /// A server asks for a read to be confirmed.
    pub(super) fn ask_read(&mut self, place: usize, request: u64) {
        self.last_token += 1;
        let fresh = self.cluster.settings.live.rules.holds(raft_core::Rule::FreshReadToken);
        let token = if fresh { self.last_token } else { u64::MAX - 1 - request };
        self.hands[place].reads_asked.retain(|(_, known)| *known != request);
        self.hands[place].reads_asked.push((token, request));
        self.step_node(place, Input::ReadIndex(token));
    }

    pub(super) fn read_confirmed(&mut self, place: usize, token: ReadToken, index: Index) {
        let hand = &mut self.hands[place];
        if let Some(at) = hand.reads_asked.iter().position(|(known, _)| *known == token) {
            let (_, request) = hand.reads_asked.swap_remove(at);
            hand.reads_due.push((index, request));
            if let Some(followed) = self.followed_mut(request) {
                followed.read_index = Some(index);
            }
        }
    }

    /// Answers the reads for which enough is applied.
    pub(super) fn serve_due_reads(&mut self, place: usize) {
        let hand = &mut self.hands[place];
        if hand.reads_due.is_empty() {
            return;
        }
        let applied = self.cluster.servers[place].node.applied_index();
        let (due, later): (Vec<_>, Vec<_>) =
            std::mem::take(&mut hand.reads_due).into_iter().partition(|(at, _)| *at <= applied);
        hand.reads_due = later;
        for (_, request) in due {
            if self.is_call(request) {
                self.look(place, request);
                continue;
            }
            let Some(open) = self.clients.open.get(&request) else { continue };
            let value = self.machines[place].store().value(open.kind.key());
            self.answer_read(place, request, value);
        }
    }
}
