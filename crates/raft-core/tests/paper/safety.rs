//! §5.4: who may win an election, and what counts as committed.

use crate::harness::*;
use raft_core::{Denial, Durable, Note, Rule, Term};

#[test]
fn a_vote_is_denied_to_a_candidate_whose_log_is_less_up_to_date() {
    // The voter's last entry is at index 3 of term 4.
    for (theirs, wins) in [
        (at(3, 9), false), // an earlier term loses, however long the log
        (at(4, 2), false), // of equal terms the longer log wins
        (at(4, 3), true),
        (at(4, 4), true),
        (at(5, 1), true), // a later term wins, however short the log
        (at(0, 0), false),
    ] {
        let mut voter = Server::from_disk(1, 3, disk(5, None, &[1, 4, 4]));
        let outcome = voter.durably(receive(2, 1, 6, ask(theirs)));
        assert_eq!(outcome.sent_to(2), [granted(wins)], "{theirs:?}");
        let because = Denial::StaleLog { ours: at(4, 3), theirs };
        let denied = Note::VoteDenied { candidate: n(2), term: 6, because };
        assert_eq!(outcome.notes().contains(&denied), !wins);
        assert_eq!(voter.node.vote(), wins.then_some(n(2)));
    }
}

#[test]
fn a_server_without_a_committed_entry_cannot_win() {
    let mut cluster = Cluster::new(3);
    cluster.away = vec![3];
    cluster.elect(1);
    cluster.propose(1, "x");
    cluster.settle();
    assert_eq!(cluster.server(1).node.commit_index(), 2);
    // n1 goes and n3 comes back: n3 lacks both entries, so n2 refuses it.
    cluster.away = vec![1];
    for _ in 0..3 {
        cluster.give(3, raft_core::Input::Timer(raft_core::Timer::Election));
        cluster.settle();
        assert!(!cluster.server(3).node.is_leader());
    }
    cluster.elect(2);
    assert_eq!(cluster.server(3).terms()[..2], [1, 1]);
}

/// Figure 8 (c): S1 leads term 4 and an entry of term 2 reaches a majority.
fn figure_8(config: raft_core::Config) -> Server {
    let mut leader = Server::with(config, 5, disk(3, None, &[1, 2]));
    leader.win();
    assert_eq!((leader.node.term(), leader.terms()), (4, vec![1, 2, 4]));
    leader.get(2, 4, accepted(2));
    leader.get(3, 4, accepted(2));
    leader
}

#[test]
fn an_entry_of_an_earlier_term_is_not_committed_by_counting_copies() {
    let mut leader = figure_8(config(1));
    assert_eq!(leader.node.commit_index(), 0);
    let note = Note::OldTermNotCommitted { index: 2, term: 2 };
    assert!(leader.get(4, 4, accepted(2)).notes().contains(&note), "and says why");
    assert_eq!(leader.node.commit_index(), 0, "not even on four of five servers");

    leader.get(2, 4, accepted(3));
    assert_eq!(leader.node.commit_index(), 0);
    leader.get(3, 4, accepted(3));
    assert_eq!(leader.node.commit_index(), 3, "an entry of its own term commits both");
}

#[test]
fn without_the_rule_an_entry_of_an_earlier_term_is_committed_by_counting() {
    let leader = figure_8(config_without(1, Rule::CommitCurrentTerm));
    assert_eq!(leader.node.commit_index(), 2);
}

#[test]
fn entries_keep_the_term_in_which_they_were_made() {
    let mut leader = Server::from_disk(1, 3, disk(8, None, &[1, 2, 5]));
    leader.win();
    let mut follower = Server::with(config(2), 3, Durable::default());
    let entries = leader.node.log().iter().cloned().collect();
    follower.durably(receive(1, 2, 9, append(at(0, 0), entries, 0)));
    let terms: [Term; 4] = [1, 2, 5, 9];
    assert_eq!(follower.terms(), terms);
}
