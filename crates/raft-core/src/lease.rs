//! The lease on which a leader answers reads without asking anybody (§6.4.1 of Ongaro's
//! dissertation): when it holds one.
//!
//! The core knows no time. A lease that is counted from when a round of heartbeats was sent is
//! therefore counted in rounds: between the k-th heartbeat timeout of a term and the next, less
//! than `k + 1 - r` heartbeat intervals have passed since round `r` was sent.

use crate::config::{LeaseBound, Reads};
use crate::message::Echo;
use crate::node::Node;
use crate::progress::Progress;
use crate::quorum::VoteResult;
use crate::role::{Leader, Role};
use crate::rules::Rule;
use crate::types::NodeId;

impl Leader {
    /// What heartbeats carry where no read waits.
    pub(crate) fn round_echo(&self, bound: LeaseBound) -> Option<Echo> {
        match bound {
            LeaseBound::CheckQuorum => None,
            LeaseBound::Round => (self.round > 0).then_some(Echo::Round(self.round)),
        }
    }
}

impl Node {
    /// A round of heartbeats is due.
    pub(crate) fn count_round(&mut self) {
        if let Role::Leader(leader) = &mut self.role
            && self.config.lease_bound == LeaseBound::Round
        {
            leader.round += 1;
        }
    }

    /// A follower has answered a round of heartbeats, one that was sent.
    pub(crate) fn on_round_answered(&mut self, round: u64, by: NodeId) {
        let Role::Leader(leader) = &mut self.role else { return };
        if round <= leader.round
            && let Some(progress) = leader.get_mut(by)
        {
            progress.round = progress.round.max(round);
        }
    }

    /// Whether the leader may answer a read on its lease.
    pub(crate) fn is_leased(&self, leader: &Leader) -> bool {
        let transfers =
            leader.transfer.is_some() && self.config.rules.holds(Rule::NoLeaseInTransfer);
        let looks = self.config.check_quorum && leader.watches_quorum;
        if self.config.reads != Reads::Lease || !looks || transfers {
            return false;
        }
        match self.config.lease_bound {
            LeaseBound::CheckQuorum => leader.holds_lease,
            LeaseBound::Round => self.quorum_answered_lately(leader),
        }
    }

    /// Whether a quorum has answered heartbeats that were sent less than an election timeout ago.
    fn quorum_answered_lately(&self, leader: &Leader) -> bool {
        // Whoever was told to stand for election is voted for in spite of a lease.
        if leader.handed_over {
            return false;
        }
        let lasts = self.config.election_timeout.start() / self.config.heartbeat.max(1);
        let lately = |progress: &Progress| {
            progress.round > 0 && leader.round.saturating_sub(progress.round) < lasts
        };
        let answered = self
            .membership
            .vote_result(|voter| Some(voter == self.id() || leader.get(voter).is_some_and(lately)));
        answered == VoteResult::Won
    }
}
