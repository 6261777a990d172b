//! etcd's JSON gateway: the requests that one can POST to a member and the replies, to the byte.

mod calls;
mod fields;
mod messages;

use crate::api::{Call, Header, Response, Revision, Written};
use crate::json::{Json, Writer, quoted};
use crate::{Error, http_status};
use calls::call;
use fields::Fields;
use messages::message;

/// A reply of the gateway.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// The HTTP status.
    pub status: u16,
    /// The body, JSON except where the path or the method is unknown.
    pub body: String,
}

/// Why a request is rejected: what Go's JSON reader said, or a path that does not exist.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Malformed {
    /// No such path.
    UnknownPath,
    /// The body is not what the path takes.
    Body(String),
}

impl Malformed {
    /// What a client gets.
    pub fn reply(&self) -> Reply {
        match self {
            Malformed::UnknownPath => Reply { status: 404, body: "Not Found\n".into() },
            Malformed::Body(message) => failure(message, 3),
        }
    }
}

/// The paths that this gateway has, below `/v3/`.
pub const PATHS: &[&str] = &[
    "kv/range",
    "kv/put",
    "kv/deleterange",
    "kv/txn",
    "kv/compaction",
    "lease/grant",
    "lease/revoke",
    "kv/lease/revoke",
    "lease/keepalive",
    "lease/timetolive",
    "kv/lease/timetolive",
    "lease/leases",
    "kv/lease/leases",
    "watch",
    "cluster/member/list",
    "cluster/member/add",
    "cluster/member/remove",
    "cluster/member/update",
    "cluster/member/promote",
    "maintenance/status",
    "maintenance/alarm",
    "maintenance/hash",
    "maintenance/defragment",
    "maintenance/snapshot",
    "maintenance/transfer-leadership",
];

/// What a POST asks for. `path` is with its prefix, `/v3/` or `/v3beta/`.
///
/// # Errors
/// [`Malformed`], with the reply that a real member gives.
pub fn parse(path: &str, body: &[u8]) -> Result<Call, Malformed> {
    let below = path.strip_prefix("/v3/").or_else(|| path.strip_prefix("/v3beta/"));
    let below = below.filter(|below| PATHS.contains(below)).ok_or(Malformed::UnknownPath)?;
    let json = Json::parse(body).map_err(Malformed::Body)?;
    let fields = Fields::of(&json).map_err(Malformed::Body)?;
    call(below, &fields).map_err(Malformed::Body)
}

/// The reply to an error of the store or the member.
#[must_use]
pub fn refusal(error: Error) -> Reply {
    failure(&error.to_string(), error.code())
}

fn failure(message: &str, code: u32) -> Reply {
    let body = Writer::object(|w| {
        w.raw("error", &quoted(message));
        w.raw("message", &quoted(message));
        w.raw("code", &code.to_string());
    });
    Reply { status: http_status(code), body }
}

/// The reply to an answer. Answers that are streams (watch, keep-alive, snapshot) are one line
/// each.
#[must_use]
pub fn reply(header: &Header, response: &Response) -> Reply {
    let body = match response {
        Response::Watch(_) | Response::LeaseKeepAlive { .. } | Response::Snapshot { .. } => {
            let line = message(header, response);
            Writer::object(|w| w.raw("result", &line)) + "\n"
        }
        Response::Written(_)
        | Response::Range(_)
        | Response::LeaseTimeToLive { .. }
        | Response::LeaseLeases { .. }
        | Response::Members { .. }
        | Response::Status(_)
        | Response::Hash { .. }
        | Response::HashKv { .. }
        | Response::Defragment
        | Response::MoveLeader => message(header, response),
    };
    Reply { status: 200, body }
}

/// The revision that a write's answer carries at its head.
pub fn revision_of(written: &Written) -> Option<Revision> {
    match written {
        Written::Put(put) => Some(put.revision),
        Written::DeleteRange(delete) => Some(delete.revision),
        Written::Txn(txn) => txn.revision,
        Written::Compaction { revision }
        | Written::LeaseGrant { revision, .. }
        | Written::LeaseRevoke { revision } => Some(*revision),
        Written::Alarm { .. } => None,
    }
}
