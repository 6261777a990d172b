//! What a member answers.

use super::{AlarmType, AuthAnswer, Bytes, Event, KeyValue, LeaseId, Revision};

/// What stands at the head of each answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Header {
    /// The cluster.
    pub cluster_id: u64,
    /// Who answers.
    pub member_id: u64,
    /// The store's revision.
    pub revision: Revision,
    /// The member's term.
    pub raft_term: u64,
}

/// The answer to a [`RangeRequest`](super::RangeRequest).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct RangeResponse {
    /// The revision of the store.
    pub revision: Revision,
    /// The pairs.
    pub kvs: Vec<KeyValue>,
    /// There are more than the limit.
    pub more: bool,
    /// How many keys there are, whatever the limit and the filters.
    pub count: i64,
}

/// The answer to a [`PutRequest`](super::PutRequest).
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct PutResponse {
    /// The revision that set it.
    pub revision: Revision,
    /// The pair before, if asked for.
    pub prev_kv: Option<KeyValue>,
}

/// The answer to a [`DeleteRangeRequest`](super::DeleteRangeRequest).
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct DeleteRangeResponse {
    /// The store's revision after it.
    pub revision: Revision,
    /// How many keys were deleted.
    pub deleted: i64,
    /// The pairs deleted, if asked for.
    pub prev_kvs: Vec<KeyValue>,
}

/// The answer to a [`TxnRequest`](super::TxnRequest).
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct TxnResponse {
    /// The store's revision after it; `None` in a transaction within another.
    pub revision: Option<Revision>,
    /// The conditions held.
    pub succeeded: bool,
    /// An answer for each operation carried out.
    pub responses: Vec<ResponseOp>,
}

/// The answer to one operation of a transaction.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum ResponseOp {
    /// To a range.
    Range(RangeResponse),
    /// To a put.
    Put(PutResponse),
    /// To a deletion.
    DeleteRange(DeleteRangeResponse),
    /// To a transaction within.
    Txn(TxnResponse),
}

/// What the store answers to a [`Write`](super::Write).
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum Written {
    /// To a put.
    Put(PutResponse),
    /// To a deletion.
    DeleteRange(DeleteRangeResponse),
    /// To a transaction.
    Txn(TxnResponse),
    /// To a compaction.
    Compaction {
        /// The store's revision.
        revision: Revision,
    },
    /// To a new lease.
    LeaseGrant {
        /// The store's revision.
        revision: Revision,
        /// The lease.
        id: LeaseId,
        /// Its time to live in seconds, raised to the least allowed.
        ttl: i64,
    },
    /// To the end of a lease.
    LeaseRevoke {
        /// The store's revision after it.
        revision: Revision,
    },
    /// To an alarm: the ones raised, cleared or listed.
    Alarm {
        /// Member and kind.
        alarms: Vec<(u64, AlarmType)>,
    },
    /// To access control.
    Auth(AuthAnswer),
}

/// A member of the cluster, as `member list` shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Member {
    /// Its id.
    pub id: u64,
    /// Its name; empty until it has started.
    pub name: String,
    /// Where its peers find it.
    pub peer_urls: Vec<String>,
    /// Where its clients find it; none until it has started.
    pub client_urls: Vec<String>,
    /// It does not vote.
    pub is_learner: bool,
}

/// The status of a member.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct StatusResponse {
    /// etcd's version.
    pub version: String,
    /// Bytes of its database file.
    pub db_size: i64,
    /// Of them in use.
    pub db_size_in_use: i64,
    /// The leader it knows, or 0.
    pub leader: u64,
    /// The last index of its log that is committed.
    pub raft_index: u64,
    /// Its term.
    pub raft_term: u64,
    /// The last index applied.
    pub raft_applied_index: u64,
    /// What is wrong, e.g. `etcdserver: no leader`.
    pub errors: Vec<String>,
    /// It does not vote.
    pub is_learner: bool,
}

/// One message of a watch.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct WatchResponse {
    /// The watch's number; -1 where there is none.
    pub watch_id: i64,
    /// The watch began.
    pub created: bool,
    /// The watch ended.
    pub canceled: bool,
    /// It ended because its revision is compacted: the first that is not.
    pub compact_revision: Revision,
    /// Why it ended.
    pub cancel_reason: String,
    /// What happened, oldest first.
    pub events: Vec<Event>,
}

/// What a member answers to a [`Call`](super::Call).
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum Response {
    /// To a write.
    Written(Written),
    /// To a range.
    Range(RangeResponse),
    /// One of a watch's messages; more follow until it is cancelled.
    Watch(WatchResponse),
    /// To a keep-alive: the time to live in seconds, 0 where there is no such lease.
    LeaseKeepAlive {
        /// The lease.
        id: LeaseId,
        /// Seconds.
        ttl: i64,
    },
    /// To time-to-live.
    LeaseTimeToLive {
        /// The lease.
        id: LeaseId,
        /// Seconds left; -1 where there is no such lease.
        ttl: i64,
        /// Seconds granted.
        granted_ttl: i64,
        /// The keys attached to it, in order, if asked for.
        keys: Vec<Bytes>,
    },
    /// Every lease, by id.
    LeaseLeases {
        /// Their ids.
        leases: Vec<LeaseId>,
    },
    /// The members.
    Members {
        /// Sorted by id.
        members: Vec<Member>,
        /// The one added, if one was.
        added: Option<u64>,
    },
    /// The member's status.
    Status(StatusResponse),
    /// The backend's hash.
    Hash {
        /// CRC-32 (Castagnoli).
        hash: u32,
    },
    /// The keys' hash.
    HashKv {
        /// CRC-32 (Castagnoli).
        hash: u32,
        /// The revision below which nothing was counted.
        compact_revision: Revision,
    },
    /// Done.
    Defragment,
    /// The store as a file.
    Snapshot {
        /// Its bytes.
        blob: Bytes,
    },
    /// The leadership was handed over.
    MoveLeader,
    /// To a downgrade.
    Downgrade {
        /// The cluster's version.
        version: String,
    },
}
