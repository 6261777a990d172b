//! A server's disk: writes take time and finish in order; a crash loses what is not finished.

use raft_core::{Durable, EntryRef, Index, Log, LogWrite, Snapshot, Write};
use std::collections::VecDeque;
use std::sync::Arc;

/// What is on the disk, and what is being written.
#[derive(Clone, Debug, Default)]
pub struct Disk {
    pub(crate) durable: Durable,
    pub(crate) pending: VecDeque<PendingWrite>,
    /// How many writes were ever begun; numbers the draws.
    pub(crate) begun: u64,
}

#[derive(Clone, Debug)]
pub(crate) struct PendingWrite {
    pub(crate) write: Write,
    pub(crate) due: u64,
    pub(crate) sequence: u64,
}

impl Disk {
    /// What would be there after a crash.
    pub fn durable(&self) -> &Durable {
        &self.durable
    }

    /// A snapshot of the server's own is saved: it lies beside the log and takes effect whole.
    pub(crate) fn save(&mut self, snapshot: Arc<Snapshot>) {
        self.durable.snapshot = snapshot;
    }

    /// Drops the log up to an index that the snapshot covers.
    pub(crate) fn compact(&mut self, index: Index) {
        self.durable.log.compact_to(index);
    }

    /// What is being written, oldest first, and when each write is durable.
    pub fn pending(&self) -> impl Iterator<Item = (&Write, u64)> {
        self.pending.iter().map(|pending| (&pending.write, pending.due))
    }

    /// Whether anything is being written.
    pub fn is_busy(&self) -> bool {
        !self.pending.is_empty()
    }

    /// The oldest write is finished.
    pub(crate) fn finish(&mut self) -> Option<Write> {
        let PendingWrite { write, .. } = self.pending.pop_front()?;
        self.apply(&write, usize::MAX);
        Some(write)
    }

    /// A crash: what is pending is lost, but for the first `kept` records of it. A write's records
    /// are its term and vote, then its entries one by one; a torn record is recognised by its
    /// checksum at the next start and counts as lost.
    pub(crate) fn crash(&mut self, kept: usize) {
        let mut left = kept;
        while let Some(PendingWrite { write, .. }) = self.pending.pop_front() {
            if left == 0 {
                break;
            }
            let records = records(&write);
            self.apply(&write, left);
            left = left.saturating_sub(records);
            if left == 0 {
                break;
            }
        }
        self.pending.clear();
    }

    pub(crate) fn pending_records(&self) -> usize {
        self.pending.iter().map(|pending| records(&pending.write)).sum()
    }

    fn apply(&mut self, write: &Write, records: usize) {
        let mut left = records;
        if let Some((term, vote)) = write.hard_state {
            if left == 0 {
                return;
            }
            self.durable.term = term;
            self.durable.vote = vote;
            left -= 1;
        }
        if let Some(snapshot) = &write.snapshot {
            if left == 0 {
                return;
            }
            self.durable.log = Log::after(snapshot.position);
            self.durable.snapshot = snapshot.clone();
            left -= 1;
        }
        if let Some(LogWrite { first_index, entries }) = &write.log
            && left > 0
        {
            self.durable.log.truncate_from(*first_index);
            for entry in entries.iter().take(left) {
                self.durable.log.append(EntryRef::clone(entry));
            }
        }
        // It counts for what the log then holds: of a torn write it is not taken.
        if records >= self::records(write) {
            self.durable.commit_index = self.durable.commit_index.max(write.commit_index);
        }
    }
}

/// How many records a write consists of: a crash can leave the first few of them.
pub fn records(write: &Write) -> usize {
    let entries = write.log.as_ref().map_or(0, |log| log.entries.len());
    usize::from(write.hard_state.is_some()) + usize::from(write.snapshot.is_some()) + entries
}
