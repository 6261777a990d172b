//! Linearizable reads that bypass the log (§6.4 of Ongaro's dissertation): which of them wait
//! for a quorum to confirm the leader.

use crate::types::{Index, NodeId, ReadToken};

/// One read that waits.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PendingRead {
    /// The read.
    pub token: ReadToken,
    /// Who asked: the leader itself, or a server that passed it on.
    pub from: NodeId,
    /// What was committed when it was asked.
    pub index: Index,
    /// Who has confirmed the leader since.
    pub confirmed_by: Vec<NodeId>,
}

/// The reads that wait, oldest first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct ReadQueue {
    waiting: Vec<PendingRead>,
}

impl ReadQueue {
    /// The reads that wait, oldest first.
    pub fn waiting(&self) -> &[PendingRead] {
        &self.waiting
    }

    /// The latest one: a heartbeat that carries it confirms all before it too.
    pub(crate) fn latest(&self) -> Option<ReadToken> {
        self.waiting.last().map(|read| read.token)
    }

    pub(crate) fn add(&mut self, token: ReadToken, from: NodeId, index: Index, leader: NodeId) {
        if self.waiting.iter().all(|read| read.token != token) {
            let confirmed_by = vec![leader];
            self.waiting.push(PendingRead { token, from, index, confirmed_by });
        }
    }

    pub(crate) fn confirm(&mut self, token: ReadToken, by: NodeId) -> Option<&PendingRead> {
        let read = self.waiting.iter_mut().find(|read| read.token == token)?;
        if !read.confirmed_by.contains(&by) {
            read.confirmed_by.push(by);
        }
        Some(read)
    }

    /// Takes out a read that is confirmed, with all that were asked before it.
    pub(crate) fn take_to(&mut self, token: ReadToken) -> Vec<PendingRead> {
        match self.waiting.iter().position(|read| read.token == token) {
            Some(place) => self.waiting.drain(..=place).collect(),
            None => Vec::new(),
        }
    }
}
