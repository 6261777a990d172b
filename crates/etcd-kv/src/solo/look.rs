//! What a store answers without any help.

use crate::api::{
    Call, Event, EventKind, LeaseId, Response, Revision, WatchCreateRequest, WatchResponse, Write,
    Written,
};
use crate::{Error, Store, Version};

impl Store {
    /// Answers what needs nothing but this store: ranges, watches of the past, leases, hashes, the
    /// file. Everything else is answered as [`Response::Defragment`] is: it has nothing to say
    /// here.
    ///
    /// # Errors
    /// etcd's own.
    pub fn look(&self, call: &Call, version: Version) -> Result<Response, Error> {
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
                let events =
                    if from <= 0 { Vec::new() } else { self.watched(watch, from, version) };
                Ok(Response::Watch(WatchResponse { events, ..WatchResponse::default() }))
            }
            Call::LeaseLeases => {
                Ok(Response::LeaseLeases { leases: self.leases().keys().copied().collect() })
            }
            Call::Hash => Ok(Response::Hash { hash: self.hash() }),
            Call::HashKv { revision } => {
                let (hash, compact_revision) = self.hash_kv(*revision, version)?;
                Ok(Response::HashKv { hash, compact_revision })
            }
            Call::Snapshot => Ok(Response::Snapshot { blob: self.save().into() }),
            Call::Write(_)
            | Call::LeaseKeepAlive { .. }
            | Call::LeaseTimeToLive { .. }
            | Call::MemberList { .. }
            | Call::MemberAdd { .. }
            | Call::MemberRemove { .. }
            | Call::MemberUpdate { .. }
            | Call::MemberPromote { .. }
            | Call::Status
            | Call::Defragment
            | Call::MoveLeader { .. }
            | Call::Downgrade { .. } => Ok(Response::Defragment),
        }
    }

    /// What a watch is told when it begins, and the revision from which it goes on; `None` where it
    /// ends at once. `may` says whether its client may read these keys.
    pub fn begin_watch(
        &self,
        watch: &WatchCreateRequest,
        may: Result<(), Error>,
        version: Version,
    ) -> (Vec<WatchResponse>, Option<Revision>) {
        let (from, watch_id) = (watch.start_revision, watch.watch_id);
        let created = WatchResponse { watch_id, created: true, ..WatchResponse::default() };
        let refused = |reason: String| WatchResponse {
            watch_id: -1,
            canceled: true,
            cancel_reason: reason,
            ..created.clone()
        };
        let end = &watch.range_end[..];
        let is_empty = !end.is_empty() && end != [0] && end <= &watch.key[..];
        if let Err(error) = may {
            return (vec![refused(error.as_rpc_error())], None);
        }
        if from < 0 && version.refuses_negative_revisions() {
            return (vec![refused(Error::Compacted.to_string())], None);
        }
        if is_empty {
            return (vec![refused("mvcc: watcher range is empty".into())], None);
        }
        if from != 0 && from < self.compacted() {
            let compact_revision = self.compacted();
            let canceled = true;
            let gone =
                WatchResponse { watch_id, canceled, compact_revision, ..WatchResponse::default() };
            return (vec![created, gone], None);
        }
        (vec![created], Some(if from <= 0 { self.revision() + 1 } else { from }))
    }

    /// What a watch is told of everything from a revision on.
    pub fn watched(
        &self,
        watch: &WatchCreateRequest,
        from: Revision,
        version: Version,
    ) -> Vec<Event> {
        let to = self.revision();
        let mut events = self.events(&watch.key, &watch.range_end, from, to, watch.prev_kv);
        let hides = !version.keeps_last_tombstone();
        events.retain(|event| match event.kind {
            EventKind::Put => !watch.no_put,
            EventKind::Delete if hides && event.kv.mod_revision <= self.compacted() => false,
            EventKind::Delete => !watch.no_delete,
        });
        events
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
