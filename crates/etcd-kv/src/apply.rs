//! Carrying out what the log says, as etcd's `apply.go` does: every member does the same to the
//! same store and comes to the same answer.

use crate::api::{
    AlarmAction, AlarmType, AuthAnswer, Bytes, Call, Compare, CompareResult, CompareTarget,
    DeleteRangeRequest, DeleteRangeResponse, KeyValue, LeaseId, PutRequest, PutResponse,
    RangeRequest, RangeResponse, RequestOp, ResponseOp, Revision, SortOrder, SortTarget,
    TxnRequest, TxnResponse, Write, Written,
};
use crate::auth::{Author, permits_author};
use crate::store::{End, Lease};
use crate::{Error, Store};
use std::cmp::Ordering;
use std::sync::Arc;

/// The longest time to live of a lease, in seconds (`MaxLeaseTTL` of etcd's lessor).
pub const MAX_LEASE_TTL: i64 = 9_000_000_000;

/// One write in progress: what it has changed so far has sub-numbers within one new revision.
struct Transaction<'a> {
    store: &'a mut Store,
    begin: Revision,
    changes: u32,
}

/// Which operations of a transaction are carried out: the branch taken, and within it those of the
/// transactions it holds. All of it is decided before anything is written.
struct Path<'a> {
    succeeded: bool,
    operations: Vec<(&'a RequestOp, Option<Path<'a>>)>,
}

impl Store {
    /// Carries out a write. Where it fails, nothing has changed.
    ///
    /// `min_ttl`: the least time to live of a lease, in seconds; etcd raises what is less to one
    /// and a half election timeouts.
    ///
    /// # Errors
    /// As etcd 3.4.23 answers. A transaction that would crash it (etcd-io/etcd#22445: a value to
    /// keep, of a key that the transaction has deleted) is refused as [`Error::DuplicateKey`].
    pub fn apply(&mut self, write: &Write, min_ttl: i64) -> Result<Written, Error> {
        self.check_alarms(write)?;
        self.carry_out(write, min_ttl)
    }

    fn carry_out(&mut self, write: &Write, min_ttl: i64) -> Result<Written, Error> {
        match write {
            Write::Alarm { action, member, alarm } => Ok(self.alarm(*action, *member, *alarm)),
            Write::Auth(request) => {
                let mut auth = self.auth().clone();
                let response = auth.apply(request)?;
                if auth != *self.auth() {
                    self.auth = Some(Arc::new(auth));
                }
                Ok(Written::Auth(AuthAnswer { revision: self.revision(), response }))
            }
            Write::Put(put) => {
                self.check_put(put)?;
                if put.lease != 0 && !self.leases.contains_key(&put.lease) {
                    return Err(Error::LeaseNotFound);
                }
                Ok(Written::Put(self.transaction(|t| t.put(put))?))
            }
            Write::DeleteRange(delete) => {
                Ok(Written::DeleteRange(self.transaction(|t| Ok(t.delete_range(delete)))?))
            }
            Write::Txn(txn) => Ok(Written::Txn(self.txn(txn)?)),
            Write::Compaction { revision, physical: _ } => {
                self.compact(*revision)?;
                Ok(Written::Compaction { revision: self.revision() })
            }
            Write::LeaseGrant { id, ttl } => self.grant(*id, *ttl, min_ttl),
            Write::LeaseRevoke { id } => self.revoke(*id),
        }
    }

    /// Carries out a write that a client has proposed, as [`Store::apply`] does, if its author may
    /// do that by now; `None`: it was proposed while access was free.
    ///
    /// # Errors
    /// Those too that access control has.
    pub fn apply_for(
        &mut self,
        author: Option<&Author>,
        write: &Write,
        min_ttl: i64,
    ) -> Result<Written, Error> {
        self.check_alarms(write)?;
        permits_author(self, author, write)?;
        self.carry_out(write, min_ttl)
    }

    /// What alarms refuse, whoever asks (`applierV3Corrupt` and `applierV3Capped` of etcd, which
    /// stand before its access control).
    fn check_alarms(&self, write: &Write) -> Result<(), Error> {
        let is_raised = |which| self.alarms.keys().any(|(_, alarm)| *alarm == which);
        let (is_full, is_corrupt) = (is_raised(AlarmType::NoSpace), is_raised(AlarmType::Corrupt));
        match write {
            Write::Alarm { .. } | Write::Auth(_) => Ok(()),
            _ if is_corrupt => Err(Error::Corrupt),
            Write::Put(_) | Write::LeaseGrant { .. } if is_full => Err(Error::NoSpace),
            Write::Txn(txn) if is_full && puts_anything(txn) => Err(Error::NoSpace),
            Write::Put(_)
            | Write::DeleteRange(_)
            | Write::Txn(_)
            | Write::Compaction { .. }
            | Write::LeaseGrant { .. }
            | Write::LeaseRevoke { .. } => Ok(()),
        }
    }

    /// Sets a key unconditionally; the revision that did.
    pub fn put(&mut self, key: &[u8], value: Bytes) -> Revision {
        let revision = self.revision() + 1;
        self.set(revision, 0, key, value, 0);
        self.finish(revision);
        revision
    }

    /// Answers a range from what is here.
    ///
    /// # Errors
    /// [`Error::FutureRev`] and [`Error::Compacted`].
    pub fn range(&self, range: &RangeRequest) -> Result<RangeResponse, Error> {
        self.range_within(range, self.revision())
    }

    /// A transaction that only reads, from what is here.
    ///
    /// # Errors
    /// As [`Store::apply`].
    pub fn read_txn(&self, txn: &TxnRequest) -> Result<TxnResponse, Error> {
        // A copy costs a few pointers, and nothing is written to it.
        self.clone().txn(txn)
    }

    fn transaction<T>(
        &mut self,
        work: impl FnOnce(&mut Transaction<'_>) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let begin = self.revision();
        let mut transaction = Transaction { store: self, begin, changes: 0 };
        let result = work(&mut transaction);
        let current = transaction.current();
        self.finish(current);
        result
    }

    fn range_within(
        &self,
        range: &RangeRequest,
        current: Revision,
    ) -> Result<RangeResponse, Error> {
        let revision = self.readable(range.revision, current)?;
        let is_filtered = range.min_mod_revision != 0
            || range.max_mod_revision != 0
            || range.min_create_revision != 0
            || range.max_create_revision != 0;
        let is_sorted = range.sort_order != SortOrder::None;
        // One more than asked for tells whether there is more.
        let limit = usize::try_from(range.limit).unwrap_or(0);
        let fetched = match limit {
            _ if range.count_only => 0,
            0 => usize::MAX,
            _ if is_filtered || is_sorted => usize::MAX,
            limit => limit.saturating_add(1),
        };
        let (mut kvs, count) = self.read(&range.key, &End::of(&range.range_end), revision, fetched);
        let least = |bound: Revision, value: Revision| bound == 0 || value >= bound;
        let most = |bound: Revision, value: Revision| bound == 0 || value <= bound;
        kvs.retain(|kv| {
            most(range.max_mod_revision, kv.mod_revision)
                && least(range.min_mod_revision, kv.mod_revision)
                && most(range.max_create_revision, kv.create_revision)
                && least(range.min_create_revision, kv.create_revision)
        });
        sort(&mut kvs, range.sort_target, range.sort_order);
        let more = limit > 0 && kvs.len() > limit;
        if more {
            kvs.truncate(limit);
        }
        if range.keys_only {
            for kv in &mut kvs {
                kv.value = Bytes::from(&[][..]);
            }
        }
        Ok(RangeResponse { revision: current, kvs, more, count })
    }

    /// A put within a transaction or alone needs the key where it keeps something of it.
    fn check_put(&self, put: &PutRequest) -> Result<(), Error> {
        if put.lease != 0 && !self.leases.contains_key(&put.lease) {
            return Err(Error::LeaseNotFound);
        }
        if (put.ignore_value || put.ignore_lease) && self.value(&put.key).is_none() {
            return Err(Error::KeyNotFound);
        }
        Ok(())
    }

    fn txn(&mut self, txn: &TxnRequest) -> Result<TxnResponse, Error> {
        let path = self.path(txn);
        self.check_puts(&path)?;
        self.check_ranges(&path)?;
        // Only a value or lease to keep can still fail, and only where the transaction itself has
        // deleted the key: then all of it is undone.
        let before = path.keeps_anything().then(|| self.clone());
        let result = self.transaction(|t| {
            let mut response = t.carry_out(&path)?;
            response.revision = Some(t.current());
            Ok(response)
        });
        if let (Err(_), Some(before)) = (&result, before) {
            *self = before;
        }
        result
    }

    fn path<'a>(&self, txn: &'a TxnRequest) -> Path<'a> {
        let succeeded = txn.compare.iter().all(|compare| self.holds(compare));
        let taken = if succeeded { &txn.success } else { &txn.failure };
        let operations = taken.iter().map(|operation| match operation {
            RequestOp::Txn(inner) => (operation, Some(self.path(inner))),
            RequestOp::Range(_)
            | RequestOp::Put(_)
            | RequestOp::DeleteRange(_)
            | RequestOp::Empty => (operation, None),
        });
        Path { succeeded, operations: operations.collect() }
    }

    fn check_puts(&self, path: &Path<'_>) -> Result<(), Error> {
        path.operations.iter().try_for_each(|(operation, inner)| match (operation, inner) {
            (_, Some(inner)) => self.check_puts(inner),
            (RequestOp::Put(put), None) => {
                // In this order: the key first, then the lease.
                if (put.ignore_value || put.ignore_lease) && self.value(&put.key).is_none() {
                    return Err(Error::KeyNotFound);
                }
                self.check_put(put)
            }
            (_, None) => Ok(()),
        })
    }

    fn check_ranges(&self, path: &Path<'_>) -> Result<(), Error> {
        path.operations.iter().try_for_each(|(operation, inner)| match (operation, inner) {
            (_, Some(inner)) => self.check_ranges(inner),
            (RequestOp::Range(range), None) if range.revision == 0 => Ok(()),
            (RequestOp::Range(range), None) if range.revision > self.revision() => {
                Err(Error::FutureRev)
            }
            (RequestOp::Range(range), None) if range.revision < self.compacted() => {
                Err(Error::Compacted)
            }
            (_, None) => Ok(()),
        })
    }

    /// Whether a condition holds for every key that it is about.
    fn holds(&self, compare: &Compare) -> bool {
        let end = End::of(&compare.range_end);
        let (kvs, _) = self.read(&compare.key, &end, self.revision(), usize::MAX);
        if kvs.is_empty() {
            // A missing key has no value; everything else about it is 0.
            return !matches!(compare.target, CompareTarget::Value(_))
                && holds_of(compare, &nothing());
        }
        kvs.iter().all(|kv| holds_of(compare, kv))
    }

    fn grant(&mut self, id: LeaseId, ttl: i64, min_ttl: i64) -> Result<Written, Error> {
        if ttl > MAX_LEASE_TTL {
            return Err(Error::LeaseTtlTooLarge);
        }
        if self.leases.contains_key(&id) {
            return Err(Error::LeaseExist);
        }
        let ttl = ttl.max(min_ttl);
        self.leases.insert(id, Lease { ttl, ..Lease::default() });
        Ok(Written::LeaseGrant { revision: self.revision(), id, ttl })
    }

    fn revoke(&mut self, id: LeaseId) -> Result<Written, Error> {
        let lease = self.leases.get(&id).ok_or(Error::LeaseNotFound)?;
        let keys: Vec<Bytes> = lease.keys.keys().cloned().collect();
        self.transaction(|t| {
            keys.iter().for_each(|key| t.delete(key));
            Ok(())
        })?;
        self.leases.remove(&id);
        Ok(Written::LeaseRevoke { revision: self.revision() })
    }

    fn alarm(&mut self, action: AlarmAction, member: u64, alarm: AlarmType) -> Written {
        let this = (member, alarm);
        let alarms: Vec<(u64, AlarmType)> = match action {
            // Whoever asks is told of every member's.
            AlarmAction::Get => {
                let is_asked = |kind| alarm == AlarmType::None || kind == alarm;
                self.alarms.keys().copied().filter(|(_, kind)| is_asked(*kind)).collect()
            }
            AlarmAction::Activate if alarm == AlarmType::None => Vec::new(),
            AlarmAction::Activate => {
                self.alarms.insert(this, ());
                vec![this]
            }
            AlarmAction::Deactivate if !self.alarms.contains_key(&this) => Vec::new(),
            AlarmAction::Deactivate => {
                self.alarms.remove(&this);
                vec![this]
            }
        };
        Written::Alarm { alarms }
    }
}

/// Whether a call reads what is held once everything committed by then has been carried out.
pub fn reads_latest(call: &Call) -> bool {
    if let Call::Range(range) = call {
        return !range.serializable;
    }
    matches!(call, Call::Write(Write::Txn(txn)) if is_read_only(txn) && !is_serializable(txn))
}

/// The write that a call proposes, if it proposes one.
pub fn proposed(call: &Call) -> Option<&Write> {
    let Call::Write(write) = call else { return None };
    let reads = matches!(write, Write::Txn(txn) if is_read_only(txn));
    (!reads).then_some(write)
}

/// Whether a transaction only reads, so that it needs no entry in the log.
pub fn is_read_only(txn: &TxnRequest) -> bool {
    let mut operations = txn.success.iter().chain(&txn.failure);
    operations.all(|operation| matches!(operation, RequestOp::Range(_)))
}

/// Whether a transaction settles for what this member holds.
pub fn is_serializable(txn: &TxnRequest) -> bool {
    let mut operations = txn.success.iter().chain(&txn.failure);
    operations.all(|operation| matches!(operation, RequestOp::Range(range) if range.serializable))
}

/// Whether a transaction puts a pair, whichever branch is taken.
pub fn puts_anything(txn: &TxnRequest) -> bool {
    txn.success.iter().chain(&txn.failure).any(|operation| match operation {
        RequestOp::Put(_) => true,
        RequestOp::Txn(inner) => puts_anything(inner),
        RequestOp::Range(_) | RequestOp::DeleteRange(_) | RequestOp::Empty => false,
    })
}

fn nothing() -> KeyValue {
    let none = Bytes::from(&[][..]);
    KeyValue {
        key: none.clone(),
        create_revision: 0,
        mod_revision: 0,
        version: 0,
        value: none,
        lease: 0,
    }
}

fn holds_of(compare: &Compare, kv: &KeyValue) -> bool {
    let order = match &compare.target {
        CompareTarget::Version(version) => kv.version.cmp(version),
        CompareTarget::Create(revision) => kv.create_revision.cmp(revision),
        CompareTarget::Mod(revision) => kv.mod_revision.cmp(revision),
        CompareTarget::Value(value) => kv.value[..].cmp(&value[..]),
        CompareTarget::Lease(lease) => kv.lease.cmp(lease),
        CompareTarget::Unknown(_) => Ordering::Equal,
    };
    match compare.result {
        CompareResult::Equal => order == Ordering::Equal,
        CompareResult::Greater => order == Ordering::Greater,
        CompareResult::Less => order == Ordering::Less,
        CompareResult::NotEqual => order != Ordering::Equal,
        CompareResult::Unknown(_) => true,
    }
}

/// Sorts as etcd does: always where it is by something other than the key, by the key only if an
/// order is given.
fn sort(kvs: &mut [KeyValue], target: SortTarget, order: SortOrder) {
    let order = match order {
        SortOrder::None if target != SortTarget::Key => SortOrder::Ascend,
        SortOrder::None | SortOrder::Unknown(_) => return,
        SortOrder::Ascend | SortOrder::Descend => order,
    };
    // They come in order of key, and what is equal stays in it.
    kvs.sort_unstable_by(|a, b| {
        let by = match target {
            SortTarget::Key | SortTarget::Unknown(_) => a.key.cmp(&b.key),
            SortTarget::Version => a.version.cmp(&b.version),
            SortTarget::Create => a.create_revision.cmp(&b.create_revision),
            SortTarget::Mod => a.mod_revision.cmp(&b.mod_revision),
            SortTarget::Value => a.value.cmp(&b.value),
        };
        let by = if order == SortOrder::Descend { by.reverse() } else { by };
        by.then_with(|| a.key.cmp(&b.key))
    });
}

impl Path<'_> {
    fn keeps_anything(&self) -> bool {
        self.operations.iter().any(|(operation, inner)| match (operation, inner) {
            (_, Some(inner)) => inner.keeps_anything(),
            (RequestOp::Put(put), None) => put.ignore_value || put.ignore_lease,
            (_, None) => false,
        })
    }
}

impl Transaction<'_> {
    /// The revision as a read within sees it: the new one from the first change on.
    fn current(&self) -> Revision {
        self.begin + Revision::from(self.changes > 0)
    }

    fn put(&mut self, put: &PutRequest) -> Result<PutResponse, Error> {
        let wants_previous = put.prev_kv || put.ignore_value || put.ignore_lease;
        let before = if wants_previous { self.store.get(&put.key) } else { None };
        let (mut value, mut lease) = (None, put.lease);
        if put.ignore_value || put.ignore_lease {
            // Checked before, so the transaction itself has deleted it.
            let kept = before.as_ref().ok_or(Error::DuplicateKey)?;
            if put.ignore_value {
                value = Some(kept.value.clone());
            }
            if put.ignore_lease {
                lease = kept.lease;
            }
        }
        let value = value.unwrap_or_else(|| put.value[..].into());
        self.store.set(self.begin + 1, self.changes, &put.key, value, lease);
        self.changes += 1;
        let prev_kv = if put.prev_kv { before } else { None };
        Ok(PutResponse { revision: self.begin + 1, prev_kv })
    }

    fn delete(&mut self, key: &Bytes) {
        self.store.unset(self.begin + 1, self.changes, key);
        self.changes += 1;
    }

    fn delete_range(&mut self, delete: &DeleteRangeRequest) -> DeleteRangeResponse {
        let end = End::of(&delete.range_end);
        let (prev_kvs, keys) = if delete.prev_kv {
            let (kvs, _) = self.store.read(&delete.key, &end, Revision::MAX, usize::MAX);
            let keys = kvs.iter().map(|kv| kv.key.clone()).collect();
            (kvs, keys)
        } else {
            (Vec::new(), self.store.keys_in(&delete.key, &end))
        };
        keys.iter().for_each(|key| self.delete(key));
        let deleted = i64::try_from(keys.len()).unwrap_or(i64::MAX);
        DeleteRangeResponse { revision: self.current(), deleted, prev_kvs }
    }

    fn carry_out(&mut self, path: &Path<'_>) -> Result<TxnResponse, Error> {
        let mut responses = Vec::new();
        for (operation, inner) in &path.operations {
            responses.push(match (operation, inner) {
                (_, Some(inner)) => ResponseOp::Txn(self.carry_out(inner)?),
                (RequestOp::Range(range), None) => {
                    ResponseOp::Range(self.store.range_within(range, self.current())?)
                }
                (RequestOp::Put(put), None) => ResponseOp::Put(self.put(put)?),
                (RequestOp::DeleteRange(delete), None) => {
                    ResponseOp::DeleteRange(self.delete_range(delete))
                }
                // Refused before it came here.
                (RequestOp::Txn(_) | RequestOp::Empty, None) => continue,
            });
        }
        Ok(TxnResponse { revision: None, succeeded: path.succeeded, responses })
    }
}
