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

    /// A watch begins, unless it is refused; then it is told what has happened since its start.
    pub(super) fn begin_watch(
        &mut self,
        cx: &mut Cx<'_>,
        ordinal: usize,
        id: u64,
        watch: &WatchCreateRequest,
        may: Result<(), Error>,
    ) {
        let store = cx.machines[ordinal].store();
        let (mut told, next) = store.begin_watch(watch, may, cx.cluster.settings.etcd);
        let last = if next.is_none() { told.pop() } else { None };
        self.set_stage(id, Stage::Watching(next.unwrap_or(0)));
        for message in told {
            self.tell(cx, id, Response::Watch(message));
        }
        match last {
            Some(last) => self.end_call(cx, id, Ok(Response::Watch(last))),
            None => self.feed_watch(cx, ordinal, id),
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
                watch_id: watch.watch_id,
                canceled: true,
                compact_revision: compacted,
                ..WatchResponse::default()
            };
            return self.end_call(cx, id, Ok(Response::Watch(gone)));
        }
        if next > current {
            return;
        }
        let events = store.watched(&watch, next, cx.cluster.settings.etcd);
        let watch_id = watch.watch_id;
        self.set_stage(id, Stage::Watching(current + 1));
        if !events.is_empty() {
            self.tell(
                cx,
                id,
                Response::Watch(WatchResponse { watch_id, events, ..WatchResponse::default() }),
            );
        }
    }
}
