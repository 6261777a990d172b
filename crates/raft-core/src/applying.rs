//! The way of committed entries to the state machine: handed out once each, within the limit on
//! what is being applied, and reported back.

use crate::config::Storage;
use crate::io::Output;
use crate::node::Node;
use crate::role::Role;
use crate::rules::Rule;
use crate::types::Index;

/// How far entries have gone to the state machine.
#[derive(Clone, Copy, Debug)]
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

impl Applying {
    /// All up to a snapshot's index is in the state machine, nothing else.
    pub(crate) fn behind(snapshot: Index) -> Applying {
        Applying { given: snapshot, done: snapshot, config: snapshot, bytes: 0, paused: false }
    }
}

impl Node {
    /// The next entries for the state machine, first and last index, if there are any: committed,
    /// durable here (but see [`Storage`]), and within the limit on what is being applied. Each is
    /// handed out once; [`Input::Applied`](crate::Input::Applied) reports back.
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

    pub(crate) fn on_applied(&mut self, index: Index, out: &mut Vec<Output>) {
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
