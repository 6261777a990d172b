//! The replicated log: entries by index, cheap to copy. A snapshot may stand for its beginning
//! (§7).

use crate::types::{EntryRef, Index, Position, Term};
use imbl::Vector;

/// A server's log. Entries are shared and the spine is a persistent vector, so that a copy costs a
/// few pointers however long the log is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(into = "Parts", try_from = "Parts"))]
pub struct Log {
    /// The last entry that was dropped; zeros where none was.
    base: Position,
    // Invariant: entries[i].index == base.index + 1 + i.
    entries: Vector<EntryRef>,
}

impl Log {
    /// An empty log that begins after `base`.
    pub fn after(base: Position) -> Log {
        Log { base, entries: Vector::new() }
    }

    /// The index of the last entry; that of the base where there is none.
    pub fn last_index(&self) -> Index {
        self.base.index + self.entries.len() as Index
    }

    /// The index of the first entry that is held, or would be.
    pub fn first_index(&self) -> Index {
        self.base.index + 1
    }

    /// The last entry that was dropped; zeros where none was.
    pub fn base(&self) -> Position {
        self.base
    }

    /// The index and term of the last entry; of the base where there is none.
    pub fn last(&self) -> Position {
        self.entries.last().map_or(self.base, |entry| entry.position())
    }

    /// The entry at this index, if the log holds it.
    pub fn get(&self, index: Index) -> Option<&EntryRef> {
        let offset = index.checked_sub(self.first_index())?;
        self.entries.get(usize::try_from(offset).ok()?)
    }

    /// The term of the entry at this index, that of the base included; `None` before it and beyond
    /// the end.
    pub fn term_at(&self, index: Index) -> Option<Term> {
        if index == self.base.index {
            Some(self.base.term)
        } else {
            self.get(index).map(|entry| entry.term)
        }
    }

    /// The position of the entry at this index, if its term is known.
    pub fn position_at(&self, index: Index) -> Option<Position> {
        self.term_at(index).map(|term| Position { term, index })
    }

    /// Whether the log has exactly this entry, or has dropped it as its last.
    pub fn holds(&self, position: Position) -> bool {
        self.term_at(position.index) == Some(position.term)
    }

    /// The entries from `first` to `last`, both included, as far as the log holds them.
    pub fn range(&self, first: Index, last: Index) -> impl DoubleEndedIterator<Item = &EntryRef> {
        (first.max(self.first_index())..=last.min(self.last_index()))
            .filter_map(|index| self.get(index))
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

    /// Loses the first entry, as nothing may.
    #[cfg(all(test, debug_assertions))]
    pub(crate) fn misnumber(&mut self) {
        self.entries.pop_front();
    }

    /// Drops every entry from this index on.
    pub fn truncate_from(&mut self, index: Index) {
        let keep = index.max(self.first_index()) - self.first_index();
        let keep = usize::try_from(keep).unwrap_or(usize::MAX);
        if keep + 8 >= self.entries.len() {
            while self.entries.len() > keep {
                self.entries.pop_back();
            }
        } else {
            self.entries.truncate(keep);
        }
    }

    /// Drops every entry up to this index, itself included, as far as the log holds them.
    pub fn compact_to(&mut self, index: Index) {
        let index = index.min(self.last_index());
        let Some(base) = self.position_at(index) else { return };
        let dropped = usize::try_from(index - self.base.index).unwrap_or(usize::MAX);
        self.entries = self.entries.skip(dropped);
        self.base = base;
    }

    /// The last position at or before `index` whose term is at most `term`: the furthest position
    /// where a log that has `term` at `index` can still agree with this one. Used on both sides of
    /// a refused AppendEntries, as in etcd's raft (`findConflictByTerm`). Where the log was
    /// dropped, the index with an unknown term, 0: it may agree there.
    pub fn conflict_hint(&self, index: Index, term: Term) -> Position {
        let mut index = index.min(self.last_index());
        while index > 0 {
            match self.position_at(index) {
                Some(at) if at.term > term => index -= 1,
                Some(at) => return at,
                None => return Position { term: 0, index },
            }
        }
        Position::default()
    }
}

/// What a log is written as: a sequence whatever the vector is, and read with its invariant
/// checked.
#[cfg(feature = "serde")]
#[derive(serde::Serialize, serde::Deserialize)]
struct Parts {
    base: Position,
    entries: Vec<EntryRef>,
}

#[cfg(feature = "serde")]
impl From<Log> for Parts {
    fn from(log: Log) -> Parts {
        Parts { base: log.base, entries: log.entries.iter().cloned().collect() }
    }
}

#[cfg(feature = "serde")]
impl TryFrom<Parts> for Log {
    type Error = String;

    fn try_from(parts: Parts) -> Result<Log, String> {
        let mut log = Log::after(parts.base);
        for entry in parts.entries {
            let (found, expected) = (entry.index, log.last_index() + 1);
            if found != expected {
                return Err(format!("expected the entry at index {expected}, found {found}"));
            }
            log.append(entry);
        }
        Ok(log)
    }
}
