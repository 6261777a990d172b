//! A server's disk, of either kind: a write is durable only later, and a crash forgets the writes
//! that were under way, or keeps some of the oldest of them.

use raft_core::{Durable, Index, Snapshot};
use std::collections::VecDeque;
use std::sync::Arc;

/// A disk with writes under way.
#[derive(Clone, Debug)]
pub(crate) struct Disk {
    /// As the server sees it.
    pub(crate) now: Durable,
    durable: Durable,
    /// The disk after each write, oldest first, with the write's number.
    under_way: VecDeque<(u64, Durable)>,
}

impl Disk {
    pub(crate) fn new(now: Durable) -> Disk {
        Disk { durable: now.clone(), now, under_way: VecDeque::new() }
    }

    /// What would survive a crash for certain.
    pub(crate) fn durable(&self) -> &Durable {
        &self.durable
    }

    /// What was done to [`Disk::now`] is a write of this number.
    pub(crate) fn write(&mut self, number: u64) {
        self.under_way.push_back((number, self.now.clone()));
    }

    /// The oldest write becomes durable: its number.
    pub(crate) fn sync(&mut self) -> Option<u64> {
        let (number, kept) = self.under_way.pop_front()?;
        self.durable = kept;
        Some(number)
    }

    pub(crate) fn writes_under_way(&self) -> usize {
        self.under_way.len()
    }

    /// The server loses power; this many writes had reached the disk without its knowledge.
    pub(crate) fn crash(&mut self, survive: usize) {
        for _ in 0..survive {
            self.sync();
        }
        self.under_way.clear();
        self.now = self.durable.clone();
    }

    /// The commit index is written without waiting: it may be lost or not.
    pub(crate) fn note_commit(&mut self, index: Index) {
        self.now.commit_index = index;
        self.durable.commit_index = index;
    }

    /// A snapshot of the state machine is written to a file of its own.
    pub(crate) fn save_snapshot(&mut self, snapshot: &Arc<Snapshot>) {
        let index = snapshot.position.index;
        for kept in self.every() {
            if kept.snapshot.position.index < index {
                kept.snapshot = snapshot.clone();
                kept.commit_index = kept.commit_index.max(index);
            }
        }
    }

    /// The log up to this index is dropped; a snapshot covers it.
    pub(crate) fn compact(&mut self, index: Index) {
        for kept in self.every() {
            if index > kept.log.base().index && index <= kept.snapshot.position.index {
                kept.log.compact_to(index);
            }
        }
    }

    fn every(&mut self) -> impl Iterator<Item = &mut Durable> {
        let under_way = self.under_way.iter_mut().map(|(_, kept)| kept);
        under_way.chain([&mut self.now, &mut self.durable])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use raft_core::NodeId;

    #[test]
    fn a_crash_forgets_what_was_under_way() {
        let mut disk = Disk::new(Durable::of([NodeId(1)]));
        for term in 1..=3 {
            disk.now.term = term;
            disk.write(term);
        }
        assert_eq!(disk.sync(), Some(1));
        let mut other = disk.clone();
        disk.crash(0);
        assert_eq!((disk.now.term, disk.durable().term), (1, 1));
        other.crash(1);
        assert_eq!((other.now.term, other.durable().term), (2, 2));
    }
}
