//! What is written with serde is read again as it was: requests, and what a store answers to them.

use etcd_kv::api::{
    Call, Compare, CompareResult, CompareTarget, DeleteRangeRequest, PutRequest, RangeRequest,
    RequestOp, Response, TxnRequest, WatchCreateRequest, Write,
};
use etcd_kv::{Error, Solo};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::fmt::Debug;

#[track_caller]
fn survives<T: Serialize + DeserializeOwned + PartialEq + Debug>(value: &T) {
    let json = serde_json::to_string(value).expect("it can be written");
    let read: T = serde_json::from_str(&json).unwrap_or_else(|error| panic!("{error}: {json}"));
    assert_eq!(&read, value, "{json}");
}

fn put(value: &str) -> PutRequest {
    PutRequest { key: b"k\0\xff".to_vec(), value: value.into(), lease: 7, ..PutRequest::default() }
}

fn transaction() -> TxnRequest {
    let range = RangeRequest { key: b"k".to_vec(), range_end: b"\0".to_vec(), ..<_>::default() };
    let delete = DeleteRangeRequest { prev_kv: true, key: b"k\0\xff".to_vec(), ..<_>::default() };
    TxnRequest {
        compare: vec![Compare {
            key: b"k\0\xff".to_vec(),
            range_end: Vec::new(),
            target: CompareTarget::Value(b"2".to_vec()),
            result: CompareResult::Equal,
        }],
        success: vec![
            RequestOp::Range(range),
            RequestOp::DeleteRange(delete),
            RequestOp::Txn(TxnRequest::default()),
        ],
        failure: vec![RequestOp::Put(put("3"))],
    }
}

#[test]
fn requests_and_answers_are_read_as_they_were_written() {
    let mut member = Solo::default();
    let everything = RangeRequest { key: vec![0], range_end: vec![0], ..RangeRequest::default() };
    let watch = WatchCreateRequest {
        key: vec![0],
        range_end: vec![0],
        start_revision: 1,
        prev_kv: true,
        ..WatchCreateRequest::default()
    };
    let calls = [
        Call::Write(Write::LeaseGrant { id: 7, ttl: 60 }),
        Call::Write(Write::Put(put("1"))),
        Call::Write(Write::Put(PutRequest { prev_kv: true, ..put("2") })),
        Call::Range(everything),
        Call::LeaseTimeToLive { id: 7, keys: true },
        Call::Write(Write::Txn(transaction())),
        Call::Watch(watch),
        Call::Write(Write::Compaction { revision: 3, physical: false }),
        Call::HashKv { revision: 0 },
        Call::Status,
        Call::LeaseLeases,
        Call::Snapshot,
    ];
    for call in calls {
        survives(&call);
        let response: Response = member.call(&call).expect("etcd carries it out");
        survives(&response);
    }
    survives(&member.header());
    let refused = member.call(&Call::HashKv { revision: 99 });
    assert_eq!(refused, Err(Error::FutureRev));
    survives(&refused);
}
