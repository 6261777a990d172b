//! Majorities, against their definition over all small inputs.

use crate::harness::n;
use raft_core::quorum::{VoteResult, committed_index, majority, vote_result};
use raft_core::{Index, Membership, NodeId};

fn voters(of: u64) -> Vec<NodeId> {
    (1..=of).map(NodeId).collect()
}

/// Every way to give each of `of` servers one of `choices`.
fn all_choices<T: Copy>(of: u64, choices: &[T]) -> Vec<Vec<T>> {
    let mut all = vec![Vec::new()];
    for _ in 0..of {
        let longer = |some: Vec<T>| {
            choices.iter().map(move |one| some.iter().copied().chain([*one]).collect())
        };
        all = all.into_iter().flat_map(longer).collect();
    }
    all
}

fn of<T: Copy>(choice: &[Option<T>], id: NodeId) -> Option<T> {
    choice[id.0 as usize - 1]
}

#[test]
fn a_majority_is_more_than_half_and_no_more_than_it_must_be() {
    for of in 0..20 {
        let needed = majority(of);
        assert!(2 * needed > of && 2 * (needed - 1) <= of, "{needed} of {of}");
    }
}

#[test]
fn the_committed_index_is_the_highest_that_a_majority_holds() {
    for count in 0..=5 {
        let voters = voters(count);
        for acked in all_choices(count, &[None, Some(1), Some(2), Some(4)]) {
            let holds = |index| acked.iter().filter(|a| a.unwrap_or(0) >= index).count();
            let wanted = (0..=4).rev().find(|index| 2 * holds(*index) > acked.len());
            let found = committed_index(&voters, |id| of(&acked, id));
            assert_eq!(found, wanted.unwrap_or(Index::MAX), "{acked:?}");
        }
    }
}

#[test]
fn there_is_no_limit_to_the_number_of_voters() {
    for count in [31, 32, 33, 34, 99] {
        let found = committed_index(&voters(count), |id| Some(id.0));
        // Whoever has the highest number holds the most: a majority from here on upwards.
        assert_eq!(found, count - majority(count as usize) as u64 + 1, "{count} voters");
    }
}

#[test]
fn a_vote_is_decided_once_those_who_are_silent_cannot_change_it() {
    for count in 0..=5 {
        let voters = voters(count);
        for votes in all_choices(count, &[None, Some(false), Some(true)]) {
            let wins = |silent| {
                let yes = votes.iter().filter(|vote| vote.unwrap_or(silent)).count();
                votes.is_empty() || 2 * yes > votes.len()
            };
            let wanted = match (wins(false), wins(true)) {
                (true, _) => VoteResult::Won,
                (false, true) => VoteResult::Pending,
                (false, false) => VoteResult::Lost,
            };
            assert_eq!(vote_result(&voters, |id| of(&votes, id)), wanted, "{votes:?}");
        }
    }
}

#[test]
fn two_configurations_decide_only_together() {
    for (incoming, outgoing) in [
        (vec![n(1), n(2), n(3)], vec![n(2), n(3), n(4)]),
        (vec![n(1)], vec![n(1), n(2), n(3), n(4)]),
        (vec![n(1), n(2)], vec![n(3), n(4)]),
        (vec![n(1), n(2), n(3), n(4)], vec![]),
    ] {
        let joint = Membership { voters: incoming, outgoing, ..Membership::default() };
        for votes in all_choices(4, &[None, Some(false), Some(true)]) {
            let halves = [&joint.voters, &joint.outgoing].map(|half| {
                let wins = |silent| {
                    let yes = half.iter().filter(|id| of(&votes, **id).unwrap_or(silent)).count();
                    half.is_empty() || 2 * yes > half.len()
                };
                (wins(false), wins(true))
            });
            let wanted = match halves {
                [(true, _), (true, _)] => VoteResult::Won,
                [(_, true), (_, true)] => VoteResult::Pending,
                _ => VoteResult::Lost,
            };
            assert_eq!(joint.vote_result(|id| of(&votes, id)), wanted, "{joint} {votes:?}");
        }
        for acked in all_choices(4, &[None, Some(1), Some(2)]) {
            let held = |half: &[NodeId], index| {
                let count = half.iter().filter(|id| of(&acked, **id).unwrap_or(0) >= index).count();
                half.is_empty() || 2 * count > half.len()
            };
            let both = |index: &Index| held(&joint.voters, *index) && held(&joint.outgoing, *index);
            let wanted = (0..=2).rev().find(both);
            let found = joint.committed_index(|id| of(&acked, id));
            assert_eq!(Some(found), wanted, "{joint} {acked:?}");
        }
    }
}
