//! Since when servers have been connected, as etcd's peers know it of each other (`ActiveSince` of
//! its `rafthttp`). A process that ends closes its connections at once; a link on which nothing
//! arrives, or a peer whose process is stopped, is only found out by a time-out.

use super::Cluster;
use crate::server::Power;
use raft_core::{Micros, NodeId, SmallMap};

/// How long a peer may say nothing before its connection counts as broken (`ConnReadTimeout` of
/// etcd's `rafthttp`: 5 s).
const READ_TIMEOUT: Micros = 5_000_000;

/// What is not in one piece, or was not always.
#[derive(Clone, Debug, Default)]
pub(crate) struct Connections {
    /// By sender and receiver: since when the link has been open, and since when blocked where it
    /// is.
    links: SmallMap<(NodeId, NodeId), (Micros, Option<Micros>)>,
}

impl Cluster {
    /// Links may have been blocked or opened.
    pub(crate) fn watch_links(&mut self) {
        let now = self.now;
        let ids = || (1..=self.servers.len() as u64).map(NodeId);
        for (from, to) in ids().flat_map(|from| ids().map(move |to| (from, to))) {
            let is_blocked = self.network.is_blocked(from, to);
            let known = self.connections.links.get(&(from, to)).copied();
            let (since, blocked_at) = known.unwrap_or((0, None));
            let next = match (is_blocked, blocked_at) {
                (true, None) => (since, Some(now)),
                (false, Some(at)) if now >= at + READ_TIMEOUT => (now, None),
                (false, Some(_)) => (since, None),
                (true, Some(_)) | (false, None) => continue,
            };
            self.connections.links.insert((from, to), next);
        }
    }

    /// Since when two servers have been connected both ways; `None` where they are not, as far as
    /// they could have found out.
    pub(crate) fn connected_since(&self, a: NodeId, b: NodeId) -> Option<Micros> {
        let process = |id: NodeId| {
            let server = self.server(id)?;
            match (server.power, server.paused_at) {
                (Power::Crashed, _) => None,
                (Power::Paused, Some(at)) if self.now >= at + READ_TIMEOUT => None,
                (Power::Paused | Power::Up, _) => Some(server.since),
            }
        };
        let link = |from: NodeId, to: NodeId| {
            let (since, blocked_at) =
                self.connections.links.get(&(from, to)).copied().unwrap_or((0, None));
            let is_broken = blocked_at.is_some_and(|at| self.now >= at + READ_TIMEOUT);
            (!is_broken).then_some(since)
        };
        Some(process(a)?.max(process(b)?).max(link(a, b)?).max(link(b, a)?))
    }

    /// A server's process begins.
    pub(crate) fn begins(&mut self, ordinal: usize) {
        let server = &mut self.servers[ordinal];
        server.power = Power::Up;
        server.since = self.now;
        server.paused_at = None;
    }

    /// A server goes on after a pause: its peers connect again if they had given it up.
    pub(super) fn goes_on(&mut self, ordinal: usize) {
        let now = self.now;
        let server = &mut self.servers[ordinal];
        if server.paused_at.take().is_some_and(|at| now >= at + READ_TIMEOUT) {
            server.since = now;
        }
    }
}
