//! §5.1: terms, the logical clock that every message carries.

use crate::harness::*;
use raft_core::{AppendReply, Body, Note, RoleKind, StepDown};

#[test]
fn a_request_with_a_stale_term_is_rejected_and_the_answer_carries_the_newer_term() {
    let mut server = Server::from_disk(1, 3, disk(5, None, &[1]));
    for (request, answer) in [
        (ask(at(4, 9)), granted(false)),
        (append(at(1, 1), vec![entry(2, 4)], 2), Body::AppendEntriesReply(AppendReply::StaleTerm)),
        (beat(1), Body::AppendEntriesReply(AppendReply::StaleTerm)),
    ] {
        let outcome = server.get(2, 4, request);
        assert_eq!(outcome.sent(), [message(1, 2, 5, answer)]);
        assert_eq!((server.terms(), server.node.commit_index()), (vec![1], 0));
    }
}

#[test]
fn orders_without_a_term_are_not_obeyed() {
    for body in [append(at(0, 0), vec![entry(1, 9)], 1), beat(1)] {
        let mut server = Server::leader(3, 5, &[1]);
        let before = server.node.clone();
        server.get(2, 0, body);
        assert_eq!(server.role(), RoleKind::Leader);
        assert_eq!(server.node.log(), before.log());
        assert_eq!(server.node.commit_index(), before.commit_index());
    }
}

#[test]
fn only_what_is_passed_on_for_a_client_needs_no_term() {
    let mut server = Server::leader(3, 5, &[]);
    server.get(2, 0, accepted(1));
    assert_eq!((server.progress(2).match_index, server.node.commit_index()), (0, 0));
    server.get(2, 0, Body::Propose { payloads: vec![data("x")] });
    assert_eq!(server.node.log().last_index(), 2);
    let mut server = Server::new(1, 3);
    server.time_out();
    server.persist();
    server.get(2, 0, granted(true));
    assert_eq!(server.role(), RoleKind::Candidate, "a vote of no term elects nobody");
}

#[test]
fn a_reply_with_a_stale_term_changes_nothing() {
    let mut server = Server::new(1, 3);
    server.time_out();
    server.persist();
    server.time_out();
    server.persist();
    assert_eq!(server.node.term(), 2);
    let outcome = server.get(2, 1, granted(true));
    assert_eq!(server.role(), RoleKind::Candidate, "a vote of the election before does not count");
    assert_eq!(outcome.notes(), [Note::StaleMessage { from: n(2), term: 1 }]);
}

#[test]
fn whoever_sees_a_higher_term_adopts_it_and_has_not_voted_in_it() {
    for body in [
        ask(at(0, 0)),
        granted(false),
        append(at(9, 9), vec![], 0),
        accepted(0),
        beat(0),
        beat_reply(),
    ] {
        let mut server = Server::from_disk(1, 3, disk(5, Some(3), &[5]));
        server.get(2, 7, body);
        assert_eq!((server.node.term(), server.node.vote()), (7, None));
    }
}

#[test]
fn a_candidate_whose_term_is_out_of_date_reverts_to_follower() {
    let mut server = Server::new(1, 3);
    server.time_out();
    let outcome = server.get(2, 4, granted(false));
    assert_eq!((server.role(), server.node.term()), (RoleKind::Follower, 4));
    let because = StepDown::HigherTerm { term: 4 };
    let stepped_down = Note::SteppedDown { term: 1, was_leader: false, because };
    assert!(outcome.notes().contains(&stepped_down));
}

#[test]
fn a_leader_whose_term_is_out_of_date_reverts_to_follower_and_waits_for_an_election_timeout() {
    let mut server = Server::leader(3, 2, &[]);
    let outcome = server.get(3, 9, beat_reply());
    assert_eq!((server.role(), server.node.term()), (RoleKind::Follower, 9));
    assert!(outcome.cancels(raft_core::Timer::Heartbeat));
    assert!(outcome.timer(raft_core::Timer::Election).is_some());
}

#[test]
fn every_message_carries_the_current_term() {
    let mut server = Server::from_disk(1, 3, disk(6, None, &[]));
    let sent = [server.time_out().sent(), server.win().sent()].concat();
    assert!(!sent.is_empty() && sent.iter().all(|m| (7..=8).contains(&m.term)));
}
