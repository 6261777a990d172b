//! The bodies of replies: etcd's messages as JSON, which leaves out whatever is zero or empty.

use super::revision_of;
use crate::Version;
use crate::api::*;
use crate::concurrency::Served;
use crate::json::{Writer, quoted, to_base64};

fn head(w: &mut Writer, header: &Header) {
    let json = Writer::object(|w| {
        w.int("cluster_id", header.cluster_id);
        w.int("member_id", header.member_id);
        w.int("revision", header.revision);
        w.int("raft_term", header.raft_term);
    });
    w.raw("header", &json);
}

/// A member's answer, with its header.
pub(super) fn message(header: &Header, response: &Response, version: Version) -> String {
    let at = |revision: Revision| Header { revision, ..*header };
    Writer::object(|w| match response {
        Response::Written(Written::Alarm { alarms }) => {
            if version.has_alarm_header() {
                head(w, header);
            }
            w.list("alarms", alarms.iter().map(alarm));
        }
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
            write_watch(w, watch);
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
            w.list("keys", keys.iter().map(|key| format!("\"{}\"", to_base64(key))));
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
            write_status(w, status);
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
        Response::MoveLeader => {}
        Response::Downgrade { version } => {
            head(w, header);
            w.text("version", version);
        }
    })
}

/// What locks and elections answer.
pub(super) fn of_service(served: &Served) -> String {
    Writer::object(|w| match served {
        Served::Done(header) => head(w, header),
        Served::Locked(header, key) => {
            head(w, header);
            w.bytes("key", key);
        }
        Served::Elected(header, leader) => {
            head(w, header);
            let leader = Writer::object(|w| {
                w.bytes("name", &leader.name);
                w.bytes("key", &leader.key);
                w.int("rev", leader.rev);
                w.int("lease", leader.lease);
            });
            w.raw("leader", &leader);
        }
        Served::Leader(header, kv) => {
            head(w, header);
            w.raw("kv", &pair(kv));
        }
    })
}

fn write_auth(w: &mut Writer, response: &AuthResponse) {
    let names = |names: &[String]| names.iter().map(|name| quoted(name)).collect::<Vec<_>>();
    match response {
        AuthResponse::Done => {}
        AuthResponse::Status { enabled, revision } => {
            w.flag("enabled", *enabled);
            w.int("authRevision", *revision);
        }
        AuthResponse::Token(token) => w.text("token", token),
        AuthResponse::Users(users) => w.list("users", names(users).into_iter()),
        AuthResponse::Roles(roles) => w.list("roles", names(roles).into_iter()),
        AuthResponse::Permissions(all) => w.list("perm", all.iter().map(permission)),
    }
}

fn permission(permission: &Permission) -> String {
    Writer::object(|w| {
        if permission.kind != PermissionType::Read {
            w.text("permType", permission.kind.name());
        }
        w.bytes("key", &permission.key);
        w.bytes("range_end", &permission.range_end);
    })
}

fn alarm((member, alarm): &(u64, AlarmType)) -> String {
    Writer::object(|w| {
        w.int("memberID", *member);
        match alarm {
            AlarmType::None => {}
            AlarmType::NoSpace => w.raw("alarm", "\"NOSPACE\""),
            AlarmType::Corrupt => w.raw("alarm", "\"CORRUPT\""),
        }
    })
}

fn write_watch(w: &mut Writer, watch: &WatchResponse) {
    w.int("watch_id", watch.watch_id);
    w.flag("created", watch.created);
    w.flag("canceled", watch.canceled);
    w.int("compact_revision", watch.compact_revision);
    w.text("cancel_reason", &watch.cancel_reason);
    w.list("events", watch.events.iter().map(event));
}

fn write_status(w: &mut Writer, status: &StatusResponse) {
    w.text("version", &status.version);
    w.int("dbSize", status.db_size);
    w.int("leader", status.leader);
    w.int("raftIndex", status.raft_index);
    w.int("raftTerm", status.raft_term);
    w.int("raftAppliedIndex", status.raft_applied_index);
    w.list("errors", status.errors.iter().map(|error| quoted(error)));
    w.int("dbSizeInUse", status.db_size_in_use);
    w.flag("isLearner", status.is_learner);
}

fn write_member(member: &Member) -> String {
    Writer::object(|w| {
        w.int("ID", member.id);
        w.text("name", &member.name);
        w.list("peerURLs", member.peer_urls.iter().map(|url| quoted(url)));
        w.list("clientURLs", member.client_urls.iter().map(|url| quoted(url)));
        w.flag("isLearner", member.is_learner);
    })
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
        Written::Auth(answer) => write_auth(w, &answer.response),
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
