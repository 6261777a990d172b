//! A server's disk: writes take time and finish in order; a crash loses what is not finished.

use crate::settings::Span;
use raft_core::{Durable, Index, LogWrite, Snapshot, Write};
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
    /// When it would be durable at the soonest and latest, were the disk free.
    pub(crate) drawn: Span,
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
        self.durable.apply(&write);
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
            self.durable.apply(&torn(&write, left));
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
}

/// What of a write survives where only its first `left` records reached the disk. The commit index
/// counts for what the log holds after the whole write, so a torn one brings none.
fn torn(write: &Write, left: usize) -> Write {
    let after_hard_state = left - usize::from(write.hard_state.is_some()).min(left);
    let snapshot = write.snapshot.clone().filter(|_| after_hard_state > 0);
    let after_snapshot = after_hard_state - usize::from(snapshot.is_some());
    let log = write.log.as_ref().filter(|_| after_snapshot > 0).map(|log| LogWrite {
        first_index: log.first_index,
        entries: log.entries.iter().take(after_snapshot).cloned().collect(),
    });
    Write {
        id: write.id,
        hard_state: write.hard_state.filter(|_| left > 0),
        snapshot,
        log,
        commit_index: if left >= records(write) { write.commit_index } else { 0 },
    }
}

/// How many records a write consists of: a crash can leave the first few of them.
pub fn records(write: &Write) -> usize {
    let entries = write.log.as_ref().map_or(0, |log| log.entries.len());
    usize::from(write.hard_state.is_some()) + usize::from(write.snapshot.is_some()) + entries
}

#[cfg(test)]
mod tests {
    use super::*;
    use raft_core::{Entry, Payload};

    fn write() -> Write {
        let entry = |index| Arc::new(Entry { index, term: 2, payload: Payload::Noop });
        Write {
            id: 1,
            hard_state: Some((2, None)),
            snapshot: None,
            log: Some(LogWrite { first_index: 1, entries: (1..=3).map(entry).collect() }),
            commit_index: 3,
        }
    }

    #[test]
    fn a_crash_keeps_the_first_records_of_a_write_and_the_commit_index_only_of_a_whole_one() {
        let after = |kept| {
            let pending = PendingWrite {
                write: write(),
                due: 0,
                sequence: 0,
                drawn: Span { min: 0, max: 0 },
            };
            let mut disk = Disk { pending: [pending].into(), ..Disk::default() };
            disk.crash(kept);
            let Durable { term, log, commit_index, .. } = disk.durable;
            (term, log.last_index(), commit_index)
        };
        let found: Vec<_> = (0..=4).map(after).collect();
        assert_eq!(found, [(0, 0, 0), (2, 0, 0), (2, 1, 0), (2, 2, 0), (2, 3, 3)]);
    }
}
