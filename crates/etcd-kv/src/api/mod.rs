//! What clients ask of an etcd member and what it answers: the messages of etcd's v3 API, as plain
//! values, named as in `rpc.proto`, `kv.proto` and `auth.proto` of etcd.

mod answers;
mod auth;
mod calls;

pub use answers::*;
pub use auth::*;
pub use calls::*;
use std::sync::Arc;

/// A key or a value: any bytes.
pub type Bytes = Arc<[u8]>;
/// A lease's id; 0 for none.
pub type LeaseId = i64;
/// A revision of the store; 0 and below mean "the current one" where a request carries it.
pub type Revision = i64;

/// A key with its value, at one revision.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct KeyValue {
    /// The key.
    pub key: Bytes,
    /// The revision that created the key, anew after a deletion.
    pub create_revision: Revision,
    /// The revision that last changed it.
    pub mod_revision: Revision,
    /// How often it has been put since its creation, from 1; 0 for a deletion.
    pub version: i64,
    /// The value.
    pub value: Bytes,
    /// The lease that it is attached to, or 0.
    pub lease: LeaseId,
}

/// One change to one key.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Event {
    /// What happened.
    pub kind: EventKind,
    /// The pair after it; of a deletion only the key and the revision.
    pub kv: KeyValue,
    /// The pair before it, if the watcher asked and it is not compacted.
    pub prev_kv: Option<KeyValue>,
}

/// Whether a key was put or deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum EventKind {
    /// It was put.
    Put,
    /// It was deleted.
    Delete,
}

/// The first key behind all with this prefix: the `range_end` that asks for those.
pub fn after_prefix(prefix: &[u8]) -> Vec<u8> {
    let mut end = prefix.to_vec();
    while let Some(last) = end.pop() {
        if last < 0xff {
            end.push(last + 1);
            return end;
        }
    }
    vec![0]
}
