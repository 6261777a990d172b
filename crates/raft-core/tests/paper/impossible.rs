//! What Raft rules out is reported as data and survived: with a rule switched off it happens.

use crate::harness::*;
use raft_core::{Impossible, Input, Note, RoleKind, Rule, Timer};

fn impossible(outcome: &Outcome) -> Vec<Impossible> {
    outcome
        .notes()
        .into_iter()
        .filter_map(|note| match note {
            Note::Impossible(what) => Some(what),
            _ => None,
        })
        .collect()
}

#[test]
fn a_committed_entry_that_is_replaced_is_reported() {
    let mut server = Server::new(1, 3);
    server.durably(receive(2, 1, 1, append(at(0, 0), vec![entry(1, 1), entry(2, 1)], 2)));
    assert_eq!(server.node.applied_index(), 2);
    let outcome = server.durably(receive(3, 1, 2, append(at(1, 1), vec![entry(2, 2)], 2)));
    assert_eq!(impossible(&outcome), [Impossible::CommittedEntryReplaced { index: 2 }]);
    assert_eq!((server.terms(), server.node.commit_index()), (vec![1, 2], 2));
    // It goes on, and ends up with what the leader has.
    server.durably(receive(3, 1, 2, append(at(2, 2), vec![entry(3, 2)], 3)));
    assert_eq!((server.node.commit_index(), server.node.applied_index()), (3, 3));
}

#[test]
fn what_was_replaced_and_all_after_it_is_committed_no_more() {
    for from in 1..=3 {
        let mut server = Server::new(1, 3);
        let entries = (1..=3).map(|index| entry(index, 1)).collect();
        server.durably(receive(2, 1, 1, append(at(0, 0), entries, 3)));
        let previous = at(u64::from(from > 1), from - 1);
        server.durably(receive(3, 1, 2, append(previous, vec![entry(from, 2)], 0)));
        assert_eq!(server.node.commit_index(), from - 1);
    }
}

#[test]
fn a_committed_log_that_is_replaced_by_a_shorter_one_is_survived() {
    let mut server = Server::new(1, 3);
    let entries = (1..=5).map(|index| entry(index, 1)).collect();
    server.durably(receive(2, 1, 1, append(at(0, 0), entries, 5)));
    let outcome = server.durably(receive(3, 1, 2, append(at(0, 0), vec![entry(1, 2)], 1)));
    assert_eq!(impossible(&outcome), [Impossible::CommittedEntryReplaced { index: 1 }]);
    assert_eq!((server.terms(), server.node.commit_index()), (vec![2], 1));
    server.time_out();
    server.persist();
    server.get(2, 3, granted(true));
    server.persist();
    assert_eq!(server.role(), RoleKind::Leader);
}

#[test]
fn nobody_acknowledges_an_entry_that_he_does_not_hold_even_below_his_commit_index() {
    let mut server = Server::new(1, 3);
    let entries = (1..=3).map(|index| entry(index, 1)).collect();
    server.durably(receive(2, 1, 1, append(at(0, 0), entries, 3)));
    let outcome = server.durably(receive(3, 1, 3, append(at(2, 2), vec![], 0)));
    assert!(!outcome.sent_to(3).contains(&accepted(3)), "its entry 2 is of another term");
    let outcome = server.durably(receive(3, 1, 3, append(at(1, 1), vec![entry(2, 2)], 0)));
    assert_eq!((outcome.sent_to(3), server.terms()), (vec![accepted(2)], vec![1, 2]));
}

#[test]
fn an_acknowledgement_of_what_was_never_sent_is_reported() {
    let mut leader = Server::leader(3, 1, &[]);
    let outcome = leader.get(2, 1, accepted(99));
    let because = Impossible::MatchBeyondLog { follower: n(2), match_index: 99 };
    assert_eq!(impossible(&outcome), [because]);
    assert_eq!(leader.node.commit_index(), 0);
}

#[test]
fn a_commit_index_beyond_the_log_is_reported_and_taken_as_far_as_the_log_goes() {
    let mut server = Server::from_disk(1, 3, disk(1, None, &[1, 1]));
    server.node.configure(config_without(1, Rule::ClampHeartbeat).into());
    let outcome = server.get(2, 1, beat(7));
    assert_eq!(impossible(&outcome), [Impossible::CommitBeyondLog { commit_index: 7, last: 2 }]);
    assert_eq!(server.node.commit_index(), 2);
}

#[test]
fn a_second_leader_of_one_term_is_reported_and_the_first_gives_way() {
    let mut leader = Server::leader(3, 1, &[]);
    let outcome = leader.get(3, 1, beat(0));
    assert_eq!(impossible(&outcome), [Impossible::TwoLeaders { other: n(3), term: 1 }]);
    assert_eq!((leader.role(), leader.node.leader()), (RoleKind::Follower, Some(n(3))));
    assert!(outcome.timer(Timer::Election).is_some());
}

#[test]
fn answers_that_nobody_asked_for_are_ignored_by_whoever_does_not_wait_for_them() {
    let mut server = Server::from_disk(1, 3, disk(1, None, &[1]));
    for body in [granted(true), accepted(1), beat_reply()] {
        let outcome = server.get(2, 1, body);
        assert!(outcome.sent().is_empty() && impossible(&outcome).is_empty(), "{outcome:?}");
    }
    assert_eq!(server.role(), RoleKind::Follower);
    assert!(server.step(Input::Timer(Timer::Heartbeat)).0.is_empty());
}

#[test]
fn messages_from_strangers_are_survived() {
    let mut leader = Server::leader(3, 1, &[]);
    for body in [accepted(1), beat_reply(), granted(true)] {
        leader.get(9, 1, body);
    }
    assert_eq!(leader.node.commit_index(), 0, "a stranger's copy counts for nothing");
}
