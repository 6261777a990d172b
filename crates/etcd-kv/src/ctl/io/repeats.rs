//! What etcd's client sends again.

use super::{Ask, MAX_TRIES};
use crate::api::{Call, Write};

impl Ask {
    /// Whether etcd's client asks again after this error.
    pub(super) fn repeats(&self, error: &crate::Error) -> bool {
        // Whoever wants a leader is told that there is none; keeping alive once is over, too.
        let is_stream = matches!(self.call, Call::Watch(_));
        let is_keep_alive = matches!(self.call, Call::LeaseKeepAlive { .. });
        let is_final = (is_stream && *error == crate::Error::NoLeader)
            || (is_keep_alive && self.deadline.is_none());
        !self.is_once && !is_final && (is_stream || self.refused + 1 < MAX_TRIES)
    }
}

/// Whether etcd's client sends it again where it may have been carried out.
pub(super) fn can_repeat(call: &Call) -> bool {
    match call {
        Call::Write(Write::LeaseGrant { .. } | Write::LeaseRevoke { .. } | Write::Alarm { .. })
        | Call::Range(_)
        | Call::Watch(_)
        | Call::LeaseKeepAlive { .. }
        | Call::LeaseTimeToLive { .. }
        | Call::LeaseLeases
        | Call::MemberList { .. }
        | Call::Status
        | Call::Hash
        | Call::HashKv { .. }
        | Call::Snapshot
        | Call::MoveLeader { .. } => true,
        // Asked over the gateway alone, which asks once.
        Call::Downgrade { .. } | Call::Write(Write::Auth(_)) => false,
        Call::Write(
            Write::Put(_) | Write::DeleteRange(_) | Write::Txn(_) | Write::Compaction { .. },
        )
        | Call::MemberAdd { .. }
        | Call::MemberRemove { .. }
        | Call::MemberUpdate { .. }
        | Call::MemberPromote { .. }
        | Call::Defragment => false,
    }
}
