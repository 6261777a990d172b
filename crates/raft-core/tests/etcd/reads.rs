//! Linearizable reads that bypass the log (§6.4 of Ongaro's dissertation).

use crate::harness::*;
use raft_core::{
    Body, Change, ChangeKind, Config, ConfigChange, Durable, Echo, Input, Membership, Note,
    Payload, PendingRead, ReadToken, Reads, Rule, Timer, Transition,
};

/// Server 1 leads and has committed its first entry.
fn leader(config: Config, of: u64) -> Server {
    let mut server = Server::leader_with(config, of);
    (2..=of).for_each(|id| drop(server.get(id, 1, accepted(1))));
    assert_eq!(server.node.commit_index(), 1);
    server
}

fn read(server: &mut Server, token: ReadToken) -> Outcome {
    server.step(Input::ReadIndex(token))
}

fn confirm(server: &mut Server, by: u64, token: ReadToken) -> Outcome {
    server.get(by, 1, Body::HeartbeatReply { echo: Echo::Read(token) })
}

#[test]
fn a_leader_asks_everybody_whether_it_still_leads_before_it_serves_a_read() {
    let mut server = leader(config(1), 3);
    let outcome = read(&mut server, 7);
    let asks = Body::Heartbeat { commit_index: 1, echo: Echo::Read(7) };
    assert_eq!(outcome.sent(), [2, 3].map(|to| message(1, to, 1, asks.clone())));
    assert!(outcome.reads().is_empty());
    let confirmed_by = vec![n(1)];
    let waits = PendingRead { token: 7, from: n(1), index: 1, confirmed_by };
    assert_eq!(server.lead().reads().waiting(), [waits]);
    let outcome = confirm(&mut server, 2, 7);
    assert_eq!(outcome.reads(), [(7, 1)]);
    assert!(outcome.has(Note::ReadConfirmed { token: 7, index: 1 }));
    assert!(server.lead().reads().waiting().is_empty());
    assert!(confirm(&mut server, 3, 7).reads().is_empty(), "once");
}

#[test]
fn it_takes_a_quorum_of_voters_each_counted_once_and_the_right_read() {
    let membership = Membership { learners: vec![n(6)], ..Membership::of((1..=5).map(n)) };
    let mut server = Server::leader_of(config(1), membership);
    (2..=6).for_each(|id| drop(server.get(id, 1, accepted(1))));
    read(&mut server, 7);
    for (by, token) in [(2, 7), (2, 7), (6, 7), (9, 7), (3, 8)] {
        assert!(confirm(&mut server, by, token).reads().is_empty(), "n{by} of {token}");
    }
    assert!(server.get(3, 1, beat_reply()).reads().is_empty(), "an answer to an older heartbeat");
    assert_eq!(confirm(&mut server, 3, 7).reads(), [(7, 1)]);
}

#[test]
fn a_read_confirms_all_that_were_asked_before_it_and_none_after() {
    let mut server = leader(config(1), 3);
    read(&mut server, 7);
    server.durably(Input::Propose(data("x")));
    server.get(2, 1, accepted(2));
    for token in [8, 9] {
        read(&mut server, token);
    }
    let outcome = server.step(Input::Timer(Timer::Heartbeat));
    let latest = Body::Heartbeat { commit_index: 2, echo: Echo::Read(9) };
    assert_eq!(outcome.sent_to(2), [latest], "the latest stands for all");
    let outcome = confirm(&mut server, 2, 8);
    assert_eq!(outcome.reads(), [(7, 1), (8, 2)], "each as of when it was asked");
    assert_eq!(server.lead().reads().waiting().len(), 1);
    assert_eq!(confirm(&mut server, 3, 9).reads(), [(9, 2)]);
}

#[test]
fn a_read_that_is_asked_twice_waits_once() {
    let mut server = leader(config(1), 3);
    read(&mut server, 7);
    read(&mut server, 7);
    assert_eq!(server.lead().reads().waiting().len(), 1);
    assert_eq!(confirm(&mut server, 2, 7).reads(), [(7, 1)]);
}

#[test]
fn a_read_waits_for_the_first_commit_of_the_leaders_term() {
    let mut server = Server::leader(3, 2, &[1, 1]);
    let outcome = read(&mut server, 7);
    assert_eq!((outcome.notes(), outcome.sent().len()), (vec![Note::ReadWaits { token: 7 }], 0));
    assert_eq!(server.lead().postponed_reads(), 1);
    server.get(2, 2, accepted(2));
    assert_eq!(server.lead().postponed_reads(), 1, "an older entry is not enough");
    let outcome = server.get(2, 2, accepted(3));
    assert_eq!(server.lead().postponed_reads(), 0);
    let asked = Body::Heartbeat { commit_index: 3, echo: Echo::Read(7) };
    assert!(outcome.sent_to(2).contains(&asked), "{outcome:?}");
    let outcome = server.get(2, 2, Body::HeartbeatReply { echo: Echo::Read(7) });
    assert_eq!(outcome.reads(), [(7, 3)]);
}

#[test]
fn a_follower_asks_its_leader_and_serves_the_read_itself() {
    let mut cluster = Cluster::new(3);
    cluster.elect(1);
    let outcome = cluster.server(2).step(Input::ReadIndex(7));
    assert_eq!(outcome.sent(), [message(2, 1, 0, Body::ReadIndex { token: 7 })]);
    let leader = cluster.server(1);
    let outcome = leader.get(2, 0, Body::ReadIndex { token: 7 });
    assert_eq!(outcome.sent().len(), 2);
    let outcome = confirm(leader, 3, 7);
    let answer = Body::ReadIndexReply { token: 7, index: 1 };
    assert_eq!(outcome.sent(), [message(1, 2, 1, answer.clone())]);
    assert!(outcome.reads().is_empty());
    assert_eq!(cluster.server(2).get(1, 1, answer).reads(), [(7, 1)]);
}

#[test]
fn a_follower_answers_a_heartbeat_with_the_read_that_it_carries() {
    let mut server = Server::new(2, 3);
    let outcome = server.get(1, 1, Body::Heartbeat { commit_index: 0, echo: Echo::Read(7) });
    let reply = Body::HeartbeatReply { echo: Echo::Read(7) };
    assert_eq!(server.persist().sent().len() + outcome.sent().len(), 1);
    assert!(outcome.sent().contains(&message(2, 1, 1, reply)));
}

#[test]
fn who_knows_no_leader_leaves_a_read_unanswered() {
    let mut server = Server::new(1, 3);
    let unanswered = [Note::ReadUnanswered { token: 7 }];
    assert_eq!(read(&mut server, 7).notes(), unanswered);
    server.time_out();
    assert_eq!(read(&mut server, 7).notes(), unanswered);
}

#[test]
fn the_only_voter_serves_reads_at_once() {
    let learners = Membership { learners: vec![n(2)], ..Membership::of([n(1)]) };
    for membership in [Membership::of([n(1)]), learners] {
        let mut server = Server::leader_of(config(1), membership);
        let outcome = read(&mut server, 7);
        assert_eq!((outcome.reads(), outcome.sent().len()), (vec![(7, 1)], 0));
    }
}

#[test]
fn a_lease_serves_reads_at_once_but_only_with_check_quorum_and_not_during_a_transfer() {
    let lease = Config { reads: Reads::Lease, check_quorum: true, ..config(1) };
    let mut server = leader(lease.clone(), 3);
    assert_eq!(read(&mut server, 7).reads(), [(7, 1)]);
    let mut unchecked = leader(Config { check_quorum: false, ..lease.clone() }, 3);
    assert!(read(&mut unchecked, 7).reads().is_empty());
    let mut quorum = leader(Config { reads: Reads::Quorum, ..lease.clone() }, 3);
    assert!(read(&mut quorum, 7).reads().is_empty());
    server.step(Input::TransferLeader(n(2)));
    assert!(read(&mut server, 8).reads().is_empty(), "the next leader may already lead");
    let rules = lease.rules.without(Rule::NoLeaseInTransfer);
    let mut trusting = leader(Config { rules, ..lease }, 3);
    trusting.step(Input::TransferLeader(n(2)));
    assert_eq!(read(&mut trusting, 8).reads(), [(8, 1)]);
}

#[test]
fn without_the_rules_a_read_is_served_at_once_and_may_be_stale() {
    let mut server = leader(config_without(1, Rule::ReadQuorum), 3);
    assert_eq!(read(&mut server, 7).reads(), [(7, 1)]);
    let disk = disk(1, None, &[1, 1]);
    let mut server = Server::with(config_without(1, Rule::ReadOwnTerm), 3, disk);
    server.win();
    assert!(read(&mut server, 7).notes().is_empty());
    let outcome = server.get(2, 2, Body::HeartbeatReply { echo: Echo::Read(7) });
    assert_eq!(outcome.reads(), [(7, 0)]);
}

#[test]
fn in_a_joint_configuration_both_halves_confirm_the_leader() {
    let mut server = leader(config(1), 3);
    let part = |kind, node| Change { kind, node: n(node) };
    let change = ConfigChange {
        transition: Transition::JointExplicit,
        changes: vec![part(ChangeKind::AddVoter, 4), part(ChangeKind::Remove, 3)],
        ..ConfigChange::default()
    };
    server.durably(Input::Propose(Payload::Config(Box::new(change))));
    server.get(2, 1, accepted(2));
    assert_eq!(server.node.membership().to_string(), "voters=(1 2 4)&&(1 2 3)");
    read(&mut server, 7);
    assert!(confirm(&mut server, 4, 7).reads().is_empty());
    assert_eq!(confirm(&mut server, 3, 7).reads(), [(7, 2)]);
}

#[test]
fn a_leader_that_had_asked_as_a_follower_answers_itself() {
    let mut server = Server::with(config(1), 1, Durable::default());
    server.win();
    let outcome = server.get(1, 0, Body::ReadIndex { token: 7 });
    assert_eq!(outcome.reads(), [(7, 1)]);
}
