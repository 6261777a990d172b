//! The request that is followed: the latest that a person, a scenario or the console has made.

use crate::machine::SessionId;
use raft_core::{Micros, NodeId};

/// How a request is carried out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Route {
    /// Through the log.
    Log,
    /// Past the log: the leader confirms that it leads.
    Confirmed,
    /// Answered by the server from what it holds.
    Local,
}

/// A request, and how far it is known to have come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Followed {
    /// Its number among all requests, plain and etcd's.
    pub(crate) id: u64,
    /// What it asks for, in a few characters.
    pub what: String,
    /// How it is carried out.
    pub route: Route,
    /// The server that the client has asked last.
    pub server: Option<NodeId>,
    /// Its session, where it goes through the log.
    pub session: Option<SessionId>,
    /// When it was made.
    pub asked_at: Micros,
    /// The index up to which its server has to carry out the log before it may answer a read, once
    /// the leader has confirmed it.
    pub read_index: Option<u64>,
    /// Who confirmed it although another server led a higher term at that instant.
    pub confirmed_by_deposed: Option<NodeId>,
    /// When it ended, and whether well.
    pub ended: Option<(Micros, bool)>,
}
