//! A store as bytes, for snapshot files, and its hashes; a write as bytes, for the log.

use crate::api::{AlarmType, Bytes, LeaseId, Revision, Write};
use crate::apply::MAX_LEASE_TTL;
use crate::auth::Auth;
use crate::changes::{About, Change, NOWHERE, varint};
use crate::store::Lease;
use crate::{Error, Store, Version};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::sync::Arc;

/// The first bytes of a file, with the version of its format.
const MAGIC: &[u8] = b"raft-playground snapshot 1\n";
/// The same where access control stands behind the rest.
const MAGIC_WITH_AUTH: &[u8] = b"raft-playground snapshot 2\n";

/// What a snapshot file holds.
#[derive(Serialize, Deserialize)]
struct File {
    revision: Revision,
    compacted: Revision,
    changes: Vec<Row>,
    leases: Vec<(LeaseId, i64)>,
    alarms: Vec<(u64, AlarmType)>,
}

#[derive(Serialize, Deserialize)]
struct Row {
    key: Vec<u8>,
    value: Vec<u8>,
    create_revision: Revision,
    mod_revision: Revision,
    lease: LeaseId,
    version: u32,
    sub: u32,
}

/// The highest revision that a file may have: a store that wrote a million times a second would
/// need 146,000 years, and counting on from there does not overflow.
const MAX_REVISION: Revision = Revision::MAX / 2;

impl File {
    /// Whether a store can have written this: no counter is out of its range, and changes stand in
    /// the order in which they were made.
    fn is_possible(&self) -> bool {
        let order = |row: &Row| (row.mod_revision, row.sub);
        let is_made = |row: &Row| {
            (1..=self.revision).contains(&row.mod_revision)
                && (0..=row.mod_revision).contains(&row.create_revision)
                && i64::from(row.version) <= row.mod_revision
                && row.version < u32::MAX
        };
        (1..=MAX_REVISION).contains(&self.revision)
            && (-1..=self.revision).contains(&self.compacted)
            && self.changes.iter().all(is_made)
            && self.changes.is_sorted_by_key(order)
            && self.leases.iter().all(|(_, ttl)| (0..=MAX_LEASE_TTL).contains(ttl))
    }
}

/// Why a file is not a snapshot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum NotASnapshot {
    /// It does not begin as one.
    Foreign,
    /// Its end is not the checksum of the rest: it was cut off or changed.
    Damaged,
    /// Its checksum fits, and no store can hold what it says.
    Impossible,
}

impl fmt::Display for NotASnapshot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            NotASnapshot::Foreign => {
                "this is not a snapshot of this playground: expected a file of `etcdctl snapshot \
                 save`"
            }
            NotASnapshot::Damaged => {
                "the snapshot is damaged: its checksum does not fit; expected it whole"
            }
            NotASnapshot::Impossible => {
                "the snapshot holds what no store can: expected a file of `etcdctl snapshot save`"
            }
        })
    }
}

impl std::error::Error for NotASnapshot {}

/// What `snapshot status` says of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SnapshotStatus {
    /// CRC-32 (Castagnoli) of the file.
    pub hash: u32,
    /// The store's revision.
    pub revision: Revision,
    /// Changes and leases in it.
    pub total_keys: usize,
    /// Bytes as etcd's database would have them.
    pub total_size: u64,
}

impl Write {
    /// As bytes for an entry of the log.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        postcard::to_allocvec(self).expect("plain values in memory can be written")
    }

    /// What an entry's bytes say; `None` if we did not write them.
    pub fn decode(bytes: &[u8]) -> Option<Write> {
        postcard::from_bytes(bytes).ok()
    }
}

/// The hash of what is in a file. Its own sum at the end is left out: with it, every file's hash
/// would be the same.
fn hash_of(bytes: &[u8]) -> u32 {
    crc32c::crc32c(&bytes[..bytes.len().saturating_sub(4)])
}

impl Store {
    /// The store as a file: everything that a member needs to start from it.
    #[must_use]
    pub fn save(&self) -> Vec<u8> {
        let rows = self.changes().map(|change| Row {
            key: change.key.to_vec(),
            value: change.value.to_vec(),
            create_revision: change.about.create_revision,
            mod_revision: change.about.mod_revision,
            lease: change.about.lease,
            version: change.about.version,
            sub: change.about.sub,
        });
        let file = File {
            revision: self.revision(),
            compacted: self.compacted(),
            changes: rows.collect(),
            leases: self.leases().iter().map(|(id, lease)| (*id, lease.ttl)).collect(),
            alarms: self.alarms().copied().collect(),
        };
        let as_bytes = "plain values in memory can be written";
        let has_auth = *self.auth() != Auth::default();
        let mut bytes = if has_auth { MAGIC_WITH_AUTH } else { MAGIC }.to_vec();
        bytes.extend(postcard::to_allocvec(&file).expect(as_bytes));
        if has_auth {
            bytes.extend(postcard::to_allocvec(&self.auth().kept()).expect(as_bytes));
        }
        bytes.extend(crc32c::crc32c(&bytes).to_le_bytes());
        bytes
    }

    /// A store from such a file.
    ///
    /// # Errors
    /// [`NotASnapshot`], where the bytes are anything else.
    pub fn load(bytes: &[u8]) -> Result<Store, NotASnapshot> {
        let with_auth = bytes.strip_prefix(MAGIC_WITH_AUTH);
        let rest = with_auth.or_else(|| bytes.strip_prefix(MAGIC)).ok_or(NotASnapshot::Foreign)?;
        let (body, sum) = rest.split_last_chunk::<4>().ok_or(NotASnapshot::Damaged)?;
        let whole = &bytes[..bytes.len() - sum.len()];
        if crc32c::crc32c(whole) != u32::from_le_bytes(*sum) {
            return Err(NotASnapshot::Damaged);
        }
        let (file, rest): (File, &[u8]) =
            postcard::take_from_bytes(body).map_err(|_| NotASnapshot::Damaged)?;
        let auth = match with_auth {
            Some(_) => postcard::from_bytes(rest).map(Auth::of).ok(),
            None => rest.is_empty().then(Auth::default),
        };
        let auth = auth.ok_or(NotASnapshot::Damaged)?;
        if !file.is_possible() {
            return Err(NotASnapshot::Impossible);
        }
        let changes = file.changes.into_iter().map(|row| Change {
            key: row.key.into(),
            value: row.value.into(),
            about: About {
                create_revision: row.create_revision,
                mod_revision: row.mod_revision,
                lease: row.lease,
                version: row.version,
                sub: row.sub,
                previous: NOWHERE,
            },
        });
        let mut store = Store::restored(changes, file.revision, file.compacted);
        if auth != Auth::default() {
            store.auth = Some(Arc::new(auth));
        }
        for (id, ttl) in file.leases {
            store.leases.insert(id, Lease { ttl, ..Lease::default() });
        }
        let attached: Vec<(LeaseId, Bytes)> =
            store.iter().filter(|kv| kv.lease != 0).map(|kv| (kv.lease, kv.key)).collect();
        for (id, key) in attached {
            if let Some(lease) = store.leases.get_mut(&id) {
                lease.keys.insert(key, ());
            }
        }
        for alarm in file.alarms {
            store.alarms.insert(alarm, ());
        }
        Ok(store)
    }

    /// The revision that a snapshot file says it holds, without reading the rest of it. `None` if
    /// it is not such a file.
    pub fn revision_in(bytes: &[u8]) -> Option<Revision> {
        let with_auth = bytes.strip_prefix(MAGIC_WITH_AUTH);
        let rest = with_auth.or_else(|| bytes.strip_prefix(MAGIC))?;
        postcard::take_from_bytes(rest).ok().map(|(revision, _)| revision)
    }

    /// What is in a snapshot file.
    ///
    /// # Errors
    /// As [`Store::load`].
    pub fn status_of(bytes: &[u8]) -> Result<SnapshotStatus, NotASnapshot> {
        let store = Store::load(bytes)?;
        Ok(SnapshotStatus {
            hash: hash_of(bytes),
            revision: store.revision(),
            total_keys: store.change_count() + store.leases().len(),
            total_size: store.size_in_use(),
        })
    }

    /// A hash of everything.
    pub fn hash(&self) -> u32 {
        hash_of(&self.save())
    }

    /// etcd's hash of the keys up to a revision, over the bytes that its database would hold for
    /// them (`kvstore_hash.go` and `mvcc/hash.go`), and the compaction that it starts from.
    ///
    /// # Errors
    /// [`Error::FutureRev`] and [`Error::Compacted`].
    pub fn hash_kv(&self, revision: Revision, version: Version) -> Result<(u32, Revision), Error> {
        let kept = self.kept_hash(revision).filter(|_| version.keeps_hashes());
        if let Some(kept) = kept {
            return Ok((kept.hash, kept.compacted));
        }
        let is_kept = version.keeps_hashes() && revision == self.compacted();
        if revision > 0 && revision <= self.compacted() && !is_kept {
            return Err(Error::Compacted);
        }
        if revision > self.revision() {
            return Err(Error::FutureRev);
        }
        let upper = if revision == 0 { self.revision() } else { revision };
        let leaves = self.has_keys_at(upper);
        Ok((self.hash_between(self.compacted(), upper, leaves), self.compacted()))
    }

    /// The hash of all changes up to a revision; of those up to a compaction only what is left of
    /// them there. As in a real etcd, that is all of them where nothing at all is left.
    pub(crate) fn hash_between(&self, compacted: Revision, upper: Revision, leaves: bool) -> u32 {
        let mut hash = crc32c::crc32c(b"key");
        for change in self.changes().take_while(|change| change.about.mod_revision <= upper) {
            let about = &change.about;
            let is_left = || !about.is_deletion() && self.is_last(&change, upper);
            if leaves && about.mod_revision <= compacted && !is_left() {
                continue;
            }
            let mut row = Vec::with_capacity(64);
            row.extend(about.mod_revision.to_be_bytes());
            row.push(b'_');
            row.extend(i64::from(about.sub).to_be_bytes());
            if about.is_deletion() {
                row.push(b't');
            }
            encode(&change, &mut row);
            hash = crc32c::crc32c_append(hash, &row);
        }
        hash
    }
}

/// A pair as protocol buffers write `mvccpb.KeyValue`.
fn encode(change: &Change, out: &mut Vec<u8>) {
    let bytes = |out: &mut Vec<u8>, field: u8, value: &[u8]| {
        if !value.is_empty() {
            out.push(field << 3 | 2);
            varint(out, value.len() as u64);
            out.extend(value);
        }
    };
    let int = |out: &mut Vec<u8>, field: u8, value: i64| {
        if value != 0 {
            out.push(field << 3);
            varint(out, value.cast_unsigned());
        }
    };
    bytes(out, 1, &change.key);
    if change.about.is_deletion() {
        return;
    }
    int(out, 2, change.about.create_revision);
    int(out, 3, change.about.mod_revision);
    int(out, 4, i64::from(change.about.version));
    bytes(out, 5, &change.value);
    int(out, 6, change.about.lease);
}
