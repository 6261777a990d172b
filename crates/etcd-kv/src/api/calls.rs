//! What clients ask: the calls and their requests.

use super::{AuthRequest, LeaseId, Revision};
use serde::{Deserialize, Serialize};

/// What a range is sorted by. Numbers beyond etcd's are kept, since they have to be refused.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum SortTarget {
    /// By key.
    #[default]
    Key,
    /// By version.
    Version,
    /// By create revision.
    Create,
    /// By mod revision.
    Mod,
    /// By value.
    Value,
    /// A number that etcd does not know.
    Unknown(i32),
}

/// In which order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum SortOrder {
    /// By key, as stored.
    #[default]
    None,
    /// Lowest first.
    Ascend,
    /// Highest first.
    Descend,
    /// A number that etcd does not know: sorts nothing, but counts as an order.
    Unknown(i32),
}

/// Reads keys.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RangeRequest {
    /// The first key.
    pub key: Vec<u8>,
    /// Empty: this key alone. One zero byte: every key from it on. Otherwise the end, exclusive.
    pub range_end: Vec<u8>,
    /// The most keys in the answer; 0 and below: all.
    pub limit: i64,
    /// The revision to read at; 0 and below: the current one.
    pub revision: Revision,
    /// The order.
    pub sort_order: SortOrder,
    /// What it is ordered by.
    pub sort_target: SortTarget,
    /// Whatever this member holds, which may be stale, rather than the latest.
    pub serializable: bool,
    /// Without values.
    pub keys_only: bool,
    /// Only the number of keys.
    pub count_only: bool,
    /// Leaves out what was last changed before this revision; 0: nothing.
    pub min_mod_revision: Revision,
    /// Leaves out what was last changed after it; 0: nothing.
    pub max_mod_revision: Revision,
    /// Leaves out what was created before this revision; 0: nothing.
    pub min_create_revision: Revision,
    /// Leaves out what was created after it; 0: nothing.
    pub max_create_revision: Revision,
}

/// Sets a key.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PutRequest {
    /// The key.
    pub key: Vec<u8>,
    /// The value.
    pub value: Vec<u8>,
    /// The lease to attach it to, or 0.
    pub lease: LeaseId,
    /// Also answers with the pair before.
    pub prev_kv: bool,
    /// Keeps the value that is there.
    pub ignore_value: bool,
    /// Keeps the lease that is there.
    pub ignore_lease: bool,
}

/// Deletes keys.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeleteRangeRequest {
    /// The first key.
    pub key: Vec<u8>,
    /// As in [`RangeRequest`].
    pub range_end: Vec<u8>,
    /// Also answers with the pairs deleted.
    pub prev_kv: bool,
}

/// How a [`Compare`] holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum CompareResult {
    /// They are equal.
    #[default]
    Equal,
    /// The key's is greater.
    Greater,
    /// The key's is less.
    Less,
    /// They differ.
    NotEqual,
    /// A number that etcd does not know: holds always.
    Unknown(i32),
}

/// What of a key is compared, and with what.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum CompareTarget {
    /// The version.
    Version(i64),
    /// The create revision.
    Create(Revision),
    /// The mod revision.
    Mod(Revision),
    /// The value.
    Value(Vec<u8>),
    /// The lease.
    Lease(LeaseId),
    /// A number that etcd does not know: compares as equal.
    Unknown(i32),
}

/// A condition of a transaction.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Compare {
    /// How.
    pub result: CompareResult,
    /// What, with what.
    pub target: CompareTarget,
    /// The key.
    pub key: Vec<u8>,
    /// As in [`RangeRequest`]: the condition has to hold for every key there.
    pub range_end: Vec<u8>,
}

/// One operation of a transaction.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum RequestOp {
    /// Reads keys.
    Range(RangeRequest),
    /// Sets a key.
    Put(PutRequest),
    /// Deletes keys.
    DeleteRange(DeleteRangeRequest),
    /// A transaction within.
    Txn(TxnRequest),
    /// None of these, as JSON may say it: refused.
    Empty,
}

/// One step: if all conditions hold, one list of operations, otherwise the other.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TxnRequest {
    /// The conditions.
    pub compare: Vec<Compare>,
    /// What is done where they hold.
    pub success: Vec<RequestOp>,
    /// What is done where they do not.
    pub failure: Vec<RequestOp>,
}

/// Watches keys.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct WatchCreateRequest {
    /// The first key.
    pub key: Vec<u8>,
    /// As in [`RangeRequest`].
    pub range_end: Vec<u8>,
    /// From which revision on; 0: from the next.
    pub start_revision: Revision,
    /// Says how far it is when nothing happens.
    pub progress_notify: bool,
    /// Leaves out puts.
    pub no_put: bool,
    /// Leaves out deletions.
    pub no_delete: bool,
    /// With the pair before each change.
    pub prev_kv: bool,
    /// The watch's number, or 0: the member chooses.
    pub watch_id: i64,
    /// Ends where the member knows no leader: what a client says beside the request (`hasleader`).
    pub requires_leader: bool,
}

/// Raises, clears or lists alarms.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum AlarmAction {
    /// Lists them.
    #[default]
    Get,
    /// Raises one.
    Activate,
    /// Clears one.
    Deactivate,
}

/// What is wrong with a member.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum AlarmType {
    /// Any.
    #[default]
    None,
    /// Its quota of space is used up: no puts until it is cleared.
    NoSpace,
    /// Its data is damaged.
    Corrupt,
}

/// What changes the store, and so has to go through the log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Write {
    /// Sets a key.
    Put(PutRequest),
    /// Deletes keys.
    DeleteRange(DeleteRangeRequest),
    /// A transaction.
    Txn(TxnRequest),
    /// Forgets revisions before this one.
    Compaction {
        /// The first revision that stays readable.
        revision: Revision,
        /// Answers only when the space is freed; here it is freed at once.
        physical: bool,
    },
    /// Makes a lease.
    LeaseGrant {
        /// Its id, not 0: whoever proposes it has chosen one.
        id: LeaseId,
        /// Its time to live, in seconds.
        ttl: i64,
    },
    /// Ends a lease and deletes its keys.
    LeaseRevoke {
        /// The lease.
        id: LeaseId,
    },
    /// Raises or clears an alarm.
    Alarm {
        /// What to do.
        action: AlarmAction,
        /// Whose, or 0: every member's.
        member: u64,
        /// Which.
        alarm: AlarmType,
    },
    /// Asks or changes access control.
    Auth(AuthRequest),
}

/// What about a downgrade is asked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum DowngradeAction {
    /// Whether it could be done.
    #[default]
    Validate,
    /// To begin it.
    Enable,
    /// To give it up.
    Cancel,
}

/// Everything that a client can ask a member.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum Call {
    /// Something that goes through the log.
    Write(Write),
    /// Reads keys.
    Range(RangeRequest),
    /// Watches keys.
    Watch(WatchCreateRequest),
    /// Keeps a lease alive; the leader answers.
    LeaseKeepAlive {
        /// Ends where the member knows no leader, as the stream by which a client keeps a lease
        /// does; one that is kept alive once waits for a leader.
        requires_leader: bool,
        /// The lease.
        id: LeaseId,
    },
    /// How much time a lease has left; the leader answers.
    LeaseTimeToLive {
        /// The lease.
        id: LeaseId,
        /// With the keys attached to it.
        keys: bool,
    },
    /// Every lease.
    LeaseLeases,
    /// Every member.
    MemberList {
        /// Whether the leader is asked first, as 3.5 does where a client wants it to; otherwise it
        /// is what the member that is asked has.
        linearizable: bool,
    },
    /// Makes a member.
    MemberAdd {
        /// Where its peers find it.
        peer_urls: Vec<String>,
        /// It does not vote.
        is_learner: bool,
    },
    /// Removes a member.
    MemberRemove {
        /// Which.
        id: u64,
    },
    /// Changes where a member's peers find it.
    MemberUpdate {
        /// Which.
        id: u64,
        /// Where.
        peer_urls: Vec<String>,
    },
    /// Lets a learner vote.
    MemberPromote {
        /// Which.
        id: u64,
    },
    /// The status of a member.
    Status,
    /// A hash of the whole backend.
    Hash,
    /// A hash of the keys up to a revision.
    HashKv {
        /// That revision; 0: the current one.
        revision: Revision,
    },
    /// Gives freed space back.
    Defragment,
    /// The whole store as one file.
    Snapshot,
    /// Hands the leadership over; only the leader does it.
    MoveLeader {
        /// To whom.
        target: u64,
    },
    /// Prepares the cluster for an older version.
    Downgrade {
        /// What of it.
        action: DowngradeAction,
        /// Which version.
        version: String,
    },
}

impl Call {
    /// Whether it is a stream that ends where its member knows no leader.
    pub fn requires_leader(&self) -> bool {
        matches!(self, Call::Watch(watch) if watch.requires_leader)
            || matches!(self, Call::LeaseKeepAlive { requires_leader: true, .. })
    }
}
