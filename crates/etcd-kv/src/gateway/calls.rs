//! What a path and its fields ask for.

use super::fields::Fields;
use crate::api::*;

/// The call that stands behind a path below `/v3/`.
pub(super) fn call(path: &str, fields: &Fields<'_>) -> Result<Call, String> {
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
