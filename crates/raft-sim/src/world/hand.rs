//! What a server has in hand for its clients; lost when its process ends.

use crate::machine::SessionId;
use raft_core::{Index, ReadToken};

/// The requests that a server is to answer.
#[derive(Clone, Debug, Default)]
pub(super) struct Hand {
    /// Those whose entry is to be applied first.
    pub(super) waiting: Vec<Waiting>,
    /// Reads that wait for a quorum to confirm the leader.
    pub(super) reads_asked: Vec<(ReadToken, u64)>,
    /// Reads that wait until everything up to an index is applied.
    pub(super) reads_due: Vec<(Index, u64)>,
}

/// A client whose request is in a server's hands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Waiting {
    pub(super) session: SessionId,
    pub(super) request: u64,
}
