//! What etcd's client sends again.

use super::{Ask, Io};
use crate::Version;
use crate::api::{Call, Write};
use crate::console::Step;

/// How long the client waits before it asks again once every endpoint has failed, in microseconds.
const BACKOFF_US: u64 = 100_000;

/// How long it waits where they have answered that they cannot serve it now, and how often it asks
/// at the most (`defaultBackoffWaitBetween` and `defaultUnaryMaxRetries` of etcd's client).
const REFUSED_US: u64 = 25_000;
pub(super) const MAX_TRIES: u32 = 100;
/// How long it waits before a stream that keeps leases is opened anew (`retryConnWait` of it).
pub(super) const STREAM_US: u64 = 500_000;

impl Ask {
    /// Whether it is the stream by which a lease is kept.
    pub(super) fn keeps_lease(&self) -> bool {
        matches!(self.call, Call::LeaseKeepAlive { requires_leader: true, .. })
    }

    /// Whether etcd's client asks again after this error.
    pub(super) fn repeats(&self, error: &crate::Error, version: Version) -> bool {
        // A watch that wants a leader is told that there is none; keeping alive once is over, too.
        let is_watch = matches!(self.call, Call::Watch(_));
        let is_final = (is_watch && *error == crate::Error::NoLeader)
            || matches!(self.call, Call::LeaseKeepAlive { requires_leader: false, .. });
        let is_snapshot = matches!(self.call, Call::Snapshot);
        let is_stream =
            is_watch || self.keeps_lease() || is_snapshot && version.repeats_snapshots();
        !self.is_once && !is_final && (is_stream || self.refused + 1 < MAX_TRIES)
    }
}

impl Io {
    /// Asks the next endpoint that exists, or pauses where all were tried.
    pub(super) fn send(&mut self, at: usize) {
        let ticket = self.ticket();
        let ask = &mut self.asks[at];
        ask.ticket = ticket;
        while ask.tried < ask.targets.len() {
            let index = ask.targets.get(ask.at).and_then(|target| target.index);
            if let Some(endpoint) = index {
                ask.is_pausing = false;
                let (call, token) = (ask.call.clone(), self.token.clone());
                self.steps.push(Step::Call { ticket, endpoint, call, token });
                return;
            }
            ask.at = (ask.at + 1) % ask.targets.len();
            ask.tried += 1;
        }
        let us = if ask.refused > 0 { REFUSED_US } else { BACKOFF_US };
        self.pause(at, us);
    }

    pub(super) fn pause(&mut self, at: usize, us: u64) {
        let ticket = self.sleep(us);
        let ask = &mut self.asks[at];
        ask.ticket = ticket;
        ask.tried = 0;
        ask.is_pausing = true;
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
