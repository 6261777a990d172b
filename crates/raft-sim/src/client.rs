//! Clients: they ask, wait, are redirected, retry and give up; and the load generator, which is
//! many of them.

use crate::machine::{Answer, SessionId};
use etcd_kv::Bytes;
use raft_check::linear::{Register, Watcher};
use raft_core::{Micros, NodeId, SmallMap};
use std::sync::Arc;

/// How long a client that has no answer waits before it looks for the leader again.
pub const CLIENT_RETRY: Micros = 100_000;
/// The most clients of the load generator; beyond it a tick is skipped.
pub const MAX_LOAD_CLIENTS: usize = 256;
/// The client ids from here on belong to the load generator.
const FIRST_LOAD_CLIENT: u32 = 1_000_000;

/// What a request asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RequestKind {
    /// Sets a key.
    Put {
        /// The key.
        key: Bytes,
        /// The value.
        value: Bytes,
    },
    /// Reads a key, linearizably: through the log.
    Get {
        /// The key.
        key: Bytes,
    },
    /// Reads whatever the server holds.
    GetSerializable {
        /// The key.
        key: Bytes,
    },
}

impl RequestKind {
    /// The key that it is about.
    pub fn key(&self) -> &Bytes {
        match self {
            RequestKind::Put { key, .. }
            | RequestKind::Get { key }
            | RequestKind::GetSerializable { key } => key,
        }
    }
}

/// How a request stands or ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// No answer yet.
    Waiting,
    /// Carried out, with this answer.
    Ok(Answer),
    /// The server does not lead, and names the leader if it knows one.
    NotLeader {
        /// The server that refused.
        server: NodeId,
        /// The leader that it names.
        leader: Option<NodeId>,
    },
    /// Nobody listens at that server.
    Down {
        /// The server.
        server: NodeId,
    },
    /// The server went down before it answered: whether the request was carried out is unknown.
    ConnectionLost {
        /// The server.
        server: NodeId,
    },
    /// The client's time-out ran out: whether the request was carried out is unknown.
    TimedOut,
    /// Too many requests are open already.
    Overloaded,
}

impl Outcome {
    /// The word that scenario text uses: `ok`, `refused` or `unknown`.
    pub fn name(&self) -> &'static str {
        match self {
            Outcome::Ok(_) => "ok",
            Outcome::NotLeader { .. } | Outcome::Down { .. } | Outcome::Overloaded => "refused",
            Outcome::Waiting | Outcome::TimedOut | Outcome::ConnectionLost { .. } => "unknown",
        }
    }
}

/// A request that a person or a scenario made, and what became of it.
#[derive(Clone, Debug)]
pub struct Answered {
    /// What it asked for.
    pub kind: RequestKind,
    /// The server it was meant for, if one was named: then it is one try.
    pub via: Option<NodeId>,
    /// When it was made.
    pub asked_at: Micros,
    /// When it ended.
    pub ended_at: Option<Micros>,
    /// The server that it went to last.
    pub sent_to: Option<NodeId>,
    /// How it stands.
    pub outcome: Outcome,
}

/// A request without its end.
#[derive(Clone, Debug)]
pub(crate) struct Open {
    pub(crate) kind: RequestKind,
    pub(crate) session: SessionId,
    pub(crate) policy: Policy,
    pub(crate) number: Option<u32>,
    pub(crate) sent_to: Option<NodeId>,
    pub(crate) sent_at: Micros,
    /// The number of the queue item that looks after it.
    pub(crate) sequence: u64,
}

/// What a client does when it gets no good answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Policy {
    /// One try at this server.
    Once,
    /// Goes to the live leader of the highest term, until answered.
    Leader,
    /// Goes to the server that it last heard of as leader, follows redirects, until answered.
    Contact,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct LoadState {
    pub(crate) every: Micros,
    pub(crate) reads_percent: u32,
    pub(crate) sequence: u64,
}

/// All clients.
#[derive(Clone, Debug)]
pub(crate) struct Clients {
    pub(crate) open: SmallMap<u64, Open>,
    /// Shared, so that a copy of the world costs a pointer.
    pub(crate) manual: Arc<Vec<Answered>>,
    /// The last sequence number of each client that may ask again.
    idle: Vec<SessionId>,
    idle_load: Vec<SessionId>,
    clients: u32,
    load_clients: u32,
    last_request: u64,
    pub(crate) load: Option<LoadState>,
    pub(crate) load_ticks: u64,
    pub(crate) load_done: u64,
    /// The server that load clients believe to lead.
    pub(crate) contact: NodeId,
    /// The server that has named it, if it is a redirect.
    pub(crate) named_by: Option<NodeId>,
    /// What clients saw, key by key. Calls and answers are numbered in the order of events.
    pub(crate) watcher: Watcher<Bytes, Register>,
    pub(crate) watcher_clock: u64,
}

impl Default for Clients {
    fn default() -> Clients {
        Clients {
            open: SmallMap::default(),
            manual: Arc::default(),
            idle: Vec::new(),
            idle_load: Vec::new(),
            clients: 0,
            load_clients: 0,
            last_request: 0,
            load: None,
            load_ticks: 0,
            load_done: 0,
            contact: NodeId(1),
            named_by: None,
            watcher: Watcher::default(),
            watcher_clock: 0,
        }
    }
}

impl Clients {
    /// An idle client's next session, or a new client's first. A client asks one thing at a time,
    /// and one whose last request ended unknown never asks again: its old request may still happen.
    pub(crate) fn session(&mut self) -> SessionId {
        let SessionId { client, sequence } = self.idle.pop().unwrap_or_else(|| {
            self.clients += 1;
            SessionId { client: self.clients, sequence: 0 }
        });
        SessionId { client, sequence: sequence + 1 }
    }

    /// The same for a client of the load generator; `None` where all are busy.
    pub(crate) fn load_session(&mut self) -> Option<SessionId> {
        let SessionId { client, sequence } = match self.idle_load.pop() {
            Some(session) => session,
            None if (self.load_clients as usize) < MAX_LOAD_CLIENTS => {
                self.load_clients += 1;
                SessionId { client: FIRST_LOAD_CLIENT + self.load_clients, sequence: 0 }
            }
            None => return None,
        };
        Some(SessionId { client, sequence: sequence + 1 })
    }

    pub(crate) fn is_idle_again(&mut self, session: SessionId) {
        if session.client > FIRST_LOAD_CLIENT {
            self.idle_load.push(session);
        } else {
            self.idle.push(session);
        }
    }

    pub(crate) fn next_request(&mut self) -> u64 {
        self.last_request += 1;
        self.last_request
    }

    pub(crate) fn tick(&mut self) -> u64 {
        self.watcher_clock += 1;
        self.watcher_clock
    }
}
