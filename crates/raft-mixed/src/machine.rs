//! The state machine that every server runs: a digest of everything it has applied, so that two
//! servers that applied anything different never agree again.

use raft_core::{Entry, EntryRef, Index, Snapshot};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

/// A state machine.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Machine {
    /// The last entry that it has applied.
    pub(crate) applied: Index,
    /// What it has applied so far, in one number.
    pub(crate) digest: u64,
}

impl Machine {
    /// The state that a snapshot captures; none where the snapshot is not one of ours.
    pub(crate) fn from_snapshot(snapshot: &Snapshot) -> Option<Machine> {
        let applied = snapshot.position.index;
        if applied == 0 {
            return Some(Machine::default());
        }
        let digest = u64::from_le_bytes((*snapshot.data).try_into().ok()?);
        Some(Machine { applied, digest })
    }

    pub(crate) fn data(&self) -> Arc<[u8]> {
        self.digest.to_le_bytes().into()
    }

    /// Applies the next entry.
    pub(crate) fn apply(&mut self, entry: &Entry) {
        assert_eq!(entry.index, self.applied + 1, "entries are applied in order, each once");
        let mut hasher = DefaultHasher::new();
        (self.digest, entry).hash(&mut hasher);
        *self = Machine { applied: entry.index, digest: hasher.finish() };
    }
}

/// Something that a server's state machine did.
#[derive(Clone, Debug)]
pub(crate) struct Applied {
    /// The state machine afterwards.
    pub(crate) machine: Machine,
    /// The entry that it applied; none for a snapshot.
    pub(crate) entry: Option<EntryRef>,
    /// The members of the cluster afterwards, as the server's Raft knows them.
    pub(crate) membership: Arc<raft_core::Membership>,
}
