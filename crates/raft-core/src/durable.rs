//! What a server must not lose in a crash, and how a write changes it.

use crate::io::{LogWrite, Write};
use crate::log::Log;
use crate::membership::Membership;
use crate::types::{Index, NodeId, Snapshot, Term};
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
