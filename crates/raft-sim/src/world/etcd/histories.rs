//! What etcd's clients see, told to the watcher of all clients' histories.

use super::*;

impl World {
    /// What one of etcd's writes has changed, keys of a transaction or of a lease included, becomes
    /// part of what clients see: it happened when a server first carried it out.
    pub(in crate::world) fn record_changes(&mut self, place: usize, index: u64) {
        if index <= self.etcd.recorded {
            return;
        }
        self.etcd.recorded = index;
        let store = self.machines[place].store();
        let revision = store.revision();
        if revision <= self.etcd.recorded_revision {
            return;
        }
        self.etcd.recorded_revision = revision;
        let events = store.events(&[0], &[0], revision, revision, false);
        for event in events {
            let operation = match event.kind {
                EventKind::Put => RegisterOperation::Put(event.kv.value.clone()),
                EventKind::Delete => RegisterOperation::Delete,
            };
            let key = &event.kv.key;
            let start = self.origin.store.value(key);
            let id = WRITES_OF_ETCD | self.clients.next_request();
            let called = self.clients.tick(self.cluster.now);
            self.clients.watcher.call(key, id, called, operation, start);
            let returned = self.clients.tick(self.cluster.now);
            self.clients.watcher.answer(key, id, returned, None);
        }
    }

    /// A read has its answer, or will have none: then it has never been.
    pub(super) fn record_read(&mut self, id: u64, answer: Option<&(Header, Response)>) {
        let Some(at) = self.etcd.reads_watched.iter().position(|known| *known == id) else {
            return;
        };
        self.etcd.reads_watched.swap_remove(at);
        let Some((key, watched)) = self.watched_read(id) else { return };
        match answer {
            Some((_, Response::Range(range))) => {
                let value = range.kvs.first().map(|kv| kv.value.clone());
                let at = self.clients.tick(self.cluster.now);
                self.clients.watcher.answer(&key, watched, at, value);
            }
            Some(_) | None => self.clients.watcher.forget(&key, watched),
        }
    }

    /// A linearizable read of one key as it is now is held against what other clients see.
    pub(super) fn watched_read(&self, id: u64) -> Option<(etcd_kv::Bytes, u64)> {
        let Call::Range(range) = &*self.etcd.calls.get(&id)?.call else { return None };
        let is_plain = range.range_end.is_empty()
            && range.revision <= 0
            && !range.serializable
            && !range.keys_only
            && !range.count_only
            && range.max_mod_revision == 0
            && range.min_mod_revision == 0
            && range.max_create_revision == 0
            && range.min_create_revision == 0;
        is_plain.then(|| (range.key[..].into(), WRITES_OF_ETCD | id))
    }

    /// A read begins, unless it is known already.
    pub(super) fn record_read_call(&mut self, id: u64) {
        if let Some((key, watched)) = self.watched_read(id)
            && self.etcd.calls.get(&id).is_some_and(|open| open.stage == Stage::Inbox)
            && !self.etcd.reads_watched.contains(&id)
        {
            self.etcd.reads_watched.push(id);
            let at = self.clients.tick(self.cluster.now);
            let start = self.origin.store.value(&key);
            self.clients.watcher.call(&key, watched, at, RegisterOperation::Get, start);
        }
    }
}
