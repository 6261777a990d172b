//! What can be seen of clients: their requests, where each open one is, and the load.

use super::World;
use crate::client::{Answered, Policy};
use crate::cluster::ordinal_of;
use crate::load::{LoadClient, LoadSpec};
use crate::machine::SessionId;
use crate::server::Arrival;
use crate::stats::Stats;
use raft_core::{Index, Micros, NodeId, ReadToken};

/// A request without an answer, as it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OpenRequest {
    /// Its client and number: its entry carries them.
    pub session: SessionId,
    /// When it was sent last.
    pub sent_at: Micros,
    /// Whether its client tries one server, once.
    pub is_once: bool,
    /// When its client checks on it next: one that tries once gives up then.
    pub checks_at: Micros,
    /// Where it is.
    pub at: Whereabouts,
}

/// Where an open request is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whereabouts {
    /// In no server’s hands: there was none to ask, or the last try came to nothing.
    Nowhere,
    /// It was sent to this server, which no longer has it.
    Gone(NodeId),
    /// On its way to this server.
    Coming(NodeId),
    /// Answered by this server: the answer is on its way.
    Answered(NodeId),
    /// In the inbox of this paused server.
    Inbox(NodeId),
    /// This server answers once the request’s entry is applied there.
    Log(NodeId),
    /// This server has asked whether the leader still leads, and was not told yet.
    Asked(NodeId, ReadToken),
    /// This server answers once it has applied everything up to the index.
    Confirmed(NodeId, Index),
}

impl World {
    /// The requests that people and scenarios made, in order, and how they stand.
    pub fn requests(&self) -> &[Answered] {
        &self.service.clients.manual
    }

    /// Requests of the load generator that were answered.
    pub fn load_done(&self) -> u64 {
        self.service.clients.load.done
    }

    /// Whether the load generator runs.
    pub fn load_runs(&self) -> bool {
        self.load().is_some()
    }

    /// What the load generator does, if it runs.
    pub fn load(&self) -> Option<&LoadSpec> {
        self.service.clients.load.running.as_ref().map(|running| &running.spec)
    }

    /// The clients of the load generator; those that have asked before stay when it stops.
    pub fn load_clients(&self) -> &[LoadClient] {
        &self.service.clients.load.clients
    }

    /// The servers at which requests that people and scenarios made wait for an answer.
    pub fn waiting_at(&self) -> impl Iterator<Item = NodeId> {
        let by_hand = self.service.clients.open.values().filter(|open| open.number.is_some());
        by_hand.filter_map(|open| open.sent_to)
    }

    /// What all clients got in the last minute.
    pub fn stats(&self) -> &Stats {
        &self.service.clients.stats
    }

    /// Whether a request is open whose client retries until it is answered.
    pub fn retrying_requests(&self) -> usize {
        self.service.clients.open.values().filter(|open| open.policy != Policy::Once).count()
    }

    /// A request that a person or a scenario made, by its number from 1, while it is open.
    pub fn open_request(&self, number: usize) -> Option<OpenRequest> {
        let number = u32::try_from(number).ok()?;
        let of_number = |open: &&crate::client::Open| open.number == Some(number);
        let (id, open) = self.service.clients.open.iter().find(|(_, open)| of_number(open))?;
        Some(OpenRequest {
            session: open.session,
            sent_at: open.sent_at,
            is_once: open.policy == Policy::Once,
            checks_at: open.checks_at,
            at: open.sent_to.map_or(Whereabouts::Nowhere, |server| self.look_for(*id, server)),
        })
    }

    pub(super) fn look_for(&self, id: u64, to: NodeId) -> Whereabouts {
        let Some(server) = self.server(to) else { return Whereabouts::Gone(to) };
        if let Some(it) = self.on_the_wire().find(|it| it.request() == Some(id)) {
            let at = it.server;
            return if it.asks() { Whereabouts::Coming(at) } else { Whereabouts::Answered(at) };
        }
        let hand = &self.service.desk.hands[ordinal_of(server.id)];
        if hand.waiting.iter().any(|waiting| waiting.request == id) {
            return Whereabouts::Log(to);
        }
        if let Some((token, _)) = hand.reads_asked.iter().find(|(_, request)| *request == id) {
            return Whereabouts::Asked(to, *token);
        }
        if let Some((index, _)) = hand.reads_due.iter().find(|(_, request)| *request == id) {
            return Whereabouts::Confirmed(to, *index);
        }
        let lies_here = |arrival: &Arrival| matches!(arrival, Arrival::Call(it) if *it == id);
        if server.inbox.iter().any(lies_here) {
            return Whereabouts::Inbox(to);
        }
        Whereabouts::Gone(to)
    }
}
