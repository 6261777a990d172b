//! etcd's JSON gateway: the requests that one can POST to a member and the replies, to the byte.

mod calls;
mod fields;
mod messages;
mod streams;

use crate::api::{Call, Header, Response, Revision, WatchCreateRequest, Written};
use crate::concurrency::{Served, Service};
use crate::json::{Json, Writer, quoted};
use crate::{Error, Version};
use calls::{call, service};
use fields::Fields;
use messages::message;
use streams::stream;
pub use streams::{WatchNumbers, progress};

/// A reply of the gateway.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// The HTTP status.
    pub status: u16,
    /// The body, JSON except where the path or the method is unknown.
    pub body: String,
}

/// What a POST asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Asked {
    /// A call.
    Call(Call),
    /// A lock or an election.
    Service(Service),
    /// Requests in a stream, one after the other. A stream of watches goes on after them.
    Stream(Vec<InStream>),
}

/// A request in a stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum InStream {
    /// A watch.
    Watch(WatchCreateRequest),
    /// The end of the watch of that number.
    Cancel(i64),
    /// How far watches are: the header of now.
    Progress,
    /// A lease is kept alive.
    KeepAlive(i64),
}

/// Why a request is rejected: what Go's JSON reader said, or a path that does not exist.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Malformed {
    /// Nothing of the API's.
    Elsewhere,
    /// No such path.
    UnknownPath,
    /// A path that one only gets.
    Method,
    /// The same path is written in another way.
    Moved(String),
    /// The body is not what the path takes.
    Body(String),
    /// The same, where the body is a stream of requests.
    Stream(String),
    /// What it dies of while it reads the body: the connection ends without an answer.
    Deadly,
}

impl Malformed {
    /// What a client gets.
    pub fn reply(&self, version: Version) -> Reply {
        match self {
            Malformed::Elsewhere => Reply { status: 404, body: "404 page not found\n".into() },
            Malformed::Method => Reply { status: 405, body: "Method Not Allowed\n".into() },
            Malformed::Moved(_) => Reply { status: 301, body: String::new() },
            Malformed::UnknownPath => Reply { status: 404, body: "Not Found\n".into() },
            Malformed::Body(message) => failure(message, 3, version),
            Malformed::Stream(message) => failure(message, 2, version),
            Malformed::Deadly => Reply { status: 0, body: String::new() },
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
    "maintenance/hashkv",
    "maintenance/downgrade",
    "auth/enable",
    "auth/disable",
    "auth/status",
    "auth/authenticate",
    "auth/user/add",
    "auth/user/get",
    "auth/user/list",
    "auth/user/delete",
    "auth/user/changepw",
    "auth/user/grant",
    "auth/user/revoke",
    "auth/role/add",
    "auth/role/get",
    "auth/role/list",
    "auth/role/delete",
    "auth/role/grant",
    "auth/role/revoke",
    "lock/lock",
    "lock/unlock",
    "election/campaign",
    "election/proclaim",
    "election/leader",
    "election/observe",
    "election/resign",
];

/// The paths whose body is a stream of requests.
const STREAMS: [&str; 2] = ["watch", "lease/keepalive"];

/// The paths that are there to be got.
const ONLY_GOT: [&str; 3] = ["/version", "/health", "/debug/vars"];

/// Where Go's `ServeMux` sends a path that it writes in another way.
fn written_otherwise(path: &str) -> Option<String> {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    let is_folder = path.ends_with('/') || matches!(path, "/v3" | "/v3beta");
    let end = if is_folder && !parts.is_empty() { "/" } else { "" };
    let clean = format!("/{}{end}", parts.join("/"));
    (clean != path).then_some(clean)
}

/// What a POST asks for. `path` is with its prefix, `/v3/` or `/v3beta/`.
///
/// # Errors
/// [`Malformed`], with the reply that a real member gives.
pub fn parse(path: &str, body: &[u8], version: Version) -> Result<Asked, Malformed> {
    // What stands behind the path is for GET alone.
    let path = path.split_once('?').map_or(path, |(path, _)| path);
    if let Some(to) = written_otherwise(path) {
        return Err(Malformed::Moved(to));
    }
    if ONLY_GOT.contains(&path) {
        return Err(Malformed::Method);
    }
    let below = path.strip_prefix("/v3/").or_else(|| path.strip_prefix("/v3beta/"));
    let below = below.ok_or(Malformed::Elsewhere)?;
    let is_there = PATHS.contains(&below) && version.has_path(below);
    let below = is_there.then_some(below).ok_or(Malformed::UnknownPath)?;
    if STREAMS.contains(&below) {
        return stream(below, body, version).map_err(Malformed::Stream);
    }
    // Nothing at all is a request of which nothing is said.
    let is_empty = body.trim_ascii().is_empty();
    let json = if is_empty { Json::Null } else { Json::parse(body).map_err(Malformed::Body)? };
    let fields = Fields::of(&json, version).map_err(Malformed::Body)?;
    let asked = match service(below, &fields) {
        Some(service) => service.map(Asked::Service),
        None => call(below, &fields).map(Asked::Call),
    };
    if asked.is_ok() && below == "kv/txn" && version.dies_of_null() && lists_null(&json) {
        return Err(Malformed::Deadly);
    }
    asked.map_err(Malformed::Body)
}

/// Whether something is missing in a list of a transaction's.
fn lists_null(json: &Json) -> bool {
    match json {
        Json::Object(fields) => fields.iter().any(|(name, json)| {
            let is_list = matches!(name.as_str(), "compare" | "success" | "failure");
            let lacks = matches!(json, Json::Array(items) if items.contains(&Json::Null));
            is_list && lacks || lists_null(json)
        }),
        Json::Array(items) => items.iter().any(lists_null),
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(..) => false,
    }
}

/// The reply to what a lock or an election came to; an observer's is one line of a stream.
#[must_use]
pub fn served(answer: &Result<Served, String>, is_stream: bool, version: Version) -> Reply {
    match answer {
        // Its own client's errors have no code of their own.
        Err(error) => failure(error, 2, version),
        Ok(served) => {
            let body = messages::of_service(served);
            let stream = |w: &mut Writer| w.raw("result", &body);
            let body = if is_stream { Writer::object(stream) + "\n" } else { body.clone() };
            Reply { status: 200, body }
        }
    }
}

/// The reply to an error of the store or the member.
#[must_use]
pub fn refusal(error: Error, version: Version) -> Reply {
    failure(&error.to_string(), version.code_of(&error), version)
}

/// The reply to an error that ends a stream before it has told anything (`streamError` of the
/// gateway).
#[must_use]
pub fn refusal_of_stream(error: Error, version: Version) -> Reply {
    let code = version.code_of(&error);
    let status = version.http_status(code);
    let inner = Writer::object(|w| {
        w.raw("grpc_code", &code.to_string());
        w.raw("http_code", &status.to_string());
        w.raw("message", &quoted(&error.to_string()));
        w.raw("http_status", &quoted(reason(status)));
    });
    Reply { status, body: Writer::object(|w| w.raw("error", &inner)) }
}

/// What HTTP calls a status.
pub(crate) fn reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        301 => "Moved Permanently",
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        412 => "Precondition Failed",
        429 => "Too Many Requests",
        501 => "Not Implemented",
        503 => "Service Unavailable",
        504 => "Gateway Timeout",
        _ => "Internal Server Error",
    }
}

fn failure(message: &str, code: u32, version: Version) -> Reply {
    let (said, number) = (quoted(message), code.to_string());
    let rest = [("message", &said), ("code", &number)];
    let body = Writer::object(|w| {
        w.raw("error", &said);
        let mut put = |(name, json): &(&str, &String)| w.raw(name, json);
        if version.names_code_first() {
            rest.iter().rev().for_each(&mut put);
        } else {
            rest.iter().for_each(&mut put);
        }
    });
    Reply { status: version.http_status(code), body }
}

/// The reply to an answer. Answers that are streams (watch, keep-alive, snapshot) are one line
/// each.
#[must_use]
pub fn reply(header: &Header, response: &Response, version: Version) -> Reply {
    let body = match response {
        Response::Watch(_) | Response::LeaseKeepAlive { .. } | Response::Snapshot { .. } => {
            let line = message(header, response, version);
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
        | Response::MoveLeader
        | Response::Downgrade { .. } => message(header, response, version),
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
        Written::Auth(answer) => Some(answer.revision),
        Written::Alarm { .. } => None,
    }
}
