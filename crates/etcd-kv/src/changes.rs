//! The list of changes. The latest are kept as they are; older ones are packed, a few dozen to a
//! block of bytes, so that a run of many hours keeps all of its revisions in little memory.

use crate::api::{Bytes, KeyValue, LeaseId, Revision};
use imbl::Vector;
use std::sync::Arc;

/// A place in the list of changes; memory runs out long before this does.
pub(crate) type Place = u32;
/// No place.
pub(crate) const NOWHERE: Place = Place::MAX;

/// Changes in a packed block.
const BLOCK: usize = 16;

/// One change to one key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Change {
    pub(crate) key: Bytes,
    pub(crate) value: Bytes,
    pub(crate) about: About,
}

/// A change without key and value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct About {
    pub(crate) create_revision: Revision,
    pub(crate) mod_revision: Revision,
    pub(crate) lease: LeaseId,
    /// 0 for a deletion.
    pub(crate) version: u32,
    /// Counts the changes within a revision, from 0.
    pub(crate) sub: u32,
    /// The key's change before this one.
    pub(crate) previous: Place,
}

impl About {
    pub(crate) fn is_deletion(&self) -> bool {
        self.version == 0
    }
}

impl Change {
    pub(crate) fn pair(&self) -> KeyValue {
        KeyValue {
            key: self.key.clone(),
            create_revision: self.about.create_revision,
            mod_revision: self.about.mod_revision,
            version: i64::from(self.about.version),
            value: self.value.clone(),
            lease: self.about.lease,
        }
    }
}

/// All changes, oldest first. A copy costs a few pointers.
#[derive(Clone, Debug, Default)]
pub(crate) struct Changes {
    packed: Vector<Arc<Block>>,
    /// At most two blocks' worth; shared between copies until one of them changes.
    latest: Arc<Vec<Change>>,
}

/// Some changes in a row.
#[derive(Debug)]
struct Block {
    /// The mod revision of the first.
    first: Revision,
    /// Where in `bytes` each begins.
    starts: [u32; BLOCK],
    bytes: Box<[u8]>,
}

impl Changes {
    pub(crate) fn len(&self) -> usize {
        self.packed.len() * BLOCK + self.latest.len()
    }

    pub(crate) fn push(&mut self, change: Change) {
        if self.latest.len() == 2 * BLOCK {
            let first = Place::try_from(self.packed.len() * BLOCK).unwrap_or(NOWHERE);
            let block = Block::pack(self.latest[..BLOCK].iter(), first);
            self.packed.push_back(Arc::new(block));
            self.latest = Arc::new(self.latest[BLOCK..].to_vec());
        }
        Arc::make_mut(&mut self.latest).push(change);
    }

    pub(crate) fn about(&self, place: Place) -> About {
        match self.find(place) {
            Found::Latest(change) => change.about,
            Found::Packed(block, at) => block.read(at, place).0,
        }
    }

    pub(crate) fn value(&self, place: Place) -> Bytes {
        match self.find(place) {
            Found::Latest(change) => change.value.clone(),
            Found::Packed(block, at) => block.read(at, place).2.into(),
        }
    }

    pub(crate) fn pair(&self, place: Place) -> KeyValue {
        match self.find(place) {
            Found::Latest(change) => change.pair(),
            Found::Packed(block, at) => block.change(at, place).pair(),
        }
    }

    pub(crate) fn change(&self, place: Place) -> Change {
        match self.find(place) {
            Found::Latest(change) => change.clone(),
            Found::Packed(block, at) => block.change(at, place),
        }
    }

    /// The places from the first change of this revision or a later one on.
    pub(crate) fn places_from(&self, revision: Revision) -> std::ops::Range<Place> {
        let (mut low, mut high) = (0, self.len() as Place);
        let end = high;
        while low < high {
            let middle = low + (high - low) / 2;
            if self.about(middle).mod_revision < revision {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        low..end
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = Change> {
        (0..self.len() as Place).map(|place| self.change(place))
    }

    fn find(&self, place: Place) -> Found<'_> {
        let place = place as usize;
        match self.packed.get(place / BLOCK) {
            Some(block) => Found::Packed(block, place % BLOCK),
            None => Found::Latest(&self.latest[place - self.packed.len() * BLOCK]),
        }
    }
}

enum Found<'a> {
    Latest(&'a Change),
    Packed(&'a Block, usize),
}

impl Block {
    fn pack<'a>(changes: impl Iterator<Item = &'a Change>, first_place: Place) -> Block {
        let mut changes = changes.peekable();
        let first = changes.peek().map_or(0, |change| change.about.mod_revision);
        let mut bytes = Vec::new();
        let mut starts = [0; BLOCK];
        for ((change, place), start) in changes.zip(first_place..).zip(&mut starts) {
            *start = bytes.len() as u32;
            let about = &change.about;
            varint(&mut bytes, (about.mod_revision - first).cast_unsigned());
            varint(&mut bytes, u64::from(about.version));
            varint(&mut bytes, (about.mod_revision - about.create_revision).cast_unsigned());
            varint(&mut bytes, about.lease.cast_unsigned());
            varint(&mut bytes, u64::from(about.sub));
            let back = if about.previous == NOWHERE { 0 } else { place - about.previous };
            varint(&mut bytes, u64::from(back));
            varint(&mut bytes, change.key.len() as u64);
            bytes.extend(&change.key[..]);
            varint(&mut bytes, change.value.len() as u64);
            bytes.extend(&change.value[..]);
        }
        Block { first, starts, bytes: bytes.into() }
    }

    fn read(&self, at: usize, place: Place) -> (About, &[u8], &[u8]) {
        let mut rest = &self.bytes[self.starts[at] as usize..];
        let mod_revision = self.first + take_varint(&mut rest).cast_signed();
        let version = take_varint(&mut rest) as u32;
        let create_revision = mod_revision - take_varint(&mut rest).cast_signed();
        let lease = take_varint(&mut rest).cast_signed();
        let sub = take_varint(&mut rest) as u32;
        let back = take_varint(&mut rest) as u32;
        let previous = if back == 0 { NOWHERE } else { place - back };
        let length = take_varint(&mut rest) as usize;
        let (key, mut rest) = rest.split_at(length);
        let length = take_varint(&mut rest) as usize;
        let about = About { create_revision, mod_revision, lease, version, sub, previous };
        (about, key, &rest[..length])
    }

    fn change(&self, at: usize, place: Place) -> Change {
        let (about, key, value) = self.read(at, place);
        Change { key: key.into(), value: value.into(), about }
    }
}

/// Appends a number, seven bits a byte, the lowest first, as protocol buffers write it.
pub fn varint(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push((value & 0x7f) as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

/// Takes such a number from the front of bytes; what ends too soon counts as it stands.
pub fn take_varint(bytes: &mut &[u8]) -> u64 {
    let mut value = 0;
    let mut shift = 0;
    while let Some((byte, rest)) = bytes.split_first() {
        *bytes = rest;
        value |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            break;
        }
        shift += 7;
    }
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_packed_reads_as_it_was_written() {
        let mut changes = Changes::default();
        let made: Vec<Change> = (0..2_000_u32)
            .map(|n| Change {
                key: format!("key {}", n % 7).into_bytes().into(),
                value: vec![b'x'; n as usize % 300].into(),
                about: About {
                    create_revision: if n % 5 == 0 { 0 } else { i64::from(n) - 3 },
                    mod_revision: i64::from(n) * 1_000_003,
                    lease: if n % 11 == 0 { i64::MAX } else { -1 },
                    version: if n % 5 == 0 { 0 } else { n },
                    sub: n % 3,
                    previous: if n < 7 { NOWHERE } else { n - 7 },
                },
            })
            .collect();
        for (at, change) in made.iter().enumerate() {
            changes.push(change.clone());
            assert_eq!(changes.len(), at + 1);
        }
        assert!(changes.iter().eq(made.iter().cloned()));
        for at in [0, 15, 16, 17, 1_487, 1_999] {
            let revision = made[at].about.mod_revision;
            assert_eq!(changes.places_from(revision), at as u32..2_000);
            assert_eq!(changes.places_from(revision + 1), at as u32 + 1..2_000);
        }
    }
}
