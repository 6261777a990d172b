//! etcd's JSON gateway: the requests that one can POST to a member and the replies, to the byte.

use crate::api::*;
use crate::json::{Json, Writer, from_base64};
use crate::{Error, http_status};

/// A reply of the gateway.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// The HTTP status.
    pub status: u16,
    /// The body, JSON except where the path or the method is unknown.
    pub body: String,
}

/// Why a request is none: what Go's JSON reader said, or a path that does not exist.
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

fn call(path: &str, fields: &Fields<'_>) -> Result<Call, String> {
    let id = || fields.int("ID");
    let member = || fields.unsigned("ID");
    Ok(match path {
        "kv/range" => Call::Range(range(fields)?),
        "kv/put" => Call::Write(Write::Put(put(fields)?)),
        "kv/deleterange" => Call::Write(Write::DeleteRange(delete_range(fields)?)),
        "kv/txn" => Call::Write(Write::Txn(txn(fields)?)),
        "kv/compaction" => Call::Write(Write::Compaction {
            revision: fields.int("revision")?,
            physical: fields.flag("physical")?,
        }),
        "lease/grant" => Call::Write(Write::LeaseGrant { id: id()?, ttl: fields.int("TTL")? }),
        "lease/revoke" | "kv/lease/revoke" => Call::Write(Write::LeaseRevoke { id: id()? }),
        "lease/keepalive" => Call::LeaseKeepAlive { id: id()? },
        "lease/timetolive" | "kv/lease/timetolive" => {
            Call::LeaseTimeToLive { id: id()?, keys: fields.flag("keys")? }
        }
        "lease/leases" | "kv/lease/leases" => Call::LeaseLeases,
        "watch" => Call::Watch(watch(&fields.object("create_request")?)?),
        "cluster/member/list" => Call::MemberList,
        "cluster/member/add" => Call::MemberAdd {
            peer_urls: fields.texts("peerURLs")?,
            is_learner: fields.flag("isLearner")?,
        },
        "cluster/member/remove" => Call::MemberRemove { id: member()? },
        "cluster/member/update" => {
            Call::MemberUpdate { id: member()?, peer_urls: fields.texts("peerURLs")? }
        }
        "cluster/member/promote" => Call::MemberPromote { id: member()? },
        "maintenance/status" => Call::Status,
        "maintenance/alarm" => Call::Write(Write::Alarm {
            action: match fields.number_of("action", &["GET", "ACTIVATE", "DEACTIVATE"])? {
                1 => AlarmAction::Activate,
                2 => AlarmAction::Deactivate,
                _ => AlarmAction::Get,
            },
            member: fields.unsigned("memberID")?,
            alarm: match fields.number_of("alarm", &["NONE", "NOSPACE", "CORRUPT"])? {
                1 => AlarmType::NoSpace,
                2 => AlarmType::Corrupt,
                _ => AlarmType::None,
            },
        }),
        "maintenance/hash" => Call::Hash,
        "maintenance/defragment" => Call::Defragment,
        "maintenance/snapshot" => Call::Snapshot,
        _ => Call::MoveLeader { target: fields.unsigned("targetID")? },
    })
}

fn range(fields: &Fields<'_>) -> Result<RangeRequest, String> {
    Ok(RangeRequest {
        key: fields.bytes("key")?,
        range_end: fields.bytes("range_end")?,
        limit: fields.int("limit")?,
        revision: fields.int("revision")?,
        sort_order: match fields.number_of("sort_order", &["NONE", "ASCEND", "DESCEND"])? {
            0 => SortOrder::None,
            1 => SortOrder::Ascend,
            2 => SortOrder::Descend,
            other => SortOrder::Unknown(other),
        },
        sort_target: match fields
            .number_of("sort_target", &["KEY", "VERSION", "CREATE", "MOD", "VALUE"])?
        {
            0 => SortTarget::Key,
            1 => SortTarget::Version,
            2 => SortTarget::Create,
            3 => SortTarget::Mod,
            4 => SortTarget::Value,
            other => SortTarget::Unknown(other),
        },
        serializable: fields.flag("serializable")?,
        keys_only: fields.flag("keys_only")?,
        count_only: fields.flag("count_only")?,
        min_mod_revision: fields.int("min_mod_revision")?,
        max_mod_revision: fields.int("max_mod_revision")?,
        min_create_revision: fields.int("min_create_revision")?,
        max_create_revision: fields.int("max_create_revision")?,
    })
}

fn put(fields: &Fields<'_>) -> Result<PutRequest, String> {
    Ok(PutRequest {
        key: fields.bytes("key")?,
        value: fields.bytes("value")?,
        lease: fields.int("lease")?,
        prev_kv: fields.flag("prev_kv")?,
        ignore_value: fields.flag("ignore_value")?,
        ignore_lease: fields.flag("ignore_lease")?,
    })
}

fn delete_range(fields: &Fields<'_>) -> Result<DeleteRangeRequest, String> {
    Ok(DeleteRangeRequest {
        key: fields.bytes("key")?,
        range_end: fields.bytes("range_end")?,
        prev_kv: fields.flag("prev_kv")?,
    })
}

fn txn(fields: &Fields<'_>) -> Result<TxnRequest, String> {
    let operations = |name: &str| -> Result<Vec<RequestOp>, String> {
        fields.objects(name)?.iter().map(operation).collect()
    };
    Ok(TxnRequest {
        compare: fields.objects("compare")?.iter().map(compare).collect::<Result<_, _>>()?,
        success: operations("success")?,
        failure: operations("failure")?,
    })
}

fn operation(fields: &Fields<'_>) -> Result<RequestOp, String> {
    Ok(if fields.has("request_range") {
        RequestOp::Range(range(&fields.object("request_range")?)?)
    } else if fields.has("request_put") {
        RequestOp::Put(put(&fields.object("request_put")?)?)
    } else if fields.has("request_delete_range") {
        RequestOp::DeleteRange(delete_range(&fields.object("request_delete_range")?)?)
    } else if fields.has("request_txn") {
        RequestOp::Txn(txn(&fields.object("request_txn")?)?)
    } else {
        RequestOp::Empty
    })
}

fn compare(fields: &Fields<'_>) -> Result<Compare, String> {
    const TARGETS: &[&str] = &["VERSION", "CREATE", "MOD", "VALUE", "LEASE"];
    const RESULTS: &[&str] = &["EQUAL", "GREATER", "LESS", "NOT_EQUAL"];
    Ok(Compare {
        // What is given of another kind than the target says counts as nothing.
        target: match fields.number_of("target", TARGETS)? {
            0 => CompareTarget::Version(fields.int("version")?),
            1 => CompareTarget::Create(fields.int("create_revision")?),
            2 => CompareTarget::Mod(fields.int("mod_revision")?),
            3 => CompareTarget::Value(fields.bytes("value")?),
            4 => CompareTarget::Lease(fields.int("lease")?),
            other => CompareTarget::Unknown(other),
        },
        result: match fields.number_of("result", RESULTS)? {
            0 => CompareResult::Equal,
            1 => CompareResult::Greater,
            2 => CompareResult::Less,
            3 => CompareResult::NotEqual,
            other => CompareResult::Unknown(other),
        },
        key: fields.bytes("key")?,
        range_end: fields.bytes("range_end")?,
    })
}

fn watch(fields: &Fields<'_>) -> Result<WatchCreateRequest, String> {
    let filters = fields.names("filters")?;
    let leaves_out = |name: &str, number: &str| filters.iter().any(|f| f == name || f == number);
    Ok(WatchCreateRequest {
        key: fields.bytes("key")?,
        range_end: fields.bytes("range_end")?,
        start_revision: fields.int("start_revision")?,
        progress_notify: fields.flag("progress_notify")?,
        no_put: leaves_out("NOPUT", "0"),
        no_delete: leaves_out("NODELETE", "1"),
        prev_kv: fields.flag("prev_kv")?,
        watch_id: fields.int("watch_id")?,
    })
}

/// The fields of an object, by their name in either spelling: `range_end` or `rangeEnd`.
struct Fields<'a>(&'a [(String, Json)]);

impl<'a> Fields<'a> {
    fn of(json: &'a Json) -> Result<Fields<'a>, String> {
        match json {
            Json::Object(fields) => Ok(Fields(fields)),
            Json::Null => Ok(Fields(&[])),
            Json::Bool(_) | Json::Number(_) | Json::String(_) | Json::Array(_) => {
                let kind = json.kind();
                Err(format!(
                    "json: cannot unmarshal {kind} into Go value of type map[string]json.RawMessage"
                ))
            }
        }
    }

    /// The last field of this name that is not null.
    fn get(&self, name: &str) -> Option<&'a Json> {
        let is_it = |found: &str| {
            let mut camel = String::new();
            for part in name.split('_') {
                let mut letters = part.chars();
                match (camel.is_empty(), letters.next()) {
                    (false, Some(first)) => camel.extend(first.to_uppercase()),
                    (true, Some(first)) => camel.push(first),
                    (_, None) => {}
                }
                camel.extend(letters);
            }
            found == name || found == camel
        };
        let found = self.0.iter().rev().find(|(found, _)| is_it(found)).map(|(_, json)| json);
        found.filter(|json| **json != Json::Null)
    }

    fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    fn bytes(&self, name: &str) -> Result<Vec<u8>, String> {
        match self.get(name) {
            None => Ok(Vec::new()),
            Some(Json::String(text)) => from_base64(text),
            Some(other) => Err(mismatch(other, "[]uint8")),
        }
    }

    fn whole<T: std::str::FromStr>(&self, name: &str, none: T, kind: &str) -> Result<T, String> {
        match self.get(name) {
            None => Ok(none),
            Some(Json::Number(digits) | Json::String(digits)) => {
                digits.parse().map_err(|_| match Json::parse(digits.as_bytes()) {
                    Ok(Json::Number(_)) => {
                        format!(
                            "json: cannot unmarshal number {digits} into Go value of type {kind}"
                        )
                    }
                    Ok(other) => mismatch(&other, kind),
                    Err(error) => error,
                })
            }
            Some(other) => Err(mismatch(other, kind)),
        }
    }

    fn int(&self, name: &str) -> Result<i64, String> {
        self.whole(name, 0, "int64")
    }

    fn unsigned(&self, name: &str) -> Result<u64, String> {
        self.whole(name, 0, "uint64")
    }

    fn flag(&self, name: &str) -> Result<bool, String> {
        match self.get(name) {
            None => Ok(false),
            Some(Json::Bool(value)) => Ok(*value),
            Some(other) => Err(mismatch(other, "bool")),
        }
    }

    /// An enum's number, given as name or number.
    fn number_of(&self, name: &str, names: &[&str]) -> Result<i32, String> {
        match self.get(name) {
            Some(Json::String(text)) => {
                let at = names.iter().position(|known| known == text);
                let at = at.and_then(|at| i32::try_from(at).ok());
                at.ok_or_else(|| {
                    format!("unknown value {} for enum {name}", crate::json::quoted(text))
                })
            }
            _ => self.whole(name, 0, "int32"),
        }
    }

    fn object(&self, name: &str) -> Result<Fields<'a>, String> {
        self.get(name).map_or(Ok(Fields(&[])), Fields::of)
    }

    fn array(&self, name: &str) -> Result<&'a [Json], String> {
        match self.get(name) {
            None => Ok(&[]),
            Some(Json::Array(values)) => Ok(values),
            Some(other) => Err(mismatch(other, "[]json.RawMessage")),
        }
    }

    fn objects(&self, name: &str) -> Result<Vec<Fields<'a>>, String> {
        self.array(name)?.iter().map(Fields::of).collect()
    }

    fn texts(&self, name: &str) -> Result<Vec<String>, String> {
        let texts = self.array(name)?.iter().map(|value| match value {
            Json::String(text) => Ok(text.clone()),
            Json::Null | Json::Bool(_) | Json::Number(_) | Json::Array(_) | Json::Object(_) => {
                Err(mismatch(value, "string"))
            }
        });
        texts.collect()
    }

    fn names(&self, name: &str) -> Result<Vec<String>, String> {
        let names = self.array(name)?.iter().map(|value| match value {
            Json::String(text) | Json::Number(text) => Ok(text.clone()),
            Json::Null | Json::Bool(_) | Json::Array(_) | Json::Object(_) => {
                Err(mismatch(value, "int32"))
            }
        });
        names.collect()
    }
}

fn mismatch(found: &Json, wanted: &str) -> String {
    format!("json: cannot unmarshal {} into Go value of type {wanted}", found.kind())
}

/// The reply to an error of the store or the member.
#[must_use]
pub fn refusal(error: Error) -> Reply {
    failure(&error.to_string(), error.code())
}

fn failure(message: &str, code: u32) -> Reply {
    let body = Writer::object(|w| {
        w.raw("error", &crate::json::quoted(message));
        w.raw("message", &crate::json::quoted(message));
        w.raw("code", &code.to_string());
    });
    Reply { status: http_status(code), body }
}

/// The reply to an answer. Answers that are streams (watch, keep-alive, snapshot) are one line each.
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

fn head(w: &mut Writer, header: &Header) {
    let json = Writer::object(|w| {
        w.int("cluster_id", header.cluster_id);
        w.int("member_id", header.member_id);
        w.int("revision", header.revision);
        w.int("raft_term", header.raft_term);
    });
    w.raw("header", &json);
}

fn message(header: &Header, response: &Response) -> String {
    let at = |revision: Revision| Header { revision, ..*header };
    Writer::object(|w| match response {
        Response::Written(Written::Alarm { alarms }) => w.list(
            "alarms",
            alarms.iter().map(|(member, alarm)| {
                Writer::object(|w| {
                    w.int("memberID", *member);
                    match alarm {
                        AlarmType::None => {}
                        AlarmType::NoSpace => w.raw("alarm", "\"NOSPACE\""),
                        AlarmType::Corrupt => w.raw("alarm", "\"CORRUPT\""),
                    }
                })
            }),
        ),
        Response::Written(written) => {
            head(w, &at(revision_of(written).unwrap_or(header.revision)));
            write_written(w, written);
        }
        Response::Range(range) => {
            head(w, &at(range.revision));
            write_range(w, range);
        }
        Response::Watch(watch) => {
            // A cancellation that is due to a compaction carries no revision.
            let is_bare = watch.compact_revision != 0;
            head(w, &if is_bare { at(0) } else { *header });
            w.flag("created", watch.created);
            w.flag("canceled", watch.canceled);
            w.int("compact_revision", watch.compact_revision);
            w.text("cancel_reason", &watch.cancel_reason);
            w.list("events", watch.events.iter().map(event));
        }
        Response::LeaseKeepAlive { id, ttl } => {
            head(w, header);
            w.int("ID", *id);
            w.int("TTL", *ttl);
        }
        Response::LeaseTimeToLive { id, ttl, granted_ttl, keys } => {
            head(w, header);
            w.int("ID", *id);
            w.int("TTL", *ttl);
            w.int("grantedTTL", *granted_ttl);
            w.list("keys", keys.iter().map(|key| format!("\"{}\"", crate::json::to_base64(key))));
        }
        Response::LeaseLeases { leases } => {
            head(w, header);
            w.list("leases", leases.iter().map(|id| Writer::object(|w| w.int("ID", *id))));
        }
        Response::Members { members, added } => {
            head(w, &at(0));
            if let Some(added) = members.iter().find(|member| Some(member.id) == *added) {
                w.raw("member", &write_member(added));
            }
            w.list("members", members.iter().map(write_member));
        }
        Response::Status(status) => {
            head(w, header);
            w.text("version", &status.version);
            w.int("dbSize", status.db_size);
            w.int("leader", status.leader);
            w.int("raftIndex", status.raft_index);
            w.int("raftTerm", status.raft_term);
            w.int("raftAppliedIndex", status.raft_applied_index);
            w.list("errors", status.errors.iter().map(|error| crate::json::quoted(error)));
            w.int("dbSizeInUse", status.db_size_in_use);
            w.flag("isLearner", status.is_learner);
        }
        Response::Hash { hash } => {
            head(w, header);
            w.raw("hash", &hash.to_string());
        }
        Response::HashKv { hash, compact_revision } => {
            head(w, header);
            w.raw("hash", &hash.to_string());
            w.int("compact_revision", *compact_revision);
        }
        Response::Defragment => {}
        Response::Snapshot { blob } => w.bytes("blob", blob),
        Response::MoveLeader => head(w, header),
    })
}

fn write_member(member: &Member) -> String {
    Writer::object(|w| {
        w.int("ID", member.id);
        w.text("name", &member.name);
        w.list("peerURLs", member.peer_urls.iter().map(|url| crate::json::quoted(url)));
        w.list("clientURLs", member.client_urls.iter().map(|url| crate::json::quoted(url)));
        w.flag("isLearner", member.is_learner);
    })
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

fn write_written(w: &mut Writer, written: &Written) {
    match written {
        Written::Put(put) => write_put(w, put),
        Written::DeleteRange(delete) => write_delete(w, delete),
        Written::Txn(txn) => write_txn(w, txn),
        Written::LeaseGrant { id, ttl, revision: _ } => {
            w.int("ID", *id);
            w.int("TTL", *ttl);
        }
        Written::Compaction { .. } | Written::LeaseRevoke { .. } | Written::Alarm { .. } => {}
    }
}

fn write_range(w: &mut Writer, range: &RangeResponse) {
    w.list("kvs", range.kvs.iter().map(pair));
    w.flag("more", range.more);
    w.int("count", range.count);
}

fn write_put(w: &mut Writer, put: &PutResponse) {
    if let Some(kv) = &put.prev_kv {
        w.raw("prev_kv", &pair(kv));
    }
}

fn write_delete(w: &mut Writer, delete: &DeleteRangeResponse) {
    w.int("deleted", delete.deleted);
    w.list("prev_kvs", delete.prev_kvs.iter().map(pair));
}

fn write_txn(w: &mut Writer, txn: &TxnResponse) {
    w.flag("succeeded", txn.succeeded);
    w.list(
        "responses",
        txn.responses.iter().map(|response| Writer::object(|w| within(w, response))),
    );
}

/// An answer within a transaction: its head has only the revision, or nothing.
fn within(w: &mut Writer, response: &ResponseOp) {
    let bare = |revision| Header { revision, ..Header::default() };
    match response {
        ResponseOp::Range(range) => w.raw(
            "response_range",
            &Writer::object(|w| {
                head(w, &bare(range.revision));
                write_range(w, range);
            }),
        ),
        ResponseOp::Put(put) => w.raw(
            "response_put",
            &Writer::object(|w| {
                head(w, &bare(put.revision));
                write_put(w, put);
            }),
        ),
        ResponseOp::DeleteRange(delete) => w.raw(
            "response_delete_range",
            &Writer::object(|w| {
                head(w, &bare(delete.revision));
                write_delete(w, delete);
            }),
        ),
        ResponseOp::Txn(txn) => w.raw(
            "response_txn",
            &Writer::object(|w| {
                head(w, &Header::default());
                write_txn(w, txn);
            }),
        ),
    }
}

fn pair(kv: &KeyValue) -> String {
    Writer::object(|w| {
        w.bytes("key", &kv.key);
        w.int("create_revision", kv.create_revision);
        w.int("mod_revision", kv.mod_revision);
        w.int("version", kv.version);
        w.bytes("value", &kv.value);
        w.int("lease", kv.lease);
    })
}

fn event(event: &Event) -> String {
    Writer::object(|w| {
        if event.kind == EventKind::Delete {
            w.raw("type", "\"DELETE\"");
        }
        w.raw("kv", &pair(&event.kv));
        if let Some(kv) = &event.prev_kv {
            w.raw("prev_kv", &pair(kv));
        }
    })
}
