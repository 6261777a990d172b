//! The nouns that everything else is made of: servers, terms, indexes, entries, snapshots.

use crate::membership::{ConfigChange, Membership};
use std::fmt;
use std::sync::Arc;

/// A server's name within its cluster; shown as `n1`, `n2`, …
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct NodeId(pub u64);

impl fmt::Display for NodeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "n{}", self.0)
    }
}

impl fmt::Debug for NodeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "n{}", self.0)
    }
}

/// Raft's logical clock (§5.1). Zero before the first election.
pub type Term = u64;

/// A position in the log. The first entry has index 1; 0 means "before the first entry".
pub type Index = u64;

/// A span of time in microseconds.
pub type Micros = u64;

/// Names one attempt at a linearizable read. Whoever asks chooses it; two attempts must not share
/// one, since late acknowledgements of the first would count for the second.
pub type ReadToken = u64;

/// The index and term of one entry. Ordered as §5.4.1 orders logs: by term, then by index, so
/// comparing two logs' last positions says which log is more up-to-date.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Position {
    /// The term in which the entry was created; compared first.
    pub term: Term,
    /// The entry's index; compared where the terms are equal.
    pub index: Index,
}

/// What an entry carries.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum Payload {
    /// The empty entry with which a leader begins its term (§8), so that it may commit what earlier
    /// leaders left behind.
    Noop,
    /// A command for the state machine, opaque here.
    Data(Box<[u8]>),
    /// A change of the cluster's membership (§6).
    Config(Box<ConfigChange>),
}

impl Payload {
    /// The length of what it carries in bytes, as etcd encodes it; this is what counts towards the
    /// limits on uncommitted and in-flight bytes.
    pub fn len(&self) -> u64 {
        match self {
            Payload::Noop => 0,
            Payload::Data(data) => data.len() as u64,
            Payload::Config(change) => change.encoded_len(),
        }
    }

    /// Whether it carries nothing.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// One entry of the log (§5.3).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Entry {
    /// Its position in the log, from 1.
    pub index: Index,
    /// The term of the leader that created it.
    pub term: Term,
    /// What it carries.
    pub payload: Payload,
}

impl Entry {
    /// The entry’s index and term.
    pub fn position(&self) -> Position {
        Position { term: self.term, index: self.index }
    }

    /// Its length in bytes as etcd encodes entries (`raftpb.Entry`); limits on the size of messages
    /// and on what is being applied count this.
    pub fn encoded_len(&self) -> u64 {
        let length = self.payload.len();
        let data = match self.payload {
            Payload::Noop => 0,
            Payload::Data(_) | Payload::Config(_) => 1 + varint_len(length) + length,
        };
        // The kind of entry, its term and its index, each with a byte that names the field.
        2 + (1 + varint_len(self.term)) + (1 + varint_len(self.index)) + data
    }
}

/// How many bytes a number takes in the variable-length encoding of protocol buffers.
pub(crate) fn varint_len(number: u64) -> u64 {
    u64::from((64 - (number | 1).leading_zeros()).div_ceil(7))
}

/// An entry is made once, by the leader, and shared by every log, message and copy that holds it.
pub type EntryRef = Arc<Entry>;

/// The state machine at some index, in place of the log up to there (§7).
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Snapshot {
    /// The last entry that it contains.
    pub position: Position,
    /// The members of the cluster as of that entry.
    pub membership: Arc<Membership>,
    /// The state machine, opaque here.
    pub data: Arc<[u8]>,
}

impl Snapshot {
    /// The members that a cluster begins with, before any entry.
    pub fn bootstrap(membership: Membership) -> Snapshot {
        Snapshot { membership: Arc::new(membership), ..Snapshot::default() }
    }
}
