//! §5.2: leader election.

use crate::harness::*;
use raft_core::{Config, Denial, Durable, Input, Kind, Note, Payload, RoleKind, Timer, TimerRange};
use std::sync::Arc;

const PAPER: TimerRange = TimerRange { min: 150_000, max: 300_000 };

#[test]
fn a_server_starts_as_a_follower_and_waits_for_an_election_timeout() {
    let mut server = Server::new(1, 3);
    let outcome = server.step(Input::Start);
    assert_eq!(server.role(), RoleKind::Follower);
    assert_eq!(server.node.leader(), None);
    assert_eq!(outcome.timer(Timer::Election), Some(PAPER));
    assert!(outcome.sent().is_empty());
}

#[test]
fn a_follower_stays_one_as_long_as_valid_messages_come_from_a_leader() {
    let mut server = Server::new(1, 3);
    for body in [beat(0), append(at(0, 0), vec![], 0)] {
        let outcome = server.get(2, 1, body);
        assert_eq!(outcome.timer(Timer::Election), Some(PAPER));
        assert_eq!((server.role(), server.node.leader()), (RoleKind::Follower, Some(n(2))));
    }
}

#[test]
fn an_election_timeout_raises_the_term_votes_for_itself_and_asks_everybody_at_once() {
    let mut server = Server::from_disk(2, 5, disk(3, Some(1), &[1, 3]));
    let outcome = server.time_out();
    assert_eq!((server.role(), server.node.term()), (RoleKind::Candidate, 4));
    assert_eq!(server.node.vote(), Some(n(2)));
    let asked: Vec<_> = outcome.sent();
    let wanted: Vec<_> = [1, 3, 4, 5].map(|to| message(2, to, 4, ask(at(3, 2)))).into();
    assert_eq!(asked, wanted);
    assert_eq!(outcome.timer(Timer::Election), Some(PAPER), "and waits for a new timeout");
}

#[test]
fn a_candidates_own_vote_counts_only_once_it_is_durable() {
    let mut server = Server::new(1, 3);
    server.time_out();
    server.get(2, 1, granted(true));
    assert_eq!(server.role(), RoleKind::Candidate, "one durable vote of three");
    server.persist();
    assert_eq!(server.role(), RoleKind::Leader);
}

#[test]
fn a_majority_of_the_full_cluster_wins_and_less_does_not() {
    for of in 2..=7u64 {
        let mut server = Server::new(1, of);
        server.time_out();
        server.persist();
        let needed = of / 2 + 1;
        for voter in 2..=of {
            let has = voter - 1;
            assert_eq!(server.node.is_leader(), has >= needed, "{has} votes of {of}");
            server.get(voter, 1, granted(true));
        }
        assert!(server.node.is_leader());
    }
}

#[test]
fn a_vote_that_arrives_twice_counts_once_and_a_refusal_never() {
    let mut server = Server::new(1, 5);
    server.time_out();
    server.persist();
    for _ in 0..3 {
        server.get(2, 1, granted(true));
        server.get(3, 1, granted(false));
    }
    assert_eq!(server.role(), RoleKind::Candidate);
}

#[test]
fn a_server_votes_for_at_most_one_candidate_in_a_term_first_come_first_served() {
    let mut server = Server::new(1, 3);
    let ask = || ask(at(0, 0));
    let outcome = server.durably(receive(2, 1, 1, ask()));
    assert_eq!(outcome.sent_to(2), [granted(true)]);
    assert!(outcome.timer(Timer::Election).is_some(), "granting starts the timeout anew");

    let outcome = server.durably(receive(3, 1, 1, ask()));
    assert_eq!(outcome.sent_to(3), [granted(false)]);
    assert_eq!(outcome.timer(Timer::Election), None, "refusing does not");
    let because = Denial::AlreadyVoted { voted_for: n(2) };
    assert_eq!(outcome.notes(), [Note::VoteDenied { candidate: n(3), term: 1, because }]);

    let outcome = server.durably(receive(2, 1, 1, ask()));
    assert_eq!(outcome.sent_to(2), [granted(true)], "the answer may have been lost");
    let outcome = server.durably(receive(3, 1, 2, ask()));
    assert_eq!(outcome.sent_to(3), [granted(true)], "a new term is a new vote");
}

#[test]
fn the_winner_sends_to_everybody_at_once_and_begins_with_an_empty_entry_of_its_term() {
    let mut server = Server::from_disk(1, 5, disk(6, None, &[2, 6]));
    server.time_out();
    server.persist();
    server.get(2, 7, granted(true));
    let outcome = server.get(3, 7, granted(true));
    assert_eq!(server.role(), RoleKind::Leader);
    assert_eq!(server.node.leader(), Some(n(1)));
    let last = server.node.log().get(3).expect("a new entry");
    assert_eq!((last.term, &last.payload), (7, &Payload::Noop));
    for follower in 2..=5 {
        let body = append(at(6, 2), vec![last.clone()], 0);
        assert_eq!(outcome.sent_to(follower), [body], "n{follower}");
    }
    assert!(outcome.cancels(Timer::Election), "a leader has no election timeout");
    let every = TimerRange { min: 50_000, max: 50_000 };
    assert_eq!(outcome.timer(Timer::Heartbeat), Some(every));
}

#[test]
fn a_leader_sends_heartbeats_whenever_their_timer_runs_out() {
    let mut server = Server::leader(3, 1, &[]);
    for _ in 0..3 {
        let outcome = server.step(Input::Timer(Timer::Heartbeat));
        let kinds: Vec<_> = outcome.sent().iter().map(|m| (m.to.0, m.kind())).collect();
        assert_eq!(kinds, [(2, Kind::Heartbeat), (3, Kind::Heartbeat)]);
        assert!(outcome.timer(Timer::Heartbeat).is_some());
    }
    assert!(server.time_out().0.is_empty(), "an election timeout says nothing to a leader");
}

#[test]
fn a_candidate_that_hears_from_a_leader_of_its_term_becomes_its_follower() {
    for body in [beat(0), append(at(0, 0), vec![entry(1, 1)], 0)] {
        let mut server = Server::new(1, 3);
        server.time_out();
        server.persist();
        server.get(3, 1, body);
        assert_eq!((server.role(), server.node.leader()), (RoleKind::Follower, Some(n(3))));
        assert_eq!(server.node.vote(), Some(n(1)), "its vote in that term stays given");
    }
}

#[test]
fn a_candidate_that_hears_from_a_leader_of_an_older_term_rejects_it_and_goes_on() {
    let mut server = Server::from_disk(1, 3, disk(4, None, &[]));
    server.time_out();
    server.persist();
    let outcome = server.get(3, 4, append(at(0, 0), vec![entry(1, 4)], 0));
    assert_eq!((server.role(), server.terms()), (RoleKind::Candidate, vec![]));
    assert_eq!(outcome.sent()[0].term, 5);
}

#[test]
fn a_split_vote_ends_when_a_candidate_times_out_and_starts_a_new_term() {
    let mut cluster = Cluster::new(4);
    for id in [1, 2] {
        cluster.give(id, Input::Timer(Timer::Election));
    }
    // n3 hears n1 first and n4 hears n2 first.
    for (from, to) in [(1, 3), (2, 4)] {
        let vote = message(from, to, 1, ask(at(0, 0)));
        cluster.give(to, Input::Receive(vote));
    }
    cluster.settle();
    let roles: Vec<_> = cluster.servers.iter().map(Server::role).collect();
    use RoleKind::{Candidate, Follower};
    assert_eq!(roles, [Candidate, Candidate, Follower, Follower]);

    cluster.elect(2);
    assert_eq!(cluster.server(2).node.term(), 2);
    assert!(cluster.servers.iter().all(|server| server.node.leader() == Some(n(2))));
}

#[test]
fn a_lost_election_is_waited_out() {
    let mut server = Server::new(1, 3);
    server.time_out();
    server.persist();
    server.get(2, 1, granted(false));
    let outcome = server.get(3, 1, granted(false));
    assert_eq!(server.role(), RoleKind::Candidate);
    assert!(outcome.sent().is_empty() && outcome.timer(Timer::Election).is_none());
}

#[test]
fn each_reset_asks_for_a_timeout_from_the_whole_range_that_is_set_then() {
    let mut server = Server::new(1, 3);
    assert_eq!(server.time_out().timer(Timer::Election), Some(PAPER));
    let config = Config { election_timeout: 1_000..=9_000, ..config(1) };
    server.node.configure(Arc::new(config));
    let range = server.time_out().timer(Timer::Election);
    assert_eq!(range, Some(TimerRange { min: 1_000, max: 9_000 }));
}

#[test]
fn a_cluster_of_one_elects_itself_and_commits_alone_once_it_is_durable() {
    let mut server = Server::with(config(1), 1, Durable::default());
    let outcome = server.time_out();
    assert!(outcome.sent().is_empty());
    assert_eq!(server.role(), RoleKind::Candidate, "its vote is not durable yet");
    server.persist_one();
    assert_eq!((server.role(), server.node.commit_index()), (RoleKind::Leader, 0));
    let outcome = server.persist();
    assert_eq!((server.node.commit_index(), outcome.applied()), (1, vec![(1, 1)]));
    let outcome = server.durably(Input::Propose(data("x")));
    assert_eq!((server.node.commit_index(), outcome.applied()), (2, vec![(2, 2)]));
}
