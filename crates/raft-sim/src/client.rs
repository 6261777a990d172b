//! Clients: they ask, wait, are redirected, retry and give up.

use crate::load::Load;
use crate::machine::{Answer, SessionId};
use crate::stats::Stats;
use crate::wire::{ClientId, Key};
use etcd_kv::Bytes;
use raft_core::{Index, Micros, NodeId, SmallMap};
use std::sync::Arc;

/// How long a client without an answer waits before it looks for the leader again.
pub const CLIENT_RETRY: Micros = 100_000;

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
    /// Whether it changes nothing.
    pub fn reads(&self) -> bool {
        !matches!(self, RequestKind::Put { .. })
    }

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
    /// The client timed out: whether the request was carried out is unknown.
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
    /// Which client made it, from 1; 0 if too many requests were open for it to be sent.
    pub client: u32,
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
    /// Where it was answered with less than the cluster had committed by then: how old that was.
    pub stale: Option<Stale>,
}

/// What was read is not the newest that is committed: the revisions at which the key was last set,
/// 0 where it holds nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stale {
    /// At the server that answered.
    pub seen: i64,
    /// In all that was committed by then.
    pub newest: i64,
}

/// A request without its end.
#[derive(Clone, Debug)]
pub(crate) struct Open {
    pub(crate) kind: RequestKind,
    pub(crate) session: SessionId,
    pub(crate) policy: Policy,
    /// Its number among those a person made.
    pub(crate) number: Option<u32>,
    /// The client of the load generator that made it.
    pub(crate) load: Option<usize>,
    pub(crate) asked_at: Micros,
    /// Everything up to here was committed by then: a read that lacks any of it is stale.
    pub(crate) committed: Index,
    pub(crate) sent_to: Option<NodeId>,
    /// How often it was sent.
    pub(crate) tries: u32,
    pub(crate) sent_at: Micros,
    /// When the client checks on it next.
    pub(crate) checks_at: Micros,
    /// The number of the queue item that checks on it.
    pub(crate) sequence: u64,
}

impl Open {
    /// Who has made it.
    pub(crate) fn client(&self) -> ClientId {
        self.load.map_or(ClientId::Plain(self.session.client), |ordinal| {
            ClientId::Load(u32::try_from(ordinal + 1).unwrap_or(u32::MAX))
        })
    }

    /// What keys the draws for what is sent about it.
    pub(crate) fn key(&self) -> Key {
        Key::of_request(self.session, self.tries)
    }
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

/// All clients.
#[derive(Clone, Debug, Default)]
pub(crate) struct Clients {
    pub(crate) open: SmallMap<u64, Open>,
    /// Shared, so that a copy of the world costs a pointer.
    pub(crate) manual: Arc<Vec<Answered>>,
    pub(crate) load: Load,
    pub(crate) stats: Stats,
}
