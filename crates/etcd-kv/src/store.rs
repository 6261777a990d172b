//! The multi-version store: every change since the last compaction in one list (`changes.rs`), and
//! for each key the place of its last change there. Both are persistent: a copy costs pointers.
//!
//! Reading an old revision follows a key's changes back; a watch that starts in the past reads the
//! list from there on.

use crate::Error;
use crate::Sorted;
use crate::api::{AlarmType, Bytes, Event, EventKind, KeyValue, LeaseId, Revision};
use crate::auth::{Auth, Guards};
use crate::changes::{About, Change, Changes, NOWHERE, Place};
use imbl::OrdMap;
use std::ops::Bound;
use std::sync::{Arc, LazyLock};

/// A lease: its time to live as granted, and the keys attached to it. When it ends is not known
/// here: the leader measures that, and says so through the log.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lease {
    /// Seconds granted.
    pub ttl: i64,
    /// The keys, in order.
    pub keys: Sorted<Bytes>,
}

/// All keys and leases of one member. A copy costs a few pointers.
#[derive(Clone, Debug)]
pub struct Store {
    heads: OrdMap<Bytes, Place>,
    changes: Changes,
    revision: Revision,
    compacted: Revision,
    /// How many keys there are.
    live: i64,
    /// Bytes of all changes, as etcd's database would keep them.
    size: u64,
    pub(crate) leases: Sorted<LeaseId, Lease>,
    pub(crate) alarms: Sorted<(u64, AlarmType)>,
    /// Who may do what, once anything was said about that.
    pub(crate) auth: Option<Arc<dyn Guards>>,
    /// Hashes at the last compactions, oldest first.
    hashes: Arc<Vec<KeptHash>>,
}

/// The hash of the keys at a compaction, before it was carried out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct KeptHash {
    /// The revision of the compaction.
    pub(crate) revision: Revision,
    pub(crate) hash: u32,
    /// The revision of the compaction before.
    pub(crate) compacted: Revision,
}

/// The most hashes that are kept (`hashStorageMaxSize` of etcd's `mvcc/hash.go`).
const MAX_HASHES: usize = 10;

/// What a fresh database file of etcd takes, in bytes (`dbSize` of a new member of 3.4.23).
const EMPTY_SIZE: u64 = 20_480;
/// The database's unit of space, in bytes (bbolt's page).
const PAGE: u64 = 4_096;
/// What a change takes beside its key and value: its revision as key, the fields, the page's index.
const CHANGE_OVERHEAD: u64 = 50;

impl Default for Store {
    fn default() -> Store {
        Store {
            heads: OrdMap::default(),
            changes: Changes::default(),
            revision: 1,
            compacted: -1,
            live: 0,
            size: 0,
            leases: Sorted::default(),
            alarms: Sorted::default(),
            auth: None,
            hashes: Arc::default(),
        }
    }
}

/// Where a request's keys end.
pub(crate) enum End<'a> {
    /// After the first.
    Single,
    /// Nowhere.
    Open,
    /// Before this key.
    At(&'a [u8]),
}

impl<'a> End<'a> {
    /// Of the API's `range_end`.
    pub(crate) fn of(range_end: &'a [u8]) -> End<'a> {
        match range_end {
            [] => End::Single,
            [0] => End::Open,
            end => End::At(end),
        }
    }
}

impl Store {
    /// The store's revision: 1 when it is fresh, one more after each write that changed something.
    pub fn revision(&self) -> Revision {
        self.revision
    }

    /// The revision of the last compaction: reads before it are refused. -1 where there was none.
    pub fn compacted(&self) -> Revision {
        self.compacted
    }

    /// Raises the revision by so much and compacts everything up to there, so that whoever has seen
    /// a revision of before finds it compacted, never another than it was (`--bump-revision` and
    /// `--mark-compacted` of etcdutl).
    pub fn bump(&mut self, by: Revision) {
        self.revision = self.revision.saturating_add(by.max(0));
        // There is nothing beyond it.
        let _compacted = self.compact(self.revision);
    }

    /// How many keys there are.
    pub fn key_count(&self) -> i64 {
        self.live
    }

    /// How many changes are kept: what a database file holds.
    pub fn change_count(&self) -> usize {
        self.changes.len()
    }

    /// The current pair of a key.
    pub fn get(&self, key: &[u8]) -> Option<KeyValue> {
        let head = *self.heads.get(key)?;
        (!self.changes.about(head).is_deletion()).then(|| self.changes.pair(head))
    }

    /// The current value of a key.
    pub fn value(&self, key: &[u8]) -> Option<Bytes> {
        let head = *self.heads.get(key)?;
        (!self.changes.about(head).is_deletion()).then(|| self.changes.value(head))
    }

    /// Every key in order, as it is.
    pub fn iter(&self) -> impl Iterator<Item = KeyValue> {
        let is_there = |head: &&Place| !self.changes.about(**head).is_deletion();
        self.heads.values().filter(is_there).map(|head| self.changes.pair(*head))
    }

    /// The keys that were put last, latest first: at most so many, and none whose last put is more
    /// than 64 changes back.
    pub fn latest(&self, most: usize) -> Vec<KeyValue> {
        const LOOK_BACK: u32 = 64;
        let end = self.changes.len() as Place;
        let places = (end.saturating_sub(LOOK_BACK)..end).rev();
        let changes = places.map(|place| (place, self.changes.change(place)));
        let is_head = |place: Place, key: &Bytes| self.heads.get(key) == Some(&place);
        let current = changes
            .filter(|(place, change)| !change.about.is_deletion() && is_head(*place, &change.key));
        current.take(most).map(|(_, change)| change.pair()).collect()
    }

    /// The leases, by id.
    pub fn leases(&self) -> &Sorted<LeaseId, Lease> {
        &self.leases
    }

    /// The alarms that are raised: whose, and which.
    pub fn alarms(&self) -> impl Iterator<Item = &(u64, AlarmType)> {
        self.alarms.keys()
    }

    /// Who may do what.
    pub fn auth(&self) -> &Auth {
        static NOBODY: LazyLock<Auth> = LazyLock::new(Auth::default);
        self.auth.as_ref().map_or(&NOBODY, |guards| guards.auth())
    }

    /// Bytes that a database file needs for what is kept: an estimate, in whole pages of 4096.
    pub fn size_in_use(&self) -> u64 {
        EMPTY_SIZE + self.size.div_ceil(PAGE) * PAGE
    }

    /// Where the key was last put up to this revision, if it was not deleted since.
    fn place_at(&self, head: Place, revision: Revision) -> Option<Place> {
        let mut place = head;
        while place != NOWHERE {
            let about = self.changes.about(place);
            if about.mod_revision <= revision {
                return (!about.is_deletion()).then_some(place);
            }
            place = about.previous;
        }
        None
    }

    /// The pairs of a range at a revision, at most `limit` of them, and how many there are.
    pub(crate) fn read(
        &self,
        key: &[u8],
        end: &End<'_>,
        revision: Revision,
        limit: usize,
    ) -> (Vec<KeyValue>, i64) {
        let upper = match end {
            End::Single => {
                let head = self.heads.get(key);
                let found = head.and_then(|head| self.place_at(*head, revision));
                let pair = found.filter(|_| limit > 0).map(|place| self.changes.pair(place));
                return (pair.into_iter().collect(), i64::from(found.is_some()));
            }
            End::At(end) if *end <= key => return (Vec::new(), 0),
            End::At(end) => Bound::Excluded(*end),
            End::Open => Bound::Unbounded,
        };
        // The number of all keys is known.
        let is_current = self.changes.places_from(revision.saturating_add(1)).is_empty();
        let whole = matches!(end, End::Open) && key <= &[0] && is_current;
        let mut pairs = Vec::new();
        let mut count = 0;
        for (_, head) in self.heads.range::<_, [u8]>((Bound::Included(key), upper)) {
            let Some(place) = self.place_at(*head, revision) else { continue };
            count += 1;
            if pairs.len() < limit {
                pairs.push(self.changes.pair(place));
            } else if whole {
                return (pairs, self.live);
            }
        }
        (pairs, count)
    }

    /// The keys of a range that are there.
    pub(crate) fn keys_in(&self, key: &[u8], end: &End<'_>) -> Vec<Bytes> {
        self.read(key, end, Revision::MAX, usize::MAX).0.into_iter().map(|kv| kv.key).collect()
    }

    /// The revision that a request means: 0 and below is the current one.
    ///
    /// # Errors
    /// [`Error::FutureRev`] and [`Error::Compacted`].
    pub(crate) fn readable(&self, asked: Revision, current: Revision) -> Result<Revision, Error> {
        if asked > current {
            return Err(Error::FutureRev);
        }
        let revision = if asked <= 0 { current } else { asked };
        if revision < self.compacted { Err(Error::Compacted) } else { Ok(revision) }
    }

    /// What happened to a range from a revision on, oldest first, and at most up to another.
    /// `with_previous` adds the pair before each change, unless it is compacted.
    pub fn events(
        &self,
        key: &[u8],
        range_end: &[u8],
        from: Revision,
        to: Revision,
        with_previous: bool,
    ) -> Vec<Event> {
        let end = End::of(range_end);
        let within = |candidate: &[u8]| match end {
            End::Single => candidate == key,
            End::Open => candidate >= key,
            End::At(end) => candidate >= key && candidate < end,
        };
        let places = self.changes.places_from(from);
        let changes = places.map(|place| self.changes.change(place));
        let changes = changes.take_while(|change| change.about.mod_revision <= to);
        let events = changes.filter(|change| within(&change.key)).map(|change| {
            let before = change.about.mod_revision - 1;
            let prev_kv = (with_previous && before >= self.compacted)
                .then(|| self.place_at(*self.heads.get(&change.key)?, before))
                .flatten();
            Event {
                kind: if change.about.is_deletion() { EventKind::Delete } else { EventKind::Put },
                kv: change.pair(),
                prev_kv: prev_kv.map(|place| self.changes.pair(place)),
            }
        });
        events.collect()
    }

    fn keep_hash(&mut self, hash: KeptHash) {
        let hashes = Arc::make_mut(&mut self.hashes);
        if hashes.len() == MAX_HASHES {
            hashes.remove(0);
        }
        hashes.push(hash);
    }

    /// The hash that was kept of a revision.
    pub(crate) fn kept_hash(&self, revision: Revision) -> Option<KeptHash> {
        self.hashes.iter().find(|kept| kept.revision == revision).copied()
    }

    /// Whether there is any key at a revision.
    pub(crate) fn has_keys_at(&self, revision: Revision) -> bool {
        self.heads.values().any(|head| self.place_at(*head, revision).is_some())
    }

    /// Whether anything was deleted at a revision.
    fn has_deletion_at(&self, revision: Revision) -> bool {
        let changes = self.changes.places_from(revision).map(|place| self.changes.about(place));
        let mut at = changes.take_while(|about| about.mod_revision == revision);
        at.any(|about| about.is_deletion())
    }

    /// Whether a change is the last one of its key up to a revision.
    pub(crate) fn is_last(&self, change: &Change, revision: Revision) -> bool {
        let Some(head) = self.heads.get(&change.key) else { return false };
        let mut place = *head;
        while place != NOWHERE {
            let about = self.changes.about(place);
            if about.mod_revision <= revision {
                return (about.mod_revision, about.sub)
                    == (change.about.mod_revision, change.about.sub);
            }
            place = about.previous;
        }
        false
    }

    /// Every change that is kept, oldest first.
    pub(crate) fn changes(&self) -> impl Iterator<Item = Change> {
        self.changes.iter()
    }

    /// Sets a key at `revision`, as the `sub`-th change of that revision.
    pub(crate) fn set(
        &mut self,
        revision: Revision,
        sub: u32,
        key: &[u8],
        value: Bytes,
        lease: LeaseId,
    ) {
        let place = self.changes.len() as Place;
        let (key, previous) = match self.heads.get_key_value(key) {
            Some((key, head)) => (key.clone(), *head),
            None => (key.into(), NOWHERE),
        };
        self.heads.insert(key.clone(), place);
        let before = (previous != NOWHERE).then(|| self.changes.about(previous));
        let before = before.filter(|about| !about.is_deletion());
        let old_lease = before.map_or(0, |about| about.lease);
        let (create_revision, version) = match before {
            Some(about) => (about.create_revision, about.version + 1),
            None => (revision, 1),
        };
        self.live += i64::from(before.is_none());
        self.size += (key.len() + value.len()) as u64 + CHANGE_OVERHEAD;
        if old_lease != 0 {
            self.detach(old_lease, &key);
        }
        if lease != 0
            && let Some(attached) = self.leases.get_mut(&lease)
        {
            attached.keys.insert(key.clone(), ());
        }
        let mod_revision = revision;
        let about = About { create_revision, mod_revision, lease, version, sub, previous };
        self.changes.push(Change { key, value, about });
    }

    /// Deletes a key that is there.
    pub(crate) fn unset(&mut self, revision: Revision, sub: u32, key: &Bytes) {
        let place = self.changes.len() as Place;
        let Some(head) = self.heads.get_mut(key) else { return };
        let previous = std::mem::replace(head, place);
        let lease = self.changes.about(previous).lease;
        if lease != 0 {
            self.detach(lease, key);
        }
        self.live -= 1;
        self.size += key.len() as u64 + CHANGE_OVERHEAD;
        let about = About {
            create_revision: 0,
            mod_revision: revision,
            lease: 0,
            version: 0,
            sub,
            previous,
        };
        self.changes.push(Change { key: key.clone(), value: Bytes::from(&[][..]), about });
    }

    fn detach(&mut self, lease: LeaseId, key: &Bytes) {
        if let Some(lease) = self.leases.get_mut(&lease) {
            lease.keys.remove(key);
        }
    }

    /// The changes made so far belong to this revision, which is now the current one.
    pub(crate) fn finish(&mut self, revision: Revision) {
        self.revision = revision;
    }

    /// Forgets what no revision from `revision` on can show.
    ///
    /// # Errors
    /// [`Error::Compacted`] where it is not beyond the last compaction, [`Error::FutureRev`] where
    /// it is beyond the current revision.
    pub(crate) fn compact(&mut self, revision: Revision) -> Result<(), Error> {
        if revision <= self.compacted {
            return Err(Error::Compacted);
        }
        if revision > self.revision {
            return Err(Error::FutureRev);
        }
        let leaves = self.has_keys_at(revision) || self.has_deletion_at(revision);
        let hash = self.hash_between(self.compacted, revision, leaves);
        self.keep_hash(KeptHash { revision, hash, compacted: self.compacted });
        self.compacted = revision;
        let mut keep = vec![false; self.changes.len()];
        for head in self.heads.values() {
            let mut place = *head;
            while place != NOWHERE {
                let about = self.changes.about(place);
                let is_old = about.mod_revision <= revision;
                // A deletion at this very revision stays for who watches from it on.
                let is_gone = about.mod_revision < revision && about.is_deletion();
                keep[place as usize] = !is_gone;
                if is_old {
                    break;
                }
                place = about.previous;
            }
        }
        let mut moved: Vec<Place> = Vec::with_capacity(keep.len());
        let mut kept = 0;
        for is_kept in &keep {
            moved.push(if *is_kept { kept } else { NOWHERE });
            kept += Place::from(*is_kept);
        }
        let to = |place: Place| if place == NOWHERE { NOWHERE } else { moved[place as usize] };
        let old = std::mem::take(&mut self.changes);
        self.size = 0;
        for (mut change, _) in old.iter().zip(&keep).filter(|(_, is_kept)| **is_kept) {
            self.size += (change.key.len() + change.value.len()) as u64 + CHANGE_OVERHEAD;
            change.about.previous = to(change.about.previous);
            self.changes.push(change);
        }
        let mut gone = Vec::new();
        let heads: Vec<Bytes> = self.heads.keys().cloned().collect();
        for key in heads {
            match self.heads.get_mut(&key) {
                Some(head) if to(*head) == NOWHERE => gone.push(key),
                Some(head) => *head = to(*head),
                None => {}
            }
        }
        for key in gone {
            self.heads.remove(&key);
        }
        Ok(())
    }

    /// A store as a file held it: what [`Store::changes`] and the other parts said.
    pub(crate) fn restored(
        changes: impl Iterator<Item = Change>,
        revision: Revision,
        compacted: Revision,
    ) -> Store {
        let mut store = Store { revision, compacted, ..Store::default() };
        for mut change in changes {
            let place = store.changes.len() as Place;
            let previous = store.heads.get(&change.key).copied().unwrap_or(NOWHERE);
            change.about.previous = previous;
            let was_there = previous != NOWHERE && !store.changes.about(previous).is_deletion();
            store.live += i64::from(!change.about.is_deletion()) - i64::from(was_there);
            store.size += (change.key.len() + change.value.len()) as u64 + CHANGE_OVERHEAD;
            store.heads.insert(change.key.clone(), place);
            store.changes.push(change);
        }
        store
    }
}
