//! What a member refuses before it proposes anything, as etcd's `v3rpc/key.go` does.

use crate::Error;
use crate::Sorted;
use crate::api::{
    AuthChange, AuthRequest, Call, Compare, DeleteRangeRequest, Permission, PutRequest,
    RangeRequest, RequestOp, SortTarget, TxnRequest, Write,
};
use crate::auth::AccessError;
use crate::{Version, wire};

/// The most operations in one list of a transaction (`--max-txn-ops` of etcd 3.4).
pub const MAX_TXN_OPS: usize = 128;
/// The most bytes of a request in the log, with what stands around it (`--max-request-bytes` of
/// etcd: 1.5 MiB).
pub const MAX_REQUEST_BYTES: usize = 3 * 512 * 1024;
/// The most bytes of a request that a member takes from the network: 512 KiB more
/// (`grpcOverheadBytes` of etcd's `v3rpc/grpc.go`).
pub const MAX_MESSAGE_BYTES: usize = MAX_REQUEST_BYTES + 512 * 1024;

/// Whether a member takes this call in hand.
///
/// # Errors
/// What etcd answers; for the sort target that crashes it, what newer ones answer.
pub fn check(call: &Call, version: Version) -> Result<(), Error> {
    if let Call::Range(range) = call {
        return check_range(range);
    }
    let Call::Write(write) = call else { return Ok(()) };
    let size = size_of(write);
    if size > MAX_MESSAGE_BYTES {
        return Err(Error::MessageTooLarge(size));
    }
    match write {
        Write::Put(put) => check_put(put)?,
        Write::DeleteRange(delete) => check_delete(delete)?,
        Write::Txn(txn) => {
            check_txn(txn, MAX_TXN_OPS)?;
            check_intervals(&txn.success)?;
            check_intervals(&txn.failure)?;
        }
        Write::Compaction { .. }
        | Write::LeaseGrant { .. }
        | Write::LeaseRevoke { .. }
        | Write::Alarm { .. } => {}
        Write::Auth(AuthRequest::Change(AuthChange::RoleGrantPermission {
            permission, ..
        })) => match permission {
            None if version.checks_permissions() => {
                return Err(AccessError::PermissionNotGiven.into());
            }
            Some(permission) if version.checks_permissions() => check_permission(permission)?,
            Some(_) | None => {}
        },
        Write::Auth(_) => {}
    }
    if wire::in_log(write) > MAX_REQUEST_BYTES { Err(Error::RequestTooLarge) } else { Ok(()) }
}

fn check_range(range: &RangeRequest) -> Result<(), Error> {
    if range.key.is_empty() {
        return Err(Error::EmptyKey);
    }
    match range.sort_target {
        SortTarget::Unknown(_) => Err(Error::InvalidSortOption),
        SortTarget::Key
        | SortTarget::Version
        | SortTarget::Create
        | SortTarget::Mod
        | SortTarget::Value => Ok(()),
    }
}

fn check_put(put: &PutRequest) -> Result<(), Error> {
    if put.key.is_empty() {
        Err(Error::EmptyKey)
    } else if put.ignore_value && !put.value.is_empty() {
        Err(Error::ValueProvided)
    } else if put.ignore_lease && put.lease != 0 {
        Err(Error::LeaseProvided)
    } else {
        Ok(())
    }
}

fn check_delete(delete: &DeleteRangeRequest) -> Result<(), Error> {
    if delete.key.is_empty() { Err(Error::EmptyKey) } else { Ok(()) }
}

fn check_txn(txn: &TxnRequest, most: usize) -> Result<(), Error> {
    let operations = txn.compare.len().max(txn.success.len()).max(txn.failure.len());
    let Some(rest) = most.checked_sub(operations) else { return Err(Error::TooManyOps) };
    if txn.compare.iter().any(|compare: &Compare| compare.key.is_empty()) {
        return Err(Error::EmptyKey);
    }
    txn.success.iter().chain(&txn.failure).try_for_each(|operation| match operation {
        RequestOp::Range(range) => check_range(range),
        RequestOp::Put(put) => check_put(put),
        RequestOp::DeleteRange(delete) => check_delete(delete),
        RequestOp::Txn(txn) => check_txn(txn, rest),
        RequestOp::Empty => Err(Error::KeyNotFound),
    })
}

type Keys<'a> = Sorted<&'a [u8]>;
/// First key and `range_end`.
type Intervals<'a> = Vec<(&'a [u8], &'a [u8])>;

/// The keys that a list of operations puts and the intervals that it deletes; an error where one
/// key is put twice, or put and deleted.
///
/// An end of one zero byte ("every key from here on") is taken for an ordinary end here, as 3.4
/// does: so a put and a deletion from a key on get past (etcd-io/etcd#22445). Where that would
/// crash a real member, [`crate::Store::apply`] refuses.
fn check_intervals(operations: &[RequestOp]) -> Result<(Keys<'_>, Intervals<'_>), Error> {
    let mut deletes: Intervals<'_> = Vec::new();
    for operation in operations {
        if let RequestOp::DeleteRange(delete) = operation {
            deletes.push((&delete.key, &delete.range_end));
        }
    }
    let is_deleted = |deletes: &[(&[u8], &[u8])], key: &[u8]| {
        deletes.iter().any(|(from, end)| match *end {
            [] => key == *from,
            end => key >= *from && key < end,
        })
    };
    let mut puts: Keys<'_> = Sorted::default();
    for operation in operations {
        let RequestOp::Txn(txn) = operation else { continue };
        let (then_puts, then_deletes) = check_intervals(&txn.success)?;
        let (else_puts, else_deletes) = check_intervals(&txn.failure)?;
        for key in then_puts.keys() {
            if puts.contains_key(key) || is_deleted(&deletes, key) {
                return Err(Error::DuplicateKey);
            }
        }
        // A key may be put in both branches: only one of them is taken.
        for key in else_puts.keys() {
            if (puts.contains_key(key) && !then_puts.contains_key(key)) || is_deleted(&deletes, key)
            {
                return Err(Error::DuplicateKey);
            }
        }
        for key in then_puts.keys().chain(else_puts.keys()) {
            puts.insert(key, ());
        }
        deletes.extend(then_deletes);
        deletes.extend(else_deletes);
    }
    for operation in operations {
        let RequestOp::Put(put) = operation else { continue };
        if is_deleted(&deletes, &put.key) || puts.contains_key(&put.key[..]) {
            return Err(Error::DuplicateKey);
        }
        puts.insert(&put.key, ());
    }
    Ok((puts, deletes))
}

/// Whether a permission is for keys that there can be.
fn check_permission(permission: &Permission) -> Result<(), Error> {
    let (key, end) = (&permission.key[..], &permission.range_end[..]);
    let is_possible = !key.is_empty() && (matches!(end, [] | [0]) || key < end);
    if is_possible { Ok(()) } else { Err(AccessError::InvalidAuthMgmt.into()) }
}

/// Bytes of a write as a client sends it.
pub fn size_of(write: &Write) -> usize {
    wire::request(write)
}
