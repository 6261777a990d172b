//! What clients and servers send each other sets out and arrives, where something is between them
//! (`wire.rs`).

use super::alarms::Wake;
use super::{Acting, Cx};
use crate::trace::{What, WireLoss};
use crate::wire::{ClientId, Content, Fate, Key, OnTheWire};
use raft_core::NodeId;

/// The most requests and answers on their way at once; more are lost.
const MAX_ON_THE_WIRE: usize = 10_000;

impl Cx<'_> {
    /// Whether what clients and servers send each other is there at once.
    pub(crate) fn is_direct(&self) -> bool {
        self.desk.wire.is_direct(&self.cluster.settings.live)
    }

    /// Something sets out, from the client or, unless it asks, from the server. It may be lost.
    pub(crate) fn send(&mut self, client: ClientId, server: NodeId, key: Key, what: Content) {
        let (settings, now) = (&self.cluster.settings, self.cluster.now);
        let wire = &mut self.desk.wire;
        let (chance, live) = (self.cluster.chance, &settings.live);
        let fate = wire.fate((chance, live, now), (client, server), key, &what);
        let drawn = Some(live.client_latency.from(now));
        let asks = what.asks();
        let because = match fate {
            Fate::Arrives(due) if wire.len() < MAX_ON_THE_WIRE => {
                let id = wire.next_id();
                let sequence = self.cluster.set_alarm(due, Wake::Wire { id }.alarm());
                return wire.insert(OnTheWire {
                    client,
                    server,
                    sent_at: now,
                    due,
                    id,
                    what,
                    sequence,
                    key,
                    drawn,
                });
            }
            Fate::Arrives(_) => WireLoss::Full,
            Fate::Lost if wire.is_cut_for(client, server, asks) => WireLoss::Cut,
            Fate::Lost => WireLoss::Chance,
        };
        self.cluster.note(|| What::LostToClient { client, server, asks, because });
    }

    /// What is under way and not due yet arrives when another draw says.
    pub(crate) fn draw_anew(&mut self) {
        let Cx { cluster, desk, .. } = self;
        let live = &cluster.settings.live;
        for (id, due) in desk.wire.drawn_anew(cluster.chance, live, cluster.now) {
            let sequence = cluster.set_alarm(due, Wake::Wire { id }.alarm());
            desk.wire.move_to(id, due, sequence);
        }
    }

    /// What is on a way that was cut is lost.
    pub(crate) fn lose_cut(&mut self) {
        for lost in self.desk.wire.take_cut() {
            let OnTheWire { client, server, .. } = lost;
            let (asks, because) = (lost.asks(), WireLoss::Cut);
            self.cluster.note(|| What::LostToClient { client, server, asks, because });
        }
    }
}

/// What was on its way arrives.
pub(super) fn arrives(cx: &mut Cx<'_>, on: Acting<'_>, id: u64) {
    if let Some(due) = cx.desk.wire.put_off(id, cx.cluster.now) {
        let sequence = cx.cluster.set_alarm(due, Wake::Wire { id }.alarm());
        return cx.desk.wire.delay(id, due, sequence);
    }
    let Some(it) = cx.desk.wire.take(id) else { return };
    match it.what {
        Content::Request { request, .. } => on.clients.arrived(cx, request, it.server),
        Content::Reply { request, outcome, stale } => on.clients.told(cx, request, outcome, stale),
        Content::Call(called) => on.etcd.arrived(cx, called, it.server),
        Content::Letter { letter, .. } => on.etcd.mail.push_back(letter),
    }
}
