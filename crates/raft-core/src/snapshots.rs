//! Snapshots and log compaction (§7).

use crate::io::Output;
use crate::log::Log;
use crate::message::{AppendReply, Body, Message};
use crate::node::Node;
use crate::note::{Impossible, Note};
use crate::progress::Flow;
use crate::role::Role;
use crate::rules::Rule;
use crate::types::{Index, NodeId, Snapshot};
use std::sync::Arc;

impl Node {
    pub(crate) fn on_snapshot_saved(&mut self, snapshot: Arc<Snapshot>) {
        let newest = self.durable.snapshot.position.index;
        if snapshot.position.index >= newest && snapshot.position.index <= self.applying.given {
            self.durable.snapshot = snapshot;
        }
    }

    /// §7: "the system can delete all log entries up through the last included index". Nothing
    /// is dropped that no snapshot covers.
    pub(crate) fn on_compacted(&mut self, index: Index, out: &mut Vec<Output>) {
        let index = index.min(self.durable.snapshot.position.index).min(self.durable_index());
        if index >= self.durable.log.first_index() {
            self.durable.log.compact_to(index);
            out.push(Output::Note(Note::Compacted { index }));
        }
    }

    /// §7: "the leader must occasionally send snapshots to followers that lag behind". True where a
    /// message was sent.
    pub(crate) fn send_snapshot(&mut self, to: NodeId, out: &mut Vec<Output>) -> bool {
        let (id, term) = (self.id(), self.durable.term);
        let snapshot = self.durable.snapshot.clone();
        let Role::Leader(leader) = &mut self.role else { return false };
        let Some(progress) = leader.get_mut(to) else { return false };
        if !progress.recent_active || snapshot.position.index == 0 {
            return false;
        }
        if !snapshot.membership.contains(to) {
            // It would refuse one of a cluster that it does not belong to.
            out.push(Output::SnapshotWanted);
            return false;
        }
        let index = snapshot.position.index;
        progress.become_snapshot(index);
        let body = Body::InstallSnapshot { snapshot };
        out.push(Output::Send(Message { from: id, to, term, body }));
        out.push(Output::Note(Note::SnapshotSent { to, index }));
        true
    }

    pub(crate) fn on_install_snapshot(
        &mut self,
        from: NodeId,
        snapshot: Arc<Snapshot>,
        out: &mut Vec<Output>,
    ) {
        let index = snapshot.position.index;
        let installed = self.restore(snapshot, out);
        let match_index = if installed {
            out.push(Output::Note(Note::SnapshotInstalled { from, index }));
            self.durable.log.last_index()
        } else {
            out.push(Output::Note(Note::SnapshotIgnored { from, index }));
            self.commit_index
        };
        let reply = Body::AppendEntriesReply(AppendReply::Accepted { match_index });
        self.send_when_durable(from, self.durable.term, reply);
    }

    /// §7: "If the follower receives a snapshot that describes a prefix of its log, then log
    /// entries covered by the snapshot are deleted but entries following the snapshot are still
    /// valid and must be retained"; otherwise it "discards its entire log". True where the log was
    /// replaced.
    fn restore(&mut self, snapshot: Arc<Snapshot>, out: &mut Vec<Output>) -> bool {
        let rules = self.config.rules;
        let position = snapshot.position;
        let committed = self.commit_index;
        if position.index <= committed {
            if rules.holds(Rule::RefuseOldSnapshot) || position.index == 0 {
                return false;
            }
            let index = position.index;
            let because = Impossible::SnapshotGoesBack { index, committed };
            out.push(Output::Note(Note::Impossible(because)));
            self.applying.given = index;
            self.applying.done = index;
            self.applying.config = index;
        } else if !snapshot.membership.contains(self.id()) {
            // It was meant for somebody who belongs to the cluster.
            return false;
        } else if self.durable.log.holds(position) {
            self.commit_to(position.index, out);
            return false;
        }
        let mut log = Log::after(position);
        let mut kept_from = None;
        if !rules.holds(Rule::SnapshotReplacesLog) {
            let last = self.durable.log.last_index();
            for entry in self.durable.log.range(position.index + 1, last) {
                kept_from = kept_from.or(Some(entry.index));
                log.append(entry.clone());
            }
        }
        self.durable.log = log;
        self.durable.snapshot = snapshot.clone();
        self.commit_index = position.index;
        if rules.holds(Rule::SnapshotMembership) {
            self.membership = snapshot.membership.clone();
        }
        self.unsynced.log_replaced(snapshot, kept_from);
        true
    }

    /// The transport knows what became of a snapshot. Either way the next message waits: for the
    /// follower's acknowledgement, or for its next heartbeat.
    pub(crate) fn on_snapshot_sent(&mut self, to: NodeId, arrived: bool) {
        let Role::Leader(leader) = &mut self.role else { return };
        let Some(progress) = leader.get_mut(to) else { return };
        if !matches!(progress.flow, Flow::Snapshot { .. }) {
            return;
        }
        if !arrived {
            progress.forget_snapshot();
        }
        progress.become_probe();
        progress.paused = true;
    }

    /// A message was lost for certain: in a pipeline, others behind it are of no use.
    pub(crate) fn on_unreachable(&mut self, id: NodeId) {
        let Role::Leader(leader) = &mut self.role else { return };
        if let Some(progress) = leader.get_mut(id)
            && matches!(progress.flow, Flow::Replicate(_))
        {
            progress.become_probe();
        }
    }
}
