//! One member alone, whose log commits at once: what a call does and answers when there is nobody
//! to ask. Recordings are replayed on it; the simulated cluster goes through a real log.

use crate::api::{Call, Header, LeaseId, Response, StatusResponse, WatchResponse, Write, Written};
use crate::{Error, Store, check};

/// The least time to live of a lease with etcd's own timings, in seconds: one and a half election
/// timeouts of 1 s, rounded up.
pub const MIN_LEASE_TTL: i64 = 2;

/// A cluster of one.
#[derive(Clone, Debug, Default)]
pub struct Solo {
    store: Store,
    last_lease: LeaseId,
}

impl Solo {
    /// What it holds.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// The head of its answers, without ids and term.
    pub fn header(&self) -> Header {
        Header { revision: self.store.revision(), ..Header::default() }
    }

    /// Carries out a call. A watch answers with all that has happened since its start revision.
    ///
    /// # Errors
    /// etcd's own.
    pub fn call(&mut self, call: &Call) -> Result<Response, Error> {
        check(call)?;
        match call {
            Call::Write(Write::LeaseGrant { id: 0, ttl }) => {
                self.last_lease += 1;
                self.write(&Write::LeaseGrant { id: self.last_lease, ttl: *ttl })
            }
            Call::Write(write) => self.write(write),
            Call::MemberList => Ok(Response::Members { members: Vec::new(), added: None }),
            Call::MoveLeader { .. } => Err(Error::BadLeaderTransferee),
            Call::MemberAdd { .. } | Call::MemberUpdate { .. } => Err(Error::MemberBadUrls),
            Call::MemberRemove { .. } | Call::MemberPromote { .. } => Err(Error::MemberNotFound),
            Call::LeaseKeepAlive { id } => {
                let ttl = self.store.leases().get(id).map_or(0, |lease| lease.ttl);
                Ok(Response::LeaseKeepAlive { id: *id, ttl })
            }
            Call::LeaseTimeToLive { id, keys } => {
                let left = self.store.leases().get(id).map(|lease| lease.ttl);
                Ok(self.store.time_to_live(*id, left, *keys))
            }
            Call::Status => {
                let size = i64::try_from(self.store.size_in_use()).unwrap_or(i64::MAX);
                Ok(Response::Status(StatusResponse {
                    version: crate::VERSION.into(),
                    db_size: size,
                    db_size_in_use: size,
                    leader: 0,
                    raft_index: 0,
                    raft_term: 0,
                    raft_applied_index: 0,
                    errors: Vec::new(),
                    is_learner: false,
                }))
            }
            Call::Range(_)
            | Call::Watch(_)
            | Call::LeaseLeases
            | Call::Hash
            | Call::HashKv { .. }
            | Call::Defragment
            | Call::Snapshot => self.store.look(call),
        }
    }

    fn write(&mut self, write: &Write) -> Result<Response, Error> {
        self.store.apply(write, MIN_LEASE_TTL).map(Response::Written)
    }
}

impl Store {
    /// Answers what needs nothing but this store: ranges, watches of the past, leases, hashes, the
    /// file. Everything else is answered as [`Response::Defragment`] is: it has nothing to say
    /// here.
    ///
    /// # Errors
    /// etcd's own.
    pub fn look(&self, call: &Call) -> Result<Response, Error> {
        match call {
            Call::Range(range) => self.range(range).map(Response::Range),
            Call::Write(Write::Txn(txn)) => {
                Ok(Response::Written(Written::Txn(self.read_txn(txn)?)))
            }
            Call::Watch(watch) => {
                let from = watch.start_revision;
                if from > 0 && from < self.compacted() {
                    return Ok(Response::Watch(WatchResponse {
                        canceled: true,
                        compact_revision: self.compacted(),
                        ..WatchResponse::default()
                    }));
                }
                let events = if from <= 0 {
                    Vec::new()
                } else {
                    let to = self.revision();
                    self.events(&watch.key, &watch.range_end, from, to, watch.prev_kv)
                };
                Ok(Response::Watch(WatchResponse { events, ..WatchResponse::default() }))
            }
            Call::LeaseLeases => {
                Ok(Response::LeaseLeases { leases: self.leases().keys().copied().collect() })
            }
            Call::Hash => Ok(Response::Hash { hash: self.hash() }),
            Call::HashKv { revision } => {
                let (hash, compact_revision) = self.hash_kv(*revision)?;
                Ok(Response::HashKv { hash, compact_revision })
            }
            Call::Snapshot => Ok(Response::Snapshot { blob: self.save().into() }),
            Call::Write(_)
            | Call::LeaseKeepAlive { .. }
            | Call::LeaseTimeToLive { .. }
            | Call::MemberList
            | Call::MemberAdd { .. }
            | Call::MemberRemove { .. }
            | Call::MemberUpdate { .. }
            | Call::MemberPromote { .. }
            | Call::Status
            | Call::Defragment
            | Call::MoveLeader { .. } => Ok(Response::Defragment),
        }
    }

    /// The answer to how much time a lease has left; `left` in seconds, `None` if it does not
    /// exist.
    pub fn time_to_live(&self, id: LeaseId, left: Option<i64>, keys: bool) -> Response {
        let lease = self.leases().get(&id);
        let (Some(lease), Some(ttl)) = (lease, left) else {
            return Response::LeaseTimeToLive { id, ttl: -1, granted_ttl: 0, keys: Vec::new() };
        };
        let keys = if keys { lease.keys.keys().cloned().collect() } else { Vec::new() };
        Response::LeaseTimeToLive { id, ttl, granted_ttl: lease.ttl, keys }
    }
}
