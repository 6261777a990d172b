//! The replicated log: entries by index, cheap to copy.

use crate::types::{EntryRef, Index, Position, Term};
use imbl::Vector;

/// A server's log. Entries are shared and the spine is a persistent vector, so that a copy costs a
/// few pointers however long the log is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Log {
    // Invariant: entries[i].index == i + 1.
    entries: Vector<EntryRef>,
}

impl Log {
    /// The index of the last entry; 0 where there is none.
    pub fn last_index(&self) -> Index {
        self.entries.len() as Index
    }

    /// The index of the first entry that is held, or would be.
    pub fn first_index(&self) -> Index {
        1
    }

    /// The place and term of the last entry; zeros where there is none.
    pub fn last(&self) -> Position {
        self.entries.last().map_or_else(Position::default, |entry| entry.position())
    }

    /// The entry at this index, if the log holds it.
    pub fn get(&self, index: Index) -> Option<&EntryRef> {
        let offset = index.checked_sub(1)?;
        self.entries.get(usize::try_from(offset).ok()?)
    }

    /// The term of the entry at this index; 0 for index 0, `None` beyond the end.
    pub fn term_at(&self, index: Index) -> Option<Term> {
        if index == 0 { Some(0) } else { self.get(index).map(|entry| entry.term) }
    }

    /// The place of the entry at this index, if the log holds it or it is 0.
    pub fn position_at(&self, index: Index) -> Option<Position> {
        self.term_at(index).map(|term| Position { term, index })
    }

    /// The entries from `first` to `last`, both included, as far as the log holds them.
    pub fn range(&self, first: Index, last: Index) -> impl DoubleEndedIterator<Item = &EntryRef> {
        (first.max(1)..=last.min(self.last_index())).filter_map(|index| self.get(index))
    }

    /// Every entry, in order.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &EntryRef> {
        self.entries.iter()
    }

    /// Appends an entry, which must carry the next index.
    pub fn append(&mut self, entry: EntryRef) {
        debug_assert_eq!(entry.index, self.last_index() + 1);
        self.entries.push_back(entry);
    }

    /// Drops every entry from this index on.
    pub fn truncate_from(&mut self, index: Index) {
        let keep = usize::try_from(index.max(1) - 1).unwrap_or(usize::MAX);
        if keep + 8 >= self.entries.len() {
            while self.entries.len() > keep {
                self.entries.pop_back();
            }
        } else {
            self.entries.truncate(keep);
        }
    }

    /// The last position at or before `index` whose term is at most `term`: the furthest place where
    /// a log that has `term` at `index` can still agree with this one. Used on both sides of a
    /// refused AppendEntries, as in etcd's raft (`findConflictByTerm`).
    pub fn conflict_hint(&self, index: Index, term: Term) -> Position {
        let mut index = index.min(self.last_index());
        loop {
            match self.position_at(index) {
                Some(at) if at.term > term => index -= 1,
                Some(at) => return at,
                None => return Position::default(),
            }
        }
    }
}
