//! What a path and its fields ask for.

use super::InStream;
use super::fields::Fields;
use crate::api::*;
use crate::concurrency::{LeaderKey, Service};

/// What of locks and elections stands behind a path below `/v3/`, if anything does.
pub(super) fn service(path: &str, fields: &Fields<'_>) -> Option<Result<Service, String>> {
    let read = match path {
        "lock/lock" => lock,
        "lock/unlock" => |it: &Fields<'_>| Ok(Service::Unlock { key: it.bytes("key")? }),
        "election/campaign" => campaign,
        "election/proclaim" => |it: &Fields<'_>| {
            Ok(Service::Proclaim { leader: leader(it)?, value: it.bytes("value")? })
        },
        "election/leader" => |it: &Fields<'_>| Ok(Service::Leader { name: it.bytes("name")? }),
        "election/observe" => |it: &Fields<'_>| Ok(Service::Observe { name: it.bytes("name")? }),
        "election/resign" => |it: &Fields<'_>| Ok(Service::Resign { leader: leader(it)? }),
        _ => return None,
    };
    Some(read(fields))
}

fn lock(fields: &Fields<'_>) -> Result<Service, String> {
    Ok(Service::Lock { name: fields.bytes("name")?, lease: fields.int("lease")? })
}

fn campaign(fields: &Fields<'_>) -> Result<Service, String> {
    Ok(Service::Campaign {
        name: fields.bytes("name")?,
        lease: fields.int("lease")?,
        value: fields.bytes("value")?,
    })
}

fn leader(fields: &Fields<'_>) -> Result<Option<LeaderKey>, String> {
    let Some(fields) = fields.part("leader")? else { return Ok(None) };
    Ok(Some(LeaderKey {
        name: fields.bytes("name")?,
        key: fields.bytes("key")?,
        rev: fields.int("rev")?,
        lease: fields.int("lease")?,
    }))
}

/// What of access control stands behind a path below `/v3/auth/`.
fn auth(path: &str, fields: &Fields<'_>) -> Result<AuthRequest, String> {
    let text = |name: &str| fields.text(name);
    let read = |read| Ok(AuthRequest::Read(read));
    match path {
        "enable" => Ok(AuthRequest::Enable),
        "disable" => Ok(AuthRequest::Disable),
        "authenticate" => Ok(AuthRequest::Authenticate {
            name: text("name")?,
            password: text("password")?,
            token: String::new(),
        }),
        "status" => read(AuthRead::Status),
        "user/get" => read(AuthRead::UserGet { name: text("name")? }),
        "user/list" => read(AuthRead::UserList),
        "role/get" => read(AuthRead::RoleGet { role: text("role")? }),
        "role/list" => read(AuthRead::RoleList),
        _ => auth_change(path, fields).map(AuthRequest::Change),
    }
}

fn auth_change(path: &str, fields: &Fields<'_>) -> Result<AuthChange, String> {
    let text = |name: &str| fields.text(name);
    Ok(match path {
        "user/add" => AuthChange::UserAdd {
            name: text("name")?,
            password: text("password")?,
            no_password: fields.object("options")?.flag("no_password")?,
        },
        "user/delete" => AuthChange::UserDelete { name: text("name")? },
        "user/changepw" => {
            AuthChange::UserChangePassword { name: text("name")?, password: text("password")? }
        }
        "user/grant" => AuthChange::UserGrantRole { user: text("user")?, role: text("role")? },
        "user/revoke" => AuthChange::UserRevokeRole { name: text("name")?, role: text("role")? },
        "role/add" => AuthChange::RoleAdd { name: text("name")? },
        "role/delete" => AuthChange::RoleDelete { role: text("role")? },
        "role/grant" => {
            AuthChange::RoleGrantPermission { name: text("name")?, permission: permission(fields)? }
        }
        _ => AuthChange::RoleRevokePermission {
            role: text("role")?,
            key: fields.bytes("key")?,
            range_end: fields.bytes("range_end")?,
        },
    })
}

fn permission(fields: &Fields<'_>) -> Result<Option<Permission>, String> {
    let Some(fields) = fields.part("perm")? else { return Ok(None) };
    let kinds = &["READ", "WRITE", "READWRITE"];
    Ok(Some(Permission {
        kind: match fields.number_of("permType", "authpb.Permission.Type", kinds)? {
            1 => PermissionType::Write,
            2 => PermissionType::ReadWrite,
            _ => PermissionType::Read,
        },
        key: fields.bytes("key")?,
        range_end: fields.bytes("range_end")?,
    }))
}

fn alarm(fields: &Fields<'_>) -> Result<Write, String> {
    let (actions, kinds) = (&["GET", "ACTIVATE", "DEACTIVATE"], &["NONE", "NOSPACE", "CORRUPT"]);
    Ok(Write::Alarm {
        action: match fields.number_of(
            "action",
            "etcdserverpb.AlarmRequest.AlarmAction",
            actions,
        )? {
            1 => AlarmAction::Activate,
            2 => AlarmAction::Deactivate,
            _ => AlarmAction::Get,
        },
        member: fields.unsigned("memberID")?,
        alarm: match fields.number_of("alarm", "etcdserverpb.AlarmType", kinds)? {
            1 => AlarmType::NoSpace,
            2 => AlarmType::Corrupt,
            _ => AlarmType::None,
        },
    })
}

fn downgrade(fields: &Fields<'_>) -> Result<Call, String> {
    let (name, actions) =
        ("etcdserverpb.DowngradeRequest.DowngradeAction", &["VALIDATE", "ENABLE", "CANCEL"]);
    Ok(Call::Downgrade {
        action: match fields.number_of("action", name, actions)? {
            1 => DowngradeAction::Enable,
            2 => DowngradeAction::Cancel,
            _ => DowngradeAction::Validate,
        },
        version: fields.text("version")?,
    })
}

/// The call that stands behind any other path below `/v3/`.
pub(super) fn call(path: &str, fields: &Fields<'_>) -> Result<Call, String> {
    if let Some(path) = path.strip_prefix("auth/") {
        return auth(path, fields).map(|request| Call::Write(Write::Auth(request)));
    }
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
        "lease/timetolive" | "kv/lease/timetolive" => {
            Call::LeaseTimeToLive { id: id()?, keys: fields.flag("keys")? }
        }
        "lease/leases" | "kv/lease/leases" => Call::LeaseLeases,
        "cluster/member/list" => Call::MemberList {
            linearizable: fields.version().lists_members_linearizably()
                && fields.flag("linearizable")?,
        },
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
        "maintenance/alarm" => Call::Write(alarm(fields)?),
        "maintenance/downgrade" => downgrade(fields)?,
        "maintenance/hashkv" => Call::HashKv { revision: fields.int("revision")? },
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
        sort_order: match fields.number_of(
            "sort_order",
            "etcdserverpb.RangeRequest.SortOrder",
            &["NONE", "ASCEND", "DESCEND"],
        )? {
            0 => SortOrder::None,
            1 => SortOrder::Ascend,
            2 => SortOrder::Descend,
            other => SortOrder::Unknown(other),
        },
        sort_target: match fields.number_of(
            "sort_target",
            "etcdserverpb.RangeRequest.SortTarget",
            &["KEY", "VERSION", "CREATE", "MOD", "VALUE"],
        )? {
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

/// Where several are given, the last in the order of the message's fields counts: always in 3.5,
/// which reads them in that order, and in seven of eight times in 3.4, where it is up to the order
/// of a Go map (measured on 3.4.23 and 3.5.1).
fn operation(fields: &Fields<'_>) -> Result<RequestOp, String> {
    let mut operation = RequestOp::Empty;
    if let Some(part) = fields.part("request_range")? {
        operation = RequestOp::Range(range(&part)?);
    }
    if let Some(part) = fields.part("request_put")? {
        operation = RequestOp::Put(put(&part)?);
    }
    if let Some(part) = fields.part("request_delete_range")? {
        operation = RequestOp::DeleteRange(delete_range(&part)?);
    }
    if let Some(part) = fields.part("request_txn")? {
        operation = RequestOp::Txn(txn(&part)?);
    }
    Ok(operation)
}

fn compare(fields: &Fields<'_>) -> Result<Compare, String> {
    const TARGETS: &[&str] = &["VERSION", "CREATE", "MOD", "VALUE", "LEASE"];
    const RESULTS: &[&str] = &["EQUAL", "GREATER", "LESS", "NOT_EQUAL"];
    // In the order of the message's fields, so that of several mistakes the same is told.
    let result = match fields.number_of("result", "etcdserverpb.Compare.CompareResult", RESULTS)? {
        0 => CompareResult::Equal,
        1 => CompareResult::Greater,
        2 => CompareResult::Less,
        3 => CompareResult::NotEqual,
        other => CompareResult::Unknown(other),
    };
    let target = fields.number_of("target", "etcdserverpb.Compare.CompareTarget", TARGETS)?;
    let key = fields.bytes("key")?;
    let (version, create) = (fields.int("version")?, fields.int("create_revision")?);
    let (modified, value) = (fields.int("mod_revision")?, fields.bytes("value")?);
    let lease = fields.int("lease")?;
    // Of several the last counts, as with operations; of another kind than the target says, it
    // counts as nothing.
    let given = ["version", "create_revision", "mod_revision", "value", "lease"];
    let last = given.iter().rposition(|name| fields.has(name));
    let is_given = last.is_some_and(|last| i32::try_from(last) == Ok(target));
    let counts = |number: i64| if is_given { number } else { 0 };
    Ok(Compare {
        result,
        target: match target {
            0 => CompareTarget::Version(counts(version)),
            1 => CompareTarget::Create(counts(create)),
            2 => CompareTarget::Mod(counts(modified)),
            3 => CompareTarget::Value(if is_given { value } else { Vec::new() }),
            4 => CompareTarget::Lease(counts(lease)),
            other => CompareTarget::Unknown(other),
        },
        key,
        range_end: fields.bytes("range_end")?,
    })
}

/// What is asked for by one request of a stream, if anything is. Of several the last counts, as in
/// a transaction.
pub(super) fn in_stream(path: &str, fields: &Fields<'_>) -> Result<Option<InStream>, String> {
    if path == "lease/keepalive" {
        return Ok(Some(InStream::KeepAlive(fields.int("ID")?)));
    }
    let mut asked = None;
    if let Some(part) = fields.part("create_request")? {
        asked = Some(InStream::Watch(watch(&part)?));
    }
    if let Some(part) = fields.part("cancel_request")? {
        asked = Some(InStream::Cancel(part.int("watch_id")?));
    }
    if fields.part("progress_request")?.is_some() {
        asked = Some(InStream::Progress);
    }
    Ok(asked)
}

fn watch(fields: &Fields<'_>) -> Result<WatchCreateRequest, String> {
    let filters = fields.numbers_of(
        "filters",
        "etcdserverpb.WatchCreateRequest.FilterType",
        &["NOPUT", "NODELETE"],
    )?;
    Ok(WatchCreateRequest {
        requires_leader: false,
        key: fields.bytes("key")?,
        range_end: fields.bytes("range_end")?,
        start_revision: fields.int("start_revision")?,
        progress_notify: fields.flag("progress_notify")?,
        no_put: filters.contains(&0),
        no_delete: filters.contains(&1),
        prev_kv: fields.flag("prev_kv")?,
        watch_id: fields.int("watch_id")?,
    })
}
