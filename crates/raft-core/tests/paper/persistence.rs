//! Figure 2, "Persistent state": what a server has said it will remember, it remembers.

use crate::harness::*;
use raft_core::{
    AppendReply, Body, Durable, Input, LogWrite, Membership, RoleKind, Rule, Term, Write,
};

fn asks() -> Body {
    ask(at(0, 0))
}

#[test]
fn a_vote_leaves_only_after_it_is_durable() {
    let mut server = Server::new(1, 3);
    let outcome = server.get(2, 1, asks());
    assert!(outcome.sent().is_empty());
    assert_eq!(outcome.writes()[0].hard_state, Some((1, Some(n(2)))));
    let outcome = server.persist();
    assert_eq!(outcome.sent(), [message(1, 2, 1, granted(true))]);
    assert_eq!((server.disk.term, server.disk.vote), (1, Some(n(2))));
}

#[test]
fn an_acknowledgement_leaves_only_after_its_entries_are_durable() {
    let mut server = Server::new(1, 3);
    let outcome = server.get(2, 1, append(at(0, 0), vec![entry(1, 1)], 0));
    assert!(outcome.sent().is_empty());
    // The same again while the first write is under way: it writes nothing and waits all the same.
    let outcome = server.get(2, 1, append(at(0, 0), vec![entry(1, 1)], 0));
    assert!(outcome.sent().is_empty() && outcome.writes().is_empty());
    let outcome = server.persist();
    assert_eq!(outcome.sent_to(2), [accepted(1), accepted(1)]);
}

#[test]
fn each_answer_waits_for_its_own_write_and_they_leave_in_order() {
    let mut server = Server::new(1, 3);
    server.get(2, 1, append(at(0, 0), vec![entry(1, 1)], 0));
    server.get(2, 1, append(at(1, 1), vec![entry(2, 1)], 0));
    let refused = server.get(2, 1, append(at(1, 9), vec![], 0));
    assert!(refused.sent().is_empty(), "even a refusal says what the log holds");
    assert_eq!(server.persist_one().sent_to(2), [accepted(1)]);
    let bodies = server.persist_one().sent_to(2);
    assert_eq!(bodies[0], accepted(2));
    assert!(matches!(bodies[1], Body::AppendEntriesReply(AppendReply::Rejected { .. })));
}

#[test]
fn what_a_later_leader_removes_never_counts_as_durable() {
    let mut server = Server::new(1, 3);
    server.get(2, 1, append(at(0, 0), vec![entry(1, 1), entry(2, 1), entry(3, 1)], 0));
    server.get(3, 2, append(at(1, 1), vec![entry(2, 2)], 0));
    server.persist_one();
    assert_eq!(server.node.durable_index(), 1);
    server.persist();
    assert_eq!((server.node.durable_index(), server.disk.log.last()), (2, at(2, 2)));
}

#[test]
fn a_restarted_server_has_its_term_vote_and_log_and_nothing_else() {
    let mut server = Server::new(1, 3);
    server.durably(receive(2, 1, 3, asks()));
    server.durably(receive(2, 1, 3, append(at(0, 0), vec![entry(1, 3), entry(2, 3)], 2)));
    assert_eq!(server.node.applied_index(), 2);
    server.get(2, 3, append(at(3, 2), vec![entry(3, 3)], 2));
    let outcome = server.restart();
    assert_eq!((server.node.term(), server.node.vote()), (3, Some(n(2))));
    assert_eq!(server.terms(), [3, 3], "the third entry was not durable");
    assert_eq!(server.node.commit_index(), 2, "it went along with the entries");
    assert_eq!(outcome.applied(), [(1, 2)], "it applies its log again from the start");
    assert_eq!((server.role(), server.node.leader()), (RoleKind::Follower, None));
}

#[test]
fn a_restarted_server_does_not_vote_twice_in_a_term() {
    let mut server = Server::new(1, 3);
    server.durably(receive(2, 1, 1, asks()));
    server.restart();
    let outcome = server.durably(receive(3, 1, 1, asks()));
    assert_eq!(outcome.sent_to(3), [granted(false)]);
}

#[test]
fn without_the_rule_a_vote_is_forgotten_in_a_crash() {
    let config = config_without(1, Rule::PersistVote);
    let mut server = Server::with(config, 3, Durable::default());
    let outcome = server.durably(receive(2, 1, 1, asks()));
    assert_eq!(outcome.sent_to(2), [granted(true)]);
    assert_eq!((server.disk.term, server.disk.vote), (1, None), "the term is kept all the same");
    server.restart();
    let outcome = server.durably(receive(3, 1, 1, asks()));
    assert_eq!(outcome.sent_to(3), [granted(true)]);
}

#[test]
fn a_candidate_that_crashes_before_its_vote_is_durable_has_not_voted() {
    let mut server = Server::new(1, 3);
    server.time_out();
    server.restart();
    assert_eq!((server.node.term(), server.node.vote()), (0, None));
}

#[test]
fn writes_are_numbered_without_gaps_and_a_late_word_of_one_covers_those_before() {
    let mut server = Server::new(1, 3);
    server.get(2, 1, append(at(0, 0), vec![entry(1, 1)], 0));
    server.get(2, 1, append(at(1, 1), vec![entry(2, 1)], 0));
    assert_eq!(server.node.writes_under_way().collect::<Vec<_>>(), [1, 2]);
    let outcome = server.step(Input::Persisted(2));
    assert_eq!(outcome.sent_to(2), [accepted(1), accepted(2)]);
    assert_eq!(server.node.durable_index(), 2);
    assert!(server.step(Input::Persisted(1)).0.is_empty(), "and an old one says nothing");
}

#[test]
fn a_write_replaces_what_it_names_and_leaves_the_rest() {
    let mut disk = Durable { commit_index: 3, ..disk(1, Some(2), &[1, 1, 1]) };
    let log = Some(LogWrite { first_index: 2, entries: vec![entry(2, 2)] });
    let write = Write { id: 1, hard_state: None, snapshot: None, log, commit_index: 2 };
    disk.apply(&write);
    let terms: Vec<Term> = disk.log.iter().map(|entry| entry.term).collect();
    assert_eq!((disk.term, disk.vote, disk.commit_index), (1, Some(n(2)), 3));
    assert_eq!(terms, [1, 2]);

    let snapshot = snapshot(at(2, 5), Membership::of([n(1)]));
    let hard_state = Some((3, None));
    disk.apply(&Write { id: 2, hard_state, snapshot: Some(snapshot), log: None, commit_index: 5 });
    assert_eq!((disk.term, disk.vote, disk.commit_index), (3, None, 5));
    assert_eq!((disk.log.first_index(), disk.snapshot.position), (6, at(2, 5)));
}
