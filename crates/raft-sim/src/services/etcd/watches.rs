//! Watches follow what a member carries out.

use super::*;

impl Etcd {
    /// Tells a member's watches what has been carried out since they were last told.
    pub(crate) fn feed_watches(&mut self, cx: &mut Cx<'_>, ordinal: usize) {
        let server = cx.cluster.servers[ordinal].id;
        let watches: Vec<u64> = (self.calls.iter())
            .filter(|(_, open)| open.server == server && matches!(open.stage, Stage::Watching(_)))
            .map(|(id, _)| *id)
            .collect();
        for id in watches {
            self.feed_watch(cx, ordinal, id);
        }
    }

    pub(crate) fn feed_watch(&mut self, cx: &mut Cx<'_>, ordinal: usize, id: u64) {
        let Some(open) = self.calls.get(&id) else { return };
        let (Stage::Watching(next), Call::Watch(watch)) = (&open.stage, &*open.call) else {
            return;
        };
        let (next, watch) = (*next, watch.clone());
        let store = cx.machines[ordinal].store();
        let (current, compacted) = (store.revision(), store.compacted());
        if next < compacted {
            let gone = WatchResponse {
                canceled: true,
                compact_revision: compacted,
                ..WatchResponse::default()
            };
            return self.end_call(cx, id, Ok(Response::Watch(gone)));
        }
        if next > current {
            return;
        }
        let mut events = store.events(&watch.key, &watch.range_end, next, current, watch.prev_kv);
        events.retain(|event| match event.kind {
            EventKind::Put => !watch.no_put,
            EventKind::Delete => !watch.no_delete,
        });
        self.set_stage(id, Stage::Watching(current + 1));
        if !events.is_empty() {
            self.tell(
                cx,
                id,
                Response::Watch(WatchResponse { events, ..WatchResponse::default() }),
            );
        }
    }
}
