//! What etcd's clients see, told to the watcher of all clients' histories.

use super::*;
use crate::services::desk::Desk;

impl Etcd {
    /// What one of etcd's writes has changed, keys of a transaction or of a lease included, becomes
    /// part of what clients see: it happened when a server first carried it out.
    pub(crate) fn record_changes(&mut self, cx: &mut Cx<'_>, ordinal: usize, index: u64) {
        if index <= self.recorded {
            return;
        }
        self.recorded = index;
        let store = cx.machines[ordinal].store();
        let revision = store.revision();
        if revision <= self.recorded_revision {
            return;
        }
        self.recorded_revision = revision;
        let events = store.events(&[0], &[0], revision, revision, false);
        for event in events {
            let operation = match event.kind {
                EventKind::Put => RegisterOperation::Put(event.kv.value.clone()),
                EventKind::Delete => RegisterOperation::Delete,
            };
            let key = &event.kv.key;
            let start = cx.desk.origin.value(key);
            let id = WRITES_OF_ETCD | cx.desk.next_request();
            let called = cx.tick();
            cx.desk.watcher.call(key, id, called, operation, start);
            cx.desk.watcher.took_effect(key, id, Desk::effect_of_entry(index));
            let returned = cx.tick();
            cx.desk.watcher.answer(key, id, returned, None);
        }
    }

    /// A read has its answer, or will have none: then it has never been.
    pub(crate) fn record_read(
        &mut self,
        cx: &mut Cx<'_>,
        id: u64,
        answer: Option<&(Header, Response)>,
    ) {
        let Some(at) = self.reads_watched.iter().position(|known| *known == id) else {
            return;
        };
        self.reads_watched.swap_remove(at);
        let Some((key, watched)) = self.watched_read(id) else { return };
        let Some(server) = self.calls.get(&id).map(|open| open.server) else { return };
        match answer {
            Some((_, Response::Range(range))) => {
                let value = range.kvs.first().map(|kv| kv.value.clone());
                cx.read_took_effect(ordinal_of(server), &key, watched);
                let at = cx.tick();
                cx.desk.watcher.answer(&key, watched, at, value);
            }
            Some(_) | None => cx.desk.watcher.forget(&key, watched),
        }
    }

    /// A linearizable read of one key as it is now is checked against what other clients see.
    pub(crate) fn watched_read(&self, id: u64) -> Option<(etcd_kv::Bytes, u64)> {
        let Call::Range(range) = &*self.calls.get(&id)?.call else { return None };
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
    pub(crate) fn record_read_call(&mut self, cx: &mut Cx<'_>, id: u64) {
        if let Some((key, watched)) = self.watched_read(id)
            && self.calls.get(&id).is_some_and(|open| open.stage == Stage::Inbox)
            && !self.reads_watched.contains(&id)
        {
            self.reads_watched.push(id);
            let at = cx.tick();
            let start = cx.desk.origin.value(&key);
            cx.desk.watcher.call(&key, watched, at, RegisterOperation::Get, start);
        }
    }
}
