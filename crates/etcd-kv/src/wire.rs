//! How long requests are as protocol buffers: what etcd's limits of size count.

use crate::api::{
    AlarmAction, AlarmType, Compare, CompareResult, CompareTarget, DeleteRangeRequest, PutRequest,
    RangeRequest, RequestOp, SortOrder, SortTarget, TxnRequest, Write,
};

/// What the log's message has around a request: a header of two bytes with an id of ten, and the
/// tag before it.
const HEADER: usize = 14;

/// A write as it goes into the log (`InternalRaftRequest`).
pub(crate) fn in_log(write: &Write) -> usize {
    HEADER + message(request(write))
}

/// A write as a client sends it.
pub(crate) fn request(write: &Write) -> usize {
    match write {
        Write::Put(put) => of_put(put),
        Write::DeleteRange(delete) => of_delete(delete),
        Write::Txn(txn) => of_txn(txn),
        Write::Compaction { revision, physical } => number(*revision) + flag(*physical),
        Write::LeaseGrant { id, ttl } => number(*ttl) + number(*id),
        Write::LeaseRevoke { id } => number(*id),
        Write::Alarm { action, member, alarm } => {
            flag(*action != AlarmAction::Get)
                + number(member.cast_signed())
                + flag(*alarm != AlarmType::None)
        }
        // Nobody has names so long that they come near the limit, and what is longer than that is
        // too large whatever stands around it.
        Write::Auth(request) => postcard::to_allocvec(request).map_or(0, |bytes| bytes.len()),
    }
}

/// Bytes of a number without a tag.
fn varint(number: u64) -> usize {
    (64 - (number | 1).leading_zeros() as usize).div_ceil(7)
}

fn number(value: i64) -> usize {
    if value == 0 { 0 } else { 1 + varint(value.cast_unsigned()) }
}

fn flag(value: bool) -> usize {
    2 * usize::from(value)
}

fn bytes(value: &[u8]) -> usize {
    if value.is_empty() { 0 } else { message(value.len()) }
}

/// A message within another.
fn message(length: usize) -> usize {
    1 + varint(length as u64) + length
}

fn of_put(put: &PutRequest) -> usize {
    bytes(&put.key)
        + bytes(&put.value)
        + number(put.lease)
        + flag(put.prev_kv)
        + flag(put.ignore_value)
        + flag(put.ignore_lease)
}

fn of_delete(delete: &DeleteRangeRequest) -> usize {
    bytes(&delete.key) + bytes(&delete.range_end) + flag(delete.prev_kv)
}

fn of_range(range: &RangeRequest) -> usize {
    bytes(&range.key)
        + bytes(&range.range_end)
        + number(range.limit)
        + number(range.revision)
        + flag(range.sort_order != SortOrder::None)
        + flag(range.sort_target != SortTarget::Key)
        + flag(range.serializable)
        + flag(range.keys_only)
        + flag(range.count_only)
        + number(range.min_mod_revision)
        + number(range.max_mod_revision)
        + number(range.min_create_revision)
        + number(range.max_create_revision)
}

fn of_compare(compare: &Compare) -> usize {
    let target = match &compare.target {
        CompareTarget::Version(value) => 1 + varint(value.cast_unsigned()),
        CompareTarget::Create(value) | CompareTarget::Mod(value) | CompareTarget::Lease(value) => {
            2 + 1 + varint(value.cast_unsigned())
        }
        CompareTarget::Value(value) => 2 + message(value.len()),
        CompareTarget::Unknown(_) => 2,
    };
    flag(compare.result != CompareResult::Equal)
        + target
        + bytes(&compare.key)
        // Its field has a number beyond fifteen, whose tag takes two bytes.
        + bytes(&compare.range_end)
        + usize::from(!compare.range_end.is_empty())
}

fn of_txn(txn: &TxnRequest) -> usize {
    let operation = |operation: &RequestOp| match operation {
        RequestOp::Range(range) => message(message(of_range(range))),
        RequestOp::Put(put) => message(message(of_put(put))),
        RequestOp::DeleteRange(delete) => message(message(of_delete(delete))),
        RequestOp::Txn(txn) => message(message(of_txn(txn))),
        RequestOp::Empty => message(0),
    };
    txn.compare.iter().map(|compare| message(of_compare(compare))).sum::<usize>()
        + txn.success.iter().chain(&txn.failure).map(operation).sum::<usize>()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_take_a_byte_for_seven_bits() {
        for (number, length) in [(0, 1), (127, 1), (128, 2), (16_383, 2), (16_384, 3)] {
            assert_eq!(varint(number), length, "{number}");
        }
        assert_eq!(varint(u64::MAX), 10);
        assert_eq!(number(-1), 11);
    }

    #[test]
    fn a_put_is_as_long_as_a_real_one() {
        // 0a 01 61 12 01 31, and then 18 07 for its lease.
        let put = PutRequest { key: b"a".into(), value: b"1".into(), ..PutRequest::default() };
        assert_eq!(request(&Write::Put(put.clone())), 6);
        assert_eq!(request(&Write::Put(PutRequest { lease: 7, ..put })), 8);
    }
}
