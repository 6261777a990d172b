//! What clients and members share: the numbers of requests and sessions, what each server has in
//! hand for them, the request that is followed, and the history of what all of them saw.

use crate::client::RequestKind;
use crate::followed::Followed;
use crate::machine::{Request, SessionId};
use crate::wire::Wire;
use etcd_kv::{Bytes, Store};
use raft_check::linear::{Register, RegisterOperation, Watcher};
use raft_core::{Index, Micros, NodeId, ReadToken};
use std::sync::Arc;

/// The desk at which everybody's requests are numbered and kept.
#[derive(Clone, Debug)]
pub(crate) struct Desk {
    /// What each server has in hand; lost when its process ends.
    pub(crate) hands: Vec<Hand>,
    /// What the cluster began with: at the start of the run, or when it was made from a saved file.
    pub(crate) origin: Store,
    last_token: ReadToken,
    /// The last sequence number of each client that may ask again.
    idle: Vec<SessionId>,
    clients: u32,
    last_request: u64,
    /// What clients saw, key by key.
    pub(crate) watcher: Watcher<Bytes, Register>,
    watcher_clock: u64,
    /// The last entry whose effect the watcher was told of.
    carried_out: Index,
    /// The latest request that was made by hand.
    pub(crate) followed: Option<Arc<Followed>>,
    /// What is between clients and servers.
    pub(crate) wire: Wire,
}

/// The requests that a server is to answer.
#[derive(Clone, Debug, Default)]
pub(crate) struct Hand {
    /// Those whose entry is to be applied first.
    pub(crate) waiting: Vec<Waiting>,
    /// Reads that wait for a quorum to confirm the leader.
    pub(crate) reads_asked: Vec<(ReadToken, u64)>,
    /// Reads that wait until everything up to an index is applied.
    pub(crate) reads_due: Vec<(Index, u64)>,
}

/// A client whose request is in a server's hands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Waiting {
    pub(crate) session: SessionId,
    pub(crate) request: u64,
}

/// The watcher's clock orders the calls and answers of one instant: it is the simulated time and,
/// in this many low bits, a count.
const ORDER_BITS: u32 = 24;

impl Desk {
    pub(crate) fn new(servers: usize) -> Desk {
        Desk {
            hands: vec![Hand::default(); servers],
            origin: Store::default(),
            last_token: 0,
            idle: Vec::new(),
            clients: 0,
            last_request: 0,
            watcher: Watcher::default(),
            watcher_clock: 0,
            carried_out: 0,
            followed: None,
            wire: Wire::default(),
        }
    }

    pub(crate) fn followed_mut(&mut self, id: u64) -> Option<&mut Followed> {
        self.followed.as_mut().filter(|followed| followed.id == id).map(Arc::make_mut)
    }

    /// A request waits at a server until its entry is applied there.
    pub(crate) fn wait_at(&mut self, ordinal: usize, session: SessionId, request: u64) {
        let waiting = &mut self.hands[ordinal].waiting;
        if !waiting.iter().any(|known| known.session == session) {
            waiting.push(Waiting { session, request });
        }
    }

    /// Takes the request that waits at a server for an entry of this session.
    pub(crate) fn take_waiting(&mut self, ordinal: usize, session: SessionId) -> Option<u64> {
        let waiting = &mut self.hands[ordinal].waiting;
        let at = waiting.iter().position(|known| known.session == session)?;
        Some(waiting.swap_remove(at).request)
    }

    /// Takes the reads for which enough is applied at a server.
    pub(crate) fn take_due_reads(&mut self, ordinal: usize, applied: Index) -> Vec<u64> {
        let due = &mut self.hands[ordinal].reads_due;
        if due.is_empty() {
            return Vec::new();
        }
        let (now, later): (Vec<_>, Vec<_>) =
            std::mem::take(due).into_iter().partition(|(at, _)| *at <= applied);
        *due = later;
        now.into_iter().map(|(_, request)| request).collect()
    }

    /// Takes everything that a server has in hand, reads first: its process has ended.
    pub(crate) fn take_all(&mut self, ordinal: usize) -> Vec<u64> {
        let Hand { waiting, reads_asked, reads_due } = std::mem::take(&mut self.hands[ordinal]);
        let reads = reads_asked.into_iter().map(|(_, id)| id);
        let reads = reads.chain(reads_due.into_iter().map(|(_, id)| id));
        reads.chain(waiting.into_iter().map(|waiting| waiting.request)).collect()
    }

    /// A read has been confirmed up to an index, perhaps by a leader that another has replaced.
    pub(crate) fn read_confirmed(
        &mut self,
        ordinal: usize,
        token: ReadToken,
        index: Index,
        by_deposed: Option<NodeId>,
    ) {
        let hand = &mut self.hands[ordinal];
        if let Some(at) = hand.reads_asked.iter().position(|(known, _)| *known == token) {
            let (_, request) = hand.reads_asked.swap_remove(at);
            hand.reads_due.push((index, request));
            if let Some(followed) = self.followed_mut(request) {
                followed.read_index = Some(index);
                followed.confirmed_by_deposed = by_deposed;
            }
        }
    }

    /// From now on the answer to this request is checked against what other clients see.
    pub(crate) fn watch_request(&mut self, now: Micros, session: SessionId, kind: &RequestKind) {
        let at = self.tick(now);
        let id = Desk::watched(session);
        let operation = match kind {
            RequestKind::Put { value, .. } => RegisterOperation::Put(value.clone()),
            RequestKind::Get { .. } => RegisterOperation::Get,
            RequestKind::GetSerializable { .. } => return,
        };
        let start = self.origin.value(kind.key());
        self.watcher.call(kind.key(), id, at, operation, start);
    }

    /// An idle client's next session, or a new client's first. A client asks one thing at a time,
    /// and one whose last request ended unknown never asks again: its old request may still happen.
    pub(crate) fn session(&mut self) -> SessionId {
        let SessionId { client, sequence } = self.idle.pop().unwrap_or_else(|| {
            self.clients += 1;
            SessionId { client: self.clients, sequence: 0 }
        });
        SessionId { client, sequence: sequence + 1 }
    }

    pub(crate) fn is_idle_again(&mut self, session: SessionId) {
        self.idle.push(session);
    }

    /// The next token of a read.
    pub(crate) fn next_token(&mut self) -> ReadToken {
        self.last_token += 1;
        self.last_token
    }

    pub(crate) fn next_request(&mut self) -> u64 {
        self.last_request += 1;
        self.last_request
    }

    /// Whether any client has ever asked for something.
    pub(crate) fn has_asked(&self) -> bool {
        self.last_request > 0
    }

    /// The watcher's time, later with every call.
    pub(crate) fn tick(&mut self, now: Micros) -> u64 {
        self.watcher_clock = (self.watcher_clock + 1).max(now << ORDER_BITS);
        self.watcher_clock
    }

    /// The simulated time of one of the watcher's.
    pub(crate) fn time_of(tick: u64) -> Micros {
        tick >> ORDER_BITS
    }

    /// What the watcher calls a request: it tells the client too.
    pub(crate) fn watched(session: SessionId) -> u64 {
        u64::from(session.client) << 32 | u64::from(session.sequence)
    }

    /// A server has applied an entry. If it is the first to, a client's request has taken effect.
    pub(crate) fn entry_applied(&mut self, index: Index, request: Option<&Request<'_>>) {
        let is_first = index > self.carried_out;
        self.passes(index);
        if !is_first {
            return;
        }
        match request {
            Some(Request::Put { session, key, .. } | Request::Get { session, key }) => {
                let effect = Desk::effect_of_entry(index);
                self.watcher.took_effect(*key, Desk::watched(*session), effect);
            }
            // What etcd's writes change is told key by key where they are carried out.
            Some(Request::Raw { .. } | Request::Etcd { .. }) | None => {}
        }
    }

    /// Some server has applied everything up to an entry.
    pub(crate) fn passes(&mut self, index: Index) {
        self.carried_out = self.carried_out.max(index);
    }

    /// When an entry takes effect, in the order of all that does.
    pub(crate) fn effect_of_entry(index: Index) -> u64 {
        index * 2
    }

    /// When a read does that sees all entries up to this one.
    pub(crate) fn effect_of_read(applied: Index) -> u64 {
        applied * 2 + 1
    }

    /// Another cluster begins: what its clients see has nothing to do with what was before.
    pub(crate) fn forget_histories(&mut self) {
        self.watcher = Watcher::default();
        self.carried_out = 0;
    }

    /// The client of what the watcher calls so.
    pub(crate) fn client_of(watched: u64) -> u32 {
        u32::try_from(watched >> 32).unwrap_or(u32::MAX)
    }
}
