//! Majorities and joint majorities, as pure functions. Shaped after etcd's raft (`quorum/`), whose
//! test data they pass.

use crate::types::{Index, NodeId};

/// The outcome of a vote as far as it is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VoteResult {
    /// Neither outcome is certain yet.
    Pending,
    /// A quorum has said no, or can no longer say yes.
    Lost,
    /// A quorum has said yes.
    Won,
}

/// How many of `voters` make a majority.
pub fn majority(voters: usize) -> usize {
    voters / 2 + 1
}

/// The highest index that a majority of `voters` has acknowledged. A voter that has said nothing
/// counts as 0. No voters commit everything: [`Index::MAX`], which makes an empty half of a joint
/// configuration no constraint.
pub fn committed_index(voters: &[NodeId], acked: impl Fn(NodeId) -> Option<Index>) -> Index {
    const ON_STACK: usize = 32;
    let quorum = majority(voters.len());
    if voters.is_empty() {
        return Index::MAX;
    }
    if voters.len() <= ON_STACK {
        let mut indexes = [0; ON_STACK];
        for (slot, voter) in indexes.iter_mut().zip(voters) {
            *slot = acked(*voter).unwrap_or(0);
        }
        nth_highest(&mut indexes[..voters.len()], quorum)
    } else {
        let mut indexes: Vec<Index> = voters.iter().map(|v| acked(*v).unwrap_or(0)).collect();
        nth_highest(&mut indexes, quorum)
    }
}

fn nth_highest(indexes: &mut [Index], n: usize) -> Index {
    let place = indexes.len() - n;
    *indexes.select_nth_unstable(place).1
}

/// The outcome of a vote among `voters`. No voters have won it.
pub fn vote_result(voters: &[NodeId], vote: impl Fn(NodeId) -> Option<bool>) -> VoteResult {
    let quorum = majority(voters.len());
    let yes = voters.iter().filter(|voter| vote(**voter) == Some(true)).count();
    let missing = voters.iter().filter(|voter| vote(**voter).is_none()).count();
    if voters.is_empty() || yes >= quorum {
        VoteResult::Won
    } else if yes + missing >= quorum {
        VoteResult::Pending
    } else {
        VoteResult::Lost
    }
}

/// [`committed_index`] of two configurations together: what both have committed (§6).
pub fn joint_committed_index(
    incoming: &[NodeId],
    outgoing: &[NodeId],
    acked: impl Fn(NodeId) -> Option<Index>,
) -> Index {
    committed_index(incoming, &acked).min(committed_index(outgoing, &acked))
}

/// [`vote_result`] of two configurations together: both must be won, either can be lost (§6).
pub fn joint_vote_result(
    incoming: &[NodeId],
    outgoing: &[NodeId],
    vote: impl Fn(NodeId) -> Option<bool>,
) -> VoteResult {
    match (vote_result(incoming, &vote), vote_result(outgoing, &vote)) {
        (VoteResult::Lost, _) | (_, VoteResult::Lost) => VoteResult::Lost,
        (VoteResult::Won, VoteResult::Won) => VoteResult::Won,
        (VoteResult::Pending, VoteResult::Pending | VoteResult::Won)
        | (VoteResult::Won, VoteResult::Pending) => VoteResult::Pending,
    }
}
