//! The nouns that everything else is made of: servers, terms, indexes, entries.

use std::fmt;
use std::sync::Arc;

/// A server's name within its cluster; shown as `n1`, `n2`, …
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
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

/// A place in the log. The first entry has index 1; 0 means "before the first entry".
pub type Index = u64;

/// A span of time in microseconds.
pub type Micros = u64;

/// The place and term of one entry. Ordered as §5.4.1 orders logs: by term, then by index, so
/// comparing two logs' last positions says which log is more up-to-date.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    /// The term in which the entry was created; compared first.
    pub term: Term,
    /// The entry's index; compared where the terms are equal.
    pub index: Index,
}

/// What an entry carries.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Payload {
    /// The empty entry with which a leader begins its term (§8), so that it may commit what earlier
    /// leaders left behind.
    Noop,
    /// A command for the state machine, opaque here.
    Data(Box<[u8]>),
}

/// One entry of the log (§5.3).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Entry {
    /// Its place in the log, from 1.
    pub index: Index,
    /// The term of the leader that created it.
    pub term: Term,
    /// What it carries.
    pub payload: Payload,
}

impl Entry {
    /// The entry's place and term.
    pub fn position(&self) -> Position {
        Position { term: self.term, index: self.index }
    }
}

/// An entry is made once, by the leader, and shared by every log, message and copy that holds it.
pub type EntryRef = Arc<Entry>;
