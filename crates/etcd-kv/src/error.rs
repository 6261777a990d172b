//! etcd's errors: their text and their gRPC code.

use crate::auth::AccessError;
use crate::check::MAX_MESSAGE_BYTES;
use std::fmt;

/// What a member refuses, as `rpctypes` of etcd 3.4 has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub enum Error {
    /// A request without a key.
    EmptyKey,
    /// `ignore_value` or `ignore_lease` on a key that is not there; also an operation that is none.
    KeyNotFound,
    /// `ignore_value` and a value.
    ValueProvided,
    /// `ignore_lease` and a lease.
    LeaseProvided,
    /// More operations than a transaction may have.
    TooManyOps,
    /// One key twice in a transaction.
    DuplicateKey,
    /// A sort target that does not exist. A real 3.4.23 crashes; newer ones answer this.
    InvalidSortOption,
    /// The revision is gone.
    Compacted,
    /// The revision is not there yet.
    FutureRev,
    /// The quota is used up.
    NoSpace,
    /// A member has found its data damaged.
    Corrupt,
    /// A lease that is not there.
    LeaseNotFound,
    /// A lease that is there already.
    LeaseExist,
    /// A time to live beyond 9,000,000,000 s.
    LeaseTtlTooLarge,
    /// A request beyond 1.5 MiB.
    RequestTooLarge,
    /// A member that is there already.
    MemberExist,
    /// Its address is another's.
    PeerUrlExist,
    /// Removing or adding would leave too few started members.
    UnhealthyCluster,
    /// An address that cannot be one.
    MemberBadUrls,
    /// A member that is not there.
    MemberNotFound,
    /// Promoting a member that is not a learner.
    MemberNotLearner,
    /// Promoting a learner that lags behind.
    LearnerNotReady,
    /// A second learner.
    TooManyLearners,
    /// Only the leader can do this.
    NotLeader,
    /// The member knows no leader.
    NoLeader,
    /// Handing the leadership to a member that cannot take it.
    BadLeaderTransferee,
    /// Nothing came back in time.
    Timeout,
    /// Nothing came back in time, and meanwhile the leader was lost.
    TimeoutDueToLeaderFail,
    /// Nothing came back in time: the member is cut off from a quorum.
    TimeoutDueToConnectionLost,
    /// The leadership was not handed over in time.
    TimeoutLeaderTransfer,
    /// The leader is about to hand over and takes nothing.
    ProposalDropped,
    /// A learner does not answer that.
    NotSupportedForLearner,
    /// The cluster stopped.
    Stopped,
    /// The member gave up waiting for the log, at its own deadline.
    DeadlineExceeded,
    /// A message beyond what gRPC takes.
    MessageTooLarge(usize),
    /// Too few of the members that would be left have ever started.
    NotEnoughStartedMembers,
    /// Access control has refused it.
    Access(AccessError),
    /// A version that is none.
    WrongDowngradeVersionFormat,
    /// A version that is not the one before.
    InvalidDowngradeTargetVersion,
    /// There is no downgrade to give up.
    NoInflightDowngrade,
}

impl Error {
    /// The gRPC status code (`google.golang.org/grpc/codes`).
    pub fn code(self) -> u32 {
        use Error::*;
        match self {
            Access(error) => error.code(),
            DeadlineExceeded | ProposalDropped | NotEnoughStartedMembers => 2,
            EmptyKey
            | KeyNotFound
            | ValueProvided
            | LeaseProvided
            | TooManyOps
            | DuplicateKey
            | InvalidSortOption
            | RequestTooLarge
            | MemberBadUrls
            | WrongDowngradeVersionFormat
            | InvalidDowngradeTargetVersion => 3,
            LeaseNotFound | MemberNotFound => 5,
            NoSpace | MessageTooLarge(_) => 8,
            LeaseExist | MemberExist | PeerUrlExist | MemberNotLearner | LearnerNotReady
            | TooManyLearners | NotLeader | BadLeaderTransferee | NoInflightDowngrade => 9,
            Compacted | FutureRev | LeaseTtlTooLarge => 11,
            Corrupt => 15,
            UnhealthyCluster
            | NoLeader
            | Timeout
            | TimeoutDueToLeaderFail
            | NotSupportedForLearner
            | TimeoutDueToConnectionLost
            | TimeoutLeaderTransfer
            | Stopped => 14,
        }
    }
}

impl Error {
    /// As gRPC's clients name it where they do not know it for etcd's.
    pub fn as_rpc_error(self) -> String {
        let code = match self.code() {
            3 => "InvalidArgument",
            5 => "NotFound",
            7 => "PermissionDenied",
            8 => "ResourceExhausted",
            9 => "FailedPrecondition",
            11 => "OutOfRange",
            14 => "Unavailable",
            15 => "DataLoss",
            16 => "Unauthenticated",
            _ => "Unknown",
        };
        format!("rpc error: code = {code} desc = {self}")
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Error::Access(error) => return error.fmt(f),
            Error::MessageTooLarge(length) => {
                let most = MAX_MESSAGE_BYTES;
                return write!(f, "grpc: received message larger than max ({length} vs. {most})");
            }
            Error::EmptyKey => "etcdserver: key is not provided",
            Error::KeyNotFound => "etcdserver: key not found",
            Error::ValueProvided => "etcdserver: value is provided",
            Error::LeaseProvided => "etcdserver: lease is provided",
            Error::TooManyOps => "etcdserver: too many operations in txn request",
            Error::DuplicateKey => "etcdserver: duplicate key given in txn request",
            Error::InvalidSortOption => "etcdserver: invalid sort option",
            Error::Compacted => "etcdserver: mvcc: required revision has been compacted",
            Error::FutureRev => "etcdserver: mvcc: required revision is a future revision",
            Error::NoSpace => "etcdserver: mvcc: database space exceeded",
            Error::Corrupt => "etcdserver: corrupt cluster",
            Error::LeaseNotFound => "etcdserver: requested lease not found",
            Error::LeaseExist => "etcdserver: lease already exists",
            Error::LeaseTtlTooLarge => "etcdserver: too large lease TTL",
            Error::RequestTooLarge => "etcdserver: request is too large",
            Error::MemberExist => "etcdserver: member ID already exist",
            Error::PeerUrlExist => "etcdserver: Peer URLs already exists",
            Error::UnhealthyCluster => "etcdserver: unhealthy cluster",
            Error::MemberBadUrls => "etcdserver: given member URLs are invalid",
            Error::MemberNotFound => "etcdserver: member not found",
            Error::MemberNotLearner => "etcdserver: can only promote a learner member",
            Error::LearnerNotReady => {
                "etcdserver: can only promote a learner member which is in sync with leader"
            }
            Error::TooManyLearners => "etcdserver: too many learner members in cluster",
            Error::NotLeader => "etcdserver: not leader",
            Error::NoLeader => "etcdserver: no leader",
            Error::BadLeaderTransferee => "etcdserver: bad leader transferee",
            Error::Timeout => "etcdserver: request timed out",
            Error::TimeoutDueToLeaderFail => {
                "etcdserver: request timed out, possibly due to previous leader failure"
            }
            Error::TimeoutDueToConnectionLost => {
                "etcdserver: request timed out, possibly due to connection lost"
            }
            Error::TimeoutLeaderTransfer => {
                "etcdserver: request timed out, leader transfer took too long"
            }
            Error::ProposalDropped => "raft proposal dropped",
            Error::NotSupportedForLearner => "etcdserver: rpc not supported for learner",
            Error::Stopped => "etcdserver: server stopped",
            Error::DeadlineExceeded => "context deadline exceeded",
            Error::NotEnoughStartedMembers => {
                "etcdserver: re-configuration failed due to not enough started members"
            }
            Error::WrongDowngradeVersionFormat => {
                "etcdserver: wrong downgrade target version format"
            }
            Error::InvalidDowngradeTargetVersion => "etcdserver: invalid downgrade target version",
            Error::NoInflightDowngrade => "etcdserver: no inflight downgrade job",
        })
    }
}

impl From<AccessError> for Error {
    fn from(error: AccessError) -> Error {
        Error::Access(error)
    }
}

impl std::error::Error for Error {}
